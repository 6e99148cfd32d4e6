//! `guarded doctor`: what holds here.

use clap::ArgMatches;

use super::check::is_json;
use super::people::word;
use super::{Here, Outcome, placement};
use crate::doctor;
use crate::placement::{Trouble, bypasses, found, table};
use crate::show::{self, Exit, print};

pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    let only = Some(word(given, "agent")).filter(|name| !name.is_empty());
    if let Some(name) = only.as_ref().filter(|name| table::agent(name).is_none()) {
        return Err(Trouble::NoSuchAgent { name: name.clone(), near: table::near(name) }.into());
    }
    let machine = doctor::examine(&here.world, &here.directory);
    // Where there is no home nothing is set up either.
    let means = placement::means_of(here, crate::placement::Scope::User);
    let login = means.as_ref().ok().and_then(bypasses::login).filter(|_| only.is_none());
    let agents = match (means, &here.world.state) {
        (Ok(means), Some(state)) => {
            let trail = state.join(crate::audit::TRAIL);
            let trail = Some(trail.as_path()).filter(|_| !given.get_flag("no-probe"));
            let execs = machine.execs.can();
            found::look(&means, found::Look { only: only.as_deref(), trail, execs })
        }
        _ => Vec::new(),
    };
    let whole =
        show::doctor::Whole { machine: &machine, agents: &agents, only: only.as_deref(), login: login.as_ref() };
    print::out(&if is_json(given) { show::doctor::json(&whole) } else { show::doctor::text(&whole) });
    Ok(if whole.holds() { Exit::Fine } else { Exit::Unmet })
}
