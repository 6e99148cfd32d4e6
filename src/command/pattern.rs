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

/// Positions that one expansion may weigh, over all that it matches: a few milliseconds. bash itself takes minutes over
/// patterns that are made to need more.
const STEPS: usize = 100_000;

/// What is left of the work that matching may do.
pub struct Steps(usize);

impl Default for Steps {
    fn default() -> Self {
        Steps(STEPS)
    }
}

impl Steps {
    fn take(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.checked_sub(count.max(1))?;
        Some(())
    }
}

impl Pattern {
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        Pattern { tokens: compile(text, 0) }
    }

    /// Whether it matches the whole text; `None` where that is not known.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> Option<bool> {
        Some(self.ends(text, &mut Steps::default())?.last() == Some(&text.len()))
    }

    /// Where matches that begin at the start of the text end, in order. `None` where the locale decides (what is not
    /// ASCII may be one character or several), or where it takes too long.
    #[must_use]
    pub fn ends(&self, text: &[u8], steps: &mut Steps) -> Option<Vec<usize>> {
        if !text.is_ascii() && counts(&self.tokens) {
            return None;
        }
        reach(&self.tokens, text, vec![0], steps)
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

/// Whether text has a live glob character, or with `extglob` a group.
#[must_use]
pub fn is_live(text: &[u8], extglob: bool) -> bool {
    let group = |pair: &[u8]| matches!(pair, [b'+' | b'@' | b'!', b'(']);
    text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[')) || extglob && text.windows(2).any(group)
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

/// Whether it depends on what one character is.
fn counts(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| match token {
        Token::Any | Token::Set { .. } => true,
        Token::Group { branches, .. } => branches.iter().any(|branch| counts(branch)),
        Token::Byte(_) | Token::Star => false,
    })
}

/// The positions, in order, that the tokens lead to from those positions. All ways go on at once, so that no pattern
/// makes it try them one after the other.
fn reach(tokens: &[Token], text: &[u8], mut from: Vec<usize>, steps: &mut Steps) -> Option<Vec<usize>> {
    for token in tokens {
        steps.take(from.len())?;
        from = match token {
            Token::Star => {
                let all: Vec<usize> = from.first().map_or_else(Vec::new, |first| (*first..=text.len()).collect());
                steps.take(all.len())?;
                all
            }
            Token::Byte(byte) => one(from, text, |next| next == *byte),
            Token::Any => one(from, text, |_| true),
            Token::Set { negated, members } => {
                one(from, text, |next| members.iter().any(|(low, high)| (*low..=*high).contains(&next)) != *negated)
            }
            Token::Group { kind, branches } => group_reach(*kind, branches, text, from, steps)?,
        };
        if from.is_empty() {
            break;
        }
    }
    Some(from)
}

/// One byte on from each position where it is one of those.
fn one(mut from: Vec<usize>, text: &[u8], fits: impl Fn(u8) -> bool) -> Vec<usize> {
    from.retain(|at| text.get(*at).is_some_and(|byte| fits(*byte)));
    for at in &mut from {
        *at += 1;
    }
    from
}

fn group_reach(
    kind: u8,
    branches: &[Vec<Token>],
    text: &[u8],
    from: Vec<usize>,
    steps: &mut Steps,
) -> Option<Vec<usize>> {
    let once = |from: &[usize], steps: &mut Steps| {
        let mut all = Vec::new();
        for branch in branches {
            all.extend(reach(branch, text, from.to_vec(), steps)?);
        }
        Some(in_order(all))
    };
    match kind {
        b'!' => {
            let mut all = Vec::new();
            for start in from {
                let not = once(&[start], steps)?;
                steps.take(text.len() + 1 - start)?;
                all.extend((start..=text.len()).filter(|end| not.binary_search(end).is_err()));
            }
            Some(in_order(all))
        }
        b'@' => once(&from, steps),
        b'?' => {
            let taken = once(&from, steps)?;
            Some(in_order([from, taken].concat()))
        }
        _ => {
            let mut all = if kind == b'*' { from.clone() } else { Vec::new() };
            let mut front = from;
            // Each round goes on only from where none has been.
            while !front.is_empty() {
                front = once(&front, steps)?;
                front.retain(|at| all.binary_search(at).is_err());
                all = in_order([all, front.clone()].concat());
            }
            Some(all)
        }
    }
}

fn in_order(mut all: Vec<usize>) -> Vec<usize> {
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn hits(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern.as_bytes()).matches(text.as_bytes()) == Some(true)
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
        for pattern in [format!("{}b", "*a".repeat(60)), "+(+(a))b".into(), "*(*(a|aa)|!(b))b".into()] {
            assert_ne!(Pattern::new(pattern.as_bytes()).matches(text.as_bytes()), Some(true), "{pattern}");
        }
    }

    #[test]
    fn what_is_one_character_is_the_locales_to_say() {
        assert_eq!(Pattern::new(b"?").matches("\u{e9}".as_bytes()), None);
        assert_eq!(Pattern::new(b"*").matches("\u{e9}".as_bytes()), Some(true));
    }
}
