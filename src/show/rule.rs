//! Rules as `guarded rules` shows them.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::hostile::Hostile;
use crate::look::facts::FACTS;
use crate::packs::schema::Examples;
use crate::packs::{Effect, Severity, Target};
use crate::policy::severity_word;
use crate::rules::{Move, Rule, Shift, Undo};

#[derive(Serialize)]
struct Listed<'a> {
    rule: &'a str,
    says: &'a str,
    why: &'a str,
    instead: &'a [String],
    effect: Effect,
    target: Target,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    examples: Option<&'a Examples>,
}

/// One line a rule.
#[must_use]
pub fn list(rules: &[&Arc<Rule>]) -> String {
    let wide = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in rules {
        let says = Hostile(rule.says.as_bytes());
        let _ = writeln!(out, "{:<wide$}  {:<12}  {says}", rule.id, severity_word(rule.severity));
    }
    out
}

/// One object a line.
#[must_use]
pub fn list_json(rules: &[&Arc<Rule>]) -> String {
    rules.iter().fold(String::new(), |out, rule| out + &one_json(rule, None))
}

#[must_use]
pub fn one_json(rule: &Rule, examples: Option<&Examples>) -> String {
    let listed = Listed {
        rule: &rule.id,
        says: &rule.says,
        why: &rule.why,
        instead: &rule.instead,
        effect: rule.effect,
        target: rule.target,
        severity: rule.severity,
        examples,
    };
    serde_json::to_string(&listed).unwrap_or_default() + "\n"
}

#[must_use]
pub fn one(rule: &Rule, examples: Option<&Examples>) -> String {
    let mut out = String::new();
    let effect = format!("{:?} of {:?}", rule.effect, rule.target).to_lowercase();
    let _ = writeln!(out, "{}: {}", rule.id, Hostile(rule.says.as_bytes()));
    let _ = writeln!(out, "  severity: {} ({effect})", severity_word(rule.severity));
    let _ = writeln!(out, "  why:      {}", Hostile(rule.why.as_bytes()));
    for instead in &rule.instead {
        let _ = writeln!(out, "  instead:  {}", Hostile(instead.as_bytes()));
    }
    for (label, shifts) in [("lowered", &rule.lower), ("raised", &rule.raise)] {
        for shift in shifts {
            let _ = writeln!(out, "  {:<9} {}", format!("{label}:"), shift_words(shift));
        }
    }
    let undo = match rule.undo {
        Undo::None => "nothing brings it back",
        Undo::Vault => "local copies can bring it back",
        Undo::Provider => "the provider may bring it back",
        Undo::Reflog => "git's reflog may bring it back",
    };
    let _ = writeln!(out, "  undo:     {undo}");
    if let Some(examples) = examples {
        let lists = [("stops", &examples.stops), ("unsure", &examples.unsure), ("passes", &examples.passes)];
        for (label, line) in lists.iter().flat_map(|(label, lines)| lines.iter().map(move |line| (label, line))) {
            let _ = writeln!(out, "  {:<9} {}", format!("{label}:"), Hostile(line.as_bytes()));
        }
    }
    out
}

/// What moves the severity, in the words of the fact.
pub fn shift_words(shift: &Shift) -> String {
    let fact = FACTS.iter().find(|(name, _)| *name == shift.when);
    let meaning = fact.map_or(shift.when.as_str(), |(_, meaning)| *meaning);
    match shift.to {
        Move::By(1) => format!("by one step where {meaning} (`{}`)", shift.when),
        Move::By(steps) => format!("by {steps} steps where {meaning} (`{}`)", shift.when),
        Move::To(level) => format!("to {} where {meaning} (`{}`)", severity_word(level), shift.when),
    }
}

/// A pack of one's own passed.
#[must_use]
pub fn sound(file: &Path, rules: usize) -> String {
    format!("{}: {rules} rules, and every example does what it says\n", Hostile(file.as_os_str().as_encoded_bytes()))
}

/// An example that does not do what its list says.
#[must_use]
pub fn failure(id: &str, list: &str, line: &str) -> String {
    let wanted = match list {
        "stops" => "is not stopped",
        "unsure" => "is not unsure",
        _ => "does not pass",
    };
    format!("{id}: `{line}` {wanted}")
}
