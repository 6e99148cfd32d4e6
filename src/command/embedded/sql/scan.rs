//! Acts by tokens alone: for statements whose form is regular (DROP, TRUNCATE, ALTER, REVOKE), and for those that sqlparser
//! does not read. A verb counts where a statement can begin, never inside a string or a name.

use bstr::{BString, ByteSlice};

use super::tokens::{Kind, Token};
use super::{Act, Acts, Dialect, statements};
use crate::answer::Answer;

/// How far the condition of a deletion or update is searched, in tokens.
const REACH: usize = 1024;

/// What the statement does, and the statements inside it.
pub fn acts(text: &[u8], tokens: &[Token], dialect: Dialect, into: &mut Acts) {
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| tokens.get(at));
        if token.kind != Kind::Word || !begins(text, before, dialect) {
            continue;
        }
        at_verb(text, token, tokens.get(index + 1..).unwrap_or_default(), dialect, into);
    }
}

/// Whether a statement can begin behind this token.
fn begins(text: &[u8], before: Option<&Token>, dialect: Dialect) -> bool {
    let Some(before) = before else { return true };
    match before.kind {
        Kind::End | Kind::Client | Kind::Punct(b'(') => true,
        Kind::Punct(b')') | Kind::Text | Kind::Number | Kind::Name => {
            dialect == Dialect::Mssql || before.kind == Kind::Punct(b')')
        }
        Kind::Word => {
            let openers = ["AS", "THEN", "ELSE", "BEGIN", "LOOP", "END", "MATERIALIZED", "IMMEDIATE"];
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
        b"DROP" => drops(text, rest, into),
        b"TRUNCATE" => {
            let rest = skip(text, rest, &["TABLE", "ONLY", "DATABASE", "IF", "EXISTS"]);
            into.yes(Act::Truncate, &object(text, rest));
        }
        b"DELETE" => {
            // Without FROM it is a privilege, an action of a key, or a dialect's short form.
            let from = rest.iter().take(4).position(|token| token.is(text, "FROM"));
            let rest = from.map_or(rest, |at| rest.get(at + 1..).unwrap_or_default());
            let named = rest.first().is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Name));
            let privilege = rest.first().is_some_and(|token| token.is(text, "ON") || token.is(text, "CASCADE"));
            if named && !privilege {
                rows(
                    text,
                    rest,
                    from.is_some() || dialect == Dialect::Mssql,
                    [Act::Delete, Act::DeleteWithoutWhere],
                    into,
                );
            }
        }
        b"UPDATE" if rest.iter().take(8).any(|token| token.is(text, "SET")) => {
            rows(text, rest, true, [Act::Update, Act::UpdateWithoutWhere], into);
        }
        b"ALTER" => alters(text, rest, into),
        b"REVOKE" => into.yes(Act::Revoke, &object(text, rest)),
        b"PURGE" => into.yes(Act::DropOther, &object(text, rest)),
        b"XP_CMDSHELL" => into.yes(Act::Shell, statements::strings(text, rest).first().map_or(&b""[..], |one| one)),
        b"INSERT" if rest.first().is_some_and(|token| token.is(text, "OVERWRITE")) => {
            let rest = skip(text, rest, &["OVERWRITE", "INTO", "TABLE"]);
            into.yes(Act::Truncate, &object(text, rest));
        }
        _ => {}
    }
}

/// `DROP <kind> [IF EXISTS] names`
fn drops(text: &[u8], rest: &[Token], into: &mut Acts) {
    let rest = skip(text, rest, &["EXTERNAL", "FOREIGN", "PUBLIC", "CACHED", "OR", "REPLACE", "UNDO"]);
    let Some((kind, rest)) = rest.split_first() else { return };
    let act = match kind.text(text).to_ascii_uppercase().as_slice() {
        b"DATABASE" | b"KEYSPACE" | b"CATALOG" => Act::DropDatabase,
        b"SCHEMA" => Act::DropSchema,
        b"TABLE" | b"TABLES" => Act::DropTable,
        b"OWNED" => Act::DropOwned,
        b"USER" | b"ROLE" | b"LOGIN" | b"GROUP" => Act::DropUser,
        // A session's own; nothing is lost but the session's.
        b"TEMPORARY" | b"TEMP" | b"PREPARE" => return,
        _ => Act::DropOther,
    };
    let rest = skip(text, rest, &["IF", "EXISTS", "CONCURRENTLY", "BY", "TABLE", "VIEW"]);
    let object = object(text, rest);
    // mssql's session tables are marked by their name.
    if act == Act::DropTable && object.starts_with(b"#") {
        return;
    }
    into.yes(act, &object);
}

fn alters(text: &[u8], rest: &[Token], into: &mut Acts) {
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
            into.yes(Act::Delete, &name);
        } else if is("PARTITION") || is("PART") {
            into.yes(Act::Truncate, &name);
        } else if parts.iter().any(|word| is(word)) {
            into.yes(Act::AlterDrop, &name);
        } else {
            into.yes(Act::DropColumn, &name);
        }
    }
    if rest.iter().take(REACH).any(|token| token.is(text, "TRUNCATE")) {
        into.yes(Act::Truncate, &name);
    }
}

/// A deletion or update that was not parsed: without any WHERE it is one of all rows; with one, what it says is not read.
fn rows(text: &[u8], rest: &[Token], sure: bool, [some, all]: [Act; 2], into: &mut Acts) {
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
    let object = object(text, rest);
    let open = far || statements::trails_into_hole(text, rest);
    into.add(some, &object, if sure { Answer::Yes } else { Answer::CannotTell });
    match condition {
        None => into.add(all, &object, if sure && !open { Answer::Yes } else { Answer::CannotTell }),
        Some(condition) => {
            let answer = tautology(text, condition);
            if answer != Answer::No {
                into.add(all, &object, answer);
            }
        }
    }
}

/// The few conditions that are plainly always true.
fn tautology(text: &[u8], condition: &[Token]) -> Answer {
    let words: Vec<BString> =
        condition.iter().take(4).map(|token| token.text(text).to_ascii_lowercase().into()).collect();
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_slice()).collect();
    match words.as_slice() {
        [b"true" | b"1"] => Answer::Yes,
        [a, b"=", b] => Answer::from(a == b),
        [only] if crate::command::embedded::holes::is_hole(only) => Answer::CannotTell,
        _ => Answer::No,
    }
}

fn skip<'a>(text: &[u8], tokens: &'a [Token], words: &[&str]) -> &'a [Token] {
    let count = tokens.iter().take_while(|token| words.iter().any(|word| token.is(text, word))).count();
    tokens.get(count..).unwrap_or_default()
}

/// The names up to a keyword that ends them, as written.
fn object(text: &[u8], tokens: &[Token]) -> BString {
    let ends =
        ["CASCADE", "RESTRICT", "WITH", "WHERE", "SET", "USING", "ON", "FROM", "DROP", "ADD", "RESTART", "FORCE"];
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
