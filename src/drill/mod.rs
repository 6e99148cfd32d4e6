//! Rehearsals of incidents. A drill is data (drills/*.toml): steps that an agent might take, and what must come of each.
//! It is played through the shell that this machine's agents get, by this user's policy, in a throw-away folder where
//! every tool that could reach further is a stub. Edge: makes and removes that folder, starts the shell.

mod plan;
mod room;
mod act;
mod stage;
pub mod playbooks;

use std::path::PathBuf;
use std::time::Duration;

pub use plan::{DRILLS, Drill, Must, Step, named};
pub use room::TOOLS;

use crate::policy::{Places, Policy};
use room::Room;
use stage::Stage;

/// What a drill goes through.
#[derive(Debug)]
pub struct Cast<'a> {
    /// As an agent starts it.
    pub shell: PathBuf,
    /// The control program.
    pub guarded: PathBuf,
    /// Where the throw-away folder is made.
    pub base: PathBuf,
    pub places: &'a Places,
    pub policy: &'a Policy,
    /// Programs can be judged as they start, here.
    pub execs: bool,
}

/// How a command of a drill ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// Stopped, and a request lay in the store for a person.
    Asked,
    /// Stopped, with nobody to ask.
    Refused,
    Ran,
    /// With this status, which is neither a stop nor success.
    Ended(i32),
    NeverEnded,
    Untried,
}

/// What is to be said of a step beside how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Stubs that started, by their command lines.
    Called(Vec<String>),
    /// Files that are gone or changed.
    Lost(Vec<String>),
    /// Of so many.
    Went {
        gone: u32,
        of: u32,
    },
    Asked(usize),
    NoLimits,
    /// The limits that are set let all of it go.
    Unlimited,
    /// Not back after undo.
    Missing(Vec<String>),
    Back,
    /// Nothing went, so nothing had to come back.
    NothingWent,
    UndoOff,
    /// The policy is a list of what may run, and this is not on it.
    NotListed,
    Unwatched,
    /// Processes that were to be ended and live.
    Alive(usize),
    PrintedOther,
}

/// One step as it went.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub says: String,
    pub must: Must,
    pub passed: bool,
    pub came: Came,
    /// Until it was stopped, or ended.
    pub after: Duration,
    pub remarks: Vec<Remark>,
}

#[derive(Debug)]
pub struct Scorecard {
    pub drill: &'static str,
    pub title: String,
    pub shell: PathBuf,
    pub observing: bool,
    pub outcomes: Vec<Outcome>,
    /// Programs that it needs and that are not here: nothing was played.
    pub missing: Vec<String>,
}

impl Scorecard {
    #[must_use]
    pub fn passed(&self) -> bool {
        self.missing.is_empty() && self.outcomes.iter().all(|outcome| outcome.passed)
    }

    /// Steps that were to be stopped.
    pub fn to_stop(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|outcome| outcome.must == Must::Stop)
    }

    /// The longest that a stop took.
    #[must_use]
    pub fn slowest(&self) -> Duration {
        let stopped = self.to_stop().filter(|outcome| matches!(outcome.came, Came::Asked | Came::Refused));
        stopped.map(|outcome| outcome.after).max().unwrap_or_default()
    }

    #[must_use]
    pub fn asked(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.came == Came::Asked).count()
    }
}

/// Plays a drill to its end. What it made is gone afterwards.
pub fn play(name: &'static str, drill: &Drill, cast: &Cast<'_>) -> std::io::Result<Scorecard> {
    let mut card = Scorecard {
        drill: name,
        title: drill.title.clone(),
        shell: cast.shell.clone(),
        observing: cast.policy.mode == crate::policy::Mode::Observe,
        outcomes: Vec::new(),
        missing: room::missing(drill),
    };
    if !card.missing.is_empty() {
        return Ok(card);
    }
    for step in &drill.step {
        // Each from the start: what one has destroyed, counted or locked is nothing to the next.
        let room = Room::make(drill, cast)?;
        card.outcomes.push(Stage::new(&room, cast).play(step)?);
    }
    Ok(card)
}
