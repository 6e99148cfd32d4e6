//! What an expression of another language comes to, as far as it is known.

use bstr::{BString, ByteSlice};

use crate::command::words::{Cause, Piece, Value};

/// Texts longer than this, or with more holes, are not carried along.
const TEXT: usize = 64 << 10;
const PIECES: usize = 64;
const ITEMS: usize = 1024;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Text(Value),
    List(Vec<Item>),
    Map(Vec<(BString, Item)>),
    /// A name that nothing in sight defines: a module, a function, a parameter.
    Name(BString),
    /// A client of a cloud service, by the service's name.
    Client(Value),
    Unknown,
}

/// The arguments of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    pub items: Vec<Item>,
    pub named: Vec<(BString, Item)>,
}

impl Given {
    pub fn first(&self) -> Option<&Item> {
        self.items.first()
    }

    /// A keyword argument, or a key of a map among the others.
    pub fn option(&self, name: &str) -> Option<&Item> {
        let maps = self.items.iter().filter_map(|item| match item {
            Item::Map(pairs) => Some(pairs),
            Item::Text(_) | Item::List(_) | Item::Name(_) | Item::Client(_) | Item::Unknown => None,
        });
        std::iter::once(&self.named)
            .chain(maps)
            .flatten()
            .find(|(key, _)| key.trim_start_with(|c| c == ':').eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, item)| item)
    }

    /// Whether an option is given and not plainly off.
    pub fn on(&self, name: &str) -> bool {
        self.option(name).is_some_and(|item| {
            !matches!(item, Item::Name(name) if matches!(name.as_slice(), b"False" | b"false" | b"None" | b"null" | b"undefined" | b"FALSE"))
        })
    }
}

impl Item {
    pub fn known(text: impl Into<BString>) -> Item {
        Item::Text(Value::known(text))
    }

    pub fn value(&self) -> Value {
        match self {
            Item::Text(value) => value.clone(),
            Item::Name(name) => Value::unknown(Cause::Variable(name.clone())),
            Item::List(_) | Item::Map(_) | Item::Client(_) | Item::Unknown => {
                Value::unknown(Cause::Construct("an expression of another language"))
            }
        }
    }

    pub fn text(&self) -> Option<&BString> {
        match self {
            Item::Text(Value::Known(text)) => Some(text),
            Item::Text(_) | Item::List(_) | Item::Map(_) | Item::Name(_) | Item::Client(_) | Item::Unknown => None,
        }
    }

    /// How much a copy of it takes, about 64 bytes for one.
    pub fn weight(&self) -> usize {
        match self {
            Item::Text(value) | Item::Client(value) => 1 + value.starts_with().len() / 64,
            Item::List(items) => items.iter().map(Item::weight).fold(1, usize::saturating_add),
            Item::Map(pairs) => pairs.iter().map(|(_, item)| item.weight()).fold(1, usize::saturating_add),
            Item::Name(_) | Item::Unknown => 1,
        }
    }

    pub fn join(self, next: &Item) -> Item {
        match (self, next) {
            (Item::List(mut left), Item::List(right)) if left.len() + right.len() <= ITEMS => {
                left.extend(right.iter().cloned());
                Item::List(left)
            }
            (left, right) => Item::Text(bounded(left.value().then(right.value()))),
        }
    }

    pub fn or(self, other: Item) -> Item {
        match (self, other) {
            (left, right) if left == right => left,
            (Item::Text(left), Item::Text(right)) => Item::Text(left.or(right)),
            (_, _) => Item::Unknown,
        }
    }

    /// The words that a list holds.
    pub fn words(&self) -> Option<Vec<Value>> {
        match self {
            Item::List(items) => Some(items.iter().map(Item::value).collect()),
            Item::Text(_) | Item::Map(_) | Item::Name(_) | Item::Client(_) | Item::Unknown => None,
        }
    }

    /// As JSON, which is how maps go over the wire.
    pub fn json(&self) -> Value {
        match self {
            Item::Text(value) => {
                let quoted = value.clone().map(
                    |text| Some(serde_json::Value::String(text.to_str_lossy().into_owned()).to_string().into()),
                    "a text in JSON",
                );
                bounded(quoted)
            }
            Item::List(items) => {
                let inner = items.iter().enumerate().fold(Value::known("["), |all, (index, item)| {
                    bounded(all.then(Value::known(if index > 0 { "," } else { "" })).then(item.json()))
                });
                inner.then(Value::known("]"))
            }
            Item::Map(pairs) => {
                let inner = pairs.iter().enumerate().fold(Value::known("{"), |all, (index, (key, item))| {
                    let key = serde_json::Value::String(key.to_str_lossy().into_owned()).to_string();
                    let comma = if index > 0 { "," } else { "" };
                    bounded(all.then(Value::known(format!("{comma}{key}:"))).then(item.json()))
                });
                inner.then(Value::known("}"))
            }
            Item::Name(name) => match name.as_slice() {
                b"True" | b"true" => Value::known("true"),
                b"False" | b"false" => Value::known("false"),
                b"None" | b"null" => Value::known("null"),
                _ => self.value(),
            },
            Item::Client(_) | Item::Unknown => self.value(),
        }
    }
}

pub(super) fn bounded(value: Value) -> Value {
    let fits = match &value {
        Value::Known(text) => text.len() <= TEXT,
        Value::OneOf(texts) => texts.iter().all(|text| text.len() <= TEXT),
        Value::Unknown(shape) => {
            shape.pieces.len() <= PIECES
                && shape.pieces.iter().all(|piece| match piece {
                    Piece::Text(text) => text.len() <= TEXT,
                    Piece::Hole => true,
                })
        }
    };
    if fits { value } else { Value::unknown(Cause::Limit) }
}

/// Text with each `%s` or `{}` replaced by the next value.
pub(super) fn formatted(text: &[u8], values: &[Item]) -> Value {
    let mut made = Value::known("");
    let mut next = values.iter();
    let mut at = 0;
    let mut plain = Vec::new();
    while let Some(byte) = text.get(at).copied() {
        let rest = &text[at + 1..];
        let skip = match byte {
            b'%' if rest.first() == Some(&b'%') => {
                plain.push(b'%');
                at += 2;
                continue;
            }
            b'%' => rest.iter().position(u8::is_ascii_alphabetic).filter(|end| *end < 8).map(|end| end + 2),
            b'{' if rest.first() == Some(&b'{') => None,
            b'{' => rest.iter().position(|byte| *byte == b'}').filter(|end| *end < 16).map(|end| end + 2),
            _ => None,
        };
        if let Some(skip) = skip {
            made = bounded(made.then(Value::known(std::mem::take(&mut plain))));
            let value = next.next().map_or_else(|| Item::Unknown.value(), Item::value);
            made = bounded(made.then(value));
            at += skip;
        } else {
            plain.push(byte);
            at += 1;
        }
    }
    bounded(made.then(Value::known(plain)))
}
