//! `guarded doctor`: what holds here, and what closes each gap.

use std::fmt::Write;
use std::path::Path;

use serde_json::json;

use super::hostile::Hostile;
use crate::audit::Unverified;
use crate::doctor::{Examination, Keeps, Tier, Trail};
use crate::placement::found::{Found, Gap};
use crate::placement::table::Starts;
use crate::policy::Supervise;
use crate::supervise::exec::Standing;

/// A line about one thing, and what would make it better.
struct Point {
    about: &'static str,
    holds: bool,
    says: String,
    close: Option<String>,
}

fn points(found: &Examination) -> Vec<Point> {
    let mut points = Vec::new();
    let mut add = |about, holds, says: String, close: Option<String>| points.push(Point { about, holds, says, close });
    for (about, shell) in [("bash", &found.bash), ("sh", &found.sh)] {
        match shell {
            Ok(path) => add(about, true, shown(path), None),
            Err(trouble) => add(about, about == "sh", trouble.to_string(), None),
        }
    }
    match &found.policy {
        Err(trouble) => {
            let close = Some("mend the file that it names; `guarded policy show` says whether it is read".to_owned());
            add("policy", false, super::lay_out("guarded", trouble).trim_end().replace('\n', "\n         "), close);
        }
        Ok((policy, files)) => {
            let files: Vec<String> = files.iter().map(|file| shown(file)).collect();
            let files = if files.is_empty() { "the built-in one alone".to_owned() } else { files.join(", ") };
            let close = policy.warnings.first().map(|warning| Hostile(warning.as_bytes()).to_string());
            add("policy", policy.warnings.is_empty(), files, close);
        }
    }
    let required = found.policy.as_ref().is_ok_and(|(policy, _)| policy.audit_required);
    match &found.trail {
        Trail::Homeless => add("trail", !required, "none: HOME is not set".to_owned(), Some("set HOME".to_owned())),
        Trail::Empty(file) => add("trail", true, format!("{}, no record yet", shown(file)), None),
        Trail::Whole(file, records) => add("trail", true, format!("{}, {records} records, whole", shown(file)), None),
        Trail::Unwritable(file) => {
            let says = format!("{} can't be written: records go to the temporary folder, unanchored", shown(file));
            add("trail", !required, says, Some("let this user write its folder".to_owned()));
        }
        Trail::Broken(file, why) => {
            let why = match why {
                Unverified::Broken(broken) => format!("line {} is broken: {}", broken.line, broken.why),
                Unverified::Unreadable(error) => format!("it can't be read: {error}"),
            };
            add(
                "trail",
                false,
                format!("{}, {why}", shown(file)),
                Some("keep a copy of it, and find out who wrote it".to_owned()),
            );
        }
    }
    points.push(vault(found));
    points.push(layer(found));
    points.push(fenced(found));
    points.push(drilled(found));
    points
}

/// A hint, whatever it says: a rehearsal holds nothing by itself.
fn drilled(found: &Examination) -> Point {
    const DAY: u64 = 24 * 3_600;
    /// So often somebody should look.
    const DAYS: u64 = 31;
    let (says, close) = match &found.drilled {
        None => ("no drill was played here yet".to_owned(), Some("guarded drill --all; guarded drill --schedule")),
        Some(last) => {
            let days = last.age.as_secs() / DAY;
            let when = match days {
                0 => "today".to_owned(),
                1 => "yesterday".to_owned(),
                days => format!("{days} days ago"),
            };
            let passed = if last.passed { "passed" } else { "not passed" };
            let says = format!("{}, {when}: {passed}", Hostile(last.drill.as_bytes()));
            let again = !last.passed || days > DAYS;
            (says, again.then_some("guarded drill --all; guarded drill --schedule"))
        }
    };
    Point { about: "drill", holds: true, says, close: close.map(str::to_owned) }
}

