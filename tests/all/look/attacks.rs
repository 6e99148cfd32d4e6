//! Looking executes nothing of what it looks at.

use std::os::unix::fs::PermissionsExt;

use super::Scenario;

/// Whatever a repository can name to be run is set to leave a mark.
fn trap(scenario: &Scenario) {
    let mark = scenario.path("MARK");
    let script = scenario.path("trap.sh");
    std::fs::write(&script, format!("#!/bin/sh\ntouch '{}'\ncat\n", mark.display())).expect("a script");
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).expect("a mode");
    let script = script.to_string_lossy().into_owned();
    for key in [
        "core.fsmonitor",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "diff.x.textconv",
        "diff.external",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "alias.status",
        "gpg.program",
        "credential.helper",
    ] {
        scenario.git(&["config", key, &script]);
    }
    scenario.git(&["config", "core.hooksPath", &scenario.path("hooks").to_string_lossy()]);
    for hook in ["post-index-change", "reference-transaction", "post-checkout", "pre-commit", "fsmonitor-watchman"] {
        scenario.write(&format!("hooks/{hook}"), "");
        std::fs::copy(scenario.path("trap.sh"), scenario.path(&format!("hooks/{hook}"))).expect("a hook");
    }
    scenario.write("repo/.git/info/attributes", "*.rs filter=x diff=x\n");
}

#[test]
fn a_trapped_repository_runs_nothing() {
    let scenario = Scenario::with_repository();
    trap(&scenario);
    scenario.write("repo/src/a.rs", "fn x() {}\n");
    scenario.write("repo/package.json", "{}");
    scenario.write("repo/dist/x", "x");
    scenario.removing(&["src", "dist", ".", ".git"]);
    for line in ["git reset --hard", "git clean -fdx", "git checkout -- src", "git stash drop", "git push -f"] {
        scenario.git_stakes(line);
    }
    assert!(!scenario.path("MARK").exists(), "something of the repository ran");
    // The trap works: real git walks into it.
    let _ = std::process::Command::new("git").args(["status"]).current_dir(scenario.repo()).output();
    assert!(scenario.path("MARK").exists());
}

#[test]
fn a_planted_bare_repository_is_not_taken_for_the_repository() {
    let scenario = Scenario::with_repository();
    let planted = scenario.repo().join("vendor");
    scenario.git_in(&planted, &["init", "-q", "--bare", "."]);
    let found = scenario.stakes_in(&planted, "git reset --hard", &[]);
    assert_eq!(found.is("git.tree-clean"), None);
    assert_eq!(scenario.removing(&["vendor"]).is("paths.tracked-clean"), None);
}

#[test]
fn damaged_repositories_are_unknown_and_no_crash() {
    let scenario = Scenario::with_repository();
    scenario.git(&["gc", "-q"]);
    let index = scenario.repo().join(".git/index");
    let whole = std::fs::read(&index).expect("an index");
    for end in (0..whole.len()).step_by(3) {
        std::fs::write(&index, &whole[..end]).expect("an index");
        assert_ne!(scenario.removing(&["src"]).is("paths.tracked-clean"), Some(true), "cut at {end}");
    }
    for at in (0..whole.len() - 20).step_by(5) {
        let mut bent = whole.clone();
        bent[at] ^= 0xff;
        // Without a checksum every byte is read.
        bent[whole.len() - 20..].fill(0);
        std::fs::write(&index, &bent).expect("an index");
        scenario.removing(&["src"]);
        scenario.git_stakes("git reset --hard");
    }
    std::fs::write(&index, &whole).expect("an index");
    for entry in std::fs::read_dir(scenario.repo().join(".git/objects/pack")).expect("packs").flatten() {
        let path = entry.path();
        let _ = std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644));
        let whole = std::fs::read(&path).expect("a pack");
        for at in (0..whole.len()).step_by(31) {
            let mut bent = whole.clone();
            bent[at] ^= 0xff;
            std::fs::write(&path, &bent).expect("a pack");
            scenario.removing(&["src"]);
        }
        std::fs::write(&path, &whole).expect("a pack");
    }
    assert_eq!(scenario.removing(&["src"]).is("paths.tracked-clean"), Some(true));
}

#[test]
fn gitdir_loops_and_fifos_end() {
    let scenario = Scenario::new();
    scenario.write("repo/.git", "gitdir: .git\n");
    scenario.write("repo/x", "x");
    assert_eq!(scenario.removing(&["x"]).is("paths.tracked-clean"), None);
    std::fs::remove_file(scenario.path("repo/.git")).expect("gone");
    nix::unistd::mkfifo(&scenario.path("repo/.git"), nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
    assert_eq!(scenario.removing(&["x"]).is("paths.tracked-clean"), Some(false), "no repository");
}

/// A home and a project in which whatever they can have started writes `sprung`.
const TRAPS: &str = r#"
printf '#!/bin/sh\necho "$0 $*" >> %s/sprung\ncat\n' "$HOME" > ~/trap
chmod +x ~/trap
for key in core.fsmonitor filter.x.clean filter.x.smudge diff.x.textconv diff.external core.pager; do
  git config "$key" ~/trap
done
mkdir ~/hooks && git config core.hooksPath ~/hooks
for hook in post-checkout pre-commit post-index-change reference-transaction; do cp ~/trap ~/hooks/$hook; done
printf '* filter=x diff=x\n' > .git/info/attributes
touch src/main.c
mkdir ~/.kube
printf 'current-context: dev\nusers:\n- name: dev\n  user:\n    exec:\n      command: %s/trap\n' "$HOME" > ~/.kube/config
printf '.shell %s/trap\n' "$HOME" > ~/.sqliterc
printf '[client]\npager=%s/trap\n' "$HOME" > ~/.my.cnf
git init -q --bare evil/inner && git -C evil/inner config core.fsmonitor ~/trap
"#;

/// Through the built programs: what a repository, a cluster's or a client's file would start, does not.
#[test]
fn judging_runs_nothing_of_what_it_looks_at() {
    let place = crate::cases::Place::new();
    place.bash(&format!("cd \"$HOME/project\" || exit\n{TRAPS}rm -f ~/sprung"));
    let guarded = crate::programs::guarded_sh().with_file_name("guarded");
    for line in [
        "git reset --hard",
        "git clean -fdx",
        "git checkout -- .",
        "rm -rf src",
        "kubectl delete namespace shop",
        "sqlite3 app.sqlite 'DROP TABLE users'",
        "mysql -e 'DROP DATABASE shop'",
        "git -C evil/inner reset --hard",
        "cd evil/inner && git clean -fd",
    ] {
        let done = place.program(&guarded, &["check", "-c", line]).output().expect("guarded");
        assert!(matches!(done.status.code(), Some(0 | 75 | 126)), "{line}: {done:?}");
        let sprung = std::fs::read_to_string(place.home().join("sprung"));
        assert!(sprung.is_err(), "{line}: {sprung:?}");
    }
    place.bash("git status > /dev/null 2>&1 || true");
    assert!(place.home().join("sprung").exists(), "the traps work");
}
