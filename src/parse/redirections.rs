//! Redirections, and here-documents, whose bodies come after the line that names them.

use super::reader::{Read, Reader};
use super::settings::literal;
use super::source::{Pending, Source, is_name, is_name_start};
use super::syntax::{Descriptor, Operator, Part, Redirection, Word};
use crate::span::Span;

/// `Span::start` of a here-document's target whose body is not in place yet; `end` is its index in `Reader::bodies`.
pub(super) const UNPLACED: usize = usize::MAX;

/// Longest first, so that each is found whole. The last column: bash only.
const OPERATORS: [(&[u8], Operator, bool); 12] = [
    (b"&>>", Operator::AppendBoth, true),
    (b"&>", Operator::WriteBoth, true),
    (b"<<<", Operator::HereString, true),
    (b"<<-", Operator::HereDocument, false),
    (b"<<", Operator::HereDocument, false),
    (b"<&", Operator::DuplicateIn, false),
    (b"<>", Operator::ReadWrite, false),
    (b"<", Operator::Read, false),
    (b">>", Operator::Append, false),
    (b">&", Operator::DuplicateOut, false),
    (b">|", Operator::Clobber, false),
    (b">", Operator::Write, false),
];

impl Reader {
    /// The redirection here, if one begins here.
    pub fn redirection(&mut self) -> Read<Option<Redirection>> {
        self.source.cur();
        let start = self.source.pos;
        let Some(fd) = self.descriptor() else { return Ok(None) };
        self.source.cur();
        // `<(` and `>(` begin a word.
        let process = !self.is_dash() && (self.source.sees(b"<(") || self.source.sees(b">("));
        let both = self.source.sees(b"&>");
        let found = OPERATORS.iter().find(|(text, _, in_bash)| !(*in_bash && self.is_dash()) && self.source.sees(text));
        let Some((text, operator, _)) = found.filter(|_| !(process || both && fd != Descriptor::Implied)) else {
            self.source.pos = start;
            return Ok(None);
        };
        self.count_word()?;
        self.source.eat(text);
        if *operator == Operator::HereDocument {
            return self.here_document(start, fd, *text == b"<<-").map(Some);
        }
        self.blanks();
        self.expand_following_alias()?;
        let target = self.word()?;
        if target.parts.is_empty() {
            return self.expected("a word after the redirection");
        }
        // bash takes the digits before `<` and `>` for the next redirection's descriptor: `< 1 < f` is none, `< 1< f` wrong.
        let number = literal(&target).is_some_and(|text| text.iter().all(u8::is_ascii_digit));
        let duplicates = matches!(operator, Operator::DuplicateIn | Operator::DuplicateOut);
        if number && !duplicates && matches!(self.source.cur(), Some(b'<' | b'>')) {
            return self.expected("a word that is no number");
        }
        let operator = self.duplication_or_file(*operator, &fd, &target);
        Ok(Some(Redirection { fd, operator, target, span: self.span_from(start) }))
    }

    /// `>&word` writes both streams to a file, unless the word is a descriptor.
    fn duplication_or_file(&self, operator: Operator, fd: &Descriptor, target: &Word) -> Operator {
        let standard = matches!(fd, Descriptor::Implied | Descriptor::Number(1));
        match (operator, literal(target)) {
            (Operator::DuplicateOut, Some(text)) if standard && !self.is_dash() => {
                let digits = text.strip_suffix(b"-").unwrap_or(&text);
                let number = digits.iter().all(u8::is_ascii_digit);
                if number { Operator::DuplicateOut } else { Operator::WriteBoth }
            }
            (operator, _) => operator,
        }
    }

    /// Eats `12` or `{name}` before an operator. `None`: what stands here is no redirection.
    fn descriptor(&mut self) -> Option<Descriptor> {
        match self.source.cur() {
            Some(b'<' | b'>' | b'&') => return Some(Descriptor::Implied),
            Some(byte) if byte.is_ascii_digit() || byte == b'{' => {}
            Some(_) | None => return None,
        }
        let (word, end) = self.source.unquoted_word(256)?;
        if !matches!(self.source.raw(end), Some(b'<' | b'>')) {
            return None;
        }
        let fd = match word.strip_prefix(b"{").and_then(|word| word.strip_suffix(b"}")) {
            Some(name) if !self.is_dash() && is_variable(name) => Descriptor::Variable(name.to_vec()),
            Some(_) => return None,
            None => Descriptor::Number(std::str::from_utf8(&word).ok()?.parse().ok()?),
        };
        self.source.pos = end;
        Some(fd)
    }

