//! Which branch a git command changes, and whether it is one that others rely on.

use std::path::Path;

use bstr::{BString, ByteSlice};

use super::git::Repository;
use super::git::config;
use super::git::objects::hex;
use super::git::refs::Head;
use super::git_facts::Call;
use super::glob::fits;
use super::ground::{Ground, any};
use super::sight::as_os;
use crate::answer::Answer;
use crate::command::Word;
use crate::command::options::{Split, Style, Table, split};
use crate::rules::Finding;

/// Known everywhere; the policy adds its own, and a remote's default branch is one too.
const PROTECTED: &[&str] = &["main", "master", "trunk", "production", "prod", "release", "release/*"];

const PUSH: Table<'static, &str> = Table {
    style: Style::Gnu,
    value: &["-o", "--push-option", "--repo", "--receive-pack", "--exec"],
    flag: &[
        "-f",
        "--force",
        "-d",
        "--delete",
        "-u",
        "--set-upstream",
        "-n",
        "--dry-run",
        "-q",
        "-v",
        "--quiet",
        "--verbose",
        "--all",
        "--branches",
        "--mirror",
        "--tags",
        "--follow-tags",
        "--prune",
        "--no-verify",
        "--verify",
        "--atomic",
        "--porcelain",
        "--progress",
        "--thin",
        "--no-thin",
        "--force-if-includes",
        "--no-force-if-includes",
        "-4",
        "-6",
        "--ipv4",
        "--ipv6",
        "--no-signed",
        "--no-atomic",
        "--no-force-with-lease",
        "--no-recurse-submodules",
    ],
    optional: &["--force-with-lease", "--signed", "--recurse-submodules"],
    stop_at_operand: false,
};

const OTHER: Table<'static, &str> = Table {
    style: Style::Gnu,
    value: &["-B", "-C", "-b", "-c", "--force-create", "--create", "--orphan"],
    flag: &[],
    optional: &[],
    stop_at_operand: false,
};

const BRANCH: Table<'static, &str> = Table { value: &["-u", "--set-upstream-to"], ..OTHER };

pub(super) fn protected(repository: &Repository, call: &Call<'_>, finding: &Finding, ground: &Ground<'_>) -> Answer {
    let Some((branches, remote)) = changed(repository, call, finding, ground) else { return Answer::CannotTell };
    any(branches.iter().map(|branch| {
        is_protected(repository, branch, remote.as_ref().map(|name| name.as_slice()), ground.protected_branches)
    }))
}

/// Whether the last commit of each branch that `git branch -D` names is held by something else: another ref, or what
/// HEAD has been (gitglossary(7), "reflog"). A branch that is not there holds nothing.
pub(super) fn kept(repository: &Repository, call: &Call<'_>) -> Option<Answer> {
    let split = known_split(call.rest, &BRANCH)?;
    let named: Vec<BString> = operands(call.rest, &split)?
        .into_iter()
        .map(|name| [b"refs/heads/", name.as_slice()].concat().into())
        .collect();
    let refs = repository.refs_below("refs/", MOST_REFS)?;
    let reflog = repository.head_was();
    let is_kept = |name: &BString| {
        let Some(tip) = refs.iter().find(|(one, _)| one == name).map(|(_, tip)| tip) else { return true };
        let elsewhere = refs.iter().any(|(one, oid)| oid == tip && !named.contains(one));
        elsewhere || reflog.contains_str(hex(tip))
    };
    Some(named.iter().all(is_kept).into())
}

/// Refs that are compared; more are not.
const MOST_REFS: usize = 2_000;

/// A pattern answers `Yes` where it covers a well-known name.
fn is_protected(repository: &Repository, branch: &[u8], remote: Option<&[u8]>, more: &[String]) -> Answer {
    let known = || PROTECTED.iter().copied().chain(more.iter().map(String::as_str)).map(str::as_bytes);
    let mut head = BString::from("refs/remotes/");
    head.extend_from_slice(remote.unwrap_or(b"origin"));
    head.extend_from_slice(b"/");
    let start = head.len();
    head.extend_from_slice(b"HEAD");
    let default = repository.symbolic(&head).and_then(|name| name.get(start..).map(BString::from));
    let by_name = known().any(|one| fits(one, branch) || fits(branch, one));
    (by_name || default.is_some_and(|default| fits(branch, &default))).into()
}

