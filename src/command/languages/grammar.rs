//! What the token reader must know of a language: its comments, quotes and operators. One row a language.

use super::functions::{self, Function};

/// What stands between back-ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backtick {
    None,
    Shell,
    Template,
}

/// What a double-quoted text takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holes {
    None,
    /// `#{expression}`
    Hash,
    /// `$name`, `@name`, `${…}`
    Sigil,
    /// `$name`, `{$…}`
    Php,
}

#[derive(Clone, Copy, Debug)]
pub struct Language {
    pub name: &'static str,
    pub comments: &'static [&'static str],
    pub block: Option<(&'static str, &'static str)>,
    /// `'''` and prefixes such as `f` and `r`.
    pub triple: bool,
    /// Escapes count between single quotes too.
    pub single_escapes: bool,
    pub holes: Holes,
    pub backtick: Backtick,
    /// Perl's `q`, `qq`, `qw`, `qx`, `m`, `s`, `tr`.
    pub quote_words: bool,
    /// Ruby's `%w()`, `%q()`, `%x()`.
    pub percent: bool,
    /// Lua's `[[ … ]]`.
    pub long_brackets: bool,
    pub sigils: bool,
    pub patterns: bool,
    /// Operators that join texts.
    pub joins: &'static [&'static str],
    /// `.` leads to a member.
    pub dotted: bool,
    /// Neighbours are joined (awk).
    pub neighbours: bool,
    /// Functions may be called without brackets.
    pub bare: bool,
    /// `print … | "command"`
    pub pipes: bool,
    /// Bytes that names hold beside letters, digits and `_`.
    pub letters: &'static [u8],
    pub functions: &'static [(&'static str, Function)],
}

const PLAIN: Language = Language {
    name: "",
    comments: &["#"],
    block: None,
    triple: false,
    single_escapes: false,
    holes: Holes::None,
    backtick: Backtick::None,
    quote_words: false,
    percent: false,
    long_brackets: false,
    sigils: false,
    patterns: false,
    joins: &["+"],
    dotted: true,
    neighbours: false,
    bare: false,
    pipes: false,
    letters: b"",
    functions: &[],
};

pub const PYTHON: Language =
    Language { name: "python", triple: true, single_escapes: true, functions: functions::PYTHON, ..PLAIN };

pub const JAVASCRIPT: Language = Language {
    name: "javascript",
    comments: &["//", "#!"],
    block: Some(("/*", "*/")),
    single_escapes: true,
    backtick: Backtick::Template,
    sigils: true,
    patterns: true,
    functions: functions::JAVASCRIPT,
    ..PLAIN
};

pub const PERL: Language = Language {
    name: "perl",
    holes: Holes::Sigil,
    backtick: Backtick::Shell,
    quote_words: true,
    sigils: true,
    patterns: true,
    joins: &["."],
    dotted: false,
    bare: true,
    functions: functions::PERL,
    ..PLAIN
};

pub const RUBY: Language = Language {
    name: "ruby",
    holes: Holes::Hash,
    backtick: Backtick::Shell,
    percent: true,
    patterns: true,
    bare: true,
    functions: functions::RUBY,
    ..PLAIN
};

pub const PHP: Language = Language {
    name: "php",
    comments: &["#", "//"],
    block: Some(("/*", "*/")),
    holes: Holes::Php,
    backtick: Backtick::Shell,
    sigils: true,
    joins: &["."],
    dotted: false,
    functions: functions::PHP,
    ..PLAIN
};

pub const LUA: Language = Language {
    name: "lua",
    comments: &["--"],
    single_escapes: true,
    long_brackets: true,
    joins: &[".."],
    bare: true,
    functions: functions::LUA,
    ..PLAIN
};

pub const AWK: Language = Language {
    name: "awk",
    patterns: true,
    joins: &[],
    dotted: false,
    neighbours: true,
    pipes: true,
    functions: functions::AWK,
    ..PLAIN
};

pub const R: Language = Language { name: "R", single_escapes: true, functions: functions::R, ..PLAIN };

pub const VIM: Language =
    Language { name: "vim", comments: &[], joins: &[".", ".."], functions: functions::VIM, ..PLAIN };

pub const JULIA: Language = Language {
    name: "julia",
    block: Some(("#=", "=#")),
    backtick: Backtick::Shell,
    joins: &["*"],
    letters: b"!",
    functions: functions::JULIA,
    ..PLAIN
};

pub const OCTAVE: Language =
    Language { name: "octave", comments: &["#", "%"], joins: &[], bare: true, functions: functions::OCTAVE, ..PLAIN };

pub const ELIXIR: Language = Language {
    name: "elixir",
    single_escapes: true,
    holes: Holes::Hash,
    joins: &["<>"],
    bare: true,
    letters: b"!?",
    functions: functions::ELIXIR,
    ..PLAIN
};

pub const ERLANG: Language = Language {
    name: "erlang",
    comments: &["%"],
    joins: &["++"],
    dotted: false,
    letters: b":",
    functions: functions::ERLANG,
    ..PLAIN
};

pub const RAKU: Language = Language {
    name: "raku",
    holes: Holes::Sigil,
    quote_words: true,
    sigils: true,
    joins: &["~"],
    bare: true,
    letters: b"-",
    functions: functions::RAKU,
    ..PLAIN
};

pub const GROOVY: Language = Language {
    name: "groovy",
    comments: &["//", "#!"],
    block: Some(("/*", "*/")),
    single_escapes: true,
    functions: functions::GROOVY,
    ..PLAIN
};

pub const JAVA: Language =
    Language { name: "java", comments: &["//"], block: Some(("/*", "*/")), functions: functions::GROOVY, ..PLAIN };

pub const OCAML: Language = Language {
    name: "ocaml",
    comments: &[],
    block: Some(("(*", "*)")),
    joins: &["^"],
    bare: true,
    letters: b"\'",
    functions: functions::OCAML,
    ..PLAIN
};

pub const HASKELL: Language = Language {
    name: "haskell",
    comments: &["--"],
    block: Some(("{-", "-}")),
    joins: &["++", "<>"],
    bare: true,
    letters: b"\'",
    functions: functions::HASKELL,
    ..PLAIN
};

/// gnuplot, bpftrace, Maxima: texts that a function hands to a shell.
pub const PLOT: Language = Language {
    name: "gnuplot",
    backtick: Backtick::Shell,
    joins: &["."],
    dotted: false,
    functions: functions::AWK,
    ..PLAIN
};

pub const TRACE: Language =
    Language { name: "bpftrace", comments: &["//"], joins: &[], functions: functions::AWK, ..PLAIN };
