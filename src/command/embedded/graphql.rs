//! A GraphQL document → the root fields of its mutations: through aliases, fragments and several operations. Lenient: a
//! broken document gives what was found, and says that it was not read to the end.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::holes;
use crate::answer::Answer;

/// Nesting of selection sets that is followed; GraphQL servers stop far earlier.
const DEPTH: usize = 64;

/// What a document would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Root fields of mutations by their own names, not their aliases.
    pub mutations: Vec<BString>,
    /// There is at least one operation: it is GraphQL.
    pub operations: usize,
    /// `Yes`: all of it was read. `CannotTell`: something that could be a mutation was not.
    pub read: Answer,
}

/// Reads a document; unknown pieces are marked (`holes`).
#[must_use]
pub fn read(text: &[u8]) -> Document {
    read_named(text, None)
}

/// The same where the request says which of several operations runs.
#[must_use]
pub fn read_named(text: &[u8], operation: Option<&[u8]>) -> Document {
    let (tokens, whole) = tokens(text);
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        whole,
        fragments: BTreeMap::new(),
        roots: Vec::new(),
        named: Vec::new(),
        operations: 0,
    };
    reader.document();
    let mut mutations = Vec::new();
    let mut trail = Vec::new();
    let mut missing = false;
    // A name that no operation has chooses none; what runs then is the server's to say.
    let chosen = operation.filter(|name| reader.named.iter().any(|one| one == name));
    for (name, root) in &reader.roots {
        if chosen.is_some_and(|chosen| name != chosen && !holes::has_hole(name)) {
            continue;
        }
        spread(root, &reader.fragments, &mut trail, &mut mutations, &mut missing);
    }
    let read = if reader.whole && !missing { Answer::Yes } else { Answer::CannotTell };
    Document { mutations, operations: reader.operations, read }
}

#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    Name(&'a [u8]),
    /// A string or a number: a value, never a field.
    Value,
    Spread,
    Punct(u8),
}

/// The second part tells whether all bytes made sense.
fn tokens(text: &[u8]) -> (Vec<Token<'_>>, bool) {
    let mut tokens = Vec::new();
    let mut whole = true;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        at += match byte {
            b'#' => rest.find_byteset(b"\r\n").unwrap_or(rest.len()),
            b'"' => {
                let (length, closed) = string(rest);
                whole &= closed;
                tokens.push(Token::Value);
                length
            }
            b'.' if rest.starts_with(b"...") => {
                tokens.push(Token::Spread);
                3
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                tokens.push(Token::Name(rest.get(..length).unwrap_or_default()));
                length
            }
            b'0'..=b'9' | b'-' => {
                let number = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'-' | b'+' | b'.');
                tokens.push(Token::Value);
                rest.iter().take_while(number).count().max(1)
            }
            b'{' | b'}' | b'(' | b')' | b'[' | b']' | b':' | b'!' | b'$' | b'=' | b'@' | b'|' | b'&' => {
                tokens.push(Token::Punct(byte));
                1
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF => 1,
            // A document inside JSON that was not taken out of it keeps the escapes of its line ends.
            b'\\' => {
                whole &= matches!(rest.get(1), Some(b'n' | b't' | b'r' | b'"' | b'\\' | b'/'));
                2
            }
            _ => {
                whole = false;
                1
            }
        };
    }
    (tokens, whole)
}

/// Length of the string at the beginning, and whether it ends.
fn string(text: &[u8]) -> (usize, bool) {
    if text.starts_with(b"\"\"\"") {
        let mut at = 3;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find("\"\"\"")) {
            let end = at + found;
            if text.get(end.wrapping_sub(1)) != Some(&b'\\') {
                return (end + 3, true);
            }
            at = end + 3;
        }
        return (text.len(), false);
    }
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => return (at + 1, true),
            _ => {}
        }
        at += 1;
    }
    (text.len(), false)
}

