//! The beginning of a pack, from a tool's name and, where its own help text is given, from the verbs and options that it
//! lists. All of it is a guess to be gone through; it can be read and its examples hold.

use std::collections::BTreeMap;
use std::fmt::Write;

/// What a help text lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub verbs: Vec<String>,
    pub value: Vec<String>,
    pub flag: Vec<String>,
    /// Spellings of one option.
    pub same: Vec<Vec<String>>,
}

const READS: &[&str] = &[
    "list",
    "ls",
    "show",
    "get",
    "status",
    "describe",
    "info",
    "version",
    "help",
    "diff",
    "log",
    "logs",
    "search",
    "view",
    "cat",
    "find",
    "check",
    "validate",
    "verify",
    "whoami",
    "stats",
    "history",
    "top",
    "ps",
    "inspect",
    "completion",
];
const DESTROYS: &[&str] = &[
    "delete",
    "destroy",
    "rm",
    "remove",
    "purge",
    "drop",
    "reset",
    "wipe",
    "prune",
    "erase",
    "kill",
    "revoke",
    "uninstall",
    "format",
    "truncate",
    "clean",
    "clear",
    "flush",
    "terminate",
    "deregister",
    "forget",
    "unpublish",
    "empty",
];
const RUNS: &[&str] = &["exec", "run", "shell", "ssh", "eval", "console"];

/// Reads a help text: options are words with dashes at a line's beginning, verbs the first words of indented lines below
/// a heading that speaks of commands.
#[must_use]
pub fn listed(help: &str) -> Listed {
    let mut found = Listed::default();
    let mut below_commands = false;
    for line in help.lines() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() {
            continue;
        }
        if line.len() == trimmed.len() {
            if trimmed.trim_end().ends_with(':') {
                below_commands = trimmed.to_ascii_lowercase().contains("command");
            }
            continue;
        }
        if trimmed.starts_with('-') {
            options(trimmed, &mut found);
        } else if below_commands {
            let word = trimmed.split([' ', ',', '\t', ':', '*']).next().unwrap_or_default();
            if is_verb(word) && !found.verbs.iter().any(|verb| verb == word) {
                found.verbs.push(word.to_owned());
            }
        }
    }
    found
}

fn is_verb(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

/// `-f, --force`, `-o, --out FILE`, `--out=FILE`, `--level <N>`.
fn options(line: &str, found: &mut Listed) {
    let spelled = line.split("  ").next().unwrap_or(line);
    let mut names: Vec<String> = Vec::new();
    let mut takes_value = false;
    for word in spelled.split([' ', ',', '|']).filter(|word| !word.is_empty()) {
        if word.starts_with('-') {
            let name = word.split(['=', '[']).next().unwrap_or(word);
            let plain = name.trim_start_matches('-');
            if !plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
                takes_value |= word.contains('=') && !word.contains("[=");
                names.push(name.to_owned());
            }
        } else {
            takes_value = true;
        }
    }
    names.retain(|name| name != "--help" && name != "-h");
    let list = if takes_value { &mut found.value } else { &mut found.flag };
    list.extend(names.iter().filter(|name| !list.contains(name)).cloned().collect::<Vec<_>>());
    if names.len() > 1 {
        found.same.push(names);
    }
}

/// The text of the pack.
#[must_use]
pub fn skeleton(tool: &str, help: &Listed) -> String {
    let mut verbs: BTreeMap<&str, &str> = help.verbs.iter().map(|verb| (verb.as_str(), nature(verb))).collect();
    if verbs.is_empty() {
        verbs.extend([("list", "\"safe\""), ("delete", "{}")]);
    }
    let mut text = format!(
        "# Rules for {tool}. Go through all of it: each guess below is one. Then\n\
         #   guarded rules test {tool}.toml          whether it holds what it says\n\
         #   mv {tool}.toml ~/.config/guarded/rules/  from then on it is in force\n\
         # Every key: docs/packs.md. For editors: guarded rules schema > pack.schema.json\n\
         #:schema ./pack.schema.json\n\n\
         [tool]\nname = \"{tool}\"\nabout = \"what {tool} is for\"\ncommands = [\"{tool}\"]\n\n[grammar]\nstyle = \"gnu\"\n"
    );
    let list = |names: &[String]| names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    if !help.value.is_empty() || !help.flag.is_empty() {
        text.push_str("# Options before or after the verb; those in `value` take one.\n");
        let _ = writeln!(text, "global = {{ value = [{}], flag = [{}] }}", list(&help.value), list(&help.flag));
    }
    if !help.same.is_empty() {
        let spellings: Vec<String> = help.same.iter().map(|same| format!("[{}]", list(same))).collect();
        let _ = writeln!(text, "# Spellings of one option.\nsame = [{}]", spellings.join(", "));
    }
    text.push_str(
        "# Each verb: \"safe\" only reads, \"writes\" changes what is easily made again, \"runs\" starts programs, {} has a \
         rule\n# below. What is not listed is asked about where it may matter.\n[grammar.verbs]\n",
    );
    for (verb, nature) in &verbs {
        let _ = writeln!(text, "{verb} = {nature}");
    }
    let harmless = verbs.iter().find(|(_, nature)| **nature == "\"safe\"").map_or("--help", |(verb, _)| verb);
    let flag = help.flag.iter().find(|flag| flag.starts_with("--")).map_or("", String::as_str);
    let ruled: Vec<&str> = verbs.iter().filter(|(_, nature)| **nature == "{}").map(|(verb, _)| *verb).collect();
    for verb in if ruled.is_empty() { vec!["delete"] } else { ruled } {
        rule(&mut text, tool, verb, harmless, flag);
    }
    text
}

fn nature(verb: &str) -> &'static str {
    let is = |words: &[&str]| verb.split(['-', '_']).any(|part| words.contains(&part));
    if is(DESTROYS) {
        "{}"
    } else if is(RUNS) {
        "\"runs\""
    } else if is(READS) {
        "\"safe\""
    } else {
        "\"writes\""
    }
}

fn rule(text: &mut String, tool: &str, verb: &str, harmless: &str, flag: &str) {
    let act = verb.replace('_', "-");
    let other = if flag.is_empty() { format!("{tool} {verb} one two") } else { format!("{tool} {flag} {verb} one") };
    let _ = write!(
        text,
        "\n[[rule]]\nid = \"{tool}.{act}\"\nsays = \"{act}s {{target}}\"\nwhy = \"Say why it can't be brought back.\"\n\
         instead = [\"{tool} {harmless}\"]\n\
         # delete overwrite expose disable execute publish spend\neffect = \"delete\"\n\
         # files database backup volume cluster infrastructure account credential queue package …\n\
         target = \"infrastructure\"\n\
         # low is logged, medium and high ask, critical needs an approval\nseverity = \"high\"\n\
         when = {{ verb = \"{verb}\" }}\n\
         stops = [\"{tool} {verb} one\", \"{other}\"]\nunsure = [\"{tool} $X one\"]\npasses = [\"{tool} {harmless}\"]\n"
    );
}
