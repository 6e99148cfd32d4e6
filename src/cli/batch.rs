//! `guarded check --batch`: one JSON object a line in, one a line out, in the same order.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use bstr::BStr;
use serde::Deserialize;
use serde_json::Value;

use super::{Here, Outcome, Trouble, check};
use crate::credentials;
use crate::show::check::{json, malformed};
use crate::show::{Exit, words};

#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(default)]
    id: Option<Value>,
    #[serde(borrow)]
    command: Cow<'a, str>,
    #[serde(default)]
    cwd: Option<PathBuf>,
}

/// Room for whole answers, so that a line costs no system call of its own.
const ROOM: usize = 1 << 16;

pub fn run(here: &Here, directory: &Path) -> Outcome {
    let input = BufReader::with_capacity(ROOM, std::io::stdin().lock());
    let output = BufWriter::with_capacity(ROOM, std::io::stdout().lock());
    let exit = answer_all(input, output, here, directory);
    match exit {
        Ok(exit) => Ok(exit),
        // Whoever asked went away; there is nobody to tell.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Fine),
        Err(error) => Err(Trouble::Io { what: "the batch ended early".to_owned(), error }.into()),
    }
}

fn answer_all(
    mut input: BufReader<impl Read>,
    mut output: impl Write,
    here: &Here,
    directory: &Path,
) -> std::io::Result<Exit> {
    let mut exit = Exit::Fine;
    let mut line = Vec::new();
    loop {
        // Whoever waits for an answer before asking on must get it now.
        if input.buffer().is_empty() {
            output.flush()?;
        }
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            output.flush()?;
            return Ok(exit);
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (answer, failed) = answer(&line, here, directory);
        exit = failed.unwrap_or(exit);
        output.write_all(answer.as_bytes())?;
        output.write_all(b"\n")?;
    }
}

/// The answer, and the exit code where the line could not be judged.
fn answer(line: &[u8], here: &Here, directory: &Path) -> (String, Option<Exit>) {
    let asked: Asked<'_> = match serde_json::from_slice(line) {
        Ok(asked) => asked,
        Err(error) => return (malformed(None, &error.to_string()), Some(Exit::Usage)),
    };
    let id = asked.id.as_ref();
    let folder = match asked.cwd.as_deref().map(|cwd| check::absolute(directory, cwd)).transpose() {
        // A folder that is not there is judged all the same: the text may be from another machine.
        Err(_) => asked.cwd.as_deref().map(|cwd| directory.join(cwd)),
        Ok(folder) => folder,
    };
    let folder = folder.as_deref().unwrap_or(directory);
    match here.judge_call(BStr::new(asked.command.as_bytes()), folder) {
        Ok((call, judged)) => (json(&judged.decision, &judged.model, id, &credentials::used(&call, &judged)), None),
        Err(trouble) => (malformed(id, &words::without_misleading(&trouble.what())), Some(trouble.exit())),
    }
}
