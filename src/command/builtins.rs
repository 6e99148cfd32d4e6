//! bash's builtins: what each changes in the shell, and which of them run or destroy something without an exec.

use bstr::{BString, ByteSlice};

use super::leave::How;
use super::scope::{Content, Scope};
use super::simple::{Call, give_back, is_name};
use super::walk::Walker;
use super::words::{Cause, Value, Word};
use super::{Program, Sight, UnreadKind, Want, follow, output, printing, read, writes};
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
    let held = Walker::lend(&call, scope);
    walker.note(&call, Program::Builtin(name.clone()), scope);
    let words = call.words.get(1..).unwrap_or_default().to_vec();
    match name.as_slice() {
        b"cd" | b"pushd" => {
            // `cd -` and the directory stack are told.
            if name == "pushd"
                || words.iter().any(|word| word.text() == Some(b"-"))
                || scope.text(b"CDPATH") != Some("".into())
            {
                walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
            }
            change_directory(walker, &words, scope);
        }
        b"popd" => {
            walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
            scope.change_directory(Value::unknown(Cause::Construct("popd")));
        }
        b"pwd" => {
            let directory = scope.value(b"PWD").unwrap_or_else(|| scope.directory.clone());
            walker.emit(|_| directory.then(Value::known("\n")));
        }
        b"export" | b"declare" | b"typeset" | b"local" | b"readonly" => {
            if words.is_empty() || words.iter().any(|word| word.is_option() && word.value.starts_with().contains(&b'p'))
            {
                walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
            }
            declare(walker, name, &words, scope);
        }
        b"unset" => unset(walker, &words, scope),
        b"set" | b"shopt" | b"alias" | b"trap" | b"hash" if words.is_empty() => {
            walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
        }
        b"set" => set(&words, scope),
        b"shift" => shift(&words, scope),
        b"shopt" => {
            if !words.iter().any(|word| matches!(word.text(), Some(b"-s" | b"-u"))) || words.len() == 1 {
                walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
            }
            shopt(&words, scope);
        }
        b"alias" | b"unalias" => {
            if name == "alias" && !words.iter().all(|word| word.value.starts_with().contains(&b'=')) {
                walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
            }
            alias(name, &words, scope);
        }
        b"eval" => eval(walker, &words, &call, scope),
        b"." | b"source" => follow::source(walker, &words, &call, scope),
        b"exec" | b"command" | b"builtin" => prefixed(walker, name, words, &call, scope),
        b"trap" => trap(walker, &words, &call, scope),
        b"read" => read::read(walker, &words, &call, scope),
        b"mapfile" | b"readarray" => read::mapfile(walker, &words, &call, scope),
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
                match word.text() {
                    Some(text) if super::arithmetic::evaluate(text, scope).is_some() => {}
                    _ => {
                        let text = word.text().unwrap_or(word.value.starts_with()).to_vec();
                        for name in super::arithmetic::assigned(&text) {
                            scope.assign(&name, Value::unknown(Cause::Construct("arithmetic")));
                        }
                    }
                }
            }
        }
        b"break" | b"continue" => {
            let levels = match words.first().map(|word| word.text().and_then(|text| text.to_str().ok()?.parse().ok())) {
                None => 1,
                Some(Some(levels)) => levels,
                Some(None) => walker.loops,
            };
            // Outside of a loop it does nothing.
            if walker.loops > 0 {
                walker.leave(if name == "break" { How::Break(levels) } else { How::Continue(levels) }, scope);
            }
        }
        b"return" => walker.leave(How::Return, scope),
        b"exit" | b"logout" => walker.leave(How::Exit, scope),
        b"history" if words.iter().any(|word| matches!(word.text(), Some(b"-w" | b"-a"))) => {
            let write = writes::history(&words, scope);
            if let Some(command) = walker.model.commands.last_mut() {
                command.writes.extend(write);
            }
        }
        b"enable" => loaded(walker, &words, &call),
        b"type" if words.first().and_then(Word::text) == Some(b"-P") => located(walker, &words[1..], &call, scope),
        b"true" | b"false" | b":" | b"test" | b"[" | b"wait" | b"disown" | b"suspend" | b"bg" | b"compopt"
        | b"bind" | b"complete" => {}
        _ => walker.emit(|_| Value::unknown(Cause::Output(name.clone()))),
    }
    // Before those that POSIX calls special it stays, where the shell goes by POSIX.
    if scope.mode.dialect == Dialect::Bash || !SPECIAL.contains(&name.as_slice()) {
        give_back(held, scope);
    }
}

/// Builtins that POSIX calls special.
const SPECIAL: [&[u8]; 15] = [
    b"break",
    b":",
    b"continue",
    b".",
    b"eval",
    b"exec",
    b"exit",
    b"export",
    b"readonly",
    b"return",
    b"set",
    b"shift",
    b"times",
    b"trap",
    b"unset",
];

