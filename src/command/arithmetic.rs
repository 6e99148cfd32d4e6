//! Shell arithmetic (bash manual, "Shell Arithmetic") on known values; anything unknown makes the whole unknown.

mod names;

use bstr::{BString, ByteSlice};

use super::scope::{Content, Scope};
use super::words::Value;
use crate::parse::Dialect;
pub use names::{assigned, names, names_in};

/// The value of an expression whose words are already expanded.
pub fn evaluate(text: &[u8], scope: &mut Scope) -> Option<i64> {
    if text.trim().is_empty() {
        // dash calls it an error.
        return (scope.mode.dialect != Dialect::Dash).then_some(0);
    }
    let mut reader = Reader { text, at: 0, scope, depth: 0, skipping: 0, target: 0 };
    let value = reader.comma()?;
    reader.space();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    scope: &'a mut Scope,
    depth: usize,
    /// Sides of `&&`, `||` and `?:` that are read but not evaluated.
    skipping: usize,
    /// Where a name may stand that is assigned.
    target: usize,
}

/// Binary operators by rising strength, longest spelling first within a level.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Reader<'_> {
    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn takes(&mut self, token: &str) -> bool {
        self.space();
        let hit = self.text[self.at..].starts_with(token.as_bytes());
        if hit {
            self.at += token.len();
        }
        hit
    }

    fn comma(&mut self) -> Option<i64> {
        self.depth += 1;
        if self.depth > 64 {
            return None;
        }
        let mut value = self.assignment()?;
        // dash has no such operator.
        while self.scope.mode.dialect != Dialect::Dash && self.takes(",") {
            value = self.assignment()?;
        }
        self.depth -= 1;
        Some(value)
    }

    /// Only a name that stands here may be assigned.
    fn assignment(&mut self) -> Option<i64> {
        self.space();
        self.target = self.at;
        self.ternary()
    }

    fn ternary(&mut self) -> Option<i64> {
        let test = self.binary(0)?;
        if !self.takes("?") {
            return Some(test);
        }
        let yes = self.unless(test == 0, Reader::comma)?;
        if !self.takes(":") {
            return None;
        }
        let no = self.unless(test != 0, Reader::ternary)?;
        Some(if test != 0 { yes } else { no })
    }

    /// Reads a side that may be skipped: then it assigns nothing and divides nothing.
    fn unless(&mut self, skipped: bool, side: impl FnOnce(&mut Self) -> Option<i64>) -> Option<i64> {
        self.skipping += usize::from(skipped);
        let value = side(self);
        self.skipping -= usize::from(skipped);
        value
    }

    fn binary(&mut self, level: usize) -> Option<i64> {
        let Some(operators) = LEVELS.get(level) else { return self.power() };
        let mut left = self.binary(level + 1)?;
        loop {
            self.space();
            let rest = &self.text[self.at..];
            let Some(operator) = operators.iter().find(|one| rest.starts_with(one.as_bytes())) else { break };
            let after = rest.get(operator.len()).copied();
            // `&` of `&&`, `<` of `<<`, `*` of `**` and the compound assignments belong to other levels.
            let doubled = operator.len() == 1 && after == operator.bytes().next();
            if doubled || (after == Some(b'=') && !matches!(*operator, "==" | "!=" | "<=" | ">=")) {
                break;
            }
            self.at += operator.len();
            let skipped = matches!((*operator, left), ("||", 1.. | ..=-1) | ("&&", 0));
            let right = self.unless(skipped, |reader| reader.binary(level + 1))?;
            left = if self.skipping > 0 { 0 } else { apply(operator, left, right)? };
        }
        Some(left)
    }

    fn power(&mut self) -> Option<i64> {
        let base = self.unary()?;
        self.space();
        if self.text[self.at..].starts_with(b"**") && self.text.get(self.at + 2) != Some(&b'=') {
            self.at += 2;
            let exponent = self.power()?;
            if self.skipping > 0 {
                return Some(0);
            }
            let exponent = u32::try_from(exponent).ok()?;
            return Some(base.wrapping_pow(exponent));
        }
        Some(base)
    }

    fn unary(&mut self) -> Option<i64> {
        self.depth += 1;
        if self.depth > 64 {
            return None;
        }
        self.space();
        let value = if let Some(change) = self.step() {
            self.stepped(change)?
        } else if self.takes("!") {
            i64::from(self.unary()? == 0)
        } else if self.takes("~") {
            !self.unary()?
        } else if self.takes("-") {
            self.unary()?.wrapping_neg()
        } else if self.takes("+") {
            self.unary()?
        } else if self.takes("(") {
            let inner = self.comma()?;
            if !self.takes(")") {
                return None;
            }
            inner
        } else {
            self.operand()?
        };
        self.depth -= 1;
        Some(value)
    }

    /// `++` or `--` before a name; before anything else, and in dash, they are two signs.
    fn step(&mut self) -> Option<i64> {
        if self.scope.mode.dialect == Dialect::Dash {
            return None;
        }
        let rest = &self.text[self.at..];
        let change = match rest.get(..2)? {
            b"++" => 1,
            b"--" => -1,
            _ => return None,
        };
        let next = rest[2..].iter().find(|byte| !byte.is_ascii_whitespace())?;
        if !(next.is_ascii_alphabetic() || *next == b'_') {
            return None;
        }
        self.at += 2;
        Some(change)
    }

    fn stepped(&mut self, change: i64) -> Option<i64> {
        self.space();
        let place = self.place()?;
        let new = self.held(&place)?.wrapping_add(change);
        self.assign(&place, new)?;
        Some(new)
    }

    fn operand(&mut self) -> Option<i64> {
        self.space();
        let start = self.at;
        if self.text.get(start)?.is_ascii_digit() {
            while self
                .text
                .get(self.at)
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'#' | b'@'))
            {
                self.at += 1;
            }
            return number(&self.text[start..self.at]);
        }
        self.variable()
    }

    /// A name, with its subscript where it has one.
    fn place(&mut self) -> Option<Place> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            self.at += 1;
        }
        let name = BString::from(&self.text[start..self.at]);
        if name.is_empty() {
            return None;
        }
        if self.text.get(self.at) != Some(&b'[') {
            return Some(Place { name, index: None });
        }
        let open = self.at + 1;
        let mut level = 1;
        while level > 0 {
            self.at += 1;
            match self.text.get(self.at)? {
                b'[' => level += 1,
                b']' => level -= 1,
                _ => {}
            }
        }
        let inner = &self.text[open..self.at];
        self.at += 1;
        let index = match self.scope.content(&name) {
            // Its key would be expanded once more.
            Content::Keyed(_) => return None,
            Content::Indexed(_) | Content::Scalar(_) | Content::Unset => {
                let mut reader = Reader {
                    text: inner,
                    at: 0,
                    scope: self.scope,
                    depth: self.depth + 1,
                    skipping: self.skipping,
                    target: 0,
                };
                let index = reader.comma()?;
                reader.space();
                if reader.at != inner.len() {
                    return None;
                }
                index
            }
        };
        (index < super::assign::FARTHEST).then_some(Place { name, index: Some(index) })
    }

    /// What a place holds, as a number. Text in it would be an expression of its own.
    fn held(&self, place: &Place) -> Option<i64> {
        let value = match place.index {
            None => self.scope.value(&place.name),
            Some(index) => match self.scope.content(&place.name) {
                Content::Indexed(values) => {
                    let last = values.keys().next_back().copied().unwrap_or(-1);
                    let at = if index < 0 { index + (last + 1) } else { index };
                    if at < 0 {
                        return None;
                    }
                    values.get(&at).cloned()
                }
                Content::Scalar(value) if index == 0 || matches!(value, Value::Unknown(_)) => Some(value),
                Content::Scalar(_) if self.scope.perhaps_array(&place.name) => return None,
                Content::Scalar(_) if index < 0 => return None,
                Content::Scalar(_) | Content::Unset => None,
                Content::Keyed(_) => return None,
            },
        };
        if value.is_none() && self.scope.options.may_be_on("nounset") {
            return None;
        }
        match value {
            None => Some(0),
            Some(Value::Known(text)) => match text.trim() {
                b"" => Some(0),
                // dash takes nothing but numbers.
                name if super::simple::is_name(name) && self.scope.mode.dialect == Dialect::Dash => None,
                // A name in it is followed, as far as a name goes.
                name if super::simple::is_name(name) && self.depth < 8 => match self.scope.value(name) {
                    None if !self.scope.options.may_be_on("nounset") => Some(0),
                    Some(Value::Known(text)) if text.trim().is_empty() => Some(0),
                    Some(Value::Known(text)) => signed(text.trim()),
                    Some(Value::OneOf(_) | Value::Unknown(_)) | None => None,
                },
                text => signed(text),
            },
            Some(Value::OneOf(_) | Value::Unknown(_)) => None,
        }
    }

    fn assign(&mut self, place: &Place, value: i64) -> Option<()> {
        if self.skipping > 0 {
            return Some(());
        }
        if self.scope.is_readonly(&place.name) || self.scope.perhaps_readonly(&place.name) {
            return None;
        }
        let value = Value::known(value.to_string());
        let content = match (self.scope.content(&place.name), place.index) {
            (Content::Indexed(mut values), index) => {
                let last = values.keys().next_back().copied().unwrap_or(-1);
                let at = index.map_or(0, |index| if index < 0 { index + (last + 1) } else { index });
                if at < 0 {
                    return None;
                }
                values.insert(at, value);
                Content::Indexed(values)
            }
            (Content::Keyed(_), _) | (Content::Scalar(Value::Unknown(_)), Some(_)) => return None,
            (Content::Scalar(_), Some(_)) if self.scope.perhaps_array(&place.name) => return None,
            (Content::Scalar(_) | Content::Unset, None) => Content::Scalar(value),
            (_, Some(index)) if index < 0 => return None,
            (Content::Scalar(old), Some(index)) => {
                let mut values = std::collections::BTreeMap::from([(0, old)]);
                values.insert(index, value);
                Content::Indexed(values)
            }
            (Content::Unset, Some(index)) => Content::Indexed([(index, value)].into()),
        };
        self.scope.set(&place.name, content);
        Some(())
    }

    fn variable(&mut self) -> Option<i64> {
        let whole = self.target == self.at;
        let place = self.place()?;
        self.space();
        let rest = &self.text[self.at..];
        let assigns = ["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="];
        if !whole && !rest.starts_with(b"==") && assigns.iter().any(|sign| rest.starts_with(sign.as_bytes())) {
            return None;
        }
        if rest.starts_with(b"=") && !rest.starts_with(b"==") {
            self.at += 1;
            let new = self.assignment()?;
            self.assign(&place, new)?;
            return Some(new);
        }
        let old = if self.skipping > 0 { 0 } else { self.held(&place)? };
        let steps = self.scope.mode.dialect != Dialect::Dash;
        if steps && (rest.starts_with(b"++") || rest.starts_with(b"--")) {
            let change = if rest.starts_with(b"++") { 1 } else { -1 };
            self.at += 2;
            self.assign(&place, old.wrapping_add(change))?;
            return Some(old);
        }
        for operator in ["+", "-", "*", "/", "%", "<<", ">>", "&", "^", "|"] {
            let spelled = format!("{operator}=");
            if rest.starts_with(spelled.as_bytes()) {
                self.at += spelled.len();
                let right = self.assignment()?;
                // What the right side has assigned dash sees on the left.
                if self.skipping == 0 && !steps && self.held(&place)? != old {
                    return None;
                }
                let new = if self.skipping > 0 { 0 } else { apply(operator, old, right)? };
                self.assign(&place, new)?;
                return Some(new);
            }
        }
        Some(old)
    }
}

