//! A bash on a terminal that asks before each line: the real bash, started with a file of ours that reads what bash
//! would have read and then binds Enter (design: `interactive.bash`).
//!
//! An ordinary interactive shell reads it as `--rcfile`. A login shell, and one with `--norc`, reads no such file; they
//! are started in posix mode, where ENV is read, and the file's first lines undo that.

use std::convert::Infallible;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BString, ByteSlice};

use super::exec::Watch;
use super::{RealShells, Trouble, c_string, locate, quoted};
use crate::confirm::Permit;
use crate::invocation::{Invocation, RcFile, ShKind, Shell};
use crate::parse::Dialect;
use crate::sys::{exec, feed};

const BINDINGS: &str = include_str!("interactive.bash");

/// The name by which the bound key calls us for one line: `argv[0]` of that call.
pub const LINE_NAME: &[u8] = b"guarded-line";

/// What one press of Enter gives to the judge.
#[derive(Debug, Default)]
pub struct Entered {
    /// The unfinished command so far with the new line.
    pub text: BString,
    /// The new line alone, to be judged too; empty where it is sure that bash takes it as a continuation.
    pub alone: BString,
    /// `alias -p`, `shopt -p`, `declare -p`, `declare -f` of the functions that the line names.
    pub aliases: BString,
    pub options: BString,
    pub variables: BString,
    pub functions: BString,
}

impl Entered {
    /// From what the bound key writes to the judge's standard input.
    #[must_use]
    pub fn read(input: &[u8]) -> Entered {
        let mut parts = input.split_str(b"\0").map(BString::from);
        let mut part = || parts.next().unwrap_or_default();
        Entered { text: part(), alone: part(), aliases: part(), options: part(), variables: part(), functions: part() }
    }
}

/// The judge's exit status for a line that may run.
pub const RUNS: u8 = 0;
/// … and for one that is no complete command yet: bash reads on, and asks with all of it.
pub const UNFINISHED: u8 = 1;

/// Becomes the real bash, whose Enter asks this program first.
#[expect(clippy::needless_pass_by_value, reason = "a permit is used once")]
pub fn run(permit: Permit, real: &RealShells, sh: ShKind, watch: Option<Watch<'_>>) -> Result<Infallible, Trouble> {
    let call = permit.call();
    if call.shell == Shell::Sh && sh != ShKind::Bash {
        return Err(Trouble::NoLineJudge("sh has no line editor to ask from; use bash"));
    }
    let shell = locate(call, real)?;
    let ourselves = std::fs::read_link("/proc/self/exe").map_err(Trouble::NoFeeder)?;
    let start = Start::of(call, ourselves.as_os_str().as_bytes());
    let file = feed::text_file(c"guarded-rc", |descriptor| start.script(descriptor)).map_err(Trouble::NoFeeder)?;
    let error = match start.words(&shell, file) {
        Ok((path, argv, environment)) => {
            watch.map_or(Ok(()), Watch::begin)?;
            exec::become_program_in(&path, &argv, &environment)
        }
        Err(nul) => nul.into(),
    };
    Err(Trouble::NotStarted { shell, error })
}

/// How a shell is brought to read our file.
struct Start<'a> {
    call: &'a Invocation,
    judge: BString,
    /// By ENV in posix mode; else by `--rcfile`.
    by_env: bool,
    posix: bool,
}

type Words = (CString, Vec<CString>, Vec<CString>);

