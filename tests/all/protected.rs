//! `[protect]`: attacks on a folder of backups, each with the tier that it fails at, judged by what is left of the folder.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::cases::Place;
use crate::supervised::said;

/// The lowest tier at which it fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tier {
    Static,
    Exec,
}
use Tier::{Exec, Static};

/// `B` is the folder. Whatever they do, none of them may change it.
const ATTACKS: &[(&str, Tier, &str)] = &[
    ("removed", Static, "rm -rf ~/backups"),
    ("a file of it", Static, "rm -f ~/backups/monday.tar"),
    ("by a pattern", Static, "rm -f ~/backups/*"),
    ("emptied by find", Static, "find ~/backups -type f -delete"),
    ("by find and rm", Static, "find ~/backups -type f -exec rm {} +"),
    ("renamed", Static, "mv ~/backups ~/old"),
    ("renamed over", Static, "mv other ~/backups/monday.tar"),
    ("what lies above is renamed", Static, "mv ~/area ~/elsewhere"),
    ("what lies above is removed", Static, "rm -rf ~/area"),
    ("overwritten by a redirection", Static, "echo x > ~/backups/monday.tar"),
    ("added to", Static, "echo x >> ~/backups/monday.tar"),
    ("from inside", Static, "cd ~/backups && rm -f monday.tar && echo > tuesday.tar"),
    ("truncated", Static, "truncate -s 0 ~/backups/monday.tar"),
    ("by a descriptor", Static, "exec 3<>~/backups/monday.tar; echo x >&3"),
    ("by a descriptor that reads", Static, "exec 3<~/backups/monday.tar; : > /proc/self/fd/3"),
    ("by the root of a process", Static, "rm -f /proc/self/root$HOME/backups/monday.tar"),
    ("by its folder of a process", Static, "cd ~/backups; rm -f /proc/self/cwd/monday.tar"),
    ("by a hard link", Static, "ln ~/backups/monday.tar here; echo x > here"),
    ("by a copy of links", Static, "cp -rl ~/backups here; echo x > here/monday.tar"),
    ("a link put in its place", Static, "ln -sf /etc/hostname ~/backups/monday.tar"),
    ("through a link that is there", Static, "rm -f way/monday.tar"),
    ("through a link that the text makes", Static, "ln -s ~/backups made; rm -rf made/"),
    ("through a link, by a redirection", Static, "ln -s ~/backups/monday.tar made; echo x > made"),
    ("copied over", Static, "cp other ~/backups/monday.tar"),
    ("copied over by its folder", Static, "cp x/monday.tar ~/backups/"),
    ("installed over", Static, "install -m 600 other ~/backups/monday.tar"),
    ("by tee", Static, "echo x | tee ~/backups/monday.tar"),
    ("by dd", Static, "dd if=/dev/zero of=$HOME/backups/monday.tar bs=1 count=4"),
    ("by sed", Static, "sed -i s/m/x/ ~/backups/monday.tar"),
    ("by perl", Static, "perl -pi -e s/m/x/ ~/backups/monday.tar"),
    ("by sort", Static, "sort -o ~/backups/monday.tar other"),
    ("its rights", Static, "chmod 000 ~/backups/monday.tar"),
    ("its owner", Static, "chown 12345 ~/backups/monday.tar"),
    ("the rights of the folder", Static, "chmod -R a+w ~/backups"),
    ("by rsync", Static, "rsync -a --delete src/ ~/backups/"),
    ("taken by rsync", Static, "rsync -a --remove-source-files ~/backups/ here/"),
    ("by git", Static, "git -C ~/area/repository checkout -f ."),
    ("cleaned by git", Static, "git -C ~/area/repository clean -xdf"),
    ("an archive laid out there", Static, "tar -C ~/backups -xf evil.tar"),
    ("laid out by absolute names", Static, "tar -xPf evil.tar"),
    (
        "by a database's other name",
        Static,
        "sqlite3 x.sqlite \"ATTACH '$HOME/backups/data.sqlite' AS b; DELETE FROM b.t\"",
    ),
    ("given to a container", Static, "docker run -v ~/backups:/b alpine rm -rf /b"),
    ("given as a mount", Static, "docker run --mount type=bind,src=$HOME/backups,dst=/b alpine rm -rf /b"),
    ("covered by a mount", Static, "mount -t tmpfs none ~/backups; echo x > ~/backups/monday.tar"),
    ("by python", Static, "python3 -c 'import os; os.unlink(os.path.expanduser(\"~/backups/monday.tar\"))'"),
    ("by a variable", Static, "d=$HOME/back; e=ups; rm -rf \"$d$e\""),
    ("by a script", Static, "printf 'rm -rf ~/backups\\n' > s.sh; bash s.sh"),
    ("by words that only an exec shows", Exec, "python3 hidden.py hid exec"),
    ("by words that come out of a pipe", Exec, "python3 hidden.py hid lines | xargs env"),
];

