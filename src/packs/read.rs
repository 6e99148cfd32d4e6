//! TOML text of a pack → `Pack` and its examples, or every sentence about what is wrong with it.
//!
//! `build.rs` shares this file by path, so it uses nothing of the crate.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::conditions::when;
use super::fields::{Fields, File, PackError, Read, text, unknown};
use super::grammar::{complete, grammar};
use super::schema::{Effect, Examples, Grammar, Hits, Move, Pack, RuleData, Severity, Shift, Target, Undo};

type Value<'a> = Spanned<DeValue<'a>>;

pub const EFFECTS: [&str; 7] = ["delete", "overwrite", "expose", "disable", "execute", "publish", "spend"];
pub const TARGETS: [&str; 19] = [
    "files",
    "disk",
    "repository",
    "history",
    "database",
    "table",
    "backup",
    "snapshot",
    "volume",
    "cluster",
    "infrastructure",
    "account",
    "credential",
    "queue",
    "package",
    "system",
    "network",
    "process",
    "guard",
];
pub const SEVERITIES: [&str; 5] = ["low", "medium", "high", "critical", "catastrophic"];
pub const UNDOS: [&str; 4] = ["none", "vault", "provider", "reflog"];
pub const SPEAKS: [&str; 5] = ["curl", "wget", "httpie", "gh-api", "by-name"];

/// Reads one file; `prefix` is its name without the ending, `facts` are the names that `lower` and `raise` may use.
pub fn pack(name: &str, prefix: &str, text: &str, facts: &[&str]) -> Result<(Pack, Vec<Examples>), Vec<PackError>> {
    let file = File { name, text };
    let root = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        vec![file.wrong(at, error.message().to_owned(), None)]
    })?;
    let root = Spanned::new(root.span(), DeValue::Table(root.into_inner()));
    let fields = Fields::open(file, &root, "a pack", &["tool", "grammar", "rule"]).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    let mut keep = |error: PackError| errors.push(error);
    let mut pack = tool(&fields, prefix).map_err(&mut keep).ok();
    let grammar = grammar(&fields).map_err(&mut keep).ok();
    let mut examples: Vec<Examples> = Vec::new();
    let mut rules = Vec::new();
    let list = match fields.get("rule").map(Spanned::get_ref) {
        Some(DeValue::Array(list)) => list.iter().collect(),
        Some(_) => {
            keep(file.wrong(fields.place("rule"), "`rule` must be a list of tables", Some("write [[rule]]".into())));
            Vec::new()
        }
        None => Vec::new(),
    };
    for value in list {
        match rule(file, value, prefix, facts) {
            Ok((data, given)) => {
                if examples.iter().any(|one| one.id == given.id) {
                    keep(file.wrong(value.span().start, format!("there are two rules `{}`", given.id), None));
                }
                examples.push(given);
                rules.push(data);
            }
            Err(error) => keep(error),
        }
    }
    match (&mut pack, grammar) {
        (Some(pack), Some(mut grammar)) if errors.is_empty() => {
            complete(&mut grammar, &rules);
            pack.grammar = grammar;
            pack.rules = rules;
            Ok((pack.clone(), examples))
        }
        _ => Err(errors),
    }
}

/// The keys of `[tool]`.
pub const TOOL: [&str; 7] = ["name", "commands", "about", "env_code", "config_files", "any_command", "speaks"];

fn tool(root: &Fields<'_>, prefix: &str) -> Read<Pack> {
    let Some(value) = root.get("tool") else {
        return Err(root.missing("tool", "{ name = \"…\", commands = […] }"));
    };
    let fields = Fields::open(root.file, value, "[tool]", &TOOL)?;
    let any_command = fields.yes("any_command")?;
    let commands = fields.texts("commands")?;
    if commands.is_empty() && !any_command {
        return Err(fields.missing("commands", "[\"name\"], or any_command = true"));
    }
    if let Some(path) = commands.iter().find(|command| command.contains(['/', ' '])) {
        return Err(root.file.wrong(fields.place("commands"), format!("`{path}` is no base name"), None));
    }
    let speaks = fields.text("speaks")?;
    if let Some(other) = speaks.as_deref().filter(|name| !SPEAKS.contains(name)) {
        return Err(unknown(root.file, fields.place("speaks"), "`speaks`", other, &SPEAKS));
    }
    Ok(Pack {
        prefix: prefix.to_owned(),
        name: fields.required("name", "\"…\"")?,
        about: fields.required("about", "\"what the tool is\"")?,
        commands,
        any_command,
        speaks,
        env_code: fields.texts("env_code")?,
        config_files: fields.texts("config_files")?,
        grammar: Grammar::default(),
        rules: Vec::new(),
    })
}

pub const RULE: [&str; 17] = [
    "id", "says", "why", "instead", "effect", "target", "severity", "undo", "when", "lower", "raise", "stops",
    "unsure", "passes", "words", "hits", "setup",
];

