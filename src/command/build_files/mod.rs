//! Files that name commands for others to run: makefiles, the scripts of a package, tables of jobs.

mod make;
mod makefile;
mod functions;
mod package;
mod crontab;

use bstr::{BString, ByteSlice};

use super::languages::start;
use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Piece, Value, Word};
use super::{Change, UnreadKind, Via};

/// Makefiles that call make, scripts that call scripts.
const NESTED: usize = 6;

/// Walks what such a tool would run. False: it is none.
pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    match tool.as_slice() {
        b"make" | b"gmake" => make::run(walker, tool, call, scope),
        b"npm" | b"yarn" | b"pnpm" | b"bun" => return package::run(walker, tool, call, scope),
        b"crontab" => crontab::run(walker, tool, call, scope),
        _ => return false,
    }
    true
}

/// Runs a line of such a file by `sh -c`.
pub(super) fn line(walker: &mut Walker<'_>, text: Value, from: (&BString, usize), call: &Call, scope: &mut Scope) {
    let unknown = match &text {
        Value::Known(text) if text.trim().is_empty() => return,
        Value::Known(_) | Value::OneOf(_) => false,
        Value::Unknown(shape) => match shape.pieces.first() {
            Some(Piece::Text(text)) => text.trim().is_empty(),
            Some(Piece::Hole) | None => true,
        },
    };
    let (file, number) = from;
    if unknown {
        walker.unread(UnreadKind::Code, format!("{file}:{number}"), &call.at);
        return;
    }
    let mut at = call.at.clone();
    if number > 0 {
        at.source = file.to_str_lossy().into();
        at.line = number;
        at.span = crate::span::Span::default();
    }
    let words =
        vec![Word::known("sh"), Word::known("-c"), Word { value: text, glob: false, written: BString::default() }];
    let call = Call { words, redirections: Vec::new(), input: Input::Inherited, at, ..call.clone() };
    start(walker, call, scope);
}

/// Goes into a file under a name, unless that goes round in a ring or too deep.
pub(super) fn inside(
    walker: &mut Walker<'_>,
    name: BString,
    change: Change,
    at: &Call,
    body: impl FnOnce(&mut Walker<'_>),
) {
    let marked = |via: &Via| via.name.contains(&b':');
    if walker.via.iter().any(|via| via.name == name) || walker.via.iter().filter(|via| marked(via)).count() >= NESTED {
        walker.unread(UnreadKind::Code, name, &at.at);
        return;
    }
    walker.via.push(Via { name, change });
    body(walker);
    walker.via.pop();
}
