//! A file or a whole tree made once more in the vault, by links or as copies; counted as it goes, within limits.

use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use bstr::BString;

use super::entry::{Identity, Left, Raw};
use super::named::At;
use super::why::Why;
use crate::sys::files::{self, Kind, Seen};

/// An open folder for each level: a process has some hundreds.
const DEEPEST: usize = 300;
/// So many files are written to disk one by one; more at once.
const SYNCED: u64 = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    Link,
    Copy,
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub entries: u64,
    pub bytes: u64,
}

impl Limits {
    pub fn within(self, others: Limits) -> Limits {
        Limits { entries: self.entries.min(others.entries), bytes: self.bytes.min(others.bytes) }
    }
}

/// What is made, and what of it could not be.
pub struct Tree {
    means: Means,
    limits: Limits,
    /// Left out: the vault itself.
    skip: Vec<Identity>,
    pub entries: u64,
    pub bytes: u64,
    pub copied: u64,
    pub left: Vec<Left>,
    /// Copies of files with several names, by what they are copies of.
    linked: HashMap<Identity, (OwnedFd, CString)>,
    device: Option<u64>,
    /// Names of a file that were linked, and how many it had.
    names: HashMap<Identity, (u32, u32)>,
}

impl Tree {
    pub fn new(means: Means, limits: Limits, skip: Vec<Identity>) -> Tree {
        Tree {
            means,
            limits,
            skip,
            entries: 0,
            bytes: 0,
            copied: 0,
            left: Vec::new(),
            linked: HashMap::new(),
            device: None,
            names: HashMap::new(),
        }
    }

    /// `path`: what `from` is called in messages. Where this fails something may have been made.
    pub fn make(&mut self, from: At<'_>, to: At<'_>, path: &Raw) -> Result<(), Why> {
        let seen = files::look(from.0, from.1).map_err(Why::Unreadable)?;
        self.device = Some(seen.device);
        self.one(from, to, &seen, path, 0)
    }

    /// More is copied than was written to disk one by one.
    pub fn is_unsettled(&self) -> bool {
        self.copied > SYNCED
    }

    /// A file has a name outside as well, through which it can still be written.
    pub fn is_shared(&self) -> bool {
        self.names.values().any(|(met, all)| met < all)
    }

    fn one(&mut self, from: At<'_>, to: At<'_>, seen: &Seen, path: &Raw, depth: usize) -> Result<(), Why> {
        self.entries += 1;
        self.bytes = self.bytes.saturating_add(if seen.kind == Kind::Folder { 0 } else { seen.held });
        if self.entries > self.limits.entries {
            return Err(Why::TooMany(self.limits.entries));
        }
        if self.bytes > self.limits.bytes {
            return Err(Why::TooBig(self.limits.bytes));
        }
        match seen.kind {
            Kind::Folder => self.folder(from, to, seen, path, depth),
            Kind::File | Kind::Link | Kind::Special if self.means == Means::Link => {
                if seen.links > 1 {
                    // By the first look: our own names count from then on.
                    self.names.entry(Identity::of(seen)).or_insert((0, seen.links)).0 += 1;
                }
                match files::link(from, to) {
                    // Not every file system and not every file takes another name.
                    Err(error) if is_for_copies(&error) => self.copy(from, to, seen),
                    linked => linked.map_err(Why::of),
                }
            }
            Kind::File | Kind::Link | Kind::Special => self.copy(from, to, seen),
        }
    }

    fn folder(&mut self, from: At<'_>, to: At<'_>, seen: &Seen, path: &Raw, depth: usize) -> Result<(), Why> {
        if depth > DEEPEST {
            return Err(Why::TooDeep);
        }
        files::make_folder(to.0, to.1, 0o700).map_err(Why::of)?;
        let source = files::below(from.0, from.1).map_err(Why::Unreadable)?;
        let made = files::below(to.0, to.1).map_err(Why::of)?;
        match files::names(source.as_fd()) {
            Ok(names) => {
                for name in names {
                    self.child(source.as_fd(), made.as_fd(), &name, path, depth)?;
                }
            }
            Err(error) => self.leave(path.clone(), &Why::Unreadable(error)),
        }
        dress(from, to, seen)
    }

