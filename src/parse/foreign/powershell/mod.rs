//! PowerShell's text in bash's words: statements, pipelines, blocks, and the commands that destroy, send or start. What
//! its objects hold is not followed: a member or an index of something is a text that nobody knows.

mod words;
mod commands;
mod objects;

use super::{ANY, closing, not_understood};
use objects::Known;

/// Text within text.
const DEEPEST: usize = 40;

/// The text as bash would have it. Never fails: what is not understood reads as such.
#[must_use]
pub fn lowered(text: &[u8]) -> Vec<u8> {
    Lower { text, at: 0, depth: 0, known: &Known::default() }.whole().unwrap_or_else(|| not_understood(text))
}

#[derive(Clone, Copy)]
struct Lower<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    known: &'a Known,
}

/// It may run.
const PERHAPS: &[u8] = b"if [ \"$guarded_any\" ]; then :\n";

impl<'a> Lower<'a> {
    fn whole(mut self) -> Option<Vec<u8>> {
        if self.depth > DEEPEST {
            return None;
        }
        let mut out = Vec::new();
        self.statements(&mut out)?;
        // A bracket that nothing has opened.
        (self.at == self.text.len()).then_some(out)
    }

    /// For text within this one.
    fn within<'t>(&self, text: &'t [u8]) -> Lower<'t>
    where
        'a: 't,
    {
        Lower { text, at: 0, depth: self.depth + 1, known: self.known }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn starts(&self, with: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    /// Blanks, continued lines and comments.
    fn blanks(&mut self) {
        loop {
            match self.peek(0) {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'`') if matches!(self.peek(1), Some(b'\n')) => self.at += 2,
                Some(b'<') if self.starts("<#") => {
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    self.at += rest.windows(2).position(|two| two == b"#>").map_or(rest.len(), |end| end + 2);
                }
                Some(b'#') => {
                    while self.peek(0).is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn separators(&mut self) {
        self.blanks();
        while matches!(self.peek(0), Some(b'\n' | b';')) {
            self.at += 1;
            self.blanks();
        }
    }

    fn statements(&mut self, out: &mut Vec<u8>) -> Option<()> {
        loop {
            self.separators();
            if matches!(self.peek(0), None | Some(b')' | b'}')) {
                return Some(());
            }
            let from = self.at;
            self.statement(out)?;
            out.push(b'\n');
            // Nothing that could be a command.
            if self.at == from {
                return None;
            }
        }
    }

    fn statement(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let keyword = self.keyword();
        match keyword.as_slice() {
            b"if" | b"elseif" | b"while" | b"until" | b"switch" | b"for" => {
                self.at += keyword.len();
                self.header(out)?;
                self.block(PERHAPS, b"\nfi", out)
            }
            b"else" | b"do" | b"catch" | b"trap" | b"default" => {
                self.at += keyword.len();
                // Of which errors.
                while self.peek(0).is_some_and(|byte| byte != b'{') {
                    self.at += 1;
                }
                self.block(PERHAPS, b"\nfi", out)
            }
            b"try" | b"finally" | b"begin" | b"process" | b"end" => {
                self.at += keyword.len();
                self.block(b"{ :\n", b"\n}", out)
            }
            b"foreach" => {
                self.at += keyword.len();
                self.each(out)
            }
            b"function" | b"filter" => {
                self.at += keyword.len();
                self.blanks();
                let name = self.bare();
                out.extend_from_slice(&[name.as_slice(), b"() "].concat());
                self.blanks();
                if self.peek(0) == Some(b'(') {
                    self.at = closing(self.text, self.at, b'(', b')')? + 1;
                }
                self.block(b"{ :\n", b"\n}", out)
            }
            b"param" => {
                self.at += keyword.len();
                self.blanks();
                let end = closing(self.text, self.at, b'(', b')')?;
                // What each is given is not followed.
                out.push(b':');
                while self.at < end {
                    match self.variable() {
                        Some(name) => {
                            let given = super::unknown();
                            out.extend_from_slice(&[b"; ", name.as_slice(), b"=", given.as_bytes()].concat());
                        }
                        None => self.at += 1,
                    }
                }
                self.at = end + 1;
                Some(())
            }
            b"return" | b"throw" | b"exit" => {
                self.at += keyword.len();
                self.blanks();
                match self.peek(0) {
                    None | Some(b'\n' | b';' | b'}' | b')') => out.push(b':'),
                    Some(_) => self.chain(out)?,
                }
                Some(())
            }
            _ => match self.assigned() {
                Some(name) => self.assignment(&name, out),
                None => self.chain(out),
            },
        }
    }

    /// The word ahead in small letters, where it may be one of the language's own.
    fn keyword(&self) -> Vec<u8> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let ends = matches!(rest.get(length), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'(' | b'{' | b';' | b'}'));
        if ends { rest[..length].to_ascii_lowercase() } else { Vec::new() }
    }

    fn bare(&mut self) -> Vec<u8> {
        let from = self.at;
        while self.peek(0).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)) {
            self.at += 1;
        }
        self.text[from..self.at].to_vec()
    }

    /// What stands in the parentheses of `if` and the like runs too.
    fn header(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.blanks();
        // `switch -Wildcard (…)`
        while self.peek(0).is_some_and(|byte| !matches!(byte, b'(' | b'{' | b'\n')) {
            self.at += 1;
        }
        if self.peek(0) != Some(b'(') {
            return None;
        }
        let inner = self.parentheses()?;
        out.extend_from_slice(&inner);
        Some(())
    }

    /// The lowered text between parentheses.
    fn parentheses(&mut self) -> Option<Vec<u8>> {
        let end = closing(self.text, self.at, b'(', b')')?;
        let inner = self.within(self.text.get(self.at + 1..end)?).whole()?;
        self.at = end + 1;
        Some(inner)
    }

    fn block(&mut self, begin: &[u8], end: &[u8], out: &mut Vec<u8>) -> Option<()> {
        self.separators();
        if self.peek(0) != Some(b'{') {
            return None;
        }
        let close = closing(self.text, self.at, b'{', b'}')?;
        let inner = self.within(self.text.get(self.at + 1..close)?).whole()?;
        self.at = close + 1;
        out.extend_from_slice(&[begin, inner.as_slice(), end].concat());
        Some(())
    }

    /// `foreach ($x in …) { … }`
    fn each(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.blanks();
        let end = closing(self.text, self.at, b'(', b')')?;
        let mut inner = self.within(self.text.get(self.at + 1..end)?);
        self.at = end + 1;
        inner.blanks();
        let name = inner.variable()?;
        inner.blanks();
        if inner.keyword() != b"in" {
            return None;
        }
        inner.at += 2;
        inner.blanks();
        let listed = matches!(inner.peek(0), Some(b'$' | b'(' | b'@' | b'"' | b'\'' | b'0'..=b'9'));
        let values: Vec<Vec<u8>> = if listed {
            inner.words(&mut Vec::new())?.into_iter().map(|word| word.text).collect()
        } else {
            let mut printed = Vec::new();
            inner.statements(&mut printed)?;
            vec![[b"$(", printed.as_slice(), b")"].concat()]
        };
        out.extend_from_slice(&[b"for ", name.as_slice(), b" in ", values.join(&b' ').as_slice(), b"; do "].concat());
        self.block(b":\n", b"\ndone", out)
    }

    /// A variable's plain name, with the dollar taken.
    fn variable(&mut self) -> Option<Vec<u8>> {
        if self.peek(0) != Some(b'$') {
            return None;
        }
        let from = self.at + 1;
        let mut end = from;
        while self.text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':')) {
            end += 1;
        }
        let name = plain_name(self.text.get(from..end)?)?;
        self.at = end;
        Some(name)
    }

    /// `$x = …`, `[string]$x = …`, `$x += …`: the name, where one is assigned.
    fn assigned(&mut self) -> Option<Vec<u8>> {
        let from = self.at;
        if self.peek(0) == Some(b'[') {
            self.at = closing(self.text, self.at, b'[', b']')? + 1;
            self.blanks();
        }
        let name = self.variable();
        self.blanks();
        let plain = self.peek(0) == Some(b'=') && self.peek(1) != Some(b'=');
        let added = matches!(self.peek(0), Some(b'+' | b'-' | b'*' | b'/')) && self.peek(1) == Some(b'=');
        match name {
            Some(name) if plain => {
                self.at += 1;
                Some(name)
            }
            // What it holds then is not followed, but that it did not hold it before.
            Some(_) if added => {
                self.at += 2;
                Some(ANY.as_bytes().to_vec())
            }
            _ => {
                self.at = from;
                None
            }
        }
    }

    fn assignment(&mut self, name: &[u8], out: &mut Vec<u8>) -> Option<()> {
        self.blanks();
        if self.table(name).is_some() {
            out.push(b':');
            return Some(());
        }
        let is_value = matches!(self.peek(0), Some(b'$' | b'"' | b'\'' | b'@' | b'0'..=b'9'));
        let from = self.at;
        if is_value {
            let words = self.words(&mut Vec::new())?;
            let ends = matches!(self.peek(0), None | Some(b'\n' | b';' | b'}' | b')'));
            if ends && !words.is_empty() {
                // A list of one is that one.
                let texts: Vec<&[u8]> = words.iter().map(|word| word.text.as_slice()).collect();
                out.extend_from_slice(&[name, b"=( ", texts.join(&b' ').as_slice(), b" )"].concat());
                return Some(());
            }
            self.at = from;
        }
        let mut value = Vec::new();
        self.chain(&mut value)?;
        out.extend_from_slice(&[name, b"=$(", value.as_slice(), b")"].concat());
        Some(())
    }

    /// Pipelines joined by `&&` and `||`.
    fn chain(&mut self, out: &mut Vec<u8>) -> Option<()> {
        loop {
            self.pipeline(out)?;
            self.blanks();
            if !(self.starts("&&") || self.starts("||")) {
                break;
            }
            out.extend_from_slice(if self.starts("&&") { b" && " } else { b" || " });
            self.at += 2;
            self.separators();
        }
        if self.peek(0) == Some(b'&') {
            self.at += 1;
            out.extend_from_slice(b" &");
        }
        Some(())
    }

    fn pipeline(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let mut stages: Vec<Vec<u8>> = Vec::new();
        loop {
            self.blanks();
            let stage = self.stage(!stages.is_empty())?;
            // One that lets some of its input through.
            if !stage.is_empty() {
                stages.push(stage);
            }
            self.blanks();
            if self.peek(0) != Some(b'|') || self.starts("||") {
                break;
            }
            self.at += 1;
            self.separators();
        }
        match stages.as_slice() {
            // Text that comes down the pipe runs in this shell.
            [text @ .., last] if last == b"eval" && !text.is_empty() => {
                out.extend_from_slice(&[b"eval \"$(", text.join(&b" | "[..]).as_slice(), b")\""].concat());
            }
            [] => out.push(b':'),
            stages => out.extend_from_slice(&stages.join(&b" | "[..])),
        }
        Some(())
    }

    fn stage(&mut self, piped: bool) -> Option<Vec<u8>> {
        let called =
            matches!(self.peek(0), Some(b'&' | b'.')) && matches!(self.peek(1), Some(b' ' | b'\'' | b'"' | b'$'));
        if called {
            self.at += 1;
            self.blanks();
        }
        let is_value = !called
            && matches!(
                self.peek(0),
                Some(b'$' | b'"' | b'\'' | b'(' | b'@' | b'[' | b'0'..=b'9' | b'-' | b'!' | b',')
            );
        let mut redirected = Vec::new();
        if self.peek(0) == Some(b'[') && !called {
            let from = self.at;
            if let Some(method) = self.method()? {
                self.words(&mut redirected)?;
                return Some(method);
            }
            // `[void](…)`, `[string]$x`: what stands behind it is what counts.
            return if self.at > from { self.stage(piped) } else { None };
        }
        if let Some(deletion) = self.deletion() {
            return Some(deletion);
        }
        let words = self.words(&mut redirected)?;
        let mut made = if is_value {
            let texts: Vec<&[u8]> = words.iter().map(|word| word.text.as_slice()).collect();
            [b"printf '%s\\n' ", texts.join(&b' ').as_slice()].concat()
        } else {
            let (name, rest) = words.split_first()?;
            if let Some(block) = &name.block {
                return Some([b"{ :\n".as_slice(), &self.within(block).whole()?, b"\n}"].concat());
            }
            commands::told(name, rest, piped, self)?
        };
        made.extend(redirected);
        Some(made)
    }

    /// `[System.IO.File]::Delete('x')`: a call of a type's own.
    ///
    /// The inner `None`: a type alone, which makes one of what follows.
    #[expect(clippy::option_option, reason = "the outer one is a text that is not understood, as everywhere here")]
    fn method(&mut self) -> Option<Option<Vec<u8>>> {
        let end = closing(self.text, self.at, b'[', b']')?;
        let kind = self.text.get(self.at + 1..end)?.to_ascii_lowercase();
        self.at = end + 1;
        if !self.starts("::") {
            self.blanks();
            return Some(None);
        }
        self.at += 2;
        let name = self.bare().to_ascii_lowercase();
        let mut given = Vec::new();
        if self.peek(0) == Some(b'(') {
            let end = closing(self.text, self.at, b'(', b')')?;
            let mut inner = self.within(self.text.get(self.at + 1..end)?);
            given = inner.words(&mut Vec::new())?;
            self.at = end + 1;
        }
        Some(Some(commands::called(&kind, &name, &given)))
    }
}

/// A variable's name without its scope. Names know no case; those of the environment do.
fn plain_name(name: &[u8]) -> Option<Vec<u8>> {
    let plain = name.iter().rposition(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..]);
    let is_name = plain.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && plain.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let of_environment = name.to_ascii_lowercase().starts_with(b"env:");
    is_name.then(|| if of_environment { plain.to_vec() } else { plain.to_ascii_lowercase() })
}

#[cfg(test)]
mod tests;
