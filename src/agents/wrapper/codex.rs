//! Codex: variables are saved, a snapshot of the login shell is sourced, they are put back, then
//! `exec 'SHELL' -c 'COMMAND'`.

use bstr::ByteSlice;

use super::{Inner, Reader, unquoted};

/// What a variable of the wrapper was saved from.
struct Saved<'a> {
    variable: &'a [u8],
    from: &'a [u8],
    /// Holds whether it was set, not its value.
    set: bool,
}

pub(super) fn inner(text: &[u8]) -> Option<Inner> {
    let mut read = Reader::new(text);
    let mut saved = Vec::new();
    while read.rest().starts_with(b"__CODEX_SNAPSHOT_") {
        saved.push(save(&mut read)?);
    }
    if !saved.is_empty() {
        read.literal("\n")?;
    }
    read.literal("if . ")?;
    let (snapshot, base) = read.path()?;
    if !base.ends_with(b".sh") || !snapshot.contains_str("shell_snapshots/") {
        return None;
    }
    read.literal(" >/dev/null 2>&1; then :; fi\n\n")?;
    while read.rest().starts_with(b"if ") {
        clause(&mut read, &saved)?;
    }
    read.skip("\n");
    read.literal("exec ")?;
    let shell = read.word()?;
    if !shell.starts_with(b"/") {
        return None;
    }
    read.literal(" -c ")?;
    let start = read.at;
    let command = read.word()?;
    let span = unquoted(text, start, read.at);
    // Operands would become $0, $1 …: then the text is not the whole command.
    read.end()?;
    Some(Inner { agent: "codex", command, span, slots: vec![snapshot], execs: true })
}

/// `__CODEX_SNAPSHOT_…_0="${NAME-}"` or `…SET_0="${NAME+x}"` and its newline.
fn save<'a>(read: &mut Reader<'a>) -> Option<Saved<'a>> {
    let variable = read.name()?;
    read.literal("=\"${")?;
    let from = read.name()?;
    let set = read.skip("+x}\"\n");
    if !set {
        read.literal("-}\"\n")?;
    }
    Some(Saved { variable, from, set })
}

/// One clause between the snapshot and the exec.
fn clause(read: &mut Reader<'_>, saved: &[Saved<'_>]) -> Option<()> {
    if read.skip("if [ -n \"${PATH:-}\" ]; then export PATH=") {
        return own_path(read);
    }
    if !read.skip("if [ -n \"$__") {
        return restore(read, saved);
    }
    // The proxy variables are put back only where there was or is a proxy.
    read.at -= "__".len();
    let name = came_from(saved, read.name()?, true)?;
    read.literal("\" ] || [ -n \"${")?;
    if read.name()? != name {
        return None;
    }
    read.literal("+x}\" ]; then\n")?;
    while !read.skip("fi\n") {
        restore(read, saved)?;
    }
    Some(())
}

/// Its own directory before PATH.
fn own_path(read: &mut Reader<'_>) -> Option<()> {
    let (first, _) = read.path()?;
    read.literal(":\"$PATH\"; else export PATH=")?;
    let (second, _) = read.path()?;
    read.literal("; fi\n")?;
    // Any other directory would choose which programs the command means.
    (first == second && first.contains_str("codex")).then_some(())
}

/// One variable is put back from where it was saved, or unset again; then what it was saved in is unset.
fn restore(read: &mut Reader<'_>, saved: &[Saved<'_>]) -> Option<()> {
    read.literal("if [ -n \"${")?;
    let set = read.name()?;
    let name = came_from(saved, set, true)?;
    let value = saved.iter().find(|one| one.from == name && !one.set).map(|one| one.variable)?;
    let [name, set, value] = [name, set, value].map(|name| name.to_str_lossy());
    let unset = |names: &str| format!("builtin unset {names} 2>/dev/null || command unset {names}");
    let rest = format!(
        "}}\" ]; then\n  if [ -z \"${{{name}+x}}\" ] || [ \"${{{name}-}}\" != \"${{{value}}}\" ]; then export \
         {name}=\"${{{value}}}\"; else export {name}; fi\nelse {}; fi\n{}\n",
        unset(&name),
        unset(&format!("{set} {value}"))
    );
    read.literal(&rest)
}

