//! What takes text from outside, each as a function of bytes: for the fuzz targets, and for the tests that stand in for
//! them. None panics, none takes long, whatever the bytes are.

use guarded_sh::command::embedded::http::{HttpDialect, Inputs, requests};
use guarded_sh::command::embedded::sql::{self, Dialect};
use guarded_sh::command::embedded::{graphql, holes};
use guarded_sh::command::{self, Cause, Environment, Known, Seen, Sight, Stdin, Value, Want, Word};
use guarded_sh::parse::foreign::Tongue;
use guarded_sh::parse::{self, Dialect as Shell, Mode};

/// How often the model may ask for what it wants to see.
const ROUNDS: usize = 8;

/// Shell text, by the grammar that its first byte chooses.
pub fn parse(data: &[u8]) {
    let (first, text) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
    let dialect = [Shell::Bash, Shell::Dash, Shell::Posix][usize::from(first) % 3];
    let mode = Mode { dialect, extglob: first & 4 != 0, expand_aliases: first & 8 != 0, ..Mode::default() };
    drop(parse::read(text, &mode));
}

/// Shell text, and what it would run; every file that it names holds the same text.
pub fn command(data: &[u8]) {
    let mode = Mode::default();
    let reading = parse::read(data, &mode);
    let values = [("HOME".into(), Value::known("/home/me")), ("PATH".into(), Value::known("./bin:/usr/bin"))].into();
    let environment = Environment { values, partial: false };
    let known = Known { environment, directory: "/project".into(), ..Known::default() };
    let mut seen = Seen::default();
    for _ in 0..ROUNDS {
        let model = command::commands(&"command".into(), &reading, &mode, &known, &seen);
        let fresh: Vec<Want> = model.wants.into_iter().filter(|want| !seen.sights.contains_key(want)).collect();
        if fresh.is_empty() {
            return;
        }
        for want in fresh {
            let sight = match &want {
                Want::File(_) => Sight::Bytes(data.into()),
                Want::Program { .. } | Want::Link(_) | Want::Copy(_) => Sight::Missing,
            };
            seen.sights.insert(want, sight);
        }
    }
}

const TONGUES: [Tongue; 3] = [Tongue::Zsh, Tongue::Fish, Tongue::PowerShell];

/// Text of a shell that is not bash, which the first byte chooses, and what it would run.
pub fn foreign(data: &[u8]) {
    let (first, text) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
    command(&TONGUES[usize::from(first) % TONGUES.len()].told(text));
}

const SQL: [Dialect; 8] = [
    Dialect::Generic,
    Dialect::Postgres,
    Dialect::Mysql,
    Dialect::Sqlite,
    Dialect::Mssql,
    Dialect::Oracle,
    Dialect::Duckdb,
    Dialect::Clickhouse,
];

/// SQL of the client that the first byte chooses.
pub fn sql(data: &[u8]) {
    let (first, text) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
    let dialect = SQL[usize::from(first) % SQL.len()];
    drop(sql::read(&holes::value(text, &Cause::Input), dialect));
    drop(sql::cut(text, dialect));
}

/// The argv of an HTTP client, parted by line ends; every file that it names, and its input, hold the same bytes.
pub fn http(data: &[u8]) {
    let (first, text) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
    let dialects = [HttpDialect::Curl, HttpDialect::Wget, HttpDialect::Httpie, HttpDialect::GhApi];
    let words: Vec<Word> = std::iter::once(Word::known("gh"))
        .chain(text.split(|byte| *byte == b'\n').map(|word| holes::word(word, &Cause::Input)))
        .collect();
    let stdin = Stdin::Text(Value::known(text));
    let inputs = Inputs { stdin: &stdin, text_of: &|_| Some(Value::known(text)) };
    drop(requests(dialects[usize::from(first) % dialects.len()], &words, &inputs));
    drop(graphql::read(text));
}
