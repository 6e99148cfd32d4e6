//! Facts about the paths that a finding hits.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

use bstr::BString;

use super::artifacts::is_output;
use super::budget::Budget;
use super::displaced::Places;
use super::facts::Stakes;
use super::git::Found;
use super::git::tracked::Changes;
use super::git_facts::call;
use super::ground::{Depth, Scene, Site, all, any, is_here};
use super::held::{Held, held};
use super::targets::{Spot, Spots, spots};
use super::walk::{Census, Entry, Kind, census};
use crate::answer::Answer;
use crate::command::{Change, Command, Via, Word};
use crate::packs::Effect;
use crate::rules::{Finding, Operand, OperandKind};

/// Facts each of which excuses the loss of a path.
pub const EXCUSES: [&str; 6] = [
    "paths.created-here",
    "paths.temporary",
    "paths.build-output",
    "paths.tracked-clean",
    EMPTY,
    "paths.born-after-agent",
];

const UNTOLD: &str = "some of what it hits can't be told";
const EMPTY: &str = "paths.empty";

/// One path with what is known of it.
pub(super) struct Seen<'s> {
    pub spot: &'s Spot,
    /// `None` where nothing is there or nothing was counted.
    pub census: Option<Census>,
    changes: Option<Changes>,
    untracked: usize,
    pub temporary: bool,
    pub output: Answer,
    pub clean: Answer,
    /// The text has put something there that was there before.
    displaced: bool,
}

/// The text around a command.
pub(super) struct Around<'m> {
    pub before: &'m [Command],
    pub places: &'m Places,
    /// What all of it creates.
    pub made: &'m [BString],
}

