//! Files by folder and name: what is looked at, linked, exchanged and copied so that no link in between leads elsewhere.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Folder,
    File,
    Link,
    /// A FIFO, a socket, a device.
    Special,
}

/// Seconds and nanoseconds since 1970.
pub type Moment = (i64, u32);

/// What statx(2) tells of one name, its last component not followed.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub kind: Kind,
    /// Type and permissions.
    pub mode: u32,
    pub owner: (u32, u32),
    pub links: u32,
    pub size: u64,
    /// On disk, in bytes.
    pub held: u64,
    pub device: u64,
    pub inode: u64,
    pub accessed: Moment,
    pub modified: Moment,
    pub changed: Moment,
    /// The number of a device file.
    pub special: u64,
    /// Immutable or append-only: it can't be removed.
    pub fixed: bool,
    /// Another file system begins here.
    pub mount: bool,
}

fn done(status: libc::c_int) -> io::Result<()> {
    if status == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn owned(descriptor: RawFd) -> io::Result<OwnedFd> {
    done(descriptor)?;
    // SAFETY: fresh from the kernel, and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

pub fn look(folder: BorrowedFd<'_>, name: &CStr) -> io::Result<Seen> {
    // SAFETY: plain numbers, for which zeroes are fine.
    let mut found: libc::statx = unsafe { std::mem::zeroed() };
    let flags = libc::AT_SYMLINK_NOFOLLOW | libc::AT_NO_AUTOMOUNT | libc::AT_EMPTY_PATH;
    // SAFETY: a string that ends in NUL and room for the answer, both of which outlive the call.
    done(unsafe { libc::statx(folder.as_raw_fd(), name.as_ptr(), flags, libc::STATX_BASIC_STATS, &raw mut found) })?;
    let mode = u32::from(found.stx_mode);
    let moment = |at: libc::statx_timestamp| (at.tv_sec, at.tv_nsec);
    let attribute = |flag: libc::c_int| found.stx_attributes & u64::from(flag.unsigned_abs()) != 0;
    Ok(Seen {
        kind: match mode & libc::S_IFMT {
            libc::S_IFDIR => Kind::Folder,
            libc::S_IFREG => Kind::File,
            libc::S_IFLNK => Kind::Link,
            _ => Kind::Special,
        },
        mode,
        owner: (found.stx_uid, found.stx_gid),
        links: found.stx_nlink,
        size: found.stx_size,
        held: found.stx_blocks.saturating_mul(512),
        device: libc::makedev(found.stx_dev_major, found.stx_dev_minor),
        inode: found.stx_ino,
        accessed: moment(found.stx_atime),
        modified: moment(found.stx_mtime),
        changed: moment(found.stx_ctime),
        special: libc::makedev(found.stx_rdev_major, found.stx_rdev_minor),
        fixed: attribute(libc::STATX_ATTR_IMMUTABLE) || attribute(libc::STATX_ATTR_APPEND),
        mount: attribute(MOUNT_ROOT),
    })
}

/// STATX_ATTR_MOUNT_ROOT (linux/stat.h).
const MOUNT_ROOT: libc::c_int = 0x2000;

/// The folder of an absolute path, to name things in; no link is followed on the way to it.
pub fn folder(names: &[CString]) -> io::Result<OwnedFd> {
    // SAFETY: a constant string.
    let root = owned(unsafe { libc::open(c"/".as_ptr(), libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC) })?;
    names.iter().try_fold(root, |at, name| below(at.as_fd(), name))
}

/// A folder in a folder.
pub fn below(folder: BorrowedFd<'_>, name: &CStr) -> io::Result<OwnedFd> {
    open(folder, name, libc::O_PATH | libc::O_DIRECTORY, 0)
}

/// Opens a name of a folder; a link in its place is not followed, and nothing waits.
pub fn open(folder: BorrowedFd<'_>, name: &CStr, flags: libc::c_int, mode: libc::mode_t) -> io::Result<OwnedFd> {
    let flags = flags | libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    // SAFETY: a string that ends in NUL; the rest are numbers.
    owned(unsafe { libc::openat(folder.as_raw_fd(), name.as_ptr(), flags, mode) })
}

/// The names in a folder, but for itself and the one above.
pub fn names(folder: BorrowedFd<'_>) -> io::Result<Vec<CString>> {
    let own = open(folder, c".", libc::O_RDONLY | libc::O_DIRECTORY, 0)?;
    let mut listing = nix::dir::Dir::from_fd(own)?;
    let mut names = Vec::new();
    for entry in listing.iter() {
        let name = entry?.file_name().to_owned();
        if name.as_bytes() != b"." && name.as_bytes() != b".." {
            names.push(name);
        }
    }
    Ok(names)
}

pub fn make_folder(folder: BorrowedFd<'_>, name: &CStr, mode: libc::mode_t) -> io::Result<()> {
    // SAFETY: a string that ends in NUL.
    done(unsafe { libc::mkdirat(folder.as_raw_fd(), name.as_ptr(), mode) })
}

/// A FIFO, a socket or a device.
pub fn make_special(folder: BorrowedFd<'_>, name: &CStr, mode: u32, device: u64) -> io::Result<()> {
    // SAFETY: a string that ends in NUL.
    done(unsafe { libc::mknodat(folder.as_raw_fd(), name.as_ptr(), mode, device) })
}

pub fn make_link(folder: BorrowedFd<'_>, name: &CStr, target: &CStr) -> io::Result<()> {
    // SAFETY: two strings that end in NUL.
    done(unsafe { libc::symlinkat(target.as_ptr(), folder.as_raw_fd(), name.as_ptr()) })
}

/// What a symbolic link holds.
pub fn target(folder: BorrowedFd<'_>, name: &CStr) -> io::Result<CString> {
    let mut text = vec![0_u8; 4096];
    // SAFETY: room for as many bytes as are told.
    let length = unsafe { libc::readlinkat(folder.as_raw_fd(), name.as_ptr(), text.as_mut_ptr().cast(), text.len()) };
    let length = usize::try_from(length).map_err(|_| io::Error::last_os_error())?;
    text.truncate(length);
    CString::new(text).map_err(io::Error::other)
}

/// One more name for a file; of a symbolic link, for the link itself.
pub fn link(from: (BorrowedFd<'_>, &CStr), to: (BorrowedFd<'_>, &CStr)) -> io::Result<()> {
    // SAFETY: two strings that end in NUL.
    done(unsafe { libc::linkat(from.0.as_raw_fd(), from.1.as_ptr(), to.0.as_raw_fd(), to.1.as_ptr(), 0) })
}

pub fn remove(folder: BorrowedFd<'_>, name: &CStr, is_folder: bool) -> io::Result<()> {
    let flags = if is_folder { libc::AT_REMOVEDIR } else { 0 };
    // SAFETY: a string that ends in NUL.
    done(unsafe { libc::unlinkat(folder.as_raw_fd(), name.as_ptr(), flags) })
}

/// Two names change places, in one step.
pub fn exchange(one: (BorrowedFd<'_>, &CStr), other: (BorrowedFd<'_>, &CStr)) -> io::Result<()> {
    rename(one, other, libc::RENAME_EXCHANGE)
}

/// What has the new name is gone.
pub fn replace(from: (BorrowedFd<'_>, &CStr), to: (BorrowedFd<'_>, &CStr)) -> io::Result<()> {
    rename(from, to, 0)
}

/// Fails where the new name is taken.
pub fn rename_to_free(from: (BorrowedFd<'_>, &CStr), to: (BorrowedFd<'_>, &CStr)) -> io::Result<()> {
    rename(from, to, libc::RENAME_NOREPLACE)
}

fn rename(from: (BorrowedFd<'_>, &CStr), to: (BorrowedFd<'_>, &CStr), flags: u32) -> io::Result<()> {
    // By number: not every C library has a function for it.
    // SAFETY: two strings that end in NUL; the rest are numbers.
    let status = unsafe {
        libc::syscall(libc::SYS_renameat2, from.0.as_raw_fd(), from.1.as_ptr(), to.0.as_raw_fd(), to.1.as_ptr(), flags)
    };
    if status == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

pub fn set_mode(folder: BorrowedFd<'_>, name: &CStr, mode: u32) -> io::Result<()> {
    // SAFETY: a string that ends in NUL.
    done(unsafe { libc::fchmodat(folder.as_raw_fd(), name.as_ptr(), mode & 0o7777, 0) })
}

/// Of the link itself, where it is one.
pub fn set_owner(folder: BorrowedFd<'_>, name: &CStr, owner: (u32, u32)) -> io::Result<()> {
    // SAFETY: a string that ends in NUL.
    done(unsafe { libc::fchownat(folder.as_raw_fd(), name.as_ptr(), owner.0, owner.1, libc::AT_SYMLINK_NOFOLLOW) })
}

pub fn set_times(folder: BorrowedFd<'_>, name: &CStr, accessed: Moment, modified: Moment) -> io::Result<()> {
    let time = |at: Moment| libc::timespec { tv_sec: at.0, tv_nsec: i64::from(at.1) };
    let times = [time(accessed), time(modified)];
    // SAFETY: a string that ends in NUL and two times, which outlive the call.
    done(unsafe { libc::utimensat(folder.as_raw_fd(), name.as_ptr(), times.as_ptr(), libc::AT_SYMLINK_NOFOLLOW) })
}

/// A name of a folder as a path whose last component is not followed by the calls below.
fn path_of(folder: BorrowedFd<'_>, name: &CStr) -> CString {
    let mut path = format!("/proc/self/fd/{}/", folder.as_raw_fd()).into_bytes();
    path.extend_from_slice(name.to_bytes());
    CString::new(path).unwrap_or_default()
}

/// Extended attributes, access control lists among them. What the target's file system does not take is an error.
pub fn copy_attributes(from: (BorrowedFd<'_>, &CStr), to: (BorrowedFd<'_>, &CStr)) -> io::Result<()> {
    let (from, to) = (path_of(from.0, from.1), path_of(to.0, to.1));
    // SAFETY: a string that ends in NUL; a length of nought asks for the length.
    let length = unsafe { libc::llistxattr(from.as_ptr(), std::ptr::null_mut(), 0) };
    if length <= 0 {
        let none = length == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EOPNOTSUPP);
        return if none { Ok(()) } else { Err(io::Error::last_os_error()) };
    }
    let mut list = vec![0_u8; usize::try_from(length).unwrap_or(0)];
    // SAFETY: room for as many bytes as are told.
    let length = unsafe { libc::llistxattr(from.as_ptr(), list.as_mut_ptr().cast(), list.len()) };
    list.truncate(usize::try_from(length).map_err(|_| io::Error::last_os_error())?);
    for name in list.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let name = CString::new(name).map_err(io::Error::other)?;
        let mut value = vec![0_u8; 64 << 10];
        // SAFETY: two strings that end in NUL and room for as many bytes as are told.
        let length = unsafe { libc::lgetxattr(from.as_ptr(), name.as_ptr(), value.as_mut_ptr().cast(), value.len()) };
        let length = usize::try_from(length).map_err(|_| io::Error::last_os_error())?;
        // SAFETY: two strings that end in NUL and `length` bytes that were just filled in.
        done(unsafe { libc::lsetxattr(to.as_ptr(), name.as_ptr(), value.as_ptr().cast(), length, 0) })?;
    }
    Ok(())
}

/// The content of one file for another: shared where the file system can, else copied, holes kept.
pub fn copy_content(from: &File, to: &File) -> io::Result<()> {
    // SAFETY: two descriptors.
    if unsafe { libc::ioctl(to.as_raw_fd(), libc::FICLONE, from.as_raw_fd()) } == 0 {
        return Ok(());
    }
    let length = i64::try_from(from.metadata()?.len()).unwrap_or(i64::MAX);
    to.set_len(u64::try_from(length).unwrap_or(0))?;
    let mut at = 0;
    while at < length {
        // SAFETY: numbers only.
        let data = unsafe { libc::lseek(from.as_raw_fd(), at, libc::SEEK_DATA) };
        if data == -1 {
            let error = io::Error::last_os_error();
            return if error.raw_os_error() == Some(libc::ENXIO) { Ok(()) } else { Err(error) };
        }
        // SAFETY: numbers only.
        let hole = unsafe { libc::lseek(from.as_raw_fd(), data, libc::SEEK_HOLE) };
        let end = if hole == -1 { length } else { hole };
        copy_range(from, to, data, end)?;
        at = end;
    }
    Ok(())
}

fn copy_range(from: &File, to: &File, start: i64, end: i64) -> io::Result<()> {
    use std::os::unix::fs::FileExt;
    let mut buffer = vec![0_u8; 256 << 10];
    let mut at = u64::try_from(start).unwrap_or(0);
    let end = u64::try_from(end).unwrap_or(0);
    while at < end {
        let most = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
        let Some(room) = buffer.get_mut(..most) else { return Ok(()) };
        let count = from.read_at(room, at)?;
        if count == 0 {
            return Ok(());
        }
        to.write_all_at(buffer.get(..count).unwrap_or_default(), at)?;
        at += count as u64;
    }
    Ok(())
}

/// All that was written to the file system of this descriptor is on disk.
pub fn settle(descriptor: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: a descriptor.
    done(unsafe { libc::syncfs(descriptor.as_raw_fd()) })
}

/// Closes all but the standard ones and this.
pub fn close_all_but(kept: BorrowedFd<'_>) {
    let kept = u32::try_from(kept.as_raw_fd()).unwrap_or(u32::MAX);
    for (first, last) in [(3, kept.saturating_sub(1)), (kept.saturating_add(1).max(3), u32::MAX)] {
        if first <= last {
            // SAFETY: numbers; whoever calls this uses no other descriptor of its own any more.
            unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
        }
    }
}
