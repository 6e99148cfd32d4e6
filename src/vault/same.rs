//! Whether two files are the same for whoever reads them, and files in the place of their copies.

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use super::named::At;
use crate::sys::files::{self, Kind, Seen};

/// Puts the files themselves in the place of copies, where they still are what was copied. `true`: the whole is one.
pub fn reunited(copy: At<'_>, own: At<'_>) -> io::Result<bool> {
    let Ok(is) = files::look(own.0, own.1) else { return Ok(false) };
    let was = files::look(copy.0, copy.1)?;
    if was.kind == Kind::File {
        return Ok(is_same(copy, own, &was, &is));
    }
    if was.kind != Kind::Folder || is.kind != Kind::Folder {
        return Ok(false);
    }
    let (folder, owns) = (files::below(copy.0, copy.1)?, files::below(own.0, own.1)?);
    for name in files::names(folder.as_fd())? {
        if reunited((folder.as_fd(), &name), (owns.as_fd(), &name))? {
            const PASSING: &CStr = c".guarded-undo-own";
            let _ = files::remove(folder.as_fd(), PASSING, false);
            files::link((owns.as_fd(), &name), (folder.as_fd(), PASSING))?;
            files::replace((folder.as_fd(), PASSING), (folder.as_fd(), &name))?;
            // Of two names of one file, a rename does nothing.
            let _ = files::remove(folder.as_fd(), PASSING, false);
        }
    }
    files::set_times(copy.0, copy.1, was.accessed, was.modified)?;
    Ok(false)
}

/// Whether two have the same content, permissions and dates.
pub fn is_same(from: At<'_>, to: At<'_>, kept: &Seen, now: &Seen) -> bool {
    let about = |seen: &Seen| (seen.kind, seen.mode, seen.owner, seen.size, seen.modified);
    if about(kept) != about(now) {
        return false;
    }
    match kept.kind {
        Kind::File => {
            let read = |at: At<'_>| files::open(at.0, at.1, libc::O_RDONLY, 0).map(File::from);
            matches!((read(from), read(to)), (Ok(one), Ok(other)) if same_content(&one, &other).unwrap_or(false))
        }
        Kind::Link => files::target(from.0, from.1).ok() == files::target(to.0, to.1).ok(),
        Kind::Special => kept.special == now.special,
        Kind::Folder => false,
    }
}

fn same_content(one: &File, other: &File) -> io::Result<bool> {
    use std::io::Read;
    let (mut one, mut other) = (io::BufReader::new(one), io::BufReader::new(other));
    let (mut here, mut there) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        let count = one.read(&mut here)?;
        if count == 0 {
            return Ok(other.read(&mut there)? == 0);
        }
        let room = there.get_mut(..count).ok_or(io::ErrorKind::UnexpectedEof)?;
        if other.read_exact(room).is_err() || here.get(..count) != Some(room) {
            return Ok(false);
        }
    }
}
