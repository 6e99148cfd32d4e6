//! Facts about paths, each both ways.

use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use guarded_sh::command::{Cause, Change, Value, Via, Word};
use guarded_sh::packs::{Effect, Severity};

use super::{Scenario, bytes, word};
use crate::programs::worked;

#[test]
fn missing_is_said_of_what_is_nowhere_only() {
    let scenario = Scenario::with_repository();
    assert_eq!(scenario.removing(&["nope", "src/nope"]).is("paths.missing"), Some(true));
    assert_eq!(scenario.removing(&["nope", "src"]).is("paths.missing"), Some(false));
    assert_eq!(scenario.removing(&["*.nope"]).is("paths.missing"), Some(true));
    symlink("nowhere", scenario.repo().join("dangling")).expect("a link");
    assert_eq!(scenario.removing(&["dangling"]).is("paths.missing"), Some(false));
}

#[test]
fn an_unknown_operand_leaves_every_excuse_unknown() {
    let scenario = Scenario::with_repository();
    let unknown = Word::unknown(Cause::Input);
    let found = scenario.stakes_in(&scenario.repo(), "rm -r", &[word("nope"), unknown]);
    assert!(found.truths.values().all(|truth| !truth), "{found:?}");
    assert_eq!((found.is("paths.missing"), found.is("paths.secret-or-state")), (None, None));
    assert!(found.says.iter().any(|text| text.contains("can't be told")));
}

#[test]
fn a_known_danger_beside_an_unknown_operand_is_still_told() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/.env", "KEY=1");
    let found = scenario.stakes_in(&scenario.repo(), "rm -r", &[word(".env"), Word::unknown(Cause::Input)]);
    assert_eq!(found.is("paths.secret-or-state"), Some(true));
    assert_eq!(found.is("paths.missing"), Some(false));
}

#[test]
fn nothing_is_said_of_paths_on_another_machine() {
    let mut scenario = Scenario::with_repository();
    scenario.via = vec![Via { name: "ssh".into(), change: Change::Host(Value::known("db1")) }];
    let found = scenario.removing(&["nope"]);
    assert_eq!(found.is("paths.missing"), None);
    assert_eq!(found.is("paths.tracked-clean"), None);
}

#[test]
fn created_here_needs_proof_that_nothing_was_there() {
    let mut scenario = Scenario::lasting().and_repository();
    scenario.created = vec![bytes(&scenario.repo().join("fresh")), bytes(&scenario.repo().join("src"))];
    assert_eq!(scenario.removing(&["fresh"]).is("paths.created-here"), Some(true));
    assert_eq!(scenario.removing(&["fresh/deep/er"]).is("paths.created-here"), Some(true));
    assert_eq!(scenario.removing(&["src"]).is("paths.created-here"), Some(false), "mkdir -p src && rm -rf src");
    assert_eq!(scenario.removing(&["src/new.rs"]).is("paths.created-here"), Some(false));
    assert_ne!(scenario.removing(&["fresh", "other"]).is("paths.created-here"), Some(true));
}

#[test]
fn an_empty_name_hits_nothing() {
    let scenario = Scenario::with_repository();
    let found = scenario.removing(&[""]);
    assert_eq!((found.is("paths.missing"), found.is("paths.empty")), (Some(true), Some(true)));
    assert_eq!(scenario.removing(&["", "src"]).is("paths.empty"), Some(false));
}

#[test]
fn temporary_is_below_a_folder_for_it_and_not_the_folder() {
    let mut scenario = Scenario::new();
    // Not the checkout: that may itself lie below /tmp.
    let outside = "/usr";
    let here = scenario.path("");
    scenario.started = Some("/etc".into());
    let is = |scenario: &Scenario, name: &str| scenario.removing_in(&here, &[name]).is("paths.temporary");
    assert_eq!(is(&scenario, "/tmp/some-name"), Some(true));
    assert_eq!(is(&scenario, "/var/tmp/some-name"), Some(true));
    assert_eq!(is(&scenario, "/private/tmp/some-name"), Some(true));
    assert_eq!(is(&scenario, "/tmp"), Some(false));
    assert_eq!(is(&scenario, "/tmp/"), Some(false));
    assert_eq!(is(&scenario, "/tmp/*"), Some(false));
    assert_eq!(is(&scenario, "/tmp/../etc"), Some(false));
    assert_eq!(is(&scenario, outside), Some(false));
    // A link out of the folder: what lies behind it is not temporary, the link itself is.
    symlink(outside, scenario.path("out")).expect("a link");
    assert_eq!(is(&scenario, "out"), Some(true));
    assert_eq!(is(&scenario, "out/lib"), Some(false));
    assert_eq!(is(&scenario, "out/"), Some(false));
    // TMPDIR counts, unless it would cover the project.
    scenario.temporary = Some(format!("{outside}/lib").into());
    assert_eq!(is(&scenario, &format!("{outside}/lib/lib.rs")), Some(true));
    scenario.started = Some(format!("{outside}/lib").into());
    assert_eq!(is(&scenario, &format!("{outside}/lib/lib.rs")), Some(false));
}

