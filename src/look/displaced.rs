//! Where earlier parts of a text put what was there before it: work under another name is still that work, and what lies
//! behind a link or a mount is not what the text has made.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::artifacts::is_output;
use super::git_facts::call;
use super::glob::fits;
use super::ground::{Scene, is_here};
use super::sight::{as_os, join};
use super::targets::{Spot, Start};
use crate::answer::Answer;
use crate::command::options::{Style, Table, split};
use crate::command::{Command, Word};

/// A place that holds something that was there before.
enum Displaced {
    /// Here, above it and below it.
    At(PathBuf),
    /// The name itself is the text's own; what lies behind it is not.
    Behind(PathBuf),
    /// At each name that a pattern fits.
    Like(PathBuf),
    /// Under some name that is not there yet.
    New,
}

/// Those of a whole text, each with the number of the command that puts something there.
pub(super) struct Places {
    at: usize,
    all: Vec<(usize, Displaced)>,
    /// There are more than are told apart: each may be what is hit.
    more: bool,
}

/// Each is compared with every path that is hit.
const MOST: usize = 256;

const MOVE: Table<'static, &str> = Table {
    style: Style::Gnu,
    value: &["-t", "--target-directory", "-S", "--suffix"],
    flag: &["-b", "-f", "-i", "-n", "-T", "-u", "-v", "-s", "-r", "--symbolic"],
    optional: &["--backup"],
    stop_at_operand: false,
};

/// Programs that leave a file under another name, and the ending that they give or take.
const PACKERS: &[(&[&str], &str)] = &[
    (&["gzip", "gunzip", "pigz", "unpigz"], ".gz"),
    (&["bzip2", "bunzip2", "pbzip2"], ".bz2"),
    (&["xz", "unxz"], ".xz"),
];
const RENAMERS: [&[u8]; 4] = [b"rename", b"prename", b"mmv", b"qmv"];
const MOUNTERS: [&[u8]; 8] =
    [b"mount", b"sshfs", b"s3fs", b"gcsfuse", b"bindfs", b"goofys", b"mount.nfs", b"fuse-overlayfs"];

impl Places {
    pub fn of(scene: &Scene<'_>, commands: &[Command]) -> Places {
        let mut places = Places { at: 0, all: Vec::new(), more: false };
        for (at, command) in commands.iter().enumerate().filter(|(_, command)| is_here(command)) {
            places.at = at;
            places.add(scene, command);
        }
        places
    }

    fn push(&mut self, place: Displaced) {
        self.more |= self.all.len() == MOST;
        if !self.more {
            self.all.push((self.at, place));
        }
    }

    fn add(&mut self, scene: &Scene<'_>, command: &Command) {
        let words = command.words.get(1..).unwrap_or_default();
        match command.tool().unwrap_or_default() {
            b"mv" | b"gmv" => self.moved(scene, command, words),
            b"ln" | b"gln" => self.linked(command, words),
            b"git" => match call(command) {
                Some(call) if call.verb == b"mv" => self.moved(scene, command, call.rest),
                // What it puts there is nowhere else any more.
                Some(call) if call.verb == b"stash" && takes_out(call.rest) => self.push(Displaced::New),
                Some(_) | None => {}
            },
            b"rclone" if words.first().and_then(Word::text) == Some(b"mount") => self.mounted(command, words),
            tool if MOUNTERS.contains(&tool) => self.mounted(command, words),
            tool if RENAMERS.contains(&tool) => self.push(Displaced::New),
            tool => {
                let row = PACKERS.iter().find(|(names, _)| names.iter().any(|name| name.as_bytes() == tool));
                if let Some((_, ending)) = row {
                    self.packed(command, words, ending);
                }
            }
        }
    }

    fn moved(&mut self, scene: &Scene<'_>, command: &Command, words: &[Word]) {
        let Some((sources, target, folder)) = operands(words) else { return };
        for source in &sources {
            if !is_nobodys(scene, command, source) {
                self.put(command, source, &target, folder);
            }
        }
    }

    /// What lands at a target, under its own name where that is a folder.
    fn put(&mut self, command: &Command, source: &Word, target: &Word, folder: bool) {
        // That an unknown place is just what is hit later would be a wonder.
        let Some(path) = absolute(command, target) else { return };
        if target.glob {
            return self.push(Displaced::Like(path));
        }
        let name = source.text().filter(|_| !source.glob).and_then(|text| Path::new(as_os(text.as_bstr())).file_name());
        let inside = folder || path.is_dir() || command.created.iter().any(|made| path == as_os(made.as_bstr()));
        self.push(Displaced::At(match name {
            Some(name) if inside => path.join(name),
            Some(_) | None => path,
        }));
    }

