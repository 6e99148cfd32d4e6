//! Whether a text starts nothing but programs that start no others, so that no exec would tell more than the text does.
//! Told by what is sure to be harmless: whatever is not listed here is watched.

use crate::command::{Command, Program, Value, Word};
use crate::guard::Judgement;
use crate::invocation::Invocation;
use crate::packs::Packs;
use crate::parse::syntax::{self, Assigned, Item, Kind, Node, Operation, Part, Script};
use crate::rules;
use crate::supervise::Given;

/// Libraries by these variables are code of somebody else's in a program that is known.
pub const LOADED: [&[u8]; 2] = [b"LD_", b"DYLD_"];

/// Builtins that evaluate none of their words.
pub const INERT: [&[u8]; 11] =
    [b":", b"true", b"false", b"echo", b"cd", b"pwd", b"exit", b"test", b"[", b"umask", b"wait"];

/// Start-up files and lines to come are not read as closely as a text that is there.
pub fn only_leaves(judged: &Judgement, call: &Invocation, packs: &Packs) -> bool {
    judged.decision.understood
        && !judged.decision.deferred
        && !judged.model.doubted
        && Given::to(call) == Given::Whole
        && !call.interactive
        && call.startup.is_empty()
        && call.startup_text.is_empty()
        && is_plain(&judged.reading.script)
        && judged.model.commands.iter().all(|command| is_leaf(command, packs) && !moves_path(command, call))
}

/// What lies in a folder that the text puts on PATH can change until it is looked up.
fn moves_path(command: &Command, call: &Invocation) -> bool {
    let given = call.variable(b"PATH");
    match command.environment.values.get(&b"PATH"[..]) {
        Some(Value::Known(path)) => Some(path) != given,
        Some(Value::OneOf(_) | Value::Unknown(_)) => true,
        None => given.is_some(),
    }
}

fn is_leaf(command: &Command, packs: &Packs) -> bool {
    let loads = |name: &[u8]| LOADED.iter().any(|prefix| name.starts_with(prefix));
    let clean = !command.environment.partial && !command.environment.values.keys().any(|name| loads(name));
    let known = command.words.iter().all(|word| word.text().is_some());
    match &command.program {
        Program::None => true,
        // An index (`test -v 'a[$(…)]'`) is evaluated, words or not.
        Program::Builtin(name) => {
            let indexes = |word: &Word| word.text().is_none_or(|text| text.contains(&b'['));
            INERT.contains(&name.as_slice()) && !command.words.iter().skip(1).any(indexes)
        }
        Program::File(_) | Program::Name(_) => {
            known && clean && command.is_the_systems() && rules::is_leaf(command, packs)
        }
        Program::Unknown => false,
    }
}

/// Nothing in it evaluates a value as arithmetic or as a name, where `a[$(…)]` in data would start a program.
pub fn is_plain(script: &Script) -> bool {
    let item = |item: &Item| {
        let rest = item.rest.iter().map(|(_, pipeline)| pipeline);
        std::iter::once(&item.first).chain(rest).all(|pipeline| pipeline.commands.iter().all(is_plain_node))
    };
    script.items.iter().all(item)
}

fn is_plain_node(node: &Node) -> bool {
    let kind = match &node.kind {
        Kind::Simple { assignments, words } => {
            let fixed = |part: &Part| matches!(part, Part::Literal(_) | Part::Quoted(_));
            words.first().is_none_or(|word| word.parts.iter().all(fixed))
                && words.iter().all(is_plain_word)
                && assignments.iter().all(|one| match &one.value {
                    Assigned::Word(word) => one.index.is_none() && is_plain_word(word),
                    Assigned::Array(_) => false,
                })
        }
        Kind::Group(script) | Kind::Subshell(script) => is_plain(script),
        Kind::If { arms, otherwise } => {
            arms.iter().all(|(condition, body)| is_plain(condition) && is_plain(body))
                && otherwise.as_ref().is_none_or(is_plain)
        }
        Kind::While { condition, body, .. } => is_plain(condition) && is_plain(body),
        Kind::For { words: Some(words), body, .. } => words.iter().all(is_plain_word) && is_plain(body),
        Kind::Case { subject, arms } => {
            is_plain_word(subject)
                && arms.iter().all(|arm| arm.patterns.iter().all(is_plain_word) && is_plain(&arm.body))
        }
        Kind::For { words: None, .. }
        | Kind::Select { .. }
        | Kind::ArithmeticFor { .. }
        | Kind::Function { .. }
        | Kind::Condition(_)
        | Kind::Arithmetic(_)
        | Kind::Coproc { .. } => false,
    };
    kind && node.redirections.iter().all(|one| is_plain_word(&one.target))
}

fn is_plain_word(word: &syntax::Word) -> bool {
    word.parts.iter().all(is_plain_part)
}

fn is_plain_part(part: &Part) -> bool {
    match part {
        Part::Literal(_) | Part::Quoted(_) => true,
        Part::Double(parts) => parts.iter().all(is_plain_part),
        Part::Command(script) => is_plain(script),
        Part::Parameter(one) => {
            let operation = match &one.operation {
                None | Some(Operation::Length) => true,
                Some(
                    Operation::Default { word, .. }
                    | Operation::Require { word, .. }
                    | Operation::Alternate { word, .. },
                ) => is_plain_word(word),
                Some(_) => false,
            };
            one.index.is_none() && !one.indirect && operation
        }
        Part::Arithmetic(_) | Part::Process { .. } | Part::Array(_) => false,
    }
}
