//! Commands → Findings: which rule minds which command. Pure, and it never excuses: what lowers a finding is a fact that
//! `look` finds and `decide` weighs.

mod line;
mod paths;
mod names;
mod words;
mod texts;
mod judge;
mod matching;
mod destination;
mod folded;

use std::sync::Arc;

use bstr::BString;

use crate::answer::Answer;
use crate::command::{Cause, Word};
use crate::packs::{Effect, Severity, Target};
pub use crate::packs::{Move, Shift, Undo};
use crate::span::Place;
pub use folded::folded;
pub use line::{Line, spelling};
pub use matching::{Nature, is_leaf, matching, nature, unlisted, wants};

/// The part of a rule that messages and decisions need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `pack.act`
    pub id: Arc<str>,
    pub says: String,
    pub why: String,
    pub instead: Vec<String>,
    pub effect: Effect,
    pub target: Target,
    pub severity: Severity,
    pub undo: Undo,
    pub lower: Vec<Shift>,
    pub raise: Vec<Shift>,
}

/// A rule that minds a command.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: Arc<Rule>,
    /// `Yes` or `CannotTell`; a `No` is no finding.
    pub answer: Answer,
    /// What is unknown, where the answer is `CannotTell`.
    pub because: Option<Cause>,
    /// Index into `Model::commands`.
    pub command: usize,
    pub at: Place,
    /// What it would hit: paths, names, URLs, as the rule's grammar says.
    pub operands: Vec<Operand>,
}

/// One thing that a finding would hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    pub kind: OperandKind,
    pub word: Word,
    /// What is put there. Where `word` is a folder, what bears the name of one of these is hit in it, not the folder.
    pub put: Vec<Word>,
}

impl Operand {
    pub fn new(kind: OperandKind, word: Word) -> Operand {
        Operand { kind, word, put: Vec::new() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    Path,
    Url,
    Name,
    Sql,
}

impl Rule {
    /// It deletes what nobody here can bring back, so that it may ask even where its object is unknown.
    #[must_use]
    pub fn is_beyond_recall(&self) -> bool {
        self.effect == Effect::Delete
            && match self.target {
                Target::Database | Target::Backup | Target::Volume | Target::Infrastructure => true,
                Target::Files
                | Target::Disk
                | Target::Repository
                | Target::History
                | Target::Table
                | Target::Snapshot
                | Target::Cluster
                | Target::Account
                | Target::Credential
                | Target::Queue
                | Target::Package
                | Target::System
                | Target::Network
                | Target::Process
                | Target::Guard => false,
            }
    }
}

impl Finding {
    /// What it hits, for messages, elided by `show`.
    #[must_use]
    pub fn hits(&self) -> Vec<BString> {
        self.operands.iter().map(|operand| operand.word.shown()).collect()
    }
}
