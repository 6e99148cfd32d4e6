//! HEAD, loose refs and packed refs.

use std::io::{Read as _, Seek as _, SeekFrom};

use bstr::{BString, ByteSlice};

use super::objects::{Oid, from_hex};
use super::{Repository, SMALL};
use crate::command::Sight;
use crate::look::sight::{join, open_regular, regular};

/// Packed refs of large repositories have some megabytes.
const PACKED_LIMIT: u64 = 32 << 20;
/// Some ten thousand changes of HEAD.
const REFLOG_BYTES: u64 = 2 << 20;

/// What HEAD names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Head {
    /// A branch, without `refs/heads/`, which may have no commit yet.
    Branch(BString),
    Detached(Oid),
}

impl Repository {
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        let text = regular(&self.git_dir.join("HEAD"), SMALL).ok()?;
        match text.strip_prefix(b"ref:") {
            Some(name) => name.trim().strip_prefix(b"refs/heads/").map(|name| Head::Branch(name.into())),
            None => from_hex(text.trim()).map(Head::Detached),
        }
    }

    /// `Some(None)`: no commit yet. `None`: can't be read.
    #[must_use]
    pub fn head_commit(&self) -> Option<Option<Oid>> {
        match self.head()? {
            Head::Detached(oid) => Some(Some(oid)),
            Head::Branch(name) => {
                let mut full = BString::from("refs/heads/");
                full.extend_from_slice(&name);
                self.resolve(&full)
            }
        }
    }

    /// The commit of a full ref name; `Some(None)` where there is no such ref.
    #[must_use]
    pub fn resolve(&self, name: &[u8]) -> Option<Option<Oid>> {
        let mut name = BString::from(name);
        for _ in 0..5 {
            if name.contains_str("..") {
                return None;
            }
            let text = match regular(&join(&self.common_dir, &name), SMALL) {
                Ok(text) => text,
                Err(Sight::Missing | Sight::NotRegular) => return self.packed(&name),
                Err(_) => return None,
            };
            match text.strip_prefix(b"ref:") {
                Some(next) => name = next.trim().into(),
                None => return from_hex(text.trim()).map(Some),
            }
        }
        None
    }

    #[expect(clippy::option_option, reason = "not there and not readable are different answers")]
    fn packed(&self, name: &[u8]) -> Option<Option<Oid>> {
        let all = self.packed_refs()?;
        Some(all.into_iter().find(|(packed, _)| packed == name).map(|(_, oid)| oid))
    }

    fn packed_refs(&self) -> Option<Vec<(BString, Oid)>> {
        let text = match regular(&self.common_dir.join("packed-refs"), PACKED_LIMIT) {
            Ok(text) => text,
            Err(Sight::Missing) => return Some(Vec::new()),
            Err(_) => return None,
        };
        let lines = text.lines().filter(|line| !line.starts_with(b"#") && !line.starts_with(b"^"));
        Some(lines.filter_map(|line| Some((line.get(41..)?.trim_end().into(), from_hex(line)?))).collect())
    }

    /// What a symbolic ref such as `refs/remotes/origin/HEAD` names.
    #[must_use]
    pub fn symbolic(&self, name: &[u8]) -> Option<BString> {
        let text = regular(&join(&self.common_dir, name), SMALL).ok()?;
        text.strip_prefix(b"ref:").map(|next| next.trim().into())
    }

    /// The end of what HEAD has been, a line for each change (gitrepository-layout(5), `logs/HEAD`).
    #[must_use]
    pub fn head_was(&self) -> Vec<u8> {
        let mut text = Vec::new();
        if let Ok(mut file) = open_regular(&self.git_dir.join("logs/HEAD")) {
            let length = file.metadata().map_or(0, |meta| meta.len());
            let read = file
                .seek(SeekFrom::Start(length.saturating_sub(REFLOG_BYTES)))
                .and_then(|_| file.take(REFLOG_BYTES).read_to_end(&mut text));
            if read.is_err() {
                text.clear();
            }
        }
        text
    }

    /// All refs below a prefix such as `refs/heads/`, loose over packed; `None` over the limit.
    #[must_use]
    pub fn refs_below(&self, prefix: &str, limit: usize) -> Option<Vec<(BString, Oid)>> {
        let mut names: Vec<BString> =
            self.packed_refs()?.into_iter().map(|(name, _)| name).filter(|name| name.starts_with_str(prefix)).collect();
        let mut folders = vec![BString::from(prefix.trim_end_matches('/'))];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(join(&self.common_dir, &folder)) else { continue };
            for entry in entries.flatten() {
                let mut name = folder.clone();
                name.push(b'/');
                name.extend_from_slice(std::os::unix::ffi::OsStrExt::as_bytes(entry.file_name().as_os_str()));
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder { folders.push(name) } else { names.push(name) }
            }
            if names.len() + folders.len() > limit {
                return None;
            }
        }
        names.sort();
        names.dedup();
        let mut found = Vec::new();
        for name in names {
            if let Some(oid) = self.resolve(&name)? {
                found.push((name, oid));
            }
        }
        Some(found)
    }
}
