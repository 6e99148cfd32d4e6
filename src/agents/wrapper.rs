//! The text that an agent puts around its model's command, with the parts that change from call to call as typed slots.
//! A wrapper matches exactly or not at all; what is inside a slot is still judged with the whole text.

use bstr::{BString, ByteSlice};

use crate::span::Span;

/// A command inside a known wrapper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    pub agent: &'static str,
    /// As the model wrote it, quotes removed.
    pub command: BString,
    /// Where it stands in the whole text (with its quoting).
    pub span: Span,
    /// What stood in the volatile slots: snapshot files, files for the working directory and for pids.
    pub slots: Vec<BString>,
    /// It starts the text by an exec of a shell, which is then a call of its own.
    pub execs: bool,
}

/// Finds the model's command in an agent's text. `None`: ordinary text.
#[must_use]
pub fn inner(text: &[u8]) -> Option<Inner> {
    claude(text).or_else(|| codex(text)).or_else(|| gemini(text))
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8]) -> Self {
        Reader { text, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, literal: &str) -> bool {
        let fits = self.rest().starts_with(literal.as_bytes());
        if fits {
            self.at += literal.len();
        }
        fits
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.skip(literal).then_some(())
    }

    fn while_of(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn end(&self) -> Option<()> {
        self.rest().is_empty().then_some(())
    }

    /// A variable's or function's name.
    fn name(&mut self) -> Option<&'a [u8]> {
        let name = self.while_of(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        name.first().is_some_and(|byte| !byte.is_ascii_digit()).then_some(name)
    }

    /// One word that stands for itself: `'…'` with quotes inside as `'"'"'` or `'\''`, or bare harmless characters.
    fn word(&mut self) -> Option<BString> {
        if !self.rest().starts_with(b"'") {
            let bare = self.while_of(is_plain);
            return (!bare.is_empty()).then(|| bare.into());
        }
        let mut value = BString::default();
        loop {
            self.literal("'")?;
            let length = self.rest().find_byte(b'\'')?;
            value.extend_from_slice(self.rest().get(..length)?);
            self.at += length;
            self.literal("'")?;
            if self.rest().starts_with(b"\"'\"'") {
                self.literal("\"'\"")?;
            } else if self.rest().starts_with(b"\\''") {
                self.literal("\\'")?;
            } else {
                return Some(value);
            }
            value.push(b'\'');
        }
    }

    /// An absolute path without `..`, and its last component.
    fn path(&mut self) -> Option<(BString, BString)> {
        let path = self.word()?;
        let tame = path.starts_with(b"/")
            && path.iter().all(|byte| is_plain(*byte) || *byte == b' ')
            && !path.split_str("/").any(|part| part == b"..");
        let base = path.rsplit_str("/").next().map(BString::from)?;
        tame.then_some((path, base))
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:=@%+,-".contains(&byte)
}

/// `prefix` + letters, digits, dashes + `suffix`.
fn shaped(base: &[u8], prefix: &str, suffix: &str) -> bool {
    base.strip_prefix(prefix.as_bytes()).and_then(|rest| rest.strip_suffix(suffix.as_bytes())).is_some_and(|middle| {
        !middle.is_empty()
            && middle.len() <= 64
            && middle.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    })
}

/// `source SNAPSHOT 2>/dev/null || true && SETUP && eval 'COMMAND' < /dev/null && pwd -P >| FILE`
fn claude(text: &[u8]) -> Option<Inner> {
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
    while claude_setup(&mut read)? {
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
fn claude_setup(read: &mut Reader<'_>) -> Option<bool> {
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

/// Saves variables, reads the snapshot, puts them back, `exec 'SHELL' -c 'COMMAND'`.
fn codex(text: &[u8]) -> Option<Inner> {
    let mut read = Reader::new(text);
    let mut saved = Vec::new();
    while read.rest().starts_with(b"__CODEX_SNAPSHOT_") {
        saved.push(codex_save(&mut read)?);
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
        codex_restore(&mut read, &saved)?;
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

/// What a variable of the wrapper was saved from.
struct Saved<'a> {
    variable: &'a [u8],
    from: &'a [u8],
    /// Holds whether it was set, not its value.
    set: bool,
}

/// `__CODEX_SNAPSHOT_…_0="${NAME-}"` or `…SET_0="${NAME+x}"` and its newline.
fn codex_save<'a>(read: &mut Reader<'a>) -> Option<Saved<'a>> {
    let variable = read.name()?;
    read.literal("=\"${")?;
    let from = read.name()?;
    let set = read.skip("+x}\"\n");
    if !set {
        read.literal("-}\"\n")?;
    }
    Some(Saved { variable, from, set })
}

/// One `if … fi` that puts variables back, each from where it was saved, or puts a directory before PATH.
fn codex_restore(read: &mut Reader<'_>, saved: &[Saved<'_>]) -> Option<()> {
    let came_from = |variable: &[u8], set: bool| {
        saved.iter().find(|one| one.variable == variable && one.set == set).map(|one| one.from)
    };
    if read.skip("if [ -n \"${PATH:-}\" ]; then export PATH=") {
        let (first, _) = read.path()?;
        read.literal(":\"$PATH\"; else export PATH=")?;
        let (second, _) = read.path()?;
        // Only a directory of codex itself: any other would choose which programs the command means.
        let own = first == second && first.contains_str("codex");
        return read.literal("; fi\n").filter(|()| own);
    }
    if read.skip("if [ -n \"${") {
        let set = read.name()?;
        let name = came_from(set, true)?;
        read.literal("}\" ]; then export ")?;
        let exported = read.name()?;
        read.literal("=\"${")?;
        let value = came_from(read.name()?, false)?;
        read.literal("}\"; else unset ")?;
        let unset = read.name()?;
        let same = name == exported && name == value && name == unset;
        return read.literal("; fi\n").filter(|()| same);
    }
    read.literal("if [ -n \"$")?;
    let set = read.name()?;
    let name = came_from(set, true)?;
    read.literal("\" ] || [ -n \"${")?;
    let same = read.name()? == name;
    read.literal("+x}\" ]; then\n")?;
    while !read.skip("fi\n") {
        codex_restore(read, saved)?;
    }
    same.then_some(())
}

/// `_bgpids_file=F ( trap … COMMAND ) __code=$? exit $__code`, on lines of their own.
fn gemini(text: &[u8]) -> Option<Inner> {
    const END: &[u8] = b"\n)\n__code=$?\nexit $__code";
    let mut read = Reader::new(text);
    read.skip("shopt -u promptvars nullglob extglob nocaseglob dotglob; ");
    read.literal("_bgpids_file=")?;
    let (file, base) = read.path()?;
    let folder = file.rsplit_str("/").nth(1).unwrap_or_default();
    let known = base == "bgpids.tmp" && shaped(folder, "gemini-shell-", "") || shaped(&base, "shell_pgrep_", ".tmp");
    if !known {
        return None;
    }
    read.literal("\n(\n  trap 'jobs -p > \"$_bgpids_file\"' EXIT\n")?;
    let command = read.rest().strip_suffix(END)?;
    let start = text.len() - END.len() - command.len();
    Some(Inner {
        agent: "gemini",
        command: command.into(),
        span: Span::new(start, start + command.len()),
        slots: vec![file],
        execs: false,
    })
}

/// The span of a word without its outer quotes.
fn unquoted(text: &[u8], start: usize, end: usize) -> Span {
    if text.get(start) == Some(&b'\'') { Span::new(start + 1, end.saturating_sub(1)) } else { Span::new(start, end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claude_text(id: &str, command: &str, file: &str) -> String {
        format!(
            "source /home/ada/.claude/shell-snapshots/snapshot-bash-1790-{id}.sh 2>/dev/null || true && \\builtin shopt -u \
             extglob 2>/dev/null || true && {{ \\builtin unalias -- 'which'; \\builtin unset -f -- 'which' 'unsetenv'; }} \
             >/dev/null 2>&1 || true && eval '{command}' < /dev/null && pwd -P >| {file}"
        )
    }

    fn codex_text(restore: &str, command: &str) -> String {
        format!(
            "__CODEX_SNAPSHOT_OVERRIDE_SET_0=\"${{CODEX_THREAD_ID+x}}\"\n__CODEX_SNAPSHOT_OVERRIDE_0=\"${{CODEX_THREAD_ID-}}\"\n\
             __CODEX_SNAPSHOT_PROXY_ENV_SET=\"${{CODEX_NETWORK_PROXY+x}}\"\n\nif . '/home/ada/.codex/shell_snapshots/a1.sh' \
             >/dev/null 2>&1; then :; fi\n\n{restore}\n\nexec '/bin/bash' -c '{command}'"
        )
    }

    const RESTORE: &str = "if [ -n \"${__CODEX_SNAPSHOT_OVERRIDE_SET_0}\" ]; then export \
        CODEX_THREAD_ID=\"${__CODEX_SNAPSHOT_OVERRIDE_0}\"; else unset CODEX_THREAD_ID; fi";

    #[test]
    fn the_same_command_is_found_though_the_wrapper_changes() {
        let one = inner(claude_text("aaa", "git push -f", "/tmp/claude-1a2b-cwd").as_bytes()).expect("a wrapper");
        let two = inner(claude_text("bbb", "git push -f", "/tmp/claude-99ff-cwd").as_bytes()).expect("a wrapper");
        assert_eq!(one.command, two.command);
        assert_ne!(one.slots, two.slots);
        assert_eq!(one.agent, "claude");
    }

    #[test]
    fn quotes_of_the_command_are_undone() {
        let text = claude_text("a", r#"echo '"'"'a b'"'"' "c"'"'"''"'"'"#, "/tmp/claude-1-cwd");
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
            assert_eq!(inner(claude_text("a", "ls", file).as_bytes()), None, "{file}");
        }
        assert_eq!(inner(claude_text("a", "ls' && rm -rf x && eval 'ls", "/tmp/claude-1-cwd").as_bytes()), None);
        assert_eq!(inner(claude_text("a; rm x; ", "ls", "/tmp/claude-1-cwd").as_bytes()), None);
        let text = claude_text("a", "ls", "/tmp/claude-1-cwd").replace("/shell-snapshots/", "/x/");
        assert_eq!(inner(text.as_bytes()), None);
        assert_eq!(inner(format!("{}\nrm x", claude_text("a", "ls", "/tmp/claude-1-cwd")).as_bytes()), None);
        assert_eq!(inner(b"eval ls"), None);
        assert_eq!(inner(b""), None);
    }

    #[test]
    fn codex_puts_each_variable_back_from_where_it_was_saved() {
        let found = inner(codex_text(RESTORE, "make '\"'\"'x'\"'\"'").as_bytes()).expect("a wrapper");
        assert_eq!((found.agent, found.command.as_slice()), ("codex", &b"make 'x'"[..]));
        let block = format!(
            "if [ -n \"$__CODEX_SNAPSHOT_PROXY_ENV_SET\" ] || [ -n \"${{CODEX_NETWORK_PROXY+x}}\" ]; then\n{RESTORE}\nfi"
        );
        assert!(inner(codex_text(&block, "make").as_bytes()).is_some());
        let own = "if [ -n \"${PATH:-}\" ]; then export PATH='/opt/codex/path':\"$PATH\"; else export PATH='/opt/codex/path'; fi";
        assert!(inner(codex_text(own, "make").as_bytes()).is_some());
        for wrong in [
            RESTORE.replace("export CODEX_THREAD_ID", "export PATH"),
            RESTORE.replace("unset CODEX_THREAD_ID", "unset HOME"),
            RESTORE.replace("; else", "; rm x; else"),
            own.replace("/opt/codex/path", "/tmp/evil"),
        ] {
            assert_eq!(inner(codex_text(&wrong, "make").as_bytes()), None, "{wrong}");
        }
        assert_eq!(inner(codex_text(RESTORE, "make' 'operand").as_bytes()), None);
    }

    #[test]
    fn gemini_keeps_the_command_on_lines_of_its_own() {
        let text = |file: &str, command: &str| {
            format!(
                "shopt -u promptvars nullglob extglob nocaseglob dotglob; _bgpids_file={file}\n(\n  trap 'jobs -p > \
                 \"$_bgpids_file\"' EXIT\n{command}\n)\n__code=$?\nexit $__code"
            )
        };
        let found = inner(text("/tmp/gemini-shell-Ab12/bgpids.tmp", "ls\n)\n(\nls").as_bytes()).expect("a wrapper");
        assert_eq!((found.agent, found.command.as_slice()), ("gemini", &b"ls\n)\n(\nls"[..]));
        assert_eq!(inner(text("/home/ada/.bashrc", "ls").as_bytes()), None);
        assert_eq!(inner(text("$(rm x)", "ls").as_bytes()), None);
    }
}
