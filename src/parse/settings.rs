//! What a text changes about how the rest of it is read: `shopt`, `set -o posix`, `alias`. Only words without expansions
//! count; what `eval` or a sourced file sets is for those who read that text.

use std::collections::{BTreeMap, BTreeSet};

use super::syntax::{Part, Word};
use super::{Dialect, Mode};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub extglob: bool,
    pub expand_aliases: bool,
    /// `Some` where the text itself switched posix mode.
    pub posix: Option<bool>,
    pub aliases: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Aliases that a command which may not run has set or removed.
    unsure: BTreeSet<Vec<u8>>,
    /// Nothing about aliases is sure any more: the text redefines the builtins that set them.
    distrusted: bool,
}

impl From<&Mode> for Settings {
    fn from(mode: &Mode) -> Self {
        Settings {
            extglob: mode.extglob,
            // posix mode and dash always look aliases up
            expand_aliases: mode.expand_aliases || mode.dialect != Dialect::Bash,
            posix: None,
            aliases: mode.aliases.clone(),
            unsure: BTreeSet::new(),
            distrusted: false,
        }
    }
}

impl Settings {
    pub fn dialect(&self, before: Dialect) -> Dialect {
        match (before, self.posix) {
            (Dialect::Dash, _) => Dialect::Dash,
            (other, None) => other,
            (Dialect::Bash | Dialect::Posix, Some(true)) => Dialect::Posix,
            (Dialect::Bash | Dialect::Posix, Some(false)) => Dialect::Bash,
        }
    }

    /// Whether an alias certainly holds, so that the word itself is out of the question.
    pub fn is_sure(&self, alias: &[u8]) -> bool {
        !self.distrusted && !self.unsure.contains(alias)
    }

    /// A function has taken a name.
    pub fn defines(&mut self, name: &[u8]) {
        self.distrusted |= matches!(name, b"alias" | b"unalias" | b"shopt" | b"set" | b"builtin" | b"command");
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
        let before = self.expand_aliases;
        self.expand_aliases = on || !surely && before;
        self.distrusted |= !surely && on != before;
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
                    (b"extglob", Some(on)) => self.extglob = on,
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
        self.posix = Some(on);
        self.set_expand_aliases(on, surely);
    }

    fn alias(&mut self, arguments: &[Word], surely: bool) {
        for word in arguments.iter().filter_map(literal) {
            if let Some(equals) = word.iter().position(|byte| *byte == b'=').filter(|at| *at > 0) {
                let (name, value) = word.split_at(equals);
                self.mark(name, surely);
                self.aliases.insert(name.to_vec(), value.get(1..).unwrap_or_default().to_vec());
            }
        }
    }

    fn unalias(&mut self, arguments: &[Word], surely: bool) {
        for word in arguments.iter().filter_map(literal) {
            if !surely {
                self.distrusted |= word == b"-a";
                self.mark(&word, false);
            } else if word == b"-a" {
                self.aliases.clear();
            } else {
                self.aliases.remove(&word);
            }
        }
    }

    fn mark(&mut self, name: &[u8], surely: bool) {
        if surely {
            self.unsure.remove(name);
        } else {
            self.unsure.insert(name.to_vec());
        }
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
