//! Which tracked files hold something that HEAD lacks: work tree against index by date or content, index against HEAD by
//! tree. A deletion loses nothing that HEAD lacks, so it is counted apart.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

use bstr::{BString, ByteSlice};
use sha1::{Digest, Sha1};

use super::index::{Entry, Index, is_below, parse};
use super::objects::Oid;
use super::tree::FOLDER;
use super::{Repository, SMALL};
use crate::command::Sight;
use crate::look::budget::Budget;
use crate::look::sight::regular;

const INDEX_LIMIT: u64 = 128 << 20;
const LINK: u32 = 0o120_000;
const GITLINK: u32 = 0o160_000;

/// The index with the date that tells which of its own dates can be trusted.
#[derive(Debug, Default)]
pub struct Listed {
    pub index: Index,
    written: (i64, i64),
    /// Contents may differ from their blobs without a change: filters, line ends, encodings.
    converts: bool,
}

/// What differs from HEAD among tracked files below a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Files whose content in the work tree is not the index's.
    pub modified: usize,
    /// Files whose content in the index is not HEAD's.
    pub staged: usize,
    /// Tracked files that are gone.
    pub deleted: usize,
    /// Some could not be compared: a filter, a submodule, the budget.
    pub unsure: bool,
}

impl Changes {
    /// Whether HEAD brings everything back; `None` if that can't be told.
    #[must_use]
    pub fn none(&self) -> Option<bool> {
        match (self.modified + self.staged, self.unsure) {
            (0, true) => None,
            (count, _) => Some(count == 0),
        }
    }
}

enum Compared {
    Same,
    Differs,
    Gone,
    Unsure,
}

impl Repository {
    /// `None` where the index is of a kind that is not read.
    #[must_use]
    pub fn listed(&self) -> Option<Listed> {
        let path = self.git_dir.join("index");
        match regular(&path, INDEX_LIMIT) {
            Ok(data) => {
                let meta = std::fs::metadata(&path).ok()?;
                let index = parse(&data)?;
                let converts = self.may_convert(&index);
                Some(Listed { index, written: (meta.mtime(), meta.mtime_nsec()), converts })
            }
            Err(Sight::Missing) => Some(Listed::default()),
            Err(_) => None,
        }
    }

    /// What differs below `path`, an index name.
    #[must_use]
    pub fn changes(&self, listed: &Listed, path: &[u8], budget: &mut Budget) -> Changes {
        let mut changes = Changes::default();
        for entry in listed.index.below(path) {
            if !budget.entry() {
                changes.unsure = true;
                break;
            }
            match self.compared(entry, listed, budget) {
                Compared::Same => {}
                Compared::Differs => changes.modified += 1,
                Compared::Gone => changes.deleted += 1,
                Compared::Unsure => changes.unsure = true,
            }
        }
        match self.staged(&listed.index, path, budget) {
            Some((staged, deleted)) => {
                changes.staged = staged;
                changes.deleted += deleted;
            }
            None => changes.unsure = true,
        }
        changes
    }

