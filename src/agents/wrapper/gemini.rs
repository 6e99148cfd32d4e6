//! Gemini CLI: a subshell on lines of its own, whose trap keeps the background jobs.

use bstr::ByteSlice;

use super::{Inner, Reader, shaped};
use crate::span::Span;

/// `_bgpids_file=F ( trap … COMMAND ) __code=$? exit $__code`, on lines of their own.
pub(super) fn inner(text: &[u8]) -> Option<Inner> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
