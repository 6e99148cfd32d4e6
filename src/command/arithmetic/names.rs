//! The names in an expression, where it is not computed.

use bstr::BString;

use crate::parse::syntax::{Part, Word};

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

/// Names that an expression may assign.
pub fn assigned(text: &[u8]) -> Vec<BString> {
    if !text.iter().any(|byte| matches!(byte, b'=' | b'+' | b'-')) {
        return Vec::new();
    }
    names_in(text)
}

pub fn names_in(text: &[u8]) -> Vec<BString> {
    names(&Word { parts: vec![Part::Quoted(text.to_vec())], ..Word::default() })
}
