//! `[credentials] files`: what a policy hides, nothing of a tree can read, whatever it is, as root and as an ordinary user.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::cases::Place;
use crate::supervised::said;

const SECRET: &str = "s3cr3t-in-a-file";
const HIDES: &str = "[credentials]\nfiles = [\"~/.aws/credentials\", \"~/.kube\", \"~/.missing\"]\n";
/// All is permitted, and nothing but the fence is in the way.
const LOOSE: &str = "supervise = \"off\"\n[decide]\nlow = \"allow\"\nmedium = \"allow\"\nhigh = \"allow\"\ncritical = \"allow\"\n\
                     [ask]\nwait = 0\n[undo]\nenabled = false\n";

/// A program without libraries that shows a file.
const SHOWS: &str = "#include <fcntl.h>\n#include <unistd.h>\nint main(int c, char **v) { char b[4096]; int f = open(v[1], O_RDONLY); \
                     long n = read(f, b, sizeof b); if (n > 0) write(1, b, n); return 0; }\n";

/// Copies of trees and open folders by the calls themselves.
const CALLS: &str = "
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
home = os.environ['HOME'].encode()
for flags in (1, 1 | 0x8000):
    tree = libc.syscall(428, -100, home + b'/.aws', flags)
    if tree >= 0:
        try:
            print(open(os.open('credentials', os.O_RDONLY, dir_fd=tree)).read())
        except OSError as error:
            print(error)
for process in os.listdir('/proc'):
    for way in ('root', 'cwd'):
        try:
            print(open(f'/proc/{process}/{way}/' + '../' * 20 + os.environ['HOME'] + '/.aws/credentials').read())
        except OSError:
            pass
    for number in range(20):
        try:
            print(open(f'/proc/{process}/fd/{number}/.aws/credentials').read())
        except OSError:
            pass
";

const ATTACKS: &[&str] = &[
    "cat ~/.aws/credentials",
    "source ~/.aws/credentials",
    "bash ~/.aws/credentials",
    "ln -s ~/.aws/credentials s.sh; bash s.sh; . ./s.sh",
    "sh < ~/.aws/credentials",
    "env bash ~/.aws/credentials",
    "echo \"$(< ~/.aws/credentials)\"; read -r x < ~/.aws/credentials; echo \"$x\"",
    "mapfile -t x < ~/.aws/credentials; echo \"${x[@]}\"",
    "cp ~/.aws/credentials here; cat here",
    "cp -r ~/.aws here; cat here/*",
    "tar -C ~ -cf - .aws | tar -xO",
    "python3 -c 'import os; print(open(os.path.expanduser(\"~/.aws/credentials\")).read())'",
    "python3 calls.py",
    "perl -pe 1 ~/.aws/credentials",
    "./shows ~/.aws/credentials",
    "setsid --wait ./shows ~/.aws/credentials & wait",
    "ln ~/.aws/credentials here && cat here",
    "ln -s ~/.aws/credentials here; cat here",
    "cat /proc/self/root$HOME/.aws/credentials /proc/$$/root$HOME/.aws/credentials",
    "cat /proc/$PPID/root$HOME/.aws/credentials",
    "cat /proc/$PPID/cwd/../.aws/credentials",
    "cat /proc/1/root$HOME/.aws/credentials",
    "chroot /proc/$PPID/root cat $HOME/.aws/credentials",
    "nsenter -t $PPID -m cat $HOME/.aws/credentials",
    "nsenter --mount=/proc/$PPID/ns/mnt ./shows ~/.aws/credentials",
    "nsenter -t $PPID -U -m --preserve-credentials cat $HOME/.aws/credentials",
    "umount ~/.aws/credentials; cat ~/.aws/credentials",
    "umount -l ~/.aws/credentials; cat ~/.aws/credentials",
    "unshare -m sh -c 'umount ~/.aws/credentials; cat ~/.aws/credentials'",
    "unshare -Urm sh -c 'umount -l ~/.aws/credentials; cat ~/.aws/credentials'",
    "unshare -Urm sh -c 'mkdir m; mount --bind ~/.aws m; cat m/credentials'",
    "unshare -Urm sh -c 'mkdir m; mount --rbind ~/.aws m; umount m/credentials; cat m/credentials'",
    "unshare -Urm sh -c 'mkdir m; mount --rbind / m; umount -l m$HOME/.aws/credentials; cat m$HOME/.aws/credentials'",
    "unshare -Urm python3 calls.py",
    "mkdir m; mount --bind ~/.aws m; cat m/credentials",
    "mkdir m; mount --bind ~ m; cat m/.aws/credentials",
    "touch m; mount --move ~/.aws/credentials m; cat ~/.aws/credentials",
    "mount -o remount,rw,bind ~/.aws/credentials; mv ~/.aws/credentials x; cat ~/.aws/credentials",
    "mv ~/.aws ~/away; cat ~/away/credentials; mv ~/away ~/.aws",
    "mv ~/.aws/credentials ~/.aws/other; cat ~/.aws/other",
    "rm -f ~/.aws/credentials; cat ~/.aws/credentials",
    "cat ~/.kube/config; cat ~/.kube/*; grep -r server ~/.kube",
    "cat way/credentials",
];

