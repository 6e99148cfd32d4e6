//! Text that runs: `eval`, `bash -c`, what is piped into a shell. It is parsed and walked like the command itself; what
//! can't be had is written down as unread.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::builtins::unread_text;
use super::options::{Style, Table, split};
use super::scope::{Scope, Source};
use super::scripts::{run_file, sourced};
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Cause, Piece, Shape, Value, Word};
use super::{Command, Known, Stdin, UnreadKind, environment, shells};
use crate::parse::{self, Dialect, syntax};
use crate::span::{Place, Span};

/// Programs whose output is what another machine says.
const REMOTE: &[&str] =
    &["curl", "wget", "fetch", "http", "https", "xh", "nc", "ncat", "aria2c", "lynx", "ssh", "socat", "ftp", "scp"];

/// Programs that print text for `eval`: settings of the shell, nothing that destroys.
const PRODUCERS: &[&str] = &[
    "ssh-agent",
    "direnv",
    "brew",
    "conda",
    "mamba",
    "pyenv",
    "rbenv",
    "nodenv",
    "jenv",
    "goenv",
    "starship",
    "zoxide",
    "fnm",
    "mise",
    "rtx",
    "asdf",
    "dircolors",
    "lesspipe",
    "opam",
    "keychain",
    "register-python-argcomplete",
    "kubectl",
    "gh",
    "npm",
    "pip",
    "thefuck",
    "atuin",
    "docker-machine",
    "minikube",
    "podman-machine",
    "aws_completer",
    "fzf",
    "luarocks",
    "locale",
    "resize",
    "gpgconf",
    "tset",
    "stty",
    "perl",
    "vault-env",
    "op",
    "volta",
    "nvm",
    "getopt",
    "readelf",
    "uv",
    "just",
    "rustup",
];

/// Programs that repeat what others wrote: their output says whatever their input or their store says. Any other local
/// program's output is its own, and evaluating it gives it nothing that running it did not.
#[rustfmt::skip]
const CARRIERS: &[&str] = &[
    "cat", "tac", "head", "tail", "sed", "awk", "gawk", "mawk", "grep", "egrep", "fgrep", "rg", "tr", "cut", "sort", "uniq",
    "base64", "base32", "xxd", "od", "hexdump", "openssl", "gpg", "age", "sops", "gunzip", "zcat", "gzip", "bzcat", "xzcat",
    "zstdcat", "jq", "yq", "xq", "echo", "printf", "tee", "rev", "fold", "paste", "column", "strings", "dd", "envsubst", "xargs",
    "find", "ls", "python", "python3", "python2", "perl", "ruby", "node", "php", "lua", "git", "aws", "gsutil", "gcloud", "az",
    "psql", "mysql", "sqlite3", "redis-cli", "docker", "podman", "vault", "pass", "secret-tool", "pbpaste", "xclip", "xsel",
    "read", "mapfile", "tar", "unzip", "busybox", "iconv", "m4", "cpp", "export", "declare", "set", "env", "printenv",
];

/// Options of those shells that take a value.
const SHELL_VALUES: [&str; 6] = ["-o", "+o", "-O", "+O", "--rcfile", "--init-file"];

pub(super) fn is_remote(tool: &[u8]) -> bool {
    REMOTE.iter().any(|one| one.as_bytes() == tool)
}

pub(super) fn is_producer(tool: &[u8]) -> bool {
    let among = |list: &[&str]| list.iter().any(|one| one.as_bytes() == tool);
    among(PRODUCERS) || !among(CARRIERS)
}

/// Words joined by spaces, as eval and ssh join theirs.
pub(super) fn joined(words: &[Word]) -> Value {
    let mut all = Value::known("");
    // Where any number of words may stand, the blanks around them are as uncertain.
    let mut open = false;
    for (index, word) in words.iter().enumerate() {
        let opens = word.is_open();
        if index > 0 && !open && !opens {
            all = all.then(Value::known(" "));
        }
        open = opens;
        all = all.then(match &word.value {
            Value::Unknown(shape) if opens => Value::unknown(shape.because.clone()),
            Value::Known(_) | Value::OneOf(_) if opens => Value::unknown(Cause::Construct("any number of words")),
            value => value.clone(),
        });
    }
    all
}

