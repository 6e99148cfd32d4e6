//! Values while a program is evaluated, and the cells that hold what changes. Cells keep a log, so that a branch can be
//! taken back and the ends of several branches can be joined.

use std::rc::Rc;

use bstr::BString;

use super::super::item::bounded;
use super::syntax::{Class, Function};
use crate::command::words::{Cause, Shape, Value};

/// Lists and maps that a place may hold, by the way that was taken.
const ALTERNATIVES: usize = 8;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Thing {
    Text(Value),
    /// pathlib's
    Path(Value),
    Number(i64),
    Flag(bool),
    Nothing,
    /// In a cell, since others may hold it too.
    List(usize),
    Map(usize),
    /// A name that nothing in sight defines (a module, a function, a method's result), from its root.
    Name(BString),
    /// By its place among the closures.
    Function(usize),
    Class(usize),
    /// Of a class, with its attributes in a cell.
    Instance(usize, usize),
    /// A client of a cloud service, by the service's name.
    Client(Value),
    /// One of these.
    Either(Vec<Thing>),
    Unknown,
}

pub(super) type Pairs = Vec<(BString, Thing)>;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Unset,
    One(Thing),
    Lists(Vec<Vec<Thing>>),
    Maps(Vec<Pairs>),
    /// A list or map of which nothing is known any more.
    Lost,
}

/// A function where it was defined.
#[derive(Clone, Debug)]
pub(super) struct Closure {
    pub function: Rc<Function>,
    pub frame: usize,
    /// What it is a method of.
    pub bound: Option<Thing>,
    /// It stands in the file that is run, not in one that this imports.
    pub main: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Defined {
    pub class: Rc<Class>,
    /// Its members.
    pub frame: usize,
    pub bases: Vec<Thing>,
    pub main: bool,
}

impl Thing {
    pub fn known(text: impl Into<BString>) -> Thing {
        Thing::Text(Value::known(text))
    }

    /// As text that is part of another.
    pub fn value(&self) -> Value {
        match self {
            Thing::Text(value) | Thing::Path(value) => value.clone(),
            Thing::Number(number) => Value::known(number.to_string()),
            Thing::Name(name) => Value::unknown(Cause::Variable(name.clone())),
            Thing::Either(things) => {
                things.iter().map(Thing::value).reduce(Value::or).unwrap_or_else(|| unknown_text(None))
            }
            Thing::Flag(_)
            | Thing::Nothing
            | Thing::List(_)
            | Thing::Map(_)
            | Thing::Function(_)
            | Thing::Class(_)
            | Thing::Instance(..)
            | Thing::Client(_)
            | Thing::Unknown => unknown_text(None),
        }
    }

    pub fn text(&self) -> Option<&BString> {
        match self {
            Thing::Text(Value::Known(text)) | Thing::Path(Value::Known(text)) => Some(text),
            _ => None,
        }
    }

    pub fn or(self, other: Thing) -> Thing {
        match (self, other) {
            (left, right) if left == right => left,
            (Thing::Text(left), Thing::Text(right)) if left.choices().is_some() && right.choices().is_some() => {
                Thing::Text(left.or(right))
            }
            (left, right) => {
                let mut all = Vec::new();
                for thing in [left, right] {
                    match thing {
                        Thing::Either(several) => {
                            for one in several {
                                if !all.contains(&one) {
                                    all.push(one);
                                }
                            }
                        }
                        one if !all.contains(&one) => all.push(one),
                        _ => {}
                    }
                }
                match all.len() {
                    1 => all.swap_remove(0),
                    2..=ALTERNATIVES => Thing::Either(all),
                    _ => Thing::Unknown,
                }
            }
        }
    }

    /// Each that it may be.
    pub fn each(self) -> Vec<Thing> {
        match self {
            Thing::Either(things) => things,
            one => vec![one],
        }
    }

    pub fn join(&self, next: &Thing) -> Thing {
        Thing::Text(bounded(self.value().then(next.value())))
    }

    /// Whether a condition holds, where that is known.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Thing::Flag(flag) => Some(*flag),
            Thing::Number(number) => Some(*number != 0),
            Thing::Nothing => Some(false),
            Thing::Text(Value::Known(text)) => Some(!text.is_empty()),
            _ => None,
        }
    }
}

/// Text of which nothing is known, or several words of which nothing is known.
pub(super) fn unknown_text(several: Option<()>) -> Value {
    Value::Unknown(Shape {
        pieces: vec![crate::command::words::Piece::Hole],
        because: Cause::Construct("an expression of another language"),
        splits: several.is_some(),
    })
}

impl Cell {
    /// What it holds where two ways meet.
    fn or(self, other: Cell) -> Cell {
        match (self, other) {
            (left, right) if left == right => left,
            (Cell::One(left), Cell::One(right)) => Cell::One(left.or(right)),
            (Cell::Unset, other) | (other, Cell::Unset) => other,
            (Cell::Lists(mut left), Cell::Lists(right)) => {
                left.extend(right.into_iter().filter(|one| !left.contains(one)).collect::<Vec<_>>());
                if left.len() > ALTERNATIVES { Cell::Lists(vec![common(&left)]) } else { Cell::Lists(left) }
            }
            (Cell::Maps(mut left), Cell::Maps(right)) => {
                left.extend(right.into_iter().filter(|one| !left.contains(one)).collect::<Vec<_>>());
                if left.len() > ALTERNATIVES { Cell::Lost } else { Cell::Maps(left) }
            }
            (_, _) => Cell::Lost,
        }
    }

