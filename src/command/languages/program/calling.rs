//! Calls: of the program's own functions, which are walked with what they are given; of those that the table knows; and
//! of all others, which may call back.

use bstr::{BString, ByteSlice};

use super::super::calls::Caller;
use super::super::functions::Function as Known;
use super::super::item::{Given, Item};
use super::evaluate::{Evaluator, any_number, several, single};
use super::expressions::joined;
use super::syntax::{Called, Class, Declared, Expression, Rest};
use super::things::{Cell, Closure, Defined, Pairs, Thing};
use crate::command::words::Value;

/// What a call is given.
#[derive(Clone, Debug, Default)]
pub(super) struct Passed {
    pub items: Vec<Thing>,
    pub named: Pairs,
}

/// Ways in which the arguments of one call may be taken.
const WAYS: usize = 16;
/// A function that calls itself.
const RECURSION: usize = 3;
/// Depth at which calls are no longer followed with what they are given.
const CALLS: usize = 70;

impl Evaluator<'_> {
    pub fn called(&mut self, called: &Called) -> Thing {
        let line = std::mem::replace(&mut self.line, self.fixed_line.unwrap_or(called.line));
        let thing = self.called_here(called);
        self.line = line;
        thing
    }

    fn called_here(&mut self, called: &Called) -> Thing {
        match &called.callee {
            Expression::Member(object, name) => {
                let object = self.expression(object);
                let passed = self.passed(&called.arguments);
                if called.tagged {
                    let callee = self.member(&object, name);
                    return self.tagged(&callee, passed);
                }
                let mut all = Vec::new();
                for one in object.each() {
                    all.push(self.method(&one, name, passed.clone()));
                }
                all.into_iter().reduce(Thing::or).unwrap_or(Thing::Unknown)
            }
            callee => {
                let callee = self.expression(callee);
                let passed = self.passed(&called.arguments);
                if called.tagged {
                    return self.tagged(&callee, passed);
                }
                self.call_thing(&callee, passed)
            }
        }
    }

    /// zx's and Bun's shell: `` $`rm ${x}` ``
    fn tagged(&mut self, callee: &Thing, passed: Passed) -> Thing {
        let shell = matches!(callee, Thing::Name(name) if matches!(name.rsplit(|byte| *byte == b'.').next(), Some(b"$" | b"sh" | b"execa" | b"$sync")))
            || matches!(callee, Thing::Name(name) if name.starts_with(b"$(") || name.ends_with(b".$()"));
        let Some(text) = passed.items.first() else { return Thing::Unknown };
        let name = match callee {
            Thing::Name(name) => name.rsplit(|byte| *byte == b'.').next().unwrap_or_default().to_vec(),
            _ => Vec::new(),
        };
        if shell {
            self.shell(&text.value(), None);
        } else if matches!(name.as_slice(), b"sql" | b"$executeRaw" | b"$queryRaw" | b"raw") {
            let text = Item::Text(text.value());
            self.sql(&[text]);
        }
        Thing::Unknown
    }

    pub fn call_thing(&mut self, callee: &Thing, passed: Passed) -> Thing {
        match callee {
            Thing::Function(index) => self.call_closure(*index, passed),
            Thing::Class(class) => self.instance(*class, passed),
            Thing::Name(name) => self.call_name(name, None, passed),
            Thing::Either(things) => {
                let mut all = Vec::new();
                for thing in things {
                    all.push(self.deeper(Thing::Unknown, |evaluator| evaluator.call_thing(thing, passed.clone())));
                }
                all.into_iter().reduce(Thing::or).unwrap_or(Thing::Unknown)
            }
            Thing::Instance(..) => {
                let method = self.attribute(callee, &"__call__".into());
                match method {
                    Thing::Function(index) => self.call_closure(index, passed),
                    _ => self.elsewhere(passed),
                }
            }
            _ => self.elsewhere(passed),
        }
    }

    /// A call of which nothing is known: what it is given may be called back, now and later.
    fn elsewhere(&mut self, passed: Passed) -> Thing {
        self.callbacks(&passed);
        Thing::Unknown
    }

    pub fn callbacks(&mut self, passed: &Passed) {
        let things: Vec<Thing> =
            passed.items.iter().chain(passed.named.iter().map(|(_, thing)| thing)).cloned().collect();
        for (index, thing) in things.iter().enumerate() {
            let rest = || {
                let given = passed.named.iter().find(|(name, _)| name == "args").map(|(_, thing)| thing.clone());
                (given, things.get(index + 1..passed.items.len()).unwrap_or_default().to_vec())
            };
            match thing {
                Thing::Function(closure) => {
                    // `Thread(target=f, args=(x,))`, `submit(f, x)`: what follows may be what it is given.
                    let (given, mut items) = rest();
                    if let Some(list) = given.and_then(|given| self.elements(&given)) {
                        items = list;
                    }
                    if items.is_empty() || items.iter().any(|item| matches!(item, Thing::Function(_))) {
                        self.call_unknown(*closure);
                    } else {
                        self.call_closure(*closure, Passed { items, named: Vec::new() });
                    }
                    if !self.later.contains(closure) {
                        self.later.push(*closure);
                    }
                }
                Thing::Name(name) if self.starts_something(name) => {
                    let (given, items) = rest();
                    let items = given.and_then(|given| self.elements(&given)).unwrap_or(items);
                    if !items.is_empty() {
                        // `map(os.remove, files)`: each of a list, or the list itself.
                        let list = matches!(items.as_slice(), [Thing::List(_)]);
                        let each = if list { self.elements(&items[0]) } else { None };
                        for item in each.into_iter().flatten() {
                            let items = vec![single(item)];
                            self.call_name(name, None, Passed { items, named: Vec::new() });
                        }
                        self.call_name(name, None, Passed { items, named: Vec::new() });
                    }
                }
                // An object of handlers.
                Thing::Map(_) if !self.python => {
                    for (_, thing) in self.pairs(thing).into_iter().flatten() {
                        if let Thing::Function(closure) = thing {
                            self.call_unknown(closure);
                            self.later.push(closure);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn starts_something(&self, name: &[u8]) -> bool {
        self.function_of(name).is_some_and(Known::acts)
    }

    /// A function of the program's own, of whose arguments nothing is known.
    pub fn call_unknown(&mut self, index: usize) -> Thing {
        let Some(closure) = self.closures.get(index) else { return Thing::Unknown };
        if self.walking.contains(&closure.function.id) {
            return Thing::Unknown;
        }
        self.call_closure(index, Passed { items: vec![any_number(Value::known(""))], named: Vec::new() })
    }

    pub fn call_closure(&mut self, index: usize, passed: Passed) -> Thing {
        let Some(closure) = self.closures.get(index).cloned() else { return Thing::Unknown };
        let function = &closure.function;
        let again = self.walking.iter().filter(|id| **id == function.id).count();
        let spent = !self.soon() && self.walked.contains(&function.id);
        if again > RECURSION || self.depth > CALLS || spent {
            // It is walked at the end, with arguments that may be anything.
            if !self.later.contains(&index) {
                self.later.push(index);
            }
            return Thing::Unknown;
        }
        let passed = if again == RECURSION {
            Passed { items: vec![any_number(Value::known(""))], named: Vec::new() }
        } else {
            passed
        };
        self.walked.insert(function.id);
        self.walking.push(function.id);
        self.returned.push(Vec::new());
        let before = self.enter(closure.frame, false);
        self.bind(&closure, passed);
        self.deeper((), |evaluator| evaluator.statements(&function.body));
        self.frame = before;
        self.walking.pop();
        let returned = self.returned.pop().unwrap_or_default();
        // A function that may return nothing is not asked about that.
        returned.into_iter().filter(|thing| *thing != Thing::Nothing).reduce(Thing::or).unwrap_or(Thing::Nothing)
    }

    fn bind(&mut self, closure: &Closure, passed: Passed) {
        let mut parameters = closure.function.parameters.as_slice();
        if let Some(bound) = &closure.bound {
            if self.python {
                let name = |wanted: &str| matches!(parameters.first(), Some(first) if matches!(&first.target, super::syntax::Target::Name(name) if name == wanted));
                let is_static = closure
                    .function
                    .decorators
                    .iter()
                    .any(|one| matches!(one, Expression::Name(name) if name == "staticmethod"));
                let own =
                    matches!(bound, Thing::Instance(..)) || name("cls") || name("self") && passed.items.is_empty();
                if own
                    && !is_static
                    && let Some((first, rest)) = parameters.split_first()
                {
                    self.assign(&first.target, bound.clone(), None, Declared::Block);
                    parameters = rest;
                }
            } else {
                self.define(&"this".into(), bound.clone(), Declared::Block);
            }
        }
        let mut items = passed.items.into_iter().peekable();
        let mut named = passed.named;
        let mut open = false;
        for parameter in parameters {
            let name = match &parameter.target {
                super::syntax::Target::Name(name) => name.clone(),
                _ => BString::default(),
            };
            let thing = match parameter.rest {
                Rest::List => {
                    let rest: Vec<Thing> = items.by_ref().collect();
                    let rest = if open { vec![any_number(Value::known(""))] } else { rest };
                    Some(Thing::List(self.store.make(Cell::Lists(vec![rest]))))
                }
                Rest::Map => {
                    let rest = std::mem::take(&mut named);
                    Some(if open { Thing::Unknown } else { Thing::Map(self.store.make(Cell::Maps(vec![rest]))) })
                }
                Rest::No => {
                    open |= items.peek().is_some_and(several);
                    match named.iter().position(|(other, _)| *other == name && !name.is_empty()) {
                        Some(at) => Some(named.remove(at).1),
                        None if open => Some(Thing::Unknown),
                        None => items.next(),
                    }
                }
            };
            let thing = match (thing, &parameter.default) {
                (Some(Thing::Unknown), Some(default)) if open => {
                    let default = self.expression(default);
                    Thing::Unknown.or(default)
                }
                (Some(thing), _) => thing,
                (None, Some(default)) => self.expression(default),
                (None, None) => Thing::Nothing,
            };
            self.assign(&parameter.target, thing, None, Declared::Block);
        }
        if !self.python {
            let all = Thing::Unknown;
            self.define(&"arguments".into(), all, Declared::Block);
        }
    }

    pub fn class(&mut self, class: &std::rc::Rc<Class>) -> Thing {
        let bases: Vec<Thing> = class.bases.iter().map(|base| self.expression(base)).collect();
        let before = self.enter(self.frame, false);
        let frame = self.frame;
        self.classes.push(Defined { class: std::rc::Rc::clone(class), frame, bases, main: self.main });
        let index = self.classes.len() - 1;
        // Its own name is known inside already.
        self.define(&class.name, Thing::Class(index), Declared::Block);
        for statement in &class.body {
            if let super::syntax::Statement::Function(function) = statement {
                // What is around a class is what its methods see, not the class.
                let inside = std::mem::replace(&mut self.frame, before);
                let closure = self.closure(function, None);
                self.methods.insert(function.id);
                self.frame = inside;
                for decorator in &function.decorators {
                    self.expression(decorator);
                }
                self.define(&function.name, closure, Declared::Block);
            } else {
                self.statements(std::slice::from_ref(statement));
            }
        }
        self.frame = before;
        Thing::Class(index)
    }

    pub fn instance(&mut self, class: usize, passed: Passed) -> Thing {
        let place = self.store.make(Cell::Maps(vec![Vec::new()]));
        let instance = Thing::Instance(class, place);
        self.instances.insert(class, instance.clone());
        let name = if self.python { "__init__" } else { "constructor" };
        match self.attribute(&instance, &name.into()) {
            Thing::Function(index) => drop(self.call_closure(index, passed)),
            _ => self.callbacks(&passed),
        }
        // A dataclass takes its fields by name.
        instance
    }

    /// `object.name(…)`
    pub fn method(&mut self, object: &Thing, name: &BString, passed: Passed) -> Thing {
        match object {
            Thing::Name(path) => {
                let whole = super::super::calls::module(&[path.as_slice(), b".", name].concat());
                if let Thing::Function(index) = self.member(object, name) {
                    return self.call_closure(index, passed);
                }
                self.call_name(&whole, Some((object, name)), passed)
            }
            Thing::Client(service) => {
                let service = service.clone();
                for given in self.given(&passed) {
                    self.cloud(&service, name, &given);
                }
                Thing::Unknown
            }
            Thing::Class(_) | Thing::Instance(..) => {
                let callee = self.attribute(object, name);
                match callee {
                    Thing::Unknown => self.by_method(object, name, passed),
                    callee => self.call_thing(&callee, passed),
                }
            }
            Thing::Function(_) if matches!(name.as_slice(), b"call" | b"apply" | b"bind") => {
                let mut items = passed.items.into_iter().skip(1).collect::<Vec<_>>();
                if name == "apply" {
                    items = items.first().and_then(|list| self.elements(list)).unwrap_or_default();
                }
                self.call_thing(object, Passed { items, named: passed.named })
            }
            // `task.delay(x)`, `f.submit(x)`
            Thing::Function(_) => self.call_thing(object, passed),
            Thing::Map(_) if !self.python => match self.member_of_map(object, name) {
                Thing::Unknown => self.by_method(object, name, passed),
                callee => self.call_thing(&callee, passed),
            },
            Thing::Text(_) | Thing::Path(_) | Thing::List(_) | Thing::Map(_) | Thing::Number(_) => {
                match self.of_value(object, name, &passed) {
                    Some(thing) => thing,
                    None => self.by_method(object, name, passed),
                }
            }
            Thing::Either(_) | Thing::Flag(_) | Thing::Nothing | Thing::Unknown => self.by_method(object, name, passed),
        }
    }

    /// A method by its name alone, whatever it is a method of.
    fn by_method(&mut self, object: &Thing, name: &BString, passed: Passed) -> Thing {
        let method = BString::from([b".", name.as_slice()].concat());
        match self.function_of(&method) {
            Some(_) => self.known(&method, Some(object), passed),
            None => self.elsewhere(passed),
        }
    }

    /// A function or method that nothing in the program defines.
    fn call_name(&mut self, name: &BString, method: Option<(&Thing, &BString)>, passed: Passed) -> Thing {
        if let Some(thing) = self.builtin(name, &passed) {
            return thing;
        }
        if self.function_of(name).is_some() {
            return self.known(name, None, passed);
        }
        self.by_prefix(name, &passed);
        self.callbacks(&passed);
        let mut made: BString = [name.as_slice(), b"()"].concat().into();
        if let Some((object, short)) = method {
            let method = BString::from([b".", short.as_slice()].concat());
            if self.function_of(&method).is_some() {
                return self.known(&method, Some(object), passed);
            }
        }
        if made.len() > 200 {
            made = "…".into();
        }
        Thing::Name(made)
    }

    /// Libraries whose names are programs, or whose methods are made by a rule.
    fn by_prefix(&mut self, name: &BString, passed: &Passed) {
        let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default().to_vec();
        let programs: [&[u8]; 3] = [b"sh.", b"plumbum.cmd.", b"shelljs."];
        if programs
            .iter()
            .any(|prefix| name.strip_prefix(*prefix).is_some_and(|rest| !rest.contains(&b'.') && !rest.contains(&b'(')))
        {
            for given in self.given(passed) {
                let words = std::iter::once(Value::known(last.as_slice())).chain(given.items.iter().map(Item::value));
                self.run(words.collect());
            }
        } else if last == b"delete" && name.starts_with(b"boto3.resource()") {
            let words = ["aws", "s3", "rm", "--recursive"].into_iter().map(Value::known);
            self.run(words.chain([Value::known("s3://").then(super::things::unknown_text(None))]).collect());
        } else if last == b"delete" && name.ends_with(b".indices.delete") {
            let index = passed
                .items
                .first()
                .or_else(|| passed.named.iter().find(|(key, _)| key == "index").map(|(_, thing)| thing));
            let index = index.map_or_else(|| super::things::unknown_text(None), Thing::value);
            let words = ["curl", "-X", "DELETE"].into_iter().map(Value::known);
            self.run(words.chain([Value::known("http://localhost:9200/").then(index)]).collect());
        } else if last == b"delete" && name.ends_with(b".objects.all().delete") {
            let words = ["psql", "-c", "DELETE FROM objects"].into_iter().map(Value::known);
            self.run(words.collect());
        } else if let Some(kind) = last.strip_prefix(b"delete_").filter(|_| name.starts_with(b"kubernetes.")) {
            let all = kind.strip_prefix(b"collection_");
            let kind = all.unwrap_or(kind);
            let kind = kind.strip_prefix(b"namespaced_").unwrap_or(kind).replace("_", "");
            let mut words: Vec<Value> = ["kubectl", "delete"].into_iter().map(Value::known).collect();
            words.push(Value::known(kind));
            if all.is_some() {
                words.push(Value::known("--all"));
            } else {
                let named = passed.named.iter().find(|(key, _)| key == "name").map(|(_, thing)| thing);
                words.push(
                    passed.items.first().or(named).map_or_else(|| super::things::unknown_text(None), Thing::value),
                );
            }
            self.run(words);
        }
    }

    /// Calls what the table knows, for each way in which its arguments may be taken.
    fn known(&mut self, name: &BString, receiver: Option<&Thing>, passed: Passed) -> Thing {
        let receivers = match receiver {
            Some(receiver) => self.items(receiver).into_iter().map(Some).collect(),
            None => vec![None],
        };
        let mut all = Vec::new();
        for receiver in receivers {
            for given in self.given(&passed) {
                let item = self.call(&Item::Name(name.clone()), receiver.as_ref(), &given);
                all.push(item);
            }
        }
        let path = self.function_of(name).is_some_and(|function| function.makes_path(name));
        let things: Vec<Thing> = all.into_iter().map(|item| self.thing(item, path)).collect();
        self.callbacks(&passed);
        let made = things.into_iter().reduce(Thing::or).unwrap_or(Thing::Unknown);
        if made == Thing::Unknown && receiver.is_none() {
            Thing::Name([name.as_slice(), b"()"].concat().into())
        } else {
            made
        }
    }

    /// The arguments as the table takes them, for each way.
    pub fn given(&mut self, passed: &Passed) -> Vec<Given> {
        let mut ways = vec![Given::default()];
        for thing in &passed.items {
            let items = self.items(thing);
            let items = if ways.len() * items.len() > WAYS { vec![Item::Unknown] } else { items };
            ways = ways
                .iter()
                .flat_map(|way| {
                    items.iter().map(move |item| {
                        let mut way = way.clone();
                        way.items.push(item.clone());
                        way
                    })
                })
                .collect();
        }
        for (name, thing) in &passed.named {
            let items = self.items(thing);
            let items = if ways.len() * items.len() > WAYS { vec![Item::Unknown] } else { items };
            ways = ways
                .iter()
                .flat_map(|way| {
                    items.iter().map(move |item| {
                        let mut way = way.clone();
                        way.named.push((name.clone(), item.clone()));
                        way
                    })
                })
                .collect();
        }
        ways
    }

    /// A thing as the table takes it: each that it may be.
    pub fn items(&mut self, thing: &Thing) -> Vec<Item> {
        self.items_within(thing, 0)
    }

    fn items_within(&mut self, thing: &Thing, depth: usize) -> Vec<Item> {
        if depth > 8 {
            return vec![Item::Unknown];
        }
        match thing {
            Thing::Text(value) | Thing::Path(value) => vec![Item::Text(value.clone())],
            Thing::Number(_) => vec![Item::Text(thing.value())],
            Thing::Flag(true) => vec![Item::Name("True".into())],
            Thing::Flag(false) => vec![Item::Name("False".into())],
            Thing::Nothing => vec![Item::Name("None".into())],
            Thing::Name(name) => vec![Item::Name(name.clone())],
            Thing::Client(service) => vec![Item::Client(service.clone())],
            Thing::Either(things) => things.iter().flat_map(|one| self.items_within(one, depth + 1)).collect(),
            Thing::List(place) => {
                let Cell::Lists(lists) = self.store.get(*place).clone() else { return vec![Item::Unknown] };
                let mut all = Vec::new();
                for list in &lists {
                    let mut ways: Vec<Vec<Item>> = vec![Vec::new()];
                    for one in list {
                        let items = self.items_within(one, depth + 1);
                        let items = if ways.len() * items.len() > WAYS { vec![Item::Unknown] } else { items };
                        ways = ways
                            .iter()
                            .flat_map(|way| {
                                items.iter().map(move |item| [way.as_slice(), std::slice::from_ref(item)].concat())
                            })
                            .collect();
                    }
                    all.extend(ways.into_iter().map(Item::List));
                }
                all
            }
            Thing::Map(place) | Thing::Instance(_, place) => {
                let Cell::Maps(maps) = self.store.get(*place).clone() else { return vec![Item::Unknown] };
                let mut all = Vec::new();
                for pairs in maps.iter().take(WAYS) {
                    let mut made = Vec::new();
                    for (key, one) in pairs {
                        let mut items = self.items_within(one, depth + 1);
                        let item = if items.len() == 1 { items.swap_remove(0) } else { Item::Text(one.value()) };
                        made.push((key.clone(), item));
                    }
                    all.push(Item::Map(made));
                }
                all
            }
            Thing::Function(_) | Thing::Class(_) | Thing::Unknown => vec![Item::Unknown],
        }
    }

    pub fn thing(&mut self, item: Item, path: bool) -> Thing {
        match item {
            Item::Text(value) if path => Thing::Path(value),
            Item::Text(value) => Thing::Text(value),
            Item::List(items) => {
                let things = items.into_iter().map(|item| self.thing(item, false)).collect();
                Thing::List(self.store.make(Cell::Lists(vec![things])))
            }
            Item::Map(pairs) => {
                let pairs = pairs.into_iter().map(|(key, item)| (key, self.thing(item, false))).collect();
                Thing::Map(self.store.make(Cell::Maps(vec![pairs])))
            }
            Item::Name(name) if name == "True" => Thing::Flag(true),
            Item::Name(name) if name == "False" => Thing::Flag(false),
            Item::Name(name) if name == "None" => Thing::Nothing,
            Item::Name(name) => Thing::Name(name),
            Item::Client(service) => Thing::Client(service),
            Item::Unknown => Thing::Unknown,
        }
    }

    /// Functions of the language itself whose values matter.
    fn builtin(&mut self, name: &BString, passed: &Passed) -> Option<Thing> {
        let first = passed.items.first();
        let list = |evaluator: &mut Self, items| Some(Thing::List(evaluator.store.make(Cell::Lists(vec![items]))));
        match (name.as_slice(), self.python) {
            (b"list" | b"tuple" | b"sorted" | b"reversed" | b"set" | b"iter" | b"frozenset", true)
            | (b"Array.from", false) => {
                let items = match first {
                    Some(first) => self.elements(first)?,
                    None => Vec::new(),
                };
                let items = if name == "reversed" { items.into_iter().rev().collect() } else { items };
                list(self, items)
            }
            (b"dict", true) => {
                let mut pairs = first.and_then(|first| self.pairs(first)).unwrap_or_default();
                pairs.extend(passed.named.iter().cloned());
                Some(Thing::Map(self.store.make(Cell::Maps(vec![pairs]))))
            }
            (b"map", true) => {
                let items = self.elements(passed.items.get(1)?)?;
                let callee = first?.clone();
                let mut made = Vec::new();
                for item in items {
                    let many = several(&item);
                    let value = self.call_thing(&callee, Passed { items: vec![single(item)], named: Vec::new() });
                    made.push(if many { any_number(Value::known(value.value().starts_with())) } else { value });
                }
                list(self, made)
            }
            (b"str" | b"int", true) if matches!(first, Some(Thing::Number(_))) => match (name.as_slice(), first) {
                (b"str", Some(number)) => Some(Thing::Text(number.value())),
                (_, number) => number.cloned(),
            },
            (b"chr", true) | (b"String.fromCharCode", false) => {
                let mut text = String::new();
                for item in &passed.items {
                    let Thing::Number(code) = item else { return None };
                    text.push(u32::try_from(*code).ok().and_then(char::from_u32)?);
                }
                Some(Thing::known(text))
            }
            (b"bytes" | b"bytearray", true) => {
                let items = self.elements(first?)?;
                let bytes: Option<Vec<u8>> = items
                    .iter()
                    .map(|item| match item {
                        Thing::Number(code) => u8::try_from(*code).ok(),
                        _ => None,
                    })
                    .collect();
                bytes.map(Thing::known)
            }
            (b"range", true) => {
                let numbers: Option<Vec<i64>> = passed
                    .items
                    .iter()
                    .map(|item| match item {
                        Thing::Number(number) => Some(*number),
                        _ => None,
                    })
                    .collect();
                let (from, to) = match numbers?.as_slice() {
                    [to] => (0, *to),
                    [from, to] => (*from, *to),
                    _ => return None,
                };
                if to.saturating_sub(from) > 64 {
                    return None;
                }
                list(self, (from..to).map(Thing::Number).collect())
            }
            (b"enumerate", true) => {
                let items = self.elements(first?)?;
                let mut made = Vec::new();
                for (index, item) in items.into_iter().enumerate() {
                    let number =
                        if several(&item) { Thing::Unknown } else { Thing::Number(i64::try_from(index).unwrap_or(0)) };
                    let pair = vec![number, single(item)];
                    made.push(Thing::List(self.store.make(Cell::Lists(vec![pair]))));
                }
                list(self, made)
            }
            (b"functools.partial", true) => Some(match first?.clone() {
                Thing::Name(callee) if self.starts_something(&callee) => {
                    let rest = Passed { items: passed.items[1..].to_vec(), named: passed.named.clone() };
                    if !rest.items.is_empty() {
                        self.call_name(&callee, None, rest);
                    }
                    Thing::Name(callee)
                }
                callee => callee,
            }),
            (b"vars" | b"globals" | b"locals", true) if passed.items.len() <= 1 => match first {
                Some(Thing::Name(module)) => Some(Thing::Name([module.as_slice(), b".__dict__"].concat().into())),
                _ => None,
            },
            (b"getattr" | b"Reflect.get", _) => {
                let name = passed.items.get(1)?.text()?.clone();
                let object = first?.clone();
                Some(match (&object, self.member(&object, &name)) {
                    (Thing::Name(object), Thing::Unknown) => {
                        Thing::Name([object.as_slice(), b".", &name].concat().into())
                    }
                    (_, found) => found,
                })
            }
            (b"super", true) => {
                let this = self.find(&"self".into(), self.frame).map(|place| self.store.get(place).clone());
                match this {
                    Some(Cell::One(Thing::Instance(class, place))) => {
                        // One level up; a class that comes from others of the program is rare in scripts.
                        let base = self.classes.get(class)?.bases.iter().find_map(|base| match base {
                            Thing::Class(base) => Some(*base),
                            _ => None,
                        })?;
                        Some(Thing::Instance(base, place))
                    }
                    _ => None,
                }
            }
            (b"glob.glob" | b"glob.iglob" | b"glob.sync" | b"globSync" | b"fast-glob.sync", _) => {
                let pattern = first?.value();
                let start = pattern.starts_with();
                let end = start.find_byteset(b"*?[{").unwrap_or(start.len());
                let whole = matches!(&pattern, Value::Known(text) if text.len() == end);
                if whole {
                    return list(self, vec![Thing::Text(pattern)]);
                }
                list(self, vec![any_number(Value::known(&start[..end]))])
            }
            (b"os.walk", true) => {
                let top = first?.value();
                let names = || vec![any_number(Value::known(""))];
                let (folders, files) =
                    (self.store.make(Cell::Lists(vec![names()])), self.store.make(Cell::Lists(vec![names()])));
                let below = Thing::Text(top.then(super::things::unknown_text(None)));
                let row = self.store.make(Cell::Lists(vec![vec![below, Thing::List(folders), Thing::List(files)]]));
                list(self, vec![Thing::List(row)])
            }
            (b"Object.keys" | b"Object.values", false) => {
                let pairs = self.pairs(first?)?;
                let keys = name.ends_with(b"keys");
                list(self, pairs.into_iter().map(|(key, thing)| if keys { Thing::known(key) } else { thing }).collect())
            }
            (b"Object.entries", false) => {
                let pairs = self.pairs(first?)?;
                self.rows(pairs)
            }
            (b"Object.assign", false) => {
                let mut all = Vec::new();
                for item in &passed.items {
                    all.extend(self.pairs(item)?);
                }
                Some(Thing::Map(self.store.make(Cell::Maps(vec![all]))))
            }
            (b"String.raw", false) => None,
            (
                b"tempfile.mkdtemp" | b"tempfile.gettempdir" | b"tempfile.mktemp" | b"tempfile.TemporaryDirectory",
                true,
            ) => {
                let root = self.temporary();
                Some(Thing::Text(if name.ends_with(b"gettempdir") {
                    root
                } else {
                    joined(root, super::things::unknown_text(None))
                }))
            }
            (b"os.tmpdir", false) => Some(Thing::Text(self.temporary())),
            (b"fs.mkdtempSync" | b"fs.mkdtemp", false) => {
                let start = first?.value();
                let made = Thing::Text(start.then(super::things::unknown_text(None)));
                self.callbacks(passed);
                Some(made)
            }
            _ => None,
        }
    }

    /// Where temporary files are.
    fn temporary(&self) -> Value {
        match self.around.variable(b"TMPDIR") {
            Value::Known(path) if !path.is_empty() => Value::Known(path),
            _ => Value::known("/tmp"),
        }
    }

    pub fn rows(&mut self, pairs: Pairs) -> Option<Thing> {
        let mut rows = Vec::new();
        for (key, thing) in pairs {
            let row = vec![Thing::known(key), thing];
            rows.push(Thing::List(self.store.make(Cell::Lists(vec![row]))));
        }
        Some(Thing::List(self.store.make(Cell::Lists(vec![rows]))))
    }
}
