//! The paths that a finding hits, as they lie on disk: absolute, patterns listed, folders above without symbolic links.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::budget::Budget;
use super::ground::is_here;
use super::{glob, sight};
use crate::command::{Command, Word};
use crate::packs::Effect;
use crate::rules::{Finding, Operand, OperandKind};

/// One path that is hit.
#[derive(Debug)]
pub struct Spot {
    /// Its folder is real; the last component is as named, so that a symbolic link is the link itself.
    pub path: PathBuf,
    /// `None` where nothing is there.
    pub meta: Option<Metadata>,
    /// It came from a pattern such as `*` that names nothing: all of a folder.
    pub sweeping: bool,
    /// The path as the text names it, made absolute without looking.
    pub named: PathBuf,
    /// A part of its name is not known: whether it is there is not known either.
    pub guessed: bool,
}

#[derive(Debug, Default)]
pub struct Spots {
    pub all: Vec<Spot>,
    /// Some operand could not be resolved.
    pub partial: bool,
}

/// `None` where the finding hits no path.
pub fn spots(finding: &Finding, command: &Command, budget: &mut Budget) -> Option<Spots> {
    let mut operands = finding.operands.iter().filter(|operand| operand.kind == OperandKind::Path).peekable();
    operands.peek()?;
    let mut spots = Spots { partial: !is_here(command), ..Spots::default() };
    // A deletion hits the link, a change of content what it leads to.
    let follow = finding.rule.effect != Effect::Delete;
    for operand in operands {
        if spots.partial || add(operand, command, follow, budget, &mut spots.all).is_none() {
            spots.partial = true;
            break;
        }
    }
    Some(spots)
}

/// The folder a command runs in, where that is one known.
pub fn folder_of(command: &Command) -> Option<&Path> {
    match command.directory.choices()? {
        [one] if one.starts_with(b"/") => Some(Path::new(sight::as_os(one.as_bstr()))),
        _ => None,
    }
}

fn add(operand: &Operand, command: &Command, follow: bool, budget: &mut Budget, into: &mut Vec<Spot>) -> Option<()> {
    let from = into.len();
    add_named(&operand.word, command, follow, budget, into)?;
    if operand.put.is_empty() || !into.iter().skip(from).any(is_folder) {
        return Some(());
    }
    let Some(names) = names(&operand.put, command, budget)? else { return Some(()) };
    for spot in into.split_off(from) {
        if is_folder(&spot) {
            for name in &names {
                into.push(self::spot(name, &spot.path, false)?);
            }
        } else {
            into.push(spot);
        }
    }
    Some(())
}

fn is_folder(spot: &Spot) -> bool {
    spot.meta.as_ref().is_some_and(Metadata::is_dir)
}

/// The names under which things are put into a folder. The inner `None`: the content of one is poured out into it.
#[expect(clippy::option_option, reason = "the outer one is doubt, as everywhere here")]
fn names(put: &[Word], command: &Command, budget: &mut Budget) -> Option<Option<Vec<Vec<u8>>>> {
    let mut names = Vec::new();
    for word in put {
        for text in word.value.choices()? {
            let start = if text.starts_with(b"/") { Path::new("/") } else { folder_of(command)? };
            let listed = if word.glob { glob::matches(text, start, budget)? } else { Vec::new() };
            names.extend(listed.iter().filter_map(|path| Some(path.file_name()?.as_bytes().to_owned())));
            if listed.is_empty() {
                match text.rsplit(|byte| *byte == b'/').next().unwrap_or_default() {
                    b"" | b"." | b".." => return Some(None),
                    name => names.push(name.to_owned()),
                }
            }
        }
    }
    Some(Some(names))
}

