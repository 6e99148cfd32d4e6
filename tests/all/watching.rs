//! `supervise` in the policy: which texts have their programs judged at their execs, and what becomes of one where that
//! can't be had.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::cases::Place;
use crate::programs::guarded_sh;
use crate::supervised::{HIDDEN, said};

const DESTROYS: &str = "rm\n-rf\nuploads";

fn place(policy: &str) -> Place {
    let place = Place::new();
    let project = place.project();
    std::fs::write(project.join("hidden.py"), HIDDEN).expect("a program");
    let hid: Vec<u8> = DESTROYS.bytes().map(|byte| byte ^ 7).collect();
    std::fs::write(project.join("hid"), hid).expect("a file");
    let policy = format!("{policy}\n[ask]\nwait = 0\n");
    std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
    place
}

fn run(place: &Place, line: &str) -> Output {
    place.shell(&["-c", line]).output().expect("the shell")
}

fn is_safe(place: &Place) -> bool {
    place.project().join("uploads/face.png").exists()
}

fn filters(text: &str) -> u32 {
    let line = text.lines().find_map(|line| line.strip_prefix("Seccomp_filters:\t")).expect("a count");
    line.trim().parse().expect("a number")
}

const COUNT: &str = "grep Seccomp_filters /proc/self/status";

const WATCHED: &[&str] = &[
    "make -s; ",
    "python3 -c 1; ",
    "nosuchcmd; ",
    "cat $(date); ",
    "f() { ls; }; f; ",
    "echo $((1 + 1)); ",
    "$TERM; ",
    "if [ -e Makefile ]; then git status; fi; ",
    "f() { \"$@\"; }; f python3 -V; ",
    "xargs echo </dev/null; ",
    "LD_PRELOAD= ls; ",
    "export LD_LIBRARY_PATH=/nowhere; ls; ",
    "PATH=.:$PATH; ls; ",
    "trap 'python3 -V' EXIT; ",
    "cat <(python3 -V); ",
    "cp /bin/cat ls; ./ls Makefile; ",
    "env ls; ",
];

#[test]
fn only_what_may_start_others_is_watched_by_auto() {
    let before = filters(&std::fs::read_to_string("/proc/self/status").expect("procfs"));
    let more = |policy: &str, line: &str| filters(&said(&run(&place(policy), line))) - before;
    let plain = format!("cd . && X=1 {COUNT} | cat; x=$(pwd); echo \"$x\" > f; if [ -e f ]; then wc -l < f; fi");
    assert_eq!(more("", &plain), 0);
    assert_eq!(more("supervise = \"off\"", &plain), 0);
    assert_eq!(more("supervise = \"auto\"", &plain), 0);
    assert_eq!(more("supervise = \"always\"", &plain), 1);
    for line in WATCHED {
        assert_eq!(more("supervise = \"auto\"", &format!("{line}{COUNT}")), 1, "{line}");
    }
}

/// What looks like a leaf and is none.
#[test]
fn a_hidden_program_is_stopped_by_auto_and_always() {
    const LINES: &[&str] = &[
        "python3 hidden.py hid exec",
        "$(python3 hidden.py hid print) -rf uploads",
        "mkdir b; printf '#!/bin/sh\\nexec python3 hidden.py hid exec\\n' > b/ls; chmod 755 b/ls; PATH=b:$PATH; ls",
        "cat <(python3 hidden.py hid fork)",
        "echo $(python3 hidden.py hid fork)",
        "ls() { python3 hidden.py hid fork; }; ls",
        "trap 'python3 hidden.py hid fork' EXIT; ls",
        "x='p[$(python3 hidden.py hid fork)]'; [[ -v $x ]]; ls",
        "x=$(cat evil); echo $((x))",
        "x=$(cat evil); (( x ))",
        "x=$(cat evil); [[ $x -eq 0 ]]",
        "x=$(cat evil); declare -i y=$x",
        "x=$(cat evil); y=${HOME:x}",
        "x=$(cat evil); y=${HOME[x]}",
        "x=$(cat evil); test -v \"$x\"",
        "x=$(cat evil); printf -v \"$x\" 1",
        "x=$(cat evil); unset \"$x\"",
        "x=$(cat evil); y=${!x}",
        "x=$(cat evil); a[$x]=1",
        "x=$(cat evil); for ((i = x; i < 0; i++)); do :; done",
        "x=$(cat evil); PS4='+${HOME:x}'; set -x; ls",
    ];
    for supervise in ["auto", "always"] {
        for line in LINES {
            let place = place(&format!("supervise = \"{supervise}\""));
            // What a value holds, some words evaluate.
            let evil = "p[$(python3 hidden.py hid fork)]";
            std::fs::write(place.project().join("evil"), evil).expect("a file");
            let output = run(&place, line);
            assert!(is_safe(&place), "{supervise}: {line}\n{}", said(&output));
        }
    }
}

