//! xargs and parallel: the command lines that they make of the items of an input, a file or their own words.

use bstr::{BString, ByteSlice};

use super::follow;
use super::options::Split;
use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Cause, Value, Word};
use super::wrappers::{replaced, start};

/// Items that xargs and parallel append one by one; more than this are not told apart.
const ITEMS: usize = 64;

fn items(walker: &mut Walker<'_>, options: Option<&Split>, call: &Call, scope: &Scope) -> Option<Vec<BString>> {
    let file = options.and_then(|options| options.value_of("-a").or_else(|| options.value_of("--arg-file")));
    let text = match file {
        Some(file) => walker.input_text(&Input::File(file.clone()), scope)?,
        None => walker.input_text(&call.input, scope)?,
    };
    let nul = options.is_some_and(|options| options.has("-0") || options.has("--null"));
    let delimiter = options.and_then(|options| options.value_of("-d").or_else(|| options.value_of("--delimiter")));
    let by_line = options.is_none_or(|options| ["-I", "-i", "-L", "--replace"].iter().any(|name| options.has(name)));
    // Items end where a NUL stands.
    let text = Some(text).filter(|text| nul || !text.contains(&0))?;
    let list: Vec<BString> = match (nul, delimiter) {
        (true, _) => text.split(|byte| *byte == 0).filter(|item| !item.is_empty()).map(BString::from).collect(),
        (false, Some(delimiter)) => {
            let delimiter = super::printing::ansi_c(delimiter.text()?)?;
            let text = text.strip_suffix(b"\n").filter(|_| delimiter != "\n").unwrap_or(&text);
            text.split_str(&delimiter).filter(|item| !item.is_empty()).map(BString::from).collect()
        }
        (false, None) if by_line => {
            text.lines().filter(|line| !line.trim().is_empty()).map(|line| line.trim_start().into()).collect()
        }
        (false, None) => lexed(&text)?,
    };
    (list.len() <= ITEMS).then_some(list)
}

/// xargs takes quotes and backslashes away, in its own way; an open quote is an error.
fn lexed(text: &[u8]) -> Option<Vec<BString>> {
    let mut list = Vec::new();
    let mut item: Option<BString> = None;
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' | b'\n' => list.extend(item.take()),
            quote @ (b'\'' | b'"') => {
                let item = item.get_or_insert_with(BString::default);
                loop {
                    match bytes.next()? {
                        b'\n' => return None,
                        byte if byte == quote => break,
                        byte => item.push(byte),
                    }
                }
            }
            b'\\' => item.get_or_insert_with(BString::default).push(bytes.next()?),
            byte => item.get_or_insert_with(BString::default).push(byte),
        }
    }
    list.extend(item);
    Some(list)
}

pub(super) fn arguments(
    walker: &mut Walker<'_>,
    options: &Split,
    operands: &[Word],
    call: &Call,
    scope: &mut Scope,
) -> bool {
    let inner = if operands.is_empty() { vec![Word::known("echo")] } else { operands.to_vec() };
    // `-i` and `--replace` alone stand for `-I {}`.
    let named = ["-I", "-i", "--replace"].iter().find(|name| options.has(name));
    let placeholder = named.map(|name| {
        options.value_of(name).and_then(Word::text).filter(|mark| !mark.is_empty()).unwrap_or(b"{}").into()
    });
    let placeholder: Option<BString> = placeholder;
    let list = items(walker, Some(options), call, scope);
    let call_input = call.input.clone();
    let call = Call { input: Input::Inherited, ..call.clone() };
    match (placeholder, list) {
        (Some(mark), Some(list)) => {
            for item in list {
                let words = inner.iter().map(|word| replaced(word, &mark, &Value::Known(item.clone()))).collect();
                start(walker, call.with(words), scope);
            }
            true
        }
        (Some(mark), None) => {
            let found = walker.input_value(&call_input, scope);
            let entries = found.filter(|value| value.pattern().is_some() || value.secret().is_some());
            let any = entries.unwrap_or_else(|| Value::unknown(Cause::Input));
            let words = inner.iter().map(|word| replaced(word, &mark, &any)).collect();
            start(walker, call.with(words), scope)
        }
        (None, Some(list)) => {
            let most = options.given.iter().find_map(|given| {
                let named = matches!(given.name.as_slice(), b"-n" | b"-L" | b"--max-args" | b"--max-lines");
                given.value.as_ref().filter(|_| named)?.text()?.to_str().ok()?.parse().ok()
            });
            let mut rounds: Vec<Vec<BString>> =
                list.chunks(most.unwrap_or(usize::MAX).max(1)).map(<[BString]>::to_vec).collect();
            // Without an item it runs once all the same.
            if rounds.is_empty() && !options.has("-r") && !options.has("--no-run-if-empty") {
                rounds.push(Vec::new());
            }
            for round in rounds {
                let words = inner.iter().cloned().chain(round.into_iter().map(Word::known)).collect();
                start(walker, call.with(words), scope);
            }
            true
        }
        (None, None) => {
            // What a search without a filter found lies below its root: that much of the names is known.
            let found = match walker.input_value(&call_input, scope) {
                Some(entries) if entries.pattern().is_some() => {
                    let pattern = entries.pattern().unwrap_or_default();
                    let rest = Word { value: Value::Known(pattern), glob: true, written: BString::default() };
                    return start(walker, call.with(inner.into_iter().chain([rest]).collect()), scope);
                }
                Some(Value::Unknown(shape)) if !shape.pieces.is_empty() => Value::Unknown(shape),
                Some(_) | None => Value::unknown(Cause::Input),
            };
            let mut rest = Word { value: found, glob: false, written: BString::default() };
            if let Value::Unknown(shape) = &mut rest.value {
                shape.splits = true;
            }
            let words = inner.into_iter().chain([rest]).collect();
            start(walker, call.with(words), scope)
        }
    }
}

