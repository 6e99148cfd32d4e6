use super::*;

fn acts(dialect: Dialect, text: &str) -> Vec<(Act, String, Answer)> {
    read(&holes::value(text.as_bytes(), &crate::command::Cause::Input), dialect)
        .into_iter()
        .map(|one| (one.act, one.object.to_string(), one.answer))
        .collect()
}

#[track_caller]
fn yes(dialect: Dialect, text: &str, act: Act) {
    let all = acts(dialect, text);
    assert!(all.iter().any(|one| one.0 == act && one.2 == Answer::Yes), "{text}: {all:?}");
}

#[track_caller]
fn none(dialect: Dialect, text: &str) {
    let all: Vec<_> =
        acts(dialect, text).into_iter().filter(|one| !matches!(one.0, Act::Delete | Act::Update)).collect();
    assert!(all.is_empty(), "{text}: {all:?}");
}

use Dialect::{Clickhouse, Duckdb, Generic, Mssql, Mysql, Oracle, Postgres, Sqlite};

#[test]
fn drops_and_truncations_by_kind_with_their_object() {
    for (text, act, object) in [
        ("DROP DATABASE IF EXISTS shop", Act::DropDatabase, "shop"),
        ("drop/* */table\n a.b, \"c d\" cascade;", Act::DropTable, "a.b, \"c d\""),
        ("DROP SCHEMA public CASCADE", Act::DropSchema, "public"),
        ("DROP OWNED BY bob", Act::DropOwned, "bob"),
        ("DROP MATERIALIZED VIEW v", Act::DropOther, "v"),
        ("DROP ROLE bob", Act::DropUser, "bob"),
        ("TRUNCATE TABLE ONLY users RESTART IDENTITY", Act::Truncate, "users"),
        ("truncate users, orders", Act::Truncate, "users, orders"),
        ("ALTER TABLE users ADD a int, DROP COLUMN b", Act::DropColumn, "users"),
        ("ALTER TABLE users DROP b", Act::DropColumn, "users"),
        ("ALTER TABLE users DROP CONSTRAINT c", Act::AlterDrop, "users"),
        ("REVOKE ALL ON users FROM bob", Act::Revoke, "ALL"),
    ] {
        let all = acts(Postgres, text);
        assert!(all.contains(&(act, object.to_owned(), Answer::Yes)), "{text}: {all:?}");
    }
}

#[test]
fn deletions_and_updates_of_all_rows_in_every_disguise() {
    for text in [
        "DELETE FROM users",
        "SELECT 1; DELETE FROM users -- WHERE id = 1",
        "DELETE FROM users WHERE true",
        "DELETE FROM users WHERE 1=1",
        "DELETE FROM users WHERE 'a' = 'a' OR id = 3",
        "DELETE FROM users WHERE id = id",
        "DELETE FROM users WHERE NOT false",
        "DELETE FROM users WHERE (2 > 1) AND (1 <> 2)",
        "DELETE FROM users WHERE id > 0",
        "DELETE FROM users WHERE name LIKE '%'",
        "DELETE FROM users USING other",
        "WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone",
        "EXPLAIN ANALYZE DELETE FROM users",
        "EXPLAIN (ANALYZE, BUFFERS) DELETE FROM users",
        "DO $$ BEGIN IF true THEN DELETE FROM users; END IF; END $$",
        "DO 'BEGIN EXECUTE ''DELETE FROM users''; END'",
        "PREPARE p AS DELETE FROM users",
        "BEGIN; DELETE FROM \"users\"; COMMIT",
        "DELETE FROM ONLY users RETURNING nonsense ! ! !",
    ] {
        yes(Postgres, text, Act::DeleteWithoutWhere);
    }
    for text in ["UPDATE users SET name = 1", "UPDATE users SET a = (SELECT 1 WHERE 1=2)", "UPDATE a SET b=1 WHERE 1"] {
        yes(Mysql, text, Act::UpdateWithoutWhere);
    }
    yes(Mysql, "DELETE u FROM users u JOIN b ON u.id = b.id", Act::DeleteWithoutWhere);
    yes(Mssql, "SELECT 1 DELETE FROM users", Act::DeleteWithoutWhere);
}

