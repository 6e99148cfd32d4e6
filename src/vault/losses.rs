//! What a permitted command would destroy: the operands of findings that the vault is there for, as they lie on disk.

use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::git;
use crate::command::{Command, Model, Program};
use crate::decide::{Decision, Judged};
use crate::look::Budget;
use crate::look::targets::{Spot, Spots, folder_of, lexical, spots};
use crate::packs::{Effect, Target};
use crate::parse::Reading;
use crate::parse::syntax::Kind;
use crate::rules::{Finding, OperandKind, Undo};

/// How a file goes, which decides what keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its name is taken away or given to another file: another name keeps it.
    Unlinked,
    /// Its content is changed where it lies: only a copy keeps it.
    Overwritten,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Its folder without links.
    pub path: PathBuf,
    pub fate: Fate,
    /// The program does the same where an empty one of its kind lies there.
    pub exchangeable: bool,
    /// What surely goes is all of it, not something in it.
    pub whole: bool,
    /// Nothing takes its place: what lies there afterwards is somebody else's.
    pub removed: bool,
}

/// All that a call would destroy.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    pub all: Vec<Loss>,
    pub git: Vec<git::Act>,
    /// What is given the name of another: it is not lost, and goes back with it.
    pub moved: Vec<PathBuf>,
    /// What is not there yet, with how it would go and the command that would take it.
    pub missing: Vec<(PathBuf, Fate, usize)>,
    /// Something is destroyed that the text does not tell.
    pub partial: bool,
}

impl Losses {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.git.is_empty()
    }
}

/// Programs that take names away, or put new files in place of old ones, and change no file where it lies.
const UNLINK: [&[u8]; 22] = [
    b"rm",
    b"grm",
    b"unlink",
    b"rmdir",
    b"find",
    b"gfind",
    b"fd",
    b"fdfind",
    b"mv",
    b"gmv",
    b"ln",
    b"gln",
    b"install",
    b"ginstall",
    b"rsync",
    b"sed",
    b"gsed",
    b"trash",
    b"hg",
    b"svn",
    b"tar",
    b"gtar",
];

/// Scratch files and what a build makes: nobody wants them back, and agents write some with each command.
fn is_made_again(judged: &Judged) -> bool {
    ["paths.temporary", "paths.build-output"].iter().any(|fact| judged.stakes.is(fact) == Some(true))
}

/// Of one finding, whose stakes nobody has weighed yet.
#[must_use]
pub fn losses_of(finding: &Finding, command: &Command) -> Vec<Loss> {
    let mut losses = Losses::default();
    if command.tool() != Some(b"git") {
        add(finding, command, &mut losses);
    }
    losses.all
}

/// `only`: of these commands.
#[must_use]
pub fn losses(decision: &Decision, model: &Model, only: &dyn Fn(&Command) -> bool) -> Losses {
    let mut losses = Losses::default();
    let mut seen_git = Vec::new();
    for judged in decision.judged.iter().filter(|judged| destroys(judged) && !is_made_again(judged)) {
        let Some(command) = model.commands.get(judged.finding.command).filter(|command| only(command)) else {
            continue;
        };
        if command.tool() == Some(b"git") {
            if !seen_git.contains(&judged.finding.command) {
                seen_git.push(judged.finding.command);
                losses.git.extend(git::act(command));
            }
            continue;
        }
        add(&judged.finding, command, &mut losses);
    }
    for (path, fate, before) in std::mem::take(&mut losses.missing) {
        let earlier = model.commands.get(..before).unwrap_or_default();
        let sources = earlier.iter().filter_map(|command| moved_to(&path, command));
        losses.all.extend(sources.map(|path| Loss { path, fate, exchangeable: false, whole: false, removed: false }));
    }
    losses
}

