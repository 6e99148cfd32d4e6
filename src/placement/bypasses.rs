//! Ways on which an agent that was set up goes past the guard, as far as files and variables tell: each with what closes it.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

use super::found::{Gap, on_path, setting};
use super::json;
use super::means::{Means, is_guarded_sh};
use super::switches::Off;
use super::table::{Agent, From};
use super::texts::word;

/// What is known of the agent besides its row.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub placed: bool,
    pub guarded: bool,
    /// Started by our launcher, which sets what it takes its shell from.
    pub launched: bool,
    pub version: Option<&'a str>,
}

pub fn of(agent: &Agent, means: &Means, seen: Seen<'_>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if seen.placed {
        gaps.extend(agent.off.iter().filter_map(|off| switched_off(off, agent, means)));
        gaps.extend(other_shells_snapshot(agent, means).filter(|_| seen.guarded));
    }
    if !seen.launched {
        gaps.extend(skipped(agent, means));
        gaps.extend(another_first(agent, means));
    }
    gaps.extend(seen.version.and_then(|version| newer(agent, version)));
    gaps
}

fn gap(says: String, close: String) -> Gap {
    Gap { says, close }
}

/// Its hooks don't run.
fn switched_off(off: &Off, agent: &Agent, means: &Means) -> Option<Gap> {
    let path = means.path(off.file, Some(agent));
    let text = std::fs::read(&path).ok().filter(|text| text.len() as u64 <= super::files::MOST)?;
    let is_toml = path.extension().is_some_and(|ending| ending == "toml");
    let value = if is_toml { of_toml(&text, off.path)? } else { of_json(&text, off.path)? };
    let ours = format!("hook {}", agent.name);
    let is_off = match &value {
        Value::Bool(is) => *is == off.is,
        // Names or commands of single hooks.
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(|name| name.contains(&ours)),
        _ => false,
    };
    let (key, file) = (off.path.join("."), path.display());
    is_off.then(|| gap(format!("its hook does not run: {key} in {file}"), format!("take {key} out of {file}")))
}

fn of_json(text: &[u8], path: &[&str]) -> Option<Value> {
    json::value(text, &path.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>())
}

fn of_toml(text: &[u8], path: &[&str]) -> Option<Value> {
    let whole: toml::Table = std::str::from_utf8(text).ok()?.parse().ok()?;
    let mut value = &toml::Value::Table(whole);
    for key in path {
        value = value.get(key)?;
    }
    serde_json::to_value(value).ok()
}

/// A guarded shell that is named to it, and that it takes for none.
fn skipped(agent: &Agent, means: &Means) -> Option<Gap> {
    let link = word(&means.link("bash"));
    match agent.shell.from {
        From::Variable(name) => {
            let variable = |name: &str| means.variable(name).map(PathBuf::from);
            let set = setting(agent, means, &["env", name]).or_else(|| variable(name));
            [(name, set), ("SHELL", variable("SHELL"))].into_iter().find_map(|(name, path)| {
                let path = path?;
                let text = path.display().to_string();
                let says = ["bash", "zsh"].iter().any(|wanted| text.contains(wanted));
                let why = match (says, path.exists()) {
                    (false, _) if is_guarded_sh(&path) => "its path says neither bash nor zsh",
                    (true, false) if text.contains("guarded") => "it leads nowhere",
                    _ => return None,
                };
                Some(gap(format!("it skips {name}={text} in silence: {why}"), format!("{name}={link}")))
            })
        }
        From::Login => {
            let shell = login_shell().filter(|shell| is_guarded_sh(shell))?;
            let name = shell.file_name().unwrap_or_default();
            (name != "bash" && name != "zsh").then(|| {
                let says = format!(
                    "it skips the login shell {} in silence: it is called neither bash nor zsh",
                    shell.display()
                );
                gap(says, format!("chsh -s {link}"))
            })
        }
        From::Shell | From::Path | From::Fixed(_) | From::Key(..) => None,
    }
}

/// It takes the first bash on PATH, and ours is a later one.
fn another_first(agent: &Agent, means: &Means) -> Option<Gap> {
    if agent.shell.from != From::Path {
        return None;
    }
    let all = on_path("bash", means);
    let first = all.first().filter(|first| !is_guarded_sh(first))?;
    let ours = all.iter().find(|path| is_guarded_sh(path))?;
    let folder = ours.parent().unwrap_or(Path::new("/")).display().to_string();
    let says = format!("{} comes before {} on PATH", first.display(), ours.display());
    Some(gap(says, format!("PATH={}:$PATH", word(&folder))))
}

/// A session that took its snapshot with another shell goes on with that shell.
fn other_shells_snapshot(agent: &Agent, means: &Means) -> Option<Gap> {
    let folder = means.path(agent.snapshots?, Some(agent));
    let since = Path::new(&means.link("bash")).symlink_metadata().and_then(|link| link.modified()).ok()?;
    let (when, path) = std::fs::read_dir(folder).ok()?.flatten().filter_map(|entry| made(&entry)).max()?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let why = if !name.contains("-bash-") {
        "was made by another shell than the guarded one"
    } else if when < since {
        "is older than the guarded shell: the session that made it goes on with the shell from before"
    } else {
        return None;
    };
    let close = format!("end its sessions, then rm {}", word(&path.display().to_string()));
    Some(gap(format!("{} {why}", path.display()), close))
}

fn made(entry: &std::fs::DirEntry) -> Option<(SystemTime, PathBuf)> {
    let about = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some((about.modified().ok()?, entry.path()))
}

/// What it does was seen with older versions alone.
fn newer(agent: &Agent, version: &str) -> Option<Gap> {
    let tried = agent.tried?;
    (compare(version, tried) == Ordering::Greater).then(|| {
        let says = format!("{version} is newer than {tried}, the last version that was tried with the guard");
        gap(
            says,
            format!("guarded doctor {} proves its shell, and a harmless command in it shows the rest", agent.name),
        )
    })
}

/// Number by number; what is no number counts nothing.
fn compare(one: &str, other: &str) -> Ordering {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect::<Vec<u64>>()
    };
    numbers(one).cmp(&numbers(other))
}

pub fn login_shell() -> Option<PathBuf> {
    nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten().map(|user| user.shell)
}

/// Where `guarded init shell` was typed, and the user database says another shell since, or still.
#[must_use]
pub fn login(means: &Means) -> Option<Gap> {
    let record = super::record::Record::read(&means.record).ok()?;
    let shell = login_shell().filter(|shell| record.placed().contains(&"shell") && !is_guarded_sh(shell))?;
    let says = format!("the login shell is {}, and guarded init shell was asked for", shell.display());
    Some(gap(says, format!("chsh -s {}", word(&means.link("bash")))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (one, other, is) in [
            ("2.1.331", "2.1.330", Ordering::Greater),
            ("2.1.4", "2.1.330", Ordering::Less),
            ("2.1.330", "2.1.330", Ordering::Equal),
            ("2.2", "2.1.330", Ordering::Greater),
            ("3.0.0-beta.1", "3.0.0", Ordering::Equal),
            ("", "1", Ordering::Less),
        ] {
            assert_eq!(compare(one, other), is, "{one} {other}");
        }
    }
}
