//! A person's login where the guard can't do its work: plain bash at the person's word, said loudly and recorded, so that
//! a broken policy locks nobody out. Edge: reads the terminal.

use crate::agents::{Standing, ancestry};
use crate::audit::{Journal, Written};
use crate::invocation::{Invocation, StdinKind, Text};
use crate::show::{self, Explain};
use crate::supervise;
use crate::sys::start;
use crate::world::World;

/// What a person types to get in.
pub const WORD: &str = "plain";

/// Whether it is the shell that a person logs in with.
#[must_use]
pub fn is_login(call: &Invocation) -> bool {
    let typed = call.text == Text::Stdin && call.stdin == StdinKind::Terminal;
    call.login && call.interactive && typed
}

/// Comes back where nobody is there who may say so, or does not.
pub fn offer(call: &Invocation, why: &dyn Explain) {
    if ancestry().standing(true) != Standing::Person {
        return;
    }
    start::complain(show::login::offer(WORD).as_bytes());
    let mut word = String::new();
    let read = std::io::stdin().read_line(&mut word);
    if read.is_err() || word.trim() != WORD {
        return;
    }
    let (world, _) = World::for_repair(&call.environment);
    let written = Journal::new(world.state.as_deref(), &world.temporary, false).plain(call, &why.what());
    let recorded = matches!(written, Ok(Written::Anchored | Written::Unanchored));
    start::complain(show::login::plain(recorded).as_bytes());
    let trouble = supervise::rescue(call);
    start::complain(format!("guarded: {trouble}\n").as_bytes());
}
