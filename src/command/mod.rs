//! `Reading` → `Model`: the simple commands that would run, with their words expanded as far as that is known, through
//! wrappers, scripts and embedded languages. Pure: what it would have to see on disk it asks for as a `Want`.

pub mod words;
mod values;
pub mod options;
pub mod pattern;
mod braces;
mod arithmetic;
mod evaluated;
mod shell_options;
mod scope;
mod leave;
mod walk;
mod limits;
mod lists;
mod capture;
mod loops;
mod spawning;
mod redirection;
mod expand;
mod fields;
mod lookup;
mod transform;
mod parameter;
mod quirks;
mod simple;
mod special;
mod assign;
mod program;
mod builtins;
mod declare;
mod set;
mod read;
mod readings;
mod grammar;
mod wrapper_table;
mod wrappers;
mod xargs;
mod parameters;
mod packages;
mod follow;
mod shells;
mod scripts;
mod languages;
mod build_files;
mod effects;
mod environment;
mod rc_files;
mod image;
mod images;
pub mod git;
mod printing;
mod writers;
mod writes;
mod later;
mod spoken;
mod dot_commands;
mod output;
mod naming;
pub mod secrets;
mod flow;
mod channels;
mod archives;
mod absent;
mod socat;
pub mod embedded;
pub use build_files::yaml;

pub use program::is_system;
pub use scope::plain;
pub use writers::can_write;

use std::collections::BTreeMap;
use std::sync::Arc;

use bstr::BString;

use crate::parse::{Mode, Reading};
use crate::span::Place;
use readings::Readings;
pub use scope::Files;
use scope::{Scope, Source};
use walk::{Input, Walker};
pub use words::{Cause, Piece, REQUIRED, Secret, Shape, Value, Word};

/// Everything a text would run, as far as it was read.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub commands: Vec<Command>,
    /// Text that will run and was not read: no exec will tell what is in it.
    pub unread: Vec<Unread>,
    /// What must be looked at before this model is final.
    pub wants: Vec<Want>,
    /// Budgets that were spent while walking; the model is incomplete.
    pub limits: Vec<&'static str>,
    /// Paths that programs of the text create (absolute), on one way or another.
    pub created: Vec<BString>,
    /// Names of the functions that the text defines.
    pub defines: Vec<BString>,
    /// Some text inside (a script, an `eval`) was not read the same way by both parsers.
    pub doubted: bool,
    /// Some text inside was read with a word in place of what is not known, which may be more than a word.
    pub holed: bool,
}

/// One simple command as it would run.
#[derive(Clone, Debug)]
pub struct Command {
    /// `argv`; empty for redirections without a command.
    pub words: Vec<Word>,
    pub program: Program,
    /// `NAME=value` before the command, and what wrappers such as env add.
    pub assignments: Vec<(BString, Value)>,
    pub redirections: Vec<Redirect>,
    /// Files that it writes: by redirections, and by operands and options that its tool has for that.
    pub writes: Vec<Write>,
    /// Secrets that it sends to another machine.
    pub sends: Vec<Sent>,
    pub stdin: Stdin,
    /// The wrappers that led here, outermost first.
    pub via: Vec<Via>,
    /// The directory it runs in; absolute where known.
    pub directory: Value,
    /// Exported variables as this command would see them.
    pub environment: Arc<Environment>,
    /// Paths that an earlier part of the same text creates (absolute).
    pub created: Arc<Vec<BString>>,
    /// What earlier parts of the same text wrote into files, by absolute path.
    pub written: Arc<Files>,
    pub at: Place,
}

/// Exported variables; a name that is missing is unset, unless `partial`.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    pub values: BTreeMap<BString, Value>,
    /// Something that was not read may have set others.
    pub partial: bool,
}

/// What the first word means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// Nothing but assignments or redirections.
    None,
    Builtin(BString),
    /// A file, by the effective PATH or by its path; absolute.
    File(BString),
    /// A bare name that was not found or not looked up (it may be elsewhere: another host, another image).
    Name(BString),
    /// The name itself is not known.
    Unknown,
}

impl Command {
    /// The tool's name for the rules: the last component of the first word, where known.
    #[must_use]
    pub fn tool(&self) -> Option<&[u8]> {
        let path: &[u8] = match &self.program {
            Program::Builtin(name) | Program::File(name) | Program::Name(name) => name,
            Program::None | Program::Unknown => return None,
        };
        Some(path.rsplit(|byte| *byte == b'/').next().unwrap_or(path))
    }
}

/// A redirection to or from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    pub mode: RedirectMode,
    pub target: Word,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectMode {
    Read,
    /// `>`, `>|`, `&>`: the file is emptied
    Overwrite,
    Append,
    ReadWrite,
}

/// A file that a command writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    pub path: Word,
    /// What is there stays, and more is put behind it.
    pub append: bool,
    pub by: WrittenBy,
    /// What is put into it, as far as that is known.
    pub content: Value,
    /// Someone will run the content later.
    pub later: Option<Later>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenBy {
    Redirection,
    /// An operand or option that names an output.
    Output,
    /// Writing such files is what the program is for (`cp`, `tee`, `dd`): its own rules say what is lost.
    Purpose,
}

