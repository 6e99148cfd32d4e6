//! Text → `Reading`: the syntax tree with byte spans, and its doubts. It cannot fail: whatever was not understood is
//! part of the reading, and `decide` weighs it.

pub mod syntax;
pub mod foreign;
pub mod walk;
pub mod reader;
mod source;
mod settings;
mod lists;
mod commands;
mod simple;
mod aliases;
mod redirections;
mod words;
mod quotes;
mod enclosed;
mod substitutions;
mod parameters;
mod conditions;
mod scan;
mod second;

use std::collections::BTreeMap;

use crate::span::Span;
pub use second::most_steps;
use syntax::Script;

/// Longer texts are not read. A command line holds 128 kB per argument; scripts of several MB are data with a shell
/// around it, and a question about them is right.
pub const MAX_BYTES: usize = 8 << 20;

/// Reads a text as the shell that `mode` describes would. It never fails: see `Reading::doubts`.
#[must_use]
pub fn read(text: &[u8], mode: &Mode) -> Reading {
    if text.len() > MAX_BYTES {
        let doubts = vec![Doubt::Limit { what: "bytes", limit: MAX_BYTES }];
        let mut reading = Reading { text: text.to_vec(), doubts, ..Reading::default() };
        scan::add(&mut reading, 0, mode);
        return reading;
    }
    // bash drops NUL bytes wherever it reads text.
    let text = text.iter().copied().filter(|byte| *byte != 0).collect();
    let reader::Strict { text, script, doubts, unfinished, stopped, unexpanded } = reader::read(text, mode);
    let mut reading = Reading { text, script, others: Vec::new(), doubts, steps: 0, unfinished };
    let bare = Mode { aliases: BTreeMap::new(), ..mode.clone() };
    reading.others.extend(unexpanded.into_iter().map(|line| reader::read(line, &bare).script));
    let misread = reading.doubts.iter().filter_map(|doubt| match doubt {
        Doubt::Syntax { at, .. } => Some(at.start),
        Doubt::Disagreement { .. } | Doubt::Limit { .. } => None,
    });
    if let Some(from) = misread.chain(stopped).min() {
        scan::add(&mut reading, from, mode);
    } else {
        second::compare(&mut reading, mode);
    }
    reading
}

/// A line that expands a text as the body of a here-document is: the substitutions in it run, and nothing else.
#[must_use]
pub fn document(text: &[u8]) -> Vec<u8> {
    [b": <<\x01\n", text, b"\n\x01\n"].concat()
}

/// How the shell that will run the text reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode {
    pub dialect: Dialect,
    pub extglob: bool,
    /// Aliases are looked up (interactive, `shopt -s expand_aliases`, posix mode, dash).
    pub expand_aliases: bool,
    pub aliases: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// Whose grammar it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Bash,
    /// bash called as `sh` or with `--posix`
    Posix,
    /// the `sh` of Debian and others
    Dash,
}

impl Default for Mode {
    fn default() -> Self {
        Mode { dialect: Dialect::Bash, extglob: false, expand_aliases: false, aliases: BTreeMap::new() }
    }
}

/// What a text says, and how sure that is.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What all spans index: the text as given, except that aliases are replaced.
    pub text: Vec<u8>,
    /// Every complete command up to the first syntax error.
    pub script: Script,
    /// Commands that only the second parser or the tolerant scan saw, each parsed by itself. They may run or not;
    /// the rules look at them all the same. Empty where there is no doubt.
    pub others: Vec<Script>,
    pub doubts: Vec<Doubt>,
    /// Work of the second reader, in steps of some 10 µs.
    pub steps: usize,
    /// The text ends inside a construct (open quote, `do` without `done`, here-document): a shell would read on.
    pub unfinished: bool,
}

impl Reading {
    #[must_use]
    pub fn trusted(&self) -> bool {
        self.doubts.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// bash itself would complain here; what stands before runs.
    Syntax { at: Span, expected: String },
    /// The two parsers do not see the same simple commands.
    Disagreement { at: Span },
    /// A counted budget is spent: bytes, nesting, words.
    Limit { what: &'static str, limit: usize },
}
