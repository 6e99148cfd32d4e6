//! Facts about repositories, on what real git writes.

use std::time::{Duration, SystemTime};

use guarded_sh::command::Value;

use super::Scenario;

fn clean(scenario: &Scenario, names: &[&str]) -> Option<bool> {
    scenario.removing(names).is("paths.tracked-clean")
}

#[test]
fn what_git_brings_back_is_clean() {
    let scenario = Scenario::with_repository();
    assert_eq!(clean(&scenario, &["src"]), Some(true));
    assert_eq!(clean(&scenario, &["src/a.rs", "src/b.rs"]), Some(true));
    assert_eq!(clean(&scenario, &["src", "nope"]), Some(true), "what is not there is no loss");
    assert_eq!(clean(&scenario, &["nope"]), None);
    assert_eq!(clean(&scenario, &["."]), Some(false), "with it goes the repository itself");
    assert_ne!(clean(&scenario, &[".git"]), Some(true));
    scenario.write("elsewhere/x", "x");
    assert_eq!(clean(&scenario, &["../elsewhere"]), Some(false));
}

#[test]
fn changed_untracked_and_staged_files_are_not_clean() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/src/a.rs", "fn x() {}\n");
    assert_eq!(clean(&scenario, &["src"]), Some(false), "same size, other content");
    assert_eq!(clean(&scenario, &["src/b.rs"]), Some(true));
    scenario.git(&["add", "src/a.rs"]);
    assert_eq!(clean(&scenario, &["src"]), Some(false), "staged");
    scenario.git(&["commit", "-q", "-m", "x"]);
    assert_eq!(clean(&scenario, &["src"]), Some(true));
    scenario.write("repo/src/new.rs", "x");
    assert_eq!(clean(&scenario, &["src"]), Some(false), "untracked");
    scenario.git(&["add", "-N", "src/new.rs"]);
    assert_eq!(clean(&scenario, &["src"]), Some(false), "intent to add");
}

#[test]
fn a_forged_date_does_not_hide_a_change() {
    let scenario = Scenario::with_repository();
    let file = scenario.repo().join("src/a.rs");
    let old = SystemTime::now() - Duration::from_secs(1000);
    let touch = |date| {
        std::fs::File::options().write(true).open(&file).and_then(|file| file.set_modified(date)).expect("a date");
    };
    touch(old);
    scenario.git(&["update-index", "--refresh"]);
    scenario.write("repo/src/a.rs", "fn x() {}\n");
    touch(old);
    assert_eq!(clean(&scenario, &["src"]), Some(false));
}

#[test]
fn dates_alone_are_no_change() {
    let scenario = Scenario::with_repository();
    std::thread::sleep(Duration::from_millis(20));
    scenario.write("repo/src/a.rs", "fn a() {}\n");
    assert_eq!(clean(&scenario, &["src"]), Some(true));
    assert_eq!(scenario.git_stakes("git reset --hard").is("git.tree-clean"), Some(true));
}

#[test]
fn modes_links_and_deletions() {
    let scenario = Scenario::with_repository();
    std::os::unix::fs::symlink("a.rs", scenario.repo().join("src/link")).expect("a link");
    scenario.commit();
    assert_eq!(clean(&scenario, &["src"]), Some(true));
    std::fs::remove_file(scenario.repo().join("src/link")).expect("gone");
    assert_eq!(clean(&scenario, &["src"]), Some(true), "a deletion holds nothing");
    assert_eq!(scenario.git_stakes("git reset --hard").is("git.tracked-clean"), Some(true));
    std::os::unix::fs::symlink("b.rs", scenario.repo().join("src/link")).expect("a link");
    assert_eq!(clean(&scenario, &["src"]), Some(false));
    scenario.git(&["checkout", "-q", "src/link"]);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(scenario.repo().join("src/a.rs"), mode).expect("a mode");
    assert_eq!(clean(&scenario, &["src"]), Some(false), "a mode that HEAD lacks");
}

