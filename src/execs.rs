//! Each exec of a permitted tree is a call of its own through the spine.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use bstr::{BString, ByteSlice};

use crate::agents::{self, Standing};
use crate::allowed::{Allowed, Told, allowed, read};
use crate::command::{self, Model};
use crate::confirm::{Because, Leave, Reader, Refusal, text_digest};
use crate::decide::{Decision, Judged, is_destructive};
use crate::elevated::Program;
use crate::emptied::Emptied;
use crate::exec_line::{self, is_many_in_one, is_shell, text_of};
use crate::guard::{self, Answered, Judgement, Reads};
use crate::invocation::{self, Invocation, ShKind, base_name};
use crate::keeping::{Keeping, Part};
use crate::leaves;
use crate::look;
use crate::plain::{self, Start};
use crate::policy::Verdict as Decided;
use crate::show::{self, Stage};
use crate::supervise::exec::{Exec, Judge, Opened, Verdict, process_of, registered};
use crate::supervise::foreign::Foreign;
use crate::supervise::interactive::LINE_NAME;
use crate::sys::foreground::Foreground;
use crate::sys::marks::Mark;
use crate::world::World;

/// So many names are remembered.
const NAMES: usize = 1000;
/// So many programs that have run are named to who reads of a stop.
const NAMED: usize = 20;

pub struct Execs<'w> {
    world: &'w World,
    sh: ShKind,
    /// Whether the shell of the outer call reads from a terminal. Without a call, what runs is a program that starts shells
    /// of its own, as an agent does.
    interactive: Option<bool>,
    /// A digest of the text that all of them are under.
    under: BString,
    allowed: Vec<Allowed>,
    told: Told,
    /// Whether a program of this name is plain, as far as that was asked.
    plain: HashMap<BString, bool>,
    /// How many have run, and the first of them.
    count: usize,
    ran: Vec<String>,
    /// One was stopped: what else is flagged is refused without a question.
    stopped: bool,
    /// The question that is put next, as it was judged; one for the vault alone is permitted already.
    asked: Option<(Invocation, Judgement)>,
    /// Files of which the tree finds nothing.
    hidden: Vec<BString>,
    /// Where the outer call began.
    began: Option<BString>,
    /// Where the outer call has its policy and its store.
    places: Vec<Option<BString>>,
    /// How often a rule has fired without stopping anything.
    alike: HashMap<Arc<str>, Alike>,
    /// The rule because of which the question that is put next is put.
    paused: Option<Arc<str>>,
    /// By which a person ends all trees.
    mark: Option<Mark>,
    permitted: bool,
    emptied: Emptied,
}

