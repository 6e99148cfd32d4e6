//! One policy file → `Layer`: what it sets, and nothing else. Joining the layers is `join`'s.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

use super::document::{Document, Entry, Read, severity_of};
use super::settings::{LOCKABLE, Scope};
use super::trouble::{Fault, Trouble};
use super::{Context, Limits, Mode, Override, Verdict, Waiver, floor};
use crate::packs::Severity;

/// What one file says.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    pub source: String,
    pub mode: Option<Mode>,
    pub table: BTreeMap<Severity, Verdict>,
    pub overrides: Vec<Override>,
    pub contexts: Vec<Context>,
    pub waivers: Vec<Waiver>,
    pub limits: Limits,
    pub wait: Option<u32>,
    pub protected_branches: Vec<String>,
    pub require_exec: Option<bool>,
    pub audit_required: Option<bool>,
    pub real_bash: Vec<String>,
    pub real_sh: Vec<String>,
    /// Keys that a user's file can only make stricter; root's file only.
    pub locked: Vec<String>,
}

/// A waiver is for a piece of work, not for ever.
pub const LONGEST_WAIVER: i32 = 366;

impl Layer {
    /// `home` stands for `~`; `today` bounds waivers and is asked for only where there are some.
    pub fn read(
        source: &str,
        text: &str,
        scope: Scope,
        home: Option<&Path>,
        today: fn() -> jiff::civil::Date,
    ) -> Result<Layer, Trouble> {
        let document = Document { source: Arc::from(source), text, scope };
        let tree = document.parse()?;
        let mut layer = Layer { source: source.to_owned(), ..Layer::default() };
        for entry in document.entries("", tree.get_ref())? {
            layer.top(&document, &entry, home, today)?;
        }
        Ok(layer)
    }

    fn top<'t>(
        &mut self,
        document: &Document<'t>,
        entry: &Entry<'_, 't>,
        home: Option<&Path>,
        today: fn() -> jiff::civil::Date,
    ) -> Read<()> {
        match entry.name {
            "mode" => {
                let word = document.word(entry, &["enforce", "observe"])?;
                self.mode = Some(if word == "observe" { Mode::Observe } else { Mode::Enforce });
            }
            "audit" => {
                self.audit_required = Some(document.word(entry, &["when-possible", "required"])? == "required");
            }
            "decide" => self.decide(document, document.table(entry)?)?,
            "context" => {
                for (at, table) in document.tables(entry)? {
                    self.contexts.push(context(document, &at, table)?);
                }
            }
            "waiver" => {
                for (at, table) in document.tables(entry)? {
                    self.waivers.push(waiver(document, &at, table, home, today)?);
                }
            }
            "locked" => self.lock(document, entry)?,
            // What the table of settings lists and the arms above don't name are plain tables.
            _ => self.plain_table(document, entry)?,
        }
        Ok(())
    }

    fn plain_table<'t>(&mut self, document: &Document<'t>, entry: &Entry<'_, 't>) -> Read<()> {
        for inner in document.entries(entry.name, document.table(entry)?)? {
            let number = || document.number(&inner, 1..=i64::from(u32::MAX)).map(|n| u32::try_from(n).ok());
            match inner.dotted.as_str() {
                "git.protected_branches" => self.protected_branches = document.strings(&inner)?,
                "ask.wait" => self.wait = document.number(&inner, 0..=3600).map(|n| u32::try_from(n).ok())?,
                "limits.files_per_minute" => self.limits.files_per_minute = number()?,
                "limits.destructive_per_hour" => self.limits.destructive_per_hour = number()?,
                "limits.canary" => self.limits.canary = number()?,
                "require.layer" => {
                    document.word(&inner, &["exec"])?;
                    self.require_exec = Some(true);
                }
                "shell.bash" => self.real_bash = absolute(document, &inner)?,
                "shell.sh" => self.real_sh = absolute(document, &inner)?,
                _ => return Err(document.wants(&inner, "nothing here")),
            }
        }
        Ok(())
    }

    fn decide<'t>(&mut self, document: &Document<'t>, table: &DeTable<'t>) -> Read<()> {
        for entry in document.entries("decide", table)? {
            if let Some(severity) = severity_of(entry.name) {
                let verdict = document.decision(&entry)?;
                if verdict < floor(severity) {
                    let fault = Fault::Fixed { key: entry.dotted.clone(), floor: "deny" };
                    return Err(document.wrong(&entry.value.span(), fault));
                }
                self.table.insert(severity, verdict);
                continue;
            }
            for (at, table) in document.tables(&entry)? {
                self.overrides.push(override_of(document, &at, table)?);
            }
        }
        Ok(())
    }

    fn lock<'t>(&mut self, document: &Document<'t>, entry: &Entry<'_, 't>) -> Read<()> {
        for (at, key) in document.texts(entry)? {
            if !LOCKABLE.contains(&key.as_str()) {
                let near = super::nearest(&key, LOCKABLE.iter().copied()).map(str::to_owned);
                let near = near.or_else(|| Some(LOCKABLE.join(", ")));
                let fault = Fault::UnknownWord { key: "locked".to_owned(), word: key, near };
                return Err(document.wrong(&at, fault));
            }
            self.locked.push(key);
        }
        Ok(())
    }
}

