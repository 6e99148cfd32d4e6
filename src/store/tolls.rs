//! What was destroyed of late, counted for the policy's limits.

use std::time::{Duration, SystemTime};

use rusqlite::params;

use super::{Store, StoreError, seconds};
use crate::decide::Toll;

/// The longest that a limit looks back.
const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);

impl Store {
    /// Adds to the count, and gives what it is by then: within a minute, within an hour. What is older is forgotten.
    pub fn count(&mut self, toll: Toll, now: SystemTime) -> Result<(Toll, Toll), StoreError> {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let change = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        change.execute("DELETE FROM tolls WHERE time < ?1", [seconds(now - HOUR)])?;
        change.execute(
            "INSERT INTO tolls (time, acts, files, bytes) VALUES (?1, ?2, ?3, ?4)",
            params![seconds(now), number(toll.acts), number(toll.files), number(toll.bytes)],
        )?;
        let since = |past: Duration| {
            change.query_row(
                "SELECT total(acts), total(files), total(bytes) FROM tolls WHERE time > ?1",
                [seconds(now - past)],
                |row| Ok(Toll { acts: whole(row.get(0)?), files: whole(row.get(1)?), bytes: whole(row.get(2)?) }),
            )
        };
        let counts = (since(MINUTE)?, since(HOUR)?);
        change.commit()?;
        Ok(counts)
    }
}

/// `total` sums as a float, which does not overflow.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, and `as` saturates")]
fn whole(sum: f64) -> u64 {
    sum as u64
}