/// What an earlier `mv` of the same text gives this name: `mv a b; echo >b` takes what is in `a` now.
fn moved_to(path: &Path, command: &Command) -> Option<PathBuf> {
    if !matches!(command.tool(), Some(b"mv" | b"gmv")) {
        return None;
    }
    let mut operands = operands(command);
    let target = operands.pop()?;
    let folder = target.is_dir();
    let into = |source: &PathBuf| {
        if folder { source.file_name().map(|name| target.join(name)) } else { Some(target.clone()) }
    };
    operands.into_iter().find(|source| into(source).as_deref() == Some(path) && source.symlink_metadata().is_ok())
}

/// Words that are no options, as paths whose first folder is real.
fn operands(command: &Command) -> Vec<PathBuf> {
    let folder = folder_of(command).and_then(|folder| std::fs::canonicalize(folder).ok());
    let Some(folder) = folder else { return Vec::new() };
    let plain = command.words.iter().skip(1).filter(|word| !word.is_option()).filter_map(|word| word.text());
    plain.map(|name| folder.join(as_path(name.trim_end_with(|c| c == '/')))).collect()
}

/// The rule says that it takes something of this machine's files.
fn destroys(judged: &Judged) -> bool {
    let rule = &judged.finding.rule;
    let files = rule.target.lies_in_files() || rule.target == Target::Guard && rule.undo == Undo::Vault;
    files && matches!(rule.effect, Effect::Delete | Effect::Overwrite)
}

fn add(finding: &Finding, command: &Command, losses: &mut Losses) {
    let tool = command.tool().unwrap_or_default();
    if matches!(tool, b"sqlite3" | b"sqlite" | b"duckdb") {
        return database(command, losses);
    }
    let mut budget = Budget::for_stakes();
    let Some(Spots { all, partial }) = spots(finding, command, &mut budget) else { return };
    losses.partial |= partial;
    let fate = if UNLINK.contains(&tool) && !has_any(command, &[b"--inplace", b"--append", b"-c", b"--overwrite"]) {
        Fate::Unlinked
    } else {
        Fate::Overwritten
    };
    let rm = matches!(tool, b"rm" | b"grm" | b"unlink");
    let whole = rm || tool == b"rmdir";
    if UNLINK.contains(&tool) || matches!(tool, b"cp" | b"gcp" | b"perl") {
        let link = |path| Loss { path, fate: Fate::Unlinked, exchangeable: false, whole: false, removed: false };
        losses.all.extend(replaced_links(finding, command, &all).into_iter().map(link));
    }
    for spot in all {
        let Some(meta) = spot.meta else {
            losses.missing.push((spot.path, fate, finding.command));
            continue;
        };
        let spared = meta.is_dir() && (rm && !is_recursive(command) || tool == b"rmdir" && !is_empty(&spot.path));
        if spared {
            continue;
        }
        let exchangeable = rm && is_silent(command);
        if let Some(known) = losses.all.iter_mut().find(|loss| loss.path == spot.path) {
            // `rm f; echo >f`: only a copy does for both, and something takes its place.
            known.fate = if known.fate == fate { fate } else { Fate::Overwritten };
            known.removed &= whole;
            known.exchangeable &= exchangeable;
            known.whole |= whole;
            continue;
        }
        losses.all.push(Loss { path: spot.path, fate, exchangeable, whole, removed: whole });
    }
    if matches!(tool, b"mv" | b"gmv") {
        losses.moved.extend(operands(command));
    }
}

/// What puts a file in the place of another takes a link there away, and leaves alone what that leads to.
fn replaced_links(finding: &Finding, command: &Command, spots: &[Spot]) -> Vec<PathBuf> {
    if finding.rule.effect == Effect::Delete {
        return Vec::new();
    }
    let folder = folder_of(command).unwrap_or(Path::new("/"));
    let words = finding.operands.iter().filter(|operand| operand.kind == OperandKind::Path && !operand.word.glob);
    let named = words.filter_map(|operand| operand.word.text()).map(|text| lexical(&folder.join(as_path(text))));
    let mut links: Vec<PathBuf> = named
        .chain(spots.iter().map(|spot| spot.named.clone()))
        .filter_map(|path| Some(std::fs::canonicalize(path.parent()?).ok()?.join(path.file_name()?)))
        .filter(|path| path.is_symlink())
        .collect();
    links.sort();
    links.dedup();
    links
}

