//! Programs in other languages that stand in words, here-documents or scripts: what they start and destroy is walked as
//! if it were a command line. What of them can't be read is written down as unread.

mod grammar;
mod functions;
mod interpreters;
mod item;
mod lists;
mod marked;
mod tokens;
mod quotes;
mod reader;
mod expressions;
mod postfix;
mod calls;
mod computed;
mod consoles;
mod editors;
mod program;
mod remote;

use std::cell::RefCell;
use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Cause, Piece, Value, Word};
use super::{Change, Redirect, RedirectMode, Sight, UnreadKind, Via, build_files, packages, wrappers};
use crate::span::{Place, Span};
use grammar::Language;
use interpreters::{Interpreter, family};
use item::Item;
use reader::{Act, Surroundings};

/// Tools whose `run` takes a script as well as a program.
const PYTHON_RUNNERS: &[&str] = &["uv", "poetry", "pipenv", "hatch", "rye", "pdm"];

/// Code that an interpreter was given.
struct Code {
    text: BString,
    /// The file that it stands in.
    file: Option<BString>,
    arguments: Vec<Value>,
    /// It was the input: what the code starts finds nothing more there.
    said: bool,
}

struct Around<'w, 's, 'm> {
    walker: RefCell<&'w mut Walker<'m>>,
    scope: &'s Scope,
}

impl Surroundings for Around<'_, '_, '_> {
    fn variable(&self, name: &[u8]) -> Value {
        self.scope.value(name).unwrap_or_else(|| calls::nobody_knows(name))
    }

    fn file(&self, path: &[u8]) -> Option<BString> {
        match self.walker.borrow_mut().file(path, self.scope) {
            Some(Ok(value)) => marked(&value),
            Some(Err(_)) | None => None,
        }
    }
}

/// Code in the words of an interpreter, on its input, or in the file that it is given.
pub(super) fn inline(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    if build_files::run(walker, tool, call, scope) || editors::run(walker, tool, call, scope) {
        // They print more than what they start does.
        walker.emit(|_| Value::unknown(Cause::Output(tool.clone())));
        return true;
    }
    // `uv run x.py`
    let runner = walker.via.last().is_some_and(|via| PYTHON_RUNNERS.iter().any(|one| via.name == *one));
    if runner && tool.ends_with(b".py") {
        let words = std::iter::once(Word::known("python")).chain(call.words.iter().cloned()).collect();
        return inline(walker, &"python".into(), &Call { words, ..call.clone() }, scope);
    }
    consoles::run(walker, tool, call, scope);
    lists::run(walker, tool, call, scope);
    marked::run(walker, tool, call, scope);
    let Some(interpreter) = family(tool) else {
        remote::given_to(walker, tool, call, scope);
        return false;
    };
    for code in given(walker, interpreter, call, scope) {
        execute(walker, interpreter.language, tool, &code, call, scope);
    }
    false
}

/// A script with another interpreter. False: nothing of it was walked.
pub(super) fn script(
    walker: &mut Walker<'_>,
    interpreter: &str,
    text: &BString,
    call: &Call,
    scope: &mut Scope,
) -> bool {
    let Some(found) = family(interpreter.as_bytes()) else { return false };
    let code = Code {
        text: text.clone(),
        file: call.words.first().map(Word::shown),
        arguments: call.words.iter().skip(1).map(|word| word.value.clone()).collect(),
        said: false,
    };
    execute(walker, found.language, &interpreter.into(), &code, call, scope);
    false
}

