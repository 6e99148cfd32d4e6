//! Each exec below a permitted shell is judged with its real words before it runs, and what runs is compared with what
//! was judged. Edge: starts processes.
//!
//! The process that was called becomes the shell itself (pid, group, signals and status are the shell's own); a second
//! one, no child of it, answers the kernel's notifications.

mod image;
mod ending;
mod caller;
mod broker;
mod opened;
mod supervisor;

pub use ending::{Ends, end_trees, registered};
pub use image::process_of;

use std::convert::Infallible;
use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::SystemTime;

use bstr::{BString, ByteSlice};

use super::{Trouble, c_string};
use crate::elevated::Program;
use crate::sys::calls::Calls;
use crate::sys::feed::{self, Side};
use crate::sys::seccomp::Asked;
use crate::sys::task::strings;
use crate::sys::tracing::{self, Event, Reach};
use crate::sys::{aside, exec, seccomp};

/// A program that is about to run.
#[derive(Clone, Debug)]
pub struct Exec {
    /// Absolute: the image itself; for a script the name by which it is called.
    pub program: PathBuf,
    /// It lies in no folder: a file in memory, or one that is gone.
    pub nameless: bool,
    pub words: Vec<BString>,
    pub environment: Environment,
    pub directory: BString,
    /// It will be started beside the tree, with rights that the tree can't have.
    pub elevated: Option<&'static Program>,
    /// The task that becomes it; nought where it is this process.
    pub task: i32,
}

/// A file of this machine with something in it, which a task is about to open and to empty.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Links followed.
    pub path: PathBuf,
    pub bytes: u64,
    /// When it was made, where its file system tells.
    pub born: Option<SystemTime>,
    /// Its process, which waits in that call.
    pub process: i32,
}

/// As the new image will have it: `NAME=value`, each with a NUL behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment(pub BString);

impl Environment {
    #[must_use]
    pub fn of(pairs: &[(BString, BString)]) -> Environment {
        let entry = |(name, value): &(BString, BString)| [name.as_slice(), b"=", value, b"\0"].concat();
        Environment(pairs.iter().flat_map(entry).collect::<Vec<u8>>().into())
    }

    #[must_use]
    pub fn pairs(&self) -> Vec<(BString, BString)> {
        strings(&self.0)
            .into_iter()
            .map(|entry| match entry.split_once_str(b"=") {
                Some((name, value)) => (name.into(), value.into()),
                None => (entry.clone(), BString::default()),
            })
            .collect()
    }

    /// Whether a name begins like this.
    #[must_use]
    pub fn names_any(&self, beginnings: &[&[u8]]) -> bool {
        let begins = |entry: &[u8]| beginnings.iter().any(|beginning| entry.starts_with(beginning));
        self.0.split(|byte| *byte == 0).any(begins)
    }
}

/// What becomes of an exec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Run,
    /// It is permitted; before it runs something is done that may take a while.
    Keep,
    /// A person is to be asked; it waits where it is.
    Ask,
    /// With what its reader is told.
    Refuse(String),
}

/// Who judges. A question is asked in a process of its own, which may wait as long as it likes.
pub trait Judge {
    /// In the process that judges, before anything is.
    fn begin(&mut self);
    fn judge(&mut self, exec: &Exec) -> Verdict;
    /// In a child, for what is to be asked or kept: `None` lets it run, else what its reader is told.
    fn ask(&mut self, exec: &Exec) -> Option<String>;
    /// What a child answered to its parent's question.
    fn answered(&mut self, exec: &Exec, permitted: bool);
    /// Whether our own program runs here as the judge of a terminal's lines, by the policy and the store that we go by.
    fn is_line_judge(&self, exec: &Exec) -> bool;
    /// What a person has let go there.
    fn let_go(&mut self, acts: &[BString]);
    /// Whether opens that empty a file are of interest.
    fn minds_opens(&self) -> bool;
    /// A file is about to be emptied: `None` lets it be, else what its reader is told.
    fn opened(&mut self, file: &Opened) -> Option<String>;
}

/// Why execs can't be judged here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// A guard above judges them already.
    Above,
    /// The kernel lets nobody look at a task but root (Yama, from scope 2 on).
    Tracing,
}