/// What nothing can write to, or could be held so.
fn fenced(found: &Examination) -> Point {
    let policy = found.policy.as_ref().map(|(policy, _)| policy).ok();
    let named = policy.map_or(&[][..], |policy| &policy.read_only);
    let wanted = !named.is_empty() || policy.is_some_and(|policy| policy.require_fence);
    let (says, close) = match (&found.fence, named) {
        (Ok(()), []) => {
            let close = "`[protect] read_only = [\"~/backups\"]` in the policy holds what it names".to_owned();
            ("no path is held read-only; it could be".to_owned(), Some(close))
        }
        (Ok(()), named) => {
            let root = nix::unistd::geteuid().is_root();
            let close = root.then(|| "root's own code can undo it: run the agent as another user".to_owned());
            (format!("held read-only: {}", Hostile(named.join(", ").as_bytes())), close)
        }
        (Err(error), _) => {
            let close = "root, or kernel.unprivileged_userns_clone and no AppArmor against user namespaces".to_owned();
            (format!("paths can't be held read-only: {}", crate::fence::plainly(error)), Some(close))
        }
    };
    Point { about: "fence", holds: found.fence.is_ok() || !wanted, says, close }
}

/// Where undo keeps things, and how much of its budget is used.
fn vault(found: &Examination) -> Point {
    let size = |bytes: u64| super::hostile::size(usize::try_from(bytes).unwrap_or(usize::MAX));
    let (holds, says, close) = match &found.vault {
        Keeps::Nothing { homeless: true } => (true, "nothing is kept: HOME is not set".to_owned(), Some("set HOME")),
        Keeps::Nothing { homeless: false } => (true, "nothing is kept: undo.enabled is false".to_owned(), None),
        Keeps::Unwritable(folder) => {
            let says = format!("{} can't be written: nothing is kept", shown(folder));
            (true, says, Some("let this user write its folder, or set undo.enabled = false"))
        }
        Keeps::There { folder, entries, files, bytes, budget } => {
            let says = format!(
                "{}, {entries} entries, {files} of {} files, {} of {}",
                shown(folder),
                budget.files,
                size(*bytes),
                size(budget.bytes)
            );
            (true, says, None)
        }
    };
    Point { about: "undo", holds, says, close: close.map(str::to_owned) }
}

/// Which tier, and why not the next.
fn layer(found: &Examination) -> Point {
    let policy = found.policy.as_ref().map(|(policy, _)| policy);
    let wanted = policy.is_ok_and(|policy| policy.require_exec || policy.supervise != Supervise::Off);
    let how = match &found.execs {
        Standing::Each => "each task is traced for the time of its exec",
        Standing::Tree => "whole trees are traced (Yama)",
        Standing::Stops => "whole trees are traced and stop at each exec (the kernel has no listener to give)",
        Standing::Above => "a guard above judges them",
        Standing::Tracing => "the kernel lets only root look at a task (Yama); lower kernel.yama.ptrace_scope to 1",
        Standing::Filter(_) => "the kernel takes no filter here",
    };
    let (says, close) = match (found.tier(), found.execs.can()) {
        (Tier::Exec, _) => (format!("exec: texts are judged, and each program as it starts; {how}"), None),
        (Tier::Auto, _) => {
            let says = format!("exec, but for texts that read in full as programs that start no others; {how}");
            (says, Some("`supervise = \"always\"` in the policy leaves none out".to_owned()))
        }
        (Tier::Static, true) => {
            let says = "static: texts are judged; what programs start is not".to_owned();
            (says, Some(format!("`supervise = \"auto\"` in the policy judges programs as they start ({how})")))
        }
        (Tier::Static, false) => {
            let says = "static: texts are judged; programs can't be judged as they start".to_owned();
            let why = match &found.execs {
                Standing::Filter(error) => format!("{how}: {error}"),
                _ => how.to_owned(),
            };
            (says, Some(why))
        }
    };
    Point { about: "layer", holds: found.execs.can() || !wanted, says, close }
}

/// The machine and the agents on it.
pub struct Whole<'a> {
    pub machine: &'a Examination,
    pub agents: &'a [Found],
    /// The one agent that was asked about.
    pub only: Option<&'a str>,
    /// The login shell, where that is not as init was asked to have it.
    pub login: Option<&'a Gap>,
}

