//! Reading: what the reader sees is what the real shell runs.

#![allow(clippy::disallowed_methods, reason = "runs the real shell")]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use guarded_sh::parse::syntax::{Kind, Node, Part, Word};
use guarded_sh::parse::walk::{Place, Visitor, walk};
use guarded_sh::parse::{Dialect, Doubt, Mode, Reading, read};

const TABLE: &str = include_str!("../cases/bash/parse.toml");
const STUBS: [&str; 9] = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
const STUB: &str = "#!/bin/sh\nprintf '%s\\0' \"${0##*/}\" \"$@\" '(end)' >> \"$RECORD\"\n";

#[derive(serde::Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    line: String,
    /// The text where it is no UTF-8.
    hex: Option<String>,
    #[serde(default)]
    dialect: String,
    /// Given with -c, not as a file.
    #[serde(default)]
    argument: bool,
    /// The shell complains about the text.
    #[serde(default)]
    error: bool,
    #[serde(default)]
    unfinished: bool,
    /// Commands that are read and do not run.
    #[serde(default)]
    idle: Vec<String>,
    /// Commands that are read beside the script, since only running it tells which of the two runs.
    #[serde(default)]
    aside: Vec<String>,
    /// Why the readers disagree.
    doubt: Option<String>,
}

impl Case {
    fn text(&self) -> Vec<u8> {
        let Some(hex) = &self.hex else { return self.line.clone().into_bytes() };
        let pairs = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16));
        pairs.collect::<Result<_, _>>().expect("hexadecimal digits")
    }

    fn mode(&self) -> Mode {
        let dialect = if self.dialect == "dash" { Dialect::Dash } else { Dialect::Bash };
        Mode { dialect, ..Mode::default() }
    }
}

fn table() -> Vec<Case> {
    let table: Table = toml::from_str(TABLE).expect("the table");
    table.case
}

/// Words as far as they are literal.
type Seen = Vec<Option<Vec<u8>>>;

/// Every simple command that was read.
fn commands(reading: &mut Reading) -> Vec<Seen> {
    struct Collect(Vec<Seen>);
    impl Visitor for Collect {
        fn node(&mut self, node: &mut Node) {
            if let Kind::Simple { words, .. } = &node.kind
                && !words.is_empty()
            {
                self.0.push(words.iter().map(literal).collect());
            }
        }
    }
    let mut collect = Collect(Vec::new());
    walk(&mut reading.script, &mut collect);
    collect.0
}

/// The same of what was read beside the script, as far as it names one of `names`.
fn commands_aside(reading: &mut Reading, names: &[String]) -> Vec<Seen> {
    let mut aside = Vec::new();
    for script in std::mem::take(&mut reading.others) {
        let mut one = Reading { script, ..Reading::default() };
        aside.extend(commands(&mut one));
    }
    aside.retain(|seen| names.iter().any(|name| seen[0].as_deref() == Some(name.as_bytes())));
    aside
}

fn literal(word: &Word) -> Option<Vec<u8>> {
    fn collect(parts: &[Part], text: &mut Vec<u8>) -> bool {
        parts.iter().all(|part| match part {
            Part::Literal(more) => {
                text.extend_from_slice(more);
                !more.iter().any(|byte| b"*?[{~(".contains(byte))
            }
            Part::Quoted(more) => {
                text.extend_from_slice(more);
                true
            }
            Part::Double(inner) => collect(inner, text),
            _ => false,
        })
    }
    let mut text = Vec::new();
    collect(&word.parts, &mut text).then_some(text)
}

/// Whether a command that was read can have run with these arguments; a word with an expansion may be any number.
fn fits(seen: &[Option<Vec<u8>>], ran: &[Vec<u8>]) -> bool {
    match seen.split_first() {
        None => ran.is_empty(),
        Some((Some(word), rest)) => ran.first() == Some(word) && fits(rest, &ran[1..]),
        Some((None, rest)) => (0..=ran.len()).any(|taken| fits(rest, &ran[taken..])),
    }
}

