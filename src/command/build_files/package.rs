//! `npm run x`, `npm test`, `yarn x`: the scripts of package.json, with those before and after, in the package or in its
//! workspaces; and the runners that such scripts use.

use bstr::{BString, ByteSlice};
use serde_json::Value as Json;

use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::Walker;
use super::super::words::{Value, Word};
use super::super::wrappers::start;
use super::super::{Change, follow};
use super::{Found, back, file_in, in_folder, inside, line, nearest};

/// Options with a value.
#[rustfmt::skip]
const VALUES: &[&[u8]] = &[
    b"--prefix", b"-C", b"--dir", b"--cwd", b"-w", b"--workspace", b"--filter", b"-F", b"--loglevel", b"--script-shell",
    b"--userconfig", b"--registry", b"--cache", b"--from", b"--include", b"--exclude", b"--jobs", b"-j", b"--reporter",
];

/// Verbs that are scripts themselves.
const LIFE: &[&[u8]] = &[b"test", b"start", b"stop", b"restart"];

/// What Yarn, pnpm or bun do themselves.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "access", "add", "approve-builds", "audit", "autoclean", "bin", "build", "bunx", "cache", "cat-file", "cat-index",
    "check", "ci", "completion", "config", "constraints", "create", "dedupe", "deploy", "dlx", "doctor", "env", "exec",
    "explain", "fetch", "find-hash", "generate-lock-entry", "global", "help", "i", "ignored-builds", "import", "info",
    "init", "install", "install-completion", "install-test", "it", "licenses", "link", "list", "ll", "ln", "login",
    "logout", "ls", "node", "npm", "outdated", "owner", "pack", "patch", "patch-commit", "patch-remove", "plugin", "pm",
    "policies", "prune", "publish", "rb", "rebuild", "remove", "repl", "restart", "rm", "root", "run", "runtime", "search",
    "self-update", "server", "set", "setup", "stage", "start", "stop", "store", "tag", "team", "test", "un", "uninstall",
    "unlink", "unplug", "up", "update", "upgrade", "upgrade-interactive", "version", "versions", "view", "why",
    "workspace", "workspaces", "x",
];

/// Workspaces that are tried.
const WORKSPACES: usize = 50;

/// Where scripts are looked for.
#[derive(Clone, Default)]
struct Place {
    folder: Option<BString>,
    /// Names or folders of workspaces.
    chosen: Vec<BString>,
    every: bool,
}

pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    let words = call.words.get(1..).unwrap_or_default();
    let mut place = Place::default();
    let Some((mut verb, mut at)) = verb(words, 0, &mut place) else { return false };
    let mut next = |place: &mut Place| {
        let (word, after) = self::verb(words, at, place)?;
        at = after;
        Some(word)
    };
    match verb.as_slice() {
        b"workspace" if tool != "npm" => {
            let (Some(name), Some(after)) = (next(&mut place), next(&mut place)) else { return false };
            place.chosen.push(name);
            verb = after;
        }
        b"workspaces" if tool != "npm" => {
            place.every = true;
            loop {
                match next(&mut place) {
                    Some(word) if matches!(word.as_slice(), b"foreach" | b"focus") => {}
                    Some(word) => break verb = word,
                    None => return false,
                }
            }
        }
        b"recursive" | b"multi" | b"m" if tool == "pnpm" => {
            place.every = true;
            let Some(after) = next(&mut place) else { return false };
            verb = after;
        }
        _ => {}
    }
    let (name, names) = match verb.as_slice() {
        b"run" | b"run-script" | b"rum" | b"urn" => {
            let Some(name) = next(&mut place) else { return false };
            (name.clone(), around(&name))
        }
        b"t" | b"tst" => ("test".into(), around(b"test")),
        name if LIFE.contains(&name) => (verb.clone(), around(name)),
        b"install" | b"ci" | b"i" | b"it" if words.get(at).is_none_or(Word::is_option) => {
            let names = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];
            (verb.clone(), names.iter().map(|name| BString::from(*name)).collect())
        }
        b"publish" | b"pack" => {
            let names = ["prepublishOnly", "prepack", "prepare", "postpack", "publish", "postpublish"];
            (verb.clone(), names.iter().map(|name| BString::from(*name)).collect())
        }
        // Yarn, pnpm and bun take a script's name for a verb.
        _ if tool != "npm" => (verb.clone(), around(&verb)),
        _ => return false,
    };
    let mut rest = words.get(at..).unwrap_or_default().to_vec();
    if tool == "npm" {
        // npm takes its options up to `--`.
        let dashes = rest.iter().position(|word| word.text() == Some(b"--"));
        let own = rest.drain(..dashes.unwrap_or(rest.len())).collect::<Vec<_>>();
        options(&own, &mut place);
        let mut kept: Vec<Word> = Vec::new();
        let mut own = own.into_iter();
        while let Some(word) = own.next() {
            match word.text() {
                Some(text) if VALUES.contains(&text) => drop(own.next()),
                Some(text) if text.starts_with(b"-") => {}
                Some(_) | None => kept.push(word),
            }
        }
        rest.splice(..0, kept);
    }
    if let Some(dashes) = rest.iter().position(|word| word.text() == Some(b"--")) {
        rest.remove(dashes);
    }
    let mut found = false;
    for package in packages(walker, &place, scope) {
        for one in &names {
            let rest = if *one == name { &rest[..] } else { &[] };
            found |= script(walker, &package, one, rest, call, scope);
        }
    }
    // Where no script has the name, it is a program that the project has installed.
    if !found && tool != "npm" && name == verb && !VERBS.contains(&verb.to_str_lossy().as_ref()) {
        let words = std::iter::once(Word::known(name)).chain(rest).collect();
        found = start(walker, call.with(words), scope);
    }
    found
}

/// `run-s a b`, `concurrently "npm:a" "cmd"`, `turbo run a`, `node --run a`: scripts by name.
pub(super) fn runner(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    let words = call.words.get(1..).unwrap_or_default();
    let mut place = Place::default();
    let mut names: Vec<BString> = Vec::new();
    let texts = || words.iter().filter_map(Word::text);
    match tool.as_slice() {
        b"node" => {
            let at = texts().position(|text| text == b"--run");
            let attached = texts().find_map(|text| text.strip_prefix(b"--run="));
            names.extend(attached.or_else(|| texts().nth(at? + 1)).map(BString::from));
        }
        b"lerna" | b"turbo" => {
            let mut operands = texts().filter(|text| !text.starts_with(b"-"));
            place.every = true;
            names.extend(
                operands.next().filter(|verb| *verb == b"run").and_then(|_| operands.next()).map(BString::from),
            );
        }
        b"concurrently" => {
            for text in texts().filter(|text| !text.starts_with(b"-")) {
                if let Some(name) = text.strip_prefix(b"npm:") {
                    names.push(name.into());
                } else if text.contains(&b' ') {
                    line(walker, Value::known(text), (&tool.clone(), 0), call, scope);
                }
            }
        }
        _ => names.extend(texts().filter(|text| !text.starts_with(b"-")).map(BString::from)),
    }
    let mut found = false;
    for package in packages(walker, &place, scope) {
        for name in &names {
            for one in around(name) {
                found |= script(walker, &package, &one, &[], call, scope);
            }
        }
    }
    found
}

/// Runs one script of a package, where it has that.
fn script(
    walker: &mut Walker<'_>,
    (package, parsed): &(Found, Json),
    name: &BString,
    rest: &[Word],
    call: &Call,
    scope: &mut Scope,
) -> bool {
    let text = name.to_str().ok().and_then(|name| parsed.get("scripts")?.get(name)?.as_str());
    let Some(text) = text else { return false };
    let mut value = Value::known(text);
    if !rest.is_empty() {
        value = value.then(Value::known(" ")).then(follow::joined(rest));
    }
    let from = package.text.find("\"scripts\"").unwrap_or(0);
    let key = package.text[from..].find(format!("\"{name}\"")).map_or(0, |at| from + at);
    let number = 1 + package.text[..key].find_iter(b"\n").count();
    let mut inner = in_folder(scope, &package.folder);
    let shown = scope.shown(&package.path);
    inside(walker, format!("{}:{name}", package.path).into(), Change::None, call, |walker| {
        line(walker, value, (&shown, number), call, &mut inner);
    });
    back(scope, inner);
    true
}

