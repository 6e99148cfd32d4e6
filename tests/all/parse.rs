//! Reading: what the reader sees is what the real shell runs.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use guarded_sh::parse::syntax::{Kind, Node, Part, Script, Word};
use guarded_sh::parse::walk::{Visitor, walk};
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
    /// The shell complains about the text.
    #[serde(default)]
    error: bool,
    #[serde(default)]
    unfinished: bool,
    /// Commands that are read and do not run.
    #[serde(default)]
    idle: Vec<String>,
    /// Why the readers disagree.
    doubt: Option<String>,
}

impl Case {
    fn text(&self) -> Vec<u8> {
        let Some(hex) = &self.hex else { return self.line.clone().into_bytes() };
        let digits: Vec<u8> = hex.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
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
fn run(text: &[u8], shell: &str) -> Ran {
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
    let output = Command::new(shell)
        .arg(&script)
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
    let complained = complaint.contains("syntax error") || complaint.contains("unexpected eof");
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
    let ran = run(&text, shell);
    let mut reading = read(&text, &case.mode());
    let seen = commands(&mut reading);
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
fn corpus(name: &str) -> Option<String> {
    let folder = std::env::var("GUARDED_CORPORA").ok()?;
    let bytes = std::fs::read(std::path::Path::new(&folder).join(name)).ok()?;
    if !name.ends_with(".gz") {
        return String::from_utf8(bytes).ok();
    }
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text).ok()?;
    Some(text)
}

#[test]
fn ordinary_commands_are_rarely_in_doubt() {
    let Some(rows) = corpus("benign.dev.jsonl.gz") else {
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
