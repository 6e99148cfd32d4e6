//! Words: quotes, globs with their qualifiers, `=name`, process substitutions.

use super::super::{closing, quote_end, unknown};
use super::{Lower, lower};

/// Bytes that end a word.
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

impl Lower<'_> {
    /// The word here: as it is written, and in bash's words. `name`: it may be a command's, so that `(` may define it.
    pub(super) fn word(&mut self, name: bool) -> Option<(Vec<u8>, Vec<u8>)> {
        let from = self.at;
        let mut out = Vec::new();
        if self.peek(0) == Some(b'=') && self.peek(1).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            // `=ls` is the path of ls.
            self.at += 1;
            out.extend_from_slice(if name { b"" } else { b"/usr/bin/" });
        }
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => {
                    out.extend(self.text[self.at..].iter().take(2));
                    self.at = (self.at + 2).min(self.text.len());
                }
                b'\'' | b'`' => {
                    let end = quote_end(&self.text, self.at)?;
                    out.extend_from_slice(&self.text[self.at..=end]);
                    self.at = end + 1;
                }
                b'"' => self.double_quoted(&mut out)?,
                b'$' => self.dollar(false, &mut out)?,
                b'<' | b'>' | b'=' if self.peek(1) == Some(b'(') && (byte != b'=' || self.at == from) => {
                    self.at += 1;
                    out.push(if byte == b'=' { b'<' } else { byte });
                    self.substitution(&mut out)?;
                }
                b'<' if self.number_glob().is_some() => {
                    self.at += self.number_glob()?;
                    out.push(b'*');
                }
                b'(' if self.opens_array(from, name) => self.array(&mut out)?,
                b'(' if name || self.in_brackets(from) => break,
                b'(' => self.group(from, &mut out)?,
                _ if is_meta(byte) => break,
                b'^' if self.settings.extended_glob && (self.at == from || out.last() == Some(&b'/')) => {
                    self.component();
                    out.push(b'*');
                }
                b'~' if self.settings.extended_glob && out.contains(&b'*') => self.component(),
                b'#' if self.at == from => {
                    self.at += 1;
                    out.extend_from_slice(b"\\#");
                }
                _ => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
        (self.at > from).then(|| (self.text[from..self.at].to_vec(), out))
    }

    /// `[[ x == (a|b) ]]` and the like are read as words one by one; so nothing to see to.
    fn in_brackets(&self, from: usize) -> bool {
        self.text[from..self.at].starts_with(b"[[")
    }

    /// The rest of a path's component, of whose names nobody knows which it means.
    fn component(&mut self) {
        while self.peek(0).is_some_and(|byte| byte != b'/' && !is_meta(byte)) {
            self.at += 1;
        }
    }

    /// `<1-20>`: numbers in names.
    pub(super) fn number_glob(&self) -> Option<usize> {
        let rest = self.text.get(self.at + 1..)?;
        let end = rest.iter().position(|byte| *byte == b'>')?;
        let inner = &rest[..end];
        let dash = inner.iter().position(|byte| *byte == b'-')?;
        let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
        (digits(&inner[..dash]) && digits(&inner[dash + 1..])).then_some(end + 2)
    }

    fn opens_array(&self, from: usize, name: bool) -> bool {
        let before = &self.text[from..self.at];
        let assigns =
            before.ends_with(b"=") && before.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_');
        assigns && (name || before.len() > 1)
    }

    pub(super) fn array(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.at += 1;
        out.push(b'(');
        loop {
            match self.peek(0)? {
                b')' => break,
                b' ' | b'\t' | b'\n' => {
                    out.push(b' ');
                    self.at += 1;
                }
                _ => out.extend(self.word(false)?.1),
            }
        }
        self.at += 1;
        out.push(b')');
        Some(())
    }

    /// `(…)` in a word: qualifiers of the glob at its end, else alternatives.
    fn group(&mut self, from: usize, out: &mut Vec<u8>) -> Option<()> {
        let end = closing(&self.text, self.at, b'(', b')')?;
        let inner = self.text[self.at + 1..end].to_vec();
        let ends = self.text.get(end + 1).is_none_or(|byte| is_meta(*byte));
        let begins = self.at == from;
        self.at = end + 1;
        if ends && !begins && (inner.starts_with(b"#q") || !inner.contains(&b'|')) {
            if let Some(code) = code_of(&inner) {
                out.extend_from_slice(b"$(");
                out.extend(lower(&code, self.settings, self.depth + 1)?);
                out.extend_from_slice(b")");
            }
            return Some(());
        }
        if inner.starts_with(b"#") {
            // Flags: `(#i)readme`.
            out.push(b'*');
            return Some(());
        }
        out.extend_from_slice(b"@(");
        out.extend(inner.into_iter().filter(|byte| !matches!(byte, b'(' | b')')));
        out.push(b')');
        // How often.
        while self.settings.extended_glob && self.peek(0) == Some(b'#') {
            self.at += 1;
            out.push(b'*');
        }
        Some(())
    }

    pub(super) fn double_quoted(&mut self, out: &mut Vec<u8>) -> Option<()> {
        out.push(b'"');
        self.at += 1;
        loop {
            match self.peek(0)? {
                b'"' => break,
                b'\\' => {
                    out.extend(self.text[self.at..].iter().take(2));
                    self.at += 2;
                }
                b'$' => self.dollar(true, out)?,
                b'`' => {
                    let end = quote_end(&self.text, self.at)?;
                    out.extend_from_slice(&self.text[self.at..=end]);
                    self.at = end + 1;
                }
                byte => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        out.push(b'"');
        Some(())
    }

    /// `(…)` here, whose text runs.
    pub(super) fn substitution(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let end = closing(&self.text, self.at, b'(', b')')?;
        let inner = lower(&self.text[self.at + 1..end], self.settings, self.depth + 1)?;
        self.at = end + 1;
        out.push(b'(');
        // `((` would begin arithmetic.
        if inner.starts_with(b"(") {
            out.push(b' ');
        }
        out.extend(inner);
        out.push(b')');
        Some(())
    }
}

/// What a qualifier runs for each name: `(e:'code':)`, `(+name)`.
fn code_of(qualifiers: &[u8]) -> Option<Vec<u8>> {
    let at = qualifiers.iter().position(|byte| matches!(byte, b'e' | b'+'))?;
    let rest = &qualifiers[at + 1..];
    if qualifiers[at] == b'+' {
        return Some([rest, b" ", unknown().as_bytes()].concat());
    }
    let open = *rest.first().filter(|byte| !byte.is_ascii_alphanumeric())?;
    let close = match open {
        b'{' => b'}',
        b'[' => b']',
        b'(' => b')',
        b'<' => b'>',
        other => other,
    };
    let end = rest.iter().rposition(|byte| *byte == close).filter(|end| *end > 0)?;
    Some(rest[1..end].iter().copied().filter(|byte| !matches!(byte, b'\'' | b'"' | b'\\')).collect())
}
