//! SQL text → what its statements do. Statements are cut by an own tokenizer that knows each client's quotes, comments
//! and commands; conditions are read by sqlparser; where that fails the tokens decide, and say so.

mod alter;
mod client;
mod constants;
mod dynamic;
mod scan;
mod statements;
mod tokens;
mod tree;
mod truth;
mod variables;

use bstr::BString;

use dynamic::Defined;
pub use variables::Variables;

use super::holes;
use crate::answer::Answer;
use crate::command::words::Value;

/// Texts longer than this are not read.
const BYTES: usize = 4 << 20;
/// How deep text inside text is followed: DO blocks, EXECUTE 'text', EXPLAIN ANALYZE.
const DEPTH: usize = 8;

/// How many conditions cut out of statements, and texts that statements run, are read.
const COSTLY: usize = 512;

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Generic,
    Postgres,
    Mysql,
    Sqlite,
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

/// What a statement does, as rules name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    DropDatabase,
    DropSchema,
    DropTable,
    DropOther,
    Truncate,
    Delete,
    DeleteWithoutWhere,
    Update,
    UpdateWithoutWhere,
    DropColumn,
    AlterDrop,
    DropOwned,
    /// A command of the client's own machine, or of the server's.
    Shell,
    CopyProgram,
    AttachOverwrite,
    /// Another file's tables join those of the database.
    Attach,
    KillConnections,
    Revoke,
    DropUser,
    /// What others hang on: tablespaces, extensions, subscriptions, warehouses, stages, events.
    DropService,
    /// A setting of the whole server or database: read-only, offline, another name.
    Configure,
    StopServer,
    /// What recovery and replication need: binary logs, replication slots, the recycle bin.
    PurgeLogs,
    /// A table, partition or database that is put in the place of another.
    Replace,
    /// A file of the server that is written or deleted.
    ServerFile,
    /// Who may log in, and as what.
    Account,
    /// What protects rows is switched off.
    Unprotect,
    /// Text that was not read: it may do any of these.
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
            "attach" => Act::Attach,
            "kill-connections" => Act::KillConnections,
            "revoke" => Act::Revoke,
            "drop-user" => Act::DropUser,
            "drop-service" => Act::DropService,
            "configure" => Act::Configure,
            "stop-server" => Act::StopServer,
            "purge-logs" => Act::PurgeLogs,
            "replace" => Act::Replace,
            "server-file" => Act::ServerFile,
            "account" => Act::Account,
            "unprotect" => Act::Unprotect,
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
pub fn read(text: &Value, dialect: Dialect) -> Vec<SqlAct> {
    read_with(text, dialect, &Variables::new())
}

/// The same, where the client is told variables.
#[must_use]
pub fn read_with(text: &Value, dialect: Dialect, variables: &Variables) -> Vec<SqlAct> {
    let mut acts = Acts::default();
    match holes::texts(text) {
        Some(texts) => {
            for text in texts {
                acts.defined = Defined::default();
                let made = variables::put_in(&text, dialect, variables);
                read_text(made.as_ref().unwrap_or(&text), dialect, 0, &mut acts);
            }
        }
        None => acts.unread(b""),
    }
    acts.found
}

/// The tokens of each statement, for languages that look like SQL.
#[must_use]
pub fn cut(text: &[u8], dialect: Dialect) -> Vec<Vec<BString>> {
    let (tokens, _) = tokens::tokens(text, dialect);
    let words = |piece: &statements::Piece<'_>| match piece {
        statements::Piece::Sql(tokens) => tokens.iter().map(|token| token.text(text).into()).collect(),
        statements::Piece::Client(token) => vec![token.text(text).into()],
    };
    statements::pieces(text, &tokens, dialect).iter().map(words).collect()
}

/// What was found so far; each act on each object once.
#[derive(Default)]
struct Acts {
    found: Vec<SqlAct>,
    defined: Defined,
    /// How many conditions and texts inside the text were read.
    spent: usize,
}

impl Acts {
    fn add(&mut self, act: Act, object: &[u8], answer: Answer) {
        if self.is_temporary(act, object) {
            return;
        }
        let one = SqlAct { act, object: holes::shown(object), answer };
        // A migration drops a thousand tables: the first of each kind say what it is.
        let alike = self.found.iter().filter(|other| other.act == act && other.answer == answer).count();
        if alike < 32 && !self.found.contains(&one) {
            self.found.push(one);
        }
    }

    /// One more costly reading; false where there were too many.
    fn spend(&mut self) -> bool {
        self.spent += 1;
        self.spent <= COSTLY
    }

    /// A table of this session's own. Once dropped, its name is that of another.
    fn is_temporary(&mut self, act: Act, object: &[u8]) -> bool {
        let all = &mut self.defined.temporary;
        let Some(at) = all.iter().position(|one| one.eq_ignore_ascii_case(object)) else { return false };
        match act {
            Act::DropTable => {
                all.remove(at);
                true
            }
            Act::Truncate
            | Act::Delete
            | Act::DeleteWithoutWhere
            | Act::Update
            | Act::UpdateWithoutWhere
            | Act::DropColumn
            | Act::AlterDrop => true,
            _ => false,
        }
    }

    fn yes(&mut self, act: Act, object: &[u8]) {
        self.add(act, object, Answer::Yes);
    }

    fn unread(&mut self, what: &[u8]) {
        self.add(Act::Unread, what, Answer::CannotTell);
    }
}

fn read_text(text: &[u8], dialect: Dialect, depth: usize, acts: &mut Acts) {
    if text.len() > BYTES || depth > DEPTH {
        acts.unread(b"");
        return;
    }
    let (tokens, closed) = tokens::tokens(text, dialect);
    let mut before: &[tokens::Token] = &[];
    for piece in statements::pieces(text, &tokens, dialect) {
        match piece {
            statements::Piece::Sql(tokens) => {
                statements::read(text, tokens, dialect, depth, acts);
                before = tokens;
            }
            statements::Piece::Client(token) => {
                client::read(token.text(text), statements::strings(text, before), dialect, depth, acts);
            }
        }
    }
    // An open quote may be closed by what a hole holds; what it swallowed was not read.
    if !closed && holes::has_hole(text) {
        acts.unread(b"");
    }
}

#[cfg(test)]
mod tests;
