//! A script for the mongo shell → its calls, each as `[method, receiver, argument…]`. Strings and comments are no calls.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};

use crate::command::embedded::holes;

/// How deep code inside texts is followed.
const DEPTH: usize = 4;
/// Methods whose first argument says which documents.
const FILTERED: [&[u8]; 6] = [b"deleteMany", b"remove", b"updateMany", b"update", b"delete", b"findAndModify"];

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(BString),
    Text(BString),
    Punct(u8),
}

impl Token {
    fn written(&self) -> BString {
        match self {
            Token::Name(text) | Token::Text(text) => text.clone(),
            Token::Punct(byte) => vec![*byte].into(),
        }
    }
}

/// Every call in the script; a script that is one hole is one unknown call.
pub fn calls(text: &[u8]) -> Vec<Vec<BString>> {
    let mut found = Vec::new();
    read(text, 0, &mut found);
    found
}

fn read(text: &[u8], depth: usize, found: &mut Vec<Vec<BString>>) {
    let tokens = tokens(text);
    let named = named(&tokens);
    for (index, token) in tokens.iter().enumerate() {
        if *token == Token::Punct(b'(') {
            let Some(call) = call(&tokens, index, &named) else { continue };
            inside(&call, depth, found);
            found.push(call);
        } else if matches!(token, Token::Name(name) if holes::is_hole(name)) && starts(&tokens, index) {
            found.push(vec![holes::MARK.into()]);
        }
    }
}

/// `const m = 'drop'`: texts by name, for `db[m]()`.
fn named(tokens: &[Token]) -> HashMap<&BString, &BString> {
    let mut named = HashMap::new();
    for these in tokens.windows(3) {
        if let [Token::Name(name), Token::Punct(b'='), Token::Text(text)] = these {
            named.insert(name, text);
        }
    }
    named
}

/// What a call's arguments do: parts of a bulk, stages of a pipeline, code in a text.
fn inside(call: &[BString], depth: usize, found: &mut Vec<Vec<BString>>) {
    let [method, receiver, arguments @ ..] = call else { return };
    let all = bstr::join(",", arguments);
    let mut push = |method: &str, argument: BString| found.push(vec![method.into(), receiver.clone(), argument]);
    match method.as_slice() {
        b"bulkWrite" => {
            for part in ["deleteMany:", "updateMany:"] {
                for filter in values_of(&all, part).iter().flat_map(|part| values_of(part, "filter:")) {
                    push(part.trim_end_matches(':'), simplified(&filter));
                }
            }
        }
        b"delete" => values_of(&all, "q:").into_iter().for_each(|filter| push("deleteMany", simplified(&filter))),
        b"aggregate" => {
            for stage in ["$out", "$merge"] {
                for target in values_of(&all, &[stage, ":"].concat()) {
                    push(stage, target);
                }
            }
        }
        b"eval" | b"Function" if depth < DEPTH => {
            let text = unquoted(arguments.last().map_or(&b""[..], |one| one));
            read(&text, depth + 1, found);
        }
        b"load" => found.push(vec![holes::MARK.into()]),
        _ => {}
    }
}

/// What stands behind a key, up to the end of its value.
fn values_of(text: &[u8], key: &str) -> Vec<BString> {
    let mut values = Vec::new();
    for at in text.find_iter(key) {
        let rest = text.get(at + key.len()..).unwrap_or_default();
        let mut depth = 0usize;
        let end = rest.iter().position(|byte| {
            match byte {
                b'{' | b'[' | b'(' => depth += 1,
                b'}' | b']' | b')' if depth == 0 => return true,
                b'}' | b']' | b')' => depth -= 1,
                b',' => return depth == 0,
                _ => {}
            }
            false
        });
        values.push(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().into());
        if values.len() > 32 {
            break;
        }
    }
    values
}

/// A filter that every document passes is `{}`.
fn simplified(filter: &[u8]) -> BString {
    const ALL: [&str; 7] = [
        "{_id:{$exists:true}}",
        "{_id:{$ne:null}}",
        "{_id:{$nin:[]}}",
        "{$expr:true}",
        "{$where:'true'}",
        "{$where:'1'}",
        "{$alwaysTrue:1}",
    ];
    let plain = filter.replace("\"", "").replace("'_id'", "_id");
    let either = plain.strip_prefix(b"{$or:[").or_else(|| plain.strip_prefix(b"{$or:[ "));
    let any = either.is_some_and(|list| list.starts_with(b"{}") || list.contains_str(",{}"));
    if any || ALL.iter().any(|one| plain == one.as_bytes()) { "{}".into() } else { filter.into() }
}

/// A statement may begin here: a hole in its place is code.
fn starts(tokens: &[Token], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|at| tokens.get(at));
    before.is_none_or(|token| matches!(token, Token::Punct(b';' | b'{' | b'}')))
        && !matches!(tokens.get(index + 1), Some(Token::Punct(b':' | b',')))
}

