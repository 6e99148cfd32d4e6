//! Commands that select another cluster, workspace, project or engine for those that follow in the same text.

use bstr::BString;

use super::kube::names_context;
use super::reach::Reach;
use crate::command::{Command, Word};

/// What is selected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Selects {
    Cluster,
    Namespace,
    Workspace,
    /// A project, an engine, an account: by a name, or in a way that the words do not tell.
    Other,
}

const KUBE: &[(&str, &[&str], Selects)] = &[
    ("kubectl", &["config", "use-context"], Selects::Cluster),
    ("kubectl", &["config", "use"], Selects::Cluster),
    ("oc", &["config", "use-context"], Selects::Cluster),
    ("kubectx", &[], Selects::Cluster),
    ("kubens", &[], Selects::Namespace),
    ("oc", &["project"], Selects::Namespace),
    ("kubectl", &["config"], Selects::Other),
    ("oc", &["login"], Selects::Other),
    ("aws", &["eks", "update-kubeconfig"], Selects::Other),
    ("gcloud", &["container", "clusters", "get-credentials"], Selects::Other),
    ("az", &["aks", "get-credentials"], Selects::Other),
    ("kind", &["export", "kubeconfig"], Selects::Other),
    ("minikube", &["update-context"], Selects::Other),
    ("k3d", &["kubeconfig"], Selects::Other),
];
const STATE: &[(&str, &[&str], Selects)] = &[
    ("terraform", &["workspace", "select"], Selects::Workspace),
    ("terraform", &["workspace", "new"], Selects::Workspace),
    ("tofu", &["workspace", "select"], Selects::Workspace),
    ("tofu", &["workspace", "new"], Selects::Workspace),
    ("terraform", &["init"], Selects::Other),
    ("tofu", &["init"], Selects::Other),
];
const ENGINE: &[(&str, &[&str], Selects)] = &[("docker", &["context", "use"], Selects::Other)];
const CLOUD: &[(&str, &[&str], Selects)] = &[
    ("aws", &["configure"], Selects::Other),
    ("gcloud", &["config"], Selects::Other),
    ("gcloud", &["auth"], Selects::Other),
    ("az", &["account", "set"], Selects::Other),
    ("az", &["login"], Selects::Other),
];

/// What earlier commands of the text selected for this one.
pub fn apply(before: &[Command], command: &Command, families: &[(&[&str], Kind)], reach: &mut Reach) {
    let tool = command.tool().unwrap_or_default();
    let Some((_, kind)) = families.iter().find(|(tools, _)| tools.iter().any(|one| one.as_bytes() == tool)) else {
        return;
    };
    let switches = match kind {
        Kind::Cluster if names_context(command) => return,
        Kind::Cluster => KUBE,
        Kind::State => STATE,
        Kind::Engine => ENGINE,
        Kind::Cloud => CLOUD,
    };
    for earlier in before {
        let found = switches
            .iter()
            .find_map(|(name, words, selects)| selected(earlier, name, words).map(|value| (selects, value)));
        let Some((selects, value)) = found else { continue };
        match (selects, value) {
            (Selects::Cluster, Choice::Named(name)) => (reach.cluster, reach.namespace) = (Some(name), None),
            (Selects::Namespace, Choice::Named(name)) => reach.namespace = Some(name),
            (Selects::Workspace, Choice::Named(name)) => reach.workspace = Some(name),
            (Selects::Other, Choice::Named(name)) => {
                reach.doubtful = true;
                reach.others.push(name);
            }
            (_, Choice::Untold) => reach.doubtful = true,
        }
    }
}

/// Which tools a selection is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Cluster,
    State,
    Engine,
    Cloud,
}

/// What a switch selects.
enum Choice {
    Named(BString),
    /// The words do not tell.
    Untold,
}

/// What the command selects, where it is this switch.
fn selected(command: &Command, name: &str, words: &[&str]) -> Option<Choice> {
    if command.tool() != Some(name.as_bytes()) {
        return None;
    }
    let plain: Vec<&Word> =
        command.words.iter().skip(1).filter(|word| !word.value.starts_with().starts_with(b"-")).collect();
    let is_it =
        words.iter().enumerate().all(|(at, one)| plain.get(at).and_then(|word| word.text()) == Some(one.as_bytes()));
    is_it.then(|| {
        plain.get(words.len()).and_then(|word| word.text()).map_or(Choice::Untold, |name| Choice::Named(name.into()))
    })
}
