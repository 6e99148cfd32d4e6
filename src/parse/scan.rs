//! The tolerant scan of text that was not understood: every word that could be a command's name becomes a command, with
//! the words after it on its line. It errs on the side of seeing too much, and is bounded.

use super::syntax::{Item, Kind, Node, Part, Pipeline, Script, Word};
use super::{Doubt, Mode, Reading, reader};
use crate::span::Span;

/// Commands that one scan makes: beyond, a doubt says that there was more.
const MAX_COMMANDS: usize = 1_000;
/// Arguments that each keeps; rules look at the first few.
const MAX_ARGUMENTS: usize = 40;

/// Adds what could be commands from `from` on to `reading.others`.
pub(super) fn add(reading: &mut Reading, from: usize, mode: &Mode) {
    let mut at = line_start(&reading.text, from);
    let mut made = 0;
    while at < reading.text.len() {
        let (words, next) = line_words(&reading.text, at, mode);
        for first in 0..words.len() {
            let rest = words.get(first..).unwrap_or_default();
            if !rest.first().is_some_and(could_be_a_name) {
                continue;
            }
            if made == MAX_COMMANDS {
                reading.doubts.push(Doubt::Limit { what: "commands scanned", limit: MAX_COMMANDS });
                return;
            }
            made += 1;
            reading.others.push(command(rest));
        }
        at = next;
    }
}

fn line_start(text: &[u8], from: usize) -> usize {
    let before = text.get(..from).unwrap_or_default();
    before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

/// The words of the line at `start` and where the next one begins. Quotes and brackets only part words here, because
/// which of them is the one too many is not known.
fn line_words(text: &[u8], start: usize, mode: &Mode) -> (Vec<Word>, usize) {
    let mut words = Vec::new();
    let mut word: Vec<u8> = Vec::new();
    let mut begin = start;
    let mut at = start;
    while let Some(byte) = text.get(at).copied() {
        let escaped = byte == b'\\';
        let continued = escaped && text.get(at + 1) == Some(&b'\n');
        if continued {
            at += 2;
            continue;
        }
        let parts = super::source::is_meta(byte) || matches!(byte, b'\'' | b'"' | b'`' | b'\r');
        if !parts {
            if word.is_empty() {
                begin = at;
            }
            if escaped {
                at += 1;
            }
            word.extend(text.get(at));
        } else if !word.is_empty() {
            words.push(make_word(&std::mem::take(&mut word), Span::new(begin, at), mode));
        }
        at += 1;
        if byte == b'\n' || words.len() > MAX_COMMANDS {
            return (words, at);
        }
    }
    if !word.is_empty() {
        words.push(make_word(&word, Span::new(begin, at), mode));
    }
    (words, at)
}

/// A word whose expansions stay expansions, where it reads as a word by itself.
fn make_word(text: &[u8], span: Span, mode: &Mode) -> Word {
    let mut parts = vec![Part::Literal(text.to_vec())];
    if text.contains(&b'$') && text.len() < 4_096 {
        let strict = reader::read(text.to_vec(), mode);
        if strict.stopped.is_none()
            && let Some(Kind::Simple { words, .. }) = only_command(strict.script)
            && let Ok([only]) = <[Word; 1]>::try_from(words)
        {
            parts = only.parts;
        }
    }
    Word { parts, span }
}

fn only_command(script: Script) -> Option<Kind> {
    let item = script.items.into_iter().next()?;
    item.first.commands.into_iter().next().map(|node| node.kind)
}

/// Options, numbers and punctuation are no names.
fn could_be_a_name(word: &Word) -> bool {
    match word.parts.first() {
        Some(Part::Literal(text)) => {
            !text.starts_with(b"-") && text.iter().any(|byte| byte.is_ascii_alphabetic() || *byte >= 128)
        }
        Some(_) => true,
        None => false,
    }
}

fn command(words: &[Word]) -> Script {
    let words: Vec<Word> = words.iter().take(MAX_ARGUMENTS).cloned().collect();
    let span = match (words.first(), words.last()) {
        (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
        _ => Span::default(),
    };
    let kind = Kind::Simple { assignments: Vec::new(), words };
    let node = Node { kind, redirections: Vec::new(), span };
    let first = Pipeline { timed: false, negated: false, commands: vec![node] };
    Script { items: vec![Item { first, rest: Vec::new(), background: false, span }] }
}

#[cfg(test)]
mod tests {
    use super::super::{Mode, Reading, settings::literal};
    use super::*;

    fn scanned(text: &str) -> (Vec<Vec<Vec<u8>>>, usize) {
        let mut reading = Reading { text: text.as_bytes().to_vec(), ..Reading::default() };
        add(&mut reading, 0, &Mode::default());
        let all = reading.others.into_iter().filter_map(only_command).map(|kind| match kind {
            Kind::Simple { words, .. } => words.iter().filter_map(literal).collect(),
            _ => Vec::new(),
        });
        (all.collect(), reading.doubts.len())
    }

    #[test]
    fn a_name_behind_broken_quotes_is_found_with_its_arguments() {
        let (found, doubts) = scanned("true \"; c1 -r 'x\nfi c2");
        assert_eq!(doubts, 0);
        assert!(found.contains(&vec![b"c1".to_vec(), b"-r".to_vec(), b"x".to_vec()]), "{found:?}");
        assert!(found.contains(&vec![b"c2".to_vec()]), "{found:?}");
    }

    #[test]
    fn too_many_candidates_are_a_doubt_not_silence() {
        let (found, doubts) = scanned(&"a ".repeat(MAX_COMMANDS + 10));
        assert_eq!((found.len(), doubts), (MAX_COMMANDS, 1));
    }
}
