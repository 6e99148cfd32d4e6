//! Facts about the place that a command works on: production, something to throw away, this machine.

use bstr::{BString, ByteSlice};

use super::address::address;
use super::facts::Stakes;
use super::glob::fits;
use super::ground::{Scene, is_here};
use super::kube::bounding;
use super::reach::{Host, Reach, reach};
use crate::answer::Answer;
use crate::command::{Change, Command};
use crate::packs::Target;
use crate::policy::Context;
use crate::rules::{Finding, OperandKind};

const PRODUCTION: &[&str] = &["prod", "production", "prd"];
const PLAYGROUND: &[&str] =
    &["test", "tests", "testing", "tmp", "temp", "scratch", "sandbox", "throwaway", "ephemeral", "ci", "dummy", "e2e"];
/// Clusters that run on a developer's machine.
const LOCAL_CLUSTERS: &[&str] =
    &["kind-*", "k3d-*", "minikube", "docker-desktop", "rancher-desktop", "orbstack", "colima*"];
/// Variables that name the environment an application runs in.
pub(super) const STAGE: &[&str] =
    &["RAILS_ENV", "RACK_ENV", "NODE_ENV", "APP_ENV", "MIX_ENV", "FLASK_ENV", "DJANGO_ENV", "ENVIRONMENT"];

pub(super) fn add(scene: &Scene<'_>, finding: &Finding, before: &[Command], command: &Command, stakes: &mut Stakes) {
    // What lies in files here is no service: a folder named `production` says nothing of where it is used.
    if is_here(command) && is_local(finding.rule.target) {
        return;
    }
    let reach = reach(scene, finding, before, command);
    let covering = covering(scene, command, &reach);
    let (production, because) = production(finding, command, &reach, &covering);
    let loopback = loopback(&reach);
    stakes.note("context.production", production);
    stakes.note("context.loopback", loopback);
    for (label, name) in reach.selected() {
        stakes.read_of.push(format!("{label} {name}"));
        stakes.says.push(format!("{label} {name}"));
    }
    stakes.read_of.extend(reach.hosts().map(|host| host.as_bstr().to_string()));
    stakes.read_of.extend(reach.read.iter().cloned());
    let lowering = covering.iter().find(|(context, _)| context.raise < 0);
    stakes.note("context.throwaway", throwaway(&reach, command, production, loopback, lowering.is_some()));
    let is_throwaway = stakes.is("context.throwaway") == Some(true);
    let counts = |context: &Context| context.raise >= 0 || is_throwaway;
    stakes.contexts = covering.iter().filter(|one| counts(one.0)).map(|(context, _)| context.name.clone()).collect();
    if production == Answer::Yes {
        stakes.says.push(because);
    } else if is_throwaway {
        let by = lowering.map_or_else(String::new, |(context, why)| format!(", {}, because {why}", context.name));
        stakes.says.push(format!("the target is a test or a throw-away one{by}"));
    }
}

fn is_local(target: Target) -> bool {
    match target {
        Target::Files
        | Target::Disk
        | Target::Repository
        | Target::History
        | Target::System
        | Target::Process
        | Target::Guard => true,
        Target::Database
        | Target::Table
        | Target::Backup
        | Target::Snapshot
        | Target::Volume
        | Target::Cluster
        | Target::Infrastructure
        | Target::Account
        | Target::Credential
        | Target::Queue
        | Target::Package
        | Target::Network => false,
    }
}

/// Whether one part of a name between signs is such a word, digits after it aside.
fn has_part(name: &[u8], words: &[&str]) -> bool {
    name.split(|byte| !byte.is_ascii_alphanumeric()).any(|part| {
        let stem = part.trim_end_with(|c| c.is_ascii_digit()).to_ascii_lowercase();
        words.iter().any(|word| stem == word.as_bytes())
    })
}

/// Whether it is production, and why.
fn production(
    finding: &Finding,
    command: &Command,
    reach: &Reach,
    covering: &[(&Context, String)],
) -> (Answer, String) {
    let is_one = |context: &Context| context.raise > 0 || has_part(context.name.as_bytes(), PRODUCTION);
    if let Some((context, why)) = covering.iter().find(|(context, _)| is_one(context)) {
        return (Answer::Yes, format!("{}, because {why}", context.name));
    }
    let named = reach.labelled().find(|(_, name)| has_part(name, PRODUCTION));
    if let Some((label, name)) = named {
        return (Answer::Yes, format!("production, because {label}={}", name.as_bstr()));
    }
    // Texts such as SQL are not names: `production` in one may be a column.
    let name_like = |text: &&BString| text.len() <= 512 && !text.iter().any(u8::is_ascii_whitespace);
    let words = command.words.iter().skip(1).filter_map(|word| word.value.choices()).flatten();
    let operands = finding.operands.iter().filter(|operand| operand.kind != OperandKind::Sql);
    let operands = operands.filter_map(|operand| operand.word.value.choices()).flatten();
    let via = command.via.iter().filter_map(|via| match &via.change {
        Change::Host(value) | Change::Container(value) => value.choices(),
        Change::None | Change::User(_) | Change::Later => None,
    });
    let mut all = words.chain(operands).chain(via.flatten()).filter(name_like);
    if let Some(name) = all.find(|name| has_part(name, PRODUCTION)) {
        return (Answer::Yes, format!("production, because the command names {name}"));
    }
    let stated = reach.labelled().next().is_some() && !reach.doubtful;
    (if stated { Answer::No } else { Answer::CannotTell }, String::new())
}

