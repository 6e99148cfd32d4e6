//! Everything below a path, counted within a budget, without following a link or crossing into another file system.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::budget::Budget;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    File,
    Folder,
    /// A symbolic link, a socket, a device.
    Other,
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub path: PathBuf,
    pub kind: Kind,
    pub born: Option<SystemTime>,
}

/// What stands at and below a path.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// The path itself comes first.
    pub entries: Vec<Entry>,
    pub files: usize,
    pub bytes: u64,
    /// All of it was seen.
    pub complete: bool,
}

impl Census {
    /// No file and no link: folders only, or one file without a byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes == 0 && (self.entries.iter().all(|entry| entry.kind == Kind::Folder) || self.is_one_file())
    }

    fn is_one_file(&self) -> bool {
        self.entries.len() == 1 && self.files == 1
    }

    fn add(&mut self, path: PathBuf, meta: &Metadata) -> Kind {
        let kind = match meta.file_type() {
            kind if kind.is_dir() => Kind::Folder,
            kind if kind.is_file() => Kind::File,
            _ => Kind::Other,
        };
        if kind != Kind::Folder {
            self.files += 1;
        }
        if kind == Kind::File {
            self.bytes = self.bytes.saturating_add(meta.len());
        }
        self.entries.push(Entry { path, kind, born: meta.created().ok() });
        kind
    }
}

#[must_use]
pub fn census(path: &Path, meta: &Metadata, budget: &mut Budget) -> Census {
    let mut census = Census { complete: true, ..Census::default() };
    let mut folders = Vec::new();
    if census.add(path.to_owned(), meta) == Kind::Folder {
        folders.push(path.to_owned());
    }
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            census.complete = false;
            continue;
        };
        for entry in entries {
            if !budget.entry() {
                census.complete = false;
                return census;
            }
            let Some((path, below)) = entry.ok().and_then(|entry| Some((entry.path(), entry.metadata().ok()?))) else {
                census.complete = false;
                continue;
            };
            if below.is_dir() && below.dev() == meta.dev() {
                folders.push(path.clone());
            } else if below.is_dir() {
                census.complete = false;
            }
            census.add(path, &below);
        }
    }
    census
}
