//! Text of shells that are not bash, told in bash's words, so that one reader and one model serve all: what it would run
//! stays, with the words it would run with. What has no counterpart becomes a variable that nobody knows; what is not
//! understood is told so that the reader stumbles over it, and the tolerant scan goes over it all. Pure.

pub mod zsh;
pub mod fish;
pub mod powershell;

use std::borrow::Cow;

/// Whose language a text is in that bash's reader reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tongue {
    #[default]
    Bash,
    Zsh,
    Fish,
    PowerShell,
    /// Simple commands are as bash has them; what else there is may be wrong in bash.
    Other,
}

impl Tongue {
    /// Whether bash's own complaint about a text says that something is wrong with it.
    #[must_use]
    pub fn is_read_whole(self) -> bool {
        match self {
            Tongue::Bash | Tongue::Zsh | Tongue::Fish => true,
            Tongue::PowerShell | Tongue::Other => false,
        }
    }

    /// A script's text in bash's words.
    #[must_use]
    pub fn told(self, text: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Tongue::Bash | Tongue::Other => Cow::Borrowed(text),
            Tongue::Zsh => {
                let settings = zsh::Settings { comments: true, ..zsh::Settings::default() };
                Cow::Owned(zsh::lowered(text, &settings))
            }
            Tongue::Fish => Cow::Owned(fish::lowered(text)),
            Tongue::PowerShell => Cow::Owned(powershell::lowered(text)),
        }
    }
}

/// A variable whose value is read from somewhere.
pub const ANY: &str = "guarded_any";

/// What makes it one, and what these shells' globs are by default.
pub const BEFORE: &str = "read -r guarded_any\nshopt -s extglob globstar expand_aliases\n";

/// Nothing before it reads as a command.
fn not_understood(text: &[u8]) -> Vec<u8> {
    [b") ", text].concat()
}

/// Whatever stands for a text that is not known.
fn unknown() -> String {
    format!("\"${ANY}\"")
}

/// What is open where text nests in text.
enum Open {
    /// A kind of bracket, as often as it is open.
    Brackets {
        open: u8,
        close: u8,
        times: usize,
    },
    Quote(u8),
}

/// Where a bracket that opens at `from` is closed, with quotes and brackets of its kind in between.
fn closing(text: &[u8], from: usize, open: u8, close: u8) -> Option<usize> {
    end(text, from, Open::Brackets { open, close, times: 0 })
}

/// The quote that ends what begins at `from`.
fn quote_end(text: &[u8], from: usize) -> Option<usize> {
    end(text, from + 1, Open::Quote(*text.get(from)?))
}

/// What nests deeper is nobody's script. It ends each search early, so that one for each bracket of a text stays cheap.
const DEEPEST: usize = 256;

/// Where what is open first ends.
fn end(text: &[u8], from: usize, first: Open) -> Option<usize> {
    let (mut inside, mut at) = (vec![first], from);
    while let Some(&byte) = text.get(at) {
        let mut ended = false;
        match inside.last_mut()? {
            Open::Brackets { .. } if byte == b'\\' => at += 1,
            Open::Brackets { .. } if matches!(byte, b'\'' | b'`' | b'"') => inside.push(Open::Quote(byte)),
            Open::Brackets { open, times, .. } if byte == *open => {
                *times += 1;
                if *times > DEEPEST {
                    return None;
                }
            }
            Open::Brackets { close, times, .. } if byte == *close => {
                *times = times.checked_sub(1)?;
                ended = *times == 0;
            }
            Open::Brackets { .. } => {}
            Open::Quote(quote) => match (byte, text.get(at + 1)) {
                (b'\\', _) if *quote != b'\'' => at += 1,
                (b'$', Some(&open @ (b'(' | b'{'))) if *quote == b'"' => {
                    at += 1;
                    let close = if open == b'(' { b')' } else { b'}' };
                    inside.push(Open::Brackets { open, close, times: 1 });
                }
                (byte, _) => ended = byte == *quote,
            },
        }
        if inside.len() > DEEPEST {
            return None;
        }
        if ended {
            inside.pop();
            if inside.is_empty() {
                return Some(at);
            }
        }
        at += 1;
    }
    None
}

/// Text that means itself.
fn literal(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'\'');
    for byte in text {
        if *byte == b'\'' {
            out.extend_from_slice(b"'\\''");
        } else {
            out.push(*byte);
        }
    }
    out.push(b'\'');
}