/// A database is written in place, and what belongs to it lies beside it.
fn database(command: &Command, losses: &mut Losses) {
    let Some(folder) = folder_of(command) else { return };
    let operand = command.words.iter().skip(1).find(|word| !word.is_option());
    let Some(name) = operand.and_then(|word| word.text()).filter(|name| !name.starts_with(b":")) else { return };
    for ending in ["", "-wal", "-shm", "-journal"] {
        let name = [name, ending.as_bytes()].concat();
        let path = folder.join(as_path(&name));
        let Ok(path) = std::fs::canonicalize(path) else { continue };
        if losses.all.iter().all(|loss| loss.path != path) {
            losses.all.push(Loss { path, fate: Fate::Overwritten, exchangeable: false, whole: false, removed: false });
        }
    }
}

fn has_any(command: &Command, options: &[&[u8]]) -> bool {
    command.words.iter().skip(1).any(|word| word.text().is_some_and(|text| options.contains(&text)))
}

/// Options as letters and whole, up to `--`.
fn options(command: &Command) -> impl Iterator<Item = &[u8]> {
    let words = command.words.iter().skip(1).map(|word| word.text().unwrap_or_default());
    words.take_while(|word| *word != b"--").filter(|word| word.starts_with(b"-") && word.len() > 1)
}

fn is_recursive(command: &Command) -> bool {
    let recursive = |word: &[u8]| {
        if word.starts_with(b"--") {
            word.len() > 3 && b"--recursive".starts_with(word)
        } else {
            word.contains(&b'r') || word.contains(&b'R')
        }
    };
    options(command).any(recursive)
}

/// It asks nothing, says nothing of what it does, and its operands are plain names.
fn is_silent(command: &Command) -> bool {
    let plain = |word: &[u8]| {
        let known: [&[u8]; 2] = [b"--force", b"--recursive"];
        if word.starts_with(b"--") { known.contains(&word) } else { word.iter().all(|one| b"-rRfd".contains(one)) }
    };
    let forced = options(command).any(|word| word == b"--force" || !word.starts_with(b"--") && word.contains(&b'f'));
    let names = || command.words.iter().skip(1).filter_map(|word| word.text()).filter(|word| !word.starts_with(b"-"));
    let odd = |name: &[u8]| name.ends_with(b"/") || name.ends_with(b"/.") || name.ends_with(b"..") || name == b".";
    options(command).all(plain)
        && (forced || !nix::unistd::isatty(std::io::stdin()).unwrap_or(true))
        && !names().any(odd)
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn as_path(bytes: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

/// Whether a text is one command of the system's and nothing else: what is done before it is then what it meets.
#[must_use]
pub fn is_alone(reading: &Reading, model: &Model) -> bool {
    let [item] = reading.script.items.as_slice() else { return false };
    let [node] = item.first.commands.as_slice() else { return false };
    let Kind::Simple { assignments, .. } = &node.kind else { return false };
    let [command] = model.commands.as_slice() else { return false };
    reading.trusted()
        && !model.doubted
        && item.rest.is_empty()
        && !item.background
        && !item.first.timed
        && assignments.is_empty()
        && node.redirections.is_empty()
        && command.via.is_empty()
        && matches!(command.program, Program::File(_) | Program::Name(_))
        && command.is_the_systems()
}

/// No exec tells of it: a redirection, a builtin.
#[must_use]
pub fn is_unseen(command: &Command) -> bool {
    matches!(command.program, Program::None | Program::Builtin(_) | Program::Unknown)
        || !command.redirections.is_empty()
}
