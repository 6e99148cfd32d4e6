//! httpie's and xh's command lines: `http [flags] [METHOD] URL [item…]`.

use bstr::{BString, ByteSlice};

use super::{Draft, Inputs, append, behind, operands, overriding};
use crate::answer::Answer;
use crate::command::Stdin;
use crate::command::embedded::holes;
use crate::command::options::{Style, Table, split};
use crate::command::words::{Cause, Value, Word};

#[rustfmt::skip] // one option a line would be pages
const TABLE: Table<'static, &'static str> = Table {
    style: Style::Gnu,
    value: &[
        "-a", "-A", "-o", "-p", "-s", "--auth", "--auth-type", "--bearer", "--boundary", "--cert", "--cert-key",
        "--ciphers", "--default-scheme", "--format-options", "--history-print", "--max-headers", "--max-redirects",
        "--output", "--path-as-is", "--pretty", "--print", "--proxy", "--raw", "--response-charset",
        "--response-mime", "--session", "--session-read-only", "--ssl", "--style", "--timeout", "--verify",
    ],
    flag: &[
        "-b", "-c", "-d", "-f", "-F", "-h", "-I", "-j", "-m", "-S", "-v", "-x", "--all", "--body", "--check-status",
        "--chunked", "--compress", "--continue", "--curl", "--debug", "--download", "--follow", "--form", "--headers",
        "--help", "--https", "--ignore-netrc", "--ignore-stdin", "--json", "--meta", "--multipart", "--offline",
        "--quiet", "-q", "--stream", "--verbose", "--version",
    ],
    optional: &[],
    stop_at_operand: false,
};

/// What httpie would send.
pub fn drafts(arguments: &[Word], inputs: &Inputs<'_>) -> Vec<Draft> {
    let split = split(arguments, &TABLE);
    if ["--help", "-h", "--version", "--offline", "--curl"].iter().any(|name| split.has(name)) {
        return Vec::new();
    }
    let (given, hazy) = operands(arguments, &split);
    let mut rest: Vec<&Word> = given.into_iter().map(|(_, word)| word).collect();
    let mut method = None;
    if rest.len() > 1 && rest.first().is_some_and(|word| is_method(word)) {
        method = Some(rest.remove(0).value.clone());
    }
    if rest.is_empty() {
        return if hazy.is_empty() { Vec::new() } else { vec![unknown()] };
    }
    let url = rest.remove(0).value.clone();
    let mut draft = Draft::new(Value::known("GET"), url);
    let raw = split.value_of("--raw").map(|word| word.value.clone());
    let piped = match inputs.stdin {
        Stdin::Inherited => None,
        Stdin::Text(text) => Some(text.clone()),
        Stdin::File(name) => Some(inputs.file(&name.value)),
    };
    // A nameless `@file` is the whole body.
    let whole = rest.iter().find_map(|item| behind(&item.value, |text| text.strip_prefix(b"@").map(BString::from)));
    let body =
        raw.or_else(|| whole.map(|name| inputs.file(&name))).or_else(|| piped.filter(|_| !split.has("--ignore-stdin")));
    let data = rest.iter().any(|word| is_data(word));
    draft.form = split.has("-f") || split.has("--form");
    for item in &rest {
        // In an object of JSON a document is found as in any other body.
        for name in [&b"query="[..], b"query:="] {
            let document =
                |text: &[u8]| text.strip_prefix(name).filter(|rest| !rest.starts_with(b"=")).map(BString::from);
            if let Some(document) = behind(&item.value, document).filter(|_| draft.form) {
                let document = read_item(&document, inputs);
                draft.documents.push(if name.contains(&b':') { decoded(&document) } else { document });
            }
        }
        if !is_data(item) {
            draft.headers.push(item.value.clone());
        }
        let field = behind(&item.value, |text| text.strip_prefix(b"_method=").map(BString::from));
        draft.instead = overriding(&item.value).or(field).or(draft.instead.take());
    }
    let default = if data || body.is_some() || split.has("-f") || split.has("--form") { "POST" } else { "GET" };
    draft.method = match method {
        Some(method) => method,
        None if hazy.is_empty() => Value::known(default),
        None => Value::unknown(Cause::Input),
    };
    draft.body = body.unwrap_or_else(|| made_of(&rest, draft.form, inputs));
    draft.answer = if hazy.is_empty() { Answer::Yes } else { Answer::CannotTell };
    vec![draft]
}