/// The top level of one selection set.
#[derive(Clone, Debug, Default)]
struct Selection {
    fields: Vec<BString>,
    spreads: Vec<BString>,
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    whole: bool,
    fragments: BTreeMap<BString, Selection>,
    /// Mutations by their names.
    roots: Vec<(BString, Selection)>,
    /// The names of all operations.
    named: Vec<BString>,
    operations: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    fn name(&mut self) -> Option<&'a [u8]> {
        match self.tokens.get(self.at) {
            Some(Token::Name(name)) => {
                self.at += 1;
                Some(name)
            }
            _ => None,
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(&Token::Punct(byte));
        self.at += usize::from(here);
        here
    }

    fn document(&mut self) {
        while let Some(token) = self.peek().cloned() {
            match token {
                Token::Punct(b'{') => {
                    self.operations += 1;
                    self.selection(0);
                }
                Token::Name(keyword) => {
                    self.at += 1;
                    self.definition(keyword);
                }
                Token::Value | Token::Spread | Token::Punct(_) => {
                    self.whole = false;
                    self.at += 1;
                }
            }
        }
    }

    fn definition(&mut self, keyword: &[u8]) {
        match keyword {
            b"mutation" => {
                let name = self.operation();
                let selection = self.selection(0);
                self.roots.push((name, selection));
            }
            b"query" | b"subscription" => {
                self.operation();
                self.selection(0);
            }
            b"fragment" => {
                let name = self.name().unwrap_or_default();
                self.head();
                let selection = self.selection(0);
                self.fragments.insert(name.into(), selection);
            }
            unknown => {
                // `$OP { volumeDelete }`: what the operation is stands in a hole, and it may be a mutation.
                self.whole = false;
                if holes::has_hole(unknown) && self.peek().is_some() {
                    self.head();
                    let selection = self.selection(0);
                    self.roots.push((unknown.into(), selection));
                }
            }
        }
    }

    /// The name of an operation; what else stands before its selection set is skipped.
    fn operation(&mut self) -> BString {
        self.operations += 1;
        let name = match self.peek() {
            Some(Token::Name(name)) => BString::from(*name),
            Some(Token::Value | Token::Spread | Token::Punct(_)) | None => BString::default(),
        };
        self.head();
        self.named.push(name.clone());
        name
    }

    /// Skips a name, variables and directives up to the selection set.
    fn head(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            match token {
                Token::Punct(b'(' | b'[') => depth += 1,
                Token::Punct(b')' | b']') => depth = depth.saturating_sub(1),
                Token::Punct(b'{') if depth == 0 => return,
                Token::Punct(_) | Token::Name(_) | Token::Value | Token::Spread => {}
            }
            self.at += 1;
        }
        self.whole = false;
    }

    fn selection(&mut self, depth: usize) -> Selection {
        let mut found = Selection::default();
        if depth > DEPTH || !self.eat(b'{') {
            self.whole = false;
            return found;
        }
        while let Some(token) = self.peek().cloned() {
            self.at += 1;
            match token {
                Token::Punct(b'}') => return found,
                Token::Spread => self.fragment(depth, &mut found),
                Token::Name(first) => {
                    let name = if self.eat(b':') { self.name().unwrap_or_default() } else { first };
                    self.arguments();
                    if self.peek() == Some(&Token::Punct(b'{')) {
                        self.selection(depth + 1);
                    }
                    if holes::is_hole(name) {
                        self.whole = false;
                    }
                    found.fields.push(name.into());
                }
                Token::Value | Token::Punct(_) => self.whole = false,
            }
        }
        self.whole = false;
        found
    }

    /// `...Name`, `... on Type { }`, `... { }`
    fn fragment(&mut self, depth: usize, found: &mut Selection) {
        match self.peek() {
            Some(Token::Name(b"on")) => {
                self.at += 1;
                self.name();
            }
            Some(Token::Name(name)) => {
                found.spreads.push((*name).into());
                self.at += 1;
                self.arguments();
                return;
            }
            Some(Token::Value | Token::Spread | Token::Punct(_)) | None => {}
        }
        self.arguments();
        let inner = self.selection(depth + 1);
        found.fields.extend(inner.fields);
        found.spreads.extend(inner.spreads);
    }

    /// Skips `(…)` and directives behind a field.
    fn arguments(&mut self) {
        loop {
            if self.eat(b'@') {
                self.name();
            } else if self.peek() == Some(&Token::Punct(b'(')) {
                self.parentheses();
            } else {
                return;
            }
        }
    }

    fn parentheses(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            match token {
                Token::Punct(b'(') => depth += 1,
                Token::Punct(b')') => depth = depth.saturating_sub(1),
                Token::Punct(_) | Token::Name(_) | Token::Value | Token::Spread => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
        self.whole = false;
    }
}