/// The pieces of code that a command line carries.
fn given(walker: &mut Walker<'_>, interpreter: &Interpreter, call: &Call, scope: &mut Scope) -> Vec<Code> {
    let words = call.words.get(1..).unwrap_or_default();
    let mut found: Vec<Value> = Vec::new();
    let mut operand = interpreter.operand;
    let mut at = 0;
    let values = |at: usize| words.get(at..).unwrap_or_default().iter().map(|word| word.value.clone()).collect();
    while let Some(word) = words.get(at) {
        let Some(text) = word.text() else { break };
        if text == b"--" || text == b"-" || !text.starts_with(b"-") {
            break;
        }
        at += 1;
        match code_option(interpreter, text) {
            Some(Some(attached)) => found.push(Value::known(attached)),
            Some(None) => {
                found.extend(words.get(at).map(|word| word.value.clone()));
                at += 1;
                // Python reads no further; what follows are arguments.
                if interpreter.language.triple {
                    break;
                }
            }
            None if interpreter.operand && matches!(text, b"-f" | b"--file") => {
                operand = false;
                let file = words.get(at).and_then(Word::text).map(BString::from);
                at += 1;
                if file.as_ref().is_some_and(|file| matches!(file.as_slice(), b"-" | b"/dev/stdin")) {
                    found.extend(walker.input_value(&call.input, scope));
                } else if let Some(Value::Known(text)) =
                    file.and_then(|file| walker.file(&file, scope)).and_then(Result::ok)
                {
                    found.push(Value::Known(text));
                }
            }
            None if interpreter.value.iter().any(|option| option.as_bytes() == text) => at += 1,
            // `ruby -S`, `perl -x`: nothing of ours.
            None if interpreter.language.triple && is_module(text) => {
                let Some((name, arguments)) = words.get(at..).and_then(<[Word]>::split_first) else { break };
                return module(walker, name, arguments, call, scope);
            }
            // `-mjson.tool`
            None if interpreter.language.triple && text.starts_with(b"-m") => {
                let name = Word::known(&text[2..]);
                return module(walker, &name, words.get(at..).unwrap_or_default(), call, scope);
            }
            None if matches!(text, b"--version" | b"-V" | b"--help") => return Vec::new(),
            None => {}
        }
    }
    if words.get(at).and_then(Word::text).is_some_and(|word| word == b"--") {
        at += 1;
    }
    while words
        .get(at)
        .and_then(Word::text)
        .is_some_and(|word| interpreter.verbs.iter().any(|verb| verb.as_bytes() == word))
    {
        operand |= words.get(at).and_then(Word::text) == Some(b"eval");
        at += 1;
    }
    if operand {
        found.extend(words.get(at).map(|word| word.value.clone()));
        at += 1;
    }
    let arguments: Vec<Value> = values(at);
    // `node node_modules/.bin/prisma …`
    let installed = words.get(at).and_then(Word::text).filter(|_| found.is_empty()).and_then(packages::installed);
    if let Some(program) = installed {
        let words = std::iter::once(Word::known(program)).chain(words.iter().skip(at + 1).cloned()).collect();
        wrappers::start(walker, call.with(words), scope);
        return Vec::new();
    }
    if found.is_empty() && !interpreter.operand {
        return from_elsewhere(walker, words.get(at), values(at + 1), call, scope);
    }
    found
        .into_iter()
        .filter_map(|value| {
            let text = marked(&value);
            if text.is_none() {
                remote::unread(walker, Some(&value), interpreter.language.name.into(), &call.at);
            }
            Some(Code { text: text?, file: None, arguments: arguments.clone(), said: false })
        })
        .collect()
}

/// `-c`, `-c'code'`, `--eval=code`, perl's `-pie`, `-ne`: whether it carries code, and the code that is attached.
#[expect(clippy::option_option, reason = "no code, code in the next word, code that is attached")]
fn code_option<'t>(interpreter: &Interpreter, text: &'t [u8]) -> Option<Option<&'t [u8]>> {
    for option in interpreter.code {
        if text == option.as_bytes() {
            return Some(None);
        }
        if option.starts_with("--") {
            if let Some(value) = text.strip_prefix(option.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")) {
                return Some(Some(value));
            }
        } else if text.starts_with(option.as_bytes()) && interpreter.language.name != "javascript" {
            return text.get(2..).map(Some);
        }
    }
    let bundle = interpreter.code.iter().any(|option| option.len() == 2 && text.ends_with(&option.as_bytes()[1..]));
    let plain =
        text.len() > 2 && !text.starts_with(b"--") && text[1..].iter().all(|byte| b"pnialw0sSEeBuqcWtT".contains(byte));
    (bundle && plain).then_some(None)
}

/// `-m`, `-um`, `-Im`
fn is_module(text: &[u8]) -> bool {
    let letters = text.strip_prefix(b"-").and_then(|text| text.strip_suffix(b"m"));
    letters.is_some_and(|letters| letters.iter().all(|letter| b"bBdEhiIOPqsSuvx".contains(letter)))
}

