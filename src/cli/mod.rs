//! `guarded`: a table of verbs, each a function from what was typed to an exit code. An edge: it reads the environment,
//! standard input and the state directory.

mod verbs;
mod line;
mod judging;
mod check;
mod batch;
mod explain;
mod people;
mod lock;
mod log;
mod rules;
mod run;
mod doctor;
mod drill;
mod authoring;
mod policy;
mod undo;
mod backups;
mod placement;
mod hook;
mod trouble;

use std::ffi::OsString;

use judging::Here;
pub use line::command;
pub use trouble::Trouble;
pub use verbs::{Argument, Form, VERBS, Verb};

use crate::show::trouble::lay_out;
use crate::show::{Exit, Explain, print};

/// How a verb ends.
pub type Outcome = Result<Exit, Box<dyn Explain>>;

/// Runs `guarded` with its arguments (the program's name first).
pub fn run(arguments: Vec<OsString>) -> Exit {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            if !error.use_stderr() {
                // Help and version are no errors, and clap knows where each goes.
                let _ = error.print();
                return Exit::Fine;
            }
            print::err(&error.render().to_string().replacen("error: ", "guarded: ", 1));
            return Exit::Usage;
        }
    };
    match verb(&matches) {
        Ok(exit) => exit,
        Err(trouble) => {
            print::err(&lay_out("guarded", trouble.as_ref()));
            trouble.exit()
        }
    }
}

fn verb(matches: &clap::ArgMatches) -> Outcome {
    let (verb, given) = line::verb(matches).ok_or(Trouble::NoVerb)?;
    let repairs = matches.subcommand_name().is_some_and(|name| {
        matches!(name, "rules" | "policy" | "doctor" | "lock" | "unlock" | "status" | "init" | "uninit")
    });
    (verb.run)(given, &Here::new(repairs)?)
}
