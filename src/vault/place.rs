//! Where things are kept: in the state directory, or, for what lies on another file system, in a folder of its own on
//! that one. Moving and linking work within one mount only.

use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use crate::look::mounts::{Mount, mounts};
use crate::store::private_directory;

/// The mounts of this process; the later of two on the same point is the one that is seen.
pub struct Places {
    home: PathBuf,
    mounts: Vec<Mount>,
}

/// File systems without files of their own.
const OF_THE_KERNEL: [&[u8]; 14] = [
    b"proc",
    b"sysfs",
    b"devpts",
    b"cgroup",
    b"cgroup2",
    b"securityfs",
    b"debugfs",
    b"tracefs",
    b"configfs",
    b"bpf",
    b"pstore",
    b"mqueue",
    b"binfmt_misc",
    b"efivarfs",
];

impl Places {
    /// `home`: the vault in the state directory.
    pub fn new(home: &Path) -> Places {
        Places { home: home.to_owned(), mounts: mounts().unwrap_or_default() }
    }

    fn mount_of(&self, path: &Path) -> Option<&Mount> {
        self.mounts
            .iter()
            .rev()
            .filter(|mount| path.starts_with(&mount.point))
            .max_by_key(|mount| mount.point.as_os_str().len())
    }

    /// The type of a file system that nothing is kept of.
    pub fn strange(&self, path: &Path) -> Option<BString> {
        let mount = self.mount_of(path)?;
        let strange = OF_THE_KERNEL.contains(&mount.kind.as_slice()) || mount.may_never_answer();
        strange.then(|| mount.kind.clone())
    }

    /// A mount below a path, or on it.
    pub fn holds_mount(&self, path: &Path) -> bool {
        self.mounts.iter().any(|mount| mount.point.starts_with(path))
    }

    /// Whether the vault's own folder lies on the mount of `path`.
    fn is_home(&self, path: &Path) -> bool {
        let real = self.home.ancestors().find_map(|folder| std::fs::canonicalize(folder).ok()).unwrap_or_default();
        match (self.mount_of(&real), self.mount_of(path)) {
            (Some(one), Some(other)) => one.point == other.point,
            (None, _) | (_, None) => false,
        }
    }

    /// A folder on the mount of `path`, made where it is not there; `None` where none can be had.
    pub fn beside(&self, path: &Path) -> Option<PathBuf> {
        if self.is_home(path) {
            return Some(self.home.clone());
        }
        let name = format!(".guarded-vault-{}", nix::unistd::geteuid());
        self.above(path)?.into_iter().find_map(|folder| own(&folder.join(&name)).ok())
    }

    /// The same, and nothing is made.
    pub fn could_be_beside(&self, path: &Path) -> Option<PathBuf> {
        if self.is_home(path) {
            return Some(self.home.clone());
        }
        let writable = |folder: &&Path| nix::unistd::eaccess(*folder, nix::unistd::AccessFlags::W_OK).is_ok();
        self.above(path)?.into_iter().find(writable).map(Path::to_owned)
    }

    /// The uppermost first: it outlives what lies below.
    fn above<'p>(&self, path: &'p Path) -> Option<Vec<&'p Path>> {
        let mount = &self.mount_of(path)?.point;
        let mut above: Vec<&Path> = path.parent()?.ancestors().filter(|folder| folder.starts_with(mount)).collect();
        above.reverse();
        Some(above)
    }
}

/// A folder of this user alone, no link, which git leaves out.
fn own(folder: &Path) -> io::Result<PathBuf> {
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => std::fs::write(folder.join(".gitignore"), "*\n")?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let about = std::fs::symlink_metadata(folder)?;
    let user = nix::unistd::geteuid().as_raw();
    if !about.is_dir() || about.uid() != user || about.mode() & 0o077 != 0 {
        return Err(io::Error::other(format!("{} is not this user's alone", folder.display())));
    }
    Ok(folder.to_owned())
}

/// The vault in the state directory.
pub fn home(home: &Path) -> io::Result<()> {
    private_directory(home).map_err(io::Error::other)
}

/// Whether a folder's name is that of a vault beside its files.
pub fn is_vault(name: &[u8]) -> bool {
    name.starts_with_str(".guarded-vault-")
}
