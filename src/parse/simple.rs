//! Simple commands: assignments, words, array literals; and functions that are defined without a keyword.

use super::reader::{Read, Reader};
use super::settings::literal;
use super::source::{is_meta, is_name, is_name_start};
use super::syntax::{Assigned, Assignment, Element, Kind, Node, Part, Word};

/// Builtins whose arguments may be `name=( … )`.
const DECLARING: [&[u8]; 8] = [b"declare", b"typeset", b"local", b"export", b"readonly", b"alias", b"eval", b"let"];

impl Reader {
    pub fn simple(&mut self) -> Read<Node> {
        self.blanks();
        self.source.cur();
        let start = self.source.pos;
        let mut end = start;
        let (mut assignments, mut words, mut redirections) = (Vec::new(), Vec::new(), Vec::new());
        let mut declares = false;
        loop {
            self.blanks();
            if words.is_empty() && end > start {
                self.expand_alias()?;
            } else {
                self.expand_following_alias()?;
            }
            if let Some(one) = self.redirection()? {
                redirections.push(one);
            } else if self.at_word() {
                if words.is_empty() {
                    match self.assignment_or_word()? {
                        Leading::Assignment(one) => assignments.push(one),
                        Leading::Word(word) => {
                            declares = literal(&word).is_some_and(|name| DECLARING.contains(&name.as_slice()));
                            words.push(word);
                        }
                    }
                } else {
                    words.push(if declares { self.declared()? } else { self.word()? });
                }
            } else {
                break;
            }
            end = self.source.pos;
        }
        if self.source.cur() == Some(b'(') && words.len() == 1 && assignments.is_empty() && redirections.is_empty() {
            return self.function_without_keyword(start, end);
        }
        if self.source.cur() == Some(b'(') || end == start {
            return self.expected("a command");
        }
        let span = self.source.span(start, end);
        Ok(Node { kind: Kind::Simple { assignments, words }, redirections, span })
    }

    /// Whether a word begins here.
    fn at_word(&mut self) -> bool {
        match self.source.cur() {
            None => false,
            Some(b'<' | b'>') => !self.is_dash() && self.source.following() == Some(b'('),
            Some(byte) => !is_meta(byte),
        }
    }

    fn function_without_keyword(&mut self, start: usize, end: usize) -> Read<Node> {
        self.source.bump();
        self.blanks();
        if !self.source.eat(b")") {
            return self.expected(")");
        }
        let name = self.without_continuations(start, end);
        self.function(start, name)
    }

    /// The text from `start` to `end` as bash sees it.
    pub fn without_continuations(&self, start: usize, end: usize) -> Vec<u8> {
        let raw = self.source.text.get(start..end).unwrap_or_default();
        let mut text = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let [first, after @ ..] = rest {
            if let Some(after) = rest.strip_prefix(b"\\\n") {
                rest = after;
            } else {
                text.push(*first);
                rest = after;
            }
        }
        text
    }

    /// The name here, eaten, if what begins here is one.
    fn name(&mut self) -> Vec<u8> {
        let mut name = Vec::new();
        if self.source.cur().is_some_and(is_name_start) {
            while let Some(byte) = self.source.cur().filter(|byte| is_name(*byte)) {
                name.push(byte);
                self.source.bump();
            }
        }
        name
    }

    fn assignment_or_word(&mut self) -> Read<Leading> {
        let start = self.source.pos;
        let name = self.name();
        if name.is_empty() {
            return self.word().map(Leading::Word);
        }
        let mut index = None;
        if !self.is_dash() && self.source.cur() == Some(b'[') {
            index = Some(self.subscript()?);
        }
        let append = !self.is_dash() && self.source.sees(b"+=");
        if append || self.source.cur() == Some(b'=') {
            self.source.eat(if append { b"+=" } else { b"=" });
            let value = self.assigned()?;
            let span = self.span_from(start);
            return Ok(Leading::Assignment(Assignment { name, index, append, value, span }));
        }
        // No assignment after all: the subscript belongs to the word, blanks and all.
        let mut parts = Vec::new();
        if let Some(index) = index {
            parts.push(Part::Literal([&name[..], b"["].concat()));
            parts.extend(index.parts);
            parts.push(Part::Literal(b"]".to_vec()));
        } else {
            parts.push(Part::Literal(name));
        }
        self.word_from(start, parts).map(Leading::Word)
    }

    fn assigned(&mut self) -> Read<Assigned> {
        if !self.is_dash() && self.source.cur() == Some(b'(') {
            return self.deeper(Self::elements).map(Assigned::Array);
        }
        self.word().map(Assigned::Word)
    }

    /// `[ … ]` after a name, without its brackets.
    pub fn subscript(&mut self) -> Read<Word> {
        self.source.bump();
        let word = self.deeper(|reader| reader.enclosed_word(&super::enclosed::SUBSCRIPT))?;
        self.source.bump();
        Ok(word)
    }

    /// `( … )` of an array.
    fn elements(&mut self) -> Read<Vec<Element>> {
        self.source.bump();
        let mut elements = Vec::new();
        loop {
            self.blanks_and_newlines()?;
            if self.source.eat(b")") {
                return Ok(elements);
            }
            if !self.at_word() {
                return self.expected("a word or )");
            }
            elements.push(self.element()?);
        }
    }

    fn element(&mut self) -> Read<Element> {
        if self.source.cur() != Some(b'[') {
            return Ok(Element { key: None, value: self.word()? });
        }
        let start = self.source.pos;
        let key = self.subscript()?;
        if self.source.eat(b"=") || self.source.eat(b"+=") {
            return Ok(Element { key: Some(key), value: self.word()? });
        }
        let mut parts = vec![Part::Literal(b"[".to_vec())];
        parts.extend(key.parts);
        parts.push(Part::Literal(b"]".to_vec()));
        Ok(Element { key: None, value: self.word_from(start, parts)? })
    }

    /// An argument of a declaration builtin.
    fn declared(&mut self) -> Read<Word> {
        let start = self.source.pos;
        let mut text = self.name();
        if text.is_empty() {
            return self.word();
        }
        if self.source.sees(b"+=") {
            self.source.eat(b"+=");
            text.extend_from_slice(b"+=");
        } else if self.source.eat(b"=") {
            text.push(b'=');
        }
        let array = text.ends_with(b"=") && !self.is_dash() && self.source.cur() == Some(b'(');
        let mut parts = vec![Part::Literal(text)];
        if array {
            parts.push(Part::Array(self.deeper(Self::elements)?));
        }
        self.word_from(start, parts)
    }
}

enum Leading {
    Assignment(Assignment),
    Word(Word),
}
