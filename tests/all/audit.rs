//! Promise: every decision is recorded in one chain, without secrets, and a change to it is found.

#![expect(clippy::disallowed_methods, reason = "tests make and look at files")]

use std::fs;
use std::path::{Path, PathBuf};

use guarded_sh::audit::{Broken, Circumstances, Ended, Filter, Journal, Unverified, Written, lines, verify};
use guarded_sh::command::Command;
use guarded_sh::packs::Severity;
use guarded_sh::policy::Verdict;
use guarded_sh::span::{Place, Span};

use crate::people::{call, decision, model};

fn journal(state: &Path, temporary: &Path, required: bool) -> Journal {
    Journal::new(Some(state), temporary, required)
}

fn write(journal: &Journal, text: &str, verdict: Verdict) -> Written {
    let model = model(&["rm", "-rf", "src"]);
    let about = Circumstances { model: &model, policy_digest: "p1", agent: Some("claude") };
    let entry = journal.intend(&call(text, Path::new("/project")), &decision(verdict, Severity::High), &about);
    entry.expect("not required").written
}

fn file(state: &Path) -> PathBuf {
    state.join("audit.jsonl")
}

fn text(state: &Path) -> String {
    fs::read_to_string(file(state)).expect("a trail")
}

fn broken(state: &Path) -> Option<Broken> {
    match verify(&file(state)) {
        Ok(_) => None,
        Err(Unverified::Broken(broken)) => Some(broken),
        Err(Unverified::Unreadable(error)) => panic!("{error}"),
    }
}

#[test]
fn a_record_tells_what_was_judged_and_keeps_no_secret() {
    let here = tempfile::tempdir().expect("a folder");
    write(
        &journal(here.path(), here.path(), false),
        "PGPASSWORD=hunter2 psql postgres://u:swordfish@h/x",
        Verdict::Ask,
    );
    let text = text(here.path());
    for secret in ["hunter2", "swordfish"] {
        assert!(!text.contains(secret), "{text}");
    }
    let record: serde_json::Value = serde_json::from_str(text.trim_end()).expect("json");
    for (field, value) in
        [("kind", "decision"), ("verdict", "ask"), ("cwd", "/project"), ("policy", "p1"), ("agent", "claude")]
    {
        assert_eq!(record[field], value, "{field}");
    }
    assert_eq!(record["env"], serde_json::json!(["AWS_PROFILE", "SECRET_TOKEN"]), "names only");
    assert_eq!(record["rules"][0]["rule"], "files.delete");
    assert_eq!(record["rules"][0]["facts"]["context.production"], false);
    assert_eq!(record["commands"][0]["args"], serde_json::json!(["-rf", "src"]));
    assert!(record["time"].as_str().expect("a time").parse::<jiff::Timestamp>().is_ok());
    assert!(record.get("unanchored").is_none());
}

#[test]
fn below_a_known_wrapper_the_models_own_command_is_recorded() {
    let here = tempfile::tempdir().expect("a folder");
    let snapshot = "/home/ada/.codex/shell_snapshots/a.sh";
    let wrapped = format!("if . '{snapshot}' >/dev/null 2>&1; then :; fi\n\nexec '/bin/bash' -c 'rm -rf src'");
    let inside = wrapped.find("rm -rf").expect("the command");
    let mut model = model(&["rm", "-rf", "src"]);
    let own = model.commands.remove(0);
    let at = |start, end| Place { source: "command".into(), line: 1, span: Span::new(start, end) };
    // As many as Codex has, before the only one that matters.
    model.commands = (0..300).map(|_| Command { at: at(0, 20), ..own.clone() }).collect();
    model.commands.push(Command { at: at(inside, inside + 10), ..own });
    let about = Circumstances { model: &model, policy_digest: "p1", agent: Some("codex") };
    let call = call(&wrapped, here.path());
    let journal = journal(here.path(), here.path(), false);
    journal.intend(&call, &decision(Verdict::Ask, Severity::High), &about).expect("a record");
    let record: serde_json::Value = serde_json::from_str(text(here.path()).trim_end()).expect("json");
    assert_eq!(record["command"], "rm -rf src");
    assert_eq!(record["wrapper"], serde_json::json!({"agent": "codex", "slots": [snapshot]}));
    assert_eq!(record["commands"].as_array().map(Vec::len), Some(1), "{record}");
}

