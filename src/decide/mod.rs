//! Model + findings + stakes + policy → `Decision`, each outcome with its reason. Pure.

use crate::look::facts::Stakes;
use crate::packs::Severity;
use crate::policy::Verdict;
use crate::rules::Finding;

/// What is made of a command.
#[derive(Clone, Debug)]
pub struct Decision {
    pub verdict: Verdict,
    /// What mode and policy would have said but did not stop (observe mode): the verdict that would hold.
    pub would: Verdict,
    pub judged: Vec<Judged>,
    /// All of the text was read and both parsers agreed.
    pub understood: bool,
    /// Something is left for an exec to tell.
    pub deferred: bool,
    /// Reasons that belong to no finding: unread text, doubts, spent budgets, a broken project policy.
    pub reasons: Vec<String>,
}

/// One finding with what was decided about it.
#[derive(Clone, Debug)]
pub struct Judged {
    pub finding: Finding,
    pub stakes: Stakes,
    /// After facts and contexts.
    pub severity: Severity,
    pub verdict: Verdict,
    /// Why the severity or the verdict moved: `lowered: build output (Cargo.toml)`, `production: kube context prod-eu`.
    pub moved: Vec<String>,
}