pub(super) fn parallel(
    walker: &mut Walker<'_>,
    options: &Split,
    operands: &[Word],
    call: &Call,
    scope: &mut Scope,
) -> bool {
    let lists = operands.iter().position(|word| matches!(word.text(), Some(b":::" | b"::::" | b":::+")));
    let template = &operands[..lists.unwrap_or(operands.len())];
    let from_words = lists
        .map(|at| operands[at + 1..].iter().map(|word| word.text().map(BString::from)).collect::<Option<Vec<_>>>());
    let list = match from_words {
        Some(list) if lists.is_some_and(|at| operands[at].text() == Some(b":::")) => list,
        Some(list) if lists.is_some_and(|at| operands[at].text() == Some(b"::::")) => match list.as_deref() {
            Some([file]) => match walker.file(file, scope) {
                Some(Ok(Value::Known(text))) => Some(text.lines().map(BString::from).collect()),
                Some(Ok(_) | Err(_)) | None => None,
            },
            Some(_) | None => None,
        },
        Some(_) => None,
        None if options.has("-a") || options.has("--arg-file") => {
            let by_line = options.value_of("-a").or_else(|| options.value_of("--arg-file")).and_then(Word::text);
            match by_line.map(BString::from).and_then(|file| walker.file(&file, scope)) {
                Some(Ok(Value::Known(text))) => Some(text.lines().map(BString::from).collect()),
                Some(Ok(_) | Err(_)) | None => None,
            }
        }
        None => items(walker, None, call, scope),
    };
    // Without a template each line of the input is a command; an agent's own input is empty.
    let own_input = lists.is_none() && matches!(call.input, Input::Inherited);
    if template.is_empty() && own_input && list.is_none() && !options.has("-a") && !options.has("--arg-file") {
        return true;
    }
    let values: Vec<Value> = match list {
        Some(list) if list.len() <= ITEMS => list.into_iter().map(Value::Known).collect(),
        Some(_) | None => vec![Value::unknown(Cause::Input)],
    };
    for value in values {
        let placed = template.iter().any(|word| word.text().is_some_and(|text| text.find(b"{").is_some()));
        let item = quoted(&value);
        let text = if template.is_empty() {
            value.clone()
        } else if placed {
            follow::joined(&template.iter().map(|word| replaced(word, b"{}", &item)).collect::<Vec<_>>())
        } else {
            follow::joined(template).then(Value::known(" ")).then(item)
        };
        let mut inner = scope.clone();
        let call = Call { input: Input::Inherited, ..call.clone() };
        // With `-q` the words keep their quoting, so a shell's `-c` text stays one word.
        if template.iter().any(|word| word.text().is_some_and(|text| text.contains(&b' '))) {
            let words = template.iter().map(|word| replaced(word, b"{}", &value)).collect();
            start(walker, call.with(words), &mut inner);
        }
        follow::text(walker, text, "parallel", &call, &mut inner);
    }
    true
}

/// An item as parallel gives it to its shell: one word, whatever is in it.
fn quoted(value: &Value) -> Value {
    let plain = |text: &[u8]| text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/._-=:@%+,".contains(byte));
    match value {
        Value::Known(text) if !plain(text) => {
            let inner = text.replace("'", "'\\''");
            Value::Known([b"'", inner.as_slice(), b"'"].concat().into())
        }
        Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => value.clone(),
    }
}
