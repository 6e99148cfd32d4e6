//! Command lines → `Model` for the tests of rules. The one place that knows how.
//!
//! A reader of the plain part of bash: quotes, unset variables as holes, lists, pipes, redirections, here-strings and the
//! common wrappers.

use std::sync::Arc;

use bstr::BString;
use guarded_sh::command::{
    Cause, Command, Environment, Model, Piece, Program, Redirect, RedirectMode, Shape, Stdin, Value, Via, Word,
};
use guarded_sh::span::{Place, Span};

/// What `line` would run.
pub fn model_of(line: &str) -> Model {
    let mut model = Model::default();
    read(line, &[], &mut model);
    model
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(Word),
    Mark(String),
}

fn read(line: &str, via: &[Via], model: &mut Model) {
    let mut words = Vec::new();
    let mut redirections = Vec::new();
    let mut stdin = Stdin::Inherited;
    let mut tokens = tokens(line).into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(word) => words.push(word),
            Token::Mark(mark) => match mark.as_str() {
                ">" | ">|" | "&>" | ">>" | "&>>" | "<" | "<<<" => {
                    let Some(Token::Word(target)) = tokens.next() else { continue };
                    match mark.as_str() {
                        "<" => stdin = Stdin::File(target),
                        "<<<" => stdin = Stdin::Text(target.value),
                        _ => redirections.push(Redirect {
                            mode: if mark.ends_with(">>") { RedirectMode::Append } else { RedirectMode::Overwrite },
                            target,
                        }),
                    }
                }
                _ => {
                    let next = if mark == "|" { Stdin::Text(piped(&words)) } else { Stdin::Inherited };
                    finish(std::mem::take(&mut words), std::mem::take(&mut redirections), &stdin, via, model);
                    stdin = next;
                }
            },
        }
    }
    finish(words, redirections, &stdin, via, model);
}

/// What `echo` and `printf` write; anything else is unknown.
fn piped(words: &[Word]) -> Value {
    let mut texts = words.iter().map(Word::text);
    match texts.next().flatten() {
        Some(b"echo" | b"printf") => match texts.collect::<Option<Vec<_>>>() {
            Some(all) => Value::known(bstr::join(" ", all)),
            None => Value::unknown(Cause::Input),
        },
        Some(name) => Value::unknown(Cause::Output(name.into())),
        None => Value::unknown(Cause::Input),
    }
}

fn finish(mut words: Vec<Word>, redirections: Vec<Redirect>, stdin: &Stdin, via: &[Via], model: &mut Model) {
    let mut assignments = Vec::new();
    while let Some((name, value)) = words.first().and_then(assigned) {
        assignments.push((name, value));
        words.remove(0);
    }
    if words.is_empty() && redirections.is_empty() && assignments.is_empty() {
        return;
    }
    if let Some(inner) = unwrapped(&words) {
        let name = words[0].shown();
        let via: Vec<Via> =
            via.iter().cloned().chain([Via { name, change: guarded_sh::command::Change::None }]).collect();
        match inner {
            Inner::Words(words) => finish(words, redirections, stdin, &via, model),
            Inner::Text(text) => read(&text, &via, model),
        }
        return;
    }
    let program = match words.first() {
        None => Program::None,
        Some(word) => word.text().map_or(Program::Unknown, |name| Program::Name(name.into())),
    };
    let mut environment = Environment::default();
    environment.values.insert("HOME".into(), Value::known("/home/me"));
    model.commands.push(Command {
        words,
        program,
        assignments,
        redirections,
        stdin: stdin.clone(),
        via: via.to_vec(),
        directory: Value::known("/home/me/project"),
        environment: Arc::new(environment),
        created: Arc::new(Vec::new()),
        at: Place { source: "command".into(), line: 1, span: Span::default() },
    });
}

