//! Facts about the repository that a git command works on.

use bstr::BString;

use super::budget::Budget;
use super::facts::Stakes;
use super::git::tracked::Listed;
use super::git::{Found, Repository};
use super::ground::{Scene, is_here};
use super::path_facts::counted;
use super::targets::folder_of;
use super::{branches, sight};
use crate::answer::Answer;
use crate::command::options::{Style, Table, split};
use crate::command::{Command, Word};
use crate::rules::Finding;

/// git's options before the verb. (`--git-dir` and the like are listed so that they are seen, and then not followed.)
const GLOBAL: Table<'static, &str> = Table {
    style: Style::Gnu,
    value: &["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--super-prefix", "--config-env", "--attr-source"],
    flag: &[
        "-p",
        "-P",
        "--paginate",
        "--no-pager",
        "--bare",
        "--no-replace-objects",
        "--no-lazy-fetch",
        "--no-optional-locks",
        "--no-advice",
        "--literal-pathspecs",
        "--glob-pathspecs",
        "--noglob-pathspecs",
        "--icase-pathspecs",
    ],
    optional: &["--exec-path"],
    stop_at_operand: true,
};

/// A git command's verb and what comes after, and the folder it works in.
pub(super) struct Call<'a> {
    pub verb: &'a [u8],
    pub rest: &'a [Word],
    pub folder: std::path::PathBuf,
}

pub(super) fn add(
    scene: &Scene<'_>,
    finding: &Finding,
    before: &[Command],
    command: &Command,
    budget: &mut Budget,
    stakes: &mut Stakes,
) {
    if command.tool() != Some(b"git") || !is_here(command) {
        return;
    }
    let Some(call) = call(command) else { return };
    let Ok(folder) = std::fs::canonicalize(&call.folder) else { return };
    let site = scene.site(&folder);
    let Found::Repository(repository) = &site.found else { return };
    let protected = branches::protected(repository, &call, finding, scene.ground);
    stakes.note("git.branch-protected", protected);
    stakes.note("git.own-branch", !protected);
    if protected == Answer::Yes {
        stakes.says.push("the branch is a protected one".to_owned());
    }
    if call.verb == b"branch" {
        stakes.note("git.commits-kept", branches::kept(repository, &call).unwrap_or(Answer::CannotTell));
    }
    if let Some(listed) = &site.listed {
        tree(repository, listed, budget, stakes);
    }
    if stashed(before, &call.folder) {
        stakes.note("git.tracked-clean", Answer::Yes);
    }
}

/// The same text has put away what the work tree held, and nothing but git has run since.
fn stashed(before: &[Command], folder: &std::path::Path) -> bool {
    const CHANGE_NOTHING: [&[u8]; 10] =
        [b"fetch", b"status", b"log", b"diff", b"show", b"branch", b"rev-parse", b"checkout", b"switch", b"pull"];
    for command in before.iter().rev() {
        let git = (command.tool() == Some(b"git") && is_here(command)).then(|| call(command)).flatten();
        let Some(call) = git.filter(|call| call.folder == folder) else { return false };
        if call.verb == b"stash" {
            let words: Option<Vec<&[u8]>> = call.rest.iter().map(Word::text).collect();
            // What it is told to leave alone (`-S`, `-p`, a path) stays in the work tree.
            return match words.as_deref() {
                Some([b"push" | b"save", rest @ ..] | rest) => puts_all_away(rest),
                None => false,
            };
        }
        if !CHANGE_NOTHING.contains(&call.verb) {
            return false;
        }
    }
    false
}

fn puts_all_away(words: &[&[u8]]) -> bool {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match *word {
            b"-u" | b"--include-untracked" | b"-a" | b"--all" | b"-q" | b"--quiet" => {}
            b"-m" | b"--message" => {
                rest.next();
            }
            _ => return false,
        }
    }
    true
}

