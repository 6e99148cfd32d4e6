//! The syntax tree of shell text, as the strict reader builds it: bash's grammar, nothing expanded yet.
//!
//! Backslash-newline pairs are gone, quotes are turned into the parts of a word, here-document bodies hang on their
//! redirections. All spans index `Reading::text`.

use std::rc::Rc;

use crate::span::Span;

/// Commands in the order in which they run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    pub items: Vec<Item>,
}

/// One and-or list with its terminator.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub first: Pipeline,
    pub rest: Vec<(Connector, Pipeline)>,
    /// Ended by `&`.
    pub background: bool,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    And,
    Or,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    pub timed: bool,
    pub negated: bool,
    pub commands: Vec<Node>,
}

/// A simple or compound command with its redirections (`|&` appears as a `2>&1` duplication on the left side).
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub kind: Kind,
    pub redirections: Vec<Redirection>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Simple {
        assignments: Vec<Assignment>,
        words: Vec<Word>,
    },
    Group(Script),
    Subshell(Script),
    /// Conditions and bodies in order, then the `else`.
    If {
        arms: Vec<(Script, Script)>,
        otherwise: Option<Script>,
    },
    While {
        until: bool,
        condition: Script,
        body: Script,
    },
    /// `words: None` is `for x do`, which walks over `"$@"`.
    For {
        name: Vec<u8>,
        words: Option<Vec<Word>>,
        body: Script,
    },
    Select {
        name: Vec<u8>,
        words: Option<Vec<Word>>,
        body: Script,
    },
    ArithmeticFor {
        init: Word,
        test: Word,
        step: Word,
        body: Script,
    },
    Case {
        subject: Word,
        arms: Vec<CaseArm>,
    },
    /// Whoever defines the function shares its body.
    Function {
        name: Vec<u8>,
        body: Rc<Node>,
    },
    /// `[[ … ]]`: its operands and operators in order, as words (`&&`, `(`, `=~` … are literal words).
    Condition(Vec<Word>),
    /// `(( … ))`: the text, expanded as inside double quotes.
    Arithmetic(Word),
    Coproc {
        name: Option<Vec<u8>>,
        body: Box<Node>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct CaseArm {
    pub patterns: Vec<Word>,
    pub body: Script,
    pub end: ArmEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmEnd {
    /// `;;`, or nothing before `esac`
    Break,
    /// `;&`
    FallThrough,
    /// `;;&`
    TestNext,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    pub name: Vec<u8>,
    /// `name[index]=…`
    pub index: Option<Word>,
    /// `+=`
    pub append: bool,
    pub value: Assigned,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Assigned {
    Word(Word),
    Array(Vec<Element>),
}

/// One entry of `( … )` in an array assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    pub key: Option<Word>,
    pub value: Word,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Word {
    pub parts: Vec<Part>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Unquoted text: glob, brace, tilde and extglob characters in it are live.
    Literal(Vec<u8>),
    /// Text that quotes made literal: `\x`, `'…'`, `$'…'` (already decoded).
    Quoted(Vec<u8>),
    /// `"…"` and `$"…"`: only `Quoted`, `Parameter`, `Arithmetic` and `Command` stand inside.
    Double(Vec<Part>),
    Parameter(Box<Parameter>),
    /// `$(( … ))` and `$[ … ]`
    Arithmetic(Word),
    /// `$( … )`, back-ticks, and `${ …; }` (newer shells run it, older ones call it a bad substitution)
    Command(Script),
    /// `<( … )` and `>( … )`
    Process {
        output: bool,
        script: Script,
    },
    /// `name=( … )` as an argument of a declaration builtin; the `name=` stands in the literal before it.
    Array(Vec<Element>),
}

/// `$x`, `${…}`
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// A name, digits, or one of `@*#?-$!0`.
    pub name: Vec<u8>,
    pub index: Option<Index>,
    /// `${!x}`; with `Operation::Names` or `Keys` what that means instead.
    pub indirect: bool,
    pub operation: Option<Operation>,
    /// `$x` without braces: text that braces put behind it belongs to its name.
    pub bare: bool,
}

impl Parameter {
    /// The word behind `-`, `=`, `?` or `+`.
    #[must_use]
    pub fn operand(&self) -> Option<&Word> {
        match &self.operation {
            Some(
                Operation::Default { word, .. }
                | Operation::Assign { word, .. }
                | Operation::Require { word, .. }
                | Operation::Alternate { word, .. },
            ) => Some(word),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Index {
    /// `[@]`
    Each,
    /// `[*]`
    Joined,
    Of(Word),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// `${#x}`
    Length,
    /// `-`, `:-`
    Default {
        colon: bool,
        word: Word,
    },
    /// `=`, `:=`
    Assign {
        colon: bool,
        word: Word,
    },
    /// `?`, `:?`
    Require {
        colon: bool,
        word: Word,
    },
    /// `+`, `:+`
    Alternate {
        colon: bool,
        word: Word,
    },
    Substring {
        offset: Word,
        length: Option<Word>,
    },
    RemovePrefix {
        longest: bool,
        pattern: Word,
    },
    RemoveSuffix {
        longest: bool,
        pattern: Word,
    },
    Replace {
        which: Replace,
        pattern: Word,
        with: Word,
    },
    /// `^ ^^ , ,, ~ ~~`
    Case {
        change: u8,
        all: bool,
        pattern: Word,
    },
    /// `${x@Q}`: the letter
    Transform(u8),
    /// `${!prefix@}`, `${!prefix*}`
    Names {
        joined: bool,
    },
    /// `${!array[@]}`, `${!array[*]}`
    Keys,
}

impl Operation {
    /// The words in it.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        let (first, second) = match self {
            Operation::Default { word, .. }
            | Operation::Assign { word, .. }
            | Operation::Require { word, .. }
            | Operation::Alternate { word, .. } => (Some(word), None),
            Operation::Substring { offset, length } => (Some(offset), length.as_ref()),
            Operation::RemovePrefix { pattern, .. }
            | Operation::RemoveSuffix { pattern, .. }
            | Operation::Case { pattern, .. } => (Some(pattern), None),
            Operation::Replace { pattern, with, .. } => (Some(pattern), Some(with)),
            Operation::Length | Operation::Transform(_) | Operation::Names { .. } | Operation::Keys => (None, None),
        };
        first.into_iter().chain(second)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    First,
    All,
    Prefix,
    Suffix,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Redirection {
    pub fd: Descriptor,
    pub operator: Operator,
    /// The file, the descriptor, the here-string, or the here-document's body (as a word: one `Double` part where it
    /// is expanded, one `Quoted` where its delimiter was quoted).
    pub target: Word,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Descriptor {
    /// What the operator implies: 0 or 1.
    Implied,
    Number(u32),
    /// `{name}>`
    Variable(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>|`
    Clobber,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `&>` and `>&` before a file name
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `<&`
    DuplicateIn,
    /// `>&`
    DuplicateOut,
    /// `<<`, `<<-` (tabs already stripped)
    HereDocument,
    /// `<<<`
    HereString,
}
