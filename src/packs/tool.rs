//! A pack as the matcher uses it: option tables joined, rules as messages need them.

use std::sync::Arc;

use bstr::BString;

use super::schema::{Grammar, Options, Pack, RuleData, Verb};
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
    starts: Option<Box<Starts>>,
}

/// So many verbs are looked through one by one.
const FEW: usize = 200;

/// By the first byte of a verb: the numbers of those that may begin so, in the order of the grammar.
type Starts = [Vec<u32>; 128];

fn starts(grammar: &Grammar) -> Option<Box<Starts>> {
    if grammar.verbs.len() < FEW || grammar.ignores_case {
        return None;
    }
    let mut starts = Box::new([const { Vec::new() }; 128]);
    for (number, verb) in (0..).zip(&grammar.verbs) {
        match verb.words.first().and_then(|word| word.as_bytes().first()) {
            Some(byte @ 0..=127) if !matches!(byte, b'*' | b'?' | b'[') => starts[usize::from(*byte)].push(number),
            _ => starts.iter_mut().for_each(|list| list.push(number)),
        }
    }
    Some(starts)
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
        let starts = starts(&pack.grammar);
        Tool { pack, rules, base, behind, starts }
    }

    /// The verbs that may begin with these words; others may be among them.
    pub fn verbs_from<'a>(&'a self, words: &[BString]) -> Box<dyn Iterator<Item = &'a Verb> + 'a> {
        let all = &self.pack.grammar.verbs;
        let first = words.first().and_then(|word| word.first());
        match (&self.starts, first) {
            (Some(starts), Some(byte @ 0..=127)) => {
                Box::new(starts[usize::from(*byte)].iter().filter_map(|number| all.get(*number as usize)))
            }
            _ => Box::new(all.iter()),
        }
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
