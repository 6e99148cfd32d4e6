//! The exit codes of the guard's own answers; docs/exit-codes.md is made from this table.

use std::fmt::Write;

/// How `guarded-sh` or `guarded` ends when it is not the shell or the program that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It would run, or the verb did what it was asked.
    Fine,
    /// The verb was asked for something that is not there or did not hold.
    Unmet,
    /// The command line of `guarded` itself was wrong.
    Usage,
    /// Waiting for a person.
    Waiting,
    /// The guard itself could not do its work.
    Failed,
    /// Refused.
    Refused,
}

pub struct Row {
    pub exit: Exit,
    pub code: u8,
    pub meaning: &'static str,
    pub then: &'static str,
}

/// By code.
pub const EXITS: &[Row] = &[
    Row {
        exit: Exit::Fine,
        code: 0,
        meaning: "`guarded check`: the command would run; other verbs: done",
        then: "nothing to do",
    },
    Row {
        exit: Exit::Unmet,
        code: 1,
        meaning: "a verb of `guarded` found nothing, or found something broken",
        then: "read the message: it names what is missing",
    },
    Row {
        exit: Exit::Usage,
        code: 2,
        meaning: "`guarded` was called with words it does not know, or got a malformed line",
        then: "`guarded help`",
    },
    Row {
        exit: Exit::Waiting,
        code: 75,
        meaning: "nothing was run; a person has to allow the command first",
        then: "`guarded pending`, then `guarded approve ID` by a person; then the same command again",
    },
    Row {
        exit: Exit::Failed,
        code: 125,
        meaning: "nothing was run; the guard itself could not work: an unreadable policy, a missing layer, no real shell",
        then: "the message names the file and what to change in it",
    },
    Row {
        exit: Exit::Refused,
        code: 126,
        meaning: "nothing was run; the policy or a person refuses the command",
        then: "do something else; `guarded explain COMMAND` says which rule and why",
    },
];

impl Exit {
    #[must_use]
    pub fn code(self) -> u8 {
        EXITS.iter().find(|row| row.exit == self).map_or(125, |row| row.code)
    }
}

/// docs/exit-codes.md
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Exit codes\n\n<!-- made from src/show/exit.rs; BLESS=1 cargo test writes it -->\n\n\
         A command that is let go ends as it ends under bash. The guard's own answers:\n\n\
         | code | meaning | what to do |\n|---|---|---|\n",
    );
    for row in EXITS {
        let _ = writeln!(page, "| {} | {} | {} |", row.code, row.meaning, row.then);
    }
    page.push_str(
        "\nA program that ends with one of these codes itself looks the same from outside. What the guard says on standard\n\
         error always begins with `guarded: `.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::{EXITS, Exit};

    #[test]
    fn each_exit_has_one_code() {
        let codes: Vec<u8> = EXITS.iter().map(|row| row.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        assert_eq!(Exit::Refused.code(), 126);
        assert_eq!(Exit::Waiting.code(), 75);
        assert_eq!(Exit::Failed.code(), 125);
    }
}