#[test]
fn the_outcome_names_the_call_of_its_decision() {
    let here = tempfile::tempdir().expect("a folder");
    let model = model(&["ls"]);
    let about = Circumstances { model: &model, policy_digest: "p1", agent: None };
    let entry = journal(here.path(), here.path(), false)
        .intend(&call("ls", here.path()), &decision(Verdict::Allow, Severity::Low), &about)
        .expect("a record");
    entry.ran(Ended::Status(3)).expect("a record");
    let all: Vec<_> = lines(&file(here.path()), Filter::default(), None)
        .expect("a trail")
        .map(|line| line.expect("a line"))
        .collect();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].field("call"), all[1].field("call"));
    assert_eq!((all[1].field("kind"), &all[1].value["status"]), (Some("ran"), &serde_json::json!(3)));
    let ran = Filter { kind: Some("ran".into()), ..Filter::default() };
    assert_eq!(lines(&file(here.path()), ran, None).expect("a trail").count(), 1);
    let rule = Filter { rule: Some("files.delete".into()), contains: Some("ls".into()), ..Filter::default() };
    assert_eq!(lines(&file(here.path()), rule, None).expect("a trail").count(), 1);
    let later = Filter { since: Some("2999-01-01T00:00:00Z".parse().expect("a time")), ..Filter::default() };
    assert_eq!(lines(&file(here.path()), later, None).expect("a trail").count(), 0);
}

#[test]
fn the_first_broken_line_is_named() {
    let here = tempfile::tempdir().expect("a folder");
    let journal = journal(here.path(), here.path(), false);
    for at in 0..9 {
        write(&journal, &format!("echo number {at}"), Verdict::Allow);
    }
    let whole = text(here.path());
    assert_eq!(verify(&file(here.path())).expect("whole"), 9);
    let spoil = |changed: String| {
        fs::write(file(here.path()), changed).expect("written");
        broken(here.path()).map(|broken| broken.line)
    };
    assert_eq!(spoil(whole.replace("number 4", "number x")), Some(5), "a changed line");
    assert_eq!(spoil(whole.replace("number 8", "number x")), Some(9), "the last line too");
    let without = |gone: usize| {
        let kept = whole.lines().enumerate().filter(|(at, _)| *at != gone).map(|(_, line)| format!("{line}\n"));
        kept.collect::<String>()
    };
    assert_eq!(spoil(without(4)), Some(5), "the line after the gap");
    assert_eq!(spoil(without(0)), Some(1), "the first one is gone");
    assert_eq!(spoil(whole.replacen('\n', "\nrubbish\n", 1)), Some(2));
    assert_eq!(spoil(whole.trim_end().to_owned()), Some(9), "the end is cut");
    assert_eq!(spoil(whole.clone()), None);
}

#[test]
fn a_torn_line_stays_visible_and_writing_goes_on() {
    let here = tempfile::tempdir().expect("a folder");
    let journal = journal(here.path(), here.path(), false);
    write(&journal, "echo 1", Verdict::Allow);
    let torn = text(here.path()) + "{\"prev\":\"";
    fs::write(file(here.path()), torn).expect("written");
    write(&journal, "echo 2", Verdict::Allow);
    assert_eq!(broken(here.path()).map(|broken| broken.line), Some(2));
    assert!(text(here.path()).lines().nth(2).expect("a third line").contains("echo 2"));
}

#[test]
fn a_long_command_keeps_its_ends_and_its_digest() {
    let here = tempfile::tempdir().expect("a folder");
    let journal = journal(here.path(), here.path(), false);
    write(&journal, &format!("echo begin {} end", "x".repeat(5_000_000)), Verdict::Allow);
    write(&journal, "echo next", Verdict::Allow);
    assert_eq!(verify(&file(here.path())).expect("whole"), 2);
    let text = text(here.path());
    assert!(
        text.len() < 200_000
            && text.contains("echo begin")
            && text.contains("xx end")
            && text.contains("command_sha256")
    );
}

const WRITERS: usize = 200;

/// Not a test of its own: what each of the processes below does. Without its variable it does nothing.
#[test]
fn one_of_many_writers() {
    if let Some(state) = std::env::var_os("GUARDED_TEST_WRITER") {
        let state = PathBuf::from(state);
        assert_eq!(write(&journal(&state, &state, true), "echo parallel", Verdict::Allow), Written::Anchored);
    }
}

#[test]
fn two_hundred_processes_keep_one_chain() {
    let here = tempfile::tempdir().expect("a folder");
    let me = std::env::current_exe().expect("this program");
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            std::process::Command::new(&me)
                .args(["audit::one_of_many_writers", "--exact", "--test-threads=1", "--quiet"])
                .env("GUARDED_TEST_WRITER", here.path())
                .stdout(std::process::Stdio::null())
                .spawn()
                .expect("a writer")
        })
        .collect();
    for mut writer in writers {
        assert!(writer.wait().expect("an end").success());
    }
    assert_eq!(verify(&file(here.path())).expect("one chain"), WRITERS as u64);
}

