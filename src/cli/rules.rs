//! `guarded rules`: the built-in packs and one's own.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use bstr::BStr;
use clap::ArgMatches;

use super::check::is_json;
use super::{Here, Outcome, Trouble};
use crate::answer::Answer;
use crate::packs::schema::Examples;
use crate::packs::{self, Packs};
use crate::policy::nearest;
use crate::rules::Rule;
use crate::show::{Exit, Explain, print, rule};

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

/// Reads a pack, then has each of its examples judged with the pack in force.
pub fn test(given: &ArgMatches, here: &Here) -> Outcome {
    let file = given.get_one::<OsString>("file").map_or_else(|| Path::new(""), Path::new);
    let text = std::fs::read_to_string(here.directory.join(file))
        .map_err(|error| Trouble::Io { what: format!("{} can't be read", file.display()), error })?;
    let (pack, examples) = packs::parse(&file.display().to_string(), &text)
        .map_err(|errors| Trouble::WrongPacks(errors.iter().map(ToString::to_string).collect()))?;
    let rules = pack.rules.len();
    let packs = Packs::of(vec![(pack, examples.clone())]);
    let mut wrong = Vec::new();
    for one in &examples {
        wrong.extend(failures(one, &packs, here)?);
    }
    if wrong.is_empty() {
        print::out(&rule::sound(file, rules));
        return Ok(Exit::Fine);
    }
    Err(Trouble::WrongPacks(wrong).into())
}

/// Which of a rule's examples do not do what they say. Examples that need files are left to whoever lays them out.
fn failures(examples: &Examples, packs: &Packs, here: &Here) -> Result<Vec<String>, Box<dyn Explain>> {
    if !examples.files.is_empty() || !examples.dirs.is_empty() {
        return Ok(Vec::new());
    }
    let mut wrong = Vec::new();
    let lists = [
        ("stops", &examples.stops, Some(Answer::Yes)),
        ("unsure", &examples.unsure, Some(Answer::CannotTell)),
        ("passes", &examples.passes, None),
    ];
    for (list, lines, wanted) in lists {
        for line in lines {
            let model = here.judge(BStr::new(line), &here.directory)?.model;
            let findings = crate::rules::matching(&model, packs, &crate::command::Seen::default());
            let holds = match wanted {
                Some(wanted) => {
                    findings.iter().any(|finding| *finding.rule.id == *examples.id && finding.answer == wanted)
                }
                None => findings.is_empty(),
            };
            if !holds {
                wrong.push(rule::failure(&examples.id, list, line));
            }
        }
    }
    Ok(wrong)
}
