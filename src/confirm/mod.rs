//! `Decision` → a `Permit` or a `Refusal`: the person's part. Only `settle` makes a permit.

mod approval;
mod encoding;
mod out_of_band;
mod permit;
mod prompt;
mod question;

use std::path::Path;
use std::time::Duration;

pub use approval::{
    Doubtful, LONGEST_PAUSE, approve, deny, from_outside, pause, shown_of, signature, throw_away, unlock,
};
pub use permit::{Leave, Permit};
pub use prompt::Tty;
pub use question::{BOUND_VARIABLES, Digest, Grounds, Question, Shown, ShownFinding, text_digest};

use crate::agents::{Ancestry, Standing};
use crate::command::{Model, Seen};
use crate::decide::Decision;
use crate::invocation::Invocation;
use crate::policy::Verdict;
use crate::store::Lock;

/// How a decision ended.
#[derive(Debug)]
pub enum Settled {
    Permitted(Permit),
    Refused(Refusal),
}

/// Why a command does not run, for the one who asked.
#[derive(Debug)]
pub struct Refusal {
    pub decision: Decision,
    pub because: Because,
    pub reader: Reader,
}

/// Who reads it: what an agent must be told not to try is no news to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Agent,
    Person,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Because {
    /// The policy refuses it.
    Denied,
    /// A person said no.
    Declined,
    /// It waits for a person under this id until `expires` (clock time of this machine, `17:40`).
    Waiting { id: String, expires: String },
    /// Nobody can be asked here (the store can't be written), and the reason.
    NobodyToAsk(String),
    /// Another program of the same command was stopped before, so that nobody is asked again.
    AfterAStop,
    /// So many people would have to agree, which can't be done yet.
    NeedsPeople(u8),
    /// Nothing runs until a person unlocks.
    Locked(Lock),
}

/// What a person at a terminal answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    No,
    Once,
    /// There is no terminal, or it went away: nobody answered.
    Nobody,
}

/// A screen with a person before it. `Tty` is the real one.
pub trait Screen {
    /// At the terminal of the command itself.
    fn ask(&self, shown: &Shown) -> Reply;
    /// From elsewhere: the request is shown, and the answer typed in full.
    fn confirm(&self, shown: &Shown) -> Reply;
}

/// What `settle` knows beside the decision and the call, and where people can be reached from here.
pub struct Channels<'a> {
    pub model: &'a Model,
    pub seen: &'a Seen,
    pub policy_digest: &'a str,
    /// The state directory; `None` where there is no home.
    pub state: Option<&'a Path>,
    pub locked: Option<Lock>,
    /// Asked for only when somebody has to be: it reads /proc.
    pub ancestry: &'a dyn Fn() -> Ancestry,
    pub screen: &'a dyn Screen,
    /// How long to wait for an answer from elsewhere; `None`: as long as the agent allows.
    pub wait: Option<Duration>,
}

/// Turns a decision into leave or refusal, asking whom there is to ask.
#[must_use]
pub fn settle(decision: Decision, call: Invocation, channels: &Channels<'_>) -> Settled {
    if let Some(lock) = &channels.locked
        && (channels.ancestry)().standing(call.interactive) != Standing::Person
    {
        return refused(decision, Because::Locked(lock.clone()), &call, channels);
    }
    match decision.verdict {
        Verdict::Allow | Verdict::Log => Settled::Permitted(Permit::issue(call, Leave::Policy)),
        Verdict::Deny => refused(decision, Because::Denied, &call, channels),
        Verdict::Approve(people) if people > 1 => refused(decision, Because::NeedsPeople(people), &call, channels),
        Verdict::Ask | Verdict::Approve(_) => {
            let grounds = Grounds {
                decision: &decision,
                model: channels.model,
                seen: channels.seen,
                policy_digest: channels.policy_digest,
            };
            let question = Question::new(&call, &grounds);
            match asked(&question, &call, channels) {
                Ok(leave) => Settled::Permitted(Permit::issue(call, leave)),
                Err(because) => refused(decision, because, &call, channels),
            }
        }
    }
}

fn refused(decision: Decision, because: Because, call: &Invocation, channels: &Channels<'_>) -> Settled {
    let reader = match (channels.ancestry)().standing(call.interactive) {
        Standing::Person => Reader::Person,
        Standing::Agent | Standing::Ide | Standing::Guarded | Standing::Unknown => Reader::Agent,
    };
    Settled::Refused(Refusal { decision, because, reader })
}

/// A grant first, then a pause, then the person at the terminal, then those elsewhere.
fn asked(question: &Question, call: &Invocation, channels: &Channels<'_>) -> Result<Leave, Because> {
    let ancestry = (channels.ancestry)();
    let mut desk = out_of_band::Desk::open(channels.state, &ancestry);
    if let Ok(desk) = &mut desk
        && let Some(leave) = desk.leave(question)
    {
        return Ok(leave);
    }
    if ancestry.standing(call.interactive) == Standing::Person {
        match channels.screen.ask(&question.shown) {
            Reply::Once => return Ok(Leave::Person),
            Reply::No => return Err(Because::Declined),
            Reply::Nobody => {}
        }
    }
    let mut desk = desk.map_err(Because::NobodyToAsk)?;
    desk.wait_for(question, channels.wait.unwrap_or_else(|| ancestry.wait()))
}
