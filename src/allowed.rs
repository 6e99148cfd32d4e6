//! Acts that were allowed with a whole text, by a person or for what the text itself makes, so that they are not asked
//! about at their execs. Edge: a file in memory, by which the judge of a held shell's lines tells the judge of its execs.

use std::ffi::CString;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::rc::Rc;

use bstr::BString;
use serde::{Deserialize, Serialize};

use crate::command::{Command, Model, Word};
use crate::confirm::Leave;
use crate::decide::{Decision, Judged, is_destructive};
use crate::policy::Verdict;
use crate::sys::{aside, descriptors};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// Nobody is asked about it again; else it was only counted.
    pub settled: bool,
    rule: String,
    /// Of the command, as far as they were known; the others may be anything.
    words: Vec<Option<Vec<u8>>>,
    /// These words and no others, in this directory.
    only_in: Option<Vec<u8>>,
}

/// Paths that the text itself makes are there by the time of its exec, where no text tells any more whose they are.
const OWN: &str = "lowered: paths.created-here";

impl Allowed {
    /// The same rule, and the known words in the same order.
    pub fn covers(&self, rule: &str, command: &Command) -> bool {
        if let Some(folder) = &self.only_in {
            let same = |(word, wanted): (&Word, &Option<Vec<u8>>)| word.text().map(<[u8]>::to_vec) == *wanted;
            return self.rule == rule
                && is_at(command, folder)
                && command.words.len() == self.words.len()
                && command.words.iter().zip(&self.words).skip(1).all(same);
        }
        let mut given = command.words.iter().skip(1).filter_map(Word::text);
        self.rule == rule && self.words.iter().skip(1).flatten().all(|wanted| given.any(|word| word == wanted))
    }
}

fn is_at(command: &Command, folder: &[u8]) -> bool {
    matches!(command.directory.choices(), Some([one]) if one == folder)
}

/// What of a text was asked about, where a person let it go, what it was let do to its own, and what was counted as
/// destructive.
pub fn allowed(decided: &Decision, model: &Model, leave: &Leave) -> Vec<Allowed> {
    let one = |judged: &Judged| {
        let command = model.commands.get(judged.finding.command)?;
        let asked = judged.verdict > Verdict::Log;
        let words: Vec<_> = command.words.iter().map(|word| word.text().map(<[u8]>::to_vec)).collect();
        let folder = match command.directory.choices() {
            Some([folder]) => Some(folder.to_vec()),
            _ => None,
        };
        let own = !asked && judged.moved.iter().any(|moved| moved == OWN) && words.iter().all(Option::is_some);
        let only_in = folder.filter(|_| own);
        let settled = asked && *leave != Leave::Policy || only_in.is_some();
        let rule = judged.finding.rule.id.to_string();
        (settled || is_destructive(judged)).then_some(Allowed { settled, rule, words, only_in })
    };
    decided.judged.iter().filter_map(one).collect()
}

/// Tells the supervisor above, if there is one, that another line begins and what of it a person has let go.
pub fn tell(decided: &Decision, model: &Model, leave: &Leave) {
    let acts = allowed(decided, model, leave);
    let acts: Vec<CString> = acts.iter().filter_map(|one| CString::new(serde_json::to_vec(one).ok()?).ok()).collect();
    aside::tell(&acts);
}

/// What a line judge has told.
pub fn read(acts: &[BString]) -> Vec<Allowed> {
    acts.iter().filter_map(|act| serde_json::from_slice(act).ok()).collect()
}

/// Shared with a process that was forked off; it closes at exec, so that the tree never has it. Where there is none,
/// acts are asked about twice.
#[derive(Clone, Debug)]
pub struct Told {
    file: Option<Rc<File>>,
    read: u64,
}

impl Told {
    pub fn new() -> Told {
        Told { file: descriptors::in_memory(c"allowed").ok().map(Rc::new), read: 0 }
    }

    pub fn allow(&self, decided: &Decision, model: &Model, leave: &Leave) {
        let Some(mut file) = self.file.as_deref() else { return };
        for one in allowed(decided, model, leave) {
            if let Ok(line) = serde_json::to_vec(&one) {
                let _ = file.write_all(&[&line[..], b"\n"].concat());
            }
        }
    }

    /// What was told since the last look.
    pub fn news(&mut self) -> Vec<Allowed> {
        let Some(file) = self.file.as_deref() else { return Vec::new() };
        let length = file.metadata().map_or(0, |file| file.len());
        let mut text = vec![0; usize::try_from(length.saturating_sub(self.read)).unwrap_or(0)];
        if text.is_empty() || file.read_exact_at(&mut text, self.read).is_err() {
            return Vec::new();
        }
        // A line that is being written is read the next time.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        self.read += whole as u64;
        text[..whole].split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }
}
