//! Lisps: forms that start or delete something, wherever they stand in the code. A form is its head and the texts in it;
//! what is no text is not known.

use bstr::{BString, ByteSlice};

use super::calls::nobody_knows;
use super::start;
use crate::command::Change;
use crate::command::Via;
use crate::command::scope::Scope;
use crate::command::simple::Call;
use crate::command::walk::{Input, Walker};
use crate::command::words::Word;

/// An interpreter: the options that carry code.
struct Lisp {
    names: &'static [&'static str],
    code: &'static [&'static str],
    /// It takes code on its input where there is none in its words.
    reads: bool,
}

#[rustfmt::skip]
const LISPS: &[Lisp] = &[
    Lisp { names: &["emacs", "emacsclient"], code: &["-e", "--eval", "-eval", "--execute", "-execute"], reads: false },
    Lisp { names: &["clisp"], code: &["-x"], reads: true },
    Lisp { names: &["sbcl", "ecl", "ccl", "abcl"], code: &["--eval", "-eval", "-e"], reads: true },
    Lisp { names: &["guile"], code: &["-c"], reads: true },
    Lisp { names: &["racket", "csi", "chicken-csi", "gosh", "chibi-scheme", "janet", "fennel", "clojure", "clj", "bb"], code: &["-e", "--eval", "-p"], reads: true },
];

/// What a form does with its texts.
#[derive(Clone, Copy)]
enum Does {
    /// The first is for a shell.
    Shell,
    /// One is for a shell, several are a program and its arguments.
    Program,
    RemoveTree,
    Remove,
}

#[rustfmt::skip]
const FORMS: &[(&str, Does)] = &[
    ("system", Does::Shell), ("shell-command", Does::Shell), ("shell-command-to-string", Does::Shell), ("async-shell-command", Does::Shell), ("call-process-shell-command", Does::Shell), ("shell", Does::Program), ("sh", Does::Program), ("process", Does::Program), ("call-process", Does::Program), ("start-process", Does::Program), ("process-lines", Does::Program),
    ("run-shell-command", Does::Shell), ("run-program", Does::Program), ("system*", Does::Program), ("execlp", Does::Program), ("execl", Does::Program), ("open-pipe", Does::Shell), ("open-input-pipe", Does::Shell), ("execute", Does::Program), ("spawn", Does::Program), ("exec", Does::Program),
    ("delete-directory", Does::RemoveTree), ("delete-directory/files", Does::RemoveTree), ("delete-directory-tree", Does::RemoveTree), ("delete-file-recursively", Does::RemoveTree), ("delete-tree", Does::RemoveTree), ("remove-directory*", Does::RemoveTree), ("delete-file", Does::Remove), ("rm", Does::Remove),
];

/// Forms within forms.
const DEEPEST: usize = 200;

/// Walks what the code in a Lisp's words, or on its input, does.
pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    let Some(lisp) = LISPS.iter().find(|lisp| lisp.names.iter().any(|name| name.as_bytes() == tool.as_slice())) else {
        return;
    };
    let words = call.words.get(1..).unwrap_or_default();
    let mut texts: Vec<(BString, bool)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(text) = word.text() else { continue };
        if lisp.code.iter().any(|option| option.as_bytes() == text) {
            texts.extend(words.get(at + 1).and_then(|word| super::marked(&word.value)).map(|text| (text, false)));
        }
        let attached = |option: &&str| text.strip_prefix(option.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
        texts.extend(lisp.code.iter().find_map(attached).map(|text| (text.into(), false)));
    }
    let plain = words.iter().all(|word| word.text().is_some_and(|text| text.starts_with(b"-")));
    if texts.is_empty() && lisp.reads && plain && !matches!(call.input, Input::Inherited) {
        let given = walker.input_value(&call.input, scope);
        texts.extend(given.as_ref().and_then(super::marked).map(|text| (text, true)));
    }
    walker.via.push(Via { name: tool.clone(), change: Change::None });
    for (text, said) in texts {
        let input = if said { Input::Inherited } else { call.input.clone() };
        for (does, texts) in forms(&text) {
            for words in lines(does, &texts) {
                start(walker, Call { input: input.clone(), redirections: Vec::new(), ..call.with(words) }, scope);
            }
        }
    }
    walker.via.pop();
}

/// A text, or something else.
type Told = Option<BString>;

struct Form {
    head: Option<BString>,
    texts: Vec<Told>,
}

