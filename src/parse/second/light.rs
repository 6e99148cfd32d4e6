//! The quick second opinion: a reader of its own for the plain part of the language, by which nearly all text is written.
//! One pass over tokens, no tree: a word ends at a blank or an operator outside quotes, and what it is follows from what
//! stands before it (a separator, a reserved word, an assignment, a redirection, another word). Whatever has more than
//! one reading, or is rare, makes it give up, and tree-sitter reads that part.

use super::marks::Mark;
use crate::span::Span;

/// Substitutions inside one another.
pub(super) const MAX_DEPTH: usize = 16;

/// The last three open what is not read here.
const RESERVED: [&[u8]; 20] = [
    b"if",
    b"then",
    b"elif",
    b"else",
    b"fi",
    b"while",
    b"until",
    b"for",
    b"do",
    b"done",
    b"case",
    b"esac",
    b"{",
    b"}",
    b"!",
    b"[[",
    b"function",
    b"time",
    b"coproc",
    b"select",
];

/// A complete command, with the bodies of its here-documents.
pub(super) struct Line {
    pub span: Span,
    pub marks: Vec<Mark>,
}

/// The complete command that begins at `start`; `None` where it is not plain.
pub(super) fn line(text: &[u8], start: usize) -> Option<Line> {
    let mut reader = Light { text, at: start, depth: 0, marks: Vec::new(), documents: Vec::new() };
    reader.commands()?;
    Some(Line { span: Span::new(start, reader.at), marks: reader.marks })
}

/// What the next word would be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A reserved word, an assignment or a program's name.
    Opening,
    /// An assignment or a program's name: something of this command stands before it.
    Prefix,
    Arguments,
    /// Nothing: a compound command has ended.
    Closed,
}

pub(super) struct Document {
    pub delimiter: Vec<u8>,
    pub quoted: bool,
    /// `<<-`
    pub tabs: bool,
}

pub(super) struct Light<'a> {
    pub text: &'a [u8],
    pub at: usize,
    pub depth: usize,
    marks: Vec<Mark>,
    pub documents: Vec<Document>,
}

/// A simple command while it is being read.
#[derive(Default)]
struct Simple {
    /// Place of the mark that names the program, and of all of `[ … ]`'s arguments after it.
    name: Option<usize>,
    test: Option<Vec<usize>>,
    last: Span,
}

