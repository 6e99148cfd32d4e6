//! The strict reader: bash's grammar by recursive descent over bytes, one complete command (a line, or what a line opens)
//! at a time, since bash runs each before it reads the next and may read that one differently (`shopt`, `alias`).

use super::settings::Settings;
use super::source::Source;
use super::syntax::{Item, Script, Word};
use super::{Dialect, Doubt, Mode, walk};
use crate::span::Span;

/// Constructs inside one another. People stay below 20. The recursion of 80 fits a thread's 2 MB stack in a debug build
/// (each level takes up to a dozen frames), and so does whoever walks the tree.
pub const MAX_DEPTH: usize = 80;
/// Words and redirections of one text: a tree of some 40 MB. What agents send stays below 10,000.
pub const MAX_WORDS: usize = 200_000;
/// Alias expansions of one text: `alias a='b;b' b='c;c' …` doubles at each step.
pub const MAX_ALIASES: usize = 1_000;
/// Bytes read again because `((` began a nested subshell: what a wrong guess costs must not add up.
pub const MAX_REREAD: usize = 4 << 20;

/// Why reading a complete command ended early.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// bash would complain.
    Syntax {
        at: Span,
        expected: String,
    },
    /// The text ends inside a construct.
    Unfinished {
        at: Span,
        expected: String,
    },
    Limit {
        what: &'static str,
        limit: usize,
    },
}

pub(super) type Read<T> = Result<T, Stop>;

pub(super) struct Reader {
    pub source: Source,
    pub dialect: Dialect,
    pub settings: Settings,
    pub depth: usize,
    /// Substitutions around the current position.
    pub substitutions: usize,
    /// Functions and subshells around it: settings changed there do not (yet) hold outside.
    pub apart: usize,
    pub words: usize,
    pub aliases: usize,
    pub reread: usize,
    /// Here-document bodies; redirections hold their index until the tree is complete.
    pub bodies: Vec<Word>,
    /// Lines whose alias may not hold, as they were.
    pub unexpanded: Vec<Vec<u8>>,
    pub doubts: Vec<Doubt>,
    pub unfinished: bool,
}

/// What the strict reader makes of a text.
pub(super) struct Strict {
    pub text: Vec<u8>,
    pub script: Script,
    pub doubts: Vec<Doubt>,
    pub unfinished: bool,
    /// Where it could not go on: from there on nothing was read.
    pub stopped: Option<usize>,
    pub unexpanded: Vec<Vec<u8>>,
}

pub(super) fn read(text: Vec<u8>, mode: &Mode) -> Strict {
    let mut reader = Reader {
        source: Source::outermost(text),
        dialect: mode.dialect,
        settings: Settings::from(mode),
        depth: 0,
        substitutions: 0,
        apart: 0,
        words: 0,
        aliases: 0,
        reread: 0,
        bodies: Vec::new(),
        unexpanded: Vec::new(),
        doubts: Vec::new(),
        unfinished: false,
    };
    let (mut script, stop) = reader.lines();
    let mut stopped = None;
    if let Some((from, stop)) = stop {
        stopped = Some(from);
        reader.unfinished |= matches!(stop, Stop::Unfinished { .. });
        reader.doubts.push(stop.into());
    }
    reader.unfinished |= reader.source.text.ends_with(b"\\\n") && reader.source.pos >= reader.source.text.len();
    walk::place_bodies(&mut script, &mut reader.bodies);
    Strict {
        text: reader.source.text,
        script,
        doubts: reader.doubts,
        unfinished: reader.unfinished,
        stopped,
        unexpanded: reader.unexpanded,
    }
}

impl From<Stop> for Doubt {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Syntax { at, expected } | Stop::Unfinished { at, expected } => Doubt::Syntax { at, expected },
            Stop::Limit { what, limit } => Doubt::Limit { what, limit },
        }
    }
}

impl Reader {
    /// Every complete command of the current source, and where and why it went no further.
    pub fn lines(&mut self) -> (Script, Option<(usize, Stop)>) {
        let mut script = Script::default();
        loop {
            let from = self.source.pos;
            match self.line() {
                Ok(Some(items)) => script.items.extend(items),
                Ok(None) => return (script, None),
                Err(stop) => return (script, Some((from, stop))),
            }
            if self.substitutions == 0 && self.apart == 0 {
                self.settings.advance();
                self.dialect = self.settings.dialect(self.dialect);
            }
        }
    }

