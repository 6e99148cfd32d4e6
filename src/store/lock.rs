//! The lock: while its file lies in the state directory nothing runs for anybody but a person.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{By, private_directory};

const FILE: &str = "locked";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Seconds since 1970.
    pub since: u64,
    pub by: String,
    pub why: String,
}

/// Locks; `false` where it is locked already, and what locked it stays.
pub fn lock(state: &Path, by: &By, why: &str) -> io::Result<bool> {
    private_directory(state).map_err(io::Error::other)?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let lock = Lock { since, by: by.0.clone(), why: why.to_owned() };
    let mut options = std::fs::OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).custom_flags(libc::O_CLOEXEC).open(state.join(FILE));
    match made {
        Ok(mut file) => {
            // Empty it locks as well.
            file.write_all(&serde_json::to_vec(&lock)?)?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// The lock in force. Whatever lies there locks, readable or not.
#[must_use]
pub fn locked(state: &Path) -> Option<Lock> {
    let path = state.join(FILE);
    path.symlink_metadata().ok()?;
    let text = std::fs::read(&path).unwrap_or_default();
    Some(serde_json::from_slice(&text).unwrap_or_else(|_| Lock {
        since: 0,
        by: String::new(),
        why: "what the lock says can't be read".to_owned(),
    }))
}

/// `false` where nothing was locked.
pub fn unlock(state: &Path) -> io::Result<bool> {
    match std::fs::remove_file(state.join(FILE)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
