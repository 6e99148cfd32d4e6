//! What tools keep selected in files of their own: the current cluster, workspace, container engine. Read as text; a
//! kubeconfig's exec plugins and a docker context's helpers never run.

use bstr::{BString, ByteSlice};

use super::given::{Variable, option_value, variable};
use super::ground::Scene;
use super::reach::{Host, Reach};
use super::settings_files::{in_home, read};
use super::sight::join;
use super::targets::folder_of;
use crate::command::Command;

/// Terraform's workspace.
pub(super) fn workspace(command: &Command, reach: &mut Reach) -> Option<BString> {
    match variable(command, "TF_WORKSPACE") {
        Variable::Known(name) if !name.is_empty() => return Some(name),
        Variable::Known(_) | Variable::Unset => {}
        Variable::Unknown => {
            reach.doubtful = true;
            return None;
        }
    }
    let mut folder = folder_of(command)?.to_owned();
    let chosen = [option_value(command, &["-chdir"]), variable(command, "TF_DATA_DIR")];
    if chosen.contains(&Variable::Unknown) {
        reach.doubtful = true;
        return None;
    }
    let [chosen, data] = chosen;
    if let Variable::Known(given) = chosen {
        folder = join(&folder, &given);
    }
    let data = match data {
        Variable::Known(given) if !given.is_empty() => join(&folder, &given),
        Variable::Known(_) | Variable::Unset | Variable::Unknown => folder.join(".terraform"),
    };
    let text = read(&data.join("environment"), command, reach)?;
    Some(text.trim().into())
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
        reach.engine = Some(name.clone()).filter(|name| !name.is_empty());
    }
    if let Variable::Known(project) = variable(command, "COMPOSE_PROJECT_NAME") {
        reach.others.push(project);
    }
    reach.host = match (address, context) {
        (Variable::Unknown, _) | (_, Variable::Unknown) => Host::Unknown,
        (Variable::Known(host), _) if host.is_empty() || host.starts_with(b"unix://") => Host::Here,
        (Variable::Known(host), _) => {
            super::address::address(&host).map_or(Host::Unknown, |found| Host::Named(found.0))
        }
        (Variable::Unset, Variable::Known(name)) => local_context(&name),
        (Variable::Unset, Variable::Unset) => match selected_engine(scene, command, reach) {
            Some(name) => {
                reach.engine = Some(name.clone()).filter(|name| !name.is_empty());
                local_context(&name)
            }
            None => Host::Unknown,
        },
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
fn selected_engine(scene: &Scene<'_>, command: &Command, reach: &mut Reach) -> Option<BString> {
    let folder = match variable(command, "DOCKER_CONFIG") {
        Variable::Known(folder) if !folder.is_empty() => join(folder_of(command)?, &folder),
        Variable::Known(_) | Variable::Unset => in_home(scene, ".docker")?,
        Variable::Unknown => return None,
    };
    let doubtful = std::mem::take(&mut reach.doubtful);
    let text = read(&folder.join("config.json"), command, reach);
    let unread = std::mem::replace(&mut reach.doubtful, doubtful);
    reach.doubtful |= unread;
    match text {
        _ if unread => None,
        None => Some(BString::default()),
        Some(text) => {
            let json: serde_json::Value = serde_json::from_slice(&text).ok()?;
            Some(json.get("currentContext").and_then(serde_json::Value::as_str).unwrap_or_default().into())
        }
    }
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
