//! What pure commands print, computed from their words and their input: `$(echo … | base64 -d)` hides nothing.
//! A command, option or input that is not known here gives `None`.

use bstr::{BString, ByteSlice};

use super::pattern::Pattern;
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
        b"echo" => echo(arguments),
        b"printf" => printf(arguments),
        b"true" | b":" | b"false" | b"test" | b"[" => Some(BString::default()),
        b"cat" | b"tee" => filter(arguments, input, |text| Some(text.into()), &[]),
        b"rev" => filter(
            arguments,
            input,
            |text| Some(lines(text, |line| line.chars().rev().collect::<String>().into_bytes())),
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
            [path] => Some(line(dirname(path))),
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

/// bash's own echo: options only as a whole leading word, no escapes without -e.
fn echo(arguments: &[&[u8]]) -> Option<BString> {
    let (mut newline, mut escapes, mut start) = (true, false, 0);
    while let Some(word) = arguments.get(start).filter(|word| word.len() > 1 && word[0] == b'-') {
        if !word[1..].iter().all(|byte| matches!(byte, b'n' | b'e' | b'E')) {
            break;
        }
        for byte in &word[1..] {
            match byte {
                b'n' => newline = false,
                b'e' => escapes = true,
                _ => escapes = false,
            }
        }
        start += 1;
    }
    let mut text: BString = bstr::join(" ", &arguments[start..]).into();
    if escapes {
        let (decoded, ended) = unescape(&text, true)?;
        text = decoded;
        newline &= !ended;
    }
    if newline {
        text.push(b'\n');
    }
    Some(text)
}

fn printf(arguments: &[&[u8]]) -> Option<BString> {
    let arguments = match arguments {
        [b"--", rest @ ..] => rest,
        [b"-v", ..] => return Some(BString::default()),
        other => other,
    };
    let (format, mut rest) = arguments.split_first()?;
    let mut made = BString::default();
    loop {
        let before = rest.len();
        if !format_once(format, &mut rest, &mut made)? || rest.is_empty() || rest.len() == before || made.len() > BYTES
        {
            return Some(made);
        }
    }
}

/// One pass over the format; false when `\c` ended the output.
fn format_once(format: &[u8], rest: &mut &[&[u8]], made: &mut BString) -> Option<bool> {
    let mut at = 0;
    while at < format.len() {
        match format[at] {
            b'%' if format.get(at + 1) == Some(&b'%') => {
                made.push(b'%');
                at += 2;
            }
            b'%' => {
                let end = at
                    + 1
                    + format[at + 1..]
                        .iter()
                        .position(|byte| !matches!(byte, b'0'..=b'9' | b'-' | b'.' | b'+' | b' ' | b'#'))?;
                let plain = end == at + 1;
                let argument = rest.split_first().map_or(&b""[..], |(first, others)| {
                    *rest = others;
                    first
                });
                match format[end] {
                    b's' if plain => made.extend_from_slice(argument),
                    b'b' if plain => {
                        let (text, ended) = unescape(argument, true)?;
                        made.extend_from_slice(&text);
                        if ended {
                            return Some(false);
                        }
                    }
                    b'c' if plain => made.extend(argument.first()),
                    b'd' | b'i' | b'u' if plain => {
                        let number =
                            if argument.is_empty() { 0 } else { argument.to_str().ok()?.trim().parse::<i64>().ok()? };
                        made.extend_from_slice(number.to_string().as_bytes());
                    }
                    _ => return None,
                }
                at = end + 1;
            }
            b'\\' => {
                let end = escape_end(format, at);
                let (text, ended) = unescape(&format[at..end], false)?;
                made.extend_from_slice(&text);
                if ended {
                    return Some(false);
                }
                at = end;
            }
            byte => {
                made.push(byte);
                at += 1;
            }
        }
    }
    Some(true)
}

/// How far the escape sequence at `at` reaches.
fn escape_end(text: &[u8], at: usize) -> usize {
    let digits = |from: usize, most: usize, hex: bool| {
        from + text[from.min(text.len())..]
            .iter()
            .take(most)
            .take_while(|byte| if hex { byte.is_ascii_hexdigit() } else { matches!(byte, b'0'..=b'7') })
            .count()
    };
    match text.get(at + 1) {
        Some(b'x') => digits(at + 2, 2, true),
        Some(b'u') => digits(at + 2, 4, true),
        Some(b'U') => digits(at + 2, 8, true),
        Some(b'0') => digits(at + 1, 4, false),
        Some(b'1'..=b'7') => digits(at + 1, 3, false),
        Some(_) => at + 2,
        None => at + 1,
    }
}

/// Backslash escapes of echo -e, printf and `%b`; the flag says that `\c` ended the output.
fn unescape(text: &[u8], echo: bool) -> Option<(BString, bool)> {
    let mut made = BString::default();
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 == text.len() {
            made.push(text[at]);
            at += 1;
            continue;
        }
        let end = escape_end(text, at);
        let digits =
            |skip: usize, radix: u32| u32::from_str_radix(text.get(at + skip..end)?.to_str().ok()?, radix).ok();
        match text[at + 1] {
            b'a' => made.push(7),
            b'b' => made.push(8),
            b'c' => return Some((made, true)),
            b'e' | b'E' => made.push(27),
            b'f' => made.push(12),
            b'n' => made.push(b'\n'),
            b'r' => made.push(b'\r'),
            b't' => made.push(b'\t'),
            b'v' => made.push(11),
            b'\\' => made.push(b'\\'),
            b'"' | b'\'' | b'?' if !echo => made.push(text[at + 1]),
            b'x' if end > at + 2 => made.push(u8::try_from(digits(2, 16)?).ok()?),
            b'u' | b'U' if end > at + 2 => {
                made.extend_from_slice(char::from_u32(digits(2, 16)?)?.encode_utf8(&mut [0; 4]).as_bytes());
            }
            b'0'..=b'7' => made.push(u8::try_from(digits(1, 8)? & 255).ok()?),
            _ => made.extend_from_slice(&text[at..end]),
        }
        at = end;
    }
    Some((made, false))
}