/// Whether this process can have its execs judged, as far as that can be told without trying.
pub fn lacking() -> Option<Lacking> {
    if aside::is_supervised() {
        return Some(Lacking::Above);
    }
    reach().is_none().then_some(Lacking::Tracing)
}

/// What a supervisor could do here, found by trying.
#[derive(Debug)]
pub enum Standing {
    /// Tasks are traced for the time of their execs.
    Each,
    /// Whole trees are traced.
    Tree,
    /// Whole trees are traced and stop at each exec: the kernel has no listener to give.
    Stops,
    /// A guard above judges them already.
    Above,
    /// Nobody but root may look at a task.
    Tracing,
    /// The kernel, or what this runs in, takes no filter.
    Filter(io::Error),
}

impl Standing {
    #[must_use]
    pub fn can(&self) -> bool {
        matches!(self, Standing::Each | Standing::Tree | Standing::Stops | Standing::Above)
    }
}

/// Tries a filter in a child, which ends with it.
#[must_use]
pub fn standing() -> Standing {
    if aside::is_supervised() {
        return Standing::Above;
    }
    let Some(reach) = reach() else { return Standing::Tracing };
    let root = nix::unistd::geteuid().is_root();
    let code = |error: io::Error| u8::try_from(errno(&error)).unwrap_or(u8::MAX);
    match aside::ends_with(|| seccomp::install(root, Asked::Execs).map_or_else(code, |_| 0)) {
        Ok(0) if without_listener() => Standing::Stops,
        Ok(0) if reach == Reach::Tree => Standing::Tree,
        Ok(0) => Standing::Each,
        Ok(_) if aside::ends_with(stops_at_calls).is_ok_and(|code| code == 0) => Standing::Stops,
        Ok(errno) => Standing::Filter(io::Error::from_raw_os_error(errno.into())),
        Err(error) => Standing::Filter(error),
    }
}

/// Whether a child can be traced and takes the filter without a listener; 0 where it can.
fn stops_at_calls() -> u8 {
    let root = nix::unistd::geteuid().is_root();
    let Ok((ours, theirs)) = aside::channel() else { return 1 };
    let child = aside::child(|| match aside::receive_number(&theirs) {
        Ok(0) => u8::from(seccomp::install_for_tracer(root).is_err()),
        Ok(_) | Err(_) => 1,
    });
    let Ok(child) = child else { return 1 };
    let traced = tracing::seize_calls(child);
    let told = aside::send_number(&ours, traced.map_or_else(|error| errno(&error), |()| 0));
    loop {
        match tracing::next_event_of(child) {
            Some(Event::Ended { status }) if told.is_ok() => return u8::from(status != 0),
            Some(Event::Ended { .. }) | None => return 1,
            Some(_) => tracing::keep(child, 0),
        }
    }
}

/// What the supervisor has to trace to be let look (kernel: Documentation/admin-guide/LSM/Yama.rst). Where it may look at
/// any of our tasks it need not trace a whole tree, but can be told to.
fn reach() -> Option<Reach> {
    let whole = std::env::var_os(WHOLE_TREE).is_some_and(|value| value == "1") || without_listener();
    let scope = std::fs::read("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    match scope.first() {
        _ if whole => Some(Reach::Tree),
        None | Some(b'0') => Some(Reach::Execs),
        _ if nix::unistd::geteuid().is_root() => Some(Reach::Execs),
        Some(b'1') => Some(Reach::Tree),
        Some(_) => None,
    }
}

/// `1`: whole trees are traced also where that need not be. `2`: and without a listener.
pub const WHOLE_TREE: &str = "GUARDED_TRACE_TREE";

fn without_listener() -> bool {
    std::env::var_os(WHOLE_TREE).is_some_and(|value| value == "2")
}

/// Who watches a tree, and what is to become of it where nobody can.
pub struct Watch<'w> {
    pub judge: &'w mut dyn Judge,
    pub without: Without<'w>,
}

/// What becomes of a tree whose execs the kernel does not let us judge.
pub enum Without<'w> {
    Nothing,
    /// It runs, where this says so.
    Runs(&'w mut dyn FnMut(&io::Error) -> bool),
}

