//! Walks the syntax tree in the order in which the shell would run it and writes down every simple command it meets.
//!
//! Nothing is run: state is followed as far as it is known, both sides of a branch are walked, a loop is walked for each
//! known round. What cannot be followed is written down as unread or as a spent limit, never left out in silence.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::leave::{Landing, Left, Way};
use super::scope::{Defined, Function, Scope, Source};
use super::simple::Call;
use super::words::{Cause, Value, Word};
use super::{Change, Known, Model, Seen, Sight, Stdin, Unread, UnreadKind, Via, Want, follow, scripts};
use crate::parse::syntax::{Kind, Node, Script};
use crate::parse::{self, Dialect, Mode};
use crate::span::{Place, Span};

/// Nested texts, functions and substitutions.
const DEPTH: usize = 40;
/// Standard input of a command.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Inherited,
    /// Shared, since `read` takes a line of it.
    Text(Rc<RefCell<Value>>),
    File(Word),
}

impl Input {
    pub(super) fn text(value: Value) -> Self {
        Input::Text(Rc::new(RefCell::new(value)))
    }

    pub(super) fn shown(&self) -> Stdin {
        match self {
            Input::Inherited => Stdin::Inherited,
            Input::Text(value) => Stdin::Text(value.borrow().clone()),
            Input::File(word) => Stdin::File(word.clone()),
        }
    }
}

/// Where standard output goes.
#[derive(Clone, Debug)]
pub(super) enum Sink {
    /// On to whoever captures it.
    On,
    /// Into a file, which then holds it.
    File {
        path: Value,
        append: bool,
    },
    Away,
}

