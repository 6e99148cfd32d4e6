//! A shell that is given its text through a pipe or socket, by a program that may wait for each answer.
//!
//! The process that was called becomes bash, with a fresh pipe as standard input; a feeder beside it takes the caller's
//! input a line at a time, has it judged, and hands it on. bash runs nothing of an unfinished command, so its lines are
//! kept until it is complete, and all of it is judged before bash sees any. Where something else than bash's parser may
//! take the next line (a program, `read`), each line is judged by itself too and handed on at once.

use std::convert::Infallible;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::BString;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::exec::Watch;
use super::input::{Input, Line};
use super::open::Open;
use super::said::Said;
use super::waiting::{Reader, Watched};
use super::{RealShells, Trouble, become_shell, locate, reads};
use crate::confirm::Permit;
use crate::invocation::Invocation;
use crate::sys::feed::{self, Side};

/// What is to be judged: bytes that the shell, or a program below it, is about to get.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The unfinished command so far and the new line, or the new line alone.
    pub text: &'a [u8],
    /// What the shell was given before and may have set.
    pub before: &'a [u8],
    /// Where the shell stands now.
    pub directory: BString,
    /// No more text comes: an open here-document would run as it is.
    pub ends: bool,
    /// It is handed on even where it is unfinished, so it is judged as far as it goes. Elsewhere an unfinished text
    /// is only told to be so, and judged once it is complete.
    pub at_once: bool,
}

/// What the shell was given, ending where it stands: a `cd` in it is done already.
#[must_use]
pub fn prelude(before: &[u8], directory: &BString) -> BString {
    if before.is_empty() {
        return BString::default();
    }
    let directory = super::quoted(directory);
    BString::from([before, b"\ncd -- ", directory.as_slice(), b"\n"].concat())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Run,
    /// The text is no complete command yet, and nothing in it is refused so far.
    Unfinished,
    /// The judge has told the caller why.
    Refused,
}

pub type Judge<'a> = dyn FnMut(&Asked<'_>) -> Verdict + 'a;

/// Becomes the real shell, fed by what `judge` lets pass. The feeder's process ends here.
#[expect(clippy::needless_pass_by_value, reason = "a permit is used once")]
pub fn run(
    permit: Permit,
    real: &RealShells,
    watch: Option<Watch<'_>>,
    judge: &mut Judge<'_>,
) -> Result<Infallible, Trouble> {
    become_fed(permit.call(), real, watch, judge)
}

fn become_fed(
    call: &Invocation,
    real: &RealShells,
    watch: Option<Watch<'_>>,
    judge: &mut Judge<'_>,
) -> Result<Infallible, Trouble> {
    let shell = locate(call, real)?;
    let (read, write) = feed::pipe().map_err(Trouble::NoFeeder)?;
    let process = i32::try_from(std::process::id()).map_err(|error| Trouble::NoFeeder(std::io::Error::other(error)))?;
    let end = feed::watch(process).map_err(Trouble::NoFeeder)?;
    match feed::split().map_err(Trouble::NoFeeder)? {
        Side::Shell => {
            feed::take_as_stdin(&read).map_err(Trouble::NoFeeder)?;
            drop((read, write));
            watch.map_or(Ok(()), Watch::begin)?;
            Err(become_shell(&shell, &call.argv))
        }
        Side::Feeder => {
            feed::let_go_of_inherited();
            let pipe = std::fs::read_link(format!("/proc/self/fd/{}", read.as_raw_fd())).unwrap_or_default();
            drop(read);
            let image = std::fs::canonicalize(&shell).unwrap_or(shell);
            let watched = Watched { process, end, shell: image, pipe };
            Feeder {
                watched,
                pipe: write,
                judge,
                input: Input::default(),
                kept: Vec::new(),
                open: Open::default(),
                said: Said::default(),
                dialog: false,
            }
            .feed();
            std::process::exit(0)
        }
    }
}

struct Feeder<'a, 'b> {
    watched: Watched,
    pipe: OwnedFd,
    judge: &'a mut Judge<'b>,
    input: Input,
    /// Lines of an unfinished command that were not handed on yet.
    kept: Vec<u8>,
    /// Unfinished text that was handed on, because a program may have asked for it.
    open: Open,
    said: Said,
    /// The text may read standard input by itself: each line counts for itself.
    dialog: bool,
}

/// Runs in place of a refused command, for its status.
const STATUS: &[u8] = b"(exit 126)\n";

/// Whether the feeder goes on.
enum Then {
    On,
    End,
}

