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

/// Where a bracket that opens at `from` is closed, with quotes and brackets of its kind in between.
fn closing(text: &[u8], from: usize, open: u8, close: u8) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, from);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\'' | b'`' | b'"' => at = quote_end(text, at)?,
            _ if byte == open => depth += 1,
            _ if byte == close => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The quote that ends what begins at `from`.
fn quote_end(text: &[u8], from: usize) -> Option<usize> {
    let quote = *text.get(from)?;
    let mut at = from + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' if quote != b'\'' => at += 1,
            b'$' if quote == b'"' && matches!(text.get(at + 1), Some(b'(' | b'{')) => {
                let (open, close) = if text.get(at + 1) == Some(&b'(') { (b'(', b')') } else { (b'{', b'}') };
                at = closing(text, at + 1, open, close)?;
            }
            _ if byte == quote => return Some(at),
            _ => {}
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
