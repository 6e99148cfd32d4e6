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
        Held::of(Command::new(guarded_sh()).args(words))
    }

    fn of(command: &mut Command) -> Held {
        let mut shell =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("the shell");
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

#[test]
fn a_socket_serves_as_well_as_a_pipe() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let (mut ours, theirs) = UnixStream::pair().expect("a socket");
    let mut shell = Command::new(guarded_sh())
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the shell");
    let mut output = BufReader::new(shell.stdout.take().expect("a pipe"));
    ours.write_all(b"echo one\n").expect("a reader");
    let mut line = String::new();
    output.read_line(&mut line).expect("text");
    ours.write_all(b"cat <<E\nit's\nE\nexit 5\nleft").expect("a reader");
    output.read_line(&mut line).expect("text");
    assert_eq!(line, "one\nit's\n");
    assert_eq!(shell.wait().expect("an end").code(), Some(5));
}

#[test]
fn input_that_does_not_block_is_waited_for() {
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    use std::os::fd::AsFd;

    let (read, mut write) = std::io::pipe().expect("a pipe");
    fcntl(read.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("a flag");
    let mut shell = Command::new(guarded_sh()).stdin(read).stdout(Stdio::piped()).spawn().expect("the shell");
    std::thread::sleep(Duration::from_millis(50));
    write.write_all(b"read x\n").expect("a reader");
    std::thread::sleep(Duration::from_millis(50));
    write.write_all(b"word\necho $x; exit 2\n").expect("a reader");
    let mut out = String::new();
    shell.stdout.take().expect("a pipe").read_to_string(&mut out).expect("text");
    assert_eq!((out.as_str(), shell.wait().expect("an end").code()), ("word\n", Some(2)));
}

#[test]
fn a_shell_that_inherits_ignored_signals_works() {
    let script = format!("trap '' CHLD PIPE; printf 'echo a\\nfalse\\necho $?\\n' | {}", guarded_sh().display());
    let done = Command::new("/bin/bash").args(["-c", &script]).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&done.stdout), "a\n1\n");
}

#[test]
fn the_feeder_holds_nothing_that_the_shell_inherits() {
    // Whoever reads descriptor 7 sees its end as soon as the shell closes it, while the shell lives on.
    let (mut read, write) = std::io::pipe().expect("a pipe");
    let mut shell = Command::new("/bin/bash")
        .args(["-c", &format!("exec 7>&1 >/dev/null; exec {}", guarded_sh().display())])
        .stdin(Stdio::piped())
        .stdout(write)
        .spawn()
        .expect("the shell");
    let mut input = shell.stdin.take().expect("a pipe");
    input.write_all(b"echo seven >&7; exec 7>&-\n").expect("a reader");
    let mut out = String::new();
    read.read_to_string(&mut out).expect("text");
    assert_eq!(out, "seven\n");
    assert_eq!(shell.try_wait().expect("a process"), None);
    drop(input);
    assert_eq!(shell.wait().expect("an end").code(), Some(0));
}

/// A home with a stub in place of a database client, and a policy that asks nobody.
fn home_that_refuses() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().expect("a directory");
    let stub = home.path().join("bin/psql");
    let policy = home.path().join(".config/guarded/policy.toml");
    std::fs::create_dir(home.path().join("bin")).expect("a directory");
    std::fs::create_dir_all(policy.parent().expect("a folder")).expect("a directory");
    std::fs::write(&stub, "#!/bin/sh\necho called >> \"$HOME/called\"\n").expect("a file");
    std::fs::set_permissions(&stub, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let text = "[[decide.override]]\nrule = \"psql.drop-table\"\ndecision = \"deny\"\n";
    std::fs::write(policy, text).expect("a file");
    home
}

fn at_home(home: &tempfile::TempDir) -> Command {
    let mut command = Command::new(guarded_sh());
    command.env_clear().env("HOME", home.path()).current_dir(home.path());
    command.env("PATH", format!("{}/bin:/usr/bin:/bin", home.path().display()));
    command
}

#[test]
fn what_the_rules_refuse_has_no_effect_and_a_held_shell_goes_on() {
    let home = home_that_refuses();
    let mut held = Held::of(&mut at_home(&home));
    held.say(b"echo one\n");
    assert_eq!(held.line(), "one");
    held.say(b"touch before; psql -c 'DROP TABLE users'; touch after\n");
    held.say(b"echo status $?\n");
    assert_eq!(held.line(), "status 126");
    held.say(b"for i in 1 2; do\npsql -c 'DROP TABLE users'\ndone\necho status $?\n");
    assert_eq!(held.line(), "status 126");
    // What earlier lines set counts.
    held.say(b"drop='DROP TABLE'\npsql -c \"$drop users\"\necho status $?\n");
    assert_eq!(held.line(), "status 126");
    held.say(b"f() { psql -c \"$1 TABLE users\"; }\nf DROP\necho status $?\n");
    assert_eq!(held.line(), "status 126");
    held.end();
    let left = ["before", "after", "called"].map(|name| home.path().join(name).exists());
    assert_eq!(left, [false; 3]);
}

#[test]
fn text_from_a_pipe_ends_at_what_is_refused() {
    let home = home_that_refuses();
    let (read, mut write) = std::io::pipe().expect("a pipe");
    write.write_all(b"touch before\npsql -c 'DROP TABLE users'\ntouch after\n").expect("room");
    drop(write);
    let done = at_home(&home).stdin(read).output().expect("the shell");
    assert_eq!(done.status.code(), Some(126));
    let left = ["before", "called", "after"].map(|name| home.path().join(name).exists());
    assert_eq!(left, [true, false, false], "{}", String::from_utf8_lossy(&done.stderr));
}
