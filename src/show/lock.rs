//! The lock and the state of the guard, for people.

use std::fmt::Write;

use serde_json::json;

use super::hostile::{Hostile, elided};
use crate::store::{Lock, Pause};

/// What `guarded status` tells.
#[derive(Debug)]
pub struct Status {
    pub lock: Option<Lock>,
    pub pause: Option<Pause>,
    pub pending: usize,
}

#[must_use]
pub fn status(status: &Status) -> String {
    let mut out = String::new();
    match &status.lock {
        Some(lock) => {
            let why = elided(lock.why.as_bytes(), 300);
            let _ = writeln!(out, "locked{}: {why}\n  guarded unlock", since(lock));
        }
        None => out.push_str("not locked\n"),
    }
    if let Some(pause) = &status.pause {
        let until = jiff::Timestamp::try_from(pause.ends).map(|time| clock(time, "%H:%M"));
        let until = until.map_or_else(|_| String::new(), |until| format!(" until {until}"));
        let _ = writeln!(out, "paused{until}: what would ask runs, and is recorded\n  guarded pause --end");
    }
    let _ = match status.pending {
        0 => writeln!(out, "nothing waits for a person"),
        1 => writeln!(out, "1 command waits for a person\n  guarded pending"),
        many => writeln!(out, "{many} commands wait for a person\n  guarded pending"),
    };
    out
}

#[must_use]
pub fn status_json(status: &Status) -> String {
    let seconds = |time: std::time::SystemTime| {
        time.duration_since(std::time::SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    };
    let whole = json!({
        "locked": status.lock,
        "paused_until": status.pause.as_ref().map(|pause| seconds(pause.ends)),
        "pending": status.pending,
    });
    format!("{whole}\n")
}

/// ` since 12:30`, with the day where it is another.
#[must_use]
pub fn since(lock: &Lock) -> String {
    let time = i64::try_from(lock.since).ok().filter(|since| *since > 0);
    let time = time.and_then(|since| jiff::Timestamp::from_second(since).ok());
    time.map_or_else(String::new, |time| {
        let today = clock(time, "%F") == clock(jiff::Timestamp::now(), "%F");
        format!(" since {}", clock(time, if today { "%H:%M" } else { "%F %H:%M" }))
    })
}

fn clock(time: jiff::Timestamp, form: &str) -> String {
    time.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime(form).to_string()
}

/// `ended`: the trees that `--kill` has ended; `left`: processes of supervisors that are still there.
#[must_use]
pub fn locked(new: bool, ended: Option<usize>, left: &[i32]) -> String {
    let mut out = if new { "locked: " } else { "it was locked before: " }.to_owned();
    out.push_str("no agent runs anything until a person says: guarded unlock\n");
    if let Some(ended) = ended {
        let trees = if ended == 1 { "1 guarded tree has" } else { &format!("{ended} guarded trees have") };
        let _ = writeln!(out, "{trees} been ended");
    }
    for pid in left {
        let _ = writeln!(out, "its supervisor has not ended: {pid}");
    }
    out
}

#[must_use]
pub fn unlocked(was: Option<&Lock>) -> String {
    match was {
        Some(lock) => format!("unlocked; it was locked{}: {}\n", since(lock), Hostile(lock.why.as_bytes())),
        None => "nothing was locked\n".to_owned(),
    }
}
