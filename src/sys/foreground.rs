//! The foreground of a terminal, for as long as a question stands on it.

use std::os::fd::OwnedFd;

use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, getpgrp, setpgid, tcgetpgrp, tcsetpgrp};

/// This process reads from its controlling terminal, and nothing else does. Whoever did before does again at the end.
#[derive(Debug)]
pub struct Foreground {
    terminal: OwnedFd,
    before: Pid,
}

impl Foreground {
    /// `None` where there is no terminal, or it can't be had. SIGTTOU has to be blocked, as a supervisor has it.
    #[must_use]
    pub fn take() -> Option<Foreground> {
        let flags = OFlag::O_RDONLY | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let terminal = open("/dev/tty", flags, Mode::empty()).ok()?;
        let before = tcgetpgrp(&terminal).ok()?;
        setpgid(Pid::from_raw(0), Pid::from_raw(0)).ok()?;
        tcsetpgrp(&terminal, getpgrp()).ok()?;
        Some(Foreground { terminal, before })
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        // They may be gone; then their shell takes it back by itself.
        let _ = tcsetpgrp(&self.terminal, self.before);
    }
}
