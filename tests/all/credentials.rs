//! `[credentials]`: what a tree does not get of its caller's environment, seen by stub tools that write down theirs.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use crate::cases::Place;
use crate::programs::guarded_sh;
use crate::supervised::said;

const SECRET: &str = "s3cr3t-value";
const HIDE: &str = "hide = [\"AWS_*\", \"*_TOKEN\"]";

/// Tools that append what they see to `seen`.
fn place(policy: &str) -> Place {
    let place = Place::new();
    let seen = place.path("seen");
    for tool in ["aws", "kubectl", "gh", "claude"] {
        let path = place.path("bin").join(tool);
        let text = format!("#!/bin/sh\n/usr/bin/env >> '{}'\n/bin/cat /proc/self/environ >> '{0}'\n", seen.display());
        std::fs::write(&path, text).expect("a stub");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a mode");
    }
    std::fs::write(place.home().join(".config/guarded/policy.toml"), format!("{policy}\n[ask]\nwait = 0\n"))
        .expect("a policy");
    place
}

fn bin(place: &Place, tool: &str) -> String {
    place.path("bin").join(tool).display().to_string()
}

fn dressed(mut command: Command) -> Command {
    for name in
        ["AWS_SECRET_ACCESS_KEY", "GH_TOKEN", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "CLAUDE_CODE_MESSAGING_TOKEN"]
    {
        command.env(name, format!("{SECRET}-{name}"));
    }
    command.env("DATABASE_URL", format!("postgres://u:{SECRET}-DATABASE_URL@db.prod.example.com/shop"));
    command
}

fn run(place: &Place, words: &[&str]) -> Output {
    dressed(place.shell(words)).output().expect("the shell")
}

/// Which secrets a tool or the output has shown.
fn shown(place: &Place, output: &Output) -> Vec<&'static str> {
    let seen = std::fs::read(place.path("seen")).unwrap_or_default();
    let all = format!("{}{}", said(output), String::from_utf8_lossy(&seen));
    let names = [
        "AWS_SECRET_ACCESS_KEY",
        "GH_TOKEN",
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
        "CLAUDE_CODE_MESSAGING_TOKEN",
        "DATABASE_URL",
    ];
    names.into_iter().filter(|name| all.contains(&format!("{SECRET}-{name}"))).collect()
}

fn trail(place: &Place) -> String {
    std::fs::read_to_string(place.home().join(".local/state/guarded/audit.jsonl")).unwrap_or_default()
}

const LINES: &[&str] = &[
    "aws",
    "exec aws",
    "kubectl | cat",
    "sh -c gh",
    "env",
    "export -p",
    "echo $AWS_SECRET_ACCESS_KEY ${GH_TOKEN}",
    "echo ${!AWS@} ${!GH_TOKEN}",
    "name=AWS_SECRET_ACCESS_KEY; echo ${!name}",
    "cat /proc/$$/environ /proc/self/environ",
    "tr '\\0' '\\n' < /proc/$$/environ",
    "python3 -c 'import os; print(os.environ)'",
    "python3 -c 'import os; print(open(f\"/proc/{os.getppid()}/environ\").read())'",
    "exec -c /usr/bin/env",
    "env -i \"$BASH\" -c env",
    "\"$BASH\" -c 'aws; env'",
    "setsid --wait env",
];

#[test]
fn what_the_policy_hides_reaches_nothing_of_the_tree() {
    for supervise in ["off", "always"] {
        for line in LINES {
            let place = place(&format!("supervise = \"{supervise}\"\n[credentials]\n{HIDE}"));
            for words in [&["-c", line][..], &["-lc", line], &["-c", "eval \"$1\"", "x", line]] {
                let output = run(&place, words);
                let shown = shown(&place, &output);
                let hidden = ["AWS_SECRET_ACCESS_KEY", "GH_TOKEN", "CLAUDE_CODE_MESSAGING_TOKEN"];
                assert!(!shown.iter().any(|name| hidden.contains(name)), "{supervise}: {words:?}: {shown:?}");
            }
            assert!(trail(&place).contains("\"withheld\":["), "{line}");
            assert!(!trail(&place).contains(SECRET), "{line}");
        }
    }
}

