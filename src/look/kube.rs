//! Which cluster and namespace a command works on: by its options, its environment and kubeconfig. That is read as text;
//! its exec plugins never run.

use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::given::{Variable, option_value, variable};
use super::ground::Scene;
use super::reach::Reach;
use super::settings_files::{in_home, read};
use super::sight::join;
use super::targets::folder_of;
use crate::command::Command;

const CONTEXT: &[&str] = &["--context", "--kube-context"];

/// Whether a command says itself which context it means.
pub fn names_context(command: &Command) -> bool {
    option_value(command, CONTEXT) != Variable::Unset
}

pub fn cluster(scene: &Scene<'_>, command: &Command, reach: &mut Reach) {
    let is_helm = command.tool().is_some_and(|tool| tool.starts_with(b"helm"));
    // Another server than the context's, whatever the context is called.
    let elsewhere = ["-s", "--server", "--kube-apiserver", "--cluster"].map(|name| option_value(command, &[name]));
    let elsewhere = elsewhere.into_iter().find(|value| *value != Variable::Unset);
    let is_elsewhere = elsewhere.is_some();
    reach.doubtful |= is_elsewhere;
    if let Some(Variable::Known(server)) = elsewhere {
        reach.others.push(server);
    }
    let or_variable = |given: Variable, name: &str| match given {
        Variable::Unset if is_helm => variable(command, name),
        given => given,
    };
    let namespace = or_variable(option_value(command, &["-n", "--namespace"]), "HELM_NAMESPACE");
    let context = or_variable(option_value(command, CONTEXT), "HELM_KUBECONTEXT");
    let files = files(scene, command);
    reach.doubtful |= files.is_none();
    let texts: Vec<Vec<u8>> = files.unwrap_or_default().iter().filter_map(|file| read(file, command, reach)).collect();
    reach.cluster = match context {
        Variable::Known(name) => Some(name),
        Variable::Unknown => None,
        Variable::Unset if is_elsewhere => None,
        Variable::Unset => texts.iter().find_map(|text| current_context(text)),
    };
    reach.doubtful |= reach.cluster.is_none() || namespace == Variable::Unknown;
    reach.namespace = match namespace {
        Variable::Known(name) => Some(name),
        Variable::Unknown => None,
        Variable::Unset => {
            reach.cluster.as_ref().and_then(|context| texts.iter().find_map(|text| namespace_of(text, context)))
        }
    };
}

/// `None`: which files are read is not known.
fn files(scene: &Scene<'_>, command: &Command) -> Option<Vec<PathBuf>> {
    let start = folder_of(command).unwrap_or(Path::new("/"));
    match (option_value(command, &["--kubeconfig"]), variable(command, "KUBECONFIG")) {
        (Variable::Known(file), _) => Some(vec![join(start, &file)]),
        (Variable::Unknown, _) | (Variable::Unset, Variable::Unknown) => None,
        (Variable::Unset, Variable::Known(list)) if !list.is_empty() => {
            Some(list.split(|byte| *byte == b':').filter(|one| !one.is_empty()).map(|one| join(start, one)).collect())
        }
        (Variable::Unset, Variable::Known(_) | Variable::Unset) => {
            Some(in_home(scene, ".kube/config").into_iter().collect())
        }
    }
}

/// `current-context: NAME` at the top level.
fn current_context(text: &[u8]) -> Option<BString> {
    text.lines().find_map(|line| line.strip_prefix(b"current-context:")).and_then(scalar)
}

/// A plain value, without quotes and comment.
fn scalar(value: &[u8]) -> Option<BString> {
    let value = value.split_str(" #").next().unwrap_or_default().trim();
    let value = value.trim_with(|c| c == '"' || c == '\'');
    (!value.is_empty()).then(|| value.into())
}

