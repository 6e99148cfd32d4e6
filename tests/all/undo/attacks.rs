//! What reaches a kept file from outside, what is kept of what should not be, and a vault that can't be used.

use std::io::Write;
use std::os::unix::fs::FileTypeExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::yard::Yard;

#[test]
pub fn a_descriptor_that_is_held_open_does_not_reach_what_is_kept() {
    let yard = Yard::new();
    yard.bash("mkdir t; echo kept >t/f");
    let mut held = std::fs::OpenOptions::new().append(true).open(yard.path("t/f")).expect("a file");
    yard.runs("rm -rf t");
    held.write_all(b"late\n").expect("written");
    yard.back();
    assert_eq!(yard.read("t/f"), b"kept\n");
}

#[test]
pub fn a_second_name_does_not_reach_what_is_kept() {
    let yard = Yard::new();
    yard.bash("mkdir t; echo kept >t/f; ln t/f out; echo kept >g; ln g out2");
    yard.runs("rm -rf t");
    yard.runs("true; rm g");
    yard.bash("echo late >>out; echo late >>out2");
    yard.back();
    yard.back();
    assert_eq!((yard.read("t/f"), yard.read("g")), (b"kept\n".into(), b"kept\n".into()));
}

#[test]
pub fn a_tree_that_is_too_large_to_copy_is_said_to_be_reached() {
    let yard = Yard::new();
    yard.bash("mkdir t; for i in {1..2100}; do : >t/$i; done; ln t/1 out");
    yard.runs("rm -rf t");
    let entry = yard.entries().remove(0);
    assert_eq!(entry["items"][0]["isolated"], false);
    let id = entry["id"].as_str().expect("an id").to_owned();
    let shown = String::from_utf8_lossy(&yard.undo(&["show", &id]).stdout).into_owned();
    assert!(shown.contains("not isolated"), "{shown}");
}

#[test]
pub fn a_folder_that_is_swapped_for_a_link_while_it_is_kept_leads_nowhere() {
    let yard = Yard::new();
    yard.bash("mkdir -p real/x secret/x; echo fine >real/x/f; echo SECRET >secret/x/f; ln -s real way");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // `real` is now the folder, now a link to the secret one.
            while !stop.load(Ordering::Relaxed) {
                let _ = std::fs::rename(yard.path("real"), yard.path("aside"));
                let _ = std::os::unix::fs::symlink("secret", yard.path("real"));
                let _ = std::fs::remove_file(yard.path("real"));
                let _ = std::fs::rename(yard.path("aside"), yard.path("real"));
            }
        });
        for _ in 0..30 {
            // Judged as what it is at that moment; what is kept is what was looked at then, or nothing.
            yard.shell("true; cp /etc/hostname real/x/f");
        }
        stop.store(true, Ordering::Relaxed);
    });
    for entry in yard.entries() {
        for item in entry["items"].as_array().expect("items") {
            let path = item["path"].as_str().expect("a path");
            // What a program opens is called by where it lies by then.
            let known = ["/real/", "/secret/", "/aside/"].iter().any(|name| path.contains(name));
            assert!(known, "{path}");
        }
    }
    let kept = Command::new("grep").args(["-rl", "SECRET"]).arg(yard.vault()).output().expect("grep");
    for found in String::from_utf8_lossy(&kept.stdout).lines().filter(|line| !line.ends_with("/manifest.json")) {
        // Only what was resolved to the secret folder itself holds it.
        let folder = std::path::Path::new(found).parent().expect("a folder");
        let manifest = std::fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
        assert!(manifest.contains("/secret/x/f"), "{found}: {manifest}");
    }
}

#[test]
pub fn a_fifo_keeps_nobody_waiting_and_comes_back_as_one() {
    let yard = Yard::new();
    yard.bash("mkdir t; mkfifo t/p; echo a >t/f");
    let held = std::fs::File::open(yard.path("t")).expect("a folder");
    // Held open, so that it is copied.
    yard.runs("rm -rf t");
    drop(held);
    yard.back();
    let about = std::fs::symlink_metadata(yard.path("t/p")).expect("a file");
    assert!(about.file_type().is_fifo());
    assert_eq!(yard.read("t/f"), b"a\n");
}

#[test]
pub fn the_vault_keeps_nothing_of_itself() {
    let yard = Yard::new();
    yard.bash("echo a >a");
    yard.runs("rm a");
    let state = yard.top().join("state");
    yard.shell(&format!("rm -rf {}", state.display()));
    assert!(!state.join("guarded/vault").exists() || !yard.trail().contains("\"how\":\"exchanged\""));
}

/// In a mount namespace of its own, where that can be had; `None`: it can't.
pub fn apart(yard: &Yard, script: &str) -> Option<String> {
    let can = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).output();
    if !can.is_ok_and(|ended| ended.status.success()) {
        eprintln!("skipped: no mount namespace here");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-rm", "bash", "-euc", script]).env("SH", yard.guarded_sh());
    command.env("GUARDED", yard.guarded());
    let ended = yard.surround(&mut command).output().expect("unshare");
    let told = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{told}");
    Some(told)
}

#[test]
pub fn a_full_vault_stops_no_command_and_leaves_no_half() {
    let yard = Yard::new();
    let told = apart(
        &yard,
        "mount -t tmpfs -o size=600k none .; cd \"$PWD\"; head -c 250000 /dev/zero | tr '\\0' x >a
         head -c 250000 /dev/zero | tr '\\0' y >b; \"$SH\" -c 'cp a b'; cmp a b
         sleep 0.3; ls -A . .guarded-vault-* | grep -v gitignore; \"$GUARDED\" undo list",
    );
    if let Some(told) = told {
        assert!(told.contains("nothing is kept"), "{told}");
        assert!(yard.trail().contains("disk is full"), "{}", yard.trail());
    }
}

#[test]
pub fn a_vault_that_can_not_be_written_stops_no_command() {
    let yard = Yard::new();
    yard.bash("echo a >a; mkdir -p ../state/guarded");
    let told = apart(
        &yard,
        "mount --bind ../state ../state; mount -o remount,bind,ro ../state; TMPDIR=$PWD \"$SH\" -c 'rm a'; ! test -e a
         cat guarded-audit-*/audit.jsonl",
    );
    if let Some(told) = told {
        assert!(told.contains("the vault can't be written"), "{told}");
    }
}

#[test]
pub fn another_file_system_has_a_vault_of_its_own_and_one_mounted_below_stays() {
    let yard = Yard::new();
    yard.bash("mkdir m");
    let told = apart(
        &yard,
        "mount -t tmpfs none m; cd m; mkdir -p t/in t/m; echo a >t/in/f; mount -t tmpfs none t/m; echo b >t/m/g
         \"$SH\" -c 'rm -rf t' || true; sleep 0.3; ! test -e t/in; mountpoint -q t/m
         \"$GUARDED\" undo --last; cat t/in/f; ls -d .guarded-vault-*",
    );
    if let Some(told) = told {
        assert!(told.contains("a\n") && told.contains(".guarded-vault-"), "{told}");
    }
}
