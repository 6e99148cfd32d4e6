//! The tables of a policy file that may stand several times, each read into what it means.

use std::ops::Range;
use std::path::Path;

use toml::de::DeTable;

use super::document::{Document, Entry, Read};
use super::layer::{LONGEST_WAIVER, Reader};
use super::settings::Scope;
use super::trouble::Fault;
use super::{Allow, Context, Example, Override, Verdict, Waiver};
use crate::agents::AGENTS;

pub fn absolute<'t>(document: &Document<'t>, entry: &Entry<'_, 't>) -> Read<Vec<String>> {
    let paths = document.texts(entry)?;
    match paths.iter().find(|(_, path)| !path.starts_with('/')) {
        Some((at, _)) => Err(document.wrong(at, Fault::Relative { key: entry.dotted.clone() })),
        None => Ok(paths.into_iter().map(|(_, path)| path).collect()),
    }
}

pub fn override_of<'t>(document: &Document<'t>, at: &Range<usize>, table: &DeTable<'t>) -> Read<Override> {
    let mut decision = None;
    let mut made = Override {
        rule: None,
        tool: Vec::new(),
        effect: Vec::new(),
        target: Vec::new(),
        decision: Verdict::Deny,
        only_raises: document.scope == Scope::Project,
        from: document.from(at),
    };
    for entry in document.entries("decide.override[]", table)? {
        match entry.name {
            "rule" => made.rule = Some(document.text_of(&entry)?.to_owned()),
            "tool" => made.tool = document.strings(&entry)?,
            "effect" => made.effect = document.kinds(&entry)?,
            "target" => made.target = document.kinds(&entry)?,
            _ => decision = Some(document.decision(&entry)?),
        }
    }
    made.decision = decision.ok_or_else(|| document.missing(at, "decide.override[].decision"))?;
    Ok(made)
}

pub fn context<'t>(document: &Document<'t>, at: &Range<usize>, table: &DeTable<'t>) -> Read<Context> {
    let (mut name, mut raise, mut lower) = (None, None, None);
    let mut made = Context { from: document.from(at), ..Context::default() };
    for entry in document.entries("context[]", table)? {
        match entry.name {
            "name" => name = Some(document.text_of(&entry)?.to_owned()),
            "hosts" => made.hosts = document.strings(&entry)?,
            "databases" => made.databases = document.strings(&entry)?,
            "kube_contexts" => made.kube_contexts = document.strings(&entry)?,
            "namespaces" => made.namespaces = document.strings(&entry)?,
            "aws_profiles" => made.aws_profiles = document.strings(&entry)?,
            "projects" => made.projects = document.strings(&entry)?,
            "regions" => made.regions = document.strings(&entry)?,
            "workspaces" => made.workspaces = document.strings(&entry)?,
            "docker_contexts" => made.docker_contexts = document.strings(&entry)?,
            "lower" => lower = Some((entry.key.clone(), document.number(&entry, 1..=4)?)),
            _ => raise = Some(document.number(&entry, 0..=4)?),
        }
    }
    if let (Some((at, _)), Some(_)) = (&lower, raise) {
        return Err(document.wrong(at, Fault::Exclude { key: "context.lower".to_owned(), other: "context.raise" }));
    }
    let steps = lower.map_or(raise.unwrap_or(1), |(_, steps)| -steps);
    made.raise = i8::try_from(steps).unwrap_or(1);
    made.name = name.ok_or_else(|| document.missing(at, "context[].name"))?;
    Ok(made)
}

pub fn waiver<'t>(document: &Document<'t>, at: &Range<usize>, table: &DeTable<'t>, reader: Reader<'_>) -> Read<Waiver> {
    let (mut rule, mut path, mut until, mut reason) = (None, None, None, None);
    for entry in document.entries("waiver[]", table)? {
        match entry.name {
            "rule" => rule = Some(document.text_of(&entry)?.to_owned()),
            "path" => path = Some(waived_path(document, &entry, reader)?),
            "until" => {
                let date = document.date(&entry)?;
                let last = (reader.today)().checked_add(jiff::Span::new().days(LONGEST_WAIVER));
                if last.is_ok_and(|last| date > last) {
                    return Err(document.wrong(&entry.value.span(), Fault::TooLong { most: LONGEST_WAIVER }));
                }
                until = Some(date);
            }
            _ => reason = Some(document.text_of(&entry)?.to_owned()),
        }
    }
    let missing = |key: &str| document.missing(at, &format!("waiver[].{key}"));
    Ok(Waiver {
        rule: rule.ok_or_else(|| missing("rule"))?,
        path,
        until: until.ok_or_else(|| missing("until"))?,
        reason: reason.ok_or_else(|| missing("reason"))?,
        from: document.from(at),
    })
}

