//! `guarded rules`: the built-in packs and one's own.

use std::ffi::OsString;
use std::sync::Arc;

use clap::ArgMatches;

use super::check::is_json;
use super::{Here, Outcome, Trouble};
use crate::packs::Packs;
use crate::packs::schema::Examples;
use crate::policy::nearest;
use crate::rules::Rule;
use crate::show::{Exit, print, rule};

pub fn list(given: &ArgMatches, here: &Here) -> Outcome {
    let packs = &here.world.packs;
    let pack = given.try_get_one::<OsString>("pack").ok().flatten().map(|pack| pack.to_string_lossy().into_owned());
    let wanted = |rule: &&Arc<Rule>| {
        pack.as_ref().is_none_or(|pack| rule.id.strip_prefix(pack.as_str()).is_some_and(|rest| rest.starts_with('.')))
    };
    let rules: Vec<&Arc<Rule>> = packs.rules().filter(wanted).collect();
    if let (Some(pack), true) = (&pack, rules.is_empty()) {
        let packs = packs.rules().filter_map(|rule| rule.id.split('.').next());
        return Err(Trouble::NoSuchPack { near: nearest(pack, packs).map(str::to_owned), pack: pack.clone() }.into());
    }
    print::out(&if is_json(given) { rule::list_json(&rules) } else { rule::list(&rules) });
    Ok(Exit::Fine)
}

pub fn show(given: &ArgMatches, here: &Here) -> Outcome {
    let packs = &here.world.packs;
    let id = given.get_one::<OsString>("id").map(|id| id.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(found) = packs.rule(&id) else {
        let near = nearest(&id, packs.rules().map(|rule| &*rule.id)).map(str::to_owned);
        return Err(Trouble::NoSuchRule { id, near }.into());
    };
    if is_json(given) {
        print::out(&rule::one_json(found, examples(found, packs).as_ref()));
    } else {
        print_rule(found, packs);
    }
    Ok(Exit::Fine)
}

pub fn print_rule(found: &Rule, packs: &Packs) {
    print::out(&rule::one(found, examples(found, packs).as_ref()));
}

fn examples(rule: &Rule, packs: &Packs) -> Option<Examples> {
    packs.examples().into_iter().find(|examples| examples.id == *rule.id)
}
