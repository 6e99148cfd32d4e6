//! `[grammar]` of a pack: how its tool reads a command line.
//!
//! `build.rs` shares this file by path, so it uses nothing of the crate.

use toml::Spanned;
use toml::de::DeValue;

use super::conditions::{verb_words, verbs, when};
use super::fields::{Fields, File, Read, choice, text, unknown};
use super::schema::{Carried, Carrier, Grammar, Nature, Operands, Options, Pred, RuleData, Style, Verb, Verbs, When};

type Value<'a> = Spanned<DeValue<'a>>;

pub const STYLES: [&str; 4] = ["gnu", "posix", "single-dash", "subcommand-only"];
pub const NATURES: [&str; 3] = ["safe", "writes", "runs"];
const DIALECTS: [&str; 8] = ["postgres", "mysql", "sqlite", "generic", "mssql", "oracle", "duckdb", "clickhouse"];
const LINES: [&str; 7] = ["redis", "mongo", "cql", "etcd", "cypher", "lua", "transfer"];

/// The keys of `[grammar]`.
pub const KEYS: [&str; 17] = [
    "style",
    "global",
    "verbs",
    "default",
    "options",
    "verb_options",
    "verb_aliases",
    "abbreviates",
    "ignores_case",
    "ignores_help",
    "global_first",
    "first_bundles",
    "operands",
    "output_last",
    "carries",
    "same",
    "leaf",
];

pub fn grammar(root: &Fields<'_>) -> Read<Grammar> {
    let Some(value) = root.get("grammar") else { return Ok(Grammar::default()) };
    let file = root.file;
    let fields = Fields::open(file, value, "[grammar]", &KEYS)?;
    let mut same = Vec::new();
    if let Some(value) = fields.get("same") {
        let DeValue::Array(list) = value.get_ref() else {
            return Err(file.wrong(
                value.span().start,
                "`same` must be lists of options",
                Some("same = [[\"-r\", \"--recursive\"]]".into()),
            ));
        };
        for one in list {
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
        ignores_help: fields.yes("ignores_help")?,
        global_first: fields.yes("global_first")?,
        first_bundles: fields.yes("first_bundles")?,
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
fn by_verb<'a, T: Clone>(
    fields: &Fields<'a>,
    key: &str,
    read: impl Fn(File<'a>, &'a Value<'a>, &str) -> Read<T>,
) -> Read<Vec<(Verbs, T)>> {
    let Some(value) = fields.get(key) else { return Ok(Vec::new()) };
    let entries = Fields::any(fields.file, value, &format!("`{key}`"))?;
    let mut all = Vec::new();
    for (verb, _, value) in entries.entries() {
        let read = read(fields.file, value, verb)?;
        all.extend(verbs(verb).into_iter().map(|words| (words, read.clone())));
    }
    Ok(all)
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
            other => {
                if let Some(number @ 1..) = other.strip_prefix("operand ").and_then(|number| number.parse().ok()) {
                    Carrier::Operand(number)
                } else {
                    let instead = "write an option with its dashes, operand, \"operand 2\" or stdin";
                    return Err(file.wrong(at, format!("`{key}` carries no text"), Some(instead.into())));
                }
            }
        };
        list.push((carrier, carried(file, value)?));
    }
    Ok(list)
}

fn carried(file: File<'_>, value: &Value<'_>) -> Read<Carried> {
    let name = text(file, value, "carries")?;
    let at = value.span().start;
    let dialect = |dialect: &str| {
        if DIALECTS.contains(&dialect) {
            Ok(dialect.to_owned())
        } else {
            Err(unknown(file, at, "a dialect", dialect, &DIALECTS))
        }
    };
    match name.split_once(':') {
        Some(("sql", name)) => Ok(Carried::Sql(dialect(name)?)),
        Some(("sql-file", name)) => Ok(Carried::SqlFile(dialect(name)?)),
        Some(("code", language)) => Ok(Carried::Code(language.to_owned())),
        _ if name.strip_suffix("-file").is_some_and(|name| LINES.contains(&name)) => {
            Ok(Carried::LinesFile(name.trim_end_matches("-file").to_owned()))
        }
        _ if name == "variables" => Ok(Carried::Variables),
        _ if LINES.contains(&name.as_str()) => Ok(Carried::Lines(name)),
        _ => Err(unknown(
            file,
            at,
            "a carried text",
            &name,
            &["sql:DIALECT", "sql-file:DIALECT", "code:LANG", "redis", "mongo", "cql", "etcd", "variables"],
        )),
    }
}

/// Options and verbs that rules name need not be listed too.
pub fn complete(grammar: &mut Grammar, rules: &[RuleData]) {
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
        // `ec2 *` in a condition is no claim that every verb of it is known.
        let open = words.last().is_some_and(|last| last == "*" || last == "**");
        if !words.is_empty() && !open && !grammar.verbs.iter().any(|verb| verb.words == words) {
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
        | When::Writes(_)
        | When::SendsSecret
        | When::Sql(_)
        | When::Http(_)
        | When::Env(..)
        | When::Remote
        | When::StdinRemote => {}
    }
}
