//! Acts that a person has allowed with a whole text, so that they are not asked about again at their execs. Edge: a file
//! in memory, by which the judge of a held shell's lines tells the judge of its execs.

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
    /// By a person, who was asked about it; else by the policy, and only counted.
    pub asked: bool,
    rule: String,
    /// Of the command, as far as they were known; the others may be anything.
    words: Vec<Option<Vec<u8>>>,
}

impl Allowed {
    /// The same rule, and the known words in the same order.
    pub fn covers(&self, rule: &str, command: &Command) -> bool {
        let mut given = command.words.iter().skip(1).filter_map(Word::text);
        self.rule == rule && self.words.iter().skip(1).flatten().all(|wanted| given.any(|word| word == wanted))
    }
}

/// What of a text was asked about, where a person let it go, and what was counted as destructive.
pub fn allowed(decided: &Decision, model: &Model, leave: &Leave) -> Vec<Allowed> {
    let asked = |judged: &Judged| judged.verdict > Verdict::Log && *leave != Leave::Policy;
    decided
        .judged
        .iter()
        .filter(|judged| asked(judged) || is_destructive(judged))
        .filter_map(|judged| {
            let command = model.commands.get(judged.finding.command)?;
            let words = command.words.iter().map(|word| word.text().map(<[u8]>::to_vec)).collect();
            Some(Allowed { asked: asked(judged), rule: judged.finding.rule.id.to_string(), words })
        })
        .collect()
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
