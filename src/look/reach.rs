//! What a command reaches: hosts, databases, clusters, profiles, from its words, its environment and the selections
//! that tools keep in files.

use bstr::{BString, ByteSlice};

use super::context::STAGE;
use super::ground::{Scene, is_here};
use super::selections;
use super::sql_names::databases_in;
use crate::command::{Command, Value};
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

    pub fn all_names(&self) -> impl Iterator<Item = &[u8]> {
        let one = [&self.cluster, &self.profile, &self.workspace];
        let names = self.databases.iter().chain(&self.others).chain(one.into_iter().flatten());
        self.hosts().chain(names.map(|name| name.as_slice()))
    }
}

/// A client's options and variables.
struct Client {
    tools: &'static [&'static str],
    kind: Kind,
    host: &'static [&'static str],
    database: &'static [&'static str],
    /// Other options that take a value.
    other: &'static [&'static str],
    host_variables: &'static [&'static str],
    database_variables: &'static [&'static str],
    /// Variables or options after which nothing else can be told.
    elsewhere: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A bare operand is a database.
    Database,
    /// A bare operand is a host.
    HostFirst,
    /// Operands are neither.
    Plain,
}

const CLIENTS: &[Client] = &[
    Client {
        tools: &["psql", "pg_restore", "pg_dump", "dropdb", "createdb", "dropuser", "vacuumdb", "pgcli"],
        kind: Kind::Database,
        host: &["-h", "--host"],
        database: &["-d", "--dbname"],
        other: &[
            "-p",
            "--port",
            "-U",
            "--username",
            "-c",
            "--command",
            "-f",
            "--file",
            "-v",
            "--set",
            "--variable",
            "-o",
            "--output",
            "-F",
            "-R",
            "-P",
            "--pset",
            "-L",
            "--maintenance-db",
            "-j",
            "--jobs",
            "-t",
            "--table",
            "-n",
            "-O",
            "-T",
        ],
        host_variables: &["PGHOST", "PGHOSTADDR"],
        database_variables: &["PGDATABASE"],
        elsewhere: &["PGSERVICE", "PGSYSCONFDIR"],
    },
    Client {
        tools: &["mysql", "mariadb", "mysqladmin", "mysqldump", "mycli", "mysqlimport"],
        kind: Kind::Database,
        host: &["-h", "--host"],
        database: &["-D", "--database"],
        other: &["-u", "--user", "-P", "--port", "-e", "--execute", "-S", "--socket"],
        host_variables: &["MYSQL_HOST"],
        database_variables: &[],
        elsewhere: &["--defaults-file", "--defaults-extra-file", "--login-path"],
    },
    Client {
        tools: &["redis-cli", "valkey-cli"],
        kind: Kind::Plain,
        host: &["-h"],
        database: &[],
        other: &["-p", "-a", "--user", "--pass", "-n", "-s", "-r", "-i", "-u"],
        host_variables: &[],
        database_variables: &[],
        elsewhere: &["-s"],
    },
    Client {
        tools: &["mongosh", "mongo", "mongodump", "mongorestore"],
        kind: Kind::Database,
        host: &["--host", "-h"],
        database: &["--db", "-d"],
        other: &[
            "--port",
            "-u",
            "--username",
            "-p",
            "--password",
            "--eval",
            "--authenticationDatabase",
            "--uri",
            "-f",
            "--file",
        ],
        host_variables: &[],
        database_variables: &[],
        elsewhere: &["--config"],
    },
    Client {
        tools: &["clickhouse-client", "clickhouse"],
        kind: Kind::Plain,
        host: &["-h", "--host"],
        database: &["-d", "--database"],
        other: &["-q", "--query", "-u", "--user", "--password", "--port"],
        host_variables: &["CLICKHOUSE_HOST"],
        database_variables: &[],
        elsewhere: &["-C", "--config-file", "--connection"],
    },
    Client {
        tools: &["cqlsh"],
        kind: Kind::HostFirst,
        host: &[],
        database: &["-k", "--keyspace"],
        other: &["-u", "-p", "-e", "--execute", "-f", "--file"],
        host_variables: &["CQLSH_HOST"],
        database_variables: &[],
        elsewhere: &["--cqlshrc"],
    },
];

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

/// A variable or an option as the command would see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Variable {
    Unset,
    Known(BString),
    Unknown,
}

pub fn variable(command: &Command, name: &str) -> Variable {
    let set = |value: &Value| match value {
        Value::Known(text) => Variable::Known(text.clone()),
        Value::OneOf(_) | Value::Unknown(_) => Variable::Unknown,
    };
    let assigned = command.assignments.iter().rev().find(|(known, _)| known == name).map(|(_, value)| set(value));
    let inherited = || command.environment.values.get(name.as_bytes().as_bstr()).map(set);
    let unset = if command.environment.partial { Variable::Unknown } else { Variable::Unset };
    assigned.or_else(inherited).unwrap_or(unset)
}