impl Light<'_> {
    /// The marks of all commands of a part of the text.
    pub(super) fn commands_between(&self, part: Span) -> Option<Vec<Mark>> {
        let text = self.text.get(..part.end)?;
        let mut reader = Light { text, at: part.start, depth: 0, marks: Vec::new(), documents: Vec::new() };
        while reader.at < part.end {
            reader.commands()?;
        }
        Some(reader.marks)
    }

    pub(super) fn add(&mut self, marks: Vec<Mark>) {
        self.marks.extend(marks);
    }

    /// Commands up to the newline that ends the outermost one, or up to the parenthesis that closes a substitution.
    pub(super) fn commands(&mut self) -> Option<()> {
        let mut closers: Vec<&'static [u8]> = Vec::new();
        let mut state = State::Opening;
        let mut simple = Simple::default();
        // `&&`, `||` and `|` go on after a newline.
        let mut goes_on = false;
        loop {
            self.blanks();
            let Some(byte) = self.peek() else {
                self.end(&mut simple);
                let complete = closers.is_empty() && self.documents.is_empty() && self.depth == 0 && !goes_on;
                return complete.then_some(());
            };
            match byte {
                b'\n' => {
                    self.end(&mut simple);
                    self.newline()?;
                    if self.depth == 0 && closers.is_empty() && !goes_on {
                        return Some(());
                    }
                    state = State::Opening;
                }
                b'#' => self.comment(),
                b';' if self.after(1) == Some(b';') || self.after(1) == Some(b'&') => {
                    if closers.last() != Some(&b"esac".as_slice()) {
                        return None;
                    }
                    self.end(&mut simple);
                    while matches!(self.peek(), Some(b';' | b'&')) {
                        self.at += 1;
                    }
                    state = self.patterns(&mut closers)?;
                }
                b'&' if self.after(1) == Some(b'>') => {
                    self.redirection()?;
                    state = after_redirection(state);
                }
                b';' | b'&' | b'|' => {
                    self.end(&mut simple);
                    goes_on = byte == b'|' || byte == b'&' && self.after(1) == Some(b'&');
                    self.at += if goes_on && matches!(self.after(1), Some(b'|' | b'&')) { 2 } else { 1 };
                    state = State::Opening;
                    continue;
                }
                b'(' if state == State::Opening && self.after(1) == Some(b'(') => {
                    self.arithmetic(2, b"")?;
                    state = State::Closed;
                }
                b'(' if state == State::Opening => {
                    self.at += 1;
                    closers.push(b")");
                }
                b')' if closers.last() == Some(&b")".as_slice()) => {
                    self.end(&mut simple);
                    closers.pop();
                    self.at += 1;
                    state = State::Closed;
                }
                b')' if closers.is_empty() && self.depth > 0 => {
                    self.end(&mut simple);
                    self.at += 1;
                    return self.documents.is_empty().then_some(());
                }
                b'<' | b'>' => {
                    self.redirection()?;
                    state = after_redirection(state);
                }
                _ => state = self.next_word(state, &mut closers, &mut simple)?,
            }
            goes_on = goes_on && matches!(byte, b'\n' | b'#');
        }
    }

    fn next_word(&mut self, state: State, closers: &mut Vec<&'static [u8]>, simple: &mut Simple) -> Option<State> {
        let mut span = self.word()?;
        let word = span.of(self.text);
        match self.peek() {
            Some(b'(') if state != State::Closed && is_assigned(word) => {
                self.elements()?;
                span.end = self.at;
            }
            Some(b'<' | b'>') if word.iter().all(u8::is_ascii_digit) => return Some(state),
            Some(b'(') if state != State::Opening => return None,
            _ => {}
        }
        match state {
            State::Closed => None,
            State::Arguments => {
                self.argument(span, simple);
                Some(State::Arguments)
            }
            State::Opening if RESERVED.contains(&word) => self.reserved(word, closers),
            State::Opening if self.parentheses() => {
                self.blank_lines()?;
                Some(State::Opening)
            }
            State::Opening if self.peek() == Some(b'(') => None,
            State::Prefix | State::Opening => self.name(span, simple),
        }
    }

    /// An assignment before the name, or the name.
    fn name(&mut self, span: Span, simple: &mut Simple) -> Option<State> {
        let word = span.of(self.text);
        let name = word.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        if name > 0 && !word.first().is_some_and(u8::is_ascii_digit) {
            let rest = word.get(name..).unwrap_or_default();
            if rest.starts_with(b"=") || rest.starts_with(b"+=") {
                self.marks.push(Mark { span, command: None });
                return Some(State::Prefix);
            }
            if rest.starts_with(b"[") {
                return None;
            }
        }
        simple.name = Some(self.marks.len());
        simple.test = (word == b"[").then(Vec::new);
        simple.last = span;
        self.marks.push(Mark { span, command: Some(span) });
        Some(State::Arguments)
    }

    fn argument(&mut self, span: Span, simple: &mut Simple) {
        if let Some(arguments) = &mut simple.test {
            arguments.push(self.marks.len());
        }
        simple.last = span;
        self.marks.push(Mark { span, command: None });
    }

    /// A simple command is complete. Both other readers take the inside of `[ … ]` for an expression.
    fn end(&mut self, simple: &mut Simple) {
        let simple = std::mem::take(simple);
        if let (Some(arguments), b"]") = (simple.test, simple.last.of(self.text)) {
            for index in arguments {
                if let Some(mark) = self.marks.get_mut(index) {
                    // Empty spans are no marks.
                    mark.span.end = mark.span.start;
                }
            }
        }
        if let Some(mark) = simple.name.and_then(|index| self.marks.get_mut(index)) {
            mark.command = Some(Span::new(mark.span.start, simple.last.end));
        }
    }

    /// What may follow a reserved word.
    fn reserved(&mut self, word: &[u8], closers: &mut Vec<&'static [u8]>) -> Option<State> {
        Some(match word {
            b"then" | b"elif" | b"else" | b"do" | b"!" => State::Opening,
            b"if" => {
                closers.push(b"fi");
                State::Opening
            }
            b"while" | b"until" => {
                closers.push(b"done");
                State::Opening
            }
            b"{" => {
                closers.push(b"}");
                State::Opening
            }
            b"for" => {
                closers.push(b"done");
                self.values()?
            }
            b"case" => {
                closers.push(b"esac");
                self.blanks();
                self.word()?;
                self.keyword(b"in")?;
                self.patterns(closers)?
            }
            b"[[" => {
                self.condition()?;
                State::Closed
            }
            b"function" => {
                self.blanks();
                self.word()?;
                self.parentheses();
                self.blank_lines()?;
                State::Opening
            }
            b"fi" | b"done" | b"esac" | b"}" => {
                if closers.pop() != Some(word) {
                    return None;
                }
                State::Closed
            }
            _ => return None,
        })
    }

    fn keyword(&mut self, word: &[u8]) -> Option<()> {
        self.blank_lines()?;
        (self.word()?.of(self.text) == word).then_some(())
    }

    /// The name of a `for`, and what it walks over.
    fn values(&mut self) -> Option<State> {
        self.blanks();
        if self.starts(b"((") {
            self.arithmetic(2, b";")?;
            self.blanks();
            self.at += usize::from(self.peek() == Some(b';'));
            return Some(State::Opening);
        }
        let name = self.word()?.of(self.text);
        if !name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            return None;
        }
        self.blank_lines()?;
        if self.starts(b"in") && self.after(2).is_none_or(|byte| b" \t\n;".contains(&byte)) {
            self.at += 2;
            return Some(State::Arguments);
        }
        Some(State::Opening)
    }

    /// The patterns of the next arm of a `case`, or its end.
    fn patterns(&mut self, closers: &mut Vec<&'static [u8]>) -> Option<State> {
        self.blank_lines()?;
        if self.peek() == Some(b'(') {
            self.at += 1;
        }
        loop {
            self.blanks();
            match self.peek()? {
                b')' => {
                    self.at += 1;
                    return Some(State::Opening);
                }
                b'|' => self.at += 1,
                b'(' | b'<' | b'>' | b'&' | b';' | b'\n' | b'#' => return None,
                _ => {
                    let word = self.word()?;
                    if word.of(self.text) == b"esac" {
                        closers.pop();
                        return Some(State::Closed);
                    }
                }
            }
        }
    }

    /// `[[ … ]]`, whose words are no words of a command.
    fn condition(&mut self) -> Option<()> {
        loop {
            self.blanks();
            match self.peek()? {
                b'\n' => self.newline()?,
                b'(' | b')' | b'<' | b'>' | b'&' | b'|' => self.at += 1,
                b'#' | b';' => return None,
                _ => match self.word()?.of(self.text) {
                    b"]]" => return Some(()),
                    // A regular expression has a grammar of its own.
                    b"=~" => return None,
                    _ => {}
                },
            }
        }
    }

    /// `()` after a function's name.
    fn parentheses(&mut self) -> bool {
        let mut ahead = 0;
        let blanks = |reader: &Self, mut ahead: usize| {
            while matches!(reader.after(ahead), Some(b' ' | b'\t')) {
                ahead += 1;
            }
            ahead
        };
        ahead = blanks(self, ahead);
        if self.after(ahead) != Some(b'(') {
            return false;
        }
        ahead = blanks(self, ahead + 1);
        if self.after(ahead) != Some(b')') {
            return false;
        }
        self.at += ahead + 1;
        true
    }

    fn redirection(&mut self) -> Option<()> {
        const OPERATORS: [&[u8]; 12] =
            [b"<<<", b"<<-", b"<<", b"<>", b"<&", b"<", b">>", b">&", b">|", b">", b"&>>", b"&>"];
        let operator = OPERATORS.into_iter().find(|operator| self.starts(operator))?;
        self.at += operator.len();
        if self.peek() == Some(b'(') {
            return None;
        }
        self.blanks();
        if matches!(operator, b"<<" | b"<<-") {
            return self.delimiter(operator == b"<<-");
        }
        let span = self.word()?;
        if self.peek() == Some(b'(') {
            return None;
        }
        self.marks.push(Mark { span, command: None });
        Some(())
    }
}

/// `name=` or `name+=`
fn is_assigned(word: &[u8]) -> bool {
    let name = word.strip_suffix(b"=").map(|name| name.strip_suffix(b"+").unwrap_or(name));
    name.is_some_and(|name| {
        name.first().is_some_and(|byte| !byte.is_ascii_digit())
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    })
}

/// A redirection before the name: no reserved word can follow.
fn after_redirection(state: State) -> State {
    match state {
        State::Opening | State::Prefix => State::Prefix,
        State::Arguments => State::Arguments,
        State::Closed => State::Closed,
    }
}

#[cfg(test)]
#[path = "light_tests.rs"]
mod tests;
