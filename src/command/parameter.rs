//! Parameter expansion (bash manual, "Shell Parameter Expansion") on known values.

use bstr::{BString, ByteSlice};

use super::expand::{Chunk, Origin};
use super::leave::How;
use super::pattern::Pattern;
use super::scope::{Content, Scope};
use super::walk::Walker;
use super::words::{Cause, Value};
use crate::parse::syntax::{Index, Operation, Parameter, Part, Replace, Word};

/// What a name stands for before its operation.
enum Got {
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

/// Texts longer than this are not rewritten: replacement can blow them up.
const REWRITTEN: usize = 1 << 16;

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
            Err(value) => return chunks.push(Chunk::Piece(value, origin)),
        };
        let got = self.got(&parameter, scope);
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
            self.leave(How::Exit, scope);
        }
        if let Got::Any(cause) = &got {
            if matches!(parameter.operation, Some(Operation::Assign { .. } | Operation::Require { .. })) {
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
                match is_missing(&got, *colon) {
                    Some(false) => emit(got, quoted, scope, chunks),
                    missing => {
                        let value = self.single(word, scope);
                        if assigns && missing != Some(false) {
                            self.assign_default(&parameter, &value, missing == Some(true), scope);
                        }
                        if missing.is_none() {
                            // Either what it holds or the default: both are named where both are known.
                            let held = first(got);
                            chunks.push(Chunk::Piece(held.or(value), origin));
                        } else if assigns {
                            chunks.push(Chunk::Piece(value, origin));
                        } else {
                            self.operand(word, quoted, scope, chunks);
                        }
                    }
                }
            }
            Some(Operation::Require { colon, .. }) => match is_missing(&got, *colon) {
                None => {
                    self.leave(How::Exit, scope);
                    emit(got, quoted, scope, chunks);
                }
                Some(true) => {
                    self.leave(How::Exit, scope);
                    chunks.push(Chunk::Piece(Value::unknown(Cause::Construct("${x:?}")), origin));
                }
                Some(false) => emit(got, quoted, scope, chunks),
            },
            Some(Operation::Alternate { colon, word }) => match is_missing(&got, *colon) {
                // `"${a[@]+x}"` of an empty list is no word, as `"${a[@]}"` is none.
                Some(true) if quoted && matches!(got, Got::List { joined: false, .. }) => chunks.push(Chunk::Nothing),
                Some(true) => {}
                Some(false) => self.operand(word, quoted, scope, chunks),
                None => {
                    let value = self.single(word, scope);
                    chunks.push(Chunk::Piece(value.or(Value::known("")), origin));
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
            Some(Operation::Keys) => match keys(scope.content(&parameter.name)) {
                // Any number of them, quoted or not.
                Got::One(value) => chunks.push(Chunk::Piece(value, Origin::Expanded)),
                Got::Any(cause) => chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded)),
                Got::List { values, .. } => {
                    emit(Got::List { values, joined: parameter.index == Some(Index::Joined) }, quoted, scope, chunks);
                }
                Got::Unset => {}
            },
            Some(Operation::Substring { offset, length }) if matches!(got, Got::List { .. }) => {
                let range = self.range(offset, length.as_ref(), scope);
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
            Some(operation) => {
                let change = self.change(operation, scope);
                if matches!(operation, Operation::Substring { .. }) {
                    // A length below zero may be an error.
                    if !matches!(change, Some(Change::Substring(_, None | Some(0..)))) {
                        self.leave(How::Abandon, scope);
                    }
                }
                emit(each(got, change.as_ref()), quoted, scope, chunks);
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
            (_, false) => return self.leave(How::Abandon, scope),
        };
        if scope.is_readonly(&parameter.name) {
            return self.leave(How::Abandon, scope);
        }
        match &parameter.index {
            None => scope.assign(&parameter.name, value),
            Some(Index::Of(index)) if surely => self.set_element(&parameter.name, index, value, scope),
            Some(_) => scope.assign(&parameter.name, Value::unknown(Cause::Construct("an assignment to elements"))),
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
                if !super::simple::is_name(base)
                    && !special
                    && (base.is_empty() || !base.iter().all(u8::is_ascii_digit))
                {
                    self.leave(How::Abandon, scope);
                    return Err(Value::unknown(Cause::Construct("${!x}")));
                }
                let (name, index) = match name.find_byte(b'[') {
                    Some(open) => {
                        let inner = name[open + 1..].trim_end_with(|c| c == ']');
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
                Ok(Parameter { name, index, indirect: false, operation: parameter.operation.clone() })
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

    fn operand(&mut self, word: &Word, quoted: bool, scope: &mut Scope, chunks: &mut Vec<Chunk>) {
        // Inside quotes, quotes end them again: what a backslash is there is not followed.
        let turns = |part: &Part| matches!(part, Part::Double(inner) if inner.iter().any(|one| matches!(one, Part::Quoted(text) if text.contains(&b'\\'))));
        if quoted && word.parts.iter().any(turns) {
            let cause = Cause::Construct("quotes inside quotes");
            return chunks.push(Chunk::Piece(Value::unknown(cause), Origin::Expanded));
        }
        let mut inner = Vec::new();
        self.gather(&word.parts, quoted, scope, &mut inner);
        chunks.extend(inner.into_iter().map(|chunk| match chunk {
            Chunk::Piece(value, Origin::Literal) => Chunk::Piece(value, Origin::Expanded),
            other => other,
        }));
    }

    fn got(&mut self, parameter: &Parameter, scope: &mut Scope) -> Got {
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
            b"0" => Got::One(scope.name.clone()),
            b"?" | b"$" | b"!" | b"-" => Got::One(Value::unknown(Cause::Construct("a special parameter"))),
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

    fn element(&mut self, parameter: &Parameter, scope: &mut Scope) -> Got {
        let content = scope.content(&parameter.name);
        match (&parameter.index, content) {
            (Some(Index::Each), Content::Unset) => Got::List { values: Vec::new(), joined: false },
            (Some(Index::Joined), Content::Unset) => Got::List { values: Vec::new(), joined: true },
            (Some(Index::Of(index)), Content::Unset) => {
                // Its subscript is evaluated all the same.
                self.number(index, scope);
                Got::Unset
            }
            (None, Content::Unset) => Got::Unset,
            (None, _) => scope.value(&parameter.name).map_or(Got::Unset, Got::One),
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
                Value::Known(_) => Got::One(Value::unknown(Cause::Construct("a bad subscript"))),
                Value::OneOf(_) | Value::Unknown(_) => Got::One(Value::unknown(Cause::Construct("an unknown key"))),
            },
            (Some(Index::Of(index)), content) => {
                let Some(number) = self.number(index, scope) else {
                    return Got::One(Value::unknown(Cause::Construct("an unknown index")));
                };
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
                    Content::Scalar(value) if number == 0 || number == -1 => Got::One(value),
                    Content::Scalar(_) | Content::Keyed(_) | Content::Unset => Got::Unset,
                }
            }
        }
    }

    /// The text that takes the place of what matched.
    fn replacement(&mut self, with: &Word, scope: &mut Scope) -> Option<BString> {
        let mut chunks = Vec::new();
        self.gather(&with.parts, false, scope, &mut chunks);
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
        let offset = self.number(offset, scope)?;
        match length {
            Some(length) => Some((offset, Some(self.number(length, scope)?))),
            None => Some((offset, None)),
        }
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
                let pattern = Pattern::new(&self.pattern(pattern, scope)?);
                let with = self.replacement(with, scope)?;
                if scope.options.may_be_on("nocasematch") {
                    return None;
                }
                Change::Replace(*which, pattern, with)
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

enum Change {
    Substring(i64, Option<i64>),
    Prefix(Pattern, bool),
    Suffix(Pattern, bool),
    Replace(Replace, Pattern, BString),
    Case(u8, bool, Pattern),
    Transform(u8),
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

fn changed(text: &[u8], change: &Change) -> Option<BString> {
    if text.len() > REWRITTEN {
        return None;
    }
    match change {
        Change::Substring(offset, length) => substring(text, *offset, *length),
        Change::Prefix(pattern, longest) => {
            let mut ends: Box<dyn Iterator<Item = usize>> =
                if *longest { Box::new((0..=text.len()).rev()) } else { Box::new(0..=text.len()) };
            Some(ends.find(|end| pattern.matches(&text[..*end])).map_or(text, |end| &text[end..]).into())
        }
        Change::Suffix(pattern, longest) => {
            let mut starts: Box<dyn Iterator<Item = usize>> =
                if *longest { Box::new(0..=text.len()) } else { Box::new((0..=text.len()).rev()) };
            Some(starts.find(|start| pattern.matches(&text[*start..])).map_or(text, |start| &text[..start]).into())
        }
        // Neither are texts that would become so.
        Change::Replace(_, _, with) if text.len().saturating_mul(with.len()) > REWRITTEN * 16 => None,
        Change::Replace(which, pattern, with) => Some(replace(text, *which, pattern, with)),
        Change::Case(change, all, pattern) => Some(recase(text, *change, *all, pattern)),
        Change::Transform(letter) => transform(text, *letter),
    }
}

/// Offsets count characters; for text that is not ASCII the locale would decide, so it stays unknown.
fn substring(text: &[u8], offset: i64, length: Option<i64>) -> Option<BString> {
    if !text.is_ascii() {
        return None;
    }
    let size = i64::try_from(text.len()).ok()?;
    let start = if offset < 0 { size + offset } else { offset };
    if start < 0 || start > size {
        return Some(BString::default());
    }
    let end = match length {
        None => size,
        // An error, where it ends before it begins.
        Some(length) if length < 0 => size + length,
        Some(length) => size.min(start.saturating_add(length)),
    };
    if end < start {
        return None;
    }
    Some(text[usize::try_from(start).ok()?..usize::try_from(end).ok()?].into())
}

fn replace(text: &[u8], which: Replace, pattern: &Pattern, with: &BString) -> BString {
    let longest = |start: usize| (start..=text.len()).rev().find(|end| pattern.matches(&text[start..*end]));
    let mut made = BString::default();
    match which {
        Replace::Prefix => match longest(0) {
            Some(end) => {
                made.extend_from_slice(with);
                made.extend_from_slice(&text[end..]);
            }
            None => made.extend_from_slice(text),
        },
        Replace::Suffix => match (0..=text.len()).find(|start| pattern.matches(&text[*start..])) {
            Some(start) => {
                made.extend_from_slice(&text[..start]);
                made.extend_from_slice(with);
            }
            None => made.extend_from_slice(text),
        },
        Replace::First | Replace::All => {
            if let Some(literal) = pattern.literal() {
                return if literal.is_empty() {
                    text.into()
                } else if which == Replace::All {
                    text.replace(&literal, with).into()
                } else {
                    text.replacen(&literal, with, 1).into()
                };
            }
            let (mut at, mut done) = (0, false);
            while at < text.len() {
                if let Some(end) = longest(at).filter(|end| *end > at && !done) {
                    made.extend_from_slice(with);
                    at = end;
                    done = which == Replace::First;
                } else {
                    made.push(text[at]);
                    at += 1;
                }
            }
        }
    }
    made
}

fn recase(text: &[u8], change: u8, all: bool, pattern: &Pattern) -> BString {
    let mut made = BString::from(text);
    let reach = if all { made.len() } else { 1.min(made.len()) };
    for byte in &mut made[..reach] {
        if pattern.matches(&[*byte]) {
            match change {
                b'^' => byte.make_ascii_uppercase(),
                b',' => byte.make_ascii_lowercase(),
                _ if byte.is_ascii_uppercase() => byte.make_ascii_lowercase(),
                _ => byte.make_ascii_uppercase(),
            }
        }
    }
    made
}

fn transform(text: &[u8], letter: u8) -> Option<BString> {
    match letter {
        b'U' => Some(text.to_ascii_uppercase().into()),
        b'L' => Some(text.to_ascii_lowercase().into()),
        b'u' => {
            let mut made = BString::from(text);
            if let Some(first) = made.first_mut() {
                first.make_ascii_uppercase();
            }
            Some(made)
        }
        b'Q' if text.iter().all(|byte| (b' '..=b'~').contains(byte)) => {
            let mut made = BString::from("'");
            made.extend_from_slice(&text.replace("'", "'\\''"));
            made.push(b'\'');
            Some(made)
        }
        b'E' => super::printing::ansi_c(text),
        _ => None,
    }
}

fn first(got: Got) -> Value {
    match got {
        Got::Unset => Value::known(""),
        Got::One(value) => value,
        Got::Any(cause) => Value::unknown(cause),
        Got::List { values, .. } => values.into_iter().next().unwrap_or_else(|| Value::known("")),
    }
}

/// Whether `-`, `=`, `?` and `+` see it as missing; `None` where that is not known.
fn is_missing(got: &Got, colon: bool) -> Option<bool> {
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

fn length(got: &Got) -> Value {
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

fn keys(content: Content) -> Got {
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
fn slice(got: Got, range: Option<(i64, Option<i64>)>, zero: Option<Value>) -> Got {
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

fn emit(got: Got, quoted: bool, scope: &Scope, chunks: &mut Vec<Chunk>) {
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
