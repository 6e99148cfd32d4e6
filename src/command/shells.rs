//! Shells by the names of their programs: with which grammar their text is read, and in whose words it is told first.

use bstr::{BString, ByteSlice};

use super::UnreadKind;
use super::follow::{child, from_input, joined, text};
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
    bash("lksh", Dialect::Bash),
    bash("oksh", Dialect::Bash),
    bash("posh", Dialect::Dash),
    bash("gwsh", Dialect::Dash),
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
    foreign("pwsh", Tongue::PowerShell, &[], &[]),
    foreign("pwsh-preview", Tongue::PowerShell, &[], &[]),
    foreign("powershell", Tongue::PowerShell, &[], &[]),
    foreign("rc", Tongue::Other, &["-c"], &[]),
    foreign("es", Tongue::Other, &["-c"], &[]),
    foreign("ysh", Tongue::Other, &["-c"], &["-o", "+o"]),
];

pub(super) fn find(tool: &[u8]) -> Option<&'static Shell> {
    // From Linux, Windows' own.
    let tool = tool.strip_suffix(b".exe").unwrap_or(tool);
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
    if shell.tongue == Tongue::PowerShell {
        let given = power(walker, tool, call);
        return walk(walker, shell, tool, given, call, scope);
    }
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
    let operands = words.get(options.end..).unwrap_or_default();
    walk(walker, shell, tool, Given { texts, operands: operands.to_vec() }, call, scope);
}

/// Texts that a shell runs; where there are none the first operand is its script.
struct Given {
    texts: Vec<Value>,
    operands: Vec<Word>,
}

fn walk(walker: &mut Walker<'_>, shell: &Shell, tool: &BString, given: Given, call: &Call, scope: &mut Scope) {
    let Given { texts, operands } = given;
    let mut inner = child(call, scope, shell.dialect);
    inner.speak(shell.tongue);
    inner.name = call.words.first().map_or_else(|| Value::Known(tool.clone()), |word| word.value.clone());
    let rest = if texts.is_empty() { operands.get(1..).unwrap_or_default() } else { operands.as_slice() };
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

/// Options of pwsh that take a value and run nothing.
const POWER_VALUES: &[&str] = &[
    "executionpolicy",
    "ep",
    "workingdirectory",
    "wd",
    "version",
    "configurationname",
    "configurationfile",
    "custompipename",
    "inputformat",
    "outputformat",
    "windowstyle",
    "settingsfile",
];

/// PowerShell's own command line (about_Pwsh): names know no case, and may be cut short.
fn power(walker: &mut Walker<'_>, tool: &BString, call: &Call) -> Given {
    let words = call.words.get(1..).unwrap_or_default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let rest = words.get(at + 1..).unwrap_or_default();
        let Some(text) = word.text() else {
            walker.unread(UnreadKind::Text, tool.clone(), &call.at);
            break;
        };
        let Some(name) = text.strip_prefix(b"-").filter(|name| !name.is_empty()) else {
            // The older one takes text by place.
            let given = words.get(at..).unwrap_or_default();
            let is_text = tool.starts_with(b"powershell");
            let texts = if is_text { vec![joined(given)] } else { Vec::new() };
            let stdin = text == b"-";
            return Given { texts, operands: if stdin { Vec::new() } else { given.to_vec() } };
        };
        let name = name.to_ascii_lowercase();
        let is = |whole: &str| whole.as_bytes().starts_with(&name);
        if is("command") {
            let stdin = rest.first().is_some_and(|word| word.text() == Some(b"-"));
            return Given { texts: if stdin { Vec::new() } else { vec![joined(rest)] }, operands: Vec::new() };
        }
        // Its arguments are apart from it.
        if is("commandwithargs") || name == b"cwa" {
            let texts = rest.first().map(|word| word.value.clone()).into_iter().collect();
            return Given { texts, operands: rest.get(1..).unwrap_or_default().to_vec() };
        }
        if is("file") {
            return Given { texts: Vec::new(), operands: rest.to_vec() };
        }
        if is("encodedcommand") || name == b"ec" {
            let code = rest.first().and_then(Word::text).and_then(wide_text);
            if code.is_none() {
                walker.unread(UnreadKind::Text, tool.clone(), &call.at);
            }
            let texts = vec![code.map_or_else(|| Value::known(""), Value::Known)];
            return Given { texts, operands: Vec::new() };
        }
        at += 1 + usize::from(POWER_VALUES.iter().any(|one| is(one)));
    }
    Given { texts: Vec::new(), operands: Vec::new() }
}

/// Base64 of UTF-16, low byte first.
fn wide_text(text: &[u8]) -> Option<BString> {
    let bytes = super::output::decode64(text);
    let units: Vec<u16> = bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    String::from_utf16(&units).ok().map(BString::from)
}
