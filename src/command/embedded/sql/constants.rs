//! Expressions of literals alone → their value.

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget, Query, SelectItem,
    SetExpr, UnaryOperator, Value,
};

/// Deeper expressions are not computed.
const DEPTH: usize = 24;

#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    Null,
    Truth(bool),
    Number(f64),
    Text(String),
}

impl Constant {
    /// Whether a row passes where this is the condition.
    pub fn is_true(&self) -> bool {
        match self {
            Constant::Null => false,
            Constant::Truth(truth) => *truth,
            Constant::Number(number) => *number != 0.0,
            Constant::Text(text) => {
                matches!(text.to_ascii_lowercase().as_str(), "1" | "t" | "true" | "on" | "yes" | "y")
            }
        }
    }
}

/// What an expression is, if it is the same for every row.
pub fn value(expression: &Expr) -> Option<Constant> {
    at(expression, 0)
}

fn at(expression: &Expr, depth: usize) -> Option<Constant> {
    if depth > DEPTH {
        return None;
    }
    let inner = |expression: &Expr| at(expression, depth + 1);
    let truth = |truth: bool| Some(Constant::Truth(truth));
    match expression {
        Expr::Value(value) => literal(&value.value),
        Expr::Nested(inside) | Expr::Cast { expr: inside, .. } | Expr::Convert { expr: inside, .. } => inner(inside),
        Expr::IsTrue(inside) => truth(inner(inside)?.is_true()),
        Expr::IsNull(inside) => truth(inner(inside)? == Constant::Null),
        Expr::IsNotNull(inside) => truth(inner(inside)? != Constant::Null),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => match inner(expr)? {
            Constant::Null => Some(Constant::Null),
            other => truth(!other.is_true()),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => Some(Constant::Number(-number(&inner(expr)?)?)),
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } => inner(expr),
        Expr::BinaryOp { left, op, right } => binary(&inner(left)?, op, &inner(right)?),
        Expr::Between { expr, negated, low, high } => {
            let (one, low, high) = (inner(expr)?, inner(low)?, inner(high)?);
            let between = order(&low, &one)?.is_le() && order(&one, &high)?.is_le();
            truth(between != *negated)
        }
        Expr::In { expr, target: InTarget::List(list), negated, .. } => {
            let one = inner(expr)?;
            let among = list.iter().map(inner).collect::<Option<Vec<_>>>()?;
            truth(among.iter().any(|other| order(&one, other).is_some_and(std::cmp::Ordering::is_eq)) != *negated)
        }
        Expr::Case { operand: None, conditions, else_result, .. } => {
            for when in conditions {
                if inner(&when.condition)?.is_true() {
                    return inner(&when.result);
                }
            }
            else_result.as_ref().map_or(Some(Constant::Null), |expression| inner(expression))
        }
        Expr::Function(function) => call(function, depth),
        Expr::Subquery(query) => inner(selected(query)?),
        Expr::Exists { subquery, negated } => selected(subquery).map(|_| Constant::Truth(!negated)),
        _ => None,
    }
}

/// The only column of a `SELECT` that reads no table.
fn selected(query: &Query) -> Option<&Expr> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let bare = select.from.is_empty() && select.selection.is_none() && select.having.is_none();
    if !bare || query.limit_clause.is_some() || query.with.is_some() {
        return None;
    }
    match select.projection.as_slice() {
        [SelectItem::UnnamedExpr(one) | SelectItem::ExprWithAlias { expr: one, .. }] => Some(one),
        _ => None,
    }
}

fn literal(value: &Value) -> Option<Constant> {
    Some(match value {
        Value::Null => Constant::Null,
        Value::Boolean(truth) => Constant::Truth(*truth),
        Value::Number(number, _) => Constant::Number(number.parse().ok()?),
        Value::SingleQuotedString(text)
        | Value::DoubleQuotedString(text)
        | Value::EscapedStringLiteral(text)
        | Value::NationalStringLiteral(text) => Constant::Text(text.clone()),
        _ => return None,
    })
}

fn number(value: &Constant) -> Option<f64> {
    match value {
        Constant::Number(number) => Some(*number),
        Constant::Truth(truth) => Some(f64::from(u8::from(*truth))),
        Constant::Text(text) => text.trim().parse().ok(),
        Constant::Null => None,
    }
}

fn order(a: &Constant, b: &Constant) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Constant::Text(a), Constant::Text(b)) => Some(a.cmp(b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

fn binary(a: &Constant, op: &BinaryOperator, b: &Constant) -> Option<Constant> {
    let truth = |truth: bool| Some(Constant::Truth(truth));
    let arithmetic = |of: fn(f64, f64) -> f64| Some(Constant::Number(of(number(a)?, number(b)?)));
    match op {
        BinaryOperator::And => return truth(a.is_true() && b.is_true()),
        BinaryOperator::Or => return truth(a.is_true() || b.is_true()),
        BinaryOperator::Xor => return truth(a.is_true() != b.is_true()),
        // mysql's other OR.
        BinaryOperator::StringConcat if !matches!((a, b), (Constant::Text(_), Constant::Text(_))) => {
            return truth(a.is_true() || b.is_true());
        }
        BinaryOperator::Plus => return arithmetic(|a, b| a + b),
        BinaryOperator::Minus => return arithmetic(|a, b| a - b),
        BinaryOperator::Multiply => return arithmetic(|a, b| a * b),
        _ => {}
    }
    if *op == BinaryOperator::Spaceship && a == b {
        return truth(true);
    }
    if *a == Constant::Null || *b == Constant::Null {
        return Some(Constant::Null);
    }
    let order = order(a, b)?;
    truth(match op {
        BinaryOperator::Eq | BinaryOperator::Spaceship => order.is_eq(),
        BinaryOperator::NotEq => order.is_ne(),
        BinaryOperator::Lt => order.is_lt(),
        BinaryOperator::LtEq => order.is_le(),
        BinaryOperator::Gt => order.is_gt(),
        BinaryOperator::GtEq => order.is_ge(),
        _ => return None,
    })
}

/// The functions that people write around a literal.
fn call(function: &Function, depth: usize) -> Option<Constant> {
    let FunctionArguments::List(list) = &function.args else { return None };
    let mut values = list.args.iter().map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => at(expression, depth + 1),
        _ => None,
    });
    match function.name.to_string().to_ascii_lowercase().as_str() {
        "coalesce" | "ifnull" | "nvl" | "isnull" => {
            values.find(|one| *one != Some(Constant::Null)).unwrap_or(Some(Constant::Null))
        }
        "abs" => Some(Constant::Number(number(&values.next()??)?.abs())),
        "length" | "char_length" | "len" => match values.next()?? {
            Constant::Text(text) => Some(Constant::Number(f64::from(u32::try_from(text.chars().count()).ok()?))),
            _ => None,
        },
        "if" | "iif" => {
            let (condition, yes, no) = (values.next()??, values.next()?, values.next()?);
            if condition.is_true() { yes } else { no }
        }
        "lower" | "upper" | "trim" | "bool" | "boolean" => values.next()?,
        _ => None,
    }
}