/// Or the test above proves nothing.
#[test]
fn without_a_policy_and_an_agent_all_of_it_is_there() {
    let place = place("supervise = \"off\"");
    let output = run(&place, &["-c", "aws"]);
    assert_eq!(shown(&place, &output).len(), 6, "{output:?}");
    assert!(!said(&run(&place, &["-c", "env"])).contains("GUARDED"), "and nothing else is");
    assert!(!trail(&place).contains("withheld"));
}

#[test]
fn an_agents_own_keys_are_withheld_from_its_commands_and_others_are_not() {
    for (marker, gone) in [
        ("CLAUDECODE", vec!["ANTHROPIC_API_KEY", "CLAUDE_CODE_MESSAGING_TOKEN"]),
        ("CODEX_CI", vec!["OPENAI_API_KEY"]),
        ("GEMINI_CLI", vec![]),
    ] {
        let place = place("");
        let output = dressed(place.shell(&["-c", "aws"])).env(marker, "1").output().expect("the shell");
        let left = shown(&place, &output);
        for name in ["ANTHROPIC_API_KEY", "CLAUDE_CODE_MESSAGING_TOKEN", "OPENAI_API_KEY"] {
            assert_eq!(left.contains(&name), !gone.contains(&name), "{marker} {name}: {output:?}");
        }
        assert!(left.contains(&"AWS_SECRET_ACCESS_KEY"), "nobody said that it is to go");
    }
}

#[test]
fn what_a_user_keeps_stays_and_a_project_can_only_take_away() {
    let place = place(
        "[credentials]\nhide = [\"AWS_*\", \"GH_*\"]\nkeep = [\"ANTHROPIC_API_KEY\", \"GH_TOKEN\", \"OPENAI_API_KEY\"]",
    );
    std::fs::write(place.project().join(".guarded.toml"), "[credentials]\nhide = [\"OPENAI_API_KEY\"]\n")
        .expect("a policy");
    let output = dressed(place.shell(&["-c", "aws"])).env("CLAUDECODE", "1").output().expect("the shell");
    assert_eq!(shown(&place, &output), ["GH_TOKEN", "ANTHROPIC_API_KEY", "DATABASE_URL"], "{output:?}");
    for text in ["[credentials]\nkeep = [\"X\"]\n", "[[credentials.grant]]\nnames = \"X\"\ncommand = \"x\"\n"] {
        std::fs::write(place.project().join(".guarded.toml"), text).expect("a policy");
        std::fs::remove_file(place.path("seen")).ok();
        let output = dressed(place.shell(&["-c", "aws"])).env("CLAUDECODE", "1").output().expect("the shell");
        assert!(!shown(&place, &output).contains(&"AWS_SECRET_ACCESS_KEY"));
        assert!(trail(&place).contains("or the user's policy"), "{text}");
    }
}

#[test]
fn an_address_is_hidden_only_where_it_leads_to_production() {
    for (policy, hidden) in [
        ("[credentials]\nhide_production = [\"DATABASE_URL\"]", true),
        ("[credentials]\nhide_production = [\"REDIS_URL\"]", false),
    ] {
        let place = place(policy);
        let output = run(&place, &["-c", "aws"]);
        assert_eq!(shown(&place, &output).contains(&"DATABASE_URL"), !hidden, "{policy}");
    }
    let place = place(
        "[[context]]\nname = \"live\"\nhosts = [\"db7.example.com\"]\n[credentials]\nhide_production = [\"*_URL\"]",
    );
    for (host, hidden) in [("db7.example.com", true), ("db8.example.com", false), ("localhost", false)] {
        let mut command = place.shell(&["-c", "echo $DATABASE_URL"]);
        let output = command.env("DATABASE_URL", format!("postgres://u:p@{host}/x")).output().expect("the shell");
        assert_eq!(said(&output).contains(host), !hidden, "{host}");
    }
}