/// What an assignment goes to.
struct Place {
    name: BString,
    index: Option<i64>,
}

/// A number with a sign, as a variable may hold it.
fn signed(text: &[u8]) -> Option<i64> {
    match text.strip_prefix(b"-") {
        Some(rest) => number(rest.trim_start()).map(i64::wrapping_neg),
        None => number(text.strip_prefix(b"+").unwrap_or(text).trim_start()),
    }
}

fn apply(operator: &str, left: i64, right: i64) -> Option<i64> {
    Some(match operator {
        "||" => i64::from(left != 0 || right != 0),
        "&&" => i64::from(left != 0 && right != 0),
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "==" => i64::from(left == right),
        "!=" => i64::from(left != right),
        "<=" => i64::from(left <= right),
        ">=" => i64::from(left >= right),
        "<" => i64::from(left < right),
        ">" => i64::from(left > right),
        "<<" => left.wrapping_shl(u32::try_from(right & 63).ok()?),
        ">>" => left.wrapping_shr(u32::try_from(right & 63).ok()?),
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        "/" => left.checked_div(right)?,
        "%" => left.checked_rem(right)?,
        _ => return None,
    })
}

/// Decimal, octal, hexadecimal and `base#digits`.
fn number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some((base, digits)) = text.split_once('#') {
        let base = base.parse().ok().filter(|base| (2..=64).contains(base))?;
        return based(digits, base);
    }
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return if hex.is_empty() { Some(0) } else { based(hex, 16) };
    }
    match text.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => based(octal, 8),
        Some(_) | None => based(text, 10),
    }
}

