//! Files that are not there: a reader of one prints nothing and a shell that is given one runs nothing, unless an
//! earlier part of the same text may have made it.

use bstr::ByteSlice;

use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Value, Word};
use super::{Command, Program, Sight, WrittenBy};

/// Programs that make no file of their own accord: they read, or start what is written down as well.
#[rustfmt::skip]
const MAKE_NOTHING: &[&str] = &[
    "cat", "tac", "grep", "egrep", "fgrep", "head", "tail", "cut", "tr", "rev", "base64", "wc", "ls", "pwd", "date", "uname", "whoami",
    "ssh", "su", "sudo", "bash", "sh", "dash", "which", "basename", "dirname", "true", "false", "test", "[",
];

/// Readers that print nothing but what is in their files.
const READERS: &[&str] = &["cat", "tac", "rev", "grep", "egrep", "fgrep", "sed", "cut", "sort", "uniq", "base64"];

impl Walker<'_> {
    /// Whether a file is missing, now and when it would be read.
    pub(super) fn is_absent(&mut self, path: &[u8], scope: &Scope) -> bool {
        let made = scope.absolute(path).is_none_or(|path| scope.created.contains(&path));
        let here = !made && self.forks == 0 && self.model.commands.iter().all(makes_nothing);
        here && matches!(self.file(path, scope), Some(Err(Sight::Missing)))
    }

    /// A reader all of whose files are missing.
    pub(super) fn reads_nothing(&mut self, tool: &[u8], call: &Call, scope: &Scope) -> bool {
        if !READERS.iter().any(|one| one.as_bytes() == tool) {
            return false;
        }
        let mut operands: Vec<&Word> = Vec::new();
        for word in call.words.iter().skip(1) {
            match word.text() {
                Some(text) if !word.glob && !text.starts_with(b"-") => operands.push(word),
                // Other options might name files or texts of their own.
                Some(text) if text.len() == 2 && b"nvEirhHsux".contains(&text[1]) => {}
                Some(_) | None => return false,
            }
        }
        let skip = usize::from(matches!(tool, b"grep" | b"egrep" | b"fgrep" | b"sed"));
        let script = operands.first().and_then(|word| word.text()).unwrap_or_default();
        // sed's `w` makes files, `r` and `i` print what is not in them.
        if tool == b"sed" && !script.starts_with(b"s/")
            || operands.len() <= skip
            || tool == b"sed" && script.contains(&b'\n')
        {
            return false;
        }
        // The reader itself was noted last; what counts is what ran before it.
        let noted = self.model.commands.pop();
        let nothing =
            operands.iter().skip(skip).all(|word| word.text().is_some_and(|path| self.is_absent(path, scope)));
        self.model.commands.extend(noted);
        nothing
    }

    /// What is redirected to a program that runs elsewhere is opened here.
    pub(super) fn opened_here(&mut self, input: Input, scope: &Scope) -> Input {
        let Input::File(word) = &input else { return input };
        let Some(path) = word.text().map(<[u8]>::to_vec) else { return input };
        match self.input_value(&input, scope) {
            Some(value) => Input::text(value),
            None if self.is_absent(&path, scope) => Input::text(Value::known("")),
            None => input,
        }
    }
}

fn makes_nothing(command: &Command) -> bool {
    let known = |write: &super::Write| write.by == WrittenBy::Redirection && write.path.text().is_some();
    let quiet = match &command.program {
        Program::None => true,
        Program::Builtin(name) => !matches!(name.as_slice(), b"eval" | b"." | b"source" | b"exec" | b"history"),
        Program::Unknown => false,
        Program::Name(_) | Program::File(_) => {
            command.tool().is_some_and(|tool| MAKE_NOTHING.iter().any(|one| one.as_bytes() == tool.trim()))
        }
    };
    quiet && command.writes.iter().all(known)
}
