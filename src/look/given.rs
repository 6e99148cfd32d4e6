//! What a command is given by name: a variable of its environment, the value of an option.

use bstr::{BString, ByteSlice};

use crate::command::{Command, Value};

/// A variable or an option as the command would see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Variable {
    Unset,
    Known(BString),
    Unknown,
}

pub fn variable(command: &Command, name: &str) -> Variable {
    let set = |value: &Value| match value {
        Value::Known(text) => Variable::Known(text.clone()),
        Value::OneOf(_) | Value::Unknown(_) => Variable::Unknown,
    };
    let assigned = command.assignments.iter().rev().find(|(known, _)| known == name).map(|(_, value)| set(value));
    let inherited = || command.environment.values.get(name.as_bytes().as_bstr()).map(set);
    let unset = if command.environment.partial { Variable::Unknown } else { Variable::Unset };
    assigned.or_else(inherited).unwrap_or(unset)
}

/// The value of an option in any spelling: `-h x`, `-hx`, `--host x`, `--host=x`.
pub fn option_value(command: &Command, names: &[&str]) -> Variable {
    let words = command.words.get(1..).unwrap_or_default();
    for (at, word) in words.iter().enumerate().rev() {
        for name in names.iter().map(|name| name.as_bytes()) {
            if word.text() == Some(name) {
                let next = words.get(at + 1).map(|next| next.text().map(BString::from));
                return next.map_or(Variable::Unset, |value| value.map_or(Variable::Unknown, Variable::Known));
            }
            let short = name.len() == 2;
            let rest = word.value.starts_with().strip_prefix(name);
            let attached = rest.and_then(|rest| if short { Some(rest) } else { rest.strip_prefix(b"=") });
            if let Some(value) = attached {
                return if word.text().is_some() { Variable::Known(value.into()) } else { Variable::Unknown };
            }
        }
    }
    Variable::Unset
}
