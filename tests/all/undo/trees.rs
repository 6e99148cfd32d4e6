//! Random trees, random destructive commands, run for real.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStringExt;
use std::process::Command;

use super::yard::Yard;

const TREE: &str = include_str!("tree.py");

pub fn python(yard: &Yard, words: &[&str]) -> Vec<u8> {
    let ended = yard.surround(Command::new("python3").args(["-c", TREE]).args(words)).output().expect("python3");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    ended.stdout
}

/// What is there, by path: its line.
pub fn listed(yard: &Yard) -> BTreeMap<String, String> {
    let text = String::from_utf8(python(yard, &["list"])).expect("text");
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.map(|(path, about)| (path.to_owned(), about.to_owned())).collect()
}

/// Without the date of a folder: what stayed there got another one by the command itself.
fn undated(about: &str) -> String {
    let fields: Vec<&str> = about.split(' ').collect();
    if about.starts_with("0o4") { [&fields[..2], &fields[3..]].concat().join(" ") } else { about.to_owned() }
}

pub fn same(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> bool {
    before.len() == now.len()
        && before.iter().all(|(path, about)| {
            now.get(path).is_some_and(|found| {
                if after.contains_key(path) { undated(found) == undated(about) } else { found == about }
            })
        })
}

fn tried(seeds: std::ops::Range<u64>, policy: &str) {
    let (mut changed, mut failed) = (0, Vec::new());
    for seed in seeds {
        let yard = Yard::new();
        yard.policy(policy);
        let number = seed.to_string();
        python(&yard, &["make", &number]);
        let command = python(&yard, &["pick", &number]);
        let before = listed(&yard);
        let mut shell = Command::new(yard.guarded_sh());
        let ended = yard
            .surround(shell.arg("-c").arg(std::ffi::OsString::from_vec(command.clone())))
            .output()
            .expect("the shell");
        let after = listed(&yard);
        if after == before {
            continue;
        }
        changed += 1;
        let undone = yard.undo(&["--last"]);
        let now = listed(&yard);
        if !same(&before, &after, &now) {
            let wrong: Vec<_> = before.iter().filter(|(path, about)| now.get(*path) != Some(about)).collect();
            let more: Vec<_> = now.keys().filter(|path| !before.contains_key(*path)).collect();
            failed.push(format!(
                "seed {seed}: {}\n{}\n{}{}\n{wrong:#?}\nnew: {more:?}",
                String::from_utf8_lossy(&command),
                String::from_utf8_lossy(&ended.stderr),
                String::from_utf8_lossy(&undone.stdout),
                String::from_utf8_lossy(&undone.stderr)
            ));
        }
    }
    assert!(failed.is_empty(), "{} of {changed}:\n{}", failed.len(), failed.join("\n"));
    assert!(changed > 10, "only {changed} commands changed anything");
}

/// More by `UNDO_SEEDS=from-to`.
#[test]
pub fn what_random_commands_destroy_in_random_trees_comes_back() {
    let given = std::env::var("UNDO_SEEDS").ok();
    let given = given.as_ref().and_then(|text| text.split_once('-'));
    let seeds = given.map_or(1..60, |(from, to)| from.parse().expect("a number")..to.parse().expect("a number"));
    tried(seeds, "");
}

#[test]
pub fn the_same_where_each_exec_is_judged() {
    tried(100..125, "supervise = \"always\"");
}

#[test]
pub fn a_hundred_thousand_files_are_kept_in_one_step() {
    let yard = Yard::new();
    yard.bash(
        "python3 -c 'import os
for folder in range(1000):
    os.makedirs(f\"t/{folder}\")
    for name in range(100): open(f\"t/{folder}/{name}\", \"w\").close()'",
    );
    yard.runs("rm -rf t");
    assert!(!yard.path("t").exists());
    yard.back();
    let count = walk(&yard.path("t"));
    assert_eq!(count, 100_000);
}

fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries.map(|entry| if entry.file_type().expect("a type").is_dir() { walk(&entry.path()) } else { 1 }).sum()
}
