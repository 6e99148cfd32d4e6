//! `guarded hook`: an agent asks before it calls a tool. Earlier than the shell, and not instead of it.

use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bstr::BStr;
use clap::ArgMatches;

use super::people::word;
use super::{Here, Outcome, Trouble};
use crate::guard::{self, Answered, Judgement};
use crate::hook::{Answer, Asked, DIALECTS, Dialect, Given, Speaks, dialect, read, reply};
use crate::packs::Target;
use crate::placement::record::Record;
use crate::placement::table::{self, From};
use crate::placement::{self, texts};
use crate::policy::{Verdict, nearest};
use crate::show::{self, Exit, Explain, Stage, print};
use crate::supervise::exec::{Lacking, lacking};

/// What an agent asks is shorter.
const MOST: u64 = 20 << 20;

/// Agents let a call go on when their hook takes longer than they wait.
const LONGEST: Duration = Duration::from_secs(8);

pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    let name = word(given, "agent");
    let near = nearest(&name, DIALECTS.iter().map(|dialect| dialect.agent)).map(str::to_owned);
    let dialect = dialect(&name).ok_or(Trouble::NoSuchHook { name, near })?;
    ends_in_time(dialect);
    let mut text = Vec::new();
    let answer = match std::io::stdin().lock().take(MOST + 1).read_to_end(&mut text) {
        Ok(_) if text.len() as u64 > MOST => failed("what the agent asks is larger than 20 MB"),
        Ok(_) => match read(dialect, &text) {
            Ok(asked) => answer(&asked, dialect, here),
            Err(unread) => failed(&unread.what()),
        },
        Err(error) => failed(&format!("what the agent asks can't be read: {}", error.kind())),
    };
    Ok(tell(dialect, &answer))
}

fn tell(dialect: &Dialect, answer: &Answer) -> Exit {
    let reply = reply(dialect, answer);
    print::out(&reply.out);
    print::err(&reply.err);
    if reply.code == 0 { Exit::Fine } else { Exit::Usage }
}

fn failed(why: &str) -> Answer {
    Answer::Failed(show::hook::failed(why))
}

/// A refusal comes before the agent gives up on us.
fn ends_in_time(dialect: &'static Dialect) {
    std::thread::spawn(move || {
        std::thread::sleep(LONGEST);
        let exit = tell(dialect, &failed("judging takes too long"));
        std::process::exit(i32::from(exit.code()));
    });
}

fn answer(asked: &Asked, dialect: &Dialect, here: &Here) -> Answer {
    if let Some(lock) = here.world.locked().filter(|_| !asked.given.is_empty()) {
        return Answer::Refuse(show::locked(&lock));
    }
    let directory =
        asked.directory.as_ref().map_or_else(|| here.directory.clone(), |folder| here.directory.join(folder));
    let mut worst = Answer::Silence;
    for given in &asked.given {
        match of_text(given, asked, &directory, dialect, here) {
            Answer::Silence => {}
            ask @ Answer::Ask(_) => worst = ask,
            refused => return refused,
        }
    }
    for file in &asked.writes {
        if let Some(refused) = of_write(file, &directory, here) {
            return refused;
        }
    }
    worst
}

fn of_text(given: &Given, asked: &Asked, directory: &Path, dialect: &Dialect, here: &Here) -> Answer {
    let line = given.line(&asked.tool);
    let judged = match given.speaks {
        Speaks::Shell | Speaks::Python => here.judge_call(BStr::new(&line), directory),
        Speaks::Sql | Speaks::GraphQl => here.judge_tool(BStr::new(&line), directory),
    };
    let (call, mut judged) = match judged {
        Ok(judged) => judged,
        Err(trouble) => return failed(&trouble.what()),
    };
    let is_guarded = || asked.by_its_shell && shell_is_guarded(dialect, here);
    if judged.decision.deferred && !is_guarded() {
        judged.decision.without_execs(&judged.model, &judged.policy);
    }
    match judged.decision.verdict {
        Verdict::Allow | Verdict::Log => Answer::Silence,
        // The shell asks by itself, and what a person has allowed or paused it knows.
        Verdict::Ask | Verdict::Approve(0 | 1) if is_guarded() => Answer::Silence,
        Verdict::Ask | Verdict::Approve(0 | 1) if dialect.asks => {
            Answer::Ask(show::held(&judged.decision, &judged.model))
        }
        // Where the agent can't ask its user the request lies in the store; the next such call finds what became of it.
        Verdict::Ask | Verdict::Approve(_) | Verdict::Deny => {
            let model = judged.model.clone();
            match guard::answer_within(judged, call, &here.world, Some(Duration::ZERO)) {
                Ok(Answered::Refused(refusal)) => Answer::Refuse(show::refusal(&refusal, &model, &Stage::BeforeFirst)),
                Ok(Answered::Permitted(permit)) => {
                    drop(permit);
                    Answer::Silence
                }
                Err(trouble) => failed(&trouble.what()),
            }
        }
    }
}

/// A file that a tool of the agent's own would write: only what the guard goes by is refused, the rest is the agent's to
/// ask about.
fn of_write(file: &str, directory: &Path, here: &Here) -> Option<Answer> {
    let path = directory.join(file);
    if placed(&path, here) {
        return Some(Answer::Refuse(show::hook::placed(file)));
    }
    let text = format!("> {}", texts::word(&path.to_string_lossy()));
    let (_, Judgement { decision, model, .. }) = match here.judge_call(BStr::new(&text), directory) {
        Ok(judged) => judged,
        Err(trouble) => return Some(failed(&trouble.what())),
    };
    let guards =
        |judged: &crate::decide::Judged| judged.verdict >= Verdict::Ask && judged.finding.rule.target == Target::Guard;
    let refused = decision.verdict == Verdict::Deny || decision.judged.iter().any(guards);
    refused.then(|| {
        let refusal = crate::confirm::Refusal {
            decision,
            because: crate::confirm::Because::Denied,
            reader: crate::confirm::Reader::Agent,
        };
        Answer::Refuse(show::refusal(&refusal, &model, &Stage::BeforeFirst))
    })
}

/// Whether a placement wrote it, by whatever name.
fn placed(path: &Path, here: &Here) -> bool {
    let Some(state) = &here.world.state else { return false };
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    Record::read(&state.join("placement")).is_ok_and(|record| record.of(&real).is_some())
}

/// Whether the shell that this agent starts next is ours, as far as its environment tells.
fn shell_is_guarded(dialect: &Dialect, here: &Here) -> bool {
    if lacking() == Some(Lacking::Above) {
        return true;
    }
    let variable = |name: &str| {
        let found = here.environment().iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| PathBuf::from(std::ffi::OsStr::from_bytes(value)))
    };
    let ours = |path: PathBuf| placement::means::is_guarded_sh(&path);
    match table::agent(dialect.agent).map(|agent| agent.shell.from) {
        Some(From::Variable(name)) => {
            let says =
                |path: &PathBuf| path.to_string_lossy().contains("bash") || path.to_string_lossy().contains("zsh");
            let found =
                [variable(name), variable("SHELL")].into_iter().flatten().find(|path| says(path) && path.exists());
            found.is_some_and(ours)
        }
        Some(From::Shell) => variable("SHELL").is_some_and(ours),
        Some(From::Path) => {
            let path = variable("PATH").unwrap_or_default();
            let mut folders = std::env::split_paths(&path).map(|folder| folder.join("bash"));
            folders.find(|bash| bash.exists()).is_some_and(ours)
        }
        Some(From::Login | From::Fixed(_) | From::Key(..)) | None => false,
    }
}
