//! Files that a tool reads before its command line: they carry options, statements or the name of another program. What
//! they destroy counts; what can't be read of them is the user's own.

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Value, Word};
use super::{Change, Via, environment, languages};

/// curl's long options that write, send or lead elsewhere; the others of a `.curlrc` change nothing that matters here.
const CURL: [&str; 16] = [
    "output",
    "remote-name",
    "remote-name-all",
    "output-dir",
    "upload-file",
    "request",
    "data",
    "data-raw",
    "data-binary",
    "data-urlencode",
    "json",
    "form",
    "url",
    "config",
    "dump-header",
    "cookie-jar",
];

/// wget's commands, and the option that each stands for.
const WGET: [(&str, &str); 6] = [
    ("outputdocument", "--output-document"),
    ("dirprefix", "--directory-prefix"),
    ("method", "--method"),
    ("postdata", "--post-data"),
    ("bodydata", "--body-data"),
    ("outputfile", "--output-file"),
];

/// Walks what the files of a tool add to this call.
pub(super) fn read(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    if scope.elsewhere || walker.via.iter().any(|via| via.name.starts_with(b"~/.")) {
        return;
    }
    let has = |options: &[&str]| {
        call.words.iter().filter_map(Word::text).any(|text| options.iter().any(|option| option.as_bytes() == text))
    };
    let first = call.words.get(1).and_then(Word::text);
    match tool.as_slice() {
        b"curl" if !matches!(first, Some(b"-q" | b"--disable")) => {
            let folder = environment::given("CURL_HOME", call, scope);
            options(walker, tool, ".curlrc", folder, curl, call, scope);
        }
        b"wget" if !has(&["--no-config"]) => options(walker, tool, ".wgetrc", None, wget, call, scope),
        b"psql" if !has(&["-X", "--no-psqlrc"]) => statements(walker, tool, ".psqlrc", call, scope),
        b"sqlite3" if !has(&["-init"]) => statements(walker, tool, ".sqliterc", call, scope),
        b"npm" => script_shell(walker, call, scope),
        _ => {}
    }
}

/// The text of a file in the home, or in the folder that the text names instead.
fn text(walker: &mut Walker<'_>, name: &str, folder: Option<Value>, scope: &Scope) -> Option<BString> {
    let folder = folder.or_else(|| scope.value(b"HOME"))?;
    let Value::Known(folder) = folder else { return None };
    match walker.file(&[folder.as_slice(), b"/", name.as_bytes()].concat(), scope) {
        Some(Ok(Value::Known(text))) => Some(text),
        Some(Ok(Value::OneOf(_) | Value::Unknown(_)) | Err(_)) | None => None,
    }
}

fn quietly(walker: &mut Walker<'_>, name: &str, inside: impl FnOnce(&mut Walker<'_>)) {
    let quiet = std::mem::replace(&mut walker.quiet, true);
    walker.via.push(Via { name: format!("~/{name}").into(), change: Change::None });
    inside(walker);
    walker.via.pop();
    walker.quiet = quiet;
}

/// The same call with the file's options before its own.
fn options(
    walker: &mut Walker<'_>,
    tool: &BString,
    name: &str,
    folder: Option<Value>,
    option: impl Fn(&[u8], &[u8]) -> Vec<Word>,
    call: &Call,
    scope: &mut Scope,
) {
    let Some(text) = text(walker, name, folder, scope) else { return };
    let lines = text.lines().map(ByteSlice::trim).filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let given: Vec<Word> = lines
        .flat_map(|line| {
            let end = line.find_byteset(b" \t=:").unwrap_or(line.len());
            let value = line.get(end..).unwrap_or_default().trim_start_with(|c| matches!(c, ' ' | '\t' | '=' | ':'));
            option(&line[..end], value.trim_with(|c| c == '"'))
        })
        .collect();
    if given.is_empty() {
        return;
    }
    let words = call.words.iter().take(1).cloned().chain(given).chain(call.words.iter().skip(1).cloned()).collect();
    quietly(walker, name, |walker| {
        let call = Call { words, ..call.clone() };
        walker.deeper(|walker| walker.program(tool, call, scope));
    });
}

fn curl(name: &[u8], value: &[u8]) -> Vec<Word> {
    let long = name.trim_start_with(|c| c == '-');
    let short = name.len() == 2 && name.starts_with(b"-") && b"oOTXdFKDc".contains(&name[1]);
    if !short && !CURL.iter().any(|one| one.as_bytes() == long) {
        return Vec::new();
    }
    let name = if short { name.to_vec() } else { [b"--", long].concat() };
    [Word::known(name)].into_iter().chain((!value.is_empty()).then(|| Word::known(value))).collect()
}

fn wget(name: &[u8], value: &[u8]) -> Vec<Word> {
    // Case, dashes and underscores do not matter in a .wgetrc.
    let plain: Vec<u8> = name.iter().filter(|byte| !b"-_".contains(byte)).map(u8::to_ascii_lowercase).collect();
    let found = WGET.iter().find(|(command, _)| command.as_bytes() == plain);
    found.map_or_else(Vec::new, |(_, option)| vec![Word::known([option.as_bytes(), b"=", value].concat())])
}

/// Statements that a client executes before those of its command line.
fn statements(walker: &mut Walker<'_>, tool: &BString, name: &str, call: &Call, scope: &mut Scope) {
    let Some(text) = text(walker, name, None, scope) else { return };
    let words: Vec<Word> = call.words.iter().take(1).cloned().collect();
    quietly(walker, name, |walker| {
        let call = Call { words, redirections: Vec::new(), input: Input::text(Value::Known(text)), ..call.clone() };
        walker.deeper(|walker| walker.program(tool, call, scope));
    });
}

/// `script-shell=./x` of an .npmrc: what npm hands every script to.
fn script_shell(walker: &mut Walker<'_>, call: &Call, scope: &mut Scope) {
    let project = scope.absolute(b".npmrc").and_then(|path| match walker.file(&path, scope) {
        Some(Ok(Value::Known(text))) => Some(text),
        Some(Ok(Value::OneOf(_) | Value::Unknown(_)) | Err(_)) | None => None,
    });
    let Some(text) = project.or_else(|| text(walker, ".npmrc", None, scope)) else { return };
    let shell = text.lines().find_map(|line| {
        let (key, value) = line.split_once_str("=")?;
        (key.trim() == b"script-shell").then(|| BString::from(value.trim()))
    });
    let Some(shell) = shell else { return };
    quietly(walker, ".npmrc", |walker| {
        let words = vec![Word::known(shell), Word::known("-c"), Word::known("true")];
        languages::start(walker, call.with(words), scope);
    });
}
