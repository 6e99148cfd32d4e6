//! What tar and unzip would lay themselves over: the names stand in the archive, not in the words.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use bstr::ByteSlice;

use super::archive::{self, Member};
use super::ground::is_here;
use super::sight::as_os;
use super::targets::folder_of;
use crate::command::options::{Split, Style, Table, split};
use crate::command::{Command, Model, Word};
use crate::packs::Effect;
use crate::rules::{Finding, Operand, OperandKind, Undo};

/// More files than this are told by the folders that they lie in.
const NAMED: usize = 500;

#[rustfmt::skip]
const TAR: Table<'static, &'static str> = Table {
    style: Style::Gnu,
    value: &[
        "-f", "--file", "-C", "--directory", "--strip-components", "-T", "--files-from", "-X", "--exclude-from", "--exclude", "-I",
        "--use-compress-program", "--transform", "--xform", "-K", "--starting-file", "-b", "--blocking-factor", "-N", "--newer",
        "-g", "--listed-incremental", "-L", "--tape-length", "-V", "--label", "-F", "--info-script", "--to-command", "-H", "--format",
        "--owner", "--group", "--mode", "--mtime", "--suffix", "--checkpoint-action", "--rsh-command", "--rmt-command",
    ],
    flag: &["-P", "--absolute-names", "-x", "--extract", "--get", "-v", "--verbose", "-p", "-z", "--gzip", "-j", "-J"],
    optional: &["--one-top-level", "--checkpoint"],
    stop_at_operand: false,
};

const UNZIP: Table<'static, &'static str> = Table {
    style: Style::Gnu,
    value: &["-d", "-x", "-P"],
    flag: &["-o", "-j", "-q"],
    optional: &[],
    stop_at_operand: false,
};

/// Names what a finding hits whose rule keeps what it hits, and whose words tell nothing of it.
pub fn laid_over(findings: &mut [Finding], model: &Model) {
    let unnamed = |one: &&mut Finding| {
        one.operands.is_empty() && one.rule.effect == Effect::Overwrite && one.rule.undo == Undo::Vault
    };
    for finding in findings.iter_mut().filter(unnamed) {
        let Some(command) = model.commands.get(finding.command).filter(|command| is_here(command)) else { continue };
        let operand = |path: PathBuf| Operand::new(OperandKind::Path, Word::known(path.as_os_str().as_bytes()));
        finding.operands = hit(command).unwrap_or_default().into_iter().map(operand).collect();
    }
}

fn hit(command: &Command) -> Option<Vec<PathBuf>> {
    let folder = folder_of(command)?;
    let unpacks = match command.tool()? {
        b"tar" | b"gtar" | b"bsdtar" => by_tar(command, folder)?,
        b"unzip" => by_unzip(command, folder)?,
        _ => return None,
    };
    // Most archives are unpacked where nothing is.
    let empty = std::fs::read_dir(&unpacks.folder).map_or(true, |mut entries| entries.next().is_none());
    if empty && !unpacks.absolute {
        return None;
    }
    // Where the names can't be told: what is there.
    Some(unpacks.members.as_ref().map_or_else(|| vec![unpacks.folder.clone()], |members| unpacks.over(members)))
}

struct Unpacks {
    folder: PathBuf,
    members: Option<Vec<Member>>,
    /// So many folders of each name are left out.
    strip: usize,
    /// Of each name only the last.
    flat: bool,
    /// Names that begin at the root stay so.
    absolute: bool,
}

fn by_tar(command: &Command, folder: &Path) -> Option<Unpacks> {
    let words = command.words.get(1..)?;
    let given = split(words, &TAR);
    let value = |names: [&str; 2]| names.iter().find_map(|name| given.value_of(name));
    let (mut file, mut into) = (value(["-f", "--file"]), value(["-C", "--directory"]));
    bundled(words, &given, &mut file, &mut into);
    let into = into.map_or(Some(folder.to_owned()), |into| Some(folder.join(path(into)?)))?;
    let strip = given.value_of("--strip-components").map_or(Some(0), |count| count.text()?.to_str().ok()?.parse().ok());
    let renames = ["--transform", "--xform", "--one-top-level"].iter().any(|name| given.has(name));
    let archive = file.and_then(Word::text).filter(|name| *name != b"-" && !name.contains(&b':'));
    let listed = archive.filter(|_| !renames && strip.is_some());
    Some(Unpacks {
        folder: into,
        members: listed.and_then(|name| archive::tar(&folder.join(as_os(name.as_bstr())))),
        strip: strip.unwrap_or(0),
        flat: false,
        absolute: given.has("-P") || given.has("--absolute-names"),
    })
}

