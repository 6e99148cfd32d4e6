//! Programs that take away, change or hand on what they are given, by their names.

/// Programs all of whose operands lose their names.
pub(super) const TAKE: &[&str] = &[
    "rm",
    "grm",
    "unlink",
    "rmdir",
    "grmdir",
    "shred",
    "srm",
    "wipe",
    "trash",
    "trash-put",
    "rename",
    "umount",
    "mount",
    "mv",
    "gmv",
    "pivot_root",
    "fusermount",
    "fusermount3",
];
/// … are changed where they lie.
pub(super) const CHANGE: &[&str] = &[
    "chmod",
    "chown",
    "chgrp",
    "chattr",
    "setfacl",
    "truncate",
    "ed",
    "ex",
    "vi",
    "vim",
    "nvim",
    "nano",
    "patch",
    "tee",
    "sponge",
    "cp",
    "gcp",
    "ln",
    "gln",
    "rsync",
    "scp",
    "fallocate",
    "setfattr",
    "touch",
];
/// Programs that are handed a folder of this machine with a colon or a comma behind it.
pub(super) const MOUNTERS: &[&str] = &["docker", "podman", "nerdctl", "bwrap", "systemd-nspawn"];
/// Programs whose words hold statements that name files.
pub(super) const DATABASES: &[&str] = &["sqlite3", "sqlite", "duckdb"];
/// Programs that lay out files of names that no word tells.
pub(super) const UNPACKERS: &[&str] = &["tar", "gtar", "bsdtar", "unzip", "7z", "cpio"];
/// Options by which any program takes files away.
pub(super) const DELETE: &[&[u8]] =
    &[b"--remove-source-files", b"--delete", b"--del", b"--delete-before", b"--delete-after"];

/// Whether a program of this name, with these words, may do any of that.
#[must_use]
pub fn may_touch<W: AsRef<[u8]>>(name: &[u8], words: &[W]) -> bool {
    let tables = [TAKE, CHANGE, MOUNTERS, DATABASES, UNPACKERS, &["install", "ginstall", "git"]];
    tables.iter().any(|table| table.iter().any(|one| one.as_bytes() == name))
        || words.iter().any(|word| DELETE.contains(&word.as_ref()))
}
