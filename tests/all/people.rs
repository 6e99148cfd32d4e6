//! Promise: people decide once. An answer is bound to what was shown, comes from outside of what asked, is used once.

#![expect(clippy::disallowed_methods, reason = "tests make and look at files")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bstr::BString;
use guarded_sh::agents::{Ancestry, Process, ProcessId, Standing};
use guarded_sh::answer::Answer;
use guarded_sh::command::{
    Command, Environment, Model, Program, Redirect, RedirectMode, Seen, Sight, Stdin, Value, Want, Word,
};
use guarded_sh::confirm::{self, Because, Channels, Doubtful, Grounds, Leave, Question, Reply, Screen, Settled, Shown};
use guarded_sh::decide::{Decision, Judged};
use guarded_sh::invocation::Invocation;
use guarded_sh::look::facts::Stakes;
use guarded_sh::packs::{Effect, Severity, Target};
use guarded_sh::policy::Verdict;
use guarded_sh::rules::{Finding, Operand, OperandKind, Rule, Undo};
use guarded_sh::span::{Place, Span};
use guarded_sh::store::{State, Store};

const TTY: i32 = 34_900;

/// A call with all that belongs to it, to be changed in one point.
struct Case {
    call: Invocation,
    decision: Decision,
    model: Model,
    seen: Seen,
    policy: String,
}

pub(crate) fn call(text: &str, directory: &Path) -> Invocation {
    let around = guarded_sh::invocation::Surroundings {
        stdin: guarded_sh::invocation::StdinKind::Null,
        stdout_terminal: false,
        stderr_terminal: false,
        sh: guarded_sh::invocation::ShKind::Dash,
        setuid: false,
    };
    let environment = vec![("AWS_PROFILE".into(), "dev".into()), ("SECRET_TOKEN".into(), "hunter2".into())];
    let directory = directory.to_str().expect("a path").into();
    guarded_sh::invocation::read(vec!["bash".into(), "-c".into(), text.into()], environment, directory, around)
}

pub(crate) fn decision(verdict: Verdict, severity: Severity) -> Decision {
    let rule = Rule {
        id: "files.delete".into(),
        says: "deletes files for good".into(),
        why: "nothing brings them back".into(),
        instead: vec!["mv src src.old".into()],
        effect: Effect::Delete,
        target: Target::Files,
        severity,
        undo: Undo::None,
        lower: vec![],
        raise: vec![],
    };
    let finding = Finding {
        rule: Arc::new(rule),
        answer: Answer::Yes,
        because: None,
        command: 0,
        at: place("command", Span::new(0, 10)),
        operands: vec![Operand::new(OperandKind::Path, Word::known("src"))],
    };
    let truths = BTreeMap::from([("context.production", false)]);
    let stakes = Stakes { truths, says: vec!["3 files (2 kB), 1 of them untracked".into()], ..Stakes::default() };
    let judged = Judged { finding, stakes, severity, verdict, moved: vec![], left: false };
    Decision { verdict, would: verdict, judged: vec![judged], understood: true, deferred: false, reasons: vec![] }
}

fn place(source: &str, span: Span) -> Place {
    Place { source: source.into(), line: 1, span }
}

fn command(words: &[&str], at: Place) -> Command {
    Command {
        words: words.iter().map(|word| Word::known(*word)).collect(),
        program: Program::File(format!("/usr/bin/{}", words.first().unwrap_or(&"")).into()),
        assignments: vec![],
        redirections: vec![],
        writes: Vec::new(),
        sends: Vec::new(),
        stdin: Stdin::Inherited,
        via: vec![],
        directory: Value::known("/project"),
        environment: Arc::new(Environment::default()),
        created: Arc::new(vec![]),
        written: Arc::default(),
        at,
    }
}

pub(crate) fn model(words: &[&str]) -> Model {
    Model { commands: vec![command(words, place("command", Span::new(0, 10)))], ..Model::default() }
}

impl Case {
    fn new(directory: &Path) -> Case {
        let mut seen = Seen::default();
        seen.sights.insert(Want::File("/project/x.sh".into()), Sight::Bytes(Arc::from(&b"rm -rf src"[..])));
        Case {
            call: call("rm -rf src", directory),
            decision: decision(Verdict::Ask, Severity::High),
            model: model(&["rm", "-rf", "src"]),
            seen,
            policy: "p1".into(),
        }
    }

