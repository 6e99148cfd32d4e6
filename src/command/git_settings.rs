//! Settings of git whose value is a command that git runs by itself, later.

use bstr::{BString, ByteSlice};

use super::Change;
use super::build_files::{inside, line};
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Value, Word};
use crate::packs::glob;

/// Keys, in small letters.
const COMMANDS: &[&str] = &[
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
    "mergetool.*.cmd",
    "merge.*.driver",
    "filter.*.clean",
    "filter.*.smudge",
    "filter.*.process",
    "gpg.program",
    "gpg.*.program",
    "interactive.difffilter",
    "uploadpack.packobjectshook",
    "man.*.cmd",
    "browser.*.cmd",
    "trailer.*.cmd",
    "trailer.*.command",
    "sendemail.*cmd",
];

/// The command in a setting's value, if it is one.
pub(super) fn command(key: &[u8], value: &[u8]) -> Option<BString> {
    let key = key.to_ascii_lowercase();
    let value = value.trim();
    let shell = value.strip_prefix(b"!").filter(|_| key.starts_with(b"alias.") || key.starts_with(b"credential."));
    let named = || COMMANDS.iter().any(|one| glob::matches(one.as_bytes(), &key)).then_some(value);
    let command = shell.or_else(named)?;
    (!command.is_empty() && !matches!(command, b"true" | b"false")).then(|| command.into())
}

impl Walker<'_> {
    /// `git config [set] KEY VALUE`: what it names is judged as if it ran now.
    pub(super) fn configured(&mut self, call: &Call, scope: &mut Scope) {
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
            line(walker, Value::Known(text), (&name, 0), call, scope);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{BString, command};

    #[test]
    fn a_value_is_a_command_by_its_key() {
        for (key, value, expected) in [
            ("core.pager", "rm -rf src", Some("rm -rf src")),
            ("core.fsmonitor", "true", None),
            ("alias.x", "!sh x", Some("sh x")),
            ("alias.st", "status", None),
            ("filter.lfs.Clean", "git-lfs clean -- %f", Some("git-lfs clean -- %f")),
            ("credential.helper", "store", None),
            ("user.name", "!me", None),
        ] {
            assert_eq!(command(key.as_bytes(), value.as_bytes()), expected.map(BString::from), "{key}");
        }
    }
}
