//! Words: escapes, quotes, lists, substitutions; and redirections, which stand among them.

use super::super::{ANY, closing, literal, unknown};
use super::{Lower, lower};

#[derive(Clone, Debug, Default)]
pub(super) struct Word {
    /// In bash's words.
    pub text: Vec<u8>,
    /// A command in it runs.
    pub runs: bool,
    /// It may become several, or none.
    pub list: bool,
}

pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// Beside letters and digits, what bash takes as it stands.
const PLAIN: &[u8] = b"-_./,:=+@%^~*?{}[]";

/// Each with what bash has for it; the longer ones first.
const OPERATORS: &[(&str, &str)] = &[
    ("&>>", "&>>"),
    ("&>?", "&>"),
    ("&>", "&>"),
    (">>", ">>"),
    (">?", ">"),
    (">&", ">&"),
    (">|", ">"),
    (">", ">"),
    ("<&", "<&"),
    ("<?", "<"),
    ("<", "<"),
];

impl Lower<'_> {
    /// The words up to what ends a command; its redirections go to `out`.
    pub(super) fn words(&mut self, out: &mut Vec<u8>) -> Option<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            match self.peek(0) {
                Some(b'&') if self.starts("&>") => self.redirection(out)?,
                None | Some(b'\n' | b';' | b'|' | b')' | b'&') => return Some(words),
                Some(b'2') if self.starts("2>|") => return Some(words),
                Some(b'<' | b'>') => self.redirection(out)?,
                Some(b'}') if self.next_word() == b"}" => return Some(words),
                Some(digit) if digit.is_ascii_digit() && matches!(self.peek(1), Some(b'<' | b'>')) => {
                    self.redirection(out)?;
                }
                Some(_) => words.push(self.word()?),
            }
        }
    }

    fn redirection(&mut self, out: &mut Vec<u8>) -> Option<()> {
        out.push(b' ');
        if self.peek(0)?.is_ascii_digit() {
            out.push(self.peek(0)?);
            self.at += 1;
        }
        let (fish, bash) = OPERATORS.iter().find(|(fish, _)| self.starts(fish))?;
        self.at += fish.len();
        out.extend_from_slice(bash.as_bytes());
        self.blanks();
        out.extend(self.word()?.text);
        Some(())
    }

    pub(super) fn word(&mut self) -> Option<Word> {
        let mut word = Word::default();
        let from = self.at;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'(' => self.substitution(false, &mut word)?,
                _ if is_meta(byte) => break,
                b'\'' => self.single_quoted(&mut word)?,
                b'"' => self.double_quoted(&mut word)?,
                b'\\' => self.escape(&mut word)?,
                b'$' => self.dollar(false, &mut word)?,
                _ if byte.is_ascii_alphanumeric() || byte >= 128 || PLAIN.contains(&byte) => {
                    word.text.push(byte);
                    self.at += 1;
                }
                // Such as `!` and `` ` ``, which mean themselves.
                _ => {
                    literal(&[byte], &mut word.text);
                    self.at += 1;
                }
            }
        }
        (self.at > from).then_some(word)
    }

    fn single_quoted(&mut self, word: &mut Word) -> Option<()> {
        self.at += 1;
        let mut text = Vec::new();
        loop {
            match self.peek(0)? {
                b'\'' => break,
                b'\\' if matches!(self.peek(1), Some(b'\'' | b'\\')) => {
                    text.push(self.peek(1)?);
                    self.at += 2;
                }
                byte => {
                    text.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        literal(&text, &mut word.text);
        Some(())
    }

    fn double_quoted(&mut self, word: &mut Word) -> Option<()> {
        self.at += 1;
        word.text.push(b'"');
        loop {
            match self.peek(0)? {
                b'"' => break,
                b'\\' if self.peek(1) == Some(b'\n') => self.at += 2,
                b'\\' if matches!(self.peek(1), Some(b'"' | b'$' | b'\\')) => {
                    word.text.extend_from_slice(&self.text[self.at..self.at + 2]);
                    self.at += 2;
                }
                b'$' => self.dollar(true, word)?,
                byte => {
                    // They mean nothing in fish.
                    if matches!(byte, b'\\' | b'`') {
                        word.text.push(b'\\');
                    }
                    word.text.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        word.text.push(b'"');
        Some(())
    }

    /// A backslash outside of quotes.
    fn escape(&mut self, word: &mut Word) -> Option<()> {
        let letter = self.peek(1)?;
        self.at += 2;
        let digits = |most: usize, radix: u32| {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let length = rest.iter().take(most).take_while(|byte| char::from(**byte).is_digit(radix)).count();
            let text = std::str::from_utf8(&rest[..length]).ok()?;
            u32::from_str_radix(text, radix).ok().map(|number| (number, length))
        };
        let (bytes, length): (Vec<u8>, usize) = match letter {
            b'\n' => return Some(()),
            b'n' => (b"\n".to_vec(), 0),
            b't' => (b"\t".to_vec(), 0),
            b'r' => (b"\r".to_vec(), 0),
            b'a' => (vec![7], 0),
            b'b' => (vec![8], 0),
            b'e' => (vec![27], 0),
            b'f' => (vec![12], 0),
            b'v' => (vec![11], 0),
            b'c' => (vec![self.peek(0)? & 0x1f], 1),
            b'x' | b'X' => {
                digits(2, 16).and_then(|(number, length)| Some((vec![u8::try_from(number).ok()?], length)))?
            }
            b'u' | b'U' => {
                let (number, length) = digits(if letter == b'u' { 4 } else { 8 }, 16)?;
                (char::from_u32(number)?.to_string().into_bytes(), length)
            }
            b'0'..=b'7' => {
                self.at -= 1;
                let rest = self.text.get(self.at..).unwrap_or_default();
                let length = rest.iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                let number = u32::from_str_radix(std::str::from_utf8(&rest[..length]).ok()?, 8).ok()?;
                (vec![u8::try_from(number).ok()?], length)
            }
            other => (vec![other], 0),
        };
        self.at += length;
        literal(&bytes, &mut word.text);
        Some(())
    }

    /// `(…)` or, with the dollar taken, `$(…)`.
    fn substitution(&mut self, quoted: bool, word: &mut Word) -> Option<()> {
        let end = closing(self.text, self.at, b'(', b')')?;
        let inner = lower(&self.text[self.at + 1..end], self.depth + 1)?;
        self.at = end + 1;
        word.runs = true;
        word.list |= !quoted;
        word.text.extend_from_slice(b"$(");
        if inner.starts_with(b"(") {
            word.text.push(b' ');
        }
        word.text.extend(inner);
        word.text.push(b')');
        self.index();
        Some(())
    }

    /// `[…]` behind a list: which elements, whatever it says, are some of them.
    fn index(&mut self) -> Option<Vec<u8>> {
        if self.peek(0) != Some(b'[') {
            return None;
        }
        let end = closing(self.text, self.at, b'[', b']')?;
        let inner = self.text[self.at + 1..end].to_vec();
        self.at = end + 1;
        Some(inner)
    }

    fn dollar(&mut self, quoted: bool, word: &mut Word) -> Option<()> {
        self.at += 1;
        match self.peek(0) {
            Some(b'(') => return self.substitution(quoted, word),
            // A variable's name in a variable.
            Some(b'$') => {
                while self.peek(0) == Some(b'$') {
                    self.at += 1;
                }
                self.name();
                word.list |= !quoted;
                any(quoted, word);
                while self.index().is_some() {}
                return Some(());
            }
            _ => {}
        }
        let name = self.name();
        if name.is_empty() {
            word.text.extend_from_slice(if quoted { b"\\$" } else { b"'$'" });
            return Some(());
        }
        let index = self.index();
        if index.as_ref().is_some_and(|index| index.contains(&b'(')) {
            // A command in it would run unseen.
            return None;
        }
        word.list |= !quoted;
        let one = index.as_ref().and_then(|index| std::str::from_utf8(index).ok()?.trim().parse::<usize>().ok());
        let elements = if quoted { "[*]" } else { "[@]" };
        let text = match (name.as_slice(), one) {
            (b"status", _) => "${?}".to_owned(),
            (b"fish_pid", _) => "${$}".to_owned(),
            (b"argv", Some(number)) if number > 0 => format!("${{{number}}}"),
            (b"argv", _) => (if quoted { "$*" } else { "$@" }).to_owned(),
            (name, Some(number)) if number > 0 => format!("${{{}[{}]}}", String::from_utf8_lossy(name), number - 1),
            (name, _) => format!("${{{}{elements}}}", String::from_utf8_lossy(name)),
        };
        let mark = if quoted { "" } else { "\"" };
        word.text.extend_from_slice(format!("{mark}{text}{mark}").as_bytes());
        Some(())
    }

    fn name(&mut self) -> Vec<u8> {
        let from = self.at;
        while self.peek(0).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.at += 1;
        }
        self.text[from..self.at].to_vec()
    }
}

fn any(quoted: bool, word: &mut Word) {
    let text = if quoted { format!("${{{ANY}}}") } else { unknown() };
    word.text.extend_from_slice(text.as_bytes());
}