struct Ran {
    commands: Vec<Vec<Vec<u8>>>,
    complained: bool,
}

/// What the real shell runs of a text, in a folder of its own.
fn run(text: &[u8], shell: &str, argument: bool) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let stubs = folder.path().join("stubs");
    std::fs::create_dir(&stubs).expect("a folder of stubs");
    for stub in STUBS {
        let path = stubs.join(stub);
        std::fs::write(&path, STUB).expect("a stub");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("its mode");
    }
    let (work, record, script) = (folder.path().join("work"), folder.path().join("record"), folder.path().join("text"));
    std::fs::create_dir(&work).expect("a folder to work in");
    std::fs::write(&script, text).expect("the text");
    let mut call = Command::new(shell);
    if argument {
        call.arg("-c").arg(OsStr::from_bytes(text));
    } else {
        call.arg(&script);
    }
    let output = call
        .current_dir(&work)
        .env_clear()
        .env("PATH", &stubs)
        .env("RECORD", &record)
        .env("HOME", &work)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("the shell");
    let complaint = String::from_utf8_lossy(&output.stderr).to_lowercase();
    let record = std::fs::read(&record).unwrap_or_default();
    let mut commands = vec![Vec::new()];
    for word in record.split(|byte| *byte == 0) {
        if word == b"(end)" {
            commands.push(Vec::new());
        } else if let Some(last) = commands.last_mut() {
            last.push(word.to_vec());
        }
    }
    commands.pop();
    let complained = complaint.contains("syntax error")
        || complaint.contains("unexpected token")
        || complaint.contains("unexpected eof");
    Ran { commands, complained }
}

/// Everything in which a case's reading and the shell differ.
fn differences(case: &Case) -> Vec<String> {
    let text = case.text();
    let mut wrong = Vec::new();
    let dash = case.dialect == "dash";
    let shell = if dash { "/bin/dash" } else { "/bin/bash" };
    if !Path::new(shell).exists() {
        return wrong;
    }
    let ran = run(&text, shell, case.argument);
    let mut reading = read(&text, &case.mode());
    let mut seen = commands(&mut reading);
    seen.extend(commands_aside(&mut reading, &case.aside));
    let shown =
        |words: &[Vec<u8>]| words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect::<Vec<_>>();
    for one in &ran.commands {
        if !seen.iter().any(|command| fits(command, one)) {
            wrong.push(format!("ran but was not read: {:?}", shown(one)));
        }
    }
    for name in STUBS {
        let read = seen.iter().filter(|command| command[0].as_deref() == Some(name.as_bytes())).count();
        let ran = ran.commands.iter().filter(|command| command[0] == name.as_bytes()).count();
        let idle = case.idle.iter().any(|one| one == name);
        if read > 0 && ran == 0 && !idle {
            wrong.push(format!("read but did not run: {name}"));
        }
    }
    let syntax = reading.doubts.iter().any(|doubt| matches!(doubt, Doubt::Syntax { .. }));
    if ran.complained != case.error || syntax != case.error {
        wrong.push(format!("the shell complained: {}, the reader: {syntax} {:?}", ran.complained, reading.doubts));
    }
    if reading.unfinished != case.unfinished {
        wrong.push(format!("unfinished: {}", reading.unfinished));
    }
    let doubted = reading.doubts.iter().any(|doubt| !matches!(doubt, Doubt::Syntax { .. })) || syntax && !case.error;
    let expected = case.doubt.is_some() && !case.error;
    if doubted != expected {
        wrong.push(format!("doubts: {:?}", reading.doubts));
    }
    wrong
}

