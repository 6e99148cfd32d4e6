//! What a stopped agent reads. Two readers: a person, and an agent that will try again. It says that it was stopped,
//! what is at stake, something safer, and how a person grants leave; never how to get round.

use std::fmt::Write;

use super::exit::Exit;
use super::hostile::{Hostile, elided};
use super::words::{message, shown_line, without_misleading};
use crate::audit::redact;
use crate::command::{Model, UnreadKind};
use crate::confirm::{Because, Reader, Refusal};
use crate::decide::{Decision, Judged};
use crate::policy::Verdict;
use crate::store::Lock;

/// What has already happened when the message is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing has run.
    BeforeFirst,
    /// The program with this number was stopped at its start; these had run.
    AtExec { number: usize, ran: Vec<String> },
}

/// The message, at most ten lines, each ended by a newline.
#[must_use]
pub fn refusal(refusal: &Refusal, model: &Model, stage: &Stage) -> String {
    if let Because::Locked(lock) = &refusal.because {
        return locked(lock);
    }
    if refusal.reader == Reader::Person && refusal.because == Because::Declined {
        return answered(worst(&refusal.decision), model);
    }
    let mut out = stop(&refusal.decision, model);
    let ask = match &refusal.because {
        Because::Denied => "the policy refuses this to everyone; nobody can allow it from here".to_owned(),
        Because::NeedsPeople(people) => {
            format!("the policy wants {people} people to allow this, which this version cannot gather yet")
        }
        Because::Declined => "a person was asked and said no".to_owned(),
        Because::AfterAStop => "nobody is asked again after another program of this command was stopped".to_owned(),
        Because::Waiting { id, expires } => {
            let (id, expires) = (Hostile(id.as_bytes()), Hostile(expires.as_bytes()));
            format!("a person can allow exactly this command: guarded approve {id}  (expires {expires})")
        }
        Because::NobodyToAsk(reason) => format!("nobody can be asked from here: {}", Hostile(reason.as_bytes())),
        Because::Locked(_) => String::new(),
    };
    let _ = writeln!(out, "  ask:     {ask}");
    out.push_str(&last_line(stage, refusal.reader));
    without_misleading(&out)
}

/// What an agent asks its own user about, or reads where it can't ask.
#[must_use]
pub fn held(decision: &Decision, model: &Model) -> String {
    let mut out = stop(decision, model);
    out.push_str("  ask:     a person decides; without their yes nothing runs\n");
    out.push_str(&last_line(&Stage::BeforeFirst, Reader::Agent));
    without_misleading(&out)
}

/// What is stopped, and why.
fn stop(decision: &Decision, model: &Model) -> String {
    let mut out = String::new();
    let worst = worst(decision);
    match worst {
        Some(judged) => of_finding(&mut out, judged, model),
        None => of_reason(&mut out, decision, model),
    }
    also(&mut out, decision, worst);
    out
}

/// Nothing runs, whatever it is.
#[must_use]
pub fn locked(lock: &Lock) -> String {
    let since = super::lock::since(lock);
    let why = elided(&redact(lock.why.as_bytes()), 300);
    without_misleading(&format!(
        "guarded: locked{since}: {why}\n  Nothing was run, and nothing will be until a person unlocks it: guarded unlock\n  \
         Stop here, and tell the user.\n"
    ))
}

/// Whoever said no has just read all of it.
fn answered(worst: Option<&Judged>, model: &Model) -> String {
    let command = worst.and_then(|judged| model.commands.get(judged.finding.command)).or(model.commands.first());
    let command = command.map_or_else(|| "it".to_owned(), |command| format!("`{}`", shown_line(command, 160)));
    format!("guarded: you said no to {command}\n  Nothing was run.\n")
}

/// 75 while a person may still allow it, else 126.
#[must_use]
pub fn exit(refusal: &Refusal) -> Exit {
    match refusal.because {
        Because::Waiting { .. } => Exit::Waiting,
        Because::Denied
        | Because::Declined
        | Because::AfterAStop
        | Because::NobodyToAsk(_)
        | Because::NeedsPeople(_)
        | Because::Locked(_) => Exit::Refused,
    }
}

