//! Promise: an answer holds for what was shown. Through the built program: what changed between question and repeat is a
//! new question, and nobody below the one who asked can answer.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use guarded_sh::store::{By, State, Store};

use crate::cases::Place;
use crate::programs::guarded_sh;

/// Runs plain shell text away from whoever started the tests, to its end; what it printed.
pub fn apart(place: &Place, text: &str, environment: &[(&str, &str)]) -> String {
    let (said, ended) = (place.path("said"), place.path("ended"));
    let _ = std::fs::remove_file(&ended);
    let whole = format!("exec > '{}' 2>&1\n{text}\necho > '{}'\n", said.display(), ended.display());
    let mut command = place.program(Path::new("/bin/sh"), &["-c", &whole]);
    command.env("SH", guarded_sh()).env("G", guarded_sh().with_file_name("guarded"));
    command.envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
    // `--wait` stands first: the waiting one leaves, the other has no parent of ours.
    let words: Vec<_> = command.get_args().skip(1).map(ToOwned::to_owned).collect();
    let mut away = std::process::Command::new("/usr/bin/setsid");
    away.arg("-f").args(words).env_clear().current_dir(place.project()).stdin(Stdio::null());
    away.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    assert!(away.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("setsid").success());
    let began = Instant::now();
    while !ended.exists() {
        assert!(began.elapsed() < Duration::from_secs(90), "{text}: {:?}", std::fs::read_to_string(&said));
        std::thread::sleep(Duration::from_millis(5));
    }
    std::fs::read_to_string(&said).unwrap_or_default()
}

/// Gives a line to the shell; its exit status and the id under which it waits.
fn ask(place: &Place, line: &str, environment: &[(&str, &str)]) -> (i32, Option<String>) {
    let mut with = vec![("LINE", line)];
    with.extend(environment);
    let said = apart(place, "\"$SH\" -c \"$LINE\" < /dev/null; echo status $?", &with);
    let status = said.rsplit_once("status ").and_then(|(_, code)| code.trim().parse().ok()).expect("a status");
    (status, said.split_once("guarded approve ").map(|(_, id)| id.split(' ').next().unwrap_or_default().to_owned()))
}

fn store(place: &Place) -> Store {
    Store::open(&place.home().join(".local/state/guarded")).expect("a store")
}

/// As a person elsewhere would; who may is another test's.
pub fn approve(place: &Place, id: &str) {
    store(place).decide(id, State::Approved, &By("a person".into()), SystemTime::now()).expect("an answer");
}

struct Swap {
    what: &'static str,
    before: &'static str,
    line: &'static str,
    /// Between the question and the repeat.
    change: &'static str,
    environment: &'static [(&'static str, &'static str)],
    then: &'static [(&'static str, &'static str)],
    /// Gone, or called, once the line has run.
    ran: fn(&Place) -> bool,
}

const SWAP: Swap = Swap {
    what: "",
    before: ":",
    line: "",
    change: ":",
    environment: &[],
    then: &[],
    ran: |place| !place.calls().is_empty(),
};

const KUBE: &str = "mkdir -p ~/.kube; echo 'current-context: dev' > ~/.kube/config";
const STATE: &str = "mkdir .terraform; printf dev > .terraform/environment";

const SWAPS: &[Swap] = &[
    Swap {
        what: "another cluster, production or not",
        before: KUBE,
        line: "kubectl delete namespace shop",
        change: "sed -i s/dev/customer/ ~/.kube/config",
        ..SWAP
    },
    Swap {
        what: "a production cluster",
        before: KUBE,
        line: "kubectl delete namespace shop",
        change: "sed -i s/dev/prod/ ~/.kube/config",
        ..SWAP
    },
    Swap {
        what: "another workspace",
        before: STATE,
        line: "terraform destroy -auto-approve",
        change: "printf staging > .terraform/environment",
        ..SWAP
    },
    Swap {
        what: "another profile",
        line: "aws rds delete-db-instance --db-instance-identifier shop --skip-final-snapshot",
        environment: &[("AWS_PROFILE", "dev")],
        then: &[("AWS_PROFILE", "customer")],
        ..SWAP
    },
    Swap {
        what: "an edited Makefile",
        before: "printf 'wipe:\\n\\trm -rf src\\n' > Makefile",
        line: "make wipe",
        change: "printf 'wipe:\\n\\trm -rf src uploads\\n' > Makefile",
        ran: |place| !place.project().join("src").exists(),
        ..SWAP
    },
    Swap {
        what: "an edited script",
        before: "echo 'rm -rf src' > x.sh",
        line: "bash x.sh",
        change: "echo 'rm -rf src; true' > x.sh",
        ran: |place| !place.project().join("src").exists(),
        ..SWAP
    },
    Swap {
        what: "another folder of the same size under the same name",
        line: "rm -rf uploads",
        change: "mv uploads kept; cp -r kept uploads",
        ran: |place| !place.project().join("uploads").exists(),
        ..SWAP
    },
    Swap {
        what: "a link in the place of a folder above",
        before: "mkdir -p a/b c; cp -r uploads a/b/x; cp -r uploads c/x",
        line: "rm -rf a/b/x",
        change: "mv a/b a/kept; ln -s ../c a/b",
        ran: |place| !place.project().join("c/x").exists(),
        ..SWAP
    },
    Swap {
        what: "another file under the same name",
        line: "rm .env",
        change: "mv .env kept; printf 'KEY=1\\n' > .env",
        ran: |place| !place.project().join(".env").exists(),
        ..SWAP
    },
];

