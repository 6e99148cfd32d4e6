//! Lays out what went wrong: one line that says what, the cited line with a caret, what to type now.

use std::fmt::Write;

use super::exit::Exit;
use super::hostile::{Hostile, elided};
use crate::span::Place;

/// An error that a person can act on. Each module explains its own beside its enum.
pub trait Explain {
    /// One line, lower case, no full stop.
    fn what(&self) -> String;
    /// The text it is about; a caret is drawn there.
    fn cited(&self) -> Option<Cited<'_>> {
        None
    }
    /// More lines, where there is more than one thing to say.
    fn details(&self) -> Vec<String> {
        Vec::new()
    }
    /// Things to type now.
    fn hints(&self) -> Vec<String>;
    fn exit(&self) -> Exit;
}

/// A place and the whole text that it points into.
#[derive(Clone, Copy, Debug)]
pub struct Cited<'a> {
    pub place: &'a Place,
    pub text: &'a [u8],
}

/// `program: what`, the cited line, the hints; each line ends with a newline.
#[must_use]
pub fn lay_out(program: &str, trouble: &dyn Explain) -> String {
    let mut out = format!("{program}: {}\n", Hostile(trouble.what().as_bytes()));
    if let Some(cited) = trouble.cited() {
        out.push_str(&caret(&cited));
    }
    for line in trouble.details() {
        let _ = writeln!(out, "  {}", Hostile(line.as_bytes()));
    }
    for hint in trouble.hints() {
        let _ = writeln!(out, "  try: {}", Hostile(hint.as_bytes()));
    }
    out
}

/// ```text
///   policy.toml:12:8  rule = "git.reset-hrad"
///                            ^^^^^^^^^^^^^^^^
/// ```
fn caret(cited: &Cited<'_>) -> String {
    let start = cited.place.span.start.min(cited.text.len());
    let end = cited.place.span.end.clamp(start, cited.text.len());
    let line_start = cited.text[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line_end = cited.text[start..].iter().position(|byte| *byte == b'\n').map_or(cited.text.len(), |at| start + at);
    let column = String::from_utf8_lossy(&cited.text[line_start..start]).chars().count() + 1;
    let before = shown(&cited.text[line_start..start]);
    let marked = shown(&cited.text[start..end.min(line_end)]);
    let after = shown(&cited.text[end.min(line_end)..line_end]);
    let head = format!("  {}:{}:{column}  ", Hostile(cited.place.source.as_bytes()), cited.place.line);
    let indent = " ".repeat(head.chars().count() + before.chars().count());
    let carets = "^".repeat(marked.chars().count().max(1));
    format!("{head}{before}{marked}{after}\n{indent}{carets}\n")
}

fn shown(text: &[u8]) -> String {
    elided(text, 120)
}

#[cfg(test)]
mod tests {
    use super::{Cited, caret};
    use crate::span::{Place, Span};

    #[test]
    fn the_caret_stands_below_what_it_means() {
        let text = b"a = 1\nm\xc3\xb6de = \"x\"\n";
        let place = Place { source: "f.toml".into(), line: 2, span: Span::new(14, 17) };
        let drawn = caret(&Cited { place: &place, text });
        assert_eq!(drawn, "  f.toml:2:8  möde = \"x\"\n                     ^^^\n");
    }

    #[test]
    fn a_place_outside_the_text_is_drawn_at_its_end() {
        let place = Place { source: "f".into(), line: 1, span: Span::new(90, 99) };
        assert_eq!(caret(&Cited { place: &place, text: b"ab" }), "  f:1:3  ab\n           ^\n");
    }
}
