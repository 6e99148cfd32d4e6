//! What can be wrong with a policy file, in a form that a person can act on.

use std::path::PathBuf;
use std::sync::Arc;

use crate::show::{Cited, Exit, Explain};
use crate::span::Place;

/// Why there is no policy to go by. Nothing runs then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    Unreadable {
        path: PathBuf,
        error: String,
    },
    NotAFile {
        path: PathBuf,
    },
    TooBig {
        path: PathBuf,
        most: u64,
    },
    /// Others may write the file, or the folder in which it could be replaced.
    Writable {
        path: PathBuf,
        mode: u32,
    },
    Foreign {
        path: PathBuf,
        owner: u32,
        wanted: u32,
    },
    Wrong(Box<Wrong>),
}

/// Where in which text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub place: Place,
    pub text: Arc<str>,
    pub fault: Fault,
}

/// What a file says wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    NotText,
    Syntax(String),
    UnknownKey {
        key: String,
        near: Option<&'static str>,
        known: Vec<&'static str>,
    },
    /// The key is known, but not in this file.
    Elsewhere {
        key: String,
        file: &'static str,
    },
    Missing {
        key: String,
    },
    Wants {
        key: String,
        takes: String,
    },
    UnknownWord {
        key: String,
        word: String,
        near: Option<String>,
    },
    Fixed {
        key: String,
        floor: &'static str,
    },
    TooLong {
        most: i32,
    },
    Relative {
        key: String,
    },
    /// A project's file can only make things stricter.
    Loosens {
        key: String,
        only: &'static str,
    },
    /// It says nothing without another key.
    Needs {
        key: String,
        other: &'static str,
    },
    Exclude {
        key: String,
        other: &'static str,
    },
    /// The name of no agent that is known.
    NoAgent {
        name: String,
        near: Option<&'static str>,
    },
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Wrong(wrong) => {
                let Wrong { place, text, .. } = &**wrong;
                write!(out, "{}:{}:{}: {}", place.source, place.line, place.column(text.as_bytes()), self.what())?;
                match wrong.fault.hints().first() {
                    Some(hint) => write!(out, "; try {hint}"),
                    None => Ok(()),
                }
            }
            Trouble::Unreadable { .. }
            | Trouble::NotAFile { .. }
            | Trouble::TooBig { .. }
            | Trouble::Writable { .. }
            | Trouble::Foreign { .. } => out.write_str(&self.what()),
        }
    }
}

impl std::error::Error for Trouble {}

impl Explain for Trouble {
    fn what(&self) -> String {
        match self {
            Trouble::Unreadable { path, error } => format!("the policy {} can't be read: {error}", path.display()),
            Trouble::NotAFile { path } => format!("the policy {} is not a regular file", path.display()),
            Trouble::TooBig { path, most } => format!("the policy {} is larger than {most} bytes", path.display()),
            Trouble::Writable { path, mode } => {
                format!("others can write {} (mode {:03o}), so it can't be trusted as policy", path.display(), mode)
            }
            Trouble::Foreign { path, owner, wanted } => format!(
                "{} belongs to user {owner} instead of user {wanted}, so it can't be trusted as policy",
                path.display()
            ),
            Trouble::Wrong(wrong) => wrong.fault.what(),
        }
    }

    fn cited(&self) -> Option<Cited<'_>> {
        match self {
            Trouble::Wrong(wrong) => Some(Cited { place: &wrong.place, text: wrong.text.as_bytes() }),
            Trouble::Unreadable { .. }
            | Trouble::NotAFile { .. }
            | Trouble::TooBig { .. }
            | Trouble::Writable { .. }
            | Trouble::Foreign { .. } => None,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Trouble::Writable { path, .. } => vec![format!("chmod go-w '{}'", path.display())],
            Trouble::Foreign { path, wanted, .. } => vec![format!("chown {wanted} '{}'", path.display())],
            Trouble::Unreadable { path, .. } | Trouble::NotAFile { path } | Trouble::TooBig { path, .. } => {
                vec![format!("ls -lL '{}'", path.display())]
            }
            Trouble::Wrong(wrong) => wrong.fault.hints(),
        }
    }

    fn exit(&self) -> Exit {
        Exit::Failed
    }
}

impl Fault {
    fn what(&self) -> String {
        match self {
            Fault::NotText => "the policy is not UTF-8 text".to_owned(),
            Fault::Syntax(message) => format!("the policy is not TOML: {message}"),
            Fault::UnknownKey { key, .. } => format!("there is no setting {key}"),
            Fault::Elsewhere { key, file } => format!("{key} can only be set in {file}"),
            Fault::Missing { key } => format!("{key} must be given"),
            Fault::Wants { key, takes } => format!("{key} takes {takes}"),
            Fault::UnknownWord { key, word, .. } => format!("{key} does not know {word:?}"),
            Fault::Fixed { key, floor } => format!("{key} is always {floor:?}; no file changes that"),
            Fault::TooLong { most } => format!("a waiver lasts at most {most} days"),
            Fault::Relative { key } => format!("{key} takes absolute paths"),
            Fault::Loosens { key, only } => format!("{key} of a project's file can only be {only}"),
            Fault::Needs { key, other } => format!("{key} says nothing without {other} in the same place"),
            Fault::Exclude { key, other } => format!("{key} and {other} exclude each other"),
            Fault::NoAgent { name, .. } => format!("no agent is called {name:?}"),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Fault::UnknownKey { near: Some(near), .. } => vec![(*near).to_owned()],
            Fault::UnknownKey { near: None, known, .. } => vec![known.join(", ")],
            Fault::UnknownWord { near: Some(near), .. } => vec![near.clone()],
            Fault::Elsewhere { file, .. } => vec![format!("drop it here, or move it into {file}")],
            Fault::Missing { key } => vec![example_of(key)],
            Fault::Fixed { floor, .. } => vec![format!("{floor:?}, or drop the line")],
            Fault::TooLong { .. } => vec!["an earlier date, and another one when it has passed".to_owned()],
            Fault::Relative { .. } => vec!["a path that begins with / or ~/".to_owned()],
            Fault::Loosens { only, .. } => vec![(*only).to_owned()],
            Fault::Needs { other, .. } => vec![(*other).to_owned()],
            Fault::Exclude { .. } => vec!["drop one of them".to_owned()],
            Fault::NoAgent { near: Some(near), .. } => vec![format!("{near:?}")],
            Fault::NoAgent { near: None, .. } => vec!["guarded policy init --print, which lists them".to_owned()],
            Fault::NotText | Fault::Syntax(_) => {
                vec!["guarded policy init --print, which shows one that can be read".to_owned()]
            }
            Fault::UnknownWord { near: None, .. } | Fault::Wants { .. } => Vec::new(),
        }
    }
}

/// A line that gives a missing key.
fn example_of(key: &str) -> String {
    let name = key.rsplit('.').next().unwrap_or(key);
    let value = match name {
        "decision" => "\"ask\"",
        "until" => "2030-01-31",
        "path" => "\"~/scratch/**\"",
        "command" => "\"git\"",
        "rule" => "\"git.reset-hard\"",
        _ => "\"…\"",
    };
    format!("{name} = {value}")
}
