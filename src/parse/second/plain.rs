//! The lines that the quick reader read, and read alike: tree-sitter need not see them.

use super::light;
use super::marks::{Mark, in_order};
use crate::parse::syntax::{Item, Script};
use crate::span::Span;

/// The lines on which two readers agree already, in order.
pub(super) struct Plain {
    lines: Vec<Span>,
    all: bool,
}

/// `strict`: the marks of the strict reader's tree, in order.
pub(super) fn lines(text: &[u8], script: &Script, strict: &[Mark]) -> Plain {
    let mut plain = Plain { lines: Vec::new(), all: true };
    let mut rest = script.items.as_slice();
    let mut before = 0;
    while let Some(first) = rest.first() {
        plain.all &= empty(Span::new(before, first.span.start).of(text));
        let line = light::line(text, first.span.start);
        if let Some((line, after)) = line.and_then(|line| Some((line.span, agreed(line, rest, strict, text)?))) {
            plain.lines.push(line);
            rest = after;
            before = line.end;
        } else {
            plain.all = false;
            let more = rest
                .iter()
                .zip(rest.iter().skip(1))
                .take_while(|(one, next)| !Span::new(one.span.end, next.span.start).of(text).contains(&b'\n'));
            let (line, after) = rest.split_at_checked(more.count() + 1).unwrap_or((rest, &[]));
            rest = after;
            before = line.last().map_or(before, |last| last.span.end);
        }
    }
    plain.all &= empty(text.get(before..).unwrap_or_default());
    plain
}

/// What follows a line that both readers take for the same commands.
fn agreed<'s>(line: light::Line, items: &'s [Item], strict: &[Mark], text: &[u8]) -> Option<&'s [Item]> {
    let count = items.iter().take_while(|item| item.span.start < line.span.end).count();
    let (inside, after) = items.split_at_checked(count)?;
    if inside.iter().any(|item| item.span.end > line.span.end) {
        return None;
    }
    let from = strict.partition_point(|mark| mark.span.start < line.span.start);
    let to = strict.partition_point(|mark| mark.span.start < line.span.end);
    let strict = strict.get(from..to)?;
    let light = in_order(line.marks, text);
    let same = strict.len() == light.len() && strict.iter().zip(&light).all(|(one, other)| one.same(other));
    same.then_some(after)
}

/// Blank lines and comments, as far as a look at them tells.
fn empty(gap: &[u8]) -> bool {
    gap.split(|byte| *byte == b'\n').all(|line| {
        let text = line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).and_then(|at| line.get(at));
        text.is_none_or(|byte| *byte == b'#')
    })
}

impl Plain {
    /// The whole text is plain.
    pub fn all(&self) -> bool {
        self.all
    }

    pub fn covers(&self, at: usize) -> bool {
        let next = self.lines.partition_point(|line| line.start <= at);
        next.checked_sub(1).and_then(|index| self.lines.get(index)).is_some_and(|line| at < line.end)
    }

    /// The text with blanks in the place of its plain lines, so that all places stay.
    pub fn blanked(&self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        for line in &self.lines {
            for byte in text.get_mut(line.start..line.end).unwrap_or_default() {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::parse::second::marks;
    use crate::parse::{Mode, reader};

    #[test]
    fn a_word_that_the_strict_reader_lost_or_misplaced_is_noticed() {
        let text = b"c1 a\nc2 b; c3\nc4 $(c5 d)\n";
        let mut strict = reader::read(text.to_vec(), &Mode::default()).script;
        let marks = marks::of_script(&mut strict, text);
        assert!(lines(text, &strict, &marks).all());
        for lost in 0..marks.len() {
            let mut fewer = marks.clone();
            fewer.remove(lost);
            let mut other = marks.clone();
            if let Some(mark) = other.get_mut(lost) {
                mark.command = if mark.command.is_some() { None } else { Some(mark.span) };
            }
            for wrong in [fewer, other] {
                let plain = lines(text, &strict, &wrong);
                assert!(!plain.all(), "mark {lost}");
                let at = marks.get(lost).expect("a mark").span.start;
                assert!(!plain.covers(at), "mark {lost}");
            }
        }
    }
}