fn change_directory(walker: &mut Walker<'_>, words: &[Word], scope: &mut Scope) {
    scope.arrived = false;
    let mut operands = words.iter().skip_while(|word| word.is_option() && word.text() != Some(b"-"));
    let operand = operands.next();
    if operands.next().is_some() && scope.mode.dialect != Dialect::Dash {
        // Too many: it does not move.
        return;
    }
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
    // bash keeps two slashes at the start, as POSIX lets it.
    let doubled = operand.and_then(Word::text).is_some_and(|path| path.starts_with(b"//") && !path.starts_with(b"///"));
    scope.change_directory(to.clone());
    if doubled {
        scope.assign(b"PWD", Value::known("/").then(to));
    }
}

fn declare(walker: &mut Walker<'_>, builtin: &BString, words: &[Word], scope: &mut Scope) {
    let (mut letters, mut without): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
    for word in words {
        let Some(text) =
            word.text().or_else(|| word.value.starts_with().contains(&b'=').then(|| word.value.starts_with()))
        else {
            continue;
        };
        if text.starts_with(b"-") {
            letters.extend_from_slice(text);
            continue;
        }
        if let Some(withdrawn) = text.strip_prefix(b"+") {
            without.extend_from_slice(withdrawn);
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
        if scope.is_readonly(name) && (value.is_some() || scope.in_function()) {
            walker.leave(How::Abandon, scope);
            continue;
        }
        let declares = matches!(builtin.as_slice(), b"declare" | b"typeset");
        if *builtin == "local" || (declares && scope.in_function() && !letters.contains(&b'g')) {
            scope.hide(name);
        }
        if letters.contains(&b'n') && *builtin != "export" {
            if let Some(Value::Known(target)) = value {
                scope.refer(name, target);
            }
            continue;
        }
        let before = scope.attributes(name);
        let mut attributes = before;
        for (letter, flag) in
            [(b'i', &mut attributes.integer), (b'u', &mut attributes.upper), (b'l', &mut attributes.lower)]
        {
            *flag |= letters.contains(&letter);
            *flag &= !without.contains(&letter);
        }
        if letters.contains(&b'u') {
            attributes.lower = false;
        } else if letters.contains(&b'l') {
            attributes.upper = false;
        }
        let value = value.map(|value| if append { super::simple::appended(scope, name, value) } else { value });
        let content = scope.content(name);
        if attributes != before {
            scope.mark(name, attributes);
        }
        if letters.contains(&b'A') && !matches!(content, Content::Keyed(_)) {
            scope.set(name, Content::Keyed(std::collections::BTreeMap::new()));
        } else if let Some(value) = value {
            // An array keeps its other elements.
            match content {
                Content::Indexed(mut values) => {
                    values.insert(0, value);
                    scope.set(name, Content::Indexed(values));
                }
                Content::Keyed(mut values) => {
                    values.insert("0".into(), value);
                    scope.set(name, Content::Keyed(values));
                }
                Content::Scalar(_) | Content::Unset => scope.assign(name, value),
            }
        }
        if *builtin == "readonly" || letters.contains(&b'r') {
            scope.protect(name);
        }
        if *builtin == "export" || letters.contains(&b'x') {
            scope.export(name, !(*builtin == "export" && letters.contains(&b'n')));
        } else if without.contains(&b'x') {
            scope.export(name, false);
        }
    }
}

fn unset(walker: &mut Walker<'_>, words: &[Word], scope: &mut Scope) {
    let mut flags: &[u8] = b"";
    for (index, word) in words.iter().enumerate() {
        match word.text() {
            Some(text) if text.starts_with(b"-") && index == 0 => flags = text,
            Some(name) if flags.contains(&b'f') => {
                scope.functions.remove(name.as_bstr());
            }
            Some(name) if flags.contains(&b'n') => scope.unset_reference(name),
            Some(name) => {
                if let Some((array, index)) = name.strip_suffix(b"]").and_then(|name| name.split_once_str(b"[")) {
                    unset_element(walker, array, index, scope);
                    continue;
                }
                if !flags.contains(&b'v') && scope.content(name) == Content::Unset {
                    scope.functions.remove(name.as_bstr());
                }
                scope.unset(name);
            }
            None => {}
        }
    }
}

/// `unset 'a[1]'`
fn unset_element(walker: &mut Walker<'_>, array: &[u8], index: &[u8], scope: &mut Scope) {
    let unknown = || Content::Scalar(Value::unknown(Cause::Construct("an unset element")));
    let content = match scope.content(array) {
        Content::Indexed(mut values) => {
            let last = values.keys().next_back().copied().unwrap_or(-1);
            let at = super::arithmetic::evaluate(index, scope).map(|at| if at < 0 { at + last + 1 } else { at });
            match at.filter(|at| *at >= 0 || index != b"@") {
                Some(at) => {
                    values.remove(&at);
                    Content::Indexed(values)
                }
                None => unknown(),
            }
        }
        Content::Keyed(mut values) if index.find_byteset(b"$`\"'\\@*").is_none() => {
            values.remove(index.as_bstr());
            Content::Keyed(values)
        }
        Content::Unset => return,
        Content::Keyed(_) | Content::Scalar(_) => unknown(),
    };
    if content == unknown() {
        walker.leave(How::Abandon, scope);
    }
    scope.set(array, content);
}

fn set(words: &[Word], scope: &mut Scope) {
    for (index, word) in words.iter().enumerate() {
        match word.text() {
            Some(b"--") => {
                scope.positional = positional(&words[index + 1..]);
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
            Some(name) => scope.options.switch(name, on),
            None => {}
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
        // `-a name`, also behind others (`-ca name`).
        let named = *name == "exec" && text.ends_with(b"a");
        at += 1 + usize::from(named);
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

/// `enable -f FILE name`: code of its own in this shell. bash's own are no question.
fn loaded(walker: &mut Walker<'_>, words: &[Word], call: &Call) {
    let Some(at) = words.iter().position(|word| word.value.starts_with().starts_with(b"-f")) else { return };
    let Some(file) = words.get(at + usize::from(words.get(at).and_then(Word::text) == Some(b"-f"))) else { return };
    let own = file
        .text()
        .is_some_and(|path| path.starts_with(b"/usr/lib/bash/") || path.starts_with(b"/usr/local/lib/bash/"));
    if !own {
        walker.unread(UnreadKind::File, file.shown(), &call.at);
    }
}

fn trap(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &mut Scope) {
    let words: Vec<&Word> = words.iter().filter(|word| word.text() != Some(b"--")).collect();
    let [action, signals @ ..] = words.as_slice() else { return };
    if signals.is_empty() {
        return;
    }
    let at_exit = |word: &&&Word| matches!(word.text(), Some(b"EXIT" | b"0" | b"exit"));
    let exits = signals.iter().any(|word| at_exit(&word));
    if exits {
        scope.exit_traps.clear();
    }
    if matches!(action.text(), Some(b"" | b"-" | b"-p" | b"-l")) {
        return;
    }
    if exits {
        scope.exit_traps.push((action.value.clone(), call.at.clone()));
    }
    if !signals.iter().all(|word| at_exit(&word)) {
        let mut inner = scope.clone();
        follow::text(walker, action.value.clone(), "trap", call, &mut inner);
        scope.files = inner.files;
    }
}

fn printf_into(words: &[Word], scope: &mut Scope) {
    let Some(name) = words.get(1).and_then(Word::text).map(<[u8]>::to_vec) else { return };
    let mut printed = vec![Word::known("printf")];
    printed.extend(words.iter().skip(2).cloned());
    let open = printed.iter().any(|word| word.glob);
    let value = output::print(&printed, None)
        .filter(|_| !open)
        .map_or_else(|| Value::unknown(Cause::Construct("printf -v")), Value::Known);
    scope.assign(&name, value);
}

fn print(walker: &mut Walker<'_>, call: &Call, scope: &mut Scope) {
    let dash = scope.mode.dialect == Dialect::Dash;
    let always = scope.options.is_on("xpg_echo");
    walker.emit(|_| {
        let known: Option<Vec<Word>> =
            call.words.iter().map(|word| (word.text().is_some() && !word.glob).then(|| word.clone())).collect();
        match known {
            Some(words) if words.first().and_then(Word::text) == Some(b"echo") => {
                let texts: Vec<&[u8]> = words.iter().skip(1).filter_map(Word::text).collect();
                let printed = match (dash, always) {
                    (true, _) => printing::dash_echo(&texts),
                    (false, Some(always)) => printing::echo(&texts, always),
                    (false, None) => None,
                };
                printed.map_or_else(|| Value::unknown(Cause::Construct("echo")), Value::Known)
            }
            Some(_) if dash => Value::unknown(Cause::Construct("dash's printf")),
            Some(words) => {
                output::print(&words, None).map_or_else(|| Value::unknown(Cause::Construct("printf")), Value::Known)
            }
            None if call.words.first().and_then(Word::text) == Some(b"echo") => {
                let plain = !dash
                    && always == Some(false)
                    && call.words.get(1).is_none_or(|word| {
                        word.text().is_some_and(|text| !text.starts_with(b"-"))
                            || word.value.starts_with().first().is_some_and(|byte| *byte != b'-')
                    });
                let open = |word: &Word| {
                    if word.glob { Word::unknown(Cause::Construct("a glob")) } else { word.clone() }
                };
                let text = follow::joined(&call.words[1..].iter().map(open).collect::<Vec<_>>());
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