/// The branches, and the remote that a push goes to. `None` where it can't be told.
fn changed(
    repository: &Repository,
    call: &Call<'_>,
    finding: &Finding,
    ground: &Ground<'_>,
) -> Option<(Vec<BString>, Option<BString>)> {
    match call.verb {
        b"push" => pushed(repository, call.rest, ground),
        b"branch" => {
            let split = known_split(call.rest, &BRANCH)?;
            let names = operands(call.rest, &split)?;
            Some((if names.is_empty() { vec![current(repository)?] } else { names }, None))
        }
        b"checkout" | b"switch" => {
            let split = known_split(call.rest, &OTHER)?;
            let named = ["-B", "-C", "--force-create"].iter().find_map(|name| split.value_of(name));
            match named {
                Some(word) => Some((vec![word.text()?.into()], None)),
                None => Some((vec![current(repository)?], None)),
            }
        }
        b"update-ref" | b"symbolic-ref" | b"filter-branch" | b"filter-repo" | b"worktree" | b"reflog" => None,
        // A finding that names branches some other way is not guessed at.
        _ if finding.operands.iter().any(|operand| operand.word.text().is_none()) => None,
        _ => Some((vec![current(repository)?], None)),
    }
}

fn known_split(words: &[Word], table: &Table<'_, &str>) -> Option<Split> {
    let split = split(words, table);
    split.hazy.is_empty().then_some(split)
}

fn operands(words: &[Word], split: &Split) -> Option<Vec<BString>> {
    split.operands.iter().map(|at| words.get(*at)?.text().map(BString::from)).collect()
}

fn current(repository: &Repository) -> Option<BString> {
    match repository.head()? {
        Head::Branch(name) => Some(name),
        Head::Detached(_) => None,
    }
}

fn pushed(repository: &Repository, words: &[Word], ground: &Ground<'_>) -> Option<(Vec<BString>, Option<BString>)> {
    let split = known_split(words, &PUSH)?;
    if split.given.iter().any(|given| !given.listed) {
        return None;
    }
    let operands = operands(words, &split)?;
    let remote = operands.first().cloned().or_else(|| split.value_of("--repo").and_then(Word::text).map(Into::into));
    let refspecs = operands.get(1..).unwrap_or_default();
    if ["--all", "--branches", "--mirror"].iter().any(|name| split.has(name)) {
        return Some((vec![BString::from("*")], remote));
    }
    let mut branches = Vec::new();
    for refspec in refspecs {
        let refspec = refspec.strip_prefix(b"+").unwrap_or(refspec);
        let target = match refspec.rfind_byte(b':') {
            Some(colon) => refspec.get(colon + 1..)?,
            None => refspec,
        };
        match target {
            // `:` alone pushes whatever both sides have.
            b"" => branches.push("*".into()),
            b"HEAD" | b"@" => branches.push(current(repository)?),
            full if full.starts_with(b"refs/heads/") => branches.push(full.get(11..)?.into()),
            other if other.starts_with(b"refs/") => {}
            name => branches.push(name.into()),
        }
    }
    if refspecs.is_empty() && !split.has("--tags") {
        branches = by_configuration(repository, ground)?;
    }
    Some((branches, remote))
}

/// A push that names no branch: the current one, unless a setting says otherwise.
fn by_configuration(repository: &Repository, ground: &Ground<'_>) -> Option<Vec<BString>> {
    let config = &repository.config;
    let home = ground.home.as_ref().map(|home| Path::new(as_os(home.as_bstr())))?;
    let user = config::read(&[home.join(".config/git/config"), home.join(".gitconfig")])?;
    let mode = config.last(b"push.default").or(user.last(b"push.default")).unwrap_or(b"simple");
    if config.includes
        || user.includes
        || config.has_any(b"remote.", b".push")
        || config.has_any(b"remote.", b".mirror")
    {
        return None;
    }
    let branch = current(repository)?;
    let mut key = BString::from("branch.");
    key.extend_from_slice(&branch);
    key.extend_from_slice(b".merge");
    let upstream = config.last(&key).and_then(|name| name.strip_prefix(b"refs/heads/")).map(BString::from);
    match mode {
        b"simple" | b"current" | b"upstream" | b"tracking" => {
            Some([Some(branch), upstream].into_iter().flatten().collect())
        }
        _ => None,
    }
}
