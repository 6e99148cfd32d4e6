//! What python and node really start and destroy is what the model says: nothing that happens is missing, and nothing is
//! said to be known that does not happen. Programs stand in tests/cases/programs; a recorder takes the place of what
//! they would call.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use bstr::{BString, ByteSlice};
use guarded_sh::command::{Model, Piece, RedirectMode, Value, Word};
use serde::{Deserialize, Serialize};

use crate::cases::Place;
use crate::languages::model;
use crate::programs::guarded_sh;

#[derive(Deserialize)]
struct Programs {
    program: Vec<Program>,
}

#[derive(Deserialize, Serialize)]
struct Program {
    code: String,
    #[serde(default)]
    arguments: Vec<String>,
    /// It has ways that this run does not take.
    #[serde(default)]
    more: bool,
}

#[derive(Deserialize)]
struct Answer {
    done: Vec<Vec<String>>,
    error: Option<String>,
}

/// What the interpreter did with each program; nothing where it is not installed.
fn real(interpreter: &str, recorder: &str, programs: &[Program]) -> Option<Vec<Answer>> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(interpreter)
        .args([if interpreter == "node" { "-e" } else { "-c" }, recorder])
        .current_dir(folder.path())
        .env("HOME", "/home/me")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let text = serde_json::to_vec(programs).expect("JSON");
    child.stdin.take().expect("its input").write_all(&text).expect("the programs are read");
    let output = child.wait_with_output().expect("it ends");
    Some(serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{interpreter}: {error}")))
}

/// Whether a value may be this text.
fn may_be(value: &Value, text: &str) -> bool {
    match value {
        Value::Known(known) => known == text,
        Value::OneOf(all) => all.iter().any(|one| one == text),
        Value::Unknown(shape) => {
            let mut rest = text;
            for (index, piece) in shape.pieces.iter().enumerate() {
                let Piece::Text(known) = piece else { continue };
                let known = known.to_str_lossy();
                let at = if index == 0 { rest.starts_with(&*known).then_some(0) } else { rest.find(&*known) };
                let Some(at) = at else { return false };
                rest = &rest[at + known.len()..];
            }
            !matches!(shape.pieces.last(), Some(Piece::Text(_))) || rest.is_empty()
        }
    }
}

fn matches(words: &[Word], done: &[String]) -> bool {
    let several = |word: &Word| matches!(&word.value, Value::Unknown(shape) if shape.splits);
    match words.iter().position(several) {
        Some(at) => done.len() >= at && words[..at].iter().zip(done).all(|(word, text)| may_be(&word.value, text)),
        None => words.len() == done.len() && words.iter().zip(done).all(|(word, text)| may_be(&word.value, text)),
    }
}

/// What the program itself starts, without what is inside of that: its words, files that it empties with `>` before.
fn said(model: &Model) -> Vec<Vec<Word>> {
    let mut all = Vec::new();
    for command in model.commands.iter().skip(1) {
        if command.via.len() != 1 {
            continue;
        }
        let written = command.redirections.iter().filter(|one| one.mode == RedirectMode::Overwrite);
        all.extend(written.map(|one| vec![Word::known(">"), one.target.clone()]));
        if !command.words.is_empty() {
            all.push(command.words.clone());
        }
    }
    all
}

fn compare(interpreter: &str, file: &str, recorder: &str, cases: &str) {
    let programs: Programs = toml::from_str(cases).expect("the cases are TOML");
    let Some(answers) = real(interpreter, recorder, &programs.program) else { return };
    let mut wrong = Vec::new();
    for (program, answer) in programs.program.iter().zip(answers) {
        let line = format!("{interpreter} {file} {}", program.arguments.join(" "));
        let model = model(line.as_bytes(), &BTreeMap::from([(file.to_owned(), program.code.clone())]));
        let said = said(&model);
        let shown = || {
            let lines = said.iter().map(|words| bstr::join(" ", words.iter().map(Word::shown)));
            lines.map(|line| BString::from(line).to_string()).collect::<Vec<_>>()
        };
        if let Some(error) = answer.error {
            wrong.push(format!("{}{interpreter} itself fails: {error}", program.code));
        }
        for done in &answer.done {
            if !said.iter().any(|words| matches(words, done)) {
                wrong.push(format!("{}{done:?} ran, and is not among {:?}", program.code, shown()));
            }
        }
        let known = |words: &&Vec<Word>| words.iter().all(|word| matches!(word.value, Value::Known(_)));
        for words in said.iter().filter(known).filter(|_| !program.more) {
            // What a shell finds in a text that it was really given runs too.
            let line = bstr::join(" ", words.iter().map(Word::shown)).to_str_lossy().into_owned();
            let inside = answer.done.iter().any(|done| done[0] == "sh" && done[2].contains(&line));
            if !inside && !answer.done.iter().any(|done| matches(words, done)) {
                wrong.push(format!(
                    "{}{:?} is said to run, and did not: {:?}",
                    program.code,
                    words.iter().map(Word::shown).collect::<Vec<_>>(),
                    answer.done
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_python_runs_is_what_the_model_says() {
    compare(
        "python3",
        "program.py",
        include_str!("../cases/programs/recorder.py"),
        include_str!("../cases/programs/python.toml"),
    );
}

#[test]
fn what_node_runs_is_what_the_model_says() {
    compare(
        "node",
        "program.js",
        include_str!("../cases/programs/recorder.js"),
        include_str!("../cases/programs/javascript.toml"),
    );
}

#[derive(Deserialize)]
struct Quiet {
    program: Vec<Ordinary>,
}

#[derive(Deserialize)]
struct Ordinary {
    python: Option<String>,
    javascript: Option<String>,
}

#[test]
fn ordinary_programs_are_no_question() {
    let quiet: Quiet = toml::from_str(include_str!("../cases/programs/quiet.toml")).expect("the cases are TOML");
    let place = Place::new();
    let mut wrong = Vec::new();
    for (number, program) in quiet.program.iter().enumerate() {
        let (tool, ending, code) = match (&program.python, &program.javascript) {
            (Some(code), _) => ("python3", "py", code),
            (None, code) => ("node", "js", code.as_ref().expect("a program")),
        };
        let file = format!("program{number}.{ending}");
        std::fs::write(place.project().join(&file), code).expect("the program");
        let option = if tool == "node" { "-e" } else { "-c" };
        for line in [format!("{tool} {file}"), format!("{tool} {option} '{}'", code.replace('\'', "'\\''"))] {
            let guarded = guarded_sh().with_file_name("guarded");
            let judged = place.program(&guarded, &["check", "-c", &line]).output().expect("guarded");
            if !judged.status.success() {
                wrong.push(format!("{line}\n{}", judged.stdout.to_str_lossy()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), quiet.program.len() * 2, wrong.join("\n"));
}
