//! The filter that hands each exec of a process tree to its supervisor, and the listener it speaks through (seccomp(2),
//! seccomp_unotify(2)).
//!
//! Every answer but prctl's depends on the number of the call alone, so that the kernel's bitmap of calls that are always
//! allowed (5.11) keeps all others at their usual cost.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use libc::{c_int, c_ulong, sock_filter, sock_fprog};

#[cfg(target_arch = "x86_64")]
mod machine {
    pub const NATIVE: u32 = 0xC000_003E;
    /// 32-bit programs, and `int 0x80` from 64-bit ones.
    pub const COMPAT: u32 = 0x4000_0003;
    pub const COMPAT_EXECVE: u32 = 11;
    pub const COMPAT_EXECVEAT: u32 = 358;
    /// Numbers from here on are x32's.
    pub const FOREIGN: u32 = 0x4000_0000;
}
#[cfg(target_arch = "aarch64")]
mod machine {
    pub const NATIVE: u32 = 0xC000_00B7;
    pub const COMPAT: u32 = 0x4000_0028;
    pub const COMPAT_EXECVE: u32 = 11;
    pub const COMPAT_EXECVEAT: u32 = 387;
    pub const FOREIGN: u32 = 0x8000_0000;
}
use machine::{COMPAT, COMPAT_EXECVE, COMPAT_EXECVEAT, FOREIGN, NATIVE};

const ALLOW: u32 = 0x7fff_0000;
const NOTIFY: u32 = 0x7fc0_0000;
const ERRNO: u32 = 0x0005_0000;

const LOAD: u16 = 0x20;
const IF_EQUAL: u16 = 0x15;
const IF_AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;

/// io_uring_setup, the same on every machine. It can open and unlink files without a call that a filter sees.
const IO_URING_SETUP: u32 = 425;

#[expect(clippy::cast_possible_truncation, reason = "numbers of calls are small")]
fn program() -> Vec<sock_filter> {
    let op = |code: u16, k: u32, jt: u8, jf: u8| sock_filter { code, jt, jf, k };
    let (execve, execveat) = (libc::SYS_execve as u32, libc::SYS_execveat as u32);
    let unknown = ERRNO | libc::ENOSYS as u32;
    vec![
        op(LOAD, 4, 0, 0),                          //                                          0: the machine
        op(IF_EQUAL, NATIVE, 6, 0),                 //                                 1: to 8
        op(IF_EQUAL, COMPAT, 0, 15),                //                                2: any other to 18
        op(LOAD, 0, 0, 0),                          //                                          3: the number
        op(IF_EQUAL, COMPAT_EXECVE, 14, 0),         //                         4: to 19
        op(IF_EQUAL, COMPAT_EXECVEAT, 13, 0),       //                       5: to 19
        op(IF_EQUAL, IO_URING_SETUP, 11, 0),        //                        6: to 18
        op(RETURN, ALLOW, 0, 0),                    //                                    7
        op(LOAD, 0, 0, 0),                          //                                          8: the number
        op(IF_AT_LEAST, FOREIGN, 8, 0),             //                             9: to 18
        op(IF_EQUAL, execve, 8, 0),                 //                                10: to 19
        op(IF_EQUAL, execveat, 7, 0),               //                              11: to 19
        op(IF_EQUAL, IO_URING_SETUP, 5, 0),         //                        12: to 18
        op(IF_EQUAL, libc::SYS_prctl as u32, 0, 6), //                13: any other to 20
        op(LOAD, 16, 0, 0),                         //                                        14: the first argument
        op(IF_EQUAL, libc::PR_SET_DUMPABLE as u32, 0, 4), //          15: any other to 20
        op(LOAD, 24, 0, 0),                         //                                        16: the second
        op(IF_EQUAL, 0, 3, 2),                      //                                     17: to 21, else 20
        op(RETURN, unknown, 0, 0),                  //                                 18
        op(RETURN, NOTIFY, 0, 0),                   //                                  19
        op(RETURN, ALLOW, 0, 0),                    //                                   20
        // As if done: what is not dumpable (ssh-agent, gpg-agent) could not be read by us any more, so that its own
        // execs would have to be refused.
        op(RETURN, ERRNO, 0, 0), //                                   21
    ]
}

/// Where the notifications of a tree come in.
#[derive(Debug)]
pub struct Listener {
    pub descriptor: OwnedFd,
    /// Once received, a call is not interrupted by signals (5.19).
    pub holds: bool,
}

const NEW_LISTENER: c_ulong = 1 << 3;
const WAIT_KILLABLE: c_ulong = 1 << 5;