#[test]
fn what_only_names_or_plans_or_defines_is_none() {
    for text in [
        "SELECT 'DROP TABLE users'",
        "SELECT * FROM users WHERE note = 'x; DROP TABLE users; --'",
        "-- DROP TABLE users\nSELECT 1",
        "/* DROP TABLE /* nested */ users; */ SELECT 1",
        "SELECT $$DROP TABLE users;$$",
        "SELECT \"drop table\" FROM t",
        "INSERT INTO log VALUES ('DELETE FROM users')",
        "COMMENT ON TABLE users IS 'drop table users'",
        "EXPLAIN DELETE FROM users",
        "DELETE FROM users WHERE id = 7",
        "UPDATE users SET a = 1 WHERE id IN (1, 2)",
        "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 2",
        "SELECT * FROM t FOR UPDATE",
        "GRANT DELETE ON users TO bob",
        "CREATE TABLE a (b int REFERENCES c ON DELETE CASCADE)",
        "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c ON DELETE CASCADE",
        "ALTER TABLE a ALTER COLUMN b DROP DEFAULT",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN DELETE FROM users; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER t AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION f()",
        "SELECT deleted, updated FROM drops",
        "\\dt+\nSELECT 1",
        "",
        ";;",
    ] {
        none(Postgres, text);
    }
    none(Sqlite, "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; UPDATE c SET d = 1; END; SELECT 1");
    none(Mysql, "DELIMITER //\nCREATE PROCEDURE p() BEGIN DELETE FROM users; END//\nDELIMITER ;\nSELECT 1;");
    none(Mysql, "SELECT 'it\\'s; DROP TABLE users'");
    none(Mssql, "CREATE PROCEDURE p AS DELETE FROM users; DROP TABLE b;\nGO\nSELECT 1");
}

#[test]
fn statements_behind_definitions_and_delimiters_are_seen() {
    yes(Mysql, "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDROP TABLE users//", Act::DropTable);
    yes(Mssql, "CREATE PROCEDURE p AS SELECT 1;\nGO\nDROP TABLE users", Act::DropTable);
    yes(
        Sqlite,
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; END; DROP TABLE b",
        Act::DropTable,
    );
    yes(Mysql, "/*!40000 DROP TABLE users */", Act::DropTable);
    yes(Mysql, "SELECT 1\\G DROP TABLE users", Act::DropTable);
    yes(Postgres, "SELECT E'\\''; DROP TABLE users", Act::DropTable);
    yes(Mssql, "IF EXISTS (SELECT 1) DROP TABLE users", Act::DropTable);
    yes(Mssql, "EXEC('DROP TABLE users')", Act::DropTable);
    yes(Clickhouse, "ALTER TABLE hits DROP PARTITION '2020'", Act::Truncate);
    yes(Generic, "WITH x AS (SELECT 1) nonsense; DROP DATABASE shop", Act::DropDatabase);
}

