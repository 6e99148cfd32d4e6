//! `guarded run`: any program with all that it starts, each exec judged.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bstr::BString;
use clap::ArgMatches;

use super::{Here, Outcome, Trouble};
use crate::guard;
use crate::show::Explain;
use crate::supervise::exec::{Environment, Exec};

pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    let words: Vec<&OsString> = given.get_many::<OsString>("words").map(Iterator::collect).unwrap_or_default();
    let Some(name) = words.first() else { return Err(Trouble::NoCommand.into()) };
    let program = found(name, here).ok_or_else(|| Trouble::Io {
        what: name.to_string_lossy().into_owned(),
        error: std::io::ErrorKind::NotFound.into(),
    })?;
    let exec = Exec {
        program,
        nameless: false,
        words: words.iter().map(|word| word.as_bytes().into()).collect(),
        environment: Environment::of(here.environment()),
        directory: BString::from(here.directory.as_os_str().as_bytes()),
        elevated: None,
        task: 0,
    };
    guard::run(exec, &here.world, here.sh()).map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)
}

/// As execvp finds it.
fn found(name: &OsStr, here: &Here) -> Option<PathBuf> {
    let runs = |path: &Path| {
        std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    if name.as_bytes().contains(&b'/') {
        return Some(here.directory.join(name)).filter(|path| runs(path));
    }
    let path = here.environment().iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value)?;
    let folders = path.split(|byte| *byte == b':').map(|folder| here.directory.join(OsStr::from_bytes(folder)));
    folders.map(|folder| folder.join(name)).find(|path| runs(path))
}
