//! Where the execs of a tree come in: at the filter's listener, or, where the kernel has none to give (before 5.5, below a
//! filter that has one already, in some containers), as stops of tasks that are traced from the first one on.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use libc::{c_int, pid_t};

use super::aside::{self, Woken};
use super::seccomp::{Listener, Received};
use super::tracing::{self, Event};

#[derive(Debug)]
pub enum Calls {
    Listener(Listener),
    Stops(Stops),
}

/// What is traced of a tree. While a task of it lives, so does the tree.
#[derive(Debug)]
pub struct Stops {
    alive: HashSet<pid_t>,
}

impl Calls {
    /// Of the tree of a task that is traced, with all that it starts.
    #[must_use]
    pub fn of_traced(first: pid_t) -> Calls {
        Calls::Stops(Stops { alive: HashSet::from([first]) })
    }

    /// Sleeps until something happens, or for so long.
    pub fn wait(&self, patience: Option<Duration>) -> Woken {
        match self {
            Calls::Listener(listener) => aside::wait(Some(listener), patience),
            Calls::Stops(stops) if stops.alive.is_empty() => Woken::Alone,
            Calls::Stops(_) => aside::wait(None, patience),
        }
    }

    /// Nothing of the tree lives any more.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        match self {
            Calls::Listener(listener) => aside::is_alone(listener),
            Calls::Stops(stops) => stops.alive.is_empty(),
        }
    }

    /// See `aside::keep_going`.
    pub fn keep_going(&self) {
        aside::keep_going(match self {
            Calls::Listener(listener) => Some(listener),
            Calls::Stops(_) => None,
        });
    }

    /// The next call at the listener. An error where the caller died before it was received.
    pub fn receive(&self) -> io::Result<Received> {
        match self {
            Calls::Listener(listener) => listener.receive(),
            Calls::Stops(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Once received, a call is not interrupted by signals.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self {
            Calls::Listener(listener) => listener.holds,
            Calls::Stops(_) => true,
        }
    }

    /// The caller still waits, so that what was read from its number is its own.
    #[must_use]
    pub fn waits(&self, id: u64) -> bool {
        match self {
            Calls::Listener(listener) => listener.waits(id),
            Calls::Stops(_) => tracing::message(task(id)).is_some(),
        }
    }

    /// Lets the kernel go on with the call.
    pub fn go_on(&self, id: u64) {
        match self {
            Calls::Listener(listener) => listener.go_on(id),
            Calls::Stops(_) => tracing::keep(task(id), 0),
        }
    }

    /// Ends the call with an errno.
    pub fn fail(&self, id: u64, errno: c_int) {
        match self {
            Calls::Listener(listener) => listener.fail(id, errno),
            Calls::Stops(_) => tracing::fail_call(task(id), errno),
        }
    }

    /// What an event of a traced task says about who lives.
    pub fn note(&mut self, task: pid_t, event: Event) {
        let Calls::Stops(Stops { alive }) = self else { return };
        match event {
            Event::Ended { .. } => {
                alive.remove(&task);
            }
            Event::Forked => {
                // It may have ended before its parent could tell of it.
                let child = tracing::message(task).and_then(|child| pid_t::try_from(child).ok());
                alive.extend(child.filter(|child| tracing::is_ours(*child)));
            }
            Event::Loaded => {
                // A thread that execs takes over the number of its process, without an end of its own.
                alive.remove(&tracing::former(task));
                alive.insert(task);
            }
            Event::Call | Event::Trap => {
                alive.insert(task);
            }
            // A child of ours, perhaps.
            Event::Stopped | Event::Signal(_) | Event::Continued => {}
        }
    }
}

/// The stop of a task is its call.
fn task(id: u64) -> pid_t {
    pid_t::try_from(id).unwrap_or_default()
}
