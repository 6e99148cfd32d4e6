//! Words: unquoted text and what is quoted or substituted in it.

use super::enclosed::GROUP;
use super::reader::{Read, Reader};
use super::source::is_meta;
use super::syntax::{Part, Word};

/// What is special in a word beyond the ordinary.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner {
    /// `?( )`, `*( )`, `+( )`, `@( )`, `!( )` belong to the word.
    pub extglob: bool,
    /// After `=~`: `|` and parentheses belong to the word.
    pub regex: bool,
}

/// Parts as they are found; neighbours of a kind become one.
#[derive(Default)]
pub(super) struct Parts {
    pub list: Vec<Part>,
}

impl Parts {
    pub fn literal(&mut self, text: &[u8]) {
        if let Some(Part::Literal(last)) = self.list.last_mut() {
            last.extend_from_slice(text);
        } else {
            self.list.push(Part::Literal(text.to_vec()));
        }
    }

    pub fn quoted(&mut self, text: &[u8]) {
        if let Some(Part::Quoted(last)) = self.list.last_mut() {
            last.extend_from_slice(text);
        } else {
            self.list.push(Part::Quoted(text.to_vec()));
        }
    }

    pub fn push(&mut self, part: Part) {
        self.list.push(part);
    }
}

impl Reader {
    /// The word here; without parts if none begins here.
    pub fn word(&mut self) -> Read<Word> {
        self.source.cur();
        self.word_from(self.source.pos, Vec::new())
    }

    pub fn word_from(&mut self, start: usize, parts: Vec<Part>) -> Read<Word> {
        let manner = Manner { extglob: self.settings.extglob() && !self.is_dash(), regex: false };
        self.word_in_manner(start, parts, manner)
    }

    pub fn word_in_manner(&mut self, start: usize, list: Vec<Part>, manner: Manner) -> Read<Word> {
        self.count_word()?;
        let mut parts = Parts { list };
        while self.piece(&mut parts, manner)? {}
        Ok(Word { parts: parts.list, span: self.span_from(start) })
    }

    /// One piece of a word; `false` at its end.
    fn piece(&mut self, parts: &mut Parts, manner: Manner) -> Read<bool> {
        let Some(byte) = self.source.cur() else { return Ok(false) };
        match byte {
            b'<' | b'>' if !self.is_dash() && self.source.following() == Some(b'(') => {
                let part = self.process_substitution()?;
                parts.push(part);
            }
            b'(' if manner.regex => self.pattern_group(parts)?,
            b'|' if manner.regex => {
                parts.literal(b"|");
                self.source.bump();
            }
            _ if is_meta(byte) => return Ok(false),
            b'\\' => {
                self.source.bump();
                match self.source.raw(self.source.pos) {
                    // A last backslash is itself.
                    None => parts.quoted(b"\\"),
                    Some(escaped) => {
                        self.source.bump();
                        parts.quoted(&[escaped]);
                    }
                }
            }
            b'\'' => {
                self.source.bump();
                let text = self.single_quoted()?;
                parts.quoted(&text);
            }
            b'"' => {
                let part = self.double_quoted()?;
                parts.push(part);
            }
            b'$' => self.dollar(parts, false)?,
            b'`' => {
                let part = self.back_ticks(false)?;
                parts.push(part);
            }
            b'@' | b'*' | b'+' | b'?' | b'!' if manner.extglob && self.source.following() == Some(b'(') => {
                self.source.bump();
                self.source.cur();
                parts.literal(&[byte]);
                self.pattern_group(parts)?;
            }
            _ => self.plain(parts),
        }
        Ok(true)
    }

    /// `( … )` of an extended pattern or a regular expression.
    fn pattern_group(&mut self, parts: &mut Parts) -> Read<()> {
        self.source.bump();
        parts.literal(b"(");
        let inner = self.deeper(|reader| reader.enclosed(&GROUP))?;
        self.source.bump();
        for part in inner {
            match part {
                Part::Literal(text) => parts.literal(&text),
                other => parts.push(other),
            }
        }
        parts.literal(b")");
        Ok(())
    }

    /// At least one byte, then all that are nothing special.
    fn plain(&mut self, parts: &mut Parts) {
        let start = self.source.pos;
        let rest = self.source.text.get(start + 1..).unwrap_or_default();
        let length = rest.iter().position(|byte| {
            is_meta(*byte) || matches!(byte, b'\\' | b'\'' | b'"' | b'$' | b'`' | b'@' | b'*' | b'+' | b'?' | b'!')
        });
        let end = start + 1 + length.unwrap_or(rest.len());
        parts.literal(self.source.text.get(start..end).unwrap_or_default());
        self.source.pos = end;
    }
}