/// `python -m module`: a file of the project, or a program of the same name.
fn module(walker: &mut Walker<'_>, name: &Word, arguments: &[Word], call: &Call, scope: &mut Scope) -> Vec<Code> {
    let Some(name) = name.text() else { return Vec::new() };
    let path = name.replace(".", "/");
    let endings: &[&[u8]] = if program::is_own(name) { &[b".py", b"/__main__.py"] } else { &[] };
    for ending in endings {
        let file = BString::from([path.as_slice(), ending].concat());
        if let Some(Ok(value)) = walker.file(&file, scope)
            && let Some(text) = marked(&value)
        {
            let arguments = arguments.iter().map(|word| word.value.clone()).collect();
            return vec![Code { text, file: Some(file), arguments, said: false }];
        }
    }
    if let Some(program) = packages::program_of_module(name) {
        let words = std::iter::once(Word::known(program)).chain(arguments.iter().cloned()).collect();
        wrappers::start(walker, call.with(words), scope);
    }
    Vec::new()
}

/// A script file, or standard input.
fn from_elsewhere(
    walker: &mut Walker<'_>,
    operand: Option<&Word>,
    arguments: Vec<Value>,
    call: &Call,
    scope: &mut Scope,
) -> Vec<Code> {
    let code = |text: BString, file: Option<BString>| {
        let said = file.is_none();
        vec![Code { text, file, arguments, said }]
    };
    match operand.map(|word| (word, word.text())) {
        None | Some((_, Some(b"-" | b"/dev/stdin"))) => {
            if matches!(call.input, Input::Inherited) {
                return Vec::new();
            }
            if let Some(text) = walker.input_value(&call.input, scope).as_ref().and_then(marked) {
                return code(text, None);
            }
            let given = walker.input_value(&call.input, scope);
            let what = call.words.first().map(Word::shown).unwrap_or_default();
            remote::unread(walker, given.as_ref(), what, &call.at);
            Vec::new()
        }
        Some((_, Some(path))) => {
            let path = BString::from(path);
            match walker.file(&path, scope) {
                Some(Ok(value)) => match marked(&value) {
                    Some(text) if text.find_byte(0).is_none() => code(text, Some(path)),
                    None if remote::is_from_there(&value) => {
                        remote::unread(walker, Some(&value), path, &call.at);
                        Vec::new()
                    }
                    Some(_) | None => Vec::new(),
                },
                Some(Err(Sight::TooBig | Sight::Unreadable | Sight::NotRegular)) => {
                    walker.unread(UnreadKind::Code, path, &call.at);
                    Vec::new()
                }
                Some(Err(Sight::Missing | Sight::Image | Sight::Bytes(_) | Sight::Program(_))) | None => Vec::new(),
            }
        }
        Some((word, None)) => {
            walker.unread(UnreadKind::Code, word.shown(), &call.at);
            Vec::new()
        }
    }
}

/// The text of code; a hole in it is a name that nothing defines.
fn marked(value: &Value) -> Option<BString> {
    match value {
        Value::Known(text) => Some(text.clone()),
        Value::OneOf(texts) => texts.first().cloned(),
        Value::Unknown(shape) => {
            let mut text = BString::default();
            for piece in &shape.pieces {
                match piece {
                    Piece::Text(known) => text.extend_from_slice(known),
                    Piece::Hole => text.extend_from_slice(HOLE),
                }
            }
            (text.as_slice() != HOLE).then_some(text)
        }
    }
}

/// Stands for a hole in code. In a literal it is text, so words that hold it are made unknown again.
const HOLE: &[u8] = b"guarded_hole";

fn unmarked(word: Word) -> Word {
    match &word.value {
        Value::Known(text) if text.find(HOLE).is_some() => Word { value: with_holes(text), ..word },
        Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => word,
    }
}

/// A text in which holes are marked.
fn with_holes(text: &BString) -> Value {
    if text.find(HOLE).is_none() {
        return Value::Known(text.clone());
    }
    let mut value = Value::known("");
    for (index, piece) in text.split_str(HOLE).enumerate() {
        if index > 0 {
            value = value.then(calls::nobody_knows(b""));
        }
        value = value.then(Value::known(piece));
    }
    value
}

