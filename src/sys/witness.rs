//! A process that only stands in a group and lets signals lie, so that it can be told whether one was for the whole group
//! or for a single process of it. The kernel signals who joined last first.

use std::io;
use std::time::Duration;

use super::aside;

/// Lets it forget what it saw. SIGRTMAX, which hardly anybody sends.
const FORGET: i32 = 64;

#[derive(Debug)]
pub struct Witness(i32);

impl Witness {
    pub fn join(group: i32) -> io::Result<Witness> {
        let witness = Witness(aside::child(stands)?);
        join(witness.0, group)?;
        Ok(witness)
    }

    /// Whether a signal came to it too since it last forgot, or does within a moment; it forgets.
    #[must_use]
    pub fn saw(&self, signal: i32, moment: Duration) -> bool {
        let seen = self.has(signal) || {
            #[expect(clippy::disallowed_methods, reason = "edge: lets others run")]
            std::thread::sleep(moment);
            self.has(signal)
        };
        self.forget();
        seen
    }

    fn has(&self, signal: i32) -> bool {
        is_pending(self.0, signal)
    }

    fn forget(&self) {
        aside::send(self.0, FORGET);
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        aside::send(self.0, libc::SIGKILL);
    }
}

/// Whether a signal was sent to a process of ours and has not come to it yet.
#[must_use]
pub fn is_pending(process: i32, signal: i32) -> bool {
    #[expect(clippy::disallowed_methods, reason = "edge: the state of a child of ours")]
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| {
        let value = line.strip_prefix("ShdPnd:").and_then(|value| u64::from_str_radix(value.trim(), 16).ok());
        value.is_some_and(|value| value >> (signal - 1) & 1 == 1)
    })
}

/// Puts a child of ours into a group of our session.
pub fn join(child: i32, group: i32) -> io::Result<()> {
    // SAFETY: numbers.
    if unsafe { libc::setpgid(child, group) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Every signal is blocked, as in the supervisor.
fn stands() -> u8 {
    // SAFETY: numbers, and sets that outlive the calls.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0);
        libc::prctl(libc::PR_SET_NAME, c"guarded-sh: group".as_ptr());
        libc::syscall(libc::SYS_close_range, 0, u32::MAX, 0);
        let (mut all, mut forget) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&raw mut all);
        libc::sigemptyset(&raw mut forget);
        libc::sigaddset(&raw mut forget, FORGET);
        let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        loop {
            libc::sigwaitinfo(&raw const forget, std::ptr::null_mut());
            while libc::sigtimedwait(&raw const all, std::ptr::null_mut(), &raw const now) > 0 {}
        }
    }
}
