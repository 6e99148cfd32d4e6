//! The other side: a person decides about a request, from a place that the one who asked can't reach.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::question::Shown;
use super::{Reply, Screen};
use crate::agents::{Ancestry, Standing};
use crate::store::{By, Decided, Lock, Pause, Request, State, Store, StoreError, lock};

/// No pause lasts longer: one that is forgotten must end by itself.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(8 * 3600);

/// Why an answer does not count.
#[derive(Debug)]
pub enum Doubtful {
    NoSuchRequest,
    Expired,
    /// It was decided or used before.
    AlreadyDecided(State),
    /// From below the agent or shell that asked, or one that asks now.
    FromInside,
    /// From a tree that a guard watches.
    FromGuardedTree,
    /// From the terminal that the command was asked on.
    SameTerminal,
    /// From the session that the command was asked in.
    SameSession,
    /// No person's terminal is here: what is above was found to be this.
    NoPerson(Standing),
    /// The person said no.
    Declined,
    TooLong,
    Store(StoreError),
}

impl From<StoreError> for Doubtful {
    fn from(error: StoreError) -> Self {
        Doubtful::Store(error)
    }
}

/// What a filed request shows; `None` where it was not written by this program.
#[must_use]
pub fn shown_of(request: &Request) -> Option<Shown> {
    serde_json::from_str(&request.shown).ok()
}

/// Lets a person approve a request: shows it and asks once more.
pub fn approve(store: &mut Store, id: &str, approver: &Ancestry, screen: &dyn Screen) -> Result<Request, Doubtful> {
    let now = SystemTime::now();
    let request = open_request(store, id, now)?;
    outside(store, Some(&request), approver, now)?;
    let shown = shown_of(&request).ok_or(Doubtful::NoSuchRequest)?;
    match screen.confirm(&shown) {
        Reply::Once => {}
        Reply::No => return Err(Doubtful::Declined),
        Reply::Nobody => return Err(Doubtful::NoPerson(Standing::Unknown)),
    }
    decided(store.decide(&request.id, State::Approved, &signature(approver), SystemTime::now())?)
}

/// Refuses a request. Anybody may: it loosens nothing.
pub fn deny(store: &mut Store, id: &str, by: &Ancestry) -> Result<Request, Doubtful> {
    let request = open_request(store, id, SystemTime::now())?;
    decided(store.decide(&request.id, State::Denied, &signature(by), SystemTime::now())?)
}

/// Lets what would ask run for a while.
pub fn pause(store: &mut Store, lasts: Duration, approver: &Ancestry, screen: &dyn Screen) -> Result<Pause, Doubtful> {
    let now = SystemTime::now();
    if lasts > LONGEST_PAUSE {
        return Err(Doubtful::TooLong);
    }
    outside(store, None, approver, now)?;
    match screen.confirm(&Shown::pause(lasts)) {
        Reply::Once => Ok(store.pause(lasts, &signature(approver), now)?),
        Reply::No => Err(Doubtful::Declined),
        Reply::Nobody => Err(Doubtful::NoPerson(Standing::Unknown)),
    }
}

/// Lets a person take the lock away; what it was, where there was one.
pub fn unlock(store: &Store, state: &Path, approver: &Ancestry, screen: &dyn Screen) -> Result<Option<Lock>, Doubtful> {
    let Some(held) = lock::locked(state) else { return Ok(None) };
    outside(store, None, approver, SystemTime::now())?;
    match screen.confirm(&Shown::unlock(&held)) {
        Reply::Once => {}
        Reply::No => return Err(Doubtful::Declined),
        Reply::Nobody => return Err(Doubtful::NoPerson(Standing::Unknown)),
    }
    lock::unlock(state).map_err(StoreError::Io)?;
    Ok(Some(held))
}

/// Lets a person throw away what the vault keeps.
pub fn throw_away(store: &Store, approver: &Ancestry, screen: &dyn Screen) -> Result<(), Doubtful> {
    outside(store, None, approver, SystemTime::now())?;
    match screen.confirm(&Shown::of_guard("what is kept for guarded undo is thrown away")) {
        Reply::Once => Ok(()),
        Reply::No => Err(Doubtful::Declined),
        Reply::Nobody => Err(Doubtful::NoPerson(Standing::Unknown)),
    }
}

/// Whether it is a person, outside of all that asks, who takes the guard away.
pub fn from_outside(store: Option<&Store>, approver: &Ancestry) -> Result<(), Doubtful> {
    match store {
        Some(store) => outside(store, None, approver, SystemTime::now()),
        None => outside_of(&[], None, approver),
    }
}

fn open_request(store: &Store, id: &str, now: SystemTime) -> Result<Request, Doubtful> {
    let request = store.request(id)?.ok_or(Doubtful::NoSuchRequest)?;
    match request.state {
        State::Pending if request.expired(now) => Err(Doubtful::Expired),
        State::Pending => Ok(request),
        State::Approved | State::Denied | State::Used => Err(Doubtful::AlreadyDecided(request.state)),
    }
}

/// Whether the approver stands outside of every tree that asks. Ancestry can be shaken off (setsid), so this slows down
/// and does not hold against code of the same user; a person's terminal above is wanted as well.
fn outside(store: &Store, request: Option<&Request>, approver: &Ancestry, now: SystemTime) -> Result<(), Doubtful> {
    let mut live = store.live(now)?;
    live.extend(request.cloned());
    outside_of(&live, request, approver)
}

fn outside_of(live: &[Request], request: Option<&Request>, approver: &Ancestry) -> Result<(), Doubtful> {
    if live.iter().filter_map(|asked| asked.root).any(|root| approver.descends_from(root)) {
        return Err(Doubtful::FromInside);
    }
    for asked in request.into_iter().chain(live.iter().filter(|asked| asked.state == State::Pending)) {
        if asked.terminal != 0 && asked.terminal == approver.terminal() {
            return Err(Doubtful::SameTerminal);
        }
        if asked.session != 0 && asked.session == approver.session() {
            return Err(Doubtful::SameSession);
        }
    }
    match approver.standing(false) {
        Standing::Guarded => Err(Doubtful::FromGuardedTree),
        Standing::Agent => Err(Doubtful::FromInside),
        Standing::Person | Standing::Ide | Standing::Unknown if approver.may_answer() => Ok(()),
        other @ (Standing::Person | Standing::Ide | Standing::Unknown) => Err(Doubtful::NoPerson(other)),
    }
}

fn decided(outcome: Decided) -> Result<Request, Doubtful> {
    match outcome {
        Decided::Now(request) => Ok(request),
        Decided::TooLate(request) if request.state == State::Pending => Err(Doubtful::Expired),
        Decided::TooLate(request) => Err(Doubtful::AlreadyDecided(request.state)),
        Decided::Unknown => Err(Doubtful::NoSuchRequest),
    }
}

/// Who did it, for the record.
#[must_use]
pub fn signature(approver: &Ancestry) -> By {
    let pid = approver.me().map_or(0, |me| me.id.pid);
    By(format!("uid {} terminal {} pid {pid}", nix::unistd::getuid(), approver.terminal()))
}
