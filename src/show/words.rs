//! The words of decisions, and a command as one line that can be read and is safe to show.

use bstr::BString;

use super::hostile::{Hostile, elided};
use crate::answer::Answer;
use crate::audit::{redact, redact_command, redact_held};
use crate::command::{Command, RedirectMode};
use crate::decide::Judged;
use crate::policy::Verdict;

/// Words by which agents recognise the failure of their own containment and run the command again outside of it.
pub const MISLEADING: &[(&str, &str)] = &[
    ("permission denied", "no right to do it"),
    ("operation not permitted", "no right to do it"),
    ("read-only file system", "a place that can't be written"),
    ("failed to write file", "a file could not be written"),
    ("sandbox", "s…x"),
    ("seccomp", "s…p"),
    ("landlock", "l…k"),
    ("eacces", "no right to do it"),
];

/// `allow`, `log`, `ask`, `approve`, `deny`
#[must_use]
pub fn decision(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allow",
        Verdict::Log => "log",
        Verdict::Ask => "ask",
        Verdict::Approve(_) => "approve",
        Verdict::Deny => "deny",
    }
}

/// As policy files write it: with the number of people.
#[must_use]
pub fn decision_in_full(verdict: Verdict) -> String {
    match verdict {
        Verdict::Approve(people) => format!("approve {people}"),
        Verdict::Allow | Verdict::Log | Verdict::Ask | Verdict::Deny => decision(verdict).to_owned(),
    }
}

/// A simple command on one line: words quoted where needed, secrets replaced. Not yet escaped.
#[must_use]
pub fn command_line(command: &Command) -> BString {
    let mut line: Vec<u8> = Vec::new();
    let clean = redact_command(command);
    for (at, word) in command.words.iter().enumerate() {
        let Some(clean) = clean.get(at) else { continue };
        separate(&mut line);
        // What is not known is shown as it was written, quotes and all.
        if word.text().is_some() { quoted(&mut line, clean) } else { line.extend_from_slice(clean) }
    }
    for redirect in &command.redirections {
        separate(&mut line);
        line.extend_from_slice(match redirect.mode {
            RedirectMode::Read => b"< ",
            RedirectMode::Overwrite => b"> ",
            RedirectMode::Append => b">> ",
            RedirectMode::ReadWrite => b"<> ",
        });
        line.extend_from_slice(&redact(&redirect.target.shown()));
    }
    line.into()
}

fn separate(line: &mut Vec<u8>) {
    if !line.is_empty() {
        line.push(b' ');
    }
}

fn quoted(line: &mut Vec<u8>, text: &[u8]) {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"%+,-./:=@_^~*?[]{}".contains(byte);
    quote(line, text, is_plain);
}

/// A word for a shell: in quotes unless it is plain.
pub fn quote(line: &mut Vec<u8>, text: &[u8], is_plain: impl Fn(&u8) -> bool) {
    if !text.is_empty() && text.iter().all(is_plain) {
        line.extend_from_slice(text);
        return;
    }
    line.push(b'\'');
    for byte in text {
        match byte {
            b'\'' => line.extend_from_slice(b"'\\''"),
            byte => line.push(*byte),
        }
    }
    line.push(b'\'');
}

/// Safe to show, at most so long.
#[must_use]
pub fn shown_line(command: &Command, most: usize) -> String {
    elided(&command_line(command), most)
}

/// A rule's sentence about what is here: `{target}` is what is hit, `{n}` how many files. Safe to show.
#[must_use]
pub fn says(judged: &Judged) -> String {
    says_of(judged, None)
}

fn says_of(judged: &Judged, command: Option<&Command>) -> String {
    let mut out = String::new();
    let mut rest = judged.finding.rule.says.as_str();
    // From left to right, since a name that is put in may look like a placeholder.
    while let Some((before, name, after)) = placeholder(rest) {
        out.push_str(&Hostile(before.as_bytes()).to_string());
        match name {
            "target" => out.push_str(&target(judged, command)),
            "n" => out.push_str(&files(judged.stakes.files)),
            other => out.push_str(other),
        }
        rest = after;
    }
    out + &Hostile(rest.as_bytes()).to_string()
}

fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn target(judged: &Judged, command: Option<&Command>) -> String {
    let hits = judged.finding.hits();
    let Some(first) = hits.first() else { return "what it names".to_owned() };
    let clean = redact(first);
    let clean = command.map_or_else(|| clean.to_vec().into(), |command| redact_held(command, &clean));
    let first = elided(&clean, 100);
    if hits.len() == 1 { first } else { format!("{first} and {} more", hits.len() - 1) }
}

fn files(count: Option<usize>) -> String {
    match count {
        Some(1) => "1 file".to_owned(),
        Some(count) => format!("{count} files"),
        None => "files".to_owned(),
    }
}

/// What a finding says about its command: `deletes every resource`, or that this can't be told.
#[must_use]
pub fn message(judged: &Judged, command: Option<&Command>) -> String {
    let rule = &judged.finding.rule;
    let says = says_of(judged, command);
    let subject = command.map_or_else(|| "it".to_owned(), |command| format!("`{}`", shown_line(command, 160)));
    match judged.finding.answer {
        Answer::Yes | Answer::No => format!("{subject} {says} ({})", rule.id),
        Answer::CannotTell => format!("cannot tell whether {subject} {says} ({})", rule.id),
    }
}

/// The text without the words of `MISLEADING`, whoever wrote them.
#[must_use]
pub fn without_misleading(text: &str) -> String {
    let mut out = text.to_owned();
    for (word, instead) in MISLEADING {
        while let Some(at) = out.to_ascii_lowercase().find(word) {
            out.replace_range(at..at + word.len(), instead);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{MISLEADING, without_misleading};

    #[test]
    fn no_misleading_word_is_left_and_none_is_put_in() {
        let all: Vec<&str> = MISLEADING.iter().map(|(word, _)| *word).collect();
        let text = all.join(" ÄÖ ").to_uppercase();
        let clean = without_misleading(&text).to_lowercase();
        assert!(all.iter().all(|word| !clean.contains(word)), "{clean}");
    }
}
