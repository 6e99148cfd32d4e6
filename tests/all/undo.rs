//! What a permitted command destroys comes back: byte for byte, whatever it was, and whenever somebody is killed.

mod yard;
mod trees;
mod killed;
mod attacks;
mod repositories;
mod emptied;
mod overwriters;
mod foreseen;
mod ordinary;

use guarded_sh::policy::Undo;
use guarded_sh::vault::{Fate, Loss, Losses, Request, Vault};
use yard::Yard;

#[test]
fn a_removed_tree_comes_back_and_an_overwritten_file_too() {
    let yard = Yard::new();
    yard.bash("mkdir -p d/e; echo one >d/e/f; ln -s f d/e/l; echo two >g");
    yard.runs("rm -rf d");
    assert!(!yard.path("d").exists());
    yard.back();
    assert_eq!(yard.read("d/e/f"), b"one\n");
    yard.runs("echo other >g");
    assert_eq!(yard.read("g"), b"other\n");
    yard.back();
    assert_eq!(yard.read("g"), b"two\n");
}

#[test]
fn what_is_newer_is_left_and_the_old_lies_beside_it() {
    let yard = Yard::new();
    yard.bash("mkdir d; echo old >d/f; echo old >g");
    yard.runs("rm -rf d");
    yard.bash("mkdir d; echo new >d/f");
    assert!(!yard.undo(&["--last"]).status.success());
    assert_eq!(yard.read("d/f"), b"new\n");
    yard.runs("echo from the command >g");
    yard.settled();
    yard.bash("echo new >>g");
    assert!(!yard.undo(&["--last"]).status.success());
    assert_eq!(yard.read("g"), b"from the command\nnew\n");
    let old = yard.names().into_iter().filter(|name| name.contains(".undo-")).count();
    assert_eq!(old, 1);
}

#[test]
fn what_an_undo_puts_aside_comes_back_as_well() {
    let yard = Yard::new();
    yard.bash("echo old >g");
    yard.runs("echo new >g");
    yard.back();
    let listed = yard.entries();
    let aside = listed.iter().find(|one| one["by_undo"] == true).expect("what was put aside");
    assert!(yard.undo(&["restore", aside["id"].as_str().expect("an id")]).status.success());
    assert_eq!(yard.read("g"), b"new\n");
}

#[test]
fn a_copy_goes_elsewhere_and_the_vault_keeps_its_own() {
    let yard = Yard::new();
    yard.bash("mkdir d; echo one >d/f");
    yard.runs("rm -r d");
    for place in ["one", "two"] {
        assert!(yard.undo(&["--last", "--to", place]).status.success());
        assert_eq!(yard.read(&format!("{place}/d/f")), b"one\n");
    }
    assert!(!yard.path("d").exists());
    yard.back();
    assert_eq!(yard.read("d/f"), b"one\n");
}

#[test]
fn what_is_kept_is_shown_with_how_it_differs() {
    let yard = Yard::new();
    yard.bash("echo old >g");
    yard.runs("echo new >g");
    let id = yard.entries()[0]["id"].as_str().expect("an id").to_owned();
    let shown = String::from_utf8_lossy(&yard.undo(&["show", &id]).stdout).into_owned();
    assert!(shown.contains("-new") && shown.contains("+old"), "{shown}");
}

#[test]
fn only_a_person_throws_away_what_is_kept() {
    let yard = Yard::new();
    yard.bash("echo old >g");
    yard.runs("rm g");
    for words in [&["prune", "--all"][..], &["prune", "--older", "1s"]] {
        assert!(!yard.undo(words).status.success());
    }
    yard.back();
    assert_eq!(yard.read("g"), b"old\n");
}

#[test]
fn age_and_budget_let_the_oldest_go() {
    let yard = Yard::new();
    yard.policy("[undo]\nfiles = 3");
    for name in ["a", "b", "c", "d", "e"] {
        yard.bash(&format!("echo {name} >{name}"));
        yard.runs(&format!("rm {name}"));
        yard.settled();
    }
    let mut kept: Vec<String> = yard.entries().iter().map(|one| one["items"][0]["path"].to_string()).collect();
    kept.sort();
    assert_eq!(kept.len(), 3);
    assert!(kept[0].ends_with("/c\"") && kept[2].ends_with("/e\""), "{kept:?}");
}

#[test]
fn what_is_too_much_is_not_kept_and_the_trail_says_so() {
    let yard = Yard::new();
    yard.policy("[undo]\nfiles = 3\nbytes = 100000");
    yard.bash("mkdir d; touch d/1 d/2 d/3 d/4; head -c 200000 /dev/zero | tr '\\0' x >big");
    yard.runs("rm -rf d");
    yard.runs("rm big");
    assert_eq!(yard.entries().len(), 0);
    let guarded = yard.guarded();
    let log = yard.surround(std::process::Command::new(guarded).args(["log", "--kind", "kept"])).output().expect("log");
    assert_eq!(String::from_utf8_lossy(&log.stdout).matches("not kept: ").count(), 2);
    let trail = yard.trail();
    assert!(trail.contains("more than 3 files") && trail.contains("more than 100000 bytes"), "{trail}");
}

#[test]
fn the_policy_switches_it_off_and_a_project_does_not() {
    let yard = Yard::new();
    yard.bash("echo a >a; echo b >b; printf '[undo]\\nenabled = false\\n' >.guarded.toml");
    assert!(!yard.shell("rm a").status.success() || yard.entries().len() == 1);
    yard.bash("rm .guarded.toml");
    yard.policy("[undo]\nenabled = false");
    let before = yard.entries().len();
    yard.runs("rm b");
    assert_eq!(yard.entries().len(), before);
}

