//! Expressions: literals, names, lists and the operators that join texts.

use super::calls::Caller;
use super::item::{Item, bounded, formatted};
use super::reader::Reader;
use super::tokens::{Part, Token};
use crate::command::words::{Cause, Value};

/// Nested brackets.
const DEPTH: usize = 40;

/// Words before a value that change nothing of what runs.
const PREFIXES: &[&[u8]] = &[
    b"await", b"new", b"return", b"not", b"typeof", b"async", b"yield", b"void", b"throw", b"else", b"then", b"do",
    b"echo", b"puts",
];

/// Words that end an expression.
const ENDS: &[&[u8]] = &[
    b"if",
    b"unless",
    b"while",
    b"until",
    b"for",
    b"foreach",
    b"and",
    b"or",
    b"do",
    b"then",
    b"end",
    b"else",
    b"elsif",
    b"elif",
    b"in",
    b"of",
    b"rescue",
    b"as",
    b"from",
    b"is",
    b"not",
    b"instanceof",
];

impl Reader<'_> {
    pub fn expression(&mut self) -> Item {
        if self.depth >= DEPTH {
            // What is inside is still read, by the statements that go on from here.
            self.at += 1;
            self.unread = true;
            return Item::Unknown;
        }
        self.depth += 1;
        let mut left = self.operand();
        loop {
            if self.language.neighbours && self.begins_operand() {
                let right = self.operand();
                left = left.join(&right);
                continue;
            }
            if self.language.triple && self.name(0).is_some_and(|name| name == "if") {
                left = self.python_choice(left);
                continue;
            }
            let Some(mark) = self.mark(0) else { break };
            left = match mark {
                // awk: `"cmd" | getline`
                "|" if self.language.pipes && self.name(1).is_some_and(|name| name == "getline") => {
                    self.at += 2;
                    self.shell(&left.value(), None);
                    Item::Unknown
                }
                _ if self.language.joins.contains(&mark) => {
                    self.at += 1;
                    let right = self.operand();
                    left.join(&right)
                }
                "%" => {
                    self.at += 1;
                    let right = self.operand();
                    match (&left, &right) {
                        (Item::Text(Value::Known(text)), Item::List(items)) => Item::Text(formatted(text, items)),
                        (Item::Text(Value::Known(text)), one) => Item::Text(formatted(text, std::slice::from_ref(one))),
                        (_, _) => Item::Unknown,
                    }
                }
                // pathlib: `Path("a") / "b"`
                "/" if self.language.triple => {
                    self.at += 1;
                    let right = self.operand();
                    Item::Text(bounded(left.value().then(Value::known("/")).then(right.value())))
                }
                "||" | "??" => {
                    self.at += 1;
                    let right = self.operand();
                    match left {
                        Item::Name(_) | Item::Unknown => Item::Unknown,
                        left => left.or(right),
                    }
                }
                "?" => {
                    self.at += 1;
                    let first = self.expression();
                    if self.take(":") { first.or(self.expression()) } else { Item::Unknown }
                }
                "==" | "===" | "!=" | "!==" | "<" | ">" | "<=" | ">=" | "<=>" | "&&" | "-" | "*" | "**" | "/"
                | ">>" | "<<" | "&" | "^" | "=~" | "+" | "." | ".." | "..." => {
                    self.at += 1;
                    self.operand();
                    Item::Unknown
                }
                _ => break,
            };
        }
        self.depth -= 1;
        left
    }

    fn python_choice(&mut self, left: Item) -> Item {
        self.at += 1;
        self.operand();
        while self.mark(0).is_some_and(|mark| matches!(mark, "==" | "!=" | "<" | ">" | "<=" | ">=" | ".")) {
            self.at += 1;
            self.operand();
        }
        if self.name(0).is_some_and(|name| name == "else") {
            self.at += 1;
            return left.or(self.expression());
        }
        Item::Unknown
    }

    pub fn begins_operand(&self) -> bool {
        match self.peek(0) {
            Some(Token::Text(_) | Token::Shell(_) | Token::Words(_) | Token::Number(_)) => true,
            Some(Token::Name(name)) => !ENDS.contains(&name.as_slice()) && name != "getline",
            Some(Token::Mark(mark)) => matches!(*mark, "(" | "$" | "[") && (!self.language.neighbours || *mark != "["),
            Some(Token::Pattern | Token::Newline) | None => false,
        }
    }

    fn operand(&mut self) -> Item {
        while let Some(mark) = self.mark(0) {
            if !matches!(mark, "!" | "-" | "+" | "~" | "*" | "**" | "..." | "&" | "@" | "\\" | "?." | "%") {
                break;
            }
            self.at += 1;
        }
        while self.name(0).is_some_and(|name| PREFIXES.contains(&name.as_slice())) {
            self.at += 1;
        }
        if self.depth >= DEPTH {
            self.at += 1;
            self.unread = true;
            return Item::Unknown;
        }
        self.depth += 1;
        let first = self.primary();
        let item = self.followed(first);
        self.depth -= 1;
        item
    }

    fn primary(&mut self) -> Item {
        let Some(token) = self.peek(0).cloned() else { return Item::Unknown };
        match token {
            Token::Text(parts) => {
                self.at += 1;
                let mut value = self.text(&parts);
                while let (true, Some(Token::Text(parts))) =
                    (self.language.triple || self.language.percent, self.peek(0).cloned())
                {
                    self.at += 1;
                    value = bounded(value.then(self.text(&parts)));
                }
                Item::Text(value)
            }
            Token::Shell(parts) => {
                self.at += 1;
                let value = self.text(&parts);
                self.shell(&value, None);
                Item::Text(Value::unknown(Cause::Output("sh".into())))
            }
            Token::Words(words) => {
                self.at += 1;
                Item::List(words.into_iter().map(Item::known).collect())
            }
            Token::Number(number) => {
                self.at += 1;
                Item::known(number)
            }
            Token::Pattern => {
                self.at += 1;
                Item::Unknown
            }
            Token::Name(name) if ENDS.contains(&name.as_slice()) => Item::Unknown,
            Token::Name(name) => {
                self.at += 1;
                self.variable(&name).unwrap_or(Item::Name(name))
            }
            Token::Mark("(") => {
                self.at += 1;
                let given = self.arguments(")");
                match <[Item; 1]>::try_from(given.items) {
                    Ok([only]) => only,
                    Err(items) => Item::List(items),
                }
            }
            Token::Mark("[") => {
                self.at += 1;
                Item::List(self.arguments("]").items)
            }
            Token::Mark("{") if self.is_map() => {
                self.at += 1;
                let given = self.arguments("}");
                Item::Map(given.named)
            }
            Token::Mark("$") => {
                self.at += 1;
                // `$1`, `$(…)`: fields of awk.
                if self.language.neighbours {
                    self.at += 1;
                    return Item::Unknown;
                }
                Item::Name("$".into())
            }
            Token::Mark(_) | Token::Newline => Item::Unknown,
        }
    }

    /// `{` that begins a map rather than a block.
    fn is_map(&self) -> bool {
        match (self.peek(1), self.peek(2)) {
            (Some(Token::Mark("}" | "..." | "**")), _) => true,
            (Some(Token::Name(_) | Token::Text(_)), Some(Token::Mark(mark))) => matches!(*mark, ":" | "=>" | "," | "}"),
            (Some(Token::Newline), _) => matches!(
                (self.peek(2), self.peek(3)),
                (Some(Token::Name(_) | Token::Text(_)), Some(Token::Mark(":" | "=>")))
            ),
            (_, _) => false,
        }
    }

    pub fn text(&mut self, parts: &[Part]) -> Value {
        parts.iter().fold(Value::known(""), |all, part| {
            let next = match part {
                Part::Raw(text) => Value::Known(text.clone()),
                Part::Code(code) if code.is_empty() => Value::unknown(Cause::Construct("an expression in a text")),
                Part::Code(code) => self.code(code, true).value(),
            };
            bounded(all.then(next))
        })
    }
}
