//! On a terminal (tmux) each way of starting an interactive shell shows what bash shows: start-up files, variables,
//! environment of children, descriptors, history, logout.

use std::path::Path;
use std::time::{Duration, SystemTime};

use guarded_sh::store::{By, Store};

use crate::programs::guarded_sh;
use crate::supervised::HIDDEN;
use crate::terminal::{DROP, Terminal, calls, home_with_client};

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a directory");
    for (name, text) in [
        (".bashrc", "echo .bashrc was read\nPS1='rc> '\nalias e=echo\n"),
        (".bash_profile", "echo .bash_profile was read\nPS1='profile> '\n"),
        (".profile", "echo .profile was read\n"),
        (".bash_logout", "echo goodbye\n"),
        ("rc", "echo rc was read; PS1='own> '\nreturn\necho not here\n"),
    ] {
        std::fs::write(home.path().join(name), text).expect("a file");
    }
    home
}

const LINES: &[&str] = &[
    "echo $0 $- $# $PS1 $HISTFILE $((BASHPID == $$)); shopt login_shell; shopt -o posix",
    "env | grep -v ^_=; (cd /proc/self/fd; echo [0-9]*)",
    "e alias 2>&1; declare -p ENV POSIXLY_CORRECT; trap; echo ${PROMPT_COMMAND-none}",
    "shopt -s extglob",
    "exit 3",
];

/// All execs of the terminal are judged.
const WATCHED: &str = "supervise = \"always\"\n[ask]\nwait = 0\n";

fn set_policy(home: &Path, policy: &str) {
    let folder = home.join(".config/guarded");
    std::fs::create_dir_all(&folder).expect("a directory");
    std::fs::write(folder.join("policy.toml"), policy).expect("a policy");
}

/// What `exec -a NAME SHELL WORDS` shows and leaves.
fn shown(line: &str, shell: &Path, policy: &str) -> Option<(String, Option<String>)> {
    let home = home();
    set_policy(home.path(), policy);
    let line = line.replace("SHELL", &shell.display().to_string());
    let terminal = Terminal::new(home.path(), &line)?;
    for entered in LINES {
        terminal.enters(entered);
    }
    let screen = terminal.screen().replace(&home.path().display().to_string(), "HOME");
    let history = std::fs::read_to_string(home.path().join(".bash_history")).ok();
    Some((screen, history))
}

const STARTS: &[&str] = &[
    "(exec -a bash SHELL)",
    "(exec -a -bash SHELL)",
    "(exec -a bash SHELL --login)",
    "(exec -a bash SHELL --noprofile -l)",
    "(exec -a bash SHELL --norc)",
    "(exec -a bash SHELL --rcfile rc -s a b)",
    "(exec -a bash SHELL --posix)",
    "(ENV=rc exec -a bash SHELL --posix)",
    "(ENV=\\$HOME/rc exec -a bash SHELL --posix)",
    "(ENV=none exec -a -bash SHELL -O extglob)",
];

fn starts_and_ends_as_bash_does(line: &str) {
    let real = std::thread::spawn({
        let line = line.to_owned();
        move || shown(&line, Path::new("/bin/bash"), "")
    });
    let watched = std::thread::spawn({
        let line = line.to_owned();
        move || shown(&line, &guarded_sh(), WATCHED)
    });
    let ours = shown(line, &guarded_sh(), "");
    let (Some(real), Some(ours)) = (real.join().expect("a screen"), ours) else { return };
    assert!(real.0.contains("ended 3"), "{}", real.0);
    assert_eq!(real, ours, "{line}");
    assert_eq!(Some(real), watched.join().expect("a screen"), "{line}, watched");
}

#[test]
fn every_kind_of_interactive_shell_starts_and_ends_as_bash_does() {
    for group in STARTS.chunks(4) {
        std::thread::scope(|scope| {
            for line in group {
                scope.spawn(|| starts_and_ends_as_bash_does(line));
            }
        });
    }
}

#[test]
fn a_shell_that_cannot_be_asked_line_by_line_ends_with_125() {
    for line in ["(exec -a bash SHELL --noediting)", "(exec -a sh SHELL)"] {
        let home = home();
        let line = line.replace("SHELL", &guarded_sh().display().to_string());
        let Some(terminal) = Terminal::new(home.path(), &line) else { return };
        terminal.settle();
        assert!(terminal.screen().contains("ended 125"), "{}", terminal.screen());
    }
}

