//! Parameter expansion (bash manual, "Shell Parameter Expansion") on known values.

use bstr::{BString, ByteSlice};

use super::assign::unnamed;
use super::evaluated::substitutes;
use super::expand::whole;
use super::expand::{Chunk, Origin};
use super::leave::How;
use super::lookup::{Got, emit, first, is_missing, keys, length, slice};
use super::pattern::Pattern;
use super::quirks::{bare_list, turns};
use super::scope::{Attributes, Content, Scope};
use super::transform::{Change, changed};
use super::walk::Walker;
use super::words::{Cause, Piece, REQUIRED, Value};
use crate::parse::syntax::{Index, Operation, Parameter, Part, Replace, Word};
use crate::span::Span;

impl Walker<'_> {
    pub(super) fn parameter(
        &mut self,
        parameter: &Parameter,
        quoted: bool,
        scope: &mut Scope,
        chunks: &mut Vec<Chunk>,
    ) {
        let origin = if quoted { Origin::Quoted } else { Origin::Expanded };
        let parameter = match self.direct(parameter, scope) {
            Ok(parameter) => parameter,
            Err(value) => {
                self.operands(parameter, scope);
                // The name of a list makes as many words, in quotes too.
                return chunks.push(Chunk::Piece(value, Origin::Expanded));
            }
        };
        let got = self.got(&parameter, scope);
        let perhaps = scope.perhaps_unset(&parameter.name);
        let got = match got {
            Got::One(_) | Got::List { .. } if perhaps && parameter.index.is_some() => {
                Got::Any(Cause::Variable(parameter.name.as_slice().into()))
            }
            got => got,
        };
        // Where bash keeps what it captures as it is it may join them.
        let apart = scope.ifs().is_some_and(|ifs| !ifs.is_empty());
        if !quoted && !apart && self.is_captured() && matches!(got, Got::List { joined: true, .. }) {
            self.operands(&parameter, scope);
            return chunks.push(any_number());
        }
        let is_missing = |got: &Got, colon: bool| is_missing(got, colon).filter(|missing| *missing || !perhaps);
        let optional = matches!(
            parameter.operation,
            Some(
                Operation::Default { .. }
                    | Operation::Assign { .. }
                    | Operation::Alternate { .. }
                    | Operation::Require { .. }
            )
        );
        if !optional && is_missing(&got, false) != Some(false) && scope.options.may_be_on("nounset") {
            self.leave(How::Fatal, scope);
        }
        if let Got::Any(cause) = &got {
            let fails = match &parameter.operation {
                // Of an array by perhaps a length below zero is an error.
                Some(Operation::Substring { offset, length }) => {
                    let range = self.range(offset, length.as_ref(), scope);
                    range.is_none_or(|(_, length)| length.is_some_and(|one| one < 0))
                }
                operation => {
                    self.operands(&parameter, scope);
                    matches!(operation, Some(Operation::Assign { .. } | Operation::Require { .. }))
                }
            };
            if fails {
                self.leave(How::Abandon, scope);
            }
            let origin = if parameter.operation == Some(Operation::Length) { origin } else { Origin::Expanded };
            return chunks.push(Chunk::Piece(Value::unknown(cause.clone()), origin));
        }
        match &parameter.operation {
            None => emit(got, quoted, scope, chunks),
            Some(Operation::Length) => chunks.push(Chunk::Piece(length(&got), origin)),
            Some(Operation::Default { colon, word } | Operation::Assign { colon, word }) => {
                let assigns = matches!(parameter.operation, Some(Operation::Assign { .. }));
                // A positional parameter cannot be assigned so, and nothing may have that subscript (`a[-1]` of what is
                // empty, `a[@]`).
                let refused = parameter.index.is_some() || !super::simple::is_name(&parameter.name);
                if assigns && refused && is_missing(&got, *colon) != Some(false) {
                    self.fail(scope);
                }
                match is_missing(&got, *colon) {
                    Some(false) => emit(got, quoted, scope, chunks),
                    Some(true) if assigns => {
                        let (value, _) = self.default_value(word, quoted, scope);
                        self.assign_default(&parameter, &value, true, scope);
                        // As the name holds it: in other letters, or as a sum.
                        let marked = scope.attributes(&parameter.name) != Attributes::default();
                        let value = if marked { Value::unknown(Cause::Construct("${x:=}")) } else { value };
                        chunks.push(Chunk::Piece(value, origin));
                    }
                    Some(true) => self.operand(word, quoted, scope, chunks),
                    // Either what it holds or the default: both are named where both are known.
                    None => {
                        let before = self.way(scope);
                        let (value, several) = self.default_value(word, quoted, scope);
                        if assigns {
                            self.assign_default(&parameter, &value, false, scope);
                        }
                        self.meet(scope, before);
                        let several = several || matches!(&got, Got::List { values, .. } if values.len() != 1);
                        let held = first(got);
                        chunks.push(if several { any_number() } else { Chunk::Piece(held.or(value), origin) });
                    }
                }
            }
            Some(Operation::Require { colon, .. }) => match is_missing(&got, *colon) {
                Some(false) => emit(got, quoted, scope, chunks),
                missing => {
                    self.operands(&parameter, scope);
                    self.leave(How::Fatal, scope);
                    let hole = matches!(&got, Got::One(Value::Unknown(shape)) if shape.pieces == [Piece::Hole]);
                    match missing {
                        None if !(hole && *colon) => emit(got, quoted, scope, chunks),
                        Some(_) | None => chunks.push(Chunk::Piece(Value::unknown(REQUIRED), origin)),
                    }
                }
            },
            Some(Operation::Alternate { colon, word }) => match is_missing(&got, *colon) {
                // `"${a[@]+x}"` of an empty list is no word, as `"${a[@]}"` is none.
                Some(true) if quoted && matches!(got, Got::List { joined: false, .. }) => chunks.push(Chunk::Nothing),
                Some(true) => {}
                Some(false) => self.operand(word, quoted, scope, chunks),
                None => {
                    let before = self.way(scope);
                    let (value, several) = self.default_value(word, quoted, scope);
                    self.meet(scope, before);
                    chunks.push(if several { any_number() } else { Chunk::Piece(value.or(Value::known("")), origin) });
                }
            },
            Some(Operation::Names { joined }) => {
                let names = scope.names(&parameter.name);
                match names {
                    Some(names) => {
                        emit(
                            Got::List { values: names.into_iter().map(Value::Known).collect(), joined: *joined },
                            quoted,
                            scope,
                            chunks,
                        );
                    }
                    None => {
                        chunks.push(Chunk::Piece(Value::unknown(Cause::Construct("${!prefix@}")), Origin::Expanded));
                    }
                }
            }
            Some(Operation::Keys) if scope.perhaps_array(&parameter.name) => {
                let cause = Cause::Construct("an array that differs by branch");
                chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded));
            }
            Some(Operation::Keys) => match keys(scope.content(&parameter.name)) {
                // Any number of them, quoted or not.
                Got::One(value) => chunks.push(Chunk::Piece(value, Origin::Expanded)),
                Got::Any(cause) => chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded)),
                Got::List { values, .. } => {
                    emit(Got::List { values, joined: parameter.index == Some(Index::Joined) }, quoted, scope, chunks);
                }
                Got::Unset => {}
            },
            // Of a name that is no array, `[@]` or not, it is a part of the text.
            Some(Operation::Substring { offset, length })
                if matches!(got, Got::List { .. })
                    && !(parameter.index.is_some() && matches!(scope.content(&parameter.name), Content::Scalar(_))) =>
            {
                let range = self.range(offset, length.as_ref(), scope);
                if matches!(scope.content(&parameter.name), Content::Keyed(_)) {
                    let cause = Cause::Construct("a slice of an associative array");
                    return chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded));
                }
                let zero = matches!(parameter.name.as_slice(), b"@" | b"*").then(|| scope.name.clone());
                if range.is_some_and(|(_, length)| length.is_some_and(|length| length < 0)) {
                    self.leave(How::Abandon, scope);
                }
                // Offsets count subscripts, and an array may have gaps.
                let (got, range) = match (got, scope.content(&parameter.name), range) {
                    (Got::List { joined, .. }, Content::Indexed(values), Some((offset, length))) => {
                        let end = values.keys().next_back().map_or(0, |last| last + 1);
                        let from = if offset < 0 { offset + end } else { offset };
                        let kept = values.into_iter().filter(|(at, _)| from >= 0 && *at >= from);
                        (Got::List { values: kept.map(|(_, value)| value).collect(), joined }, Some((0, length)))
                    }
                    (got, _, range) => (got, range),
                };
                emit(slice(got, range, zero), quoted, scope, chunks);
            }
            // What is not set may have attributes all the same, its own or its array's.
            Some(Operation::Transform(b'A' | b'a' | b'K' | b'k'))
                if parameter.index.is_some() || matches!(got, Got::Unset) =>
            {
                let cause = Cause::Construct("an array's attributes");
                chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded));
            }
            Some(operation) => {
                let change = self.change(operation, scope);
                if matches!(operation, Operation::Substring { .. }) {
                    // A length below zero may be an error.
                    let counted = matches!(change, Some(Change::Substring(_, None | Some(0..))));
                    if !counted && !surely_changes(&got, change.as_ref()) {
                        self.leave(How::Abandon, scope);
                    }
                    // Behind its end there is no word, although `"${x:9}"` is one.
                    if parameter.index == Some(Index::Each) && !within(&got, change.as_ref()) {
                        let cause = Cause::Construct("a part of a text that is no array");
                        return chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded));
                    }
                }
                if *operation == Operation::Transform(b'P') {
                    self.prompted(&got, scope);
                }
                // Of what is not set nothing is made, whatever would be made of an empty text.
                match each(got, change.as_ref()) {
                    Got::One(value) if perhaps => emit(Got::One(value.or(Value::known(""))), quoted, scope, chunks),
                    got => emit(got, quoted, scope, chunks),
                }
            }
        }
    }

    /// `${x:=value}`
    fn assign_default(&mut self, parameter: &Parameter, value: &Value, surely: bool, scope: &mut Scope) {
        let named = super::simple::is_name(&parameter.name);
        let value = match (surely, named) {
            (true, true) => value.clone(),
            (false, true) => scope.value(&parameter.name).unwrap_or_else(|| Value::known("")).or(value.clone()),
            // A positional parameter cannot be assigned so.
            (_, false) => return self.fail(scope),
        };
        if scope.is_readonly(&parameter.name) {
            return self.fail(scope);
        }
        match &parameter.index {
            None => scope.assign(&parameter.name, value),
            Some(Index::Of(index)) if surely => self.set_element(&parameter.name, index, value, scope),
            // All elements cannot be assigned at once.
            Some(Index::Each | Index::Joined) => self.leave(How::Abandon, scope),
            Some(Index::Of(_)) => {
                scope.assign(&parameter.name, Value::unknown(Cause::Construct("an assignment to elements")));
            }
        }
    }

    /// `${!x}` → the parameter that x names.
    fn direct(&mut self, parameter: &Parameter, scope: &mut Scope) -> Result<Parameter, Value> {
        let keeps = matches!(parameter.operation, Some(Operation::Names { .. } | Operation::Keys));
        if !parameter.indirect || keeps {
            return Ok(parameter.clone());
        }
        let named = first(self.got(&Parameter { operation: None, indirect: false, ..parameter.clone() }, scope));
        match named {
            Value::Known(name) => {
                let base = name.split(|byte| *byte == b'[').next().unwrap_or_default();
                let special = matches!(base, [b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!']);
                let number = !base.is_empty() && base.iter().all(u8::is_ascii_digit);
                let is_name = super::simple::is_name(base);
                // Only variables have elements.
                let element = base.len() < name.len();
                let valid = if element { is_name && name.ends_with(b"]") } else { is_name || special || number };
                if !valid {
                    self.leave(How::Abandon, scope);
                    return Err(Value::unknown(Cause::Construct("${!x}")));
                }
                let (name, index) = match name.find_byte(b'[') {
                    Some(open) => {
                        let inner = name[open + 1..].trim_end_with(|c| c == ']');
                        if matches!(scope.content(&name[..open]), Content::Keyed(_)) && substitutes(inner) {
                            let at = self.place(Span::default());
                            self.substituted(inner, at, scope);
                        }
                        let word = Word { parts: vec![Part::Quoted(inner.to_vec())], ..Word::default() };
                        let index = match inner {
                            b"@" => Index::Each,
                            b"*" => Index::Joined,
                            _ => Index::Of(word),
                        };
                        (name[..open].to_vec(), Some(index))
                    }
                    None => (name.to_vec(), None),
                };
                Ok(Parameter { name, index, indirect: false, operation: parameter.operation.clone(), bare: false })
            }
            Value::OneOf(_) => {
                self.leave(How::Abandon, scope);
                Err(Value::unknown(Cause::Construct("${!x}")))
            }
            Value::Unknown(shape) => {
                self.leave(How::Abandon, scope);
                Err(Value::unknown(shape.because))
            }
        }
    }

    /// The words of an operation whose result is not known: what they run may run.
    pub(super) fn operands(&mut self, parameter: &Parameter, scope: &mut Scope) {
        for word in parameter.operation.iter().flat_map(Operation::words) {
            let before = self.way(scope);
            self.gather(&unnamed(word).parts, true, scope, &mut Vec::new());
            self.meet(scope, before);
        }
    }

    /// The word of an operation that may or may not count, and whether it may be several arguments even in quotes.
    fn default_value(&mut self, word: &Word, quoted: bool, scope: &mut Scope) -> (Value, bool) {
        let mut chunks = Vec::new();
        self.gather(&unnamed(word).parts, quoted, scope, &mut chunks);
        if quoted && turns(word) {
            return (Value::unknown(Cause::Construct("quotes inside quotes")), true);
        }
        // What splits although it stands in quotes is a list.
        let lists = |chunk: &Chunk| match chunk {
            Chunk::Piece(_, origin) => quoted && *origin == Origin::Expanded,
            _ => true,
        };
        let several = chunks.iter().any(lists);
        let marked = !quoted && chunks.iter().any(|chunk| matches!(chunk, Chunk::Piece(_, Origin::Quoted)));
        let value = whole(chunks, scope);
        // A text in quotes of its own is one word, empty or not, where the other way there may be none or several.
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+=:@%,".contains(byte);
        let turns = |one: &BString| one.is_empty() || !one.iter().all(plain);
        let apart = marked && value.choices().is_some_and(|all| all.iter().any(turns));
        (value, several || apart)
    }

    fn operand(&mut self, word: &Word, quoted: bool, scope: &mut Scope, chunks: &mut Vec<Chunk>) {
        let mut inner = Vec::new();
        self.gather(&unnamed(word).parts, quoted, scope, &mut inner);
        if !quoted && bare_list(word) && !scope.ifs().is_some_and(|ifs| ifs.starts_with(b" ")) {
            return chunks.push(any_number());
        }
        if quoted && turns(word) {
            let cause = Cause::Construct("quotes inside quotes");
            return chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded));
        }
        // `"${x-$@}"` is a word, however few `"$@"` would be.
        let inner = inner.into_iter().filter(|chunk| !(quoted && matches!(chunk, Chunk::Nothing)));
        chunks.extend(inner.map(|chunk| match chunk {
            Chunk::Piece(value, Origin::Literal) => Chunk::Piece(value, Origin::Expanded),
            other => other,
        }));
    }

    /// `${x@P}`: what a prompt would show.
    fn prompted(&mut self, got: &Got, scope: &Scope) {
        let values = match got {
            Got::One(value) => std::slice::from_ref(value),
            Got::List { values, .. } => values,
            Got::Unset | Got::Any(_) => &[],
        };
        for text in values.iter().filter_map(Value::choices).flatten().filter(|text| substitutes(text)) {
            let at = self.place(Span::default());
            self.substituted(text, at, scope);
        }
    }

    /// The text that takes the place of what matched.
    fn replacement(&mut self, with: &Word, scope: &mut Scope) -> Option<BString> {
        let mut chunks = Vec::new();
        self.gather(&unnamed(with).parts, false, scope, &mut chunks);
        let mut text = BString::default();
        for chunk in chunks {
            match chunk {
                // What an unquoted `&` or a backslash from an expansion means depends on the release of bash.
                Chunk::Piece(Value::Known(piece), Origin::Literal | Origin::Expanded)
                    if piece.find_byteset(b"&\\").is_some() =>
                {
                    return None;
                }
                Chunk::Piece(Value::Known(piece), _) => text.extend_from_slice(&piece),
                Chunk::Boundary => text.push(b' '),
                Chunk::Nothing => {}
                Chunk::Piece(Value::OneOf(_) | Value::Unknown(_), _) => return None,
            }
        }
        Some(text)
    }

    pub(super) fn number(&mut self, word: &Word, scope: &mut Scope) -> Option<i64> {
        match self.arithmetic(word, scope) {
            Value::Known(text) => text.to_str_lossy().parse().ok(),
            Value::OneOf(_) | Value::Unknown(_) => None,
        }
    }

    fn range(&mut self, offset: &Word, length: Option<&Word>, scope: &mut Scope) -> Option<(i64, Option<i64>)> {
        let offset = self.number(offset, scope);
        let length = match length {
            Some(length) => self.number(length, scope).map(Some),
            None => Some(None),
        };
        Some((offset?, length?))
    }

    /// The operation as a function of one text; `None` where its operands are unknown.
    fn change(&mut self, operation: &Operation, scope: &mut Scope) -> Option<Change> {
        Some(match operation {
            Operation::Substring { offset, length } => {
                let (offset, length) = self.range(offset, length.as_ref(), scope)?;
                Change::Substring(offset, length)
            }
            Operation::RemovePrefix { longest, pattern } => {
                Change::Prefix(Pattern::new(&self.pattern(pattern, scope)?), *longest)
            }
            Operation::RemoveSuffix { longest, pattern } => {
                Change::Suffix(Pattern::new(&self.pattern(pattern, scope)?), *longest)
            }
            Operation::Replace { which, pattern, with } => {
                let pattern = self.pattern(pattern, scope);
                let with = self.replacement(with, scope)?;
                let text = pattern?;
                // What an expansion or an empty pair of quotes puts there holds the end as well.
                let (which, text) = match (which, text.first()) {
                    (Replace::First, Some(b'#' | b'%')) if text.len() == 1 => return None,
                    (Replace::First, Some(b'#')) => (Replace::Prefix, &text[1..]),
                    (Replace::First, Some(b'%')) => (Replace::Suffix, &text[1..]),
                    (which, _) => (*which, &text[..]),
                };
                let pattern = Pattern::new(text);
                // Where a group may be empty it is put in before the text, or is not.
                let may_be_empty = text.contains(&b'(') && pattern.matches(b"") != Some(false);
                if may_be_empty || scope.options.may_be_on("nocasematch") {
                    return None;
                }
                Change::Replace(which, pattern, with)
            }
            Operation::Case { change, all, pattern } => {
                let text = self.pattern(pattern, scope)?;
                Change::Case(*change, *all, if text.is_empty() { Pattern::new(b"?") } else { Pattern::new(&text) })
            }
            Operation::Transform(letter) => Change::Transform(*letter),
            Operation::Length
            | Operation::Default { .. }
            | Operation::Assign { .. }
            | Operation::Require { .. }
            | Operation::Alternate { .. }
            | Operation::Names { .. }
            | Operation::Keys => return None,
        })
    }
}

