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
            while !self.document_line(&document)? {}
        }
        Some(())
    }

    /// Whether the next line ends the document; `None` where the text ends first, or more than variables is replaced.
    fn document_line(&mut self, document: &Document) -> Option<bool> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr(rest, b'\n').unwrap_or(rest.len());
        self.at += (end + 1).min(rest.len());
        let mut line = rest.get(..end)?;
        while let ([b'\t', after @ ..], true) = (line, document.tabs) {
            line = after;
        }
        if line == document.delimiter {
            return Some(true);
        }
        (document.quoted || plain_document(line)).then_some(false)
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
                b'$' => self.dollar(false)?,
                b'\\' if self.after(1).is_some_and(|next| next.is_ascii_graphic()) => self.at += 2,
                b'`' | b'\\' => return None,
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
                b'$' => self.dollar(true)?,
                b'`' | b'\r' => return None,
                _ => self.at += 1,
            }
        }
    }

    pub(super) fn dollar(&mut self, quoted: bool) -> Option<()> {
        match self.after(1) {
            Some(b'(') if self.after(2) == Some(b'(') => self.arithmetic(),
            Some(b'(') => self.substitution(),
            Some(b'{') => self.parameter(),
            Some(b'[') => None,
            Some(b'\'' | b'"') if !quoted => None,
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

    fn arithmetic(&mut self) -> Option<()> {
        self.at += 3;
        while self.peek()? != b')' {
            let byte = self.peek()?;
            if !(byte.is_ascii_alphanumeric() || b"_ +-*/%<>=&|!?:,~^$".contains(&byte)) {
                return None;
            }
            self.at += 1;
        }
        self.at += 2;
        (self.text.get(self.at - 1) == Some(&b')')).then_some(())
    }

    /// `${…}` with nothing inside that could end it elsewhere.
    fn parameter(&mut self) -> Option<()> {
        self.at += 2;
        while self.peek()? != b'}' {
            let byte = self.peek()?;
            let name = self.after(1).is_some_and(|next| next.is_ascii_alphanumeric() || next == b'_');
            if !(byte.is_ascii_alphanumeric() || b"_ @*#?-+=:/%^,.!~[]".contains(&byte) || byte == b'$' && name) {
                return None;
            }
            self.at += 1;
        }
        self.at += 1;
        Some(())
    }
}

/// A line of a here-document in which nothing but variables is replaced.
fn plain_document(line: &[u8]) -> bool {
    if line.iter().any(|byte| matches!(byte, b'`' | b'\\' | b'\r')) {
        return false;
    }
    let after_dollar = line.split(|byte| *byte == b'$').skip(1);
    after_dollar.into_iter().all(|rest| match rest {
        [b'(' | b'[', ..] => false,
        [b'{', name @ ..] => {
            let end = name.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
            end.and_then(|end| name.get(end)) == Some(&b'}')
        }
        _ => true,
    })
}

fn memchr(text: &[u8], byte: u8) -> Option<usize> {
    bstr::ByteSlice::find_byte(text, byte)
}
