//! The scorecard of a drill, the list of drills, the playbooks and a schedule.

use std::fmt::Write;
use std::path::Path;

use serde_json::json;

use super::hostile::{Hostile, elided};
use crate::drill::playbooks::{PLAYBOOKS, title};
use crate::drill::{Came, DRILLS, Must, Outcome, Remark, Scorecard, named};
use crate::placement::texts::word;

/// Stubs and files that are named one by one.
const NAMED: usize = 5;

#[must_use]
pub fn list() -> String {
    let mut out = String::new();
    for (name, drill) in DRILLS.iter().filter_map(|(name, _)| named(name)) {
        let _ = writeln!(out, "{name:<21} {}", drill.title);
    }
    out.push_str(
        "\nguarded drill NAME, or --all, plays one; --playbook is what people do then; --schedule makes it a habit\n",
    );
    out
}

#[must_use]
pub fn playbooks() -> String {
    let mut out = String::from("When a command of an agent did harm, or tried to:\n\n");
    for (at, (name, page)) in PLAYBOOKS.iter().enumerate() {
        let _ = writeln!(out, "{}. {name:<7} {}", at + 1, title(page));
    }
    out.push_str("\nguarded drill --playbook NAME prints the steps\n");
    out
}

/// What makes drills happen. Nothing is installed.
#[must_use]
pub fn schedule(program: &Path) -> String {
    let program = program.display().to_string();
    // A unit's words are quoted as C's strings are, and % is a specifier there.
    let unit = program.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    format!(
        "# ~/.config/systemd/user/guarded-drill.service\n\
         [Unit]\n\
         Description=Rehearse what guarded-sh stops\n\
         [Service]\n\
         Type=oneshot\n\
         ExecStart=\"{unit}\" drill --all\n\
         \n\
         # ~/.config/systemd/user/guarded-drill.timer\n\
         [Unit]\n\
         Description=Rehearse it every week\n\
         [Timer]\n\
         OnCalendar=weekly\n\
         Persistent=true\n\
         [Install]\n\
         WantedBy=timers.target\n\
         \n\
         # then: systemctl --user daemon-reload && systemctl --user enable --now guarded-drill.timer\n\
         # a unit that failed is in: systemctl --user --failed\n\
         \n\
         # or by cron, which mails what is printed (crontab -e):\n\
         17 9 * * 1 {cron} drill --all > \"$HOME/.cache/guarded-drill\" || cat \"$HOME/.cache/guarded-drill\"\n",
        cron = word(&program).replace('%', "\\%"),
    )
}

#[must_use]
pub fn text(card: &Scorecard) -> String {
    let mut out = format!("{}: {}\n  through {}\n", card.drill, card.title, shown(&card.shell));
    for program in &card.missing {
        let _ = writeln!(out, "! not played: it needs {}, which is not here", Hostile(program.as_bytes()));
    }
    if card.observing {
        out.push_str("! the policy says mode = \"observe\": everything is judged, nothing is stopped\n");
    }
    for outcome in &card.outcomes {
        let mark = if outcome.passed { " " } else { "!" };
        let _ = writeln!(out, "{mark} {:<9} {:>6}  {}", came(outcome), millis(outcome), outcome.says);
        for remark in &outcome.remarks {
            let _ = writeln!(out, "                    {}", remark_text(remark));
        }
    }
    out + &verdict(card)
}

fn verdict(card: &Scorecard) -> String {
    let (all, held) = (card.to_stop().count(), card.to_stop().filter(|outcome| outcome.passed).count());
    let passed = if card.passed() { "passed" } else { "not passed" };
    format!(
        "{passed}: {held} of {all} destructive steps stopped before any effect, the slowest after {} ms; a person was asked \
         in {} steps\n",
        card.slowest().as_millis(),
        card.asked(),
    )
}

