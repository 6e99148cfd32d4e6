//! One line of the trail: what was asked, what was made of it, what came of it. Names of variables, never their values.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};
use serde::Serialize;

use super::redact::{redact, redact_command, redact_held};
use crate::agents::{Inner, inner};
use crate::answer::Answer;
use crate::command::{Command, Model, Program};
use crate::decide::{Decision, Judged};
use crate::invocation::{Invocation, Text};
use crate::policy::Verdict;

/// A command longer than this is recorded by its two ends and its digest.
const LONGEST: usize = 64 * 1024;
/// So many lowered commands; the rest is counted.
const MOST: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Decision,
    Refused,
    Permitted,
    /// The kernel refused to have its execs judged.
    Unwatched,
    /// For `guarded undo`.
    Kept,
    Ran,
    /// Nothing runs from now on.
    Locked,
    Unlocked,
    /// A person went on in plain bash, since the guard had failed.
    Plain,
    /// A rehearsal was played.
    Drill,
}

/// What every record begins with.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Head<'a> {
    pub prev: &'a str,
    pub time: String,
    pub kind: Kind,
    /// The same in all records of one call.
    pub call: &'a str,
    pub pid: u32,
    #[serde(skip_serializing_if = "is_false")]
    pub unanchored: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct DecisionBody {
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    would: Option<String>,
    understood: bool,
    deferred: bool,
    shell: &'static str,
    /// The model's own text where the wrapper around it is exactly known, else all of it.
    command: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrapper: Option<Wrapper>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_sha256: Option<String>,
    cwd: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'static str>,
    commands: Vec<Lowered>,
    #[serde(skip_serializing_if = "is_zero")]
    commands_left_out: usize,
    rules: Vec<RuleHit>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    policy: String,
    env: Vec<String>,
    /// Names of variables that were there and that the command does not get.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<String>,
    /// … that it gets by a grant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    granted: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(value: &usize) -> bool {
    *value == 0
}

/// What an agent put around the command: its form is fixed, so the parts that change tell it all.
#[derive(Clone, Debug, Serialize)]
struct Wrapper {
    agent: &'static str,
    slots: Vec<String>,
}

/// A simple command as it would run.
#[derive(Clone, Debug, Serialize)]
struct Lowered {
    program: String,
    args: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct RuleHit {
    rule: String,
    sure: bool,
    severity: String,
    verdict: String,
    hits: Vec<String>,
    facts: BTreeMap<&'static str, bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    says: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moved: Vec<String>,
}

/// As the policy writes it.
#[must_use]
pub fn verdict_name(verdict: Verdict) -> String {
    match verdict {
        Verdict::Allow => "allow".into(),
        Verdict::Log => "log".into(),
        Verdict::Ask => "ask".into(),
        Verdict::Approve(people) => format!("approve {people}"),
        Verdict::Deny => "deny".into(),
    }
}

impl DecisionBody {
    pub(super) fn of(
        call: &Invocation,
        decision: &Decision,
        model: &Model,
        policy: &str,
        agent: Option<&'static str>,
    ) -> Self {
        let whole = whole(call);
        // With operands, the text is not the whole command.
        let wrapped = inner(&whole).filter(|_| call.argv.last() == Some(&whole));
        let text = wrapped.as_ref().map_or(&whole, |wrapped| &wrapped.command);
        let lowered: Vec<Lowered> = commands_of(model, wrapped.as_ref()).map(lowered).collect();
        let long = text.len() > LONGEST;
        DecisionBody {
            verdict: verdict_name(decision.verdict),
            would: (decision.would != decision.verdict).then(|| verdict_name(decision.would)),
            understood: decision.understood,
            deferred: decision.deferred,
            shell: match call.shell {
                crate::invocation::Shell::Bash => "bash",
                crate::invocation::Shell::Restricted => "rbash",
                crate::invocation::Shell::Sh => "sh",
            },
            command: shown(&redact(&ends(text))),
            command_sha256: long.then(|| super::chain::hash(text)),
            wrapper: wrapped.as_ref().map(|wrapped| Wrapper {
                agent: wrapped.agent,
                slots: wrapped.slots.iter().map(|slot| shown(slot)).collect(),
            }),
            cwd: shown(&call.directory),
            agent,
            commands_left_out: lowered.len().saturating_sub(MOST),
            commands: lowered.into_iter().take(MOST).collect(),
            rules: decision.judged.iter().map(|judged| rule_hit(judged, model)).collect(),
            reasons: decision.reasons.iter().map(|reason| shown(&redact(reason.as_bytes()))).collect(),
            policy: policy.to_owned(),
            env: call.environment.iter().map(|(name, _)| shown(name)).collect(),
            withheld: call.withheld.iter().chain(&call.hidden).map(|name| shown(name)).collect(),
            granted: call.granted.iter().map(|name| shown(name)).collect(),
        }
    }
}

/// Without the hundreds of a wrapper's own, behind which the model's would not be recorded.
fn commands_of<'a>(model: &'a Model, wrapped: Option<&'a Inner>) -> impl Iterator<Item = &'a Command> {
    model.commands.iter().filter(move |command| !wrapped.is_some_and(|wrapped| wrapped.is_own(&command.at)))
}

/// What was given to run: the text of `-c`, else the whole command line.
#[must_use]
pub fn whole(call: &Invocation) -> BString {
    match &call.text {
        Text::Command(text) => text.clone(),
        Text::File(_) | Text::Stdin | Text::Nothing => bstr::join(" ", &call.argv).into(),
    }
}

fn ends(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let (Some(head), Some(tail)) = (text.get(..LONGEST / 2), text.get(text.len().saturating_sub(LONGEST / 2)..)) else {
        return text.into();
    };
    if text.len() <= LONGEST {
        return text.into();
    }
    [head, format!(" …{} bytes… ", text.len() - LONGEST).as_bytes(), tail].concat().into()
}

/// JSON holds text only: other bytes become U+FFFD.
fn shown(bytes: &[u8]) -> String {
    bytes.to_str_lossy().into_owned()
}

fn lowered(command: &Command) -> Lowered {
    let program = match &command.program {
        Program::None => BString::default(),
        Program::Builtin(name) | Program::File(name) | Program::Name(name) => name.clone(),
        Program::Unknown => BString::from("?"),
    };
    let args = redact_command(command).iter().skip(1).map(|word| shown(&ends(word))).collect();
    Lowered { program: shown(&program), args }
}

fn rule_hit(judged: &Judged, model: &Model) -> RuleHit {
    let command = model.commands.get(judged.finding.command);
    let clean = |hit: &BString| {
        let hit = redact(hit);
        shown(&command.map_or_else(|| hit.to_vec().into(), |command| redact_held(command, &hit)))
    };
    RuleHit {
        rule: judged.finding.rule.id.to_string(),
        sure: judged.finding.answer == Answer::Yes,
        severity: format!("{:?}", judged.severity).to_lowercase(),
        verdict: verdict_name(judged.verdict),
        hits: judged.finding.hits().iter().map(clean).collect(),
        facts: judged.stakes.truths.clone(),
        says: judged.stakes.says.clone(),
        moved: judged.moved.clone(),
    }
}
