//! Each agent on this machine: which shell it would start now, whether that is ours, and what closes each gap. Reads files,
//! and on request starts that shell as the agent would, with a probe that the trail must then hold.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::bypasses::{self, login_shell};
use super::json;
use super::means::{Means, is_guarded_sh};
use super::place::standing;
use super::record::Record;
use super::table::{AGENTS, Agent, From, Piece, Scope, Starts};
use super::texts;
use super::wanted::of_agent;

/// One agent that is installed here.
#[derive(Debug)]
pub struct Found {
    pub agent: &'static Agent,
    /// Behind our launcher.
    pub program: PathBuf,
    /// As its package says; the program is not run.
    pub version: Option<String>,
    /// Somebody set it up with init.
    pub placed: bool,
    /// What its commands are started with.
    pub shell: PathBuf,
    /// They pass the guard, as far as files and variables tell.
    pub guarded: bool,
    /// `None`: not tried.
    pub proved: Option<bool>,
    pub gaps: Vec<Gap>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub says: String,
    pub close: String,
}

/// Longer than any probe takes that is not held up.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far to look.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// No other agent.
    pub only: Option<&'a str>,
    /// Where records go; a shell is started for each agent. `None`: nothing is started.
    pub trail: Option<&'a Path>,
    /// Programs can be judged as they start, here.
    pub execs: bool,
}

#[must_use]
pub fn look(means: &Means, look: Look<'_>) -> Vec<Found> {
    let record = Record::read(&means.record).unwrap_or_default();
    let mut found = Vec::new();
    for agent in AGENTS.iter().filter(|agent| look.only.is_none_or(|only| only == agent.name)) {
        let Some((program, first)) = programs(agent, means) else { continue };
        let mut one = examined(agent, program, &first, means, &record);
        if one.guarded && agent.starts == Starts::Watched && !look.execs {
            let says = "its launcher starts nothing where programs can't be judged as they start".to_owned();
            one.gaps.push(Gap { says, close: "see the line about the layer".to_owned() });
            one.guarded = false;
        }
        if let Some(trail) = look.trail.filter(|_| one.guarded) {
            one.proved = Some(probed(&one, means, trail));
            if one.proved == Some(false) {
                let says = format!("a probe through {} is not in the trail", one.shell.display());
                one.gaps.push(Gap { says, close: "guarded doctor, where its line on the trail says why".to_owned() });
                one.guarded = false;
            }
        }
        found.push(one);
    }
    found
}

/// The agent's own program, and what is started when its name is typed.
fn programs(agent: &Agent, means: &Means) -> Option<(PathBuf, PathBuf)> {
    let all: Vec<PathBuf> = agent.programs.iter().flat_map(|name| on_path(name, means)).collect();
    let own = all.iter().find(|path| !means.is_launcher(path))?;
    Some((own.clone(), all.first()?.clone()))
}

/// Every program of this name, in the order of PATH.
pub(super) fn on_path(name: &str, means: &Means) -> Vec<PathBuf> {
    let folders = std::env::split_paths(means.variable("PATH").unwrap_or_default());
    let runs = |path: &PathBuf| {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
    };
    folders.map(|folder| folder.join(name)).filter(runs).collect()
}

fn examined(agent: &'static Agent, program: PathBuf, first: &Path, means: &Means, record: &Record) -> Found {
    let launcher = means.is_launcher(first);
    // One that was changed may start anything.
    let launched = launcher && is_as_written(agent, first, means);
    let shell = shell(agent, means, launched);
    let guarded = agent.starts == Starts::Watched && launched || is_guarded_sh(&shell);
    let by = [Scope::User, Scope::Managed, Scope::Project].map(|scope| means.by(agent.name, scope));
    let placed = record.placed().iter().any(|one| by.iter().any(|by| by == one));
    let mut gaps = Vec::new();
    let mut gap = |says: String, close: String| gaps.push(Gap { says, close });
    let init = format!("guarded init {}", agent.name);
    if !guarded && launcher {
        gap(format!("{} is not as init wrote it", first.display()), init.clone());
    } else if !guarded && agent.starts != Starts::Setting && placed {
        let launchers = &means.launchers;
        gap(
            format!("{} comes before its launcher in {launchers} on PATH", first.display()),
            format!("a new terminal, or PATH={launchers}:$PATH"),
        );
    } else if !guarded {
        gap(format!("its commands go to {} and do not pass the guard", shell.display()), init.clone());
    }
    if record.placed().contains(&agent.name) {
        let user = Means { scope: Scope::User, ..means.clone() };
        let wanted = of_agent(agent, &user, false).unwrap_or_default();
        for (path, _) in standing(&wanted, &user).into_iter().filter(|(path, holds)| !holds && path != first) {
            gap(format!("{} is not as init wrote it", path.display()), init.clone());
        }
    }
    let version = version(&program);
    gaps.extend(bypasses::of(agent, means, bypasses::Seen { placed, guarded, launched, version: version.as_deref() }));
    Found { agent, version, program, placed, shell, guarded, proved: None, gaps }
}

