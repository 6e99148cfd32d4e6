//! Rule packs → pages for people (docs/rules). Built from the packs alone, so they cannot tell anything else than what
//! holds.

use std::fmt::Write as _;

use super::rule::shift_words;
use crate::packs::schema::Nature;
use crate::packs::{Examples, Packs, Tool, Undo};
use crate::policy::severity_word;
use crate::rules::Rule;

/// The page of one pack.
#[must_use]
pub fn page(tool: &Tool, examples: &[Examples]) -> String {
    let pack = &tool.pack;
    let mut text = format!("# {}\n\n{}.\n\n", pack.name, capital(&pack.about));
    if pack.any_command {
        text.push_str("Looks at every command, whatever its name.\n\n");
    } else {
        let _ = writeln!(text, "Commands: {}.\n", codes(&pack.commands));
    }
    let safe: Vec<String> =
        pack.grammar.verbs.iter().filter(|verb| verb.nature == Nature::Safe).map(|verb| verb.words.join(" ")).collect();
    if !safe.is_empty() {
        let _ = writeln!(text, "Only reads: {}.\n", codes(&safe));
    }
    for rule in &tool.rules {
        let own = examples.iter().find(|one| *one.id == *rule.id);
        section(&mut text, rule, own);
    }
    text
}

/// The list of all packs and their rules.
#[must_use]
pub fn index(packs: &Packs) -> String {
    let mut text = String::from("# Rules\n\n| pack | rule | severity | what it stops |\n|---|---|---|---|\n");
    for tool in packs.tools() {
        for rule in &tool.rules {
            let prefix = &tool.pack.prefix;
            let _ = writeln!(
                text,
                "| [{prefix}]({prefix}.md) | `{}` | {} | {} |",
                rule.id,
                severity_word(rule.severity),
                rule.says.replace('|', "\\|")
            );
        }
    }
    text
}

fn section(text: &mut String, rule: &Rule, examples: Option<&Examples>) {
    let _ = writeln!(text, "## {}\n\n{}. {}\n", rule.id, capital(&rule.says), rule.why);
    let _ = writeln!(text, "- Severity: {}", severity_word(rule.severity));
    for (word, shifts) in [("Lower", &rule.lower), ("Higher", &rule.raise)] {
        for shift in shifts {
            let _ = writeln!(text, "- {word}: {}", shift_words(shift));
        }
    }
    let undo = match rule.undo {
        Undo::None => None,
        Undo::Vault => Some("the vault keeps what it hits"),
        Undo::Provider => Some("the provider keeps it for a while"),
        Undo::Reflog => Some("git's reflog still knows it"),
    };
    if let Some(undo) = undo {
        let _ = writeln!(text, "- Way back: {undo}");
    }
    if !rule.instead.is_empty() {
        let _ = writeln!(text, "- Instead: {}", codes(&rule.instead));
    }
    if let Some(examples) = examples {
        for (word, lines) in [("Stops", &examples.stops), ("Passes", &examples.passes)] {
            let _ = writeln!(text, "- {word}: {}", codes(lines));
        }
    }
    text.push('\n');
}

/// A list as code; a back-tick inside needs two around it.
fn codes(list: &[String]) -> String {
    let code = |one: &String| if one.contains('`') { format!("`` {one} ``") } else { format!("`{one}`") };
    list.iter().map(code).collect::<Vec<_>>().join(", ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
