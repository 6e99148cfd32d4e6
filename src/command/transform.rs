//! What `${x#…}`, `${x/…}`, `${x^}`, `${x:…}` and `${x@…}` make of one known text.

use bstr::{BString, ByteSlice};

use super::pattern::Pattern;
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
            let mut ends: Box<dyn Iterator<Item = usize>> =
                if *longest { Box::new((0..=text.len()).rev()) } else { Box::new(0..=text.len()) };
            Some(ends.find(|end| pattern.matches(&text[..*end])).map_or(text, |end| &text[end..]).into())
        }
        Change::Suffix(pattern, longest) => {
            let mut starts: Box<dyn Iterator<Item = usize>> =
                if *longest { Box::new(0..=text.len()) } else { Box::new((0..=text.len()).rev()) };
            Some(starts.find(|start| pattern.matches(&text[*start..])).map_or(text, |start| &text[..start]).into())
        }
        // Neither are texts that would become so.
        Change::Replace(_, _, with) if text.len().saturating_mul(with.len()) > REWRITTEN * 16 => None,
        Change::Replace(which, pattern, with) => Some(replace(text, *which, pattern, with)),
        Change::Case(change, all, pattern) => Some(recase(text, *change, *all, pattern)),
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

fn replace(text: &[u8], which: Replace, pattern: &Pattern, with: &BString) -> BString {
    let longest = |start: usize| (start..=text.len()).rev().find(|end| pattern.matches(&text[start..*end]));
    let mut made = BString::default();
    match which {
        Replace::Prefix => match longest(0) {
            Some(end) => {
                made.extend_from_slice(with);
                made.extend_from_slice(&text[end..]);
            }
            None => made.extend_from_slice(text),
        },
        Replace::Suffix => match (0..=text.len()).find(|start| pattern.matches(&text[*start..])) {
            Some(start) => {
                made.extend_from_slice(&text[..start]);
                made.extend_from_slice(with);
            }
            None => made.extend_from_slice(text),
        },
        Replace::First | Replace::All => {
            if let Some(literal) = pattern.literal() {
                return if literal.is_empty() {
                    text.into()
                } else if which == Replace::All {
                    text.replace(&literal, with).into()
                } else {
                    text.replacen(&literal, with, 1).into()
                };
            }
            let (mut at, mut done) = (0, false);
            while at < text.len() {
                if let Some(end) = longest(at).filter(|end| *end > at && !done) {
                    made.extend_from_slice(with);
                    at = end;
                    done = which == Replace::First;
                } else {
                    made.push(text[at]);
                    at += 1;
                }
            }
        }
    }
    made
}

fn recase(text: &[u8], change: u8, all: bool, pattern: &Pattern) -> BString {
    let mut made = BString::from(text);
    let reach = if all { made.len() } else { 1.min(made.len()) };
    for byte in &mut made[..reach] {
        if pattern.matches(&[*byte]) {
            match change {
                b'^' => byte.make_ascii_uppercase(),
                b',' => byte.make_ascii_lowercase(),
                _ if byte.is_ascii_uppercase() => byte.make_ascii_lowercase(),
                _ => byte.make_ascii_uppercase(),
            }
        }
    }
    made
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
        b'Q' if text.iter().all(|byte| (b' '..=b'~').contains(byte)) => {
            let mut made = BString::from("'");
            made.extend_from_slice(&text.replace("'", "'\\''"));
            made.push(b'\'');
            Some(made)
        }
        b'E' => super::printing::ansi_c(text),
        _ => None,
    }
}