/// The finding that weighs most; none where something else stops the command.
fn worst(decision: &Decision) -> Option<&Judged> {
    let stops = decision.judged.iter().filter(|judged| judged.verdict >= Verdict::Ask);
    // Of equals the first in the text.
    stops.rev().max_by_key(|judged| (judged.verdict, judged.severity))
}

fn of_finding(out: &mut String, judged: &Judged, model: &Model) {
    let finding = &judged.finding;
    let rule = &finding.rule;
    let command = model.commands.get(finding.command);
    let place = match &*finding.at.source {
        "command" => String::new(),
        source => format!(" at {}:{}", Hostile(source.as_bytes()), finding.at.line),
    };
    let _ = writeln!(out, "guarded: stopped before running: {}{place}", message(judged, command));
    if !judged.stakes.says.is_empty() {
        let _ = writeln!(out, "  at risk: {}", elided(judged.stakes.says.join("; ").as_bytes(), 300));
    }
    if !rule.why.is_empty() {
        let _ = writeln!(out, "  why:     {}", elided(rule.why.as_bytes(), 300));
    }
    if let Some(instead) = rule.instead.first() {
        let _ = writeln!(out, "  instead: {}", elided(instead.as_bytes(), 300));
    }
}

fn of_reason(out: &mut String, decision: &Decision, model: &Model) {
    let reason = decision.reasons.first().map_or("it is not understood", String::as_str);
    let command = model.commands.first().map_or_else(|| "this".to_owned(), |one| format!("`{}`", shown_line(one, 160)));
    let rest = if model.commands.len() > 1 { " …" } else { "" };
    let reason = elided(&redact(reason.as_bytes()), 300);
    let _ = writeln!(out, "guarded: stopped before running: {command}{rest}: {reason}");
    let fetched = model.unread.iter().any(|unread| unread.kind == UnreadKind::Remote);
    let instead = if fetched {
        "download it into a file, without running it, and show the file to the user"
    } else {
        "write the commands out, or put them into a file and show the file to the user"
    };
    out.push_str("  why:     What runs must be readable before it runs; here it is not.\n");
    let _ = writeln!(out, "  instead: {instead}");
}

fn also(out: &mut String, decision: &Decision, worst: Option<&Judged>) {
    let mut ids: Vec<&str> = Vec::new();
    for judged in decision.judged.iter().filter(|judged| judged.verdict >= Verdict::Ask) {
        let id = &*judged.finding.rule.id;
        if worst.is_some_and(|worst| !std::ptr::eq(worst, judged)) && !ids.contains(&id) {
            ids.push(id);
        }
    }
    let more = ids.len().saturating_sub(5);
    ids.truncate(5);
    if !ids.is_empty() {
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(out, "  also:    {}{more}", ids.join(", "));
    }
}

fn last_line(stage: &Stage, reader: Reader) -> String {
    match (stage, reader) {
        (Stage::BeforeFirst, Reader::Person) => "  Nothing was run.\n".to_owned(),
        (Stage::BeforeFirst, Reader::Agent) => {
            "  Nothing was run. Do not reword or split the command; tell the user what you wanted to do and stop.\n"
                .to_owned()
        }
        (Stage::AtExec { ran, .. }, _) if ran.is_empty() => "  It is the first program: none was run.\n".to_owned(),
        (Stage::AtExec { number, ran }, Reader::Agent | Reader::Person) => {
            let ran = elided(ran.join(", ").as_bytes(), 300);
            format!("  Stopped at the {} program; these already ran: {ran}.\n", ordinal(*number))
        }
    }
}

fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        (_, _) => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::ordinal;

    #[test]
    fn ordinals_read_as_english() {
        let shown: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).to_vec();
        assert_eq!(shown, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]);
    }
}
