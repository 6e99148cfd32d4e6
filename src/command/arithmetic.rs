//! Shell arithmetic (bash manual, "Shell Arithmetic") on known values; anything unknown makes the whole unknown.

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::words::Value;
use crate::parse::syntax::{Part, Word};

/// The value of an expression whose words are already expanded.
pub fn evaluate(text: &[u8], scope: &mut Scope) -> Option<i64> {
    let mut reader = Reader { text, at: 0, scope, depth: 0 };
    let value = reader.comma()?;
    reader.space();
    (reader.at == text.len()).then_some(value)
}

/// Names that an expression mentions: whatever it assigns is among them.
pub fn names(word: &Word) -> Vec<BString> {
    let mut names = Vec::new();
    for part in &word.parts {
        if let Part::Literal(text) | Part::Quoted(text) = part {
            let tokens = text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
            names
                .extend(tokens.filter(|one| one.first().is_some_and(|byte| !byte.is_ascii_digit())).map(BString::from));
        }
    }
    names
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    scope: &'a mut Scope,
    depth: usize,
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
        let mut value = self.ternary()?;
        while self.takes(",") {
            value = self.ternary()?;
        }
        self.depth -= 1;
        Some(value)
    }

    fn ternary(&mut self) -> Option<i64> {
        let test = self.binary(0)?;
        if !self.takes("?") {
            return Some(test);
        }
        let yes = self.comma()?;
        if !self.takes(":") {
            return None;
        }
        let no = self.ternary()?;
        Some(if test != 0 { yes } else { no })
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
            let doubled = operator.len() == 1 && after == operator.bytes().next() && !matches!(*operator, "+" | "-");
            if doubled || (after == Some(b'=') && !matches!(*operator, "==" | "!=" | "<=" | ">=")) {
                break;
            }
            self.at += operator.len();
            let right = self.binary(level + 1)?;
            left = apply(operator, left, right)?;
        }
        Some(left)
    }

    fn power(&mut self) -> Option<i64> {
        let base = self.unary()?;
        if self.takes("**") {
            let exponent = u32::try_from(self.power()?).ok()?;
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
        let value = if self.takes("++") || self.takes("--") {
            return None;
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

    fn operand(&mut self) -> Option<i64> {
        let start = self.at;
        while self
            .text
            .get(self.at)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'#' | b'@'))
        {
            self.at += 1;
        }
        let token = &self.text[start..self.at];
        match token.first()? {
            byte if byte.is_ascii_digit() => number(token),
            _ => self.variable(BString::from(token)),
        }
    }

    fn variable(&mut self, name: BString) -> Option<i64> {
        if self.text.get(self.at) == Some(&b'[') {
            return None;
        }
        let old = match self.scope.text(&name)?.as_bytes() {
            b"" => 0,
            text => number(text.trim())?,
        };
        self.space();
        let rest = &self.text[self.at..];
        if rest.starts_with(b"++") || rest.starts_with(b"--") {
            let change = if rest.starts_with(b"++") { 1 } else { -1 };
            self.at += 2;
            self.scope.assign(&name, Value::known(old.wrapping_add(change).to_string()));
            return Some(old);
        }
        for operator in ["+", "-", "*", "/", "%", "<<", ">>", "&", "^", "|", ""] {
            let spelled = format!("{operator}=");
            if rest.starts_with(spelled.as_bytes()) && !rest.starts_with(b"==") {
                self.at += spelled.len();
                let right = self.ternary()?;
                let new = if operator.is_empty() { right } else { apply(operator, old, right)? };
                self.scope.assign(&name, Value::known(new.to_string()));
                return Some(new);
            }
        }
        Some(old)
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
        let base = base.parse().ok().filter(|base| (2..=36).contains(base))?;
        return i64::from_str_radix(digits, base).ok();
    }
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return i64::from_str_radix(hex, 16).ok();
    }
    match text.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => i64::from_str_radix(octal, 8).ok(),
        Some(_) | None => text.parse().ok(),
    }
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