/// The script and what runs before and after it.
fn around(name: &[u8]) -> Vec<BString> {
    vec![[b"pre", name].concat().into(), name.into(), [b"post", name].concat().into()]
}

/// The next operand and where it ends; what the options before it say of the place is noted.
fn verb(words: &[Word], mut at: usize, place: &mut Place) -> Option<(BString, usize)> {
    while let Some(text) = words.get(at)?.text() {
        at += 1;
        if !text.starts_with(b"-") {
            return Some((text.into(), at));
        }
        option(text, words.get(at).and_then(Word::text), place);
        at += usize::from(VALUES.contains(&text));
    }
    None
}

fn options(words: &[Word], place: &mut Place) {
    for (at, word) in words.iter().enumerate() {
        if let Some(text) = word.text() {
            option(text, words.get(at + 1).and_then(Word::text), place);
        }
    }
}

fn option(text: &[u8], next: Option<&[u8]>, place: &mut Place) {
    let (name, value) = match text.split_once_str(b"=") {
        Some((name, value)) => (name, Some(value)),
        None => (text, next),
    };
    match (name, value) {
        (b"--prefix" | b"-C" | b"--dir" | b"--cwd", Some(folder)) => place.folder = Some(folder.into()),
        (b"-w" | b"--workspace" | b"--filter" | b"-F", Some(name)) => {
            place.chosen.push(name.trim_with(|c| c == '.' || c == '^').into());
        }
        (b"-ws" | b"--workspaces" | b"-r" | b"--recursive", _) => place.every = true,
        _ => {}
    }
}

/// The packages whose scripts run.
fn packages(walker: &mut Walker<'_>, place: &Place, scope: &Scope) -> Vec<(Found, Json)> {
    let names = ["package.json"];
    let folder = place.folder.as_ref().map_or(&b"."[..], |folder| folder.as_slice());
    let parse = |found: Found| {
        let parsed = serde_json::from_slice(&found.text).ok()?;
        Some((found, parsed))
    };
    let Some((root, parsed)) = nearest(walker, &names, folder, scope).and_then(parse) else { return Vec::new() };
    if place.chosen.is_empty() && !place.every {
        return vec![(root, parsed)];
    }
    let mut folders: Vec<BString> = Vec::new();
    let listed = parsed.get("workspaces").map(|list| list.get("packages").unwrap_or(list));
    let listed: Vec<&str> = listed.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    for chosen in &place.chosen {
        // By its folder, by its name where that is its folder's, by the last part of a scoped name.
        let last = chosen.rsplit(|byte| *byte == b'/').next().unwrap_or(chosen);
        folders.push(chosen.clone());
        folders.push(last.into());
        for pattern in listed.iter().copied().chain(["packages/*", "apps/*"]) {
            folders.push(pattern.replace('*', &last.to_str_lossy()).into());
        }
    }
    let plain = listed.iter().filter(|pattern| !pattern.contains('*'));
    folders.extend(plain.map(|pattern| BString::from(*pattern)));
    folders.dedup();
    let mut all: Vec<(Found, Json)> = Vec::new();
    for folder in folders.iter().take(WORKSPACES) {
        let path =
            if folder.starts_with(b"/") { folder.to_vec() } else { [root.folder.as_slice(), b"/", folder].concat() };
        let Some(one) = file_in(walker, &names, &path, scope).and_then(parse) else { continue };
        let name = one.1.get("name").and_then(Json::as_str).unwrap_or_default();
        let meant = |chosen: &BString| {
            scope.absolute(chosen).is_some_and(|path| path == one.0.folder)
                || chosen == name
                || name.is_empty() && one.0.folder.ends_with(chosen)
        };
        if (place.every || place.chosen.iter().any(meant)) && all.iter().all(|other| other.0.path != one.0.path) {
            all.push(one);
        }
    }
    all
}
