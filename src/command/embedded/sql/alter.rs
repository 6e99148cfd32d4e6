//! `ALTER`: of tables and what is in them, of accounts, of the server itself.

use super::scan::{REACH, object, rows, skip};
use super::tokens::Token;
use super::{Act, Acts, Dialect};

pub fn alters(text: &[u8], rest: &[Token], dialect: Dialect, into: &mut Acts) {
    let Some((kind, after)) = rest.split_first() else { return };
    let has = |word: &str| rest.iter().take(64).any(|token| token.is(text, word));
    let name = || object(text, skip(text, after, &["IF", "EXISTS"]));
    if kind.is(text, "USER") || kind.is(text, "ROLE") || kind.is(text, "LOGIN") {
        let words = [
            "PASSWORD",
            "IDENTIFIED",
            "NOLOGIN",
            "SUPERUSER",
            "NOSUPERUSER",
            "DISABLE",
            "LOCK",
            "RENAME",
            "EXPIRE",
            "BYPASSRLS",
            "VALID",
        ];
        if words.iter().any(|word| has(word)) {
            into.yes(Act::Account, &name());
        }
    } else if kind.is(text, "SYSTEM") {
        let kills = has("KILL") || has("DISCONNECT");
        into.yes(if kills { Act::KillConnections } else { Act::Configure }, b"");
    } else if kind.is(text, "DATABASE") || kind.is(text, "PLUGGABLE") {
        database(text, after, into);
    } else if rest.iter().take(3).any(|token| token.is(text, "TABLE")) {
        table(text, rest, dialect, into);
    }
}

/// A database that nobody reaches any more, or that starts anew.
fn database(text: &[u8], after: &[Token], into: &mut Acts) {
    let has = |word: &str| after.iter().take(64).any(|token| token.is(text, word));
    let name = object(text, after);
    if has("RESETLOGS") || has("NOARCHIVELOG") || has("FLASHBACK") && has("OFF") {
        into.yes(Act::PurgeLogs, &name);
    } else if has("DATAFILE") && has("DROP") || has("TEMPFILE") && has("DROP") {
        into.yes(Act::DropService, &name);
    } else if has("SWAP") {
        into.yes(Act::Replace, &name);
    } else if [
        "OFFLINE",
        "SINGLE_USER",
        "RESTRICTED_USER",
        "RENAME",
        "MODIFY",
        "ALLOW_CONNECTIONS",
        "CLOSE",
        "READ_ONLY",
    ]
    .iter()
    .any(|word| has(word))
    {
        into.yes(Act::Configure, &name);
    }
}

fn table(text: &[u8], rest: &[Token], dialect: Dialect, into: &mut Acts) {
    let table = rest.iter().take(3).position(|token| token.is(text, "TABLE"));
    let Some(at) = table else { return };
    let rest = skip(text, rest.get(at + 1..).unwrap_or_default(), &["IF", "EXISTS", "ONLY"]);
    let name = object(text, rest);
    for (index, token) in rest.iter().take(REACH).enumerate() {
        if !token.is(text, "DROP") && !token.is(text, "DELETE") {
            continue;
        }
        // `ALTER COLUMN c DROP DEFAULT` changes no data; `ON DELETE` is an action of a key.
        let before = index.checked_sub(1).and_then(|at| rest.get(at));
        if token.is(text, "DELETE") && before.is_some_and(|token| token.is(text, "ON")) {
            continue;
        }
        let next = rest.get(index + 1);
        let is = |word: &str| next.is_some_and(|token| token.is(text, word));
        let keeps = ["DEFAULT", "NOT", "IDENTITY", "EXPRESSION"];
        let parts = ["CONSTRAINT", "INDEX", "KEY", "PRIMARY", "FOREIGN", "CHECK", "PARTITION", "PROJECTION", "PERIOD"];
        if keeps.iter().any(|word| is(word)) || token.is(text, "DELETE") && !is("WHERE") {
            continue;
        }
        if token.is(text, "DELETE") {
            let clause = rest.get(index + 1..).unwrap_or_default();
            rows(text, &name, clause, dialect, [Act::Delete, Act::DeleteWithoutWhere], into);
        } else if is("PARTITION") || is("PART") {
            into.yes(Act::Truncate, &name);
        } else if parts.iter().any(|word| is(word)) {
            into.yes(Act::AlterDrop, &name);
        } else {
            into.yes(Act::DropColumn, &name);
        }
    }
    for (words, act) in CLAUSES {
        if rest
            .windows(words.len())
            .take(REACH)
            .any(|these| these.iter().zip(words).all(|(one, word)| one.is(text, word)))
        {
            into.yes(act, &name);
        }
    }
    // ClickHouse: `ALTER TABLE t UPDATE a = 1 WHERE …`
    let updates = rest.iter().take(REACH).position(|token| token.is(text, "UPDATE"));
    if let Some(at) = updates.filter(|_| dialect == Dialect::Clickhouse) {
        let clause = rest.get(at + 1..).unwrap_or_default();
        rows(text, &name, clause, dialect, [Act::Update, Act::UpdateWithoutWhere], into);
    }
}

/// What other clauses of `ALTER TABLE` do.
const CLAUSES: [(&[&str], Act); 11] = [
    (&["TRUNCATE"], Act::Truncate),
    (&["DISCARD", "TABLESPACE"], Act::Truncate),
    (&["DETACH", "PARTITION"], Act::AlterDrop),
    (&["DISABLE", "ROW", "LEVEL", "SECURITY"], Act::Unprotect),
    (&["DISABLE", "TRIGGER", "ALL"], Act::Unprotect),
    (&["DISABLE", "TRIGGER", "USER"], Act::Unprotect),
    (&["CLEAR", "COLUMN"], Act::DropColumn),
    (&["REPLACE", "PARTITION"], Act::Replace),
    (&["MOVE", "PARTITION"], Act::Replace),
    (&["SWAP", "WITH"], Act::Replace),
    (&["SET", "UNUSED"], Act::DropColumn),
];
