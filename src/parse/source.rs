//! The bytes under the reader and where they came from. A backslash-newline pair is skipped wherever bash skips it, and
//! text that was made from other text (back-ticks, here-documents) still knows its place in the outermost text.

use std::collections::BTreeSet;

use crate::span::Span;

/// Characters that end a word.
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>')
}

pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A here-document whose body follows the next newline.
#[derive(Debug)]
pub(super) struct Pending {
    /// Where its body goes: an index of `Reader::bodies`.
    pub slot: usize,
    pub delimiter: Vec<u8>,
    /// The delimiter was quoted: the body is not expanded.
    pub quoted: bool,
    /// `<<-`
    pub strip_tabs: bool,
}

/// An alias whose text is being read; it is not expanded again before `end`.
#[derive(Debug)]
pub(super) struct Expanding {
    pub name: Vec<u8>,
    pub end: usize,
}

#[derive(Debug, Default)]
pub(super) struct Source {
    pub text: Vec<u8>,
    pub pos: usize,
    /// Stretches as (start here, start in the outermost text); `None` where this is the outermost text.
    pub stretches: Option<Vec<(usize, usize)>>,
    pub pending: Vec<Pending>,
    pub expanding: Vec<Expanding>,
    /// An alias that ended in a blank: the word after this position is looked up too.
    pub also_alias: Option<usize>,
    /// Where `((` was found not to be arithmetic, so that it is not tried again.
    pub not_arithmetic: BTreeSet<usize>,
    /// The body of a here-document.
    pub document: bool,
}

impl Source {
    pub fn outermost(text: Vec<u8>) -> Self {
        Source { text, ..Source::default() }
    }

    pub fn within(text: Vec<u8>, stretches: Vec<(usize, usize)>) -> Self {
        Source { text, stretches: Some(stretches), ..Source::default() }
    }

    /// The next byte that bash sees, continuation lines skipped.
    pub fn cur(&mut self) -> Option<u8> {
        self.pos = self.past_continuations(self.pos);
        self.raw(self.pos)
    }

    pub fn raw(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    fn past_continuations(&self, mut at: usize) -> usize {
        while self.text.get(at) == Some(&b'\\') && self.text.get(at + 1) == Some(&b'\n') {
            at += 2;
        }
        at
    }

    pub fn bump(&mut self) {
        self.pos += 1;
    }

    /// Where `token` would end, if it stands here.
    pub fn end_of(&self, token: &[u8]) -> Option<usize> {
        let mut at = self.pos;
        for byte in token {
            at = self.past_continuations(at);
            if self.raw(at) != Some(*byte) {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    pub fn sees(&self, token: &[u8]) -> bool {
        self.end_of(token).is_some()
    }

    pub fn eat(&mut self, token: &[u8]) -> bool {
        self.end_of(token).is_some_and(|end| {
            self.pos = end;
            true
        })
    }

    /// The byte after the one at `cur`.
    pub fn following(&self) -> Option<u8> {
        self.raw(self.past_continuations(self.past_continuations(self.pos) + 1))
    }

    /// The bytes from here up to a character that ends a word (at most `longest` of them) and where they end. `<(` and
    /// `>(` do not end a word, so a text that they follow is not a whole word.
    pub fn unquoted_word(&self, longest: usize) -> Option<(Vec<u8>, usize)> {
        let mut at = self.past_continuations(self.pos);
        let mut word = Vec::new();
        while let Some(byte) = self.raw(at).filter(|byte| !is_meta(*byte)) {
            if word.len() == longest {
                return None;
            }
            word.push(byte);
            at = self.past_continuations(at + 1);
        }
        let substitution = matches!(self.raw(at), Some(b'<' | b'>')) && self.raw(at + 1) == Some(b'(');
        (!word.is_empty() && !substitution).then_some((word, at))
    }

    /// `start..end` of this text as a span of the outermost text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let end = end.max(start);
        match &self.stretches {
            None => Span::new(start, end),
            Some(_) if start == end => Span::new(self.outer(start), self.outer(start)),
            Some(_) => Span::new(self.outer(start), self.outer(end - 1) + 1),
        }
    }

    pub fn outer(&self, at: usize) -> usize {
        let Some(stretches) = &self.stretches else { return at };
        let next = stretches.partition_point(|(here, _)| *here <= at);
        let Some((here, outer)) = next.checked_sub(1).and_then(|last| stretches.get(last)) else { return at };
        let place = outer + (at - here);
        stretches.get(next).map_or(place, |(_, limit)| place.min((*limit).max(*outer)))
    }

    /// Puts an alias's text in the place of `start..end`.
    pub fn splice(&mut self, start: usize, end: usize, with: &[u8]) {
        let (removed, added) = (end - start, with.len());
        let outer = (self.outer(start), self.outer(end));
        self.text.splice(start..end, with.iter().copied());
        let moved = |at: usize| if at >= end { at - removed + added } else { at };
        for one in &mut self.expanding {
            one.end = moved(one.end);
        }
        self.also_alias = self.also_alias.map(moved);
        if let Some(stretches) = &mut self.stretches {
            stretches.retain(|(here, _)| *here < start || *here > end);
            for (here, _) in stretches.iter_mut() {
                *here = moved(*here);
            }
            stretches.push((start, outer.0));
            stretches.push((start + added, outer.1));
            stretches.sort_unstable();
        }
        self.pos = start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuations_vanish_between_the_bytes_of_a_token() {
        let mut source = Source::outermost(b"\\\n&\\\n& x".to_vec());
        assert_eq!(source.cur(), Some(b'&'));
        assert!(source.eat(b"&&"));
        assert_eq!(source.cur(), Some(b' '));
        assert_eq!(source.following(), Some(b'x'));
    }

    #[test]
    fn places_lead_back_to_the_outermost_text_even_after_an_alias() {
        let mut source = Source::within(b"abc".to_vec(), vec![(0, 10), (1, 20)]);
        assert_eq!(source.span(0, 3), Span::new(10, 22));
        source.splice(1, 2, b"long");
        assert_eq!(source.text, b"alongc");
        assert_eq!(source.span(5, 6), Span::new(21, 22));
        assert!(source.outer(4) <= 21);
    }
}
