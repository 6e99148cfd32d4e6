//! `guarded undo`: what was kept, what it was, and back with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use clap::ArgMatches;

use super::check::is_json;
use super::people::{duration, open, word};
use super::{Here, Outcome, Trouble};
use crate::agents::ancestry;
use crate::confirm::{self, Tty};
use crate::policy::{Undo, Versions};
use crate::show::{Exit, print, undo};
use crate::vault::{Call, Item, Manifest, Outcome as Became, Restored, Shape, Vault};

/// Lines of a difference that are shown of one file.
const LINES: usize = 200;
/// Files of a tree whose differences are shown.
const FILES: usize = 20;

/// Without a verb below: `--last`, or the list.
pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    if given.get_flag("last") { restore(given, here) } else { listed(false, here) }
}

pub fn list(given: &ArgMatches, here: &Here) -> Outcome {
    listed(is_json(given), here)
}

fn listed(json: bool, here: &Here) -> Outcome {
    let (entries, broken) = vault(here)?.entries().map_err(|error| Trouble::Vault(error.to_string()))?;
    let now = SystemTime::now();
    print::out(&if json { undo::list_json(&entries) } else { undo::list(&entries, &broken, now) });
    Ok(Exit::Fine)
}

pub fn show(given: &ArgMatches, here: &Here) -> Outcome {
    let (_, entry) = entry(given, here)?;
    if is_json(given) {
        print::out(&undo::list_json(std::slice::from_ref(&entry)));
        return Ok(Exit::Fine);
    }
    let differences: Vec<Vec<u8>> = entry.items.iter().flat_map(differences).collect();
    print::out(&undo::one(&entry, SystemTime::now(), &differences));
    Ok(Exit::Fine)
}

pub fn restore(given: &ArgMatches, here: &Here) -> Outcome {
    let (vault, entries) = chosen(given, here)?;
    let to = given.get_one::<std::ffi::OsString>("to").map(|folder| here.directory.join(folder));
    let (mut whole, mut call) = (true, Call::of(&entries));
    for entry in entries.iter().rev() {
        let restored = match &to {
            Some(folder) => vault.restore_to(&entry.id, folder),
            None => vault.restore(&entry.id, &mut call),
        };
        let restored = restored.map_err(|error| Trouble::Vault(error.to_string()))?;
        print::out(&undo::restored(&restored, to.is_some()));
        whole &= is_whole(&restored, to.as_deref());
    }
    Ok(if whole { Exit::Fine } else { Exit::Unmet })
}

fn is_whole(restored: &Restored, to: Option<&Path>) -> bool {
    let back = |became: &Became| match became {
        Became::Back | Became::Same => true,
        Became::Beside(_) => to.is_some(),
        Became::Gone | Became::Failed(_) => false,
    };
    restored.paths.iter().all(|(_, became)| back(became))
        && (to.is_some() || restored.refs.iter().all(|(_, back)| *back))
}

pub fn prune(given: &ArgMatches, here: &Here) -> Outcome {
    let older = match given.get_one::<std::ffi::OsString>("older").map(|text| text.to_string_lossy().into_owned()) {
        Some(text) => Some(duration(&text).ok_or(Trouble::NotADuration(text))?),
        None if given.get_flag("all") => None,
        None => return Err(Trouble::NoAge.into()),
    };
    let vault = vault(here)?;
    confirm::throw_away(&open(here)?, &ancestry(), &Tty).map_err(Trouble::NotPruned)?;
    let pruned = vault.prune(older).map_err(|error| Trouble::Vault(error.to_string()))?;
    print::out(&undo::pruned(&pruned));
    Ok(if pruned.failed.is_empty() { Exit::Fine } else { Exit::Unmet })
}

/// The vault, with the budgets of the policy here; a broken policy does not keep anybody from getting things back.
fn vault(here: &Here) -> Result<Vault, Trouble> {
    let policy = here.world.policy(&here.directory, &[], Versions::Written);
    Ok(Vault::of(here.state()?, policy.map_or_else(|_| Undo::default(), |policy| policy.undo)))
}

/// The one that is named.
fn entry(given: &ArgMatches, here: &Here) -> Result<(Vault, Manifest), Trouble> {
    let vault = vault(here)?;
    let id = word(given, "id").to_ascii_uppercase();
    let (entries, _) = vault.entries().map_err(|error| Trouble::Vault(error.to_string()))?;
    match entries.into_iter().find(|one| one.id == id) {
        Some(entry) => Ok((vault, entry)),
        None => Err(Trouble::NoSuchEntry { id }),
    }
}

/// The one that is named, or all of the newest call of which something was not brought back yet, the newest first.
fn chosen(given: &ArgMatches, here: &Here) -> Result<(Vault, Vec<Manifest>), Trouble> {
    if !given.try_get_one::<bool>("last").ok().flatten().copied().unwrap_or_default() {
        return entry(given, here).map(|(vault, entry)| (vault, vec![entry]));
    }
    let vault = vault(here)?;
    let (entries, _) = vault.entries().map_err(|error| Trouble::Vault(error.to_string()))?;
    let mut chosen: Vec<Manifest> = Vec::new();
    for entry in entries.into_iter().filter(|one| !one.by_undo && one.restored.is_none()) {
        let same = chosen.first().is_none_or(|first| first.group.is_some() && first.group == entry.group);
        // One whose command turned out to leave all as it was is gone.
        let Ok(entry) = vault.settled(&entry.id) else { continue };
        if same && entry.is_there() {
            chosen.push(entry);
        }
    }
    if chosen.is_empty() { Err(Trouble::NothingKept) } else { Ok((vault, chosen)) }
}

/// As `diff -u` tells them: what is there now, and what is kept.
fn differences(item: &Item) -> Vec<Vec<u8>> {
    let Some(store) = item.held() else { return Vec::new() };
    match item.shape {
        Shape::File => difference(item.path.path(), &store).into_iter().collect(),
        Shape::Folder => {
            let changed = item.after.iter().take(FILES).map(|(below, _)| below.path().to_owned());
            changed
                .filter_map(|below: PathBuf| difference(&item.path.path().join(&below), &store.join(&below)))
                .collect()
        }
        Shape::Link | Shape::Special => Vec::new(),
    }
}

fn difference(now: &Path, kept: &Path) -> Option<Vec<u8>> {
    let is_file = |path: &Path| std::fs::symlink_metadata(path).is_ok_and(|about| about.is_file());
    if !is_file(now) || !is_file(kept) {
        return None;
    }
    let output = Command::new("diff")
        .args(["-u", "--label", "now", "--label", "kept", "--"])
        .args([now, kept])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let lines: Vec<&[u8]> = output.stdout.split_inclusive(|byte| *byte == b'\n').collect();
    (!lines.is_empty()).then(|| lines.iter().take(LINES).flat_map(|line| line.iter().copied()).collect())
}
