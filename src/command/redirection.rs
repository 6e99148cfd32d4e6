//! Redirections: what a command's descriptors are, and which files are emptied on the way.

use super::scope::Scope;
use super::walk::{Input, Sink, Walker};
use super::words::{Cause, Value};
use super::{Redirect, RedirectMode, Sight};
use crate::parse::syntax::{Descriptor, Operator, Redirection};

impl Walker<'_> {
    pub(super) fn redirections(
        &mut self,
        list: &[Redirection],
        scope: &mut Scope,
        input: &Input,
    ) -> (Vec<Redirect>, Input, Sink) {
        let (mut redirects, mut input, mut sink) = (Vec::new(), input.clone(), Sink::On);
        for redirection in list {
            let fd = match &redirection.fd {
                Descriptor::Number(number) => Some(*number),
                Descriptor::Implied => None,
                Descriptor::Variable(_) => Some(10),
            };
            match redirection.operator {
                Operator::HereDocument => {
                    let value = self.single(&redirection.target, scope);
                    match fd.unwrap_or(0) {
                        0 => input = Input::text(value),
                        number => descriptor(number, value, scope),
                    }
                }
                Operator::HereString => {
                    let value = self.single(&redirection.target, scope).then(Value::known("\n"));
                    match fd.unwrap_or(0) {
                        0 => input = Input::text(value),
                        number => descriptor(number, value, scope),
                    }
                }
                Operator::Read | Operator::ReadWrite => {
                    let target = self.argument(&redirection.target, scope);
                    let mode = if redirection.operator == Operator::Read {
                        RedirectMode::Read
                    } else {
                        RedirectMode::ReadWrite
                    };
                    socket(fd, &target.value, scope);
                    if fd.unwrap_or(0) == 0 {
                        input = match target.text() {
                            Some(path) if scope.absolute(path).is_some_and(|path| scope.files.contains_key(&path)) => {
                                let path = scope.absolute(path).unwrap_or_default();
                                Input::text(
                                    scope.files.get(&path).cloned().unwrap_or_else(|| Value::unknown(Cause::Input)),
                                )
                            }
                            Some(_) | None => Input::File(target.clone()),
                        };
                    }
                    redirects.push(Redirect { mode, target });
                }
                Operator::Write | Operator::Clobber | Operator::Append | Operator::WriteBoth | Operator::AppendBoth => {
                    let append = matches!(redirection.operator, Operator::Append | Operator::AppendBoth);
                    let target = self.argument(&redirection.target, scope);
                    socket(fd, &target.value, scope);
                    if fd.unwrap_or(1) == 1 {
                        sink = match target.text() {
                            Some(b"/dev/null") => Sink::Away,
                            _ => Sink::File { path: target.value.clone(), append },
                        };
                    }
                    let mode = if append { RedirectMode::Append } else { RedirectMode::Overwrite };
                    redirects.push(Redirect { mode, target });
                }
                Operator::DuplicateIn | Operator::DuplicateOut => {
                    let target = self.single(&redirection.target, scope);
                    let implied = u32::from(redirection.operator == Operator::DuplicateOut);
                    if fd.unwrap_or(implied) == 1 && target != Value::known("1") {
                        sink = match number(&target).and_then(|number| scope.sockets.get(&number)) {
                            Some(socket) => Sink::File { path: Value::Known(socket.clone()), append: true },
                            None => Sink::Away,
                        };
                    }
                }
            }
        }
        (redirects, input, sink)
    }

    /// Runs `inside` with its output going to the sink. `first`: the command that the redirection stands with, or its parts.
    pub(super) fn sunk(
        &mut self,
        sink: Sink,
        first: usize,
        scope: &mut Scope,
        inside: impl FnOnce(&mut Self, &mut Scope),
    ) {
        match sink {
            Sink::On => inside(self, scope),
            Sink::Away => {
                self.capture(|walker| inside(walker, scope));
            }
            Sink::File { path, append } => {
                let text = self.capture(|walker| inside(walker, scope));
                self.printed_into(first, &path, append, &text, scope);
                let Value::Known(path) = path else { return };
                let before = match (append, scope.absolute(&path).and_then(|path| scope.files.get(&path).cloned())) {
                    (true, Some(before)) => before,
                    (true, None) => match self.file(&path, scope) {
                        Some(Ok(before)) => before,
                        Some(Err(Sight::Missing)) => Value::known(""),
                        Some(Err(_)) | None => Value::unknown(Cause::Input),
                    },
                    (false, _) => Value::known(""),
                };
                scope.write(&path, before.then(text));
            }
        }
    }
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Known(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        Value::OneOf(_) | Value::Unknown(_) => None,
    }
}

/// Remembers a descriptor that leads to a socket.
fn socket(fd: Option<u32>, target: &Value, scope: &mut Scope) {
    if let (Some(fd), Value::Known(path)) = (fd, target)
        && path.starts_with(b"/dev/tcp/")
    {
        scope.sockets.insert(fd, path.clone());
    }
}

/// Text behind a descriptor can be read back under its name: `. /dev/fd/3`.
fn descriptor(number: u32, text: Value, scope: &mut Scope) {
    let files = std::sync::Arc::make_mut(&mut scope.files);
    for folder in ["/dev/fd", "/proc/self/fd"] {
        files.insert(format!("{folder}/{number}").into(), text.clone());
    }
}
