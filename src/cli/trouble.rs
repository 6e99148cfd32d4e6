//! What can go wrong with a verb, and what to type instead.

use std::io::ErrorKind;
use std::path::PathBuf;

use crate::confirm::Doubtful;
use crate::packs::PackError;
use crate::show::{Exit, Explain};
use crate::store::{State, StoreError};

#[derive(Debug)]
pub enum Trouble {
    NoVerb,
    NoHome,
    NoCommand,
    NoFolder(PathBuf),
    Io {
        what: String,
        error: std::io::Error,
    },
    Store(StoreError),
    NotAnswered {
        id: String,
        why: Doubtful,
    },
    NotPaused(Doubtful),
    NotUnlocked(Doubtful),
    NotPruned(Doubtful),
    /// The vault can't be read or written.
    Vault(String),
    NothingKept,
    NoSuchEntry {
        id: String,
    },
    NoAge,
    NoSuchRequest {
        id: String,
    },
    NoSuchRule {
        id: String,
        near: Option<String>,
    },
    NoSuchPack {
        pack: String,
        near: Option<String>,
    },
    NoSuchHook {
        name: String,
        near: Option<String>,
    },
    NoSuchDrill {
        name: String,
        near: Option<String>,
    },
    NoSuchPlaybook {
        name: String,
        near: Option<String>,
    },
    /// A guard above would ask about each of its steps, and count them.
    DrillFromInside,
    /// Its folder can't be made or its parts not be started.
    Drill(String),
    NoDuration,
    NotADuration(String),
    NotATime(String),
    NotANumber(String),
    BrokenTrail {
        line: u64,
        why: &'static str,
    },
    WrongPacks(Vec<PackError>),
    NoPacks,
    NoToolName(String),
    IsThere(PathBuf),
    TooBig {
        path: PathBuf,
        most: u64,
    },
    PolicyTest(Vec<String>),
}

impl From<Trouble> for Box<dyn Explain> {
    fn from(trouble: Trouble) -> Self {
        Box::new(trouble)
    }
}