#[test]
fn a_command_that_destroys_nothing_makes_no_vault() {
    let yard = Yard::new();
    yard.runs("echo a >new; cat new; ls; mkdir d; rm -f missing; if false; then echo; fi");
    assert!(!yard.vault().exists());
    // What was not run after all is not kept for long.
    yard.bash("echo a >a");
    yard.runs("if false; then rm a; fi");
    yard.settled();
    assert_eq!(yard.entries().len(), 0);
}

#[test]
fn where_rm_does_not_come_to_it_the_tree_is_put_back() {
    let yard = Yard::new();
    yard.bash("mkdir d; echo one >d/f");
    let vault = Vault::of(&yard.top().join("state/guarded"), Undo::default());
    let loss = Loss { path: yard.path("d"), fate: Fate::Unlinked, exchangeable: true, whole: true, removed: true };
    let losses = Losses { all: vec![loss], ..Losses::default() };
    let process = i32::try_from(std::process::id()).ok();
    let directory = yard.path("");
    let mut kept = vault.keep(&Request {
        losses: &losses,
        alone: true,
        process,
        group: None,
        command: "rm -rf d",
        directory: &directory,
        hurried: false,
    });
    vault.exchange(&mut kept, true);
    assert!(yard.path("d").exists() && !yard.path("d/f").exists(), "an empty one stands there");
    vault.settle(kept.id.as_ref().expect("an id"), None).expect("settled");
    assert_eq!(yard.read("d/f"), b"one\n");
    assert_eq!(yard.entries().len(), 0);
}

#[test]
fn each_exec_is_kept_for_where_execs_are_judged() {
    let yard = Yard::new();
    yard.policy("supervise = \"always\"");
    yard.bash("mkdir -p d/e; echo one >d/e/f; echo two >g; echo three >h; echo d >one; echo g >other");
    yard.runs("x=$(cat one); rm -rf \"$x\"; rm $(cat other); echo >h");
    assert!(!yard.path("d").exists() && !yard.path("g").exists());
    yard.settled();
    // One call, one undo.
    yard.back();
    assert_eq!(
        (yard.read("d/e/f"), yard.read("g"), yard.read("h")),
        (b"one\n".into(), b"two\n".into(), b"three\n".into())
    );
}

#[test]
fn what_a_line_of_a_held_shell_left_is_known_at_the_next() {
    use std::io::Write;
    let yard = Yard::new();
    yard.bash("echo old >g; echo old >h");
    let mut command = std::process::Command::new(yard.guarded_sh());
    let mut shell = yard.surround(&mut command).stdin(std::process::Stdio::piped()).spawn().expect("the shell");
    let mut input = shell.stdin.take().expect("a pipe");
    input.write_all(b"echo new >g\necho new >h\n:\n").expect("a reader");
    drop(input);
    assert!(shell.wait().expect("an end").success());
    for name in ["h", "g"] {
        assert_eq!(yard.read(name), b"new\n");
        yard.back();
        assert_eq!(yard.read(name), b"old\n");
    }
}

#[test]
fn what_the_text_itself_gives_another_name_is_kept_as_well() {
    let yard = Yard::new();
    yard.bash("echo precious >a");
    yard.runs("mv a b; echo new >b");
    yard.back();
    assert_eq!(yard.read("a"), b"precious\n");
}

#[test]
fn a_database_comes_back_as_it_was() {
    let yard = Yard::new();
    if std::process::Command::new("sqlite3").arg("-version").output().is_err() {
        eprintln!("skipped: no sqlite3");
        return;
    }
    yard.bash("sqlite3 db 'create table a(x); insert into a values(7)'");
    let before = yard.read("db");
    yard.runs("sqlite3 db 'drop table a'");
    assert_ne!(yard.read("db"), before);
    yard.back();
    assert_eq!(yard.read("db"), before);
}

#[test]
fn what_is_removed_and_made_anew_in_one_text_comes_back() {
    // What `mv` put there goes home where the text is judged as a whole; else it is put aside.
    for (text, policy) in [
        ("rm g; echo new >g", ""),
        ("echo new >g; rm g; echo newer >g", ""),
        ("rm g; mv h g", "supervise = \"off\""),
        ("cp h g; rm g", ""),
    ] {
        let yard = Yard::new();
        yard.policy(policy);
        yard.bash("echo old >g; echo other >h");
        yard.runs(text);
        yard.settled();
        let entries = yard.entries();
        yard.back();
        assert_eq!((yard.read("g"), yard.read("h")), (b"old\n".into(), b"other\n".into()), "{text}: {entries:#?}");
    }
}

/// Agents note in a scratch file where each command ended: that is no loss, and costs nothing.
#[test]
fn scratch_files_and_build_output_are_not_kept() {
    let yard = Yard::new();
    yard.bash("printf '[package]\\nname = \"x\"\\n' >Cargo.toml; git init -q; echo target >.gitignore; git add -A; \
               git -c user.name=x -c user.email=x@example.com commit -qm x; mkdir target; touch target/a; mkdir ../tmp; \
               echo one >../tmp/note; echo one >mine");
    let scratch = yard.top().join("tmp");
    let text = format!("rm -rf target; pwd >|{}/note; echo two >mine", scratch.display());
    yard.shell_with(&text, |command| {
        command.env("TMPDIR", &scratch);
    });
    yard.settled();
    let kept: Vec<String> = yard
        .entries()
        .iter()
        .filter_map(|one| one["items"].as_array().cloned())
        .flatten()
        .filter_map(|item| item["path"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(kept, [yard.path("mine").display().to_string()]);
}
