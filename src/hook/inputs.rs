//! Which texts of a tool's input do something, by the names of fields and tools: MCP servers and agents agree on few
//! names, and a field called `query` holds SQL in one tool and the words of a search in the next. Pure.

use serde_json::{Map, Value};

use super::statement::is_sql;
use crate::placement::texts::word;

/// A text that a tool would have run, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub speaks: Speaks,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    Shell,
    /// Of an unknown dialect, to an unknown server.
    Sql,
    /// A document for an unknown server.
    GraphQl,
    Python,
}

/// A field by its name, in lower case and without `_` and `-`, and when it counts.
struct Field {
    name: &'static str,
    speaks: Speaks,
    when: When,
}

#[derive(Clone, Copy)]
enum When {
    Always,
    /// The text has the form of a statement.
    Begins,
    /// The tool's name has one of these words.
    Tool(&'static [&'static str]),
}

const fn field(name: &'static str, speaks: Speaks, when: When) -> Field {
    Field { name, speaks, when }
}

const SHELLS: &[&str] = &["bash", "sh", "zsh", "shell", "terminal", "command", "cmd", "ssh", "exec"];
const PYTHONS: &[&str] = &["python", "jupyter", "ipython", "notebook", "ide"];

const FIELDS: &[Field] = &[
    field("command", Speaks::Shell, When::Always),
    field("commands", Speaks::Shell, When::Always),
    field("cmd", Speaks::Shell, When::Always),
    field("commandline", Speaks::Shell, When::Always),
    field("shellcommand", Speaks::Shell, When::Always),
    field("script", Speaks::Shell, When::Tool(SHELLS)),
    field("code", Speaks::Shell, When::Tool(SHELLS)),
    field("script", Speaks::Python, When::Tool(PYTHONS)),
    field("code", Speaks::Python, When::Tool(PYTHONS)),
    field("sql", Speaks::Sql, When::Always),
    field("sqlquery", Speaks::Sql, When::Always),
    field("sqlstatement", Speaks::Sql, When::Always),
    field("sqlstatements", Speaks::Sql, When::Always),
    field("statement", Speaks::Sql, When::Begins),
    field("statements", Speaks::Sql, When::Begins),
    field("query", Speaks::Sql, When::Begins),
    field("queries", Speaks::Sql, When::Begins),
    field("querytext", Speaks::Sql, When::Begins),
    field("rawquery", Speaks::Sql, When::Begins),
    field("query", Speaks::GraphQl, When::Begins),
    field("mutation", Speaks::GraphQl, When::Begins),
    field("document", Speaks::GraphQl, When::Begins),
    field("graphql", Speaks::GraphQl, When::Begins),
];

/// Fields that name a program, whose words may stand beside it.
const PROGRAMS: &[&str] = &["command", "cmd", "program", "executable"];

/// So deep an input is looked through for its fields.
const DEPTH: usize = 4;

/// Every text that a call of a tool would have run.
#[must_use]
pub fn given(tool: &str, input: &Map<String, Value>) -> Vec<Given> {
    // A tool that calls another one's says which.
    let called = ["tool_name", "server_name"].iter().filter_map(|key| input.get(*key)?.as_str());
    let tool: Vec<String> = std::iter::once(tool).chain(called).flat_map(words).collect();
    let mut found = Vec::new();
    look(&tool, input, DEPTH, &mut found);
    found
}

/// The texts of the tool by which the agent itself gives commands to a shell. `None`: what is there can't be read.
#[must_use]
pub fn commands(input: &Map<String, Value>) -> Option<Vec<Given>> {
    let mut found = Vec::new();
    for key in ["command", "commands", "cmd"] {
        let all = input.get(key).map_or(Some(Vec::new()), commands_of)?;
        found.extend(all.into_iter().map(|text| Given { speaks: Speaks::Shell, text }));
    }
    Some(found).filter(|found| !found.is_empty())
}

