//! All users at once, as root: shells, agents that are installed, and a launcher for each agent whose shell no setting
//! reaches. Which are installed is looked up along PATH.

use std::path::{Path, PathBuf};

use super::means::Means;
use super::shells;
use super::table::{AGENTS, Piece, Scope, Starts};
use super::texts;
use super::trouble::Trouble;
use super::wanted::{Want, Wanted, launcher, links, of_agent};

/// What a login shell of Bourne's kind reads, before the user's own files.
const PROFILE: &str = "/etc/profile.d/guarded.sh";

/// All that it wants; `means` is that of all users.
pub fn wanted(means: &Means) -> Result<Vec<Wanted>, Trouble> {
    if !nix::unistd::geteuid().is_root() {
        let why = "only root sets up all users; for yourself: guarded init AGENT, guarded init zsh";
        return Err(Trouble::NotAllowed(why.to_owned()));
    }
    let mut wanted = links(means).to_vec();
    for shell in ["zsh", "fish"].iter().filter(|shell| is_installed(shell, means)) {
        wanted.extend(shells::of(shell, means).unwrap_or_default());
    }
    let mut launched = false;
    for agent in AGENTS.iter().filter(|agent| agent.programs.iter().any(|name| is_installed(name, means))) {
        if agent.pieces.iter().any(|piece: &Piece| piece.scope() == Scope::Managed) {
            wanted.extend(of_agent(agent, means, false)?);
        }
        if agent.starts != Starts::Setting {
            launched = true;
            wanted.extend(agent.programs.iter().map(|program| launcher(program, agent.name, agent.starts, means)));
        }
    }
    if launched {
        let text = texts::path_lines(means);
        wanted.push(Wanted { path: means.path(PROFILE, None), want: Want::Program { text, mode: 0o644 } });
    }
    // Several of them want the same links.
    let mut seen: Vec<PathBuf> = Vec::new();
    wanted.retain(|one| {
        let new = !seen.contains(&one.path);
        seen.push(one.path.clone());
        new
    });
    Ok(wanted)
}

fn is_installed(name: &str, means: &Means) -> bool {
    let path = means.variable("PATH").unwrap_or_default();
    let mut folders = path.split(':').filter(|folder| folder.starts_with('/'));
    folders.any(|folder| {
        let file = Path::new(folder).join(name);
        file.is_file() && !means.is_launcher(&file)
    })
}
