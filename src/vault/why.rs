//! Why something could not be kept.

use std::fmt;
use std::io;

#[derive(Debug)]
pub enum Why {
    TooMany(u64),
    TooBig(u64),
    TooDeep,
    /// The vault's own disk is full.
    Full,
    Unreadable(io::Error),
    /// It changed while it was copied.
    Changing,
    OtherFileSystem,
    /// proc, a network's or a program's own file system.
    Strange(String),
    /// It holds the vault.
    HoldsVault,
    /// The vault's folder can't be made or written.
    NoVault(io::Error),
    Io(io::Error),
}

impl Why {
    pub fn of(error: io::Error) -> Why {
        match error.raw_os_error() {
            Some(libc::ENOSPC | libc::EDQUOT) => Why::Full,
            _ => Why::Io(error),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::TooMany(most) => write!(out, "more than {most} files"),
            Why::TooBig(most) => write!(out, "more than {most} bytes"),
            Why::TooDeep => write!(out, "folders are nested too deep"),
            Why::Full => write!(out, "the vault's disk is full"),
            Why::Unreadable(error) => write!(out, "can't be read: {error}"),
            Why::Changing => write!(out, "changed while it was copied"),
            Why::OtherFileSystem => write!(out, "another file system is mounted there"),
            Why::Strange(kind) => write!(out, "on a file system of type {kind}"),
            Why::HoldsVault => write!(out, "the vault itself lies in it"),
            Why::NoVault(error) => write!(out, "the vault can't be written: {error}"),
            Why::Io(error) => write!(out, "{error}"),
        }
    }
}
