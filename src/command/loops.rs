//! Loops and `case`: a body is walked once for each round that is known, else as often as it takes to see what a later
//! round sees.

use std::rc::Rc;

use bstr::ByteSlice;

use super::output;
use super::scope::Scope;
use super::walk::{Input, Walker};
use super::words::{Cause, Value, Word};
use crate::parse::syntax::{self, ArmEnd, Kind, Script};

/// Rounds of a loop over a known list.
const ROUNDS: usize = 64;
/// Rounds that are followed one by one in a whole reading: loops inside loops share them.
const ALL_ROUNDS: usize = 1024;
/// Passes over a body until a further round changes nothing that is known.
const WIDENED: usize = 5;

/// Patterns in a loop's list that are told apart.
const PATTERNS: usize = 8;

impl Walker<'_> {
    pub(super) fn for_loop(
        &mut self,
        name: &[u8],
        words: Option<&[syntax::Word]>,
        body: &Script,
        scope: &mut Scope,
        input: &Input,
    ) {
        // bash leaves out the loop whose name it can't assign, and goes on.
        if scope.is_readonly(name) || scope.perhaps_readonly(name) {
            for word in words.unwrap_or_default() {
                self.fields(word, scope);
            }
            self.fail(scope);
            return self
                .unknown_rounds(body, scope, input, |_, scope| scope.blur(name, Cause::Construct("a read-only name")));
        }
        let values: Option<Vec<Value>> = match words {
            Some(words) => {
                let mut all = Vec::new();
                for word in words {
                    all.extend(self.fields(word, scope));
                }
                // A glob or an unknown list: the number of rounds is not known.
                if all.iter().any(Word::is_open) {
                    return self.open_rounds(name, all, body, scope, input);
                }
                Some(all.into_iter().map(|word| word.value).collect())
            }
            None => scope.positional.clone(),
        };
        match values {
            Some(values) if values.len() <= self.rounds_left() => {
                self.looped(scope, |walker, scope| {
                    for value in values {
                        scope.assign(name, value);
                        walker.round(body, scope, input);
                    }
                });
            }
            Some(values) => {
                let any = values.into_iter().reduce(Value::or).unwrap_or_else(|| Value::known(""));
                self.unknown_rounds(body, scope, input, |_, scope| scope.assign(name, any.clone()));
            }
            None => {
                self.unknown_rounds(body, scope, input, |_, scope| {
                    scope.assign(name, Value::unknown(Cause::Positional));
                });
            }
        }
    }

    /// A list in which patterns stand: for each of them the body runs an unknown number of times.
    fn open_rounds(&mut self, name: &[u8], words: Vec<Word>, body: &Script, scope: &mut Scope, input: &Input) {
        let many = words.len() > PATTERNS.min(self.rounds_left());
        let values = words.into_iter().map(|word| {
            let once = !word.is_open();
            let value = match word.value {
                // Of a list that splits it is one piece, and no piece is known.
                Value::Unknown(shape) if shape.splits => Value::unknown(shape.because),
                _ if word.glob => entry(&word),
                value => value,
            };
            (value, once)
        });
        if many {
            let any = values.map(|(value, _)| value).reduce(Value::or).unwrap_or_else(|| Value::unknown(Cause::Input));
            return self.unknown_rounds(body, scope, input, |_, scope| scope.assign(name, any.clone()));
        }
        let printed = self.printed();
        self.looped(scope, |walker, scope| {
            for (value, once) in values {
                if once {
                    scope.assign(name, value);
                    walker.round(body, scope, input);
                } else {
                    let before = scope.clone();
                    walker.widened(body, scope, input, |_, scope| scope.assign(name, value.clone()));
                    scope.join(before);
                }
            }
        });
        self.blur_printed(printed.as_ref());
    }

    /// A loop around `rounds`: what breaks out of it comes out behind it.
    fn looped(&mut self, scope: &mut Scope, rounds: impl FnOnce(&mut Self, &mut Scope)) {
        let mark = self.left.len();
        self.loops += 1;
        rounds(self, scope);
        self.loops -= 1;
        self.land_loop(mark, scope);
    }

    /// How many rounds a loop may still be followed for.
    fn rounds_left(&self) -> usize {
        ROUNDS.min(ALL_ROUNDS.saturating_sub(self.rounds))
    }

    fn round(&mut self, body: &Script, scope: &mut Scope, input: &Input) {
        self.rounds += 1;
        let mark = self.left.len();
        self.script(body, scope, input);
        self.land_round(mark, scope);
    }

    /// A body that runs an unknown number of times: whatever a round changes is unknown from the second round on.
    fn unknown_rounds(
        &mut self,
        body: &Script,
        scope: &mut Scope,
        input: &Input,
        begin: impl Fn(&mut Self, &mut Scope),
    ) {
        let printed = self.printed();
        self.looped(scope, |walker, scope| walker.widened(body, scope, input, begin));
        self.blur_printed(printed.as_ref());
    }

    fn widened(&mut self, body: &Script, scope: &mut Scope, input: &Input, begin: impl Fn(&mut Self, &mut Scope)) {
        begin(self, scope);
        // No round at all.
        let mut end = scope.clone();
        for pass in 0..WIDENED {
            let before = scope.clone();
            self.round(body, scope, input);
            // A `for` ends before it assigns, a `while` behind its condition.
            end.join(scope.clone());
            let mut again = scope.clone();
            begin(self, &mut again);
            end.join(again.clone());
            let mut either = before.clone();
            either.join(again);
            if unchanged(&before, &either) {
                break;
            }
            // What the first round made of it stands beside what was there; what goes on changing may be anything.
            if pass > 0 {
                either.widen(&before);
            }
            *scope = either;
        }
        scope.join(end);
    }

    pub(super) fn while_loop(&mut self, condition: &Script, body: &Script, scope: &mut Scope, input: &Input) {
        // `while read line` over known text: one round a line.
        let lines = match input {
            Input::Text(text) if reads(condition) => Some(Rc::clone(text)),
            Input::Text(_) | Input::Inherited | Input::File(_) => None,
        };
        if let Some(lines) =
            lines.filter(|lines| matches!(&*lines.borrow(), Value::Known(text) if !text.contains_str("\\\n")))
        {
            let mut done = false;
            self.looped(scope, |walker, scope| {
                for _ in 0..walker.rounds_left() {
                    // The last line may lack its newline: then `read` fails, and the body does not run.
                    let rest = matches!(&*lines.borrow(), Value::Known(rest) if rest.contains(&b'\n'));
                    walker.script(condition, scope, input);
                    if !rest {
                        done = true;
                        return;
                    }
                    walker.round(body, scope, input);
                }
            });
            if done {
                return;
            }
            *lines.borrow_mut() = Value::unknown(Cause::Limit);
        }
        self.unknown_rounds(body, scope, input, |walker, scope| walker.script(condition, scope, input));
    }

    pub(super) fn arithmetic_loop(
        &mut self,
        test: &syntax::Word,
        step: &syntax::Word,
        body: &Script,
        scope: &mut Scope,
        input: &Input,
    ) {
        let mut done = false;
        self.looped(scope, |walker, scope| {
            for _ in 0..walker.rounds_left() {
                match walker.clause(test, scope) {
                    Some(0) => done = true,
                    Some(_) => {
                        walker.round(body, scope, input);
                        walker.clause(step, scope);
                        continue;
                    }
                    None => {}
                }
                break;
            }
        });
        if !done {
            self.unknown_rounds(body, scope, input, |walker, scope| {
                walker.clause(step, scope);
                for name in super::arithmetic::names(step) {
                    scope.assign(&name, Value::unknown(Cause::Limit));
                }
                walker.clause(test, scope);
            });
        }
    }

    /// A clause of `for (( … ))`; an empty one is true.
    fn clause(&mut self, clause: &syntax::Word, scope: &mut Scope) -> Option<i64> {
        if clause.parts.is_empty() { Some(1) } else { self.number(clause, scope) }
    }

    pub(super) fn case(&mut self, subject: &syntax::Word, arms: &[syntax::CaseArm], scope: &mut Scope, input: &Input) {
        let subject = self.single(subject, scope);
        let mut ends: Vec<super::leave::Way> = Vec::new();
        let mut sure = false;
        // The end of an arm that falls through, and whether that arm is the one for sure.
        let mut carried: Option<(super::leave::Way, Option<bool>)> = None;
        let folds = scope.options.may_be_on("nocasematch");
        for arm in arms {
            let mut hit = Some(false);
            for pattern in &arm.patterns {
                let pattern = self.pattern(pattern, scope).filter(|_| !folds);
                let matched = pattern.and_then(|text| output::matches(&text, &subject));
                hit = match (hit, matched) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (None, _) | (_, None) => None,
                    (Some(false), Some(false)) => Some(false),
                };
            }
            let before = self.way(scope);
            match carried.take() {
                Some((end, Some(true))) => {
                    self.turn(scope, end);
                    hit = Some(true);
                }
                Some((end, _)) if hit == Some(false) => {
                    self.turn(scope, end);
                    hit = None;
                }
                Some((end, _)) => self.meet(scope, end),
                None if hit == Some(false) => continue,
                None => {}
            }
            self.script(&arm.body, scope, input);
            let end = self.turn(scope, before);
            match (hit, arm.end) {
                (_, ArmEnd::FallThrough) => carried = Some((end, hit)),
                (Some(true), ArmEnd::Break) => {
                    ends.push(end);
                    sure = true;
                    break;
                }
                (Some(true), ArmEnd::TestNext) => {
                    self.turn(scope, end);
                }
                (Some(false) | None, ArmEnd::TestNext) => self.meet(scope, end),
                (Some(false) | None, ArmEnd::Break) => ends.push(end),
            }
        }
        if let Some((end, hit)) = carried {
            ends.push(end);
            sure = hit == Some(true);
        }
        let mut ends = ends.into_iter();
        if sure && let Some(end) = ends.next_back() {
            self.turn(scope, end);
        }
        for end in ends {
            self.meet(scope, end);
        }
    }
}

/// `while read …`: the condition takes lines of standard input.
fn reads(condition: &Script) -> bool {
    condition.items.iter().flat_map(|item| &item.first.commands).any(|node| match &node.kind {
        Kind::Simple { words, .. } => {
            words.first().is_some_and(|word| word.parts == [syntax::Part::Literal(b"read".to_vec())])
        }
        _ => false,
    })
}

/// Whether a second round would see what the first saw.
fn unchanged(first: &Scope, again: &Scope) -> bool {
    first.directory == again.directory && first.options == again.options && first.same_variables(again)
}

/// One of the entries that a glob in a `for` list names.
fn entry(word: &Word) -> Value {
    if let Some(pattern) = word.text() {
        return Value::entry_of(pattern);
    }
    let start = word.value.starts_with();
    let fixed = start.find_byteset(b"*?[+@!").unwrap_or(start.len());
    super::expand::around(&start[..fixed], Cause::Input)
}
