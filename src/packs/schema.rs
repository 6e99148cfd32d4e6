//! The rule packs' format (docs/packs.md), read from TOML and refused with a sentence where it is wrong.
//!
//! `build.rs` shares this file by path, so it uses nothing of the crate.

use serde::{Deserialize, Serialize};

/// What a command does to its target.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    Delete,
    Overwrite,
    Expose,
    Disable,
    Execute,
    Publish,
    Spend,
}

/// What it does it to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    Files,
    Disk,
    Repository,
    History,
    Database,
    Table,
    Backup,
    Snapshot,
    Volume,
    Cluster,
    Infrastructure,
    Account,
    Credential,
    Queue,
    Package,
    System,
    Network,
    Process,
    Guard,
}

/// How bad it is, before context; steps up and down this list are what `lower` and `raise` count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
    /// Can't be switched off, lowered or waived.
    Catastrophic,
}
