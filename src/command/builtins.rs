//! bash's builtins: what each changes in the shell, and which of them run or destroy something without an exec.

use bstr::{BString, ByteSlice};

use super::leave::How;
use super::scope::{ExitTrap, Scope};
use super::simple::Call;
use super::walk::Walker;
use super::words::{Cause, Value, Word};
use super::{Program, Sight, UnreadKind, Want, declare, follow, output, printing, read, scripts, set, special, writes};
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
    let depth = scope.depth();
    if !call.assignments.is_empty() {
        scope.enter_command(&call.assignments);
    }
    walker.note(&call, Program::Builtin(name.clone()), scope);
    walker.named_by(name, &call, scope);
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
            declare::declare(walker, name, &words, scope);
        }
        b"unset" => declare::unset(walker, &words, scope),
        b"set" | b"shopt" | b"alias" | b"trap" | b"hash" if words.is_empty() => {
            walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
        }
        b"set" => {
            let before = scope.mode.dialect;
            set::set(&words, scope);
            if scope.mode.dialect != before {
                walker.sets_grammar();
            }
        }
        b"shift" => set::shift(&words, scope),
        b"shopt" => {
            if !words.iter().any(|word| matches!(word.text(), Some(b"-s" | b"-u"))) || words.len() == 1 {
                walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
            }
            set::shopt(&words, scope);
            walker.sets_grammar();
        }
        b"alias" | b"unalias" => {
            if name == "alias" && !words.iter().all(|word| word.value.starts_with().contains(&b'=')) {
                walker.emit(|_| Value::unknown(Cause::Output(name.clone())));
            }
            set::alias(name, &words, scope);
            walker.sets_grammar();
        }
        b"eval" => eval(walker, &words, &call, scope),
        b"." | b"source" => scripts::source(walker, &words, &call, scope),
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
                    walker.define(name, &body, scope);
                }
            }
        }
        b"let" => {
            for word in &words {
                match word.text() {
                    Some(text) if super::arithmetic::evaluate(text, scope).is_some() => {}
                    _ => {
                        let text = Value::known(word.text().unwrap_or(word.value.starts_with()));
                        super::evaluated::unsettled(&text, scope);
                    }
                }
            }
        }
        b"break" | b"continue" => {
            let levels = match words.first().map(|word| word.text().and_then(|text| text.to_str().ok()?.parse().ok())) {
                None => 1,
                Some(Some(levels)) => walker.loops.min(levels),
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
        b"enable" => loaded(walker, &words, &call, scope),
        b"type" if words.first().and_then(Word::text) == Some(b"-P") => located(walker, &words[1..], &call, scope),
        b"true" | b"false" | b":" | b"test" | b"[" | b"wait" | b"disown" | b"suspend" | b"bg" | b"compopt"
        | b"bind" | b"complete" => {}
        _ => walker.emit(|_| Value::unknown(Cause::Output(name.clone()))),
    }
    // Before those that POSIX calls special it stays, where the shell goes by POSIX.
    if scope.mode.dialect != Dialect::Bash && special::SPECIAL.contains(&name.as_slice()) && scope.depth() > depth {
        scope.leave_command_as_it_is();
    }
    scope.leave_frames(depth);
}

fn change_directory(walker: &mut Walker<'_>, words: &[Word], scope: &mut Scope) {
    scope.arrived = false;
    let option = |word: &&Word| word.is_option() && !matches!(word.text(), Some(b"-"));
    let allowed: &[u8] = if scope.mode.dialect == Dialect::Dash { b"LP" } else { b"LPe@" };
    let wrong = |word: &Word| {
        word.text().is_some_and(|text| text != b"--" && !text.iter().skip(1).all(|byte| allowed.contains(byte)))
    };
    if words.iter().take_while(option).take_while(|word| word.text() != Some(b"--")).any(wrong) {
        // It complains and stays.
        return;
    }
    if words.iter().take_while(option).any(|word| word.text().is_none()) {
        return scope.change_directory(Value::unknown(Cause::Construct("an option of cd that is not known")));
    }
    let before = scope.value(b"PWD");
    let mut operands = words.iter().skip_while(option);
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
        // Where it goes anywhere, to one of them.
        Some(word) if word.glob => {
            word.text().map_or_else(|| Value::unknown(Cause::Construct("a glob")), Value::entry_of)
        }
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
                None => beside(&scope.directory, &path),
            }
        }
        Value::OneOf(paths) => match paths.iter().map(|path| scope.absolute(path)).collect::<Option<Vec<_>>>() {
            Some(paths) => Value::one_of(paths),
            None => Value::unknown(Cause::Construct("an unknown directory")),
        },
        Value::Unknown(shape) => somewhere(Value::Unknown(shape), searched, scope),
        Value::Known(_) => Value::unknown(Cause::Variable("CDPATH".into())),
    };
    // bash keeps two slashes at the start, as POSIX lets it.
    let two = |path: &[u8]| path.starts_with(b"//") && !path.starts_with(b"///");
    let goes_on = |path: &[u8]| !path.starts_with(b"/") && matches!(&before, Some(Value::Known(before)) if two(before));
    let doubled = operand.and_then(Word::text).is_some_and(|path| two(path) || goes_on(path));
    scope.change_directory(to.clone());
    if doubled {
        scope.assign(b"PWD", Value::known("/").then(to));
    }
}

