//! Why the real shell was not started. The command did not run.

use std::fmt;
use std::io;
use std::path::PathBuf;

#[derive(Debug)]
pub enum Trouble {
    /// No candidate is there, or all of them are this program.
    NoRealShell {
        setting: &'static str,
        tried: Vec<String>,
    },
    NotStarted {
        shell: PathBuf,
        error: io::Error,
    },
    /// The feeder of a held shell could not be set up.
    NoFeeder(io::Error),
    /// Execs can't be judged here.
    NoSupervisor(io::Error),
    /// The terminal's shell can't be made to ask before each line.
    NoLineJudge(&'static str),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::NoRealShell { setting, tried } => write!(
                f,
                "no real shell at {}: put its place into /etc/guarded/policy.toml: [shell] {setting} = [\"/place/of/{setting}\"]",
                tried.join(", ")
            ),
            Trouble::NotStarted { shell, error } => write!(f, "cannot start {}: {error}", shell.display()),
            Trouble::NoFeeder(error) => write!(f, "cannot watch what this shell is given: {error}"),
            Trouble::NoSupervisor(error) => write!(f, "cannot judge the programs that this would start: {error}"),
            Trouble::NoLineJudge(why) => write!(f, "cannot judge the lines of this terminal: {why}"),
        }
    }
}

impl std::error::Error for Trouble {}
