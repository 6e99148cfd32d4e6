//! What can't be placed is told, and then nothing was written.

use std::path::Path;
use std::process::Stdio;

use guarded_sh::placement::{Scope, Trouble, carry_out};
use guarded_sh::show::{Explain, lay_out};

use super::{Ground, init, planned};
use crate::programs::guarded_sh;

/// The message; no file has changed.
fn refused(ground: &Ground, name: &str, scope: Scope) -> (Trouble, String) {
    let before = ground.snapshot();
    let trouble = init(name, &ground.means(scope)).expect_err("it can't be placed");
    assert_eq!(ground.snapshot(), before, "{trouble:?}");
    assert_ne!(trouble.exit(), guarded_sh::show::Exit::Fine);
    let text = lay_out("guarded", &trouble);
    (trouble, text)
}

#[test]
fn a_file_that_does_not_fit_is_cited_with_what_to_write() {
    for (text, line, says) in [
        ("{\n  \"a\": 1\n  \"b\": 2\n}\n", ":2:", "can't be read"),
        ("{\"a\": }", ":1:", "can't be read"),
        ("[]", ":1:", "no object"),
        ("{\n\n\"env\": []}", ":3:", "env is no object"),
        ("{\"hooks\": {\n\"PreToolUse\": {}}}", ":2:", "no array"),
        ("{\n\"env\": {\n\"CLAUDE_CODE_SHELL\": \"/bin/zsh\"}}", ":3:", "another value"),
        ("{\"env\": {},\n\"env\": {}}", ":2:", "stands twice"),
    ] {
        let ground = Ground::new();
        ground.write(".claude/settings.json", text.as_bytes());
        let (_, said) = refused(&ground, "claude-code", Scope::User);
        let cites = said.contains(&format!("settings.json{line}")) && said.contains(says);
        assert!(cites && said.contains("CLAUDE_CODE_SHELL = "), "{text:?}: {said}");
    }
    let ground = Ground::new();
    ground.write(".claude/settings.json", b"{\"a\": \"\xff\"}");
    assert!(refused(&ground, "claude-code", Scope::User).1.contains("UTF-8"));
    let deep = "[".repeat(100_000);
    ground.write(".claude/settings.json", format!("{{\"a\": {deep}").as_bytes());
    assert!(refused(&ground, "claude-code", Scope::User).1.contains("can't be read"));
}

#[test]
fn what_is_no_settings_file_is_not_touched() {
    let ground = Ground::new();
    let path = ground.write(".claude/settings.json", &vec![b' '; (4 << 20) + 1]);
    assert!(matches!(refused(&ground, "claude-code", Scope::User).0, Trouble::TooBig { .. }));
    std::fs::remove_file(&path).expect("removed");
    std::fs::create_dir(&path).expect("a folder");
    assert!(matches!(refused(&ground, "claude-code", Scope::User).0, Trouble::NotAFile(_)));
    std::fs::remove_dir(&path).expect("removed");
    std::os::unix::fs::symlink("nowhere/at/all", &path).expect("a link");
    assert!(matches!(refused(&ground, "claude-code", Scope::User).0, Trouble::Dangling(_)));
    std::fs::remove_file(&path).expect("removed");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let trouble = init("claude-code", &ground.means(Scope::User)).expect_err("a pipe is no file");
    assert!(matches!(trouble, Trouble::NotAFile(_)), "{trouble:?}");
}

/// All that is wanted is looked at before any of it is written.
#[test]
fn the_last_of_several_files_keeps_the_first_from_being_written() {
    let ground = Ground::new();
    ground.write(".profile", &vec![b'#'; (4 << 20) + 1]);
    assert!(matches!(refused(&ground, "codex", Scope::User).0, Trouble::TooBig { .. }));
    let ground = Ground::new();
    ground.write(".local/share/guarded/launchers/codex", b"#!/bin/sh\necho mine\n");
    assert!(matches!(refused(&ground, "codex", Scope::User).0, Trouble::IsThere(_)));
}

/// A project comes from elsewhere: its link would have us write for its authors.
#[test]
fn a_link_of_a_project_leads_us_nowhere() {
    let ground = Ground::new();
    let secret = ground.write(".ssh/config.json", b"{}");
    std::fs::create_dir(ground.project().join(".claude")).expect("a folder");
    let link = ground.project().join(".claude/settings.local.json");
    std::os::unix::fs::symlink(&secret, link).expect("a link");
    assert!(matches!(refused(&ground, "claude-code", Scope::Project).0, Trouble::LeadsOut { .. }));
    std::fs::remove_dir_all(ground.project().join(".claude")).expect("removed");
    std::fs::create_dir(ground.home().join("elsewhere")).expect("a folder");
    std::os::unix::fs::symlink("../elsewhere", ground.project().join(".claude")).expect("a link");
    assert!(matches!(refused(&ground, "claude-code", Scope::Project).0, Trouble::LeadsOut { .. }));
}

