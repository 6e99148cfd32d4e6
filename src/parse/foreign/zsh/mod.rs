//! zsh's text in bash's words: short loops, braces in place of `do` and `fi`, anonymous functions, global aliases, glob
//! qualifiers, parameter flags. A walk over the text that follows where a command's name can stand and what is open.

mod words;
mod parameters;
mod compound;
mod headers;

use std::collections::BTreeMap;

use super::not_understood;

/// What of a shell's state decides how its text is read.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `setopt interactive_comments`: a `#` begins a comment at a prompt too.
    pub comments: bool,
    pub extended_glob: bool,
    /// `setopt sh_word_split` or `glob_subst`: a parameter's value comes apart as in bash, or is a pattern.
    pub splits: bool,
    /// `alias -g`
    pub globals: BTreeMap<Vec<u8>, Vec<u8>>,
    /// `alias -s`: by the ending of a command's name.
    pub suffixes: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// Text within text.
const DEEPEST: usize = 40;
/// Global aliases that one text is expanded by.
const MOST_ALIASES: usize = 100;

/// The text as bash would have it. Never fails: what is not understood reads as such.
#[must_use]
pub fn lowered(text: &[u8], settings: &Settings) -> Vec<u8> {
    lower(text, settings, 0).unwrap_or_else(|| not_understood(text))
}

fn lower(text: &[u8], settings: &Settings, depth: usize) -> Option<Vec<u8>> {
    if depth > DEEPEST {
        return None;
    }
    let mut lower = Lower::of(text, settings, depth);
    lower.run()?;
    Some(lower.out)
}

/// What may stand next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A command's name, or a keyword.
    Name,
    /// Its words.
    Words,
    /// A compound command has ended: separators, redirections, `{` of a loop.
    After,
    /// A pattern of `case`.
    Pattern,
}

/// What was written last: bash wants a command between `{` and `}`, and a separator before `}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    Opened,
    Separated,
    Word,
}