fn absolute<'t>(document: &Document<'t>, entry: &Entry<'_, 't>) -> Read<Vec<String>> {
    let paths = document.texts(entry)?;
    match paths.iter().find(|(_, path)| !path.starts_with('/')) {
        Some((at, _)) => Err(document.wrong(at, Fault::Relative { key: entry.dotted.clone() })),
        None => Ok(paths.into_iter().map(|(_, path)| path).collect()),
    }
}

fn override_of<'t>(document: &Document<'t>, at: &Range<usize>, table: &DeTable<'t>) -> Read<Override> {
    let mut decision = None;
    let mut made = Override {
        rule: None,
        effect: Vec::new(),
        target: Vec::new(),
        decision: Verdict::Deny,
        only_raises: document.scope == Scope::Project,
    };
    for entry in document.entries("decide.override[]", table)? {
        match entry.name {
            "rule" => made.rule = Some(document.text_of(&entry)?.to_owned()),
            "effect" => made.effect = document.kinds(&entry)?,
            "target" => made.target = document.kinds(&entry)?,
            _ => decision = Some(document.decision(&entry)?),
        }
    }
    made.decision = decision.ok_or_else(|| document.missing(at, "decide.override[].decision"))?;
    Ok(made)
}

fn context<'t>(document: &Document<'t>, at: &Range<usize>, table: &DeTable<'t>) -> Read<Context> {
    let mut name = None;
    let mut made =
        Context { name: String::new(), hosts: vec![], kube_contexts: vec![], aws_profiles: vec![], raise: 1 };
    for entry in document.entries("context[]", table)? {
        match entry.name {
            "name" => name = Some(document.text_of(&entry)?.to_owned()),
            "hosts" => made.hosts = document.strings(&entry)?,
            "kube_contexts" => made.kube_contexts = document.strings(&entry)?,
            "aws_profiles" => made.aws_profiles = document.strings(&entry)?,
            _ => made.raise = i8::try_from(document.number(&entry, 0..=4)?).unwrap_or(1),
        }
    }
    made.name = name.ok_or_else(|| document.missing(at, "context[].name"))?;
    Ok(made)
}

fn waiver<'t>(
    document: &Document<'t>,
    at: &Range<usize>,
    table: &DeTable<'t>,
    home: Option<&Path>,
    today: fn() -> jiff::civil::Date,
) -> Read<Waiver> {
    let (mut rule, mut path, mut until, mut reason) = (None, None, None, None);
    for entry in document.entries("waiver[]", table)? {
        match entry.name {
            "rule" => rule = Some(document.text_of(&entry)?.to_owned()),
            "path" => path = Some(waived_path(document, &entry, home)?),
            "until" => {
                let date = document.date(&entry)?;
                let last = today().checked_add(jiff::Span::new().days(LONGEST_WAIVER));
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
    })
}

fn waived_path<'t>(document: &Document<'t>, entry: &Entry<'_, 't>, home: Option<&Path>) -> Read<String> {
    let text = document.text_of(entry)?;
    let whole = match (text.strip_prefix("~/"), home.and_then(Path::to_str)) {
        (Some(rest), Some(home)) => format!("{}/{rest}", home.trim_end_matches('/')),
        (Some(_), None) | (None, _) => text.to_owned(),
    };
    if whole.starts_with('/') || whole.starts_with("~/") {
        return Ok(whole);
    }
    Err(document.wrong(&entry.value.span(), Fault::Relative { key: "waiver.path".to_owned() }))
}
