//! Names and the frames that they stand in: which place a name means, and where a new one is made.

use std::collections::{BTreeMap, BTreeSet};

use bstr::BString;

use super::evaluate::Evaluator;
use super::syntax::Declared;
use super::things::{Cell, Thing};

/// The names of a module, function, class or block.
#[derive(Default)]
pub(super) struct Frame {
    pub names: BTreeMap<BString, usize>,
    pub parent: Option<usize>,
    /// A block of JavaScript: `var` and Python's names belong to the frame around it.
    pub block: bool,
    /// Names that `global` and `nonlocal` send to the frames around.
    pub outer: BTreeSet<BString>,
}

impl Evaluator<'_> {
    pub fn enter(&mut self, parent: usize, block: bool) -> usize {
        self.frames.push(Frame { parent: Some(parent), block, ..Frame::default() });
        std::mem::replace(&mut self.frame, self.frames.len() - 1)
    }

    /// The cell of a name, from a frame outwards.
    pub fn find(&self, name: &BString, from: usize) -> Option<usize> {
        let mut at = Some(from);
        while let Some(frame) = at.and_then(|index| self.frames.get(index)) {
            if let Some(place) = frame.names.get(name) {
                return Some(*place);
            }
            at = frame.parent;
        }
        None
    }

    /// The cell of a name in a frame; made where there is none.
    fn place(&mut self, name: &BString, frame: usize) -> usize {
        if let Some(place) = self.frames.get(frame).and_then(|frame| frame.names.get(name)) {
            return *place;
        }
        let place = self.store.make(Cell::Unset);
        if let Some(frame) = self.frames.get_mut(frame) {
            frame.names.insert(name.clone(), place);
        }
        place
    }

    /// The function's frame around a block.
    fn function_frame(&self) -> usize {
        let mut at = self.frame;
        while let Some(frame) = self.frames.get(at)
            && frame.block
            && let Some(parent) = frame.parent
        {
            at = parent;
        }
        at
    }

    pub fn define(&mut self, name: &BString, thing: Thing, declared: Declared) {
        let frame = match declared {
            Declared::Block => self.frame,
            Declared::Function => self.function_frame(),
            Declared::Found if self.python => {
                let outer = self.frames.get(self.frame).is_some_and(|frame| frame.outer.contains(name));
                let parent = self.frames.get(self.frame).and_then(|frame| frame.parent);
                match parent.filter(|_| outer).and_then(|parent| self.find(name, parent)) {
                    Some(place) => return self.store.set(place, Cell::One(thing)),
                    None if outer => 0,
                    None => self.frame,
                }
            }
            Declared::Found => match self.find(name, self.frame) {
                Some(place) => return self.store.set(place, Cell::One(thing)),
                None => 0,
            },
        };
        let place = self.place(name, frame);
        self.store.set(place, Cell::One(thing));
    }
}
