//! What Python's and JavaScript's trees are lowered to: the few forms of which the evaluation can make something.

use std::rc::Rc;

use bstr::BString;

#[derive(Clone, Debug)]
pub(super) enum Expression {
    Text(BString),
    Number(i64),
    Flag(bool),
    /// `None`, `null`, `undefined`
    Nothing,
    Name(BString),
    /// f-strings, template literals, adjacent literals: texts joined, whatever the parts are.
    Template(Vec<Expression>),
    /// `a + b + c`
    Sum(Vec<Expression>),
    Member(Box<Expression>, BString),
    Index(Box<Expression>, Box<Expression>),
    Slice(Box<Expression>, Option<Box<Expression>>, Option<Box<Expression>>),
    Call(Box<Called>),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    /// `*a`, `...a` inside lists and arguments
    Spread(Box<Expression>),
    /// `a % b`, `a / b`, `a == b` …
    Binary(&'static str, Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    /// condition, then, else
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `a or b`, `a ?? b`, `a && b`
    Either(Box<Expression>, Box<Expression>),
    Function(Rc<Function>),
    Class(Rc<Class>),
    /// `[element for target in list if …]`
    Each(Box<Each>),
    Assign(Box<Target>, Option<&'static str>, Box<Expression>),
    /// Of which nothing is known but its parts, which run.
    Parts(Vec<Expression>),
}

#[derive(Clone, Debug)]
pub(super) struct Called {
    pub callee: Expression,
    pub arguments: Vec<Argument>,
    /// A template literal stands in place of the arguments.
    pub tagged: bool,
    pub line: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub name: Option<BString>,
    pub value: Expression,
}

#[derive(Clone, Debug)]
pub(super) struct Each {
    pub rounds: Vec<(Target, Expression)>,
    pub conditions: Vec<Expression>,
    pub element: Expression,
    /// A dictionary: the key of each element.
    pub key: Option<Expression>,
}

#[derive(Clone, Debug)]
pub(super) struct Function {
    /// Told apart by it.
    pub id: usize,
    pub name: BString,
    pub parameters: Vec<Parameter>,
    pub body: Vec<Statement>,
    pub decorators: Vec<Expression>,
}

#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub target: Target,
    pub default: Option<Expression>,
    pub rest: Rest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    No,
    /// `*args`, `...args`
    List,
    /// `**kwargs`
    Map,
}

#[derive(Clone, Debug)]
pub(super) struct Class {
    pub name: BString,
    pub bases: Vec<Expression>,
    pub body: Vec<Statement>,
}

#[derive(Clone, Debug)]
pub(super) enum Target {
    Name(BString),
    Member(Expression, BString),
    Index(Expression, Expression),
    List(Vec<Target>),
    /// The rest of what is taken apart.
    Rest(Box<Target>),
    Map(Vec<(BString, Target)>),
    /// With a value for where there is none.
    Default(Box<Target>, Expression),
    /// Not understood.
    Other,
}

/// Where a name is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// Assigned where it is found, else in the function (Python) or outermost (JavaScript).
    Found,
    /// `let`, `const`: in this block
    Block,
    /// `var`, parameters: in this function
    Function,
}

#[derive(Clone, Debug)]
pub(super) enum Statement {
    Expression(Expression),
    Assign {
        target: Target,
        declared: Declared,
        operator: Option<&'static str>,
        value: Expression,
    },
    If(Vec<(Option<Expression>, Vec<Statement>)>),
    Each {
        target: Target,
        declared: Declared,
        list: Expression,
        body: Vec<Statement>,
    },
    While(Expression, Vec<Statement>),
    Block(Vec<Statement>),
    /// The body, what runs where it fails, what runs after it in any case.
    Try {
        body: Vec<Statement>,
        handlers: Vec<Vec<Statement>>,
        after: Vec<Statement>,
    },
    Switch(Expression, Vec<Vec<Statement>>),
    Return(Option<Expression>),
    /// `raise`, `break`: nothing after it in this block runs.
    Leave(Option<Expression>),
    Function(Rc<Function>),
    Class(Rc<Class>, Vec<Expression>),
    Import(Import),
    Outer(Vec<BString>),
}

/// Whether a body may be left before its end, by `return`, `break`, `continue` or `raise` under some condition.
pub(super) fn may_leave(body: &[Statement]) -> bool {
    let within = |one: &Statement| match one {
        Statement::Return(_) | Statement::Leave(_) => true,
        Statement::If(branches) => branches.iter().any(|(_, body)| holds_exit(body)),
        Statement::Each { body, .. } | Statement::While(_, body) | Statement::Block(body) => holds_exit(body),
        Statement::Try { body, handlers, after } => {
            holds_exit(body) || holds_exit(after) || handlers.iter().any(|body| holds_exit(body))
        }
        Statement::Switch(_, cases) => cases.iter().any(|body| holds_exit(body)),
        Statement::Expression(_)
        | Statement::Assign { .. }
        | Statement::Function(_)
        | Statement::Class(..)
        | Statement::Import(_)
        | Statement::Outer(_) => false,
    };
    // An exit at the very end leaves nothing out.
    match body.split_last() {
        Some((Statement::Return(_) | Statement::Leave(_), before)) => before.iter().any(within),
        Some(_) => body.iter().any(within),
        None => false,
    }
}

fn holds_exit(body: &[Statement]) -> bool {
    matches!(body.last(), Some(Statement::Return(_) | Statement::Leave(_))) || may_leave(body)
}

/// `from module import a as b`, `import module as b`, `import b, {a} from "module"`
#[derive(Clone, Debug)]
pub(super) struct Import {
    pub module: BString,
    pub relative: bool,
    /// What is taken of it, nothing for the module itself; and its name here.
    pub names: Vec<(Option<BString>, BString)>,
    pub all: bool,
}
