//! `guarded rules test`, `lint`, `new`, `schema`: for whoever writes packs.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::policy::write_new;
use super::{Here, Outcome, Trouble};
use crate::answer::Answer;
use crate::command::{self, Environment, Known, Model, Seen, Value};
use crate::packs::fields::File;
use crate::packs::lint::{at_example, lint as lint_pack};
use crate::packs::skeleton::{Listed, listed, skeleton};
use crate::packs::{self, Examples, PackError, Packs, Severity};
use crate::parse::{self, Mode};
use crate::policy::own_packs;
use crate::rules::{Finding, matching};
use crate::show::{Exit, Explain, print, rule, schema};

/// As for a pack in force.
const MOST_BYTES: u64 = 1 << 20;

/// The format, what lint finds, and each example with the pack in force.
pub fn test(given: &ArgMatches, here: &Here) -> Outcome {
    checked(given, here, true)
}

/// The same without the examples that merely do not hold.
pub fn lint(given: &ArgMatches, here: &Here) -> Outcome {
    checked(given, here, false)
}

fn checked(given: &ArgMatches, here: &Here, examples: bool) -> Outcome {
    let files = match given.get_one::<OsString>("file") {
        Some(file) => {
            vec![(Path::new(file).display().to_string(), text_of(&here.directory.join(file), Path::new(file))?)]
        }
        None => own_packs(&here.world.places).map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)?,
    };
    if files.is_empty() {
        return Err(Trouble::NoPacks.into());
    }
    let mut wrong = Vec::new();
    let mut read = Vec::new();
    for (name, text) in &files {
        match packs::parse(name, text) {
            Ok((pack, examples)) => {
                wrong.extend(lint_pack(name, text, &pack, &examples));
                read.push((pack, examples));
            }
            Err(errors) => wrong.extend(errors),
        }
    }
    if read.len() == files.len() && given.get_one::<OsString>("file").is_none() {
        let named: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        wrong.extend(Packs::with_user(&named).err().unwrap_or_default());
    }
    let rules = read.iter().map(|(pack, _)| pack.rules.len()).sum();
    let all: Vec<Vec<Examples>> = read.iter().map(|(_, examples)| examples.clone()).collect();
    let packs = Packs::of(read);
    if all.len() == files.len() {
        for ((name, text), list) in files.iter().zip(&all) {
            let file = File { name, text };
            for one in list {
                wrong.extend(failures(file, one, &packs, examples));
            }
        }
    }
    if wrong.is_empty() {
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        print::out(&rule::sound(&names.join(", "), rules, examples));
        return Ok(Exit::Fine);
    }
    Err(Trouble::WrongPacks(wrong).into())
}

fn text_of(path: &Path, named: &Path) -> Result<String, Trouble> {
    let what = || format!("{} can't be read", named.display());
    let io = |error| Trouble::Io { what: what(), error };
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(io)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut text).map_err(io)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(Trouble::TooBig { path: named.to_owned(), most: MOST_BYTES });
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Which of a rule's examples do not do what they say. Examples that need files are left to whoever lays them out.
fn failures(file: File<'_>, examples: &Examples, packs: &Packs, all: bool) -> Vec<PackError> {
    if !examples.files.is_empty() || !examples.dirs.is_empty() {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let lists = [
        ("stops", &examples.stops, Some(Answer::Yes)),
        ("unsure", &examples.unsure, Some(Answer::CannotTell)),
        ("passes", &examples.passes, None),
    ];
    let found = |line: &str| matching(&model_of(line), packs, &Seen::default());
    for (list, lines, wanted) in lists {
        for line in lines {
            let findings = found(line);
            let is_own = |finding: &&Finding| *finding.rule.id == *examples.id;
            let own = findings.iter().filter(is_own).map(|finding| finding.answer).fold(Answer::No, Answer::or);
            let other = findings.iter().find(|finding| !is_own(finding) && finding.answer == Answer::Yes);
            let only_other = other.filter(|_| own == Answer::No).map(|finding| &*finding.rule.id);
            let holds = match wanted {
                Some(wanted) => own == wanted,
                None => findings.is_empty(),
            };
            if !holds && (all || only_other.is_some()) {
                let minding = only_other.or_else(|| findings.first().map(|finding| &*finding.rule.id));
                let (says, instead) = rule::failure(&examples.id, list, line, own, minding);
                wrong.push(file.wrong(at_example(file.text, &examples.id, line), says, Some(instead)));
            }
        }
    }
    for line in packs.rule(&examples.id).map(|rule| rule.instead.clone()).unwrap_or_default() {
        let findings = found(&line);
        let stops = |one: &&Finding| one.rule.severity >= Severity::Medium && one.answer == Answer::Yes;
        if let Some(one) = findings.iter().find(stops) {
            let says =
                format!("`{line}`, which `{}` tells to use instead, is itself stopped by {}", examples.id, one.rule.id);
            wrong.push(file.wrong(
                at_example(file.text, &examples.id, &line),
                says,
                Some("name a milder command".into()),
            ));
        }
    }
    wrong
}

/// An example on a machine with nothing on it, where no variable but HOME and PATH is known.
fn model_of(line: &str) -> Model {
    let mode = Mode::default();
    let values = [("HOME".into(), Value::known("/home/me")), ("PATH".into(), Value::known("/usr/bin:/bin"))].into();
    let environment = Environment { values, partial: true };
    let known = Known { environment, directory: "/home/me/project".into(), ..Known::default() };
    command::commands(&"command".into(), &parse::read(line.as_bytes(), &mode), &mode, &known, &Seen::default())
}

/// Writes the beginning of a pack. The tool itself is never run.
pub fn new(given: &ArgMatches, here: &Here) -> Outcome {
    let tool = given.get_one::<OsString>("tool").map(|tool| tool.to_string_lossy().into_owned()).unwrap_or_default();
    if tool.is_empty() || !tool.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err(Trouble::NoToolName(tool).into());
    }
    let help = if given.get_flag("help-text") {
        let mut text = Vec::new();
        let io = |error| Trouble::Io { what: "standard input can't be read".to_owned(), error };
        std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut text).map_err(io)?;
        listed(&String::from_utf8_lossy(&text))
    } else {
        Listed::default()
    };
    let text = skeleton(&tool, &help);
    if given.get_flag("print") {
        print::out(&text);
        return Ok(Exit::Fine);
    }
    let path = PathBuf::from(format!("{tool}.toml"));
    write_new(&here.directory.join(&path), &text)?;
    print::out(&rule::begun(&path, here.world.packs.tools_for(tool.as_bytes()).find(|tool| !tool.pack.any_command)));
    Ok(Exit::Fine)
}

#[expect(clippy::unnecessary_wraps, reason = "a verb as any other")]
pub fn pack_schema(_given: &ArgMatches, _here: &Here) -> Outcome {
    print::out(&schema::pack());
    Ok(Exit::Fine)
}
