//! A program that starts, as a line of bash.

use bstr::BString;

use crate::invocation::{self, Invocation, ShKind, StdinKind, Surroundings, base_name};
use crate::supervise::exec::Environment;
use crate::supervise::quoted;

/// What is around a program of a tree. Text that comes to it later is judged as the programs that it starts.
pub fn around(sh: ShKind) -> Surroundings {
    Surroundings { stdin: StdinKind::Null, stdout_terminal: false, stderr_terminal: false, sh, setuid: false }
}

/// A line as a call. Nobody but us makes it of one, so that no start-up file is read.
pub fn call(line: BString, environment: &Environment, directory: BString, sh: ShKind) -> Invocation {
    let argv = vec!["bash".into(), "-c".into(), line];
    let call = invocation::read(argv, environment.pairs(), directory, around(sh));
    Invocation { startup: Vec::new(), startup_first_of: Vec::new(), startup_text: Vec::new(), ..call }
}

/// Programs that are what they are called.
const MANY_IN_ONE: [&[u8]; 4] = [b"busybox", b"toybox", b"coreutils", b"box"];

pub fn is_many_in_one(path: &BString) -> bool {
    MANY_IN_ONE.contains(&base_name(path))
}

pub fn is_shell(path: &BString) -> bool {
    matches!(base_name(path), b"bash" | b"rbash" | b"sh" | b"dash" | b"guarded-sh")
}

/// As a line of bash: the name by which a program is called can be another than its file's.
pub fn text_of(path: &BString, words: &[BString]) -> BString {
    let name = words.first().map_or(&b""[..], |word| word.as_slice());
    let mut text = BString::default();
    if base_name(name) != base_name(path) && is_many_in_one(path) {
        text.extend_from_slice(b"busybox ");
        let words = words.iter().enumerate().map(|(at, word)| quoted(if at == 0 { base_name(word) } else { word }));
        text.extend_from_slice(&bstr::join(" ", words));
        return text;
    }
    if base_name(name) != base_name(path) {
        text.extend_from_slice(b"exec -a ");
        text.extend_from_slice(&quoted(name));
        text.push(b' ');
    }
    text.extend_from_slice(&quoted(path));
    for word in words.iter().skip(1) {
        text.push(b' ');
        text.extend_from_slice(&quoted(word));
    }
    text
}
