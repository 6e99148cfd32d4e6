//! What `$` and back-ticks begin, except `${…}`.

use super::enclosed::SUBSCRIPT;
use super::reader::{Read, Reader, Stop};
use super::source::{Source, is_name, is_name_start};
use super::syntax::{Parameter, Part};
use super::words::Parts;

impl Reader {
    /// What the `$` here means; `double` inside double quotes and their like.
    pub fn dollar(&mut self, parts: &mut Parts, double: bool) -> Read<()> {
        let start = self.source.pos;
        self.source.bump();
        let bash = !self.is_dash();
        match self.source.cur() {
            Some(b'(') => {
                let part = self.deeper(|reader| reader.parenthesized(start))?;
                parts.push(part);
            }
            Some(b'{') => {
                let part = self.deeper(|reader| reader.braced(double))?;
                parts.push(part);
            }
            Some(b'[') if bash => {
                self.source.bump();
                let word = self.deeper(|reader| reader.enclosed_word(&SUBSCRIPT))?;
                self.source.bump();
                parts.push(Part::Arithmetic(word));
            }
            Some(b'\'') if bash && !double => {
                self.source.bump();
                let text = self.encoded()?;
                parts.quoted(&text);
            }
            Some(b'"') if bash && !double => {
                let part = self.double_quoted()?;
                parts.push(part);
            }
            Some(byte) if is_name_start(byte) => {
                let mut name = Vec::new();
                while let Some(byte) = self.source.cur().filter(|byte| is_name(*byte)) {
                    name.push(byte);
                    self.source.bump();
                }
                parts.push(plain_parameter(name));
            }
            Some(byte) if byte.is_ascii_digit() || is_special(byte) => {
                self.source.bump();
                parts.push(plain_parameter(vec![byte]));
            }
            Some(_) | None if double => parts.quoted(b"$"),
            Some(_) | None => parts.literal(b"$"),
        }
        Ok(())
    }

    /// `$(( … ))` or `$( … )`, the `$` eaten.
    fn parenthesized(&mut self, start: usize) -> Read<Part> {
        if self.source.sees(b"((") {
            let arithmetic = self.attempt(start, |reader| {
                reader.source.eat(b"((");
                reader.closed_together()
            })?;
            if let Some(word) = arithmetic {
                return Ok(Part::Arithmetic(word));
            }
        }
        self.script_in_parentheses().map(Part::Command)
    }

    fn script_in_parentheses(&mut self) -> Read<super::syntax::Script> {
        self.source.bump();
        self.substitutions += 1;
        let script = self.list();
        self.substitutions -= 1;
        let script = script?;
        if self.source.eat(b")") { Ok(script) } else { self.expected(")") }
    }

    /// `<( … )`, `>( … )`
    pub fn process_substitution(&mut self) -> Read<Part> {
        let output = self.source.cur() == Some(b'>');
        self.source.bump();
        self.source.cur();
        let script = self.deeper(Self::script_in_parentheses)?;
        Ok(Part::Process { output, script })
    }

    /// `` ` … ` ``: bash takes the text up to the next free back-tick, undoes one level of backslashes, and reads the
    /// result when it runs. A syntax error in it is no error of the command around it.
    pub fn back_ticks(&mut self, double: bool) -> Read<Part> {
        self.source.bump();
        let start = self.source.pos;
        let mut text = Vec::new();
        let mut stretches = vec![(0, self.source.outer(start))];
        let mut at = start;
        loop {
            match self.source.raw(at) {
                None => return self.open_to_the_end("`"),
                Some(b'`') => break,
                Some(b'\\') => {
                    let escaped = self.source.raw(at + 1);
                    let undone = matches!(escaped, Some(b'$' | b'`' | b'\\')) || double && escaped == Some(b'"');
                    if undone {
                        stretches.push((text.len(), self.source.outer(at + 1)));
                    } else {
                        text.push(b'\\');
                    }
                    text.extend(escaped);
                    at += 2;
                }
                Some(byte) => {
                    text.push(byte);
                    at += 1;
                }
            }
        }
        self.source.pos = at + 1;
        let source = Source::within(text, stretches);
        self.substitutions += 1;
        let (script, stop) = self.deeper(|reader| Ok(reader.inside(source, Self::lines)))?;
        self.substitutions -= 1;
        match stop {
            None => {}
            Some((_, limit @ Stop::Limit { .. })) => return Err(limit),
            Some((_, stop)) => self.doubts.push(stop.into()),
        }
        Ok(Part::Command(script))
    }
}

/// One of `@*#?-$!`
pub(super) fn is_special(byte: u8) -> bool {
    matches!(byte, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')
}

fn plain_parameter(name: Vec<u8>) -> Part {
    Part::Parameter(Box::new(Parameter { name, index: None, indirect: false, operation: None, bare: true }))
}
