//! Keywords, braces and parentheses: which construct is open, and what bash writes where it ends.

use super::{Lower, MOST_ALIASES, Open, Place, Since};

/// A function without a name.
pub(super) const ANONYMOUS: &str = "guarded_anonymous";

/// Builtins of the module zsh/files, which have a second name (`zf_rm`).
const FILE_TOOLS: [&[u8]; 8] = [b"chgrp", b"chmod", b"chown", b"ln", b"mkdir", b"mv", b"rm", b"rmdir"];

impl Lower<'_> {
    /// A word: a keyword, a brace, a command's name, or one of its words.
    pub(super) fn token(&mut self) -> Option<()> {
        let from = self.at;
        let named = matches!(self.place, Place::Name | Place::After);
        let (raw, word) = self.word(named)?;
        if self.expands(&raw, from) {
            return Some(());
        }
        match (self.place, raw.as_slice()) {
            (_, b"}") if self.closes_brace() => return self.close_brace(),
            (Place::Words, _) => self.words(&word),
            (Place::After, b"always") => {
                self.put(";");
                self.opened();
            }
            _ => return self.keyword(&raw, &word),
        }
        Some(())
    }

    pub(super) fn words(&mut self, word: &[u8]) {
        self.out.extend_from_slice(word);
        self.since = Since::Word;
    }

    /// Global aliases, and those by the ending of a name.
    fn expands(&mut self, raw: &[u8], from: usize) -> bool {
        let ending = raw.iter().rposition(|byte| *byte == b'.').map(|dot| &raw[dot + 1..]);
        let suffix = ending.filter(|_| self.place == Place::Name).and_then(|ending| self.settings.suffixes.get(ending));
        let text = match (self.settings.globals.get(raw), suffix) {
            (Some(text), _) => text.clone(),
            (None, Some(program)) => [program.as_slice(), b" ./", raw].concat(),
            (None, None) => return false,
        };
        if self.aliases >= MOST_ALIASES || text.as_slice() == raw {
            return false;
        }
        self.aliases += 1;
        self.text.splice(from..self.at, text);
        self.at = from;
        true
    }

    fn keyword(&mut self, raw: &[u8], word: &[u8]) -> Option<()> {
        let top = self.open.last().cloned();
        match (raw, &top) {
            (b"do", Some(Open::Condition("done") | Open::Header("done"))) => self.body("do", Open::Keyword("done")),
            (b"then", Some(Open::Condition("fi"))) => self.body("then", Open::Keyword("fi")),
            (b"{", Some(Open::Header(end))) => self.body(begin(end), Open::Braced(end)),
            (b"{", Some(Open::Condition(end))) if self.place == Place::After => {
                self.body(begin(end), Open::Braced(end));
            }
            (_, Some(Open::Header(_))) => return self.short(raw, word),
            (_, Some(Open::Condition(_))) if self.place == Place::After => return self.short(raw, word),
            (b"elif", Some(Open::Keyword("fi"))) => {
                self.body("elif", Open::Condition("fi"));
            }
            (b"else", Some(Open::Keyword("fi"))) => self.body("else", Open::Keyword("fi")),
            (b"fi", Some(Open::Keyword("fi"))) | (b"done", Some(Open::Keyword("done"))) => {
                self.open.pop();
                self.close(if raw == b"fi" { "fi" } else { "done" });
            }
            (b"end", Some(Open::Foreach)) => {
                self.open.pop();
                self.close("done");
            }
            (b"esac", Some(Open::Case)) => {
                self.open.pop();
                self.close("esac");
            }
            _ => return self.begins(raw, word),
        }
        Some(())
    }

    fn begins(&mut self, raw: &[u8], word: &[u8]) -> Option<()> {
        match raw {
            b"if" => self.open_with("if", Open::Condition("fi")),
            b"while" => self.open_with("while", Open::Condition("done")),
            b"until" => self.open_with("until", Open::Condition("done")),
            b"{" => self.open_with("{", Open::Group),
            b"for" | b"select" | b"foreach" => return self.for_loop(raw == b"foreach"),
            b"repeat" => {
                self.skip_blanks();
                let (_, count) = self.word(false)?;
                self.put("for guarded_i in ");
                self.words(&count);
                self.open.push(Open::Header("done"));
                self.place = Place::After;
            }
            b"case" => return self.case(),
            b"function" => return self.function(),
            b"[[" => return self.condition(),
            b"!" | b"time" | b"coproc" => {
                self.out.extend_from_slice(raw);
                self.place = Place::Name;
            }
            b"noglob" | b"nocorrect" | b"-" => self.place = Place::Name,
            _ => {
                let file_tool = raw.strip_prefix(b"zf_").filter(|name| FILE_TOOLS.contains(name)).map(<[u8]>::to_vec);
                return self.command(raw, file_tool.as_deref().unwrap_or(word));
            }
        }
        Some(())
    }

    fn command(&mut self, raw: &[u8], word: &[u8]) -> Option<()> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let gap = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if rest.get(gap) == Some(&b'(') && empty_parentheses(&rest[gap..]).is_some() {
            self.at += gap + empty_parentheses(&rest[gap..])?;
            self.out.extend_from_slice(raw);
            self.put("() ");
            self.function_body(Open::Group);
            return Some(());
        }
        let assigns = raw.iter().position(|byte| *byte == b'=').is_some_and(|equals| {
            raw[..equals].iter().all(|byte| byte.is_ascii_alphanumeric() || b"_+[]".contains(byte)) && equals > 0
        });
        self.words(word);
        self.place = if assigns { Place::Name } else { Place::Words };
        Some(())
    }

    pub(super) fn open_with(&mut self, text: &str, open: Open) {
        self.put(text);
        self.put(" ");
        self.open.push(open);
        self.opened();
    }

    /// From a condition to what it is about.
    fn body(&mut self, text: &str, open: Open) {
        if self.since == Since::Word {
            self.put(";");
        }
        self.open.pop();
        self.put(" ");
        self.open_with(text, open);
    }

    /// A loop or `if` around a single command.
    fn short(&mut self, raw: &[u8], word: &[u8]) -> Option<()> {
        self.begin_short();
        self.place = Place::Name;
        if raw.is_empty() { Some(()) } else { self.keyword(raw, word) }
    }

    fn begin_short(&mut self) {
        if let Some(Open::Condition(end) | Open::Header(end)) = self.open.last().cloned() {
            self.body(begin(end), Open::Short(end));
        }
    }

    pub(super) fn end_short(&mut self) {
        while let Some(Open::Short(end)) = self.open.last().cloned() {
            self.open.pop();
            self.close(end);
        }
    }

    pub(super) fn close(&mut self, end: &str) {
        self.put(match self.since {
            Since::Opened => ":; ",
            Since::Separated => " ",
            Since::Word => "; ",
        });
        self.put(end);
        self.place = Place::After;
        self.since = Since::Word;
    }

    fn closes_brace(&self) -> bool {
        let open = self.open.iter().rev().find(|open| !matches!(open, Open::Short(_)));
        matches!(open, Some(Open::Group | Open::Anonymous | Open::Braced(_) | Open::CaseBrace))
    }

    fn close_brace(&mut self) -> Option<()> {
        self.end_short();
        match self.open.pop()? {
            Open::Anonymous => {
                self.close("}");
                self.put(&format!("\n{ANONYMOUS} "));
                self.place = Place::Words;
            }
            Open::Braced("fi") if self.next_word() == b"elif" => {
                self.skip_word();
                self.close("elif ");
                self.open.push(Open::Condition("fi"));
                self.opened();
            }
            Open::Braced("fi") if self.next_word() == b"else" => {
                self.skip_word();
                self.close("else ");
                self.opened();
                self.open.push(Open::Braced("fi"));
                if self.next_word() == b"{" {
                    self.skip_word();
                } else {
                    self.open.pop();
                    self.open.push(Open::Short("fi"));
                }
            }
            Open::Braced(end) => self.close(end),
            Open::CaseBrace => self.close("esac"),
            _ => self.close("}"),
        }
        Some(())
    }

    pub(super) fn parenthesis(&mut self) -> Option<()> {
        if self.place == Place::Words {
            let (_, word) = self.word(false)?;
            self.words(&word);
            return Some(());
        }
        if matches!(self.open.last(), Some(Open::Header(_))) || self.in_condition() && self.place == Place::After {
            self.begin_short();
        }
        if let Some(end) = empty_parentheses(&self.text[self.at..]) {
            self.at += end;
            self.put(&format!("{ANONYMOUS}() "));
            self.function_body(Open::Anonymous);
            return Some(());
        }
        if self.starts("((")
            && let Some(end) = self.arithmetic_end(self.at)
        {
            self.copy(end - self.at);
            self.place = Place::After;
            self.since = Since::Word;
            return Some(());
        }
        self.at += 1;
        self.put(if self.out.ends_with(b"(") { " (" } else { "(" });
        self.open.push(Open::Subshell);
        self.opened();
        Some(())
    }

    pub(super) fn closed_parenthesis(&mut self) -> Option<()> {
        self.end_short();
        if self.open.pop()? != Open::Subshell {
            return None;
        }
        self.at += 1;
        self.put(if self.since == Since::Opened { ":)" } else { ")" });
        self.place = Place::After;
        self.since = Since::Word;
        Some(())
    }

    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn after_blanks(&self) -> Option<u8> {
        self.text.get(self.at..)?.iter().copied().find(|byte| !matches!(byte, b' ' | b'\t'))
    }

    /// The plain word ahead, behind blanks and newlines.
    pub(super) fn next_word(&self) -> &[u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let from = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
        let length = rest[from..].iter().take_while(|byte| !super::words::is_meta(**byte)).count();
        &rest[from..from + length]
    }

    pub(super) fn skip_word(&mut self) {
        let length = self.next_word().len();
        while self.peek(0).is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.at += length;
    }
}

/// What begins the body that so ends.
fn begin(end: &str) -> &'static str {
    if end == "fi" { "then" } else { "do" }
}

pub(super) fn empty_parentheses(text: &[u8]) -> Option<usize> {
    let inner = text.strip_prefix(b"(")?;
    let blanks = inner.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (inner.get(blanks) == Some(&b')')).then_some(blanks + 2)
}
