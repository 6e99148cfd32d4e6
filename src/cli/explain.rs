//! `guarded explain`: the reading of a command, or a rule.

use clap::ArgMatches;

use super::{Outcome, Trouble, World, check, rules};
use crate::show::{Exit, explain, print};

pub fn run(given: &ArgMatches, world: &World) -> Outcome {
    let text = check::text(given).ok_or(Trouble::NoCommand)?;
    let packs = rules::packs(world)?;
    if let Some(rule) = std::str::from_utf8(&text).ok().and_then(|id| packs.rule(id)) {
        rules::print_rule(rule, &packs);
        return Ok(Exit::Fine);
    }
    let judgement = world.judge(text.as_ref(), &check::directory(given, world)?)?;
    print::out(&explain::text(&judgement.reading, &judgement.model, &judgement.decision));
    Ok(Exit::Fine)
}