#[test]
fn a_person_is_asked_at_the_terminal_and_the_answer_counts() {
    let home = home_with_client();
    let Some(terminal) = Terminal::of_person(home.path()) else { return };
    terminal.enters(DROP);
    assert!(terminal.shows("Run it") && terminal.screen().contains("psql.drop-table"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("Nothing was run"), "the default is no: {}", terminal.screen());
    assert_eq!(calls(&home), 0);
    // The refused line stands in the history, and the shell goes on.
    terminal.key("Up");
    terminal.key("Enter");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Down");
    terminal.key("Enter");
    terminal.enters("echo went on with $?");
    assert!(terminal.shows("went on with 0"), "{}", terminal.screen());
    assert_eq!(calls(&home), 1);
}

/// bash expands them after Enter; no exec tells of what a builtin then does.
#[test]
fn what_history_makes_of_a_line_is_judged() {
    let home = home_with_client();
    let keys = home.path().join(".ssh/authorized_keys");
    std::fs::create_dir_all(home.path().join(".ssh")).expect("a folder");
    std::fs::write(&keys, "mine\n").expect("a file");
    let Some(terminal) = Terminal::of_person(home.path()) else { return };
    let refused = |line: &str| {
        terminal.key("C-l");
        terminal.enters(line);
        assert!(terminal.shows("Run it"), "{line}: {}", terminal.screen());
        terminal.key("Enter");
        assert!(terminal.shows("Nothing was run"), "{line}: {}", terminal.screen());
    };
    for event in ["!!", " !-1", "!echo", "^theirs^others"] {
        refused("echo theirs >> ~/.ssh/authorized_keys");
        refused(event);
    }
    assert_eq!(std::fs::read_to_string(&keys).expect("a file"), "mine\n");
    terminal.enters("echo one");
    terminal.enters("!! two");
    assert!(terminal.shows("one two"), "{}", terminal.screen());
    terminal.enters("set +H; echo four!! five");
    assert!(terminal.shows("four!! five"), "{}", terminal.screen());
}

#[test]
fn an_interrupt_at_the_question_is_a_no() {
    let home = home_with_client();
    let Some(terminal) = Terminal::of_person(home.path()) else { return };
    terminal.enters(DROP);
    assert!(terminal.shows("Run it"), "{}", terminal.screen());
    terminal.key("C-c");
    terminal.enters("echo went on as $PS1");
    assert!(terminal.shows("went on as own>"), "{}", terminal.screen());
    assert_eq!(calls(&home), 0);
}

#[test]
fn a_command_of_several_lines_and_a_paste_are_judged_whole() {
    let home = home_with_client();
    let Some(terminal) = Terminal::of_person(home.path()) else { return };
    terminal.enters("for i in 1 2; do");
    terminal.enters(DROP);
    terminal.enters("done");
    assert!(terminal.shows("Run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("Nothing was run"), "{}", terminal.screen());
    terminal.key("C-l");
    terminal.tmux(&["set-buffer", &format!("touch before\n{DROP}\ntouch after\n")]);
    terminal.tmux(&["paste-buffer", "-p"]);
    terminal.settle();
    terminal.key("Enter");
    assert!(terminal.shows("Run it"), "{}", terminal.screen());
    terminal.key("Enter");
    terminal.enters("echo went on");
    assert!(terminal.shows("went on"), "{}", terminal.screen());
    let left: Vec<bool> = ["called", "before", "after"].map(|name| home.path().join(name).exists()).into();
    assert_eq!(left, [false; 3], "{}", terminal.screen());
}

/// A program that starts what no reader can tell.
fn hide(home: &Path, words: &str) {
    std::fs::write(home.join("hidden.py"), HIDDEN).expect("a program");
    std::fs::write(home.join("hid"), words.bytes().map(|byte| byte ^ 7).collect::<Vec<u8>>()).expect("a file");
}

#[test]
fn what_a_program_starts_at_a_terminal_is_judged_too() {
    let home = home_with_client();
    set_policy(home.path(), WATCHED);
    std::fs::create_dir(home.path().join("uploads")).expect("a directory");
    std::fs::write(home.path().join("uploads/one"), "kept").expect("a file");
    hide(home.path(), "rm\n-rf\nuploads");
    std::fs::write(home.path().join("drop.sh"), format!("{DROP}\n")).expect("a script");
    let Some(terminal) = Terminal::of_person(home.path()) else { return };
    terminal.enters("python3 hidden.py hid exec; echo ended with $?");
    assert!(terminal.shows("Run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("ended with 126"), "{}", terminal.screen());
    assert!(home.path().join("uploads/one").exists());
    // What was allowed with the line is not asked about again where it starts, and a line does not end another's stop.
    terminal.enters("bash drop.sh; echo dropped with $?");
    assert!(terminal.shows("Run it"), "{}", terminal.screen());
    terminal.key("Down");
    terminal.key("Enter");
    assert!(terminal.shows("dropped with 0"), "{}", terminal.screen());
    assert_eq!(calls(&home), 1, "{}", terminal.screen());
    // Another line is another command, of which its person is asked.
    terminal.key("C-l");
    terminal.enters("python3 hidden.py hid fork | cat; echo piped with $?");
    assert!(terminal.shows("Run it"), "{}", terminal.screen());
    terminal.key("y");
    assert!(terminal.shows("piped with 0"), "{}", terminal.screen());
    assert!(!home.path().join("uploads").exists());
    // Stopping and going on is the shell's, whoever watches.
    terminal.enters("sleep 3");
    terminal.key("C-z");
    assert!(terminal.shows("Stopped"), "{}", terminal.screen());
    terminal.enters("fg; echo back with $?");
    assert!(terminal.shows("back with 0"), "{}", terminal.screen());
}

/// What runs while the question stands does not type the answer (ioctl_tty(2), TIOCSTI).
#[test]
fn a_program_cannot_type_the_answer() {
    let home = home_with_client();
    set_policy(home.path(), WATCHED);
    std::fs::create_dir(home.path().join("uploads")).expect("a directory");
    std::fs::write(home.path().join("uploads/one"), "kept").expect("a file");
    hide(home.path(), "rm\n-rf\nuploads");
    let types = "import os, fcntl, termios, time\nif os.fork() == 0:\n\
                 \x20   for n in range(40):\n        time.sleep(0.1)\n        \
                 try: fcntl.ioctl(0, termios.TIOCSTI, b'y')\n        except OSError: pass\n    os._exit(0)\n";
    std::fs::write(home.path().join("typist.py"), [types, HIDDEN].concat()).expect("a program");
    let Some(terminal) = Terminal::of_person(home.path()) else { return };
    terminal.enters("python3 typist.py hid exec; echo ended with $?");
    assert!(terminal.shows("Run it"), "{}", terminal.screen());
    std::thread::sleep(Duration::from_secs(4));
    assert!(home.path().join("uploads/one").exists(), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("ended with 126"), "{}", terminal.screen());
}

/// Whoever does not see the question where he works is asked elsewhere.
#[test]
fn no_question_comes_up_for_a_program_in_the_background_or_below_an_agent() {
    let home = home_with_client();
    set_policy(home.path(), WATCHED);
    std::fs::create_dir(home.path().join("uploads")).expect("a directory");
    hide(home.path(), "rm\n-rf\nuploads");
    std::fs::write(home.path().join("uploads/one"), "kept").expect("a file");
    let Some(terminal) = Terminal::of_person(home.path()) else { return };
    let lines = [
        "python3 hidden.py hid fork & wait $!; echo ended with $?",
        "cp /bin/bash claude; ./claude -c 'python3 hidden.py hid fork; true'; echo ended with $?",
        "CLAUDECODE=1 python3 hidden.py hid fork; echo ended with $?",
        "script -qec 'python3 hidden.py hid fork' /dev/null; echo ended with $?",
    ];
    for line in lines {
        terminal.key("C-l");
        terminal.settle();
        terminal.enters(line);
        assert!(terminal.shows("ended with "), "{line}: {}", terminal.screen());
        assert!(terminal.screen().contains("guarded approve"), "{line}: {}", terminal.screen());
        assert!(!terminal.screen().contains("Run it"), "{line}: {}", terminal.screen());
    }
    assert!(home.path().join("uploads/one").exists());
}

/// Only a judge that its supervisor has seen start speaks for a person.
#[test]
fn a_program_cannot_say_that_a_person_has_let_something_go() {
    let home = home_with_client();
    set_policy(home.path(), WATCHED);
    let act = r#"{"rule":"psql.drop-table","words":[]}"#;
    hide(home.path(), "psql\n-c\nDROP TABLE users");
    let forged = format!("import os\ntry: os.execve('/.guarded-sh/let-go', ['{act}'], {{}})\nexcept OSError: pass\n");
    std::fs::write(home.path().join("forged.py"), [&forged, HIDDEN].concat()).expect("a program");
    let Some(terminal) = Terminal::of_person(home.path()) else { return };
    terminal.enters("python3 forged.py hid exec; echo ended with $?");
    assert!(terminal.shows("Run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("ended with 126"), "{}", terminal.screen());
    // Our own program by another environment, in whose store a pause lets all go.
    let state = home.path().join("other/.local/state/guarded");
    let mut store = Store::open(&state).expect("a store");
    store.pause(Duration::from_secs(600), &By("forged".into()), SystemTime::now()).expect("a pause");
    let ours = guarded_sh().display().to_string();
    let other = format!(
        "import os, subprocess\ntext = bytes(byte ^ 7 for byte in open('hid-line', 'rb').read()) + b'\\0'\n\
         there = {{**os.environ, 'HOME': os.environ['HOME'] + '/other'}}\n\
         print('judged', subprocess.run(['guarded-line'], executable='{ours}', input=text, env=there).returncode)\n"
    );
    std::fs::write(home.path().join("other.py"), [&other, HIDDEN].concat()).expect("a program");
    hide(home.path(), DROP);
    std::fs::rename(home.path().join("hid"), home.path().join("hid-line")).expect("a name");
    hide(home.path(), "psql\n-c\nDROP TABLE users");
    terminal.enters("python3 -u other.py hid exec; echo and $?");
    assert!(terminal.shows("judged 0"), "{}", terminal.screen());
    // The earlier question still stands above.
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("and 126"), "{}", terminal.screen());
    assert_eq!(calls(&home), 0);
}

/// A person's own shell has what it was given; one on a terminal that an agent holds has not.
#[test]
fn what_the_policy_hides_is_there_for_a_person_and_for_no_agent() {
    for (mark, gone) in [("", false), ("CLAUDECODE=1 ", true)] {
        let home = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(home.path().join(".config/guarded")).expect("a folder");
        std::fs::write(home.path().join(".config/guarded/policy.toml"), "[credentials]\nhide = [\"GH_TOKEN\"]\n")
            .expect("a policy");
        let terminal = Terminal::closed();
        let program = format!("GH_TOKEN=k7x3 {mark}{}", guarded_sh().display());
        if terminal.open(home.path(), &program).is_none() {
            eprintln!("skipped: no tmux");
            return;
        }
        terminal.enters("echo \"token:$GH_TOKEN:\"");
        let shown = if gone { "token::" } else { "token:k7x3:" };
        assert!(terminal.shows(shown), "{mark}{}", terminal.screen());
    }
}

/// A login of a person with a policy that can't be read.
fn broken_login() -> Option<(tempfile::TempDir, Terminal)> {
    let home = home();
    set_policy(home.path(), "mode = nonsense");
    let terminal = Terminal::closed();
    terminal.open(home.path(), &format!("bash -c 'exec -a -bash {}'", guarded_sh().display()))?;
    assert!(terminal.shows("Type plain"), "{}", terminal.screen());
    Some((home, terminal))
}

#[test]
fn a_broken_policy_locks_no_person_out_and_the_way_in_is_recorded() {
    let Some((home, terminal)) = broken_login() else { return };
    terminal.enters("plain");
    assert!(terminal.shows("PLAIN BASH"), "{}", terminal.screen());
    terminal.enters("echo in with $((1 + 1))");
    assert!(terminal.shows("in with 2"), "{}", terminal.screen());
    let trail = std::fs::read_to_string(home.path().join(".local/state/guarded/audit.jsonl")).expect("a trail");
    assert!(trail.contains("\"kind\":\"plain\""), "{trail}");
}

#[test]
fn anything_else_ends_a_login_that_cannot_be_guarded() {
    let Some((home, terminal)) = broken_login() else { return };
    terminal.enters("touch ran");
    terminal.enters("touch ran");
    assert!(!home.path().join("ran").exists());
}
