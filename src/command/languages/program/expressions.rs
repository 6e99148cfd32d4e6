//! Expressions, as far as their values are known.

use bstr::{BString, ByteSlice};

use super::super::item::{bounded, formatted};
use super::calling::Passed;
use super::evaluate::{Evaluator, any_number, several, single};
use super::syntax::{Declared, Each, Expression};
use super::things::{Cell, Pairs, Thing, unknown_text};
use crate::command::words::Value;

/// Elements of a list that are carried along.
const ITEMS: usize = 1024;

impl Evaluator<'_> {
    pub fn expression(&mut self, expression: &Expression) -> Thing {
        if !self.step() {
            return Thing::Unknown;
        }
        self.deeper(Thing::Unknown, |evaluator| evaluator.form(expression))
    }

    fn form(&mut self, expression: &Expression) -> Thing {
        match expression {
            Expression::Text(text) => Thing::Text(super::super::with_holes(text)),
            Expression::Number(number) => Thing::Number(*number),
            Expression::Flag(flag) => Thing::Flag(*flag),
            Expression::Nothing => Thing::Nothing,
            Expression::Name(name) => self.name(name),
            Expression::Template(parts) => {
                let mut value = Value::known("");
                for part in parts {
                    let part = self.expression(part);
                    value = bounded(value.then(part.value()));
                }
                Thing::Text(value)
            }
            Expression::Sum(parts) => {
                let mut parts = parts.iter();
                let mut sum = parts.next().map_or(Thing::Unknown, |first| self.expression(first));
                for part in parts {
                    let part = self.expression(part);
                    sum = self.binary("+", sum, part);
                }
                sum
            }
            Expression::Member(object, name) => {
                let object = self.expression(object);
                self.member(&object, name)
            }
            Expression::Index(object, index) => {
                let object = self.expression(object);
                let index = self.expression(index);
                self.index(&object, &index)
            }
            Expression::Slice(object, from, to) => {
                let object = self.expression(object);
                let mut end = |end: &Option<Box<Expression>>| match end {
                    Some(end) => match self.expression(end) {
                        Thing::Number(number) => Some(Some(number)),
                        _ => None,
                    },
                    None => Some(None),
                };
                match (end(from), end(to)) {
                    (Some(from), Some(to)) => self.slice(&object, from, to),
                    (_, _) => Thing::Unknown,
                }
            }
            Expression::Call(called) => self.called(called),
            Expression::List(parts) => {
                let lists = self.lists(parts);
                Thing::List(self.store.make(Cell::Lists(lists)))
            }
            Expression::Map(pairs) => self.map(pairs),
            Expression::Spread(inner) => self.expression(inner),
            Expression::Binary(operator, left, right) => {
                let left = self.expression(left);
                let right = self.expression(right);
                self.binary(operator, left, right)
            }
            Expression::Not(inner) => match self.expression(inner).truth() {
                Some(flag) => Thing::Flag(!flag),
                None => Thing::Unknown,
            },
            Expression::Choice(condition, then, other) => match self.expression(condition).truth() {
                Some(true) => self.expression(then),
                Some(false) => self.expression(other),
                None => {
                    let then = self.perhaps(true, |evaluator| evaluator.expression(then));
                    let other = self.perhaps(true, |evaluator| evaluator.expression(other));
                    then.or(other)
                }
            },
            Expression::Either(left, right) => {
                let left = self.expression(left);
                let right = self.perhaps(true, |evaluator| evaluator.expression(right));
                match left {
                    // `process.env.X || "y"`, a parameter that was left out
                    Thing::Nothing => right,
                    left => left.or(right),
                }
            }
            Expression::Function(function) => {
                // An arrow function sees the `this` around it, as a name like any other.
                self.closure(function, None)
            }
            Expression::Class(class) => self.class(class),
            Expression::Each(each) => self.comprehension(each),
            Expression::Assign(target, operator, value) => {
                let value = self.expression(value);
                self.assign(target, value.clone(), *operator, Declared::Found);
                if operator.is_some() { Thing::Unknown } else { value }
            }
            Expression::Parts(parts) => {
                for part in parts {
                    self.expression(part);
                }
                Thing::Unknown
            }
        }
    }

    pub fn name(&mut self, name: &BString) -> Thing {
        let Some(place) = self.find(name, self.frame) else {
            return match name.as_slice() {
                b"__name__" if self.main => Thing::known("__main__"),
                b"undefined" => Thing::Nothing,
                name if name == super::super::HOLE => Thing::Unknown,
                name => Thing::Name(super::super::calls::module(name)),
            };
        };
        match self.store.get(place) {
            Cell::One(thing) => thing.clone(),
            Cell::Unset => Thing::Name(name.clone()),
            Cell::Lists(_) | Cell::Maps(_) | Cell::Lost => Thing::Unknown,
        }
    }

    /// The list that these elements make, for each way in which what is spread in it may be.
    fn lists(&mut self, parts: &[Expression]) -> Vec<Vec<Thing>> {
        let mut lists = vec![Vec::new()];
        for part in parts {
            let more = match part {
                Expression::Spread(inner) => {
                    let inner = self.expression(inner);
                    self.alternatives(&inner)
                }
                part => vec![vec![self.expression(part)]],
            };
            lists = longer(&lists, &more);
        }
        lists
    }

    /// The lists that a thing may be; any number of elements where that is not known.
    pub fn alternatives(&mut self, thing: &Thing) -> Vec<Vec<Thing>> {
        match thing {
            Thing::List(place) => match self.store.get(*place) {
                Cell::Lists(lists) => lists.clone(),
                _ => vec![vec![any_number(Value::known(""))]],
            },
            Thing::Either(things) => {
                let mut all = Vec::new();
                for thing in things {
                    all.extend(self.alternatives(thing));
                }
                if all.len() > 8 { vec![vec![any_number(Value::known(""))]] } else { all }
            }
            thing => match self.elements(thing) {
                Some(items) => vec![items],
                None => vec![vec![any_number(Value::known(""))]],
            },
        }
    }

    /// Whether it is one list, and not one of several.
    fn is_one(&self, thing: &Thing) -> bool {
        match thing {
            Thing::List(place) => matches!(self.store.get(*place), Cell::Lists(lists) if lists.len() == 1),
            Thing::Map(_) => true,
            _ => false,
        }
    }

    fn map(&mut self, parts: &[(Expression, Expression)]) -> Thing {
        let mut pairs: Pairs = Vec::new();
        for (key, value) in parts {
            if let Expression::Spread(inner) = key {
                let inner = self.expression(inner);
                if let Some(more) = self.pairs(&inner) {
                    pairs.extend(more);
                }
                continue;
            }
            let key = self.expression(key);
            let value = self.expression(value);
            if let Some(key) = key.text()
                && pairs.len() < ITEMS
            {
                // Later ones count.
                pairs.retain(|(other, _)| other != key);
                pairs.push((key.clone(), value));
            }
        }
        Thing::Map(self.store.make(Cell::Maps(vec![pairs])))
    }

    fn comprehension(&mut self, each: &Each) -> Thing {
        let before = self.enter(self.frame, false);
        let mut made: Option<Vec<(Thing, Thing)>> = Some(Vec::new());
        self.comprehended(each, 0, &mut made);
        self.frame = before;
        let sifted = !each.conditions.is_empty();
        match made {
            Some(pairs) if each.key.is_some() => {
                let pairs = pairs.into_iter().filter_map(|(key, value)| Some((key.text()?.clone(), value))).collect();
                Thing::Map(self.store.make(Cell::Maps(vec![pairs])))
            }
            Some(pairs) => {
                let mut items: Vec<Thing> = pairs.into_iter().map(|(_, item)| item).collect();
                if sifted && !items.is_empty() {
                    // Any of them may be left out.
                    let all =
                        items.into_iter().map(single).reduce(Thing::or).map_or(Value::known(""), |all| all.value());
                    let start = Value::known(all.starts_with());
                    items = vec![any_number(start)];
                }
                Thing::List(self.store.make(Cell::Lists(vec![items])))
            }
            None => Thing::Unknown,
        }
    }

    fn comprehended(&mut self, each: &Each, round: usize, made: &mut Option<Vec<(Thing, Thing)>>) {
        let Some((target, list)) = each.rounds.get(round) else {
            for condition in &each.conditions {
                self.expression(condition);
            }
            let key = each.key.as_ref().map_or(Thing::Nothing, |key| self.expression(key));
            let element = self.expression(&each.element);
            match made {
                Some(made) if made.len() < ITEMS => made.push((key, element)),
                _ => *made = None,
            }
            return;
        };
        let list = self.expression(list);
        let one = self.is_one(&list);
        let items = match self.elements(&list) {
            Some(items) if items.len() <= 64 => items,
            None if super::libraries::element_of(&list).is_some() => {
                super::libraries::element_of(&list).into_iter().collect()
            }
            Some(_) | None => vec![any_number(Value::known(""))],
        };
        for item in items {
            let many = several(&item) || !one;
            self.assign(target, single(item), None, Declared::Block);
            let from = made.as_ref().map_or(0, Vec::len);
            self.comprehended(each, round + 1, made);
            // What is made of any number is any number.
            for (_, element) in made.iter_mut().flatten().skip(from).filter(|_| many) {
                *element = any_number(Value::known(element.value().starts_with()));
            }
        }
    }

    /// The elements of a list, where they are known; one may stand for any number.
    pub fn elements(&mut self, thing: &Thing) -> Option<Vec<Thing>> {
        match thing {
            Thing::List(place) => match self.store.get(*place) {
                Cell::Lists(lists) => match lists.as_slice() {
                    [only] => Some(only.clone()),
                    // Any element of any of them.
                    lists => {
                        let mut all: Vec<Thing> = Vec::new();
                        for one in lists.iter().flatten() {
                            if !all.contains(one) {
                                all.push(one.clone());
                            }
                        }
                        Some(all)
                    }
                },
                _ => None,
            },
            Thing::Map(place) if self.python => match self.store.get(*place) {
                Cell::Maps(maps) => {
                    Some(maps.iter().flatten().map(|(key, _)| Thing::Text(Value::Known(key.clone()))).collect())
                }
                _ => None,
            },
            Thing::Either(things) => {
                let mut all = Vec::new();
                for thing in things.clone() {
                    all.extend(self.elements(&thing)?);
                }
                Some(all)
            }
            _ => None,
        }
    }

    pub fn pairs(&self, thing: &Thing) -> Option<Pairs> {
        match thing {
            Thing::Map(place) => match self.store.get(*place) {
                Cell::Maps(maps) => match maps.as_slice() {
                    [only] => Some(only.clone()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    pub fn binary(&mut self, operator: &str, left: Thing, right: Thing) -> Thing {
        match (operator, &left, &right) {
            ("+", Thing::Number(left), Thing::Number(right)) => {
                left.checked_add(*right).map_or(Thing::Unknown, Thing::Number)
            }
            ("+", Thing::List(_), _) | ("+", _, Thing::List(_)) => {
                let (left, right) = (self.alternatives(&left), self.alternatives(&right));
                Thing::List(self.store.make(Cell::Lists(longer(&left, &right))))
            }
            ("+", Thing::Unknown | Thing::Either(_), Thing::Unknown | Thing::Number(_)) => Thing::Unknown,
            ("+", _, _) => left.join(&right),
            ("-", Thing::Number(left), Thing::Number(right)) => {
                left.checked_sub(*right).map_or(Thing::Unknown, Thing::Number)
            }
            ("*", Thing::Number(left), Thing::Number(right)) => {
                left.checked_mul(*right).map_or(Thing::Unknown, Thing::Number)
            }
            ("*", Thing::Text(Value::Known(text)), Thing::Number(times)) if (0..1000).contains(times) => {
                let times = usize::try_from(*times).unwrap_or(0);
                if text.len() * times > 1 << 16 { Thing::Unknown } else { Thing::known(text.repeat(times)) }
            }
            // Python's formatting; a number's remainder is of no interest.
            ("mod", Thing::Text(Value::Known(text)), _) => {
                let items = match (&right, self.pairs(&right)) {
                    (Thing::Map(_), Some(pairs)) => return Thing::Text(by_name(text, &pairs)),
                    (Thing::Map(_), None) => return Thing::Unknown,
                    (_, _) => self.elements(&right).unwrap_or_else(|| vec![right.clone()]),
                };
                let items: Vec<_> = items.iter().map(|item| super::super::item::Item::Text(item.value())).collect();
                Thing::Text(formatted(text, &items))
            }
            ("mod", Thing::Text(value), _) => Thing::Text(Value::known(value.starts_with()).then(unknown_text(None))),
            ("/", Thing::Path(_), _) | ("/", _, Thing::Path(_)) => {
                let rooted = right.value().starts_with().starts_with(b"/");
                let value = if rooted { right.value() } else { joined(left.value(), right.value()) };
                Thing::Path(value)
            }
            ("/", Thing::Name(_) | Thing::Unknown, Thing::Text(_)) => Thing::Path(joined(left.value(), right.value())),
            ("==" | "is", _, _) => equal(&left, &right).map_or(Thing::Unknown, Thing::Flag),
            ("!=", _, _) => equal(&left, &right).map_or(Thing::Unknown, |flag| Thing::Flag(!flag)),
            ("reversed", Thing::Text(Value::Known(text)), _) => match text.to_str() {
                Ok(text) => Thing::known(text.chars().rev().collect::<String>()),
                Err(_) => Thing::Unknown,
            },
            ("reversed", Thing::List(_), _) => {
                let lists = self.alternatives(&left).into_iter().map(|list| list.into_iter().rev().collect()).collect();
                Thing::List(self.store.make(Cell::Lists(lists)))
            }
            (_, _, _) => Thing::Unknown,
        }
    }

    fn slice(&mut self, object: &Thing, from: Option<i64>, to: Option<i64>) -> Thing {
        let bounds = |length: usize| {
            let length = i64::try_from(length).unwrap_or(i64::MAX);
            let place = |end: i64| if end < 0 { (end + length).max(0) } else { end.min(length) };
            let (from, to) = (place(from.unwrap_or(0)), place(to.unwrap_or(length)));
            (usize::try_from(from).unwrap_or(0), usize::try_from(to.max(from)).unwrap_or(0))
        };
        match object {
            Thing::Text(Value::Known(text)) if text.is_ascii() => {
                let (from, to) = bounds(text.len());
                Thing::known(&text[from..to])
            }
            Thing::List(_) if self.is_one(object) => match self.elements(object) {
                Some(items) if !items.iter().any(several) => {
                    let (from, to) = bounds(items.len());
                    Thing::List(self.store.make(Cell::Lists(vec![items[from..to].to_vec()])))
                }
                // What follows the known beginning is not known.
                Some(items)
                    if from == Some(1) && to.is_none() && items.first().is_some_and(|first| !several(first)) =>
                {
                    Thing::List(self.store.make(Cell::Lists(vec![items[1..].to_vec()])))
                }
                _ => Thing::Unknown,
            },
            _ => Thing::Unknown,
        }
    }

    /// Adds the elements of another list.
    pub fn extend(&mut self, place: usize, more: &Thing) {
        let more = self.alternatives(more);
        let Cell::Lists(lists) = self.store.get(place) else { return };
        let lists = longer(lists, &more);
        self.store.set(place, Cell::Lists(lists));
    }

    /// The arguments of a call.
    pub fn passed(&mut self, arguments: &[super::syntax::Argument]) -> Passed {
        let mut passed = Passed::default();
        for argument in arguments {
            match (&argument.name, &argument.value) {
                (Some(name), value) => {
                    let thing = self.expression(value);
                    passed.named.push((name.clone(), thing));
                }
                (None, Expression::Spread(inner)) => {
                    let inner = self.expression(inner);
                    match (self.elements(&inner), self.pairs(&inner)) {
                        (_, Some(pairs)) => passed.named.extend(pairs),
                        (Some(items), None) if self.is_one(&inner) => passed.items.extend(items),
                        (_, None) => passed.items.push(any_number(Value::known(""))),
                    }
                }
                (None, value) => {
                    let thing = self.expression(value);
                    passed.items.push(thing);
                }
            }
        }
        passed
    }
}

/// Each of these lists with each of those behind it.
fn longer(lists: &[Vec<Thing>], more: &[Vec<Thing>]) -> Vec<Vec<Thing>> {
    let mut made = Vec::new();
    for list in lists {
        for end in more {
            let mut whole = list.clone();
            if whole.len() + end.len() <= ITEMS {
                whole.extend(end.iter().cloned());
            } else if !whole.last().is_some_and(several) {
                whole.push(any_number(Value::known("")));
            }
            if !made.contains(&whole) {
                made.push(whole);
            }
        }
    }
    if made.len() > 8 { vec![super::things::common(&made)] } else { made }
}

/// `"%(name)s" % {…}`
fn by_name(text: &[u8], pairs: &Pairs) -> Value {
    let mut made = Value::known("");
    let mut rest = text;
    while let Some(at) = rest.find(b"%(") {
        made = made.then(Value::known(&rest[..at]));
        let inner = &rest[at + 2..];
        let Some(end) = inner.find(b")") else { break };
        let found = pairs.iter().rev().find(|(key, _)| *key == inner[..end]);
        made = bounded(made.then(found.map_or_else(|| unknown_text(None), |(_, thing)| thing.value())));
        rest = inner.get(end + 2..).unwrap_or_default();
    }
    bounded(made.then(Value::known(rest)))
}

pub(super) fn joined(left: Value, right: Value) -> Value {
    match &left {
        Value::Known(text) if text.is_empty() => right,
        Value::Known(text) if text.ends_with(b"/") => bounded(left.then(right)),
        _ => bounded(left.then(Value::known("/")).then(right)),
    }
}

fn equal(left: &Thing, right: &Thing) -> Option<bool> {
    match (left, right) {
        (Thing::Text(Value::Known(left)), Thing::Text(Value::Known(right))) => Some(left == right),
        (Thing::Number(left), Thing::Number(right)) => Some(left == right),
        (Thing::Flag(left), Thing::Flag(right)) => Some(left == right),
        (Thing::Nothing, Thing::Nothing) => Some(true),
        (Thing::Text(Value::Known(_)) | Thing::Number(_) | Thing::List(_) | Thing::Map(_), Thing::Nothing) => {
            Some(false)
        }
        (_, _) => None,
    }
}
