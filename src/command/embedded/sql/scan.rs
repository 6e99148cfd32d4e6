//! Acts by tokens alone: for statements whose form is regular (DROP, TRUNCATE, ALTER, REVOKE), and for those that sqlparser
//! does not read. A verb counts where a statement can begin, never inside a string or a name.

use bstr::{BString, ByteSlice};

use super::tokens::{Kind, Token};
use super::{Act, Acts, Dialect, alter, client, statements, tree};
use crate::answer::Answer;

/// How far the condition of a deletion or update is searched, in tokens.
pub const REACH: usize = 1024;

/// How much of a condition is read, in tokens.
pub const NEAR: usize = 256;

/// What the statement does, and the statements inside it.
pub fn acts(text: &[u8], tokens: &[Token], dialect: Dialect, into: &mut Acts) {
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| tokens.get(at));
        if token.kind != Kind::Word || !begins(text, before, dialect) {
            continue;
        }
        let rest = tokens.get(index + 1..).unwrap_or_default();
        at_verb(text, token, rest, dialect, into);
        // Where statements are parted by nothing, a column may have such a name.
        if begins(text, before, Dialect::Generic) {
            administers(text, token, rest, into);
        }
    }
}

fn administers(text: &[u8], verb: &Token, rest: &[Token], into: &mut Acts) {
    let fits = ADMINISTERS.iter().find(|(one, words, _)| verb.is(text, one) && says(text, rest, words));
    if let Some((_, _, act)) = fits {
        into.yes(*act, &object(text, rest));
    }
}

/// Whether a statement can begin behind this token.
pub fn begins(text: &[u8], before: Option<&Token>, dialect: Dialect) -> bool {
    let Some(before) = before else { return true };
    match before.kind {
        Kind::End | Kind::Client | Kind::Punct(b'(') => true,
        Kind::Punct(b')') | Kind::Text | Kind::Number | Kind::Name => {
            dialect == Dialect::Mssql || before.kind == Kind::Punct(b')')
        }
        Kind::Word => {
            let openers = ["AS", "THEN", "ELSE", "BEGIN", "LOOP", "END", "MATERIALIZED", "IMMEDIATE", "IN"];
            // T-SQL needs no semicolon: any word may be a statement's last, but not those that take a verb as theirs.
            let takes =
                ["ON", "FOR", "GRANT", "REVOKE", "DENY", "TABLE", "COLUMN", "ALTER", "AFTER", "OF", "AND", "NOT"];
            openers.iter().any(|word| before.is(text, word))
                || dialect == Dialect::Mssql && !takes.iter().any(|word| before.is(text, word))
        }
        Kind::Punct(_) => false,
    }
}

fn at_verb(text: &[u8], verb: &Token, rest: &[Token], dialect: Dialect, into: &mut Acts) {
    match verb.text(text).to_ascii_uppercase().as_slice() {
        b"DROP" => drops(text, rest, dialect, into),
        b"TRUNCATE" => {
            let rest = skip(text, rest, &["TABLE", "ONLY", "DATABASE", "IF", "EXISTS"]);
            into.yes(Act::Truncate, &object(text, rest));
        }
        b"DELETE" => {
            // Without FROM it is a privilege, an action of a key, or a dialect's short form.
            let from = rest.iter().take(16).position(|token| token.is(text, "FROM"));
            let short = matches!(dialect, Dialect::Mssql | Dialect::Oracle | Dialect::Generic);
            let rest = from.map_or(rest, |at| rest.get(at + 1..).unwrap_or_default());
            let named = rest.first().is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Name));
            let privilege =
                ["ON", "CASCADE", "WHERE"].iter().any(|word| rest.first().is_some_and(|token| token.is(text, word)));
            if named && !privilege && (from.is_some() || short) {
                rows(text, &object(text, rest), rest, dialect, [Act::Delete, Act::DeleteWithoutWhere], into);
            }
        }
        b"UPDATE" if rest.iter().take(8).any(|token| token.is(text, "SET")) => {
            rows(text, &object(text, rest), rest, dialect, [Act::Update, Act::UpdateWithoutWhere], into);
        }
        b"ALTER" => alter::alters(text, rest, dialect, into),
        b"REVOKE" => into.yes(Act::Revoke, &object(text, rest)),
        b"CREATE" => creates(text, rest, dialect, into),
        b"REMOVE" | b"RM" if rest.first().is_some_and(|token| token.text(text).starts_with(b"@")) => {
            into.yes(Act::ServerFile, &object(text, rest));
        }
        b"XP_CMDSHELL" => into.yes(Act::Shell, statements::strings(text, rest).first().map_or(&b""[..], |one| one)),
        b"INSERT" if rest.first().is_some_and(|token| token.is(text, "OVERWRITE")) => {
            let rest = skip(text, rest, &["OVERWRITE", "INTO", "TABLE"]);
            into.yes(Act::Truncate, &object(text, rest));
        }
        _ => {}
    }
}

