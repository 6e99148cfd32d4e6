//! Aliases and options that a sourced file or an `eval` sets. The lines that follow were read without them.

use std::rc::Rc;

use super::scope::{Scope, Source};
use super::walk::Walker;
use crate::parse::{Mode, Reading};

/// So often texts may set the grammar of each other.
const TURNS: usize = 64;

impl Walker<'_> {
    /// What is being walked runs `alias`, `unalias` or `shopt`, or turns posix mode on or off.
    pub(super) fn sets_grammar(&mut self) {
        if !self.grammar.last().is_some_and(|last| Rc::ptr_eq(last, &self.source)) {
            self.grammar.push(Rc::clone(&self.source));
        }
    }

    /// The lines of the present text from a place on, read by the grammar that others have set since `mark`. What the
    /// text itself sets its reader has followed. `by`: what that began with.
    pub(super) fn read_again(
        &mut self,
        reading: &Reading,
        from: usize,
        mark: usize,
        by: &Mode,
        scope: &Scope,
    ) -> Option<Rc<Reading>> {
        let set = self.grammar.get(mark..).unwrap_or_default();
        let differs = scope.mode.expand_aliases || by.expand_aliases || scope.mode.dialect != by.dialect;
        if set.iter().all(|one| Rc::ptr_eq(one, &self.source)) || !differs {
            return None;
        }
        if self.grammar.len() > TURNS {
            self.over_budget("texts");
            return None;
        }
        let mut mode = scope.mode.clone();
        if by.expand_aliases {
            // These stand replaced in it already, and what they were is not known any more.
            if by.aliases.iter().any(|(name, text)| mode.aliases.get(name) != Some(text)) {
                self.over_budget("aliases that change");
            }
            mode.aliases.retain(|name, text| by.aliases.get(name) != Some(text));
        }
        // Places stay what they are.
        let blank = |byte: &u8| if *byte == b'\n' { b'\n' } else { b' ' };
        let text: Vec<u8> = reading.text.iter().take(from).map(blank).collect();
        let rest = reading.text.get(from..).unwrap_or_default();
        let Some(again) = self.seen.readings.read(&[&text[..], rest].concat(), &mode) else {
            self.over_budget("texts");
            return None;
        };
        self.model.doubted |= !again.trusted();
        let Source { name, outer, .. } = &*self.source;
        self.source = Rc::new(Source { name: name.clone(), text: again.text.clone(), outer: outer.clone() });
        Some(again)
    }
}
