//! bash's builtins: what each changes in the shell, and which of them run or destroy something without an exec.

use bstr::{BString, ByteSlice};

use super::scope::{Content, Scope};
use super::simple::{Call, is_name};
use super::walk::{Input, Walker, fill};
use super::words::{Cause, Value, Word};
use super::{Program, Sight, UnreadKind, Want, follow, output};
use crate::parse::Dialect;

/// Builtins that are followed; others of bash's are written down like programs and change nothing here.
pub const NAMES: &[&str] = &[
    ".",
    ":",
    "[",
    "alias",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "cd",
    "command",
    "compgen",
    "complete",
    "compopt",
    "continue",
    "declare",
    "dirs",
    "disown",
    "echo",
    "enable",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "getopts",
    "hash",
    "help",
    "history",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "wait",
];

/// Builtins whose arguments are read as assignments.
pub const DECLARE: [&[u8]; 6] = [b"declare", b"typeset", b"local", b"export", b"readonly", b"alias"];

pub(super) fn run(walker: &mut Walker<'_>, name: &BString, call: Call, scope: &mut Scope) {
    let before: Vec<(BString, Content)> =
        call.assignments.iter().map(|(name, _)| (name.clone(), scope.content(name))).collect();
    for (name, value) in &call.assignments {
        scope.assign(name, value.clone());
    }
    walker.note(&call, Program::Builtin(name.clone()), scope);
    let words = call.words.get(1..).unwrap_or_default().to_vec();
    match name.as_slice() {
        b"cd" | b"pushd" => change_directory(walker, &words, scope),
        b"popd" => scope.change_directory(Value::unknown(Cause::Construct("popd"))),
        b"pwd" => {
            let directory = scope.directory.clone();
            walker.emit(|_| directory.then(Value::known("\n")));
        }
        b"export" | b"declare" | b"typeset" | b"local" | b"readonly" => declare(name, &words, scope),
        b"unset" => unset(&words, scope),
        b"set" => set(&words, scope),
        b"shift" => shift(&words, scope),
        b"shopt" => shopt(&words, scope),
        b"alias" | b"unalias" => alias(name, &words, scope),
        b"eval" => eval(walker, &words, &call, scope),
        b"." | b"source" => follow::source(walker, &words, &call, scope),
        b"exec" | b"command" | b"builtin" => prefixed(walker, name, words, &call, scope),
        b"trap" => trap(walker, &words, &call, scope),
        b"read" => read(walker, &words, &call, scope),
        b"mapfile" | b"readarray" => mapfile(walker, &words, &call, scope),
        b"printf" if words.first().and_then(Word::text) == Some(b"-v") => printf_into(&words, scope),
        b"echo" | b"printf" => print(walker, &call, scope),
        b"getopts" => {
            for word in words.iter().skip(1).take(1).chain([Word::known("OPTARG")].iter()) {
                if let Some(name) = word.text() {
                    scope.assign(name, Value::unknown(Cause::Positional));
                }
            }
        }
        b"hash" => {
            // `hash -p PATH NAME`: from now on NAME is that file.
            if let [flag, path, names @ ..] = words.as_slice()
                && flag.text() == Some(b"-p")
                && let Some(path) = path.text()
            {
                for name in names.iter().filter_map(Word::text) {
                    let body = [b"{ ", path, b" \"$@\"; }"].concat();
                    Walker::define(name, &body, scope);
                }
            }
        }
        b"let" => {
            for word in &words {
                if let Some(text) = word.text() {
                    super::arithmetic::evaluate(text, scope);
                }
            }
        }
        b"type" if words.first().and_then(Word::text) == Some(b"-P") => located(walker, &words[1..], &call, scope),
        b"type" | b"caller" | b"dirs" | b"history" | b"jobs" | b"times" | b"umask" | b"ulimit" | b"compgen"
        | b"help" | b"fc" => {
            walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
        }
        _ => {}
    }
    // An assignment before a builtin lasts as long as the builtin, except before those that POSIX calls special.
    if !matches!(
        name.as_slice(),
        b"eval" | b"." | b"source" | b"exec" | b"export" | b"readonly" | b"set" | b":" | b"read"
    ) {
        for (name, content) in before {
            scope.set(&name, content);
        }
    }
}