/// Walks shell text that stands in a word, in the scope as it is.
pub(super) fn text(walker: &mut Walker<'_>, text: Value, what: &str, call: &Call, scope: &mut Scope) {
    let walk = |walker: &mut Walker<'_>, text: &[u8], scope: &mut Scope| {
        walk_text(walker, text, Some(call.at.clone()), &call.at.source, scope, &call.input);
    };
    match text {
        Value::Known(text) => walk(walker, &text, scope),
        Value::OneOf(texts) => {
            let before = scope.clone();
            for text in texts {
                let mut inner = before.clone();
                walk(walker, &text, &mut inner);
                scope.join(inner);
            }
        }
        // It is not shown, but what it runs is judged.
        Value::Unknown(Shape { ref pieces, because: Cause::Secret(ref secret), .. })
            if *pieces == [Piece::Hole] && secret.whole =>
        {
            match walker.file(&secret.what.clone(), scope) {
                Some(Ok(Value::Known(known))) => walk(walker, &known, scope),
                Some(_) | None => unread_text(walker, &text, what, call, scope),
            }
        }
        Value::Unknown(shape) => {
            // Holes among known text are values in known places: the text is read with each hole as a word.
            let hollow = shape.pieces.iter().all(|piece| *piece == Piece::Hole);
            if hollow || begins_unknown(&shape.pieces) {
                return unread_text(walker, &Value::Unknown(shape), what, call, scope);
            }
            // That may be more than a word: whoever sends it decides.
            if matches!(&shape.because, Cause::Output(tool) if is_remote(tool)) {
                unread_text(walker, &Value::Unknown(shape.clone()), what, call, scope);
            }
            walker.model.holed = true;
            let mut marked = Vec::new();
            for piece in &shape.pieces {
                match piece {
                    Piece::Text(text) => marked.extend_from_slice(text),
                    Piece::Hole => {
                        // Which quotes what the hole begins with, and goes.
                        let backslashes = marked.iter().rev().take_while(|byte| **byte == b'\\').count();
                        marked.truncate(marked.len() - backslashes % 2);
                        marked.extend_from_slice(format!("\u{1}{}\u{2}", walker.holes.len()).as_bytes());
                        // What is a name here is one there.
                        let hole = Shape { pieces: vec![Piece::Hole], because: shape.because.clone(), splits: false };
                        walker.holes.push(match &hole.because {
                            Cause::Name(_) => Value::Unknown(hole),
                            other => Value::unknown(other.clone()),
                        });
                    }
                }
            }
            walk(walker, &marked, scope);
        }
    }
}

/// A command that is nothing but a hole: what stands there is text that runs, not a word.
pub(super) fn hole(walker: &Walker<'_>, word: &syntax::Word) -> Option<Value> {
    let [syntax::Part::Literal(text)] = word.parts.as_slice() else { return None };
    let number = text.strip_prefix(b"\x01")?.strip_suffix(b"\x02")?;
    walker.holes.get(number.to_str().ok()?.parse::<usize>().ok()?).cloned()
}

/// The command's name itself is the hole.
fn begins_unknown(pieces: &[Piece]) -> bool {
    match pieces.first() {
        Some(Piece::Hole) | None => true,
        Some(Piece::Text(text)) => text.trim_start().is_empty(),
    }
}

pub(super) fn walk_text(
    walker: &mut Walker<'_>,
    text: &[u8],
    outer: Option<Place>,
    name: &Arc<str>,
    scope: &mut Scope,
    input: &Input,
) {
    walker.deeper(|walker| {
        let told = scope.tongue.told(text);
        // Its lines are not those of the file.
        let outer = match (&told, outer) {
            (Cow::Owned(_), None) => Some(Place { source: Arc::clone(name), line: 1, span: Span::default() }),
            (_, outer) => outer,
        };
        let Some(reading) = walker.seen.readings.read(&told, &scope.mode) else {
            return walker.over_budget("texts");
        };
        if !walker.may_walk(&reading) {
            return;
        }
        // What is near bash's grammar is not wrong where it is not bash's.
        if !reading.trusted() && scope.tongue.is_read_whole() {
            walker.model.doubted = true;
        }
        let source = Rc::new(Source { name: Arc::clone(name), text: reading.text.clone(), outer });
        let before = std::mem::replace(&mut walker.source, source);
        walker.text(&reading, scope, input);
        walker.source = before;
    });
}

/// A word that is one of a few options, or none: the call with each of them.
fn each_option(call: &Call) -> Option<Vec<Call>> {
    const CHOICES: usize = 4;
    let several = |word: &Word| matches!(word.value, Value::OneOf(_));
    if call.words.iter().filter(|word| several(word)).count() != 1 {
        return None;
    }
    let at = call.words.iter().position(several).filter(|at| *at > 0)?;
    let word = &call.words[at];
    let choices = word.value.choices().filter(|all| all.len() <= CHOICES)?;
    if word.glob || !choices.iter().any(|one| one.is_empty() || one.starts_with(b"-")) {
        return None;
    }
    let with = |choice: &BString| {
        let mut words = call.words.clone();
        if choice.is_empty() && word.is_open() {
            words.remove(at);
        } else {
            words[at].value = Value::Known(choice.clone());
        }
        Call { words, ..call.clone() }
    };
    Some(choices.iter().map(with).collect())
}

