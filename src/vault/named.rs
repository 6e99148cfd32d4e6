//! A name in an open folder: what lies there is reached without following a link again.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

use crate::sys::files::{self, Seen};

#[derive(Debug)]
pub struct Named {
    pub folder: OwnedFd,
    pub name: CString,
}

impl Named {
    /// Of an absolute path. A link above its last component is an error: it was none when the path was resolved.
    pub fn of(path: &Path) -> io::Result<Named> {
        let mut names = Vec::new();
        for part in path.components() {
            match part {
                Component::RootDir => {}
                Component::Normal(name) => names.push(CString::new(name.as_bytes())?),
                Component::CurDir | Component::ParentDir | Component::Prefix(_) => {
                    return Err(io::Error::from(io::ErrorKind::InvalidInput));
                }
            }
        }
        let Some(name) = names.pop().filter(|_| path.is_absolute()) else {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        };
        Ok(Named { folder: files::folder(&names)?, name })
    }

    pub fn look(&self) -> io::Result<Seen> {
        files::look(self.folder.as_fd(), &self.name)
    }

    pub fn at(&self) -> At<'_> {
        (self.folder.as_fd(), &self.name)
    }
}

/// An open folder and a name in it.
pub type At<'a> = (BorrowedFd<'a>, &'a CStr);