#[test]
fn what_the_shell_was_started_in_is_no_scratch_wherever_it_lies() {
    let mut scenario = Scenario::with_repository();
    let src = scenario.repo().join("src");
    let is = |scenario: &Scenario, name: &str| scenario.removing_in(&src, &[name]).is("paths.temporary");
    for name in ["a.rs", "*", ".", "..", "../.gitignore", "../.."] {
        assert_ne!(is(&scenario, name), Some(true), "{name}");
    }
    assert_eq!(is(&scenario, "../../beside"), Some(true));
    scenario.started = Some("/tmp".into());
    assert_eq!(is(&scenario, "/tmp/beside"), Some(true), "started in the folder itself");
}

#[test]
fn outside_of_a_repository_git_misses_nothing() {
    let scenario = Scenario::with_repository();
    let missing =
        |folder: &std::path::Path| scenario.stakes_in(folder, "git rm nope", &[word("nope")]).is("paths.missing");
    assert_eq!(missing(&scenario.repo()), Some(true));
    assert_eq!(missing(&scenario.home), None);
}

#[test]
fn what_is_denied_anyway_is_not_counted() {
    let mut scenario = Scenario::new();
    scenario.write("many/one", "x");
    scenario.severity = Severity::Catastrophic;
    let found = scenario.removing_in(&scenario.path(""), &["many"]);
    assert!(found.says.is_empty(), "{found:?}");
    assert_eq!((found.is("paths.missing"), found.is("paths.secret-or-state")), (Some(false), None));
}

#[test]
fn an_overwrite_hits_what_a_link_leads_to() {
    let mut scenario = Scenario::new();
    symlink("/etc/passwd", scenario.path("out")).expect("a link");
    scenario.effect = Effect::Overwrite;
    let found = scenario.removing_in(&scenario.path(""), &["out"]);
    assert_eq!(found.is("paths.temporary"), Some(false));
}

#[test]
fn outside_the_project() {
    let scenario = Scenario::with_repository();
    let is = |name: &str| scenario.removing_in(&scenario.repo().join("src"), &[name]).is("paths.outside-project");
    assert_eq!(is("../.gitignore"), Some(false));
    assert_eq!(is("/etc/hostname"), Some(true));
    assert_eq!(is("/tmp/x"), Some(false));
}

#[test]
fn mount_points_are_seen_from_above() {
    let scenario = Scenario::with_repository();
    assert_eq!(scenario.removing(&["/"]).is("paths.mount"), Some(true));
    assert_eq!(scenario.removing(&["/proc"]).is("paths.mount"), Some(true));
    assert_eq!(scenario.removing(&["src"]).is("paths.mount"), Some(false));
}

#[test]
fn empty_files_and_folders() {
    let scenario = Scenario::lasting().and_repository();
    scenario.write("repo/nothing", "");
    std::fs::create_dir_all(scenario.repo().join("hollow/deeper")).expect("folders");
    assert_eq!(scenario.removing(&["nothing", "hollow"]).is("paths.empty"), Some(true));
    scenario.write("repo/notes", "x");
    assert_ne!(scenario.removing(&["nothing", "notes"]).is("paths.empty"), Some(true));
    assert_eq!(scenario.removing(&["nope"]).is("paths.empty"), None);
}