#[test]
fn a_grant_is_for_its_programs_alone() {
    let granted = |place: &Place, line: &str| {
        std::fs::remove_file(place.path("seen")).ok();
        let output = run(place, &["-c", line]);
        shown(place, &output).contains(&"AWS_SECRET_ACCESS_KEY")
    };
    for supervise in ["off", "always"] {
        let place = place("");
        let aws = bin(&place, "aws");
        let policy = format!(
            "supervise = \"{supervise}\"\n[credentials]\n{HIDE}\n[[credentials.grant]]\nnames = [\"AWS_*\"]\ncommand = [\"{aws}\", \"head\", \"{}\"]\n",
            bin(&place, "made")
        );
        std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
        let made = place.path("bin/made");
        std::fs::write(&made, format!("#!/usr/bin/env bash\n'{}' -c 'aws x'\n", guarded_sh().display()))
            .expect("a script");
        std::fs::set_permissions(&made, PermissionsExt::from_mode(0o755)).expect("a mode");
        for line in [
            "aws s3 ls",
            &format!("{aws} s3 ls"),
            "cd src && aws s3 ls | head -3",
            "if true; then aws s3 ls; fi; echo done",
            // A guarded shell below takes nothing away.
            "made",
        ] {
            assert!(granted(&place, line), "{supervise}: {line}\n{}", trail(&place));
        }
        assert!(trail(&place).contains("\"granted\":[\"AWS_SECRET_ACCESS_KEY\"]"));
        for line in [
            "aws s3 ls; env",
            "aws s3 ls; echo $AWS_SECRET_ACCESS_KEY",
            "aws s3 ls; export -p",
            "aws s3 ls; declare -p",
            "aws s3 ls; set",
            "aws s3 ls; echo ${!AWS@}",
            "aws s3 ls; n=AWS_SECRET_ACCESS_KE; n=${n}Y; echo ${!n}",
            "aws s3 ls; cat /proc/$$/environ",
            "aws s3 ls; echo \"$(< /proc/$$/environ)\"",
            "aws s3 ls | tee f",
            "aws $(date)",
            "aws s3 ls; eval 'en''v'",
            "PATH=.:$PATH aws",
            "LD_PRELOAD=./x.so aws",
            "aws() { env; }; aws",
            "alias aws=env; aws",
            "head /proc/self/environ < /proc/self/environ",
            "kubectl",
            "head /proc/self/environ",
            "sh -c 'aws; env'",
            "exec 3< /proc/self/environ; aws",
        ] {
            assert!(!granted(&place, line), "{supervise}: {line}");
        }
    }
}

/// A name of the system's programs is not whatever lies first on PATH.
#[test]
fn a_program_that_anybody_can_put_there_gets_nothing_by_its_name() {
    let place =
        place(&format!("[credentials]\n{HIDE}\n[[credentials.grant]]\nnames = [\"AWS_*\"]\ncommand = \"aws\"\n"));
    let output = run(&place, &["-c", "aws s3 ls"]);
    assert!(!shown(&place, &output).contains(&"AWS_SECRET_ACCESS_KEY"));
}

/// A file of a home can be replaced, so that such a grant is worth less; the system's can't.
#[test]
fn a_grant_for_a_verb_is_for_no_other() {
    let place = place("");
    let policy = format!(
        "[credentials]\n{HIDE}\n[[credentials.grant]]\nnames = \"AWS_*\"\ncommand = \"{}\"\nverb = [\"sts get-caller-identity\"]\n",
        bin(&place, "aws")
    );
    std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
    let output = run(&place, &["-c", "aws s3 ls"]);
    assert!(!shown(&place, &output).contains(&"AWS_SECRET_ACCESS_KEY"));
    let output = run(&place, &["-c", "aws sts get-caller-identity"]);
    assert!(shown(&place, &output).contains(&"AWS_SECRET_ACCESS_KEY"), "{}", trail(&place));
}

#[test]
fn an_agents_wrapper_is_no_part_of_what_a_grant_counts() {
    let place = place("");
    let policy =
        format!("[[credentials.grant]]\nnames = \"ANTHROPIC_API_KEY\"\ncommand = \"{}\"\n", bin(&place, "claude"));
    std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
    let snapshots = place.home().join(".claude/shell-snapshots");
    std::fs::create_dir_all(&snapshots).expect("a folder");
    let snapshot = snapshots.join("snapshot-bash-1790-a.sh");
    std::fs::write(&snapshot, "alias -- ll='ls -l'\nshopt -s checkwinsize\n").expect("a snapshot");
    let wrapped = |inner: &str| {
        format!(
            "source {} 2>/dev/null || true && shopt -u extglob 2>/dev/null || true && eval '{inner}' < /dev/null && pwd -P >| {}/claude-1a2b-cwd",
            snapshot.display(),
            place.path("bin").display()
        )
    };
    for (inner, gets) in [("claude -p hello", true), ("env", false), ("claude -p x; env", false)] {
        std::fs::remove_file(place.path("seen")).ok();
        let output = dressed(place.shell(&["-c", &wrapped(inner)])).env("CLAUDECODE", "1").output().expect("the shell");
        assert_eq!(
            shown(&place, &output).contains(&"ANTHROPIC_API_KEY"),
            gets,
            "{inner}: {output:?}\n{}",
            trail(&place)
        );
    }
}