fn each(got: Got, change: Option<&Change>) -> Got {
    let apply = |value: Value| match change {
        Some(change) => value.map(|text| changed(text, change), "a parameter expansion"),
        None => Value::unknown(Cause::Construct("a parameter expansion with an unknown operand")),
    };
    match got {
        Got::Unset => Got::Unset,
        Got::Any(cause) => Got::Any(cause),
        Got::One(value) => Got::One(apply(value)),
        Got::List { values, joined } => Got::List { values: values.into_iter().map(apply).collect(), joined },
    }
}

/// No argument, or any number of them.
fn any_number() -> Chunk {
    Chunk::Piece(Value::unknown(Cause::Construct("a list that may stand there")), Origin::Expanded)
}

/// Whether nothing that may stand there makes an error of it.
fn surely_changes(got: &Got, change: Option<&Change>) -> bool {
    match (got, change) {
        (Got::Unset, Some(_)) => true,
        (Got::One(value), Some(change)) => {
            value.choices().is_some_and(|all| all.iter().all(|one| changed(one, change).is_some()))
        }
        (_, _) => false,
    }
}

/// Whether a part of a text begins inside it for sure.
fn within(got: &Got, change: Option<&Change>) -> bool {
    let size = |value: &Value| value.choices().map(|all| all.iter().map(|one| one.len()).min().unwrap_or_default());
    let shortest = match got {
        Got::One(value) => size(value),
        Got::List { values, .. } => match values.as_slice() {
            [value] => size(value),
            _ => None,
        },
        Got::Unset | Got::Any(_) => None,
    };
    match (change, shortest.and_then(|size| i64::try_from(size).ok())) {
        (Some(Change::Substring(offset, _)), Some(size)) => (-size..=size).contains(offset),
        (_, _) => false,
    }
}
