//! An ordinary user's tree can gain no rights, so that programs which gain some by their file are started beside it:
//! each as it would be without us, with little of what the tree could make of it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::programs::guarded_sh;
use crate::supervised::REACHES;
use crate::supervised::said;

/// A user without a name.
const USER: &str = "23456";

/// A program of the tests' own; it takes the names of others.
fn built() -> Option<PathBuf> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("gains");
            let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/supervised/gains.c");
            let built = Command::new("cc").args(["-O1", "-o"]).arg(&program).arg(source).status();
            built.is_ok_and(|status| status.success()).then_some(program)
        })
        .clone()
}

/// Where an ordinary user has a project, and programs of root's that gain rights.
struct User {
    folder: tempfile::TempDir,
}

impl User {
    /// `None` where we are not root, or nothing gains rights here.
    fn new() -> Option<User> {
        let open = std::fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().permissions(open.clone()).tempdir_in("/var/tmp").ok()?;
        let user = User { folder };
        for name in ["bin", "home/.config/guarded", "home/project"] {
            std::fs::create_dir_all(user.path(name)).expect("a folder");
        }
        std::fs::copy(guarded_sh(), user.path("guarded-sh")).expect("a shell");
        std::fs::copy(guarded_sh().with_file_name("guarded"), user.path("guarded")).expect("a program");
        for name in ["ping", "sudo", "unlisted"] {
            user.install(name, 0o4755);
        }
        std::fs::write(user.path("home/.config/guarded/policy.toml"), "supervise = \"always\"\n[ask]\nwait = 0\n")
            .expect("a policy");
        let owned = Command::new("chown").args(["-R", &format!("{USER}:{USER}")]).arg(user.path("home")).output();
        let gains = owned.is_ok_and(|done| done.status.success())
            && said(&user.run("/bin/bash", "ping facts")).starts_with(&format!("uid {USER} 0 1 "));
        if !gains {
            eprintln!("skipped: not root, or no file gives rights here");
        }
        gains.then_some(user)
    }

    fn install(&self, name: &str, mode: u32) {
        let path = self.path("bin").join(name);
        std::fs::copy(built().expect("a C compiler"), &path).expect("a program");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn project(&self, name: &str) -> PathBuf {
        self.path("home/project").join(name)
    }

    fn shell(&self) -> String {
        self.path("guarded-sh").display().to_string()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        command
            .args([
                "-s",
                "KILL",
                "60",
                "setpriv",
                "--reuid",
                USER,
                "--regid",
                USER,
                "--clear-groups",
                "setsid",
                "--wait",
            ])
            .args(words);
        command.current_dir(self.project("")).env_clear().env("HOME", self.path("home")).env("LC_ALL", "C.UTF-8");
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display()));
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, shell: &str, line: &str) -> Output {
        self.command(&[shell, "-c", line]).output().expect("a shell")
    }

    fn guarded(&self, tree: &str, line: &str) -> Output {
        self.command(&[&self.shell(), "-c", line]).env("GUARDED_TRACE_TREE", tree).output().expect("a shell")
    }
}

