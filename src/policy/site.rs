//! Where and by whom a command is asked for: which sections of a policy hold, and how far.

use std::path::{Component, Path, PathBuf};

use super::layer::{Section, SectionOf};
use super::matches_path;

/// The agent that asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agents {
    /// The nearest one among the processes above, which no text can change.
    pub above: Option<&'static str>,
    /// The one that the environment names: whoever calls may have set that.
    pub marked: Option<&'static str>,
}

/// Where a command runs and what it would hit; links are followed.
#[derive(Clone, Debug, Default)]
pub struct Site {
    agents: Agents,
    directory: Both,
    targets: Vec<Both>,
}

/// A path as it is named and as it lies on disk.
#[derive(Clone, Debug, Default)]
struct Both {
    named: PathBuf,
    real: PathBuf,
}

/// How far a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    No,
    /// Only what makes things stricter.
    Tightens,
    Whole,
}

impl Site {
    #[must_use]
    pub fn new(agents: Agents, directory: &Path, targets: &[PathBuf]) -> Site {
        Site { agents, directory: both(directory), targets: targets.iter().map(|path| both(path)).collect() }
    }

    /// A section loosens where nothing speaks against it, and tightens where anything speaks for it.
    pub(super) fn holds(&self, section: &Section) -> Holds {
        match &section.of {
            SectionOf::Agents(names) => {
                let is_one =
                    |agent: Option<&str>| agent.is_some_and(|agent| names.iter().any(|one| one == "*" || one == agent));
                match (is_one(self.agents.above), is_one(self.agents.marked)) {
                    (true, _) => Holds::Whole,
                    (false, true) => Holds::Tightens,
                    (false, false) => Holds::No,
                }
            }
            SectionOf::Folders(globs) => {
                let inside = |path: &Path| covers(globs, path);
                let all = || std::iter::once(&self.directory).chain(&self.targets);
                if all().all(|path| inside(&path.named) && inside(&path.real)) {
                    Holds::Whole
                } else if all().any(|path| inside(&path.named) || inside(&path.real)) {
                    Holds::Tightens
                } else {
                    Holds::No
                }
            }
        }
    }
}

/// `/a/**` is here also `/a` itself: a shell that was started there is in the folder.
fn covers(globs: &[String], path: &Path) -> bool {
    let path = path.as_os_str().as_encoded_bytes();
    globs.iter().any(|glob| {
        let folder = glob.strip_suffix("/**").map(str::as_bytes);
        matches_path(glob.as_bytes(), path) || folder.is_some_and(|folder| matches_path(folder, path))
    })
}

fn both(path: &Path) -> Both {
    let mut named = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::ParentDir => {
                named.pop();
            }
            Component::Normal(name) => named.push(name),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    let real = path.ancestors().find_map(|above| {
        let rest = path.strip_prefix(above).ok()?;
        std::fs::canonicalize(above).ok().map(|found| found.join(rest))
    });
    // What can't be followed may lie anywhere.
    let real = real.filter(|real| !real.components().any(|part| part == Component::ParentDir));
    Both { named, real: real.unwrap_or_else(|| PathBuf::from("/")) }
}
