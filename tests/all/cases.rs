//! Runs cases that are data: a line is given to the shell in a project of its own, and what counts is what it did.
//!
//! A stopped line leaves every file as it was and calls no stub. A case that does not hold yet says why in `known`, and
//! fails when it begins to hold.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::programs::guarded_sh;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    line: String,
    verdict: Verdict,
    /// Run by plain bash in the project beforehand.
    #[serde(default)]
    before: String,
    /// What the message holds.
    #[serde(default)]
    says: Vec<String>,
    /// Calls of stubs that a line that runs leads to, by how they begin.
    #[serde(default)]
    calls: Vec<String>,
    /// Files that a line that runs leaves.
    #[serde(default)]
    leaves: Vec<String>,
    /// Added to the environment.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// The words of the shell before the line; `-c` unless told.
    words: Option<Vec<String>>,
    /// Would reach beyond the project if it ran: judged, never run.
    #[serde(default)]
    judged_only: bool,
    /// Why it does not hold yet, and what it would take.
    known: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Runs,
    Ask,
    Deny,
    /// Ask or deny.
    Stops,
}

impl Verdict {
    fn admits(self, code: Option<i32>) -> bool {
        match self {
            Verdict::Runs => !matches!(code, Some(75 | 125 | 126)),
            Verdict::Ask => code == Some(75),
            Verdict::Deny => code == Some(126),
            Verdict::Stops => matches!(code, Some(75 | 126)),
        }
    }
}

/// Tools that would reach beyond the project. Each writes down how it was called.
const STUBS: &[&str] = &[
    "aws",
    "at",
    "batch",
    "crontab",
    "curl",
    "docker",
    "gh",
    "helm",
    "kubectl",
    "mkfs.ext4",
    "mysql",
    "psql",
    "pkill",
    "killall",
    "railway",
    "redis-cli",
    "restic",
    "ssh",
    "sudo",
    "systemctl",
    "systemd-run",
    "terraform",
    "tmux",
    "wget",
    "wipefs",
    "dropdb",
    "gcloud",
    "mongosh",
    "rsync",
    "gdb",
    "reboot",
    "shutdown",
    "doas",
    "npx",
    "helmfile",
    "velero",
    "rclone",
    "code",
    "expect",
    "busybox",
    "parallel",
];

/// A home with a project in it, of which some is committed and some is not.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Place {
        // Not a folder for temporary files: what lies there is scratch.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")));
        let place = Place { folder: folder.expect("a folder") };
        let project = place.project();
        for folder in [
            place.path("bin"),
            project.join("src"),
            place.home().join(".config/guarded"),
            place.home().join(".local/state"),
        ] {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        for stub in STUBS {
            let path = place.path("bin").join(stub);
            // What it answers is not to be read off it.
            let text = format!("#!/bin/sh\necho \"{stub} $*\" >> '{}'\ndate\n", place.path("calls").display());
            std::fs::write(&path, text).expect("a stub");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a mode");
        }
        std::fs::write(place.home().join(".config/guarded/policy.toml"), "[ask]\nwait = 0\n").expect("a policy");
        std::fs::write(place.home().join(".bashrc"), "alias ll='ls -l'\n").expect("a start-up file");
        place.bash(SETUP);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub fn project(&self) -> PathBuf {
        self.path("home/project")
    }

    /// Without a controlling terminal: nobody is asked.
    pub fn shell(&self, words: &[&str]) -> Command {
        self.program(&guarded_sh(), words)
    }

    pub fn program(&self, program: &Path, words: &[&str]) -> Command {
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(program).args(words);
        self.dress(&mut command);
        command
    }

    fn dress(&self, command: &mut Command) {
        command.current_dir(self.project()).env_clear().env("HOME", self.home()).env("LC_ALL", "C.UTF-8");
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display()));
        command.stdin(Stdio::null());
    }

    /// With the shell that is not guarded.
    pub fn bash(&self, text: &str) {
        let done = self.program(Path::new("/bin/bash"), &["-ec", text]).output().expect("bash");
        assert!(done.status.success(), "{text}: {}", String::from_utf8_lossy(&done.stderr));
    }

    pub fn calls(&self) -> String {
        std::fs::read_to_string(self.path("calls")).unwrap_or_default()
    }

    /// Every file with its content, the guard's own state left out.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let meta = std::fs::symlink_metadata(&path).expect("an entry");
                if path.ends_with(".local/state") {
                    continue;
                }
                let content = if meta.is_dir() {
                    folders.push(path.clone());
                    b"a folder".to_vec()
                } else if meta.is_symlink() {
                    std::fs::read_link(&path).expect("a link").as_os_str().as_bytes().to_vec()
                } else if meta.is_file() {
                    std::fs::read(&path).unwrap_or_default()
                } else {
                    Vec::new()
                };
                files.insert(path, [format!("{:o} ", meta.permissions().mode()).into_bytes(), content].concat());
            }
        }
        files
    }
}