/// Statements of administration: the verb, words that follow it near by (any where there are none), what it does.
const ADMINISTERS: [(&str, &[&str], Act); 28] = [
    ("SHUTDOWN", &[], Act::StopServer),
    ("RESET", &["MASTER"], Act::PurgeLogs),
    ("RESET", &["BINARY"], Act::PurgeLogs),
    ("RESET", &["SLAVE"], Act::PurgeLogs),
    ("RESET", &["REPLICA"], Act::PurgeLogs),
    ("RESET", &["PERSIST"], Act::Configure),
    ("PURGE", &[], Act::PurgeLogs),
    ("STOP", &["SLAVE"], Act::Configure),
    ("STOP", &["REPLICA"], Act::Configure),
    ("STOP", &["GROUP_REPLICATION"], Act::Configure),
    ("SET", &["GLOBAL"], Act::Configure),
    ("SET", &["PERSIST"], Act::Configure),
    ("SET", &["PERSIST_ONLY"], Act::Configure),
    ("SET", &["CLUSTER"], Act::Configure),
    // SurrealDB's DROP.
    ("REMOVE", &["NAMESPACE"], Act::DropDatabase),
    ("REMOVE", &["DATABASE"], Act::DropDatabase),
    ("REMOVE", &["TABLE"], Act::DropTable),
    ("REASSIGN", &["OWNED"], Act::Account),
    ("RESTORE", &["DATABASE", "REPLACE"], Act::Replace),
    ("FLASHBACK", &["DATABASE"], Act::Replace),
    ("FLASHBACK", &["TABLE", "SCN"], Act::Replace),
    ("FLASHBACK", &["TABLE", "TIMESTAMP"], Act::Replace),
    ("DBCC", &["REPAIR_ALLOW_DATA_LOSS"], Act::Replace),
    ("DETACH", &["PERMANENTLY"], Act::DropTable),
    ("SYSTEM", &["SHUTDOWN"], Act::StopServer),
    ("SYSTEM", &["KILL"], Act::StopServer),
    ("SYSTEM", &["DROP", "REPLICA"], Act::PurgeLogs),
    ("SYSTEM", &["STOP"], Act::Configure),
];

/// Whether the statement holds all of these words.
fn says(text: &[u8], rest: &[Token], words: &[&str]) -> bool {
    words.iter().all(|word| {
        rest.iter().take(64).any(|token| {
            // `@@GLOBAL.x` is one word of mysql's.
            token.is(text, word)
                || token.text(text).strip_prefix(b"@@").is_some_and(|name| name.eq_ignore_ascii_case(word.as_bytes()))
        })
    })
}

/// Whether a statement with this word is worth a reading.
pub fn is_verb(text: &[u8], token: &Token) -> bool {
    const VERBS: [&str; 15] = [
        "DROP",
        "TRUNCATE",
        "DELETE",
        "UPDATE",
        "ALTER",
        "REVOKE",
        "MERGE",
        "OVERWRITE",
        "XP_CMDSHELL",
        "CREATE",
        "REMOVE",
        "RM",
        "OUTFILE",
        "DUMPFILE",
        "EXEC",
    ];
    VERBS.iter().any(|verb| token.is(text, verb))
        || ADMINISTERS.iter().any(|(verb, ..)| token.is(text, verb))
        || token.is(text, "EXECUTE")
}

