//! What of the guard holds on this machine: the real shells, the policy, the trail, and how far programs can be judged as
//! they start. Edge: looks at files and asks the kernel.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bstr::BString;

use crate::audit::{self, Unverified};
use crate::fence;
use crate::invocation::{self, Invocation, ShKind, StdinKind, Surroundings};
use crate::policy::{Policy, Supervise, Undo, Versions};
use crate::supervise::{self, RealShells, exec};
use crate::trouble::Trouble;
use crate::vault::Vault;
use crate::world::World;

/// What was found. Nothing is changed by looking.
#[derive(Debug)]
pub struct Examination {
    pub bash: Result<PathBuf, supervise::Trouble>,
    pub sh: Result<PathBuf, supervise::Trouble>,
    /// The effective one of this folder, with the files that are there.
    pub policy: Result<(Policy, Vec<PathBuf>), Trouble>,
    pub trail: Trail,
    /// The last rehearsal, as the trail has it.
    pub drilled: Option<Drilled>,
    pub execs: exec::Standing,
    pub vault: Keeps,
    /// Whether paths can be held read-only.
    pub fence: std::io::Result<()>,
}

/// The vault of `guarded undo`.
#[derive(Debug)]
pub enum Keeps {
    /// No home, or switched off by the policy.
    Nothing {
        homeless: bool,
    },
    /// So many entries, files and bytes are there, of the policy's budget.
    There {
        folder: PathBuf,
        entries: usize,
        files: u64,
        bytes: u64,
        budget: Undo,
    },
    Unwritable(PathBuf),
}

/// The state of the audit trail.
#[derive(Debug)]
pub enum Trail {
    /// No home: nothing is kept.
    Homeless,
    /// No record yet, and the folder can be written or made.
    Empty(PathBuf),
    Whole(PathBuf, u64),
    /// New records can't be written there; they go to the temporary folder and are marked.
    Unwritable(PathBuf),
    Broken(PathBuf, Unverified),
}

/// `guarded drill`, as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drilled {
    pub drill: String,
    pub passed: bool,
    /// How long ago.
    pub age: Duration,
}

/// How far this machine and its policy let the guard see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Texts are judged.
    Static,
    /// Texts, and each program that does not plainly start no others.
    Auto,
    /// Texts, and each program as it starts.
    Exec,
}

impl Examination {
    #[must_use]
    pub fn tier(&self) -> Tier {
        let Ok((policy, _)) = &self.policy else { return Tier::Static };
        match policy.supervise {
            _ if !self.execs.can() => Tier::Static,
            _ if policy.require_exec => Tier::Exec,
            Supervise::Off => Tier::Static,
            Supervise::Auto => Tier::Auto,
            Supervise::Always => Tier::Exec,
        }
    }

    /// Whether commands are judged, recorded and run as the policy wants it.
    #[must_use]
    pub fn holds(&self) -> bool {
        let Ok((policy, _)) = &self.policy else { return false };
        let trail = match self.trail {
            Trail::Whole(..) | Trail::Empty(_) => true,
            Trail::Homeless | Trail::Unwritable(_) => !policy.audit_required,
            Trail::Broken(..) => false,
        };
        let execs = self.execs.can() || !policy.require_exec && policy.supervise == Supervise::Off;
        let fence = self.fence.is_ok() || policy.read_only.is_empty() && !policy.require_fence;
        self.bash.is_ok() && policy.warnings.is_empty() && trail && execs && fence
    }
}

#[must_use]
pub fn examine(world: &World, directory: &Path) -> Examination {
    let policy = world.policy(directory, &[], Versions::Written);
    let real = match &policy {
        Ok(policy) => RealShells { bash: policy.real_bash.clone(), sh: policy.real_sh.clone() },
        Err(_) => RealShells::default(),
    };
    let files = [Some(&world.places.system), world.places.user.as_ref()];
    let files: Vec<PathBuf> = files.into_iter().flatten().filter(|file| file.exists()).cloned().collect();
    let undo = policy.as_ref().map_or_else(|_| Undo::default(), |policy| policy.undo);
    Examination {
        vault: keeps(world.state.as_deref(), undo),
        bash: supervise::locate(&called("bash"), &real),
        sh: supervise::locate(&called("sh"), &real),
        policy: policy.map(|policy| (policy, files)),
        trail: trail(world.state.as_deref()),
        drilled: drilled(world.state.as_deref()),
        execs: exec::standing(),
        fence: fence::can_be_raised(),
    }
}

/// A call under this name.
fn called(name: &str) -> Invocation {
    let around = Surroundings {
        stdin: StdinKind::Null,
        stdout_terminal: false,
        stderr_terminal: false,
        sh: ShKind::Dash,
        setuid: false,
    };
    invocation::read(vec![name.into(), "-c".into(), ":".into()], Vec::new(), BString::from("/"), around)
}

fn keeps(state: Option<&Path>, budget: Undo) -> Keeps {
    let Some(state) = state.filter(|_| budget.enabled) else { return Keeps::Nothing { homeless: state.is_none() } };
    let vault = Vault::of(state, budget);
    if !may_write(&vault.home) {
        return Keeps::Unwritable(vault.home);
    }
    let Ok((entries, _)) = vault.entries() else { return Keeps::Unwritable(vault.home) };
    let files = entries.iter().map(crate::vault::Manifest::files).sum();
    let bytes = entries.iter().map(crate::vault::Manifest::bytes).sum();
    Keeps::There { folder: vault.home, entries: entries.len(), files, bytes, budget }
}

/// Of what is not there, the nearest folder above: the rest is made when it is needed.
fn may_write(path: &Path) -> bool {
    let there = path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    nix::unistd::access(there, nix::unistd::AccessFlags::W_OK).is_ok()
}

fn trail(state: Option<&Path>) -> Trail {
    let Some(state) = state else { return Trail::Homeless };
    let file = state.join(audit::TRAIL);
    if !may_write(&file) {
        return Trail::Unwritable(file);
    }
    if !file.exists() {
        return Trail::Empty(file);
    }
    match audit::verify(&file) {
        Ok(records) => Trail::Whole(file, records),
        Err(why) => Trail::Broken(file, why),
    }
}

fn drilled(state: Option<&Path>) -> Option<Drilled> {
    let filter = audit::Filter { kind: Some("drill".to_owned()), ..audit::Filter::default() };
    let last = audit::lines(&state?.join(audit::TRAIL), filter, None).ok()?.flatten().last()?;
    let time: jiff::Timestamp = last.field("time")?.parse().ok()?;
    let made = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(time.as_second()).ok()?);
    Some(Drilled {
        drill: last.field("drill")?.to_owned(),
        passed: last.value.get("passed").and_then(serde_json::Value::as_bool) == Some(true),
        age: SystemTime::now().duration_since(made).unwrap_or_default(),
    })
}