fn waived_path<'t>(document: &Document<'t>, entry: &Entry<'_, 't>, reader: Reader<'_>) -> Read<String> {
    let text = document.text_of(entry)?;
    let whole = in_home(text, reader);
    if whole.starts_with('/') || whole.starts_with("~/") {
        return Ok(whole);
    }
    Err(document.wrong(&entry.value.span(), Fault::Relative { key: "waiver.path".to_owned() }))
}

fn in_home(text: &str, reader: Reader<'_>) -> String {
    match (text.strip_prefix('~'), reader.home.and_then(Path::to_str)) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            format!("{}{rest}", home.trim_end_matches('/'))
        }
        (Some(_) | None, _) => text.to_owned(),
    }
}

/// Path globs: absolute, below `~`, and in a project's file below its folder.
pub fn anchored<'t>(document: &Document<'t>, entry: &Entry<'_, 't>, reader: Reader<'_>) -> Read<Vec<String>> {
    let folder = document.source.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut globs = Vec::new();
    for (at, text) in document.texts(entry)? {
        let whole = in_home(&text, reader);
        globs.push(match document.scope {
            _ if whole.starts_with('/') => whole,
            Scope::Project if !whole.starts_with('~') => {
                let below = whole.strip_prefix("./").unwrap_or(&whole);
                if below == "." { folder.to_owned() } else { format!("{folder}/{below}") }
            }
            Scope::Project | Scope::User | Scope::System => {
                let key = entry.dotted.replace("[]", "");
                return Err(document.wrong(&at, Fault::Relative { key }));
            }
        });
    }
    Ok(globs)
}

/// Paths in the same way, none of which is a pattern.
pub fn whole_paths<'t>(document: &Document<'t>, entry: &Entry<'_, 't>, reader: Reader<'_>) -> Read<Vec<String>> {
    match document.texts(entry)?.iter().find(|(_, path)| path.contains(['*', '?'])) {
        Some((at, _)) => {
            let takes = "paths without patterns; a folder stands for all that is in it".to_owned();
            Err(document.wrong(at, Fault::Wants { key: entry.dotted.clone(), takes }))
        }
        None => anchored(document, entry, reader),
    }
}

/// Names of agents; one that is not known would never hold.
pub fn agents<'t>(document: &Document<'t>, entry: &Entry<'_, 't>) -> Read<Vec<String>> {
    let known = || AGENTS.iter().map(|agent| agent.name);
    let names = document.texts(entry)?;
    match names.iter().find(|(_, name)| name != "*" && !known().any(|one| one == name)) {
        Some((at, name)) => {
            let near = super::nearest(name, known());
            Err(document.wrong(at, Fault::NoAgent { name: name.clone(), near }))
        }
        None => Ok(names.into_iter().map(|(_, name)| name).collect()),
    }
}

pub fn allow<'t>(document: &Document<'t>, at: &Range<usize>, table: &DeTable<'t>, reader: Reader<'_>) -> Read<Allow> {
    let from = document.from(at);
    let mut made =
        Allow { commands: vec![], verbs: None, flags: None, paths: None, env: vec![], through: vec![], from };
    for entry in document.entries("allow[]", table)? {
        match entry.name {
            "command" => made.commands = document.strings(&entry)?,
            "verb" => made.verbs = Some(document.strings(&entry)?),
            "flags" => made.flags = Some(document.strings(&entry)?),
            "paths" => made.paths = Some(anchored(document, &entry, reader)?),
            "env" => made.env = document.strings(&entry)?,
            _ => made.through = document.strings(&entry)?,
        }
    }
    if made.commands.is_empty() {
        return Err(document.missing(at, "allow[].command"));
    }
    Ok(made)
}

pub fn example<'t>(document: &Document<'t>, at: &Range<usize>, table: &DeTable<'t>) -> Read<Example> {
    let (mut command, mut decision) = (None, None);
    for entry in document.entries("example[]", table)? {
        match entry.name {
            "command" => command = Some(document.text_of(&entry)?.to_owned()),
            _ => decision = Some(document.decision(&entry)?),
        }
    }
    let missing = |key: &str| document.missing(at, &format!("example[].{key}"));
    Ok(Example {
        command: command.ok_or_else(|| missing("command"))?,
        decision: decision.ok_or_else(|| missing("decision"))?,
        from: document.from(at),
    })
}
