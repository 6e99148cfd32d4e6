//! Conditions on one word, in three values.

use bstr::{BString, ByteSlice};

use super::paths::{self, Setting};
use crate::answer::Answer;
use crate::command::{Cause, Piece, Shape, Value, Word};
use crate::packs::glob;
use crate::packs::schema::Pred;

/// Whether a word meets a condition. `firm`: a `Yes` must hold whatever stands in the holes, since it will let
/// something pass.
pub fn meets(pred: &Pred, word: &Word, setting: Setting<'_>, firm: bool) -> Answer {
    if let Value::OneOf(all) = &word.value {
        let one =
            |text: &BString| meets(pred, &Word { value: Value::Known(text.clone()), ..word.clone() }, setting, firm);
        return any_choice(all.iter().map(one));
    }
    match pred {
        Pred::Glob(globs) => globs.iter().fold(Answer::No, |so_far, one| so_far.or(like(one, word, setting, firm))),
        Pred::Is(places) => {
            places.iter().fold(Answer::No, |so_far, place| so_far.or(paths::is(*place, word, setting, firm)))
        }
        Pred::Under(folders) => {
            folders.iter().fold(Answer::No, |so_far, one| so_far.or(under(one, word, setting, firm)))
        }
        Pred::After(prefix, rest) => match after(word, prefix.as_bytes()) {
            Some(word) => meets(rest, &word, setting, firm),
            None if may_begin(&word.value, prefix.as_bytes()) => Answer::CannotTell,
            None => Answer::No,
        },
        Pred::All(all) => all.iter().fold(Answer::Yes, |so_far, one| so_far.and(meets(one, word, setting, firm))),
        Pred::Not(one) => !meets(one, word, setting, !firm),
        Pred::Variable(names) => match &word.value {
            Value::Unknown(shape) if shape.pieces == [Piece::Hole] => match shape.because.origin() {
                Cause::Variable(name) => names.iter().any(|one| one.as_bytes() == name.as_slice()).into(),
                _ => Answer::No,
            },
            Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => Answer::No,
        },
        Pred::Printed(names) => match &word.value {
            Value::Unknown(shape) if shape.pieces == [Piece::Hole] => match shape.because.origin() {
                Cause::Output(name) => names.iter().any(|one| one.as_bytes() == name.as_slice()).into(),
                _ => Answer::No,
            },
            Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => Answer::No,
        },
        Pred::Present => Answer::Yes,
    }
}

/// A choice that destroys is enough.
pub fn any_choice(answers: impl Iterator<Item = Answer>) -> Answer {
    answers.fold(Answer::No, Answer::or)
}

/// Whether a value fits a glob as text.
pub fn fits(pattern: &[u8], value: &Value, any_case: bool, firm: bool) -> Answer {
    let matches = if any_case { glob::matches_any_case } else { glob::matches };
    match value {
        Value::Known(text) => matches(pattern, text).into(),
        Value::OneOf(all) => any_choice(all.iter().map(|text| matches(pattern, text).into())),
        Value::Unknown(shape) => {
            // A path of which a name is not known lies where it lies.
            if let Some(path) = value.filled().filter(|path| path.contains(&b'/')) {
                return matches(pattern, &path).into();
            }
            let filled = |hole: &[u8]| matches(pattern, &fill(shape, hole));
            // What only wildcards take stands in for all that may stand there.
            if !firm && filled(b"") && filled(b"\x01") && filled(b"/\x01") {
                Answer::Yes
            } else if possible(pattern, shape, any_case) {
                Answer::CannotTell
            } else {
                Answer::No
            }
        }
    }
}

fn fill(shape: &Shape, hole: &[u8]) -> BString {
    let mut text = BString::default();
    for piece in &shape.pieces {
        match piece {
            Piece::Text(known) => text.extend_from_slice(known),
            Piece::Hole => text.extend_from_slice(hole),
        }
    }
    text
}