/// A folder of which a part is not known: still a path, where that part is a name or an entry.
fn somewhere(to: Value, searched: bool, scope: &Scope) -> Value {
    let told = to.pattern().or_else(|| to.filled());
    let from = match &scope.directory {
        _ if told.as_ref().is_some_and(|path| path.starts_with(b"/")) => Some(Value::known("")),
        Value::Known(here) if !searched => Some(Value::Known(here.clone()).then(Value::known("/"))),
        Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => None,
    };
    let unknown = || match &to {
        Value::Unknown(shape) => Value::unknown(shape.because.clone()),
        Value::Known(_) | Value::OneOf(_) => Value::unknown(Cause::Limit),
    };
    let Some(from) = from.filter(|_| told.is_some()) else { return unknown() };
    let whole = from.then(to.clone());
    // `.` and `..` in it are taken out, which can't be done here.
    let plain = whole.pattern().or_else(|| whole.filled()).is_some_and(|path| super::plain(&path) == path);
    if plain { whole } else { unknown() }
}

/// From a folder that is one of several to a known one beside or above it.
fn beside(here: &Value, path: &[u8]) -> Value {
    let pattern = here.pattern().map(|pattern| super::plain(&[pattern.as_slice(), b"/", path].concat()));
    match pattern {
        Some(plain) if plain.find_byteset(b"*?[\\").is_none() => Value::Known(plain),
        Some(pattern) => Value::entry_of(&pattern),
        None => Value::unknown(Cause::Construct("an unknown directory")),
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
fn loaded(walker: &mut Walker<'_>, words: &[Word], call: &Call, scope: &Scope) {
    let Some(at) = words.iter().position(|word| word.value.starts_with().starts_with(b"-f")) else { return };
    let Some(file) = words.get(at + usize::from(words.get(at).and_then(Word::text) == Some(b"-f"))) else { return };
    let own = file
        .text()
        .is_some_and(|path| path.starts_with(b"/usr/lib/bash/") || path.starts_with(b"/usr/local/lib/bash/"));
    // Scripts try what may be there, and nothing is loaded of what is not.
    let path = file.text().filter(|path| call.at.is_in_a_file() && path.contains(&b'/')).map(BString::from);
    let missing = path.is_some_and(|path| walker.content(&path, scope) == Some(Err(Sight::Missing)));
    if !own && !missing {
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
        let in_function = scope.in_function();
        scope.exit_traps.push(ExitTrap {
            action: action.value.clone(),
            at: call.at.clone(),
            in_function,
            locals: Vec::new(),
        });
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
        let printed = printed(call, dash, always);
        super::flow::kept(&call.words, printed)
    });
}

/// What echo and printf print.
fn printed(call: &Call, dash: bool, always: Option<bool>) -> Value {
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
            let text = follow::joined(&call.words[1..]);
            if plain { text.then(Value::known("\n")) } else { Value::unknown(Cause::Construct("echo")) }
        }
        None => {
            match call.words.iter().skip(1).map(|word| &word.value).find(|value| matches!(value, Value::Unknown(_))) {
                Some(Value::Unknown(shape)) => Value::unknown(shape.because.clone()),
                Some(_) | None => Value::unknown(Cause::Construct("printf")),
            }
        }
    }
}

/// Text that will run but could not be read, unless it is what a well-known program prints for just this.
pub(super) fn unread_text(walker: &mut Walker<'_>, value: &Value, what: &str, call: &Call, scope: &mut Scope) {
    let Value::Unknown(shape) = value else { return };
    let (kind, name) = match shape.because.origin() {
        Cause::Output(tool) if follow::is_remote(tool) => (UnreadKind::Remote, tool.clone()),
        Cause::Output(tool) if follow::is_producer(tool) => {
            scope.cloud(&shape.because);
            return;
        }
        Cause::Output(tool) => (UnreadKind::Text, tool.clone()),
        Cause::Variable(name) => (UnreadKind::Text, name.clone()),
        Cause::Input
        | Cause::Entry(_)
        | Cause::Name(_)
        | Cause::Secret(_)
        | Cause::Descriptor(_)
        | Cause::StartupFile(_)
        | Cause::Positional
        | Cause::Limit
        | Cause::Construct(_) => (UnreadKind::Text, what.into()),
    };
    walker.unread(kind, name, &call.at);
    scope.obscure(&shape.because);
}
