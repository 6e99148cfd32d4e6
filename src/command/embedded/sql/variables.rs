//! Variables of the clients put into the text: psql's `:name` and `\set`, sqlcmd's `$(name)` and `:setvar`.

use std::collections::HashMap;

use bstr::{BString, ByteSlice, ByteVec};

use super::tokens::{self, Kind, Token};
use super::{BYTES, Dialect};
use crate::command::embedded::holes;

/// By name; what is not known holds a mark.
pub type Variables = HashMap<BString, BString>;

/// The text as the server gets it; `None` where it does not change.
pub fn put_in(text: &[u8], dialect: Dialect, given: &Variables) -> Option<BString> {
    match dialect {
        Dialect::Postgres if text.contains(&b':') => psql(text, given),
        Dialect::Mssql if text.contains_str("$(") => Some(sqlcmd(text, given)),
        _ => None,
    }
}

fn psql(text: &[u8], given: &Variables) -> Option<BString> {
    let mut known = given.clone();
    let (tokens, _) = tokens::tokens(text, Dialect::Postgres);
    let mut open = false;
    let mut made = Vec::new();
    let mut copied = 0;
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        index += 1;
        if token.kind == Kind::Client {
            open |= command(token.text(text), &mut known);
            continue;
        }
        let Some((length, value)) = reference(text, token, tokens.get(index), &known, open) else { continue };
        made.push_str(text.get(copied..token.start)?);
        made.push_str(value);
        copied = token.start + length;
        index += 1;
        if made.len() > BYTES {
            return None;
        }
    }
    (copied > 0).then(|| {
        made.push_str(text.get(copied..).unwrap_or_default());
        made.into()
    })
}

/// What `\set` and its kin define; whether they make variables of a name that is not known.
fn command(line: &[u8], known: &mut Variables) -> bool {
    let mut words = line.fields();
    match words.next() {
        Some(b"\\set") => {
            let Some(name) = words.next() else { return false };
            // Arguments are joined without blanks; quotes around each of them go.
            let start = line.find(name).map_or(line.len(), |at| at + name.len());
            known.insert(name.into(), unquoted(line.get(start..).unwrap_or_default().trim()));
            false
        }
        Some(b"\\prompt") => {
            if let Some(name) = words.last() {
                known.insert(name.into(), holes::MARK.into());
            }
            false
        }
        Some(b"\\unset") => {
            words.next().map(|name| known.remove(name.as_bstr()));
            false
        }
        Some(b"\\gset") => true,
        _ => false,
    }
}

/// `'a' 'b'` → `ab`
fn unquoted(words: &[u8]) -> BString {
    let mut text = Vec::new();
    let mut quote = None;
    let mut bytes = words.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b'`') => return holes::MARK.into(),
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(b'\''), b'\\') => text.extend(bytes.next()),
            (Some(open), byte) if open == byte => {
                if bytes.peek() == Some(&open) {
                    bytes.next();
                    text.push(byte);
                } else {
                    quote = None;
                }
            }
            (None, b' ' | b'\t') => {}
            (Some(_) | None, byte) => text.push(byte),
        }
    }
    text.into()
}

/// `:name`, `:'name'`, `:"name"`: its length and its value.
fn reference(
    text: &[u8],
    colon: &Token,
    name: Option<&Token>,
    known: &Variables,
    open: bool,
) -> Option<(usize, BString)> {
    let name = name.filter(|name| colon.kind == Kind::Punct(b':') && name.start == colon.end)?;
    // `a::text` is a cast.
    if colon.start.checked_sub(1).and_then(|at| text.get(at)) == Some(&b':') {
        return None;
    }
    let written = name.text(text);
    let (plain, quote) = match name.kind {
        Kind::Word => (written, None),
        Kind::Text | Kind::Name => (written.get(1..written.len().checked_sub(1)?)?, written.first()),
        Kind::Number | Kind::Punct(_) | Kind::End | Kind::Client => return None,
    };
    let value = match known.get(plain.as_bstr()) {
        Some(value) => value.clone(),
        None if open => holes::MARK.into(),
        None => return None,
    };
    let value = match quote {
        Some(quote) => holes::joined(&[&[*quote], &value, &[*quote]]),
        None => value,
    };
    Some((1 + written.len(), value))
}

/// They stand for their value even inside strings; what nobody set is an environment variable.
fn sqlcmd(text: &[u8], given: &Variables) -> BString {
    let mut known = given.clone();
    let mut made = Vec::new();
    for line in text.lines_with_terminator() {
        if let Some(rest) = line.trim_start().strip_prefix(b":setvar") {
            let mut words = rest.trim().splitn_str(2, " ");
            if let (Some(name), Some(value)) = (words.next(), words.next()) {
                known.insert(name.to_ascii_lowercase().into(), value.trim().trim_with(|letter| letter == '"').into());
            }
        }
        let mut rest = line;
        while let Some(at) = rest.find("$(") {
            made.push_str(rest.get(..at).unwrap_or_default());
            let inner = rest.get(at + 2..).unwrap_or_default();
            let Some(end) = inner.find_byte(b')') else { break };
            let name = inner.get(..end).unwrap_or_default().to_ascii_lowercase();
            made.push_str(known.get(name.as_bstr()).map_or(holes::MARK.as_bytes(), |value| value));
            rest = inner.get(end + 1..).unwrap_or_default();
        }
        made.push_str(rest);
    }
    made.into()
}
