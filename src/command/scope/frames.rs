//! Functions that are being run and commands with assignments before them: what they hide comes back when they end, by
//! whatever way they are left.

use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::Scope;
use super::variables::{Content, Variable};
use crate::command::words::{Cause, Value};
use crate::parse::Dialect;

/// What a name stood for, and the name.
pub type Held = (BString, Option<Rc<Variable>>);

#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    function: bool,
    /// What assignments before the command hid.
    lent: Vec<Held>,
    /// What `local` hid.
    hidden: Vec<Held>,
    /// Names that were lent and unset: what they stand for afterwards is not followed.
    lost: Vec<BString>,
}

impl Scope {
    #[must_use]
    pub fn in_function(&self) -> bool {
        self.frames.iter().any(|frame| frame.function)
    }

    /// Whether it stands in the way of another of the same name that a child may be given.
    pub(super) fn is_hidden(&self, name: &BString) -> bool {
        let given = |old: &Option<Rc<Variable>>| match old {
            Some(variable) => variable.exported,
            None => self.base.values.contains_key(name),
        };
        self.frames
            .iter()
            .flat_map(|frame| frame.hidden.iter().chain(&frame.lent))
            .any(|(one, old)| one == name && given(old))
    }

    #[must_use]
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// A command with assignments before it: each is exported, and gone when it ends.
    pub fn enter_command(&mut self, assignments: &[(BString, Value)]) {
        self.frames.push(Frame::default());
        for (name, value) in assignments {
            if self.is_readonly(name) {
                continue;
            }
            let name = self.resolve(name);
            let old = self.changed.get(&name).cloned();
            if let Some(frame) = self.frames.last_mut().filter(|frame| !frame.lent.iter().any(|(one, _)| *one == name))
            {
                frame.lent.push((name.clone(), old));
            }
            // What `declare` says of the variable does not hold for what a command is lent.
            self.keep(name.clone(), Variable::new(Content::Unset, true));
            self.assign(&name, value.clone());
            self.export(&name, true);
        }
    }

