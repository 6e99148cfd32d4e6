//! wget's command line.

use std::collections::BTreeMap;

use bstr::ByteSlice;

use super::{Draft, Inputs, operands};
use crate::answer::Answer;
use crate::command::options::{Split, Style, Table, split};
use crate::command::words::{Cause, Value, Word};

#[rustfmt::skip] // one option a line would be pages
const TABLE: Table<'static, &'static str> = Table {
    style: Style::Gnu,
    value: &[
        "-a", "-A", "-B", "-D", "-e", "-i", "-I", "-l", "-o", "-O", "-P", "-Q", "-R", "-t", "-T", "-U", "-w", "-X",
        "--accept", "--append-output", "--base", "--bind-address", "--body-data", "--body-file", "--ca-certificate",
        "--certificate", "--config", "--connect-timeout", "--cut-dirs", "--directory-prefix", "--dns-timeout",
        "--domains", "--exclude-directories", "--exclude-domains", "--execute", "--header", "--http-password",
        "--http-user", "--include-directories", "--input-file", "--level", "--limit-rate", "--load-cookies",
        "--max-redirect", "--method", "--output-document", "--output-file", "--password", "--post-data",
        "--post-file", "--prefer-family", "--private-key", "--progress", "--quota", "--read-timeout", "--referer",
        "--reject", "--save-cookies", "--secure-protocol", "--timeout", "--tries", "--user", "--user-agent", "--wait",
        "--waitretry",
    ],
    flag: &[
        "-b", "-c", "-d", "-E", "-F", "-h", "-H", "-k", "-K", "-L", "-m", "-N", "-n", "-nc", "-nd", "-nH", "-np",
        "-nv", "-p", "-q", "-r", "-S", "-v", "-V", "-x", "-4", "-6", "--background", "--content-disposition",
        "--continue", "--convert-links", "--debug", "--help", "--mirror", "--no-check-certificate", "--no-clobber",
        "--no-directories", "--no-parent", "--no-verbose", "--page-requisites", "--quiet", "--recursive",
        "--server-response", "--show-progress", "--span-hosts", "--spider", "--timestamping", "--trust-server-names",
        "--verbose", "--version",
    ],
    optional: &[],
    stop_at_operand: false,
};

/// What wget would send.
pub fn drafts(arguments: &[Word], inputs: &Inputs<'_>) -> Vec<Draft> {
    let split = split(arguments, &TABLE);
    if split.has("--help") || split.has("-h") || split.has("--version") || split.has("-V") {
        return Vec::new();
    }
    let (urls, hazy) = operands(arguments, &split);
    let (set, unread) = settings(&split);
    let settings = unread || split.has("--config");
    let value = |name: &str| split.value_of(name).map(|word| word.value.clone()).or_else(|| set.get(name).cloned());
    let text = value("--body-data").or_else(|| value("--post-data"));
    let file = value("--body-file").or_else(|| value("--post-file")).map(|name| inputs.file(&name));
    let post = value("--post-data").or_else(|| value("--post-file")).is_some();
    let method = match value("--method") {
        Some(method) => method,
        None if post => Value::known("POST"),
        None if !hazy.is_empty() || settings => Value::unknown(Cause::Input),
        None => Value::known("GET"),
    };
    let mut targets: Vec<Value> = urls.iter().map(|(_, word)| word.value.clone()).collect();
    for list in ["-i", "--input-file"].into_iter().filter_map(value) {
        targets.extend(listed(&inputs.file(&list), split.has("-F") || split.has("--force-html")));
    }
    if targets.is_empty() && !hazy.is_empty() {
        targets.push(Value::unknown(Cause::Input));
    }
    let headers = split.given.iter().filter(|given| given.name == "--header").filter_map(|given| given.value.as_ref());
    let headers: Vec<Value> = headers.map(|word| word.value.clone()).chain(set.get("--header").cloned()).collect();
    let sure = hazy.is_empty() && !settings;
    let draft = |url: Value| Draft {
        body: text.clone().or_else(|| file.clone()).unwrap_or_else(|| Value::known("")),
        form: true,
        headers: headers.clone(),
        answer: if sure { Answer::Yes } else { Answer::CannotTell },
        ..Draft::new(method.clone(), url)
    };
    targets.into_iter().map(draft).collect()
}

/// What a list of addresses names: one on each line. Each of them is asked for in the same way, so that an unread list is
/// one request with an unknown address.
fn listed(list: &Value, html: bool) -> Vec<Value> {
    match list {
        Value::Known(text) if !html => {
            text.lines().map(ByteSlice::trim).filter(|line| !line.is_empty()).map(Value::known).collect()
        }
        Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => vec![Value::unknown(Cause::Input)],
    }
}

/// `-e 'method = DELETE'`: lines of a .wgetrc, as the options that they stand for. The second part: one of them is not
/// known.
fn settings(split: &Split) -> (BTreeMap<String, Value>, bool) {
    let mut set = BTreeMap::new();
    let mut unread = false;
    for given in split.given.iter().filter(|given| given.name == "-e" || given.name == "--execute") {
        let text = given.value.as_ref().and_then(Word::text);
        let Some((name, value)) = text.and_then(|text| text.split_once_str("=")) else {
            unread = true;
            continue;
        };
        let plain: Vec<u8> = name.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
        match plain.to_ascii_lowercase().as_slice() {
            b"input" | b"config" => unread = true,
            b"postdata" => drop(set.insert("--post-data".to_owned(), Value::known(value.trim()))),
            b"postfile" => drop(set.insert("--post-file".to_owned(), Value::known(value.trim()))),
            b"bodydata" => drop(set.insert("--body-data".to_owned(), Value::known(value.trim()))),
            b"bodyfile" => drop(set.insert("--body-file".to_owned(), Value::known(value.trim()))),
            other => drop(set.insert(format!("--{}", other.to_str_lossy()), Value::known(value.trim()))),
        }
    }
    (set, unread)
}
