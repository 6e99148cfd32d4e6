//! `guarded lock`, `unlock`, `status`: the kill switch.

use std::time::SystemTime;

use clap::ArgMatches;

use super::check::is_json;
use super::people::{existing, open};
use super::{Here, Outcome, Trouble};
use crate::agents::ancestry;
use crate::confirm::{self, Tty, signature};
use crate::show::{self, Exit, print};
use crate::store::lock;
use crate::supervise::exec;

/// Anybody may: it loosens nothing.
pub fn lock(given: &ArgMatches, here: &Here) -> Outcome {
    let state = here.state()?;
    let words: Vec<String> = given
        .get_many::<std::ffi::OsString>("words")
        .map(|words| words.map(|word| word.to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    let why = if words.is_empty() { "guarded lock".to_owned() } else { words.join(" ") };
    let failed = |error| Trouble::Io { what: format!("{} can't be written", state.display()), error };
    let new = here.world.lock(&here.journal(), &signature(&ancestry()), &why).map_err(failed)?;
    let ends = given.get_flag("kill").then(|| exec::end_trees(state));
    let (ended, left) = ends.map_or((None, Vec::new()), |ends| (Some(ends.ended), ends.left));
    print::out(&show::lock::locked(new, ended, &left));
    Ok(if left.is_empty() { Exit::Fine } else { Exit::Unmet })
}

pub fn unlock(_given: &ArgMatches, here: &Here) -> Outcome {
    let state = here.state()?;
    let who = ancestry();
    match confirm::unlock(&open(here)?, state, &who, &Tty) {
        Ok(was) => {
            if was.is_some() {
                let _ = here.journal().unlocked(&signature(&who));
            }
            print::out(&show::lock::unlocked(was.as_ref()));
            Ok(Exit::Fine)
        }
        Err(why) => Err(Trouble::NotUnlocked(why).into()),
    }
}

/// Ends with 1 while it is locked.
pub fn status(given: &ArgMatches, here: &Here) -> Outcome {
    let now = SystemTime::now();
    let (pause, pending) = match existing(here)? {
        Some(store) => (store.paused(now).map_err(Trouble::Store)?, store.pending(now).map_err(Trouble::Store)?.len()),
        None => (None, 0),
    };
    let status = show::lock::Status { lock: lock::locked(here.state()?), pause, pending };
    print::out(&if is_json(given) { show::lock::status_json(&status) } else { show::lock::status(&status) });
    Ok(if status.lock.is_some() { Exit::Unmet } else { Exit::Fine })
}
