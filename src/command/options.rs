//! Splits an argument list into options and operands by a table of the tool's options: bundled short flags,
//! `--opt=value`, abbreviations, `--`. An unknown word may be an option, an operand or nothing: it is listed as hazy.

use bstr::{BString, ByteSlice};

use super::words::{Piece, Shape, Value, Word};

/// How a tool reads its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// getopt_long: bundled short flags, long options that may be abbreviated, options after operands.
    #[default]
    Gnu,
    /// Options end at the first operand; no long options' abbreviation.
    Posix,
    /// `-long value`, `-long=value` (terraform, find, java): nothing is bundled.
    SingleDash,
    /// As `Gnu`, but long options are written out (docker, kubectl, git-like tools of Go).
    Unabridged,
}

/// The options of a tool, each with its dashes.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a, S> {
    pub style: Style,
    /// Take a value.
    pub value: &'a [S],
    /// Take none.
    pub flag: &'a [S],
    /// Take one only when it is attached (`--color[=WHEN]`, `-i[SUFFIX]`).
    pub optional: &'a [S],
    /// Stop at the first operand even in GNU style: wrappers and tools with verbs.
    pub stop_at_operand: bool,
}

/// An option that was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// As the table spells it (abbreviations resolved), or as written where the table lacks it.
    pub name: BString,
    pub value: Option<Word>,
    /// Index into the words that were split.
    pub at: usize,
    pub listed: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    pub given: Vec<Given>,
    /// Indices of operands.
    pub operands: Vec<usize>,
    /// Indices of words that could be options or operands.
    pub hazy: Vec<usize>,
    /// Index of the first word that was not looked at (`stop_at_operand`), or the length.
    pub end: usize,
}

impl Split {
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.given.iter().any(|given| given.name == name.as_bytes())
    }

    /// The last value of an option.
    #[must_use]
    pub fn value_of(&self, name: &str) -> Option<&Word> {
        self.given.iter().rev().find(|given| given.name == name.as_bytes()).and_then(|given| given.value.as_ref())
    }
}

/// Splits `words` (without the tool's own name).
#[must_use]
pub fn split<S: AsRef<str>>(words: &[Word], table: &Table<'_, S>) -> Split {
    let mut split = Split::default();
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        let Some(text) = word.text() else {
            if option_with_hole(word, at, table, &mut split) {
                at += 1;
                continue;
            }
            if !is_operand(word) {
                split.hazy.push(at);
            } else if table.stop_at_operand {
                break;
            } else if table.style == Style::Posix {
                split.operands.extend(at..words.len());
                at = words.len();
                break;
            } else {
                split.operands.push(at);
            }
            at += 1;
            continue;
        };
        if text == b"--" {
            at += 1;
            if !table.stop_at_operand {
                if at < words.len() {
                    split.given.push(Given { name: text.into(), value: None, at: at - 1, listed: true });
                }
                split.operands.extend(at..words.len());
                at = words.len();
            }
            break;
        }
        if !text.starts_with(b"-") || text == b"-" {
            if table.stop_at_operand || table.style == Style::Posix {
                if !table.stop_at_operand {
                    split.operands.extend(at..words.len());
                    at = words.len();
                }
                break;
            }
            split.operands.push(at);
            at += 1;
            continue;
        }
        let taken = if text.starts_with(b"--") || table.style == Style::SingleDash {
            long(words, at, table, &mut split)
        } else {
            bundle(words, at, table, &mut split)
        };
        at += taken;
    }
    split.end = at.min(words.len());
    split
}

/// Whether a word that is not exactly known can be no option.
fn is_operand(word: &Word) -> bool {
    match word.value.choices() {
        Some(all) => all.iter().all(|one| one.len() < 2 || !one.starts_with(b"-")),
        None => word.value.starts_with().first().is_some_and(|byte| *byte != b'-'),
    }
}

fn lists<S: AsRef<str>>(list: &[S], name: &[u8]) -> bool {
    list.iter().any(|one| one.as_ref().as_bytes() == name)
}

