//! A pack as the matcher uses it: option tables joined, rules as messages need them.

use std::sync::Arc;

use super::schema::{Options, Pack, RuleData};
use crate::rules::Rule;

/// A decoded pack.
#[derive(Clone, Debug)]
pub struct Tool {
    pub pack: Pack,
    /// As messages and decisions need them, in the order of `pack.rules`.
    pub rules: Vec<Arc<Rule>>,
    /// Options that hold for every verb: `global` and `options.""`.
    pub base: Options,
    /// Those of them that hold behind a verb.
    pub behind: Options,
}

impl Tool {
    #[must_use]
    pub fn new(pack: Pack) -> Self {
        let mut base = pack.grammar.global.clone();
        let mut behind = if pack.grammar.global_first { Options::default() } else { base.clone() };
        for (verb, options) in &pack.grammar.options {
            if verb.is_empty() {
                for all in [&mut base, &mut behind] {
                    all.value.extend(options.value.iter().cloned());
                    all.flag.extend(options.flag.iter().cloned());
                    all.optional.extend(options.optional.iter().cloned());
                }
            }
        }
        let rules = pack.rules.iter().map(|data| Arc::new(rule(data))).collect();
        Tool { pack, rules, base, behind }
    }

    /// Whether it looks at every command, or a family of names of it has this one. (Plain names are indexed.)
    #[must_use]
    pub fn is_wide_for(&self, name: &[u8]) -> bool {
        let mut families = self.pack.commands.iter().filter(|command| command.contains('*'));
        self.pack.any_command || families.any(|command| names(command, name))
    }
}

fn rule(data: &RuleData) -> Rule {
    Rule {
        id: data.id.as_str().into(),
        says: data.says.clone(),
        why: data.why.clone(),
        instead: data.instead.clone(),
        effect: data.effect,
        target: data.target,
        severity: data.severity,
        undo: data.undo,
        lower: data.lower.clone(),
        raise: data.raise.clone(),
    }
}

/// Whether a command's name is this one, or of this family.
pub(super) fn names(glob: &str, name: &[u8]) -> bool {
    super::glob::matches(glob.as_bytes(), name)
}
