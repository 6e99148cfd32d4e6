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
    let named = operands.first().map(|remote| BString::from(*remote));
    let remotes = named.clone().map_or_else(|| usual(settings), |remote| vec![remote]);
    let of =
        |remote: &BString, key: &str| BString::from([b"remote.", remote.as_slice(), b".", key.as_bytes()].concat());
    let mirrors = |remote: &BString| last(settings, &of(remote, "mirror")).is_some_and(|value| !is_off(value));
    if remotes.iter().any(mirrors) {
        return vec!["--mirror".into()];
    }
    if operands.len() > 1 {
        return Vec::new();
    }
    for remote in remotes {
        let key = of(&remote, "push");
        let refspecs: Vec<BString> =
            settings.iter().filter(|setting| setting.key == key).map(|setting| setting.value.clone()).collect();
        if !refspecs.is_empty() {
            return named.is_none().then_some(remote).into_iter().chain(refspecs).collect();
        }
    }
    Vec::new()
}

/// Where a push goes that names nowhere: which branch it is that is pushed is not known here.
fn usual(settings: &[Setting]) -> Vec<BString> {
    let of_branch =
        |key: &BString| key.starts_with(b"branch.") && (key.ends_with(b".remote") || key.ends_with(b".pushremote"));
    let set = settings.iter().filter(|setting| setting.key == "remote.pushdefault" || of_branch(&setting.key));
    std::iter::once("origin".into()).chain(set.map(|setting| setting.value.clone())).collect()
}

fn last<'s>(settings: &'s [Setting], key: &[u8]) -> Option<&'s BString> {
    settings.iter().rev().find(|setting| setting.key == key).map(|setting| &setting.value)
}

/// As git reads a boolean.
fn is_off(value: &BString) -> bool {
    let value = value.trim().to_ascii_lowercase();
    matches!(value.as_slice(), b"false" | b"no" | b"off" | b"0" | b"")
}
