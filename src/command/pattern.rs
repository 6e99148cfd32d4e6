//! Shell patterns (bash manual, "Pattern Matching"), matched on bytes. A backslash quotes the next byte.

/// One element of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    Any,
    Star,
    Set {
        negated: bool,
        members: Vec<(u8, u8)>,
    },
    /// `?( *( +( @( !(`
    Group {
        kind: u8,
        branches: Vec<Vec<Token>>,
    },
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    tokens: Vec<Token>,
}

/// Steps of one match; a pattern that needs more matches nothing (bash itself would take minutes).
const STEPS: usize = 100_000;

impl Pattern {
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        Pattern { tokens: compile(text, 0) }
    }

    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        let mut steps = STEPS;
        run(&self.tokens, text, &mut steps)
    }

    /// Nothing in it is live: it matches one text only.
    #[must_use]
    pub fn literal(&self) -> Option<Vec<u8>> {
        self.tokens
            .iter()
            .map(|token| match token {
                Token::Byte(byte) => Some(*byte),
                Token::Any | Token::Star | Token::Set { .. } | Token::Group { .. } => None,
            })
            .collect()
    }
}

/// Whether text has a live glob character.
#[must_use]
pub fn is_live(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
}

fn compile(text: &[u8], depth: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if let Some((branches, after)) = group(text, at, depth) {
            tokens.push(Token::Group { kind: byte, branches });
            at = after;
            continue;
        }
        match byte {
            b'\\' if at + 1 < text.len() => {
                tokens.push(Token::Byte(text[at + 1]));
                at += 2;
            }
            b'*' => {
                if tokens.last() != Some(&Token::Star) {
                    tokens.push(Token::Star);
                }
                at += 1;
            }
            b'?' => {
                tokens.push(Token::Any);
                at += 1;
            }
            b'[' => {
                if let Some((set, after)) = bracket(text, at) {
                    tokens.push(set);
                    at = after;
                } else {
                    tokens.push(Token::Byte(b'['));
                    at += 1;
                }
            }
            other => {
                tokens.push(Token::Byte(other));
                at += 1;
            }
        }
    }
    tokens
}

/// `X( … | … )` at `at`, with the index after it.
fn group(text: &[u8], at: usize, depth: usize) -> Option<(Vec<Vec<Token>>, usize)> {
    if depth > 8 || !matches!(text.get(at)?, b'?' | b'*' | b'+' | b'@' | b'!') || text.get(at + 1) != Some(&b'(') {
        return None;
    }
    let (mut level, mut index, mut start) = (1, at + 2, at + 2);
    let mut branches = Vec::new();
    while let Some(&byte) = text.get(index) {
        match byte {
            b'\\' => index += 1,
            b'(' => level += 1,
            b'|' if level == 1 => {
                branches.push(compile(&text[start..index], depth + 1));
                start = index + 1;
            }
            b')' => {
                level -= 1;
                if level == 0 {
                    branches.push(compile(&text[start..index], depth + 1));
                    return Some((branches, index + 1));
                }
            }
            _ => {}
        }
        index += 1;
    }
    None
}

/// `[ … ]` at `at`, with the index after it.
fn bracket(text: &[u8], at: usize) -> Option<(Token, usize)> {
    let mut index = at + 1;
    let negated = matches!(text.get(index)?, b'!' | b'^');
    index += usize::from(negated);
    let first = index;
    let mut members = Vec::new();
    loop {
        let byte = *text.get(index)?;
        if byte == b']' && index > first {
            return Some((Token::Set { negated, members }, index + 1));
        }
        if byte == b'[' && text.get(index + 1) == Some(&b':') {
            let close = text[index..].windows(2).position(|two| two == b":]")? + index;
            members.extend(class(text.get(index + 2..close)?));
            index = close + 2;
            continue;
        }
        let low = if byte == b'\\' {
            index += 1;
            *text.get(index)?
        } else {
            byte
        };
        index += 1;
        if text.get(index) == Some(&b'-') && text.get(index + 1).is_some_and(|next| *next != b']') {
            members.push((low, *text.get(index + 1)?));
            index += 2;
        } else {
            members.push((low, low));
        }
    }
}

