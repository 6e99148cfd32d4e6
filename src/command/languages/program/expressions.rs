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
                let items = self.list(parts);
                Thing::List(self.store.make(Cell::Lists(vec![items])))
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
                    let then = self.expression(then);
                    let other = self.expression(other);
                    then.or(other)
                }
            },
            Expression::Either(left, right) => {
                let left = self.expression(left);
                let right = self.expression(right);
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

    pub fn list(&mut self, parts: &[Expression]) -> Vec<Thing> {
        let mut items = Vec::new();
        for part in parts {
            if items.len() >= ITEMS {
                items.push(any_number(Value::known("")));
                break;
            }
            match part {
                Expression::Spread(inner) => {
                    let inner = self.expression(inner);
                    match self.elements(&inner) {
                        Some(more) => items.extend(more),
                        None => items.push(any_number(Value::known(""))),
                    }
                }
                part => items.push(self.expression(part)),
            }
        }
        items
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
        let items = match self.elements(&list) {
            Some(items) if items.len() <= 64 => items,
            Some(_) | None => vec![any_number(Value::known(""))],
        };
        for item in items {
            let many = several(&item);
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
            ("+", Thing::List(_), _) => {
                let mut items = self.elements(&left).unwrap_or_else(|| vec![any_number(Value::known(""))]);
                // Lists that may be one of several stay so.
                if let Thing::List(place) = &left
                    && let Cell::Lists(lists) = self.store.get(*place)
                    && lists.len() > 1
                {
                    let lists = lists.clone();
                    let place = self.store.make(Cell::Lists(lists));
                    self.extend(place, &right);
                    return Thing::List(place);
                }
                match self.elements(&right) {
                    Some(more) if items.len() + more.len() <= ITEMS => items.extend(more),
                    Some(_) | None => items.push(any_number(Value::known(""))),
                }
                Thing::List(self.store.make(Cell::Lists(vec![items])))
            }
            ("+", _, Thing::List(place)) => {
                let more = match self.store.get(*place) {
                    Cell::Lists(lists) if lists.len() == 1 => lists[0].clone(),
                    _ => vec![any_number(Value::known(""))],
                };
                let items = std::iter::once(any_number(Value::known(""))).chain(more).collect();
                Thing::List(self.store.make(Cell::Lists(vec![items])))
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
            ("reversed", Thing::List(_), _) => match self.elements(&left) {
                Some(items) => {
                    let items = items.into_iter().rev().collect();
                    Thing::List(self.store.make(Cell::Lists(vec![items])))
                }
                None => Thing::Unknown,
            },
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
            Thing::List(_) => match self.elements(object) {
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

    pub fn index(&mut self, object: &Thing, index: &Thing) -> Thing {
        match (object, index) {
            (Thing::Either(things), _) => {
                let mut all = Vec::new();
                for thing in things {
                    all.push(self.index(thing, index));
                }
                all.into_iter().reduce(Thing::or).unwrap_or(Thing::Unknown)
            }
            (Thing::List(place), Thing::Number(number)) => {
                let Cell::Lists(lists) = self.store.get(*place) else { return Thing::Unknown };
                let at = |items: &Vec<Thing>| {
                    let number = *number;
                    let length = i64::try_from(items.len()).unwrap_or(0);
                    let at = usize::try_from(if number < 0 { number + length } else { number }).ok()?;
                    // Behind any number of elements no place is known.
                    let known = if number < 0 { items.get(at..)? } else { items.get(..=at)? };
                    (!known.iter().any(several)).then(|| items.get(at).cloned())?
                };
                lists
                    .iter()
                    .map(|items| at(items).unwrap_or(Thing::Unknown))
                    .reduce(Thing::or)
                    .unwrap_or(Thing::Unknown)
            }
            (Thing::Map(_), key) => match key.text() {
                Some(key) => self.member_of_map(object, key),
                None => self.any_of_map(object),
            },
            (Thing::Text(Value::Known(text)), Thing::Number(number)) if text.is_ascii() => {
                let length = i64::try_from(text.len()).unwrap_or(0);
                let at = usize::try_from(if *number < 0 { number + length } else { *number }).ok();
                at.and_then(|at| text.get(at)).map_or(Thing::Unknown, |byte| Thing::known([*byte].as_slice()))
            }
            (Thing::Name(name), key) => match key.text() {
                Some(key) if name == "os.environ" || name == "process.env" => self.environment(name, key),
                Some(key) if !self.python => self.member(object, key),
                Some(key) if name.ends_with(b".__dict__") || name == "sys.modules" || name.ends_with(b"vars()") => {
                    let name = name.strip_suffix(b".__dict__").unwrap_or(name);
                    let root = name == b"sys.modules";
                    let key = BString::from(key.as_slice());
                    if root { Thing::Name(key) } else { self.member(&Thing::Name(name.into()), &key) }
                }
                Some(_) | None => Thing::Name([name.as_slice(), b"[]"].concat().into()),
            },
            (Thing::Instance(..) | Thing::Class(_), key) if !self.python => match key.text() {
                Some(key) => {
                    let key = key.clone();
                    self.member(object, &key)
                }
                None => Thing::Unknown,
            },
            (_, _) => Thing::Unknown,
        }
    }

    fn any_of_map(&self, object: &Thing) -> Thing {
        let Some(pairs) = self.pairs(object) else { return Thing::Unknown };
        pairs.into_iter().map(|(_, thing)| thing).reduce(Thing::or).unwrap_or(Thing::Unknown)
    }

    pub fn member_of_map(&self, object: &Thing, key: &BString) -> Thing {
        let Thing::Map(place) = object else { return Thing::Unknown };
        let Cell::Maps(maps) = self.store.get(*place) else { return Thing::Unknown };
        let found = |pairs: &Pairs| {
            pairs.iter().rev().find(|(other, _)| other == key).map_or(Thing::Unknown, |(_, thing)| thing.clone())
        };
        maps.iter().map(found).reduce(Thing::or).unwrap_or(Thing::Unknown)
    }

    /// What stands behind a dot, as a value.
    pub fn member(&mut self, object: &Thing, name: &BString) -> Thing {
        match object {
            Thing::Either(things) => {
                let mut all = Vec::new();
                for thing in things {
                    all.push(self.member(thing, name));
                }
                all.into_iter().reduce(Thing::or).unwrap_or(Thing::Unknown)
            }
            Thing::Name(path) => {
                if path == "process.env" {
                    return self.environment(path, name);
                }
                let whole = super::super::calls::module(&[path.as_slice(), b".", name].concat());
                // `sys.argv`, `process.argv`: what is there before the program begins
                match self.find(&whole, self.frame).map(|place| self.store.get(place)) {
                    Some(Cell::One(thing)) => thing.clone(),
                    _ => Thing::Name(whole),
                }
            }
            Thing::Map(_) if !self.python => self.member_of_map(object, name),
            Thing::Class(_) | Thing::Instance(..) => self.attribute(object, name),
            Thing::Path(value) => super::methods::part_of_path(value, name),
            _ => Thing::Unknown,
        }
    }

    /// A variable of the environment, which the program may have set itself.
    pub fn environment(&self, map: &BString, name: &BString) -> Thing {
        let own = BString::from([map.as_slice(), b".", name].concat());
        match self.find(&own, 0).map(|place| self.store.get(place)) {
            Some(Cell::One(thing)) => thing.clone(),
            Some(_) => Thing::Unknown,
            None => Thing::Text(self.around.variable(name)),
        }
    }

    /// An attribute of an instance, its class, or what that comes from.
    pub fn attribute(&mut self, object: &Thing, name: &BString) -> Thing {
        let class = match object {
            Thing::Instance(class, place) => {
                let found = self.member_of_map(&Thing::Map(*place), name);
                if found != Thing::Unknown || *self.store.get(*place) == Cell::Lost {
                    return found;
                }
                *class
            }
            Thing::Class(class) => *class,
            _ => return Thing::Unknown,
        };
        let Some(defined) = self.classes.get(class) else { return Thing::Unknown };
        let (frame, bases) = (defined.frame, defined.bases.clone());
        let own = self.frames.get(frame).and_then(|frame| frame.names.get(name)).copied();
        match own.map(|place| self.store.get(place)) {
            Some(Cell::One(Thing::Function(index))) => {
                let index = *index;
                self.bound(index, object)
            }
            Some(Cell::One(thing)) => thing.clone(),
            Some(_) => Thing::Unknown,
            None => {
                for base in bases {
                    if base == *object {
                        continue;
                    }
                    if let Thing::Class(_) = base {
                        let found = self.deeper(Thing::Unknown, |evaluator| evaluator.attribute(&base, name));
                        match found {
                            Thing::Unknown => {}
                            Thing::Function(index) => return self.bound(index, object),
                            found => return found,
                        }
                    }
                }
                Thing::Unknown
            }
        }
    }

    fn bound(&mut self, index: usize, object: &Thing) -> Thing {
        let Some(closure) = self.closures.get(index).cloned() else { return Thing::Unknown };
        if matches!(object, Thing::Class(class) if self.classes.get(*class).is_some_and(|one| one.class.name.is_empty()))
        {
            // A module's own function.
            return Thing::Function(index);
        }
        self.closures.push(super::things::Closure { bound: Some(object.clone()), ..closure });
        Thing::Function(self.closures.len() - 1)
    }

    pub fn set_member(&mut self, object: &Thing, name: &BString, thing: Thing) {
        match object {
            Thing::Instance(_, place) | Thing::Map(place) => self.set_key(*place, name, thing),
            Thing::Class(class) => {
                let frame = self.classes.get(*class).map_or(0, |defined| defined.frame);
                let before = std::mem::replace(&mut self.frame, frame);
                self.define(name, thing, Declared::Block);
                self.frame = before;
            }
            Thing::Name(path) => {
                let whole = super::super::calls::module(&[path.as_slice(), b".", name].concat());
                let before = std::mem::replace(&mut self.frame, 0);
                self.define(&whole, thing, Declared::Block);
                self.frame = before;
            }
            Thing::Either(things) => {
                for one in things {
                    self.set_member(one, name, Thing::Unknown);
                }
            }
            _ => {}
        }
    }

    pub fn set_key(&mut self, place: usize, key: &BString, thing: Thing) {
        let Cell::Maps(maps) = self.store.get(place) else { return };
        let mut maps = maps.clone();
        for pairs in &mut maps {
            if let Some((_, old)) = pairs.iter_mut().find(|(other, _)| other == key) {
                *old = thing.clone();
            } else if pairs.len() < ITEMS {
                pairs.push((key.clone(), thing.clone()));
            }
        }
        self.store.set(place, Cell::Maps(maps));
    }

    pub fn set_index(&mut self, object: &Thing, index: &Thing, thing: Thing) {
        match (object, index) {
            (Thing::List(place), Thing::Number(number)) => {
                let Cell::Lists(lists) = self.store.get(*place) else { return };
                let mut lists = lists.clone();
                for items in &mut lists {
                    let length = i64::try_from(items.len()).unwrap_or(0);
                    let at = usize::try_from(if *number < 0 { number + length } else { *number });
                    match at.ok().and_then(|at| items.get_mut(at)) {
                        Some(old) => *old = thing.clone(),
                        None => items.push(thing.clone()),
                    }
                }
                self.store.set(*place, Cell::Lists(lists));
            }
            (Thing::List(place) | Thing::Map(place), index) => match (object, index.text()) {
                (Thing::Map(_), Some(key)) => self.set_key(*place, &key.clone(), thing),
                (_, _) => self.store.set(*place, Cell::Lost),
            },
            (Thing::Name(name), index) if name == "os.environ" || name == "process.env" => {
                if let Some(key) = index.text() {
                    let key = key.clone();
                    self.set_member(object, &key, thing);
                }
            }
            (Thing::Instance(..), index) => {
                if let Some(key) = index.text() {
                    let key = key.clone();
                    self.set_member(object, &key, thing);
                }
            }
            (_, _) => {}
        }
    }

    /// Adds the elements of another list.
    pub fn extend(&mut self, place: usize, more: &Thing) {
        let more = self.elements(more).unwrap_or_else(|| vec![any_number(Value::known(""))]);
        let Cell::Lists(lists) = self.store.get(place) else { return };
        let mut lists = lists.clone();
        for items in &mut lists {
            if items.len() + more.len() <= ITEMS {
                items.extend(more.iter().cloned());
            } else if !items.last().is_some_and(several) {
                items.push(any_number(Value::known("")));
            }
        }
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
                        (Some(items), None) => passed.items.extend(items),
                        (None, None) => passed.items.push(any_number(Value::known(""))),
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
