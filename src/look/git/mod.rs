//! Reads a git repository's own files: index, refs, objects, ignore rules. It runs nothing that the repository names
//! (fsmonitor, filters, hooks, textconv) and says `None` or `CannotTell` where only those could answer.

pub mod config;
pub mod objects;
mod pack;
mod pack_index;
pub mod refs;
pub mod index;
pub mod tree;
pub mod ignores;
pub mod tracked;
mod own;

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::sight::{as_os, join, regular};
use config::Config;
use objects::Objects;
pub use own::holds_own;

const SMALL: u64 = 1 << 20;

/// A work tree and the repository behind it.
#[derive(Debug)]
pub struct Repository {
    /// Of this work tree: HEAD, index.
    pub git_dir: PathBuf,
    /// Shared by all work trees: refs, objects, config.
    pub common_dir: PathBuf,
    pub work_tree: PathBuf,
    pub config: Config,
    pub objects: Objects,
}

/// What stands at or above a folder.
#[derive(Debug)]
pub enum Found {
    Nothing,
    /// A bare repository (maybe planted inside a work tree), one of a format that is not read, or a broken one.
    Unreadable,
    Repository(Box<Repository>),
}

/// Looks for the repository of a folder as git does: `.git` at each level upward, then the folder itself as a bare one.
/// `start` is a real path, without symbolic links.
#[must_use]
pub fn find(start: &Path) -> Found {
    start.ancestors().find_map(find_at).unwrap_or(Found::Nothing)
}

/// The same for one level; `None`: there is none.
#[must_use]
pub fn find_at(folder: &Path) -> Option<Found> {
    match git_dir_of(&folder.join(".git")) {
        Some(git_dir) => {
            Some(open(git_dir, folder).map_or(Found::Unreadable, |found| Found::Repository(Box::new(found))))
        }
        None => is_git_dir(folder).then_some(Found::Unreadable),
    }
}

/// The folder that `.git` is or names.
fn git_dir_of(dot_git: &Path) -> Option<PathBuf> {
    let meta = std::fs::metadata(dot_git).ok()?;
    if meta.is_dir() {
        return is_git_dir(dot_git).then(|| dot_git.to_owned());
    }
    let text = regular(dot_git, SMALL).ok()?;
    let named = text.strip_prefix(b"gitdir:")?.trim();
    dot_git.parent().map(|folder| join(folder, named))
}

fn is_git_dir(folder: &Path) -> bool {
    let has_head = std::fs::symlink_metadata(folder.join("HEAD")).is_ok();
    has_head && (folder.join("commondir").is_file() || folder.join("objects").is_dir() && folder.join("refs").is_dir())
}

fn open(git_dir: PathBuf, work_tree: &Path) -> Option<Repository> {
    if !is_git_dir(&git_dir) {
        return None;
    }
    let common_dir = match regular(&git_dir.join("commondir"), SMALL) {
        Ok(text) => join(&git_dir, text.trim()),
        Err(_) => git_dir.clone(),
    };
    let config = config::read(&[common_dir.join("config"), git_dir.join("config.worktree")])?;
    let elsewhere = config.last(b"core.worktree").is_some() || config.is_true(b"core.bare");
    let format = config.last(b"extensions.objectformat").is_none_or(|name| name.eq_ignore_ascii_case(b"sha1"))
        && config.last(b"extensions.refstorage").is_none_or(|name| name.eq_ignore_ascii_case(b"files"));
    if elsewhere || !format {
        return None;
    }
    let objects = Objects::new(common_dir.join("objects"));
    Some(Repository { git_dir, common_dir, work_tree: work_tree.to_owned(), config, objects })
}

impl Repository {
    /// A path's name in the index: relative to the work tree, `/` between; empty for the work tree itself.
    #[must_use]
    pub fn relative<'a>(&self, path: &'a Path) -> Option<&'a [u8]> {
        path.strip_prefix(&self.work_tree).ok().map(|rest| rest.as_os_str().as_bytes())
    }

    /// Where an index name lies.
    #[must_use]
    pub fn absolute(&self, name: &[u8]) -> PathBuf {
        self.work_tree.join(as_os(name.as_bstr()))
    }

    /// Whether a path is, holds or lies in what makes this a repository.
    #[must_use]
    pub fn touches_git_dir(&self, path: &Path) -> bool {
        let own = |folder: &Path| path.starts_with(folder) || folder.starts_with(path);
        own(&self.git_dir) || own(&self.common_dir) || own(&self.work_tree.join(".git"))
    }
}
