//! What a command reaches: hosts, databases, clusters, profiles, from its words, its environment and the selections
//! that tools keep in files.

use bstr::{BString, ByteSlice};

use super::address::{address, without_port};
use super::clients::CLIENTS;
use super::connection::connect;
use super::context::STAGE;
use super::given::{Variable, variable};
use super::ground::{Scene, is_here};
use super::sql_names::databases_in;
use super::switches::{self, Kind};
use super::{cloud, kube, selections};
use crate::command::Command;
use crate::rules::{Finding, OperandKind};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Host {
    /// By the tool's own default: a local socket or loopback.
    Here,
    Named(Vec<BString>),
    #[default]
    Unknown,
}

#[derive(Clone, Debug, Default)]
pub struct Reach {
    pub host: Host,
    /// What is destroyed where the command says so, else what it connects to.
    pub databases: Vec<BString>,
    pub cluster: Option<BString>,
    pub profile: Option<BString>,
    pub workspace: Option<BString>,
    pub namespace: Option<BString>,
    /// A project of gcloud, a subscription of az, an account of AWS.
    pub project: Option<BString>,
    pub region: Option<BString>,
    /// A docker context.
    pub engine: Option<BString>,
    /// Files that were read for this, with the digest of what they said.
    pub read: Vec<String>,
    pub others: Vec<BString>,
    /// An unknown word or variable may lead elsewhere.
    pub doubtful: bool,
    /// The environment says test or CI.
    pub test_stage: bool,
    /// A cloud's interface at an address of its own.
    pub emulated: bool,
    /// A compose project that this repository defines, on this machine's engine.
    pub own_compose: bool,
}

impl Reach {
    pub fn hosts(&self) -> impl Iterator<Item = &[u8]> {
        let hosts: &[BString] = match &self.host {
            Host::Named(hosts) => hosts,
            Host::Here | Host::Unknown => &[],
        };
        hosts.iter().map(|host| host.as_slice())
    }

    /// What is reached, each with what it is called.
    pub fn labelled(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.hosts()
            .map(|host| ("host", host))
            .chain(self.databases.iter().map(|name| ("database", name.as_slice())))
            .chain(self.selected().map(|(label, name)| (label, name.as_slice())))
            .chain(self.others.iter().map(|name| ("name", name.as_slice())))
    }

    /// What tools keep selected.
    pub fn selected(&self) -> impl Iterator<Item = (&'static str, &BString)> {
        [
            ("context", &self.cluster),
            ("namespace", &self.namespace),
            ("profile", &self.profile),
            ("project", &self.project),
            ("region", &self.region),
            ("workspace", &self.workspace),
            ("docker context", &self.engine),
        ]
        .into_iter()
        .filter_map(|(label, name)| Some((label, name.as_ref()?)))
    }
}

const CLUSTER_TOOLS: &[&str] = &[
    "kubectl",
    "oc",
    "helm",
    "helmfile",
    "velero",
    "istioctl",
    "linkerd",
    "flux",
    "argocd",
    "k9s",
    "kustomize",
    "skaffold",
];
const CLOUD_TOOLS: &[&str] = &["aws", "eksctl", "sam", "cdk", "copilot", "s5cmd"];
const STATE_TOOLS: &[&str] = &["terraform", "tofu", "terragrunt"];
const CONTAINER_TOOLS: &[&str] = &["docker", "docker-compose", "podman", "podman-compose", "nerdctl"];
const URL_VARIABLES: &[&str] =
    &["DATABASE_URL", "DB_URL", "DATABASE_URI", "REDIS_URL", "MONGO_URL", "MONGODB_URI", "POSTGRES_URL"];

const GCLOUD_TOOLS: &[&str] = &["gcloud", "gsutil", "bq"];
const AZ_TOOLS: &[&str] = &["az", "azcopy"];
const SWITCHED: &[(&[&str], Kind)] = &[
    (CLUSTER_TOOLS, Kind::Cluster),
    (STATE_TOOLS, Kind::State),
    (CONTAINER_TOOLS, Kind::Engine),
    (CLOUD_TOOLS, Kind::Cloud),
    (GCLOUD_TOOLS, Kind::Cloud),
    (AZ_TOOLS, Kind::Cloud),
];

