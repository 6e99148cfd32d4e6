//! What pure commands print, computed from their words and their input: `$(echo … | base64 -d)` hides nothing.
//! A command, option or input that is not known here gives `None`.

use bstr::{BString, ByteSlice};

use super::pattern::Pattern;
use super::printing::{self, ansi_c};
use super::words::{Value, Word};

/// Longer outputs are not computed.
const BYTES: usize = 4 << 20;

/// Names for which `print` may know an answer: a cheap test before the words are collected.
pub const PURE: &[&str] = &[
    "echo", "printf", "openssl", "cat", "base64", "xxd", "rev", "tr", "cut", "head", "tail", "sed", "basename",
    "dirname", "tac", "seq", "gunzip", "zcat", "gzip", "true", ":", "false", "test", "[", "sort", "tee", "fold",
    "paste", "nl", "awk",
];

/// Standard output of `words[0]` with known words. `input` is standard input where it is known.
#[must_use]
pub fn print(words: &[Word], input: Option<&[u8]>) -> Option<BString> {
    let words: Vec<&[u8]> = words.iter().map(Word::text).collect::<Option<_>>()?;
    let (name, arguments) = words.split_first()?;
    let name = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    let made = match name {
        b"echo" => printing::echo(arguments, false),
        b"printf" => printing::printf(arguments),
        b"true" | b":" | b"false" | b"test" | b"[" => Some(BString::default()),
        b"cat" | b"tee" => filter(arguments, input, |text| Some(text.into()), &[]),
        b"rev" => filter(
            arguments,
            input,
            // Some stop at a NUL, and at what is no character.
            |text| {
                (!text.contains(&0) && text.to_str().is_ok())
                    .then(|| lines(text, |line| line.chars().rev().collect::<String>().into_bytes()))
            },
            &[],
        ),
        b"tac" => filter(arguments, input, |text| Some(tac(text)), &[]),
        b"base64" => base64(arguments, input),
        b"openssl" => match arguments {
            [b"base64", rest @ ..] | [b"enc", b"-base64" | b"-a", rest @ ..] => {
                base64(&without(rest, &[b"-A", b"-a"]), input)
            }
            _ => None,
        },
        b"xxd" => xxd(arguments, input),
        b"gunzip" | b"zcat" => gunzip(input?),
        b"gzip" if arguments.iter().any(|one| matches!(*one, b"-d" | b"-dc" | b"-cd" | b"--decompress")) => {
            gunzip(input?)
        }
        b"tr" => tr(arguments, input?),
        b"cut" => cut(arguments, input?),
        b"head" | b"tail" => ends(arguments, input?, name == b"head"),
        b"sed" => sed(arguments, input?),
        b"basename" => basename(arguments),
        b"dirname" => match arguments {
            paths if paths.iter().all(|path| !path.starts_with(b"-")) && !paths.is_empty() => {
                Some(paths.iter().flat_map(|path| line(dirname(path)).to_vec()).collect::<Vec<u8>>().into())
            }
            _ => None,
        },
        b"seq" => seq(arguments),
        _ => None,
    }?;
    (made.len() <= BYTES).then_some(made)
}

fn line(text: &[u8]) -> BString {
    let mut made = BString::from(text);
    made.push(b'\n');
    made
}

fn lines(text: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> BString {
    let mut made = BString::default();
    for one in text.lines_with_terminator() {
        let bare = one.strip_suffix(b"\n").unwrap_or(one);
        made.extend(change(bare));
        if one.len() > bare.len() {
            made.push(b'\n');
        }
    }
    made
}

/// A filter of standard input that takes only these flags and no file.
fn filter(
    arguments: &[&[u8]],
    input: Option<&[u8]>,
    change: impl Fn(&[u8]) -> Option<BString>,
    flags: &[&[u8]],
) -> Option<BString> {
    if arguments.iter().all(|one| *one == b"-" || flags.contains(one)) { change(input?) } else { None }
}

fn without<'w>(words: &[&'w [u8]], left_out: &[&[u8]]) -> Vec<&'w [u8]> {
    words.iter().copied().filter(|word| !left_out.contains(word)).collect()
}

