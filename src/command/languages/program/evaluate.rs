//! Statements, in the order in which they would run: every branch is taken, and where branches meet a place holds what
//! either left in it; a loop over a known list is taken round by round, any other once as it begins and once as it may
//! go on.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::super::calls::Caller;
use super::super::grammar::Language;
use super::super::reader::{ACTS, Act, Surroundings};
use super::frames::Frame;
use super::syntax::{Declared, Expression, Function, Statement, Target, may_leave};
use super::things::{Cell, Closure, Defined, Store, Thing, unknown_text};
use crate::command::words::{Value, Word};

/// Expressions that are evaluated, in all; beyond the first figure loops are no longer taken round by round.
const SOON: usize = 40_000;
const STEPS: usize = 200_000;
/// Rounds of a loop over a known list.
const ROUNDS: usize = 64;
/// The name of what no program can name: the current directory.
const DIRECTORY: &str = " directory";
/// Nested evaluations.
const DEPTH: usize = 150;

pub(super) struct Evaluator<'a> {
    pub language: &'static Language,
    pub around: &'a dyn Surroundings,
    pub python: bool,
    pub store: Store,
    pub frames: Vec<Frame>,
    pub frame: usize,
    pub closures: Vec<Closure>,
    pub classes: Vec<Defined>,
    pub instances: BTreeMap<usize, Thing>,
    /// Functions that were walked, by id; those being walked, innermost last.
    pub walked: BTreeSet<usize>,
    pub walking: Vec<usize>,
    /// Functions that stand in a class.
    pub methods: BTreeSet<usize>,
    /// Callbacks that may run again when the program has gone on.
    pub later: Vec<usize>,
    pub returned: Vec<Vec<Thing>>,
    pub modules: BTreeMap<BString, Thing>,
    /// The folder of the file that is read.
    pub folder: BString,
    pub main: bool,
    pub acts: Vec<Act>,
    pub unread: bool,
    pub line: usize,
    /// Lines count from a call that evaluates text.
    pub fixed_line: Option<usize>,
    pub steps: usize,
    pub depth: usize,
    pub functions: usize,
    /// The parser did not read all of it.
    pub objected: bool,
    /// What the next act says of itself: its directory, its standard input.
    pub inside: Option<Value>,
    pub input: Option<Value>,
}

impl Caller for Evaluator<'_> {
    fn language(&self) -> &'static Language {
        self.language
    }

    fn variable(&self, name: &[u8]) -> Value {
        self.around.variable(name)
    }

    fn doubt(&mut self) {
        self.unread = true;
    }

    fn evaluate(&mut self, text: &BString) {
        self.text_of_code(text);
    }

    fn act(&mut self, words: Vec<Word>, input: Option<Value>) {
        let input = input.or_else(|| self.input.clone());
        self.note(Act { words, input, overwrites: None, directory: None, line: self.line });
    }

    fn overwrite(&mut self, path: Value, text: Option<Value>) {
        self.note(Act { words: Vec::new(), input: text, overwrites: Some(path), directory: None, line: self.line });
    }

    fn change_directory(&mut self, path: Value) {
        let whole = match self.directory() {
            Some(before) if !path.starts_with().starts_with(b"/") => super::expressions::joined(before, path),
            Some(_) | None => path,
        };
        let frame = std::mem::replace(&mut self.frame, 0);
        self.define(&DIRECTORY.into(), Thing::Text(whole), Declared::Block);
        self.frame = frame;
    }

    fn inside(&mut self, directory: Option<Value>, input: Option<Value>) {
        self.inside = directory;
        self.input = input;
    }
}

