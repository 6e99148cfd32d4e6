//! What is known of each agent: where it takes its shell from, which setting reaches that, and what does not pass the
//! guard. The order is that of help and docs. Measured with the published agents; docs/agents.md says which version.

use super::switches::{self, Off};

/// One agent, editor or other place that starts shells.
#[derive(Debug)]
pub struct Agent {
    /// As it is typed after `guarded init`.
    pub name: &'static str,
    pub title: &'static str,
    /// Names of its program on PATH; the first is the one whose version is asked for.
    pub programs: &'static [&'static str],
    pub starts: Starts,
    /// A variable that moves a folder of its settings: `CODEX_HOME` stands for `~/.codex`.
    pub moved: Option<(&'static str, &'static str)>,
    pub pieces: &'static [Piece],
    /// How it starts a shell, for the proof.
    pub shell: Shell,
    /// Settings that switch its hooks off.
    pub off: &'static [Off],
    /// Where it keeps what it learned from its shell at the start of a session.
    pub snapshots: Option<&'static str>,
    /// The newest version that was tried with the guard (docs/agents.md).
    pub tried: Option<&'static str>,
    /// What of it does not pass the guard, and what init can't do.
    pub open: &'static [&'static str],
}

/// What brings its commands to the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// One of its own settings.
    Setting,
    /// Nothing but a launcher that has all it starts judged: its shell is fixed, or the login shell.
    Watched,
    /// A launcher that sets SHELL, and PATH for what else it starts.
    ByVariable,
}

/// Which shell it starts with which words before the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shell {
    pub from: From,
    pub words: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Its own setting or this variable, else SHELL, each only where the path says bash or zsh, else /bin/bash.
    Variable(&'static str),
    Shell,
    /// `bash` on PATH.
    Path,
    /// The login shell, where it is called bash or zsh.
    Login,
    /// Always this file.
    Fixed(&'static str),
    /// A key of its settings, else this file.
    Key(&'static str, &'static str),
}

/// Whose settings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    User,
    /// Of the folder at hand.
    Project,
    /// Of all users, by root.
    Managed,
}

/// A file and what is to be in it. `~/`, `./` and `/` say whose.
#[derive(Debug)]
pub enum Piece {
    Settings { scope: Scope, file: &'static str, entries: &'static [Entry] },
    Program { scope: Scope, file: &'static str, text: Text, mode: u32 },
}

#[derive(Debug)]
pub struct Entry {
    pub path: &'static [&'static str],
    pub is: Is,
}

#[derive(Clone, Copy, Debug)]
pub enum Is {
    /// The path of the link named bash.
    Bash,
    Word(&'static str),
    /// A terminal profile with it.
    Profile,
    /// Element of a list: calls `guarded hook` for tools of these names, for at most so many units of the agent's time.
    Hook {
        matcher: &'static str,
        most: u32,
    },
    /// The same in Copilot's form.
    PlainHook {
        most: u32,
    },
    Number(u32),
}

/// Files that are ours as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    OpencodePlugin,
    ClineHook,
}

const fn entry(path: &'static [&'static str], is: Is) -> Entry {
    Entry { path, is }
}

const CLAUDE: &[Entry] = &[
    entry(&["env", "CLAUDE_CODE_SHELL"], Is::Bash),
    entry(
        &["hooks", "PreToolUse"],
        Is::Hook { matcher: "^(Bash|Write|Edit|MultiEdit|NotebookEdit|mcp__.*)$", most: 30 },
    ),
];

const GEMINI: &[Entry] = &[entry(
    &["hooks", "BeforeTool"],
    Is::Hook { matcher: "^(run_shell_command|write_file|replace|mcp_.*)$", most: 30_000 },
)];

const TERMINALS: &[Entry] = &[
    entry(&["terminal.integrated.profiles.linux", "guarded"], Is::Profile),
    entry(&["terminal.integrated.defaultProfile.linux"], Is::Word("guarded")),
    entry(&["terminal.integrated.automationProfile.linux"], Is::Profile),
];

const NO_EDITS: &str = "its own tools for files, MCP servers and what they start do not pass the guard";
const EDITS_BY_HOOK: &str =
    "of its own tools for files the hook refuses only the guard's own files; of MCP servers it judges commands and SQL";

