//! What both readers' trees are lowered to.

use crate::parse::settings::literal;
use crate::parse::syntax::{Assignment, Descriptor, Kind, Node, Operator, Redirection, Script, Word};
use crate::parse::walk::{Place, Visitor, walk};
use crate::span::Span;

/// A word of a simple command, an assignment, a redirection's target or a value of a `for`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub span: Span,
    /// Set for a word that names a program: the span of its whole command.
    pub command: Option<Span>,
}

impl Mark {
    pub fn same(&self, other: &Mark) -> bool {
        self.span == other.span && self.command.is_some() == other.command.is_some()
    }
}

/// The marks of the strict reader's tree.
pub(super) fn of_script(script: &mut Script, text: &[u8]) -> Vec<Mark> {
    let mut collect = Collect { marks: Vec::new(), text };
    walk(script, &mut collect);
    in_order(collect.marks, text)
}

/// By place, an outer word before those inside it; neighbours without anything between are one word.
pub(super) fn in_order(mut marks: Vec<Mark>, text: &[u8]) -> Vec<Mark> {
    // tree-sitter loses the `-` in `- <<EOF`; it names no program and no file.
    marks.retain(|mark| mark.span.start < mark.span.end && (mark.span.of(text) != b"-" || mark.command.is_some()));
    marks.sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end), mark.command.is_none()));
    let mut ordered: Vec<Mark> = Vec::with_capacity(marks.len());
    // Indices of the words around the current place.
    let mut around: Vec<usize> = Vec::new();
    for mark in marks {
        // Words that ended before this one; they stay around where it joins one further out.
        let ended = around
            .iter()
            .rposition(|index| ordered.get(*index).is_none_or(|outer: &Mark| outer.span.end > mark.span.start));
        let ended = ended.map_or(0, |index| index + 1);
        let joins = around
            .iter()
            .skip(ended)
            .rev()
            .copied()
            .find(|index| ordered.get(*index).is_some_and(|before| one_word(before.span, mark.span, text)));
        if let Some(before) = joins.and_then(|index| ordered.get_mut(index)) {
            before.span.end = mark.span.end;
        } else {
            around.truncate(ended);
            around.push(ordered.len());
            ordered.push(mark);
        }
    }
    ordered
}

/// Whether tree-sitter may have made one word of two, or two of one: nothing, a continuation or an escaped blank between
/// them, or two pairs of back-ticks with blanks between (#278), of which it sees the inner ends alone.
fn one_word(first: Span, second: Span, text: &[u8]) -> bool {
    let between = Span::new(first.end, second.start).of(text);
    let mut rest = between;
    while let [b'\\', b'\n' | b' ' | b'\t', after @ ..] = rest {
        rest = after;
    }
    let ends = |text: &[u8]| text.ends_with(b"`");
    let (left, right) = (ends(first.of(text)), second.of(text).starts_with(b"`"));
    let middle = between.strip_prefix(b"`").and_then(|rest| rest.strip_suffix(b"`"));
    let blanks = |text: &[u8]| !text.is_empty() && text.iter().all(|byte| matches!(byte, b' ' | b'\t'));
    rest.is_empty() || left && right && blanks(between) || middle.is_some_and(blanks)
}

/// Without the blanks and continuations that a parser counted to a word.
pub(super) fn trimmed(span: Span, text: &[u8]) -> Span {
    let mut bytes = span.of(text);
    let mut start = span.start;
    loop {
        // tree-sitter takes an escaped blank for a blank.
        if let [b'\\', b'\n' | b' ' | b'\t', rest @ ..] = bytes {
            bytes = rest;
            start += 2;
        } else if let [b' ' | b'\t' | b'\n', rest @ ..] = bytes {
            bytes = rest;
            start += 1;
        } else {
            break;
        }
    }
    loop {
        if let Some(rest) = bytes.strip_suffix(b"\\\n") {
            bytes = rest;
        } else if let [rest @ .., before, b' ' | b'\t' | b'\n'] = bytes
            && *before != b'\\'
        {
            bytes = bytes.get(..=rest.len()).unwrap_or_default();
        } else {
            return Span::new(start, start + bytes.len());
        }
    }
}

struct Collect<'a> {
    marks: Vec<Mark>,
    text: &'a [u8],
}

impl Collect<'_> {
    fn mark(&mut self, span: Span, command: Option<Span>) {
        self.marks.push(Mark { span: trimmed(span, self.text), command });
    }
}

impl Visitor for Collect<'_> {
    fn node(&mut self, node: &mut Node) {
        let Kind::Simple { words, .. } = &node.kind else { return };
        let Some((name, arguments)) = words.split_first() else { return };
        self.mark(name.span, Some(node.span));
        // tree-sitter reads the inside of `[ … ]` as an expression.
        let test =
            literal(name).as_deref() == Some(b"[") && arguments.last().and_then(literal).as_deref() == Some(b"]");
        if !test {
            for word in arguments {
                self.mark(word.span, None);
            }
        }
    }

    fn assignment(&mut self, assignment: &mut Assignment) {
        self.mark(assignment.span, None);
    }

    fn redirection(&mut self, redirection: &mut Redirection) {
        // tree-sitter takes `{fd}` before an operator for a word.
        if let Descriptor::Variable(name) = &redirection.fd {
            let start = redirection.span.start;
            self.mark(Span::new(start, start + name.len() + 2), None);
        }
        let closes = literal(&redirection.target).as_deref() == Some(b"-");
        if redirection.operator != Operator::HereDocument && !closes {
            self.mark(redirection.target.span, None);
        }
    }

    fn word(&mut self, word: &mut Word, place: Place) {
        if place == Place::List {
            self.mark(word.span, None);
        }
    }
}
