//! Why nothing was placed, and what to write or type instead. Whatever it is, no file was changed.

use std::io::ErrorKind;
use std::path::PathBuf;

use bstr::ByteSlice;

use super::json::{Edit, Fault, Wrong};
use super::place::by_hand;
use super::table::{AGENTS, OTHERS, Scope};
use crate::show::words::without_misleading;
use crate::show::{Cited, Exit, Explain};
use crate::span::{Place, Span};

#[derive(Debug)]
pub enum Trouble {
    NoHome,
    /// `guarded-sh` is to lie beside `guarded`.
    NoShell(PathBuf),
    NotText(PathBuf),
    NoSuchAgent {
        name: String,
        near: Option<&'static str>,
    },
    NoSuchScope {
        name: String,
        scope: Scope,
    },
    NoProgramName(String),
    NotPlaced {
        by: String,
        placed: String,
    },
    Wrong(Box<Misfit>),
    /// A whole file of somebody else's stands there.
    IsThere(PathBuf),
    NotAFile(PathBuf),
    TooBig {
        path: PathBuf,
        most: u64,
    },
    Foreign {
        path: PathBuf,
        owner: u32,
    },
    Dangling(PathBuf),
    /// Settings for all users would lead to what is not there for all, or what others may replace.
    NotForAll(PathBuf),
    /// Settings for all users are root's.
    NotRoot,
    LeadsOut {
        path: PathBuf,
        to: PathBuf,
    },
    ChangedMeanwhile(PathBuf),
    Record {
        path: PathBuf,
        why: String,
    },
    State(String),
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
    /// Where the guard stands is for a person to say.
    FromInside,
    NoPerson,
    /// A login shell that can't be set by this user, or not like this.
    NotAllowed(String),
}

/// A place in a settings file that can't take what is wanted.
#[derive(Debug)]
pub struct Misfit {
    place: Place,
    text: Vec<u8>,
    fault: Fault,
    by_hand: Vec<String>,
}

impl Trouble {
    #[must_use]
    pub fn wrong(path: &std::path::Path, text: &[u8], wrong: Wrong, edits: &[Edit]) -> Trouble {
        let at = wrong.at.min(text.len());
        let line = 1 + text.get(..at).unwrap_or_default().find_iter(b"\n").count();
        let end = text.iter().skip(at).position(|byte| *byte == b'\n').map_or(text.len(), |length| at + length);
        let place = Place { source: path.display().to_string().into(), line, span: Span::new(at, end) };
        let by_hand = edits.iter().map(by_hand).collect();
        Trouble::Wrong(Box::new(Misfit { place, text: text.to_vec(), fault: wrong.fault, by_hand }))
    }
}

impl From<Trouble> for Box<dyn Explain> {
    fn from(trouble: Trouble) -> Self {
        Box::new(trouble)
    }
}

impl Explain for Trouble {
    fn what(&self) -> String {
        match self {
            Trouble::NoHome => "there is no HOME, so there is nothing to set up".to_owned(),
            Trouble::NoShell(path) => {
                format!("{} is not there: guarded and guarded-sh lie side by side", path.display())
            }
            Trouble::NotText(path) => format!("{:?} can't be written into a setting", path.display().to_string()),
            Trouble::NoSuchAgent { name, .. } => format!("{name:?} is no agent that init knows"),
            Trouble::NoSuchScope { name, scope } => format!("{name} has no settings {}", whose(*scope)),
            Trouble::NoProgramName(name) => format!("{name:?} is no name of a program: letters, digits, - _ . +"),
            Trouble::NotPlaced { by, .. } => format!("nothing was set up by `guarded init {by}`"),
            Trouble::Wrong(misfit) => format!("nothing was written: {}", said(&misfit.fault)),
            Trouble::IsThere(path) => {
                format!("nothing was written: {} is there already, and not ours", path.display())
            }
            Trouble::NotAFile(path) => format!("{} is no ordinary file", path.display()),
            Trouble::TooBig { path, most } => {
                format!("nothing was written: {} is larger than {} MB", path.display(), most >> 20)
            }
            Trouble::Foreign { path, owner } => {
                format!("nothing was written: {} belongs to uid {owner}", path.display())
            }
            Trouble::Dangling(path) => {
                format!("nothing was written: {} is a link that leads nowhere", path.display())
            }
            Trouble::LeadsOut { path, to } => {
                format!("nothing was written: {} leads out of the project, to {}", path.display(), to.display())
            }
            Trouble::ChangedMeanwhile(path) => {
                format!("nothing was written: {} was changed at the same moment", path.display())
            }
            Trouble::Record { path, why } => format!("{} can't be read: {}", path.display(), without_misleading(why)),
            Trouble::State(why) => format!("what was placed can't be recorded: {}", without_misleading(why)),
            Trouble::Io { path, error } => {
                let why = match error.kind() {
                    ErrorKind::NotFound => "it is not there".to_owned(),
                    kind => without_misleading(&kind.to_string()),
                };
                format!("nothing was written: {}: {why}", path.display())
            }
            Trouble::FromInside => {
                "not from below an agent or a guarded shell: where the guard stands is for a person to say".to_owned()
            }
            Trouble::NoPerson => "to take the guard away a person's own terminal is needed".to_owned(),
            Trouble::NotAllowed(why) => why.clone(),
            Trouble::NotForAll(path) => {
                format!(
                    "nothing was written: {} is not for all users to run, or not for root alone to change",
                    path.display()
                )
            }
            Trouble::NotRoot => "nothing was written: settings for all users are root's".to_owned(),
        }
    }

