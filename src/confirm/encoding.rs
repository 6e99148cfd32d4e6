//! The canonical bytes under a digest: every field has its name and length before it, so that no two questions share
//! an encoding.

use sha2::{Digest as _, Sha256};

use super::question::Digest;
use crate::agents::Inner;
use crate::command::{Change, Command, Model, Program, RedirectMode, Seen, Sight, Stdin, Value, Want, Word};

#[derive(Clone)]
pub(super) struct Encoding(Sha256);

impl Encoding {
    pub(super) fn new(kind: &str) -> Self {
        let mut encoding = Encoding(Sha256::new());
        encoding.bytes(kind.as_bytes());
        encoding
    }

    pub(super) fn digest(self) -> Digest {
        Digest(self.0.finalize().into())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    pub(super) fn field(&mut self, name: &str, value: &[u8]) {
        self.bytes(name.as_bytes());
        self.bytes(value);
    }

    pub(super) fn number(&mut self, name: &str, value: u64) {
        self.field(name, &value.to_le_bytes());
    }

    pub(super) fn list<T: AsRef<[u8]>>(&mut self, name: &str, values: impl ExactSizeIterator<Item = T>) {
        self.number(name, values.len() as u64);
        for value in values {
            self.bytes(value.as_ref());
        }
    }

    /// The lowered commands. Inside a known wrapper: those of the model's text and of files; the wrapper's own are fixed
    /// by its exact form, and how it starts the text is no part of what the text does.
    pub(super) fn commands(&mut self, model: &Model, wrapped: Option<&Inner>) {
        for command in &model.commands {
            let of_wrapper = wrapped.is_some_and(|wrapped| wrapped.is_own(&command.at));
            // The eval or exec of the wrapper itself covers the model's text; its words are the text again.
            let starts_text = wrapped.is_some_and(|wrapped| {
                command.words.iter().any(|word| word.text() == Some(wrapped.command.as_slice()))
            });
            if !of_wrapper && !starts_text {
                self.command(command);
            }
        }
        for unread in &model.unread {
            let slot = wrapped.is_some_and(|wrapped| wrapped.slots.contains(&unread.what));
            self.field("unread", if slot { b"slot" } else { unread.what.as_slice() });
        }
        self.list("limits", model.limits.iter());
    }

    fn command(&mut self, command: &Command) {
        self.field("command", b"");
        match &command.program {
            Program::None => self.field("none", b""),
            Program::Builtin(name) => self.field("builtin", name),
            Program::File(name) => self.field("file", name),
            Program::Name(name) => self.field("name", name),
            Program::Unknown => self.field("unknown", b""),
        }
        self.number("words", command.words.len() as u64);
        for word in &command.words {
            self.word(word);
        }
        self.number("assignments", command.assignments.len() as u64);
        for (name, value) in &command.assignments {
            self.bytes(name);
            self.value(value);
        }
        self.number("redirections", command.redirections.len() as u64);
        for redirection in &command.redirections {
            let mode: &[u8] = match redirection.mode {
                RedirectMode::Read => b"<",
                RedirectMode::Overwrite => b">",
                RedirectMode::Append => b">>",
                RedirectMode::ReadWrite => b"<>",
            };
            self.bytes(mode);
            self.word(&redirection.target);
        }
        match &command.stdin {
            Stdin::Inherited => self.field("stdin", b""),
            Stdin::Text(value) => {
                self.field("stdin", b"text");
                self.value(value);
            }
            Stdin::File(word) => {
                self.field("stdin", b"file");
                self.word(word);
            }
        }
        self.value(&command.directory);
        for via in &command.via {
            self.change(&via.change);
        }
    }

    /// Who or where else it runs. A wrapper that changes nothing is left out, so that `exec bash -c` is as its text.
    fn change(&mut self, change: &Change) {
        match change {
            Change::None => {}
            Change::User(value) => self.named_value("user", value),
            Change::Host(value) => self.named_value("host", value),
            Change::Container(value) => self.named_value("container", value),
            Change::Later => self.field("later", b""),
        }
    }

    fn named_value(&mut self, name: &str, value: &Value) {
        self.bytes(name.as_bytes());
        self.value(value);
    }

    fn word(&mut self, word: &Word) {
        self.number("glob", u64::from(word.glob));
        self.value(&word.value);
        // What is unknown is bound by how it is written.
        if matches!(word.value, Value::Unknown(_)) {
            self.bytes(&word.written);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Known(text) => self.field("known", text),
            Value::OneOf(texts) => self.list("one of", texts.iter()),
            Value::Unknown(shape) => {
                self.number("unknown", shape.pieces.len() as u64);
                for piece in &shape.pieces {
                    match piece {
                        crate::command::Piece::Text(text) => self.field("text", text),
                        crate::command::Piece::Hole => self.field("hole", b""),
                    }
                }
            }
        }
    }

    /// The files that were followed, by path and digest; a wrapper's snapshot by digest alone, for its path is a slot.
    pub(super) fn seen(&mut self, seen: &Seen, wrapped: Option<&Inner>) {
        for (want, sight) in &seen.sights {
            let Want::File(path) = want else { continue };
            let slot = wrapped.is_some_and(|wrapped| wrapped.slots.contains(path));
            self.field("followed", if slot { b"slot" } else { path.as_slice() });
            match sight {
                Sight::Bytes(bytes) => self.field("sha256", &Sha256::digest(bytes)),
                Sight::Program(path) => self.field("program", path),
                Sight::Missing => self.field("missing", b""),
                Sight::NotRegular => self.field("not regular", b""),
                Sight::Image => self.field("image", b""),
                Sight::TooBig => self.field("too big", b""),
                Sight::Unreadable => self.field("unreadable", b""),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bstr::BString;

    use super::*;

    #[test]
    fn moving_a_byte_from_one_field_to_the_next_changes_the_digest() {
        let digest = |fields: &[(&str, &[u8])]| {
            let mut encoding = Encoding::new("test");
            for (name, value) in fields {
                encoding.field(name, value);
            }
            encoding.digest()
        };
        assert_ne!(digest(&[("a", b"bc"), ("d", b"")]), digest(&[("a", b"b"), ("cd", b"")]));
        assert_ne!(digest(&[("a", b"")]), digest(&[]));
        let list = |values: &[BString]| {
            let mut encoding = Encoding::new("test");
            encoding.list("words", values.iter());
            encoding.digest()
        };
        assert_ne!(list(&["a b".into()]), list(&["a".into(), "b".into()]));
    }
}
