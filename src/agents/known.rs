//! The table of known agents. A marker that is missing proves nothing; one that is there is believed.

use std::time::Duration;

/// How an agent is recognised, and how patient it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Agent {
    pub name: &'static str,
    /// Environment variables that it sets for its commands. With a value: only that value counts.
    pub markers: &'static [(&'static str, Option<&'static str>)],
    /// Names of its process: the file, `comm` or `argv[0]`.
    pub programs: &'static [&'static str],
    /// Parts of a script's path where an interpreter runs it.
    pub scripts: &'static [&'static str],
    /// How long its tool call may wait for a person before the agent gives up or moves on.
    pub wait: Duration,
}

/// For an agent that is not in the table.
pub const UNKNOWN_WAIT: Duration = Duration::from_secs(5);

const fn agent(
    name: &'static str,
    markers: &'static [(&'static str, Option<&'static str>)],
    programs: &'static [&'static str],
    scripts: &'static [&'static str],
    seconds: u64,
) -> Agent {
    Agent { name, markers, programs, scripts, wait: Duration::from_secs(seconds) }
}

/// The order matters for markers only: forks inherit those of the agent they come from, so forks stand first.
pub const AGENTS: &[Agent] = &[
    // moves to the background or ends at 120 s
    agent("claude", &[("CLAUDECODE", None)], &["claude"], &["@anthropic-ai/claude-code"], 100),
    // yields to the model at 10 s, with the command still running
    agent("codex", &[("CODEX_THREAD_ID", None), ("CODEX_CI", None)], &["codex"], &["@openai/codex"], 8),
    // no limit of its own while a command is silent for less than minutes
    agent("gemini", &[("GEMINI_CLI", None)], &["gemini"], &["@google/gemini-cli", "bin/gemini"], 60),
    agent("qwen", &[("QWEN_CODE", None)], &["qwen"], &["@qwen-code/qwen-code", "bin/qwen"], 60),
    // both end a command at 120 s
    agent("kilo", &[("KILO", None)], &["kilo", "kilocode"], &["@kilocode/"], 100),
    agent("opencode", &[("OPENCODE", None)], &["opencode"], &["opencode-ai"], 100),
    agent("copilot", &[("COPILOT_CLI", None)], &["copilot"], &["@github/copilot"], 8),
    agent("cline", &[("CLINE_ACTIVE", None)], &["cline"], &["/cline/"], 20),
    agent("pi", &[("PI_CODING_AGENT", None)], &["pi"], &["pi-coding-agent"], 60),
    // kills at 30 s
    agent(
        "mini-swe-agent",
        &[("MSWEA_CONFIGURED", None)],
        &["mini", "mini-swe-agent"],
        &["minisweagent", "bin/mini"],
        25,
    ),
    agent("aider", &[("AIDER_MODEL", None)], &["aider"], &["bin/aider", "aider/main"], 60),
    agent("cursor", &[("CURSOR_AGENT", None)], &["cursor-agent", "agent-cli"], &["cursor-agent"], 20),
    agent("goose", &[("GOOSE_TERMINAL", None), ("AGENT", Some("goose"))], &["goose", "goosed"], &[], 20),
    agent("amp", &[("AGENT", Some("amp"))], &["amp"], &["@sourcegraph/amp"], 20),
    agent("crush", &[("CRUSH", None), ("AGENT", Some("crush"))], &["crush"], &["@charmland/crush"], 20),
    agent("openhands", &[("OPENHANDS", None)], &["openhands"], &["openhands"], 20),
    agent("auggie", &[("AUGMENT_AGENT", None)], &["auggie"], &["@augmentcode/auggie"], 20),
    agent("windsurf", &[("WINDSURF_AGENT", None)], &["windsurf"], &["windsurf"], 20),
    // several agents mark their commands with these
    agent("agent", &[("AI_AGENT", None), ("AGENT", Some("1"))], &[], &[], 5),
];

