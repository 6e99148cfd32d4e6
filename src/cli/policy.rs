//! `guarded policy`: what holds here, and whether its files make sense.

use clap::ArgMatches;

use super::{Here, Outcome, Trouble, check};
use crate::policy::{Versions, load, matches_name, today};
use crate::show::policy::text;
use crate::show::{Exit, Explain, print};

pub fn show(given: &ArgMatches, here: &Here) -> Outcome {
    let directory = check::directory(given, here)?;
    let policy = load(&here.world.places, &directory, &[], Versions::AndCommitted)
        .map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)?;
    print::out(&text(&policy));
    Ok(Exit::Fine)
}

/// What reading alone does not tell: names of rules that do not exist, waivers that have run out.
pub fn test(given: &ArgMatches, here: &Here) -> Outcome {
    let directory = check::directory(given, here)?;
    let policy = load(&here.world.places, &directory, &[], Versions::AndCommitted)
        .map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)?;
    let packs = &here.world.packs;
    let mut wrong = policy.warnings.clone();
    let today = today();
    for waiver in &policy.waivers {
        if packs.rule(&waiver.rule).is_none() {
            wrong.push(format!("a waiver names {}, and there is no such rule", waiver.rule));
        }
        if waiver.until < today {
            wrong.push(format!("the waiver of {} ran out on {}", waiver.rule, waiver.until));
        }
    }
    for glob in policy.overrides.iter().filter_map(|one| one.rule.as_deref()) {
        if !packs.rules().any(|rule| matches_name(glob.as_bytes(), rule.id.as_bytes())) {
            wrong.push(format!("an override names {glob}, and no rule fits"));
        }
    }
    if wrong.is_empty() {
        print::out(&crate::show::policy::sound(&policy));
        return Ok(Exit::Fine);
    }
    Err(Trouble::PolicyTest(wrong).into())
}