fn assigned(word: &Word) -> Option<(BString, Value)> {
    let text = word.text()?;
    let equals = text.iter().position(|byte| *byte == b'=')?;
    let name = &text[..equals];
    let fits = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    fits.then(|| (name.into(), Value::known(&text[equals + 1..])))
}

enum Inner {
    Words(Vec<Word>),
    Text(String),
}

fn unwrapped(words: &[Word]) -> Option<Inner> {
    let name = words.first()?.text()?;
    let rest = |skip: usize| Some(Inner::Words(words.get(skip..)?.to_vec()));
    let text = |at: usize| Some(Inner::Text(String::from_utf8_lossy(words.get(at)?.text()?).into_owned()));
    match name {
        b"sudo" | b"nohup" | b"command" | b"exec" | b"time" | b"nice" | b"env" => rest(1),
        b"timeout" => rest(2),
        b"eval" if words.len() == 2 => text(1),
        b"bash" | b"sh" if words.get(1).and_then(Word::text) == Some(b"-c") => text(2),
        _ => None,
    }
}

fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = line.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c == ' ' || c == '\t' {
            chars.next();
        } else if "|&;<>\n()".contains(c) {
            let mut mark = String::new();
            while let Some(&c) = chars.peek().filter(|c| "|&;<>\n()".contains(**c)) {
                mark.push(c);
                chars.next();
            }
            tokens.push(Token::Mark(mark));
        } else {
            tokens.push(Token::Word(word(&mut chars)));
        }
    }
    tokens
}

fn word(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Word {
    let mut reading = Reading::default();
    let mut quote = None;
    while let Some(&c) = chars.peek() {
        if quote.is_none() && " \t|&;<>\n()".contains(c) {
            break;
        }
        chars.next();
        reading.written.push(c);
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '\\') => {
                if let Some(next) = chars.next() {
                    reading.written.push(next);
                    if quote.is_some() && !"$`\"\\\n".contains(next) {
                        reading.text.push('\\');
                    }
                    reading.text.push(next);
                }
            }
            (None | Some('"'), '$') => reading.hole(chars, quote.is_none()),
            (None, '*' | '?' | '[') => {
                reading.glob = true;
                reading.text.push(c);
            }
            (None, '~') if reading.written == "~" => reading.text.push_str("/home/me"),
            (_, c) => reading.text.push(c),
        }
    }
    reading.word()
}

#[derive(Default)]
struct Reading {
    pieces: Vec<Piece>,
    text: String,
    written: String,
    glob: bool,
    because: Option<Cause>,
    splits: bool,
}

impl Reading {
    /// `$name`, `${…}`, `$(…)`: nothing sets it.
    fn hole(&mut self, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, splits: bool) {
        let mut name = String::new();
        let close = match chars.peek() {
            Some('{') => Some('}'),
            Some('(') => Some(')'),
            Some(c) if c.is_ascii_alphanumeric() || "_@*#?!".contains(*c) => None,
            _ => return self.text.push('$'),
        };
        while let Some(&c) = chars.peek() {
            let inside = close.is_some() || c.is_ascii_alphanumeric() || "_@*".contains(c);
            if !inside {
                break;
            }
            chars.next();
            name.push(c);
            if Some(c) == close {
                break;
            }
        }
        self.written.push_str(&name);
        if name == "HOME" || name == "{HOME}" {
            return self.text.push_str("/home/me");
        }
        if name == "PWD" || name == "{PWD}" {
            return self.text.push_str("/home/me/project");
        }
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.text).into()));
        }
        self.pieces.push(Piece::Hole);
        self.splits |= splits;
        self.because.get_or_insert(Cause::Variable(name.into()));
    }

    fn word(mut self) -> Word {
        let value = match self.because {
            None => Value::known(self.text),
            Some(because) => {
                if !self.text.is_empty() {
                    self.pieces.push(Piece::Text(self.text.into()));
                }
                Value::Unknown(Shape { pieces: self.pieces, because, splits: self.splits })
            }
        };
        Word { value, glob: self.glob, written: self.written.into() }
    }
}
