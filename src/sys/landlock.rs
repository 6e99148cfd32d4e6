//! A domain of Landlock around all that this process starts (landlock(7)), which takes no right to a file away.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// As landlock_create_ruleset(2) takes it, in its first version.
#[repr(C)]
struct Ruleset {
    handled_access_fs: u64,
}

/// As landlock_add_rule(2) takes it.
#[repr(C, packed)]
struct BelowFolder {
    allowed_access: u64,
    parent: RawFd,
}

/// To link and rename from one folder to another (5.19).
const REFER: u64 = 1 << 13;
const BELOW_FOLDER: libc::c_int = 1;

/// From now on nothing of this tree changes what is mounted where, or looks into a process outside of it: that comes with
/// any domain that knows of files. What it handles is allowed everywhere.
pub fn shut_in() -> io::Result<()> {
    let ruleset = Ruleset { handled_access_fs: REFER };
    // SAFETY: one structure and its size.
    let made = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, &raw const ruleset, size_of::<Ruleset>(), 0) };
    let made = owned(made)?;
    // SAFETY: a constant string.
    let root = owned(unsafe { libc::open(c"/".as_ptr(), libc::O_PATH | libc::O_CLOEXEC) }.into())?;
    let rule = BelowFolder { allowed_access: REFER, parent: root.as_raw_fd() };
    // SAFETY: descriptors that are open and one structure, which outlive the call.
    let added =
        unsafe { libc::syscall(libc::SYS_landlock_add_rule, made.as_raw_fd(), BELOW_FOLDER, &raw const rule, 0) };
    done(added)?;
    // SAFETY: a descriptor that is open. Root may do so without giving up to gain rights, and so may whoever is root of a
    // namespace of his own.
    done(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, made.as_raw_fd(), 0) })
}

fn done(result: i64) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn owned(descriptor: i64) -> io::Result<OwnedFd> {
    match RawFd::try_from(descriptor) {
        // SAFETY: fresh from the kernel, and nobody else's.
        Ok(number) if number >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(number) }),
        _ => Err(io::Error::last_os_error()),
    }
}