#[test]
fn trees_clean_and_not() {
    let scenario = Scenario::with_repository();
    let facts = || {
        let found = scenario.git_stakes("git reset --hard");
        (found.is("git.tree-clean"), found.is("git.tracked-clean"))
    };
    assert_eq!(facts(), (Some(true), Some(true)));
    scenario.write("repo/app.log", "ignored in HEAD");
    assert_eq!(facts(), (Some(true), Some(true)));
    scenario.write("repo/notes", "untracked");
    assert_eq!(facts(), (Some(false), Some(true)));
    scenario.write("repo/src/a.rs", "changed");
    assert_eq!(facts(), (Some(false), Some(false)));
    let says = scenario.git_stakes("git reset --hard").says;
    assert!(says.iter().any(|text| text == "in the work tree: 1 file modified, 1 file untracked"), "{says:?}");
    scenario.git(&["add", "src/a.rs"]);
    assert_eq!(facts().1, Some(false));
    scenario.git(&["rm", "-q", "--cached", "src/b.rs"]);
    assert_eq!(facts().0, Some(false));
}

#[test]
fn a_repository_without_a_commit_is_not_clean() {
    let scenario = Scenario::new();
    scenario.write("repo/a", "x");
    scenario.git(&["init", "-q", "-b", "main"]);
    scenario.git(&["add", "a"]);
    assert_eq!(clean(&scenario, &["a"]), Some(false));
    assert_eq!(scenario.git_stakes("git reset --hard").is("git.tracked-clean"), Some(false));
}

/// Every commit changes a large file a little, so that packing makes deltas.
fn packed() -> Scenario {
    let scenario = Scenario::with_repository();
    let line = |number: i32, round: i32| format!("line {number}{}\n", if number == round { "!" } else { "" });
    for round in 0..12 {
        let text = (0..2_000).map(|number| line(number, round)).collect::<Vec<_>>().concat();
        scenario.write("repo/src/large.txt", &text);
        for extra in 0..20 {
            scenario.write(&format!("repo/many/f{extra}-{round}"), "x");
        }
        scenario.commit();
    }
    scenario.git(&["gc", "-q", "--aggressive", "--prune=now"]);
    scenario
}

#[test]
fn packed_repositories_are_read() {
    let scenario = packed();
    assert_eq!(scenario.git(&["count-objects"]).split(' ').next(), Some("0"), "nothing is loose");
    assert_eq!(clean(&scenario, &["src", "many"]), Some(true));
    // Without cached trees every tree is read from the pack.
    scenario.write("repo/many/f0-0", "y");
    scenario.write("repo/src/a.rs", "fn z() {}\n");
    scenario.git(&["add", "-A"]);
    assert_eq!(clean(&scenario, &["many"]), Some(false));
    assert_eq!(clean(&scenario, &["many/f1-0", "src/large.txt"]), Some(true));
    scenario.write("repo/package.json", "{}");
    scenario.write("repo/dist/x", "x");
    assert_eq!(scenario.removing(&["dist"]).is("paths.build-output"), Some(true), "a packed .gitignore");
    // `refs/heads/main` stands in packed-refs now.
    assert!(!scenario.repo().join(".git/refs/heads/main").exists());
}

#[test]
fn every_object_of_a_pack_is_read_as_git_reads_it() {
    use guarded_sh::look::git::objects::{Kind, from_hex};
    use guarded_sh::look::git::{Found, find};
    let scenario = packed();
    let folder = std::fs::canonicalize(scenario.repo()).expect("a folder");
    let Found::Repository(repository) = find(&folder) else { panic!("a repository") };
    let list = scenario.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
    let mut deltas = 0;
    for line in list.lines() {
        let mut fields = line.split(' ');
        let (id, kind, size) = (fields.next().expect("id"), fields.next().expect("kind"), fields.next().expect("size"));
        let oid = from_hex(id.as_bytes()).expect("an id");
        let (found, data) = repository.objects.read(&oid).unwrap_or_else(|| panic!("{line}"));
        let expected = match kind {
            "commit" => Kind::Commit,
            "tree" => Kind::Tree,
            "blob" => Kind::Blob,
            _ => Kind::Tag,
        };
        assert_eq!((found, data.len().to_string().as_str()), (expected, size), "{line}");
        deltas += 1;
    }
    assert!(deltas > 50);
}

