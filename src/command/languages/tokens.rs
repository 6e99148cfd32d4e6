//! Text of a language → tokens. One pass; what it can't make out is a mark or nothing, never an error.

use std::collections::VecDeque;

use bstr::{BString, ByteSlice};

use super::grammar::{Backtick, Holes, Language};
use super::quotes;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(BString),
    Text(Vec<Part>),
    /// Text that a shell runs where it stands.
    Shell(Vec<Part>),
    Words(Vec<BString>),
    Number(BString),
    Mark(&'static str),
    Pattern,
    Newline,
}

/// A piece of a literal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Raw(BString),
    /// An expression of the same language; empty where it is not worth reading.
    Code(BString),
}

#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub token: Token,
    pub line: usize,
    /// Inside a block: it may not run, or run again.
    pub nested: bool,
}

/// Longest first.
#[rustfmt::skip]
const MARKS: &[&str] = &[
    "===", "!==", "...", "**=", "||=", "&&=", "??=", "<=>", "=>", "->", "::", "?.", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", ".=", "..", "||", "&&", "??", ":=", "=~", "<<", ">>", "**", "$#",
    "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "=", "+", "-", "*", "/", "%", "<", ">", "!", "?", "|", "&", "^", "~", "@", "\\", "$",
];

/// Tokens of one text.
const TOKENS: usize = 400_000;
/// Bytes of a pattern between slashes.
const PATTERN: usize = 4096;

pub(super) struct Scan<'t> {
    pub text: &'t [u8],
    pub at: usize,
    pub line: usize,
    pub language: &'static Language,
    pub tokens: Vec<Placed>,
    brackets: Vec<u8>,
    braces: usize,
    indented: bool,
    heredocs: VecDeque<(usize, BString)>,
}

/// The tokens, and whether the budget held.
pub(super) fn tokens(text: &[u8], language: &'static Language) -> (Vec<Placed>, bool) {
    let mut scan = Scan {
        text,
        at: 0,
        line: 1,
        language,
        tokens: Vec::new(),
        brackets: Vec::new(),
        braces: 0,
        indented: false,
        heredocs: VecDeque::new(),
    };
    while scan.at < text.len() && scan.tokens.len() < TOKENS {
        scan.one();
    }
    (scan.tokens, scan.at >= text.len())
}

impl<'t> Scan<'t> {
    pub fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn advance(&mut self, by: usize) {
        let end = (self.at + by).min(self.text.len());
        let passed = self.text.get(self.at..end).unwrap_or_default();
        self.line += passed.find_iter(b"\n").count();
        self.at = end;
    }

    pub fn push(&mut self, token: Token, line: usize) {
        let nested = if self.language.triple { self.indented } else { self.braces > 0 };
        self.tokens.push(Placed { token, line, nested });
    }

