//! Where a database client connects, by its options, operands and variables.

use bstr::{BString, ByteSlice};

use super::address::address;
use super::clients::{Client, Kind};
use super::given::{Variable, option_value, variable};
use super::ground::Scene;
use super::reach::{Host, Reach};
use super::settings_files::{in_home, read, section, value};
use super::sight::join;
use super::targets::folder_of;
use crate::command::Command;

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

/// What a service file or an option file says of where to connect.
struct Filed {
    hosts: Vec<BString>,
    databases: Vec<BString>,
}

pub fn connect(client: &Client, scene: &Scene<'_>, command: &Command, reach: &mut Reach) {
    let mut told = Told::default();
    told.host(option_value(command, client.host));
    told.database(option_value(command, client.database));
    if let Some(first) = operands(client, command).into_iter().next() {
        match client.kind {
            // After `-d x` an operand is a file or a user.
            Kind::Database if told.databases.is_empty() => told.database(first),
            Kind::HostFirst => told.host(first),
            Kind::Database | Kind::Plain => {}
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
    let service = service(client, scene, command, reach);
    if let Some((name, filed)) = &service {
        told.hosts.retain(|host| host != name);
        if told.hosts.is_empty() {
            told.hosts.clone_from(&filed.hosts);
        }
        if told.databases.is_empty() {
            told.databases.clone_from(&filed.databases);
        }
    }
    if told.hosts.is_empty() {
        client.host_variables.iter().for_each(|name| told.host(variable(command, name)));
    }
    if told.databases.is_empty() {
        client.database_variables.iter().for_each(|name| told.database(variable(command, name)));
    }
    if let Some(filed) = option_file(client, scene, command, reach) {
        if told.hosts.is_empty() {
            told.hosts = filed.hosts;
        }
        if told.databases.is_empty() {
            told.databases = filed.databases;
        }
    }
    told.doubtful |= client.elsewhere.iter().filter(|name| service.is_none() || **name != "PGSERVICE").any(|name| {
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

/// The section of libpq's service file that the command names, with its name.
fn service(client: &Client, scene: &Scene<'_>, command: &Command, reach: &mut Reach) -> Option<(BString, Filed)> {
    if !client.tools.contains(&"psql") {
        return None;
    }
    let conninfo = command.words.iter().skip(1).filter_map(|word| word.text());
    let mut written = conninfo.flat_map(|text| text.split_str(" ")).filter_map(|part| {
        let part = part.strip_prefix(b"--dbname=").unwrap_or(part);
        part.strip_prefix(b"service=").map(BString::from)
    });
    let name = match (written.next(), variable(command, "PGSERVICE")) {
        (Some(name), _) => name,
        (None, Variable::Known(name)) if !name.is_empty() => name,
        (None, Variable::Known(_) | Variable::Unset | Variable::Unknown) => return None,
    };
    let usual = || in_home(scene, ".pg_service.conf");
    let path = match variable(command, "PGSERVICEFILE") {
        Variable::Known(path) if !path.is_empty() => Some(join(folder_of(command)?, &path)),
        Variable::Known(_) | Variable::Unset => usual(),
        Variable::Unknown => None,
    };
    let text = read(&path?, command, reach)?;
    let keys = section(&text, &[std::str::from_utf8(&name).ok()?])?;
    let hosts = value(&keys, "host").or_else(|| value(&keys, "hostaddr"));
    let hosts = hosts.iter().flat_map(|hosts| hosts.split(|byte| *byte == b',')).map(BString::from).collect();
    Some((name, Filed { hosts, databases: value(&keys, "dbname").into_iter().collect() }))
}

/// `~/.my.cnf`, where the command is of that family. Where it includes others, or a login file lies beside it, nothing
/// is told.
fn option_file(client: &Client, scene: &Scene<'_>, command: &Command, reach: &mut Reach) -> Option<Filed> {
    if !client.tools.contains(&"mysql") || command.words.iter().any(|word| word.text() == Some(b"--no-defaults")) {
        return None;
    }
    let login = in_home(scene, ".mylogin.cnf");
    reach.doubtful |= login.is_none_or(|path| path.exists());
    let text = read(&in_home(scene, ".my.cnf")?, command, reach)?;
    reach.doubtful |= text.lines().any(|line| line.trim_start().starts_with(b"!"));
    let tool = std::str::from_utf8(command.tool()?).ok()?;
    let keys = section(&text, &["client", "client-server", "mysql", "mariadb", tool])?;
    let hosts = value(&keys, "host").into_iter().collect();
    Some(Filed { hosts, databases: value(&keys, "database").into_iter().collect() })
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
