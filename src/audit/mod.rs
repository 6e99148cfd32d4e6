//! The trail: one record before a command runs, one after, each chained to the one before. An edge that appends; what
//! can't be written is said, and stops only what the policy wants recorded at all costs.

mod chain;
mod read;
mod record;
mod redact;
mod secrets;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::command::Model;
use crate::confirm::{Because, Permit, Refusal};
use crate::decide::Decision;
use crate::invocation::Invocation;
use crate::store::{By, Lock, private_directory};
use crate::vault::{Kept, Left};
pub use chain::FIRST;
pub use read::{Broken, Filter, Line, Lines, Unverified, lines, verify};
use record::{DecisionBody, Head};
pub use record::{Kind, verdict_name, whole};
pub use redact::{redact, redact_command, redact_held, redact_words};

/// The file of the trail in the state directory.
pub const TRAIL: &str = "audit.jsonl";

/// Where records go. Making one touches nothing.
#[derive(Clone, Debug)]
pub struct Journal {
    /// The state directory; `None` where there is no home.
    pub state: Option<PathBuf>,
    /// Where records go that the state directory can't take.
    pub temporary: PathBuf,
    /// The policy wants no run without a record in the state directory.
    pub required: bool,
}

/// A record that the policy requires could not be written.
#[derive(Debug)]
pub struct Trouble {
    pub path: Option<PathBuf>,
    pub error: io::Error,
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(out, "the audit record can't be written to {}: {}", path.display(), self.error),
            None => write!(out, "there is no directory for the audit record: {}", self.error),
        }
    }
}

impl std::error::Error for Trouble {}

/// What else a decision's record holds.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    pub model: &'a Model,
    pub policy_digest: &'a str,
    pub agent: Option<&'static str>,
}

/// Where a record went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Anchored,
    /// In the temporary directory, since the state directory takes none.
    Unanchored,
    Nowhere,
}

/// A call whose decision is recorded; its outcome is still to come.
#[derive(Debug)]
pub struct Entry {
    journal: Journal,
    call: String,
    pub written: Written,
}

#[derive(Serialize)]
struct Record<'a, B> {
    #[serde(flatten)]
    head: Head<'a>,
    #[serde(flatten)]
    body: B,
}

#[derive(Serialize)]
struct RefusedBody<'a> {
    because: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
}

#[derive(Serialize)]
struct UnwatchedBody<'a> {
    because: &'a str,
    cwd: String,
}

#[derive(Serialize)]
struct KeptBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<&'a str>,
    items: usize,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    left: &'a [Left],
    cwd: String,
}

#[derive(Serialize)]
struct PermittedBody<'a> {
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
}

#[derive(Serialize)]
struct LockBody<'a> {
    by: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'a str,
}

fn redact_text(text: &str) -> String {
    String::from_utf8_lossy(&redact(text.as_bytes())).into_owned()
}

/// What came of a rehearsal.
#[derive(Clone, Debug, Serialize)]
pub struct Drilled {
    pub drill: &'static str,
    pub passed: bool,
    pub steps: usize,
    /// Those that did not go as they must.
    pub failed: Vec<String>,
    pub asked: usize,
    pub slowest_ms: u64,
    pub shell: String,
}

#[derive(Serialize)]
struct RanBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
}

/// How a command that was watched to its end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Status(i32),
    Signal(i32),
}

impl Journal {
    #[must_use]
    pub fn new(state: Option<&Path>, temporary: &Path, required: bool) -> Journal {
        Journal { state: state.map(Path::to_path_buf), temporary: temporary.to_path_buf(), required }
    }

    /// Records what was decided, before anything of it runs.
    pub fn intend(&self, call: &Invocation, decision: &Decision, about: &Circumstances<'_>) -> Result<Entry, Trouble> {
        let body = DecisionBody::of(call, decision, about.model, about.policy_digest, about.agent);
        let id = call_id();
        let written = self.write(Kind::Decision, &id, &body)?;
        Ok(Entry { journal: self.clone(), call: id, written })
    }

    /// Records that the programs of a call could not be judged as they start, before any of it runs.
    pub fn unwatched(&self, call: &Invocation, error: &io::Error) -> Result<Written, Trouble> {
        let because = error.to_string();
        self.write(Kind::Unwatched, &call_id(), &UnwatchedBody { because: &because, cwd: call.directory.to_string() })
    }

