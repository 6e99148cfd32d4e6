//! Reads the trail: verifies the chain, filters, follows.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::chain::{FIRST, hash};

/// Where the chain breaks first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// From 1.
    pub line: u64,
    pub why: &'static str,
}

#[derive(Debug)]
pub enum Unverified {
    Unreadable(io::Error),
    Broken(Broken),
}

/// Follows the chain from the first line to the last, and returns how many there are. A changed line is named itself;
/// where lines are missing, or one was written anew, the line after the gap.
pub fn verify(path: &Path) -> Result<u64, Unverified> {
    let mut file = BufReader::new(File::open(path).map_err(Unverified::Unreadable)?);
    let mut expected = FIRST.to_owned();
    let mut count = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        if file.read_until(b'\n', &mut line).map_err(Unverified::Unreadable)? == 0 {
            return Ok(count);
        }
        count += 1;
        let broken = |why| Unverified::Broken(Broken { line: count, why });
        let text = line.strip_suffix(b"\n").ok_or_else(|| broken("it does not end"))?;
        if super::chain::unsealed(text).is_none() {
            return Err(broken("it was changed or cut"));
        }
        let value: Value = serde_json::from_slice(text).map_err(|_| broken("it is not a record"))?;
        let prev = value.get("prev").and_then(Value::as_str).ok_or_else(|| broken("it names no line before it"))?;
        if prev != expected {
            return Err(broken("the line before it is not the one it was written after"));
        }
        expected = hash(text);
    }
}

/// One record, as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// The line as text.
    pub text: String,
    /// `Null` where it is no JSON.
    pub value: Value,
}

impl Line {
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.value.get(name).and_then(Value::as_str)
    }
}

/// Which records are wanted; what is `None` or empty wants all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<String>,
    pub verdict: Option<String>,
    pub rule: Option<String>,
    pub since: Option<jiff::Timestamp>,
    /// Part of the command.
    pub contains: Option<String>,
}

impl Filter {
    #[must_use]
    pub fn wants(&self, line: &Line) -> bool {
        let is = |name: &str, wanted: &Option<String>| {
            wanted.as_deref().is_none_or(|wanted| line.field(name) == Some(wanted))
        };
        let rule = self.rule.as_deref().is_none_or(|wanted| {
            line.value
                .get("rules")
                .and_then(Value::as_array)
                .is_some_and(|rules| rules.iter().any(|hit| hit.get("rule").and_then(Value::as_str) == Some(wanted)))
        });
        let time = || line.field("time").and_then(|time| time.parse::<jiff::Timestamp>().ok());
        let since = self.since.is_none_or(|since| time().is_some_and(|time| time >= since));
        let contains = self
            .contains
            .as_deref()
            .is_none_or(|part| line.field("command").is_some_and(|command| command.contains(part)));
        is("kind", &self.kind) && is("verdict", &self.verdict) && rule && since && contains
    }
}

/// The records of a file in order.
#[derive(Debug)]
pub struct Lines {
    file: BufReader<File>,
    number: u64,
    filter: Filter,
    follow: Option<Duration>,
    begun: Vec<u8>,
}

/// Reads a trail; with `follow`, waits that long at the end and goes on, for ever.
pub fn lines(path: &Path, filter: Filter, follow: Option<Duration>) -> io::Result<Lines> {
    Ok(Lines { file: BufReader::new(File::open(path)?), number: 0, filter, follow, begun: Vec::new() })
}

impl Lines {
    /// The next whole line; one that is still being written is waited for or left out.
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            self.file.read_until(b'\n', &mut self.begun)?;
            if self.begun.ends_with(b"\n") {
                let bytes = std::mem::take(&mut self.begun);
                let text = String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(&bytes)).into_owned();
                self.number += 1;
                let value = serde_json::from_str(&text).unwrap_or(Value::Null);
                return Ok(Some(Line { number: self.number, text, value }));
            }
            let Some(pause) = self.follow else { return Ok(None) };
            std::thread::sleep(pause);
        }
    }
}

impl Iterator for Lines {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_line() {
                Ok(Some(line)) if !self.filter.wants(&line) => {}
                other => return other.transpose(),
            }
        }
    }
}
