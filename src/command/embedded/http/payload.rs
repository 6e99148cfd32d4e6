//! What a request hands to a database → what the SQL in it does: fields of JSON and of forms, parameters of the address,
//! the whole body.

use bstr::{BString, ByteSlice};
use serde_json::Value as Json;

use super::body::{json_string, pairs};
use super::names::words;
use crate::answer::Answer;
use crate::command::embedded::holes;
use crate::command::embedded::sql::{self, Act, Dialect, SqlAct};
use crate::command::words::{Cause, Value};

/// Fields that hold SQL wherever they stand.
const SQL: &[&str] = &[
    "sql",
    "stmt",
    "stmts",
    "statement",
    "statements",
    "sqlstatement",
    "sqltext",
    "sqlquery",
    "rawsql",
    "querytext",
    "querystring",
    "ddl",
    "ksql",
    "extrastatements",
];

/// Fields that hold SQL where the address takes statements; elsewhere people look for things in them.
const PERHAPS: &[&str] = &["query", "queries", "q"];

/// Words of an address that takes statements.
const TAKES: &[&str] = &[
    "sql",
    "query",
    "queries",
    "statement",
    "statements",
    "exec",
    "execute",
    "ddl",
    "ksql",
    "pipeline",
    "jobs",
    "rpc",
    "database",
    "databases",
    "db",
    "d1",
    "dataset",
    "raw",
    "transaction",
];

/// Words of an address where texts are only looked for, or talked about.
const LOOKS: &[&str] = &[
    "search",
    "suggest",
    "autocomplete",
    "completions",
    "chat",
    "graphql",
    "messages",
    "issues",
    "validate",
    "indexes",
    "format",
];

/// What is put into the places of a statement is no statement.
const VALUES: &[&str] = &["params", "parameters", "bindings", "variables", "values", "messages"];

/// Words that a statement begins with that does more than to ask.
const VERBS: &[&str] = &[
    "drop", "truncate", "delete", "update", "alter", "with", "begin", "start", "do", "call", "exec", "execute", "set",
    "merge", "revoke", "create", "insert", "use", "declare", "explain", "remove", "detach", "system", "select", "if",
    "shutdown", "purge", "grant", "copy", "vacuum", "undrop", "optimize", "restore", "reassign",
];

const DEPTH: usize = 8;
/// Statements that one request is asked for.
const STATEMENTS: usize = 64;

/// One request, as far as it may carry statements.
pub struct Payload<'a> {
    /// With the query.
    pub path: &'a [u8],
    pub query: &'a [u8],
    /// The method is one that servers take as reading.
    pub reads: bool,
    pub body: &'a Value,
    pub form: bool,
    /// Values of a field `query` that were taken out of the body.
    pub documents: &'a [Value],
}

/// What the statements of a request do. What is not known is `Act::Unread`.
pub fn acts(payload: &Payload<'_>) -> Vec<SqlAct> {
    let place = Place::of(payload.path);
    if place.looks {
        return Vec::new();
    }
    let mut found = Found { place: &place, reads: payload.reads, texts: Vec::new(), unread: false };
    found.in_pairs(payload.query);
    for value in payload.documents {
        let texts = holes::texts(value).unwrap_or_default();
        for text in &texts {
            found.field(b"query", text);
        }
    }
    match holes::texts(payload.body) {
        Some(texts) => texts.iter().for_each(|text| found.in_body(text, payload.form)),
        None => found.unread |= place.takes,
    }
    found.acts()
}

/// What an address is for.
struct Place {
    takes: bool,
    looks: bool,
    root: bool,
}

impl Place {
    fn of(path: &[u8]) -> Self {
        let path = path.split(|byte| *byte == b'?').next().unwrap_or_default();
        let all = words(path);
        let has = |list: &[&str]| all.iter().any(|word| list.iter().any(|one| word == one));
        Place { takes: has(TAKES), looks: has(LOOKS), root: path.iter().all(|byte| *byte == b'/') }
    }

