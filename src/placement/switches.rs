//! Settings that switch an agent's hooks off, as its documentation has them.

/// A key that means "no hooks" with this value, or a list that names them.
#[derive(Debug)]
pub struct Off {
    pub file: &'static str,
    pub path: &'static [&'static str],
    pub is: bool,
}

const fn off(file: &'static str, path: &'static [&'static str], is: bool) -> Off {
    Off { file, path, is }
}

pub const CLAUDE: &[Off] = &[
    off("~/.claude/settings.json", &["disableAllHooks"], true),
    off("./.claude/settings.json", &["disableAllHooks"], true),
    off("./.claude/settings.local.json", &["disableAllHooks"], true),
    off("/etc/claude-code/managed-settings.json", &["disableAllHooks"], true),
];

pub const CODEX: &[Off] = &[
    off("~/.codex/config.toml", &["features", "hooks"], false),
    off("~/.codex/config.toml", &["features", "codex_hooks"], false),
];

pub const GEMINI: &[Off] = &[
    off("~/.gemini/settings.json", &["hooksConfig", "enabled"], false),
    off("~/.gemini/settings.json", &["hooksConfig", "disabled"], true),
    off("~/.gemini/settings.json", &["tools", "enableHooks"], false),
    off("./.gemini/settings.json", &["hooksConfig", "enabled"], false),
    off("./.gemini/settings.json", &["hooksConfig", "disabled"], true),
];

pub const QWEN: &[Off] = &[
    off("~/.qwen/settings.json", &["disableAllHooks"], true),
    off("./.qwen/settings.json", &["disableAllHooks"], true),
];
