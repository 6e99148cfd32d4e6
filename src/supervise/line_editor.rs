//! What would switch the line judge off. The shell that asks before each line is bash itself, so bash can be told not to
//! ask any more: such a line is a question of its own.

use std::os::unix::ffi::OsStrExt;

use bstr::{BString, ByteSlice};

use crate::command::{Command, Model, Program, Stdin};

/// Begins the names of the functions and variables by which the bound key works.
const OWN: &str = "__guarded_";
/// Builtins that the bound key calls by their plain names.
const CALLED: &[&str] = &["builtin", "local"];
const SHELLS: &[&str] = &["bash", "sh", "dash", "rbash", "zsh", "ksh", "mksh", "ash", "fish", "tcsh", "csh"];
/// What this shell's own input is called.
const TERMINALS: &[&[u8]] = &[b"/dev/stdin", b"/dev/fd/0", b"/proc/self/fd/0", b"/dev/tty"];
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
    if model.commands.iter().any(reads_terminal) {
        return Some("it starts a shell that reads this terminal itself, and nobody would judge its lines");
    }
    // What a start-up file binds that is sourced again was there before.
    let typed = model.commands.iter().filter(|command| &*command.at.source == "command");
    typed.into_iter().any(binds).then_some("it changes what keys do, and Enter is by which lines are judged")
}

/// The same for a zsh or a fish, which reads its start-up files again where it is started anew.
#[must_use]
pub fn foreign_switched_off(text: &[u8], model: &Model) -> Option<&'static str> {
    if text.contains_str(OWN) || model.commands.iter().any(names_own) {
        return Some("it names what this shell's line judge is made of");
    }
    if model.commands.iter().any(unhooks) {
        return Some("it changes what Enter does, by which this shell's lines are judged");
    }
    let unjudged = model.commands.iter().any(|command| reads_terminal(command) && !is_hooked(command));
    unjudged.then_some("it starts a shell that reads this terminal itself, and nobody would judge its lines")
}

/// zsh and fish, but for their options that leave the start-up files out.
fn is_hooked(command: &Command) -> bool {
    const BARE: &[&[u8]] = &[b"--no-rcs", b"--no-config", b"--NO_RCS", b"--norcs", b"-o", b"+o"];
    let moved = |name: &BString| name == "ZDOTDIR" || name == "HOME" || name == "XDG_CONFIG_HOME";
    let bare = |word: &[u8]| BARE.contains(&word) || short(word, b"fN");
    matches!(command.tool(), Some(b"zsh" | b"fish"))
        && !command.assignments.iter().any(|(name, _)| moved(name))
        && !command.words.iter().skip(1).any(|word| word.text().is_none_or(bare))
}

fn short(word: &[u8], letters: &[u8]) -> bool {
    word.starts_with(b"-") && !word.starts_with(b"--") && word.iter().any(|letter| letters.contains(letter))
}

/// The hook of zsh's line editor, the keys of fish's, or the editor itself.
fn unhooks(command: &Command) -> bool {
    let words: Vec<&[u8]> = command.words.iter().filter_map(|word| word.text()).collect();
    let Some((&tool, rest)) = words.split_first() else { return false };
    let option =
        |word: &[u8]| word.iter().filter(|byte| **byte != b'_').map(u8::to_ascii_lowercase).collect::<Vec<u8>>();
    match tool {
        b"zle" => rest.contains(&&b"zle-line-finish"[..]) && rest.iter().any(|word| short(word, b"NDA")),
        b"unsetopt" => rest.iter().any(|word| option(word) == b"zle"),
        b"setopt" => rest.iter().any(|word| option(word) == b"nozle"),
        b"set" => rest.windows(2).any(|pair| pair[0] == b"+o" && option(pair[1]) == b"zle"),
        b"zmodload" => rest.contains(&&b"zsh/zle"[..]) && rest.iter().any(|word| short(word, b"u")),
        b"bind" => {
            let enter =
                |word: &&[u8]| [&b"\r"[..], b"\n", b"enter", b"ctrl-m", b"ctrl-j", b"-e", b"--erase"].contains(word);
            rest.iter().any(enter)
        }
        _ => false,
    }
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

/// A shell without a script or `-c`, on the input of this one. Ours judges its own lines.
fn reads_terminal(command: &Command) -> bool {
    let words: Vec<Option<&[u8]>> = command.words.iter().map(|word| word.text()).collect();
    let Some((tool, rest)) = command.tool().zip(words.get(1..)) else { return false };
    if !matches!(command.stdin, Stdin::Inherited) {
        return false;
    }
    if tool == b"." || tool == b"source" {
        return rest.iter().flatten().any(|word| TERMINALS.contains(word));
    }
    let is_shell = SHELLS.iter().any(|shell| shell.as_bytes() == tool);
    is_shell && rest.iter().all(|word| word.is_some_and(goes_on)) && !is_ours(&command.program)
}

/// An option after which a shell still reads its input.
fn goes_on(word: &[u8]) -> bool {
    let says = [&b"--version"[..], b"--help", b"--dump-strings", b"--dump-po-strings"];
    let commands = word.starts_with(b"-") && !word.starts_with(b"--") && word.contains(&b'c');
    word.starts_with(b"-") && !commands && !says.contains(&word)
}

fn is_ours(program: &Program) -> bool {
    let Program::File(path) = program else { return false };
    let found = std::fs::canonicalize(std::ffi::OsStr::from_bytes(path));
    found.is_ok_and(|found| std::fs::read_link("/proc/self/exe").is_ok_and(|ours| ours == found))
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
