//! sqlparser's tree → acts: deletions and updates with the truth of their conditions, also inside CTEs.

use bstr::ByteSlice;
use sqlparser::ast::{
    Delete, Expr, FromTable, Merge, MergeAction, MergeClauseKind, Query, SetExpr, Statement, TableFactor,
    TableWithJoins, Update,
};
use sqlparser::dialect::{
    ClickHouseDialect, Dialect as Grammar, DuckDbDialect, GenericDialect, MsSqlDialect, MySqlDialect, OracleDialect,
    PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token as Lexeme;

use super::tokens::{Kind, Token};
use super::{Act, Acts, Dialect, truth};
use crate::answer::Answer;

/// Longer statements are judged by their tokens.
const BYTES: usize = 64 << 10;
const RECURSION: usize = 40;

/// One statement, if sqlparser reads all of it.
pub fn parse(text: &[u8], tokens: &[Token], dialect: Dialect) -> Option<Statement> {
    let plain = plain(text, tokens)?;
    let grammar = grammar(dialect);
    let mut parser = Parser::new(grammar.as_ref()).with_recursion_limit(RECURSION).try_with_sql(&plain).ok()?;
    let statement = parser.parse_statement().ok()?;
    (parser.peek_token().token == Lexeme::EOF).then_some(statement)
}

/// The tokens put together again: a `/*!` mark is blank for us and a comment for sqlparser.
fn plain(text: &[u8], tokens: &[Token]) -> Option<String> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let length: usize = last.end.checked_sub(first.start)?;
    if length > BYTES {
        return None;
    }
    let mut plain = Vec::with_capacity(length);
    let mut before = first.start;
    for token in tokens {
        // What stood apart stays apart: `> -1` is not the operator `>-`.
        if token.start != before || !matches!(token.kind, Kind::Punct(_)) {
            plain.push(b' ');
        }
        plain.extend_from_slice(token.text(text));
        before = token.end;
    }
    Some(plain.to_str_lossy().into_owned())
}

fn grammar(dialect: Dialect) -> Box<dyn Grammar> {
    match dialect {
        Dialect::Generic => Box::new(GenericDialect {}),
        Dialect::Postgres => Box::new(PostgreSqlDialect {}),
        Dialect::Mysql => Box::new(MySqlDialect {}),
        Dialect::Sqlite => Box::new(SQLiteDialect {}),
        Dialect::Mssql => Box::new(MsSqlDialect {}),
        Dialect::Oracle => Box::new(OracleDialect {}),
        Dialect::Duckdb => Box::new(DuckDbDialect {}),
        Dialect::Clickhouse => Box::new(ClickHouseDialect {}),
    }
}

/// What a statement does. `open`: it ends in a hole that may hold its condition.
pub fn acts(statement: &Statement, open: bool, into: &mut Acts) {
    match statement {
        Statement::Delete(delete) => deletes(delete, open, into),
        Statement::Update(update) => updates(update, open, into),
        Statement::Query(query) => reads(query, open, into),
        Statement::Insert(insert) => {
            if insert.overwrite {
                into.yes(Act::Truncate, insert.table.to_string().as_bytes());
            }
            if let Some(source) = &insert.source {
                reads(source, open, into);
            }
        }
        Statement::Merge(merge) => merges(merge, into),
        // The caller parses no others.
        _ => {}
    }
}

/// A query destroys through the statements that it holds.
fn reads(query: &Query, open: bool, into: &mut Acts) {
    for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
        reads(&cte.query, open, into);
    }
    body(&query.body, open, into);
}

fn body(expression: &SetExpr, open: bool, into: &mut Acts) {
    match expression {
        SetExpr::Delete(statement)
        | SetExpr::Update(statement)
        | SetExpr::Insert(statement)
        | SetExpr::Merge(statement) => {
            acts(statement, open, into);
        }
        SetExpr::Query(query) => reads(query, open, into),
        SetExpr::SetOperation { left, right, .. } => {
            body(left, open, into);
            body(right, open, into);
        }
        SetExpr::Select(_) | SetExpr::Values(_) | SetExpr::Table(_) => {}
    }
}

/// `WHEN MATCHED THEN DELETE`: all rows where nothing but the join selects, and that selects nothing.
fn merges(merge: &Merge, into: &mut Acts) {
    let table = merge.table.to_string();
    for clause in merge.clauses.iter().filter(|clause| matches!(clause.action, MergeAction::Delete { .. })) {
        into.yes(Act::Delete, table.as_bytes());
        let all = everything(clause.predicate.as_ref(), &table, false);
        let joined = match clause.clause_kind {
            MergeClauseKind::NotMatchedBySource => Answer::Yes,
            _ => truth::always(&merge.on, &table),
        };
        let all = all.and(joined);
        if all != Answer::No {
            into.add(Act::DeleteWithoutWhere, table.as_bytes(), all);
        }
    }
}

fn deletes(delete: &Delete, open: bool, into: &mut Acts) {
    let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
    let object = names(tables);
    into.yes(Act::Delete, object.as_bytes());
    let all = everything(delete.selection.as_ref(), &object, open);
    if all != Answer::No {
        into.add(Act::DeleteWithoutWhere, object.as_bytes(), all);
    }
}

fn updates(update: &Update, open: bool, into: &mut Acts) {
    let object = names(std::slice::from_ref(&update.table));
    into.yes(Act::Update, object.as_bytes());
    let all = everything(update.selection.as_ref(), &object, open);
    if all != Answer::No {
        into.add(Act::UpdateWithoutWhere, object.as_bytes(), all);
    }
}

fn names(tables: &[TableWithJoins]) -> String {
    let name = |table: &TableWithJoins| match &table.relation {
        TableFactor::Table { name, .. } => name.to_string(),
        other => other.to_string(),
    };
    tables.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Whether the condition lets every row through.
fn everything(condition: Option<&Expr>, table: &str, open: bool) -> Answer {
    match condition {
        None if open => Answer::CannotTell,
        None => Answer::Yes,
        Some(expression) => truth::always(expression, table),
    }
}

/// The truth of the condition that these tokens begin with, whatever follows it.
pub fn condition(text: &[u8], tokens: &[Token], dialect: Dialect, table: &str) -> Option<Answer> {
    let plain = plain(text, tokens)?;
    let grammar = grammar(dialect);
    let mut parser = Parser::new(grammar.as_ref()).with_recursion_limit(RECURSION).try_with_sql(&plain).ok()?;
    Some(truth::always(&parser.parse_expr().ok()?, table))
}
