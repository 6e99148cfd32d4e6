//! `Permit` → the real shell. Edge: starts processes.
//!
//! A text that was judged whole runs in bash itself, in our place. A shell that can be given more text later keeps a
//! feeder (`held`, pipes and sockets) or judges each line as it is entered (`interactive`, terminals).

mod real;
mod trouble;
pub mod held;
mod input;
mod waiting;
mod reads;

use std::convert::Infallible;
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::BString;

use crate::confirm::Permit;
use crate::sys::exec;

pub use real::{RealShells, locate};
pub use trouble::Trouble;

/// Becomes the real shell, with the words and the environment of the call. What follows is bash's own.
#[expect(clippy::needless_pass_by_value, reason = "a permit is used once")]
pub fn run(permit: Permit, real: &RealShells) -> Result<Infallible, Trouble> {
    let shell = locate(permit.call(), real)?;
    Err(become_shell(&shell, &permit.call().argv))
}

fn become_shell(shell: &Path, argv: &[BString]) -> Trouble {
    let words: Result<Vec<CString>, _> = argv.iter().map(|word| CString::new(word.as_slice())).collect();
    let error = match (c_string(shell.as_os_str()), words) {
        (Ok(path), Ok(words)) => exec::become_program(&path, &words),
        (Err(nul), _) | (_, Err(nul)) => nul.into(),
    };
    Trouble::NotStarted { shell: shell.to_owned(), error }
}

fn c_string(text: &OsStr) -> Result<CString, std::ffi::NulError> {
    CString::new(text.as_bytes())
}
