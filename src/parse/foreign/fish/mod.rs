//! fish's text in bash's words: blocks that end with `end`, `and` and `or` as commands, `set`, lists, `(…)` for what bash
//! writes `$(…)`. A reader by recursive descent that writes as it goes.

mod words;
mod set;

use super::{ANY, not_understood};

/// Text within text, and blocks within blocks.
const DEEPEST: usize = 40;

/// The text as bash would have it. Never fails: what is not understood reads as such.
#[must_use]
pub fn lowered(text: &[u8]) -> Vec<u8> {
    lower(text, 0).unwrap_or_else(|| not_understood(text))
}

fn lower(text: &[u8], depth: usize) -> Option<Vec<u8>> {
    let mut lower = Lower { text, at: 0, depth };
    let mut out = Vec::new();
    lower.list(&mut out)?;
    // A block's end without the block.
    (lower.at == text.len()).then_some(out)
}

struct Lower<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

/// Words that end a list of commands.
const ENDS: &[&[u8]] = &[b"end", b"else", b"case", b"}"];

impl Lower<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn starts(&self, with: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    /// Blanks, continued lines, and comments where a word would begin.
    fn blanks(&mut self) {
        loop {
            match self.peek(0) {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') if self.peek(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => {
                    while self.peek(0).is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn separators(&mut self) {
        self.blanks();
        while matches!(self.peek(0), Some(b'\n' | b';')) {
            self.at += 1;
            self.blanks();
        }
    }

    /// The plain word ahead.
    fn next_word(&self) -> &[u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| words::is_meta(*byte);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        &rest[..length]
    }

    fn takes(&mut self, word: &[u8]) -> bool {
        self.blanks();
        let found = self.next_word() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    /// Commands up to what ends them or the end of the text.
    fn list(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let mut is_first = true;
        loop {
            self.separators();
            if self.at == self.text.len() || self.peek(0) == Some(b')') || ENDS.contains(&self.next_word()) {
                return Some(());
            }
            let joined = if self.takes(b"and") {
                b" && "
            } else if self.takes(b"or") {
                b" || "
            } else {
                &b"\n"[..]
            };
            if !is_first {
                out.extend_from_slice(joined);
            }
            is_first = false;
            self.job(out)?;
        }
    }

    /// A pipeline, and those joined to it by `&&` and `||`.
    fn job(&mut self, out: &mut Vec<u8>) -> Option<()> {
        loop {
            self.pipeline(out)?;
            self.blanks();
            let joint = if self.starts("&&") { b" && " } else { b" || " };
            if !(self.starts("&&") || self.starts("||")) {
                break;
            }
            self.at += 2;
            out.extend_from_slice(joint);
            self.separators();
        }
        if self.peek(0) == Some(b'&') {
            self.at += 1;
            out.extend_from_slice(b" &");
        }
        Some(())
    }

    fn pipeline(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let mut stages: Vec<Vec<u8>> = Vec::new();
        loop {
            let mut stage = Vec::new();
            self.command(&mut stage)?;
            self.blanks();
            let pipe = ["&|", "2>|", "|"].iter().find(|pipe| self.starts(pipe) && !self.starts("||"));
            let Some(pipe) = pipe else {
                stages.push(stage);
                break;
            };
            self.at += pipe.len();
            if *pipe != "|" {
                stage.extend_from_slice(b" 2>&1");
            }
            stages.push(stage);
            self.separators();
        }
        if let [text @ .., last] = stages.as_slice()
            && !text.is_empty()
            && matches!(last.as_slice(), b"source" | b"." | b"source -" | b". -")
        {
            // What comes down the pipe runs in this shell.
            out.extend_from_slice(&[b"eval \"$(", bstr::join(" | ", text).as_slice(), b")\""].concat());
            return Some(());
        }
        out.extend(bstr::join(" | ", stages));
        Some(())
    }

    /// A simple command or a block, with its redirections.
    fn command(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.blanks();
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let word = self.next_word().to_vec();
        let is_block = self.block(&word, out)?;
        if is_block {
            self.redirections(out)?;
        }
        self.depth -= 1;
        Some(())
    }

    fn block(&mut self, word: &[u8], out: &mut Vec<u8>) -> Option<bool> {
        match word {
            b"begin" | b"{" => {
                self.at += word.len();
                self.body(b"{ ", if word == b"{" { b"}" } else { b"end" }, b"}", out)?;
            }
            b"if" => self.branches(out)?,
            b"while" => {
                self.at += word.len();
                out.extend_from_slice(b"while ");
                self.condition(out)?;
                self.body(b"do ", b"end", b"done", out)?;
            }
            b"for" => {
                self.at += word.len();
                self.blanks();
                let name = self.next_word().to_vec();
                self.at += name.len();
                if !self.takes(b"in") || !name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                    return None;
                }
                out.extend_from_slice(&[b"for ", name.as_slice(), b" in"].concat());
                for word in self.words(out)? {
                    out.extend_from_slice(&[b" ", word.text.as_slice()].concat());
                }
                self.body(b"; do ", b"end", b"done", out)?;
            }
            b"switch" => self.switch(out)?,
            b"function" => return self.function(out).map(|()| false),
            b"not" | b"!" => {
                self.at += word.len();
                out.extend_from_slice(b"! ");
                self.command(out)?;
                return Some(false);
            }
            b"time" => {
                self.at += word.len();
                out.extend_from_slice(b"time ");
                self.command(out)?;
                return Some(false);
            }
            _ => return self.simple(out).map(|()| false),
        }
        Some(true)
    }

    /// What stands up to `end`, between bash's words for it.
    fn body(&mut self, begin: &[u8], end: &[u8], close: &[u8], out: &mut Vec<u8>) -> Option<()> {
        out.extend_from_slice(begin);
        self.filled_list(out)?;
        self.ends(end)?;
        out.extend_from_slice(&[b"\n", close].concat());
        Some(())
    }

    fn ends(&mut self, end: &[u8]) -> Option<()> {
        self.takes(end).then_some(())
    }

    /// bash wants at least one command.
    fn filled_list(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let before = out.len();
        self.list(out)?;
        if out.len() == before {
            out.extend_from_slice(b":");
        }
        Some(())
    }

    /// One job, with those that `and` and `or` join to it.
    fn condition(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.job(out)?;
        loop {
            let from = self.at;
            self.separators();
            let joint: &[u8] = match self.next_word() {
                b"and" => b" && ",
                b"or" => b" || ",
                _ => {
                    self.at = from;
                    out.push(b'\n');
                    return Some(());
                }
            };
            self.at += self.next_word().len();
            self.blanks();
            out.extend_from_slice(joint);
            self.job(out)?;
        }
    }

    fn branches(&mut self, out: &mut Vec<u8>) -> Option<()> {
        out.extend_from_slice(b"if ");
        self.at += 2;
        self.condition(out)?;
        out.extend_from_slice(b"then ");
        self.filled_list(out)?;
        while self.takes(b"else") {
            let again = self.takes(b"if");
            out.extend_from_slice(if again { b"\nelif " } else { b"\nelse " });
            if again {
                self.condition(out)?;
                out.extend_from_slice(b"then ");
            }
            self.filled_list(out)?;
        }
        self.ends(b"end")?;
        out.extend_from_slice(b"\nfi");
        Some(())
    }

    /// Which arm is taken is not followed: a quoted pattern is one too.
    fn switch(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.at += b"switch".len();
        out.extend_from_slice(b"case \"$");
        out.extend_from_slice(ANY.as_bytes());
        for word in self.words(out)?.iter().filter(|word| word.runs) {
            out.extend_from_slice(&word.text);
        }
        out.extend_from_slice(b"\" in");
        self.separators();
        let mut arms = 0;
        while self.takes(b"case") {
            arms += 1;
            self.words(&mut Vec::new())?;
            out.extend_from_slice(format!(" (\"{arms}\") ").as_bytes());
            self.filled_list(out)?;
            out.extend_from_slice(b"\n;;");
        }
        self.ends(b"end")?;
        out.extend_from_slice(b" esac");
        Some(())
    }

    fn function(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.at += b"function".len();
        let words = self.words(out)?;
        let mut words = words.iter().peekable();
        let (mut name, mut parameters) = (None, Vec::new());
        while let Some(word) = words.next() {
            match word.text.as_slice() {
                b"-a" | b"--argument-names" => {
                    while let Some(word) = words.next_if(|word| !word.text.starts_with(b"-")) {
                        parameters.push(word.text.clone());
                    }
                }
                b"-d"
                | b"-e"
                | b"-j"
                | b"-p"
                | b"-s"
                | b"-v"
                | b"-w"
                | b"-V"
                | b"--description"
                | b"--wraps"
                | b"--on-event"
                | b"--on-variable"
                | b"--on-signal"
                | b"--on-job-exit"
                | b"--on-process-exit"
                | b"--inherit-variable" => {
                    words.next();
                }
                option if option.starts_with(b"-") => {}
                // As the last option's word, or the name.
                text => {
                    name.get_or_insert_with(|| text.to_vec());
                }
            }
        }
        out.extend_from_slice(&[name?.as_slice(), b"() { "].concat());
        for (number, parameter) in parameters.iter().enumerate() {
            out.extend_from_slice(
                &[b"local ", parameter.as_slice(), format!("=\"${{{}}}\"\n", number + 1).as_bytes()].concat(),
            );
        }
        self.body(b"", b"end", b"}", out)
    }

    fn simple(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let mut redirected = Vec::new();
        let words = self.words(&mut redirected)?;
        // Nothing that could be a command.
        let first = words.first()?;
        set::command(first, &words, out);
        out.extend(redirected);
        Some(())
    }

    fn redirections(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let words = self.words(out)?;
        words.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests;