/// A POSIX character class in the C locale.
fn class(name: &[u8]) -> Vec<(u8, u8)> {
    match name {
        b"alpha" => vec![(b'a', b'z'), (b'A', b'Z')],
        b"digit" => vec![(b'0', b'9')],
        b"alnum" => vec![(b'a', b'z'), (b'A', b'Z'), (b'0', b'9')],
        b"upper" => vec![(b'A', b'Z')],
        b"lower" => vec![(b'a', b'z')],
        b"space" => vec![(b' ', b' '), (b'\t', b'\r')],
        b"blank" => vec![(b' ', b' '), (b'\t', b'\t')],
        b"punct" => vec![(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')],
        b"xdigit" => vec![(b'0', b'9'), (b'a', b'f'), (b'A', b'F')],
        b"print" => vec![(b' ', b'~')],
        b"graph" => vec![(b'!', b'~')],
        b"cntrl" => vec![(0, 31), (127, 127)],
        b"word" => vec![(b'a', b'z'), (b'A', b'Z'), (b'0', b'9'), (b'_', b'_')],
        _ => Vec::new(),
    }
}

fn run(tokens: &[Token], text: &[u8], steps: &mut usize) -> bool {
    if *steps == 0 {
        return false;
    }
    *steps -= 1;
    let Some((token, rest)) = tokens.split_first() else { return text.is_empty() };
    match token {
        Token::Star => (0..=text.len()).any(|skip| run(rest, &text[skip..], steps)),
        Token::Byte(byte) => text.first() == Some(byte) && run(rest, &text[1..], steps),
        Token::Any => !text.is_empty() && run(rest, &text[1..], steps),
        Token::Set { negated, members } => text.split_first().is_some_and(|(byte, after)| {
            members.iter().any(|(low, high)| (low..=high).contains(&byte)) != *negated && run(rest, after, steps)
        }),
        Token::Group { kind, branches } => group_matches(*kind, branches, rest, text, steps),
    }
}

fn group_matches(kind: u8, branches: &[Vec<Token>], rest: &[Token], text: &[u8], steps: &mut usize) -> bool {
    let once = |part: &[u8], steps: &mut usize| branches.iter().any(|branch| run(branch, part, steps));
    match kind {
        b'!' => (0..=text.len()).any(|end| !once(&text[..end], steps) && run(rest, &text[end..], steps)),
        b'@' => (0..=text.len()).any(|end| once(&text[..end], steps) && run(rest, &text[end..], steps)),
        b'?' => {
            run(rest, text, steps)
                || (0..=text.len()).any(|end| once(&text[..end], steps) && run(rest, &text[end..], steps))
        }
        _ => {
            if kind == b'*' && run(rest, text, steps) {
                return true;
            }
            // `+`, or another round of `*`: what it takes is not empty, so this ends.
            (1..=text.len()).any(|end| {
                once(&text[..end], steps)
                    && (run(rest, &text[end..], steps) || group_matches(b'*', branches, rest, &text[end..], steps))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn hits(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern.as_bytes()).matches(text.as_bytes())
    }

    #[test]
    fn stars_sets_and_groups_match_as_in_bash() {
        for (pattern, text) in [
            ("*.rs", "main.rs"),
            ("a?c", "abc"),
            ("[a-c]x", "bx"),
            ("[!a-c]x", "dx"),
            ("[[:digit:]]", "7"),
            ("[]]", "]"),
            ("\\*", "*"),
            ("@(a|b)c", "bc"),
            ("+(ab)", "abab"),
            ("!(keep)", "lost"),
            ("*(x)y", "y"),
            ("[a", "[a"),
        ] {
            assert!(hits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("*.rs", "main.c"), ("!(keep)", "keep"), ("\\*", "x"), ("+(ab)", ""), ("[!a]", "a")] {
            assert!(!hits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let text = "a".repeat(200);
        assert!(!hits(&format!("{}b", "*a".repeat(60)), &text));
    }
}
