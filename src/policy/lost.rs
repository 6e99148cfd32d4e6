//! A user's policy that was there before and is gone: a note in the state directory tells it from one that never was.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::Places;

fn note(state: &Path) -> PathBuf {
    state.join("policy-was")
}

fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// What to say of a policy that got lost. Findings then ask: nobody knows what it would have said.
#[must_use]
pub fn lost(places: &Places, state: Option<&Path>) -> Option<String> {
    let (user, note) = (places.user.as_deref()?, note(state?));
    if is_there(user) || std::fs::read(&note).ok()? != user.as_os_str().as_bytes() {
        return None;
    }
    let (user, note) = (user.display(), note.display());
    Some(format!("{user} was there before and is gone; put it back, or remove {note} if it is not wanted any more"))
}

/// Notes a policy that is there. Where it can't be noted nothing is lost but the note.
pub fn remember(places: &Places, state: Option<&Path>) {
    let (Some(user), Some(state)) = (places.user.as_deref(), state) else { return };
    let note = note(state);
    if is_there(user) && !is_there(&note) && is_there(state) {
        let _ = std::fs::write(note, user.as_os_str().as_bytes());
    }
}
