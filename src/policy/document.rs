//! The text of a policy file as a tree with spans, read key by key against the settings table. Whatever is not in the
//! table, or not in this file's scope, is a fault with a place.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::nearest::nearest;
use super::settings::{DECISIONS, IN_SECTIONS, Scope, Takes, keys_below, scope_of, setting_of};
use super::trouble::{Fault, Trouble, Wrong};
use super::{SEVERITIES, Verdict};
use crate::packs::Severity;
use crate::span::{Place, Span};

/// A file that is being read.
pub struct Document<'t> {
    pub source: Arc<str>,
    pub text: &'t str,
    pub scope: Scope,
}

/// One `key = value`.
pub struct Entry<'a, 't> {
    pub name: &'a str,
    /// As the settings table writes it.
    pub dotted: String,
    pub key: Range<usize>,
    pub value: &'a Spanned<DeValue<'t>>,
}

pub type Read<T> = Result<T, Trouble>;

impl<'t> Document<'t> {
    pub fn parse(&self) -> Read<Spanned<DeTable<'t>>> {
        DeTable::parse(self.text).map_err(|error| {
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            self.wrong(&error.span().unwrap_or(0..0), Fault::Syntax(message))
        })
    }

    fn line(&self, at: &Range<usize>) -> usize {
        self.text.as_bytes().iter().take(at.start).filter(|byte| **byte == b'\n').count() + 1
    }

    /// `file:line`, for whoever asks where a setting comes from.
    pub fn from(&self, at: &Range<usize>) -> String {
        format!("{}:{}", self.source, self.line(at))
    }

    pub fn wrong(&self, at: &Range<usize>, fault: Fault) -> Trouble {
        let line = self.line(at);
        let place = Place { source: Arc::clone(&self.source), line, span: Span::new(at.start, at.end) };
        Trouble::Wrong(Box::new(Wrong { place, text: Arc::from(self.text), fault }))
    }

    /// The entries of a table in the order of the text, each one known and allowed here.
    pub fn entries<'a>(&self, prefix: &str, table: &'a DeTable<'t>) -> Read<Vec<Entry<'a, 't>>> {
        self.known_entries(prefix, &[], table)
    }

    /// The entries of a section for an agent or a folder: its own keys, and those that may stand at the top as well.
    pub fn section<'a>(&self, prefix: &str, table: &'a DeTable<'t>) -> Read<Vec<Entry<'a, 't>>> {
        self.known_entries(prefix, IN_SECTIONS, table)
    }

    fn known_entries<'a>(
        &self,
        prefix: &str,
        top: &[&'static str],
        table: &'a DeTable<'t>,
    ) -> Read<Vec<Entry<'a, 't>>> {
        let known = [keys_below(prefix).as_slice(), top].concat();
        let mut entries = Vec::new();
        for (key, value) in table {
            let name: &'a str = key.get_ref();
            let at_top = prefix.is_empty() || top.contains(&name);
            let dotted = if at_top { name.to_owned() } else { format!("{prefix}.{name}") };
            if !known.contains(&name) {
                let near = nearest(name, known.iter().copied());
                let fault = Fault::UnknownKey { key: plain(&dotted), near, known };
                return Err(self.wrong(&key.span(), fault));
            }
            if let Some(scope) = scope_of(&dotted)
                && self.scope > scope
            {
                let file = if scope == Scope::System { "root's policy" } else { "root's or the user's policy" };
                return Err(self.wrong(&key.span(), Fault::Elsewhere { key: plain(&dotted), file }));
            }
            entries.push(Entry { name, dotted, key: key.span(), value });
        }
        entries.sort_by_key(|entry| entry.key.start);
        Ok(entries)
    }

    pub fn table<'a>(&self, entry: &Entry<'a, 't>) -> Read<&'a DeTable<'t>> {
        entry.value.get_ref().as_table().ok_or_else(|| self.wants(entry, "a table"))
    }

    /// The tables of `[[name]]`.
    pub fn tables<'a>(&self, entry: &Entry<'a, 't>) -> Read<Vec<(Range<usize>, &'a DeTable<'t>)>> {
        let wanted = || self.wants(entry, "tables in double brackets");
        let array: &DeArray<'t> = entry.value.get_ref().as_array().ok_or_else(wanted)?;
        array
            .iter()
            .map(|item| item.get_ref().as_table().map(|table| (item.span(), table)).ok_or_else(wanted))
            .collect()
    }

    pub fn text_of<'a>(&self, entry: &Entry<'a, 't>) -> Read<&'a str> {
        match entry.value.get_ref() {
            DeValue::String(text) if !text.is_empty() => Ok(text.as_ref()),
            _ => Err(self.wants(entry, "text in quotes")),
        }
    }

    /// A string, or a list of strings.
    pub fn texts(&self, entry: &Entry<'_, 't>) -> Read<Vec<(Range<usize>, String)>> {
        let wanted = || self.wants(entry, "a list of texts");
        match entry.value.get_ref() {
            DeValue::String(text) => Ok(vec![(entry.value.span(), text.to_string())]),
            DeValue::Array(items) => items
                .iter()
                .map(|item| match item.get_ref() {
                    DeValue::String(text) => Ok((item.span(), text.to_string())),
                    _ => Err(wanted()),
                })
                .collect(),
            _ => Err(wanted()),
        }
    }

    pub fn strings(&self, entry: &Entry<'_, 't>) -> Read<Vec<String>> {
        Ok(self.texts(entry)?.into_iter().map(|(_, text)| text).collect())
    }

    pub fn number(&self, entry: &Entry<'_, 't>, range: std::ops::RangeInclusive<i64>) -> Read<i64> {
        let takes = || self.wants(entry, &format!("a number from {} to {}", range.start(), range.end()));
        let DeValue::Integer(number) = entry.value.get_ref() else { return Err(takes()) };
        let digits = number.as_str();
        i64::from_str_radix(digits, number.radix()).ok().filter(|number| range.contains(number)).ok_or_else(takes)
    }

    pub fn switch(&self, entry: &Entry<'_, 't>) -> Read<bool> {
        match entry.value.get_ref() {
            DeValue::Boolean(on) => Ok(*on),
            _ => Err(self.wants(entry, "true or false")),
        }
    }

    pub fn date(&self, entry: &Entry<'_, 't>) -> Read<jiff::civil::Date> {
        let date = match entry.value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.date.and_then(|date| {
                let [month, day] = [date.month, date.day].map(|number| i8::try_from(number).ok());
                jiff::civil::Date::new(i16::try_from(date.year).ok()?, month?, day?).ok()
            }),
            DeValue::String(text) => text.parse().ok(),
            _ => None,
        };
        date.ok_or_else(|| self.wants(entry, "a date such as 2030-01-31"))
    }

    /// One of the words that the table lists for the key.
    pub fn word(&self, entry: &Entry<'_, 't>) -> Read<&'static str> {
        let known = match setting_of(&entry.dotted).map(|setting| setting.takes) {
            Some(Takes::Word(words)) => words,
            _ => &[],
        };
        let text = self.text_of(entry)?;
        known.iter().copied().find(|word| *word == text).ok_or_else(|| {
            let near = nearest(text, known.iter().copied()).map_or_else(|| known.join(", "), str::to_owned);
            self.unknown_word(entry, &entry.value.span(), text, Some(near))
        })
    }

    /// Words of an enum that the packs share, by its own names.
    pub fn kinds<T: for<'de> Deserialize<'de>>(&self, entry: &Entry<'_, 't>) -> Read<Vec<T>> {
        let read = |(at, text): (Range<usize>, String)| {
            let parsed: Result<T, serde::de::value::Error> = T::deserialize(text.as_str().into_deserializer());
            parsed.map_err(|_| {
                let words = match setting_of(&entry.dotted).map(|setting| setting.takes) {
                    Some(Takes::Words(words)) => words,
                    _ => &[],
                };
                let near = nearest(&text, words.iter().copied()).map_or_else(|| words.join(", "), str::to_owned);
                self.unknown_word(entry, &at, &text, Some(near))
            })
        };
        self.texts(entry)?.into_iter().map(read).collect()
    }

    /// `allow`, `log`, `ask`, `approve N`, `deny`.
    pub fn decision(&self, entry: &Entry<'_, 't>) -> Read<Verdict> {
        let text = self.text_of(entry)?;
        verdict(text).ok_or_else(|| {
            let near = nearest(text, DECISIONS.iter().copied()).map_or_else(|| DECISIONS.join(", "), str::to_owned);
            self.unknown_word(entry, &entry.value.span(), text, Some(near))
        })
    }

    pub fn wants(&self, entry: &Entry<'_, 't>, takes: &str) -> Trouble {
        self.wrong(&entry.value.span(), Fault::Wants { key: plain(&entry.dotted), takes: takes.to_owned() })
    }

    pub fn missing(&self, at: &Range<usize>, dotted: &str) -> Trouble {
        self.wrong(&first_line(self.text, at), Fault::Missing { key: plain(dotted) })
    }

    fn unknown_word(&self, entry: &Entry<'_, 't>, at: &Range<usize>, word: &str, near: Option<String>) -> Trouble {
        self.wrong(at, Fault::UnknownWord { key: plain(&entry.dotted), word: word.to_owned(), near })
    }
}

/// A whole table is too much for a caret: its first line stands for it.
fn first_line(text: &str, at: &Range<usize>) -> Range<usize> {
    let length = text.get(at.clone()).and_then(|part| part.lines().next()).map_or(0, str::len);
    at.start..at.start + length
}

/// The key as people write it.
fn plain(dotted: &str) -> String {
    dotted.replace("[]", "")
}

fn verdict(text: &str) -> Option<Verdict> {
    match text {
        "allow" => Some(Verdict::Allow),
        "log" => Some(Verdict::Log),
        "ask" => Some(Verdict::Ask),
        "deny" => Some(Verdict::Deny),
        _ => {
            let count: u8 = text.strip_prefix("approve")?.trim().parse().ok()?;
            (1..=9).contains(&count).then_some(Verdict::Approve(count))
        }
    }
}

/// The word of a severity in the files.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
        Severity::Catastrophic => "catastrophic",
    }
}

pub fn severity_of(word: &str) -> Option<Severity> {
    SEVERITIES.into_iter().find(|severity| severity_word(*severity) == word)
}
