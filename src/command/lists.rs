//! Lists and pipelines: what `;`, `&`, `&&`, `||` and `|` join, and which state each part begins with.

use super::leave::{How, Way};
use super::scope::Scope;
use super::walk::{Input, Walker};
use crate::parse::syntax::{self, Connector, Item, Kind, Node, Pipeline};

impl Walker<'_> {
    pub(super) fn item(&mut self, item: &Item, scope: &mut Scope, input: &Input) {
        if item.background {
            let mut inner = scope.clone();
            self.forks += 1;
            self.process_of_its_own(&mut inner, |walker, inner| walker.chain(item, inner, input));
            self.forks -= 1;
            // A background job is a subshell, but the files it writes are files.
            scope.files = inner.files;
            for (name, theirs) in inner.functions.iter() {
                match scope.functions.get_mut(name) {
                    Some(mine) => mine.join(Some(theirs)),
                    None => drop(scope.functions.insert(name.clone(), theirs.clone())),
                }
            }
        } else {
            self.chain(item, scope, input);
            // `set -e`: only in what is captured, or where a trap waits, can it be told later that the shell ended here.
            if scope.options.may_be_on("errexit") && (self.is_captured() || !scope.exit_traps.is_empty()) {
                self.leave(How::Exit, scope);
            }
        }
    }

    /// An and-or list. Two states go along it: the one in which everything so far succeeded, and the one in which
    /// something failed, which is where `||` goes on.
    fn chain(&mut self, item: &Item, scope: &mut Scope, input: &Input) {
        if item.rest.is_empty() && !changes_directory(&item.first) {
            // Both states are the same one, and nobody goes on from the failure: no copy is needed.
            self.pipeline(&item.first, scope, input);
            return;
        }
        // Behind a failure, and where the last of them has failed.
        let (mut failed, mut last) = (None, self.link(&item.first, scope, input));
        for (connector, pipeline) in &item.rest {
            let before = self.either(failed.take(), last.take(), scope);
            match connector {
                Connector::And => {
                    last = self.link(pipeline, scope, input);
                    failed = before;
                }
                Connector::Or => {
                    let other = before.unwrap_or_else(|| self.way(scope));
                    let here = self.turn(scope, other);
                    last = self.link(pipeline, scope, input);
                    let other = self.turn(scope, here);
                    // A way that leaves (`cd x || exit`) does not come back.
                    if leaves(pipeline) {
                        last = None;
                    } else {
                        self.meet(scope, other);
                    }
                }
            }
        }
        // `set -e` minds the last one only.
        let last = last.filter(|_| scope.options.is_on("errexit") != Some(true));
        for way in failed.into_iter().chain(last) {
            self.meet(scope, way);
        }
    }

    fn either(&mut self, one: Option<Way>, other: Option<Way>, scope: &mut Scope) -> Option<Way> {
        match (one, other) {
            (Some(one), Some(other)) => {
                let here = self.turn(scope, one);
                self.meet(scope, other);
                Some(self.turn(scope, here))
            }
            (one, other) => one.or(other),
        }
    }

    /// Walks one pipeline; returns the way after its failure, where it may fail and leave another state.
    fn link(&mut self, pipeline: &Pipeline, scope: &mut Scope, input: &Input) -> Option<Way> {
        let before = changes_directory(pipeline).then(|| scope.clone());
        self.pipeline(pipeline, scope, input);
        match before {
            // The directory is there, so that `cd` does not fail.
            Some(_) if scope.arrived => None,
            Some(before) => Some(self.way(&before)),
            None if always_succeeds(pipeline) => None,
            None => Some(self.way(scope)),
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, scope: &mut Scope, input: &Input) {
        self.pipes = 0;
        let [only] = pipeline.commands.as_slice() else {
            let mut input = input.clone();
            let last = pipeline.commands.len().saturating_sub(1);
            for (index, node) in pipeline.commands.iter().enumerate() {
                let mut inner = scope.clone();
                if index == last {
                    let stays = scope.options.is_on("lastpipe");
                    if stays == Some(true) {
                        self.node(node, scope, &input);
                        return;
                    }
                    self.process_of_its_own(&mut inner, |walker, inner| walker.node(node, inner, &input));
                    if stays.is_none() {
                        scope.join(inner.clone());
                    }
                } else {
                    let text = self.capture(|walker| {
                        walker.process_of_its_own(&mut inner, |walker, inner| walker.node(node, inner, &input));
                    });
                    input = Input::text(text);
                }
                scope.files = inner.files;
                scope.created = inner.created;
            }
            return;
        };
        self.node(only, scope, input);
    }
}

/// Assignments of plain text and a few builtins cannot fail, so what follows `&&` runs for sure.
fn always_succeeds(pipeline: &Pipeline) -> bool {
    let [node] = pipeline.commands.as_slice() else { return false };
    let plain = |word: &syntax::Word| {
        word.parts.iter().all(|part| matches!(part, syntax::Part::Literal(_) | syntax::Part::Quoted(_)))
    };
    match &node.kind {
        Kind::Simple { words, assignments } if node.redirections.is_empty() && !pipeline.negated => match words.first()
        {
            None => {
                let plain =
                    |one: &syntax::Assignment| matches!(&one.value, syntax::Assigned::Word(word) if plain(word));
                !assignments.is_empty() && assignments.iter().all(plain)
            }
            Some(word) => match word.parts.as_slice() {
                [syntax::Part::Literal(name)] => match name.as_slice() {
                    b"echo" | b"true" | b":" => true,
                    b"export" | b"shopt" | b"set" | b"declare" | b"local" | b"alias" => words.iter().all(plain),
                    _ => false,
                },
                _ => false,
            },
        },
        _ => false,
    }
}

/// `exit`, `return`, `break`, `continue` at the end of a way.
fn leaves(pipeline: &Pipeline) -> bool {
    let leaving = |node: &Node| {
        match &node.kind {
        Kind::Simple { words, .. } => words.first().is_some_and(|word| {
            matches!(word.parts.as_slice(), [syntax::Part::Literal(name)] if matches!(name.as_slice(), b"exit" | b"return" | b"break" | b"continue"))
        }),
        _ => false,
    }
    };
    match pipeline.commands.as_slice() {
        [node] => match &node.kind {
            Kind::Group(script) => script.items.last().is_some_and(|item| leaves(&item.first)),
            _ => leaving(node),
        },
        _ => false,
    }
}

/// `cd` and `pushd` leave another directory behind when they fail.
fn changes_directory(pipeline: &Pipeline) -> bool {
    pipeline.commands.iter().any(|node| match &node.kind {
        Kind::Simple { words, .. } => words.first().is_some_and(|word| {
            matches!(word.parts.as_slice(), [syntax::Part::Literal(name)] if matches!(name.as_slice(), b"cd" | b"pushd" | b"popd"))
        }),
        _ => false,
    })
}
