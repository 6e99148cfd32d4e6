//! What the vault keeps, and what came of bringing it back.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::hostile::{Hostile, elided, size};
use crate::vault::{How, Item, Manifest, Outcome, Pruned, Raw, Restored, Shape};

/// Paths that are named one by one.
const NAMED: usize = 40;

/// `guarded undo list`
#[must_use]
pub fn list(entries: &[Manifest], broken: &[PathBuf], now: SystemTime) -> String {
    let mut out = String::new();
    for entry in entries {
        let bytes = size(usize::try_from(entry.bytes()).unwrap_or(usize::MAX));
        let state = match (entry.restored, entry.by_undo) {
            (Some(_), _) => ", brought back",
            (None, true) => ", put aside",
            (None, false) => "",
        };
        let _ = writeln!(
            out,
            "{}  {:>4} ago  {}, {bytes}{state}  {}",
            Hostile(entry.id.as_bytes()),
            span(now.duration_since(entry.made()).unwrap_or_default()),
            counted(entry.files(), entry.refs.len()),
            elided(entry.command.as_bytes(), 80)
        );
    }
    for folder in broken {
        let _ = writeln!(out, "{}: its manifest can't be read", path(&Raw::of(folder)));
    }
    if out.is_empty() {
        return "nothing is kept\n".to_owned();
    }
    out.push_str("\nguarded undo show ID, then guarded undo restore ID\n");
    out
}

fn counted(files: u64, refs: usize) -> String {
    match (files, refs) {
        (0, refs) => format!("{refs} refs"),
        (1, 0) => "1 file".to_owned(),
        (files, 0) => format!("{files} files"),
        (files, refs) => format!("{files} files, {refs} refs"),
    }
}

/// `90s`, `12m`, `3h`, `2d`
fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=99 => format!("{seconds}s"),
        seconds @ 100..=5_999 => format!("{}m", seconds / 60),
        seconds @ 6_000..=172_799 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

fn path(raw: &Raw) -> String {
    Hostile(&raw.0).to_string()
}

/// One object a line.
#[must_use]
pub fn list_json(entries: &[Manifest]) -> String {
    entries.iter().fold(String::new(), |out, entry| {
        let items: Vec<_> = entry.items.iter().map(item_json).collect();
        let left: Vec<_> = entry.left.iter().map(|left| json!({"path": left.path, "why": left.why})).collect();
        let refs: Vec<_> = entry.refs.iter().map(|one| json!({"ref": one.name, "was": one.commit})).collect();
        let line = json!({
            "id": entry.id, "made": entry.made, "command": entry.command, "directory": entry.directory,
            "items": items, "refs": refs, "left": left, "by_undo": entry.by_undo, "restored": entry.restored,
        });
        format!("{out}{line}\n")
    })
}

fn item_json(item: &Item) -> serde_json::Value {
    json!({
        "path": item.path, "kept": how(item), "there": item.held().is_some(), "files": item.files,
        "bytes": item.bytes, "isolated": item.isolated,
    })
}

fn how(item: &Item) -> &'static str {
    match item.how {
        How::Exchanged => "moved",
        How::Linked => "linked",
        How::Copied => "copied",
    }
}

/// `guarded undo show ID`
#[must_use]
pub fn one(entry: &Manifest, now: SystemTime, differences: &[Vec<u8>]) -> String {
    let mut out = format!(
        "{} kept {} ago before: {}\n  in: {}\n",
        Hostile(entry.id.as_bytes()),
        span(now.duration_since(entry.made()).unwrap_or_default()),
        elided(entry.command.as_bytes(), 4_000),
        path(&entry.directory)
    );
    for item in entry.items.iter().take(NAMED) {
        let what = match item.shape {
            Shape::Folder => format!("folder, {} files", item.files),
            Shape::File => size(usize::try_from(item.bytes).unwrap_or(usize::MAX)),
            Shape::Link => "symbolic link".to_owned(),
            Shape::Special => "special file".to_owned(),
        };
        let isolated =
            if item.isolated { "" } else { "; kept, not isolated: what else reaches it can still change it" };
        let there = if item.held().is_some() { "" } else { "; not in the vault any more" };
        let _ = writeln!(out, "  {} ({what}, {}{isolated}{there})", path(&item.path), how(item));
    }
    more(&mut out, entry.items.len());
    for one in &entry.refs {
        let _ = writeln!(out, "  {} was {}", Hostile(one.name.as_bytes()), Hostile(one.commit.as_bytes()));
    }
    for left in entry.left.iter().take(NAMED) {
        let _ = writeln!(out, "  not kept: {} ({})", path(&left.path), Hostile(left.why.as_bytes()));
    }
    more(&mut out, entry.left.len());
    for difference in differences {
        out.push('\n');
        for line in difference.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let _ = writeln!(out, "  {}", elided(line, 400));
        }
    }
    out
}

fn more(out: &mut String, all: usize) {
    if all > NAMED {
        let _ = writeln!(out, "  and {} more", all - NAMED);
    }
}

/// What `guarded undo restore` did. `copied`: into another folder.
#[must_use]
pub fn restored(done: &Restored, copied: bool) -> String {
    let mut out = String::new();
    if done.paths.is_empty() && done.refs.is_empty() {
        return format!("{}: there was nothing to bring back\n", Hostile(done.id.as_bytes()));
    }
    for (raw, outcome) in done.paths.iter().take(NAMED) {
        let raw = path(raw);
        let line = match outcome {
            Outcome::Back => format!("{raw} is back"),
            Outcome::Same => format!("{raw} is there as it was"),
            Outcome::Beside(beside) if copied => format!("{raw} was copied to {}", path(&Raw::of(beside))),
            Outcome::Beside(beside) => {
                format!("{raw} is newer and was left; what was kept is {}", path(&Raw::of(beside)))
            }
            Outcome::Gone => format!("{raw} is not in the vault any more"),
            Outcome::Failed(why) => {
                format!("{raw} could not be brought back: {}", super::words::without_misleading(why))
            }
        };
        out.push_str(&line);
        out.push('\n');
    }
    more(&mut out, done.paths.len());
    for (name, back) in done.refs.iter().filter(|_| !copied) {
        let name = Hostile(name.as_bytes());
        let _ = if *back {
            writeln!(out, "{name} is back")
        } else {
            writeln!(out, "{name} was moved since and was left; what it was is below refs/guarded/undo/{}", done.id)
        };
    }
    if let Some(aside) = &done.aside {
        let _ = writeln!(out, "what was there instead is kept: guarded undo restore {}", Hostile(aside.as_bytes()));
    }
    out
}

#[must_use]
pub fn pruned(pruned: &Pruned) -> String {
    let bytes = size(usize::try_from(pruned.bytes).unwrap_or(usize::MAX));
    let mut out = format!("{} entries are gone, {bytes}\n", pruned.entries);
    for id in &pruned.failed {
        let _ = writeln!(out, "{} could not be removed whole", Hostile(id.as_bytes()));
    }
    out
}