/// The call whose parenthesis stands at `open`, if it is one.
fn call(tokens: &[Token], open: usize, named: &HashMap<&BString, &BString>) -> Option<Vec<BString>> {
    let before = open.checked_sub(1)?;
    let (name, start) = match tokens.get(before)? {
        Token::Name(name) => (name.clone(), before),
        // `users['drop'](`
        Token::Punct(b']') => match tokens.get(before.checked_sub(1)?)? {
            Token::Text(text) => (unquoted(text), before.checked_sub(2)?),
            Token::Name(name) if named.contains_key(name) => {
                (unquoted(named.get(name).map_or(&b""[..], |text| text)), before.checked_sub(2)?)
            }
            Token::Name(_) => (holes::MARK.into(), before.checked_sub(2)?),
            Token::Punct(_) => return None,
        },
        Token::Text(_) | Token::Punct(_) => return None,
    };
    if ["if", "for", "while", "switch", "catch", "function", "return", "typeof", "new"].iter().any(|word| name == *word)
    {
        return None;
    }
    let receiver = receiver(tokens, start);
    let mut arguments = arguments(tokens, open);
    let method = match arguments.first() {
        Some(first) if name == "runCommand" || name == "adminCommand" => {
            first_key(first).unwrap_or_else(|| unquoted(first))
        }
        Some(_) | None => name,
    };
    match arguments.first_mut() {
        Some(first) if first.starts_with(b"{") && FILTERED.contains(&method.as_slice()) => *first = simplified(first),
        // A bulk's `find({}).remove()`
        None if FILTERED.contains(&method.as_slice()) && receiver.ends_with(b".find({})") => {
            arguments.push("{}".into());
        }
        Some(_) | None => {}
    }
    let mut words = vec![method, receiver];
    words.extend(arguments);
    Some(words)
}

/// `db.users` before `.drop(`.
fn receiver(tokens: &[Token], end: usize) -> BString {
    let mut depth = 0usize;
    let mut start = end;
    let mut parts = Vec::new();
    while let Some(at) = start.checked_sub(1) {
        let Some(token) = tokens.get(at) else { break };
        let part = match token {
            Token::Punct(b')' | b']') => {
                depth += 1;
                true
            }
            Token::Punct(b'(' | b'[') if depth > 0 => {
                depth -= 1;
                true
            }
            Token::Punct(b'.' | b'?' | b'!') => true,
            Token::Punct(_) | Token::Text(_) => depth > 0,
            // Two names side by side: `return db.x`.
            Token::Name(_) => depth > 0 || matches!(tokens.get(at + 1), Some(Token::Punct(b'.' | b'[' | b'(' | b'?'))),
        };
        if !part || parts.len() > 256 {
            break;
        }
        parts.push(token.written());
        start = at;
    }
    parts.reverse();
    let text = bstr::concat(parts);
    text.trim_end_with(|letter| matches!(letter, '.' | '?' | '!')).into()
}

/// The arguments of a call, blanks removed.
fn arguments(tokens: &[Token], open: usize) -> Vec<BString> {
    let mut arguments = Vec::new();
    let mut text = BString::default();
    let mut depth = 0usize;
    for token in tokens.get(open..).unwrap_or_default().iter().take(256) {
        match token {
            Token::Punct(b'(' | b'[' | b'{') => depth += 1,
            Token::Punct(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            Token::Punct(b',') if depth == 1 => {
                arguments.push(std::mem::take(&mut text));
                continue;
            }
            Token::Punct(_) | Token::Name(_) | Token::Text(_) => {}
        }
        if depth == 0 {
            break;
        }
        if !(depth == 1 && text.is_empty() && *token == Token::Punct(b'(')) {
            text.extend_from_slice(&token.written());
        }
    }
    if !text.is_empty() {
        arguments.push(text);
    }
    arguments
}

/// `{dropDatabase:1}` → `dropDatabase`
fn first_key(object: &[u8]) -> Option<BString> {
    let inside = object.strip_prefix(b"{")?;
    let end = inside.find_byte(b':')?;
    Some(unquoted(inside.get(..end)?))
}

fn unquoted(text: &[u8]) -> BString {
    text.trim_with(|letter| matches!(letter, '\'' | '"' | '`' | ' ')).into()
}

fn tokens(text: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        at += match byte {
            b'/' if rest.starts_with(b"//") => rest.find_byte(b'\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with(b"/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            b'"' | b'\'' | b'`' => {
                let length = string(rest, byte);
                tokens.push(Token::Text(rest.get(..length).unwrap_or_default().into()));
                length
            }
            _ if is_name(byte) => {
                let length = rest.iter().take_while(|byte| is_name(**byte)).count();
                tokens.push(Token::Name(rest.get(..length).unwrap_or_default().into()));
                length
            }
            _ if byte.is_ascii_whitespace() => 1,
            _ => {
                tokens.push(Token::Punct(byte));
                1
            }
        };
    }
    tokens
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn string(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        if byte == b'\\' {
            at += 1;
        } else if byte == quote {
            return at + 1;
        }
        at += 1;
    }
    text.len()
}
