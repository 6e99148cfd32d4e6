//! Names of files that hold keys, tokens, passwords or an environment full of them. Tables, compared without regard to
//! case.

use crate::packs::glob;

/// What opens doors.
const NAMES: &[&str] = &[
    ".env",
    ".env.*",
    "*.env",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_*_sk",
    "*.pem",
    "*.key",
    "*.p8",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.ppk",
    "*.ovpn",
    ".netrc",
    "_netrc",
    ".pgpass",
    ".my.cnf",
    ".mylogin.cnf",
    ".git-credentials",
    ".vault-token",
    ".vault-pass*",
    ".htpasswd",
    ".s3cfg",
    ".boto",
    ".npmrc",
    ".pypirc",
    ".dockercfg",
    "credentials.json",
    "credentials.toml",
    "credentials.tfrc.json",
    "client_secret*.json",
    "service-account*.json",
    "application_default_credentials.json",
    "secrets.y*ml",
    "secrets.json",
    "secrets.toml",
    "kubeconfig",
    "*.kubeconfig",
    "*.tfstate",
    "*.tfstate.backup",
    "shadow",
    "gshadow",
    "authorized_keys",
    "wallet.dat",
    "login.keychain*",
    "key4.db",
    "logins.json",
];

/// Folders that hold nothing else.
const FOLDERS: &[&[u8]] = &[b".ssh", b".gnupg", b".aws", b".password-store"];

/// Named like the above, and made to be shown.
const SHOWN: &[&str] = &[
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    ".env.defaults",
    "*.pub",
    "*.example",
    "*.sample",
    "*.template",
    "known_hosts*",
];

/// Of such names, what others are meant to have: certificates, who may come in.
const PUBLIC: &[&str] = &[
    "authorized_keys*",
    "ca.pem",
    "ca-*.pem",
    "*cacert*.pem",
    "*-ca.pem",
    "cert.pem",
    "certs.pem",
    "*cert.pem",
    "*-bundle.pem",
    "chain.pem",
    "fullchain.pem",
    "*.crt.pem",
    "*public*.pem",
    "*.pub.pem",
    "pubkey*",
];

/// Folders of keys by their name, wherever they are. They are not told from the inside: what is text for people or code
/// is none of it.
const KEPT: &[&[u8]] = &[
    b"certs",
    b"secrets",
    b".secrets",
    b"private-keys",
    b"private_keys",
    b"ssh-keys",
    b"ssh_keys",
    b".certs",
    b".keys",
];
const TEXTS: &[&str] = &[
    "*.sh", "*.py", "*.js", "*.ts", "*.tsx", "*.go", "*.rs", "*.rb", "*.java", "*.md", "*.rst", "*.html", "*.css",
    "*.crt", "*.cer", "*.csr", "*.adoc",
];

fn any(globs: &[&str], name: &[u8]) -> bool {
    globs.iter().any(|one| glob::matches_any_case(one.as_bytes(), name))
}

/// Keys, tokens and passwords, by the components of a path.
#[must_use]
pub fn named(parts: &[&[u8]]) -> bool {
    let Some(name) = parts.last() else { return false };
    if any(SHOWN, name) {
        return false;
    }
    any(NAMES, name)
        || parts.iter().any(|part| FOLDERS.contains(part))
        || matches!(parts, [.., b".kube" | b".docker", b"config" | b"config.json"] | [.., b".azure" | b"gcloud", _])
        || matches!(parts, [.., b".config", b"gh" | b"hub", b"hosts.yml"] | [.., b".config", b"rclone", b"rclone.conf"])
        || matches!(parts, [b"proc", _, b"environ"])
        || parts.len() > 1 && parts.iter().any(|part| *part == b".azure")
}

/// What should not leave the machine: the same without what others are meant to have, and folders that hold keys.
#[must_use]
pub fn private(path: &[u8]) -> bool {
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b".")).collect();
    let Some(name) = parts.last() else { return false };
    if any(PUBLIC, name) || any(SHOWN, name) || any(TEXTS, name) {
        return false;
    }
    let settings = matches!(parts.as_slice(), [.., b".ssh" | b".aws", b"config"]);
    let folder = matches!(*name, b".kube" | b".docker" | b".azure" | b"gcloud");
    !settings && (named(&parts) || folder || parts.iter().any(|part| KEPT.contains(part)))
}

/// As `named`, for a whole path of which only the last part was written: `cd ~/.ssh && cat id_rsa`.
#[must_use]
pub fn kept_in(path: &[u8]) -> bool {
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
    let public = parts.last().is_some_and(|name| any(PUBLIC, name) || any(SHOWN, name) || any(TEXTS, name));
    let settings = parts.last().is_some_and(|name| *name == b"config");
    !public && !settings && parts.iter().any(|part| FOLDERS.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tokens_and_state_are_told_from_what_is_shown() {
        for path in [
            "/me/.ssh/id_ed25519",
            ".env",
            "app/.env.production",
            "prod.env",
            "tls/server.key",
            "/me/.aws/credentials",
            "/me/.kube/config",
            "/me/.netrc",
            "/me/.config/gcloud/application_default_credentials.json",
            "/me/.docker/config.json",
            "infra/terraform.tfstate",
            "/me/.password-store",
            "/proc/self/environ",
            "certs",
            "certs/a",
            "/me/.config/gh/hosts.yml",
            "/me/.ssh",
        ] {
            assert!(private(path.as_bytes()), "{path}");
        }
        for path in [
            ".env.example",
            "/me/.ssh/id_ed25519.pub",
            "/me/.ssh/known_hosts",
            "/me/.ssh/authorized_keys",
            "fullchain.pem",
            "cacert.pem",
            "/me/.ssh/config",
            "README.md",
            "certs/README.md",
            "certs/make.sh",
            "environment.ts",
            "key.txt",
            "tfstate.md",
            "src/env.rs",
        ] {
            assert!(!private(path.as_bytes()), "{path}");
        }
    }
}
