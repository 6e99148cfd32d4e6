//! Project policies as they stand in HEAD, so that an edit which nobody has committed can't loosen them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::load::PROJECT_FILE;
use crate::look::git::objects::{Kind, Oid};
use crate::look::git::{self, Found, Repository};

/// So many folders of a command's are looked up in their repositories.
const MOST_FOLDERS: usize = 64;
const PLAIN_FILE: u32 = 0o100_000;
const KINDS: u32 = 0o170_000;

/// A repository, and the tree of its HEAD.
struct Head {
    repository: Box<Repository>,
    root: Oid,
}

#[derive(Default)]
pub struct Committed {
    looked_up: usize,
    /// Folders by the names that they were asked for with, without links.
    real: HashMap<PathBuf, PathBuf>,
    /// By real folders, of which the outer ones mostly come first: the one that a folder belongs to.
    heads: HashMap<PathBuf, Option<Rc<Head>>>,
}

impl Committed {
    /// What HEAD has in a folder; `None` where there is no such file, no repository, or one that is not read.
    pub fn text(&mut self, folder: &Path) -> Option<Vec<u8>> {
        self.looked_up += 1;
        if self.looked_up > MOST_FOLDERS {
            return None;
        }
        let folder = self.without_links(folder)?;
        let head = self.head_of(&folder)?;
        let repository = &head.repository;
        let entry = repository.entry_at(&head.root, repository.relative(&folder.join(PROJECT_FILE))?)??;
        let (kind, bytes) = repository.objects.read(&entry.oid).filter(|_| entry.mode & KINDS == PLAIN_FILE)?;
        (kind == Kind::Blob).then_some(bytes)
    }

    fn without_links(&mut self, folder: &Path) -> Option<PathBuf> {
        let above = folder.parent().and_then(|above| self.real.get(above)).zip(folder.file_name());
        let real = match above.map(|(above, name)| above.join(name)) {
            Some(real) if std::fs::symlink_metadata(&real).ok()?.is_dir() => real,
            _ => std::fs::canonicalize(folder).ok()?,
        };
        self.real.insert(folder.to_owned(), real.clone());
        Some(real)
    }

    fn head_of(&mut self, folder: &Path) -> Option<Rc<Head>> {
        if let Some(known) = self.heads.get(folder) {
            return known.clone();
        }
        let head = match git::find_at(folder) {
            Some(Found::Repository(repository)) => head(repository).map(Rc::new),
            Some(Found::Unreadable | Found::Nothing) => None,
            None => folder.parent().and_then(|above| self.head_of(above)),
        };
        self.heads.insert(folder.to_owned(), head.clone());
        head
    }
}

fn head(repository: Box<Repository>) -> Option<Head> {
    let root = repository.objects.tree_of(&repository.head_commit()??)?;
    Some(Head { repository, root })
}
