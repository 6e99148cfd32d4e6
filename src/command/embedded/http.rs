//! The argv of an HTTP client → the requests it would send: method, host, path, body and, for GraphQL, the mutations.

mod api;
mod body;
mod curl;
mod curlie;
mod deeds;
mod httpie;
mod listed;
mod names;
mod payload;
mod plain;
mod url;
mod wget;

use bstr::{BString, ByteSlice};

use super::holes;
use super::sql::SqlAct;
use crate::answer::Answer;
use crate::command::Stdin;
use crate::command::options::Split;
use crate::command::words::{Cause, Value, Word};

/// How many requests of one command are read; a client that sends more is not read at all.
const REQUESTS: usize = 256;

/// Whose command line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpDialect {
    Curl,
    Wget,
    /// `http`, `https`, `xh`, `xhs`
    Httpie,
    /// `gh api`, `glab api`
    GhApi,
    Curlie,
    /// A client with an address and options: by a table.
    Plain,
    /// Its requests stand in a file.
    Listed,
}

impl HttpDialect {
    /// By the name that packs use in `speaks`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "curl" => Some(HttpDialect::Curl),
            "wget" => Some(HttpDialect::Wget),
            "httpie" => Some(HttpDialect::Httpie),
            "gh-api" => Some(HttpDialect::GhApi),
            _ => None,
        }
    }

    /// By the name of the client, for rules that all clients share.
    #[must_use]
    pub fn of_client(tool: &[u8]) -> Option<Self> {
        match tool {
            b"curl" => Some(HttpDialect::Curl),
            b"wget" | b"wget2" => Some(HttpDialect::Wget),
            b"http" | b"https" | b"xh" | b"xhs" => Some(HttpDialect::Httpie),
            b"gh" | b"glab" => Some(HttpDialect::GhApi),
            b"curlie" => Some(HttpDialect::Curlie),
            other if listed::NAMES.iter().any(|name| name.as_bytes() == other) => Some(HttpDialect::Listed),
            other => plain::Client::named(other).map(|_| HttpDialect::Plain),
        }
    }
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// In capitals.
    pub method: Word,
    /// In small letters, with the port where it is not the scheme's own (`localhost:9200`); `unix:/path` for a socket.
    pub host: Word,
    /// Begins with `/`; with the query.
    pub path: Word,
    /// As it was given, for messages and for what looks at its target.
    pub url: Word,
    pub body: Value,
    /// `Name: value` lines beside those of the client itself.
    pub headers: Vec<Value>,
    /// Root fields of the GraphQL mutations in it.
    pub graphql: Vec<Mutation>,
    /// What the SQL in it does.
    pub sql: Vec<SqlAct>,
    /// What it asks for by name: `delete-project`.
    pub deeds: Vec<BString>,
    /// `CannotTell`: the request may differ from this (a configuration file, unknown options), or there may be others.
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// Empty where a document is sent that was not read.
    pub field: BString,
    pub answer: Answer,
}

/// What a client reads beside its command line.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub stdin: &'a Stdin,
    /// What a file named on the command line says, where that is known.
    pub text_of: &'a dyn Fn(&[u8]) -> Option<Value>,
}

impl Inputs<'_> {
    /// Text that is taken from a file, or from standard input for `-`.
    fn file(&self, name: &Value) -> Value {
        match name {
            Value::Known(name) => self.named(name),
            Value::OneOf(names) => {
                let texts = names.iter().map(|name| match self.named(name) {
                    Value::Known(text) => Some(text),
                    Value::OneOf(_) | Value::Unknown(_) => None,
                });
                texts.collect::<Option<_>>().map_or_else(|| Value::unknown(holes::cause(name)), Value::OneOf)
            }
            Value::Unknown(_) => Value::unknown(holes::cause(name)),
        }
    }

    fn named(&self, name: &BString) -> Value {
        let unread = || Value::unknown(Cause::Output(name.clone()));
        match self.stdin {
            Stdin::Text(text) if name == "-" || name == "/dev/stdin" => text.clone(),
            Stdin::File(file) if name == "-" || name == "/dev/stdin" => {
                file.text().and_then(self.text_of).unwrap_or_else(unread)
            }
            Stdin::Inherited if name == "-" => unread(),
            Stdin::Inherited | Stdin::Text(_) | Stdin::File(_) => (self.text_of)(name).unwrap_or_else(unread),
        }
    }
}

