//! Lines about which there is nothing to disagree, so that the second parser need not read them: simple commands of
//! letters, digits, closed quotes, `$name` and file redirections, parted by blanks, `;`, `|`, `&` and newlines. Such a
//! line has two rules that no reader gets wrong: a word ends at a blank or an operator outside quotes, and a name at
//! the first byte that no name has. Whatever nests, escapes, comments or begins a document is excluded.

use crate::parse::syntax::{Item, Kind, Operator, Pipeline, Script};
use crate::span::Span;

/// The plain lines of a text, in order.
pub(super) struct Plain {
    lines: Vec<Span>,
    all: bool,
}

pub(super) fn lines(text: &[u8], script: &Script) -> Plain {
    let mut plain = Plain { lines: Vec::new(), all: true };
    let mut rest = script.items.as_slice();
    let mut before = 0;
    while let Some(first) = rest.first() {
        let more = rest
            .iter()
            .zip(rest.iter().skip(1))
            .take_while(|(one, next)| !Span::new(one.span.end, next.span.start).of(text).contains(&b'\n'));
        let (line, after) = rest.split_at_checked(more.count() + 1).unwrap_or((rest, &[]));
        rest = after;
        let end = line.last().map_or(first.span.end, |last| last.span.end);
        let end = text
            .get(end..)
            .and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
            .map_or(text.len(), |at| end + at);
        let span = Span::new(first.span.start, end);
        // What stands before the line can be comments, continuations or the bodies of documents.
        let gap = Span::new(before, first.span.start).of(text);
        plain.all &= gap.iter().all(|byte| matches!(byte, b' ' | b'\n'));
        if plain_text(span.of(text)) && line.iter().all(plain_item) {
            plain.lines.push(span);
        } else {
            plain.all = false;
        }
        before = end;
    }
    plain.all &= Span::new(before, text.len()).of(text).iter().all(|byte| matches!(byte, b' ' | b'\n'));
    plain
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
            if let Some(bytes) = text.get_mut(line.start..line.end) {
                bytes.fill(b' ');
            }
        }
        text
    }
}

fn plain_item(item: &Item) -> bool {
    std::iter::once(&item.first).chain(item.rest.iter().map(|(_, pipeline)| pipeline)).all(plain_pipeline)
}

fn plain_pipeline(pipeline: &Pipeline) -> bool {
    !pipeline.timed
        && !pipeline.negated
        && pipeline.commands.iter().all(|node| {
            matches!(node.kind, Kind::Simple { .. })
                && node.redirections.iter().all(|one| one.operator != Operator::HereDocument)
        })
}

fn plain_text(text: &[u8]) -> bool {
    let mut quote = None;
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let dollar = |next: Option<&u8>| next.is_some_and(|next| next.is_ascii_alphabetic() || *next == b'_');
        match (quote, byte) {
            (Some(b'\''), b'\'') | (Some(b'"'), b'"') => quote = None,
            (Some(b'\''), _) => {}
            (_, b'`' | b'\\' | b'\r') => return false,
            (_, b'$') if !dollar(bytes.peek()) => return false,
            (Some(_), _) | (None, b'$') => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'<') if bytes.peek() == Some(&b'<') => return false,
            (None, _) => {
                if !(byte.is_ascii_alphanumeric() || b"_-./,:=+@%^~*? ;|&<>".contains(&byte)) {
                    return false;
                }
            }
        }
    }
    quote.is_none()
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn only_what_has_one_reading_is_plain() {
        for text in ["c1 a-b 'c $(d)' \"$e f\" >g 2>&1 | c2 --x=$y; c3 && c4 &", ""] {
            assert!(plain_text(text.as_bytes()), "{text}");
        }
        for text in [
            "c1 $(c2)",
            "c1 `c2`",
            "c1 \\a",
            "c1 'a",
            "c1 \"$(c2)\"",
            "c1 <<A",
            "c1 # a",
            "{ c1",
            "! c1",
            "c1 ${x}",
            "c1 a\r",
        ] {
            assert!(!plain_text(text.as_bytes()), "{text}");
        }
    }
}
