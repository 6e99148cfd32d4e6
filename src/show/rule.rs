//! Rules as `guarded rules` shows them.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::hostile::Hostile;
use crate::answer::Answer;
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
pub fn sound(files: &str, rules: usize, examples: bool) -> String {
    let what = if examples { "every example does what it says" } else { "nothing to complain about" };
    format!("{}: {rules} rules, and {what}\n", Hostile(files.as_bytes()))
}

/// An example that does not do what its list says, and what to do about it. `minding`: the rule that minds it.
#[must_use]
pub fn failure(id: &str, list: &str, line: &str, own: Answer, minding: Option<&str>) -> (String, String) {
    let by = minding.map_or_else(String::new, |minding| format!(" by {minding}"));
    let says = match (list, own, minding) {
        ("passes", ..) => format!("`{line}` does not pass: it is minded{by}"),
        ("stops", Answer::CannotTell, _) => format!("`{id}` can't tell whether it minds `{line}`"),
        ("stops", _, Some(other)) if other != id => format!("`{line}` is stopped by {other} only, not by `{id}`"),
        ("stops", ..) => format!("`{id}`: `{line}` is not stopped"),
        (_, Answer::Yes, _) => format!("`{id}`: `{line}` is not unsure: it is stopped"),
        (..) => format!("`{id}`: `{line}` is not unsure: the rule does not mind it"),
    };
    let instead = match (list, own) {
        ("passes", _) => "narrow `when`, or take another example",
        ("stops", Answer::CannotTell) => "move it to `unsure`, or list its options in `grammar`",
        (_, Answer::Yes) => "move it to `stops`",
        (..) => "widen `when`, or take another example",
    };
    (says, instead.to_owned())
}

/// The beginning of a pack was written.
#[must_use]
pub fn begun(path: &Path, built_in: Option<&crate::packs::Tool>) -> String {
    let path = Hostile(path.as_os_str().as_encoded_bytes()).to_string();
    let also = built_in.map_or_else(String::new, |tool| {
        format!("the pack {} knows this command too; both will be asked\n", tool.pack.prefix)
    });
    format!("written: {path}\n{also}next: go through it, then guarded rules test {path}\n")
}
