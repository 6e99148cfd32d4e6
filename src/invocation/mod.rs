//! argv and environment → `Invocation`: what kind of shell call this is, read as bash reads its own command line
//! (bash manual, "Invoking Bash"; shell.c of 5.2). Pure.

mod line;
mod long;
mod options;
mod dash;
mod startup;

use bstr::{BStr, BString, ByteSlice};

use crate::parse::{Dialect, Mode};

/// One call of the shell, all of it. Arguments and environment are bytes.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Byte for byte what the real shell will get.
    pub argv: Vec<BString>,
    pub environment: Vec<(BString, BString)>,
    /// Names of what it was given and its tree does not get; they are not in `environment`.
    pub withheld: Vec<BString>,
    /// Names of what it would not get but for a grant of the policy.
    pub granted: Vec<BString>,
    /// Files that its tree is to find empty.
    pub hidden: Vec<BString>,
    /// Absolute; empty where the current directory is gone.
    pub directory: BString,
    /// Where the call that it is under began: what lies there is somebody's, wherever a program has gone since. `None`: here.
    pub began: Option<BString>,
    /// Which shell was asked for, by the name we were called by.
    pub shell: Shell,
    pub login: bool,
    pub interactive: bool,
    /// Start-up files that this call reads, in order, as bash would find them. Of those that are also in
    /// `startup_first_of`, only the first that can be read.
    pub startup: Vec<BString>,
    /// `~/.bash_profile`, `~/.bash_login`, `~/.profile`: bash stops at the first of them.
    pub startup_first_of: Vec<BString>,
    /// Values of BASH_ENV or ENV that bash expands to find a file (`$(…)` in them runs): text, not names.
    pub startup_text: Vec<BString>,
    /// What a shell that already runs holds (aliases, options, variables, functions), as text that sets it.
    pub prelude: BString,
    /// `--rcfile F`, and `--norc`: what an interactive shell reads in place of `~/.bashrc`.
    pub rc: RcFile,
    /// `-p`: functions, SHELLOPTS and BASHOPTS of the environment are not taken.
    pub privileged: bool,
    /// `-n`, `-D`, `--pretty-print`: bash reads the text and runs nothing of it.
    pub reads_only: bool,
    /// What is known of the grammar in force when the text begins.
    pub mode: Mode,
    pub text: Text,
    /// `$0` of the text.
    pub name: BString,
    /// `$1` …
    pub positional: Vec<BString>,
    /// What standard input is; decides how `Text::Stdin` is judged.
    pub stdin: StdinKind,
    /// For a program that a judged text starts: a digest of that text, in hex. Empty for a call of its own.
    pub under: BString,
}

impl Invocation {
    /// What it was given by this name; of several the last counts, as for bash.
    #[must_use]
    pub fn variable(&self, name: &[u8]) -> Option<&BString> {
        self.environment.iter().rev().find(|(known, _)| known.as_slice() == name).map(|(_, value)| value)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    /// called as `rbash`
    Restricted,
    /// called as `sh`: the `sh` that would have run without us
    Sh,
}

/// Where the text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// `-c`
    Command(BString),
    /// A script, as bash finds it: the operand, then along PATH (`script_candidates`).
    File(BString),
    /// Standard input; the edge tells what it is.
    Stdin,
    /// `--version`, `--help`, a usage error: bash says it itself and runs nothing of ours.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RcFile {
    /// `~/.bashrc`
    Usual,
    Named(BString),
    /// `--norc`
    None,
}

/// What standard input is, told by the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdinKind {
    /// Read whole without moving the offset, and judged whole.
    RegularFile,
    Pipe,
    /// bash takes a socket for a remote login and may read `~/.bashrc`.
    Socket,
    Terminal,
    /// `/dev/null`, or a directory: no text, and bash says what there is to say.
    Null,
    /// Another device.
    Other,
    Closed,
}

/// Which program `sh` is on this machine, by the name of the file it links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShKind {
    Dash,
    Bash,
    Busybox,
    /// ksh, mksh, posh, …
    Other,
}

