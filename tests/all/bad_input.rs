//! Bad input ends in a clear error or in bash's own behaviour: no panic, nothing lost, nothing of a stopped line run.

use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::cases::Place;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn done(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().expect("the shell");
    let text = said(&output);
    assert!(!text.contains("panicked") && !text.contains("fault of its own"), "{text}");
    (output.status.code(), text)
}

fn policy(place: &Place, text: &str) {
    std::fs::write(place.home().join(".config/guarded/policy.toml"), text).expect("a policy");
}

/// A line that would leave a mark, judged and perhaps run.
fn marking(place: &Place) -> (Option<i32>, String) {
    let ended = done(&mut place.shell(&["-c", "echo ran > MARK"]));
    assert_eq!(place.project().join("MARK").exists(), ended.0 == Some(0), "{ended:?}");
    ended
}

/// Feeds a script through a regular file.
fn from_file(place: &Place, script: &[u8]) -> (Option<i32>, String) {
    std::fs::write(place.path("input"), script).expect("a file");
    let input = std::fs::File::open(place.path("input")).expect("a file");
    done(place.shell(&[]).stdin(input))
}

/// Feeds a script through a pipe.
fn from_pipe(place: &Place, script: &[u8]) -> (Option<i32>, String) {
    let mut shell = place.shell(&[]);
    let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a shell");
    let mut input = child.stdin.take().expect("a pipe");
    // It may end before it has read all.
    let _ = input.write_all(script);
    drop(input);
    let output = child.wait_with_output().expect("an end");
    let text = said(&output);
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code(), text)
}

#[test]
fn a_policy_that_cannot_be_read_stops_everything_and_says_where() {
    let place = Place::new();
    for (text, says) in [
        ("mode = \n", "policy.toml:1"),
        ("[ask]\nwait = \"soon\"\n", "policy.toml:2"),
        ("[dcide]\nlow = \"log\"\n", "decide"),
        ("[decide]\nmedum = \"ask\"\n", "medium"),
        ("mode = \"off\"\n", "observe"),
    ] {
        policy(&place, text);
        let (code, message) = marking(&place);
        assert_eq!(code, Some(125), "{text}: {message}");
        assert!(message.contains(says), "{text}: {message}");
    }
    std::fs::write(place.home().join(".config/guarded/policy.toml"), b"mode = \"\xff\"\n").expect("a policy");
    assert_eq!(marking(&place).0, Some(125));
    std::fs::remove_file(place.home().join(".config/guarded/policy.toml")).expect("gone");
    std::fs::create_dir(place.home().join(".config/guarded/policy.toml")).expect("a folder in its place");
    assert_eq!(marking(&place).0, Some(125));
}

#[test]
fn a_projects_broken_policy_lets_reads_and_its_repair_pass() {
    let place = Place::new();
    std::fs::write(place.project().join(".guarded.toml"), "nonsense = \n").expect("a policy");
    assert_eq!(done(&mut place.shell(&["-c", "git status > /dev/null"])).0, Some(0));
    assert_eq!(done(&mut place.shell(&["-c", "rm -rf src"])).0, Some(75));
    assert!(place.project().join("src/main.c").exists());
}

#[test]
fn a_broken_rule_pack_stops_everything_and_says_where() {
    let place = Place::new();
    let rules = place.home().join(".config/guarded/rules");
    std::fs::create_dir(&rules).expect("a folder");
    for text in
        [&b"[tool"[..], b"[tool]\nname = \"x\"\n[[rule]]\nid = \"x.y\"\n", b"\xff\xfe", b"[tool]\nnme = \"x\"\n"]
    {
        std::fs::write(rules.join("mine.toml"), text).expect("a pack");
        let (code, message) = marking(&place);
        assert_eq!(code, Some(125), "{message}");
        assert!(message.contains("mine.toml"), "{message}");
    }
}

#[test]
fn a_script_of_five_megabytes_is_judged_to_its_end_or_not_run() {
    let place = Place::new();
    let mut script = b"# padding\n".repeat(500_000);
    script.extend_from_slice(b"rm -rf src\n");
    let (code, message) = from_file(&place, &script);
    assert!(matches!(code, Some(75 | 125 | 126)), "{code:?} {message}");
    std::fs::write(place.project().join("big.sh"), &script).expect("a script");
    let (code, message) = done(&mut place.shell(&["big.sh"]));
    assert!(matches!(code, Some(75 | 125 | 126)), "{code:?} {message}");
    assert!(place.project().join("src/main.c").exists());
}

