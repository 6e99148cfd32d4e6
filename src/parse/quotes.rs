//! Quotes: `'…'`, `"…"`, `$'…'`, and the bodies of here-documents, which are read like double quotes.

use super::reader::{Read, Reader};
use super::syntax::Part;
use super::words::Parts;

impl Reader {
    /// Up to the closing quote; the opening one is eaten.
    pub fn single_quoted(&mut self) -> Read<Vec<u8>> {
        let rest = self.source.text.get(self.source.pos..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| *byte == b'\'') else { return self.open_to_the_end("'") };
        let text = rest.get(..length).unwrap_or_default().to_vec();
        self.source.pos += length + 1;
        Ok(text)
    }

    /// Inside `$'…'`, decoded.
    pub fn encoded(&mut self) -> Read<Vec<u8>> {
        let start = self.source.pos;
        let mut at = start;
        loop {
            match self.source.raw(at) {
                None => return self.open_to_the_end("'"),
                Some(b'\'') => break,
                Some(b'\\') => at += 2,
                Some(_) => at += 1,
            }
        }
        self.source.pos = at + 1;
        Ok(decode(self.source.text.get(start..at).unwrap_or_default()))
    }

    /// The text ends before `what`.
    pub fn open_to_the_end<T>(&mut self, what: &str) -> Read<T> {
        self.source.pos = self.source.text.len();
        self.expected(what)
    }

    pub fn double_quoted(&mut self) -> Read<Part> {
        self.source.bump();
        let mut parts = Parts::default();
        loop {
            match self.source.cur() {
                None => return self.expected("\""),
                Some(b'"') => {
                    self.source.bump();
                    return Ok(Part::Double(parts.list));
                }
                Some(byte) => self.quoted_piece(byte, b"$`\"\\", &mut parts)?,
            }
        }
    }

    /// The whole source as a here-document's body.
    pub fn body_parts(&mut self) -> Read<Vec<Part>> {
        let mut parts = Parts::default();
        while let Some(byte) = self.source.cur() {
            self.quoted_piece(byte, b"$`\\", &mut parts)?;
        }
        Ok(parts.list)
    }

    /// One piece of text in which only `$`, back-ticks and a backslash before one of `escapable` are special.
    pub fn quoted_piece(&mut self, byte: u8, escapable: &[u8], parts: &mut Parts) -> Read<()> {
        match byte {
            b'\\' => {
                self.source.bump();
                match self.source.raw(self.source.pos) {
                    Some(escaped) if escapable.contains(&escaped) => {
                        self.source.bump();
                        parts.quoted(&[escaped]);
                    }
                    Some(_) | None => parts.quoted(b"\\"),
                }
            }
            b'$' => self.dollar(parts, true)?,
            b'`' => {
                let part = self.back_ticks(true)?;
                parts.push(part);
            }
            _ => {
                let rest = self.source.text.get(self.source.pos + 1..).unwrap_or_default();
                let special = |byte: &u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'\n' | 128..));
                let end = self.source.pos + 1 + rest.iter().position(special).unwrap_or(rest.len());
                parts.quoted(self.source.text.get(self.source.pos..end).unwrap_or_default());
                self.source.pos = end;
            }
        }
        Ok(())
    }
}

/// What `$'…'` means.
pub(super) fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let [letter, after @ ..] = rest else {
            out.push(b'\\');
            break;
        };
        rest = escape(*letter, after, &mut out);
        // bash's strings end at a NUL.
        if out.last() == Some(&0) {
            out.pop();
            break;
        }
    }
    out
}

/// Appends what `\letter` means, and returns what follows it.
fn escape<'a>(letter: u8, after: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let plain = match letter {
        b'a' => 7,
        b'b' => 8,
        b'e' | b'E' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'\'' | b'"' | b'?' => letter,
        b'0'..=b'7' => {
            let (value, rest) = number(after, 2, 8);
            let high = u32::from(letter - b'0') << (3 * (after.len() - rest.len()));
            out.push(((high | value) & 0xff) as u8);
            return rest;
        }
        b'x' => return hexadecimal(after, out),
        b'u' | b'U' => {
            let (value, rest) = number(after, if letter == b'u' { 4 } else { 8 }, 16);
            if rest.len() == after.len() {
                out.extend_from_slice(&[b'\\', letter]);
            } else {
                let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            return rest;
        }
        b'c' => {
            let [control, rest @ ..] = after else {
                out.extend_from_slice(b"\\c");
                return after;
            };
            // `\c\\` is one control character.
            let rest = if *control == b'\\' { rest.strip_prefix(b"\\").unwrap_or(rest) } else { rest };
            out.push(if *control == b'?' { 127 } else { control.to_ascii_uppercase() & 0x1f });
            return rest;
        }
        _ => {
            out.extend_from_slice(&[b'\\', letter]);
            return after;
        }
    };
    out.push(plain);
    after
}

/// `\xHH` and `\x{H…}`
fn hexadecimal<'a>(after: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let braced = after.strip_prefix(b"{");
    let (value, rest) = number(braced.unwrap_or(after), if braced.is_some() { usize::MAX } else { 2 }, 16);
    if rest.len() == braced.unwrap_or(after).len() {
        out.extend_from_slice(b"\\x");
        return after;
    }
    out.push((value & 0xff) as u8);
    if braced.is_some() { rest.strip_prefix(b"}").unwrap_or(rest) } else { rest }
}

fn number(text: &[u8], digits: usize, base: u32) -> (u32, &[u8]) {
    let mut value: u32 = 0;
    let mut rest = text;
    for _ in 0..digits {
        let [byte, after @ ..] = rest else { break };
        let Some(digit) = char::from(*byte).to_digit(base) else { break };
        value = value.wrapping_mul(base).wrapping_add(digit);
        rest = after;
    }
    (value, rest)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn escapes_mean_what_bash_says() {
        let table: [(&[u8], &[u8]); 12] = [
            (b"a\\nb", b"a\nb"),
            (b"\\x41\\102\\103", b"ABC"),
            (b"\\x{41}z", b"Az"),
            (b"\\u00e9", "é".as_bytes()),
            (b"\\U1F600!", "😀!".as_bytes()),
            (b"\\cA\\c?", &[1, 127]),
            (b"a\\0b", b"a"),
            (b"\\q\\", b"\\q\\"),
            (b"\\x", b"\\x"),
            (b"\\e[0m", b"\x1b[0m"),
            (b"\\777", &[255]),
            (b"\\'\\\"\\?", b"'\"?"),
        ];
        for (text, meaning) in table {
            assert_eq!(decode(text), meaning, "{}", String::from_utf8_lossy(text));
        }
    }
}
