//! What a decision would destroy, as the policy's limits count it.

use super::{Decision, Judged};
use crate::answer::Answer;
use crate::packs::{Effect, Severity};
use crate::policy::Limits;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Toll {
    /// Destructive acts.
    pub acts: u64,
    /// Files that they delete or overwrite, as far as these were counted.
    pub files: u64,
    /// … and their bytes.
    pub bytes: u64,
}

impl Toll {
    #[must_use]
    pub fn of(decision: &Decision) -> Toll {
        decision.judged.iter().filter(|judged| is_destructive(judged)).fold(Toll::default(), |toll, judged| {
            let files = judged.stakes.files.and_then(|files| u64::try_from(files).ok()).unwrap_or(0);
            toll.and(Toll { acts: 1, files, bytes: judged.stakes.bytes.unwrap_or(0) })
        })
    }

    #[must_use]
    pub fn and(self, other: Toll) -> Toll {
        Toll {
            acts: self.acts.saturating_add(other.acts),
            files: self.files.saturating_add(other.files),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// Counted after all that lowers: what is mild by now counts nothing.
#[must_use]
pub fn is_destructive(judged: &Judged) -> bool {
    let destroys = match judged.finding.rule.effect {
        Effect::Delete | Effect::Overwrite | Effect::Disable => true,
        Effect::Execute | Effect::Expose | Effect::Publish | Effect::Spend => false,
    };
    destroys && judged.finding.answer == Answer::Yes && judged.severity >= Severity::Medium
}

/// Which limit is passed by what was destroyed within a minute and within an hour, in words for whoever reads it.
#[must_use]
pub fn passed(limits: &Limits, minute: Toll, hour: Toll) -> Option<String> {
    let over = |limit: Option<u64>, count: u64| limit.filter(|limit| count > *limit);
    if let Some(limit) = over(limits.files_per_minute.map(u64::from), minute.files) {
        return Some(format!("{} files within a minute, and the policy allows {limit}", minute.files));
    }
    if let Some(limit) = over(limits.bytes_per_minute, minute.bytes) {
        return Some(format!("{} bytes of files within a minute, and the policy allows {limit}", minute.bytes));
    }
    let limit = over(limits.destructive_per_hour.map(u64::from), hour.acts)?;
    Some(format!("{} destructive commands within an hour, and the policy allows {limit}", hour.acts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_holds_by_itself() {
        let none = Limits::default();
        let toll = Toll { acts: 3, files: 40, bytes: 500 };
        assert_eq!(passed(&none, toll, toll), None);
        for (limits, at) in [
            (Limits { files_per_minute: Some(39), ..none }, true),
            (Limits { files_per_minute: Some(40), ..none }, false),
            (Limits { bytes_per_minute: Some(499), ..none }, true),
            (Limits { bytes_per_minute: Some(500), ..none }, false),
            (Limits { destructive_per_hour: Some(2), ..none }, true),
            (Limits { destructive_per_hour: Some(3), ..none }, false),
        ] {
            assert_eq!(passed(&limits, toll, toll).is_some(), at, "{limits:?}");
        }
    }
}