fn came(outcome: &Outcome) -> &'static str {
    match (outcome.came, outcome.must) {
        (Came::Refused, Must::Kill) => "ended",
        (Came::Asked, _) => "asked",
        (Came::Refused, _) => "refused",
        (Came::Ran, _) => "ran",
        (Came::Ended(_), _) => "failed",
        (Came::NeverEnded, _) => "hung",
        (Came::Untried, _) => "untried",
    }
}

fn millis(outcome: &Outcome) -> String {
    match outcome.came {
        Came::Asked | Came::Refused => format!("{} ms", outcome.after.as_millis()),
        Came::Ended(status) => format!("({status})"),
        Came::Ran | Came::NeverEnded | Came::Untried => String::new(),
    }
}

fn remark_text(remark: &Remark) -> String {
    match remark {
        Remark::Called(calls) => format!("it started: {}", some(calls)),
        Remark::Lost(files) => format!("gone or changed: {}", some(files)),
        Remark::Went { gone: 0, of } => format!("none of {of} went"),
        Remark::Went { gone, of } => format!("{gone} of {of} went"),
        Remark::Asked(1) => "a person was asked about one of them".to_owned(),
        Remark::Asked(times) => format!("a person was asked about {times} of them"),
        Remark::NoLimits => {
            "no limits are set; in the policy: [limits] destructive_per_hour = 20, files_per_minute = 5000, \
                             canary = 20"
                .to_owned()
        }
        Remark::Unlimited => {
            "the limits that are set did not end it: lower destructive_per_hour or files_per_minute".to_owned()
        }
        Remark::Missing(files) => format!("not back after guarded undo --last: {}", some(files)),
        Remark::Back => "back by guarded undo --last, byte for byte".to_owned(),
        Remark::NothingWent => "nothing went, so nothing had to come back".to_owned(),
        Remark::UndoOff => "the policy says undo.enabled = false; `[undo] enabled = true` keeps what goes".to_owned(),
        Remark::NotListed => "the policy is an allowlist, and this is not on it".to_owned(),
        Remark::Unwatched => "programs can't be judged as they start, here: guarded doctor says why".to_owned(),
        Remark::Alive(processes) => format!("{processes} of its processes live on"),
        Remark::PrintedOther => "its output is not the tool's own".to_owned(),
    }
}

fn some(all: &[String]) -> String {
    let shown: Vec<String> = all.iter().take(NAMED).map(|one| elided(one.as_bytes(), 100)).collect();
    let more = all.len().saturating_sub(NAMED);
    if more == 0 { shown.join("; ") } else { format!("{}; {more} more", shown.join("; ")) }
}

#[must_use]
pub fn json(cards: &[Scorecard]) -> String {
    let drills: Vec<_> = cards
        .iter()
        .map(|card| {
            json!({
                "drill": card.drill, "passed": card.passed(), "shell": shown(&card.shell), "observing": card.observing,
                "missing": card.missing, "slowest_ms": card.slowest().as_millis(), "asked": card.asked(),
                "steps": card.outcomes.iter().map(step_json).collect::<Vec<_>>(),
            })
        })
        .collect();
    format!("{}\n", json!({"passed": cards.iter().all(Scorecard::passed), "drills": drills}))
}

fn step_json(outcome: &Outcome) -> serde_json::Value {
    let must = match outcome.must {
        Must::Stop => "stop",
        Must::Run => "run",
        Must::ComeBack => "come-back",
        Must::Limit => "limit",
        Must::Lock => "lock",
        Must::Kill => "kill",
    };
    let status = if let Came::Ended(status) = outcome.came { Some(status) } else { None };
    json!({
        "step": outcome.says, "must": must, "passed": outcome.passed, "came": came(outcome), "status": status,
        "ms": outcome.after.as_millis(), "remarks": outcome.remarks.iter().map(remark_text).collect::<Vec<_>>(),
    })
}

fn shown(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    Hostile(path.as_os_str().as_bytes()).to_string()
}
