//! What commands would do to protected paths: by what rules say that they hit, by the files that they write, and by the
//! operands of programs that change, move or cover what they are given.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::budget::Budget;
use super::git::{self, Found};
use super::git_facts::call;
use super::ground::is_here;
use super::sight::{as_os, join};
use super::targets::{Spot, folder_of, lexical, spots};
use super::touchers::{CHANGE, DATABASES, DELETE, MOUNTERS, TAKE, UNPACKERS};
use crate::agents::SETTINGS;
use crate::answer::Answer;
use crate::command::{Command, Model, RedirectMode, Word};
use crate::packs::{Effect, Target};
use crate::rules::{Finding, Operand, OperandKind, Rule};

/// Folders of every home in which nothing is to be taken away; what is written there other rules mind.
const OWN: &[&str] = &[".ssh", ".aws", ".gnupg", ".kube"];
/// They make these again.
const CACHES: &[&str] = &["cache", "tmp", "log", "logs"];

/// A path with what holds for it.
struct Guarded {
    /// As it is named, and with links followed.
    named: PathBuf,
    real: PathBuf,
    minds: Minds,
}

/// What counts of what is done there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Minds {
    /// Names that are taken away.
    Taking,
    /// … and what changes what is there.
    Changing,
    /// … and what is new.
    Adding,
}

/// What becomes of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    /// Its name goes, or something comes to lie over it: what lies below goes with it.
    Taken,
    /// Somebody else gets to do what he likes with it and what lies below.
    Given,
    /// Its content or its rights, if it is there.
    Changed,
    /// Whatever will be there.
    Filled,
}

/// What is protected here, and by which rule that is minded.
pub struct Protection<'p> {
    pub paths: &'p [String],
    /// … to which nothing is added either.
    pub read_only: &'p [String],
    pub home: Option<&'p BString>,
    /// Asked for only where something may be touched.
    pub rule: &'p dyn Fn() -> Option<Arc<Rule>>,
}

/// `found`: what the rules say of the same model.
#[must_use]
pub fn protected(found: &[Finding], model: &Model, protection: &Protection<'_>) -> Vec<Finding> {
    let by_number = opens_by_number(model);
    let of = |(at, command): (usize, &Command)| {
        let mut touched = touched(found.iter().filter(|one| one.command == at), command);
        if by_number {
            let reads = command.redirections.iter().filter(|one| one.mode == RedirectMode::Read);
            touched.extend(reads.map(|one| (path_operand(&one.target), How::Changed)));
        }
        // What holds of every home minds nothing else.
        touched
            .retain(|(_, how)| *how == How::Taken || !(protection.paths.is_empty() && protection.read_only.is_empty()));
        (at, touched)
    };
    let here = model.commands.iter().enumerate().filter(|(_, command)| is_here(command));
    let all: Vec<(usize, Vec<(Operand, How)>)> = here.map(of).filter(|(_, touched)| !touched.is_empty()).collect();
    let Some(rule) = (if all.is_empty() { None } else { (protection.rule)() }) else { return Vec::new() };
    let guarded = guarded(protection);
    let links: Vec<(PathBuf, PathBuf)> = model.commands.iter().filter_map(linked).collect();
    let mut budget = Budget::for_text();
    let mut findings = Vec::new();
    for (at, touched) in all {
        let Some(command) = model.commands.get(at) else { continue };
        // The rule's own finding says it already.
        if found.iter().any(|one| one.command == at && one.rule.id == rule.id && one.answer == Answer::Yes) {
            continue;
        }
        let mut operands: Vec<Operand> = Vec::new();
        for (operand, how) in touched {
            if !operands.contains(&operand) && hits(&operand, how, command, &rule, &guarded, &links, &mut budget) {
                operands.push(operand);
            }
        }
        if !operands.is_empty() {
            let (rule, place) = (Arc::clone(&rule), command.at.clone());
            findings.push(Finding { rule, answer: Answer::Yes, because: None, command: at, at: place, operands });
        }
    }
    findings
}

/// Whether a model of which no rule says anything leaves every path as it is.
#[must_use]
pub fn touches_nothing(model: &Model) -> bool {
    model.commands.iter().all(|command| touched(std::iter::empty(), command).is_empty()) && !opens_by_number(model)
}

