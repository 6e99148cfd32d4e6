//! What a finding puts at stake: the facts that rules name, each settled or left out, and sentences for people.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use bstr::{BString, ByteSlice};

use super::budget::Budget;
use super::displaced::Places;
use super::facts::Stakes;
use super::git::tracked::Listed;
use super::git::{self, Found, Repository};
use super::path_facts::{self, Around};
use super::sight::as_os;
use super::{context, git_facts, mounts};
use crate::answer::Answer;
use crate::command::{Change, Command, Model};
use crate::packs::Severity;
use crate::policy::Context;
use crate::rules::Finding;

/// What holds outside the text.
#[derive(Clone)]
pub struct Ground<'a> {
    pub home: Option<BString>,
    /// Where the shell was started.
    pub directory: BString,
    /// `$TMPDIR` as the shell was given it, not as the text sets it.
    pub temporary: Option<BString>,
    /// When the agent's root process began. Asked only where a fact turns on it: it costs dozens of reads of /proc.
    pub agent_since: &'a dyn Fn() -> Option<SystemTime>,
    pub contexts: &'a [Context],
    /// Patterns, besides the built-in ones.
    pub protected_branches: &'a [String],
}

/// Stakes for each finding, in the same order.
#[must_use]
pub fn stakes(findings: &[Finding], model: &Model, ground: &Ground<'_>) -> Vec<Stakes> {
    if findings.is_empty() {
        return Vec::new();
    }
    let scene = Scene::new(ground);
    let places = Places::of(&scene, &model.commands);
    let mut whole = Budget::for_text();
    let of = |finding: &Finding| {
        let denied = findings.iter().any(|other| other.command == finding.command && is_catastrophic(other));
        let depth = if denied { Depth::Surface } else { Depth::Whole };
        let mut stakes = Stakes::default();
        let given = whole.share(Budget::for_stakes());
        let mut budget = given;
        if let Some(command) = model.commands.get(finding.command) {
            let before = model.commands.get(..finding.command).unwrap_or_default();
            if given.entries == 0 {
                stakes.says.push("not looked at: the text hits too much".to_owned());
            } else {
                let around = Around { before, places: &places, made: &model.created };
                path_facts::add(&scene, finding, &around, command, depth, &mut budget, &mut stakes);
                git_facts::add(&scene, finding, before, command, &mut budget, &mut stakes);
            }
            context::add(&scene, finding, before, command, &mut stakes);
        }
        whole.spend(&given, &budget);
        stakes
    };
    findings.iter().map(of).collect()
}

/// How far a path is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The path itself.
    Surface,
    /// All that lies below it.
    Whole,
}

/// Then the answer is settled, and counting the files of a whole machine would only delay it.
fn is_catastrophic(finding: &Finding) -> bool {
    finding.answer == Answer::Yes && finding.rule.severity == Severity::Catastrophic
}

impl Stakes {
    /// Unknown is not noted.
    pub(super) fn note(&mut self, fact: &'static str, answer: Answer) {
        match answer {
            Answer::Yes => self.truths.insert(fact, true),
            Answer::No => self.truths.insert(fact, false),
            Answer::CannotTell => None,
        };
    }
}

/// The ground with what was read of it so far; one for all findings of a text.
pub(super) struct Scene<'a> {
    pub ground: &'a Ground<'a>,
    /// Real paths of the folders for temporary files.
    pub temporary: Vec<PathBuf>,
    /// The real path of the home.
    home: Option<PathBuf>,
    /// The work tree around the starting directory, else that directory.
    pub project: Option<PathBuf>,
    /// The project and the starting directory, where these are not above the folders for temporary files: they are
    /// no scratch wherever they lie.
    kept: Vec<PathBuf>,
    mounts: OnceCell<Option<Vec<PathBuf>>>,
    sites: RefCell<BTreeMap<PathBuf, Rc<Site>>>,
    /// Folders that were asked whether they are build output.
    outputs: RefCell<BTreeMap<PathBuf, Answer>>,
    agent_since: OnceCell<Option<SystemTime>>,
}

/// The repository of a folder, if any.
pub(super) struct Site {
    pub found: Found,
    pub listed: Option<Listed>,
}

impl Site {
    /// The repository and its index, where both can be read.
    pub fn readable(&self) -> Option<(&Repository, &Listed)> {
        match &self.found {
            Found::Repository(repository) => self.listed.as_ref().map(|listed| (&**repository, listed)),
            Found::Nothing | Found::Unreadable => None,
        }
    }
}

