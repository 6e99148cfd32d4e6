//! Arithmetic of values: joining text and branches without claiming more than is known.

use bstr::BString;

use super::words::{Cause, Piece, Shape, Value};

/// More alternatives than this are not worth telling apart.
pub const CHOICES: usize = 16;
/// Longer texts are not carried along.
pub const TEXT: usize = 4 << 20;

impl Value {
    /// This text, then that.
    #[must_use]
    pub fn then(self, next: Value) -> Value {
        match (self, next) {
            (Value::Known(mut left), Value::Known(right)) => {
                if left.len() + right.len() > TEXT {
                    return Value::unknown(Cause::Limit);
                }
                left.extend_from_slice(&right);
                Value::Known(left)
            }
            (left, right) => match product(&left, &right) {
                Some(value) => value,
                None => Value::Unknown(left.into_shape().then(right.into_shape())),
            },
        }
    }

    /// In bytes, of what is known of it.
    pub(super) fn size(&self) -> usize {
        match self {
            Value::Known(text) => text.len(),
            Value::OneOf(texts) => texts.iter().map(|text| text.len()).sum(),
            Value::Unknown(shape) => shape
                .pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.len(),
                    Piece::Hole => 0,
                })
                .sum(),
        }
    }

    /// What stands behind so many bytes of its known beginning, as one text.
    #[must_use]
    pub fn behind(&self, count: usize) -> Value {
        let rest = |text: &BString| BString::from(text.get(count..).unwrap_or_default());
        match self {
            Value::Known(text) => Value::Known(rest(text)),
            Value::OneOf(texts) => Value::one_of(texts.iter().map(rest).collect()),
            Value::Unknown(shape) => {
                let mut shape = Shape { splits: false, ..shape.clone() };
                if let Some(Piece::Text(first)) = shape.pieces.first_mut() {
                    *first = rest(first);
                }
                shape.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
                Value::Unknown(shape)
            }
        }
    }

    /// Either of the two: what a variable holds where branches meet.
    #[must_use]
    pub fn or(self, other: Value) -> Value {
        if self == other {
            return self;
        }
        let (Some(left), Some(right)) = (self.choices(), other.choices()) else {
            return match (self, other) {
                (secret, other) | (other, secret) if secret.secret().is_some() && other.secret().is_none() => {
                    Value::unknown(secret.into_shape().because)
                }
                (Value::Unknown(shape), _) | (_, Value::Unknown(shape)) => Value::unknown(shape.because),
                (Value::Known(_) | Value::OneOf(_), Value::Known(_) | Value::OneOf(_)) => Value::unknown(Cause::Limit),
            };
        };
        let mut all: Vec<BString> = left.to_vec();
        all.extend(right.iter().filter(|one| !left.contains(one)).cloned());
        Value::one_of(all)
    }

    /// One of these texts.
    #[must_use]
    pub fn one_of(mut all: Vec<BString>) -> Value {
        all.dedup();
        match all.len() {
            1 => Value::Known(all.swap_remove(0)),
            0 => Value::known(""),
            2..=CHOICES => Value::OneOf(all),
            _ => Value::unknown(Cause::Limit),
        }
    }

    /// Applies a pure function of the whole text.
    #[must_use]
    pub fn map(self, change: impl Fn(&[u8]) -> Option<BString>, construct: &'static str) -> Value {
        match self {
            Value::Known(text) => match change(&text) {
                Some(changed) => Value::Known(changed),
                None => Value::unknown(Cause::Construct(construct)),
            },
            Value::OneOf(texts) => match texts.iter().map(|text| change(text)).collect::<Option<Vec<_>>>() {
                Some(changed) => Value::one_of(changed),
                None => Value::unknown(Cause::Construct(construct)),
            },
            Value::Unknown(shape) => Value::unknown(shape.because),
        }
    }

    fn into_shape(self) -> Shape {
        let piece = |pieces| Shape { pieces, because: Cause::Limit, splits: false };
        match self {
            Value::Known(text) => piece(vec![Piece::Text(text)]),
            Value::OneOf(_) => piece(vec![Piece::Text(self.starts_with().into()), Piece::Hole]),
            Value::Unknown(shape) => shape,
        }
    }
}

impl Shape {
    fn then(mut self, next: Shape) -> Shape {
        let both = self.pieces.contains(&Piece::Hole) && next.pieces.contains(&Piece::Hole);
        if !self.pieces.contains(&Piece::Hole)
            || matches!(next.because, Cause::Secret(_))
            || both && matches!(self.because, Cause::Name(_))
        {
            self.because = next.because;
        }
        for piece in next.pieces {
            match (self.pieces.last_mut(), piece) {
                (Some(Piece::Text(last)), Piece::Text(text)) => last.extend_from_slice(&text),
                (Some(Piece::Hole), Piece::Hole) => {}
                (_, piece) => self.pieces.push(piece),
            }
        }
        self.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        self.splits |= next.splits;
        self
    }
}

fn product(left: &Value, right: &Value) -> Option<Value> {
    let (left, right) = (left.choices()?, right.choices()?);
    if left.len() * right.len() > CHOICES {
        return None;
    }
    let mut all = Vec::new();
    for first in left {
        for second in right {
            let mut text = first.clone();
            text.extend_from_slice(second);
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    Some(Value::one_of(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_a_hole_stays_known() {
        let value = Value::known("/a/").then(Value::unknown(Cause::Input)).then(Value::known("/b"));
        assert_eq!((value.starts_with(), value.ends_with()), (&b"/a/"[..], &b"/b"[..]));
        assert_eq!(value.hollow(), Some("/a//b".into()));
    }

    #[test]
    fn branches_join_to_a_closed_list() {
        let value = Value::known("a").or(Value::known("b")).then(Value::known("/x"));
        assert_eq!(value, Value::OneOf(vec!["a/x".into(), "b/x".into()]));
        assert!(matches!(Value::known("a").or(Value::unknown(Cause::Input)), Value::Unknown(_)));
    }
}
