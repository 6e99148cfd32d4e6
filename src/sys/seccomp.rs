//! The filter that hands each exec of a process tree to its supervisor, and the listener it speaks through (seccomp(2),
//! seccomp_unotify(2)); without a listener it stops who is traced.
//!
//! Every answer but those to prctl, ioctl, seccomp and, where they are asked for, opens depends on the number of the call
//! alone, so that the kernel's bitmap of calls that are always allowed (5.11) keeps all others at their usual cost.

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
    pub const COMPAT_SECCOMP: u32 = 354;
    pub const COMPAT_OPENAT: u32 = 295;
    pub const COMPAT_OPEN_BY_HANDLE: u32 = 342;
    /// Numbers from here on are x32's.
    pub const FOREIGN: u32 = 0x4000_0000;
}
#[cfg(target_arch = "aarch64")]
mod machine {
    pub const NATIVE: u32 = 0xC000_00B7;
    pub const COMPAT: u32 = 0x4000_0028;
    pub const COMPAT_EXECVE: u32 = 11;
    pub const COMPAT_EXECVEAT: u32 = 387;
    pub const COMPAT_SECCOMP: u32 = 383;
    pub const COMPAT_OPENAT: u32 = 322;
    pub const COMPAT_OPEN_BY_HANDLE: u32 = 371;
    pub const FOREIGN: u32 = 0x8000_0000;
}
use machine::{
    COMPAT, COMPAT_EXECVE, COMPAT_EXECVEAT, COMPAT_OPEN_BY_HANDLE, COMPAT_OPENAT, COMPAT_SECCOMP, FOREIGN, NATIVE,
};

const ALLOW: u32 = 0x7fff_0000;
const NOTIFY: u32 = 0x7fc0_0000;
const ERRNO: u32 = 0x0005_0000;
/// To the tracer, with the lower half as the event's message; without a tracer the call fails.
const TRACE: u32 = 0x7ff0_0000;
const NATIVE_CALL: u32 = 1;
/// The message of a call by the numbers of the 32-bit machine.
pub const COMPAT_CALL: u32 = 2;

const LOAD: u16 = 0x20;
const IF_EQUAL: u16 = 0x15;
const IF_AT_LEAST: u16 = 0x35;
const IF_ANY: u16 = 0x45;
const RETURN: u16 = 0x06;

/// io_uring_setup, the same on every machine. It can open and unlink files without a call that a filter sees.
const IO_URING_SETUP: u32 = 425;
/// The same on every machine too.
const CLONE3: u32 = 435;
/// On 32-bit machines of both kinds.
const COMPAT_CLONE: u32 = 120;
const COMPAT_IOCTL: u32 = 54;
const COMPAT_OPEN: u32 = 5;
const COMPAT_CREAT: u32 = 8;

/// One step of a filter, which may have a name. A test goes on at the step of a name, `""` is the next one.
struct Step {
    name: &'static str,
    code: u16,
    number: u32,
    where_true: &'static str,
    where_false: &'static str,
}

const fn step(name: &'static str, code: u16, number: u32) -> Step {
    Step { name, code, number, where_true: "", where_false: "" }
}

const fn test(code: u16, number: u32, where_true: &'static str, where_false: &'static str) -> Step {
    Step { name: "", code, number, where_true, where_false }
}

/// Places in what a filter sees of a call (struct seccomp_data): the lower half of a register on these machines.
const NUMBER: u32 = 0;
const MACHINE: u32 = 4;
const FIRST: u32 = 16;
const SECOND: u32 = 24;
const THIRD: u32 = 32;

/// Which calls come in at a listener.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    Execs,
    /// … and opens that empty the file, if it is there. openat2 keeps its flags in memory and goes unseen.
    ExecsAndOpens,
}

