//! What ordinary tools make that later parts of the same text read or remove: `mkdir d`, `touch f`, `git clone`.

use bstr::{BString, ByteSlice};

use super::options::{Style, Table, split};
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Cause, Value, Word};

impl Walker<'_> {
    /// Files that a tool makes, as far as what follows may run or remove them. `noted`: the command's index.
    pub(super) fn effects(&mut self, tool: &BString, noted: usize, call: &Call, scope: &mut Scope) {
        let known = scope.created.len();
        self.sends(tool, noted, call, scope);
        self.packed(tool, call, scope);
        self.outputs(tool, noted, call, scope);
        downloaded(tool, call, scope);
        made(tool, call, scope);
        // On whatever way it is made.
        self.model.created.extend(scope.created.iter().skip(known).cloned());
    }
}

fn made(tool: &BString, call: &Call, scope: &mut Scope) {
    if !matches!(tool.as_slice(), b"touch" | b"mkdir" | b"mkfifo" | b"mknod" | b"git") {
        return;
    }
    let operands: Vec<BString> = call
        .words
        .iter()
        .skip(1)
        .filter_map(Word::text)
        .filter(|text| !text.starts_with(b"-"))
        .map(BString::from)
        .collect();
    let parents = call.words.iter().any(|word| {
        let text = word.text().unwrap_or_default();
        text == b"--parents" || text.starts_with(b"-") && !text.starts_with(b"--") && text.contains(&b'p')
    });
    if *tool != "git" {
        for path in operands {
            // Those above it that are not there.
            let above =
                path.char_indices().filter(|(at, _, letter)| *at > 0 && *letter == '/' && *tool == "mkdir" && parents);
            for (end, _, _) in above {
                scope.create(&path[..end]);
            }
            scope.create(&path);
        }
    } else if let [verb, source, rest @ ..] = cloned(call).as_slice()
        && verb == "clone"
    {
        let name = source.rsplit(|byte| *byte == b'/').next().unwrap_or(source);
        let name = name.strip_suffix(b".git").unwrap_or(name);
        let path = rest.first().map_or(name, |path| path.as_slice()).to_vec();
        scope.create(&path);
    }
}

/// The operands of a call of git, without the values of `git clone`'s options.
fn cloned(call: &Call) -> Vec<BString> {
    let words = call.words.get(1..).unwrap_or_default();
    let table = Table { style: Style::Gnu, value: &CLONE_VALUES[..], flag: &[], optional: &[], stop_at_operand: false };
    let split = split(words, &table);
    split.operands.iter().filter_map(|at| words.get(*at)?.text().map(BString::from)).collect()
}

const CLONE_VALUES: [&str; 19] = [
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "-b",
    "--branch",
    "--depth",
    "-o",
    "--origin",
    "-j",
    "--jobs",
    "--reference",
    "--filter",
    "--config",
    "--template",
    "-u",
    "--upload-pack",
    "--shallow-since",
    "--shallow-exclude",
];

/// wget puts what it fetches beside it, under the last part of its address, unless it is told otherwise.
fn downloaded(tool: &BString, call: &Call, scope: &mut Scope) {
    let words = call.words.get(1..).unwrap_or_default();
    let told = |word: &Word| {
        let start = word.value.starts_with();
        start.starts_with(b"-O") || start.starts_with(b"--output-document") || start.starts_with(b"--spider")
    };
    if *tool != "wget" || words.iter().any(told) {
        return;
    }
    for word in words.iter().filter(|word| !word.is_option()) {
        let Some(address) = word.text().and_then(|text| text.split(|byte| matches!(byte, b'?' | b'#')).next()) else {
            continue;
        };
        let (rest, name) = address.rsplit_once_str("/").unwrap_or((b"", b""));
        if rest.contains_str("://") && !rest.ends_with(b":/") && !name.is_empty() {
            scope.write(name, Value::unknown(Cause::Output(tool.clone())));
        }
    }
}
