//! `guarded pending`, `show`, `approve`, `deny`, `pause`: the person's side.

use std::ffi::OsString;
use std::time::{Duration, SystemTime};

use clap::ArgMatches;

use super::check::is_json;
use super::{Here, Outcome, Trouble};
use crate::agents::ancestry;
use crate::confirm::{self, Tty};
use crate::show::{Exit, print, requests};
use crate::store::{Request, Store};

pub fn pending(given: &ArgMatches, here: &Here) -> Outcome {
    let requests = match existing(here)? {
        Some(store) => store.pending(SystemTime::now()).map_err(Trouble::Store)?,
        None => Vec::new(),
    };
    let now = SystemTime::now();
    print::out(&if is_json(given) { requests::list_json(&requests) } else { requests::list(&requests, now) });
    Ok(Exit::Fine)
}

pub fn show(given: &ArgMatches, here: &Here) -> Outcome {
    let request = request(given, here)?;
    let now = SystemTime::now();
    print::out(&if is_json(given) { requests::one_json(&request) } else { requests::one(&request, now) });
    Ok(Exit::Fine)
}

pub fn approve(given: &ArgMatches, here: &Here) -> Outcome {
    let id = request(given, here)?.id;
    let mut store = open(here)?;
    match confirm::approve(&mut store, &id, &ancestry(), &Tty) {
        Ok(request) => {
            print::out(&requests::approved(&request));
            Ok(Exit::Fine)
        }
        Err(why) => Err(Trouble::NotAnswered { id, why }.into()),
    }
}

pub fn deny(given: &ArgMatches, here: &Here) -> Outcome {
    let id = request(given, here)?.id;
    let mut store = open(here)?;
    match confirm::deny(&mut store, &id, &ancestry()) {
        Ok(request) => {
            print::out(&requests::denied(&request));
            Ok(Exit::Fine)
        }
        Err(why) => Err(Trouble::NotAnswered { id, why }.into()),
    }
}

pub fn pause(given: &ArgMatches, here: &Here) -> Outcome {
    if given.get_flag("end") {
        let ended = open(here)?.resume(SystemTime::now()).map_err(Trouble::Store)?;
        print::out(&requests::resumed(ended));
        return Ok(Exit::Fine);
    }
    let text = word(given, "duration");
    if text.is_empty() {
        return Err(Trouble::NoDuration.into());
    }
    let lasts = duration(&text).ok_or(Trouble::NotADuration(text))?;
    let mut store = open(here)?;
    match confirm::pause(&mut store, lasts, &ancestry(), &Tty) {
        Ok(pause) => {
            print::out(&requests::paused(pause.ends));
            Ok(Exit::Fine)
        }
        Err(why) => Err(Trouble::NotPaused(why).into()),
    }
}

/// `90s`, `10m`, `2h`, `3d`
pub fn duration(text: &str) -> Option<Duration> {
    let unit = match text.as_bytes().last()? {
        b's' => 1,
        b'm' => 60,
        b'h' => 3_600,
        b'd' => 86_400,
        _ => return None,
    };
    let number: u64 = text.get(..text.len() - 1)?.parse().ok()?;
    Some(number).filter(|number| *number > 0)?.checked_mul(unit).map(Duration::from_secs)
}

pub fn open(here: &Here) -> Result<Store, Trouble> {
    Store::open(here.state()?).map_err(Trouble::Store)
}

/// Looking makes no store where none is.
pub fn existing(here: &Here) -> Result<Option<Store>, Trouble> {
    let state = here.state()?;
    if state.join("guarded.db").exists() { open(here).map(Some) } else { Ok(None) }
}

/// Ids are shown in capitals and typed in any case.
fn request(given: &ArgMatches, here: &Here) -> Result<Request, Trouble> {
    let id = word(given, "id").to_ascii_uppercase();
    let found = match existing(here)? {
        Some(store) => store.request(&id).map_err(Trouble::Store)?,
        None => None,
    };
    found.ok_or(Trouble::NoSuchRequest { id })
}

pub fn word(given: &ArgMatches, name: &str) -> String {
    given.get_one::<OsString>(name).map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_have_a_unit() {
        let seconds = |text| duration(text).map(|lasts| lasts.as_secs());
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("10m"), Some(600));
        assert_eq!(seconds("2h"), Some(7_200));
        for text in ["", "10", "m", "0m", "-1m", "1.5h", "99999999999999999999d", "10m ", "ü"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
