//! `${…}` with all its operators.

use super::enclosed::{Enclosure, SUBSCRIPT};
use super::reader::{Read, Reader};
use super::source::{is_name, is_name_start};
use super::substitutions::is_special;
use super::syntax::{Index, Operation, Parameter, Part, Replace, Script, Word};

/// What a word in `${…}` may be ended by.
#[derive(Clone, Copy)]
enum Role {
    /// After `-`, `=`, `?`, `+`: inside double quotes it reads as if they went on.
    Word,
    /// Patterns are patterns in double quotes as well.
    Pattern,
    /// A pattern that `/` ends.
    Replaced,
    /// An offset that `:` ends.
    Offset,
    Length,
}

impl Reader {
    /// From the `{` on.
    pub fn braced(&mut self, double: bool) -> Read<Part> {
        self.source.bump();
        if matches!(self.source.cur(), Some(b' ' | b'\t' | b'\n' | b'|')) && !self.is_dash() {
            return self.brace_command().map(Part::Command);
        }
        let parameter = self.parameter(double)?;
        if !self.source.eat(b"}") {
            return self.expected("}");
        }
        Ok(Part::Parameter(Box::new(parameter)))
    }

    /// `${ list; }`: newer shells run it in place, older ones call it a bad substitution. Read as what could run.
    fn brace_command(&mut self) -> Read<Script> {
        self.source.eat(b"|");
        self.substitutions += 1;
        let script = self.list();
        self.substitutions -= 1;
        let script = script?;
        self.keyword("}")?;
        Ok(script)
    }

    fn parameter(&mut self, double: bool) -> Read<Parameter> {
        let start = self.source.pos;
        let length = self.source.sees(b"#") && self.begins_name_then_end(b"#");
        let indirect = !length && self.source.sees(b"!") && self.source.following().is_some_and(may_be_indirect);
        if length || indirect {
            self.source.cur();
            self.source.bump();
        }
        let name = self.parameter_name();
        let mut index = None;
        if self.source.cur() == Some(b'[') && !self.is_dash() {
            index = Some(self.index()?);
        }
        let operation = if length {
            Some(Operation::Length)
        } else {
            match (indirect, &index, self.source.cur()) {
                (true, None, Some(sign @ (b'@' | b'*'))) if self.source.following() == Some(b'}') => {
                    self.source.bump();
                    Some(Operation::Names { joined: sign == b'*' })
                }
                (true, Some(Index::Each | Index::Joined), Some(b'}')) => Some(Operation::Keys),
                _ => self.operation(double)?,
            }
        };
        if self.source.cur() != Some(b'}') {
            // A bad substitution, which bash reports when it gets there; its text is all there is.
            self.words_up_to_brace(double)?;
            let name = self.without_continuations(start, self.source.pos);
            return Ok(Parameter { name, index: None, indirect: false, operation: None, bare: false });
        }
        Ok(Parameter { name, index, indirect, operation, bare: false })
    }

    fn words_up_to_brace(&mut self, double: bool) -> Read<()> {
        self.value(Role::Word, double).map(drop)
    }

    /// Whether `mark` is followed by a whole parameter (and perhaps a subscript) and `}`: `${#x}`, but not `${#-x}`.
    fn begins_name_then_end(&self, mark: &[u8]) -> bool {
        let Some(mut at) = self.source.end_of(mark) else { return false };
        let Some(first) = self.source.raw(at) else { return false };
        if is_special(first) {
            return self.source.raw(at + 1) == Some(b'}');
        }
        while self.source.raw(at).is_some_and(is_name) {
            at += 1;
        }
        is_name(first) && matches!(self.source.raw(at), Some(b'}' | b'[' | b'\\'))
    }

    fn parameter_name(&mut self) -> Vec<u8> {
        let mut name = Vec::new();
        let Some(first) = self.source.cur() else { return name };
        let belongs: fn(u8) -> bool = if is_name_start(first) {
            is_name
        } else if first.is_ascii_digit() {
            |byte| byte.is_ascii_digit()
        } else {
            if is_special(first) {
                self.source.bump();
                name.push(first);
            }
            return name;
        };
        while let Some(byte) = self.source.cur().filter(|byte| belongs(*byte)) {
            name.push(byte);
            self.source.bump();
        }
        name
    }