impl Explain for Trouble {
    fn what(&self) -> String {
        match self {
            Trouble::NoVerb => "say what to do".to_owned(),
            Trouble::NoHome => "there is no HOME, so there is no place for requests and the trail".to_owned(),
            Trouble::NoCommand => "say which command".to_owned(),
            Trouble::NoFolder(path) => format!("there is no folder {}", path.display()),
            Trouble::Io { what, error } => format!("{what}: {}", in_our_words(error)),
            Trouble::Store(error) => format!("the requests can't be read: {}", store_words(error)),
            Trouble::NotAnswered { id, why } => format!("{id} is as before: {}", doubt(why)),
            Trouble::NotPaused(why) => format!("not paused: {}", doubt(why)),
            Trouble::NotUnlocked(why) => format!("it stays locked: {}", doubt(why)),
            Trouble::NotPruned(why) => format!("all is still kept: {}", doubt(why)),
            Trouble::Vault(why) => format!("the vault: {}", crate::show::words::without_misleading(why)),
            Trouble::NothingKept => "nothing is kept that was not brought back".to_owned(),
            Trouble::NoSuchEntry { id } => format!("nothing is kept as {id}"),
            Trouble::NoAge => "say how old, or --all".to_owned(),
            Trouble::NoSuchRequest { id } => format!("there is no request {id}"),
            Trouble::NoSuchRule { id, .. } => format!("there is no rule {id}"),
            Trouble::NoSuchPack { pack, .. } => format!("there is no pack {pack}"),
            Trouble::NoSuchHook { name, .. } => format!("there is no hook for {name:?}"),
            Trouble::NoSuchDrill { name, .. } => format!("there is no drill {name:?}"),
            Trouble::NoSuchPlaybook { name, .. } => format!("there is no playbook {name:?}"),
            Trouble::DrillFromInside => {
                "not from below an agent or a guarded shell: a drill's steps would be asked about and counted there"
                    .to_owned()
            }
            Trouble::Drill(why) => {
                format!("the drill can't be played: {}", crate::show::words::without_misleading(why))
            }
            Trouble::NoDuration => "say for how long".to_owned(),
            Trouble::NotADuration(text) => format!("{text:?} is no duration"),
            Trouble::NotATime(text) => format!("{text:?} is no time"),
            Trouble::NotANumber(text) => format!("{text:?} is no number"),
            Trouble::BrokenTrail { line, why } => format!("the trail is broken at line {line}: {why}"),
            Trouble::WrongPacks(errors) => counted(errors.len(), "with the pack"),
            Trouble::PolicyTest(errors) => counted(errors.len(), "with the policy"),
            Trouble::NoPacks => {
                "there are no rules of your own in ~/.config/guarded/rules or /etc/guarded/rules".to_owned()
            }
            Trouble::NoToolName(text) => format!("{text:?} is no name for a pack: small letters, digits and dashes"),
            Trouble::IsThere(path) => format!("{} is there already", path.display()),
            Trouble::TooBig { path, most } => format!("{} is larger than {most} bytes", path.display()),
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Trouble::WrongPacks(errors) => errors.iter().flat_map(PackError::lines).collect(),
            Trouble::PolicyTest(errors) => errors.clone(),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Trouble::NoHome => vec!["HOME=/home/me guarded pending".to_owned()],
            Trouble::NoVerb => vec!["guarded help".to_owned()],
            Trouble::NoCommand => vec!["guarded check -c 'git status'".to_owned()],
            Trouble::NoSuchRequest { .. } => vec!["guarded pending".to_owned()],
            Trouble::NoSuchRule { near: Some(near), .. } => vec![format!("guarded rules show {near}")],
            Trouble::NoSuchPack { near: Some(near), .. } => vec![format!("guarded rules list {near}")],
            Trouble::NoSuchRule { near: None, .. } | Trouble::NoSuchPack { near: None, .. } => {
                vec!["guarded rules list".to_owned()]
            }
            Trouble::NoSuchHook { near, .. } => {
                vec![format!("guarded hook {}", near.as_deref().unwrap_or("claude-code"))]
            }
            Trouble::NoSuchDrill { near, .. } => {
                vec![format!("guarded drill {}", near.as_deref().unwrap_or("nine-seconds"))]
            }
            Trouble::NoSuchPlaybook { near, .. } => {
                vec![format!("guarded drill --playbook {}", near.as_deref().unwrap_or("lock"))]
            }
            Trouble::DrillFromInside => vec!["guarded drill --playbook".to_owned()],
            Trouble::NoDuration | Trouble::NotADuration(_) => vec!["guarded pause 10m".to_owned()],
            Trouble::NothingKept | Trouble::NoSuchEntry { .. } => {
                vec!["guarded undo list".to_owned()]
            }
            Trouble::NoAge => vec!["guarded undo prune --older 2d".to_owned()],
            Trouble::NotANumber(_) => vec!["guarded log --last 20".to_owned()],
            Trouble::NotATime(_) => vec!["guarded log --since 2h".to_owned()],
            Trouble::BrokenTrail { .. } => vec!["guarded log --format json".to_owned()],
            Trouble::NotAnswered { why: Doubtful::NoSuchRequest | Doubtful::Expired, .. } => {
                vec!["guarded pending".to_owned()]
            }
            Trouble::NoPacks => vec!["guarded rules new TOOL".to_owned()],
            Trouble::NoToolName(_) => vec!["guarded rules new acme".to_owned()],
            Trouble::IsThere(_) => vec!["the same with --print, and compare".to_owned()],
            Trouble::TooBig { .. } => vec!["split it: one file a tool".to_owned()],
            Trouble::PolicyTest(_) => vec!["guarded policy explain COMMAND".to_owned()],
            Trouble::NoFolder(_)
            | Trouble::Io { .. }
            | Trouble::Store(_)
            | Trouble::NotAnswered { .. }
            | Trouble::NotPaused(_)
            | Trouble::NotUnlocked(_)
            | Trouble::NotPruned(_)
            | Trouble::Vault(_)
            | Trouble::Drill(_)
            | Trouble::WrongPacks(_) => Vec::new(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Trouble::NoVerb
            | Trouble::NoCommand
            | Trouble::NoFolder(_)
            | Trouble::NoSuchHook { .. }
            | Trouble::NoSuchDrill { .. }
            | Trouble::NoSuchPlaybook { .. }
            | Trouble::NoDuration
            | Trouble::NoAge
            | Trouble::NotADuration(_)
            | Trouble::NotATime(_)
            | Trouble::NoToolName(_)
            | Trouble::NotANumber(_) => Exit::Usage,
            Trouble::Io { error, .. } if error.kind() == ErrorKind::NotFound => Exit::Unmet,
            Trouble::NoHome | Trouble::Io { .. } | Trouble::Store(_) | Trouble::Vault(_) | Trouble::Drill(_) => {
                Exit::Failed
            }
            Trouble::NotAnswered { .. }
            | Trouble::NotPaused(_)
            | Trouble::NotUnlocked(_)
            | Trouble::NotPruned(_)
            | Trouble::DrillFromInside
            | Trouble::NothingKept
            | Trouble::NoSuchEntry { .. }
            | Trouble::NoSuchRequest { .. }
            | Trouble::NoSuchRule { .. }
            | Trouble::NoSuchPack { .. }
            | Trouble::BrokenTrail { .. }
            | Trouble::WrongPacks(_)
            | Trouble::NoPacks
            | Trouble::IsThere(_)
            | Trouble::TooBig { .. }
            | Trouble::PolicyTest(_) => Exit::Unmet,
        }
    }
}

fn counted(count: usize, with: &str) -> String {
    if count == 1 { format!("one thing is wrong {with}") } else { format!("{count} things are wrong {with}") }
}

/// Not the system's words: agents take some of them for their own containment's.
fn in_our_words(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "it is not there".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::NotADirectory => "a part of the path is no folder".to_owned(),
        kind => crate::show::words::without_misleading(&kind.to_string()),
    }
}

fn store_words(error: &StoreError) -> String {
    crate::show::words::without_misleading(&error.to_string())
}

fn doubt(why: &Doubtful) -> String {
    match why {
        Doubtful::NoSuchRequest => "there is no such request".to_owned(),
        Doubtful::Expired => "it has expired".to_owned(),
        Doubtful::AlreadyDecided(State::Approved) => "it was approved before".to_owned(),
        Doubtful::AlreadyDecided(State::Denied) => "it was denied before".to_owned(),
        Doubtful::AlreadyDecided(State::Used) => "it was used before".to_owned(),
        Doubtful::AlreadyDecided(State::Pending) => "it changed meanwhile".to_owned(),
        Doubtful::FromInside => {
            "this answer comes from the agent that asks; a person's own terminal is needed".to_owned()
        }
        Doubtful::FromGuardedTree => "this answer comes from below a guarded shell".to_owned(),
        Doubtful::SameTerminal => "this is the terminal that the command was asked on; use another one".to_owned(),
        Doubtful::SameSession => "this is the session that the command was asked in; use another one".to_owned(),
        Doubtful::NoPerson(_) => "a person's own terminal is needed".to_owned(),
        Doubtful::Declined => "you did not confirm it".to_owned(),
        Doubtful::TooLong => {
            format!("a pause lasts at most {} hours", crate::confirm::LONGEST_PAUSE.as_secs() / 3600)
        }
        Doubtful::Store(error) => store_words(error),
    }
}
