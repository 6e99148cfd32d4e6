//! `npm run x`, `npm test`, `yarn x`: the scripts of package.json, with those before and after.

use bstr::{BString, ByteSlice};

use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::Walker;
use super::super::words::{Value, Word};
use super::super::{Change, follow};
use super::{inside, line};

/// Options with a value.
const VALUES: &[&[u8]] =
    &[b"--prefix", b"-C", b"--dir", b"--cwd", b"-w", b"--workspace", b"--filter", b"-F", b"--loglevel"];

/// Folders above in which the package may lie.
const ABOVE: usize = 5;

/// Verbs that are scripts themselves.
const LIFE: &[&[u8]] = &[b"test", b"start", b"stop", b"restart"];

pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    let words = call.words.get(1..).unwrap_or_default();
    let Some((verb, mut at, folder)) = verb(words, 0) else { return false };
    let (name, names) = match verb.as_slice() {
        b"run" | b"run-script" | b"rum" | b"urn" => {
            let Some((name, after, _)) = self::verb(words, at) else { return false };
            at = after;
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
    let Some((path, text)) = package(walker, folder, scope) else { return false };
    let Ok(parsed) = serde_json::from_slice::<serde_json::Value>(&text) else { return false };
    let mut rest = words.get(at..).unwrap_or_default();
    if rest.first().and_then(Word::text) == Some(b"--") {
        rest = &rest[1..];
    }
    let mut found = false;
    for one in names {
        let Some(script) = one.to_str().ok().and_then(|one| parsed.get("scripts")?.get(one)?.as_str()) else {
            continue;
        };
        found = true;
        let mut value = Value::known(script);
        if one == name && !rest.is_empty() {
            value = value.then(Value::known(" ")).then(follow::joined(rest));
        }
        let number = 1 + text
            .find(format!("\"{one}\""))
            .map_or(0, |at| text[..at].iter().filter(|byte| **byte == b'\n').count());
        let mut inner = scope.clone();
        if let Some(folder) = path.rfind_byte(b'/') {
            inner.change_directory(Value::known(if folder == 0 { "/".into() } else { path[..folder].to_vec() }));
        }
        inside(walker, format!("{path}:{one}").into(), Change::None, call, |walker| {
            line(walker, value, (&path, number), call, &mut inner);
        });
        scope.files = inner.files;
        scope.created = inner.created;
    }
    found
}

/// The script and what runs before and after it.
fn around(name: &[u8]) -> Vec<BString> {
    vec![[b"pre", name].concat().into(), name.into(), [b"post", name].concat().into()]
}

/// The next operand, where it ends, and a folder that an option names.
fn verb(words: &[Word], mut at: usize) -> Option<(BString, usize, Option<BString>)> {
    let mut folder = None;
    while let Some(text) = words.get(at)?.text() {
        at += 1;
        if !text.starts_with(b"-") {
            return Some((text.into(), at, folder));
        }
        if VALUES.contains(&text) {
            if matches!(text, b"--prefix" | b"-C" | b"--dir" | b"--cwd") {
                folder = words.get(at).and_then(Word::text).map(BString::from);
            }
            at += 1;
        } else if let Some((b"--prefix" | b"--dir" | b"--cwd", value)) = text.split_once_str(b"=") {
            folder = Some(value.into());
        }
    }
    None
}

/// The nearest package.json.
fn package(walker: &mut Walker<'_>, folder: Option<BString>, scope: &Scope) -> Option<(BString, BString)> {
    let mut folder = scope.absolute(folder.as_ref().map_or(b".", |folder| folder.as_slice()))?;
    for _ in 0..ABOVE {
        let path = BString::from([folder.trim_end_with(|c| c == '/'), b"/package.json"].concat());
        match walker.file(&path, scope) {
            Some(Ok(Value::Known(text))) => return Some((path, text)),
            Some(Ok(_)) | None => return None,
            Some(Err(_)) => {}
        }
        let slash = folder.rfind_byte(b'/').filter(|slash| *slash > 0)?;
        folder.truncate(slash);
    }
    None
}
