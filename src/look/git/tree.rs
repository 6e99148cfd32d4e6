//! Trees of a commit, looked up by path.

use bstr::{BString, ByteSlice};

use super::Repository;
use super::objects::{Kind, Oid};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeEntry {
    pub mode: u32,
    pub name: BString,
    pub oid: Oid,
}

pub const FOLDER: u32 = 0o040_000;

impl Repository {
    #[must_use]
    pub fn tree(&self, oid: &Oid) -> Option<Vec<TreeEntry>> {
        let (kind, data) = self.objects.read(oid)?;
        let mut rest = if kind == Kind::Tree { data.as_slice() } else { return None };
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let (space, end) = (rest.find_byte(b' ')?, rest.find_byte(0)?);
            let mode = u32::from_str_radix(rest.get(..space)?.to_str().ok()?, 8).ok()?;
            let name = rest.get(space + 1..end)?.into();
            let oid = rest.get(end + 1..end + 21)?.try_into().ok()?;
            entries.push(TreeEntry { mode, name, oid });
            rest = rest.get(end + 21..)?;
        }
        Some(entries)
    }

    /// The entry at a path; `Some(None)` where the tree has none.
    #[must_use]
    pub fn entry_at(&self, root: &Oid, path: &[u8]) -> Option<Option<TreeEntry>> {
        let mut at = TreeEntry { mode: FOLDER, name: BString::default(), oid: *root };
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            if at.mode != FOLDER {
                return Some(None);
            }
            match self.tree(&at.oid)?.into_iter().find(|entry| entry.name == name) {
                Some(entry) => at = entry,
                None => return Some(None),
            }
        }
        Some(Some(at))
    }
}
