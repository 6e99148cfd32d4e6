//! The index, versions 2 to 4, with its cached trees. A split or sparse index is not read.

use bstr::{BString, ByteSlice};
use sha1::{Digest, Sha1};

use super::objects::Oid;
use super::pack::offset_varint;

/// One entry: what git last knew of a file.
#[derive(Clone, Debug)]
pub struct Entry {
    pub path: BString,
    pub mode: u32,
    pub oid: Oid,
    pub ctime: (u32, u32),
    pub mtime: (u32, u32),
    pub ino: u32,
    pub size: u32,
    /// Other than 0 in a conflict.
    pub stage: u8,
    pub skip_worktree: bool,
    pub intent_to_add: bool,
}

/// A tree that is known to equal the entries below it.
#[derive(Clone, Debug)]
pub struct CachedTree {
    /// `None`: something below has changed since.
    pub oid: Option<Oid>,
    pub name: BString,
    pub below: Vec<CachedTree>,
}

#[derive(Clone, Debug, Default)]
pub struct Index {
    /// By path, as git sorts them.
    pub entries: Vec<Entry>,
    pub cached: Option<CachedTree>,
}

const NESTING: usize = 512;

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn oid(&mut self) -> Option<Oid> {
        self.take(20)?.try_into().ok()
    }

    /// Up to a byte, which is dropped.
    fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let at = self.0.find_byte(end)?;
        let taken = self.take(at)?;
        self.take(1)?;
        Some(taken)
    }
}

/// `None`: not an index that is understood.
#[must_use]
pub fn parse(data: &[u8]) -> Option<Index> {
    // The last 20 bytes are a checksum, or zeros where git was told not to make one.
    let (body, checksum) = data.split_at_checked(data.len().checked_sub(20)?)?;
    if checksum != [0; 20] && Sha1::digest(body).as_slice() != checksum {
        return None;
    }
    let mut bytes = Bytes(body);
    let version = (bytes.take(4)? == b"DIRC").then(|| bytes.u32())??;
    if !(2..=4).contains(&version) {
        return None;
    }
    let count = bytes.u32()?;
    let mut index = Index::default();
    for _ in 0..count {
        let last = index.entries.last().map(|entry| entry.path.as_slice()).unwrap_or_default();
        let next = entry(&mut bytes, version, last)?;
        // A sparse index has folders as entries: the files below are not listed.
        if next.mode == 0o040_000 {
            return None;
        }
        index.entries.push(next);
    }
    while !bytes.0.is_empty() {
        let (name, size) = (bytes.take(4)?, bytes.u32()?);
        let body = bytes.take(usize::try_from(size).ok()?)?;
        match name {
            b"TREE" => index.cached = cached_tree(&mut Bytes(body), 0),
            // An extension in lower case changes what the entries mean: `link`, `sdir`.
            _ if name.first().is_some_and(u8::is_ascii_lowercase) => return None,
            _ => {}
        }
    }
    Some(index)
}

fn entry(bytes: &mut Bytes<'_>, version: u32, last: &[u8]) -> Option<Entry> {
    let before = bytes.0.len();
    let ctime = (bytes.u32()?, bytes.u32()?);
    let mtime = (bytes.u32()?, bytes.u32()?);
    let (_device, ino, mode) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let (_user, _group, size) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let oid = bytes.oid()?;
    let flags = bytes.u16()?;
    let extended = if flags & 0x4000 != 0 { bytes.u16()? } else { 0 };
    let path = if version == 4 {
        let drop = offset_varint(|| bytes.take(1).and_then(|one| one.first().copied()))?;
        let keep = last.len().checked_sub(usize::try_from(drop).ok()?)?;
        let mut path = BString::from(last.get(..keep)?);
        path.extend_from_slice(bytes.until(0)?);
        path
    } else {
        let path = bytes.until(0)?;
        // Padded with 1 to 8 zeros to a multiple of 8; one was taken.
        let used = before - bytes.0.len();
        bytes.take((8 - used % 8) % 8)?;
        path.into()
    };
    let stage = u8::try_from((flags >> 12) & 3).unwrap_or(3);
    let (skip_worktree, intent_to_add) = (extended & 0x4000 != 0, extended & 0x2000 != 0);
    Some(Entry { path, mode, oid, ctime, mtime, ino, size, stage, skip_worktree, intent_to_add })
}

/// `NAME NUL COUNT SP SUBTREES LF OID`, the folders below following.
fn cached_tree(bytes: &mut Bytes<'_>, depth: usize) -> Option<CachedTree> {
    let name = bytes.until(0)?.into();
    let valid = !bytes.until(b' ')?.starts_with(b"-");
    let below: usize = bytes.until(b'\n')?.to_str().ok()?.parse().ok()?;
    let oid = if valid { Some(bytes.oid()?) } else { None };
    let mut tree = CachedTree { oid, name, below: Vec::new() };
    if depth > NESTING {
        return None;
    }
    for _ in 0..below {
        tree.below.push(cached_tree(bytes, depth + 1)?);
    }
    Some(tree)
}

impl Index {
    /// The entries of a path itself or below it; all for the empty path.
    #[must_use]
    pub fn below(&self, path: &[u8]) -> Vec<&Entry> {
        let first = self.entries.partition_point(|entry| entry.path.as_slice() < path);
        let rest = self.entries.get(first..).unwrap_or_default();
        // `a.c` stands between `a` and `a/b`, so the range may hold others.
        let end = rest.partition_point(|entry| entry.path.starts_with(path));
        let range = rest.get(..end).unwrap_or_default().iter();
        range.filter(|entry| is_below(&entry.path, path)).collect()
    }

    #[must_use]
    pub fn has(&self, path: &[u8]) -> bool {
        self.entries.binary_search_by(|entry| entry.path.as_slice().cmp(path)).is_ok()
    }

    #[must_use]
    pub fn cached_at(&self, path: &[u8]) -> Option<&CachedTree> {
        let mut tree = self.cached.as_ref()?;
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            tree = tree.below.iter().find(|child| child.name == name)?;
        }
        Some(tree)
    }
}

/// Whether a name is `path` or lies below it.
#[must_use]
pub fn is_below(name: &[u8], path: &[u8]) -> bool {
    path.is_empty() || name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}
