//! A place of its own: a policy that lets everything run, a state directory, files to destroy.

use std::cell::Cell;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::programs::guarded_sh;

pub struct Yard {
    top: tempfile::TempDir,
    user: Option<u32>,
}

thread_local! {
    /// Whose the next yards are.
    static USER: Cell<Option<u32>> = const { Cell::new(None) };
}

/// A user of no other rights. `false`: this one can't become another.
pub fn as_ordinary_user(tests: &[fn()]) -> bool {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: not root, and an ordinary user already");
        return false;
    }
    USER.set(Some(23_456));
    for test in tests {
        test();
    }
    USER.set(None);
    true
}

/// Nothing asks; the rest of a policy goes before it.
const RUNS: &str = "\n[decide]\nlow = \"log\"\nmedium = \"log\"\nhigh = \"log\"\ncritical = \"log\"\n";

impl Yard {
    pub fn new() -> Yard {
        let user = USER.get();
        // Others may not reach the sources; what the shell is started in is no scratch wherever it lies.
        let top = if user.is_some() { tempfile::tempdir() } else { tempfile::tempdir_in(yards()) };
        let yard = Yard { top: top.expect("a folder"), user };
        for folder in ["home", "state", "config/guarded", "w"] {
            std::fs::create_dir_all(yard.top.path().join(folder)).expect("a folder");
        }
        yard.policy("");
        if user.is_some() {
            std::fs::create_dir(yard.top.path().join("bin")).expect("a folder");
            for name in ["guarded-sh", "guarded"] {
                let (from, to) = (guarded_sh().with_file_name(name), yard.top.path().join("bin").join(name));
                std::fs::hard_link(&from, &to).or_else(|_| std::fs::copy(&from, &to).map(drop)).expect("a program");
            }
            let mut all = vec![yard.top.path().to_owned()];
            all.extend(["home", "state", "config", "config/guarded", "w"].map(|name| yard.top.path().join(name)));
            for folder in all {
                std::os::unix::fs::chown(&folder, user, user).expect("root's rights");
            }
        }
        yard
    }

    pub fn guarded_sh(&self) -> PathBuf {
        if self.user.is_some() { self.top.path().join("bin/guarded-sh") } else { guarded_sh() }
    }

    pub fn guarded(&self) -> PathBuf {
        self.guarded_sh().with_file_name("guarded")
    }

    pub fn top(&self) -> &Path {
        self.top.path()
    }

    pub fn policy(&self, text: &str) {
        self.policy_as_given(&format!("{text}{RUNS}"));
    }

    pub fn policy_as_given(&self, text: &str) {
        std::fs::write(self.top.path().join("config/guarded/policy.toml"), text).expect("a policy");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.top.path().join("w").join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path("")).expect("the yard");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    pub fn vault(&self) -> PathBuf {
        self.top.path().join("state/guarded/vault")
    }

    pub fn trail(&self) -> String {
        std::fs::read_to_string(self.top.path().join("state/guarded/audit.jsonl")).unwrap_or_default()
    }

    pub fn surround<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let top = self.top.path();
        if let Some(user) = self.user {
            command.uid(user).gid(user).env("USER", "ordinary");
        }
        command
            .current_dir(top.join("w"))
            .env("HOME", top.join("home"))
            .env("XDG_STATE_HOME", top.join("state"))
            .env("XDG_CONFIG_HOME", top.join("config"))
            .env("GIT_CONFIG_GLOBAL", top.join("gitconfig"))
            .stdin(Stdio::null())
    }

    /// Plain bash, to prepare.
    pub fn bash(&self, text: &str) {
        let ended = self.surround(Command::new("bash").args(["-c", text])).output().expect("bash");
        assert!(ended.status.success(), "{text}: {}", String::from_utf8_lossy(&ended.stderr));
    }

    pub fn shell(&self, text: &str) -> Output {
        self.shell_with(text, |_| {})
    }

    pub fn shell_with(&self, text: &str, more: impl FnOnce(&mut Command)) -> Output {
        let mut command = Command::new(self.guarded_sh());
        self.surround(command.args(["-c", text]));
        more(&mut command);
        command.output().expect("the shell")
    }

    pub fn runs(&self, text: &str) {
        let ended = self.shell(text);
        assert!(ended.status.success(), "{text}: {}", String::from_utf8_lossy(&ended.stderr));
    }

    pub fn undo(&self, words: &[&str]) -> Output {
        self.surround(Command::new(self.guarded()).arg("undo").args(words)).output().expect("guarded")
    }

    /// All of the last command is back.
    pub fn back(&self) {
        let ended = self.undo(&["--last"]);
        let told = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{told}: {:#?}", self.entries());
    }

    pub fn entries(&self) -> Vec<serde_json::Value> {
        let listed = self.undo(&["list", "--format", "json"]);
        assert!(listed.status.success());
        let lines = String::from_utf8(listed.stdout).expect("text");
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// Until what the commands left was looked at.
    pub fn settled(&self) {
        let end = Instant::now() + Duration::from_secs(10);
        let waits = || {
            let entries = std::fs::read_dir(self.vault()).into_iter().flatten();
            entries
                .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("manifest.json")).ok())
                .any(|text| text.contains("waits_for"))
        };
        while waits() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        // The same process makes room then.
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Beside the sources: what lies below `/tmp` or in build output is not kept.
fn yards() -> PathBuf {
    let yards = Path::new(env!("CARGO_MANIFEST_DIR")).join(".yards");
    std::fs::create_dir_all(&yards).expect("a folder");
    yards
}