/// Calls that open a file by its name, each with the step that looks at its flags.
const COMPAT_OPENS: &[(u32, &str)] = &[(COMPAT_OPEN, "open"), (COMPAT_OPENAT, "openat"), (COMPAT_CREAT, "empties")];
#[cfg(target_arch = "x86_64")]
#[expect(clippy::cast_possible_truncation, reason = "numbers of calls are small")]
const NATIVE_OPENS: &[(u32, &str)] =
    &[(libc::SYS_open as u32, "open"), (libc::SYS_openat as u32, "openat"), (libc::SYS_creat as u32, "empties")];
#[cfg(not(target_arch = "x86_64"))]
#[expect(clippy::cast_possible_truncation, reason = "numbers of calls are small")]
const NATIVE_OPENS: &[(u32, &str)] = &[(libc::SYS_openat as u32, "openat")];

/// `native`, `compat`: what an exec gets on each machine. `alone`: all of the tree is traced by its supervisor and by
/// nobody else, and none of it has a listener, which would be asked before a tracer is.
#[expect(clippy::cast_possible_truncation, reason = "numbers of calls are small")]
fn steps(native: u32, compat: u32, alone: bool, asked: Asked) -> Vec<Step> {
    let opens = |calls: &'static [(u32, &'static str)]| {
        let minded = if asked == Asked::ExecsAndOpens { calls } else { &[] };
        minded.iter().map(|(number, to)| test(IF_EQUAL, *number, to, ""))
    };
    let mut steps = vec![
        step("", LOAD, MACHINE),
        test(IF_EQUAL, NATIVE, "native", ""),
        test(IF_EQUAL, COMPAT, "", "unknown"),
        step("", LOAD, NUMBER),
    ];
    steps.extend(opens(COMPAT_OPENS));
    steps.extend([
        test(IF_EQUAL, COMPAT_EXECVE, "compat exec", ""),
        test(IF_EQUAL, COMPAT_EXECVEAT, "compat exec", ""),
        test(IF_EQUAL, IO_URING_SETUP, "unknown", ""),
        test(IF_EQUAL, COMPAT_SECCOMP, "filter", ""),
        test(IF_EQUAL, COMPAT_CLONE, "clone", ""),
        test(IF_EQUAL, COMPAT_IOCTL, "ioctl", ""),
        test(IF_EQUAL, CLONE3, "clone3", "allow"),
        step("native", LOAD, NUMBER),
    ]);
    steps.extend(opens(NATIVE_OPENS));
    steps.extend([
        test(IF_AT_LEAST, FOREIGN, "unknown", ""),
        test(IF_EQUAL, libc::SYS_execve as u32, "exec", ""),
        test(IF_EQUAL, libc::SYS_execveat as u32, "exec", ""),
        test(IF_EQUAL, IO_URING_SETUP, "unknown", ""),
        test(IF_EQUAL, libc::SYS_seccomp as u32, "filter", ""),
        test(IF_EQUAL, libc::SYS_clone as u32, "clone", ""),
        test(IF_EQUAL, libc::SYS_ioctl as u32, "ioctl", ""),
        test(IF_EQUAL, CLONE3, "clone3", ""),
        test(IF_EQUAL, libc::SYS_prctl as u32, "", "allow"),
        step("", LOAD, FIRST),
        test(IF_EQUAL, libc::PR_SET_DUMPABLE as u32, "", "allow"),
        step("", LOAD, SECOND),
        test(IF_EQUAL, 0, "done", "allow"),
        // What is typed at a terminal comes from whoever sits before it: there a person is asked. Kernels from 6.2 on can
        // answer the same.
        step("ioctl", LOAD, SECOND),
        test(IF_EQUAL, libc::TIOCSTI as u32, "", "allow"),
        step("", RETURN, ERRNO | libc::EIO as u32),
        step("open", LOAD, SECOND),
        test(IF_ANY, libc::O_TRUNC.cast_unsigned(), "empties", "allow"),
        step("openat", LOAD, THIRD),
        test(IF_ANY, libc::O_TRUNC.cast_unsigned(), "empties", "allow"),
        step("empties", RETURN, NOTIFY),
        step("unknown", RETURN, ERRNO | libc::ENOSYS as u32),
        step("exec", RETURN, native),
        step("compat exec", RETURN, compat),
        step("allow", RETURN, ALLOW),
        // As if done: what is not dumpable (ssh-agent, gpg-agent) could not be read by us any more, so that its own
        // execs would have to be refused.
        step("done", RETURN, ERRNO),
    ]);
    if alone {
        steps.extend([
            // What the kernel itself answers where there is a listener already.
            step("filter", LOAD, SECOND),
            test(IF_ANY, NEW_LISTENER as u32, "busy", "end"),
            // As a kernel without it: its flags lie in memory, and all fall back to clone.
            step("clone3", RETURN, ERRNO | libc::ENOSYS as u32),
            step("clone", LOAD, FIRST),
            test(IF_ANY, libc::CLONE_UNTRACED.cast_unsigned(), "invalid", "end"),
            step("busy", RETURN, ERRNO | libc::EBUSY as u32),
            step("invalid", RETURN, ERRNO | libc::EINVAL as u32),
        ]);
    }
    // Of each the first counts.
    steps.extend(["filter", "clone", "clone3", "end"].map(|name| step(name, RETURN, ALLOW)));
    steps
}