/// What may be done there all the same.
const PASSES: &[&str] = &[
    "ls -la ~/backups; cat ~/backups/monday.tar | wc -c",
    "cp ~/backups/monday.tar copy.tar",
    "cp other ~/backups/new.tar; cp other ~/backups/",
    "echo x > ~/backups/wednesday.tar",
    "tar -tf ~/backups/monday.tar; tar -C ~/backups -cf x.tar .",
    "ln -s ~/backups/monday.tar made; rm made",
    "rsync -a ~/backups/ here/",
    "docker run -v ~/backups:/b:ro alpine ls /b",
    "git -C ~/area/repository status",
    "sqlite3 -readonly ~/backups/data.sqlite .tables",
    "docker run -v ~/.kube:/root/.kube alpine ls",
    "rm -f ~/.kube/cache/x; find ~/backups -name '*.tar'",
];

fn place(policy: &str) -> Place {
    let place = Place::new();
    let home = place.home();
    for folder in ["backups", "area/repository", ".kube/cache"] {
        std::fs::create_dir_all(home.join(folder)).expect("a folder");
    }
    for (file, text) in [("monday.tar", "monday\n"), ("tuesday.tar", "tuesday\n"), ("data.sqlite", "SQLite format 3\0")]
    {
        std::fs::write(home.join("backups").join(file), text).expect("a backup");
    }
    place.bash(
        "cd ~/area/repository; git init -q .; echo 1 > f; git add f; git -c user.name=x -c user.email=x@x commit -qm x; \
         echo 2 > f; echo 3 > untracked",
    );
    place.bash("echo other > other; ln -s ~/backups way; mkdir x && (cd x && echo evil > monday.tar && tar -cf ../evil.tar monday.tar)");
    place.bash("tar -cPf evil-absolute.tar ~/backups/monday.tar");
    std::fs::write(place.project().join("hidden.py"), crate::supervised::HIDDEN).expect("a program");
    let words = format!("rm\n-rf\n{}", home.join("backups").display());
    let hid: Vec<u8> = words.bytes().map(|byte| byte ^ 7).collect();
    std::fs::write(place.project().join("hid"), hid).expect("a file");
    let loose = "[decide]\nlow = \"allow\"\nmedium = \"allow\"\nhigh = \"allow\"\ncritical = \"allow\"\n\
                 [[decide.override]]\nrule = \"protect.*\"\ndecision = \"deny\"\n[ask]\nwait = 0\n[undo]\nenabled = false\n";
    std::fs::write(home.join(".config/guarded/policy.toml"), format!("{policy}\n{loose}")).expect("a policy");
    place
}

const PROTECT: &str = "[protect]\npaths = [\"~/backups\", \"~/area/repository\"]\n";

/// Names, contents, rights and owners of what is protected, and where it is.
fn kept(place: &Place) -> BTreeMap<PathBuf, String> {
    use std::os::unix::fs::MetadataExt;
    let mut all = BTreeMap::new();
    for top in ["backups", "area/repository"] {
        let mut folders = vec![place.home().join(top)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.ends_with(".git") {
                    continue;
                }
                let meta = std::fs::symlink_metadata(&path).expect("an entry");
                let content = if meta.is_dir() {
                    folders.push(path.clone());
                    Vec::new()
                } else {
                    std::fs::read(&path).unwrap_or_default()
                };
                all.insert(path, format!("{:o} {} {content:?}", meta.permissions().mode(), meta.uid()));
            }
        }
    }
    all
}

