//! Commands: which kind stands here, and the compound ones.

use std::rc::Rc;

use super::reader::{Read, Reader};
use super::syntax::{ArmEnd, CaseArm, Kind, Node, Script, Word};

/// Reserved words of bash and of dash, and those of bash only.
const RESERVED: [&[u8]; 16] = [
    b"!", b"{", b"}", b"case", b"do", b"done", b"elif", b"else", b"esac", b"fi", b"for", b"if", b"in", b"then",
    b"until", b"while",
];
const RESERVED_IN_BASH: [&[u8]; 6] = [b"[[", b"]]", b"coproc", b"function", b"select", b"time"];
const LONGEST_RESERVED: usize = 8;

impl Reader {
    /// The reserved word that stands here; the caller knows that one could.
    pub fn reserved(&mut self) -> Option<&'static [u8]> {
        if !self.source.cur().is_some_and(|first| b"!{}[cdefistuw".contains(&first)) {
            return None;
        }
        let (word, end) = self.source.unquoted_word(LONGEST_RESERVED)?;
        if word == b"!" && self.settings.extglob() && self.source.raw(end) == Some(b'(') {
            return None;
        }
        let all = RESERVED.iter().chain(if self.is_dash() { [].iter() } else { RESERVED_IN_BASH.iter() });
        // `in` opens nothing: as a command it is an ordinary word.
        all.copied().find(|reserved| *reserved == word && word != b"in" && word != b"]]")
    }

    pub fn keyword(&mut self, word: &'static str) -> Read<()> {
        self.blanks();
        if self.reserved() == Some(word.as_bytes()) {
            self.source.eat(word.as_bytes());
            return Ok(());
        }
        self.expected(word)
    }

    pub fn command(&mut self) -> Read<Node> {
        self.blanks();
        self.expand_alias()?;
        let start = self.source.pos;
        if self.source.cur() == Some(b'(') {
            return self.compound(start, Self::parenthesis);
        }
        let Some(word) = self.reserved() else { return self.simple() };
        match word {
            b"function" => {
                self.source.eat(word);
                self.function_with_keyword(start)
            }
            b"coproc" => {
                self.source.eat(word);
                self.coprocess(start)
            }
            b"time" => self.simple(),
            _ => match Self::opening(word) {
                Some(read) => {
                    self.source.eat(word);
                    self.compound(start, read)
                }
                None => self.expected("a command"),
            },
        }
    }

    fn opening(word: &[u8]) -> Option<fn(&mut Self) -> Read<Kind>> {
        match word {
            b"{" => Some(Self::group),
            b"if" => Some(Self::conditional),
            b"while" => Some(|reader| reader.repetition(false)),
            b"until" => Some(|reader| reader.repetition(true)),
            b"for" => Some(Self::walk_over),
            b"select" => Some(Self::select),
            b"case" => Some(Self::case),
            b"[[" => Some(Self::condition),
            _ => None,
        }
    }

    /// A compound command here, if one begins here.
    fn compound_here(&mut self) -> Read<Option<Node>> {
        self.blanks();
        let start = self.source.pos;
        if self.source.cur() == Some(b'(') {
            return self.compound(start, Self::parenthesis).map(Some);
        }
        match self.reserved().and_then(|word| Self::opening(word).map(|read| (word, read))) {
            Some((word, read)) => {
                self.source.eat(word);
                self.compound(start, read).map(Some)
            }
            None => Ok(None),
        }
    }

    fn compound(&mut self, start: usize, read: fn(&mut Self) -> Read<Kind>) -> Read<Node> {
        let kind = self.deeper(read)?;
        let mut redirections = Vec::new();
        let mut end;
        loop {
            end = self.source.pos;
            self.blanks();
            match self.redirection()? {
                Some(one) => redirections.push(one),
                None => break,
            }
        }
        Ok(Node { kind, redirections, span: self.source.span(start, end) })
    }

    /// `(( … ))` or `( … )`
    fn parenthesis(&mut self) -> Read<Kind> {
        if !self.is_dash() && self.source.sees(b"((") {
            let start = self.source.pos;
            if let Some(word) = self.attempt(start, Self::arithmetic_command)? {
                return Ok(Kind::Arithmetic(word));
            }
        }
        self.source.bump();
        self.apart += 1;
        let script = self.body();
        self.apart -= 1;
        let script = script?;
        if self.source.eat(b")") { Ok(Kind::Subshell(script)) } else { self.expected(")") }
    }

    fn group(&mut self) -> Read<Kind> {
        let script = self.body()?;
        self.keyword("}")?;
        Ok(Kind::Group(script))
    }

    fn conditional(&mut self) -> Read<Kind> {
        let mut arms = Vec::new();
        loop {
            let condition = self.body()?;
            self.keyword("then")?;
            arms.push((condition, self.body()?));
            match self.reserved() {
                Some(b"elif") => self.source.eat(b"elif"),
                Some(b"else") => {
                    self.source.eat(b"else");
                    let otherwise = Some(self.body()?);
                    self.keyword("fi")?;
                    return Ok(Kind::If { arms, otherwise });
                }
                _ => {
                    self.keyword("fi")?;
                    return Ok(Kind::If { arms, otherwise: None });
                }
            };
        }
    }

    fn repetition(&mut self, until: bool) -> Read<Kind> {
        let condition = self.body()?;
        let body = self.do_group()?;
        Ok(Kind::While { until, condition, body })
    }

    fn do_group(&mut self) -> Read<Script> {
        self.keyword("do")?;
        let body = self.body()?;
        self.keyword("done")?;
        Ok(body)
    }

    /// `do … done`, or the `{ … }` that bash takes as well.
    fn do_or_group(&mut self) -> Read<Script> {
        self.blanks_and_newlines()?;
        if !self.is_dash() && self.reserved() == Some(b"{") {
            self.source.eat(b"{");
            let body = self.body()?;
            self.keyword("}")?;
            return Ok(body);
        }
        self.do_group()
    }

    fn walk_over(&mut self) -> Read<Kind> {
        self.blanks();
        if !self.is_dash() && self.source.sees(b"((") {
            return self.arithmetic_for();
        }
        let (name, words) = self.variable_and_words()?;
        let body = self.do_or_group()?;
        Ok(Kind::For { name, words, body })
    }

    fn select(&mut self) -> Read<Kind> {
        let (name, words) = self.variable_and_words()?;
        let body = self.do_or_group()?;
        Ok(Kind::Select { name, words, body })
    }

    fn arithmetic_for(&mut self) -> Read<Kind> {
        let [init, test, step] = self.arithmetic_header()?;
        self.blanks();
        if self.source.cur() == Some(b';') {
            self.source.bump();
        }
        let body = self.do_or_group()?;
        Ok(Kind::ArithmeticFor { init, test, step, body })
    }

    /// `name`, `name in words;`, up to `do`.
    fn variable_and_words(&mut self) -> Read<(Vec<u8>, Option<Vec<Word>>)> {
        self.blanks();
        let start = self.source.pos;
        let word = self.word()?;
        if word.parts.is_empty() {
            return self.expected("a variable");
        }
        let name = self.without_continuations(start, self.source.pos);
        self.blanks();
        if self.source.cur() == Some(b';') {
            self.source.bump();
            return Ok((name, None));
        }
        self.blanks_and_newlines()?;
        if self.source.unquoted_word(3).is_none_or(|(word, _)| word != b"in") {
            return Ok((name, None));
        }
        self.source.eat(b"in");
        let mut words = Vec::new();
        loop {
            self.blanks();
            match self.source.cur() {
                Some(b';') => {
                    self.source.bump();
                    return Ok((name, Some(words)));
                }
                Some(b'\n') => {
                    self.newline()?;
                    return Ok((name, Some(words)));
                }
                _ => match self.word()? {
                    word if word.parts.is_empty() => return self.expected("a word"),
                    word => words.push(word),
                },
            }
        }
    }

    fn case(&mut self) -> Read<Kind> {
        self.blanks();
        let subject = self.word()?;
        if subject.parts.is_empty() {
            return self.expected("a word");
        }
        self.blanks_and_newlines()?;
        if self.source.unquoted_word(3).is_none_or(|(word, _)| word != b"in") {
            return self.expected("in");
        }
        self.source.eat(b"in");
        let mut arms = Vec::new();
        loop {
            self.blanks_and_newlines()?;
            if self.reserved() == Some(b"esac") {
                self.source.eat(b"esac");
                return Ok(Kind::Case { subject, arms });
            }
            let (arm, more) = self.case_arm()?;
            arms.push(arm);
            if !more {
                self.keyword("esac")?;
                return Ok(Kind::Case { subject, arms });
            }
        }
    }

    /// One arm, and whether another may follow.
    fn case_arm(&mut self) -> Read<(CaseArm, bool)> {
        if self.source.eat(b"(") {
            self.blanks();
        }
        let mut patterns = Vec::new();
        loop {
            self.blanks();
            let pattern = self.word()?;
            if pattern.parts.is_empty() {
                return self.expected("a pattern");
            }
            patterns.push(pattern);
            self.blanks();
            if self.source.eat(b")") {
                break;
            }
            if !self.source.eat(b"|") {
                return self.expected(")");
            }
        }
        let body = self.list()?;
        let ends: [(&[u8], ArmEnd); 3] =
            [(b";;&", ArmEnd::TestNext), (b";;", ArmEnd::Break), (b";&", ArmEnd::FallThrough)];
        for (text, end) in ends {
            if (text == b";;" || !self.is_dash()) && self.source.eat(text) {
                return Ok((CaseArm { patterns, body, end }, true));
            }
        }
        Ok((CaseArm { patterns, body, end: ArmEnd::Break }, false))
    }

    fn function_with_keyword(&mut self, start: usize) -> Read<Node> {
        self.blanks();
        let at = self.source.pos;
        if self.word()?.parts.is_empty() {
            return self.expected("a function's name");
        }
        let name = self.without_continuations(at, self.source.pos);
        self.blanks();
        if self.source.cur() == Some(b'(') && !self.source.sees(b"((") {
            let position = self.source.pos;
            self.source.bump();
            self.blanks();
            if !self.source.eat(b")") {
                // `function f (list)`: the parenthesis is its body.
                self.source.pos = position;
            }
        }
        self.function(start, name)
    }

    /// What follows the name and its `()`.
    pub fn function(&mut self, start: usize, name: Vec<u8>) -> Read<Node> {
        self.settings.defines(&name);
        self.apart += 1;
        let body = self.function_body();
        self.apart -= 1;
        let body = Rc::new(body?);
        let span = crate::span::Span::new(self.source.outer(start), body.span.end);
        Ok(Node { kind: Kind::Function { name, body }, redirections: Vec::new(), span })
    }

    fn function_body(&mut self) -> Read<Node> {
        self.blanks_and_newlines()?;
        if self.is_dash() {
            return self.deeper(Self::command);
        }
        match self.compound_here()? {
            Some(body) => Ok(body),
            None => self.expected("a function's body"),
        }
    }

    fn coprocess(&mut self, start: usize) -> Read<Node> {
        let (name, body) = match self.compound_here()? {
            Some(body) => (None, body),
            None => self.named_or_simple_coprocess()?,
        };
        let span = crate::span::Span::new(self.source.outer(start), body.span.end);
        Ok(Node { kind: Kind::Coproc { name, body: Box::new(body) }, redirections: Vec::new(), span })
    }

    fn named_or_simple_coprocess(&mut self) -> Read<(Option<Vec<u8>>, Node)> {
        let position = self.source.pos;
        let word = self.source.unquoted_word(usize::MAX);
        if let Some((name, end)) = word {
            self.source.pos = end;
            if let Some(body) = self.compound_here()? {
                return Ok((Some(name), body));
            }
            self.source.pos = position;
        }
        Ok((None, self.simple()?))
    }
}
