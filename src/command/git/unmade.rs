//! Work that a patch takes back: `git diff | git apply -R` leaves the files as `git restore` would, and no copy of what
//! they held. A patch that lies in a file, or comes from commits, is such a copy.

use bstr::{BString, ByteSlice};

use crate::command::Program;
use crate::command::scope::Scope;
use crate::command::simple::Call;
use crate::command::walk::{Input, Walker};
use crate::command::words::{Cause, Value, Word};

/// Notes the call of `git restore` that does the same.
pub(in crate::command) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    if !takes_back(tool, &call.words) || !is_piped_from_git(&call.input) {
        return;
    }
    let of_git = |command: &&crate::command::Command| command.tool() == Some(b"git");
    let shown = walker.model.commands.iter().rev().filter(of_git).find_map(|command| shown(&command.words));
    if let Some(words) = shown {
        walker.note(&Call { words, ..call.clone() }, Program::Name("git".into()), scope);
    }
}

/// `git apply -R`, `patch -R`, from standard input and in earnest.
fn takes_back(tool: &BString, words: &[Word]) -> bool {
    let has = |names: &[&[u8]]| words.iter().any(|word| word.text().is_some_and(|text| names.contains(&text)));
    let bundled = || {
        words.iter().skip(1).filter_map(Word::text).any(|text| {
            text.starts_with(b"-")
                && !text.starts_with(b"--")
                && text[1..].iter().all(u8::is_ascii_alphabetic)
                && text.contains(&b'R')
        })
    };
    match tool.as_slice() {
        b"git" => {
            has(&[b"apply"])
                && has(&[b"-R", b"--reverse"])
                && !has(&[b"--check", b"--cached", b"--stat", b"--numstat", b"--summary"])
        }
        b"patch" => (has(&[b"--reverse"]) || bundled()) && !has(&[b"--dry-run"]),
        _ => false,
    }
}

fn is_piped_from_git(input: &Input) -> bool {
    match input {
        Input::Text(value) => {
            matches!(&*value.borrow(), Value::Unknown(shape) if shape.because == Cause::Output("git".into()))
        }
        Input::Inherited | Input::File(_) => false,
    }
}

/// For `git diff`, which shows what no commit holds: `git restore` of the same paths.
fn shown(words: &[Word]) -> Option<Vec<Word>> {
    let verb = words.iter().position(|word| word.text() == Some(b"diff"))?;
    let (before, after) = words.split_at(verb);
    let rest = &after[1..];
    let is = |names: &[&[u8]]| rest.iter().any(|word| word.text().is_some_and(|text| names.contains(&text)));
    if is(&[b"--cached", b"--staged", b"--no-index", b"--stat", b"--name-only", b"--name-status", b"--numstat"]) {
        return None;
    }
    let parted = rest.iter().position(|word| word.text() == Some(b"--")).unwrap_or(rest.len());
    let operands: Vec<&Word> = rest[..parted].iter().filter(|word| !word.is_option()).collect();
    // Between two commits: they hold it.
    if operands.iter().any(|word| word.text().is_some_and(|text| text.contains_str(".."))) {
        return None;
    }
    let paths = rest.get(parted + 1..).unwrap_or_default();
    let mut made = before.to_vec();
    made.extend([Word::known("restore"), Word::known("--")]);
    if paths.is_empty() {
        made.push(Word::known(":/"));
    } else {
        made.extend(paths.iter().cloned());
    }
    Some(made)
}
