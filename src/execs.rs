//! Each exec of a permitted tree is a call of its own through the spine.

use std::os::unix::ffi::OsStrExt;

use bstr::{BString, ByteSlice};

use crate::command::{Command, Model};
use crate::confirm::{Because, Leave, Reader, Refusal};
use crate::decide::Decision;
use crate::guard::{self, Answered, Judgement};
use crate::invocation::{self, Invocation, ShKind, StdinKind, Surroundings, base_name};
use crate::policy::Verdict as Decided;
use crate::show::{self, Stage};
use crate::supervise::exec::{Exec, Judge, Verdict};
use crate::supervise::quoted;
use crate::world::World;

/// So many programs that have run are named to who reads of a stop.
const NAMED: usize = 20;

/// An act that a person has allowed with the whole command, so that it is not asked about again at its exec.
#[derive(Clone, Debug)]
struct Allowed {
    rule: String,
    /// Of the command, as far as they were known; the others may be anything.
    words: Vec<Option<BString>>,
}

pub struct Execs<'w> {
    world: &'w World,
    sh: ShKind,
    allowed: Vec<Allowed>,
    /// How many have run, and the first of them.
    count: usize,
    ran: Vec<String>,
    /// One was stopped: what else is flagged is refused without a question.
    stopped: bool,
}

impl<'w> Execs<'w> {
    /// `decided`: what the whole command was found to do, which `leave` let go.
    pub fn of(world: &'w World, sh: ShKind, decided: &Decision, model: &Model, leave: &Leave) -> Execs<'w> {
        let asked = decided.judged.iter().filter(|judged| judged.verdict > Decided::Log && *leave != Leave::Policy);
        let allowed = asked
            .filter_map(|judged| {
                let command = model.commands.get(judged.finding.command)?;
                let words = command.words.iter().map(|word| word.text().map(BString::from)).collect();
                Some(Allowed { rule: judged.finding.rule.id.to_string(), words })
            })
            .collect();
        Execs { world, sh, allowed, count: 0, ran: Vec::new(), stopped: false }
    }

    /// The exec as a call: a shell with its text, any other program as the one command of a text.
    fn call(&self, exec: &Exec) -> Invocation {
        let path = BString::from(exec.program.as_os_str().as_bytes());
        let around = Surroundings {
            // Text that comes later is judged as the programs that it starts.
            stdin: StdinKind::Null,
            stdout_terminal: false,
            stderr_terminal: false,
            sh: self.sh,
            setuid: false,
        };
        let shell = matches!(base_name(&path), b"bash" | b"rbash" | b"sh" | b"dash");
        if shell {
            let mut argv = exec.words.clone();
            if let Some(first) = argv.first_mut() {
                *first =
                    if first.starts_with(b"-") { bstr::concat([&b"-"[..], base_name(&path)]).into() } else { path };
            }
            return invocation::read(argv, exec.environment.clone(), exec.directory.clone(), around);
        }
        let argv = vec!["bash".into(), "-c".into(), text_of(&path, &exec.words)];
        let call = invocation::read(argv, exec.environment.clone(), exec.directory.clone(), around);
        // It is no shell: it reads no start-up file.
        Invocation { startup: Vec::new(), startup_first_of: Vec::new(), startup_text: Vec::new(), ..call }
    }

    fn judged(&self, exec: &Exec) -> Result<(Invocation, Judgement), String> {
        let call = self.call(exec);
        let judged = guard::judge_exec(&call, self.world);
        let mut judged = judged.map_err(|trouble| show::lay_out("guarded", &trouble))?;
        if exec.nameless {
            judged
                .decision
                .ask_for("the program lies in no folder, so that nobody can tell what it is", &judged.policy);
        }
        Ok((call, judged))
    }

    fn is_allowed(&self, judgement: &Judgement) -> bool {
        let asking = judgement.decision.judged.iter().filter(|judged| judged.verdict > Decided::Log);
        let mut asking = asking.peekable();
        asking.peek().is_some()
            && asking.all(|judged| {
                let command = judgement.model.commands.get(judged.finding.command);
                command
                    .is_some_and(|command| self.allowed.iter().any(|one| one.covers(&judged.finding.rule.id, command)))
            })
    }

    fn has_run(&mut self, exec: &Exec) {
        self.count += 1;
        if self.ran.len() < NAMED {
            self.ran.push(bstr::join(" ", &exec.words).to_str_lossy().into_owned());
        }
    }

    fn stage(&self) -> Stage {
        Stage::AtExec { number: self.count + 1, ran: self.ran.clone() }
    }
}

impl Judge for Execs<'_> {
    fn judge(&mut self, exec: &Exec) -> Verdict {
        let (call, judged) = match self.judged(exec) {
            Ok(judged) => judged,
            Err(told) => return Verdict::Refuse(told),
        };
        let verdict = judged.decision.verdict;
        if verdict <= Decided::Log || self.is_allowed(&judged) {
            if verdict == Decided::Log
                && let Err(trouble) = guard::answer(judged, call, self.world)
            {
                return Verdict::Refuse(show::lay_out("guarded", &trouble));
            }
            self.has_run(exec);
            return Verdict::Run;
        }
        if self.stopped && verdict != Decided::Deny {
            let Judgement { decision, model, .. } = judged;
            let refusal = Refusal { decision, because: Because::AfterAStop, reader: Reader::Agent };
            return Verdict::Refuse(show::refusal(&refusal, &model, &self.stage()));
        }
        Verdict::Ask
    }

