//! Shells by the names of their programs: with which grammar their text is read, and in whose words it is told first.

use bstr::{BString, ByteSlice};

use super::UnreadKind;
use super::follow::{child, from_input, text};
use super::options::{Style, Table, split};
use super::scope::Scope;
use super::scripts::run_file;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Value, Word};
use crate::parse::Dialect;
use crate::parse::foreign::Tongue;

pub(super) struct Shell {
    name: &'static str,
    pub dialect: Dialect,
    pub tongue: Tongue,
    /// Where they are not bash's.
    options: Option<Options>,
}

/// Options of a shell: those whose value is text that it runs, and the others that take one.
struct Options {
    code: &'static [&'static str],
    value: &'static [&'static str],
}

const fn bash(name: &'static str, dialect: Dialect) -> Shell {
    Shell { name, dialect, tongue: Tongue::Bash, options: None }
}

const fn foreign(
    name: &'static str,
    tongue: Tongue,
    code: &'static [&'static str],
    value: &'static [&'static str],
) -> Shell {
    Shell { name, dialect: Dialect::Bash, tongue, options: Some(Options { code, value }) }
}

#[rustfmt::skip]
const SHELLS: &[Shell] = &[
    bash("bash", Dialect::Bash),
    bash("rbash", Dialect::Bash),
    bash("sh", Dialect::Dash),
    bash("dash", Dialect::Dash),
    bash("ash", Dialect::Dash),
    bash("ksh", Dialect::Bash),
    bash("ksh93", Dialect::Bash),
    bash("mksh", Dialect::Bash),
    bash("yash", Dialect::Bash),
    bash("osh", Dialect::Bash),
    bash("guarded-sh", Dialect::Bash),
    Shell { name: "zsh", dialect: Dialect::Bash, tongue: Tongue::Zsh, options: None },
    foreign("fish", Tongue::Fish, &["-c", "--command", "-C", "--init-command"], &["-d", "--debug", "-o", "--debug-output", "-D", "-f", "--features", "--profile", "--profile-startup"]),
    foreign("csh", Tongue::Other, &["-c"], &[]),
    foreign("tcsh", Tongue::Other, &["-c"], &[]),
    foreign("nu", Tongue::Other, &["-c", "--commands", "-e", "--execute"], &["--config", "--env-config", "--plugin-config", "--log-level", "--log-target", "-I", "--include-path", "-m", "--table-mode", "--plugins"]),
    foreign("elvish", Tongue::Other, &["-c"], &["-rc", "-log", "-sock", "-db"]),
    foreign("xonsh", Tongue::Other, &["-c"], &["--rc", "--shell-type"]),
    foreign("ysh", Tongue::Other, &["-c"], &["-o", "+o"]),
];

pub(super) fn find(tool: &[u8]) -> Option<&'static Shell> {
    SHELLS.iter().find(|shell| shell.name.as_bytes() == tool)
}

pub(super) fn is_shell(tool: &[u8]) -> bool {
    find(tool).is_some()
}

impl Shell {
    pub fn has_own_options(&self) -> bool {
        self.options.is_some()
    }
}

/// A shell with options of its own: the text in its words, its script, or its standard input.
pub(super) fn run(walker: &mut Walker<'_>, shell: &Shell, tool: &BString, call: &Call, scope: &mut Scope) {
    let Some(Options { code, value }) = &shell.options else { return };
    let words = call.words.get(1..).unwrap_or_default();
    let valued: Vec<&str> = code.iter().chain(*value).copied().collect();
    let table = Table { style: Style::Gnu, value: &valued[..], flag: &[], optional: &[], stop_at_operand: true };
    let options = split(words, &table);
    if !options.hazy.is_empty() {
        walker.unread(UnreadKind::Text, tool.clone(), &call.at);
    }
    let texts: Vec<Value> = options
        .given
        .iter()
        .filter(|given| code.iter().any(|name| given.name == *name))
        .filter_map(|given| given.value.as_ref().map(|word| word.value.clone()))
        .collect();
    let mut inner = child(call, scope, shell.dialect);
    inner.speak(shell.tongue);
    inner.name = call.words.first().map_or_else(|| Value::Known(tool.clone()), |word| word.value.clone());
    let operands = words.get(options.end..).unwrap_or_default();
    let rest = if texts.is_empty() { operands.get(1..).unwrap_or_default() } else { operands };
    let open = operands.iter().any(Word::is_open);
    inner.positional = (!open).then(|| rest.iter().map(|word| word.value.clone()).collect());
    let (mark, loops) = (walker.left.len(), std::mem::take(&mut walker.loops));
    match operands.first() {
        _ if !texts.is_empty() => {
            for one in texts {
                text(walker, one, tool.to_str_lossy().as_ref(), call, &mut inner);
            }
        }
        Some(file) => match file.text() {
            Some(path) => run_file(walker, &BString::from(path), call, &mut inner),
            None => walker.unread(UnreadKind::File, file.shown(), &call.at),
        },
        None => from_input(walker, call, &mut inner),
    }
    walker.loops = loops;
    walker.end(mark, &mut inner);
    scope.files = inner.files;
    scope.created = inner.created;
}
