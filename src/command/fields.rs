//! Pieces of a word → the arguments that they become: word splitting by IFS (bash manual, "Word Splitting"), and the mark
//! for live globs.

use bstr::{BString, ByteSlice};

use super::expand::{Chunk, Origin};
use super::pattern;
use super::scope::Scope;
use super::words::{Cause, Piece, Shape, Value, Word};
use crate::parse::Dialect;

/// A word under construction.
#[derive(Default)]
struct Field {
    value: Option<Value>,
    glob: bool,
    splits: bool,
    /// Quotes were seen: even an empty word counts.
    quoted: bool,
    /// Groups are patterns too.
    extglob: bool,
}

impl Field {
    fn push(&mut self, value: Value, live: bool) {
        self.glob |=
            live && value.choices().is_some_and(|all| all.iter().any(|text| pattern::is_live(text, self.extglob)));
        self.value = Some(match self.value.take() {
            Some(before) => before.then(value),
            None => value,
        });
    }

    /// Ends this one and begins another.
    fn next(&mut self) -> Field {
        let next = Field { extglob: self.extglob, ..Field::default() };
        std::mem::replace(self, next)
    }

    fn finish(self, written: &BString) -> Option<Word> {
        let value = match self.value {
            Some(Value::Known(text)) if text.is_empty() && !self.quoted => return None,
            None if !self.quoted => return None,
            None => Value::known(""),
            Some(value) if value.pattern().is_some() => {
                // Each of the entries in turn: for what happens to them, the pattern itself.
                let pattern = value.pattern().unwrap_or_default();
                return Some(Word { value: Value::Known(pattern), glob: true, written: written.clone() });
            }
            Some(Value::Unknown(shape)) => Value::Unknown(Shape { splits: self.splits, ..shape }),
            Some(value) => value,
        };
        Some(Word { value, glob: self.glob, written: written.clone() })
    }
}

/// Where no blank splits, bash keeps some of those that are empty.
fn has_empty_element(chunks: &[Chunk]) -> bool {
    let is_empty =
        |chunk: &Chunk| matches!(chunk, Chunk::Piece(Value::Known(text), Origin::Expanded) if text.is_empty());
    let mut elements = chunks.split(|chunk| matches!(chunk, Chunk::Boundary));
    chunks.iter().any(|chunk| matches!(chunk, Chunk::Boundary)) && elements.any(|element| element.iter().all(is_empty))
}

/// Chunks → fields: word splitting by IFS, and the mark for live globs.
pub(super) fn assemble(chunks: Vec<Chunk>, scope: &Scope, written: &BString, made: &mut Vec<Word>) {
    let ifs = scope.ifs();
    let blank = |ifs: &BString| !ifs.is_empty() && ifs.iter().all(u8::is_ascii_whitespace);
    // dash drops some that are made by a delimiter as well.
    let dash = scope.mode.dialect == Dialect::Dash && chunks.iter().any(|chunk| matches!(chunk, Chunk::Boundary));
    if !ifs.as_ref().is_some_and(blank) && (dash || has_empty_element(&chunks)) {
        made.push(Word::several(Cause::Construct("an empty element")));
        return;
    }
    let mut field = Field { extglob: scope.mode.extglob, ..Field::default() };
    for chunk in trimmed(chunks, ifs.as_ref()) {
        match chunk {
            Chunk::Boundary => made.extend(field.next().finish(written)),
            Chunk::Nothing => {}
            Chunk::Piece(value, Origin::Literal) => field.push(value, true),
            Chunk::Piece(value, Origin::Quoted) => {
                field.quoted = true;
                field.push(value, false);
            }
            Chunk::Piece(Value::Known(text), Origin::Expanded) => {
                if let Some(ifs) = &ifs {
                    split(&text, ifs, &mut field, written, made);
                } else {
                    field.splits = true;
                    field.push(Value::unknown(Cause::Variable("IFS".into())), true);
                }
            }
            Chunk::Piece(Value::OneOf(texts), Origin::Expanded) => {
                let splits = |text: &BString| ifs.as_ref().is_none_or(|ifs| text.find_byteset(ifs).is_some());
                if texts.iter().any(splits) {
                    field.splits = true;
                    field.push(Value::unknown(Cause::Construct("one of several values that split")), true);
                } else {
                    field.push(Value::OneOf(texts), true);
                }
            }
            Chunk::Piece(Value::Unknown(shape), Origin::Expanded) => {
                let plain = matches!(shape.because, Cause::Name(_)) && ifs.as_ref().is_some_and(blank);
                field.splits |= !plain || has_blank(&shape);
                field.push(Value::Unknown(shape), true);
            }
        }
    }
    made.extend(field.finish(written));
}

/// Text between its holes comes apart.
fn has_blank(shape: &Shape) -> bool {
    shape.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.iter().any(u8::is_ascii_whitespace)))
}

/// Of several texts the blanks around each are gone where nothing else stands in the word.
fn trimmed(mut chunks: Vec<Chunk>, ifs: Option<&BString>) -> Vec<Chunk> {
    if let [Chunk::Piece(value @ Value::OneOf(_), Origin::Expanded)] = chunks.as_mut_slice()
        && ifs.is_some_and(|ifs| ifs == " \t\n")
    {
        let trim = |text: &BString| Value::known(text.trim_with(|c| matches!(c, ' ' | '\t' | '\n')));
        *value =
            value.choices().unwrap_or_default().iter().map(trim).reduce(Value::or).unwrap_or_else(|| Value::known(""));
    }
    chunks
}

/// Word splitting (bash manual, "Word Splitting") of one expanded text.
fn split(text: &BString, ifs: &BString, field: &mut Field, written: &BString, made: &mut Vec<Word>) {
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        if !ifs.contains(&text[at]) {
            at += 1;
            continue;
        }
        if at > start {
            field.push(Value::known(&text[start..at]), true);
        }
        let mut hard = 0;
        while at < text.len() && ifs.contains(&text[at]) {
            if !matches!(text[at], b' ' | b'\t' | b'\n') {
                hard += 1;
                if hard > 1 {
                    break;
                }
            }
            at += 1;
        }
        let begun = field.value.is_some() || field.quoted;
        let mut done = field.next();
        // A delimiter that is no white space ends a field even where that is empty.
        done.quoted |= hard > 0;
        if begun || hard > 0 {
            made.extend(done.finish(written));
        }
        start = at;
    }
    if at > start {
        field.push(Value::known(&text[start..at]), true);
    }
}
