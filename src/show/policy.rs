//! The effective policy with the file that each line comes from, and docs/policy.md from the table of settings.

use std::fmt::Write;
use std::path::Path;

use super::hostile::Hostile;
use super::words::decision_in_full;
use crate::agents::KEYS;
use crate::policy::settings::{SETTINGS, Scope, Setting};
use crate::policy::{Allow, Mode, Override, Policy, SEVERITIES, Supervise, severity_word};

/// `guarded policy show`
#[must_use]
pub fn text(policy: &Policy) -> String {
    let mut out = String::new();
    let mut line = |key: &str, value: &str| {
        let from = origin(policy, key);
        let _ = writeln!(out, "{:<44} # {from}", Hostile(format!("{key} = {value}").as_bytes()).to_string());
    };
    line("mode", if policy.mode == Mode::Observe { "\"observe\"" } else { "\"enforce\"" });
    line("audit", if policy.audit_required { "\"required\"" } else { "\"when-possible\"" });
    if let Some(seconds) = policy.wait {
        line("ask.wait", &seconds.to_string());
    }
    for severity in SEVERITIES {
        let value = format!("{:?}", decision_in_full(policy.verdict_of(severity)));
        line(&format!("decide.{}", severity_word(severity)), &value);
    }
    for one in &policy.overrides {
        line("decide.override", &override_value(one));
    }
    for context in &policy.contexts {
        let steps = if context.raise < 0 { "lower" } else { "raise" };
        line(&format!("context {}", context.name), &format!("{steps} {}", context.raise.abs()));
    }
    for contract in &policy.contracts {
        let _ = writeln!(out, "{:<44} # {}", "mode = \"allowlist\"", Hostile(contract.from.as_bytes()));
        for entry in &contract.entries {
            let value = Hostile(allow_value(entry).as_bytes()).to_string();
            let _ = writeln!(out, "{:<44} # {}", format!("allow = {value}"), Hostile(entry.from.as_bytes()));
        }
    }
    let mut line = |key: &str, value: &str| {
        let from = origin(policy, key);
        let _ = writeln!(out, "{:<44} # {from}", Hostile(format!("{key} = {value}").as_bytes()).to_string());
    };
    for waiver in &policy.waivers {
        let path = waiver.path.as_deref().unwrap_or("anywhere");
        line(&format!("waiver {}", waiver.rule), &format!("{path} until {} ({})", waiver.until, waiver.reason));
    }
    if policy.require_exec {
        line("require.layer", if policy.require_fence { "\"fence\"" } else { "\"exec\"" });
    }
    match policy.supervise {
        Supervise::Off => {}
        Supervise::Auto => line("supervise", "\"auto\""),
        Supervise::Always => line("supervise", "\"always\""),
    }
    if !policy.protected_branches.is_empty() {
        line("git.protected_branches", &format!("{:?}", policy.protected_branches));
    }
    for (key, paths) in [("shell.bash", &policy.real_bash), ("shell.sh", &policy.real_sh)] {
        if !paths.is_empty() {
            line(key, &format!("{paths:?}"));
        }
    }
    let limits = &policy.limits;
    for (key, limit) in [
        ("limits.files_per_minute", limits.files_per_minute.map(u64::from)),
        ("limits.bytes_per_minute", limits.bytes_per_minute),
        ("limits.destructive_per_hour", limits.destructive_per_hour.map(u64::from)),
        ("limits.canary", limits.canary.map(u64::from)),
    ] {
        if let Some(limit) = limit {
            line(key, &limit.to_string());
        }
    }
    for (key, paths) in [("protect.paths", &policy.protected), ("protect.read_only", &policy.read_only)] {
        if !paths.is_empty() {
            line(key, &format!("{paths:?}"));
        }
    }
    for (key, globs) in policy.credentials.lists() {
        if !globs.is_empty() {
            line(key, &format!("{globs:?}"));
        }
    }
    for grant in &policy.credentials.grants {
        let value = Hostile(
            format!("{:?} for {}", [grant.names.as_slice(), &grant.files].concat(), allow_value(&grant.entry))
                .as_bytes(),
        )
        .to_string();
        let _ =
            writeln!(out, "{:<44} # {}", format!("credentials.grant = {value}"), Hostile(grant.entry.from.as_bytes()));
    }
    for (key, origin) in policy.origins.iter().filter(|(_, origin)| origin.contains("ignored")) {
        let _ = writeln!(out, "# {} in {}", Hostile(key.as_bytes()), Hostile(origin.as_bytes()));
    }
    for warning in &policy.warnings {
        let _ = writeln!(out, "# broken, so findings ask: {}", Hostile(warning.as_bytes()));
    }
    let _ = writeln!(out, "# digest {}", policy.digest);
    out
}

