//! A mount namespace of this process's own, in which paths can't be written (mount_namespaces(7), mount_setattr(2)).

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

/// From now on this process, and all that it starts, finds these paths and what is mounted below them read-only. Without
/// root's rights that takes a user namespace, in which no program gains rights by its file. An error: some of them may be
/// held and others not.
pub fn hold_read_only(paths: &[&CStr]) -> io::Result<()> {
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
    done(unsafe { libc::mount(none, c"/".as_ptr(), none, libc::MS_REC | libc::MS_SLAVE, std::ptr::null()) })?;
    for path in paths {
        let bind = libc::MS_BIND | libc::MS_REC;
        // SAFETY: as above.
        done(unsafe { libc::mount(path.as_ptr(), path.as_ptr(), none, bind, std::ptr::null()) })?;
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
        done(i32::try_from(held).unwrap_or(-1))?;
    }
    Ok(())
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
