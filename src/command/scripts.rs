//! Files of shell text: sourced, given to a shell by name, or started as programs of their own by their `#!` line.

use bstr::{BString, ByteSlice};

use super::follow::{child, from_input, text, walk_text};
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Cause, Value, Word};
use super::{Change, Sight, UnreadKind, Via, shells};
use crate::parse::Dialect;
use crate::parse::foreign::Tongue;

/// How often a file is walked inside itself.
const AGAIN: usize = 2;

/// `source FILE args`: in this shell.
pub(super) fn source(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &mut Scope) {
    let words = if words.first().and_then(Word::text) == Some(b"--") { &words[1..] } else { words };
    let Some(file) = words.first() else { return };
    scope.positional_set = false;
    let positional = (words.len() > 1 && scope.mode.dialect != Dialect::Dash)
        .then(|| scope.positional.replace(words.iter().skip(1).map(|word| word.value.clone()).collect()));
    match file.text() {
        Some(b"/dev/stdin" | b"/dev/fd/0" | b"/proc/self/fd/0") => {
            let mark = walker.left.len();
            from_input(walker, call, scope);
            walker.land_sourced(mark, scope);
        }
        // bash says itself that there is no such file.
        Some(b"") => {}
        Some(path) if !file.glob => {
            let path = BString::from(path);
            sourced(walker, &path, call, scope);
        }
        Some(_) | None => {
            walker.unread(UnreadKind::File, file.shown(), &call.at);
            unknown(walker, &file.shown(), scope);
        }
    }
    if let Some(positional) = positional.filter(|_| !scope.positional_set || scope.in_function()) {
        scope.positional = positional;
    }
    // Whoever sourced the file around this one loses sight of what was set before.
    scope.positional_set = false;
}

/// Walks a file in the scope as it is.
pub(super) fn sourced(walker: &mut Walker<'_>, path: &BString, call: &Call, scope: &mut Scope) {
    // A bare name may have been found along PATH.
    let named = path.contains(&b'/').then(|| path.clone());
    let file = std::mem::replace(&mut scope.file, named);
    let mark = walker.left.len();
    sourced_text(walker, path, call, scope);
    walker.land_sourced(mark, scope);
    scope.file = file;
}

fn sourced_text(walker: &mut Walker<'_>, path: &BString, call: &Call, scope: &mut Scope) {
    match walker.content(path, scope) {
        Some(Ok(Value::Known(text))) => {
            // A person's own start-up file is no question, whoever reads it; what it destroys is.
            let quiet = walker.quiet;
            walker.quiet |=
                is_startup(path) && !scope.absolute(path).is_some_and(|path| scope.files.contains_key(&path));
            file_text(walker, path, text.to_vec(), call, scope);
            walker.quiet = quiet;
        }
        Some(Ok(value)) => text(walker, value, path.to_str_lossy().as_ref(), call, scope),
        // bash reports a missing file itself, and goes on.
        Some(Err(Sight::Missing | Sight::Image)) => {}
        Some(Err(_)) => {
            walker.unread(UnreadKind::File, path.clone(), &call.at);
            unknown(walker, path, scope);
        }
        // Not looked at yet, or no place to look from.
        None => {
            if scope.places(path).is_none() {
                walker.unread(UnreadKind::Missing, path.clone(), &call.at);
            }
            unknown(walker, path, scope);
        }
    }
}

/// Commands of a file that is not read may have changed everything; a start-up file adds to what is there.
fn unknown(walker: &Walker<'_>, path: &BString, scope: &mut Scope) {
    let cause = Cause::StartupFile(path.clone());
    if walker.quiet { scope.cloud(&cause) } else { scope.obscure(&cause) }
}

/// Files that shells read by themselves when they start.
fn is_startup(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    matches!(name, b".profile" | b".bashrc" | b".bash_profile" | b".bash_login" | b".bash_aliases")
        || matches!(path, b"/etc/profile" | b"/etc/bash.bashrc" | b"/etc/bashrc")
}

