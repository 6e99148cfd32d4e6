//! What the shell remembers between commands, as far as it is known: variables, functions, the directory, what the
//! text itself wrote. Cloned where ways part, joined where they meet.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::shell_options::ShellOptions;
use super::words::{Cause, Value};
use super::{Environment, Known};
use crate::parse::Mode;
use crate::parse::syntax::Node;
use crate::span::Place;

/// What a variable holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Scalar(Value),
    Indexed(BTreeMap<i64, Value>),
    Keyed(BTreeMap<BString, Value>),
    Unset,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub content: Content,
    pub exported: bool,
    /// `declare -n`: another variable's name.
    pub reference: bool,
    pub attributes: Attributes,
}

/// What an assignment makes of its value: `declare -i`, `-u`, `-l`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    pub integer: bool,
    pub upper: bool,
    pub lower: bool,
}

/// A function with the text that its spans index.
#[derive(Debug)]
pub struct Function {
    pub body: Node,
    pub source: Rc<Source>,
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
    changed: Shared<BTreeMap<BString, Variable>>,
    /// Built on demand, dropped when an exported variable changes.
    exported: Option<Arc<Environment>>,
    pub functions: Shared<BTreeMap<BString, Rc<Function>>>,
    /// `None`: their number is not known.
    pub positional: Option<Vec<Value>>,
    pub name: Value,
    pub directory: Value,
    /// Absolute paths that the text creates.
    pub created: Arc<Vec<BString>>,
    /// What the text wrote into files, by absolute path.
    pub files: Arc<BTreeMap<BString, Value>>,
    /// Descriptors that lead to a socket (`exec 3<>/dev/tcp/…`).
    pub sockets: BTreeMap<u32, BString>,
    pub mode: Mode,
    /// Text that was not read may have defined functions of any name and set any variable.
    pub clouded: Option<Cause>,
    /// Names of functions that child shells get too.
    pub shared_functions: BTreeSet<BString>,
    /// What `local` hid in each function that is being run, innermost last.
    hidden: Vec<Vec<(BString, Option<Variable>)>>,
    readonly: BTreeSet<BString>,
    pub options: ShellOptions,
    /// `trap … EXIT`: text that runs where this shell ends.
    pub exit_traps: Vec<(Value, Place)>,
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
            changed.insert(BString::from("IFS"), scalar(Value::known(" \t\n"), false));
        }
        if known.environment.values.get(b"PWD".as_bstr()).is_none_or(|pwd| *pwd != directory) {
            changed.insert(BString::from("PWD"), scalar(directory.clone(), true));
        }
        Scope {
            base: Arc::new(known.environment.clone()),
            changed: Shared(Rc::new(changed)),
            exported: None,
            functions: Shared::default(),
            positional: Some(known.positional.iter().cloned().map(Value::Known).collect()),
            name: Value::Known(known.name.clone()),
            directory,
            created: Arc::default(),
            files: Arc::default(),
            sockets: BTreeMap::new(),
            mode: mode.clone(),
            clouded: None,
            shared_functions: BTreeSet::new(),
            hidden: Vec::new(),
            readonly: BTreeSet::new(),
            options: ShellOptions::default(),
            exit_traps: Vec::new(),
            arrived: false,
            elsewhere: false,
        }
    }

    /// The variable after following name references.
    fn resolve(&self, name: &[u8]) -> BString {
        let mut name = BString::from(name);
        for _ in 0..8 {
            match self.changed.get(&name) {
                Some(Variable { content: Content::Scalar(Value::Known(target)), reference: true, .. }) => {
                    name.clone_from(target);
                }
                Some(_) | None => break,
            }
        }
        name
    }

    #[must_use]
    pub fn content(&self, name: &[u8]) -> Content {
        let name = self.resolve(name);
        if let Some(variable) = self.changed.get(&name) {
            return variable.content.clone();
        }
        if let Some(value) = self.base.values.get(&name) {
            return Content::Scalar(value.clone());
        }
        // Nothing can set these.
        if matches!(name.as_slice(), b"PPID" | b"UID" | b"EUID") {
            return Content::Scalar(Value::unknown(Cause::Variable(name)));
        }
        match (&self.clouded, self.base.partial) {
            (Some(cause), _) => Content::Scalar(Value::unknown(cause.clone())),
            (None, true) => Content::Scalar(Value::unknown(Cause::Variable(name))),
            (None, false) => match dynamic(&name) {
                Some(value) => Content::Scalar(value),
                None => Content::Unset,
            },
        }
    }

    /// The scalar value; `None` when it is unset for sure.
    #[must_use]
    pub fn value(&self, name: &[u8]) -> Option<Value> {
        match self.content(name) {
            Content::Scalar(value) => Some(value),
            Content::Indexed(values) => values.get(&0).cloned(),
            Content::Keyed(values) => values.get(b"0".as_bstr()).cloned(),
            Content::Unset => None,
        }
    }

    /// The exact text of a variable; unset counts as empty.
    #[must_use]
    pub fn text(&self, name: &[u8]) -> Option<BString> {
        match self.value(name) {
            None => Some(BString::default()),
            Some(Value::Known(text)) => Some(text),
            Some(Value::OneOf(_) | Value::Unknown(_)) => None,
        }
    }

    /// What splits words; unset, it is as it was at the start.
    #[must_use]
    pub fn ifs(&self) -> Option<BString> {
        match self.value(b"IFS") {
            None => Some(" \t\n".into()),
            Some(Value::Known(text)) => Some(text),
            Some(Value::OneOf(_) | Value::Unknown(_)) => None,
        }
    }

    pub fn set(&mut self, name: &[u8], content: Content) {
        let name = self.resolve(name);
        if self.readonly.contains(&name) {
            return;
        }
        let old = self.changed.get(&name);
        let attributes = old.map(|variable| variable.attributes).unwrap_or_default();
        let mut exported = old.map_or_else(|| self.base.values.contains_key(&name), |variable| variable.exported);
        if content == Content::Unset {
            exported = false;
            self.exported = None;
        } else if self.options.is_on("allexport") == Some(true) {
            exported = true;
        }
        if exported {
            self.exported = None;
        }
        let (content, attributes) = match content {
            Content::Unset => (Content::Unset, Attributes::default()),
            other if attributes == Attributes::default() => (other, attributes),
            other => (self.shaped(other, attributes), attributes),
        };
        self.changed.insert(name, Variable { content, exported, reference: false, attributes });
    }

    /// The content as `declare -i`, `-u` or `-l` makes it.
    fn shaped(&mut self, content: Content, attributes: Attributes) -> Content {
        match content {
            Content::Scalar(value) => Content::Scalar(self.shaped_value(value, attributes)),
            Content::Indexed(values) => {
                Content::Indexed(values.into_iter().map(|(at, one)| (at, self.shaped_value(one, attributes))).collect())
            }
            Content::Keyed(values) => {
                Content::Keyed(values.into_iter().map(|(at, one)| (at, self.shaped_value(one, attributes))).collect())
            }
            Content::Unset => Content::Unset,
        }
    }

    fn shaped_value(&mut self, value: Value, attributes: Attributes) -> Value {
        if attributes.integer {
            let computed = match &value {
                Value::Known(text) => super::arithmetic::evaluate(text, self),
                Value::OneOf(_) | Value::Unknown(_) => None,
            };
            return computed.map_or_else(
                || Value::unknown(Cause::Construct("declare -i")),
                |number| Value::known(number.to_string()),
            );
        }
        if attributes.upper {
            return value.map(|text| Some(text.to_ascii_uppercase().into()), "declare -u");
        }
        if attributes.lower {
            return value.map(|text| Some(text.to_ascii_lowercase().into()), "declare -l");
        }
        value
    }

    #[must_use]
    pub fn attributes(&self, name: &[u8]) -> Attributes {
        self.changed.get(&self.resolve(name)).map(|variable| variable.attributes).unwrap_or_default()
    }

    /// What assignments to it become from now on; what it holds stays.
    pub fn mark(&mut self, name: &[u8], attributes: Attributes) {
        let content = self.content(name);
        let name = self.resolve(name);
        let exported =
            self.changed.get(&name).map_or_else(|| self.base.values.contains_key(&name), |variable| variable.exported);
        self.changed.insert(name, Variable { content, exported, reference: false, attributes });
    }

    /// What a name stands for, to be put back: an assignment before a command.
    #[must_use]
    pub fn held(&self, name: &[u8]) -> (BString, Option<Variable>) {
        let name = self.resolve(name);
        let variable = self.changed.get(&name).cloned();
        (name, variable)
    }

    pub fn put_back(&mut self, (name, variable): (BString, Option<Variable>)) {
        self.exported = None;
        match variable {
            Some(variable) => self.changed.insert(name, variable),
            None => self.changed.remove(&name),
        };
    }

    #[must_use]
    pub fn in_function(&self) -> bool {
        !self.hidden.is_empty()
    }

    /// What differs from how it was may have any value by now.
    pub fn widen(&mut self, before: &Scope) {
        let names: BTreeSet<BString> = self.changed.keys().chain(before.changed.keys()).cloned().collect();
        for name in names {
            let (left, right) = (self.changed.get(&name), before.changed.get(&name));
            if left == right {
                continue;
            }
            let exported = left.or(right).is_some_and(|variable| variable.exported);
            let content = Content::Scalar(Value::unknown(Cause::Limit));
            self.changed
                .insert(name, Variable { content, exported, reference: false, attributes: Attributes::default() });
        }
        self.exported = None;
        if self.directory != before.directory {
            self.directory = Value::unknown(Cause::Limit);
        }
        if self.positional != before.positional {
            self.positional = None;
        }
        if self.files != before.files {
            for (path, text) in Arc::make_mut(&mut self.files) {
                if before.files.get(path) != Some(text) {
                    *text = Value::unknown(Cause::Limit);
                }
            }
        }
    }

    #[must_use]
    pub fn is_readonly(&self, name: &[u8]) -> bool {
        !self.readonly.is_empty() && self.readonly.contains(&self.resolve(name))
    }

    /// From now on assignments to it fail.
    pub fn protect(&mut self, name: &[u8]) {
        self.readonly.insert(name.into());
    }

    pub fn enter_function(&mut self) -> usize {
        self.hidden.push(Vec::new());
        self.hidden.len()
    }

    /// `local name`: what it held comes back when the function ends.
    pub fn hide(&mut self, name: &[u8]) {
        let old = self.changed.get(name.as_bstr()).cloned();
        let Some(hidden) = self.hidden.last_mut() else { return };
        if hidden.iter().any(|(one, _)| *one == name) {
            return;
        }
        let exported =
            old.as_ref().map_or_else(|| self.base.values.contains_key(name.as_bstr()), |variable| variable.exported);
        hidden.push((name.into(), old));
        self.exported = None;
        let attributes = Attributes::default();
        self.changed.insert(name.into(), Variable { content: Content::Unset, exported, reference: false, attributes });
    }

    pub fn leave_function(&mut self, depth: usize) {
        while self.hidden.len() >= depth {
            for (name, old) in self.hidden.pop().unwrap_or_default().into_iter().rev() {
                self.exported = None;
                match old {
                    Some(variable) => self.changed.insert(name, variable),
                    None => self.changed.remove(&name),
                };
            }
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

    /// What the text assigned may have any value by now.
    pub fn forget(&mut self) {
        let names: Vec<BString> = self.changed.keys().filter(|name| *name != "IFS").cloned().collect();
        for name in names {
            self.assign(&name, Value::unknown(Cause::Limit));
        }
    }

    /// What the text itself gave an exported variable.
    #[must_use]
    pub fn set_by_text(&self, name: &[u8]) -> Option<Value> {
        match self.changed.get(name.as_bstr()) {
            Some(Variable { content: Content::Scalar(value), exported: true, .. }) => Some(value.clone()),
            Some(_) | None => None,
        }
    }

    /// `env -i`
    pub fn clear_environment(&mut self) {
        self.base = Arc::default();
        self.changed.clear();
        self.changed.insert("IFS".into(), scalar(Value::known(" \t\n"), false));
        self.exported = None;
        self.clouded = None;
    }

    pub fn assign(&mut self, name: &[u8], value: Value) {
        self.set(name, Content::Scalar(value));
    }

    pub fn export(&mut self, name: &[u8], yes: bool) {
        let content = self.content(name);
        let attributes = self.attributes(name);
        self.exported = None;
        let name = self.resolve(name);
        self.changed.insert(name, Variable { content, exported: yes, reference: false, attributes });
    }

    pub fn refer(&mut self, name: &[u8], target: BString) {
        let variable = Variable {
            content: Content::Scalar(Value::Known(target)),
            exported: false,
            reference: true,
            attributes: Attributes::default(),
        };
        self.changed.insert(name.into(), variable);
    }

    /// `unset -n`: the reference itself.
    pub fn unset_reference(&mut self, name: &[u8]) {
        if self.changed.get(name.as_bstr()).is_some_and(|variable| variable.reference) {
            let attributes = Attributes::default();
            let gone = Variable { content: Content::Unset, exported: false, reference: false, attributes };
            self.changed.insert(name.into(), gone);
        }
    }

    pub fn unset(&mut self, name: &[u8]) {
        self.set(name, Content::Unset);
    }

    /// Names that begin so, as far as they are known.
    #[must_use]
    pub fn names(&self, prefix: &[u8]) -> Option<Vec<BString>> {
        if self.clouded.is_some() || self.base.partial || SHELLS_OWN.iter().any(|name| name.starts_with(prefix)) {
            return None;
        }
        let mut all: BTreeSet<BString> = self.base.values.keys().cloned().collect();
        all.extend(self.changed.keys().cloned());
        all.retain(|name| name.starts_with(prefix) && self.content(name) != Content::Unset);
        // What is not known may be unset.
        let sure = |name: &BString| !matches!(self.content(name), Content::Scalar(Value::Unknown(_) | Value::OneOf(_)));
        all.iter().all(sure).then(|| all.into_iter().collect())
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
                Content::Scalar(value) if variable.exported => base != Some(value),
                Content::Scalar(_) | Content::Indexed(_) | Content::Keyed(_) | Content::Unset => base.is_some(),
            }
        });
        let ready = if moved || self.clouded.is_some() {
            let mut values = self.base.values.clone();
            for (name, variable) in self.changed.iter() {
                match &variable.content {
                    // A local variable without a value yet hides nothing from a child.
                    Content::Unset if variable.exported => {
                        values.insert(name.clone(), Value::unknown(Cause::Variable(name.clone())))
                    }
                    Content::Scalar(value) if variable.exported => values.insert(name.clone(), value.clone()),
                    Content::Scalar(_) | Content::Indexed(_) | Content::Keyed(_) | Content::Unset => {
                        values.remove(name)
                    }
                };
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

    pub fn write(&mut self, path: &[u8], text: Value) {
        self.create(path);
        if let Some(path) = self.absolute(path) {
            Arc::make_mut(&mut self.files).insert(path, text);
        }
    }

    pub fn change_directory(&mut self, to: Value) {
        let from = self.value(b"PWD").unwrap_or_else(|| self.directory.clone());
        self.assign(b"OLDPWD", from);
        self.assign(b"PWD", to.clone());
        self.directory = to;
    }

    /// From here on directory, files and variables are those of another place.
    pub fn leave_this_machine(&mut self) {
        let there = || Cause::Construct("another machine");
        self.elsewhere = true;
        self.directory = Value::unknown(there());
        self.base = Arc::new(Environment { values: BTreeMap::new(), partial: true });
        self.changed.clear();
        self.changed.insert("IFS".into(), scalar(Value::known(" \t\n"), false));
        self.exported = None;
        self.files = Arc::default();
        self.created = Arc::default();
        self.functions.clear();
    }

    #[must_use]
    pub fn same_variables(&self, other: &Scope) -> bool {
        self.changed == other.changed && self.positional == other.positional && self.files == other.files
    }

    /// Everything that was not read may have changed anything.
    pub fn cloud(&mut self, cause: &Cause) {
        self.exported = None;
        self.clouded = Some(cause.clone());
    }

    /// The state where two ways meet again.
    pub fn join(&mut self, mut other: Scope) {
        // A way that left from inside a function comes out of it here.
        other.leave_function(self.hidden.len() + 1);
        for (mine, theirs) in self.hidden.iter_mut().zip(std::mem::take(&mut other.hidden)) {
            for (name, old) in theirs {
                if !mine.iter().any(|(one, _)| *one == name) {
                    mine.push((name, old));
                }
            }
        }
        if self.changed != other.changed {
            let names: BTreeSet<BString> = self.changed.keys().chain(other.changed.keys()).cloned().collect();
            for name in names {
                let (left, right) = (self.changed.get(&name), other.changed.get(&name));
                if left == right {
                    continue;
                }
                let exported = left.or(right).is_some_and(|variable| variable.exported);
                let content = meet(self.content(&name), other.content(&name));
                let attributes = match (left, right) {
                    (Some(left), Some(right)) if left.attributes == right.attributes => left.attributes,
                    (_, _) => Attributes::default(),
                };
                self.changed.insert(name, Variable { content, exported, reference: false, attributes });
            }
            self.exported = None;
        }
        if self.directory != other.directory {
            self.directory = std::mem::replace(&mut self.directory, Value::known("")).or(other.directory);
        }
        if self.positional != other.positional {
            self.positional = None;
        }
        if self.clouded.is_none() && other.clouded.is_some() {
            self.exported = None;
            self.clouded = other.clouded;
        }
        if !Rc::ptr_eq(&self.functions.0, &other.functions.0) {
            for (name, function) in other.functions.iter() {
                if !self.functions.contains_key(name) {
                    self.functions.insert(name.clone(), Rc::clone(function));
                }
            }
        }
        self.readonly.extend(other.readonly);
        // Created on one way only is not created for sure: what follows must not rely on it.
        if self.created != other.created {
            let both: Vec<BString> = self.created.iter().filter(|path| other.created.contains(path)).cloned().collect();
            self.created = Arc::new(both);
        }
        if self.files != other.files {
            let files = Arc::make_mut(&mut self.files);
            for (path, text) in other.files.iter() {
                let met = match files.remove(path) {
                    Some(mine) => mine.or(text.clone()),
                    None => text.clone(),
                };
                files.insert(path.clone(), met);
            }
        }
        self.options.join(&other.options);
        for trap in other.exit_traps {
            if !self.exit_traps.contains(&trap) {
                self.exit_traps.push(trap);
            }
        }
        if self.mode != other.mode {
            self.mode.aliases.extend(other.mode.aliases);
        }
    }
}

fn scalar(value: Value, exported: bool) -> Variable {
    Variable { content: Content::Scalar(value), exported, reference: false, attributes: Attributes::default() }
}

fn meet(left: Content, right: Content) -> Content {
    match (left, right) {
        (left, right) if left == right => left,
        (Content::Scalar(left), Content::Scalar(right)) => Content::Scalar(left.or(right)),
        (Content::Scalar(one), Content::Unset) | (Content::Unset, Content::Scalar(one)) => {
            Content::Scalar(one.or(Value::known("")))
        }
        (_, _) => Content::Scalar(Value::unknown(Cause::Construct("an array that differs by branch"))),
    }
}

/// Variables that bash itself sets and that this reading does not compute.
fn dynamic(name: &[u8]) -> Option<Value> {
    SHELLS_OWN.contains(&name).then(|| Value::unknown(Cause::Variable(name.into())))
}

/// Their names.
#[rustfmt::skip]
const SHELLS_OWN: &[&[u8]] = &[
        b"RANDOM",
        b"SRANDOM",
        b"SECONDS",
        b"EPOCHSECONDS",
        b"EPOCHREALTIME",
        b"LINENO",
        b"BASHPID",
        b"PPID",
        b"UID",
        b"EUID",
        b"HOSTNAME",
        b"HOSTTYPE",
        b"MACHTYPE",
        b"OSTYPE",
        b"BASH",
        b"BASH_VERSION",
        b"BASHOPTS",
        b"SHELLOPTS",
        b"SHLVL",
        b"BASH_COMMAND",
        b"BASH_SUBSHELL",
        b"COLUMNS",
        b"LINES",
        b"DIRSTACK",
        b"GROUPS",
        b"PIPESTATUS",
        b"BASH_SOURCE",
        b"FUNCNAME",
        b"BASH_LINENO",
        b"BASH_REMATCH",
        b"REPLY",
        b"OPTARG",
        b"OPTIND",
        b"_",
        b"PATH",
        b"TERM",
        b"BASH_ARGC",
        b"BASH_ARGV",
        b"BASH_ARGV0",
        b"BASH_ALIASES",
        b"BASH_CMDS",
        b"BASH_VERSINFO",
        b"BASH_LOADABLES_PATH",
        b"COMP_WORDBREAKS",
        b"MAPFILE",
        b"OPTERR",
        b"PS4",
        b"PS1",
        b"PS2",
        b"HISTCMD",
        b"BASH_EXECUTION_STRING",
];

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
