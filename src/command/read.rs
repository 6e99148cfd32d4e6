//! `read` and `mapfile`: lines of known text into variables, split as bash splits them.

use bstr::{BString, ByteSlice};

use super::assign::FARTHEST;
use super::follow;
use super::scope::{Content, Scope};
use super::simple::{Call, is_name};
use super::walk::{Input, Walker};
use super::words::{Cause, Value, Word};

/// A character of a line, and whether a backslash stood before it.
type Character = (u8, bool);

/// What `read` was asked for.
#[derive(Default)]
struct Asked {
    raw: bool,
    array: Option<BString>,
    /// The newline, where none is given; NUL, where it is empty.
    delimiter: Option<u8>,
    count: Option<usize>,
    /// `-N`: the delimiter counts like any character, and nothing is split.
    exact: bool,
    names: Vec<BString>,
    /// Another descriptor, a time limit: what is read is not known.
    unsure: bool,
}

pub(super) fn read(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &mut Scope) {
    let asked = asked(words);
    if asked.names.iter().chain(&asked.array).any(|name| !is_name(name)) {
        return;
    }
    if asked.names.iter().chain(&asked.array).any(|name| scope.is_readonly(name)) {
        // How much it takes of its input before it fails is not followed.
        return walker.limit("reading into what is read-only");
    }
    // Each line of a list of entries is one of them.
    let entry = match &call.input {
        Input::Text(value) => Some(value.borrow().clone()).filter(|value| value.pattern().is_some()),
        Input::File(_) | Input::Inherited => None,
    };
    if let (Some(entry), [name]) = (entry, asked.names.as_slice()) {
        return scope.assign(name, entry);
    }
    let taken = match (&call.input, asked.unsure) {
        (_, true) | (Input::Inherited, _) => Err(Cause::Input),
        (Input::Text(value), false) => take(&mut value.borrow_mut(), &asked),
        (Input::File(_), false) => match walker.input_value(&call.input, scope) {
            Some(mut text) => take(&mut text, &asked),
            None => Err(Cause::Input),
        },
    };
    let ifs = scope.ifs();
    match (taken, ifs) {
        (Ok(line), Some(ifs)) => fill(scope, &asked, &line, &ifs),
        (taken, _) => {
            let cause = taken.err().unwrap_or_else(|| Cause::Variable("IFS".into()));
            for name in &asked.names {
                scope.assign(name, Value::unknown(cause.clone()));
            }
            if let Some(name) = &asked.array {
                scope.blur(name, cause.clone());
            }
            if asked.names.is_empty() && asked.array.is_none() {
                scope.assign(b"REPLY", Value::unknown(cause));
            }
        }
    }
}

fn asked(words: &[Word]) -> Asked {
    let mut asked = Asked::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(text) = word.text() else {
            asked.unsure = true;
            continue;
        };
        let flags = text.strip_prefix(b"-").filter(|flags| !flags.is_empty() && asked.names.is_empty());
        let Some(flags) = flags else {
            asked.names.push(text.into());
            continue;
        };
        if flags == b"-" {
            let rest: Vec<Option<BString>> = words.by_ref().map(|word| word.text().map(BString::from)).collect();
            asked.unsure |= rest.iter().any(Option::is_none);
            asked.names.extend(rest.into_iter().flatten());
            break;
        }
        for (at, flag) in flags.iter().enumerate() {
            if !b"adinNptu".contains(flag) {
                asked.raw |= *flag == b'r';
                continue;
            }
            let attached = &flags[at + 1..];
            let value = if attached.is_empty() { words.next().and_then(Word::text) } else { Some(attached) };
            let number = value.and_then(|value| value.to_str().ok()?.parse().ok());
            match flag {
                b'a' => asked.array = value.map(BString::from),
                b'd' => asked.delimiter = Some(value.and_then(|value| value.first().copied()).unwrap_or(0)),
                b'n' | b'N' => {
                    (asked.count, asked.exact) = (number, *flag == b'N');
                    asked.unsure |= number.is_none();
                }
                b't' | b'u' => asked.unsure = true,
                _ => {}
            }
            asked.unsure |= value.is_none();
            break;
        }
    }
    asked
}

/// Takes what is asked for from a text, which keeps the rest.
fn take(text: &mut Value, asked: &Asked) -> Result<Vec<Character>, Cause> {
    let all = match text {
        Value::Known(all) => all,
        Value::OneOf(_) => {
            *text = Value::unknown(Cause::Input);
            return Err(Cause::Input);
        }
        Value::Unknown(shape) => return Err(shape.because.clone()),
    };
    let delimiter = asked.delimiter.unwrap_or(b'\n');
    let mut line = Vec::new();
    let mut at = 0;
    while at < all.len() && asked.count.is_none_or(|count| line.len() < count) {
        let byte = all[at];
        at += 1;
        if byte == b'\\' && !asked.raw {
            // A backslash before the newline goes on with the next line.
            match all.get(at) {
                Some(b'\n') | None => {}
                Some(escaped) => line.push((*escaped, true)),
            }
            at += 1;
        } else if byte == delimiter && !asked.exact {
            break;
        } else if byte != 0 {
            line.push((byte, false));
        }
    }
    *all = all.get(at..).unwrap_or_default().into();
    Ok(line)
}

fn text(characters: &[Character]) -> Value {
    Value::Known(characters.iter().map(|(byte, _)| *byte).collect::<Vec<u8>>().into())
}

