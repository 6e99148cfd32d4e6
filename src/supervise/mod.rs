//! `Permit` → the real shell. Edge: starts processes.
//!
//! A text that was judged whole runs in bash itself, in our place. A shell that can be given more text later keeps a
//! feeder (`held`, pipes and sockets) or judges each line as it is entered (`interactive`, terminals).

pub mod exec;
mod real;
mod trouble;
pub mod held;
mod input;
mod open;
mod said;
mod waiting;
mod reads;
pub mod interactive;
pub mod line_editor;
pub mod foreign;

use std::convert::Infallible;
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BString, ByteSlice};

use crate::confirm::Permit;
use crate::invocation::{Invocation, StdinKind, Text};
use crate::sys;
use exec::Watch;

pub use real::{RealShells, locate};
pub use trouble::Trouble;

/// How a call is given its text, which decides who judges it and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// All of it is there and was judged: `run`.
    Whole,
    /// Through a pipe, socket or device, as it comes: `held::run`.
    Held,
    /// Typed at a terminal: `interactive::run`.
    Lines,
}

impl Given {
    #[must_use]
    pub fn to(call: &Invocation) -> Given {
        match (&call.text, call.stdin) {
            (Text::Stdin, StdinKind::Terminal) if call.interactive => Given::Lines,
            // A terminal without `-i`, where standard error is none, is read like a pipe.
            (Text::Stdin, StdinKind::Pipe | StdinKind::Socket | StdinKind::Other | StdinKind::Terminal) => Given::Held,
            (Text::Stdin, StdinKind::RegularFile | StdinKind::Null | StdinKind::Closed)
            | (Text::Command(_) | Text::File(_) | Text::Nothing, _) => Given::Whole,
        }
    }
}

/// Becomes the real shell, with the words and the environment of the call. What follows is bash's own, but for the execs
/// of what is watched.
#[expect(clippy::needless_pass_by_value, reason = "a permit is used once")]
pub fn run(permit: Permit, real: &RealShells, watch: Option<Watch<'_>>) -> Result<Infallible, Trouble> {
    let shell = locate(permit.call(), real)?;
    watch.map_or(Ok(()), Watch::begin)?;
    Err(become_shell(&shell, &permit.call().argv))
}

/// Becomes the real shell without a permit, at the word of a person whose login would fail otherwise.
pub fn rescue(call: &Invocation) -> Trouble {
    locate(call, &RealShells::default()).map_or_else(|trouble| trouble, |shell| become_shell(&shell, &call.argv))
}

fn become_shell(shell: &Path, argv: &[BString]) -> Trouble {
    let words: Result<Vec<CString>, _> = argv.iter().map(|word| CString::new(word.as_slice())).collect();
    let error = match (c_string(shell.as_os_str()), words) {
        (Ok(path), Ok(words)) => sys::exec::become_program(&path, &words),
        (Err(nul), _) | (_, Err(nul)) => nul.into(),
    };
    Trouble::NotStarted { shell: shell.to_owned(), error }
}

fn c_string(text: &OsStr) -> Result<CString, std::ffi::NulError> {
    CString::new(text.as_bytes())
}

/// As one word of bash.
pub(crate) fn quoted(text: &[u8]) -> BString {
    BString::from([&b"'"[..], text.replace("'", "'\\''").as_slice(), b"'"].concat())
}