#[test]
fn deep_nesting_is_refused_or_bashs_to_report() {
    for depth in [1_000, 10_000] {
        for (open, close) in [("( ", ")"), ("{ ", "; }"), ("$(", ")"), ("\"$(", ")\""), ("${x:-", "}")] {
            let place = Place::new();
            let line = format!("{}rm -rf src{}", open.repeat(depth), close.repeat(depth));
            let (code, message) = done(&mut place.shell(&["-c", &line]));
            assert!(matches!(code, Some(75 | 125 | 126)), "{open} {depth}: {code:?} {message}");
            assert!(place.project().join("src/main.c").exists(), "{open}");
        }
    }
}

#[test]
fn little_stack_or_memory_runs_nothing_of_what_is_stopped() {
    let place = Place::new();
    let deep = format!("{}rm -rf src{}", "$(".repeat(400), ")".repeat(400));
    for limit in
        ["ulimit -s 64", "ulimit -s 256", "ulimit -v 20000", "ulimit -v 40000", "ulimit -v 80000", "ulimit -n 4"]
    {
        let text = format!("{limit} && exec \"$0\" -c \"$1\"");
        let shell = crate::programs::guarded_sh();
        let shell = shell.to_str().expect("a path");
        for line in ["rm -rf src", deep.as_str()] {
            let output = place.program(Path::new("/bin/bash"), &["-c", &text, shell, line]).output().expect("bash");
            assert_ne!(output.status.code(), Some(0), "{limit}: {}", said(&output));
            assert!(place.project().join("src/main.c").exists(), "{limit}");
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_bytes() {
    let place = Place::new();
    let line = std::ffi::OsStr::from_bytes(b"printf '\xff\xfe' > bytes; rm -rf \xff src");
    let (code, _) = done(place.shell(&["-c"]).arg(line));
    assert_eq!((code, place.project().join("bytes").exists()), (Some(75), false));
    let line = std::ffi::OsStr::from_bytes(b"printf '\xff\xfe' > b\xff");
    assert_eq!(done(place.shell(&["-c"]).arg(line)).0, Some(0));
    let name = std::ffi::OsStr::from_bytes(b"b\xff");
    assert_eq!(std::fs::read(place.project().join(name)).expect("a file"), b"\xff\xfe");
}

#[test]
fn a_nul_in_a_script_hides_nothing() {
    for script in [&b"true\0\nrm -rf src\n"[..], b"r\0m -rf src\n", b"rm -rf src\0 # \n", b"\0rm -rf src\n"] {
        let place = Place::new();
        let (code, message) = from_file(&place, script);
        assert!(place.project().join("src/main.c").exists(), "{script:?}: {code:?} {message}");
        let (code, message) = from_pipe(&place, script);
        assert!(place.project().join("src/main.c").exists(), "{script:?}: {code:?} {message}");
    }
}

#[test]
fn a_folder_that_is_gone_is_no_fault() {
    let place = Place::new();
    let shell = crate::programs::guarded_sh();
    let shell = shell.to_str().expect("a path");
    let text = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" -c \"$1\"";
    let run = |line| place.program(Path::new("/bin/bash"), &["-c", text, shell, line]).output().expect("bash");
    let output = run("echo here");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"here\n"[..]), "{}", said(&output));
    let output = run("rm -rf ~/project/src");
    assert_eq!(output.status.code(), Some(75), "{}", said(&output));
    assert!(place.project().join("src/main.c").exists());
}

#[test]
fn without_a_home_ordinary_work_runs_and_damage_does_not() {
    let place = Place::new();
    for home in [None, Some(""), Some("relative"), Some("/nowhere/at/all")] {
        let with = |line| {
            let mut shell = place.shell(&["-c", line]);
            match home {
                Some(home) => shell.env("HOME", home),
                None => shell.env_remove("HOME"),
            };
            done(&mut shell)
        };
        assert_eq!(with("echo here"), (Some(0), "here\n".to_owned()), "{home:?}");
        let (code, message) = with("rm -rf src");
        assert!(matches!(code, Some(75 | 125 | 126)), "{home:?} {code:?} {message}");
        assert!(place.project().join("src/main.c").exists(), "{home:?}");
    }
}

#[test]
fn where_nothing_can_be_recorded_ordinary_work_runs_and_damage_does_not() {
    let place = Place::new();
    std::fs::remove_dir(place.home().join(".local/state")).expect("an empty folder");
    std::fs::write(place.home().join(".local/state"), "a file").expect("a file in its place");
    for temporary in ["/tmp", "/nowhere/at/all"] {
        let with = |line| done(place.shell(&["-c", line]).env("TMPDIR", temporary));
        let (code, message) = with("rm -rf src");
        assert!(matches!(code, Some(75 | 125 | 126)), "{temporary}: {code:?} {message}");
        assert!(place.project().join("src/main.c").exists(), "{temporary}");
    }
    assert_eq!(done(&mut place.shell(&["-c", "echo here"])).0, Some(0));
    policy(&place, "audit = \"required\"\n");
    assert_ne!(marking(&place).0, Some(0));
}

#[test]
fn closed_descriptors_stay_closed() {
    let place = Place::new();
    let shell = crate::programs::guarded_sh();
    let shell = shell.to_str().expect("a path");
    for closed in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        let text = format!("exec \"$0\" -c \"$1\" {closed}");
        let run = |line| place.program(Path::new("/bin/bash"), &["-c", &text, shell, line]).output().expect("bash");
        assert_eq!(run("exit 3").status.code(), Some(3), "{closed}");
        assert_eq!(run("rm -rf src").status.code(), Some(75), "{closed}");
        assert!(place.project().join("src/main.c").exists(), "{closed}");
    }
    let text = "exec \"$0\" <&-";
    let output = place.program(Path::new("/bin/bash"), &["-c", text, shell]).output().expect("bash");
    let plain = place.program(Path::new("/bin/bash"), &["-c", text, "/bin/bash"]).output().expect("bash");
    assert_eq!(output.status.code(), plain.status.code(), "{}", said(&output));
}