    fn linked(&mut self, command: &Command, words: &[Word]) {
        // `ln -s ../x`: here, under its own name.
        let here = || Some((words.iter().filter(|word| !word.is_option()).cloned().collect(), Word::known("."), true));
        let Some((sources, target, folder)) = operands(words).or_else(here) else { return };
        let Some(path) = absolute(command, &target) else { return };
        let inside = folder || path.is_dir();
        for source in sources {
            let name = source.text().and_then(|text| Path::new(as_os(text.as_bstr())).file_name());
            self.push(Displaced::Behind(match name {
                Some(name) if inside => path.join(name),
                Some(_) | None => path.clone(),
            }));
        }
    }

    fn mounted(&mut self, command: &Command, words: &[Word]) {
        if let Some(place) = words.iter().rev().find(|word| !word.is_option()) {
            self.at(command, place);
        }
    }

    fn packed(&mut self, command: &Command, words: &[Word], ending: &str) {
        let keeps = |word: &Word| matches!(word.text(), Some(b"-k" | b"--keep" | b"-c" | b"--stdout" | b"-t" | b"-l"));
        if words.iter().any(keeps) {
            return;
        }
        for word in words.iter().filter(|word| !word.is_option()) {
            let Some(text) = word.text() else { continue };
            let other: BString = match text.strip_suffix(ending.as_bytes()) {
                Some(bare) => bare.into(),
                None => [text, ending.as_bytes()].concat().into(),
            };
            self.at(command, &Word { glob: word.glob, ..Word::known(other) });
        }
    }

    fn at(&mut self, command: &Command, place: &Word) {
        if let Some(path) = absolute(command, place) {
            self.push(if place.glob { Displaced::Like(path) } else { Displaced::At(path) });
        }
    }

    /// Whether what the command of that number hits may be, hold, or be a part of something that was there before.
    pub fn hold(&self, spot: &Spot, deletes: bool, before: usize) -> bool {
        let within = |one: &Path, other: &Path| one.starts_with(other) || other.starts_with(one);
        let holds = |place: &Displaced| match place {
            Displaced::New => spot.meta.is_none(),
            Displaced::At(path) => within(&spot.named, path) || within(&spot.path, path),
            Displaced::Like(pattern) => {
                let name = |path: &Path| path.file_name().map(|name| name.as_bytes().to_vec()).unwrap_or_default();
                let beside = pattern.parent() == spot.named.parent();
                let (one, other) = (name(pattern), name(&spot.named));
                pattern.starts_with(&spot.named) || beside && (fits(&one, &other) || fits(&other, &one))
            }
            Displaced::Behind(path) => {
                let behind = |at: &Path| at.starts_with(path) && (at != path || !deletes);
                behind(&spot.named) || behind(&spot.path)
            }
        };
        self.more || self.all.iter().filter(|(at, _)| *at < before).any(|(_, place)| holds(place))
    }
}

/// Sources, the target, and whether that is named as a folder.
fn operands(words: &[Word]) -> Option<(Vec<Word>, Word, bool)> {
    let split = split(words, &MOVE);
    let mut operands: Vec<Word> = split.operands.iter().filter_map(|at| words.get(*at).cloned()).collect();
    if let Some(into) = split.value_of("-t").or_else(|| split.value_of("--target-directory")) {
        return Some((operands, into.clone(), true));
    }
    let target = operands.pop().filter(|_| !operands.is_empty())?;
    let folder = operands.len() > 1 || target.text().is_some_and(|text| text.ends_with(b"/"));
    Some((operands, target, folder))
}

/// The text has made it, or nobody would miss it.
fn is_nobodys(scene: &Scene<'_>, command: &Command, source: &Word) -> bool {
    let Some(path) = absolute(command, source).filter(|_| !source.glob) else { return false };
    let made = command.created.iter().any(|made| path.starts_with(as_os(made.as_bstr())));
    let there = path.symlink_metadata().is_ok();
    made && !there || scene.is_temporary(&path, false) || is_output(scene, &path, there) == Answer::Yes
}

fn absolute(command: &Command, word: &Word) -> Option<PathBuf> {
    let filled = word.value.filled();
    let text = match word.value.choices() {
        Some([one]) => one,
        Some(_) => return None,
        None => filled.as_ref()?,
    };
    let start = if text.starts_with(b"/") { PathBuf::from("/") } else { Start::of(command)?.folder };
    Some(super::targets::lexical(&join(&start, text)))
}

/// `git stash pop`, `apply`
fn takes_out(rest: &[Word]) -> bool {
    rest.first().is_some_and(|word| matches!(word.text(), Some(b"pop" | b"apply" | b"branch") | None))
}
