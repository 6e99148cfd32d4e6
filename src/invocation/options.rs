//! bash's own command line: long options, then bundles of letters with `-` or `+`, then what is to be run.

use bstr::BString;

use crate::parse::{Dialect, Mode};

use super::line::{Line, ends_options, stdin_is_terminal};
use super::long::{self, Long};
use super::{Called, RcFile, Shell, Surroundings, Text, value};

/// What the letters set.
#[derive(Default)]
struct Short {
    command: bool,
    login: bool,
    stdin: bool,
    interactive: bool,
    privileged: bool,
    reads_only: bool,
    restricted: bool,
    posix: Option<bool>,
    extglob: Option<bool>,
    expand_aliases: Option<bool>,
    taken: usize,
}

/// Names that `-o` takes (`set -o`, bash 5.2); with another one bash ends with a usage error.
const SET_NAMES: [&[u8]; 27] = [
    b"allexport",
    b"braceexpand",
    b"emacs",
    b"errexit",
    b"errtrace",
    b"functrace",
    b"hashall",
    b"histexpand",
    b"history",
    b"ignoreeof",
    b"interactive-comments",
    b"keyword",
    b"monitor",
    b"noclobber",
    b"noexec",
    b"noglob",
    b"nolog",
    b"notify",
    b"nounset",
    b"onecmd",
    b"physical",
    b"pipefail",
    b"posix",
    b"privileged",
    b"verbose",
    b"vi",
    b"xtrace",
];

impl Short {
    /// One letter; `None` where bash complains.
    fn letter(&mut self, letter: u8, on: bool, argument: Option<&BString>) -> Option<()> {
        match letter {
            b'c' => self.command = true,
            b'l' => self.login = true,
            b's' => self.stdin = true,
            b'D' => self.reads_only = true,
            b'i' => self.interactive = on,
            b'n' => self.reads_only = on,
            b'p' => self.privileged = on,
            b'r' => self.restricted |= on,
            b'o' => {
                if let Some(name) = argument {
                    self.set(name, on)?;
                }
                self.taken += 1;
            }
            b'O' => {
                match argument.map(|name| name.as_slice()) {
                    Some(b"extglob") => self.extglob = Some(on),
                    Some(b"expand_aliases") => self.expand_aliases = Some(on),
                    Some(_) | None => {}
                }
                self.taken += 1;
            }
            _ if b"abefhkmtuvxBCEHPT".contains(&letter) => {}
            _ => return None,
        }
        Some(())
    }

    fn set(&mut self, name: &[u8], on: bool) -> Option<()> {
        match name {
            b"posix" => self.posix = Some(on),
            b"noexec" => self.reads_only = on,
            b"privileged" => self.privileged = on,
            _ if SET_NAMES.contains(&name) => {}
            _ => return None,
        }
        Some(())
    }

    /// `-o` and `-O` take the following words, one each, however many stand in a bundle.
    fn read(arguments: &[BString], start: usize) -> Option<Short> {
        let mut short = Short { taken: start, ..Short::default() };
        while let Some(word) = arguments.get(short.taken) {
            let Some((&sign, letters)) = word.split_first() else { break };
            if sign != b'-' && sign != b'+' {
                break;
            }
            short.taken += 1;
            if ends_options(word) {
                break;
            }
            for &letter in letters {
                let argument = arguments.get(short.taken).cloned();
                short.letter(letter, sign == b'-', argument.as_ref())?;
            }
        }
        Some(short)
    }
}

pub(super) fn read(
    arguments: &[BString],
    called: &Called,
    environment: &[(BString, BString)],
    around: Surroundings,
) -> Line {
    let Some(long) = long::read(arguments).filter(|long| !long.says) else { return Line::nothing() };
    let Some(short) = Short::read(arguments, long.taken) else { return Line::nothing() };
    let operands = arguments.get(short.taken..).unwrap_or_default();
    if short.command && operands.is_empty() {
        return Line::nothing();
    }
    let interactive = short.interactive
        || (!short.command
            && (operands.is_empty() || short.stdin)
            && stdin_is_terminal(around)
            && around.stderr_terminal);
    let restricted = long.restricted || short.restricted;
    let options = (!short.privileged && !restricted).then(|| ShellOptions::inherited(environment));
    let options = options.unwrap_or_default();
    let posix = short.posix.unwrap_or_else(|| long.posix || options.posix || posix_by_environment(environment));
    let (text, name, positional) = operands_of(&short, operands);
    Line {
        login: called.login || long.login || short.login,
        interactive,
        privileged: short.privileged,
        reads_only: (long.reads_only || short.reads_only) && !interactive,
        posix,
        mode: mode(&short, &options, posix || called.shell == Shell::Sh, interactive),
        rc: rc(&long),
        no_profile: long.no_profile,
        debugger: long.debugger,
        text,
        name,
        positional,
    }
}

fn posix_by_environment(environment: &[(BString, BString)]) -> bool {
    [b"POSIXLY_CORRECT".as_slice(), b"POSIX_PEDANTIC"].iter().any(|name| value(environment, name).is_some())
}

fn rc(long: &Long) -> RcFile {
    match (&long.rc_file, long.no_rc) {
        (_, true) => RcFile::None,
        (Some(file), false) => RcFile::Named(file.clone()),
        (None, false) => RcFile::Usual,
    }
}

fn mode(short: &Short, inherited: &ShellOptions, posix: bool, interactive: bool) -> Mode {
    Mode {
        dialect: if posix { Dialect::Posix } else { Dialect::Bash },
        extglob: short.extglob.unwrap_or(inherited.extglob),
        expand_aliases: short.expand_aliases.unwrap_or(inherited.expand_aliases || posix || interactive),
        ..Mode::default()
    }
}

/// With `-c` the first operand is the text and the second `$0`; without, the first is the script.
fn operands_of(short: &Short, operands: &[BString]) -> (Text, Option<BString>, Vec<BString>) {
    let rest = |from: usize| operands.get(from..).unwrap_or_default().to_vec();
    match operands.first() {
        Some(command) if short.command => (Text::Command(command.clone()), operands.get(1).cloned(), rest(2)),
        Some(script) if !short.stdin => (Text::File(script.clone()), Some(script.clone()), rest(1)),
        Some(_) | None => (Text::Stdin, None, rest(0)),
    }
}

/// What SHELLOPTS and BASHOPTS of the environment switch on.
#[derive(Default)]
struct ShellOptions {
    posix: bool,
    extglob: bool,
    expand_aliases: bool,
}

impl ShellOptions {
    fn inherited(environment: &[(BString, BString)]) -> ShellOptions {
        let names = |variable: &[u8], name: &[u8]| {
            value(environment, variable).is_some_and(|list| list.split(|&byte| byte == b':').any(|item| item == name))
        };
        ShellOptions {
            posix: names(b"SHELLOPTS", b"posix"),
            extglob: names(b"BASHOPTS", b"extglob"),
            expand_aliases: names(b"BASHOPTS", b"expand_aliases"),
        }
    }
}
