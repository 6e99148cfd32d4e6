//! Command lines and what bash makes of them; the differential test holds the same against the real one.

use bstr::BString;

use super::{Invocation, RcFile, ShKind, Shell, StdinKind, Surroundings, Text, read, script_candidates};
use crate::parse::Dialect;

const PIPE: Surroundings = Surroundings {
    stdin: StdinKind::Pipe,
    stdout_terminal: false,
    stderr_terminal: false,
    sh: ShKind::Dash,
    setuid: false,
};
const TERMINAL: Surroundings =
    Surroundings { stdin: StdinKind::Terminal, stdout_terminal: true, stderr_terminal: true, ..PIPE };

fn called(argv: &[&str], environment: &[(&str, &str)], around: Surroundings) -> Invocation {
    let argv = argv.iter().map(|&word| BString::from(word)).collect();
    let environment = environment.iter().map(|&(name, value)| (name.into(), value.into())).collect();
    read(argv, environment, "/".into(), around)
}

fn bash(arguments: &[&str]) -> Invocation {
    called(&[&["bash"], arguments].concat(), &[("HOME", "/h")], PIPE)
}

fn command(text: &str) -> Text {
    Text::Command(text.into())
}

#[test]
fn the_command_string_stands_after_all_option_words() {
    for line in [
        &["-c", "text", "zero", "one"][..],
        &["-lc", "text", "zero", "one"],
        &["-ic", "text", "zero", "one"],
        &["-co", "pipefail", "text", "zero", "one"],
        &["-o", "pipefail", "-c", "text", "zero", "one"],
        &["-oOc", "errexit", "extglob", "text", "zero", "one"],
        &["-O", "extglob", "-c", "text", "zero", "one"],
        &["+O", "extglob", "-c", "text", "zero", "one"],
        &["+B", "-c", "text", "zero", "one"],
        &["-c", "-x", "text", "zero", "one"],
        &["-c", "--", "text", "zero", "one"],
        &["-c", "-", "text", "zero", "one"],
        &["--norc", "--noprofile", "-c", "text", "zero", "one"],
        &["-norc", "-login", "-c", "text", "zero", "one"],
        &["--rcfile", "-c", "-c", "text", "zero", "one"],
        &["+c", "text", "zero", "one"],
        &["-sc", "text", "zero", "one"],
    ] {
        let call = bash(line);
        assert_eq!(call.text, command("text"), "{line:?}");
        assert_eq!(call.name, "zero", "{line:?}");
        assert_eq!(call.positional, ["one"], "{line:?}");
    }
}

#[test]
fn what_bash_complains_about_runs_no_text() {
    for line in [
        &["-c"][..],
        &["--version"],
        &["-c", "--help"],
        &["--nope", "-c", "text"],
        &["-Z", "-c", "text"],
        &["-c", "--norc", "text"],
        &["-o", "nope", "-c", "text"],
        &["--rcfile"],
    ] {
        let call = bash(line);
        assert_eq!(call.text, Text::Nothing, "{line:?}");
        assert!(call.startup.is_empty(), "{line:?}");
    }
}

#[test]
fn scripts_and_standard_input() {
    let call = bash(&["-x", "script", "-c"]);
    assert_eq!((call.text, call.positional), (Text::File("script".into()), vec!["-c".into()]));
    let call = bash(&["-s", "a", "b"]);
    assert_eq!((call.text, call.positional.len()), (Text::Stdin, 2));
    assert_eq!(bash(&["--", "-c"]).text, Text::File("-c".into()));
    assert_eq!(bash(&["-o"]).text, Text::Stdin);
    let call = called(&["bash", "s"], &[("PATH", "/a::/b")], PIPE);
    assert_eq!(script_candidates(&call, b"s"), ["s", "/a/s", "./s", "/b/s"]);
    assert_eq!(script_candidates(&call, b"./s"), ["./s"]);
}

#[test]
fn the_name_decides_what_is_run() {
    for (name, shell, login) in [
        ("-bash", Shell::Bash, true),
        ("/usr/bin/rbash", Shell::Restricted, false),
        ("-/bin/sh", Shell::Sh, true),
        ("-sh", Shell::Sh, true),
        ("sh", Shell::Sh, false),
        ("", Shell::Bash, false),
        ("/x/guarded-sh", Shell::Bash, false),
    ] {
        let call = called(&[name, "-c", "text"], &[], PIPE);
        assert_eq!((call.shell, call.login), (shell, login), "{name}");
    }
    assert_eq!(called(&[], &[], PIPE).name, "bash");
}

