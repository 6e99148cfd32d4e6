//! What is made of findings: each row of the tables is a promise about one input that changed.

use std::sync::Arc;

use guarded_sh::answer::Answer;
use guarded_sh::command::{Cause, Change, Command, Model, Program, Stdin, Unread, UnreadKind, Value, Via, Word};
use guarded_sh::decide::{Decision, decide};
use guarded_sh::look::facts::Stakes;
use guarded_sh::packs::{Effect, Severity, Target};
use guarded_sh::policy::{Context, Mode, Override, Policy, Supervise, Verdict, Waiver};
use guarded_sh::rules::{Finding, Move, Operand, OperandKind, Rule, Shift, Undo};
use guarded_sh::span::{Place, Span};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 23);

fn place() -> Place {
    Place { source: "command".into(), line: 1, span: Span::new(0, 4) }
}

pub fn command(words: &[&str]) -> Command {
    Command {
        words: words.iter().map(|word| Word::known(*word)).collect(),
        program: Program::Name(words.first().copied().unwrap_or("x").into()),
        assignments: vec![],
        redirections: vec![],
        writes: Vec::new(),
        sends: Vec::new(),
        stdin: Stdin::Inherited,
        via: vec![],
        directory: Value::known("/home/me/app"),
        environment: Arc::default(),
        created: Arc::default(),
        written: Arc::default(),
        at: place(),
    }
}

pub fn model() -> Model {
    Model { commands: vec![command(&["drop", "thing"])], ..Model::default() }
}

fn rule() -> Rule {
    Rule {
        id: "tool.act".into(),
        says: "drops the thing".into(),
        why: "It is gone.".into(),
        instead: vec!["look thing".into()],
        effect: Effect::Delete,
        target: Target::Files,
        severity: Severity::High,
        undo: Undo::None,
        lower: vec![],
        raise: vec![],
    }
}

pub fn finding(answer: Answer) -> Finding {
    with(rule(), answer)
}

fn with(rule: Rule, answer: Answer) -> Finding {
    let operands = vec![path("/home/me/scratch/x")];
    Finding { rule: Arc::new(rule), answer, because: None, command: 0, at: place(), operands }
}

fn path(path: &str) -> Operand {
    Operand::new(OperandKind::Path, Word::known(path))
}

fn unknown_name() -> Operand {
    Operand::new(OperandKind::Name, Word::unknown(Cause::Variable("X".into())))
}

