//! The installer, with the build left out: cargo is a stub, and what it would have built are the programs under test.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::programs::guarded_sh;

const INSTALLER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh");

struct Machine {
    folder: TempDir,
}

impl Machine {
    /// Empty prefix, empty home, and only these programs beside the system's own.
    fn with(stubs: &[&str]) -> Machine {
        let machine = Machine { folder: tempfile::tempdir().expect("a folder") };
        for name in ["home", "stubs", "built/release"] {
            fs::create_dir_all(machine.at(name)).expect("a folder");
        }
        for name in ["cc", "cargo"].iter().filter(|name| stubs.contains(name)) {
            let stub = machine.at("stubs").join(name);
            fs::write(&stub, "#!/bin/sh\n[ \"$1\" != --version ] || echo cargo 1.99.0\n").expect("a stub");
            fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).expect("a stub");
        }
        // The tools that the installer and the replay need, and no compiler.
        for name in
            ["sh", "bash", "env", "uname", "dirname", "basename", "sed", "mkdir", "cp", "chmod", "mv", "ln", "rm"]
                .iter()
                .chain(&["rmdir", "mktemp", "grep", "cat", "head", "touch", "readlink"])
        {
            symlink(Path::new("/bin").join(name), machine.at("stubs").join(name)).expect("a link");
        }
        for program in [guarded_sh(), PathBuf::from(env!("CARGO_BIN_EXE_guarded"))] {
            let name = program.file_name().expect("a name");
            symlink(&program, machine.at("built/release").join(name)).expect("a link");
        }
        machine
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, words: &[&str]) -> (i32, String, String) {
        let output = Command::new(INSTALLER)
            .args(words)
            .env_clear()
            .env("PATH", self.at("stubs"))
            .env("HOME", self.at("home"))
            .env("CARGO_TARGET_DIR", self.at("built"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .expect("it starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }
}

fn everything(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() { found.extend(everything(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn it_installs_twice_alike_works_and_goes_without_a_trace() {
    let machine = Machine::with(&["cc", "cargo"]);
    let (code, text, error) = machine.run(&["--prefix", "pre fix"]);
    assert_eq!(code, 0, "{text}{error}");
    assert_eq!(text.matches("  stopped (").count(), 10, "{text}");
    let prefix = machine.at("pre fix");
    let first = everything(&prefix);
    assert_eq!(machine.run(&["--prefix", "pre fix"]).0, 0);
    assert_eq!(everything(&prefix), first);

    for name in ["bash", "sh"] {
        let run = |text: &str| {
            Command::new(prefix.join("lib/guarded/bash/bin").join(name))
                .args(["-c", text])
                .env("HOME", machine.at("home"))
                .current_dir(machine.at("home"))
                .output()
                .expect("it starts")
        };
        assert_eq!(run("echo \"$((6 * 7))\"").stdout, b"42\n", "{name}");
        assert_eq!(run("touch before; rm -rf /").status.code(), Some(126), "{name}");
        assert!(!machine.at("home/before").exists(), "nothing of a stopped command runs");
    }

    fs::write(prefix.join("bin/mine"), "x").expect("written");
    assert_eq!(machine.run(&["--prefix", "pre fix", "--uninstall"]).0, 0);
    assert_eq!(everything(&prefix), [prefix.join("bin/mine")]);
    assert!(machine.at("home/.local/state/guarded/audit.jsonl").exists(), "the trail stays");
}

#[test]
fn what_an_older_version_left_behind_goes() {
    let machine = Machine::with(&["cc", "cargo"]);
    assert_eq!(machine.run(&[]).0, 0);
    let prefix = machine.at("home/.local");
    let manifest = prefix.join("lib/guarded/manifest");
    fs::write(prefix.join("bin/guarded-old"), "x").expect("written");
    let listed = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, listed + "bin/guarded-old\n").expect("written");
    assert_eq!(machine.run(&[]).0, 0);
    assert!(!prefix.join("bin/guarded-old").exists() && prefix.join("bin/guarded").exists());
}

#[test]
fn what_is_missing_is_named_with_what_gets_it() {
    for (stubs, names, gets) in
        [(&["cargo"][..], "C compiler", "try: apt-get install gcc"), (&["cc"], "no cargo", "rustup")]
    {
        let machine = Machine::with(stubs);
        let (code, _, error) = machine.run(&[]);
        assert_eq!(code, 1);
        assert!(error.contains(names) && error.contains(gets), "{error}");
        assert!(everything(&machine.at("home")).is_empty());
    }
}

#[test]
fn a_prefix_that_cannot_be_written_is_told_before_anything_is_built() {
    let machine = Machine::with(&["cc", "cargo"]);
    fs::write(machine.at("file"), "x").expect("written");
    let (code, text, error) = machine.run(&["--prefix", "file/below"]);
    assert_eq!(code, 1);
    assert!(error.contains("can't be written") && error.contains("try: "), "{error}");
    assert!(!text.contains("building"), "{text}");
}
