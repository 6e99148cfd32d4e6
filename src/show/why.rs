//! `guarded policy explain`: which lines of which file led to a decision, and which did not and why.

use std::fmt::Write;

use super::hostile::Hostile;
use super::policy::{origin, override_value};
use super::words::decision_in_full;
use crate::answer::Answer;
use crate::command::{Command, Model};
use crate::decide::{Decision, Judged, overrides};
use crate::packs::{Severity, Target};
use crate::policy::{Mode, Policy, Verdict, Waiver, severity_word};

#[must_use]
pub fn text(decision: &Decision, model: &Model, policy: &Policy, today: jiff::civil::Date) -> String {
    let mut out = String::new();
    for judged in &decision.judged {
        finding(&mut out, judged, model, policy, today);
    }
    if decision.judged.is_empty() {
        out.push_str("no rule minds it\n");
    }
    for reason in &decision.reasons {
        let _ = writeln!(out, "besides: {}", Hostile(&crate::audit::redact(reason.as_bytes())));
    }
    for contract in policy
        .contracts
        .iter()
        .filter(|contract| !decision.reasons.iter().any(|reason| reason.contains(contract.from.as_str())))
    {
        let _ = writeln!(out, "besides: all of it is on the allowlist of {}", Hostile(contract.from.as_bytes()));
    }
    let _ = writeln!(out, "\ndecision: {}", decision_in_full(decision.would));
    if policy.mode == Mode::Observe {
        let _ = writeln!(out, "but it would run: mode = \"observe\"  # {}", origin(policy, "mode"));
    }
    out
}

fn finding(out: &mut String, judged: &Judged, model: &Model, policy: &Policy, today: jiff::civil::Date) {
    let rule = &judged.finding.rule;
    let _ = writeln!(out, "{}: {}", rule.id, Hostile(rule.says.as_bytes()));
    let _ = writeln!(out, "  the rule says {}", severity_word(rule.severity));
    for moved in judged.moved.iter().filter(|moved| moved.starts_with("lowered") || moved.starts_with("raised")) {
        let _ = writeln!(out, "    {}", Hostile(moved.as_bytes()));
    }
    for says in &judged.stakes.says {
        let _ = writeln!(out, "    {}", Hostile(says.as_bytes()));
    }
    let key = format!("decide.{}", severity_word(judged.severity));
    let usual = policy.verdict_of(judged.severity);
    let line = format!("{key} = {:?}", decision_in_full(usual));
    let _ = writeln!(out, "  {line:<40} # {}", origin(policy, &key));
    let tool = model.commands.get(judged.finding.command).and_then(Command::tool).unwrap_or_default();
    for one in policy.overrides.iter().filter(|one| overrides(one, rule, tool)) {
        let line = format!("[[decide.override]] {}", override_value(one));
        let _ = writeln!(out, "  {:<40} # {}", Hostile(line.as_bytes()).to_string(), Hostile(one.from.as_bytes()));
    }
    for waiver in policy.waivers.iter().filter(|waiver| waiver.rule == *rule.id) {
        let line = format!("[[waiver]] {}", waiver.path.as_deref().unwrap_or("anywhere"));
        let from = Hostile(waiver.from.as_bytes()).to_string();
        let _ = writeln!(
            out,
            "  {:<40} # {from}{}",
            Hostile(line.as_bytes()).to_string(),
            not_waived(judged, waiver, today)
        );
    }
    match judged.finding.answer {
        Answer::CannotTell if judged.verdict < usual => {
            out.push_str(
                "  the text does not tell whether it does that, so it is recorded and judged again at the exec\n",
            );
        }
        Answer::CannotTell | Answer::Yes | Answer::No => {}
    }
    if !policy.warnings.is_empty() && judged.verdict >= Verdict::Ask {
        out.push_str("  a policy can't be relied on, so a finding asks at least\n");
    }
    let _ = writeln!(out, "  so: {}", decision_in_full(judged.verdict));
}

fn not_waived(judged: &Judged, waiver: &Waiver, today: jiff::civil::Date) -> String {
    if judged.moved.iter().any(|moved| moved.starts_with("waived")) {
        return String::new();
    }
    let why = if waiver.until < today {
        format!("it ran out on {}", waiver.until)
    } else if judged.severity == Severity::Catastrophic {
        "nothing waives what is catastrophic".to_owned()
    } else if judged.finding.rule.target == Target::Guard {
        "nothing waives what is done to the guard".to_owned()
    } else {
        "not all that would be hit is known to lie there".to_owned()
    };
    format!(", does not hold: {why}")
}
