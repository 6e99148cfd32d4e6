//! `[limits]`: too much at once locks the guard, and many programs that do the same wait for a person.

use std::process::Output;

use guarded_sh::store::lock;

use crate::cases::Place;
use crate::supervised::HIDDEN;

/// Folders of twenty files each, and a policy that lets them go.
fn place(limits: &str, folders: usize) -> Place {
    let place = Place::new();
    let policy = format!(
        "supervise = \"auto\"\n[decide]\nmedium = \"log\"\nhigh = \"log\"\ncritical = \"log\"\n[ask]\nwait = 0\n[limits]\n{limits}\n"
    );
    std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
    for folder in 0..folders {
        let folder = place.project().join(format!("data{folder}"));
        std::fs::create_dir(&folder).expect("a folder");
        for file in 0..20 {
            std::fs::write(folder.join(format!("{file}.sqlite")), "0123456789").expect("a file");
        }
    }
    place
}

fn run(place: &Place, line: &str) -> Output {
    place.shell(&["-c", line]).output().expect("the shell")
}

fn left(place: &Place, folders: usize) -> Vec<bool> {
    (0..folders).map(|folder| place.project().join(format!("data{folder}")).exists()).collect()
}

fn is_locked(place: &Place) -> bool {
    lock::locked(&place.home().join(".local/state/guarded")).is_some()
}

#[test]
fn what_passes_a_limit_does_not_run_and_locks() {
    for (limits, goes) in [
        ("files_per_minute = 50", 2),
        ("bytes_per_minute = 500", 2),
        ("destructive_per_hour = 3", 3),
        ("files_per_minute = 80\nbytes_per_minute = 800\ndestructive_per_hour = 4", 4),
        ("canary = 50", 4),
    ] {
        let place = place(limits, 4);
        for folder in 0..4 {
            run(&place, &format!("rm -rf data{folder}"));
        }
        let wanted: Vec<bool> = (0..4).map(|folder| folder >= goes).collect();
        assert_eq!(left(&place, 4), wanted, "{limits}");
        assert_eq!(is_locked(&place), goes < 4, "{limits}");
        let after = run(&place, "touch after");
        assert_eq!(place.project().join("after").exists(), goes == 4, "{limits}: {after:?}");
    }
}

/// What lowers counts nothing: a build is no damage.
#[test]
fn harmless_deletions_pass_no_limit() {
    let place = place("files_per_minute = 1\ndestructive_per_hour = 1", 0);
    place.bash("printf '[package]\\nname = \"x\"\\n' > Cargo.toml; echo target > .gitignore; git add -A; git -c user.name=x -c user.email=x@example.com commit -qm x");
    for _ in 0..3 {
        place.bash("mkdir -p target/debug; touch target/debug/{a,b,c,d}");
        let output = run(&place, "rm -rf target");
        assert!(!place.project().join("target").exists(), "{output:?}");
    }
    assert!(!is_locked(&place));
}

#[test]
fn after_so_many_of_a_kind_the_next_waits_for_a_person() {
    let place = place("canary = 3", 6);
    std::fs::write(place.project().join("hidden.py"), HIDDEN).expect("a program");
    for folder in 0..6 {
        let words = format!("rm\n-rf\ndata{folder}");
        let hid: Vec<u8> = words.bytes().map(|byte| byte ^ 7).collect();
        std::fs::write(place.project().join(format!("hid{folder}")), hid).expect("a file");
    }
    let line = "for i in 0 1 2 3 4 5; do python3 hidden.py hid$i fork; done";
    let output = run(&place, line);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(left(&place, 6), [false, false, false, true, true, true], "{said}");
    assert!(said.contains("guarded approve"), "{said}");
    assert!(!is_locked(&place));
    // Another command begins anew.
    run(&place, "python3 hidden.py hid3 fork");
    assert_eq!(left(&place, 6), [false, false, false, false, true, true]);
}

/// Two shells that delete at once are counted one after the other.
#[test]
fn commands_at_once_are_counted_together() {
    let place = place("files_per_minute = 100", 12);
    std::thread::scope(|scope| {
        for folder in 0..12 {
            let place = &place;
            scope.spawn(move || run(place, &format!("rm -rf data{folder}")));
        }
    });
    // One that was counted may find the lock of another one.
    let gone = left(&place, 12).into_iter().filter(|left| !left).count();
    assert!(gone <= 5, "{gone}");
    assert!(is_locked(&place));
}
