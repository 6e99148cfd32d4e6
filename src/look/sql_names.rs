//! The databases that a statement names after `DATABASE` or `SCHEMA`: words only, since a full reading is the command
//! stage's.

use bstr::{BString, ByteSlice};

/// `None` where a name follows that can't be read. Empty where the text names none.
#[must_use]
pub fn databases_in(sql: &[u8]) -> Option<Vec<BString>> {
    let mut names = Vec::new();
    let split = sql.split(|byte| byte.is_ascii_whitespace() || matches!(byte, b';' | b',' | b'(' | b')'));
    let mut words = split.filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if !word.eq_ignore_ascii_case(b"database") && !word.eq_ignore_ascii_case(b"schema") {
            continue;
        }
        let name = words.find(|word| !word.eq_ignore_ascii_case(b"if") && !word.eq_ignore_ascii_case(b"exists"))?;
        let name = name.trim_with(|c| matches!(c, '"' | '`' | '[' | ']' | '\''));
        let plain = name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$'));
        if !plain || name.is_empty() {
            return None;
        }
        names.push(name.into());
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_databases_are_named() {
        let read = |sql: &str| databases_in(sql.as_bytes()).map(|names| bstr::join(" ", names));
        assert_eq!(read("DROP DATABASE IF EXISTS \"test_x\";"), Some(b"test_x".to_vec()));
        assert_eq!(read("drop database test_a; drop database prod"), Some(b"test_a prod".to_vec()));
        assert_eq!(read("DELETE FROM t"), Some(Vec::new()));
        assert_eq!(read("DROP DATABASE /* x */ prod"), None);
    }
}