fn fed(place: &Place, words: &[&str], text: &str) -> Output {
    let mut shell = place
        .shell(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the shell");
    shell.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("room");
    shell.wait_with_output().expect("an end")
}

#[test]
fn a_shell_that_is_held_open_is_watched_from_its_start() {
    for policy in ["supervise = \"auto\"", "supervise = \"always\"", "[require]\nlayer = \"exec\""] {
        for words in [&[][..], &["-s"], &["-s", "--", "a"], &["-i", "-s"]] {
            let place = place(policy);
            let text = "echo first\nalias zap='python3 hidden.py hid fork'\npython3 hidden.py hid fork\n\
                        shopt -s expand_aliases\nzap\necho last\nexit 3\n";
            let output = fed(&place, words, text);
            let text = said(&output);
            assert!(is_safe(&place), "{policy} {words:?}\n{text}");
            assert_eq!(output.status.code(), Some(3), "{text}");
            assert!(text.contains("first\n") && text.contains("last\n"), "{text}");
            assert!(text.contains("guarded: stopped"), "{text}");
        }
    }
}

/// Or the test above proves nothing.
#[test]
fn without_it_a_held_shell_deletes() {
    let place = place("supervise = \"off\"");
    fed(&place, &["-s"], "python3 hidden.py hid fork\n");
    assert!(!is_safe(&place));
}

/// What a container's policy may do.
const NO_FILTERS: &str = r"
import ctypes, os, struct, sys
op = lambda code, jt, jf, k: struct.pack('HBBI', code, jt, jf, k)
number = {'x86_64': 317, 'aarch64': 277}[os.uname().machine]
program = op(0x20, 0, 0, 0) + op(0x15, 0, 1, number) + op(6, 0, 0, 0x00050001) + op(6, 0, 0, 0x7fff0000)
class Filter(ctypes.Structure): _fields_ = [('len', ctypes.c_ushort), ('filter', ctypes.c_char_p)]
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Filter(len(program) // 8, program)), 0, 0) == 0
os.execv(sys.argv[1], ['bash', '-c', sys.argv[2]])
";

fn without_filters(place: &Place, line: &str) -> Output {
    let shell = guarded_sh();
    let mut command: Command =
        place.program(Path::new("python3"), &["-c", NO_FILTERS, shell.to_str().expect("a path"), line]);
    command.output().expect("python")
}

#[test]
fn where_the_kernel_refuses_it_runs_and_that_is_recorded() {
    let wanted = place("supervise = \"always\"");
    let output = without_filters(&wanted, "touch made; echo ran");
    assert_eq!((output.status.code(), wanted.project().join("made").exists()), (Some(0), true), "{}", said(&output));
    let trail = wanted.home().join(".local/state/guarded/audit.jsonl");
    let trail = std::fs::read_to_string(trail).expect("a trail");
    assert!(trail.contains("\"kind\":\"unwatched\""), "{trail}");
    let required = place("[require]\nlayer = \"exec\"");
    let output = without_filters(&required, "touch made; echo ran");
    assert_eq!((output.status.code(), required.project().join("made").exists()), (Some(125), false));
    assert!(said(&output).contains("cannot judge the programs"), "{}", said(&output));
}

/// What a text makes it may take away again, there and as it says; another program of its tree may not.
#[test]
fn what_a_text_makes_it_may_take_away() {
    for line in ["echo x > made; rm made; :", "mkdir b; echo x > b/f; rm -r b; python3 -c 1"] {
        let place = place("supervise = \"always\"");
        let output = run(&place, line);
        assert!(output.status.success() && !place.project().join("made").exists(), "{line}: {}", said(&output));
        assert!(!place.project().join("b").exists(), "{line}: {}", said(&output));
    }
    let place = place("supervise = \"always\"");
    let output = run(&place, "mkdir new; cd new; mkdir uploads; rm -rf uploads; cd ..; python3 hidden.py hid exec");
    assert!(place.project().join("new").exists() && !place.project().join("new/uploads").exists(), "{}", said(&output));
    assert!(is_safe(&place), "{}", said(&output));
}

/// Nor does a folder's own file take it away.
#[test]
fn a_project_can_only_ask_for_more() {
    let set = |user: &str, project: &str| {
        let place = place(user);
        std::fs::write(place.project().join(".guarded.toml"), project).expect("a policy");
        run(&place, "python3 hidden.py hid fork");
        is_safe(&place)
    };
    assert!(set("supervise = \"off\"", "supervise = \"auto\"\n"));
    assert!(set("supervise = \"always\"", "supervise = \"off\"\n"));
    assert!(set("", "supervise = \"off\"\n"));
    assert!(!set("supervise = \"off\"", "supervise = \"off\"\n"));
}

/// The program itself, a shell below it by its text, and what no text shows.
#[test]
fn any_program_runs_watched() {
    let run = |words: &[&str]| {
        let place = place("");
        let guarded = guarded_sh().with_file_name("guarded");
        let words = [&["run", "--"], words].concat();
        (place.program(&guarded, &words).output().expect("guarded"), place)
    };
    let hidden = "python3 hidden.py hid fork";
    let shells = format!("import subprocess; subprocess.run(['bash', '-c', '{hidden}'])");
    let text = "import subprocess; subprocess.run(['bash', '-c', 'true; ' + 'r' + 'm -rf uploads'])";
    let feeds = "import subprocess; subprocess.run(['bash'], input=b'r' + b'm -rf uploads\\n')";
    for words in [
        &["rm", "-rf", "uploads"][..],
        &["bash", "-c", "rm -rf uploads"],
        &["python3", "hidden.py", "hid", "exec"],
        &["python3", "hidden.py", "hid", "memory"],
        &["python3", "hidden.py", "hid", "shell"],
        &["python3", "-c", &shells],
        &["python3", "-c", text],
        &["python3", "-c", feeds],
        &["make", "-f", "made.mk"],
        &["bash", "-c", hidden],
        &["env", "-i", "/usr/bin/python3", "hidden.py", "hid", "spawn"],
        &["sh", "-c", "exec setsid --wait python3 hidden.py hid fork"],
    ] {
        let (output, place) = run(words);
        assert!(is_safe(&place), "{words:?}\n{}", said(&output));
        if words[0] != "make" {
            assert!(said(&output).contains("guarded: stopped"), "{words:?}\n{}", said(&output));
        }
    }
    // What is allowed is as it is without us.
    let (output, place) =
        run(&["python3", "-c", "import os; print(open('/proc/self/status').read(), flush=True); os._exit(7)"]);
    let before = filters(&std::fs::read_to_string("/proc/self/status").expect("procfs"));
    assert_eq!((output.status.code(), filters(&said(&output)) - before), (Some(7), 1));
    assert!(is_safe(&place));
    let (output, _) = run(&["sh", "-c", "yes | head -1; kill -TERM $$"]);
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&output.status).or(output.status.code()),
        Some(15),
        "{output:?}"
    );
    assert_eq!(said(&output), "y\n");
    let (output, _) = run(&["nosuchprogram"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}

/// Whom it refuses can't let itself through: who asks for that is stopped too, and the tree is the asker's.
#[test]
fn a_program_that_runs_watched_can_t_approve() {
    let place = place("");
    let guarded = guarded_sh().with_file_name("guarded");
    let tries = "import re, subprocess, sys\n\
                 rm = ['rm', '-rf', 'uploads']\n\
                 told = subprocess.run(rm, capture_output=True, text=True).stderr\n\
                 name = re.search('guarded ' + 'approve ([0-9A-Z]+)', told).group(1)\n\
                 approve = [sys.argv[1], ''.join(['app', 'rove']), name]\n\
                 for words in [approve, ['setsid', *approve], ['sh', '-c', ' '.join(approve)]]:\n\
                 \x20   print(subprocess.run(words, input=b'yes\\nyes\\n', capture_output=True))\n\
                 subprocess.run(rm)\n";
    std::fs::write(place.project().join("tries.py"), tries).expect("a program");
    // Read, its text would be refused as a whole.
    let hides = "import sys; exec(open('tries' + '.' + 'p' + 'y').read())";
    let program = guarded.to_str().expect("a path");
    let output = place.program(&guarded, &["run", "--", "python3", "-c", hides, program]).output().expect("guarded");
    assert!(is_safe(&place), "{}", said(&output));
    assert!(said(&output).matches("guarded: stopped").count() >= 2, "{}", said(&output));
}

/// bash runs what a variable or a word holds where it takes it for a number or for the name of a variable.
#[test]
fn code_in_a_file_s_number_or_name_is_stopped_at_its_exec() {
    const LINES: &[&str] = &[
        "x=$(cat sum); echo $((x))",
        "x=$(cat sum); (( x )); :",
        "x=$(cat sum); [ -v \"$x\" ]; :",
        "test -v \"$(cat sum)\"; :",
        "printf -v \"$(cat sum)\" x; :",
        "x=$(cat sum); unset \"$x\"; :",
        "x=$(cat sum); a=(); a[$x]=1; :",
        "x=$(cat sum); y=abc; echo ${y:$x}",
        "x=$(cat sum); [[ $x -eq 1 ]]; :",
        "read -r x < sum; echo $((x))",
        "read -r \"$(cat sum)\" < sum; :",
        "x=$(cat sum); declare -i n; n=$x; :",
        "x=$(cat sum); export -n \"$x=1\"; :",
        "x=$(cat sum); local -i n=$x; :",
        "x=$(cat sum); shift \"$x\"; :",
        "wait -n -p \"$(cat sum)\"; :",
    ];
    for policy in ["supervise = \"auto\"", "supervise = \"always\""] {
        for line in LINES {
            let place = place(policy);
            std::fs::write(place.project().join("sum"), "a[$(python3 hidden.py hid exec)]").expect("a file");
            let output = run(&place, line);
            assert!(is_safe(&place), "{policy}: {line}\n{}", said(&output));
        }
    }
}