/// Puts this process, and all that it will start, under the filter. `privileged`: the tree may still gain privileges,
/// which only root may leave to it.
pub fn install(privileged: bool) -> io::Result<Listener> {
    let mut filter = program();
    let length = u16::try_from(filter.len()).map_err(io::Error::other)?;
    let whole = sock_fprog { len: length, filter: filter.as_mut_ptr() };
    let set = |flags: c_ulong| {
        // SAFETY: `whole` and the filter that it points to outlive the call.
        let descriptor =
            unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const whole) };
        match RawFd::try_from(descriptor) {
            // SAFETY: fresh and ours.
            Ok(descriptor) if descriptor >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
            _ => Err(io::Error::last_os_error()),
        }
    };
    // SAFETY: numbers only.
    if !privileged && unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    match set(NEW_LISTENER | WAIT_KILLABLE) {
        Ok(descriptor) => Ok(Listener { descriptor, holds: true }),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            Ok(Listener { descriptor: set(NEW_LISTENER)?, holds: false })
        }
        Err(error) => Err(error),
    }
}

/// A call that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub struct Notification {
    pub id: u64,
    /// The thread that called.
    pub thread: i32,
    pub exec: ExecCall,
}

/// The arguments of execve or execveat as addresses in the caller's memory.
#[derive(Clone, Copy, Debug)]
pub struct ExecCall {
    /// Bytes of a pointer.
    pub width: usize,
    /// `AT_FDCWD` for execve.
    pub folder: c_int,
    pub path: usize,
    pub argv: usize,
    pub environment: usize,
    pub flags: c_int,
}

#[repr(C)]
#[derive(Default)]
struct RawNotification {
    id: u64,
    pid: u32,
    flags: u32,
    nr: i32,
    arch: u32,
    instruction: u64,
    args: [u64; 6],
}

#[repr(C)]
struct RawAnswer {
    id: u64,
    val: i64,
    error: i32,
    flags: u32,
}

const fn request(number: u8, direction: u64, size: usize) -> u64 {
    direction << 30 | (size as u64) << 16 | (b'!' as u64) << 8 | number as u64
}
const RECEIVE: u64 = request(0, 3, size_of::<RawNotification>());
const SEND: u64 = request(1, 3, size_of::<RawAnswer>());
const IS_VALID: u64 = request(2, 1, size_of::<u64>());
const SET_FLAGS: u64 = request(4, 1, size_of::<u64>());

#[expect(clippy::cast_possible_truncation, reason = "registers hold what the call takes")]
fn exec_call(raw: &RawNotification) -> ExecCall {
    let compat = raw.arch == COMPAT;
    let at = if compat { raw.nr.cast_unsigned() != COMPAT_EXECVE } else { i64::from(raw.nr) == libc::SYS_execveat };
    let pointer = |index: usize| {
        let whole = raw.args[index];
        if compat { (whole as u32) as usize } else { whole as usize }
    };
    let first = usize::from(at);
    ExecCall {
        width: if compat { 4 } else { 8 },
        folder: if at { raw.args[0] as c_int } else { libc::AT_FDCWD },
        path: pointer(first),
        argv: pointer(first + 1),
        environment: pointer(first + 2),
        flags: if at { raw.args[4] as c_int } else { 0 },
    }
}

impl Listener {
    fn control<T>(&self, request: u64, argument: &mut T) -> io::Result<()> {
        // SAFETY: each request below is made with the structure that the kernel wants for it.
        let done = unsafe { libc::ioctl(self.descriptor.as_raw_fd(), request, std::ptr::from_mut(argument)) };
        if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Wakes us on the same processor (6.6); older kernels refuse and lose some speed.
    pub fn wake_near(&self) {
        let mut flags: u64 = 1;
        let _ = self.control(SET_FLAGS, &mut flags);
    }

    /// An error where the caller died before it was received.
    pub fn receive(&self) -> io::Result<Notification> {
        let mut raw = RawNotification::default();
        self.control(RECEIVE, &mut raw)?;
        Ok(Notification { id: raw.id, thread: raw.pid.cast_signed(), exec: exec_call(&raw) })
    }

    /// The caller still waits, so that what was read from its number is its own.
    #[must_use]
    pub fn waits(&self, id: u64) -> bool {
        let mut id = id;
        self.control(IS_VALID, &mut id).is_ok()
    }

    /// Lets the kernel go on with the call.
    pub fn go_on(&self, id: u64) {
        const CONTINUE: u32 = 1;
        // An error means that the caller is gone.
        let _ = self.control(SEND, &mut RawAnswer { id, val: 0, error: 0, flags: CONTINUE });
    }

    /// Ends the call with an errno.
    pub fn fail(&self, id: u64, errno: c_int) {
        let _ = self.control(SEND, &mut RawAnswer { id, val: 0, error: -errno, flags: 0 });
    }
}
