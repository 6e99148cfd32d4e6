//! Claude Code: a snapshot of the login shell is sourced, the command goes through `eval`, the directory is kept in a file.

use bstr::ByteSlice;

use super::{Inner, Reader, shaped, unquoted};

/// `source SNAPSHOT 2>/dev/null || true && SETUP && eval 'COMMAND' < /dev/null && pwd -P >| FILE`
pub(super) fn inner(text: &[u8]) -> Option<Inner> {
    let mut read = Reader::new(text);
    let mut slots = Vec::new();
    if read.skip("source ") {
        let (snapshot, base) = read.path()?;
        let known =
            ["snapshot-bash-", "snapshot-sh-", "snapshot-zsh-"].iter().any(|prefix| shaped(&base, prefix, ".sh"));
        if !known || !snapshot.contains_str("/shell-snapshots/") {
            return None;
        }
        slots.push(snapshot);
        read.literal(" 2>/dev/null || true && ")?;
    }
    while setup(&mut read)? {
        read.literal(" && ")?;
    }
    read.literal("eval ")?;
    let start = read.at;
    let command = read.word()?;
    let span = unquoted(text, start, read.at);
    read.skip(" < /dev/null");
    read.literal(" && pwd -P >| ")?;
    let (file, base) = read.path()?;
    if !shaped(&base, "claude-", "-cwd") {
        return None;
    }
    slots.push(file);
    read.end()?;
    Some(Inner { agent: "claude", command, span, slots, execs: false })
}

/// One of the fixed clauses before `eval`; `Some(false)`: none is here, `None`: one begins and is not as it should be.
fn setup(read: &mut Reader<'_>) -> Option<bool> {
    const FIXED: [&str; 3] = [
        "shopt -u extglob 2>/dev/null || true",
        "\\builtin shopt -u extglob 2>/dev/null || true",
        "{ shopt -u extglob || setopt NO_EXTENDED_GLOB NO_BARE_GLOB_QUAL; } >/dev/null 2>&1 || true",
    ];
    if FIXED.iter().any(|clause| read.skip(clause)) {
        return Some(true);
    }
    if !read.skip("{ \\builtin ") {
        return Some(false);
    }
    loop {
        if !read.skip("unalias --") {
            read.literal("unset -f --")?;
        }
        while read.skip(" '") {
            read.name()?;
            read.literal("'")?;
        }
        read.literal("; ")?;
        if !read.skip("\\builtin ") {
            break;
        }
    }
    read.literal("} >/dev/null 2>&1 || true")?;
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(id: &str, command: &str, file: &str) -> String {
        format!(
            "source /home/ada/.claude/shell-snapshots/snapshot-bash-1790-{id}.sh 2>/dev/null || true && \\builtin shopt -u \
             extglob 2>/dev/null || true && {{ \\builtin unalias -- 'which'; \\builtin unset -f -- 'which' 'unsetenv'; }} \
             >/dev/null 2>&1 || true && eval '{command}' < /dev/null && pwd -P >| {file}"
        )
    }

    #[test]
    fn the_same_command_is_found_though_the_wrapper_changes() {
        let one = inner(text("aaa", "git push -f", "/tmp/claude-1a2b-cwd").as_bytes()).expect("a wrapper");
        let two = inner(text("bbb", "git push -f", "/tmp/claude-99ff-cwd").as_bytes()).expect("a wrapper");
        assert_eq!(one.command, two.command);
        assert_ne!(one.slots, two.slots);
        assert_eq!(one.agent, "claude");
    }

    #[test]
    fn quotes_of_the_command_are_undone() {
        let text = text("a", r#"echo '"'"'a b'"'"' "c"'"'"''"'"'"#, "/tmp/claude-1-cwd");
        let found = inner(text.as_bytes()).expect("a wrapper");
        assert_eq!(found.command, "echo 'a b' \"c\"''");
        assert!(found.span.of(text.as_bytes()).starts_with(b"echo '\"'\"'a b"));
    }

    #[test]
    fn an_imitated_wrapper_is_ordinary_text() {
        for file in [
            "/home/ada/.bashrc",
            "/tmp/claude-1-cwd; rm x",
            "/tmp/../home/ada/claude-1-cwd",
            "~/claude-1-cwd",
            "/tmp/claude-$(x)-cwd",
        ] {
            assert_eq!(inner(text("a", "ls", file).as_bytes()), None, "{file}");
        }
        assert_eq!(inner(text("a", "ls' && rm -rf x && eval 'ls", "/tmp/claude-1-cwd").as_bytes()), None);
        assert_eq!(inner(text("a; rm x; ", "ls", "/tmp/claude-1-cwd").as_bytes()), None);
        let elsewhere = text("a", "ls", "/tmp/claude-1-cwd").replace("/shell-snapshots/", "/x/");
        assert_eq!(inner(elsewhere.as_bytes()), None);
        assert_eq!(inner(format!("{}\nrm x", text("a", "ls", "/tmp/claude-1-cwd")).as_bytes()), None);
        assert_eq!(inner(b"eval ls"), None);
        assert_eq!(inner(b""), None);
    }
}
