//! One simple command: its words expanded, its redirections opened, then what its name means.

use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::braces;
use super::expand::named_only;
use super::leave::How;
use super::quirks::{braces_in_operand, lists};
use super::scope::{Defined, Scope};
use super::walk::{Input, Sink, Walker};
use super::words::{Cause, Value, Word};
use super::{Command, Program, Redirect, RedirectMode, builtins, follow, writes};
use crate::parse::Dialect;
use crate::parse::syntax::{self, Assignment, Descriptor, Node, Operation, Part};
use crate::span::{Place, Span};

/// A command with its words ready, on its way through wrappers.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub words: Vec<Word>,
    pub assignments: Vec<(BString, Value)>,
    pub redirections: Vec<Redirect>,
    pub input: Input,
    pub at: Place,
}

impl Call {
    /// The same call with other words: what a wrapper starts.
    pub(super) fn with(&self, words: Vec<Word>) -> Call {
        // What a wrapper reads its command reads too; what is written was noted with the wrapper.
        let reads = |redirect: &&Redirect| redirect.mode == RedirectMode::Read;
        let redirections = self.redirections.iter().filter(reads).cloned().collect();
        Call { words, redirections, ..self.clone() }
    }
}

/// A function that calls itself is walked so many times with the arguments it gives, then once without knowing them.
const RECURSION: usize = 4;

