//! Text with holes: a reader parses the known pieces with a marker where something unknown stands, and what it cuts out
//! becomes a value again.

use bstr::{BString, ByteSlice, ByteVec};

use crate::command::words::{Cause, Piece, Shape, Value, Word};

/// Stands for an unknown piece. A plain name, so that every grammar here takes it for an identifier.
pub const MARK: &str = "guarded_hole";

/// How many choices of one value are read; more are not read at all.
const CHOICES: usize = 32;

/// Every text that `value` can be, marks in its holes; `None` where there are too many.
#[must_use]
pub fn texts(value: &Value) -> Option<Vec<BString>> {
    match value {
        Value::Known(text) => Some(vec![text.clone()]),
        Value::OneOf(all) if all.len() <= CHOICES => Some(all.clone()),
        Value::OneOf(_) => None,
        Value::Unknown(shape) => {
            let mut text = BString::default();
            for piece in &shape.pieces {
                match piece {
                    Piece::Text(known) => text.extend_from_slice(known),
                    Piece::Hole => text.extend_from_slice(MARK.as_bytes()),
                }
            }
            Some(vec![text])
        }
    }
}

#[must_use]
pub fn has_hole(text: &[u8]) -> bool {
    text.contains_str(MARK)
}

/// Nothing but marks and blanks: not one word of it is known.
#[must_use]
pub fn is_hole(text: &[u8]) -> bool {
    has_hole(text) && text.replace(MARK, "").trim().is_empty()
}

/// A piece of a marked text as a value.
#[must_use]
pub fn value(text: &[u8], because: &Cause) -> Value {
    if !has_hole(text) {
        return Value::known(text);
    }
    let mut pieces = Vec::new();
    for (index, part) in text.split_str(MARK).enumerate() {
        if index > 0 {
            pieces.push(Piece::Hole);
        }
        if !part.is_empty() {
            pieces.push(Piece::Text(part.into()));
        }
    }
    Value::Unknown(Shape { pieces, because: because.clone(), splits: false })
}

/// A piece of a marked text as a word.
#[must_use]
pub fn word(text: &[u8], because: &Cause) -> Word {
    Word { value: value(text, because), glob: false, written: shown(text) }
}

/// For messages: holes as `…`.
#[must_use]
pub fn shown(text: &[u8]) -> BString {
    text.replace(MARK, "…").into()
}

/// Why a value is unknown; for known ones something to put where a cause is needed.
#[must_use]
pub fn cause(value: &Value) -> Cause {
    match value {
        Value::Unknown(shape) => shape.because.clone(),
        Value::Known(_) | Value::OneOf(_) => Cause::Input,
    }
}

/// `a` followed by `b`.
#[must_use]
pub fn joined(parts: &[&[u8]]) -> BString {
    let mut text = Vec::new();
    for part in parts {
        text.push_str(part);
    }
    text.into()
}

/// An unknown part of a value has a definite place; one that is nowhere known may be anything.
#[must_use]
pub fn is_blank(value: &Value) -> bool {
    match value {
        Value::Known(_) | Value::OneOf(_) => false,
        Value::Unknown(_) => value.hollow().is_none_or(|known| known.trim().is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cut_from_a_marked_text_keeps_its_holes() {
        let text = b"https://guarded_hole.example/x";
        let Value::Unknown(shape) = value(text, &Cause::Input) else { panic!("a hole is unknown") };
        assert_eq!(shape.pieces.len(), 3);
        assert_eq!(texts(&Value::Unknown(shape)), Some(vec![BString::from(&text[..])]));
        assert!(is_hole(b" guarded_hole ") && !is_hole(text) && !is_hole(b""));
    }
}
