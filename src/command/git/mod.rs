//! What git runs besides itself: aliases, settings that hold commands, hooks. From `-c`, the environment that the text
//! sets, `git config` earlier in the text, and the files of the repository and the user, which are read as text.

pub mod config;
mod hooks;
mod implied;
pub(super) mod settings;
mod parameters;
pub(super) mod unmade;

use bstr::{BString, ByteSlice};

use super::options::{Split, Style, Table, split};
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Value, Word};
use super::{Sight, Want, environment, follow};

/// Global options that take a value.
const VALUE: [&str; 9] = [
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "--namespace",
    "--super-prefix",
    "--config-env",
    "--attr-source",
    "--list-cmds",
];
const FLAG: [&str; 8] =
    ["-p", "--paginate", "-P", "--no-pager", "--no-replace-objects", "--no-optional-locks", "--bare", "--help"];

/// Where a setting comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// The text sets it.
    Text,
    /// It is kept in a file: a person's own, or a repository's. What can't be read of it is no question by itself.
    File,
}

struct Setting {
    key: BString,
    value: BString,
    from: From,
}

/// A call of git, read as far as its verb.
struct Line<'c> {
    options: Split,
    verb: &'c [u8],
    rest: &'c [Word],
    /// Where it works; absolute.
    folder: BString,
}

/// Walks what git itself would start for this call. Whether the call is an alias, and nothing but that.
pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    if *tool != "git" || scope.elsewhere {
        return false;
    }
    let Some(line) = line(call, scope) else { return false };
    let repository = Repository::find(walker, &line.folder);
    let settings = settings(walker, &line, repository.as_ref(), call, scope);
    remember(&line, walker);
    if let Some(words) = implied::words(&line, &settings) {
        let mut whole = call.words.clone();
        let behind_verb = line.options.end + 2;
        for word in words {
            let at = if word.is_option() { behind_verb } else { whole.len() };
            whole.insert(at, word);
        }
        walker.note(&Call { words: whole, ..call.clone() }, super::Program::Name("git".into()), scope);
    }
    for setting in &settings {
        starts(walker, setting, call, scope);
    }
    let aliased = alias(walker, &line, &settings, call, scope);
    if let Some(repository) = repository {
        hooks::fire(walker, &line, &repository, &settings, call, scope);
    }
    aliased
}

/// What `git rev-parse --show-toplevel` prints: the root of the work tree, by the names that lead there.
pub(super) fn printed(walker: &mut Walker<'_>, call: &Call, scope: &Scope) -> Option<Value> {
    const MAKE: [&[u8]; 4] = [b"init", b"clone", b"worktree", b"submodule"];
    let line = line(call, scope).filter(|line| line.verb == b"rev-parse" && !scope.elsewhere)?;
    let [asked] = line.rest else { return None };
    let moved = ["GIT_DIR", "GIT_WORK_TREE", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM"];
    if asked.text() != Some(b"--show-toplevel")
        || line.options.given.iter().any(|given| given.name != "-C")
        || moved.iter().any(|name| environment::given(name, call, scope).is_some())
    {
        return None;
    }
    let made = |command: &super::Command| {
        command.tool() == Some(b"git")
            && command.words.iter().any(|word| word.text().is_none_or(|text| MAKE.contains(&text)))
    };
    if walker.model.commands.iter().any(made) {
        return None;
    }
    let repository = Repository::find(walker, &line.folder)?;
    let elsewhere = |setting: &Setting| matches!(setting.key.as_slice(), b"core.worktree" | b"core.bare" if setting.value != "false");
    let inside = line.folder.starts_with(&[repository.root.as_slice(), b"/.git"].concat());
    if inside || settings(walker, &line, Some(&repository), call, scope).iter().any(elsewhere) {
        return None;
    }
    let root = if repository.root.is_empty() { BString::from("/") } else { repository.root };
    Some(Value::Known(root).then(Value::known("\n")))
}

fn line<'c>(call: &'c Call, scope: &Scope) -> Option<Line<'c>> {
    let words = call.words.get(1..)?;
    let table = Table {
        style: Style::Unabridged,
        value: &VALUE[..],
        flag: &FLAG,
        optional: &["--exec-path"],
        stop_at_operand: true,
    };
    let options = split(words, &table);
    let (verb, rest) = words.get(options.end..)?.split_first()?;
    let mut folder = scope.absolute(b".")?;
    for given in options.given.iter().filter(|given| given.name == "-C") {
        let to = given.value.as_ref().and_then(Word::text)?;
        folder =
            if to.starts_with(b"/") { super::plain(to) } else { super::plain(&[folder.as_slice(), b"/", to].concat()) };
    }
    Some(Line { options, verb: verb.text()?, rest, folder })
}

