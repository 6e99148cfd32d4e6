//! The expressions of a justfile: strings, `+`, `/`, conditions, calls and back-ticks, as far as they are known.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::super::words::{Cause, Value};

/// Nested expressions, and variables in all.
const DEPTH: usize = 30;
const STEPS: usize = 5_000;

pub(super) struct Expression<'e> {
    /// Arguments and variables of the command line, which win.
    pub given: &'e BTreeMap<BString, Value>,
    pub variables: &'e BTreeMap<BString, BString>,
    pub folder: &'e BString,
    pub environment: &'e dyn Fn(&[u8]) -> Option<Value>,
    /// What back-ticks run, in order.
    pub shell: Vec<Value>,
    pub steps: usize,
}

impl Expression<'_> {
    pub fn value(&mut self, text: &[u8], depth: usize) -> Value {
        let mut at = 0;
        self.sum(text, &mut at, depth)
    }

    fn sum(&mut self, text: &[u8], at: &mut usize, depth: usize) -> Value {
        let mut value = self.term(text, at, depth);
        loop {
            skip(text, at);
            let join = match text.get(*at) {
                Some(b'+') => "",
                Some(b'/') => "/",
                Some(_) | None => return value,
            };
            *at += 1;
            let next = self.term(text, at, depth);
            value = value.then(Value::known(join)).then(next);
        }
    }

    fn term(&mut self, text: &[u8], at: &mut usize, depth: usize) -> Value {
        self.steps += 1;
        skip(text, at);
        if depth > DEPTH || self.steps > STEPS {
            *at = text.len();
            return Value::unknown(Cause::Limit);
        }
        let rest = text.get(*at..).unwrap_or_default();
        match rest.first() {
            Some(b'"' | b'\'') => string(text, at),
            Some(b'`') => {
                let mark: &[u8] = if rest.starts_with(b"```") { b"```" } else { b"`" };
                let inner = &rest[mark.len()..];
                let end = inner.find(mark).unwrap_or(inner.len());
                *at += (end + 2 * mark.len()).min(rest.len());
                self.shell.push(Value::known(&inner[..end]));
                Value::unknown(Cause::Output("sh".into()))
            }
            Some(b'(') => {
                *at += 1;
                let value = self.sum(text, at, depth + 1);
                skip(text, at);
                *at += usize::from(text.get(*at) == Some(&b')'));
                value
            }
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => {
                let end = rest
                    .iter()
                    .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')))
                    .unwrap_or(rest.len());
                let name = &rest[..end];
                *at += end;
                match name {
                    b"if" => self.condition(text, at, depth),
                    _ if text.get(*at) == Some(&b'(') => self.call(name, text, at, depth),
                    // `x'…'` expands variables, `f'…'` expressions: what they come to is not known.
                    _ if matches!(text.get(*at), Some(b'"' | b'\'')) => {
                        string(text, at);
                        unknown()
                    }
                    _ => self.variable(name, depth),
                }
            }
            Some(_) => {
                *at = text.len();
                unknown()
            }
            None => Value::known(""),
        }
    }

    fn variable(&mut self, name: &[u8], depth: usize) -> Value {
        match (self.given.get(name.as_bstr()), self.variables.get(name.as_bstr())) {
            (Some(value), _) => value.clone(),
            (None, Some(text)) => self.value(&text.clone(), depth + 1),
            (None, None) => unknown(),
        }
    }

    /// `if a == b { x } else { y }`: both.
    fn condition(&mut self, text: &[u8], at: &mut usize, depth: usize) -> Value {
        self.sum(text, at, depth + 1);
        let rest = text.get(*at..).unwrap_or_default();
        *at += rest.find_byte(b'{').unwrap_or(rest.len());
        let mut both = None;
        while text.get(*at) == Some(&b'{') {
            *at += 1;
            let one = self.sum(text, at, depth + 1);
            both = Some(both.map_or(one.clone(), |other: Value| other.or(one)));
            skip(text, at);
            *at += usize::from(text.get(*at) == Some(&b'}'));
            skip(text, at);
            let Some(rest) = text.get(*at..).and_then(|rest| rest.strip_prefix(b"else")) else { break };
            *at = text.len() - rest.len();
            skip(text, at);
            if let Some(rest) = text.get(*at..).and_then(|rest| rest.strip_prefix(b"if")) {
                *at = text.len() - rest.len() + rest.find_byte(b'{').unwrap_or(rest.len());
            }
        }
        both.unwrap_or_else(unknown)
    }

    fn call(&mut self, name: &[u8], text: &[u8], at: &mut usize, depth: usize) -> Value {
        *at += 1;
        let mut arguments = Vec::new();
        loop {
            skip(text, at);
            match text.get(*at) {
                None => break,
                Some(b')') => {
                    *at += 1;
                    break;
                }
                Some(b',') => *at += 1,
                Some(_) => arguments.push(self.sum(text, at, depth + 1)),
            }
        }
        let first = arguments.first().cloned();
        match name {
            b"justfile_directory" | b"invocation_directory" | b"source_directory" => Value::Known(self.folder.clone()),
            b"env" | b"env_var" | b"env_var_or_default" => {
                let known = match &first {
                    Some(Value::Known(name)) => (self.environment)(name),
                    Some(Value::OneOf(_) | Value::Unknown(_)) | None => None,
                };
                known.or_else(|| arguments.into_iter().nth(1)).unwrap_or_else(unknown)
            }
            b"quote" | b"trim" | b"absolute_path" | b"canonicalize" | b"clean" => first.unwrap_or_else(unknown),
            b"shell" => {
                self.shell.extend(first);
                Value::unknown(Cause::Output("sh".into()))
            }
            _ => unknown(),
        }
    }
}

fn skip(text: &[u8], at: &mut usize) {
    while text.get(*at).is_some_and(u8::is_ascii_whitespace) {
        *at += 1;
    }
}

/// A string in one or three quotes.
fn string(text: &[u8], at: &mut usize) -> Value {
    let rest = text.get(*at..).unwrap_or_default();
    let quote = &rest[..1];
    let triple = quote.repeat(3);
    let mark: &[u8] = if rest.starts_with(&triple) { &triple } else { quote };
    let inner = &rest[mark.len()..];
    let mut end = 0;
    while end < inner.len() && !inner[end..].starts_with(mark) {
        end += if inner[end] == b'\\' && quote == b"\"" { 2 } else { 1 };
    }
    let end = end.min(inner.len());
    *at += (end + 2 * mark.len()).min(rest.len());
    if quote == b"'" {
        return Value::known(&inner[..end]);
    }
    super::super::printing::ansi_c(&inner[..end]).map_or_else(unknown, Value::Known)
}

fn unknown() -> Value {
    Value::unknown(Cause::Construct("an expression of just"))
}
