//! Words are known only where bash agrees: each text of `tests/cases/bash/values.toml` is run by real bash with stub
//! commands, and what the command stage says of their arguments is compared with what they were given.

use std::path::Path;
use std::process::{Command as Process, Stdio};

use bstr::ByteSlice;
use guarded_sh::command::{self, Command, Environment, Known, Seen, Value, Word};
use guarded_sh::parse::{self, Mode};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    line: String,
    /// Both sides of a branch are read, one of them runs.
    #[serde(default)]
    branches: bool,
    /// How many arguments may stay unknown.
    #[serde(default)]
    unknown: usize,
}

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

const STUBS: [&str; 4] = ["c1", "c2", "c3", "c4"];

/// What the stubs were given, in order.
fn ran(folder: &Path, line: &str) -> Vec<Vec<Vec<u8>>> {
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).expect("a folder");
    let log = folder.join("log");
    for stub in STUBS {
        let text = format!("#!/bin/bash\nprintf '%s\\0' {stub} \"$@\" >>{0}\nprintf '\\n\\0' >>{0}\n", log.display());
        let path = bin.join(stub);
        std::fs::write(&path, text).expect("a stub");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("its mode");
    }
    let mut shell = Process::new("/bin/bash");
    shell.args(["-c", line, "zero", "one", "two words"]).current_dir(folder).env_clear();
    shell.env("PATH", format!("{}:/usr/bin:/bin", bin.display())).env("HOME", "/home/me").env("GIVEN", "given value");
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("bash");
    let text = std::fs::read(log).unwrap_or_default();
    text.split_str(b"\n\0")
        .filter(|one| !one.is_empty())
        .map(|one| one.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect::<Vec<_>>())
        .map(|mut words: Vec<Vec<u8>>| {
            words.pop();
            words
        })
        .collect()
}

fn read(folder: &Path, line: &str) -> Vec<Command> {
    let mode = Mode::default();
    let value = |text: String| Value::Known(text.into());
    let values = [
        ("PATH".into(), value("/usr/bin:/bin".into())),
        ("HOME".into(), value("/home/me".into())),
        ("GIVEN".into(), value("given value".into())),
    ];
    let known = Known {
        environment: Environment { values: values.into(), partial: false },
        directory: folder.to_str().expect("a path").into(),
        name: "zero".into(),
        positional: vec!["one".into(), "two words".into()],
        ..Known::default()
    };
    let reading = parse::read(line.as_bytes(), &mode);
    let model = command::commands(&"command".into(), &reading, &mode, &known, &Seen::default());
    let is_stub =
        |command: &Command| command.tool().is_some_and(|tool| STUBS.iter().any(|stub| stub.as_bytes() == tool));
    model.commands.into_iter().filter(is_stub).collect()
}

fn fits(words: &[Word], given: &[Vec<u8>]) -> bool {
    let Some((word, rest)) = words.split_first() else { return given.is_empty() };
    match &word.value {
        // A glob that stays unexpanded here may be any number of names.
        Value::Known(_) if word.glob => (0..=given.len()).any(|taken| fits(rest, &given[taken..])),
        Value::Known(text) => given.first().is_some_and(|one| one == text.as_bytes()) && fits(rest, &given[1..]),
        Value::OneOf(_) if word.is_open() && fits(rest, given) => true,
        Value::OneOf(texts) => {
            given.first().is_some_and(|one| texts.iter().any(|text| one == text.as_bytes())) && fits(rest, &given[1..])
        }
        Value::Unknown(shape) if shape.splits => (0..=given.len()).any(|taken| fits(rest, &given[taken..])),
        Value::Unknown(_) => !given.is_empty() && fits(rest, &given[1..]),
    }
}

fn wrong(case: &Case) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = ran(folder.path(), &case.line);
    let read = read(folder.path(), &case.line);
    let mut wrong = Vec::new();
    let shown = |words: &[Vec<u8>]| words.iter().map(|word| word.to_str_lossy().into_owned()).collect::<Vec<_>>();
    for given in &ran {
        if !read.iter().any(|command| fits(&command.words, given)) {
            wrong.push(format!("{:?} ran and was not read", shown(given)));
        }
    }
    for command in &read {
        if !case.branches && !ran.iter().any(|given| fits(&command.words, given)) {
            wrong.push(format!("{:?} was read and did not run", command.words));
        }
    }
    let unknown =
        read.iter().flat_map(|command| &command.words).filter(|word| matches!(word.value, Value::Unknown(_))).count();
    if unknown != case.unknown {
        wrong.push(format!("{unknown} words are unknown"));
    }
    wrong
}

#[test]
fn what_is_said_to_be_known_is_what_bash_passes() {
    let text = include_str!("../cases/bash/values.toml");
    let table: Table = toml::from_str(text).expect("the table");
    assert!(table.case.len() >= 60);
    let mut all = Vec::new();
    for case in &table.case {
        all.extend(wrong(case).into_iter().map(|what| format!("{}: {what}\n    {}", case.name, case.line)));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Loops inside loops share what is followed round by round; what is left is one unknown round.
#[test]
fn loops_inside_loops_end_early() {
    let loops = |depth: usize| {
        let heads: Vec<String> = (0..depth).map(|at| format!("for ((i{at}=0; i{at}<1000000; i{at}++)); do ")).collect();
        let heads = heads.concat();
        format!("{heads}c1 $i0; {}", "done; ".repeat(depth))
    };
    for depth in [1, 2, 4] {
        let read = read(Path::new("/work"), &loops(depth));
        assert!((64..2_000).contains(&read.len()), "{depth}: {}", read.len());
        assert!(read.iter().any(|command| matches!(command.words[1].value, Value::Unknown(_))), "{depth}");
    }
}

/// A few of the scripts that `cargo run --example values` reads by the ten thousand.
#[test]
fn generated_scripts_have_no_known_word_that_is_wrong() {
    const SEED: u64 = 1;
    const SCRIPTS: u64 = 400;
    let numbers: Vec<u64> = (0..SCRIPTS).collect();
    let report = crate::generated::run(SEED, &numbers);
    let shown = report.wrong.iter().take(3).map(|(number, script, wrong)| {
        let (small, still) = crate::generated::shrunk(script, wrong[0].kind);
        let whole: Vec<_> = wrong.iter().map(|one| &one.what).collect();
        format!("seed {SEED}, script {number}:\n{}\n{still:?}\nat first: {whole:?}", small.text())
    });
    let shown: Vec<String> = shown.collect();
    assert!(shown.is_empty(), "{}", shown.join("\n\n"));
    assert!(report.tally.words > 2000);
    let incomplete: usize = report.tally.incomplete.values().sum();
    assert!(incomplete * 4 < report.scripts, "{incomplete} are called incomplete");
    let unknown: usize = report.tally.unknown.values().sum();
    assert!(unknown * 5 < report.tally.words, "{unknown} of {} words are unknown", report.tally.words);
}
