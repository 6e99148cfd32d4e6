//! Calls: of the program's own functions, which are walked with what they are given; of those that the table knows; and
//! of all others, which may call back.

use bstr::BString;

use super::super::calls::Caller;
use super::super::functions::Function as Known;
use super::super::item::Item;
use super::evaluate::{Evaluator, any_number, several, single};
use super::syntax::{Called, Class, Declared, Expression, Rest, may_leave};
use super::things::{Cell, Closure, Defined, Pairs, Thing};
use crate::command::words::Value;

/// What a call is given.
#[derive(Clone, Debug, Default)]
pub(super) struct Passed {
    pub items: Vec<Thing>,
    pub named: Pairs,
}

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

    pub fn starts_something(&self, name: &[u8]) -> bool {
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
        let leaves = may_leave(&function.body);
        self.perhaps(leaves, |evaluator| evaluator.deeper(false, |evaluator| evaluator.statements(&function.body)));
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
    pub fn call_name(&mut self, name: &BString, method: Option<(&Thing, &BString)>, passed: Passed) -> Thing {
        if let Some(thing) = self.builtin(name, &passed) {
            return thing;
        }
        if self.function_of(name).is_some() {
            return self.known(name, None, passed);
        }
        self.by_library(name, &passed);
        self.callbacks(&passed);
        let mut made: BString = [name.as_slice(), b"()"].concat().into();
        if let Some((object, short)) = method {
            let method = BString::from([b".", short.as_slice()].concat());
            let pattern = matches!(object, Thing::Name(name) if name.starts_with(b"RegExp()"));
            if !pattern && self.function_of(&method).is_some() {
                return self.known(&method, Some(object), passed);
            }
        }
        if made.len() > 200 {
            made = "…".into();
        }
        Thing::Name(made)
    }

    /// Calls what the table knows, for each way in which its arguments may be taken.
    fn known(&mut self, name: &BString, receiver: Option<&Thing>, mut passed: Passed) -> Thing {
        // What is given by its name is mostly the first there is.
        let first: [&[u8]; 7] = [b"args", b"path", b"command", b"cmd", b"file", b"filename", b"src"];
        if self.python && passed.items.is_empty() && receiver.is_none() {
            let named = first.iter().find_map(|name| passed.named.iter().position(|(key, _)| key == name));
            if let Some(at) = named {
                let (_, thing) = passed.named.remove(at);
                passed.items.push(thing);
            }
        }
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
        let path = Known::makes_path(name);
        let things: Vec<Thing> = all.into_iter().map(|item| self.thing(item, path)).collect();
        self.callbacks(&passed);
        let made = things.into_iter().reduce(Thing::or).unwrap_or(Thing::Unknown);
        if made == Thing::Unknown && receiver.is_none() {
            Thing::Name([name.as_slice(), b"()"].concat().into())
        } else {
            made
        }
    }
}
