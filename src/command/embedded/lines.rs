//! Command languages of data stores → statements that rules match as if each were a command line.

use crate::command::{Cause, Value, Word};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Redis,
    Mongo,
    Cql,
    Etcd,
}

/// The verb (compared without case) and what follows it.
pub type Statement = Vec<Word>;

/// The statements in `text`; text that is unknown is one unknown word.
#[must_use]
pub fn read(_kind: LineKind, _text: &Value) -> Vec<Statement> {
    vec![vec![Word::unknown(Cause::Construct("a statement"))]]
}
