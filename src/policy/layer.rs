//! One policy file → `Layer`: what it sets, and nothing else. Joining the layers is `join`'s.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

use super::credentials::{self, CredentialKeys};
use super::document::{Document, Entry, Read, severity_of};
use super::entries::{absolute, agents, allow, anchored, context, example, override_of, waiver, whole_paths};
use super::settings::{LOCKABLE, Scope};
use super::trouble::{Fault, Trouble};
use super::{Allow, Context, Example, Limits, Mode, Override, Supervise, UndoKeys, Verdict, Waiver, floor};
use crate::packs::Severity;

/// What one file says.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    pub source: String,
    pub mode: Option<Mode>,
    /// `mode = "allowlist"`: enforce, and ask about all that is not listed.
    pub allowlist: bool,
    pub allow: Vec<Allow>,
    pub sections: Vec<Section>,
    pub examples: Vec<Example>,
    /// `file:line` of the keys that are not in tables of their own.
    pub from: BTreeMap<String, String>,
    pub table: BTreeMap<Severity, Verdict>,
    pub overrides: Vec<Override>,
    pub contexts: Vec<Context>,
    pub waivers: Vec<Waiver>,
    pub limits: Limits,
    pub undo: UndoKeys,
    pub credentials: CredentialKeys,
    /// `[protect]`
    pub protected: Vec<String>,
    pub read_only: Vec<String>,
    pub require_fence: bool,
    pub wait: Option<u32>,
    pub protected_branches: Vec<String>,
    pub require_exec: Option<bool>,
    pub supervise: Option<Supervise>,
    pub audit_required: Option<bool>,
    pub real_bash: Vec<String>,
    pub real_sh: Vec<String>,
    /// Keys that a user's file can only make stricter; root's file only.
    pub locked: Vec<String>,
}