    /// Records that a person went on in plain bash, before that begins.
    pub fn plain(&self, call: &Invocation, because: &str) -> Result<Written, Trouble> {
        self.write(Kind::Plain, &call_id(), &UnwatchedBody { because, cwd: call.directory.to_string() })
    }

    /// Records that everything is locked, or no longer.
    pub fn locked(&self, lock: &Lock) -> Result<Written, Trouble> {
        self.write(Kind::Locked, &call_id(), &LockBody { by: &lock.by, why: &redact_text(&lock.why) })
    }

    pub fn unlocked(&self, by: &By) -> Result<Written, Trouble> {
        self.write(Kind::Unlocked, &call_id(), &LockBody { by: &by.0, why: "" })
    }

    /// Records what came of a rehearsal; its own decisions are in a trail of its own, and go with it.
    pub fn drilled(&self, drilled: &Drilled) -> Result<Written, Trouble> {
        self.write(Kind::Drill, &call_id(), drilled)
    }

    /// Records what a permitted command would destroy and what of it was kept, before it runs.
    pub fn kept(&self, call: &Invocation, kept: &Kept) -> Result<Written, Trouble> {
        let cwd = call.directory.to_string();
        self.write(
            Kind::Kept,
            &call_id(),
            &KeptBody { undo: kept.id.as_deref(), items: kept.items, left: &kept.left, cwd },
        )
    }

    fn write(&self, kind: Kind, call: &str, body: &impl Serialize) -> Result<Written, Trouble> {
        let anchored = match &self.state {
            Some(state) => append(state, kind, call, false, body),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let Err(error) = anchored else { return Ok(Written::Anchored) };
        if self.required {
            return Err(Trouble { path: self.state.clone(), error });
        }
        let shared = self.temporary.join(format!("guarded-audit-{}", nix::unistd::geteuid()));
        // Others can write beside it: a link in its place leads elsewhere.
        if shared.is_symlink() {
            return Ok(Written::Nowhere);
        }
        Ok(append(&shared, kind, call, true, body).map_or(Written::Nowhere, |()| Written::Unanchored))
    }
}

impl Entry {
    pub fn refused(&self, refusal: &Refusal) -> Result<Written, Trouble> {
        let (because, request) = match &refusal.because {
            Because::Denied => ("denied", None),
            Because::Declined => ("declined", None),
            Because::AfterAStop => ("after a stop", None),
            Because::Waiting { id, .. } => ("waiting", Some(id.as_str())),
            Because::NobodyToAsk(_) => ("nobody to ask", None),
            Because::NeedsPeople(_) => ("needs more people", None),
            Because::Locked(_) => ("locked", None),
        };
        self.journal.write(Kind::Refused, &self.call, &RefusedBody { because, request })
    }

    /// Written before the command is let go.
    pub fn permitted(&self, permit: &Permit) -> Result<Written, Trouble> {
        let (by, request) = permit.leave().named();
        self.journal.write(Kind::Permitted, &self.call, &PermittedBody { by, request })
    }

    /// Only where somebody of ours lives to see it: a shell that was exec'ed directly leaves no such record.
    pub fn ran(&self, ended: Ended) -> Result<Written, Trouble> {
        let body = match ended {
            Ended::Status(status) => RanBody { status: Some(status), signal: None },
            Ended::Signal(signal) => RanBody { status: None, signal: Some(signal) },
        };
        self.journal.write(Kind::Ran, &self.call, &body)
    }
}

fn append(directory: &Path, kind: Kind, call: &str, unanchored: bool, body: &impl Serialize) -> io::Result<()> {
    let line = |prev: &str| {
        let time = jiff::Timestamp::now().to_string();
        let head = Head { prev, time, kind, call, pid: std::process::id(), unanchored };
        serde_json::to_string(&Record { head, body }).unwrap_or_default()
    };
    // The folder is there nearly always; the shared place is looked at each time, since others can write beside it.
    if unanchored || !directory.is_dir() {
        private_directory(directory).map_err(io::Error::other)?;
    }
    chain::append(directory, line)
}

/// Process and clock: together they are not used twice.
fn call_id() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}", std::process::id(), now.as_nanos())
}