pub(super) fn add(
    scene: &Scene<'_>,
    finding: &Finding,
    around: &Around<'_>,
    command: &Command,
    depth: Depth,
    budget: &mut Budget,
    stakes: &mut Stakes,
) {
    if !is_here(command) {
        let temporary = temporary_there(finding, around.before, command);
        if temporary != Answer::Yes && finding.operands.iter().any(|operand| operand.kind == OperandKind::Path) {
            stakes.says.push(UNTOLD.to_owned());
        }
        return stakes.note("paths.temporary", temporary);
    }
    let Some(spots) = spots(finding, command, budget) else { return };
    // These leave untracked files and the repository's own alone; clean and worktree do not.
    let restores = [&b"checkout"[..], b"restore", b"reset", b"rm", b"stash"];
    let by_git = command.tool() == Some(b"git") && call(command).is_some_and(|call| restores.contains(&call.verb));
    let deletes = finding.rule.effect == Effect::Delete;
    let seen: Vec<Seen<'_>> = spots
        .all
        .iter()
        .map(|spot| {
            let displaced = around.places.hold(spot, deletes, around.before.len());
            Seen { displaced, ..look_at(scene, spot, by_git, depth, budget) }
        })
        .collect();
    let sure = if spots.partial { Answer::CannotTell } else { Answer::Yes };
    let some = |answer: &dyn Fn(&Seen<'_>) -> Answer| any(seen.iter().map(answer)).or(!sure);
    excuses(scene, around, command, &seen, sure, stakes);
    stakes.note("paths.outside-project", some(&|one| outside(scene, one)));
    stakes.note("paths.mount", some(&|one| scene.holds_mount(&one.spot.path)));
    stakes.note("paths.through-link", some(&|one| scene.is_indirect(&one.spot.named, &one.spot.path).into()));
    stakes.read_of.extend(seen.iter().map(|one| identity(one.spot)));
    let held: Vec<Held> = seen.iter().map(|one| held(scene, one, budget)).collect();
    stakes.note("paths.secret-or-state", any(held.iter().map(|found| found.state)).or(!sure));
    let lost = |(one, found): (&Seen<'_>, &Held)| {
        // A folder can't be opened for writing.
        let spared = one.temporary
            || one.spot.meta.as_ref().is_some_and(std::fs::Metadata::is_dir)
            || one.census.as_ref().is_some_and(|census| is_empty(census) == Answer::Yes)
            || born_after(scene, one) == Answer::Yes;
        if spared { Answer::No } else { found.state.or(found.backup) }
    };
    stakes.note("paths.state-lost", any(seen.iter().zip(&held).map(lost)).or(!sure));
    stakes.note("paths.modified", some(&modified));
    stakes.note("paths.backup", any(held.iter().map(|found| found.backup)).or(!sure));
    says(&spots, &seen, held.iter().map(|found| found.count).sum(), stakes);
}

fn identity(spot: &Spot) -> String {
    match &spot.meta {
        Some(meta) => format!("{}:{}", meta.dev(), meta.ino()),
        None => "none".to_owned(),
    }
}

/// Facts that lower. `rm -rf node_modules package-lock.json` hits build output and a tracked file: each path needs an
/// excuse, not all the same one. What is not there is neutral among what is, but proves nothing where nothing is.
fn excuses(
    scene: &Scene<'_>,
    around: &Around<'_>,
    command: &Command,
    seen: &[Seen<'_>],
    sure: Answer,
    stakes: &mut Stakes,
) {
    let gone = |one: &Seen<'_>| one.spot.meta.is_none();
    let none_there = seen.iter().all(gone);
    let guessed = seen.iter().any(|one| one.spot.guessed || one.displaced);
    // Outside of a repository git's names of files and commits can't be told apart.
    if command.tool() != Some(b"git") || in_repository(scene, command) {
        stakes.note(
            "paths.missing",
            Answer::from(none_there).and(if !none_there {
                Answer::No
            } else if guessed {
                Answer::CannotTell
            } else {
                sure
            }),
        );
    }
    // `make clean` names what a build may have left: what is not there when that begins is made by it, if anything is. Not
    // so where something that is there may have got that name.
    let made = if !command.at.is_in_a_file() {
        Answer::No
    } else if around.before.iter().any(moves) {
        Answer::CannotTell
    } else {
        Answer::Yes
    };
    let of = |one: &Seen<'_>| {
        if one.displaced {
            return [Answer::CannotTell; 6];
        }
        let unproven = |answer: Answer| if gone(one) { Answer::CannotTell } else { answer };
        [
            created_here(one.spot, command)
                .or(if gone(one) { made } else { Answer::No })
                .or(remade(one.spot, around, command)),
            one.temporary.into(),
            one.output,
            unproven(one.clean),
            unproven(one.census.as_ref().map_or(Answer::CannotTell, is_empty)),
            unproven(born_after(scene, one)),
        ]
    };
    let rows: Vec<([Answer; 6], bool)> =
        seen.iter().map(|one| (of(one), gone(one) && !one.spot.guessed && !one.displaced && !none_there)).collect();
    let spared = all(rows.iter().map(|(row, neutral)| any(row.iter().copied()).or((*neutral).into()))).and(sure);
    for (at, name) in EXCUSES.into_iter().enumerate() {
        // `rm -rf ''` hits nothing that could hold anything.
        let nothing = Answer::from(seen.is_empty() && name == EMPTY);
        let here = any(rows.iter().filter_map(|(row, _)| row.get(at).copied())).or(nothing).or(!sure);
        stakes.note(name, here.and(spared));
    }
}

fn in_repository(scene: &Scene<'_>, command: &Command) -> bool {
    let folder = call(command).and_then(|call| std::fs::canonicalize(call.folder).ok());
    folder.is_some_and(|folder| match scene.site(&folder).found {
        Found::Repository(_) => true,
        Found::Nothing | Found::Unreadable => false,
    })
}

fn look_at<'s>(scene: &Scene<'_>, spot: &'s Spot, by_git: bool, depth: Depth, budget: &mut Budget) -> Seen<'s> {
    let temporary = scene.is_temporary(&spot.path, spot.sweeping);
    let output = is_output(scene, &spot.path, spot.meta.is_some());
    let mut seen = Seen {
        spot,
        census: None,
        changes: None,
        untracked: 0,
        temporary,
        output,
        clean: Answer::CannotTell,
        displaced: false,
    };
    let Some(meta) = spot.meta.as_ref().filter(|_| depth == Depth::Whole) else { return seen };
    let found = census(&spot.path, meta, budget);
    let folder = if meta.is_dir() { Some(spot.path.as_path()) } else { spot.path.parent() };
    if let Some(folder) = folder {
        let site = scene.site(folder);
        tracking(&site, &found, by_git, budget, &mut seen);
    }
    seen.census = Some(found);
    seen
}

/// Whether git brings a path back, and how much of it differs or is not known to git.
fn tracking(site: &Site, census: &Census, by_git: bool, budget: &mut Budget, seen: &mut Seen<'_>) {
    let path = &seen.spot.path;
    if let Found::Nothing = site.found {
        seen.clean = Answer::No;
        return;
    }
    let Some((repository, listed)) = site.readable() else { return };
    let Some(name) = repository.relative(path) else { return };
    let inside_git = |path: &Path| path.components().any(|part| part.as_os_str() == ".git");
    if repository.touches_git_dir(path) && !by_git {
        seen.clean = Answer::No;
    }
    let files = census.entries.iter().filter(|entry| entry.kind != Kind::Folder && !inside_git(&entry.path));
    let untracked = |entry: &&Entry| {
        !regenerated(path, &entry.path) && repository.relative(&entry.path).is_none_or(|name| !listed.index.has(name))
    };
    seen.untracked = files.filter(untracked).count();
    let changes = repository.changes(listed, name, budget);
    seen.changes = Some(changes);
    if seen.clean == Answer::No {
        return;
    }
    // git itself leaves untracked files alone where it restores tracked ones.
    let all_known =
        if by_git { Answer::from(!listed.index.below(name).is_empty()) } else { Answer::from(seen.untracked == 0) };
    let unchanged = changes.none().map_or(Answer::CannotTell, Answer::from);
    let whole = if census.complete || by_git { Answer::Yes } else { Answer::CannotTell };
    seen.clean = all_known.and(unchanged).and(whole);
}

/// Caches that a program leaves among sources and makes again.
fn regenerated(above: &Path, path: &Path) -> bool {
    path.strip_prefix(above).is_ok_and(|rest| rest.components().any(|part| part.as_os_str() == "__pycache__"))
}

/// An earlier part of the text makes it, and nothing is there yet.
fn created_here(spot: &Spot, command: &Command) -> Answer {
    let made = command.created.iter().map(|path| Path::new(super::sight::as_os(path.as_ref())));
    let by_text = made.filter(|made| spot.named.starts_with(made) || spot.path.starts_with(made));
    let fresh = by_text
        .into_iter()
        .any(|made| std::fs::symlink_metadata(made).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound));
    (fresh && spot.meta.is_none()).into()
}

