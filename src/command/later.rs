//! Write now, run later: files that a person's shell, git, an editor or the system runs by itself. What is put into one
//! is followed as if it ran; what can't be read of it is a question, since no exec will be seen.

use bstr::{BString, ByteSlice};

use super::build_files::{inside, line};
use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Cause, Piece, Value, Word};
use super::{Change, Later, UnreadKind, Via, follow, scripts};
use crate::packs::glob;
use crate::parse::Dialect;
use crate::span::Place;

/// How such a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A shell's start-up file.
    Shell,
    /// A program in the language of its first line.
    Program,
    /// Programs in the folder that is being worked in.
    Hook,
    Crontab,
    /// A table of jobs with a user in each line.
    SystemCrontab,
    /// `Exec…=` lines of systemd and of desktops.
    Exec,
    /// Values of `"command"`.
    Json,
    /// Settings of which some are commands: by the words before them.
    Lines(&'static [&'static str]),
    /// A program in this language.
    Code(&'static str),
    Ssh,
    /// Git's settings, some of which are commands.
    Git,
    /// It opens a door by itself.
    Door,
}

/// Paths below `~/`, from `/`, or anywhere (`*/`); a pattern that ends in `/*` stands for its folder too.
#[rustfmt::skip]
const LATER: &[(Kind, &[&str])] = &[
    (Kind::Shell, &[
        "~/.bashrc", "~/.bash_profile", "~/.bash_login", "~/.bash_logout", "~/.bash_aliases", "~/.profile", "~/.zshrc", "~/.zshenv",
        "~/.zprofile", "~/.zlogin", "~/.zlogout", "~/.kshrc", "~/.cshrc", "~/.tcshrc", "~/.login", "~/.xinitrc", "~/.xprofile",
        "~/.xsessionrc", "~/.xsession", "~/.ssh/rc", "~/.bashrc.d/*", "~/.zshrc.d/*", "~/.config/fish/config.fish",
        "~/.config/fish/conf.d/*", "~/.config/zsh/.zshrc", "~/.config/zsh/.zshenv", "~/.oh-my-zsh/custom/*",
        "/etc/profile", "/etc/profile.d/*", "/etc/bash.bashrc", "/etc/bashrc", "/etc/zshrc", "/etc/zshenv", "/etc/zprofile", "/etc/zsh/*",
        "~/.direnvrc", "~/.config/direnv/direnvrc", "~/.config/fish/functions/*", "~/.bash_completion", "~/.config/bash/*",
        "/etc/rc.local",
    ]),
    (Kind::Program, &[
        "/etc/init.d/*", "/etc/cron.hourly/*", "/etc/cron.daily/*", "/etc/cron.weekly/*", "/etc/cron.monthly/*", "/etc/update-motd.d/*",
        "/etc/network/if-up.d/*", "/etc/NetworkManager/dispatcher.d/*", "~/.config/plasma-workspace/env/*", "~/.claude/hooks/*",
    ]),
    (Kind::Hook, &["*/.git/hooks/*", "*/.husky/*", "*/.githooks/*", "*/.envrc"]),
    (Kind::Crontab, &["/var/spool/cron/*", "/var/spool/cron/crontabs/*"]),
    (Kind::SystemCrontab, &["/etc/crontab", "/etc/cron.d/*"]),
    (Kind::Exec, &[
        "~/.config/systemd/user/*", "/etc/systemd/system/*", "/etc/systemd/user/*", "/usr/lib/systemd/*", "/lib/systemd/*",
        "~/.config/autostart/*", "/etc/xdg/autostart/*", "~/.local/share/applications/*",
    ]),
    (Kind::Json, &[
        "*/.vscode/tasks.json", "*/.zed/tasks.json", "*/.mcp.json", "*/.cursor/mcp.json", "*/.vscode/mcp.json", "*/claude_desktop_config.json",
        "*/.devcontainer/devcontainer.json", "*/.devcontainer.json",
    ]),
    (Kind::Lines(&["run-shell", "run", "if-shell"]), &["~/.tmux.conf", "~/.config/tmux/tmux.conf", "/etc/tmux.conf"]),
    (Kind::Lines(&["!", "silent !", "silent! !", "autocmd * * !", "system("]), &[
        "~/.vimrc", "~/.gvimrc", "~/.vim/vimrc", "~/.vim/plugin/*", "~/.config/nvim/init.vim", "*/.exrc", "*/.nvimrc", "/etc/vim/vimrc*",
    ]),
    (Kind::Lines(&["shell", "!"]), &["~/.gdbinit", "*/.gdbinit"]),
    (Kind::Lines(&["exec", "screen"]), &["~/.screenrc", "/etc/screenrc"]),
    (Kind::Lines(&["\\!"]), &["~/.psqlrc"]),
    (Kind::Lines(&["exec", "exec_always", "exec-once"]), &["~/.config/i3/config", "~/.i3/config", "~/.config/sway/config", "~/.config/hypr/*"]),
    (Kind::Lines(&["RUN+=", "RUN=", "PROGRAM="]), &["/etc/udev/rules.d/*", "/lib/udev/rules.d/*"]),
    (Kind::Lines(&["script-shell", "git", "editor", "shell"]), &["~/.npmrc", "*/.npmrc", "/etc/npmrc"]),
    (Kind::Lines(&["runner", "linker", "rustc-wrapper", "rustc", "rustdoc", "credential-process"]), &["~/.cargo/config.toml", "*/.cargo/config.toml", "*/.cargo/config"]),
    (Kind::Lines(&["entry"]), &["*/.pre-commit-config.yaml", "*/.pre-commit-hooks.yaml"]),
    (Kind::Lines(&["run"]), &["*/lefthook.yml", "*/.lefthook.yml", "*/lefthook-local.yml"]),
    (Kind::Lines(&["(shell-command", "(call-process-shell-command", "(async-shell-command"]), &["~/.emacs", "~/.emacs.d/init.el", "~/.config/emacs/init.el", "*/.dir-locals.el"]),
    (Kind::Lines(&["DPkg::Pre-Invoke", "DPkg::Post-Invoke", "APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "Pre-Invoke", "Post-Invoke"]), &["/etc/apt/apt.conf.d/*", "/etc/apt/apt.conf"]),
    (Kind::Code("lua"), &["~/.config/nvim/init.lua", "~/.config/nvim/plugin/*", "~/.wezterm.lua", "~/.config/wezterm/*", "~/.hammerspoon/init.lua", "~/.config/awesome/rc.lua"]),
    (Kind::Code("python"), &["~/.pythonrc", "~/.pythonrc.py", "~/.ipython/profile_default/startup/*", "*/sitecustomize.py", "*/usercustomize.py"]),
    (Kind::Code("ruby"), &["~/.irbrc", "~/.pryrc", "*/.pryrc"]),
    (Kind::Code("Rscript"), &["~/.Rprofile", "*/.Rprofile"]),
    (Kind::Ssh, &["~/.ssh/config", "/etc/ssh/ssh_config", "/etc/ssh/ssh_config.d/*"]),
    (Kind::Git, &["~/.gitconfig", "~/.config/git/config", "*/.git/config", "/etc/gitconfig"]),
    (Kind::Door, &[
        "~/.ssh/authorized_keys", "~/.ssh/authorized_keys2", "~/.rhosts", "~/.shosts", "/etc/ld.so.preload",
        "/etc/ld.so.conf", "/etc/ld.so.conf.d/*", "/etc/sudoers", "/etc/sudoers.d/*", "/etc/doas.conf", "/etc/pam.d/*", "/etc/polkit-1/rules.d/*",
        "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*", "~/.config/goose/config.yaml", "*/.gemini/hooks.json", "*/.windsurf/hooks.json",
        "~/.claude/settings.json", "~/.claude/settings.local.json", "~/.claude.json", "*/.claude/settings.json",
        "*/.claude/settings.local.json", "~/.codex/config.toml", "~/.codex/hooks.json", "*/.codex/config.toml",
        "~/.gemini/settings.json", "*/.gemini/settings.json", "~/.cursor/hooks.json", "*/.cursor/hooks.json",
        "*/.qwen/settings.json", "~/.pi/agent/settings.json", "~/.cline/hooks/*", "*/.clinerules/hooks/*", "~/.config/opencode/plugin/*",
        "*/.github/hooks/*", "/etc/claude-code/*", "/etc/gemini-cli/*", "~/.config/Code/User/settings.json", "~/.config/Cursor/User/settings.json",
        "~/.config/opencode/opencode.json", "~/Library/LaunchAgents/*", "/Library/LaunchDaemons/*", "/Library/LaunchAgents/*",
    ]),
];

/// Git's own examples, which it does not run.
const NOT: &[&str] = &["*.sample", "*/.husky/.gitignore", "*/.husky/_/*"];

impl Walker<'_> {
    /// What is known of a content that comes to lie where it will be run later; `None`: nobody runs it there.
    pub(super) fn later(&mut self, path: &Value, content: &Value, at: &Place, scope: &mut Scope) -> Option<Later> {
        let names = match path {
            Value::Known(path) => {
                vec![scope.absolute(path).unwrap_or_else(|| [b"/?/", path.as_slice()].concat().into())]
            }
            Value::OneOf(paths) => paths.iter().filter_map(|path| scope.absolute(path)).collect(),
            // `$SOMEWHERE/.bashrc`
            Value::Unknown(_) => vec![[b"/?", path.ends_with()].concat().into()],
        };
        let home = match scope.value(b"HOME") {
            Some(Value::Known(home)) => home,
            Some(_) | None => BString::default(),
        };
        let (kind, name) = names.iter().find_map(|name| Some((kind_of(name, &home)?, name.clone())))?;
        if scope.elsewhere && kind != Kind::Door {
            return None;
        }
        if kind == Kind::Door {
            return Some(Later::Door);
        }
        let text = match content {
            Value::Known(text) if text.is_empty() => return Some(Later::Read),
            Value::Known(_) | Value::OneOf(_) => content.clone(),
            Value::Unknown(shape) => {
                let begins = matches!(shape.pieces.first(), Some(Piece::Text(text)) if !text.trim().is_empty());
                match shape.because.origin() {
                    _ if begins => content.clone(),
                    // `starship init bash >> ~/.bashrc`: as harmless as to evaluate it.
                    Cause::Output(tool) if !follow::is_remote(tool) && follow::is_producer(tool) => {
                        return Some(Later::Read);
                    }
                    // A token in a setting, as builds write them.
                    Cause::Variable(_) if matches!(kind, Kind::Lines(_)) => return Some(Later::Read),
                    _ => return Some(Later::Unread),
                }
            }
        };
        let call = Call {
            words: vec![Word::known(name.clone())],
            assignments: Vec::new(),
            redirections: Vec::new(),
            input: Input::Inherited,
            at: at.clone(),
        };
        Some(self.run_later(kind, &name, text, &call, scope))
    }

    fn run_later(&mut self, kind: Kind, name: &BString, text: Value, call: &Call, scope: &mut Scope) -> Later {
        let unread = self.model.unread.len();
        let doubted = self.model.doubted;
        let mut inner = follow::child(call, scope, Dialect::Bash);
        if kind != Kind::Hook {
            inner.directory = Value::unknown(Cause::Construct("where it will run later"));
        }
        let mut state = Later::Read;
        match kind {
            Kind::Shell | Kind::Program | Kind::Hook => {
                self.via.push(Via { name: name.clone(), change: Change::Later });
                self.deeper(|walker| {
                    // Nobody listens to what it prints then.
                    drop(walker.capture(|walker| scripts::program_text(walker, text, name, call, &mut inner)));
                });
                self.via.pop();
            }
            Kind::Code(language) => match &text {
                Value::Known(code) => {
                    self.via.push(Via { name: name.clone(), change: Change::Later });
                    super::languages::script(self, language, code, call, &mut inner);
                    self.via.pop();
                }
                Value::OneOf(_) | Value::Unknown(_) => state = Later::Unread,
            },
            Kind::Lines(keys) => {
                let (found, whole) = settings_in(&text, keys);
                state = if whole { Later::Read } else { Later::Unread };
                inside(self, name.clone(), Change::Later, call, |walker| {
                    for command in found {
                        line(walker, Value::Known(command), (name, 0), call, &mut inner);
                    }
                });
            }
            Kind::Crontab | Kind::SystemCrontab | Kind::Exec | Kind::Json | Kind::Ssh | Kind::Git => match &text {
                Value::Known(text) => {
                    let commands = commands_in(kind, text);
                    state = if commands.is_none() { Later::Unread } else { Later::Read };
                    inside(self, name.clone(), Change::Later, call, |walker| {
                        for command in commands.into_iter().flatten() {
                            line(walker, Value::Known(command), (name, 0), call, &mut inner);
                        }
                    });
                }
                Value::OneOf(_) | Value::Unknown(_) => state = Later::Unread,
            },
            Kind::Door => state = Later::Door,
        }
        self.model.doubted = doubted;
        // That a start-up file reads other files is usual; text that comes from elsewhere is the question, once.
        let found = self.model.unread.split_off(unread.min(self.model.unread.len()));
        if found.iter().any(|one| matches!(one.kind, UnreadKind::Text | UnreadKind::Remote)) {
            state = state.worse(Later::Unread);
        }
        state
    }
}

fn kind_of(path: &[u8], home: &[u8]) -> Option<Kind> {
    if NOT.iter().any(|one| glob::matches(one.as_bytes(), path)) {
        return None;
    }
    let rows = LATER.iter().find(|(_, patterns)| patterns.iter().any(|pattern| fits(pattern, path, home)));
    rows.map(|(kind, _)| *kind)
}

fn fits(pattern: &str, path: &[u8], home: &[u8]) -> bool {
    let below = |rest: &[u8], start: &[u8]| path.strip_prefix(start).is_some_and(|path| one(rest, path));
    match pattern.strip_prefix('~') {
        Some(rest) => {
            let rest = rest.as_bytes();
            !home.is_empty() && below(rest, home)
                || below(rest, b"/root")
                || below(rest, b"/?")
                || [&b"/home/"[..], b"/Users/"].iter().any(|homes| {
                    let user = path.strip_prefix(*homes).and_then(|path| path.find_byte(b'/').map(|end| &path[end..]));
                    user.is_some_and(|path| one(rest, path))
                })
        }
        None => one(pattern.as_bytes(), path),
    }
}

fn one(pattern: &[u8], path: &[u8]) -> bool {
    glob::matches(pattern, path) || pattern.strip_suffix(b"/*").is_some_and(|folder| glob::matches(folder, path))
}

/// The commands that such a file names; `None`: not read.
fn commands_in(kind: Kind, text: &[u8]) -> Option<Vec<BString>> {
    match kind {
        Kind::Crontab | Kind::SystemCrontab => Some(text.lines().filter_map(|line| job(line, kind)).collect()),
        Kind::Exec => Some(text.lines().filter_map(exec).collect()),
        Kind::Git => Some(
            settings(text)
                .filter_map(|(key, value)| super::git::settings::command(&key, value).map(BString::from))
                .collect(),
        ),
        Kind::Ssh => {
            let read: Result<Vec<_>, NotRead> = text.lines().map(directive).collect();
            read.ok().map(|found| found.into_iter().flatten().collect())
        }
        Kind::Json => {
            let mut found = Vec::new();
            commands_of(&serde_json::from_slice(text).ok()?, &mut found);
            Some(found)
        }
        Kind::Shell | Kind::Program | Kind::Hook | Kind::Door | Kind::Lines(_) | Kind::Code(_) => None,
    }
}

/// `* * * * * [user] command`, `@daily [user] command`
fn job(line: &[u8], kind: Kind) -> Option<BString> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(b"#") {
        return None;
    }
    let fields = if line.starts_with(b"@") { 1 } else { 5 } + usize::from(kind == Kind::SystemCrontab);
    let mut rest = line;
    for _ in 0..fields {
        let end = rest.find_byteset(b" \t")?;
        rest = rest[end..].trim_start();
    }
    // `NAME = value` has fewer words, and `%` begins the job's input.
    (!rest.is_empty()).then(|| rest.split(|byte| *byte == b'%').next().unwrap_or_default().into())
}

/// The commands behind these words, one a line, and whether all of them are known.
fn settings_in(text: &Value, keys: &[&str]) -> (Vec<BString>, bool) {
    const HOLE: &[u8] = b"\x01";
    let text: BString = match text {
        Value::Known(text) => text.clone(),
        Value::OneOf(texts) => bstr::join("\n", texts).into(),
        Value::Unknown(shape) => {
            let pieces = shape.pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.as_slice(),
                Piece::Hole => HOLE,
            });
            pieces.collect::<Vec<_>>().concat().into()
        }
    };
    let found: Vec<BString> = text.lines().filter_map(|line| setting(line, keys)).collect();
    let (known, open): (Vec<_>, Vec<_>) = found.into_iter().partition(|command| !command.contains(&HOLE[0]));
    (known, open.is_empty())
}

