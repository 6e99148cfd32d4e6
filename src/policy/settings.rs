//! Every key of a policy file: where it may stand, what it takes, its default and its meaning. The reader takes the
//! keys it knows from here, and docs/policy.md and the editors' schema are made from it.

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

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, or a list of them.
    Words(&'static [&'static str]),
    Decision,
    Text,
    /// A text, or a list of them.
    Texts,
    Number(i64, i64),
    /// `true` or `false`
    Switch,
    Date,
}

#[derive(Clone, Copy)]
pub struct Setting {
    /// Dotted; `[]` marks a table that may stand several times.
    pub key: &'static str,
    pub scope: Scope,
    pub takes: Takes,
    /// What it takes, as people say it.
    pub says: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
}

const fn setting(
    key: &'static str,
    scope: Scope,
    (takes, says): (Takes, &'static str),
    default: &'static str,
    meaning: &'static str,
) -> Setting {
    Setting { key, scope, takes, says, default, meaning }
}

const DECISION: (Takes, &str) = (Takes::Decision, "a decision");
const TEXT: (Takes, &str) = (Takes::Text, "text");
const GLOBS: (Takes, &str) = (Takes::Texts, "list of globs");
const NAMES: (Takes, &str) = (Takes::Texts, "one or a list");
const PATHS: (Takes, &str) = (Takes::Texts, "list of path globs");
const COUNT: (Takes, &str) = (Takes::Number(1, u32::MAX as i64), "a number");

/// What an effect may be, as in the packs.
pub const EFFECTS: &[&str] = &crate::packs::read::EFFECTS;
/// What a target may be, as in the packs.
pub const TARGETS: &[&str] = &crate::packs::read::TARGETS;

/// In the order of the reference page.
pub const SETTINGS: &[Setting] = &[
    setting(
        "mode",
        Scope::Project,
        (Takes::Word(&["enforce", "observe", "allowlist"]), "\"enforce\", \"observe\" or \"allowlist\""),
        "\"enforce\"",
        "observe judges and records, and stops nothing; allowlist also asks about every command that no [[allow]] lists; \
         a project's file can only say allowlist",
    ),
    setting(
        "audit",
        Scope::Project,
        (Takes::Word(&["when-possible", "required"]), "\"when-possible\" or \"required\""),
        "\"when-possible\"",
        "required: a command that can't be recorded does not run",
    ),
    setting(
        "ask.wait",
        Scope::User,
        (Takes::Number(0, 3600), "a number of seconds"),
        "as long as the agent allows",
        "how long a stopped command waits for a person's answer before it ends with 75",
    ),
    setting("decide.low", Scope::Project, DECISION, "\"log\"", "routine, recoverable or tiny losses"),
    setting("decide.medium", Scope::Project, DECISION, "\"ask\"", "work is lost that someone would miss"),
    setting("decide.high", Scope::Project, DECISION, "\"ask\"", "much is lost, or lost for good"),
    setting(
        "decide.critical",
        Scope::Project,
        DECISION,
        "\"approve 1\"",
        "production data, infrastructure, backups, clusters",
    ),
    setting(
        "decide.catastrophic",
        Scope::Project,
        (Takes::Word(&["deny"]), "\"deny\""),
        "\"deny\"",
        "the root, a home, a mounted disk, all backups: always refused",
    ),
    setting(
        "decide.override[].rule",
        Scope::Project,
        (Takes::Text, "a rule's id or a glob"),
        "any rule",
        "which rules the override is for",
    ),
    setting(
        "decide.override[].tool",
        Scope::Project,
        (Takes::Texts, "one or a list of globs"),
        "any tool",
        "which tools it is for, by the name of the program",
    ),
    setting(
        "decide.override[].effect",
        Scope::Project,
        (Takes::Words(EFFECTS), "one or a list"),
        "any effect",
        "delete overwrite expose disable execute publish spend",
    ),
    setting(
        "decide.override[].target",
        Scope::Project,
        (Takes::Words(TARGETS), "one or a list"),
        "any target",
        "files disk repository history database table backup snapshot volume cluster infrastructure account \
         credential queue package system network process guard",
    ),
    setting(
        "decide.override[].decision",
        Scope::Project,
        DECISION,
        "must be given",
        "the decision instead; of several that fit, the last one holds",
    ),
    setting("context[].name", Scope::Project, TEXT, "must be given", "what messages call this context"),
    setting("context[].hosts", Scope::Project, GLOBS, "[]", "hosts that belong to it"),
    setting("context[].databases", Scope::Project, GLOBS, "[]", "databases that belong to it"),
    setting("context[].kube_contexts", Scope::Project, GLOBS, "[]", "kube contexts that belong to it"),
    setting("context[].namespaces", Scope::Project, GLOBS, "[]", "namespaces of a cluster that belong to it"),
    setting("context[].aws_profiles", Scope::Project, GLOBS, "[]", "AWS profiles that belong to it"),
    setting(
        "context[].projects",
        Scope::Project,
        GLOBS,
        "[]",
        "projects of gcloud, subscriptions of az, accounts of AWS that belong to it",
    ),
    setting("context[].regions", Scope::Project, GLOBS, "[]", "regions of a cloud that belong to it"),
    setting("context[].workspaces", Scope::Project, GLOBS, "[]", "terraform workspaces that belong to it"),
    setting("context[].docker_contexts", Scope::Project, GLOBS, "[]", "docker contexts that belong to it"),
    setting(
        "context[].raise",
        Scope::Project,
        (Takes::Number(0, 4), "0 to 4"),
        "1",
        "severity steps up for what is aimed there; steps end at critical",
    ),
    setting(
        "context[].lower",
        Scope::User,
        (Takes::Number(1, 4), "1 to 4"),
        "no step",
        "instead of raise: severity steps down for what is aimed there and nowhere else; never of what is production by \
         its name or another context, nor where a word is unknown",
    ),
    setting("waiver[].rule", Scope::User, (Takes::Text, "a rule's id"), "must be given", "the one rule that is waived"),
    setting(
        "waiver[].path",
        Scope::User,
        (Takes::Text, "a path glob"),
        "anywhere",
        "only where all that would be hit lies there; ** crosses folders",
    ),
    setting(
        "waiver[].until",
        Scope::User,
        (Takes::Date, "a date"),
        "must be given",
        "last day it holds, at most 366 days ahead",
    ),
    setting("waiver[].reason", Scope::User, TEXT, "must be given", "why; it stands in the audit record"),
    setting(
        "allow[].command",
        Scope::Project,
        NAMES,
        "must be given",
        "programs that may run: names as they are called, or absolute paths",
    ),
    setting(
        "allow[].verb",
        Scope::Project,
        NAMES,
        "any",
        "subcommands that may run, such as \"log\" or \"remote show\"",
    ),
    setting("allow[].flags", Scope::Project, NAMES, "any", "options that may be given, in any of their spellings"),
    setting(
        "allow[].paths",
        Scope::Project,
        PATHS,
        "any operand, no redirection",
        "where every operand, option's value and redirection must lie; a project's are relative to its file",
    ),
    setting(
        "allow[].env",
        Scope::Project,
        (Takes::Texts, "list of names"),
        "[]",
        "variables that the text may set for it",
    ),
    setting(
        "allow[].through",
        Scope::Project,
        NAMES,
        "[]",
        "wrappers through which it may come though they change user, machine, container or time: sudo, ssh, docker",
    ),
    setting(
        "agent[].name",
        Scope::Project,
        NAMES,
        "must be given",
        "the agents for which the rest of this table holds, by the names that `guarded policy init --print` lists; any key of the top level may \
         follow, but for agent, directory, example, limits, shell and locked",
    ),
    setting(
        "directory[].path",
        Scope::User,
        (Takes::Texts, "one or a list of path globs"),
        "must be given",
        "the folders for which the rest of this table holds, with the same keys; it loosens only where the shell was \
         started there and all that would be hit lies there",
    ),
    setting("example[].command", Scope::Project, TEXT, "must be given", "a command that `guarded policy test` judges"),
    setting("example[].decision", Scope::Project, DECISION, "must be given", "what must come of it"),
    setting(
        "git.protected_branches",
        Scope::Project,
        GLOBS,
        "[]",
        "branches protected besides main, master, production, release/*",
    ),
    setting(
        "limits.files_per_minute",
        Scope::Project,
        COUNT,
        "off",
        "a command that would delete or overwrite more files than this within a minute, with those before it, locks the guard",
    ),
    setting("limits.bytes_per_minute", Scope::Project, COUNT, "off", "the same by the size of the files, in bytes"),
    setting(
        "limits.destructive_per_hour",
        Scope::Project,
        COUNT,
        "off",
        "more destructive commands than this within an hour, stopped ones with them, lock the guard",
    ),
    setting(
        "limits.canary",
        Scope::Project,
        COUNT,
        "off",
        "when the programs of one command have done the same destructive thing so many times, the next waits for a person",
    ),
    setting(
        "undo.enabled",
        Scope::User,
        (Takes::Switch, "true or false"),
        "true",
        "keep what a permitted command destroys, for `guarded undo`",
    ),
    setting(
        "undo.bytes",
        Scope::User,
        (Takes::Number(0, 1 << 50), "a number"),
        "2147483648",
        "so many bytes are kept, on disk; what is larger alone is not kept, and of the rest the oldest goes first",
    ),
    setting(
        "undo.files",
        Scope::User,
        (Takes::Number(0, 100_000_000), "a number"),
        "200000",
        "so many files and folders are kept, in the same way",
    ),
    setting("undo.days", Scope::User, (Takes::Number(1, 3650), "a number of days"), "7", "how long something is kept"),
    setting(
        "protect.paths",
        Scope::Project,
        (Takes::Texts, "list of paths"),
        "[]",
        "files and folders that no command is to delete, overwrite, move away or change the rights of; what would, asks",
    ),
    setting(
        "protect.read_only",
        Scope::Project,
        (Takes::Texts, "list of paths"),
        "[]",
        "the same, and nothing that a command starts can write there at all, where the kernel lets us mount them so; what \
         would be new there asks too",
    ),
    setting(
        "credentials.hide",
        Scope::Project,
        (Takes::Texts, "list of globs on names"),
        "[]",
        "variables that commands do not get, unless a person runs them; what a shell or the guard itself needs (PATH, \
         HOME, an agent's marker) stays",
    ),
    setting(
        "credentials.hide_production",
        Scope::Project,
        (Takes::Texts, "list of globs on names"),
        "[]",
        "the same, only where the value is an address of production, by its names or by a [[context]]",
    ),
    setting(
        "credentials.keep",
        Scope::User,
        (Takes::Texts, "list of globs on names"),
        "[]",
        "variables that commands get though they are an agent's own key, or hidden by this file or one before it",
    ),
    setting(
        "credentials.files",
        Scope::Project,
        (Takes::Texts, "list of paths"),
        "[]",
        "files and folders that commands find empty, unless a person runs them: ~/.aws/credentials, ~/.kube/config, \
         ~/.config/gh/hosts.yml, ~/.docker/config.json, ~/.netrc; where the kernel lets us cover them",
    ),
    setting(
        "credentials.grant[].names",
        Scope::User,
        (Takes::Texts, "one or a list of globs on names"),
        "must be given, or files",
        "hidden variables that a text gets which is understood as a whole and starts nothing but the programs of the grant",
    ),
    setting(
        "credentials.grant[].files",
        Scope::User,
        (Takes::Texts, "list of paths"),
        "none",
        "hidden files that such a text finds as they are, written as in credentials.files",
    ),
    setting(
        "credentials.grant[].command",
        Scope::User,
        NAMES,
        "must be given",
        "programs of the system by their names, others by their absolute paths",
    ),
    setting("credentials.grant[].verb", Scope::User, NAMES, "any", "their subcommands, such as \"s3 ls\""),
    setting(
        "require.layer",
        Scope::Project,
        (Takes::Word(&["exec", "fence"]), "\"exec\" or \"fence\""),
        "nothing",
        "exec: judge each program as it starts; fence: also hold what protect.read_only names and cover what credentials.files does; and refuse to run (125) \
         where that can't be had",
    ),
    setting(
        "supervise",
        Scope::Project,
        (Takes::Word(&["off", "auto", "always"]), "\"off\", \"auto\" or \"always\""),
        "\"auto\"",
        "judge each program as it starts, where that can be had: always; or, with auto, where the text leaves something \
         unknown or starts a program that may start others",
    ),
    setting(
        "shell.bash",
        Scope::System,
        (Takes::Texts, "list of absolute paths"),
        "the usual places",
        "where the real bash is",
    ),
    setting(
        "shell.sh",
        Scope::System,
        (Takes::Texts, "list of absolute paths"),
        "the usual places",
        "where the real sh is",
    ),
    setting(
        "locked",
        Scope::System,
        (Takes::Words(LOCKABLE), "list of keys"),
        "[]",
        "keys that a user's file can only make stricter: mode, audit, decide, decide.override, waiver, context, \
         require, supervise, allow, limits, undo, credentials",
    ),
];

/// What `locked` may name.
pub const LOCKABLE: &[&str] = &[
    "mode",
    "audit",
    "decide",
    "decide.override",
    "waiver",
    "context",
    "require",
    "supervise",
    "allow",
    "limits",
    "undo",
    "credentials",
];

/// The keys of the top level that a section for an agent or a folder may have too.
pub const IN_SECTIONS: &[&str] = &[
    "mode",
    "audit",
    "ask",
    "decide",
    "context",
    "waiver",
    "allow",
    "git",
    "undo",
    "protect",
    "credentials",
    "require",
    "supervise",
];

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

/// The row of a key.
#[must_use]
pub fn setting_of(dotted: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == dotted)
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
