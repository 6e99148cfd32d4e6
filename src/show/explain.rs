//! The reading of a command, laid open: simple commands with their words, what is unknown and why, what stays unread.

use std::fmt::Write;

use super::check;
use super::hostile::{Hostile, elided};
use super::words::shown_line;
use crate::command::{Cause, Change, Command, Model, Program, Stdin, UnreadKind, Value, Via};
use crate::decide::Decision;
use crate::parse::{Doubt, Reading};

/// More commands than a person reads.
const MOST: usize = 60;

#[must_use]
pub fn text(reading: &Reading, model: &Model, decision: &Decision) -> String {
    let mut out = String::new();
    for (number, command) in model.commands.iter().take(MOST).enumerate() {
        command_text(&mut out, number + 1, command);
    }
    if model.commands.len() > MOST {
        let _ = writeln!(out, "… and {} more commands", model.commands.len() - MOST);
    }
    for unread in &model.unread {
        let kind = match unread.kind {
            UnreadKind::Text => "text that is not known",
            UnreadKind::Remote => "what a remote host sends",
            UnreadKind::Rest => "more of a script than is read",
            UnreadKind::File => "a file that can't be read as a script",
            UnreadKind::Missing => "a file that is not there",
            UnreadKind::Code => "a program in a language that is not read",
        };
        let _ = writeln!(out, "unread: {kind}: {}", elided(&unread.what, 160));
    }
    for doubt in &reading.doubts {
        let _ = writeln!(out, "doubt: {}", doubt_words(doubt, &reading.text));
    }
    if reading.unfinished {
        out.push_str("unfinished: the text ends inside a construct\n");
    }
    for limit in &model.limits {
        let _ = writeln!(out, "limit: {limit}");
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out + &check::text(decision, model)
}

fn command_text(out: &mut String, number: usize, command: &Command) {
    let _ = writeln!(out, "{number}. {}", shown_line(command, 200));
    let at = match &*command.at.source {
        "command" => format!("line {}", command.at.line),
        source => format!("{}:{}", Hostile(source.as_bytes()), command.at.line),
    };
    let program = match &command.program {
        Program::None => "no program".to_owned(),
        Program::Builtin(name) => format!("builtin {}", Hostile(name)),
        Program::File(path) => format!("program {}", Hostile(path)),
        Program::Name(name) => format!("program {}, not found here", Hostile(name)),
        Program::Unknown => "a program whose name is not known".to_owned(),
    };
    let _ = writeln!(out, "   {at}; {program}; in {}", value(&command.directory));
    if !command.via.is_empty() {
        let _ = writeln!(out, "   through {}", command.via.iter().map(via).collect::<Vec<_>>().join(", "));
    }
    for word in &command.words {
        match &word.value {
            Value::Known(_) => {}
            Value::OneOf(_) => {
                let _ = writeln!(out, "   {} is one of {}", Hostile(&word.written), elided(&word.shown(), 160));
            }
            Value::Unknown(shape) => {
                let _ = writeln!(out, "   {} is not known: {}", elided(&word.shown(), 80), cause(&shape.because));
            }
        }
    }
    match &command.stdin {
        Stdin::Inherited => {}
        Stdin::Text(text) => {
            let _ = writeln!(out, "   reads {}", value(text));
        }
        Stdin::File(word) => {
            let _ = writeln!(out, "   reads the file {}", elided(&word.shown(), 160));
        }
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Known(text) => elided(&crate::audit::redact(text), 160),
        Value::OneOf(texts) => format!("one of {} texts", texts.len()),
        Value::Unknown(shape) => format!("something not known: {}", cause(&shape.because)),
    }
}

fn via(via: &Via) -> String {
    let name = elided(&via.name, 60);
    match &via.change {
        Change::None => name,
        Change::User(user) => format!("{name} as {}", value(user)),
        Change::Host(host) => format!("{name} on {}", value(host)),
        Change::Container(container) => format!("{name} in {}", value(container)),
        Change::Later => format!("{name} later"),
    }
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Variable(name) => format!("nothing in sight sets {}", Hostile(name)),
        Cause::Output(program) => format!("it is the output of {}", elided(program, 60)),
        Cause::Name(origin) => self::cause(origin),
        Cause::Entry(_) => "it is one of the entries of a folder".to_owned(),
        Cause::Input => "it comes from standard input or a list".to_owned(),
        Cause::StartupFile(file) => format!("{} may have set it", Hostile(file)),
        Cause::Positional => "it is an argument of a call that is not seen".to_owned(),
        Cause::Secret(secret) => format!("it holds a secret, {}", Hostile(&secret.what)),
        Cause::Descriptor(_) => "it is the number of a descriptor".to_owned(),
        Cause::Limit => "there was more to compute than is computed".to_owned(),
        Cause::Construct(what) => format!("{what} is not computed"),
    }
}

fn doubt_words(doubt: &Doubt, text: &[u8]) -> String {
    match doubt {
        Doubt::Syntax { at, expected } => {
            format!("bash would complain at {:?}: {}", elided(at.of(text), 40), Hostile(expected.as_bytes()))
        }
        Doubt::Disagreement { at } => format!("the two parsers differ at {:?}", elided(at.of(text), 80)),
        Doubt::Limit { what, limit } => format!("more {what} than {limit}"),
    }
}
