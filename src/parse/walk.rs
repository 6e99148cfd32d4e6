//! Walks over a tree: the bodies of here-documents into their places, and every simple command in it.

use std::rc::Rc;

use super::redirections::UNPLACED;
use super::syntax::{
    Assigned, Assignment, Element, Index, Item, Kind, Node, Operation, Part, Redirection, Script, Word,
};

/// What a walk stops at. Children are visited after their parent.
pub trait Visitor {
    fn node(&mut self, _node: &mut Node) {}
    fn redirection(&mut self, _redirection: &mut Redirection) {}
    /// Every word, those inside other words too; assignments are no words.
    fn word(&mut self, _word: &mut Word, _place: Place) {}
    fn assignment(&mut self, _assignment: &mut Assignment) {}
}

/// Where a word stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The word of a simple command with this number; 0 names the program.
    Argument(usize),
    /// A redirection's target that is no here-document.
    Target,
    /// `for x in …`
    List,
    /// Anything else.
    Inner,
}

/// Moves the bodies into the redirections that wait for them.
pub(super) fn place_bodies(script: &mut Script, bodies: &mut [Word]) {
    struct Bodies<'a>(&'a mut [Word]);
    impl Visitor for Bodies<'_> {
        fn redirection(&mut self, redirection: &mut Redirection) {
            let span = redirection.target.span;
            if span.start == UNPLACED {
                redirection.target = self.0.get_mut(span.end).map(std::mem::take).unwrap_or_default();
            }
        }
    }
    if !bodies.is_empty() {
        walk(script, &mut Bodies(bodies));
    }
}

pub fn walk(script: &mut Script, visitor: &mut dyn Visitor) {
    for Item { first, rest, .. } in &mut script.items {
        for node in &mut first.commands {
            walk_node(node, visitor);
        }
        for (_, pipeline) in rest {
            for node in &mut pipeline.commands {
                walk_node(node, visitor);
            }
        }
    }
}

fn walk_node(node: &mut Node, visitor: &mut dyn Visitor) {
    visitor.node(node);
    match &mut node.kind {
        Kind::Simple { assignments, words } => {
            for one in assignments {
                visitor.assignment(one);
                walk_assignment(one, visitor);
            }
            for (number, word) in words.iter_mut().enumerate() {
                walk_word(word, Place::Argument(number), visitor);
            }
        }
        Kind::Group(script) | Kind::Subshell(script) => walk(script, visitor),
        Kind::If { arms, otherwise } => {
            for (condition, body) in arms {
                walk(condition, visitor);
                walk(body, visitor);
            }
            if let Some(script) = otherwise {
                walk(script, visitor);
            }
        }
        Kind::While { condition, body, .. } => {
            walk(condition, visitor);
            walk(body, visitor);
        }
        Kind::For { words, body, .. } | Kind::Select { words, body, .. } => {
            words.iter_mut().flatten().for_each(|word| walk_word(word, Place::List, visitor));
            walk(body, visitor);
        }
        Kind::ArithmeticFor { init, test, step, body } => {
            for word in [init, test, step] {
                walk_word(word, Place::Inner, visitor);
            }
            walk(body, visitor);
        }
        Kind::Case { subject, arms } => {
            walk_word(subject, Place::Inner, visitor);
            for arm in arms {
                arm.patterns.iter_mut().for_each(|word| walk_word(word, Place::Inner, visitor));
                walk(&mut arm.body, visitor);
            }
        }
        Kind::Function { body, .. } => walk_node(Rc::make_mut(body), visitor),
        Kind::Coproc { body, .. } => walk_node(body, visitor),
        Kind::Condition(words) => words.iter_mut().for_each(|word| walk_word(word, Place::Inner, visitor)),
        Kind::Arithmetic(word) => walk_word(word, Place::Inner, visitor),
    }
    for redirection in &mut node.redirections {
        visitor.redirection(redirection);
        let document = redirection.operator == super::syntax::Operator::HereDocument;
        walk_word(&mut redirection.target, if document { Place::Inner } else { Place::Target }, visitor);
    }
}

fn walk_assignment(assignment: &mut Assignment, visitor: &mut dyn Visitor) {
    if let Some(index) = &mut assignment.index {
        walk_word(index, Place::Inner, visitor);
    }
    match &mut assignment.value {
        Assigned::Word(word) => walk_word(word, Place::Inner, visitor),
        Assigned::Array(elements) => walk_elements(elements, visitor),
    }
}

fn walk_elements(elements: &mut [Element], visitor: &mut dyn Visitor) {
    for Element { key, value } in elements {
        if let Some(key) = key {
            walk_word(key, Place::Inner, visitor);
        }
        walk_word(value, Place::Inner, visitor);
    }
}

fn walk_word(word: &mut Word, place: Place, visitor: &mut dyn Visitor) {
    visitor.word(word, place);
    walk_parts(&mut word.parts, visitor);
}

fn walk_parts(parts: &mut [Part], visitor: &mut dyn Visitor) {
    for part in parts {
        match part {
            Part::Literal(_) | Part::Quoted(_) => {}
            Part::Double(inner) => walk_parts(inner, visitor),
            Part::Parameter(parameter) => {
                if let Some(Index::Of(word)) = &mut parameter.index {
                    walk_word(word, Place::Inner, visitor);
                }
                if let Some(operation) = &mut parameter.operation {
                    walk_operation(operation, visitor);
                }
            }
            Part::Arithmetic(word) => walk_word(word, Place::Inner, visitor),
            Part::Command(script) | Part::Process { script, .. } => walk(script, visitor),
            Part::Array(elements) => walk_elements(elements, visitor),
        }
    }
}

fn walk_operation(operation: &mut Operation, visitor: &mut dyn Visitor) {
    match operation {
        Operation::Default { word, .. }
        | Operation::Assign { word, .. }
        | Operation::Require { word, .. }
        | Operation::Alternate { word, .. } => walk_word(word, Place::Inner, visitor),
        Operation::Substring { offset, length } => {
            walk_word(offset, Place::Inner, visitor);
            if let Some(length) = length {
                walk_word(length, Place::Inner, visitor);
            }
        }
        Operation::RemovePrefix { pattern, .. }
        | Operation::RemoveSuffix { pattern, .. }
        | Operation::Case { pattern, .. } => walk_word(pattern, Place::Inner, visitor),
        Operation::Replace { pattern, with, .. } => {
            walk_word(pattern, Place::Inner, visitor);
            walk_word(with, Place::Inner, visitor);
        }
        Operation::Length | Operation::Transform(_) | Operation::Names { .. } | Operation::Keys => {}
    }
}
