//! Make's `$( … )`: variables, and the functions whose value needs no disk.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::super::words::{Cause, Value};

/// Nested references, and references in all.
const DEPTH: usize = 30;
const STEPS: usize = 20_000;

/// What a text comes to; `$(shell …)` asks the caller.
pub(super) struct Expansion<'e> {
    /// The command line's variables, which win.
    pub given: &'e BTreeMap<BString, Value>,
    pub variables: &'e BTreeMap<BString, BString>,
    /// The environment's.
    pub outside: &'e dyn Fn(&[u8]) -> Option<Value>,
    pub automatic: &'e [(&'static str, Value)],
    /// Commands that `$(shell …)` would run, in order.
    pub shell: Vec<Value>,
    pub steps: usize,
}

impl Expansion<'_> {
    pub fn expand(&mut self, text: &[u8], depth: usize) -> Value {
        let mut value = Value::known("");
        let mut at = 0;
        while let Some(dollar) = text[at..].find_byte(b'$') {
            value = value.then(Value::known(&text[at..at + dollar]));
            at += dollar + 1;
            self.steps += 1;
            let Some(next) = text.get(at).copied() else { return value };
            if depth >= DEPTH || self.steps > STEPS {
                return Value::unknown(Cause::Limit);
            }
            match next {
                b'$' => {
                    value = value.then(Value::known("$"));
                    at += 1;
                }
                b'(' | b'{' => {
                    let close = if next == b'(' { b')' } else { b'}' };
                    let inner = &text[at + 1..];
                    let end = closing(inner, next, close);
                    value = value.then(self.reference(&inner[..end], depth + 1));
                    at = (at + end + 2).min(text.len());
                }
                _ => {
                    value = value.then(self.variable(&[next], depth + 1));
                    at += 1;
                }
            }
        }
        value.then(Value::known(&text[at..]))
    }

    fn variable(&mut self, name: &[u8], depth: usize) -> Value {
        if let Some((_, value)) = self.automatic.iter().find(|(automatic, _)| automatic.as_bytes() == name) {
            return value.clone();
        }
        if let Some(value) = self.given.get(name.as_bstr()) {
            return value.clone();
        }
        if let Some(text) = self.variables.get(name.as_bstr()).cloned() {
            return self.expand(&text, depth);
        }
        if let Some(value) = (self.outside)(name) {
            return value;
        }
        let usual = match name {
            b"RM" => "rm -f",
            b"MAKE" => "make",
            b"CC" => "cc",
            b"CXX" => "g++",
            b"AR" => "ar",
            b"SHELL" => "/bin/sh",
            b"CURDIR" | b"PWD" => ".",
            _ => "",
        };
        Value::known(usual)
    }

    fn reference(&mut self, inner: &[u8], depth: usize) -> Value {
        let word = inner.iter().position(|byte| byte.is_ascii_whitespace());
        if let Some(end) = word {
            let name = &inner[..end];
            return self.function(name, inner[end..].trim_start(), depth);
        }
        let name = match self.expand(inner, depth) {
            Value::Known(name) => name,
            Value::OneOf(_) | Value::Unknown(_) => return Value::unknown(Cause::Construct("a computed variable name")),
        };
        // `$(SRC:.c=.o)`
        if let Some((base, (from, to))) =
            name.split_once_str(b":").and_then(|(base, pair)| Some((base, pair.split_once_str(b"=")?)))
        {
            let value = self.variable(base, depth);
            return value.map(
                |text| each(text, |word| word.strip_suffix(from).map(|stem| [stem, to].concat())),
                "a substitution reference",
            );
        }
        self.variable(&name, depth)
    }

    fn function(&mut self, name: &[u8], rest: &[u8], depth: usize) -> Value {
        if name == b"shell" {
            let command = self.expand(rest, depth);
            self.shell.push(command);
            return Value::unknown(Cause::Output("sh".into()));
        }
        let mut arguments = arguments(rest).into_iter();
        let mut next =
            |this: &mut Self| arguments.next().map_or_else(|| Value::known(""), |text| this.expand(text, depth));
        match name {
            b"strip" => next(self).map(|text| Some(bstr::join(" ", text.fields()).into()), "make's strip"),
            b"notdir" => next(self).map(
                |text| each(text, |word| word.rfind_byte(b'/').map(|at| word[at + 1..].to_vec())),
                "make's notdir",
            ),
            b"abspath" | b"realpath" | b"sort" => next(self),
            b"info" | b"warning" | b"error" => {
                next(self);
                Value::known("")
            }
            b"addprefix" => {
                let Value::Known(prefix) = next(self) else { return unknown() };
                next(self).map(|text| each(text, |word| Some([prefix.as_slice(), word].concat())), "make's addprefix")
            }
            b"addsuffix" => {
                let Value::Known(suffix) = next(self) else { return unknown() };
                next(self).map(|text| each(text, |word| Some([word, suffix.as_slice()].concat())), "make's addsuffix")
            }
            b"subst" => {
                let (Value::Known(from), Value::Known(to)) = (next(self), next(self)) else { return unknown() };
                next(self).map(
                    |text| Some(if from.is_empty() { text.into() } else { text.replace(&from, &to).into() }),
                    "make's subst",
                )
            }
            b"if" => {
                let condition = next(self);
                let (yes, no) = (next(self), next(self));
                match condition {
                    Value::Known(text) => {
                        if text.trim().is_empty() {
                            no
                        } else {
                            yes
                        }
                    }
                    Value::OneOf(_) | Value::Unknown(_) => yes.or(no),
                }
            }
            _ => {
                // Whatever it makes of them, what stands in its arguments is expanded.
                for _ in 0..8 {
                    next(self);
                }
                unknown()
            }
        }
    }
}

fn unknown() -> Value {
    Value::unknown(Cause::Construct("a function of make"))
}

fn each(text: &[u8], change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<BString> {
    Some(bstr::join(" ", text.fields().map(|word| change(word).unwrap_or_else(|| word.to_vec()))).into())
}

fn closing(text: &[u8], open: u8, close: u8) -> usize {
    let mut depth = 0;
    for (at, byte) in text.iter().enumerate() {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            if depth == 0 {
                return at;
            }
            depth -= 1;
        }
    }
    text.len()
}

/// The arguments of a function, by commas outside brackets.
fn arguments(text: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                all.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    all.push(&text[begin..]);
    all
}
