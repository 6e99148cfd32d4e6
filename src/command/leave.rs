//! Where ways part and meet: branches, and the ways that `break`, `continue`, `return`, `exit` and errors take. Each
//! carries the state it left with, and what was printed by then, to where it is joined again.

use super::scope::Scope;
use super::walk::{Input, Walker};
use super::words::{Cause, Value};
use super::{follow, simple::Call};
use crate::parse::Dialect;

/// How a way left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Break(usize),
    Continue(usize),
    Return,
    Exit,
    /// An error that ends the shell.
    Fatal,
    /// An error that makes the shell drop what it is doing and go on with the next command of its text.
    Abandon,
}

/// A state with what was printed on the way to it.
#[derive(Clone)]
pub(super) struct Way {
    scope: Scope,
    printed: Option<Value>,
    /// How many captures were open.
    level: usize,
}

pub(super) struct Left {
    how: How,
    way: Way,
}

/// What a place does with a way that comes by.
pub(super) enum Landing {
    Here,
    Further(How),
}

/// More ways than this are not told apart.
const WAYS: usize = 256;

impl Walker<'_> {
    pub(super) fn way(&self, scope: &Scope) -> Way {
        Way { scope: scope.clone(), printed: self.captured.last().cloned(), level: self.captured.len() }
    }

    /// Goes on from another way; returns the one that was being followed.
    pub(super) fn turn(&mut self, scope: &mut Scope, to: Way) -> Way {
        let here = self.way(scope);
        *scope = to.scope;
        if let (Some(last), Some(printed)) = (self.captured.last_mut(), to.printed) {
            *last = printed;
        }
        here
    }

    /// Two ways meet.
    pub(super) fn meet(&mut self, scope: &mut Scope, other: Way) {
        scope.join(other.scope);
        if other.level == self.captured.len()
            && let (Some(last), Some(printed)) = (self.captured.last_mut(), other.printed)
            && *last != printed
        {
            let mine = std::mem::replace(last, Value::known(""));
            *last = mine.or(printed);
        }
    }

    /// The way may end here.
    pub(super) fn leave(&mut self, how: How, scope: &Scope) {
        if self.left.len() >= WAYS {
            return self.over_budget("ways");
        }
        self.abandoned |= how == How::Abandon;
        let way = self.way(scope);
        self.left.push(Left { how, way });
    }

    /// There may be an error: dash ends where bash drops the command.
    pub(super) fn fail(&mut self, scope: &Scope) {
        self.leave(if scope.mode.dialect == Dialect::Dash { How::Exit } else { How::Abandon }, scope);
    }

    /// A subscript, or the value of an integer, may be no expression: there bash ends too, where it runs `-c`.
    pub(super) fn fail_expression(&mut self, scope: &Scope) {
        self.fail(scope);
        self.leave(How::Fatal, scope);
    }

    /// What the ways that left since `mark` hold of a name is not known.
    pub(super) fn blur_left(&mut self, mark: usize, name: &[u8], why: &'static str) {
        for left in self.left.get_mut(mark..).unwrap_or_default() {
            left.way.scope.blur(name, Cause::Construct(why));
        }
    }

    /// Takes in the ways that left since `mark` and come out here.
    pub(super) fn land(&mut self, mark: usize, scope: &mut Scope, landing: impl Fn(How) -> Landing) {
        for left in self.left.split_off(mark.min(self.left.len())) {
            match landing(left.how) {
                Landing::Here => self.meet(scope, left.way),
                Landing::Further(how) => self.left.push(Left { how, way: left.way }),
            }
        }
    }

    /// A process of its own: whatever leaves in it ends it, and what it sets is its own.
    pub(super) fn process_of_its_own(&mut self, inner: &mut Scope, inside: impl FnOnce(&mut Self, &mut Scope)) {
        let traps = std::mem::take(&mut inner.exit_traps);
        let mark = self.left.len();
        let loops = std::mem::take(&mut self.loops);
        inside(self, inner);
        self.loops = loops;
        // Where an error ends it bash takes the traps of the shell around it for its own.
        if inner.exit_traps.is_empty() && self.left.iter().skip(mark).any(|left| left.how == How::Abandon) {
            inner.exit_traps = traps;
        }
        // bash lets such a process go on with what follows, beside the shell itself, where a start-up file was read.
        let errors = |left: &Left| matches!(left.how, How::Abandon | How::Fatal);
        self.model.doubted |= self.started_up && self.left.iter().skip(mark).any(errors);
        // A function that is all that such a process runs may not have ended by then.
        let locals: Vec<_> = inner.exit_traps.iter().flat_map(|trap| trap.locals.clone()).collect();
        for name in locals {
            inner.blur(&name, Cause::Variable(name.clone()));
        }
        self.end(mark, inner);
    }

    /// The end of a shell.
    pub(super) fn end(&mut self, mark: usize, scope: &mut Scope) {
        if self.left.len() > mark {
            let traps = |scope: &Scope| !scope.exit_traps.is_empty();
            if traps(scope) || self.left[mark..].iter().any(|left| traps(&left.way.scope)) {
                for left in &mut self.left[mark..] {
                    left.way.scope.leave_frames_unsure(scope.depth());
                }
            }
            self.land(mark, scope, |_| Landing::Here);
        }
        self.exit(scope);
    }

    /// Where a shell ends its traps run, with what is set by then.
    fn exit(&mut self, scope: &mut Scope) {
        for trap in std::mem::take(&mut scope.exit_traps) {
            if trap.in_function {
                scope.positional = None;
            }
            let call = Call {
                words: Vec::new(),
                assignments: Vec::new(),
                redirections: Vec::new(),
                input: Input::Inherited,
                at: trap.at,
            };
            follow::text(self, trap.action, "trap", &call, scope);
        }
    }

    /// The end of a command of a text: here the shell goes on after an error.
    pub(super) fn recover(&mut self, mark: usize, scope: &mut Scope) {
        if self.left.len() > mark {
            self.land(mark, scope, |how| match how {
                How::Abandon => Landing::Here,
                How::Break(_) | How::Continue(_) | How::Return | How::Exit | How::Fatal => Landing::Further(how),
            });
        }
    }

    /// The end of a round of a loop.
    pub(super) fn land_round(&mut self, mark: usize, scope: &mut Scope) {
        self.land(mark, scope, |how| match how {
            How::Continue(0 | 1) => Landing::Here,
            How::Continue(_) | How::Break(_) | How::Return | How::Exit | How::Fatal | How::Abandon => {
                Landing::Further(how)
            }
        });
    }

    /// The end of a loop.
    pub(super) fn land_loop(&mut self, mark: usize, scope: &mut Scope) {
        self.land(mark, scope, |how| match how {
            How::Break(0 | 1) => Landing::Here,
            How::Break(levels) => Landing::Further(How::Break(levels - 1)),
            How::Continue(levels) => Landing::Further(How::Continue(levels.saturating_sub(1))),
            How::Return | How::Exit | How::Fatal | How::Abandon => Landing::Further(how),
        });
    }

    /// The end of a function.
    pub(super) fn land_return(&mut self, mark: usize, scope: &mut Scope) {
        self.land(mark, scope, |how| match how {
            How::Return | How::Break(_) | How::Continue(_) => Landing::Here,
            How::Exit | How::Fatal | How::Abandon => Landing::Further(how),
        });
    }

    /// The end of a sourced file, which a loop around it takes for a part of its own body.
    pub(super) fn land_sourced(&mut self, mark: usize, scope: &mut Scope) {
        self.land(mark, scope, |how| match how {
            How::Return => Landing::Here,
            How::Break(_) | How::Continue(_) | How::Exit | How::Fatal | How::Abandon => Landing::Further(how),
        });
    }

    /// What is printed from here on may be printed any number of times.
    pub(super) fn blur_printed(&mut self, before: Option<&Value>) {
        if let (Some(last), Some(before)) = (self.captured.last_mut(), before)
            && last != before
        {
            *last = before.clone().then(Value::unknown(Cause::Limit));
        }
    }

    pub(super) fn printed(&self) -> Option<Value> {
        self.captured.last().cloned()
    }
}
