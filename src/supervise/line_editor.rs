//! What would switch the line judge off. The shell that asks before each line is bash itself, so bash can be told not to
//! ask any more: such a line is a question of its own.

use bstr::ByteSlice;

use crate::command::{Command, Model};

/// Begins the names of the functions and variables by which the bound key works.
const OWN: &str = "__guarded_";
/// Builtins that the bound key calls by their plain names.
const CALLED: &[&str] = &["builtin", "local"];
/// Options of `bind` that only show.
const SHOWING: &[&[u8]] = &[b"-l", b"-p", b"-P", b"-s", b"-S", b"-v", b"-V", b"-X", b"-q"];

/// Why the lines after this one might not be judged, where that may be.
#[must_use]
pub fn switched_off(text: &[u8], model: &Model) -> Option<&'static str> {
    if text.contains_str(OWN) || model.commands.iter().any(names_own) {
        return Some("it names what this shell's line judge is made of");
    }
    if model.defines.iter().any(|name| CALLED.iter().any(|called| name == called)) {
        return Some("it redefines what this shell's line judge is made of");
    }
    if model.commands.iter().any(ends_editing) {
        return Some("it turns off line editing, by which this shell's lines are judged");
    }
    // What a start-up file binds that is sourced again was there before.
    let typed = model.commands.iter().filter(|command| &*command.at.source == "command");
    typed.into_iter().any(binds).then_some("it changes what keys do, and Enter is by which lines are judged")
}

fn names_own(command: &Command) -> bool {
    let words = command.words.iter().filter_map(|word| word.value.choices()).flatten();
    let names = command.assignments.iter().map(|(name, _)| name);
    words.chain(names).any(|text| text.contains_str(OWN))
}

fn ends_editing(command: &Command) -> bool {
    let words: Vec<&[u8]> = command.words.iter().filter_map(|word| word.text()).collect();
    let edits = |word: &[u8]| word == b"emacs" || word == b"vi";
    match words.split_first() {
        Some((&b"set", rest)) => rest.windows(2).any(|pair| pair[0].starts_with(b"+") && edits(pair[1])),
        Some((&b"shopt", rest)) => {
            let flag = |flag: u8| rest.iter().any(|word| word.starts_with(b"-") && word.contains(&flag));
            flag(b'u') && flag(b'o') && rest.iter().any(|word| edits(word))
        }
        Some(_) | None => false,
    }
}

/// `bind` with more than questions and settings.
fn binds(command: &Command) -> bool {
    if command.tool() != Some(b"bind") {
        return false;
    }
    let mut words = command.words.iter().skip(1);
    while let Some(word) = words.next() {
        match word.text() {
            Some(b"-m" | b"-q") => {
                words.next();
            }
            Some(text) if SHOWING.contains(&text) || text.starts_with(b"set ") => {}
            Some(_) | None => return true,
        }
    }
    false
}
