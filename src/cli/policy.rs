//! `guarded policy`: what holds here, whether its files make sense, and why a command is decided as it is.

use std::io::Write;
use std::path::{Path, PathBuf};

use bstr::BStr;
use clap::ArgMatches;

use super::{Here, Outcome, Trouble, check};
use crate::policy::settings::Scope;
use crate::policy::{PROJECT_FILE, Policy, Versions, matches_name, starter, today};
use crate::show::words::decision_in_full;
use crate::show::{Exit, Explain, policy, print, schema, why};

fn of_here(given: &ArgMatches, here: &Here) -> Result<(PathBuf, Policy), Box<dyn Explain>> {
    let directory = check::directory(given, here)?;
    let found = here.world.policy(&directory, &[], Versions::AndCommitted);
    let found = found.map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)?;
    Ok((directory, found))
}

pub fn show(given: &ArgMatches, here: &Here) -> Outcome {
    let (_, found) = of_here(given, here)?;
    print::out(&policy::text(&found));
    Ok(Exit::Fine)
}

/// What reading alone does not tell: names of rules that do not exist, waivers that have run out, examples that do not
/// hold.
pub fn test(given: &ArgMatches, here: &Here) -> Outcome {
    let (directory, found) = of_here(given, here)?;
    let packs = &here.world.packs;
    let mut wrong = found.warnings.clone();
    let today = today();
    for waiver in &found.waivers {
        let from = &waiver.from;
        if packs.rule(&waiver.rule).is_none() {
            wrong.push(format!("{from}: a waiver names {}, and there is no such rule", waiver.rule));
        }
        if waiver.until < today {
            wrong.push(format!("{from}: the waiver of {} ran out on {}", waiver.rule, waiver.until));
        }
    }
    for one in &found.overrides {
        let Some(glob) = one.rule.as_deref() else { continue };
        if !packs.rules().any(|rule| matches_name(glob.as_bytes(), rule.id.as_bytes())) {
            wrong.push(format!("{}: an override names {glob}, and no rule fits", one.from));
        }
    }
    for example in &found.examples {
        let would = here.judge(BStr::new(&example.command), &directory)?.decision.would;
        if would != example.decision {
            let [would, wanted] = [would, example.decision].map(decision_in_full);
            wrong.push(format!("{}: {:?} leads to {would}, not {wanted}", example.from, example.command));
        }
    }
    if wrong.is_empty() {
        print::out(&policy::sound(&found));
        return Ok(Exit::Fine);
    }
    Err(Trouble::PolicyTest(wrong).into())
}

/// Which lines lead to the decision about a command.
pub fn explain(given: &ArgMatches, here: &Here) -> Outcome {
    let directory = check::directory(given, here)?;
    let text = check::text(given).ok_or(Trouble::NoCommand)?;
    let judged = here.judge(text.as_ref(), &directory)?;
    print::out(&why::text(&judged.decision, &judged.model, &judged.policy, today()));
    Ok(Exit::Fine)
}

/// Writes a commented policy where there is none.
pub fn init(given: &ArgMatches, here: &Here) -> Outcome {
    let is_project = given.get_flag("project");
    let text = if is_project {
        starter::project()
    } else {
        let until = today().checked_add(jiff::Span::new().days(90)).unwrap_or_else(|_| today());
        starter::user(until)
    };
    if given.get_flag("print") {
        print::out(&text);
        return Ok(Exit::Fine);
    }
    let path = if is_project {
        here.directory.join(PROJECT_FILE)
    } else {
        here.world.places.user.clone().ok_or(Trouble::NoHome)?
    };
    write_new(&path, &text)?;
    print::out(&policy::written(&path));
    Ok(Exit::Fine)
}

/// Never over a file that is there.
pub fn write_new(path: &Path, text: &str) -> Result<(), Trouble> {
    let io = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Trouble::IsThere(path.to_owned()),
        _ => Trouble::Io { what: format!("{} can't be written", path.display()), error },
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io)?;
    }
    let mut file = std::fs::File::create_new(path).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)
}

#[expect(clippy::unnecessary_wraps, reason = "a verb as any other")]
pub fn schema(given: &ArgMatches, _here: &Here) -> Outcome {
    let scope = if given.get_flag("project") { Scope::Project } else { Scope::System };
    print::out(&schema::policy(scope));
    Ok(Exit::Fine)
}