/// The namespace that a context of the file selects.
fn namespace_of(text: &[u8], context: &BString) -> Option<BString> {
    let list = text.lines().skip_while(|line| !line.starts_with(b"contexts:")).skip(1);
    let list = list.take_while(|line| line.starts_with(b" ") || line.starts_with(b"-") || line.trim().is_empty());
    let (mut name, mut namespace): (Option<BString>, Option<BString>) = (None, None);
    for line in list {
        let key = line.trim_start();
        if key.starts_with(b"- ") {
            if name.as_ref() == Some(context) {
                break;
            }
            (name, namespace) = (None, None);
        }
        let key = key.trim_start_with(|c| c == '-' || c == ' ');
        if let Some(value) = key.strip_prefix(b"name:") {
            name = scalar(value);
        } else if let Some(value) = key.strip_prefix(b"namespace:") {
            namespace = scalar(value);
        }
    }
    namespace.filter(|_| name.as_ref() == Some(context))
}

/// What `-n` does not hold for.
const CLUSTER_WIDE: &[&str] = &[
    "namespace",
    "namespaces",
    "ns",
    "node",
    "nodes",
    "no",
    "pv",
    "persistentvolume",
    "persistentvolumes",
    "crd",
    "crds",
    "customresourcedefinition",
    "customresourcedefinitions",
    "clusterrole",
    "clusterroles",
    "clusterrolebinding",
    "clusterrolebindings",
    "storageclass",
    "storageclasses",
    "sc",
    "priorityclass",
    "ingressclass",
    "apiservice",
    "apiservices",
    "mutatingwebhookconfiguration",
    "validatingwebhookconfiguration",
    "all",
    "-A",
    "--all-namespaces",
];

/// Take a value that names nothing which is hit.
const VALUED: &[&str] =
    &["--context", "--kubeconfig", "-n", "--namespace", "--user", "--as", "--timeout", "--grace-period"];
/// Choose what is hit otherwise than by name.
const SELECTING: &[&str] =
    &["--all", "-A", "-l", "--selector", "--field-selector", "-f", "--filename", "-k", "--kustomize"];

/// Namespaces that bound what is hit: those that are deleted, else the one in which everything lies. `None`: nothing
/// bounds it.
pub fn bounding(command: &Command, reach: &Reach) -> Option<Vec<BString>> {
    let words: Option<Vec<&[u8]>> = command.words.iter().skip(1).map(|word| word.text()).collect();
    let words = words?;
    let kinds =
        |word: &&[u8]| word.split(|byte| matches!(byte, b',' | b'/' | b'.')).next().unwrap_or_default().to_vec();
    let mut plain: Vec<&[u8]> = Vec::new();
    let mut rest = words.iter().copied();
    while let Some(word) = rest.next() {
        if VALUED.iter().any(|one| one.as_bytes() == word) {
            rest.next();
        } else if !word.starts_with(b"-") {
            plain.push(word);
        }
    }
    if let Some(at) = plain.iter().position(|word| [&b"ns"[..], b"namespace", b"namespaces"].contains(word)) {
        let names: Vec<BString> = plain.get(at + 1..)?.iter().map(|name| BString::from(*name)).collect();
        let selects = words.iter().any(|word| SELECTING.iter().any(|one| word.starts_with(one.as_bytes())));
        return (!names.is_empty() && !selects).then_some(names);
    }
    // A file may hold anything, of any namespace.
    let reads =
        words.iter().any(|word| word.starts_with(b"-f") || word.starts_with(b"-k") || word.starts_with(b"--filename"));
    let wide = words.iter().any(|word| {
        word.split(|byte| *byte == b',')
            .any(|one| CLUSTER_WIDE.iter().any(|wide| wide.as_bytes() == kinds(&one).as_slice()))
    });
    if wide || reads { None } else { reach.namespace.clone().map(|name| vec![name]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_context_is_a_top_level_key() {
        let text = b"users:\n- current-context: no\ncurrent-context: \"prod-eu\" # x\n";
        assert_eq!(current_context(text), Some("prod-eu".into()));
        assert_eq!(current_context(b"current-context: \"\"\n"), None);
    }

    #[test]
    fn a_context_selects_its_own_namespace() {
        let text = b"contexts:\n- context:\n    cluster: a\n    namespace: shop\n  name: one\n- name: two\n  context:\n    namespace: \"test-7\"\nkind: Config\n";
        let of = |name: &str| namespace_of(text, &name.into());
        assert_eq!(of("one"), Some("shop".into()));
        assert_eq!(of("two"), Some("test-7".into()));
        assert_eq!(of("three"), None);
    }
}