    /// ClickHouse lets nothing but POST change data, and listens at the root.
    fn dialect(&self) -> Dialect {
        if self.root { Dialect::Clickhouse } else { Dialect::Generic }
    }
}

struct Found<'a> {
    place: &'a Place,
    reads: bool,
    texts: Vec<BString>,
    unread: bool,
}

impl Found<'_> {
    fn acts(self) -> Vec<SqlAct> {
        let mut acts: Vec<SqlAct> = Vec::new();
        for text in &self.texts {
            let read = sql::read(&holes::value(text, &Cause::Input), self.place.dialect());
            // "drop table" alone is no statement.
            for act in read.into_iter().filter(|act| !act.object.is_empty() || act.act == Act::Unread) {
                if !acts.contains(&act) {
                    acts.push(act);
                }
            }
        }
        if self.unread && !acts.iter().any(|act| act.act == Act::Unread) {
            acts.push(SqlAct { act: Act::Unread, object: BString::default(), answer: Answer::CannotTell });
        }
        acts
    }

    /// Whether a field is one that holds a statement here.
    fn holds(&self, name: &[u8]) -> bool {
        let name: Vec<u8> = name.iter().filter(|byte| byte.is_ascii_alphanumeric()).copied().collect();
        let is = |list: &[&str]| list.iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes()));
        is(SQL) || is(PERHAPS) && (self.place.takes || self.place.root && !self.reads)
    }

    fn field(&mut self, name: &[u8], text: &[u8]) {
        if self.holds(name) {
            self.text(text);
        }
    }

    fn text(&mut self, text: &[u8]) {
        if holes::is_hole(text) {
            // What only reads is no question because nobody knows what it asks for.
            self.unread |= !self.reads;
        } else if begins_statement(text) {
            if self.texts.len() < STATEMENTS {
                self.texts.push(text.into());
            } else {
                self.unread = true;
            }
        }
    }

    /// `sql=DROP+TABLE+a&x=1`
    fn in_pairs(&mut self, text: &[u8]) {
        for (name, value) in pairs(text) {
            self.field(&name, &value);
        }
    }

    fn in_body(&mut self, text: &[u8], form: bool) {
        let start = text.trim_start();
        if start.is_empty() || self.reads {
            return;
        }
        match serde_json::from_slice::<Json>(text) {
            // A list of statements, each bare or with what is put into it.
            Ok(Json::Array(all)) if self.place.takes => all.iter().for_each(|one| self.listed(one, 0)),
            Ok(json) => self.in_json(&json, 0),
            Err(_) if start.starts_with(b"{") || start.starts_with(b"[") => self.in_broken(text),
            Err(_) if form && is_form(start) => self.in_pairs(text),
            Err(_) if self.place.takes || self.place.root => self.text(text),
            Err(_) => {}
        }
    }

    fn in_json(&mut self, json: &Json, depth: usize) {
        if depth > DEPTH {
            return;
        }
        match json {
            Json::Array(all) => all.iter().for_each(|one| self.in_json(one, depth + 1)),
            Json::Object(fields) => {
                for (name, value) in fields {
                    if VALUES.contains(&name.as_str()) {
                    } else if self.holds(name.as_bytes()) {
                        self.listed(value, depth);
                    } else {
                        self.in_json(value, depth + 1);
                    }
                }
            }
            Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// The value of a field that holds statements: one, a list of them, or objects that hold them in turn.
    fn listed(&mut self, json: &Json, depth: usize) {
        match json {
            Json::String(text) => self.text(text.as_bytes()),
            Json::Array(all) if depth < DEPTH => all.iter().for_each(|one| self.listed(one, depth + 1)),
            other => self.in_json(other, depth + 1),
        }
    }

    /// JSON that does not parse: holes outside of strings, raw line ends in them.
    fn in_broken(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some(at) = rest.find_byte(b'"') {
            let name = json_string(&rest[at + 1..]);
            let end = (at + 1 + name.len()).min(rest.len());
            let after = rest[end..].strip_prefix(b"\"").unwrap_or_default().trim_start();
            rest = &rest[end..];
            rest = rest.strip_prefix(b"\"").unwrap_or(rest);
            let Some(value) = after.strip_prefix(b":").map(ByteSlice::trim_start) else { continue };
            if let Some(quoted) = value.strip_prefix(b"\"") {
                self.field(&name, &json_string(quoted));
            } else if value.starts_with_str(holes::MARK) {
                self.field(&name, holes::MARK.as_bytes());
            }
        }
    }
}

/// `name=value&…`, and no statement with a comparison in it.
fn is_form(text: &[u8]) -> bool {
    let name = text.split(|byte| *byte == b'=').next().unwrap_or_default();
    name.len() < text.len()
        && !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.[]".contains(byte))
}

/// A text whose first word is a verb of SQL, or a comment in front of one.
fn begins_statement(text: &[u8]) -> bool {
    let start = text.trim_start_with(|letter| letter.is_whitespace() || matches!(letter, '(' | ';'));
    if start.starts_with(b"--") || start.starts_with(b"/*") {
        return true;
    }
    let end = start.find_not_byteset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_").unwrap_or(start.len());
    let word = &start[..end];
    VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb.as_bytes())) && end < start.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, body: &str) -> Vec<String> {
        let payload = Payload {
            path: path.as_bytes(),
            query: path.split_once('?').map_or(&b""[..], |(_, query)| query.as_bytes()),
            reads: body.is_empty(),
            body: &holes::value(body.as_bytes(), &Cause::Input),
            form: true,
            documents: &[],
        };
        acts(&payload).iter().map(|act| format!("{:?} {}", act.act, act.object)).collect()
    }

    #[test]
    fn statements_are_found_where_the_address_takes_them() {
        for (path, body, act) in [
            ("/rest/v1/rpc/exec_sql", r#"{"sql":"DROP TABLE users"}"#, "DropTable users"),
            ("/v2/pipeline", r#"{"requests":[{"stmt":{"sql":"DROP TABLE a"}}]}"#, "DropTable a"),
            ("/bigquery/v2/projects/p/jobs", r#"{"configuration":{"query":{"query":"DROP TABLE a"}}}"#, "DropTable a"),
            ("/v1/x/ddl", r#"{"statements":["DROP TABLE a"]}"#, "DropTable a"),
            ("/db/execute", r#"["DROP TABLE a"]"#, "DropTable a"),
            ("/v1/statement", "drop table a", "DropTable a"),
            ("/exec?query=DROP%20TABLE%20a", "", "DropTable a"),
            ("/v2/query", r#"{"type":"run_sql","args":{"sql":"DROP TABLE a;"}}"#, "DropTable a"),
            ("/admin/sql", "sql=DROP+TABLE+a", "DropTable a"),
            ("/x", r#"{"sql":"DROP TABLE guarded_hole", "x": guarded_hole}"#, "DropTable …"),
            ("/query", r#"{"query": guarded_hole}"#, "Unread "),
            ("/?database=a", "TRUNCATE TABLE a", "Truncate a"),
        ] {
            assert!(read(path, body).iter().any(|one| one == act), "{path} {body}: {:?}", read(path, body));
        }
    }

    #[test]
    fn texts_that_only_look_like_statements_are_left_alone() {
        for (path, body) in [
            ("/search?q=DROP+TABLE+users", ""),
            ("/search", r#"{"query":"drop table lamp"}"#),
            ("/v1/query", r#"{"query":"drop table"}"#),
            ("/things", r#"{"query":"delete from cart","title":"DROP TABLE a"}"#),
            ("/sql", r#"{"query":"INSERT INTO a VALUES ($1)","params":["drop table a"]}"#),
            ("/rpc/find", r#"{"query":"select 'drop table a'"}"#),
            ("/?query=DROP%20TABLE%20a", ""),
            ("/v1/query", "query=up"),
        ] {
            assert_eq!(read(path, body), [""; 0], "{path} {body}");
        }
    }
}
