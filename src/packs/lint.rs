//! What is wrong with a pack though it can be read: rules that no command reaches, verbs both harmless and ruled, examples
//! that contradict each other.

use super::fields::{File, PackError};
use super::glob;
use super::schema::{Examples, Nature, Pack, RuleData, When};

/// Every such thing, with its place and what to write instead.
#[must_use]
pub fn lint(name: &str, text: &str, pack: &Pack, examples: &[Examples]) -> Vec<PackError> {
    let file = File { name, text };
    let mut found = Vec::new();
    for (at, rule) in pack.rules.iter().enumerate() {
        found.extend(unreachable(file, pack, rule));
        found.extend(harmless(file, pack, rule));
        if let Some(same) = pack.rules.iter().take(at).find(|other| other.when == rule.when) {
            let says = format!("`{}` minds exactly what `{}` minds", rule.id, same.id);
            found.push(file.wrong(at_rule(text, &rule.id), says, Some("join the two, or narrow one".into())));
        }
    }
    for (at, one) in examples.iter().enumerate() {
        for other in examples.iter().skip(at) {
            found.extend(contradictions(file, one, other));
        }
    }
    found
}

/// The place of a rule: its id.
#[must_use]
pub fn at_rule(text: &str, id: &str) -> usize {
    [format!("\"{id}\""), format!("'{id}'")].iter().find_map(|quoted| text.find(quoted)).unwrap_or_default()
}

/// The place of one of its examples, or of the rule where it is written in a way of its own.
#[must_use]
pub fn at_example(text: &str, id: &str, line: &str) -> usize {
    let rule = at_rule(text, id);
    let escaped = line.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let after = text.get(rule..).unwrap_or_default();
    let quoted = [format!("\"{escaped}\""), format!("'{line}'")];
    quoted.iter().find_map(|quoted| after.find(quoted.as_str())).map_or(rule, |at| rule + at)
}

/// Conditions that hold together.
fn parts(when: &When) -> Vec<&When> {
    match when {
        When::All(all) => all.iter().flat_map(parts).collect(),
        one => vec![one],
    }
}

fn unreachable(file: File<'_>, pack: &Pack, rule: &RuleData) -> Option<PackError> {
    let at = at_rule(file.text, &rule.id);
    let parts = parts(&rule.when);
    for part in &parts {
        match part {
            When::Verb(verbs) => {
                let shadowed = |verb: &&Vec<String>| {
                    let alias = pack.grammar.aliases.iter().find(|(from, _)| from == *verb);
                    alias.is_some_and(|(_, to)| !verbs.contains(to))
                };
                if let Some(verb) = verbs.iter().find(shadowed) {
                    let verb = verb.join(" ");
                    let says =
                        format!("`{}` can't be reached: `{verb}` is read as the verb it is an alias of", rule.id);
                    return Some(file.wrong(at, says, Some("name that verb in `when`".into())));
                }
            }
            When::Command(globs) => {
                let fits = |name: &String| {
                    globs.iter().any(|one| glob::matches(one.as_bytes(), name.as_bytes()) || name.contains('*'))
                };
                if !pack.any_command && !pack.commands.iter().any(fits) {
                    let says = format!(
                        "`{}` can't be reached: no command of the pack is called {}",
                        rule.id,
                        globs.join(" or ")
                    );
                    return Some(file.wrong(at, says, Some("add it to `commands`".into())));
                }
            }
            When::Has(names) => {
                let without = parts.iter().find_map(|other| match other {
                    When::Not(not) => match &**not {
                        When::Has(never) => names.iter().all(|name| never.contains(name)).then_some(names),
                        _ => None,
                    },
                    _ => None,
                });
                if let Some(names) = without {
                    let says =
                        format!("`{}` can't be reached: it wants {} and forbids it", rule.id, names.join(" or "));
                    return Some(file.wrong(at, says, Some("drop it from `has` or from `without`".into())));
                }
            }
            _ => {}
        }
    }
    None
}

/// A verb that a rule minds without any further condition is none that only reads.
fn harmless(file: File<'_>, pack: &Pack, rule: &RuleData) -> Option<PackError> {
    let When::Verb(verbs) = &rule.when else { return None };
    let safe = |verb: &&Vec<String>| {
        pack.grammar.verbs.iter().any(|listed| listed.words == **verb && listed.nature == Nature::Safe)
    };
    let verb = verbs.iter().find(safe)?.join(" ");
    let says = format!("the grammar says that `{verb}` is safe, and `{}` minds it", rule.id);
    let instead = format!("write {verb} = {{}} in `verbs`, or narrow the rule");
    Some(file.wrong(at_rule(file.text, &rule.id), says, Some(instead)))
}

fn contradictions(file: File<'_>, one: &Examples, other: &Examples) -> Vec<PackError> {
    let mut found = Vec::new();
    let mut pair = |stops: &Examples, kind: &str, passes: &Examples| {
        let list = if kind == "stops" { &stops.stops } else { &stops.unsure };
        for line in list.iter().filter(|line| passes.passes.contains(line)) {
            let says = format!("`{line}` stands in `{kind}` of `{}` and in `passes` of `{}`", stops.id, passes.id);
            found.push(file.wrong(at_example(file.text, &stops.id, line), says, Some("drop one of them".into())));
        }
    };
    for kind in ["stops", "unsure"] {
        pair(one, kind, other);
        if one.id != other.id {
            pair(other, kind, one);
        }
    }
    if one.id == other.id {
        for line in one.stops.iter().filter(|line| one.unsure.contains(line)) {
            let says = format!("`{line}` stands in `stops` and in `unsure` of `{}`", one.id);
            found.push(file.wrong(at_example(file.text, &one.id, line), says, Some("drop one of them".into())));
        }
    }
    found
}
