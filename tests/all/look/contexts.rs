//! Production, throw-away, this machine: from words, environment, policy and the tools' own files.

use guarded_sh::command::{Cause, Change, Value, Via, Word};
use guarded_sh::look::facts::Stakes;
use guarded_sh::packs::Target;
use guarded_sh::policy::Context;
use guarded_sh::rules::OperandKind;

use super::Scenario;

fn scenario(target: Target, kind: OperandKind) -> Scenario {
    Scenario { target, kind, ..Scenario::new() }
}

fn database() -> Scenario {
    scenario(Target::Database, OperandKind::Sql)
}

fn run(scenario: &Scenario, line: &str) -> Stakes {
    scenario.stakes_in(&scenario.path(""), line, &[])
}

/// Production, throw-away, loopback.
fn facts(found: &Stakes) -> [Option<bool>; 3] {
    ["context.production", "context.throwaway", "context.loopback"].map(|fact| found.is(fact))
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

#[test]
fn databases_by_host_and_name() {
    let scenario = database();
    for (line, expected) in [
        ("psql -c x", [None, NO, YES]),
        ("psql -h localhost app", [NO, NO, YES]),
        ("psql -h /run/pg app_test", [NO, YES, YES]),
        ("psql -hdb.prod.example.com -d app", [YES, NO, NO]),
        ("psql --host=db.example.com test_x", [NO, YES, NO]),
        ("psql postgres://u:p@db.example.com/app_production", [YES, NO, NO]),
        ("psql postgresql://localhost/test_app", [NO, YES, YES]),
        ("psql -U me -p 5 -d test_app", [NO, YES, YES]),
        ("psql service=x", [NO, NO, NO]),
        ("pg_restore -c -d test_app app.dump", [NO, YES, YES]),
        ("mysql -u root -p test_app", [NO, YES, YES]),
        ("redis-cli flushall", [None, NO, YES]),
        ("redis-cli -h cache.example.com flushall", [NO, NO, NO]),
        ("mysql -hdb1 -utest app", [NO, NO, NO]),
        ("sqlite3 x.db", [None, NO, YES]),
        ("mongosh mongodb://a.example.com,localhost/x", [NO, NO, NO]),
    ] {
        assert_eq!(facts(&run(&scenario, line)), expected, "{line}");
    }
}

#[test]
fn the_environment_leads_elsewhere() {
    let mut scenario = database();
    scenario.set("PGHOST", "db.prod.internal");
    assert_eq!(facts(&run(&scenario, "psql test_app")), [YES, NO, NO]);
    assert_eq!(facts(&run(&scenario, "psql -h localhost test_app")), [NO, YES, YES]);
    scenario.environment.insert("PGHOST".into(), Value::unknown(Cause::Input));
    assert_eq!(facts(&run(&scenario, "psql test_app")), [None, None, None]);
    scenario.environment.clear();
    scenario.set("PGSERVICE", "x");
    assert_eq!(facts(&run(&scenario, "psql test_app")), [None, None, None]);
    scenario.environment.clear();
    scenario.partial = true;
    assert_eq!(facts(&run(&scenario, "psql test_app")), [None, None, None]);
    scenario.partial = false;
    scenario.set("DATABASE_URL", "postgres://db.prod.example.com/app");
    assert_eq!(facts(&run(&scenario, "prisma migrate reset")), [YES, NO, NO]);
}

#[test]
fn an_unknown_word_leaves_it_open() {
    let scenario = database();
    let words = vec![Word::known("psql"), Word::known("-h"), Word::unknown(Cause::Input), Word::known("test_app")];
    assert_eq!(facts(&scenario.stakes_of(&scenario.path(""), words, &[])), [None, None, None]);
}

#[test]
fn the_database_that_is_dropped_counts_not_the_one_connected_to() {
    let scenario = database();
    let of =
        |sql: &str| facts(&scenario.stakes_in(&scenario.path(""), "psql -h localhost test_app", &[Word::known(sql)]));
    assert_eq!(of("drop table users"), [NO, YES, YES]);
    assert_eq!(of("drop database if exists test_other"), [NO, YES, YES]);
    assert_eq!(of("drop database app"), [NO, NO, YES]);
    assert_eq!(of("drop database test_x; drop database app"), [NO, NO, YES]);
    assert_eq!(of("drop database app_prod"), [YES, NO, YES]);
    assert_eq!(of("drop database /* x */ y")[1], None);
    let names = scenario_names();
    let of = |name: &str| facts(&names.stakes_in(&names.path(""), &format!("dropdb {name}"), &[Word::known(name)]));
    assert_eq!(of("test_x"), [NO, YES, YES]);
    assert_eq!(of("app"), [NO, NO, YES]);
}

fn scenario_names() -> Scenario {
    scenario(Target::Database, OperandKind::Name)
}

#[test]
fn ci_is_evidence_on_this_machine_only() {
    let mut scenario = database();
    scenario.set("CI", "true");
    assert_eq!(facts(&run(&scenario, "psql -c x")), [None, YES, YES]);
    assert_eq!(facts(&run(&scenario, "psql -h db.example.com -c x")), [NO, NO, NO]);
    assert_eq!(facts(&run(&scenario, "psql -h localhost app")), [NO, NO, YES], "a database of another name");
}

#[test]
fn another_machines_loopback_is_not_ours() {
    let mut scenario = database();
    scenario.via = vec![Via { name: "ssh".into(), change: Change::Host(Value::known("root@db1.prod.example.com")) }];
    assert_eq!(facts(&run(&scenario, "psql test_app")), [YES, NO, None]);
    scenario.via = vec![Via { name: "docker".into(), change: Change::Container(Value::known("db")) }];
    assert_eq!(run(&scenario, "psql app").is("context.loopback"), None);
}

#[test]
fn clusters_by_the_selected_context() {
    let mut scenario = scenario(Target::Cluster, OperandKind::Name);
    let of = |scenario: &Scenario, line: &str| {
        let found = run(scenario, line);
        [found.is("context.production"), found.is("context.throwaway")]
    };
    assert_eq!(of(&scenario, "kubectl delete ns x"), [None, None], "no kubeconfig");
    scenario.write(
        "home/.kube/config",
        "apiVersion: v1\ncurrent-context: prod-eu\nusers:\n- user: {exec: {command: /x}}\n",
    );
    assert_eq!(of(&scenario, "kubectl delete ns x"), [YES, NO]);
    assert_eq!(of(&scenario, "kubectl --context kind-dev delete ns x"), [NO, YES]);
    assert_eq!(of(&scenario, "helm --kube-context=staging uninstall x"), [NO, NO]);
    scenario.write("other", "current-context: minikube\n");
    scenario.set("KUBECONFIG", &scenario.path("other").to_string_lossy());
    assert_eq!(of(&scenario, "kubectl delete ns x"), [NO, YES]);
    assert_eq!(of(&scenario, "kubectl -n production delete pod x"), [YES, NO]);
    assert_eq!(of(&scenario, "kubectl --server https://x delete ns x"), [None, None]);
}

#[test]
fn clouds_and_workspaces() {
    let mut scenario = scenario(Target::Infrastructure, OperandKind::Name);
    let of = |scenario: &Scenario, line: &str| {
        let found = run(scenario, line);
        [found.is("context.production"), found.is("context.throwaway")]
    };
    assert_eq!(of(&scenario, "aws --profile acme-prod s3 rb s3://x"), [YES, NO]);
    assert_eq!(of(&scenario, "aws s3 rb s3://acme-production-data"), [YES, NO]);
    assert_eq!(of(&scenario, "aws s3 rb s3://test-data"), [None, NO], "a bucket may be named anything");
    scenario.set("AWS_PROFILE", "prod");
    assert_eq!(of(&scenario, "aws s3 rb s3://x"), [YES, NO]);
    scenario.write(".terraform/environment", "production");
    assert_eq!(of(&scenario, "terraform destroy"), [YES, NO]);
    scenario.set("TF_WORKSPACE", "test-17");
    assert_eq!(of(&scenario, "terraform destroy"), [NO, YES]);
    assert_eq!(of(&scenario, "terraform destroy -var-file=prod.tfvars"), [YES, NO]);
}

#[test]
fn the_policy_names_its_places() {
    let mut scenario = database();
    let context = |name: &str, hosts: &[&str], raise| Context {
        name: name.to_owned(),
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        raise,
        ..Context::default()
    };
    scenario.contexts = vec![context("main", &["*.eu.example.com"], 1), context("play", &["play*.example.com"], -1)];
    assert_eq!(facts(&run(&scenario, "psql -h db.eu.example.com app")), [YES, NO, NO]);
    assert_eq!(facts(&run(&scenario, "psql -h play7.example.com app")), [NO, YES, NO]);
    assert_eq!(facts(&run(&scenario, "psql -h db.us.example.com app")), [NO, NO, NO]);
}

#[test]
fn addresses_of_requests() {
    let scenario = scenario(Target::Volume, OperandKind::Url);
    let of = |url: &str| facts(&scenario.stakes_in(&scenario.path(""), "curl -X DELETE", &[Word::known(url)]));
    assert_eq!(of("https://api.prod.example.com/v1"), [YES, NO, NO]);
    assert_eq!(of("http://localhost:9200/x"), [NO, NO, YES]);
    assert_eq!(of("localhost:9200/x"), [NO, NO, YES]);
    assert_eq!(of("http://localhost@evil.example.com/x"), [NO, NO, NO]);
}

#[test]
fn compose_projects_of_this_repository() {
    let mut scenario = scenario(Target::Volume, OperandKind::Name);
    let of = |scenario: &Scenario, line: &str| run(scenario, line).is("context.throwaway");
    assert_eq!(of(&scenario, "docker compose down -v"), NO);
    scenario.write("compose.yaml", "services: {}\n");
    assert_eq!(of(&scenario, "docker compose down -v"), YES);
    assert_eq!(of(&scenario, "docker compose -f docker-compose.prod.yml down -v"), NO);
    assert_eq!(of(&scenario, "docker compose -p other down -v"), NO);
    assert_eq!(of(&scenario, "docker volume rm x"), NO);
    assert_eq!(of(&scenario, "docker --context remote compose down -v"), None);
    scenario.set("DOCKER_HOST", "ssh://prod1");
    assert_eq!(of(&scenario, "docker compose down -v"), NO);
}

#[test]
fn files_here_have_no_context() {
    let scenario = scenario(Target::Files, OperandKind::Path);
    assert_eq!(facts(&run(&scenario, "rm -r production")), [None, None, None]);
}

/// An answer is bound to what the files said: another role under the same name is a new question.
#[test]
fn an_edited_selection_is_another_one() {
    let mut scenario = scenario(Target::Infrastructure, OperandKind::Name);
    for (line, file, before, after) in [
        ("aws --profile a s3 rb s3://x", "home/.aws/config", "[profile a]\nregion = x\n", "[profile a]\nregion = y\n"),
        ("aws --profile a s3 rb s3://x", "home/.aws/credentials", "[a]\nk = 1\n", "[a]\nk = 2\n"),
        ("kubectl --context c delete ns x", "home/.kube/config", "clusters: []\n", "clusters: [1]\n"),
        ("gcloud projects delete x", "home/.config/gcloud/active_config", "a", "b"),
        ("terraform destroy", ".terraform/environment", "a", "b"),
    ] {
        let read_of = |text: &str| {
            scenario.write(file, text);
            run(&scenario, line).read_of
        };
        let first = read_of(before);
        assert!(!first.is_empty() && first == read_of(before), "{line}");
        assert_ne!(first, read_of(after), "{line}");
    }
    scenario.set("AWS_CONFIG_FILE", "/nowhere");
    assert!(run(&scenario, "aws --profile a s3 rb s3://x").read_of.iter().all(|one| !one.contains(".aws/config ")));
}
