//! argv and environment → `Invocation`: what kind of shell call this is, read as bash reads its own command line
//! (bash manual, "Invoking Bash"). Pure.

use bstr::BString;

use crate::parse::Mode;

/// One call of the shell, all of it. Arguments and environment are bytes.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Byte for byte what the real shell will get.
    pub argv: Vec<BString>,
    pub environment: Vec<(BString, BString)>,
    /// Absolute; empty where the current directory is gone.
    pub directory: BString,
    /// Which shell was asked for, by the name we were called by.
    pub shell: Shell,
    pub login: bool,
    pub interactive: bool,
    /// Start-up files that this call reads, in order, as bash would find them.
    pub startup: Vec<BString>,
    /// What is known of the grammar in force when the text begins.
    pub mode: Mode,
    pub text: Text,
    /// `$0` of the text.
    pub name: BString,
    /// `$1` …
    pub positional: Vec<BString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    /// called as `rbash`
    Restricted,
    /// called as `sh`: the `sh` that would have run without us
    Sh,
}

/// Where the text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// `-c`
    Command(BString),
    /// A script, as bash finds it: the operand, then along PATH.
    File(BString),
    /// Standard input; the edge tells what it is.
    Stdin,
    /// `--version`, `--help`, a usage error: bash says it itself and runs nothing of ours.
    Nothing,
}
