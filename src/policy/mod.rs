//! Files → `Policy`: layers, waivers, contexts. `load` is the edge; the rest is pure.

pub mod settings;
mod glob;
mod nearest;
mod trouble;
mod document;
mod layer;
mod entries;
mod site;
mod credentials;
mod join;
mod committed;
mod load;
mod lost;
mod own_rules;
pub mod starter;

use std::collections::BTreeMap;

use crate::packs::{Effect, Severity, Target};

pub use credentials::{Credentials, Grant, Hides, is_needed};
pub use document::severity_word;
pub use glob::{matches_name, matches_path};
pub use join::{Layers, join};
pub use layer::Layer;
pub use load::{PROJECT_FILE, Places, Versions, layers, load, load_for, today};
pub use lost::{lost, remember};
pub use nearest::nearest;
pub use own_rules::own_packs;
pub use site::{Agents, Site};
pub use trouble::{Fault, Trouble, Wrong};

/// What holds here and now, all layers joined.
#[derive(Clone, Debug)]
pub struct Policy {
    pub mode: Mode,
    /// Severity → verdict, before overrides.
    pub table: BTreeMap<Severity, Verdict>,
    pub overrides: Vec<Override>,
    pub contexts: Vec<Context>,
    pub waivers: Vec<Waiver>,
    /// A command must be listed in each of them, where there are any.
    pub contracts: Vec<Contract>,
    pub examples: Vec<Example>,
    pub limits: Limits,
    pub undo: Undo,
    pub credentials: Credentials,
    /// Absolute, of files and folders.
    pub protected: Vec<String>,
    /// … that nothing is to write to, by mounts where they can be had.
    pub read_only: Vec<String>,
    /// … or nothing runs.
    pub require_fence: bool,
    /// Seconds that a stopped command waits for an answer; `None`: as long as the agent allows.
    pub wait: Option<u32>,
    /// Branches (globs) that are protected besides the built-in ones.
    pub protected_branches: Vec<String>,
    pub require_exec: bool,
    pub supervise: Supervise,
    pub audit_required: bool,
    /// Where the real bash and sh are, from root's file; empty: the built-in list.
    pub real_bash: Vec<String>,
    pub real_sh: Vec<String>,
    /// SHA-256 over what was read, in hex: decisions and grants name it.
    pub digest: String,
    /// Which file each setting comes from, for `guarded policy show` and messages.
    pub origins: Vec<(String, String)>,
    /// A broken project file: named in the answer; findings then ask at least.
    pub warnings: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Enforce,
    /// Judge and record, stop nothing.
    Observe,
}

/// When the programs that a text starts are judged as they start, where that can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Supervise {
    Off,
    /// Where the text alone does not tell all that will start.
    #[default]
    Auto,
    Always,
}

/// The lattice, from letting go to refusing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Allow,
    Log,
    Ask,
    /// By so many different people.
    Approve(u8),
    Deny,
}

/// Another verdict for some rules, tools, effects or targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// A rule's id or a glob over ids.
    pub rule: Option<String>,
    /// Globs over programs' names; empty: any.
    pub tool: Vec<String>,
    pub effect: Vec<Effect>,
    pub target: Vec<Target>,
    pub decision: Verdict,
    /// From a project, or of a key that root locked: it makes the verdict stricter or does nothing.
    pub only_raises: bool,
    /// `file:line`
    pub from: String,
}

/// How this place tells production from a playground.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    pub name: String,
    pub hosts: Vec<String>,
    pub databases: Vec<String>,
    pub kube_contexts: Vec<String>,
    pub namespaces: Vec<String>,
    pub aws_profiles: Vec<String>,
    pub projects: Vec<String>,
    pub regions: Vec<String>,
    pub workspaces: Vec<String>,
    pub docker_contexts: Vec<String>,
    /// Severity steps; below zero it lowers.
    pub raise: i8,
    /// `file:line`
    pub from: String,
}

/// Leave for one rule, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    pub rule: String,
    /// Absolute, `~` already replaced; a glob.
    pub path: Option<String>,
    pub until: jiff::civil::Date,
    pub reason: String,
    /// `file:line`
    pub from: String,
}

