//! Processes that mark themselves in a file: each locks the byte with its own number (fcntl(2), advisory record locks). The
//! kernel takes the mark away with the process, and tells who holds one.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// A mark, as long as this lives. A child that is forked has none.
#[derive(Debug)]
pub struct Mark {
    _file: File,
}

#[expect(clippy::disallowed_methods, reason = "edge: a file of the state directory")]
pub fn hold(path: &Path) -> io::Result<Mark> {
    let mut options = OpenOptions::new();
    let file =
        options.append(true).create(true).mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC).open(path)?;
    let mut lock = byte(std::process::id().into(), 1);
    // SAFETY: one structure that outlives the call.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &raw mut lock) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(Mark { _file: file })
}

/// Who holds a mark now.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "edge: a file of the state directory")]
pub fn held(path: &Path) -> Vec<i32> {
    let mut holders = Vec::new();
    let mut options = OpenOptions::new();
    let opened = options.read(true).write(true).custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC).open(path);
    let Ok(file) = opened else { return holders };
    // The kernel names any one of those in a range.
    let mut ranges = vec![(0, i64::from(i32::MAX) + 1)];
    while let Some((from, to)) = ranges.pop() {
        let mut lock = byte(from, to - from);
        // SAFETY: one structure that outlives the call, which writes into it.
        let asked = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETLK, &raw mut lock) };
        if asked == -1 || lock.l_type == UNLOCKED {
            continue;
        }
        // In another namespace of processes a holder has no number.
        if lock.l_pid > 0 {
            holders.push(lock.l_pid);
        }
        let sides = [(from, lock.l_start), (lock.l_start.saturating_add(lock.l_len.max(1)), to)];
        ranges.extend(sides.into_iter().filter(|(from, to)| from < to));
    }
    holders
}

#[expect(clippy::cast_possible_truncation, reason = "F_UNLCK is 2")]
const UNLOCKED: libc::c_short = libc::F_UNLCK as libc::c_short;

fn byte(from: i64, length: i64) -> libc::flock {
    // SAFETY: numbers only, for which zero is a value.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = libc::c_short::try_from(libc::F_WRLCK).unwrap_or_default();
    lock.l_whence = libc::c_short::try_from(libc::SEEK_SET).unwrap_or_default();
    (lock.l_start, lock.l_len) = (from, length);
    lock
}