/// A shell of the table: its `-c` text, its script, or its standard input.
pub(super) fn shell(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    let Some(kind) = shells::find(tool) else { return false };
    if kind.has_own_options() {
        shells::run(walker, kind, tool, call, scope);
        return true;
    }
    if let Some(calls) = each_option(call) {
        let ends: Vec<Scope> = calls
            .iter()
            .map(|call| {
                let mut end = scope.clone();
                shell(walker, tool, call, &mut end);
                end
            })
            .collect();
        if let Some(end) = ends.into_iter().reduce(|mut one, other| {
            one.join(other);
            one
        }) {
            *scope = end;
        }
        return true;
    }
    let mut inner = child(call, scope, kind.dialect);
    inner.speak(kind.tongue);
    let (mark, loops) = (walker.left.len(), std::mem::take(&mut walker.loops));
    let (words, plus) = without_plus(call.words.get(1..).unwrap_or_default());
    let words = words.as_slice();
    let table = Table {
        style: Style::Posix,
        value: &SHELL_VALUES[..],
        flag: &["-c", "-s", "-i", "-l", "-e", "-x"],
        optional: &[],
        stop_at_operand: true,
    };
    let options = split(words, &table);
    let has = |letter: u8| {
        options.given.iter().any(|given| !given.name.starts_with(b"--") && given.name.get(1) == Some(&letter))
            && options.end <= words.len()
    };
    let operands = words.get(options.end..).unwrap_or_default();
    // It is read and not run, unless a later option says otherwise.
    if has(b'n') && !plus && !has(b'i') && options.hazy.is_empty() {
        walker.loops = loops;
        return true;
    }
    if has(b'e') {
        inner.options.switch(b"errexit", true);
    }
    for given in &options.given {
        match (given.name.as_slice(), given.value.as_ref().and_then(Word::text)) {
            (b"-O", Some(b"extglob")) => inner.mode.extglob = true,
            (b"--rcfile" | b"--init-file", Some(path)) if has(b'i') => {
                let path = BString::from(path);
                sourced(walker, &path, call, &mut inner);
            }
            (_, _) => {}
        }
    }
    if !options.hazy.is_empty() {
        walker.unread(UnreadKind::Text, tool.clone(), &call.at);
    }
    // A start-up file sees them already.
    let given = usize::from(has(b'c'));
    let named = operands.get(given).filter(|_| has(b'c') || !has(b's'));
    inner.name = named.or(call.words.first()).map_or_else(|| Value::Known(tool.clone()), |word| word.value.clone());
    let rest = operands.get(given + usize::from(named.is_some())..).unwrap_or_default();
    inner.positional =
        (!operands.iter().any(Word::is_open)).then(|| rest.iter().map(|word| word.value.clone()).collect());
    walker.inherit_functions(&mut inner);
    let before = walker.model.commands.len();
    startup(walker, kind.dialect, has(b'i'), call, &mut inner);
    let read_there = walker.model.commands.iter().skip(before).any(takes_input);
    if has(b'c') {
        let Some(first) = operands.first() else {
            walker.loops = loops;
            return true;
        };
        text(walker, first.value.clone(), tool.to_str_lossy().as_ref(), call, &mut inner);
    } else if let Some(file) = operands.first().filter(|_| !has(b's')) {
        match file.text() {
            Some(b"/dev/stdin" | b"/dev/fd/0" | b"/proc/self/fd/0") => from_input(walker, call, &mut inner),
            Some(path) => {
                let path = BString::from(path);
                run_file(walker, &path, call, &mut inner);
            }
            None => walker.unread(UnreadKind::File, file.shown(), &call.at),
        }
    } else {
        if read_there {
            // Some of the text, or all of it, is gone by then.
            walker.unread(UnreadKind::Text, tool.clone(), &call.at);
        }
        from_input(walker, call, &mut inner);
    }
    walker.loops = loops;
    walker.end(mark, &mut inner);
    scope.files = inner.files;
    scope.created = inner.created;
    true
}

/// Programs that read their input where no word names a file, or whatever their words are.
#[rustfmt::skip]
const FILTERS: &[&str] = &[
    "cat", "tac", "rev", "sort", "uniq", "base64", "xxd", "od", "wc", "nl", "fold", "head", "tail", "md5sum", "sha1sum", "sha256sum",
];
const READ_ALWAYS: &[&str] = &["tr", "tee", "xargs", "read", "mapfile", "readarray"];

