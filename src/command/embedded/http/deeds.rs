//! What a request asks a server to do, where a name says so: the last word of a path (`/v1/deleteProject`), the method of
//! a remote call (`{"method":"dropDatabase"}`), the action of a form. Names come out in one spelling (`drop-database`).

use bstr::{BString, ByteSlice};
use serde_json::Value as Json;

use super::body::pairs;
use super::names::{dashed, words};
use crate::command::embedded::holes;
use crate::command::words::Value;

/// Fields whose value is what is to be done.
const FIELDS: &[&str] = &["action", "act", "op", "operation", "command", "cmd", "do", "verb", "task", "method"];

/// Words of an address that is told or asked about deeds, and does none.
const TALKS: &[&str] = &[
    "check",
    "validate",
    "authorize",
    "simulate",
    "preview",
    "search",
    "log",
    "logs",
    "audit",
    "event",
    "events",
    "webhook",
    "webhooks",
    "hooks",
    "track",
    "analytics",
    "messages",
    "chat",
    "completions",
    "docs",
    "doc",
    "reference",
    "guide",
    "help",
    "openapi",
    "schema",
    "issues",
    "comments",
    "undo",
];

/// Last words of a name that only asks what would be done.
const ASKS: &[&str] = &[
    "preview",
    "status",
    "check",
    "policy",
    "marker",
    "markers",
    "info",
    "estimate",
    "simulation",
    "confirmation",
    "dryrun",
];

/// Endings of files that a server runs.
const ENDINGS: &[&str] = &["php", "json", "xml", "aspx", "do", "action", "cgi", "jsp", "cfm", "html"];

/// A name longer than this is a text.
const NAME: usize = 64;
/// Deeds that are read of one request.
const DEEDS: usize = 64;

/// The names of what is asked for.
pub fn deeds(path: &[u8], query: &[u8], body: &Value, form: bool) -> Vec<BString> {
    let path = path.split(|byte| *byte == b'?').next().unwrap_or_default();
    if words(path).iter().any(|word| TALKS.iter().any(|one| word == one)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    in_path(path, &mut found);
    in_pairs(query, &mut found);
    for text in holes::texts(body).unwrap_or_default() {
        match serde_json::from_slice::<Json>(&text) {
            Ok(json) => in_json(&json, &mut found),
            Err(_) if form => in_pairs(&text, &mut found),
            Err(_) => {}
        }
    }
    found.retain(|deed| {
        !deed.rsplit(|byte| *byte == b'-').next().is_some_and(|last| ASKS.iter().any(|one| last == one.as_bytes()))
    });
    found.truncate(DEEDS);
    found
}

/// The last name of a path, behind which stands what it is done to: `/deleteUser/7`, `/drop/shop`.
fn in_path(path: &[u8], found: &mut Vec<BString>) {
    let mut names = path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()).rev();
    let Some(last) = names.next() else { return };
    name(verb_of(last), found);
    if let Some(before) = names.next()
        && (is_number(last) || words(before).len() == 1)
    {
        name(verb_of(before), found);
    }
}

/// `projects/shop:batchDelete`, `chat.delete`, `delete.php`
fn verb_of(segment: &[u8]) -> &[u8] {
    let segment = segment.rsplit(|byte| *byte == b':').next().unwrap_or_default();
    match segment.rsplit_once_str(".") {
        Some((start, ending)) if ENDINGS.iter().any(|one| ending.eq_ignore_ascii_case(one.as_bytes())) => start,
        Some((_, method)) => method,
        None => segment,
    }
}

/// A number, or what identifies a thing like one.
fn is_number(text: &[u8]) -> bool {
    holes::has_hole(text)
        || text.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-') && text.iter().any(u8::is_ascii_digit)
}

fn name(text: &[u8], found: &mut Vec<BString>) {
    let plain = text.len() <= NAME && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte));
    if plain && !holes::has_hole(text) {
        let deed = dashed(text);
        if !deed.is_empty() && !found.contains(&deed) && found.len() < DEEDS {
            found.push(deed);
        }
    }
}

fn in_pairs(text: &[u8], found: &mut Vec<BString>) {
    for (field, value) in pairs(text) {
        // `_method=DELETE` and `method=…` of a form are another question.
        if FIELDS.iter().any(|one| field.eq_ignore_ascii_case(one.as_bytes())) {
            name(verb_of(&value), found);
        }
    }
}

/// An object with an action or a method, a batch of them, and the lists that Redis over HTTP takes (`["FLUSHALL"]`).
fn in_json(json: &Json, found: &mut Vec<BString>) {
    match json {
        Json::Object(fields) => {
            for (field, value) in fields {
                if let (true, Json::String(value)) = (FIELDS.contains(&field.as_str()), value) {
                    name(verb_of(value.as_bytes()), found);
                }
            }
        }
        Json::Array(all) => match all.first() {
            Some(Json::String(verb)) => name(verb.as_bytes(), found),
            Some(_) => all.iter().take(DEEDS).for_each(|one| in_json(one, found)),
            None => {}
        },
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::words::Cause;

    fn read(path: &str, body: &str) -> Vec<String> {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let body = holes::value(body.as_bytes(), &Cause::Input);
        deeds(path.as_bytes(), query.as_bytes(), &body, true).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_of_deeds_come_out_in_one_spelling() {
        for (path, body, deed) in [
            ("/v1/deleteProject", "", "delete-project"),
            ("/v1/delete_project/17", "", "delete-project"),
            ("/databases/1/drop", "", "drop"),
            ("/drop/shop", "", "drop"),
            ("/v1/projects:batchDelete", "", "batch-delete"),
            ("/shop.v1.Projects/DeleteProject", "", "delete-project"),
            ("/users/delete.php?id=7", "", "delete"),
            ("/servers?action=delete&id=7", "", "delete"),
            ("/servers", "id=7&action=delete", "delete"),
            ("/servers", r#"{"action":"delete"}"#, "delete"),
            ("/rpc", r#"[{"method":"shop.dropDatabase"}]"#, "drop-database"),
            ("/", r#"["FLUSHALL"]"#, "flushall"),
            ("/pipeline", r#"[["SET","a","1"],["FLUSHDB"]]"#, "flushdb"),
            ("/FLUSHALL/ASYNC", "", "flushall"),
        ] {
            assert!(read(path, body).iter().any(|one| one == deed), "{path} {body}: {:?}", read(path, body));
        }
    }

    #[test]
    fn what_asks_about_a_deed_is_none() {
        for (path, body) in [
            ("/v1/delete-preview", ""),
            ("/purge-status", ""),
            ("/permissions/check", r#"{"action":"delete"}"#),
            ("/docs/delete", ""),
            ("/audit", r#"{"action":"delete"}"#),
        ] {
            assert_eq!(read(path, body), [""; 0], "{path}");
        }
        assert_eq!(read("/deleted", ""), ["deleted"]);
        assert_eq!(read("/", r#"["SET","FLUSHALL","1"]"#), ["set"]);
    }
}
