//! What git throws away comes back, and keeping it moves nothing of git's own.

use super::yard::Yard;

fn repository() -> Yard {
    let yard = Yard::new();
    yard.bash(
        "git config --global user.email a@b; git config --global user.name n; git config --global init.defaultBranch main
         git init -q; echo a >a; echo b >b; mkdir s; echo c >s/c; printf 'ign\\n' >.gitignore; git add .; git commit -qm 1
         echo a2 >a; git commit -qam 2; git branch other HEAD~1; git branch gone
         echo dirty >b; echo staged >s/n; git add s/n; echo un >un; echo ig >ign; mkdir u; echo deep >u/d",
    );
    yard
}

/// Work tree, index, refs and HEAD, as git tells them.
const STATE: &str =
    "git status --short --ignored; git diff HEAD; git diff --cached; git symbolic-ref HEAD; git rev-parse HEAD
     git for-each-ref refs/heads refs/tags; git stash list --format=%H; cat a b s/c s/n un ign u/d";

fn state(yard: &Yard) -> String {
    let ended = yard.surround(std::process::Command::new("bash").args(["-c", STATE])).output().expect("bash");
    String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr)
}

#[test]
pub fn what_git_throws_away_comes_back() {
    for line in [
        "git reset -q --hard",
        "git reset -q --hard HEAD~1",
        "git clean -fdxq",
        "git clean -fdq",
        "git clean -fXq",
        "git checkout -q .",
        "git checkout -q HEAD~1 -- a",
        "git checkout -qf other",
        "git switch -q --discard-changes other",
        "git restore b",
        "git restore --staged --worktree .",
        "git branch -qD gone",
        "git rm -qf b",
        "git rm -qrf s",
        "true; git reset -q --hard; git clean -fdxq",
        "cd s && git checkout -q -- ../b",
    ] {
        let yard = repository();
        let before = state(&yard);
        yard.runs(line);
        let after = state(&yard);
        assert_ne!(before, after, "{line}");
        yard.back();
        assert_eq!(before, state(&yard), "{line}");
    }
}

#[test]
pub fn dropped_stashes_come_back() {
    for (line, kept) in [("git stash drop -q", 2), ("git stash clear", 2), ("git stash drop -q stash@{1}", 2)] {
        let yard = repository();
        yard.bash("git stash -q; echo more >a; git stash -q");
        yard.runs(line);
        yard.back();
        yard.bash(&format!(
            "test $(git stash list | wc -l) = {kept}; git stash show -p --include-untracked | grep -q . "
        ));
    }
}

#[test]
pub fn keeping_moves_nothing_of_git_and_runs_no_hook() {
    let yard = repository();
    yard.bash("git stash list >../stash; git reflog >../reflog; git rev-parse HEAD >../head; mkdir ../ran");
    // Whatever a repository can name as a program says that it ran, wherever git was started.
    yard.bash(
        r#"ran=$(realpath ../ran); says() { printf '#!/bin/sh\ntouch "%s"\n%s' "$ran/$1" "$3" >$2; chmod +x $2; }
        for hook in reference-transaction post-index-change pre-commit; do says $hook .git/hooks/$hook; done
        for one in fsmonitor gpg upload ssh; do says $one .git/$one false; git config core.$one .git/$one; done
        for one in clean smudge; do says $one .git/$one cat; git config filter.f.$one "$PWD/.git/$one"; done
        git config core.fsmonitor "$PWD/.git/fsmonitor"; git config core.sshCommand "$PWD/.git/ssh"
        git config log.showSignature true; git config gpg.program "$PWD/.git/gpg"
        git remote add far "$PWD/.git/nowhere"; git config remote.far.uploadpack "$PWD/.git/upload"
        git config remote.far.promisor true; git config extensions.partialClone far; git config core.repositoryFormatVersion 1
        echo '* filter=f' >.git/info/attributes; touch *; git update-ref refs/heads/signed "$(
        printf 'tree %s\nauthor x <x@x> 1 +0000\ncommitter x <x@x> 1 +0000\ngpgsig a\n b\n\nx\n' $(git rev-parse HEAD^{tree}) |
        git hash-object -t commit -w --stdin)""#,
    );
    // Each fails, so that only the keeping could have done anything; what git itself runs for that is another matter.
    let failing = [
        "git reset --hard no-such-commit",
        "git checkout -f HEAD -- . no-such-file",
        "git restore no-such-file",
        "git clean --no-such -f",
        "git stash drop stash@{99}",
        "git branch -D no-such-branch",
    ];
    let ran = |run: &dyn Fn(&str)| {
        yard.bash("rm -f ../ran/*");
        for text in failing {
            run(text);
        }
        yard.settled();
        let entries = std::fs::read_dir(yard.top().join("ran")).expect("a folder");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    let by_git = ran(&|text| yard.bash(&format!("{text} || :")));
    let beside_us = ran(&|text| {
        yard.shell(text);
    });
    assert_eq!(beside_us, by_git);
    yard.bash("git config log.showSignature false; git stash list | cmp - ../stash; git reflog | cmp - ../reflog; git rev-parse HEAD | cmp - ../head");
}

#[test]
pub fn hidden_refs_go_with_what_they_keep() {
    let yard = repository();
    yard.policy("[undo]\nfiles = 1");
    yard.runs("git branch -D gone");
    yard.settled();
    yard.bash("git for-each-ref refs/guarded | grep -q .");
    for name in ["x1", "x2", "x3"] {
        yard.bash(&format!("echo {name} >{name}"));
        yard.runs(&format!("rm {name}"));
        yard.settled();
    }
    yard.bash("! git for-each-ref refs/guarded | grep .");
}
