//! Text that ends at a closing character instead of a blank: arithmetic, subscripts, pattern groups, the words in `${…}`.

use bstr::ByteSlice;

use super::reader::{Read, Reader};
use super::syntax::{Part, Word};
use super::words::Parts;
use crate::parse::{Dialect, Doubt, document};

/// How a text is enclosed.
#[derive(Clone, Copy)]
pub(super) struct Enclosure {
    /// Opens a nested pair.
    pub open: Option<u8>,
    pub close: u8,
    /// Also end it where nothing is nested.
    pub stops: &'static [u8],
    /// Its unquoted text is live (patterns, words); otherwise it reads as in double quotes.
    pub live: bool,
    /// Single quotes hide the closing character but stay, as in `"${x:-'}'}"`; otherwise they quote.
    pub keeps_single: bool,
    /// An expression: bash expands it as if it stood in double quotes, so that single quotes hide no substitution.
    pub evaluated: bool,
}

pub(super) const ARITHMETIC: Enclosure =
    Enclosure { open: Some(b'('), close: b')', stops: b"", live: false, keeps_single: false, evaluated: true };
pub(super) const SUBSCRIPT: Enclosure =
    Enclosure { open: Some(b'['), close: b']', stops: b"", live: false, keeps_single: false, evaluated: true };
pub(super) const GROUP: Enclosure =
    Enclosure { open: Some(b'('), close: b')', stops: b"", live: true, keeps_single: false, evaluated: false };
pub(super) const CLAUSE: Enclosure = Enclosure { stops: b";", ..ARITHMETIC };

impl Reader {
    pub fn enclosed_word(&mut self, how: &Enclosure) -> Read<Word> {
        self.count_word()?;
        let start = self.source.pos;
        let parts = self.enclosed(how)?;
        Ok(Word { parts, span: self.span_from(start) })
    }

    /// Up to the closing character or a stop, which stays.
    pub fn enclosed(&mut self, how: &Enclosure) -> Read<Vec<Part>> {
        let mut parts = Parts::default();
        let mut nested = 0_usize;
        let mut hidden = false;
        loop {
            let Some(byte) = self.source.cur() else {
                let close = [how.close];
                return self.expected(&String::from_utf8_lossy(&close));
            };
            // dash and posix mode know no quotes here.
            if byte == b'\'' && how.keeps_single && self.dialect == Dialect::Bash {
                hidden = !hidden;
            } else if !hidden {
                if nested == 0 && (byte == how.close || how.stops.contains(&byte)) {
                    return Ok(parts.list);
                }
                if Some(byte) == how.open {
                    nested += 1;
                } else if byte == how.close {
                    nested -= 1;
                }
            }
            match byte {
                b'\'' if !how.keeps_single => {
                    let start = self.source.pos;
                    self.source.bump();
                    let text = self.single_quoted()?;
                    if how.evaluated && text.iter().any(|byte| matches!(byte, b'$' | b'`')) {
                        self.note_reread(&text, start);
                    }
                    parts.quoted(&text);
                }
                // A single quote hides the brace that would close, but no double quote: that one goes.
                b'"' if hidden => {
                    let start = self.source.pos;
                    self.source.bump();
                    let rest = self.source.text.get(self.source.pos..).unwrap_or_default();
                    let quoted = rest.split(|byte| *byte == b'\'').next().unwrap_or_default();
                    if quoted.contains(&b'\\') {
                        let quoted = quoted.to_vec();
                        self.note_reread(&quoted, start);
                    }
                }
                b'"' => {
                    let part = self.double_quoted()?;
                    parts.push(part);
                }
                // In double quotes that go on behind `-`, these two quote all the same.
                b'$' if (how.keeps_single || how.evaluated) && !hidden && self.opens_encoded() => {
                    let start = self.source.pos;
                    self.source.bump();
                    if self.source.cur() == Some(b'\'') {
                        self.source.bump();
                        let text = self.encoded()?;
                        let raw = self.source.text.get(start..self.source.pos).unwrap_or_default();
                        // A NUL ends the whole word early.
                        let nuls = [&b"\\0"[..], b"\\x0", b"\\u0", b"\\U0", b"\\c@"];
                        let ends_early = nuls.iter().any(|nul| raw.contains_str(nul));
                        // `$x$'a'`: put there, it goes on with the name before it.
                        let behind = !matches!(parts.list.last(), None | Some(Part::Quoted(_) | Part::Literal(_)));
                        // What it means is put there before the text is expanded, and is expanded with it.
                        if ends_early || behind || text.find_byteset(b"$`\\\"}'").is_some() {
                            self.note_reread(&text, start);
                        }
                        // Where an expression is expected its quotes are an error.
                        let quote: &[u8] = if how.evaluated { b"'" } else { b"" };
                        parts.quoted(&[quote, &text, quote].concat());
                    }
                }
                b'\\' | b'$' | b'`' => self.enclosed_special(byte, how, &mut parts)?,
                b'<' | b'>' if how.live && !self.is_dash() && self.source.following() == Some(b'(') => {
                    let part = self.process_substitution()?;
                    parts.push(part);
                }
                _ => {
                    self.source.bump();
                    if how.live { parts.literal(&[byte]) } else { parts.quoted(&[byte]) }
                }
            }
        }
    }

    /// `$'` or `$"`, where they mean something: a here-document keeps them.
    fn opens_encoded(&self) -> bool {
        !self.is_dash() && !self.source.document && matches!(self.source.following(), Some(b'\'' | b'"'))
    }

    /// Text from `start` on that looks quoted and is not: what it would run is read by itself.
    fn note_reread(&mut self, text: &[u8], start: usize) {
        self.doubts.push(Doubt::Disagreement { at: self.source.span(start, self.source.pos) });
        self.unexpanded.push(document(text));
    }

    fn enclosed_special(&mut self, byte: u8, how: &Enclosure, parts: &mut Parts) -> Read<()> {
        match byte {
            b'\\' if how.live => {
                self.source.bump();
                if let Some(escaped) = self.source.raw(self.source.pos) {
                    self.source.bump();
                    parts.quoted(&[escaped]);
                }
                Ok(())
            }
            b'$' if how.live => self.dollar(parts, false),
            _ => self.quoted_piece(byte, &[b'$', b'`', b'"', b'\\', how.close], parts),
        }
    }

    /// The rest of `(( … ))`; `None` where the parentheses do not close together.
    pub fn arithmetic_command(&mut self) -> Read<Option<Word>> {
        self.source.eat(b"((");
        self.closed_together()
    }

    /// Behind `((`: the expression, if `))` ends it.
    pub fn closed_together(&mut self) -> Read<Option<Word>> {
        let word = self.enclosed_word(&ARITHMETIC)?;
        Ok(self.source.eat(b"))").then_some(word))
    }

    /// `(( init ; test ; step ))` of a `for`.
    pub fn arithmetic_header(&mut self) -> Read<[Word; 3]> {
        self.source.eat(b"((");
        let mut clauses: [Word; 3] = Default::default();
        for (number, clause) in clauses.iter_mut().enumerate() {
            self.blanks();
            *clause = self.enclosed_word(&CLAUSE)?;
            let end: &[u8] = if number == 2 { b"))" } else { b";" };
            if !self.source.eat(end) {
                return self.expected(if number == 2 { "))" } else { ";" });
            }
        }
        Ok(clauses)
    }
}
