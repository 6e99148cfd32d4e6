//! `[[ … ]]`: checked by bash's grammar, kept as a flat list of operands and operators.

use super::reader::{Read, Reader};
use super::settings::literal;
use super::syntax::{Kind, Part, Word};
use super::words::Manner;

const UNARY: &[u8] = b"abcdefghknoprstuvwxzGLNORS";
const BINARY: [&[u8]; 13] =
    [b"=", b"==", b"!=", b"=~", b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge", b"-nt", b"-ot", b"-ef"];

impl Reader {
    pub fn condition(&mut self) -> Read<Kind> {
        let mut words = Vec::new();
        self.either(&mut words)?;
        self.blanks_and_newlines()?;
        if !self.at_end() {
            return self.expected("]]");
        }
        self.source.eat(b"]]");
        Ok(Kind::Condition(words))
    }

    fn at_end(&mut self) -> bool {
        self.source.cur();
        self.source.unquoted_word(2).is_some_and(|(word, _)| word == b"]]")
    }

    fn operator(&mut self, text: &'static [u8], words: &mut Vec<Word>) -> bool {
        self.source.cur();
        let start = self.source.pos;
        let found = self.source.eat(text);
        if found {
            words.push(Word { parts: vec![Part::Literal(text.to_vec())], span: self.span_from(start) });
        }
        found
    }

    fn either(&mut self, words: &mut Vec<Word>) -> Read<()> {
        loop {
            self.term(words)?;
            self.blanks_and_newlines()?;
            if !(self.operator(b"&&", words) || self.operator(b"||", words)) {
                return Ok(());
            }
        }
    }

    fn term(&mut self, words: &mut Vec<Word>) -> Read<()> {
        self.blanks_and_newlines()?;
        if self.operator(b"(", words) {
            self.deeper(|reader| reader.either(words))?;
            self.blanks_and_newlines()?;
            return if self.operator(b")", words) { Ok(()) } else { self.expected(")") };
        }
        if self.source.unquoted_word(1).is_some_and(|(word, _)| word == b"!") {
            self.operator(b"!", words);
            return self.deeper(|reader| reader.term(words));
        }
        if self.at_end() {
            return self.expected("an operand");
        }
        let first = self.operand(Manner { extglob: self.settings.extglob(), regex: false })?;
        let text = literal(&first);
        words.push(first);
        let unary = matches!(text.as_deref(), Some([b'-', letter]) if UNARY.contains(letter));
        self.blanks();
        if unary {
            let operand = self.operand(Manner { extglob: self.settings.extglob(), regex: false })?;
            words.push(operand);
            return Ok(());
        }
        self.comparison(words)
    }

    /// The operator and right side, if the term is more than a word.
    fn comparison(&mut self, words: &mut Vec<Word>) -> Read<()> {
        let mut manner = Manner { extglob: self.settings.extglob(), regex: false };
        match self.source.cur() {
            Some(b'<' | b'>') if self.source.following() != Some(b'(') => {
                let less = self.source.cur() == Some(b'<');
                self.operator(if less { b"<" } else { b">" }, words);
            }
            Some(b')' | b'&' | b'|') => return Ok(()),
            _ if self.at_end() => return Ok(()),
            _ => {
                let operator = self.operand(Manner::default())?;
                match literal(&operator).as_deref() {
                    Some(text) if BINARY.contains(&text) => {
                        manner.regex = text == b"=~";
                        manner.extglob |= matches!(text, b"=" | b"==" | b"!=");
                    }
                    _ => return self.expected("a conditional operator"),
                }
                words.push(operator);
            }
        }
        self.blanks();
        let right = self.operand(manner)?;
        words.push(right);
        Ok(())
    }

    fn operand(&mut self, manner: Manner) -> Read<Word> {
        self.source.cur();
        let word = self.word_in_manner(self.source.pos, Vec::new(), manner)?;
        if word.parts.is_empty() { self.expected("an operand") } else { Ok(word) }
    }
}