fn assembled(steps: &[Step]) -> io::Result<Vec<sock_filter>> {
    let distance = |from: usize, name: &str| {
        let to = if name.is_empty() { Some(from + 1) } else { steps.iter().position(|step| step.name == name) };
        to.and_then(|to| u8::try_from(to.checked_sub(from + 1)?).ok())
    };
    let one = |(at, step): (usize, &Step)| {
        let [jt, jf] = [step.where_true, step.where_false].map(|name| distance(at, name));
        Some(sock_filter { code: step.code, jt: jt?, jf: jf?, k: step.number })
    };
    let whole: Option<Vec<sock_filter>> = steps.iter().enumerate().map(one).collect();
    whole.ok_or_else(|| io::Error::other("a step of the filter leads nowhere"))
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
pub fn install(privileged: bool, asked: Asked) -> io::Result<Listener> {
    let set = |flags: c_ulong| -> io::Result<OwnedFd> {
        let descriptor = put_under(&steps(NOTIFY, NOTIFY, false, asked), flags, privileged)?;
        // SAFETY: fresh and ours.
        Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
    };
    match set(NEW_LISTENER | WAIT_KILLABLE) {
        Ok(descriptor) => Ok(Listener { descriptor, holds: true }),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            Ok(Listener { descriptor: set(NEW_LISTENER)?, holds: false })
        }
        Err(error) => Err(error),
    }
}

/// The same without a listener: each exec stops for whoever traces its task, and fails where nobody does.
pub fn install_for_tracer(privileged: bool) -> io::Result<()> {
    let steps = steps(TRACE | NATIVE_CALL, TRACE | COMPAT_CALL, true, Asked::Execs);
    put_under(&steps, 0, privileged).map(|_| ())
}

/// open_tree, fsopen, fsmount, fspick, open_tree_attr, the same on every machine: they make mounts that lie nowhere, and
/// are reached by a descriptor alone.
const NOWHERE: [u32; 5] = [428, 430, 432, 433, 467];

