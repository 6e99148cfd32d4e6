//! The readers of embedded languages end without a panic on any input, and quickly.

use std::time::Duration;

use bstr::BString;
use guarded_sh::command::embedded::http::{HttpDialect, Inputs, requests};
use guarded_sh::command::embedded::lines::{self, LineKind};
use guarded_sh::command::embedded::sql::{self, Dialect};
use guarded_sh::command::embedded::{graphql, holes};
use guarded_sh::command::{Cause, Stdin, Value, Word};

use crate::programs::worked;

const SEEDS: [&str; 12] = [
    "DO $a$ BEGIN IF x THEN DELETE FROM users; END IF; EXECUTE format('DROP TABLE %I', t); END $a$; /* /* x */ */",
    "DELIMITER //\nCREATE TRIGGER t BEGIN CASE WHEN 1 THEN 2 END; END//\n/*!50000 DROP TABLE `a`*/; SELECT 'it\\'s'",
    "WITH a AS (DELETE FROM b WHERE 1=1 RETURNING *) SELECT E'\\'', \"q\", [x], $1, N'y' FROM a \\gexec",
    ".shell id\n.restore x\nGO 5\n:r f\n!! dir\n\\! id\nEXEC('DROP TABLE x')",
    "mutation M($a: [Int!]! = {b: 1}) @x { a: volumeDelete(x: \"\\\"}\") { ...F } } fragment F on M { y }",
    "{\"query\": \"mutation {\\n volumeDelete\\u0041 }\", \"variables\": {\"a\": [1, {\"b\": null}]}}",
    "db['users'].deleteMany({a: /x/}); db.runCommand({dropDatabase: 1}) // c\n`t${x}`",
    "EVAL \"redis.call('FLUSHALL')\" 0\nSET a 'b \\' c\"",
    "request = \"DELETE\"\nurl=https://u:p@[::1]:80/%41%zz?query=mutation+{a}#x",
    "curl -XDELETE -sSd @- --next https://h/{a,b}[1-9] -F a=@b --data-urlencode query@x -K - -T f",
    "http POST :9200/x a=b c:=@d query=mutation{x} H:v e==f",
    "api graphql -X DELETE -F query=@x -f query=mutation{deleteRef} --hostname=h repos/{owner}/x",
];

/// A small generator of its own, so that a failure comes back with the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap_or(0)
    }
}

fn mutated(dice: &mut Dice) -> Vec<u8> {
    let pieces: [&[u8]; 14] =
        [b"'", b"\"", b"$$", b"\\", b"(", b")", b"{", b"}", b"/*", b";", b"\n", b"\xff\x00", b"guarded_hole", b"--"];
    let mut text = SEEDS[dice.roll(SEEDS.len())].as_bytes().to_vec();
    for _ in 0..=dice.roll(8) {
        let at = dice.roll(text.len() + 1);
        match dice.roll(4) {
            0 => drop(text.splice(at..at, pieces[dice.roll(pieces.len())].iter().copied())),
            1 => text.truncate(at),
            2 => drop(text.drain(at..(at + dice.roll(6)).min(text.len()))),
            _ => {
                let other = SEEDS[dice.roll(SEEDS.len())].as_bytes();
                let from = dice.roll(other.len());
                text.splice(at..at, other[from..].iter().copied());
            }
        }
    }
    text
}

const DIALECTS: [Dialect; 8] = [
    Dialect::Generic,
    Dialect::Postgres,
    Dialect::Mysql,
    Dialect::Sqlite,
    Dialect::Mssql,
    Dialect::Oracle,
    Dialect::Duckdb,
    Dialect::Clickhouse,
];
const CLIENTS: [HttpDialect; 4] = [HttpDialect::Curl, HttpDialect::Wget, HttpDialect::Httpie, HttpDialect::GhApi];
const LINES: [LineKind; 6] =
    [LineKind::Redis, LineKind::Mongo, LineKind::Cql, LineKind::Etcd, LineKind::Cypher, LineKind::Lua];

fn read_by_all(text: &[u8]) {
    let value = holes::value(text, &Cause::Input);
    for dialect in DIALECTS {
        drop(sql::read(&value, dialect));
    }
    for kind in LINES {
        drop(lines::read(kind, &value));
    }
    drop(graphql::read(text));
    let mut words = vec![Word::known("curl")];
    words.extend(text.split(|byte| *byte == b' ').map(|word| holes::word(word, &Cause::Input)));
    let bodied = [
        words.clone(),
        vec![Word::known("curl"), Word::known("-d"), holes::word(text, &Cause::Input), words[0].clone()],
    ];
    for client in CLIENTS {
        for words in &bodied {
            let (stdin, text_of) = (Stdin::Text(value.clone()), |_: &[u8]| Some(value.clone()));
            drop(requests(client, words, &Inputs { stdin: &stdin, text_of: &text_of }));
        }
    }
}

#[test]
fn no_mutation_of_a_text_makes_a_reader_panic() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for _ in 0..3000 {
        read_by_all(&mutated(&mut dice));
    }
}

#[test]
fn texts_made_to_blow_up_end_soon() {
    let repeated = |unit: &str| BString::from(unit.repeat(20_000));
    for text in [
        repeated("("),
        repeated("{"),
        repeated("{ ...F "),
        repeated("/*"),
        repeated("'"),
        repeated("$a$"),
        repeated("DELETE FROM a WHERE ("),
        repeated("BEGIN CASE "),
        repeated("DROP TABLE a; "),
        repeated("db.a("),
        repeated("EXECUTE 'EXECUTE "),
        repeated("DO $$ BEGIN "),
        BString::from(format!("DELETE FROM a WHERE {} true", "NOT ".repeat(20_000))),
        BString::from(format!("DELETE FROM a WHERE a {}", "OR a ".repeat(20_000))),
    ] {
        let start = worked();
        let value = Value::Known(text.clone());
        for dialect in DIALECTS {
            drop(sql::read(&value, dialect));
        }
        for kind in LINES {
            drop(lines::read(kind, &value));
        }
        drop(graphql::read(&text));
        // Debug build and a busy machine: an order of magnitude above what it takes.
        assert!(
            worked().saturating_sub(start) < Duration::from_secs(20),
            "{:?} takes {:?}",
            text.get(..12),
            worked().saturating_sub(start)
        );
    }
}