fn stakes(truths: &[(&'static str, bool)]) -> Stakes {
    Stakes { truths: truths.iter().copied().collect(), ..Stakes::default() }
}

fn decided(finding: Finding, stakes: Stakes, policy: &Policy) -> Decision {
    decide(&model(), true, vec![finding], vec![stakes], policy, TODAY)
}

fn shift(when: &str, to: Move) -> Shift {
    Shift { when: when.to_owned(), to }
}

#[test]
fn severity_leads_to_its_verdict() {
    let table = [
        (Severity::Low, Verdict::Log),
        (Severity::Medium, Verdict::Ask),
        (Severity::High, Verdict::Ask),
        (Severity::Critical, Verdict::Approve(1)),
        (Severity::Catastrophic, Verdict::Deny),
    ];
    for (severity, verdict) in table {
        let finding = with(Rule { severity, ..rule() }, Answer::Yes);
        assert_eq!(decided(finding, Stakes::default(), &Policy::default()).verdict, verdict, "{severity:?}");
    }
}

#[test]
fn nothing_found_is_let_go_and_the_worst_finding_counts() {
    let policy = Policy::default();
    let none = decide(&model(), true, vec![], vec![], &policy, TODAY);
    assert_eq!((none.verdict, none.understood, none.deferred), (Verdict::Allow, true, false));
    let low = with(Rule { severity: Severity::Low, ..rule() }, Answer::Yes);
    let both = decide(&model(), true, vec![low, finding(Answer::Yes)], vec![], &policy, TODAY);
    assert_eq!(both.verdict, Verdict::Ask);
    assert_eq!(both.judged[0].verdict, Verdict::Log);
}

#[test]
fn only_a_settled_fact_lowers_and_catastrophic_is_never_lowered() {
    let lower = vec![shift("paths.temporary", Move::To(Severity::Low))];
    let table = [(Some(true), Verdict::Log), (Some(false), Verdict::Ask), (None, Verdict::Ask)];
    for (truth, verdict) in table {
        let facts = truth.map(|truth| ("paths.temporary", truth));
        let finding = with(Rule { lower: lower.clone(), ..rule() }, Answer::Yes);
        let decision = decided(finding, stakes(facts.as_slice()), &Policy::default());
        assert_eq!(decision.verdict, verdict, "{truth:?}");
        assert_eq!(decision.judged[0].moved.is_empty(), truth != Some(true));
    }
    let fixed = Rule { lower, severity: Severity::Catastrophic, ..rule() };
    let decision = decided(with(fixed, Answer::Yes), stakes(&[("paths.temporary", true)]), &Policy::default());
    assert_eq!(decision.verdict, Verdict::Deny);
}

#[test]
fn what_raises_has_the_last_word() {
    let both = Rule {
        lower: vec![shift("paths.temporary", Move::To(Severity::Low))],
        raise: vec![shift("paths.backup", Move::To(Severity::Critical))],
        ..rule()
    };
    let facts = stakes(&[("paths.temporary", true), ("paths.backup", true)]);
    let decision = decided(with(both, Answer::Yes), facts, &Policy::default());
    assert_eq!((decision.judged[0].severity, decision.verdict), (Severity::Critical, Verdict::Approve(1)));
}

#[test]
fn a_context_raises_what_is_aimed_there_and_not_beyond_critical() {
    let context = |name: &str, raise| Context { name: name.into(), raise, ..Context::default() };
    let policy = Policy { contexts: vec![context("staging", 1), context("production", 3)], ..Policy::default() };
    let at = |name: &str| Stakes { contexts: vec![name.to_owned()], ..Stakes::default() };
    let severity = |stakes: Stakes, base| {
        let finding = with(Rule { severity: base, ..rule() }, Answer::Yes);
        decided(finding, stakes, &policy).judged[0].severity
    };
    assert_eq!(severity(at("staging"), Severity::Low), Severity::Medium);
    assert_eq!(severity(at("production"), Severity::Medium), Severity::Critical);
    assert_eq!(severity(Stakes::default(), Severity::Medium), Severity::Medium);
    // Production, but nobody said by which context: the strictest.
    assert_eq!(severity(stakes(&[("context.production", true)]), Severity::Low), Severity::Critical);
}

#[test]
fn an_override_changes_the_verdict_and_the_last_that_fits_holds() {
    let over = |rule: Option<&str>, target: &[Target], decision, only_raises| Override {
        rule: rule.map(str::to_owned),
        tool: vec![],
        effect: vec![],
        target: target.to_vec(),
        decision,
        only_raises,
        from: String::new(),
    };
    let cases = [
        (vec![over(Some("tool.*"), &[], Verdict::Deny, false)], Verdict::Deny),
        (vec![over(Some("other.*"), &[], Verdict::Deny, false)], Verdict::Ask),
        (vec![over(None, &[Target::Backup], Verdict::Deny, false)], Verdict::Ask),
        (vec![over(None, &[Target::Files], Verdict::Log, false)], Verdict::Log),
        (vec![over(None, &[], Verdict::Deny, false), over(Some("tool.act"), &[], Verdict::Log, false)], Verdict::Log),
        // A project's: stricter or nothing, wherever it stands.
        (vec![over(None, &[], Verdict::Allow, true)], Verdict::Ask),
        (vec![over(None, &[], Verdict::Deny, true), over(None, &[], Verdict::Allow, false)], Verdict::Deny),
    ];
    for (overrides, verdict) in cases {
        let policy = Policy { overrides: overrides.clone(), ..Policy::default() };
        assert_eq!(decided(finding(Answer::Yes), Stakes::default(), &policy).verdict, verdict, "{overrides:?}");
    }
}

#[test]
fn no_override_reaches_below_the_floors() {
    let all = Override {
        rule: None,
        tool: vec![],
        effect: vec![],
        target: vec![],
        decision: Verdict::Allow,
        only_raises: false,
        from: String::new(),
    };
    let policy = Policy { overrides: vec![all], ..Policy::default() };
    let verdict = |rule| decided(with(rule, Answer::Yes), Stakes::default(), &policy).verdict;
    assert_eq!(verdict(Rule { severity: Severity::Catastrophic, ..rule() }), Verdict::Deny);
    assert_eq!(verdict(Rule { target: Target::Guard, ..rule() }), Verdict::Ask);
    assert_eq!(verdict(rule()), Verdict::Allow);
}

fn waiver(path: Option<&str>, until: Date) -> Waiver {
    Waiver {
        rule: "tool.act".into(),
        path: path.map(str::to_owned),
        until,
        reason: "load tests".into(),
        from: String::new(),
    }
}

#[test]
fn a_waiver_covers_its_rule_its_days_and_its_paths() {
    let verdict = |waiver: Waiver, paths: &[&str], answer| {
        let policy = Policy { waivers: vec![waiver], ..Policy::default() };
        let operands = paths.iter().map(|one| path(one)).collect();
        decided(Finding { operands, ..finding(answer) }, Stakes::default(), &policy).verdict
    };
    let scratch = || waiver(Some("/home/me/scratch/**"), TODAY);
    assert_eq!(verdict(scratch(), &["/home/me/scratch/x"], Answer::Yes), Verdict::Log);
    assert_eq!(verdict(scratch(), &["../scratch/x"], Answer::Yes), Verdict::Ask, "a link may stand before ..");
    assert_eq!(verdict(scratch(), &["/home/me/scratch/../app"], Answer::Yes), Verdict::Ask);
    assert_eq!(verdict(scratch(), &["/home/me/scratch/x", "/home/me/app"], Answer::Yes), Verdict::Ask);
    assert_eq!(verdict(scratch(), &[], Answer::Yes), Verdict::Ask, "nothing is known of what it hits");
    assert_eq!(verdict(scratch(), &["/home/me/scratch"], Answer::Yes), Verdict::Ask);
    assert_eq!(verdict(scratch(), &["//home/me/./scratch//x/"], Answer::Yes), Verdict::Log);
    assert_eq!(verdict(waiver(Some("/home/me/app/*"), TODAY), &["x"], Answer::Yes), Verdict::Log);
    assert_eq!(verdict(waiver(None, TODAY), &[], Answer::Yes), Verdict::Log);
    assert_eq!(verdict(waiver(None, date(2026, 11, 22)), &[], Answer::Yes), Verdict::Ask, "expired");
    let other = Waiver { rule: "tool.*".into(), ..waiver(None, TODAY) };
    assert_eq!(verdict(other, &[], Answer::Yes), Verdict::Ask, "a waiver names one rule");
}

#[test]
fn no_waiver_for_what_is_catastrophic_or_guards_the_guard() {
    let policy = Policy { waivers: vec![waiver(None, TODAY)], ..Policy::default() };
    for rule in [
        Rule { severity: Severity::Catastrophic, ..rule() },
        Rule { target: Target::Guard, ..rule() },
        Rule { raise: vec![shift("paths.mount", Move::To(Severity::Catastrophic))], ..rule() },
    ] {
        let decision = decided(with(rule, Answer::Yes), stakes(&[("paths.mount", true)]), &policy);
        assert!(decision.verdict >= Verdict::Ask);
    }
}

#[test]
fn a_waiver_does_not_follow_links_or_unknown_operands() {
    let policy = Policy { waivers: vec![waiver(Some("/home/me/scratch/**"), TODAY)], ..Policy::default() };
    let linked = decided(finding(Answer::Yes), stakes(&[("paths.through-link", true)]), &policy);
    assert_eq!(linked.verdict, Verdict::Ask);
    let unknown =
        Finding { operands: vec![Operand { kind: OperandKind::Path, ..unknown_name() }], ..finding(Answer::Yes) };
    assert_eq!(decided(unknown, Stakes::default(), &policy).verdict, Verdict::Ask);
}

#[test]
fn cannot_tell_is_left_to_the_exec_and_said_so() {
    let decision = decided(finding(Answer::CannotTell), Stakes::default(), &Policy::default());
    assert_eq!((decision.verdict, decision.deferred), (Verdict::Log, true));
    assert!(!decided(finding(Answer::Yes), Stakes::default(), &Policy::default()).deferred);
    let allowed = Policy { table: [(Severity::High, Verdict::Allow)].into(), ..Policy::default() };
    assert_eq!(decided(finding(Answer::CannotTell), Stakes::default(), &allowed).verdict, Verdict::Allow);
}

#[test]
fn cannot_tell_keeps_its_verdict_where_no_exec_here_tells() {
    for (change, verdict) in [
        (Change::None, Verdict::Log),
        (Change::Later, Verdict::Log),
        (Change::User(Value::known("root")), Verdict::Log),
        (Change::Host(Value::known("db1")), Verdict::Ask),
        (Change::Container(Value::known("web")), Verdict::Ask),
    ] {
        let mut model = model();
        model.commands[0].via.push(Via { name: "wrapper".into(), change: change.clone() });
        let findings = vec![finding(Answer::CannotTell)];
        let decision = decide(&model, true, findings, vec![], &Policy::default(), TODAY);
        assert_eq!(decision.verdict, verdict, "{change:?}");
    }
}

#[test]
fn cannot_tell_which_database_asks_and_cannot_tell_which_verb_does_not() {
    for (target, effect, operands, verdict) in [
        (Target::Database, Effect::Delete, vec![unknown_name()], Verdict::Ask),
        (Target::Volume, Effect::Delete, vec![unknown_name()], Verdict::Ask),
        (Target::Database, Effect::Delete, vec![path("known")], Verdict::Log),
        (Target::Database, Effect::Delete, vec![], Verdict::Log),
        (Target::Database, Effect::Overwrite, vec![unknown_name()], Verdict::Log),
        (Target::Files, Effect::Delete, vec![unknown_name()], Verdict::Log),
    ] {
        let case = format!("{target:?} {effect:?} {operands:?}");
        let finding = Finding { operands, ..with(Rule { target, effect, ..rule() }, Answer::CannotTell) };
        assert_eq!(decided(finding, Stakes::default(), &Policy::default()).verdict, verdict, "{case}");
    }
}

#[test]
fn text_that_runs_unread_asks_and_a_missing_script_is_left_to_bash() {
    for (kind, verdict, deferred) in [
        (UnreadKind::Text, Verdict::Ask, false),
        (UnreadKind::Remote, Verdict::Ask, false),
        (UnreadKind::File, Verdict::Ask, false),
        (UnreadKind::Rest, Verdict::Ask, false),
        (UnreadKind::Missing, Verdict::Log, false),
        (UnreadKind::Code, Verdict::Log, true),
    ] {
        let unread = vec![Unread { kind, what: "$x".into(), at: place(), beyond: false }];
        let decision = decide(&Model { unread, ..model() }, true, vec![], vec![], &Policy::default(), TODAY);
        assert_eq!((decision.verdict, decision.deferred), (verdict, deferred), "{kind:?}");
        assert!(!decision.understood && decision.reasons[0].ends_with("$x"));
    }
}

/// … where there is one: what another machine or another user runs no exec of this tree tells.
#[test]
fn what_a_script_takes_in_unread_is_left_to_its_execs() {
    let at = Place { source: "deploy.sh".into(), ..place() };
    let of = |kind, beyond, policy: &Policy| {
        let unread = vec![Unread { kind, what: "$x".into(), at: at.clone(), beyond }];
        let decision = decide(&Model { unread, ..model() }, true, vec![], vec![], policy, TODAY);
        (decision.verdict, decision.deferred)
    };
    let off = Policy { supervise: Supervise::Off, ..Policy::default() };
    for kind in [UnreadKind::Text, UnreadKind::File, UnreadKind::Rest] {
        assert_eq!(of(kind, false, &Policy::default()), (Verdict::Log, true), "{kind:?}");
        assert_eq!(of(kind, true, &Policy::default()), (Verdict::Ask, false), "{kind:?}");
        assert_eq!(of(kind, false, &off), (Verdict::Ask, false), "{kind:?}");
    }
    assert_eq!(of(UnreadKind::Remote, false, &Policy::default()), (Verdict::Ask, false));
}

/// `rm -f conf$$.exe` in a script: whether anything of it is there only its exec tells.
#[test]
fn what_could_be_mild_in_a_script_is_left_to_its_exec() {
    let lower = vec![shift("paths.missing", Move::To(Severity::Low))];
    let there = || Finding {
        at: Place { source: "configure".into(), ..place() },
        operands: vec![Operand::new(OperandKind::Path, Word::known("thing"))],
        ..with(Rule { lower: lower.clone(), ..rule() }, Answer::Yes)
    };
    let of = |finding, command, truths: &[(&'static str, bool)], policy: &Policy| {
        let model = Model { commands: vec![command], ..Model::default() };
        let decision = decide(&model, true, vec![finding], vec![stakes(truths)], policy, TODAY);
        (decision.verdict, decision.deferred)
    };
    let (rm, usual) = (|| command(&["rm", "thing"]), Policy::default());
    let asked = (Verdict::Ask, false);
    assert_eq!(of(there(), rm(), &[], &usual), (Verdict::Log, true));
    assert_eq!(of(there(), rm(), &[("paths.missing", false)], &usual), asked, "it is known to be there");
    assert_eq!(of(Finding { at: place(), ..there() }, rm(), &[], &usual), asked, "it was typed");
    let never = Finding { rule: Arc::new(rule()), ..there() };
    assert_eq!(of(never, rm(), &[], &usual), asked, "nothing would lower it");
    let builtin = Command { program: Program::Builtin("rm".into()), ..rm() };
    assert_eq!(of(there(), builtin, &[], &usual), asked, "it has no exec");
    let away = Command { via: vec![Via { name: "ssh".into(), change: Change::Host(Value::known("db1")) }], ..rm() };
    assert_eq!(of(there(), away, &[], &usual), asked, "its exec is somewhere else");
    let written = Finding { operands: vec![path("/srv/log")], ..there() };
    assert_eq!(of(written, rm(), &[], &usual), asked, "a redirection has no exec");
    let off = Policy { supervise: Supervise::Off, ..Policy::default() };
    assert_eq!(of(there(), rm(), &[], &off), asked, "nobody looks at its exec");
}

#[test]
fn a_spent_budget_asks_and_a_doubt_alone_does_not() {
    let limited = Model { limits: vec!["nesting"], ..model() };
    let decision = decide(&limited, true, vec![], vec![], &Policy::default(), TODAY);
    assert_eq!((decision.verdict, decision.understood), (Verdict::Ask, false));
    let doubted = decide(&model(), false, vec![], vec![], &Policy::default(), TODAY);
    assert_eq!((doubted.verdict, doubted.understood), (Verdict::Log, false));
    let found = decide(&model(), false, vec![finding(Answer::Yes)], vec![], &Policy::default(), TODAY);
    assert_eq!(found.verdict, Verdict::Ask);
}

#[test]
fn a_broken_project_policy_makes_findings_ask_and_nothing_else() {
    let policy = Policy { warnings: vec![".guarded.toml:1: no".into()], ..Policy::default() };
    assert_eq!(decide(&model(), true, vec![], vec![], &policy, TODAY).verdict, Verdict::Log);
    let low = with(Rule { severity: Severity::Low, ..rule() }, Answer::Yes);
    assert_eq!(decided(low, Stakes::default(), &policy).verdict, Verdict::Ask);
}

#[test]
fn observe_stops_nothing_and_remembers_what_it_would_have_stopped() {
    let policy = Policy { mode: Mode::Observe, ..Policy::default() };
    let decision = decided(finding(Answer::Yes), Stakes::default(), &policy);
    assert_eq!((decision.verdict, decision.would), (Verdict::Allow, Verdict::Ask));
}
