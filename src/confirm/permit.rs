//! Leave to run one command, once.

use crate::invocation::Invocation;

/// Not `Clone`, and it carries the call that was judged, so nothing else runs under it.
///
/// ```compile_fail
/// let forged = guarded_sh::confirm::Permit { call: todo!() };
/// ```
#[must_use = "run it, or say in the audit that it was let go"]
#[derive(Debug)]
pub struct Permit {
    call: Invocation,
}

impl Permit {
    pub(super) fn issue(call: Invocation) -> Self {
        Permit { call }
    }

    #[must_use]
    pub fn call(&self) -> &Invocation {
        &self.call
    }
}
