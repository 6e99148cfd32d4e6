//! How much of a text is walked. Budgets are counted, not timed: over budget means not understood.

use std::rc::Rc;

use super::UnreadKind;
use super::walk::Walker;
use super::words::Word;
use crate::parse;
use crate::span::Span;

/// Nodes walked in all, and words written down.
const STEPS: usize = 100_000;
/// Commands written down.
const COMMANDS: usize = 5_000;
/// Among them, those of texts that were walked before.
const AGAIN: usize = 4_096;
/// What one more walk counts for beside the commands in it.
const WALK: usize = 16;
/// So many bytes of a word count for a step.
const BYTES: usize = 64;

impl Walker<'_> {
    pub(super) fn limit(&mut self, what: &'static str) {
        if !self.quiet && !self.model.limits.contains(&what) {
            self.model.limits.push(what);
        }
    }

    /// Counts the commands of texts that were walked before: scripts that start each other many times over would have
    /// the same commands written down again and again.
    pub(super) fn may_walk(&mut self, reading: &Rc<parse::Reading>) -> bool {
        if !self.walked.insert(Rc::as_ptr(reading)) {
            self.again += WALK + reading.script.items.len();
        }
        let few = self.again <= AGAIN;
        if !few {
            self.over_budget("commands of the same texts");
        }
        few
    }

    /// What a script on disk does beyond it is left to its execs.
    pub(super) fn over_budget(&mut self, what: &'static str) {
        let at = self.place(Span::default());
        if at.is_in_a_file() {
            self.unread(UnreadKind::Rest, what, &at);
        } else {
            self.limit(what);
        }
    }

    /// Whether a script that runs as a process of its own is read here, not only when it starts.
    pub(super) fn reads_programs(&self) -> bool {
        self.alone.is_none_or(|files| self.files.len() < files)
    }

    /// Counts what is written down: what a script hands to itself may grow with each round.
    pub(super) fn weigh(&mut self, words: &[Word]) {
        self.steps += words.iter().map(|word| 1 + word.value.size() / BYTES).sum::<usize>();
    }

    /// Counts one step; false when the walk must end here.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        let (steps, commands) = (self.steps > STEPS, self.model.commands.len() > COMMANDS);
        if !(steps || commands) {
            return true;
        }
        self.over_budget(if steps { "steps" } else { "commands" });
        false
    }
}
