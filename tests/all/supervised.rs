//! What no text shows is judged when it is about to run: with `[require] layer = "exec"` each exec of the tree is.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::cases::Place;

/// Decodes what it does from a file, so that nothing can be read off it.
pub const HIDDEN: &str = r"
import os, shutil, subprocess, sys
words = bytes(byte ^ 7 for byte in open(sys.argv[1], 'rb').read()).decode().split('\n')
how = sys.argv[2]
if how == 'print': print(words[0])
elif how == 'lines': print('\n'.join(words))
elif how == 'exec': os.execvp(words[0], words)
elif how == 'fork':
    if os.fork() == 0: os.execvp(words[0], words)
    os.wait()
elif how == 'spawn': os.posix_spawnp(words[0], words, os.environ); os.wait()
elif how == 'thread':
    import threading
    t = threading.Thread(target=lambda: os.execvp(words[0], words)); t.start(); t.join()
elif how == 'shell': os.system(' '.join(words))
elif how == 'memory':
    fd = os.memfd_create('x'); os.write(fd, open('/bin/rm', 'rb').read()); os.execve(fd, words, os.environ)
elif how == 'other-name': os.execv('/bin/rm', ['cleaner', *words[1:]])
elif how == 'copy':
    shutil.copy('/bin/rm', 'tidy'); os.execv('./tidy', ['tidy', *words[1:]])
elif how == 'link':
    os.symlink('/bin/rm', 'tidy'); os.execv('./tidy', ['tidy', *words[1:]])
elif how == 'loader':
    os.execv('/lib64/ld-linux-x86-64.so.2', ['ld', '/bin/rm', *words[1:]])
elif how == 'wrapped': os.execvp('nohup', ['nohup', 'env', 'A=1', 'nice', *words])
else:
    open(how, 'w').write('\n'.join(words) + '\n'); os.chmod(how, 0o755)
";

/// Scripts that are there and take in text or a name that nothing in sight determines.
const TAKING: &[(&str, &str)] = &[
    ("takes-text.sh", "eval \"$(python3 hidden.py hid print)\"\n"),
    ("takes-file.sh", "python3 hidden.py hid lines >made; for f in m*e; do source \"./$f\"; done\n"),
    ("takes-name.sh", "dir=$(python3 hidden.py hid print); rm -rf \"./${dir##* }\" \"$dir.$$\"; true\n"),
    ("takes-text.mk", "all:\n\tsh -c \"$$(python3 hidden.py hid print)\"\n"),
];

