//! `guarded doctor`: what holds here.

use clap::ArgMatches;

use super::check::is_json;
use super::{Here, Outcome};
use crate::doctor;
use crate::show::{self, Exit, print};

#[expect(clippy::unnecessary_wraps, reason = "the shape of every verb")]
pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    let found = doctor::examine(&here.world, &here.directory);
    print::out(&if is_json(given) { show::doctor::json(&found) } else { show::doctor::text(&found) });
    Ok(if found.holds() { Exit::Fine } else { Exit::Unmet })
}