#[test]
fn sh_is_read_as_the_real_sh_reads() {
    let call = called(&["sh", "-ec", "text", "zero"], &[], PIPE);
    assert_eq!((call.text, call.mode.dialect), (command("text"), Dialect::Dash));
    assert_eq!(called(&["sh", "--norc", "-c", "text"], &[], PIPE).text, Text::Nothing);
    let linked = Surroundings { sh: ShKind::Bash, ..PIPE };
    let call = called(&["sh", "--norc", "-c", "text"], &[], linked);
    assert_eq!((call.text, call.mode.dialect), (command("text"), Dialect::Posix));
}

#[test]
fn terminals_make_a_shell_interactive() {
    assert!(called(&["bash"], &[], TERMINAL).interactive);
    assert!(called(&["bash", "-s", "x"], &[], TERMINAL).interactive);
    assert!(!called(&["bash", "script"], &[], TERMINAL).interactive);
    assert!(!called(&["bash", "-c", "x"], &[], TERMINAL).interactive);
    assert!(!called(&["bash"], &[], Surroundings { stderr_terminal: false, ..TERMINAL }).interactive);
    assert!(bash(&["-ic", "x"]).interactive);
    assert!(bash(&["-nc", "x"]).reads_only);
    assert!(!bash(&["-nic", "x"]).reads_only);
}

#[test]
fn start_up_files_are_those_that_bash_reads() {
    let login = ["/etc/profile", "/h/.bash_profile", "/h/.bash_login", "/h/.profile"];
    let rc = ["/etc/bash.bashrc", "/h/.bashrc"];
    let environment = [("HOME", "/h"), ("BASH_ENV", "/e"), ("ENV", "~/env")];
    let files = |argv: &[&str]| called(argv, &environment, PIPE).startup;
    assert_eq!(files(&["bash", "-c", "x"]), ["/e"]);
    assert_eq!(files(&["bash", "-pc", "x"]), [""; 0]);
    assert_eq!(files(&["bash", "--posix", "-c", "x"]), [""; 0]);
    assert_eq!(files(&["bash", "-lc", "x"]), [&login[..], &["/e"]].concat());
    assert_eq!(files(&["-bash", "-i"]), login);
    assert_eq!(files(&["bash", "-l", "--noprofile", "-i"]), [""; 0]);
    assert_eq!(files(&["bash", "-ic", "x"]), rc);
    assert_eq!(files(&["bash", "--norc", "-ic", "x"]), [""; 0]);
    assert_eq!(files(&["bash", "--rcfile", "f", "-i"]), ["/etc/bash.bashrc", "f"]);
    assert_eq!(files(&["bash", "--posix", "-i"]), ["/h/env"]);
    assert_eq!(files(&["sh", "-c", "x"]), [""; 0]);
    assert_eq!(files(&["sh", "-i"]), ["/h/env"]);
    assert_eq!(files(&["-sh", "-c", "x"]), ["/etc/profile", "/h/.profile"]);
    let call = called(&["bash", "-c", "x"], &[("BASH_ENV", "$(evil)")], PIPE);
    assert_eq!((call.startup.len(), call.startup_text), (0, vec!["$(evil)".into()]));
    let call = called(&["bash", "-c", "x"], &[("HOME", "/h"), ("SSH_CLIENT", "")], PIPE);
    assert_eq!(call.startup, rc);
}

#[test]
fn options_of_the_environment_change_the_grammar() {
    let call = called(&["bash", "-c", "x"], &[("BASHOPTS", "a:extglob"), ("POSIXLY_CORRECT", "")], PIPE);
    assert!(call.mode.extglob && call.mode.expand_aliases);
    assert_eq!(call.mode.dialect, Dialect::Posix);
    assert!(!called(&["bash", "-pc", "x"], &[("BASHOPTS", "extglob")], PIPE).mode.extglob);
    assert_eq!(bash(&["--rcfile", "f", "-i"]).rc, RcFile::Named("f".into()));
}

#[test]
fn any_argv_is_read_without_a_panic() {
    let words = ["", "-", "--", "-c", "+", "-o", "-O", "-lc", "--rcfile", "\u{ff}", "-\u{80}", "x"];
    for a in words {
        for b in words {
            for c in words {
                for name in ["", "-", "sh", "bash"] {
                    let _ = called(&[name, a, b, c], &[("SHLVL", "x")], TERMINAL);
                }
            }
        }
    }
}
