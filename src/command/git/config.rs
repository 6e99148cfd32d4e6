//! git's configuration files as text, as far as a reader needs: `section.key` → values. Includes are noted, not followed.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice, ByteVec};

#[derive(Clone, Debug, Default)]
pub struct Config {
    values: BTreeMap<BString, Vec<BString>>,
    /// Another file may set more.
    pub includes: bool,
}

impl Config {
    #[must_use]
    pub fn of(text: &[u8]) -> Config {
        let mut config = Config::default();
        config.add(text);
        config
    }

    /// Every setting with its last value.
    pub fn into_entries(self) -> impl Iterator<Item = (BString, BString)> {
        self.values.into_iter().filter_map(|(name, mut values)| Some((name, values.pop()?)))
    }

    #[must_use]
    pub fn last(&self, name: &[u8]) -> Option<&[u8]> {
        self.values.get(name.as_bstr()).and_then(|all| all.last()).map(|value| value.as_slice())
    }

    #[must_use]
    pub fn is_true(&self, name: &[u8]) -> bool {
        self.last(name).is_some_and(|value| {
            value.is_empty() || [&b"true"[..], b"yes", b"on", b"1"].iter().any(|yes| value.eq_ignore_ascii_case(yes))
        })
    }

    /// Whether any key begins and ends so: `remote.` … `.push`.
    #[must_use]
    pub fn has_any(&self, start: &[u8], end: &[u8]) -> bool {
        self.values.keys().any(|name| name.starts_with(start) && name.ends_with(end))
    }

    /// Continued lines, sections with subsections, quoted values; what is malformed is passed over. Later text wins.
    pub fn add(&mut self, text: &[u8]) {
        let joined = text.replace(b"\r\n", b"\n").replace(b"\\\n", b"");
        let mut section = BString::default();
        for line in joined.lines() {
            let mut line = line.trim();
            if let Some(rest) = line.strip_prefix(b"[") {
                let Some(close) = closing_bracket(rest) else { continue };
                section = section_name(rest.get(..close).unwrap_or_default());
                line = rest.get(close + 1..).unwrap_or_default().trim();
            }
            if line.is_empty() || line.starts_with(b"#") || line.starts_with(b";") {
                continue;
            }
            let (key, value) = match line.split_once_str("=") {
                Some((key, value)) => (key.trim(), unquoted(value.trim())),
                None => (line, BString::from("true")),
            };
            let mut name = section.clone();
            name.push(b'.');
            name.push_str(key.to_ascii_lowercase());
            self.includes |= name.ends_with(b".path") && name.starts_with(b"include");
            self.values.entry(name).or_default().push(value);
        }
    }
}

/// The end of a section header; a `]` in a quoted subsection is text.
fn closing_bracket(header: &[u8]) -> Option<usize> {
    let mut quoted = false;
    header.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == b']' && !quoted
    })
}

/// `remote "origin"` → `remote.origin`; the subsection keeps its case.
fn section_name(header: &[u8]) -> BString {
    match header.split_once_str(" ") {
        Some((name, sub)) => {
            let mut full = BString::from(name.to_ascii_lowercase());
            full.push(b'.');
            full.push_str(unquoted(sub.trim()));
            full
        }
        None => header.to_ascii_lowercase().into(),
    }
}

/// A value without quotes, escapes and a trailing comment.
fn unquoted(text: &[u8]) -> BString {
    let (mut value, mut quoted, mut bytes) = (BString::default(), false, text.iter());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' => match bytes.next() {
                Some(b'n') => value.push(b'\n'),
                Some(b't') => value.push(b'\t'),
                Some(other) => value.push(*other),
                None => {}
            },
            b'#' | b';' if !quoted => break,
            other => value.push(*other),
        }
    }
    if !quoted && !text.ends_with(b"\"") {
        let kept = value.trim_end().len();
        value.truncate(kept);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_quotes_comments_and_continued_lines_are_read_as_git_reads_them() {
        let mut config = Config::default();
        config.add(
            b"# c\n[core]\n\tautoCRLF = true ; why\n bare\n[remote \"O]r\"] push = +refs/heads/*\n[a]b=\"x # y\"\n[a]\nc = 1\\\n2\n[includeIf \"gitdir:~/w\"]\npath=x\n",
        );
        assert_eq!(config.last(b"core.autocrlf"), Some(&b"true"[..]));
        assert!(config.is_true(b"core.bare"));
        assert_eq!(config.last(b"remote.O]r.push"), Some(&b"+refs/heads/*"[..]));
        assert_eq!(config.last(b"a.b"), Some(&b"x # y"[..]));
        assert_eq!(config.last(b"a.c"), Some(&b"12"[..]));
        assert!(config.includes && config.has_any(b"remote.", b".push"));
    }
}
