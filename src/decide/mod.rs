//! Model + findings + stakes + policy → `Decision`, each outcome with its reason. Pure.

mod severity;
mod waiver;
mod unknown;
mod contract;
mod toll;

use bstr::BString;

use crate::answer::Answer;
use crate::command::{Command, Environment, Model, UnreadKind};
use crate::look::facts::Stakes;
use crate::packs::{Effect, Packs, Severity, Target};
use crate::policy::{Mode, Override, Policy, Supervise, Verdict, matches_name};
use crate::rules::{Finding, Rule};
pub use contract::{Outside, lists_all};
pub use toll::{Toll, is_destructive, passed};
use unknown::is_left_to_execs;

/// What is made of a command.
#[derive(Clone, Debug)]
pub struct Decision {
    pub verdict: Verdict,
    /// What mode and policy would have said but did not stop (observe mode): the verdict that would hold.
    pub would: Verdict,
    pub judged: Vec<Judged>,
    /// All of the text was read and both parsers agreed.
    pub understood: bool,
    /// Something is left for an exec to tell.
    pub deferred: bool,
    /// Reasons that belong to no finding: unread text, doubts, spent budgets, a broken project policy; those that weigh
    /// most first.
    pub reasons: Vec<String>,
}

impl Decision {
    /// Asks about what an allowlist of the policy does not list. `start`: the variables before the text begins.
    #[must_use]
    pub fn by_contract(
        mut self,
        model: &Model,
        trusted: bool,
        policy: &Policy,
        packs: &Packs,
        start: &Environment,
    ) -> Decision {
        for contract in &policy.contracts {
            let outside = contract::outside(model, trusted, contract, packs, start);
            for one in outside.into_iter().rev() {
                self.ask_for(&format!("the allowlist of {} {one}", contract.from), policy);
            }
        }
        self
    }

    /// Records verbs that no grammar lists: nobody can tell what they do.
    #[must_use]
    pub fn with_unlisted(mut self, verbs: &[BString], mode: Mode) -> Decision {
        if verbs.is_empty() {
            return self;
        }
        self.reasons.extend(verbs.iter().map(|verb| format!("no rule knows what it does: {verb}")));
        self.raise(Verdict::Log, mode);
        self
    }

    fn raise(&mut self, to: Verdict, mode: Mode) {
        self.would = self.would.max(to);
        self.verdict = match mode {
            Mode::Enforce => self.would,
            Mode::Observe => self.verdict,
        };
    }

    /// A reason that only the caller knows of.
    pub fn ask_for(&mut self, reason: &str, policy: &Policy) {
        self.reasons.insert(0, reason.to_owned());
        self.raise(Verdict::Ask, policy.mode);
    }

    /// Whether something of a script was let go because its execs tell more.
    #[must_use]
    pub fn counts_on_execs(&self, model: &Model) -> bool {
        self.judged.iter().any(|one| one.left) || model.unread.iter().any(is_left_to_execs)
    }

    /// Where no exec tells either, that is asked about, and what might take the root, a home or a disk.
    pub fn without_execs(&mut self, model: &Model, policy: &Policy) {
        let grave = |one: &Judged| {
            let destroys = matches!(one.finding.rule.effect, Effect::Delete | Effect::Overwrite);
            destroys && is_deferred(one) && one.severity >= Severity::Critical
        };
        if self.counts_on_execs(model) || self.judged.iter().any(grave) {
            self.ask_for(
                "not all of it can be told from its text, and in this shell no program is judged as it starts",
                policy,
            );
        }
    }

    /// A reason that nobody can answer for.
    pub fn refuse_for(&mut self, reason: &str, policy: &Policy) {
        self.reasons.insert(0, reason.to_owned());
        self.raise(Verdict::Deny, policy.mode);
    }
}

/// One finding with what was decided about it.
#[derive(Clone, Debug)]
pub struct Judged {
    pub finding: Finding,
    pub stakes: Stakes,
    /// After facts and contexts.
    pub severity: Severity,
    pub verdict: Verdict,
    /// Why the severity or the verdict moved: `lowered: build output (Cargo.toml)`, `production: kube context prod-eu`.
    pub moved: Vec<String>,
    /// Whether it is mild can't be told from the text; its exec tells.
    pub left: bool,
}

/// Weighs all that is known about a command. `trusted`: both parsers read the same commands.
#[must_use]
pub fn decide(
    model: &Model,
    trusted: bool,
    findings: Vec<Finding>,
    stakes: Vec<Stakes>,
    policy: &Policy,
    today: jiff::civil::Date,
) -> Decision {
    // A finding whose stakes are missing has unknown stakes.
    let mut stakes = stakes.into_iter();
    let judged: Vec<Judged> = findings
        .into_iter()
        .map(|finding| judge(model, finding, stakes.next().unwrap_or_default(), policy, today))
        .collect();
    let execs = are_judged(policy);
    let reasons = reasons(model, trusted, execs, policy);
    let verdicts = judged.iter().map(|one| one.verdict).chain(reasons.iter().map(|(verdict, _)| *verdict));
    let would = verdicts.max().unwrap_or(Verdict::Allow);
    let verdict = match policy.mode {
        Mode::Enforce => would,
        Mode::Observe => Verdict::Allow,
    };
    Decision {
        verdict,
        would,
        understood: trusted && model.unread.is_empty() && model.limits.is_empty(),
        deferred: model.holed
            || judged.iter().any(is_deferred)
            || model.unread.iter().any(|unread| unread.kind == UnreadKind::Code || execs && is_left_to_execs(unread)),
        judged,
        reasons: reasons.into_iter().map(|(_, reason)| reason).collect(),
    }
}