/// What it says of itself, how it ends, and what signals do to it.
const SAME: &[&str] = &[
    "ping facts a 'b c' ''",
    "exec ping facts",
    "umask 027; cd /; nice -n 5 ping facts",
    "ulimit -n 100 -c 0; ping facts 3</etc/passwd 7>/dev/null 12<>/dev/null",
    "taskset -c 0 ping facts; trap '' TERM HUP; ping facts; nohup ping facts",
    "ping facts <&-; ping facts 2>&- | cat",
    "python3 -c 'import os, signal; signal.pthread_sigmask(0, [10, 12]); os.execvp(\"ping\", [\"ping\", \"facts\"])'",
    "python3 -c 'import os; os.execvp(\"ping\", [\"other\", \"facts\"])'",
    "ping group $(ps -o pgid=,sid= -p $$)",
    "set -m; ping exit 3; echo $?; (ping exit 4); echo $?",
    "echo x | ping cat | cat; ping cat <<< y; x=$(ping cat < /etc/hostname); echo \"$x\"",
    "ping exit 7; echo $?; ping exit 0 && echo fine; ! ping exit 1; exec ping exit 9",
    "(ping kill 15; echo $?; ping kill 9; echo $?; ping kill 6; echo $?) 2>/dev/null",
    "ping kill 11",
    "trap '' USR1; ping kill 10; echo $?",
    "ping sleep & sleep .4; kill $!; wait $!; echo $?",
    "{ ping sleep & sleep .4; kill -9 $!; wait $!; echo $?; } 2>/dev/null",
    "ping catch 12 & sleep .4; kill -12 $!; wait $!; echo $?",
    "ping catch 1 & sleep .4; kill -HUP $!; wait $!; echo $?",
    "set -m; ping catch 15 & sleep .4; kill -TERM $!; wait $!; echo $?",
    // It signals the program and then its group, which is once or twice.
    "timeout .4 ping sleep; echo $?; { timeout -s INT .4 ping catch 2; echo $?; } | uniq",
    "ping sleep & sleep .4; kill -STOP $!; sleep .2; ps -o stat= -p $! | cut -c1 | tr t T; kill -CONT $!; sleep .2; kill $!; wait $!; echo $?",
    "set -m; ping catch 18 & sleep .4; kill -TSTP $!; sleep .2; jobs | cut -c1-13; fg >/dev/null; echo $?",
    "set -m; ping catch 15 & sleep .4; kill -- -$!; wait $!; echo $?; ping catch 12 & sleep .4; kill -12 -- -$!; wait $!; echo $?",
    "{ set -m; ping sleep & sleep .4; kill -TSTP -- -$!; sleep .2; jobs | cut -c1-13; sleep .2; kill -- -$!; sleep .3; wait $!; echo $?; } 2>/dev/null",
    "python3 -c 'import subprocess as s; p = s.Popen([\"ping\", \"cat\"], stdin=s.PIPE, stdout=s.PIPE); print(p.communicate(b\"in\"), p.returncode)'",
    "{ python3 -c 'import os, signal; signal.alarm(1); os.execvp(\"ping\", [\"ping\", \"sleep\"])'; echo $?; } 2>/dev/null",
    "python3 -c 'import os, threading; t = threading.Thread(target=lambda: os.execvp(\"ping\", [\"ping\", \"facts\"])); t.start(); t.join()'",
    "perl -e 'exit(system(\"ping\", \"exit\", \"3\") >> 8)'; echo $?; find . -maxdepth 0 -exec ping exit 0 ';' -print",
    "for i in $(seq 50); do ping cat <<< $i & done | sort -n; wait; echo $?",
    "ping exit 4 & wait $!; echo $?; ping exit 5 | true; echo ${PIPESTATUS[@]}",
    "coproc ping cat; echo x >&${COPROC[1]}; read -r y <&${COPROC[0]}; echo $y",
    "printf '#!/bin/sh\nexec ping facts \"$0\"\n' > s; chmod 755 s; ./s",
];

