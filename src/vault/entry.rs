//! One act of keeping: a folder of its own with what was kept and a manifest that says what it is. The manifest is on
//! disk before anything is moved, and what is in the vault is told by its inode: a crash leaves nothing half kept.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bstr::{BString, ByteSlice};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::named::Named;
use crate::store::fresh_id;
use crate::sys::files::{self, Kind, Moment, Seen};

/// A path, whatever its bytes: in the file `%` and what is not printable ASCII is `%` and two digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Raw(pub BString);

impl Raw {
    pub fn of(path: &Path) -> Raw {
        Raw(path.as_os_str().as_bytes().into())
    }

    pub fn path(&self) -> &Path {
        Path::new(std::ffi::OsStr::from_bytes(&self.0))
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use std::fmt::Write;
        let mut text = String::new();
        for byte in self.0.iter().copied() {
            match byte {
                b' '..=b'~' if byte != b'%' => text.push(char::from(byte)),
                _ => {
                    let _ = write!(text, "%{byte:02x}");
                }
            }
        }
        to.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Raw, D::Error> {
        let text = String::deserialize(from)?;
        let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
        while let [byte, after @ ..] = rest {
            rest = after;
            if *byte != b'%' {
                bytes.push(*byte);
                continue;
            }
            let digits = rest.get(..2).and_then(|digits| digits.to_str().ok());
            let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            bytes.push(value.ok_or_else(|| serde::de::Error::custom("a broken path"))?);
            rest = rest.get(2..).unwrap_or_default();
        }
        Ok(Raw(bytes.into()))
    }
}

/// Which file something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    pub device: u64,
    pub inode: u64,
}

impl Identity {
    pub fn of(seen: &Seen) -> Identity {
        Identity { device: seen.device, inode: seen.inode }
    }
}

/// What a name was at a moment; another one means that somebody worked on it since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub identity: Identity,
    pub size: u64,
    pub modified: Moment,
    pub changed: Moment,
}

impl Stamp {
    pub fn of(seen: &Seen) -> Stamp {
        Stamp { identity: Identity::of(seen), size: seen.size, modified: seen.modified, changed: seen.changed }
    }
}

/// How something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It changed places with an empty placeholder.
    Exchanged,
    /// More names for the same files.
    Linked,
    Copied,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    Folder,
    File,
    Link,
    Special,
}

impl Shape {
    pub fn of(kind: Kind) -> Shape {
        match kind {
            Kind::Folder => Shape::Folder,
            Kind::File => Shape::File,
            Kind::Link => Shape::Link,
            Kind::Special => Shape::Special,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    /// Where it was: absolute, its folder without links.
    pub path: Raw,
    /// Where it may be kept. What is there and has the identity is it.
    pub stores: Vec<Raw>,
    pub identity: Identity,
    pub how: How,
    pub shape: Shape,
    pub files: u64,
    pub bytes: u64,
    /// Nothing outside the vault reaches it: no other name, no open descriptor.
    pub isolated: bool,
    /// The command puts nothing in its place.
    #[serde(default)]
    pub removed: bool,
    /// Beside a copy, the files themselves: where nobody wrote to them since, their other names are theirs again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<Raw>,
    /// What it changed places with, and when that was made: the number of a removed folder is soon another one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<(Identity, Moment)>,
    /// It is the index of a repository; then what the command left in it, as the tree that git makes of it: every look at
    /// the work tree writes the file anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// What the command left there, by path below the item (empty: the item itself); known once it has ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<(Raw, Stamp)>,
}

impl Item {
    /// Where something of it may lie.
    pub fn places(&self) -> impl Iterator<Item = &Path> {
        self.stores.iter().chain(&self.twin).map(Raw::path)
    }

    /// Whether what is seen is still what it changed places with.
    pub fn is_placeholder(&self, seen: &Seen) -> bool {
        self.placeholder == Some((Identity::of(seen), seen.modified))
    }

    /// Where it lies in the vault, if it does.
    pub fn held(&self) -> Option<PathBuf> {
        let is_it = |store: &&Raw| {
            let seen = Named::of(store.path()).and_then(|named| named.look());
            seen.is_ok_and(|seen| Identity::of(&seen) == self.identity)
        };
        self.stores.iter().find(is_it).map(|store| store.path().to_owned())
    }
}

/// Something that the command may destroy and that could not be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    pub path: Raw,
    pub why: String,
}

impl Left {
    pub fn of(path: &Path, why: String) -> Left {
        Left { path: Raw::of(path), why }
    }
}

/// A ref of a git repository as it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reference {
    /// The folder in which git finds the repository.
    pub repository: Raw,
    pub name: String,
    pub commit: String,
    /// What keeps the commit.
    pub hidden: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Something that the command gives the name of what is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Moved {
    pub path: Raw,
    pub identity: Identity,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub id: String,
    /// Milliseconds since 1970.
    pub made: u64,
    /// Secrets taken out.
    pub command: String,
    pub directory: Raw,
    pub items: Vec<Item>,
    #[serde(default)]
    pub refs: Vec<Reference>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Moved>,
    #[serde(default)]
    pub left: Vec<Left>,
    /// What was kept for one call has one group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The process whose end tells what the command left, and when it began; until it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<(i32, u64)>,
    /// What an undo put aside.
    #[serde(default)]
    pub by_undo: bool,
    /// It was brought back then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<u64>,
}

pub const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";

impl Manifest {
    pub fn read(folder: &Path) -> io::Result<Manifest> {
        let manifest: Manifest = serde_json::from_slice(&std::fs::read(folder.join(MANIFEST))?)?;
        if manifest.format > FORMAT {
            return Err(io::Error::other(format!("format {} is newer than this program", manifest.format)));
        }
        Ok(manifest)
    }

