//! Calls that lead to no shell: the message names what to do, and the status is 125.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::programs::guarded_sh;

#[test]
fn a_name_of_any_bytes_is_no_reason_to_fail() {
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::OsStr::from_bytes(b"\xff/-\x80");
    let done = Command::new(guarded_sh()).arg0(name).args(["-c", "exit 3"]).status().expect("the shell");
    assert_eq!(done.code(), Some(3));
}

#[test]
fn a_link_named_bash_or_sh_starts_the_real_one_and_not_itself() {
    let base = tempfile::tempdir().expect("a directory");
    for name in ["bash", "sh", "rbash"] {
        let link = base.path().join(name);
        std::os::unix::fs::symlink(guarded_sh(), &link).expect("a link");
        let done = Command::new(&link)
            .args(["-c", "readlink /proc/$$/exe"])
            .env("PATH", format!("{}:/usr/bin:/bin", base.path().display()))
            .output()
            .expect("the shell");
        let real = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        assert!(real.starts_with("/usr/bin/") || real.starts_with("/bin/"), "{name}: {real}");
    }
}
