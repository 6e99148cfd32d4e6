//! Parameters: zsh splits none of them, and all elements of an array stand for its name; flags, subscripts and modifiers
//! make a text that nobody knows.

use super::super::{ANY, closing, unknown};
use super::{Lower, lower};

/// Letters of `${name:h}` and its like.
const MODIFIERS: &[u8] = b"aAcehlpPqQrstuxgfFwW&";

impl Lower<'_> {
    /// What a `$` begins. `quoted`: between double quotes.
    pub(super) fn dollar(&mut self, quoted: bool, out: &mut Vec<u8>) -> Option<()> {
        let next = self.peek(1);
        match next {
            Some(b'(') if self.peek(2) == Some(b'(') && self.arithmetic_end(self.at + 1).is_some() => {
                let end = self.arithmetic_end(self.at + 1)?;
                out.extend_from_slice(&self.text[self.at..end]);
                self.at = end;
            }
            Some(b'(') => {
                self.at += 1;
                out.push(b'$');
                self.substitution(out)?;
            }
            Some(b'{') => self.braces(quoted, out)?,
            Some(b'\'') if !quoted => {
                // Ends at the first quote without a backslash.
                let mut end = self.at + 2;
                while *self.text.get(end)? != b'\'' {
                    end += if self.text[end] == b'\\' { 2 } else { 1 };
                }
                out.extend_from_slice(&self.text[self.at..=end]);
                self.at = end + 1;
            }
            Some(byte) if is_name_start(byte) => self.named(quoted, out),
            Some(b'=' | b'~') if self.peek(2).is_some_and(is_name_start) => {
                // These are split, or their globs live, as bash has it anyway.
                self.at += 1;
                self.bare(out);
            }
            Some(b'^' | b'+' | b'#') if self.peek(2).is_some_and(is_name_start) => {
                self.at += 2;
                self.name();
                stand_in(quoted, out);
            }
            Some(b'*' | b'@' | b'0'..=b'9') if !quoted => {
                let digits = self.text[self.at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let end = self.at + 1 + digits.max(1);
                let name = &self.text[self.at + 1..end];
                let name: &[u8] = if name == b"*" { b"@" } else { name };
                out.extend_from_slice(&[b"\"${", name, b"}\""].concat());
                self.at = end;
            }
            _ => {
                out.push(b'$');
                self.at += 1;
            }
        }
        Some(())
    }

    /// `$((…))` and `((…))`, from the first parenthesis to behind the last.
    pub(super) fn arithmetic_end(&self, from: usize) -> Option<usize> {
        let end = closing(&self.text, from, b'(', b')')?;
        let inner = closing(&self.text, from + 1, b'(', b')')?;
        (inner + 1 == end).then_some(end + 1)
    }

    fn name(&mut self) -> Vec<u8> {
        let from = self.at;
        while self.peek(0).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.at += 1;
        }
        self.text[from..self.at].to_vec()
    }

    fn bare(&mut self, out: &mut Vec<u8>) {
        self.at += 1;
        let name = self.name();
        out.extend_from_slice(&[b"${", name.as_slice(), b"}"].concat());
    }

    fn named(&mut self, quoted: bool, out: &mut Vec<u8>) {
        self.at += 1;
        let name = self.name();
        let mut changed = false;
        if self.peek(0) == Some(b'[')
            && let Some(end) = closing(&self.text, self.at, b'[', b']')
        {
            // `$x[@]` is all of it.
            changed = !matches!(&self.text[self.at..=end], b"[@]" | b"[*]");
            self.at = end + 1;
        }
        while self.peek(0) == Some(b':') && self.peek(1).is_some_and(|byte| MODIFIERS.contains(&byte)) && !quoted {
            changed = true;
            self.at += 2;
        }
        if changed {
            return stand_in(quoted, out);
        }
        let list: &[u8] = if quoted { b"[*]}" } else { b"[@]}" };
        quote(quoted || self.settings.splits, &[b"${", name.as_slice(), list].concat(), out);
    }

    /// `${…}`
    fn braces(&mut self, quoted: bool, out: &mut Vec<u8>) -> Option<()> {
        let end = closing(&self.text, self.at + 1, b'{', b'}')?;
        let inner = self.text[self.at + 2..end].to_vec();
        self.at = end + 1;
        let length = inner.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let (name, rest) = inner.split_at(length);
        let list: &[u8] = if quoted { b"[*]}" } else { b"[@]}" };
        match (name.is_empty(), rest) {
            (false, b"" | b"[@]" | b"[*]") if name[0].is_ascii_digit() => {
                quote(quoted, &[b"${", name, b"}"].concat(), out);
            }
            (false, b"" | b"[@]" | b"[*]") => {
                quote(quoted || self.settings.splits, &[b"${", name, list].concat(), out);
            }
            (false, [b':', b'-' | b'=' | b'+' | b'?', word @ ..] | [b'-' | b'=' | b'+' | b'?', word @ ..]) => {
                let operator = &rest[..rest.len() - word.len()];
                let word = self.operand(word)?;
                // A word in it may have quotes of its own, and is not split in zsh.
                quote(quoted, &[b"${", name, operator, &word, b"}"].concat(), out);
            }
            (false, [b'#' | b'%' | b'/', ..]) => {
                quote(quoted, &[b"${", name, rest, b"}"].concat(), out);
                self.runs(rest, out)?;
            }
            (true, [b':', b'-', word @ ..]) => {
                // Nothing stands before it: the word itself.
                let word = self.operand(word)?;
                quote(quoted, &word, out);
            }
            (true, [b'=' | b'~', name @ ..]) if !quoted && name.iter().all(|byte| is_name_start(*byte)) => {
                out.extend_from_slice(&[b"${", name, b"}"].concat());
            }
            _ => {
                stand_in(quoted, out);
                self.runs(&inner, out)?;
            }
        }
        Some(())
    }

    /// The word behind `:-` in bash's words.
    fn operand(&self, word: &[u8]) -> Option<Vec<u8>> {
        if !word.contains(&b'$') {
            return Some(word.to_vec());
        }
        let mut inner = Lower::of(word, self.settings, self.depth);
        let mut out = Vec::new();
        while let Some(byte) = inner.peek(0) {
            if byte == b'$' {
                inner.dollar(true, &mut out)?;
            } else {
                out.push(byte);
                inner.at += 1;
            }
        }
        Some(out)
    }

    /// Whatever runs within a text that is not known still runs.
    fn runs(&self, text: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            match byte {
                b'\\' => at += 1,
                b'$' if text.get(at + 1) == Some(&b'(') => {
                    let end = closing(text, at + 1, b'(', b')')?;
                    out.extend_from_slice(b"$(");
                    out.extend(lower(&text[at + 2..end], self.settings, self.depth + 1)?);
                    out.push(b')');
                    at = end;
                }
                b'`' => {
                    let end = super::super::quote_end(text, at)?;
                    out.extend_from_slice(&text[at..=end]);
                    at = end;
                }
                _ => {}
            }
            at += 1;
        }
        Some(())
    }
}

fn stand_in(quoted: bool, out: &mut Vec<u8>) {
    let any = if quoted { format!("${{{ANY}}}") } else { unknown() };
    out.extend_from_slice(any.as_bytes());
}

fn quote(quoted: bool, expansion: &[u8], out: &mut Vec<u8>) {
    let mark: &[u8] = if quoted { b"" } else { b"\"" };
    out.extend_from_slice(&[mark, expansion, mark].concat());
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}
