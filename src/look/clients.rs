//! How database clients are told where to connect: options and variables, a row a family.

/// A client's options and variables.
pub struct Client {
    pub tools: &'static [&'static str],
    pub kind: Kind,
    pub host: &'static [&'static str],
    pub database: &'static [&'static str],
    /// Other options that take a value.
    pub other: &'static [&'static str],
    pub host_variables: &'static [&'static str],
    pub database_variables: &'static [&'static str],
    /// Variables or options after which nothing else can be told.
    pub elsewhere: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A bare operand is a database.
    Database,
    /// A bare operand is a host.
    HostFirst,
    /// Operands are neither.
    Plain,
}

pub const CLIENTS: &[Client] = &[
    Client {
        tools: &["psql", "pg_restore", "pg_dump", "dropdb", "createdb", "dropuser", "vacuumdb", "pgcli", "ysqlsh"],
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
