//! Files that name commands for others to run: makefiles, the scripts of a package, tables of jobs.

mod make;
mod makefile;
mod functions;
mod package;
mod crontab;
pub mod yaml;
mod just;
mod justfile;
mod just_expressions;
mod task;
mod tables;
mod manifest;

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
        b"npm" | b"yarn" | b"pnpm" | b"bun" | b"yarnpkg" => return package::run(walker, tool, call, scope),
        b"node" | b"lerna" | b"turbo" | b"npm-run-all" | b"npm-run-all2" | b"run-s" | b"run-p" | b"concurrently" => {
            return package::runner(walker, tool, call, scope);
        }
        b"crontab" => crontab::run(walker, tool, call, scope),
        b"just" => just::run(walker, call, scope),
        b"task" | b"go-task" => task::run(walker, call, scope),
        b"kubectl" | b"oc" | b"k" | b"microk8s.kubectl" => {
            manifest::run(walker, call, scope);
            return false;
        }
        _ => return tables::run(walker, tool, call, scope),
    }
    true
}

/// Folders above in which such a file may lie.
const ABOVE: usize = 6;

/// A file that was found, and where.
struct Found {
    folder: BString,
    path: BString,
    text: BString,
}

/// The first of these files in the folder.
fn file_in(walker: &mut Walker<'_>, names: &[&str], folder: &[u8], scope: &Scope) -> Option<Found> {
    let folder = scope.absolute(folder)?;
    names.iter().find_map(|name| {
        let path = BString::from([folder.trim_end_with(|c| c == '/'), b"/", name.as_bytes()].concat());
        match walker.file(&path, scope) {
            Some(Ok(Value::Known(text))) => Some(Found { folder: folder.clone(), path, text }),
            Some(Ok(_) | Err(_)) | None => None,
        }
    })
}

/// The first of these files in the folder or the nearest one above.
fn nearest(walker: &mut Walker<'_>, names: &[&str], folder: &[u8], scope: &Scope) -> Option<Found> {
    let mut folder = scope.absolute(folder)?;
    for _ in 0..ABOVE {
        if let Some(found) = file_in(walker, names, &folder, scope) {
            return Some(found);
        }
        let slash = folder.rfind_byte(b'/').filter(|slash| *slash > 0)?;
        folder.truncate(slash);
    }
    None
}

/// The scope in another folder.
fn in_folder(scope: &Scope, folder: &BString) -> Scope {
    let mut inner = scope.clone();
    inner.change_directory(Value::Known(folder.clone()));
    inner
}

/// What was made inside is there afterwards.
fn back(scope: &mut Scope, inner: Scope) {
    scope.files = inner.files;
    scope.created = inner.created;
}

/// Runs a line of such a file by `sh -c`.
pub(super) fn line(walker: &mut Walker<'_>, text: Value, from: (&BString, usize), call: &Call, scope: &mut Scope) {
    by_shell(walker, &[Word::known("sh"), Word::known("-c")], text, from, call, scope);
}

/// Runs a line of such a file by the shell that the file names.
fn by_shell(
    walker: &mut Walker<'_>,
    shell: &[Word],
    text: Value,
    from: (&BString, usize),
    call: &Call,
    scope: &mut Scope,
) {
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
    let text = Word { value: text, glob: false, written: BString::default() };
    let words = shell.iter().cloned().chain([text]).collect();
    start(walker, at_line(words, from, call), scope);
}

/// Runs words as a line of such a file would.
fn words(walker: &mut Walker<'_>, words: Vec<Word>, from: (&BString, usize), call: &Call, scope: &mut Scope) {
    start(walker, at_line(words, from, call), scope);
}

fn at_line(words: Vec<Word>, (file, number): (&BString, usize), call: &Call) -> Call {
    let mut at = call.at.clone();
    if number > 0 {
        at.source = file.to_str_lossy().into();
        at.line = number;
        at.span = crate::span::Span::default();
    }
    Call { words, redirections: Vec::new(), input: Input::Inherited, at, ..call.clone() }
}

/// Runs text that begins with `#!`: as a file of its own, which its tool writes and starts.
fn script(walker: &mut Walker<'_>, text: Value, from: (&BString, usize), call: &Call, scope: &mut Scope) {
    let (file, number) = from;
    let path = BString::from(format!("{}{file}:{number}", if file.contains(&b'/') { "" } else { "./" }));
    let mut inner = scope.clone();
    inner.write(&path, text);
    start(
        walker,
        at_line(vec![Word { value: Value::Known(path), glob: false, written: "".into() }], from, call),
        &mut inner,
    );
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
