//! Every key of a policy file: where it may stand, what it takes, its default and its meaning. The reader takes the
//! keys it knows from here, and docs/policy.md is made from it.

/// Which file a policy layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// root's file only
    System,
    /// root's and the user's
    User,
    /// also `.guarded.toml` of a project, where it can only make things stricter
    Project,
}

#[derive(Clone, Copy)]
pub struct Setting {
    /// Dotted; `[]` marks a table that may stand several times.
    pub key: &'static str,
    pub scope: Scope,
    pub takes: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
    /// Not acted upon by this version; said so wherever it is shown.
    pub inert: bool,
}

const fn setting(
    key: &'static str,
    scope: Scope,
    takes: &'static str,
    default: &'static str,
    meaning: &'static str,
) -> Setting {
    Setting { key, scope, takes, default, meaning, inert: false }
}

const fn inert(setting: Setting) -> Setting {
    Setting { inert: true, ..setting }
}

/// In the order of the reference page.
pub const SETTINGS: &[Setting] = &[
    setting(
        "mode",
        Scope::User,
        "\"enforce\" or \"observe\"",
        "\"enforce\"",
        "observe judges and records, and stops nothing",
    ),
    setting(
        "audit",
        Scope::Project,
        "\"when-possible\" or \"required\"",
        "\"when-possible\"",
        "required: a command that can't be recorded does not run",
    ),
    setting(
        "ask.wait",
        Scope::User,
        "a number of seconds",
        "as long as the agent allows",
        "how long a stopped command waits for a person's answer before it ends with 75",
    ),
    setting("decide.low", Scope::Project, "a decision", "\"log\"", "routine, recoverable or tiny losses"),
    setting("decide.medium", Scope::Project, "a decision", "\"ask\"", "work is lost that someone would miss"),
    setting("decide.high", Scope::Project, "a decision", "\"ask\"", "much is lost, or lost for good"),
    setting(
        "decide.critical",
        Scope::Project,
        "a decision",
        "\"approve 1\"",
        "production data, infrastructure, backups, clusters",
    ),
    setting(
        "decide.catastrophic",
        Scope::Project,
        "\"deny\"",
        "\"deny\"",
        "the root, a home, a mounted disk, all backups: always refused",
    ),
    setting(
        "decide.override[].rule",
        Scope::Project,
        "a rule's id or a glob",
        "any rule",
        "which rules the override is for",
    ),
    setting(
        "decide.override[].effect",
        Scope::Project,
        "one or a list",
        "any effect",
        "delete overwrite expose disable execute publish spend",
    ),
    setting(
        "decide.override[].target",
        Scope::Project,
        "one or a list",
        "any target",
        "files disk repository history database table backup snapshot volume cluster infrastructure account \
         credential queue package system network process guard",
    ),
    setting(
        "decide.override[].decision",
        Scope::Project,
        "a decision",
        "must be given",
        "the decision instead; of several that fit, the last one holds",
    ),
    setting("context[].name", Scope::Project, "text", "must be given", "what messages call this context"),
    setting("context[].hosts", Scope::Project, "list of globs", "[]", "hosts that belong to it"),
    setting("context[].kube_contexts", Scope::Project, "list of globs", "[]", "kube contexts that belong to it"),
    setting("context[].aws_profiles", Scope::Project, "list of globs", "[]", "AWS profiles that belong to it"),
    setting(
        "context[].raise",
        Scope::Project,
        "0 to 4",
        "1",
        "severity steps up for what is aimed there; steps end at critical",
    ),
    setting("waiver[].rule", Scope::User, "a rule's id", "must be given", "the one rule that is waived"),
    setting(
        "waiver[].path",
        Scope::User,
        "a path glob",
        "anywhere",
        "only where all that would be hit lies there; ** crosses folders",
    ),
    setting("waiver[].until", Scope::User, "a date", "must be given", "last day it holds, at most 366 days ahead"),
    setting("waiver[].reason", Scope::User, "text", "must be given", "why; it stands in the audit record"),
    setting(
        "git.protected_branches",
        Scope::Project,
        "list of globs",
        "[]",
        "branches protected besides main, master, production, release/*",
    ),
    inert(setting(
        "limits.files_per_minute",
        Scope::Project,
        "a number",
        "off",
        "more deleted or overwritten files than this lock the guard",
    )),
    inert(setting(
        "limits.destructive_per_hour",
        Scope::Project,
        "a number",
        "off",
        "more destructive commands than this lock the guard",
    )),
    inert(setting("limits.canary", Scope::Project, "a number", "off", "more stops than this an hour lock the guard")),
    setting(
        "require.layer",
        Scope::Project,
        "\"exec\"",
        "nothing",
        "refuse to run (125) where programs can't be judged as they start",
    ),
    setting("shell.bash", Scope::System, "list of absolute paths", "the usual places", "where the real bash is"),
    setting("shell.sh", Scope::System, "list of absolute paths", "the usual places", "where the real sh is"),
    setting(
        "locked",
        Scope::System,
        "list of keys",
        "[]",
        "keys that a user's file can only make stricter: mode, audit, decide, decide.override, waiver, context, \
         require",
    ),
];

/// What `locked` may name.
pub const LOCKABLE: &[&str] = &["mode", "audit", "decide", "decide.override", "waiver", "context", "require"];

/// The words of a decision.
pub const DECISIONS: &[&str] = &["allow", "log", "ask", "approve 1", "deny"];

/// The keys that may stand in the table `prefix` (empty: the top), without its own prefix and without `[]`.
#[must_use]
pub fn keys_below(prefix: &str) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = SETTINGS.iter().filter_map(|setting| first_segment(setting, prefix)).collect();
    keys.dedup();
    keys
}

/// The widest scope of a key or of anything below it.
#[must_use]
pub fn scope_of(dotted: &str) -> Option<Scope> {
    SETTINGS
        .iter()
        .filter(|setting| {
            setting.key.strip_prefix(dotted).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
        .map(|setting| setting.scope)
        .max()
}

fn first_segment(setting: &Setting, prefix: &str) -> Option<&'static str> {
    let rest = if prefix.is_empty() { setting.key } else { setting.key.strip_prefix(prefix)?.strip_prefix('.')? };
    rest.split(['.', '[']).next()
}

#[cfg(test)]
mod tests {
    use super::{SETTINGS, keys_below, scope_of};

    #[test]
    fn no_key_stands_twice_and_each_is_explained() {
        for (at, setting) in SETTINGS.iter().enumerate() {
            assert!(SETTINGS[at + 1..].iter().all(|other| other.key != setting.key), "{}", setting.key);
            assert!(!setting.meaning.ends_with('.') && !setting.meaning.is_empty());
        }
    }

    #[test]
    fn keys_are_listed_by_table() {
        assert_eq!(keys_below("waiver[]"), ["rule", "path", "until", "reason"]);
        assert_eq!(
            keys_below(""),
            ["mode", "audit", "ask", "decide", "context", "waiver", "git", "limits", "require", "shell", "locked"]
        );
        assert_eq!(keys_below("decide"), ["low", "medium", "high", "critical", "catastrophic", "override"]);
    }

    #[test]
    fn no_loosening_key_is_a_projects() {
        use super::Scope;
        assert_eq!(scope_of("mode"), Some(Scope::User));
        assert_eq!(scope_of("waiver"), Some(Scope::User));
        assert_eq!(scope_of("shell"), Some(Scope::System));
        assert_eq!(scope_of("locked"), Some(Scope::System));
        assert_eq!(scope_of("nothing"), None);
    }
}