/// Whether the known ends of a shape leave room for the pattern.
fn possible(pattern: &[u8], shape: &Shape, any_case: bool) -> bool {
    let same = |a: u8, b: u8| if any_case { a.eq_ignore_ascii_case(&b) } else { a == b };
    let fits = |known: &mut dyn Iterator<Item = u8>, glob: &mut dyn Iterator<Item = u8>| {
        known.zip(glob.take_while(|byte| !b"*?[]".contains(byte))).all(|(a, b)| same(a, b))
    };
    let text = |piece: Option<&Piece>| match piece {
        Some(Piece::Text(known)) => known.clone(),
        Some(Piece::Hole) | None => BString::default(),
    };
    let (start, end) = (text(shape.pieces.first()), text(shape.pieces.last()));
    // Most are ruled out by their ends alone.
    fits(&mut start.iter().copied(), &mut pattern.iter().copied())
        && fits(&mut end.iter().rev().copied(), &mut pattern.iter().rev().copied())
        && (shape.pieces.len() < 2 || glob::may_match(pattern, &spread(shape), any_case))
}

fn spread(shape: &Shape) -> Vec<Option<u8>> {
    let piece = |piece: &Piece| match piece {
        Piece::Text(known) => known.iter().map(|byte| Some(*byte)).collect(),
        Piece::Hole => vec![None],
    };
    shape.pieces.iter().flat_map(piece).collect()
}

/// A glob on a word; one that begins like a path is tried on the path it means, too.
fn like(pattern: &str, word: &Word, setting: Setting<'_>, firm: bool) -> Answer {
    let as_text = fits(pattern.as_bytes(), &word.value, false, firm);
    if as_text == Answer::Yes || !pattern.starts_with(['/', '~']) {
        return as_text;
    }
    let pattern = paths::with_home(pattern, setting);
    match word.text() {
        Some(text) => match paths::absolute(text, setting) {
            Some(path) => as_text.or(glob::matches(&pattern, &path).into()),
            None => as_text,
        },
        None => as_text.or(fits(&pattern, &word.value, false, firm)),
    }
}

fn under(folder: &str, word: &Word, setting: Setting<'_>, firm: bool) -> Answer {
    let folder = paths::with_home(folder, setting);
    let folder = folder.trim_end_with(|c| c == '/');
    let inside = |path: &[u8]| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"));
    match &word.value {
        Value::Known(text) => match paths::absolute(text, setting) {
            Some(path) => inside(&path).into(),
            None if !folder.starts_with(b"/") => inside(text).into(),
            None if text.starts_with(b"../") => Answer::CannotTell,
            None => Answer::No,
        },
        Value::OneOf(_) => Answer::CannotTell,
        Value::Unknown(_) => {
            let start = word.value.starts_with();
            let whole = start.get(..start.rfind_byte(b'/').unwrap_or_default()).unwrap_or_default();
            if inside(whole) && !whole.is_empty() {
                if firm { Answer::CannotTell } else { Answer::Yes }
            } else if start.is_empty() || folder.starts_with(start) {
                Answer::CannotTell
            } else {
                Answer::No
            }
        }
    }
}

/// The rest of a word behind a prefix that it has.
pub fn after(word: &Word, prefix: &[u8]) -> Option<Word> {
    let value = match &word.value {
        Value::Known(text) => Value::Known(text.strip_prefix(prefix)?.into()),
        Value::OneOf(_) => return None,
        Value::Unknown(shape) => {
            let (first, rest) = shape.pieces.split_first()?;
            let Piece::Text(text) = first else { return None };
            let text = text.strip_prefix(prefix)?;
            let mut pieces = Vec::new();
            if !text.is_empty() {
                pieces.push(Piece::Text(text.into()));
            }
            pieces.extend_from_slice(rest);
            Value::Unknown(Shape { pieces, ..shape.clone() })
        }
    };
    let written = word.written.strip_prefix(prefix).unwrap_or(&word.written).into();
    Some(Word { value, glob: word.glob, written })
}

/// Whether an unknown value may begin with a prefix.
fn may_begin(value: &Value, prefix: &[u8]) -> bool {
    matches!(value, Value::Unknown(_)) && prefix.starts_with(value.starts_with())
}