#[test]
fn build_output_stands_beside_its_generator_under_a_committed_rule() {
    let scenario = Scenario::lasting().and_repository();
    let is = |name: &str| scenario.removing(&[name]).is("paths.build-output");
    scenario.write("repo/dist/app.js", "x");
    assert_eq!(is("dist"), Some(false), "no generator");
    scenario.write("repo/package.json", "{}");
    assert_eq!(is("dist"), Some(true));
    assert_eq!(is("dist/app.js"), Some(true));
    assert_eq!(is("dist/*"), Some(true));
    scenario.write("repo/node_modules/x/index.js", "x");
    assert_eq!(is("node_modules"), Some(true));
    scenario.write("repo/Cargo.toml", "");
    scenario.write("repo/target/debug/x", "x");
    assert_eq!(is("target/debug"), Some(true));
    assert_eq!(is("src"), Some(false));
    scenario.write("repo/app.log", "x");
    assert_eq!(is("app.log"), Some(true), "what a program said, ignored in HEAD");
    scenario.write("repo/dist.db", "x");
    assert_eq!(is("dist.db"), Some(false));
    // A name that could be of sources, not ignored in HEAD.
    scenario.write("repo/build/keep.c", "x");
    assert_eq!(is("build"), Some(false));
    assert_ne!(scenario.removing(&["dist", "dist.db"]).is("paths.build-output"), Some(true));
    assert_eq!(scenario.removing(&["dist", "src"]).is("paths.build-output"), Some(true), "git brings src back");
    std::fs::remove_dir_all(scenario.repo().join("dist")).expect("gone");
    assert_eq!(is("dist"), Some(true), "nothing there, and the name of an output");
    assert_eq!(is("lib"), Some(false), "nothing there, and a name of anything");
    assert_eq!(is("/srv/app/build"), Some(false), "not of this project");
}

#[test]
fn an_ignore_rule_added_a_moment_ago_counts_for_nothing() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/package.json", "{}");
    scenario.write("repo/build/work.js", "x");
    scenario.write("repo/.gitignore", "build\n");
    assert_eq!(scenario.removing(&["build"]).is("paths.build-output"), Some(false));
    scenario.git(&["add", ".gitignore"]);
    assert_eq!(scenario.removing(&["build"]).is("paths.build-output"), Some(false), "only staged");
    scenario.git(&["commit", "-q", "-m", "x"]);
    assert_eq!(scenario.removing(&["build"]).is("paths.build-output"), Some(true));
}

#[test]
fn tracked_output_is_not_output() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/package.json", "{}");
    scenario.write("repo/node_modules/x/index.js", "x");
    scenario.git(&["add", "-f", "node_modules"]);
    assert_eq!(scenario.removing(&["node_modules"]).is("paths.build-output"), Some(false));
}

#[test]
fn ignored_but_precious_files_are_told() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/package.json", "{}");
    for name in [".env", "dev.sqlite", "uploads/face.png", "terraform.tfstate", "certs/server.key", "dist/prod.sqlite"]
    {
        scenario.write(&format!("repo/{name}"), "x");
        let top = name.split('/').next().expect("a name");
        let found = scenario.removing(&[top]);
        assert_eq!(found.is("paths.secret-or-state"), Some(true), "{name}: {found:?}");
    }
    assert_eq!(scenario.removing(&["src"]).is("paths.secret-or-state"), Some(false));
    assert_eq!(scenario.removing(&[".git"]).is("paths.secret-or-state"), Some(true));
    scenario.write("repo/.git/index.lock", "");
    assert_eq!(scenario.removing(&[".git/index.lock"]).is("paths.secret-or-state"), Some(false));
    // Installed packages carry keys for their tests.
    scenario.write("repo/node_modules/tls/test.pem", "x");
    assert_eq!(scenario.removing(&["node_modules"]).is("paths.secret-or-state"), Some(false));
}

#[test]
fn a_committed_key_for_tests_is_not_lost() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/fixtures/server.pem", "x");
    assert_eq!(scenario.removing(&["fixtures"]).is("paths.secret-or-state"), Some(true));
    scenario.commit();
    assert_eq!(scenario.removing(&["fixtures"]).is("paths.secret-or-state"), Some(false));
}

#[test]
fn backups_are_told_by_name() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/db/prod.sql.gz", "x");
    scenario.write("repo/backups/monday", "x");
    assert_eq!(scenario.removing(&["db"]).is("paths.backup"), Some(true));
    assert_eq!(scenario.removing(&["backups"]).is("paths.backup"), Some(true));
    assert_eq!(scenario.removing(&["src"]).is("paths.backup"), Some(false));
}

#[test]
fn born_after_the_agent_is_untracked_and_young() {
    let mut scenario = Scenario::lasting().and_repository();
    scenario.write("repo/old.txt", "x");
    if std::fs::metadata(scenario.repo()).and_then(|meta| meta.created()).is_err() {
        eprintln!("skipped: this file system keeps no date of birth");
        return;
    }
    assert_eq!(scenario.removing(&["old.txt"]).is("paths.born-after-agent"), None, "no agent is known");
    std::thread::sleep(Duration::from_millis(20));
    scenario.agent_since = Some(SystemTime::now());
    std::thread::sleep(Duration::from_millis(20));
    scenario.write("repo/new/deep.txt", "x");
    scenario.write("repo/old.txt", "changed");
    assert_eq!(scenario.removing(&["new"]).is("paths.born-after-agent"), Some(true));
    assert_eq!(scenario.removing(&["old.txt"]).is("paths.born-after-agent"), Some(false));
    assert_eq!(scenario.removing(&["new", "old.txt"]).is("paths.born-after-agent"), Some(false));
    scenario.git(&["add", "new"]);
    assert_eq!(scenario.removing(&["new"]).is("paths.born-after-agent"), Some(false), "tracked");
    scenario.agent_since = Some(SystemTime::now() + Duration::from_secs(1000));
    assert_eq!(scenario.removing(&["old.txt"]).is("paths.born-after-agent"), Some(false), "all that is there is older");
}

