//! Text of a shell that stands between marks in the text of another tool: TeX's `\write18{…}`, rpm's `%(…)`, dc's `!…`,
//! m4's `syscmd(…)`, Tcl's `exec …`.

use bstr::{BString, ByteSlice};

use super::start;
use crate::command::scope::Scope;
use crate::command::simple::Call;
use crate::command::walk::{Input, Walker};
use crate::command::words::{Value, Word};
use crate::command::{Change, Via};

struct Marked {
    names: &'static [&'static str],
    /// The words behind these carry such text; empty: every word may.
    options: &'static [&'static str],
    begins: &'static str,
    /// Brackets nest up to it.
    ends: u8,
    /// It has no meaning but at the beginning of a line.
    first: bool,
    /// On the input as well.
    reads: bool,
}

#[rustfmt::skip]
const MARKED: &[Marked] = &[
    Marked { names: &["tex", "etex", "pdftex", "latex", "pdflatex", "xetex", "xelatex", "luatex", "lualatex", "dvilualatex", "eptex", "ptex", "platex", "uplatex"], options: &[], begins: "\\write18{", ends: b'}', first: false, reads: true },
    Marked { names: &["rpm", "rpmdb", "rpmquery", "rpmverify", "rpmbuild", "rpmsign", "rpmspec", "rpmkeys"], options: &["-E", "--eval", "-D", "--define"], begins: "%(", ends: b')', first: false, reads: false },
    Marked { names: &["dc"], options: &["-e", "--expression"], begins: "!", ends: b'\n', first: true, reads: true },
    Marked { names: &["m4", "gm4"], options: &[], begins: "syscmd(`", ends: b'\'', first: false, reads: true },
    Marked { names: &["tclsh", "jimsh", "wish"], options: &["-c"], begins: "exec ", ends: b'\n', first: false, reads: true },
    Marked { names: &["gnuplot"], options: &["-e"], begins: "!", ends: b'\n', first: true, reads: true },
];

/// Walks such text in the words of the tool, or on its input.
pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    for row in MARKED.iter().filter(|row| row.names.iter().any(|name| name.as_bytes() == tool.as_slice())) {
        let words = call.words.get(1..).unwrap_or_default();
        for (at, word) in words.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| words[at].text()).unwrap_or_default();
            let Some(text) = word.text() else { continue };
            let attached = |option: &&str| text.strip_prefix(option.as_bytes());
            let carried = match row.options {
                [] => Some(text),
                options if options.iter().any(|option| option.as_bytes() == before) => Some(text),
                options => options.iter().find_map(attached).map(|rest| rest.strip_prefix(b"=").unwrap_or(rest)),
            };
            for inner in between(row, carried.unwrap_or_default()) {
                shell(walker, tool, inner, &call.input, call, scope);
            }
        }
        let reads = row.reads
            && !words
                .iter()
                .filter_map(Word::text)
                .any(|word| row.options.iter().any(|option| option.as_bytes() == word));
        if reads && let Some(Value::Known(text)) = walker.input_value(&call.input, scope) {
            for inner in between(row, &text) {
                shell(walker, tool, inner, &Input::Inherited, call, scope);
            }
        }
    }
}

fn shell(walker: &mut Walker<'_>, tool: &BString, text: &[u8], input: &Input, call: &Call, scope: &mut Scope) {
    walker.via.push(Via { name: tool.clone(), change: Change::None });
    let words = vec![Word::known("sh"), Word::known("-c"), Word::known(text)];
    start(walker, Call { input: input.clone(), redirections: Vec::new(), ..call.with(words) }, scope);
    walker.via.pop();
}

/// The texts between the marks.
fn between<'t>(row: &Marked, text: &'t [u8]) -> Vec<&'t [u8]> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(row.begins) {
        let begin = from + at;
        let inner = begin + row.begins.len();
        from = inner;
        if row.first && text[..begin].trim_end_with(|c| c == ' ').last().is_some_and(|byte| *byte != b'\n') {
            continue;
        }
        let end = inner + end(&text[inner..], row.ends);
        if !text[inner..end].trim().is_empty() {
            found.push(&text[inner..end]);
        }
        from = end;
    }
    found
}

fn end(text: &[u8], close: u8) -> usize {
    let open = match close {
        b'}' => Some(b'{'),
        b')' => Some(b'('),
        _ => None,
    };
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        if Some(*byte) == open {
            depth += 1;
        } else if *byte == close {
            match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return at,
            }
        }
    }
    text.len()
}
