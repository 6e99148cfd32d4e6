//! What the shell remembers between commands, as far as it is known: variables, functions, the directory, what the
//! text itself wrote. Cloned where ways part, joined where they meet.

mod variables;
mod frames;
mod files;
mod functions;
mod join;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::Arc;

use bstr::{BString, ByteSlice};

pub use files::Files;
use frames::Frame;
pub use functions::{Defined, Function};
use variables::scalar;
pub use variables::{Attributes, Content, Variable};

use super::shell_options::ShellOptions;
use super::words::{Cause, Value};
use super::{Environment, Known};
use crate::parse::foreign::{ANY, Tongue};
use crate::parse::{Dialect, Mode};
use crate::span::Place;

/// What `trap … EXIT` was given.
#[derive(Clone, Debug, PartialEq)]
pub struct ExitTrap {
    pub action: Value,
    pub at: Place,
    /// A shell that ends inside a function runs it with what that function was given.
    pub in_function: bool,
    /// Names that were local in functions which have ended since.
    pub locals: Vec<BString>,
}

/// A text that is being walked.
#[derive(Debug)]
pub struct Source {
    pub name: Arc<str>,
    pub text: Vec<u8>,
    /// Where the text stands when it is a word of another one: spans then point to that.
    pub outer: Option<Place>,
}

