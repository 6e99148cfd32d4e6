//! Loops and `case`: a body is walked once for each round that is known, else as often as it takes to see what a later
//! round sees.

use std::rc::Rc;

use super::output;
use super::scope::Scope;
use super::walk::{Input, Walker};
use super::words::{Cause, Value, Word};
use crate::parse::syntax::{self, ArmEnd, Kind, Script};

/// Rounds of a loop over a known list.
const ROUNDS: usize = 64;

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
        let values: Option<Vec<Value>> = match words {
            Some(words) => {
                let mut all = Vec::new();
                for word in words {
                    all.extend(self.fields(word, scope));
                }
                // A glob or an unknown list: the number of rounds is not known.
                let open = |word: &Word| word.glob || matches!(&word.value, Value::Unknown(shape) if shape.splits);
                if all.iter().any(open) {
                    let values = all.into_iter().map(|word| if word.glob { entry(&word) } else { word.value });
                    return self.open_rounds(name, values.collect(), body, scope, input);
                }
                Some(all.into_iter().map(|word| word.value).collect())
            }
            None => scope.positional.clone(),
        };
        match values {
            Some(values) if values.len() <= ROUNDS => {
                for value in values {
                    scope.assign(name, value);
                    self.script(body, scope, input);
                }
            }
            Some(values) => {
                let any = values.into_iter().reduce(Value::or).unwrap_or_else(|| Value::known(""));
                self.unknown_rounds(body, scope, input, |scope| scope.assign(name, any.clone()));
            }
            None => {
                self.unknown_rounds(body, scope, input, |scope| scope.assign(name, Value::unknown(Cause::Positional)));
            }
        }
    }

    /// A list in which patterns stand: for each of its words the body runs an unknown number of times.
    fn open_rounds(&mut self, name: &[u8], values: Vec<Value>, body: &Script, scope: &mut Scope, input: &Input) {
        if values.len() > PATTERNS {
            let any = values.into_iter().reduce(Value::or).unwrap_or_else(|| Value::unknown(Cause::Input));
            return self.unknown_rounds(body, scope, input, |scope| scope.assign(name, any.clone()));
        }
        for value in values {
            self.unknown_rounds(body, scope, input, |scope| scope.assign(name, value.clone()));
        }
    }

    /// A body that runs an unknown number of times: whatever it assigns is unknown from its second round on.
    fn unknown_rounds(&mut self, body: &Script, scope: &mut Scope, input: &Input, begin: impl Fn(&mut Scope)) {
        let before = scope.clone();
        begin(scope);
        let first = scope.clone();
        let marked = self.model.commands.len();
        self.script(body, scope, input);
        let mut again = scope.clone();
        again.join(first.clone());
        begin(&mut again);
        if !unchanged(&first, &again) && self.model.commands.len() > marked {
            self.script(body, &mut again, input);
            scope.join(again);
        }
        scope.join(before);
    }

    pub(super) fn while_loop(&mut self, condition: &Script, body: &Script, scope: &mut Scope, input: &Input) {
        // `while read line` over known text: one round a line.
        let lines = match input {
            Input::Text(text) if reads(condition) => Some(Rc::clone(text)),
            Input::Text(_) | Input::Inherited | Input::File(_) => None,
        };
        if let Some(lines) = lines.filter(|lines| matches!(&*lines.borrow(), Value::Known(_))) {
            for _ in 0..ROUNDS {
                let done = matches!(&*lines.borrow(), Value::Known(rest) if rest.is_empty());
                if done {
                    return;
                }
                self.script(condition, scope, input);
                self.script(body, scope, input);
            }
            *lines.borrow_mut() = Value::unknown(Cause::Limit);
        }
        self.script(condition, scope, input);
        self.unknown_rounds(body, scope, input, |_| {});
    }

    pub(super) fn arithmetic_loop(
        &mut self,
        test: &syntax::Word,
        step: &syntax::Word,
        body: &Script,
        scope: &mut Scope,
        input: &Input,
    ) {
        for _ in 0..ROUNDS {
            match self.number(test, scope) {
                Some(0) => return,
                Some(_) => {
                    self.script(body, scope, input);
                    self.arithmetic(step, scope);
                }
                None => break,
            }
        }
        for name in super::arithmetic::names(step) {
            scope.assign(&name, Value::unknown(Cause::Limit));
        }
        self.unknown_rounds(body, scope, input, |_| {});
    }

    pub(super) fn case(&mut self, subject: &syntax::Word, arms: &[syntax::CaseArm], scope: &mut Scope, input: &Input) {
        let subject = self.single(subject, scope);
        let mut ends: Vec<Scope> = Vec::new();
        let mut sure = false;
        let mut falls = false;
        for arm in arms {
            let mut hit = falls.then_some(true).or(Some(false));
            for pattern in &arm.patterns {
                let matched = self.pattern(pattern, scope).and_then(|text| output::matches(&text, &subject));
                hit = match (hit, matched) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (None, _) | (_, None) => None,
                    (Some(false), Some(false)) => Some(false),
                };
            }
            falls = false;
            if hit == Some(false) {
                continue;
            }
            let mut inner = scope.clone();
            self.script(&arm.body, &mut inner, input);
            ends.push(inner);
            match (hit, arm.end) {
                (_, ArmEnd::FallThrough) => falls = true,
                (Some(true), ArmEnd::Break) => {
                    sure = true;
                    break;
                }
                (Some(true | false) | None, ArmEnd::Break | ArmEnd::TestNext) => {}
            }
        }
        let mut ends = ends.into_iter();
        if sure && let Some(end) = ends.next_back() {
            *scope = end;
        }
        for end in ends {
            scope.join(end);
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
    first.directory == again.directory && first.same_variables(again)
}

/// One of the entries that a glob in a `for` list names.
fn entry(word: &Word) -> Value {
    match word.text() {
        Some(pattern) => Value::entry_of(pattern),
        None => super::expand::around(word.value.starts_with(), Cause::Input),
    }
}