fn change_directory(walker: &mut Walker<'_>, words: &[Word], scope: &mut Scope) {
    scope.arrived = false;
    let operand = words.iter().find(|word| !word.is_option() || word.text() == Some(b"-"));
    let target = match operand {
        None => scope.value(b"HOME").unwrap_or_else(|| Value::unknown(Cause::Variable("HOME".into()))),
        Some(word) if word.text() == Some(b"-") => {
            scope.value(b"OLDPWD").unwrap_or_else(|| Value::unknown(Cause::Variable("OLDPWD".into())))
        }
        Some(word) if word.glob => Value::unknown(Cause::Construct("a glob")),
        Some(word) => word.value.clone(),
    };
    let searched = scope.text(b"CDPATH").is_none_or(|list| !list.is_empty());
    let to = match target {
        Value::Known(path) if !searched || path.starts_with(b"/") || path.starts_with(b".") => {
            match scope.absolute(&path) {
                Some(path) => {
                    let made = scope.created.contains(&path);
                    scope.arrived = made
                        || scope.elsewhere
                        || matches!(walker.sight(Want::File(path.clone())), Some(Sight::NotRegular));
                    Value::Known(path)
                }
                None => Value::unknown(Cause::Construct("an unknown directory")),
            }
        }
        Value::OneOf(paths) => match paths.iter().map(|path| scope.absolute(path)).collect::<Option<Vec<_>>>() {
            Some(paths) => Value::one_of(paths),
            None => Value::unknown(Cause::Construct("an unknown directory")),
        },
        Value::Unknown(shape) => Value::Unknown(shape),
        Value::Known(_) => Value::unknown(Cause::Variable("CDPATH".into())),
    };
    scope.change_directory(to);
}

fn declare(builtin: &BString, words: &[Word], scope: &mut Scope) {
    let mut letters: Vec<u8> = Vec::new();
    for word in words {
        let Some(text) =
            word.text().or_else(|| word.value.starts_with().contains(&b'=').then(|| word.value.starts_with()))
        else {
            continue;
        };
        if text.starts_with(b"-") || text.starts_with(b"+") {
            letters.extend_from_slice(text);
            continue;
        }
        let (name, value) = match text.find_byte(b'=') {
            None => (text, None),
            Some(equals) => {
                let (name, known) = (&text[..equals], &text[equals + 1..]);
                let value = match &word.value {
                    Value::Unknown(shape) => super::expand::around(known, shape.because.clone()),
                    Value::Known(_) | Value::OneOf(_) => Value::known(known),
                };
                (name, Some(value))
            }
        };
        if letters.contains(&b'f') {
            // `export -f name`: functions, not variables.
            scope.shared_functions.insert(name.into());
            continue;
        }
        let (name, append) = name.strip_suffix(b"+").map_or((name, false), |name| (name, true));
        if !is_name(name) {
            continue;
        }
        if *builtin == "local" {
            scope.hide(name);
        }
        if letters.contains(&b'n') && *builtin != "export" {
            if let Some(Value::Known(target)) = value {
                scope.refer(name, target);
            }
            continue;
        }
        if let Some(value) = value {
            let value = if append { scope.value(name).unwrap_or_else(|| Value::known("")).then(value) } else { value };
            let value = match (letters.contains(&b'u'), letters.contains(&b'l'), letters.contains(&b'i')) {
                (true, _, _) => value.map(|text| Some(text.to_ascii_uppercase().into()), "declare -u"),
                (_, true, _) => value.map(|text| Some(text.to_ascii_lowercase().into()), "declare -l"),
                (_, _, true) => Value::unknown(Cause::Construct("declare -i")),
                (false, false, false) => value,
            };
            scope.assign(name, value);
        } else if letters.contains(&b'A') && scope.content(name) == Content::Unset {
            scope.set(name, Content::Keyed(std::collections::BTreeMap::new()));
        } else if *builtin == "local" {
            scope.unset(name);
        }
        if *builtin == "readonly" || letters.contains(&b'r') {
            scope.protect(name);
        }
        if *builtin == "export" || letters.contains(&b'x') {
            let withdrawn = letters.contains(&b'+') || (*builtin == "export" && letters.contains(&b'n'));
            scope.export(name, !withdrawn);
        }
    }
}

