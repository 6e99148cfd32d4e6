//! Files that the programs of a permitted tree open to write them anew: what the policy protects is refused, all else is
//! kept first, as far as that is quick. A net, not a promise: the call is seen before the kernel follows its path.

use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bstr::{BString, ByteSlice};

use crate::audit::redact;
use crate::command::Model;
use crate::decide::{Decision, Judged};
use crate::exec_line;
use crate::guard::{self, Answered, Judgement, Reads};
use crate::invocation::{Invocation, ShKind};
use crate::packs::Target;
use crate::policy::{Policy, Verdict, Versions};
use crate::show::{self, Stage};
use crate::supervise::exec::Opened;
use crate::supervise::{Given, quoted};
use crate::trouble::Trouble;
use crate::vault::{self, Fate, Left, Loss, Losses, Request, Vault};
use crate::world::World;

/// All of the tree waits while one is copied.
const LARGEST: u64 = 64 << 20;
/// So many are kept of one command.
const MOST: usize = 200;

pub struct Emptied {
    /// The shell that is given lines: its own redirections are judged and kept with each of them.
    lines: Option<i32>,
    /// What was made since is nothing that was there. The clock of files runs behind this one by a tick, never before it.
    since: SystemTime,
    /// Kept already.
    known: HashSet<PathBuf>,
    /// Where more of the same process is kept.
    entries: HashMap<i32, String>,
    count: usize,
}

impl Emptied {
    /// `decided`: what the text of the outer call was found to do, for which its own redirections are kept.
    pub fn of(outer: Option<&Invocation>, decided: Option<(&Decision, &Model)>) -> Emptied {
        let lines = outer.is_some_and(|call| Given::to(call) != Given::Whole);
        let mut emptied = Emptied {
            lines: lines.then(|| nix::unistd::getpid().as_raw()),
            since: SystemTime::now(),
            known: HashSet::new(),
            entries: HashMap::new(),
            count: 0,
        };
        if let Some((decision, model)) = decided.filter(|(decision, _)| !decision.judged.is_empty()) {
            emptied.knows(&vault::losses(decision, model, &vault::is_unseen));
        }
        emptied
    }

    /// Another command begins.
    pub fn begin_anew(&mut self) {
        self.since = SystemTime::now();
        self.known.clear();
        self.entries.clear();
        self.count = 0;
    }

    /// They are kept by what was judged with them.
    pub fn knows(&mut self, losses: &Losses) {
        self.known.extend(losses.all.iter().map(|loss| loss.path.clone()));
    }

    /// Whether there is anything to keep or to protect here.
    pub fn is_minded(world: &World) -> bool {
        let minds =
            |policy: Policy| policy.undo.enabled || !policy.protected.is_empty() || !policy.read_only.is_empty();
        let here = std::env::current_dir().unwrap_or_default();
        world.policy(&here, &[], Versions::Written).map_or(true, minds)
    }

    /// `None` lets it be emptied, else what its reader is told.
    pub fn opened(&mut self, file: &Opened, sh: ShKind, world: &World, stage: &Stage) -> Option<String> {
        let young = file.born.is_some_and(|born| born >= self.since);
        if young || self.lines == Some(file.process) || self.known.contains(&file.path) {
            return None;
        }
        match self.judged(file, sh, world, stage) {
            Ok(told) => told,
            Err(trouble) => Some(show::lay_out("guarded", &trouble)),
        }
    }

    fn judged(&mut self, file: &Opened, sh: ShKind, world: &World, stage: &Stage) -> Result<Option<String>, Trouble> {
        let call = call(file, sh);
        let mut judged = guard::judge_exec(&call, Reads::Itself, world)?;
        let words = bstr::join(" ", file.words());
        if judged.decision.judged.iter().any(is_protected) || judged.decision.verdict == Verdict::Deny {
            let program = words.to_str_lossy();
            judged.decision.refuse_for(&format!("`{program}` would empty it"), &judged.policy);
            let model = judged.model.clone();
            return match guard::answer(judged, call, world)? {
                Answered::Permitted(_) => Ok(None),
                Answered::Refused(refusal) => Ok(Some(show::refusal(&refusal, &model, stage))),
            };
        }
        self.known.insert(file.path.clone());
        let Judgement { decision, model, policy, .. } = judged;
        let lost = vault::losses(&decision, &model, &|_| true).all.iter().any(|loss| loss.path == file.path);
        if policy.undo.enabled && lost && self.count < MOST {
            self.count += 1;
            self.keep(file, &words.into(), &call, &policy, world)?;
        }
        Ok(None)
    }

    fn keep(
        &mut self,
        file: &Opened,
        words: &BString,
        call: &Invocation,
        policy: &Policy,
        world: &World,
    ) -> Result<(), Trouble> {
        let Some(state) = &world.state else { return Ok(()) };
        let vault = Vault::of(state, policy.undo);
        let command = String::from_utf8_lossy(&redact(words)).into_owned();
        let loss = Loss {
            path: file.path.clone(),
            fate: Fate::Overwritten,
            exchangeable: false,
            whole: false,
            removed: false,
        };
        let (mut kept, begun) = (vault::Kept::default(), self.entries.get(&file.process).cloned());
        match begun {
            _ if file.bytes > LARGEST => {
                let why = "it is too large to be kept while its program waits".to_owned();
                kept.left.push(Left::of(&file.path, why));
            }
            Some(id) => match vault.add(&id, &loss) {
                Ok(()) => (kept.id, kept.items) = (Some(id), 1),
                Err(why) => kept.left.push(Left::of(&file.path, why.to_string())),
            },
            None => {
                let request = Request {
                    losses: &Losses { all: vec![loss], ..Losses::default() },
                    alone: false,
                    process: Some(file.process),
                    group: world.group(),
                    command: &command,
                    directory: Path::new(std::ffi::OsStr::from_bytes(&call.directory)),
                    hurried: true,
                };
                kept = vault.keep(&request);
                if let Some(id) = &kept.id {
                    self.entries.insert(file.process, id.clone());
                    let _ = vault.watch(id, file.process, world.call());
                }
            }
        }
        if kept.id.is_some() || !kept.left.is_empty() {
            world.journal(policy).kept(call, &kept).map_err(Trouble::Audit)?;
        }
        Ok(())
    }
}

/// The policy's own paths, and what is the guard's.
fn is_protected(judged: &Judged) -> bool {
    let rule = &judged.finding.rule;
    judged.verdict > Verdict::Log && (rule.target == Target::Guard || rule.id.starts_with("protect."))
}

/// As the redirection that does the same.
fn call(file: &Opened, sh: ShKind) -> Invocation {
    let path = BString::from(file.path.as_os_str().as_bytes());
    let line = BString::from([&b": > "[..], &quoted(&path)].concat());
    exec_line::call(line, &file.environment(), file.directory(), sh)
}
