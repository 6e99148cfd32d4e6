//! Text that bash expands once more where nothing in the syntax shows it: subscripts in expressions, in the names that
//! builtins take and behind `${!x}`, and `${x@P}`. A substitution in it runs.

use std::collections::BTreeSet;

use bstr::{BString, ByteSlice};

use super::scope::{Content, Scope};
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Cause, Piece, Value, Word};
use super::{arithmetic, follow};
use crate::parse::{self, Dialect, syntax};
use crate::span::{Place, Span};

/// Texts that are looked into for one expression: what a name in it holds is an expression too.
const TEXTS: usize = 64;

/// Builtins that take names, with a subscript or without, anywhere among their words.
const NAMING: [&[u8]; 12] = [
    b"let",
    b"read",
    b"unset",
    b"declare",
    b"typeset",
    b"local",
    b"export",
    b"readonly",
    b"getopts",
    b"mapfile",
    b"readarray",
    b"wait",
];

/// Operators of `[[ ]]` that compare numbers: both sides are expressions.
const NUMERIC: [&[u8]; 6] = [b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge"];

impl Walker<'_> {
    /// An expression as it is evaluated, with what the names in it hold.
    pub(super) fn evaluated(&mut self, value: &Value, span: Span, scope: &Scope) {
        if scope.mode.dialect == Dialect::Dash {
            return;
        }
        let (all, whole) = reached(value, scope);
        for text in all.iter().filter(|text| substitutes(text)) {
            let at = self.place(span);
            self.substituted(text, at, scope);
        }
        if !whole {
            self.over_budget("texts of an expression");
        }
    }

    /// What is assigned to a name that `declare -i` made a number.
    pub(super) fn summed(&mut self, name: &[u8], value: &Value, span: Span, scope: &mut Scope) {
        if !scope.attributes(name).integer {
            return;
        }
        self.evaluated(value, span, scope);
        let computed = matches!(value, Value::Known(text) if arithmetic::evaluate(text, &mut scope.clone()).is_some());
        if !computed {
            unsettled(value, scope);
        }
        // `set -u` makes an error of a name.
        if !computed || !reached(value, scope).0.iter().all(|text| arithmetic::names_in(text).is_empty()) {
            self.fail_expression(scope);
        }
    }

    /// Text that is expanded like the body of a here-document.
    pub(super) fn substituted(&mut self, text: &[u8], at: Place, scope: &Scope) {
        let call =
            Call { words: Vec::new(), assignments: Vec::new(), redirections: Vec::new(), input: Input::Inherited, at };
        follow::text(self, Value::known(parse::document(text)), "an expression", &call, &mut scope.clone());
    }

    /// Subscripts in the words of a builtin.
    pub(super) fn named_by(&mut self, builtin: &BString, call: &Call, scope: &Scope) {
        if scope.mode.dialect == Dialect::Dash {
            return;
        }
        let words = call.words.get(1..).unwrap_or_default();
        let behind = |flag: &[u8]| {
            let at = words.iter().position(|word| word.text() == Some(flag));
            at.and_then(|at| words.get(at + 1)).map(std::slice::from_ref).unwrap_or_default()
        };
        let names: &[Word] = match builtin.as_slice() {
            b"test" | b"[" | b"printf" => behind(b"-v"),
            b"wait" => behind(b"-p"),
            name if NAMING.contains(&name) => words,
            _ => return,
        };
        for word in names {
            for text in texts(&word.value) {
                // What is assigned is text, unless the name says that it is a number.
                let name = &text[..assigned_from(&text)];
                let whole = *builtin == "let";
                let (open, kept) = (text.find_byte(b'['), if whole { text.as_slice() } else { name });
                if open.is_some_and(|open| open < kept.len()) && substitutes(kept) {
                    self.substituted(kept, call.at.clone(), scope);
                }
            }
        }
    }

    /// `[[ … ]]`: behind `&&` and `||` what an operand changes it may have changed.
    pub(super) fn condition(&mut self, words: &[syntax::Word], scope: &mut Scope) {
        let mut terms = Vec::new();
        let mut sure = true;
        for word in words {
            let before = (!sure && operator(word).is_none()).then(|| self.way(scope));
            let value = self.single(word, scope);
            if let Some(before) = before {
                self.meet(scope, before);
            }
            sure &= !matches!(operator(word), Some(b"&&" | b"||"));
            terms.push((word, value));
        }
        self.compared(&terms, scope);
    }

    /// What `[[ … ]]` evaluates: both sides of a comparison of numbers, and a name behind `-v`.
    fn compared(&mut self, words: &[(&syntax::Word, Value)], scope: &mut Scope) {
        for (index, (word, _)) in words.iter().enumerate() {
            let sides: &[usize] = match operator(word) {
                Some(b"-v") => &[index + 1],
                Some(name) if NUMERIC.contains(&name) && index > 0 => &[index - 1, index + 1],
                _ => continue,
            };
            for (word, value) in sides.iter().filter_map(|side| words.get(*side)) {
                self.evaluated(value, word.span, scope);
                unsettled(value, scope);
            }
        }
    }
}

/// The texts of an expression: its own, and what the names in them hold. The flag says whether these are all.
fn reached(value: &Value, scope: &Scope) -> (BTreeSet<BString>, bool) {
    let mut waiting = texts(value);
    let mut seen = BTreeSet::new();
    while let Some(text) = waiting.pop() {
        if seen.len() == TEXTS {
            return (seen, false);
        }
        if !seen.insert(text.clone()) {
            continue;
        }
        for name in arithmetic::names_in(&text) {
            match scope.content(&name) {
                Content::Scalar(value) => waiting.extend(texts(&value)),
                Content::Indexed(values) => waiting.extend(values.values().flat_map(texts)),
                Content::Keyed(values) => waiting.extend(values.values().flat_map(texts)),
                Content::Unset => {}
            }
        }
    }
    (seen, true)
}

/// What an expression that was not computed may assign may hold anything.
pub(super) fn unsettled(value: &Value, scope: &mut Scope) {
    for name in reached(value, scope).0.iter().flat_map(|text| arithmetic::assigned(text)) {
        scope.blur(&name, Cause::Construct("arithmetic"));
    }
}

/// A word of `[[ … ]]` that stands there as it is.
fn operator(word: &syntax::Word) -> Option<&[u8]> {
    match word.parts.as_slice() {
        [syntax::Part::Literal(text)] => Some(text),
        _ => None,
    }
}

/// Where the value of `name=value` begins, subscripts left out.
fn assigned_from(text: &[u8]) -> usize {
    let mut level = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'[' => level += 1,
            b']' => level = level.saturating_sub(1),
            b'=' if level == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// Every text a value may be; what is not known of it stands there as a number.
fn texts(value: &Value) -> Vec<BString> {
    match value {
        Value::Known(text) => vec![text.clone()],
        Value::OneOf(texts) => texts.clone(),
        Value::Unknown(shape) => {
            let pieces = shape.pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.as_slice(),
                Piece::Hole => b"0",
            });
            vec![pieces.collect::<Vec<_>>().concat().into()]
        }
    }
}

pub(super) fn substitutes(text: &[u8]) -> bool {
    text.contains(&b'`') || text.find(b"$(").is_some() || text.find(b"${").is_some() || text.find(b"$[").is_some()
}
