//! Interpreters whose code is read: one row a command line. Sources: their manual pages.

use bstr::ByteSlice;

use super::grammar::{self, Language};

/// An interpreter's command line: the options that carry code, and those with another value.
pub(super) struct Interpreter {
    pub names: &'static [&'static str],
    pub language: &'static Language,
    pub code: &'static [&'static str],
    pub value: &'static [&'static str],
    /// Words before a script's name (`deno run`).
    pub verbs: &'static [&'static str],
    /// The first operand is code (awk, `deno eval`).
    pub operand: bool,
}

#[rustfmt::skip]
const INTERPRETERS: &[Interpreter] = &[
    Interpreter { names: &["python", "pypy", "ipython"], language: &grammar::PYTHON, code: &["-c"], value: &["-W", "-X", "-Q"], verbs: &[], operand: false },
    Interpreter { names: &["node", "nodejs", "tsx", "ts-node"], language: &grammar::JAVASCRIPT, code: &["-e", "--eval", "-p", "--print", "-pe"], value: &["-r", "--require", "--import", "--loader", "-C", "--conditions", "--env-file"], verbs: &[], operand: false },
    Interpreter { names: &["deno"], language: &grammar::JAVASCRIPT, code: &[], value: &["-c", "--config"], verbs: &["run", "eval"], operand: false },
    Interpreter { names: &["bun"], language: &grammar::JAVASCRIPT, code: &["-e", "--eval", "-p", "--print"], value: &["-r", "--preload"], verbs: &["run"], operand: false },
    Interpreter { names: &["perl"], language: &grammar::PERL, code: &["-e", "-E"], value: &["-I", "-M", "-m"], verbs: &[], operand: false },
    Interpreter { names: &["ruby", "jruby"], language: &grammar::RUBY, code: &["-e"], value: &["-I", "-r", "-C"], verbs: &[], operand: false },
    Interpreter { names: &["php"], language: &grammar::PHP, code: &["-r", "--run"], value: &["-d", "-c", "-S", "-t"], verbs: &[], operand: false },
    Interpreter { names: &["lua", "luajit"], language: &grammar::LUA, code: &["-e"], value: &["-l"], verbs: &[], operand: false },
    Interpreter { names: &["Rscript", "R"], language: &grammar::R, code: &["-e"], value: &["-f"], verbs: &[], operand: false },
    Interpreter { names: &["julia"], language: &grammar::JULIA, code: &["-e", "--eval", "-E", "--print"], value: &["-p", "-t", "-L", "--project", "-J"], verbs: &[], operand: false },
    Interpreter { names: &["octave", "octave-cli", "matlab"], language: &grammar::OCTAVE, code: &["--eval", "-batch", "-r"], value: &["-p", "--path"], verbs: &[], operand: false },
    Interpreter { names: &["scilab", "scilab-cli", "scilab-adv-cli"], language: &grammar::OCTAVE, code: &["-e"], value: &["-f", "-l"], verbs: &[], operand: false },
    Interpreter { names: &["maxima"], language: &grammar::OCTAVE, code: &["--batch-string", "-r", "--run-string"], value: &["-b", "-l", "-p", "--batch"], verbs: &[], operand: false },
    Interpreter { names: &["elixir", "iex"], language: &grammar::ELIXIR, code: &["-e", "--eval", "--rpc-eval"], value: &["-r", "-S", "-pa", "-pz", "--sname", "--name", "--cookie"], verbs: &[], operand: false },
    Interpreter { names: &["erl"], language: &grammar::ERLANG, code: &["-eval"], value: &["-pa", "-pz", "-s", "-run", "-sname", "-name", "-setcookie"], verbs: &[], operand: false },
    Interpreter { names: &["raku", "perl6"], language: &grammar::RAKU, code: &["-e"], value: &["-I", "-M"], verbs: &[], operand: false },
    Interpreter { names: &["crystal"], language: &grammar::RUBY, code: &[], value: &[], verbs: &["run", "eval"], operand: false },
    Interpreter { names: &["groovy", "groovysh"], language: &grammar::GROOVY, code: &["-e"], value: &["-cp", "-classpath", "-c"], verbs: &[], operand: false },
    Interpreter { names: &["jshell"], language: &grammar::JAVA, code: &[], value: &["--class-path", "--startup"], verbs: &[], operand: false },
    Interpreter { names: &["kotlin"], language: &grammar::JAVA, code: &["-e", "-expression"], value: &["-cp", "-classpath"], verbs: &[], operand: false },
    Interpreter { names: &["ocaml"], language: &grammar::OCAML, code: &["-e"], value: &["-I", "-open"], verbs: &[], operand: false },
    Interpreter { names: &["ghc", "runghc", "runhaskell"], language: &grammar::HASKELL, code: &["-e"], value: &["-i", "-package"], verbs: &[], operand: false },
    Interpreter { names: &["gnuplot"], language: &grammar::PLOT, code: &["-e"], value: &["-p"], verbs: &[], operand: false },
    Interpreter { names: &["bpftrace"], language: &grammar::TRACE, code: &["-e"], value: &["-c", "-o", "-p", "-f", "-B"], verbs: &[], operand: false },
    Interpreter { names: &["awk", "gawk", "mawk", "nawk", "original-awk"], language: &grammar::AWK, code: &[], value: &["-F", "-v", "--assign", "--field-separator"], verbs: &[], operand: true },
];

/// `python3.11` → `python`
pub(super) fn family(tool: &[u8]) -> Option<&'static Interpreter> {
    let bare = tool.trim_end_with(|c| c.is_ascii_digit() || c == '.' || c == '-');
    INTERPRETERS.iter().find(|one| one.names.iter().any(|name| name.as_bytes() == bare))
}
