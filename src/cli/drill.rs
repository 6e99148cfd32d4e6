//! `guarded drill`: incidents rehearsed, and what people do when one comes.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::check::is_json;
use super::people::word;
use super::{Here, Outcome, Trouble, placement};
use crate::agents::{Standing, ancestry};
use crate::audit::Drilled;
use crate::drill::{self, Cast, DRILLS, Drill, Scorecard, playbooks};
use crate::placement::{Means, Scope};
use crate::policy::{Versions, nearest};
use crate::show::{self, Exit, Explain, print};
use crate::supervise::exec;

pub fn run(given: &ArgMatches, here: &Here) -> Outcome {
    let name = word(given, "name");
    if given.get_flag("playbook") {
        return playbook(&name);
    }
    if given.get_flag("schedule") {
        let program = std::env::current_exe().unwrap_or_else(|_| "guarded".into());
        print::out(&show::drill::schedule(&program));
        return Ok(Exit::Fine);
    }
    let chosen = chosen(&name, given.get_flag("all"))?;
    if chosen.is_empty() {
        print::out(&show::drill::list());
        return Ok(Exit::Fine);
    }
    from_outside()?;
    let means = placement::means_of(here, Scope::User)?;
    // What a command of a drill goes by; one that can't be read stops every command, and that is no rehearsal.
    let policy = here.world.policy(Path::new("/"), &[], Versions::Written);
    let policy = policy.map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)?;
    let cast = Cast {
        shell: shell(&means),
        guarded: PathBuf::from(&means.guarded),
        base: base(here)?,
        places: &here.world.places,
        policy: &policy,
        execs: exec::standing().can(),
    };
    let mut cards = Vec::new();
    for (name, drill) in &chosen {
        let card = drill::play(name, drill, &cast).map_err(|error| Trouble::Drill(error.to_string()))?;
        let recorded = here.world.journal(&policy).drilled(&record(&card));
        recorded.map_err(|trouble| Trouble::Drill(trouble.to_string()))?;
        if !is_json(given) {
            print::out(&show::drill::text(&card));
        }
        cards.push(card);
    }
    if is_json(given) {
        print::out(&show::drill::json(&cards));
    }
    Ok(if cards.iter().all(Scorecard::passed) { Exit::Fine } else { Exit::Unmet })
}

fn playbook(name: &str) -> Outcome {
    if name.is_empty() {
        print::out(&show::drill::playbooks());
        return Ok(Exit::Fine);
    }
    let near = nearest(name, playbooks::PLAYBOOKS.iter().map(|(name, _)| *name)).map(str::to_owned);
    let page = playbooks::named(name).ok_or(Trouble::NoSuchPlaybook { name: name.to_owned(), near })?;
    print::out(page);
    Ok(Exit::Fine)
}

fn chosen(name: &str, all: bool) -> Result<Vec<(&'static str, Drill)>, Trouble> {
    if all {
        return Ok(DRILLS.iter().filter_map(|(name, _)| drill::named(name)).collect());
    }
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let near = nearest(name, DRILLS.iter().map(|(name, _)| *name)).map(str::to_owned);
    drill::named(name).map(|one| vec![one]).ok_or(Trouble::NoSuchDrill { name: name.to_owned(), near })
}

/// Harmless as a drill is, its commands would be an agent's there: asked about at a person's screen, counted against the
/// limits, and recorded by the dozen.
fn from_outside() -> Result<(), Trouble> {
    match ancestry().standing(false) {
        Standing::Agent | Standing::Guarded => Err(Trouble::DrillFromInside),
        Standing::Person | Standing::Ide | Standing::Unknown => Ok(()),
    }
}

/// The link that init made for agents, whatever it leads to by now; else the shell that lies beside this program.
fn shell(means: &Means) -> PathBuf {
    let managed = Means { links: crate::placement::means::managed_links(), ..means.clone() };
    let links = [means.link("bash"), managed.link("bash")].map(PathBuf::from);
    links.into_iter().find(|link| link.symlink_metadata().is_ok()).unwrap_or_else(|| PathBuf::from(&means.shell))
}

/// Not among temporary files: what lies there counts for little, and a drill is to be taken for real.
fn base(here: &Here) -> Result<PathBuf, Trouble> {
    Ok(here.state()?.with_file_name("guarded-drills"))
}

fn record(card: &Scorecard) -> Drilled {
    let failed = card.outcomes.iter().filter(|outcome| !outcome.passed).map(|outcome| outcome.says.clone());
    let needed = card.missing.iter().map(|program| format!("{program} is not here"));
    Drilled {
        drill: card.drill,
        passed: card.passed(),
        steps: card.outcomes.len(),
        failed: failed.chain(needed).collect(),
        asked: card.asked(),
        slowest_ms: u64::try_from(card.slowest().as_millis()).unwrap_or(u64::MAX),
        shell: card.shell.display().to_string(),
    }
}