/// What `words` (argv, with the client's own name) would send.
#[must_use]
pub fn requests(dialect: HttpDialect, words: &[Word], inputs: &Inputs<'_>) -> Vec<Request> {
    let Some((name, arguments)) = words.split_first() else { return Vec::new() };
    let drafts = match dialect {
        HttpDialect::Curl => curl::drafts(arguments, inputs),
        HttpDialect::Wget => wget::drafts(arguments, inputs),
        HttpDialect::Httpie => httpie::drafts(arguments, inputs),
        HttpDialect::GhApi => api::drafts(name, arguments, inputs),
        HttpDialect::Curlie => curlie::drafts(arguments, inputs),
        HttpDialect::Plain => match plain::Client::named(own_name(name)) {
            Some(client) => plain::drafts(client, arguments, inputs),
            None => Vec::new(),
        },
        HttpDialect::Listed => listed::drafts(own_name(name), arguments, inputs),
    };
    let mut requests = Vec::new();
    for draft in &drafts {
        draft.requests(&mut requests);
        if requests.len() > REQUESTS {
            requests.truncate(REQUESTS);
            requests.push(unread(&Cause::Limit));
            break;
        }
    }
    requests
}

/// The name of a client without the folder that it is called from.
fn own_name(word: &Word) -> &[u8] {
    word.text().unwrap_or_default().rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

/// A request as a client's reader collects it, before URL and body are taken apart.
#[derive(Clone, Debug)]
struct Draft {
    method: Value,
    url: Value,
    /// Host in place of the URL's, or of one that is missing.
    socket: Option<Value>,
    body: Value,
    /// Values that are GraphQL documents by the name of their field.
    documents: Vec<Value>,
    /// The body is the value of a form: `query=…`.
    form: bool,
    /// The method that a header or a field of a form puts in place of POST, where their order counts.
    instead: Option<Value>,
    headers: Vec<Value>,
    answer: Answer,
}

impl Draft {
    fn new(method: Value, url: Value) -> Self {
        let body = Value::known("");
        Draft {
            method,
            url,
            socket: None,
            body,
            documents: Vec::new(),
            form: false,
            instead: None,
            headers: Vec::new(),
            answer: Answer::Yes,
        }
    }

    fn requests(&self, into: &mut Vec<Request>) {
        let because = holes::cause(&self.url);
        let Some(texts) = holes::texts(&self.url) else {
            into.push(unread(&Cause::Limit));
            return;
        };
        let graphql = body::mutations(&self.body, self.form, &self.documents);
        for text in texts {
            let parts = url::parts(&text);
            let mut graphql = graphql.clone();
            // A body that was not read is a document only where documents are sent.
            let endpoint = parts.path.to_ascii_lowercase();
            if !endpoint.contains_str("graphql") && !endpoint.contains_str("gql") && !holes::has_hole(&endpoint) {
                graphql.retain(|one| !one.field.is_empty());
            }
            body::in_query(&parts.query, &mut graphql);
            let method = capitals(&self.method_of(&parts.query));
            let host = match &self.socket {
                Some(path) => socket(path),
                None => holes::word(&parts.host, &because),
            };
            let reads = reads(&method);
            let sql = payload::acts(&payload::Payload {
                path: &parts.path,
                query: &parts.query,
                reads,
                body: &self.body,
                form: self.form,
                documents: &self.documents,
            });
            let deeds = deeds::deeds(&parts.path, &parts.query, &self.body, self.form);
            let path = if reads { url::with_plain_names(&parts.path) } else { parts.path };
            into.push(Request {
                method: Word { value: method, glob: false, written: BString::default() },
                host,
                path: holes::word(&path, &because),
                url: holes::word(&text, &because),
                body: self.body.clone(),
                headers: self.headers.clone(),
                graphql,
                sql,
                deeds,
                answer: self.answer,
            });
        }
    }
}

/// Headers by which frameworks take another method than the request's own.
const OVERRIDES: &[&[u8]] = &[b"x-http-method-override", b"x-http-method", b"x-method-override"];

/// The field of a form, or of the address, that does the same.
const FIELD: &[u8] = b"_method";

/// `X-HTTP-Method-Override: DELETE`
fn overriding(header: &Value) -> Option<Value> {
    behind(header, |text| {
        let (name, value) = text.split_once_str(":")?;
        let name = name.trim().to_ascii_lowercase();
        OVERRIDES.contains(&name.as_slice()).then(|| value.trim().into())
    })
}

impl Draft {
    /// The method that the server goes by.
    fn method_of(&self, query: &[u8]) -> Value {
        let posts = match &self.method {
            Value::Known(method) => method.eq_ignore_ascii_case(b"POST"),
            Value::OneOf(_) | Value::Unknown(_) => false,
        };
        if !posts {
            return self.method.clone();
        }
        let in_header = || self.headers.iter().filter_map(overriding).next_back();
        let in_body = || match holes::texts(&self.body).as_deref() {
            Some([text]) if self.form => {
                body::in_form(text, FIELD).map(|method| holes::value(&method, &holes::cause(&self.body)))
            }
            Some(_) | None => None,
        };
        let in_query = || body::in_form(query, FIELD).map(|method| holes::value(&method, &holes::cause(&self.url)));
        self.instead
            .clone()
            .or_else(in_header)
            .or_else(in_body)
            .or_else(in_query)
            .unwrap_or_else(|| self.method.clone())
    }
}

/// A request of which nothing is known.
fn unread(because: &Cause) -> Request {
    let word = || Word::unknown(because.clone());
    Request {
        method: word(),
        host: word(),
        path: word(),
        url: word(),
        body: Value::unknown(because.clone()),
        headers: vec![Value::unknown(because.clone())],
        graphql: vec![Mutation { field: BString::default(), answer: Answer::CannotTell }],
        sql: Vec::new(),
        deeds: Vec::new(),
        answer: Answer::CannotTell,
    }
}

fn socket(path: &Value) -> Word {
    let because = holes::cause(path);
    match holes::texts(path).as_deref() {
        Some([one]) => holes::word(&holes::joined(&[b"unix:", one]), &because),
        Some(_) | None => Word::unknown(because),
    }
}

/// A method that servers take as reading.
fn reads(method: &Value) -> bool {
    let one = |method: &[u8]| matches!(method, b"GET" | b"HEAD" | b"OPTIONS");
    match method {
        Value::Known(method) => one(method),
        Value::OneOf(all) => all.iter().all(|method| one(method)),
        Value::Unknown(_) => false,
    }
}

fn capitals(method: &Value) -> Value {
    match method {
        Value::Known(text) => Value::Known(text.to_ascii_uppercase().into()),
        Value::OneOf(all) => Value::OneOf(all.iter().map(|one| one.to_ascii_uppercase().into()).collect()),
        Value::Unknown(shape) => Value::Unknown(shape.clone()),
    }
}

/// Words with their place in argv.
type Placed<'a> = Vec<(usize, &'a Word)>;

