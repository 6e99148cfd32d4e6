//! `gh api` and `glab api`: the API of a code host, with the caller's own token.

use bstr::{BString, ByteSlice};

use super::{Draft, Inputs, append, behind, operands};
use crate::answer::Answer;
use crate::command::embedded::holes;
use crate::command::options::{Split, Style, Table, split};
use crate::command::words::{Cause, Value, Word};

#[rustfmt::skip] // one option a line would be pages
const TABLE: Table<'static, &'static str> = Table {
    style: Style::Gnu,
    value: &[
        "-X", "--method", "-f", "--raw-field", "-F", "--field", "-H", "--header", "--hostname", "--input", "-q", "--jq",
        "-t", "--template", "-p", "--preview", "--cache", "-R", "--repo", "--output",
    ],
    flag: &["-i", "--include", "--paginate", "--silent", "--slurp", "--verbose", "-h", "--help"],
    optional: &[],
    stop_at_operand: false,
};

/// What `gh api` or `glab api` would send; other verbs of these tools send nothing of ours.
pub fn drafts(name: &Word, arguments: &[Word], inputs: &Inputs<'_>) -> Vec<Draft> {
    let split = split(arguments, &TABLE);
    if split.has("--help") || split.has("-h") {
        return Vec::new();
    }
    let (operands, hazy) = operands(arguments, &split);
    let mut operands = operands.into_iter().map(|(_, word)| word);
    if operands.next().and_then(Word::text) != Some(b"api") {
        return Vec::new();
    }
    let tool = name.text().unwrap_or_default();
    let own = if tool.ends_with(b"glab") { "https://gitlab.com" } else { "https://api.github.com" };
    let Some(endpoint) = operands.next().map(|word| word.value.clone()) else {
        return if hazy.is_empty() { Vec::new() } else { vec![Draft { answer: Answer::CannotTell, ..unknown() }] };
    };
    let host = split.value_of("--hostname").map_or_else(|| Value::known(own), |word| word.value.clone());
    let mut draft = Draft::new(Value::known("GET"), url(&host, &endpoint, tool));
    let fields = fields(&split, inputs, &mut draft.documents);
    let input = split.value_of("--input").map(|word| inputs.file(&word.value));
    let sends = fields || input.is_some();
    draft.body = input.unwrap_or_else(|| Value::known(""));
    let method = split.value_of("-X").or_else(|| split.value_of("--method"));
    draft.method = match method {
        Some(method) => method.value.clone(),
        None if !hazy.is_empty() => Value::unknown(Cause::Input),
        None => Value::known(if sends { "POST" } else { "GET" }),
    };
    let headers = split.given.iter().filter(|given| given.name == "-H" || given.name == "--header");
    draft.headers = headers.filter_map(|given| given.value.as_ref()).map(|word| word.value.clone()).collect();
    draft.answer = if hazy.is_empty() { Answer::Yes } else { Answer::CannotTell };
    vec![draft]
}

fn unknown() -> Draft {
    Draft::new(Value::unknown(Cause::Input), Value::unknown(Cause::Input))
}

/// The endpoint below the host's API, unless it is a whole URL.
fn url(host: &Value, endpoint: &Value, tool: &[u8]) -> Value {
    let whole = |text: &[u8]| text.contains_str("://").then(|| BString::from(text));
    if let Some(url) = behind(endpoint, whole) {
        return url;
    }
    let relative = behind(endpoint, |text| Some(text.strip_prefix(b"/").unwrap_or(text).into()));
    let prefix = if tool.ends_with(b"glab") { "/api/v4/" } else { "/" };
    append(host, prefix, &relative.unwrap_or_else(|| endpoint.clone()))
}

/// Whether fields are sent; `query=…` among them is a document.
fn fields(split: &Split, inputs: &Inputs<'_>, documents: &mut Vec<Value>) -> bool {
    let mut any = false;
    for given in &split.given {
        let typed = given.name == "-F" || given.name == "--field";
        if !typed && given.name != "-f" && given.name != "--raw-field" {
            continue;
        }
        any = true;
        let Some(value) = given.value.as_ref().map(|word| &word.value) else { continue };
        if holes::is_blank(value) {
            documents.push(value.clone());
        }
        if let Some(document) = behind(value, |text| text.strip_prefix(b"query=").map(BString::from)) {
            let file = behind(&document, |text| text.strip_prefix(b"@").filter(|_| typed).map(BString::from));
            documents.push(file.map_or(document, |name| inputs.file(&name)));
        }
    }
    any
}