/// It reads what its shell was given.
fn takes_input(command: &Command) -> bool {
    let among = |list: &[&str]| command.tool().is_some_and(|tool| list.iter().any(|one| one.as_bytes() == tool));
    let unnamed = || command.words.iter().skip(1).all(Word::is_option);
    command.stdin == Stdin::Inherited && (among(READ_ALWAYS) || among(FILTERS) && unnamed())
}

/// A shell's words without the options that switch something off, and whether there were any.
fn without_plus(words: &[Word]) -> (Vec<Word>, bool) {
    let (mut kept, mut found) = (Vec::new(), false);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.text() {
            Some([b'+', b'o' | b'O']) => {
                found = true;
                kept.extend([word.clone()].into_iter().chain(rest.next().cloned()));
            }
            Some([b'+', letters @ ..]) if !letters.is_empty() => found = true,
            Some(option) if option.starts_with(b"-") && option.len() > 1 && option != b"--" => {
                kept.push(word.clone());
                if SHELL_VALUES.iter().any(|name| name.as_bytes() == option) {
                    kept.extend(rest.next().cloned());
                }
            }
            Some(_) | None => {
                kept.push(word.clone());
                kept.extend(rest.cloned());
                break;
            }
        }
    }
    (kept, found)
}

/// What a child shell begins with: exported variables, no functions, no aliases.
pub(super) fn child(call: &Call, scope: &mut Scope, dialect: Dialect) -> Scope {
    let mut environment = scope.environment().as_ref().clone();
    environment.values.extend(call.assignments.iter().cloned());
    let directory = match &scope.directory {
        Value::Known(directory) => directory.clone(),
        Value::OneOf(_) | Value::Unknown(_) => BString::default(),
    };
    let known = Known { environment, directory, ..Known::default() };
    let mode = parse::Mode { dialect, expand_aliases: dialect == Dialect::Dash, ..parse::Mode::default() };
    let mut inner = Scope::new(&known, &mode);
    inner.directory = scope.directory.clone();
    inner.elsewhere = scope.elsewhere;
    if dialect == Dialect::Bash {
        let shared = scope.functions.iter().filter(|(name, _)| scope.shared_functions.contains(*name));
        inner.functions.extend(shared.map(|(name, defined)| (name.clone(), defined.clone())));
        inner.shared_functions.clone_from(&scope.shared_functions);
    }
    inner.files = Arc::clone(&scope.files);
    inner.created = Arc::clone(&scope.created);
    inner
}

/// BASH_ENV and ENV, where the call itself or the text sets them.
fn startup(walker: &mut Walker<'_>, dialect: Dialect, interactive: bool, call: &Call, inner: &mut Scope) {
    if dialect == Dialect::Bash {
        environment::prompts(walker, interactive, call, inner);
    }
    let name: &[u8] = match (dialect, interactive) {
        (Dialect::Bash, false) => b"BASH_ENV",
        (Dialect::Dash | Dialect::Posix, true) => b"ENV",
        (Dialect::Bash | Dialect::Dash | Dialect::Posix, _) => return,
    };
    match inner.value(name) {
        Some(Value::Known(path)) if !path.is_empty() => {
            // The value is expanded like a word: `$(…)` in it runs. A plain path is by far the usual case.
            if path.find_byteset(b"$`").is_some() {
                let quoted = Value::Known([&b": \""[..], &path, b"\""].concat().into());
                text(walker, quoted, "BASH_ENV", call, inner);
            } else {
                sourced(walker, &path, call, inner);
            }
        }
        Some(Value::Unknown(shape)) => inner.cloud(&shape.because),
        Some(Value::Known(_) | Value::OneOf(_)) | None => {}
    }
}

/// Shell text on standard input.
pub(super) fn from_input(walker: &mut Walker<'_>, call: &Call, scope: &mut Scope) {
    match walker.input_value(&call.input, scope) {
        Some(value) => {
            // What the script leaves of its own text is nobody's input that matters: the shell reads on.
            let call = Call { input: Input::Inherited, ..call.clone() };
            text(walker, value, "standard input", &call, scope);
        }
        None => {
            if let Input::File(word) = &call.input {
                let path = word.text().map(<[u8]>::to_vec);
                let absent = path.is_some_and(|path| walker.is_absent(&path, scope));
                let kind = if absent { UnreadKind::Missing } else { UnreadKind::File };
                walker.unread(kind, word.shown(), &call.at);
            }
            // An inherited input is what the shell itself was given: an agent's is empty, a person's is theirs.
        }
    }
}
