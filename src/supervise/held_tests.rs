//! Held shells with a judge that refuses every text with the word `destroy`: what it refuses has no effect.
//!
//! A shell is this test program called again: it becomes bash, so it can't be a function call.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bstr::ByteSlice;

use super::{Asked, RealShells, Verdict, become_fed};
use crate::invocation::{self, ShKind, StdinKind, Surroundings};

const BECOME: &str = "GUARDED_TEST_BECOMES_A_HELD_SHELL";

fn judge(asked: &Asked<'_>) -> Verdict {
    let text = &asked.text.replace("\\\n", "");
    let open = |begin: &str, end: &str| text.contains_str(begin) && !text.contains_str(end);
    let unfinished = open("for ", "done") || open("<<EOF", "\nEOF\n") || asked.text.ends_with(b"\\\n");
    if unfinished && !asked.ends && !asked.at_once {
        Verdict::Unfinished
    } else if text.contains_str("destroy") {
        Verdict::Refused
    } else if unfinished && !asked.ends {
        Verdict::Unfinished
    } else {
        Verdict::Run
    }
}

/// Not a test of its own: the process that the others start.
#[test]
fn becomes_a_held_shell() {
    if std::env::var_os(BECOME).is_none() {
        return;
    }
    let around = Surroundings {
        stdin: StdinKind::Pipe,
        stdout_terminal: false,
        stderr_terminal: false,
        sh: ShKind::Dash,
        setuid: false,
    };
    let call = invocation::read(vec!["bash".into()], Vec::new(), "/".into(), around);
    let failed = become_fed(&call, &RealShells::default(), None, &mut |asked| judge(asked));
    panic!("{failed:?}");
}

fn shell(script: &str) -> Child {
    let program = std::env::current_exe().expect("this program");
    let line =
        format!("{script} {} --exact supervise::held::tests::becomes_a_held_shell --nocapture", program.display());
    Command::new("/bin/bash")
        .args(["-c", &line])
        .env(BECOME, "1")
        .env("RUST_TEST_THREADS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell")
}

/// All of the text at once, and the end; what came out after the test harness's own line, and the status.
fn piped(text: &str) -> (String, Option<i32>) {
    let mut shell = shell("exec");
    shell.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("room in the pipe");
    let mut out = String::new();
    shell.stdout.take().expect("a pipe").read_to_string(&mut out).expect("text");
    let status = shell.wait().expect("an end").code();
    (without_heading(&out).to_owned(), status)
}

/// The harness names the test before it is run.
fn without_heading(out: &str) -> &str {
    out.rsplit_once("becomes_a_held_shell ... ").map_or(out, |(_, rest)| rest)
}

#[test]
fn piped_code_ends_at_the_first_refusal_with_126() {
    assert_eq!(piped("echo a\necho destroy\necho b\n"), ("a\n".into(), Some(126)));
    assert_eq!(piped("echo a\necho b"), ("a\nb\n".into(), Some(0)));
    assert_eq!(piped("for i in 1 2\ndo echo destroy\ndone\necho b\n"), (String::new(), Some(126)));
}

#[test]
fn nothing_of_an_unfinished_command_is_run_at_the_end_of_input() {
    // bash itself runs a command whose here-document is cut short.
    assert_eq!(piped("cat <<EOF\ndestroy\n"), (String::new(), Some(126)));
    assert_eq!(piped("read x\ncat <<EOF; echo destroy\n"), (String::new(), Some(126)));
}

#[test]
fn a_line_that_read_may_have_left_is_judged_by_itself() {
    // As a continuation it would be quiet data of a here-document that `read` has taken the beginning of.
    let (out, _) = piped("read x\necho <<EOF\necho destroy\nEOF\necho b\n");
    assert!(!out.contains("destroy"), "{out}");
}

#[test]
fn a_command_that_begins_after_what_read_took_is_judged_whole() {
    // The judge sees the word only in the joined lines.
    let (out, _) = piped("read x\necho <<EOF\necho de\\\nstroy\nEOF\necho b\n");
    assert!(!out.contains("destroy"), "{out}");
}

#[test]
fn a_held_shell_goes_on_with_status_126() {
    let mut shell = shell("exec");
    let mut input = shell.stdin.take().expect("a pipe");
    let mut output = BufReader::new(shell.stdout.take().expect("a pipe"));
    let mut ask = |text: &str| {
        input.write_all(text.as_bytes()).expect("a reader");
        let mut line = String::new();
        while line.trim().is_empty() || line.starts_with("running") {
            line.clear();
            assert_ne!(output.read_line(&mut line).expect("text"), 0, "the shell ended");
        }
        without_heading(&line).to_owned()
    };
    assert_eq!(ask("x=kept; echo one\n"), "one\n");
    assert_eq!(ask("echo destroy\necho $? $x\n"), "126 kept\n");
    assert_eq!(ask("for i in a; do\necho destroy\n done\necho $? $x\n"), "126 kept\n");
    assert_eq!(ask("echo two; exit 4\n"), "two\n");
    assert_eq!(shell.wait().expect("an end").code(), Some(4));
}

#[test]
fn a_part_that_was_handed_on_is_not_completed_by_something_else() {
    let mut shell = shell("exec");
    let mut input = shell.stdin.take().expect("a pipe");
    input.write_all(b"read x\ny\n echo ran de").expect("a reader");
    std::thread::sleep(Duration::from_millis(300));
    input.write_all(b"stroy\necho b\n").expect("a reader");
    let mut out = String::new();
    shell.stdout.take().expect("a pipe").read_to_string(&mut out).expect("text");
    assert_eq!(without_heading(&out), "");
    assert!(!shell.wait().expect("an end").success());
}

#[test]
fn the_feeder_ends_with_its_shell() {
    let mut shell = shell("exec");
    let mut input = shell.stdin.take().expect("a pipe");
    input.write_all(b"exit 7\n").expect("a reader");
    assert_eq!(shell.wait().expect("an end").code(), Some(7));
    // The pipe has no reader once the feeder has let go of it.
    let gone = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        input.write_all(b"\n").is_err()
    });
    assert!(gone, "the feeder still holds its input");
}
