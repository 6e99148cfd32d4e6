//! Requests: pending until a person decides, then used once or expired.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::{Store, StoreError, ids, seconds, time};
use crate::agents::ProcessId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Pending,
    Approved,
    Denied,
    Used,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Approved => "approved",
            State::Denied => "denied",
            State::Used => "used",
        }
    }

    /// What can't be read is not approved.
    fn of(name: &str) -> State {
        match name {
            "pending" => State::Pending,
            "approved" => State::Approved,
            "used" => State::Used,
            _ => State::Denied,
        }
    }
}

/// Something that a person is to decide.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// Digest of everything that was shown.
    pub binding: &'a [u8],
    /// Digest of the text, directory and user alone.
    pub text: &'a [u8],
    /// What the person sees, as JSON.
    pub shown: &'a str,
    /// The text will come once more, by an exec from within its wrapper.
    pub hands_down: bool,
    pub root: Option<ProcessId>,
    pub terminal: i32,
    pub session: i32,
    pub lasts: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub id: String,
    pub created: SystemTime,
    pub expires: SystemTime,
    pub binding: Vec<u8>,
    pub shown: String,
    pub root: Option<ProcessId>,
    pub terminal: i32,
    pub session: i32,
    pub state: State,
    pub decided_by: Option<String>,
    pub decided_at: Option<SystemTime>,
}

impl Request {
    #[must_use]
    pub fn expired(&self, now: SystemTime) -> bool {
        seconds(self.expires) <= seconds(now)
    }
}

/// Who decided, for the record: user, terminal, process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By(pub String);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// As asked for.
    Now(Request),
    /// It was no longer pending, or too late.
    TooLate(Request),
    Unknown,
}

const COLUMNS: &str =
    "id, created, expires, binding, shown, root_pid, root_start, terminal, session, state, decided_by, decided_at";
/// Decided and expired requests are kept this long, for `guarded show`.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// After the answer there is at least this much time to repeat the command.
const AFTER_ANSWER: Duration = Duration::from_secs(10 * 60);
const TRIES: usize = 64;

fn request(row: &Row<'_>) -> rusqlite::Result<Request> {
    let pid: Option<i32> = row.get(5)?;
    let start: Option<i64> = row.get(6)?;
    let root = pid.zip(start).map(|(pid, start)| ProcessId { pid, start: start.cast_unsigned() });
    Ok(Request {
        id: row.get(0)?,
        created: time(row.get(1)?),
        expires: time(row.get(2)?),
        binding: row.get(3)?,
        shown: row.get(4)?,
        root,
        terminal: row.get(7)?,
        session: row.get(8)?,
        state: State::of(&row.get::<_, String>(9)?),
        decided_by: row.get(10)?,
        decided_at: row.get::<_, Option<i64>>(11)?.map(time),
    })
}

fn by_id(connection: &Connection, id: &str) -> rusqlite::Result<Option<Request>> {
    let query = format!("SELECT {COLUMNS} FROM requests WHERE id = ?1");
    connection.query_row(&query, [id], request).optional()
}

