//! `guarded hook` and the inputs of tools that are no shell: what destroys by a server's tool is stopped, and what
//! searches or reads is not.

use std::time::SystemTime;

use guarded_sh::hook::{DIALECTS, Form};
use guarded_sh::placement::Scope;
use guarded_sh::store::{By, State, Store};
use serde_json::{Value, json};

use super::hooks::{ask, asked, told};
use super::{Ground, init};

/// Tools and inputs as published servers have them; SQL for an unknown server.
fn stopped() -> Vec<(&'static str, Value)> {
    vec![
        ("mcp__postgres__query", json!({"sql": "DROP TABLE users"})),
        ("mcp__postgres__query", json!({"sql": "SELECT 1; TRUNCATE orders"})),
        ("mcp__postgres__query", json!({"sql": "-- harmless\nDELETE FROM users"})),
        ("mcp__supabase__execute_sql", json!({"project_id": "x", "query": "DELETE FROM users WHERE true"})),
        ("mcp__supabase__apply_migration", json!({"name": "x", "query": "alter table users drop column email"})),
        ("mcp__mysql__mysql_query", json!({"sql": "UPDATE users SET admin = 1"})),
        ("mcp__sqlite__write_query", json!({"query": "drop table notes"})),
        ("mcp__neon__run_sql_transaction", json!({"params": {"sqlStatements": ["SELECT 1", "DROP DATABASE shop"]}})),
        ("mcp__acme__call", json!({"query": "DROP TABLE users"})),
        ("mcp__acme__call", json!({"arguments": "{\"sql\": \"DROP TABLE users\"}"})),
        ("mcp__railway__graphql", json!({"query": "mutation { volumeDelete(volumeId: \"3f6e\") }"})),
        ("mcp__acme__api", json!({"document": "# x\nmutation M { deleteProject(id: 1) { id } }"})),
        ("mcp__desktop__start_process", json!({"command": "rm -rf /", "timeout_ms": 1})),
        ("mcp__ssh__exec", json!({"cmdString": "x", "cmd": "sudo rm -rf /var/lib/postgresql"})),
        ("mcp__runner__run", json!({"command": "rm", "args": ["-rf", "/"]})),
        ("mcp__shell__run_script", json!({"script": "cd /; rm -rf *"})),
        ("mcp__jupyter__execute", json!({"code": "import shutil; shutil.rmtree('/home')"})),
    ]
}

fn quiet() -> Vec<(&'static str, Value)> {
    vec![
        ("mcp__postgres__query", json!({"sql": "SELECT * FROM users WHERE name = 'DROP TABLE users'"})),
        ("mcp__postgres__query", json!({"sql": "DELETE FROM users WHERE id = 7"})),
        ("mcp__postgres__query", json!({"sql": "EXPLAIN SELECT count(*) FROM users"})),
        ("mcp__supabase__execute_sql", json!({"query": "with x as (select 1) select * from x"})),
        ("mcp__sqlite__write_query", json!({"query": "INSERT INTO notes VALUES (1, 'x')"})),
        ("mcp__sqlite__create_table", json!({"query": "CREATE TABLE notes (id int, text varchar(10))"})),
        ("mcp__brave__brave_web_search", json!({"query": "DROP TABLE users"})),
        ("mcp__context7__query-docs", json!({"query": "how to drop a table in postgres"})),
        ("mcp__github__search_issues", json!({"query": "is:open label:bug delete from cart"})),
        ("mcp__linear__list", json!({"query": "update the user guide"})),
        ("mcp__notion__pages", json!({"query": "drop shadows, set in css; delete from draft"})),
        ("mcp__elastic__call", json!({"query": {"match": {"title": "drop table"}}})),
        ("mcp__github__graphql", json!({"query": "query { viewer { login } }"})),
        ("mcp__github__graphql", json!({"query": "mutation { createIssue(input: {}) { issue { id } } }"})),
        ("mcp__desktop__start_process", json!({"command": "ls -la", "timeout_ms": 1})),
        ("mcp__editor__view", json!({"command": "view", "path": "/etc/hosts"})),
        ("mcp__acme__call", json!({"command": null, "sql": null, "query": 7})),
        ("mcp__playwright__browser_evaluate", json!({"script": "() => document.querySelectorAll('rm -rf /')"})),
        ("mcp__jupyter__execute", json!({"code": "import pandas as pd\nprint(pd.__version__)"})),
        (
            "mcp__memory__create_entities",
            json!({"entities": [{"name": "DROP TABLE users", "observations": ["rm -rf /"]}]}),
        ),
    ]
}

#[test]
fn what_a_servers_tool_would_destroy_is_stopped() {
    let ground = Ground::new();
    // Its shell is guarded, which is no reason to be silent: the shell never sees this.
    init("claude-code", &ground.means(Scope::User)).expect("links");
    let bash = ground.home().join(".local/share/guarded/bin/bash").display().to_string();
    for (tool, input) in stopped() {
        let about = asked(Form::Claude, &ground, tool, &input);
        let (code, out, err) = ask(&ground, "claude-code", &about, &[("CLAUDE_CODE_SHELL", &bash)]);
        let (decision, reason) = told(Form::Claude, &out).unwrap_or_default();
        assert!(code == 0 && (decision == "ask" || decision == "deny"), "{tool} {input}: {code} {out} {err}");
        assert!(!reason.is_empty(), "{tool} {input}");
    }
}