#[test]
fn where_the_state_directory_takes_nothing_the_record_is_unanchored_and_says_so() {
    let here = tempfile::tempdir().expect("a folder");
    let state = here.path().join("state");
    fs::write(&state, b"").expect("a file in its place");
    let temporary = here.path().join("tmp");
    fs::create_dir(&temporary).expect("a folder");
    assert_eq!(write(&journal(&state, &temporary, false), "echo", Verdict::Allow), Written::Unanchored);
    let below = fs::read_dir(&temporary).expect("a folder").next().expect("one").expect("an entry").path();
    assert!(text(&below).contains("\"unanchored\":true"));
    assert_eq!(write(&journal(&state, &state, false), "echo", Verdict::Allow), Written::Nowhere);
    let model = model(&["ls"]);
    let about = Circumstances { model: &model, policy_digest: "p1", agent: None };
    let allowed = decision(Verdict::Allow, Severity::Low);
    let required = journal(&state, &temporary, true).intend(&call("ls", here.path()), &allowed, &about);
    assert!(required.is_err(), "a policy that requires the record lets nothing run without");
}

#[test]
fn a_link_in_the_trails_place_is_not_written_through() {
    let here = tempfile::tempdir().expect("a folder");
    let state = here.path().join("state");
    fs::create_dir(&state).expect("a folder");
    let victim = here.path().join("victim");
    fs::write(&victim, b"mine").expect("a file");
    std::os::unix::fs::symlink(&victim, file(&state)).expect("a link");
    let temporary = here.path().join("tmp");
    fs::create_dir(&temporary).expect("a folder");
    assert_eq!(write(&journal(&state, &temporary, false), "echo", Verdict::Allow), Written::Unanchored);
    assert_eq!(fs::read(&victim).expect("still there"), b"mine");
}

#[test]
fn a_record_costs_little() {
    let here = tempfile::tempdir().expect("a folder");
    let journal = journal(here.path(), here.path(), false);
    let begun = std::time::Instant::now();
    for _ in 0..1000 {
        write(&journal, "git status --short", Verdict::Allow);
    }
    let each = begun.elapsed() / 1000;
    eprintln!("a record takes {each:?}");
    assert!(each.as_millis() < 5, "{each:?}, even unoptimised on a busy machine");
}

/// Not a test of its own: what happens on the full disk below.
#[test]
fn one_on_a_full_disk() {
    let Some(disk) = std::env::var_os("GUARDED_TEST_DISK") else { return };
    let disk = PathBuf::from(disk);
    let journal = Journal::new(Some(&disk.join("state")), &disk, false);
    assert_eq!(write(&journal, "echo before", Verdict::Allow), Written::Anchored);
    assert!(fs::write(disk.join("filler"), vec![0; 4 << 20]).is_err(), "the disk is full");
    // What is left of the last block of the file takes some; then the reserve is given up.
    let written: Vec<Written> = (0..200).map(|at| write(&journal, &format!("echo {at}"), Verdict::Allow)).collect();
    let kept = written.iter().take_while(|one| **one == Written::Anchored).count();
    assert!(kept > 20, "the reserve took only {kept}");
    assert!(!disk.join("state/audit.reserve").exists());
    assert_eq!(written.last(), Some(&Written::Nowhere));
    let whole = verify(&file(&disk.join("state"))).expect("no half line");
    assert_eq!(whole, 1 + kept as u64);
}

#[test]
fn a_full_disk_takes_the_last_records_from_the_reserve() {
    let here = tempfile::tempdir().expect("a folder");
    let me = std::env::current_exe().expect("this program");
    let line = "mount -t tmpfs -o size=1m none \"$GUARDED_TEST_DISK\" && exec \"$0\" audit::one_on_a_full_disk --exact --test-threads=1";
    let in_namespace = |line: &str| {
        let mut unshare = std::process::Command::new("unshare");
        unshare.args(["-Urm", "sh", "-c", line]).arg(&me).env("GUARDED_TEST_DISK", here.path());
        unshare.output().ok()
    };
    if !in_namespace("mount -t tmpfs none \"$GUARDED_TEST_DISK\"").is_some_and(|tried| tried.status.success()) {
        eprintln!("skipped: no mount namespaces here");
        return;
    }
    let ran = in_namespace(line).expect("it ran before");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
}
