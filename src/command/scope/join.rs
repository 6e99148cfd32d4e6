//! States that meet: where branches end, and where a loop goes round.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use bstr::BString;

use super::Scope;
use super::variables::{Attributes, Content, Variable};
use crate::command::words::{Cause, Value};

impl Scope {
    /// What differs from how it was may have any value by now.
    pub fn widen(&mut self, before: &Scope) {
        let names: BTreeSet<BString> = self.changed.keys().chain(before.changed.keys()).cloned().collect();
        for name in names {
            let (left, right) = (self.changed.get(&name), before.changed.get(&name));
            if left == right {
                continue;
            }
            let exported = left.or(right).is_some_and(|variable| variable.exported);
            let content = Content::Scalar(Value::unknown(Cause::Limit));
            self.changed.insert(
                name,
                Variable {
                    content,
                    exported,
                    reference: false,
                    attributes: Attributes::default(),
                    perhaps_unset: false,
                },
            );
        }
        self.exported = None;
        if self.directory != before.directory {
            self.directory = Value::unknown(Cause::Limit);
        }
        if self.positional != before.positional {
            self.positional = None;
        }
        if self.files != before.files {
            for (path, text) in Arc::make_mut(&mut self.files) {
                if before.files.get(path) != Some(text) {
                    *text = Value::unknown(Cause::Limit);
                }
            }
        }
    }

    #[must_use]
    pub fn same_variables(&self, other: &Scope) -> bool {
        self.changed == other.changed && self.positional == other.positional && self.files == other.files
    }

    /// The state where two ways meet again.
    pub fn join(&mut self, mut other: Scope) {
        // A way that left from inside a function comes out of it here.
        other.leave_function(self.hidden.len() + 1);
        for (mine, theirs) in self.hidden.iter_mut().zip(std::mem::take(&mut other.hidden)) {
            for (name, old) in theirs {
                if !mine.iter().any(|(one, _)| *one == name) {
                    mine.push((name, old));
                }
            }
        }
        if self.changed != other.changed {
            let names: BTreeSet<BString> = self.changed.keys().chain(other.changed.keys()).cloned().collect();
            for name in names {
                let (left, right) = (self.changed.get(&name), other.changed.get(&name));
                if left == right {
                    continue;
                }
                let exported = self.is_exported(&name) || other.is_exported(&name);
                let (mine, theirs) = (self.content(&name), other.content(&name));
                let perhaps_unset = (mine == Content::Unset) != (theirs == Content::Unset)
                    || [left, right].iter().flatten().any(|variable| variable.perhaps_unset);
                let content = meet(mine, theirs);
                let attributes = match (left, right) {
                    (Some(left), Some(right)) if left.attributes == right.attributes => left.attributes,
                    (_, _) => Attributes::default(),
                };
                self.changed.insert(name, Variable { content, exported, reference: false, attributes, perhaps_unset });
            }
            self.exported = None;
        }
        if self.directory != other.directory {
            self.directory = std::mem::replace(&mut self.directory, Value::known("")).or(other.directory);
        }
        if self.positional != other.positional || self.positional_set != other.positional_set {
            self.positional = None;
        }
        self.positional_set |= other.positional_set;
        if self.clouded.is_none() && other.clouded.is_some() {
            self.exported = None;
            self.clouded = other.clouded;
        }
        if !Rc::ptr_eq(&self.functions.0, &other.functions.0) {
            for (name, function) in other.functions.iter() {
                if !self.functions.contains_key(name) {
                    self.functions.insert(name.clone(), Rc::clone(function));
                }
            }
        }
        self.readonly.extend(other.readonly);
        // Created on one way only is not created for sure: what follows must not rely on it.
        if self.created != other.created {
            let both: Vec<BString> = self.created.iter().filter(|path| other.created.contains(path)).cloned().collect();
            self.created = Arc::new(both);
        }
        if self.files != other.files {
            let files = Arc::make_mut(&mut self.files);
            for (path, text) in other.files.iter() {
                let met = match files.remove(path) {
                    Some(mine) => mine.or(text.clone()),
                    None => text.clone(),
                };
                files.insert(path.clone(), met);
            }
        }
        self.options.join(&other.options);
        for trap in other.exit_traps {
            if !self.exit_traps.contains(&trap) {
                self.exit_traps.push(trap);
            }
        }
        if self.mode != other.mode {
            self.mode.aliases.extend(other.mode.aliases);
        }
    }
}

fn meet(left: Content, right: Content) -> Content {
    match (left, right) {
        (left, right) if left == right => left,
        (Content::Scalar(left), Content::Scalar(right)) => Content::Scalar(left.or(right)),
        (Content::Scalar(one), Content::Unset) | (Content::Unset, Content::Scalar(one)) => {
            Content::Scalar(one.or(Value::known("")))
        }
        (_, _) => Content::Scalar(Value::unknown(Cause::Construct("an array that differs by branch"))),
    }
}