/// `key command`, `key = "command"`, `- key: command`
fn setting(line: &[u8], keys: &[&str]) -> Option<BString> {
    let line = line.trim().trim_start_with(|c| matches!(c, '-' | ':' | ' '));
    if line.starts_with(b"#") || line.starts_with(b"//") {
        return None;
    }
    let after = |key: &&str| {
        let ends_a_word = key.as_bytes().last().is_some_and(u8::is_ascii_alphanumeric);
        let at = if ends_a_word || key.starts_with('!') { line.strip_prefix(key.as_bytes()) } else { None };
        let rest = at.or_else(|| {
            line.find(key.as_bytes()).filter(|_| !ends_a_word && key.len() > 1).map(|at| &line[at + key.len()..])
        })?;
        // `runner` is no `run`.
        let whole = !ends_a_word || rest.first().is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'=' | b':' | b'{'));
        whole.then_some(rest)
    };
    let rest = keys.iter().find_map(after)?;
    let rest = rest.trim_start_with(|c| matches!(c, ' ' | '\t' | '=' | ':' | '{' | '[' | '('));
    let rest = match rest.first() {
        Some(quote @ (b'"' | b'\'')) => rest[1..].split(|byte| byte == quote).next().unwrap_or_default(),
        Some(_) | None => rest,
    };
    (!rest.is_empty()).then(|| rest.into())
}