/// `None` where options, environment or an unknown word may lead to another repository.
pub(super) fn call(command: &Command) -> Option<Call<'_>> {
    let redirected = |name: &BString| {
        name.starts_with(b"GIT_DIR") || name.starts_with(b"GIT_WORK_TREE") || name.starts_with(b"GIT_INDEX_FILE")
    };
    let environment = &command.environment;
    if environment.partial
        || environment.values.keys().any(redirected)
        || command.assignments.iter().any(|(name, _)| redirected(name))
    {
        return None;
    }
    let words = command.words.get(1..)?;
    let split = split(words, &GLOBAL);
    let mut folder = folder_of(command)?.to_owned();
    for given in &split.given {
        let value = || given.value.as_ref().and_then(Word::text);
        match given.name.as_slice() {
            b"-C" => folder = sight::join(&folder, value()?),
            b"-c" if value()?.to_ascii_lowercase().starts_with(b"core.") => return None,
            b"--git-dir" | b"--work-tree" | b"--bare" | b"--namespace" | b"--config-env" => return None,
            _ if given.listed => {}
            _ => return None,
        }
    }
    if !split.hazy.is_empty() {
        return None;
    }
    Some(Call { verb: words.get(split.end)?.text()?, rest: words.get(split.end + 1..)?, folder })
}

fn tree(repository: &Repository, listed: &Listed, budget: &mut Budget, stakes: &mut Stakes) {
    let changes = repository.changes(listed, b"", budget);
    let untracked = untracked(repository, listed, budget);
    let clean = changes.none().map_or(Answer::CannotTell, Answer::from);
    let alone = untracked.map_or(Answer::CannotTell, |count| Answer::from(count == 0));
    stakes.note("git.tracked-clean", clean);
    stakes.note("git.tree-clean", clean.and(alone));
    let mut parts = Vec::new();
    let mut part = |count: usize, what: &str| {
        if count > 0 {
            parts.push(format!("{} {what}", counted(count, "file")));
        }
    };
    part(changes.modified, "modified");
    part(changes.staged, "staged");
    part(untracked.unwrap_or(0), "untracked");
    if !parts.is_empty() {
        stakes.says.push(format!("in the work tree: {}", parts.join(", ")));
    }
    if changes.unsure || untracked.is_none() {
        stakes.says.push("the work tree could not be compared completely".to_owned());
    }
}

/// Files that git does not know and no rule in HEAD ignores.
fn untracked(repository: &Repository, listed: &Listed, budget: &mut Budget) -> Option<usize> {
    let ignores = repository.ignores();
    let ignored = |name: &[u8], folder: bool| match &ignores {
        Some(ignores) => ignores.ignored(name, folder),
        None => Some(false),
    };
    let mut folders = vec![repository.work_tree.clone()];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            if !budget.entry() {
                return None;
            }
            let path = entry.path();
            let name = repository.relative(&path)?;
            if entry.file_name() == ".git" || listed.index.has(name) {
                continue;
            }
            let is_folder = entry.file_type().ok()?.is_dir();
            // A folder with tracked files is entered even if a rule ignores it.
            let entered = is_folder && !listed.index.below(name).is_empty();
            if entered || !ignored(name, is_folder)? {
                if is_folder { folders.push(path) } else { count += 1 }
            }
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Environment, Program, Stdin, Value};
    use crate::span::{Place, Span};

    fn command(line: &str) -> Command {
        Command {
            words: line.split(' ').map(Word::known).collect(),
            program: Program::Name("git".into()),
            assignments: Vec::new(),
            redirections: Vec::new(),
            writes: Vec::new(),
            sends: Vec::new(),
            stdin: Stdin::Inherited,
            via: Vec::new(),
            directory: Value::known("/a"),
            environment: std::sync::Arc::new(Environment::default()),
            created: std::sync::Arc::default(),
            written: std::sync::Arc::default(),
            at: Place { source: "command".into(), line: 1, span: Span::default() },
        }
    }

    #[test]
    fn the_folder_follows_each_dash_c_and_another_repository_is_not_guessed() {
        let folder = |line: &str| call(&command(line)).map(|call| call.folder.to_string_lossy().into_owned());
        assert_eq!(folder("git -C b -C ../c reset --hard").as_deref(), Some("/a/b/../c"));
        assert_eq!(folder("git -c user.name=x reset --hard").as_deref(), Some("/a"));
        assert_eq!(folder("git --git-dir=x reset --hard"), None);
        assert_eq!(folder("git -c core.worktree=/ reset --hard"), None);
    }
}