/// Digits beyond 9 are letters, then `@` and `_`; up to base 36 their case does not count.
fn based(digits: &str, base: i64) -> Option<i64> {
    let mut value = 0_i64;
    for byte in digits.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            b'@' => 62,
            b'_' => 63,
            _ => return None,
        };
        if i64::from(digit) >= base {
            return None;
        }
        value = value.wrapping_mul(base).wrapping_add(i64::from(digit));
    }
    (!digits.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Known;

    fn value(text: &str) -> Option<i64> {
        let mut scope = Scope::new(&Known::default(), &crate::parse::Mode::default());
        scope.assign(b"x", Value::known("7"));
        evaluate(text.as_bytes(), &mut scope)
    }

    #[test]
    fn expressions_have_bashs_values() {
        for (text, expected) in [
            ("1 + 2 * 3", 7),
            ("(1+2)*3", 9),
            ("x ** 2", 49),
            ("x > 3 ? 10 : 20", 10),
            ("0x10 + 010 + 2#101", 29),
            ("x += 3", 10),
            ("x++ + x", 15),
            ("1 << 4 | 1", 17),
            ("!0 && 1", 1),
            ("a = 2, a * 2", 4),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
        assert_eq!(value("1/0"), None);
        assert_eq!(value("1 +"), None);
    }
}