pub(super) fn reach(scene: &Scene<'_>, finding: &Finding, command: &Command) -> Reach {
    let mut reach = Reach::default();
    let tool = command.tool().unwrap_or_default();
    let is = |tools: &[&str]| tools.iter().any(|one| one.as_bytes() == tool);
    if let Some(client) = CLIENTS.iter().find(|client| is(client.tools)) {
        connect(client, command, &mut reach);
        selections::client_file(scene, tool, &mut reach);
    } else if tool == b"sqlite3" {
        reach.host = Host::Here;
    } else if is(CLUSTER_TOOLS) {
        reach.cluster = selections::cluster(scene, command, &mut reach.doubtful);
    } else if is(CLOUD_TOOLS) {
        cloud(command, &mut reach);
    } else if is(STATE_TOOLS) {
        reach.workspace = selections::workspace(command, &mut reach.doubtful);
    } else if is(CONTAINER_TOOLS) {
        selections::containers(scene, command, &mut reach);
    } else {
        by_urls(finding, command, &mut reach);
    }
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

/// The value of an option in any spelling: `-h x`, `-hx`, `--host x`, `--host=x`.
pub fn option_value(command: &Command, names: &[&str]) -> Variable {
    let words = command.words.get(1..).unwrap_or_default();
    for (at, word) in words.iter().enumerate().rev() {
        for name in names.iter().map(|name| name.as_bytes()) {
            if word.text() == Some(name) {
                let next = words.get(at + 1).map(|next| next.text().map(BString::from));
                return next.map_or(Variable::Unset, |value| value.map_or(Variable::Unknown, Variable::Known));
            }
            let short = name.len() == 2;
            let rest = word.value.starts_with().strip_prefix(name);
            let attached = rest.and_then(|rest| if short { Some(rest) } else { rest.strip_prefix(b"=") });
            if let Some(value) = attached {
                return if word.text().is_some() { Variable::Known(value.into()) } else { Variable::Unknown };
            }
        }
    }
    Variable::Unset
}

/// Hosts and databases as a client would be told them, addresses taken apart.
#[derive(Default)]
struct Told {
    hosts: Vec<BString>,
    databases: Vec<BString>,
    doubtful: bool,
}

impl Told {
    fn host(&mut self, value: Variable) {
        match value {
            Variable::Known(text) if !text.is_empty() => self.hosts.push(text),
            Variable::Known(_) | Variable::Unset => {}
            Variable::Unknown => self.doubtful = true,
        }
    }

    fn database(&mut self, value: Variable) {
        match value {
            Variable::Known(text) => match address(&text) {
                Some((hosts, name)) => {
                    self.hosts.extend(hosts);
                    self.databases.extend(name);
                }
                None if text.is_empty() => {}
                None => self.databases.push(text),
            },
            Variable::Unset => {}
            Variable::Unknown => self.doubtful = true,
        }
    }
}

fn connect(client: &Client, command: &Command, reach: &mut Reach) {
    let mut told = Told::default();
    told.host(option_value(command, client.host));
    told.database(option_value(command, client.database));
    if let Some(first) = operands(client, command).into_iter().next() {
        match client.kind {
            Kind::Database => told.database(first),
            Kind::HostFirst => told.host(first),
            Kind::Plain => {}
        }
    }
    // `-u` is a user for some, an address for others.
    for name in ["-u", "--uri"] {
        if let Variable::Known(text) = option_value(command, &[name])
            && text.contains_str("://")
        {
            told.database(Variable::Known(text));
        }
    }
    if told.hosts.is_empty() {
        client.host_variables.iter().for_each(|name| told.host(variable(command, name)));
    }
    if told.databases.is_empty() {
        client.database_variables.iter().for_each(|name| told.database(variable(command, name)));
    }
    told.doubtful |= client.elsewhere.iter().any(|name| {
        let value = if name.starts_with('-') { option_value(command, &[name]) } else { variable(command, name) };
        value != Variable::Unset
    });
    reach.doubtful |= told.doubtful;
    reach.databases = told.databases;
    reach.host = match (reach.doubtful, told.hosts.is_empty()) {
        (true, true) => Host::Unknown,
        (false, true) => Host::Here,
        (_, false) => Host::Named(told.hosts),
    };
}

/// Words that are neither options nor their values.
fn operands(client: &Client, command: &Command) -> Vec<Variable> {
    let mut found = Vec::new();
    let mut words = command.words.iter().skip(1);
    let valued: Vec<&[u8]> =
        [client.host, client.database, client.other].concat().iter().map(|name| name.as_bytes()).collect();
    while let Some(word) = words.next() {
        match word.text() {
            Some(text) if text.len() > 1 && text.starts_with(b"-") => {
                if valued.contains(&text) {
                    words.next();
                }
            }
            Some(text) => found.push(Variable::Known(text.into())),
            None if word.is_option() => {}
            None => found.push(Variable::Unknown),
        }
    }
    found
}

/// `scheme://user@host:port/name?…` or `host=… dbname=…`: hosts and the database.
pub fn address(text: &[u8]) -> Option<(Vec<BString>, Option<BString>)> {
    if let Some(at) = text.find(b"://") {
        let rest = text.get(at + 3..).unwrap_or_default();
        let (authority, path) = match rest.find_byteset(b"/?#") {
            Some(end) => (rest.get(..end)?, rest.get(end..)?),
            None => (rest, &b""[..]),
        };
        let hosts = authority.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
        let hosts = hosts.split(|byte| *byte == b',').map(without_port).filter(|host| !host.is_empty());
        let mut hosts: Vec<BString> = hosts.map(BString::from).collect();
        let (name, query) = match path.find_byte(b'?') {
            Some(end) => (path.get(..end)?, path.get(end + 1..)?),
            None => (path, &b""[..]),
        };
        // libpq takes `?host=` over the authority.
        hosts.extend(
            query.split(|byte| *byte == b'&').filter_map(|pair| pair.strip_prefix(b"host=")).map(BString::from),
        );
        let name = name.trim_with(|c| c == '/');
        return Some((hosts, (!name.is_empty()).then(|| name.into())));
    }
    let pairs: Vec<(&[u8], &[u8])> = text.fields().filter_map(|pair| pair.split_once_str("=")).collect();
    let value =
        |keys: &[&[u8]]| pairs.iter().rev().find(|(key, _)| keys.contains(key)).map(|(_, value)| BString::from(*value));
    if pairs.is_empty() || value(&[b"host", b"hostaddr", b"dbname", b"service", b"user", b"port"]).is_none() {
        return None;
    }
    // A service names a host in a file that is not read: no loopback by default.
    let hosts = value(&[b"host", b"hostaddr"]).or_else(|| value(&[b"service"])).into_iter().collect();
    Some((hosts, value(&[b"dbname"])))
}

fn without_port(host: &[u8]) -> &[u8] {
    if host.starts_with(b"[") {
        return host.find_byte(b']').and_then(|end| host.get(..=end)).unwrap_or(host);
    }
    host.split(|byte| *byte == b':').next().unwrap_or_default()
}

fn cloud(command: &Command, reach: &mut Reach) {
    let mut first = |option: &str, variables: &[&str]| {
        let given = option_value(command, &[option]);
        let mut all = [given].into_iter().chain(variables.iter().map(|name| variable(command, name)));
        match all.find(|value| *value != Variable::Unset) {
            Some(Variable::Known(value)) => Some(value),
            Some(Variable::Unknown) => {
                reach.doubtful = true;
                None
            }
            Some(Variable::Unset) | None => None,
        }
    };
    let profile = first("--profile", &["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]);
    let endpoint = first("--endpoint-url", &["AWS_ENDPOINT_URL"]);
    reach.profile = profile;
    if let Some((hosts, _)) = endpoint.and_then(|text| address(&text)) {
        reach.emulated = true;
        reach.host = Host::Named(hosts);
    }
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
                hosts.push(without_port(host.rsplit(|byte| *byte == b'@').next().unwrap_or_default()).into());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_give_hosts_and_database() {
        let read = |text: &str| {
            let (hosts, name) = address(text.as_bytes())?;
            Some((bstr::join(",", hosts), name.map(Vec::from)))
        };
        let expect = |host: &str, name: Option<&str>| {
            Some((host.as_bytes().to_vec(), name.map(|name| name.as_bytes().to_vec())))
        };
        assert_eq!(read("postgres://u:p@ss@db.prod:5432/app?sslmode=on"), expect("db.prod", Some("app")));
        assert_eq!(read("postgres:///test_x?host=/run"), expect("/run", Some("test_x")));
        assert_eq!(read("mongodb://a:1,b:2/x"), expect("a,b", Some("x")));
        assert_eq!(read("redis://[::1]:6379/0"), expect("[::1]", Some("0")));
        assert_eq!(read("host=db dbname=app"), expect("db", Some("app")));
        assert_eq!(read("app"), None);
    }
}
