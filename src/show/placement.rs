//! What a placement changes, as a diff, and what it leaves open.

use std::fmt::Write;
use std::path::Path;

use super::hostile::{Hostile, elided};
use crate::audit::redact;
use crate::placement::files::Contents;
use crate::placement::login::Login;
use crate::placement::table::{Agent, Starts};
use crate::placement::{AGENTS, Means, OTHERS, Plan, Scope, Step};

/// Lines that are compared one by one; of more, all are shown as changed.
const MOST: usize = 2_000;

/// Lines that go and come, without those around them: settings hold keys.
#[must_use]
pub fn diff(plan: &Plan) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        if step.left {
            let _ = writeln!(out, "{} was changed since, and stays", shown(&step.path));
        }
        if step.changes() {
            one(&mut out, step);
        }
    }
    if out.is_empty() { "nothing to change\n".to_owned() } else { out }
}

fn one(out: &mut String, step: &Step) {
    let path = shown(&step.path);
    let (from, to) = match (&step.from, &step.to) {
        (Contents::Absent, _) => ("/dev/null", &*path),
        (_, Contents::Absent) => (&*path, "/dev/null"),
        _ => (&*path, &*path),
    };
    let _ = writeln!(out, "--- {from}\n+++ {to}");
    if let Contents::Link(target) = &step.from {
        let _ = writeln!(out, "-> {}", shown(target));
    }
    if let Contents::Link(target) = &step.to {
        let _ = writeln!(out, "+> {}", shown(target));
    }
    if step.to == Contents::Absent {
        // It was not there before; its lines were shown when it was made.
        return;
    }
    for (number, sign, line) in changed(step.from.bytes(), step.to.bytes()) {
        let _ = writeln!(out, "{sign}{number:>4} {}", elided(&redact(line), 300));
    }
}

/// Line number in the text that has it, what becomes of it, and the line.
fn changed<'a>(from: &'a [u8], to: &'a [u8]) -> Vec<(usize, char, &'a [u8])> {
    let (from, to) = (lines(from), lines(to));
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let left = from.len().min(to.len()) - same;
    let tail = from.iter().rev().zip(to.iter().rev()).take(left).take_while(|(a, b)| a == b).count();
    let (old, new) = (&from[same..from.len() - tail], &to[same..to.len() - tail]);
    let mut out = Vec::new();
    let (mut at, mut here) = (0, 0);
    for (keep_old, keep_new) in common(old, new).into_iter().chain([(old.len(), new.len())]) {
        out.extend((at..keep_old).map(|line| (same + line + 1, '-', old[line])));
        out.extend((here..keep_new).map(|line| (same + line + 1, '+', new[line])));
        (at, here) = (keep_old + 1, keep_new + 1);
    }
    out
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() { Vec::new() } else { text.split(|byte| *byte == b'\n').collect() }
}

/// Pairs of lines that stay, by the longest common subsequence.
fn common(old: &[&[u8]], new: &[&[u8]]) -> Vec<(usize, usize)> {
    if old.len().max(new.len()) > MOST {
        return Vec::new();
    }
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for at in (0..old.len()).rev() {
        for here in (0..new.len()).rev() {
            longest[at * width + here] = if old[at] == new[here] {
                longest[(at + 1) * width + here + 1] + 1
            } else {
                longest[(at + 1) * width + here].max(longest[at * width + here + 1])
            };
        }
    }
    let (mut at, mut here, mut pairs) = (0, 0, Vec::new());
    while at < old.len() && here < new.len() {
        if old[at] == new[here] {
            pairs.push((at, here));
            (at, here) = (at + 1, here + 1);
        } else if longest[(at + 1) * width + here] >= longest[at * width + here + 1] {
            at += 1;
        } else {
            here += 1;
        }
    }
    pairs
}