fn base64(arguments: &[&[u8]], input: Option<&[u8]>) -> Option<BString> {
    let decode = arguments.iter().any(|one| matches!(*one, b"-d" | b"-D" | b"--decode" | b"-di" | b"-id"));
    let known = arguments.iter().all(|one| {
        matches!(
            *one,
            b"-d" | b"-D" | b"--decode" | b"-di" | b"-id" | b"-i" | b"-w0" | b"-w" | b"0" | b"-" | b"--ignore-garbage"
        )
    });
    let input = input.filter(|_| known)?;
    let garbage = arguments.iter().any(|one| matches!(*one, b"-i" | b"-di" | b"-id" | b"--ignore-garbage"));
    let clean: Vec<u8> = input.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'=')).collect();
    let padded = input.trim_end_with(|c| matches!(c, '\n' | '=')).contains(&b'=');
    let alien = padded || clean.len() % 4 == 1 || !clean.iter().all(|byte| ALPHABET.contains(byte));
    if decode && alien && !garbage {
        // It stops there, with a complaint.
        return None;
    }
    if decode {
        return Some(decode64(input));
    }
    let whole = encode64(input);
    if arguments.iter().any(|one| matches!(*one, b"-w0" | b"-w")) {
        return Some(whole);
    }
    Some(whole.chunks(76).flat_map(|part| line(part).to_vec()).collect::<Vec<u8>>().into())
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn decode64(text: &[u8]) -> BString {
    let (mut bits, mut count, mut made) = (0_u32, 0, BString::default());
    for byte in text {
        let Some(value) = (0_u32..).zip(ALPHABET).find(|(_, one)| *one == byte).map(|(value, _)| value) else {
            continue;
        };
        bits = (bits << 6) | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            made.extend(u8::try_from((bits >> count) & 255));
            bits &= (1 << count) - 1;
        }
    }
    made
}

fn encode64(bytes: &[u8]) -> BString {
    let mut made = BString::default();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |all, byte| (all << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            let sextet = (group >> (18 - 6 * index)) & 63;
            made.push(if index <= chunk.len() { ALPHABET[sextet as usize] } else { b'=' });
        }
    }
    made
}

/// `xxd -r -p`
fn xxd(arguments: &[&[u8]], input: Option<&[u8]>) -> Option<BString> {
    let letters: Vec<u8> =
        arguments.iter().flat_map(|one| one.iter().copied()).filter(u8::is_ascii_alphabetic).collect();
    let plain = letters.contains(&b'r') && letters.contains(&b'p') && arguments.iter().all(|one| one.starts_with(b"-"));
    let input = input.filter(|_| plain)?;
    if !input.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'\n' | b' ')) {
        return None;
    }
    let digits: Vec<u8> = input.iter().copied().filter(u8::is_ascii_hexdigit).collect();
    if digits.len() % 2 == 1 {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|two| u8::from_str_radix(two.to_str().ok()?, 16).ok())
        .collect::<Option<Vec<u8>>>()
        .map(BString::from)
}

fn gunzip(input: &[u8]) -> Option<BString> {
    use std::io::Read as _;
    let mut made = Vec::new();
    flate2::read::MultiGzDecoder::new(input).take(BYTES as u64).read_to_end(&mut made).ok()?;
    Some(made.into())
}

fn tac(text: &[u8]) -> BString {
    // A last line without its newline runs into the one before it.
    let all: Vec<&[u8]> = text.lines_with_terminator().collect();
    bstr::concat(all.into_iter().rev()).into()
}

/// The members of a `tr` set.
fn set(text: &[u8]) -> Option<Vec<u8>> {
    let text = ansi_c(text)?;
    let mut made = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(b"[:") {
            let end = at + text[at..].find(b":]")?;
            match &text[at + 2..end] {
                b"lower" => made.extend(b'a'..=b'z'),
                b"upper" => made.extend(b'A'..=b'Z'),
                b"digit" => made.extend(b'0'..=b'9'),
                b"space" => made.extend(b"\t\n\x0b\x0c\r "),
                _ => return None,
            }
            at = end + 2;
        } else if text.get(at + 1) == Some(&b'-') && at + 2 < text.len() {
            if text[at] > text[at + 2] {
                return None;
            }
            made.extend(text[at]..=text[at + 2]);
            at += 3;
        } else {
            made.push(text[at]);
            at += 1;
        }
    }
    Some(made)
}

fn tr(arguments: &[&[u8]], input: &[u8]) -> Option<BString> {
    match arguments {
        [b"-cd" | b"-dc", kept] => {
            let kept = set(kept)?;
            Some(input.iter().copied().filter(|byte| kept.contains(byte)).collect::<Vec<u8>>().into())
        }
        [b"-s", squeezed] => {
            let squeezed = set(squeezed)?;
            let mut made = BString::default();
            for byte in input {
                if made.last() != Some(byte) || !squeezed.contains(byte) {
                    made.push(*byte);
                }
            }
            Some(made)
        }
        [b"-d", from] => {
            let from = set(from)?;
            Some(input.iter().copied().filter(|byte| !from.contains(byte)).collect::<Vec<u8>>().into())
        }
        [from, to] if !from.starts_with(b"-") => {
            let (from, to) = (set(from)?, set(to)?);
            let last = *to.last()?;
            let map = |byte: u8| {
                from.iter().rposition(|one| *one == byte).map_or(byte, |at| to.get(at).copied().unwrap_or(last))
            };
            Some(input.iter().copied().map(map).collect::<Vec<u8>>().into())
        }
        _ => None,
    }
}

