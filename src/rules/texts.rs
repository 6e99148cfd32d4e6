//! Texts in other languages that a command carries: SQL, HTTP requests, statements of data stores.

use std::cell::RefCell;

use bstr::ByteSlice;

use super::judge::Judge;
use super::paths;
use super::{Operand, OperandKind};
use crate::answer::Answer;
use crate::command::embedded::holes;
use crate::command::embedded::http::{self, HttpDialect, Inputs, Request};
use crate::command::embedded::lines::{self, LineKind, Statement};
use crate::command::embedded::sql::{self, Act, Dialect, SqlAct, Variables};
use crate::command::{Cause, Sight, Stdin, Value, Want, Word};
use crate::packs::schema::{Carried, Carrier};

/// What the texts of one command do.
#[derive(Debug, Default)]
pub struct Texts {
    pub acts: Vec<SqlAct>,
    pub requests: Vec<Request>,
    pub statements: Vec<Statement>,
    because: Option<Cause>,
    /// What the command line sets for its texts.
    variables: Variables,
}

impl Texts {
    pub fn read(judge: &Judge<'_>) -> Self {
        let mut texts = Texts::default();
        if let Some(dialect) = dialect(judge) {
            let text_of = |name: &[u8]| known_text(judge, &Word::known(name));
            let inputs = Inputs { stdin: &judge.command.stdin, text_of: &text_of };
            texts.requests = http::requests(dialect, judge.words, &inputs);
            texts.take_requests();
        }
        texts.variables = variables(judge);
        let mut carried = false;
        for (carrier, language) in &judge.tool.pack.grammar.carries {
            for word in words(judge, carrier, language) {
                // The first operand may be a name: `turso db shell shop <<< 'SELECT 1'`.
                carried |= *language != Carried::Variables && *carrier != Carrier::Operand(1);
                texts.take(judge, language, &word);
            }
        }
        if !carried {
            texts.take_stdin(judge);
        }
        texts
    }

    /// The SQL of requests is the command's; of a request that may be another, it is only perhaps.
    fn take_requests(&mut self) {
        for request in &self.requests {
            let asked = |act: &SqlAct| SqlAct { answer: act.answer.and(request.answer), ..act.clone() };
            self.acts.extend(request.sql.iter().map(asked));
            if request.sql.iter().any(|act| act.act == Act::Unread) {
                self.because.get_or_insert_with(|| holes::cause(&request.body));
            }
        }
    }

    /// A client reads its standard input where nothing else is given to it.
    fn take_stdin(&mut self, judge: &Judge<'_>) {
        for (_, language) in judge.tool.pack.grammar.carries.iter().filter(|(carrier, _)| *carrier == Carrier::Stdin) {
            match &judge.command.stdin {
                Stdin::Inherited => {}
                Stdin::Text(value) => self.take_text(language, value),
                Stdin::File(file) => {
                    let value = file_text(judge, file);
                    self.take_text(language, &value);
                }
            }
        }
    }

    fn take(&mut self, judge: &Judge<'_>, language: &Carried, word: &Word) {
        match language {
            Carried::SqlFile(_) | Carried::LinesFile(_) if matches!(word.text(), Some(b"-" | b"/dev/stdin")) => {
                let value = match &judge.command.stdin {
                    Stdin::Text(value) => value.clone(),
                    Stdin::File(file) => file_text(judge, file),
                    Stdin::Inherited => Value::unknown(Cause::Input),
                };
                self.take_text(language, &value);
            }
            Carried::SqlFile(_) | Carried::LinesFile(_) => {
                let value = file_text(judge, word);
                self.take_text(language, &value);
            }
            Carried::Sql(_) | Carried::Lines(_) | Carried::Code(_) | Carried::Variables => {
                self.take_text(language, &word.value);
            }
        }
    }

    fn take_text(&mut self, language: &Carried, value: &Value) {
        if let Value::Unknown(shape) = value {
            self.because.get_or_insert_with(|| shape.because.clone());
        }
        match language {
            Carried::Sql(dialect) | Carried::SqlFile(dialect) => {
                let dialect = Dialect::named(dialect).unwrap_or(Dialect::Generic);
                self.acts.extend(sql::read_with(value, dialect, &self.variables));
            }
            Carried::Lines(language) | Carried::LinesFile(language) => {
                let kind = LineKind::named(language).unwrap_or(LineKind::Redis);
                self.statements.extend(lines::read(kind, value));
            }
            // The command stage reads code.
            Carried::Code(_) | Carried::Variables => {}
        }
    }

    /// Why a text was not read.
    pub fn because(&self) -> Cause {
        self.because.clone().unwrap_or(Cause::Construct("a text that was not read"))
    }

    /// What the texts name.
    pub fn objects(&self) -> impl Iterator<Item = Operand> {
        let sql = self
            .acts
            .iter()
            .filter(|act| act.act != Act::Unread && !act.object.is_empty())
            .map(|act| Operand::new(OperandKind::Sql, Word::known(act.object.clone())));
        // Beside words that may be options (`curl -LO $url`) nobody can tell what becomes of an address.
        let is_known = |request: &&Request| {
            let mutates = request.graphql.iter().any(|mutation| mutation.answer == Answer::Yes);
            mutates || !matches!(request.method.value, Value::Unknown(_))
        };
        let urls =
            self.requests.iter().filter(is_known).map(|request| Operand::new(OperandKind::Url, request.url.clone()));
        sql.chain(urls)
    }
}

