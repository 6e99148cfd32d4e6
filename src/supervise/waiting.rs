//! Who waits for text on the pipe that feeds a shell. A line is taken from our own input only when the last one is
//! used up and somebody asks for more, so that `{ bash; cat; }` leaves the rest to `cat`.
//!
//! Method: the pipe is empty (FIONREAD), and the shell or a process below it sleeps in a read, poll or select
//! (`/proc/PID/syscall`; where that is refused, as under Yama, `/proc/PID/wchan`) on a descriptor that is this pipe.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::sys::feed;

const SHORTEST: Duration = Duration::from_micros(20);
const LONGEST: Duration = Duration::from_millis(40);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reader {
    /// The shell itself: its parser, or a builtin such as `read`.
    Shell,
    /// A program that the shell runs, or that it has become by `exec`.
    Program,
    /// The shell has ended.
    Gone,
}

pub(super) struct Watched {
    pub process: i32,
    pub end: OwnedFd,
    /// The real shell's file, to tell it from what it becomes by `exec`.
    pub shell: PathBuf,
    /// `pipe:[…]`, as /proc names it.
    pub pipe: PathBuf,
}

impl Watched {
    pub(super) fn gone(&self) -> bool {
        let mut wanted = [PollFd::new(self.end.as_fd(), PollFlags::POLLIN)];
        poll(&mut wanted, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
    }

    /// Returns once somebody waits at the empty pipe. Polls: fast at first, since most commands are short, and later by
    /// a tenth of what the command has taken so far.
    pub(super) fn next_reader(&self, pipe: &OwnedFd) -> Reader {
        let began = Instant::now();
        let mut rounds = 0_u32;
        loop {
            if self.gone() {
                return Reader::Gone;
            }
            if feed::waiting_in(pipe.as_raw_fd()) == 0
                && let Some(reader) = self.reader(rounds)
            {
                return reader;
            }
            rounds += 1;
            if rounds < 32 {
                std::thread::yield_now();
                continue;
            }
            std::thread::sleep((began.elapsed() / 10).clamp(SHORTEST, LONGEST));
        }
    }

    fn reader(&self, rounds: u32) -> Option<Reader> {
        if self.waits(self.process) {
            let image = fs::read_link(format!("/proc/{}/exe", self.process)).ok();
            let shell = image.is_none_or(|image| image == self.shell);
            return Some(if shell { Reader::Shell } else { Reader::Program });
        }
        // Looking at all processes below costs more, and they are rarely the ones who ask.
        (rounds >= 32 && self.waits_below(self.process, 0)).then_some(Reader::Program)
    }

    fn waits_below(&self, process: i32, depth: u32) -> bool {
        let Ok(children) = fs::read_to_string(format!("/proc/{process}/task/{process}/children")) else { return false };
        let children = children.split_ascii_whitespace().filter_map(|number| number.parse().ok());
        depth < 64 && children.into_iter().any(|child: i32| self.waits(child) || self.waits_below(child, depth + 1))
    }

    fn waits(&self, process: i32) -> bool {
        let Ok(call) = fs::read_to_string(format!("/proc/{process}/syscall")) else {
            let place = fs::read_to_string(format!("/proc/{process}/wchan")).unwrap_or_default();
            let waits = ["pipe_read", "pipe_wait", "poll", "select"].iter().any(|word| place.contains(word));
            return waits && self.holds(process, "0");
        };
        let mut words = call.split_ascii_whitespace();
        let (number, first) = (words.next().and_then(|word| word.parse().ok()), words.next());
        match number.map(Wait::of) {
            Some(Wait::Read) => {
                let descriptor = first.and_then(|word| u64::from_str_radix(word.trim_start_matches("0x"), 16).ok());
                descriptor.is_some_and(|descriptor| self.holds(process, &descriptor.to_string()))
            }
            Some(Wait::Any) => self.holds(process, "0"),
            Some(Wait::Other) | None => false,
        }
    }

    fn holds(&self, process: i32, descriptor: &str) -> bool {
        let link = fs::read_link(Path::new("/proc").join(process.to_string()).join("fd").join(descriptor));
        link.is_ok_and(|target| target == self.pipe)
    }
}

/// What a sleeping process waits for, by its system call.
enum Wait {
    /// for the descriptor that is the first argument
    Read,
    /// for several descriptors
    Any,
    Other,
}

impl Wait {
    fn of(number: i64) -> Wait {
        const READ: [i64; 3] = [libc::SYS_read, libc::SYS_readv, libc::SYS_splice];
        const ANY: [i64; 3] = [libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_epoll_pwait];
        #[cfg(target_arch = "x86_64")]
        const OLD: [i64; 3] = [libc::SYS_poll, libc::SYS_select, libc::SYS_epoll_wait];
        #[cfg(not(target_arch = "x86_64"))]
        const OLD: [i64; 0] = [];
        if READ.contains(&number) {
            Wait::Read
        } else if ANY.contains(&number) || OLD.contains(&number) {
            Wait::Any
        } else {
            Wait::Other
        }
    }
}