pub const AGENTS: &[Agent] = &[
    Agent {
        name: "claude-code",
        title: "Claude Code",
        programs: &["claude"],
        starts: Starts::Setting,
        moved: Some(("CLAUDE_CONFIG_DIR", "~/.claude")),
        pieces: &[
            Piece::Settings { scope: Scope::User, file: "~/.claude/settings.json", entries: CLAUDE },
            Piece::Settings { scope: Scope::Project, file: "./.claude/settings.local.json", entries: CLAUDE },
            Piece::Settings { scope: Scope::Managed, file: "/etc/claude-code/managed-settings.json", entries: CLAUDE },
        ],
        shell: Shell { from: From::Variable("CLAUDE_CODE_SHELL"), words: &["-c", "-l"] },
        off: switches::CLAUDE,
        snapshots: Some("~/.claude/shell-snapshots"),
        tried: Some("2.1.330"),
        open: &[EDITS_BY_HOOK],
    },
    Agent {
        name: "codex",
        title: "Codex",
        programs: &["codex"],
        starts: Starts::Watched,
        moved: Some(("CODEX_HOME", "~/.codex")),
        pieces: &[Piece::Settings {
            scope: Scope::User,
            file: "~/.codex/hooks.json",
            entries: &[entry(&["hooks", "PreToolUse"], Is::Hook { matcher: "^(Bash|mcp__.*)$", most: 30 })],
        }],
        shell: Shell { from: From::Login, words: &["-c"] },
        off: switches::CODEX,
        snapshots: None,
        tried: Some("0.169.0"),
        open: &[
            "it skips hooks that were not trusted in it (/hooks) and says nothing; its launcher holds without",
            NO_EDITS,
        ],
    },
    Agent {
        name: "gemini-cli",
        title: "Gemini CLI",
        programs: &["gemini"],
        starts: Starts::ByVariable,
        moved: None,
        pieces: &[
            Piece::Settings { scope: Scope::User, file: "~/.gemini/settings.json", entries: GEMINI },
            Piece::Settings { scope: Scope::Project, file: "./.gemini/settings.json", entries: GEMINI },
            Piece::Settings { scope: Scope::Managed, file: "/etc/gemini-cli/settings.json", entries: GEMINI },
        ],
        shell: Shell { from: From::Path, words: &["-c"] },
        off: switches::GEMINI,
        snapshots: None,
        tried: Some("0.61.0"),
        open: &[EDITS_BY_HOOK],
    },
    Agent {
        name: "qwen-code",
        title: "Qwen Code",
        programs: &["qwen"],
        starts: Starts::ByVariable,
        moved: None,
        pieces: &[Piece::Settings {
            scope: Scope::User,
            file: "~/.qwen/settings.json",
            entries: &[entry(
                &["hooks", "PreToolUse"],
                Is::Hook { matcher: "^(run_shell_command|write_file|edit|mcp__.*)$", most: 30_000 },
            )],
        }],
        shell: Shell { from: From::Path, words: &["-c"] },
        off: switches::QWEN,
        snapshots: None,
        tried: Some("0.24.4"),
        open: &[EDITS_BY_HOOK],
    },
    Agent {
        name: "opencode",
        title: "opencode",
        programs: &["opencode"],
        starts: Starts::ByVariable,
        moved: None,
        pieces: &[Piece::Program {
            scope: Scope::User,
            file: "~/.config/opencode/plugin/guarded.js",
            text: Text::OpencodePlugin,
            mode: 0o644,
        }],
        shell: Shell { from: From::Shell, words: &["-c"] },
        off: &[],
        snapshots: None,
        tried: Some("1.18.33"),
        open: &[EDITS_BY_HOOK],
    },
    Agent {
        name: "kilo",
        title: "Kilo Code CLI",
        programs: &["kilo", "kilocode"],
        starts: Starts::ByVariable,
        moved: None,
        pieces: &[],
        shell: Shell { from: From::Shell, words: &["-c"] },
        off: &[],
        snapshots: None,
        tried: Some("7.7.9"),
        open: &[NO_EDITS],
    },
    Agent {
        name: "copilot",
        title: "Copilot CLI",
        programs: &["copilot"],
        starts: Starts::Watched,
        moved: None,
        pieces: &[Piece::Settings {
            scope: Scope::Project,
            file: "./.github/hooks/guarded.json",
            entries: &[entry(&["version"], Is::Number(1)), entry(&["hooks", "preToolUse"], Is::PlainHook { most: 30 })],
        }],
        shell: Shell { from: From::Fixed("/bin/bash"), words: &["--norc", "--noprofile", "-c"] },
        off: &[],
        snapshots: None,
        tried: Some("1.0.102"),
        open: &["it reads hooks of a project only, and only in a folder that it trusts", NO_EDITS],
    },
    Agent {
        name: "cline",
        title: "Cline",
        programs: &["cline"],
        starts: Starts::Watched,
        moved: None,
        pieces: &[Piece::Program {
            scope: Scope::User,
            file: "~/.cline/hooks/PreToolUse",
            text: Text::ClineHook,
            mode: 0o755,
        }],
        shell: Shell { from: From::Fixed("/bin/bash"), words: &["-c"] },
        off: &[],
        snapshots: None,
        tried: Some("3.0.65"),
        open: &["a refusal by its hook ends its whole run", NO_EDITS],
    },
    Agent {
        name: "pi",
        title: "pi",
        programs: &["pi"],
        starts: Starts::Setting,
        moved: None,
        pieces: &[Piece::Settings {
            scope: Scope::User,
            file: "~/.pi/agent/settings.json",
            entries: &[entry(&["shellPath"], Is::Bash)],
        }],
        shell: Shell { from: From::Key("shellPath", "/bin/bash"), words: &["-c"] },
        off: &[],
        snapshots: None,
        tried: Some("0.73.1"),
        open: &[NO_EDITS],
    },
    Agent {
        name: "mini-swe-agent",
        title: "mini-swe-agent",
        programs: &["mini", "mini-swe-agent"],
        starts: Starts::Watched,
        moved: None,
        pieces: &[],
        shell: Shell { from: From::Fixed("/bin/sh"), words: &["-c"] },
        off: &[],
        snapshots: None,
        tried: Some("2.4.6"),
        open: &[],
    },
    Agent {
        name: "aider",
        title: "aider",
        programs: &["aider"],
        starts: Starts::Watched,
        moved: None,
        pieces: &[],
        shell: Shell { from: From::Fixed("/bin/sh"), words: &["-c"] },
        off: &[],
        snapshots: None,
        tried: Some("0.86.2"),
        open: &["the files that it edits do not pass the guard"],
    },
    Agent {
        name: "vscode",
        title: "VS Code",
        programs: &["code"],
        starts: Starts::Setting,
        moved: None,
        pieces: &[
            Piece::Settings { scope: Scope::User, file: "~/.config/Code/User/settings.json", entries: TERMINALS },
            Piece::Settings { scope: Scope::Project, file: "./.vscode/settings.json", entries: TERMINALS },
        ],
        shell: Shell { from: From::Key("terminal.integrated.automationProfile.linux", "/bin/bash"), words: &["-c"] },
        off: &[],
        snapshots: None,
        tried: None,
        open: &["extensions start programs without a terminal, and edit files: neither passes the guard"],
    },
    Agent {
        name: "cursor",
        title: "Cursor",
        programs: &["cursor"],
        starts: Starts::Setting,
        moved: None,
        pieces: &[
            Piece::Settings { scope: Scope::User, file: "~/.config/Cursor/User/settings.json", entries: TERMINALS },
            Piece::Settings { scope: Scope::Project, file: "./.vscode/settings.json", entries: TERMINALS },
        ],
        shell: Shell { from: From::Key("terminal.integrated.automationProfile.linux", "/bin/bash"), words: &["-c"] },
        off: &[],
        snapshots: None,
        tried: None,
        open: &["extensions start programs without a terminal, and edit files: neither passes the guard"],
    },
];

/// What is no agent: a launcher for any program, and places whose files only their owner can change.
pub const OTHERS: &[(&str, &str)] = &[
    ("generic", "a launcher for any program: guarded init generic PROGRAM"),
    ("zsh", "each line that is typed into zsh is judged before it runs"),
    ("fish", "the same for fish"),
    ("shell", "a user's login shell; with --yes it is set"),
    ("system", "all users: shells and the agents that are installed, as root"),
    ("container", "what to put into a Dockerfile"),
    ("ci", "what to put into a CI job"),
];

#[must_use]
pub fn agent(name: &str) -> Option<&'static Agent> {
    AGENTS.iter().find(|agent| agent.name == name)
}

/// The known name that was meant.
#[must_use]
pub fn near(name: &str) -> Option<&'static str> {
    let alias = AGENTS.iter().find(|agent| agent.programs.contains(&name)).map(|agent| agent.name);
    let names = AGENTS.iter().map(|agent| agent.name).chain(OTHERS.iter().map(|(name, _)| *name));
    alias.or_else(|| crate::policy::nearest(name, names))
}
