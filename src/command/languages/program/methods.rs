//! Methods of texts, lists, maps and paths whose results matter, or that change what they stand on.

use bstr::{BString, ByteSlice};

use super::super::calls::Caller;
use super::super::item::{Item, bounded, formatted};
use super::calling::Passed;
use super::evaluate::{Evaluator, any_number, several, single};
use super::expressions::joined;
use super::things::{Cell, Thing, unknown_text};
use crate::command::words::Value;

impl Evaluator<'_> {
    /// `None`: not such a method, or one that the table knows.
    pub fn of_value(&mut self, object: &Thing, name: &[u8], passed: &Passed) -> Option<Thing> {
        match object {
            Thing::Text(value) => self.of_text(value, name, passed),
            Thing::Path(value) => self.of_path(&value.clone(), name, passed),
            Thing::List(place) => self.of_list(*place, name, passed),
            Thing::Map(place) => self.of_map(*place, name, passed),
            Thing::Number(_) if matches!(name, b"toString" | b"__str__") => Some(Thing::Text(object.value())),
            _ => None,
        }
    }

    fn of_text(&mut self, value: &Value, name: &[u8], passed: &Passed) -> Option<Thing> {
        let argument = |index: usize| passed.items.get(index).and_then(Thing::text).cloned();
        let changed = |change: &dyn Fn(&[u8]) -> BString| {
            Some(Thing::Text(value.clone().map(|text| Some(change(text)), "a method of a text")))
        };
        match name {
            b"format" if self.python => {
                let Value::Known(text) = value else { return Some(Thing::Text(kept(value))) };
                if !passed.named.is_empty() || passed.items.iter().any(several) {
                    return Some(Thing::Text(named_format(text, passed)));
                }
                let indexed = text.contains_str("{0");
                if indexed {
                    return Some(Thing::Text(named_format(text, passed)));
                }
                let items: Vec<Item> = passed.items.iter().map(|item| Item::Text(item.value())).collect();
                Some(Thing::Text(formatted(&text.replace("%", "%%"), &items)))
            }
            b"join" if self.python => {
                let lists = self.alternatives(passed.items.first()?);
                Some(Thing::Text(glued(lists, value)))
            }
            b"strip" | b"trim" => match (passed.items.is_empty(), argument(0)) {
                (true, _) => changed(&|text| text.trim().into()),
                (false, Some(set)) => changed(&|text| text.trim_with(|c| set.chars().any(|one| one == c)).into()),
                (false, None) => Some(Thing::Unknown),
            },
            b"rstrip" | b"trimEnd" if passed.items.is_empty() => changed(&|text| text.trim_end().into()),
            b"lstrip" | b"trimStart" if passed.items.is_empty() => changed(&|text| text.trim_start().into()),
            b"lower" | b"toLowerCase" => changed(&|text| text.to_ascii_lowercase().into()),
            b"upper" | b"toUpperCase" => changed(&|text| text.to_ascii_uppercase().into()),
            b"encode" | b"decode" | b"toString" | b"valueOf" | b"__str__" | b"toWellFormed" => {
                // `"abc".encode("rot13")` is Python 2's.
                let other = argument(0)
                    .is_some_and(|kind| matches!(kind.as_slice(), b"rot13" | b"rot_13" | b"hex" | b"base64" | b"zlib"));
                Some(if other { Thing::Unknown } else { Thing::Text(value.clone()) })
            }
            b"replace" | b"replaceAll" => match (argument(0), argument(1)) {
                (Some(from), Some(to)) if self.python && passed.items.len() == 2 || name == b"replaceAll" => {
                    changed(&|text| text.replace(&from, &to).into())
                }
                (Some(from), Some(to)) if !self.python => changed(&|text| text.replacen(&from, &to, 1).into()),
                (_, _) => Some(Thing::Unknown),
            },
            b"removeprefix" => {
                let prefix = argument(0)?;
                changed(&|text| text.strip_prefix(prefix.as_slice()).unwrap_or(text).into())
            }
            b"removesuffix" => {
                let suffix = argument(0)?;
                changed(&|text| text.strip_suffix(suffix.as_slice()).unwrap_or(text).into())
            }
            b"concat" => {
                let all = passed.items.iter().fold(value.clone(), |all, item| bounded(all.then(item.value())));
                Some(Thing::Text(all))
            }
            b"repeat" => match (value, passed.items.first()) {
                (Value::Known(text), Some(Thing::Number(times))) if (0..1000).contains(times) => {
                    let times = usize::try_from(*times).unwrap_or(0);
                    Some(if text.len() * times > 1 << 16 { Thing::Unknown } else { Thing::known(text.repeat(times)) })
                }
                (_, _) => Some(Thing::Unknown),
            },
            b"startswith" | b"startsWith" | b"endswith" | b"endsWith" => match (value, argument(0)) {
                (Value::Known(text), Some(part)) if passed.items.len() == 1 => {
                    Some(Thing::Flag(if name[0] == b's' { text.starts_with(&part) } else { text.ends_with(&part) }))
                }
                (_, _) => Some(Thing::Unknown),
            },
            b"split" | b"splitlines" => Some(self.parted(value, name, passed)),
            b"slice" | b"substring" | b"substr" | b"charAt" | b"charCodeAt" | b"rsplit" | b"partition"
            | b"rpartition" | b"title" | b"capitalize" | b"swapcase" | b"zfill" | b"ljust" | b"rjust" | b"center"
            | b"padStart" | b"padEnd" | b"translate" | b"match" | b"find" | b"index" | b"indexOf" | b"count"
            | b"format_map" | b"includes" | b"isdigit" | b"at" => {
                self.callbacks(passed);
                Some(Thing::Unknown)
            }
            b"hex" => Some(Thing::Unknown),
            _ => None,
        }
    }

    fn parted(&mut self, value: &Value, name: &[u8], passed: &Passed) -> Thing {
        let Value::Known(text) = value else { return Thing::Unknown };
        let items: Vec<Thing> = match (name, passed.items.first()) {
            (b"splitlines", _) => text.lines().map(Thing::known).collect(),
            (_, None | Some(Thing::Nothing)) if self.python && passed.named.is_empty() => {
                text.fields().map(Thing::known).collect()
            }
            (_, Some(by)) if passed.items.len() == 1 => match by.text() {
                // A text parted by nothing is parted into its letters.
                Some(by) if by.is_empty() => text.chars().map(|letter| Thing::known(letter.to_string())).collect(),
                Some(by) => text.split_str(by.as_slice()).map(Thing::known).collect(),
                None => return Thing::Unknown,
            },
            (_, _) => return Thing::Unknown,
        };
        Thing::List(self.store.make(Cell::Lists(vec![items])))
    }

    fn of_list(&mut self, place: usize, name: &[u8], passed: &Passed) -> Option<Thing> {
        let list = Thing::List(place);
        match name {
            b"append" | b"push" | b"add" => {
                let more = Thing::List(self.store.make(Cell::Lists(vec![passed.items.clone()])));
                self.extend(place, &more);
                Some(Thing::Unknown)
            }
            b"extend" | b"update" => {
                self.extend(place, passed.items.first()?);
                Some(Thing::Nothing)
            }
            b"insert" | b"unshift" => {
                let Cell::Lists(lists) = self.store.get(place) else { return Some(Thing::Unknown) };
                let mut lists = lists.clone();
                let (at, items) = match (name, passed.items.as_slice()) {
                    (b"unshift", items) => (Some(0), items.to_vec()),
                    (_, [Thing::Number(at), item]) => (usize::try_from(*at).ok(), vec![item.clone()]),
                    (_, _) => (None, Vec::new()),
                };
                let Some(at) = at else {
                    self.store.set(place, Cell::Lost);
                    return Some(Thing::Unknown);
                };
                for list in &mut lists {
                    let at = at.min(list.len());
                    list.splice(at..at, items.iter().cloned());
                }
                self.store.set(place, Cell::Lists(lists));
                Some(Thing::Unknown)
            }
            b"pop" | b"shift" => {
                let first = name == b"shift" || matches!(passed.items.first(), Some(Thing::Number(0)));
                let other = name == b"pop" && !passed.items.is_empty() && !first;
                let Cell::Lists(lists) = self.store.get(place) else { return Some(Thing::Unknown) };
                let mut lists = lists.clone();
                if other || lists.iter().flatten().any(several) {
                    self.store.set(place, Cell::Lost);
                    return Some(Thing::Unknown);
                }
                let taken: Vec<Thing> = lists
                    .iter_mut()
                    .filter_map(|list| match (first, list.is_empty()) {
                        (_, true) => None,
                        (true, _) => Some(list.remove(0)),
                        (false, _) => list.pop(),
                    })
                    .collect();
                self.store.set(place, Cell::Lists(lists));
                Some(taken.into_iter().reduce(Thing::or).unwrap_or(Thing::Unknown))
            }
            b"reverse" => {
                let lists = self.alternatives(&list).into_iter().map(|list| list.into_iter().rev().collect()).collect();
                self.store.set(place, Cell::Lists(lists));
                Some(if self.python { Thing::Nothing } else { list })
            }
            b"remove" | b"clear" | b"splice" | b"fill" | b"discard" | b"delete" | b"sort" => {
                // What was in it may still be, at any place.
                let all = self.elements(&list).unwrap_or_default();
                let all = all.into_iter().map(single).reduce(Thing::or).map_or(Value::known(""), |all| all.value());
                let start = Value::known(all.starts_with());
                self.store.set(place, Cell::Lists(vec![vec![any_number(start)]]));
                Some(if self.python { Thing::Nothing } else { list })
            }
            b"copy" | b"slice" | b"flat" | b"filter" if !self.python || name == b"copy" => {
                self.rounds(&list, passed);
                if name == b"slice" && !passed.items.is_empty() || name == b"flat" {
                    return Some(Thing::Unknown);
                }
                if name == b"filter" {
                    let items = self.elements(&list)?;
                    let all =
                        items.into_iter().map(single).reduce(Thing::or).map_or(Value::known(""), |all| all.value());
                    let start = Value::known(all.starts_with());
                    return Some(Thing::List(self.store.make(Cell::Lists(vec![vec![any_number(start)]]))));
                }
                let cell = self.store.get(place).clone();
                Some(Thing::List(self.store.make(cell)))
            }
            b"concat" => {
                let mut made = list;
                for item in &passed.items {
                    made = match item {
                        Thing::List(_) => self.binary("+", made, item.clone()),
                        item => {
                            let one = Thing::List(self.store.make(Cell::Lists(vec![vec![item.clone()]])));
                            self.binary("+", made, one)
                        }
                    };
                }
                Some(made)
            }
            b"join" if !self.python => {
                let lists = self.alternatives(&list);
                let glue = passed.items.first().map_or_else(|| Value::known(","), Thing::value);
                Some(Thing::Text(glued(lists, &glue)))
            }
            b"map" | b"flatMap" | b"forEach" | b"some" | b"every" | b"find" | b"reduce" | b"findIndex"
            | b"findLast" => {
                let made = self.rounds(&list, passed);
                match (name, made) {
                    (b"map", Some(made)) => Some(Thing::List(self.store.make(Cell::Lists(vec![made])))),
                    (b"find", _) => {
                        let items = self.elements(&list)?;
                        items.into_iter().map(single).reduce(Thing::or)
                    }
                    (_, _) => Some(Thing::Unknown),
                }
            }
            b"includes" | b"index" | b"count" | b"indexOf" | b"keys" | b"values" | b"entries" => Some(Thing::Unknown),
            _ => None,
        }
    }

    /// Calls a callback with each element.
    fn rounds(&mut self, list: &Thing, passed: &Passed) -> Option<Vec<Thing>> {
        let callee = passed.items.first()?.clone();
        let items = self.elements(list).unwrap_or_else(|| vec![any_number(Value::known(""))]);
        let one = self.alternatives(list).len() == 1;
        let mut made = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let many = several(&item) || index >= 64 || !one;
            let number = i64::try_from(index).unwrap_or(0);
            let given = if index >= 64 { Thing::Unknown } else { single(item) };
            let items = vec![given, if many { Thing::Unknown } else { Thing::Number(number) }];
            let value = self.call_thing(&callee, Passed { items, named: Vec::new() });
            made.push(if many { any_number(Value::known(value.value().starts_with())) } else { value });
            if index >= 64 {
                break;
            }
        }
        Some(made)
    }

    fn of_map(&mut self, place: usize, name: &[u8], passed: &Passed) -> Option<Thing> {
        let map = Thing::Map(place);
        match name {
            b"get" | b"setdefault" | b"pop" => {
                let key = passed.items.first()?.text()?.clone();
                let found = self.member_of_map(&map, &key);
                let other = passed.items.get(1).cloned();
                if found == Thing::Unknown { other.map(|other| other.or(Thing::Unknown)) } else { Some(found) }
            }
            b"keys" => {
                let pairs = self.pairs(&map)?;
                let items = pairs.into_iter().map(|(key, _)| Thing::known(key)).collect();
                Some(Thing::List(self.store.make(Cell::Lists(vec![items]))))
            }
            b"values" => {
                let pairs = self.pairs(&map)?;
                let items = pairs.into_iter().map(|(_, thing)| thing).collect();
                Some(Thing::List(self.store.make(Cell::Lists(vec![items]))))
            }
            b"items" => {
                let pairs = self.pairs(&map)?;
                Some(self.rows(pairs))
            }
            b"update" => {
                let more = passed.items.first().and_then(|more| self.pairs(more));
                let known = more.is_some() || passed.items.is_empty();
                for (key, thing) in more.into_iter().flatten().chain(passed.named.iter().cloned()) {
                    self.set_key(place, &key, thing);
                }
                if !known {
                    self.store.set(place, Cell::Lost);
                }
                Some(Thing::Nothing)
            }
            b"copy" => {
                let cell = self.store.get(place).clone();
                Some(Thing::Map(self.store.make(cell)))
            }
            b"clear" | b"popitem" => {
                self.store.set(place, Cell::Lost);
                Some(Thing::Unknown)
            }
            _ => None,
        }
    }

    fn of_path(&mut self, value: &Value, name: &[u8], passed: &Passed) -> Option<Thing> {
        let below = || Some(value.clone().then(unknown_text(None)));
        let list = |evaluator: &mut Self, item: Value| {
            let mut shape = item;
            if let Value::Unknown(shape) = &mut shape {
                shape.splits = true;
            }
            Some(Thing::List(evaluator.store.make(Cell::Lists(vec![vec![Thing::Text(shape)]]))))
        };
        match name {
            b"joinpath" => {
                let all = passed.items.iter().fold(value.clone(), |all, item| {
                    let item = item.value();
                    if item.starts_with().starts_with(b"/") { item } else { joined(all, item) }
                });
                Some(Thing::Path(all))
            }
            b"iterdir" | b"glob" | b"rglob" | b"walk" => {
                // Any number of paths below it.
                let inside = joined(value.clone(), Value::known("")).then(unknown_text(None));
                list(self, inside)
            }
            b"resolve" | b"absolute" | b"as_posix" | b"__str__" | b"relative_to" => Some(Thing::Path(value.clone())),
            b"expanduser" => match value {
                Value::Known(text) => match text.strip_prefix(b"~") {
                    Some(rest) if rest.is_empty() || rest.starts_with(b"/") => {
                        Some(Thing::Path(bounded(self.variable(b"HOME").then(Value::known(rest)))))
                    }
                    Some(_) => below().map(Thing::Path),
                    None => Some(Thing::Path(value.clone())),
                },
                other => Some(Thing::Path(other.clone())),
            },
            b"with_name" | b"with_suffix" | b"with_stem" => {
                let Value::Known(text) = value else { return Some(Thing::Path(unknown_text(None))) };
                let argument = passed.items.first()?.value();
                let slash = text.rfind_byte(b'/').map_or(0, |slash| slash + 1);
                let (folder, file) = text.split_at(slash);
                let made = match name {
                    b"with_name" => Value::known(folder).then(argument),
                    b"with_suffix" => {
                        let dot = file.rfind_byte(b'.').filter(|dot| *dot > 0).unwrap_or(file.len());
                        Value::known([folder, &file[..dot]].concat()).then(argument)
                    }
                    _ => unknown_text(None),
                };
                Some(Thing::Path(made))
            }
            b"exists" | b"is_file" | b"is_dir" | b"stat" | b"read_text" | b"read_bytes" | b"match" => {
                Some(Thing::Unknown)
            }
            _ => None,
        }
    }
}