    fn ask(&mut self, exec: &Exec) -> Option<String> {
        let (call, judged) = match self.judged(exec) {
            Ok(judged) => judged,
            Err(told) => return Some(told),
        };
        let model = judged.model.clone();
        match guard::answer(judged, call, self.world) {
            Ok(Answered::Permitted(permit)) => {
                // What it permits waits in its exec.
                drop(permit);
                None
            }
            Ok(Answered::Refused(refusal)) => Some(show::refusal(&refusal, &model, &self.stage())),
            Err(trouble) => Some(show::lay_out("guarded", &trouble)),
        }
    }

    fn answered(&mut self, exec: &Exec, permitted: bool) {
        if permitted {
            self.has_run(exec);
        } else {
            self.stopped = true;
        }
    }
}

impl Allowed {
    /// The same rule, and the known words in the same order.
    fn covers(&self, rule: &str, command: &Command) -> bool {
        let mut given = command.words.iter().skip(1).filter_map(|word| word.text());
        self.rule == rule
            && self.words.iter().skip(1).flatten().all(|wanted| given.any(|word| word == wanted.as_slice()))
    }
}

/// Programs that are what they are called.
const MANY_IN_ONE: [&[u8]; 4] = [b"busybox", b"toybox", b"coreutils", b"box"];

/// As a line of bash: the name by which a program is called can be another than its file's.
fn text_of(path: &BString, words: &[BString]) -> BString {
    let name = words.first().map_or(&b""[..], |word| word.as_slice());
    let mut text = BString::default();
    if base_name(name) != base_name(path) && MANY_IN_ONE.contains(&base_name(path)) {
        text.extend_from_slice(b"busybox ");
        let words = words.iter().enumerate().map(|(at, word)| quoted(if at == 0 { base_name(word) } else { word }));
        text.extend_from_slice(&bstr::join(" ", words));
        return text;
    }
    if base_name(name) != base_name(path) {
        text.extend_from_slice(b"exec -a ");
        text.extend_from_slice(&quoted(name));
        text.push(b' ');
    }
    text.extend_from_slice(&quoted(path));
    for word in words.iter().skip(1) {
        text.push(b' ');
        text.extend_from_slice(&quoted(word));
    }
    text
}