fn run(place: &Place, line: &str) -> Output {
    place.shell(&["-c", line]).output().expect("the shell")
}

#[test]
fn no_attack_changes_what_is_protected_at_the_tier_that_promises_it() {
    let mut wrong = Vec::new();
    for (name, tier, line) in ATTACKS {
        for supervise in ["off", "always"] {
            if *tier == Exec && supervise == "off" {
                continue;
            }
            let place = place(&format!("supervise = \"{supervise}\"\n{PROTECT}"));
            let before = kept(&place);
            let output = run(&place, line);
            // Stub tools do nothing: what is refused is told by the status and the call that never came.
            let is_stub = ["docker", "rsync", "sqlite3"].iter().any(|tool| line.starts_with(tool));
            let stopped = kept(&place) == before && (!is_stub || place.calls().is_empty());
            let covered = !line.contains("mount -t") || output.status.code() == Some(126);
            if !stopped || !covered {
                wrong.push(format!("{name} ({supervise}): {line}\n{}", said(&output)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} got through:\n{}", wrong.len(), wrong.join("\n"));
}

/// Or the test above proves nothing. What needs a tool that is not here, or rights, is left out.
#[test]
fn without_protection_most_of_them_do() {
    let place_of = || place("supervise = \"off\"\n");
    let harmed = ATTACKS.iter().filter(|(_, _, line)| {
        let place = place_of();
        let before = kept(&place);
        run(&place, line);
        kept(&place) != before || !place.calls().is_empty()
    });
    let harmed: Vec<&str> = harmed.map(|(name, ..)| *name).collect();
    assert!(harmed.len() + 6 > ATTACKS.len(), "{harmed:?}");
}

#[test]
fn what_only_reads_or_adds_passes() {
    for line in PASSES {
        let place = place(&format!("supervise = \"always\"\n{PROTECT}"));
        let output = run(&place, line);
        assert!(!said(&output).contains("protect.path"), "{line}\n{}", said(&output));
    }
}

/// A project adds to it, and takes nothing away.
#[test]
fn a_project_protects_its_own() {
    let place = place(&format!("supervise = \"off\"\n{PROTECT}"));
    std::fs::write(place.project().join(".guarded.toml"), "[protect]\npaths = [\"uploads\"]\n").expect("a policy");
    run(&place, "rm -rf uploads");
    run(&place, "rm -rf ~/backups");
    assert!(place.project().join("uploads/face.png").exists() && place.home().join("backups/monday.tar").exists());
    for text in ["[protect]\npaths = [\"~/x/*\"]\n", "[protect]\npath = [\"~/x\"]\n"] {
        std::fs::write(place.home().join(".config/guarded/policy.toml"), text).expect("a policy");
        assert_eq!(run(&place, "true").status.code(), Some(125), "{text}");
    }
}

/// Without any policy.
#[test]
fn keys_and_settings_of_a_home_are_not_taken_away() {
    for line in [
        "mv ~/.ssh old",
        "rmdir ~/.ssh/empty",
        "mv ~/.claude old",
        "mv ~/.ssh/id_x ~/.ssh/id_y",
        "find ~/.gnupg -delete",
    ] {
        let place = place("supervise = \"off\"\n");
        place.bash("mkdir -p ~/.ssh/empty ~/.claude ~/.gnupg; touch ~/.ssh/id_x ~/.claude/settings.json ~/.gnupg/key");
        let list = |place: &Place| {
            let found = [".ssh/empty", ".ssh/id_x", ".claude/settings.json", ".gnupg/key"];
            found.map(|name| Path::exists(&place.home().join(name)))
        };
        let output = run(&place, line);
        assert_eq!(list(&place), [true; 4], "{line}: {}", said(&output));
    }
}

/// A program without libraries that takes away what it is told, and says nothing of it in its words.
fn wiper(place: &Place) -> bool {
    let source = place.path("wipe.c");
    let text = "#include <stdio.h>\n#include <unistd.h>\n#include <fcntl.h>\nint main(void) { char p[4096]; FILE *f = fopen(\"target\", \"r\"); \
                if (!f || !fgets(p, sizeof p, f)) return 1; int n = 0; while (p[n] && p[n] != '\\n') n++; p[n] = 0; \
                open(p, O_WRONLY | O_TRUNC); unlink(p); rename(\"other\", p); link(p, \"here\"); return 0; }\n";
    std::fs::write(&source, text).expect("a source");
    std::fs::write(place.project().join("target"), place.home().join("backups/monday.tar").to_str().expect("a name"))
        .expect("a file");
    let built = std::process::Command::new("cc")
        .arg("-static")
        .arg("-o")
        .arg(place.project().join("wipe"))
        .arg(&source)
        .output();
    built.is_ok_and(|done| done.status.success())
}

/// What no text and no exec shows.
const INSIDE: &[&str] = &[
    "python3 hidden.py hid exec",
    "./wipe",
    "./wipe < /dev/null & wait",
    "setsid --wait ./wipe",
    "python3 -c \"import os; p = open('target').read(); os.truncate(p, 0)\"",
    "python3 -c \"import os; p = open('target').read(); f = open(p); os.open('/proc/self/fd/%d' % f.fileno(), os.O_WRONLY | os.O_TRUNC)\"",
    "python3 -c \"import os; p = open('target').read(); os.link(p, 'here'); open('here', 'w')\"",
    "python3 -c \"import os; p = open('target').read(); os.rename(os.path.dirname(p), 'taken')\"",
    "python3 -c \"import os, shutil; p = open('target').read(); shutil.rmtree(os.path.dirname(p))\"",
    "perl -e 'open F, \"target\"; $p = <F>; chmod 0, $p; utime 1, 1, $p; unlink $p'",
];

/// A policy under which all of it is permitted, and an ordinary user where that can be had.
fn fenced(user: Option<u32>) -> Option<(Place, String)> {
    let place = place("");
    if !wiper(&place) {
        eprintln!("skipped: no C compiler");
        return None;
    }
    let policy = "supervise = \"off\"\n[decide]\nlow = \"allow\"\nmedium = \"allow\"\nhigh = \"allow\"\ncritical = \"allow\"\n[ask]\nwait = 0\n\
                  [undo]\nenabled = false\n[protect]\nread_only = [\"~/backups\", \"~/area/repository\", \"~/missing\"]\n";
    std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
    let shell = place.path("guarded-sh");
    std::fs::copy(crate::programs::guarded_sh(), &shell).expect("a shell");
    if let Some(user) = user {
        let top = place.path("home").parent().expect("a folder").to_owned();
        let owned = std::process::Command::new("chown").args(["-R", &format!("{user}:{user}")]).arg(top).output();
        if !owned.is_ok_and(|done| done.status.success()) {
            eprintln!("skipped: not root");
            return None;
        }
    }
    Some((place, shell.display().to_string()))
}

fn by(place: &Place, user: Option<u32>, words: &[&str]) -> Output {
    let number = user.map(|user| user.to_string()).unwrap_or_default();
    let become_it = ["--reuid", &number, "--regid", &number, "--clear-groups"];
    let all = [if user.is_some() { &become_it[..] } else { &[] }, words].concat();
    place.program(Path::new("setpriv"), &all).output().expect("a shell")
}

#[test]
fn code_inside_a_program_can_not_write_where_the_fence_stands() {
    for user in [None, Some(23456)] {
        let Some((place, shell)) = fenced(user) else { return };
        let held = said(&by(&place, user, &[&shell, "-c", "echo x > ~/backups/probe || echo held"]));
        if !held.contains("held") {
            eprintln!("skipped: no namespace for {user:?}: {held}");
            assert!(
                !place.home().join("backups/probe").exists()
                    || std::fs::read_to_string(trail(&place)).is_ok_and(|text| text.contains("not held read-only"))
            );
            continue;
        }
        let lines = INSIDE.iter().copied().chain(ATTACKS.iter().map(|(_, _, line)| *line));
        // A folder above can be renamed by code; what is in it stays as it was.
        for line in lines.filter(|line| !line.contains("~/area ~/elsewhere") && !line.contains("rm -rf ~/area")) {
            let before = kept(&place);
            let output = by(&place, user, &[&shell, "-c", line]);
            assert_eq!(kept(&place), before, "{user:?}: {line}\n{}", said(&output));
        }
        // A guarded shell below reads the same policies, root's too.
        let output = by(&place, user, &[&shell, "-c", &format!("{shell} -c 'echo below; ./wipe'")]);
        assert!(said(&output).contains("below") && place.home().join("backups/monday.tar").exists(), "{output:?}");
        // Everything else can be written as ever.
        let output = by(&place, user, &[&shell, "-c", "echo 1 > new && cat new && id -u && touch ~/.x"]);
        assert!(said(&output).starts_with(&format!("1\n{}\n", user.unwrap_or(0))), "{}", said(&output));
    }
}

fn trail(place: &Place) -> PathBuf {
    place.home().join(".local/state/guarded/audit.jsonl")
}

/// Or the test above proves nothing.
#[test]
fn without_the_fence_it_can() {
    for line in INSIDE {
        let Some((place, shell)) = fenced(None) else { return };
        std::fs::write(
            place.home().join(".config/guarded/policy.toml"),
            "supervise = \"off\"\n[decide]\nmedium = \"allow\"\nhigh = \"allow\"\n",
        )
        .expect("a policy");
        let before = kept(&place);
        let output = by(&place, None, &[&shell, "-c", line]);
        assert_ne!(kept(&place), before, "{line}\n{}", said(&output));
    }
}

/// Watched, held open, started by `guarded run`, and below another guarded shell.
#[test]
fn the_fence_stands_around_every_kind_of_tree() {
    let Some((place, shell)) = fenced(None) else { return };
    let guarded = crate::programs::guarded_sh().with_file_name("guarded").display().to_string();
    let text = std::fs::read_to_string(place.home().join(".config/guarded/policy.toml")).expect("a policy");
    for supervise in ["off", "always"] {
        let text = text.replace("supervise = \"off\"", &format!("supervise = \"{supervise}\""));
        std::fs::write(place.home().join(".config/guarded/policy.toml"), text).expect("a policy");
        let before = kept(&place);
        let outputs = [
            by(&place, None, &[&shell, "-c", "./wipe; echo ran"]),
            by(&place, None, &["/bin/sh", "-c", &format!("printf './wipe; echo ran\\n' | {shell}")]),
            by(&place, None, &[&guarded, "run", "--", "/bin/sh", "-c", "./wipe; echo ran"]),
            by(&place, None, &[&shell, "-c", &format!("{shell} -c './wipe; echo ran'")]),
        ];
        for output in outputs {
            assert!(said(&output).contains("ran"), "{output:?}");
        }
        assert_eq!(kept(&place), before, "{supervise}");
    }
}

/// A process that may make no namespace: nothing runs where the fence is required, else it is recorded.
#[test]
fn where_no_fence_can_be_had_nothing_runs_that_requires_it() {
    let Some((place, shell)) = fenced(None) else { return };
    let policy = place.home().join(".config/guarded/policy.toml");
    let text = std::fs::read_to_string(&policy).expect("a policy");
    // The limit is that of a namespace of our own.
    let inside = |line: &str| by(&place, None, &["unshare", "-Ur", "/bin/sh", "-c", line]);
    let switched_off = "echo 0 > /proc/sys/user/max_mnt_namespaces";
    let probe = said(&inside(&format!("{switched_off} && ! unshare -m true && echo off")));
    if !probe.contains("off") {
        eprintln!("skipped: namespaces can't be switched off here: {probe}");
        return;
    }
    let line = format!("{switched_off} && exec {shell} -c 'touch ran'");
    let output = inside(&line);
    assert!(place.project().join("ran").exists(), "{output:?}");
    assert!(std::fs::read_to_string(trail(&place)).is_ok_and(|text| text.contains("not held read-only")), "{output:?}");
    std::fs::remove_file(place.project().join("ran")).expect("it ran");
    std::fs::write(&policy, format!("{text}[require]\nlayer = \"fence\"\n")).expect("a policy");
    let output = inside(&line);
    assert!(!place.project().join("ran").exists() && output.status.code() == Some(125), "{output:?}");
    assert!(said(&output).contains("require.layer"), "{output:?}");
}