/// `ExecStart=-/bin/x`, `Exec=x`
fn exec(line: &[u8]) -> Option<BString> {
    let (name, command) = line.trim().split_once_str("=")?;
    let runs = name.trim().starts_with(b"Exec");
    let command = command.trim().trim_start_with(|c| matches!(c, '-' | '@' | '+' | '!' | ':'));
    (runs && !command.is_empty()).then(|| command.into())
}

/// The settings of a text for git, each with its section before its name.
fn settings(text: &[u8]) -> impl Iterator<Item = (BString, &[u8])> {
    let mut section = BString::default();
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(name) = line.strip_prefix(b"[").and_then(|line| line.strip_suffix(b"]")) {
            section = name
                .iter()
                .filter(|byte| **byte != b'"')
                .copied()
                .map(|byte| if byte == b' ' { b'.' } else { byte })
                .collect::<Vec<u8>>()
                .into();
            return None;
        }
        let (name, value) = line.split_once_str("=")?;
        let mut key = section.clone();
        key.push(b'.');
        key.extend_from_slice(name.trim());
        Some((key, value.trim().trim_with(|c| c == '"')))
    })
}

/// A line may run something that is not read.
struct NotRead;

/// A line of ssh's configuration: the command that it names, if any.
fn directive(line: &[u8]) -> Result<Option<BString>, NotRead> {
    let line = line.trim();
    let end = line.find_byteset(b" \t=").unwrap_or(line.len());
    let (name, value) =
        (line[..end].to_ascii_lowercase(), line[end..].trim_start_with(|c| matches!(c, ' ' | '\t' | '=')));
    match name.as_slice() {
        b"proxycommand" | b"localcommand" | b"knownhostscommand" if value != b"none" => Ok(Some(value.into())),
        b"match" if value.to_ascii_lowercase().contains_str("exec") => Err(NotRead),
        b"pkcs11provider" | b"securitykeyprovider" => Err(NotRead),
        _ => Ok(None),
    }
}

