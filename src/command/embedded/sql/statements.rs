//! Tokens → statements, and what each does: prefixes that only plan or only define are told from those that run.

use bstr::{BString, ByteSlice};

use super::tokens::{Kind, Token};
use super::{Act, Acts, Dialect, client, dynamic, scan, tree};
use crate::command::embedded::holes;

pub enum Piece<'a> {
    Sql(&'a [Token]),
    Client(Token),
}

/// Cuts at the ends of statements, but not inside parentheses and bodies of routines.
pub fn pieces<'a>(text: &[u8], tokens: &'a [Token], dialect: Dialect) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut blocks = 0usize;
    let mut routine = false;
    for (index, token) in tokens.iter().enumerate() {
        if index == start {
            routine = defines_routine(text, tokens.get(start..).unwrap_or_default());
            blocks = 0;
        }
        match token.kind {
            // mssql's body of a routine reaches to the end of the batch.
            Kind::End if routine && dialect == Dialect::Mssql && !token.text(text).eq_ignore_ascii_case(b"go") => {}
            Kind::End if blocks > 0 => {}
            Kind::End | Kind::Client => {
                if index > start {
                    pieces.push(Piece::Sql(tokens.get(start..index).unwrap_or_default()));
                }
                if token.kind == Kind::Client {
                    pieces.push(Piece::Client(*token));
                }
                start = index + 1;
            }
            Kind::Word if routine => blocks = block(text, tokens, index, blocks),
            Kind::Word | Kind::Name | Kind::Text | Kind::Number | Kind::Punct(_) => {}
        }
    }
    if start < tokens.len() {
        pieces.push(Piece::Sql(tokens.get(start..).unwrap_or_default()));
    }
    pieces
}

/// How many BEGINs are open after this word.
fn block(text: &[u8], tokens: &[Token], index: usize, open: usize) -> usize {
    let Some(token) = tokens.get(index) else { return open };
    if token.is(text, "BEGIN") || token.is(text, "CASE") && open > 0 {
        let after_end = index.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|token| token.is(text, "END"));
        return open + usize::from(!after_end);
    }
    let loops = ["IF", "LOOP", "WHILE", "REPEAT", "FOR"];
    if token.is(text, "END") && !tokens.get(index + 1).is_some_and(|next| loops.iter().any(|word| next.is(text, word)))
    {
        return open.saturating_sub(1);
    }
    open
}

/// `CREATE … TRIGGER|PROCEDURE|FUNCTION|EVENT`: its body runs later, if ever.
fn defines_routine(text: &[u8], tokens: &[Token]) -> bool {
    let kinds = ["TRIGGER", "PROCEDURE", "PROC", "FUNCTION", "EVENT", "PACKAGE", "RULE"];
    let creates = tokens.first().is_some_and(|token| token.is(text, "CREATE") || token.is(text, "ALTER"));
    creates
        && tokens
            .iter()
            .take(12)
            .take_while(|token| token.kind != Kind::End && !token.is(text, "TABLE") && !token.is(text, "AS"))
            .any(|token| kinds.iter().any(|kind| token.is(text, kind)))
}

/// The contents of the strings among `tokens`.
pub fn strings(text: &[u8], tokens: &[Token]) -> Vec<BString> {
    tokens.iter().filter(|token| token.kind == Kind::Text).map(|token| content(token.text(text))).collect()
}

/// A string without its quotes; doubled quotes are one.
pub fn content(quoted: &[u8]) -> BString {
    if quoted.starts_with(b"$") {
        let tag = quoted.get(1..).and_then(|rest| rest.find_byte(b'$')).map_or(quoted.len(), |end| end + 2);
        let end = quoted.len().saturating_sub(tag).max(tag);
        return quoted.get(tag..end).unwrap_or_default().into();
    }
    let start = quoted.find_byteset(b"'\"").map_or(quoted.len(), |at| at + 1);
    let quote = start.checked_sub(1).and_then(|at| quoted.get(at)).copied().unwrap_or(b'\'');
    let inner = quoted.get(start..).unwrap_or_default();
    let inner = inner.strip_suffix(&[quote]).unwrap_or(inner);
    inner.replace([quote, quote], [quote]).into()
}

/// What one statement does.
pub fn read(text: &[u8], tokens: &[Token], dialect: Dialect, depth: usize, acts: &mut Acts) {
    let Some(first) = tokens.first() else { return };
    let word = first.text(text);
    if first.kind == Kind::Word && holes::is_hole(word) {
        acts.unread(b"");
        return;
    }
    if defines_routine(text, tokens) {
        defines(text, tokens, dialect, depth, acts);
        return;
    }
    dynamic::calls(text, tokens, dialect, depth, acts);
    dynamic::assigns(text, tokens, acts);
    let rest = tokens.get(1..).unwrap_or_default();
    match word.to_ascii_uppercase().as_slice() {
        b"EXPLAIN" | b"DESCRIBE" | b"DESC" => explain(text, rest, dialect, depth, acts),
        b"PREPARE" => dynamic::prepare(text, rest, dialect, depth, acts),
        b"DO" => dynamic::block(text, rest, dialect, depth, acts),
        b"EXECUTE" | b"EXEC" | b"CALL" => {
            dynamic::run(text, rest, dialect, depth, acts);
            if dialect == Dialect::Mssql {
                act(text, rest, dialect, depth, acts);
            }
        }
        b"BEGIN" | b"DECLARE" | b"LOOP" | b"THEN" | b"ELSE" if depth < super::DEPTH => {
            read(text, rest, dialect, depth + 1, acts);
        }
        b"COPY" => copies(text, rest, dialect, acts),
        b"ATTACH" => attaches(text, rest, acts),
        b"KILL" => acts.yes(Act::KillConnections, b""),
        _ => act(text, tokens, dialect, depth, acts),
    }
}