    fn here_document(&mut self, start: usize, fd: Descriptor, strip_tabs: bool) -> Read<Redirection> {
        self.blanks();
        let from = self.source.pos;
        if self.word()?.parts.is_empty() {
            return self.expected("the end mark of a here-document");
        }
        let raw = self.without_continuations(from, self.source.pos);
        let quoted = raw.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'\\'));
        let delimiter = if quoted { without_quotes(&raw) } else { raw };
        let slot = self.bodies.len();
        self.bodies.push(Word::default());
        self.source.pending.push(Pending { slot, delimiter, quoted, strip_tabs });
        let target = Word { parts: Vec::new(), span: Span { start: UNPLACED, end: slot } };
        Ok(Redirection { fd, operator: Operator::HereDocument, target, span: self.span_from(start) })
    }

    /// Reads the bodies that begin here, in the order in which they were named.
    pub fn bodies_at_newline(&mut self) -> Read<()> {
        for pending in std::mem::take(&mut self.source.pending) {
            let start = self.source.pos;
            let body = self.body_text(&pending);
            let end = body.last().map_or(start, |(_, end)| *end);
            let word = self.body_word(&pending, &body, self.source.span(start, end));
            if let Some(slot) = self.bodies.get_mut(pending.slot) {
                *slot = word?;
            }
        }
        Ok(())
    }

    /// The body's lines as ranges of this source; moves behind the delimiter.
    fn body_text(&mut self, pending: &Pending) -> Vec<(usize, usize)> {
        let mut ranges = Vec::new();
        loop {
            if self.source.pos >= self.source.text.len() {
                self.unfinished |= self.source.stretches.is_none();
                return ranges;
            }
            let text = &self.source.text;
            let mut start = self.source.pos;
            if pending.strip_tabs {
                start += text.iter().skip(start).take_while(|byte| **byte == b'\t').count();
            }
            let mut end = line_end(text, start);
            // In a body that is expanded a backslash joins lines before they are compared with the delimiter.
            while !pending.quoted && end < text.len() && ends_in_backslash(text.get(start..end).unwrap_or_default()) {
                end = line_end(text, end + 1);
            }
            let after = (end + 1).min(text.len());
            let joined;
            let mut line = text.get(start..end).unwrap_or_default();
            if !pending.quoted && line.contains(&b'\n') {
                joined = self.without_continuations(start, end);
                line = &joined;
            }
            if line == pending.delimiter {
                self.source.pos = after;
                return ranges;
            }
            // In `$( … )` bash also takes a line that goes on with the closing parenthesis.
            let rest = line.strip_prefix(pending.delimiter.as_slice()).unwrap_or_default();
            if self.substitutions > 0 && self.source.stretches.is_none() && rest.contains(&b')') {
                self.source.pos = start + pending.delimiter.len();
                return ranges;
            }
            ranges.push((start, after));
            self.source.pos = after;
        }
    }

    fn body_word(&mut self, pending: &Pending, ranges: &[(usize, usize)], span: Span) -> Read<Word> {
        let mut text = Vec::new();
        let mut stretches = Vec::new();
        for (start, end) in ranges {
            stretches.push((text.len(), self.source.outer(*start)));
            text.extend_from_slice(self.source.text.get(*start..*end).unwrap_or_default());
        }
        // Where the text ends before the delimiter bash ends the last line.
        if !self.is_dash() && text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        if pending.quoted {
            return Ok(Word { parts: vec![Part::Quoted(text)], span });
        }
        if !text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\')) {
            return Ok(Word { parts: vec![Part::Double(vec![Part::Quoted(text)])], span });
        }
        let source = Source { document: true, ..Source::within(text, stretches) };
        let parts = self.deeper(|reader| Ok(reader.inside(source, Self::body_parts)))?;
        match parts {
            Ok(parts) => Ok(Word { parts: vec![Part::Double(parts)], span }),
            Err(limit @ super::reader::Stop::Limit { .. }) => Err(limit),
            Err(stop) => {
                // bash complains when it expands the body, after it ran what comes before.
                self.doubts.push(stop.into());
                Ok(Word { parts: Vec::new(), span })
            }
        }
    }
}

fn line_end(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(text.len(), |length| from + length)
}

fn ends_in_backslash(line: &[u8]) -> bool {
    line.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// `name` or `name[…]`
fn is_variable(text: &[u8]) -> bool {
    let end = text.iter().position(|byte| !is_name(*byte)).unwrap_or(text.len());
    text.first().copied().is_some_and(is_name_start)
        && (end == text.len() || text.get(end) == Some(&b'[') && text.ends_with(b"]"))
}

/// A delimiter without its quotes; nothing in it is expanded.
fn without_quotes(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut bytes = raw.iter().copied().peekable();
    let mut quote = None;
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b'$') if bytes.peek() == Some(&b'\'') => {
                bytes.next();
                let mut encoded = Vec::new();
                while let Some(inner) = bytes.next().filter(|inner| *inner != b'\'') {
                    encoded.push(inner);
                    if inner == b'\\' {
                        encoded.extend(bytes.next());
                    }
                }
                text.extend(super::quotes::decode(&encoded));
            }
            (None, b'$') if bytes.peek() == Some(&b'"') => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if byte == open => quote = None,
            (None, b'\\') => text.extend(bytes.next()),
            (Some(b'"'), b'\\') if matches!(bytes.peek(), Some(b'"' | b'\\' | b'$' | b'`')) => {
                text.extend(bytes.next());
            }
            _ => text.push(byte),
        }
    }
    text
}