#[test]
fn what_runs_is_what_was_read() {
    let cases = table();
    assert!(cases.len() >= 120);
    let next = AtomicUsize::new(0);
    let wrong = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for line in differences(case) {
                        wrong.lock().expect("the list").push(format!("{}: {line}\n    {:?}", case.name, case.line));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("the list");
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

/// The corpora are no part of the project; where they lie is told by the environment.
fn benign_corpus() -> Option<String> {
    let folder = std::env::var("GUARDED_CORPORA").ok()?;
    let bytes = std::fs::read(Path::new(&folder).join("benign.dev.jsonl.gz")).ok()?;
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text).ok()?;
    Some(text)
}

#[test]
fn ordinary_commands_are_rarely_in_doubt() {
    let Some(rows) = benign_corpus() else {
        eprintln!("skipped: GUARDED_CORPORA names no folder with benign.dev.jsonl.gz");
        return;
    };
    let (mut all, mut doubted) = (0_usize, Vec::new());
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("a row");
        let command = row["command"].as_str().expect("a command");
        all += 1;
        let reading = read(command.as_bytes(), &Mode::default());
        if !reading.trusted() {
            doubted.push(format!("{:?}\n    {}", reading.doubts, command));
        }
    }
    eprintln!("{}", doubted.join("\n"));
    assert!(doubted.len() * 100 <= all, "{} of {all} in doubt", doubted.len());
}

/// Pseudo-random numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

fn spans_fit(reading: &mut Reading) {
    struct Check(usize);
    impl Visitor for Check {
        fn node(&mut self, node: &mut Node) {
            assert!(node.span.start <= node.span.end && node.span.end <= self.0, "{:?} of {}", node.span, self.0);
        }
        fn word(&mut self, word: &mut Word, _: Place) {
            assert!(word.span.start <= word.span.end && word.span.end <= self.0, "{:?} of {}", word.span, self.0);
        }
    }
    walk(&mut reading.script, &mut Check(reading.text.len()));
}

#[test]
fn no_mutation_of_a_text_makes_the_reader_panic() {
    let mut dice = Dice(20_261_123);
    let texts: Vec<_> = table().iter().map(|case| (case.text(), case.mode())).collect();
    for round in 0..4_000 {
        let (text, mode) = &texts[round % texts.len()];
        let mut text = text.clone();
        for _ in 0..=dice.below(3) {
            let at = dice.below(text.len() + 1);
            let (other, _) = &texts[dice.below(texts.len())];
            let piece = dice.below(other.len());
            match dice.below(5) {
                0 => text.truncate(at),
                1 => drop(text.drain(at..(at + dice.below(4)).min(text.len()))),
                2 => text.insert(at, b"'\"`$(){}[]<>|&;\\\n#!=~\0\r\xff"[dice.below(24)]),
                3 => drop(text.splice(at..at, other[piece..].iter().copied())),
                _ => {
                    let length = text.len();
                    text.rotate_left(at.min(length));
                }
            }
        }
        let mode = Mode { expand_aliases: round % 2 == 0, extglob: round % 3 == 0, ..mode.clone() };
        spans_fit(&mut read(&text, &mode));
    }
}

