//! From an agent's JSON to what its tool would do.

use std::path::Path;

use serde_json::{Map, Value};

use super::inputs::{self, Given};
use super::{Dialect, Form};

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub tool: String,
    /// The folder at hand, where it is told.
    pub directory: Option<String>,
    /// Texts that it would have run.
    pub given: Vec<Given>,
    /// By the shell that the agent itself starts.
    pub by_its_shell: bool,
    /// Files that the tool would write.
    pub writes: Vec<String>,
}

/// Why it can't be told; the call must not go on then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    NotJson(String),
    /// A field is not there, or is of another kind.
    Field(&'static str),
    /// A tool that runs commands is given none that can be read.
    NoCommand(String),
}

/// Names under which tools take a file.
const FILES: [&str; 6] = ["file_path", "filePath", "absolute_path", "notebook_path", "path", "file"];

/// … and the folder that a command is to run in.
const FOLDERS: [&str; 4] = ["cwd", "workdir", "working_directory", "workingDirectory"];

pub fn read(dialect: &Dialect, text: &[u8]) -> Result<Asked, Unread> {
    let whole: Value = serde_json::from_slice(text).map_err(|error| Unread::NotJson(error.to_string()))?;
    let whole = whole.as_object().ok_or_else(|| Unread::NotJson("it is no object".to_owned()))?;
    let (tool, input) = match dialect.form {
        Form::Claude | Form::Gemini => (name(whole, "tool_name")?, input(whole, "tool_input")?),
        Form::Copilot => (name(whole, "toolName")?, input(whole, "toolArgs")?),
        Form::Plugin => (name(whole, "tool")?, input(whole, "args")?),
        Form::Cline => {
            let call = input(whole, "tool_call")?;
            (name(&call, "name")?, input(&call, "input")?)
        }
    };
    let roots = whole.get("workspaceRoots").and_then(|roots| roots.get(0));
    let directory = whole.get("cwd").or(roots).and_then(Value::as_str).map(str::to_owned);
    // A folder of the call's own is told in relation to that.
    let own = FOLDERS.iter().find_map(|key| input.get(*key)?.as_str()).map(str::to_owned);
    let directory = match (directory, own) {
        (Some(outer), Some(own)) => Some(Path::new(&outer).join(own).to_string_lossy().into_owned()),
        (outer, own) => own.or(outer),
    };
    let by_its_shell = dialect.shells.contains(&tool.as_str());
    let given = if by_its_shell {
        inputs::commands(&input).ok_or_else(|| Unread::NoCommand(tool.clone()))?
    } else {
        inputs::given(&tool, &input)
    };
    let is_writer = dialect.writers.contains(&tool.as_str());
    let files = FILES.iter().filter_map(|key| input.get(*key)?.as_str());
    let writes: Vec<String> = files.filter(|_| is_writer).map(str::to_owned).collect();
    if is_writer && writes.is_empty() && given.is_empty() {
        return Err(Unread::Field("the file that it writes"));
    }
    Ok(Asked { tool, directory, given, by_its_shell, writes })
}

fn name(whole: &Map<String, Value>, key: &'static str) -> Result<String, Unread> {
    let name = whole.get(key).and_then(Value::as_str).filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or(Unread::Field(key))
}

/// An object, or the text of one.
fn input(whole: &Map<String, Value>, key: &'static str) -> Result<Map<String, Value>, Unread> {
    match whole.get(key) {
        Some(Value::Object(input)) => Ok(input.clone()),
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| Unread::Field(key)),
        _ => Err(Unread::Field(key)),
    }
}
