//! What is wrong with a rule's examples.

use guarded_sh::answer::Answer;
use guarded_sh::command::Seen;
use guarded_sh::packs::{Examples, Packs, Severity};
use guarded_sh::rules::{Finding, matching};

use super::model::model_of;

pub fn findings(line: &str, packs: &Packs) -> Vec<Finding> {
    matching(&model_of(line), packs, &Seen::default())
}

/// The worst answer that a rule gives to a line.
pub fn answer(rule: &str, found: &[Finding]) -> Answer {
    found.iter().filter(|one| &*one.rule.id == rule).fold(Answer::No, |so_far, one| so_far.or(one.answer))
}

/// One sentence for each example that does not hold.
pub fn wrong(examples: &Examples, packs: &Packs) -> Vec<String> {
    let id = &examples.id;
    let mut wrong = Vec::new();
    let mut say = |kind: &str, line: &str, what: &str| wrong.push(format!("{id}: {kind} {line:?}: {what}"));
    for line in &examples.stops {
        match answer(id, &findings(line, packs)) {
            Answer::Yes => {}
            Answer::No => say("stops", line, "the rule does not fire"),
            Answer::CannotTell => say("stops", line, "the rule cannot tell"),
        }
    }
    for line in &examples.unsure {
        match answer(id, &findings(line, packs)) {
            Answer::CannotTell => {}
            Answer::No => say("unsure", line, "the rule does not fire"),
            Answer::Yes => say("unsure", line, "the rule is sure"),
        }
    }
    for line in &examples.passes {
        for one in findings(line, packs) {
            say("passes", line, &format!("{} fires ({:?})", one.rule.id, one.answer));
        }
    }
    for line in packs.rule(id).map(|rule| rule.instead.clone()).unwrap_or_default() {
        for one in findings(&line, packs).iter().filter(|one| one.rule.severity >= Severity::Medium) {
            say("instead", &line, &format!("{} fires ({:?})", one.rule.id, one.answer));
        }
    }
    wrong
}
