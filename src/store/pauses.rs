//! Pauses: for a while, what would ask runs and is recorded.

use std::time::{Duration, SystemTime};

use rusqlite::{OptionalExtension, params};

use super::{By, Store, StoreError, seconds, time};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    pub begins: SystemTime,
    pub ends: SystemTime,
    pub by: String,
}

impl Store {
    pub fn pause(&mut self, lasts: Duration, by: &By, now: SystemTime) -> Result<Pause, StoreError> {
        let pause = Pause { begins: now, ends: now + lasts, by: by.0.clone() };
        self.connection.execute(
            "INSERT INTO pauses (begins, ends, by) VALUES (?1, ?2, ?3)",
            params![seconds(pause.begins), seconds(pause.ends), pause.by],
        )?;
        Ok(pause)
    }

    /// The pause in force now. One that begins later was written by a clock that is wrong, and does not count.
    pub fn paused(&self, now: SystemTime) -> Result<Option<Pause>, StoreError> {
        let found = self.connection.query_row(
            "SELECT begins, ends, by FROM pauses WHERE begins <= ?1 AND ends > ?1 ORDER BY ends DESC LIMIT 1",
            [seconds(now)],
            |row| Ok(Pause { begins: time(row.get(0)?), ends: time(row.get(1)?), by: row.get(2)? }),
        );
        Ok(found.optional()?)
    }

    /// Ends every pause.
    pub fn resume(&mut self, now: SystemTime) -> Result<usize, StoreError> {
        Ok(self.connection.execute("UPDATE pauses SET ends = ?1 WHERE ends > ?1", [seconds(now)])?)
    }
}
