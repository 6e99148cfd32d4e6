//! `crontab FILE`, `crontab -`: the commands of the jobs, which run later.

use bstr::{BString, ByteSlice};

use super::super::Change;
use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::{Input, Walker};
use super::super::words::{Piece, Value, Word};
use super::{inside, line};

/// Jobs of one table.
const JOBS: usize = 500;

pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    let words = call.words.get(1..).unwrap_or_default();
    let mut operand = None;
    let mut skip = false;
    for word in words {
        match word.text() {
            _ if skip => skip = false,
            Some(b"-u" | b"-c") => skip = true,
            Some(b"-l" | b"-r" | b"-e" | b"-T") => return,
            Some(text) if text == b"-" || !text.starts_with(b"-") => operand = Some(BString::from(text)),
            Some(_) | None => {}
        }
    }
    let text = match operand {
        Some(path) if path != "-" => walker.file(&path, scope).and_then(Result::ok),
        Some(_) => walker.input_value(&call.input, scope),
        None if matches!(call.input, Input::Inherited) => None,
        None => walker.input_value(&call.input, scope),
    };
    let Some(text) = text else { return };
    inside(walker, tool.clone(), Change::Later, call, |walker| {
        for job in lines(&text).into_iter().filter_map(command).take(JOBS) {
            line(walker, job, (tool, 0), call, scope);
        }
    });
}

/// The lines of a text that may have holes; a hole before a job is taken for lines that end there (`crontab -l`).
fn lines(text: &Value) -> Vec<Vec<Piece>> {
    let pieces = match text {
        Value::Known(text) => vec![Piece::Text(text.clone())],
        Value::OneOf(texts) => vec![Piece::Text(bstr::join("\n", texts).into())],
        Value::Unknown(shape) => shape.pieces.clone(),
    };
    let mut all: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        let Piece::Text(text) = piece else {
            if let Some(last) = all.last_mut().filter(|last| !last.is_empty()) {
                last.push(Piece::Hole);
            }
            continue;
        };
        for (index, part) in text.split_str("\n").enumerate() {
            if index > 0 {
                all.push(Vec::new());
            }
            if let Some(last) = all.last_mut()
                && !part.is_empty()
            {
                last.push(Piece::Text(part.into()));
            }
        }
    }
    all
}

/// The command of a job: what follows five fields or `@daily`.
fn command(pieces: Vec<Piece>) -> Option<Value> {
    let mut pieces = pieces.into_iter();
    let Some(Piece::Text(first)) = pieces.next() else { return None };
    let mut rest = first.trim_start();
    if rest.starts_with(b"#") {
        return None;
    }
    let fields = if rest.starts_with(b"@") { 1 } else { 5 };
    for _ in 0..fields {
        let end = rest.find_byteset(b" \t")?;
        let fits = rest[..end].iter().all(|byte| byte.is_ascii_alphanumeric() || b"*/,-@~?L#".contains(byte));
        if !fits {
            return None;
        }
        rest = rest[end..].trim_start();
    }
    // An unescaped percent sign ends the command; what follows is its input.
    let end = rest.iter().enumerate().position(|(at, byte)| *byte == b'%' && (at == 0 || rest[at - 1] != b'\\'));
    let mut value = Value::known(rest[..end.unwrap_or(rest.len())].replace("\\%", "%"));
    if end.is_none() {
        for piece in pieces {
            value = value.then(match piece {
                Piece::Text(text) => Value::Known(text),
                Piece::Hole => Word::unknown(super::super::words::Cause::Input).value,
            });
        }
    }
    Some(value)
}
