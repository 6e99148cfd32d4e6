//! Text that others wrote, made visible: by an allow-list, since a list of evil characters is never complete.

use std::fmt::{Display, Formatter, Result, Write};

use bstr::ByteSlice;

/// Commands, paths, other programs' messages.
pub struct Hostile<'a>(pub &'a [u8]);

/// Our own marks. They pass, so that text which was made visible once can be shown again.
const LINE_END: char = '↵';
const LEFT_OUT: char = '…';

/// Letters by Unicode's account that leave no mark on the screen.
const UNSEEN_LETTERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];

/// Scripts written from right to left move the text around them without any control character.
const RIGHT_TO_LEFT: [(char, char); 5] = [
    ('\u{590}', '\u{8ff}'),
    ('\u{fb1d}', '\u{fdff}'),
    ('\u{fe70}', '\u{feff}'),
    ('\u{10800}', '\u{10fff}'),
    ('\u{1e800}', '\u{1efff}'),
];

impl Display for Hostile<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        for (start, end, letter) in self.0.char_indices() {
            match letter {
                ' '..='~' | LINE_END | LEFT_OUT => out.write_char(letter)?,
                '\n' => out.write_char(LINE_END)?,
                '\t' => out.write_str("\\t")?,
                '\r' => out.write_str("\\r")?,
                '\u{fffd}' => {
                    for byte in self.0.get(start..end).unwrap_or_default() {
                        write!(out, "\\x{byte:02x}")?;
                    }
                }
                _ if is_plain(letter) => out.write_char(letter)?,
                _ => write!(out, "{}", letter.escape_unicode())?,
            }
        }
        Ok(())
    }
}

fn is_plain(letter: char) -> bool {
    letter.is_alphanumeric()
        && !UNSEEN_LETTERS.contains(&letter)
        && !RIGHT_TO_LEFT.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

const MARK: usize = 30;

/// Long text loses its middle, and says how much.
#[must_use]
pub fn elided(text: &[u8], most: usize) -> String {
    let whole = |bytes: &[u8]| Hostile(bytes).to_string();
    // What says that something is left out takes room too.
    if text.len() <= most + MARK {
        return whole(text);
    }
    let keep = most / 2;
    let head = cut(text, keep);
    let tail = cut(text, text.len() - keep);
    format!("{} [… {} left out …] {}", whole(&text[..head]), size(tail - head), whole(&text[tail..]))
}

/// The nearest place at or before `at` that splits no character.
fn cut(text: &[u8], at: usize) -> usize {
    let is_inside = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|at| !is_inside(*at)).unwrap_or(at)
}

/// `214 bytes`, `3.1 kB`
#[must_use]
pub fn size(bytes: usize) -> String {
    let tenths = |unit: usize| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        1 => "1 byte".to_owned(),
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hostile, elided};

    fn shown(text: &[u8]) -> String {
        Hostile(text).to_string()
    }

    #[test]
    fn what_moves_hides_or_recolours_becomes_visible() {
        assert_eq!(shown(b"ls \x1b[2K"), "ls \\u{1b}[2K");
        assert_eq!(shown("a\u{202e}b\u{200b}c\u{2066}".as_bytes()), "a\\u{202e}b\\u{200b}c\\u{2066}");
        assert_eq!(shown("\u{3164}\u{115f}\u{5d0}".as_bytes()), "\\u{3164}\\u{115f}\\u{5d0}");
        assert_eq!(shown(b"a\nb\rc\t"), "a↵b\\rc\\t");
        assert_eq!(shown(b"\xff\x80x"), "\\xff\\x80x");
        assert_eq!(shown("größe 目录".as_bytes()), "größe 目录");
        let once = shown(b"a\nb\x1b\xff");
        assert_eq!(shown(once.as_bytes()), once);
    }

    #[test]
    fn long_text_loses_its_middle_and_says_how_much() {
        let text = "ä".repeat(1_000);
        let short = elided(text.as_bytes(), 20);
        assert!(short.starts_with("äääää [… 1.9 kB left out …]"), "{short}");
        assert_eq!(elided(b"short", 20), "short");
        let padded = elided(format!("ls {} ; rm -rf /", " ".repeat(10_000)).as_bytes(), 200);
        assert!(padded.starts_with("ls ") && padded.ends_with("; rm -rf /") && padded.len() < 250, "{padded}");
        assert_eq!(elided(padded.as_bytes(), 1_000), padded);
    }
}