/// What is known of a content that a person's or the system's own process will run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// It was read, and what it runs is judged with the rest.
    Read,
    Unread,
    /// It gives rights rather than commands: a key, an agent's settings.
    Door,
}

/// A secret that leaves the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The file it comes from, or what else told it.
    pub what: BString,
    /// Where it goes is known enough, or no exec will tell.
    pub sure: bool,
}

/// Where standard input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stdin {
    Inherited,
    /// A pipe, here-document or here-string whose text is known as far as the value tells.
    Text(Value),
    /// `< file`
    File(Word),
}

/// A wrapper that led to a command, and what it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// `sudo`, `ssh`, `xargs`, `Makefile:12` …
    pub name: BString,
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    None,
    User(Value),
    /// Another machine.
    Host(Value),
    /// Another file system: a container, a chroot, another mount namespace.
    Container(Value),
    /// Runs later, or again and again.
    Later,
}

/// Text that will run and could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub kind: UnreadKind,
    /// What it is, for the message: the file, the variable, the command that produces it.
    pub what: BString,
    pub at: Place,
    /// It runs on another machine, as another user or at another time, where no exec of this tree tells of it.
    pub beyond: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadKind {
    /// `eval "$x"`, `bash -c "$x"`, `$x` piped into a shell
    Text,
    /// Text that a remote host delivers: `curl … | sh`
    Remote,
    /// A script or sourced file that is too big or not a regular file: it would run unread
    File,
    /// More of a script than is read: budgets end it
    Rest,
    /// A script or sourced file that is not there or can't be opened: the shell will say so itself
    Missing,
    /// A program in a language that is not read
    Code,
}

/// Something `look` must see before the model is final.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The bytes of a regular file, absolute path.
    File(BString),
    /// What a path names where it is a link.
    Link(BString),
    /// The system's program of which a file is a copy.
    Copy(BString),
    /// Which file a bare name means, by a list of directories (`PATH`).
    Program { name: BString, path: BString },
}

/// What `look` found for a want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    Bytes(Arc<[u8]>),
    Program(BString),
    Missing,
    /// Not a regular file: a FIFO, a device, a directory
    NotRegular,
    /// The image of a program, which no shell takes for a script
    Image,
    /// Larger than the budget, or the budget is spent
    TooBig,
    Unreadable,
}

/// All that was looked at so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub sights: BTreeMap<Want, Sight>,
    pub readings: Readings,
}

/// What is known before the text begins.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub environment: Environment,
    /// Files that the shell reads before the text, absolute, in order.
    pub startup: Vec<BString>,
    /// Among those, the ones of which only the first that can be read counts.
    pub startup_first_of: Vec<BString>,
    /// Values of BASH_ENV or ENV that the shell expands to find a file.
    pub startup_text: Vec<BString>,
    /// Text that sets what a running shell holds; walked first, and never a question by itself.
    pub prelude: BString,
    pub directory: BString,
    /// `$0`
    pub name: BString,
    /// The text is a file's.
    pub script: bool,
    /// Each program that it starts is judged when it starts: of scripts that are programs only the first is read.
    pub alone: bool,
    pub positional: Vec<BString>,
    pub interactive: bool,
}

/// Everything the text would run, from what is known and what was seen so far. `name`: what findings call the text.
#[must_use]
pub fn commands(name: &BString, reading: &Reading, mode: &Mode, known: &Known, seen: &Seen) -> Model {
    let source = Source { name: name.to_string().into(), text: reading.text.clone(), outer: None };
    let mut walker = Walker::new(seen, source);
    let mut scope = Scope::new(known, mode);
    walker.startup(known, &mut scope);
    scope.file = known.script.then(|| name.clone());
    walker.alone = known.alone.then_some(usize::from(!known.script));
    let again = walker.read_again(reading, 0, 0, mode, &scope);
    walker.text(again.as_deref().unwrap_or(reading), &mut scope, &Input::Inherited);
    walker.sent_meanwhile(&scope);
    walker.end(0, &mut scope);
    walker.model
}

/// The same for one program that is started with known words, as by a line of bash that holds nothing else.
#[must_use]
pub fn program(path: &BString, words: &[BString], known: &Known, seen: &Seen) -> Model {
    let source = Source { name: "command".into(), text: Vec::new(), outer: None };
    let mut walker = Walker::new(seen, source);
    walker.alone = known.alone.then_some(1);
    let mut scope = Scope::new(known, &Mode::default());
    let first = std::iter::once(path);
    let words = first.chain(words.iter().skip(1)).map(|word| Word::known(word.as_slice())).collect();
    let at = walker.place(crate::span::Span::default());
    let call = simple::Call { words, assignments: Vec::new(), redirections: Vec::new(), input: Input::Inherited, at };
    walker.program(path, call, &mut scope);
    walker.sent_meanwhile(&scope);
    walker.end(0, &mut scope);
    walker.model
}

/// The grammar in force after a prelude: its aliases and options.
#[must_use]
pub fn mode_after(prelude: &BString, mode: &Mode, known: &Known) -> Mode {
    let seen = Seen::default();
    let source = Source { name: "prelude".into(), text: Vec::new(), outer: None };
    let mut scope = Scope::new(known, mode);
    Walker::new(&seen, source).prelude(prelude, &mut scope);
    scope.mode
}
