//! What ordinary tools do to files that later parts of the same text read: `cp x y`, `tee f`, `mkdir d`.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Value, Word};

/// Tools that run code from files that their words name.
const CODE: &[&str] = &[
    "psql",
    "pgcli",
    "mysql",
    "mariadb",
    "sqlite3",
    "duckdb",
    "sqlcmd",
    "clickhouse-client",
    "cockroach",
    "redis-cli",
    "valkey-cli",
    "mongosh",
    "mongo",
    "cqlsh",
    "influx",
    "sqlplus",
];
const ENDINGS: [&[u8]; 6] = [b".sql", b".js", b".cql", b".redis", b".psql", b".ddl"];

impl Walker<'_> {
    /// The texts of files that a database client will run, by the word that names them; `-` is standard input.
    pub(super) fn texts(&mut self, call: &Call, scope: &Scope) -> BTreeMap<BString, Value> {
        let mut texts = BTreeMap::new();
        let tool = call
            .words
            .first()
            .and_then(Word::text)
            .map(|name| name.rsplit(|byte| *byte == b'/').next().unwrap_or(name));
        if !tool.is_some_and(|tool| CODE.iter().any(|one| one.as_bytes() == tool)) {
            return texts;
        }
        for word in call.words.iter().skip(1) {
            let Some(text) = word.text() else { continue };
            let path =
                text.find_byte(b'=').filter(|_| text.starts_with(b"--")).map_or(text, |equals| &text[equals + 1..]);
            let path = path.strip_prefix(b"-f").filter(|rest| !rest.is_empty()).unwrap_or(path);
            if ENDINGS.iter().any(|ending| path.ends_with(ending))
                && let Some(Ok(content)) = self.file(path, scope)
            {
                texts.insert(path.into(), content);
            }
        }
        if let Input::File(word) = &call.input
            && let Some(path) = word.text().map(<[u8]>::to_vec)
            && let Some(Ok(content)) = self.file(&path, scope)
        {
            texts.insert("-".into(), content);
        }
        texts
    }

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
