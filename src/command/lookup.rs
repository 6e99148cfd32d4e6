//! What a parameter stands for before its operation: nothing, one value, or a list.

use bstr::{BString, ByteSlice};

use super::expand::{Chunk, Origin};
use super::leave::How;
use super::scope::{Content, Scope};
use super::walk::Walker;
use super::words::{Cause, Value};
use crate::parse::Dialect;
use crate::parse::syntax::{Index, Operation, Parameter};

/// What a name stands for before its operation.
pub(super) enum Got {
    Unset,
    One(Value),
    /// `$@`, `$*`, `${a[@]}`, `${a[*]}`
    List {
        values: Vec<Value>,
        joined: bool,
    },
    /// A list of which nothing is known: any number of words, even in quotes.
    Any(Cause),
}

impl Walker<'_> {
    pub(super) fn got(&mut self, parameter: &Parameter, scope: &mut Scope) -> Got {
        let name = parameter.name.as_slice();
        match name {
            b"@" | b"*" => match &scope.positional {
                Some(values) => Got::List { values: values.clone(), joined: name == b"*" },
                None => Got::Any(Cause::Positional),
            },
            b"#" => Got::One(match &scope.positional {
                Some(values) => Value::known(values.len().to_string()),
                None => Value::unknown(Cause::Positional),
            }),
            // `${!n}` of "000" is the shell's name too.
            zeros if !zeros.is_empty() && zeros.iter().all(|byte| *byte == b'0') => Got::One(scope.name.clone()),
            b"?" | b"$" => Got::One(Value::name(Cause::Construct("a special parameter"))),
            b"!" | b"-" => Got::One(Value::unknown(Cause::Construct("a special parameter"))),
            digits if digits.iter().all(u8::is_ascii_digit) && !digits.is_empty() => {
                let number: usize = digits.to_str_lossy().parse().unwrap_or(usize::MAX);
                match &scope.positional {
                    None => Got::One(Value::unknown(Cause::Positional)),
                    Some(values) => {
                        number.checked_sub(1).and_then(|at| values.get(at)).cloned().map_or(Got::Unset, Got::One)
                    }
                }
            }
            _ => self.element(parameter, scope),
        }
    }

    /// `$BASH_SOURCE`, which nothing can set. Behind its first element stand the callers.
    fn source_file(&mut self, index: Option<&Index>, scope: &mut Scope) -> Got {
        let unknown = || Cause::Variable("BASH_SOURCE".into());
        let first = match index {
            None => true,
            Some(Index::Of(index)) => self.number(index, scope) == Some(0),
            Some(Index::Each | Index::Joined) => return Got::Any(unknown()),
        };
        let file = scope.file.clone().filter(|_| first);
        Got::One(file.map_or_else(|| Value::unknown(unknown()), Value::Known))
    }

    fn element(&mut self, parameter: &Parameter, scope: &mut Scope) -> Got {
        if parameter.name == b"BASH_SOURCE" && scope.mode.dialect == Dialect::Bash {
            return self.source_file(parameter.index.as_ref(), scope);
        }
        let content = scope.content(&parameter.name);
        match (&parameter.index, content) {
            (Some(Index::Each), Content::Unset) => Got::List { values: Vec::new(), joined: false },
            (Some(Index::Joined), Content::Unset) => Got::List { values: Vec::new(), joined: true },
            // The subscript of what is not there is not looked at for a length.
            (Some(Index::Of(_)), Content::Unset) if parameter.operation == Some(Operation::Length) => Got::Unset,
            (Some(Index::Of(index)), Content::Unset) => {
                // Its subscript is evaluated all the same.
                if self.number(index, scope).is_none() {
                    self.fail_expression(scope);
                }
                Got::Unset
            }
            (None, Content::Unset) => Got::Unset,
            (None, _) => scope.value(&parameter.name).map_or(Got::Unset, Got::One),
            (Some(index), Content::Scalar(Value::Known(_) | Value::OneOf(_)))
                if scope.perhaps_array(&parameter.name) =>
            {
                if let Index::Of(index) = index
                    && self.number(index, scope).is_none()
                {
                    self.fail_expression(scope);
                }
                Got::Any(Cause::Construct("an array that differs by branch"))
            }
            (Some(Index::Each | Index::Joined), content) => {
                let joined = parameter.index == Some(Index::Joined);
                match content {
                    Content::Indexed(values) => Got::List { values: values.into_values().collect(), joined },
                    Content::Keyed(values) if values.len() > 1 => {
                        Got::Any(Cause::Construct("the order of an associative array"))
                    }
                    Content::Keyed(values) => Got::List { values: values.into_values().collect(), joined },
                    Content::Scalar(value @ Value::Unknown(_)) if value.pattern().is_some() => Got::One(value),
                    Content::Scalar(Value::Unknown(shape)) => Got::Any(shape.because),
                    Content::Scalar(value) => Got::List { values: vec![value], joined },
                    Content::Unset => Got::Unset,
                }
            }
            (Some(Index::Of(index)), Content::Keyed(values)) => match self.single(index, scope) {
                Value::Known(key) if !key.is_empty() => values.get(&key).cloned().map_or(Got::Unset, Got::One),
                // What is empty has no length, and the command is dropped.
                key if parameter.operation == Some(Operation::Length) => {
                    self.leave(How::Abandon, scope);
                    let known = matches!(key, Value::Known(_));
                    let why = if known { "the length behind a bad subscript" } else { "an unknown key" };
                    Got::One(Value::unknown(Cause::Construct(why)))
                }
                Value::Known(_) => Got::One(Value::unknown(Cause::Construct("a bad subscript"))),
                Value::OneOf(_) | Value::Unknown(_) => Got::One(Value::unknown(Cause::Construct("an unknown key"))),
            },
            (Some(Index::Of(index)), content) => {
                let measured = parameter.operation == Some(Operation::Length);
                let before = (measured && scope.perhaps_unset(&parameter.name)).then(|| self.way(scope));
                let number = self.number(index, scope);
                if let Some(before) = before {
                    self.meet(scope, before);
                }
                let Some(number) = number else {
                    self.fail_expression(scope);
                    return Got::One(Value::unknown(Cause::Construct("an unknown index")));
                };
                // Of what is no array it has no length, and the command is dropped.
                if measured && number < 0 {
                    self.leave(How::Abandon, scope);
                    return Got::One(Value::unknown(Cause::Construct("the length behind a bad subscript")));
                }
                match content {
                    Content::Indexed(values) => {
                        let last = values.keys().next_back().copied().unwrap_or(-1);
                        let at = if number < 0 { last + 1 + number } else { number };
                        if at < 0 {
                            return Got::One(Value::unknown(Cause::Construct("a bad subscript")));
                        }
                        values.get(&at).cloned().map_or(Got::Unset, Got::One)
                    }
                    Content::Scalar(Value::Unknown(shape)) => Got::One(Value::unknown(shape.because)),
                    Content::Scalar(value) if number == 0 => Got::One(value),
                    Content::Scalar(_) | Content::Keyed(_) | Content::Unset => Got::Unset,
                }
            }
        }
    }
}

