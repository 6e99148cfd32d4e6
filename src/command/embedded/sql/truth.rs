//! Whether a condition selects anything at all, or lets every row through.

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget, Query, SelectItem, SetExpr,
    TableFactor, UnaryOperator, Value,
};

use super::constants::{self, Constant};
use crate::answer::Answer;
use crate::command::embedded::holes;

/// Deeper conditions are not judged.
const DEPTH: usize = 40;

/// Whether the condition of a statement on `table` lets every row through.
pub fn always(condition: &Expr, table: &str) -> Answer {
    Rows { table }.always(condition, 0)
}

/// The rows of one table.
struct Rows<'a> {
    table: &'a str,
}

impl Rows<'_> {
    /// Whether an expression is true for every row.
    fn always(&self, expression: &Expr, depth: usize) -> Answer {
        if depth > DEPTH {
            return Answer::CannotTell;
        }
        if let Some(value) = constants::value(expression) {
            return value.is_true().into();
        }
        let inner = |expression: &Expr| self.always(expression, depth + 1);
        match expression {
            Expr::Nested(inside)
            | Expr::IsTrue(inside)
            | Expr::IsNotFalse(inside)
            | Expr::Cast { expr: inside, .. } => inner(inside),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => self.never(expr, depth + 1),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => inner(left).and(inner(right)),
            Expr::BinaryOp { op: BinaryOperator::Or, .. } => self.either(expression, depth),
            Expr::BinaryOp { left, op, right } => self.compares(left, op, right),
            Expr::Like { negated, expr, pattern, .. } | Expr::ILike { negated, expr, pattern, .. } => {
                Answer::from(!negated && constants::value(expr).is_none() && only_of(pattern, "%"))
            }
            Expr::SimilarTo { negated: false, pattern, .. } => Answer::from(only_of(pattern, "%")),
            Expr::RLike { negated: false, pattern, .. } => Answer::from(matches_all(pattern)),
            Expr::IsNotNull(column) => Answer::from(self.is_key(column)),
            Expr::In { expr, target: InTarget::Subquery(query), negated: false, .. } => {
                Answer::from(self.selects_itself(expr, query))
            }
            Expr::Exists { subquery, negated: false } => Answer::from(selects_at_all(subquery)),
            Expr::Identifier(name) if holes::has_hole(name.value.as_bytes()) => Answer::CannotTell,
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => Answer::from(self.is_key(expression)),
            _ => Answer::No,
        }
    }

    /// Whether an expression is false for every row.
    fn never(&self, expression: &Expr, depth: usize) -> Answer {
        if let Some(value) = constants::value(expression) {
            return Answer::from(!value.is_true() && value != Constant::Null);
        }
        match expression {
            Expr::Nested(inside) if depth < DEPTH => self.never(inside, depth + 1),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } if depth < DEPTH => self.always(expr, depth + 1),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } if depth < DEPTH => {
                self.never(left, depth + 1).or(self.never(right, depth + 1))
            }
            Expr::BinaryOp { left, op: BinaryOperator::NotEq | BinaryOperator::Lt | BinaryOperator::Gt, right } => {
                Answer::from(same(left, right))
            }
            Expr::IsNull(column) => Answer::from(self.is_key(column)),
            Expr::Identifier(name) if holes::has_hole(name.value.as_bytes()) => Answer::CannotTell,
            _ => Answer::No,
        }
    }

    /// A chain of ORs: one part is always true, or two parts are each other's opposite.
    fn either(&self, expression: &Expr, depth: usize) -> Answer {
        let mut parts = Vec::new();
        alternatives(expression, &mut parts);
        let opposite = |one: &&Expr| parts.iter().any(|other| opposites(one, other));
        if parts.len() <= 64 && parts.iter().any(opposite) {
            return Answer::Yes;
        }
        parts.iter().fold(Answer::No, |so_far, part| so_far.or(self.always(part, depth + 1)))
    }

    /// `id = id`, `id > 0`, `name ~ '.*'`, `length(name) >= 0`, `created_at < now()`.
    fn compares(&self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Answer {
        if same(left, right) {
            let holds = [BinaryOperator::Eq, BinaryOperator::GtEq, BinaryOperator::LtEq, BinaryOperator::Spaceship];
            return Answer::from(holds.contains(op));
        }
        let mirrored = match op {
            BinaryOperator::Lt => Some(BinaryOperator::Gt),
            BinaryOperator::LtEq => Some(BinaryOperator::GtEq),
            BinaryOperator::Gt => Some(BinaryOperator::Lt),
            BinaryOperator::GtEq => Some(BinaryOperator::LtEq),
            BinaryOperator::NotEq => Some(BinaryOperator::NotEq),
            _ => None,
        };
        let mirrored = mirrored.is_some_and(|op| self.exceeds(right, &op, left));
        let regular = matches!(op, BinaryOperator::PGRegexMatch | BinaryOperator::PGRegexIMatch) && matches_all(right)
            || *op == BinaryOperator::PGLikeMatch && only_of(right, "%");
        Answer::from(regular || mirrored || self.exceeds(left, op, right))
    }

    /// A column against the least that it can be, or the greatest.
    fn exceeds(&self, column: &Expr, op: &BinaryOperator, bound: &Expr) -> bool {
        if let Some(bound) = constants::value(bound) {
            let least = match bound {
                Constant::Number(number) => number,
                Constant::Text(text) if text.is_empty() => 0.0,
                Constant::Text(_) | Constant::Truth(_) | Constant::Null => return false,
            };
            // Keys count from one, lengths from none: the usual way round a client that insists on a condition.
            let (key, length) = (self.is_key(column), is_length(column));
            return match op {
                BinaryOperator::Gt | BinaryOperator::NotEq => key && least <= 0.0 || length && least < 0.0,
                BinaryOperator::GtEq => key && least <= 1.0 || length && least <= 0.0,
                _ => false,
            };
        }
        matches!(op, BinaryOperator::Lt | BinaryOperator::LtEq) && is_birth(column) && is_now(bound)
    }

    /// A column that is a key by its name.
    fn is_key(&self, column: &Expr) -> bool {
        let name = match column {
            Expr::Identifier(name) => name,
            Expr::CompoundIdentifier(names) => match names.last() {
                Some(name) => name,
                None => return false,
            },
            Expr::Nested(inside) | Expr::Cast { expr: inside, .. } => return self.is_key(inside),
            _ => return false,
        };
        let name = name.value.to_ascii_lowercase();
        let keys = ["id", "_id", "rowid", "_rowid_", "oid", "ctid", "uuid", "guid", "pk"];
        keys.contains(&name.as_str()) || name.strip_suffix("_id").is_some_and(|one| self.is_one(one))
    }

    /// `user` is one of `users`.
    fn is_one(&self, singular: &str) -> bool {
        let table = bare(self.table);
        table == singular
            || table.strip_suffix('s') == Some(singular)
            || table.strip_suffix("es") == Some(singular)
            || table.strip_suffix("ies").is_some_and(|stem| singular.strip_suffix('y') == Some(stem))
    }

    /// `id IN (SELECT id FROM users)` on users.
    fn selects_itself(&self, column: &Expr, query: &Query) -> bool {
        let SetExpr::Select(select) = query.body.as_ref() else { return false };
        let from = match select.from.as_slice() {
            [one] if one.joins.is_empty() => &one.relation,
            _ => return false,
        };
        let TableFactor::Table { name, .. } = from else { return false };
        let itself = bare(&name.to_string()) == bare(self.table);
        let column_is = |item: &SelectItem| matches!(item, SelectItem::UnnamedExpr(one) if last_name(one).is_some() && last_name(one) == last_name(column));
        itself && selects_at_all(query) && matches!(select.projection.as_slice(), [one] if column_is(one))
    }
}