/// `SELECT … INTO OUTFILE 'file'`
pub fn into_file(text: &[u8], tokens: &[Token], into: &mut Acts) {
    for (index, token) in tokens.iter().enumerate() {
        if (token.is(text, "OUTFILE") || token.is(text, "DUMPFILE"))
            && index.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|before| before.is(text, "INTO"))
        {
            let file = statements::strings(text, tokens.get(index..).unwrap_or_default()).into_iter().next();
            let file = file.unwrap_or_default();
            if !client::is_scratch(&file) {
                into.yes(Act::ServerFile, &file);
            }
        }
    }
}

/// `CREATE OR REPLACE TABLE`, and the tables that end with the session.
fn creates(text: &[u8], rest: &[Token], dialect: Dialect, into: &mut Acts) {
    let replaces = rest.first().is_some_and(|token| token.is(text, "OR"));
    let temporary = rest.iter().take(5).any(|token| token.is(text, "TEMP") || token.is(text, "TEMPORARY"));
    let words = ["OR", "REPLACE", "TRANSIENT", "GLOBAL", "LOCAL", "HYBRID", "TEMP", "TEMPORARY", "UNLOGGED", "DYNAMIC"];
    let rest = skip(text, rest, &words);
    let Some((kind, rest)) = rest.split_first() else { return };
    let rest = skip(text, rest, &["IF", "NOT", "EXISTS"]);
    let name = object(text, rest);
    if kind.is(text, "TABLE") && temporary {
        // Made from its own columns it is there; a query may fail, and the name be that of another table.
        let own = rest.iter().position(|token| token.kind == Kind::Punct(b'(')).is_some_and(|at| at <= 3);
        let marked = name.to_ascii_lowercase();
        if own || marked.contains_str("tmp") || marked.contains_str("temp") {
            into.defined.temporary.push(name);
        }
    } else if replaces && kind.is(text, "TABLE") && dialect != Dialect::Duckdb {
        into.yes(Act::Replace, &name);
    } else if replaces && (kind.is(text, "DATABASE") || kind.is(text, "SCHEMA")) {
        into.yes(Act::DropDatabase, &name);
    }
}

/// What other things hang on.
const SERVICES: [&str; 30] = [
    "TABLESPACE",
    "EXTENSION",
    "SERVER",
    "SUBSCRIPTION",
    "PUBLICATION",
    "EVENT",
    "WAREHOUSE",
    "STAGE",
    "SHARE",
    "POLICY",
    "ROW",
    "DATA",
    "AVAILABILITY",
    "CERTIFICATE",
    "MASTER",
    "SYMMETRIC",
    "ASYMMETRIC",
    "ENDPOINT",
    "DISKGROUP",
    "PIPE",
    "TASK",
    "DICTIONARY",
    "NAMED",
    "CONNECTION",
    "VOLUME",
    "RESOURCE",
    "INTEGRATION",
    "CREDENTIAL",
    "LOGFILE",
    "STREAM",
];

