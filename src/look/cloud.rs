//! Which account, project and region of a cloud a command works on: by its options, its environment and the tool's own
//! files.

use std::path::PathBuf;

use bstr::{BString, ByteSlice};

use super::address::address;
use super::given::{Variable, option_value, variable};
use super::ground::Scene;
use super::reach::{Host, Reach};
use super::settings_files::{in_home, read, section, value};
use super::sight::join;
use super::targets::folder_of;
use crate::command::Command;

/// The first that is given: an option, else variables in their order.
fn first(command: &Command, options: &[&str], variables: &[&str], reach: &mut Reach) -> Option<BString> {
    let given = option_value(command, options);
    let mut all = [given].into_iter().chain(variables.iter().map(|name| variable(command, name)));
    match all.find(|value| *value != Variable::Unset) {
        Some(Variable::Known(value)) => Some(value).filter(|value| !value.is_empty()),
        Some(Variable::Unknown) => {
            reach.doubtful = true;
            None
        }
        Some(Variable::Unset) | None => None,
    }
}

/// A file that a variable may put elsewhere.
fn file(scene: &Scene<'_>, command: &Command, name: &str, usual: &str, reach: &mut Reach) -> Option<PathBuf> {
    match variable(command, name) {
        Variable::Known(path) if !path.is_empty() => Some(join(folder_of(command)?, &path)),
        Variable::Known(_) | Variable::Unset => in_home(scene, usual),
        Variable::Unknown => {
            reach.doubtful = true;
            None
        }
    }
}

pub fn aws(scene: &Scene<'_>, command: &Command, reach: &mut Reach) {
    let by_option = option_value(command, &["--profile"]) != Variable::Unset;
    let profile = first(command, &["--profile"], &["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], reach);
    // Keys in the environment come before a profile of the environment, and nobody knows whose they are.
    reach.doubtful |= !by_option && variable(command, "AWS_ACCESS_KEY_ID") != Variable::Unset;
    let endpoint = first(command, &["--endpoint-url"], &["AWS_ENDPOINT_URL"], reach);
    let region = first(command, &["--region"], &["AWS_REGION", "AWS_DEFAULT_REGION"], reach);
    let config = file(scene, command, "AWS_CONFIG_FILE", ".aws/config", reach);
    let config = config.and_then(|path| read(&path, command, reach)).unwrap_or_default();
    let credentials = file(scene, command, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", reach);
    let credentials = credentials.and_then(|path| read(&path, command, reach)).unwrap_or_default();
    let name = profile.as_ref().map_or_else(|| "default".to_owned(), ToString::to_string);
    let own = format!("profile {name}");
    let mut keys =
        section(&config, &[&own, if name == "default" { "default" } else { own.as_str() }]).unwrap_or_default();
    keys.extend(section(&credentials, &[&name]).unwrap_or_default());
    if let Some(role) = value(&keys, "role_arn") {
        // arn:aws:iam::ACCOUNT:role/NAME
        reach.others.extend(role.split(|byte| *byte == b'/').skip(1).map(BString::from));
        reach.project = role.split(|byte| *byte == b':').nth(4).map(BString::from);
    }
    reach.project = reach.project.take().or_else(|| value(&keys, "sso_account_id"));
    reach.others.extend(["source_profile", "sso_role_name", "sso_session"].iter().filter_map(|key| value(&keys, key)));
    reach.region = region.or_else(|| value(&keys, "region"));
    reach.profile = profile;
    if let Some((hosts, _)) = endpoint.or_else(|| value(&keys, "endpoint_url")).and_then(|text| address(&text)) {
        reach.emulated = true;
        reach.host = Host::Named(hosts);
    }
}

pub fn gcloud(scene: &Scene<'_>, command: &Command, reach: &mut Reach) {
    let project = first(command, &["--project", "--project_id"], &["CLOUDSDK_CORE_PROJECT"], reach);
    let region = first(command, &["--region"], &["CLOUDSDK_COMPUTE_REGION"], reach)
        .or_else(|| first(command, &["--zone"], &[], reach));
    let chosen = first(command, &["--configuration"], &["CLOUDSDK_ACTIVE_CONFIG_NAME"], reach);
    let folder = file(scene, command, "CLOUDSDK_CONFIG", ".config/gcloud", reach);
    let active = |reach: &mut Reach| {
        let text = read(&folder.as_ref()?.join("active_config"), command, reach)?;
        Some(BString::from(text.trim()))
    };
    let name = chosen.or_else(|| active(reach)).unwrap_or_else(|| "default".into());
    let plain = name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    reach.doubtful |= !plain;
    let path = folder.as_ref().filter(|_| plain).map(|folder| folder.join(format!("configurations/config_{name}")));
    let text = path.and_then(|path| read(&path, command, reach)).unwrap_or_default();
    let of = |part: &str, key: &str| section(&text, &[part]).and_then(|keys| value(&keys, key));
    reach.project = project.or_else(|| of("core", "project"));
    reach.region = region.or_else(|| of("compute", "region")).or_else(|| of("compute", "zone"));
    if name != "default" {
        reach.profile = Some(name);
    }
}

pub fn az(scene: &Scene<'_>, command: &Command, reach: &mut Reach) {
    reach.project = first(command, &["--subscription"], &["ARM_SUBSCRIPTION_ID"], reach);
    let folder = file(scene, command, "AZURE_CONFIG_DIR", ".azure", reach);
    let text = folder.and_then(|folder| read(&folder.join("azureProfile.json"), command, reach));
    let (None, Some(text)) = (&reach.project, text) else { return };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let selected = serde_json::from_slice::<serde_json::Value>(text).ok().and_then(|json| {
        let list = json.get("subscriptions")?.as_array()?.clone();
        let is_default =
            |one: &&serde_json::Value| one.get("isDefault").and_then(serde_json::Value::as_bool) == Some(true);
        Some(BString::from(list.iter().find(is_default)?.get("name")?.as_str()?))
    });
    reach.doubtful |= selected.is_none();
    reach.project = selected;
}
