//! States that meet: where branches end, and where a loop goes round.

use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

use bstr::BString;

use super::variables::{Content, Variable, scalar};
use super::{Defined, Scope};
use crate::command::words::{Cause, Value};

impl Scope {
    /// What differs from how it was may have any value by now.
    pub fn widen(&mut self, before: &Scope) {
        for name in self.differing(before) {
            let (left, right) = (self.changed.get(&name), before.changed.get(&name));
            let exported = left.or(right).is_some_and(|variable| variable.exported);
            let unknown = scalar(Value::unknown(Cause::Limit), exported);
            let perhaps_kept = self.is_exported(&name) != before.is_exported(&name) || self.perhaps_kept(&name);
            self.keep(name, Variable { perhaps_array: true, perhaps_unset: true, perhaps_kept, ..unknown });
        }
        self.exported = None;
        if self.directory != before.directory {
            self.directory = Value::unknown(Cause::Limit);
        }
        if self.positional != before.positional {
            self.positional = None;
        }
        if self.files != before.files {
            for (path, text) in Arc::make_mut(&mut self.files).iter_mut() {
                if before.files.get(path) != Some(text) {
                    *text = Value::unknown(Cause::Limit);
                }
            }
        }
    }

    /// The names that one of the two has and the other has not, or has otherwise. Most of what two ways have is still
    /// what they had where they parted, so that one look at the pointer tells.
    fn differing(&self, other: &Scope) -> Vec<BString> {
        if Rc::ptr_eq(&self.changed.0, &other.changed.0) {
            return Vec::new();
        }
        let mut names = Vec::new();
        let (mut mine, mut theirs) = (self.changed.iter().peekable(), other.changed.iter().peekable());
        loop {
            let order = match (mine.peek(), theirs.peek()) {
                (None, None) => return names,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((left, _)), Some((right, _))) => left.cmp(right),
            };
            let left = if order.is_le() { mine.next() } else { None };
            let right = if order.is_ge() { theirs.next() } else { None };
            match (left, right) {
                (Some((_, left)), Some((_, right))) if Rc::ptr_eq(left, right) || left == right => {}
                (Some((name, _)), _) | (None, Some((name, _))) => names.push(name.clone()),
                (None, None) => {}
            }
        }
    }

    #[must_use]
    pub fn same_variables(&self, other: &Scope) -> bool {
        self.changed == other.changed && self.positional == other.positional && self.files == other.files
    }

    /// The state where two ways meet again.
    pub fn join(&mut self, mut other: Scope) {
        self.join_frames(&mut other);
        let differing = self.differing(&other);
        if !differing.is_empty() {
            let mut unfollowed = Vec::new();
            for name in differing {
                let (left, right) = (self.changed.get(&name), other.changed.get(&name));
                let exported = self.is_exported(&name) || other.is_exported(&name);
                let perhaps_kept = self.is_exported(&name) != other.is_exported(&name)
                    || self.perhaps_kept(&name)
                    || other.perhaps_kept(&name);
                let (mine, theirs) = (self.content(&name), other.content(&name));
                let perhaps_unset = (mine == Content::Unset) != (theirs == Content::Unset)
                    || [left, right].iter().flatten().any(|variable| variable.perhaps_unset);
                let array = |content: &Content| matches!(content, Content::Indexed(_) | Content::Keyed(_));
                let content = meet(mine, theirs);
                let perhaps_array = matches!(content, Content::Scalar(_))
                    && [left, right]
                        .iter()
                        .flatten()
                        .any(|variable| variable.perhaps_array || array(&variable.content));
                let of = |side: Option<&Rc<Variable>>| side.map(|variable| variable.attributes).unwrap_or_default();
                let attributes = of(left);
                if attributes != of(right) {
                    unfollowed.push(name.clone());
                }
                self.keep(
                    name,
                    Variable {
                        perhaps_kept,
                        attributes,
                        perhaps_unset,
                        perhaps_array,
                        ..Variable::new(content, exported)
                    },
                );
            }
            // Whatever is assigned to them becomes one thing or another.
            for name in unfollowed {
                self.unfollowed.insert(name.clone());
                self.blur(&name, Cause::Construct("a variable that is declared on one way only"));
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
            for (name, defined) in self.functions.iter_mut() {
                defined.join(other.functions.get(name));
            }
            for (name, defined) in other.functions.iter() {
                if !self.functions.contains_key(name) {
                    self.functions.insert(name.clone(), Defined { perhaps_not: true, ..defined.clone() });
                }
            }
        }
        if self.readonly != other.readonly {
            let one_sided = self.readonly.symmetric_difference(&other.readonly).cloned();
            self.perhaps_readonly.extend(one_sided.collect::<Vec<_>>());
            self.readonly.retain(|name| other.readonly.contains(name));
        }
        self.perhaps_readonly.extend(other.perhaps_readonly);
        self.unfollowed.extend(other.unfollowed);
        // Created on one way only is not created for sure: what follows must not rely on it.
        if self.created != other.created {
            let both: Vec<BString> = self.created.iter().filter(|path| other.created.contains(path)).cloned().collect();
            self.created = Arc::new(both);
        }
        if self.files != other.files {
            Arc::make_mut(&mut self.files).join(&other.files);
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

pub(super) fn meet(left: Content, right: Content) -> Content {
    match (left, right) {
        (left, right) if left == right => left,
        (Content::Scalar(left), Content::Scalar(right)) => Content::Scalar(left.or(right)),
        (Content::Scalar(one), Content::Unset) | (Content::Unset, Content::Scalar(one)) => {
            Content::Scalar(one.or(Value::known("")))
        }
        (_, _) => Content::Scalar(Value::unknown(Cause::Construct("an array that differs by branch"))),
    }
}
