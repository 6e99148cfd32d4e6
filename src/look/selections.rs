//! What tools keep selected in files of their own: the current cluster, workspace, container engine. Read as text; a
//! kubeconfig's exec plugins and a docker context's helpers never run.

use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::given::{Variable, option_value, variable};
use super::ground::Scene;
use super::reach::{Host, Reach};
use super::sight::{as_os, join, regular};
use super::targets::folder_of;
use crate::command::{Command, Sight};

const LIMIT: u64 = 4 << 20;

fn in_home(scene: &Scene<'_>, path: &str) -> Option<PathBuf> {
    scene.ground.home.as_ref().map(|home| Path::new(as_os(home.as_bstr())).join(path))
}

/// The context that a cluster tool would use.
pub(super) fn cluster(scene: &Scene<'_>, command: &Command, doubtful: &mut bool) -> Option<BString> {
    match option_value(command, &["--context", "--kube-context"]) {
        Variable::Known(name) => return Some(name),
        Variable::Unset => {}
        Variable::Unknown => {
            *doubtful = true;
            return None;
        }
    }
    let start = folder_of(command).unwrap_or(Path::new("/"));
    let server = option_value(command, &["-s", "--server", "--kube-apiserver"]);
    let files: Vec<PathBuf> = match (option_value(command, &["--kubeconfig"]), variable(command, "KUBECONFIG")) {
        _ if server != Variable::Unset => Vec::new(),
        (Variable::Known(file), _) => vec![join(start, &file)],
        (Variable::Unknown, _) | (Variable::Unset, Variable::Unknown) => Vec::new(),
        (Variable::Unset, Variable::Known(list)) if !list.is_empty() => {
            list.split(|byte| *byte == b':').filter(|one| !one.is_empty()).map(|one| join(start, one)).collect()
        }
        (Variable::Unset, Variable::Known(_) | Variable::Unset) => in_home(scene, ".kube/config").into_iter().collect(),
    };
    for file in files {
        match regular(&file, LIMIT) {
            Ok(text) => {
                if let Some(name) = current_context(&text) {
                    return Some(name);
                }
            }
            Err(Sight::Missing) => {}
            Err(_) => *doubtful = true,
        }
    }
    *doubtful = true;
    None
}

/// `current-context: NAME` at the top level.
fn current_context(text: &[u8]) -> Option<BString> {
    let value = text.lines().find_map(|line| line.strip_prefix(b"current-context:"))?;
    let value = value.split_str(" #").next().unwrap_or_default().trim();
    let name = value.trim_with(|c| c == '"' || c == '\'');
    (!name.is_empty()).then(|| name.into())
}

/// Terraform's workspace.
pub(super) fn workspace(command: &Command, doubtful: &mut bool) -> Option<BString> {
    match variable(command, "TF_WORKSPACE") {
        Variable::Known(name) if !name.is_empty() => return Some(name),
        Variable::Known(_) | Variable::Unset => {}
        Variable::Unknown => {
            *doubtful = true;
            return None;
        }
    }
    let mut folder = folder_of(command)?.to_owned();
    match option_value(command, &["-chdir"]) {
        Variable::Known(given) => folder = join(&folder, &given),
        Variable::Unset => {}
        Variable::Unknown => {
            *doubtful = true;
            return None;
        }
    }
    match regular(&folder.join(".terraform/environment"), LIMIT) {
        Ok(text) => Some(text.trim().into()),
        Err(_) => None,
    }
}

/// A my.cnf may name a host where the command does not.
pub(super) fn client_file(scene: &Scene<'_>, tool: &[u8], reach: &mut Reach) {
    let mysql = tool.starts_with(b"my") || tool == b"mariadb";
    let has_file = || in_home(scene, ".my.cnf").is_none_or(|path| path.exists());
    if mysql && reach.host == Host::Here && has_file() {
        reach.host = Host::Unknown;
        reach.doubtful = true;
    }
}

/// Which engine, and whether a compose file of this project defines what is hit.
pub(super) fn containers(scene: &Scene<'_>, command: &Command, reach: &mut Reach) {
    let or_variable = |options: &[&str], name: &str| match option_value(command, options) {
        Variable::Unset => variable(command, name),
        given @ (Variable::Known(_) | Variable::Unknown) => given,
    };
    let address = or_variable(&["-H", "--host"], "DOCKER_HOST");
    let context = or_variable(&["--context"], "DOCKER_CONTEXT");
    if let Variable::Known(name) = &context {
        reach.others.push(name.clone());
    }
    reach.host = match (address, context) {
        (Variable::Unknown, _) | (_, Variable::Unknown) => Host::Unknown,
        (Variable::Known(host), _) if host.is_empty() || host.starts_with(b"unix://") => Host::Here,
        (Variable::Known(host), _) => {
            super::address::address(&host).map_or(Host::Unknown, |found| Host::Named(found.0))
        }
        (Variable::Unset, Variable::Known(name)) => local_context(&name),
        (Variable::Unset, Variable::Unset) => selected_engine(scene).map_or(Host::Unknown, |name| local_context(&name)),
    };
    reach.doubtful |= reach.host == Host::Unknown;
    let words: Vec<Option<&[u8]>> = command.words.iter().map(|word| word.text()).collect();
    let compose = command.tool().is_some_and(|tool| tool.ends_with(b"-compose")) || words.contains(&Some(b"compose"));
    reach.own_compose = compose && reach.host == Host::Here && own_compose_file(scene, command);
}

fn local_context(name: &[u8]) -> Host {
    let local = [&b""[..], b"default", b"desktop-linux", b"rootless", b"orbstack", b"colima", b"rancher-desktop"];
    if local.contains(&name) { Host::Here } else { Host::Unknown }
}

/// `None` where the file can't be read; empty for the default.
fn selected_engine(scene: &Scene<'_>) -> Option<BString> {
    let text = match regular(&in_home(scene, ".docker/config.json")?, LIMIT) {
        Ok(text) => text,
        Err(Sight::Missing) => return Some(BString::default()),
        Err(_) => return None,
    };
    let json: serde_json::Value = serde_json::from_slice(&text).ok()?;
    Some(json.get("currentContext").and_then(serde_json::Value::as_str).unwrap_or_default().into())
}

/// The compose files that the command would use lie in the project.
fn own_compose_file(scene: &Scene<'_>, command: &Command) -> bool {
    let (Some(folder), Some(project)) = (folder_of(command), &scene.project) else { return false };
    let Ok(folder) = std::fs::canonicalize(folder) else { return false };
    let elsewhere = ["-p", "--project-name", "--project-directory"];
    let named = ["COMPOSE_FILE", "COMPOSE_PROJECT_NAME"].iter().any(|name| variable(command, name) != Variable::Unset);
    if named || elsewhere.iter().any(|name| option_value(command, &[*name]) != Variable::Unset) {
        return false;
    }
    match option_value(command, &["-f", "--file"]) {
        Variable::Known(file) => {
            return std::fs::canonicalize(join(&folder, &file)).is_ok_and(|file| file.starts_with(project));
        }
        Variable::Unknown => return false,
        Variable::Unset => {}
    }
    let names = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
    folder.ancestors().take_while(|above| above.starts_with(project)).any(|above| {
        // A link to another project's file is not this project's.
        names.iter().any(|name| std::fs::symlink_metadata(above.join(name)).is_ok_and(|meta| meta.is_file()))
    })
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
}
