//! Hostile text made visible: what a person reads to decide must not be able to hide, colour or reorder anything.

use std::fmt::Write as _;

/// Letters that print as nothing.
const UNSEEN: [char; 5] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}', '\u{2800}'];
/// Written from right to left: they move what stands beside them.
const LEFTWARD: [(char, char); 5] = [
    ('\u{590}', '\u{8ff}'),
    ('\u{fb1d}', '\u{fdff}'),
    ('\u{fe70}', '\u{feff}'),
    ('\u{10800}', '\u{10fff}'),
    ('\u{1e800}', '\u{1efff}'),
];

/// By an allow-list, since no list of evil characters is ever complete. A line break becomes `↵`.
#[must_use]
pub fn visible(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for one in chunk.valid().chars() {
            match one {
                ' '..='~' => out.push(one),
                '\n' => out.push('↵'),
                _ if is_letter(one) => out.push(one),
                _ => out.extend(one.escape_unicode()),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{{{byte:02x}}}");
        }
    }
    out
}

fn is_letter(one: char) -> bool {
    one.is_alphanumeric()
        && !UNSEEN.contains(&one)
        && !LEFTWARD.iter().any(|(first, last)| (*first..=*last).contains(&one))
}

/// At most about `most` bytes: the two ends, and how much stands between them.
#[must_use]
pub fn elided(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let head = (0..=most / 2).rev().find_map(|at| text.get(..at)).unwrap_or_default();
    let tail = (text.len() - most / 2..=text.len()).find_map(|at| text.get(at..)).unwrap_or_default();
    format!("{head} …{} more bytes… {tail}", text.len() - head.len() - tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_is_written_out() {
        assert_eq!(visible(b"rm \x1b[8mx\x1b[0m"), "rm \\u{1b}[8mx\\u{1b}[0m");
        assert_eq!(
            visible("a\u{202e}b\u{200b}c\u{2066}d\u{3164}".as_bytes()),
            "a\\u{202e}b\\u{200b}c\\u{2066}d\\u{3164}"
        );
        assert_eq!(visible("a\r\tb\nc".as_bytes()), "a\\u{d}\\u{9}b↵c");
        assert_eq!(visible(b"\xff"), "\\x{ff}");
        assert_eq!(visible("שלום".as_bytes()), "\\u{5e9}\\u{5dc}\\u{5d5}\\u{5dd}");
        assert_eq!(visible("Füße 東京".as_bytes()), "Füße 東京");
    }

    #[test]
    fn padding_can_not_push_the_end_out_of_sight() {
        let text = format!("ls {} ; rm -rf /", " ".repeat(10_000));
        let short = elided(&text, 200);
        assert!(short.len() < 240 && short.starts_with("ls ") && short.ends_with("; rm -rf /"), "{short}");
        assert!(short.contains("more bytes"));
        assert_eq!(elided("ü".repeat(50).as_str(), 101).chars().filter(|c| *c == 'ü').count(), 50);
        let _ = elided(&"ü".repeat(50), 7);
    }
}
