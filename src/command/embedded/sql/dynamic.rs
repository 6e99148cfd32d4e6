//! Text that a statement runs: EXECUTE and PREPARE, DO blocks, functions that destroy or that run their arguments, and
//! routines that the same text has defined.

use bstr::{BString, ByteSlice};

use super::scan::NEAR;
use super::statements::{read, strings};
use super::tokens::{Kind, Token};
use super::{Act, Acts, Dialect, read_text};
use crate::command::embedded::holes;

/// Functions and procedures that destroy, whatever they are given.
const DESTROY: [(&str, Act); 25] = [
    ("pg_terminate_backend", Act::KillConnections),
    ("sys_exec", Act::Shell),
    ("sys_eval", Act::Shell),
    ("load_extension", Act::Shell),
    ("edit", Act::Shell),
    ("lo_unlink", Act::Truncate),
    ("drop_chunks", Act::Truncate),
    ("pg_drop_replication_slot", Act::PurgeLogs),
    ("pg_file_unlink", Act::ServerFile),
    ("pg_file_write", Act::ServerFile),
    ("pg_file_rename", Act::ServerFile),
    ("lo_export", Act::ServerFile),
    ("writefile", Act::ServerFile),
    ("xp_delete_file", Act::ServerFile),
    ("fremove", Act::ServerFile),
    ("sp_detach_db", Act::Configure),
    ("sp_configure", Act::Configure),
    ("sp_dropserver", Act::DropService),
    ("sp_droplogin", Act::DropUser),
    ("sp_dropuser", Act::DropUser),
    ("sp_delete_database_backuphistory", Act::PurgeLogs),
    ("sp_delete_backuphistory", Act::PurgeLogs),
    ("sp_cycle_errorlog", Act::PurgeLogs),
    ("sp_delete_job", Act::DropService),
    ("sp_renamedb", Act::Configure),
];

/// Functions and procedures that run the statements in their strings.
const RUN: [&str; 16] = [
    "dblink_exec",
    "dblink",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "crosstab",
    "ts_stat",
    "schedule",
    "schedule_in_database",
    "run_command_on_workers",
    "run_command_on_shards",
    "pg_background_launch",
    "openquery",
    "create_job",
    "exec_ddl_statement",
    "run_sql",
    "runsql",
];

/// Languages of postgres whose code does what it likes on the server.
const UNTRUSTED: [&str; 6] = ["plpythonu", "plpython2u", "plpython3u", "plperlu", "plsh", "pltclu"];

/// Statements that one text defines and another part of it runs.
#[derive(Default)]
pub struct Defined {
    /// Routines by name, with their bodies.
    routines: Vec<(BString, BString)>,
    /// Variables by name, with the text they hold.
    texts: Vec<(BString, BString)>,
    /// Tables that end with the session.
    pub temporary: Vec<BString>,
}

const MOST: usize = 64;

impl Defined {
    pub fn routine(&mut self, name: &[u8], body: BString) {
        if self.routines.len() < MOST {
            self.routines.push((name.to_ascii_lowercase().into(), body));
        }
    }

    fn body(&self, name: &[u8]) -> Vec<BString> {
        let named = self.routines.iter().filter(|(one, _)| one.eq_ignore_ascii_case(name));
        named.map(|(_, body)| body.clone()).collect()
    }
}

/// The last part of a name: `b` of `a.b`.
fn last_part(name: &[u8]) -> &[u8] {
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    last.trim_with(|letter| matches!(letter, '"' | '`' | '[' | ']'))
}