/// `ATTACH [DATABASE] [IF NOT EXISTS] 'file' [AS name]` of sqlite and duckdb.
fn attaches(text: &[u8], tokens: &[Token], acts: &mut Acts) {
    let words = ["DATABASE", "IF", "NOT", "EXISTS"];
    let file = tokens.iter().position(|token| !words.iter().any(|word| token.is(text, word)));
    let Some((file, rest)) = file.and_then(|at| tokens.get(at..)).and_then(<[Token]>::split_first) else { return };
    let name = content(file.text(text));
    let whole = rest.first().is_none_or(|next| next.is(text, "AS") || matches!(next.kind, Kind::Punct(b'(')));
    if !(file.kind == Kind::Text && whole && client::is_memory(&name)) {
        acts.yes(Act::Attach, &name);
    }
}

/// `CREATE … FUNCTION`: nothing until it is called. An event runs by itself.
fn defines(text: &[u8], tokens: &[Token], dialect: Dialect, depth: usize, acts: &mut Acts) {
    if let Some((name, body)) = dynamic::defined(text, tokens) {
        acts.defined.routine(&name, body);
        return;
    }
    let event = tokens.iter().take(8).any(|token| token.is(text, "EVENT"));
    let body = tokens.iter().rposition(|token| token.is(text, "DO")).filter(|_| event && depth < super::DEPTH);
    if let Some(at) = body {
        read(text, tokens.get(at + 1..).unwrap_or_default(), dialect, depth + 1, acts);
    }
}

/// `COPY … PROGRAM 'command'`, and `COPY … TO 'file'` of the server's.
fn copies(text: &[u8], rest: &[Token], dialect: Dialect, acts: &mut Acts) {
    let first = strings(text, rest).into_iter().next().unwrap_or_default();
    if rest.iter().any(|token| token.is(text, "PROGRAM")) {
        acts.yes(Act::CopyProgram, &first);
        return;
    }
    let to = rest.iter().zip(rest.iter().skip(1)).any(|(to, file)| to.is(text, "TO") && file.kind == Kind::Text);
    let elsewhere = match dialect {
        Dialect::Sqlite | Dialect::Duckdb => client::is_far(&first),
        _ => !client::is_scratch(&first) && first.starts_with(b"/"),
    };
    if to && elsewhere {
        acts.yes(Act::ServerFile, &first);
    }
    act(text, rest, dialect, 0, acts);
}

/// Only with ANALYZE does it run.
fn explain(text: &[u8], rest: &[Token], dialect: Dialect, depth: usize, acts: &mut Acts) {
    let verbs = ["DELETE", "UPDATE", "INSERT", "WITH", "SELECT", "DROP", "TRUNCATE", "EXECUTE", "MERGE"];
    let Some(start) = rest.iter().position(|token| verbs.iter().any(|verb| token.is(text, verb))) else { return };
    let (options, statement) = rest.split_at(start);
    let analyze = options.iter().position(|token| token.is(text, "ANALYZE") || token.is(text, "ANALYSE"));
    let off = analyze
        .and_then(|at| options.get(at + 1))
        .is_some_and(|next| ["FALSE", "OFF"].iter().any(|word| next.is(text, word)) || next.text(text) == b"0");
    if analyze.is_some() && !off && depth < super::DEPTH {
        read(text, statement, dialect, depth + 1, acts);
    }
}

/// A plain statement: by its tree where sqlparser reads it, else by its tokens.
fn act(text: &[u8], tokens: &[Token], dialect: Dialect, depth: usize, acts: &mut Acts) {
    if !tokens.iter().any(|token| scan::is_verb(text, token)) {
        return;
    }
    scan::into_file(text, tokens, acts);
    let conditional = ["DELETE", "UPDATE", "WITH", "MERGE", "SELECT", "INSERT"];
    let first = tokens.first();
    let by_tree = first.is_some_and(|first| conditional.iter().any(|verb| first.is(text, verb)));
    // T-SQL parts statements by nothing: what a tree makes of two of them is one with an alias.
    let parts = dialect != Dialect::Mssql || first.is_some_and(|first| first.is(text, "MERGE"));
    if by_tree
        && parts
        && let Some(statement) = tree::parse(text, tokens, dialect)
    {
        tree::acts(&statement, trails_into_hole(text, tokens), acts);
        return;
    }
    scan::acts(text, tokens, dialect, acts);
    for (index, token) in tokens.iter().enumerate().skip(1) {
        let runs = token.is(text, "EXEC") || token.is(text, "EXECUTE");
        if runs && scan::begins(text, tokens.get(index - 1), dialect) {
            dynamic::run(text, tokens.get(index + 1..).unwrap_or_default(), dialect, depth, acts);
        }
    }
}

/// `DELETE FROM users $where`: a parser takes the hole for an alias, and it may be the condition.
pub fn trails_into_hole(text: &[u8], tokens: &[Token]) -> bool {
    let Some((last, before)) = tokens.split_last() else { return false };
    let names = ["FROM", "UPDATE", "JOIN", "ONLY", "INTO", "TABLE"];
    let named = before.last().is_some_and(|token| {
        names.iter().any(|word| token.is(text, word)) || matches!(token.kind, Kind::Punct(b'.' | b'=' | b','))
    });
    last.kind == Kind::Word && holes::has_hole(last.text(text)) && !named
}