pub(super) struct Walker<'a> {
    pub(super) model: Model,
    pub(super) seen: &'a Seen,
    pub(super) source: Rc<Source>,
    pub(super) via: Vec<Via>,
    pub(super) depth: usize,
    /// Functions that are being called, outermost first.
    pub(super) calls: Vec<BString>,
    /// Files that are being walked, outermost first.
    pub(super) files: Vec<BString>,
    /// Background jobs and pipelines that are being walked.
    pub(super) forks: usize,
    pub(super) steps: usize,
    /// Texts that were walked, and how many commands of such texts were met again.
    pub(super) walked: BTreeSet<*const parse::Reading>,
    pub(super) again: usize,
    /// What is printed so far, innermost capture last.
    pub(super) captured: Vec<Value>,
    /// Ways that left what is being walked and come out further on.
    pub(super) left: Vec<Left>,
    /// Loops that are being walked in the present function.
    pub(super) loops: usize,
    wanted: BTreeSet<Want>,
    /// Texts with holes: what each marker in them stands for.
    pub(super) holes: Vec<Value>,
    /// Start-up files are walked for what they set; text in them that can't be read is no question by itself.
    pub(super) quiet: bool,
    /// A start-up file is being read, or was before the text began.
    pub(super) started_up: bool,
    /// The command lines of the installed scripts that are being walked, innermost last.
    pub(super) installed: Vec<Vec<Word>>,
    /// Programs that the text links or copies to another path, by that path. What is on disk stays, whichever shell
    /// did it.
    pub(super) images: BTreeMap<BString, BString>,
    /// What `git config` set so far: `key=value`.
    pub(super) git_settings: Vec<BString>,
    /// Files that were sent in the background and in which nothing secret was seen yet, with the command's index.
    pub(super) uploads: Vec<(usize, BString)>,
    /// A secret that was added to the repository.
    pub(super) staged: Option<super::Secret>,
    /// In no more files than these a script that is a program is read; `None`: in any.
    pub(super) alone: Option<usize>,
    /// Rounds of loops that were walked.
    pub(super) rounds: usize,
    /// An error may have dropped a command.
    pub(super) abandoned: bool,
    /// The sources that have set aliases or options of the grammar, one after another.
    pub(super) grammar: Vec<Rc<Source>>,
    /// Process substitutions so far in this command, for their names.
    pub(super) pipes: usize,
    /// A place of a source, and its line.
    counted: RefCell<Option<(Rc<Source>, usize, usize)>>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(seen: &'a Seen, source: Source) -> Self {
        Walker {
            model: Model::default(),
            seen,
            source: Rc::new(source),
            via: Vec::new(),
            depth: 0,
            calls: Vec::new(),
            files: Vec::new(),
            forks: 0,
            steps: 0,
            walked: BTreeSet::new(),
            again: 0,
            captured: Vec::new(),
            left: Vec::new(),
            loops: 0,
            wanted: BTreeSet::new(),
            holes: Vec::new(),
            quiet: false,
            started_up: false,
            installed: Vec::new(),
            images: BTreeMap::new(),
            git_settings: Vec::new(),
            uploads: Vec::new(),
            staged: None,
            alone: None,
            rounds: 0,
            abandoned: false,
            grammar: Vec::new(),
            pipes: 0,
            counted: RefCell::default(),
        }
    }

    /// Start-up files are text that runs first. What is in them is judged; what could not be read of them makes
    /// variables and names uncertain but is no question by itself, or every login shell would ask.
    pub(super) fn startup(&mut self, known: &Known, scope: &mut Scope) {
        self.inherit_functions(scope);
        self.prelude(&known.prelude, scope);
        self.quiet = true;
        let call = Call {
            words: Vec::new(),
            assignments: Vec::new(),
            redirections: Vec::new(),
            input: Input::Inherited,
            at: self.place(Span::default()),
        };
        let mut found = false;
        self.started_up = !known.startup.is_empty();
        for path in &known.startup {
            let one_of = known.startup_first_of.contains(path);
            if one_of && found {
                continue;
            }
            found |= one_of && matches!(self.sight(Want::File(path.clone())), Some(Sight::Bytes(_)));
            let mark = self.left.len();
            scripts::sourced(self, path, &call, scope);
            // An error ends the file, not the shell.
            self.land(mark, scope, |_| Landing::Here);
        }
        self.quiet = false;
        for text in &known.startup_text {
            let quoted = [&b": \""[..], text, b"\""].concat();
            follow::text(self, Value::known(quoted), "BASH_ENV", &call, scope);
        }
    }

    /// Defines a function from text, as bash does for those that the environment hands down and for `hash -p`.
    pub(super) fn define(&mut self, name: &[u8], body: &[u8], scope: &mut Scope) {
        let text = [&b"function "[..], name, b" ", body].concat();
        let mode = Mode { aliases: BTreeMap::new(), ..scope.mode.clone() };
        let Some(reading) = self.seen.readings.read(&text, &mode) else { return self.over_budget("texts") };
        let source = Rc::new(Source { name: "environment".into(), text: reading.text.clone(), outer: None });
        let first = reading.script.items.first().and_then(|item| item.first.commands.first());
        if let Some(Kind::Function { body, .. }) = first.map(|node| &node.kind) {
            scope.functions.insert(name.into(), Defined::once(Function { body: Rc::clone(body), source, file: None }));
        }
    }

    /// `BASH_FUNC_name%%=() { … }`: functions that a parent shell exported.
    pub(super) fn inherit_functions(&mut self, scope: &mut Scope) {
        if scope.mode.dialect == Dialect::Dash {
            return;
        }
        for (name, body) in scope.handed_down() {
            self.define(&name, &body, scope);
        }
    }

    /// What a running shell holds. Its commands only set state, so none of them is written down.
    pub(super) fn prelude(&mut self, prelude: &BString, scope: &mut Scope) {
        let reading = parse::read(prelude, &Mode { expand_aliases: false, ..scope.mode.clone() });
        let source = Rc::new(Source { name: "prelude".into(), text: reading.text, outer: None });
        let before = std::mem::replace(&mut self.source, source);
        self.script(&reading.script, scope, &Input::Inherited);
        self.source = before;
        // What it wrote lies on disk by now, and may have been changed since.
        scope.files = std::sync::Arc::default();
        scope.created = std::sync::Arc::default();
        // What follows is read by its grammar.
        self.grammar.clear();
        // The wants stay: they are what its state turns on.
        self.model = Model { wants: std::mem::take(&mut self.model.wants), ..Model::default() };
    }

    /// Runs `inside` one level deeper, unless that is too deep.
    pub(super) fn deeper(&mut self, inside: impl FnOnce(&mut Self)) {
        if self.depth >= DEPTH {
            self.over_budget("nesting");
            return;
        }
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    pub(super) fn sight(&mut self, want: Want) -> Option<Sight> {
        let found = self.seen.sights.get(&want).cloned();
        if found.is_none() && self.wanted.insert(want.clone()) {
            self.model.wants.push(want);
        }
        found
    }

    /// The text of a file that is used: what this text wrote, else what lies on disk. Where it may not have been
    /// written after all, what matters is what it would be.
    pub(super) fn file(&mut self, path: &[u8], scope: &Scope) -> Option<Result<Value, Sight>> {
        self.read_at(path, false, scope)
    }

    /// All that a file may hold by now.
    pub(super) fn content(&mut self, path: &[u8], scope: &Scope) -> Option<Result<Value, Sight>> {
        self.read_at(path, true, scope)
    }

    fn read_at(&mut self, path: &[u8], exact: bool, scope: &Scope) -> Option<Result<Value, Sight>> {
        let mut met: Option<Result<Value, Sight>> = None;
        for place in scope.places(path)? {
            let one = self.file_at(place, exact, scope)?;
            met = Some(match (met, one) {
                (None, one) => one,
                (Some(Ok(mine)), Ok(other)) => Ok(mine.or(other)),
                (Some(Ok(text)), Err(Sight::Missing)) | (Some(Err(Sight::Missing)), Ok(text)) => {
                    Ok(text.or(Value::known("")))
                }
                (Some(Err(sight)), _) | (Some(Ok(_)), Err(sight)) => Err(sight),
            });
        }
        met
    }

    fn file_at(&mut self, absolute: BString, exact: bool, scope: &Scope) -> Option<Result<Value, Sight>> {
        if let Some(text) = scope.files.get(&absolute) {
            // Where the folder is not there, nothing was written.
            let folder = BString::from(&absolute[..absolute.rfind_byte(b'/').unwrap_or(0)]);
            let there = folder.is_empty()
                || folder == "/tmp"
                || folder.starts_with(b"/dev")
                || folder.starts_with(b"/proc")
                || scope.directory.choices().is_some_and(|all| all.contains(&folder))
                || scope.created.contains(&folder)
                || self.sight(Want::File(folder)) != Some(Sight::Missing);
            let text = if there { text.clone() } else { text.clone().or(Value::known("")) };
            if !exact || !scope.files.is_unsure(&absolute) {
                return Some(Ok(text));
            }
            // Where it was not written, it is what it was.
            let before = if scope.elsewhere { None } else { self.sight(Want::File(absolute)) };
            return Some(Ok(match before {
                Some(Sight::Bytes(bytes)) => text.or(Value::known(bytes.as_ref())),
                Some(Sight::Missing) => text.or(Value::known("")),
                Some(_) | None => Value::unknown(Cause::Input),
            }));
        }
        if absolute == "/dev/null" {
            return Some(Ok(Value::known("")));
        }
        if scope.elsewhere {
            return None;
        }
        match self.sight(Want::File(absolute))? {
            Sight::Bytes(bytes) => Some(Ok(Value::known(bytes.as_ref()))),
            other => Some(Err(other)),
        }
    }

    /// A user's home by /etc/passwd; root's without looking.
    pub(super) fn home_of(&mut self, user: &[u8]) -> Option<BString> {
        if user == b"root" {
            return Some("/root".into());
        }
        let Some(Sight::Bytes(passwd)) = self.sight(Want::File("/etc/passwd".into())) else { return None };
        passwd.lines().find_map(|line| {
            let mut fields = line.split(|byte| *byte == b':');
            (fields.next()? == user).then(|| fields.nth(4).map(BString::from))?
        })
    }

    pub(super) fn place(&self, span: Span) -> Place {
        match &self.source.outer {
            Some(place) => place.clone(),
            None => Place { source: self.source.name.clone(), line: self.line(span.start), span },
        }
    }

    /// Counted on from the last place that was asked for: a text is walked forward.
    fn line(&self, at: usize) -> usize {
        let mut counted = self.counted.borrow_mut();
        let (from, line) = match counted.as_ref() {
            Some((source, from, line)) if Rc::ptr_eq(source, &self.source) && *from <= at => (*from, *line),
            Some(_) | None => (0, 1),
        };
        let line = line + self.source.text.get(from..at).unwrap_or_default().find_iter("\n").count();
        *counted = Some((Rc::clone(&self.source), at, line));
        line
    }

    pub(super) fn unread(&mut self, kind: UnreadKind, what: impl Into<BString>, at: &Place) {
        let beyond = self.via.iter().any(|via| via.change != Change::None);
        let unread = Unread { kind, what: what.into(), at: at.clone(), beyond };
        if !self.quiet && !self.model.unread.contains(&unread) {
            self.model.unread.push(unread);
        }
    }

    /// A text of its own: after an error the shell goes on with its next command.
    pub(super) fn text(&mut self, reading: &parse::Reading, scope: &mut Scope, input: &Input) {
        let items = &reading.script.items;
        let mut mark = self.left.len();
        let (own, set, by) = (Rc::clone(&self.source), self.grammar.len(), scope.mode.clone());
        for (index, item) in items.iter().enumerate() {
            if !self.step() {
                break;
            }
            self.item(item, scope, input);
            // An error drops what stands on the same line as well: bash has read that as one command.
            let next = items.get(index + 1).map_or(item.span.end, |next| next.span.start);
            if reading.text.get(item.span.end..next).is_some_and(|between| between.contains(&b'\n')) {
                self.recover(mark, scope);
                mark = self.left.len();
                if let Some(again) = self.read_again(reading, next, set, &by, scope) {
                    self.text(&again, scope, input);
                    self.source = own;
                    break;
                }
            }
        }
        self.recover(mark, scope);
        for other in &reading.others {
            let mut inner = scope.clone();
            self.script(other, &mut inner, input);
        }
    }

    pub(super) fn script(&mut self, script: &Script, scope: &mut Scope, input: &Input) {
        for item in &script.items {
            if !self.step() {
                return;
            }
            self.item(item, scope, input);
        }
    }

    pub(super) fn node(&mut self, node: &Node, scope: &mut Scope, input: &Input) {
        if !self.step() {
            return;
        }
        if let Kind::Simple { assignments, words } = &node.kind {
            self.simple(node, assignments, words, scope, input);
            return;
        }
        let (redirects, input, sink) = self.redirections(&node.redirections, scope, input);
        let first = self.model.commands.len();
        if !redirects.is_empty() {
            self.bare(redirects, scope, node.span);
        }
        self.sunk(sink, first, scope, |walker, scope| {
            walker.deeper(|walker| walker.compound(&node.kind, scope, &input));
        });
    }

    fn compound(&mut self, kind: &Kind, scope: &mut Scope, input: &Input) {
        match kind {
            Kind::Simple { .. } => {}
            Kind::Group(script) => self.script(script, scope, input),
            Kind::Subshell(script) => {
                let mut inner = scope.clone();
                self.process_of_its_own(&mut inner, |walker, inner| walker.script(script, inner, input));
                scope.files = inner.files;
                scope.created = inner.created;
            }
            Kind::If { arms, otherwise } => {
                let mut ends: Vec<Way> = Vec::new();
                for (condition, body) in arms {
                    self.script(condition, scope, input);
                    let before = self.way(scope);
                    self.script(body, scope, input);
                    ends.push(self.turn(scope, before));
                }
                if let Some(body) = otherwise {
                    self.script(body, scope, input);
                }
                for end in ends {
                    self.meet(scope, end);
                }
            }
            Kind::While { until, condition, body } => {
                self.spawns(*until, condition, body);
                self.while_loop(condition, body, scope, input);
            }
            Kind::For { name, words, body } | Kind::Select { name, words, body } => {
                self.for_loop(name, words.as_deref(), body, scope, input);
            }
            Kind::ArithmeticFor { init, test, step, body } => {
                self.spawns_counted(test, body);
                self.arithmetic(init, scope);
                self.arithmetic_loop(test, step, body, scope, input);
            }
            Kind::Case { subject, arms } => self.case(subject, arms, scope, input),
            Kind::Function { name, body } => {
                self.model.defines.push(name.as_slice().into());
                let (source, file) = (Rc::clone(&self.source), scope.file.clone());
                let function = Function { body: Rc::clone(body), source, file };
                scope.functions.insert(name.as_slice().into(), Defined::once(function));
                if name.as_slice() == b"command_not_found_handle" {
                    self.not_found(name, scope);
                }
            }
            Kind::Condition(words) => self.condition(words, scope),
            Kind::Arithmetic(word) => {
                self.arithmetic(word, scope);
            }
            Kind::Coproc { name, body } => {
                let mut inner = scope.clone();
                let fed = Input::text(Value::unknown(Cause::Input));
                let text = self.capture(|walker| {
                    walker.process_of_its_own(&mut inner, |walker, inner| walker.node(body, inner, &fed));
                });
                scope.joined_by_pipes(name.as_deref().unwrap_or(b"COPROC"), text);
            }
        }
    }
}

impl Walker<'_> {
    /// bash calls it with the words of any command that is not found.
    fn not_found(&mut self, name: &[u8], scope: &Scope) {
        let mut inner = scope.clone();
        let call = Call {
            words: vec![Word::known(name), Word::unknown(Cause::Input)],
            assignments: Vec::new(),
            redirections: Vec::new(),
            input: Input::Inherited,
            at: self.place(Span::default()),
        };
        self.run(call, &mut inner);
    }
}