fn look(tool: &[String], input: &Map<String, Value>, depth: usize, found: &mut Vec<Given>) {
    for (key, value) in input {
        let name: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        for field in FIELDS.iter().filter(|field| field.name == name && field.counts(tool)) {
            // What is no text is a query of another kind, as Elasticsearch's.
            let texts = field.texts(value).unwrap_or_default().into_iter().filter(|text| field.is_one(text, tool));
            found.extend(texts.map(|text| Given { speaks: field.speaks, text }));
        }
        // A command whose words come beside it.
        let program = value.as_str().filter(|_| PROGRAMS.contains(&name.as_str()));
        if let Some((program, words)) = program.zip(beside(input)) {
            found.push(Given { speaks: Speaks::Shell, text: format!("{program} {words}") });
        }
        // `arguments` of a tool that calls tools, `params` of one that hands on: an object, or the text of one.
        let parsed =
            value.as_str().filter(|text| text.starts_with('{')).and_then(|text| serde_json::from_str(text).ok());
        let below = parsed.as_ref().unwrap_or(value).as_object();
        if let Some(below) = below.filter(|_| depth > 0) {
            look(tool, below, depth - 1, found);
        }
    }
}

impl Field {
    fn texts(&self, value: &Value) -> Option<Vec<String>> {
        if self.speaks == Speaks::Shell { commands_of(value) } else { texts(value) }
    }

    fn counts(&self, tool: &[String]) -> bool {
        match self.when {
            When::Always | When::Begins => true,
            When::Tool(names) => tool.iter().any(|word| names.contains(&word.as_str())),
        }
    }

    /// Whether a text is a statement of its language, and no words that somebody looks for.
    fn is_one(&self, text: &str, tool: &[String]) -> bool {
        match (self.when, self.speaks) {
            (When::Always | When::Tool(_), _) | (When::Begins, Speaks::Shell | Speaks::Python) => true,
            (When::Begins, Speaks::GraphQl) => is_document(text),
            (When::Begins, Speaks::Sql) => is_sql(text, tool),
        }
    }
}

/// The words that stand beside a program's name.
fn beside(input: &Map<String, Value>) -> Option<String> {
    let words = ["args", "arguments", "argv"].iter().find_map(|key| input.get(*key)?.as_array())?;
    let words = words.iter().map(|one| one.as_str().map(word)).collect::<Option<Vec<String>>>()?;
    Some(words.join(" ")).filter(|words| !words.is_empty())
}

/// A document of GraphQL that changes something, by its first word; comments may stand before it.
fn is_document(text: &str) -> bool {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.map(str::to_ascii_lowercase).next().unwrap_or_default();
    text.contains('{') && ["mutation", "fragment", "query"].iter().any(|word| first.starts_with(word))
}

/// `mcp__acme__runSQL_query` → acme, run, sql, query
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let starts = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        if starts || !c.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// One text, or a list of texts.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().or_else(|| item.get("command")?.as_str()).map(str::to_owned))
            .collect(),
        _ => None,
    }
}

/// A list under `command` may be words of one command, and each of them alone says less than the whole; so the whole is
/// judged too.
fn commands_of(value: &Value) -> Option<Vec<String>> {
    let mut all = texts(value)?;
    if all.len() > 1 {
        all.push(all.iter().map(|one| word(one)).collect::<Vec<_>>().join(" "));
    }
    Some(all)
}

impl Given {
    /// As a shell would be given it: what is not for a shell becomes the word of a command that stands for the tool.
    #[must_use]
    pub fn line(&self, tool: &str) -> String {
        let text = word(&self.text);
        match self.speaks {
            Speaks::Shell => self.text.clone(),
            Speaks::Sql => format!("tool-call {} --sql {text}", word(tool)),
            Speaks::GraphQl => {
                let body = serde_json::json!({"query": self.text}).to_string();
                format!("curl https://{}/graphql --json {}", host(tool), word(&body))
            }
            Speaks::Python => format!("python3 -c {text}"),
        }
    }
}

/// A name that no server has.
fn host(tool: &str) -> String {
    format!("{}.invalid", words(tool).join("-"))
}