/// A repository on disk.
struct Repository {
    /// Its working tree.
    root: BString,
    /// Where settings and hooks lie.
    common: BString,
}

impl Repository {
    /// Looks upwards. All folders are asked for at once, so that one look answers.
    fn find(walker: &mut Walker<'_>, folder: &BString) -> Option<Repository> {
        let mut found = None;
        let mut at = folder.as_slice();
        loop {
            let entry: BString = [at, b"/.git"].concat().into();
            match walker.sight(Want::File(entry.clone())) {
                // A folder.
                Some(Sight::NotRegular) if found.is_none() => {
                    found = Some(Repository { root: at.into(), common: entry });
                }
                // A work tree's own link to `…/.git/worktrees/NAME`, or a submodule's.
                Some(Sight::Bytes(text)) if found.is_none() => {
                    let target = text.strip_prefix(b"gitdir:").map(ByteSlice::trim);
                    found = target.map(|path| Repository { root: at.into(), common: common(at, path) });
                }
                Some(_) | None => {}
            }
            match at.rfind_byte(b'/') {
                Some(slash) if !at.is_empty() => at = &at[..slash],
                Some(_) | None => return found,
            }
        }
    }
}

fn common(root: &[u8], path: &[u8]) -> BString {
    let whole = if path.starts_with(b"/") { path.to_vec() } else { [root, b"/", path].concat() };
    let cut = whole.find(b"/worktrees/").unwrap_or(whole.len());
    super::plain(whole.get(..cut).unwrap_or_default())
}

fn settings(
    walker: &mut Walker<'_>,
    line: &Line<'_>,
    repository: Option<&Repository>,
    call: &Call,
    scope: &Scope,
) -> Vec<Setting> {
    let mut all = Vec::new();
    let mut files: Vec<BString> = Vec::new();
    if let Some(Value::Known(home)) = scope.value(b"HOME") {
        files.extend(
            ["/.config/git/config", "/.gitconfig"]
                .map(|name| BString::from([home.as_slice(), name.as_bytes()].concat())),
        );
    }
    files.extend(repository.map(|found| BString::from([found.common.as_slice(), b"/config"].concat())));
    let given = |name: &str| environment::given(name, call, scope);
    for name in ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] {
        if let Some(Value::Known(path)) = given(name) {
            files.extend(scope.absolute(&path));
        }
    }
    for path in files {
        if let Some(Ok(Value::Known(text))) = walker.file(&path, scope) {
            all.extend(config::Config::of(&text).into_entries().map(|(key, value)| Setting {
                key,
                value,
                from: From::File,
            }));
        }
    }
    let mut from_text = |setting: &[u8]| {
        let (key, value) = setting.split_once_str(b"=").unwrap_or((setting, b"true"));
        all.push(Setting { key: lowered(key), value: value.into(), from: From::Text });
    };
    for setting in &walker.git_settings {
        from_text(setting);
    }
    if let Some(Value::Known(count)) = given("GIT_CONFIG_COUNT") {
        let count = count.to_str().ok().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0).min(64);
        for index in 0..count {
            let key = given(&format!("GIT_CONFIG_KEY_{index}"));
            let value = given(&format!("GIT_CONFIG_VALUE_{index}"));
            if let (Some(Value::Known(key)), Some(Value::Known(value))) = (key, value) {
                from_text(&[key.as_slice(), b"=", &value].concat());
            }
        }
    }
    // What `git -c` hands down to what git starts.
    if let Some(Value::Known(list)) = given("GIT_CONFIG_PARAMETERS") {
        for setting in parameters::split(&list) {
            from_text(&setting);
        }
    }
    for option in &line.options.given {
        match (option.name.as_slice(), option.value.as_ref().and_then(Word::text)) {
            (b"-c", Some(setting)) => from_text(setting),
            (b"--config-env", Some(setting)) => {
                let Some((key, name)) = setting.split_once_str(b"=") else { continue };
                if let Some(Value::Known(value)) = given(&name.to_str_lossy()) {
                    from_text(&[key, b"=", value.as_slice()].concat());
                }
            }
            (_, _) => {}
        }
    }
    all
}

