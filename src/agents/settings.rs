//! Where agents keep what they go by: settings, memories, log-ins.

/// Below the home.
pub const SETTINGS: &[&str] = &[
    ".claude",
    ".claude.json",
    ".codex",
    ".gemini",
    ".qwen",
    ".config/opencode",
    ".config/kilo",
    ".copilot",
    ".cline",
    ".pi",
    ".aider.conf.yml",
    ".cursor",
    ".config/goose",
    ".config/amp",
    ".config/crush",
    ".openhands",
    ".augment",
];
