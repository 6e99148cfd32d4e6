//! `guarded doctor` says what really holds: each line is compared with what the guard then does.

use std::process::Output;

use serde_json::Value;

use crate::cases::Place;
use crate::programs::guarded_sh;

fn guarded() -> std::path::PathBuf {
    guarded_sh().with_file_name("guarded")
}

fn ask(place: &Place, words: &[&str]) -> Output {
    place.program(&guarded(), &[&["doctor"], words].concat()).output().expect("guarded")
}

fn told(place: &Place) -> (Value, Option<i32>) {
    let output = ask(place, &["--format", "json"]);
    (serde_json::from_slice(&output.stdout).expect("JSON"), output.status.code())
}

fn policy(place: &Place, text: &str) {
    std::fs::write(place.home().join(".config/guarded/policy.toml"), text).expect("a policy");
}

/// How many filters a program of a permitted text runs under.
fn filters(place: &Place) -> String {
    let line = "python3 -c 'print([l for l in open(\"/proc/self/status\") if \"Seccomp_filters\" in l][0])'";
    let output = place.shell(&["-c", line]).output().expect("the shell");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn the_tier_is_what_programs_run_under() {
    let plain = Place::new();
    policy(&plain, "supervise = \"off\"\n");
    let plain = filters(&plain);
    for (text, tier) in [
        ("", "auto"),
        ("supervise = \"off\"\n", "static"),
        ("supervise = \"auto\"\n", "auto"),
        ("supervise = \"always\"\n", "exec"),
        ("[require]\nlayer = \"exec\"\n", "exec"),
    ] {
        let place = Place::new();
        policy(&place, text);
        let (found, code) = told(&place);
        assert_eq!((found["tier"].as_str(), code), (Some(tier), Some(0)), "{text}{found}");
        assert_eq!(filters(&place) == plain, tier == "static", "{text}");
    }
}

#[test]
fn a_gap_is_named_with_what_closes_it() {
    let place = Place::new();
    let text = |output: Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let said = text(ask(&place, &[]));
    assert!(
        said.contains("/bin/bash") && said.contains("supervise = \"always\"") && said.contains("It holds."),
        "{said}"
    );

    policy(&place, "moed = \"observe\"\n");
    let broken = ask(&place, &[]);
    assert_eq!(broken.status.code(), Some(1));
    let said = text(broken);
    assert!(said.contains("policy.toml:1:1") && said.contains("! policy"), "{said}");
}

#[test]
fn a_trail_that_was_changed_does_not_hold() {
    let place = Place::new();
    place.shell(&["-c", "rm -rf uploads"]).output().expect("the shell");
    let file = place.home().join(".local/state/guarded/audit.jsonl");
    let records = std::fs::read_to_string(&file).expect("a trail");
    let (found, code) = told(&place);
    assert_eq!(code, Some(0), "{found}");
    std::fs::write(&file, records.replacen("uploads", "nothing", 1)).expect("another trail");
    let (found, code) = told(&place);
    assert_eq!(code, Some(1), "{found}");
    let trail = found["points"].as_array().expect("points").iter().find(|one| one["about"] == "trail");
    assert_eq!(trail.expect("the trail")["holds"], false, "{found}");
}

/// Under a guard it says so, and the guard above is not asked twice.
#[test]
fn it_sees_the_guard_above() {
    let place = Place::new();
    policy(&place, "supervise = \"always\"\n");
    let line = format!("'{}' doctor --format json; :", guarded().display());
    let output = place.shell(&["-c", &line]).output().expect("the shell");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("a guard above judges them"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