/// Whose command line an HTTP client's is.
fn dialect(judge: &Judge<'_>) -> Option<HttpDialect> {
    match judge.tool.pack.speaks.as_deref()? {
        "by-name" => HttpDialect::of_client(judge.command.tool()?),
        name => HttpDialect::named(name),
    }
}

/// `-v name=value`; a value that is not known holds a mark.
fn variables(judge: &Judge<'_>) -> Variables {
    let mut all = Variables::new();
    for (carrier, language) in judge.tool.pack.grammar.carries.iter().filter(|(_, kind)| *kind == Carried::Variables) {
        for word in words(judge, carrier, language) {
            let Some(text) = holes::texts(&word.value).and_then(|texts| texts.into_iter().next()) else { continue };
            if let Some((name, value)) = text.split_once_str("=") {
                all.insert(name.into(), value.trim_with(|letter| letter == '"').into());
            }
        }
    }
    all
}

/// The words that carry a text.
fn words(judge: &Judge<'_>, carrier: &Carrier, language: &Carried) -> Vec<Word> {
    match carrier {
        Carrier::Option(name) => {
            let spelled = super::line::spelling(&judge.tool.pack.grammar, name.as_bytes()).unwrap_or(name);
            let given = judge.line.given.iter().filter(|given| given.name == spelled.as_bytes());
            given.filter_map(|given| given.value.clone()).collect()
        }
        Carrier::Operand(from) => {
            let from = usize::from(*from).saturating_sub(1);
            let mut all: Vec<usize> = judge.line.operands.iter().chain(&judge.line.hazy).copied().collect();
            all.sort_unstable();
            let given = all.iter().skip(from).filter_map(|at| judge.words.get(*at));
            match language {
                Carried::SqlFile(_) | Carried::LinesFile(_) => given.filter_map(script).collect(),
                Carried::Sql(_) | Carried::Lines(_) | Carried::Code(_) | Carried::Variables => given.cloned().collect(),
            }
        }
        Carrier::Stdin => Vec::new(),
    }
}

/// An operand that names a script, not a database: sqlplus marks it, others know it by its ending.
fn script(word: &Word) -> Option<Word> {
    const ENDINGS: [&str; 6] = [".js", ".mongodb", ".sql", ".cql", ".cypher", ".lua"];
    let text = word.text()?;
    if let Some(marked) = text.strip_prefix(b"@") {
        let path = marked.trim_start_with(|letter| letter == '@');
        let named = path.rsplit(|byte| *byte == b'/').next().is_some_and(|name| name.contains(&b'.'));
        return Some(Word::known(if named { path.to_vec() } else { [path, b".sql"].concat() }));
    }
    ENDINGS.iter().any(|ending| text.ends_with(ending.as_bytes())).then(|| word.clone())
}

/// The files with statements that a command reads, for `look`.
pub fn wanted(judge: &Judge<'_>) -> Vec<Want> {
    let mut files = Vec::new();
    for (carrier, language) in &judge.tool.pack.grammar.carries {
        match (carrier, language, &judge.command.stdin) {
            (Carrier::Stdin, _, Stdin::File(file)) => files.extend(want(judge, file)),
            (_, Carried::SqlFile(_) | Carried::LinesFile(_), _) => {
                let words = words(judge, carrier, language);
                files
                    .extend(words.iter().filter(|word| word.text() != Some(b"-")).filter_map(|word| want(judge, word)));
            }
            (_, Carried::Sql(_) | Carried::Lines(_) | Carried::Code(_) | Carried::Variables, _) => {}
        }
    }
    if let Some(dialect) = dialect(judge) {
        files.extend(bodies(judge, dialect));
    }
    files
}

/// The files that requests would take their bodies from: those that the client's reader asks for.
fn bodies(judge: &Judge<'_>, dialect: HttpDialect) -> Vec<Want> {
    let asked = RefCell::new(Vec::new());
    let text_of = |name: &[u8]| {
        let text = written(judge, &Word::known(name));
        if text.is_none() {
            asked.borrow_mut().extend(want(judge, &Word::known(name)));
        }
        text
    };
    drop(http::requests(dialect, judge.words, &Inputs { stdin: &judge.command.stdin, text_of: &text_of }));
    asked.into_inner()
}

fn want(judge: &Judge<'_>, file: &Word) -> Option<Want> {
    paths::absolute(file.text()?, judge.setting).map(Want::File)
}

/// What an earlier part of the same text wrote into a file.
fn written(judge: &Judge<'_>, file: &Word) -> Option<Value> {
    let path = paths::absolute(file.text()?, judge.setting)?;
    judge.command.written.get(&path).cloned()
}

/// What a file says, where it was written by the same text or looked at.
fn known_text(judge: &Judge<'_>, file: &Word) -> Option<Value> {
    written(judge, file).or_else(|| match judge.seen.sights.get(&want(judge, file)?)? {
        Sight::Bytes(bytes) => Some(Value::known(&bytes[..])),
        Sight::Program(_) | Sight::Missing | Sight::NotRegular | Sight::Image | Sight::TooBig | Sight::Unreadable => {
            None
        }
    })
}

fn file_text(judge: &Judge<'_>, file: &Word) -> Value {
    known_text(judge, file).unwrap_or_else(|| Value::unknown(Cause::Construct("a file that was not read")))
}

/// A statement's words behind the client's name.
#[must_use]
pub fn as_words(name: &Word, statement: &[Word]) -> Vec<Word> {
    std::iter::once(name.clone()).chain(statement.iter().cloned()).collect::<Vec<_>>()
}