/// What nobody types, each some 100 kB to 5 MB long.
fn hostile_texts() -> Vec<(&'static str, Vec<u8>)> {
    let many = |piece: &str, times: usize| piece.repeat(times).into_bytes();
    vec![
        ("parentheses", many("(", 100_000)),
        ("nested subshells", [many("(", 10_000), many(")", 10_000)].concat()),
        ("double parentheses", many("((", 50_000)),
        ("spaced parentheses", many("( ", 50_000)),
        ("substitutions", many("$(", 50_000)),
        ("quoted substitutions", many("\"$(", 50_000)),
        ("arithmetic", many("$((", 50_000)),
        ("arithmetic that is none", [many("$((", 70), many(" ) )", 70)].concat()),
        ("arithmetic that is none, over and over", many("$((c1) );", 5_000)),
        ("braces", many("${x:-", 50_000)),
        ("groups", many("{ ", 50_000)),
        ("ifs", many("if ", 50_000)),
        ("brackets", many("a[", 50_000)),
        ("old arithmetic", many("$[", 50_000)),
        ("back-ticks", many("`", 99_999)),
        ("escaped back-ticks", many("\\`", 50_000)),
        ("double quotes", many("\"", 99_999)),
        ("documents", many("<<A ", 5_000)),
        ("documents with bodies", [many("<<A ", 3_000), b"\n".to_vec(), many("A\n", 3_000)].concat()),
        ("a document with substitutions", [b"c1 <<A\n".to_vec(), many("$(c2 <<B\n", 20_000)].concat()),
        ("process substitutions", many("<(", 50_000)),
        ("conditions", [b"[[ ".to_vec(), many("! ", 50_000)].concat()),
        ("condition parentheses", [b"[[ ".to_vec(), many("( ", 50_000)].concat()),
        ("negations", many("! ", 50_000)),
        ("continuations", many("\\\n", 100_000)),
        ("separators", many(";;", 50_000)),
        ("commands", many("c1 $x;", 20_000)),
        ("lines", many("c1 $x\n", 20_000)),
        ("pipes", many("c1 \\|c2|", 20_000)),
        ("functions", many("f()", 30_000)),
        ("coprocesses", many("coproc ", 30_000)),
        ("a long word", [b"c1 ".to_vec(), many("a", 5_000_000)].concat()),
        ("many words", [b"c1 ".to_vec(), many("a ", 2_500_000)].concat()),
        ("a long document", [b"c1 <<A\n".to_vec(), many("it's $x\n", 500_000), b"A\n".to_vec()].concat()),
        ("a bomb of aliases", bomb_of_aliases()),
        ("a text over the limit", many("c1\n", 3_000_000)),
    ]
}

fn bomb_of_aliases() -> Vec<u8> {
    use std::fmt::Write as _;
    let mut text = String::from("shopt -s expand_aliases\n");
    for number in 0..40 {
        let _ = writeln!(text, "alias a{number}='a{next};a{next}'", next = number + 1);
    }
    text.push_str("a0\n");
    text.into_bytes()
}

#[test]
fn hostile_texts_end_soon_and_without_overflow() {
    for (name, text) in hostile_texts() {
        let started = std::time::Instant::now();
        let length = text.len();
        let mut reading = read(&text, &Mode::default());
        spans_fit(&mut reading);
        drop(reading);
        let took = started.elapsed();
        eprintln!("{name}: {length} bytes, {took:?}");
        assert!(took.as_secs() < 20, "{name} took {took:?}");
    }
}

#[test]
fn ten_thousand_parentheses_are_a_doubt_not_a_crash() {
    let nested = [b"( ".repeat(10_000), b") ".repeat(10_000)].concat();
    let reading = read(&nested, &Mode::default());
    assert!(reading.doubts.iter().any(|doubt| matches!(doubt, Doubt::Limit { what: "nesting", .. })));
    assert!(!read(&b"(".repeat(10_000), &Mode::default()).trusted());
}

/// The names of all commands beside the script.
fn names_aside(reading: &mut Reading) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    for script in std::mem::take(&mut reading.others) {
        let mut one = Reading { script, ..Reading::default() };
        names.extend(commands(&mut one).into_iter().filter_map(|seen| seen.into_iter().next().flatten()));
    }
    names
}

#[test]
fn what_could_run_behind_a_doubt_is_still_seen() {
    for text in [
        "c2 RAN\nfi; c1 a",
        "c2\necho 'open; c1 a",
        "c2 $(c1 a",
        "shopt -s extglob; c1 !(a)",
        "c2 `c1; )`",
        "( ( ( c1",
        &format!("{} c1", "( ".repeat(10_000)),
    ] {
        let mut reading = read(text.as_bytes(), &Mode::default());
        assert!(!reading.trusted(), "{text:.40}");
        assert!(names_aside(&mut reading).contains(&b"c1".to_vec()), "{text:.40}");
    }
}

#[test]
fn a_trusted_reading_has_nothing_beside_it() {
    let mut reading = read(b"c1 \"$(c2)\" && c3 > f", &Mode::default());
    assert!(reading.trusted() && names_aside(&mut reading).is_empty());
}
