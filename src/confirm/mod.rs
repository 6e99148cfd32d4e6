//! `Decision` → a `Permit` or a `Refusal`: the person's part. Only `settle` makes a permit.

mod permit;

pub use permit::Permit;

use crate::decide::Decision;
use crate::invocation::Invocation;

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
}

/// Where people can be reached from here.
#[derive(Debug)]
pub struct Channels;

#[expect(dead_code, unused_variables, reason = "replaced before the first release commit")]
pub fn settle(decision: Decision, call: Invocation, channels: &Channels) -> Settled {
    Settled::Permitted(Permit::issue(call))
}
