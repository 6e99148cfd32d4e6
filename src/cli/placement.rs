//! `guarded init` and `guarded uninit`: where the guard stands.

use std::path::Path;

use clap::ArgMatches;

use super::people::word;
use super::{Here, Outcome};
use crate::agents::{Standing, ancestry};
use crate::placement::login::Login;
use crate::placement::wanted::{links, of_agent, of_program};
use crate::placement::{
    Means, Plan, Scope, Trouble, Wanted, carry_out, login, plan, plan_back, shells, snippets, system, table,
};
use crate::show::{Exit, placement, print};

pub fn init(given: &ArgMatches, here: &Here) -> Outcome {
    let name = word(given, "agent");
    let path_too = !given.get_flag("no-path");
    match name.as_str() {
        "" => print::out(&placement::known()),
        "container" => print::out(&snippets::container()),
        "ci" => print::out(&snippets::ci()),
        "shell" => login_shell(given, here)?,
        "system" => {
            let means = means_of(here, Scope::Managed)?;
            placed(given, &by(&name, "", &means), &system::wanted(&means)?, &means)?;
            print::out(&placement::system_how());
        }
        "zsh" | "fish" => {
            let means = means(given, here)?;
            let wanted = shells::of(&name, &means).ok_or_else(|| no_project(&name))?;
            placed(given, &by(&name, "", &means), &wanted, &means)?;
            print::out(&placement::typed_how(&name, &means));
        }
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
    let (means, login) = match name.as_str() {
        "shell" => {
            let (means, user) = login_means(given, here)?;
            let login = Login::of(&user, &means)?;
            (means, Some(login))
        }
        "system" => (means_of(here, Scope::Managed)?, None),
        _ => (means(given, here)?, None),
    };
    let program = login.as_ref().map_or_else(|| word(given, "program"), |login| login.user.clone());
    let plan = plan_back(&by(&name, &program, &means), &means)?;
    print::out(&placement::diff(&plan));
    if given.get_flag("dry-run") {
        return Ok(Exit::Fine);
    }
    takes_away(here)?;
    // The user's entry first: a login shell that is not there lets nobody in.
    login.map_or(Ok(()), |login| login.put_back(&means))?;
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

fn no_project(name: &str) -> Trouble {
    Trouble::NoSuchScope { name: name.to_owned(), scope: Scope::Project }
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

/// Its files, and with --yes the user's entry. root sets what all users can reach.
fn login_shell(given: &ArgMatches, here: &Here) -> Result<(), Trouble> {
    let (means, user) = login_means(given, here)?;
    let by = means.by(format!("shell {user}").trim(), means.scope);
    if !given.get_flag("yes") {
        placed(given, &by, &links(&means), &means)?;
        print::out(&placement::to_type(&snippets::login_shell(&user)));
        return Ok(());
    }
    let login = Login::of(&user, &means)?;
    placed(given, &by, &login::wanted(&means, nix::unistd::geteuid().is_root())?, &means)?;
    if !given.get_flag("dry-run") {
        login.set(&means)?;
    }
    print::out(&placement::login_how(&login, &login::script(&means), given.get_flag("dry-run")));
    Ok(())
}

fn login_means(given: &ArgMatches, here: &Here) -> Result<(Means, String), Trouble> {
    let is_root = nix::unistd::geteuid().is_root();
    let scope = if is_root { Scope::Managed } else { Scope::User };
    let means = means_of(here, scope)?;
    let own = nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten().map(|user| user.name);
    let own = own.unwrap_or_default();
    let user = Some(word(given, "program")).filter(|user| !user.is_empty()).unwrap_or_else(|| own.clone());
    if !is_root && user != own {
        return Err(Trouble::NotAllowed(format!("only root sets the login shell of {user}; you are {own}")));
    }
    Ok((means, user))
}
