//! Assignment: what a target (a name, a member, an element, a pattern of those) holds after it.

use super::evaluate::{Evaluator, several};
use super::syntax::{Declared, Target};
use super::things::{Cell, Thing};

impl Evaluator<'_> {
    pub fn assign(&mut self, target: &Target, thing: Thing, operator: Option<&'static str>, declared: Declared) {
        let thing = match operator {
            Some(operator) => {
                let old = self.target_value(target);
                match (operator, &old) {
                    // A list grows in place.
                    ("+", Thing::List(place)) => {
                        let place = *place;
                        self.extend(place, &thing);
                        return;
                    }
                    ("or", _) => old.or(thing),
                    (_, _) => self.binary(operator, old, thing),
                }
            }
            None => thing,
        };
        match target {
            Target::Name(name) => self.define(name, thing, declared),
            Target::Member(object, name) => {
                let object = self.expression(object);
                self.set_member(&object, name, thing);
            }
            Target::Index(object, index) => {
                let object = self.expression(object);
                let index = self.expression(index);
                self.set_index(&object, &index, thing);
            }
            Target::List(targets) => {
                let items = self.elements(&thing).filter(|items| !items.iter().any(several));
                for (index, target) in targets.iter().enumerate() {
                    let item = match (&items, target) {
                        (Some(items), Target::Rest(_)) => {
                            let after = targets.len() - index - 1;
                            let end = items.len().saturating_sub(after).max(index);
                            let rest = items.get(index..end).unwrap_or_default().to_vec();
                            Thing::List(self.store.make(Cell::Lists(vec![rest])))
                        }
                        (Some(items), _) => {
                            let rest = targets[..index].iter().any(|target| matches!(target, Target::Rest(_)));
                            let at = if rest { (index + items.len()).checked_sub(targets.len()) } else { Some(index) };
                            at.and_then(|at| items.get(at)).cloned().unwrap_or(Thing::Unknown)
                        }
                        (None, _) => Thing::Unknown,
                    };
                    self.assign(target, item, None, declared);
                }
            }
            Target::Map(pairs) => {
                for (key, target) in pairs {
                    let item = if key.is_empty() { Thing::Unknown } else { self.member(&thing, key) };
                    self.assign(target, item, None, declared);
                }
            }
            Target::Rest(inner) => self.assign(inner, thing, None, declared),
            Target::Default(inner, default) => {
                let thing = match thing {
                    Thing::Unknown | Thing::Nothing | Thing::Name(_) => {
                        let default = self.expression(default);
                        if thing == Thing::Nothing { default } else { thing.or(default) }
                    }
                    given => given,
                };
                self.assign(inner, thing, None, declared);
            }
            Target::Other => {}
        }
    }

    fn target_value(&mut self, target: &Target) -> Thing {
        match target {
            Target::Name(name) => self.name(name),
            Target::Member(object, name) => {
                let object = self.expression(object);
                self.member(&object, name)
            }
            Target::Index(object, index) => {
                let object = self.expression(object);
                let index = self.expression(index);
                self.index(&object, &index)
            }
            _ => Thing::Unknown,
        }
    }
}
