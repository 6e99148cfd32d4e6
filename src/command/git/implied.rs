//! Settings that do what an option would: the call with that option is what the rules judge.

use bstr::{BString, ByteSlice};

use super::{Line, Setting};
use crate::command::words::Word;

/// Words that settings add to a call; `None`: nothing.
pub(super) fn words(line: &Line<'_>, settings: &[Setting]) -> Option<Vec<Word>> {
    let added: Vec<BString> = match line.verb {
        b"clean" => last(settings, b"clean.requireforce")
            .filter(|value| is_off(value))
            .map(|_| "-f".into())
            .into_iter()
            .collect(),
        b"push" => pushed(line, settings),
        _ => return None,
    };
    (!added.is_empty()).then(|| added.into_iter().map(Word::known).collect())
}

/// `remote.NAME.mirror`, and `remote.NAME.push` where the call names no refspec (git-push(1)).
fn pushed(line: &Line<'_>, settings: &[Setting]) -> Vec<BString> {
    let operands: Vec<&[u8]> = line.rest.iter().filter_map(Word::text).filter(|word| !word.starts_with(b"-")).collect();
    let remote = operands.first().copied().unwrap_or(b"origin");
    let of = |key: &str| BString::from([b"remote.", remote, b".", key.as_bytes()].concat());
    if last(settings, &of("mirror")).is_some_and(|value| !is_off(value)) {
        return vec!["--mirror".into()];
    }
    if operands.len() > 1 {
        return Vec::new();
    }
    let refspecs = settings.iter().filter(|setting| setting.key == of("push")).map(|setting| setting.value.clone());
    let named = operands.is_empty().then(|| BString::from(remote));
    let mut words: Vec<BString> = named.into_iter().chain(refspecs).collect();
    if words.len() <= usize::from(operands.is_empty()) {
        words.clear();
    }
    words
}

fn last<'s>(settings: &'s [Setting], key: &[u8]) -> Option<&'s BString> {
    settings.iter().rev().find(|setting| setting.key == key).map(|setting| &setting.value)
}

/// As git reads a boolean.
fn is_off(value: &BString) -> bool {
    let value = value.trim().to_ascii_lowercase();
    matches!(value.as_slice(), b"false" | b"no" | b"off" | b"0" | b"")
}