/// `before`: the commands of the text that run earlier.
pub(super) fn reach(scene: &Scene<'_>, finding: &Finding, before: &[Command], command: &Command) -> Reach {
    let mut reach = Reach::default();
    let tool = command.tool().unwrap_or_default();
    let is = |tools: &[&str]| tools.iter().any(|one| one.as_bytes() == tool);
    if let Some(client) = CLIENTS.iter().find(|client| is(client.tools)) {
        connect(client, scene, command, &mut reach);
    } else if tool == b"sqlite3" {
        reach.host = Host::Here;
    } else if is(CLUSTER_TOOLS) {
        kube::cluster(scene, command, &mut reach);
    } else if is(CLOUD_TOOLS) {
        cloud::aws(scene, command, &mut reach);
    } else if is(STATE_TOOLS) {
        reach.workspace = selections::workspace(command, &mut reach);
    } else if is(CONTAINER_TOOLS) {
        selections::containers(scene, command, &mut reach);
    } else {
        by_urls(finding, command, &mut reach);
        if is(GCLOUD_TOOLS) {
            cloud::gcloud(scene, command, &mut reach);
        } else if is(AZ_TOOLS) {
            cloud::az(scene, command, &mut reach);
        }
    }
    switches::apply(before, command, SWITCHED, &mut reach);
    let by_name = [CLUSTER_TOOLS, CLOUD_TOOLS, STATE_TOOLS, CONTAINER_TOOLS].iter().all(|tools| !is(tools));
    destroyed(finding, by_name, &mut reach);
    stage(command, &mut reach);
    if !is_here(command) {
        // Loopback of another machine, sockets of another file system.
        reach.host = match reach.host {
            Host::Named(hosts) if !hosts.iter().any(|host| super::context::is_loopback(host)) => Host::Named(hosts),
            Host::Named(_) | Host::Here | Host::Unknown => Host::Unknown,
        };
        reach.own_compose = false;
    }
    reach
}

/// Any other tool: addresses among its operands, else the variables by which applications find their database.
fn by_urls(finding: &Finding, command: &Command, reach: &mut Reach) {
    let urls = finding.operands.iter().filter(|operand| operand.kind == OperandKind::Url);
    let mut hosts = Vec::new();
    let mut any = false;
    for operand in urls {
        any = true;
        match operand.word.text() {
            Some(text) if text.contains_str("://") => {
                hosts.extend(address(text).map(|found| found.0).unwrap_or_default());
            }
            Some(text) => {
                let host = text.split(|byte| *byte == b'/').next().unwrap_or_default();
                let host = without_port(host.rsplit(|byte| *byte == b'@').next().unwrap_or_default());
                // httpie's `:3000/path`
                let here = host.is_empty() && text.starts_with(b":");
                hosts.push(if here { "localhost".into() } else { host.into() });
            }
            None => reach.doubtful = true,
        }
    }
    if !any {
        for name in URL_VARIABLES {
            match variable(command, name) {
                Variable::Known(value) => {
                    let (at, database) = address(&value).unwrap_or_default();
                    hosts.extend(at);
                    reach.databases.extend(database);
                }
                Variable::Unset => {}
                Variable::Unknown => reach.doubtful = true,
            }
        }
    }
    if !hosts.is_empty() {
        reach.host = Host::Named(hosts);
    }
}

/// A database that the finding names is what counts, not the one connected to.
///
/// Only of a database the name alone tells that it is for tests; an instance or a namespace may be named anything.
fn destroyed(finding: &Finding, by_name: bool, reach: &mut Reach) {
    let mut named = Vec::new();
    for operand in &finding.operands {
        match (operand.kind, operand.word.text()) {
            (OperandKind::Name, Some(name)) => named.push(BString::from(name)),
            (OperandKind::Sql, Some(text)) => match databases_in(text) {
                Some(found) => named.extend(found),
                None => reach.doubtful = true,
            },
            (OperandKind::Name | OperandKind::Sql, None) => reach.doubtful = true,
            (OperandKind::Path | OperandKind::Url, _) => {}
        }
    }
    if !by_name {
        reach.others.extend(named);
    } else if !named.is_empty() {
        reach.others = std::mem::replace(&mut reach.databases, named);
    }
}

fn stage(command: &Command, reach: &mut Reach) {
    for name in STAGE {
        if let Variable::Known(value) = variable(command, name) {
            reach.test_stage |= value.eq_ignore_ascii_case(b"test");
            reach.others.push(value);
        }
    }
    if let Variable::Known(value) = variable(command, "CI") {
        reach.test_stage |= value.eq_ignore_ascii_case(b"true") || value == "1";
    }
}
