//! The severity of a finding here and now: facts lower it, then facts and contexts raise it. Unknown never lowers.

use crate::look::facts::{FACTS, Stakes};
use crate::packs::Severity;
use crate::policy::Policy;
use crate::rules::{Move, Rule, Shift};

const PRODUCTION: &str = "context.production";
const THROWAWAY: &str = "context.throwaway";

/// Lowering first, so that a fact that raises has the last word.
pub fn after_facts(rule: &Rule, stakes: &Stakes, policy: &Policy, moved: &mut Vec<String>) -> Severity {
    let base = rule.severity;
    if base == Severity::Catastrophic {
        return base;
    }
    let mut severity = base;
    for shift in rule.lower.iter().filter(|shift| holds(shift, stakes)) {
        let to = lowered(base, shift.to);
        if to < base {
            moved.push(format!("lowered: {}", shift.when));
        }
        severity = severity.min(to);
    }
    if let Some((name, steps)) = lowering(stakes, policy) {
        let to = lowered(base, Move::By(steps));
        if to < base {
            moved.push(format!("lowered: context {name}"));
        }
        severity = severity.min(to);
    }
    let low = severity;
    for shift in rule.raise.iter().filter(|shift| holds(shift, stakes)) {
        let to = raised(low, shift.to);
        if to > low {
            moved.push(format!("raised: {}", shift.when));
        }
        severity = severity.max(to);
    }
    if let Some((name, steps)) = context(stakes, policy) {
        let to = raised(low, Move::By(steps));
        if to > low {
            moved.push(format!("raised: context {name}"));
        }
        severity = severity.max(to);
    }
    severity
}

/// With all that would lower it and can't be told.
pub fn at_best(rule: &Rule, stakes: &Stakes, policy: &Policy) -> Severity {
    let mut best = stakes.clone();
    for shift in &rule.lower {
        if let Some(fact) = FACTS.iter().map(|(name, _)| *name).find(|name| *name == &*shift.when) {
            best.truths.entry(fact).or_insert(true);
        }
    }
    after_facts(rule, &best, policy, &mut Vec::new())
}

fn holds(shift: &Shift, stakes: &Stakes) -> bool {
    match stakes.is(&shift.when) {
        Some(true) => true,
        Some(false) | None => false,
    }
}

fn lowered(from: Severity, by: Move) -> Severity {
    match by {
        Move::To(level) => level.min(from),
        Move::By(steps) => (0..steps).fold(from, |severity, _| down(severity)),
    }
}

/// Steps end at critical: what is always refused is so by its rule, not by a sum.
fn raised(from: Severity, by: Move) -> Severity {
    match by {
        Move::To(level) => level.max(from),
        Move::By(steps) => (0..steps).fold(from, |severity, _| up(severity)),
    }
}

fn down(severity: Severity) -> Severity {
    match severity {
        Severity::Low | Severity::Medium => Severity::Low,
        Severity::High => Severity::Medium,
        Severity::Critical => Severity::High,
        Severity::Catastrophic => Severity::Catastrophic,
    }
}

fn up(severity: Severity) -> Severity {
    match severity {
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
        Severity::Catastrophic => Severity::Catastrophic,
    }
}

/// The context that lowers most, where everything is known to lie in it and nothing says production.
fn lowering<'p>(stakes: &Stakes, policy: &'p Policy) -> Option<(&'p str, u8)> {
    if stakes.is(PRODUCTION) == Some(true) || stakes.is(THROWAWAY) != Some(true) {
        return None;
    }
    let covering = policy.contexts.iter().filter(|one| one.raise < 0 && stakes.contexts.contains(&one.name));
    let found = covering.min_by_key(|context| context.raise)?;
    Some((&found.name, found.raise.unsigned_abs()))
}

/// The context that the target lies in and that raises most. Where production is known but not by which context, the
/// strictest one counts.
fn context<'p>(stakes: &Stakes, policy: &'p Policy) -> Option<(&'p str, u8)> {
    let by_name = policy.contexts.iter().filter(|context| stakes.contexts.contains(&context.name));
    let strictest = |context: &&crate::policy::Context| context.raise;
    let found = by_name.max_by_key(strictest).or_else(|| {
        let production = stakes.is(PRODUCTION) == Some(true) && stakes.contexts.is_empty();
        production.then(|| policy.contexts.iter().max_by_key(strictest)).flatten()
    })?;
    Some((&found.name, u8::try_from(found.raise).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::{Move, lowered, raised};
    use crate::packs::Severity::{self, Catastrophic, Critical, High, Low, Medium};

    #[test]
    fn steps_end_at_both_ends_and_catastrophic_stays() {
        let table: [(Severity, u8, Severity, Severity); 7] = [
            (Low, 1, Low, Medium),
            (Medium, 1, Low, High),
            (High, 1, Medium, Critical),
            (Critical, 1, High, Critical),
            (Critical, 2, Medium, Critical),
            (High, 255, Low, Critical),
            (Catastrophic, 3, Catastrophic, Catastrophic),
        ];
        for (from, steps, down, up) in table {
            assert_eq!(lowered(from, Move::By(steps)), down, "{from:?} down {steps}");
            assert_eq!(raised(from, Move::By(steps)), up, "{from:?} up {steps}");
        }
    }

    #[test]
    fn a_level_moves_in_its_own_direction_only() {
        assert_eq!(lowered(Low, Move::To(High)), Low);
        assert_eq!(raised(High, Move::To(Low)), High);
        assert_eq!(raised(Low, Move::To(Catastrophic)), Catastrophic);
    }
}