#[test]
fn what_reads_or_searches_is_not() {
    let ground = Ground::new();
    for (tool, input) in quiet() {
        let about = asked(Form::Claude, &ground, tool, &input);
        let (code, out, err) = ask(&ground, "claude-code", &about, &[]);
        assert_eq!((code, told(Form::Claude, &out)), (0, None), "{tool} {input}: {err}");
    }
}

/// Where an agent's user can't be asked, it is refused.
#[test]
fn each_agent_is_told_in_its_own_form() {
    let ground = Ground::new();
    for dialect in DIALECTS {
        let (tool, input) = ("mcp__postgres__query", json!({"sql": "DROP TABLE users"}));
        let (code, out, _) = ask(&ground, dialect.agent, &asked(dialect.form, &ground, tool, &input), &[]);
        let (decision, reason) = told(dialect.form, &out).expect("an answer");
        let wanted = if dialect.asks { "ask" } else { "deny" };
        assert_eq!((code, &*decision), (0, wanted), "{}", dialect.agent);
        assert!(reason.contains("DROP TABLE users") && reason.contains("mcp__postgres__query"), "{reason}");
        let input = json!({"sql": "SELECT 1"});
        let (code, out, _) = ask(&ground, dialect.agent, &asked(dialect.form, &ground, tool, &input), &[]);
        assert_eq!((code, told(dialect.form, &out)), (0, None), "{}", dialect.agent);
    }
    // One tool that calls another.
    let input = json!({"server_name": "db", "tool_name": "query", "arguments": "{\"sql\": \"DROP TABLE users\"}"});
    let (_, out, _) = ask(&ground, "cline", &asked(Form::Cline, &ground, "use_mcp_tool", &input), &[]);
    assert!(told(Form::Cline, &out).is_some(), "{out}");
}

/// A list of programs that may run is none of tools; what is locked stops them all the same.
#[test]
fn an_allowlist_and_a_lock() {
    let ground = Ground::new();
    ground.write(".config/guarded/policy.toml", b"mode = \"allowlist\"\n[[allow]]\ncommand = \"ls\"\n");
    let select = asked(Form::Claude, &ground, "mcp__db__query", &json!({"sql": "SELECT 1"}));
    assert_eq!(told(Form::Claude, &ask(&ground, "claude-code", &select, &[]).1), None);
    let drop = asked(Form::Claude, &ground, "mcp__db__query", &json!({"sql": "DROP TABLE users"}));
    assert!(told(Form::Claude, &ask(&ground, "claude-code", &drop, &[]).1).is_some());
    guarded_sh::store::lock::lock(&ground.home().join(".local/state/guarded"), &By("a test".into()), "a test")
        .expect("locked");
    let (decision, _) = told(Form::Claude, &ask(&ground, "claude-code", &select, &[]).1).expect("an answer");
    assert_eq!(decision, "deny");
}

/// An agent that can't ask its user: the request waits, and once a person has allowed it the same call goes on once.
#[test]
fn what_a_person_allows_goes_on_once() {
    let ground = Ground::new();
    let about = asked(Form::Plugin, &ground, "mcp__db__query", &json!({"sql": "DROP TABLE users"}));
    let call = || told(Form::Plugin, &ask(&ground, "opencode", &about, &[]).1);
    let (_, reason) = call().expect("a stop");
    let mut store = Store::open(&ground.home().join(".local/state/guarded")).expect("a store");
    let request = store.pending(SystemTime::now()).expect("requests").pop().expect("a request");
    assert!(reason.contains(&request.id), "{reason}");
    assert!(call().is_some(), "nobody has answered");
    store.decide(&request.id, State::Approved, &By("a person".into()), SystemTime::now()).expect("an answer");
    let other = asked(Form::Plugin, &ground, "mcp__db__query", &json!({"sql": "DROP TABLE orders"}));
    assert!(told(Form::Plugin, &ask(&ground, "opencode", &other, &[]).1).is_some(), "that is another call");
    assert_eq!(call(), None, "it was allowed");
    assert!(call().is_some(), "it was allowed once");
}

/// A command is judged where it would run.
#[test]
fn a_folder_of_the_calls_own_counts() {
    let ground = Ground::new();
    // The system's own folder is another than one of that name here.
    let is_systems = |input: &Value| {
        let (_, out, _) = ask(&ground, "opencode", &asked(Form::Plugin, &ground, "bash", input), &[]);
        told(Form::Plugin, &out).is_some_and(|(_, reason)| reason.contains("rm.top-level"))
    };
    assert!(is_systems(&json!({"command": "rm -rf ./etc", "workdir": "/"})));
    assert!(!is_systems(&json!({"command": "rm -rf ./etc"})));
    assert!(!is_systems(&json!({"command": "rm -rf ./etc", "workdir": "."})));
}
