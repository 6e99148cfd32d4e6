//! What stands between a construct's keyword and its body: lists of `for`, patterns of `case`, names of functions, `[[ … ]]`.

use super::super::{ANY, closing};
use super::compound::{ANONYMOUS, empty_parentheses};
use super::{Lower, Open, Place, Since};

impl Lower<'_> {
    pub(super) fn for_loop(&mut self, is_foreach: bool) -> Option<()> {
        self.skip_blanks();
        if self.starts("((") {
            self.put("for ");
            let end = self.arithmetic_end(self.at)?;
            self.copy(end - self.at);
            self.since = Since::Word;
        } else {
            let (_, name) = self.word(true)?;
            // More names than one take turns: which takes what is not followed.
            while !matches!(self.next_word(), b"in" | b"do" | b"{" | b"") && self.after_blanks() != Some(b'(') {
                self.skip_blanks();
                let (_, other) = self.word(true)?;
                self.put("read -r ");
                self.out.extend(other);
                self.put("; ");
            }
            self.put("for ");
            self.words(&name);
            if self.next_word() == b"in" {
                self.skip_word();
                self.put(" in ");
                self.open.push(Open::Header("done"));
                self.place = Place::Words;
                return Some(());
            }
            if self.after_blanks() == Some(b'(') {
                self.skip_blanks();
                let mut list = Vec::new();
                self.array(&mut list)?;
                self.put(" in ");
                self.words(&list[1..list.len() - 1]);
            }
        }
        if is_foreach {
            self.put("; ");
            self.open_with("do", Open::Foreach);
        } else {
            self.open.push(Open::Header("done"));
            self.place = Place::After;
        }
        Some(())
    }

    pub(super) fn case(&mut self) -> Option<()> {
        self.skip_blanks();
        let (_, subject) = self.word(false)?;
        self.put("case ");
        self.words(&subject);
        self.put(" in ");
        let open = if self.next_word() == b"{" { Open::CaseBrace } else { Open::Case };
        self.skip_word();
        self.open.push(open);
        self.place = Place::Pattern;
        Some(())
    }

    /// What stands before an arm of `case`.
    pub(super) fn pattern(&mut self) -> Option<()> {
        let end = match (self.open.last()?, self.next_word()) {
            (Open::Case, b"esac") | (Open::CaseBrace, b"}") => Some("esac"),
            _ => None,
        };
        if let Some(end) = end {
            self.skip_word();
            self.open.pop();
            self.since = Since::Separated;
            self.close(end);
            return Some(());
        }
        let from = self.at;
        let mut end = from;
        if self.peek(0) == Some(b'(') {
            end = closing(&self.text, from, b'(', b')')?;
            // `(a|b)` all of it, and not the beginning of `(a|b)*)`.
            if self.text.get(end + 1).is_some_and(|byte| !byte.is_ascii_whitespace()) {
                end = from;
            }
        }
        let whole = end > from;
        while !whole && *self.text.get(end)? != b')' {
            end = match self.text[end] {
                b'(' => closing(&self.text, end, b'(', b')')?,
                b'\'' | b'"' | b'`' => super::super::quote_end(&self.text, end)?,
                b'\\' => end + 1,
                _ => end,
            } + 1;
        }
        let pattern = self.text[if whole { from + 1 } else { from }..end].to_vec();
        let plain = !pattern.iter().any(|byte| b"($<`".contains(byte));
        self.put("(");
        self.out.extend_from_slice(if plain { &pattern } else { b"\"$" });
        self.put(if plain { ") " } else { "" });
        if !plain {
            self.put(&format!("{ANY}\") "));
        }
        self.at = end + 1;
        self.opened();
        Some(())
    }

    pub(super) fn function(&mut self) -> Option<()> {
        let mut name = Vec::new();
        while !matches!(self.next_word(), b"{" | b"") && self.after_blanks() != Some(b'(') {
            self.skip_blanks();
            name = self.word(true)?.1;
        }
        self.skip_blanks();
        if let Some(end) = empty_parentheses(self.text.get(self.at..)?) {
            self.at += end;
        }
        let open = if name.is_empty() { Open::Anonymous } else { Open::Group };
        if name.is_empty() {
            self.put(ANONYMOUS);
        } else {
            self.out.extend(name);
        }
        self.put("() ");
        self.function_body(open);
        Some(())
    }

    pub(super) fn function_body(&mut self, open: Open) {
        while self.peek(0).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\n')) {
            self.copy(1);
        }
        match self.next_word() {
            b"{" => {
                self.skip_word();
                self.open_with("{", open);
            }
            b"" if self.peek(0) == Some(b'(') => self.place = Place::Name,
            b"if" | b"for" | b"while" | b"case" | b"[[" => self.place = Place::Name,
            _ => self.open_with("{", Open::Short("}")),
        }
    }

    /// `[[ … ]]`: a pattern's parentheses are not told from others, so that it matches or not.
    pub(super) fn condition(&mut self) -> Option<()> {
        self.put("[[");
        let mut before: Vec<u8> = Vec::new();
        loop {
            match self.peek(0)? {
                b'(' if matches!(before.as_slice(), b"=" | b"==" | b"!=" | b"=~") => {
                    while self.peek(0).is_some_and(|byte| !byte.is_ascii_whitespace()) {
                        self.at = if self.peek(0) == Some(b'(') {
                            closing(&self.text, self.at, b'(', b')')?
                        } else {
                            self.at
                        } + 1;
                    }
                    self.put(&format!("\"${ANY}\""));
                    before.clear();
                }
                b' ' | b'\t' | b'\n' | b'(' | b')' | b'&' | b'|' | b'<' | b'>' => self.copy(1),
                _ => {
                    let (raw, word) = self.word(false)?;
                    self.out.extend(word);
                    if raw == b"]]" {
                        break;
                    }
                    before = raw;
                }
            }
        }
        self.place = Place::After;
        self.since = Since::Word;
        Some(())
    }
}