impl<'w> Execs<'w> {
    /// `outer`: the call that they are under. `decided`: what it was found to do as a whole, which `leave` let go.
    pub fn of(
        world: &'w World,
        sh: ShKind,
        outer: Option<&Invocation>,
        decided: Option<(&Decision, &Model)>,
        leave: &Leave,
    ) -> Execs<'w> {
        let under = outer.map_or_else(BString::default, |call| format!("{:?}", text_digest(call)).into());
        let allowed = decided.map_or_else(Vec::new, |(decided, model)| allowed(decided, model, leave));
        Execs {
            world,
            sh,
            interactive: outer.map(|call| call.interactive),
            under,
            allowed,
            told: Told::new(),
            plain: HashMap::new(),
            count: 0,
            ran: Vec::new(),
            stopped: false,
            asked: None,
            hidden: outer.map(|call| call.hidden.clone()).unwrap_or_default(),
            began: outer.map(|call| call.directory.clone()),
            places: outer.map(|call| PLACES.map(|name| call.variable(name).cloned()).to_vec()).unwrap_or_default(),
            alike: HashMap::new(),
            paused: None,
            mark: None,
            permitted: false,
            emptied: Emptied::of(outer, decided),
        }
    }

    /// For a tree without an outer call.
    pub fn hide(&mut self, files: Vec<BString>) {
        self.hidden = files;
    }

    /// Where whoever judges the lines of a held shell tells what was allowed since.
    pub fn told(&self) -> Told {
        self.told.clone()
    }

    /// The exec as a call: a shell with its text, any other program as the one command of a text.
    fn call(&self, exec: &Exec) -> Invocation {
        let path = BString::from(exec.program.as_os_str().as_bytes());
        let call = if is_shell(&path) {
            let mut argv = exec.words.clone();
            if let Some(first) = argv.first_mut() {
                *first =
                    if first.starts_with(b"-") { bstr::concat([&b"-"[..], base_name(&path)]).into() } else { path };
            }
            let around = exec_line::around(self.sh);
            invocation::read(argv, exec.environment.pairs(), exec.directory.clone(), around)
        } else {
            let line = text_of(&path, &exec.words);
            exec_line::call(line, &exec.environment, exec.directory.clone(), self.sh)
        };
        let began = self.began.clone();
        Invocation { under: self.under.clone(), hidden: self.hidden.clone(), began, ..call }
    }

    fn judged(&self, exec: &Exec) -> Result<(Invocation, Judgement), String> {
        let call = self.call(exec);
        // An agent's own text is read as a whole, and so is what starts beside the tree.
        let whole = exec.elevated.is_some() || self.begins_a_call(exec);
        let judged = guard::judge_exec(&call, if whole { Reads::All } else { Reads::Itself }, self.world);
        let mut judged = judged.map_err(|trouble| show::lay_out("guarded", &trouble))?;
        if exec.nameless {
            judged
                .decision
                .ask_for("the program lies in no folder, so that nobody can tell what it is", &judged.policy);
        }
        if let Some(program) = exec.elevated {
            let Judgement { decision, model, policy, .. } = &mut judged;
            if let Some(word) = program.minds(&exec.words) {
                decision.refuse_for(&format!("it would start a program that nobody judged: {word}"), policy);
            } else if let Some(open) = program.leaves_open(&exec.words, model, decision.understood) {
                decision.ask_for(&open, policy);
            }
        }
        Ok((call, judged))
    }

    /// Told in a fraction of the time. A shell's text and a name that decides what a program is are for the full judge.
    fn is_plain(&mut self, exec: &Exec) -> bool {
        let path = BString::from(exec.program.as_os_str().as_bytes());
        let strict = exec.elevated.is_some_and(Program::is_strict);
        if exec.nameless || strict || is_shell(&path) || is_many_in_one(&path) {
            return false;
        }
        let touching = self.world.protects(&exec.directory);
        let called = exec.words.first().map_or(&b""[..], |word| base_name(word));
        let may_touch = |name: &[u8]| touching && look::may_touch(name, &exec.words);
        if command::is_system(&path)
            && !may_touch(base_name(&path))
            && !may_touch(called)
            && !exec.environment.names_any(&leaves::LOADED)
            && self.is_plain_name(base_name(&path))
            && (called == base_name(&path) || self.is_plain_name(called))
        {
            return true;
        }
        let environment = exec.environment.pairs();
        let start = Start { path: &path, words: &exec.words, environment, directory: &exec.directory };
        plain::nothing_to_say(start, touching, &self.world.packs)
    }

    fn is_plain_name(&mut self, name: &[u8]) -> bool {
        if let Some(known) = self.plain.get(name) {
            return *known;
        }
        let plain = plain::by_name(name, &self.world.packs);
        if self.plain.len() < NAMES {
            self.plain.insert(name.into(), plain);
        }
        plain
    }

    fn is_allowed(&mut self, judgement: &Judgement) -> bool {
        self.allowed.extend(self.told.news());
        self.covers(judgement, |judged| judged.verdict > Decided::Log, |one| one.settled)
    }

    /// Whether what was decided before covers all of a kind, of which there is some.
    fn covers(&self, judgement: &Judgement, kind: impl Fn(&Judged) -> bool, which: impl Fn(&Allowed) -> bool) -> bool {
        let mut of_kind = judgement.decision.judged.iter().filter(|judged| kind(judged)).peekable();
        of_kind.peek().is_some()
            && of_kind.all(|judged| {
                let command = judgement.model.commands.get(judged.finding.command);
                let covers =
                    |command| self.allowed.iter().any(|one| which(one) && one.covers(&judged.finding.rule.id, command));
                command.is_some_and(covers)
            })
    }

    /// What the text showed was counted with it.
    fn count(&self, judgement: &Judgement, call: &Invocation) {
        if !self.covers(judgement, is_destructive, |_| true) {
            guard::count(judgement, call, self.world);
        }
    }

    /// The rule of a destructive program of which so many have run that a person is to look.
    fn canary(&mut self, judged: &Judgement) -> Option<Arc<str>> {
        let most = judged.policy.limits.canary?;
        let rules = judged.decision.judged.iter().filter(|one| is_destructive(one)).map(|one| &one.finding.rule.id);
        let mut passed = None;
        for rule in rules {
            let alike = self.alike.entry(Arc::clone(rule)).or_insert(Alike::Times(0));
            match alike {
                Alike::Times(times) if *times >= most => passed = Some(Arc::clone(rule)),
                Alike::Times(times) => *times += 1,
                Alike::Whole => {}
            }
        }
        passed
    }

    fn pause(&mut self, rule: Arc<str>, call: Invocation, mut judged: Judgement) -> Verdict {
        let times = judged.policy.limits.canary.unwrap_or_default();
        judged
            .decision
            .ask_for(&format!("{times} programs of this command did the same before it ({rule})"), &judged.policy);
        if judged.decision.verdict <= Decided::Log {
            // Observed only.
            return Verdict::Run;
        }
        self.paused = Some(rule);
        self.asked = Some((call, judged));
        self.permitted = false;
        Verdict::Ask
    }

    /// An agent starts a shell for one call of a tool. Below that shell others go on with the same call.
    fn begins_a_call(&self, exec: &Exec) -> bool {
        is_shell(&BString::from(exec.program.as_os_str().as_bytes())) && !self.is_of_a_text(exec.task)
    }

    /// What an agent starts by itself is of no call, and no answer to one is for it.
    fn is_of_a_text(&self, task: i32) -> bool {
        self.interactive.is_some() || agents::is_within_a_text(task, self.world.called())
    }

    /// What was stopped, has run or was allowed so far was another call's.
    fn next_call(&mut self) {
        self.begin_anew();
        self.allowed.clear();
        self.emptied.begin_anew();
        let _ = self.told.news();
    }

    fn has_run(&mut self, exec: &Exec) {
        self.count += 1;
        if self.ran.len() < NAMED {
            self.ran.push(bstr::join(" ", &exec.words).to_str_lossy().into_owned());
        }
    }

    /// The shell has read another line: what follows is another command.
    fn next_line(&mut self) {
        self.begin_anew();
        self.emptied.begin_anew();
        self.alike.clear();
    }

    fn begin_anew(&mut self) {
        self.stopped = false;
        self.count = 0;
        self.ran.clear();
    }

    fn stage(&self) -> Stage {
        if self.interactive.is_none() && self.count == 0 {
            return Stage::BeforeFirst;
        }
        Stage::AtExec { number: self.count + 1, ran: self.ran.clone() }
    }
}