#[test]
fn a_held_shell_has_nothing_of_it_from_its_start() {
    for supervise in ["off", "always"] {
        let place = place(&format!("supervise = \"{supervise}\"\n[credentials]\n{HIDE}"));
        let mut shell = dressed(place.shell(&[]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        let text = "aws\necho $GH_TOKEN\ncat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -a GUARDED_HELD_TEST -B9999 | grep -a XXX\nenv\n";
        shell.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("the shell reads");
        let output = shell.wait_with_output().expect("an end");
        let shown = shown(&place, &output);
        assert!(!shown.contains(&"AWS_SECRET_ACCESS_KEY") && !shown.contains(&"GH_TOKEN"), "{supervise}: {output:?}");
        assert!(shown.contains(&"OPENAI_API_KEY"), "the shell has run: {output:?}");
    }
}

/// It comes out of a file that everything here can read.
#[test]
fn what_a_start_up_file_sets_again_is_recorded() {
    let place = place(&format!("supervise = \"off\"\n[credentials]\n{HIDE}"));
    std::fs::write(place.home().join(".bash_profile"), format!("export GH_TOKEN={SECRET}-again\n")).expect("a profile");
    // The system's profile sets PATH.
    let output = run(&place, &["-lc", &bin(&place, "aws")]);
    let seen = std::fs::read_to_string(place.path("seen")).unwrap_or_default();
    assert!(seen.contains("-again"), "{output:?}");
    let first = trail(&place);
    assert!(first.contains("set again before a program starts: GH_TOKEN\"") && !first.contains(SECRET), "{first}");
    // And where none does, it does not say so.
    std::fs::remove_file(place.home().join(".bash_profile")).expect("a profile");
    run(&place, &["-lc", &bin(&place, "aws")]);
    assert_eq!(trail(&place).matches("set again").count(), 1);
}

/// Also of what is not withheld: a word can be what a variable holds.
#[test]
fn the_trail_and_a_refusal_show_no_value_of_a_secret_variable() {
    let place = place("");
    let output =
        run(&place, &["-c", "echo $AWS_SECRET_ACCESS_KEY x${GH_TOKEN}y >/dev/null; rm -rf uploads $OPENAI_API_KEY"]);
    assert!(said(&output).contains("secret:variable") && !said(&output).contains(SECRET), "{}", said(&output));
    assert!(trail(&place).contains("secret:variable") && !trail(&place).contains(SECRET), "{}", trail(&place));
}

/// Who watches or feeds a tree was there before the variables were gone.
#[test]
fn no_process_of_the_guards_shows_them() {
    let look = "for e in /proc/[0-9]*/environ; do p=${e%/environ}; read -r c < $p/comm; \
                case $c in guarded*) echo \"$c\"; cat $e | tr '\\0' '\\n';; esac; done 2>/dev/null";
    for supervise in ["off", "always"] {
        let place = place(&format!("supervise = \"{supervise}\"\n[credentials]\n{HIDE}"));
        // Another tree at the same time would be another policy's.
        let own = format!("sleep 0.2; {look}");
        let output = dressed(place.shell(&["-c", &own]))
            .env("OPENAI_API_KEY", "x")
            .env("AWS_MINE", "only-here-7f3a")
            .output()
            .expect("the shell");
        assert!(!said(&output).contains("only-here-7f3a"), "{supervise}: {}", said(&output));
        if supervise == "always" {
            assert!(said(&output).contains("guarded-sh: exe"), "{}", said(&output));
        }
    }
    let place = place(&format!("supervise = \"always\"\n[credentials]\n{HIDE}"));
    let mut shell = dressed(place.shell(&[]))
        .env("AWS_MINE", "only-here-9b1c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    shell.stdin.take().expect("a pipe").write_all(format!("{look}\n").as_bytes()).expect("the shell reads");
    let output = shell.wait_with_output().expect("an end");
    assert!(said(&output).contains("guarded-sh") && !said(&output).contains("only-here-9b1c"), "{}", said(&output));
}

#[test]
fn a_program_with_a_tree_of_its_own_gets_it_no_more_than_a_shell_does() {
    let guarded = guarded_sh().with_file_name("guarded");
    let place = place(&format!("[credentials]\n{HIDE}"));
    let output = dressed(place.program(&guarded, &["run", "--", "aws", "s3", "ls"])).output().expect("guarded");
    let seen = shown(&place, &output);
    assert!(!seen.contains(&"AWS_SECRET_ACCESS_KEY") && !seen.contains(&"GH_TOKEN"), "{output:?}");
    assert!(seen.contains(&"OPENAI_API_KEY"), "{output:?}");
    // An agent needs its own.
    std::fs::remove_file(place.path("seen")).expect("the stub was called");
    let mut command = dressed(place.program(&guarded, &["run", "--", "claude"]));
    let output = command.env("CLAUDECODE", "1").output().expect("guarded");
    let seen = shown(&place, &output);
    assert!(seen.contains(&"ANTHROPIC_API_KEY") && !seen.contains(&"AWS_SECRET_ACCESS_KEY"), "{output:?}");
}

/// What the tree sets for itself is its own, also for a guarded shell below.
#[test]
fn what_the_text_sets_is_left_alone() {
    let place = place(&format!("[credentials]\n{HIDE}"));
    let line = format!("AWS_SECRET_ACCESS_KEY=made-here '{}' -c 'echo $AWS_SECRET_ACCESS_KEY'", guarded_sh().display());
    assert!(said(&run(&place, &["-c", &line])).contains("made-here"));
    // Who is called first can't be told so.
    let mut command = dressed(place.shell(&["-c", "env"]));
    let output = command.env("GUARDED_WITHHELD", "1.0").output().expect("the shell");
    assert!(!shown(&place, &output).contains(&"AWS_SECRET_ACCESS_KEY"));
}

/// The command meets what it will see: without its profile it is another account.
#[test]
fn judging_goes_by_the_environment_that_is_left() {
    let place = place(&format!("[credentials]\n{HIDE}\nkeep = [\"AWS_REGION\"]"));
    let line = "rm -rf uploads/$AWS_PART";
    let mut command = place.shell(&["-c", line]);
    command.env("AWS_PART", "nothing-here").output().expect("the shell");
    assert!(place.project().join("uploads/face.png").exists(), "it is the whole folder");
    let guarded = guarded_sh().with_file_name("guarded");
    let check = |line: &str| {
        let output = dressed(place.program(&guarded, &["check", "-c", line])).output().expect("guarded");
        said(&output)
    };
    assert!(check("aws s3 ls").contains("AWS_SECRET_ACCESS_KEY"));
    assert!(check("echo $GH_TOKEN").contains("GH_TOKEN"));
    let other = check("ls");
    assert!(!other.contains("AWS_SECRET_ACCESS_KEY") && !other.contains(SECRET), "{other}");
    let explained = said(&dressed(place.program(&guarded, &["explain", "ls"])).output().expect("guarded"));
    assert!(explained.contains("AWS_SECRET_ACCESS_KEY") && !explained.contains(SECRET), "{explained}");
}

#[test]
fn a_wrong_policy_says_so_and_stops() {
    for (text, says) in [
        ("[credentials]\nhide = [\"PATH\"]", "credentials.hide"),
        ("[credentials]\nhide = [\"CLAUDECODE\"]", "credentials.hide"),
        ("[[credentials.grant]]\nnames = \"X\"", "credentials.grant.command"),
        ("[credentials]\nhid = []", "try: hide"),
    ] {
        let output = run(&place(text), &["-c", "touch ran"]);
        assert_eq!(output.status.code(), Some(125), "{text}");
        assert!(said(&output).contains(says), "{text}: {}", said(&output));
    }
}
