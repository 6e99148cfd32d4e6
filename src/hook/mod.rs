//! What an agent's hook for tool calls asks, and how each agent wants to be answered: a table of dialects, measured with the
//! published agents. Pure: bytes in, a reply out.

mod asked;
mod inputs;
mod statement;
mod reply;

pub use asked::{Asked, Unread, read};
pub use inputs::{Given, Speaks};
pub use reply::{Answer, Reply, reply};

/// How an agent speaks to its hook.
#[derive(Debug, PartialEq, Eq)]
pub struct Dialect {
    /// As it is typed after `guarded hook`.
    pub agent: &'static str,
    pub form: Form,
    /// Tools that run commands: what they are given must be readable.
    pub shells: &'static [&'static str],
    /// Tools that write one file.
    pub writers: &'static [&'static str],
    /// It asks its own user, and denies where nobody is there. Of the others one runs then, and one hangs.
    pub asks: bool,
}

/// The names of fields, in what is asked and in the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `tool_name`, `tool_input` → `hookSpecificOutput`
    Claude,
    /// The same → `decision`
    Gemini,
    /// `toolName`, `toolArgs` → `permissionDecision`
    Copilot,
    /// `tool_call` → `cancel`
    Cline,
    /// Our own plugin's.
    Plugin,
}

pub const DIALECTS: &[Dialect] = &[
    Dialect {
        agent: "claude-code",
        form: Form::Claude,
        shells: &["Bash"],
        writers: &["Write", "Edit", "MultiEdit", "NotebookEdit"],
        asks: true,
    },
    Dialect { agent: "codex", form: Form::Claude, shells: &["Bash"], writers: &[], asks: false },
    Dialect {
        agent: "gemini-cli",
        form: Form::Gemini,
        shells: &["run_shell_command"],
        writers: &["write_file", "replace"],
        asks: false,
    },
    Dialect {
        agent: "qwen-code",
        form: Form::Claude,
        shells: &["run_shell_command"],
        writers: &["write_file", "edit"],
        asks: true,
    },
    Dialect { agent: "copilot", form: Form::Copilot, shells: &["bash"], writers: &["create", "edit"], asks: true },
    Dialect {
        agent: "cline",
        form: Form::Cline,
        shells: &["run_commands", "execute_command"],
        writers: &["write_to_file", "replace_in_file", "editor"],
        asks: false,
    },
    Dialect {
        agent: "opencode",
        form: Form::Plugin,
        shells: &["bash"],
        writers: &["write", "edit", "multiedit"],
        asks: false,
    },
];

#[must_use]
pub fn dialect(agent: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|dialect| dialect.agent == agent)
}
