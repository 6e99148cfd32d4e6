//! Text → tokens with their place: what is a word, what is only a string or a comment, by the client's dialect.

use bstr::{BString, ByteSlice};

use super::Dialect;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    /// A quoted identifier.
    Name,
    /// A string, with its quotes.
    Text,
    Number,
    Punct(u8),
    /// The end of a statement: `;`, a changed delimiter, `GO`, `\g`.
    End,
    /// A command of the client itself, to the end of its line.
    Client,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Token {
    pub fn text<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }

    pub fn is(&self, text: &[u8], word: &str) -> bool {
        self.kind == Kind::Word && self.text(text).eq_ignore_ascii_case(word.as_bytes())
    }
}

/// The second part is false where a quote or comment stays open.
pub fn tokens(text: &[u8], dialect: Dialect) -> (Vec<Token>, bool) {
    let mut lexer = Lexer { text, dialect, at: 0, tokens: Vec::new(), closed: true, delimiter: None };
    lexer.run();
    (lexer.tokens, lexer.closed)
}

struct Lexer<'a> {
    text: &'a [u8],
    dialect: Dialect,
    at: usize,
    tokens: Vec<Token>,
    closed: bool,
    /// Set by mysql's DELIMITER; `;` then ends nothing.
    delimiter: Option<BString>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let end = (self.at + length.max(1)).min(self.text.len());
        self.tokens.push(Token { kind, start: self.at, end });
        self.at = end;
    }

    fn run(&mut self) {
        while let Some(&byte) = self.text.get(self.at) {
            if self.client_command() || self.blank(byte) {
                continue;
            }
            let rest = self.rest();
            if let Some(length) = self.delimiter.as_ref().filter(|own| rest.starts_with(own)).map(|own| own.len()) {
                self.push(Kind::End, length);
                continue;
            }
            match byte {
                b';' if self.delimiter.is_none() => self.push(Kind::End, 1),
                b'\'' => self.string(0, self.backslashes()),
                b'"' if self.dialect == Dialect::Mysql => self.string(0, true),
                b'"' => self.quoted(b'"', Kind::Name),
                b'`' => self.quoted(b'`', Kind::Name),
                b'[' if self.dialect == Dialect::Mssql => self.quoted(b']', Kind::Name),
                b'$' => self.dollar(),
                b'0'..=b'9' => {
                    let number = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'.' | b'_');
                    self.push(Kind::Number, rest.iter().take_while(number).count());
                }
                _ if is_word(byte) => self.word(rest),
                _ => self.push(Kind::Punct(byte), 1),
            }
        }
    }

    fn backslashes(&self) -> bool {
        matches!(self.dialect, Dialect::Mysql | Dialect::Clickhouse)
    }

    /// Blanks and comments.
    fn blank(&mut self, byte: u8) -> bool {
        let rest = self.rest();
        let line = |rest: &[u8]| rest.find_byte(b'\n').unwrap_or(rest.len());
        let length = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c | 0 => 1,
            0xEF if rest.starts_with(b"\xEF\xBB\xBF") => 3,
            b'-' if rest.starts_with(b"--") => line(rest),
            b'#' if self.dialect == Dialect::Mysql => line(rest),
            // mysql runs what stands in `/*! … */`: only the marks are blank.
            b'/' if rest.starts_with(b"/*!") && matches!(self.dialect, Dialect::Mysql | Dialect::Generic) => {
                3 + rest.get(3..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
            }
            b'*' if rest.starts_with(b"*/") => 2,
            b'/' if rest.starts_with(b"/*") => self.comment(rest),
            _ => return false,
        };
        self.at += length.max(1);
        true
    }

    fn comment(&mut self, rest: &[u8]) -> usize {
        let nests = matches!(self.dialect, Dialect::Postgres | Dialect::Mssql | Dialect::Duckdb | Dialect::Clickhouse);
        let mut depth = 0usize;
        let mut at = 0;
        while at < rest.len() {
            let here = rest.get(at..).unwrap_or_default();
            if here.starts_with(b"/*") && (nests || depth == 0) {
                depth += 1;
                at += 2;
            } else if here.starts_with(b"*/") {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            } else {
                at += 1;
            }
        }
        self.closed = false;
        rest.len()
    }

    /// A string whose opening quote stands `prefix` bytes on.
    fn string(&mut self, prefix: usize, backslashes: bool) {
        let rest = self.rest();
        let quote = rest.get(prefix).copied().unwrap_or(b'\'');
        let mut at = prefix + 1;
        while let Some(&byte) = rest.get(at) {
            if byte == b'\\' && backslashes {
                at += 1;
            } else if byte == quote {
                if rest.get(at + 1) != Some(&quote) {
                    self.push(Kind::Text, at + 1);
                    return;
                }
                at += 1;
            }
            at += 1;
        }
        self.closed = false;
        self.push(Kind::Text, rest.len());
    }

    fn quoted(&mut self, close: u8, kind: Kind) {
        let rest = self.rest();
        let end = rest.get(1..).and_then(|rest| rest.find_byte(close));
        self.closed &= end.is_some();
        self.push(kind, end.map_or(rest.len(), |end| end + 2));
    }

    /// `$tag$ … $tag$`, or `$1`.
    fn dollar(&mut self) {
        let rest = self.rest();
        let tag = rest.get(1..).unwrap_or_default().iter().take_while(|byte| is_word(**byte)).count();
        let quote = rest.get(..tag + 2).filter(|quote| quote.ends_with(b"$") && quote.len() > 1);
        let has = matches!(self.dialect, Dialect::Postgres | Dialect::Duckdb | Dialect::Generic | Dialect::Clickhouse);
        let Some(quote) = quote.filter(|_| has) else {
            self.push(Kind::Word, tag + 1);
            return;
        };
        let inner = rest.get(quote.len()..).unwrap_or_default();
        let end = inner.find(quote);
        self.closed &= end.is_some();
        self.push(Kind::Text, end.map_or(rest.len(), |end| end + 2 * quote.len()));
    }

    fn word(&mut self, rest: &[u8]) {
        let length = rest.iter().take_while(|byte| is_word(**byte) || byte.is_ascii_digit() || **byte == b'$').count();
        let word = rest.get(..length).unwrap_or_default();
        if rest.get(length) == Some(&b'\'') && length <= 2 && word.iter().all(|byte| b"eEnNxXbBuU&".contains(byte)) {
            let escapes = word.eq_ignore_ascii_case(b"e") || self.backslashes();
            self.string(length, escapes);
            return;
        }
        if self.dialect == Dialect::Mssql && word.eq_ignore_ascii_case(b"go") && self.alone(length) {
            self.push(Kind::End, length);
            return;
        }
        self.push(Kind::Word, length);
    }

    /// The word here is the first of its line, and nothing but a count follows.
    fn alone(&self, length: usize) -> bool {
        let line = |rest: &'a [u8]| rest.lines().next().unwrap_or_default();
        let after = line(self.text.get(self.at + length..).unwrap_or_default());
        self.line_start() && after.trim().iter().all(u8::is_ascii_digit)
    }

    fn line_start(&self) -> bool {
        // Nobody indents further, and a long line is not searched again for each of its bytes.
        let before = self.text.get(self.at.saturating_sub(200)..self.at).unwrap_or_default();
        let from = before.rfind_byte(b'\n').map_or(0, |end| end + 1);
        before.get(from..).unwrap_or_default().trim().is_empty()
    }

    fn statement_start(&self) -> bool {
        self.tokens.last().is_none_or(|token| matches!(token.kind, Kind::End | Kind::Client))
    }

    /// A client's own command, if one begins here.
    fn client_command(&mut self) -> bool {
        let rest = self.rest();
        let word = |word: &str| {
            rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
                && rest.get(word.len()).is_none_or(u8::is_ascii_whitespace)
        };
        let start = self.statement_start();
        let own = match self.dialect {
            Dialect::Postgres => rest.starts_with(b"\\") && !rest.starts_with(b"\\\\"),
            Dialect::Mysql => {
                let names = ["system", "source", "delimiter", "pager", "tee", "edit"];
                rest.starts_with(b"\\") || start && names.iter().any(|name| word(name))
            }
            Dialect::Sqlite | Dialect::Duckdb => rest.starts_with(b".") && start && self.line_start(),
            Dialect::Mssql => (rest.starts_with(b":") || rest.starts_with(b"!!")) && self.line_start(),
            Dialect::Oracle => {
                let names = ["host", "ho", "start", "sta", "spool", "spo"];
                let marked = rest.starts_with(b"!") || rest.starts_with(b"@");
                start && self.line_start() && (marked || names.iter().any(|name| word(name)))
            }
            // A `\!` of whatever client stands at the beginning of a statement.
            Dialect::Generic => rest.starts_with(b"\\!") || rest.starts_with(b"!") && self.line_start(),
            Dialect::Clickhouse => false,
        };
        if !own {
            return false;
        }
        let line = rest.find_byteset(b"\r\n").unwrap_or(rest.len());
        if self.dialect == Dialect::Mysql && word("delimiter") {
            let own = rest.get("delimiter".len()..line).unwrap_or_default().trim();
            self.delimiter = (own != b";" && !own.is_empty()).then(|| own.into());
            self.at += line.max(1);
            self.tokens.push(Token { kind: Kind::End, start: self.at, end: self.at });
            return true;
        }
        match self.dialect {
            Dialect::Mysql => self.short_command(rest, line),
            Dialect::Postgres => self.backslash_command(rest.get(..line).unwrap_or_default()),
            _ => self.push(Kind::Client, line),
        }
        true
    }

    /// mysql's `\g` ends a statement, `\!` takes the line, and most others are two letters and no more.
    fn short_command(&mut self, rest: &[u8], line: usize) {
        match rest.get(..2) {
            Some(b"\\g" | b"\\G") => self.push(Kind::End, 2),
            Some(b"\\!" | b"\\." | b"\\P" | b"\\T" | b"\\R" | b"\\d") => self.push(Kind::Client, line),
            Some(b"\\u" | b"\\C" | b"\\r") => {
                let end = rest.find_byte(b';').map_or(line, |at| at.min(line));
                self.push(Kind::Client, end);
            }
            Some([b'\\', _]) => self.at += 2,
            _ => self.push(Kind::Client, line),
        }
    }

    /// psql's: some take the rest of the line, the others end at the next backslash outside of quotes.
    fn backslash_command(&mut self, line: &[u8]) {
        if line.starts_with(b"\\;") {
            self.push(Kind::End, 2);
            return;
        }
        let name = line.find_byteset(b" \t").map_or(line, |end| line.get(..end).unwrap_or_default());
        let whole: [&[u8]; 9] = [b"\\!", b"\\copy", b"\\?", b"\\h", b"\\help", b"\\ef", b"\\ev", b"\\sf", b"\\sv"];
        let piped = line.get(name.len()..).unwrap_or_default().trim_start().starts_with(b"|");
        if piped || line.starts_with(b"\\!") || whole.contains(&name) {
            self.push(Kind::Client, line.len());
            return;
        }
        let mut quote = None;
        for (at, byte) in line.iter().enumerate().skip(1) {
            match (quote, byte) {
                (Some(open), byte) if open == byte => quote = None,
                (None, b'\'' | b'"' | b'`') => quote = Some(byte),
                (None, b'\\') => {
                    self.push(Kind::Client, at);
                    // A doubled one only ends the arguments.
                    self.at += if line.get(at + 1) == Some(&b'\\') { 2 } else { 0 };
                    return;
                }
                (Some(_) | None, _) => {}
            }
        }
        self.push(Kind::Client, line.len());
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'@' || byte >= 0x80
}