fn are_judged(policy: &Policy) -> bool {
    policy.supervise != Supervise::Off || policy.require_exec
}

fn is_deferred(judged: &Judged) -> bool {
    match judged.finding.answer {
        Answer::CannotTell => true,
        Answer::Yes | Answer::No => judged.left,
    }
}

fn judge(model: &Model, finding: Finding, stakes: Stakes, policy: &Policy, today: jiff::civil::Date) -> Judged {
    let rule = finding.rule.clone();
    let mut moved = Vec::new();
    let severity = severity::after_facts(&rule, &stakes, policy, &mut moved);
    let tool = model.commands.get(finding.command).and_then(Command::tool).unwrap_or_default();
    let full = by_policy(&rule, tool, severity, policy, &mut moved);
    let at_best = || by_policy(&rule, tool, severity::at_best(&rule, &stakes, policy), policy, &mut Vec::new());
    let mut left = false;
    let verdict = match finding.answer {
        // A `No` is no finding; one that comes all the same moves nothing.
        Answer::No => Verdict::Allow,
        Answer::Yes => match waiver::for_finding(model, &finding, severity, &stakes, policy, today) {
            Some(waiver) => {
                let from = if waiver.from.is_empty() { String::new() } else { format!(" ({})", waiver.from) };
                moved.push(format!("waived until {}: {}{from}", waiver.until, waiver.reason));
                full.min(Verdict::Log)
            }
            None if full > Verdict::Log
                && are_judged(policy)
                && unknown::is_told_by_its_exec(model, &finding)
                && at_best() <= Verdict::Log =>
            {
                left = true;
                moved.push("cannot tell from the text what it hits; its program is judged as it starts".to_owned());
                Verdict::Log
            }
            None => full,
        },
        Answer::CannotTell if unknown::keeps_verdict(model, &finding) => {
            moved.push("cannot tell what it hits; not left to the exec".to_owned());
            full
        }
        Answer::CannotTell => {
            moved.push("cannot tell from the text; recorded as not fully judged".to_owned());
            full.min(Verdict::Log)
        }
    };
    let verdict = match finding.answer {
        Answer::Yes if !policy.warnings.is_empty() => verdict.max(Verdict::Ask),
        Answer::Yes | Answer::No | Answer::CannotTell => verdict,
    };
    Judged { finding, stakes, severity, verdict, moved, left }
}

/// Severity → verdict, then the overrides in their order, then the ones that only raise, then the floors.
fn by_policy(rule: &Rule, tool: &[u8], severity: Severity, policy: &Policy, moved: &mut Vec<String>) -> Verdict {
    let usual = policy.verdict_of(severity);
    let fits = |one: &&Override| overrides(one, rule, tool);
    let set = policy.overrides.iter().filter(|one| !one.only_raises).rfind(fits);
    let raised = policy.overrides.iter().filter(|one| one.only_raises).filter(fits).max_by_key(|one| one.decision);
    let base = set.map_or(usual, |one| one.decision);
    let by = raised.filter(|one| one.decision > base).or(set);
    let verdict = by.map_or(base, |one| one.decision.max(base)).max(floor(rule, severity));
    if verdict != usual {
        let from = by.map_or("", |one| one.from.as_str());
        let from = if from.is_empty() { String::new() } else { format!(", {from}") };
        moved.push(format!("by an override of the policy{from}"));
    }
    verdict
}

/// The guard's own protection can't be argued away, nor what is catastrophic.
fn floor(rule: &Rule, severity: Severity) -> Verdict {
    let own = match severity {
        Severity::Medium | Severity::High | Severity::Critical if rule.target == Target::Guard => Verdict::Ask,
        Severity::Low | Severity::Medium | Severity::High | Severity::Critical | Severity::Catastrophic => {
            Verdict::Allow
        }
    };
    own.max(crate::policy::floor(severity))
}

/// Whether an override is for such a finding.
#[must_use]
pub fn overrides(one: &Override, rule: &Rule, tool: &[u8]) -> bool {
    let is_tool = |glob: &String| matches_name(glob.as_bytes(), tool);
    (one.tool.is_empty() || one.tool.iter().any(is_tool))
        && one.rule.as_ref().is_none_or(|glob| matches_name(glob.as_bytes(), rule.id.as_bytes()))
        && (one.effect.is_empty() || one.effect.contains(&rule.effect))
        && (one.target.is_empty() || one.target.contains(&rule.target))
}

/// What moves the verdict without a rule.
fn reasons(model: &Model, trusted: bool, execs: bool, policy: &Policy) -> Vec<(Verdict, String)> {
    let mut reasons: Vec<(Verdict, String)> = model.unread.iter().map(|one| unknown::unread(one, execs)).collect();
    for limit in &model.limits {
        reasons.push((Verdict::Ask, format!("there is more of it than is read: {limit}")));
    }
    if !trusted {
        // What only one parser saw was judged as well; the doubt by itself is for bash to complain about.
        reasons.push((Verdict::Log, "the text can be read in more than one way".to_owned()));
    }
    for warning in &policy.warnings {
        // Findings ask; plain reads and the file's own repair pass.
        reasons.push((Verdict::Log, format!("a policy can't be relied on: {warning}")));
    }
    reasons.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
    reasons
}
