//! echo, printf and the backslash escapes that they, `$'…'` and `${x@E}` know; dash's where it differs from bash's.

use bstr::{BString, ByteSlice};

/// Longer outputs are not computed.
const BYTES: usize = 4 << 20;

/// Whose escapes: they differ in octal numbers and in what dash lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// `\0nnn` only
    Echo,
    /// `\nnn` only
    Format,
    /// both
    Argument,
    /// `$'…'`
    Ansi,
}

/// bash's own echo: options only as a whole leading word, no escapes without -e.
pub(super) fn echo(arguments: &[&[u8]], always: bool) -> Option<BString> {
    let (mut newline, mut escapes, mut start) = (true, always, 0);
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
        let (decoded, ended) = unescape(&text, Escapes::Echo)?;
        text = decoded;
        newline &= !ended;
    }
    if newline {
        text.push(b'\n');
    }
    Some(text)
}

/// dash's echo knows -n alone, and decodes escapes without being asked.
pub(super) fn dash_echo(arguments: &[&[u8]]) -> Option<BString> {
    let (newline, rest) = match arguments {
        [b"-n", rest @ ..] => (false, rest),
        all => (true, all),
    };
    let text: BString = bstr::join(" ", rest).into();
    if text.find(b"\\x").is_some()
        || text.find(b"\\u").is_some()
        || text.find(b"\\U").is_some()
        || text.find(b"\\E").is_some()
    {
        return None;
    }
    let (mut text, ended) = unescape(&text, Escapes::Argument)?;
    if newline && !ended {
        text.push(b'\n');
    }
    Some(text)
}

pub(super) fn printf(arguments: &[&[u8]]) -> Option<BString> {
    let arguments = match arguments {
        [b"--", rest @ ..] => rest,
        [b"-v", ..] => return Some(BString::default()),
        [first, ..] if first.starts_with(b"-") => return None,
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

/// `%-05.3d`, between the percent sign and the letter.
#[derive(Default)]
struct Directive {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

fn next<'a>(rest: &mut &[&'a [u8]]) -> &'a [u8] {
    rest.split_first().map_or(&b""[..], |(first, others)| {
        *rest = others;
        first
    })
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
                let (directive, end) = directive(format, at + 1, rest)?;
                if !converted(*format.get(end)?, &directive, next(rest), made)? {
                    return Some(false);
                }
                at = end + 1;
            }
            b'\\' => {
                let end = escape_end(format, at, Escapes::Format);
                let (text, ended) = unescape(&format[at..end], Escapes::Format)?;
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

fn directive(format: &[u8], mut at: usize, rest: &mut &[&[u8]]) -> Option<(Directive, usize)> {
    let mut directive = Directive::default();
    loop {
        match format.get(at)? {
            b'-' => directive.left = true,
            b'0' => directive.zero = true,
            b'+' => directive.plus = true,
            b' ' => directive.space = true,
            b'#' => directive.alternate = true,
            _ => break,
        }
        at += 1;
    }
    let mut size = |at: &mut usize| -> Option<usize> {
        if format.get(*at) == Some(&b'*') {
            *at += 1;
            // A negative width would turn the text to the left.
            return number(next(rest)).and_then(|width| usize::try_from(width).ok()).filter(|width| *width <= BYTES);
        }
        let digits = format[*at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = &format[*at..*at + digits];
        *at += digits;
        if text.is_empty() { Some(0) } else { text.to_str().ok()?.parse().ok().filter(|width| *width <= BYTES) }
    };
    directive.width = size(&mut at)?;
    if format.get(at) == Some(&b'.') {
        at += 1;
        directive.precision = Some(size(&mut at)?);
    }
    Some((directive, at))
}

/// One argument by one directive; false when `\c` ended the output.
fn converted(letter: u8, directive: &Directive, argument: &[u8], made: &mut BString) -> Option<bool> {
    match letter {
        b's' => padded(cut(argument, directive), directive, made),
        b'b' => {
            let (text, ended) = unescape(argument, Escapes::Argument)?;
            padded(cut(&text, directive), directive, made);
            return Some(!ended);
        }
        b'c' => padded(argument.get(..1).filter(|text| text.is_ascii())?, directive, made),
        b'q' => padded(&quoted(argument)?, directive, made),
        b'd' | b'i' => {
            let number = number(argument)?;
            let sign = match (number < 0, directive.plus, directive.space) {
                (true, _, _) => "-",
                (false, true, _) => "+",
                (false, false, true) => " ",
                (false, false, false) => "",
            };
            numeric(sign, &number.unsigned_abs().to_string(), directive, made);
        }
        b'u' | b'o' | b'x' | b'X' => {
            let number = number(argument)?;
            let alternate = directive.alternate && number != 0;
            let (sign, digits) = match letter {
                b'u' => ("", number.cast_unsigned().to_string()),
                b'o' => (if alternate { "0" } else { "" }, format!("{number:o}")),
                b'x' => (if alternate { "0x" } else { "" }, format!("{number:x}")),
                _ => (if alternate { "0X" } else { "" }, format!("{number:X}")),
            };
            numeric(sign, &digits, directive, made);
        }
        _ => return None,
    }
    Some(true)
}

fn cut<'t>(text: &'t [u8], directive: &Directive) -> &'t [u8] {
    &text[..directive.precision.unwrap_or(usize::MAX).min(text.len())]
}

