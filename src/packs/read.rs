//! TOML text of a pack → `Pack` and its examples, or every sentence about what is wrong with it.
//!
//! `build.rs` shares this file by path, so it uses nothing of the crate.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::conditions::{verb_words, when};
use super::fields::{Fields, File, PackError, Read, choice, text, unknown};
use super::schema::{
    Carried, Carrier, Examples, Grammar, Hits, Move, Nature, Operands, Options, Pack, Pred, RuleData, Shift, Style,
    Undo, Verb, Verbs, When,
};
use super::schema::{Effect, Severity, Target};

type Value<'a> = Spanned<DeValue<'a>>;

const EFFECTS: [&str; 7] = ["delete", "overwrite", "expose", "disable", "execute", "publish", "spend"];
const TARGETS: [&str; 19] = [
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
const SEVERITIES: [&str; 5] = ["low", "medium", "high", "critical", "catastrophic"];
const UNDOS: [&str; 4] = ["none", "vault", "provider", "reflog"];
const STYLES: [&str; 4] = ["gnu", "posix", "single-dash", "subcommand-only"];
const NATURES: [&str; 3] = ["safe", "writes", "runs"];
const SPEAKS: [&str; 4] = ["curl", "wget", "httpie", "gh-api"];
const DIALECTS: [&str; 8] = ["postgres", "mysql", "sqlite", "generic", "mssql", "oracle", "duckdb", "clickhouse"];
const LINES: [&str; 4] = ["redis", "mongo", "cql", "etcd"];

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

fn tool(root: &Fields<'_>, prefix: &str) -> Read<Pack> {
    let Some(value) = root.get("tool") else {
        return Err(root.missing("tool", "{ name = \"…\", commands = […] }"));
    };
    let keys = ["name", "commands", "about", "env_code", "config_files", "any_command", "speaks"];
    let fields = Fields::open(root.file, value, "[tool]", &keys)?;
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

fn grammar(root: &Fields<'_>) -> Read<Grammar> {
    let Some(value) = root.get("grammar") else { return Ok(Grammar::default()) };
    let keys = [
        "style",
        "global",
        "verbs",
        "default",
        "options",
        "verb_options",
        "verb_aliases",
        "abbreviates",
        "ignores_case",
        "operands",
        "output_last",
        "carries",
        "same",
        "leaf",
    ];
    let file = root.file;
    let fields = Fields::open(file, value, "[grammar]", &keys)?;
    let mut same = Vec::new();
    if let Some(value) = fields.get("same") {
        let DeValue::Array(list) = value.get_ref() else {
            return Err(file.wrong(
                value.span().start,
                "`same` must be lists of options",
                Some("same = [[\"-r\", \"--recursive\"]]".into()),
            ));
        };
        for one in list.iter() {
            same.push(super::fields::texts(file, one, "same")?);
        }
    }
    let mut grammar = Grammar {
        style: fields.choice::<Style>("style", &STYLES)?.unwrap_or_default(),
        global: fields.get("global").map_or(Ok(Options::default()), |value| options(file, value))?,
        verbs: by_verb(&fields, "verbs", |file, value, _| nature(file, value))?
            .into_iter()
            .map(|(words, nature)| Verb { words, nature })
            .collect(),
        unlisted_safe: match fields.text("default")?.as_deref() {
            Some("safe") => true,
            None | Some("unknown") => false,
            Some(other) => {
                return Err(unknown(file, fields.place("default"), "`default`", other, &["safe", "unknown"]));
            }
        },
        options: by_verb(&fields, "options", |file, value, _| options(file, value))?,
        aliases: by_verb(&fields, "verb_aliases", |file, value, key| Ok(verb_words(&text(file, value, key)?)))?,
        abbreviates: fields.yes("abbreviates")?,
        ignores_case: fields.yes("ignores_case")?,
        operands: by_verb(&fields, "operands", operands)?,
        output_last: fields.yes("output_last")?,
        carries: carries(&fields)?,
        same,
        leaf: Vec::new(),
    };
    if let Some(value) = fields.get("leaf") {
        let DeValue::Array(list) = value.get_ref() else {
            return Err(file.wrong(value.span().start, "`leaf` must be a list of conditions", None));
        };
        grammar.leaf = list.iter().map(|one| when(file, one)).collect::<Read<_>>()?;
    }
    Ok(grammar)
}

/// A table from verbs to something.
fn by_verb<'a, T>(
    fields: &Fields<'a>,
    key: &str,
    read: impl Fn(File<'a>, &'a Value<'a>, &str) -> Read<T>,
) -> Read<Vec<(Verbs, T)>> {
    let Some(value) = fields.get(key) else { return Ok(Vec::new()) };
    let entries = Fields::any(fields.file, value, &format!("`{key}`"))?;
    entries.entries().map(|(verb, _, value)| Ok((verb_words(verb), read(fields.file, value, verb)?))).collect()
}

fn nature(file: File<'_>, value: &Value<'_>) -> Read<Nature> {
    match value.get_ref() {
        DeValue::Table(table) if table.is_empty() => Ok(Nature::Ruled),
        _ => choice(file, value, "verbs", &NATURES),
    }
}

fn options<'a>(file: File<'a>, value: &'a Value<'a>) -> Read<Options> {
    let fields = Fields::open(file, value, "a table of options", &["value", "flag", "optional"])?;
    Ok(Options { value: fields.texts("value")?, flag: fields.texts("flag")?, optional: fields.texts("optional")? })
}

const OPERANDS: [&str; 8] = ["paths", "input-paths", "output-paths", "urls", "names", "sql", "code:LANG", "command"];

fn operands(file: File<'_>, value: &Value<'_>, _verb: &str) -> Read<Operands> {
    let kind = text(file, value, "operands")?;
    if let Some(language) = kind.strip_prefix("code:") {
        return Ok(Operands::Code(language.to_owned()));
    }
    choice(file, value, "operands", &OPERANDS)
}

fn carries(fields: &Fields<'_>) -> Read<Vec<(Carrier, Carried)>> {
    let Some(value) = fields.get("carries") else { return Ok(Vec::new()) };
    let file = fields.file;
    let mut list = Vec::new();
    for (key, at, value) in Fields::any(file, value, "`carries`")?.entries() {
        let carrier = match key {
            "stdin" => Carrier::Stdin,
            "operand" => Carrier::Operand(1),
            option if option.starts_with('-') => Carrier::Option(option.to_owned()),
            other => match other.strip_prefix("operand ").and_then(|number| number.parse().ok()) {
                Some(number @ 1..) => Carrier::Operand(number),
                _ => {
                    let instead = "write an option with its dashes, operand, \"operand 2\" or stdin";
                    return Err(file.wrong(at, format!("`{key}` carries no text"), Some(instead.into())));
                }
            },
        };
        list.push((carrier, carried(file, value)?));
    }
    Ok(list)
}

fn carried(file: File<'_>, value: &Value<'_>) -> Read<Carried> {
    let name = text(file, value, "carries")?;
    let at = value.span().start;
    let dialect = |dialect: &str| match DIALECTS.contains(&dialect) {
        true => Ok(dialect.to_owned()),
        false => Err(unknown(file, at, "a dialect", dialect, &DIALECTS)),
    };
    match name.split_once(':') {
        Some(("sql", name)) => Ok(Carried::Sql(dialect(name)?)),
        Some(("sql-file", name)) => Ok(Carried::SqlFile(dialect(name)?)),
        Some(("code", language)) => Ok(Carried::Code(language.to_owned())),
        _ if LINES.contains(&name.as_str()) => Ok(Carried::Lines(name)),
        _ => Err(unknown(
            file,
            at,
            "a carried text",
            &name,
            &["sql:DIALECT", "sql-file:DIALECT", "code:LANG", "redis", "mongo", "cql", "etcd"],
        )),
    }
}

const RULE: [&str; 17] = [
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
    let data = RuleData {
        says: fields.required("says", "\"deletes …\"")?,
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

/// Options and verbs that rules name need not be listed too.
fn complete(grammar: &mut Grammar, rules: &[RuleData]) {
    let mut verbs = Vec::new();
    let mut extra = Options::default();
    for when in rules.iter().map(|rule| &rule.when).chain(&grammar.leaf) {
        named(when, &mut verbs, &mut extra);
    }
    for (carrier, _) in &grammar.carries {
        if let Carrier::Option(name) = carrier {
            extra.value.push(name.clone());
        }
    }
    for words in verbs {
        if !words.is_empty() && !grammar.verbs.iter().any(|verb| verb.words == words) {
            grammar.verbs.push(Verb { words, nature: Nature::Ruled });
        }
    }
    let listed = |name: &String| {
        let lists = |options: &Options| {
            options.value.contains(name) || options.flag.contains(name) || options.optional.contains(name)
        };
        lists(&grammar.global) || grammar.options.iter().any(|(_, options)| lists(options))
    };
    extra.value.retain(|name| !listed(name));
    extra.flag.retain(|name| !listed(name) && !extra.value.contains(name));
    for list in [&mut extra.value, &mut extra.flag] {
        list.sort();
        list.dedup();
    }
    grammar.options.push((Verbs::new(), extra));
}

fn named(when: &When, verbs: &mut Vec<Verbs>, options: &mut Options) {
    match when {
        When::All(list) | When::Any(list) => list.iter().for_each(|one| named(one, verbs, options)),
        When::Not(one) => named(one, verbs, options),
        When::Verb(list) => verbs.extend(list.iter().cloned()),
        When::Has(names) => options.flag.extend(names.iter().cloned()),
        // `option = { "-f" = { } }` only asks whether there is a value.
        When::Option(name, Pred::Present) => options.flag.push(name.clone()),
        When::Option(name, _) => options.value.push(name.clone()),
        When::Command(_)
        | When::Operand(..)
        | When::AtLeast(_)
        | When::Redirects(..)
        | When::Sql(_)
        | When::Http(_)
        | When::Env(..)
        | When::Remote
        | When::StdinRemote => {}
    }
}