/// Lines that a reader has nothing against and that delete `uploads`. `words` is what is hidden.
const LINES: &[(&str, &str)] = &[
    ("rm", "$(python3 hidden.py hid print) -rf uploads"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid lines | xargs env"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid exec"),
    ("rm\n-rf\nuploads", "exec python3 hidden.py hid exec"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid fork"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid spawn"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid thread"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid shell"),
    ("rm\n-rf\nuploads", "(python3 hidden.py hid shell)"),
    ("rm\n-rf\nuploads", "x=$(python3 hidden.py hid shell 2>&1); echo done"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid memory"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid other-name"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid copy"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid link"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid loader"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid wrapped"),
    ("#!/bin/sh\nrm -rf uploads", "python3 hidden.py hid made.sh; ./made.sh"),
    ("#!/bin/sh\nrm -rf uploads", "python3 hidden.py hid made.sh; sh made.sh"),
    ("#!/usr/bin/env -S sh -e\nrm -rf uploads", "python3 hidden.py hid made.sh; ./made.sh"),
    ("all:\n\trm -rf uploads", "python3 hidden.py hid made.mk; make -s -f made.mk"),
    ("rm\n-rf\nuploads", "find . -maxdepth 1 -name uploads -exec python3 hidden.py hid exec ';'"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid fork & wait"),
    ("rm\n-rf\nuploads", "python3 hidden.py hid lines | (read a; read b; read c; setsid --wait $a $b $c)"),
];

/// `words`: of the program that `hidden.py hid` runs.
pub fn place(words: &str, watched: bool) -> Place {
    let place = Place::new();
    let project = place.project();
    std::fs::write(project.join("hidden.py"), HIDDEN).expect("a program");
    let hid: Vec<u8> = words.bytes().map(|byte| byte ^ 7).collect();
    std::fs::write(project.join("hid"), hid).expect("a file");
    for (name, text) in TAKING {
        std::fs::write(project.join(name), text).expect("a script");
    }
    let policy = if watched {
        "[ask]\nwait = 0\n[require]\nlayer = \"exec\"\n"
    } else {
        "supervise = \"off\"\n[ask]\nwait = 0\n"
    };
    std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
    place
}

fn run(place: &Place, line: &str) -> Output {
    run_by("0", place, line)
}

/// How a supervisor has the execs: task by task; all of the tree traced, as where only ancestors may look at a task; and
/// without a listener, as where the kernel has none to give.
pub const REACHES: &[&str] = if cfg!(target_arch = "x86_64") { &["0", "1", "2"] } else { &["0", "1"] };

fn run_by(tree: &str, place: &Place, line: &str) -> Output {
    place.shell(&["-c", line]).env("GUARDED_TRACE_TREE", tree).output().expect("the shell")
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn what_only_its_exec_shows_is_stopped_there() {
    let mut wrong = Vec::new();
    for (words, line) in LINES {
        for tree in REACHES {
            let place = place(words, true);
            let output = run_by(tree, &place, line);
            if !place.project().join("uploads/face.png").exists() {
                wrong.push(format!("{tree}: {line}\n{}", said(&output)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} got through:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_a_script_takes_in_is_judged_as_it_runs() {
    for (script, _) in TAKING {
        let place = place("rm -rf uploads", true);
        let shell = if *script == "takes-text.mk" { "make -s -f" } else { "bash" };
        let output = run(&place, &format!("{shell} {script}; echo went on"));
        assert!(place.project().join("uploads/face.png").exists(), "{script}\n{}", said(&output));
        assert_eq!(output.stdout, b"went on\n", "{script}\n{}", said(&output));
    }
}

/// Or the test above proves nothing.
#[test]
fn without_that_layer_each_of_these_lines_deletes() {
    for (words, line) in LINES {
        let place = place(words, false);
        let output = run(&place, line);
        assert!(!place.project().join("uploads").exists(), "{line}\n{}", said(&output));
    }
}

#[test]
fn after_a_stop_the_rest_of_the_line_goes_on_and_is_watched() {
    let place = place("rm\n-rf\nuploads", true);
    let output = run(&place, "python3 hidden.py hid fork; /bin/echo on; python3 hidden.py hid spawn; exit 3");
    assert_eq!(output.status.code(), Some(3));
    let text = said(&output);
    assert!(place.project().join("uploads").exists() && text.contains("on\n"), "{text}");
    assert_eq!(text.matches("guarded: stopped").count(), 2, "{text}");
    assert!(text.contains("nobody is asked again"), "{text}");
    assert_eq!(text.matches("guarded approve").count(), 1, "{text}");
}

#[test]
fn a_job_that_outlives_its_shell_stays_watched() {
    for tree in REACHES {
        let place = place("rm\n-rf\nuploads", true);
        let late = place.project().join("late");
        let line = "(sleep 0.3; python3 hidden.py hid fork; touch late) >/dev/null 2>&1 & exit 5";
        assert_eq!(run_by(tree, &place, line).status.code(), Some(5));
        assert!(!late.exists(), "the shell waited for its job");
        wait_for(&late);
        assert!(place.project().join("uploads").exists());
    }
}

/// A signal reaches whom it is sent to, and who is stopped can be let go on.
#[test]
fn signals_and_stops_pass_through_a_tree_that_is_traced() {
    const SAME: &[&str] = &[
        "trap 'echo hup' HUP; kill -HUP $$; echo on",
        "trap '' TERM; kill -TERM $$; echo still; trap - TERM; kill -TERM $$; echo never",
        "sleep 3 & kill -STOP %1; sleep .1; ps -o stat= -p $! | cut -c1 | tr t T; kill -CONT %1; sleep .1; ps -o stat= -p $! | cut -c1; kill %1; wait %1; echo $?",
        "set -m; sh -c 'kill -STOP $$; echo back' & sleep .2; jobs | cut -c1-13; fg %1 >/dev/null; echo $?",
        "perl -e 'use threads; threads->create(sub { system \"echo thread\" })->join' 2>/dev/null; echo $?",
        "python3 -c 'import os, signal; p = os.fork() or os.kill(os.getpid(), signal.SIGSEGV); print(os.waitpid(p, 0)[1] & 127)'",
        "python3 -c 'import signal, time; signal.setitimer(signal.ITIMER_REAL, .1); signal.signal(signal.SIGALRM, lambda *a: print(\"alarm\")); time.sleep(.3)'",
        "{ for i in 1 2 3 4 5 6 7 8; do (kill -KILL $BASHPID); echo $?; done; } 2>/dev/null",
        "timeout -s INT .2 sleep 5; echo $?",
    ];
    for line in SAME {
        let (watched, plain) = (place("", true), place("", true));
        let here = run_by("1", &watched, line);
        let there = plain.program(Path::new("/bin/bash"), &["-c", line]).output().expect("bash");
        assert_eq!((here.status.code(), said(&here)), (there.status.code(), said(&there)), "{line}");
    }
}

fn wait_for(path: &Path) {
    let end = Instant::now() + Duration::from_secs(60);
    while !path.exists() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(path.exists(), "{} never came", path.display());
}

/// What is allowed is as it is without us.
#[test]
fn a_watched_line_is_as_without_us() {
    const SAME: &[&str] = &[
        "exit 7",
        "kill -KILL $$",
        "echo a | cat; echo b >&2; ls /nonexistent",
        "exec 5</etc/passwd 7>/dev/null; ls /proc/self/fd | tr '\\n' ' '",
        "grep -E 'Sig(Ign|Cgt|Blk)' /proc/self/status",
        "yes | head -1; echo ${PIPESTATUS[@]}",
        "exec sh -c 'echo $0; exit 3'",
        "umask; pwd; ulimit -a; env | grep -v '^_=' | sort",
        "nosuchcmd; /etc/passwd; /etc; /no/such",
        "sleep .1 & wait $!; echo $?; trap 'echo T' EXIT; (exit 4); echo $?",
        "printf '#!/usr/bin/env -S sh -e\\necho \"$0 $*\"\\n' > s; chmod 755 s; ln -s s l; ./l a b",
        "printf 'echo plain \"$1\"\\n' > t; chmod 755 t; ./t x",
        "/bin/echo $(seq 1 20000) | cksum",
        "(exec -a other sh -c 'echo $0')",
        "coproc cat; echo x >&${COPROC[1]}; read -r y <&${COPROC[0]}; echo $y",
        "cat <(echo in) > >(cat); wait",
        "set -m; sleep 5 & kill %1; wait %1; echo $?",
        "command -p ls -d /; builtin echo; hash -r; type -t ls",
        "nohup sh -c 'echo n' 2>/dev/null; setsid --wait sh -c 'echo s'; env -i sh -c 'echo $PATH'",
        "ps -o stat= -p $$ | cut -c1; echo $PPID | grep -c .",
        "python3 -c 'import subprocess; print(subprocess.run([\"sh\", \"-c\", \"exit 9\"]).returncode)'",
        "perl -e 'print `echo p`; exit 2' || echo $?",
        "awk 'BEGIN { system(\"echo w\") }' </dev/null",
        "xargs -n1 echo <<< 'a b'",
        "find . -maxdepth 1 -name Makefile -exec ls {} +",
        "make -s; git status --short | head -3",
        "timeout 5 sh -c 'kill -TERM $$'; echo $?",
        "bash -c 'bash -c \"echo deep\"'",
        "ulimit -u 4000; for i in 1 2 3; do /bin/true & done; wait; echo ok",
    ];
    for line in SAME {
        for tree in REACHES {
            let (watched, plain) = (place("", true), place("", true));
            let here = run_by(tree, &watched, line);
            let mut bash = plain.program(Path::new("/bin/bash"), &["-c", line]);
            let there = bash.env("GUARDED_TRACE_TREE", tree).output().expect("bash");
            let text = |output: &Output, place: &Place| {
                let text = said(output).replace(&place.path("").display().to_string(), "");
                (output.status.code(), text.replace(&crate::programs::guarded_sh().display().to_string(), "/bin/bash"))
            };
            assert_eq!(text(&here, &watched), text(&there, &plain), "{tree}: {line}");
        }
    }
}

#[test]
fn a_stopped_exec_can_be_allowed_once() {
    let place = place("rm\n-rf\nuploads", true);
    let line = "python3 hidden.py hid fork";
    let first = said(&run(&place, line));
    let id = first.split("guarded approve ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("an id");
    crate::grants::approve(&place, id);
    let second = run(&place, line);
    assert!(!place.project().join("uploads").exists(), "{}", said(&second));
}

/// Finds its own supervisor by the words that both were called with, ends it, and tries again for a while.
const KILLER: &str = r"
import os, signal, subprocess, sys, time
mark = sys.argv[1].encode()
def supervisors():
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            named = open(f'/proc/{pid}/comm').read().startswith('guarded-sh: exe')
            if named and mark in open(f'/proc/{pid}/cmdline', 'rb').read(): yield int(pid)
        except OSError: pass
found = list(supervisors())
with open('killed', 'w') as file: file.write(str(len(found)))
for pid in found: os.kill(pid, signal.SIGKILL)
for _ in range(20):
    try: subprocess.run(bytes(byte ^ 7 for byte in open('hid', 'rb').read()).decode().split('\n'))
    except OSError: pass
    time.sleep(.01)
";

/// Whoever stops the supervisor stops itself, for a moment.
#[test]
fn a_supervisor_that_was_stopped_goes_on_and_judges() {
    for tree in REACHES {
        let place = place("rm\n-rf\nuploads", true);
        let stopper = KILLER.replace("SIGKILL", "SIGSTOP").replace("range(20)", "range(1)");
        std::fs::write(place.project().join("stopper.py"), stopper).expect("a program");
        let mark = place.project().display().to_string();
        let line = format!("sleep 1.5; python3 stopper.py {mark}; /bin/touch after");
        let began = Instant::now();
        let output = run_by(tree, &place, &line);
        assert!(began.elapsed() < Duration::from_secs(20), "{tree}");
        assert!(place.project().join("uploads").exists(), "{tree}: {}", said(&output));
        assert!(place.project().join("after").exists(), "{tree}: {}", said(&output));
    }
}

/// Nobody judges any more, so nothing starts.
#[test]
fn behind_a_supervisor_that_was_killed_no_exec_passes() {
    for tree in REACHES {
        let place = place("rm\n-rf\nuploads", true);
        std::fs::write(place.project().join("killer.py"), KILLER).expect("a program");
        let mark = place.project().display().to_string();
        let line = format!("python3 killer.py {mark}; $(python3 hidden.py hid print) -rf uploads");
        let output = run_by(tree, &place, &line);
        wait_for(&place.project().join("killed"));
        let killed = std::fs::read_to_string(place.project().join("killed")).expect("a count");
        assert_eq!(killed, "1", "{tree}: {}", said(&output));
        std::thread::sleep(Duration::from_millis(500));
        assert!(place.project().join("uploads").exists(), "{tree}: {}", said(&output));
    }
}

/// What a person allows to the programs of one line is allowed to no other's.
#[test]
fn an_answer_for_one_lines_exec_is_none_for_anothers() {
    let place = place("rm\n-rf\nuploads", true);
    let (asked, other) = ("python3 hidden.py hid fork", "true; python3 hidden.py hid fork");
    let first = said(&run(&place, asked));
    let id = first.split("guarded approve ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("an id");
    crate::grants::approve(&place, id);
    let text = said(&run(&place, other));
    assert!(place.project().join("uploads").exists(), "{text}");
    let text = said(&run(&place, asked));
    assert!(!place.project().join("uploads").exists(), "{text}");
}

#[test]
fn a_guard_inside_leaves_it_to_the_one_outside() {
    let place = place("rm\n-rf\nuploads", true);
    let inner = crate::programs::guarded_sh();
    let line = format!("'{}' -c 'python3 hidden.py hid fork; grep Seccomp_filters /proc/self/status'", inner.display());
    let text = said(&run(&place, &line));
    assert!(place.project().join("uploads").exists(), "{text}");
    assert!(text.contains("Seccomp_filters:\t1"), "{text}");
}
