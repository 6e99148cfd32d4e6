//! One file as it is, and written as a whole or not at all: what is new lies beside it first and then takes its name.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::trouble::Trouble;

/// No settings file is larger.
pub const MOST: u64 = 4 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    Absent,
    File { bytes: Vec<u8>, mode: u32 },
    Link(PathBuf),
}

impl Contents {
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Contents::File { bytes, .. } => bytes,
            Contents::Absent | Contents::Link(_) => &[],
        }
    }

    /// Names what is there, as far as it is ours to restore.
    #[must_use]
    pub fn digest(&self) -> String {
        let (kind, bytes) = match self {
            Contents::Absent => ("absent", Vec::new()),
            Contents::File { bytes, .. } => ("file", bytes.clone()),
            Contents::Link(target) => ("link", target.as_os_str().as_encoded_bytes().to_vec()),
        };
        let digest = Sha256::digest(bytes);
        digest.iter().fold(format!("{kind}:"), |text, byte| format!("{text}{byte:02x}"))
    }
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> Trouble + '_ {
    move |error| Trouble::Io { path: path.to_owned(), error }
}

/// The file that a name leads to through links, where it is there or its folder is.
pub fn resolved(path: &Path) -> Result<PathBuf, Trouble> {
    match std::fs::canonicalize(path) {
        Ok(found) => Ok(found),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if path.symlink_metadata().is_ok() {
                return Err(Trouble::Dangling(path.to_owned()));
            }
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
                return Err(io(path)(error));
            };
            Ok(resolved(folder)?.join(name))
        }
        Err(error) => Err(io(path)(error)),
    }
}

/// What is there. `through`: a link stands for its target, which must be an ordinary file of this user.
pub fn read(path: &Path, through: bool) -> Result<Contents, Trouble> {
    let about = match if through { path.metadata() } else { path.symlink_metadata() } {
        Ok(about) => about,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Contents::Absent),
        Err(error) => return Err(io(path)(error)),
    };
    if about.is_symlink() {
        return std::fs::read_link(path).map(Contents::Link).map_err(io(path));
    }
    if !about.is_file() {
        return Err(Trouble::NotAFile(path.to_owned()));
    }
    if about.len() > MOST {
        return Err(Trouble::TooBig { path: path.to_owned(), most: MOST });
    }
    owned(path, &about)?;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(io(path))?;
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(io(path))?;
    if bytes.len() as u64 > MOST {
        return Err(Trouble::TooBig { path: path.to_owned(), most: MOST });
    }
    Ok(Contents::File { bytes, mode: about.mode() & 0o7777 })
}

/// Under another user's name a new file would be root's in his home.
fn owned(path: &Path, about: &Metadata) -> Result<(), Trouble> {
    let me = nix::unistd::geteuid().as_raw();
    if about.uid() == me {
        return Ok(());
    }
    Err(Trouble::Foreign { path: path.to_owned(), owner: about.uid() })
}

/// What is to take a file's name, lying beside it. It goes away where it is not used.
#[derive(Debug)]
pub struct Staged {
    beside: Option<PathBuf>,
    path: PathBuf,
    /// Folders that had to be made, the outermost first.
    pub folders: Vec<PathBuf>,
}

impl Staged {
    pub fn of(path: &Path, contents: &Contents) -> Result<Staged, Trouble> {
        let mut staged = Staged { beside: None, path: path.to_owned(), folders: Vec::new() };
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(Trouble::NotAFile(path.to_owned()));
        };
        if *contents == Contents::Absent {
            return Ok(staged);
        }
        let missing: Vec<PathBuf> = folder.ancestors().take_while(|one| !one.exists()).map(Path::to_owned).collect();
        for one in missing.into_iter().rev() {
            std::fs::create_dir(&one).map_err(io(&one))?;
            staged.folders.push(one);
        }
        if staged.folders.is_empty() {
            owned(folder, &folder.metadata().map_err(io(folder))?)?;
        }
        let name = name.to_string_lossy();
        let beside = folder.join(format!(".{name}.guarded-{}", std::process::id()));
        match contents {
            Contents::Absent => {}
            Contents::Link(target) => std::os::unix::fs::symlink(target, &beside).map_err(io(path))?,
            Contents::File { bytes, mode } => {
                let mut options = OpenOptions::new();
                let mut file = options.write(true).create_new(true).mode(0o600).open(&beside).map_err(io(path))?;
                staged.beside = Some(beside.clone());
                file.write_all(bytes).map_err(io(path))?;
                file.set_permissions(std::fs::Permissions::from_mode(*mode)).map_err(io(path))?;
                file.sync_all().map_err(io(path))?;
            }
        }
        staged.beside = Some(beside);
        Ok(staged)
    }

    /// Folders that had to be made let everybody in, whatever root's umask is: agents skip settings that they can't read.
    pub fn open_folders(&self) -> Result<(), Trouble> {
        for folder in &self.folders {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).map_err(io(folder))?;
        }
        Ok(())
    }

    /// From here on it is there.
    pub fn take_place(&mut self) -> Result<(), Trouble> {
        match self.beside.take() {
            Some(beside) => std::fs::rename(&beside, &self.path).map_err(|error| {
                self.beside = Some(beside);
                io(&self.path)(error)
            }),
            None => match std::fs::remove_file(&self.path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(io(&self.path)(error)),
                _ => Ok(()),
            },
        }
        .inspect(|()| self.folders.clear())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            let _ = std::fs::remove_file(beside);
        }
        for folder in self.folders.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}
