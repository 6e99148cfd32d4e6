//! A decision as text and as JSON: what `guarded check` prints.

use std::fmt::Write;

use bstr::BString;
use serde::Serialize;

use super::exit::Exit;
use super::hostile::{Hostile, elided};
use super::words::{self, command_line, message};
use crate::audit::redact;
use crate::command::Model;
use crate::decide::{Decision, Judged};
use crate::packs::{Effect, Severity, Target};
use crate::policy::Verdict;

/// One line of `--batch` and the whole of `--format json`.
#[derive(Serialize)]
struct Answer<'a> {
    id: Option<&'a serde_json::Value>,
    decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    approvals: Option<u8>,
    /// What would hold if the mode were not observe.
    #[serde(skip_serializing_if = "Option::is_none")]
    would: Option<&'static str>,
    findings: Vec<Found<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    reasons: &'a [String],
    understood: bool,
    judged: &'static str,
    /// Variables that it uses and would not get.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lacks: Vec<String>,
}

#[derive(Serialize)]
struct Found<'a> {
    rule: &'a str,
    effect: Effect,
    target: Target,
    severity: Severity,
    decision: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    line: usize,
    span: [usize; 2],
    command: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    at_risk: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    moved: &'a [String],
}

/// 0 runs, 75 would ask, 126 would be refused.
#[must_use]
pub fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Allow | Verdict::Log => Exit::Fine,
        Verdict::Ask | Verdict::Approve(0 | 1) => Exit::Waiting,
        Verdict::Approve(_) | Verdict::Deny => Exit::Refused,
    }
}

/// One line without its newline.
#[must_use]
pub fn json(decision: &Decision, model: &Model, id: Option<&serde_json::Value>, lacks: &[&BString]) -> String {
    let answer = Answer {
        id,
        decision: words::decision(decision.verdict),
        approvals: approvals(decision.verdict),
        would: (decision.would != decision.verdict).then(|| words::decision(decision.would)),
        findings: decision.judged.iter().map(|judged| found(judged, model)).collect(),
        reasons: &decision.reasons,
        understood: decision.understood,
        judged: if decision.deferred { "exec" } else { "static" },
        lacks: lacks.iter().map(ToString::to_string).collect(),
    };
    // Only maps with keys that are no text can fail, and there is none.
    serde_json::to_string(&answer).unwrap_or_else(|error| malformed(id, &error.to_string()))
}

/// The answer to a line of `--batch` that can't be read or judged.
#[must_use]
pub fn malformed(id: Option<&serde_json::Value>, error: &str) -> String {
    serde_json::json!({ "id": id, "error": error }).to_string()
}

fn approvals(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Approve(people) => Some(people),
        Verdict::Allow | Verdict::Log | Verdict::Ask | Verdict::Deny => None,
    }
}

fn found<'a>(judged: &'a Judged, model: &Model) -> Found<'a> {
    let finding = &judged.finding;
    let command = model.commands.get(finding.command);
    Found {
        rule: &finding.rule.id,
        effect: finding.rule.effect,
        target: finding.rule.target,
        severity: judged.severity,
        decision: words::decision(judged.verdict),
        message: message(judged, command),
        source: Some(&*finding.at.source).filter(|source| *source != "command"),
        line: finding.at.line,
        span: [finding.at.span.start, finding.at.span.end],
        command: command.map(|command| command_line(command).to_string()).unwrap_or_default(),
        at_risk: &judged.stakes.says,
        moved: &judged.moved,
    }
}

/// For people.
#[must_use]
pub fn text(decision: &Decision, model: &Model) -> String {
    let mut out = String::new();
    let first = match decision.verdict {
        Verdict::Allow => "would run".to_owned(),
        Verdict::Log => "would run, and be recorded as worth a look".to_owned(),
        Verdict::Ask | Verdict::Approve(0 | 1) => "would be held until a person allows it".to_owned(),
        Verdict::Approve(people) => format!("would be held until {people} people allow it"),
        Verdict::Deny => "would be refused".to_owned(),
    };
    out.push_str(&first);
    if decision.would != decision.verdict {
        let _ = write!(out, " (mode observe; else: {})", words::decision_in_full(decision.would));
    }
    out.push('\n');
    for judged in &decision.judged {
        finding_text(&mut out, judged, model);
    }
    for reason in &decision.reasons {
        let _ = writeln!(out, "  - {}", elided(&redact(reason.as_bytes()), 300));
    }
    if decision.deferred {
        out.push_str("  Not all of it is known from the text; each program is judged again when it starts.\n");
    }
    out
}

/// Variables that the policy keeps from a command, and those that it grants.
#[must_use]
pub fn lacking(withheld: &[&BString], granted: &[BString]) -> String {
    let names = |list: &[&BString]| {
        let shown: Vec<String> = list.iter().map(|name| Hostile(name).to_string()).collect();
        shown.join(", ")
    };
    let mut out = String::new();
    if !withheld.is_empty() {
        let _ = writeln!(out, "  It does not get these variables: {} ([credentials] in the policy)", names(withheld));
    }
    if !granted.is_empty() {
        let _ = writeln!(out, "  It gets these by a grant: {}", names(&granted.iter().collect::<Vec<_>>()));
    }
    out
}

/// Files that the policy hides from a command.
#[must_use]
pub fn covered(hidden: &[BString]) -> String {
    let names: Vec<String> = hidden.iter().map(|name| Hostile(name).to_string()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("  It finds these files empty: {} ([credentials] in the policy)\n", names.join(", "))
}

fn finding_text(out: &mut String, judged: &Judged, model: &Model) {
    let finding = &judged.finding;
    let rule = &finding.rule;
    let decision = words::decision_in_full(judged.verdict);
    let severity = crate::policy::severity_word(judged.severity);
    let _ = writeln!(out, "  - {decision}, {severity}: {}", message(judged, model.commands.get(finding.command)));
    if &*finding.at.source != "command" {
        let _ = writeln!(out, "      in:      {}:{}", Hostile(finding.at.source.as_bytes()), finding.at.line);
    }
    for (label, texts) in [("at risk:", &judged.stakes.says), ("weighed:", &judged.moved)] {
        if !texts.is_empty() {
            let _ = writeln!(out, "      {label} {}", elided(texts.join("; ").as_bytes(), 300));
        }
    }
    if judged.verdict >= Verdict::Ask {
        let _ = writeln!(out, "      why:     {}", Hostile(rule.why.as_bytes()));
        for instead in &rule.instead {
            let _ = writeln!(out, "      instead: {}", Hostile(instead.as_bytes()));
        }
    }
}
