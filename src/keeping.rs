//! What a permitted call would destroy, handed to the vault before it runs. Edge only through the vault; a call that
//! destroys nothing touches no file.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::audit::{Journal, redact, whole};
use crate::command::{Command, Model};
use crate::decide::Decision;
use crate::guard::Judgement;
use crate::invocation::Invocation;
use crate::look;
use crate::look::facts::Stakes;
use crate::policy::Undo;
use crate::rules::Finding;
use crate::supervise::Given;
use crate::trouble::Trouble;
use crate::vault::{self, Losses, Request, Vault};
use crate::world::World;

/// Which commands of a call are kept for as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    All,
    /// Programs are kept for as they start.
    WithoutExecs,
}

/// A call that may destroy something.
pub struct Keeping {
    decision: Decision,
    model: Model,
    alone: bool,
    undo: Undo,
    part: Part,
}

const UNKEPT: &str = "undo.none";

/// Notes where what a rule takes to be mild, since it can be undone, could not be. Who switches undo off has decided that
/// himself.
pub fn foresee(findings: &[Finding], model: &Model, undo: Undo, state: Option<&Path>, stakes: &mut [Stakes]) {
    if !undo.enabled {
        return;
    }
    let vault = Vault::of(state.unwrap_or(Path::new("/nonexistent")), undo);
    for (finding, stakes) in findings.iter().zip(stakes) {
        let counts = finding.rule.raise.iter().any(|shift| shift.when == UNKEPT);
        if !counts || look::EXCUSES.iter().any(|fact| stakes.is(fact) == Some(true)) {
            continue;
        }
        let Some(command) = model.commands.get(finding.command) else { continue };
        let unkept = vault.foresee(&vault::losses_of(finding, command));
        stakes.truths.insert(UNKEPT, unkept.is_some());
        if let Some((path, why)) = unkept {
            stakes.says.push(format!("{} could not be brought back: {why}", path.display()));
        }
    }
}

impl Keeping {
    /// `None`: nothing was found that it would destroy, or the policy keeps nothing.
    #[must_use]
    pub fn of(judged: &Judgement, call: &Invocation, part: Part) -> Option<Keeping> {
        if !judged.policy.undo.enabled || judged.decision.judged.is_empty() {
            return None;
        }
        let alone = part == Part::All
            && Given::to(call) == Given::Whole
            && !call.interactive
            && call.startup.is_empty()
            && call.startup_text.is_empty()
            && vault::is_alone(&judged.reading, &judged.model);
        Some(Keeping {
            decision: judged.decision.clone(),
            model: judged.model.clone(),
            alone,
            undo: judged.policy.undo,
            part,
        })
    }

    /// As it lies on disk now.
    #[must_use]
    pub fn losses(&self) -> Losses {
        let only = |command: &Command| match self.part {
            Part::All => true,
            Part::WithoutExecs => vault::is_unseen(command),
        };
        vault::losses(&self.decision, &self.model, &only)
    }

    /// Before the process `becomes` the command; where it is not known, what the command leaves is not looked at.
    pub fn keep(
        &self,
        call: &Invocation,
        becomes: Option<i32>,
        world: &World,
        journal: &Journal,
    ) -> Result<(), Trouble> {
        let losses = self.losses();
        if losses.is_empty() && !losses.partial {
            return Ok(());
        }
        let Some(state) = &world.state else { return Ok(()) };
        let vault = Vault::of(state, self.undo);
        let command = String::from_utf8_lossy(&redact(&whole(call))).into_owned();
        let directory = Path::new(std::ffi::OsStr::from_bytes(&call.directory));
        let request = Request {
            losses: &losses,
            alone: self.alone && becomes.is_some(),
            process: becomes,
            group: world.group(),
            command: &command,
            directory,
            hurried: false,
        };
        let mut kept = vault.keep(&request);
        if kept.id.is_some() || !kept.left.is_empty() {
            journal.kept(call, &kept).map_err(Trouble::Audit)?;
        }
        if let (Some(id), Some(process)) = (&kept.id, becomes) {
            // Without somebody who puts back what the program leaves, nothing may be moved away.
            let held = vault.watch(id, process, world.call());
            vault.exchange(&mut kept, held.is_ok());
        } else if let Some(id) = kept.id {
            world.waits_for_next_line(vault, id);
        }
        Ok(())
    }
}
