//! What a text changes about how the rest of it is read: `shopt`, `set -o posix`, `alias`. Only words without expansions
//! count; what `eval` or a sourced file sets is for those who read that text.

use std::collections::BTreeMap;

use super::syntax::{Part, Word};
use super::{Dialect, Mode};

/// Which settings hold: those of the complete command being read, or those from the next one on. Substitutions are read
/// when they run, so they see the latter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Now,
    Next,
}

pub(super) struct Settings {
    now: Switches,
    next: Switches,
    /// A snapshot that an agent restores sets hundreds of them, one a line: each keeps both its values, so that a line
    /// costs what it changes.
    aliases: BTreeMap<Vec<u8>, Alias>,
    changed: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Switches {
    extglob: bool,
    expand_aliases: bool,
    /// `Some` where the text itself switched posix mode.
    posix: Option<bool>,
    /// Nothing about aliases is sure any more: the text redefines the builtins that set them.
    distrusted: bool,
}

#[derive(Default)]
struct Alias {
    now: Meaning,
    next: Meaning,
}

#[derive(Clone, Default)]
struct Meaning {
    text: Option<Vec<u8>>,
    /// A command which may not run has set or removed it.
    unsure: bool,
}

impl From<&Mode> for Settings {
    fn from(mode: &Mode) -> Self {
        let switches = Switches {
            extglob: mode.extglob,
            // posix mode and dash always look aliases up
            expand_aliases: mode.expand_aliases || mode.dialect != Dialect::Bash,
            posix: None,
            distrusted: false,
        };
        let meaning = |text: &Vec<u8>| Meaning { text: Some(text.clone()), unsure: false };
        let alias = |text| Alias { now: meaning(text), next: meaning(text) };
        let aliases = mode.aliases.iter().map(|(name, text)| (name.clone(), alias(text))).collect();
        Settings { now: switches, next: switches, aliases, changed: Vec::new() }
    }
}

impl Settings {
    /// A complete command has been read: what it set holds.
    pub fn advance(&mut self) {
        self.now = self.next;
        for name in self.changed.drain(..) {
            let Some(alias) = self.aliases.get_mut(&name) else { continue };
            if alias.next.text.is_some() || alias.next.unsure {
                alias.now = alias.next.clone();
            } else {
                self.aliases.remove(&name);
            }
        }
    }

    pub fn dialect(&self, before: Dialect) -> Dialect {
        match (before, self.now.posix) {
            (Dialect::Dash, _) => Dialect::Dash,
            (other, None) => other,
            (Dialect::Bash | Dialect::Posix, Some(true)) => Dialect::Posix,
            (Dialect::Bash | Dialect::Posix, Some(false)) => Dialect::Bash,
        }
    }

    pub fn extglob(&self) -> bool {
        self.now.extglob
    }

    pub fn expands_aliases(&self, when: When) -> bool {
        !self.aliases.is_empty() && self.switches(when).expand_aliases
    }

    /// What an alias stands for, and whether it certainly holds, so that the word itself is out of the question.
    pub fn meaning(&self, name: &[u8], when: When) -> Option<(&[u8], bool)> {
        let alias = self.aliases.get(name)?;
        let meaning = match when {
            When::Now => &alias.now,
            When::Next => &alias.next,
        };
        let text = meaning.text.as_deref()?;
        Some((text, !self.switches(when).distrusted && !meaning.unsure))
    }

    fn switches(&self, when: When) -> &Switches {
        match when {
            When::Now => &self.now,
            When::Next => &self.next,
        }
    }

    /// A function has taken a name.
    pub fn defines(&mut self, name: &[u8]) {
        self.next.distrusted |= matches!(name, b"alias" | b"unalias" | b"shopt" | b"set" | b"builtin" | b"command");
    }

    /// What a simple command changes, if it is one of those; not `surely` where it may not run, or in a subshell.
    pub fn follow(&mut self, words: &[Word], dialect: Dialect, surely: bool) {
        let mut words = words;
        while let [first, rest @ ..] = words
            && matches!(literal(first).as_deref(), Some(b"builtin" | b"command"))
        {
            words = rest;
        }
        let [first, arguments @ ..] = words else { return };
        let bash = dialect != Dialect::Dash;
        match literal(first).as_deref() {
            Some(b"shopt") if bash => self.shopt(arguments, surely),
            Some(b"set") if bash => self.set(arguments, surely),
            Some(b"alias") => self.alias(arguments, surely),
            Some(b"unalias") => self.unalias(arguments, surely),
            _ => {}
        }
    }

