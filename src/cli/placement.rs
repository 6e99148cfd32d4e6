//! `guarded init` and `guarded uninit`: where the guard stands.

use std::path::Path;

use clap::ArgMatches;

use super::people::word;
use super::{Here, Outcome};
use crate::agents::{Standing, ancestry};
use crate::placement::wanted::{links, of_agent, of_program};
use crate::placement::{Means, Plan, Scope, Trouble, Wanted, carry_out, plan, plan_back, snippets, table};
use crate::show::{Exit, placement, print};

pub fn init(given: &ArgMatches, here: &Here) -> Outcome {
    let name = word(given, "agent");
    let path_too = !given.get_flag("no-path");
    match name.as_str() {
        "" => print::out(&placement::known()),
        "container" => print::out(&snippets::container()),
        "ci" => print::out(&snippets::ci()),
        "shell" => login_shell(given, here)?,
        "generic" => {
            let (means, program) = (means(given, here)?, word(given, "program"));
            let wanted = of_program(&program, &means, path_too)?;
            placed(given, &by(&name, &program, &means), &wanted, &means)?;
            print::out(&placement::launched_how(&program, &means, path_too));
        }
        _ => {
            let near = table::near(&name);
            let agent = table::agent(&name).ok_or(Trouble::NoSuchAgent { name: name.clone(), near })?;
            let means = means(given, here)?;
            let wanted = of_agent(agent, &means, path_too)?;
            placed(given, &by(&name, "", &means), &wanted, &means)?;
            print::out(&placement::open(agent, &means, path_too));
        }
    }
    Ok(Exit::Fine)
}

pub fn uninit(given: &ArgMatches, here: &Here) -> Outcome {
    let name = word(given, "agent");
    let means = means(given, here)?;
    let plan = plan_back(&by(&name, &word(given, "program"), &means), &means)?;
    print::out(&placement::diff(&plan));
    if given.get_flag("dry-run") {
        return Ok(Exit::Fine);
    }
    takes_away(here)?;
    carry_out(&plan, &means)?;
    Ok(Exit::Fine)
}

fn placed(given: &ArgMatches, by: &str, wanted: &[Wanted], means: &Means) -> Result<(), Trouble> {
    let plan: Plan = plan(by, wanted, means)?;
    print::out(&placement::diff(&plan));
    if given.get_flag("dry-run") {
        return Ok(());
    }
    from_outside()?;
    if means.scope == Scope::Managed && !nix::unistd::geteuid().is_root() {
        return Err(Trouble::NotRoot);
    }
    carry_out(&plan, means)
}

/// As it is typed after `guarded uninit`.
fn by(name: &str, program: &str, means: &Means) -> String {
    let name = if program.is_empty() { name.to_owned() } else { format!("{name} {program}") };
    means.by(&name, means.scope)
}

fn means(given: &ArgMatches, here: &Here) -> Result<Means, Trouble> {
    let scope = match (given.get_flag("project"), given.get_flag("managed")) {
        (true, _) => Scope::Project,
        (_, true) => Scope::Managed,
        (false, false) => Scope::User,
    };
    means_of(here, scope)
}

pub fn means_of(here: &Here, scope: Scope) -> Result<Means, Trouble> {
    let text = |bytes: &bstr::BString| String::from_utf8(bytes.to_vec()).ok();
    let environment: Vec<(String, String)> =
        here.environment().iter().filter_map(|(name, value)| Some((text(name)?, text(value)?))).collect();
    let home = environment.iter().rev().find(|(name, _)| name == "HOME").map(|(_, home)| home.clone());
    let program = std::env::current_exe().map_err(|error| Trouble::Io { path: "guarded".into(), error })?;
    let state = here.world.state.as_deref();
    Means::of(&program, home.as_deref().map(Path::new), state, &here.directory, scope, environment)
}

/// To place is no loosening; yet what an agent places is not what a person wanted.
fn from_outside() -> Result<(), Trouble> {
    match ancestry().standing(false) {
        Standing::Agent | Standing::Guarded => Err(Trouble::FromInside),
        Standing::Person | Standing::Ide | Standing::Unknown => Ok(()),
    }
}

/// To take the guard away is an answer to every question at once.
fn takes_away(here: &Here) -> Result<(), Trouble> {
    use crate::confirm::{Doubtful, from_outside};
    let store =
        super::people::existing(here).map_err(|trouble| Trouble::State(crate::show::Explain::what(&trouble)))?;
    match from_outside(store.as_ref(), &ancestry()) {
        Ok(()) => Ok(()),
        Err(Doubtful::NoPerson(_)) => Err(Trouble::NoPerson),
        Err(Doubtful::Store(error)) => Err(Trouble::State(error.to_string())),
        Err(_) => Err(Trouble::FromInside),
    }
}

/// It is root's or the user's own to set, by the system's own program.
fn login_shell(given: &ArgMatches, here: &Here) -> Result<(), Trouble> {
    let means = means(given, here)?;
    let user = Some(word(given, "program")).filter(|user| !user.is_empty());
    let user = user.or_else(|| means.variable("USER").map(str::to_owned)).unwrap_or_else(|| "USER".to_owned());
    let listed = std::fs::read_to_string("/etc/shells").unwrap_or_default();
    let is_listed = listed.lines().any(|line| line == means.link("bash"));
    let plan = plan("shell", &links(&means), &means)?;
    print::out(&placement::diff(&plan));
    if !given.get_flag("dry-run") {
        from_outside()?;
        carry_out(&plan, &means)?;
    }
    print::out(&placement::to_type(&snippets::login_shell(&user, &means, is_listed)));
    Ok(())
}
