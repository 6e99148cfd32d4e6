//! Code that another machine delivers, given to an interpreter: read or not, it runs.

use bstr::{BString, ByteSlice};

use crate::command::options::{Style, Table, split};
use crate::command::scope::Scope;
use crate::command::simple::Call;
use crate::command::walk::{Input, Walker};
use crate::command::words::{Cause, Shape, Value, Word};
use crate::command::{UnreadKind, follow};
use crate::span::Place;

/// Interpreters whose languages are not read. With one of the options they are given their code in another way, or do
/// nothing with it.
struct Other {
    names: &'static [&'static str],
    code: &'static [&'static str],
    value: &'static [&'static str],
    takes: Takes,
}

/// What operands are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// The first is a file of code.
    File,
    /// So many say where, and the input is code all the same; more are code.
    Place(usize),
}

#[rustfmt::skip]
const OTHERS: &[Other] = &[
    Other { names: &["tclsh", "wish", "expect", "jimsh"], code: &["-c"], value: &[], takes: Takes::File },
    Other { names: &["escript"], code: &["-v", "--version"], value: &["-r", "-S", "-pa"], takes: Takes::File },
    Other { names: &["osascript"], code: &["-e"], value: &["-l"], takes: Takes::File },
    Other { names: &["rc", "es", "oil"], code: &["-c", "-v", "--version", "-n", "--no-execute"], value: &[], takes: Takes::File },
    Other { names: &["scala", "clojure", "clj", "bb", "ghci", "sbcl", "clisp", "guile", "racket", "gosh", "gawk-csv", "swift", "dart", "nim", "m4", "dc", "gdb", "scheme", "csi", "forth", "gforth", "factor", "janet", "fennel", "bun-x"], code: &["-e", "--eval", "-v", "--version"], value: &[], takes: Takes::File },
    Other { names: &["psql", "mysql", "mariadb", "mongosh", "mongo", "sqlplus", "sqlcmd", "cqlsh", "clickhouse-client"], code: &["-c", "--command", "-e", "--execute", "--eval", "-q", "--query"], value: &["-h", "-U", "-d", "-p", "-P", "-u", "-D", "-F", "-R", "-v", "--host", "--user", "--dbname", "--port"], takes: Takes::Place(2) },
    Other { names: &["sqlite3", "sqlite", "duckdb"], code: &["-cmd", "-c", "-version"], value: &["-separator", "-init"], takes: Takes::Place(1) },
    Other { names: &["redis-cli", "valkey-cli"], code: &["-x", "--pipe"], value: &["-h", "-p", "-a", "-n", "-u"], takes: Takes::Place(0) },
];

/// Whether a value is, or is made of, what another machine said.
pub(super) fn is_from_there(value: &Value) -> bool {
    matches!(value, Value::Unknown(Shape { because: Cause::Output(tool), .. }) if follow::is_remote(tool))
}

/// Writes down code that is not read; what comes from elsewhere no exec here will tell.
pub(super) fn unread(walker: &mut Walker<'_>, code: Option<&Value>, what: BString, at: &Place) {
    let kind = if code.is_some_and(is_from_there) { UnreadKind::Remote } else { UnreadKind::Code };
    walker.unread(kind, what, at);
}

/// Code from elsewhere for an interpreter whose language is not read at all.
pub(super) fn given_to(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &Scope) {
    let bare = tool.trim_end_with(|c| c.is_ascii_digit() || c == '.' || c == '-');
    let named =
        |one: &&Other| one.names.iter().any(|name| name.as_bytes() == tool.as_slice() || name.as_bytes() == bare);
    let Some(other) = OTHERS.iter().find(named) else { return };
    let words = call.words.get(1..).unwrap_or_default();
    let table =
        Table { style: Style::SingleDash, value: other.value, flag: other.code, optional: &[], stop_at_operand: false };
    let given = split(words, &table);
    let more = matches!(other.takes, Takes::Place(most) if given.operands.len() > most);
    if more || other.code.iter().any(|name| given.has(name)) {
        return;
    }
    let first = given.operands.first().and_then(|at| words.get(*at));
    let file = first.filter(|_| other.takes == Takes::File);
    let input = match file.map(Word::text) {
        None | Some(Some(b"-" | b"/dev/stdin")) => call.input.clone(),
        Some(_) => file.map_or(Input::Inherited, |file| Input::File(file.clone())),
    };
    let code = walker.input_value(&input, scope);
    if let Some(code) = code.filter(is_from_there) {
        unread(walker, Some(&code), tool.clone(), &call.at);
    }
}
