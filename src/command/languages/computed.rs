//! Functions that only make a value of what they are given: paths joined and taken apart, texts split, formatted and
//! decoded, variables and names looked up.

use bstr::{BString, ByteSlice};

use super::calls::{Caller, module};
use super::functions::Function;
use super::item::{Given, Item, bounded, formatted};
use crate::command::words::Value;

/// Functions that only make a value.
pub(super) fn computed(caller: &mut (impl Caller + ?Sized), function: Function, all: &[Item], given: &Given) -> Item {
    let first = all.first().cloned().unwrap_or(Item::Unknown);
    match function {
        Function::Cloud => Item::Client(given.first().map_or_else(|| Item::Unknown.value(), Item::value)),
        Function::Module => first.text().map_or(Item::Unknown, |name| Item::Name(module(name))),
        Function::Member => match (first, all.get(1).and_then(Item::text)) {
            (Item::Name(object), Some(member)) => Item::Name([object.as_slice(), b".", member].concat().into()),
            (Item::Name(_), None) => {
                caller.doubt();
                Item::Unknown
            }
            (_, _) => Item::Unknown,
        },
        Function::Join => joined(all),
        Function::Split => match first.text() {
            Some(text) => split(text, all.get(1).and_then(Item::text)),
            None => Item::Unknown,
        },
        Function::Same => first,
        Function::Home => Item::Text(caller.variable(b"HOME")),
        Function::Expand => match first.text().and_then(|text| text.strip_prefix(b"~").map(BString::from)) {
            Some(rest) if rest.is_empty() || rest.starts_with(b"/") => {
                Item::Text(bounded(caller.variable(b"HOME").then(Value::Known(rest))))
            }
            Some(_) | None => first,
        },
        Function::Here => Item::known("."),
        Function::Variable => match first.text() {
            Some(name) => Item::Text(caller.variable(name)),
            None => Item::Unknown,
        },
        Function::Base64 => {
            let plain = caller.language().name == "javascript"
                && given.items.len() > 1
                && given.items.get(1).and_then(Item::text).is_none_or(|kind| kind != "base64");
            let sixteen = given.items.get(1).and_then(Item::text).is_some_and(|kind| kind == "hex");
            match (plain, first.text()) {
                (true, Some(text)) if sixteen => hex(text).map_or(Item::Unknown, Item::known),
                (false, Some(text)) => base64(text).map_or(Item::Unknown, Item::known),
                (true, _) => first,
                (false, None) => Item::Unknown,
            }
        }
        Function::Hex => first.text().and_then(|text| hex(text)).map_or(Item::Unknown, Item::known),
        Function::Decode => {
            let kind = all.get(1).and_then(Item::text).map(|kind| kind.replace("_", "").to_ascii_lowercase());
            let decoded = first.text().and_then(|text| match kind.as_deref() {
                Some(b"hex" | b"hexcodec") => hex(text),
                Some(b"base64" | b"base64codec") => base64(text),
                Some(b"rot13") => Some(rot13(text)),
                Some(b"utf-8" | b"utf8" | b"ascii") | None => Some(text.clone()),
                Some(_) => None,
            });
            decoded.map_or(Item::Unknown, Item::known)
        }
        Function::Folder => match first.text() {
            Some(text) => Item::known(match text.rfind_byte(b'/') {
                Some(0) => &b"/"[..],
                Some(slash) => &text[..slash],
                None if caller.language().triple => b"",
                None => b".",
            }),
            None => Item::Unknown,
        },
        Function::FileName => match first.text() {
            Some(text) => Item::known(text.rsplit(|byte| *byte == b'/').next().unwrap_or_default()),
            None => Item::Unknown,
        },
        Function::Format => match first.text() {
            Some(text) => Item::Text(formatted(text, all.get(1..).unwrap_or_default())),
            None => Item::Unknown,
        },
        Function::Glue => glued(all),
        _ => Item::Unknown,
    }
}

fn joined(items: &[Item]) -> Item {
    let mut all = Value::known("");
    for (index, item) in items.iter().enumerate() {
        let rooted = item.value().starts_with().starts_with(b"/");
        all = if rooted || index == 0 { item.value() } else { bounded(all.then(Value::known("/")).then(item.value())) };
    }
    Item::Text(all)
}

fn glued(all: &[Item]) -> Item {
    let (list, glue) = match (all.first(), all.get(1)) {
        (Some(Item::List(items)), glue) => (items, glue.map_or_else(|| Value::known(","), Item::value)),
        (Some(glue), Some(Item::List(items))) => (items, glue.value()),
        (_, _) => return Item::Unknown,
    };
    let joined = list.iter().map(Item::value).reduce(|all, next| bounded(all.then(glue.clone()).then(next)));
    Item::Text(joined.unwrap_or_else(|| Value::known("")))
}

/// Words of a command line, quotes taken away; by a separator where one is given.
fn split(text: &[u8], by: Option<&BString>) -> Item {
    if let Some(by) = by.filter(|by| !by.is_empty() && *by != " ") {
        return Item::List(text.split_str(by).map(Item::known).collect());
    }
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = None;
    for byte in text.iter().copied() {
        match quote {
            Some(open) if byte == open => quote = None,
            None if matches!(byte, b'"' | b'\'') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            None if byte.is_ascii_whitespace() => words.extend(word.take().map(Item::known)),
            None if byte == b'\\' => {}
            Some(_) | None => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word.map(Item::known));
    Item::List(words)
}

fn base64(text: &[u8]) -> Option<BString> {
    let mut made = BString::default();
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.iter().copied().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0x00FF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            made.push(u8::try_from(bits >> count & 0xFF).unwrap_or_default());
        }
    }
    Some(made)
}

fn hex(text: &[u8]) -> Option<BString> {
    let digits: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digits
        .chunks(2)
        .map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?))
        .collect::<Option<Vec<u8>>>()
        .map(BString::from)
}

fn rot13(text: &[u8]) -> BString {
    let turned = |byte: u8| match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        other => other,
    };
    text.iter().copied().map(turned).collect::<Vec<u8>>().into()
}
