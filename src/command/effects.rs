//! What ordinary tools do to files that later parts of the same text read: `cp x y`, `tee f`, `mkdir d`.

use bstr::BString;

use super::options::{Style, Table, split};
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Cause, Value, Word};

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
            b"curl" | b"wget" => {
                for path in downloads(tool, call) {
                    scope.write(&path, Value::unknown(Cause::Output(tool.clone())));
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

/// Where curl and wget put what they fetch.
fn downloads(tool: &BString, call: &Call) -> Vec<BString> {
    let table = Table {
        style: Style::Gnu,
        value: &[
            "-o",
            "--output",
            "-O",
            "--output-document",
            "-H",
            "--header",
            "-X",
            "-d",
            "--data",
            "-u",
            "--user",
            "-A",
            "-e",
            "-P",
        ],
        flag: &["-s", "-S", "-f", "-L", "-k", "-q", "--remote-name"],
        optional: &[],
        stop_at_operand: false,
    };
    let words = call.words.get(1..).unwrap_or_default();
    // curl's -O takes no value: the file is named as the last part of the address.
    let curl = *tool == "curl";
    let table = if curl {
        Table { flag: &["-O", "--remote-name", "-s", "-S", "-f", "-L", "-k"], value: &table.value[..2], ..table }
    } else {
        table
    };
    let options = split(words, &table);
    let named: &[&str] = if curl { &["-o", "--output"] } else { &["-O", "--output-document"] };
    let given: Vec<BString> =
        named.iter().filter_map(|name| options.value_of(name)?.text().map(BString::from)).collect();
    let by_address = if curl { options.has("-O") || options.has("--remote-name") } else { given.is_empty() };
    if !by_address {
        return given;
    }
    let addresses = options.operands.iter().filter_map(|at| words.get(*at)?.text());
    addresses
        .filter_map(|address| address.rsplit(|byte| *byte == b'/').next())
        .filter(|name| !name.is_empty())
        .map(BString::from)
        .collect()
}
