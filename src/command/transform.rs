//! What `${x#…}`, `${x/…}`, `${x^}`, `${x:…}` and `${x@…}` make of one known text.

use bstr::{BString, ByteSlice};

use super::pattern::{Pattern, Steps};
use crate::parse::syntax::Replace;

/// Texts longer than this are not rewritten: replacement can blow them up.
const REWRITTEN: usize = 1 << 16;

pub(super) enum Change {
    Substring(i64, Option<i64>),
    Prefix(Pattern, bool),
    Suffix(Pattern, bool),
    Replace(Replace, Pattern, BString),
    Case(u8, bool, Pattern),
    Transform(u8),
}

pub(super) fn changed(text: &[u8], change: &Change) -> Option<BString> {
    if text.len() > REWRITTEN {
        return None;
    }
    match change {
        Change::Substring(offset, length) => substring(text, *offset, *length),
        Change::Prefix(pattern, longest) => {
            let ends = pattern.ends(text, &mut Steps::default())?;
            let end = if *longest { ends.last() } else { ends.first() };
            Some(text[*end.unwrap_or(&0)..].into())
        }
        Change::Suffix(pattern, longest) => {
            let starts = 0..=text.len();
            let start = if *longest { suffix(pattern, text, starts) } else { suffix(pattern, text, starts.rev()) };
            Some(text[..start?].into())
        }
        // Neither are texts that would become so.
        Change::Replace(_, _, with) if text.len().saturating_mul(with.len()) > REWRITTEN * 16 => None,
        // Of an empty text a pattern that matches nothing may still make the replacement.
        Change::Replace(_, pattern, _) if text.is_empty() && pattern.matches(b"") != Some(false) => None,
        Change::Replace(which, pattern, with) => replace(text, *which, pattern, with),
        Change::Case(change, all, pattern) => recase(text, *change, *all, pattern),
        Change::Transform(letter) => transform(text, *letter),
    }
}

/// Offsets count characters; for text that is not ASCII the locale would decide, so it stays unknown.
fn substring(text: &[u8], offset: i64, length: Option<i64>) -> Option<BString> {
    if !text.is_ascii() {
        return None;
    }
    let size = i64::try_from(text.len()).ok()?;
    let start = if offset < 0 { size + offset } else { offset };
    if start < 0 || start > size {
        return Some(BString::default());
    }
    let end = match length {
        None => size,
        // An error, where it ends before it begins.
        Some(length) if length < 0 => size + length,
        Some(length) => size.min(start.saturating_add(length)),
    };
    if end < start {
        return None;
    }
    Some(text[usize::try_from(start).ok()?..usize::try_from(end).ok()?].into())
}

/// The first of the starts from which the pattern matches the rest, else the end. `None`: that is not known.
fn suffix(pattern: &Pattern, text: &[u8], starts: impl Iterator<Item = usize>) -> Option<usize> {
    let mut steps = Steps::default();
    for start in starts {
        let rest = &text[start..];
        if pattern.ends(rest, &mut steps)?.last() == Some(&rest.len()) {
            return Some(start);
        }
    }
    Some(text.len())
}

fn replace(text: &[u8], which: Replace, pattern: &Pattern, with: &BString) -> Option<BString> {
    let (before, after) = match which {
        Replace::Prefix => match pattern.ends(text, &mut Steps::default())?.last() {
            Some(end) => (0, *end),
            None => return Some(text.into()),
        },
        Replace::Suffix => match suffix(pattern, text, 0..=text.len())? {
            start if start < text.len() || pattern.matches(b"")? => (start, text.len()),
            _ => return Some(text.into()),
        },
        Replace::First | Replace::All => return replace_inside(text, which == Replace::All, pattern, with),
    };
    Some([&text[..before], with, &text[after..]].concat().into())
}

fn replace_inside(text: &[u8], all: bool, pattern: &Pattern, with: &BString) -> Option<BString> {
    if let Some(literal) = pattern.literal() {
        let made = match (literal.is_empty(), all) {
            (true, _) => text.to_vec(),
            (false, true) => text.replace(&literal, with),
            (false, false) => text.replacen(&literal, with, 1),
        };
        return Some(made.into());
    }
    let mut made = BString::default();
    let mut steps = Steps::default();
    let (mut at, mut done) = (0, false);
    while at < text.len() {
        let length = if done { None } else { pattern.ends(&text[at..], &mut steps)?.last().copied() };
        if let Some(length) = length.filter(|length| *length > 0) {
            made.extend_from_slice(with);
            at += length;
            done = !all;
        } else {
            made.push(text[at]);
            at += 1;
        }
    }
    Some(made)
}

fn recase(text: &[u8], change: u8, all: bool, pattern: &Pattern) -> Option<BString> {
    let mut made = BString::from(text);
    let reach = if all { made.len() } else { 1.min(made.len()) };
    for byte in &mut made[..reach] {
        if pattern.matches(&[*byte])? {
            match change {
                b'^' => byte.make_ascii_uppercase(),
                b',' => byte.make_ascii_lowercase(),
                _ if byte.is_ascii_uppercase() => byte.make_ascii_lowercase(),
                _ => byte.make_ascii_uppercase(),
            }
        }
    }
    Some(made)
}

fn transform(text: &[u8], letter: u8) -> Option<BString> {
    match letter {
        b'U' => Some(text.to_ascii_uppercase().into()),
        b'L' => Some(text.to_ascii_lowercase().into()),
        b'u' => {
            let mut made = BString::from(text);
            if let Some(first) = made.first_mut() {
                first.make_ascii_uppercase();
            }
            Some(made)
        }
        b'Q' | b'K' | b'k' if text == b"'" => Some("\\'".into()),
        b'Q' | b'K' | b'k' if text.iter().all(|byte| (b' '..=b'~').contains(byte)) => {
            let mut made = BString::from("'");
            made.extend_from_slice(&text.replace("'", "'\\''"));
            made.push(b'\'');
            Some(made)
        }
        b'E' => super::printing::ansi_c(text),
        _ => None,
    }
}