impl<'a> Scene<'a> {
    fn new(ground: &'a Ground<'a>) -> Self {
        let home = ground.home.as_ref().and_then(|home| real(home));
        let directory = real(&ground.directory);
        let project = directory.as_ref().map(|folder| match git::find(folder) {
            Found::Repository(found) if home.as_ref().is_none_or(|home| !home.starts_with(&found.work_tree)) => {
                found.work_tree
            }
            Found::Repository(_) | Found::Nothing | Found::Unreadable => folder.clone(),
        });
        // A TMPDIR that holds the home or the project would make everything look temporary.
        let holds = |folder: &PathBuf| {
            [&home, &project, &directory].iter().any(|kept| kept.as_ref().is_none_or(|kept| kept.starts_with(folder)))
        };
        let own = ground.temporary.as_ref().and_then(|own| real(own)).filter(|own| !holds(own));
        let temporary: Vec<PathBuf> =
            [real(b"/tmp"), real(b"/var/tmp"), Some("/private/tmp".into()), own].into_iter().flatten().collect();
        let above = |folder: &PathBuf| temporary.iter().any(|temporary| temporary.starts_with(folder));
        let kept = [project.clone(), directory].into_iter().flatten().filter(|folder| !above(folder)).collect();
        Scene {
            ground,
            temporary,
            home,
            project,
            kept,
            mounts: OnceCell::new(),
            sites: RefCell::default(),
            outputs: RefCell::default(),
            agent_since: OnceCell::new(),
        }
    }

    /// Below a folder for temporary files, and neither in what is being worked on nor around it. `sweeping`: all of
    /// what lies in the same folder is hit as well.
    pub fn is_temporary(&self, path: &Path, sweeping: bool) -> bool {
        let scratch = self
            .temporary
            .iter()
            .any(|folder| path.starts_with(folder) && path != folder && !(sweeping && path.parent() == Some(folder)));
        scratch && !self.kept.iter().any(|kept| path.starts_with(kept) || kept.starts_with(path))
    }

    /// `folder` is a real path.
    pub fn site(&self, folder: &Path) -> Rc<Site> {
        if let Some(known) = self.sites.borrow().get(folder) {
            return Rc::clone(known);
        }
        let found = git::find(folder);
        let listed = match &found {
            Found::Repository(repository) => repository.listed(),
            Found::Nothing | Found::Unreadable => None,
        };
        let site = Rc::new(Site { found, listed });
        self.sites.borrow_mut().insert(folder.to_owned(), Rc::clone(&site));
        site
    }

    /// Remembers an answer about a folder: thousands of operands may lie in the same one.
    pub fn output(&self, folder: &Path, found: impl FnOnce() -> Answer) -> Answer {
        if let Some(known) = self.outputs.borrow().get(folder) {
            return *known;
        }
        let answer = found();
        self.outputs.borrow_mut().insert(folder.to_owned(), answer);
        answer
    }

    fn mounts(&self) -> Option<&[PathBuf]> {
        self.mounts.get_or_init(mounts::mount_points).as_deref()
    }

    pub fn holds_mount(&self, path: &Path) -> Answer {
        match self.mounts() {
            Some(points) => mounts::holds_mount(points, path).into(),
            None => Answer::CannotTell,
        }
    }

    /// Whether a path is not where its name says: a link stands in it, or something is mounted over a part of it. Links
    /// above the home are the machine's own, and so are mounts that hold it or the project.
    pub fn is_indirect(&self, named: &Path, path: &Path) -> bool {
        let below_home = self.ground.home.as_ref().map(|home| Path::new(as_os(home.as_bstr()))).and_then(|home| {
            let real = self.home.as_ref()?;
            Some((named.strip_prefix(home).ok()?, path.strip_prefix(real).ok()?))
        });
        let (named, at) = below_home.unwrap_or((named, path));
        named != at || self.mounts().is_none_or(|points| self.is_mounted_over(points, path))
    }

    fn is_mounted_over(&self, points: &[PathBuf], path: &Path) -> bool {
        let inside = |mount: &Path, folder: &Path| mount != folder && mount.starts_with(folder);
        let own = [&self.home, &self.project];
        points.iter().filter(|mount| path.starts_with(mount)).any(|mount| {
            let holds_project = self.project.as_ref().is_some_and(|project| project.starts_with(mount));
            !holds_project && own.iter().any(|folder| folder.as_ref().is_some_and(|folder| inside(mount, folder)))
        })
    }

    /// The agent's start. It is rounded up: for a moment it lies ahead, and then all that is there is older.
    pub fn agent_since(&self) -> Option<SystemTime> {
        *self.agent_since.get_or_init(|| (self.ground.agent_since)())
    }
}

fn real(path: &[u8]) -> Option<PathBuf> {
    path.starts_with(b"/").then(|| std::fs::canonicalize(as_os(path.as_bstr())).ok())?
}

/// Whether a command runs on this machine and in this file system.
pub(super) fn is_here(command: &Command) -> bool {
    command.via.iter().all(|via| match via.change {
        Change::None | Change::User(_) | Change::Later => true,
        Change::Host(_) | Change::Container(_) => false,
    })
}

pub(super) fn all(answers: impl IntoIterator<Item = Answer>) -> Answer {
    answers.into_iter().fold(Answer::Yes, Answer::and)
}

pub(super) fn any(answers: impl IntoIterator<Item = Answer>) -> Answer {
    answers.into_iter().fold(Answer::No, Answer::or)
}
