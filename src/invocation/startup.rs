//! Which start-up files a call reads (`run_startup_files` of bash's shell.c, as Debian builds it). Where builds differ,
//! all that one of them reads is named: a file too many is looked at for nothing, one too few would run unseen.

use bstr::BString;

use super::line::Line;
use super::{Called, RcFile, ShKind, Shell, StdinKind, Surroundings, Text, value};

#[derive(Default)]
pub(super) struct Files {
    pub read: Vec<BString>,
    pub first_of: Vec<BString>,
    pub text: Vec<BString>,
}

type Environment = [(BString, BString)];

pub(super) fn files(line: &Line, called: &Called, environment: &Environment, around: Surroundings) -> Files {
    let mut files = Files::default();
    if line.text == Text::Nothing || (around.setuid && !line.privileged) {
        return files;
    }
    if called.shell == Shell::Sh && matches!(around.sh, ShKind::Dash | ShKind::Busybox) {
        files.of_dash(line, environment);
    } else if remote(line, called, environment, around) {
        files.rc(&RcFile::Usual, line, environment);
    } else {
        files.of_bash(line, called, environment);
    }
    if line.debugger {
        files.read.push("/usr/share/bashdb/bashdb-main.inc".into());
    }
    files
}

impl Files {
    fn of_bash(&mut self, line: &Line, called: &Called, environment: &Environment) {
        let sh = called.shell == Shell::Sh;
        let profiles = line.login && !line.posix;
        if profiles && !line.no_profile {
            self.profile(sh, environment);
        }
        if !(line.interactive || called.su && line.login) {
            if !line.posix && !sh && !line.privileged {
                self.named_by(b"BASH_ENV", environment);
            }
        } else if line.posix || sh {
            if !line.privileged {
                self.named_by(b"ENV", environment);
            }
        } else if !profiles {
            self.rc(&line.rc, line, environment);
        }
    }

    fn of_dash(&mut self, line: &Line, environment: &Environment) {
        if line.login {
            self.profile(true, environment);
        }
        if line.interactive {
            self.named_by(b"ENV", environment);
        }
    }

    fn profile(&mut self, sh: bool, environment: &Environment) {
        self.read.push("/etc/profile".into());
        let names: &[&[u8]] = if sh { &[b".profile"] } else { &[b".bash_profile", b".bash_login", b".profile"] };
        let personal: Vec<BString> = names.iter().map(|name| at_home(name, environment)).collect();
        if !sh {
            self.first_of.clone_from(&personal);
        }
        self.read.extend(personal);
    }

    fn rc(&mut self, rc: &RcFile, line: &Line, environment: &Environment) {
        let named = match (rc, &line.rc) {
            (RcFile::None, _) | (_, RcFile::None) => return,
            (RcFile::Named(file), _) | (RcFile::Usual, RcFile::Named(file)) => file.clone(),
            (RcFile::Usual, RcFile::Usual) => at_home(b".bashrc", environment),
        };
        self.read.push("/etc/bash.bashrc".into());
        self.read.push(match named.strip_prefix(b"~/") {
            Some(below) => at_home(below, environment),
            None => named,
        });
    }

    /// The value is expanded like a word in double quotes, after a tilde.
    fn named_by(&mut self, variable: &[u8], environment: &Environment) {
        let Some(file) = value(environment, variable).filter(|file| !file.is_empty()) else { return };
        if file.iter().any(|byte| b"$`\\".contains(byte)) {
            self.text.push(file.into());
        } else if let Some(below) = file.strip_prefix(b"~/") {
            self.read.push(at_home(below, environment));
        } else {
            self.read.push(file.into());
        }
    }
}

/// `bash -c` below sshd, or with a socket as standard input, reads the rc files of a top-level shell.
fn remote(line: &Line, called: &Called, environment: &Environment, around: Surroundings) -> bool {
    let level = value(environment, b"SHLVL").and_then(|level| std::str::from_utf8(level).ok()?.trim().parse().ok());
    !line.interactive
        && !line.login
        && called.shell != Shell::Sh
        && matches!(line.text, Text::Command(_))
        && line.rc != RcFile::None
        && level.is_none_or(|level: i64| level < 1)
        && (around.stdin == StdinKind::Socket
            || value(environment, b"SSH_CLIENT").is_some()
            || value(environment, b"SSH2_CLIENT").is_some())
}

fn at_home(name: &[u8], environment: &Environment) -> BString {
    match value(environment, b"HOME") {
        Some(home) => BString::from([home, b"/", name].concat()),
        None => BString::from([b"~/", name].concat()),
    }
}