/// The first word may be options without a dash, which take the words behind it in their order.
fn bundled<'w>(words: &'w [Word], given: &Split, file: &mut Option<&'w Word>, into: &mut Option<&'w Word>) {
    let letters = words.first().and_then(Word::text).filter(|text| !text.starts_with(b"-")).unwrap_or_default();
    let mut values = given.operands.iter().skip(1).filter_map(|at| words.get(*at));
    for letter in letters {
        match letter {
            b'f' => *file = values.next(),
            b'C' => *into = values.next(),
            b'b' | b'T' | b'X' | b'I' | b'K' | b'N' | b'g' | b'L' | b'V' | b'F' | b'H' => {
                values.next();
            }
            _ => {}
        }
    }
}

fn by_unzip(command: &Command, folder: &Path) -> Option<Unpacks> {
    let words = command.words.get(1..)?;
    let given = split(words, &UNZIP);
    let archive = given.operands.first().and_then(|at| words.get(*at)).and_then(Word::text);
    let into = given.value_of("-d").map_or(Some(folder.to_owned()), |into| Some(folder.join(path(into)?)))?;
    Some(Unpacks {
        folder: into,
        members: archive.and_then(|name| archive::zip(&folder.join(as_os(name.as_bstr())))),
        strip: 0,
        flat: given.has("-j"),
        absolute: false,
    })
}

fn path(word: &Word) -> Option<&Path> {
    Some(Path::new(as_os(word.text()?.as_bstr())))
}

impl Unpacks {
    fn over(&self, members: &[Member]) -> Vec<PathBuf> {
        let mut missing: HashSet<PathBuf> = HashSet::new();
        let mut hit: Vec<PathBuf> = Vec::new();
        for member in members {
            let Some(path) = self.place(member) else { continue };
            if path.ancestors().skip(1).any(|folder| missing.contains(folder)) {
                continue;
            }
            match std::fs::symlink_metadata(&path) {
                // A folder stays where there is one.
                Ok(meta) if !(meta.is_dir() && member.folder) => hit.push(path),
                Err(_) if member.folder => {
                    missing.insert(path);
                }
                Ok(_) | Err(_) => {}
            }
        }
        hit.sort();
        hit.dedup();
        if hit.len() > NAMED {
            let top = |path: &PathBuf| match path.strip_prefix(&self.folder).map(|rest| rest.components().next()) {
                Ok(Some(first)) => self.folder.join(first),
                Ok(None) | Err(_) => path.clone(),
            };
            hit = hit.iter().map(top).collect();
            hit.dedup();
        }
        hit
    }

    /// `None`: it is not unpacked, or elsewhere.
    fn place(&self, member: &Member) -> Option<PathBuf> {
        let name = Path::new(as_os(member.name.as_bstr()));
        if self.absolute && name.is_absolute() {
            return Some(name.to_owned());
        }
        let mut parts: Vec<&std::ffi::OsStr> = Vec::new();
        for part in name.components() {
            match part {
                Component::Normal(name) => parts.push(name),
                // Both leave out what stands before it.
                Component::ParentDir => parts.clear(),
                Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
            }
        }
        let from = if self.flat { parts.len().saturating_sub(1) } else { self.strip };
        let below: PathBuf = parts.get(from..)?.iter().collect();
        let is_one = !(below.as_os_str().is_empty() || self.flat && member.folder);
        is_one.then(|| self.folder.join(below))
    }
}

#[cfg(test)]
mod tests {
    use bstr::BString;

    use super::*;

    fn place(unpacks: &Unpacks, name: &str) -> Option<String> {
        let member = Member { name: BString::from(name), folder: name.ends_with('/') };
        unpacks.place(&member).map(|path| path.display().to_string())
    }

    #[test]
    fn a_member_lies_where_the_tool_puts_it() {
        let plain = Unpacks { folder: "/w".into(), members: None, strip: 0, flat: false, absolute: false };
        for (name, at) in [("a/b", "/w/a/b"), ("./a", "/w/a"), ("/etc/x", "/w/etc/x"), ("a/../../b", "/w/b")] {
            assert_eq!(place(&plain, name).as_deref(), Some(at));
        }
        assert_eq!(
            place(&Unpacks { absolute: true, folder: "/w".into(), ..plain }, "/etc/x").as_deref(),
            Some("/etc/x")
        );
        let strip = Unpacks { folder: "/w".into(), members: None, strip: 1, flat: false, absolute: false };
        assert_eq!((place(&strip, "a/"), place(&strip, "a/b").as_deref()), (None, Some("/w/b")));
        let flat = Unpacks { strip: 0, flat: true, ..strip };
        assert_eq!((place(&flat, "a/"), place(&flat, "a/b").as_deref()), (None, Some("/w/b")));
    }
}