/// Programs whose terminals are also driven by extensions: such a terminal is not taken for a person's.
pub(super) const IDES: &[&str] = &[
    "code",
    "code-insiders",
    "codium",
    "vscodium",
    "code-server",
    "cursor",
    "windsurf",
    "zed",
    "zed-editor",
    "idea",
    "pycharm",
    "webstorm",
    "goland",
    "clion",
    "rider",
    "rubymine",
    "phpstorm",
    "fleet",
    "emacs",
    "nvim",
    "vim",
    "positron",
    "trae",
    "kiro",
    "antigravity",
    "jupyter",
    "jupyter-lab",
];

/// Variables that an IDE sets in its terminals.
pub(super) const IDE_MARKERS: &[(&str, Option<&str>)] = &[
    ("TERM_PROGRAM", Some("vscode")),
    ("VSCODE_INJECTION", None),
    ("TERMINAL_EMULATOR", Some("JetBrains-JediTerm")),
    ("ZED_TERM", None),
    ("CURSOR_TRACE_ID", None),
    ("INSIDE_EMACS", None),
];

pub(super) const SHELLS: &[&str] = &[
    "bash", "sh", "dash", "zsh", "fish", "ksh", "ksh93", "mksh", "ash", "tcsh", "csh", "nu", "elvish", "xonsh", "rbash",
];

/// What a person's shell is started by: terminal emulators, logins, multiplexers.
pub(super) const TERMINALS: &[&str] = &[
    "sshd",
    "sshd-session",
    "sshd-auth",
    "login",
    "agetty",
    "getty",
    "mosh-server",
    "tmux",
    "tmux: server",
    "screen",
    "zellij",
    "gnome-terminal-",
    "gnome-terminal-server",
    "konsole",
    "xterm",
    "uxterm",
    "alacritty",
    "kitty",
    "foot",
    "footclient",
    "wezterm-gui",
    "wezterm-mux-server",
    "ghostty",
    "ptyxis-agent",
    "kgx",
    "xfce4-terminal",
    "lxterminal",
    "qterminal",
    "terminology",
    "tilix",
    "urxvt",
    "urxvtd",
    "rxvt",
    "st",
    "sakura",
    "mate-terminal",
    "deepin-terminal",
    "yakuake",
    "tilda",
    "rio",
    "warp",
    "warp-terminal",
    "ttyd",
    "dropbear",
    "telnetd",
    "kmscon",
    "guake",
    "init(wsl)",
    "Relay",
    "SessionLeader",
];

/// The first process of a machine, session or container: what hangs below it directly has lost its parent.
pub(super) const INITS: &[&str] =
    &["systemd", "init", "tini", "dumb-init", "docker-init", "catatonit", "s6-svscan", "runit"];

/// Programs that can hold a terminal for another program.
pub(super) const DRIVERS: &[&str] = &[
    "script",
    "expect",
    "unbuffer",
    "socat",
    "python",
    "python3",
    "perl",
    "ruby",
    "node",
    "bun",
    "deno",
    "php",
    "lua",
    "ttyrec",
    "asciinema",
    "empty",
    "reptyr",
    "setsid",
    "nohup",
    "dtach",
    "abduco",
];

/// They hand a person's terminal on to a shell of another user.
pub(super) const PASSING: &[&str] = &["su", "sudo", "doas", "login", "newgrp", "sg", "runuser", "pkexec"];

/// Our own programs: what runs below them is a guarded tree.
pub(super) const GUARDS: &[&str] = &["guarded-sh", "guarded"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agent_has_a_name_of_its_own_a_way_to_be_recognised_and_a_wait() {
        for (index, agent) in AGENTS.iter().enumerate() {
            assert!(AGENTS.iter().skip(index + 1).all(|other| other.name != agent.name), "{} stands twice", agent.name);
            assert!(!(agent.markers.is_empty() && agent.programs.is_empty()), "{} can't be recognised", agent.name);
            assert!(agent.wait >= UNKNOWN_WAIT && agent.wait <= Duration::from_secs(110), "{}", agent.name);
        }
    }
}