fn guarded(protection: &Protection<'_>) -> Vec<Guarded> {
    let one = |path: PathBuf, minds: Minds| {
        let named = lexical(&path);
        let real = std::fs::canonicalize(&named).unwrap_or_else(|_| named.clone());
        Guarded { named, real, minds }
    };
    let home = protection.home.map(|home| Path::new(as_os(home.as_bstr())));
    let own = home.into_iter().flat_map(|home| OWN.iter().chain(SETTINGS).map(move |name| home.join(name)));
    let named = protection.paths.iter().map(|path| one(PathBuf::from(path), Minds::Changing));
    let held = protection.read_only.iter().map(|path| one(PathBuf::from(path), Minds::Adding));
    named.chain(held).chain(own.map(|path| one(path, Minds::Taking))).collect()
}

fn path_operand(word: &Word) -> Operand {
    Operand::new(OperandKind::Path, word.clone())
}

fn touched<'f>(found: impl Iterator<Item = &'f Finding>, command: &Command) -> Vec<(Operand, How)> {
    let mut all: Vec<(Operand, How)> = Vec::new();
    for finding in found.filter(|finding| is_of_files(finding)) {
        let how = if finding.rule.effect == Effect::Delete { How::Taken } else { How::Changed };
        let paths = finding.operands.iter().filter(|operand| operand.kind == OperandKind::Path);
        all.extend(paths.map(|operand| (operand.clone(), how)));
        if command.tool() == Some(b"git")
            && let Some(folder) = call(command).and_then(|call| work_tree(&call.folder))
        {
            all.push((path_operand(&Word::known(folder)), How::Given));
        }
    }
    all.extend(command.writes.iter().map(|write| (path_operand(&write.path), How::Changed)));
    let Some(name) = command.tool() else { return all };
    let is_one = |names: &[&str]| names.iter().any(|one| one.as_bytes() == name);
    let words = command.words.get(1..).unwrap_or_default();
    let links = |word: &Word| word.text().is_some_and(|text| text == b"--link" || has_letter(text, b'l'));
    let has = |options: &[&[u8]]| words.iter().any(|word| word.text().is_some_and(|text| options.contains(&text)));
    let plain = words.iter().filter(|word| !word.is_option());
    if is_one(&["mount"]) && remounts(words) {
        // Nothing comes to lie over it; what may be done there changes.
        all.extend(plain.clone().map(|word| (path_operand(word), How::Changed)));
    } else if is_one(TAKE) || has(DELETE) {
        // Where the last is what the others move to, it is only changed.
        let moves = is_one(&["mv", "gmv"]) && plain.clone().count() > 1;
        let to = plain.clone().next_back().filter(|_| moves && !words.iter().any(into_folder));
        let taken = plain.clone().filter(|word| to.is_none_or(|to| !std::ptr::eq(*word, to)));
        all.extend(taken.map(|word| (path_operand(word), How::Taken)));
        all.extend(to.map(|word| (path_operand(word), How::Changed)));
    } else if is_one(&["ln", "gln"]) && words.iter().any(is_symbolic) {
        // What the link leads to stays as it is.
        all.extend(plain.clone().next_back().map(|word| (path_operand(word), How::Changed)));
    } else if is_one(&["rsync", "scp"]) {
        all.extend(plain.clone().next_back().map(|word| (path_operand(word), How::Changed)));
    } else if is_one(&["cp", "gcp"]) && !words.iter().any(links) {
        // What it replaces is in the files that it writes.
    } else if is_one(CHANGE) {
        all.extend(plain.clone().map(|word| (path_operand(word), How::Changed)));
    }
    if is_one(UNPACKERS) && extracts(words) {
        let into = into(words).map_or_else(|| command.directory.choices().and_then(<[BString]>::first).cloned(), Some);
        all.extend(into.map(|folder| (path_operand(&Word::known(folder)), How::Filled)));
    }
    if is_one(MOUNTERS) {
        all.extend(words.iter().filter_map(given_away).map(|path| (path_operand(&Word::known(path)), How::Given)));
    }
    if is_one(DATABASES) && !has(&[b"-readonly"]) {
        let quoted = words.iter().filter_map(Word::text).flat_map(|text| text.split_str("'").skip(1).step_by(2));
        let files = quoted.filter(|path| path.starts_with(b"/"));
        all.extend(files.map(|path| (path_operand(&Word::known(path)), How::Changed)));
    }
    all
}

fn is_of_files(finding: &Finding) -> bool {
    let target = finding.rule.target;
    (target.lies_in_files() || target == Target::Guard)
        && matches!(finding.rule.effect, Effect::Delete | Effect::Overwrite)
}

