//! Command languages of data stores → statements that rules match as if each were a command line.

mod cypher;
mod lua;
mod mongo;
mod transfer;

use bstr::{BString, ByteSlice};

use super::holes;
use super::sql::{Dialect, cut};
use crate::command::words::{Cause, Value, Word};

/// Longer texts are not read.
const BYTES: usize = 4 << 20;
/// How many statements of one text are read; the rest counts as one that was not.
const STATEMENTS: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Redis,
    Mongo,
    Cql,
    Etcd,
    Cypher,
    /// A script that runs inside Redis.
    Lua,
    /// Commands of sftp, lftp, ftp, smbclient.
    Transfer,
}

impl LineKind {
    /// By the name that packs use in `carries`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "redis" => Some(LineKind::Redis),
            "mongo" => Some(LineKind::Mongo),
            "cql" => Some(LineKind::Cql),
            "etcd" => Some(LineKind::Etcd),
            "cypher" => Some(LineKind::Cypher),
            "lua" => Some(LineKind::Lua),
            "transfer" => Some(LineKind::Transfer),
            _ => None,
        }
    }
}

/// The verb (compared without case) and what follows it. Mongo's are `[method, receiver, argument…]`.
pub type Statement = Vec<Word>;

/// The statements in `text`; text that is unknown is one unknown word.
#[must_use]
pub fn read(kind: LineKind, text: &Value) -> Vec<Statement> {
    let because = holes::cause(text);
    let Some(texts) = holes::texts(text) else { return vec![vec![Word::unknown(because)]] };
    let mut statements = Vec::new();
    for text in texts {
        if text.len() > BYTES {
            statements.push(vec![Word::unknown(Cause::Limit)]);
            continue;
        }
        let mut found: Vec<Vec<BString>> = match kind {
            LineKind::Redis => text.lines().flat_map(redis).collect(),
            LineKind::Etcd => text.lines().map(split).collect(),
            LineKind::Cql => cut(&text, Dialect::Generic),
            LineKind::Mongo => mongo::calls(&text),
            LineKind::Cypher => cypher::statements(&text),
            LineKind::Lua => lua::calls(&text),
            LineKind::Transfer => transfer::statements(&text),
        };
        found.retain(|words| !words.is_empty());
        let spent = found.len() > STATEMENTS;
        found.truncate(STATEMENTS);
        statements.extend(found.iter().map(|words| words.iter().map(|word| holes::word(word, &because)).collect()));
        if spent {
            statements.push(vec![Word::unknown(Cause::Limit)]);
        }
    }
    statements
}

/// One line of redis-cli, and the calls of a Lua script in it.
fn redis(line: &[u8]) -> Vec<Vec<BString>> {
    let words = split(line);
    let mut all = Vec::new();
    if let [verb, script, ..] = words.as_slice()
        && verb.eq_ignore_ascii_case(b"eval")
    {
        all.extend(lua::calls(script));
    }
    all.push(words);
    all
}

