//! Paths that their names give away: secrets, start-up files, backups.

use bstr::ByteSlice;

use crate::packs::glob;

fn any(globs: &[&str], name: &[u8]) -> bool {
    globs.iter().any(|one| glob::matches_any_case(one.as_bytes(), name))
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
