//! Programs that gain rights are started by us, who can still gain some, in place of a task that can't: its image never
//! runs, it stands for the program, gets its signals and ends as it does. Edge: starts processes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

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
use crate::sys::witness::{self, Witness};

/// A program that was started, by the task that stands for it.
struct Running {
    stand_in: StandIn,
    child: i32,
    /// In the group of both, where they are in one.
    witness: Option<Witness>,
    ignored: Signals,
    /// What came last, from whom and when.
    last: Option<(i32, Sender, Instant)>,
    /// The program was stopped by it, which the task is still to show.
    shows: Option<i32>,
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
        let ignored = start.inherited.ignored;
        let group = start.inherited.same_session.then_some(start.inherited.group);
        let made = StandIn::make(task).and_then(|stand_in| {
            inherit::leave_no_core(task);
            let child = aside::child(move || begun(start))?;
            // Before a signal for the group can come to the task. The child may have joined it already, and gone on.
            let _ = group.map(|group| witness::join(child, group));
            let witness = group.and_then(|group| Witness::join(group).ok());
            Ok((stand_in, child, witness))
        });
        let Ok((stand_in, child, witness)) = made else {
            aside::complain_as(task, NOT_STARTED.as_bytes());
            send(task, libc::SIGKILL);
            return;
        };
        self.children.insert(child, task);
        self.running.insert(task, Running { stand_in, child, witness, ignored, last: None, shows: None, end: None });
        match event {
            // Sent before there was a child that could get it.
            Event::Signal(signal) if STOPS.contains(&signal) && is_to_continue(task) => {}
            Event::Stopped if is_to_continue(task) => {}
            Event::Signal(signal) => send(child, signal),
            Event::Stopped => send(child, libc::SIGSTOP),
            _ => {}
        }
        tracing::keep(task, 0);
    }

    fn stand_in(&mut self, task: i32, event: Event) {
        let Some(running) = self.running.get_mut(&task) else { return };
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
            // It starts nothing.
            (Event::Call, None) => tracing::fail_call(task, libc::ECANCELED),
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
            Event::Signal(signal) if image::is_stopped(child) => {
                let signal = if running.ignored.has(signal) { libc::SIGSTOP } else { signal };
                running.shows = Some(signal);
                send(task, signal);
            }
            Event::Continued => {
                running.shows = None;
                send(task, libc::SIGCONT);
            }
            _ => {}
        }
    }
}

impl Running {
    /// What a signal for the task does to itself, after the program had it.
    fn passes(&mut self, signal: i32) -> i32 {
        let shared = self.witness.as_ref().is_some_and(|witness| witness.saw(signal, MEANWHILE));
        // Ours, or the one that stopped both and was still on its way.
        if self.shows == Some(signal) {
            self.shows = None;
            return signal;
        }
        let (sender, now) = (stand_in::sender(self.stand_in.task), Instant::now());
        let last = self.last.replace((signal, sender, now));
        let again = last.is_some_and(|(last, from, at)| (last, from) == (signal, sender) && now - at < AT_ONCE);
        match sender {
            // To it and to its group (timeout): signals are not counted, and a program gets one of two sent at once.
            _ if again && signal != libc::SIGCONT && !STOPS.contains(&signal) => {}
            // We have shown it what the program did.
            Sender::Process(sender) if sender == Pid::this().as_raw() => return signal,
            Sender::Kernel | Sender::Process(_) if shared => {}
            // A witness forgets what a continue undoes. A stop that comes after it would last.
            Sender::Process(_) if signal == libc::SIGCONT && !image::is_stopped(self.child) => {}
            _ if STOPS.contains(&signal) && is_to_continue(self.stand_in.task) => {}
            Sender::Kernel | Sender::Process(_) => send(self.child, signal),
        }
        0
    }
}

/// By a signal that came after the one that is looked at.
fn is_to_continue(task: i32) -> bool {
    witness::is_pending(task, libc::SIGCONT)
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

/// Whoever signals a process and then its group (timeout) gets to the second.
const MEANWHILE: Duration = Duration::from_millis(2);
const AT_ONCE: Duration = Duration::from_millis(20);
const STOPS: [i32; 4] = [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU];
const NOT_RUN: u8 = 126;
const NOT_STARTED: &str = "guarded: a program that gains rights by its file could not be started beside the tree\n";
