//! Runs scripts in the real shells, many in a process, with stubs that write down what they are given.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::grammar::{Script, Shell, Startup};

/// What one call of a stub was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub directory: Vec<u8>,
    /// `E` and `x` in its environment.
    pub exported: [Option<Vec<u8>>; 2],
    /// The stub's name, then its arguments.
    pub words: Vec<Vec<u8>>,
}

const STUB: &str = r#"#!/bin/sh
printf '%s\0' "$#" "$PWD" "${E+=}${E-}" "${x+=}${x-}" "${0##*/}" "$@" >>LOG
"#;
/// The one whose standard input counts: it is its last argument.
const READER: &str = r#"#!/bin/sh
t=$(cat; echo .)
exec "${0%c4}c3" "$@" "${t%.}"
"#;

/// Whether a home is as it was made, without a program that looks.
const SAME: &str = r#"same() {
    local all lines
    all=("$1"/*); mapfile lines <"$1/x"
    [ "${#all[@]}${all[0]}" = "1$1/x" ] && [ "${#lines[@]}${lines[0]}" = $'1home\n' ]
} 2>/dev/null
"#;

/// Where `-l` can be had without what the machine's own start-up file does.
pub fn can_log_in() -> bool {
    static HIDES: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    let tried = || Command::new("/usr/bin/unshare").args(["-m", "/bin/sh", "-c", HIDE]).stderr(Stdio::null()).status();
    *HIDES.get_or_init(|| tried().is_ok_and(|status| status.success()))
}

const HIDE: &str = "mount --bind /dev/null /etc/profile";

/// The home of a script that a login shell runs in this folder.
pub fn login_home(folder: &Path) -> PathBuf {
    folder.with_extension("home")
}

pub struct Place {
    root: PathBuf,
}

impl Place {
    pub fn new(root: &Path) -> Self {
        let bin = root.join("bin");
        std::fs::create_dir_all(&bin).expect("a folder");
        std::fs::create_dir_all(root.join("home")).expect("a folder");
        std::fs::write(root.join("home/x"), "home\n").expect("a file");
        let log = root.join("log").display().to_string();
        for name in ["c1", "c2", "c3", "c4"] {
            let path = bin.join(name);
            let text = if name == "c4" { READER.to_owned() } else { STUB.replace("LOG", &log) };
            std::fs::write(&path, text).expect("a stub");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("its mode");
        }
        Place { root: root.to_owned() }
    }

    pub fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// A home of its own, with the start-up file of a login shell. What the machine's own would do is not the matter.
    fn login_home(&self, number: usize, startup: &Startup) -> PathBuf {
        let home = login_home(&self.root.join(number.to_string()));
        std::fs::create_dir_all(&home).expect("a folder");
        std::fs::write(home.join("x"), "home\n").expect("a file");
        std::fs::write(home.join(".bash_profile"), &startup.text).expect("a start-up file");
        home
    }

    /// A fresh folder for one script.
    pub fn folder(&self, number: usize) -> PathBuf {
        let folder = self.root.join(number.to_string());
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("an old folder goes");
        }
        std::fs::create_dir_all(folder.join("sub/deep")).expect("a folder");
        std::fs::create_dir(folder.join("a b")).expect("a folder");
        for (name, text) in [
            ("a.txt", "first a\nsecond\n"),
            ("b.txt", "b"),
            (".hid", ""),
            ("Abc", "x\n"),
            ("sub/x.txt", "in x\n"),
            ("sub/.dot", ""),
            ("sub/deep/y.txt", ""),
        ] {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        std::os::unix::fs::symlink("sub", folder.join("link")).expect("a link");
        folder
    }

    /// What each script's stubs were given, and whether it reached its end without a complaint.
    pub fn run(&self, scripts: &[Script], limited: bool) -> Vec<(Vec<Given>, bool)> {
        use std::fmt::Write as _;
        let log = self.root.join("log");
        std::fs::write(&log, "").expect("a log");
        // A script may change what ends its own loop; what is left out of a smaller one surely may.
        let limit = if limited { "timeout 0.2" } else { "timeout 5" };
        let mut batch = format!("ulimit -t 2 -f 20000; unset SHLVL OLDPWD; shopt -s dotglob\n{SAME}");
        for (number, script) in scripts.iter().enumerate() {
            let folder = self.root.join(number.to_string());
            std::fs::write(self.root.join(format!("{number}.text")), format!("{}\nc1 end", script.text()))
                .expect("a script");
            let shell = if script.shell == Shell::Bash { "bash" } else { "dash" };
            let (environment, shell) = match &script.startup {
                None => (String::new(), shell.to_owned()),
                Some(startup) if startup.login => {
                    (format!("HOME={};", self.login_home(number, startup).display()), format!("{shell} -l"))
                }
                Some(startup) => {
                    let file = self.root.join(format!("{number}.env"));
                    std::fs::write(&file, &startup.text).expect("a start-up file");
                    (format!("export BASH_ENV={};", file.display()), shell.to_owned())
                }
            };
            let (root, folder) = (self.root.display(), folder.display());
            // Whatever it left in the background holds the pipe, and is waited for.
            let _ = writeln!(
                batch,
                "same {root}/home || {{ rm -rf {root}/home; mkdir {root}/home; echo home >{root}/home/x; }}; printf '=%s\\0' {number} >>{root}/log; (cd {folder}; unset OLDPWD; IFS= read -r -d '' t <{root}/{number}.text; export -n t; {environment} exec {limit} {shell} -c \"$t\" zero one 'two words') </dev/null 9>&1 >/dev/null 2>{root}/err | IFS= read -r -t 6 -d ''; [ -s {root}/err ] && printf '=!\\0' >>{root}/log",
            );
        }
        std::fs::write(self.root.join("batch"), batch).expect("a batch");
        let mut shell = Command::new("/usr/bin/timeout");
        shell.arg("300");
        if can_log_in() {
            shell.args(["/usr/bin/unshare", "-m", "/bin/sh", "-c", &format!("{HIDE}; exec \"$@\""), "sh"]);
        }
        shell.arg("/bin/bash").arg(self.root.join("batch")).env_clear().current_dir(&self.root);
        shell.env("PATH", format!("{}:/usr/bin:/bin", self.root.join("bin").display())).env("HOME", self.home());
        shell.env("GIVEN", "given value").env("E", "env");
        let status = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("bash");
        assert_ne!(status.code(), Some(124), "a script does not end");
        parse(&std::fs::read(log).expect("the log"), scripts.len())
    }
}

fn parse(text: &[u8], scripts: usize) -> Vec<(Vec<Given>, bool)> {
    let mut all = vec![(Vec::new(), false); scripts];
    let mut number = 0;
    let mut fields = text.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        if field == b"=!" {
            all[number].1 = false;
            continue;
        }
        if let Some(index) = field.strip_prefix(b"=") {
            number = String::from_utf8_lossy(index).parse::<usize>().expect("a number");
            continue;
        }
        let Ok(count) = String::from_utf8_lossy(field).parse::<usize>() else { continue };
        let mut next = || fields.next().unwrap_or_default().to_vec();
        let directory = next();
        let exported = [next(), next()].map(|value| value.strip_prefix(b"=").map(<[u8]>::to_vec));
        let words: Vec<Vec<u8>> = (0..=count).map(|_| next()).collect();
        if words.len() == 2 && words[1] == b"end" {
            all[number].1 = true;
        } else {
            all[number].0.push(Given { directory, exported, words });
        }
    }
    all
}