fn fill(scope: &mut Scope, asked: &Asked, line: &[Character], ifs: &[u8]) {
    if let Some(array) = &asked.array {
        let (mut rest, mut fields) = (trimmed(line, ifs), Vec::new());
        while !rest.is_empty() {
            let (field, after) = field(rest, ifs);
            fields.push(text(field));
            rest = after;
        }
        scope.unset(array);
        return scope.set(array, Content::Indexed((0..).zip(fields).collect()));
    }
    let Some((last, others)) = asked.names.split_last() else {
        return scope.assign(b"REPLY", text(line));
    };
    if asked.exact {
        for (index, name) in asked.names.iter().enumerate() {
            scope.assign(name, if index == 0 { text(line) } else { Value::known("") });
        }
        return;
    }
    let mut rest = trimmed(line, ifs);
    for name in others {
        let (field, after) = field(rest, ifs);
        scope.assign(name, text(field));
        rest = after;
    }
    // What is left, unless that is one field with its delimiter.
    let (only, after) = field(rest, ifs);
    let value = if after.is_empty() { only } else { without_end(rest, ifs) };
    scope.assign(last, text(value));
}

fn is_blank(character: Character, ifs: &[u8]) -> bool {
    is_ifs(character, ifs) && matches!(character.0, b' ' | b'\t' | b'\n')
}

fn is_ifs((byte, escaped): Character, ifs: &[u8]) -> bool {
    !escaped && ifs.contains(&byte)
}

fn trimmed<'l>(line: &'l [Character], ifs: &[u8]) -> &'l [Character] {
    let blanks = line.iter().take_while(|one| is_blank(**one, ifs)).count();
    &line[blanks..]
}

fn without_end<'l>(line: &'l [Character], ifs: &[u8]) -> &'l [Character] {
    let blanks = line.iter().rev().take_while(|one| is_blank(**one, ifs)).count();
    &line[..line.len() - blanks]
}

/// The first field, and what stands behind its delimiter.
fn field<'l>(line: &'l [Character], ifs: &[u8]) -> (&'l [Character], &'l [Character]) {
    let end = line.iter().position(|one| is_ifs(*one, ifs)).unwrap_or(line.len());
    let (field, rest) = line.split_at(end);
    let Some((first, rest)) = rest.split_first() else { return (field, rest) };
    let mut rest = trimmed(rest, ifs);
    // Blanks and one other delimiter are one.
    if is_blank(*first, ifs) && rest.first().is_some_and(|one| is_ifs(*one, ifs)) {
        rest = trimmed(&rest[1..], ifs);
    }
    (field, rest)
}

pub(super) fn mapfile(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &mut Scope) {
    let given = walker.input_value(&call.input, scope);
    // `-C callback` runs text, every 5000 lines where no -c says otherwise: short text that is known never gets there.
    let short = matches!(&given, Some(Value::Known(text)) if text.lines().count() < 5000);
    let quantum = words.iter().any(|word| word.value.starts_with().starts_with(b"-c"));
    let callback = words.iter().position(|word| word.text() == Some(b"-C")).and_then(|at| words.get(at + 1));
    if let Some(callback) = callback.filter(|_| quantum || !short) {
        let mut inner = scope.clone();
        follow::text(walker, callback.value.clone().then(Value::known(" 0 line")), "mapfile -C", call, &mut inner);
    }
    let (mut strip, mut most, mut skip, mut origin, mut delimiter) = (false, 0, 0, None, b'\n');
    let mut name = BString::from("MAPFILE");
    let mut sure = true;
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.text() {
            Some(b"-t") => strip = true,
            Some(flag @ (b"-n" | b"-s" | b"-O" | b"-d")) => {
                let value = rest.next().and_then(Word::text);
                let number = value.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
                sure &= value.is_some() && (flag == b"-d" || number.is_some());
                match (flag, number) {
                    (b"-n", Some(number)) => most = number,
                    (b"-s", Some(number)) => skip = number,
                    (b"-O", Some(number)) => {
                        origin = i64::try_from(number).ok().filter(|number| *number < FARTHEST);
                        sure &= origin.is_some();
                    }
                    _ => delimiter = value.and_then(|value| value.first().copied()).unwrap_or(0),
                }
            }
            Some(text) if is_name(text) => name = text.into(),
            Some(_) | None => sure = false,
        }
    }
    if let Some(entries) = given.as_ref().filter(|value| value.pattern().is_some()) {
        return scope.set(&name, Content::Scalar(entries.clone()));
    }
    let Some(Value::Known(text)) = given.filter(|_| sure) else {
        return scope.blur(&name, Cause::Input);
    };
    let most = if most == 0 { usize::MAX } else { most };
    let lines = text.split_inclusive(|byte| *byte == delimiter).skip(skip).take(most);
    let lines = lines.map(|line| if strip { line.strip_suffix(&[delimiter]).unwrap_or(line) } else { line });
    let mut values = match (origin, scope.content(&name)) {
        (Some(_), Content::Indexed(values)) => values,
        (Some(_), Content::Scalar(value)) => {
            if matches!(value, Value::Unknown(_)) || scope.perhaps_array(&name) || scope.perhaps_unset(&name) {
                return scope.blur(&name, Cause::Construct("an array that differs by branch"));
            }
            [(0, value)].into()
        }
        (_, _) => std::collections::BTreeMap::new(),
    };
    values.extend((origin.unwrap_or(0)..).zip(lines.map(Value::known)));
    scope.set(&name, Content::Indexed(values));
    // What is left for those who read on is not followed.
    if let Input::Text(value) = &call.input {
        *value.borrow_mut() = if most == usize::MAX { Value::known("") } else { Value::unknown(Cause::Input) };
    }
}
