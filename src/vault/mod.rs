//! Undo: what a permitted command would destroy is kept before it runs, and comes back on demand. Edge: links, copies and
//! moves files, runs git.
//!
//! An act of keeping is a folder of the vault with a manifest; the things themselves lie there, or in a folder of their
//! own on the file system that they come from.

mod entry;
mod named;
mod why;
mod place;
mod tree;
mod survey;
mod losses;
mod git;
mod keep;
mod foresee;
mod after;
mod same;
mod restore;
mod prune;

use std::io;
use std::path::{Path, PathBuf};

pub use entry::{How, Item, Left, Manifest, Raw, Reference, Shape};
pub use keep::{Kept, Request, Vault};
pub use losses::{Fate, Loss, Losses, is_alone, is_unseen, losses, losses_of};
pub use prune::Pruned;
pub use restore::{Call, Outcome, Restored};

/// The folder of the vault in the state directory.
pub const FOLDER: &str = "vault";

impl Vault {
    #[must_use]
    pub fn of(state: &Path, budget: crate::policy::Undo) -> Vault {
        Vault { home: state.join(FOLDER), budget }
    }

    /// What was kept, the newest first, with the folders that can't be read.
    pub fn entries(&self) -> io::Result<(Vec<Manifest>, Vec<PathBuf>)> {
        entry::all(&self.home)
    }
}
