//! What a program inherits from the task that starts it, taken from that task, and a child of ours that becomes the
//! program with all of it.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

use super::{aside, exec};

/// RLIMIT_CPU to RLIMIT_RTTIME (getrlimit(2)).
const LIMITS: u32 = 16;
/// SIGRTMAX.
const SIGNALS: i32 = 64;

/// Signals as the kernel counts them: bit 0 is signal 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals(pub u64);

impl Signals {
    #[must_use]
    pub fn has(self, signal: i32) -> bool {
        (1..=SIGNALS).contains(&signal) && self.0 >> (signal - 1) & 1 == 1
    }
}

/// What execve leaves to the new program, apart from its words and its environment.
#[derive(Debug)]
pub struct Inherited {
    /// By their numbers.
    pub descriptors: Vec<(RawFd, OwnedFd)>,
    pub directory: OwnedFd,
    pub mask: u32,
    pub ignored: Signals,
    pub blocked: Signals,
    limits: Vec<(u32, libc::rlimit64)>,
    pub group: i32,
    /// Its session is ours, so that its terminal is.
    pub same_session: bool,
    nice: i32,
    processors: Option<libc::cpu_set_t>,
}

/// A process that stays itself as long as this is held.
#[derive(Debug)]
pub struct Held {
    process: i32,
    held: OwnedFd,
}

impl Held {
    pub fn of(process: i32) -> io::Result<Held> {
        // SAFETY: numbers.
        let held = unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) };
        Ok(Held { process, held: owned(held)? })
    }

    /// The same open file as its descriptor `number` is.
    pub fn descriptor(&self, number: RawFd) -> io::Result<OwnedFd> {
        // SAFETY: numbers.
        owned(unsafe { libc::syscall(libc::SYS_pidfd_getfd, self.held.as_raw_fd(), number, 0) })
    }

    /// What the kernel tells of it by its number. The rest stands in /proc.
    pub fn inherited(
        &self,
        descriptors: Vec<(RawFd, OwnedFd)>,
        directory: OwnedFd,
        (mask, ignored, blocked): (u32, Signals, Signals),
    ) -> io::Result<Inherited> {
        let limits = (0..LIMITS).map(|limit| Ok((limit, limit_of(self.process, limit)?))).collect::<io::Result<_>>()?;
        // SAFETY: numbers.
        let (group, session, ours) =
            unsafe { (libc::getpgid(self.process), libc::getsid(self.process), libc::getsid(0)) };
        if group < 0 || session < 0 {
            return Err(io::Error::last_os_error());
        }
        let process = libc::id_t::try_from(self.process).map_err(io::Error::other)?;
        // SAFETY: numbers.
        let nice = unsafe { libc::getpriority(libc::PRIO_PROCESS, process) };
        let processors = processors_of(self.process);
        let same_session = session == ours;
        Ok(Inherited { descriptors, directory, mask, ignored, blocked, limits, group, same_session, nice, processors })
    }
}

fn owned(number: libc::c_long) -> io::Result<OwnedFd> {
    match RawFd::try_from(number) {
        // SAFETY: fresh and ours.
        Ok(number) if number >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(number) }),
        _ => Err(io::Error::last_os_error()),
    }
}

fn limit_of(process: i32, limit: u32) -> io::Result<libc::rlimit64> {
    let mut found = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: writes one structure that outlives the call.
    let done = unsafe { libc::prlimit64(process, limit, std::ptr::null(), &raw mut found) };
    if done == 0 { Ok(found) } else { Err(io::Error::last_os_error()) }
}

fn processors_of(process: i32) -> Option<libc::cpu_set_t> {
    let mut set = std::mem::MaybeUninit::<libc::cpu_set_t>::zeroed();
    // SAFETY: writes at most one set; all of its bits may be zero.
    unsafe {
        let done = libc::sched_getaffinity(process, size_of::<libc::cpu_set_t>(), set.as_mut_ptr());
        (done == 0).then(|| set.assume_init())
    }
}

/// No core of a task that only stands for another one.
pub fn leave_no_core(process: i32) {
    let none = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: reads one structure that outlives the call.
    unsafe { libc::prlimit64(process, libc::RLIMIT_CORE, &raw const none, std::ptr::null_mut()) };
}

impl Inherited {
    /// In a child of ours: becomes the program. Returns only to say why it can't.
    #[must_use]
    pub fn become_program(self, path: &CStr, words: &[CString], environment: &[CString]) -> io::Error {
        match self.take() {
            Ok(()) => exec::become_program_in(path, words, environment),
            Err(error) => error,
        }
    }

    fn take(self) -> io::Result<()> {
        let directory = self.directory.into_raw_fd();
        aside::run_as_usual();
        // SAFETY: numbers, and structures that outlive the calls; we have one thread.
        unsafe {
            let placed = if self.same_session { libc::setpgid(0, self.group) } else { libc::setsid() };
            if placed < 0 || libc::fchdir(directory) != 0 {
                return Err(io::Error::last_os_error());
            }
            libc::umask(self.mask);
            libc::setpriority(libc::PRIO_PROCESS, 0, self.nice);
            if let Some(processors) = self.processors {
                libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const processors);
            }
        }
        put(self.descriptors)?;
        for (limit, value) in self.limits {
            // SAFETY: reads one structure.
            if unsafe { libc::prlimit64(0, limit, &raw const value, std::ptr::null_mut()) } != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        for signal in 1..=SIGNALS {
            let action = if self.ignored.has(signal) { libc::SIG_IGN } else { libc::SIG_DFL };
            // SAFETY: no handler; those that can't be set fail.
            unsafe { libc::signal(signal, action) };
        }
        let blocked = self.blocked.0;
        let none = std::ptr::null_mut::<u64>();
        // SAFETY: the kernel reads eight bytes. Not the C library's, which keeps two signals for itself.
        unsafe {
            libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK, &raw const blocked, none, size_of::<u64>())
        };
        Ok(())
    }
}

/// Leaves open just these, at their numbers; no descriptor of ours reaches the program.
fn put(descriptors: Vec<(RawFd, OwnedFd)>) -> io::Result<()> {
    let last = descriptors.iter().map(|(number, _)| *number).max().unwrap_or(-1).max(2);
    let mut above = Vec::new();
    for (number, open) in descriptors {
        // SAFETY: numbers; the copy lies above all that are wanted.
        let copy = unsafe { libc::fcntl(open.as_raw_fd(), libc::F_DUPFD_CLOEXEC, last + 1) };
        if copy < 0 {
            return Err(io::Error::last_os_error());
        }
        // Its number may be one that is wanted: closed below.
        let _ = open.into_raw_fd();
        above.push((number, copy));
    }
    above.sort_unstable();
    let mut next = 0;
    for (number, copy) in above {
        close_between(next, number)?;
        // SAFETY: numbers.
        if unsafe { libc::dup2(copy, number) } < 0 {
            return Err(io::Error::last_os_error());
        }
        next = number + 1;
    }
    // SAFETY: numbers.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, next, u32::MAX, 0) };
    if closed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// From the first up to the one before the end.
fn close_between(first: RawFd, end: RawFd) -> io::Result<()> {
    // SAFETY: numbers.
    if first < end && unsafe { libc::syscall(libc::SYS_close_range, first, end - 1, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
