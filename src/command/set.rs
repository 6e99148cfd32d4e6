//! `set`, `shift`, `shopt`, `alias`: options, positional parameters and the grammar of what follows.

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::words::{Value, Word};
use crate::parse::Dialect;

pub(super) fn set(words: &[Word], scope: &mut Scope) {
    for (index, word) in words.iter().enumerate() {
        match word.text() {
            Some(b"--") => {
                scope.positional = positional(&words[index + 1..]);
                scope.positional_set = true;
                return;
            }
            Some(text) if text.len() > 1 && (text.starts_with(b"-") || text.starts_with(b"+")) => {
                scope.options.letters(&text[1..], text[0] == b'-');
            }
            Some(name) if index > 0 && words[index - 1].text().is_some_and(takes_name) => {
                let on = words[index - 1].text().is_some_and(|text| text.starts_with(b"-"));
                if name == b"posix" && scope.mode.dialect != Dialect::Dash {
                    scope.mode.dialect = if on { Dialect::Posix } else { Dialect::Bash };
                }
                scope.options.switch(name, on);
            }
            Some(_) | None => {
                scope.positional = positional(&words[index..]);
                scope.positional_set = true;
                return;
            }
        }
    }
}

/// `-o`, `-euo`
fn takes_name(flag: &[u8]) -> bool {
    flag.len() > 1 && matches!(flag[0], b'-' | b'+') && flag.ends_with(b"o")
}

fn positional(words: &[Word]) -> Option<Vec<Value>> {
    (!words.iter().any(Word::is_open)).then(|| words.iter().map(|word| word.value.clone()).collect())
}

/// There are as many as it takes away; dash ends where there are not.
pub(super) fn can_shift(words: &[Word], scope: &Scope) -> bool {
    scope.positional.as_ref().is_some_and(|values| values.len() >= shifts(words).unwrap_or(usize::MAX))
}

fn shifts(words: &[Word]) -> Option<usize> {
    match words.first() {
        None => Some(1),
        Some(word) => word.text().and_then(|text| text.to_str().ok()?.parse::<usize>().ok()),
    }
}

pub(super) fn shift(words: &[Word], scope: &mut Scope) {
    scope.positional = match (scope.positional.take(), shifts(words)) {
        (Some(values), Some(count)) if count <= values.len() => Some(values[count..].to_vec()),
        (Some(values), Some(_)) => Some(values),
        (_, _) => None,
    };
}

pub(super) fn shopt(words: &[Word], scope: &mut Scope) {
    let on = words.iter().any(|word| word.text() == Some(b"-s"));
    let off = words.iter().any(|word| word.text() == Some(b"-u"));
    if !on && !off {
        return;
    }
    for word in words {
        match word.text() {
            Some(b"extglob") => scope.mode.extglob = on,
            Some(b"expand_aliases") => scope.mode.expand_aliases = on,
            Some(name) => scope.options.switch(name, on),
            None => {}
        }
    }
}

pub(super) fn alias(name: &BString, words: &[Word], scope: &mut Scope) {
    for word in words {
        let Some(text) = word.text() else { continue };
        if *name == "unalias" {
            if text == b"-a" {
                scope.mode.aliases.clear();
            }
            scope.mode.aliases.remove(text);
        } else if let Some(equals) = text.find_byte(b'=') {
            scope.mode.aliases.insert(text[..equals].to_vec(), text[equals + 1..].to_vec());
        }
    }
}
