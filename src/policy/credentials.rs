//! `[credentials]`: variables that commands do not get, and which texts get them all the same.

use super::document::{Document, Entry, Read};
use super::entries::whole_paths;
use super::layer::Reader;
use super::trouble::Fault;
use super::{Allow, matches_name};
use crate::agents::AGENTS;

/// What of its environment a tree gets, all files joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    hide: Vec<Hidden>,
    keep: Vec<String>,
    /// Files and folders that nothing of a tree is to read, absolute.
    pub files: Vec<String>,
    pub grants: Vec<Grant>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Hidden {
    /// A glob over names.
    names: String,
    /// Only where the value leads to production.
    production: bool,
    /// No other file keeps it.
    firm: bool,
}

/// Variables and files for texts that start nothing but these programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Globs.
    pub names: Vec<String>,
    /// Absolute.
    pub files: Vec<String>,
    pub entry: Allow,
}

/// The same as one file sets it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialKeys {
    hide: Vec<String>,
    hide_production: Vec<String>,
    keep: Vec<String>,
    pub files: Vec<String>,
    grants: Vec<Grant>,
}

/// Whether a variable is withheld by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hides {
    No,
    Yes,
    /// Also where another file, or its owner, keeps it.
    Firmly,
}

/// Without these a shell, or a guard below this one, would not be the same; and what marks an agent must stay.
const NEEDED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "PWD",
    "OLDPWD",
    "TERM",
    "LANG",
    "LC_*",
    "TZ",
    "TMPDIR",
    "XDG_*",
    "GUARDED_*",
];

/// Whether it is in no policy's power to hide a variable.
#[must_use]
pub fn is_needed(name: &[u8]) -> bool {
    let marks = || AGENTS.iter().flat_map(|agent| agent.markers).any(|(marker, _)| marker.as_bytes() == name);
    NEEDED.iter().any(|glob| matches_name(glob.as_bytes(), name)) || marks()
}

impl Credentials {
    /// A file that may do both: what it keeps, it also keeps of what was hidden before it.
    pub(super) fn extend(&mut self, keys: CredentialKeys) {
        self.hide(&keys, false);
        self.keep.extend(keys.keep);
        self.grants.extend(keys.grants);
    }

    /// A file that can only hide more. What was kept or granted by then was by who may.
    pub(super) fn tighten(&mut self, keys: CredentialKeys) {
        self.hide(&keys, true);
    }

    fn hide(&mut self, keys: &CredentialKeys, firm: bool) {
        for (list, production) in [(&keys.hide, false), (&keys.hide_production, true)] {
            self.hide.extend(list.iter().map(|names| Hidden { names: names.clone(), production, firm }));
        }
        self.files.extend(keys.files.iter().cloned());
    }

    /// `leads_to_production` is asked of the value where that matters.
    #[must_use]
    pub fn hides(&self, name: &[u8], leads_to_production: impl Fn() -> bool) -> Hides {
        let fits =
            |one: &&Hidden| matches_name(one.names.as_bytes(), name) && (!one.production || leads_to_production());
        let mut hides = Hides::No;
        for one in self.hide.iter().filter(fits) {
            hides = if one.firm { return Hides::Firmly } else { Hides::Yes };
        }
        hides
    }

    #[must_use]
    pub fn keeps(&self, name: &[u8]) -> bool {
        self.keep.iter().any(|glob| matches_name(glob.as_bytes(), name))
    }

    /// For `guarded policy show`: each key with its globs.
    #[must_use]
    pub fn lists(&self) -> [(&'static str, Vec<&str>); 4] {
        let hidden = |production: bool| {
            let fits = move |one: &&Hidden| one.production == production;
            self.hide.iter().filter(fits).map(|one| one.names.as_str()).collect()
        };
        [
            ("credentials.hide", hidden(false)),
            ("credentials.hide_production", hidden(true)),
            ("credentials.keep", self.keep.iter().map(String::as_str).collect()),
            ("credentials.files", self.files.iter().map(String::as_str).collect()),
        ]
    }
}

/// A key that any file may set.
pub(super) fn only_hides(key: &str) -> bool {
    key.starts_with("credentials.hide") || key == "credentials.files"
}

/// One key of the table.
pub(super) fn read<'t>(
    document: &Document<'t>,
    entry: &Entry<'_, 't>,
    reader: Reader<'_>,
    keys: &mut CredentialKeys,
) -> Read<()> {
    match entry.name {
        "hide" => keys.hide = hidable(document, entry)?,
        "hide_production" => keys.hide_production = hidable(document, entry)?,
        "keep" => keys.keep = document.strings(entry)?,
        "files" => keys.files = whole_paths(document, entry, reader)?,
        _ => {
            for (at, table) in document.tables(entry)? {
                let from = document.from(&at);
                let mut made = Allow {
                    commands: vec![],
                    verbs: None,
                    flags: None,
                    paths: None,
                    env: vec![],
                    through: vec![],
                    from,
                };
                let (mut names, mut files) = (Vec::new(), Vec::new());
                for inner in document.entries("credentials.grant[]", table)? {
                    match inner.name {
                        "names" => names = document.strings(&inner)?,
                        "files" => files = whole_paths(document, &inner, reader)?,
                        "command" => made.commands = document.strings(&inner)?,
                        _ => made.verbs = Some(document.strings(&inner)?),
                    }
                }
                for (key, missing) in
                    [("names", names.is_empty() && files.is_empty()), ("command", made.commands.is_empty())]
                {
                    if missing {
                        return Err(document.missing(&at, &format!("credentials.grant[].{key}")));
                    }
                }
                keys.grants.push(Grant { names, files, entry: made });
            }
        }
    }
    Ok(())
}

/// A glob may cover what is needed, a name must not be it.
fn hidable<'t>(document: &Document<'t>, entry: &Entry<'_, 't>) -> Read<Vec<String>> {
    let names = document.texts(entry)?;
    let needed = |name: &str| !name.contains(['*', '?']) && is_needed(name.as_bytes());
    match names.iter().find(|(_, name)| needed(name)) {
        Some((at, name)) => {
            let takes = format!("names of variables that a shell and the guard can do without, and {name} is none");
            Err(document.wrong(at, Fault::Wants { key: entry.dotted.clone(), takes }))
        }
        None => Ok(names.into_iter().map(|(_, name)| name).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(hide: &[&str], keep: &[&str]) -> CredentialKeys {
        let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
        CredentialKeys { hide: owned(hide), keep: owned(keep), ..CredentialKeys::default() }
    }

    #[test]
    fn a_stricter_file_hides_what_another_one_keeps() {
        let mut joined = Credentials::default();
        joined.extend(keys(&["AWS_*"], &["AWS_REGION"]));
        assert_eq!(joined.hides(b"AWS_REGION", || false), Hides::Yes);
        assert!(joined.keeps(b"AWS_REGION"));
        joined.tighten(keys(&["*_REGION"], &["*"]));
        assert_eq!(joined.hides(b"AWS_REGION", || false), Hides::Firmly);
        assert!(!joined.keeps(b"AWS_SECRET_ACCESS_KEY"));
        assert_eq!(joined.hides(b"GH_TOKEN", || false), Hides::No);
    }

    #[test]
    fn what_a_guard_or_shell_needs_is_needed() {
        for name in ["PATH", "HOME", "XDG_CONFIG_HOME", "CLAUDECODE", "AI_AGENT", "GUARDED_X"] {
            assert!(is_needed(name.as_bytes()), "{name}");
        }
        assert!(!is_needed(b"AWS_PROFILE"));
    }
}
