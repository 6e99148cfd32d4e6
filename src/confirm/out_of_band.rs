//! People elsewhere: the request lies in the store until somebody decides, the agent's patience ends or it expires.

use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::question::Question;
use super::{Because, Leave};
use crate::agents::{Ancestry, ProcessId};
use crate::store::{Ask, Request, State, Store, StoreError};

/// Time for a person to come back to the screen.
const LASTS: Duration = Duration::from_secs(30 * 60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(150);

/// The open store, and who asks.
pub(super) struct Desk<'a> {
    store: Store,
    ancestry: &'a Ancestry,
    me: ProcessId,
}

impl<'a> Desk<'a> {
    /// The error is why nobody can be asked.
    pub(super) fn open(state: Option<&Path>, ancestry: &'a Ancestry) -> Result<Self, String> {
        let state = state.ok_or("there is no state directory")?;
        let me = ancestry.me().map(|me| me.id).ok_or("/proc can't be read")?;
        let store = Store::open(state).map_err(|error| unwritable(state, &error))?;
        Ok(Desk { store, ancestry, me })
    }

    /// Leave that was given before: a grant for exactly this, one that came down to here, or a pause.
    pub(super) fn leave(&mut self, question: &Question) -> Option<Leave> {
        let now = SystemTime::now();
        if let Ok(Some(grant)) = self.store.consume(&question.binding.0, self.me, now) {
            return Some(Leave::Grant(grant.id));
        }
        let chain: Vec<ProcessId> = self.ancestry.chain.iter().map(|process| process.id).collect();
        if !question.hands_down
            && let Ok(Some(id)) = self.store.hand_down(&question.text.0, &chain, now)
        {
            return Some(Leave::HandedDown(id));
        }
        self.store.paused(now).ok().flatten().map(|_| Leave::Pause)
    }

    pub(super) fn wait_for(&mut self, question: &Question, patience: Duration) -> Result<Leave, Because> {
        let trouble = |error: StoreError| Because::NobodyToAsk(error.to_string());
        let shown = serde_json::to_string(&question.shown).map_err(|error| Because::NobodyToAsk(error.to_string()))?;
        let ask = Ask {
            binding: &question.binding.0,
            text: &question.text.0,
            shown: &shown,
            hands_down: question.hands_down,
            root: self.ancestry.agent_root(),
            terminal: self.ancestry.terminal(),
            session: self.ancestry.session(),
            lasts: LASTS,
        };
        let request = self.store.ask(&ask, SystemTime::now()).map_err(trouble)?;
        let until = Instant::now() + patience;
        loop {
            match self.store.request(&request.id).map_err(trouble)?.map(|now| now.state) {
                Some(State::Denied) => return Err(Because::Declined),
                Some(State::Approved) => {
                    // Another shell with the same question may be faster: then ours still waits.
                    if let Some(leave) = self.leave(question) {
                        return Ok(leave);
                    }
                    return Err(waiting(&request));
                }
                Some(State::Pending) => {}
                // Used by another, or cleared away.
                Some(State::Used) | None => return Err(waiting(&request)),
            }
            if Instant::now() >= until {
                return Err(waiting(&request));
            }
            std::thread::sleep(BETWEEN_LOOKS.min(until.saturating_duration_since(Instant::now())));
        }
    }
}

/// Said to an agent, whose own containment this often is.
fn unwritable(state: &Path, error: &StoreError) -> String {
    let StoreError::Io(io) = error else { return error.to_string() };
    match io.kind() {
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            format!("requests wait in {}, which can't be written from here", state.display())
        }
        _ => format!("requests wait in {}: {io}", state.display()),
    }
}

fn waiting(request: &Request) -> Because {
    let zone = jiff::tz::TimeZone::system();
    let expires = jiff::Timestamp::try_from(request.expires)
        .map(|time| time.to_zoned_datetime(zone).strftime("%H:%M").to_string())
        .unwrap_or_default();
    Because::Waiting { id: request.id.clone(), expires }
}
