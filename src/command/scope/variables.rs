//! Variables: what they hold, what declarations make of it, and what functions hide.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bstr::{BStr, BString, ByteSlice};

use super::Scope;
use crate::command::arithmetic;
use crate::command::words::{Cause, Value};
use crate::parse::Dialect;

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
    /// On one of the ways that led here a child would not be given it.
    pub perhaps_kept: bool,
    /// `declare -n`: another variable's name.
    pub reference: bool,
    pub attributes: Attributes,
    /// On one of the ways that led here it has no value at all.
    pub perhaps_unset: bool,
    /// It may be an array of which this is the first element.
    pub perhaps_array: bool,
}

impl Variable {
    pub(super) fn new(content: Content, exported: bool) -> Self {
        let attributes = Attributes::default();
        Variable {
            content,
            exported,
            perhaps_kept: false,
            reference: false,
            attributes,
            perhaps_unset: false,
            perhaps_array: false,
        }
    }
}

/// What an assignment makes of its value: `declare -i`, `-u`, `-l`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    pub integer: bool,
    pub upper: bool,
    pub lower: bool,
}

impl Scope {
    pub(super) fn keep(&mut self, name: BString, variable: Variable) {
        self.changed.insert(name, Rc::new(variable));
    }

    /// The variable after following name references.
    pub(super) fn resolve(&self, name: &[u8]) -> BString {
        let mut name = BString::from(name);
        for _ in 0..8 {
            match self.changed.get(&name).map(Rc::as_ref) {
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
            return Content::Scalar(Value::name(Cause::Variable(name)));
        }
        match (&self.clouded, self.base.partial) {
            (Some(cause), _) => Content::Scalar(Value::unknown(cause.clone())),
            (None, true) => Content::Scalar(Value::unknown(Cause::Variable(name))),
            // To dash they are names like any other.
            (None, false) => match dynamic(&name, self.mode.dialect != Dialect::Dash) {
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

    /// Whether it may have no value at all, although it has one on another way.
    #[must_use]
    pub fn perhaps_unset(&self, name: &[u8]) -> bool {
        self.changed.get(&self.resolve(name)).is_some_and(|variable| variable.perhaps_unset)
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
            _ if self.perhaps_unset(b"IFS") => None,
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
        if self.unfollowed.contains(&name) {
            let exported = self.is_exported(&name);
            let unknown = Variable::new(Content::Scalar(Value::unknown(Cause::Variable(name.clone()))), exported);
            return self.keep(name, Variable { perhaps_array: true, perhaps_unset: true, ..unknown });
        }
        // Where it is read-only it stays what it is.
        let kept = self.perhaps_readonly.contains(&name).then(|| self.content(&name));
        let stays = kept.as_ref().is_some_and(|kept| *kept != content);
        let content = match kept {
            Some(kept) => super::join::meet(kept, content),
            None => content,
        };
        let old = self.changed.get(&name);
        let attributes = old.map(|variable| variable.attributes).unwrap_or_default();
        let was_array =
            old.is_some_and(|old| old.perhaps_array || matches!(old.content, Content::Indexed(_) | Content::Keyed(_)));
        let mut exported = old.map_or_else(|| self.base.values.contains_key(&name), |variable| variable.exported);
        let mut perhaps_kept = old.map_or_else(|| self.perhaps_given(name.as_bstr()), |variable| variable.perhaps_kept);
        // An array is not handed down, except as the text that it was.
        let text = old.map_or(exported, |old| old.exported && !matches!(old.content, Content::Unset));
        if content == Content::Unset {
            exported = false;
            self.exported = None;
        } else if self.options.is_on("allexport") == Some(true) {
            (exported, perhaps_kept) = (true, false);
        } else if !exported && self.options.may_be_on("allexport") {
            (exported, perhaps_kept) = (true, true);
        }
        exported &= text || !matches!(content, Content::Indexed(_) | Content::Keyed(_));
        if exported {
            self.exported = None;
        }
        let (content, attributes) = match content {
            Content::Unset => (Content::Unset, Attributes::default()),
            other if attributes == Attributes::default() => (other, attributes),
            other => (self.shaped(other, attributes), attributes),
        };
        let perhaps_array = was_array && matches!(content, Content::Scalar(_));
        let (perhaps_array, perhaps_unset) = (perhaps_array || stays, stays);
        let variable = Variable::new(content, exported);
        self.keep(name, Variable { perhaps_kept, attributes, perhaps_unset, perhaps_array, ..variable });
    }

    /// It may hold anything from now on, whatever is assigned.
    pub fn leave_unfollowed(&mut self, name: &[u8]) {
        self.unfollowed.insert(name.into());
        self.set(name, Content::Unset);
    }

    /// It may hold anything by now, and be an array.
    pub fn blur(&mut self, name: &[u8], because: Cause) {
        let name = self.resolve(name);
        if self.readonly.contains(&name) {
            return;
        }
        self.set(&name, Content::Scalar(Value::unknown(because)));
        if let Some(variable) = self.changed.get_mut(&name) {
            let variable = Rc::make_mut(variable);
            (variable.perhaps_array, variable.perhaps_unset) = (true, true);
        }
    }

    /// Whether a scalar may be the first element of an array.
    #[must_use]
    pub fn perhaps_array(&self, name: &[u8]) -> bool {
        self.changed.get(&self.resolve(name)).is_some_and(|variable| variable.perhaps_array)
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
                Value::Known(text) => arithmetic::evaluate(text, self),
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
        let (content, perhaps_unset) = (self.content(name), self.perhaps_unset(name));
        let perhaps_array = self.perhaps_array(name);
        let name = self.resolve(name);
        let (exported, perhaps_kept) = (self.is_exported(&name), self.perhaps_kept(&name));
        let variable = Variable::new(content, exported);
        self.keep(name, Variable { perhaps_kept, attributes, perhaps_unset, perhaps_array, ..variable });
    }

    /// Whether it may be that a child would not be given it after all.
    #[must_use]
    pub(super) fn perhaps_kept(&self, name: &[u8]) -> bool {
        let name = name.as_bstr();
        self.changed.get(name).map_or_else(|| self.perhaps_given(name), |variable| variable.perhaps_kept)
    }

    /// A variable of which nothing is known may not be in the environment at all.
    fn perhaps_given(&self, name: &BStr) -> bool {
        matches!(self.base.values.get(name), Some(Value::Unknown(shape))
            if matches!(&shape.because, Cause::Variable(of) if of == name))
    }

    #[must_use]
    pub fn is_readonly(&self, name: &[u8]) -> bool {
        !self.readonly.is_empty() && self.readonly.contains(&self.resolve(name))
    }

    #[must_use]
    pub fn perhaps_readonly(&self, name: &[u8]) -> bool {
        !self.perhaps_readonly.is_empty() && self.perhaps_readonly.contains(&self.resolve(name))
    }

    /// From now on assignments to it fail.
    pub fn protect(&mut self, name: &[u8]) {
        self.readonly.insert(name.into());
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
        match self.changed.get(name.as_bstr()).map(Rc::as_ref) {
            Some(Variable { content: Content::Scalar(value), exported: true, .. }) => Some(value.clone()),
            Some(_) | None => None,
        }
    }

    /// `name=value`. An array keeps its other elements.
    pub fn assign(&mut self, name: &[u8], value: Value) {
        let name = self.resolve(name);
        let content = match (self.changed.get(&name).map(|variable| &variable.content), &value) {
            (Some(Content::Indexed(values)), Value::Known(_) | Value::OneOf(_)) => {
                let mut values = values.clone();
                values.insert(0, value);
                Content::Indexed(values)
            }
            (Some(Content::Keyed(values)), Value::Known(_) | Value::OneOf(_)) => {
                let mut values = values.clone();
                values.insert("0".into(), value);
                Content::Keyed(values)
            }
            (_, _) => Content::Scalar(value),
        };
        self.set(&name, content);
    }

    pub fn export(&mut self, name: &[u8], yes: bool) {
        let (content, perhaps_unset) = (self.content(name), self.perhaps_unset(name));
        let (attributes, perhaps_array) = (self.attributes(name), self.perhaps_array(name));
        self.exported = None;
        let name = self.resolve(name);
        self.keep(name, Variable { attributes, perhaps_unset, perhaps_array, ..Variable::new(content, yes) });
    }

    /// Whether a child would be given it.
    #[must_use]
    pub fn is_exported(&self, name: &[u8]) -> bool {
        let variable = self.changed.get(name.as_bstr());
        variable.map_or_else(|| self.base.values.contains_key(name.as_bstr()), |variable| variable.exported)
    }

    pub fn refer(&mut self, name: &[u8], target: BString) {
        let variable = Variable { reference: true, ..Variable::new(Content::Scalar(Value::Known(target)), false) };
        self.keep(name.into(), variable);
    }

    /// `unset -n`: the reference itself.
    pub fn unset_reference(&mut self, name: &[u8]) {
        if self.changed.get(name.as_bstr()).is_some_and(|variable| variable.reference) {
            self.keep(name.into(), Variable::new(Content::Unset, false));
        }
    }

    /// Names that begin so, as far as they are known.
    #[must_use]
    pub fn names(&self, prefix: &[u8]) -> Option<Vec<BString>> {
        if self.clouded.is_some() || self.base.partial || SHELLS_OWN.iter().any(|name| name.starts_with(prefix)) {
            return None;
        }
        let mut all: BTreeSet<BString> = self.base.values.keys().cloned().collect();
        all.extend(self.changed.keys().cloned());
        all.retain(|name| name.starts_with(prefix));
        // What was declared without a value has a name, what was unset has none.
        if all.iter().any(|name| self.content(name) == Content::Unset) {
            return None;
        }
        // What is not known may be unset.
        let sure = |name: &BString| !matches!(self.content(name), Content::Scalar(Value::Unknown(_) | Value::OneOf(_)));
        let sure = |name: &BString| sure(name) && !self.perhaps_unset(name);
        all.iter().all(sure).then(|| all.into_iter().collect())
    }
}

pub(super) fn scalar(value: Value, exported: bool) -> Variable {
    Variable::new(Content::Scalar(value), exported)
}

/// Variables that bash itself sets and that this reading does not compute.
fn dynamic(name: &[u8], own: bool) -> Option<Value> {
    let because = || Cause::Variable(name.into());
    if own && NUMBERS.contains(&name) {
        return Some(Value::name(because()));
    }
    SHELLS_OWN.contains(&name).then(|| Value::unknown(because()))
}

/// Those that always hold digits.
const NUMBERS: &[&[u8]] =
    &[b"RANDOM", b"SRANDOM", b"SECONDS", b"EPOCHSECONDS", b"EPOCHREALTIME", b"LINENO", b"BASHPID"];

/// Their names.
#[rustfmt::skip]
const SHELLS_OWN: &[&[u8]] = &[
    b"RANDOM", b"SRANDOM", b"SECONDS", b"EPOCHSECONDS", b"EPOCHREALTIME", b"LINENO", b"BASHPID", b"PPID",
    b"UID", b"EUID", b"HOSTNAME", b"HOSTTYPE", b"MACHTYPE", b"OSTYPE", b"BASH", b"BASH_VERSION", b"BASHOPTS",
    b"SHELLOPTS", b"SHLVL", b"BASH_COMMAND", b"BASH_SUBSHELL", b"COLUMNS", b"LINES", b"DIRSTACK", b"GROUPS",
    b"PIPESTATUS", b"BASH_SOURCE", b"FUNCNAME", b"BASH_LINENO", b"BASH_REMATCH", b"REPLY", b"OPTARG", b"OPTIND",
    b"_", b"PATH", b"TERM", b"BASH_ARGC", b"BASH_ARGV", b"BASH_ARGV0", b"BASH_ALIASES", b"BASH_CMDS",
    b"BASH_VERSINFO", b"BASH_LOADABLES_PATH", b"COMP_WORDBREAKS", b"MAPFILE", b"OPTERR", b"PS4", b"PS1", b"PS2",
    b"HISTCMD", b"BASH_EXECUTION_STRING",
];
