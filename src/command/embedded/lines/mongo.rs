//! A script for the mongo shell → its calls, each as `[method, receiver, argument…]`. Strings and comments are no calls.

use bstr::{BString, ByteSlice};

use crate::command::embedded::holes;

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
    let tokens = tokens(text);
    let mut calls = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if *token == Token::Punct(b'(') {
            calls.extend(call(&tokens, index));
        } else if matches!(token, Token::Name(name) if holes::is_hole(name)) && starts(&tokens, index) {
            calls.push(vec![holes::MARK.into()]);
        }
    }
    calls
}

/// A statement may begin here: a hole in its place is code.
fn starts(tokens: &[Token], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|at| tokens.get(at));
    before.is_none_or(|token| matches!(token, Token::Punct(b';' | b'{' | b'}')))
        && !matches!(tokens.get(index + 1), Some(Token::Punct(b':' | b',')))
}

/// The call whose parenthesis stands at `open`, if it is one.
fn call(tokens: &[Token], open: usize) -> Option<Vec<BString>> {
    let before = open.checked_sub(1)?;
    let (name, start) = match tokens.get(before)? {
        Token::Name(name) => (name.clone(), before),
        // `users['drop'](`
        Token::Punct(b']') => match tokens.get(before.checked_sub(1)?)? {
            Token::Text(text) => (unquoted(text), before.checked_sub(2)?),
            Token::Name(_) | Token::Punct(_) => return None,
        },
        Token::Text(_) | Token::Punct(_) => return None,
    };
    if ["if", "for", "while", "switch", "catch", "function", "return", "typeof", "new"].iter().any(|word| name == *word)
    {
        return None;
    }
    let receiver = receiver(tokens, start);
    let arguments = arguments(tokens, open);
    let method = match arguments.first().and_then(|first| first_key(first)) {
        Some(key) if name == "runCommand" || name == "adminCommand" => key,
        Some(_) | None => name,
    };
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
