//! The caller's standard input, as bash reads it: no byte beyond the line that is asked for.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::sys::feed;

pub(super) enum Line {
    /// With its newline.
    Whole(Vec<u8>),
    /// Less than a line, and nothing more for the moment; only where that was asked for.
    Part(Vec<u8>),
    /// What stands before the end of the input, without a newline.
    Last(Vec<u8>),
    ShellGone,
}

/// How long a part of a line waits for the rest before a program gets it, in milliseconds.
const REST_OF_LINE: u8 = 10;

#[derive(Default)]
pub(super) struct Input {
    line: Vec<u8>,
    /// How much of `line` was handed on as a part.
    sent: usize,
}

impl Input {
    pub(super) fn line(&mut self, shell: &OwnedFd, parts: bool) -> Line {
        let stdin = io::stdin();
        loop {
            let has_part = parts && self.line.len() > self.sent;
            match wait(
                stdin.as_fd(),
                shell.as_fd(),
                if has_part { PollTimeout::from(REST_OF_LINE) } else { PollTimeout::NONE },
            ) {
                Wait::Input => {}
                Wait::Nothing => return Line::Part(self.line.clone()),
                Wait::ShellGone => return Line::ShellGone,
            }
            // At the end of the input nothing waits, and one read says so.
            let available = feed::waiting_in(0).max(1);
            for _ in 0..available {
                let mut byte = [0];
                match nix::unistd::read(stdin.as_fd(), &mut byte) {
                    Ok(0) => return Line::Last(std::mem::take(&mut self.line)),
                    Ok(_) => self.line.extend(byte),
                    Err(Errno::EINTR | Errno::EAGAIN) => break,
                    Err(_) => return Line::Last(std::mem::take(&mut self.line)),
                }
                if byte == [b'\n'] {
                    return Line::Whole(std::mem::take(&mut self.line));
                }
            }
        }
    }

    /// What of this line was not handed on as a part before. Begins the next line where this one is whole.
    pub(super) fn unsent_of<'a>(&mut self, line: &'a [u8]) -> &'a [u8] {
        let unsent = line.get(self.sent..).unwrap_or_default();
        if self.line.is_empty() {
            self.sent = 0;
        }
        unsent
    }

    pub(super) fn sent(&mut self, count: usize) {
        self.sent = count;
    }

    /// A part of the line to come was handed on.
    pub(super) fn begun(&self) -> bool {
        self.sent > 0
    }

    /// After a refusal. Whether a part of the refused line was handed on.
    pub(super) fn forget_sent(&mut self) -> bool {
        self.line.clear();
        std::mem::take(&mut self.sent) > 0
    }

    /// The other end of standard input is closed: all that will ever come is there. Waits a moment, for `echo … |`.
    pub(super) fn nobody_writes() -> bool {
        (0..5).any(|_| feed::peer_is_gone(0, 4))
    }
}

enum Wait {
    Input,
    Nothing,
    ShellGone,
}

fn wait(stdin: BorrowedFd<'_>, shell: BorrowedFd<'_>, timeout: PollTimeout) -> Wait {
    loop {
        let mut wanted = [PollFd::new(stdin, PollFlags::POLLIN), PollFd::new(shell, PollFlags::POLLIN)];
        match poll(&mut wanted, timeout) {
            Ok(0) => return Wait::Nothing,
            Err(Errno::EINTR) => continue,
            Err(_) => return Wait::ShellGone,
            Ok(_) => {}
        }
        // The shell's end first: what it did not ask for is left to the next reader.
        if wanted[1].any().unwrap_or(true) {
            return Wait::ShellGone;
        }
        return Wait::Input;
    }
}

/// `false` where the shell ended or nobody can read any more.
pub(super) fn wait_until_writable(pipe: BorrowedFd<'_>, shell: BorrowedFd<'_>) -> bool {
    let mut wanted = [PollFd::new(pipe, PollFlags::POLLOUT), PollFd::new(shell, PollFlags::POLLIN)];
    match poll(&mut wanted, PollTimeout::NONE) {
        Ok(_) => !wanted[1].any().unwrap_or(true),
        Err(error) => error == Errno::EINTR,
    }
}
