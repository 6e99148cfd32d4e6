//! Texts that were read already. The same text is often followed more than once: a file again each time the model looks
//! at what it wanted to see, a script that starts itself, the body of a loop. What it says depends on nothing but its
//! bytes and the grammar, so that only the reading is kept; what it would run is found anew.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use bstr::BString;

use crate::parse::{self, Mode, Reading, most_steps};

/// Bytes that are read for one judgement, each different text counted once.
const BYTES: usize = 16 << 20;

/// A reading, and the grammar it is by.
type Kept = (Mode, Rc<Reading>);

#[derive(Clone, Debug, Default)]
pub struct Readings {
    kept: RefCell<BTreeMap<BString, Vec<Kept>>>,
    bytes: Cell<usize>,
    /// Work of the second reader.
    steps: Cell<usize>,
}

impl Readings {
    /// Reads the text, or has read it; `None` when so much was read that no more is.
    pub(super) fn read(&self, text: &[u8], mode: &Mode) -> Option<Rc<Reading>> {
        let mut kept = self.kept.borrow_mut();
        let known = kept.get(bstr::BStr::new(text)).and_then(|all| all.iter().find(|(one, _)| one == mode));
        if let Some((_, reading)) = known {
            return Some(Rc::clone(reading));
        }
        if self.bytes.get() > BYTES || self.steps.get() > most_steps(self.bytes.get()) {
            return None;
        }
        let reading = Rc::new(parse::read(text, mode));
        self.bytes.set(self.bytes.get() + text.len());
        self.steps.set(self.steps.get() + reading.steps);
        kept.entry(text.into()).or_default().push((mode.clone(), Rc::clone(&reading)));
        Some(reading)
    }
}
