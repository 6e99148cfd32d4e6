//! Looking tells what is at stake, says "unknown" where it can't, and runs nothing of what it looks at.

#![allow(clippy::disallowed_methods, reason = "tests build what is looked at")]

mod attacks;
mod contexts;
mod paths;
mod repositories;
mod wants;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bstr::BString;
use guarded_sh::answer::Answer;
use guarded_sh::command::{Command, Environment, Model, Program, Stdin, Value, Via, Word};
use guarded_sh::look::facts::{FACTS, Stakes};
use guarded_sh::look::{Ground, stakes};
use guarded_sh::packs::{Effect, Severity, Target};
use guarded_sh::policy::Context;
use guarded_sh::rules::{Finding, Operand, OperandKind, Rule, Undo};
use guarded_sh::span::{Place, Span};

/// A folder of its own, with a command that is about to hit something in it.
struct Scenario {
    folder: tempfile::TempDir,
    home: PathBuf,
    effect: Effect,
    severity: Severity,
    target: Target,
    kind: OperandKind,
    environment: BTreeMap<BString, Value>,
    partial: bool,
    via: Vec<Via>,
    created: Vec<BString>,
    agent_since: Option<SystemTime>,
    contexts: Vec<Context>,
    protected: Vec<String>,
    temporary: Option<BString>,
    /// How many findings of the same kind the text has.
    times: usize,
    /// Where the shell began; the folder itself unless told.
    started: Option<PathBuf>,
}

impl Scenario {
    fn new() -> Self {
        Scenario::in_folder(tempfile::tempdir().expect("a folder"))
    }

    /// In a folder that is not one for temporary files.
    fn lasting() -> Self {
        Scenario::in_folder(tempfile::tempdir_in("/dev/shm").expect("a folder in memory"))
    }

    fn in_folder(folder: tempfile::TempDir) -> Self {
        let home = folder.path().join("home");
        std::fs::create_dir(&home).expect("a home");
        Scenario {
            folder,
            home,
            effect: Effect::Delete,
            severity: Severity::High,
            target: Target::Files,
            kind: OperandKind::Path,
            environment: BTreeMap::new(),
            partial: false,
            via: Vec::new(),
            created: Vec::new(),
            agent_since: None,
            contexts: Vec::new(),
            protected: Vec::new(),
            temporary: None,
            times: 1,
            started: None,
        }
    }

    /// With a repository `repo` that has one commit: `src/a.rs`, `src/b.rs`, `.gitignore`.
    fn with_repository() -> Self {
        Scenario::new().and_repository()
    }

    fn and_repository(self) -> Self {
        let scenario = self;
        scenario.write("repo/src/a.rs", "fn a() {}\n");
        scenario.write("repo/src/b.rs", "fn b() {}\n");
        scenario.write("repo/.gitignore", "dist/\n/target\n*.log\n.env\nuploads/\n*.sqlite\n");
        scenario.git(&["init", "-q", "-b", "main"]);
        scenario.commit();
        scenario
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn repo(&self) -> PathBuf {
        self.path("repo")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }

    fn git(&self, words: &[&str]) -> String {
        self.git_in(&self.repo(), words)
    }

    fn git_in(&self, folder: &Path, words: &[&str]) -> String {
        std::fs::create_dir_all(folder).expect("a folder");
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"])
            .args(words)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.home)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "x"]);
    }

    fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.into(), Value::known(value));
    }

    /// What is found for a line typed in a folder; the operands are what its rule would hit.
    fn stakes_in(&self, folder: &Path, line: &str, operands: &[Word]) -> Stakes {
        let words: Vec<Word> = line.split(' ').map(Word::known).collect();
        self.stakes_of(folder, words, operands)
    }

    fn stakes_of(&self, folder: &Path, words: Vec<Word>, operands: &[Word]) -> Stakes {
        let name = words.first().and_then(Word::text).unwrap_or_default().into();
        let command = Command {
            words,
            program: Program::Name(name),
            assignments: Vec::new(),
            redirections: Vec::new(),
            writes: Vec::new(),
            sends: Vec::new(),
            stdin: Stdin::Inherited,
            via: self.via.clone(),
            directory: Value::known(bytes(folder)),
            environment: Arc::new(Environment { values: self.environment.clone(), partial: self.partial }),
            created: Arc::new(self.created.clone()),
            written: Arc::default(),
            at: place(),
        };
        let model = Model { commands: vec![command], ..Model::default() };
        let operands = operands.iter().map(|word| Operand::new(self.kind, word.clone())).collect();
        let finding = Finding {
            rule: Arc::new(Rule { severity: self.severity, ..rule(self.effect, self.target) }),
            answer: Answer::Yes,
            because: None,
            command: 0,
            at: place(),
            operands,
        };
        let started = self.started.clone().unwrap_or_else(|| folder.to_owned());
        let ground = Ground {
            home: Some(bytes(&self.home)),
            directory: bytes(&started),
            temporary: self.temporary.clone(),
            agent_since: &|| self.agent_since,
            contexts: &self.contexts,
            protected_branches: &self.protected,
        };
        let findings = vec![finding; self.times];
        let mut all = stakes(&findings, &model, &ground);
        assert_eq!(all.len(), self.times);
        let found = all.pop().expect("stakes for the finding");
        for fact in found.truths.keys() {
            assert!(FACTS.iter().any(|(name, _)| name == fact), "{fact} is not in the list");
        }
        found
    }

    /// `rm -r` of paths in the repository.
    fn removing(&self, names: &[&str]) -> Stakes {
        self.removing_in(&self.repo(), names)
    }

    fn removing_in(&self, folder: &Path, names: &[&str]) -> Stakes {
        let words: Vec<Word> = names.iter().map(|name| word(name)).collect();
        self.stakes_in(folder, "rm -r", &words)
    }

    fn git_stakes(&self, line: &str) -> Stakes {
        self.stakes_in(&self.repo(), line, &[])
    }
}

/// A word whose glob characters are live.
fn word(text: &str) -> Word {
    Word { glob: text.contains(['*', '?', '[']), ..Word::known(text) }
}

fn bytes(path: &Path) -> BString {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).into()
}

fn place() -> Place {
    Place { source: "command".into(), line: 1, span: Span::default() }
}

fn rule(effect: Effect, target: Target) -> Rule {
    Rule {
        id: "x.y".into(),
        says: String::new(),
        why: String::new(),
        instead: Vec::new(),
        effect,
        target,
        severity: Severity::High,
        undo: Undo::None,
        lower: Vec::new(),
        raise: Vec::new(),
    }
}
