//! Programs that change what they run between the judging and the running. `RACE_RUNS` repeats each so many times, `RACE_ROUNDS` its
//! race within each.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::cases::Place;
use crate::supervised::{self, REACHES};

const WAYS: &[&str] = &[
    "word",
    "untraced",
    "traced",
    "byte",
    "shared",
    "writev",
    "mem",
    "link",
    "memory",
    "descriptor",
    "self",
    "vfork",
    "thread",
    "threads",
    "loader",
    #[cfg(target_arch = "x86_64")]
    "int80",
    #[cfg(target_arch = "x86_64")]
    "x32",
    "ring",
    "failing",
    "undumpable",
    "listener",
];

/// What must never be touched, as a pack of the user's.
const PACK: &str = r#"
[tool]
name = "forbidden"
commands = ["touch", "other"]
about = "what a test forbids"

[grammar]
operands = { "" = "paths" }

[[rule]]
id = "forbidden.touch"
says = "touches what is forbidden"
why = "A test says so."
effect = "overwrite"
target = "files"
severity = "catastrophic"
when = { operand = { any = ["*FORBIDDEN*"] } }
stops = ["touch FORBIDDEN", "touch -c ./FORBIDDEN"]
unsure = ["touch $X"]
passes = ["touch ok"]

[[rule]]
id = "forbidden.other"
says = "is another program"
why = "A test says so."
effect = "overwrite"
target = "files"
severity = "catastrophic"
words = "fixed"
when = { command = "other", operand = { any = "made" } }
stops = ["other made", "other made x"]
passes = ["other self"]
"#;

/// Once: the tests run beside each other.
fn built() -> Option<PathBuf> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
            let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/supervised/races.c");
            let program = folder.join("races");
            let built = Command::new("cc").args(["-O1", "-pthread", "-o"]).arg(&program).arg(source).status();
            built.is_ok_and(|status| status.success()).then_some(program)
        })
        .clone()
}

#[test]
fn what_runs_is_what_was_judged() {
    let program = built().expect("a C compiler");
    let number = |name| std::env::var(name).ok().and_then(|number| number.parse::<u32>().ok());
    let times = number("RACE_RUNS").unwrap_or(3);
    let rounds = number("RACE_ROUNDS").unwrap_or(40).to_string();
    let mut wrong = Vec::new();
    for way in WAYS {
        let place = Place::new();
        let policy = "[ask]\nwait = 0\n[require]\nlayer = \"exec\"\n";
        std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
        std::fs::create_dir_all(place.home().join(".config/guarded/rules")).expect("a folder");
        std::fs::write(place.home().join(".config/guarded/rules/forbidden.toml"), PACK).expect("a pack");
        let project = place.project();
        std::fs::copy(&program, project.join("race")).expect("a program");
        std::fs::copy(&program, project.join("other")).expect("a program");
        for turn in 0..times {
            // The one whose own image counts is called by the name that is forbidden.
            let program = if *way == "self" { "other" } else { "race" };
            let line = format!("./{program} {way} '{}'", project.display());
            let tree = REACHES[turn as usize % REACHES.len()];
            let mut shell = place.shell(&["-c", &line]);
            let output = shell.env("ROUNDS", &rounds).env("GUARDED_TRACE_TREE", tree).output().expect("the shell");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if project.join("FORBIDDEN").exists() {
                wrong.push(format!("{way}: got through\n{said}"));
                break;
            }
            if !project.join("ok").exists() {
                wrong.push(format!("{way}: did not end as it should: {:?}\n{said}", output.status));
                break;
            }
            std::fs::remove_file(project.join("ok")).expect("made");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Or the test above proves nothing: where nobody looks, the same programs get there.
#[test]
fn without_a_supervisor_they_get_there() {
    let program = built().expect("a C compiler");
    for way in [
        "word",
        "untraced",
        "traced",
        "byte",
        "shared",
        "memory",
        "descriptor",
        "vfork",
        "thread",
        "loader",
        "failing",
        "undumpable",
    ] {
        let place = Place::new();
        let line = format!("'{}' {way} '{}'", program.display(), place.project().display());
        place.bash(&line);
        assert!(place.project().join("FORBIDDEN").exists(), "{way}");
    }
}

/// Whoever is asked about a program that is gone by then holds nobody up, nor does who ends before it was told of.
#[test]
fn no_supervisor_outlives_its_tree() {
    // Its parent ends while the question is put.
    let line = "for i in 1 2 3 4 5 6; do sh -c 'x=$(echo ode | tr o c | tr c g); sleep 0 & kill -9 $$' & done; \
                for i in $(seq 200); do (: & true) & done; wait; python3 hidden.py hid fork & \
                python3 -c 'import os; [os.fork() for _ in range(3)]; os.execvp(\"python3\", [\"p\", \"hidden.py\", \"hid\", \"fork\"])'";
    for tree in REACHES {
        let place = supervised::place("rm\n-rf\nuploads", true);
        let mut shell = place.shell(&["-c", line]);
        let output = shell.env("MARK", place.path("mark")).env("GUARDED_TRACE_TREE", tree).output().expect("the shell");
        assert!(place.project().join("uploads").exists(), "{}", String::from_utf8_lossy(&output.stderr));
        let mark = format!("MARK={}", place.path("mark").display());
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while marked(&mark) > 0 && std::time::Instant::now() < end {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        assert_eq!(marked(&mark), 0, "a process is left: {tree}");
    }
}

/// So many processes have this in their environment.
fn marked(mark: &str) -> usize {
    let all = std::fs::read_dir("/proc").expect("processes").flatten();
    let of_ours = all.filter(|one| {
        std::fs::read(one.path().join("environ"))
            .is_ok_and(|text| text.windows(mark.len()).any(|at| at == mark.as_bytes()))
    });
    of_ours.count()
}