/// Copied only where one of those who hold it changes it: ways part often, and seldom change much.
#[derive(Clone, Debug, Default)]
pub struct Shared<T>(Rc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

#[derive(Clone, Debug)]
pub struct Scope {
    base: Arc<Environment>,
    changed: Shared<BTreeMap<BString, Rc<Variable>>>,
    /// Built on demand, dropped when an exported variable changes.
    exported: Option<Arc<Environment>>,
    pub functions: Shared<BTreeMap<BString, Defined>>,
    /// `None`: their number is not known.
    pub positional: Option<Vec<Value>>,
    pub name: Value,
    /// `$BASH_SOURCE`: the file of the text or function that runs, as it was named; `None`: not known.
    pub file: Option<BString>,
    pub directory: Value,
    /// Absolute paths that the text creates.
    pub created: Arc<Vec<BString>>,
    /// What the text wrote into files, by absolute path.
    pub files: Arc<Files>,
    /// Descriptors that lead to a socket (`exec 3<>/dev/tcp/…`).
    pub sockets: BTreeMap<u32, BString>,
    pub mode: Mode,
    /// Whose language the text is in that it reads.
    pub tongue: Tongue,
    /// Text that was not read may have defined functions of any name and set any variable.
    pub clouded: Option<Cause>,
    /// Names of functions that child shells get too.
    pub shared_functions: BTreeSet<BString>,
    /// Functions that are being run, and commands with assignments before them, innermost last.
    frames: Vec<Frame>,
    readonly: BTreeSet<BString>,
    /// Read-only on one of the ways that led here.
    perhaps_readonly: BTreeSet<BString>,
    /// Names that may stand for a part of each other.
    unfollowed: BTreeSet<BString>,
    pub options: ShellOptions,
    /// `set` gave positional parameters: what `source` was given does not go when the file ends.
    pub positional_set: bool,
    /// `trap … EXIT`: text that runs where this shell ends.
    pub exit_traps: Vec<ExitTrap>,
    /// Files are another machine's or another image's: what lies here says nothing.
    pub elsewhere: bool,
    /// The last `cd` went to a directory that is there.
    pub arrived: bool,
}

impl Scope {
    #[must_use]
    pub fn new(known: &Known, mode: &Mode) -> Self {
        let directory = if known.directory.is_empty() {
            Value::unknown(Cause::Construct("the current directory is gone"))
        } else {
            Value::Known(known.directory.clone())
        };
        let mut changed = BTreeMap::new();
        if !known.environment.values.contains_key(b"IFS".as_bstr()) {
            changed.insert(BString::from("IFS"), Rc::new(scalar(Value::known(" \t\n"), false)));
        }
        if known.environment.values.get(b"PWD".as_bstr()).is_none_or(|pwd| *pwd != directory) {
            changed.insert(BString::from("PWD"), Rc::new(scalar(directory.clone(), true)));
        }
        Scope {
            base: Arc::new(known.environment.clone()),
            changed: Shared(Rc::new(changed)),
            exported: None,
            functions: Shared::default(),
            positional: Some(known.positional.iter().cloned().map(Value::Known).collect()),
            name: Value::Known(known.name.clone()),
            file: None,
            directory,
            created: Arc::default(),
            files: Arc::default(),
            sockets: BTreeMap::new(),
            mode: mode.clone(),
            tongue: Tongue::Bash,
            clouded: None,
            shared_functions: BTreeSet::new(),
            frames: Vec::new(),
            readonly: BTreeSet::new(),
            perhaps_readonly: BTreeSet::new(),
            unfollowed: BTreeSet::new(),
            options: ShellOptions::default(),
            positional_set: false,
            exit_traps: Vec::new(),
            arrived: false,
            elsewhere: false,
        }
    }

    /// Functions in the environment, by name and body.
    #[must_use]
    pub fn handed_down(&self) -> Vec<(BString, BString)> {
        let from = BString::from("BASH_FUNC_");
        let names = self.base.values.range(from..).take_while(|(name, _)| name.starts_with(b"BASH_FUNC_"));
        let functions = names.filter_map(|(name, value)| {
            let name = name.strip_prefix(b"BASH_FUNC_")?.strip_suffix(b"%%")?;
            match value {
                Value::Known(body) => Some((name.into(), body.clone())),
                Value::OneOf(_) | Value::Unknown(_) => None,
            }
        });
        functions.collect()
    }

    /// `env -i`
    pub fn clear_environment(&mut self) {
        self.base = Arc::default();
        self.changed.clear();
        self.keep("IFS".into(), scalar(Value::known(" \t\n"), false));
        self.exported = None;
        self.clouded = None;
    }

    /// What a child process last saw, without looking again.
    #[must_use]
    pub fn last_environment(&self) -> Arc<Environment> {
        Arc::clone(self.exported.as_ref().unwrap_or(&self.base))
    }

    /// What a child process would see.
    pub fn environment(&mut self) -> Arc<Environment> {
        if let Some(ready) = &self.exported {
            return Arc::clone(ready);
        }
        let moved = self.changed.iter().any(|(name, variable)| {
            let base = self.base.values.get(name);
            match &variable.content {
                Content::Scalar(value) if variable.exported => {
                    variable.perhaps_kept || variable.perhaps_unset || base != Some(value)
                }
                Content::Indexed(_) | Content::Keyed(_) if variable.exported => true,
                Content::Scalar(_) | Content::Indexed(_) | Content::Keyed(_) | Content::Unset => base.is_some(),
            }
        });
        let ready = if moved || self.clouded.is_some() {
            let mut values = self.base.values.clone();
            for (name, variable) in self.changed.iter() {
                let handed_down = match &variable.content {
                    Content::Scalar(value)
                        if !variable.perhaps_array && !variable.perhaps_kept && !variable.perhaps_unset =>
                    {
                        value.clone()
                    }
                    // A local variable without a value yet hides nothing from a child, and an array is not handed
                    // down, but what the name held before may be.
                    Content::Scalar(_) | Content::Indexed(_) | Content::Keyed(_) | Content::Unset => {
                        Value::unknown(Cause::Variable(name.clone()))
                    }
                };
                if variable.exported {
                    values.insert(name.clone(), handed_down);
                } else if self.is_hidden(name) {
                    // What the caller exported under that name shows again.
                    values.insert(name.clone(), Value::unknown(Cause::Variable(name.clone())));
                } else {
                    values.remove(name);
                }
            }
            Arc::new(Environment { values, partial: self.base.partial || self.clouded.is_some() })
        } else {
            Arc::clone(&self.base)
        };
        self.exported = Some(Arc::clone(&ready));
        ready
    }

    /// A path against the current directory, made plain; `None` where one of them is unknown.
    #[must_use]
    pub fn absolute(&self, path: &[u8]) -> Option<BString> {
        if path.starts_with(b"/") {
            return Some(plain(path));
        }
        let Value::Known(directory) = &self.directory else { return None };
        let mut whole = directory.clone();
        whole.push(b'/');
        whole.extend_from_slice(path);
        Some(plain(&whole))
    }

    /// Every place that a path may mean from here; `None` where they are not a closed list.
    #[must_use]
    pub fn places(&self, path: &[u8]) -> Option<Vec<BString>> {
        if path.starts_with(b"/") {
            return Some(vec![plain(path)]);
        }
        let below = |folder: &BString| plain(&[folder.as_slice(), b"/", path].concat());
        Some(self.directory.choices()?.iter().map(below).collect())
    }

    /// A path as a person would write it from where they stand.
    #[must_use]
    pub fn shown(&self, path: &BString) -> BString {
        let Value::Known(here) = &self.directory else { return path.clone() };
        let below = path.strip_prefix(here.as_slice()).and_then(|rest| rest.strip_prefix(b"/"));
        below.map_or_else(|| path.clone(), BString::from)
    }

    pub fn create(&mut self, path: &[u8]) {
        if let Some(path) = self.absolute(path)
            && !self.created.contains(&path)
        {
            Arc::make_mut(&mut self.created).push(path);
        }
    }

    /// The text has made it, or a folder above it.
    #[must_use]
    pub fn has_made(&self, path: &[u8]) -> bool {
        let is_below = |whole: &BString, made: &BString| {
            whole.strip_prefix(made.as_slice()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        self.absolute(path).is_some_and(|whole| self.created.iter().any(|made| is_below(&whole, made)))
    }

    pub fn write(&mut self, path: &[u8], text: Value) {
        self.create(path);
        self.put(path, text);
    }

    /// Its text, wherever it comes from.
    pub fn put(&mut self, path: &[u8], text: Value) {
        let places = self.places(path).unwrap_or_default();
        let sure = places.len() == 1;
        for place in places {
            let files = Arc::make_mut(&mut self.files);
            let text = if sure {
                text.clone()
            } else {
                files.get(&place).cloned().unwrap_or_else(|| Value::known("")).or(text.clone())
            };
            files.put(place, text, sure);
        }
    }

    pub fn change_directory(&mut self, to: Value) {
        let from = self.value(b"PWD").unwrap_or_else(|| self.directory.clone());
        self.assign(b"OLDPWD", from);
        // bash hands both down from the first change on.
        if self.mode.dialect != Dialect::Dash {
            self.export(b"OLDPWD", true);
        }
        self.assign(b"PWD", to.clone());
        self.directory = to;
    }

    /// Text in that language follows.
    pub fn speak(&mut self, tongue: Tongue) {
        self.tongue = tongue;
        if tongue != Tongue::Bash {
            self.mode.extglob = true;
            self.mode.expand_aliases = true;
            self.options.switch(b"globstar", true);
            self.assign(ANY.as_bytes(), Value::unknown(Cause::Construct("what only another shell knows")));
        }
    }

    /// From here on directory, files and variables are those of another place.
    pub fn leave_this_machine(&mut self) {
        let there = || Cause::Construct("another machine");
        self.elsewhere = true;
        self.directory = Value::unknown(there());
        self.base = Arc::new(Environment { values: BTreeMap::new(), partial: true });
        self.changed.clear();
        self.keep("IFS".into(), scalar(Value::known(" \t\n"), false));
        self.exported = None;
        self.files = Arc::default();
        self.created = Arc::default();
        self.functions.clear();
    }

    /// What was not read may have defined anything that is not set yet.
    pub fn cloud(&mut self, cause: &Cause) {
        self.exported = None;
        self.clouded = Some(cause.clone());
    }

    /// What was not read may have changed anything.
    pub fn obscure(&mut self, cause: &Cause) {
        let names: Vec<BString> = self.base.values.keys().chain(self.changed.keys()).cloned().collect();
        for name in names {
            self.blur(&name, cause.clone());
        }
        self.positional = None;
        self.directory = Value::unknown(cause.clone());
        self.cloud(cause);
    }
}

/// `//`, `.` and `..` removed; symbolic links are not followed.
#[must_use]
pub fn plain(path: &[u8]) -> BString {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split_str(b"/") {
        match part {
            b"" | b"." => {}
            b".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let mut made = BString::from("/");
    made.extend_from_slice(&bstr::join("/", kept));
    made
}
