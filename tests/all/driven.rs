//! A shell on a terminal that a program drives: each line is judged, and no line switches that off.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::programs::guarded_sh;

const DROP: &str = "psql -c 'DROP TABLE users'";

/// Types lines into a guarded shell; whether the stub was called. `None` where there is no script(1).
fn called(lines: &[&str]) -> Option<(bool, String)> {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().expect("a directory");
    let place = |name: &str| home.path().join(name);
    std::fs::create_dir_all(place(".config/guarded")).expect("a directory");
    std::fs::create_dir(place("bin")).expect("a directory");
    let policy = "[[decide.override]]\nrule = \"psql.drop-table\"\ndecision = \"deny\"\n[ask]\nwait = 0\n";
    std::fs::write(place(".config/guarded/policy.toml"), policy).expect("a policy");
    std::fs::write(place("bin/psql"), "#!/bin/sh\necho called >> \"$HOME/called\"\n").expect("a stub");
    std::fs::set_permissions(place("bin/psql"), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    std::fs::write(place(".bashrc"), "PS1='$ '\nbind '\"\\C-t\": transpose-chars'\n").expect("a start-up file");
    let mut script = Command::new("script");
    script.args(["-qec", &format!("{} -i", guarded_sh().display()), "/dev/null"]).env_clear();
    script.env("HOME", home.path()).env("PATH", format!("{}/bin:/usr/bin:/bin", home.path().display()));
    script.env("TERM", "xterm").env("INPUTRC", "/dev/null").env("SHELL", "/bin/sh").current_dir(home.path());
    let mut running = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let (mut keys, mut output) = (running.stdin.take().expect("a pipe"), running.stdout.take().expect("a pipe"));
    let reader = std::thread::spawn(move || {
        let mut screen = Vec::new();
        let _ = output.read_to_end(&mut screen);
        String::from_utf8_lossy(&screen).into_owned()
    });
    std::thread::sleep(Duration::from_millis(900));
    for line in lines {
        // The shell may have ended.
        let _ = keys.write_all(format!("{line}\n").as_bytes());
        std::thread::sleep(Duration::from_millis(700));
    }
    let _ = keys.write_all(b"exit\n");
    std::thread::sleep(Duration::from_millis(300));
    drop(keys);
    let _ = running.kill();
    running.wait().expect("an end");
    Some((place("called").exists(), reader.join().expect("a screen")))
}

fn all(cases: &[(&str, &[&str])], expected: bool) {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some((what, lines)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some((was, screen)) = called(lines).filter(|(was, _)| *was != expected) {
                        wrong.lock().expect("no panic").push(format!("{what}: called: {was}\n{screen}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_line_switches_the_judging_of_lines_off() {
    let cases: &[(&str, &[&str])] = &[
        ("the line itself", &[DROP]),
        ("line editing off", &["set +o emacs", DROP]),
        ("line editing off in a list", &["true && set +o vi +o emacs", DROP]),
        ("line editing off by shopt", &["shopt -uo emacs", DROP]),
        ("line editing off in a trap", &["trap 'set +o emacs' DEBUG", "true", DROP]),
        ("line editing off by eval", &["eval 'set +''o emacs'", DROP]),
        ("line editing off before the prompt", &["PROMPT_COMMAND='set +o emacs'", "true", DROP]),
        ("Enter bound again", &["bind '\"\\C-m\": accept-line'", DROP]),
        ("its other half bound again", &["bind '\"\\C-j\": accept-line'", DROP]),
        ("the judge's own key", &["bind -x '\"\\C-x\\C-y0\": :'", DROP]),
        ("another key that runs text", &["bind -x '\"\\C-t\": psql -c \"DROP TABLE users\"'", "\x14"]),
        ("keys from a file", &["bind -f keys", DROP]),
        ("the judge's state", &["__guarded_pending='# '", DROP]),
        ("the judge's state by another name", &["declare -n x=__guarded_''pending; x='# '", DROP]),
        ("the judge's function", &["__guarded_enter() { :; }", DROP]),
        ("builtin is a function", &["builtin() { :; }", DROP]),
        ("builtin is an alias", &["alias builtin=:", DROP]),
        ("no builtin", &["enable -n builtin", DROP]),
        ("no prompt command", &["unset PROMPT_COMMAND PS1", DROP]),
        ("vi", &["set -o vi", DROP]),
        ("posix", &["set -o posix", DROP]),
        ("odd options", &["set -efuk; shopt -s extdebug", DROP]),
        ("no room for a process", &["ulimit -u 1", DROP]),
        ("an alias", &["alias x=\"psql -c 'DROP TABLE users'\"", "x"]),
        ("another bash", &["bash --norc", DROP]),
        ("another bash in its place", &["exec bash --norc -i", DROP]),
        ("a plain sh", &["sh", DROP]),
        ("a shell in a list", &["cd /; command sh", DROP]),
        ("a shell in an environment", &["env A=1 bash", DROP]),
        ("the terminal as a script", &["source /dev/stdin", DROP, "\x04"]),
        ("operate-and-get-next", &["psql -c 'DROP TABLE users'\x0f"]),
    ];
    all(cases, false);
}

#[test]
fn ordinary_lines_run() {
    let cases: &[(&str, &[&str])] = &[
        ("a call", &["psql -l"]),
        ("after bind -p", &["bind -p > keys; bind 'set bell-style none'", "psql -l"]),
        ("after set -o vi and back", &["set -o vi; set -o emacs", "psql -l"]),
        ("after the start-up file was read again", &[". ~/.bashrc", "psql -l"]),
        ("a script", &["echo 'psql -l' > x; bash x"]),
        ("a text", &["bash -c 'psql -l'"]),
        ("a pipe", &["echo psql -l | bash"]),
        ("a file as input", &["echo psql -l > x; bash < x"]),
        ("after a version", &["bash --version > x", "psql -l"]),
        ("a function", &["builtins() { psql -l; }", "builtins"]),
    ];
    all(cases, true);
}

/// Programs that read the terminal themselves: what they run is judged at its exec.
#[test]
fn what_a_program_that_reads_the_terminal_starts_is_judged() {
    let call = |text: &str| format!("import os; os.system(\"psql {text}\")");
    let (drops, lists) = (call("-c 'DROP TABLE users'"), call("-l"));
    all(&[("python", &["python3 -i", &drops, "exit()"])], false);
    all(&[("python", &["python3 -i", &lists, "exit()"])], true);
}
