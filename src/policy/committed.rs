//! Project policies as they stand in HEAD, so that an edit which nobody has committed can't loosen them.

use std::path::Path;

use super::load::PROJECT_FILE;
use crate::look::git::objects::Kind;
use crate::look::git::{self, Found};

/// So many folders of a command's are looked up in their repositories.
const MOST_FOLDERS: usize = 64;
const PLAIN_FILE: u32 = 0o100_000;
const KINDS: u32 = 0o170_000;

#[derive(Default)]
pub struct Committed {
    looked_up: usize,
}

impl Committed {
    /// What HEAD has in a folder; `None` where there is no such file, no repository, or one that is not read.
    pub fn text(&mut self, folder: &Path) -> Option<Vec<u8>> {
        self.looked_up += 1;
        if self.looked_up > MOST_FOLDERS {
            return None;
        }
        let folder = std::fs::canonicalize(folder).ok()?;
        let Found::Repository(repository) = git::find(&folder) else { return None };
        let name = folder.join(PROJECT_FILE);
        let root = repository.objects.tree_of(&repository.head_commit()??)?;
        let entry = repository.entry_at(&root, repository.relative(&name)?)??;
        let (kind, bytes) = repository.objects.read(&entry.oid).filter(|_| entry.mode & KINDS == PLAIN_FILE)?;
        (kind == Kind::Blob).then_some(bytes)
    }
}