fn add_named(word: &Word, command: &Command, follow: bool, budget: &mut Budget, into: &mut Vec<Spot>) -> Option<()> {
    let filled = word.value.filled();
    for text in word.value.choices().or(filled.as_ref().map(std::slice::from_ref))? {
        if text.contains(&0) {
            return None;
        }
        // No file has that name (path_resolution(7)); rsync takes it for the folder it is in.
        if text.is_empty() && command.tool() != Some(b"rsync") {
            continue;
        }
        if is_far(text, command) {
            return None;
        }
        let start = if text.starts_with(b"/") { Start::known("/".into()) } else { Start::of(command)? };
        let text = if start.glob {
            BString::from(sight::join(&start.folder, text).as_os_str().as_bytes())
        } else {
            text.clone()
        };
        let (start, glob, guessed) = (start.folder, start.glob || word.glob, start.guessed || filled.is_some());
        let listed = if glob { glob::matches(&text, &start, budget)? } else { Vec::new() };
        let comes_apart = |path: &PathBuf| path.as_os_str().as_bytes().iter().any(u8::is_ascii_whitespace);
        if word.splits_names() && listed.iter().any(comes_apart) {
            return None;
        }
        let last = text.trim_end_with(|c| c == '/').rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let sweeping = word.glob && last.iter().all(|byte| matches!(byte, b'*' | b'?' | b'.'));
        for path in listed.iter().map(|path| path.as_os_str().as_bytes()) {
            into.push(Spot { sweeping, ..spot(path, Path::new("/"), follow)? });
        }
        if listed.is_empty() {
            into.push(Spot { sweeping, guessed, ..spot(&text, &start, follow)? });
        }
    }
    Some(())
}

/// `host:/path`, `rsync://host/module`: a colon before any slash.
fn is_far(text: &[u8], command: &Command) -> bool {
    let end = text.find_byte(b'/').unwrap_or(text.len());
    command.tool() == Some(b"rsync") && text[..end].contains(&b':')
}

/// Where relative paths begin.
pub(super) struct Start {
    pub folder: PathBuf,
    /// It is a pattern: each of the folders in turn (`for d in packages/*; do (cd $d && …)`).
    glob: bool,
    guessed: bool,
}

impl Start {
    fn known(folder: PathBuf) -> Self {
        Start { folder, glob: false, guessed: false }
    }

    pub fn of(command: &Command) -> Option<Self> {
        if let Some(folder) = folder_of(command) {
            return Some(Start::known(folder.to_owned()));
        }
        let path = |text: BString| text.starts_with(b"/").then(|| PathBuf::from(sight::as_os(text.as_bstr())));
        let directory = &command.directory;
        if let Some(pattern) = directory.pattern() {
            return Some(Start { folder: path(pattern)?, glob: true, guessed: false });
        }
        Some(Start { folder: path(directory.filled()?)?, glob: false, guessed: true })
    }
}

fn spot(text: &[u8], start: &Path, follow: bool) -> Option<Spot> {
    let named = sight::join(start, text);
    // `link/` and `link/.` are what the link leads to; `..` is taken from the real folder, as the kernel does.
    let through = text.ends_with(b"/") || text.ends_with(b"/.") || text.ends_with(b"..") || text == b".";
    let path = if follow || through { real(&named)? } else { beside_real(&named)? };
    let meta = match std::fs::symlink_metadata(&path) {
        Ok(meta) => Some(meta),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
        Err(_) => return None,
    };
    Some(Spot { path, meta, sweeping: false, named: lexical(&named), guessed: false })
}

/// All links followed; where it does not exist, as far as it does.
fn real(path: &Path) -> Option<PathBuf> {
    match std::fs::canonicalize(path) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == ErrorKind::NotFound || error.kind() == ErrorKind::NotADirectory => {
            // A dangling link would be written through, to a place that is not looked for.
            let dangling = std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
            if dangling { None } else { beside_real(path) }
        }
        Err(_) => None,
    }
}

/// The folders above real, the last name as it is.
fn beside_real(path: &Path) -> Option<PathBuf> {
    let Some(Component::Normal(name)) = path.components().next_back() else { return real_folder(path) };
    Some(real_folder(path.parent()?)?.join(name))
}

/// A folder without links; what does not exist of it is kept, unless `..` makes it a guess.
fn real_folder(path: &Path) -> Option<PathBuf> {
    for folder in path.ancestors() {
        match std::fs::canonicalize(folder) {
            Ok(found) => {
                let rest = path.strip_prefix(folder).ok()?;
                let plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
                return plain.then(|| if rest.as_os_str().is_empty() { found } else { found.join(rest) });
            }
            Err(error) if error.kind() == ErrorKind::NotFound || error.kind() == ErrorKind::NotADirectory => {}
            Err(_) => return None,
        }
    }
    None
}

/// `.` and `..` resolved by text alone: how paths that do not exist yet are compared.
pub fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::Normal(name) => clean.push(name),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    clean
}
