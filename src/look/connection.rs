//! Where a database client connects, by its options, operands and variables.

use bstr::{BString, ByteSlice};

use super::address::address;
use super::clients::{Client, Kind};
use super::given::{Variable, option_value, variable};
use super::reach::{Host, Reach};
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

pub fn connect(client: &Client, command: &Command, reach: &mut Reach) {
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
