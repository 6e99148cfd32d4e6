//! What ordinary tools do to files that later parts of the same text read: `cp x y`, `tee f`, `mkdir d`.

use bstr::BString;

use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::Word;

impl Walker<'_> {
    /// Files that a tool makes, as far as what follows may run or remove them.
    pub(super) fn effects(&mut self, tool: &BString, call: &Call, scope: &mut Scope) {
        let operands: Vec<BString> = call
            .words
            .iter()
            .skip(1)
            .filter_map(Word::text)
            .filter(|text| !text.starts_with(b"-"))
            .map(BString::from)
            .collect();
        match tool.as_slice() {
            b"touch" | b"mkdir" | b"mkfifo" | b"mknod" => {
                for path in operands {
                    scope.create(&path);
                }
            }
            b"tee" => {
                let text = self.input_value(&call.input, scope);
                let append = call.words.iter().any(|word| matches!(word.text(), Some(b"-a" | b"--append")));
                for path in operands {
                    match &text {
                        Some(text) if !append => scope.write(&path, text.clone()),
                        Some(_) | None => scope.create(&path),
                    }
                }
            }
            b"cp" | b"mv" | b"install" | b"ln" => {
                let [from, to] = operands.as_slice() else { return };
                match self.file(from, scope) {
                    Some(Ok(text)) => scope.write(to, text),
                    Some(Err(_)) | None => scope.create(to),
                }
            }
            b"git" => {
                if let [verb, source, rest @ ..] = operands.as_slice()
                    && verb == "clone"
                {
                    let name = source.rsplit(|byte| *byte == b'/').next().unwrap_or(source);
                    let name = name.strip_suffix(b".git").unwrap_or(name);
                    let path = rest.first().map_or(name, |path| path.as_slice()).to_vec();
                    scope.create(&path);
                }
            }
            _ => {}
        }
    }
}
