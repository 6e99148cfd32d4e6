//! docs/cli.md from the table of verbs.

use std::fmt::Write;

use crate::cli::{Argument, Form, VERBS, Verb};

const BEFORE: &str = "\
# guarded

<!-- made from src/cli/verbs.rs; BLESS=1 cargo test writes it -->

`guarded-sh` is the shell and takes exactly bash's command line. `guarded` is everything else. How each verb ends is in
[exit-codes.md](exit-codes.md); `--format json` is for programs.
";

/// The reference page.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(BEFORE);
    for verb in VERBS {
        section(&mut page, "guarded", verb);
    }
    page
}

fn section(page: &mut String, above: &str, verb: &Verb) {
    let name = format!("{above} {}", verb.name);
    if verb.below.is_empty() || !verb.arguments.is_empty() {
        own_section(page, &name, verb);
    }
    for below in verb.below {
        section(page, &name, below);
    }
}

fn own_section(page: &mut String, name: &str, verb: &Verb) {
    let _ = write!(page, "\n## {name}\n\n```text\n{name}");
    for argument in verb.arguments {
        let _ = write!(page, " {}", usage(argument));
    }
    let _ = write!(page, "\n```\n\n{}.\n", verb.short);
    let (text, examples) = verb.long.split_once("Examples:\n").unwrap_or((verb.long, ""));
    if !text.trim().is_empty() {
        let _ = write!(page, "\n{}\n", text.trim());
    }
    if !verb.arguments.is_empty() {
        page.push_str("\n| argument | meaning |\n|---|---|\n");
        for argument in verb.arguments {
            let _ = writeln!(page, "| `{}` | {} |", usage(argument).replace('|', "\\|"), argument.help);
        }
    }
    if !examples.is_empty() {
        page.push_str("\n```sh\n");
        for example in examples.lines() {
            let _ = writeln!(page, "{}", example.trim());
        }
        page.push_str("```\n");
    }
}

fn usage(argument: &Argument) -> String {
    let letter = |letter: Option<char>| letter.map_or_else(String::new, |letter| format!("-{letter}, "));
    match argument.form {
        Form::Flag(short) => format!("[{}--{}]", letter(short), argument.name),
        Form::Value(short, value) => format!("[{}--{} {value}]", letter(short), argument.name),
        Form::Choice(choices) => format!("[--{} {}]", argument.name, choices.join("|")),
        Form::Operand => argument.name.to_uppercase(),
        Form::Optional => format!("[{}]", argument.name.to_uppercase()),
        Form::Rest => "[--] COMMAND…".to_owned(),
    }
}