    /// Unsure, it counts as on, and what it leads to as unsure.
    fn set_expand_aliases(&mut self, on: bool, surely: bool) {
        let before = self.next.expand_aliases;
        self.next.expand_aliases = on || !surely && before;
        self.next.distrusted |= !surely && on != before;
    }

    fn shopt(&mut self, arguments: &[Word], surely: bool) {
        let mut on = None;
        let mut options_of_set = false;
        for word in arguments.iter().filter_map(literal) {
            match word.strip_prefix(b"-") {
                Some(letters) => {
                    options_of_set |= letters.contains(&b'o');
                    if letters.contains(&b's') {
                        on = Some(true);
                    } else if letters.contains(&b'u') {
                        on = Some(false);
                    }
                }
                None => match (word.as_slice(), on) {
                    (b"posix", Some(on)) if options_of_set => self.set_posix(on, surely),
                    (b"extglob", Some(on)) => self.next.extglob = on,
                    (b"expand_aliases", Some(on)) => self.set_expand_aliases(on, surely),
                    _ => {}
                },
            }
        }
    }

    fn set(&mut self, arguments: &[Word], surely: bool) {
        let words: Vec<_> = arguments.iter().map(literal).collect();
        for pair in words.windows(2) {
            if let [Some(flag), Some(name)] = pair
                && name == b"posix"
                && flag.ends_with(b"o")
            {
                match flag.first() {
                    Some(b'-') => self.set_posix(true, surely),
                    Some(b'+') => self.set_posix(false, surely),
                    _ => {}
                }
            }
        }
    }

    fn set_posix(&mut self, on: bool, surely: bool) {
        self.next.posix = Some(on);
        self.set_expand_aliases(on, surely);
    }

    fn alias(&mut self, arguments: &[Word], surely: bool) {
        for word in arguments.iter().filter_map(literal) {
            if let Some(equals) = word.iter().position(|byte| *byte == b'=').filter(|at| *at > 0) {
                let (name, value) = word.split_at(equals);
                let text = value.get(1..).unwrap_or_default().to_vec();
                self.change(name, Meaning { text: Some(text), unsure: !surely });
            }
        }
    }

    fn unalias(&mut self, arguments: &[Word], surely: bool) {
        for word in arguments.iter().filter_map(literal) {
            if surely && word == b"-a" {
                let names: Vec<_> = self.aliases.keys().cloned().collect();
                for name in &names {
                    self.change(name, Meaning::default());
                }
            } else if surely {
                self.change(&word, Meaning::default());
            } else if word == b"-a" {
                self.next.distrusted = true;
            } else {
                let text = self.meaning(&word, When::Next).map(|(text, _)| text.to_vec());
                self.change(&word, Meaning { text, unsure: true });
            }
        }
    }

    fn change(&mut self, name: &[u8], to: Meaning) {
        self.aliases.entry(name.to_vec()).or_default().next = to;
        self.changed.push(name.to_vec());
    }
}

/// A word's text where nothing in it is expanded.
pub(super) fn literal(word: &Word) -> Option<Vec<u8>> {
    fn collect(parts: &[Part], into: &mut Vec<u8>) -> bool {
        parts.iter().all(|part| match part {
            Part::Literal(text) | Part::Quoted(text) => {
                into.extend_from_slice(text);
                true
            }
            Part::Double(inner) => collect(inner, into),
            Part::Parameter(_) | Part::Arithmetic(_) | Part::Command(_) | Part::Process { .. } | Part::Array(_) => {
                false
            }
        })
    }
    let mut text = Vec::new();
    collect(&word.parts, &mut text).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::super::{Mode, Reading, read};
    use super::*;

    fn aliased(text: &str) -> Reading {
        let aliases = BTreeMap::from([(b"ll".to_vec(), b"c1 -l".to_vec())]);
        read(text.as_bytes(), &Mode { expand_aliases: true, aliases, ..Mode::default() })
    }

    #[test]
    fn the_text_of_a_reading_has_its_aliases_replaced() {
        let reading = aliased("ll a; 'll'");
        assert_eq!(reading.text, b"c1 -l  a; 'll'");
        assert!(reading.trusted());
    }

    #[test]
    fn an_alias_that_is_surely_removed_is_gone_and_one_that_may_be_is_a_doubt() {
        assert_eq!(aliased("unalias ll\nll").text, b"unalias ll\nll");
        let reading = aliased("c2 && unalias ll\nll a");
        assert!(!reading.trusted());
        assert_eq!(reading.others.len(), 1);
        assert!(!aliased("alias ll=c3 > f\nll").trusted());
        assert!(!aliased("builtin unalias -a &\nll").trusted());
    }
}