const SETUP: &str = r#"
git init -q -b main
printf '/target/\n/build/\n.env\n*.sqlite\nuploads/\n' > .gitignore
printf 'int main(void) { return 0; }\n' > src/main.c
printf 'int util;\n' > src/util.c
printf 'first\n' > notes.txt
printf 'as committed\n' > clean.txt
printf 'all:\n\ttrue\n' > Makefile
printf '{"scripts": {"test": "true"}}\n' > package.json
git add -A
git -c user.name=x -c user.email=x@example.com commit -q -m first
printf 'work of a day\n' >> src/main.c
printf 'work of a day\n' >> notes.txt
printf 'KEY=1\n' > .env
printf 'SQLite format 3\0' > app.sqlite
mkdir uploads && printf 'a face' > uploads/face.png
"#;

/// All cases of a folder below `tests/cases`.
pub fn hold(folder: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let mut cases = Vec::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(&root).expect("cases").flatten().map(|file| file.path()).collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file of cases");
        let found: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        cases.extend(found.case);
    }
    let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "a name is used twice");
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = match (case.holds(), &case.known) {
                        (Err(_), Some(_)) | (Ok(()), None) => continue,
                        (Err(why), None) => format!("{}: {}\n      {why}", case.name, case.line),
                        (Ok(()), Some(_)) => format!("{}: holds by now; `known` can go", case.name),
                    };
                    wrong.lock().expect("no panic").push(verdict);
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

impl Case {
    fn holds(&self) -> Result<(), String> {
        let place = Place::new();
        if !self.before.is_empty() {
            place.bash(&self.before);
        }
        let before = place.snapshot();
        let Ended { code, said: message } = self.run(&place);
        let first = message.lines().next().unwrap_or_default();
        let fail = |what: String| Err(format!("{what}; it ended with {code:?} and said: {first}"));
        if !self.verdict.admits(code) {
            return fail(format!("not {:?}", self.verdict));
        }
        if let Some(missing) = self.says.iter().find(|text| !message.contains(text.as_str())) {
            return fail(format!("{missing:?} is not said"));
        }
        let calls = place.calls();
        if self.verdict == Verdict::Runs {
            if let Some(call) = self.calls.iter().find(|call| !calls.lines().any(|line| line.starts_with(*call))) {
                return fail(format!("no call of {call:?} in {calls:?}"));
            }
            if let Some(file) = self.leaves.iter().find(|file| !place.project().join(file).exists()) {
                return fail(format!("{file} is not there"));
            }
            return Ok(());
        }
        let after = place.snapshot();
        if before != after || !calls.is_empty() {
            let changed = before.keys().chain(after.keys()).find(|path| before.get(*path) != after.get(*path));
            return fail(format!("something of it ran: {changed:?} {calls:?}"));
        }
        Ok(())
    }

    /// Away from whoever started the tests: below an agent what is younger than it counts for less.
    fn run(&self, place: &Place) -> Ended {
        let guarded = guarded_sh().with_file_name("guarded");
        let shell = guarded_sh();
        let mut words: Vec<&str> = match (&self.words, self.judged_only) {
            (_, true) => vec![as_text(&guarded), "check", "-c"],
            (Some(words), false) => [as_text(&shell)].into_iter().chain(words.iter().map(String::as_str)).collect(),
            (None, false) => vec![as_text(&shell), "-c"],
        };
        words.push(&self.line);
        let ended = place.home().join(".local/state/ended");
        let text =
            r#"ended=$1; shift; "$@" > "$ended.said" 2>&1; echo $? > "$ended.new"; exec /bin/mv "$ended.new" "$ended""#;
        let mut command = Command::new("/usr/bin/setsid");
        command.args(["-f", "/bin/sh", "-c", text, "_", as_text(&ended)]).args(&words);
        place.dress(&mut command);
        for (name, value) in &self.environment {
            command.env(name, value.replace("{home}", as_text(&place.home())));
        }
        assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("setsid").success());
        let begin = Instant::now();
        let code = loop {
            match std::fs::read_to_string(&ended) {
                Ok(code) => break code.trim().parse().ok(),
                Err(_) if begin.elapsed() > Duration::from_secs(60) => break None,
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let said = std::fs::read(ended.with_extension("said")).unwrap_or_default();
        Ended { code, said: String::from_utf8_lossy(&said).into_owned() }
    }
}

struct Ended {
    code: Option<i32>,
    said: String,
}

fn as_text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}
