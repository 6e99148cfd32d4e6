//! A Lua script inside Redis → the commands that it calls.

use bstr::{BString, ByteSlice, ByteVec};

use super::split;
use crate::command::embedded::holes;

/// How far the arguments of a call are read.
const REACH: usize = 1024;

/// `redis.call('FLUSHALL', …)` and `redis.pcall`; a script that is one hole is one unknown call.
pub fn calls(script: &[u8]) -> Vec<Vec<BString>> {
    if holes::is_hole(script) {
        return vec![vec![holes::MARK.into()]];
    }
    let script = without_comments(script);
    let mut calls = Vec::new();
    let mut rest = script.as_slice();
    while let Some(at) = rest.find("call") {
        rest = rest.get(at + "call".len()..).unwrap_or_default();
        let Some(arguments) = rest.trim_start().strip_prefix(b"(") else { continue };
        let arguments = arguments.get(..REACH).unwrap_or(arguments);
        let arguments = arguments.split_str(")").next().unwrap_or_default();
        calls.push(arguments.split_str(",").enumerate().flat_map(|(index, one)| argument(index, one)).collect());
    }
    calls
}

/// `'fl'..'ushall'` is one text; the name of a command that is no text is not known.
fn argument(index: usize, written: &[u8]) -> Vec<BString> {
    let pieces = written.split_str("..").map(ByteSlice::trim);
    let is_text = |piece: &[u8]| matches!(piece.first(), Some(b'\'' | b'"'));
    let mut made = Vec::new();
    for piece in pieces {
        if index == 0 && !is_text(piece) {
            made.push_str(holes::MARK);
        } else {
            made.push_str(bstr::join(" ", split(piece)));
        }
    }
    vec![made.into()]
}

fn without_comments(script: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    for line in script.lines_with_terminator() {
        let end = line.find("--").unwrap_or(line.len());
        kept.push_str(line.get(..end).unwrap_or_default());
        kept.push(b'\n');
    }
    kept
}
