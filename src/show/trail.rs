//! Records of the trail as lines for people.

use std::path::Path;

use serde_json::Value;

use super::hostile::{Hostile, elided};
use crate::audit::Line;

/// There is no trail yet.
pub const EMPTY: &str = "guarded: nothing is recorded yet\n";

/// `12:30:01 deny     git.reset-hard  git reset --hard`
#[must_use]
pub fn line(line: &Line) -> String {
    let Value::Object(record) = &line.value else {
        return format!("line {}: not a record: {}\n", line.number, elided(line.text.as_bytes(), 120));
    };
    let time = line.field("time").map_or_else(String::new, local_time);
    let kind = line.field("kind").unwrap_or("?");
    let call = line.field("call").map(|call| call.get(..8).unwrap_or(call)).unwrap_or_default();
    let call = Hostile(call.as_bytes()).to_string();
    let what = match kind {
        "decision" => decision(line),
        "refused" => format!("refused: {}", line.field("because").unwrap_or("?")),
        "permitted" => format!("permitted by {}", line.field("by").unwrap_or("?")),
        "unwatched" => {
            format!("its programs are not judged as they start: {}", line.field("because").unwrap_or("?"))
        }
        "plain" => format!("a person went on in plain bash: {}", line.field("because").unwrap_or("?")),
        "locked" => format!("locked: {}", line.field("why").unwrap_or("?")),
        "unlocked" => "unlocked".to_owned(),
        "drill" => {
            let passed = record.get("passed").and_then(Value::as_bool) == Some(true);
            format!("drill {}: {}", line.field("drill").unwrap_or("?"), if passed { "passed" } else { "not passed" })
        }
        "kept" => kept(line),
        "ran" => ended(record.get("status").and_then(Value::as_i64), record.get("signal").and_then(Value::as_i64)),
        _ => "?".to_owned(),
    };
    format!("{time} {call:<8} {}\n", Hostile(what.as_bytes()))
}

fn decision(line: &Line) -> String {
    let rules: Vec<&str> = line
        .value
        .get("rules")
        .and_then(Value::as_array)
        .map(|rules| rules.iter().filter_map(|rule| rule.get("rule").and_then(Value::as_str)).collect())
        .unwrap_or_default();
    let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
    let command = elided(line.field("command").unwrap_or_default().as_bytes(), 160);
    format!("{:<9} {command}{rules}", line.field("verdict").unwrap_or("?"))
}

/// What was kept for undo, and the first thing that could not be.
fn kept(line: &Line) -> String {
    let left = line.value.get("left").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let first = left.first().map(|one| {
        let text = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
        let more = if left.len() > 1 { format!(", and {} more", left.len() - 1) } else { String::new() };
        format!("not kept: {} ({}){more}", text("path"), text("why"))
    });
    let kept = line.field("undo").map(|id| format!("kept as {id}"));
    kept.into_iter().chain(first).collect::<Vec<_>>().join("; ")
}

fn ended(status: Option<i64>, signal: Option<i64>) -> String {
    match (status, signal) {
        (_, Some(signal)) => format!("ended by signal {signal}"),
        (Some(status), None) => format!("ended with status {status}"),
        (None, None) => "ended".to_owned(),
    }
}

fn local_time(text: &str) -> String {
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => time.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => Hostile(text.as_bytes()).to_string(),
    }
}

/// There is nothing to verify, which may itself be news.
#[must_use]
pub fn none(path: &Path) -> String {
    let path = Hostile(path.as_os_str().as_encoded_bytes());
    format!("guarded: there is no trail at {path}: nothing was recorded yet, or it was taken away\n")
}

/// The chain holds.
#[must_use]
pub fn whole(records: u64, path: &Path) -> String {
    let path = Hostile(path.as_os_str().as_encoded_bytes());
    format!("{records} records in {path}, each chained to the one before\n")
}
