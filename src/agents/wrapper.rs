//! The text that an agent puts around its model's command, with the parts that change from call to call as typed slots.
//! A wrapper matches exactly or not at all; what is inside a slot is still judged with the whole text.

use bstr::{BString, ByteSlice};

use crate::span::{Place, Span};

mod claude;
mod codex;
mod gemini;

/// A command inside a known wrapper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    pub agent: &'static str,
    /// As the model wrote it, quotes removed.
    pub command: BString,
    /// Where it stands in the whole text (with its quoting).
    pub span: Span,
    /// What stood in the volatile slots: snapshot files, files for the working directory and for pids.
    pub slots: Vec<BString>,
    /// It starts the text by an exec of a shell, which is then a call of its own.
    pub execs: bool,
}

impl Inner {
    /// Whether what stands there is the wrapper's own, and not the model's text or a file that it runs.
    #[must_use]
    pub fn is_own(&self, at: &Place) -> bool {
        let source: &str = &at.source;
        let outside = at.span.end <= self.span.start || at.span.start >= self.span.end;
        self.slots.iter().any(|slot| *slot == source) || source == "command" && outside
    }
}

/// Finds the model's command in an agent's text. `None`: ordinary text.
#[must_use]
pub fn inner(text: &[u8]) -> Option<Inner> {
    claude::inner(text).or_else(|| codex::inner(text)).or_else(|| gemini::inner(text))
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8]) -> Self {
        Reader { text, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, literal: &str) -> bool {
        let fits = self.rest().starts_with(literal.as_bytes());
        if fits {
            self.at += literal.len();
        }
        fits
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.skip(literal).then_some(())
    }

    fn while_of(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn end(&self) -> Option<()> {
        self.rest().is_empty().then_some(())
    }

    /// A variable's or function's name.
    fn name(&mut self) -> Option<&'a [u8]> {
        let name = self.while_of(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        name.first().is_some_and(|byte| !byte.is_ascii_digit()).then_some(name)
    }

    /// One word that stands for itself: `'…'` with quotes inside as `'"'"'` or `'\''`, or bare harmless characters.
    fn word(&mut self) -> Option<BString> {
        if !self.rest().starts_with(b"'") {
            let bare = self.while_of(is_plain);
            return (!bare.is_empty()).then(|| bare.into());
        }
        let mut value = BString::default();
        loop {
            self.literal("'")?;
            let length = self.rest().find_byte(b'\'')?;
            value.extend_from_slice(self.rest().get(..length)?);
            self.at += length;
            self.literal("'")?;
            if self.rest().starts_with(b"\"'\"'") {
                self.literal("\"'\"")?;
            } else if self.rest().starts_with(b"\\''") {
                self.literal("\\'")?;
            } else {
                return Some(value);
            }
            value.push(b'\'');
        }
    }

    /// An absolute path without `..`, and its last component.
    fn path(&mut self) -> Option<(BString, BString)> {
        let path = self.word()?;
        let tame = path.starts_with(b"/")
            && path.iter().all(|byte| is_plain(*byte) || *byte == b' ')
            && !path.split_str("/").any(|part| part == b"..");
        let base = path.rsplit_str("/").next().map(BString::from)?;
        tame.then_some((path, base))
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:=@%+,-".contains(&byte)
}

/// `prefix` + letters, digits, dashes + `suffix`.
fn shaped(base: &[u8], prefix: &str, suffix: &str) -> bool {
    base.strip_prefix(prefix.as_bytes()).and_then(|rest| rest.strip_suffix(suffix.as_bytes())).is_some_and(|middle| {
        !middle.is_empty()
            && middle.len() <= 64
            && middle.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    })
}

/// The span of a word without its outer quotes.
fn unquoted(text: &[u8], start: usize, end: usize) -> Span {
    if text.get(start) == Some(&b'\'') { Span::new(start + 1, end.saturating_sub(1)) } else { Span::new(start, end) }
}
