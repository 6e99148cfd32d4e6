//! Words: quotes, escapes by a backtick, variables, expressions in parentheses, blocks; and redirections.

use super::super::{ANY, closing, literal, unknown};
use super::Lower;

#[derive(Clone, Debug, Default)]
pub(super) struct Word {
    /// In bash's words.
    pub text: Vec<u8>,
    /// Where it is nothing but text.
    pub literal: Option<Vec<u8>>,
    /// It is not quoted, so that `-x` in it is a parameter's name.
    pub plain: bool,
    /// The text in `{ … }`.
    pub block: Option<Vec<u8>>,
    /// Of `@name`, where it is not known what that holds.
    pub splatted: bool,
}

impl Lower<'_> {
    /// The words up to what ends a command; its redirections go to `out`.
    pub(super) fn words(&mut self, out: &mut Vec<u8>) -> Option<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            match self.peek(0) {
                None | Some(b'\n' | b';' | b'|' | b')' | b'}' | b'&') => return Some(words),
                Some(b',') => self.at += 1,
                Some(b'@') if self.peek(1) == Some(b'(') => self.list(&mut words)?,
                Some(b'@') if self.peek(1).is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_') => {
                    self.splatted(&mut words);
                }
                Some(b'>') => self.redirection(b"", out)?,
                Some(b'*' | b'1'..=b'6') if self.peek(1) == Some(b'>') => {
                    let stream = [self.peek(0)?];
                    self.at += 1;
                    let stream: &[u8] = if stream == *b"*" { b"&" } else { &stream };
                    self.redirection(stream, out)?;
                }
                Some(_) => words.push(self.word()?),
            }
        }
    }

    /// `@(…)`: its elements, or what its commands print.
    fn list(&mut self, words: &mut Vec<Word>) -> Option<()> {
        let end = closing(self.text, self.at + 1, b'(', b')')?;
        let mut inner = self.within(self.text.get(self.at + 2..end)?);
        inner.separators();
        let values = matches!(inner.peek(0), Some(b'"' | b'\'' | b'$' | b'0'..=b'9'));
        let mut listed = Vec::new();
        while values && inner.at < inner.text.len() {
            let from = inner.at;
            listed.extend(inner.words(&mut Vec::new())?);
            inner.separators();
            if inner.at == from {
                break;
            }
        }
        if values && inner.at == inner.text.len() {
            words.extend(listed);
            self.at = end + 1;
            return Some(());
        }
        self.at += 1;
        let mut word = Word::default();
        let inner = self.parentheses()?;
        word.open(&substituted(&inner));
        words.push(word);
        Some(())
    }

    fn redirection(&mut self, stream: &[u8], out: &mut Vec<u8>) -> Option<()> {
        self.at += 1;
        let appends = self.peek(0) == Some(b'>');
        self.at += usize::from(appends);
        out.push(b' ');
        out.extend_from_slice(stream);
        out.extend_from_slice(if appends { b">>" } else { b">" });
        if self.peek(0) == Some(b'&') {
            out.extend_from_slice(self.text.get(self.at..self.at + 2)?);
            self.at += 2;
            return Some(());
        }
        self.blanks();
        let word = self.word()?;
        let nowhere = word.text == b"''" || word.literal.as_deref() == Some(b"");
        out.extend_from_slice(if nowhere { b"/dev/null" } else { &word.text });
        Some(())
    }

    pub(super) fn word(&mut self) -> Option<Word> {
        let mut word = Word { literal: Some(Vec::new()), plain: true, ..Word::default() };
        let from = self.at;
        if self.peek(0) == Some(b'{') {
            let end = closing(self.text, self.at, b'{', b'}')?;
            word.block = Some(self.text.get(self.at + 1..end)?.to_vec());
            word.literal = None;
            self.at = end + 1;
            return Some(word);
        }
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'|' | b')' | b'}' | b',' | b'&' => break,
                b'>' | b'<' if self.at > from => break,
                b'\'' => self.single_quoted(&mut word)?,
                b'"' => self.double_quoted(&mut word)?,
                b'`' => {
                    let escaped = self.peek(1)?;
                    self.at += 2;
                    word.add(&[escaped]);
                }
                b'$' => self.dollar(false, &mut word)?,
                b'@' if self.peek(1) == Some(b'(') => self.at += 1,
                // `@{ … }`, a here-string: not followed.
                b'@' if matches!(self.peek(1), Some(b'{')) => {
                    self.at = closing(self.text, self.at + 1, b'{', b'}')? + 1;
                    word.open(unknown().as_bytes());
                }
                b'@' if matches!(self.peek(1), Some(b'\'' | b'"')) => return None,
                b'(' => {
                    let inner = self.parentheses()?;
                    word.open(&substituted(&inner));
                }
                // An index, a type.
                b'[' if word.literal.is_none() => {
                    self.at = closing(self.text, self.at, b'[', b']')? + 1;
                    word.open(unknown().as_bytes());
                }
                _ => {
                    word.add(&[byte]);
                    self.at += 1;
                }
            }
        }
        (self.at > from).then_some(word)
    }

    fn single_quoted(&mut self, word: &mut Word) -> Option<()> {
        word.plain = false;
        self.at += 1;
        loop {
            match (self.peek(0)?, self.peek(1)) {
                (b'\'', Some(b'\'')) => {
                    word.add(b"'");
                    self.at += 2;
                }
                (b'\'', _) => break,
                (byte, _) => {
                    word.add(&[byte]);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        // An empty one is a word too.
        word.add(b"");
        Some(())
    }

    fn double_quoted(&mut self, word: &mut Word) -> Option<()> {
        word.plain = false;
        self.at += 1;
        loop {
            match (self.peek(0)?, self.peek(1)) {
                (b'"', Some(b'"')) => {
                    word.add(b"\"");
                    self.at += 2;
                }
                (b'"', _) => break,
                (b'`', Some(escaped)) => {
                    let byte = match escaped {
                        b'n' => b'\n',
                        b't' => b'\t',
                        b'r' => b'\r',
                        b'0' => 0,
                        other => other,
                    };
                    word.add(&[byte]);
                    self.at += 2;
                }
                (b'$', _) => self.dollar(true, word)?,
                (byte, _) => {
                    word.add(&[byte]);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        word.add(b"");
        Some(())
    }

    fn dollar(&mut self, quoted: bool, word: &mut Word) -> Option<()> {
        if self.peek(1) == Some(b'(') {
            self.at += 1;
            let inner = self.parentheses()?;
            word.open(&substituted(&inner));
            return Some(());
        }
        let name = if self.peek(1) == Some(b'{') {
            let end = closing(self.text, self.at + 1, b'{', b'}')?;
            let name = super::plain_name(self.text.get(self.at + 2..end)?);
            self.at = end + 1;
            Some(name.unwrap_or_else(|| ANY.as_bytes().to_vec()))
        } else {
            self.variable()
        };
        let Some(name) = name else {
            // `$?`, `$$`, `$^`, or a dollar.
            let special = matches!(self.peek(1), Some(b'?' | b'$' | b'^'));
            self.at += 1 + usize::from(special);
            if special {
                word.open(unknown().as_bytes());
            } else {
                word.add(b"$");
            }
            return Some(());
        };
        match name.as_slice() {
            b"null" => word.add(b""),
            b"true" | b"false" => word.add(&name),
            b"_" | b"psitem" => word.open(b"\"$guarded_item\""),
            b"home" => word.open(b"\"$HOME\""),
            b"pwd" => word.open(b"\"$PWD\""),
            own if OWN.iter().any(|one| one.as_bytes() == own) => word.open(unknown().as_bytes()),
            // It may be a list.
            _ if quoted => word.open(&[b"\"${", name.as_slice(), b"[*]}\""].concat()),
            _ => word.open(&[b"\"${", name.as_slice(), b"[@]}\""].concat()),
        }
        // A member of it, which is not followed.
        let member = !quoted && matches!(self.peek(0), Some(b'.' | b'[')) || quoted && self.peek(0) == Some(b'[');
        if member {
            while matches!(self.peek(0), Some(b'.' | b'[' | b'(')) {
                match self.peek(0)? {
                    b'[' => self.at = closing(self.text, self.at, b'[', b']')? + 1,
                    b'(' => {
                        let inner = self.parentheses()?;
                        word.open(&substituted(&inner));
                    }
                    _ => {
                        self.at += 1;
                        self.bare();
                    }
                }
            }
            word.open(format!("\"${ANY}\"").as_bytes());
        }
        Some(())
    }
}

/// Both slashes part folders.
fn literal_path(text: &[u8], out: &mut Vec<u8>) {
    let slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    literal(&text.iter().map(slash).collect::<Vec<u8>>(), out);
}

/// Variables that PowerShell sets.
const OWN: &[&str] = &[
    "args",
    "error",
    "input",
    "iscoreclr",
    "lastexitcode",
    "matches",
    "myinvocation",
    "pid",
    "profile",
    "pscommandpath",
    "psscriptroot",
    "psversiontable",
    "pshome",
    "shellid",
    "stacktrace",
    "this",
];

fn substituted(inner: &[u8]) -> Vec<u8> {
    [b"$( ", inner, b")"].concat()
}

impl Word {
    /// Text that means itself.
    pub fn add(&mut self, text: &[u8]) {
        if let Some(literal) = &mut self.literal {
            literal.extend_from_slice(text);
        }
        literal(text, &mut self.text);
    }

    /// What only running tells.
    pub fn open(&mut self, text: &[u8]) {
        self.literal = None;
        self.text.extend_from_slice(text);
    }

    /// What stands behind a parameter's colon: so many bytes of it, where it is text.
    pub fn last(&self, length: usize) -> Word {
        let mut word = Word { literal: Some(Vec::new()), ..Word::default() };
        match &self.literal {
            Some(text) => word.add(&text[text.len().saturating_sub(length)..]),
            None => word.open(unknown().as_bytes()),
        }
        word
    }

    /// As the operand of a command that takes patterns, quoted or not.
    pub fn path(&self) -> Vec<u8> {
        let Some(literal) = &self.literal else { return self.text.clone() };
        let mut made = Vec::new();
        for part in literal.split_inclusive(|byte| matches!(byte, b'*' | b'?')) {
            let (text, live) = match part.split_last() {
                Some((last @ (b'*' | b'?'), text)) => (text, Some(*last)),
                _ => (part, None),
            };
            if !text.is_empty() {
                literal_path(text, &mut made);
            }
            made.extend(live);
        }
        if literal.is_empty() {
            made.extend_from_slice(b"''");
        }
        made
    }
}
