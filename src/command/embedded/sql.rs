//! SQL text → what its statements do.

use bstr::BString;

use crate::answer::Answer;
use crate::command::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Postgres,
    Mysql,
    Sqlite,
    Generic,
    Mssql,
    Oracle,
    Duckdb,
    Clickhouse,
}

impl Dialect {
    /// By the name that packs use in `carries`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "postgres" => Dialect::Postgres,
            "mysql" => Dialect::Mysql,
            "sqlite" => Dialect::Sqlite,
            "generic" => Dialect::Generic,
            "mssql" => Dialect::Mssql,
            "oracle" => Dialect::Oracle,
            "duckdb" => Dialect::Duckdb,
            "clickhouse" => Dialect::Clickhouse,
            _ => return None,
        })
    }
}

/// What a statement does; the names are those of `when.sql`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    DropDatabase,
    DropSchema,
    DropTable,
    DropOther,
    Truncate,
    DeleteWithoutWhere,
    Delete,
    UpdateWithoutWhere,
    Update,
    DropColumn,
    AlterDrop,
    DropOwned,
    Shell,
    CopyProgram,
    AttachOverwrite,
    KillConnections,
    Revoke,
    DropUser,
    /// Not known what: may be any of them.
    Unread,
}

impl Act {
    /// By the name that packs use in `when.sql`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "drop-database" => Act::DropDatabase,
            "drop-schema" => Act::DropSchema,
            "drop-table" => Act::DropTable,
            "drop-other" => Act::DropOther,
            "truncate" => Act::Truncate,
            "delete-without-where" => Act::DeleteWithoutWhere,
            "delete" => Act::Delete,
            "update-without-where" => Act::UpdateWithoutWhere,
            "update" => Act::Update,
            "drop-column" => Act::DropColumn,
            "alter-drop" => Act::AlterDrop,
            "drop-owned" => Act::DropOwned,
            "shell" => Act::Shell,
            "copy-program" => Act::CopyProgram,
            "attach-overwrite" => Act::AttachOverwrite,
            "kill-connections" => Act::KillConnections,
            "revoke" => Act::Revoke,
            "drop-user" => Act::DropUser,
            _ => return None,
        })
    }
}

/// One thing that a text does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlAct {
    pub act: Act,
    /// What it does it to, as written; empty where the text does not say.
    pub object: BString,
    /// `Yes`, or `CannotTell` where the text leaves it open.
    pub answer: Answer,
}

/// What `text` does, statement by statement. Text that is unknown is `Act::Unread`.
#[must_use]
pub fn read(_text: &Value, _dialect: Dialect) -> Vec<SqlAct> {
    vec![SqlAct { act: Act::Unread, object: BString::default(), answer: Answer::CannotTell }]
}