    fn one(&mut self) {
        let rest = self.rest();
        let Some(byte) = rest.first().copied() else { return };
        match byte {
            b'\n' => self.newline(),
            b'\\' if rest.get(1) == Some(&b'\n') => self.advance(2),
            _ if byte.is_ascii_whitespace() => self.advance(1),
            _ if self.comment() || quotes::literal(self) || self.pattern() => {}
            b'0'..=b'9' => {
                let end = rest
                    .iter()
                    .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'_'))
                    .unwrap_or(rest.len());
                // `1..5` is a range, not a number.
                let end = rest[..end].find(b"..").map_or(end, |dots| dots.max(1));
                self.push(Token::Number(rest[..end].into()), self.line);
                self.advance(end);
            }
            _ if begins_name(byte) || self.sigil(rest) => self.name(),
            _ => self.mark(),
        }
    }

    fn newline(&mut self) {
        let line = self.line;
        self.advance(1);
        while let Some((index, end)) = self.heredocs.pop_front() {
            self.heredoc(index, &end);
        }
        let inside = match self.brackets.last() {
            Some(b'(' | b'[') => true,
            Some(b'{') => self.language.triple,
            Some(_) | None => false,
        };
        if !inside {
            self.push(Token::Newline, line);
            self.indented = matches!(self.rest().first(), Some(b' ' | b'\t'));
        }
    }

    fn comment(&mut self) -> bool {
        let rest = self.rest();
        if let Some((open, close)) = self.language.block
            && rest.starts_with(open.as_bytes())
        {
            let end = rest.get(2..).unwrap_or_default().find(close).map_or(rest.len(), |end| end + 2 + close.len());
            self.advance(end);
            return true;
        }
        if self.language.comments.iter().any(|mark| rest.starts_with(mark.as_bytes())) {
            // Lua's long comments.
            let long = self.language.long_brackets && rest.starts_with(b"--[[");
            let end = if long { rest.find(b"]]").map(|end| end + 2) } else { rest.find_byte(b'\n') };
            self.advance(end.unwrap_or(rest.len()));
            return true;
        }
        // Perl's and Ruby's pages of documentation.
        let page = (self.language.quote_words || self.language.percent)
            && (self.at == 0 || self.text.get(self.at - 1) == Some(&b'\n'))
            && rest.first() == Some(&b'=')
            && rest.get(1).is_some_and(u8::is_ascii_alphabetic);
        if page {
            let end = if self.language.percent { "\n=end" } else { "\n=cut" };
            self.advance(rest.find(end).map_or(rest.len(), |at| at + end.len()));
        }
        page
    }

    /// Whether a value may begin here, so that `/` opens a pattern and `%` a literal.
    pub fn expects_value(&self) -> bool {
        match self.tokens.last().map(|placed| &placed.token) {
            None | Some(Token::Newline) => true,
            Some(Token::Mark(mark)) => !matches!(*mark, ")" | "]" | "}"),
            Some(Token::Name(name)) => matches!(
                name.as_slice(),
                b"return"
                    | b"and"
                    | b"or"
                    | b"not"
                    | b"if"
                    | b"unless"
                    | b"while"
                    | b"split"
                    | b"grep"
                    | b"when"
                    | b"case"
                    | b"typeof"
                    | b"in"
                    | b"puts"
                    | b"print"
                    | b"system"
                    | b"exec"
                    | b"spawn"
            ),
            Some(Token::Text(_) | Token::Shell(_) | Token::Words(_) | Token::Number(_) | Token::Pattern) => false,
        }
    }

    fn pattern(&mut self) -> bool {
        let rest = self.rest();
        if !self.language.patterns || rest.first() != Some(&b'/') || !self.expects_value() {
            return false;
        }
        let mut class = false;
        let mut skip = false;
        for (index, byte) in rest.iter().enumerate().take(PATTERN).skip(1) {
            match byte {
                b'\n' => return false,
                _ if skip => skip = false,
                b'\\' => skip = true,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => {
                    let flags = rest[index + 1..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                    self.push(Token::Pattern, self.line);
                    self.advance(index + 1 + flags);
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    fn sigil(&self, rest: &[u8]) -> bool {
        let follows = |byte: &u8| begins_name(*byte);
        match rest.first() {
            Some(b'$') => {
                self.language.sigils && rest.get(1).is_some_and(|byte| follows(byte) || byte.is_ascii_digit())
            }
            Some(b'@' | b'%') => {
                self.language.holes == Holes::Sigil && self.expects_value() && rest.get(1).is_some_and(follows)
            }
            _ => false,
        }
    }

    fn name(&mut self) {
        let rest = self.rest();
        let end = 1 + rest
            .iter()
            .skip(1)
            .position(|byte| {
                let dollar = *byte == b'$' && self.language.backtick == Backtick::Template;
                !(begins_name(*byte) || byte.is_ascii_digit() || dollar || self.language.letters.contains(byte))
            })
            .unwrap_or(rest.len() - 1);
        // Ruby's `empty?` and `delete!`.
        let end = end
            + usize::from(
                self.language.percent && matches!(rest.get(end), Some(b'?' | b'!')) && rest.get(end + 1) != Some(&b'='),
            );
        self.push(Token::Name(rest[..end].into()), self.line);
        self.advance(end);
    }

    fn mark(&mut self) {
        let rest = self.rest();
        if self.begin_heredoc() {
            return;
        }
        let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(mark.as_bytes())) else {
            return self.advance(1);
        };
        match *mark {
            "(" | "[" => self.brackets.push(mark.as_bytes()[0]),
            "{" => {
                self.brackets.push(b'{');
                self.braces += 1;
            }
            ")" | "]" | "}" => {
                let open = match *mark {
                    ")" => b'(',
                    "]" => b'[',
                    _ => b'{',
                };
                // A stray bracket closes nothing.
                if let Some(at) = self.brackets.iter().rev().take(8).position(|one| *one == open) {
                    let closed = self.brackets.split_off(self.brackets.len() - 1 - at);
                    self.braces -= closed.find_iter(b"{").count();
                }
            }
            _ => {}
        }
        self.push(Token::Mark(mark), self.line);
        self.advance(mark.len());
    }

    /// `<<EOF`, `<<~'EOF'`, PHP's `<<<EOF`: the text begins after this line.
    fn begin_heredoc(&mut self) -> bool {
        let rest = self.rest();
        let opens = match self.language.holes {
            Holes::Php => rest.strip_prefix(b"<<<"),
            Holes::Hash | Holes::Sigil => rest.strip_prefix(b"<<"),
            Holes::None => None,
        };
        let Some(after) = opens else { return false };
        let after = after.trim_start_with(|c| c == '~' || c == '-');
        let quote = after.first().copied().filter(|byte| matches!(byte, b'"' | b'\''));
        let body = after.get(usize::from(quote.is_some())..).unwrap_or_default();
        let length = body.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let closed = quote.is_none_or(|quote| body.get(length) == Some(&quote));
        if length == 0 || !closed || !body.first().is_some_and(|byte| byte.is_ascii_uppercase() || *byte == b'_') {
            return false;
        }
        let used = rest.len() - after.len() + length + 2 * usize::from(quote.is_some());
        self.heredocs.push_back((self.tokens.len(), body[..length].into()));
        self.push(Token::Text(Vec::new()), self.line);
        self.advance(used);
        true
    }

    fn heredoc(&mut self, index: usize, end: &BString) {
        let rest = self.rest();
        let mut length = 0;
        let mut used = rest.len();
        for line in rest.lines_with_terminator() {
            if line.trim().trim_end_with(|c| c == ';') == end.as_slice() {
                used = length + line.len().saturating_sub(usize::from(line.ends_with(b"\n")));
                break;
            }
            length += line.len();
        }
        let parts = quotes::parts(&rest[..length.min(rest.len())], self.language.holes, true);
        if let Some(placed) = self.tokens.get_mut(index) {
            placed.token = Token::Text(parts);
        }
        self.advance(used);
    }
}

pub(super) fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}
