//! Opens that would empty a file: which file it is, where there is something to lose. Edge: looks at files and at /proc.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::BString;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::image::{self, Asked, Identity};
use super::{Environment, Opened};
use crate::look::mounts::{Mount, mounts};
use crate::look::targets::lexical;
use crate::sys::seccomp::Opening;
use crate::sys::task::Memory;

/// Mounts of programs and of other machines, which may never answer, or wait for a program of this very tree.
#[derive(Default)]
pub struct Opens {
    list: Option<File>,
    /// `None`: it could not be read.
    slow: Option<Vec<PathBuf>>,
}

/// What is asked for only where the file counts.
impl Opened {
    pub fn words(&self) -> Vec<BString> {
        image::words(self.process)
    }

    pub fn environment(&self) -> Environment {
        image::environment(self.process)
    }

    pub fn directory(&self) -> BString {
        image::directory_of(self.process)
    }
}

impl Opens {
    /// `None`: nothing would be lost, or it can't be told what.
    pub fn find(&mut self, call: &Opening, ours: Option<Identity>) -> Option<Opened> {
        let path = Memory::of(call.thread).text(call.path).ok()?;
        let asked = Asked { thread: call.thread, folder: call.folder, path: &path, flags: 0 };
        if self.may_never_answer(&asked) {
            return None;
        }
        let file = image::open(&asked).ok().flatten()?;
        let about = file.metadata().ok().filter(|about| about.is_file() && about.len() > 0)?;
        // What we write ourselves is no program's.
        if !image::sees_what_we_see(call.thread) || ours.is_some() && image::loaded(call.thread) == ours {
            return None;
        }
        let path = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
        let process = image::process_of(call.thread);
        Some(Opened { path, bytes: about.len(), born: about.created().ok(), process })
    }

    fn may_never_answer(&mut self, asked: &Asked<'_>) -> bool {
        if self.list.as_ref().is_none_or(has_changed) {
            self.list = File::open(LIST).ok();
            let slow = |mount: Mount| mount.may_never_answer().then_some(mount.point);
            self.slow = mounts().map(|all| all.into_iter().filter_map(slow).collect());
        }
        match &self.slow {
            Some(none) if none.is_empty() => false,
            Some(slow) => {
                let path = named(asked);
                slow.iter().any(|mount| path.starts_with(mount))
            }
            None => true,
        }
    }
}

const LIST: &str = "/proc/self/mountinfo";

/// The list tells each of its readers once of each change (proc(5)).
fn has_changed(list: &File) -> bool {
    let mut descriptors = [PollFd::new(list.as_fd(), PollFlags::POLLPRI)];
    poll(&mut descriptors, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
}

/// The path as it is written, without a look at any folder of it.
fn named(asked: &Asked<'_>) -> PathBuf {
    let folder = if asked.folder == libc::AT_FDCWD { "cwd".to_owned() } else { format!("fd/{}", asked.folder) };
    let base = std::fs::read_link(format!("/proc/{}/{folder}", asked.thread)).unwrap_or_default();
    lexical(&base.join(Path::new(std::ffi::OsStr::from_bytes(asked.path))))
}
