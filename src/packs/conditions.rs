//! `when` of a rule: TOML → `When`.
//!
//! `build.rs` shares this file by path, so it uses nothing of the crate.

use toml::Spanned;
use toml::de::DeValue;

use super::fields::{Fields, File, Read, choice, count, text, texts, unknown};
use super::schema::{By, Direction, Http, Later, Place, Pred, Verbs, When, Which, Writes};

type Value<'a> = Spanned<DeValue<'a>>;

pub const KEYS: [&str; 20] = [
    "verb",
    "command",
    "has",
    "has_any",
    "without",
    "option",
    "operand",
    "operands",
    "count_over",
    "redirects",
    "writes",
    "sends",
    "sql",
    "http",
    "env",
    "remote",
    "stdin_from",
    "any",
    "all",
    "not",
];

pub const PLACES: [&str; 10] =
    ["root", "home", "device", "top-level", "everything", "git-dir", "backup", "secret", "startup", "system"];

/// The names of `when.sql`, as the reader of SQL has them.
pub const ACTS: [&str; 27] = [
    "drop-database",
    "drop-schema",
    "drop-table",
    "drop-other",
    "truncate",
    "delete-without-where",
    "delete",
    "update-without-where",
    "update",
    "drop-column",
    "alter-drop",
    "drop-owned",
    "shell",
    "copy-program",
    "attach-overwrite",
    "attach",
    "kill-connections",
    "revoke",
    "drop-user",
    "drop-service",
    "configure",
    "stop-server",
    "purge-logs",
    "replace",
    "server-file",
    "account",
    "unprotect",
];

/// The words of a verb.
pub fn verb_words(verb: &str) -> Verbs {
    verb.split_whitespace().map(str::to_owned).collect()
}

/// A verb that may hold choices, as its words: `{rds,docdb} delete-*` is two verbs.
pub fn verbs(text: &str) -> Vec<Verbs> {
    let cut = text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match cut {
        Some((before, (choices, after))) => {
            choices.split(',').flat_map(|choice| verbs(&format!("{before}{choice}{after}"))).collect()
        }
        None => vec![verb_words(text)],
    }
}

/// All keys of one table hold together.
pub fn when<'a>(file: File<'a>, value: &'a Value<'a>) -> Read<When> {
    let fields = Fields::open(file, value, "`when`", &KEYS)?;
    let mut all = Vec::new();
    for (key, _, value) in fields.entries() {
        condition(file, key, value, &mut all)?;
    }
    match all.len() {
        0 => Err(file.wrong(fields.at, "an empty `when` would mind every command", Some("name what it minds".into()))),
        1 => Ok(all.remove(0)),
        _ => Ok(When::All(all)),
    }
}

fn condition<'a>(file: File<'a>, key: &str, value: &'a Value<'a>, all: &mut Vec<When>) -> Read<()> {
    match key {
        "verb" => all.push(When::Verb(texts(file, value, key)?.iter().flat_map(|verb| verbs(verb)).collect())),
        "command" => all.push(When::Command(texts(file, value, key)?)),
        "has" => all.extend(options(file, value, key)?.into_iter().map(|one| When::Has(vec![one]))),
        "has_any" => all.push(When::Has(options(file, value, key)?)),
        "without" => all.push(When::Not(Box::new(When::Has(options(file, value, key)?)))),
        "option" => {
            for (name, at, value) in Fields::any(file, value, "`option`")?.entries() {
                dashed(file, at, name)?;
                all.push(When::Option(name.to_owned(), pred(file, value)?));
            }
        }
        "operand" => operand(file, value, all)?,
        "operands" => {
            let fields = Fields::open(file, value, "`operands`", &["at_least"])?;
            let least = fields.count("at_least")?.ok_or_else(|| fields.missing("at_least", "2"))?;
            all.push(When::AtLeast(least));
        }
        "count_over" => all.push(When::AtLeast(count(file, value, key)?.saturating_add(1))),
        "redirects" => all.push(redirects(file, value)?),
        "writes" => all.push(When::Writes(writes(file, value)?)),
        "sends" => match text(file, value, key)?.as_str() {
            "secret" => all.push(When::SendsSecret),
            other => return Err(unknown(file, value.span().start, "`sends`", other, &["secret"])),
        },
        "sql" => all.push(When::Sql(sql(file, value)?)),
        "http" => all.push(When::Http(http(file, value)?)),
        "env" => {
            for (name, _, value) in Fields::any(file, value, "`env`")?.entries() {
                all.push(When::Env(name.to_owned(), texts(file, value, name)?));
            }
        }
        "remote" => {
            let remote = When::Remote;
            all.push(if matches!(value.get_ref(), DeValue::Boolean(false)) {
                When::Not(Box::new(remote))
            } else {
                remote
            });
        }
        "stdin_from" => match text(file, value, key)?.as_str() {
            "remote" => all.push(When::StdinRemote),
            other => return Err(unknown(file, value.span().start, "`stdin_from`", other, &["remote"])),
        },
        "any" => all.push(When::Any(list(file, value, key)?)),
        "all" => all.push(When::All(list(file, value, key)?)),
        // `Fields::open` lets no other key through.
        _ => all.push(When::Not(Box::new(when(file, value)?))),
    }
    Ok(())
}

