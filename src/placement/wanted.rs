//! From a row of the table to what is to be in which file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::json::{Edit, Put};
use super::means::Means;
use super::table::{Agent, Entry, Is, Piece, Scope, Starts};
use super::texts::{self, GENERIC};
use super::trouble::Trouble;

/// Something that is to be in one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Want {
    Settings(Vec<Edit>),
    /// Lines between marks.
    Lines(String),
    Program {
        text: String,
        mode: u32,
    },
    Link(String),
}

/// A file as it is named, and what is to be in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub path: PathBuf,
    pub want: Want,
}

/// All that one placement wants. `path_too`: also that the launchers stand first on PATH.
pub fn of_agent(agent: &Agent, means: &Means, path_too: bool) -> Result<Vec<Wanted>, Trouble> {
    let mut wanted = Vec::new();
    let launched = agent.starts != Starts::Setting && means.scope == Scope::User;
    let pieces = agent.pieces.iter().filter(|piece| piece.scope() == means.scope);
    for piece in pieces {
        wanted.push(match piece {
            Piece::Settings { file, entries, .. } => Wanted {
                path: means.path(file, Some(agent)),
                want: Want::Settings(entries.iter().map(|entry| edit(entry, agent, means)).collect()),
            },
            Piece::Program { file, text, mode, .. } => Wanted {
                path: means.path(file, Some(agent)),
                want: Want::Program { text: texts::whole(*text, agent, means), mode: *mode },
            },
        });
    }
    if wanted.is_empty() && !launched {
        return Err(Trouble::NoSuchScope { name: agent.name.to_owned(), scope: means.scope });
    }
    if agent.starts == Starts::ByVariable && launched || agent.uses_links(means.scope) {
        wanted.splice(0..0, links(means));
    }
    if launched {
        for program in agent.programs {
            wanted.push(launcher(program, agent.name, agent.starts, means));
        }
        if path_too {
            wanted.extend(first_on_path(means));
        }
    }
    Ok(wanted)
}

/// A launcher for a program that is in no table.
pub fn of_program(program: &str, means: &Means, path_too: bool) -> Result<Vec<Wanted>, Trouble> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_.+".contains(c);
    if program.is_empty() || program.starts_with(['-', '.']) || !program.chars().all(fine) {
        return Err(Trouble::NoProgramName(program.to_owned()));
    }
    let mut wanted = vec![launcher(program, GENERIC, Starts::Watched, means)];
    if path_too {
        wanted.extend(first_on_path(means));
    }
    Ok(wanted)
}

pub(super) fn launcher(program: &str, agent: &str, starts: Starts, means: &Means) -> Wanted {
    let text = texts::launcher(program, agent, starts, means);
    let path = PathBuf::from(&means.launchers).join(program);
    Wanted { path, want: Want::Program { text, mode: 0o755 } }
}

/// The shell under names that agents take.
#[must_use]
pub fn links(means: &Means) -> [Wanted; 2] {
    ["bash", "sh"].map(|name| Wanted { path: PathBuf::from(means.link(name)), want: Want::Link(means.shell.clone()) })
}

fn first_on_path(means: &Means) -> Vec<Wanted> {
    let (files, is_fish) = means.start_up_files();
    let lines = if is_fish { texts::fish_lines(means) } else { texts::path_lines(means) };
    files.into_iter().map(|path| Wanted { path, want: Want::Lines(lines.clone()) }).collect()
}

impl Piece {
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Piece::Settings { scope, .. } | Piece::Program { scope, .. } => *scope,
        }
    }
}

impl Agent {
    fn uses_links(&self, scope: Scope) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Settings { entries, .. } if piece.scope() == scope => {
                entries.iter().any(|entry| matches!(entry.is, Is::Bash | Is::Profile))
            }
            Piece::Settings { .. } | Piece::Program { .. } => false,
        })
    }

    /// Whose settings can be written for it.
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        let mut scopes: Vec<Scope> = self.pieces.iter().map(Piece::scope).collect();
        if self.starts != Starts::Setting {
            scopes.push(Scope::User);
        }
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}

fn edit(entry: &Entry, agent: &Agent, means: &Means) -> Edit {
    let path = entry.path.iter().map(|key| (*key).to_owned()).collect();
    let hook = || texts::hook_command(agent, means);
    let put = match entry.is {
        Is::Bash => Put::Value(Value::from(means.link("bash"))),
        Is::Word(word) => Put::Value(Value::from(word)),
        Is::Number(number) => Put::Value(Value::from(number)),
        Is::Profile => Put::Value(json!({"path": means.link("bash")})),
        Is::Hook { matcher, most } => Put::Element(json!({
            "matcher": matcher,
            "hooks": [{"type": "command", "command": hook(), "timeout": most}],
        })),
        Is::PlainHook { most } => Put::Element(json!({"type": "command", "bash": hook(), "timeoutSec": most})),
    };
    Edit { path, put }
}