/// A part of a file that holds for some agents or folders only.
#[derive(Clone, Debug)]
pub struct Section {
    pub of: SectionOf,
    pub layer: Layer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionOf {
    Agents(Vec<String>),
    /// Absolute globs.
    Folders(Vec<String>),
}

/// What the reader of a file knows besides its text: what `~` and relative paths mean, and the day.
#[derive(Clone, Copy)]
pub struct Reader<'r> {
    pub home: Option<&'r Path>,
    pub today: fn() -> jiff::civil::Date,
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
        let reader = Reader { home, today };
        for entry in document.entries("", tree.get_ref())? {
            layer.top(&document, &entry, reader)?;
        }
        layer.finished(&document, &(0..0))
    }

    /// A project can't widen what another file lists.
    fn finished(self, document: &Document<'_>, at: &Range<usize>) -> Read<Layer> {
        if document.scope == Scope::Project && !self.allow.is_empty() && !self.allowlist {
            let fault = Fault::Needs { key: "allow".to_owned(), other: "mode = \"allowlist\"" };
            return Err(document.wrong(at, fault));
        }
        Ok(self)
    }

    fn top<'t>(&mut self, document: &Document<'t>, entry: &Entry<'_, 't>, reader: Reader<'_>) -> Read<()> {
        self.from.insert(entry.dotted.clone(), document.from(&entry.key));
        match entry.name {
            "mode" => self.mode(document, entry)?,
            "supervise" => {
                self.supervise = Some(match document.word(entry)? {
                    "always" => Supervise::Always,
                    "auto" => Supervise::Auto,
                    _ => Supervise::Off,
                });
            }
            "audit" => self.audit_required = Some(document.word(entry)? == "required"),
            "decide" => self.decide(document, document.table(entry)?)?,
            "context" => {
                for (at, table) in document.tables(entry)? {
                    self.contexts.push(context(document, &at, table)?);
                }
            }
            "waiver" => {
                for (at, table) in document.tables(entry)? {
                    self.waivers.push(waiver(document, &at, table, reader)?);
                }
            }
            "allow" => {
                for (at, table) in document.tables(entry)? {
                    self.allow.push(allow(document, &at, table, reader)?);
                }
            }
            "example" => {
                for (at, table) in document.tables(entry)? {
                    self.examples.push(example(document, &at, table)?);
                }
            }
            "agent" | "directory" => {
                for (at, table) in document.tables(entry)? {
                    self.sections.push(section(document, entry.name, &at, table, reader)?);
                }
            }
            "locked" => self.lock(document, entry)?,
            "protect" => {
                for inner in document.entries(entry.name, document.table(entry)?)? {
                    self.from.insert(inner.dotted.clone(), document.from(&inner.key));
                    let paths = whole_paths(document, &inner, reader)?;
                    *if inner.name == "read_only" { &mut self.read_only } else { &mut self.protected } = paths;
                }
            }
            "credentials" => {
                for inner in document.entries(entry.name, document.table(entry)?)? {
                    self.from.insert(inner.dotted.clone(), document.from(&inner.key));
                    credentials::read(document, &inner, reader, &mut self.credentials)?;
                }
            }
            // What the table of settings lists and the arms above don't name are plain tables.
            _ => self.plain_table(document, entry)?,
        }
        Ok(())
    }

    fn mode<'t>(&mut self, document: &Document<'t>, entry: &Entry<'_, 't>) -> Read<()> {
        let word = document.word(entry)?;
        if document.scope == Scope::Project && word != "allowlist" {
            let fault = Fault::Loosens { key: "mode".to_owned(), only: "\"allowlist\"" };
            return Err(document.wrong(&entry.value.span(), fault));
        }
        self.mode = Some(if word == "observe" { Mode::Observe } else { Mode::Enforce });
        self.allowlist = word == "allowlist";
        Ok(())
    }

    fn plain_table<'t>(&mut self, document: &Document<'t>, entry: &Entry<'_, 't>) -> Read<()> {
        for inner in document.entries(entry.name, document.table(entry)?)? {
            self.from.insert(inner.dotted.clone(), document.from(&inner.key));
            let number = || document.number(&inner, 1..=i64::from(u32::MAX)).map(|n| u32::try_from(n).ok());
            match inner.dotted.as_str() {
                "git.protected_branches" => self.protected_branches = document.strings(&inner)?,
                "ask.wait" => self.wait = document.number(&inner, 0..=3600).map(|n| u32::try_from(n).ok())?,
                "limits.files_per_minute" => self.limits.files_per_minute = number()?,
                "limits.bytes_per_minute" => {
                    self.limits.bytes_per_minute =
                        document.number(&inner, 1..=1 << 50).map(|n| u64::try_from(n).ok())?;
                }
                "limits.destructive_per_hour" => self.limits.destructive_per_hour = number()?,
                "undo.enabled" => self.undo.enabled = Some(document.switch(&inner)?),
                "undo.bytes" => {
                    self.undo.bytes = document.number(&inner, 0..=1 << 50).map(|n| u64::try_from(n).ok())?;
                }
                "undo.files" => {
                    self.undo.files = document.number(&inner, 0..=100_000_000).map(|n| u64::try_from(n).ok())?;
                }
                "undo.days" => self.undo.days = document.number(&inner, 1..=3650).map(|n| u32::try_from(n).ok())?,
                "limits.canary" => self.limits.canary = number()?,
                "require.layer" => {
                    self.require_fence = document.word(&inner)? == "fence";
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
                self.from.insert(entry.dotted.clone(), document.from(&entry.key));
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

/// `[[agent]]` or `[[directory]]`: whom it is for, and a layer.
fn section<'t>(
    document: &Document<'t>,
    kind: &str,
    at: &Range<usize>,
    table: &DeTable<'t>,
    reader: Reader<'_>,
) -> Read<Section> {
    let source = document.source.to_string();
    let (mut layer, mut of) = (Layer { source, ..Layer::default() }, None);
    for entry in document.section(&format!("{kind}[]"), table)? {
        match entry.dotted.as_str() {
            "agent[].name" => of = Some(SectionOf::Agents(agents(document, &entry)?)),
            "directory[].path" => of = Some(SectionOf::Folders(anchored(document, &entry, reader)?)),
            _ => layer.top(document, &entry, reader)?,
        }
    }
    let key = if kind == "agent" { "agent[].name" } else { "directory[].path" };
    let of = of.ok_or_else(|| document.missing(at, key))?;
    Ok(Section { of, layer: layer.finished(document, at)? })
}