    fn question(&self) -> Question {
        let grounds =
            Grounds { decision: &self.decision, model: &self.model, seen: &self.seen, policy_digest: &self.policy };
        Question::new(&self.call, &grounds)
    }

    fn settle(&self, state: &Path, who: &Ancestry, screen: &dyn Screen) -> Settled {
        let ancestry = || who.clone();
        let channels = Channels {
            model: &self.model,
            seen: &self.seen,
            policy_digest: &self.policy,
            state: Some(state),
            locked: None,
            ancestry: &ancestry,
            screen,
            wait: Some(Duration::ZERO),
        };
        confirm::settle(self.decision.clone(), self.call.clone(), &channels)
    }

    /// Settles under the agent and says how it ended.
    fn under_agent(&self, state: &Path) -> Result<Leave, Because> {
        ended(self.settle(state, &agent(501), &Empty))
    }
}

fn ended(settled: Settled) -> Result<Leave, Because> {
    match settled {
        Settled::Permitted(permit) => Ok(permit.leave().clone()),
        Settled::Refused(refusal) => Err(refusal.because),
    }
}

/// The id under which it waits.
fn waits(outcome: Result<Leave, Because>) -> String {
    match outcome {
        Err(Because::Waiting { id, .. }) => id,
        other => panic!("expected a request, got {other:?}"),
    }
}

fn process(pid: i32, parent: i32, program: &str, terminal: i32) -> Process {
    Process {
        id: ProcessId { pid, start: u64::from(pid.unsigned_abs()) },
        parent,
        session: pid / 100 * 100,
        terminal,
        name: program.into(),
        image: format!("/usr/bin/{program}").into(),
        arguments: vec![program.into()],
        environment: vec![],
        reads_terminal: terminal != 0,
        foreground: true,
    }
}

/// A tool call of an agent: the guard's own pid differs from call to call, the agent is pid 400.
pub(crate) fn agent(pid: i32) -> Ancestry {
    Ancestry::from(vec![process(pid, 400, "bash", 0), process(400, 300, "claude", TTY), process(300, 1, "bash", TTY)])
}

/// A caller that no table knows.
fn stranger(pid: i32) -> Ancestry {
    Ancestry::from(vec![process(pid, 450, "bash", 0), process(450, 1, "robot", 0)])
}

/// A person's shell in another terminal.
pub(crate) fn person() -> Ancestry {
    let chain = vec![
        process(901, 900, "guarded", TTY + 1),
        process(900, 800, "bash", TTY + 1),
        process(800, 1, "gnome-terminal-server", 0),
    ];
    Ancestry::from(chain)
}

/// A screen with nobody before it.
struct Empty;

impl Screen for Empty {
    fn ask(&self, _: &Shown) -> Reply {
        Reply::Nobody
    }

    fn confirm(&self, _: &Shown) -> Reply {
        Reply::Nobody
    }
}

/// A screen whose person says this; counts how often.
pub(crate) struct Says(Reply, Cell<u32>);

impl Says {
    pub(crate) fn new(reply: Reply) -> Says {
        Says(reply, Cell::new(0))
    }
}

impl Screen for Says {
    fn ask(&self, _: &Shown) -> Reply {
        self.1.set(self.1.get() + 1);
        self.0
    }

    fn confirm(&self, shown: &Shown) -> Reply {
        self.ask(shown)
    }
}