impl Judge for Execs<'_> {
    fn begin(&mut self) {
        self.mark = self.world.state.as_deref().and_then(registered);
    }

    fn judge(&mut self, exec: &Exec) -> Verdict {
        if let Some(lock) = self.world.locked()
            && self.world.ancestry().standing(false) != Standing::Person
        {
            return Verdict::Refuse(show::locked(&lock));
        }
        // It judges and asks by itself.
        if self.is_line_judge(exec) && is_ours(&exec.program) {
            if self.world.is_parent_of(exec.task) {
                self.next_line();
            }
            return Verdict::Run;
        }
        let begins = self.begins_a_call(exec);
        if begins {
            self.next_call();
        }
        if self.is_plain(exec) {
            self.has_run(exec);
            return Verdict::Run;
        }
        let (call, judged) = match self.judged(exec) {
            Ok(judged) => judged,
            Err(told) => return Verdict::Refuse(told),
        };
        let verdict = judged.decision.verdict;
        if verdict <= Decided::Log || self.is_of_a_text(exec.task) && self.is_allowed(&judged) {
            if let Some(rule) = self.canary(&judged) {
                return self.pause(rule, call, judged);
            }
            if verdict == Decided::Log {
                self.count(&judged, &call);
            }
            let losses = Keeping::of(&judged, &call, Part::All).map(|keeping| keeping.losses());
            if let Some(losses) = losses.filter(|losses| !losses.is_empty()) {
                self.emptied.knows(&losses);
                // Copying may take a while, and others wait for us.
                self.asked = Some((call, judged));
                self.permitted = true;
                return Verdict::Keep;
            }
            // As guarded-sh records each call that it gets.
            if verdict == Decided::Log || begins && verdict == Decided::Allow {
                let model = judged.model.clone();
                match guard::answer(judged, call, self.world) {
                    Ok(Answered::Permitted(_)) => {}
                    Ok(Answered::Refused(refusal)) => {
                        return Verdict::Refuse(show::refusal(&refusal, &model, &self.stage()));
                    }
                    Err(trouble) => return Verdict::Refuse(show::lay_out("guarded", &trouble)),
                }
            }
            self.has_run(exec);
            return Verdict::Run;
        }
        if self.stopped && verdict != Decided::Deny {
            let Judgement { decision, model, .. } = judged;
            let refusal = Refusal { decision, because: Because::AfterAStop, reader: Reader::Agent };
            return Verdict::Refuse(show::refusal(&refusal, &model, &self.stage()));
        }
        self.count(&judged, &call);
        self.asked = Some((call, judged));
        self.permitted = false;
        Verdict::Ask
    }

    fn ask(&mut self, exec: &Exec) -> Option<String> {
        let (call, judged) = match self.asked.take().map_or_else(|| self.judged(exec), Ok) {
            Ok(judged) => judged,
            Err(told) => return Some(told),
        };
        let (model, decision) = (judged.model.clone(), judged.decision.clone());
        let keeping = Keeping::of(&judged, &call, Part::All);
        let journal = self.world.journal(&judged.policy);
        let again = call.clone();
        // What was let go as a whole is recorded with that.
        let answered = if self.permitted && judged.decision.verdict != Decided::Log {
            None
        } else {
            // The person who typed the command is asked where he sees it.
            let sits = self.interactive.is_some_and(|interactive| self.world.sits_before(exec.task, interactive));
            let _terminal = if sits { Foreground::take() } else { None };
            match guard::answer(judged, call, self.world) {
                Ok(Answered::Permitted(permit)) => {
                    // What it permits waits in its exec, and what a shell's text then starts was asked about with it.
                    self.told.allow(&decision, &model, permit.leave());
                    drop(permit);
                    None
                }
                Ok(Answered::Refused(refusal)) => Some(show::refusal(&refusal, &model, &self.stage())),
                Err(trouble) => Some(show::lay_out("guarded", &trouble)),
            }
        };
        let process = (exec.task != 0).then(|| process_of(exec.task));
        match (answered, keeping) {
            (None, Some(keeping)) => keeping
                .keep(&again, process, self.world, &journal)
                .err()
                .map(|trouble| show::lay_out("guarded", &trouble)),
            (answered, _) => answered,
        }
    }

    fn answered(&mut self, exec: &Exec, permitted: bool) {
        let paused = self.paused.take();
        if permitted {
            self.has_run(exec);
            self.alike.extend(paused.map(|rule| (rule, Alike::Whole)));
        } else {
            self.stopped = true;
        }
    }

    fn is_line_judge(&self, exec: &Exec) -> bool {
        let pairs = exec.environment.pairs();
        let given = |name: &[u8]| pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
        let same = |(name, value): (&&[u8], &Option<BString>)| given(name) == value.as_ref();
        let judges = |name: &BString| name.as_slice() == LINE_NAME || Foreign::called(name).is_some();
        exec.words.first().is_some_and(judges)
            && !exec.environment.names_any(&leaves::LOADED)
            && self.places.len() == PLACES.len()
            && PLACES.iter().zip(&self.places).all(same)
    }

    fn let_go(&mut self, acts: &[BString]) {
        for act in read(acts) {
            if self.allowed.len() < NAMES && !self.allowed.contains(&act) {
                self.allowed.push(act);
            }
        }
    }

    fn minds_opens(&self) -> bool {
        Emptied::is_minded(self.world)
    }

    fn opened(&mut self, file: &Opened) -> Option<String> {
        // What an agent writes by itself is its own.
        if !self.is_of_a_text(file.process) {
            return None;
        }
        let stage = self.stage();
        self.emptied.opened(file, self.sh, self.world, &stage)
    }
}

/// Variables that say where policy and store lie.
const PLACES: [&[u8]; 4] = [b"HOME", b"XDG_STATE_HOME", b"XDG_CONFIG_HOME", b"TMPDIR"];

fn is_ours(program: &std::path::Path) -> bool {
    std::fs::read_link("/proc/self/exe").is_ok_and(|ours| ours == program)
}

/// What is known of a rule's acts in one tree.
enum Alike {
    /// So many have run.
    Times(u32),
    /// A person was shown what has run, and allows the rest.
    Whole,
}