fn came_from<'a>(saved: &[Saved<'a>], variable: &[u8], set: bool) -> Option<&'a [u8]> {
    saved.iter().find(|one| one.variable == variable && one.set == set).map(|one| one.from)
}

#[cfg(test)]
mod tests {
    use super::inner;

    fn text(restore: &str, command: &str) -> String {
        format!(
            "__CODEX_SNAPSHOT_OVERRIDE_SET_0=\"${{CODEX_THREAD_ID+x}}\"\n\
             __CODEX_SNAPSHOT_OVERRIDE_0=\"${{CODEX_THREAD_ID-}}\"\n\
             __CODEX_SNAPSHOT_PROXY_ENV_SET=\"${{CODEX_NETWORK_PROXY_ACTIVE+x}}\"\n\n\
             if . '/home/ada/.codex/shell_snapshots/01a2-7f22.1795.sh' >/dev/null 2>&1; then :; fi\n\n\
             {restore}\nexec '/usr/bin/bash' -c '{command}'"
        )
    }

    /// As version 0.169.0 writes it.
    const RESTORE: &str = "if [ -n \"${__CODEX_SNAPSHOT_OVERRIDE_SET_0}\" ]; then
  if [ -z \"${CODEX_THREAD_ID+x}\" ] || [ \"${CODEX_THREAD_ID-}\" != \"${__CODEX_SNAPSHOT_OVERRIDE_0}\" ]; then export CODEX_THREAD_ID=\"${__CODEX_SNAPSHOT_OVERRIDE_0}\"; else export CODEX_THREAD_ID; fi
else builtin unset CODEX_THREAD_ID 2>/dev/null || command unset CODEX_THREAD_ID; fi
builtin unset __CODEX_SNAPSHOT_OVERRIDE_SET_0 __CODEX_SNAPSHOT_OVERRIDE_0 2>/dev/null || command unset __CODEX_SNAPSHOT_OVERRIDE_SET_0 __CODEX_SNAPSHOT_OVERRIDE_0
";
    const OWN_PATH: &str = "if [ -n \"${PATH:-}\" ]; then export PATH='/opt/codex/path':\"$PATH\"; else export PATH='/opt/codex/path'; fi\n";

    #[test]
    fn the_command_is_found_below_what_is_saved_and_put_back() {
        let proxy = format!(
            "if [ -n \"$__CODEX_SNAPSHOT_PROXY_ENV_SET\" ] || [ -n \"${{CODEX_NETWORK_PROXY_ACTIVE+x}}\" ]; then\n{RESTORE}fi\n"
        );
        for restore in ["", RESTORE, &proxy, OWN_PATH, &[RESTORE, &proxy, OWN_PATH].concat()] {
            let found = inner(text(restore, "make '\"'\"'x'\"'\"'").as_bytes()).expect(restore);
            assert_eq!((found.agent, found.command.as_slice()), ("codex", &b"make 'x'"[..]));
            assert!(found.execs);
        }
    }

    #[test]
    fn an_imitated_wrapper_is_ordinary_text() {
        for wrong in [
            RESTORE.replace("export CODEX_THREAD_ID", "export PATH"),
            RESTORE.replace("builtin unset CODEX_THREAD_ID", "builtin unset HOME"),
            RESTORE.replace("; else", "; rm x; else"),
            RESTORE.replace("\nelse", "\nrm x\nelse"),
            OWN_PATH.replace("/opt/codex/path", "/tmp/evil"),
            OWN_PATH.replacen("/opt/codex/path", "/opt/codex/other", 1),
            format!("{RESTORE}rm x\n"),
        ] {
            assert_eq!(inner(text(&wrong, "make").as_bytes()), None, "{wrong}");
        }
        assert_eq!(inner(text(RESTORE, "make' 'operand").as_bytes()), None);
        assert_eq!(inner(text(RESTORE, "make").replace("shell_snapshots/", "x/").as_bytes()), None);
    }
}