/// Becomes a program that was judged, with the environment that we were given.
pub fn become_watched(program: &Exec, watch: Option<Watch<'_>>) -> Result<Infallible, Trouble> {
    let words: Result<Vec<CString>, _> = program.words.iter().map(|word| CString::new(word.as_slice())).collect();
    let path = c_string(program.program.as_os_str());
    let failed = |error: io::Error| Trouble::NotStarted { shell: program.program.clone(), error };
    let (path, words) = match (path, words) {
        (Ok(path), Ok(words)) => (path, words),
        (Err(nul), _) | (_, Err(nul)) => return Err(failed(nul.into())),
    };
    watch.map_or(Ok(()), Watch::begin)?;
    // Rust's own start has ignored it; most programs count on it.
    aside::let_pipes_end();
    Err(failed(exec::become_program(&path, &words)))
}

fn errno(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EINVAL)
}

/// In the supervisor: where the shell's execs come in. Without a listener the shell is traced before its filter stands.
fn calls_of(shell: i32, channel: &OwnedFd) -> io::Result<Calls> {
    aside::send_number(channel, nix::unistd::getpid().as_raw())?;
    match aside::receive_listener(channel) {
        Ok(listener) => {
            listener.wake_near();
            Ok(Calls::Listener(listener))
        }
        Err(none) => {
            let traced = tracing::seize_calls(shell);
            aside::send_number(channel, traced.as_ref().map_or_else(errno, |()| 0))?;
            traced?;
            if aside::receive_number(channel).is_ok_and(|filter| filter == 0) {
                return Ok(Calls::of_traced(shell));
            }
            tracing::let_go(shell);
            Err(none)
        }
    }
}

/// In the shell: under the filter, which speaks to the supervisor by a listener or by stops. What forbids both, if
/// anything does; an error where the supervisor is gone.
fn put_under(channel: &OwnedFd, asked: Asked) -> io::Result<Option<io::Error>> {
    let root = nix::unistd::geteuid().is_root();
    let filter =
        if without_listener() { Err(io::ErrorKind::Unsupported.into()) } else { seccomp::install(root, asked) };
    aside::send_listener(channel, filter.as_ref().map_err(errno))?;
    // Were it still open here when the supervisor ends, an exec would wait for ever instead of failing.
    let Err(none) = filter else { return Ok(None) };
    if aside::receive_number(channel)? != 0 {
        return Ok(Some(none));
    }
    let filter = seccomp::install_for_tracer(root);
    aside::send_number(channel, filter.as_ref().map_or_else(errno, |()| 0))?;
    Ok(filter.is_err().then_some(none))
}

impl Watch<'_> {
    /// From now on each exec of this process, and of all that it starts, is judged by a process beside it. The next one
    /// is the program that was permitted as a whole.
    pub fn begin(self) -> Result<(), Trouble> {
        let before = aside::hold_signals().map_err(Trouble::NoSupervisor)?;
        let (ours, theirs) = aside::channel().map_err(Trouble::NoSupervisor)?;
        let shell = nix::unistd::getpid().as_raw();
        match feed::split().map_err(Trouble::NoSupervisor)? {
            Side::Feeder => {
                drop(theirs);
                feed::let_go_of_inherited();
                aside::stand_out(c"guarded-sh: execs");
                aside::run_promptly();
                let serve = |calls| supervisor::serve(calls, self.judge, reach().unwrap_or(Reach::Execs));
                exec::end(calls_of(shell, &ours).map_or(0, serve))
            }
            Side::Shell => {
                drop(ours);
                tracing::allow(aside::receive_number(&theirs).map_err(Trouble::NoSupervisor)?);
                let asked = if self.judge.minds_opens() { Asked::ExecsAndOpens } else { Asked::Execs };
                let refused = put_under(&theirs, asked).map_err(Trouble::NoSupervisor)?;
                drop(theirs);
                if let Some(error) = refused {
                    let runs = match self.without {
                        Without::Nothing => false,
                        Without::Runs(may) => may(&error),
                    };
                    if !runs {
                        return Err(Trouble::NoSupervisor(error));
                    }
                }
                aside::let_signals(&before);
                Ok(())
            }
        }
    }
}