#[test]
fn a_home_that_cannot_be_written_keeps_all_as_it_was() {
    let ground = Ground::new();
    // Root may write anywhere, but not below a file.
    ground.write(".local/share", b"a file");
    let (trouble, _) = refused(&ground, "codex", Scope::User);
    assert!(matches!(trouble, Trouble::Io { .. }), "{trouble:?}");
    assert!(!ground.home().join(".codex").exists());
}

#[test]
fn another_users_file_is_left_alone() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let ground = Ground::new();
    let path = ground.write(".claude/settings.json", b"{}");
    std::os::unix::fs::chown(&path, Some(1234), None).expect("another owner");
    assert!(matches!(refused(&ground, "claude-code", Scope::User).0, Trouble::Foreign { owner: 1234, .. }));
    // A home that is another user's, as below sudo.
    std::os::unix::fs::chown(ground.home(), Some(1234), None).expect("another owner");
    let before = ground.snapshot();
    let (code, said) = typed(&ground, &["init", "pi"], false);
    assert!(code == 1 && said.contains("belongs to uid 1234"), "{code}: {said}");
    assert_eq!(ground.snapshot(), before);
    assert!(!ground.home().join(".local").exists());
}

/// As it is typed.
fn typed(ground: &Ground, words: &[&str], marker: bool) -> (i32, String) {
    let guarded = guarded_sh().with_file_name("guarded");
    let mut command = std::process::Command::new(guarded);
    command.args(words).env_clear().env("HOME", ground.home()).env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/bash");
    command.current_dir(ground.project()).stdin(Stdio::null());
    if marker {
        command.env("CLAUDECODE", "1");
    }
    let output = command.output().expect("guarded");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn an_agent_places_nothing_and_takes_nothing_away() {
    let ground = Ground::new();
    let before = ground.snapshot();
    let (code, said) = typed(&ground, &["init", "codex"], true);
    assert!(code != 0 && said.contains("for a person to say"), "{code}: {said}");
    assert_eq!(ground.snapshot(), before);
    init("codex", &ground.means(Scope::User)).expect("a placement");
    let placed = ground.snapshot();
    for words in [&["uninit", "codex"][..], &["uninit", "codex", "--user"]] {
        let (code, said) = typed(&ground, words, true);
        assert_ne!(code, 0, "{said}");
        assert_eq!(ground.snapshot(), placed);
    }
}

#[test]
fn a_dry_run_writes_nothing_and_shows_all() {
    let ground = Ground::new();
    ground.write(".codex/hooks.json", b"{}\n");
    let before = ground.snapshot();
    let (code, said) = typed(&ground, &["init", "codex", "--dry-run"], true);
    assert_eq!(code, 0, "{said}");
    for text in ["launchers/codex", ".codex/hooks.json", ".bashrc", "guarded hook codex"] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert_eq!(ground.snapshot(), before);
    assert!(!Path::new(&ground.home().join(".local/state/guarded/placement")).exists());
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    let ground = Ground::new();
    for (name, near) in [("claud-code", "claude-code"), ("claude", "claude-code"), ("gemini", "gemini-cli")] {
        let (code, said) = typed(&ground, &["init", name], false);
        assert!(code == 2 && said.contains(&format!("try: guarded init {near}")), "{code}: {said}");
    }
    let (code, said) = typed(&ground, &["init", "pi", "--project"], false);
    assert!(code == 2 && said.contains("guarded init pi --user"), "{code}: {said}");
    let (code, said) = typed(&ground, &["uninit", "pi"], false);
    assert!(code == 1 && said.contains("nothing was set up"), "{code}: {said}");
}

/// A plan holds for what it saw.
#[test]
fn what_changes_between_plan_and_writing_is_not_written_over() {
    let ground = Ground::new();
    let path = ground.write(".claude/settings.json", b"{}\n");
    let means = ground.means(Scope::User);
    let made = planned("claude-code", &means).expect("a plan");
    std::fs::write(&path, b"{\"a\": 1}\n").expect("changed");
    assert!(matches!(carry_out(&made, &means), Err(Trouble::ChangedMeanwhile(_))));
    assert_eq!(std::fs::read(&path).expect("settings"), b"{\"a\": 1}\n");
    let made = planned("claude-code", &means).expect("a plan");
    init("pi", &means).expect("another one");
    let before = ground.snapshot();
    assert!(matches!(carry_out(&made, &means), Err(Trouble::ChangedMeanwhile(_))));
    assert_eq!(ground.snapshot(), before);
}