    pub fn enter_function(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.function = true;
        }
    }

    /// `local name`: what it held comes back when the function ends.
    pub fn hide(&mut self, name: &[u8]) {
        let Some(at) = self.frames.iter().rposition(|frame| frame.function) else { return };
        let old = self.changed.get(name.as_bstr()).cloned();
        let lent_by = self.frames.iter().rposition(|frame| frame.lent.iter().any(|(one, _)| *one == name));
        let (exported, perhaps_kept) = (self.is_exported(name), self.perhaps_kept(name));
        let Some(frame) = self.frames.get_mut(at) else { return };
        if frame.hidden.iter().any(|(one, _)| *one == name) {
            return;
        }
        frame.hidden.push((name.into(), old));
        // dash's `local` keeps what it holds, bash's what was assigned before the call.
        if self.mode.dialect == Dialect::Dash || lent_by == Some(at) {
            return;
        }
        let array =
            |old: &Variable| old.perhaps_array || matches!(old.content, Content::Indexed(_) | Content::Keyed(_));
        let array = self.changed.get(name.as_bstr()).is_some_and(|old| array(old));
        let local = match lent_by {
            // An array that was exported is not handed down, and hands its export on.
            None if array => Variable { perhaps_kept: true, ..Variable::new(Content::Unset, true) },
            Some(_) => Variable {
                perhaps_unset: true,
                ..Variable::new(Content::Scalar(Value::unknown(Cause::Variable(name.into()))), true)
            },
            None => Variable { perhaps_kept, ..Variable::new(Content::Unset, exported) },
        };
        self.exported = None;
        self.keep(name.into(), local);
    }

    /// The frames from this depth on are left.
    pub fn leave_frames(&mut self, depth: usize) {
        while self.frames.len() > depth {
            let Some(frame) = self.frames.pop() else { return };
            for trap in self.exit_traps.iter_mut().filter(|trap| trap.in_function) {
                trap.locals.extend(frame.hidden.iter().chain(&frame.lent).map(|(name, _)| name.clone()));
            }
            for (name, old) in frame.hidden.into_iter().rev().chain(frame.lent.into_iter().rev()) {
                self.restore(name, old);
            }
            for name in frame.lost {
                self.lose(&name);
            }
        }
    }

    /// The assignments before the innermost command stay: a special builtin, where the shell goes by POSIX.
    pub fn leave_command_as_it_is(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.lent.clear();
        }
    }

    /// A shell that ends inside functions: a trap sees what is theirs, or what it was before.
    pub fn leave_frames_unsure(&mut self, depth: usize) {
        let inside = self.frames.iter().skip(depth);
        let names: Vec<BString> =
            inside.flat_map(|frame| frame.hidden.iter().chain(&frame.lent)).map(|(name, _)| name.clone()).collect();
        self.leave_frames(depth);
        for name in names {
            self.lose(&name);
        }
    }

    fn restore(&mut self, name: BString, old: Option<Rc<Variable>>) {
        self.exported = None;
        match old {
            Some(variable) => self.changed.insert(name, variable),
            None => self.changed.remove(&name),
        };
    }

    /// `unset name`. In bash it takes away what the caller made local or was lent, and what that hid shows again.
    pub fn unset(&mut self, name: &[u8]) {
        let name = self.resolve(name);
        if self.readonly.contains(&name) {
            return;
        }
        if self.mode.dialect != Dialect::Dash {
            let innermost = self.frames.iter().rposition(|frame| frame.function);
            let hides = |held: &[Held]| held.iter().any(|(one, _)| *one == name);
            let at = self.frames.iter().rposition(|frame| hides(&frame.hidden) || hides(&frame.lent));
            let Some(frame) = at.and_then(|at| self.frames.get_mut(at)) else { return self.set(&name, Content::Unset) };
            if hides(&frame.lent) {
                frame.lost.push(name.clone());
                return self.blur(&name, Cause::Variable(name.clone()));
            }
            if at != innermost
                && let Some(index) = frame.hidden.iter().position(|(one, _)| *one == name)
            {
                let (name, old) = frame.hidden.remove(index);
                return self.restore(name, old);
            }
        }
        self.set(&name, Content::Unset);
    }

    /// `declare -g name` where a function or a command hides the name: bash sets the one behind, and from here on
    /// neither is followed. `false` where nothing hides it.
    pub fn pass_over(&mut self, name: &[u8]) -> bool {
        let hides = |frame: &Frame| frame.hidden.iter().chain(&frame.lent).any(|(one, _)| *one == name);
        let hidden =
            self.frames.iter_mut().filter(|frame| hides(frame)).map(|frame| frame.lost.push(name.into())).count();
        if hidden > 0 {
            self.blur(name, Cause::Variable(name.into()));
        }
        hidden > 0
    }

    /// `export name` of what a command is lent: bash may keep it for longer than the command.
    pub fn outlive(&mut self, name: &[u8]) {
        if self.mode.dialect != Dialect::Dash {
            for frame in self.frames.iter_mut().filter(|frame| frame.lent.iter().any(|(one, _)| *one == name)) {
                frame.lost.push(name.into());
            }
        }
    }

    /// It may hold anything, and be handed down or not.
    fn lose(&mut self, name: &[u8]) {
        self.blur(name, Cause::Variable(name.into()));
        self.exported = None;
        if let Some(variable) = self.changed.get_mut(name.as_bstr()) {
            let variable = Rc::make_mut(variable);
            (variable.exported, variable.perhaps_kept) = (true, true);
        }
    }

    /// Where two ways meet, each has hidden what it has hidden.
    pub(super) fn join_frames(&mut self, other: &mut Scope) {
        // A way that left from inside a function comes out of it here.
        other.leave_frames(self.frames.len());
        for (mine, theirs) in self.frames.iter_mut().zip(std::mem::take(&mut other.frames)) {
            for (name, old) in theirs.hidden {
                if !mine.hidden.iter().any(|(one, _)| *one == name) {
                    mine.hidden.push((name, old));
                }
            }
            mine.lost.extend(theirs.lost);
        }
    }
}