impl ShKind {
    /// By the path that `/bin/sh` leads to.
    #[must_use]
    pub fn of_target(path: &[u8]) -> ShKind {
        match base_name(path) {
            b"dash" | b"ash" => ShKind::Dash,
            b"bash" => ShKind::Bash,
            b"busybox" => ShKind::Busybox,
            _ => ShKind::Other,
        }
    }
}

/// What the edge tells beside argv and environment.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    pub stdin: StdinKind,
    pub stdout_terminal: bool,
    pub stderr_terminal: bool,
    pub sh: ShKind,
    /// Effective and real user or group differ: without `-p` bash reads no start-up file.
    pub setuid: bool,
}

/// Reads the call. It cannot fail: what bash would refuse is `Text::Nothing`, and bash says why itself.
#[must_use]
pub fn read(
    argv: Vec<BString>,
    environment: Vec<(BString, BString)>,
    directory: BString,
    around: Surroundings,
) -> Invocation {
    let called = Called::by(argv.first().map(|name| name.as_bstr()));
    let arguments = argv.get(1..).unwrap_or_default();
    let line = match (called.shell, around.sh) {
        (Shell::Sh, ShKind::Dash | ShKind::Busybox) => dash::read(arguments, &called, &environment, around),
        (Shell::Sh, ShKind::Bash | ShKind::Other) | (Shell::Bash | Shell::Restricted, _) => {
            options::read(arguments, &called, &environment, around)
        }
    };
    let files = startup::files(&line, &called, &environment, around);
    let name = line.name.unwrap_or_else(|| argv.first().cloned().unwrap_or_else(|| "bash".into()));
    Invocation {
        shell: called.shell,
        login: line.login,
        interactive: line.interactive,
        startup: files.read,
        startup_first_of: files.first_of,
        startup_text: files.text,
        prelude: BString::default(),
        rc: line.rc,
        privileged: line.privileged,
        reads_only: line.reads_only,
        mode: line.mode,
        text: line.text,
        name,
        positional: line.positional,
        stdin: around.stdin,
        under: BString::default(),
        argv,
        environment,
        withheld: Vec::new(),
        hidden: Vec::new(),
        began: None,
        granted: Vec::new(),
        directory,
    }
}

/// Where a script operand is looked for, in order: the name itself, then, for bash and a name without a slash, each
/// directory of PATH.
#[must_use]
pub fn script_candidates(call: &Invocation, operand: &[u8]) -> Vec<BString> {
    let mut candidates = vec![BString::from(operand)];
    if operand.contains(&b'/') || call.mode.dialect == Dialect::Dash {
        return candidates;
    }
    let path = value(&call.environment, b"PATH").unwrap_or_default();
    for directory in path.split(|&byte| byte == b':').filter(|_| !path.is_empty()) {
        let directory: &[u8] = if directory.is_empty() { b"." } else { directory };
        candidates.push(BString::from([directory, b"/", operand].concat()));
    }
    candidates
}

/// What `argv[0]` says, as bash's `set_shell_name` takes it.
struct Called {
    shell: Shell,
    /// A leading `-`.
    login: bool,
    /// Named `su`: an old way to start a login shell with `-c`.
    su: bool,
}

impl Called {
    fn by(name: Option<&BStr>) -> Called {
        let whole: &[u8] = name.map_or(b"bash", |name| name.as_bytes());
        let base = base_name(whole);
        let login = whole.starts_with(b"-");
        let base = if login { base.strip_prefix(b"-").unwrap_or(base) } else { base };
        let shell = match base {
            b"sh" => Shell::Sh,
            b"rbash" => Shell::Restricted,
            _ => Shell::Bash,
        };
        Called { shell, login, su: base == b"su" }
    }
}

pub(crate) fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// The value of a variable of the environment; of doubles the last one, as bash takes it.
fn value<'a>(environment: &'a [(BString, BString)], name: &[u8]) -> Option<&'a [u8]> {
    environment.iter().rev().find(|(known, _)| known.as_slice() == name).map(|(_, value)| value.as_slice())
}

#[cfg(test)]
mod tests;