    fn child(
        &mut self,
        source: BorrowedFd<'_>,
        made: BorrowedFd<'_>,
        name: &CStr,
        path: &Raw,
        depth: usize,
    ) -> Result<(), Why> {
        let below = || Raw(BString::from([path.0.as_slice(), b"/", name.to_bytes()].concat()));
        let seen = match files::look(source, name) {
            Ok(seen) => seen,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                self.leave(below(), &Why::Unreadable(error));
                return Ok(());
            }
        };
        if self.skip.contains(&Identity::of(&seen)) {
            return Ok(());
        }
        if self.device != Some(seen.device) || seen.mount {
            self.leave(below(), &Why::OtherFileSystem);
            return Ok(());
        }
        // Most are files, for which a path would be made in vain.
        let folder = (seen.kind == Kind::Folder).then(below);
        match self.one((source, name), (made, name), &seen, folder.as_ref().unwrap_or(path), depth + 1) {
            // It went away meanwhile, or is for somebody else's eyes: the rest is kept all the same.
            Err(Why::Unreadable(error)) => {
                self.leave(below(), &Why::Unreadable(error));
                Ok(())
            }
            made => made,
        }
    }

    fn leave(&mut self, path: Raw, why: &Why) {
        const MOST: usize = 100;
        if self.left.len() < MOST {
            self.left.push(Left { path, why: why.to_string() });
        }
    }

    fn copy(&mut self, from: At<'_>, to: At<'_>, seen: &Seen) -> Result<(), Why> {
        let identity = Identity::of(seen);
        if seen.links > 1
            && let Some((folder, name)) = self.linked.get(&identity)
            && files::link((folder.as_fd(), name), to).is_ok()
        {
            return Ok(());
        }
        match seen.kind {
            Kind::Link => {
                let target = files::target(from.0, from.1).map_err(Why::Unreadable)?;
                files::make_link(to.0, to.1, &target).map_err(Why::of)?;
            }
            Kind::Special => files::make_special(to.0, to.1, seen.mode, seen.special).map_err(Why::of)?,
            Kind::File | Kind::Folder => self.content(from, to, seen)?,
        }
        dress(from, to, seen)?;
        if seen.links > 1
            && let Ok(folder) = files::below(to.0, c".")
        {
            self.linked.insert(identity, (folder, to.1.to_owned()));
        }
        Ok(())
    }

    fn content(&mut self, from: At<'_>, to: At<'_>, seen: &Seen) -> Result<(), Why> {
        let source = File::from(files::open(from.0, from.1, libc::O_RDONLY, 0).map_err(Why::Unreadable)?);
        let opened = files::look(source.as_fd(), c"").map_err(Why::Unreadable)?;
        // Another one took its name: a FIFO would keep us waiting.
        if Identity::of(&opened) != Identity::of(seen) || opened.kind != Kind::File {
            return Err(Why::Changing);
        }
        let flags = libc::O_RDWR | libc::O_CREAT | libc::O_EXCL;
        let copy = File::from(files::open(to.0, to.1, flags, 0o600).map_err(Why::of)?);
        files::copy_content(&source, &copy).map_err(Why::of)?;
        let after = files::look(source.as_fd(), c"").map_err(Why::Unreadable)?;
        if (after.size, after.modified) != (seen.size, seen.modified) {
            return Err(Why::Changing);
        }
        self.copied += 1;
        if self.copied <= SYNCED {
            copy.sync_data().map_err(Why::of)?;
        }
        Ok(())
    }
}

fn is_for_copies(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPERM | libc::EXDEV | libc::EMLINK | libc::EOPNOTSUPP))
}

/// Owner, permissions, attributes and times, in this order: each would be changed by the one before.
fn dress(from: At<'_>, to: At<'_>, seen: &Seen) -> Result<(), Why> {
    // Only root gives files away; whoever can't has read it as its own or its group's.
    let made = files::look(to.0, to.1).map_err(Why::of)?;
    if made.owner != seen.owner && files::set_owner(to.0, to.1, seen.owner).is_err() {
        let _ = files::set_owner(to.0, to.1, (u32::MAX, seen.owner.1));
    }
    match files::copy_attributes(from, to) {
        Err(error) if !is_beyond_us(&error) => return Err(Why::of(error)),
        _ => {}
    }
    if seen.kind != Kind::Link {
        files::set_mode(to.0, to.1, seen.mode).map_err(Why::of)?;
    }
    files::set_times(to.0, to.1, seen.accessed, seen.modified).map_err(Why::of)
}

/// Attributes of the system's own (`security.*`, `trusted.*`), or a file system without any.
fn is_beyond_us(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPERM | libc::EOPNOTSUPP | libc::ENODATA))
}

/// Removes a file or a tree of the vault. Folders that forbid it are opened first.
pub fn remove(at: At<'_>, depth: usize) -> io::Result<()> {
    let seen = match files::look(at.0, at.1) {
        Ok(seen) => seen,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if seen.kind != Kind::Folder {
        return files::remove(at.0, at.1, false);
    }
    if depth > 2 * DEEPEST {
        return Err(io::Error::other("folders are nested too deep"));
    }
    if seen.mode & 0o700 != 0o700 {
        files::set_mode(at.0, at.1, 0o700)?;
    }
    let folder = files::below(at.0, at.1)?;
    for name in files::names(folder.as_fd())? {
        remove((folder.as_fd(), &name), depth + 1)?;
    }
    files::remove(at.0, at.1, true)
}