/// A query without any condition.
fn selects_at_all(query: &Query) -> bool {
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    select.selection.is_none() && select.having.is_none() && select.top.is_none() && query.limit_clause.is_none()
}

fn alternatives<'a>(expression: &'a Expr, parts: &mut Vec<&'a Expr>) {
    match expression {
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
            alternatives(left, parts);
            alternatives(right, parts);
        }
        other => parts.push(plain(other)),
    }
}

fn plain(expression: &Expr) -> &Expr {
    match expression {
        Expr::Nested(inside) => plain(inside),
        other => other,
    }
}

/// `a IS NULL` and `a IS NOT NULL`, `a` and `NOT a`.
fn opposites(one: &Expr, other: &Expr) -> bool {
    match (one, other) {
        (Expr::IsNull(a), Expr::IsNotNull(b)) => same(a, b),
        (a, Expr::UnaryOp { op: UnaryOperator::Not, expr }) => same(a, plain(expr)),
        (
            Expr::BinaryOp { left: a, op: BinaryOperator::Eq, right: b },
            Expr::BinaryOp { left: c, op: BinaryOperator::NotEq, right: d },
        ) => same(a, c) && same(b, d),
        _ => false,
    }
}

fn same(left: &Expr, right: &Expr) -> bool {
    left == right || left.to_string().eq_ignore_ascii_case(&right.to_string())
}

