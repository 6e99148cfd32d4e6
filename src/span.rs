//! Where something stands: a range of a named text. Parse, policy and show all point into texts.

use std::sync::Arc;

/// Bytes `start..end` of a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// The bytes of `text` that this span covers; empty where it does not fit.
    #[must_use]
    pub fn of<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// A span of a named text, with the line (from 1) it begins on: what a message points to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// `command` for the text that was given, else the file's path as it was named.
    pub source: Arc<str>,
    pub line: usize,
    pub span: Span,
}

impl Place {
    /// It stands in a file that is there, not in the text that was given or in what that text itself makes.
    #[must_use]
    pub fn is_in_a_file(&self) -> bool {
        !matches!(&*self.source, "command" | "standard input" | "prelude" | "environment")
    }

    /// The column (from 1) at which it begins, by characters.
    #[must_use]
    pub fn column(&self, text: &[u8]) -> usize {
        let before = text.get(..self.span.start.min(text.len())).unwrap_or_default();
        let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(line).chars().count() + 1
    }
}
