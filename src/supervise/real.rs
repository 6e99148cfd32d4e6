//! Which file is the real shell: a fixed list or root's policy, never PATH, never ourselves.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Trouble;
use crate::invocation::{Invocation, Shell};

const BASH: [&str; 4] = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/run/current-system/sw/bin/bash"];
const SH: [&str; 3] = ["/bin/sh", "/usr/bin/sh", "/run/current-system/sw/bin/sh"];

/// Where the real shells are, by root's policy; an empty list stands for the usual places.
#[derive(Clone, Debug, Default)]
pub struct RealShells {
    pub bash: Vec<String>,
    pub sh: Vec<String>,
}

/// The first candidate that can be executed and is not this program, under whatever name or mount.
pub fn locate(call: &Invocation, real: &RealShells) -> Result<PathBuf, Trouble> {
    let (configured, usual, setting): (&[String], &[&str], _) = match call.shell {
        Shell::Bash | Shell::Restricted => (&real.bash, &BASH, "bash"),
        Shell::Sh => (&real.sh, &SH, "sh"),
    };
    let candidates: Vec<&str> =
        if configured.is_empty() { usual.to_vec() } else { configured.iter().map(String::as_str).collect() };
    let ourselves = std::fs::metadata("/proc/self/exe").ok();
    let found = candidates.iter().map(Path::new).find(|path| path.is_absolute() && runs(path, ourselves.as_ref()));
    found.map(Path::to_path_buf).ok_or_else(|| Trouble::NoRealShell {
        setting,
        tried: candidates.iter().map(|&candidate| candidate.to_owned()).collect(),
    })
}

fn runs(path: &Path, ourselves: Option<&std::fs::Metadata>) -> bool {
    let Ok(file) = std::fs::metadata(path) else { return false };
    let ours = ourselves.is_some_and(|ours| ours.dev() == file.dev() && ours.ino() == file.ino());
    file.is_file() && file.mode() & 0o111 != 0 && !ours && !is_copy_of_ours(path)
}

/// Another copy of the guard (an older version, a copied file) is not the real shell either: the two would start each
/// other for ever. Told by its resolved name, since reading the file would cost more than the start of bash.
fn is_copy_of_ours(path: &Path) -> bool {
    std::fs::canonicalize(path).is_ok_and(|target| target.file_name() == Some(OsStr::from_bytes(b"guarded-sh")))
}

#[cfg(test)]
mod tests {
    use super::{RealShells, locate};
    use crate::invocation::{self, ShKind, StdinKind, Surroundings};
    use crate::supervise::Trouble;

    fn located(name: &str, bash: &[&str]) -> Result<std::path::PathBuf, Trouble> {
        let around = Surroundings {
            stdin: StdinKind::Null,
            stdout_terminal: false,
            stderr_terminal: false,
            sh: ShKind::Dash,
            setuid: false,
        };
        let call = invocation::read(vec![name.into()], Vec::new(), "/".into(), around);
        let configured: Vec<String> = bash.iter().map(|&place| place.to_owned()).collect();
        locate(&call, &RealShells { sh: configured.clone(), bash: configured })
    }

    #[test]
    fn this_program_is_never_the_real_shell() {
        let ourselves = std::env::current_exe().expect("this program");
        let place = tempfile::tempdir().expect("a directory");
        let link = place.path().join("bash");
        let hard = place.path().join("guarded-sh");
        std::os::unix::fs::symlink(&ourselves, &link).expect("a link");
        std::fs::copy("/bin/true", &hard).expect("a copy");
        let candidates: Vec<&str> = [&ourselves, &link, &hard].iter().filter_map(|path| path.to_str()).collect();
        let trouble = located("bash", &candidates).expect_err("all are ours");
        assert!(trouble.to_string().contains("[shell] bash = "), "{trouble}");
        let found = located("rbash", &[&candidates[..], &["bash", "/bin/bash"]].concat()).expect("the last");
        assert_eq!(found, std::path::Path::new("/bin/bash"));
        assert_eq!(located("-sh", &[]).expect("a system has sh"), std::path::Path::new("/bin/sh"));
    }
}