fn last_name(column: &Expr) -> Option<String> {
    match column {
        Expr::Identifier(name) => Some(name.value.to_ascii_lowercase()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.to_ascii_lowercase()),
        _ => None,
    }
}

/// A table's name without its schema and quotes.
fn bare(table: &str) -> String {
    let last = table.rsplit('.').next().unwrap_or(table);
    last.trim_matches(['"', '`', '[', ']']).to_ascii_lowercase()
}

/// A string of nothing but this letter.
fn only_of(pattern: &Expr, letter: &str) -> bool {
    let text = quoted(pattern);
    text.is_some_and(|text| !text.is_empty() && text.replace(letter, "").is_empty())
}

/// A regular expression that every text matches.
fn matches_all(pattern: &Expr) -> bool {
    let Some(text) = quoted(pattern) else { return false };
    let inner = text.trim_start_matches('^').trim_end_matches('$');
    matches!(inner, "" | "." | ".*" | ".+" | ".*?" | "(.*)" | "[\\s\\S]*")
}

fn quoted(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text)
            | Value::DoubleQuotedString(text)
            | Value::EscapedStringLiteral(text)
            | Value::NationalStringLiteral(text) => Some(text),
            _ => None,
        },
        Expr::Nested(inside) | Expr::Cast { expr: inside, .. } => quoted(inside),
        _ => None,
    }
}

fn called(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Function(function) => Some(function.name.to_string().to_ascii_lowercase()),
        _ => None,
    }
}

fn is_length(expression: &Expr) -> bool {
    let Expr::Function(function) = expression else { return false };
    let one = matches!(&function.args, FunctionArguments::List(list)
        if matches!(list.args.first(), Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(_)))));
    let lengths = ["length", "char_length", "character_length", "len", "octet_length", "datalength"];
    one && called(expression).is_some_and(|name| lengths.contains(&name.as_str()))
}

/// When a row was made or last changed: never later than now.
fn is_birth(column: &Expr) -> bool {
    let births = ["created", "inserted", "updated", "modified", "added"];
    last_name(column).is_some_and(|name| births.iter().any(|birth| name.starts_with(birth)))
}

fn is_now(expression: &Expr) -> bool {
    let names = ["now", "current_timestamp", "getdate", "sysdate", "localtimestamp", "sysdatetime"];
    called(expression).or_else(|| last_name(expression)).is_some_and(|name| names.contains(&name.as_str()))
}