/// `SET @s = 'text'`, `DECLARE @s … = 'text'`, `s := 'text'`: what may be run by its name later.
pub fn assigns(text: &[u8], tokens: &[Token], acts: &mut Acts) {
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Word) {
        let after = tokens.get(index + 1..).unwrap_or_default();
        // A type may stand between the name and its value.
        let Some(equals) = after.iter().take(8).position(|next| next.kind == Kind::Punct(b'=')) else { continue };
        let colon = after.get(equals.wrapping_sub(1)).is_some_and(|before| before.kind == Kind::Punct(b':'));
        if !token.text(text).starts_with(b"@") && !colon {
            continue;
        }
        let pieces = strings(text, after.get(equals..).unwrap_or_default());
        if !pieces.is_empty() && acts.defined.texts.len() < MOST {
            let made = bstr::join(holes::MARK, pieces);
            acts.defined.texts.push((token.text(text).to_ascii_lowercase().into(), made.into()));
        }
        return;
    }
}

/// `PREPARE name AS statement`, mysql's `PREPARE name FROM 'text'`: run by what follows.
pub fn prepare(text: &[u8], rest: &[Token], dialect: Dialect, depth: usize, acts: &mut Acts) {
    if let Some(at) = rest.iter().position(|token| token.is(text, "AS")).filter(|_| depth < super::DEPTH) {
        read(text, rest.get(at + 1..).unwrap_or_default(), dialect, depth + 1, acts);
        return;
    }
    run(text, rest, dialect, depth, acts);
}

/// `EXEC('text')`, `EXECUTE IMMEDIATE @text`, `EXEC xp_cmdshell 'command'`, `CALL p()`.
pub fn run(text: &[u8], rest: &[Token], dialect: Dialect, depth: usize, acts: &mut Acts) {
    if !acts.spend() {
        acts.unread(b"");
        return;
    }
    let rest = rest.get(..NEAR).unwrap_or(rest);
    let inside = strings(text, rest);
    if rest.iter().any(|token| token.text(text).to_ascii_lowercase().ends_with(b"xp_cmdshell")) {
        acts.yes(Act::Shell, inside.first().map_or(&b""[..], |one| one));
        return;
    }
    let mut bodies: Vec<BString> = Vec::new();
    let mut words = rest.iter().filter(|token| matches!(token.kind, Kind::Word | Kind::Name));
    for name in words.by_ref().take(12).map(|token| token.text(text)) {
        destroys(last_part(name), acts);
        bodies.extend(acts.defined.body(last_part(name)));
        let held = acts.defined.texts.iter().filter(|(one, _)| one.eq_ignore_ascii_case(name));
        bodies.extend(held.map(|(_, held)| held.clone()));
    }
    bodies.extend(inside.iter().take(MOST).map(|one| formatted(one)));
    if inside.len() > 1 {
        // They may be pieces of one text, with what stands between them unknown.
        bodies.push(formatted(&bstr::join(holes::MARK, &inside)));
    }
    for body in bodies {
        block_text(&body, dialect, depth, acts);
    }
}

/// `format`'s `%I` and `%s` stand for something unknown, and so does `sp_MSforeachtable`'s `?`.
fn formatted(text: &[u8]) -> BString {
    let mut plain = text.to_vec();
    for directive in ["%I", "%s", "%L", "%1$I", "%1$s", "?"] {
        plain = plain.replace(directive, holes::MARK);
    }
    plain.into()
}

fn destroys(name: &[u8], acts: &mut Acts) {
    for (_, act) in DESTROY.iter().filter(|(one, _)| name.eq_ignore_ascii_case(one.as_bytes())) {
        acts.yes(*act, b"");
    }
}

/// Functions that destroy, wherever they are called, and routines that this text defined.
pub fn calls(text: &[u8], tokens: &[Token], dialect: Dialect, depth: usize, acts: &mut Acts) {
    for (index, token) in tokens.iter().enumerate() {
        let called = tokens.get(index + 1).is_some_and(|next| next.kind == Kind::Punct(b'('));
        if !called || !matches!(token.kind, Kind::Word | Kind::Name) || depth > super::DEPTH {
            continue;
        }
        let name = last_part(token.text(text));
        let near = tokens.get(index..).unwrap_or_default();
        let near = near.get(..32).unwrap_or(near);
        if name.eq_ignore_ascii_case(b"writefile") && !far(text, near) {
            continue;
        }
        destroys(name, acts);
        if RUN.iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes())) {
            for inner in strings(text, near) {
                read_text(&inner, dialect, depth + 1, acts);
            }
        }
        for body in acts.defined.body(name) {
            block_text(&body, dialect, depth + 1, acts);
        }
    }
}