#[test]
fn index_versions_and_work_trees() {
    let scenario = Scenario::with_repository();
    for version in ["2", "3", "4"] {
        scenario.git(&["update-index", "--index-version", version]);
        assert_eq!(clean(&scenario, &["src"]), Some(true), "version {version}");
    }
    scenario.write("repo/src/a.rs", "fn y() {}\n");
    assert_eq!(clean(&scenario, &["src"]), Some(false));
    scenario.git(&["worktree", "add", "-q", "../other"]);
    let other = scenario.path("other");
    assert_eq!(scenario.removing_in(&other, &["src"]).is("paths.tracked-clean"), Some(true));
    let found = scenario.stakes_in(&other, "git push --force origin", &[]);
    assert_eq!(found.is("git.own-branch"), Some(true), "branch `other`");
    std::fs::write(other.join("src/a.rs"), "x").expect("a file");
    assert_eq!(scenario.removing_in(&other, &["src"]).is("paths.tracked-clean"), Some(false));
}

#[test]
fn what_is_not_read_is_unknown() {
    let scenario = Scenario::with_repository();
    scenario.git(&["update-index", "--split-index"]);
    assert_eq!(clean(&scenario, &["src"]), None, "a split index");
    scenario.git(&["update-index", "--no-split-index"]);
    assert_eq!(clean(&scenario, &["src"]), Some(true));
    scenario.git(&["config", "core.worktree", "/"]);
    assert_eq!(clean(&scenario, &["src"]), None);
    assert_eq!(scenario.git_stakes("git reset --hard").is("git.tree-clean"), None);
}

#[test]
fn a_filter_that_would_have_to_run_leaves_it_unknown() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/.gitattributes", "*.rs text eol=crlf\n");
    scenario.commit();
    scenario.write("repo/src/a.rs", "fn a() {}\r\n");
    assert_eq!(clean(&scenario, &["src"]), None);
}

#[test]
fn a_repository_chosen_by_the_environment_is_not_guessed() {
    let mut scenario = Scenario::with_repository();
    scenario.set("GIT_DIR", "/elsewhere");
    assert_eq!(scenario.git_stakes("git reset --hard").is("git.tree-clean"), None);
    scenario.environment.clear();
    scenario.partial = true;
    assert_eq!(scenario.git_stakes("git reset --hard").is("git.tree-clean"), None);
    scenario.partial = false;
    assert_eq!(scenario.git_stakes("git --git-dir=/x reset --hard").is("git.tree-clean"), None);
    assert_eq!(scenario.git_stakes("git reset --hard").is("git.tree-clean"), Some(true));
    scenario.environment.insert("GIT_WORK_TREE".into(), Value::known("/"));
    assert_eq!(scenario.git_stakes("git reset --hard").is("git.tree-clean"), None);
}

#[test]
fn dash_c_leads_to_the_repository() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/src/a.rs", "changed");
    let found = scenario.stakes_in(&scenario.path(""), "git -C repo/src reset --hard", &[]);
    assert_eq!(found.is("git.tracked-clean"), Some(false));
}

#[test]
fn protected_branches_by_every_way_to_name_them() {
    let mut scenario = Scenario::with_repository();
    scenario.git(&["checkout", "-q", "-b", "mine"]);
    let facts = |scenario: &Scenario, line: &str| {
        let found = scenario.git_stakes(line);
        (found.is("git.branch-protected"), found.is("git.own-branch"))
    };
    let (protected, own, unknown) = ((Some(true), Some(false)), (Some(false), Some(true)), (None, None));
    for (line, expected) in [
        ("git push --force", own),
        ("git push -f origin mine", own),
        ("git push --force-with-lease origin HEAD", own),
        ("git push origin +main", protected),
        ("git push origin HEAD:main", protected),
        ("git push origin +mine:refs/heads/main", protected),
        ("git push origin :main", protected),
        ("git push -d origin release/1.2", protected),
        ("git push --mirror", protected),
        ("git push --force --all origin", protected),
        ("git push origin +refs/heads/*:refs/heads/*", protected),
        ("git push origin feature-main", own),
        ("git push --strange origin mine", unknown),
        ("git branch -D main", protected),
        ("git branch -D other", own),
        ("git commit --amend", own),
        ("git checkout -B main", protected),
        ("git filter-branch", unknown),
    ] {
        assert_eq!(facts(&scenario, line), expected, "{line}");
    }
    scenario.git(&["checkout", "-q", "main"]);
    assert_eq!(facts(&scenario, "git push -f"), protected);
    scenario.git(&["checkout", "-q", "--detach"]);
    assert_eq!(facts(&scenario, "git push -f"), unknown);
    scenario.git(&["checkout", "-q", "mine"]);
    scenario.protected = vec!["mi*".to_owned()];
    assert_eq!(facts(&scenario, "git push -f"), protected);
    scenario.protected.clear();
    scenario.git(&["config", "push.default", "matching"]);
    assert_eq!(facts(&scenario, "git push -f"), unknown);
    scenario.git(&["config", "--unset", "push.default"]);
    scenario.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/mine"]);
    assert_eq!(facts(&scenario, "git push -f origin mine"), protected, "the remote's default branch");
    scenario.write("home/.gitconfig", "[push]\n default = matching\n");
    assert_eq!(facts(&scenario, "git push -f"), unknown, "a setting of the user");
}