/// `mode = "allowlist"` of one file, or of root's and the user's together: what may run unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Where the mode is set.
    pub from: String,
    pub entries: Vec<Allow>,
}

/// Commands that may run unasked. What is `None` is not limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    pub commands: Vec<String>,
    pub verbs: Option<Vec<String>>,
    pub flags: Option<Vec<String>>,
    /// Absolute globs.
    pub paths: Option<Vec<String>>,
    pub env: Vec<String>,
    pub through: Vec<String>,
    pub from: String,
}

/// A command with what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub command: String,
    pub decision: Verdict,
    pub from: String,
}

/// Counted over time by the breaker; none is set unless a file sets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub files_per_minute: Option<u32>,
    pub bytes_per_minute: Option<u64>,
    pub destructive_per_hour: Option<u32>,
    pub canary: Option<u32>,
}

impl Limits {
    /// Whether anything must be counted across commands.
    #[must_use]
    pub fn count(&self) -> bool {
        self.files_per_minute.is_some() || self.bytes_per_minute.is_some() || self.destructive_per_hour.is_some()
    }
}

/// What is kept for `guarded undo`, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undo {
    pub enabled: bool,
    /// On disk.
    pub bytes: u64,
    /// Files and folders.
    pub files: u64,
    pub days: u32,
}

impl Default for Undo {
    fn default() -> Self {
        Undo { enabled: true, bytes: 2 << 30, files: 200_000, days: 7 }
    }
}

/// The same as one file sets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UndoKeys {
    pub enabled: Option<bool>,
    pub bytes: Option<u64>,
    pub files: Option<u64>,
    pub days: Option<u32>,
}

impl Undo {
    /// `only_more`: what the file sets lower does not count.
    fn set(&mut self, keys: UndoKeys, only_more: bool) {
        fn one<T: Ord + Copy>(value: &mut T, set: Option<T>, only_more: bool) {
            if let Some(set) = set {
                *value = if only_more { set.max(*value) } else { set };
            }
        }
        one(&mut self.enabled, keys.enabled, only_more);
        one(&mut self.bytes, keys.bytes, only_more);
        one(&mut self.files, keys.files, only_more);
        one(&mut self.days, keys.days, only_more);
    }
}

/// All severities, from the mildest.
pub const SEVERITIES: [Severity; 5] =
    [Severity::Low, Severity::Medium, Severity::High, Severity::Critical, Severity::Catastrophic];

impl Default for Policy {
    fn default() -> Self {
        Policy {
            mode: Mode::Enforce,
            table: SEVERITIES.into_iter().map(|severity| (severity, built_in(severity))).collect(),
            overrides: Vec::new(),
            contexts: Vec::new(),
            waivers: Vec::new(),
            contracts: Vec::new(),
            examples: Vec::new(),
            limits: Limits::default(),
            undo: Undo::default(),
            credentials: Credentials::default(),
            protected: Vec::new(),
            read_only: Vec::new(),
            require_fence: false,
            protected_branches: Vec::new(),
            require_exec: false,
            supervise: Supervise::default(),
            audit_required: false,
            wait: None,
            real_bash: Vec::new(),
            real_sh: Vec::new(),
            digest: String::new(),
            origins: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl Policy {
    /// The verdict of a severity, before overrides.
    #[must_use]
    pub fn verdict_of(&self, severity: Severity) -> Verdict {
        self.table.get(&severity).copied().unwrap_or_else(|| built_in(severity)).max(floor(severity))
    }
}

/// What no file can undercut.
#[must_use]
pub fn floor(severity: Severity) -> Verdict {
    match severity {
        Severity::Low | Severity::Medium | Severity::High | Severity::Critical => Verdict::Allow,
        Severity::Catastrophic => Verdict::Deny,
    }
}

fn built_in(severity: Severity) -> Verdict {
    match severity {
        Severity::Low => Verdict::Log,
        Severity::Medium | Severity::High => Verdict::Ask,
        Severity::Critical => Verdict::Approve(1),
        Severity::Catastrophic => Verdict::Deny,
    }
}