#[test]
fn two_hundred_shells_write_one_trail() {
    let place = Place::new();
    let mut shells = Vec::new();
    for number in 0..200 {
        let line = if number % 10 == 0 { "rm -rf src".to_owned() } else { format!("echo {number} > out{number}") };
        let mut shell = place.shell(&["-c", &line]);
        shells.push(shell.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a shell"));
        // No more at once than a small machine has room for.
        if shells.len() >= 60 {
            shells.remove(0).wait().expect("an end");
        }
    }
    for mut shell in shells {
        shell.wait().expect("an end");
    }
    assert!(place.project().join("src/main.c").exists());
    let made = (0..200).filter(|number| place.project().join(format!("out{number}")).exists()).count();
    assert_eq!(made, 180);
    let guarded = crate::programs::guarded_sh().with_file_name("guarded");
    let (code, message) = done(&mut place.program(&guarded, &["audit", "verify"]));
    assert_eq!(code, Some(0), "{message}");
    let trail = std::fs::read_dir(place.home().join(".local/state/guarded")).expect("a state folder").flatten();
    let lines: usize = trail
        .filter(|file| file.path().extension().is_some_and(|end| end == "jsonl"))
        .map(|file| std::fs::read(file.path()).expect("a trail").split(|byte| *byte == b'\n').count() - 1)
        .sum();
    assert!(lines >= 200, "{lines} records");
}

#[test]
fn one_line_of_five_megabytes_is_judged_or_not_run() {
    let place = Place::new();
    let mut line = b": ".to_vec();
    line.resize(5 << 20, b'x');
    line.extend_from_slice(b"; rm -rf src\n");
    for feed in [from_file, from_pipe] {
        let (code, message) = feed(&place, &line);
        assert!(code != Some(0), "{message}");
        assert!(place.project().join("src/main.c").exists(), "{code:?} {message}");
    }
}

#[test]
fn where_no_folder_can_be_written_ordinary_work_runs_and_damage_does_not() {
    let place = Place::new();
    // Not below a folder that is about to be hidden.
    let shell = place.path("shell");
    std::fs::copy(crate::programs::guarded_sh(), &shell).expect("a copy");
    let text = "mount -t tmpfs none /tmp && mount -o remount,ro /tmp && mount --bind ~/.local ~/.local && \
                mount -o remount,bind,ro ~/.local && ! touch /tmp/x ~/.local/x 2> /dev/null || exit 9; \
                \"$0\" -c 'echo here' || exit 8; \"$0\" -c 'rm -rf src'; echo status $?";
    let words = ["-Urm", "/bin/sh", "-c", text, shell.to_str().expect("a path")];
    let output = place.program(Path::new("unshare"), &words).env("TMPDIR", "/tmp").output().expect("unshare");
    if matches!(output.status.code(), Some(1 | 9 | 127)) {
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    let text = said(&output);
    assert!(
        text.starts_with("here\n") && text.contains("nobody can be asked") && text.contains("status 126"),
        "{text}"
    );
    assert!(place.project().join("src/main.c").exists());
}

#[test]
fn a_policy_without_the_right_to_read_it_stops_everything() {
    let place = Place::new();
    let shell = crate::programs::guarded_sh();
    let as_nobody = |line| {
        let words = ["--reuid=65534", "--regid=65534", "--clear-groups", shell.to_str().expect("a path"), "-c", line];
        place.program(Path::new("setpriv"), &words).output().expect("setpriv")
    };
    let all = place.path("");
    let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(&all).output().expect("chown").status.success();
    if !owned || as_nobody("exit 3").status.code() != Some(3) {
        eprintln!("skipped: not root, or nobody can't reach the shell");
        return;
    }
    place.bash("chmod 000 ~/.config/guarded/policy.toml");
    let output = as_nobody("echo ran > MARK");
    assert_eq!(output.status.code(), Some(125), "{}", said(&output));
    assert!(said(&output).contains("policy.toml") && !place.project().join("MARK").exists());
}

/// Files that never end, that block, that lead to themselves.
const ENDLESS: &str = r#"
truncate -s 1G big.sh
mkfifo fifo
ln -s loop loop
printf '. ./self.sh\nbash self.sh\n' > self.sh
printf 'bash two.sh; bash two.sh\n' > one.sh
printf 'bash one.sh; . ./one.sh\ngit reset --hard\n' > two.sh
printf 'include x.mk\nall: b\nb: all\n\t$(MAKE) all\n' > Makefile
printf 'include Makefile\ninclude x.mk\n' > x.mk
printf '{"scripts": {"a": "npm run b", "b": "npm run a && npm run a; npm run c", "c": "true"}}' > package.json
printf 'a: b\n  just b\n  just a\nb: a\n  just a\n' > justfile
printf 'tasks:\n  a:\n    deps: [b]\n    cmds: [task: a, task b, {task: b}]\n  b: {cmds: [{task: a}, "task a"]}\nincludes: {x: ./Taskfile.yml}\n' > Taskfile.yml
printf '{"scripts": {"a": ["@b", "@a"], "b": ["@a", "composer b"]}}' > composer.json
mkdir -p .cargo k && printf '[alias]\na = "b"\nb = "a"\n' > .cargo/config.toml
printf 'resources: [., ../k]\n' > k/kustomization.yaml
printf 'config = rc\n' > rc
"#;

#[test]
#[expect(clippy::disallowed_methods, reason = "measures")]
fn what_never_ends_is_not_read_and_rings_end() {
    let place = Place::new();
    place.bash(ENDLESS);
    let guarded = crate::programs::guarded_sh().with_file_name("guarded");
    for (line, code) in [
        ("bash big.sh", 75),
        (". ./big.sh", 75),
        ("bash < big.sh", 75),
        ("cat big.sh | bash", 75),
        ("eval \"$(cat big.sh)\"", 75),
        ("bash fifo", 75),
        (". ./fifo", 75),
        ("bash < fifo", 75),
        ("bash /dev/zero", 75),
        ("bash < /dev/zero", 75),
        ("cat /dev/zero | bash", 75),
        ("bash <(cat /dev/zero)", 75),
        ("bash loop", 75),
        ("parallel -a /dev/zero", 75),
        ("kubectl delete -f fifo", 75),
        ("kubectl delete -k k", 75),
        ("docker run -v /:/x alpine sh < /dev/zero", 75),
        ("f() { f & f; }; f", 75),
        ("bash one.sh", 75),
        // The programs themselves say what is wrong with these, or read them for ever, as they would without us.
        ("python3 fifo", 0),
        ("make -f /dev/zero", 0),
        ("npm --prefix loop run a", 0),
        ("curl -K fifo https://h/x", 0),
        ("curl -K rc https://h/x", 0),
        // Rings in which nothing happens.
        ("bash self.sh", 0),
        (". ./self.sh", 0),
        ("make all", 0),
        ("npm run a", 0),
        ("just a", 0),
        ("task a", 0),
        ("task x:a", 0),
        ("composer a", 0),
        ("cargo a", 0),
        ("f() { f; f; }; f", 0),
        ("f() { g; g; }; g() { f; f; }; f", 0),
        ("shopt -s expand_aliases; alias a=b b='a; a'; a", 0),
    ] {
        let begin = std::time::Instant::now();
        let (ended, message) = done(&mut place.program(&guarded, &["check", "-c", line]));
        assert_eq!(ended, Some(code), "{line}: {message}");
        // A debug build on a busy machine; the release takes some milliseconds.
        assert!(begin.elapsed() < std::time::Duration::from_secs(5), "{line} took {:?}", begin.elapsed());
    }
}
