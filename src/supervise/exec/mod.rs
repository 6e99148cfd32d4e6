//! Each exec below a permitted shell is judged with its real words before it runs, and what runs is compared with what
//! was judged. Edge: starts processes.
//!
//! The process that was called becomes the shell itself (pid, group, signals and status are the shell's own); a second
//! one, no child of it, answers the kernel's notifications.

mod image;
mod supervisor;

use std::convert::Infallible;
use std::ffi::CString;
use std::path::PathBuf;

use bstr::BString;

use super::{RealShells, Trouble, c_string, locate};
use crate::confirm::Permit;
use crate::sys::feed::{self, Side};
use crate::sys::{aside, exec, seccomp};

/// A program that is about to run.
#[derive(Clone, Debug)]
pub struct Exec {
    /// Absolute: the image itself; for a script the name by which it is called.
    pub program: PathBuf,
    /// It lies in no folder: a file in memory, or one that is gone.
    pub nameless: bool,
    pub words: Vec<BString>,
    pub environment: Vec<(BString, BString)>,
    pub directory: BString,
}

/// What becomes of an exec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Run,
    /// A person is to be asked; it waits where it is.
    Ask,
    /// With what its reader is told.
    Refuse(String),
}

/// Who judges. A question is asked in a process of its own, which may wait as long as it likes.
pub trait Judge {
    fn judge(&mut self, exec: &Exec) -> Verdict;
    /// In a child: `None` lets it run, else what its reader is told.
    fn ask(&mut self, exec: &Exec) -> Option<String>;
    /// What a child answered to its parent's question.
    fn answered(&mut self, exec: &Exec, permitted: bool);
}

/// Why execs can't be judged here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// A guard above judges them already.
    Above,
    /// The kernel lets only ancestors look at a task (Yama).
    Tracing,
}

/// Whether this process can have its execs judged, as far as that can be told without trying.
pub fn lacking() -> Option<Lacking> {
    if aside::is_supervised() {
        return Some(Lacking::Above);
    }
    let scope = std::fs::read("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    let open = matches!(scope.first(), None | Some(b'0')) || nix::unistd::geteuid().is_root();
    (!open).then_some(Lacking::Tracing)
}

/// Becomes the real shell, as `super::run` does, with a supervisor beside it. Where the filter is refused nothing runs if
/// `required`; else the shell runs without.
#[expect(clippy::needless_pass_by_value, reason = "a permit is used once")]
pub fn run(permit: Permit, real: &RealShells, required: bool, judge: &mut dyn Judge) -> Result<Infallible, Trouble> {
    let shell = locate(permit.call(), real)?;
    let words: Result<Vec<CString>, _> = permit.call().argv.iter().map(|word| CString::new(word.as_slice())).collect();
    let (path, words) = match (c_string(shell.as_os_str()), words) {
        (Ok(path), Ok(words)) => (path, words),
        (Err(nul), _) | (_, Err(nul)) => return Err(Trouble::NotStarted { shell, error: nul.into() }),
    };
    let before = aside::hold_signals().map_err(Trouble::NoSupervisor)?;
    let (ours, theirs) = aside::channel().map_err(Trouble::NoSupervisor)?;
    match feed::split().map_err(Trouble::NoSupervisor)? {
        Side::Feeder => {
            drop(theirs);
            feed::let_go_of_inherited();
            aside::stand_out();
            let code = aside::receive_listener(&ours).map_or(0, |listener| supervisor::serve(listener, judge));
            exec::end(code)
        }
        Side::Shell => {
            drop(ours);
            let filter = seccomp::install(nix::unistd::geteuid().is_root());
            let errno = filter.as_ref().err().map(|error| error.raw_os_error().unwrap_or(libc::EINVAL));
            let sent = aside::send_listener(&theirs, filter.as_ref().map_err(|_| errno.unwrap_or(libc::EINVAL)));
            // Were it still open here when the supervisor ends, an exec would wait for ever instead of failing.
            let filtered = filter.is_ok();
            drop((filter, theirs));
            if let Err(error) = sent {
                return Err(Trouble::NoSupervisor(error));
            }
            if required && !filtered {
                return Err(Trouble::NoSupervisor(std::io::Error::from_raw_os_error(errno.unwrap_or(libc::EINVAL))));
            }
            aside::let_signals(&before);
            Err(Trouble::NotStarted { shell, error: exec::become_program(&path, &words) })
        }
    }
}