/// Words of a line: blanks part them, `"…"` has backslash escapes, `'…'` has not.
fn split(line: &[u8]) -> Vec<BString> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut bytes = line.iter().copied();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(b'"'), b'\\') => word.get_or_insert_default().extend(bytes.next()),
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (None, b' ' | b'\t' | b'\r' | b'\n') => words.extend(word.take()),
            (Some(_) | None, byte) => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    words.into_iter().map(BString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(kind: LineKind, text: &str) -> Vec<String> {
        let line = |one: &Statement| one.iter().map(|word| word.shown().to_string()).collect::<Vec<_>>().join("|");
        read(kind, &holes::value(text.as_bytes(), &Cause::Input)).iter().map(line).collect()
    }

    #[test]
    fn redis_lines_and_lua_calls() {
        assert_eq!(lines(LineKind::Redis, "SET a \"b \\\" c\"\n\nFLUSHALL\r\n"), ["SET|a|b \" c", "FLUSHALL"]);
        let eval = lines(LineKind::Redis, "EVAL \"redis.call('FLUSHALL', 'ASYNC')\" 0");
        assert_eq!(eval[0], "FLUSHALL|ASYNC");
        assert_eq!(lines(LineKind::Redis, "SET note 'FLUSHALL'"), ["SET|note|FLUSHALL"]);
    }

    #[test]
    fn lua_names_are_put_together_and_those_that_are_not_known_are_holes() {
        assert_eq!(lines(LineKind::Lua, "return redis.call('fl'..\"ushall\")"), ["flushall"]);
        assert_eq!(lines(LineKind::Lua, "redis.call(ARGV[1], 'a')"), ["…|a"]);
        assert_eq!(lines(LineKind::Lua, "-- redis.call('flushall')\nreturn 1"), [""; 0]);
    }

    #[test]
    fn cypher_deletions_with_and_without_a_choice() {
        for (text, statement) in [
            ("MATCH (n) DETACH DELETE n", "delete-all"),
            ("match (n:User) detach delete n;", "delete-all"),
            ("MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS", "delete-all"),
            ("MATCH (n:User {id: 7}) DETACH DELETE n", "delete"),
            ("MATCH (n) WHERE n.id = 7 DELETE n", "delete"),
            ("MATCH (n) WHERE true DELETE n", "delete-all"),
            ("CALL apoc.periodic.iterate('MATCH (n) RETURN n', 'DETACH DELETE n', {})", "delete-all"),
            ("DROP DATABASE neo4j", "drop|database|neo4j"),
            ("CREATE OR REPLACE DATABASE neo4j", "drop|database|neo4j"),
        ] {
            let all = lines(LineKind::Cypher, text);
            assert!(all.iter().any(|one| one == statement), "{text}: {all:?}");
        }
        for text in ["MATCH (n {act: 'DELETE'}) RETURN n", "// DETACH DELETE n\nRETURN 1", "MATCH (n) RETURN n.delete"]
        {
            assert_eq!(lines(LineKind::Cypher, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn mongo_filters_that_select_all_and_calls_inside_arguments() {
        for (text, call) in [
            ("db.a.deleteMany({_id: {$exists: true}})", "deleteMany|db.a|{}"),
            ("db.a.deleteMany({$or: [{}, {b: 1}]})", "deleteMany|db.a|{}"),
            ("db.a.bulkWrite([{deleteMany: {filter: {}}}])", "deleteMany|db.a|{}"),
            ("db.runCommand({delete: 'a', deletes: [{q: {}, limit: 0}]})", "deleteMany|db|{}"),
            ("db.runCommand('dropDatabase')", "dropDatabase|db|'dropDatabase'"),
            ("db.a.aggregate([{$match: {}}, {$out: 'b'}])", "$out|db.a|'b'"),
            ("db.a.aggregate([{$merge: {into: 'b'}}])", "$merge|db.a|{into:'b'}"),
            ("const m = 'dropDatabase'; db[m]()", "dropDatabase|db"),
            ("eval(\"db.dropDatabase()\")", "dropDatabase|db"),
            (
                "db.a.initializeUnorderedBulkOp().find({}).remove()",
                "remove|db.a.initializeUnorderedBulkOp().find({})|{}",
            ),
            ("load('x.js')", "…"),
        ] {
            let all = lines(LineKind::Mongo, text);
            assert!(all.iter().any(|one| one == call), "{text}: {all:?}");
        }
        let kept = lines(
            LineKind::Mongo,
            "db.a.bulkWrite([{deleteMany: {filter: {b: 1}}}]); db.a.deleteMany({$or: [{a: 1}]})",
        );
        assert!(!kept.iter().any(|one| one.ends_with("|{}")), "{kept:?}");
    }

    #[test]
    fn mongo_calls_with_their_receiver() {
        for (text, call) in [
            ("db.dropDatabase()", "dropDatabase|db"),
            ("db.getSiblingDB('shop').dropDatabase()", "dropDatabase|db.getSiblingDB('shop')"),
            ("db.users.deleteMany({ })", "deleteMany|db.users|{}"),
            ("db['users'].drop( /* all */ )", "drop|db['users']"),
            ("db.users['drop']()", "drop|db.users"),
            ("const u = db.users; u.deleteMany({}, {a: 1})", "deleteMany|u|{}|{a:1}"),
            ("db.runCommand({ dropDatabase: 1 })", "dropDatabase|db|{dropDatabase:1}"),
            ("db.adminCommand({'shutdown': 1})", "shutdown|db|{'shutdown':1}"),
            ("if (true) { db . users\n.remove({}) }", "remove|db.users|{}"),
        ] {
            let all = lines(LineKind::Mongo, text);
            assert!(all.iter().any(|one| one == call), "{text}: {all:?}");
        }
        let text = "print('db.dropDatabase()') // db.dropDatabase()\n/* db.dropDatabase() */";
        assert_eq!(lines(LineKind::Mongo, text), ["print||'db.dropDatabase()'"]);
    }

    #[test]
    fn cql_and_etcd_statements() {
        assert_eq!(lines(LineKind::Cql, "DROP KEYSPACE shop; SELECT 'a;b'"), ["DROP|KEYSPACE|shop", "SELECT|'a;b'"]);
        assert_eq!(lines(LineKind::Etcd, "del --prefix \"\"\nget a"), ["del|--prefix|", "get|a"]);
    }

    #[test]
    fn unknown_text_is_an_unknown_statement() {
        let kinds = [
            LineKind::Redis,
            LineKind::Mongo,
            LineKind::Cql,
            LineKind::Etcd,
            LineKind::Cypher,
            LineKind::Lua,
            LineKind::Transfer,
        ];
        for kind in kinds {
            let all = read(kind, &Value::unknown(Cause::Input));
            assert!(all.iter().any(|one| one.first().is_some_and(|word| word.text().is_none())), "{kind:?}: {all:?}");
        }
    }
}
