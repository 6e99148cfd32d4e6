//! Builtins that POSIX calls special: where one of them fails, a shell that goes by POSIX ends (2.8.1).

use super::leave::How;
use super::scope::Scope;
use super::set;
use super::simple::{Call, is_name};
use super::walk::Walker;
use super::words::Word;
use crate::parse::Dialect;

pub(super) const SPECIAL: [&[u8]; 15] = [
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

impl Walker<'_> {
    /// The shell may end at this call, for which nothing but a trap or whoever reads its output has eyes.
    pub(super) fn may_end_at(&mut self, name: &[u8], call: &Call, scope: &Scope) {
        let posix = scope.mode.dialect != Dialect::Bash || scope.options.is_on("posix") != Some(false);
        let seen = self.is_captured() || !scope.exit_traps.is_empty();
        // bash ends at a failing `exec` in any mode.
        if seen && SPECIAL.contains(&name) && (posix || name == b"exec") && may_fail(name, call, scope) {
            self.leave(How::Fatal, scope);
        }
    }
}

fn may_fail(name: &[u8], call: &Call, scope: &Scope) -> bool {
    let words = call.words.get(1..).unwrap_or_default();
    let each = |fits: &dyn Fn(&[u8]) -> bool| words.iter().all(|word| word.text().is_some_and(fits));
    let changes = |name: &[u8]| is_name(name) && !scope.is_readonly(name) && !scope.perhaps_readonly(name);
    let fits = match name {
        b":" | b"times" | b"eval" => true,
        b"export" | b"readonly" => each(&|text| {
            let name = text.split(|byte| *byte == b'=').next().unwrap_or(text);
            matches!(text, b"-p" | b"-n" | b"-f") || changes(name.strip_suffix(b"+").unwrap_or(name))
        }),
        b"unset" => each(&|text| matches!(text, b"-v" | b"-f") || changes(text)),
        b"set" => sets(words),
        b"shift" => words.len() < 2 && set::can_shift(words, scope),
        b"break" | b"continue" => each(&|text| number(text).is_some_and(|levels| levels > 0)),
        b"return" | b"exit" => each(&|text| number(text).is_some()),
        b"trap" => words.iter().skip(1).all(|word| {
            word.text().is_some_and(|text| number(text).is_some() || text.iter().all(u8::is_ascii_uppercase))
        }),
        _ => false,
    };
    !fits || !call.redirections.is_empty()
}

/// Options that every shell has, or only words behind them.
fn sets(words: &[Word]) -> bool {
    let mut named = false;
    for word in words {
        let Some(text) = word.text() else { return false };
        match text {
            _ if named => {
                named = false;
                if !matches!(
                    text,
                    b"errexit" | b"nounset" | b"noglob" | b"xtrace" | b"verbose" | b"allexport" | b"pipefail"
                ) {
                    return false;
                }
            }
            b"--" | b"-" => return true,
            [b'-' | b'+', letters @ ..] => {
                named = letters.ends_with(b"o");
                if !letters.iter().all(|letter| b"aefuvxo".contains(letter)) {
                    return false;
                }
            }
            _ => return true,
        }
    }
    true
}

fn number(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