fn rule<'a>(file: File<'a>, value: &'a Value<'a>, prefix: &str, facts: &[&str]) -> Read<(RuleData, Examples)> {
    let fields = Fields::open(file, value, "a rule", &RULE)?;
    let id = fields.required("id", &format!("\"{prefix}.…\""))?;
    let act = id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    if act.is_empty() || !act.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        let instead = format!("write \"{prefix}.act\", the act in small letters, digits and dashes");
        return Err(file.wrong(fields.place("id"), format!("`{id}` is no id of this pack"), Some(instead)));
    }
    let Some(condition) = fields.get("when") else { return Err(fields.missing("when", "{ verb = \"…\" }")) };
    let severity = fields.choice("severity", &SEVERITIES)?.ok_or_else(|| fields.missing("severity", "\"high\""))?;
    let lower = shifts(&fields, "lower", facts)?;
    if severity == Severity::Catastrophic && !lower.is_empty() {
        return Err(file.wrong(
            fields.place("lower"),
            "nothing lowers a catastrophic rule",
            Some("drop `lower`".into()),
        ));
    }
    let says: String = fields.required("says", "\"deletes …\"")?;
    if let Some(unknown) = unknown_placeholder(&says) {
        let why = format!("`{{{unknown}}}` is no placeholder");
        return Err(file.wrong(fields.place("says"), why, Some("{target} or {n}".into())));
    }
    let data = RuleData {
        says,
        why: fields.required("why", "\"why it can't be brought back\"")?,
        instead: fields.texts("instead")?,
        effect: fields.choice::<Effect>("effect", &EFFECTS)?.ok_or_else(|| fields.missing("effect", "\"delete\""))?,
        target: fields.choice::<Target>("target", &TARGETS)?.ok_or_else(|| fields.missing("target", "\"files\""))?,
        severity,
        undo: fields.choice::<Undo>("undo", &UNDOS)?.unwrap_or(Undo::None),
        lower,
        raise: shifts(&fields, "raise", facts)?,
        when: when(file, condition)?,
        hits: hits(&fields)?,
        id: id.clone(),
    };
    Ok((data, examples(&fields, id)?))
}

fn unknown_placeholder(says: &str) -> Option<&str> {
    let mut names = says.split('{').skip(1).map(|rest| rest.split_once('}').map_or(rest, |(name, _)| name));
    names.find(|name| !["target", "n"].contains(name))
}

fn examples(fields: &Fields<'_>, id: String) -> Read<Examples> {
    let stops = fields.texts("stops")?;
    if stops.len() < 2 {
        return Err(fields.file.wrong(
            fields.place("stops"),
            format!("`{id}` needs two commands that it stops"),
            Some("add one with global options or in another spelling to `stops`".into()),
        ));
    }
    let passes = fields.texts("passes")?;
    if passes.is_empty() {
        return Err(fields.missing("passes", "[\"a harmless neighbour\"]"));
    }
    let unsure = fields.texts("unsure")?;
    match fields.text("words")?.as_deref() {
        None if unsure.is_empty() => {
            return Err(fields.missing("unsure", "[\"a command with $X\"], or words = \"fixed\""));
        }
        None => {}
        Some("fixed") if unsure.is_empty() => {}
        Some("fixed") => {
            let says = "`words = \"fixed\"` and `unsure` exclude each other";
            return Err(fields.file.wrong(fields.place("words"), says, Some("drop one".into())));
        }
        Some(other) => return Err(unknown(fields.file, fields.place("words"), "`words`", other, &["fixed"])),
    }
    let mut given = Examples { id, stops, unsure, passes, ..Examples::default() };
    if let Some(value) = fields.get("setup") {
        let setup = Fields::open(fields.file, value, "`setup`", &["files", "dirs"])?;
        given.dirs = setup.texts("dirs")?;
        if let Some(files) = setup.get("files") {
            for (path, _, value) in Fields::any(fields.file, files, "`files`")?.entries() {
                given.files.push((path.to_owned(), text(fields.file, value, path)?));
            }
        }
    }
    Ok(given)
}

/// A table, or a list of them.
fn shifts(fields: &Fields<'_>, key: &str, facts: &[&str]) -> Read<Vec<Shift>> {
    let Some(value) = fields.get(key) else { return Ok(Vec::new()) };
    match value.get_ref() {
        DeValue::Array(list) => list.iter().map(|one| shift(fields.file, one, key, facts)).collect(),
        _ => Ok(vec![shift(fields.file, value, key, facts)?]),
    }
}

fn shift<'a>(file: File<'a>, value: &'a Value<'a>, key: &str, facts: &[&str]) -> Read<Shift> {
    let fields = Fields::open(file, value, &format!("`{key}`"), &["when", "by", "to"])?;
    let fact = fields.required("when", "\"paths.missing\"")?;
    if !facts.contains(&fact.as_str()) {
        return Err(unknown(file, fields.place("when"), "a fact", &fact, facts));
    }
    let by = fields.count("by")?.and_then(|by| u8::try_from(by).ok());
    let to = match (by, fields.choice::<Severity>("to", &SEVERITIES)?) {
        (Some(by @ 1..), None) => Move::By(by),
        (None, Some(to)) => Move::To(to),
        _ => {
            return Err(file.wrong(
                fields.at,
                format!("`{key}` needs either `by` or `to`"),
                Some("write by = 1 or to = \"low\"".into()),
            ));
        }
    };
    Ok(Shift { when: fact, to })
}

fn hits(fields: &Fields<'_>) -> Read<Vec<Hits>> {
    let names = fields.texts("hits")?;
    if fields.get("hits").is_none() {
        return Ok(vec![Hits::Operands]);
    }
    let mut list = Vec::new();
    for name in names {
        match (name.as_str(), name.split_once(':')) {
            ("none", _) => {}
            ("operands", _) => list.push(Hits::Operands),
            ("redirects", _) => list.push(Hits::Redirects),
            ("database", _) => list.push(Hits::Database),
            (_, Some(("option", option))) => list.push(Hits::Option(option.to_owned())),
            (_, Some(("after", prefix))) => list.push(Hits::After(prefix.to_owned())),
            (other, _) => {
                let names = ["operands", "option:-f", "after:of=", "redirects", "database", "none"];
                return Err(unknown(fields.file, fields.place("hits"), "`hits`", other, &names));
            }
        }
    }
    Ok(list)
}
