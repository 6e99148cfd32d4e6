//! Before it is decided: whether what would be destroyed could be brought back. Looks only, and makes nothing.

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, eaccess};

use super::entry::present;
use super::keep::{COPIED, Vault};
use super::losses::{Fate, Loss};
use super::named::Named;
use super::place::Places;
use super::survey::survey;
use super::why::Why;
use crate::sys::files::{self, Kind, Seen};

/// Manifest and folders take so much of a disk.
const BESIDES: u64 = 64 << 10;

impl Vault {
    /// The first that could not be kept, and why. What of a folder goes that only something is taken from, nobody tells.
    #[must_use]
    pub fn foresee(&self, losses: &[Loss]) -> Option<(PathBuf, Why)> {
        let places = Places::new(&self.home);
        let mut needed = BESIDES;
        losses.iter().find_map(|loss| Some((loss.path.clone(), self.one(loss, &places, &mut needed).err()?)))
    }

    fn one(&self, loss: &Loss, places: &Places, needed: &mut u64) -> Result<(), Why> {
        let here = match Named::of(&loss.path) {
            Ok(here) => here,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Why::Unreadable(error)),
        };
        let Some(seen) = present(&here).map_err(Why::Unreadable)? else { return Ok(()) };
        let nothing = loss.fate == Fate::Overwritten && seen.kind == Kind::Special;
        if nothing || seen.kind == Kind::Folder && !loss.whole {
            return Ok(());
        }
        if let Some(kind) = places.strange(&loss.path) {
            return Err(Why::Strange(kind.to_string()));
        }
        writable(&self.home).map_err(Why::NoVault)?;
        let beside = places.could_be_beside(&loss.path);
        let copied = loss.fate == Fate::Overwritten || beside.is_none();
        let limits = if copied { COPIED.within(self.limits()) } else { self.limits() };
        let found = survey(here.at(), limits)?;
        if seen.kind == Kind::File && (copied || !may_link(&seen)) {
            files::open(here.folder.as_fd(), &here.name, libc::O_RDONLY, 0).map_err(Why::Unreadable)?;
        }
        *needed = needed.saturating_add(if copied { found.bytes } else { 0 });
        let room = room(beside.as_deref().unwrap_or(&self.home)).map_err(Why::NoVault)?;
        if room < *needed { Err(Why::Full) } else { Ok(()) }
    }
}

/// Where the kernel protects hard links, others' files take none.
fn may_link(seen: &Seen) -> bool {
    let user = nix::unistd::geteuid();
    user.is_root() || seen.owner.0 == user.as_raw()
}

/// The folder itself, or where it would be made.
fn writable(folder: &Path) -> io::Result<()> {
    let there = there(folder)?;
    if !there.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(eaccess(there, AccessFlags::W_OK | AccessFlags::X_OK)?)
}

fn there(folder: &Path) -> io::Result<&Path> {
    let found = folder.ancestors().find(|folder| folder.symlink_metadata().is_ok());
    found.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// What this user may still write on the disk of a folder.
fn room(folder: &Path) -> io::Result<u64> {
    let disk = nix::sys::statvfs::statvfs(there(folder)?)?;
    let blocks = if nix::unistd::geteuid().is_root() { disk.blocks_free() } else { disk.blocks_available() };
    // Some file systems count no files.
    let full = disk.files() > 0 && disk.files_available() == 0;
    Ok(if full { 0 } else { blocks.saturating_mul(disk.fragment_size()) })
}
