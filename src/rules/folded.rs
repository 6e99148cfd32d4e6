//! One unknown word opens many rules; one finding says it.

use super::Finding;
use crate::answer::Answer;

/// Of what can't be told about one command, keeps the worst of each kind. What is no worse than something certain goes.
#[must_use]
pub fn folded(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut open: Vec<Finding> = Vec::new();
    for finding in findings {
        match finding.answer {
            Answer::Yes => kept.push(finding),
            Answer::No => {}
            Answer::CannotTell => {
                let like = |one: &&mut Finding| one.command == finding.command && may_ask(one) == may_ask(&finding);
                match open.iter_mut().find(like) {
                    Some(one) if one.rule.severity >= finding.rule.severity => {}
                    Some(one) => *one = finding,
                    None => open.push(finding),
                }
            }
        }
    }
    let certain = |one: &Finding| kept.iter().any(|sure| sure.command == one.command && covers(sure, one));
    open.retain(|one| !certain(one));
    kept.extend(open);
    kept.sort_by_key(|finding| finding.command);
    kept
}

/// Facts may lower what is certain, so it stands only for what its rule can't undercut.
fn covers(sure: &Finding, one: &Finding) -> bool {
    sure.rule.lower.is_empty() && sure.rule.severity >= one.rule.severity
}

/// Whether it may ask by itself (see `decide`); the others are only recorded.
fn may_ask(finding: &Finding) -> bool {
    finding.rule.is_beyond_recall() && !finding.operands.is_empty()
}