impl Evaluator<'_> {
    /// The directory that the program went to, if it did.
    fn directory(&self) -> Option<Value> {
        let place = *self.frames.first()?.names.get(DIRECTORY.as_bytes().as_bstr())?;
        match self.store.get(place) {
            Cell::One(thing) => Some(thing.value()),
            _ => None,
        }
    }

    /// What runs twice is written down once.
    fn note(&mut self, mut act: Act) {
        act.directory = match (self.inside.clone(), self.directory()) {
            (Some(inside), Some(before)) if !inside.starts_with().starts_with(b"/") => {
                Some(super::expressions::joined(before, inside))
            }
            (Some(inside), _) => Some(inside),
            (None, before) => before,
        };
        let same = |other: &Act| {
            other.words == act.words
                && other.input == act.input
                && other.overwrites == act.overwrites
                && other.directory == act.directory
        };
        if self.acts.iter().rev().take(200).any(same) {
            return;
        }
        if self.acts.len() >= ACTS {
            self.unread = true;
            return;
        }
        self.acts.push(act);
    }

    pub fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps > STEPS {
            self.unread = true;
        }
        self.steps <= STEPS
    }

    /// Whether the budget of the whole program is spent.
    pub fn spent(&self) -> bool {
        self.steps > STEPS || self.acts.len() >= ACTS
    }

    pub fn deeper<T>(&mut self, otherwise: T, inside: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= DEPTH {
            self.unread = true;
            return otherwise;
        }
        self.depth += 1;
        let made = inside(self);
        self.depth -= 1;
        made
    }

    /// Whether there is room for taking every round and every call by itself.
    pub fn soon(&self) -> bool {
        self.steps <= SOON
    }

    /// True where it is left for sure.
    pub fn statements(&mut self, statements: &[Statement]) -> bool {
        self.hoist(statements);
        for statement in statements {
            if !self.step() {
                return false;
            }
            let leaves = self.deeper(false, |evaluator| evaluator.statement(statement));
            if leaves {
                return true;
            }
        }
        false
    }

    /// JavaScript's functions are there before the block begins.
    fn hoist(&mut self, statements: &[Statement]) {
        if self.python {
            return;
        }
        for statement in statements {
            if let Statement::Function(function) = statement {
                let closure = self.closure(function, None);
                self.define(&function.name, closure, Declared::Block);
            }
        }
    }

    pub fn closure(&mut self, function: &Rc<Function>, bound: Option<Thing>) -> Thing {
        let closure = Closure { function: Rc::clone(function), frame: self.frame, bound, main: self.main };
        self.closures.push(closure);
        Thing::Function(self.closures.len() - 1)
    }

    /// True where nothing after it in the block runs.
    fn statement(&mut self, statement: &Statement) -> bool {
        match statement {
            Statement::Expression(expression) => drop(self.expression(expression)),
            Statement::Assign { target, declared, operator, value } => {
                let value = self.expression(value);
                self.assign(target, value, *operator, *declared);
            }
            Statement::If(branches) => return self.branches(branches),
            Statement::Each { target, declared, list, body } => self.each(target, *declared, list, body),
            Statement::While(condition, body) => {
                let leaves = may_leave(body);
                self.repeated(|evaluator| {
                    evaluator.expression(condition);
                    evaluator.perhaps(leaves, |evaluator| evaluator.block(body));
                });
            }
            Statement::Block(body) => return self.block(body),
            Statement::Try { body, handlers, after } => {
                let (mark, base) = (self.store.begin(), self.store.len());
                self.block(body);
                // It may have failed at any point; what it did is as possible as that it did not.
                let end =
                    if handlers.is_empty() { self.store.take_back(mark) } else { self.store.take_back_all(mark, base) };
                self.store.meet(vec![end], !handlers.is_empty(), base);
                let (mut ends, base) = (Vec::new(), self.store.len());
                for handler in handlers {
                    let mark = self.store.begin();
                    self.block(handler);
                    ends.push(self.store.take_back(mark));
                }
                self.store.meet(ends, true, base);
                self.block(after);
            }
            Statement::Switch(value, cases) => {
                self.expression(value);
                // Without `break` one case goes on into the next.
                let (mut ends, base) = (Vec::new(), self.store.len());
                for case in cases {
                    let mark = self.store.begin();
                    self.block(case);
                    ends.push(self.store.take_back(mark));
                }
                self.store.meet(ends, true, base);
            }
            Statement::Return(value) => {
                let thing = value.as_ref().map_or(Thing::Nothing, |value| self.expression(value));
                if let Some(returned) = self.returned.last_mut() {
                    returned.push(thing);
                }
                return true;
            }
            Statement::Leave(value) => {
                if let Some(value) = value {
                    self.expression(value);
                }
                return true;
            }
            Statement::Function(function) => {
                if self.python {
                    let closure = self.closure(function, None);
                    let decorated = self.decorated(closure, &function.decorators);
                    self.define(&function.name, decorated, Declared::Found);
                }
            }
            Statement::Class(class, decorators) => {
                for decorator in decorators {
                    self.expression(decorator);
                }
                let thing = self.class(class);
                self.define(&class.name, thing, if self.python { Declared::Found } else { Declared::Block });
            }
            Statement::Import(import) => self.import(import),
            Statement::Outer(names) => {
                if let Some(frame) = self.frames.get_mut(self.frame) {
                    frame.outer.extend(names.iter().cloned());
                }
            }
        }
        false
    }

    /// What decorators make of a function: it itself, as far as we care, but they run.
    fn decorated(&mut self, closure: Thing, decorators: &[Expression]) -> Thing {
        for decorator in decorators {
            let thing = self.expression(decorator);
            if let Thing::Function(_) = thing {
                let items = vec![closure.clone()];
                self.call_thing(&thing, super::calling::Passed { items, named: Vec::new() });
            }
        }
        closure
    }

    pub fn block(&mut self, body: &[Statement]) -> bool {
        if self.python {
            return self.statements(body);
        }
        let before = self.enter(self.frame, true);
        let leaves = self.statements(body);
        self.frame = before;
        leaves
    }

    fn branches(&mut self, branches: &[(Option<Expression>, Vec<Statement>)]) -> bool {
        let (mut ends, base) = (Vec::new(), self.store.len());
        let mut skipped = true;
        let mut leaves = true;
        for (condition, body) in branches {
            let known = match condition {
                Some(condition) => self.expression(condition).truth(),
                None => Some(true),
            };
            if known == Some(false) {
                continue;
            }
            let mark = self.store.begin();
            leaves &= self.block(body);
            ends.push(self.store.take_back(mark));
            if known == Some(true) {
                skipped = false;
                break;
            }
        }
        self.store.meet(ends, skipped, base);
        leaves && !skipped
    }

    fn each(&mut self, target: &Target, declared: Declared, list: &Expression, body: &[Statement]) {
        let list = self.expression(list);
        let element = match self.elements(&list) {
            Some(items) if items.len() <= ROUNDS && self.soon() && !items.iter().any(several) => {
                let leaves = may_leave(body);
                for item in items {
                    self.perhaps(leaves, |evaluator| evaluator.round(target, declared, item, body));
                }
                return;
            }
            Some(items) => {
                let all = items.into_iter().map(single).reduce(Thing::or);
                let Some(all) = all else { return };
                all
            }
            None => super::libraries::element_of(&list).unwrap_or(Thing::Unknown),
        };
        let leaves = may_leave(body);
        self.repeated(|evaluator| {
            evaluator.perhaps(leaves, |evaluator| evaluator.round(target, declared, element.clone(), body));
        });
    }

    /// Runs what may be left in its middle, where it `leaves`: what a place held on the way it may then still hold.
    pub fn perhaps<T>(&mut self, leaves: bool, inside: impl FnOnce(&mut Self) -> T) -> T {
        if !leaves {
            return inside(self);
        }
        let (mark, base) = (self.store.begin(), self.store.len());
        let made = inside(self);
        let end = self.store.take_back_all(mark, base);
        self.store.meet(vec![end], true, base);
        made
    }

    fn round(&mut self, target: &Target, declared: Declared, item: Thing, body: &[Statement]) {
        if self.python {
            self.assign(target, item, None, declared);
            self.statements(body);
            return;
        }
        let before = self.enter(self.frame, true);
        self.assign(target, item, None, declared);
        self.block(body);
        self.frame = before;
    }

    /// Runs `body` as it is met first, then as it may be met again, until that adds nothing.
    pub fn repeated(&mut self, mut body: impl FnMut(&mut Self)) {
        let base = self.store.len();
        for round in 0..6 {
            let mark = self.store.begin();
            body(self);
            let end = self.store.take_back(mark);
            let exact = round == 0 && self.soon();
            if !self.store.again(end, base, exact) {
                return;
            }
        }
    }
}

/// Stands for any number of elements.
pub(super) fn several(thing: &Thing) -> bool {
    matches!(thing, Thing::Text(Value::Unknown(shape)) if shape.splits)
}

/// One of the elements that it stands for.
pub(super) fn single(thing: Thing) -> Thing {
    match thing {
        Thing::Text(Value::Unknown(mut shape)) => {
            shape.splits = false;
            Thing::Text(Value::Unknown(shape))
        }
        other => other,
    }
}

/// Any number of elements, each of which begins so.
pub(super) fn any_number(start: Value) -> Thing {
    Thing::Text(start.then(unknown_text(Some(()))))
}
