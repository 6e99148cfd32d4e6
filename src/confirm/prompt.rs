//! The screen of a person: the controlling terminal, by dialoguer. The default is always no.

use std::fs::OpenOptions;
use std::io;
use std::time::Duration;

use dialoguer::console::Term;
use dialoguer::{Input, Select};

use super::question::{Shown, ShownFinding};
use super::{Reply, Screen};
use crate::show::hostile::elided;

/// So much of a command is shown before `show more`.
const SHORT: usize = 400;
const LONG: usize = 64 * 1024;

/// The controlling terminal of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tty;

impl Screen for Tty {
    fn ask(&self, shown: &Shown) -> Reply {
        terminal().and_then(|term| ask(&term, shown)).unwrap_or(Reply::Nobody)
    }

    fn confirm(&self, shown: &Shown) -> Reply {
        terminal().and_then(|term| confirm(&term, shown)).unwrap_or(Reply::Nobody)
    }
}

/// Not standard input or output: those belong to the command, and may be files.
fn terminal() -> io::Result<Term> {
    let read = OpenOptions::new().read(true).open("/dev/tty")?;
    let write = OpenOptions::new().write(true).open("/dev/tty")?;
    let term = Term::read_write_pair(read, write);
    if term.is_term() { Ok(term) } else { Err(io::Error::from(io::ErrorKind::NotConnected)) }
}

fn ask(term: &Term, shown: &Shown) -> io::Result<Reply> {
    write_lines(term, &lines(shown, SHORT))?;
    loop {
        let items = ["no, do not run it", "yes, run it this once", "show more"];
        let chosen = Select::new().with_prompt("Run it?").items(items).default(0).interact_on_opt(term);
        match or_no(chosen, None)? {
            Some(1) => return sure(term, shown),
            Some(2) => {
                write_lines(term, &details(shown))?;
                term.write_line(&format!("  whole:    {}", elided(shown.command.as_bytes(), LONG)))?;
            }
            // Escape and q are a no.
            Some(_) | None => return Ok(Reply::No),
        }
    }
}

fn confirm(term: &Term, shown: &Shown) -> io::Result<Reply> {
    write_lines(term, &lines(shown, LONG))?;
    write_lines(term, &details(shown))?;
    typed(term, shown.type_to_confirm.as_deref().unwrap_or("yes"))
}

/// A plain yes is enough below critical.
fn sure(term: &Term, shown: &Shown) -> io::Result<Reply> {
    match &shown.type_to_confirm {
        Some(name) => typed(term, name),
        None => Ok(Reply::Once),
    }
}

fn typed(term: &Term, wanted: &str) -> io::Result<Reply> {
    let prompt = format!("Type {wanted} to allow it, anything else to refuse");
    let answer = Input::<String>::new().with_prompt(prompt).allow_empty(true).interact_text_on(term);
    let answer = or_no(answer, String::new())?;
    Ok(if answer.trim() == wanted { Reply::Once } else { Reply::No })
}

/// A key that interrupts is a no; a terminal that went away is nobody.
fn or_no<T>(answer: dialoguer::Result<T>, no: T) -> io::Result<T> {
    match answer {
        Ok(answer) => Ok(answer),
        Err(dialoguer::Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => Ok(no),
        Err(dialoguer::Error::IO(error)) => Err(error),
    }
}

fn write_lines(term: &Term, lines: &[String]) -> io::Result<()> {
    lines.iter().try_for_each(|line| term.write_line(line))
}

/// What is about to happen, the guard's facts first.
fn lines(shown: &Shown, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for finding in &shown.findings {
        lines.push(format!("guarded: {} ({}, {})", finding.says, finding.rule, finding.severity));
        lines.extend(finding.stakes.iter().map(|stake| format!("  at stake: {stake}")));
        if !finding.hits.is_empty() {
            lines.push(format!("  hits:     {}", elided(finding.hits.join(" ").as_bytes(), SHORT)));
        }
        lines.extend(finding.instead.first().map(|instead| format!("  instead:  {instead}")));
    }
    lines.extend(shown.reasons.iter().map(|reason| format!("guarded: {reason}")));
    // A pause is about no command.
    if !shown.command.is_empty() {
        lines.push(format!("  command:  {}", elided(shown.command.as_bytes(), most)));
        lines.push(format!("  in:       {}", elided(shown.directory.as_bytes(), SHORT)));
    }
    lines.extend(shown.agent.as_ref().map(|agent| format!("  asked by: {agent}")));
    lines
}

fn details(shown: &Shown) -> Vec<String> {
    let mut lines: Vec<String> = shown.findings.iter().flat_map(detail).collect();
    if !shown.understood {
        lines.push("  not all of the text was understood".to_owned());
    }
    lines
}

fn detail(finding: &ShownFinding) -> Vec<String> {
    let mut lines =
        vec![format!("  {} at {}{}", finding.rule, finding.place, if finding.sure { "" } else { " (not sure)" })];
    lines.push(format!("    why:     {}", finding.why));
    lines.extend(finding.moved.iter().map(|moved| format!("    weighed: {moved}")));
    // The first stands above.
    lines.extend(finding.instead.iter().skip(1).map(|instead| format!("    instead: {instead}")));
    lines
}

impl Shown {
    /// What a pause means, in the form of a question.
    pub(super) fn pause(lasts: Duration) -> Shown {
        let minutes = lasts.as_secs().div_ceil(60);
        Shown {
            agent: None,
            command: String::new(),
            directory: String::new(),
            user: nix::unistd::getuid().as_raw(),
            understood: true,
            severity: "high".to_owned(),
            type_to_confirm: None,
            findings: Vec::new(),
            reasons: vec![format!(
                "for {minutes} minutes, whatever would ask a person runs at once and is only recorded"
            )],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_command_can_not_hide_from_the_one_who_decides() {
        let shown = Shown {
            command: crate::show::Hostile(b"ls \x1b[2K\x1b[1A# approved by ada\nrm -rf /").to_string(),
            findings: vec![],
            ..Shown::pause(Duration::from_secs(60))
        };
        let text = lines(&shown, SHORT).join("\n");
        assert!(!text.contains('\u{1b}') && text.contains("\\u{1b}[2K") && text.contains("↵rm -rf /"), "{text}");
        assert!(text.lines().all(|line| line.is_empty() || line.starts_with("guarded: ") || line.starts_with("  ")));
    }
}