/// To root's tree there is no way to a file but by its path, as on a kernel without the calls. The older ones are for
/// Landlock.
#[expect(clippy::cast_possible_truncation, reason = "numbers of calls are small")]
pub fn keep_to_paths() -> io::Result<()> {
    let by_handle = [libc::SYS_open_by_handle_at as u32, COMPAT_OPEN_BY_HANDLE];
    let refused = |number: u32| test(IF_EQUAL, number, "unknown", "");
    let mut steps = vec![
        step("", LOAD, MACHINE),
        test(IF_EQUAL, NATIVE, "native", ""),
        test(IF_EQUAL, COMPAT, "", "unknown"),
        step("", LOAD, NUMBER),
    ];
    steps.extend(NOWHERE.into_iter().chain([by_handle[1]]).map(refused));
    steps.push(step("", RETURN, ALLOW));
    steps.extend([step("native", LOAD, NUMBER), test(IF_AT_LEAST, FOREIGN, "unknown", "")]);
    steps.extend(NOWHERE.into_iter().chain([by_handle[0]]).map(refused));
    steps.extend([step("", RETURN, ALLOW), step("unknown", RETURN, ERRNO | libc::ENOSYS as u32)]);
    put_under(&steps, 0, true).map(drop)
}

/// What the call returns: with `NEW_LISTENER` a descriptor.
fn put_under(steps: &[Step], flags: c_ulong, privileged: bool) -> io::Result<RawFd> {
    let mut filter = assembled(steps)?;
    let length = u16::try_from(filter.len()).map_err(io::Error::other)?;
    let whole = sock_fprog { len: length, filter: filter.as_mut_ptr() };
    // SAFETY: numbers; `whole` and the filter that it points to outlive the call.
    unsafe {
        if !privileged && libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 {
            return Err(io::Error::last_os_error());
        }
        let done = libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const whole);
        RawFd::try_from(done).ok().filter(|done| *done >= 0).ok_or_else(io::Error::last_os_error)
    }
}

/// What came in.
#[derive(Clone, Copy, Debug)]
pub enum Received {
    Exec(Notification),
    Open(Opening),
}

/// An open that waits for its answer, and would empty its file.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    pub id: u64,
    /// The thread that called.
    pub thread: i32,
    /// `AT_FDCWD` where the call takes no folder.
    pub folder: c_int,
    /// Where its path lies in the caller's memory.
    pub path: usize,
}

/// An exec that waits for its answer.
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
pub(super) fn exec_call(compat: bool, number: i64, args: &[u64; 6]) -> ExecCall {
    let at = if compat { number != i64::from(COMPAT_EXECVE) } else { number == libc::SYS_execveat };
    let pointer = |index: usize| {
        let whole = args[index];
        if compat { (whole as u32) as usize } else { whole as usize }
    };
    let first = usize::from(at);
    ExecCall {
        width: if compat { 4 } else { 8 },
        folder: if at { args[0] as c_int } else { libc::AT_FDCWD },
        path: pointer(first),
        argv: pointer(first + 1),
        environment: pointer(first + 2),
        flags: if at { args[4] as c_int } else { 0 },
    }
}

/// Where its path lies, by the number of a call that opens files: `None` for any other.
#[expect(clippy::cast_possible_truncation, reason = "registers hold what the call takes")]
fn open_call(compat: bool, number: i32, args: &[u64; 6]) -> Option<(c_int, usize)> {
    let calls = if compat { COMPAT_OPENS } else { NATIVE_OPENS };
    let (_, how) = calls.iter().find(|(call, _)| number.cast_unsigned() == *call)?;
    let at = usize::from(*how == "openat");
    let folder = if at == 1 { args[0] as c_int } else { libc::AT_FDCWD };
    Some((folder, if compat { (args[at] as u32) as usize } else { args[at] as usize }))
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
    pub fn receive(&self) -> io::Result<Received> {
        let mut raw = RawNotification::default();
        self.control(RECEIVE, &mut raw)?;
        let (id, thread, compat) = (raw.id, raw.pid.cast_signed(), raw.arch == COMPAT);
        if let Some((folder, path)) = open_call(compat, raw.nr, &raw.args) {
            return Ok(Received::Open(Opening { id, thread, folder, path }));
        }
        Ok(Received::Exec(Notification { id, thread, exec: exec_call(compat, raw.nr.into(), &raw.args) }))
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
