//! Names that tell of something irreplaceable: secrets, state, backups. Tables, compared without regard to case.

use std::sync::LazyLock;

use bstr::{BString, ByteSlice};

use super::glob::fits;

/// Data that programs keep: lost, it is gone even where git or a build would bring the rest back.
const STATE: &[&str] = &[
    ".env",
    ".env.*",
    "*.env",
    ".envrc",
    "*.sqlite",
    "*.sqlite3",
    "*.sqlite-wal",
    "*.db",
    "*.db3",
    "*.mdb",
    "*.accdb",
    "*.rdb",
    "*.aof",
    "*.tfstate",
    "*.tfstate.*",
    "terraform.tfstate*",
    "*.tfvars",
    "pgdata",
    "uploads",
    "ibdata1",
    "wallet.dat",
    "*.kdbx",
    "secrets.*",
    "secret.*",
    "kubeconfig",
    "kubeconfig.*",
    "*.kubeconfig",
];

/// What opens doors.
const SECRETS: &[&str] = &[
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.ovpn",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_*_sk",
    "credentials",
    "credentials.*",
    "*credentials.json",
    "service-account*.json",
    ".netrc",
    ".pgpass",
    ".git-credentials",
    ".htpasswd",
    ".ssh",
    ".aws",
    ".kube",
    ".gnupg",
    ".password-store",
];

/// Named like the above and made again from a template or by a program.
const HARMLESS: &[&str] = &[".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults", "thumbs.db"];

const BACKUPS: &[&str] = &[
    "*.dump",
    "*.dmp",
    "*.pgdump",
    "*.sql.gz",
    "*.sql.xz",
    "*.sql.zst",
    "*.sql.bz2",
    "*.sql.zip",
    "*.bak",
    "*.bak.*",
    "*.bkp",
    "*.backup",
    "*.bson",
    "*.archive.gz",
    "backup",
    "backups",
    "backup-*",
    "backup_*",
    "*-backup",
    "*_backup",
    "*-backups",
    "backup*.tar*",
    "backup*.zip",
    "*.vbk",
    "*.restic",
    "*.borg",
    "pg_basebackup*",
    "wal_archive",
];

/// What a name tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    State,
    Secret,
    Backup,
}

#[must_use]
pub fn kept(name: &[u8]) -> Option<Kept> {
    static TABLES: LazyLock<[(Vec<Shape>, Option<Kept>); 4]> = LazyLock::new(|| {
        [(HARMLESS, None), (STATE, Some(Kept::State)), (SECRETS, Some(Kept::Secret)), (BACKUPS, Some(Kept::Backup))]
            .map(|(table, kept)| (table.iter().map(|pattern| Shape::of(pattern.as_bytes())).collect(), kept))
    });
    let name = BString::from(name.to_ascii_lowercase());
    TABLES.iter().find(|(table, _)| table.iter().any(|shape| shape.fits(&name))).and_then(|(_, kept)| *kept)
}

/// A pattern, the usual ones told apart once: a walk asks for each of thousands of names.
enum Shape {
    Ends(&'static [u8]),
    Starts(&'static [u8]),
    Is(&'static [u8]),
    Other(&'static [u8]),
}

impl Shape {
    fn of(pattern: &'static [u8]) -> Shape {
        let plain = |text: &[u8]| !text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'));
        match (pattern.strip_prefix(b"*"), pattern.strip_suffix(b"*")) {
            (Some(end), _) if plain(end) => Shape::Ends(end),
            (_, Some(start)) if plain(start) => Shape::Starts(start),
            (None, None) if plain(pattern) => Shape::Is(pattern),
            _ => Shape::Other(pattern),
        }
    }

    fn fits(&self, name: &[u8]) -> bool {
        match self {
            Shape::Ends(end) => name.ends_with(end),
            Shape::Starts(start) => name.starts_with(start),
            Shape::Is(whole) => *whole == name,
            Shape::Other(pattern) => fits(pattern, name),
        }
    }
}

/// Folders of installed packages: thousands of files of others, test keys and databases among them.
pub const INSTALLED: &[&str] =
    &["node_modules", ".venv", "venv", "site-packages", "__pycache__", ".tox", "bower_components"];

#[must_use]
pub fn is_installed(name: &[u8]) -> bool {
    INSTALLED.iter().any(|known| known.as_bytes().as_bstr() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for (name, expected) in [
            (".env", Some(Kept::State)),
            (".env.production", Some(Kept::State)),
            (".env.example", None),
            ("dev.SQLITE3", Some(Kept::State)),
            ("terraform.tfstate.backup", Some(Kept::State)),
            ("server.key", Some(Kept::Secret)),
            ("id_rsa", Some(Kept::Secret)),
            ("id_rsa.pub", None),
            ("prod.dump", Some(Kept::Backup)),
            ("backups", Some(Kept::Backup)),
            ("main.rs", None),
            ("monkey", None),
        ] {
            assert_eq!(kept(name.as_bytes()), expected, "{name}");
        }
    }
}
