//! What a call finds around it: where its policy, its store and its packs are, who is above it. Edge: reads the
//! environment that the call was given and little else; what costs is asked for only when needed.

use std::cell::{Cell, OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use bstr::{BStr, BString, ByteSlice};
use std::os::unix::ffi::OsStrExt;

use crate::agents::{self, Ancestry, Standing};
use crate::audit::Journal;
use crate::command::{Environment, Known, Model, Value};
use crate::confirm::{Screen, Tty};
use crate::decide::Toll;
use crate::invocation::{Invocation, Text};
use crate::look::{self, Ground, Protection};
use crate::packs::Packs;
use crate::policy::{self, Agents, Places, Policy, Versions, own_packs};
use crate::rules::Finding;
use crate::store::{By, Lock, Store, StoreError, lock};
use crate::supervise::RealShells;
use crate::trouble::Trouble;
use crate::vault::Vault;

/// The surroundings of one process.
pub struct World {
    pub places: Places,
    /// Requests, grants and the audit trail; `None` where there is no home.
    pub state: Option<PathBuf>,
    pub temporary: PathBuf,
    pub packs: Packs,
    pub screen: Box<dyn Screen>,
    home: Option<BString>,
    /// The process that was called. The feeder of a held shell is another one, without the ancestors.
    called: i32,
    ancestry: OnceCell<Ancestry>,
    /// The same for what the called process has become, which is itself one of those above then.
    of_tree: OnceCell<Ancestry>,
    /// Of a task of the tree that a person watches.
    of_task: OnceCell<Ancestry>,
    is_tree: Cell<bool>,
    recent: RefCell<Option<Recent>>,
    /// What the vault keeps goes under this, where all of it is one call's.
    group: OnceCell<String>,
    /// What was kept last for a line of a shell that goes on.
    unsettled: RefCell<Option<(Vault, String)>>,
}

/// The policy of a folder, for commands of which nothing was found.
struct Recent {
    read: Instant,
    directory: PathBuf,
    policy: Policy,
}

/// How long a policy counts that was read: what is judged together goes by one, the commands of a batch come by the
/// thousand a second, and half of what one costs were looks at files that are not there.
const POLICY_AGE: Duration = Duration::from_secs(1);

impl World {
    /// By the environment that the shell was given.
    pub fn of(environment: &[(BString, BString)]) -> Result<World, Trouble> {
        World::with(environment, packs)
    }

    /// With the built-in packs alone where one's own are broken: for the verbs that look after them. Says what is wrong.
    pub fn for_repair(environment: &[(BString, BString)]) -> (World, Option<Trouble>) {
        let mut trouble = None;
        let lenient = |places: &Places| -> Result<Packs, std::convert::Infallible> {
            Ok(packs(places).unwrap_or_else(|found| {
                trouble = Some(found);
                Packs::embedded()
            }))
        };
        match World::with(environment, lenient) {
            Ok(world) => (world, trouble),
            Err(never) => match never {},
        }
    }

    fn with<E>(
        environment: &[(BString, BString)],
        packs: impl FnOnce(&Places) -> Result<Packs, E>,
    ) -> Result<World, E> {
        let value =
            |name: &str| environment.iter().rev().find(|(key, _)| key == name).map(|(_, value)| path(value.as_bstr()));
        let home = value("HOME").filter(|home| home.is_absolute());
        let state = value("XDG_STATE_HOME").filter(|state| state.is_absolute());
        let state =
            state.or_else(|| home.as_deref().map(|home| home.join(".local/state"))).map(|state| state.join("guarded"));
        let temporary = value("TMPDIR").filter(|folder| folder.is_absolute()).unwrap_or_else(|| PathBuf::from("/tmp"));
        let places = Places::of(home.as_deref(), value("XDG_CONFIG_HOME").as_deref(), nix::unistd::geteuid().as_raw());
        let packs = packs(&places)?;
        let home = home.map(|home| home.as_os_str().as_bytes().into());
        let called = nix::unistd::getpid().as_raw();
        let screen = Box::new(Tty);
        Ok(World {
            places,
            state,
            temporary,
            packs,
            screen,
            home,
            called,
            ancestry: OnceCell::new(),
            of_tree: OnceCell::new(),
            of_task: OnceCell::new(),
            is_tree: Cell::new(false),
            recent: RefCell::default(),
            group: OnceCell::new(),
            unsettled: RefCell::default(),
        })
    }

    /// The policy for a command that runs in `directory` and would hit `targets`.
    pub fn policy(&self, directory: &Path, targets: &[PathBuf], versions: Versions) -> Result<Policy, Trouble> {
        let plain = targets.is_empty() && versions == Versions::Written;
        let fresh = |recent: &&Recent| recent.directory == directory && recent.read.elapsed() < POLICY_AGE;
        if plain && let Some(recent) = self.recent.borrow().as_ref().filter(fresh) {
            return Ok(recent.policy.clone());
        }
        let agents = || self.agents();
        let mut policy =
            policy::load_for(&self.places, directory, targets, versions, &agents).map_err(Trouble::Policy)?;
        policy.warnings.extend(policy::lost(&self.places, self.state.as_deref()));
        if plain {
            let recent = Recent { read: Instant::now(), directory: directory.to_owned(), policy: policy.clone() };
            *self.recent.borrow_mut() = Some(recent);
        }
        Ok(policy)
    }

    /// The policy of where a call starts.
    pub fn policy_of(&self, directory: &BString) -> Result<Policy, Trouble> {
        self.policy(&path(directory.as_bstr()), &[], Versions::Written)
    }

    /// Whether the policy protects paths here, asked at each exec. One that can't be read stops what is judged in full.
    pub fn protects(&self, directory: &BString) -> bool {
        let named = |policy: &Policy| !(policy.protected.is_empty() && policy.read_only.is_empty());
        let known = |recent: &&Recent| {
            recent.directory.as_os_str().as_bytes() == directory.as_slice() && recent.read.elapsed() < POLICY_AGE
        };
        if let Some(recent) = self.recent.borrow().as_ref().filter(known) {
            return named(&recent.policy);
        }
        self.policy_of(directory).map_or(true, |policy| named(&policy))
    }

    pub fn journal(&self, policy: &Policy) -> Journal {
        Journal::new(self.state.as_deref(), &self.temporary, policy.audit_required)
    }

    /// The lock in force: a look at one name.
    pub fn locked(&self) -> Option<Lock> {
        self.state.as_deref().and_then(lock::locked)
    }

    /// Locks, and records that; `false` where it was locked before.
    pub fn lock(&self, journal: &Journal, by: &By, why: &str) -> std::io::Result<bool> {
        let state = self.state.as_deref().ok_or(std::io::ErrorKind::NotFound)?;
        let new = lock::lock(state, by, why)?;
        if let Some(held) = lock::locked(state).filter(|_| new) {
            // It holds with or without a record of it.
            let _ = journal.locked(&held);
        }
        Ok(new)
    }

    /// Adds to what was destroyed: the sums within a minute and within an hour.
    pub fn count(&self, toll: Toll) -> Result<(Toll, Toll), StoreError> {
        match self.state.as_deref() {
            Some(state) => Store::open(state)?.count(toll, SystemTime::now()),
            None => Ok((toll, toll)),
        }
    }

    /// Who called, read once: an agent that ends does not make its shell a person's.
    pub fn ancestry(&self) -> &Ancestry {
        if let Some(task) = self.of_task.get() {
            return task;
        }
        if self.is_tree.get() {
            return self.of_tree.get_or_init(|| Ancestry::below(self.called));
        }
        self.ancestry.get_or_init(|| Ancestry::of(self.called))
    }

    /// From now on this process asks for a task of the tree, at the terminal of a person who typed the command: whether
    /// there is one. `interactive`: the shell that was called reads from that terminal.
    pub fn sits_before(&self, task: i32, interactive: bool) -> bool {
        let typed = Ancestry::of(self.called).standing(interactive) == Standing::Person;
        typed && Ancestry::seated(task, self.called).is_some_and(|seated| self.of_task.set(seated).is_ok())
    }

    /// Started by the process that was called itself.
    pub fn is_parent_of(&self, task: i32) -> bool {
        Ancestry::of(task).chain.get(1).is_some_and(|parent| parent.id.pid == self.called)
    }

    /// The process that was called becomes a program whose tree is judged from beside it.
    pub fn becomes_a_tree(&self) {
        self.is_tree.set(true);
    }

    /// This process judges one call, and all that it starts.
    pub fn is_one_call(&self) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.group.get_or_init(|| format!("{:x}-{:x}", self.called, now.as_nanos()));
    }

    /// Something was kept, and nobody will tell when its command has ended but the next line.
    pub fn waits_for_next_line(&self, vault: Vault, id: String) {
        *self.unsettled.borrow_mut() = Some((vault, id));
    }

    /// The next line is here: what the one before left is looked at.
    pub fn next_line(&self) {
        self.recent.take();
        if let Some((vault, id)) = self.unsettled.take() {
            // It may be gone by now.
            let _ = vault.settle(&id, None);
            let _ = vault.make_room_beside();
        }
    }

    /// The shell that becomes all of one call.
    pub fn call(&self) -> Option<i32> {
        self.group.get().map(|_| self.called)
    }

    /// The process that was called, whatever it has become.
    pub fn called(&self) -> i32 {
        self.called
    }

    pub fn group(&self) -> Option<&str> {
        self.group.get().map(String::as_str)
    }

    /// Which agent asks, for the sections of a policy.
    fn agents(&self) -> Agents {
        let bytes = |text: std::ffi::OsString| BString::from(std::os::unix::ffi::OsStringExt::into_vec(text));
        let own: Vec<_> = std::env::vars_os().map(|(name, value)| (bytes(name), bytes(value))).collect();
        let marked = agents::marked(&own).map(|agent| agent.name);
        Agents { above: self.ancestry().agent_above().map(|agent| agent.name), marked }
    }

    /// What facts are read against.
    pub fn ground<'a>(
        &self,
        call: &Invocation,
        policy: &'a Policy,
        agent_since: &'a dyn Fn() -> Option<SystemTime>,
    ) -> Ground<'a> {
        Ground {
            home: self.home.clone(),
            directory: call.began.as_ref().unwrap_or(&call.directory).clone(),
            temporary: Some(self.temporary.as_os_str().as_bytes().into()),
            agent_since,
            contexts: &policy.contexts,
            protected_branches: &policy.protected_branches,
        }
    }

    /// What of a model would touch protected paths.
    pub fn protected(&self, found: &[Finding], model: &Model, policy: &Policy) -> Vec<Finding> {
        // Of its pack, which also minds what a text alone tells.
        let rule = || {
            let tools = self.packs.tools_for(b"mv").filter(|tool| tool.pack.name == "protect");
            tools.flat_map(|tool| &tool.rules).next().cloned()
        };
        look::protected(
            found,
            model,
            &Protection {
                paths: &policy.protected,
                read_only: &policy.read_only,
                home: self.home.as_ref(),
                rule: &rule,
            },
        )
    }

    /// How long an answer is waited for, where the policy says so.
    pub fn wait(&self, policy: &Policy) -> Option<Duration> {
        policy.wait.map(|seconds| Duration::from_secs(u64::from(seconds)))
    }
}

/// Where the policy says the real shells are.
pub fn real_shells(policy: &Policy) -> RealShells {
    RealShells { bash: policy.real_bash.clone(), sh: policy.real_sh.clone() }
}

/// What is known before the text of a call begins.
pub fn known(call: &Invocation) -> Known {
    let values = call.environment.iter().map(|(name, value)| (name.clone(), Value::Known(value.clone()))).collect();
    Known {
        environment: Environment { values, partial: false },
        directory: call.directory.clone(),
        name: call.name.clone(),
        script: matches!(call.text, Text::File(_)),
        alone: false,
        positional: call.positional.clone(),
        interactive: call.interactive,
        startup: call.startup.clone(),
        startup_first_of: call.startup_first_of.clone(),
        startup_text: call.startup_text.clone(),
        prelude: call.prelude.clone(),
    }
}

/// The built-in packs, with the user's and the system's own where there are any.
fn packs(places: &Places) -> Result<Packs, Trouble> {
    let files = own_packs(places).map_err(Trouble::Policy)?;
    if files.is_empty() {
        return Ok(Packs::embedded());
    }
    let named: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Packs::with_user(&named).map_err(Trouble::Packs)
}

fn path(bytes: &BStr) -> PathBuf {
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}
