//! TOML tables key by key, with the line and column of whatever is wrong and what to write instead.
//!
//! `build.rs` shares this file by path, so it uses nothing of the crate.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A pack that is wrong: where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackError {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub says: String,
    pub instead: Option<String>,
    /// The line itself.
    pub cited: String,
}

impl PackError {
    /// The sentence, the line, a caret below its place.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let cited: String = self.cited.chars().take(WIDEST).collect();
        let mut lines = vec![self.to_string()];
        if self.column <= WIDEST && !cited.trim().is_empty() {
            lines.push(format!("    {cited}"));
            lines.push(format!("    {}^", " ".repeat(self.column.saturating_sub(1))));
        }
        lines
    }
}

/// A longer line is no help.
const WIDEST: usize = 110;

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.says)?;
        self.instead.as_ref().map_or(Ok(()), |instead| write!(f, "; {instead}"))
    }
}

impl std::error::Error for PackError {}

/// A file that is read; `wrong` turns a place in it into an error.
#[derive(Clone, Copy)]
pub struct File<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl File<'_> {
    pub fn wrong(&self, at: usize, says: impl Into<String>, instead: Option<String>) -> PackError {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let cited = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let cited = cited.replace('\t', " ");
        PackError { file: self.name.to_owned(), line, column, says: says.into(), instead, cited }
    }
}

pub type Read<T> = Result<T, PackError>;

/// One table whose keys are all known.
pub struct Fields<'a> {
    pub file: File<'a>,
    pub at: usize,
    /// What the table is, for messages.
    what: String,
    table: &'a DeTable<'a>,
}

impl<'a> Fields<'a> {
    /// Refuses a value that is no table, and keys that are not in `keys`.
    pub fn open(file: File<'a>, value: &'a Spanned<DeValue<'a>>, what: &str, keys: &[&str]) -> Read<Self> {
        let fields = Self::any(file, value, what)?;
        for key in fields.table.keys() {
            let name: &str = key.get_ref();
            if !keys.contains(&name) {
                let instead = match nearest(name, keys) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it may have: {}", keys.join(", ")),
                };
                return Err(file.wrong(key.span().start, format!("{what} has no key `{name}`"), Some(instead)));
            }
        }
        Ok(fields)
    }

    /// A table whose keys are the author's own.
    pub fn any(file: File<'a>, value: &'a Spanned<DeValue<'a>>, what: &str) -> Read<Self> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(Fields { file, at: value.span().start, what: what.to_owned(), table }),
            _ => Err(file.wrong(value.span().start, format!("{what} must be a table"), Some("write { … }".into()))),
        }
    }

    pub fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    pub fn entries(&self) -> impl Iterator<Item = (&'a str, usize, &'a Spanned<DeValue<'a>>)> + use<'a> {
        let table: &'a DeTable<'a> = self.table;
        table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span().start, value))
    }

    /// Where a key's value stands, or the table where it is missing.
    pub fn place(&self, key: &str) -> usize {
        self.get(key).map_or(self.at, |value| value.span().start)
    }

    pub fn missing(&self, key: &str, example: &str) -> PackError {
        self.file.wrong(self.at, format!("{} lacks `{key}`", self.what), Some(format!("write {key} = {example}")))
    }

    pub fn text(&self, key: &str) -> Read<Option<String>> {
        self.get(key).map(|value| text(self.file, value, key)).transpose()
    }

    pub fn required(&self, key: &str, example: &str) -> Read<String> {
        match self.text(key)? {
            Some(found) if !found.trim().is_empty() => Ok(found),
            _ => Err(self.missing(key, example)),
        }
    }

    /// A list of strings, or one string.
    pub fn texts(&self, key: &str) -> Read<Vec<String>> {
        self.get(key).map_or(Ok(Vec::new()), |value| texts(self.file, value, key))
    }

    pub fn yes(&self, key: &str) -> Read<bool> {
        match self.get(key).map(|value| (value, value.get_ref())) {
            None => Ok(false),
            Some((_, DeValue::Boolean(yes))) => Ok(*yes),
            Some((value, _)) => {
                Err(self.file.wrong(value.span().start, format!("`{key}` must be true or false"), None))
            }
        }
    }

    pub fn count(&self, key: &str) -> Read<Option<u16>> {
        self.get(key).map(|value| count(self.file, value, key)).transpose()
    }

    /// A word of a closed list.
    pub fn choice<T: DeserializeOwned>(&self, key: &str, names: &[&str]) -> Read<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        choice(self.file, value, key, names).map(Some)
    }
}

pub fn text(file: File<'_>, value: &Spanned<DeValue<'_>>, key: &str) -> Read<String> {
    match value.get_ref() {
        DeValue::String(found) => Ok(found.clone().into_owned()),
        _ => Err(file.wrong(value.span().start, format!("`{key}` must be a string"), Some("write \"…\"".into()))),
    }
}

pub fn texts(file: File<'_>, value: &Spanned<DeValue<'_>>, key: &str) -> Read<Vec<String>> {
    match value.get_ref() {
        DeValue::String(found) => Ok(vec![found.clone().into_owned()]),
        DeValue::Array(list) => list.iter().map(|one| text(file, one, key)).collect(),
        _ => Err(file.wrong(
            value.span().start,
            format!("`{key}` must be a list of strings"),
            Some("write [\"…\", \"…\"]".into()),
        )),
    }
}

pub fn count(file: File<'_>, value: &Spanned<DeValue<'_>>, key: &str) -> Read<u16> {
    let found = match value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        _ => None,
    };
    found.ok_or_else(|| file.wrong(value.span().start, format!("`{key}` must be a small whole number"), None))
}

pub fn choice<T: DeserializeOwned>(file: File<'_>, value: &Spanned<DeValue<'_>>, key: &str, names: &[&str]) -> Read<T> {
    let name = text(file, value, key)?;
    let found: Result<T, serde::de::value::Error> = T::deserialize(name.as_str().into_deserializer());
    found.map_err(|_| unknown(file, value.span().start, &format!("`{key}`"), &name, names))
}

/// A name that is in none of the lists, with the nearest one that is.
pub fn unknown(file: File<'_>, at: usize, what: &str, name: &str, names: &[&str]) -> PackError {
    let instead = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of: {}", names.join(", ")),
    };
    file.wrong(at, format!("{what} can't be `{name}`"), Some(instead))
}

/// The name that was probably meant: no more than a third of it differs, or two letters that changed places.
pub fn nearest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let near = names.iter().map(|one| (distance(name, one), *one)).min()?;
    let most = if name.len() <= 3 { 1 } else { (name.len() / 3).max(2) };
    (near.0 <= most).then_some(near.1)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let next = (diagonal + usize::from(x != *y)).min(*cell + 1).min(left + 1);
            diagonal = std::mem::replace(cell, next);
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