fn unset(words: &[Word], scope: &mut Scope) {
    let functions = words.iter().any(|word| word.text() == Some(b"-f"));
    for word in words {
        match word.text() {
            Some(name) if functions => {
                scope.functions.remove(name.as_bstr());
            }
            Some(name) => {
                if scope.content(name) == Content::Unset {
                    scope.functions.remove(name.as_bstr());
                }
                scope.unset(name);
            }
            None => {}
        }
    }
}

fn set(words: &[Word], scope: &mut Scope) {
    for (index, word) in words.iter().enumerate() {
        match word.text() {
            Some(b"--") => {
                scope.positional = positional(&words[index + 1..]);
                return;
            }
            Some(text) if text.len() > 1 && (text.starts_with(b"-") || text.starts_with(b"+")) => {
                let on = text[0] == b'-';
                if text[1..].contains(&b'e') {
                    scope.errexit = on;
                }
            }
            Some(b"errexit") if index > 0 => scope.errexit = words[index - 1].text() == Some(b"-o"),
            Some(b"posix") if index > 0 => scope.mode.dialect = Dialect::Posix,
            Some(_) if index > 0 && matches!(words[index - 1].text(), Some(b"-o" | b"+o")) => {}
            Some(_) | None => {
                scope.positional = positional(&words[index..]);
                return;
            }
        }
    }
}

fn positional(words: &[Word]) -> Option<Vec<Value>> {
    let open = |word: &Word| word.glob || matches!(&word.value, Value::Unknown(shape) if shape.splits);
    (!words.iter().any(open)).then(|| words.iter().map(|word| word.value.clone()).collect())
}

fn shift(words: &[Word], scope: &mut Scope) {
    let count = match words.first() {
        None => Some(1),
        Some(word) => word.text().and_then(|text| text.to_str().ok()?.parse::<usize>().ok()),
    };
    scope.positional = match (scope.positional.take(), count) {
        (Some(values), Some(count)) if count <= values.len() => Some(values[count..].to_vec()),
        (Some(values), Some(_)) => Some(values),
        (_, _) => None,
    };
}

fn shopt(words: &[Word], scope: &mut Scope) {
    let on = words.iter().any(|word| word.text() == Some(b"-s"));
    let off = words.iter().any(|word| word.text() == Some(b"-u"));
    if !on && !off {
        return;
    }
    for word in words {
        match word.text() {
            Some(b"extglob") => scope.mode.extglob = on,
            Some(b"expand_aliases") => scope.mode.expand_aliases = on,
            Some(_) | None => {}
        }
    }
}

