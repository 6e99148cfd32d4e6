//! One simple command: its words expanded, its redirections opened, then what its name means.

use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::braces;
use super::leave::How;
use super::output;
use super::scope::{Content, Scope};
use super::walk::{Input, Sink, Walker};
use super::words::{Cause, Value, Word};
use super::{Command, Program, Redirect, RedirectMode, Sight, Want, builtins, follow, image, wrappers, writes};
use crate::parse::Dialect;
use crate::parse::syntax::{self, Assigned, Assignment, Node, Part};
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

/// Directories whose programs are the system's own.
const SYSTEM: [&str; 6] = ["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];

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
        for (index, word) in words.iter().enumerate() {
            let spread = if declares && index > 0 { braces::expand(word) } else { None };
            let flags = list.iter().skip(1).filter_map(Word::text).filter(|text| text.starts_with(b"-"));
            let letters = flags.flat_map(|text| text.iter().copied()).collect::<Vec<u8>>();
            let declared = spread.and_then(|words| {
                words.iter().map(|word| self.declared(word, &list, &letters, scope)).collect::<Option<Vec<Word>>>()
            });
            match declared {
                Some(words) => list.extend(words),
                None => list.extend(self.fields(word, scope)),
            }
        }
        let (redirections, input, sink) = self.redirections(&node.redirections, scope, input);
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
            .collect();
        let call = Call { words: list, assignments: values, redirections, input, at: self.place(node.span) };
        let first = self.model.commands.len();
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

    /// `name=value` as an argument of a declaration builtin: not split.
    fn declared(&mut self, word: &syntax::Word, before: &[Word], letters: &[u8], scope: &mut Scope) -> Option<Word> {
        let Some(Part::Literal(text)) = word.parts.first() else { return None };
        let equals = text.find_byte(b'=')?;
        let name = text[..equals].strip_suffix(b"+").unwrap_or(&text[..equals]);
        if !is_name(name) {
            return None;
        }
        if let Some(Part::Array(elements)) = word.parts.get(1) {
            let builtin = before.first().and_then(Word::text).unwrap_or_default();
            let locally = matches!(builtin, b"declare" | b"typeset") && !letters.contains(&b'g');
            if builtin == b"local" || (locally && scope.in_function()) {
                scope.hide(name);
            }
            if letters.contains(&b'A') && !matches!(scope.content(name), Content::Keyed(_)) {
                scope.set(name, Content::Keyed(std::collections::BTreeMap::new()));
            }
            self.assign_array(name, None, text[..equals].ends_with(b"+"), elements, scope);
            return Some(Word::known(name));
        }
        let written = BString::from(word.span.of(&self.source.text));
        Some(Word { value: self.assignment_text(word, scope), glob: false, written })
    }

    /// A value on the right of `=`: tildes count after `=` and `:` too.
    fn assignment_text(&mut self, word: &syntax::Word, scope: &mut Scope) -> Value {
        let tilde = word.parts.iter().any(|part| matches!(part, Part::Literal(text) if text.contains(&b'~')));
        if !tilde {
            return self.single(word, scope);
        }
        let mut value = Value::known("");
        for (index, part) in word.parts.iter().enumerate() {
            let Part::Literal(text) = part else {
                let one = syntax::Word { parts: vec![part.clone()], span: word.span };
                value = value.then(self.single(&one, scope));
                continue;
            };
            let last = index + 1 == word.parts.len();
            for (piece, _) in self.tildes(text, index == 0, last, scope) {
                value = value.then(piece);
            }
        }
        value
    }

    /// Text of an assignment: a tilde counts at its start and behind each `=` and `:`. The flag says what came from one.
    pub(super) fn tildes(&mut self, text: &[u8], first: bool, last: bool, scope: &Scope) -> Vec<(Value, bool)> {
        let mut made = Vec::new();
        let (mut from, mut at) = (0, 0);
        while let Some(found) = text[at..].find_byte(b'~').map(|found| found + at) {
            at = found + 1;
            let opens = if found == 0 { first } else { matches!(text[found - 1], b':' | b'=') };
            let end = text[at..].find_byteset(b"/:").map_or(text.len(), |end| end + at);
            if !opens || (end == text.len() && !last) {
                continue;
            }
            if let Some(home) = self.home(&text[at..end], scope) {
                made.push((Value::known(&text[from..found]), false));
                made.push((home, true));
                (from, at) = (end, end);
            }
        }
        made.push((Value::known(&text[from..]), false));
        made
    }

    fn assigned_value(&mut self, assignment: &Assignment, scope: &mut Scope) -> Value {
        match &assignment.value {
            Assigned::Word(word) => {
                let value = self.assignment_text(word, scope);
                if assignment.append { appended(scope, &assignment.name, value) } else { value }
            }
            Assigned::Array(_) => Value::unknown(Cause::Construct("an array")),
        }
    }

    pub(super) fn assign_all(&mut self, assignments: &[Assignment], scope: &mut Scope) {
        for assignment in assignments {
            if scope.is_readonly(&assignment.name) {
                self.leave(How::Abandon, scope);
                continue;
            }
            match &assignment.value {
                Assigned::Array(elements) => {
                    self.assign_array(&assignment.name, assignment.index.as_ref(), assignment.append, elements, scope);
                }
                Assigned::Word(_) => match &assignment.index {
                    None => {
                        let value = self.assigned_value(assignment, scope);
                        self.prompt(assignment, &value, scope);
                        // An array keeps its other elements.
                        match scope.content(&assignment.name) {
                            Content::Indexed(mut values) => {
                                values.insert(0, value);
                                scope.set(&assignment.name, Content::Indexed(values));
                            }
                            Content::Keyed(mut values) => {
                                values.insert("0".into(), value);
                                scope.set(&assignment.name, Content::Keyed(values));
                            }
                            Content::Scalar(_) | Content::Unset => scope.assign(&assignment.name, value),
                        }
                    }
                    Some(index) => self.assign_element(assignment, index, scope),
                },
            }
        }
    }

    /// `PS4='$(cmd)'` and its like: bash expands or runs the value when it prompts or traces.
    fn prompt(&mut self, assignment: &Assignment, value: &Value, scope: &Scope) {
        let runs = assignment.name == b"PROMPT_COMMAND";
        let expands = matches!(assignment.name.as_slice(), b"PS0" | b"PS1" | b"PS2" | b"PS4");
        let Value::Known(text) = value else { return };
        if !runs && !(expands && (text.find(b"$(").is_some() || text.contains(&b'`'))) {
            return;
        }
        let text = if runs { text.clone() } else { [&b": \""[..], text, b"\""].concat().into() };
        let at = self.place(assignment.span);
        let call =
            Call { words: Vec::new(), assignments: Vec::new(), redirections: Vec::new(), input: Input::Inherited, at };
        let mut inner = scope.clone();
        follow::text(self, Value::Known(text), "a prompt", &call, &mut inner);
    }

    fn assign_element(&mut self, assignment: &Assignment, index: &syntax::Word, scope: &mut Scope) {
        let Assigned::Word(word) = &assignment.value else { return };
        let value = self.assignment_text(word, scope);
        let then = |old: Option<&Value>| match (assignment.append, old) {
            (true, Some(old)) => old.clone().then(value.clone()),
            (true | false, _) => value.clone(),
        };
        // A sum, where `declare -i` makes `+=` one.
        let sums = assignment.append && scope.attributes(&assignment.name).integer;
        if sums {
            return scope.assign(&assignment.name, Value::unknown(Cause::Construct("declare -i")));
        }
        self.change_element(&assignment.name, index, then, scope);
    }

    pub(super) fn set_element(&mut self, name: &[u8], index: &syntax::Word, value: Value, scope: &mut Scope) {
        self.change_element(name, index, |_| value.clone(), scope);
    }

    /// `name[index]=…`, with the new value made from the old one.
    fn change_element(
        &mut self,
        name: &[u8],
        index: &syntax::Word,
        then: impl Fn(Option<&Value>) -> Value,
        scope: &mut Scope,
    ) {
        let content = match scope.content(name) {
            Content::Keyed(mut values) => match self.single(index, scope) {
                Value::Known(key) if key.is_empty() => return self.leave(How::Abandon, scope),
                Value::Known(key) => {
                    let value = then(values.get(&key));
                    values.insert(key, value);
                    Content::Keyed(values)
                }
                Value::OneOf(_) | Value::Unknown(_) => {
                    Content::Scalar(Value::unknown(Cause::Construct("an unknown key")))
                }
            },
            Content::Scalar(Value::Unknown(shape)) => Content::Scalar(Value::unknown(shape.because)),
            other => {
                let number = self.number(index, scope);
                let mut values = match other {
                    Content::Indexed(values) => values,
                    Content::Scalar(value) => [(0, value)].into(),
                    Content::Unset | Content::Keyed(_) => [].into(),
                };
                let end = values.keys().next_back().map_or(0, |last| last + 1);
                match number.map(|at| if at < 0 { at + end } else { at }) {
                    Some(at) if at >= 0 => {
                        let value = then(values.get(&at));
                        values.insert(at, value);
                        Content::Indexed(values)
                    }
                    Some(_) => return self.leave(How::Abandon, scope),
                    None => Content::Scalar(Value::unknown(Cause::Construct("an unknown index"))),
                }
            }
        };
        scope.set(name, content);
    }

    fn assign_array(
        &mut self,
        name: &[u8],
        index: Option<&syntax::Word>,
        append: bool,
        elements: &[syntax::Element],
        scope: &mut Scope,
    ) {
        if index.is_some() {
            return scope.assign(name, Value::unknown(Cause::Construct("an array inside an array")));
        }
        let old = scope.content(name);
        if matches!(old, Content::Keyed(_)) || elements.iter().any(|one| one.key.is_some()) {
            return self.assign_keyed(name, append, elements, scope);
        }
        let mut values = match old {
            Content::Indexed(values) if append => values,
            Content::Scalar(value) if append => [(0, value)].into(),
            Content::Indexed(_) | Content::Scalar(_) | Content::Keyed(_) | Content::Unset => {
                std::collections::BTreeMap::new()
            }
        };
        let mut next = values.keys().next_back().map_or(0, |last| last + 1);
        for element in elements {
            for word in self.fields(&element.value, scope) {
                let open = word.glob || matches!(&word.value, Value::Unknown(shape) if shape.splits);
                if open {
                    return scope.assign(name, Value::unknown(Cause::Construct("an array of unknown length")));
                }
                values.insert(next, word.value);
                next += 1;
            }
        }
        scope.set(name, Content::Indexed(values));
    }

    fn assign_keyed(&mut self, name: &[u8], append: bool, elements: &[syntax::Element], scope: &mut Scope) {
        let keyed = matches!(scope.content(name), Content::Keyed(_));
        let mut by_name = match scope.content(name) {
            Content::Keyed(values) if append => values,
            _ => std::collections::BTreeMap::new(),
        };
        let mut by_number = std::collections::BTreeMap::new();
        let mut next = 0;
        for element in elements {
            let value = self.single(&element.value, scope);
            match &element.key {
                Some(key) if keyed => match self.single(key, scope) {
                    Value::Known(key) => {
                        by_name.insert(key, value);
                    }
                    Value::OneOf(_) | Value::Unknown(_) => {
                        return scope.assign(name, Value::unknown(Cause::Construct("an unknown key")));
                    }
                },
                Some(key) => match self.number(key, scope) {
                    Some(at) => {
                        by_number.insert(at, value);
                        next = at + 1;
                    }
                    None => return scope.assign(name, Value::unknown(Cause::Construct("an unknown index"))),
                },
                None => {
                    by_number.insert(next, value);
                    next += 1;
                }
            }
        }
        scope.set(name, if keyed { Content::Keyed(by_name) } else { Content::Indexed(by_number) });
    }

    /// Writes the command down as it would run.
    pub(super) fn note(&mut self, call: &Call, program: Program, scope: &mut Scope) {
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
        if let Some(function) = scope.functions.get(&name).cloned() {
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
            self.calls.push(name);
            self.deeper(|walker| walker.call_function(&function, &call, scope, running == RECURSION));
            self.calls.pop();
            return;
        }
        if builtins::NAMES.contains(&name.to_str_lossy().as_ref()) {
            return builtins::run(self, &name, call, scope);
        }
        self.program(&name, call, scope);
    }

    fn call_function(&mut self, function: &super::scope::Function, call: &Call, scope: &mut Scope, again: bool) {
        let positional = scope.positional.replace(call.words.iter().skip(1).map(|word| word.value.clone()).collect());
        let open = |word: &Word| word.glob || matches!(&word.value, Value::Unknown(shape) if shape.splits);
        if call.words.iter().any(open) || again {
            scope.positional = None;
        }
        let held = Self::lend(call, scope);
        let locals = scope.enter_function();
        let source = std::mem::replace(&mut self.source, std::rc::Rc::clone(&function.source));
        let loops = std::mem::take(&mut self.loops);
        let mark = self.left.len();
        self.node(&function.body, scope, &call.input);
        self.land_return(mark, scope);
        self.loops = loops;
        self.source = source;
        scope.positional = positional;
        scope.leave_function(locals);
        give_back(held, scope);
    }

    /// Assignments before a function or a builtin: exported, and gone when it ends.
    pub(super) fn lend(call: &Call, scope: &mut Scope) -> Vec<(BString, Option<super::scope::Variable>)> {
        let mut held = Vec::new();
        for (name, value) in &call.assignments {
            if scope.is_readonly(name) {
                continue;
            }
            held.push(scope.held(name));
            scope.assign(name, value.clone());
            scope.export(name, true);
        }
        held
    }

    /// A program: by name along PATH, or by path.
    pub(super) fn program(&mut self, name: &BString, call: Call, scope: &mut Scope) {
        let program = self.resolve(name, &call, scope);
        let program = image::behind(self, program, scope);
        let path = match &program {
            Program::File(path) => path.clone(),
            Program::None | Program::Builtin(_) | Program::Name(_) | Program::Unknown => name.clone(),
        };
        // A version manager's shim leads, by way of its manager, to itself with the same words: they are judged already.
        if self.files.contains(&path) && self.installed.iter().any(|words| same_words(words, &call.words)) {
            return;
        }
        let tool: BString = path.rsplit(|byte| *byte == b'/').next().unwrap_or(&path).into();
        let noted = self.model.commands.len();
        self.note(&call, program.clone(), scope);
        image::remember(self, &tool, &call, scope);
        let own = matches!(&program, Program::File(path) if !is_system(path) && !self.installed_part(name, path, scope))
            || scope.absolute(name).is_some_and(|path| scope.files.contains_key(&path));
        // A script under a shell's or a wrapper's name is what it says, and perhaps the shell after all.
        if own && (follow::is_shell(&tool) || wrappers::is_wrapper(&tool)) {
            let quiet = self.quiet;
            let depth = self.installed.len();
            if !name.contains(&b'/') {
                self.quiet = true;
                self.installed.push(call.words.clone());
            }
            follow::script(self, &path, &call, scope);
            self.quiet = quiet;
            self.installed.truncate(depth);
        }
        if follow::shell(self, &tool, &call, scope) || wrappers::unwrap(self, &tool, &call, scope) {
            self.effects(&tool, noted, &call, scope);
            return;
        }
        // An installed program that happens to be a shell script is read for what it does, but what can't be read of it
        // is like the inside of any program: no question by itself.
        let installed = !name.contains(&b'/');
        let quiet = self.quiet;
        self.quiet |= installed;
        let depth = self.installed.len();
        if installed && own {
            self.installed.push(call.words.clone());
        }
        // What a downloader prints comes from elsewhere, however the downloader itself is written.
        let followed = if installed && follow::is_remote(&tool) {
            let mut followed = false;
            self.capture(|walker| followed = own && follow::script(walker, &path, &call, scope));
            if followed {
                let tool = tool.clone();
                self.emit(|_| Value::unknown(Cause::Output(tool)));
            }
            followed
        } else {
            own && follow::script(self, &path, &call, scope)
        };
        self.quiet = quiet;
        self.installed.truncate(depth);
        if followed {
            return self.effects(&tool, noted, &call, scope);
        }
        self.effects(&tool, noted, &call, scope);
        self.print(&tool, &call, scope);
    }

    /// What an installed script starts by its path, outside the folder it works in, is a part of the installation: the
    /// inside of a program, like what a binary does.
    fn installed_part(&self, name: &BString, path: &BString, scope: &Scope) -> bool {
        let here =
            |directory: &BString| path.strip_prefix(directory.as_slice()).is_some_and(|rest| rest.starts_with(b"/"));
        !self.installed.is_empty()
            && name.contains(&b'/')
            && matches!(&scope.directory, Value::Known(directory) if !here(directory))
    }

    pub(super) fn resolve(&mut self, name: &BString, call: &Call, scope: &mut Scope) -> Program {
        if name.contains(&b'/') {
            return match scope.absolute(name) {
                Some(path) => Program::File(path),
                None => Program::File(name.clone()),
            };
        }
        let assigned = call.assignments.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone());
        let path = match assigned.or_else(|| scope.value(b"PATH")) {
            Some(Value::Known(path)) => path,
            Some(Value::OneOf(_) | Value::Unknown(_)) | None => return Program::Name(name.clone()),
        };
        // Only folders that are not the system's can put another program under a known name.
        if scope.elsewhere || path.split(|byte| *byte == b':').all(is_system_folder) {
            return Program::Name(name.clone());
        }
        // An element that is not absolute counts from where the shell stands.
        let absolute =
            |folder: &[u8]| if folder.starts_with(b"/") { Some(folder.into()) } else { scope.absolute(folder) };
        let folders: Option<Vec<BString>> = path.split(|byte| *byte == b':').map(absolute).collect();
        let Some(folders) = folders else { return Program::Name(name.clone()) };
        // What the text put into one of them.
        let placed = |folder: &BString| super::plain(&[folder.as_slice(), b"/", name].concat());
        if let Some(path) =
            folders.iter().map(placed).find(|path| self.images.contains_key(path) || scope.files.contains_key(path))
        {
            return Program::File(path);
        }
        let path = bstr::join(":", folders).into();
        match self.sight(Want::Program { name: name.clone(), path }) {
            Some(Sight::Program(path)) => Program::File(path),
            Some(_) | None => Program::Name(name.clone()),
        }
    }

    /// What it prints, where someone listens.
    fn print(&mut self, tool: &BString, call: &Call, scope: &mut Scope) {
        if !self.is_captured() {
            return;
        }
        let name = tool.to_str_lossy();
        if *tool == "which" {
            return builtins::located(self, call.words.get(1..).unwrap_or_default(), call, scope);
        }
        if *tool == "find" {
            // Everything below its root, or something unknown: that is what xargs will be given.
            return self.emit(|_| match wrappers::searched(call.words.get(1..).unwrap_or_default()) {
                Value::Known(all) => Value::entry_of(&all),
                Value::OneOf(_) | Value::Unknown(_) => Value::unknown(Cause::Output("find".into())),
            });
        }
        if *tool == "ls"
            && let Some(pattern) = listed(call.words.get(1..).unwrap_or_default())
        {
            return self.emit(|_| Value::entry_of(&pattern));
        }
        let open = call.words.iter().any(|word| word.glob);
        let printed = if output::PURE.contains(&name.as_ref()) && !open {
            let input = self.input_text(&call.input, scope);
            match (name.as_ref(), self.operand_text(call, scope)) {
                ("cat", Some(text)) => Some(text),
                _ => output::print(&call.words, input.as_deref().map(Vec::as_slice)).map(Value::Known),
            }
        } else {
            None
        };
        let tool = tool.clone();
        self.emit(|_| printed.unwrap_or_else(|| Value::unknown(Cause::Output(tool))));
    }

    /// `cat file …`: the files' text.
    fn operand_text(&mut self, call: &Call, scope: &mut Scope) -> Option<Value> {
        let paths: Vec<BString> = call
            .words
            .iter()
            .skip(1)
            .map(|word| word.text().filter(|path| !path.starts_with(b"-")).map(BString::from))
            .collect::<Option<_>>()?;
        if paths.is_empty() {
            return None;
        }
        let mut all = Value::known("");
        for path in paths {
            all = match self.file(&path, scope) {
                Some(Ok(text)) => all.then(text),
                Some(Err(_)) | None => return Some(Value::unknown(Cause::Output("cat".into()))),
            };
        }
        Some(all)
    }

    /// Standard input as text, where it is known.
    pub(super) fn input_text(&mut self, input: &Input, scope: &Scope) -> Option<BString> {
        match self.input_value(input, scope)? {
            Value::Known(text) => Some(text),
            Value::OneOf(_) | Value::Unknown(_) => None,
        }
    }

    pub(super) fn input_value(&mut self, input: &Input, scope: &Scope) -> Option<Value> {
        match input {
            Input::Inherited => None,
            Input::Text(value) => Some(value.borrow().clone()),
            Input::File(word) => {
                let path = word.text()?.to_vec();
                match self.file(&path, scope) {
                    Some(Ok(text)) => Some(text),
                    Some(Err(_)) | None => None,
                }
            }
        }
    }
}