fn place(policy: &str, user: Option<u32>) -> Option<(Place, String)> {
    let place = Place::new();
    for (folder, file, text) in [(".aws", "credentials", SECRET), (".kube", "config", SECRET)] {
        std::fs::create_dir_all(place.home().join(folder)).expect("a folder");
        std::fs::write(place.home().join(folder).join(file), format!("{text}\n")).expect("a file");
    }
    std::fs::write(place.project().join("calls.py"), CALLS).expect("a program");
    place.bash("ln -s ~/.aws way");
    let source = place.path("shows.c");
    std::fs::write(&source, SHOWS).expect("a source");
    let built = Command::new("cc").arg("-static").arg("-o").arg(place.project().join("shows")).arg(&source).output();
    assert!(built.is_ok_and(|done| done.status.success()), "a C compiler");
    set(&place, policy);
    let shell = place.path("guarded-sh");
    std::fs::copy(crate::programs::guarded_sh(), &shell).expect("a shell");
    if let Some(user) = user {
        let top = place.path("home").parent().expect("a folder").to_owned();
        let owned = Command::new("chown").args(["-R", &format!("{user}:{user}")]).arg(top).output();
        if !owned.is_ok_and(|done| done.status.success()) {
            eprintln!("skipped: not root");
            return None;
        }
    }
    let able = said(&by(&place, user, &[&shell.display().to_string(), "-c", "cat ~/.aws/credentials; echo ran"]));
    if able.contains(SECRET) && policy.contains("files") {
        eprintln!("skipped: no namespace for {user:?}: {able}");
        assert!(trail(&place).contains("not held read-only and hidden"), "it is said");
        return None;
    }
    Some((place, shell.display().to_string()))
}

fn set(place: &Place, policy: &str) {
    std::fs::write(place.home().join(".config/guarded/policy.toml"), policy).expect("a policy");
}

fn by(place: &Place, user: Option<u32>, words: &[&str]) -> Output {
    let number = user.map(|user| user.to_string()).unwrap_or_default();
    let become_it = ["--reuid", &number, "--regid", &number, "--clear-groups"];
    let all = [if user.is_some() { &become_it[..] } else { &[] }, words].concat();
    place.program(Path::new("setpriv"), &all).output().expect("a shell")
}

fn trail(place: &Place) -> String {
    std::fs::read_to_string(place.home().join(".local/state/guarded/audit.jsonl")).unwrap_or_default()
}

/// Whether the secret is in what a command said or in a file that it made.
fn shows(place: &Place, output: &Output) -> bool {
    let found = Command::new("grep").args(["-rqs", SECRET]).arg(place.project()).status();
    said(output).contains(SECRET) || found.is_ok_and(|status| status.success())
}

#[test]
fn no_code_of_a_tree_reads_what_the_policy_hides() {
    for user in [None, Some(23456)] {
        let Some((place, shell)) = place(&format!("{LOOSE}{HIDES}"), user) else { continue };
        for line in ATTACKS {
            let output = by(&place, user, &[&shell, "-c", line]);
            assert!(!shows(&place, &output), "{user:?}: {line}\n{}", said(&output));
            let kept = std::fs::read_to_string(place.home().join(".aws/credentials")).unwrap_or_default();
            assert!(kept.contains(SECRET), "{user:?}: {line}: it is still there, outside");
            place.bash("rm -rf here m x ~/away");
        }
        assert!(trail(&place).contains("\"withheld\":[") && !trail(&place).contains("s3cr3t"));
    }
}

/// Or the test above proves nothing. What needs rights, or undoes what is not done, is left out.
#[test]
fn without_the_policy_most_of_them_do() {
    let mut without = Vec::new();
    for line in ATTACKS {
        let Some((place, shell)) = place(LOOSE, None) else { return };
        let output = by(&place, None, &[&shell, "-c", line]);
        if !shows(&place, &output) {
            without.push(format!("{line}: {}", said(&output)));
        }
    }
    assert!(without.len() <= 8, "{without:#?}");
}

