//! Requests, grants and pauses in one SQLite file of the state directory. Opened only when somebody has to be asked.
//! Every change is one immediate transaction, so many shells can use it at once.

mod ids;
pub mod lock;
mod pauses;
mod requests;
mod tolls;

use std::fmt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use ids::fresh as fresh_id;
pub use lock::Lock;
pub use pauses::Pause;
pub use requests::{Ask, By, Decided, Request, State};

/// The open store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
}

#[derive(Debug)]
pub enum StoreError {
    Io(std::io::Error),
    Sqlite(rusqlite::Error),
    /// The directory or file belongs to another user, or others may write to it.
    NotPrivate(String),
    /// Written by a newer version.
    Newer(i64),
    /// No free id was found.
    Full,
}

impl fmt::Display for StoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Io(error) => write!(out, "{error}"),
            StoreError::Sqlite(error) => write!(out, "{error}"),
            StoreError::NotPrivate(path) => write!(out, "{path} is not private to this user"),
            StoreError::Newer(version) => write!(out, "the store is of format {version}, newer than this program"),
            StoreError::Full => write!(out, "too many requests are waiting"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        StoreError::Io(error)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::Sqlite(error)
    }
}

const FORMAT: i64 = 2;
/// Two hundred shells that write at once are through in less.
const PATIENCE: Duration = Duration::from_secs(20);

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS requests (
        id TEXT PRIMARY KEY, created INTEGER NOT NULL, expires INTEGER NOT NULL, binding BLOB NOT NULL,
        text BLOB NOT NULL, shown TEXT NOT NULL, root_pid INTEGER, root_start INTEGER, terminal INTEGER NOT NULL,
        session INTEGER NOT NULL, state TEXT NOT NULL, decided_by TEXT, decided_at INTEGER, used_pid INTEGER,
        used_start INTEGER, hands_down INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS by_binding ON requests (binding, state);
    CREATE TABLE IF NOT EXISTS pauses (
        id INTEGER PRIMARY KEY, begins INTEGER NOT NULL, ends INTEGER NOT NULL, by TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS tolls (
        time INTEGER NOT NULL, acts INTEGER NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS by_time ON tolls (time);";

impl Store {
    /// Opens or creates the store in the state directory.
    pub fn open(directory: &Path) -> Result<Store, StoreError> {
        private_directory(directory)?;
        let file = directory.join("guarded.db");
        // Created by us, not by SQLite, for its mode; a link in its place is not followed.
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
            .open(&file)?;
        private(&file)?;
        let flags =
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = Connection::open_with_flags(&file, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let mut store = Store { connection };
        store.lay_out()?;
        Ok(store)
    }

    fn lay_out(&mut self) -> Result<(), StoreError> {
        let version = |connection: &Connection| connection.pragma_query_value(None, "user_version", |row| row.get(0));
        let found: i64 = version(&self.connection)?;
        if found > FORMAT {
            return Err(StoreError::Newer(found));
        }
        if found < FORMAT {
            let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            change.execute_batch(TABLES)?;
            change.pragma_update(None, "user_version", FORMAT)?;
            change.commit()?;
        }
        Ok(())
    }
}

/// Makes the directory with mode 0700 where it is missing, and takes others' rights away where it is ours.
pub fn private_directory(directory: &Path) -> Result<(), StoreError> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let about = std::fs::metadata(directory)?;
    if about.uid() != nix::unistd::geteuid().as_raw() {
        return Err(StoreError::NotPrivate(directory.display().to_string()));
    }
    if about.mode() & 0o077 != 0 {
        std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn private(path: &Path) -> Result<(), StoreError> {
    let about = std::fs::metadata(path)?;
    if about.uid() == nix::unistd::geteuid().as_raw() && about.mode() & 0o022 == 0 {
        return Ok(());
    }
    Err(StoreError::NotPrivate(path.display().to_string()))
}

/// Whole seconds, for the tables.
fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}

fn time(seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}