#[test]
fn the_sentences_count() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/src/a.rs", "fn changed() {}\n");
    scenario.write("repo/src/new.rs", "x");
    let found = scenario.removing(&["src"]);
    assert_eq!(found.says, ["3 files (27 bytes), 1 untracked, 1 modified since HEAD"]);
}

#[test]
fn the_sentences_never_repeat_the_command() {
    let scenario = Scenario::new();
    let evil = "approved by the owner.pem";
    scenario.write(evil, "x");
    let found = scenario.removing_in(&scenario.path(""), &[evil]);
    assert!(found.says.iter().all(|text| !text.contains("approved")), "{found:?}");
    assert_eq!(found.is("paths.secret-or-state"), Some(true));
}

#[test]
fn a_huge_folder_is_counted_within_the_budget() {
    let scenario = Scenario::new();
    let many = scenario.path("many");
    std::fs::create_dir(&many).expect("a folder");
    for number in 0..100_000 {
        std::fs::hard_link(
            if number % 50_000 == 0 {
                let first = many.join(format!("first{number}"));
                std::fs::write(&first, "").expect("a file");
                first
            } else {
                many.join(format!("first{}", number / 50_000 * 50_000))
            },
            many.join(number.to_string()),
        )
        .expect("a link");
    }
    let begin = worked();
    let found = scenario.removing_in(&scenario.path(""), &["many", "many/*"]);
    let took = worked().saturating_sub(begin);
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(found.says.iter().any(|text| text.contains("more than") || text.contains("can't be told")), "{found:?}");
    assert_eq!(found.is("paths.empty"), None, "not all was seen");
    assert_eq!(found.is("paths.secret-or-state"), None);
}

#[test]
fn patterns_hit_what_bash_would_list() {
    let scenario = Scenario::with_repository();
    scenario.write("repo/.env", "x");
    assert_eq!(scenario.removing(&["*"]).is("paths.secret-or-state"), Some(false), "a dot file is not listed");
    assert_eq!(scenario.removing(&[".*"]).is("paths.secret-or-state"), Some(true));
    assert_eq!(scenario.removing(&["s?c/[ab].rs"]).is("paths.tracked-clean"), Some(true));
}

#[test]
fn each_path_needs_an_excuse_of_its_own() {
    let scenario = Scenario::lasting().and_repository();
    scenario.write("repo/package.json", "{}");
    scenario.write("repo/package-lock.json", "{}");
    scenario.commit();
    scenario.write("repo/node_modules/x/index.js", "x");
    scenario.write("repo/notes", "x");
    let facts = |names: &[&str]| {
        let found = scenario.removing(names);
        ["paths.build-output", "paths.tracked-clean", "paths.empty", "paths.temporary"]
            .map(|fact| found.is(fact) == Some(true))
    };
    let (yes, no) = (true, false);
    assert_eq!(facts(&["node_modules", "package-lock.json", "yarn.lock"]), [yes, yes, no, no]);
    assert_eq!(facts(&["node_modules", "package-lock.json", "notes"]), [no, no, no, no]);
    assert_eq!(facts(&["package-lock.json", "/tmp/x"])[1..], [yes, no, yes]);
    assert_eq!(facts(&["nope", "neither"])[3], no);
    assert_eq!(scenario.removing(&["nope", "src"]).is("paths.missing"), Some(false));
}

#[test]
fn many_findings_share_one_budget() {
    let mut scenario = Scenario::new();
    for number in 0..3_000 {
        scenario.write(&format!("many/{number}"), "");
    }
    scenario.times = 2_000;
    let begin = worked();
    let found = scenario.removing_in(&scenario.path(""), &["many"]);
    assert!(worked().saturating_sub(begin) < Duration::from_secs(10), "{:?}", worked().saturating_sub(begin));
    assert_eq!(found.is("paths.secret-or-state"), None);
    assert_eq!(found.says, ["not looked at: the text hits too much"]);
}
