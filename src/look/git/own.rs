//! Whether a repository holds anything that its remotes lack.

use super::objects::Oid;
use super::{Found, Repository, find};
use crate::answer::Answer;
use crate::look::budget::Budget;
use std::path::Path;

const REFS: usize = 2_000;

/// A repository below a folder that is about to go: commits, stashes or changes that are nowhere else.
pub fn holds_own(work_tree: &Path, budget: &mut Budget) -> Answer {
    match find(work_tree) {
        Found::Repository(repository) if repository.work_tree == work_tree => only_remote_commits(&repository)
            .map_or(Answer::CannotTell, |only| !Answer::from(only))
            .or(changed(&repository, budget)),
        Found::Repository(_) | Found::Nothing => Answer::No,
        Found::Unreadable => Answer::CannotTell,
    }
}

/// Every branch, tag and stash names a commit that a remote's branch names too, as in a fresh clone.
fn only_remote_commits(repository: &Repository) -> Option<bool> {
    let all = repository.refs_below("refs/", REFS)?;
    let is_remote = |name: &[u8]| name.starts_with(b"refs/remotes/");
    let remote: Vec<Oid> = all.iter().filter(|(name, _)| is_remote(name)).map(|(_, oid)| *oid).collect();
    let head = repository.head_commit()?;
    // Tags come with the clone; one that was made here is a name only, as long as its commit is kept.
    let own = all.iter().filter(|(name, _)| !is_remote(name) && !name.starts_with(b"refs/tags/"));
    let mut own = own.map(|(_, oid)| *oid).chain(head);
    Some(!remote.is_empty() && own.all(|oid| remote.contains(&oid)))
}

fn changed(repository: &Repository, budget: &mut Budget) -> Answer {
    let Some(listed) = repository.listed() else { return Answer::CannotTell };
    repository.changes(&listed, b"", budget).none().map_or(Answer::CannotTell, |none| !Answer::from(none))
}