/// Each list with a glue between its elements.
fn glued(lists: Vec<Vec<Thing>>, glue: &Value) -> Value {
    let one = |list: Vec<Thing>| {
        let many = list.iter().any(several);
        let made = list
            .into_iter()
            .map(|item| single(item).value())
            .reduce(|all, next| bounded(all.then(glue.clone()).then(next)))
            .unwrap_or_else(|| Value::known(""));
        // Any number of elements has any number of glues.
        if many { Value::known(made.starts_with()).then(unknown_text(None)) } else { made }
    };
    lists.into_iter().map(one).reduce(Value::or).unwrap_or_else(|| Value::known(""))
}

/// Attributes of a path.
pub(super) fn part_of_path(value: &Value, name: &[u8]) -> Thing {
    let Value::Known(text) = value else {
        return match name {
            b"parent" | b"parents" => Thing::Unknown,
            _ => Thing::Text(unknown_text(None)),
        };
    };
    let slash = text.rfind_byte(b'/');
    let file = slash.map_or(text.as_slice(), |slash| &text[slash + 1..]);
    match name {
        b"parent" => Thing::Path(match slash {
            Some(0) => Value::known("/"),
            Some(slash) => Value::known(&text[..slash]),
            None => Value::known("."),
        }),
        b"name" => Thing::known(file),
        b"stem" => Thing::known(&file[..file.rfind_byte(b'.').filter(|dot| *dot > 0).unwrap_or(file.len())]),
        b"suffix" => Thing::known(&file[file.rfind_byte(b'.').filter(|dot| *dot > 0).unwrap_or(file.len())..]),
        _ => Thing::Unknown,
    }
}

