//! What is mild because it can be undone is not where it can't be: that is known before the command runs.

use super::overwriters::is_there;
use super::yard::{Yard, as_ordinary_user};

/// 200 kB that something would replace, and what would. In git, so that no agent above this made it.
const FILES: &str = "git init -q; : >old; git add old; git -c user.name=x -c user.email=x@example.com commit -qm x
     head -c 200000 /dev/zero | tr '\\0' x >old; echo new >new; tar -cf a.tar --transform s/new/old/ new; cp new other
     mkdir d; cp new d/old; (cd d && python3 -m zipfile -c ../a.zip old); ln -s old link";

const REPLACES: &[(&str, &str)] = &[
    ("mv", "mv new old"),
    ("mv", "mv d/old ."),
    ("cp", "cp new old"),
    ("cp", "cp new link"),
    ("install", "install new old"),
    ("ln", "ln -sf new old"),
    ("tar", "tar -xf a.tar"),
    ("tar", "tar xf a.tar"),
    ("unzip", "unzip -qo a.zip"),
    ("rsync", "rsync new old"),
];

/// Its own purpose, or nothing that anybody would miss.
const MILD: &[&str] = &[
    "sed -i s/x/y/ old",
    "echo more >>old",
    "cp new nowhere; mv other elsewhere",
    "mkdir e; tar -xf a.tar -C e",
    "tar -xkf a.tar || :",
    "mv -n new old",
    "cp old new",
    ": >empty; mv new empty",
    "cp -r d e; cp -r d/. e/",
];

fn prepared(policy: &str) -> Yard {
    let yard = Yard::new();
    yard.policy_as_given(&format!("{policy}\n[ask]\nwait = 0\n"));
    yard.bash(FILES);
    yard
}

fn is_old(yard: &Yard) -> bool {
    yard.read("old").len() == 200_000 && !yard.path("old").is_symlink()
}

#[test]
fn what_no_budget_holds_is_asked_about() {
    for (tool, line) in REPLACES {
        if !is_there(tool) {
            eprintln!("skipped: no {tool}");
            continue;
        }
        for supervise in ["off", "always"] {
            let yard = prepared(&format!("supervise = \"{supervise}\"\n[undo]\nbytes = 100000"));
            let ended = yard.shell(line);
            let told = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert!(is_old(&yard) && !ended.status.success(), "{line}: {told}");
            assert!(told.contains("could not be brought back"), "{line}: {told}");
            let yard = prepared(&format!("supervise = \"{supervise}\""));
            yard.runs(line);
            assert!(!is_old(&yard), "{line}");
            yard.settled();
            yard.back();
            assert!(is_old(&yard), "{line}");
        }
    }
}

#[test]
fn what_was_mild_without_undo_stays_so() {
    let yard = prepared("[undo]\nbytes = 100000");
    for line in MILD {
        let yard = prepared("[undo]\nbytes = 100000");
        yard.runs(line);
    }
    // What git brings back.
    yard.bash("git add .; git -c user.name=x -c user.email=x@example.com commit -qm x");
    yard.runs("mv new old");
    // Whoever keeps nothing has decided that.
    prepared("[undo]\nenabled = false").runs("mv new old");
}

fn without_a_vault() {
    let yard = prepared("");
    yard.bash("mkdir -p ../tmp; chmod 555 ../state");
    let run = |line: &str| {
        yard.shell_with(line, |command| {
            command.env("TMPDIR", yard.top().join("tmp"));
        })
    };
    let ended = run("mv new old");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(is_old(&yard) && !ended.status.success() && told.contains("the vault can't be written"), "{told}");
    assert!(run("sed -i s/x/y/ old; mv new nowhere").status.success());
    yard.bash("chmod 755 ../state; echo new >new");
    yard.bash(
        "rm -rf ../state/guarded; mkdir ../state/guarded; touch ../state/guarded/vault; chmod 700 ../state/guarded",
    );
    assert!(!yard.shell("mv new old").status.success(), "a file is no vault");
    yard.bash("rm ../state/guarded/vault");
    yard.runs("mv new old");
}

#[test]
fn where_there_is_no_vault_it_is_asked_about() {
    // Root can write everywhere.
    as_ordinary_user(&[without_a_vault]);
}

#[test]
fn where_the_disk_is_full_it_is_asked_about() {
    let yard = prepared("");
    let told = super::attacks::apart(
        &yard,
        "mkdir m; mount -t tmpfs -o size=600k none m; cp old new m; cd m; head -c 300000 /dev/zero >more
         ! \"$SH\" -c 'cp new old'; test $(stat -c %s old) = 200000; rm more; \"$SH\" -c 'cp new old'; cmp old new",
    );
    assert!(told.is_none_or(|told| told.contains("disk is full")));
}

fn what_can_not_be_read() {
    let yard = prepared("");
    yard.bash("chmod 000 old");
    assert!(!yard.shell("cp -f new old").status.success());
    yard.bash("chmod 644 old");
    assert!(is_old(&yard));
}

#[test]
fn what_can_not_be_read_is_asked_about() {
    as_ordinary_user(&[what_can_not_be_read]);
}