impl Walker<'_> {
    pub(super) fn simple(
        &mut self,
        node: &Node,
        assignments: &[Assignment],
        words: &[syntax::Word],
        scope: &mut Scope,
        input: &Input,
    ) {
        let declares = words.first().is_some_and(|word| {
            matches!(word.parts.as_slice(), [Part::Literal(name)] if builtins::DECLARE.contains(&name.as_slice()))
        });
        let mut list = Vec::new();
        let keyword = scope.options.is_on("keyword");
        let mut behind = Vec::new();
        for (index, word) in words.iter().enumerate() {
            // `set -k`: an assignment counts wherever it stands.
            if index > 0
                && keyword != Some(false)
                && let Some((name, value)) = named(word)
            {
                let value = self.assignment_text(&value, false, scope);
                if keyword.is_none() {
                    list.push(Word::several(Cause::Construct("set -k")));
                    if declares {
                        scope.blur(&name, Cause::Construct("set -k"));
                        // It may be another's name by then.
                        for one in value.choices().into_iter().flatten().chain([&name]).filter(|one| is_name(one)) {
                            scope.leave_unfollowed(one);
                        }
                    }
                    behind.push((name, Value::unknown(Cause::Construct("set -k"))));
                } else {
                    behind.push((name, value));
                }
                continue;
            }
            let braces = scope.options.is_on("braceexpand");
            let spread = match braces {
                _ if !declares || index == 0 => None,
                Some(false) => Some(vec![word.clone()]),
                Some(true) | None => braces::expand(word),
            };
            // What a tilde is beside braces, bash decides by what it takes for an assignment by then.
            let tilde = |word: &syntax::Word| {
                word.parts.iter().any(|part| matches!(part, Part::Literal(text) if text.contains(&b'~')))
            };
            let spread = spread.filter(|words| words.len() == 1 || !words.iter().any(tilde));
            // What braces made is no assignment to bash any more: it is split as any other word. What the braces in an
            // operand close is not sure.
            let splits = |part: &Part| {
                matches!(part, Part::Parameter(_) | Part::Command(_) | Part::Arithmetic(_)) || lists(part)
            };
            let listed = |word: &syntax::Word| {
                let unsure = |part| splits(part) || braces_in_operand(part, false, &self.source.text);
                braces.is_none() || word.parts.iter().any(unsure)
            };
            if let Some(words) = spread.as_ref().filter(|words| words.len() > 1 && words.iter().any(listed)) {
                for word in words {
                    self.single(word, scope);
                }
                list.extend(named_only(words, "braces beside a list or an operand"));
                continue;
            }
            let declared = spread.and_then(|words| {
                let flags = list.iter().skip(1).filter_map(Word::text).filter(|text| text.starts_with(b"-"));
                let letters = flags.flat_map(|text| text.iter().copied()).collect::<Vec<u8>>();
                words.iter().map(|word| self.declared(word, &list, &letters, scope)).collect::<Option<Vec<Word>>>()
            });
            match declared {
                Some(words) => list.extend(words),
                None => list.extend(self.fields(word, scope)),
            }
        }
        // A pattern that fits nothing may be an error.
        if list.iter().any(|word| word.glob) && scope.options.may_be_on("failglob") {
            self.leave(How::Abandon, scope);
        }
        // dash expands them before it forks.
        let forks = scope.mode.dialect != Dialect::Dash && !list.is_empty();
        let before = (forks && assigning(&node.redirections)).then(|| scope.clone());
        let mark = self.left.len();
        let (redirections, input, sink) = self.redirections(&node.redirections, scope, input);
        // Behind an error in them bash has made the assignments, and forgets for a while that they were the command's.
        if !list.is_empty() {
            for one in assignments {
                self.blur_left(mark, &one.name, "an assignment before an error");
            }
        }
        if let Some(before) = before {
            in_the_child(list.first(), before, scope);
        }
        if list.is_empty() {
            self.assign_all(assignments, scope);
            // `$(< file)` is the file's text.
            let reads = scope.mode.dialect != Dialect::Dash && self.is_captured();
            if let ([], [Redirect { mode: RedirectMode::Read, .. }], true) =
                (assignments, redirections.as_slice(), reads)
            {
                let text = self.input_value(&input, scope);
                self.emit(|_| text.unwrap_or_else(|| Value::unknown(Cause::Input)));
            }
            if assignments.iter().any(|one| one.name == b"HISTFILESIZE") {
                let assigned = [(BString::from("HISTFILESIZE"), scope.value(b"HISTFILESIZE"))];
                let assigned = assigned.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
                let at = self.place(node.span);
                let call = Call {
                    words: Vec::new(),
                    assignments: assigned,
                    redirections: Vec::new(),
                    input: Input::Inherited,
                    at,
                };
                self.note(&call, Program::None, scope);
            }
            if !redirections.is_empty() {
                let first = self.model.commands.len();
                self.bare(redirections, scope, node.span);
                if let Sink::File { .. } = sink {
                    self.sunk(sink, first, scope, |_, _| {});
                }
            }
            return;
        }
        let values = assignments
            .iter()
            .map(|one| (BString::from(one.name.as_slice()), self.assigned_value(one, scope)))
            .chain(behind)
            .collect();
        let call = Call { words: list, assignments: values, redirections, input, at: self.place(node.span) };
        if let Some(hole) = words.first().and_then(|word| follow::hole(self, word)) {
            builtins::unread_text(self, &hole, "text", &call, scope);
        }
        let first = self.model.commands.len();
        let sink = self.inherited(sink, &call, scope);
        self.sunk(sink, first, scope, |walker, scope| walker.run(call, scope));
    }

    /// Redirections without a command of their own: they happen all the same.
    pub(super) fn bare(&mut self, redirections: Vec<Redirect>, scope: &mut Scope, span: Span) {
        let at = self.place(span);
        let call = Call { words: Vec::new(), assignments: Vec::new(), redirections, input: Input::Inherited, at };
        self.note(&call, Program::None, scope);
    }

    /// Files that a program in another language opens to write.
    pub(super) fn overwrites(&mut self, redirections: Vec<Redirect>, scope: &mut Scope, at: Place) {
        let call = Call { words: Vec::new(), assignments: Vec::new(), redirections, input: Input::Inherited, at };
        self.note(&call, Program::None, scope);
    }

    /// Writes the command down as it would run.
    pub(super) fn note(&mut self, call: &Call, program: Program, scope: &mut Scope) {
        self.weigh(&call.words);
        // A builtin is no process: what it would see is not worth a new copy after each `export`.
        let mut environment = match program {
            Program::Builtin(_) => scope.last_environment(),
            Program::None | Program::File(_) | Program::Name(_) | Program::Unknown => scope.environment(),
        };
        if !call.assignments.is_empty() {
            let values = Arc::make_mut(&mut environment);
            values.values.extend(call.assignments.iter().cloned());
        }
        let mut writes = writes::redirected(&call.redirections);
        for write in &mut writes {
            // Until it is known what is printed there.
            write.later = self.later(&write.path.value, &write.content, &call.at, scope);
        }
        writes.extend(writes::history_cut(&call.assignments, scope));
        self.model.commands.push(Command {
            words: call.words.clone(),
            program,
            assignments: call.assignments.clone(),
            redirections: call.redirections.clone(),
            writes,
            sends: Vec::new(),
            stdin: call.input.shown(),
            via: self.via.clone(),
            directory: scope.directory.clone(),
            environment,
            created: Arc::clone(&scope.created),
            written: Arc::clone(&scope.files),
            at: call.at.clone(),
        });
    }

    /// Runs a call: functions, builtins, wrappers, shells, scripts, then plain programs.
    pub(super) fn run(&mut self, call: Call, scope: &mut Scope) {
        let Some(first) = call.words.first() else { return };
        let name = match &first.value {
            Value::Known(name) if first.glob && !name.starts_with(b"[") => {
                // `/bin/r?` names whatever it matches: as good as unknown.
                self.note(&call, Program::Unknown, scope);
                return self.emit(|_| Value::unknown(Cause::Construct("a glob in a command's name")));
            }
            Value::Known(name) => name.clone(),
            Value::OneOf(names) => {
                for name in names.clone() {
                    let mut one = call.clone();
                    if let Some(first) = one.words.first_mut() {
                        first.value = Value::Known(name);
                    }
                    let mut inner = scope.clone();
                    self.deeper(|walker| walker.run(one, &mut inner));
                }
                return;
            }
            Value::Unknown(shape) => {
                let because = shape.because.clone();
                self.note(&call, Program::Unknown, scope);
                return self.emit(|_| Value::unknown(because));
            }
        };
        if let Some(defined) = scope.functions.get(&name).cloned() {
            let running = self.calls.iter().filter(|one| **one == name).count();
            if running > RECURSION {
                // Its body was walked with arguments that are not known: deeper rounds add nothing, unless each starts
                // processes that go on.
                if self.forks > 0 {
                    self.limit("processes that start each other");
                }
                return self.emit(|_| Value::unknown(Cause::Limit));
            }
            if running == RECURSION {
                scope.forget();
            }
            if !call.redirections.is_empty() {
                // What its call is redirected to is opened by this shell, whatever its body does.
                let redirected = Call { words: Vec::new(), ..call.clone() };
                self.note(&redirected, Program::None, scope);
            }
            self.calls.push(name.clone());
            if let Some(function) = defined.only() {
                self.deeper(|walker| walker.call_function(function, &call, scope, running == RECURSION));
            } else {
                self.call_one_of(&defined, &name, &call, scope, running == RECURSION);
            }
            self.calls.pop();
            return;
        }
        self.no_function(&name, call, scope);
    }

    /// A builtin or a program.
    fn no_function(&mut self, name: &BString, call: Call, scope: &mut Scope) {
        self.may_end_at(name, &call, scope);
        if builtins::NAMES.contains(&name.to_str_lossy().as_ref()) {
            return builtins::run(self, name, call, scope);
        }
        self.program(name, call, scope);
    }

    /// Ways that defined the name differently have met: each of its meanings in turn.
    fn call_one_of(&mut self, defined: &Defined, name: &BString, call: &Call, scope: &mut Scope, again: bool) {
        let start = self.way(scope);
        let mut ends = Vec::new();
        for function in &defined.bodies {
            self.deeper(|walker| walker.call_function(function, call, scope, again));
            ends.push(self.turn(scope, start.clone()));
        }
        if defined.perhaps_not {
            self.deeper(|walker| walker.no_function(name, call.clone(), scope));
        } else if let Some(end) = ends.pop() {
            self.turn(scope, end);
        }
        for end in ends {
            self.meet(scope, end);
        }
    }

    fn call_function(&mut self, function: &super::scope::Function, call: &Call, scope: &mut Scope, again: bool) {
        let positional = scope.positional.replace(call.words.iter().skip(1).map(|word| word.value.clone()).collect());
        if call.words.iter().any(Word::is_open) || again {
            scope.positional = None;
        }
        let depth = scope.depth();
        scope.enter_command(&call.assignments);
        scope.enter_function();
        let source = std::mem::replace(&mut self.source, std::rc::Rc::clone(&function.source));
        let file = std::mem::replace(&mut scope.file, function.file.clone());
        let loops = std::mem::take(&mut self.loops);
        let mark = self.left.len();
        self.node(&function.body, scope, &call.input);
        self.land_return(mark, scope);
        self.loops = loops;
        scope.file = file;
        self.source = source;
        scope.positional = positional;
        scope.positional_set = false;
        scope.leave_frames(depth);
    }
}

