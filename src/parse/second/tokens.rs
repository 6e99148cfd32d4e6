//! The quick reader's words: blanks, quotes, parameters, substitutions, and the bodies of here-documents.

use super::light::{Document, Light, MAX_DEPTH};
use crate::span::Span;

impl Light<'_> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn after(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    pub(super) fn starts(&self, with: &[u8]) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(with))
    }

    /// Blanks, and newlines that a backslash takes away between words.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.after(1) == Some(b'\n') => self.at += 2,
                _ => return,
            }
        }
    }

    pub(super) fn comment(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    pub(super) fn blank_lines(&mut self) -> Option<()> {
        loop {
            self.blanks();
            match self.peek() {
                Some(b'\n') => self.newline()?,
                Some(b'#') => self.comment(),
                _ => return Some(()),
            }
        }
    }

    pub(super) fn delimiter(&mut self, tabs: bool) -> Option<()> {
        let span = self.word()?;
        let word = span.of(self.text);
        let bare = |quote: u8| word.strip_prefix(&[quote])?.strip_suffix(&[quote]);
        let inside = bare(b'\'').or_else(|| bare(b'"'));
        let delimiter = inside.unwrap_or(word);
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.!".contains(byte);
        if delimiter.is_empty() || !delimiter.iter().all(plain) {
            return None;
        }
        self.documents.push(Document { delimiter: delimiter.to_vec(), quoted: inside.is_some(), tabs });
        Some(())
    }

    /// A newline, and the here-documents that begin after it.
    pub(super) fn newline(&mut self) -> Option<()> {
        self.at += 1;
        for document in std::mem::take(&mut self.documents) {
            let start = self.at;
            let end = self.document_end(&document)?;
            if !document.quoted {
                self.document(Span::new(start, end))?;
            }
        }
        Some(())
    }

    /// Goes behind the line that ends the document; gives where that line begins.
    fn document_end(&mut self, document: &Document) -> Option<usize> {
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let end = memchr(rest, b'\n').unwrap_or(rest.len());
            let start = self.at;
            self.at += (end + 1).min(rest.len());
            let mut line = rest.get(..end)?;
            while let ([b'\t', after @ ..], true) = (line, document.tabs) {
                line = after;
            }
            if line == document.delimiter {
                return Some(start);
            }
            // It goes on with the next line, which then is no delimiter.
            if !document.quoted && line.ends_with(b"\\") {
                return None;
            }
        }
    }

    /// The body of a here-document in which expansions count.
    fn document(&mut self, body: Span) -> Option<()> {
        let (whole, behind) = (self.text, self.at);
        self.text = whole.get(..body.end)?;
        self.at = body.start;
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' => self.at += 2,
                b'$' => self.dollar(Around::Document)?,
                b'`' => self.ticks(Around::Document)?,
                b'\r' => return None,
                _ => self.at += 1,
            }
        }
        (self.text, self.at) = (whole, behind);
        Some(())
    }

    /// A word, and the marks of the substitutions in it.
    pub(super) fn word(&mut self) -> Option<Span> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => break,
                b'\'' => {
                    let rest = self.text.get(self.at + 1..)?;
                    self.at += memchr(rest, b'\'')? + 2;
                }
                b'"' => self.double()?,
                b'$' => self.dollar(Around::Nothing)?,
                b'`' => self.ticks(Around::Nothing)?,
                b'\\' if self.after(1).is_some_and(|next| next.is_ascii_graphic()) => self.at += 2,
                b'\\' => return None,
                _ if byte.is_ascii_graphic() => self.at += 1,
                _ => return None,
            }
        }
        (self.at > start).then(|| Span::new(start, self.at))
    }

    fn double(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                b'$' => self.dollar(Around::Quotes)?,
                b'`' => self.ticks(Around::Quotes)?,
                b'\r' => return None,
                _ => self.at += 1,
            }
        }
    }

    /// `$'…'`: a backslash takes the next byte along.
    fn ansi(&mut self) -> Option<()> {
        self.at += 2;
        loop {
            match self.peek()? {
                b'\'' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                b'\r' => return None,
                _ => self.at += 1,
            }
        }
    }

    /// Back-ticks without a backslash between them: their text is read where it stands.
    fn ticks(&mut self, around: Around) -> Option<()> {
        let rest = self.text.get(self.at + 1..)?;
        let inside = rest.get(..memchr(rest, b'`')?)?;
        let turned = |byte: &u8| *byte == b'\\' || around != Around::Nothing && *byte == b'"';
        if inside.iter().any(turned) || !self.documents.is_empty() {
            return None;
        }
        let start = self.at + 1;
        let marks = self.commands_between(Span::new(start, start + inside.len()))?;
        self.add(marks);
        self.at = start + inside.len() + 1;
        Some(())
    }

    pub(super) fn dollar(&mut self, around: Around) -> Option<()> {
        match self.after(1) {
            Some(b'(') if self.after(2) == Some(b'(') => self.arithmetic(3, b""),
            Some(b'(') => self.substitution(),
            Some(b'{') => self.parameter(around),
            Some(b'[') => None,
            Some(b'\'') if around == Around::Nothing => self.ansi(),
            Some(b'"') if around == Around::Nothing => {
                self.at += 1;
                self.double()
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.at += 2;
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    self.at += 1;
                }
                Some(())
            }
            Some(byte) if byte.is_ascii_digit() || b"?#@*$!-".contains(&byte) => {
                self.at += 2;
                Some(())
            }
            _ => {
                self.at += 1;
                Some(())
            }
        }
    }

    fn substitution(&mut self) -> Option<()> {
        if self.depth == MAX_DEPTH || !self.documents.is_empty() {
            return None;
        }
        self.at += 2;
        self.depth += 1;
        self.commands()?;
        self.depth -= 1;
        Some(())
    }

    /// `((…))` up to its end, where `open` bytes begin it and only expansions mean anything else in it.
    pub(super) fn arithmetic(&mut self, open: usize, separators: &[u8]) -> Option<()> {
        self.at += open;
        let mut depth = 0_usize;
        loop {
            let byte = self.peek()?;
            match byte {
                b'$' => {
                    self.dollar(Around::Quotes)?;
                    continue;
                }
                b')' if depth == 0 => {
                    self.at += 2;
                    return (self.text.get(self.at - 1) == Some(&b')')).then_some(());
                }
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ if byte.is_ascii_alphanumeric() || b"_ +-*/%<>=&|!?:,~^[]#".contains(&byte) => {}
                _ if separators.contains(&byte) => {}
                _ => return None,
            }
            self.at += 1;
        }
    }

    /// `(…)` behind `name=`: words, none of which is one of a command.
    pub(super) fn elements(&mut self) -> Option<()> {
        if !self.documents.is_empty() {
            return None;
        }
        self.at += 1;
        loop {
            self.blank_lines()?;
            match self.peek()? {
                b')' => {
                    self.at += 1;
                    let ends = self.peek().is_none_or(|byte| b" \t\n;&|)".contains(&byte));
                    return ends.then_some(());
                }
                b'[' | b'(' | b'<' | b'>' | b'&' | b';' | b'|' => return None,
                _ => {
                    self.word()?;
                    if self.peek() == Some(b'(') {
                        return None;
                    }
                }
            }
        }
    }

    /// `${…}`, up to the first brace that nothing inside takes for its own.
    fn parameter(&mut self, around: Around) -> Option<()> {
        self.at += 2;
        loop {
            let byte = self.peek()?;
            match byte {
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                b'$' => self.dollar(around)?,
                b'\\' if self.after(1).is_some_and(|next| next.is_ascii_graphic()) => self.at += 2,
                b'"' if around != Around::Document => self.double()?,
                // What an apostrophe is inside quotes turns on the operation.
                b'\'' if around == Around::Nothing => {
                    let rest = self.text.get(self.at + 1..)?;
                    self.at += memchr(rest, b'\'')? + 2;
                }
                b'<' | b'>' if self.after(1) == Some(b'(') => return None,
                b'\'' | b'"' | b'`' | b'\\' | b'{' => return None,
                b' ' => self.at += 1,
                _ if byte.is_ascii_graphic() => self.at += 1,
                _ => return None,
            }
        }
    }
}

/// What an expansion stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    Nothing,
    Quotes,
    Document,
}

fn memchr(text: &[u8], byte: u8) -> Option<usize> {
    bstr::ByteSlice::find_byte(text, byte)
}
