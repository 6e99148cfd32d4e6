//! Literals: every form of quotes that the languages have, with the expressions that stand inside.

use bstr::{BString, ByteSlice};

use super::grammar::{Backtick, Holes};
use super::tokens::{Part, Scan, Token, begins_name};

/// Reads a literal, where one begins here.
pub(super) fn literal(scan: &mut Scan<'_>) -> bool {
    let rest = scan.rest();
    match rest.first() {
        Some(b'"' | b'\'') => quoted(scan, 0),
        Some(b'`') if scan.language.backtick != Backtick::None => backtick(scan),
        Some(b'[') if scan.language.long_brackets && rest.starts_with(b"[[") => {
            let end = rest.find(b"]]").unwrap_or(rest.len());
            push(scan, false, vec![Part::Raw(rest.get(2..end).unwrap_or_default().into())], end + 2);
            true
        }
        Some(b'%') if scan.language.percent && scan.expects_value() => percent(scan),
        Some(byte) if scan.language.triple && byte.is_ascii_alphabetic() => prefixed(scan),
        Some(b'q' | b'm' | b's' | b't' | b'y') if scan.language.quote_words => quote_word(scan),
        Some(_) | None => false,
    }
}

fn push(scan: &mut Scan<'_>, shell: bool, parts: Vec<Part>, used: usize) {
    let line = scan.line;
    scan.push(if shell { Token::Shell(parts) } else { Token::Text(parts) }, line);
    scan.advance(used);
}

/// The end of a text that `close` ends: its length, and the length with the closing mark.
fn until(text: &[u8], close: &[u8], escapes: bool) -> (usize, usize) {
    let mut at = 0;
    while at < text.len() {
        if escapes && text[at] == b'\\' {
            at += 2;
        } else if text[at..].starts_with(close) {
            return (at, at + close.len());
        } else {
            at += 1;
        }
    }
    (text.len(), text.len())
}

/// As `until`, where brackets nest.
fn balanced(text: &[u8], open: u8, close: u8) -> (usize, usize) {
    let mut depth = 0;
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        match byte {
            b'\\' => at += 1,
            _ if byte == close && depth == 0 => return (at, at + 1),
            _ if byte == close => depth -= 1,
            _ if byte == open => depth += 1,
            _ => {}
        }
        at += 1;
    }
    (text.len(), text.len())
}

fn quoted(scan: &mut Scan<'_>, skipped: usize) -> bool {
    let rest = scan.rest().get(skipped..).unwrap_or_default();
    let Some(quote) = rest.first().copied() else { return false };
    let prefix: Vec<u8> = scan.rest().get(..skipped).unwrap_or_default().to_ascii_lowercase();
    let long = [quote; 3];
    let marks = if scan.language.triple && rest.starts_with(&long) { 3 } else { 1 };
    let (end, used) = until(rest.get(marks..).unwrap_or_default(), &long[..marks], true);
    let body = rest.get(marks..marks + end).unwrap_or_default();
    let all = if prefix.contains(&b'f') || prefix.contains(&b't') {
        braces(body, !prefix.contains(&b'r'))
    } else if prefix.contains(&b'r') {
        vec![Part::Raw(body.into())]
    } else if quote == b'\'' && !scan.language.single_escapes {
        vec![Part::Raw(unquoted_single(body))]
    } else {
        parts(body, if quote == b'"' { scan.language.holes } else { Holes::None }, true)
    };
    push(scan, false, all, skipped + marks + used);
    true
}

