//! The text of a call, where all of it is there before anything runs. Edge: reads the script or what a regular file on
//! standard input holds.

use bstr::{BString, ByteSlice};

use crate::command::{self, Unread, UnreadKind};
use crate::invocation::{Invocation, Text, script_candidates};
use crate::look::{self, Budget};
use crate::parse;
use crate::span::{Place, Span};
use crate::supervise::Given;
use crate::sys;

/// The text of a call, as far as it is there to be read before anything runs.
pub struct GivenText {
    /// What messages call it.
    pub source: BString,
    pub text: Vec<u8>,
    /// A text that is there and could not be read.
    pub unread: Option<Unread>,
}

pub fn text_of(call: &Invocation, budget: &mut Budget) -> GivenText {
    let whole = |source: &str, text: Vec<u8>| GivenText { source: source.into(), text, unread: None };
    if call.reads_only {
        return whole("command", Vec::new());
    }
    match &call.text {
        Text::Command(text) => whole("command", text.to_vec()),
        Text::Nothing => whole("command", Vec::new()),
        // Through a pipe or a terminal it comes later, and is judged as it comes.
        Text::Stdin if Given::to(call) != Given::Whole => whole("standard input", Vec::new()),
        Text::Stdin => match sys::descriptors::rest_of_stdin(parse::MAX_BYTES) {
            Ok(Some(text)) => whole("standard input", text),
            Ok(None) | Err(_) => unread_text("standard input".into()),
        },
        Text::File(operand) => script(call, operand, budget),
    }
}

/// A script, found as bash finds it. A missing one is bash's to report.
fn script(call: &Invocation, operand: &BString, budget: &mut Budget) -> GivenText {
    for candidate in script_candidates(call, operand) {
        let absolute = command::plain(&[call.directory.as_bytes(), b"/", &candidate].concat());
        let path = if candidate.starts_with(b"/") { candidate.clone() } else { absolute };
        match look::sight(&command::Want::File(path.clone()), &call.hidden, budget) {
            command::Sight::Bytes(text) => return GivenText { source: candidate, text: text.to_vec(), unread: None },
            command::Sight::Missing => {}
            // bash looks no further, says so and runs nothing.
            command::Sight::Image => break,
            command::Sight::NotRegular if look::is_directory(path.as_bstr()) => break,
            command::Sight::Program(_)
            | command::Sight::NotRegular
            | command::Sight::TooBig
            | command::Sight::Unreadable => {
                return unread_text(candidate);
            }
        }
    }
    GivenText { source: operand.clone(), text: Vec::new(), unread: None }
}

fn unread_text(what: BString) -> GivenText {
    let at = Place { source: "command".into(), line: 1, span: Span::default() };
    let unread = Some(Unread { kind: UnreadKind::File, what, at, beyond: false });
    GivenText { source: "command".into(), text: Vec::new(), unread }
}