/// The contexts of the policy in which what is reached lies, each with why.
fn covering<'s>(scene: &'s Scene<'_>, command: &Command, reach: &Reach) -> Vec<(&'s Context, String)> {
    let remote = command.via.iter().filter_map(|via| match &via.change {
        Change::Host(value) => value.choices(),
        Change::None | Change::User(_) | Change::Container(_) | Change::Later => None,
    });
    let remote: Vec<&[u8]> =
        remote.flatten().map(|host| host.rsplit(|byte| *byte == b'@').next().unwrap_or_default()).collect();
    let named: Vec<(&str, &[u8])> = reach.labelled().chain(remote.into_iter().map(|host| ("host", host))).collect();
    let mut found = Vec::new();
    for context in scene.ground.contexts {
        let covers = |(label, name): &&(&str, &[u8])| {
            globs_of(context, label).iter().any(|glob| fits(glob.as_bytes(), name.as_bstr()))
        };
        let Some((label, name)) = named.iter().find(covers) else { continue };
        // What lowers must cover every one of that kind: a statement may name two databases.
        let whole = named.iter().filter(|(other, _)| other == label).all(|one| covers(&one));
        if context.raise >= 0 || whole {
            found.push((context, format!("{label}={}", name.as_bstr())));
        }
    }
    found
}

/// Whether an address, of a database for one, is production's by its names or by the policy.
#[must_use]
pub fn leads_to_production(value: &[u8], contexts: &[Context]) -> bool {
    let Some((hosts, database)) = address(value) else { return false };
    let labelled = || hosts.iter().map(|host| ("host", host)).chain(database.iter().map(|name| ("database", name)));
    labelled().any(|(_, name)| has_part(name, PRODUCTION))
        || contexts.iter().filter(|context| context.raise > 0).any(|context| {
            labelled()
                .any(|(label, name)| globs_of(context, label).iter().any(|glob| fits(glob.as_bytes(), name.as_bstr())))
        })
}

fn globs_of<'c>(context: &'c Context, label: &str) -> &'c [String] {
    match label {
        "host" => &context.hosts,
        "database" => &context.databases,
        "context" => &context.kube_contexts,
        "namespace" => &context.namespaces,
        "profile" => &context.aws_profiles,
        "project" => &context.projects,
        "region" => &context.regions,
        "workspace" => &context.workspaces,
        "docker context" => &context.docker_contexts,
        _ => &[],
    }
}

fn loopback(reach: &Reach) -> Answer {
    match &reach.host {
        Host::Here => Answer::Yes,
        Host::Named(hosts) => hosts.iter().all(|host| is_loopback(host)).into(),
        Host::Unknown => Answer::CannotTell,
    }
}

pub(super) fn is_loopback(host: &[u8]) -> bool {
    let host = host.trim_with(|c| c == '[' || c == ']');
    // A host that begins with a slash is the folder of a socket.
    host.eq_ignore_ascii_case(b"localhost")
        || host == b"::1"
        || host == b"0.0.0.0"
        || host.starts_with(b"/")
        || host.starts_with(b"127.") && host.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// Evidence is asked for: that it runs on this machine is none, since production runs somewhere on localhost too.
fn throwaway(reach: &Reach, command: &Command, production: Answer, loopback: Answer, by_policy: bool) -> Answer {
    if production == Answer::Yes {
        return Answer::No;
    }
    if reach.doubtful {
        return Answer::CannotTell;
    }
    let databases = !reach.databases.is_empty() && reach.databases.iter().all(|name| has_part(name, PLAYGROUND));
    let cluster =
        reach.cluster.as_ref().is_some_and(|name| LOCAL_CLUSTERS.iter().any(|one| fits(one.as_bytes(), name)));
    let workspace = reach.workspace.as_ref().is_some_and(|name| has_part(name, PLAYGROUND));
    let namespace = reach.cluster.is_some()
        && bounding(command, reach).is_some_and(|names| names.iter().all(|name| has_part(name, PLAYGROUND)));
    let staged = Answer::from(reach.test_stage || reach.emulated).and(loopback) == Answer::Yes;
    // A test stage says nothing of a database that is named, and named otherwise.
    let staged = staged && (reach.databases.is_empty() || databases);
    (databases || cluster || workspace || namespace || by_policy || staged || reach.own_compose).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_their_parts() {
        for (name, production, playground) in [
            ("acme-prod-eu", true, false),
            ("prod2", true, false),
            ("products", false, false),
            ("reproduction", false, false),
            ("test_orders", false, true),
            ("orders_test1", false, true),
            ("latest", false, false),
            ("contest", false, false),
            ("kind-ci", false, true),
        ] {
            assert_eq!(has_part(name.as_bytes(), PRODUCTION), production, "{name}");
            assert_eq!(has_part(name.as_bytes(), PLAYGROUND), playground, "{name}");
        }
    }

    #[test]
    fn loopback_is_this_machine_only() {
        for (host, expected) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("[::1]", true),
            ("/var/run/postgresql", true),
            ("127.0.0.1.evil.example", false),
            ("localhost.example.com", false),
            ("db", false),
        ] {
            assert_eq!(is_loopback(host.as_bytes()), expected, "{host}");
        }
    }
}