fn allow_value(entry: &Allow) -> String {
    let mut value = entry.commands.join(" | ");
    let limits = [("", &entry.verbs), (", flags", &entry.flags), (", paths", &entry.paths)];
    for (label, list) in limits.into_iter().filter_map(|(label, list)| Some((label, list.as_ref()?))) {
        let _ = write!(value, "{label} {}", if list.is_empty() { "none".to_owned() } else { list.join(" | ") });
    }
    for (label, list) in [("env", &entry.env), ("through", &entry.through)] {
        if !list.is_empty() {
            let _ = write!(value, ", {label} {}", list.join(" | "));
        }
    }
    value
}

pub(super) fn override_value(one: &Override) -> String {
    let mut value = decision_in_full(one.decision);
    if let Some(rule) = &one.rule {
        let _ = write!(value, " for {rule}");
    }
    if !one.tool.is_empty() {
        let _ = write!(value, ", tool {}", one.tool.join(" | "));
    }
    if !one.effect.is_empty() {
        let _ = write!(value, ", effect {:?}", one.effect);
    }
    if !one.target.is_empty() {
        let _ = write!(value, ", target {:?}", one.target);
    }
    if one.only_raises {
        value.push_str(", only where that is stricter");
    }
    value
}

pub(super) fn origin(policy: &Policy, key: &str) -> String {
    let last = policy.origins.iter().rfind(|(name, origin)| name == key && !origin.contains("ignored"));
    last.map_or_else(|| "built in".to_owned(), |(_, origin)| Hostile(origin.as_bytes()).to_string())
}

const BEFORE: &str = "\
# Policy

<!-- made from src/policy/settings.rs; BLESS=1 cargo test writes it -->

Three kinds of TOML file, each optional:

1. `/etc/guarded/policy.toml`: root's. It must belong to root, and nobody else may be able to write it.
2. `~/.config/guarded/policy.toml` (or below `XDG_CONFIG_HOME`): the user's. Same rules, with the user as owner.
3. `.guarded.toml` in the current directory, in a target's folder, or above either: a project's. It can only make
   things stricter, so it needs no trust. Where git's HEAD has another version of it, both hold: an edit that is not
   committed loosens nothing.

A later file overrides an earlier one, except for what root's file lists as `locked`. A wrong user's or root's file
stops everything (exit 125) with its line and a suggestion, because a guard that guesses is none. A wrong project file
is named in each answer, and every finding then asks at least. So it is where the user's file was there before and is
gone.

A *decision* is `\"allow\"`, `\"log\"` (runs and is recorded as worth a look), `\"ask\"` (a person allows or refuses
it), `\"approve N\"` (N different people have to allow it) or `\"deny\"`.

";

/// docs/policy.md
#[must_use]
pub fn page() -> String {
    let mut page = String::from(BEFORE);
    page.push_str("| key | in | takes | default | meaning |\n|---|---|---|---|---|\n");
    for setting in SETTINGS {
        let place = match setting.scope {
            Scope::System => "root",
            Scope::User => "root, user",
            Scope::Project => "root, user, project",
        };
        let Setting { key, says, default, meaning, .. } = setting;
        let _ = writeln!(page, "| `{key}` | {place} | {says} | {default} | {meaning}. |");
    }
    page.push_str(&AFTER.replace("OWN_KEYS\n", &own_keys()));
    page
}

/// What each agent's commands do not get.
fn own_keys() -> String {
    let mut table = String::from("| agent | withheld from its commands |\n|---|---|\n");
    for (agent, keys) in KEYS {
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        let _ = writeln!(table, "| {agent} | {} |", keys.join(", "));
    }
    table
}