/// `$'…'` and `${x@E}`.
#[must_use]
pub fn ansi_c(text: &[u8]) -> Option<BString> {
    unescape(text, false).map(|(text, _)| text)
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
    if decode { Some(decode64(input)) } else { Some(line(&encode64(input))) }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn decode64(text: &[u8]) -> BString {
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
    let digits: Vec<u8> = input.filter(|_| plain)?.iter().copied().filter(u8::is_ascii_hexdigit).collect();
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

/// `cut -c A-B`, `cut -d X -f N`
fn cut(arguments: &[&[u8]], input: &[u8]) -> Option<BString> {
    let joined: BString = bstr::join("\u{1}", arguments).into();
    let mut fields = joined.split_str(b"\x01");
    let (mut delimiter, mut list, mut by_field) = (b'\t', None, false);
    while let Some(word) = fields.next() {
        let (flag, attached) = (word.get(..2)?, word.get(2..)?);
        let value = if attached.is_empty() { fields.next()? } else { attached };
        match flag {
            b"-d" => delimiter = *value.first()?,
            b"-f" => (list, by_field) = (Some(value), true),
            b"-c" | b"-b" => list = Some(value),
            _ => return None,
        }
    }
    let list = list?.to_str().ok()?;
    let (from, to) = match list.split_once('-') {
        Some((from, to)) => (from.parse::<usize>().unwrap_or(1), to.parse::<usize>().unwrap_or(usize::MAX)),
        None => (list.parse().ok()?, list.parse().ok()?),
    };
    let take = from.checked_sub(1)?..to;
    Some(lines(input, |line| {
        if !by_field {
            return line.iter().enumerate().filter(|(at, _)| take.contains(at)).map(|(_, byte)| *byte).collect();
        }
        let parts: Vec<&[u8]> = line.split(|byte| *byte == delimiter).collect();
        let kept: Vec<&[u8]> =
            parts.into_iter().enumerate().filter(|(at, _)| take.contains(at)).map(|(_, part)| part).collect();
        kept.join(&delimiter)
    }))
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
    let count: usize = count.to_str().ok()?.trim_start_matches('+').parse().ok()?;
    let units: Vec<&[u8]> = if bytes { input.chunks(1).collect() } else { input.lines_with_terminator().collect() };
    let kept = match (head, from_start) {
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
    Some(line(if trimmed.is_empty() { b"/" } else { bare }))
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
    let numbers: Vec<i64> = arguments.iter().map(|one| one.to_str().ok()?.parse().ok()).collect::<Option<_>>()?;
    let (from, step, to) = match numbers.as_slice() {
        [to] => (1, 1, *to),
        [from, to] => (*from, 1, *to),
        [from, step, to] if *step > 0 => (*from, *step, *to),
        _ => return None,
    };
    if to.saturating_sub(from) / step > 10_000 {
        return None;
    }
    let mut made = BString::default();
    let mut at = from;
    while at <= to {
        made.extend_from_slice(format!("{at}\n").as_bytes());
        at += step;
    }
    Some(made)
}

/// Whether a `case` pattern, a `[[ ]]` test or a removal matches; here so that patterns have one caller for texts.
#[must_use]
pub fn matches(pattern: &[u8], value: &Value) -> Option<bool> {
    let pattern = Pattern::new(pattern);
    match value {
        Value::Known(text) => Some(pattern.matches(text)),
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
            ("cut -c 2-3", "xrmx", "rm"),
            ("cut -d: -f2", "a:b:c", "b"),
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
