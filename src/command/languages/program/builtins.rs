//! Functions of the languages themselves whose values matter.

use bstr::{BString, ByteSlice};

use super::calling::Passed;
use super::evaluate::{Evaluator, any_number, several, single};
use super::things::{Cell, Pairs, Thing};
use crate::command::words::{Cause, Value};

impl Evaluator<'_> {
    /// Functions of the language itself whose values matter.
    pub fn builtin(&mut self, name: &BString, passed: &Passed) -> Option<Thing> {
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
            (b"require" | b"import", false) => self.required(first?.text()?.clone().as_slice()),
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
                Some(self.rows(pairs))
            }
            (b"Object.assign", false) => {
                let mut all = Vec::new();
                for item in &passed.items {
                    all.extend(self.pairs(item)?);
                }
                if let Some(Thing::Map(place)) = first {
                    self.store.set(*place, Cell::Maps(vec![all]));
                    return first.cloned();
                }
                Some(Thing::Map(self.store.make(Cell::Maps(vec![all]))))
            }
            (b"tempfile.gettempdir", true) | (b"os.tmpdir", false) => Some(Thing::Text(self.temporary())),
            (b"tempfile.mkdtemp" | b"tempfile.mktemp" | b"tempfile.TemporaryDirectory", true)
            | (b"fs.mkdtempSync" | b"fs.mkdtemp", false) => {
                // New, wherever it is: nothing that was there before.
                self.callbacks(passed);
                Some(Thing::Text(Value::unknown(Cause::Output("mkdtemp".into()))))
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

    pub fn rows(&mut self, pairs: Pairs) -> Thing {
        let mut rows = Vec::new();
        for (key, thing) in pairs {
            let row = vec![Thing::known(key), thing];
            rows.push(Thing::List(self.store.make(Cell::Lists(vec![row]))));
        }
        Thing::List(self.store.make(Cell::Lists(vec![rows])))
    }
}