const AFTER: &str = "
`[]` marks a table that may stand several times: `[[waiver]]`. An example:

```toml
[decide]
high = \"approve 1\"

[[decide.override]]
target = [\"backup\", \"snapshot\"]
decision = \"approve 2\"

[[context]]
name = \"production\"
hosts = [\"*.prod.example.com\"]
kube_contexts = [\"prod-*\"]

[[waiver]]
rule = \"docker.volume-rm\"
path = \"~/scratch/**\"
until = 2026-12-31
reason = \"load tests\"
```

`guarded policy init` writes one to begin with, `guarded policy test` says whether all of it makes sense, and
`guarded policy explain COMMAND` which lines lead to a decision. For editors: `docs/schemas/`, or
`guarded policy schema`.

## Sections for agents and folders

`[[agent]]` and `[[directory]]` hold a part of a policy that is for some agents or folders only, after the rest of
the same file. One loosens only where nothing speaks against it: an agent that is among the processes above (a variable
proves nothing), a folder in which the shell was started and in which every path lies that would be hit. It
tightens where anything speaks for it. What root's file lists as `locked`, no section of a user's file loosens.

## Protected paths

```toml
[protect]
paths = [\"~/backups\", \"/srv/db\"]
read_only = [\"~/archive\"]
```

What would delete, overwrite, move away or change the rights of something there, or of a folder above it, is found by the
rule `protect.path` (severity high), in a text and at each exec that is watched: operands, redirections, files that a tool
writes, hard links, mounts, what is given to a container, through links and /proc. New files are no change, but in what is
`read_only`. Without any policy the rule minds that ~/.ssh, ~/.aws, ~/.gnupg, ~/.kube and the agents' settings are not
taken away; what is written there, other repositories, mounts, and the guard's own files other rules mind.

- Every file adds, a project's too, and none takes away.
- What a program does inside itself no judging sees. What `read_only` names is therefore mounted read-only for all that a
  call starts, in a mount namespace: no code of the tree, whatever it is, can write there by that path. `guarded doctor`
  tries whether that can be had; where not, the trail says so, and `[require] layer = \"fence\"` refuses to run.
- It holds what is there when the call begins. A folder above can still be renamed by code, with all of it unharmed. Root's
  own code can take the mounts off again, or reach the path through another process's root in /proc: run the agent as
  another user. What an ordinary user's tree mounts or sees of owners changes: docs/differences.md.
- `paths` is for what other tools of yours write to; `read_only` for what nothing that an agent starts needs to.

## Credentials in reach

Whatever a command's environment holds, its text can show and its programs can use. So an agent's commands do not get the
agent's own model keys and messaging tokens, and whatever the policy names.

OWN_KEYS

```toml
[credentials]
hide = [\"AWS_ACCESS_KEY_ID\", \"AWS_SECRET_ACCESS_KEY\", \"AWS_SESSION_TOKEN\", \"*_TOKEN\"]
hide_production = [\"DATABASE_URL\"]      # only where its host or database is production
keep = [\"ANTHROPIC_API_KEY\"]           # this project is developed against the same key
files = [\"~/.aws/credentials\", \"~/.kube/config\", \"~/.config/gh/hosts.yml\", \"~/.docker/config.json\", \"~/.netrc\"]

[[credentials.grant]]
names = [\"AWS_*\"]
files = [\"~/.aws/credentials\"]
command = \"aws\"
verb = [\"s3 ls\", \"sts get-caller-identity\"]
```

- A shell that a person types into, or starts from such a shell, gets everything. So does a shell below a guarded one: what
  is in its environment was left there, or the tree has set it. (`GUARDED_WITHHELD` in the environment says which process
  began like that; it counts only where that process stands between the shell and the agent.)
- `keep` outweighs the built-in keys and what root's and the user's own files hide, not what a project hides, and nothing of
  what root's file hides where it locks `credentials`. A project's file can hide, and neither keep nor grant.
