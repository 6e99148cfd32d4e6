//! Leave to run one command, once.

use crate::invocation::Invocation;

/// Not `Clone`, and it carries the call that was judged, so nothing else runs under it.
///
/// ```compile_fail
/// let forged = guarded_sh::confirm::Permit { call: todo!(), leave: todo!() };
/// ```
#[must_use = "run it, or say in the audit that it was let go"]
#[derive(Debug)]
pub struct Permit {
    call: Invocation,
    leave: Leave,
}

/// Who let it go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The policy has nothing against it.
    Policy,
    /// A person at this terminal, once.
    Person,
    /// A grant with this id, which is used up now.
    Grant(String),
    /// The grant of the shell that led here by an exec of the same text.
    HandedDown(String),
    /// A person's pause is in force.
    Pause,
}

impl Leave {
    /// For the record: by what, and under which request.
    #[must_use]
    pub fn named(&self) -> (&'static str, Option<&str>) {
        match self {
            Leave::Policy => ("policy", None),
            Leave::Person => ("person", None),
            Leave::Grant(id) => ("grant", Some(id)),
            Leave::HandedDown(id) => ("grant handed down", Some(id)),
            Leave::Pause => ("pause", None),
        }
    }
}

impl Permit {
    pub(super) fn issue(call: Invocation, leave: Leave) -> Self {
        Permit { call, leave }
    }

    #[must_use]
    pub fn call(&self) -> &Invocation {
        &self.call
    }

    #[must_use]
    pub fn leave(&self) -> &Leave {
        &self.leave
    }
}
