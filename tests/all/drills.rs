//! `guarded drill`: incidents are stopped by the policy at hand, a drill could fail, and whatever the guard does it harms
//! nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use guarded_sh::drill::{DRILLS, TOOLS, named, playbooks};
use serde_json::Value;

use crate::cases::Place;
use crate::grants::apart;
use crate::programs::guarded_sh;

/// What was printed, and how it ended.
fn played(place: &Place, words: &str) -> (Value, String) {
    let said = apart(place, &format!("\"$G\" drill {words} --format json; echo status $?"), &[]);
    let (json, status) = said.rsplit_once("status ").expect("a status");
    (serde_json::from_str(json).unwrap_or(Value::Null), format!("{}{said}", status.trim()))
}

fn policy(place: &Place, text: &str) {
    std::fs::write(place.home().join(".config/guarded/policy.toml"), text).expect("a policy");
}

fn steps(drill: &Value) -> impl Iterator<Item = &Value> {
    drill["steps"].as_array().expect("steps").iter()
}

/// What lies beside the guard's own state, where a drill has its folder.
fn states(place: &Place) -> Vec<String> {
    let listed = std::fs::read_dir(place.home().join(".local/state")).expect("a folder").flatten();
    listed.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn trail(place: &Place) -> String {
    std::fs::read_to_string(place.home().join(".local/state/guarded/audit.jsonl")).unwrap_or_default()
}

/// A file that somebody values, and what a drill must leave as it was: everything but the trail.
fn valued(place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    std::fs::create_dir_all(place.home().join("backups")).expect("a folder");
    std::fs::write(place.home().join("backups/customers.sql.gz"), "the real ones").expect("a file");
    place.snapshot()
}

/// What is other than before, but for what this test itself writes to hear of the end.
fn changed(place: &Place, before: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let after = place.snapshot();
    let own = ["said", "ended"].map(|name| place.path(name));
    let all = before.keys().chain(after.keys()).filter(|path| !own.contains(path));
    all.filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

#[test]
fn every_incident_is_stopped_by_the_built_in_policy() {
    let place = Place::new();
    policy(&place, "");
    let before = valued(&place);
    let (whole, said) = played(&place, "--all");
    assert!(said.starts_with('0') && whole["passed"] == true, "{said}");
    let drills = whole["drills"].as_array().expect("drills");
    assert_eq!(drills.len(), DRILLS.len());
    for drill in drills {
        for step in steps(drill).filter(|step| step["must"] == "stop") {
            assert!(step["came"] == "asked" || step["came"] == "refused", "{step}");
        }
        assert!(drill["asked"].as_u64().is_some_and(|asked| asked > 0), "{drill}");
        for step in steps(drill).filter(|step| step["must"] == "come-back") {
            assert!(step["remarks"].to_string().contains("back by guarded undo"), "{step}");
        }
    }
    assert_eq!(changed(&place, &before), Vec::<PathBuf>::new(), "nothing but the trail is left");
    assert_eq!(states(&place), ["guarded"]);
    assert_eq!(place.calls(), "", "no tool of the machine's was started");
    let trail = trail(&place);
    assert_eq!((trail.lines().count(), trail.matches("\"kind\":\"drill\"").count()), (5, 5), "{trail}");
    assert!(!place.home().join(".local/state/guarded/locked").exists());
    let log = place.program(&guarded_sh().with_file_name("guarded"), &["log"]).output().expect("the trail");
    assert!(String::from_utf8_lossy(&log.stdout).contains("drill cluster: passed"), "{log:?}");
    let doctor = place.program(&guarded_sh().with_file_name("guarded"), &["doctor", "--no-probe"]).output();
    let doctor = String::from_utf8_lossy(&doctor.expect("doctor").stdout).into_owned();
    assert!(doctor.contains("fork-bomb-of-deletes, today: passed"), "{doctor}");
}

/// The attack on the claim that a drill harms nothing: a guard that stops nothing.
#[test]
fn where_nothing_is_stopped_the_drill_fails_and_touches_nothing_else() {
    for guards_nothing in ["observe", "plain bash"] {
        let place = Place::new();
        policy(&place, if guards_nothing == "observe" { "mode = \"observe\"\n" } else { "" });
        if guards_nothing == "plain bash" {
            let links = place.home().join(".local/share/guarded/bin");
            std::fs::create_dir_all(&links).expect("a folder");
            std::os::unix::fs::symlink("/bin/bash", links.join("bash")).expect("a link");
        }
        let before = valued(&place);
        let (whole, said) = played(&place, "--all");
        assert!(said.starts_with('1') && whole["passed"] == false, "{guards_nothing}: {said}");
        for drill in whole["drills"].as_array().expect("drills") {
            assert_eq!(drill["observing"], guards_nothing == "observe");
            for step in steps(drill).filter(|step| step["must"] == "stop") {
                let remarks = step["remarks"].to_string();
                let harmed = ["it started: ", "gone or changed: ", " went"].iter().any(|word| remarks.contains(word));
                assert!(step["passed"] == false && harmed, "{guards_nothing}: {step}");
            }
        }
        assert!(said.contains("it started: psql -h db.internal production"), "{said}");
        assert_eq!(changed(&place, &before), Vec::<PathBuf>::new(), "{guards_nothing}");
        assert_eq!(states(&place), ["guarded"], "{guards_nothing}");
        assert_eq!(place.calls(), "", "{guards_nothing}: a tool of the machine's was started");
    }
}

/// It would file requests and count there, and fill the trail.
#[test]
fn it_is_refused_from_below_a_guard_and_an_agent() {
    let place = Place::new();
    let guarded = guarded_sh().with_file_name("guarded");
    let line = format!("'{}' drill nine-seconds; echo status $?", guarded.display());
    let output = place.shell(&["-c", &line]).output().expect("the shell");
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    assert!(said.contains("status 1\n") && said.contains("not from below an agent"), "{said}");
    let said = apart(&place, "\"$G\" drill --all; echo status $?", &[("CLAUDECODE", "1")]);
    assert!(said.contains("status 1\n") && said.contains("not from below an agent"), "{said}");
    assert!(!trail(&place).contains("\"kind\":\"drill\""), "{}", trail(&place));
    // To read is not to play.
    let line = format!("'{0}' drill && '{0}' drill --playbook lock && '{0}' drill --schedule", guarded.display());
    let output = place.shell(&["-c", &line]).output().expect("the shell");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("guarded lock --kill") && said.contains("OnCalendar"), "{said}");
}

#[test]
fn what_a_limit_lets_go_is_counted() {
    let place = Place::new();
    policy(&place, "[ask]\nwait = 0\n[limits]\ndestructive_per_hour = 4\n");
    let (whole, said) = played(&place, "fork-bomb-of-deletes");
    assert!(said.starts_with('0'), "{said}");
    let limit = steps(&whole["drills"][0]).find(|step| step["must"] == "limit").expect("the step");
    let remark = limit["remarks"][0].as_str().expect("a remark").to_owned();
    let gone: u32 = remark.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    assert!(gone <= 4 && limit["passed"] == true, "{limit}");
    // Its counts and its lock are its own.
    assert!(!place.home().join(".local/state/guarded/locked").exists());
    let after = place.shell(&["-c", "touch after"]).output().expect("the shell");
    assert!(place.project().join("after").exists(), "{after:?}");
    // Without limits it says which lines set them.
    policy(&place, "");
    let (_, said) = played(&place, "fork-bomb-of-deletes");
    assert!(said.contains("24 of 24 went") && said.contains("[limits] destructive_per_hour"), "{said}");
}

#[test]
fn a_policy_that_cannot_be_read_is_no_rehearsal() {
    let place = Place::new();
    policy(&place, "moed = \"observe\"\n");
    let said = apart(&place, "\"$G\" drill nine-seconds; echo status $?", &[]);
    assert!(said.contains("policy.toml:1:1") && said.contains("status 125"), "{said}");
    let said = apart(&place, "\"$G\" drill nine-second; \"$G\" drill --playbook undp; echo status $?", &[]);
    assert!(said.contains("try: guarded drill nine-seconds") && said.contains("--playbook undo"), "{said}");
}

/// What a step could reach if nothing stopped it: stubs, and relative paths below the folder it runs in.
#[test]
fn steps_name_nothing_that_reaches_further() {
    const NETWORK: &[&str] = &[
        "curl",
        "wget",
        "aws",
        "psql",
        "restic",
        "borg",
        "rclone",
        "velero",
        "pgbackrest",
        "kubectl",
        "helm",
        "terraform",
        "gcloud",
        "ssh",
        "scp",
        "rsync",
        "nc",
        "docker",
    ];
    for (name, _) in DRILLS {
        let (_, drill) = named(name).expect("a drill that can be read");
        assert!(drill.stubs.iter().all(|stub| !TOOLS.contains(&stub.as_str())), "{name}");
        assert!(drill.needs.iter().all(|program| program == "git"), "{name}");
        assert!(drill.step.iter().any(|step| !step.keeps.is_empty()) || !drill.stubs.is_empty(), "{name}");
        for step in &drill.step {
            for word in step.run.split(|c: char| !(c.is_alphanumeric() || "-_/.~".contains(c))) {
                assert!(!NETWORK.contains(&word) || drill.stubs.iter().any(|stub| stub == word), "{name}: {word}");
                let reaches = ["/usr", "/bin", "/home", "/root", "/etc", "/dev", "/tmp", "/var", "~", "../"];
                assert!(!reaches.iter().any(|start| word.starts_with(start)), "{name}: {word}");
            }
        }
    }
}

/// Each line of a playbook that is to be typed is one that `guarded` takes.
#[test]
fn the_playbooks_name_commands_that_exist() {
    let mut tried = 0;
    for (name, page) in playbooks::PLAYBOOKS {
        assert!(page.lines().count() <= 50, "{name} is more than a page");
        let blocks = page.split("```").skip(1).step_by(2).flat_map(str::lines);
        let inline = page.split("```").step_by(2).flat_map(|text| text.split('`').skip(1).step_by(2));
        for line in blocks.chain(inline).map(str::trim).filter(|line| line.starts_with("guarded ")) {
            let words = words(line);
            let read = guarded_sh::cli::command().try_get_matches_from(&words);
            assert!(read.is_ok(), "{name}: {line}: {}", read.expect_err("an error"));
            if let Some(rule) = words.iter().position(|word| word == "--rule").and_then(|at| words.get(at + 1)) {
                let packs = guarded_sh::packs::Packs::embedded();
                assert!(packs.rule(rule).is_some(), "{name}: there is no rule {rule}");
            }
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

/// As a shell cuts it.
fn words(line: &str) -> Vec<String> {
    let output = Command::new("/bin/sh").args(["-c", &format!("printf '%s\\n' {line}")]).output().expect("a shell");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn the_schedule_starts_this_program() {
    let text = guarded_sh::show::drill::schedule(Path::new("/opt/my 100%/guarded"));
    assert!(text.contains("ExecStart=\"/opt/my 100%%/guarded\" drill --all\n"), "{text}");
    assert!(text.contains("* * 1 '/opt/my 100\\%/guarded' drill --all"), "{text}");
}