fn commands_of(value: &serde_json::Value, found: &mut Vec<BString>) {
    match value {
        serde_json::Value::Object(map) => {
            let text = |key: &str| map.get(key).and_then(serde_json::Value::as_str);
            if let Some(command) = text("command") {
                let words = map.get("args").and_then(serde_json::Value::as_array).into_iter().flatten();
                let words = words.filter_map(serde_json::Value::as_str);
                found.push(std::iter::once(command).chain(words).collect::<Vec<_>>().join(" ").into());
            }
            // `postCreateCommand` and its like.
            let named = map.iter().filter(|(key, _)| key.ends_with("Command"));
            found.extend(named.filter_map(|(_, value)| value.as_str()).map(BString::from));
            map.values().for_each(|value| commands_of(value, found));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| commands_of(value, found)),
        _ => {}
    }
}

/// What a `sed` script puts into a file; `None`: it is not one of the simplest.
pub(super) fn inserted(script: &[u8]) -> Option<BString> {
    let script = script.trim();
    let rest = address(script)?;
    let (command, rest) = rest.split_first()?;
    match command {
        b'd' | b'p' if rest.is_empty() => Some(BString::default()),
        b'a' | b'i' | b'c' => {
            let text = rest.strip_prefix(b"\\").unwrap_or(rest);
            Some(text.trim_start().into())
        }
        b's' => {
            let (delimiter, rest) = rest.split_first()?;
            let (_, rest) = until(rest, *delimiter)?;
            let (replacement, flags) = until(rest, *delimiter)?;
            let plain = flags.iter().all(|flag| matches!(flag, b'g' | b'i' | b'I' | b'p' | b'm' | b'0'..=b'9'));
            plain.then(|| replacement.into())
        }
        _ => None,
    }
}