/// `cut -c LIST`, `cut -d X -f LIST`, with -s
fn cut(arguments: &[&[u8]], input: &[u8]) -> Option<BString> {
    let mut words = arguments.iter();
    let (mut delimiter, mut list, mut by_field, mut delimited) = (b'\t', None, false, false);
    while let Some(word) = words.next() {
        let (flag, attached) = (word.get(..2)?, word.get(2..)?);
        if flag == b"-s" && attached.is_empty() {
            delimited = true;
            continue;
        }
        let value = if attached.is_empty() { words.next()? } else { attached };
        match flag {
            b"-d" => delimiter = *value.first().filter(|_| value.len() == 1)?,
            b"-f" => (list, by_field) = (Some(value), true),
            b"-c" | b"-b" => list = Some(value),
            _ => return None,
        }
    }
    let mut ranges = Vec::new();
    for one in list?.split(|byte| *byte == b',') {
        let one = one.to_str().ok()?;
        let bound = |text: &str, open: usize| if text.is_empty() { Some(open) } else { text.parse().ok() };
        let (from, to) = match one.split_once('-') {
            Some(("", "")) => return None,
            Some((from, to)) => (bound(from, 1)?, bound(to, usize::MAX)?),
            None => (one.parse().ok()?, one.parse().ok()?),
        };
        if from > to {
            return None;
        }
        ranges.push(from.checked_sub(1)?..to);
    }
    let kept = |at: usize| ranges.iter().any(|range| range.contains(&at));
    let mut made = BString::default();
    for line in input.lines() {
        if !by_field {
            made.extend(line.iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, byte)| *byte));
        } else if line.contains(&delimiter) {
            let parts = line.split(|byte| *byte == delimiter).enumerate().filter(|(at, _)| kept(*at));
            made.extend_from_slice(&bstr::join([delimiter], parts.map(|(_, part)| part)));
        } else if delimited {
            continue;
        } else {
            made.extend_from_slice(line);
        }
        made.push(b'\n');
    }
    Some(made)
}

/// `head -n N`, `head -c N`, `tail -n N`, `tail -n +N`, `tail -c N`
fn ends(arguments: &[&[u8]], input: &[u8], head: bool) -> Option<BString> {
    let (bytes, count): (bool, &[u8]) = match arguments {
        [] => (false, b"10"),
        [b"-n", count] => (false, count),
        [b"-c", count] => (true, count),
        [one] if one.starts_with(b"-n") => (false, &one[2..]),
        [one] if one.starts_with(b"-c") => (true, &one[2..]),
        [one] if one.starts_with(b"-") => (false, &one[1..]),
        _ => return None,
    };
    let from_start = count.starts_with(b"+");
    if from_start && head {
        return None;
    }
    // `head -n -2`: all but the last two; for tail the sign says nothing.
    let but_last = head && count.starts_with(b"-");
    let count = count.strip_prefix(b"-").unwrap_or(count);
    let count: usize = count.to_str().ok()?.trim_start_matches('+').parse().ok()?;
    let units: Vec<&[u8]> = if bytes { input.chunks(1).collect() } else { input.lines_with_terminator().collect() };
    let kept = match (head, from_start) {
        (true, _) if but_last => &units[..units.len().saturating_sub(count)],
        (true, _) => &units[..count.min(units.len())],
        (false, true) => &units[count.saturating_sub(1).min(units.len())..],
        (false, false) => &units[units.len().saturating_sub(count)..],
    };
    Some(bstr::concat(kept).into())
}

/// `sed s/literal/text/g` and `sed -n Np`.
fn sed(arguments: &[&[u8]], input: &[u8]) -> Option<BString> {
    let script = match arguments {
        [script] | [b"-e", script] => script,
        [b"-n", print] => {
            let number: usize = print.strip_suffix(b"p")?.to_str().ok()?.parse().ok()?;
            return Some(input.lines_with_terminator().nth(number.checked_sub(1)?).unwrap_or_default().into());
        }
        _ => return None,
    };
    let delimiter = *script.strip_prefix(b"s")?.first()?;
    let parts: Vec<&[u8]> = script[2..].split(|byte| *byte == delimiter).collect();
    let [pattern, with, flags] = parts.as_slice() else { return None };
    let plain = |text: &[u8]| text.find_byteset(b"\\&.*[]^$+?(){}|").is_none();
    if !matches!(*flags, b"" | b"g") || !plain(with) {
        return None;
    }
    // Anchors alone are common: `s/^x//`, `s/x$//`.
    let (start, body) = pattern.strip_prefix(b"^").map_or((false, *pattern), |rest| (true, rest));
    let (end, body) = body.strip_suffix(b"$").map_or((false, body), |rest| (true, rest));
    if !plain(body) {
        return None;
    }
    Some(lines(input, |line| match (start, end) {
        (true, true) => {
            if line == body {
                with.to_vec()
            } else {
                line.to_vec()
            }
        }
        (true, false) => line.strip_prefix(body).map_or_else(|| line.to_vec(), |rest| [with, rest].concat()),
        (false, true) => line.strip_suffix(body).map_or_else(|| line.to_vec(), |rest| [rest, with].concat()),
        (false, false) if body.is_empty() => line.to_vec(),
        (false, false) if *flags == b"g" => line.replace(body, with),
        (false, false) => line.replacen(body, with, 1),
    }))
}