/// `ls` alone, or `ls -d` with a pattern: what it lists are the entries of a pattern, one a line.
fn listed(words: &[Word]) -> Option<BString> {
    let mut pattern = None;
    let mut itself = false;
    for word in words {
        let text = word.text()?;
        match text.strip_prefix(b"-") {
            Some(letters) if letters.iter().all(|letter| b"1AartScCU".contains(letter)) => {}
            Some(b"d") => itself = true,
            None if word.glob && pattern.is_none() => pattern = Some(BString::from(text)),
            Some(_) | None => return None,
        }
    }
    match (pattern, itself) {
        (None, false) => Some("*".into()),
        (Some(pattern), true) => Some(pattern),
        (Some(_), false) | (None, true) => None,
    }
}

/// `name+=value`: text after text, or a sum where `declare -i` says so.
pub(super) fn appended(scope: &Scope, name: &[u8], value: Value) -> Value {
    let before = scope.value(name).unwrap_or_else(|| Value::known(""));
    if scope.attributes(name).integer {
        let before = if before == Value::known("") { Value::known("0") } else { before };
        return before.then(Value::known("+(")).then(value).then(Value::known(")"));
    }
    before.then(value)
}

/// Puts back what `lend` changed.
pub(super) fn give_back(held: Vec<(BString, Option<super::scope::Variable>)>, scope: &mut Scope) {
    for one in held.into_iter().rev() {
        scope.put_back(one);
    }
}

pub(super) fn is_name(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn same_words(one: &[Word], other: &[Word]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.value == other.value)
}

fn is_system_folder(folder: &[u8]) -> bool {
    SYSTEM.iter().any(|one| one.as_bytes() == folder)
}

pub(super) fn is_system(path: &[u8]) -> bool {
    path.rfind_byte(b'/').is_some_and(|slash| is_system_folder(&path[..slash]))
}