/// Section and key know no case; a subsection between them does.
fn lowered(key: &[u8]) -> BString {
    let first = key.find_byte(b'.').unwrap_or(key.len());
    let last = key.rfind_byte(b'.').unwrap_or(key.len());
    let mut lowered = BString::from(key);
    for (at, byte) in lowered.iter_mut().enumerate() {
        if at < first || at > last {
            byte.make_ascii_lowercase();
        }
    }
    lowered
}

/// `git config KEY VALUE`: counts for the calls of git that follow.
fn remember(line: &Line<'_>, walker: &mut Walker<'_>) {
    if line.verb != b"config" {
        return;
    }
    let words: Option<Vec<&[u8]>> = line.rest.iter().map(Word::text).collect();
    let mut operands = words.unwrap_or_default();
    operands.retain(|word| !word.starts_with(b"-"));
    if operands.first().is_some_and(|word| *word == b"set") {
        operands.remove(0);
    }
    if let [key, value] = operands.as_slice() {
        walker.git_settings.push([key, &b"="[..], value].concat().into());
    }
}

/// A setting that holds a command line: git hands it to a shell. Aliases wait until they are called.
fn starts(walker: &mut Walker<'_>, setting: &Setting, call: &Call, scope: &Scope) {
    if setting.key.starts_with(b"alias.") {
        return;
    }
    if let Some(text) = settings::command(&setting.key, &setting.value) {
        walk(walker, setting, Value::known(text), call, scope);
    }
}

fn walk(walker: &mut Walker<'_>, setting: &Setting, text: Value, call: &Call, scope: &Scope) {
    let (quiet, doubted) = (walker.quiet, walker.model.doubted);
    walker.quiet |= setting.from == From::File;
    walker.via.push(super::Via { name: setting.key.clone(), change: super::Change::None });
    let mut inner = scope.clone();
    follow::text(walker, text, "a git setting", call, &mut inner);
    walker.via.pop();
    walker.quiet = quiet;
    if setting.from == From::File {
        walker.model.doubted = doubted;
    }
}

/// `git nuke` → what the alias says, with the words behind it.
fn alias(walker: &mut Walker<'_>, line: &Line<'_>, settings: &[Setting], call: &Call, scope: &Scope) -> bool {
    let name = [b"alias.", line.verb.to_ascii_lowercase().as_slice()].concat();
    let Some(setting) = settings.iter().rev().find(|setting| setting.key.to_ascii_lowercase() == name) else {
        return false;
    };
    // git itself ends a ring of aliases.
    if walker.via.iter().any(|via| via.name.to_ascii_lowercase() == name) {
        return true;
    }
    let text = match setting.value.strip_prefix(b"!") {
        Some(text) => Value::known(text),
        None => Value::known("git ").then(Value::known(setting.value.as_slice())),
    };
    let mut call = call.clone();
    let text = line.rest.iter().enumerate().fold(text.then(Value::known(" ")), |text, (index, word)| {
        text.then(Value::known(if index > 0 { " " } else { "" })).then(quoted(word))
    });
    call.words.clear();
    walk(walker, setting, text, &call, scope);
    true
}

/// The word as shell text.
fn quoted(word: &Word) -> Value {
    match word.text() {
        Some(text) if !word.glob => Value::known([b"'", text.replace("'", "'\\''").as_slice(), b"'"].concat()),
        Some(_) | None => word.value.clone(),
    }
}
