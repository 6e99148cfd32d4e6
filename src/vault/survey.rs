//! What a deletion would take, before it does: how much it is, and what makes it more than a name to move away.

use std::collections::HashMap;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use super::entry::Identity;
use super::named::At;
use super::tree::Limits;
use super::why::Why;
use crate::sys::files::{self, Kind, Seen};

/// An open folder for each level.
const DEEPEST: usize = 300;
/// So many descriptors of other processes are looked at.
const LOOKS: usize = 10_000;

#[derive(Debug, Default)]
pub struct Survey {
    pub entries: u64,
    pub bytes: u64,
    /// A file has a name outside as well, through which it can still be written.
    pub shared: bool,
    /// Moving it away would take what removing it would not: another file system below, what can't be removed, a folder
    /// that this user may not empty.
    pub stays: bool,
}

/// Names of a file that were met, and how many it has.
type Names = HashMap<Identity, (u32, u32)>;

pub fn survey(at: At<'_>, limits: Limits) -> Result<Survey, Why> {
    let seen = files::look(at.0, at.1).map_err(Why::Unreadable)?;
    let mut survey = Survey { stays: seen.mount, ..Survey::default() };
    let mut names = Names::new();
    survey.one(at, &seen, limits, &mut names, 0)?;
    survey.shared = names.values().any(|(met, all)| met < all);
    Ok(survey)
}

impl Survey {
    fn one(&mut self, at: At<'_>, seen: &Seen, limits: Limits, names: &mut Names, depth: usize) -> Result<(), Why> {
        self.entries += 1;
        self.stays |= seen.fixed;
        if self.entries > limits.entries {
            return Err(Why::TooMany(limits.entries));
        }
        if seen.kind != Kind::Folder {
            self.bytes = self.bytes.saturating_add(seen.held);
            if seen.links > 1 {
                names.entry(Identity::of(seen)).or_insert((0, seen.links)).0 += 1;
            }
            return if self.bytes > limits.bytes { Err(Why::TooBig(limits.bytes)) } else { Ok(()) };
        }
        if depth > DEEPEST {
            return Err(Why::TooDeep);
        }
        self.stays |= !may_empty(seen);
        let folder = files::below(at.0, at.1).map_err(Why::Unreadable)?;
        let Ok(listed) = files::names(folder.as_fd()) else {
            self.stays = true;
            return Ok(());
        };
        for name in listed {
            match files::look(folder.as_fd(), &name) {
                Ok(below) if below.mount || below.device != seen.device => self.stays = true,
                Ok(below) => self.one((folder.as_fd(), &name), &below, limits, names, depth + 1)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => self.stays = true,
            }
        }
        Ok(())
    }
}

/// Whether what lies in a folder can be removed, as far as its owner and permissions tell.
fn may_empty(folder: &Seen) -> bool {
    let user = nix::unistd::geteuid();
    user.is_root() || folder.owner.0 == user.as_raw() && folder.mode & 0o300 == 0o300
}

/// What the processes that this user may know of have open or as their folder.
#[derive(Debug)]
pub struct Open {
    paths: Vec<PathBuf>,
    /// There was more than is looked at.
    cut_short: bool,
}

impl Open {
    pub fn now() -> Open {
        let mut open = Open { paths: Vec::new(), cut_short: false };
        let Ok(processes) = std::fs::read_dir("/proc") else { return Open { cut_short: true, ..open } };
        for process in processes.filter_map(Result::ok) {
            if !process.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit) {
                continue;
            }
            let process = process.path();
            let descriptors = std::fs::read_dir(process.join("fd")).into_iter().flatten();
            let links = descriptors.filter_map(Result::ok).map(|entry| entry.path()).chain([process.join("cwd")]);
            for target in links.filter_map(|link| std::fs::read_link(link).ok()) {
                if open.paths.len() >= LOOKS {
                    return Open { cut_short: true, ..open };
                }
                open.paths.push(target);
            }
        }
        open
    }

    /// Whether the path or something below it is among them; where not all was seen, it may be.
    pub fn has(&self, path: &Path) -> bool {
        self.cut_short || self.paths.iter().any(|open| open.starts_with(path))
    }
}