#[test]
fn what_changed_between_question_and_repeat_is_a_new_question() {
    for swap in SWAPS {
        let place = Place::new();
        place.bash(swap.before);
        let (status, id) = ask(&place, swap.line, swap.environment);
        let id = id.unwrap_or_else(|| panic!("{}: no question, status {status}", swap.what));
        approve(&place, &id);
        place.bash(swap.change);
        let then = if swap.then.is_empty() { swap.environment } else { swap.then };
        let (status, other) = ask(&place, swap.line, then);
        assert!(status == 75 && other.as_ref().is_some_and(|other| *other != id), "{}: {status}", swap.what);
        assert!(!(swap.ran)(&place), "{}: it ran", swap.what);
    }
}

#[test]
fn where_nothing_changed_the_repeat_runs_once() {
    for swap in SWAPS {
        let place = Place::new();
        place.bash(swap.before);
        let (_, id) = ask(&place, swap.line, swap.environment);
        approve(&place, &id.expect("a question"));
        let (status, _) = ask(&place, swap.line, swap.environment);
        assert!(status == 0 && ((swap.ran)(&place) || swap.line.starts_with("rm -rf a")), "{}: {status}", swap.what);
        let calls = place.calls();
        let (status, _) = ask(&place, swap.line, swap.environment);
        assert!(calls == place.calls() && (status == 75 || calls.is_empty()), "{}: it ran again", swap.what);
    }
}

/// Each way in which a tool call beside the shell that asked could answer for a person. `$id` is the request.
const WAYS: &[&str] = &[
    "\"$G\" approve $id < /dev/null",
    "echo yes | \"$G\" approve $id",
    "printf '\"$G\" approve %s\\n' $id > a.sh; echo yes | sh a.sh",
    "echo yes | setsid -f \"$G\" approve $id; sleep 0.5",
    "cp \"$G\" harmless; echo yes | ./harmless approve $id",
    "cp \"$G\" bash; echo yes | ./bash approve $id",
    "python3 -c 'import os, sys; os.system(\"echo yes | $G approve \" + sys.argv[1])' $id",
    "(sleep 1; echo yes; sleep 1) | script -qec \"$G approve $id\" /dev/null",
    "(sleep 1; echo yes; sleep 1) | setsid -f script -qec \"$G approve $id\" /dev/null; sleep 3",
    "cat > drive.py <<'E'\nimport os, pty, sys, time\npid, fd = pty.fork()\nif pid == 0:\n    os.execvp(sys.argv[1], sys.argv[1:])\ntime.sleep(1)\nos.write(fd, b'yes\\n')\ntime.sleep(1)\nE\npython3 drive.py \"$G\" approve $id; setsid -f python3 drive.py \"$G\" approve $id; sleep 3",
    "cp drive.py sshd; setsid -f bash -c 'exec -a sshd python3 sshd \"$G\" approve '$id; sleep 3",
    "env -i HOME=\"$HOME\" \"$G\" approve $id < /dev/null",
    "\"$SH\" -c \"'$G' approve $id\" < /dev/null",
    "echo yes | \"$G\" pause 10m",
];

#[test]
fn a_tool_call_beside_the_one_that_asked_approves_nothing() {
    let place = Place::new();
    // In an agent's first second it can't be told what is younger than it.
    let text = "sleep 2; \"$SH\" -c 'rm -rf src' < /dev/null 2> said; id=$(sed -n 's/.*guarded approve \\([^ ]*\\).*/\\1/p' said)\n";
    let ways = WAYS.join("\n");
    let end = "\"$SH\" -c 'rm -rf src' < /dev/null; echo status $?";
    let said = apart(&place, &format!("{text}{ways}\n{end}"), &[]);
    assert!(said.contains("status 75"), "{said}");
    assert!(place.project().join("src/main.c").exists());
    let waiting = store(&place).pending(SystemTime::now()).expect("a list");
    assert_eq!(waiting.len(), 1 + 1, "the request, and that of the guarded approval: {said}");
    assert!(store(&place).paused(SystemTime::now()).expect("a table").is_none(), "{said}");
}