impl<'a> Start<'a> {
    fn of(call: &'a Invocation, judge: &[u8]) -> Start<'a> {
        let posix = call.mode.dialect == Dialect::Posix;
        let by_env = call.login || posix || call.rc == RcFile::None;
        Start { call, judge: quoted(judge), by_env, posix }
    }

    /// What bash reads: its usual files as the call says, then the bindings.
    fn script(&self, descriptor: i32) -> Vec<u8> {
        let mut script = Vec::new();
        if self.by_env {
            script.extend(self.undo_env());
        }
        let first_of = &self.call.startup_first_of;
        let alone = self.call.startup.iter().filter(|file| !first_of.contains(file));
        // With `--rcfile` bash reads the system's file itself, where its build has one.
        for file in alone.filter(|file| self.by_env || file.as_slice() != b"/etc/bash.bashrc") {
            let file = file_word(file);
            let file = file.as_slice();
            script.extend_from_slice(&[&b"if [[ -r "[..], file, b" ]]; then . ", file, b"; fi\n"].concat());
        }
        let mut word: &[u8] = b"if";
        for file in first_of {
            let file = file_word(file);
            let file = file.as_slice();
            script.extend_from_slice(&[word, b" [[ -r ", file, b" ]]; then . ", file, b"\n"].concat());
            word = b"elif";
        }
        if !first_of.is_empty() {
            script.extend_from_slice(b"fi\n");
        }
        for value in &self.call.startup_text {
            // bash expands the value of ENV, as in double quotes.
            script.extend_from_slice(&[&b"__guarded_file=\""[..], value.as_slice(), b"\"\n"].concat());
            script.extend_from_slice(b"[[ $__guarded_file == */* ]] || __guarded_file=./$__guarded_file\n");
            script.extend_from_slice(b"if [[ -r $__guarded_file ]]; then . \"$__guarded_file\"; fi\n");
        }
        let number = descriptor.to_string();
        let bindings = BINDINGS.as_bytes().replace("@JUDGE@", &self.judge).replace("@FD@", number);
        script.extend(bindings);
        script
    }

    fn undo_env(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        if !self.posix {
            lines.extend_from_slice(b"set +o posix\n");
            if self.call.variable(b"HISTFILE").is_none() {
                lines.extend_from_slice(b"HISTFILE=~/.bash_history\n");
            }
        }
        match self.call.variable(b"ENV").map(|value| value.as_slice()) {
            Some(value) => lines.extend_from_slice(&[&b"ENV="[..], quoted(value).as_slice(), b"\n"].concat()),
            None => lines.extend_from_slice(b"unset ENV\n"),
        }
        lines
    }

    /// The words keep their order; ours stand first, where bash takes long options.
    fn words(&self, shell: &Path, descriptor: i32) -> Result<Words, std::ffi::NulError> {
        let file = format!("/proc/self/fd/{descriptor}");
        let mut argv = vec![self.call.argv.first().cloned().unwrap_or_else(|| "bash".into())];
        let mut environment: Vec<BString> = Vec::new();
        for (name, value) in &self.call.environment {
            if !(self.by_env && name.as_slice() == b"ENV") {
                environment.push(BString::from([name.as_slice(), b"=", value].concat()));
            }
        }
        if self.by_env {
            environment.push(BString::from(format!("ENV={file}")));
            argv.push("--posix".into());
            argv.extend(self.call.argv.iter().skip(1).cloned());
        } else {
            argv.extend(["--rcfile".into(), BString::from(file)]);
            argv.extend(without_rc_file(self.call.argv.get(1..).unwrap_or_default()));
        }
        let strings = |words: Vec<BString>| words.into_iter().map(CString::new).collect::<Result<Vec<_>, _>>();
        Ok((c_string(shell.as_os_str())?, strings(argv)?, strings(environment)?))
    }
}

/// The last `--rcfile` counts, so the caller's must go.
fn without_rc_file(words: &[BString]) -> Vec<BString> {
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if [&b"--rcfile"[..], b"-rcfile", b"--init-file", b"-init-file"].contains(&word.as_slice()) {
            words.next();
        } else {
            kept.push(word.clone());
        }
    }
    kept
}

/// As one word that `.` does not look for along PATH.
fn file_word(file: &[u8]) -> BString {
    if file.contains(&b'/') { quoted(file) } else { quoted(&[b"./", file].concat()) }
}

#[cfg(test)]
#[path = "interactive_tests.rs"]
mod tests;
