//! `guarded init` and `guarded uninit`: an agent that was set up goes through the guard, and every byte comes back.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use guarded_sh::placement::wanted::of_agent;
use guarded_sh::placement::{Means, Plan, Scope, Trouble, carry_out, plan, plan_back, table};

use crate::programs::guarded_sh;

mod bytes;
mod refused;
mod agents;
mod hooks;
mod inputs;
mod bypasses;
mod managed;
mod doctor;
mod examples;
mod login;

/// A home with a project in it, and nothing of the guard.
pub struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    pub fn new() -> Ground {
        let ground = Ground { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir_all(ground.project()).expect("a folder");
        ground
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub fn project(&self) -> PathBuf {
        self.home().join("project")
    }

    pub fn means(&self, scope: Scope) -> Means {
        means(&self.home(), &self.project(), &guarded_sh().with_file_name("guarded"), scope)
    }

    pub fn write(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.home().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// Everything but the guard's own state: kind, mode and content.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.home()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.ends_with(".local/state") {
                    continue;
                }
                let about = path.symlink_metadata().expect("an entry");
                let content = if about.is_symlink() {
                    std::fs::read_link(&path).expect("a link").as_os_str().as_bytes().to_vec()
                } else if about.is_dir() {
                    folders.push(path.clone());
                    Vec::new()
                } else {
                    std::fs::read(&path).expect("a file")
                };
                found.insert(path, [format!("{:o} ", about.permissions().mode()).into_bytes(), content].concat());
            }
        }
        // The folder of the state is the guard's own.
        found.remove(&self.home().join(".local"));
        found
    }
}

pub fn means(home: &Path, project: &Path, program: &Path, scope: Scope) -> Means {
    let environment = vec![("SHELL".to_owned(), "/bin/bash".to_owned()), ("PATH".to_owned(), "/bin".to_owned())];
    let state = home.join(".local/state/guarded");
    Means::of(program, Some(home), Some(&state), project, scope, environment).expect("means")
}

pub fn planned(name: &str, means: &Means) -> Result<Plan, Trouble> {
    let wanted = of_agent(table::agent(name).expect("an agent"), means, true)?;
    plan(&by(name, means), &wanted, means)
}

pub fn by(name: &str, means: &Means) -> String {
    means.by(name, means.scope)
}

pub fn init(name: &str, means: &Means) -> Result<(), Trouble> {
    carry_out(&planned(name, means)?, means)
}

pub fn uninit(name: &str, means: &Means) -> Result<(), Trouble> {
    carry_out(&plan_back(&by(name, means), means)?, means)
}
