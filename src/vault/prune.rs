//! What the vault lets go of: what is older than the policy says, the oldest where it is over its budget, and what a
//! crash left half kept.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::entry::{self, Manifest};
use super::git;
use super::keep::Vault;
use super::named::Named;
use super::tree::remove;

/// Nobody keeps for so long.
const HALF_KEPT: Duration = Duration::from_secs(3_600);

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    pub entries: usize,
    pub bytes: u64,
    /// Ids of what could not be removed.
    pub failed: Vec<String>,
}

impl Vault {
    /// Removes what is older; without an age, all.
    pub fn prune(&self, older: Option<Duration>) -> io::Result<Pruned> {
        let now = SystemTime::now();
        let (entries, _) = entry::all(&self.home)?;
        let old =
            |one: &&Manifest| older.is_none_or(|older| now.duration_since(one.made()).is_ok_and(|age| age > older));
        let mut pruned = Pruned::default();
        for one in entries.iter().filter(old) {
            self.remove(one, &mut pruned);
        }
        self.sweep(now)?;
        Ok(pruned)
    }

    /// By age and budget. The newest stays whatever it takes.
    pub fn make_room(&self) -> io::Result<Pruned> {
        let now = SystemTime::now();
        let oldest = Duration::from_secs(u64::from(self.budget.days) * 86_400);
        let (entries, _) = entry::all(&self.home)?;
        let (mut files, mut bytes, mut pruned) = (0_u64, 0_u64, Pruned::default());
        for (number, one) in entries.iter().enumerate() {
            files = files.saturating_add(one.files());
            bytes = bytes.saturating_add(one.bytes());
            let old = now.duration_since(one.made()).is_ok_and(|age| age > oldest);
            if number > 0 && (old || files > self.budget.files || bytes > self.budget.bytes) {
                self.remove(one, &mut pruned);
                files = files.saturating_sub(one.files());
                bytes = bytes.saturating_sub(one.bytes());
            }
        }
        self.sweep(now)?;
        Ok(pruned)
    }

    /// The manifest goes last: what is cut short is found again.
    fn remove(&self, one: &Manifest, pruned: &mut Pruned) {
        let mut removed = Ok(());
        for item in &one.items {
            let stores = item.held().into_iter().chain(item.twin.as_ref().map(|twin| twin.path().to_owned()));
            for store in stores {
                removed = removed.and_then(|()| match Named::of(&store) {
                    Ok(named) => remove(named.at(), 0),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                    Err(error) => Err(error),
                });
                if let Some(folder) = store.parent().filter(|folder| !folder.starts_with(&self.home)) {
                    let _ = std::fs::remove_dir(folder);
                }
            }
        }
        git::forget(&one.id, &one.refs);
        let folder = self.home.join(&one.id);
        match removed.and_then(|()| remove(Named::of(&canonical(&folder))?.at(), 0)) {
            Ok(()) => {
                pruned.entries += 1;
                pruned.bytes = pruned.bytes.saturating_add(one.bytes());
            }
            Err(_) => pruned.failed.push(one.id.clone()),
        }
    }

    fn sweep(&self, now: SystemTime) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.home)?.filter_map(Result::ok) {
            let old = entry.metadata().and_then(|about| about.modified());
            let old = old.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > HALF_KEPT));
            if old && !entry.path().join("manifest.json").exists() {
                remove(Named::of(&canonical(&entry.path()))?.at(), 0)?;
            }
        }
        Ok(())
    }
}

fn canonical(path: &Path) -> std::path::PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
