//! Brace expansion (bash manual, "Brace Expansion"): before every other expansion, on unquoted text only.

use crate::parse::syntax::{Parameter, Part, Word};

/// More words than this are not made; the word then stays as it is and counts as a limit.
const WORDS: usize = 1024;

/// Three numbers and what parts them fit in here, as they are usually written.
const SEQUENCE: usize = 80;

/// A byte of live text, or a part that braces cannot look into.
#[derive(Clone)]
enum Unit {
    Live(u8),
    Part(Part),
}

/// The words that one word stands for; `None` when there are too many.
#[must_use]
pub fn expand(word: &Word) -> Option<Vec<Word>> {
    let live = word.parts.iter().any(|part| matches!(part, Part::Literal(text) if text.contains(&b'{')));
    if !live {
        return Some(vec![word.clone()]);
    }
    let mut units = Vec::new();
    for part in &word.parts {
        match part {
            Part::Literal(text) => units.extend(text.iter().map(|byte| Unit::Live(*byte))),
            other => units.push(Unit::Part(other.clone())),
        }
    }
    let mut made = Vec::new();
    alternatives(&units, 0, &mut made)?;
    Some(made.into_iter().map(|units| word_of(units, word)).collect())
}

fn word_of(units: Vec<Unit>, original: &Word) -> Word {
    let mut parts = Vec::new();
    for unit in units {
        match (unit, parts.last_mut()) {
            (Unit::Live(byte), Some(Part::Literal(text))) => text.push(byte),
            // Braces are text before anything is expanded: `{$x,y}z` becomes `$xz`, which is another name.
            (Unit::Live(byte), Some(Part::Parameter(parameter))) if grows(parameter, byte) => parameter.name.push(byte),
            (Unit::Live(byte), _) => parts.push(Part::Literal(vec![byte])),
            (Unit::Part(part), _) => parts.push(part),
        }
    }
    Word { parts, span: original.span }
}

fn grows(parameter: &Parameter, next: u8) -> bool {
    let named = parameter.name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    parameter.bare && named && (next.is_ascii_alphanumeric() || next == b'_')
}

/// Expands the first brace expression and, by recursion, the rest.
fn alternatives(units: &[Unit], depth: usize, made: &mut Vec<Vec<Unit>>) -> Option<()> {
    if depth > 32 {
        return None;
    }
    for Pair { open, close, commas } in pairs(units) {
        let inner = match members(units, open, close, &commas) {
            Inside::Words(inner) => inner,
            Inside::Text => continue,
            Inside::TooMany => return None,
        };
        for member in inner {
            let mut heads = Vec::new();
            alternatives(&member, depth + 1, &mut heads)?;
            let mut tails = Vec::new();
            alternatives(&units[close + 1..], depth + 1, &mut tails)?;
            for head in &heads {
                for tail in &tails {
                    let mut whole = units[..open].to_vec();
                    whole.extend(head.iter().cloned());
                    whole.extend(tail.iter().cloned());
                    made.push(whole);
                    if made.len() > WORDS {
                        return None;
                    }
                }
            }
        }
        return Some(());
    }
    made.push(units.to_vec());
    Some(())
}

struct Pair {
    open: usize,
    close: usize,
    /// Those directly inside.
    commas: Vec<usize>,
}

/// The braces that are closed, in the order of their beginnings; in one pass, since most of a text may be braces.
fn pairs(units: &[Unit]) -> Vec<Pair> {
    let (mut closed, mut open): (Vec<Pair>, Vec<Pair>) = (Vec::new(), Vec::new());
    for (at, unit) in units.iter().enumerate() {
        match unit {
            Unit::Live(b'{') => open.push(Pair { open: at, close: at, commas: Vec::new() }),
            Unit::Live(b',') => {
                if let Some(pair) = open.last_mut() {
                    pair.commas.push(at);
                }
            }
            Unit::Live(b'}') => closed.extend(open.pop().map(|pair| Pair { close: at, ..pair })),
            Unit::Live(_) | Unit::Part(_) => {}
        }
    }
    closed.sort_unstable_by_key(|pair| pair.open);
    closed
}

/// What a pair of braces stands for.
enum Inside<T> {
    /// Neither a list nor a sequence: the braces are text.
    Text,
    Words(Vec<Vec<T>>),
    TooMany,
}