fn work_tree(folder: &Path) -> Option<BString> {
    match git::find(&std::fs::canonicalize(folder).ok()?) {
        Found::Repository(repository) => Some(repository.work_tree.as_os_str().as_encoded_bytes().into()),
        Found::Nothing | Found::Unreadable => None,
    }
}

/// `-o remount,ro`, `-oremount`, `--options=remount`
fn remounts(words: &[Word]) -> bool {
    let texts: Vec<&[u8]> = words.iter().map(|word| word.text().unwrap_or_default()).collect();
    let named = |options: &[u8]| options.split_str(",").any(|one| one == b"remount");
    let attached =
        |text: &[u8]| text.strip_prefix(b"-o").or_else(|| text.strip_prefix(b"--options=")).is_some_and(named);
    let apart = |pair: &[&[u8]]| matches!(pair, [b"-o" | b"--options", options] if named(options));
    texts.iter().any(|text| attached(text)) || texts.windows(2).any(apart)
}

/// `mv -t DIR`, `--target-directory=DIR`
fn into_folder(word: &Word) -> bool {
    word.text().is_some_and(|text| text.starts_with(b"--t") || has_letter(text, b't'))
}

fn is_symbolic(word: &Word) -> bool {
    word.text().is_some_and(|text| text == b"--symbolic" || has_letter(text, b's'))
}

/// Among options that are one letter each.
fn has_letter(text: &[u8], letter: u8) -> bool {
    text.starts_with(b"-") && !text.starts_with(b"--") && text.contains(&letter)
}

/// The first word of tar may be its options without a dash.
fn extracts(words: &[Word]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        word.text().is_some_and(|text| match text.strip_prefix(b"-") {
            Some(letters) => {
                text == b"--extract" || text == b"--get" || !letters.starts_with(b"-") && letters.contains(&b'x')
            }
            None => at == 0 && text.contains(&b'x') && !text.contains(&b'/') && !text.contains(&b'.'),
        })
    }) || words.iter().any(|word| word.text().is_some_and(|text| text.ends_with(b".zip")))
}

/// Where an archive is laid out: `-C DIR`, `--directory=DIR`, unzip's `-d DIR`.
fn into(words: &[Word]) -> Option<BString> {
    let texts: Vec<&[u8]> = words.iter().map(|word| word.text().unwrap_or_default()).collect();
    let next = |name: &[u8]| texts.iter().position(|text| *text == name).and_then(|at| texts.get(at + 1));
    let given = texts.iter().find_map(|text| text.strip_prefix(b"--directory="));
    next(b"-C").or_else(|| next(b"-d")).or_else(|| next(b"--directory")).copied().or(given).map(BString::from)
}

/// `-v /srv:/x`, `--volume=/srv:/x`, `--mount type=bind,source=/srv,…`: what a container may write.
fn given_away(word: &Word) -> Option<BString> {
    let text = word.text()?;
    let value = if text.starts_with(b"--") { text.split_once_str("=").map_or(text, |(_, value)| value) } else { text };
    let value = value.strip_prefix(b"-v").unwrap_or(value);
    let mut bind = value.split(|byte| *byte == b',');
    let source = bind.clone().find_map(|part| part.strip_prefix(b"source=").or_else(|| part.strip_prefix(b"src=")));
    if let Some(source) = source {
        return (!bind.any(|part| matches!(part, b"readonly" | b"ro" | b"readonly=true"))).then(|| source.into());
    }
    let mut parts = value.split(|byte| *byte == b':');
    let source = parts.next().filter(|source| source.starts_with(b"/"))?;
    parts.next()?;
    let reads_only = parts.next().is_some_and(|options| options.split(|byte| *byte == b',').any(|one| one == b"ro"));
    (!reads_only).then(|| source.into())
}

/// A symbolic link that the text makes, with what it leads to.
fn linked(command: &Command) -> Option<(PathBuf, PathBuf)> {
    let words = command.words.get(1..)?;
    if !matches!(command.tool(), Some(b"ln" | b"gln")) || !words.iter().any(is_symbolic) {
        return None;
    }
    let folder = folder_of(command)?;
    let mut operands = words.iter().filter(|word| !word.is_option()).filter_map(Word::text);
    let source = join(folder, operands.next()?);
    let target = match operands.next() {
        Some(target) => join(folder, target),
        None => folder.join(source.file_name()?),
    };
    let target = if target.is_dir() { target.join(source.file_name()?) } else { target };
    Some((lexical(&target), lexical(&source)))
}

