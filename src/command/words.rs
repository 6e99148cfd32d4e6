//! Words as far as they are known without running anything.

use bstr::{BString, ByteSlice};

/// One argument, target or value after expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub value: Value,
    /// The value is a pattern with live glob characters that the shell expands against the directory; `look` lists
    /// what it matches. Where nothing matches bash passes the pattern itself.
    pub glob: bool,
    /// As it stands in the text; empty for words that no text holds (made by a wrapper or a pipe).
    pub written: BString,
}

/// Nothing makes an `Option` of it, whose `if let Some` would forget the unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Known(BString),
    /// Branches joined: one of these, all known.
    OneOf(Vec<BString>),
    Unknown(Shape),
}

/// What is known of an unknown value: text with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    pub pieces: Vec<Piece>,
    pub because: Cause,
    /// Unquoted: it may be no word at all, or several.
    pub splits: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(BString),
    Hole,
}

/// What stands for `${x:?}`: were it empty, the shell would end.
pub const REQUIRED: Cause = Cause::Construct("${x:?}");

/// Why a value is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A variable whose value nothing in sight sets.
    Variable(BString),
    /// The output of a program.
    Output(BString),
    /// Operands that come from standard input or a file list (xargs, read).
    Input,
    /// Letters, digits, dots, dashes, and at least one of them: a name, or a part of one (`$$`, what `date +%s` prints).
    Name(Box<Cause>),
    /// One of the entries that a pattern names; this is the part of the pattern that stands in the hole.
    Entry(BString),
    /// A start-up file that was not completely read may have changed it.
    StartupFile(BString),
    /// A positional parameter of a call that is not seen.
    Positional,
    /// It is, or is made of, something that should not leave the machine.
    Secret(Secret),
    /// A descriptor whose number the shell chooses; ours for it.
    Descriptor(u32),
    /// A counted budget is spent.
    Limit,
    /// A construct whose value is not computed.
    Construct(&'static str),
}

/// A secret as it goes from place to place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The file it comes from, or what else told it.
    pub what: BString,
    /// All of a file or of an environment, not a part that was picked out of it.
    pub whole: bool,
}

impl Cause {
    /// Who says it, whatever is known of its shape.
    #[must_use]
    pub fn origin(&self) -> &Cause {
        match self {
            Cause::Name(origin) => origin,
            other => other,
        }
    }
}

impl Value {
    #[must_use]
    pub fn known(text: impl Into<BString>) -> Self {
        Value::Known(text.into())
    }

    #[must_use]
    pub fn unknown(because: Cause) -> Self {
        // What is made of an entry of a folder is no entry of it any more, and what is made of a name no name.
        let because = match because {
            Cause::Entry(_) => Cause::Input,
            Cause::Name(origin) => *origin,
            other => other,
        };
        Value::Unknown(Shape { pieces: vec![Piece::Hole], because, splits: false })
    }

    /// A name that is not known.
    #[must_use]
    pub fn name(because: Cause) -> Self {
        Value::Unknown(Shape { pieces: vec![Piece::Hole], because: Cause::Name(Box::new(because)), splits: false })
    }

    /// The text with a name in each hole, where each holds one: the same kind of path, but not one to look for.
    #[must_use]
    pub fn filled(&self) -> Option<BString> {
        let Value::Unknown(Shape { pieces, because: Cause::Name(_), splits: false }) = self else { return None };
        let part = |piece: &Piece| match piece {
            Piece::Text(text) => text.to_vec(),
            Piece::Hole => b"0".to_vec(),
        };
        Some(pieces.iter().flat_map(part).collect::<Vec<u8>>().into())
    }

    /// The secret in it.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Value::Unknown(Shape { because: Cause::Secret(secret), .. }) => Some(secret),
            Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => None,
        }
    }

    /// One of the entries that a pattern with live characters names.
    #[must_use]
    pub fn entry_of(pattern: &[u8]) -> Self {
        let live = pattern.find_byteset(b"*?[").unwrap_or(pattern.len());
        let (fixed, rest) = pattern.split_at(live);
        let mut pieces = vec![Piece::Text(fixed.into()), Piece::Hole];
        pieces.retain(|piece| *piece != Piece::Text(BString::default()));
        Value::Unknown(Shape { pieces, because: Cause::Entry(rest.into()), splits: false })
    }

    /// The pattern whose entries this is one of, where nothing but text was put around the entry.
    #[must_use]
    pub fn pattern(&self) -> Option<BString> {
        let Value::Unknown(Shape { pieces, because: Cause::Entry(rest), .. }) = self else { return None };
        let mut text = BString::default();
        for piece in pieces {
            match piece {
                Piece::Text(known) if known.find_byteset(b"*?[\\").is_none() => text.extend_from_slice(known),
                Piece::Hole => text.extend_from_slice(rest),
                Piece::Text(_) => return None,
            }
        }
        (pieces.iter().filter(|piece| **piece == Piece::Hole).count() == 1).then_some(text)
    }

    /// Every value it can have, where that is a closed list.
    #[must_use]
    pub fn choices(&self) -> Option<&[BString]> {
        match self {
            Value::Known(text) => Some(std::slice::from_ref(text)),
            Value::OneOf(texts) => Some(texts),
            Value::Unknown(_) => None,
        }
    }

    /// The known beginning.
    #[must_use]
    pub fn starts_with(&self) -> &[u8] {
        match self {
            Value::Known(text) => text,
            Value::OneOf(texts) => beginning(texts),
            Value::Unknown(shape) => match shape.pieces.first() {
                Some(Piece::Text(text)) => text,
                Some(Piece::Hole) | None => b"",
            },
        }
    }

    /// The known end.
    #[must_use]
    pub fn ends_with(&self) -> &[u8] {
        match self {
            Value::Known(text) => text,
            Value::OneOf(_) => b"",
            Value::Unknown(shape) => match shape.pieces.last() {
                Some(Piece::Text(text)) => text,
                Some(Piece::Hole) | None => b"",
            },
        }
    }

    /// The text with each hole empty: what happens when the unset variable strikes (`rm -rf "$X"/`).
    #[must_use]
    pub fn hollow(&self) -> Option<BString> {
        match self {
            Value::Known(_) | Value::OneOf(_) => None,
            Value::Unknown(shape) => {
                let mut text = BString::default();
                for piece in &shape.pieces {
                    if let Piece::Text(known) = piece {
                        text.extend_from_slice(known);
                    }
                }
                Some(text)
            }
        }
    }
}

