//! What a command line comes to, before the start-up files: the common result of bash's and dash's readers.

use bstr::BString;

use crate::parse::Mode;

use super::{RcFile, StdinKind, Surroundings, Text};

pub(super) struct Line {
    pub login: bool,
    /// `-l` or `--login`, beside what argv[0] says.
    pub interactive: bool,
    pub privileged: bool,
    pub reads_only: bool,
    pub posix: bool,
    pub rc: RcFile,
    pub no_profile: bool,
    pub debugger: bool,
    pub mode: Mode,
    pub text: Text,
    /// `$0`, where it is not argv[0].
    pub name: Option<BString>,
    pub positional: Vec<BString>,
}

impl Line {
    pub(super) fn nothing() -> Line {
        Line {
            login: false,
            interactive: false,
            privileged: false,
            reads_only: false,
            posix: false,
            rc: RcFile::None,
            no_profile: true,
            debugger: false,
            mode: Mode::default(),
            text: Text::Nothing,
            name: None,
            positional: Vec::new(),
        }
    }
}

/// Whether the options end here: `-`, `--`, or a word that is no option.
pub(super) fn ends_options(word: &[u8]) -> bool {
    word == b"-" || word == b"--"
}

pub(super) fn stdin_is_terminal(around: Surroundings) -> bool {
    around.stdin == StdinKind::Terminal
}
