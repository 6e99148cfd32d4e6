//! The incident that this project exists for, replayed with the built shell: every step stopped before its tool starts.

use std::process::{Command, Stdio};

use crate::programs::guarded_sh;

const REPLAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/nine-seconds/run.sh");

#[test]
fn the_nine_seconds_are_stopped_and_ordinary_work_runs() {
    let output = Command::new(REPLAY).arg(guarded_sh()).stdin(Stdio::null()).output().expect("the replay starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{wrong}");
    let with = |start: &str| said.lines().filter(|line| line.trim_start().starts_with(start)).count();
    assert_eq!((with("stopped ("), with("ran ")), (10, 3), "{said}");
}

/// What the replay reports is worth nothing if it could not fail.
#[test]
fn the_replay_fails_under_a_shell_that_guards_nothing() {
    let status = Command::new(REPLAY)
        .arg("/bin/bash")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the replay starts");
    assert_eq!(status.code(), Some(1));
}