/// What ends an open construct, and what bash writes there.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Open {
    Group,
    /// A function without a name is called where it ends.
    Anonymous,
    Subshell,
    /// Between `while` or `if` and the body: a list of commands.
    Condition(&'static str),
    /// Between `for` or `repeat` and the body: no commands of its own.
    Header(&'static str),
    /// `do … done`, `then … fi`; closed by its keyword.
    Keyword(&'static str),
    /// The same with braces in zsh.
    Braced(&'static str),
    /// The same around a single command.
    Short(&'static str),
    /// `foreach … end`
    Foreach,
    /// `case`, in zsh with `esac` or a brace.
    Case,
    CaseBrace,
}

struct Lower<'a> {
    text: Vec<u8>,
    at: usize,
    out: Vec<u8>,
    settings: &'a Settings,
    depth: usize,
    place: Place,
    since: Since,
    open: Vec<Open>,
    /// Here-documents whose bodies begin at the next newline: delimiter, and whether tabs before it go.
    documents: Vec<(Vec<u8>, bool)>,
    aliases: usize,
}

impl<'a> Lower<'a> {
    fn of(text: &[u8], settings: &'a Settings, depth: usize) -> Lower<'a> {
        Lower {
            text: text.to_vec(),
            at: 0,
            out: Vec::with_capacity(text.len()),
            settings,
            depth,
            place: Place::Name,
            since: Since::Opened,
            open: Vec::new(),
            documents: Vec::new(),
            aliases: 0,
        }
    }

    fn run(&mut self) -> Option<()> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' => self.copy(1),
                b'\\' if self.peek(1) == Some(b'\n') => self.copy(2),
                b'\n' => self.newline(),
                b'#' if self.settings.comments && self.place != Place::Pattern => self.comment(),
                _ if self.place == Place::Pattern => self.pattern()?,
                b';' => self.semicolon(),
                b'&' | b'|' => self.operator(),
                b'<' | b'>' => self.angle()?,
                b'(' => self.parenthesis()?,
                b')' => self.closed_parenthesis()?,
                _ => self.token()?,
            }
        }
        self.end_short();
        Some(())
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn starts(&self, with: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    fn copy(&mut self, count: usize) {
        let end = (self.at + count).min(self.text.len());
        self.out.extend_from_slice(&self.text[self.at..end]);
        self.at = end;
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn separated(&mut self, place: Place) {
        self.place = place;
        self.since = Since::Separated;
    }

    fn opened(&mut self) {
        self.place = Place::Name;
        self.since = Since::Opened;
    }

    fn newline(&mut self) {
        self.end_short();
        self.copy(1);
        for (delimiter, tabs) in std::mem::take(&mut self.documents) {
            while let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) {
                let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                let line = &rest[..length];
                let bare = line.iter().position(|byte| *byte != b'\t').map_or(&line[..0], |from| &line[from..]);
                let ends = if tabs { bare == delimiter } else { line == delimiter };
                self.copy(length + 1);
                if ends {
                    break;
                }
            }
        }
        if self.place != Place::Pattern {
            self.place = Place::Name;
            if self.since == Since::Word {
                self.since = Since::Separated;
            }
        }
    }

    fn in_condition(&self) -> bool {
        matches!(self.open.last(), Some(Open::Condition(_)))
    }

    fn comment(&mut self) {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    fn semicolon(&mut self) {
        self.end_short();
        let arm = [";;", ";&", ";|"].iter().find(|end| self.starts(end));
        if let Some(end) = arm {
            self.at += 2;
            let end = if *end == ";|" { ";;&" } else { end };
            self.put(end);
            return self.separated(Place::Pattern);
        }
        self.at += 1;
        if self.since == Since::Word {
            self.put(";");
            self.since = Since::Separated;
        }
        self.place = Place::Name;
    }

    fn operator(&mut self) {
        if self.starts("&>") {
            return self.redirection();
        }
        let known = ["&&", "||", "|&", "&!", "&|", "&", "|"];
        let Some(operator) = known.iter().find(|operator| self.starts(operator)) else { return };
        self.at += operator.len();
        match *operator {
            "&!" | "&|" | "&" => {
                self.end_short();
                self.put("&");
                self.separated(Place::Name);
            }
            other => {
                self.put(other);
                self.place = Place::Name;
            }
        }
    }

    fn angle(&mut self) -> Option<()> {
        if matches!(self.peek(1), Some(b'(')) || self.number_glob().is_some() {
            return self.token();
        }
        if self.starts("<<") && !self.starts("<<<") {
            let tabs = self.starts("<<-");
            self.copy(if tabs { 3 } else { 2 });
            while matches!(self.peek(0), Some(b' ' | b'\t')) {
                self.copy(1);
            }
            let from = self.at;
            while self.peek(0).is_some_and(|byte| !words::is_meta(byte)) {
                self.copy(1);
            }
            let quotes = |byte: &u8| !matches!(byte, b'\'' | b'"' | b'\\');
            let delimiter = self.text[from..self.at].iter().copied().filter(quotes).collect();
            self.documents.push((delimiter, tabs));
            self.since = Since::Word;
            return Some(());
        }
        self.redirection();
        Some(())
    }

    /// The operator; the word behind it is no command's.
    fn redirection(&mut self) {
        const OPERATORS: &[(&str, &str)] = &[
            ("&>>|", "&>>"),
            ("&>>!", "&>>"),
            ("&>>", "&>>"),
            ("&>|", "&>"),
            ("&>!", "&>"),
            ("&>", "&>"),
            (">>&|", "&>>"),
            (">>&!", "&>>"),
            (">>&", "&>>"),
            (">&|", "&>"),
            (">&!", "&>"),
            (">&", ">&"),
            (">>|", ">>"),
            (">>!", ">>"),
            (">>", ">>"),
            (">|", ">|"),
            (">!", ">|"),
            (">", ">"),
            ("<<<", "<<<"),
            ("<>", "<>"),
            ("<&", "<&"),
            ("<", "<"),
        ];
        let Some((zsh, bash)) = OPERATORS.iter().find(|(zsh, _)| self.starts(zsh)) else { return };
        self.at += zsh.len();
        self.put(bash);
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.copy(1);
        }
        let bare = !self.peek(0).is_some_and(words::is_meta) || matches!(self.peek(0), Some(b'<' | b'>' | b'('));
        if bare && let Some((_, word)) = self.word(false) {
            self.out.extend(word);
        }
        self.since = Since::Word;
    }
}

#[cfg(test)]
mod tests;
