//! `mode = "allowlist"`: which commands of a text no entry lists. A word that is not known is never listed, wrappers are
//! looked through, and a redirection needs a path that is listed.

use std::fmt;

use bstr::BString;

use super::waiver::is_below;
use crate::command::{Change, Command, Environment, Model, Program, Redirect, Unread, UnreadKind, Value, Word};
use crate::packs::{Packs, Tool};
use crate::policy::{Allow, Contract};
use crate::rules::{Line, spelling};

/// A command that is not listed, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Not all of the text was read.
    Unread,
    /// No entry names the program.
    Program(BString),
    /// Entries name it, and this stands against the nearest.
    But(BString, Against),
}

/// What an entry does not list. The order is that of the look: the later, the nearer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    UnknownWord,
    Through(BString),
    Variable(BString),
    Verb(BString),
    Flag(BString),
    Path(BString),
    Redirection(BString),
}

impl fmt::Display for Outside {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outside::Unread => out.write_str("lists no text that is not understood"),
            Outside::Program(name) => write!(out, "does not list {name}"),
            Outside::But(name, against) => match against {
                Against::UnknownWord => write!(out, "lists {name}, but not with a word that is not known"),
                Against::Through(wrapper) => write!(out, "lists {name}, but not through {wrapper}"),
                Against::Variable(variable) => write!(out, "lists {name}, but not with {variable} set by the text"),
                Against::Verb(verb) if verb.is_empty() => write!(out, "lists {name}, but not without a subcommand"),
                Against::Verb(verb) => write!(out, "lists {name}, but not {name} {verb}"),
                Against::Flag(flag) => write!(out, "lists {name}, but not with {flag}"),
                Against::Path(path) => write!(out, "lists {name}, but not for {path}"),
                Against::Redirection(path) => write!(out, "lists {name}, but no redirection to or from {path}"),
            },
        }
    }
}

/// Builtins that change nothing but the shell itself; what they set is looked at where a program would see it.
const FREE: &[&str] = &[
    ":",
    "true",
    "false",
    "cd",
    "pwd",
    "pushd",
    "popd",
    "dirs",
    "echo",
    "printf",
    "test",
    "[",
    "[[",
    "exit",
    "return",
    "break",
    "continue",
    "shift",
    "wait",
    "export",
    "declare",
    "typeset",
    "local",
    "readonly",
    "unset",
    "set",
    "shopt",
    "let",
    "read",
    "getopts",
    "mapfile",
    "readarray",
    "trap",
    "eval",
    "source",
    ".",
    "type",
    "umask",
    "alias",
];
/// Wrappers that do nothing but start their command.
const WRAPPERS: &[&str] = &[
    "sudo", "doas", "env", "nice", "nohup", "timeout", "gtimeout", "stdbuf", "setsid", "ionice", "chrt", "command",
    "builtin", "exec", "xargs", "time",
];
const SHELLS: &[&str] = &["bash", "sh", "dash", "zsh", "ksh"];
/// The shell sets these as it goes.
const SHELLS_OWN: &[&str] = &["PWD", "OLDPWD", "_", "SHLVL"];
const NO_FILES: &[&str] = &["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty"];

/// One is enough to ask; a few tell what an entry would have to list.
const MOST: usize = 5;