    fn compared(&self, entry: &Entry, listed: &Listed, budget: &mut Budget) -> Compared {
        let path = self.absolute(&entry.path);
        let Ok(meta) = std::fs::symlink_metadata(&path) else { return Compared::Gone };
        if entry.stage != 0 || entry.intent_to_add {
            return Compared::Differs;
        }
        if entry.mode == GITLINK {
            // A submodule that was never filled is an empty folder; a filled one has a life of its own.
            let empty = std::fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none());
            return if empty { Compared::Same } else { Compared::Unsure };
        }
        let is_link = entry.mode == LINK;
        if is_link != meta.file_type().is_symlink() || !is_link && !meta.is_file() {
            return Compared::Differs;
        }
        let executable = meta.mode() & 0o100 != 0;
        let modes_count = self.config.last(b"core.filemode").is_none() || self.config.is_true(b"core.filemode");
        if !is_link && modes_count && executable != (entry.mode & 0o100 != 0) {
            return Compared::Differs;
        }
        if dates_agree(entry, &meta) && (i64::from(entry.mtime.0), i64::from(entry.mtime.1)) < listed.written {
            return Compared::Same;
        }
        if !budget.file(meta.len()) {
            return Compared::Unsure;
        }
        let content = if is_link {
            std::fs::read_link(&path).ok().map(|target| target.as_os_str().as_bytes().to_vec())
        } else {
            regular(&path, meta.len()).ok()
        };
        match content {
            Some(content) if blob_id(&content) == entry.oid => Compared::Same,
            Some(_) if is_link || !listed.converts => Compared::Differs,
            Some(_) | None => Compared::Unsure,
        }
    }

    fn may_convert(&self, index: &Index) -> bool {
        let settings = [&b"core.autocrlf"[..], b"core.eol", b"core.attributesfile"];
        settings.iter().any(|name| self.config.last(name).is_some())
            || regular(&self.common_dir.join("info/attributes"), SMALL).is_ok_and(|text| !text.trim().is_empty())
            || index.entries.iter().any(|entry| entry.path.ends_with(b".gitattributes"))
    }

    /// Index against HEAD: how many entries HEAD lacks, and how many of HEAD's it lacks.
    fn staged(&self, index: &Index, path: &[u8], budget: &mut Budget) -> Option<(usize, usize)> {
        let entries = index.below(path);
        let Some(commit) = self.head_commit()? else { return Some((entries.len(), 0)) };
        let root = self.objects.tree_of(&commit)?;
        let Some(top) = self.entry_at(&root, path)? else { return Some((entries.len(), 0)) };
        let mut in_head = BTreeMap::new();
        let mut equal = BTreeSet::new();
        let mut open = vec![(BString::from(path), top.mode, top.oid)];
        while let Some((name, mode, oid)) = open.pop() {
            if !budget.entry() {
                return None;
            }
            if mode != FOLDER {
                in_head.insert(name, (mode, oid));
            } else if index.cached_at(&name).is_some_and(|tree| tree.oid == Some(oid)) {
                equal.insert(name);
            } else {
                let entries = self.tree(&oid)?;
                if !budget.read(entries.len() as u64 * 32) {
                    return None;
                }
                open.extend(entries.into_iter().map(|entry| (below(&name, &entry.name), entry.mode, entry.oid)));
            }
        }
        let mut staged = 0;
        for entry in entries {
            let same = match in_head.remove(&entry.path) {
                Some(known) => known == (entry.mode, entry.oid),
                None => equal_above(&equal, &entry.path),
            };
            staged += usize::from(!same);
        }
        Some((staged, in_head.len()))
    }
}

fn below(folder: &[u8], name: &[u8]) -> BString {
    if folder.is_empty() { name.into() } else { bstr::join("/", [folder, name]).into() }
}

/// Whether a folder above (or the root) is known to equal HEAD's.
fn equal_above(equal: &BTreeSet<BString>, path: &[u8]) -> bool {
    let ends = path.find_iter(b"/").filter_map(|at| path.get(..at)).chain([&b""[..]]);
    let mut folders = ends.filter(|folder| equal.contains(folder.as_bstr()));
    folders.any(|folder| is_below(path, folder))
}

/// Size, both dates and inode as git noted them. The change date is what a forged `touch -d` can't set.
fn dates_agree(entry: &Entry, meta: &Metadata) -> bool {
    let same = |noted: (u32, u32), seconds: i64, nanos: i64| {
        i64::from(noted.0) == seconds && (noted.1 == 0 || i64::from(noted.1) == nanos)
    };
    // git stores the low 32 bits.
    #[expect(clippy::cast_possible_truncation, reason = "git stores the low 32 bits")]
    let (size, ino) = (meta.len() as u32, meta.ino() as u32);
    size == entry.size
        && ino == entry.ino
        && same(entry.mtime, meta.mtime(), meta.mtime_nsec())
        && same(entry.ctime, meta.ctime(), meta.ctime_nsec())
}

fn blob_id(content: &[u8]) -> Oid {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", content.len()));
    hash.update(content);
    hash.finalize().into()
}
