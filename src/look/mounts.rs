//! Where file systems are mounted, as the kernel lists them.

use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::sight::as_os;

/// Where a file system is mounted, and of which type it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    pub point: PathBuf,
    pub kind: BString,
}

/// File systems of other machines.
const REMOTE: [&[u8]; 8] = [b"autofs", b"nfs", b"nfs4", b"cifs", b"smb3", b"9p", b"afs", b"ceph"];
/// Programs' file systems that stand for a disk.
const DISKS: [&[u8]; 2] = [b"fuse.fuse-overlayfs", b"fuseblk"];

impl Mount {
    /// Another machine or a program answers for its files, or does not.
    #[must_use]
    pub fn may_never_answer(&self) -> bool {
        let kind = self.kind.as_slice();
        REMOTE.contains(&kind) || kind.starts_with(b"fuse") && !DISKS.contains(&kind)
    }
}

/// In the order in which they were mounted; `None` where the list can't be read.
#[must_use]
pub fn mounts() -> Option<Vec<Mount>> {
    let text = std::fs::read("/proc/self/mountinfo").ok()?;
    let mount = |line: &[u8]| {
        let kind = line.find(b" - ").and_then(|at| line.get(at + 3..)?.fields().next().map(BString::from));
        Some(Mount { point: unescaped(line.fields().nth(4)?).into(), kind: kind.unwrap_or_default() })
    };
    Some(text.lines().filter_map(mount).collect())
}

/// Mount points; `None` where the list can't be read.
#[must_use]
pub fn mount_points() -> Option<Vec<PathBuf>> {
    Some(mounts()?.into_iter().map(|mount| mount.point).collect())
}

/// Whether a path is a mount point or holds one.
#[must_use]
pub fn holds_mount(mounts: &[PathBuf], path: &Path) -> bool {
    mounts.iter().any(|mount| mount.starts_with(path))
}

/// The kernel writes blanks and backslashes as three octal digits.
fn unescaped(field: &[u8]) -> std::ffi::OsString {
    let (mut name, mut rest) = (BString::default(), field);
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..3).filter(|_| *byte == b'\\').and_then(|digits| digits.to_str().ok());
        if let Some(value) = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            name.push(value);
            rest = after.get(3..).unwrap_or_default();
        } else {
            name.push(*byte);
            rest = after;
        }
    }
    as_os(name.as_bstr()).to_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_mount_point_with_a_blank_is_found_below_its_folder() {
        let mounts = [PathBuf::from(unescaped(br"/mnt/a\040b"))];
        assert_eq!(mounts[0].as_os_str().as_bytes(), b"/mnt/a b");
        assert!(holds_mount(&mounts, Path::new("/mnt")) && holds_mount(&mounts, Path::new("/mnt/a b")));
        assert!(!holds_mount(&mounts, Path::new("/mnt/a")) && !holds_mount(&mounts, Path::new("/mnt/a b/c")));
    }
}