fn backtick(scan: &mut Scan<'_>) -> bool {
    let rest = scan.rest().get(1..).unwrap_or_default();
    if scan.language.backtick == Backtick::Shell {
        let (end, used) = until(rest, b"`", true);
        let all = parts(&rest[..end.min(rest.len())], scan.language.holes, true);
        push(scan, true, all, used + 1);
        return true;
    }
    // A template: expressions in it may hold back-ticks themselves.
    let mut all = Vec::new();
    let mut plain = Vec::new();
    let mut at = 0;
    while let Some(byte) = rest.get(at).copied() {
        match byte {
            b'`' => break,
            b'\\' => {
                plain.extend_from_slice(rest.get(at..at + 2).unwrap_or_default());
                at += 2;
            }
            b'$' if rest.get(at + 1) == Some(&b'{') => {
                all.push(Part::Raw(unescaped(&std::mem::take(&mut plain))));
                let inner = rest.get(at + 2..).unwrap_or_default();
                let (end, used) = balanced(inner, b'{', b'}');
                all.push(Part::Code(inner[..end.min(inner.len())].into()));
                at += 2 + used;
            }
            _ => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    all.push(Part::Raw(unescaped(&plain)));
    push(scan, false, all, at + 2);
    true
}

/// Python's `r"…"`, `f"…"`, `b"…"`.
fn prefixed(scan: &mut Scan<'_>) -> bool {
    let rest = scan.rest();
    let letters = rest.iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let fits = rest[..letters].iter().all(|byte| b"rRbBfFuUtT".contains(byte));
    let quote = matches!(rest.get(letters), Some(b'"' | b'\''));
    (fits && quote) && quoted(scan, letters)
}

/// The other end of a delimiter.
fn closing(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        other => other,
    }
}

fn delimited(text: &[u8]) -> Option<(&[u8], usize)> {
    let open = text.first().copied().filter(|byte| byte.is_ascii_punctuation())?;
    let rest = text.get(1..)?;
    let close = closing(open);
    let (end, used) = if close == open { until(rest, &[close], true) } else { balanced(rest, open, close) };
    Some((rest.get(..end.min(rest.len()))?, used + 1))
}

/// Ruby's `%w(…)`, `%q(…)`, `%x(…)`, `%(…)`.
fn percent(scan: &mut Scan<'_>) -> bool {
    let rest = scan.rest();
    let kind = rest.get(1).copied().filter(u8::is_ascii_alphabetic);
    let skip = 1 + usize::from(kind.is_some());
    let opens = rest.get(skip).is_some_and(|byte| b"([{<|!/".contains(byte));
    let Some((body, used)) = rest.get(skip..).filter(|_| opens).and_then(delimited) else { return false };
    match kind {
        Some(b'w' | b'W' | b'i' | b'I') => words(scan, body, skip + used),
        Some(b'x') => push(scan, true, parts(body, Holes::Hash, true), skip + used),
        Some(b'q') => push(scan, false, vec![Part::Raw(body.into())], skip + used),
        Some(b'Q') | None => push(scan, false, parts(body, Holes::Hash, true), skip + used),
        Some(_) => return false,
    }
    true
}

fn words(scan: &mut Scan<'_>, body: &[u8], used: usize) {
    let line = scan.line;
    scan.push(Token::Words(body.fields().map(BString::from).collect()), line);
    scan.advance(used);
}

/// Perl's `q`, `qq`, `qw`, `qx`, `m`, `qr`, `s`, `tr`, `y`.
fn quote_word(scan: &mut Scan<'_>) -> bool {
    let rest = scan.rest();
    let name: &[u8] = rest.get(..rest.iter().take_while(|byte| begins_name(**byte)).count()).unwrap_or_default();
    let twice = matches!(name, b"s" | b"tr" | b"y");
    if !twice && !matches!(name, b"q" | b"qq" | b"qw" | b"qx" | b"qr" | b"m") {
        return false;
    }
    let gap = rest[name.len()..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let body_at = name.len() + gap;
    let fits = rest.get(body_at).is_some_and(|byte| {
        byte.is_ascii_punctuation()
            && !matches!(byte, b',' | b';' | b')')
            && (*byte != b'=' || gap == 0)
            && (*byte != b'#' || gap == 0)
    });
    // `=> ` after a bare word makes it a key.
    if !fits || rest[body_at..].starts_with(b"=>") {
        return false;
    }
    let Some((body, mut used)) = delimited(&rest[body_at..]) else { return false };
    if twice {
        let open = rest[body_at];
        let after = rest.get(body_at + used..).unwrap_or_default();
        used += if closing(open) == open {
            until(after, &[open], true).1
        } else {
            delimited(after).map_or(0, |(_, used)| used)
        };
    }
    let used = body_at + used;
    match name {
        b"q" => push(scan, false, vec![Part::Raw(body.into())], used),
        b"qq" => push(scan, false, parts(body, Holes::Sigil, true), used),
        b"qx" => push(scan, true, parts(body, Holes::Sigil, true), used),
        b"qw" => words(scan, body, used),
        _ => {
            let line = scan.line;
            scan.push(Token::Pattern, line);
            let flags = scan.text.get(scan.at + used..).unwrap_or_default();
            let flags = flags.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            scan.advance(used + flags);
        }
    }
    true
}

/// A text's plain pieces and the expressions in it.
pub(super) fn parts(body: &[u8], holes: Holes, escapes: bool) -> Vec<Part> {
    let mut all = Vec::new();
    let mut plain = Vec::new();
    let mut at = 0;
    while let Some(byte) = body.get(at).copied() {
        let rest = &body[at..];
        if byte == b'\\' && escapes {
            plain.extend_from_slice(rest.get(..2).unwrap_or(rest));
            at += 2;
            continue;
        }
        match hole(rest, holes) {
            Some((code, used)) => {
                all.push(Part::Raw(unescaped(&std::mem::take(&mut plain))));
                all.push(Part::Code(code));
                at += used;
            }
            None => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    all.push(Part::Raw(unescaped(&plain)));
    all
}

/// An expression at the beginning of `rest`, and its length.
fn hole(rest: &[u8], holes: Holes) -> Option<(BString, usize)> {
    let inside = |skip: usize, prefix: &str| {
        let inner = rest.get(skip..)?;
        let (end, used) = balanced(inner, b'{', b'}');
        let mut code = BString::from(prefix);
        code.extend_from_slice(inner.get(..end)?);
        Some((code, skip + used))
    };
    let name = |skip: usize| {
        rest.get(skip..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| begins_name(**byte) || byte.is_ascii_digit())
            .count()
    };
    match (holes, rest.first()?, rest.get(1)?) {
        (Holes::Hash, b'#', b'{') => inside(2, ""),
        (Holes::Php, b'{', b'$') => inside(1, ""),
        (Holes::Sigil | Holes::Php, b'$', b'{') => inside(2, "$"),
        (Holes::Sigil, b'@', b'{') => Some((BString::default(), inside(2, "")?.1)),
        (Holes::Sigil | Holes::Php, b'$', byte) | (Holes::Sigil, b'@', byte)
            if begins_name(*byte) || byte.is_ascii_digit() =>
        {
            let end = 1 + name(1);
            let after = rest.get(end..).unwrap_or_default();
            let arrow = usize::from(after.starts_with(b"->")) * 2;
            let code: BString = rest.get(..end)?.into();
            match after.get(arrow) {
                Some(open @ (b'[' | b'{')) => {
                    let inner = after.get(arrow + 1..)?;
                    let (_, used) = balanced(inner, *open, closing(*open));
                    let used = end + arrow + 1 + used;
                    Some((rest.get(..used)?.into(), used))
                }
                Some(_) | None => Some((code, end)),
            }
        }
        (_, _, _) => None,
    }
}

/// Python's f-strings: `{expression!r:format}`.
fn braces(body: &[u8], escapes: bool) -> Vec<Part> {
    let mut all = Vec::new();
    let mut plain = Vec::new();
    let mut at = 0;
    let raw = |plain: &mut Vec<u8>| {
        let plain = std::mem::take(plain);
        Part::Raw(if escapes { unescaped(&plain) } else { plain.into() })
    };
    while let Some(byte) = body.get(at).copied() {
        let next = body.get(at + 1).copied();
        match byte {
            b'\\' if escapes => {
                plain.extend_from_slice(body.get(at..at + 2).unwrap_or(&body[at..]));
                at += 2;
            }
            b'{' | b'}' if next == Some(byte) => {
                plain.push(byte);
                at += 2;
            }
            b'{' => {
                all.push(raw(&mut plain));
                let inner = body.get(at + 1..).unwrap_or_default();
                let (end, used) = balanced(inner, b'{', b'}');
                let code = inner.get(..end).unwrap_or_default();
                let code = code
                    .rfind_byteset(b"!")
                    .filter(|bang| code.get(bang + 1) != Some(&b'='))
                    .map_or(code, |bang| &code[..bang]);
                all.push(Part::Code(code.into()));
                at += 1 + used;
            }
            _ => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    all.push(raw(&mut plain));
    all
}

/// `\\` and `\'` are all that single quotes know in some languages.
fn unquoted_single(body: &[u8]) -> BString {
    let mut made = BString::default();
    let mut at = 0;
    while let Some(byte) = body.get(at).copied() {
        let escaped = byte == b'\\' && matches!(body.get(at + 1), Some(b'\\' | b'\''));
        at += usize::from(escaped);
        made.push(body.get(at).copied().unwrap_or(byte));
        at += 1;
    }
    made
}

/// Escapes that the languages share.
fn unescaped(body: &[u8]) -> BString {
    let mut made = BString::default();
    let mut at = 0;
    while let Some(byte) = body.get(at).copied() {
        at += 1;
        if byte != b'\\' {
            made.push(byte);
            continue;
        }
        let Some(kind) = body.get(at).copied() else { break };
        at += 1;
        let digits = |from: usize, most: usize, radix: u32| {
            let rest = body.get(from..).unwrap_or_default();
            let count = rest.iter().take(most).take_while(|byte| char::from(**byte).is_digit(radix)).count();
            (u32::from_str_radix(rest[..count].to_str().unwrap_or("0"), radix).unwrap_or(0), count)
        };
        match kind {
            b'n' => made.push(b'\n'),
            b't' => made.push(b'\t'),
            b'r' => made.push(b'\r'),
            b'\n' => {}
            b'x' | b'u' if body.get(at) == Some(&b'{') => {
                let (code, count) = digits(at + 1, 6, 16);
                push_code(&mut made, code, true);
                at += count + 2;
            }
            b'x' => {
                let (code, count) = digits(at, 2, 16);
                push_code(&mut made, code, false);
                at += count;
            }
            b'u' => {
                let (code, count) = digits(at, 4, 16);
                push_code(&mut made, code, true);
                at += count;
            }
            b'0'..=b'9' => {
                // Lua counts in tens, the others in eights; only the first can hold an eight or nine.
                let (octal, count) = digits(at - 1, 3, 8);
                push_code(&mut made, octal, false);
                at += count.max(1) - 1;
            }
            b'e' => made.push(0x1b),
            other => made.push(other),
        }
    }
    made
}

fn push_code(made: &mut BString, code: u32, wide: bool) {
    match (u8::try_from(code), char::from_u32(code)) {
        (Ok(byte), _) if !wide || byte < 0x80 => made.push(byte),
        (_, Some(letter)) => made.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        (_, None) => {}
    }
}
