//! The argv of an HTTP client → the requests it would send.

use bstr::BString;

use crate::answer::Answer;
use crate::command::{Cause, Stdin, Value, Word};

/// Whose command line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpDialect {
    Curl,
    Wget,
    Httpie,
    GhApi,
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
}

/// One request, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: Word,
    pub host: Word,
    pub path: Word,
    pub url: Word,
    pub body: Value,
    /// Root fields of GraphQL mutations in the body.
    pub graphql: Vec<Mutation>,
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    pub field: BString,
    pub answer: Answer,
}

/// What `words` (argv, with the client's own name) would send.
#[must_use]
pub fn requests(_dialect: HttpDialect, _words: &[Word], _stdin: &Stdin) -> Vec<Request> {
    let unknown = || Word::unknown(Cause::Construct("an HTTP request"));
    vec![Request {
        method: unknown(),
        host: unknown(),
        path: unknown(),
        url: unknown(),
        body: unknown().value,
        graphql: vec![Mutation { field: BString::default(), answer: Answer::CannotTell }],
        answer: Answer::CannotTell,
    }]
}