pub(super) fn first(got: Got) -> Value {
    match got {
        Got::Unset => Value::known(""),
        Got::One(value) => value,
        Got::Any(cause) => Value::unknown(cause),
        Got::List { values, .. } => values.into_iter().next().unwrap_or_else(|| Value::known("")),
    }
}

/// Whether `-`, `=`, `?` and `+` see it as missing; `None` where that is not known.
pub(super) fn is_missing(got: &Got, colon: bool) -> Option<bool> {
    match got {
        Got::Unset => Some(true),
        Got::One(Value::Known(text)) => Some(colon && text.is_empty()),
        Got::One(Value::OneOf(texts)) if !texts.iter().any(|text| text.is_empty()) => Some(false),
        Got::One(Value::OneOf(_)) => (!colon).then_some(false),
        Got::One(Value::Unknown(_)) | Got::Any(_) => None,
        Got::List { values, .. } if values.is_empty() => Some(true),
        Got::List { .. } if !colon => Some(false),
        Got::List { values, .. } => {
            let filled = |value: &Value| value.choices().is_some_and(|all| all.iter().all(|one| !one.is_empty()));
            match values.as_slice() {
                [Value::Known(only)] if only.is_empty() => Some(true),
                all if all.iter().any(filled) => Some(false),
                _ => None,
            }
        }
    }
}

