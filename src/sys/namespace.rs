//! A mount namespace of this process's own, in which paths can't be written or are covered (mount_namespaces(7),
//! mount_setattr(2)).

use std::ffi::CStr;
use std::io;

/// As mount_setattr(2) takes it.
#[repr(C)]
struct Attributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

const READ_ONLY: u64 = 1;
const RECURSIVE: libc::c_uint = 0x8000;

/// From now on what this process, and all that it starts, mounts is seen by nobody else. Without root's rights that takes a
/// user namespace, in which no program gains rights by its file.
pub fn enter() -> io::Result<()> {
    // SAFETY: numbers.
    let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
    let flags = if user == 0 { libc::CLONE_NEWNS } else { libc::CLONE_NEWUSER | libc::CLONE_NEWNS };
    // SAFETY: a number; we have one thread.
    done(unsafe { libc::unshare(flags) })?;
    if user != 0 {
        same_user(user, group)?;
    }
    // What is mounted outside later appears here too, and nothing of ours outside.
    let none = std::ptr::null::<libc::c_char>();
    // SAFETY: strings that end in NUL, or none.
    done(unsafe { libc::mount(none, c"/".as_ptr(), none, libc::MS_REC | libc::MS_SLAVE, std::ptr::null()) })
}

/// These paths and what is mounted below them can only be read. An error: some of them may be held and others not.
pub fn hold_read_only(paths: &[&CStr]) -> io::Result<()> {
    for path in paths {
        bind(path, path)?;
        read_only(path)?;
    }
    Ok(())
}

/// An empty file or folder lies over each of these paths. An error: some of them may be covered and others not.
pub fn cover(paths: &[&CStr]) -> io::Result<()> {
    // Whatever else a machine lacks, this is there to be lain over for a moment.
    const PLACE: &CStr = c"/proc";
    let (kind, about) = (c"tmpfs", c"mode=0755,size=64k");
    let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
    let folders: Vec<bool> = paths.iter().map(|path| is_folder(path)).collect();
    // SAFETY: strings that end in NUL.
    done(unsafe { libc::mount(kind.as_ptr(), PLACE.as_ptr(), kind.as_ptr(), flags, about.as_ptr().cast()) })?;
    let covered = covered(paths, &folders);
    // SAFETY: a constant string. What was bound elsewhere stays.
    done(unsafe { libc::umount2(PLACE.as_ptr(), libc::MNT_DETACH) })?;
    covered
}

fn covered(paths: &[&CStr], folders: &[bool]) -> io::Result<()> {
    let (file, folder) = (c"/proc/file", c"/proc/folder");
    // SAFETY: constant strings; the descriptor is closed here.
    unsafe {
        done(libc::mkdir(folder.as_ptr(), 0o555))?;
        let made = libc::open(file.as_ptr(), libc::O_CREAT | libc::O_EXCL | libc::O_CLOEXEC, 0o444);
        done(i32::from(made < 0))?;
        libc::close(made);
    }
    for (path, is_folder) in paths.iter().zip(folders) {
        bind(if *is_folder { folder } else { file }, path)?;
        read_only(path)?;
    }
    Ok(())
}

fn bind(from: &CStr, to: &CStr) -> io::Result<()> {
    let none = std::ptr::null::<libc::c_char>();
    let flags = libc::MS_BIND | libc::MS_REC;
    // SAFETY: strings that end in NUL, or none.
    done(unsafe { libc::mount(from.as_ptr(), to.as_ptr(), none, flags, std::ptr::null()) })
}

fn read_only(path: &CStr) -> io::Result<()> {
    let wanted = Attributes { set: READ_ONLY, clear: 0, propagation: 0, user_namespace: 0 };
    // SAFETY: a string that ends in NUL and one structure, which outlive the call.
    let held = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            RECURSIVE,
            &raw const wanted,
            size_of::<Attributes>(),
        )
    };
    done(i32::try_from(held).unwrap_or(-1))
}

/// Whether a cover lies there: nothing can be written, and there is nothing in it.
#[must_use]
pub fn is_covered(path: &CStr) -> bool {
    let found = nix::sys::stat::stat(path);
    let empty = found.is_ok_and(|about| about.st_size == 0 || is_folder(path));
    let of_memory =
        nix::sys::statfs::statfs(path).is_ok_and(|disk| disk.filesystem_type() == nix::sys::statfs::TMPFS_MAGIC);
    empty && of_memory && is_read_only(path)
}

fn is_folder(path: &CStr) -> bool {
    let format = nix::sys::stat::stat(path).map_or(0, |about| about.st_mode & libc::S_IFMT);
    format == libc::S_IFDIR
}

/// Whether nothing can be written there now.
#[must_use]
pub fn is_read_only(path: &CStr) -> bool {
    let mut about = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: the structure is read only where the call has filled it.
    unsafe {
        libc::statvfs(path.as_ptr(), about.as_mut_ptr()) == 0 && about.assume_init().f_flag & libc::ST_RDONLY != 0
    }
}

/// The user and the group are in the namespace what they are outside.
#[expect(clippy::disallowed_methods, reason = "edge: tells the kernel by its files")]
fn same_user(user: u32, group: u32) -> io::Result<()> {
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    std::fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

fn done(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
