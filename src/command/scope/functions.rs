//! Functions: what a name may run, where ways that define it differently meet.

use std::rc::Rc;

use bstr::BString;

use super::Source;
use crate::parse::syntax::Node;

/// A function with the text that its spans index.
#[derive(Debug)]
pub struct Function {
    pub body: Rc<Node>,
    pub source: Rc<Source>,
    /// What `$BASH_SOURCE` is in it.
    pub file: Option<BString>,
}

/// What a name is defined as: on each way that led here one of these.
#[derive(Clone, Debug)]
pub struct Defined {
    pub bodies: Vec<Rc<Function>>,
    /// On one of the ways it is no function.
    pub perhaps_not: bool,
}

impl Defined {
    #[must_use]
    pub fn once(function: Function) -> Self {
        Defined { bodies: vec![Rc::new(function)], perhaps_not: false }
    }

    /// The only thing it can be.
    #[must_use]
    pub fn only(&self) -> Option<&Rc<Function>> {
        match self.bodies.as_slice() {
            [only] if !self.perhaps_not => Some(only),
            _ => None,
        }
    }

    pub fn join(&mut self, other: Option<&Defined>) {
        let Some(other) = other else {
            self.perhaps_not = true;
            return;
        };
        self.perhaps_not |= other.perhaps_not;
        for function in &other.bodies {
            let same = |one: &Rc<Function>| {
                Rc::ptr_eq(one, function)
                    || Rc::ptr_eq(&one.body, &function.body) && Rc::ptr_eq(&one.source, &function.source)
            };
            if !self.bodies.iter().any(same) {
                self.bodies.push(Rc::clone(function));
            }
        }
    }
}