fn file_text(walker: &mut Walker<'_>, path: &BString, text: Vec<u8>, call: &Call, scope: &mut Scope) {
    let name: std::sync::Arc<str> = scope.shown(path).to_str_lossy().into();
    // What the text itself wrote has no lines of its own on disk: it points to the command.
    let own = scope.absolute(path).is_some_and(|path| scope.files.contains_key(&path));
    let outer = own.then(|| call.at.clone());
    // A script that starts itself again (`exec sudo "$0" "$@"`) is walked once more without knowing what it is given;
    // deeper rounds add nothing, unless each starts processes that go on.
    let whole = scope.absolute(path).unwrap_or_else(|| path.clone());
    let running = walker.files.iter().filter(|one| **one == whole).count();
    if running > AGAIN {
        if walker.forks > 0 {
            walker.limit("processes that start each other");
        }
        return;
    }
    if running == AGAIN {
        scope.forget();
        scope.positional = None;
    }
    walker.files.push(whole);
    walker.via.push(Via { name: path.clone(), change: Change::None });
    walk_text(walker, &text, outer, &name, scope, &call.input);
    walker.via.pop();
    walker.files.pop();
}

/// A script that a shell is given by name.
pub(super) fn run_file(walker: &mut Walker<'_>, path: &BString, call: &Call, scope: &mut Scope) {
    if !walker.reads_programs() {
        return;
    }
    scope.file = Some(path.clone());
    match walker.content(path, scope) {
        Some(Ok(Value::Known(text))) => file_text(walker, path, text.to_vec(), call, scope),
        Some(Ok(value)) => text(walker, value, path.to_str_lossy().as_ref(), call, scope),
        Some(Err(Sight::Missing | Sight::Image)) | None => {}
        Some(Err(_)) => walker.unread(UnreadKind::File, path.clone(), &call.at),
    }
}

/// A program of someone's own: followed where it is a shell script. False where it is something else.
pub(super) fn script(walker: &mut Walker<'_>, path: &BString, call: &Call, scope: &mut Scope) -> bool {
    if !walker.reads_programs() {
        return false;
    }
    let text = match walker.file(path, scope) {
        Some(Ok(Value::Known(text))) => text,
        Some(Ok(value)) => {
            let mut inner = child(call, scope, Dialect::Bash);
            text(walker, value, path.to_str_lossy().as_ref(), call, &mut inner);
            return true;
        }
        Some(Err(_)) | None => return false,
    };
    let (dialect, tongue) = match interpreter(&text) {
        Some(name) => match shells::find(name.as_bytes()) {
            Some(shell) => (shell.dialect, shell.tongue),
            None => return super::languages::script(walker, &name, &text, call, scope),
        },
        // Without a `#!` line the calling shell runs it itself.
        None if text.find_byte(0).is_some() => return false,
        None if scope.tongue == Tongue::PowerShell && path.to_ascii_lowercase().ends_with(b".ps1") => {
            (Dialect::Bash, Tongue::PowerShell)
        }
        None => (Dialect::Bash, Tongue::Bash),
    };
    let mut inner = child(call, scope, dialect);
    inner.speak(tongue);
    inner.name = Value::Known(path.clone());
    inner.file = Some(path.clone());
    inner.positional = Some(call.words.iter().skip(1).map(|word| word.value.clone()).collect());
    let (mark, loops) = (walker.left.len(), std::mem::take(&mut walker.loops));
    file_text(walker, path, text.to_vec(), call, &mut inner);
    walker.loops = loops;
    walker.end(mark, &mut inner);
    scope.files = inner.files;
    scope.created = inner.created;
    true
}

/// A text that will be a program's file, by its `#!` line.
pub(super) fn program_text(walker: &mut Walker<'_>, value: Value, path: &BString, call: &Call, scope: &mut Scope) {
    let Some(name) = value.starts_with().starts_with(b"#!").then(|| interpreter(value.starts_with())).flatten() else {
        return text(walker, value, &path.to_str_lossy(), call, scope);
    };
    match (shells::find(name.as_bytes()), &value) {
        (Some(shell), _) => {
            scope.mode.dialect = shell.dialect;
            scope.speak(shell.tongue);
            text(walker, value, &path.to_str_lossy(), call, scope);
        }
        (None, Value::Known(code)) => {
            super::languages::script(walker, &name, code, call, scope);
        }
        (None, _) => walker.unread(UnreadKind::Code, path.clone(), &call.at),
    }
}

/// The program of a `#!` line, through env.
fn interpreter(text: &[u8]) -> Option<String> {
    let line = text.strip_prefix(b"#!")?.lines().next()?;
    let mut words = line.fields_with(|c| c == ' ' || c == '\t').filter(|word| !word.starts_with(b"-"));
    let first = words.next()?;
    let base = |path: &[u8]| path.rsplit(|byte| *byte == b'/').next().unwrap_or(path).to_str_lossy().into_owned();
    match base(first).as_str() {
        "env" => words.next().map(base),
        other => Some(other.to_owned()),
    }
}