    /// What it holds after any number of rounds: only what did not change is still known.
    fn widened(self, after: &Cell) -> Cell {
        match (self, after) {
            (left, right) if left == *right => left,
            (Cell::One(Thing::Text(before)), Cell::One(Thing::Text(after))) => {
                // Text that grows keeps its beginning.
                let (before, after) = (beginning(&before), beginning(after));
                let same = before.iter().zip(after.iter()).take_while(|(left, right)| left == right).count();
                let start = Value::known(before.get(..same).unwrap_or_default());
                Cell::One(Thing::Text(start.then(unknown_text(None))))
            }
            (Cell::Lists(mut lists), Cell::Lists(after)) => {
                lists.extend(after.iter().cloned());
                Cell::Lists(vec![common(&lists)])
            }
            (Cell::Unset, Cell::One(thing)) => Cell::One(thing.clone()),
            (Cell::One(_), _) => Cell::One(Thing::Unknown),
            (_, _) => Cell::Lost,
        }
    }
}

/// What all that it may be begins with.
fn beginning(value: &Value) -> BString {
    let Some((first, others)) = value.choices().and_then(<[BString]>::split_first) else {
        return value.starts_with().into();
    };
    let same = |index: usize, byte: u8| others.iter().all(|other| other.get(index) == Some(&byte));
    let length = first.iter().enumerate().take_while(|(index, byte)| same(*index, **byte)).count();
    first[..length].into()
}

/// The common beginning of lists, then something of any length.
pub(super) fn common(lists: &[Vec<Thing>]) -> Vec<Thing> {
    let Some((first, others)) = lists.split_first() else { return Vec::new() };
    let same = |index: usize, thing: &Thing| {
        !super::evaluate::several(thing) && others.iter().all(|other| other.get(index) == Some(thing))
    };
    let mut kept: Vec<Thing> = first
        .iter()
        .enumerate()
        .take_while(|(index, thing)| same(*index, thing))
        .map(|(_, thing)| thing.clone())
        .collect();
    kept.push(Thing::Text(unknown_text(Some(()))));
    kept
}

/// What cells held before a branch changed them.
#[derive(Default)]
pub(super) struct Store {
    cells: Vec<Cell>,
    log: Vec<(usize, Cell)>,
    branches: usize,
}

/// The cells that a branch changed, with what it left in them.
pub(super) type End = Vec<(usize, Cell)>;

impl Store {
    pub fn make(&mut self, cell: Cell) -> usize {
        self.cells.push(cell);
        self.cells.len() - 1
    }

    pub fn get(&self, place: usize) -> &Cell {
        self.cells.get(place).unwrap_or(&Cell::Lost)
    }

    pub fn set(&mut self, place: usize, cell: Cell) {
        if let Some(old) = self.cells.get_mut(place) {
            let old = std::mem::replace(old, cell);
            if self.branches > 0 {
                self.log.push((place, old));
            }
        }
    }

    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn begin(&mut self) -> usize {
        self.branches += 1;
        self.log.len()
    }

    /// Takes back what was changed since `mark`, and tells what it was.
    pub fn take_back(&mut self, mark: usize) -> End {
        self.branches -= 1;
        let mut end: End = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        while self.log.len() > mark {
            let Some((place, old)) = self.log.pop() else { break };
            let Some(cell) = self.cells.get_mut(place) else { continue };
            let new = std::mem::replace(cell, old);
            // The last change is met first, and it is the one that counts.
            if seen.insert(place) {
                end.push((place, new));
            }
        }
        end
    }

    /// The same, with all that a cell held on the way: where a body may be left in its middle.
    pub fn take_back_all(&mut self, mark: usize, base: usize) -> End {
        let mut held: std::collections::BTreeMap<usize, Cell> = std::collections::BTreeMap::new();
        let mut met = std::collections::BTreeSet::new();
        for (place, old) in self.log.iter().skip(mark) {
            // The first of a cell's changes tells what it held before all this.
            if !met.insert(*place) || *place >= base {
                let joined = held.remove(place).map_or_else(|| old.clone(), |held| held.or(old.clone()));
                held.insert(*place, joined);
            }
        }
        let mut end = self.take_back(mark);
        for (place, cell) in &mut end {
            if let Some(held) = held.remove(place) {
                *cell = std::mem::replace(cell, Cell::Unset).or(held);
            }
        }
        end
    }

    /// Joins the ends of branches. `skipped`: none of them may have been taken. Cells from `base` on were made inside
    /// one of them and mean nothing to the others.
    pub fn meet(&mut self, ends: Vec<End>, skipped: bool, base: usize) {
        let count = ends.len();
        let mut places: std::collections::BTreeMap<usize, Vec<Cell>> = std::collections::BTreeMap::new();
        for (place, cell) in ends.into_iter().flatten() {
            places.entry(place).or_default().push(cell);
        }
        for (place, cells) in places {
            let untouched = place < base && (skipped || cells.len() < count);
            let before = untouched.then(|| self.get(place).clone());
            let joined = cells.into_iter().chain(before).reduce(Cell::or);
            if let Some(joined) = joined {
                self.set(place, joined);
            }
        }
    }

    /// After a round of a loop: what it changed may be so in the next, or (where it is not to be `exact`) anything. False
    /// where nothing is new.
    pub fn again(&mut self, end: End, base: usize, exact: bool) -> bool {
        let mut new = false;
        for (place, after) in end {
            let before = self.get(place).clone();
            let joined = if exact { before.clone().or(after) } else { before.clone().widened(&after) };
            if joined != before {
                new |= place < base;
                self.set(place, joined);
            }
        }
        new
    }
}
