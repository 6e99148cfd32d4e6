//! A call of a function that the table knows → the command lines that do the same, or its value.

use bstr::{BString, ByteSlice};

use super::computed::computed;
use super::functions::Function;
use super::grammar::Language;
use super::item::{Given, Item, bounded};
use crate::command::words::{Cause, Piece, Value, Word};

/// Modules by the name that the table has for them.
pub(super) fn module(name: &[u8]) -> BString {
    let name = name.strip_prefix(b"node:").unwrap_or(name);
    let (first, rest) = match name.find_byte(b'.') {
        Some(dot) => name.split_at(dot),
        None => (name, &b""[..]),
    };
    let rest = if first == b"fs" { rest.strip_prefix(b".promises").unwrap_or(rest) } else { rest };
    let first: &[u8] = match first {
        b"fs/promises" | b"fs-extra" | b"graceful-fs" => b"fs",
        b"CORE" => return rest.strip_prefix(b".GLOBAL").unwrap_or(rest).trim_start_with(|c| c == '.').into(),
        other => other,
    };
    [first, rest].concat().into()
}

fn word(value: Value) -> Word {
    Word { value, glob: false, written: BString::default() }
}

fn known(words: &[&str]) -> Vec<Word> {
    words.iter().map(|text| Word::known(*text)).collect()
}

/// Nothing of it is known, or not even the command's name.
fn begins_unknown(value: &Value) -> bool {
    match value {
        Value::Known(_) | Value::OneOf(_) => false,
        Value::Unknown(shape) => match shape.pieces.first() {
            Some(Piece::Text(text)) => text.trim().is_empty(),
            Some(Piece::Hole) | None => true,
        },
    }
}

const SQL: &[&[u8]] = &[
    b"drop",
    b"delete",
    b"truncate",
    b"alter",
    b"update",
    b"with",
    b"begin",
    b"do",
    b"call",
    b"exec",
    b"reassign",
    b"detach",
    b"vacuum",
];

/// Whoever reads a program: what its calls come to is the same for all.
pub(super) trait Caller {
    fn language(&self) -> &'static Language;
    fn variable(&self, name: &[u8]) -> Value;
    /// Something runs that is not known.
    fn doubt(&mut self);
    /// Text in the same language that runs.
    fn evaluate(&mut self, text: &BString);
    fn act(&mut self, words: Vec<Word>, input: Option<Value>);
    /// A file that is emptied, with what is then written into it.
    fn overwrite(&mut self, path: Value, text: Option<Value>);
    /// Relative paths mean something else from here on.
    fn change_directory(&mut self, path: Value);
    /// Where the next act happens, and what it reads, if it says so itself.
    fn inside(&mut self, directory: Option<Value>, input: Option<Value>);

