//! The hooks that a verb is about to fire: followed as the scripts they are.

use bstr::{BString, ByteSlice};

use super::{Line, Repository, Setting};
use crate::command::scope::Scope;
use crate::command::scripts;
use crate::command::simple::Call;
use crate::command::walk::{Input, Walker};
use crate::command::words::{Value, Word};

/// The hooks of a verb (githooks(5)).
#[rustfmt::skip]
const FIRED: &[(&str, &[&str])] = &[
    ("commit", &["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"]),
    ("merge", &["pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-merge"]),
    ("pull", &["pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-merge", "pre-rebase", "post-checkout"]),
    ("push", &["pre-push"]),
    ("checkout", &["post-checkout"]),
    ("switch", &["post-checkout"]),
    ("worktree", &["post-checkout"]),
    ("rebase", &["pre-rebase", "post-checkout", "post-rewrite"]),
    ("cherry-pick", &["prepare-commit-msg", "commit-msg", "post-commit"]),
    ("revert", &["prepare-commit-msg", "commit-msg", "post-commit"]),
    ("am", &["applypatch-msg", "pre-applypatch", "post-applypatch"]),
    ("gc", &["pre-auto-gc"]),
];

/// What `--no-verify` leaves out.
const VERIFYING: &[&str] = &["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];

pub(super) fn fire(
    walker: &mut Walker<'_>,
    line: &Line<'_>,
    repository: &Repository,
    settings: &[Setting],
    call: &Call,
    scope: &mut Scope,
) {
    let Some(names) = fired(line) else { return };
    let folder = match settings.iter().rev().find(|setting| setting.key == "core.hookspath") {
        Some(setting) if setting.value.starts_with(b"/") => setting.value.clone(),
        Some(setting) => [repository.root.as_slice(), b"/", &setting.value].concat().into(),
        None => BString::from([repository.common.as_slice(), b"/hooks"].concat()),
    };
    let unverified = line
        .rest
        .iter()
        .any(|word| word.text().is_some_and(|text| text == b"--no-verify" || text == b"-n" && line.verb == b"commit"));
    for name in names {
        if unverified && VERIFYING.contains(&name.as_str()) {
            continue;
        }
        let path = crate::command::plain(&[folder.as_slice(), b"/", name.as_bytes()].concat());
        let mut inner = scope.clone();
        inner.directory = Value::Known(repository.root.clone());
        // Shown as git shows it, where the shell stands at the root.
        let shown = match path.strip_prefix(repository.root.as_slice()).and_then(|rest| rest.strip_prefix(b"/")) {
            Some(rest) if scope.directory == inner.directory => BString::from(rest),
            Some(_) | None => path,
        };
        let words = vec![Word { value: Value::Known(shown.clone()), glob: false, written: BString::default() }];
        let call = Call { words, input: Input::Inherited, redirections: Vec::new(), ..call.clone() };
        let (quiet, doubted) = (walker.quiet, walker.model.doubted);
        // A hook that is installed is like a program that is: what can't be read of it is no question by itself.
        walker.quiet = true;
        scripts::script(walker, &shown, &call, &mut inner);
        walker.quiet = quiet;
        walker.model.doubted = doubted;
    }
}

fn fired(line: &Line<'_>) -> Option<Vec<String>> {
    if line.verb == b"hook" {
        let name = line.rest.iter().filter_map(Word::text).filter(|word| !word.starts_with(b"-")).nth(1)?;
        return Some(vec![name.to_str().ok()?.to_owned()]);
    }
    let (_, names) = FIRED.iter().find(|(verb, _)| verb.as_bytes() == line.verb)?;
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}