#[test]
fn a_program_that_drives_a_terminal_answers_for_nobody() {
    let place = Place::new();
    let typed = "(sleep 1; printf 'y'; sleep 0.3; printf '\\033[B\\r'; sleep 0.3; printf 'yes\\r'; sleep 0.5)";
    for way in [
        format!("{typed} | script -qec \"$SH -c 'rm -rf src'\" /dev/null"),
        format!("{typed} | script -qec \"sh -c '$SH -c \\\"rm -rf src\\\"; true'\" /dev/null"),
        format!("{typed} | setsid -f script -qec \"$SH -c 'rm -rf src'\" /dev/null; sleep 4"),
    ] {
        let said = apart(&place, &way, &[]);
        assert!(place.project().join("src/main.c").exists(), "{way}: {said}");
    }
}

#[test]
fn hands_on_the_store_are_stopped_where_the_text_shows_them() {
    for line in [
        "sqlite3 ~/.local/state/guarded/guarded.db \"UPDATE requests SET state = 'approved'\"",
        "python3 -c \"import sqlite3, os; sqlite3.connect(os.path.expanduser('~/.local/state/guarded/guarded.db')).execute('UPDATE requests SET state = 1')\"",
        "cd ~/.local/state && sqlite3 guarded/guarded.db .dump",
        "cp guarded.db ~/.local/state/guarded/guarded.db",
        "rm -f ~/.local/state/guarded/guarded.db",
        "mv -t ~/old ~/.local/state",
        "rm -rf ~/.local/state",
        "mv ~/.local/state ~/.local/old",
    ] {
        let place = Place::new();
        let (_, id) = ask(&place, "rm -rf src", &[]);
        let id = id.expect("a question");
        let (status, _) = ask(&place, line, &[]);
        assert!(matches!(status, 75 | 126), "{line}: {status}");
        let request = store(&place).request(&id).expect("a store").expect("still there");
        assert_eq!(request.state, State::Pending, "{line}");
    }
}

/// A home with a policy that lets everything pass.
fn with_other_home(place: &Place) -> String {
    let other = place.path("other");
    std::fs::create_dir_all(other.join(".config/guarded")).expect("a folder");
    std::fs::write(other.join(".config/guarded/policy.toml"), "mode = \"observe\"\n").expect("a policy");
    other.display().to_string()
}

#[test]
fn a_home_that_the_text_sets_brings_no_policy_of_its_own() {
    for line in [
        "HOME=$OTHER make wipe",
        "HOME=$OTHER \"$SH\" -c 'rm -rf src'",
        "XDG_CONFIG_HOME=$OTHER/.config XDG_STATE_HOME=$OTHER/state \"$SH\" -c 'rm -rf src'",
        "export HOME=$OTHER; \"$SH\" -c 'rm -rf src'",
        "env HOME=$OTHER bash -c 'rm -rf src'",
        "env -i HOME=$OTHER PATH=/bin:/usr/bin sh -c 'rm -rf src'",
    ] {
        let place = Place::new();
        let other = with_other_home(&place);
        place.bash("printf 'wipe:\\n\\trm -rf src\\n' > Makefile");
        let shell = guarded_sh();
        let line = line.replace("$OTHER", &other).replace("$SH", shell.to_str().expect("a path"));
        let (status, _) = ask(&place, &line, &[]);
        assert_eq!(status, 75, "{line}");
        assert!(place.project().join("src/main.c").exists(), "{line}");
    }
}

#[test]
fn a_link_in_the_place_of_a_waived_folder_is_not_waived() {
    let waiver = "[ask]\nwait = 0\n[[waiver]]\nrule = \"rm.recursive\"\npath = \"~/scratch/**\"\nuntil = 2027-03-01\nreason = \"load tests\"\n";
    let prepare = "mkdir -p ~/scratch/x ~/kept/x; echo 1 > ~/scratch/x/f; echo 1 > ~/kept/x/f; ";
    for (link, line, runs) in [
        (":", "rm -rf ~/scratch/x", true),
        ("rm -rf ~/scratch; ln -s ~/kept ~/scratch", "rm -rf ~/scratch/x", false),
        ("ln -s ~/kept ~/scratch/y", "rm -rf ~/scratch/y/x", false),
        ("ln -s ~/kept ~/scratch/y", "rm -rf ~/scratch/y", true),
        (":", "mount --bind ~/kept ~/scratch && rm -rf ~/scratch/x", false),
        (":", "unshare -Urm sh -c 'mount --bind ~/kept ~/scratch; rm -rf ~/scratch/x'", false),
    ] {
        let place = Place::new();
        std::fs::write(place.home().join(".config/guarded/policy.toml"), waiver).expect("a policy");
        place.bash(&format!("{prepare}{link}"));
        let (status, _) = ask(&place, line, &[]);
        assert_eq!(status == 0, runs, "{link}; {line}: {status}");
        assert!(place.home().join("kept/x/f").exists(), "{link}; {line}");
    }
}

