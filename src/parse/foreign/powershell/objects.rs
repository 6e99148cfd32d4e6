//! What statements say of names, for the statements behind them: tables of parameters (`@{ … }`), commands' other names.
//! And the member of an object that deletes it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::super::closing;
use super::Lower;
use super::words::Word;

/// Names in small letters.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// As the words that a command gets of them.
    tables: RefCell<BTreeMap<Vec<u8>, Vec<Word>>>,
    aliases: RefCell<BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl Known {
    pub fn alias(&self, name: &[u8], command: &[u8]) {
        self.aliases.borrow_mut().insert(name.to_ascii_lowercase(), command.to_ascii_lowercase());
    }

    /// What the name stands for; an alias of an alias too, but no ring of them.
    pub fn behind(&self, name: &[u8]) -> Vec<u8> {
        let aliases = self.aliases.borrow();
        let mut name = name.to_vec();
        for _ in 0..aliases.len() {
            match aliases.get(&name) {
                Some(command) => name.clone_from(command),
                None => break,
            }
        }
        name
    }
}

impl Lower<'_> {
    /// `@{ Path = 'x'; Recurse = $true }` for the variable of this name; stays where it is no table that can be read.
    pub(super) fn table(&mut self, name: &[u8]) -> Option<()> {
        if !self.starts("@{") {
            self.known.tables.borrow_mut().remove(name);
            return None;
        }
        let end = closing(self.text, self.at + 1, b'{', b'}')?;
        let mut inner = self.within(self.text.get(self.at + 2..end)?);
        let mut words = Vec::new();
        loop {
            inner.separators();
            if inner.at == inner.text.len() {
                break;
            }
            inner.entry(&mut words)?;
        }
        self.known.tables.borrow_mut().insert(name.to_vec(), words);
        self.at = end + 1;
        Some(())
    }

    fn entry(&mut self, words: &mut Vec<Word>) -> Option<()> {
        let key = match self.peek(0) {
            Some(b'"' | b'\'') => self.word()?.literal?,
            _ => self.bare(),
        };
        self.blanks();
        if key.is_empty() || self.peek(0) != Some(b'=') {
            return None;
        }
        self.at += 1;
        let values = self.words(&mut Vec::new())?;
        let said = |text: &[u8]| matches!(values.as_slice(), [one] if one.literal.as_deref() == Some(text));
        if said(b"false") {
            return Some(());
        }
        let mut parameter = Word { literal: Some(Vec::new()), plain: true, ..Word::default() };
        parameter.add(&[b"-", key.as_slice()].concat());
        words.push(parameter);
        if !said(b"true") {
            // `-x` as a value is no parameter.
            words.extend(values.into_iter().map(|word| Word { plain: false, ..word }));
        }
        Some(())
    }

    /// `@name` among a command's words: what the table of that name says, or an array's elements.
    pub(super) fn splatted(&mut self, words: &mut Vec<Word>) {
        self.at += 1;
        let name = self.bare().to_ascii_lowercase();
        if let Some(table) = self.known.tables.borrow().get(&name) {
            words.extend(table.iter().cloned());
        } else {
            let mut word = Word { splatted: true, ..Word::default() };
            word.open(&[b"\"${", name.as_slice(), b"[@]}\""].concat());
            words.push(word);
        }
    }

    /// `(Get-Item x).Delete($true)`, `$x.Delete()`: what it deletes is what the object stands for.
    pub(super) fn deletion(&mut self) -> Option<Vec<u8>> {
        let mut ahead = *self;
        let object = match ahead.peek(0)? {
            b'(' => [b"$( ".as_slice(), &ahead.parentheses()?, b")"].concat(),
            b'$' => [b"\"${", ahead.variable()?.as_slice(), b"[@]}\""].concat(),
            _ => return None,
        };
        loop {
            match ahead.peek(0)? {
                b'[' => ahead.at = closing(ahead.text, ahead.at, b'[', b']')? + 1,
                b'(' => ahead.at = closing(ahead.text, ahead.at, b'(', b')')? + 1,
                b'.' => {
                    ahead.at += 1;
                    let member = ahead.bare().to_ascii_lowercase();
                    let deletes = member.rsplit(|byte| *byte == b'.').next() == Some(b"delete");
                    if deletes && ahead.peek(0) == Some(b'(') {
                        ahead.at = closing(ahead.text, ahead.at, b'(', b')')? + 1;
                        *self = ahead;
                        return Some([b"rm -r -- ".as_slice(), &object].concat());
                    }
                }
                _ => return None,
            }
        }
    }
}
