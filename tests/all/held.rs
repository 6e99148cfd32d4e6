//! A shell that is held open through pipes works as bash does, and takes no byte that it does not need.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::programs::guarded_sh;

struct Held {
    shell: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Held {
    fn new(words: &[&str]) -> Held {
        let mut shell = Command::new(guarded_sh())
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the shell");
        let output = BufReader::new(shell.stdout.take().expect("a pipe"));
        Held { input: shell.stdin.take(), shell, output }
    }

    fn say(&mut self, text: &[u8]) {
        self.input.as_mut().expect("still open").write_all(text).expect("a reader");
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.output.read_until(b'\n', &mut line).expect("text");
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }

    fn end(mut self) -> Option<i32> {
        self.input = None;
        self.shell.wait().expect("an end").code()
    }
}

#[test]
fn each_answer_comes_before_the_next_question() {
    let mut held = Held::new(&[]);
    for round in 0..50 {
        held.say(format!("x=$((x + 1)); echo \"$x {round}\" $?\n").as_bytes());
        assert_eq!(held.line(), format!("{} {round} 0", round + 1));
    }
    assert_eq!(held.end(), Some(0));
}

#[test]
fn programs_below_it_are_talked_to() {
    let mut held = Held::new(&["--norc"]);
    held.say(b"while read a; do echo \"got $a\"; [ \"$a\" = end ] && break; done\n");
    for word in ["it's", "if", "end"] {
        held.say(format!("{word}\n").as_bytes());
        assert_eq!(held.line(), format!("got {word}"));
    }
    held.say(b"sed -u -e s/a/b/ -e /stop/q\n");
    for (word, answer) in [("a '", "b '"), ("stop", "stop")] {
        held.say(format!("{word}\n").as_bytes());
        assert_eq!(held.line(), answer);
    }
    // Part of a line is enough for this one.
    held.say(b"read -r -n 3 c; echo \"<$c>\"\n");
    held.say(b"abc");
    assert_eq!(held.line(), "<abc>");
    held.say(b"exec cat\n");
    held.say(b"for\n");
    assert_eq!(held.line(), "for");
    assert_eq!(held.end(), Some(0));
}

#[test]
fn what_bash_did_not_need_is_left_to_the_next() {
    let shell = guarded_sh();
    let script = format!("printf 'echo a\\nexit 3\\nleft 1\\nleft 2' | {{ {}; echo $?; cat; }}", shell.display());
    for _ in 0..20 {
        let done = Command::new("/bin/bash").args(["-c", &script]).output().expect("a shell");
        assert_eq!(String::from_utf8_lossy(&done.stdout), "a\n3\nleft 1\nleft 2");
    }
}

#[test]
fn a_long_text_arrives_whole() {
    let mut held = Held::new(&[]);
    let mut input = held.input.take().expect("a pipe");
    let writer = std::thread::spawn(move || {
        let line = format!(": {}\n", "x".repeat(120));
        for _ in 0..1_000_000 / line.len() {
            input.write_all(line.as_bytes()).expect("a reader");
        }
        input.write_all(format!("echo {}\n", "y".repeat(200_000)).as_bytes()).expect("a reader");
        input.write_all(b"printf 'a\\0\\377b'; exit 5\n").expect("a reader");
    });
    let mut out = Vec::new();
    held.output.read_to_end(&mut out).expect("text");
    writer.join().expect("all written");
    assert_eq!(out.len(), 200_001 + 4);
    assert!(out.ends_with(b"\na\0\xffb"));
    assert_eq!(held.end(), Some(5));
}

#[test]
fn nobody_is_kept_waiting_for_the_end_of_output() {
    let mut held = Held::new(&[]);
    held.say(b"exit 4\n");
    let began = Instant::now();
    let mut rest = String::new();
    held.output.read_to_string(&mut rest).expect("text");
    assert!(began.elapsed() < Duration::from_secs(5), "the feeder holds the output");
    assert_eq!(held.shell.wait().expect("an end").code(), Some(4));
}

#[test]
fn signals_reach_bash_itself() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    use std::os::unix::process::ExitStatusExt;

    let mut held = Held::new(&[]);
    held.say(b"trap 'echo caught' USR1; echo ready\n");
    assert_eq!(held.line(), "ready");
    let pid = Pid::from_raw(i32::try_from(held.shell.id()).expect("a pid"));
    kill(pid, Signal::SIGUSR1).expect("it runs");
    held.say(b":\n");
    assert_eq!(held.line(), "caught");
    kill(pid, Signal::SIGTERM).expect("it runs");
    assert_eq!(held.shell.wait().expect("an end").signal(), Some(15));
}
