//! sqlparser's tree → acts: deletions and updates with the truth of their conditions, also inside CTEs.

use bstr::ByteSlice;
use sqlparser::ast::{
    BinaryOperator, Delete, Expr, FromTable, Query, SetExpr, Statement, TableFactor, TableWithJoins, UnaryOperator,
    Update, Value, ValueWithSpan,
};
use sqlparser::dialect::{
    ClickHouseDialect, Dialect as Grammar, DuckDbDialect, GenericDialect, MsSqlDialect, MySqlDialect, OracleDialect,
    PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token as Lexeme;

use super::tokens::{Kind, Token};
use super::{Act, Acts, Dialect};
use crate::answer::Answer;
use crate::command::embedded::holes;

/// Longer statements are judged by their tokens.
const BYTES: usize = 64 << 10;
const RECURSION: usize = 40;

/// One statement, if sqlparser reads all of it.
pub fn parse(text: &[u8], tokens: &[Token], dialect: Dialect) -> Option<Statement> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    // A `/*!` mark is blank for us and a comment for sqlparser, so the statement is put together again.
    let length: usize = last.end.checked_sub(first.start)?;
    if length > BYTES {
        return None;
    }
    let mut plain = Vec::with_capacity(length);
    for token in tokens {
        plain.extend_from_slice(token.text(text));
        let glued = matches!(token.kind, Kind::Punct(_));
        if !glued {
            plain.push(b' ');
        }
    }
    let plain = plain.to_str_lossy();
    let grammar = grammar(dialect);
    let mut parser = Parser::new(grammar.as_ref()).with_recursion_limit(RECURSION).try_with_sql(&plain).ok()?;
    let statement = parser.parse_statement().ok()?;
    (parser.peek_token().token == Lexeme::EOF).then_some(statement)
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
        Statement::Merge(merge) => {
            let text = merge.to_string().to_ascii_uppercase();
            if text.contains("NOT MATCHED BY SOURCE THEN DELETE") {
                into.yes(Act::DeleteWithoutWhere, merge.table.to_string().as_bytes());
            }
        }
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

fn deletes(delete: &Delete, open: bool, into: &mut Acts) {
    let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
    let object = names(tables);
    into.yes(Act::Delete, object.as_bytes());
    let all = everything(delete.selection.as_ref(), open);
    if all != Answer::No {
        into.add(Act::DeleteWithoutWhere, object.as_bytes(), all);
    }
}

fn updates(update: &Update, open: bool, into: &mut Acts) {
    let object = names(std::slice::from_ref(&update.table));
    into.yes(Act::Update, object.as_bytes());
    let all = everything(update.selection.as_ref(), open);
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
fn everything(condition: Option<&Expr>, open: bool) -> Answer {
    match condition {
        None if open => Answer::CannotTell,
        None => Answer::Yes,
        Some(expression) => truth(expression, 0),
    }
}

/// Whether an expression is true for every row.
fn truth(expression: &Expr, depth: usize) -> Answer {
    if depth > RECURSION {
        return Answer::CannotTell;
    }
    let inner = |expression: &Expr| truth(expression, depth + 1);
    match expression {
        Expr::Nested(inside) | Expr::IsTrue(inside) | Expr::IsNotFalse(inside) => inner(inside),
        Expr::Value(value) => literal(value),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => untruth(expr, depth + 1),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => inner(left).and(inner(right)),
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => inner(left).or(inner(right)),
        Expr::BinaryOp { left, op, right } => compares(left, op, right),
        Expr::Like { negated: false, pattern, .. } | Expr::ILike { negated: false, pattern, .. } => {
            Answer::from(matches!(pattern.as_ref(), Expr::Value(value) if quoted(&value.value) == Some("%")))
        }
        Expr::IsNotNull(column) => Answer::from(is_key(column)),
        Expr::Identifier(name) if holes::has_hole(name.value.as_bytes()) => Answer::CannotTell,
        _ => Answer::No,
    }
}

/// Whether an expression is false for every row.
fn untruth(expression: &Expr, depth: usize) -> Answer {
    match expression {
        Expr::Nested(inside) if depth < RECURSION => untruth(inside, depth + 1),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => truth(expr, depth + 1),
        Expr::Value(value) => match &value.value {
            Value::Boolean(truth) => Answer::from(!truth),
            Value::Number(number, _) => Answer::from(number.parse::<f64>().is_ok_and(|number| number == 0.0)),
            _ => Answer::No,
        },
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => Answer::from(
            matches!((left.as_ref(), right.as_ref()), (Expr::Value(a), Expr::Value(b)) if a.value != b.value),
        ),
        Expr::IsNull(column) => Answer::from(is_key(column)),
        Expr::Identifier(name) if holes::has_hole(name.value.as_bytes()) => Answer::CannotTell,
        _ => Answer::No,
    }
}

fn literal(value: &ValueWithSpan) -> Answer {
    match &value.value {
        Value::Boolean(truth) => Answer::from(*truth),
        Value::Number(number, _) => Answer::from(number.parse::<f64>().is_ok_and(|number| number != 0.0)),
        other => Answer::from(quoted(other).is_some_and(|text| matches!(text, "1" | "t" | "true" | "on" | "yes"))),
    }
}

fn quoted(value: &Value) -> Option<&str> {
    match value {
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) | Value::EscapedStringLiteral(text) => {
            Some(text)
        }
        _ => None,
    }
}

/// `1=1`, `'a'='a'`, `id=id`, `2>1`, `1<>2`, `id>0`.
fn compares(left: &Expr, op: &BinaryOperator, right: &Expr) -> Answer {
    let same = left == right || left.to_string().eq_ignore_ascii_case(&right.to_string());
    if same {
        return Answer::from(matches!(op, BinaryOperator::Eq | BinaryOperator::GtEq | BinaryOperator::LtEq));
    }
    let number = |expression: &Expr| match expression {
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) => number.parse::<f64>().ok(),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => expr.to_string().parse::<f64>().ok().map(|number| -number),
        _ => None,
    };
    match (number(left), number(right), op) {
        (Some(a), Some(b), BinaryOperator::Eq) => Answer::from((a - b).abs() == 0.0),
        (Some(a), Some(b), BinaryOperator::NotEq) => Answer::from((a - b).abs() != 0.0),
        (Some(a), Some(b), BinaryOperator::Gt) => Answer::from(a > b),
        (Some(a), Some(b), BinaryOperator::Lt) => Answer::from(a < b),
        (Some(a), Some(b), BinaryOperator::GtEq) => Answer::from(a >= b),
        (Some(a), Some(b), BinaryOperator::LtEq) => Answer::from(a <= b),
        // Keys count from one: the usual way round a client that insists on a condition.
        (None, Some(b), BinaryOperator::Gt | BinaryOperator::NotEq) => Answer::from(b <= 0.0 && is_key(left)),
        (None, Some(b), BinaryOperator::GtEq) => Answer::from(b <= 1.0 && is_key(left)),
        _ => match (left, right, op) {
            (Expr::Value(a), Expr::Value(b), BinaryOperator::NotEq) => Answer::from(a.value != b.value),
            _ => Answer::No,
        },
    }
}

/// A column that is a key by its name.
fn is_key(column: &Expr) -> bool {
    match column {
        Expr::Identifier(name) => name.value.eq_ignore_ascii_case("id") || name.value.eq_ignore_ascii_case("rowid"),
        Expr::CompoundIdentifier(names) => names.last().is_some_and(|name| name.value.eq_ignore_ascii_case("id")),
        _ => false,
    }
}