fn approve(state: &Path, id: &str, who: &Ancestry) -> Result<(), Doubtful> {
    let mut store = Store::open(state).expect("a store");
    confirm::approve(&mut store, id, who, &Says::new(Reply::Once)).map(|_| ())
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn what_the_policy_allows_touches_neither_store_nor_screen() {
    let here = folder();
    let state = here.path().join("state");
    for (verdict, expected) in [
        (Verdict::Allow, Ok(Leave::Policy)),
        (Verdict::Log, Ok(Leave::Policy)),
        (Verdict::Deny, Err(Because::Denied)),
        (Verdict::Approve(2), Err(Because::NeedsPeople(2))),
    ] {
        let mut case = Case::new(here.path());
        case.decision.verdict = verdict;
        let screen = Says::new(Reply::Once);
        assert_eq!(ended(case.settle(&state, &person(), &screen)), expected, "{verdict:?}");
        assert_eq!(screen.1.get(), 0);
    }
    assert!(!state.exists());
}

#[test]
fn approve_then_repeat_runs_exactly_once() {
    let here = folder();
    let state = here.path().join("state");
    let case = Case::new(here.path());
    let id = waits(case.under_agent(&state));
    assert_eq!(waits(case.under_agent(&state)), id, "the same question keeps its id");
    approve(&state, &id, &person()).expect("a person may");
    assert_eq!(case.under_agent(&state), Ok(Leave::Grant(id.clone())));
    assert_ne!(waits(case.under_agent(&state)), id, "used up: a new question");
}

#[test]
fn approve_one_asks_like_ask() {
    let here = folder();
    let mut case = Case::new(here.path());
    case.decision = decision(Verdict::Approve(1), Severity::Critical);
    waits(case.under_agent(&here.path().join("state")));
}

#[test]
fn a_denied_request_is_declined_when_it_is_repeated() {
    let here = folder();
    let state = here.path().join("state");
    let case = Case::new(here.path());
    let id = waits(case.under_agent(&state));
    let mut store = Store::open(&state).expect("a store");
    confirm::deny(&mut store, &id, &agent(777)).expect("anybody may");
    assert_eq!(case.under_agent(&state), Err(Because::Declined));
    assert!(matches!(approve(&state, &id, &person()), Err(Doubtful::AlreadyDecided(State::Denied))));
}

#[test]
fn an_answer_during_the_wait_lets_the_waiting_shell_run() {
    let here = folder();
    let state = here.path().join("state");
    let answering = state.clone();
    let answer = std::thread::spawn(move || {
        for _ in 0..200 {
            std::thread::sleep(Duration::from_millis(20));
            let mut store = Store::open(&answering).expect("a store");
            if let Some(waiting) = store.pending(SystemTime::now()).expect("a list").first() {
                let done = confirm::approve(&mut store, &waiting.id.clone(), &person(), &Says::new(Reply::Once));
                return done.is_ok();
            }
        }
        false
    });
    let case = Case::new(here.path());
    let ancestry = || agent(501);
    let channels = Channels {
        model: &case.model,
        seen: &case.seen,
        policy_digest: &case.policy,
        state: Some(&state),
        locked: None,
        ancestry: &ancestry,
        screen: &Empty,
        wait: Some(Duration::from_secs(10)),
    };
    let outcome = ended(confirm::settle(case.decision.clone(), case.call.clone(), &channels));
    assert!(answer.join().expect("no panic"));
    assert!(matches!(outcome, Ok(Leave::Grant(_))), "{outcome:?}");
}

#[test]
fn anything_that_changed_is_a_new_question() {
    type Change = fn(&mut Case);
    let here = folder();
    let other = folder();
    let base = Case::new(here.path()).question();
    assert_eq!(base.binding, Case::new(here.path()).question().binding, "nothing changed, nothing differs");
    let changes: [(&str, Change); 16] = [
        ("the text", |case| case.call = call("rm -rf src2", Path::new(&case.call.directory.to_string()))),
        ("another argument", |case| case.call.argv.push("x".into())),
        ("a flag", |case| case.call.argv[1] = "-lc".into()),
        ("the shell", |case| case.call.shell = guarded_sh::invocation::Shell::Sh),
        ("a word", |case| case.model = model(&["rm", "-rf", "src2"])),
        ("the program", |case| case.model.commands[0].program = Program::File("/tmp/rm".into())),
        ("an assignment", |case| case.model.commands[0].assignments.push(("A".into(), Value::known("1")))),
        ("a redirection", |case| {
            let target = Word::known("x");
            case.model.commands[0].redirections.push(Redirect { mode: RedirectMode::Overwrite, target });
        }),
        ("standard input", |case| case.model.commands[0].stdin = Stdin::Text(Value::known("x"))),
        ("a followed file", |case| {
            case.seen.sights.insert(Want::File("/project/x.sh".into()), Sight::Bytes(Arc::from(&b"rm -rf ~"[..])));
        }),
        ("a followed file that is gone", |case| {
            case.seen.sights.insert(Want::File("/project/x.sh".into()), Sight::Missing);
        }),
        ("a fact", |case| {
            case.decision.judged[0].stakes.truths.insert("context.production", true);
        }),
        ("a fact that became unknown", |case| case.decision.judged[0].stakes.truths.clear()),
        ("what is at stake", |case| case.decision.judged[0].stakes.says = vec!["900 files".into()]),
        ("a variable that facts read", |case| case.call.environment[0].1 = "prod".into()),
        ("the policy", |case| case.policy = "p2".into()),
    ];
    for (what, change) in changes {
        let mut case = Case::new(here.path());
        change(&mut case);
        assert_ne!(case.question().binding, base.binding, "{what}");
    }
    let moved = Case { call: call("rm -rf src", other.path()), ..Case::new(here.path()) };
    assert_ne!(moved.question().binding, base.binding, "the directory");
    let mut unbound = Case::new(here.path());
    unbound.call.environment[1].1 = "other".into();
    assert_eq!(unbound.question().binding, base.binding, "a variable that nothing reads");
}

#[test]
fn another_directory_under_the_same_name_is_a_new_question() {
    let here = folder();
    let path = here.path().join("project");
    std::fs::create_dir(&path).expect("a folder");
    let before = Case { call: call("rm -rf src", &path), ..Case::new(here.path()) }.question();
    std::fs::rename(&path, here.path().join("old")).expect("moved");
    std::fs::create_dir(&path).expect("a folder");
    let after = Case { call: call("rm -rf src", &path), ..Case::new(here.path()) }.question();
    assert_ne!(before.binding, after.binding);
}

#[test]
fn a_policy_or_file_changed_after_the_answer_voids_the_grant() {
    let here = folder();
    let state = here.path().join("state");
    let mut case = Case::new(here.path());
    let id = waits(case.under_agent(&state));
    approve(&state, &id, &person()).expect("a person may");
    case.seen.sights.insert(Want::File("/project/x.sh".into()), Sight::Bytes(Arc::from(&b"rm -rf ~"[..])));
    assert_ne!(waits(case.under_agent(&state)), id);
    let mut case = Case::new(here.path());
    case.policy = "p2".into();
    assert_ne!(waits(case.under_agent(&state)), id);
    assert_eq!(Case::new(here.path()).under_agent(&state), Ok(Leave::Grant(id)), "what was shown may still run");
}

fn wrapped(id: &str, file: &str) -> String {
    format!(
        "source /home/ada/.claude/shell-snapshots/snapshot-bash-1790-{id}.sh 2>/dev/null || true && shopt -u extglob \
         2>/dev/null || true && eval 'rm -rf src' < /dev/null && pwd -P >| {file}"
    )
}

/// What the engine would read of the wrapper: its own commands, and the model's inside the quotes.
fn wrapped_case(directory: &Path, id: &str, file: &str) -> Case {
    let text = wrapped(id, file);
    let inside = text.find("rm -rf").expect("the command");
    let snapshot = format!("/home/ada/.claude/shell-snapshots/snapshot-bash-1790-{id}.sh");
    let mut last = command(&["pwd", "-P"], place("command", Span::new(text.find("pwd").expect("pwd"), text.len())));
    last.redirections.push(Redirect { mode: RedirectMode::Overwrite, target: Word::known(file) });
    let commands = vec![
        command(&["source", &snapshot], place("command", Span::new(0, 30))),
        command(&["eval", "rm -rf src"], place("command", Span::new(inside - 6, inside + 11))),
        command(&["rm", "-rf", "src"], place("command", Span::new(inside, inside + 10))),
        last,
    ];
    let mut seen = Seen::default();
    seen.sights.insert(Want::File(BString::from(snapshot)), Sight::Bytes(Arc::from(&b"alias ls='ls -F'"[..])));
    Case { call: call(&text, directory), model: Model { commands, ..Model::default() }, seen, ..Case::new(directory) }
}

#[test]
fn a_grant_holds_though_the_agents_wrapper_changes_from_call_to_call() {
    let here = folder();
    let state = here.path().join("state");
    let id = waits(wrapped_case(here.path(), "aaa", "/tmp/claude-1a-cwd").under_agent(&state));
    approve(&state, &id, &person()).expect("a person may");
    let again = wrapped_case(here.path(), "bbb", "/tmp/claude-2b-cwd");
    assert_eq!(again.under_agent(&state), Ok(Leave::Grant(id)));
}

/// The redirection of the wrapper is itself a finding, of a kind that is only recorded.
fn with_recorded(mut case: Case, hit: &str) -> Case {
    let mut recorded = decision(Verdict::Log, Severity::Low).judged;
    for judged in &mut recorded {
        judged.finding.operands = vec![Operand::new(OperandKind::Path, Word::known(hit))];
    }
    case.decision.judged.extend(recorded);
    case
}

#[test]
fn a_finding_at_the_wrappers_own_file_is_no_part_of_the_answer() {
    let here = folder();
    let state = here.path().join("state");
    let case = |id, file| with_recorded(wrapped_case(here.path(), id, file), file);
    let first = case("aaa", "/tmp/claude-1a-cwd");
    let shown = first.question().shown;
    assert_eq!(shown.findings.len(), 1, "what is recorded only is not asked: {shown:?}");
    let id = waits(first.under_agent(&state));
    approve(&state, &id, &person()).expect("a person may");
    let elsewhere = with_recorded(wrapped_case(here.path(), "bbb", "/tmp/claude-2b-cwd"), "/project/notes");
    assert_ne!(waits(elsewhere.under_agent(&state)), id, "a file of the model's is part of it");
    assert_eq!(case("bbb", "/tmp/claude-2b-cwd").under_agent(&state), Ok(Leave::Grant(id)));
}

#[test]
fn an_imitated_wrapper_has_no_slots() {
    let here = folder();
    let one = wrapped_case(here.path(), "aaa", "/home/ada/.bashrc").question();
    let two = wrapped_case(here.path(), "aaa", "/home/ada/.zshrc").question();
    assert_ne!(one.binding, two.binding);
    assert!(one.shown.command.contains(".bashrc"), "it is shown whole: {}", one.shown.command);
    let real = wrapped_case(here.path(), "aaa", "/tmp/claude-1a-cwd").question();
    assert_eq!((real.shown.command.as_str(), real.shown.agent.as_deref()), ("rm -rf src", Some("claude")));
}

#[test]
fn a_wrapper_that_execs_the_shell_with_the_approved_text_is_not_asked_again() {
    let here = folder();
    let state = here.path().join("state");
    let text =
        "if . '/home/ada/.codex/shell_snapshots/a.sh' >/dev/null 2>&1; then :; fi\n\nexec '/bin/bash' -c 'rm -rf src'";
    let outer = Case { call: call(text, here.path()), ..Case::new(here.path()) };
    let id = waits(outer.under_agent(&state));
    approve(&state, &id, &person()).expect("a person may");
    assert_eq!(outer.under_agent(&state), Ok(Leave::Grant(id.clone())));
    let inner = Case::new(here.path());
    waits(ended(inner.settle(&state, &agent(777), &Empty)));
    assert_eq!(inner.under_agent(&state), Ok(Leave::HandedDown(id)), "the same process, after its exec");
    waits(inner.under_agent(&state));
}

#[test]
fn an_approver_from_inside_is_refused_however_it_is_started() {
    let here = folder();
    let state = here.path().join("state");
    let id = waits(Case::new(here.path()).under_agent(&state));
    let below = |programs: &[(&str, i32)]| {
        let mut chain: Vec<Process> = programs
            .iter()
            .zip(600..)
            .map(|((program, terminal), pid)| process(pid, pid + 1, program, *terminal))
            .collect();
        chain.extend(agent(501).chain.into_iter().skip(1));
        Ancestry::from(chain)
    };
    for (how, who) in [
        ("a sibling tool call", below(&[("guarded", 0), ("bash", 0)])),
        ("a script", below(&[("guarded", 0), ("bash", 0), ("bash", 0)])),
        ("a renamed copy", below(&[("harmless", 0), ("bash", 0)])),
        ("python", below(&[("guarded", 0), ("python3", 0), ("bash", 0)])),
        ("a pty of its own", below(&[("guarded", TTY + 5), ("bash", TTY + 5), ("script", 0)])),
    ] {
        assert!(matches!(approve(&state, &id, &who), Err(Doubtful::FromInside)), "{how}");
    }
    let orphan = Ancestry::from(vec![process(700, 1, "guarded", 0), process(1, 0, "systemd", 0)]);
    assert!(matches!(approve(&state, &id, &orphan), Err(Doubtful::NoPerson(Standing::Unknown))), "setsid -f");
    let mut marked = orphan.clone();
    marked.chain[0].environment = vec!["CLAUDECODE=1".into()];
    assert!(matches!(approve(&state, &id, &marked), Err(Doubtful::FromInside)), "setsid -f with its environment");
    let cron =
        Ancestry::from(vec![process(700, 699, "guarded", 0), process(699, 698, "sh", 0), process(698, 1, "cron", 0)]);
    assert!(matches!(approve(&state, &id, &cron), Err(Doubtful::NoPerson(_))), "cron, at, systemd-run");
    let held = |holder: &str| {
        let mut held = person();
        held.chain[2] = process(800, 1, holder, 0);
        held.chain.push(process(1, 0, "systemd", 0));
        held
    };
    assert!(matches!(approve(&state, &id, &held("script")), Err(Doubtful::NoPerson(_))), "setsid -f script");
    waits(Case::new(here.path()).under_agent(&state));
    approve(&state, &id, &held("code")).expect("a person in an IDE may");
}

#[test]
fn an_unknown_caller_is_a_root_too() {
    let here = folder();
    let state = here.path().join("state");
    let case = Case::new(here.path());
    let id = waits(ended(case.settle(&state, &stranger(501), &Empty)));
    assert!(
        matches!(approve(&state, &id, &stranger(666)), Err(Doubtful::FromInside)),
        "a sibling of the shell that asked"
    );
    let other = Ancestry::from(vec![process(502, 460, "bash", 0), process(460, 1, "robot2", 0)]);
    let second = waits(ended(case.settle(&state, &other, &Empty)));
    assert_ne!(second, id, "another caller that asks the same has a request of its own");
    let mut below_second = other.clone();
    below_second.chain[0] = process(503, 460, "bash", TTY + 9);
    assert!(matches!(approve(&state, &second, &below_second), Err(Doubtful::FromInside)));
    assert!(matches!(approve(&state, &id, &below_second), Err(Doubtful::FromInside)));
    let mut below = person();
    below.chain.extend(stranger(501).chain.into_iter().skip(1));
    assert!(matches!(approve(&state, &id, &below), Err(Doubtful::FromInside)));
    approve(&state, &id, &person()).expect("a person may");
}

#[test]
fn the_terminal_and_session_of_the_asker_and_guarded_trees_are_refused() {
    let here = folder();
    let state = here.path().join("state");
    let mut asker = agent(501);
    asker.chain[0].terminal = TTY + 1;
    let case = Case::new(here.path());
    let id = waits(ended(case.settle(&state, &asker, &Empty)));
    assert!(matches!(approve(&state, &id, &person()), Err(Doubtful::SameTerminal)));
    let mut elsewhere = person();
    elsewhere.chain[0].terminal = TTY + 2;
    elsewhere.chain[1].terminal = TTY + 2;
    elsewhere.chain[0].session = asker.session();
    assert!(matches!(approve(&state, &id, &elsewhere), Err(Doubtful::SameSession)));
    elsewhere.chain[0].session = 1;
    elsewhere.chain.insert(2, process(850, 800, "guarded-sh", TTY + 2));
    assert!(matches!(approve(&state, &id, &elsewhere), Err(Doubtful::FromGuardedTree)));
    elsewhere.chain.remove(2);
    approve(&state, &id, &elsewhere).expect("a person may");
}

#[test]
fn approving_another_pending_id_does_not_help() {
    let here = folder();
    let state = here.path().join("state");
    let harmless = Case { call: call("rm -rf tmp", here.path()), ..Case::new(here.path()) };
    let other = waits(harmless.under_agent(&state));
    let id = waits(Case::new(here.path()).under_agent(&state));
    approve(&state, &other, &person()).expect("a person may");
    assert_eq!(waits(Case::new(here.path()).under_agent(&state)), id);
}

#[test]
fn without_a_typed_yes_nothing_is_approved() {
    let here = folder();
    let state = here.path().join("state");
    let id = waits(Case::new(here.path()).under_agent(&state));
    let mut store = Store::open(&state).expect("a store");
    for reply in [Reply::No, Reply::Nobody] {
        assert!(confirm::approve(&mut store, &id, &person(), &Says::new(reply)).is_err());
    }
    assert!(confirm::pause(&mut store, Duration::from_secs(60), &person(), &Says::new(Reply::No)).is_err());
    assert_eq!(waits(Case::new(here.path()).under_agent(&state)), id);
}

#[test]
fn a_person_at_the_terminal_is_asked_there_and_an_agent_with_a_pty_is_not() {
    let here = folder();
    let state = here.path().join("state");
    let case = Case::new(here.path());
    assert_eq!(ended(case.settle(&state, &person(), &Says::new(Reply::Once))), Ok(Leave::Person));
    assert_eq!(ended(case.settle(&state, &person(), &Says::new(Reply::No))), Err(Because::Declined));
    for driver in ["claude", "python3", "script", "expect", "code"] {
        let mut driven = person();
        driven.chain[2] = process(800, 1, driver, 0);
        let screen = Says::new(Reply::Once);
        waits(ended(case.settle(&state, &driven, &screen)));
        assert_eq!(screen.1.get(), 0, "{driver} answered for a person");
    }
}

#[test]
fn a_pause_is_a_persons_and_lets_run_what_would_ask_but_nothing_that_is_denied() {
    let here = folder();
    let state = here.path().join("state");
    let case = Case::new(here.path());
    waits(case.under_agent(&state));
    let mut store = Store::open(&state).expect("a store");
    let minute = Duration::from_secs(60);
    assert!(matches!(
        confirm::pause(&mut store, minute, &agent(999), &Says::new(Reply::Once)),
        Err(Doubtful::FromInside)
    ));
    assert!(matches!(
        confirm::pause(&mut store, minute * 600, &person(), &Says::new(Reply::Once)),
        Err(Doubtful::TooLong)
    ));
    confirm::pause(&mut store, minute, &person(), &Says::new(Reply::Once)).expect("a person may");
    assert_eq!(case.under_agent(&state), Ok(Leave::Pause));
    let mut denied = Case::new(here.path());
    denied.decision.verdict = Verdict::Deny;
    assert_eq!(denied.under_agent(&state), Err(Because::Denied));
}

#[test]
fn where_the_store_can_not_be_written_nobody_is_asked_and_nothing_runs() {
    let here = folder();
    // A file in the directory's place: no rights are needed for it to fail, so it does for root too.
    let state = here.path().join("state");
    std::fs::write(&state, b"").expect("a file");
    let case = Case::new(here.path());
    match case.under_agent(&state) {
        Err(Because::NobodyToAsk(why)) => assert!(why.contains(state.to_str().expect("a path")), "{why}"),
        other => panic!("{other:?}"),
    }
    let ancestry = || agent(501);
    let channels = Channels {
        model: &case.model,
        seen: &case.seen,
        policy_digest: "p",
        state: None,
        locked: None,
        ancestry: &ancestry,
        screen: &Empty,
        wait: None,
    };
    let homeless = confirm::settle(case.decision.clone(), case.call.clone(), &channels);
    assert!(matches!(ended(homeless), Err(Because::NobodyToAsk(_))));
    assert_eq!(
        ended(case.settle(&state, &person(), &Says::new(Reply::Once))),
        Ok(Leave::Person),
        "a person at the terminal needs no store"
    );
}

#[test]
fn what_is_shown_is_safe_to_print_and_holds_no_secret() {
    let here = folder();
    let mut case = Case::new(here.path());
    let text =
        format!("psql postgres://u:hunter2@h/db -c 'DROP\u{202e} x' \x1b[8m{}# approved by ada", " ".repeat(10_000));
    case.call = call(&text, here.path());
    case.decision.judged[0].finding.operands[0].word = Word::known("\u{1b}]0;x\u{7}");
    let shown = case.question().shown;
    let json = serde_json::to_string(&shown).expect("json");
    assert!(!json.contains("hunter2") && json.contains("<secret:password>"));
    assert!(json.chars().all(|one| !one.is_control() && one != '\u{202e}'), "{json}");
    let back: Shown = serde_json::from_str(&json).expect("the same again");
    assert_eq!(back, shown);
}

#[test]
fn critical_wants_the_targets_name_and_one_that_can_not_be_typed_the_rules() {
    let here = folder();
    let mut case = Case::new(here.path());
    case.decision = decision(Verdict::Approve(1), Severity::Critical);
    assert_eq!(case.question().shown.type_to_confirm.as_deref(), Some("src"));
    case.decision.judged[0].finding.operands[0].word = Word::known("/data/prod db\u{200b}");
    assert_eq!(case.question().shown.type_to_confirm.as_deref(), Some("files.delete"));
    case.decision = decision(Verdict::Ask, Severity::High);
    assert_eq!(case.question().shown.type_to_confirm, None);
}

/// Not a test of its own: what stands at the terminal below. Writes what the person answered and who was seen above.
#[test]
fn one_at_a_terminal() {
    let Some(out) = std::env::var_os("GUARDED_TEST_ANSWER") else { return };
    let here = folder();
    let mut case = Case::new(here.path());
    if std::env::var_os("GUARDED_TEST_CRITICAL").is_some() {
        case.decision = decision(Verdict::Ask, Severity::Critical);
    }
    let standing = guarded_sh::agents::ancestry().standing(false);
    let reply = confirm::Tty.ask(&case.question().shown);
    std::fs::write(out, format!("{reply:?} {standing:?}")).expect("written");
}

/// Runs the above in a terminal of `script`, types `keys`, and returns what it wrote and what was on the screen.
fn at_terminal(early: &str, keys: &str, critical: bool) -> Option<(String, String)> {
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};
    let here = folder();
    let out = here.path().join("answer");
    let me = std::env::current_exe().expect("this program");
    let line = format!("'{}' people::one_at_a_terminal --exact --test-threads=1 --nocapture", me.display());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).env("GUARDED_TEST_ANSWER", &out).env("TERM", "xterm");
    if critical {
        script.env("GUARDED_TEST_CRITICAL", "1");
    }
    let Ok(mut running) = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        eprintln!("skipped: there is no script(1) here");
        return None;
    };
    let mut stdin = running.stdin.take().expect("a pipe");
    let mut output = running.stdout.take().expect("a pipe");
    let mut screen = Vec::new();
    // What is typed before the question is there is thrown away.
    stdin.write_all(early.as_bytes()).expect("typed");
    let mut some = [0; 4096];
    while !screen.windows(6).any(|text| text == b"Run it") {
        match output.read(&mut some).expect("a screen") {
            0 => break,
            count => screen.extend_from_slice(&some[..count]),
        }
    }
    for key in keys.split('|') {
        std::thread::sleep(Duration::from_millis(400));
        stdin.write_all(key.as_bytes()).expect("typed");
    }
    output.read_to_end(&mut screen).expect("a screen");
    let screen = String::from_utf8_lossy(&screen).into_owned();
    running.wait().expect("an end");
    Some((std::fs::read_to_string(out).unwrap_or_default(), screen))
}