/// What of a text the contract does not list.
pub fn outside(model: &Model, trusted: bool, contract: &Contract, packs: &Packs, start: &Environment) -> Vec<Outside> {
    let mut found = Vec::new();
    // An interpreter that is listed is listed with what it runs.
    let unread = |one: &Unread| !matches!(one.kind, UnreadKind::Code | UnreadKind::Missing);
    if !trusted || !model.limits.is_empty() || model.unread.iter().any(unread) {
        found.push(Outside::Unread);
    }
    for (at, command) in model.commands.iter().enumerate() {
        if is_looked_through(model, at, contract, start) {
            continue;
        }
        let asked = Asked { command, redirections: redirections(model, at), packs, start };
        if let Some(one) = asked.outside(contract)
            && !found.contains(&one)
        {
            found.push(one);
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// Whether the entries list each of these commands, which are all that a text starts; wrappers are programs too.
#[must_use]
pub fn lists_all(commands: &[&Command], entries: &[&Allow], packs: &Packs, start: &Environment) -> bool {
    let contract = Contract { from: String::new(), entries: entries.iter().copied().cloned().collect() };
    let named_in_full = |command: &Command| match &command.program {
        Program::File(path) => {
            contract.entries.iter().flat_map(|entry| &entry.commands).any(|one| path == one.as_bytes())
        }
        Program::None | Program::Builtin(_) | Program::Name(_) | Program::Unknown => false,
    };
    commands.iter().all(|command| {
        let asked = Asked { command, redirections: command.redirections.iter().collect(), packs, start };
        (command.is_the_systems() || named_in_full(command)) && asked.outside(&contract).is_none()
    })
}

fn is_one_of(names: &[&str], name: &[u8]) -> bool {
    names.iter().any(|one| one.as_bytes() == name)
}

/// A wrapper whose command is the next one, or a shell whose text was read. Its own redirections count for what it runs.
fn is_looked_through(model: &Model, at: usize, contract: &Contract, start: &Environment) -> bool {
    let Some(command) = model.commands.get(at) else { return false };
    let Some(name) = command.words.first().and_then(Word::text) else { return false };
    let mut listed = contract.entries.iter().flat_map(|entry| &entry.env);
    if changed(command, start).any(|variable| !listed.any(|one| one.as_bytes() == variable.as_slice())) {
        return false;
    }
    if is_one_of(SHELLS, name) {
        return reads_its_words(command) && command.redirections.is_empty();
    }
    is_one_of(WRAPPERS, name) && wraps(command, model.commands.get(at + 1))
}

/// `bash -c TEXT`, `bash -eu FILE`: what it runs is all in sight, else it is listed as unread.
fn reads_its_words(command: &Command) -> bool {
    let mut words = command.words.iter().skip(1).map(Word::text);
    loop {
        match words.next() {
            Some(Some(word)) if word.starts_with(b"-") => {
                if word.len() < 2 || !word.iter().skip(1).all(|letter| b"ceuxl".contains(letter)) {
                    return false;
                }
            }
            Some(Some(_)) => return true,
            Some(None) | None => return false,
        }
    }
}

fn wraps(outer: &Command, inner: Option<&Command>) -> bool {
    let name = outer.tool().unwrap_or_default();
    inner.is_some_and(|inner| inner.via.get(outer.via.len()).is_some_and(|via| via.name == name))
        // These leave no trace on what they start.
        || is_one_of(&["command", "builtin", "exec", "time"], name) && inner.is_some_and(|inner| continues(outer, inner))
}

/// The same words, without those of the wrapper.
fn continues(outer: &Command, inner: &Command) -> bool {
    outer.words.len() > inner.words.len()
        && outer.words.ends_with(&inner.words)
        && outer.redirections == inner.redirections
}

/// Its own, and those of the wrappers around it.
fn redirections(model: &Model, at: usize) -> Vec<&Redirect> {
    let Some(command) = model.commands.get(at) else { return Vec::new() };
    let mut all: Vec<&Redirect> = command.redirections.iter().collect();
    for (depth, _) in command.via.iter().enumerate() {
        let wrapper = model.commands.iter().take(at).rfind(|outer| {
            outer.via.len() == depth && outer.tool().is_some_and(|tool| command.via[depth].name == tool)
        });
        all.extend(wrapper.iter().flat_map(|wrapper| &wrapper.redirections));
    }
    all
}

/// Variables that a program would see otherwise than before the text.
fn changed<'c>(command: &'c Command, start: &'c Environment) -> impl Iterator<Item = BString> + 'c {
    let exported = command.environment.values.iter().filter(|(name, value)| start.values.get(*name) != Some(*value));
    let assigned = command.assignments.iter().map(|(name, _)| name);
    let unread = command.environment.partial.then(|| BString::from("a variable that is not known"));
    let names = exported.map(|(name, _)| name).chain(assigned).cloned().chain(unread);
    names.filter(|name| !is_one_of(SHELLS_OWN, name))
}

/// A command that is looked for in the list.
struct Asked<'a> {
    command: &'a Command,
    redirections: Vec<&'a Redirect>,
    packs: &'a Packs,
    start: &'a Environment,
}

impl Asked<'_> {
    fn outside(&self, contract: &Contract) -> Option<Outside> {
        let files: Vec<&Redirect> = self.redirections.iter().filter(|one| is_file(&one.target)).copied().collect();
        if files.is_empty() && self.is_free() {
            return None;
        }
        let mut nearest = None;
        for entry in contract.entries.iter().filter(|entry| self.is_named(entry)) {
            // An entry that lists it settles the matter.
            nearest = nearest.max(Some(self.against(entry, &files)?));
        }
        let name = self.name();
        Some(nearest.map_or(Outside::Program(name.clone()), |against| Outside::But(name, against)))
    }

    /// Nothing runs, or a builtin that touches nothing but the shell.
    fn is_free(&self) -> bool {
        match &self.command.program {
            Program::None => true,
            Program::Builtin(name) => is_one_of(FREE, name),
            Program::File(_) | Program::Name(_) | Program::Unknown => false,
        }
    }

    /// What is read from a file is not repeated: it may be no script at all.
    fn name(&self) -> BString {
        let at = &self.command.at;
        match self.command.words.first() {
            Some(_) if &*at.source != "command" => format!("what stands at {}:{}", at.source, at.line).into(),
            Some(word) => word.shown(),
            None => "a redirection".into(),
        }
    }

    fn is_named(&self, entry: &Allow) -> bool {
        let Some(written) = self.command.words.first().and_then(Word::text) else { return false };
        entry.commands.iter().any(|one| match &self.command.program {
            Program::File(path) if one.starts_with('/') => path == one.as_bytes(),
            // With nothing but the system's folders in PATH a name is not looked up.
            Program::Name(name) if is_systems(one) => {
                one.rsplit('/').next().map(str::as_bytes) == Some(name.as_slice())
            }
            Program::File(_) | Program::Name(_) | Program::Builtin(_) => one.as_bytes() == written,
            Program::None | Program::Unknown => false,
        })
    }

    fn against(&self, entry: &Allow, files: &[&Redirect]) -> Option<Against> {
        let command = self.command;
        if command.words.iter().any(|word| word.value.choices().is_none()) {
            return Some(Against::UnknownWord);
        }
        for via in &command.via {
            let listed = entry.through.iter().any(|one| one.as_bytes() == via.name.as_slice());
            if via.change != Change::None && !listed {
                return Some(Against::Through(via.name.clone()));
            }
        }
        let elsewhere = command.via.iter().any(|via| matches!(via.change, Change::Host(_) | Change::Container(_)));
        let set =
            changed(command, self.start).find(|name| !entry.env.iter().any(|one| one.as_bytes() == name.as_slice()));
        if let Some(name) = set.filter(|_| !elsewhere) {
            return Some(Against::Variable(name));
        }
        let tool = self.packs.tools_for(command.tool().unwrap_or_default()).find(|tool| !tool.pack.any_command);
        let line = tool.map_or_else(|| plain_line(&command.words, entry), |tool| Line::read(&command.words, tool));
        verb(entry, &line)
            .or_else(|| flag(entry, &line, &command.words, tool))
            .or_else(|| self.path(entry, &line))
            .or_else(|| self.redirection(entry, files))
    }

    /// Operands and options' values; without any, the folder in which it runs.
    fn path(&self, entry: &Allow, line: &Line) -> Option<Against> {
        let paths = entry.paths.as_ref()?;
        let operands = line.operands.iter().chain(&line.hazy).filter_map(|at| self.command.words.get(*at));
        let values = line.given.iter().filter_map(|given| given.value.as_ref());
        let written = self.command.writes.iter().map(|write| &write.path);
        let mut words = operands.chain(values).chain(written).peekable();
        if words.peek().is_none() {
            let here = Word::known(".");
            let folder = is_below(&with_folders(paths), &here, Some(&self.command.directory));
            return (!folder).then(|| Against::Path("the folder it runs in".into()));
        }
        words.find(|word| is_file(word) && !self.lies_in(paths, word)).map(|word| Against::Path(word.shown()))
    }

    fn redirection(&self, entry: &Allow, files: &[&Redirect]) -> Option<Against> {
        let paths = entry.paths.as_deref().unwrap_or_default();
        let bad = files.iter().find(|one| !self.lies_in(paths, &one.target))?;
        Some(Against::Redirection(bad.target.shown()))
    }

    fn lies_in(&self, paths: &[String], word: &Word) -> bool {
        is_below(&with_folders(paths), word, Some(&self.command.directory))
    }
}

/// `/a/**` is also `/a` itself.
fn with_folders(globs: &[String]) -> Vec<&str> {
    globs.iter().flat_map(|glob| [Some(glob.as_str()), glob.strip_suffix("/**")]).flatten().collect()
}

fn is_systems(path: &str) -> bool {
    const FOLDERS: [&str; 6] = ["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    path.rsplit_once('/').is_some_and(|(folder, _)| FOLDERS.contains(&folder))
}

fn is_file(word: &Word) -> bool {
    match &word.value {
        Value::Known(path) => !is_one_of(NO_FILES, path),
        Value::OneOf(_) | Value::Unknown(_) => true,
    }
}

fn verb(entry: &Allow, line: &Line) -> Option<Against> {
    let verbs = entry.verbs.as_ref()?;
    let given = bstr::join(" ", &line.verb);
    let listed = verbs.iter().any(|one| one.as_bytes() == given.as_slice());
    (!listed || line.open).then(|| Against::Verb(given.into()))
}

fn flag(entry: &Allow, line: &Line, words: &[Word], tool: Option<&Tool>) -> Option<Against> {
    let flags = entry.flags.as_ref()?;
    let first = |name: &[u8]| {
        tool.and_then(|tool| spelling(&tool.pack.grammar, name)).map_or_else(|| BString::from(name), BString::from)
    };
    let listed = |name: &[u8]| flags.iter().any(|one| first(one.as_bytes()) == first(name));
    let separator = |name: &BString| name == "--";
    if let Some(at) = line.hazy.first() {
        return Some(Against::Flag(format!("word {at}, which may be one").into()));
    }
    // A file may be called `-x`, and a pattern that begins with a star finds it.
    let ended = line.given.iter().find(|given| given.name == "--").map_or(usize::MAX, |given| given.at);
    let open = line.operands.iter().filter(|at| **at < ended).filter_map(|at| words.get(*at));
    let pattern = open.filter(|word| word.glob).find(|word| {
        let texts = word.value.choices().unwrap_or_default();
        texts.iter().any(|text| text.first().is_none_or(|first| b"*?[".contains(first)))
    });
    if let Some(pattern) = pattern {
        return Some(Against::Flag(format!("{}, which may find an option", pattern.shown()).into()));
    }
    let other = line.given.iter().find(|given| !separator(&given.name) && !listed(&given.name))?;
    Some(Against::Flag(other.name.clone()))
}

/// A tool without a pack: the subcommand is what stands first, each word with a dash is an option without a value, and
/// the rest are operands.
fn plain_line(words: &[Word], entry: &Allow) -> Line {
    let texts: Vec<Option<&[u8]>> = words.iter().map(Word::text).collect();
    let length = entry.verbs.iter().flatten().map(|verb| verb.split(' ').count()).filter(|length| {
        let given: Option<Vec<&[u8]>> = texts.get(1..=*length).and_then(|words| words.iter().copied().collect());
        let given = given.map(|given| bstr::join(" ", given));
        given.is_some_and(|given| entry.verbs.iter().flatten().any(|verb| verb.as_bytes() == given))
    });
    let length = length.max().unwrap_or_else(|| usize::from(entry.verbs.is_some() && texts.len() > 1));
    let verb: Vec<BString> = texts.iter().skip(1).take(length).map(|text| text.unwrap_or_default().into()).collect();
    Line::plain(words, verb)
}
