//! What ordinary tools make that later parts of the same text read or remove: `mkdir d`, `touch f`, `git clone`.

use bstr::BString;

use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::Word;

impl Walker<'_> {
    /// Files that a tool makes, as far as what follows may run or remove them. `noted`: the command's index.
    pub(super) fn effects(&mut self, tool: &BString, noted: usize, call: &Call, scope: &mut Scope) {
        self.sends(tool, noted, call, scope);
        self.packed(tool, call, scope);
        self.outputs(tool, noted, call, scope);
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
        if *tool != "git" {
            for path in operands {
                scope.create(&path);
            }
        } else if let [verb, source, rest @ ..] = operands.as_slice()
            && verb == "clone"
        {
            let name = source.rsplit(|byte| *byte == b'/').next().unwrap_or(source);
            let name = name.strip_suffix(b".git").unwrap_or(name);
            let path = rest.first().map_or(name, |path| path.as_slice()).to_vec();
            scope.create(&path);
        }
    }
}