    fn cited(&self) -> Option<Cited<'_>> {
        match self {
            Trouble::Wrong(misfit) => Some(Cited { place: &misfit.place, text: &misfit.text }),
            _ => None,
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Trouble::Wrong(misfit) => misfit.by_hand.iter().map(|line| format!("wanted: {line}")).collect(),
            Trouble::NotPlaced { placed, .. } if !placed.is_empty() => vec![format!("set up: {placed}")],
            Trouble::NoSuchAgent { .. } => {
                let agents = AGENTS.iter().map(|agent| agent.name).chain(OTHERS.iter().map(|(name, _)| *name));
                vec![format!("known: {}", agents.collect::<Vec<_>>().join(", "))]
            }
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Trouble::NoSuchAgent { near: Some(near), .. } => vec![format!("guarded init {near}")],
            Trouble::NoSuchAgent { name, near: None } => vec![format!("guarded init generic {name}")],
            Trouble::NoSuchScope { name, .. } => {
                let both = || vec![Scope::User, Scope::Managed];
                let scopes = super::table::agent(name).map_or_else(both, super::table::Agent::scopes);
                scopes.iter().map(|scope| format!("guarded init {name} {}", option(*scope))).collect()
            }
            Trouble::NoProgramName(_) => vec!["guarded init generic my-agent".to_owned()],
            Trouble::NotPlaced { .. } | Trouble::NoPerson => vec!["guarded doctor".to_owned()],
            Trouble::Wrong(misfit) if matches!(misfit.fault, Fault::Taken { .. }) => {
                vec!["take that value out, or write the wanted one in its place, and run it again".to_owned()]
            }
            Trouble::Wrong(_) => vec!["mend that line, and run it again".to_owned()],
            Trouble::IsThere(_) => vec!["move it away, or call guarded from it, and run it again".to_owned()],
            Trouble::NotForAll(_) => vec!["sudo ./install.sh --prefix /usr/local, and that guarded".to_owned()],
            Trouble::NotRoot => vec!["the same with sudo -H, or without --managed".to_owned()],
            Trouble::Foreign { .. } => vec!["run it as that user, with that user's HOME".to_owned()],
            _ => Vec::new(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Trouble::NoSuchAgent { .. } | Trouble::NoSuchScope { .. } | Trouble::NoProgramName(_) => Exit::Usage,
            Trouble::NoHome | Trouble::Io { .. } | Trouble::State(_) | Trouble::Record { .. } => Exit::Failed,
            _ => Exit::Unmet,
        }
    }
}

fn said(fault: &Fault) -> String {
    match fault {
        Fault::NotText => "the file is not UTF-8".to_owned(),
        Fault::Syntax(why) => format!("the file can't be read: {}", lower(why)),
        Fault::Taken { key } => format!("{key} has another value already"),
        Fault::NoContainer { key, wanted } => format!("{key} is no {wanted}"),
        Fault::Twice { key } => format!("{key} stands twice"),
        Fault::Unfaithful => "the file could not be changed without changing something else in it".to_owned(),
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn whose(scope: Scope) -> &'static str {
    match scope {
        Scope::User => "of a user",
        Scope::Project => "of a project",
        Scope::Managed => "for all users",
    }
}

/// As it is typed.
#[must_use]
pub fn option(scope: Scope) -> &'static str {
    match scope {
        Scope::User => "--user",
        Scope::Project => "--project",
        Scope::Managed => "--managed",
    }
}