/// Whether the first string names a file that is not this project's.
fn far(text: &[u8], tokens: &[Token]) -> bool {
    strings(text, tokens).first().is_some_and(|path| super::client::is_far(path))
}

/// `DO $$ … $$`
pub fn block(text: &[u8], rest: &[Token], dialect: Dialect, depth: usize, acts: &mut Acts) {
    let language = rest.iter().find(|token| UNTRUSTED.iter().any(|one| token.is(text, one)));
    for body in strings(text, rest) {
        match language {
            Some(_) => acts.yes(Act::Shell, body.lines().next().unwrap_or_default()),
            None => block_text(&body, dialect, depth, acts),
        }
    }
}

/// The text of a block: statements between `BEGIN`, `THEN`, `ELSE`, `LOOP` and `;`.
fn block_text(body: &[u8], dialect: Dialect, depth: usize, acts: &mut Acts) {
    if depth >= super::DEPTH {
        acts.unread(b"");
        return;
    }
    let (tokens, _) = super::tokens::tokens(body, dialect);
    let mut start = 0;
    for (index, token) in tokens.iter().enumerate() {
        let piece = tokens.get(start..index).unwrap_or_default();
        if token.kind == Kind::End || opens(body, piece, token) {
            read(body, piece, dialect, depth + 1, acts);
            start = index + 1;
        }
    }
    read(body, tokens.get(start..).unwrap_or_default(), dialect, depth + 1, acts);
}

/// Whether a statement begins behind this word. In the middle of another statement it belongs to a CASE or a conflict.
fn opens(body: &[u8], piece: &[Token], token: &Token) -> bool {
    let words = ["BEGIN", "THEN", "ELSE", "LOOP", "DECLARE", "DO"];
    let controls = ["IF", "ELSIF", "ELSEIF", "WHEN", "CASE", "FOR", "FOREACH", "WHILE", "EXCEPTION"];
    words.iter().any(|word| token.is(body, word))
        && piece.first().is_none_or(|first| controls.iter().any(|control| first.is(body, control)))
}

/// The name that a `CREATE … FUNCTION name` defines, and its body.
pub fn defined(text: &[u8], tokens: &[Token]) -> Option<(BString, BString)> {
    let kind = |token: &Token| ["PROCEDURE", "PROC", "FUNCTION"].iter().any(|kind| token.is(text, kind));
    let at = tokens.iter().take(8).position(kind)?;
    let after = tokens.get(at + 1..)?;
    let end = after
        .iter()
        .position(|token| !matches!(token.kind, Kind::Word | Kind::Name | Kind::Punct(b'.')) || token.is(text, "AS"));
    let (names, rest) = after.split_at(end?);
    let name = names.iter().rfind(|token| matches!(token.kind, Kind::Word | Kind::Name))?;
    // postgres writes the body as a string, the others as statements behind the parameters.
    let body = match strings(text, rest).into_iter().max_by_key(|one| one.len()) {
        Some(body) if rest.iter().any(|token| token.is(text, "LANGUAGE")) => body,
        _ => body_behind(text, rest),
    };
    Some((last_part(name.text(text)).into(), body))
}

/// What stands behind `AS`, `IS` or the parameters.
fn body_behind(text: &[u8], rest: &[Token]) -> BString {
    let marked = rest.iter().position(|token| token.is(text, "AS") || token.is(text, "IS"));
    let closed = rest.iter().position(|token| token.kind == Kind::Punct(b')'));
    let from = marked.or(closed).and_then(|at| rest.get(at + 1));
    match (from, rest.last()) {
        (Some(first), Some(last)) => text.get(first.start..last.end).unwrap_or_default().into(),
        _ => BString::default(),
    }
}
