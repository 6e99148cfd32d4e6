//! What commands print, where the text listens: `$( … )`, `<( … )`, pipes and redirections.

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::walk::{Input, Walker};
use super::words::{Cause, Piece, Value};
use crate::parse::syntax::Script;

impl Walker<'_> {
    pub(super) fn emit(&mut self, value: impl FnOnce(&mut Self) -> Value) {
        if let Some(before) = self.captured.pop() {
            let value = value(self);
            self.captured.push(before.then(value));
        }
    }

    pub(super) fn is_captured(&self) -> bool {
        !self.captured.is_empty()
    }

    pub(super) fn capture(&mut self, inside: impl FnOnce(&mut Self)) -> Value {
        self.captured.push(Value::known(""));
        inside(self);
        self.captured.pop().unwrap_or_else(|| Value::known(""))
    }

    /// `$( … )`: a subshell whose output, without its last newlines, is the value.
    pub(super) fn substitute(&mut self, script: &Script, scope: &mut Scope) -> Value {
        let mut inner = scope.clone();
        let mut value = Value::unknown(Cause::Limit);
        self.deeper(|walker| {
            value = walker.capture(|walker| {
                walker.process_of_its_own(&mut inner, |walker, inner| walker.script(script, inner, &Input::Inherited));
            });
        });
        // The files it writes are files.
        scope.files = inner.files;
        scope.created = inner.created;
        match value {
            Value::Unknown(mut shape) => {
                without_end(&mut shape.pieces);
                Value::Unknown(shape)
            }
            known => known.map(
                |text| {
                    let mut kept = BString::from(text.trim_end_with(|c| matches!(c, '\n' | '\0')));
                    // bash drops NUL bytes.
                    if kept.contains(&0) || kept.len() != text.trim_end_with(|c| c == '\n').len() {
                        let whole: Vec<u8> = text.iter().copied().filter(|byte| *byte != 0).collect();
                        kept = whole.trim_end_with(|c| c == '\n').into();
                    }
                    Some(kept)
                },
                "a command substitution",
            ),
        }
    }

    /// `<( … )`: a name behind which the output stands; `>( … )`: a command fed from outside.
    pub(super) fn process(&mut self, output: bool, script: &Script, scope: &mut Scope) -> Value {
        let mut inner = scope.clone();
        let mut text = Value::unknown(Cause::Limit);
        self.deeper(|walker| {
            text = walker.capture(|walker| {
                let input = if output { Input::text(Value::unknown(Cause::Input)) } else { Input::Inherited };
                walker.process_of_its_own(&mut inner, |walker, inner| walker.script(script, inner, &input));
            });
        });
        scope.files = inner.files;
        scope.created = inner.created;
        let path = BString::from(format!("/dev/fd/{}", 63_usize.saturating_sub(self.pipes)));
        self.pipes += 1;
        // Behind an error that dropped a compound command bash may have closed it too early.
        if self.abandoned {
            text = text.or(Value::known(""));
        }
        if output && self.sends_what_it_reads(script, scope) {
            text = Value::unknown(Cause::Construct(super::redirection::SENT_ON));
            std::sync::Arc::make_mut(&mut scope.files).insert(path.clone(), text);
        } else if !output {
            std::sync::Arc::make_mut(&mut scope.files).insert(path.clone(), text);
        }
        Value::Known(path)
    }

    /// Whether a script would send a secret on its standard input to another machine: it is walked with one, apart.
    fn sends_what_it_reads(&mut self, script: &Script, scope: &Scope) -> bool {
        let before = std::mem::take(&mut self.model);
        let probe = super::Secret { what: "standard input".into(), whole: true };
        let input = Input::text(Value::of_secret(probe.clone()));
        let mut inner = scope.clone();
        self.deeper(|walker| {
            walker.capture(|walker| {
                walker.process_of_its_own(&mut inner, |walker, inner| walker.script(script, inner, &input));
            });
        });
        let tried = std::mem::replace(&mut self.model, before);
        self.model.wants.extend(tried.wants);
        tried.commands.iter().flat_map(|command| &command.sends).any(|sent| sent.what == probe.what)
    }
}

/// A known end of the text loses its newlines, and so does what stands before holes, which may be empty.
fn without_end(pieces: &mut Vec<Piece>) {
    for piece in pieces.iter_mut() {
        if let Piece::Text(text) = piece {
            text.retain(|byte| *byte != 0);
        }
    }
    for piece in pieces.iter_mut().rev() {
        if let Piece::Text(text) = piece {
            let kept = text.trim_end_with(|c| c == '\n').len();
            text.truncate(kept);
            if !text.is_empty() {
                break;
            }
        }
    }
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    pieces.dedup_by(|one, other| *one == Piece::Hole && *other == Piece::Hole);
}
