//! The closed list of facts and what was found out about one finding.

/// A fact that rules may name in `lower` and `raise`. The table is what docs and the schema check are made from.
///
/// From `paths.created-here` to `paths.born-after-agent` a fact holds where it is true of at least one path and every
/// other one has such an excuse too, or is not there.
pub const FACTS: &[(&str, &str)] = &[
    ("paths.missing", "none of the paths exists"),
    (
        "paths.created-here",
        "is not there, and this text creates it before or after that, or a file that it runs names it and nothing was moved before",
    ),
    (
        "paths.temporary",
        "lies below /tmp, /var/tmp or $TMPDIR (on another machine or in a container below the first two, by its name), is not that folder itself, and neither lies in nor holds what the shell was started in",
    ),
    (
        "paths.build-output",
        "untracked, of a build's name beside what generates it, ignored in HEAD if the name may be a source's",
    ),
    ("paths.tracked-clean", "tracked by git and holds nothing that HEAD lacks, so git brings it back"),
    ("paths.empty", "an empty file, or a folder of nothing but folders"),
    ("paths.born-after-agent", "untracked and younger than the agent's own process"),
    ("paths.outside-project", "at least one lies outside the project and is not temporary"),
    ("paths.mount", "at least one is a mount point or holds one"),
    (
        "paths.through-link",
        "at least one is reached through a symbolic link, or through a mount inside the home or the project",
    ),
    (
        "paths.secret-or-state",
        "at least one is or holds a secret, a database or other state, by its name, that git does not bring back",
    ),
    (
        "paths.state-lost",
        "at least one is the file of such a secret, state or backup, neither empty nor temporary nor younger than the agent's own process",
    ),
    ("paths.modified", "at least one is tracked by git and holds something that HEAD lacks"),
    ("paths.backup", "at least one is or holds a backup or a dump, by its name, that git does not bring back"),
    (
        "undo.none",
        "`guarded undo` could not bring back one of the files: the vault can't be written or its disk is full, or the file is too big or can't be read; what has an excuse above does not count",
    ),
    ("git.tree-clean", "neither work tree nor index holds anything that HEAD lacks, and nothing is untracked"),
    ("git.tracked-clean", "no tracked file holds anything that HEAD lacks, or the same text has just stashed it"),
    (
        "git.branch-protected",
        "the branch is main, master, trunk, prod, release/*, the remote's default or listed in the policy",
    ),
    ("git.commits-kept", "another branch, tag or remote holds the branch's last commit, or HEAD has been there"),
    ("git.own-branch", "the branch is none of those"),
    ("context.production", "the target is production by a [[context]] of the policy or by its name"),
    ("context.throwaway", "there is evidence of a throw-away target: a test database, a CI run, a kind cluster"),
    ("context.loopback", "the target is on this machine"),
];

/// What was found out about one finding; aligned with the list of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stakes {
    /// Facts by name that were settled. One that is missing is unknown, and unknown never lowers.
    pub truths: std::collections::BTreeMap<&'static str, bool>,
    /// What is at stake, in sentences from the guard: `214 files (3.1 MB), 12 of them untracked`.
    pub says: Vec<String>,
    /// How many files are hit, where all were counted.
    pub files: Option<usize>,
    /// … and how large these are together, in bytes.
    pub bytes: Option<u64>,
    /// What the facts were read of, for grants and not for the eye: device and inode of each path, the selected cluster,
    /// profile and workspace. Another folder of the same size is not what was shown.
    pub read_of: Vec<String>,
    /// Names of the policy's `[[context]]`s that the target lies in.
    pub contexts: Vec<String>,
}

impl Stakes {
    #[must_use]
    pub fn is(&self, fact: &str) -> Option<bool> {
        self.truths.get(fact).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::FACTS;

    #[test]
    fn each_fact_is_listed_once() {
        for (at, (name, _)) in FACTS.iter().enumerate() {
            assert!(FACTS.iter().skip(at + 1).all(|(other, _)| other != name), "{name}");
        }
    }
}