/// What follows the address of a command.
fn address(script: &[u8]) -> Option<&[u8]> {
    let mut rest = script;
    loop {
        rest = match rest.first()? {
            b'/' => until(&rest[1..], b'/')?.1,
            b'\\' => until(rest.get(2..)?, *rest.get(1)?)?.1,
            b'0'..=b'9' | b'$' | b',' | b'+' | b'!' | b' ' | b'~' => &rest[1..],
            _ => return Some(rest),
        };
    }
}

/// Up to a delimiter that no backslash quotes, and what follows it.
fn until(text: &[u8], delimiter: u8) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            byte if byte == delimiter => return Some((&text[..at], &text[at + 1..])),
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart() {
        for (path, expected) in [
            ("/home/me/.bashrc", Some(Kind::Shell)),
            ("/root/.zshrc", Some(Kind::Shell)),
            ("/srv/dotfiles/.bashrc", None),
            ("/srv/x/.git/hooks/pre-commit", Some(Kind::Hook)),
            ("/srv/x/.git/hooks/pre-commit.sample", None),
            ("/srv/x/.envrc", Some(Kind::Hook)),
            ("/me/.ssh/authorized_keys", Some(Kind::Door)),
            ("/me/.ssh/known_hosts", None),
            ("/me/.config/systemd/user/x.service", Some(Kind::Exec)),
            ("/me/.config/systemd/user", Some(Kind::Exec)),
            ("/me/.gitconfig", Some(Kind::Git)),
            ("/srv/x/.git/config", Some(Kind::Git)),
            ("/srv/x/.gitconfig", None),
        ] {
            assert_eq!(kind_of(path.as_bytes(), b"/me"), expected, "{path}");
        }
    }

    #[test]
    fn what_sed_inserts_is_known_of_plain_scripts() {
        for (script, expected) in [
            ("/nvm/d", Some("")),
            ("3,5d", Some("")),
            ("s/a\\/b/export X=1/g", Some("export X=1")),
            ("$a alias x=y", Some("alias x=y")),
            ("s/a/b/e", None),
            ("s/a/b/;s/c/d/", None),
            ("w x", None),
        ] {
            assert_eq!(inserted(script.as_bytes()), expected.map(BString::from), "{script}");
        }
    }
}
