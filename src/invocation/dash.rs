//! The command line of dash (and busybox's ash, which descends from the same source), for calls as `sh`.

use bstr::BString;

use crate::parse::{Dialect, Mode};

use super::line::{Line, ends_options, stdin_is_terminal};
use super::{Called, RcFile, ShKind, Surroundings, Text};

/// What dash's letters set.
#[derive(Default)]
struct Letters {
    command: bool,
    stdin: bool,
    interactive: bool,
    login: bool,
    reads_only: bool,
    taken: usize,
}

impl Letters {
    fn letter(&mut self, letter: u8, on: bool, arguments: &[BString], kind: ShKind) -> Option<()> {
        match letter {
            b'c' => self.command = true,
            b's' => self.stdin = on,
            b'i' => self.interactive = on,
            b'n' => self.reads_only = on,
            b'l' => self.login = on,
            b'o' => {
                match (arguments.get(self.taken).map(|name| name.as_slice()), kind) {
                    (Some(b"noexec"), _) => self.reads_only = on,
                    (Some(b"interactive"), _) => self.interactive = on,
                    (Some(b"stdin"), _) => self.stdin = on,
                    (Some(name), _) if NAMES.contains(&name) => {}
                    (Some(b"pipefail"), ShKind::Busybox) | (None, _) => {}
                    (Some(_), _) => return None,
                }
                self.taken += 1;
            }
            _ if b"abCeEfImpquvVx".contains(&letter) => {}
            _ => return None,
        }
        Some(())
    }

    fn read(arguments: &[BString], kind: ShKind) -> Option<Letters> {
        let mut letters = Letters::default();
        while let Some(word) = arguments.get(letters.taken) {
            let Some((&sign, bundle)) = word.split_first() else { break };
            if sign != b'-' && sign != b'+' {
                break;
            }
            letters.taken += 1;
            if ends_options(word) {
                break;
            }
            for &letter in bundle {
                letters.letter(letter, sign == b'-', arguments, kind)?;
            }
        }
        Some(letters)
    }
}

const NAMES: [&[u8]; 14] = [
    b"errexit",
    b"noglob",
    b"ignoreeof",
    b"monitor",
    b"xtrace",
    b"verbose",
    b"vi",
    b"emacs",
    b"noclobber",
    b"allexport",
    b"notify",
    b"nounset",
    b"nolog",
    b"debug",
];

pub(super) fn read(
    arguments: &[BString],
    called: &Called,
    _environment: &[(BString, BString)],
    around: Surroundings,
) -> Line {
    let Some(letters) = Letters::read(arguments, around.sh) else { return Line::nothing() };
    let operands = arguments.get(letters.taken..).unwrap_or_default();
    if letters.command && operands.is_empty() {
        return Line::nothing();
    }
    let rest = |from: usize| operands.get(from..).unwrap_or_default().to_vec();
    let (text, name, positional) = match operands.first() {
        Some(command) if letters.command => (Text::Command(command.clone()), operands.get(1).cloned(), rest(2)),
        Some(script) if !letters.stdin => (Text::File(script.clone()), Some(script.clone()), rest(1)),
        Some(_) | None => (Text::Stdin, None, rest(0)),
    };
    let interactive =
        letters.interactive || (text == Text::Stdin && stdin_is_terminal(around) && around.stdout_terminal);
    Line {
        login: called.login || letters.login,
        interactive,
        privileged: false,
        reads_only: letters.reads_only && !interactive,
        posix: true,
        rc: RcFile::None,
        no_profile: false,
        debugger: false,
        mode: Mode { dialect: Dialect::Dash, expand_aliases: true, ..Mode::default() },
        text,
        name,
        positional,
    }
}
