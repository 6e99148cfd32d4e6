//! The screen of a person: the controlling terminal, by dialoguer. The default is always no.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use dialoguer::Input;
use dialoguer::console::{Key, Term};
use dialoguer::theme::{SimpleTheme, Theme};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{FlushArg, tcflush};

use super::question::{Shown, ShownFinding};
use super::{Reply, Screen};
use crate::show::hostile::elided;
use crate::store::Lock;

/// So much of a command is shown before `show more`.
const SHORT: usize = 400;
const LONG: usize = 64 * 1024;
/// Milliseconds without a key before a question is put.
const QUIET: u8 = 80;

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
    forget_typed(&read);
    let term = Term::read_write_pair(read, write);
    if term.is_term() { Ok(term) } else { Err(io::Error::from(io::ErrorKind::NotConnected)) }
}

/// What was typed or pasted before the question was there does not answer it.
fn forget_typed(terminal: &File) {
    for _ in 0..20 {
        let _ = tcflush(terminal, FlushArg::TCIFLUSH);
        let mut more = [PollFd::new(terminal.as_fd(), PollFlags::POLLIN)];
        if poll(&mut more, PollTimeout::from(QUIET)).is_ok_and(|ready| ready == 0) {
            break;
        }
    }
    let _ = tcflush(terminal, FlushArg::TCIFLUSH);
}

/// The answers by their letter; the first is the one that Enter alone gives.
const ANSWERS: [(char, &str); 3] = [('n', "no, do not run it"), ('y', "yes, run it this once"), ('m', "more about it")];

fn ask(term: &Term, shown: &Shown) -> io::Result<Reply> {
    write_lines(term, &lines(shown, SHORT))?;
    loop {
        match or_no(choose(term), 'n')? {
            'y' => return sure(term, shown),
            'm' => {
                write_lines(term, &details(shown))?;
                term.write_line(&format!("  whole:    {}", elided(shown.command.as_bytes(), LONG)))?;
            }
            _ => return Ok(Reply::No),
        }
    }
}

/// A list as dialoguer shows it, which letters answer too.
fn choose(term: &Term) -> io::Result<char> {
    let mut at = 0;
    term.write_line(&themed(|theme, text| theme.format_select_prompt(text, "Run it (y, n, m or arrows and Enter)")))?;
    let chosen = loop {
        for (index, (letter, words)) in ANSWERS.iter().enumerate() {
            let words = format!("{words} ({letter})");
            term.write_line(&themed(|theme, text| theme.format_select_prompt_item(text, &words, index == at)))?;
        }
        let by_letter = |key: char| ANSWERS.iter().position(|(letter, _)| letter.eq_ignore_ascii_case(&key));
        match term.read_key()? {
            Key::ArrowDown | Key::Tab => at = (at + 1) % ANSWERS.len(),
            Key::ArrowUp | Key::BackTab => at = (at + ANSWERS.len() - 1) % ANSWERS.len(),
            Key::Enter => break at,
            Key::Escape | Key::Char('q') => break 0,
            Key::Char(key) => {
                if let Some(chosen) = by_letter(key) {
                    break chosen;
                }
            }
            _ => {}
        }
        term.clear_last_lines(ANSWERS.len())?;
    };
    let (letter, words) = ANSWERS.get(chosen).copied().unwrap_or(ANSWERS[0]);
    term.clear_last_lines(ANSWERS.len() + 1)?;
    term.write_line(&themed(|theme, text| theme.format_select_prompt_selection(text, "Run it", words)))?;
    Ok(letter)
}

fn themed(write: impl FnOnce(&SimpleTheme, &mut String) -> std::fmt::Result) -> String {
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = write(&SimpleTheme, &mut text);
    text
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
    let answer = Input::<String>::new().with_prompt(prompt).allow_empty(true).interact_text_on(term).map_err(io_error);
    let answer = or_no(answer, String::new())?;
    Ok(if answer.trim() == wanted { Reply::Once } else { Reply::No })
}

/// A key that interrupts is a no; a terminal that went away is nobody.
fn or_no<T>(answer: io::Result<T>, no: T) -> io::Result<T> {
    match answer {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(no),
        other => other,
    }
}

fn io_error(dialoguer::Error::IO(error): dialoguer::Error) -> io::Error {
    error
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
        Shown::of_guard(&format!(
            "for {minutes} minutes, whatever would ask a person runs at once and is only recorded"
        ))
    }

    pub(super) fn unlock(lock: &Lock) -> Shown {
        Shown::of_guard(&format!("agents may run commands again; it was locked because: {}", lock.why))
    }

    /// About the guard itself, not about a command.
    pub(super) fn of_guard(what: &str) -> Shown {
        Shown {
            agent: None,
            command: String::new(),
            directory: String::new(),
            user: nix::unistd::getuid().as_raw(),
            understood: true,
            severity: "high".to_owned(),
            type_to_confirm: None,
            findings: Vec::new(),
            reasons: vec![what.to_owned()],
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
