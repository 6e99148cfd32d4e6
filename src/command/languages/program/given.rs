//! Things as the table of functions takes them, for each way in which they may be, and what it gives back.

use super::super::item::{Given, Item};
use super::calling::Passed;
use super::evaluate::Evaluator;
use super::things::{Cell, Thing};

/// Ways in which the arguments of one call may be taken.
const WAYS: usize = 16;

impl Evaluator<'_> {
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
}