/// The table's spelling of a long option: itself, or the only one it abbreviates.
fn spelled<S: AsRef<str>>(table: &Table<'_, S>, name: &[u8]) -> Option<BString> {
    let all = || table.value.iter().chain(table.flag).chain(table.optional).map(AsRef::as_ref);
    if all().any(|one| one.as_bytes() == name) {
        return Some(name.into());
    }
    if table.style == Style::SingleDash {
        // Go's flag package and Java's tools take two dashes as one.
        let short = name.strip_prefix(b"-").filter(|rest| rest.len() > 2 && rest.starts_with(b"-"))?;
        return all().any(|one| one.as_bytes() == short).then(|| short.into());
    }
    if table.style != Style::Gnu || !name.starts_with(b"--") {
        return None;
    }
    let mut hits = all().filter(|one| one.as_bytes().starts_with(name));
    match (hits.next(), hits.next()) {
        (Some(one), None) => Some(one.into()),
        (None, _) | (Some(_), Some(_)) => None,
    }
}

/// A long option (or any option in single-dash style); returns how many words it took.
fn long<S: AsRef<str>>(words: &[Word], at: usize, table: &Table<'_, S>, split: &mut Split) -> usize {
    let text = words[at].text().unwrap_or_default();
    let (name, attached) = match text.find_byte(b'=') {
        Some(equals) => (&text[..equals], Some(Word::known(&text[equals + 1..]))),
        None => (text, None),
    };
    let known = spelled(table, name);
    let listed = known.is_some();
    let name = known.unwrap_or_else(|| name.into());
    let wants_value = lists(table.value, &name) && attached.is_none();
    let value = if wants_value { words.get(at + 1).cloned() } else { attached };
    let taken = 1 + usize::from(wants_value && at + 1 < words.len());
    split.given.push(Given { name, value, at, listed });
    taken
}

/// A bundle of short flags; returns how many words it took.
fn bundle<S: AsRef<str>>(words: &[Word], at: usize, table: &Table<'_, S>, split: &mut Split) -> usize {
    let text = words[at].text().unwrap_or_default();
    // Some tools have long names behind one dash among their short ones (`-exec`): listed whole, they win.
    if text.len() > 2 && (lists(table.value, text) || lists(table.flag, text)) {
        return long(words, at, table, split);
    }
    for (index, byte) in text.iter().enumerate().skip(1) {
        let name = BString::from(vec![b'-', *byte]);
        let rest = &text[index + 1..];
        if lists(table.value, &name) {
            let (value, taken) = if rest.is_empty() {
                (words.get(at + 1).cloned(), 1 + usize::from(at + 1 < words.len()))
            } else {
                (Some(Word::known(rest)), 1)
            };
            split.given.push(Given { name, value, at, listed: true });
            return taken;
        }
        if lists(table.optional, &name) {
            let value = (!rest.is_empty()).then(|| Word::known(rest));
            split.given.push(Given { name, value, at, listed: true });
            return 1;
        }
        let listed = lists(table.flag, &name);
        split.given.push(Given { name, value: None, at, listed });
    }
    1
}

/// `--name=$x`, `-n$x`, `-rf$x`: what is known of an option with a hole. Whether nothing of it is left open.
fn option_with_hole<S: AsRef<str>>(word: &Word, at: usize, table: &Table<'_, S>, split: &mut Split) -> bool {
    let start = word.value.starts_with();
    if !start.starts_with(b"-") || start.len() < 2 {
        return false;
    }
    if let Some(equals) = start.find_byte(b'=') {
        let name = spelled(table, &start[..equals]).unwrap_or_else(|| start[..equals].into());
        split.given.push(Given { name, value: behind(word, equals + 1), at, listed: true });
        return true;
    }
    if start.starts_with(b"--") || table.style == Style::SingleDash {
        return false;
    }
    for (index, byte) in start.iter().enumerate().skip(1) {
        let name = BString::from(vec![b'-', *byte]);
        if lists(table.value, &name) || lists(table.optional, &name) {
            split.given.push(Given { name, value: behind(word, index + 1), at, listed: true });
            return true;
        }
        let listed = lists(table.flag, &name);
        split.given.push(Given { name, value: None, at, listed });
    }
    false
}