/// The body that items make: an object of JSON, or a form.
pub fn made_of(items: &[&Word], form: bool, inputs: &Inputs<'_>) -> Value {
    let mut made: Option<Value> = None;
    for item in items.iter().filter(|item| is_data(item)) {
        let Some((name, value, raw)) = field(&item.value) else { continue };
        let value = read_item(&value, inputs);
        let field = match (form, raw) {
            (true, _) => Value::known(holes::joined(&[&name, b"="])).then(value),
            (false, true) => Value::known(holes::joined(&[&quoted(&name), b":"])).then(value),
            (false, false) => {
                let because = holes::cause(&value);
                let text = match holes::texts(&value).as_deref() {
                    Some([one]) => quoted(one),
                    Some(_) | None => quoted(holes::MARK.as_bytes()),
                };
                holes::value(&holes::joined(&[&quoted(&name), b":", &text]), &because)
            }
        };
        let separator = if form { "&" } else { "," };
        made = Some(match made {
            Some(before) => append(&before, separator, &field),
            None => field,
        });
    }
    match made {
        Some(made) if form => made,
        Some(made) => Value::known("{").then(made).then(Value::known("}")),
        None => Value::known(""),
    }
}

/// `name=value`, and `name:=value`, whose value is JSON as it stands.
fn field(item: &Value) -> Option<(BString, Value, bool)> {
    let start = item.starts_with();
    let at = start.find_byte(b'=')?;
    let raw = start[..at].ends_with(b":");
    let name = BString::from(start[..at].strip_suffix(b":").unwrap_or(&start[..at]));
    let value = behind(item, |text| text.get(at + 1..).map(BString::from))?;
    Some((name, value, raw))
}

/// A text as JSON has it.
fn quoted(text: &[u8]) -> BString {
    serde_json::to_string(&text.to_str_lossy()).unwrap_or_default().into()
}

fn unknown() -> Draft {
    let mut draft = Draft::new(Value::unknown(Cause::Input), Value::unknown(Cause::Input));
    draft.answer = Answer::CannotTell;
    draft
}

/// `query:="…"` is JSON.
fn decoded(value: &Value) -> Value {
    let text = |text: &[u8]| serde_json::from_slice::<String>(text).ok().map(BString::from);
    behind(value, text).unwrap_or_else(|| value.clone())
}

/// `query=@file` reads a file.
fn read_item(value: &Value, inputs: &Inputs<'_>) -> Value {
    match behind(value, |text| text.strip_prefix(b"@").map(BString::from)) {
        Some(name) => inputs.file(&name),
        None => value.clone(),
    }
}

/// A first operand of letters alone is the method; an unknown one may be it.
pub fn is_method(word: &Word) -> bool {
    match &word.value {
        Value::Known(text) => !text.is_empty() && text.iter().all(u8::is_ascii_alphabetic) && *text != "localhost",
        Value::OneOf(all) => all.iter().all(|text| !text.is_empty() && text.iter().all(u8::is_ascii_alphabetic)),
        Value::Unknown(_) => word.value.hollow().is_some_and(|known| known.is_empty()),
    }
}

/// `name=value` and its kin are data; `name==value` is in the query and `Name:value` a header.
fn is_data(word: &Word) -> bool {
    let start = word.value.starts_with();
    match start.find_byteset(b"=:@") {
        Some(at) => match (start.get(at), start.get(at + 1)) {
            (Some(b'='), Some(b'=')) | (None, _) => false,
            (Some(b':'), next) => next == Some(&b'='),
            (Some(_), _) => true,
        },
        None => false,
    }
}
