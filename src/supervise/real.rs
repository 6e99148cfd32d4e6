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
        Shell::Bash | Shell::Restricted => (&real.bash, &BASH, "real_bash"),
        Shell::Sh => (&real.sh, &SH, "real_sh"),
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
