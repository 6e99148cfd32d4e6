//! Programs that gain rights are started by us, who can still gain some, in place of a task that can't: its image never
//! runs, it stands for the program, gets its signals and ends as it does. Edge: starts processes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::unistd::Pid;

use super::Exec;
use super::caller::{Here, Start, lies_firmly};
use super::image::{self, Image};
use crate::elevated::{self, Program};
use crate::sys::aside::{self, send};
use crate::sys::inherit::{self, Signals};
use crate::sys::stand_in::{self, Sender, StandIn};
use crate::sys::start;
use crate::sys::tracing::{self, Event};

/// What a terminal sends goes to a whole group, and so to the program too.
const TERMINALS: [i32; 8] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTSTP,
    libc::SIGTTIN,
    libc::SIGTTOU,
    libc::SIGCONT,
    libc::SIGWINCH,
];

/// A program that was started, by the task that stands for it.
struct Running {
    stand_in: StandIn,
    child: i32,
    /// The child is in the group of the task.
    grouped: bool,
    ignored: Signals,
    end: Option<End>,
}

#[derive(Clone, Copy)]
enum End {
    Status(i32),
    Signal(i32),
}

pub struct Broker {
    here: Option<Here>,
    /// By the task whose image stands; its first stop is to come.
    coming: HashMap<i32, Start>,
    running: HashMap<i32, Running>,
    /// By the child: the task that stands for it, or stood.
    children: HashMap<i32, i32>,
}

impl Broker {
    pub fn new() -> Broker {
        Broker { here: Here::find(), coming: HashMap::new(), running: HashMap::new(), children: HashMap::new() }
    }

    /// Which program it is that a task is to be given by us.
    pub fn program(&self, image: &Image, thread: i32) -> Option<&'static Program> {
        if !image.elevates || image.script.is_some() {
            return None;
        }
        let here = self.here.as_ref()?;
        let program = elevated::named(image.path.file_name()?.as_bytes())?;
        (lies_firmly(image) && here.is_where(thread)).then_some(program)
    }

    /// What was judged, ready to be started. Where that fails the image runs as it would without us.
    pub fn prepare(&self, exec: &Exec, loaded: image::Identity, thread: i32) -> Option<Start> {
        let program = exec.elevated?;
        if program.minds(&exec.words).is_some() {
            return None;
        }
        self.here.as_ref()?.start(program, exec, loaded, thread).ok()
    }

    /// The task's image stands and has not run, nor will it.
    pub fn begin(&mut self, task: i32, start: Start) {
        self.coming.insert(task, start);
        // It has not left its exec yet: where it stands then nothing more is written by the kernel.
        let _ = tracing::interrupt(task);
        tracing::keep(task, 0);
    }

    /// Whether the event was one of ours.
    pub fn takes(&mut self, task: i32, event: Event) -> bool {
        if self.coming.contains_key(&task) {
            self.stands(task, event);
        } else if self.running.contains_key(&task) {
            self.stand_in(task, event);
        } else if self.children.contains_key(&task) {
            self.child(task, event);
        } else {
            return false;
        }
        true
    }

    fn stands(&mut self, task: i32, event: Event) {
        let Some(start) = self.coming.remove(&task) else { return };
        if let Event::Ended { .. } = event {
            return;
        }
        let (grouped, ignored) = (start.inherited.same_session, start.inherited.ignored);
        let made = StandIn::make(task).and_then(|stand_in| {
            inherit::leave_no_core(task);
            Ok((stand_in, aside::child(move || begun(start))?))
        });
        let Ok((stand_in, child)) = made else {
            aside::complain_as(task, NOT_STARTED.as_bytes());
            send(task, libc::SIGKILL);
            return;
        };
        self.children.insert(child, task);
        self.running.insert(task, Running { stand_in, child, grouped, ignored, end: None });
        match event {
            // Sent before there was a child that could get it.
            Event::Signal(signal) => send(child, signal),
            Event::Stopped => send(child, libc::SIGSTOP),
            _ => {}
        }
        tracing::keep(task, 0);
    }

    fn stand_in(&mut self, task: i32, event: Event) {
        let Some(running) = self.running.get(&task) else { return };
        match (event, running.end) {
            (Event::Ended { .. }, end) => {
                if end.is_none() {
                    send(running.child, libc::SIGKILL);
                }
                self.running.remove(&task);
            }
            (Event::Continued, _) => {}
            (Event::Signal(signal), Some(End::Signal(last))) if signal == last => tracing::keep(task, signal),
            (_, Some(End::Signal(_))) | (Event::Trap | Event::Forked | Event::Loaded, None) => tracing::keep(task, 0),
            (_, Some(End::Status(status))) => {
                if running.stand_in.end_with(status).is_err() {
                    send(task, libc::SIGKILL);
                }
                tracing::keep(task, 0);
            }
            (Event::Stopped, None) => tracing::leave_stopped(task),
            (Event::Signal(signal), None) => tracing::keep(task, running.passes(signal)),
        }
    }

    fn child(&mut self, child: i32, event: Event) {
        let task = self.children.get(&child).copied().unwrap_or_default();
        if matches!(event, Event::Ended { .. }) {
            self.children.remove(&child);
        }
        let Some(running) = self.running.get_mut(&task) else { return };
        match event {
            Event::Ended { status } => {
                let end = if libc::WIFEXITED(status) {
                    End::Status(libc::WEXITSTATUS(status))
                } else if running.ignored.has(libc::WTERMSIG(status)) {
                    // It would not end of it.
                    End::Status(128 + libc::WTERMSIG(status))
                } else {
                    End::Signal(libc::WTERMSIG(status))
                };
                running.end = Some(end);
                if let End::Signal(signal) = end {
                    send(task, signal);
                }
                let _ = tracing::interrupt(task);
            }
            // A child that nobody traces has been stopped by it.
            Event::Signal(signal) => {
                send(task, if running.ignored.has(signal) { libc::SIGSTOP } else { signal });
            }
            Event::Continued => send(task, libc::SIGCONT),
            _ => {}
        }
    }
}

impl Running {
    /// What a signal for the task does to itself, after the program had it.
    fn passes(&self, signal: i32) -> i32 {
        match stand_in::sender(self.stand_in.task) {
            // We have shown it what the program did.
            Sender::Process(sender) if sender == Pid::this().as_raw() => return signal,
            Sender::Kernel if self.grouped && TERMINALS.contains(&signal) => {}
            // Most often for the group, to whom it has gone already.
            Sender::Process(_) if self.grouped && signal == libc::SIGCONT && !image::is_stopped(self.child) => {}
            Sender::Kernel | Sender::Process(_) => send(self.child, signal),
        }
        0
    }
}

/// In the child.
fn begun(start: Start) -> u8 {
    let Start { path, file, words, environment, inherited } = start;
    if image::of_file(Path::new(OsStr::from_bytes(path.to_bytes()))) == Some(file) {
        let _ = inherited.become_program(&path, &words, &environment);
    }
    // On its own standard error, where that is in place by now.
    start::complain(NOT_STARTED.as_bytes());
    NOT_RUN
}

const NOT_RUN: u8 = 126;
const NOT_STARTED: &str = "guarded: a program that gains rights by its file could not be started beside the tree\n";