/// Operands of a split, with the hazy words that can only be operands; the rest of the hazy ones may be options.
fn operands<'a>(words: &'a [Word], split: &Split) -> (Placed<'a>, Placed<'a>) {
    let mut sure: Vec<usize> = split.operands.clone();
    let mut hazy = Vec::new();
    for &index in &split.hazy {
        let Some(word) = words.get(index) else { continue };
        let option = word.is_option();
        // "$BASE/v1" is written to be a URL; a bare $ARGS may be anything.
        let known = match &word.value {
            Value::Known(_) | Value::OneOf(_) => true,
            // What nobody wrote is fed in (xargs): a list of what is asked for, not how.
            Value::Unknown(shape) => !shape.splits || !holes::is_blank(&word.value) || word.written.is_empty(),
        };
        if known && !option { sure.push(index) } else { hazy.push((index, word)) }
    }
    sure.sort_unstable();
    (sure.into_iter().filter_map(|index| Some((index, words.get(index)?))).collect(), hazy)
}

/// The value behind `prefix`, for values of the form `@file` or `name=value`.
fn behind(value: &Value, cut: impl Fn(&[u8]) -> Option<BString>) -> Option<Value> {
    let because = holes::cause(value);
    match holes::texts(value)?.as_slice() {
        [one] => cut(one).map(|rest| holes::value(&rest, &because)),
        all => {
            let rests: Option<Vec<BString>> = all.iter().map(|one| cut(one)).collect();
            rests.map(Value::OneOf)
        }
    }
}

/// `a`, the separator, then `b`.
fn append(a: &Value, separator: &str, b: &Value) -> Value {
    let because = if matches!(a, Value::Unknown(_)) { holes::cause(a) } else { holes::cause(b) };
    match (holes::texts(a).as_deref(), holes::texts(b).as_deref()) {
        (Some([a]), Some([b])) if a.is_empty() => holes::value(b, &because),
        (Some([a]), Some([b])) => holes::value(&holes::joined(&[a, separator.as_bytes(), b]), &because),
        (Some(a), Some(b)) if a.len() * b.len() <= 32 => {
            let pairs = a.iter().flat_map(|a| b.iter().map(move |b| holes::joined(&[a, separator.as_bytes(), b])));
            Value::OneOf(pairs.collect())
        }
        (Some(_) | None, Some(_) | None) => Value::unknown(because),
    }
}

#[cfg(test)]
mod tests;
