//! Configurations of restic, resticprofile, borg, borgmatic and pgbackrest → places.

use std::path::{Path, PathBuf};

use bstr::BString;

use super::{Location, Place};
use crate::command::yaml::{self, Yaml};

/// More is no configuration.
const MOST: u64 = 1 << 20;

/// What tools of this user look at.
#[derive(Clone, Copy)]
pub struct Surroundings<'s> {
    pub home: Option<&'s Path>,
    pub variable: &'s dyn Fn(&str) -> Option<String>,
}

/// The addresses in a text, which is that of a file.
type Read = fn(&str, &Path) -> Vec<String>;

/// Each place once, in the order in which they are found.
#[must_use]
pub fn locations(around: &Surroundings<'_>) -> Vec<Location> {
    let mut found: Vec<Location> = Vec::new();
    let mut add = |tool: &'static str, address: &str, from: &str| {
        let location = Location { tool, place: place(address), from: from.to_owned() };
        if !found.iter().any(|one| one.place == location.place) {
            found.push(location);
        }
    };
    if let Some(address) = (around.variable)("RESTIC_REPOSITORY") {
        add("restic", &address, "RESTIC_REPOSITORY");
    }
    if let Some(file) = (around.variable)("RESTIC_REPOSITORY_FILE")
        && let Some(address) = text(Path::new(&file))
    {
        add("restic", address.trim(), &file);
    }
    if let Some(address) = (around.variable)("BORG_REPO") {
        add("borg", &address, "BORG_REPO");
    }
    let listed: [(&'static str, Vec<PathBuf>, Read); 2] =
        [("restic", resticprofile(around), of_profiles), ("borg", borgmatic(around), of_borgmatic)];
    for (tool, files, read) in listed {
        for file in files {
            for address in text(&file).iter().flat_map(|text| read(text, &file)) {
                add(tool, &address, &file.display().to_string());
            }
        }
    }
    let own = (around.variable)("PGBACKREST_CONFIG").map(PathBuf::from);
    let usual = ["/etc/pgbackrest/pgbackrest.conf", "/etc/pgbackrest.conf"].map(PathBuf::from);
    let files = own.map_or_else(|| usual.to_vec(), |own| vec![own]);
    for file in files {
        for address in text(&file).iter().flat_map(|text| repositories(text)) {
            add("pgbackrest", &address, &file.display().to_string());
        }
    }
    found
}

fn text(file: &Path) -> Option<String> {
    let about = std::fs::metadata(file).ok().filter(|about| about.is_file() && about.len() <= MOST)?;
    let bytes = std::fs::read(file).ok()?;
    (about.len() > 0).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn below(around: &Surroundings<'_>, folders: &[&str], names: &[&str]) -> Vec<PathBuf> {
    let homes = around.home.map(|home| home.join(".config")).into_iter().chain([PathBuf::from("/etc")]);
    let folders: Vec<PathBuf> = homes.flat_map(|top| folders.iter().map(move |folder| top.join(folder))).collect();
    folders.iter().flat_map(|folder| names.iter().map(move |name| folder.join(name))).collect()
}

fn resticprofile(around: &Surroundings<'_>) -> Vec<PathBuf> {
    below(around, &["resticprofile"], &["profiles.toml", "profiles.yaml", "profiles.yml", "profiles.conf"])
}

fn borgmatic(around: &Surroundings<'_>) -> Vec<PathBuf> {
    let mut files = below(around, &["borgmatic"], &["config.yaml", "config.yml"]);
    for folder in below(around, &[""], &["borgmatic.d"]) {
        let listed = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        files.extend(listed.filter(|file| file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")));
    }
    files
}

/// `repositories` holds addresses, or mappings with a `path`; before 1.8 it stood below `location`.
fn of_borgmatic(text: &str, _file: &Path) -> Vec<String> {
    let documents = yaml::read(text.as_bytes());
    let sections = documents.iter().chain(documents.iter().filter_map(|one| one.get("location")));
    let listed = sections.filter_map(|one| one.get("repositories")).flat_map(Yaml::items);
    listed.filter_map(|one| one.text().or_else(|| one.get("path")?.text())).map(BString::to_string).collect()
}

/// `repository`, in whatever profile or section it stands.
fn of_profiles(text: &str, file: &Path) -> Vec<String> {
    let mut found = Vec::new();
    if file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
        for document in &yaml::read(text.as_bytes()) {
            in_yaml(document, &mut found);
        }
    } else if let Ok(table) = text.parse::<toml::Table>() {
        in_toml(&table, &mut found);
    } else {
        // With templates it is none yet.
        found.extend(text.lines().filter_map(in_line));
    }
    found
}

const REPOSITORY: &str = "repository";

fn in_yaml(node: &Yaml, found: &mut Vec<String>) {
    for (name, value) in node.fields() {
        match value.text() {
            Some(text) if name == REPOSITORY => found.push(text.to_string()),
            Some(_) => {}
            None => in_yaml(value, found),
        }
    }
    if node.fields().is_empty() {
        for one in node.items().iter().filter(|one| !one.fields().is_empty()) {
            in_yaml(one, found);
        }
    }
}

fn in_toml(table: &toml::Table, found: &mut Vec<String>) {
    for (name, value) in table {
        match value {
            toml::Value::String(text) if name == REPOSITORY => found.push(text.clone()),
            toml::Value::Table(below) => in_toml(below, found),
            toml::Value::Array(all) => {
                for one in all.iter().filter_map(toml::Value::as_table) {
                    in_toml(one, found);
                }
            }
            _ => {}
        }
    }
}

fn in_line(line: &str) -> Option<String> {
    let (key, value) = line.trim().split_once('=')?;
    let value = value.trim().trim_matches(['"', '\'']);
    (key.trim() == REPOSITORY && !value.is_empty()).then(|| value.to_owned())
}

/// `repo1-path`, `repo1-type`, `repo1-s3-bucket`, `repo1-s3-endpoint`, `repo1-host`, as one address each.
fn repositories(text: &str) -> Vec<String> {
    let all: Vec<(&str, &str)> =
        text.lines().filter_map(|line| line.split_once('=')).map(|(key, value)| (key.trim(), value.trim())).collect();
    let numbers = (1..=256)
        .take_while(|number| *number == 1 || all.iter().any(|(key, _)| key.starts_with(&format!("repo{number}-"))));
    let address = |number: u32| {
        let value =
            |key: &str| all.iter().find(|(name, _)| *name == format!("repo{number}-{key}")).map(|(_, value)| *value);
        match (value("host"), value("type"), value("path")) {
            (Some(host), ..) => Some(format!("ssh://{host}{}", value("path").unwrap_or_default())),
            (None, Some("s3"), _) => {
                let bucket = value("s3-bucket")?;
                Some(value("s3-endpoint").map_or_else(|| format!("s3:{bucket}"), |host| format!("s3:{host}/{bucket}")))
            }
            (None, Some(kind @ ("gcs" | "azure" | "sftp")), path) => {
                Some(format!("{kind}:{}", path.unwrap_or_default()))
            }
            (None, _, Some(path)) => Some(path.to_owned()),
            (None, _, None) => None,
        }
    };
    numbers.filter_map(address).collect()
}

/// As restic, borg and borgmatic write them.
fn place(address: &str) -> Place {
    let address = address.trim();
    if let Some(rest) = address.strip_prefix("s3:") {
        return bucket(rest);
    }
    if let Some(path) = address.strip_prefix("local:").or_else(|| address.strip_prefix("file://")) {
        return Place::Folder(path.into());
    }
    if address.starts_with('/') { Place::Folder(address.into()) } else { Place::Remote(address.to_owned()) }
}

/// `s3.amazonaws.com/NAME/path`, `https://minio.example:9000/NAME`, `NAME`.
fn bucket(rest: &str) -> Place {
    let (scheme, rest) = rest.split_once("://").map_or((None, rest), |(scheme, rest)| (Some(scheme), rest));
    let rest = rest.trim_start_matches('/');
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) if host.contains('.') || host.contains(':') => (Some(host), path),
        _ => (None, rest),
    };
    let name = path.split('/').next().unwrap_or_default().to_owned();
    let foreign = host.filter(|host| !host.ends_with("amazonaws.com"));
    let endpoint = foreign.map(|host| format!("{}://{host}", scheme.unwrap_or("https")));
    Place::Bucket { name, endpoint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_tools_write_them() {
        let named = |name: &str, endpoint: Option<&str>| Place::Bucket {
            name: name.into(),
            endpoint: endpoint.map(str::to_owned),
        };
        for (address, expected) in [
            ("/srv/restic", Place::Folder("/srv/restic".into())),
            ("local:/srv/restic", Place::Folder("/srv/restic".into())),
            ("s3:s3.amazonaws.com/keep/restic", named("keep", None)),
            ("s3:https://minio.example:9000/keep", named("keep", Some("https://minio.example:9000"))),
            ("s3:keep", named("keep", None)),
            ("ssh://u@host/./repo", Place::Remote("ssh://u@host/./repo".into())),
            ("sftp:u@host:/srv", Place::Remote("sftp:u@host:/srv".into())),
        ] {
            assert_eq!(place(address), expected, "{address}");
        }
    }

    #[test]
    fn only_what_is_a_repository_is_one() {
        let text = "repositories:\n    - path: \"/srv/borg # 1\"   # here\n      label: near\n    - ssh://u@host/./repo\n\
                    sqlite_databases:\n    - name: x\n      path: /var/lib/x.db\nlocation: {repositories: [/old/one, '/old/two']}\n\
                    # - path: /not/this\n";
        let found = of_borgmatic(text, Path::new("config.yaml"));
        assert_eq!(found, ["/srv/borg # 1", "ssh://u@host/./repo", "/old/one", "/old/two"]);
        let yaml = "version: \"2\"\nprofiles:\n  a:\n    repository: 's3:keep' # far\n    backup: {source: [repository]}\n\
                    \x20   copy:\n      repository: >-\n        /srv/copy\n";
        assert_eq!(of_profiles(yaml, Path::new("profiles.yaml")), ["s3:keep", "/srv/copy"]);
        let toml = "[a]\nrepository = 'local:/srv/a' # x\n[a.backup]\nsource = \"\"\"\nrepository = /no\n\"\"\"\n[b]\nrepository=\"/b\"\n";
        assert_eq!(of_profiles(toml, Path::new("profiles.toml")), ["local:/srv/a", "/b"]);
        let template = "{{ define \"x\" }}\n[a]\nrepository = \"/srv/{{ .Hostname }}\"\n{{ end }}\n";
        assert_eq!(of_profiles(template, Path::new("profiles.conf")), ["/srv/{{ .Hostname }}"]);
    }

    #[test]
    fn pgbackrests_repositories_are_counted() {
        let text = "[global]\nrepo1-type=s3\nrepo1-s3-bucket=keep\nrepo1-path=/pg\nrepo2-path=/var/lib/pgbackrest\nrepo3-host=vault\nrepo3-path=/x\n";
        assert_eq!(repositories(text), ["s3:keep", "/var/lib/pgbackrest", "ssh://vault/x"]);
        assert!(repositories("[global]\nlog-level=info\n").is_empty());
    }
}