impl Feeder<'_, '_> {
    fn feed(mut self) {
        loop {
            let reader = if self.kept.is_empty() { self.watched.next_reader(&self.pipe) } else { Reader::Shell };
            let at_once = match reader {
                Reader::Gone => return,
                Reader::Program => true,
                Reader::Shell => self.dialog,
            };
            let at_once = at_once || self.input.begun();
            let line = self.input.line(&self.watched.end, at_once && self.kept.is_empty());
            let then = match line {
                Line::Whole(line) => self.take(&line, reader, at_once, false),
                Line::Part(part) => self.take_part(&part, reader),
                Line::Last(line) => self.take(&line, reader, at_once, true),
                Line::ShellGone => return,
            };
            match then {
                Then::On => {}
                Then::End => return,
            }
        }
    }

    /// A whole line, or what stands before the end of the input (also nothing, after an unfinished command).
    fn take(&mut self, line: &[u8], reader: Reader, at_once: bool, ends: bool) -> Then {
        let lines = [&self.kept, line].concat();
        if !at_once {
            // The parser asks, and whatever a program had taken is done with.
            self.open.clear();
        }
        let (mut unfinished, mut complete) = (Vec::new(), Vec::new());
        for (begin, text) in self.open.readings(&lines) {
            match self.judged(&text, ends, at_once) {
                Verdict::Refused => return self.refuse(reader, ends),
                Verdict::Unfinished => unfinished.push(begin),
                Verdict::Run => complete.push(text),
            }
        }
        for text in complete {
            self.said.add(&text, !at_once);
        }
        let unsent = self.input.unsent_of(line).to_vec();
        self.dialog = self.dialog || reads::may_read_input(&lines);
        if ends {
            let _ = self.hand_on_kept(&unsent);
            return Then::End;
        }
        if !at_once && !unfinished.is_empty() {
            self.kept = lines;
            return Then::On;
        }
        if at_once {
            self.open.extend(&lines, unfinished, reader == Reader::Shell);
        }
        self.hand_on_kept(&unsent)
    }

    /// A program may wait for less than a line (`read -n 1`). A shell that gets it runs nothing of it yet.
    fn take_part(&mut self, part: &[u8], reader: Reader) -> Then {
        let lines = [&self.kept, part].concat();
        for (_, text) in self.open.readings(&lines) {
            match self.judged(&text, false, true) {
                Verdict::Refused => return self.refuse(reader, false),
                Verdict::Run | Verdict::Unfinished => {}
            }
        }
        let unsent = self.input.unsent_of(part).to_vec();
        self.input.sent(part.len());
        self.hand_on(&unsent)
    }

    fn judged(&mut self, text: &[u8], ends: bool, at_once: bool) -> Verdict {
        let place = std::fs::read_link(format!("/proc/{}/cwd", self.watched.process)).unwrap_or_default();
        // So that relative names mean here what they mean to the shell.
        let _ = std::env::set_current_dir(&place);
        let directory = BString::from(Path::new(&place).as_os_str().as_bytes());
        (self.judge)(&Asked { text, before: self.said.text(), directory, ends, at_once })
    }

    /// Nothing of the command runs. A shell that is held goes on with `$?` 126; text from a pipe that nobody holds any
    /// more ends with 126.
    fn refuse(&mut self, reader: Reader, ends: bool) -> Then {
        self.kept.clear();
        let begun = self.input.forget_sent();
        if begun || (self.open.in_parser() && reader == Reader::Shell) {
            // The shell has the beginning and can't be made to forget it; at the end of its input, or with the next
            // line, it might run it.
            let _ = kill(Pid::from_raw(self.watched.process), Signal::SIGKILL);
            return Then::End;
        }
        if ends || Input::nobody_writes() {
            // Where `read` may take the first, the second is for the parser.
            self.hand_on(if self.dialog { b"exit 126\nexit 126\n" } else { b"exit 126\n" });
            return Then::End;
        }
        match reader {
            Reader::Shell => {
                self.open.note(STATUS);
                self.hand_on(STATUS)
            }
            Reader::Program | Reader::Gone => Then::On,
        }
    }

    fn hand_on_kept(&mut self, line: &[u8]) -> Then {
        let text = [std::mem::take(&mut self.kept).as_slice(), line].concat();
        self.hand_on(&text)
    }

    fn hand_on(&self, mut text: &[u8]) -> Then {
        while !text.is_empty() {
            match nix::unistd::write(&self.pipe, text) {
                Ok(count) => text = text.get(count..).unwrap_or_default(),
                Err(nix::errno::Errno::EINTR) => {}
                Err(nix::errno::Errno::EAGAIN) => {
                    if !super::input::wait_until_writable(self.pipe.as_fd(), self.watched.end.as_fd()) {
                        return Then::End;
                    }
                }
                Err(_) => return Then::End,
            }
        }
        Then::On
    }
}

#[cfg(test)]
#[path = "held_tests.rs"]
mod tests;