impl Store {
    /// Files a request, or finds the one of the same agent that already asks the same (pending, or denied and not yet
    /// expired). Another agent's has another root, from below which nobody may answer: it is a request of its own.
    pub fn ask(&mut self, ask: &Ask<'_>, now: SystemTime) -> Result<Request, StoreError> {
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute("DELETE FROM requests WHERE expires < ?1", [seconds(now - KEPT)])?;
        let query = format!(
            "SELECT {COLUMNS} FROM requests WHERE binding = ?1 AND state IN ('pending', 'denied') AND expires > ?2
             AND root_pid IS ?3 AND root_start IS ?4 LIMIT 1"
        );
        let (pid, start) = (ask.root.map(|root| root.pid), ask.root.map(|root| root.start.cast_signed()));
        let same = params![ask.binding, seconds(now), pid, start];
        if let Some(found) = change.query_row(&query, same, request).optional()? {
            change.commit()?;
            return Ok(found);
        }
        let id = unused_id(&change)?;
        change.execute(
            "INSERT INTO requests (id, created, expires, binding, text, shown, root_pid, root_start, terminal, session, state,
             hands_down)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'pending', ?11)",
            params![
                id,
                seconds(now),
                seconds(now + ask.lasts),
                ask.binding,
                ask.text,
                ask.shown,
                pid,
                start,
                ask.terminal,
                ask.session,
                ask.hands_down
            ],
        )?;
        let made = by_id(&change, &id)?.ok_or(StoreError::Full)?;
        change.commit()?;
        Ok(made)
    }

    /// Takes a grant for this binding; only one caller ever gets it.
    pub fn consume(&mut self, binding: &[u8], by: ProcessId, now: SystemTime) -> Result<Option<Request>, StoreError> {
        let query = format!(
            "UPDATE requests SET state = 'used', used_pid = ?3, used_start = ?4 WHERE id = (SELECT id FROM requests
             WHERE binding = ?1 AND state = 'approved' AND expires > ?2 ORDER BY created LIMIT 1) RETURNING {COLUMNS}"
        );
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let used = change
            .query_row(&query, params![binding, seconds(now), by.pid, by.start.cast_signed()], request)
            .optional()?;
        change.commit()?;
        Ok(used)
    }

    /// Hands a grant down, once, to the same text in the process that used it or below: agents start the model's command
    /// by an exec of the shell from within their wrapper.
    pub fn hand_down(
        &mut self,
        text: &[u8],
        chain: &[ProcessId],
        now: SystemTime,
    ) -> Result<Option<String>, StoreError> {
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut found = None;
        for process in chain {
            found = change
                .query_row(
                    "UPDATE requests SET hands_down = 0 WHERE text = ?1 AND state = 'used' AND hands_down = 1 AND expires > ?2
                     AND used_pid = ?3 AND used_start = ?4 RETURNING id",
                    params![text, seconds(now), process.pid, process.start.cast_signed()],
                    |row| row.get(0),
                )
                .optional()?;
            if found.is_some() {
                break;
            }
        }
        change.commit()?;
        Ok(found)
    }

    /// A request by its id, whatever its state.
    pub fn request(&self, id: &str) -> Result<Option<Request>, StoreError> {
        Ok(by_id(&self.connection, &ids::canonical(id))?)
    }

    /// What waits for a person, oldest first.
    pub fn pending(&self, now: SystemTime) -> Result<Vec<Request>, StoreError> {
        self.list("state = 'pending' AND expires > ?1", now)
    }

    /// Every request that is younger than its expiry, decided or not: their roots are where agents work.
    pub fn live(&self, now: SystemTime) -> Result<Vec<Request>, StoreError> {
        self.list("expires > ?1", now)
    }

    fn list(&self, which: &str, now: SystemTime) -> Result<Vec<Request>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM requests WHERE {which} ORDER BY created, id");
        let mut statement = self.connection.prepare(&query)?;
        let rows = statement.query_map([seconds(now)], request)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Approves or denies a pending request. Whether this person may is for `confirm` to say.
    pub fn decide(&mut self, id: &str, to: State, by: &By, now: SystemTime) -> Result<Decided, StoreError> {
        let id = ids::canonical(id);
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let changed = change.execute(
            "UPDATE requests SET state = ?2, decided_by = ?3, decided_at = ?4,
             expires = CASE WHEN ?2 = 'approved' THEN MAX(expires, ?5) ELSE expires END
             WHERE id = ?1 AND state = 'pending' AND expires > ?4",
            params![id, to.name(), by.0, seconds(now), seconds(now + AFTER_ANSWER)],
        )?;
        let after = by_id(&change, &id)?;
        change.commit()?;
        Ok(match after {
            Some(request) if changed == 1 => Decided::Now(request),
            Some(request) => Decided::TooLate(request),
            None => Decided::Unknown,
        })
    }
}

fn unused_id(connection: &Connection) -> Result<String, StoreError> {
    for _ in 0..TRIES {
        let id = ids::fresh()?;
        if by_id(connection, &id)?.is_none() {
            return Ok(id);
        }
    }
    Err(StoreError::Full)
}