    fn index(&mut self) -> Read<Index> {
        if self.source.eat(b"[@]") {
            return Ok(Index::Each);
        }
        if self.source.eat(b"[*]") {
            return Ok(Index::Joined);
        }
        self.source.bump();
        let word = self.enclosed_word(&SUBSCRIPT)?;
        self.source.bump();
        Ok(Index::Of(word))
    }

    fn operation(&mut self, double: bool) -> Read<Option<Operation>> {
        let Some(sign) = self.source.cur() else { return Ok(None) };
        let colon = sign == b':' && matches!(self.source.following(), Some(b'-' | b'=' | b'?' | b'+'));
        if colon {
            self.source.bump();
        }
        let Some(sign) = self.source.cur() else { return Ok(None) };
        let operation = match sign {
            b'-' => Operation::Default { colon, word: self.after(1, Role::Word, double)? },
            b'=' => Operation::Assign { colon, word: self.after(1, Role::Word, double)? },
            b'?' => Operation::Require { colon, word: self.after(1, Role::Word, double)? },
            b'+' => Operation::Alternate { colon, word: self.after(1, Role::Word, double)? },
            b':' => {
                let offset = self.after(1, Role::Offset, double)?;
                let more = self.source.cur() == Some(b':');
                let length = if more { Some(self.after(1, Role::Length, double)?) } else { None };
                Operation::Substring { offset, length }
            }
            b'#' | b'%' => {
                let longest = self.source.following() == Some(sign);
                let pattern = self.after(1 + usize::from(longest), Role::Pattern, double)?;
                if sign == b'#' {
                    Operation::RemovePrefix { longest, pattern }
                } else {
                    Operation::RemoveSuffix { longest, pattern }
                }
            }
            b'/' => self.replacement(double)?,
            b'^' | b',' | b'~' => {
                let all = self.source.following() == Some(sign);
                let pattern = self.after(1 + usize::from(all), Role::Pattern, double)?;
                Operation::Case { change: sign, all, pattern }
            }
            b'@' => {
                let Some(letter) = self.source.following().filter(u8::is_ascii_alphabetic) else { return Ok(None) };
                self.source.bump();
                self.source.cur();
                self.source.bump();
                Operation::Transform(letter)
            }
            _ => return Ok(None),
        };
        Ok(Some(operation))
    }

    fn replacement(&mut self, double: bool) -> Read<Operation> {
        let which = match self.source.following() {
            Some(b'/') => Replace::All,
            Some(b'#') => Replace::Prefix,
            Some(b'%') => Replace::Suffix,
            Some(_) | None => Replace::First,
        };
        // `${x////_}`: the slash that would end an empty pattern is its first character.
        let slash = which == Replace::All && self.source.raw(self.source.pos + 2) == Some(b'/');
        let length = if which == Replace::First { 1 } else { 2 + usize::from(slash) };
        let mut pattern = self.after(length, Role::Replaced, double)?;
        if slash {
            pattern.parts.insert(0, Part::Quoted(b"/".to_vec()));
        }
        let more = self.source.cur() == Some(b'/');
        let with = if more { self.after(1, Role::Pattern, double)? } else { Word::default() };
        Ok(Operation::Replace { which, pattern, with })
    }

    /// What follows an operator of `length` bytes.
    fn after(&mut self, length: usize, role: Role, double: bool) -> Read<Word> {
        for _ in 0..length {
            self.source.cur();
            self.source.bump();
        }
        self.source.cur();
        self.value(role, double)
    }

    fn value(&mut self, role: Role, double: bool) -> Read<Word> {
        let pattern = matches!(role, Role::Pattern | Role::Replaced);
        let stops: &'static [u8] = match role {
            Role::Word | Role::Pattern | Role::Length => b"",
            Role::Replaced => b"/",
            Role::Offset => b":",
        };
        self.enclosed_word(&Enclosure {
            open: None,
            close: b'}',
            stops,
            live: pattern || !double,
            // In posix mode the quotes are ordinary characters here, so they hide nothing.
            keeps_single: double && !pattern,
            evaluated: matches!(role, Role::Offset | Role::Length),
        })
    }
}

/// What may follow the `!` of an indirection; otherwise `!` is the parameter.
fn may_be_indirect(byte: u8) -> bool {
    is_name(byte) || matches!(byte, b'@' | b'*' | b'#' | b'$' | b'!')
}
