//! Lists, and-or lists and pipelines.

use super::reader::{Read, Reader};
use super::syntax::{Connector, Descriptor, Item, Kind, Node, Operator, Part, Pipeline, Redirection, Script, Word};

/// Words that close what another opened; a list ends before them.
const CLOSING: [&[u8]; 9] = [b"then", b"do", b"done", b"fi", b"elif", b"else", b"esac", b"}", b"]]"];

impl Reader {
    /// A list up to whatever closes it, which stays. It may be empty; see `body`.
    pub fn list(&mut self) -> Read<Script> {
        let mut script = Script::default();
        loop {
            self.blanks_and_newlines()?;
            if self.at_close() {
                return Ok(script);
            }
            script.items.push(self.item()?);
            self.blanks();
        }
    }

    /// A list that must not be empty.
    pub fn body(&mut self) -> Read<Script> {
        let script = self.list()?;
        if script.items.is_empty() { self.expected("a command") } else { Ok(script) }
    }

    fn at_close(&mut self) -> bool {
        match self.source.cur() {
            None | Some(b')') => true,
            Some(b';') => self.source.sees(b";;") || self.source.sees(b";&"),
            Some(_) => self.reserved().is_some_and(|word| word != b"]]" && CLOSING.contains(&word)),
        }
    }

    /// An and-or list and its terminator. A newline and whatever closes the list around it stay.
    pub fn item(&mut self) -> Read<Item> {
        self.blanks();
        let start = self.source.pos;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        let mut end;
        loop {
            end = self.source.pos;
            self.blanks();
            let connector = if self.source.eat(b"&&") {
                Connector::And
            } else if self.source.eat(b"||") {
                Connector::Or
            } else {
                break;
            };
            self.blanks_and_newlines()?;
            rest.push((connector, self.pipeline()?));
        }
        let span = self.source.span(start, end);
        let background = self.terminator()?;
        let item = Item { first, rest, background, span };
        if self.apart == 0 && self.substitutions == 0 {
            self.follow_settings(&item);
        }
        Ok(item)
    }

    /// What the item changes for the lines after it: surely only where it is one plain command of the top level.
    fn follow_settings(&mut self, item: &Item) {
        let alone = item.first.commands.len() == 1 && !item.background && self.depth == 0;
        let pipelines = std::iter::once(&item.first).chain(item.rest.iter().map(|(_, pipeline)| pipeline));
        for (number, node) in pipelines.flat_map(|pipeline| &pipeline.commands).enumerate() {
            if let Kind::Simple { words, .. } = &node.kind {
                let surely = alone && number == 0 && node.redirections.is_empty();
                self.settings.follow(words, self.dialect, surely);
            }
        }
    }

    /// Eats `;` or `&`, and says whether it was `&`.
    fn terminator(&mut self) -> Read<bool> {
        match self.source.cur() {
            None | Some(b'\n' | b')') => Ok(false),
            Some(b'&') if self.source.following() != Some(b'&') => {
                self.source.bump();
                Ok(true)
            }
            Some(b';') => {
                if !(self.source.sees(b";;") || self.source.sees(b";&")) {
                    self.source.bump();
                }
                Ok(false)
            }
            // After a compound command a closing word needs no `;` before it.
            Some(_) if self.at_close() => Ok(false),
            Some(_) => self.expected("the end of the command"),
        }
    }

    fn pipeline(&mut self) -> Read<Pipeline> {
        let mut pipeline = Pipeline { timed: false, negated: false, commands: Vec::new() };
        loop {
            self.blanks();
            self.expand_alias()?;
            match self.reserved() {
                Some(b"!") if pipeline.negated && self.is_dash() => return self.expected("a command"),
                Some(b"!") => {
                    self.source.eat(b"!");
                    pipeline.negated = !pipeline.negated;
                }
                Some(b"time") if self.times() => pipeline.timed = true,
                _ => break,
            }
        }
        let prefixed = pipeline.timed || pipeline.negated;
        if prefixed && (self.at_close() || matches!(self.source.cur(), Some(b'\n' | b';' | b'&'))) {
            let span = self.span_from(self.source.pos);
            let nothing = Kind::Simple { assignments: Vec::new(), words: Vec::new() };
            pipeline.commands.push(Node { kind: nothing, redirections: Vec::new(), span });
            return Ok(pipeline);
        }
        loop {
            let mut node = self.command()?;
            self.blanks();
            if self.source.sees(b"||") || !self.source.eat(b"|") {
                pipeline.commands.push(node);
                return Ok(pipeline);
            }
            if !self.is_dash() && self.source.eat(b"&") {
                node.redirections.push(both_into_the_pipe(&node));
            }
            pipeline.commands.push(node);
            self.blanks_and_newlines()?;
        }
    }

    /// Eats `time` and its options, unless posix mode takes it for a command.
    fn times(&mut self) -> bool {
        let position = self.source.pos;
        self.source.eat(b"time");
        self.blanks();
        let word = self.source.unquoted_word(3).map(|(word, _)| word).unwrap_or_default();
        if self.dialect == super::Dialect::Posix && word.first() == Some(&b'-') {
            self.source.pos = position;
            return false;
        }
        if word == b"-p" {
            self.source.eat(b"-p");
            self.blanks();
        }
        if self.source.unquoted_word(3).is_some_and(|(word, _)| word == b"--") {
            self.source.eat(b"--");
        }
        true
    }
}

/// `|&` is `2>&1 |`.
fn both_into_the_pipe(node: &Node) -> Redirection {
    let span = crate::span::Span::new(node.span.end, node.span.end);
    let target = Word { parts: vec![Part::Literal(b"1".to_vec())], span };
    Redirection { fd: Descriptor::Number(2), operator: Operator::DuplicateOut, target, span }
}
