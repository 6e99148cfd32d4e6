//! Consoles of frameworks, which take code for the application: `rails runner`, `manage.py shell`, `artisan tinker`. Code
//! on their input is walked as if it were given as a word, and code in a word as its language's.

use bstr::{BString, ByteSlice};

use super::grammar::{self, Language};
use super::{Code, execute, marked};
use crate::command::scope::Scope;
use crate::command::simple::Call;
use crate::command::walk::{Input, Walker};
use crate::command::words::{Value, Word};
use crate::command::wrappers;

struct Console {
    /// The program, or the script that an interpreter is given.
    names: &'static [&'static str],
    verbs: &'static [&'static str],
    code: Given,
    /// The words that take the same code as a word, where it stands on the input.
    instead: &'static [&'static str],
    language: &'static Language,
}

/// How a console is given code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    /// The operand behind the verb, which may be a file.
    Operand,
    /// The value of one of these options.
    Option(&'static [&'static str]),
    /// Standard input only.
    Input,
}

#[rustfmt::skip] // a table
const CONSOLES: &[Console] = &[
    Console { names: &["rails"], verbs: &["runner", "r"], code: Given::Operand, instead: &["runner"], language: &grammar::RUBY },
    Console { names: &["rails"], verbs: &["console", "c"], code: Given::Input, instead: &["runner"], language: &grammar::RUBY },
    Console { names: &["manage.py", "django-admin"], verbs: &["shell", "shell_plus"], code: Given::Option(&["-c", "--command"]), instead: &["shell", "-c"], language: &grammar::PYTHON },
    Console { names: &["artisan"], verbs: &["tinker"], code: Given::Option(&["--execute"]), instead: &["tinker", "--execute"], language: &grammar::PHP },
];

/// Walks the code that a console is given.
pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    let Some((console, before)) = console(tool, &call.words) else { return };
    let rest = call.words.get(before + 1..).unwrap_or_default();
    let found = match console.code {
        Given::Operand => operand(rest).cloned().map(|word| word.value),
        Given::Option(names) => option(rest, names),
        Given::Input => None,
    };
    let Some(code) = found else {
        said(walker, console, call.words.get(..before).unwrap_or_default(), call, scope);
        return;
    };
    let text = match (&code, console.code) {
        (Value::Known(path), Given::Operand) if path.ends_with(b".rb") => match walker.file(path, scope) {
            Some(Ok(value)) => marked(&value),
            Some(Err(_)) | None => None,
        },
        (code, _) => marked(code),
    };
    if let Some(text) = text {
        execute(
            walker,
            console.language,
            tool,
            &Code { text, file: None, arguments: Vec::new(), said: false },
            call,
            scope,
        );
    }
}

/// Code on the input, walked as if it stood in the command line.
fn said(walker: &mut Walker<'_>, console: &Console, own: &[Word], call: &Call, scope: &mut Scope) {
    let given = match call.input {
        Input::Inherited => None,
        Input::Text(_) | Input::File(_) => walker.input_value(&call.input, scope),
    };
    let Some(code) = given.filter(|code| marked(code).is_some()) else { return };
    let code = code.map(|text| Some(text.trim_end().into()), "the code of a console");
    let mut words = own.to_vec();
    words.extend(console.instead.iter().map(|word| Word::known(*word)));
    words.push(Word { value: code, ..Word::known("") });
    wrappers::start(walker, Call { input: Input::Inherited, ..call.with(words) }, scope);
}

/// The console, and where its verb stands.
fn console(tool: &BString, words: &[Word]) -> Option<(&'static Console, usize)> {
    let base = |text: &[u8]| -> BString { text.rsplit(|byte| *byte == b'/').next().unwrap_or_default().into() };
    let own = words.iter().enumerate().skip(1).filter_map(|(at, word)| Some((at, word.text()?)));
    let mut own = own.filter(|(_, text)| !text.starts_with(b"-"));
    let mut name = tool.clone();
    if super::family(tool).is_some() {
        name = base(own.next()?.1);
    }
    let (at, verb) = own.next()?;
    let fits = |one: &&Console| {
        one.names.iter().any(|known| known.as_bytes() == name) && one.verbs.iter().any(|known| known.as_bytes() == verb)
    };
    CONSOLES.iter().find(fits).map(|console| (console, at))
}

/// The first word that is no option; `-e NAME` says which environment.
fn operand(words: &[Word]) -> Option<&Word> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.text() {
            Some(b"-e" | b"--environment") => drop(words.next()),
            Some(text) if text.starts_with(b"-") && text.len() > 1 => {}
            Some(b"-") => return None,
            Some(_) | None => return Some(word),
        }
    }
    None
}

fn option(words: &[Word], names: &[&str]) -> Option<Value> {
    for (at, word) in words.iter().enumerate() {
        let Some(name) = names.iter().find(|name| word.value.starts_with().starts_with(name.as_bytes())) else {
            continue;
        };
        if word.text() == Some(name.as_bytes()) {
            return words.get(at + 1).map(|word| word.value.clone());
        }
        let attached = |text: &[u8]| {
            let rest = text.get(name.len()..)?;
            Some(BString::from(rest.strip_prefix(b"=").unwrap_or(rest)))
        };
        return Some(word.value.clone().map(attached, "the value of an option"));
    }
    None
}
