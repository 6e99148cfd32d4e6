//! Whoever keeps or restores may be killed at any moment: nothing is lost.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::trees::{listed, python};
use super::yard::Yard;

/// Different moments, the same on every run.
fn moments(count: u32, longest: Duration) -> impl Iterator<Item = Duration> {
    (0..count).map(move |number| longest * ((number * 7_919) % count) / count)
}

/// How long it takes when it is left alone.
fn takes(command: &mut Command) -> Duration {
    let start = Instant::now();
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("an end");
    start.elapsed()
}

fn killed(command: &mut Command, after: Duration) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a process");
    std::thread::sleep(after);
    let _ = child.kill();
    child.wait().expect("an end");
}

/// All that was there is there, whatever lies beside it. Whoever looks after a command that was killed may come to it a
/// moment later.
fn nothing_is_lost(yard: &Yard, before: &std::collections::BTreeMap<String, String>, when: &str) {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let now = listed(yard);
        let content = |about: &String| about.split(' ').nth(3).map(str::to_owned);
        let lost: Vec<_> = before
            .iter()
            .filter(|(path, about)| now.get(*path).and_then(content) != content(about))
            .map(|(path, _)| path.clone())
            .collect();
        if lost.is_empty() {
            return;
        }
        let there = |one: &serde_json::Value| {
            one["items"].as_array().is_some_and(|items| items.iter().any(|item| item["there"] == true))
        };
        let kept: Vec<_> = yard.entries().into_iter().filter(there).collect();
        assert!(Instant::now() < end, "{when}: {} are lost, and kept are {}: {lost:?}", lost.len(), kept.len());
        if kept.is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        for entry in kept {
            yard.undo(&["restore", entry["id"].as_str().expect("an id")]);
        }
    }
}

fn keeping(text: &str) {
    let make = |yard: &Yard| python(yard, &["make", "11"]);
    let whole = {
        let yard = Yard::new();
        make(&yard);
        takes(yard.surround(Command::new(yard.guarded_sh()).args(["-c", text])))
    };
    for (number, moment) in moments(50, whole).enumerate() {
        let yard = Yard::new();
        make(&yard);
        let before = listed(&yard);
        killed(yard.surround(Command::new(yard.guarded_sh()).args(["-c", text])), moment);
        yard.settled();
        nothing_is_lost(&yard, &before, &format!("{text} at {number}: {moment:?}"));
    }
}

#[test]
pub fn nothing_is_lost_where_the_keeping_of_an_exchange_is_killed() {
    keeping("rm -rf t");
}

#[test]
pub fn nothing_is_lost_where_the_keeping_by_links_is_killed() {
    keeping("true; rm -rf t");
}

#[test]
pub fn nothing_is_lost_where_the_restoring_is_killed() {
    let destroyed = || {
        let yard = Yard::new();
        // How it was kept is another test's.
        yard.policy("supervise = \"off\"");
        python(&yard, &["make", "12"]);
        let before = listed(&yard);
        yard.runs("find t -type f -delete; find t -type l -exec rm -f {} +");
        yard.settled();
        (yard, before)
    };
    let whole = {
        let yard = destroyed().0;
        takes(yard.surround(Command::new(yard.guarded()).args(["undo", "--last"])))
    };
    for (number, moment) in moments(50, whole).enumerate() {
        let (yard, before) = destroyed();
        killed(yard.surround(Command::new(yard.guarded()).args(["undo", "--last"])), moment);
        nothing_is_lost(&yard, &before, &format!("restoring at {number}: {moment:?}"));
    }
}