/// On another machine or in a container nothing can be looked at; the folder's name says what it is for.
fn temporary_there(finding: &Finding, before: &[Command], command: &Command) -> Answer {
    if before.iter().any(moves) || !has_own_files(before, command) {
        return Answer::CannotTell;
    }
    let is_temporary = |text: &BString| {
        let scratch = text.strip_prefix(b"/tmp/").or_else(|| text.strip_prefix(b"/var/tmp/"));
        let parts: Vec<&[u8]> = scratch.unwrap_or_default().split(|byte| *byte == b'/').collect();
        // `/tmp/[a-z]*` is all that anybody has there.
        let literal = |first: &&[u8]| first.iter().take_while(|byte| !b"*?[{".contains(byte)).count();
        let named = parts
            .first()
            .is_some_and(|first| literal(first) == first.len() && !first.is_empty() || literal(first) >= 3);
        named && !parts.contains(&&b".."[..])
    };
    let paths = finding.operands.iter().filter(|operand| operand.kind == OperandKind::Path);
    let below = |operand: &Operand| match (operand.word.value.choices(), operand.word.value.filled()) {
        (Some(texts), _) => Answer::from(texts.iter().all(is_temporary)),
        (None, Some(filled)) => is_temporary(&filled).into(),
        (None, None) => Answer::CannotTell,
    };
    let answer = all(paths.clone().map(below));
    if paths.count() == 0 { Answer::CannotTell } else { answer }
}

/// A container sees nothing of the host below /tmp, and another host is another machine. What else changes the place
/// (`nsenter`, `toolbox run`, `bwrap`) may show this machine's own files.
fn has_own_files(before: &[Command], command: &Command) -> bool {
    const APART: [&[u8]; 9] =
        [b"docker", b"podman", b"nerdctl", b"kubectl", b"oc", b"docker-compose", b"ssh", b"autossh", b"mosh"];
    const SHARES: [&[u8]; 5] = [b"-v", b"--volume", b"--mount", b"--volumes-from", b"--privileged"];
    let elsewhere = |via: &&Via| matches!(via.change, Change::Host(_) | Change::Container(_));
    let apart = command.via.iter().filter(elsewhere).all(|via| APART.contains(&via.name.as_slice()));
    let shares = |word: &Word| {
        let text = word.value.starts_with();
        SHARES.iter().any(|option| text.starts_with(option)) && !text.starts_with(b"--verbose")
    };
    let shown = before.iter().filter(|one| one.tool().is_some_and(|tool| APART.contains(&tool)));
    apart && !shown.flat_map(|one| &one.words).any(shares)
}

/// It is not there, and what follows makes it: a place is cleared for it (`rm -rf out && mkdir out`).
fn remade(spot: &Spot, around: &Around<'_>, command: &Command) -> Answer {
    let is_it = |path: &BString| Path::new(super::sight::as_os(path.as_ref())).starts_with(&spot.named);
    let anew = |path: &BString| is_it(path) && !command.created.contains(path);
    let cleared = spot.meta.is_none() && !spot.guessed && around.made.iter().any(anew);
    match cleared {
        true if around.before.iter().any(moves) => Answer::CannotTell,
        cleared => cleared.into(),
    }
}

/// It may give something that was there another name.
fn moves(command: &Command) -> bool {
    match command.tool() {
        Some(b"mv" | b"gmv" | b"rename" | b"mount" | b"ln" | b"gln") => true,
        Some(b"git") => call(command).is_none_or(|call| call.verb == b"mv"),
        _ => false,
    }
}