fn basename(arguments: &[&[u8]]) -> Option<BString> {
    let (path, suffix) = match arguments {
        [path] if !path.starts_with(b"-") => (path, &b""[..]),
        [path, suffix] if !path.starts_with(b"-") => (path, *suffix),
        _ => return None,
    };
    let trimmed = path.trim_end_with(|c| c == '/');
    let last = trimmed.rsplit(|byte| *byte == b'/').next().unwrap_or(trimmed);
    let bare = last.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(last);
    Some(line(if trimmed.is_empty() && !path.is_empty() { b"/" } else { bare }))
}

fn dirname(path: &[u8]) -> &[u8] {
    let trimmed = path.trim_end_with(|c| c == '/');
    match trimmed.rfind_byte(b'/') {
        None if trimmed.is_empty() && !path.is_empty() => b"/",
        None => b".",
        Some(0) => b"/",
        Some(at) => trimmed[..at].trim_end_with(|c| c == '/'),
    }
}

fn seq(arguments: &[&[u8]]) -> Option<BString> {
    // What is not a plain number has a form of its own.
    let plain = |one: &[u8]| {
        let digits = one.strip_prefix(b"-").unwrap_or(one);
        digits == b"0" || (!digits.starts_with(b"0") && digits.iter().all(u8::is_ascii_digit))
    };
    if !arguments.iter().all(|one| plain(one)) {
        return None;
    }
    let numbers: Vec<i64> = arguments.iter().map(|one| one.to_str().ok()?.parse().ok()).collect::<Option<_>>()?;
    let (from, step, to) = match numbers.as_slice() {
        [to] => (1, 1, *to),
        [from, to] => (*from, 1, *to),
        [from, step, to] if *step != 0 => (*from, *step, *to),
        _ => return None,
    };
    if to.abs_diff(from) / step.unsigned_abs() > 10_000 {
        return None;
    }
    let mut made = BString::default();
    let mut at = from;
    while if step > 0 { at <= to } else { at >= to } {
        made.extend_from_slice(format!("{at}\n").as_bytes());
        at = at.checked_add(step)?;
    }
    Some(made)
}

/// Whether a `case` pattern, a `[[ ]]` test or a removal matches; here so that patterns have one caller for texts.
#[must_use]
pub fn matches(pattern: &[u8], value: &Value) -> Option<bool> {
    let pattern = Pattern::new(pattern);
    match value {
        Value::Known(text) => pattern.matches(text),
        Value::OneOf(_) | Value::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out(line: &str, input: &str) -> Option<String> {
        let words: Vec<Word> = line.split(' ').map(Word::known).collect();
        print(&words, Some(input.as_bytes())).map(|text| text.to_string())
    }

    #[test]
    fn filters_print_what_the_real_ones_print() {
        for (line, input, expected) in [
            ("echo -n a b", "", "a b"),
            ("echo -e a\\x41", "", "aA\n"),
            ("printf %s-%s\\n a b c", "", "a-b\nc-\n"),
            ("printf \\162\\155", "", "rm"),
            ("base64 -d", "cm0gLXJmIC8=", "rm -rf /"),
            ("base64", "rm -rf /", "cm0gLXJmIC8=\n"),
            ("rev", "/ fr- mr", "rm -rf /"),
            ("tr a-y b-z", "ql -qe /", "rm -rf /"),
            ("tr -d x", "rxm", "rm"),
            ("xxd -r -p", "726d", "rm"),
            ("cut -c 2-3", "xrmx", "rm\n"),
            ("cut -d: -f2", "a:b:c", "b\n"),
            ("head -n 1", "a\nb\n", "a\n"),
            ("tail -n +2", "a\nb\n", "b\n"),
            ("sed s/x//g", "rxm", "rm"),
            ("sed s/^#//", "#rm", "rm"),
            ("basename /a/b.c .c", "", "b\n"),
            ("dirname /a/b", "", "/a\n"),
            ("seq 3", "", "1\n2\n3\n"),
        ] {
            assert_eq!(out(line, input).as_deref(), Some(expected), "{line}");
        }
        assert_eq!(out("sed s/a.c/b/", "abc"), None);
        assert_eq!(out("cat file", "x"), None);
    }
}
