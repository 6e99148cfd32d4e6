//! `guarded log` and `guarded audit verify`: the trail.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::ArgMatches;

use super::check::is_json;
use super::people::duration;
use super::{Here, Outcome, Trouble};
use crate::audit::{self, Filter, Line, Unverified};
use crate::show::{Exit, print, trail};

/// How often a followed trail is looked at.
const BEAT: Duration = Duration::from_millis(250);

pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    let path = here.state()?.join(audit::TRAIL);
    let filter = filter(given)?;
    let follow = given.get_flag("follow");
    if !path.exists() && !follow {
        print::err(trail::EMPTY);
        return Ok(Exit::Fine);
    }
    let show = |line: &Line| {
        if is_json(given) { print::try_out(&format!("{}\n", line.text)) } else { print::try_out(&trail::line(line)) }
    };
    let read = |error| Trouble::Io { what: format!("{} can't be read", path.display()), error };
    let last = last(given)?;
    if let (Some(last), false) = (last, follow) {
        let mut kept: VecDeque<Line> = VecDeque::new();
        for line in audit::lines(&path, filter, None).map_err(read)? {
            kept.push_back(line.map_err(read)?);
            if kept.len() > last {
                kept.pop_front();
            }
        }
        let _ = kept.iter().all(show);
        return Ok(Exit::Fine);
    }
    for line in audit::lines(&path, filter, follow.then_some(BEAT)).map_err(read)? {
        if !show(&line.map_err(read)?) {
            break;
        }
    }
    Ok(Exit::Fine)
}

pub fn verify(given: &ArgMatches, here: &Here) -> Outcome {
    let path = match given.try_get_one::<OsString>("file").ok().flatten() {
        Some(file) => PathBuf::from(file),
        None => here.state()?.join(audit::TRAIL),
    };
    match audit::verify(&path) {
        Ok(records) => {
            print::out(&trail::whole(records, &path));
            Ok(Exit::Fine)
        }
        Err(Unverified::Broken(broken)) => Err(Trouble::BrokenTrail { line: broken.line, why: broken.why }.into()),
        Err(Unverified::Unreadable(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            print::err(&trail::none(&path));
            Ok(Exit::Unmet)
        }
        Err(Unverified::Unreadable(error)) => {
            Err(Trouble::Io { what: format!("{} can't be read", path.display()), error }.into())
        }
    }
}

fn filter(given: &ArgMatches) -> Result<Filter, Trouble> {
    let text = |name: &str| given.get_one::<OsString>(name).map(|value| value.to_string_lossy().into_owned());
    Ok(Filter {
        kind: text("kind"),
        verdict: text("verdict"),
        rule: text("rule"),
        contains: text("contains"),
        since: text("since").map(|since| moment(&since).ok_or(Trouble::NotATime(since))).transpose()?,
    })
}

fn last(given: &ArgMatches) -> Result<Option<usize>, Trouble> {
    let Some(text) = given.get_one::<OsString>("last") else { return Ok(None) };
    let text = text.to_string_lossy();
    text.parse().map(Some).map_err(|_| Trouble::NotANumber(text.into_owned()))
}

fn moment(text: &str) -> Option<jiff::Timestamp> {
    match duration(text) {
        Some(ago) => jiff::Timestamp::now().checked_sub(ago).ok(),
        None => text.parse().ok(),
    }
}