#[test]
fn commands_of_the_clients() {
    yes(Postgres, "\\! rm -rf /", Act::Shell);
    yes(Postgres, "SELECT 1 \\g |sh", Act::Shell);
    yes(Postgres, "\\set x `id`", Act::Shell);
    yes(Postgres, "\\setenv PAGER 'sh -c id'", Act::Shell);
    yes(Postgres, "\\copy t FROM PROGRAM 'curl x'", Act::CopyProgram);
    yes(Postgres, "COPY t FROM PROGRAM 'id'", Act::CopyProgram);
    yes(Postgres, "SELECT 'DROP TABLE ' || tablename FROM pg_tables \\gexec", Act::DropTable);
    yes(Postgres, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity", Act::KillConnections);
    yes(Mysql, "\\! id", Act::Shell);
    yes(Mysql, "system id", Act::Shell);
    yes(Sqlite, ".shell id", Act::Shell);
    yes(Sqlite, ".restore old.db", Act::AttachOverwrite);
    yes(Sqlite, "ATTACH DATABASE 'app.db' AS a", Act::Attach);
    yes(Sqlite, ".open app.db", Act::Attach);
    none(Sqlite, "ATTACH ':memory:' AS a");
    yes(Duckdb, ".sh id", Act::Shell);
    yes(Mssql, "EXEC master..xp_cmdshell 'dir'", Act::Shell);
    yes(Mssql, "!! dir", Act::Shell);
    none(Sqlite, ".tables\n.schema users\nSELECT .5");
    none(Postgres, "\\d users");
    assert_eq!(acts(Postgres, "\\i x.sql"), [(Act::Unread, "x.sql".to_owned(), Answer::CannotTell)]);
}

#[test]
fn holes_leave_the_act_clear_and_the_object_open() {
    assert_eq!(acts(Postgres, "DROP DATABASE guarded_hole"), [(Act::DropDatabase, "…".to_owned(), Answer::Yes)]);
    assert_eq!(acts(Postgres, "DROP TABLE app_guarded_hole.x")[0].1, "app_….x");
    assert_eq!(acts(Postgres, "guarded_hole")[0].0, Act::Unread);
    assert_eq!(acts(Postgres, "guarded_hole TABLE x")[0].0, Act::Unread);
    for text in ["DELETE FROM users guarded_hole", "DELETE FROM users WHERE guarded_hole"] {
        let all = acts(Postgres, text);
        assert!(all.contains(&(Act::DeleteWithoutWhere, "users".to_owned(), Answer::CannotTell)), "{text}: {all:?}");
    }
    none(Postgres, "DELETE FROM users WHERE id = guarded_hole");
    none(Postgres, "SELECT * FROM guarded_hole LIMIT guarded_hole");
    yes(Postgres, "DELETE FROM guarded_hole", Act::DeleteWithoutWhere);
}

#[test]
fn conditions_that_select_nothing_are_computed() {
    for condition in [
        "1+1=2",
        "true::boolean",
        "coalesce(true, false)",
        "(SELECT true)",
        "CASE WHEN true THEN true ELSE false END",
        "1 BETWEEN 0 AND 2",
        "'a' < 'b'",
        "NULL IS NULL",
        "1 IN (1, 2)",
        "EXISTS (SELECT 1)",
        "id > -1",
        "user_id IS NOT NULL",
        "users.id IS NOT NULL",
        "id IN (SELECT id FROM users)",
        "name IS NULL OR name IS NOT NULL",
        "a = 1 OR a <> 1",
        "name ~ '.*'",
        "length(name) >= 0",
        "created_at < now()",
        "now() >= created_at",
        "0 < id",
    ] {
        yes(Postgres, &["DELETE FROM users WHERE ", condition].concat(), Act::DeleteWithoutWhere);
    }
    for condition in [
        "id = 5",
        "1+1=3",
        "user_id IS NULL",
        "post_id IS NOT NULL",
        "expires_at < now()",
        "created_at < now() - interval '30 days'",
        "id IN (SELECT id FROM others)",
        "id IN (SELECT id FROM users WHERE old)",
        "name ~ '^a.*'",
        "length(name) > 0",
        "a = 1 OR b <> 1",
        "id > 100",
        "active",
    ] {
        none(Postgres, &["DELETE FROM users WHERE ", condition].concat());
    }
    yes(Mysql, "DELETE FROM users WHERE 1 || 0", Act::DeleteWithoutWhere);
    yes(Mysql, "DELETE FROM users WHERE id", Act::DeleteWithoutWhere);
    yes(Mssql, "DELETE FROM users WHERE 1=1 SELECT 2", Act::DeleteWithoutWhere);
    yes(Mssql, "MERGE t USING s ON 1=1 WHEN MATCHED THEN DELETE;", Act::DeleteWithoutWhere);
    none(Postgres, "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE");
    yes(Clickhouse, "ALTER TABLE hits DELETE WHERE 1", Act::DeleteWithoutWhere);
    none(Clickhouse, "ALTER TABLE hits DELETE WHERE day < '2020-01-01'");
}

#[test]
fn what_is_defined_or_assigned_and_then_run_is_read() {
    for text in [
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN DROP TABLE users; END $$ LANGUAGE plpgsql; SELECT f()",
        "CREATE FUNCTION a.f() RETURNS void AS 'DROP TABLE users' LANGUAGE sql; SELECT a.f();",
        "DO $$ DECLARE s text; BEGIN s := 'DROP TABLE users'; EXECUTE s; END $$",
        "DO $$ BEGIN EXECUTE 'DR' || 'OP TABLE users'; EXECUTE 'DROP TABLE users'; END $$",
        "DO $$ BEGIN FOR r IN SELECT 1 LOOP EXECUTE 'DROP TABLE ' || r.t; END LOOP; END $$",
        "SELECT cron.schedule('x', '* * * * *', 'DROP TABLE users')",
    ] {
        yes(Postgres, text, Act::DropTable);
    }
    yes(Mysql, "SET @s = 'DROP TABLE users'; PREPARE s FROM @s; EXECUTE s", Act::DropTable);
    yes(Mysql, "CREATE PROCEDURE p() DROP TABLE users; CALL p()", Act::DropTable);
    yes(Mysql, "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM users", Act::DeleteWithoutWhere);
    yes(Mssql, "DECLARE @s nvarchar(max) = N'DROP TABLE users'; EXEC(@s)", Act::DropTable);
    yes(Oracle, "BEGIN EXECUTE IMMEDIATE 'DROP TABLE users'; END;", Act::DropTable);
    yes(Postgres, "DO LANGUAGE plpython3u $$ import os $$", Act::Shell);
    none(Postgres, "DO $$ BEGIN UPDATE t SET a = CASE WHEN b THEN 1 ELSE 2 END WHERE id = 3; END $$");
    none(Postgres, "DO $$ BEGIN INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 2; END $$");
    none(Mysql, "SET @s = 'DROP TABLE users'; SELECT @s");
}

#[test]
fn a_session_s_own_tables_are_nobody_s_loss() {
    none(Postgres, "CREATE TEMP TABLE t (a int); DELETE FROM t; DROP TABLE t");
    none(Postgres, "CREATE TEMP TABLE tmp_ids AS SELECT id FROM users; TRUNCATE tmp_ids");
    // The second is of the table that the name hid, and a query that fails hides none.
    yes(Postgres, "CREATE TEMP TABLE users (a int); DROP TABLE users; DROP TABLE users", Act::DropTable);
    yes(Postgres, "CREATE TEMP TABLE users AS SELECT 1/0; DROP TABLE users", Act::DropTable);
    yes(Postgres, "CREATE TABLE users (a int); DROP TABLE users", Act::DropTable);
}

#[test]
fn variables_of_the_clients_are_put_in() {
    let with = |dialect: Dialect, text: &str, name: &str, value: &str| {
        let variables = Variables::from([(name.into(), value.into())]);
        read_with(&Value::known(text), dialect, &variables)
    };
    let drops = |acts: Vec<SqlAct>| acts.iter().any(|one| one.act == Act::DropTable && one.answer == Answer::Yes);
    assert!(drops(with(Postgres, ":act TABLE users", "act", "DROP")));
    assert!(drops(with(Mssql, "$(act) TABLE users", "act", "DROP")));
    assert_eq!(with(Postgres, "DROP TABLE :\"t\"", "t", "users")[0].object, "\"users\"");
    assert!(!drops(with(Postgres, "SELECT ':act', 1::act", "act", "DROP TABLE users;")));
    yes(Postgres, "\\set q 'DROP TABLE users'\n:q;", Act::DropTable);
    yes(Mssql, ":setvar act DROP\n$(act) TABLE users\nGO", Act::DropTable);
    assert!(acts(Postgres, "\\prompt q\n:q").iter().any(|one| one.0 == Act::Unread));
}

#[test]
fn commands_that_take_no_line_hide_none() {
    yes(Postgres, "SELECT 1 \\; DROP TABLE users", Act::DropTable);
    yes(Postgres, "\\pset pager off \\\\ DROP TABLE users", Act::DropTable);
    yes(Postgres, "\\t \\! id", Act::Shell);
    yes(Mysql, "SELECT 1\\p; DROP TABLE users", Act::DropTable);
    yes(Mysql, "\\W DROP TABLE users", Act::DropTable);
}

#[test]
fn administration_by_what_it_does() {
    for (dialect, text, act) in [
        (Postgres, "DROP TYPE mood CASCADE", Act::DropColumn),
        (Postgres, "DROP SUBSCRIPTION s", Act::DropService),
        (Postgres, "ALTER SYSTEM SET fsync = off", Act::Configure),
        (Postgres, "ALTER ROLE app NOLOGIN", Act::Account),
        (Postgres, "ALTER TABLE users DISABLE ROW LEVEL SECURITY", Act::Unprotect),
        (Postgres, "SELECT pg_drop_replication_slot('s')", Act::PurgeLogs),
        (Postgres, "COPY t TO '/var/lib/x'", Act::ServerFile),
        (Mysql, "RESET MASTER", Act::PurgeLogs),
        (Mysql, "SET @@GLOBAL.read_only = 1", Act::Configure),
        (Mysql, "SHUTDOWN", Act::StopServer),
        (Mysql, "SELECT 1 INTO OUTFILE '/var/www/x.php'", Act::ServerFile),
        (Mysql, "CREATE OR REPLACE TABLE users (a int)", Act::Replace),
        (Mssql, "RESTORE DATABASE a FROM DISK = 'x' WITH REPLACE", Act::Replace),
        (Oracle, "HOST id", Act::Shell),
        (Oracle, "PURGE RECYCLEBIN", Act::PurgeLogs),
        (Clickhouse, "SYSTEM DROP REPLICA 'a'", Act::PurgeLogs),
        (Clickhouse, "DETACH TABLE a PERMANENTLY", Act::DropTable),
    ] {
        yes(dialect, text, act);
    }
    none(Postgres, "COPY t TO '/tmp/x.csv'");
    none(Postgres, "ALTER ROLE app SET search_path = a");
    none(Mysql, "SET SESSION sql_mode = ''");
    none(Mssql, "SELECT shutdown, purge FROM plans");
    none(Clickhouse, "SYSTEM FLUSH LOGS");
    none(Postgres, "EXPLAIN (ANALYZE false) DELETE FROM users");
    none(Sqlite, ".backup backup.db");
}

#[test]
fn many_acts_of_one_kind_do_not_hide_another() {
    let mut text: String = (0..500).map(|number| ["DROP TABLE t", &number.to_string(), ";\n"].concat()).collect();
    text.push_str("DROP DATABASE shop;");
    yes(Postgres, &text, Act::DropDatabase);
    assert!(acts(Postgres, &text).len() < 100);
}