/// What stands between the commas, or the sequence.
fn members(units: &[Unit], open: usize, close: usize, commas: &[usize]) -> Inside<Unit> {
    if commas.is_empty() {
        if close - open > SEQUENCE {
            // With any number of zeros before a number it is one still.
            let numbers = matches!(units[open + 1..], [Unit::Live(b'0'..=b'9' | b'-' | b'+'), ..])
                || matches!(units[open + 1..], [_, Unit::Live(b'.'), Unit::Live(b'.'), ..]);
            return if numbers { Inside::TooMany } else { Inside::Text };
        }
        let text: Option<Vec<u8>> = units[open + 1..close]
            .iter()
            .map(|unit| match unit {
                Unit::Live(byte) => Some(*byte),
                Unit::Part(_) => None,
            })
            .collect();
        return match text.map_or(Inside::Text, |text| sequence(&text).unwrap_or(Inside::Text)) {
            Inside::Words(list) => {
                Inside::Words(list.into_iter().map(|one| one.into_iter().map(Unit::Live).collect()).collect())
            }
            Inside::Text => Inside::Text,
            Inside::TooMany => Inside::TooMany,
        };
    }
    let mut list = Vec::new();
    let mut start = open + 1;
    for end in commas.iter().copied().chain([close]) {
        list.push(units[start..end].to_vec());
        start = end + 1;
    }
    Inside::Words(list)
}

/// `x..y[..step]`; `None` when it is no sequence.
fn sequence(text: &[u8]) -> Option<Inside<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut fields = text.split("..");
    let (from, to, step) = (fields.next()?, fields.next()?, fields.next());
    if fields.next().is_some() {
        return None;
    }
    let step = step.map_or(Some(1), |step| step.parse::<i64>().ok())?.unsigned_abs().max(1);
    if let (Ok(low), Ok(high)) = (from.parse::<i64>(), to.parse::<i64>()) {
        if low.abs_diff(high) / step >= WORDS as u64 {
            return Some(Inside::TooMany);
        }
        let padded = [from, to].iter().any(|one| one.trim_start_matches('-').starts_with('0') && one.len() > 1);
        let width = if padded { from.len().max(to.len()) } else { 0 };
        return Some(Inside::Words(range(low, high, step).map(|n| format!("{n:0width$}").into_bytes()).collect()));
    }
    let (&[low], &[high]) = (from.as_bytes(), to.as_bytes()) else { return None };
    if !low.is_ascii_alphabetic() || !high.is_ascii_alphabetic() {
        return None;
    }
    let bytes = range(i64::from(low), i64::from(high), step).filter_map(|n| u8::try_from(n).ok());
    Some(Inside::Words(bytes.map(|byte| vec![byte]).collect()))
}

fn range(low: i64, high: i64, step: u64) -> impl Iterator<Item = i64> {
    let count = low.abs_diff(high) / step;
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let sign = if high < low { -1 } else { 1 };
    (0..=count).map(move |n| low.saturating_add(sign * step.saturating_mul(i64::try_from(n).unwrap_or(i64::MAX))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(live: &str) -> Vec<String> {
        let word = Word { parts: vec![Part::Literal(live.as_bytes().to_vec())], ..Word::default() };
        let made = expand(&word).expect("few words");
        made.iter()
            .map(|word| match word.parts.as_slice() {
                [Part::Literal(text)] => String::from_utf8_lossy(text).into_owned(),
                _ => String::new(),
            })
            .collect()
    }

    #[test]
    fn lists_sequences_and_nesting_expand_as_in_bash() {
        assert_eq!(texts("a{b,c}d"), ["abd", "acd"]);
        assert_eq!(texts("{rm,-rf,/}"), ["rm", "-rf", "/"]);
        assert_eq!(texts("{a,b{1..3}}"), ["a", "b1", "b2", "b3"]);
        assert_eq!(texts("{01..03}"), ["01", "02", "03"]);
        assert_eq!(texts("{c..a}"), ["c", "b", "a"]);
        assert_eq!(texts("{a}"), ["{a}"]);
        assert_eq!(texts("{,x}"), ["", "x"]);
        assert_eq!(texts("{a,b}{1,2}"), ["a1", "a2", "b1", "b2"]);
    }

    #[test]
    fn a_million_words_are_refused() {
        let word = Word { parts: vec![Part::Literal(b"{1..1000000}".to_vec())], ..Word::default() };
        assert!(expand(&word).is_none());
    }
}
