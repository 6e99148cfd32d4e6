//! `guarded backups verify`: what configurations say, what the rights on folders are, and what a stub `aws` answers.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::cases::Place;
use crate::programs::guarded_sh;

const COMPLIANCE: &str = r#"{"ObjectLockConfiguration":{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"COMPLIANCE","Days":30}}}}"#;
const GOVERNANCE: &str = r#"{"ObjectLockConfiguration":{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"GOVERNANCE","Years":1}}}}"#;
const UNRULED: &str = r#"{"ObjectLockConfiguration":{"ObjectLockEnabled":"Enabled"}}"#;

fn place() -> Place {
    let place = Place::new();
    let aws = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\ncase \"$*\" in\n*get-object-lock-configuration*keep-locked*) echo '{COMPLIANCE}';;\n\
         *keep-governed*) echo '{GOVERNANCE}';;\n*keep-unruled*) echo '{UNRULED}';;\n*keep-open*) echo 'An error occurred \
         (ObjectLockConfigurationNotFoundError)' >&2; exit 254;;\n*keep-odd*) echo '{{}}';;\n*) echo 'An error occurred (AccessDenied)' >&2; exit 254;;\nesac\n",
        place.path("asked").display()
    );
    let path = place.path("bin/aws");
    std::fs::write(&path, aws).expect("a stub");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a mode");
    place
}

fn verify(place: &Place, variables: &[(&str, &str)]) -> (Value, Option<i32>) {
    let mut command =
        place.program(&guarded_sh().with_file_name("guarded"), &["backups", "verify", "--format", "json"]);
    // Not the machine's own.
    command.env("PGBACKREST_CONFIG", place.path("pgbackrest.conf")).envs(variables.iter().copied());
    let output = command.output().expect("guarded");
    (serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}")), output.status.code())
}

fn told(found: &Value) -> Vec<(String, String)> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    found.as_array().expect("a list").iter().map(|one| (text(one, "place"), text(one, "deletable"))).collect()
}

#[test]
fn a_bucket_is_safe_only_where_nobody_takes_its_lock_off() {
    let place = place();
    for (bucket, deletable) in [
        ("locked", "no"),
        ("governed", "yes"),
        ("unruled", "yes"),
        ("open", "yes"),
        ("secret", "unknown"),
        ("odd", "unknown"),
    ] {
        let address = format!("s3:s3.amazonaws.com/keep-{bucket}/x");
        let (found, code) = verify(&place, &[("RESTIC_REPOSITORY", &address)]);
        assert_eq!(told(&found), [(format!("s3 bucket keep-{bucket}"), deletable.to_owned())], "{found}");
        assert_eq!(code, Some(i32::from(deletable != "no")), "{found}");
    }
    let asked = std::fs::read_to_string(place.path("asked")).expect("aws was asked");
    assert!(asked.lines().all(|line| line.starts_with("s3api get-object-lock-configuration ")), "{asked}");
}

#[test]
fn each_tools_configuration_is_read() {
    let place = place();
    let home = place.home();
    std::fs::create_dir_all(home.join(".config/borgmatic")).expect("a folder");
    std::fs::create_dir_all(home.join(".config/resticprofile")).expect("a folder");
    std::fs::create_dir_all(home.join("kept/borg")).expect("a folder");
    let kept = home.join("kept/borg").display().to_string();
    std::fs::write(
        home.join(".config/borgmatic/config.yaml"),
        format!("source_directories:\n    - /home\nrepositories:\n    - path: ssh://u@vault.example/./r\n      label: vault\n    - path: \"{kept}\"\n"),
    )
    .expect("a configuration");
    std::fs::write(
        home.join(".config/resticprofile/profiles.toml"),
        "[default]\nrepository = \"s3:https://minio.example:9000/keep-locked\"\npassword-file = \"x\"\n",
    )
    .expect("a configuration");
    std::fs::write(
        place.path("pgbackrest.conf"),
        "[global]\nrepo1-type=s3\nrepo1-s3-bucket=keep-governed\nrepo1-path=/pg\nrepo2-path=/nowhere/pgbackrest\n",
    )
    .expect("a configuration");
    let (found, code) = verify(&place, &[("BORG_REPO", "/nowhere/borg")]);
    let expected = [
        ("/nowhere/borg", "unknown"),
        ("bucket keep-locked at https://minio.example:9000", "no"),
        ("ssh://u@vault.example/./r", "unknown"),
        (kept.as_str(), "yes"),
        ("s3 bucket keep-governed", "yes"),
        ("/nowhere/pgbackrest", "unknown"),
    ];
    assert_eq!(told(&found), expected.map(|(place, answer)| (place.to_owned(), answer.to_owned())), "{found}");
    assert_eq!(code, Some(1));
    assert!(
        std::fs::read_to_string(place.path("asked"))
            .expect("asked")
            .contains("--endpoint-url https://minio.example:9000")
    );
    // What the policy holds is safe from whatever a guarded command starts.
    let policy = "[protect]\nread_only = [\"~/kept\"]\n";
    std::fs::write(home.join(".config/guarded/policy.toml"), policy).expect("a policy");
    let (found, _) = verify(&place, &[]);
    assert!(told(&found).contains(&(kept.clone(), "no".to_owned())), "{found}");
}

#[test]
fn where_nothing_is_configured_nothing_is_wrong() {
    let place = place();
    let (found, code) = verify(&place, &[]);
    let machines = ["/etc/borgmatic", "/etc/resticprofile"].iter().any(|folder| std::path::Path::new(folder).exists());
    assert!(machines || told(&found).is_empty() && code == Some(0), "{found}");
}
