//! The end of whole trees: what `guarded lock --kill` has each supervisor do.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::{Duration, Instant};

use super::Environment;
use super::image::{self, Identity};
use crate::agents::Process;
use crate::sys::aside;
use crate::sys::marks::{self, Mark};

/// The file in which each supervisor marks itself.
const TREES: &str = "trees";
/// So long a supervisor looks for what is left of its tree.
const PATIENCE: Duration = Duration::from_millis(200);
/// So long whoever told it waits for it.
const WAITS: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(2);

/// What became of the trees.
#[derive(Debug, Default)]
pub struct Ends {
    pub ended: usize,
    /// Supervisors that are still there.
    pub left: Vec<i32>,
}

/// Tells every supervisor that goes by this state directory to end its tree, and waits for it.
#[must_use]
pub fn end_trees(state: &Path) -> Ends {
    let told = marks::held(&state.join(TREES));
    for pid in &told {
        aside::tell_to_end(*pid);
    }
    let began = Instant::now();
    let mut left = told.clone();
    while !left.is_empty() && began.elapsed() < WAITS {
        std::thread::sleep(PAUSE);
        left = marks::held(&state.join(TREES)).into_iter().filter(|pid| told.contains(pid)).collect();
    }
    Ends { ended: told.len() - left.len(), left }
}

/// Whoever ends the trees of this state directory finds this process, as long as it lives and keeps what is given back.
#[must_use]
pub fn registered(state: &Path) -> Option<Mark> {
    marks::hold(&state.join(TREES)).ok()
}

fn digest(environment: &Environment) -> u64 {
    let mut hasher = DefaultHasher::new();
    environment.0.hash(&mut hasher);
    hasher.finish()
}

fn numbers() -> impl Iterator<Item = i32> {
    let listed = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    listed.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Which processes belong to a tree, as far as its supervisor has seen them start.
#[derive(Debug, Default)]
pub(super) struct Seen {
    tasks: HashSet<i32>,
    /// When the first of them began, which is as old as any.
    since: Option<u64>,
    /// What they run, and a digest of the environment that they began with.
    images: HashSet<(Identity, u64)>,
    /// Numbers are used again: the gone are dropped when there are so many.
    next_look: usize,
}

impl Seen {
    pub fn add(&mut self, task: i32, image: Option<Identity>, environment: &Environment) {
        if self.since.is_none() {
            self.since = Process::read(task).map(|first| first.id.start);
        }
        self.tasks.insert(task);
        self.images.extend(image.map(|image| (image, digest(environment))));
        if self.tasks.len() > self.next_look.max(1000) {
            self.tasks.retain(|task| Path::new(&format!("/proc/{task}")).exists());
            self.next_look = self.tasks.len() * 2;
        }
    }

    /// Kills until nothing is under the filter any more, which `is_over` tells. First what was seen and what came of it;
    /// then whoever runs one of its programs in the same environment under a filter, since nobody tells where an orphan
    /// comes from.
    pub fn kill(&self, mut is_over: impl FnMut() -> bool) {
        let Some(since) = self.since else { return };
        let began = Instant::now();
        let mut orphans = false;
        while !is_over() && began.elapsed() < PATIENCE {
            let all = filtered(since);
            let mut members = self.members(&all);
            if orphans {
                let ran = |pid: &i32| {
                    let environment = digest(&image::environment(*pid));
                    image::loaded(*pid).is_some_and(|image| self.images.contains(&(image, environment)))
                };
                members.extend(all.keys().copied().filter(ran));
            }
            orphans = members.is_empty();
            for pid in members {
                aside::kill(pid);
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn members(&self, all: &HashMap<i32, Process>) -> HashSet<i32> {
        let mut members: HashSet<i32> = all.keys().copied().filter(|pid| self.tasks.contains(pid)).collect();
        loop {
            let belongs = |process: &Process| {
                members.contains(&process.parent)
                    || members.contains(&process.session)
                    || self.tasks.contains(&process.session)
            };
            let more: Vec<i32> = all
                .iter()
                .filter(|(pid, process)| !members.contains(pid) && belongs(process))
                .map(|(pid, _)| *pid)
                .collect();
            if more.is_empty() {
                return members;
            }
            members.extend(more);
        }
    }
}

/// Live processes of this user under a filter, that are no older.
fn filtered(since: u64) -> HashMap<i32, Process> {
    let uid = nix::unistd::geteuid();
    let fits = |pid: &i32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
        let owner = field("Uid:").split_ascii_whitespace().next().and_then(|uid| uid.parse::<u32>().ok());
        // One that has ended waits for its parent, and can't be ended again.
        let lives = !field("State:").starts_with('Z');
        lives && field("Seccomp:") == "2" && (uid.is_root() || owner == Some(uid.as_raw()))
    };
    numbers()
        .filter(fits)
        .filter_map(|pid| Process::read(pid).filter(|one| one.id.start >= since).map(|one| (pid, one)))
        .collect()
}
