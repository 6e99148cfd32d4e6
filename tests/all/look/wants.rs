//! What the model asks to see.

use std::path::Path;
use std::sync::Arc;

use bstr::BString;
use guarded_sh::command::{Model, Sight, Want};
use guarded_sh::look::{Budget, read_until_settled, sight};

use super::{Scenario, bytes};

fn see(path: &Path) -> Sight {
    sight(&Want::File(bytes(path)), &[], &mut Budget::default())
}

#[test]
fn regular_files_are_read_and_nothing_else() {
    let scenario = Scenario::new();
    scenario.write("script", "echo\n");
    assert_eq!(see(&scenario.path("script")), Sight::Bytes(Arc::from(&b"echo\n"[..])));
    std::os::unix::fs::symlink("script", scenario.path("link")).expect("a link");
    assert_eq!(see(&scenario.path("link")), Sight::Bytes(Arc::from(&b"echo\n"[..])));
    assert_eq!(see(&scenario.path("nope")), Sight::Missing);
    assert_eq!(see(&scenario.path("script/below")), Sight::Missing);
    assert_eq!(see(&scenario.path("home")), Sight::NotRegular);
    assert_eq!(see(Path::new("/dev/zero")), Sight::NotRegular);
    assert_eq!(see(Path::new("/dev/null")), Sight::Bytes(Arc::from(&b""[..])));
    assert_eq!(see(Path::new("relative")), Sight::Unreadable);
    nix::unistd::mkfifo(&scenario.path("fifo"), nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
    assert_eq!(see(&scenario.path("fifo")), Sight::NotRegular);
    std::os::unix::fs::symlink("loop", scenario.path("loop")).expect("a link");
    assert_eq!(see(&scenario.path("loop")), Sight::Unreadable);
}

#[test]
fn the_guards_own_descriptors_are_not_the_shells() {
    let scenario = Scenario::new();
    scenario.write("script", "echo\n");
    let file = std::fs::File::open(scenario.path("script")).expect("a file");
    let number = std::os::fd::AsRawFd::as_raw_fd(&file);
    assert_eq!(see(Path::new(&format!("/proc/self/fd/{number}"))), Sight::NotRegular);
    std::os::unix::fs::symlink(format!("/proc/self/fd/{number}"), scenario.path("link")).expect("a link");
    assert_eq!(see(&scenario.path("link")), Sight::NotRegular);
}

#[test]
fn large_files_cost_their_limit_only() {
    let scenario = Scenario::new();
    let sparse = std::fs::File::create(scenario.path("sparse")).expect("a file");
    sparse.set_len(1 << 30).expect("a size");
    assert_eq!(see(&scenario.path("sparse")), Sight::TooBig);
    sparse.set_len(1 << 20).expect("a size");
    assert!(matches!(see(&scenario.path("sparse")), Sight::Bytes(_)));
    sparse.set_len((1 << 20) + 1).expect("a size");
    assert_eq!(see(&scenario.path("sparse")), Sight::TooBig);
}

#[test]
fn the_budget_counts_files_and_bytes() {
    let scenario = Scenario::new();
    scenario.write("a", "12345");
    let want = Want::File(bytes(&scenario.path("a")));
    let mut budget = Budget { files: 2, bytes: 1000, entries: 0 };
    assert!(matches!(sight(&want, &[], &mut budget), Sight::Bytes(_)));
    assert!(matches!(sight(&want, &[], &mut budget), Sight::Bytes(_)));
    assert_eq!(sight(&want, &[], &mut budget), Sight::TooBig);
    let mut budget = Budget { files: 9, bytes: 7, entries: 0 };
    assert!(matches!(sight(&want, &[], &mut budget), Sight::Bytes(_)));
    assert_eq!(sight(&want, &[], &mut budget), Sight::TooBig);
}

#[test]
fn programs_are_found_as_the_shell_finds_them() {
    let scenario = Scenario::new();
    for folder in ["one", "two", "three"] {
        scenario.write(&format!("{folder}/tool"), "#!/bin/sh\n");
    }
    let mode =
        |name: &str| std::fs::set_permissions(scenario.path(name), std::os::unix::fs::PermissionsExt::from_mode(0o755));
    mode("two/tool").expect("a mode");
    mode("three/tool").expect("a mode");
    std::fs::create_dir_all(scenario.path("folders/tool")).expect("a folder");
    let folder = |name: &str| scenario.path(name).to_string_lossy().into_owned();
    let find =
        |path: String| sight(&Want::Program { name: "tool".into(), path: path.into() }, &[], &mut Budget::default());
    let all = format!("{}:{}:{}:{}", folder("folders"), folder("one"), folder("two"), folder("three"));
    assert_eq!(find(all), Sight::Program(format!("{}/tool", folder("two")).into()));
    assert_eq!(find(folder("one")), Sight::Missing);
    assert_eq!(find(format!(":{}", folder("two"))), Sight::Unreadable, "the current folder is not in the want");
    assert_eq!(find(format!("bin:{}", folder("two"))), Sight::Unreadable);
    assert!(matches!(find(format!("{}:", folder("two"))), Sight::Program(_)));
}

#[test]
fn reading_goes_on_until_nothing_is_wanted() {
    let scenario = Scenario::new();
    scenario.write("1", "2");
    scenario.write("2", "3");
    let chain = |seen: &guarded_sh::command::Seen| {
        let mut wants = vec![Want::File(bytes(&scenario.path("1")))];
        for sight in seen.sights.values() {
            if let Sight::Bytes(text) = sight {
                wants.push(Want::File(bytes(&scenario.path(&String::from_utf8_lossy(text)))));
            }
        }
        Model { wants, ..Model::default() }
    };
    let (model, seen) = read_until_settled(chain, &[], &mut Budget::default());
    assert_eq!(model.wants.len(), 3);
    assert_eq!(seen.sights.len(), 3);
    assert_eq!(seen.sights.values().filter(|sight| **sight == Sight::Missing).count(), 1);
    let (_, seen) = read_until_settled(chain, &[], &mut Budget { files: 1, ..Budget::default() });
    assert!(seen.sights.values().any(|sight| *sight == Sight::TooBig));
}

#[test]
fn reading_that_never_settles_ends() {
    let mut count = 0;
    let (_, seen) = read_until_settled(
        |_| {
            count += 1;
            Model { wants: vec![Want::File(BString::from(format!("/nowhere/{count}")))], ..Model::default() }
        },
        &[],
        &mut Budget { files: usize::MAX, ..Budget::default() },
    );
    assert!(count < 1000);
    assert!(seen.sights.values().any(|sight| *sight == Sight::TooBig), "the last ones are said to be unseen");
}