fn is_as_written(agent: &Agent, launcher: &Path, means: &Means) -> bool {
    let name = launcher.file_name().unwrap_or_default().to_string_lossy();
    std::fs::read(launcher).is_ok_and(|text| text == texts::launcher(&name, agent.name, agent.starts, means).as_bytes())
}

/// Which file it would start for a command.
fn shell(agent: &Agent, means: &Means, launched: bool) -> PathBuf {
    let link = PathBuf::from(means.link("bash"));
    let variable = |name: &str| means.variable(name).map(PathBuf::from);
    let on_path = || on_path("bash", means).into_iter().next().unwrap_or_else(|| "/bin/bash".into());
    let set = agent.starts == Starts::ByVariable && launched;
    match agent.shell.from {
        _ if set => link,
        From::Variable(name) => {
            let set = setting(agent, means, &["env", name]).or_else(|| variable(name));
            // A path that says neither bash nor zsh, or leads nowhere, is skipped in silence.
            let says = |path: &PathBuf| ["bash", "zsh"].iter().any(|name| path.to_string_lossy().contains(name));
            let found = [set, variable("SHELL")].into_iter().flatten().find(|path| says(path) && path.exists());
            found.unwrap_or_else(|| "/bin/bash".into())
        }
        From::Shell => variable("SHELL").unwrap_or_else(on_path),
        From::Path => on_path(),
        From::Login => {
            let named = |shell: &PathBuf| shell.file_name().is_some_and(|name| name == "bash" || name == "zsh");
            login_shell().filter(named).unwrap_or_else(on_path)
        }
        From::Fixed(path) => path.into(),
        From::Key(key, otherwise) => setting(agent, means, &[key]).unwrap_or_else(|| otherwise.into()),
    }
}

/// A path in its settings: the project's before the user's, the managed ones before both.
pub(super) fn setting(agent: &Agent, means: &Means, keys: &[&str]) -> Option<PathBuf> {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let mut files: Vec<(Scope, &str)> = agent
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Settings { scope, file, .. } => Some((*scope, *file)),
            Piece::Program { .. } => None,
        })
        .collect();
    files.sort_by_key(|(scope, _)| std::cmp::Reverse(*scope));
    files.into_iter().find_map(|(_, file)| {
        let text = std::fs::read(means.path(file, Some(agent))).ok()?;
        let value = json::value(&text, &keys)?;
        let path = value.as_str().or_else(|| value.get("path").and_then(Value::as_str))?;
        Some(path.strip_prefix("~/").map_or_else(|| PathBuf::from(path), |rest| means.home.join(rest)))
    })
}

/// From the package that the program lies in.
fn version(program: &Path) -> Option<String> {
    let real = std::fs::canonicalize(program).ok()?;
    let package =
        real.ancestors().skip(1).take(6).map(|folder| folder.join("package.json")).find(|file| file.is_file())?;
    let text = std::fs::read(package).ok().filter(|text| text.len() < 1 << 20)?;
    let package: Value = serde_json::from_slice(&text).ok()?;
    package.get("version")?.as_str().map(str::to_owned)
}

/// Removes a file that is not there, in a folder that is empty: harmless wherever it goes, and the guard records it.
fn probed(found: &Found, means: &Means, trail: &Path) -> bool {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let token = format!("guarded-probe-{}-{:x}", std::process::id(), now.as_nanos());
    let Some(folder) = fresh_folder(&token) else { return false };
    let mut command = if found.agent.starts == Starts::Watched {
        let mut command = Command::new(&means.guarded);
        command.args(["run", "--"]).arg(&found.shell);
        command
    } else {
        Command::new(&found.shell)
    };
    command.args(found.agent.shell.words).arg(format!("unlink ./{token}")).current_dir(&folder);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Ok(mut child) = child {
        let began = Instant::now();
        while child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if began.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    let _ = std::fs::remove_dir(&folder);
    tail(trail).is_some_and(|text| bstr::ByteSlice::find(&*text, token.as_bytes()).is_some())
}

fn fresh_folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).ok()?;
    Some(folder)
}

/// The newest records.
fn tail(trail: &Path) -> Option<Vec<u8>> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = std::fs::File::open(trail).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(1 << 20))).ok()?;
    let mut text = Vec::new();
    file.take(1 << 21).read_to_end(&mut text).ok()?;
    Some(text)
}
