//! Requests for people: what waits, in a list and in full. What they hold was made safe to print when they were filed;
//! it is escaped again all the same, since the store is a file.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::hostile::{Hostile, elided};
use crate::confirm::Shown;
use crate::store::{Request, State};

/// `guarded pending`
#[must_use]
pub fn list(requests: &[Request], now: SystemTime) -> String {
    if requests.is_empty() {
        return "nothing waits for a person\n".to_owned();
    }
    let mut out = String::new();
    for request in requests {
        let shown = shown(request);
        let command = shown.as_ref().map_or_else(String::new, |shown| elided(shown.command.as_bytes(), 100));
        let rules = shown.map(|shown| shown.findings.iter().map(|one| one.rule.clone()).collect::<Vec<_>>().join(", "));
        let rules = rules.filter(|rules| !rules.is_empty()).map(|rules| format!(" ({})", Hostile(rules.as_bytes())));
        let left = span(request.expires.duration_since(now).unwrap_or_default());
        let _ =
            writeln!(out, "{}  {left:>4} left  {command}{}", Hostile(request.id.as_bytes()), rules.unwrap_or_default());
    }
    out.push_str("\nguarded show ID, then guarded approve ID or guarded deny ID\n");
    out
}

#[must_use]
pub fn list_json(requests: &[Request]) -> String {
    requests.iter().fold(String::new(), |out, request| out + &one_json(request))
}

/// `guarded show ID`
#[must_use]
pub fn one(request: &Request, now: SystemTime) -> String {
    let mut out = format!("{} {}\n", Hostile(request.id.as_bytes()), state(request, now));
    let Some(shown) = shown(request) else {
        out.push_str("  what it was about can't be read\n");
        return out;
    };
    let mut line = |label: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {:<9} {}", format!("{label}:"), elided(text.as_bytes(), 4_000));
        }
    };
    for finding in &shown.findings {
        let sure = if finding.sure { "" } else { ", not sure" };
        line("finding", &format!("{} ({}, {}{sure})", finding.says, finding.rule, finding.severity));
        // In the command itself; a script has its name here.
        let number = finding.place.strip_prefix("command:").map(|number| format!("line {number}"));
        line("at", number.as_ref().unwrap_or(&finding.place));
        line("at risk", &finding.stakes.join("; "));
        line("hits", &finding.hits.join(" "));
        line("weighed", &finding.moved.join("; "));
        line("why", &finding.why);
        line("instead", &finding.instead.join(" or: "));
    }
    line("reason", &shown.reasons.join("; "));
    if !shown.understood {
        line("note", "not all of the text was understood");
    }
    line("in", &shown.directory);
    line("user", &shown.user.to_string());
    line("asked by", shown.agent.as_deref().unwrap_or_default());
    line("command", &shown.command);
    out
}

#[must_use]
pub fn one_json(request: &Request) -> String {
    let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let shown: serde_json::Value = serde_json::from_str(&request.shown).unwrap_or_default();
    let whole = json!({
        "id": request.id,
        "state": state_word(request.state),
        "created": seconds(request.created),
        "expires": seconds(request.expires),
        "decided_by": request.decided_by,
        "request": shown,
    });
    format!("{whole}\n")
}

fn shown(request: &Request) -> Option<Shown> {
    serde_json::from_str(&request.shown).ok()
}

fn state(request: &Request, now: SystemTime) -> String {
    match request.state {
        State::Pending | State::Approved if request.expired(now) => "has expired".to_owned(),
        State::Pending => {
            format!("waits for a person; {} left", span(request.expires.duration_since(now).unwrap_or_default()))
        }
        State::Approved => "is approved and not used yet".to_owned(),
        State::Denied => "was denied".to_owned(),
        State::Used => "was approved and used".to_owned(),
    }
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Pending => "pending",
        State::Approved => "approved",
        State::Denied => "denied",
        State::Used => "used",
    }
}

/// `45s`, `12m`, `3h`
fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=99 => format!("{seconds}s"),
        seconds @ 100..=5_999 => format!("{}m", seconds / 60),
        seconds => format!("{}h", seconds / 3_600),
    }
}

#[must_use]
pub fn approved(request: &Request) -> String {
    format!("{}: exactly this command may run once; have it repeated\n", Hostile(request.id.as_bytes()))
}

#[must_use]
pub fn denied(request: &Request) -> String {
    format!("{}: denied\n", Hostile(request.id.as_bytes()))
}

#[must_use]
pub fn paused(until: SystemTime) -> String {
    let until = jiff::Timestamp::try_from(until)
        .map(|until| until.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%H:%M").to_string());
    let until = until.unwrap_or_else(|_| "it ends".to_owned());
    format!("until {until}, what would ask runs and is recorded; guarded pause --end ends it now\n")
}

#[must_use]
pub fn resumed(pauses: usize) -> String {
    if pauses == 0 { "nothing was paused\n".to_owned() } else { "the pause has ended\n".to_owned() }
}
