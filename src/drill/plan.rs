//! The drills as data.

use std::collections::BTreeMap;

use serde::Deserialize;

/// As they are typed, in the order in which `--all` plays them.
pub const DRILLS: &[(&str, &str)] = &[
    ("nine-seconds", include_str!("../../drills/nine-seconds.toml")),
    ("backups", include_str!("../../drills/backups.toml")),
    ("git-history", include_str!("../../drills/git-history.toml")),
    ("cluster", include_str!("../../drills/cluster.toml")),
    ("fork-bomb-of-deletes", include_str!("../../drills/fork-bomb-of-deletes.toml")),
];

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    pub title: String,
    /// Tools that would reach beyond the folder: each writes down how it was called.
    #[serde(default)]
    pub stubs: Vec<String>,
    /// Real programs that it needs beside the common ones, for work on the folder itself.
    #[serde(default)]
    pub needs: Vec<String>,
    /// For the plain bash, in the project, before a step.
    #[serde(default)]
    pub before: String,
    /// By their paths in the throw-away folder.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    pub each: Option<Each>,
    pub step: Vec<Step>,
}

/// Numbered folders with numbered files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    pub folders: u32,
    pub of: String,
    pub files: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub says: String,
    pub must: Must,
    /// The text that the shell gets; `{n}` is the number of the repeat.
    pub run: String,
    /// Files that must be as they were.
    #[serde(default)]
    pub keeps: Vec<String>,
    /// How stubs may be called all the same: to look.
    #[serde(default)]
    pub looks: Vec<String>,
    pub prints: Option<String>,
    /// Commands of its own, several at once.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// What must come of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Must {
    /// No effect: no stub started, each file as it was.
    Stop,
    Run,
    /// A person says yes, and undo brings back what went.
    ComeBack,
    /// A person says yes each time, until a limit ends it.
    Limit,
    /// Refused while the guard is locked.
    Lock,
    /// Ended by `lock --kill`.
    Kill,
}

#[must_use]
pub fn named(name: &str) -> Option<(&'static str, Drill)> {
    let (name, text) = DRILLS.iter().find(|(known, _)| *known == name)?;
    toml::from_str(text).ok().map(|drill| (*name, drill))
}
