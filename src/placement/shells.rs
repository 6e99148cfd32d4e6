//! What a zsh or fish loads so that each typed line is judged: our file, and the name by which it calls the judge.

use std::path::PathBuf;

use super::means::Means;
use super::table::Scope;
use super::texts::{END, word};
use super::wanted::{Want, Wanted};
use crate::supervise::foreign::{FISH, ZSH};

/// Marks of our lines in zsh's start-up file.
const BEGIN: &str = "# >>> guarded-sh: each line is judged before it runs >>>";

/// All that one of these shells wants. `None`: they read nothing of a project.
#[must_use]
pub fn of(shell: &str, means: &Means) -> Option<Vec<Wanted>> {
    if means.scope == Scope::Project {
        return None;
    }
    let judge = means.link(&format!("guarded-line-{shell}"));
    let link = Wanted { path: PathBuf::from(&judge), want: Want::Link(means.shell.clone()) };
    let file = |path: PathBuf, text: &str| {
        let text = text.replace("@JUDGE@", &word(&judge));
        Wanted { path, want: Want::Program { text, mode: 0o644 } }
    };
    if shell == "fish" {
        return Some(vec![link, file(means.path(fish_file(means.scope), None), FISH)]);
    }
    let hook = PathBuf::from(&means.links).with_file_name("guarded.zsh");
    let lines = zsh_lines(&word(&hook.to_string_lossy()));
    Some(vec![link, file(hook, ZSH), Wanted { path: zsh_start_up(means), want: Want::Lines(lines) }])
}

fn fish_file(scope: Scope) -> &'static str {
    match scope {
        Scope::Managed => "/etc/fish/conf.d/guarded.fish",
        Scope::User | Scope::Project => "~/.config/fish/conf.d/guarded.fish",
    }
}

fn zsh_start_up(means: &Means) -> PathBuf {
    if means.scope == Scope::Managed {
        // Where Debian's zsh looks, and where all others do.
        let debian = means.path("/etc/zsh/zshrc", None);
        return if debian.exists() { debian } else { means.path("/etc/zshrc", None) };
    }
    let moved = means.variable("ZDOTDIR").filter(|folder| folder.starts_with('/'));
    moved.map_or_else(|| means.home.clone(), PathBuf::from).join(".zshrc")
}

fn zsh_lines(hook: &str) -> String {
    let gone = word(&format!("guarded: {hook} is gone, so the lines of this shell are NOT judged: guarded init zsh"));
    format!("{BEGIN}\nif [[ -r {hook} ]]; then source {hook}; else print -ru2 -- {gone}; fi\n{END}\n")
}
