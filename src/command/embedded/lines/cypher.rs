//! Cypher, the language of graph databases → what its statements delete.

use bstr::{BString, ByteSlice};

use crate::command::embedded::holes;
use crate::command::embedded::sql::{Dialect, cut};

/// How deep statements inside strings are followed.
const DEPTH: usize = 4;

/// `[delete-all]`, `[delete]`, `[drop, kind, name…]`; a text that is one hole is one unknown statement.
pub fn statements(text: &[u8]) -> Vec<Vec<BString>> {
    let mut found = Vec::new();
    read(text, 0, &mut found);
    found
}

fn read(text: &[u8], depth: usize, found: &mut Vec<Vec<BString>>) {
    if holes::is_hole(text) {
        found.push(vec![holes::MARK.into()]);
        return;
    }
    let plain: Vec<u8> = text.lines().flat_map(|line| [uncommented(line), b"\n"].concat()).collect();
    for tokens in cut(&plain, Dialect::Generic) {
        statement(&tokens, depth, found);
    }
}

/// A line without its comment, unless the slashes stand in an address.
fn uncommented(line: &[u8]) -> &[u8] {
    match line.find("//") {
        Some(at) if at == 0 || line.get(at - 1).is_some_and(u8::is_ascii_whitespace) => {
            line.get(..at).unwrap_or_default()
        }
        _ => line,
    }
}

fn statement(tokens: &[BString], depth: usize, found: &mut Vec<Vec<BString>>) {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.eq_ignore_ascii_case(word.as_bytes()));
    // A property of that name stands behind a point, a parameter before a colon.
    let clause =
        |at: &usize| !at.checked_sub(1).is_some_and(|before| is(before, ".") || is(before, ":")) && !is(at + 1, ":");
    let deletes = (0..tokens.len()).filter(|at| is(*at, "DELETE")).any(|at| clause(&at));
    if deletes {
        found.push(vec![if chooses(tokens) { "delete" } else { "delete-all" }.into()]);
    }
    let replaces = is(0, "CREATE") && is(1, "OR") && is(2, "REPLACE") && is(3, "DATABASE");
    let dropped = if is(0, "DROP") { tokens.get(1..) } else { tokens.get(3..).filter(|_| replaces) };
    if let Some(what) = dropped {
        let mut words: Vec<BString> = vec!["drop".into()];
        words.extend(what.iter().take(4).map(|word| BString::from(word.to_ascii_lowercase())));
        found.push(words);
    }
    // `CALL apoc.periodic.iterate('…', '…')` runs its strings.
    if depth < DEPTH && is(0, "CALL") {
        for token in tokens {
            let inner = token.trim_with(|letter| matches!(letter, '\'' | '"'));
            if inner.len() < token.len() {
                read(inner, depth + 1, found);
            }
        }
    }
}

/// Whether a WHERE that says something, or a property, chooses among the nodes.
fn chooses(tokens: &[BString]) -> bool {
    let condition = tokens.iter().position(|token| token.eq_ignore_ascii_case(b"WHERE"));
    let says = condition.is_some_and(|at| {
        let words: Vec<&[u8]> = tokens.iter().skip(at + 1).take(4).map(|token| token.as_slice()).collect();
        !matches!(words.as_slice(), [b"true" | b"TRUE", ..] | [b"1", b"=", b"1", ..])
    });
    // `(n {id: 7})`: a brace inside the pattern's parentheses.
    let mut open = 0usize;
    let pattern = tokens.iter().any(|token| {
        match token.as_slice() {
            b"(" => open += 1,
            b")" => open = open.saturating_sub(1),
            _ => {}
        }
        open > 0 && token == "{"
    });
    says || pattern || tokens.iter().any(|token| token.eq_ignore_ascii_case(b"LIMIT"))
}
