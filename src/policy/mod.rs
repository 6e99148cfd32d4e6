//! Files → `Policy`: layers, waivers, contexts. `load` is the edge; the rest is pure.

use std::collections::BTreeMap;

use crate::packs::{Effect, Severity, Target};

/// What holds here and now, all layers joined.
#[derive(Clone, Debug)]
pub struct Policy {
    pub mode: Mode,
    /// Severity → verdict, before overrides.
    pub table: BTreeMap<Severity, Verdict>,
    pub overrides: Vec<Override>,
    pub contexts: Vec<Context>,
    pub waivers: Vec<Waiver>,
    pub require_exec: bool,
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    pub rule: Option<String>,
    pub effect: Vec<Effect>,
    pub target: Vec<Target>,
    pub decision: Verdict,
}

/// How this place tells production from a playground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    pub name: String,
    pub hosts: Vec<String>,
    pub kube_contexts: Vec<String>,
    pub aws_profiles: Vec<String>,
    pub raise: i8,
}

/// Leave for one rule, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    pub rule: String,
    pub path: Option<String>,
    pub until: jiff::civil::Date,
    pub reason: String,
}