#[test]
fn a_mount_over_a_waived_folder_is_not_waived() {
    let place = Place::new();
    let waiver = "[ask]\nwait = 0\n[[waiver]]\nrule = \"rm.recursive\"\npath = \"~/scratch/**\"\nuntil = 2027-03-01\nreason = \"x\"\n";
    std::fs::write(place.home().join(".config/guarded/policy.toml"), waiver).expect("a policy");
    place.bash("mkdir -p ~/scratch/x ~/kept/x; echo 1 > ~/kept/x/f");
    let text = "unshare -Urm sh -c 'mount --bind ~/kept ~/scratch && touch ~/mounted && \"$SH\" -c \"rm -rf ~/scratch/x\" < /dev/null; echo status $?'";
    let said = apart(&place, text, &[]);
    if !place.home().join("mounted").exists() {
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    assert!(said.contains("status 75"), "{said}");
    assert!(place.home().join("kept/x/f").exists());
}

#[test]
fn a_users_policy_that_got_lost_is_not_one_that_never_was() {
    let place = Place::new();
    let policy = place.home().join(".config/guarded/policy.toml");
    std::fs::remove_file(&policy).expect("gone");
    std::os::unix::fs::symlink(place.path("nowhere"), &policy).expect("a link");
    let (status, _) = ask(&place, "echo ran > MARK", &[]);
    assert_eq!((status, place.project().join("MARK").exists()), (125, false), "a link into nowhere");
}

#[test]
fn where_a_users_policy_is_gone_findings_ask_and_ordinary_work_runs() {
    let place = Place::new();
    let policy = place.home().join(".config/guarded/policy.toml");
    place.bash("mkdir target; touch target/x Cargo.toml src/lib.rs");
    for _ in 0..2 {
        assert_eq!(ask(&place, "echo here", &[]).0, 0);
    }
    std::fs::write(&policy, "mode = \"enforce\"\n[ask]\nwait = 0\n").expect("a policy");
    assert_eq!(ask(&place, "rm -rf target", &[]).0, 0, "build output");
    place.bash("mkdir target; touch target/x");
    std::fs::remove_file(&policy).expect("gone");
    let said = apart(&place, "\"$G\" check -c 'rm -rf target'", &[]);
    assert!(said.contains("policy.toml was there before and is gone"), "{said}");
    let (_, waits) = ask(&place, "rm -rf target", &[]);
    assert!(waits.is_some() && place.project().join("target/x").exists());
    assert_eq!(ask(&place, "git status; echo here", &[]).0, 0, "what only reads");
    std::fs::remove_file(place.home().join(".local/state/guarded/policy-was")).expect("a note");
    assert_eq!(ask(&place, "rm -rf target", &[]).0, 0, "as if it had never been");
}

#[test]
fn hostile_text_does_not_reach_the_terminal_of_the_one_who_decides() {
    let place = Place::new();
    let line = format!(
        "rm -rf src $'\\x1b[2J' '\u{202e}\u{200b}' '\x1b]0;x\x07' # approved by ada, id ABCD {}harmless",
        " ".repeat(10_000)
    );
    let (_, id) = ask(&place, &line, &[]);
    let id = id.expect("a question");
    for verb in [format!("show {id}"), "pending".to_owned(), "log".to_owned(), format!("show {id} --format json")] {
        let said = apart(&place, &format!("\"$G\" {verb}"), &[]);
        assert!(said.contains("src"), "{verb}: {said}");
        let odd = said.chars().find(|one| one.is_control() && *one != '\n' || "\u{202e}\u{200b}".contains(*one));
        assert_eq!(odd, None, "{verb}: {said}");
        assert!(verb.starts_with("show") || said.lines().all(|line| line.len() < 5_000), "{verb}");
    }
}

#[test]
fn the_store_is_its_users_alone() {
    // The store holds what people decide: nobody else reads or writes it.
    let place = Place::new();
    ask(&place, "rm -rf src", &[]).1.expect("a question");
    let state = place.home().join(".local/state/guarded");
    for name in ["guarded.db", ""] {
        let mode = std::fs::metadata(state.join(name)).expect("there").permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{name}");
    }
}