/// `DROP <kind> [IF EXISTS] names`
fn drops(text: &[u8], rest: &[Token], dialect: Dialect, into: &mut Acts) {
    let rest = skip(text, rest, &["EXTERNAL", "FOREIGN", "PUBLIC", "CACHED", "OR", "REPLACE", "UNDO"]);
    let Some((kind, rest)) = rest.split_first() else { return };
    let cascades = rest.iter().take(REACH).any(|token| token.is(text, "CASCADE"));
    let act = match kind.text(text).to_ascii_uppercase().as_slice() {
        b"DATABASE" | b"KEYSPACE" | b"CATALOG" => Act::DropDatabase,
        b"SCHEMA" if dialect == Dialect::Mysql => Act::DropDatabase,
        b"SCHEMA" => Act::DropSchema,
        // InfluxDB's tables are measurements; a series, a shard and a policy hold their rows.
        b"TABLE" | b"TABLES" | b"MEASUREMENT" | b"SERIES" | b"SHARD" | b"RETENTION" => Act::DropTable,
        b"OWNED" => Act::DropOwned,
        b"USER" | b"ROLE" | b"LOGIN" | b"GROUP" => Act::DropUser,
        // A session's own; nothing is lost but the session's.
        b"TEMPORARY" | b"TEMP" | b"PREPARE" => return,
        b"TYPE" | b"DOMAIN" | b"EXTENSION" | b"COLLATION" if cascades => Act::DropColumn,
        kind if SERVICES.iter().any(|one| one.as_bytes() == kind) => Act::DropService,
        _ => Act::DropOther,
    };
    let rest = skip(text, rest, &["IF", "EXISTS", "CONCURRENTLY", "BY", "TABLE", "VIEW", "FROM"]);
    let object = object(text, rest);
    // mssql's session tables are marked by their name.
    if act == Act::DropTable && object.starts_with(b"#") {
        return;
    }
    into.yes(act, &object);
}

/// A deletion or update that was not parsed: without any WHERE it is one of all rows; with one, what it says is not read.
pub fn rows(text: &[u8], object: &BString, rest: &[Token], dialect: Dialect, [some, all]: [Act; 2], into: &mut Acts) {
    let mut depth = 0usize;
    let mut condition = None;
    let far = rest.len() > REACH;
    for (index, token) in rest.iter().take(REACH).enumerate() {
        match token.kind {
            Kind::Punct(b'(') => depth += 1,
            // The parenthesis that holds this statement ends it.
            Kind::Punct(b')') if depth == 0 => break,
            Kind::Punct(b')') => depth -= 1,
            Kind::Word if depth == 0 && token.is(text, "WHERE") => {
                condition = rest.get(index + 1..);
                break;
            }
            Kind::Word | Kind::Name | Kind::Text | Kind::Number | Kind::Punct(_) | Kind::End | Kind::Client => {}
        }
    }
    let open = far || statements::trails_into_hole(text, rest);
    into.yes(some, object);
    match condition {
        None => into.add(all, object, if open { Answer::CannotTell } else { Answer::Yes }),
        Some(condition) => {
            let condition = condition.get(..NEAR).unwrap_or(condition);
            let answer = if into.spend() { tautology(text, condition, dialect, object) } else { Answer::CannotTell };
            if answer != Answer::No {
                into.add(all, object, answer);
            }
        }
    }
}

/// Whether a condition that was cut out of a statement lets every row through.
fn tautology(text: &[u8], condition: &[Token], dialect: Dialect, table: &[u8]) -> Answer {
    match condition {
        [only] if crate::command::embedded::holes::is_hole(only.text(text)) => Answer::CannotTell,
        _ => tree::condition(text, condition, dialect, &table.to_str_lossy()).unwrap_or(Answer::No),
    }
}

pub fn skip<'a>(text: &[u8], tokens: &'a [Token], words: &[&str]) -> &'a [Token] {
    let count = tokens.iter().take_while(|token| words.iter().any(|word| token.is(text, word))).count();
    tokens.get(count..).unwrap_or_default()
}

/// The names up to a keyword that ends them, as written.
pub fn object(text: &[u8], tokens: &[Token]) -> BString {
    let ends =
        ["CASCADE", "RESTRICT", "WITH", "WHERE", "SET", "USING", "ON", "FROM", "DROP", "ADD", "RESTART", "FORCE", "AS"];
    let mut named = BString::default();
    let names = tokens.iter().take(64).take_while(|token| {
        let more = matches!(token.kind, Kind::Word | Kind::Name | Kind::Punct(b'.' | b',' | b'#' | b'*' | b'-'));
        more && !ends.iter().any(|word| token.is(text, word))
    });
    for token in names {
        named.extend_from_slice(token.text(text));
        if token.kind == Kind::Punct(b',') {
            named.push(b' ');
        }
    }
    named.trim().into()
}
