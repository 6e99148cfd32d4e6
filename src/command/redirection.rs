//! Redirections: what a command's descriptors are, and which files are emptied on the way.

use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Sink, Walker};
use super::words::{Cause, Piece, Shape, Value, Word};
use super::{Redirect, RedirectMode, Sight, quirks};
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
                Descriptor::Variable(name) => Some(scope.numbered(name)),
            };
            let named = match (&redirection.fd, redirection.operator) {
                (_, Operator::DuplicateIn | Operator::DuplicateOut)
                | (Descriptor::Number(_) | Descriptor::Implied, _) => None,
                (Descriptor::Variable(name), _) => fd.map(|fd| (name.clone(), fd)),
            };
            if let Some((name, fd)) = named {
                scope.assign(&name, Value::unknown(Cause::Descriptor(fd)));
            }
            match redirection.operator {
                Operator::HereDocument => {
                    let value = self.single(&redirection.target, scope);
                    let parts = &redirection.target.parts;
                    let lost = self.is_captured() && quirks::substitutes_in_a_change(parts)
                        || quirks::translated_in_a_document(parts, &self.source.text);
                    let cause = Cause::Construct("an expansion in a here-document");
                    let value = if lost { Value::unknown(cause) } else { value };
                    match fd.unwrap_or(0) {
                        0 => input = Input::text(value),
                        number => descriptor(number, value, scope),
                    }
                }
                Operator::HereString => {
                    let value = self.assignment_text(&redirection.target, false, scope).then(Value::known("\n"));
                    let listed = redirection.target.parts.iter().any(quirks::spreads);
                    let spaced = scope.ifs().is_some_and(|ifs| ifs.starts_with(b" "));
                    let value = if listed && !spaced {
                        Value::unknown(Cause::Construct("a list in a here-string"))
                    } else {
                        value
                    };
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
                    opened(fd, &target.value, scope);
                    if fd.unwrap_or(0) == 0 {
                        input = match target.text() {
                            Some(path) if scope.absolute(path).is_some_and(|path| scope.files.contains_key(&path)) => {
                                match self.content(path, scope) {
                                    Some(Ok(text)) => Input::text(text),
                                    Some(Err(_)) | None => Input::text(Value::unknown(Cause::Input)),
                                }
                            }
                            Some(_) | None => Input::File(target.clone()),
                        };
                    }
                    redirects.push(Redirect { mode, target });
                }
                Operator::Write | Operator::Clobber | Operator::Append | Operator::WriteBoth | Operator::AppendBoth => {
                    let append = matches!(redirection.operator, Operator::Append | Operator::AppendBoth);
                    let target = self.argument(&redirection.target, scope);
                    opened(fd, &target.value, scope);
                    if fd.unwrap_or(1) == 1 {
                        sink = match target.text() {
                            Some(b"/dev/null") => Sink::Away,
                            _ => Sink::File { path: numbered(target.value.clone()), append },
                        };
                    }
                    let mode = if append { RedirectMode::Append } else { RedirectMode::Overwrite };
                    redirects.push(Redirect { mode, target });
                }
                Operator::DuplicateIn | Operator::DuplicateOut => {
                    let target = self.single(&redirection.target, scope);
                    let implied = u32::from(redirection.operator == Operator::DuplicateOut);
                    let path = number(&target).and_then(|number| scope.sockets.get(&number)).cloned();
                    if fd.unwrap_or(implied) == 1 && target != Value::known("1") {
                        sink = match &path {
                            Some(path) => Sink::File { path: Value::Known(path.clone()), append: true },
                            None => Sink::Away,
                        };
                    }
                    if let (0, Some(path)) = (fd.unwrap_or(implied), &path) {
                        input = Input::File(Word::known(path.clone()));
                    }
                    let fd = match &redirection.fd {
                        // `{sock}>&-` closes the one that it names; `{copy}>&$sock` opens another.
                        Descriptor::Variable(name) if target == Value::known("-") => {
                            scope.value(name).as_ref().and_then(number)
                        }
                        Descriptor::Variable(name) => {
                            let number = scope.numbered(name);
                            scope.assign(name, Value::unknown(Cause::Descriptor(number)));
                            Some(number)
                        }
                        Descriptor::Number(number) if *number > 2 => Some(*number),
                        Descriptor::Number(_) | Descriptor::Implied => None,
                    };
                    match (fd, path) {
                        (Some(fd), Some(path)) => drop(scope.sockets.insert(fd, path)),
                        (Some(fd), None) => drop(scope.sockets.remove(&fd)),
                        (None, _) => {}
                    }
                }
            }
        }
        (redirects, input, sink)
    }

    /// `exec >/dev/tcp/…` redirects what follows: where the output goes that no one captures.
    pub(super) fn inherited(&mut self, sink: Sink, call: &Call, scope: &mut Scope) -> Sink {
        let runs_nothing = call.words.iter().skip(1).all(Word::is_option);
        match (&sink, call.words.first().and_then(Word::text)) {
            (Sink::File { path: Value::Known(path), .. }, Some(b"exec")) if runs_nothing && !self.is_captured() => {
                scope.sockets.insert(1, path.clone());
                sink
            }
            (Sink::On, _) if !self.is_captured() => match scope.sockets.get(&1).filter(|path| scope.is_socket(path)) {
                Some(path) => Sink::File { path: Value::Known(path.clone()), append: true },
                None => sink,
            },
            (_, _) => sink,
        }
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
                let before = match append.then(|| self.content(&path, scope)) {
                    None | Some(Some(Err(Sight::Missing))) => Value::known(""),
                    Some(Some(Ok(before))) => before,
                    Some(Some(Err(_)) | None) => Value::unknown(Cause::Input),
                };
                scope.write(&path, before.then(text));
            }
        }
    }
}

