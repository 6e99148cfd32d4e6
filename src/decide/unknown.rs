//! What becomes of what the text does not tell: left to the exec and recorded, or asked about.

use crate::command::{Change, Model, Piece, Program, Unread, UnreadKind, Value, Word};
use crate::packs::Effect;
use crate::policy::Verdict;
use crate::rules::{Finding, OperandKind};

/// Whether a finding that `CannotTell` keeps its rule's verdict: where no exec here will tell (another machine, another
/// file system), or where the act is known, only not what it hits, and a mistake can't be taken back.
pub fn keeps_verdict(model: &Model, finding: &Finding) -> bool {
    (is_remote(model, finding) && changes_things(finding)) || (finding.rule.is_beyond_recall() && act_is_known(finding))
}

/// Any word that is not known might name a secret, or be an option that runs something: asking about all of them would
/// be noise.
fn changes_things(finding: &Finding) -> bool {
    match finding.rule.effect {
        Effect::Delete | Effect::Overwrite | Effect::Disable => true,
        Effect::Execute | Effect::Expose | Effect::Publish | Effect::Spend => false,
    }
}

fn is_remote(model: &Model, finding: &Finding) -> bool {
    let Some(command) = model.commands.get(finding.command) else { return false };
    command.via.iter().any(|via| match via.change {
        Change::Host(_) | Change::Container(_) => true,
        Change::None | Change::User(_) | Change::Later => false,
    })
}

/// The unknown lies in what is hit, not in the verb: then the grammar could still say which words are operands.
/// For a statement, its beginning is the verb.
fn act_is_known(finding: &Finding) -> bool {
    finding.operands.iter().any(|operand| match operand.kind {
        OperandKind::Path | OperandKind::Url | OperandKind::Name => is_unknown(&operand.word),
        OperandKind::Sql => match &operand.word.value {
            Value::Unknown(shape) => matches!(shape.pieces.first(), Some(Piece::Text(text)) if !text.is_empty()),
            Value::Known(_) | Value::OneOf(_) => false,
        },
    })
}

fn is_unknown(word: &Word) -> bool {
    match word.value {
        Value::Unknown(_) => true,
        Value::Known(_) | Value::OneOf(_) => false,
    }
}

/// A script that is there takes in what nothing in sight determines (`source "$plugin"`, `eval "$(…)"`): what that starts
/// is judged when it starts, and the files that it empties are kept. What was typed is asked about.
pub fn is_left_to_execs(unread: &Unread) -> bool {
    match unread.kind {
        UnreadKind::Text | UnreadKind::File | UnreadKind::Rest => unread.at.is_in_a_file() && !unread.beyond,
        UnreadKind::Remote | UnreadKind::Missing | UnreadKind::Code => false,
    }
}

/// A script that is there starts this program here (`rm -f conf$$.exe`). What was typed is asked about, and so is what no
/// exec shows.
pub fn is_told_by_its_exec(model: &Model, finding: &Finding) -> bool {
    let Some(command) = model.commands.get(finding.command) else { return false };
    finding.at.is_in_a_file()
        && matches!(command.program, Program::File(_) | Program::Name(_))
        && command.via.iter().all(|via| via.change == Change::None)
        && finding.operands.iter().all(|operand| command.words.contains(&operand.word))
}

/// Text that runs and was not read. Well-known producers (`ssh-agent -s`, direnv) never come here.
pub fn unread(unread: &Unread, execs: bool) -> (Verdict, String) {
    let (verdict, says) = match unread.kind {
        // No exec tells what a builtin does with it.
        UnreadKind::Text => (Verdict::Ask, "it runs text that nothing in sight determines"),
        UnreadKind::Remote => (Verdict::Ask, "it runs what a remote host sends"),
        // It is there and will run, and nobody knows what it says.
        UnreadKind::File => (Verdict::Ask, "it runs a file that can't be read as a script"),
        UnreadKind::Rest => (Verdict::Ask, "there is more of a script than is read"),
        // The shell says itself that it is not there.
        UnreadKind::Missing => (Verdict::Log, "it runs a file that is not there"),
        // What it starts is judged when it starts it.
        UnreadKind::Code => (Verdict::Log, "it runs a program in a language that is not read"),
    };
    let verdict = if execs && is_left_to_execs(unread) { Verdict::Log } else { verdict };
    (verdict, format!("{says}: {}", unread.what))
}
