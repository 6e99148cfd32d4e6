//! `guarded explain`: the reading of a command, or a rule.

use clap::ArgMatches;

use super::{Here, Outcome, Trouble, check, rules};
use crate::show::{self, Exit, explain, print};

pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    let text = check::text(given).ok_or(Trouble::NoCommand)?;
    let packs = &here.world.packs;
    if let Some(rule) = std::str::from_utf8(&text).ok().and_then(|id| packs.rule(id)) {
        rules::print_rule(rule, packs);
        return Ok(Exit::Fine);
    }
    let (call, judgement) = here.judge_call(text.as_ref(), &check::directory(given, here)?)?;
    print::out(&explain::text(&judgement.reading, &judgement.model, &judgement.decision));
    print::out(&show::check::lacking(&call.withheld.iter().collect::<Vec<_>>(), &call.granted));
    print::out(&show::check::covered(&call.hidden));
    Ok(Exit::Fine)
}
