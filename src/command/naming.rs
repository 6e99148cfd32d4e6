//! Programs whose output is a name: not known, but without a slash or a blank, and never empty. What is made of it is a
//! path in a place that is known (`rm -rf "/tmp/build-$(date +%s)"`, `cd "$(mktemp -d)"`).

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::words::{Cause, Value, Word};

/// What `words[0]` prints, with its newline, where that is a name.
pub(super) fn printed(words: &[Word], scope: &Scope) -> Option<Value> {
    let words: Vec<&[u8]> = words.iter().map(Word::text).collect::<Option<_>>()?;
    let (path, arguments) = words.split_first()?;
    let tool = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let name = || Value::name(Cause::Output(tool.into()));
    let printed = match tool {
        b"mktemp" => temporary(arguments, scope)?,
        b"date" if is_one_word(arguments) => name(),
        b"uuidgen" | b"nproc" | b"whoami" | b"hostname" if arguments.is_empty() => name(),
        b"hostname" if matches!(arguments, [b"-s"]) => name(),
        b"id" if matches!(arguments, [b"-u" | b"-g" | b"-un" | b"-gn"] | [b"-u" | b"-g", b"-n"]) => name(),
        b"uname" if matches!(arguments, [] | [b"-s" | b"-m" | b"-r" | b"-n" | b"-p"]) => name(),
        _ => return None,
    };
    Some(printed.then(Value::known("\n")))
}

/// Conversions of date(1) that write no slash, no blank and at least one character, in every locale.
const PLAIN: &[u8] = b"YyCGgmdHIMSsNjUWVuwTFR";

/// `date +%Y%m%d`, `date -u +%s`, `date -I`
fn is_one_word(arguments: &[&[u8]]) -> bool {
    let mut formats = 0;
    for argument in arguments {
        match *argument {
            [b'+', format @ ..] => {
                formats += 1;
                if !is_plain(format) {
                    return false;
                }
            }
            b"-u" | b"--utc" | b"--universal" => {}
            b"-I" | b"--iso-8601" => formats += 1,
            _ => return false,
        }
    }
    formats == 1
}

fn is_plain(format: &[u8]) -> bool {
    let mut bytes = format.iter();
    let mut writes = false;
    while let Some(byte) = bytes.next() {
        writes = true;
        match byte {
            // `%-d`, `%3N`
            b'%' => match bytes.find(|byte| !matches!(byte, b'-' | b'0'..=b'9')) {
                Some(letter) if PLAIN.contains(letter) => {}
                Some(_) | None => return false,
            },
            b'.' | b'_' | b'-' | b'+' | b'@' | b':' | b',' => {}
            other if other.is_ascii_alphanumeric() => {}
            _ => return false,
        }
    }
    writes
}

/// Where and under which name mktemp(1) of GNU makes a file or a folder.
fn temporary(arguments: &[&[u8]], scope: &Scope) -> Option<Value> {
    let (mut folder, mut template, mut suffix) = (None, None, &b""[..]);
    let (mut named, mut prefixed) = (false, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            b"--directory" | b"--quiet" => {}
            b"-t" => prefixed = true,
            b"-p" => (folder, named) = (Some(*rest.next()?), true),
            b"--tmpdir" => named = true,
            option if option.starts_with(b"--tmpdir=") => (folder, named) = (option.get(9..), true),
            option if option.starts_with(b"--suffix=") => suffix = option.get(9..)?,
            [b'-', letters @ ..] if !letters.is_empty() => {
                // `-dt`, `-qd`
                if !letters.iter().all(|letter| matches!(letter, b'd' | b'q' | b't')) {
                    return None;
                }
                prefixed |= letters.contains(&b't');
            }
            operand if template.is_none() => template = Some(operand),
            _ => return None,
        }
    }
    let made = match template {
        None => named_by(b"tmp.XXXXXXXXXX", suffix)?,
        Some(template) => named_by(template, suffix)?,
    };
    let relative = template.is_some() && !named && !prefixed;
    if relative {
        return Some(made);
    }
    let own = match scope.value(b"TMPDIR") {
        None => None,
        Some(Value::Known(path)) => Some(path).filter(|path| !path.is_empty()),
        // What it makes there is as fresh wherever it lies.
        Some(Value::OneOf(_) | Value::Unknown(_)) if scope.elsewhere => None,
        Some(Value::OneOf(_) | Value::Unknown(_)) => return None,
    };
    // With -t the variable goes before -p.
    let given = folder.filter(|path| !path.is_empty()).map(BString::from);
    let folder = if prefixed { own.or(given) } else { given.or(own) };
    let folder = folder.unwrap_or_else(|| BString::from("/tmp"));
    Some(Value::Known(folder).then(Value::known("/")).then(made))
}

/// A template, whose last three or more X are replaced.
fn named_by(template: &[u8], suffix: &[u8]) -> Option<Value> {
    let end = template.rfind_byte(b'X')? + 1;
    let from = template[..end].iter().rposition(|byte| *byte != b'X').map_or(0, |last| last + 1);
    // Behind its own text no other may be asked for.
    if end - from < 3 || !suffix.is_empty() && end < template.len() {
        return None;
    }
    let name = Value::name(Cause::Output("mktemp".into()));
    Some(Value::known(&template[..from]).then(name).then(Value::known(&template[end..])).then(Value::known(suffix)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Known;
    use crate::parse::Mode;

    fn told(line: &str) -> Option<String> {
        let scope = Scope::new(&Known::default(), &Mode::default());
        let words: Vec<Word> = line.split(' ').map(Word::known).collect();
        printed(&words, &scope).and_then(|value| value.filled()).map(|text| text.to_string().trim_end().to_owned())
    }

    #[test]
    fn a_name_stands_where_the_program_prints_one() {
        let cases: &[(&str, Option<&str>)] = &[
            ("date +%s", Some("0")),
            ("date -u +%Y-%m-%dT%H:%M:%S", Some("0")),
            ("date +%3N", Some("0")),
            ("date +%Y/%m", None),
            ("date +%D", None),
            ("date +%%", None),
            ("date", None),
            ("date -d x +%s", None),
            ("mktemp", Some("/tmp/tmp.0")),
            ("mktemp -d", Some("/tmp/tmp.0")),
            ("mktemp -d /srv/x-XXXXXX", Some("/srv/x-0")),
            ("mktemp -dt x-XXXX.d", Some("/tmp/x-0.d")),
            ("mktemp -p /srv", Some("/srv/tmp.0")),
            ("mktemp --tmpdir=/srv x.XXX --suffix=.c", Some("/srv/x.0.c")),
            ("mktemp x.XX", None),
            ("mktemp a b", None),
            ("mktemp -V", None),
            ("whoami", Some("0")),
            ("uname -a", None),
        ];
        let wrong: Vec<_> = cases.iter().filter(|(line, wanted)| told(line).as_deref() != *wanted).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
