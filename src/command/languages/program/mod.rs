//! Python and JavaScript by their grammars: the text is parsed, lowered to a small syntax and evaluated as far as its
//! values are known. Where the parser objects, the token reader reads the text as well.

mod builtins;
mod calling;
mod evaluate;
mod frames;
mod targets;
mod expressions;
mod given;
mod javascript;
mod libraries;
mod literals;
mod lower;
mod members;
mod methods;
mod modules;
mod python;
mod syntax;
mod things;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use bstr::{BString, ByteSlice};
use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use super::grammar::Language;
use super::item::Item;
use super::reader::{self, Act, Surroundings};
use evaluate::Evaluator;
use frames::Frame;
use lower::Lowering;
use syntax::{Declared, Statement};
use things::{Store, Thing};

pub(super) use modules::is_own;

/// What a program starts and destroys.
pub(super) struct Read {
    pub acts: Vec<Act>,
    /// Something runs that is not known.
    pub unread: bool,
}

/// Work that the parser may do, in steps of a hundred of its operations: ordinary text takes one for two hundred bytes,
/// its error recovery on hostile text any number.
const BYTES_PER_STEP: usize = 64;
const STEPS_AT_LEAST: usize = 400;
/// Larger texts are left to the token reader.
const BYTES: usize = 1 << 20;

pub(super) fn knows(language: &Language) -> bool {
    matches!(language.name, "python" | "javascript")
}

/// Reads a whole program. `variables`: what is defined before it begins.
pub(super) fn read(
    language: &'static Language,
    text: &BString,
    variables: BTreeMap<BString, Item>,
    folder: BString,
    around: &dyn Surroundings,
) -> Read {
    let mut evaluator = Evaluator {
        language,
        around,
        python: language.name == "python",
        store: Store::default(),
        frames: vec![Frame::default()],
        frame: 0,
        closures: Vec::new(),
        classes: Vec::new(),
        instances: BTreeMap::new(),
        walked: BTreeSet::new(),
        walking: Vec::new(),
        later: Vec::new(),
        returned: Vec::new(),
        modules: BTreeMap::new(),
        folder,
        main: true,
        acts: Vec::new(),
        unread: false,
        line: 1,
        fixed_line: None,
        steps: 0,
        depth: 0,
        functions: 0,
        objected: false,
        inside: None,
        input: None,
        methods: BTreeSet::new(),
    };
    for (name, item) in &variables {
        let thing = evaluator.thing(item.clone(), false);
        evaluator.define(name, thing, Declared::Block);
    }
    evaluator.program(text);
    evaluator.rest();
    let mut read = Read { acts: evaluator.acts, unread: evaluator.unread };
    if evaluator.objected {
        let other = reader::read(language, text, variables, around);
        read.unread |= other.unread;
        for act in other.acts {
            let known = read.acts.iter().any(|one| one.words == act.words && one.overwrites == act.overwrites);
            if !known {
                read.acts.push(act);
            }
        }
    }
    read
}

fn parse(text: &[u8], python: bool) -> Option<Tree> {
    let mut parser = Parser::new();
    let language = if python { tree_sitter_python::LANGUAGE } else { tree_sitter_javascript::LANGUAGE };
    parser.set_language(&language.into()).ok()?;
    let most = text.len() / BYTES_PER_STEP + STEPS_AT_LEAST;
    let mut steps = 0;
    let mut count = |_: &ParseState| {
        steps += 1;
        if steps > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut chunk = |at: usize, _| text.get(at..).unwrap_or_default();
    parser.parse_with_options(&mut chunk, None, Some(ParseOptions::new().progress_callback(&mut count)))
}

impl Evaluator<'_> {
    /// A whole text, in the frame as it is.
    fn program(&mut self, text: &[u8]) {
        let Some(statements) = self.lowered(text) else {
            self.objected = true;
            return;
        };
        self.statements(&statements);
    }

    fn lowered(&mut self, text: &[u8]) -> Option<Vec<Statement>> {
        if text.len() > BYTES {
            return None;
        }
        let tree = parse(text, self.python)?;
        let mut lowering = Lowering::new(text, self.functions);
        let statements = if self.python {
            python::program(tree.root_node(), &mut lowering)
        } else {
            javascript::program(tree.root_node(), &mut lowering)
        };
        self.functions = lowering.functions;
        self.objected |= tree.root_node().has_error() || lowering.deep;
        Some(statements)
    }

    /// `exec("…")`, `eval("…")`: text that runs where it stands.
    fn text_of_code(&mut self, text: &BString) {
        let before = self.fixed_line.replace(self.line);
        let objected = std::mem::take(&mut self.objected);
        self.deeper((), |evaluator| evaluator.program(text.trim()));
        // What no parser reads, no interpreter runs; but this one may err.
        if std::mem::replace(&mut self.objected, objected) {
            let mut other = reader::read(self.language, text, BTreeMap::new(), self.around);
            self.unread |= other.unread;
            for act in &mut other.acts {
                act.line = self.line;
            }
            self.acts.append(&mut other.acts);
        }
        self.fixed_line = before;
    }

    /// Functions that nothing called may be called by whoever takes the program in; callbacks run again when all is set.
    fn rest(&mut self) {
        let mut index = 0;
        while let Some(closure) = self.closures.get(index) {
            let (id, main, bound) = (closure.function.id, closure.main, closure.bound.is_some());
            let called = !main || bound || self.walked.contains(&id) || self.methods.contains(&id);
            // What it would be given nobody gives it here: unknown text that it would run is no question yet.
            let handed_on = !closure.function.decorators.is_empty();
            if !called {
                let unread = self.unread;
                self.call_unknown(index);
                self.unread = unread || self.unread && (handed_on || self.spent());
            }
            index += 1;
        }
        let mut class = 0;
        while let Some(defined) = self.classes.get(class) {
            if defined.main {
                self.walk_methods(class);
            }
            class += 1;
        }
        for index in std::mem::take(&mut self.later) {
            self.call_unknown(index);
        }
    }

    /// The methods of a class that nothing called.
    fn walk_methods(&mut self, class: usize) {
        let Some(defined) = self.classes.get(class).cloned() else { return };
        let instance = if let Some(instance) = self.instances.get(&class) {
            instance.clone()
        } else {
            let any = vec![evaluate::any_number(crate::command::words::Value::known(""))];
            self.instance(class, calling::Passed { items: any, named: Vec::new() })
        };
        for statement in &defined.class.body {
            if let Statement::Function(function) = statement
                && !self.walked.contains(&function.id)
                && let Thing::Function(index) = self.attribute(&instance, &function.name)
            {
                let unread = self.unread;
                self.call_unknown(index);
                self.unread = unread || self.unread && self.spent();
            }
        }
    }
}