fn list<'a>(file: File<'a>, value: &'a Value<'a>, key: &str) -> Read<Vec<When>> {
    match value.get_ref() {
        DeValue::Array(list) if !list.is_empty() => list.iter().map(|one| when(file, one)).collect(),
        _ => Err(file.wrong(
            value.span().start,
            format!("`{key}` must be a list of conditions"),
            Some(format!("write {key} = [{{ … }}, {{ … }}]")),
        )),
    }
}

fn options(file: File<'_>, value: &Value<'_>, key: &str) -> Read<Vec<String>> {
    let names = texts(file, value, key)?;
    for name in &names {
        dashed(file, value.span().start, name)?;
    }
    Ok(names)
}

fn dashed(file: File<'_>, at: usize, name: &str) -> Read<()> {
    if name.starts_with(['-', '+']) && !name.contains(['=', ' ']) {
        return Ok(());
    }
    let instead = "options keep their dashes and lose their value: \"--force\", option = { \"-X\" = \"…\" }";
    Err(file.wrong(at, format!("`{name}` is no option"), Some(instead.into())))
}

fn operand<'a>(file: File<'a>, value: &'a Value<'a>, all: &mut Vec<When>) -> Read<()> {
    let fields = Fields::open(file, value, "`operand`", &["any", "all", "none", "first", "last", "nth"])?;
    for (key, at, value) in fields.entries() {
        let which = match key {
            "any" => Which::Any,
            "all" => Which::All,
            "first" => Which::First,
            "last" => Which::Last,
            "none" => {
                all.push(When::Not(Box::new(When::Operand(Which::Any, pred(file, value)?))));
                continue;
            }
            _ => {
                let DeValue::Array(pair) = value.get_ref() else {
                    return Err(file.wrong(
                        at,
                        "`nth` needs a number and a condition",
                        Some("nth = [2, \"x\"]".into()),
                    ));
                };
                let (Some(number), Some(rest)) = (pair.first(), pair.get(1)) else {
                    return Err(file.wrong(
                        at,
                        "`nth` needs a number and a condition",
                        Some("nth = [2, \"x\"]".into()),
                    ));
                };
                let number = count(file, number, key)?;
                let Ok(number @ 1..) = u8::try_from(number) else {
                    return Err(file.wrong(at, "`nth` counts from 1", None));
                };
                all.push(When::Operand(Which::Nth(number), pred(file, rest)?));
                continue;
            }
        };
        all.push(When::Operand(which, pred(file, value)?));
    }
    Ok(())
}

/// A condition on a word: globs, or a table whose keys hold together.
pub fn pred<'a>(file: File<'a>, value: &'a Value<'a>) -> Read<Pred> {
    if !matches!(value.get_ref(), DeValue::Table(_)) {
        return Ok(Pred::Glob(texts(file, value, "a condition on a word")?));
    }
    let fields = Fields::open(
        file,
        value,
        "a condition on a word",
        &["is", "under", "not", "glob", "after", "any", "variable", "printed_by"],
    )?;
    let mut all = Vec::new();
    for (key, _, value) in fields.entries() {
        match key {
            "is" => all.push(Pred::Is(places(file, value)?)),
            "under" => all.push(Pred::Under(texts(file, value, key)?)),
            "not" => all.push(Pred::Not(Box::new(pred(file, value)?))),
            "glob" => all.push(Pred::Glob(texts(file, value, key)?)),
            "variable" => all.push(Pred::Variable(texts(file, value, key)?)),
            "printed_by" => all.push(Pred::Printed(texts(file, value, key)?)),
            "any" => all.push(any_of(file, value)?),
            _ => {}
        }
    }
    let rest = match all.len() {
        0 => Pred::Present,
        1 => all.remove(0),
        _ => Pred::All(all),
    };
    Ok(match fields.text("after")? {
        Some(prefix) => Pred::After(prefix, Box::new(rest)),
        None => rest,
    })
}