/// The forms that do something, each behind those inside it.
fn forms(text: &[u8]) -> Vec<(Does, Vec<Told>)> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b';' => at += text[at..].find_byte(b'\n').unwrap_or(text.len() - at),
            b'(' | b'[' => {
                if open.len() >= DEEPEST {
                    return found;
                }
                open.push(Form { head: None, texts: Vec::new() });
                at += 1;
            }
            b')' | b']' => {
                at += 1;
                let Some(form) = open.pop() else { continue };
                let does = form.head.as_ref().and_then(does);
                if let Some(does) = does {
                    found.push((does, form.texts));
                } else if let Some(outer) = open.last_mut() {
                    // `'("rm" "-rf" "x")` is a list of texts; another form's value is not known.
                    match form.head {
                        None => outer.texts.extend(form.texts),
                        Some(_) => outer.texts.push(None),
                    }
                }
            }
            b'"' => {
                let (told, length) = quoted(&text[at..]);
                at += length;
                if let Some(form) = open.last_mut() {
                    form.texts.push(Some(told));
                }
            }
            _ if byte.is_ascii_whitespace() || matches!(byte, b'\'' | b'`' | b',' | b'#') => at += 1,
            _ => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b"()[]\";".contains(byte);
                let length = text[at..].iter().position(ends).unwrap_or(text.len() - at);
                let atom = BString::from(&text[at..at + length]);
                at += length;
                if let Some(form) = open.last_mut() {
                    match form.head {
                        None if form.texts.is_empty() => form.head = Some(atom),
                        // `:p`, `#t`, `nil`, `1`: how, not what.
                        _ if matches!(atom[0], b':' | b'0'..=b'9') || matches!(atom.as_slice(), b"t" | b"nil") => {}
                        _ => form.texts.push(None),
                    }
                }
            }
        }
    }
    found
}

/// By its name without the package that it stands in.
fn does(head: &BString) -> Option<Does> {
    let bare = head.rsplit(|byte| matches!(byte, b':' | b'/')).next().unwrap_or(head);
    let of = |name: &[u8]| FORMS.iter().find(|(one, _)| one.as_bytes() == name).map(|(_, does)| *does);
    of(head).or_else(|| of(bare))
}

/// A text in double quotes, and how long it is written.
fn quoted(text: &[u8]) -> (BString, usize) {
    let mut told = BString::default();
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return (told, at + 1),
            b'\\' => {
                match text.get(at + 1) {
                    Some(b'n') => told.push(b'\n'),
                    Some(b't') => told.push(b'\t'),
                    Some(escaped) => told.push(*escaped),
                    None => {}
                }
                at += 2;
            }
            byte => {
                told.push(byte);
                at += 1;
            }
        }
    }
    (told, text.len())
}

/// The command lines that do the same.
fn lines(does: Does, texts: &[Told]) -> Vec<Vec<Word>> {
    let word = |told: &Told| {
        let value = told.as_ref().map_or_else(|| nobody_knows(b"form"), super::with_holes);
        Word { value, ..Word::known("") }
    };
    let with = |before: &[&str], told: &Told| -> Vec<Word> {
        before.iter().map(|text| Word::known(*text)).chain([word(told)]).collect()
    };
    match (does, texts) {
        (Does::Shell, [text, ..]) | (Does::Program, [text]) if text.is_some() => vec![with(&["sh", "-c"], text)],
        (Does::Program, [Some(_), ..]) => vec![texts.iter().map(word).collect()],
        (Does::RemoveTree, [path, ..]) => vec![with(&["rm", "-r", "-f", "--"], path)],
        (Does::Remove, [path, ..]) => vec![with(&["rm", "-f", "--"], path)],
        (Does::Shell | Does::Program | Does::RemoveTree | Does::Remove, _) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: &str) -> Vec<String> {
        let shown = |words: Vec<Word>| {
            let texts: Vec<String> =
                words.iter().map(|word| word.text().map_or("?".into(), |text| text.to_str_lossy().into())).collect();
            texts.join(" ")
        };
        forms(code.as_bytes()).into_iter().flat_map(|(does, texts)| lines(does, &texts)).map(shown).collect()
    }

    #[test]
    fn forms_are_told_as_command_lines() {
        assert_eq!(told("(system \"rm -rf x\")"), ["sh -c rm -rf x"]);
        assert_eq!(told("(progn (delete-directory \"x\" t) (message \"y\"))"), ["rm -r -f -- x"]);
        assert_eq!(told("(uiop:run-program '(\"rm\" \"-rf\" \"x\") :output t)"), ["rm -rf x"]);
        assert_eq!(told("(clojure.java.shell/sh \"rm\" \"-rf\" \"x\")"), ["rm -rf x"]);
        assert_eq!(told("(os/execute [\"rm\" \"-rf\" \"x\"] :p)"), ["rm -rf x"]);
        assert_eq!(told("(delete-file (concat a \"b\")) ; (system \"no\")"), ["rm -f -- ?"]);
        assert_eq!(told("(message \"(system \\\"rm\\\")\")"), [""; 0]);
        assert_eq!(told("(((("), [""; 0]);
    }
}