#[test]
fn what_git_restores_and_what_it_cleans() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/src/new.rs", "x");
    let of = |line: &str, name: &str| {
        scenario.stakes_in(&scenario.repo(), line, &[super::word(name)]).is("paths.tracked-clean")
    };
    assert_eq!(of("git checkout -- .", "."), Some(true), "untracked files stay");
    assert_eq!(of("git restore src", "src"), Some(true));
    assert_eq!(of("git clean -fd src", "src"), Some(false), "untracked files go");
    assert_eq!(of("git checkout -- src/new.rs", "src/new.rs"), Some(false));
    scenario.write("repo/src/a.rs", "changed");
    assert_eq!(of("git checkout -- .", "."), Some(false));
}

#[test]
fn a_clone_below_that_holds_nothing_of_its_own_is_no_state() {
    let scenario = Scenario::with_repository();
    let state = || scenario.removing_in(&scenario.path(""), &["copies"]).is("paths.secret-or-state");
    std::fs::create_dir(scenario.path("copies")).expect("a folder");
    scenario.git_in(&scenario.path(""), &["clone", "-q", "repo", "copies/clone"]);
    let clone = scenario.path("copies/clone");
    assert_eq!(state(), Some(false));
    scenario.write("copies/clone/src/a.rs", "changed");
    assert_eq!(state(), Some(true), "a change");
    scenario.git_in(&clone, &["stash", "-q"]);
    assert_eq!(state(), Some(true), "a stash");
    scenario.git_in(&clone, &["stash", "drop", "-q"]);
    assert_eq!(state(), Some(false));
    scenario.write("copies/clone/src/a.rs", "changed");
    scenario.git_in(&clone, &["commit", "-q", "-a", "-m", "x"]);
    assert_eq!(state(), Some(true), "a commit that is nowhere else");
}

/// Steps by a fixed sequence of numbers, so that a failure can be had again.
#[test]
fn after_any_step_it_agrees_with_git_status() {
    let scenario = Scenario::with_repository();
    let mut state: u64 = 7;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut clean_seen = 0;
    for step in 0..120 {
        let file = format!("d{}/f{}", next(3), next(3));
        let text = format!("{}\n", next(2));
        match next(9) {
            0 | 1 => scenario.write(&format!("repo/{file}"), &text),
            2 => drop(std::fs::remove_file(scenario.path(&format!("repo/{file}")))),
            3 => drop(scenario.git(&["add", "-A"])),
            4 | 5 => {
                scenario.git(&["add", "-A"]);
                scenario.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
            }
            6 => drop(scenario.git(&["rm", "-q", "-r", "--cached", "--ignore-unmatch", "--force", &file])),
            7 => drop(scenario.git(&["update-index", "--index-version", if step % 2 == 0 { "4" } else { "2" }])),
            _ => drop(scenario.git(&["gc", "-q"])),
        }
        let found = scenario.git_stakes("git reset --hard");
        let status = scenario.git(&["--no-optional-locks", "status", "--porcelain", "--no-renames", "-uall"]);
        // Trimmed output: the first line may have lost its blank.
        let lines: Vec<&str> = status.lines().map(str::trim_start).collect();
        let holds = lines.iter().any(|line| {
            let code = line.split(' ').next().unwrap_or_default();
            code != "??" && code.contains(['M', 'A', 'T'])
        });
        let untracked = lines.iter().any(|line| line.starts_with("??"));
        assert_eq!(found.is("git.tracked-clean"), Some(!holds), "step {step}: {status}");
        assert_eq!(found.is("git.tree-clean"), Some(!holds && !untracked), "step {step}: {status}");
        clean_seen += usize::from(!holds && !untracked);
    }
    assert!(clean_seen > 10, "the sequence reaches clean trees: {clean_seen}");
}