/// `$@"`, `${a[@]…}"`: what stands in quotes is a list and nothing else.
fn is_list(quoted: &[u8]) -> bool {
    let Some(inside) = quoted.find_byte(b'"').map(|end| &quoted[..end]) else { return false };
    inside == b"$@" || inside.starts_with(b"${") && inside.ends_with(b"}") && inside.contains(&b'@')
}

/// What all texts begin with.
fn beginning(texts: &[BString]) -> &[u8] {
    let Some((first, rest)) = texts.split_first() else { return b"" };
    let same = |other: &BString| first.iter().zip(other.iter()).take_while(|(one, other)| one == other).count();
    &first[..rest.iter().map(same).min().unwrap_or(first.len())]
}

impl Word {
    #[must_use]
    pub fn known(text: impl Into<BString>) -> Self {
        let text = text.into();
        Word { value: Value::Known(text.clone()), glob: false, written: text }
    }

    #[must_use]
    pub fn unknown(because: Cause) -> Self {
        Word { value: Value::unknown(because), glob: false, written: BString::default() }
    }

    /// Any number of words, or none.
    #[must_use]
    pub fn several(because: Cause) -> Self {
        let shape = Shape { pieces: vec![Piece::Hole], because, splits: true };
        Word { value: Value::Unknown(shape), glob: false, written: BString::default() }
    }

    /// Whether it may be another number of words than one.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match &self.value {
            Value::Known(_) => self.glob,
            Value::Unknown(shape) => self.glob || shape.splits,
            // Unquoted, an empty text is no word.
            Value::OneOf(texts) => self.glob || texts.iter().any(|text| text.is_empty()) && !self.is_quoted(),
        }
    }

    /// Whether names that its pattern fits may come apart at their blanks: it stands in an expansion without quotes.
    #[must_use]
    pub fn splits_names(&self) -> bool {
        let mut quote = None;
        self.glob
            && self.written.iter().any(|byte| {
                match (*byte, quote) {
                    (mark @ (b'"' | b'\''), None) => quote = Some(mark),
                    (mark, Some(open)) if mark == open => quote = None,
                    _ => {}
                }
                matches!(byte, b'$' | b'`') && quote.is_none()
            })
    }

    /// Quotes stand in it, outside of expansions.
    fn is_quoted(&self) -> bool {
        let (mut depth, mut open) = (0_usize, None);
        for (at, byte) in self.written.iter().enumerate() {
            match (byte, open) {
                // A list in quotes of its own may be no word.
                (b'"', None) if depth == 0 && is_list(&self.written[at + 1..]) => open = Some(byte),
                (b'"' | b'\'', None) if depth == 0 => return true,
                (b'"' | b'\'', None) => open = Some(byte),
                (byte, Some(quote)) if byte == quote => open = None,
                (b'{' | b'(', None) => depth += 1,
                (b'}' | b')', None) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        self.written.is_empty()
    }

    /// The exact text, where there is just one.
    #[must_use]
    pub fn text(&self) -> Option<&[u8]> {
        match &self.value {
            Value::Known(text) => Some(text),
            Value::OneOf(_) | Value::Unknown(_) => None,
        }
    }

    /// For messages: the value where known, else the text as written, else `…`.
    #[must_use]
    pub fn shown(&self) -> BString {
        match &self.value {
            Value::Known(text) => text.clone(),
            Value::OneOf(texts) => bstr::join("|", texts).into(),
            // Text that was made has marks in it where it has holes.
            Value::Unknown(_) if !self.written.is_empty() && !self.written.contains(&1) => self.written.clone(),
            Value::Unknown(shape) => {
                let mut text = BString::default();
                for piece in &shape.pieces {
                    match piece {
                        Piece::Text(known) => text.extend_from_slice(known),
                        Piece::Hole => text.extend_from_slice("…".as_bytes()),
                    }
                }
                text
            }
        }
    }

    /// Whether it begins with a dash for sure.
    #[must_use]
    pub fn is_option(&self) -> bool {
        self.value.choices().is_some_and(|all| all.iter().all(|one| one.len() > 1 && one.starts_with(b"-")))
            || matches!(&self.value, Value::Unknown(_)) && self.value.starts_with().starts_with_str("-")
    }
}
