//! Bash, exactly: each form of call gives the same output, status, signal death and files as the real bash.
//!
//! Both are started by the same launcher under the same name, with the same environment, one after the other in a
//! fresh directory of the same path.

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::programs::guarded_sh;

/// How a call is made: name, words, and what the launcher does before and around it.
#[derive(Clone, Copy)]
struct Form {
    name: &'static str,
    words: &'static [&'static str],
    /// Run in the launcher before the shell is started.
    before: &'static str,
    /// Redirections of the shell.
    around: &'static str,
    /// What is piped in.
    input: &'static [u8],
}

const PLAIN: Form = Form { name: "bash", words: &[], before: "", around: "", input: b"" };

const fn call(words: &'static [&'static str]) -> Form {
    Form { words, around: "</dev/null", ..PLAIN }
}

const fn named(name: &'static str, words: &'static [&'static str]) -> Form {
    Form { name, ..call(words) }
}

const fn after(before: &'static str, words: &'static [&'static str]) -> Form {
    Form { before, ..call(words) }
}

const fn with(around: &'static str, words: &'static [&'static str]) -> Form {
    Form { around, ..call(words) }
}

const fn piped(words: &'static [&'static str], input: &'static [u8]) -> Form {
    Form { words, input, ..PLAIN }
}

const SHOW: &str =
    r#"echo "0=$0 n=$# @=$* -=$- pid=$(($$ == BASHPID)) level=$SHLVL"; shopt -o posix; shopt login_shell"#;

const FORMS: &[Form] = &[
    // the command string, and what stands around it
    call(&["-c", SHOW]),
    call(&["-c", SHOW, "zero"]),
    call(&["-c", SHOW, "zero", "one", "two words", ""]),
    call(&["-c", SHOW, "--", "x"]),
    call(&["-c", "--", SHOW, "zero"]),
    call(&["-c", "-", SHOW, "zero"]),
    call(&["-c", "-x", SHOW]),
    call(&["-c", ""]),
    call(&["-c"]),
    call(&["-c", "--"]),
    call(&["+c", SHOW]),
    call(&["-ec", "echo a; false; echo b"]),
    call(&["-xc", "echo a"]),
    call(&["-vc", "echo a\necho b"]),
    call(&["-uc", "echo $nope; echo b"]),
    call(&["-fc", "echo *"]),
    call(&["-nc", "echo a; touch made"]),
    call(&["-lc", SHOW]),
    call(&["-ic", SHOW]),
    call(&["-lic", SHOW]),
    call(&["-sc", SHOW, "zero"]),
    call(&["-pc", SHOW]),
    call(&["-rc", "cd /; echo here"]),
    call(&["-Dc", r#"echo $"hello""#]),
    call(&["-tc", "echo a; echo b"]),
    call(&["-kc", "f() { echo $X; }; f X=1"]),
    call(&["-ac", "y=5; env | grep ^y="]),
    call(&["-mc", "echo $-"]),
    call(&["-bc", "echo $-"]),
    call(&["-hc", "echo $-"]),
    call(&["-Bc", "echo {a,b}"]),
    call(&["+Bc", "echo {a,b}"]),
    call(&["+B", "-c", "echo {a,b}"]),
    call(&["-Cc", "echo a > f; echo b > f; cat f"]),
    call(&["-Hc", "echo $-"]),
    call(&["-Pc", "echo $-"]),
    call(&["-ETc", "echo $-"]),
    call(&["-co", "pipefail", "false | true; echo $?"]),
    call(&["-o", "pipefail", "-c", "false | true; echo $?"]),
    call(&["+o", "pipefail", "-c", "false | true; echo $?"]),
    call(&["-eo", "pipefail", "-c", "false | true; echo $?"]),
    call(&["-ooc", "errexit", "nounset", "echo $-"]),
    call(&["-o", "posix", "-c", SHOW]),
    call(&["-o", "nope", "-c", "echo a"]),
    call(&["-o"]),
    call(&["+o"]),
    call(&["-O", "extglob", "-c", "echo !(nope)"]),
    call(&["+O", "extglob", "-c", "shopt extglob"]),
    call(&["-O", "nope", "-c", "echo a"]),
    call(&["-O"]),
    call(&["-O", "expand_aliases", "-c", "alias e=echo\ne hi"]),
    call(&["-Z", "-c", "echo a"]),
    call(&["+Z", "-c", "echo a"]),
    call(&["-c-", "echo a"]),
    // long options
    call(&["--version"]),
    call(&["-version"]),
    call(&["--help"]),
    call(&["--nope"]),
    call(&["--norc", "--noprofile", "-c", SHOW]),
    call(&["-norc", "-c", SHOW]),
    call(&["-login", "-c", SHOW]),
    call(&["--login", "-c", SHOW]),
    call(&["--login", "--noprofile", "-c", SHOW]),
    call(&["--posix", "-c", SHOW]),
    call(&["--posix", "--login", "-c", SHOW]),
    call(&["--restricted", "-c", "cd /"]),
    call(&["--verbose", "-c", "echo a"]),
    call(&["--dump-strings", "-c", r#"echo $"hello""#]),
    call(&["--dump-po-strings", "-c", r#"echo $"hello""#]),
    call(&["--debugger", "-c", "shopt extdebug"]),
    call(&["--noediting", "-c", SHOW]),
    call(&["--rcfile", "rc", "-ic", SHOW]),
    call(&["--init-file", "rc", "-ic", SHOW]),
    call(&["--rcfile"]),
    call(&["--norc", "-ic", SHOW]),
    call(&["-c", "--norc", "echo a"]),
    call(&["-x", "--norc", "-c", "echo a"]),
    // names
    named("-bash", &["-c", SHOW]),
    named("rbash", &["-c", "cd /; echo $-"]),
    named("/usr/bin/rbash", &["-c", "echo > f"]),
    named("-/odd/bash", &["-c", SHOW]),
    named("", &["-c", SHOW]),
    named("-", &["-c", SHOW]),
    named("su", &["-c", SHOW]),
    named("-su", &["-c", SHOW]),
    named("zsh", &["-c", SHOW]),
    named("/no/where/guarded-sh", &["-c", "echo $0; nope"]),
    // scripts
    call(&["script", "a", "b"]),
    call(&["-x", "script", "-x"]),
    call(&["./script"]),
    call(&["--", "script"]),
    call(&["-", "script"]),
    call(&["nope"]),
    call(&["sub"]),
    call(&["/bin/true"]),
    call(&["-n", "script"]),
    call(&["-i", "script"]),
    call(&["broken"]),
    call(&["crlf"]),
    call(&["--pretty-print", "script"]),
    after("PATH=$PWD/sub:$PATH", &["only-in-path", "a"]),
    after("cd sub; PATH=:$PATH", &["only-in-path", "a"]),
    // the environment
    after("export BASH_ENV=$PWD/rc", &["-c", SHOW]),
    after("export BASH_ENV='$PWD/rc'", &["-c", SHOW]),
    after("export BASH_ENV=/no/where", &["-c", SHOW]),
    after("export BASH_ENV=$PWD/rc", &["-pc", SHOW]),
    after("export BASH_ENV=$PWD/rc", &["--posix", "-c", SHOW]),
    after("export ENV=$PWD/rc", &["--posix", "-ic", SHOW]),
    after("export POSIXLY_CORRECT=1", &["-c", SHOW]),
    after("export SHELLOPTS; set -u", &["-c", "echo $-"]),
    after("export BASHOPTS; shopt -s extglob", &["-c", "echo !(x)"]),
    after("f() { echo exported; }; export -f f", &["-c", "f"]),
    after("f() { echo exported; }; export -f f", &["-pc", "f"]),
    after("unset HOME PATH", &["-lc", "echo $PATH; cd; pwd"]),
    after("export SSH_CLIENT=x SHLVL=", &["-c", SHOW]),
    after("export SHLVL=999", &["-c", SHOW]),
    after("export BAD=$'\\xff\\xfe'", &["-c", "printf %s \"$BAD\" | od -c"]),
    after("export IFS=x", &["-c", "y=axb; echo $y"]),
    after("export LC_ALL=C PS4='> '", &["-xc", "echo a"]),
    after("set -a; big=$(printf %0100000d 1)", &["-c", "echo ${#big}"]),
    // bytes
    Form { before: "set -- \"$1\" \"$2\" -c $'printf %s \"\\xff\\x80$1\" | od -c' x $'\\xfe'", ..call(&[]) },
    call(&["-c", "printf '%s\\n' \"$@\" | od -c", "x", "é", "\u{2028}", "\u{1b}[31m", "\t\n"]),
    // statuses and signals
    call(&["-c", "exit 3"]),
    call(&["-c", "exit 300"]),
    call(&["-c", "kill -TERM $$"]),
    call(&["-c", "kill -KILL $$"]),
    call(&["-c", "kill -SEGV $$"]),
    call(&["-c", "ulimit -c 0; kill -ABRT $$"]),
    call(&["-c", "trap 'echo trapped; exit 5' TERM; kill $$; echo on"]),
    call(&["-c", "trap 'echo bye' EXIT; exit 4"]),
    call(&["-c", "nope-such-program"]),
    call(&["-c", "/etc/passwd"]),
    call(&["-c", "echo a; fi; echo b"]),
    call(&["-c", "echo 'open"]),
    call(&["-c", "cat <<E\nopen"]),
    // descriptors, dispositions, limits
    with("0<&-", &["-c", "echo here; read x; echo $?"]),
    with("1>&- </dev/null", &["-c", "echo here"]),
    with("2>&- </dev/null", &["-c", "echo here >&2; echo $?"]),
    with("0<&- 1>&- 2>&-", &["-c", "cd /proc/$$/fd; echo * > ~/n"]),
    with("0<&-", &[]),
    with("0<&- 2>&-", &["-s"]),
    with("</", &[]),
    with("</dev/null", &["-c", "cd /proc/$$/fd; echo *"]),
    with("</dev/null 7</dev/null 9>f", &["-c", "cd /proc/$$/fd; echo *; echo nine >&9"]),
    with("</dev/null", &["-c", "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status"]),
    after("trap '' PIPE", &["-c", "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status; trap"]),
    after("trap '' INT QUIT HUP TERM CHLD", &["-c", "grep -E '^Sig(Blk|Ign)' /proc/self/status; trap"]),
    call(&["-c", "yes | head -1; echo ${PIPESTATUS[*]}"]),
    after("trap '' PIPE", &["-c", "yes 2>/dev/null | head -1; echo ${PIPESTATUS[*]}"]),
    after("umask 027", &["-c", "umask; touch f; stat -c %a f"]),
    after("ulimit -n 64; ulimit -c 0", &["-c", "ulimit -n -c"]),
    after("cd sub; mkdir gone; cd gone; rmdir ../gone", &["-c", "echo here"]),
    // standard input: files and pipes
    with("<script", &["-s", "a"]),
    with("<script", &[]),
    with("<broken", &[]),
    with("<data", &[]),
    piped(&[], b"echo $0 $-; echo $PPID | wc -l\n"),
    piped(&["-s", "a", "b"], b"echo $* $-\n"),
    piped(&["-ls"], b"echo $*; shopt login_shell\n"),
    piped(&[], b"echo no newline"),
    piped(&[], b""),
    piped(&[], b"\n\n\n"),
    piped(&[], b"read x\nthe line\necho got $x\n"),
    piped(&[], b"cat\nleft to cat's\nif\n"),
    piped(&[], b"cat <<E\nit's\nE\necho b\n"),
    piped(&[], b"cat <<E\ncut short\n"),
    piped(&[], b"for i in 1 2\ndo\necho $i\ndone\n"),
    piped(&[], b"echo a \\\n b\n"),
    piped(&[], b"echo a\nfi\necho b\n"),
    piped(&[], b"echo 'open\n"),
    piped(&[], b"exit 9\necho no\n"),
    piped(&[], b"echo a\0b\n"),
    piped(&[], b"printf '\xff\xfe' | od -c\n"),
    piped(&[], b"set -e\nfalse\necho no\n"),
    piped(&[], b"kill -TERM $$\n"),
    piped(&["-v"], b"echo a\necho b\n"),
    piped(&["-x"], b"echo a\necho b\n"),
    piped(&["-n"], b"echo a\n"),
    piped(&["-i", "--norc"], b"PS1=; echo $-\necho b\n"),
    piped(&[], b"exec cat\nwhat's left\n"),
    piped(&[], b"shopt -s extglob\necho !(nope)\n"),
    piped(&[], b"shopt -s expand_aliases\nalias e=echo\ne hi\n"),
    piped(&[], b"while read l; do echo \"<$l>\"; done\na\nb\nc"),
    piped(&[], b"mapfile -t a\nx\ny\n"),
    piped(&[], b". /dev/stdin\necho sourced\n"),
    piped(&[], b"bash -c 'read y; echo $y'\nfor child\necho on\n"),
    piped(&[], b"sleep 0.1 & wait; echo $?\n"),
    piped(&[], b"trap 'echo bye' EXIT\necho a\n"),
    piped(&[], b"cd sub; pwd\npwd\n"),
    piped(&["-c", "cat; echo $-"], b"only data\nfi\n"),
    piped(&["script"], b"only data\n"),
];

/// What must be equal.
#[derive(PartialEq, Debug)]
struct Outcome {
    code: Option<i32>,
    signal: Option<i32>,
    out: String,
    err: String,
    files: Vec<(PathBuf, String)>,
}

fn prepare(place: &Path) {
    let _ = std::fs::remove_dir_all(place);
    std::fs::create_dir_all(place.join("sub")).expect("a directory");
    let files: [(&str, &[u8]); 9] = [
        ("script", b"#!/bin/bash\necho \"$0 $- $*\"\nread x; echo got $x\nexit 6\n"),
        ("broken", b"echo before\nif true; then\n"),
        ("crlf", b"echo a\r\necho b\r\n"),
        ("data", b"\x7fELF\0\0\0\nnot a script\n"),
        ("rc", b"echo rc was read\n"),
        (".bashrc", b"echo .bashrc was read\nPS1='$ '\n"),
        (".bash_profile", b"echo .bash_profile was read\n"),
        (".profile", b"echo .profile was read\n"),
        ("sub/only-in-path", b"echo found as $0 $*\n"),
    ];
    for (name, text) in files {
        std::fs::write(place.join(name), text).expect("a file");
    }
}

fn files(place: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut left = vec![place.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                left.push(entry.path());
            } else {
                let text = std::fs::read(entry.path()).unwrap_or_default();
                found.push((entry.path(), String::from_utf8_lossy(&text).into_owned()));
            }
        }
    }
    found.sort();
    found
}

fn outcome(form: &Form, shell: &Path, place: &Path) -> Outcome {
    prepare(place);
    // The directory changes hands: the launcher starts in it.
    let launcher = format!(
        "{}; __n=$1 __t=$2; shift 2; exec -a \"$__n\" \"$__t\" \"$@\" {}",
        if form.before.is_empty() { ":" } else { form.before },
        form.around
    );
    let mut child = Command::new("/bin/bash")
        .args(["-c", &launcher, "launcher", form.name])
        .arg(shell)
        .args(form.words)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", place)
        // What the guard writes for itself is not compared; the variable stands in both environments.
        .env("XDG_STATE_HOME", place.with_file_name("state"))
        .env("XDG_CONFIG_HOME", place.with_file_name("config"))
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "dumb")
        .current_dir(place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a launcher");
    // A shell that ends early leaves the rest.
    let _ = child.stdin.take().expect("a pipe").write_all(form.input);
    let done = child.wait_with_output().expect("an end");
    Outcome {
        code: done.status.code(),
        signal: done.status.signal(),
        out: comparable(&done.stdout),
        err: comparable(&done.stderr),
        files: files(place),
    }
}

/// Without process numbers in bash's own messages.
fn comparable(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines = text.split_inclusive('\n').map(|line| match line.split_once("process group (") {
        Some((before, rest)) => format!("{before}process group (N){}", rest.split_once(')').map_or("", |(_, end)| end)),
        None => line.to_owned(),
    });
    lines.collect()
}

#[test]
fn each_form_of_call_gives_what_bash_gives() {
    each_form_gives_what_bash_gives("");
}

#[test]
fn each_form_of_call_gives_what_bash_gives_where_its_programs_are_watched() {
    each_form_gives_what_bash_gives("supervise = \"always\"\n");
}

fn each_form_gives_what_bash_gives(policy: &str) {
    assert!(FORMS.len() >= 100);
    let base = tempfile::tempdir().expect("a directory");
    let config = base.path().join("config/guarded");
    std::fs::create_dir_all(&config).expect("a directory");
    std::fs::write(config.join("policy.toml"), policy).expect("a policy");
    // Not below a name that differs from run to run, since messages name it.
    let place = base.path().join("p");
    let mut wrong = Vec::new();
    for form in FORMS {
        let real = outcome(form, Path::new("/bin/bash"), &place);
        let ours = outcome(form, &guarded_sh(), &place);
        if real != ours {
            wrong.push(format!(
                "{} {:?} before {:?} around {:?} input {:?}\n  bash: {real:?}\n  ours: {ours:?}",
                form.name,
                form.words,
                form.before,
                form.around,
                String::from_utf8_lossy(form.input)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} forms differ:\n{}", wrong.len(), FORMS.len(), wrong.join("\n"));
}

#[test]
fn called_as_sh_it_is_the_sh_of_this_machine() {
    let base = tempfile::tempdir().expect("a directory");
    let place = base.path().join("p");
    let forms = [
        named("sh", &["-c", "echo \"a\\nb\" $0 $-"]),
        named("sh", &["-c", "echo a &> f; wait; echo $0", "zero"]),
        named("-sh", &["-c", "echo $0"]),
        named("sh", &["--norc", "-c", "echo a"]),
        named("sh", &["-lc", "echo a"]),
        named("sh", &["script", "a"]),
        named("sh", &["nope"]),
        named("/x/y/sh", &["-ec", "false; echo b"]),
        Form { name: "sh", ..piped(&[], b"echo a\necho $0 $-\n") },
        Form { name: "sh", ..piped(&["-s", "a"], b"echo $1\n") },
    ];
    for form in forms {
        let real = outcome(&form, Path::new("/bin/sh"), &place);
        let ours = outcome(&form, &guarded_sh(), &place);
        assert_eq!(real, ours, "{:?}", form.words);
    }
}

#[test]
fn the_process_that_was_called_is_bash() {
    for words in [&["-c", "echo $$ $PPID; ps -o pgid= -p $$"][..], &[]] {
        let mut child = Command::new(guarded_sh())
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the shell");
        let expected = format!("{} {}", child.id(), std::process::id());
        if words.is_empty() {
            let mut input = child.stdin.take().expect("a pipe");
            input.write_all(b"echo $$ $PPID\n").expect("a reader");
        }
        let done = child.wait_with_output().expect("an end");
        let out = String::from_utf8_lossy(&done.stdout).into_owned();
        assert_eq!(out.lines().next(), Some(expected.as_str()));
    }
}

#[test]
fn the_environment_arrives_byte_for_byte() {
    let run = |shell: &Path| {
        let done = Command::new(shell)
            .args(["-c", "cat /proc/$$/environ"])
            .env_clear()
            .envs([("A", "1"), ("B", ""), ("PATH", "/usr/bin:/bin"), ("é", "ü")])
            .output()
            .expect("a shell");
        done.stdout
    };
    assert_eq!(run(Path::new("/bin/bash")), run(&guarded_sh()));
}