/// `3`, and `3-`, which moves it.
fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Known(text) => std::str::from_utf8(text.strip_suffix(b"-").unwrap_or(text)).ok()?.parse().ok(),
        Value::Unknown(Shape { because: Cause::Descriptor(number), .. }) => Some(*number),
        Value::OneOf(_) | Value::Unknown(_) => None,
    }
}

/// Remembers where a descriptor leads.
fn opened(fd: Option<u32>, target: &Value, scope: &mut Scope) {
    match (fd, target) {
        (Some(fd), Value::Known(path)) if fd > 2 => drop(scope.sockets.insert(fd, path.clone())),
        (Some(fd), _) => drop(scope.sockets.remove(&fd)),
        (None, _) => {}
    }
}

/// `/dev/fd/$sock`, with our number for it.
pub(super) fn numbered(path: Value) -> Value {
    match &path {
        Value::Unknown(Shape { pieces, because: Cause::Descriptor(number), .. }) => match pieces.as_slice() {
            [Piece::Text(folder), Piece::Hole] => {
                let mut path = folder.clone();
                path.extend_from_slice(number.to_string().as_bytes());
                Value::Known(path)
            }
            _ => path,
        },
        Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => path,
    }
}

impl Scope {
    /// Where `/dev/fd/N` leads, as far as this text opened it.
    pub(super) fn behind_descriptor(&self, path: &[u8]) -> Option<bstr::BString> {
        let folders: [&[u8]; 3] = [b"/dev/fd/", b"/proc/self/fd/", b"/dev/pts/fd/"];
        let rest = folders.iter().find_map(|folder| path.strip_prefix(*folder))?;
        self.sockets.get(&std::str::from_utf8(rest).ok()?.parse().ok()?).cloned()
    }

    /// Whether what is written there goes to another machine.
    pub(super) fn is_socket(&self, path: &[u8]) -> bool {
        let behind = self.behind_descriptor(path);
        let path = behind.as_ref().map_or(path, |path| path.as_slice());
        path.starts_with(b"/dev/tcp/")
            || path.starts_with(b"/dev/udp/")
            || matches!(self.files.get(path), Some(Value::Unknown(Shape { because: Cause::Construct(SENT_ON), .. })))
    }

    /// `coproc NAME { … }`: `NAME[0]` is a descriptor behind which its output stands, `NAME[1]` one for its input.
    pub(super) fn joined_by_pipes(&mut self, name: &[u8], text: Value) {
        let from = self.numbered(name);
        let path = bstr::BString::from(format!("/dev/fd/{from}"));
        std::sync::Arc::make_mut(&mut self.files).insert(path.clone(), text);
        self.sockets.insert(from, path);
        let ends = [from, from + 1].map(|number| Value::unknown(Cause::Descriptor(number)));
        self.set(name, super::scope::Content::Indexed((0..).zip(ends).collect()));
    }

    /// A number for a descriptor that the shell numbers itself; above any that a person writes.
    fn numbered(&self, _name: &[u8]) -> u32 {
        let last = self.sockets.keys().next_back().copied().unwrap_or_default();
        last.max(NUMBERED) + 1
    }
}

/// What `>(nc host port)` says of what is written there.
pub(super) const SENT_ON: &str = "what is sent to another machine";

/// Numbers above this one stand for those that the shell chooses.
const NUMBERED: u32 = 1 << 20;

/// Text behind a descriptor can be read back under its name: `. /dev/fd/3`.
fn descriptor(number: u32, text: Value, scope: &mut Scope) {
    let files = std::sync::Arc::make_mut(&mut scope.files);
    for folder in ["/dev/fd", "/proc/self/fd"] {
        files.insert(format!("{folder}/{number}").into(), text.clone());
    }
}
