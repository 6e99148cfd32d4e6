//! The README keeps what it says: its examples end as their comments claim, its links lead somewhere, and it stays short.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn page() -> String {
    fs::read_to_string(Path::new(ROOT).join("README.md")).expect("the README")
}

/// The lines of its examples for a shell.
fn typed(page: &str) -> Vec<&str> {
    let blocks = page.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix("sh\n")).flat_map(str::lines).collect()
}

fn run(line: &str) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    let programs = Path::new(env!("CARGO_BIN_EXE_guarded")).parent().expect("a folder");
    Command::new("/bin/bash")
        .args(["-c", line])
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .env("HOME", home.path())
        .current_dir(home.path())
        .stdin(Stdio::null())
        .output()
        .expect("bash starts")
}

#[test]
fn it_can_be_read_in_one_sitting() {
    let lines = page().lines().count();
    assert!(lines <= 200, "{lines} lines");
}

#[test]
fn its_examples_end_as_it_says() {
    let page = page();
    let mut claims = 0;
    for line in typed(&page) {
        let claimed = line.split_once("# exit status ").and_then(|(_, rest)| rest.split([':', ' ']).next());
        // What only judges or lists may be run here; the rest installs, or needs a person.
        let harmless = ["guarded check ", "guarded explain ", "guarded pending", "guarded policy show", "guarded log"];
        if !harmless.iter().any(|start| line.starts_with(start)) {
            assert_eq!(claimed, None, "it claims what nobody tries: {line}");
            continue;
        }
        let output = run(line);
        let code = output.status.code().map(|code| code.to_string());
        assert_eq!(code.as_deref(), Some(claimed.unwrap_or("0")), "{line}: {output:?}");
        claims += usize::from(claimed.is_some());
    }
    assert!(claims >= 2, "it shows what a stop and a run look like");
}

#[test]
fn every_verb_it_names_exists() {
    let page = page();
    for place in page.split("`guarded ").skip(1) {
        let verb = place.split([' ', '`']).next().unwrap_or_default();
        assert!(guarded_sh::cli::VERBS.iter().any(|known| known.name == verb), "there is no guarded {verb}");
    }
}

#[test]
fn its_links_lead_somewhere() {
    let page = page();
    for place in page.split("](").skip(1) {
        let target = place.split(')').next().unwrap_or_default();
        assert!(target.starts_with("https://") || Path::new(ROOT).join(target).exists(), "{target}");
    }
}

#[test]
fn the_tests_that_pages_point_to_exist() {
    for name in ["SECURITY.md", "docs/differences.md", "docs/dependencies.md"] {
        let page = fs::read_to_string(Path::new(ROOT).join(name)).expect("a page");
        for place in page.split("`tests/").skip(1) {
            let file = Path::new(ROOT).join("tests").join(place.split('`').next().unwrap_or_default());
            assert!(file.exists(), "{name}: {}", file.display());
        }
    }
}

#[test]
fn its_example_of_a_policy_is_one() {
    let page = page();
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let scope = guarded_sh::policy::settings::Scope::User;
    let early = || jiff::civil::date(2026, 11, 1);
    guarded_sh::policy::Layer::read("README.md", example, scope, None, early).expect("a policy");
}
