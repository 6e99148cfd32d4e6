//! The files that are ours as a whole, and the lines in start-up files: as text. Pure.

use super::means::Means;
use super::table::{Agent, Starts, Text};

/// A shell word that means exactly this text.
#[must_use]
pub fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:@_".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The launcher of a program: the next of its name on PATH, with all it starts judged. Where the guard is gone it starts
/// nothing.
#[must_use]
pub fn launcher(program: &str, agent: &str, starts: Starts, means: &Means) -> String {
    let undo = if agent == GENERIC { format!("generic {program}") } else { agent.to_owned() };
    let (needs, start) = match starts {
        Starts::ByVariable | Starts::Setting => (
            word(&means.link("bash")),
            "SHELL=$guard PATH=${guard%/*}:$PATH\nexport SHELL PATH\nexec \"$found\" \"$@\"",
        ),
        Starts::Watched => (word(&means.guarded), "exec \"$guard\" run -- \"$found\" \"$@\""),
    };
    let (program, here) = (word(program), word(&means.launchers));
    format!(
        "#!/bin/sh\n\
         # Starts the next {program} on PATH so that its commands pass guarded-sh.\n\
         # Made by `guarded init {undo}`; `guarded uninit {undo}` takes it away.\n\
         guard={needs}\n\
         here={here}\n\
         found=\n\
         IFS=:\n\
         set -f\n\
         for folder in $PATH; do\n\
         \x20 folder=${{folder:-.}}\n\
         \x20 if [ \"$folder\" -ef \"$here\" ]; then continue; fi\n\
         \x20 if [ -f \"$folder/{program}\" ] && [ -x \"$folder/{program}\" ]; then\n\
         \x20   found=$folder/{program}\n\
         \x20   break\n\
         \x20 fi\n\
         done\n\
         unset IFS\n\
         set +f\n\
         if [ -z \"$found\" ]; then\n\
         \x20 echo \"guarded: there is no other {program} on PATH\" >&2\n\
         \x20 exit 127\n\
         fi\n\
         if [ ! -x \"$guard\" ]; then\n\
         \x20 echo \"guarded: $guard is gone, so {program} was not started: it would run unguarded\" >&2\n\
         \x20 echo \"  install guarded-sh again, or remove $here/{program}\" >&2\n\
         \x20 exit 127\n\
         fi\n\
         {start}\n"
    )
}

/// The login shell of a user: ours; where that is gone, plain bash for whoever sits at a terminal, and nothing for others.
#[must_use]
pub fn login(means: &Means) -> String {
    let guard = word(&means.link("bash"));
    format!(
        "#!/bin/sh\n\
         # Set as login shell by `guarded init shell`; `guarded uninit shell` sets the earlier one again.\n\
         guard={guard}\n\
         if [ -x \"$guard\" ]; then\n\
         \x20 [ $# -gt 0 ] || set -- -l\n\
         \x20 exec \"$guard\" \"$@\"\n\
         fi\n\
         if [ $# -gt 0 ] || [ ! -t 0 ] || [ ! -t 2 ]; then\n\
         \x20 echo \"guarded: $guard is gone, so nothing was run: it would run unguarded\" >&2\n\
         \x20 exit 127\n\
         fi\n\
         echo \"guarded: $guard is gone. THIS IS PLAIN BASH, and nothing in it is judged\" >&2\n\
         echo '  to mend it: install guarded-sh again, or: chsh -s /bin/bash' >&2\n\
         folder=${{XDG_STATE_HOME:-$HOME/.local/state}}/guarded\n\
         mkdir -p -m 700 \"$folder\" && echo \"$(date -u +%FT%TZ) plain bash as login shell, pid $$\" >>\"$folder/rescues\"\n\
         logger -t guarded -p auth.warning \"plain bash as login shell of $(id -un): $guard is gone\" 2>/dev/null\n\
         exec /bin/bash -l\n"
    )
}

/// The name under which launchers of programs that are in no table go.
pub const GENERIC: &str = "generic";

#[must_use]
pub fn whole(text: Text, agent: &Agent, means: &Means) -> String {
    match text {
        Text::OpencodePlugin => plugin(agent, means),
        Text::ClineHook => format!(
            "#!/bin/sh\n\
             # Made by `guarded init {agent}`; `guarded uninit {agent}` takes it away.\n\
             answer=$({guarded} hook {agent}) && {{ printf '%s\\n' \"$answer\"; exit 0; }}\n\
             echo '{{\"cancel\":true,\"errorMessage\":\"guarded: the hook failed, so nothing was run\"}}'\n",
            agent = agent.name,
            guarded = word(&means.guarded),
        ),
    }
}

const HARMLESS: &[&str] = &[
    "read",
    "glob",
    "grep",
    "list",
    "todowrite",
    "todoread",
    "webfetch",
    "websearch",
    "codesearch",
    "task",
    "skill",
    "question",
    "lsp",
];

fn plugin(agent: &Agent, means: &Means) -> String {
    // JSON's strings are JavaScript's.
    let guarded = serde_json::Value::from(means.guarded.as_str());
    // Tools of servers have any name; these are the agent's own that run nothing and write nothing.
    let harmless = serde_json::Value::from(HARMLESS);
    format!(
        "// Made by `guarded init {agent}`; `guarded uninit {agent}` takes it away.\n\
         import {{ spawnSync }} from \"node:child_process\"\n\
         \n\
         const harmless = {harmless}\n\
         \n\
         export const Guarded = async ({{ directory }}) => ({{\n\
         \x20 \"tool.execute.before\": async (input, output) => {{\n\
         \x20   if (harmless.includes(input.tool)) return\n\
         \x20   const asked = JSON.stringify({{ cwd: directory, tool: input.tool, args: output.args }})\n\
         \x20   const said = spawnSync({guarded}, [\"hook\", \"{agent}\"], {{ input: asked, encoding: \"utf8\", timeout: 15000 }})\n\
         \x20   if (said.status !== 0) throw new Error(said.stderr || \"guarded: the hook failed, so nothing was run\")\n\
         \x20   if (said.stdout.trim()) throw new Error(JSON.parse(said.stdout).error)\n\
         \x20 }},\n\
         }})\n",
        agent = agent.name,
    )
}

/// A command line by which an agent asks the hook. Exit status 2 blocks; whatever else goes wrong with us, a missing
/// program among it, many agents take for leave.
#[must_use]
pub fn hook_command(agent: &Agent, means: &Means) -> String {
    format!("{} hook {} || exit 2", word(&means.guarded), agent.name)
}

/// Lines of a start-up file between these marks are ours.
pub const BEGIN: &str = "# >>> guarded-sh: launchers of agents come first >>>";
pub const END: &str = "# <<< guarded-sh <<<";

/// For bash, zsh and other shells that read Bourne syntax.
#[must_use]
pub fn path_lines(means: &Means) -> String {
    let here = word(&means.launchers);
    format!("{BEGIN}\ncase $PATH in {here}:*) ;; *) export PATH={here}:\"$PATH\" ;; esac\n{END}\n")
}

#[must_use]
pub fn fish_lines(means: &Means) -> String {
    let here = word(&means.launchers);
    format!("{BEGIN}\nif test \"$PATH[1]\" != {here}; set -gx PATH {here} $PATH; end\n{END}\n")
}
