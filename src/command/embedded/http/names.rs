//! Names as programmers write them, cut into words: `deleteProject`, `delete_project`, `projects:batchDelete`.

use bstr::BString;

/// The words of a name, in small letters. Digits stay with the letters before them.
pub fn words(name: &[u8]) -> Vec<BString> {
    let mut all: Vec<BString> = Vec::new();
    let mut open = false;
    let mut before = 0u8;
    for (index, byte) in name.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() {
            open = false;
            before = 0;
            continue;
        }
        // `exec_sqlQuery`, and the last capital of `HTTPRequest`
        let next_small = name.get(index + 1).is_some_and(u8::is_ascii_lowercase);
        let begins = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_digit() || before.is_ascii_uppercase() && next_small);
        if !open || begins {
            all.push(BString::default());
            open = true;
        }
        if let Some(word) = all.last_mut() {
            word.push(byte.to_ascii_lowercase());
        }
        before = *byte;
    }
    all
}

/// The same, joined by dashes: `delete-project`.
pub fn dashed(name: &[u8]) -> BString {
    bstr::join("-", words(name)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_name_has_the_same_words() {
        for name in
            ["deleteProject", "delete_project", "DeleteProject", "delete-project", "delete:project", "DELETE_PROJECT"]
        {
            assert_eq!(dashed(name.as_bytes()), "delete-project", "{name}");
        }
        assert_eq!(dashed(b"HTTPRequest"), "http-request");
        assert_eq!(dashed(b"deleteV2Thing"), "delete-v2-thing");
    }
}