    fn function_of(&self, name: &[u8]) -> Option<Function> {
        self.language().functions.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, function)| *function)
    }

    fn is_function(&self, name: &[u8]) -> bool {
        self.function_of(name).is_some()
    }

    /// Text that a shell runs.
    fn shell(&mut self, text: &Value, input: Option<Value>) {
        if begins_unknown(text) {
            self.doubt();
            return;
        }
        let mut words = known(&["sh", "-c"]);
        words.push(word(text.clone()));
        self.act(words, input);
    }

    fn run(&mut self, words: Vec<Value>) {
        match words.first() {
            Some(first) if !begins_unknown(first) => self.act(words.into_iter().map(word).collect(), None),
            Some(_) => self.doubt(),
            None => {}
        }
    }

    fn remove(&mut self, tool: &[&str], paths: &[Item]) {
        for path in paths {
            match path {
                Item::List(items) => {
                    let items = items.clone();
                    self.remove(tool, &items);
                }
                Item::Map(_) => {}
                path => {
                    let mut words = known(tool);
                    words.push(word(path.value()));
                    self.act(words, None);
                }
            }
        }
    }

    /// Calls what `callee` names. `receiver`: what stands before the dot of a method.
    fn call(&mut self, callee: &Item, receiver: Option<&Item>, given: &Given) -> Item {
        let Item::Name(name) = callee else { return Item::Unknown };
        if let Some(Item::Client(service)) = receiver {
            self.cloud(&service.clone(), &name[1..], given);
            return Item::Unknown;
        }
        // Perl's and PHP's names may be qualified in full.
        let Some(function) = self.function_of(name) else { return Item::Unknown };
        let receiver = receiver.filter(|_| name.starts_with(b"."));
        let all: Vec<Item> = receiver.cloned().into_iter().chain(given.items.iter().cloned()).collect();
        match function {
            Function::Shell | Function::ShellOrWords | Function::Subprocess | Function::Spawn => {
                let directory = given.option("cwd").map(Item::value).filter(|path| !begins_unknown(path));
                let input = given.option("input").map(Item::value).filter(|text| !begins_unknown(text));
                self.inside(directory, input);
                self.starts(function, given);
                self.inside(None, None);
            }
            Function::SpawnArgv => {
                let given = Given { items: given.items.iter().skip(1).cloned().collect(), ..given.clone() };
                self.program_and_argv(&given);
            }
            Function::Remote => {
                if let Some(text) = given.first().map(Item::value).filter(|text| !begins_unknown(text)) {
                    // An unknown word there might be an option as well.
                    let mut words = known(&["ssh", "remote"]);
                    words.push(word(text));
                    self.act(words, None);
                }
            }
            Function::Tool(tool) => {
                let operands = if tool.contains(&"0") { 1 } else { 2 };
                let mut words = known(tool);
                words.extend(given.items.iter().take(operands).map(|item| word(item.value())));
                self.act(words, None);
            }
            Function::Line(line) => self.act(known(line), None),
            Function::Unfiltered(line) => {
                let all = match given.first() {
                    None => true,
                    Some(Item::Map(pairs)) => {
                        pairs.iter().all(|(key, _)| key == "where")
                            && given
                                .option("where")
                                .is_none_or(|filter| matches!(filter, Item::Map(pairs) if pairs.is_empty()))
                    }
                    Some(_) => false,
                };
                if all {
                    self.act(known(line), None);
                }
            }
            Function::Bare(line) => {
                // `df.drop(columns=…)` says what; an object behind a method of JavaScript only says how.
                if given.named.is_empty() && given.items.iter().all(|item| matches!(item, Item::Map(_))) {
                    self.act(known(line), None);
                }
            }
            Function::Flagged(option, line)
                if given.on(option) && given.items.iter().all(|item| matches!(item, Item::Map(_))) =>
            {
                self.act(known(line), None);
            }
            Function::Flagged(..) => {}
            Function::Everything(line) => {
                let all = given.on("truncate")
                    || given.option("where").is_some_and(|item| matches!(item, Item::Map(pairs) if pairs.is_empty()));
                if all {
                    self.act(known(line), None);
                }
            }
            Function::Redis => self.redis(given),
            Function::SqlWithin => {
                if let Some(Item::Map(pairs)) = given.items.get(1) {
                    for (_, item) in pairs {
                        self.sql(std::slice::from_ref(item));
                    }
                }
            }
            Function::Open => self.opens(receiver, given),
            Function::Write => {
                let path = if matches!(receiver, Some(Item::Text(_))) { &all[..] } else { &given.items[..] };
                if let Some(Item::Text(file)) = path.first().filter(|path| !begins_unknown(&path.value())) {
                    self.overwrite(file.clone(), path.get(1).map(Item::value));
                }
            }
            Function::ChangeDirectory => {
                if let Some(path) = given.first() {
                    self.change_directory(path.value());
                }
            }
            Function::SqlOn(text) => {
                let name = given.first().map_or_else(|| nobody_knows(b"table"), Item::value);
                let statement = Value::known(format!("{text} ")).then(name);
                self.sql(&[Item::Text(statement)]);
            }
            Function::ProgramAndArgv => self.program_and_argv(given),
            Function::Argv(from) => self.run(given.items.iter().skip(from).map(Item::value).collect()),
            Function::OpenPipe => self.open(given),
            Function::Remove => {
                let paths = if receiver.is_some() { &all[..1] } else { &given.items[..] };
                self.remove(&["rm", "-f", "--"], paths);
            }
            Function::RemoveDirectory => self.remove(&["rmdir", "--"], all.get(..1).unwrap_or_default()),
            Function::RemoveTree => self.remove(&["rm", "-r", "-f", "--"], all.get(..1).unwrap_or_default()),
            Function::RemoveMaybeTree => {
                let tree =
                    given.on("recursive") || given.items.get(1).and_then(Item::text).is_some_and(|flags| flags == "rf");
                let tool: &[&str] = if tree { &["rm", "-r", "-f", "--"] } else { &["rm", "-f", "--"] };
                self.remove(tool, all.get(..1).unwrap_or_default());
            }
            Function::MakeDirectory => self.remove(&["mkdir", "-p", "--"], all.get(..1).unwrap_or_default()),
            Function::Http(method) => self.http(&Value::known(method), given.first(), given, given.items.get(1)),
            Function::Request => self.request(given),
            Function::Sql => self.sql(&all),
            Function::Code => self.evaluated(given),
            Function::Member if receiver.is_some() => return self.sent(&all, given),
            _ => return computed(self, function, &all, given),
        }
        Item::Unknown
    }

    /// Commands that a client of Redis is given as words, where they destroy: `.call(this)` is JavaScript's own.
    fn redis(&mut self, given: &Given) {
        let words: Vec<Value> = match given.first() {
            Some(Item::List(items)) => items.iter().map(Item::value).collect(),
            Some(_) | None => given.items.iter().map(Item::value).collect(),
        };
        let verbs: [&[u8]; 6] = [b"FLUSHALL", b"FLUSHDB", b"SHUTDOWN", b"CONFIG", b"DEBUG", b"FUNCTION"];
        // `execute_command("CONFIG SET", …)` has two words in one.
        let verb = words.first().map(|word| word.starts_with().fields().next().unwrap_or_default().to_vec());
        if verb.is_some_and(|verb| verbs.iter().any(|one| verb.eq_ignore_ascii_case(one))) {
            let mut line = known(&["redis-cli"]);
            line.extend(words.into_iter().map(word));
            self.act(line, None);
        }
    }

    fn program_and_argv(&mut self, given: &Given) {
        match (given.items.first(), given.items.get(1).and_then(Item::words)) {
            (Some(program), Some(mut words)) => {
                if let Some(first) = words.first_mut() {
                    *first = program.value();
                }
                self.run(words);
            }
            (_, _) => self.doubt(),
        }
    }

    /// `open(path, "w")`: the file is emptied. A path of which not even the beginning is known says nothing.
    fn opens(&mut self, receiver: Option<&Item>, given: &Given) {
        let (path, mode) = match receiver {
            Some(Item::Text(path)) => (Some(path.clone()), given.first()),
            _ => (given.first().map(Item::value), given.items.get(1)),
        };
        let mode = given.option("mode").or_else(|| given.option("flags")).or(mode);
        let empties = match mode.and_then(Item::text) {
            Some(mode) => mode.contains(&b'w'),
            None => self.language().name == "javascript",
        };
        if let Some(path) = path.filter(|path| empties && !begins_unknown(path)) {
            self.overwrite(path, None);
        }
    }

    /// Ruby's `object.send(:system, "…")`
    fn sent(&mut self, all: &[Item], given: &Given) -> Item {
        let Some(name) = given.first().and_then(Item::text).cloned() else { return Item::Unknown };
        let rest = Given { items: all.get(2..).unwrap_or_default().to_vec(), named: given.named.clone() };
        self.call(&Item::Name(name.trim_start_with(|c| c == ':').into()), None, &rest)
    }

    fn starts(&mut self, function: Function, given: &Given) {
        let Some(first) = given.first().cloned() else { return };
        let list = first.words();
        match function {
            Function::Subprocess if given.on("shell") => match list {
                Some(words) => {
                    if let Some(text) = words.into_iter().next() {
                        self.shell(&text, None);
                    }
                }
                None => self.shell(&first.value(), None),
            },
            Function::Spawn => {
                let rest = given.items.get(1).and_then(Item::words);
                // Deno keeps the arguments among the options.
                let rest = rest.or_else(|| given.option("args").and_then(Item::words)).unwrap_or_default();
                let words: Vec<Value> = std::iter::once(first.value()).chain(rest).collect();
                if given.on("shell") {
                    let text = words.into_iter().reduce(|all, next| bounded(all.then(Value::known(" ")).then(next)));
                    self.shell(&text.unwrap_or_else(|| Value::known("")), None);
                } else {
                    self.run(words);
                }
            }
            Function::ShellOrWords | Function::Subprocess => match list {
                Some(words) => self.run(words),
                None if function == Function::Subprocess => self.run(vec![first.value()]),
                None => {
                    // Ruby: an environment may come first.
                    let items: Vec<&Item> = given.items.iter().filter(|item| !matches!(item, Item::Map(_))).collect();
                    match items.as_slice() {
                        [only] => self.shell(&only.value(), None),
                        several => self.run(several.iter().map(|item| item.value()).collect()),
                    }
                }
            },
            _ => self.shell(&list.and_then(|words| words.into_iter().next()).unwrap_or_else(|| first.value()), None),
        }
    }

    /// Perl: `open(F, "cmd |")`, `open(F, "-|", "cmd", …)`; Ruby: `open("| cmd")`.
    fn open(&mut self, given: &Given) {
        let items = &given.items;
        let mode = items.get(1).and_then(Item::text);
        if mode.is_some_and(|mode| matches!(mode.as_slice(), b"-|" | b"|-")) {
            let rest: Vec<Value> = items.iter().skip(2).map(Item::value).collect();
            match rest.as_slice() {
                [only] => self.shell(&only.clone(), None),
                _ => self.run(rest),
            }
            return;
        }
        for text in items.iter().take(2).filter_map(Item::text).cloned().collect::<Vec<_>>() {
            let text = text.trim();
            if let Some(command) = text.strip_prefix(b"|").or_else(|| text.strip_suffix(b"|")) {
                self.shell(&Value::known(command), None);
            }
        }
    }

    fn request(&mut self, given: &Given) {
        let method = given.option("method").map(Item::value);
        match (method, given.items.as_slice()) {
            (Some(method), [url, rest @ ..]) if !matches!(url, Item::Map(_)) => {
                self.http(&method, Some(url), given, rest.first());
            }
            (Some(method), _) => {
                let url = given.option("url").or_else(|| given.option("uri")).cloned();
                self.http(&method, url.as_ref(), given, None);
            }
            (None, [method, url, rest @ ..]) if self.language().triple && matches!(url, Item::Text(_)) => {
                self.http(&method.value(), Some(url), given, rest.first());
            }
            (None, _) => {}
        }
    }

    fn http(&mut self, method: &Value, url: Option<&Item>, given: &Given, body: Option<&Item>) {
        let mut words = known(&["curl", "-X"]);
        words.push(word(method.clone()));
        words.push(word(url.map_or_else(|| Item::Unknown.value(), Item::value)));
        let named = ["json", "data", "body", "content"].iter().find_map(|name| given.option(name));
        let body = body.filter(|_| given.option("method").is_none());
        if let Some(body) = named.or(body) {
            words.push(Word::known("-d"));
            words.push(word(body.json_or_text()));
        }
        self.act(words, None);
    }

    /// A statement for a database, where the text is one that does more than to ask.
    fn sql(&mut self, all: &[Item]) {
        let value = match all.get(1).or_else(|| all.first()) {
            Some(Item::Text(value)) => value,
            // `query({text: "…"})`
            Some(Item::Map(pairs)) => match pairs.iter().find(|(key, _)| key == "text" || key == "sql") {
                Some((_, Item::Text(value))) => value,
                _ => return,
            },
            _ => return,
        };
        let start = value.starts_with().trim_start().to_ascii_lowercase();
        if !SQL.iter().any(|verb| {
            start.starts_with(verb) && start.get(verb.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric())
        }) {
            return;
        }
        let mut words = known(&["psql", "-c"]);
        words.push(word(value.clone()));
        self.act(words, None);
    }

    /// `client("rds").delete_db_instance(DBInstanceIdentifier="x")` as `aws rds delete-db-instance`.
    fn cloud(&mut self, service: &Value, method: &[u8], given: &Given) {
        let verb = method.replace("_", "-");
        let mut words = known(&["aws"]);
        words.push(word(service.clone()));
        words.push(Word::known(verb));
        for (name, item) in &given.named {
            words.push(Word::known(option_name(name)));
            match item {
                Item::Name(flag) if flag == "True" => {}
                item => words.push(word(item.json_or_text())),
            }
        }
        self.act(words, None);
    }

    fn evaluated(&mut self, given: &Given) {
        match given.items.last() {
            Some(Item::Text(Value::Known(text))) => {
                let text = text.clone();
                self.evaluate(&text);
            }
            Some(_) => self.doubt(),
            None => {}
        }
    }
}

impl Item {
    pub(super) fn json_or_text(&self) -> Value {
        match self {
            Item::Map(_) | Item::List(_) => self.json(),
            Item::Text(_) | Item::Name(_) | Item::Client(_) | Item::Unknown => self.value(),
        }
    }
}

/// `SkipFinalSnapshot` → `--skip-final-snapshot`, `DBInstanceIdentifier` → `--db-instance-identifier`
pub(super) fn option_name(name: &[u8]) -> BString {
    let mut made = BString::from("--");
    for (index, byte) in name.iter().enumerate() {
        let begins = byte.is_ascii_uppercase()
            && index > 0
            && (name[index - 1].is_ascii_lowercase() || name.get(index + 1).is_some_and(u8::is_ascii_lowercase));
        if begins {
            made.push(b'-');
        }
        made.push(byte.to_ascii_lowercase());
    }
    made
}

/// What stands for a value that only the run tells.
pub(super) fn nobody_knows(what: &[u8]) -> Value {
    Value::unknown(Cause::Variable(what.into()))
}
