//! What a path is or holds that nothing brings back: secrets, state, backups, commits of its own.

use std::os::unix::ffi::OsStrExt;

use bstr::ByteSlice;

use super::budget::Budget;
use super::git::holds_own;
use super::ground::{Scene, any};
use super::path_facts::{Seen, younger};
use super::precious::{Kept, is_installed, kept};
use super::walk::Entry;
use crate::answer::Answer;

pub(super) struct Held {
    pub state: Answer,
    pub backup: Answer,
    /// How many entries were recognised.
    pub count: usize,
}

const SECRET_FOLDERS: &[&str] = &[".ssh", ".aws", ".kube", ".gnupg", ".password-store"];

pub(super) fn held(scene: &Scene<'_>, one: &Seen<'_>, budget: &mut Budget) -> Held {
    let none = Held { state: Answer::No, backup: Answer::No, count: 0 };
    // What git brings back is not lost, whatever its name.
    if one.clean == Answer::Yes || one.spot.meta.is_none() {
        return none;
    }
    let Some(census) = &one.census else {
        return Held { state: Answer::CannotTell, backup: Answer::CannotTell, count: 0 };
    };
    let above = one
        .spot
        .path
        .parent()
        .is_some_and(|parent| parent.iter().any(|name| SECRET_FOLDERS.iter().any(|known| name == *known)));
    let (mut states, mut backups, mut repositories) = (usize::from(above), 0, Vec::new());
    let mut last = (None, false);
    for entry in &census.entries {
        // What lies in one folder comes together.
        if last.0 != Some(folder_of(entry)) {
            last = (Some(folder_of(entry)), is_in_passing(one, entry));
        }
        if last.1 && entry.path != one.spot.path || is_passing(scene, one, entry) {
            continue;
        }
        let itself = entry.path.as_os_str() == one.spot.path.as_os_str();
        match kind_of(one, entry, itself) {
            Some(Kept::State | Kept::Secret) => states += 1,
            Some(Kept::Backup) => backups += 1,
            None if !itself && entry.path.file_name().is_some_and(|name| name == ".git") => {
                repositories.extend(entry.path.parent());
            }
            None => {}
        }
    }
    let own = if states > 0 {
        Answer::No
    } else {
        any(repositories.into_iter().map(|work_tree| holds_own(work_tree, budget)))
    };
    let rest = if census.complete { Answer::No } else { Answer::CannotTell };
    Held {
        state: Answer::from(states > 0).or(own).or(rest),
        backup: Answer::from(backups > 0).or(rest),
        count: states + backups + usize::from(own == Answer::Yes),
    }
}

/// By its bytes: taken apart, a path costs more than all else here.
fn folder_of(entry: &Entry) -> &[u8] {
    let path = entry.path.as_os_str().as_bytes();
    path.get(..path.rfind_byte(b'/').unwrap_or(0)).unwrap_or_default()
}

/// It lies among thousands of files of others, test keys among them, or is a repository's own.
fn is_in_passing(one: &Seen<'_>, entry: &Entry) -> bool {
    let Ok(rest) = entry.path.strip_prefix(&one.spot.path) else { return true };
    let own = one.spot.path.file_name();
    own.into_iter()
        .chain(rest.parent().into_iter().flatten())
        .any(|part| is_installed(part.as_bytes()) || part == ".git")
}

/// What this agent made in a folder for temporary files: a test's fixtures.
fn is_passing(scene: &Scene<'_>, one: &Seen<'_>, entry: &Entry) -> bool {
    let young = || scene.agent_since().is_some_and(|since| younger(entry, since) == Answer::Yes);
    one.temporary && entry.path != one.spot.path && young()
}

fn kind_of(one: &Seen<'_>, entry: &Entry, itself: bool) -> Option<Kept> {
    let name = entry.path.file_name().map(OsStrExt::as_bytes).unwrap_or_default();
    if itself && entry.path.iter().any(|part| part == ".git") {
        // Left behind by a git that was stopped.
        let passing = name.ends_with(b".lock") || name == b"gc.log";
        return (!passing).then_some(Kept::State);
    }
    match kept(name) {
        // Packages' builds carry keys for their tests.
        Some(Kept::Secret) if one.output == Answer::Yes => None,
        found => found,
    }
}