/// After a placement: how it takes effect, and what it does not reach.
#[must_use]
pub fn open(agent: &Agent, means: &Means, path_too: bool) -> String {
    let mut out = String::new();
    let program = agent.programs.first().copied().unwrap_or(agent.name);
    let launched = agent.starts != Starts::Setting && means.scope == Scope::User;
    if launched {
        out.push_str(&launched_how(program, means, path_too));
    }
    if agent.starts != Starts::Setting && !launched {
        let _ = writeln!(out, "note: this is the hook alone; its shell: guarded init {}", agent.name);
    }
    for line in agent.open {
        let _ = writeln!(out, "open: {line}");
    }
    let _ = writeln!(out, "back: guarded uninit {}{}", agent.name, option(means.scope));
    out
}

#[must_use]
pub fn launched_how(program: &str, means: &Means, path_too: bool) -> String {
    let folder = Hostile(means.launchers.as_bytes()).to_string();
    let first = means.variable("PATH").is_some_and(|path| path.split(':').next() == Some(means.launchers.as_str()));
    if first {
        return format!("now:  {program}, in this shell too\n");
    }
    let how = if path_too { "in a new terminal" } else { "where your start-up files put it first" };
    format!("now:  {program} {how}; in this shell after PATH={folder}:$PATH\n")
}

/// After init of a shell whose own line editor is hooked.
#[must_use]
pub fn typed_how(shell: &str, means: &Means) -> String {
    format!(
        "now:  in each new {shell}\n\
         open: what a program starts is not judged there, only lines; `{shell} -c` and scripts are not lines\n\
         back: guarded uninit {shell}{}\n",
        option(means.scope)
    )
}

#[must_use]
pub fn login_how(login: &Login, shell: &Path, dry: bool) -> String {
    let (would, user) = (if dry { "would be" } else { "is" }, Hostile(login.user.as_bytes()).to_string());
    let now = Hostile(login.now.as_bytes()).to_string();
    format!(
        "now:  {} {would} the login shell of {user}, instead of {now}\n\
         try:  su - {user}, before you close this session\n\
         back: guarded uninit shell {user}\n",
        shown(shell)
    )
}

#[must_use]
pub fn system_how() -> String {
    "now:  in each new session of each user\n\
     open: what a user starts by a full path, and agents that are installed later: run it again then\n\
     back: guarded uninit system\n"
        .to_owned()
}

/// Commands that are a person's to type.
#[must_use]
pub fn to_type(commands: &str) -> String {
    format!("then, to be typed by you:\n{commands}")
}

fn option(scope: Scope) -> String {
    match scope {
        Scope::User => String::new(),
        other => format!(" {}", crate::placement::option(other)),
    }
}

/// What `guarded init` alone lists.
#[must_use]
pub fn known() -> String {
    let mut out = String::new();
    for agent in AGENTS {
        let how = match agent.starts {
            Starts::Setting => "its own setting",
            Starts::Watched => "a launcher that has all it starts judged",
            Starts::ByVariable => "a launcher that sets its shell",
        };
        let _ = writeln!(out, "{:<15} {}: {how}", agent.name, agent.title);
    }
    for (name, about) in OTHERS {
        let _ = writeln!(out, "{name:<15} {about}");
    }
    out.push_str("\nguarded init AGENT --dry-run shows what it would change\n");
    out
}

fn shown(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    Hostile(path.as_os_str().as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn a_diff_names_each_line_that_goes_or_comes() {
        let shown = |from: &str, to: &str| -> Vec<String> {
            let changed = changed(from.as_bytes(), to.as_bytes());
            changed.iter().map(|(at, sign, line)| format!("{sign}{at}{}", String::from_utf8_lossy(line))).collect()
        };
        assert_eq!(shown("a\nb\nc\n", "a\nB\nc\nd\n"), ["-2b", "+2B", "+4d"]);
        assert_eq!(shown("", "x\n"), ["+1x"]);
        assert_eq!(shown("a\nb\n", "a\nx\nb\ny\n"), ["+2x", "+4y"]);
        assert!(shown("a\nb", "a\nb").is_empty());
    }
}