#[test]
fn at_a_terminal_enter_alone_is_no_and_yes_must_be_chosen() {
    for (early, keys, critical, expected) in [
        ("", "\r", false, "No"),
        ("", "\x1b[B|\r", false, "Once"),
        ("", "q", false, "No"),
        ("", "\x1b", false, "No"),
        ("", "n", false, "No"),
        ("", "x|y", false, "Once"),
        ("", "m|y", false, "Once"),
        ("", "y|yes\r", true, "No"),
        ("", "y|y\r", true, "No"),
        ("", "Y|src\r", true, "Once"),
        ("", "\x1b[B|\x1b[B|\r|\x1b[B|\r", false, "Once"),
        ("", "\x1b[B|\r|yes\r", true, "No"),
        ("y\ry", "\r", false, "No"),
    ] {
        let Some((answer, screen)) = at_terminal(early, keys, critical) else { return };
        let (reply, standing) = answer.split_once(' ').unwrap_or_else(|| panic!("no answer to {keys:?}: {screen}"));
        assert_eq!(reply, expected, "{keys:?}: {screen}");
        assert_ne!(standing, "Person", "a terminal that a program drives is nobody's");
        assert!(screen.contains("3 files (2 kB), 1 of them untracked"), "{screen}");
    }
}

#[test]
fn the_ancestors_of_a_real_process_reach_this_one() {
    use guarded_sh::agents::ancestry;
    let mut child = std::process::Command::new("setsid")
        .args(["sh", "-c", "sleep 5; :"])
        .stdin(std::process::Stdio::null())
        .spawn()
        .expect("a child");
    std::thread::sleep(Duration::from_millis(200));
    let me = ancestry().me().expect("this process").id;
    let pid = i32::try_from(child.id()).expect("a pid");
    let below = Ancestry::of(pid);
    assert!(below.descends_from(me), "a session of its own does not hide where it comes from");
    assert!(
        !below.descends_from(ProcessId { start: me.start + 1, ..me }),
        "a pid that is used again is another process"
    );
    assert!(ancestry().born().is_some_and(|born| born <= SystemTime::now()));
    child.kill().expect("ended");
    child.wait().expect("an end");
}
