//! What a text wrote into files, by absolute path.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use bstr::BString;

use crate::command::words::Value;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    texts: BTreeMap<BString, Value>,
    /// Those that are written on one way only, or that an error may have kept from being written.
    unsure: BTreeSet<BString>,
}

impl Deref for Files {
    type Target = BTreeMap<BString, Value>;

    fn deref(&self) -> &Self::Target {
        &self.texts
    }
}

impl DerefMut for Files {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.texts
    }
}

impl Files {
    /// `sure`: it is this file that is written.
    pub fn put(&mut self, path: BString, text: Value, sure: bool) {
        if sure {
            self.unsure.remove(&path);
        } else if !self.texts.contains_key(&path) {
            self.unsure.insert(path.clone());
        }
        self.texts.insert(path, text);
    }

    /// Whether it may still hold what it held before the text began.
    #[must_use]
    pub fn is_unsure(&self, path: &BString) -> bool {
        self.unsure.contains(path)
    }

    pub fn join(&mut self, other: &Files) {
        let mine: Vec<BString> = self.texts.keys().filter(|path| !other.contains_key(*path)).cloned().collect();
        self.unsure.extend(mine);
        for (path, text) in &other.texts {
            if let Some(mine) = self.texts.get_mut(path) {
                *mine = mine.clone().or(text.clone());
            } else {
                self.unsure.insert(path.clone());
                self.texts.insert(path.clone(), text.clone());
            }
        }
        self.unsure.extend(other.unsure.iter().cloned());
    }
}