fn is_empty(census: &Census) -> Answer {
    match (census.is_empty(), census.complete) {
        (true, false) => Answer::CannotTell,
        (empty, _) => empty.into(),
    }
}

fn born_after(scene: &Scene<'_>, one: &Seen<'_>) -> Answer {
    let Some(census) = &one.census else { return Answer::CannotTell };
    let Some(since) = scene.agent_since() else { return Answer::CannotTell };
    let tracked = one.spot.meta.as_ref().and_then(|meta| {
        let folder = if meta.is_dir() { Some(one.spot.path.as_path()) } else { one.spot.path.parent() };
        match &scene.site(folder?).found {
            Found::Nothing => Some(false),
            Found::Unreadable => None,
            Found::Repository(repository) => {
                let site = scene.site(folder?);
                let name = repository.relative(&one.spot.path)?;
                site.listed.as_ref().map(|listed| !listed.index.below(name).is_empty())
            }
        }
    });
    let young = all(census.entries.iter().map(|entry| younger(entry, since)));
    let whole = if census.complete { Answer::Yes } else { Answer::CannotTell };
    tracked.map_or(Answer::CannotTell, |tracked| Answer::from(!tracked)).and(young).and(whole)
}

/// By the date of birth, which no ordinary call can set; a file system without it can't tell.
pub(super) fn younger(entry: &Entry, since: SystemTime) -> Answer {
    entry.born.map_or(Answer::CannotTell, |born| Answer::from(born >= since))
}

/// Tracked, with work in it that HEAD lacks.
fn modified(one: &Seen<'_>) -> Answer {
    match one.changes {
        Some(changes) => (!one.temporary && changes.modified + changes.staged > 0).into(),
        None if one.spot.meta.is_none() && !one.spot.guessed => Answer::No,
        None => Answer::CannotTell,
    }
}

fn outside(scene: &Scene<'_>, one: &Seen<'_>) -> Answer {
    match &scene.project {
        Some(project) => (!one.temporary && !one.spot.path.starts_with(project)).into(),
        None => Answer::CannotTell,
    }
}

/// `214 files (3.1 MB), 12 untracked, 3 modified since HEAD`
fn says(spots: &Spots, seen: &[Seen<'_>], precious: usize, stakes: &mut Stakes) {
    let found: Vec<&Census> = seen.iter().filter_map(|one| one.census.as_ref()).collect();
    if spots.partial {
        stakes.says.push(UNTOLD.to_owned());
    }
    if found.is_empty() {
        return;
    }
    let files: usize = found.iter().map(|census| census.files).sum();
    let bytes = found.iter().fold(0u64, |sum, census| sum.saturating_add(census.bytes));
    if !spots.partial && found.len() == seen.len() && found.iter().all(|census| census.complete) {
        (stakes.files, stakes.bytes) = (Some(files), Some(bytes));
    }
    let more = if found.iter().all(|census| census.complete) { "" } else { "more than " };
    let mut text = format!("{more}{} ({})", counted(files, "file"), size(bytes));
    let untracked: usize = seen.iter().map(|one| one.untracked).sum();
    let modified: usize =
        seen.iter().filter_map(|one| one.changes).map(|changes| changes.modified + changes.staged).sum();
    if untracked > 0 {
        let _ = write!(text, ", {} untracked", grouped(untracked));
    }
    if modified > 0 {
        let _ = write!(text, ", {} modified since HEAD", grouped(modified));
    }
    stakes.says.push(text);
    if precious > 0 {
        stakes.says.push(format!("{} named like a secret, a database or a backup", counted(precious, "entry")));
    }
    if stakes.is("paths.mount") == Some(true) {
        stakes.says.push("another file system is mounted there".to_owned());
    }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    };
    format!("{} {}", grouped(count), if count == 1 { noun } else { &plural })
}

/// `20,000`
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let (mut whole, mut tenths, mut unit) = (bytes / 1000, bytes % 1000 / 100, 0);
    while whole >= 1000 && unit + 1 < units.len() {
        (tenths, whole, unit) = (whole % 1000 / 100, whole / 1000, unit + 1);
    }
    format!("{whole}.{tenths} {}", units.get(unit).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes_read_well() {
        assert_eq!([counted(1, "file"), counted(20_000, "file")], ["1 file", "20,000 files"]);
        assert_eq!([counted(1, "entry"), counted(2, "entry")], ["1 entry", "2 entries"]);
        assert_eq!(
            [size(12), size(3_140_000), size(999_999), size(u64::MAX)],
            ["12 bytes", "3.1 MB", "999.9 kB", "18.4 EB"]
        );
    }
}