/// Whether something is written under a descriptor's number, which may be that of a file opened to be read.
fn opens_by_number(model: &Model) -> bool {
    let by_number = |text: &[u8]| {
        let number = text.strip_prefix(b"/dev/fd/").or_else(|| {
            let rest = text.strip_prefix(b"/proc/")?;
            rest.split_once_str("/fd/").map(|(_, number)| number)
        });
        number.is_some_and(|number| !matches!(number, b"0" | b"1" | b"2"))
    };
    let words = model.commands.iter().flat_map(|command| &command.words);
    let writes = model.commands.iter().flat_map(|command| command.writes.iter().map(|write| &write.path));
    words.chain(writes).any(|word| by_number(word.value.starts_with()))
}

fn hits(
    operand: &Operand,
    how: How,
    command: &Command,
    rule: &Arc<Rule>,
    guarded: &[Guarded],
    links: &[(PathBuf, PathBuf)],
    budget: &mut Budget,
) -> bool {
    let effect = if how == How::Taken { Effect::Delete } else { Effect::Overwrite };
    let rule = Arc::new(Rule { effect, ..Rule::clone(rule) });
    let operands = vec![from_here(operand, command)];
    let asked = Finding { rule, answer: Answer::Yes, because: None, command: 0, at: command.at.clone(), operands };
    let found = spots(&asked, command, budget).unwrap_or_default();
    // What makes a link does not write through it.
    let links = if matches!(command.tool(), Some(b"ln" | b"gln")) { &[] } else { links };
    let start = operand.word.value.starts_with();
    // `link/` is what the link leads to.
    let own_name = how == How::Taken && !(start.ends_with(b"/") || start.ends_with(b"/."));
    let is_hit = |spot: &Spot| guarded.iter().any(|one| is_hit(spot, how, one, links, own_name));
    if found.all.iter().any(is_hit) {
        return true;
    }
    // As far as a word is known.
    found.partial && start.contains(&b'/') && {
        let named = lexical(&join(folder_of(command).unwrap_or(Path::new("/")), start));
        let folder = if start.ends_with(b"/") { named.as_path() } else { named.parent().unwrap_or(&named) };
        let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        guarded
            .iter()
            .any(|one| one.minds != Minds::Taking && (folder.starts_with(&one.named) || real.starts_with(&one.real)))
    }
}

/// Names by which a process reaches its own folder and root mean others to us.
fn from_here(operand: &Operand, command: &Command) -> Operand {
    let own = |text: &[u8]| {
        let (number, rest) = text.strip_prefix(b"/proc/")?.split_once_str("/")?;
        let own = matches!(number, b"self" | b"thread-self");
        let (entry, below) = rest.split_once_str("/").unwrap_or((rest, b""));
        let folder = match entry {
            b"cwd" if own => folder_of(command)?.as_os_str().as_encoded_bytes(),
            b"root" => b"/",
            _ => return None,
        };
        Some(BString::from([folder, b"/", below].concat()))
    };
    match operand.word.text().and_then(own) {
        Some(path) => Operand { word: Word::known(path), ..operand.clone() },
        None => operand.clone(),
    }
}

/// `own_name`: a link is hit itself, and not what it leads to.
fn is_hit(spot: &Spot, how: How, one: &Guarded, links: &[(PathBuf, PathBuf)], own_name: bool) -> bool {
    let led = links.iter().filter_map(|(link, to)| Some(to.join(spot.named.strip_prefix(link).ok()?)));
    let led = led.filter(|led| !own_name || links.iter().all(|(_, to)| to != led));
    let mut places = vec![spot.named.clone(), spot.path.clone()];
    places.extend(led);
    let there = how != How::Changed || spot.meta.is_some() || places.len() > 2 || one.minds == Minds::Adding;
    if !there || one.minds == Minds::Taking && how != How::Taken {
        return false;
    }
    places.iter().any(|path| {
        let inside = |guarded: &Path| {
            path.strip_prefix(guarded).is_ok_and(|rest| {
                let cached = rest.iter().any(|part| CACHES.iter().any(|name| part == *name));
                !(one.minds == Minds::Taking && cached)
            })
        };
        let above = |guarded: &Path| matches!(how, How::Taken | How::Given) && guarded.starts_with(path);
        inside(&one.named) || inside(&one.real) || above(&one.named) || above(&one.real)
    })
}