fn alias(name: &BString, words: &[Word], scope: &mut Scope) {
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

fn eval(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &mut Scope) {
    let words = if words.first().and_then(Word::text) == Some(b"--") { &words[1..] } else { words };
    let text = follow::joined(words);
    follow::text(walker, text, "eval", call, scope);
}

/// `exec cmd`, `command cmd`, `builtin cmd`
fn prefixed(walker: &mut Walker<'_>, name: &BString, words: Vec<Word>, call: &Call, scope: &mut Scope) {
    let mut at = 0;
    let mut looks = false;
    while let Some(text) = words.get(at).and_then(Word::text).filter(|text| text.starts_with(b"-") && text.len() > 1) {
        looks |= *name == "command" && (text.contains(&b'v') || text.contains(&b'V'));
        at += 1 + usize::from(*name == "exec" && text == b"-a");
        if text == b"--" {
            break;
        }
    }
    let inner = words.get(at..).unwrap_or_default().to_vec();
    if looks {
        return located(walker, &inner, call, scope);
    }
    if inner.is_empty() {
        return;
    }
    let call = call.with(inner);
    walker.deeper(|walker| {
        let function =
            call.words.first().and_then(Word::text).and_then(|name| {
                scope.functions.remove(name.as_bstr()).map(|function| (BString::from(name), function))
            });
        walker.run(call, scope);
        if let Some((name, function)) = function {
            scope.functions.entry(name).or_insert(function);
        }
    });
}

/// `command -v name`, `type -P name`, `which name`: where it is, so that `$(command -v rm)` is rm.
pub(super) fn located(walker: &mut Walker<'_>, names: &[Word], call: &Call, scope: &mut Scope) {
    let [word] = names else { return walker.emit(|_| Value::unknown(Cause::Output("command -v".into()))) };
    let found = match word.text().map(BString::from) {
        Some(name) => match walker.resolve(&name, call, scope) {
            Program::File(path) => Value::Known(path),
            Program::Name(name) | Program::Builtin(name) => Value::Known(name),
            Program::None | Program::Unknown => Value::unknown(Cause::Output("command -v".into())),
        },
        None => word.value.clone(),
    };
    walker.emit(|_| found.then(Value::known("\n")));
}

fn trap(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &mut Scope) {
    let words: Vec<&Word> = words.iter().filter(|word| word.text() != Some(b"--")).collect();
    let [action, _, ..] = words.as_slice() else { return };
    if let Some(b"" | b"-" | b"-p" | b"-l") = action.text() {
    } else {
        let mut inner = scope.clone();
        follow::text(walker, action.value.clone(), "trap", call, &mut inner);
        scope.files = inner.files;
    }
}

fn read(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &mut Scope) {
    let mut names: Vec<BString> = Vec::new();
    let (mut raw, mut array, mut skip, mut whole) = (false, false, false, false);
    for word in words {
        let Some(text) = word.text() else { continue };
        if std::mem::take(&mut skip) {
            whole |= text.is_empty();
            continue;
        }
        if text.starts_with(b"-") && names.is_empty() {
            raw |= text.contains(&b'r');
            array |= text.contains(&b'a');
            // `-d ''` and friends carry their value in the next word when nothing is attached.
            skip = text.last().is_some_and(|last| b"dinNptu".contains(last));
        } else {
            names.push(text.into());
        }
    }
    if names.is_empty() {
        names.push("REPLY".into());
    }
    let line = match &call.input {
        Input::Text(value) => take_line(&mut value.borrow_mut(), whole),
        Input::File(_) => walker
            .input_value(&call.input, scope)
            .map_or_else(|| Value::unknown(Cause::Input), |mut text| take_line(&mut text, whole)),
        Input::Inherited => Value::unknown(Cause::Input),
    };
    let line = if raw || line.pattern().is_some() {
        line
    } else {
        line.map(|text| (!text.contains(&b'\\')).then(|| text.into()), "read without -r")
    };
    if array {
        for name in names {
            scope.assign(&name, Value::unknown(Cause::Input));
        }
        return;
    }
    fill(scope, &names, line);
}

/// The first line of a text, which keeps the rest.
fn take_line(text: &mut Value, whole: bool) -> Value {
    match text {
        Value::Known(all) if whole => Value::Known(std::mem::take(all)),
        Value::Known(all) => {
            let end = all.find_byte(b'\n').unwrap_or(all.len());
            let line = Value::known(&all[..end]);
            let rest = all.get(end + 1..).unwrap_or_default().into();
            *all = rest;
            line
        }
        // Each line of a list of entries is one of them.
        Value::Unknown(_) if text.pattern().is_some() => text.clone(),
        Value::OneOf(_) => Value::unknown(Cause::Input),
        Value::Unknown(shape) => Value::unknown(shape.because.clone()),
    }
}

fn mapfile(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &mut Scope) {
    let name = words.iter().filter_map(Word::text).rfind(|text| is_name(text)).unwrap_or(b"MAPFILE").to_vec();
    let strip = words.iter().any(|word| word.text() == Some(b"-t"));
    let plain = words.iter().all(|word| word.text().is_some_and(|text| text == b"-t" || text == name.as_slice()));
    // `-C callback` runs text for each line.
    // Every 5000 lines, where no -c says otherwise: short text that is known never gets there.
    let short =
        matches!(walker.input_value(&call.input, scope), Some(Value::Known(text)) if text.lines().count() < 5000);
    let quantum = words.iter().any(|word| word.value.starts_with().starts_with(b"-c"));
    let callback = words.iter().position(|word| word.text() == Some(b"-C")).and_then(|at| words.get(at + 1));
    if let Some(callback) = callback.filter(|_| quantum || !short) {
        let mut inner = scope.clone();
        follow::text(walker, callback.value.clone().then(Value::known(" 0 line")), "mapfile -C", call, &mut inner);
    }
    let content = match walker.input_value(&call.input, scope) {
        Some(Value::Known(text)) if plain => {
            let lines = text
                .lines_with_terminator()
                .map(|line| if strip { line.strip_suffix(b"\n").unwrap_or(line) } else { line });
            Content::Indexed((0..).zip(lines.map(Value::known)).collect())
        }
        Some(entries) if entries.pattern().is_some() => Content::Scalar(entries),
        Some(_) | None => Content::Scalar(Value::unknown(Cause::Input)),
    };
    scope.set(&name, content);
}

fn printf_into(words: &[Word], scope: &mut Scope) {
    let Some(name) = words.get(1).and_then(Word::text).map(<[u8]>::to_vec) else { return };
    let mut printed = vec![Word::known("printf")];
    printed.extend(words.iter().skip(2).cloned());
    let value =
        output::print(&printed, None).map_or_else(|| Value::unknown(Cause::Construct("printf -v")), Value::Known);
    scope.assign(&name, value);
}

fn print(walker: &mut Walker<'_>, call: &Call, scope: &mut Scope) {
    let dash = scope.mode.dialect == Dialect::Dash;
    walker.emit(|_| {
        let known: Option<Vec<Word>> =
            call.words.iter().map(|word| (word.text().is_some() && !word.glob).then(|| word.clone())).collect();
        match known {
            // dash's echo decodes escapes without being asked.
            Some(mut words) if dash && words.first().and_then(Word::text) == Some(b"echo") => {
                words.insert(1, Word::known("-e"));
                output::print(&words, None)
                    .map_or_else(|| Value::unknown(Cause::Construct("dash's echo")), Value::Known)
            }
            Some(words) => {
                output::print(&words, None).map_or_else(|| Value::unknown(Cause::Construct("printf")), Value::Known)
            }
            None if call.words.first().and_then(Word::text) == Some(b"echo") => {
                let plain = call.words.get(1).is_none_or(|word| !word.is_option());
                // A pattern is printed as the names that it lists.
                let words: Vec<Word> = call.words[1..]
                    .iter()
                    .map(|word| match word.text() {
                        Some(pattern) if word.glob => Word { value: Value::entry_of(pattern), ..word.clone() },
                        Some(_) | None => word.clone(),
                    })
                    .collect();
                let text = follow::joined(&words);
                if plain { text.then(Value::known("\n")) } else { Value::unknown(Cause::Construct("echo")) }
            }
            None => {
                match call.words.iter().skip(1).map(|word| &word.value).find(|value| matches!(value, Value::Unknown(_)))
                {
                    Some(Value::Unknown(shape)) => Value::unknown(shape.because.clone()),
                    Some(_) | None => Value::unknown(Cause::Construct("printf")),
                }
            }
        }
    });
}

/// Text that will run but could not be read, unless it is what a well-known program prints for just this.
pub(super) fn unread_text(walker: &mut Walker<'_>, value: &Value, what: &str, call: &Call, scope: &mut Scope) {
    let Value::Unknown(shape) = value else { return };
    let (kind, name) = match &shape.because {
        Cause::Output(tool) if follow::is_remote(tool) => (UnreadKind::Remote, tool.clone()),
        Cause::Output(tool) if follow::is_producer(tool) => {
            scope.cloud(&shape.because);
            return;
        }
        Cause::Output(tool) => (UnreadKind::Text, tool.clone()),
        Cause::Variable(name) => (UnreadKind::Text, name.clone()),
        Cause::Input
        | Cause::Entry(_)
        | Cause::StartupFile(_)
        | Cause::Positional
        | Cause::Limit
        | Cause::Construct(_) => (UnreadKind::Text, what.into()),
    };
    walker.unread(kind, name, &call.at);
    scope.cloud(&shape.because);
}