- A grant is for a text that is understood as a whole, whose words are all known and which starts nothing but programs of
  the grant, beside plain builtins (`cd`, `echo`, `test`) and without naming the variable: bash itself has it then, so
  nothing in the text may be able to show it. Names are those of the system's programs; any other program stands with its
  absolute path, and is trusted with all that it starts and reads: one that shows files (`cat`, `jq`, `aws s3 cp`)
  can show its environment too, so name verbs where you can. A text that fits no grant runs without the variables. A shell that
  is held open, or a program that a running tree starts, can't be given any.
- Hiding a choice makes another one: without `AWS_PROFILE` a command works on the default account, without `KUBECONFIG` on
  the default cluster. Judging goes by what the command will see, but name keys, not choices.
- The trail names what was withheld or granted, never a value. `guarded check` says which of them a command uses, `guarded
  explain` all that it does not get.
- What breaks: an agent that starts itself again from a command (`claude -p …`) has no key then. It needs `keep`, or a grant
  for its absolute path; a log-in that the agent keeps in a file works as before.
- What this does not hold: what start-up files set again (`-l`, a snapshot of variables; the trail says so), credentials in files
  that `files` does not name, and the agent's own process, whose environment code of the same user can read in /proc. Started as `guarded
  run -- AGENT` the agent itself has nothing of what the policy hides.
- `files` are found empty, folders too, by all that a call starts: an empty one is mounted over each, in a mount namespace of
  the tree's own, and a Landlock domain lets nothing of the tree mount, take mounts off, or look into a process outside (root
  has none of that left either; 5.19). None is hidden unless a policy names it: a tool without its log-in fails. A text that
  fits a grant with `files` finds these as they are, if it redirects no input; below `guarded run` nothing does. Where they
  can't be covered, or a file has a second name by which it can be read, the trail says so, and `[require] layer = \"fence\"`
  refuses to run. What is put in the place of such a file from outside while a tree runs is seen by that tree; a raw disk
  (root), an agent that keeps the same secret elsewhere, and programs started by a service (`docker`, `systemd-run`) are not
  held.
- The folder in which a shell is started decides which project's file and which `[[directory]]` count.

## The allowlist

With `mode = \"allowlist\"` everything asks that no `[[allow]]` lists, and what is listed is still judged by the rules.

- An entry names programs and may narrow them by `verb`, `flags` and `paths`. A word that is not known is never listed,
  nor a variable that the text sets, unless `env` names it.
- Wrappers that do nothing but start a command (`timeout`, `env`, `xargs`, `bash -c`) are looked through, and so are
  scripts that are read: each command inside must be listed. Through `sudo`, `ssh` or `docker` it needs `through`.
- A redirection to or from a file needs `paths`, also for builtins such as `echo`, which else are free.
- Paths are compared as the text names them, without `..`; a link that lies in a listed folder leads on.
- An entry for an interpreter, a build tool or a package manager lists whatever that runs: programs that a listed one
  starts by itself are judged by the rules alone.
- Root's and the user's entries make one list, unless root locked `allow`. A project's list stands beside it: both must
  list a command.

What no file changes: a catastrophic finding is refused, an attack on the guard itself asks at least, and neither can be
waived. Facts lower a severity only when they are known; steps up end at critical. A waiver with a path holds only where
every path that would be hit is known and lies there, written without `..`.
";

/// The policy passed its test.
#[must_use]
pub fn sound(policy: &Policy) -> String {
    let origins =
        policy.origins.iter().map(|(_, origin)| origin.rsplit_once(':').map_or(origin.as_str(), |(file, _)| file));
    let mut files: Vec<&str> = origins.collect();
    files.sort_unstable();
    files.dedup();
    let examples = match policy.examples.len() {
        0 => String::new(),
        1 => ", and its example holds".to_owned(),
        count => format!(", and {count} examples hold"),
    };
    match files.len() {
        0 => format!("no policy file sets anything; the built-in policy holds{examples}\n"),
        _ => format!("sound: {}{examples}\n", Hostile(files.join(", ").as_bytes())),
    }
}

/// A policy was written.
#[must_use]
pub fn written(path: &Path) -> String {
    format!(
        "written: {}\nnext: read it, change what you like, then guarded policy test\n",
        Hostile(path.as_os_str().as_encoded_bytes())
    )
}
