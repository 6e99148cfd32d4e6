//! The text that a literal stands for.

use bstr::{BString, ByteSlice};

/// Escapes resolved. `python`: octal numbers and `\N{…}`; `bytes`: `\u` is no escape.
pub(super) fn unescaped(text: &[u8], python: bool, bytes: bool) -> BString {
    if text.find_byte(b'\\').is_none() {
        return text.into();
    }
    let mut made = BString::default();
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        at += 1;
        if byte != b'\\' {
            made.push(byte);
            continue;
        }
        let Some(next) = text.get(at).copied() else {
            made.push(b'\\');
            break;
        };
        at += 1;
        match next {
            b'\n' => {}
            b'\r' => at += usize::from(text.get(at) == Some(&b'\n')),
            b'n' => made.push(b'\n'),
            b't' => made.push(b'\t'),
            b'r' => made.push(b'\r'),
            b'a' if python => made.push(7),
            b'b' => made.push(8),
            b'f' => made.push(12),
            b'v' => made.push(11),
            b'x' => {
                let digits = text.get(at..at + 2).unwrap_or_default();
                match number(digits, 16) {
                    Some(code) => {
                        at += 2;
                        push(&mut made, code, bytes);
                    }
                    None => made.extend_from_slice(b"\\x"),
                }
            }
            b'u' | b'U' if !bytes && (next == b'u' || python) => {
                let rest = text.get(at..).unwrap_or_default();
                let braced = rest.strip_prefix(b"{").and_then(|rest| rest.find_byte(b'}').map(|end| &rest[..end]));
                let length = if next == b'u' { 4 } else { 8 };
                let (digits, width) = match braced {
                    Some(digits) if !python => (digits, digits.len() + 2),
                    Some(_) | None => (rest.get(..length).unwrap_or_default(), length),
                };
                match number(digits, 16) {
                    Some(code) => {
                        at += width;
                        push(&mut made, code, false);
                    }
                    None => made.extend_from_slice(&[b'\\', next]),
                }
            }
            b'0'..=b'7' if python || next == b'0' => {
                let length = text[at - 1..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                let code = number(&text[at - 1..at - 1 + length], 8).unwrap_or_default();
                at += length - 1;
                push(&mut made, code, bytes);
            }
            b'\\' | b'\'' | b'"' => made.push(next),
            // Python keeps the backslash of what is no escape, JavaScript drops it.
            other if python => made.extend_from_slice(&[b'\\', other]),
            other => made.push(other),
        }
    }
    made
}

fn number(digits: &[u8], base: u32) -> Option<u32> {
    u32::from_str_radix(digits.to_str().ok()?, base).ok()
}

fn push(made: &mut BString, code: u32, bytes: bool) {
    match (bytes, u8::try_from(code), char::from_u32(code)) {
        (true, Ok(byte), _) => made.push(byte),
        (_, _, Some(letter)) => made.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        (_, _, None) => made.push(b'?'),
    }
}

/// `0x1F`, `1_000`, `0o17`
pub(super) fn integer(text: &[u8]) -> Option<i64> {
    let text = text.replace("_", "").to_ascii_lowercase();
    let text = text.to_str().ok()?;
    let (base, digits) = match text.get(..2) {
        Some("0x") => (16, &text[2..]),
        Some("0o") => (8, &text[2..]),
        Some("0b") => (2, &text[2..]),
        Some(_) | None => (10, text),
    };
    i64::from_str_radix(digits, base).ok()
}
