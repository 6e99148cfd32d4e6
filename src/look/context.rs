//! Facts about the place that a command works on: production, something to throw away, this machine.

use bstr::{BStr, BString, ByteSlice};

use super::facts::Stakes;
use super::glob::fits;
use super::ground::{Scene, is_here};
use super::reach::{Host, Reach, reach};
use crate::answer::Answer;
use crate::command::{Change, Command};
use crate::packs::Target;
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

pub(super) fn add(scene: &Scene<'_>, finding: &Finding, command: &Command, stakes: &mut Stakes) {
    // What lies in files here is no service: a folder named `production` says nothing of where it is used.
    if is_here(command) && is_local(finding.rule.target) {
        return;
    }
    let reach = reach(scene, finding, command);
    let production = production(scene, finding, command, &reach);
    let loopback = loopback(&reach);
    stakes.note("context.production", production);
    stakes.note("context.loopback", loopback);
    let selected = [("cluster", &reach.cluster), ("profile", &reach.profile), ("workspace", &reach.workspace)];
    for (kind, name) in selected.into_iter().filter_map(|(kind, name)| Some((kind, name.as_ref()?))) {
        stakes.read_of.push(format!("{kind} {name}"));
        stakes.says.push(format!("{kind} {name}"));
    }
    stakes.read_of.extend(reach.hosts().map(|host| host.as_bstr().to_string()));
    stakes.note("context.throwaway", throwaway(scene, &reach, production, loopback));
    if production == Answer::Yes {
        stakes.says.push("the target is production, by its name or the policy".to_owned());
    } else if stakes.is("context.throwaway") == Some(true) {
        stakes.says.push("the target is a test or a throw-away one".to_owned());
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

fn production(scene: &Scene<'_>, finding: &Finding, command: &Command, reach: &Reach) -> Answer {
    // Texts such as SQL are not names: `production` in one may be a column.
    let name_like = |text: &&BString| text.len() <= 512 && !text.iter().any(u8::is_ascii_whitespace);
    let words = command.words.iter().skip(1).filter_map(|word| word.value.choices()).flatten();
    let operands = finding.operands.iter().filter(|operand| operand.kind != OperandKind::Sql);
    let operands = operands.filter_map(|operand| operand.word.value.choices()).flatten();
    let via = command.via.iter().filter_map(|via| match &via.change {
        Change::Host(value) | Change::Container(value) => value.choices(),
        Change::None | Change::User(_) | Change::Later => None,
    });
    let named = words.chain(operands).chain(via.flatten()).filter(name_like).any(|name| has_part(name, PRODUCTION))
        || reach.all_names().any(|name| has_part(name, PRODUCTION));
    if named
        || matches_context(scene, command, reach, |context| {
            context.raise > 0 || has_part(context.name.as_bytes(), PRODUCTION)
        })
    {
        return Answer::Yes;
    }
    let stated = reach.all_names().next().is_some() && !reach.doubtful;
    if stated { Answer::No } else { Answer::CannotTell }
}

/// Whether a context of the policy, of those asked for, covers what is reached.
fn matches_context(
    scene: &Scene<'_>,
    command: &Command,
    reach: &Reach,
    wanted: impl Fn(&crate::policy::Context) -> bool,
) -> bool {
    let covers = |patterns: &[String], name: &BStr| patterns.iter().any(|one| fits(one.as_bytes(), name));
    let remote: Vec<&BString> = command
        .via
        .iter()
        .filter_map(|via| match &via.change {
            Change::Host(value) => value.choices(),
            Change::None | Change::User(_) | Change::Container(_) | Change::Later => None,
        })
        .flatten()
        .collect();
    scene.ground.contexts.iter().filter(|context| wanted(context)).any(|context| {
        let hosts = reach.hosts().any(|host| covers(&context.hosts, host.as_bstr()))
            || remote.iter().any(|host| {
                let bare = host.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
                covers(&context.hosts, bare.as_bstr())
            });
        hosts
            || reach.cluster.as_ref().is_some_and(|name| covers(&context.kube_contexts, name.as_bstr()))
            || reach.profile.as_ref().is_some_and(|name| covers(&context.aws_profiles, name.as_bstr()))
    })
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
fn throwaway(scene: &Scene<'_>, reach: &Reach, production: Answer, loopback: Answer) -> Answer {
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
    let policy = scene.ground.contexts.iter().filter(|context| context.raise < 0).any(|context| {
        let covers = |patterns: &[String], name: &[u8]| patterns.iter().any(|one| fits(one.as_bytes(), name));
        reach.hosts().any(|host| covers(&context.hosts, host))
            || reach.cluster.as_ref().is_some_and(|name| covers(&context.kube_contexts, name))
            || reach.profile.as_ref().is_some_and(|name| covers(&context.aws_profiles, name))
    });
    let staged = Answer::from(reach.test_stage || reach.emulated).and(loopback) == Answer::Yes;
    // A test stage says nothing of a database that is named, and named otherwise.
    let staged = staged && (reach.databases.is_empty() || databases);
    (databases || cluster || workspace || policy || staged || reach.own_compose).into()
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
