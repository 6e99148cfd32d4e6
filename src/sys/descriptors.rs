//! Descriptors 0–2 as they were given to us: what they are, and what a regular file on 0 still holds.

use std::io;
use std::os::fd::{AsRawFd, RawFd};

use super::start::was_closed;
use crate::invocation::{ShKind, StdinKind, Surroundings};

/// Where `sh` is looked up, for its dialect.
const SH: [&str; 2] = ["/bin/sh", "/usr/bin/sh"];

/// What the edge tells about this call. `sh` are the configured places of the real `sh`; empty: the usual ones.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "edge: asks where the link of sh leads")]
pub fn surroundings(sh: &[String]) -> Surroundings {
    use std::os::unix::ffi::OsStrExt;
    let places: Vec<&str> = if sh.is_empty() { SH.to_vec() } else { sh.iter().map(String::as_str).collect() };
    let target = places.iter().find_map(|place| std::fs::canonicalize(place).ok());
    // SAFETY: these four only return a number.
    let (uid, euid, gid, egid) = unsafe { (libc::getuid(), libc::geteuid(), libc::getgid(), libc::getegid()) };
    Surroundings {
        stdin: stdin_kind(),
        stdout_terminal: is_terminal(1),
        stderr_terminal: is_terminal(2),
        sh: target.map_or(ShKind::Other, |target| ShKind::of_target(target.as_os_str().as_bytes())),
        setuid: uid != euid || gid != egid,
    }
}

fn is_terminal(descriptor: RawFd) -> bool {
    // SAFETY: isatty touches no memory of ours.
    unsafe { libc::isatty(descriptor) == 1 }
}

fn stdin_kind() -> StdinKind {
    if was_closed(0) {
        return StdinKind::Closed;
    }
    let Ok(status) = status(0) else { return StdinKind::Closed };
    match status.st_mode & libc::S_IFMT {
        libc::S_IFREG => StdinKind::RegularFile,
        libc::S_IFIFO => StdinKind::Pipe,
        libc::S_IFSOCK => StdinKind::Socket,
        libc::S_IFDIR => StdinKind::Null,
        libc::S_IFCHR if is_terminal(0) => StdinKind::Terminal,
        libc::S_IFCHR if status.st_rdev == libc::makedev(1, 3) => StdinKind::Null,
        _ => StdinKind::Other,
    }
}

fn status(descriptor: RawFd) -> io::Result<libc::stat> {
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: fstat fills the structure where it returns 0.
    if unsafe { libc::fstat(descriptor, status.as_mut_ptr()) } == 0 {
        // SAFETY: filled, see above.
        Ok(unsafe { status.assume_init() })
    } else {
        Err(io::Error::last_os_error())
    }
}

/// What the regular file on standard input holds from its offset on, which stays where it is: bash reads it again.
/// `None` where it is longer than `limit`.
pub fn rest_of_stdin(limit: usize) -> io::Result<Option<Vec<u8>>> {
    rest_of(0, limit)
}

fn rest_of(file: RawFd, limit: usize) -> io::Result<Option<Vec<u8>>> {
    // SAFETY: lseek touches no memory.
    let start = unsafe { libc::lseek(file, 0, libc::SEEK_CUR) };
    if start < 0 {
        return Err(io::Error::last_os_error());
    }
    let mut text = Vec::new();
    let mut piece = vec![0_u8; 64 * 1024];
    loop {
        let offset = start + libc::off_t::try_from(text.len()).map_err(io::Error::other)?;
        // SAFETY: the pointer and the length are those of `piece`.
        let count = unsafe { libc::pread(file, piece.as_mut_ptr().cast(), piece.len(), offset) };
        match usize::try_from(count) {
            Ok(0) => return Ok(Some(text)),
            Ok(count) => text.extend(piece.iter().take(count)),
            Err(_) if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
            // It holds no text, and bash says so.
            Err(_) if io::Error::last_os_error().kind() == io::ErrorKind::IsADirectory => return Ok(Some(Vec::new())),
            Err(_) => return Err(io::Error::last_os_error()),
        }
        if text.len() > limit {
            return Ok(None);
        }
    }
}

/// All that comes on standard input until its end; what could not be read ends it.
#[must_use]
pub fn all_of_stdin() -> Vec<u8> {
    use std::io::Read;
    let mut text = Vec::new();
    // A broken pipe leaves the text cut off, which reads as unfinished and is not run.
    let _ = io::stdin().lock().read_to_end(&mut text);
    text
}

/// A file that lies in no folder; closes at exec.
pub fn in_memory(name: &std::ffi::CStr) -> io::Result<std::fs::File> {
    Ok(nix::sys::memfd::memfd_create(name, nix::sys::memfd::MFdFlags::MFD_CLOEXEC)?.into())
}

/// The file has capabilities of its own (capabilities(7)), which its exec gives.
#[must_use]
pub fn has_capabilities(file: &std::fs::File) -> bool {
    let Ok(path) = std::ffi::CString::new(format!("/proc/self/fd/{}", file.as_raw_fd())) else { return false };
    // SAFETY: two strings that end in NUL; with no room the length alone is asked for.
    unsafe { libc::getxattr(path.as_ptr(), c"security.capability".as_ptr(), std::ptr::null_mut(), 0) > 0 }
}

/// It lies where no exec gives rights (`nosuid`).
#[must_use]
pub fn gives_no_rights(file: &std::fs::File) -> bool {
    let mut about = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: filled where the call returns 0.
    unsafe {
        libc::fstatvfs(file.as_raw_fd(), about.as_mut_ptr()) == 0 && about.assume_init().f_flag & libc::ST_NOSUID != 0
    }
}

/// Where a path that begins at a root folder leads: nobody else's mount has its number as long as it is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Root {
    mount: u64,
    device: (u32, u32),
    inode: u64,
}

/// The root folder of a task. `None`: we may not look, or the kernel has no numbers for mounts (before 5.8).
#[must_use]
pub fn root_of(task: i32) -> Option<Root> {
    let path = std::ffi::CString::new(format!("/proc/{task}/root")).ok()?;
    let mut about = std::mem::MaybeUninit::<libc::statx>::uninit();
    let wanted = libc::STATX_INO | libc::STATX_MNT_ID;
    // SAFETY: a string that ends in NUL; filled where the call returns 0.
    let about = unsafe {
        if libc::statx(libc::AT_FDCWD, path.as_ptr(), 0, wanted, about.as_mut_ptr()) != 0 {
            return None;
        }
        about.assume_init()
    };
    let device = (about.stx_dev_major, about.stx_dev_minor);
    (about.stx_mask & wanted == wanted).then_some(Root { mount: about.stx_mnt_id, device, inode: about.stx_ino })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, SeekFrom, Write};
    use std::os::fd::AsRawFd;

    use super::rest_of;

    #[test]
    fn a_script_on_standard_input_is_read_without_moving_its_offset() {
        let mut file = tempfile::tempfile().expect("a file");
        let text = "x".repeat(200_000);
        file.write_all(text.as_bytes()).expect("room");
        file.seek(SeekFrom::Start(3)).expect("a file");
        let rest = rest_of(file.as_raw_fd(), 1 << 20).expect("a file").expect("within the limit");
        assert_eq!(rest.len(), text.len() - 3);
        assert_eq!(rest_of(file.as_raw_fd(), 1000).expect("a file"), None);
        let mut again = String::new();
        file.read_to_string(&mut again).expect("text");
        assert_eq!(again.len(), rest.len());
    }
}