    /// One complete command: everything up to the newline that ends it; `None` at the end of the text.
    fn line(&mut self) -> Read<Option<Vec<Item>>> {
        self.blanks();
        match self.source.cur() {
            None => {
                self.bodies_at_newline()?;
                return Ok(None);
            }
            Some(b'\n') => {
                self.newline()?;
                return Ok(Some(Vec::new()));
            }
            Some(_) => {}
        }
        let mut items = Vec::new();
        loop {
            items.push(self.item()?);
            self.blanks();
            match self.source.cur() {
                None => return Ok(Some(items)),
                Some(b'\n') => {
                    self.newline()?;
                    return Ok(Some(items));
                }
                Some(_) => {}
            }
        }
    }

    /// Spaces, tabs and a comment.
    pub fn blanks(&mut self) {
        while let Some(byte) = self.source.cur() {
            match byte {
                b' ' | b'\t' => self.source.bump(),
                b'#' => {
                    // No continuation in a comment: the newline ends it.
                    while self.source.raw(self.source.pos).is_some_and(|byte| byte != b'\n') {
                        self.source.bump();
                    }
                }
                _ => return,
            }
        }
    }

    /// A newline, and the here-documents that begin after it.
    pub fn newline(&mut self) -> Read<()> {
        self.source.bump();
        self.bodies_at_newline()
    }

    pub fn blanks_and_newlines(&mut self) -> Read<()> {
        self.blanks();
        while self.source.cur() == Some(b'\n') {
            self.newline()?;
            self.blanks();
        }
        Ok(())
    }

    pub fn span_from(&self, start: usize) -> Span {
        self.source.span(start, self.source.pos)
    }

    /// What is wrong here: the text ended too early, or something else stands here.
    pub fn expected<T>(&mut self, what: &str) -> Read<T> {
        let unfinished = self.source.cur().is_none();
        let start = self.source.pos;
        let end = self.source.unquoted_word(usize::MAX).map_or(start + usize::from(!unfinished), |(_, end)| end);
        let at = self.source.span(start, end);
        let expected = what.to_owned();
        Err(if unfinished { Stop::Unfinished { at, expected } } else { Stop::Syntax { at, expected } })
    }

    /// Reads one construct deeper.
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::Limit { what: "nesting", limit: MAX_DEPTH });
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub fn count_word(&mut self) -> Read<()> {
        self.words += 1;
        if self.words > MAX_WORDS { Err(Stop::Limit { what: "words", limit: MAX_WORDS }) } else { Ok(()) }
    }

    /// Reads another text in the place of this one.
    pub fn inside<T>(&mut self, source: Source, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.source, source);
        let result = read(self);
        self.source = outer;
        result
    }

    /// Tries to read `((` as arithmetic; where it is not, goes back and answers `None`.
    pub fn attempt<T>(&mut self, start: usize, read: impl FnOnce(&mut Self) -> Read<Option<T>>) -> Read<Option<T>> {
        if self.source.not_arithmetic.contains(&start) {
            return Ok(None);
        }
        let position = self.source.pos;
        let kept = (self.bodies.len(), self.doubts.len(), self.source.pending.len(), self.unfinished);
        let result = read(self);
        if matches!(result, Ok(Some(_)) | Err(Stop::Limit { .. } | Stop::Unfinished { .. })) {
            return result;
        }
        self.reread += self.source.pos.saturating_sub(position);
        if self.reread > MAX_REREAD {
            return Err(Stop::Limit { what: "bytes read again", limit: MAX_REREAD });
        }
        self.source.not_arithmetic.insert(start);
        self.source.pos = position;
        self.bodies.truncate(kept.0);
        self.doubts.truncate(kept.1);
        self.source.pending.truncate(kept.2);
        self.unfinished = kept.3;
        Ok(None)
    }

    pub fn is_dash(&self) -> bool {
        self.dialect == Dialect::Dash
    }
}