pub(super) fn is_name(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// `name=value`, where it stands behind the command's name.
fn named(word: &syntax::Word) -> Option<(BString, syntax::Word)> {
    let Some(Part::Literal(text)) = word.parts.first() else { return None };
    let equals = text.find_byte(b'=')?;
    let name = text[..equals].strip_suffix(b"+").unwrap_or(&text[..equals]);
    if !is_name(name) {
        return None;
    }
    let mut value = word.clone();
    value.parts[0] = Part::Literal(text[equals + 1..].to_vec());
    if name.len() < equals {
        // What it is put behind is not followed.
        value.parts.insert(0, Part::Array(Vec::new()));
    }
    Some((name.into(), value))
}

/// The redirections of a program are expanded in its own process: what they assign is gone with it.
fn in_the_child(name: Option<&Word>, before: Scope, scope: &mut Scope) {
    let text = name.and_then(Word::text);
    let here = text.is_some_and(|name| {
        scope.functions.contains_key(name.as_bstr()) || builtins::NAMES.iter().any(|one| one.as_bytes() == name)
    });
    if here {
        return;
    }
    let after = std::mem::replace(scope, before);
    if text.is_none() {
        return scope.join(after);
    }
    scope.files = after.files;
    scope.created = after.created;
}

/// Whether expanding them may set a variable: `${x=…}`, arithmetic.
fn assigning(redirections: &[syntax::Redirection]) -> bool {
    fn part(one: &Part) -> bool {
        match one {
            Part::Parameter(parameter) => {
                parameter.index.is_some()
                    || matches!(parameter.operation, Some(Operation::Assign { .. } | Operation::Substring { .. }))
                    || parameter.operation.iter().flat_map(Operation::words).any(|word| word.parts.iter().any(part))
            }
            Part::Double(inner) => inner.iter().any(part),
            Part::Arithmetic(_) => true,
            Part::Literal(_) | Part::Quoted(_) | Part::Command(_) | Part::Process { .. } | Part::Array(_) => false,
        }
    }
    redirections.iter().any(|one| one.target.parts.iter().any(part) || matches!(one.fd, Descriptor::Variable(_)))
}
