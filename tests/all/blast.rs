//! Where a command strikes: clusters, clouds, databases by what tools keep selected; the question says why it is
//! production, and nothing that is not known lowers.

#![expect(clippy::disallowed_methods, reason = "tests start the program")]

use std::fs;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

struct Ground {
    folder: TempDir,
}

/// What a command is taken for.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Taken {
    Production,
    Throwaway,
    Neither,
}
use Taken::{Neither, Production, Throwaway};

impl Ground {
    fn new() -> Ground {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["home/.config/guarded", "work"] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder");
        }
        Ground { folder }
    }

    fn write(&self, name: &str, text: &str) -> &Ground {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("written");
        self
    }

    fn check(&self, line: &str, environment: &[(&str, &str)]) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guarded"));
        command.args(["check", "--format", "json", "-c", line]).current_dir(self.folder.path().join("work"));
        command.env_clear().env("HOME", self.folder.path().join("home")).env("PATH", "/usr/bin:/bin");
        let output = command.envs(environment.iter().copied()).output().expect("guarded runs");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{line}: {output:?}"))
    }

    /// What the last finding's sentences say.
    fn risks(&self, line: &str, environment: &[(&str, &str)]) -> String {
        let answer = self.check(line, environment);
        let found = answer["findings"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        found["at_risk"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
    }

    /// All lines that are taken for something else, at once.
    fn each<L: AsRef<str>>(&self, table: &[(L, Taken)]) {
        let wrong: Vec<String> = table
            .iter()
            .map(|(line, expected)| (line.as_ref(), *expected, self.taken(line.as_ref(), &[])))
            .filter(|(_, expected, found)| expected != found)
            .map(|(line, expected, found)| format!("{line}: {found:?}, not {expected:?}: {}", self.risks(line, &[])))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn taken(&self, line: &str, environment: &[(&str, &str)]) -> Taken {
        let risks = self.risks(line, environment);
        match (risks.contains(", because "), risks.contains("throw-away")) {
            (_, true) => Throwaway,
            (true, false) => Production,
            (false, false) => Neither,
        }
    }
}

const KUBECONFIG: &str = "current-context: kind-dev\ncontexts:\n- context:\n    cluster: kind\n    namespace: shop\n  name: kind-dev\n\
                          - context: {cluster: x}\n  name: eu1\n- context:\n    namespace: test-7\n  name: eu2\n";

#[test]
fn the_question_says_why_it_is_production() {
    let ground = Ground::new();
    ground.write("home/.kube/config", "current-context: prod-eu\n");
    ground.write(
        "home/.config/guarded/policy.toml",
        "[[context]]\nname = \"the shop\"\nhosts = [\"db7.*\"]\nkube_contexts = [\"eu1\"]\nnamespaces = [\"shop\"]\n",
    );
    for (line, because) in [
        ("kubectl delete deployment web", "production, because context=prod-eu"),
        ("kubectl --context eu1 delete deployment web", "the shop, because context=eu1"),
        ("kubectl --context eu2 -n shop delete deployment web", "the shop, because namespace=shop"),
        ("psql -h db7.example.com -c 'drop table users'", "the shop, because host=db7.example.com"),
        ("psql -h db.prod.example.com -c 'drop table users'", "production, because host=db.prod.example.com"),
        ("aws --profile prod s3 rb s3://x --force", "production, because profile=prod"),
        ("aws s3 rb s3://acme-production --force", "production, because"),
    ] {
        assert!(ground.risks(line, &[]).contains(because), "{line}: {}", ground.risks(line, &[]));
    }
}

#[test]
fn clusters_and_namespaces() {
    let ground = Ground::new();
    ground.write("home/.kube/config", KUBECONFIG);
    ground.each(&[
        ("kubectl delete deployment web", Throwaway),
        ("kubectl --context eu1 delete deployment web", Neither),
        ("kubectl --context eu1 -n test-17 delete deployment web", Throwaway),
        ("kubectl --context eu2 delete deployment web", Throwaway),
        ("kubectl --context eu1 delete namespace test-17", Throwaway),
        ("kubectl --context eu1 delete namespace test-17 shop", Neither),
        // What lies in no namespace, or in many.
        ("kubectl --context eu1 -n test-17 delete namespace shop", Neither),
        ("kubectl --context eu1 -n test-17 delete pv data", Neither),
        ("kubectl --context eu1 -n test-17 delete deployment,pv web", Neither),
        ("kubectl --context eu1 -n test-17 delete deployment --all -A", Neither),
        ("kubectl --context eu1 -n test-17 delete -f all.yaml", Neither),
        // Another server under the same name.
        ("kubectl --server https://10.0.0.1 delete deployment web", Neither),
        ("kubectl --context kind-dev --server https://10.0.0.1 delete deployment web", Neither),
        ("kubectl --context kind-dev --cluster eu1 delete deployment web", Neither),
        ("kubectl --kubeconfig other delete deployment web", Neither),
        ("KUBECONFIG=other kubectl delete deployment web", Neither),
        ("kubectl --context $C delete deployment web < /dev/null", Neither),
        ("read C; kubectl --context \"$C\" delete deployment web", Neither),
        // Selected by the text itself.
        ("kubectl config use-context eu1 && kubectl delete deployment web", Neither),
        ("kubectl config use-context prod-eu && kubectl delete deployment web", Production),
        ("kubectx prod-eu; kubectl delete deployment web", Production),
        ("kubectx \"$(cat x)\"; kubectl delete deployment web", Neither),
        ("kubectl config set-context --current --cluster=eu1; kubectl delete deployment web", Neither),
        ("kubens prod; kubectl delete deployment web", Production),
        ("gcloud container clusters get-credentials eu1; kubectl delete deployment web", Neither),
        ("kubectl config use-context prod-eu; kubectl --context kind-dev delete deployment web", Throwaway),
        // A file that the text writes.
        ("echo 'current-context: kind-x' > ~/.kube/config; kubectl delete deployment web", Neither),
        ("helm uninstall web -n test-3 --kube-context eu1", Throwaway),
        ("HELM_KUBECONTEXT=prod-eu helm uninstall web", Production),
        ("HELM_NAMESPACE=production helm uninstall web", Production),
    ]);
}

#[test]
fn profiles_roles_projects_and_subscriptions() {
    let ground = Ground::new();
    ground
        .write(
            "home/.aws/config",
            "[default]\nregion = eu-west-1\n[profile a]\nrole_arn = arn:aws:iam::42:role/prod-admin\n[profile b]\n\
             sso_account_id = 77\nsource_profile = prod\n[profile lab]\nregion = eu-north-1\nsso_account_id = 99\n",
        )
        .write("home/.config/gcloud/active_config", "work")
        .write(
            "home/.config/gcloud/configurations/config_work",
            "[core]\nproject = shop-prod\n[compute]\nregion = europe-west1\n",
        )
        .write("home/.config/gcloud/configurations/config_lab", "[core]\nproject = lab\n")
        .write(
            "home/.azure/azureProfile.json",
            "\u{feff}{\"subscriptions\": [{\"name\": \"Lab\"}, {\"name\": \"Acme Production\", \"isDefault\": true}]}",
        )
        .write(
            "home/.config/guarded/policy.toml",
            "[[context]]\nname = \"lab\"\nprojects = [\"99\", \"lab\"]\nlower = 2\n[[context]]\nname = \"north\"\n\
             regions = [\"us-*\"]\n",
        );
    let aws = "aws ec2 terminate-instances --instance-ids i-1";
    ground.each(&[
        ("aws --profile a ec2 terminate-instances --instance-ids i-1".to_owned(), Production),
        ("aws --profile b ec2 terminate-instances --instance-ids i-1".to_owned(), Production),
        ("aws --profile lab ec2 terminate-instances --instance-ids i-1".to_owned(), Throwaway),
        ("aws --profile lab --region us-east-1 ec2 terminate-instances --instance-ids i-1".to_owned(), Production),
        (aws.to_owned(), Neither),
        (format!("AWS_PROFILE=a {aws}"), Production),
        (format!("export AWS_PROFILE=lab; {aws}"), Throwaway),
        // The keys decide, whatever the profile is called.
        (format!("AWS_PROFILE=lab AWS_ACCESS_KEY_ID=x {aws}"), Neither),
        (format!("AWS_PROFILE=lab AWS_CONFIG_FILE=x {aws}"), Neither),
        (format!("printf '[profile lab]\\n' > ~/.aws/config; AWS_PROFILE=lab {aws}"), Neither),
        (format!("aws configure set region x; AWS_PROFILE=lab {aws}"), Neither),
        (format!("read P; AWS_PROFILE=$P {aws}"), Neither),
        ("gcloud projects delete x".to_owned(), Production),
        ("gcloud compute instances delete web --quiet".to_owned(), Production),
        ("gcloud compute instances delete web --quiet --project lab".to_owned(), Throwaway),
        ("gcloud compute instances delete web --quiet --configuration lab".to_owned(), Throwaway),
        (
            "gcloud config set project shop; gcloud compute instances delete web --quiet --project lab".to_owned(),
            Neither,
        ),
        ("gcloud compute instances delete web --quiet --configuration ../../x".to_owned(), Neither),
        ("az group delete -n web --yes".to_owned(), Production),
        ("az group delete -n web --yes --subscription lab".to_owned(), Throwaway),
        ("az account set -s x; az group delete -n web --yes --subscription lab".to_owned(), Neither),
    ]);
}

#[test]
fn databases_by_service_and_option_files() {
    let ground = Ground::new();
    ground
        .write(
            "home/.pg_service.conf",
            "[live]\nhost=db.prod.example.com\ndbname=shop\n[lab]\nhost=db1\ndbname=test_shop\n",
        )
        .write("work/other.conf", "[lab]\nhost=db.prod.example.com\n");
    let drop = "-c 'drop table users'";
    ground.each(&[
        (format!("psql service=live {drop}"), Production),
        (format!("PGSERVICE=live psql {drop}"), Production),
        (format!("PGSERVICE=lab psql {drop}"), Throwaway),
        (format!("psql 'service=lab' {drop}"), Throwaway),
        (format!("psql 'service=lab dbname=shop' {drop}"), Neither),
        (format!("PGSERVICE=none psql {drop}"), Neither),
        (format!("PGSERVICEFILE=other.conf PGSERVICE=lab psql {drop}"), Production),
        (format!("echo > ~/.pg_service.conf; PGSERVICE=lab psql {drop}"), Neither),
        (format!("PGSERVICE=lab PGHOST=db.prod psql -h db.prod {drop}"), Production),
        ("mysql test_shop -e 'drop table users'".to_owned(), Throwaway),
    ]);
    ground.write("home/.my.cnf", "[client]\nhost = db.prod.example.com\n");
    assert_eq!(ground.taken("mysql test_shop -e 'drop table users'", &[]), Production);
    assert_eq!(ground.taken("mysql --no-defaults test_shop -e 'drop table users'", &[]), Throwaway);
    ground.write("home/.my.cnf", "[client]\nuser = me\n");
    assert_eq!(ground.taken("mysql test_shop -e 'drop table users'", &[]), Throwaway);
    ground.write("home/.my.cnf", "[client]\n!include /x\n");
    assert_eq!(ground.taken("mysql test_shop -e 'drop table users'", &[]), Neither);
}

#[test]
fn workspaces_and_engines() {
    let ground = Ground::new();
    ground.write("work/.terraform/environment", "test-1").write("work/data/environment", "production");
    ground.write("home/.docker/config.json", "{\"currentContext\": \"prod-swarm\"}");
    ground.each(&[
        ("terraform destroy -auto-approve", Throwaway),
        ("TF_DATA_DIR=data terraform destroy -auto-approve", Production),
        ("terraform workspace select production && terraform destroy -auto-approve", Production),
        ("terraform workspace select shop && terraform destroy -auto-approve", Neither),
        ("terraform workspace select \"$(cat x)\" && terraform destroy -auto-approve", Neither),
        ("docker volume rm data", Production),
        ("docker --context default volume rm data", Neither),
        ("DOCKER_CONFIG=/nowhere docker volume rm data", Neither),
        ("docker context use prod; docker --context default volume rm data", Production),
    ]);
}

#[test]
fn a_context_that_lowers_must_cover_all_and_never_production() {
    let ground = Ground::new();
    ground.write(
        "home/.config/guarded/policy.toml",
        "[[context]]\nname = \"play\"\nhosts = [\"play*\"]\nlower = 4\n[[context]]\nname = \"live\"\ndatabases = [\"billing\"]\n",
    );
    let severity =
        |line: &str| ground.check(line, &[])["findings"][0]["severity"].as_str().unwrap_or("none").to_owned();
    assert_eq!(severity("psql -h play7 shop -c 'drop table users'"), "low");
    for line in [
        "psql -h db1 shop -c 'drop table users'",
        "psql -h play7 shop_prod -c 'drop table users'",
        "psql -h play7 billing -c 'drop table users'",
        "psql postgres://play7,db1/shop -c 'drop table users'",
        "psql -h \"$(cat x)\" shop -c 'drop table users'",
    ] {
        assert_ne!(severity(line), "low", "{line}");
    }
}
