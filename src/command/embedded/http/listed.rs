//! Clients that read their requests from a file: hurl, vegeta, runners of `.http` files. A request begins with a line of
//! a method and an address; what follows up to an empty line are headers, then comes the body.

use bstr::ByteSlice;

use super::{Draft, Inputs, plain};
use crate::command::Stdin;
use crate::command::embedded::holes;
use crate::command::options::{Style, Table, split};
use crate::command::words::{Value, Word};

/// Names of the clients.
pub const NAMES: &[&str] = &["hurl", "vegeta", "ijhttp", "httpyac"];

const METHODS: &[&[u8]] = &[b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"PURGE"];

#[rustfmt::skip] // one option a line would be pages
const TABLE: Table<'static, &'static str> = Table {
    style: Style::Gnu,
    value: &[
        "-o", "--output", "--variable", "--variables-file", "--secret", "--report-html", "--report-json", "--report-junit", "--report-tap", "-b", "-c", "-x", "-u", "-H", "--header",
        "--connect-timeout", "-m", "--max-time", "--retry", "--retry-interval", "--delay", "--from-entry", "--to-entry", "--jobs", "--repeat", "--glob", "--error-format",
        "--cacert", "--cert", "--key", "--proxy", "--resolve", "--user", "--user-agent", "-duration", "-rate", "-name", "-workers", "-timeout", "-body", "-header", "-format", "-env", "-e", "--env", "--env-file", "-V",
    ],
    flag: &[
        "--test", "--json", "--verbose", "-v", "--very-verbose", "--no-output", "--color", "--no-color", "-i", "--include", "-L", "--location", "-k", "--insecure", "--parallel", "-h", "--help", "--version",
        "--continue-on-error", "--ignore-asserts", "--interactive", "-lazy", "-insecure", "-keepalive", "-http2", "-a", "--all",
    ],
    optional: &[],
    stop_at_operand: false,
};

/// What the files name.
pub fn drafts(name: &[u8], arguments: &[Word], inputs: &Inputs<'_>) -> Vec<Draft> {
    let (texts, verb) = if name == b"vegeta" { targets(arguments, inputs) } else { files(arguments, inputs) };
    if !verb {
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for text in texts {
        match holes::texts(&text).as_deref() {
            Some([one]) if !holes::is_hole(one) => requests(one, &text, &mut drafts),
            Some(_) | None => drafts.push(plain::unknown()),
        }
    }
    drafts
}

/// Files that are operands; without one, standard input.
fn files(arguments: &[Word], inputs: &Inputs<'_>) -> (Vec<Value>, bool) {
    let split = split(arguments, &TABLE);
    if split.has("--help") || split.has("--version") {
        return (Vec::new(), false);
    }
    let named: Vec<Value> = split
        .operands
        .iter()
        .filter_map(|at| arguments.get(*at))
        .filter(|word| word.text().is_none_or(|text| !matches!(text, b"send" | b"run")))
        .map(|word| inputs.file(&word.value))
        .collect();
    if named.is_empty() { (given(inputs), true) } else { (named, true) }
}

/// `vegeta attack -targets FILE`; without one, standard input.
fn targets(arguments: &[Word], inputs: &Inputs<'_>) -> (Vec<Value>, bool) {
    let attacks = arguments.iter().any(|word| word.text() == Some(b"attack"));
    let file =
        arguments.windows(2).find(|pair| pair[0].text().is_some_and(|text| matches!(text, b"-targets" | b"--targets")));
    let attached = arguments
        .iter()
        .filter_map(Word::text)
        .find_map(|text| text.trim_start_with(|c| c == '-').strip_prefix(b"targets="));
    match (file, attached) {
        (Some(pair), _) => (vec![inputs.file(&pair[1].value)], attacks),
        (None, Some(name)) => (vec![inputs.file(&Value::known(name))], attacks),
        (None, None) => (given(inputs), attacks),
    }
}

fn given(inputs: &Inputs<'_>) -> Vec<Value> {
    match inputs.stdin {
        Stdin::Inherited => Vec::new(),
        Stdin::Text(text) => vec![text.clone()],
        Stdin::File(_) => vec![inputs.file(&Value::known("-"))],
    }
}

fn requests(text: &[u8], whole: &Value, into: &mut Vec<Draft>) {
    let because = holes::cause(whole);
    let mut body: Vec<u8> = Vec::new();
    let mut open = false;
    let finish = |body: &mut Vec<u8>, into: &mut Vec<Draft>| {
        if let Some(last) = into.last_mut().filter(|_| !body.is_empty()) {
            last.body = holes::value(body.trim(), &because);
        }
        body.clear();
    };
    for line in text.lines() {
        if let Some((method, url)) = begins(line) {
            finish(&mut body, into);
            into.push(Draft { form: true, ..Draft::new(Value::known(method), holes::value(url, &because)) });
            open = true;
        } else if line.starts_with(b"HTTP") {
            // What is expected of the answer.
            finish(&mut body, into);
            open = false;
        } else if open && !line.starts_with(b"#") && !line.starts_with(b"```") {
            body.extend_from_slice(line);
            body.push(b'\n');
        }
    }
    finish(&mut body, into);
    // Headers stand before the body, and are no part of it.
    for draft in into.iter_mut() {
        draft.body = without_headers(&draft.body);
    }
}

fn without_headers(body: &Value) -> Value {
    let because = holes::cause(body);
    let Some([text]) = holes::texts(body).and_then(|texts| <[_; 1]>::try_from(texts).ok()) else { return body.clone() };
    let is_header = |line: &&[u8]| {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        line.trim().is_empty()
            || line.starts_with(b"[")
            || name.len() < line.len()
                && !name.is_empty()
                && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let rest: Vec<&[u8]> = text.lines().skip_while(is_header).collect();
    holes::value(&bstr::join("\n", rest), &because)
}

/// `DELETE https://host/path`
fn begins(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (method, url) = line.trim().split_once_str(" ")?;
    let url = url.trim();
    let address = url.contains_str("://") || url.contains_str("{{") || holes::has_hole(url) || url.starts_with(b"/");
    (METHODS.contains(&method) && address).then(|| (method, url.split_str(" ").next().unwrap_or_default()))
}
