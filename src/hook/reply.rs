//! From an answer to what is printed and how the hook ends.

use serde_json::json;

use super::{Dialect, Form, Unread};

/// What the agent is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing: its own questions stay its own.
    Silence,
    /// Refused, with what its model reads.
    Refuse(String),
    /// Its own user is to be asked.
    Ask(String),
    /// The hook itself can't tell, which refuses too.
    Failed(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    pub out: String,
    pub err: String,
    pub code: u8,
}

/// Whatever an agent takes for a refusal that needs no JSON: two, but for Cline, which looks at the JSON alone.
const BLOCKS: u8 = 2;

#[must_use]
pub fn reply(dialect: &Dialect, answer: &Answer) -> Reply {
    let (decision, reason) = match answer {
        Answer::Silence => {
            let out = if dialect.form == Form::Cline { "{\"cancel\":false}\n" } else { "" };
            return Reply { out: out.to_owned(), ..Reply::default() };
        }
        Answer::Failed(why) if dialect.form != Form::Cline => {
            return Reply { err: why.clone(), code: BLOCKS, ..Reply::default() };
        }
        Answer::Ask(reason) if dialect.asks => ("ask", reason),
        Answer::Refuse(reason) | Answer::Ask(reason) | Answer::Failed(reason) => ("deny", reason),
    };
    let said = match dialect.form {
        Form::Claude => json!({"hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": decision,
            "permissionDecisionReason": reason,
        }}),
        Form::Gemini => json!({"decision": decision, "reason": reason}),
        Form::Copilot => json!({"permissionDecision": decision, "permissionDecisionReason": reason}),
        Form::Cline => json!({"cancel": true, "errorMessage": reason}),
        Form::Plugin => json!({"error": reason}),
    };
    Reply { out: format!("{said}\n"), ..Reply::default() }
}

impl Unread {
    /// One line, lower case, no full stop.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Unread::NotJson(why) => format!("what the agent asks can't be read: {why}"),
            Unread::Field(name) => format!("what the agent asks has another form than was known: {name}"),
            Unread::NoCommand(tool) => {
                format!("what the agent asks has another form than was known: {tool} has no command")
            }
        }
    }
}
