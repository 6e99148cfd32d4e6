//! A login shell and all users, in a system that lies in a folder: nothing of this machine's is written.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use guarded_sh::placement::login::{self, Login};
use guarded_sh::placement::{Means, Scope, Trouble, carry_out, plan, plan_back, system};

use super::Ground;

const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000::/home/ann:/usr/bin/zsh\n";

/// A system of one's own; `None` for a user who can't have one.
fn below() -> Option<(Ground, Means)> {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: not root");
        return None;
    }
    let ground = Ground::new();
    ground.write("system/etc/passwd", PASSWD.as_bytes());
    ground.write("system/etc/shadow", b"root:*:19000:0:99999:7:::\nann:*:19000:0:99999:7:::\n");
    ground.write("system/etc/group", b"root:x:0:\nann:x:1000:\n");
    ground.write("system/etc/shells", b"/bin/sh\n/bin/bash");
    let means = ground.means(Scope::Managed).under(&ground.home().join("system")).expect("means");
    Some((ground, means))
}

fn text(ground: &Ground, name: &str) -> String {
    std::fs::read_to_string(ground.home().join("system").join(name)).unwrap_or_default()
}

fn has_usermod() -> bool {
    let there = ["/usr/sbin/usermod", "/sbin/usermod"].iter().any(|path| Path::new(path).exists());
    if !there {
        eprintln!("skipped: no usermod");
    }
    there
}

#[test]
fn a_login_shell_is_set_and_put_back() {
    let Some((ground, means)) = below().filter(|_| has_usermod()) else { return };
    let wanted = login::wanted(&means, true).expect("files");
    carry_out(&plan("shell ann", &wanted, &means).expect("a plan"), &means).expect("set up");
    Login::of("ann", &means).expect("ann").set(&means).expect("set");
    let shell = login::script(&means).display().to_string();
    assert!(text(&ground, "etc/passwd").contains(&format!("ann:x:1000:1000::/home/ann:{shell}\n")));
    assert!(text(&ground, "etc/shells").contains(&shell));
    // Again changes nothing, and what it was before is not forgotten.
    Login::of("ann", &means).expect("ann").set(&means).expect("set");
    Login::of("ann", &means).expect("ann").put_back(&means).expect("put back");
    carry_out(&plan_back("shell ann", &means).expect("a plan"), &means).expect("taken back");
    assert_eq!(text(&ground, "etc/passwd"), PASSWD);
    assert_eq!(text(&ground, "etc/shells"), "/bin/sh\n/bin/bash");
    assert!(!Path::new(&shell).exists());
}

#[test]
fn a_shell_that_does_not_start_is_not_set() {
    let Some((ground, means)) = below() else { return };
    let script = ground.write("system/usr/local/share/guarded/login/bash", b"#!/bin/sh\nexit 1\n");
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let refused = Login::of("ann", &means).expect("ann").set(&means).expect_err("it does not start");
    assert!(matches!(refused, Trouble::NotAllowed(_)), "{refused:?}");
    assert_eq!(text(&ground, "etc/passwd"), PASSWD);
    assert!(Login::of("nobody-here", &means).is_err());
}

#[test]
fn an_ordinary_user_is_told_who_can_list_it() {
    let Some((_ground, means)) = below() else { return };
    let Err(Trouble::NotAllowed(why)) = login::wanted(&means, false) else { panic!("it is not listed") };
    assert!(why.contains("sudo tee -a /etc/shells"), "{why}");
}

/// The script as a login calls it: guarded, and where the guard is gone nothing but at a terminal.
#[test]
fn a_login_without_its_guard_runs_nothing_unless_a_person_sits_there() {
    let ground = Ground::new();
    let means = ground.means(Scope::User);
    let script = ground.write("login/bash", guarded_sh::placement::texts::login(&means).as_bytes());
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let done = Command::new(&script).args(["-c", "touch ran"]).current_dir(ground.home()).output().expect("the script");
    assert_eq!(done.status.code(), Some(127), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!ground.home().join("ran").exists());
    std::fs::create_dir_all(&means.links).expect("a folder");
    std::os::unix::fs::symlink(&means.shell, means.link("bash")).expect("a link");
    let mut guarded = Command::new(&script);
    guarded.args(["-c", "echo $((6 * 7))"]).env("HOME", ground.home());
    assert_eq!(guarded.output().expect("the script").stdout, b"42\n");
}

#[test]
fn all_users_are_set_up_and_every_byte_comes_back() {
    let Some((ground, mut means)) = below() else { return };
    for name in ["claude", "codex", "gemini", "zsh", "fish"] {
        ground.write(&format!("bin/{name}"), b"");
    }
    ground.write("system/etc/zsh/zshrc", b"# the system's\n");
    means.environment.push(("PATH".to_owned(), ground.home().join("bin").display().to_string()));
    let before = ground.snapshot();
    let wanted = system::wanted(&means).expect("root's files");
    carry_out(&plan("system", &wanted, &means).expect("a plan"), &means).expect("set up");
    assert!(text(&ground, "etc/claude-code/managed-settings.json").contains("CLAUDE_CODE_SHELL"));
    assert!(text(&ground, "etc/zsh/zshrc").contains("guarded.zsh"));
    assert!(text(&ground, "etc/fish/conf.d/guarded.fish").contains("__guarded_enter"));
    assert!(text(&ground, "etc/profile.d/guarded.sh").contains("launchers"));
    assert!(text(&ground, "usr/local/share/guarded/launchers/codex").contains("run --"));
    carry_out(&plan_back("system", &means).expect("a plan"), &means).expect("taken back");
    assert_eq!(ground.snapshot(), before);
}
