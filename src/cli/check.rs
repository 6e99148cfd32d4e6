//! `guarded check`: what would happen, without running it.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use bstr::BString;
use clap::ArgMatches;

use super::{Here, Outcome, Trouble, batch};
use crate::credentials;
use crate::show::words::quote;
use crate::show::{check, print};
use crate::supervise::exec::{self, Lacking};

pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    let directory = directory(given, here)?;
    if given.get_flag("batch") {
        return batch::run(here, &directory);
    }
    let text = text(given).ok_or(Trouble::NoCommand)?;
    let (call, judgement) = here.judge_call(text.as_ref(), &directory)?;
    let lacks = credentials::used(&call, &judgement);
    if judgement.policy.require_exec && exec::lacking() == Some(Lacking::Tracing) {
        return Err(Box::new(crate::trouble::Trouble::NoExecLayer));
    }
    if is_json(given) {
        print::out(&format!("{}\n", check::json(&judgement.decision, &judgement.model, None, &lacks)));
    } else {
        print::out(&check::text(&judgement.decision, &judgement.model));
        print::out(&check::lacking(&lacks, &call.granted));
    }
    Ok(check::exit(judgement.decision.verdict))
}

pub fn is_json(given: &ArgMatches) -> bool {
    given.get_one::<String>("format").is_some_and(|format| format == "json")
}

/// The folder that `--cwd` names, absolute.
pub fn directory(given: &ArgMatches, here: &Here) -> Result<PathBuf, Trouble> {
    match given.get_one::<OsString>("cwd") {
        None => Ok(here.directory.clone()),
        Some(folder) => absolute(&here.directory, Path::new(folder)),
    }
}

pub fn absolute(here: &Path, folder: &Path) -> Result<PathBuf, Trouble> {
    std::fs::canonicalize(here.join(folder))
        .ok()
        .filter(|path| path.is_dir())
        .ok_or_else(|| Trouble::NoFolder(folder.to_owned()))
}

/// `-c STRING` and its words after it, one word as text, or several words as a program with its arguments.
pub fn text(given: &ArgMatches) -> Option<BString> {
    if let Some(string) = given.get_one::<OsString>("command") {
        return Some(string.clone().into_vec().into());
    }
    let words: Vec<&[u8]> = given.get_many::<OsString>("words")?.map(|word| word.as_bytes()).collect();
    match words.as_slice() {
        [] => None,
        [one] => Some((*one).into()),
        several => Some(quoted(several)),
    }
}

/// The words as shell text that means exactly them.
fn quoted(words: &[&[u8]]) -> BString {
    let mut text = Vec::new();
    for word in words {
        if !text.is_empty() {
            text.push(b' ');
        }
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"%+,-./:@_".contains(byte);
        quote(&mut text, word, is_plain);
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_so_that_a_shell_reads_them_back() {
        assert_eq!(quoted(&[b"rm", b"-rf", b"a b", b"it's", b"", b"$X", b"~"]), "rm -rf 'a b' 'it'\\''s' '' '$X' '~'");
        assert_eq!(quoted(&[b"A=1", b"x"]), "'A=1' x", "an argument, no assignment");
    }
}