/// An unknown word behind its first `count` bytes, which are known.
fn behind(word: &Word, count: usize) -> Option<Word> {
    let Value::Unknown(shape) = &word.value else { return None };
    let mut pieces = Vec::with_capacity(shape.pieces.len());
    for (index, piece) in shape.pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) if index == 0 => {
                let rest = text.get(count..).unwrap_or_default();
                if !rest.is_empty() {
                    pieces.push(Piece::Text(rest.into()));
                }
            }
            Piece::Text(_) | Piece::Hole => pieces.push(piece.clone()),
        }
    }
    let value = Value::Unknown(Shape { pieces, ..shape.clone() });
    Some(Word { value, glob: word.glob, written: word.written.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table<'static, &'static str> = Table {
        style: Style::Gnu,
        value: &["-u", "--user", "-C"],
        flag: &["-r", "-f", "--recursive", "--force"],
        optional: &["--color", "-i"],
        stop_at_operand: false,
    };

    fn words(line: &str) -> Vec<Word> {
        line.split(' ').map(Word::known).collect()
    }

    fn names(split: &Split) -> Vec<String> {
        split.given.iter().map(|given| given.name.to_string()).collect()
    }

    #[test]
    fn bundles_abbreviations_and_values_are_read_as_getopt_reads_them() {
        let split = split(&words("-rfu me --rec a --user=x --color -i.bak -- -f"), &TABLE);
        assert_eq!(names(&split), ["-r", "-f", "-u", "--recursive", "--user", "--color", "-i", "--"]);
        assert_eq!(split.operands, [3, 8]);
        assert_eq!(split.value_of("-u").and_then(Word::text), Some(&b"me"[..]));
    }

    #[test]
    fn an_ambiguous_abbreviation_stays_as_written() {
        let table = Table { flag: &["--force", "--format"], value: &[], ..TABLE };
        let split = split(&words("--fo"), &table);
        assert_eq!(names(&split), ["--fo"]);
        assert!(!split.given[0].listed);
    }

    #[test]
    fn a_wrapper_stops_at_its_first_operand() {
        let split = split(&words("-u me rm -r"), &Table { stop_at_operand: true, ..TABLE });
        assert_eq!((split.end, names(&split)), (2, vec!["-u".to_owned()]));
    }

    /// `-…$X`: known text, then a hole.
    fn holed(known: &str) -> Word {
        let pieces = vec![Piece::Text(known.into()), Piece::Hole];
        let because = crate::command::Cause::Variable("X".into());
        Word { value: Value::Unknown(Shape { pieces, because, splits: false }), glob: false, written: "w".into() }
    }

    #[test]
    fn the_value_of_an_option_with_a_hole_is_what_follows_its_name() {
        for known in ["--user=a", "-ua", "-rua"] {
            let split = split(&[holed(known)], &TABLE);
            let value = &split.given.last().and_then(|given| given.value.clone()).map(|word| word.value);
            assert_eq!(value.as_ref().map(Value::starts_with), Some(&b"a"[..]), "{known}");
            assert!(split.hazy.is_empty(), "{known}");
        }
    }

    #[test]
    fn flags_before_a_hole_are_given_and_the_rest_is_open() {
        let split = split(&[holed("-rf")], &TABLE);
        assert_eq!((names(&split), split.hazy), (vec!["-r".to_owned(), "-f".to_owned()], vec![0]));
    }

    #[test]
    fn what_begins_with_known_text_is_an_operand() {
        let split = split(&[holed("/srv/")], &TABLE);
        assert_eq!((split.operands, split.hazy), (vec![0], vec![]));
    }

    #[test]
    fn two_dashes_are_one_where_options_have_one() {
        let table = Table { style: Style::SingleDash, flag: &["-destroy"], value: &[], optional: &[], ..TABLE };
        assert_eq!(names(&split(&words("--destroy -destroy"), &table)), ["-destroy", "-destroy"]);
    }

    #[test]
    fn an_unknown_word_is_hazy() {
        let mut list = words("-r x");
        list.push(Word::unknown(crate::command::Cause::Input));
        assert_eq!(split(&list, &TABLE).hazy, [2]);
    }
}
