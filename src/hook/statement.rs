//! Whether a text is a statement of SQL or words of a person: both come in fields called `query`. Pure.

use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

/// Words of the names of tools that speak to a database.
const DATABASES: &[&str] = &[
    "sql",
    "postgres",
    "postgresql",
    "pg",
    "psql",
    "mysql",
    "mariadb",
    "sqlite",
    "mssql",
    "oracle",
    "db",
    "database",
    "supabase",
    "neon",
    "planetscale",
    "cockroach",
    "snowflake",
    "bigquery",
    "redshift",
    "clickhouse",
    "duckdb",
    "motherduck",
    "databricks",
    "trino",
    "presto",
    "athena",
    "spanner",
    "turso",
    "libsql",
    "d1",
    "timescale",
    "warehouse",
    "prisma",
];

/// … and of those whose `query` is what somebody looks for.
const SEARCHES: &[&str] = &[
    "search",
    "find",
    "lookup",
    "ask",
    "docs",
    "documentation",
    "browse",
    "web",
    "wiki",
    "grep",
    "recall",
    "retrieve",
];

/// What a statement makes, changes or drops.
const OBJECTS: &[&str] = &[
    "table",
    "tables",
    "database",
    "schema",
    "view",
    "materialized",
    "index",
    "user",
    "role",
    "owned",
    "sequence",
    "type",
    "function",
    "procedure",
    "trigger",
    "tablespace",
    "extension",
    "policy",
    "column",
    "partition",
    "stage",
    "warehouse",
    "keyspace",
    "dictionary",
    "external",
    "temporary",
    "temp",
    "if",
    "or",
    "unique",
    "foreign",
    "server",
    "subscription",
    "publication",
    "event",
    "system",
    "login",
    "aggregate",
    "domain",
    "collection",
];

/// Of a tool that speaks to a database the first words tell; of another one the whole text must be SQL.
#[must_use]
pub fn is_sql(text: &str, tool: &[String]) -> bool {
    let is = |table: &[&str]| tool.iter().any(|word| table.contains(&word.as_str()));
    if is(DATABASES) {
        return has_the_form(text);
    }
    !is(SEARCHES) && has_the_form(text) && Parser::parse_sql(&GenericDialect {}, text).is_ok()
}

/// By first words, as far as a person would not begin so.
fn has_the_form(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    // A comment or a bracket before the statement hides its first word.
    let hidden = !lower.trim_start_matches([';', ' ', '\n', '\t', '\r']).starts_with(|c: char| c.is_ascii_alphabetic());
    let several = text.contains(';') || text.contains('(');
    match (words.first().copied().unwrap_or_default(), words.get(1).copied().unwrap_or_default()) {
        _ if hidden => !lower.trim_start().starts_with('{'),
        ("drop" | "create" | "alter" | "rename" | "undrop", object) => OBJECTS.contains(&object) || several,
        ("delete", _) => has("from"),
        ("update", _) => has("set"),
        ("truncate", object) => object == "table" || words.len() <= 3 || several,
        ("with", _) => has("as") && several,
        ("merge" | "replace" | "insert", next) => next == "into" || several,
        ("copy", _) => has("to") || has("from"),
        ("grant" | "revoke", _) => has("on") || has("to") || has("from"),
        _ => several,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str) -> Vec<String> {
        name.split('_').map(str::to_owned).collect()
    }

    #[test]
    fn statements_are_told_from_what_a_person_looks_for() {
        for text in [
            "DROP TABLE users",
            "/* x */ DROP TABLE users",
            "truncate orders",
            "DELETE FROM users",
            "UPDATE users SET a = 1",
            "select 1; drop table users",
        ] {
            assert!(is_sql(text, &tool("acme_postgres_run")), "{text}");
            assert!(is_sql(text, &tool("acme_run")), "{text}");
            assert!(!is_sql(text, &tool("web_search")), "{text}");
        }
        for text in [
            "update node to version 22",
            "drop shadow in css",
            "how to drop table users",
            "truncate a long string in javascript",
            "with a cherry on top",
            "copy files over ssh",
            "delete branch on merge",
            "create a new project",
            "is:open label:bug",
            "{\"match\": {\"name\": \"x\"}}",
        ] {
            assert!(!is_sql(text, &tool("acme_run")), "{text}");
        }
        let hidden = "WITH x AS (DELETE FROM users RETURNING *) SELECT 1 FROM x";
        assert!(is_sql(hidden, &tool("acme_postgres_run")));
    }
}
