//! Programs that change what they run between the judging and the running. `RACE_RUNS` repeats each so many times.

use std::path::PathBuf;
use std::process::Command;

use crate::cases::Place;

const WAYS: &[&str] = &[
    "word",
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

fn built() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/supervised/races.c");
    let program = folder.join("races");
    let built = Command::new("cc").args(["-O1", "-pthread", "-o"]).arg(&program).arg(source).status();
    built.is_ok_and(|status| status.success()).then_some(program)
}

#[test]
fn what_runs_is_what_was_judged() {
    let program = built().expect("a C compiler");
    let times = std::env::var("RACE_RUNS").ok().and_then(|number| number.parse().ok()).unwrap_or(1);
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
        for _ in 0..times {
            // The one whose own image counts is called by the name that is forbidden.
            let program = if *way == "self" { "other" } else { "race" };
            let line = format!("./{program} {way} '{}'", project.display());
            let rounds = if times == 1 { "40" } else { "300" };
            let output = place.shell(&["-c", &line]).env("ROUNDS", rounds).output().expect("the shell");
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
    for way in ["word", "byte", "shared", "memory", "descriptor", "vfork", "thread", "loader", "failing", "undumpable"]
    {
        let place = Place::new();
        let line = format!("'{}' {way} '{}'", program.display(), place.project().display());
        place.bash(&line);
        assert!(place.project().join("FORBIDDEN").exists(), "{way}");
    }
}