    /// In one step; on disk when this returns, where `settled`.
    pub fn write(&self, folder: &Path, settled: bool) -> io::Result<()> {
        let new = folder.join(format!("{MANIFEST}.{}", std::process::id()));
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        if settled {
            file.sync_all()?;
        }
        std::fs::rename(&new, folder.join(MANIFEST))?;
        if settled {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    pub fn made(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.made)
    }

    /// Whether anything of it is in the vault, or a ref is kept.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.refs.is_empty() || self.items.iter().any(|item| item.held().is_some())
    }

    pub fn files(&self) -> u64 {
        self.items.iter().map(|item| item.files).sum::<u64>() + self.refs.len() as u64
    }

    pub fn bytes(&self) -> u64 {
        self.items.iter().map(|item| item.bytes).sum()
    }
}

/// Milliseconds since 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A folder that nobody else has, under a fresh id.
pub fn begin(home: &Path) -> io::Result<(String, PathBuf)> {
    for _ in 0..100 {
        let id = fresh_id()?;
        let folder = home.join(&id);
        match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok((id, folder)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no id is free"))
}

/// What was kept, the newest first. What can't be read is told with its folder.
pub fn all(home: &Path) -> io::Result<(Vec<Manifest>, Vec<PathBuf>)> {
    let (mut kept, mut broken) = (Vec::new(), Vec::new());
    let listing = match std::fs::read_dir(home) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((kept, broken)),
        Err(error) => return Err(error),
    };
    for entry in listing {
        let folder = entry?.path();
        match Manifest::read(&folder) {
            Ok(manifest) => kept.push(manifest),
            // Still being kept, or what a crash before that left.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => broken.push(folder),
        }
    }
    kept.sort_by(|one, other| other.made.cmp(&one.made).then_with(|| other.id.cmp(&one.id)));
    Ok((kept, broken))
}

/// What a name is, where there is something.
pub fn present(named: &Named) -> io::Result<Option<Seen>> {
    match files::look(named.folder.as_fd(), &named.name) {
        Ok(seen) => Ok(Some(seen)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_any_bytes_comes_back_from_its_text() {
        let raw = Raw(BString::from(b"/a%b\n\xff \"x\"/-rf".as_slice()));
        let text = serde_json::to_string(&raw).expect("a text");
        assert!(text.is_ascii());
        assert_eq!(serde_json::from_str::<Raw>(&text).expect("a path"), raw);
    }
}
