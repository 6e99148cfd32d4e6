//! What a request carries → the GraphQL mutations in it: JSON (also when it does not parse), forms, bare documents.

use bstr::{BString, ByteSlice};
use serde_json::Value as Json;

use super::Mutation;
use super::url::hex;
use crate::answer::Answer;
use crate::command::embedded::{graphql, holes};
use crate::command::words::Value;

/// Mutations of a body, and of values that are known to be documents.
pub fn mutations(body: &Value, form: bool, documents: &[Value]) -> Vec<Mutation> {
    let mut found = Vec::new();
    match holes::texts(body) {
        Some(texts) => texts.iter().for_each(|text| in_body(text, form, &mut found)),
        None => unread(&mut found),
    }
    for value in documents {
        match holes::texts(value) {
            Some(texts) => texts.iter().for_each(|text| document(text, true, &mut found)),
            None => unread(&mut found),
        }
    }
    found
}

/// `?query=mutation…` in a URL.
pub fn in_query(query: &[u8], found: &mut Vec<Mutation>) {
    pairs(query).filter(|(name, _)| name == "query").for_each(|(_, value)| document(&value, false, found));
}

/// The value of a field of a form.
pub fn in_form(text: &[u8], name: &[u8]) -> Option<BString> {
    pairs(text).filter(|(other, _)| *other == name).map(|(_, value)| value).last()
}

/// Names and values of a form, or of an address's query.
pub fn pairs(text: &[u8]) -> impl Iterator<Item = (BString, BString)> {
    text.split_str("&").filter_map(|pair| pair.split_once_str("=")).map(|(name, value)| (name.into(), unescaped(value)))
}

fn unread(found: &mut Vec<Mutation>) {
    let unknown = Mutation { field: BString::default(), answer: Answer::CannotTell };
    if !found.contains(&unknown) {
        found.push(unknown);
    }
}

fn in_body(text: &[u8], form: bool, found: &mut Vec<Mutation>) {
    if text.trim().is_empty() {
        return;
    }
    if holes::is_hole(text) {
        unread(found);
        return;
    }
    match serde_json::from_slice::<Json>(text) {
        Ok(json) => in_json(&json, found),
        Err(_) if text.trim_start().starts_with_str("{") || text.trim_start().starts_with_str("[") => {
            in_broken(text, found);
        }
        Err(_) => {
            if form && (text.starts_with(b"query=") || text.contains_str("&query=")) {
                in_query(text, found);
            } else {
                document(text, false, found);
            }
        }
    }
}

/// `{"query": "…"}`, also in a batch.
fn in_json(json: &Json, found: &mut Vec<Mutation>) {
    match json {
        Json::Array(all) => all.iter().for_each(|one| in_json(one, found)),
        Json::Object(fields) => match fields.get("query") {
            Some(Json::String(query)) => {
                let operation = fields.get("operationName").and_then(Json::as_str);
                document_named(query.as_bytes(), operation.map(str::as_bytes), false, found);
            }
            // A persisted query: only its name is sent.
            None if fields.contains_key("extensions") => {
                if let Some(Json::String(name)) = fields.get("operationName") {
                    found.push(Mutation { field: name.as_str().into(), answer: Answer::CannotTell });
                }
            }
            Some(_) | None => {}
        },
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// JSON that does not parse: holes outside of strings, raw line ends in them, quotes that the shell ate. A bare document
/// begins with a brace too.
fn in_broken(text: &[u8], found: &mut Vec<Mutation>) {
    let before = found.len();
    let mut at = 0;
    while let Some(key) = text.get(at..).and_then(|rest| rest.find("query")) {
        at += key + "query".len();
        let rest = text.get(at..).unwrap_or_default();
        let value = rest.trim_start_with(|letter| matches!(letter, '"' | '\'' | '\\' | ' ' | '\t' | '\n'));
        let Some(value) = value.strip_prefix(b":") else { continue };
        let value = value.trim_start();
        if value.starts_with_str(holes::MARK) {
            unread(found);
        } else if let Some(quoted) = value.strip_prefix(b"\"") {
            document(&json_string(quoted), false, found);
        } else if let Some(quoted) = value.strip_prefix(b"'") {
            document(quoted.split_str("'").next().unwrap_or_default(), false, found);
        }
    }
    if found.len() == before
        && let Some(start) = text.find("mutation")
    {
        document(text.get(start..).unwrap_or_default(), false, found);
    }
}

/// The string up to its closing quote, escapes undone.
pub fn json_string(text: &[u8]) -> BString {
    let mut plain = Vec::new();
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => match bytes.next() {
                Some(b'n' | b'r' | b't' | b'f' | b'b') => plain.push(b' '),
                Some(b'u') => {
                    let digits: Vec<u8> = bytes.by_ref().take(4).copied().collect();
                    plain.push(digits.get(2..).and_then(hex).unwrap_or(b' '));
                }
                Some(other) => plain.push(*other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain.into()
}

/// Reads a document. `sure`: it is one by its place; else only where it has an operation.
fn document(text: &[u8], sure: bool, found: &mut Vec<Mutation>) {
    document_named(text, None, sure, found);
}

fn document_named(text: &[u8], operation: Option<&[u8]>, sure: bool, found: &mut Vec<Mutation>) {
    if holes::is_hole(text) {
        unread(found);
        return;
    }
    let start = text.trim_start();
    // Bodies of other languages are no business of ours; a document begins with one of few words.
    let begins = [&b"mutation"[..], b"query", b"subscription", b"fragment", b"{", b"#", b",", holes::MARK.as_bytes()];
    if !sure && !begins.iter().any(|word| start.starts_with(word)) {
        return;
    }
    let document = graphql::read_named(start, operation);
    for field in document.mutations {
        let answer = if holes::is_hole(&field) { Answer::CannotTell } else { Answer::Yes };
        found.push(Mutation { field, answer });
    }
    let holed = holes::has_hole(text);
    if document.read == Answer::CannotTell && (holed || sure || start.contains_str("mutation")) {
        unread(found);
    }
}

/// `%20` and `+` of a form undone.
fn unescaped(text: &[u8]) -> BString {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if let Some(letter) = text.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(hex) {
            plain.push(letter);
            at += 3;
        } else {
            plain.push(if byte == b'+' { b' ' } else { byte });
            at += 1;
        }
    }
    plain.into()
}