/// What is defined before the code begins.
fn defined(language: &Language, code: &Code) -> BTreeMap<BString, Item> {
    let file = code.file.clone().unwrap_or_default();
    let folder = file.rfind_byte(b'/').map_or(BString::from("."), |slash| file[..slash].into());
    let mut variables = BTreeMap::new();
    let arguments = || code.arguments.iter().cloned().map(Item::Text);
    let mut list = |name: &str, before: usize| {
        let items = std::iter::repeat_n(Item::Unknown, before).chain(arguments()).collect();
        variables.insert(BString::from(name), Item::List(items));
    };
    match language.name {
        "python" => list("sys.argv", 1),
        "javascript" => list("process.argv", if code.file.is_some() { 2 } else { 1 }),
        "perl" => list("@ARGV", 0),
        "ruby" => list("ARGV", 0),
        "php" => list("$argv", 1),
        _ => {}
    }
    let known = Item::Text(Value::Known(file));
    match language.name {
        "python" => drop(variables.insert("__file__".into(), known)),
        "javascript" => drop(variables.insert("__dirname".into(), Item::Text(Value::Known(folder)))),
        "ruby" => drop(variables.insert("__dir__".into(), Item::Text(Value::Known(folder)))),
        _ => {}
    }
    variables
}

/// Reads code and walks what it does.
fn execute(
    walker: &mut Walker<'_>,
    language: &'static Language,
    tool: &BString,
    code: &Code,
    call: &Call,
    scope: &mut Scope,
) {
    // PHP begins in the page that surrounds it.
    let text = match (language.name, code.text.find(b"<?php")) {
        ("php", Some(at)) => BString::from(&code.text[at + 5..]),
        _ => code.text.clone(),
    };
    let variables = defined(language, code);
    let around = Around { walker: RefCell::new(walker), scope };
    let (acts, unread) = if program::knows(language) {
        let folder =
            code.file.as_ref().and_then(|file| Some(file[..file.rfind_byte(b'/')?].into())).unwrap_or_default();
        let read = program::read(language, &text, variables, folder, &around);
        (read.acts, read.unread)
    } else {
        let read = reader::read(language, &text, variables, &around);
        (read.acts, read.unread)
    };
    let mut at = call.at.clone();
    if let Some(file) = &code.file {
        at.source = file.to_str_lossy().into();
        at.span = Span::default();
    }
    walker.via.push(Via { name: code.file.clone().unwrap_or_else(|| tool.clone()), change: Change::None });
    for act in acts {
        if code.file.is_some() {
            at.line = act.line;
        }
        let input = if code.said { Input::Inherited } else { call.input.clone() };
        perform(walker, act, &at, &Call { input, ..call.clone() }, scope);
    }
    walker.via.pop();
    if unread {
        let what = code.file.clone().unwrap_or_else(|| language.name.into());
        walker.unread(UnreadKind::Code, what, &call.at);
    }
}

/// Walks one thing that a program does.
fn perform(walker: &mut Walker<'_>, act: Act, at: &Place, call: &Call, scope: &mut Scope) {
    let mut there = scope.clone();
    match act.directory {
        Some(Value::Known(path)) => {
            there.directory = there.absolute(&path).map_or_else(|| calls::nobody_knows(b"directory"), Value::Known);
        }
        Some(path) => there.directory = path,
        None => {}
    }
    let words: Vec<Word> = act.words.into_iter().map(unmarked).collect();
    if let Some(path) = act.overwrites {
        let target = Word { value: path, glob: false, written: BString::default() };
        let target = unmarked(target);
        if let (Some(path), Some(text)) = (target.text(), &act.input) {
            let path = BString::from(path);
            there.write(&path, text.clone());
        }
        let first = walker.model.commands.len();
        let path = target.value.clone();
        let redirections = vec![Redirect { mode: RedirectMode::Overwrite, target }];
        walker.overwrites(redirections, &mut there, at.clone());
        if let Some(text) = act.input {
            walker.printed_into(first, &path, false, &text, &mut there);
        }
    } else {
        let input = act.input.map_or_else(|| call.input.clone(), Input::text);
        start(walker, Call { words, redirections: Vec::new(), input, at: at.clone(), ..call.clone() }, &mut there);
    }
    scope.files = there.files;
    scope.created = there.created;
}

/// Starts a program as another program does: the shell's functions and aliases mean nothing to it.
pub(super) fn start(walker: &mut Walker<'_>, call: Call, scope: &mut Scope) {
    let mut inner = scope.clone();
    inner.functions.clear();
    let doubted = walker.model.doubted;
    let whole = call.words.iter().all(|word| matches!(word.value, Value::Known(_)));
    walker.deeper(|walker| match call.words.first().and_then(Word::text).map(BString::from) {
        Some(name) => walker.program(&name, call, &mut inner),
        None => walker.run(call, &mut inner),
    });
    // Text with holes is seldom a whole sentence; what is in doubt there is the hole.
    walker.model.doubted = doubted || whole && walker.model.doubted;
    scope.files = inner.files;
    scope.created = inner.created;
}