pub(super) fn length(got: &Got) -> Value {
    match got {
        Got::Unset => Value::known("0"),
        Got::List { values, .. } => Value::known(values.len().to_string()),
        // Bytes or characters: the locale decides.
        Got::One(Value::Known(text)) if text.is_ascii() => Value::known(text.len().to_string()),
        Got::One(Value::Known(_) | Value::OneOf(_) | Value::Unknown(_)) | Got::Any(_) => {
            Value::unknown(Cause::Construct("a length"))
        }
    }
}

pub(super) fn keys(content: Content) -> Got {
    let list = |values: Vec<Value>| Got::List { values, joined: false };
    match content {
        Content::Indexed(values) => list(values.keys().map(|key| Value::known(key.to_string())).collect()),
        Content::Keyed(values) if values.len() > 1 => {
            Got::One(Value::unknown(Cause::Construct("the order of an associative array")))
        }
        Content::Keyed(values) => list(values.keys().cloned().map(Value::Known).collect()),
        Content::Scalar(Value::Unknown(shape)) => Got::One(Value::unknown(shape.because)),
        Content::Scalar(_) => list(vec![Value::known("0")]),
        Content::Unset => list(Vec::new()),
    }
}

/// `${a[@]:offset:length}`; `zero` is `$0`, which `${@:0}` begins with.
pub(super) fn slice(got: Got, range: Option<(i64, Option<i64>)>, zero: Option<Value>) -> Got {
    let Got::List { mut values, joined } = got else { return got };
    let unknown = || Got::Any(Cause::Construct("a slice"));
    let Some((mut offset, length)) = range else { return unknown() };
    let count = i64::try_from(values.len()).unwrap_or(i64::MAX) + i64::from(zero.is_some());
    if offset < 0 {
        offset += count;
        if offset < 0 {
            return Got::List { values: Vec::new(), joined };
        }
    }
    match zero {
        Some(zero) if offset == 0 => values.insert(0, zero),
        Some(_) => offset -= 1,
        None => {}
    }
    let (Ok(offset), Ok(length)) = (usize::try_from(offset), length.map(usize::try_from).transpose()) else {
        return unknown();
    };
    Got::List { values: values.into_iter().skip(offset).take(length.unwrap_or(usize::MAX)).collect(), joined }
}

pub(super) fn emit(got: Got, quoted: bool, scope: &Scope, chunks: &mut Vec<Chunk>) {
    let origin = if quoted { Origin::Quoted } else { Origin::Expanded };
    match got {
        Got::Unset => {
            if quoted {
                chunks.push(Chunk::Piece(Value::known(""), origin));
            }
        }
        Got::One(value) => chunks.push(Chunk::Piece(value, origin)),
        Got::Any(cause) => chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded)),
        Got::List { values, joined } if joined && quoted => {
            let separator =
                scope.ifs().map(|ifs| ifs.first().map(|byte| BString::from(vec![*byte])).unwrap_or_default());
            let joined = values.into_iter().enumerate().fold(Value::known(""), |all, (index, value)| {
                let all = match (&separator, index) {
                    (_, 0) => all,
                    (Some(separator), _) => all.then(Value::Known(separator.clone())),
                    (None, _) => all.then(Value::unknown(Cause::Variable("IFS".into()))),
                };
                all.then(value)
            });
            chunks.push(Chunk::Piece(joined, origin));
        }
        Got::List { values, .. } if values.is_empty() => {
            if quoted {
                chunks.push(Chunk::Nothing);
            }
        }
        Got::List { values, .. } => {
            for (index, value) in values.into_iter().enumerate() {
                if index > 0 {
                    chunks.push(Chunk::Boundary);
                }
                chunks.push(Chunk::Piece(value, origin));
            }
        }
    }
}
