//! What `set` and `shopt` switched, as far as it changes what words and commands mean.

use std::collections::BTreeMap;

/// Options by their long name; those that are not here are as bash starts with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShellOptions {
    switched: BTreeMap<&'static str, Option<bool>>,
}

/// Options that change the meaning of words, and the letters by which `set` knows them.
const NAMES: &[(&str, u8)] = &[
    ("allexport", b'a'),
    ("braceexpand", b'B'),
    ("errexit", b'e'),
    ("keyword", b'k'),
    ("noglob", b'f'),
    ("noexec", b'n'),
    ("nounset", b'u'),
    ("pipefail", 0),
    ("posix", 0),
    ("dotglob", 0),
    ("failglob", 0),
    ("globstar", 0),
    ("inherit_errexit", 0),
    ("lastpipe", 0),
    ("nocaseglob", 0),
    ("nocasematch", 0),
    ("nullglob", 0),
    ("patsub_replacement", 0),
    ("xpg_echo", 0),
];

/// Options that are on from the start.
const ON: [&str; 2] = ["braceexpand", "patsub_replacement"];

impl ShellOptions {
    pub fn switch(&mut self, name: &[u8], on: bool) {
        // An older release's ways are not followed: what they change is not known any more.
        if name.starts_with(b"compat") {
            self.switched.insert("patsub_replacement", None);
        }
        if let Some((name, _)) = NAMES.iter().find(|(one, _)| one.as_bytes() == name) {
            self.switched.insert(name, Some(on));
        }
    }

    /// The letters of `set -eu`.
    pub fn letters(&mut self, letters: &[u8], on: bool) {
        for (name, letter) in NAMES {
            if *letter != 0 && letters.contains(letter) {
                self.switched.insert(name, Some(on));
            }
        }
    }

    /// `None`: on one way it is on, on another off.
    #[must_use]
    pub fn is_on(&self, name: &str) -> Option<bool> {
        self.switched.get(name).copied().unwrap_or_else(|| Some(ON.contains(&name)))
    }

    #[must_use]
    pub fn may_be_on(&self, name: &str) -> bool {
        self.is_on(name) != Some(false)
    }

    pub fn join(&mut self, other: &ShellOptions) {
        if self == other {
            return;
        }
        for (name, _) in NAMES {
            if self.is_on(name) != other.is_on(name) {
                self.switched.insert(name, None);
            }
        }
    }
}