/// One of several conditions: not all of their opposites.
fn any_of<'a>(file: File<'a>, value: &'a Value<'a>) -> Read<Pred> {
    let DeValue::Array(list) = value.get_ref() else {
        return Err(file.wrong(value.span().start, "`any` must be a list of conditions", None));
    };
    let opposites: Read<Vec<Pred>> = list.iter().map(|one| Ok(Pred::Not(Box::new(pred(file, one)?)))).collect();
    Ok(Pred::Not(Box::new(Pred::All(opposites?))))
}

fn places(file: File<'_>, value: &Value<'_>) -> Read<Vec<Place>> {
    match value.get_ref() {
        DeValue::Array(list) => list.iter().map(|one| choice(file, one, "is", &PLACES)).collect(),
        _ => Ok(vec![choice(file, value, "is", &PLACES)?]),
    }
}

const WRITERS: [&str; 3] = ["redirection", "output", "purpose"];
const LATER: [&str; 3] = ["read", "unread", "door"];
const DIRECTIONS: [&str; 3] = ["overwrite", "append", "read"];

fn directions(file: File<'_>, value: &Value<'_>) -> Read<Vec<Direction>> {
    match value.get_ref() {
        DeValue::Array(list) => list.iter().map(|one| choice(file, one, "mode", &DIRECTIONS)).collect(),
        _ => Ok(vec![choice(file, value, "mode", &DIRECTIONS)?]),
    }
}

fn redirects<'a>(file: File<'a>, value: &'a Value<'a>) -> Read<When> {
    if !matches!(value.get_ref(), DeValue::Table(_)) {
        return Ok(When::Redirects(directions(file, value)?, None));
    }
    let fields = Fields::open(file, value, "`redirects`", &["mode", "target"])?;
    let mode = match fields.get("mode") {
        Some(mode) => directions(file, mode)?,
        None => vec![Direction::Overwrite, Direction::Append],
    };
    let target = fields.get("target").map(|target| pred(file, target)).transpose()?;
    Ok(When::Redirects(mode, target))
}

/// `"overwrite"`, or a table.
fn writes<'a>(file: File<'a>, value: &'a Value<'a>) -> Read<Writes> {
    if !matches!(value.get_ref(), DeValue::Table(_)) {
        return Ok(Writes { modes: directions(file, value)?, ..Writes::default() });
    }
    let fields = Fields::open(file, value, "`writes`", &["mode", "by", "empties", "later", "target"])?;
    Ok(Writes {
        modes: fields.get("mode").map_or(Ok(Vec::new()), |mode| directions(file, mode))?,
        by: fields.get("by").map_or(Ok(Vec::new()), |by| choices::<By>(file, by, "by", &WRITERS))?,
        empties: fields.yes("empties")?,
        later: fields.get("later").map_or(Ok(Vec::new()), |later| choices::<Later>(file, later, "later", &LATER))?,
        target: fields.get("target").map(|target| pred(file, target)).transpose()?,
    })
}

fn choices<T: serde::de::DeserializeOwned>(
    file: File<'_>,
    value: &Value<'_>,
    key: &str,
    names: &[&str],
) -> Read<Vec<T>> {
    match value.get_ref() {
        DeValue::Array(list) => list.iter().map(|one| choice(file, one, key, names)).collect(),
        _ => Ok(vec![choice(file, value, key, names)?]),
    }
}

fn sql(file: File<'_>, value: &Value<'_>) -> Read<Vec<String>> {
    let names = texts(file, value, "sql")?;
    match names.iter().find(|name| !ACTS.contains(&name.as_str())) {
        Some(name) => Err(unknown(file, value.span().start, "`sql`", name, &ACTS)),
        None => Ok(names),
    }
}

fn http<'a>(file: File<'a>, value: &'a Value<'a>) -> Read<Http> {
    let fields = Fields::open(file, value, "`http`", &["method", "host", "path", "header", "graphql", "body", "deed"])?;
    Ok(Http {
        method: fields.texts("method")?,
        host: fields.texts("host")?,
        path: fields.texts("path")?,
        header: fields.texts("header")?,
        graphql: fields.texts("graphql")?,
        body: fields.texts("body")?,
        deed: fields.texts("deed")?,
    })
}