impl Whole<'_> {
    /// What the policy wants holds, and so does what init has set up; the agent that was asked about must pass the guard.
    #[must_use]
    pub fn holds(&self) -> bool {
        let asked = self.only.is_none() || self.agents.iter().all(|found| found.guarded) && !self.agents.is_empty();
        self.machine.holds() && asked && self.login.is_none() && self.agents.iter().all(is_as_placed)
    }
}

fn is_as_placed(found: &Found) -> bool {
    !found.placed || found.guarded
}

/// One line about an agent.
fn passes(found: &Found) -> String {
    let version = found.version.as_deref().map(|version| format!(" {}", Hostile(version.as_bytes())));
    let by = match (found.guarded, found.agent.starts) {
        (false, _) => "not guarded".to_owned(),
        (true, Starts::Watched) => "guarded: all that it starts is judged".to_owned(),
        (true, Starts::Setting | Starts::ByVariable) => format!("guarded: its shell is {}", shown(&found.shell)),
    };
    let proved = if found.proved == Some(true) { ", proved by a probe" } else { "" };
    format!("{}{}: {by}{proved}", found.agent.name, version.unwrap_or_default())
}

#[must_use]
pub fn text(whole: &Whole<'_>) -> String {
    let mut out = String::new();
    for point in points(whole.machine) {
        let mark = if point.holds { " " } else { "!" };
        let _ = writeln!(out, "{mark} {:<7}{}", point.about, point.says);
        if let Some(close) = point.close {
            let _ = writeln!(out, "         {close}");
        }
    }
    if let Some(gap) = whole.login {
        let _ = writeln!(out, "! login  {}\n         {}", Hostile(gap.says.as_bytes()), Hostile(gap.close.as_bytes()));
    }
    for found in whole.agents {
        let mark = if is_as_placed(found) { " " } else { "!" };
        let _ = writeln!(out, "{mark} agent  {}", passes(found));
        for gap in &found.gaps {
            let says = Hostile(gap.says.as_bytes());
            let _ = writeln!(out, "         {says}: {}", Hostile(gap.close.as_bytes()));
        }
        for open in found.agent.open.iter().filter(|_| found.guarded) {
            let _ = writeln!(out, "         open: {open}");
        }
    }
    if let Some(only) = whole.only.filter(|_| whole.agents.is_empty()) {
        let _ = writeln!(out, "! agent  {only}: not found on PATH");
    }
    let it_holds = if whole.holds() { "It holds.\n" } else { "It does not hold: see the lines marked with !.\n" };
    out + it_holds
}

#[must_use]
pub fn json(whole: &Whole<'_>) -> String {
    let machine = whole.machine;
    let tier = match machine.tier() {
        Tier::Static => "static",
        Tier::Auto => "auto",
        Tier::Exec => "exec",
    };
    let mut points: Vec<_> = points(machine)
        .into_iter()
        .map(|point| json!({"about": point.about, "holds": point.holds, "found": point.says, "close": point.close}))
        .collect();
    points.extend(
        whole.login.map(|gap| json!({"about": "login", "holds": false, "found": gap.says, "close": gap.close})),
    );
    let agents: Vec<_> = whole.agents.iter().map(agent_json).collect();
    format!(
        "{}\n",
        json!({
            "holds": whole.holds(), "tier": tier, "can_judge_execs": machine.execs.can(), "points": points,
            "agents": agents,
        })
    )
}

fn agent_json(found: &Found) -> serde_json::Value {
    let gaps: Vec<_> = found.gaps.iter().map(|gap| json!({"found": gap.says, "close": gap.close})).collect();
    json!({
        "agent": found.agent.name, "version": found.version, "program": shown(&found.program),
        "placed": found.placed, "guarded": found.guarded, "shell": shown(&found.shell), "proved": found.proved,
        "gaps": gaps, "open": found.agent.open,
    })
}

fn shown(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    Hostile(path.as_os_str().as_bytes()).to_string()
}
