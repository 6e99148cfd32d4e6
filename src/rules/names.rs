//! Paths that their names give away: secrets, start-up files, backups.

use bstr::ByteSlice;

use crate::packs::glob;

fn any(globs: &[&str], name: &[u8]) -> bool {
    globs.iter().any(|one| glob::matches_any_case(one.as_bytes(), name))
}

/// Keys, tokens and passwords.
pub fn secret(parts: &[&[u8]]) -> bool {
    let Some(name) = parts.last() else { return false };
    if any(&[".env.example", ".env.sample", ".env.template", ".env.dist", "*.pub", "known_hosts*"], name) {
        return false;
    }
    let names = [
        ".env",
        ".env.*",
        "*.env",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        "*.pem",
        "*.key",
        "*.p12",
        "*.pfx",
        "*.jks",
        "*.kdbx",
        "*.ppk",
        ".netrc",
        "_netrc",
        ".pgpass",
        ".my.cnf",
        ".git-credentials",
        ".vault-token",
        ".htpasswd",
        "credentials.json",
        "service-account*.json",
        "application_default_credentials.json",
        "secrets.y*ml",
        "secrets.json",
        ".npmrc",
        ".pypirc",
        "shadow",
        "gshadow",
        "*.keystore",
        "authorized_keys",
    ];
    let folders: [&[u8]; 4] = [b".ssh", b".gnupg", b".aws", b".password-store"];
    any(&names, name)
        || parts.iter().any(|part| folders.contains(part))
        || matches!(parts, [.., b".kube" | b".docker", b"config" | b"config.json"] | [.., b".azure" | b"gcloud", _])
        || parts.len() > 1 && parts.iter().any(|part| *part == b".azure")
}

/// What a shell, a session or the system runs when it starts.
pub fn startup(parts: &[&[u8]], absolute: bool) -> bool {
    let Some(name) = parts.last() else { return false };
    let names = [
        ".bashrc",
        ".bash_profile",
        ".bash_login",
        ".bash_logout",
        ".bash_aliases",
        ".profile",
        ".zshrc",
        ".zshenv",
        ".zprofile",
        ".zlogin",
        ".zlogout",
        ".kshrc",
        ".cshrc",
        ".tcshrc",
        ".login",
        "config.fish",
        ".xinitrc",
        ".xprofile",
        ".xsessionrc",
        ".pam_environment",
        ".inputrc",
    ];
    let folders: [&[u8]; 4] = [b"profile.d", b"autostart", b"init.d", b"LaunchAgents"];
    any(&names, name)
        || parts.iter().any(|part| folders.contains(part) || part.starts_with_str("cron."))
        || matches!(parts, [.., b"systemd", b"user" | b"system", _] | [.., b".ssh", b"rc" | b"authorized_keys"])
        || absolute
            && matches!(
                parts,
                [b"etc", b"profile" | b"bash.bashrc" | b"environment" | b"crontab" | b"rc.local" | b"ld.so.preload"]
                    | [b"etc", b"zsh", ..]
                    | [b"var", b"spool", b"cron", ..]
            )
}

/// A backup or a dump.
pub fn backup(part: &[u8]) -> bool {
    let names = [
        "backup",
        "backups",
        "*-backup",
        "*-backups",
        "*_backup",
        "*_backups",
        "backup-*",
        "backup_*",
        "backups-*",
        "*.backup",
        "*.dump",
        "*.dmp",
        "*.pgdump",
        "*.sql.gz",
        "*.sql.bz2",
        "*.sql.xz",
        "*.sql.zst",
        "*.bak",
        "dumps",
        "db-dumps",
        "snapshots",
        "*backup*.tar*",
        "*backup*.tgz",
        "*backup*.zip",
    ];
    any(&names, part)
}