/// Puts the fields of spread fragments where they are spread.
fn spread(
    selection: &Selection,
    fragments: &BTreeMap<BString, Selection>,
    trail: &mut Vec<BString>,
    fields: &mut Vec<BString>,
    missing: &mut bool,
) {
    for field in &selection.fields {
        if !fields.contains(field) {
            fields.push(field.clone());
        }
    }
    for name in &selection.spreads {
        if trail.contains(name) || trail.len() > DEPTH {
            continue;
        }
        match fragments.get(name) {
            Some(inner) => {
                // Each fragment is followed once: a ring of them, or a tree that doubles, ends here.
                trail.push(name.clone());
                spread(inner, fragments, trail, fields, missing);
            }
            None => *missing = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutations(text: &str) -> Vec<String> {
        read(text.as_bytes()).mutations.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn root_fields_of_mutations_are_found_through_every_disguise() {
        for text in [
            "mutation { volumeDelete(volumeId: \"x\") }",
            "mutation M($id: String!) { volumeDelete(volumeId: $id) }",
            "mutation{ok:volumeDelete(volumeId:\"a{b\")}",
            "query Q { me { id } } mutation Z @x(a: 1) { volumeDelete(input: {a: [1, {b: 2}]}) { id name } }",
            "mutation { ...F } fragment F on Mutation { volumeDelete }",
            "fragment F on Mutation { ...G } fragment G on Mutation { volumeDelete } mutation { ...F }",
            "mutation { ... on Mutation { volumeDelete } }",
            "mutation { ... @include(if: true) { volumeDelete } }",
            "# query { x }\nmutation # {\n { volumeDelete }",
            "mutation\\n{\\n volumeDelete(volumeId: \\\"x\\\")\\n}",
            "mutation { volumeDelete(note: \"\"\"a \"quoted\" } b\"\"\") }",
        ] {
            assert_eq!(mutations(text), ["volumeDelete"], "{text}");
        }
    }

    #[test]
    fn queries_strings_comments_and_nested_fields_are_no_mutations() {
        for text in [
            "query { volumeDelete }",
            "{ volumes { id volumeDelete } }",
            "query { search(text: \"mutation { volumeDelete }\") { id } }",
            "query { a } # mutation { volumeDelete }",
            "subscription { volumeDelete }",
            "query { a } fragment F on Mutation { volumeDelete }",
        ] {
            assert!(mutations(text).is_empty(), "{text}");
            assert_eq!(read(text.as_bytes()).read, Answer::Yes, "{text}");
        }
        assert_eq!(mutations("mutation { create { volumeDelete } }"), ["create"]);
    }

    #[test]
    fn what_is_not_read_to_the_end_says_so() {
        for text in
            ["mutation { a", "mutation { ...F }", "guarded_hole", "mutation { guarded_hole }", "mutation { \"x }"]
        {
            assert_eq!(read(text.as_bytes()).read, Answer::CannotTell, "{text}");
        }
        assert_eq!(mutations("guarded_hole { volumeDelete }"), ["volumeDelete"]);
        assert_eq!(mutations("mutation { guarded_holeDelete }"), ["guarded_holeDelete"]);
    }

    #[test]
    fn rings_of_fragments_and_deep_nesting_end() {
        assert_eq!(mutations("mutation { ...A } fragment A on M { x ...B } fragment B on M { y ...A }"), ["x", "y"]);
        let deep = format!("mutation {{ {} }}", "... {".repeat(100_000));
        assert_eq!(read(deep.as_bytes()).read, Answer::CannotTell);
    }
}