#[test]
fn what_else_there_is_works_as_ever() {
    for user in [None, Some(23456)] {
        let Some((place, shell)) = place(&format!("{LOOSE}{HIDES}"), user) else { continue };
        let line = "mkdir -p a b; echo 1 >a/f; mv a/f b/g; ln b/g a/h; cat a/h; ls ~/.aws; id -u; test -e ~/.kube && ls -A ~/.kube; \
                    test -s ~/.aws/credentials || echo empty; rm -r a b";
        let output = by(&place, user, &[&shell, "-c", line]);
        assert_eq!(said(&output), format!("1\ncredentials\n{}\nempty\n", user.unwrap_or(0)), "{user:?}");
        // Held open, below another guarded shell, watched, and by `guarded run`.
        let run = crate::programs::guarded_sh().with_file_name("guarded");
        let copy = place.path("guarded");
        std::fs::copy(&run, &copy).expect("a program");
        let run = copy.display().to_string();
        set(&place, &format!("{}{HIDES}", LOOSE.replace("\"off\"", "\"always\"")));
        for words in [
            &["/bin/sh", "-c", &format!("printf 'cat ~/.aws/credentials; echo ran\\n' | {shell}")][..],
            &[&shell, "-c", &format!("{shell} -c 'cat ~/.aws/credentials; echo ran'")],
            &[&shell, "-c", "cat ~/.aws/credentials; ./shows ~/.aws/credentials; echo ran"],
            &[&run, "run", "--", "/bin/sh", "-c", "cat ~/.aws/credentials; echo ran"],
        ] {
            let output = by(&place, user, words);
            assert!(said(&output).contains("ran") && !shows(&place, &output), "{user:?} {words:?}: {}", said(&output));
        }
    }
}

#[test]
fn a_grant_shows_them_to_its_programs_alone() {
    for user in [None, Some(23456)] {
        let Some((place, shell)) = place(&format!("{LOOSE}{HIDES}"), user) else { continue };
        let aws = place.path("bin/aws");
        std::fs::write(&aws, "#!/bin/sh\n/bin/cat ~/.aws/credentials\n").expect("a stub");
        std::fs::set_permissions(&aws, PermissionsExt::from_mode(0o755)).expect("a mode");
        let aws = aws.display();
        set(
            &place,
            &format!(
                "{LOOSE}{HIDES}[[credentials.grant]]\nfiles = [\"~/.aws/credentials\"]\ncommand = [\"{aws}\"]\nverb = [\"s3 ls\"]\n"
            ),
        );
        for line in ["aws s3 ls", "cd src && aws s3 ls; echo done"] {
            let output = by(&place, user, &[&shell, "-c", line]);
            assert!(shows(&place, &output), "{user:?}: {line}: {}", said(&output));
        }
        assert!(trail(&place).contains("\"granted\":["));
        for line in [
            "aws s3 ls; cat ~/.aws/credentials",
            "aws s3 rm x",
            "aws s3 ls; read -r x < ~/.aws/credentials; echo $x",
            "aws s3 ls $(cat ~/.aws/credentials)",
            "aws s3 ls; mapfile x < ~/.aws/credentials; echo $x",
            "aws() { cat ~/.aws/credentials; }; aws s3 ls",
            "./shows ~/.aws/credentials",
        ] {
            let output = by(&place, user, &[&shell, "-c", line]);
            assert!(!shows(&place, &output), "{user:?}: {line}: {}", said(&output));
        }
    }
}

#[test]
fn a_project_hides_more_and_grants_nothing() {
    let Some((place, shell)) = place(&format!("{LOOSE}{HIDES}"), None) else { return };
    std::fs::write(place.project().join("own.key"), "s3cr3t of the project\n").expect("a file");
    std::fs::write(place.project().join(".guarded.toml"), "[credentials]\nfiles = [\"own.key\"]\n").expect("a policy");
    let output = by(&place, None, &[&shell, "-c", "cat own.key ~/.aws/credentials; echo ran"]);
    assert!(said(&output).contains("ran") && !said(&output).contains("s3cr3t"), "{}", said(&output));
    let text = format!(
        "[[credentials.grant]]\nfiles = [\"{}/.aws/credentials\"]\ncommand = \"cat\"\n",
        place.home().display()
    );
    std::fs::write(place.project().join(".guarded.toml"), text).expect("a policy");
    let output = by(&place, None, &[&shell, "-c", "cat ~/.aws/credentials"]);
    assert!(!shows(&place, &output), "{}", said(&output));
}

/// A file that has another name can be read by that.
#[test]
fn where_they_can_not_be_hidden_nothing_runs_that_requires_it() {
    let Some((place, shell)) = place(&format!("{LOOSE}{HIDES}"), None) else { return };
    place.bash("ln ~/.aws/credentials ~/other");
    let output = by(&place, None, &[&shell, "-c", "cat ~/.aws/credentials; touch ran"]);
    assert!(place.project().join("ran").exists() && !shows(&place, &output), "{}", said(&output));
    assert!(trail(&place).contains("has another name"));
    std::fs::remove_file(place.project().join("ran")).expect("it ran");
    set(&place, &format!("{LOOSE}{HIDES}[require]\nlayer = \"fence\"\n"));
    let output = by(&place, None, &[&shell, "-c", "cat ~/other; touch ran"]);
    assert!(!place.project().join("ran").exists() && output.status.code() == Some(125), "{}", said(&output));
    place.bash("rm ~/other");
    let output = by(&place, None, &[&shell, "-c", "touch ran"]);
    assert!(place.project().join("ran").exists(), "{}", said(&output));
}
