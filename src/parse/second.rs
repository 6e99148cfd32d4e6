//! The second opinion: another reader goes over the same text, and both are lowered to the same marks (each word of each
//! simple command by its place, and whether it names the program). The plain part of the language has a quick reader for
//! that; tree-sitter-bash reads the rest, and whatever the quick one sees otherwise. Where they differ the reading is in
//! doubt, and what only the second parser took for a command is read by itself.

mod light;
mod tokens;
mod lower;
mod marks;
mod plain;

use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use super::{Dialect, Doubt, Mode, Reading, reader};
use crate::span::Span;
use marks::Mark;

/// Work that tree-sitter may do, in steps of a hundred of its operations (some 10 µs): ordinary text takes about one for
/// fifty bytes, its error recovery on hostile text any number.
const BYTES_PER_STEP: usize = 4;
const STEPS_AT_LEAST: usize = 3_000;
/// Larger texts are taken as the strict reader reads them, with a doubt.
pub const MAX_BYTES: usize = 1 << 20;
/// Commands that only the second parser saw.
const MAX_OTHERS: usize = 64;

/// Compares, and adds doubts and other commands to `reading`.
pub(super) fn compare(reading: &mut Reading, mode: &Mode) {
    // tree-sitter-bash does not know dash's grammar: it would object to what dash means by `&>`.
    if mode.dialect == Dialect::Dash {
        return;
    }
    let mut first = marks::of_script(&mut reading.script, &reading.text);
    let plain = plain::lines(&reading.text, &reading.script, &first);
    if plain.all() {
        return;
    }
    if reading.text.len() > MAX_BYTES {
        reading.doubts.push(Doubt::Limit { what: "bytes for the second reader", limit: MAX_BYTES });
        return;
    }
    let Some(tree) = parse(&plain.blanked(&reading.text), &mut reading.steps) else {
        let limit = most_steps(reading.text.len());
        reading.doubts.push(Doubt::Limit { what: "steps of the second reader", limit });
        return;
    };
    first.retain(|mark| !plain.covers(mark.span.start));
    let second = lower::tree(&tree, &reading.text, &first);
    let Some(at) = first_difference(&first, &second) else { return };
    reading.doubts.push(Doubt::Disagreement { at });
    let unseen = second.iter().filter(|mark| mark.command.is_some() && !first.iter().any(|one| one.same(mark)));
    for (number, mark) in unseen.enumerate() {
        if number == MAX_OTHERS {
            reading.doubts.push(Doubt::Limit { what: "commands of the second reader", limit: MAX_OTHERS });
            return;
        }
        let text = mark.command.unwrap_or(mark.span).of(&reading.text);
        let mut script = reader::read(text.to_vec(), mode).script;
        script.items.truncate(MAX_OTHERS);
        if !script.items.is_empty() {
            reading.others.push(script);
        }
    }
}

/// What texts of so many bytes may cost it.
pub const fn most_steps(bytes: usize) -> usize {
    bytes / BYTES_PER_STEP + STEPS_AT_LEAST
}

fn parse(text: &[u8], steps: &mut usize) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
    let most = most_steps(text.len());
    let mut count = |_: &ParseState| {
        *steps += 1;
        if *steps > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut chunk = |at: usize, _| text.get(at..).unwrap_or_default();
    parser.parse_with_options(&mut chunk, None, Some(ParseOptions::new().progress_callback(&mut count)))
}

/// Where the two lists part.
fn first_difference(first: &[Mark], second: &[Mark]) -> Option<Span> {
    let common = first.iter().zip(second).take_while(|(one, other)| one.same(other)).count();
    match (first.get(common), second.get(common)) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one.span),
        (Some(one), Some(other)) => Some(one.span.min(other.span)),
    }
}
