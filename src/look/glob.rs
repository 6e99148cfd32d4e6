//! Lists what a pattern matches, by bash's rules with its default options: a leading dot is matched by a dot only.
//! What needs other options (`extglob`, `globstar`) is not guessed.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::budget::Budget;
use super::sight::join;

/// `None`: can't be told. Empty: nothing matches. `start` is where a relative pattern begins.
#[must_use]
pub fn matches(pattern: &[u8], start: &Path, budget: &mut Budget) -> Option<Vec<PathBuf>> {
    let beyond = |pattern: &[u8]| {
        let grouped = pattern.windows(2).any(|pair| matches!(pair, [b'?' | b'*' | b'+' | b'@' | b'!', b'(']));
        grouped || pattern.contains_str("**")
    };
    if beyond(pattern) {
        return None;
    }
    let mut found = vec![if pattern.starts_with(b"/") { PathBuf::from("/") } else { start.to_owned() }];
    let parts: Vec<&[u8]> = pattern.split(|byte| *byte == b'/').collect();
    for (at, part) in parts.iter().enumerate() {
        let folders_only = at + 1 < parts.len();
        if part.is_empty() {
            continue;
        }
        let mut next = Vec::new();
        for folder in &found {
            if is_pattern(part) {
                listed(folder, part, folders_only, budget, &mut next)?;
            } else {
                let path = join(folder, &literal(part));
                if std::fs::symlink_metadata(&path).is_ok() {
                    next.push(path);
                }
            }
        }
        found = next;
    }
    Some(found)
}

fn listed(folder: &Path, part: &[u8], folders: bool, budget: &mut Budget, into: &mut Vec<PathBuf>) -> Option<()> {
    // A folder that may not be listed matches nothing for bash either.
    let Ok(entries) = std::fs::read_dir(folder) else { return Some(()) };
    for entry in entries.flatten() {
        if !budget.entry() {
            return None;
        }
        let name = entry.file_name();
        let name = name.as_bytes();
        let shown = !name.starts_with(b".") || part.starts_with(b".") || part.starts_with(b"\\.");
        if shown && fits(part, name) && (!folders || entry.path().is_dir()) {
            into.push(entry.path());
        }
    }
    Some(())
}

fn is_pattern(part: &[u8]) -> bool {
    let mut escaped = false;
    part.iter().any(|byte| {
        let live = !escaped && matches!(byte, b'*' | b'?' | b'[');
        escaped = !escaped && *byte == b'\\';
        live
    })
}

fn literal(part: &[u8]) -> BString {
    let mut text = BString::default();
    let mut bytes = part.iter();
    while let Some(byte) = bytes.next() {
        let kept = if *byte == b'\\' { bytes.next() } else { Some(byte) };
        text.extend(kept);
    }
    text
}

/// Whether a name fits a pattern without `/`. A star is retried one character later, so the cost is bounded by the
/// product of both lengths.
#[must_use]
pub fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (pattern, name);
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        if let Some(rest) = p.strip_prefix(b"*") {
            star = Some((rest, n));
            p = rest;
            continue;
        }
        let step = if n.is_empty() { None } else { one(p, n) };
        if let Some((next_p, next_n)) = step {
            (p, n) = (next_p, next_n);
            continue;
        }
        if n.is_empty() && p.is_empty() {
            return true;
        }
        match star {
            Some((after, from)) if !from.is_empty() => {
                let from = from.get(character(from)..).unwrap_or_default();
                star = Some((after, from));
                (p, n) = (after, from);
            }
            Some(_) | None => return false,
        }
    }
}

/// Length of the first character; a byte that is no UTF-8 counts as one.
fn character(text: &[u8]) -> usize {
    let (_, length) = bstr::decode_utf8(text);
    length.max(1)
}

/// One element of the pattern against one character; what is left of both.
fn one<'a>(p: &'a [u8], n: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (first, rest) = p.split_first()?;
    let width = character(n);
    match first {
        b'?' => Some((rest, n.get(width..)?)),
        b'[' => match bracket(rest, n.get(..width)?) {
            Some((true, after)) => Some((after, n.get(width..)?)),
            Some((false, _)) => None,
            None => (n.first() == Some(&b'[')).then(|| n.get(1..).map(|n| (rest, n)))?,
        },
        b'\\' => {
            let (meant, rest) = rest.split_first()?;
            (n.first() == Some(meant)).then(|| n.get(1..).map(|n| (rest, n)))?
        }
        byte => (n.first() == Some(byte)).then(|| n.get(1..).map(|n| (rest, n)))?,
    }
}

/// `[…]` after its opening: whether the character is in it, and the pattern after. `None`: it is never closed.
fn bracket<'a>(body: &'a [u8], character: &[u8]) -> Option<(bool, &'a [u8])> {
    let wanted =
        bstr::decode_utf8(character).0.map_or_else(|| u32::from(character.first().copied().unwrap_or(0)), u32::from);
    let negated = matches!(body.first(), Some(b'!' | b'^'));
    let mut rest = if negated { body.get(1..)? } else { body };
    let (mut hit, mut first) = (false, true);
    loop {
        if rest.first() == Some(&b']') && !first {
            return Some((hit != negated, rest.get(1..)?));
        }
        first = false;
        if let Some((class, after)) = rest.strip_prefix(b"[:").and_then(|named| {
            let end = named.find(b":]")?;
            Some((named.get(..end)?, named.get(end + 2..)?))
        }) {
            hit |= char::from_u32(wanted).is_some_and(|wanted| in_class(class, wanted));
            rest = after;
            continue;
        }
        let (low, after) = bracket_character(rest)?;
        let range = after.strip_prefix(b"-").filter(|after| !after.starts_with(b"]"));
        let (high, after) = match range {
            Some(after) => bracket_character(after)?,
            None => (low, after),
        };
        hit |= (low..=high).contains(&wanted);
        rest = after;
    }
}

fn bracket_character(text: &[u8]) -> Option<(u32, &[u8])> {
    let text = text.strip_prefix(b"\\").unwrap_or(text);
    let width = character(text);
    let (decoded, _) = bstr::decode_utf8(text);
    Some((decoded.map_or(u32::from(*text.first()?), u32::from), text.get(width..)?))
}

fn in_class(class: &[u8], c: char) -> bool {
    match class {
        b"alpha" => c.is_alphabetic(),
        b"digit" => c.is_ascii_digit(),
        b"alnum" => c.is_alphanumeric(),
        b"upper" => c.is_uppercase(),
        b"lower" => c.is_lowercase(),
        b"space" => c.is_whitespace(),
        b"punct" => c.is_ascii_punctuation(),
        b"xdigit" => c.is_ascii_hexdigit(),
        b"word" => c.is_alphanumeric() || c == '_',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn names_fit_patterns_as_in_bash() {
        for (pattern, name, expected) in [
            ("*", "a", true),
            ("*.rs", "main.rs", true),
            ("*.rs", "main.rsx", false),
            ("a*b*c", "aXXbYYbc", true),
            ("?", "ä", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[[:digit:]]*", "7z", true),
            ("[", "[", true),
            (r"\*", "*", true),
            (r"\*", "x", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_stay_quick() {
        assert!(!fits(&b"*a".repeat(200), &b"a".repeat(150)));
    }
}