/// What of a text is kept where its middle changes.
fn kept(value: &Value) -> Value {
    let start = value.starts_with();
    let end = start.find_byte(b'{').unwrap_or(start.len());
    Value::known(&start[..end]).then(unknown_text(None))
}

/// `"{name} {0}".format(…)`
fn named_format(text: &[u8], passed: &Passed) -> Value {
    let mut made = Value::known("");
    let mut rest = text;
    let mut next = 0;
    while let Some(at) = rest.find_byteset(b"{}") {
        let brace = rest[at];
        if rest.get(at + 1) == Some(&brace) {
            made = made.then(Value::known(&rest[..=at]));
            rest = &rest[at + 2..];
            continue;
        }
        made = made.then(Value::known(&rest[..at]));
        rest = &rest[at + 1..];
        if brace == b'}' {
            continue;
        }
        let Some(end) = rest.find_byte(b'}') else { return bounded(made.then(unknown_text(None))) };
        let name = &rest[..end];
        rest = &rest[end + 1..];
        let number = name.to_str().ok().and_then(|digits| digits.parse::<usize>().ok());
        let known = !passed.items.iter().any(several);
        let thing = match (name.is_empty(), number) {
            (true, _) => {
                next += 1;
                passed.items.get(next - 1).filter(|_| known)
            }
            (false, Some(number)) => passed.items.get(number).filter(|_| known),
            (false, None) => passed.named.iter().find(|(key, _)| *key == name).map(|(_, thing)| thing),
        };
        made = bounded(made.then(thing.map_or_else(|| unknown_text(None), Thing::value)));
    }
    bounded(made.then(Value::known(rest)))
}