fn padded(text: &[u8], directive: &Directive, made: &mut BString) {
    let blanks = directive.width.saturating_sub(text.len());
    if !directive.left {
        made.extend(std::iter::repeat_n(b' ', blanks));
    }
    made.extend_from_slice(text);
    if directive.left {
        made.extend(std::iter::repeat_n(b' ', blanks));
    }
}

fn numeric(sign: &str, digits: &str, directive: &Directive, made: &mut BString) {
    let least = match directive.precision {
        Some(precision) => precision,
        None if directive.zero && !directive.left => directive.width.saturating_sub(sign.len()),
        None => 0,
    };
    let zeros = "0".repeat(least.saturating_sub(digits.len()));
    // No digits at all are asked for a zero.
    let digits = if directive.precision == Some(0) && digits == "0" { "" } else { digits };
    padded(format!("{sign}{zeros}{digits}").as_bytes(), directive, made);
}

/// A number as printf takes it; what it complains about is not known.
fn number(text: &[u8]) -> Option<i64> {
    let text = text.to_str().ok()?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = match digits {
        "" if text.is_empty() => 0,
        hex if hex.starts_with("0x") || hex.starts_with("0X") => i64::from_str_radix(&hex[2..], 16).ok()?,
        octal if octal.len() > 1 && octal.starts_with('0') => i64::from_str_radix(octal, 8).ok()?,
        decimal if decimal.bytes().all(|byte| byte.is_ascii_digit()) => decimal.parse().ok()?,
        _ => return None,
    };
    Some(if negative { -value } else { value })
}

/// `%q`, where it is plain.
fn quoted(text: &[u8]) -> Option<BString> {
    if text.is_empty() {
        return Some("''".into());
    }
    let mut made = BString::default();
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'#' if at > 0 => {}
            b'~' => return None,
            byte if byte.is_ascii_alphanumeric() || b"_./:=@%+-".contains(byte) => {}
            b' ' | b'#' | b'!' | b'"' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b',' | b';' | b'<' | b'>' | b'?'
            | b'[' | b'\\' | b']' | b'^' | b'`' | b'{' | b'|' | b'}' => made.push(b'\\'),
            _ => return None,
        }
        made.push(*byte);
    }
    Some(made)
}

/// How far the escape sequence at `at` reaches.
fn escape_end(text: &[u8], at: usize, whose: Escapes) -> usize {
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
        Some(b'0') if matches!(whose, Escapes::Echo | Escapes::Argument) => digits(at + 1, 4, false),
        Some(b'1'..=b'7') if whose == Escapes::Echo => at + 2,
        Some(b'0'..=b'7') => digits(at + 1, 3, false),
        Some(_) => at + 2,
        None => at + 1,
    }
}

/// Backslash escapes decoded; the flag says that `\c` ended the output.
fn unescape(text: &[u8], whose: Escapes) -> Option<(BString, bool)> {
    let mut made = BString::default();
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 == text.len() {
            made.push(text[at]);
            at += 1;
            continue;
        }
        let end = escape_end(text, at, whose);
        let digits =
            |skip: usize, radix: u32| u32::from_str_radix(text.get(at + skip..end)?.to_str().ok()?, radix).ok();
        match text[at + 1] {
            b'a' => made.push(7),
            b'b' => made.push(8),
            b'c' if whose == Escapes::Ansi => return None,
            b'c' if whose == Escapes::Format => made.extend_from_slice(b"\\c"),
            b'c' => return Some((made, true)),
            b'e' | b'E' => made.push(27),
            b'f' => made.push(12),
            b'n' => made.push(b'\n'),
            b'r' => made.push(b'\r'),
            b't' => made.push(b'\t'),
            b'v' => made.push(11),
            b'\\' => made.push(b'\\'),
            b'"' | b'\'' | b'?' if matches!(whose, Escapes::Format | Escapes::Ansi) => made.push(text[at + 1]),
            b'x' if end > at + 2 => made.push(u8::try_from(digits(2, 16)?).ok()?),
            b'u' | b'U' if end > at + 2 => {
                // What is not ASCII depends on the locale.
                made.push(u8::try_from(digits(2, 16)?).ok().filter(u8::is_ascii)?);
            }
            b'1'..=b'7' if whose == Escapes::Echo => made.extend_from_slice(&text[at..end]),
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
    unescape(text, Escapes::Ansi).map(|(text, _)| text)
}
