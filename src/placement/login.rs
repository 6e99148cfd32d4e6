//! A user's login shell: a script that leads to the guarded bash, its line in the list of login shells, and the system's
//! own program that sets it. What it was is put down first.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::files;
use super::means::{Means, text};
use super::texts::{self, END};
use super::trouble::Trouble;
use super::wanted::{Want, Wanted, links};
use crate::store::private_directory;

/// Marks of our line in the list.
const BEGIN: &str = "# >>> guarded-sh: a login shell >>>";
const SHELLS: &str = "/etc/shells";

/// Whose it is, and which it is now.
#[derive(Debug)]
pub struct Login {
    pub user: String,
    pub now: String,
}

/// Where the script lies. Its name is one that agents take.
#[must_use]
pub fn script(means: &Means) -> PathBuf {
    PathBuf::from(&means.links).with_file_name("login").join("bash")
}

/// The files that it takes. The list is root's to write.
pub fn wanted(means: &Means, is_root: bool) -> Result<Vec<Wanted>, Trouble> {
    let shell = script(means);
    let mut wanted = links(means).to_vec();
    wanted.push(Wanted { path: shell.clone(), want: Want::Program { text: texts::login(means), mode: 0o755 } });
    let list = means.path(SHELLS, None);
    let line = text(&shell)?;
    let there = files::read(&list, true)?;
    if is_root {
        wanted.push(Wanted { path: list, want: Want::Lines(format!("{BEGIN}\n{line}\n{END}\n")) });
    } else if !there.bytes().split(|byte| *byte == b'\n').any(|listed| listed == line.as_bytes()) {
        let add = format!("echo {} | sudo tee -a {SHELLS}", texts::word(&line));
        return Err(Trouble::NotAllowed(format!(
            "{SHELLS} does not list {line}, and only root adds to it: type `{add}`, then this again"
        )));
    }
    Ok(wanted)
}

impl Login {
    pub fn of(user: &str, means: &Means) -> Result<Login, Trouble> {
        let path = means.path("/etc/passwd", None);
        let table = files::read(&path, true)?;
        let table = String::from_utf8_lossy(table.bytes()).into_owned();
        let mut lines = table.lines().map(|line| line.split(':').collect::<Vec<&str>>());
        let found = lines.find(|fields| fields.first() == Some(&user) && fields.len() == 7);
        let Some(fields) = found else {
            let why = format!("{} has no user {user}: set the shell where that user is kept", path.display());
            return Err(Trouble::NotAllowed(why));
        };
        Ok(Login { user: user.to_owned(), now: fields.get(6).copied().unwrap_or_default().to_owned() })
    }

    /// After the files are there. A shell that does not start would lock the user out.
    pub fn set(&self, means: &Means) -> Result<(), Trouble> {
        let shell = script(means);
        let probe = Command::new(&shell).args(["-c", "exit 7"]).status();
        if !probe.is_ok_and(|status| status.code() == Some(7)) {
            let why = format!("{} does not start here, so it was not set: guarded doctor says why", shell.display());
            return Err(Trouble::NotAllowed(why));
        }
        let shell = text(&shell)?;
        if self.now != shell {
            let note = self.note(means);
            private_directory(&means.record).map_err(|error| Trouble::State(error.to_string()))?;
            std::fs::write(&note, &self.now).map_err(|error| Trouble::Io { path: note.clone(), error })?;
            self.change(&shell, means)?;
        }
        Ok(())
    }

    /// The shell that it was, where ours still stands.
    pub fn put_back(&self, means: &Means) -> Result<(), Trouble> {
        let note = self.note(means);
        let Ok(before) = std::fs::read_to_string(&note) else { return Ok(()) };
        if self.now == text(&script(means))? {
            self.change(&before, means)?;
        }
        std::fs::remove_file(&note).map_err(|error| Trouble::Io { path: note, error })
    }

    fn note(&self, means: &Means) -> PathBuf {
        means.record.join(format!("login-shell-of-{}", self.user.replace('/', "_")))
    }

    /// By the system's own program: as root without a question, else with the user's password.
    fn change(&self, shell: &str, means: &Means) -> Result<(), Trouble> {
        let is_root = nix::unistd::geteuid().is_root();
        let names: &[&str] =
            if is_root { &["/usr/sbin/usermod", "/sbin/usermod"] } else { &["/usr/bin/chsh", "/bin/chsh"] };
        let Some(program) = names.iter().find(|name| Path::new(name).is_file()) else {
            let name = if is_root { "usermod" } else { "chsh" };
            let why = format!(
                "there is no {name} here to set it; by hand it is the last field of {}'s line in /etc/passwd",
                self.user
            );
            return Err(Trouble::NotAllowed(why));
        };
        let mut command = Command::new(program);
        if means.root != Path::new("/") {
            command.arg("--prefix").arg(&means.root);
        }
        let status = command.args(["--shell", shell, &self.user]).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                let code = status.code().unwrap_or_default();
                Err(Trouble::NotAllowed(format!(
                    "{program} did not set it and ended with {code}: the login shell is what it was"
                )))
            }
            Err(error) => Err(Trouble::Io { path: program.into(), error }),
        }
    }
}
