//! Whether a waiver covers a finding: the rule by its exact id, the day, and every path that would be hit.

use bstr::ByteSlice;

use crate::command::{Model, Value, Word};
use crate::look::facts::Stakes;
use crate::packs::{Severity, Target};
use crate::policy::{Policy, Waiver, matches_path};
use crate::rules::{Finding, OperandKind};

const THROUGH_LINK: &str = "paths.through-link";
/// After these, a path may lead elsewhere than it did when it was looked at.
const MOVES_PATHS: &[&str] = &["mount", "bindfs", "unshare", "nsenter", "bwrap", "proot"];

pub fn for_finding<'p>(
    model: &Model,
    finding: &Finding,
    severity: Severity,
    stakes: &Stakes,
    policy: &'p Policy,
    today: jiff::civil::Date,
) -> Option<&'p Waiver> {
    if severity == Severity::Catastrophic || finding.rule.target == Target::Guard {
        return None;
    }
    policy.waivers.iter().find(|waiver| {
        waiver.rule == *finding.rule.id
            && waiver.until >= today
            && waiver.path.as_ref().is_none_or(|glob| covers(glob, model, finding, stakes))
    })
}

/// All that is hit lies below the glob. No operand at all, an unknown one, or one that is reached through a link is
/// not known to lie there.
fn covers(glob: &str, model: &Model, finding: &Finding, stakes: &Stakes) -> bool {
    let directory = model.commands.get(finding.command).map(|command| &command.directory);
    !finding.operands.is_empty()
        && stakes.is(THROUGH_LINK) != Some(true)
        && !moves_paths(model)
        && finding.operands.iter().all(|operand| match operand.kind {
            OperandKind::Path => path_is_below(glob, &operand.word, directory),
            OperandKind::Url | OperandKind::Name | OperandKind::Sql => false,
        })
}

fn moves_paths(model: &Model) -> bool {
    let is_one = |name: &[u8]| MOVES_PATHS.iter().any(|one| one.as_bytes() == name);
    model
        .commands
        .iter()
        .any(|command| command.tool().is_some_and(is_one) || command.via.iter().any(|via| is_one(via.name.as_slice())))
}

fn path_is_below(glob: &str, word: &Word, directory: Option<&Value>) -> bool {
    is_below(&[glob], word, directory)
}

/// Every path that a word may be lies in one of the globs, without `..`.
pub fn is_below<G: AsRef<str>>(globs: &[G], word: &Word, directory: Option<&Value>) -> bool {
    let Some(paths) = word.value.choices() else { return false };
    let fits = |path: &[u8]| globs.iter().any(|glob| matches_path(glob.as_ref().as_bytes(), path));
    paths.iter().all(|path| {
        absolute(path, directory)
            .is_some_and(|path| !leaves(&path, word.glob) && fits(path.trim_end_with(|c| c == '/').as_bytes()))
    })
}

/// With `.` and doubled slashes gone; `..` stays, since a link before it leads elsewhere.
fn absolute(path: &[u8], directory: Option<&Value>) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    if !path.starts_with(b"/") {
        match directory? {
            Value::Known(directory) if directory.starts_with(b"/") => whole.extend_from_slice(directory),
            Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => return None,
        }
        whole.push(b'/');
    }
    whole.extend_from_slice(path);
    let parts: Vec<&[u8]> = whole.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b".")).collect();
    Some([b"/".as_slice(), &parts.join(&b'/')].concat())
}

/// It has `..`, or a pattern that may match it.
fn leaves(path: &[u8], glob: bool) -> bool {
    path.split(|byte| *byte == b'/')
        .any(|part| part == b".." || (glob && part.starts_with(b".") && part.iter().any(|byte| b"*?[".contains(byte))))
}
