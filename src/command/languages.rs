//! Programs in other languages that stand in words, here-documents or scripts. What a reader for the language finds is
//! walked; code that no reader covers is written down as unread.

use bstr::{BString, ByteSlice};

use super::UnreadKind;
use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Value, Word};

/// Interpreters, the options that carry code, and those that name something else to run.
const INTERPRETERS: &[(&str, &[&str])] = &[
    ("python", &["-c"]),
    ("node", &["-e", "--eval", "-p", "--print"]),
    ("deno", &[]),
    ("bun", &["-e", "--eval"]),
    ("perl", &["-e", "-E"]),
    ("ruby", &["-e"]),
    ("php", &["-r"]),
    ("lua", &["-e"]),
];

/// `python3.11` → `python`
fn family(tool: &[u8]) -> Option<&'static (&'static str, &'static [&'static str])> {
    let bare = tool.trim_end_with(|c| c.is_ascii_digit() || c == '.');
    INTERPRETERS.iter().find(|(name, _)| name.as_bytes() == bare || (*name == "node" && bare == b"nodejs"))
}

/// Code in the words of an interpreter or on its input.
pub(super) fn inline(walker: &mut Walker<'_>, tool: &BString, call: &Call, _scope: &mut Scope) -> bool {
    let Some((name, options)) = family(tool) else { return false };
    let words = call.words.get(1..).unwrap_or_default();
    let coded = words.iter().any(|word| {
        word.text().is_some_and(|text| {
            options
                .iter()
                .any(|option| text == option.as_bytes() || (option.len() == 2 && text.starts_with(option.as_bytes())))
        })
    });
    let piped = words.iter().all(|word| word.text() == Some(b"-") || word.is_option())
        && matches!(call.input, Input::Text(_) | Input::File(_));
    if coded || piped {
        walker.unread(UnreadKind::Code, *name, &call.at);
    }
    false
}

/// A script with another interpreter. False: nothing of it was walked.
pub(super) fn script(
    walker: &mut Walker<'_>,
    interpreter: &str,
    _text: &BString,
    call: &Call,
    _scope: &mut Scope,
) -> bool {
    if family(interpreter.as_bytes()).is_some()
        && matches!(call.words.first().map(|word| &word.value), Some(Value::Known(_)))
    {
        walker.unread(UnreadKind::Code, call.words.first().map(Word::shown).unwrap_or_default(), &call.at);
    }
    false
}
