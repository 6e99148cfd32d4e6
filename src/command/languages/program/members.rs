//! What stands behind dots and in brackets: read and written.

use bstr::BString;

use super::evaluate::{Evaluator, several};
use super::syntax::Declared;
use super::things::{Cell, Pairs, Thing};
use crate::command::words::Value;

/// Elements that are carried along.
const ITEMS: usize = 1024;

impl Evaluator<'_> {
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
}