#[test]
fn a_program_that_gains_rights_is_as_without_us() {
    let Some(user) = User::new() else { return };
    let mut wrong = Vec::new();
    // Also one that nobody may read.
    for mode in [0o4755, 0o4711] {
        user.install("ping", mode);
        for line in SAME {
            let there = user.run("/bin/bash", line);
            for tree in REACHES {
                let here = user.guarded(tree, line);
                let text = |output: &Output| (output.status, said(output).replace(&user.shell(), "/bin/bash"));
                if text(&here) != text(&there) {
                    wrong.push(format!("{mode:o} {tree}: {line}\n{here:?}\nnot\n{there:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn one_that_is_not_listed_runs_without_its_rights() {
    let Some(user) = User::new() else { return };
    let text = said(&user.guarded("0", "unlisted facts"));
    assert!(text.starts_with(&format!("uid {USER} {USER} 0 ")), "{text}");
    // Nor does one that its owner can replace.
    let text = said(&user.guarded("0", "mkdir own; cp $(command -v ping) own; chmod 4755 own/ping; own/ping facts"));
    assert!(text.starts_with(&format!("uid {USER} {USER} 0 ")), "{text}");
}

#[test]
fn nothing_of_the_tree_but_what_is_listed_reaches_its_environment() {
    let Some(user) = User::new() else { return };
    let line = "export LD_PRELOAD_=x SUDO_ASKPASS=/x EDITOR=x VISUAL=x PAGER=x BASH_ENV=/x GIT_SSH_COMMAND=x PATH=/x:$PATH \
                HOME=/x SHELL=/x LANG=/x COLUMNS=99 TERM=xterm TZ=UTC; f() { :; }; export -f f; ping environment";
    for tree in REACHES {
        let text = said(&user.guarded(tree, line));
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        let (home, path) =
            (format!("HOME={}", user.path("home").display()), format!("PATH={}:", user.path("bin").display()));
        let expected = ["COLUMNS=99", &home, "LC_ALL=C.UTF-8", &path, "TERM=xterm", "TZ=UTC"];
        let same = lines.len() == expected.len() && lines.iter().zip(expected).all(|(line, one)| line.starts_with(one));
        assert!(same, "{text}");
    }
}

/// What the broker kept from the beginning of the watching is what the policy leaves.
#[test]
fn what_the_policy_hides_does_not_reach_it_either() {
    let Some(user) = User::new() else { return };
    let policy = "supervise = \"always\"\n[ask]\nwait = 0\n[credentials]\nhide = [\"SSH_AUTH_SOCK\", \"DISPLAY\"]\n";
    std::fs::write(user.path("home/.config/guarded/policy.toml"), policy).expect("a policy");
    for tree in ["0", "1"] {
        let mut command =
            user.command(&[&user.shell(), "-c", "ping environment; cat /proc/*/environ 2>/dev/null; env"]);
        command.env("GUARDED_TRACE_TREE", tree).env("SSH_AUTH_SOCK", "/run/a-secret-7").env("DISPLAY", "a-secret-7");
        let text = said(&command.output().expect("a shell"));
        assert!(text.contains("LC_ALL=C.UTF-8") && !text.contains("a-secret-7"), "{text}");
    }
}

/// What it was called with, if it was started.
fn started(user: &User) -> Option<String> {
    let text = std::fs::read_to_string(user.project("STARTED")).ok();
    let _ = std::fs::remove_file(user.project("STARTED"));
    text
}

/// Built at run time, so that the text does not show it.
#[test]
fn what_is_refused_never_starts_and_what_is_judged_does() {
    let Some(user) = User::new() else { return };
    for tree in REACHES {
        for words in [
            "rm -rf /etc",
            "-n rm -rf /etc",
            "-u root sh -c 'rm -rf /etc'",
            "-A ls",
            "-nA ls",
            "--askp ls",
            "-e /etc/hosts",
            "--edit /etc/hosts",
            "-s",
            "-i",
            "bash",
            "make",
            "python3 x.py",
            "./made",
        ] {
            let output = user.guarded(tree, &format!("x=$(echo sudo); \"$x\" {words}"));
            assert_eq!(started(&user), None, "{words}: {}", said(&output));
            assert!(!output.status.success(), "{words}: {}", said(&output));
        }
        let output = user.guarded(tree, "(exec -a sudoedit sudo /etc/hosts)");
        assert_eq!(started(&user), None, "{}", said(&output));
        for words in ["ls /etc", "-n true", "-u root apt-get update", "sh -c 'echo a; ls'", "-v"] {
            let output = user.guarded(tree, &format!("sudo {words}; echo ended $?"));
            let expected = format!("0 sudo {}\n", words.replace('\'', ""));
            assert_eq!(started(&user), Some(expected), "{words}: {}", said(&output));
            assert!(said(&output).ends_with("ended 0\n"), "{}", said(&output));
        }
    }
}

/// Another thread changes the words all the while: what was judged starts, or nothing.
#[test]
fn what_starts_is_what_was_judged() {
    const RACE: &str = r"
import ctypes, os, threading
libc = ctypes.CDLL(None)
word = ctypes.create_string_buffer(b'-n')
argv = (ctypes.c_char_p * 4)(b'sudo', ctypes.cast(word, ctypes.c_char_p), b'ls', None)
environment = (ctypes.c_char_p * 1)(None)
path = os.environ['SUDO'].encode()
def change():
    while True:
        word[1] = b'A'; word[1] = b'n'
for _ in range(30):
    if os.fork() == 0:
        threading.Thread(target=change, daemon=True).start()
        libc.execve(path, argv, environment)
        os._exit(1)
    os.wait()
os._exit(0)
";
    let Some(user) = User::new() else { return };
    std::fs::write(user.project("race.py"), RACE).expect("a program");
    for tree in REACHES {
        let mut command = user.command(&[&user.shell(), "-c", "python3 race.py; :"]);
        let command = command.env("GUARDED_TRACE_TREE", tree).env("SUDO", user.path("bin/sudo"));
        let output = command.output().expect("a shell");
        let text = started(&user).unwrap_or_default();
        assert!(!text.is_empty() && text.lines().all(|line| line == "0 sudo -n ls"), "{text}{}", said(&output));
    }
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Processes that were started with this word in front.
fn running(first: &Path) -> usize {
    let all = std::fs::read_dir("/proc").expect("processes").flatten();
    let called = |one: &std::fs::DirEntry| std::fs::read(one.path().join("cmdline")).unwrap_or_default();
    let word = [first.as_os_str().as_encoded_bytes(), b"\0"].concat();
    all.filter(|one| called(one).starts_with(&word)).count()
}

/// No program is left behind by a task that was killed, and none waits for one that is gone.
#[test]
fn they_end_together() {
    let Some(user) = User::new() else { return };
    let program = user.path("bin/ping");
    for tree in REACHES {
        let line = format!("'{}' sleep & sleep .5; kill -9 $!; exit 3", program.display());
        assert_eq!(user.guarded(tree, &line).status.code(), Some(3));
        wait_until("it was killed", || running(&program) == 0);
    }
}

/// Where the tree itself could gain nothing, nothing is gained by it.
#[test]
fn in_a_sandbox_that_gives_no_rights_none_are_gained() {
    let Some(user) = User::new() else { return };
    let expected = format!("uid {USER} {USER} 0 ");
    for words in [&["setpriv", "--no-new-privs"][..], &["unshare", "-U"], &["unshare", "-Ur"]] {
        let shell = user.shell();
        let words = [words, &[&shell, "-c", "ping facts; :"]].concat();
        let text = said(&user.command(&words).output().expect("a shell"));
        let gained = text.lines().any(|line| line.starts_with("uid ") && line.split(' ').nth(3) == Some("1"));
        assert!(!gained && text.contains("uid "), "{words:?}: {text}");
    }
    // A namespace that was made within the tree.
    let text = said(&user.guarded("0", "unshare -Ur ping facts; unshare -U ping facts"));
    assert!(text.contains("uid 0 0 0 ") && !text.contains(&expected.replace(" 0 ", " 1 ")), "{text}");
}

/// Types at a terminal of its own, and says what was shown.
const TYPIST: &str = r#"
import os, pty, re, select, sys, time
shell, user = sys.argv[1], int(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0:
    os.setgroups([]); os.setgid(user); os.setuid(user)
    os.environ['PS1'] = '$ '
    os.execv('/bin/bash', ['bash', '--norc', '--noediting', '-i'])
shown = b''
def until(text):
    global shown
    seen, end = b'', time.time() + 20
    while text.encode() not in seen and time.time() < end:
        if select.select([terminal], [], [], .1)[0]:
            try: seen += os.read(terminal, 4096)
            except OSError: break
    shown += seen
    if text.encode() not in seen: shown += b'[never: ' + text.encode() + b']'
def line(text): os.write(terminal, text.encode() + b'\n')
until('$ ')
line('stty -echo; bind "set enable-bracketed-paste off" 2>/dev/null')
until('$ ')
line(f"{shell} -c 'ping facts | grep terminal; ping catch 2; echo rc=$?'")
until('waits'); time.sleep(.3); os.write(terminal, b'\x03'); until('$ ')
line(f"{shell} -c 'ping sleep; echo rc=$?'")
until('sleeps'); time.sleep(.3); os.write(terminal, b'\x1a'); until('$ ')
line('fg'); until('rc'); time.sleep(.3); os.write(terminal, b'\x03'); until('$ ')
line('echo status=$?'); until('$ ')
line(f"{shell} -c 'set -m; ping sleep; echo rc=$?; fg; echo rc=$?'")
until('sleeps'); time.sleep(.3); os.write(terminal, b'\x1a'); until('rc='); time.sleep(.3); os.write(terminal, b'\x03'); until('$ ')
line(f"{shell} -c 'ping cat; echo rc=$?'"); time.sleep(.5); line('typed'); until('typed'); os.write(terminal, b'\x04'); until('$ ')
line(f"{shell} -c 'ping sleep; echo rc=$?'")
until('sleeps'); time.sleep(.3); os.write(terminal, b'\x1c'); until('$ ')
os.close(terminal)
print(re.sub('line 1: +[0-9]+ Quit', 'Quit', shown.decode().replace('\r', '').replace(shell, 'SHELL')))
"#;

#[test]
fn at_a_terminal_its_keys_reach_the_program_once() {
    let Some(user) = User::new() else { return };
    std::fs::write(user.path("typist.py"), TYPIST).expect("a program");
    let typed = |shell: &str, tree: &str| {
        let mut command = Command::new("python3");
        command.arg(user.path("typist.py")).args([shell, USER]).current_dir(user.project("")).env_clear();
        command.env("HOME", user.path("home")).env("LC_ALL", "C.UTF-8").env("GUARDED_TRACE_TREE", tree);
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", user.path("bin").display()));
        said(&command.output().expect("python3"))
    };
    let there = typed("/bin/bash", "0");
    assert!(!there.contains("[never"), "{there}");
    for tree in REACHES {
        let here = typed(&user.shell(), tree);
        assert_eq!(here, there, "{tree}");
    }
}
