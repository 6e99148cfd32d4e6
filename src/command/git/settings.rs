//! Settings of git whose value is a command line that git runs by itself: at its next call, or later.

use bstr::{BString, ByteSlice};

use super::super::Change;
use super::super::build_files::{inside, line};
use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::Walker;
use super::super::words::{Value, Word};
use crate::packs::glob;

/// Keys in small letters, and how their values are read.
const COMMANDS: &[(Reads, &[&str])] = &[
    (
        Reads::Command,
        &[
            "core.pager",
            "core.editor",
            "core.sshcommand",
            "core.fsmonitor",
            "core.askpass",
            "core.gitproxy",
            "core.alternaterefscommand",
            "sequence.editor",
            "pager.*",
            "diff.external",
            "diff.*.command",
            "diff.*.textconv",
            "difftool.*.cmd",
            "difftool.*.path",
            "mergetool.*.cmd",
            "mergetool.*.path",
            "merge.*.driver",
            "filter.*.clean",
            "filter.*.smudge",
            "filter.*.process",
            "gpg.program",
            "gpg.*.program",
            "gpg.ssh.defaultkeycommand",
            "interactive.difffilter",
            "uploadpack.packobjectshook",
            "remote.*.uploadpack",
            "remote.*.receivepack",
            "man.*.cmd",
            "guitool.*.cmd",
            "web.browser",
            "browser.*.cmd",
            "browser.*.path",
            "instaweb.httpd",
            "tar.*.command",
            "trailer.*.cmd",
            "trailer.*.command",
            "sendemail.*cmd",
            "imap.tunnel",
            "lfs.customtransfer.*.path",
            "lfs.extension.*.clean",
            "lfs.extension.*.smudge",
        ],
    ),
    // A path is a program; anything else is a name or an address.
    (Reads::PathOrBang, &["credential.helper", "credential.*.helper", "sendemail.smtpserver"]),
    (Reads::Bang, &["alias.*", "submodule.*.update"]),
];

/// When a value is a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Command,
    /// Behind `!`.
    Bang,
    PathOrBang,
}

/// The command in a setting's value, if it is one.
pub(in crate::command) fn command<'v>(key: &[u8], value: &'v [u8]) -> Option<&'v [u8]> {
    let key = key.to_ascii_lowercase();
    let value = value.trim();
    let listed = |names: &[&str]| names.iter().any(|one| glob::matches(one.as_bytes(), &key));
    let (reads, _) = COMMANDS.iter().find(|(_, names)| listed(names))?;
    let behind = value.strip_prefix(b"!");
    let command = match reads {
        Reads::Command => behind.unwrap_or(value),
        Reads::Bang => behind?,
        Reads::PathOrBang => behind.or_else(|| value.starts_with(b"/").then_some(value))?,
    }
    .trim();
    (!command.is_empty() && !matches!(command, b"true" | b"false")).then_some(command)
}

impl Walker<'_> {
    /// `git config [set] KEY VALUE`: what it names is judged as if it ran now.
    pub(in crate::command) fn configured(&mut self, call: &Call, scope: &mut Scope) {
        let words: Vec<&Word> = call.words.iter().skip(1).collect();
        let Some(verb) = words.iter().position(|word| word.text() == Some(b"config")) else { return };
        let rest: Vec<&Word> = words.get(verb + 1..).unwrap_or_default().to_vec();
        let asks = |word: &&Word| matches!(word.text(), Some(text) if text.starts_with(b"--get") || text.starts_with(b"--unset") || text == b"get");
        if rest.iter().any(asks) {
            return;
        }
        let key = rest.iter().position(|word| {
            word.text().is_some_and(|text| !text.starts_with(b"-") && text.contains(&b'.') && !text.contains(&b'/'))
        });
        let Some((key, value)) = key.and_then(|at| Some((rest.get(at)?.text()?, rest.get(at + 1)?.text()?))) else {
            return;
        };
        let Some(text) = command(key, value) else { return };
        let name = BString::from(key);
        inside(self, name.clone(), Change::Later, call, |walker| {
            line(walker, Value::known(text), (&name, 0), call, scope);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn a_value_is_a_command_by_its_key() {
        for (key, value, expected) in [
            ("core.pager", "rm -rf src", Some("rm -rf src")),
            ("core.fsmonitor", "true", None),
            ("alias.x", "!sh x", Some("sh x")),
            ("alias.st", "status", None),
            ("filter.lfs.Clean", "git-lfs clean -- %f", Some("git-lfs clean -- %f")),
            ("credential.helper", "store", None),
            ("credential.helper", "!sh x", Some("sh x")),
            ("credential.https://x.example.helper", "/opt/x get", Some("/opt/x get")),
            ("Submodule.lib.update", "!sh x", Some("sh x")),
            ("submodule.lib.update", "rebase", None),
            ("sendemail.toCmd", "./to", Some("./to")),
            ("gpg.ssh.program", "./sign", Some("./sign")),
            ("remote.origin.uploadpack", "./pack", Some("./pack")),
            ("remote.origin.url", "./pack", None),
            ("tar.tar.xz.command", "xz -c", Some("xz -c")),
            ("user.name", "!me", None),
        ] {
            assert_eq!(command(key.as_bytes(), value.as_bytes()), expected.map(str::as_bytes), "{key}");
        }
    }
}
