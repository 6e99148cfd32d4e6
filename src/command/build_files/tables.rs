//! Tools whose tasks are a table of names and commands in a file: which file, where in it, and how a command is written.

use bstr::{BString, ByteSlice};
use serde_json::Value as Json;

use super::super::languages::start;
use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::Walker;
use super::super::words::{Value, Word};
use super::super::{Change, follow};
use super::{Found, back, in_folder, inside, line, nearest};

/// How the file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Toml,
    /// `[section]`, `key = value`, values that go on on indented lines
    Ini,
    /// `name: command`
    Procfile,
}

struct Tasks {
    names: &'static [&'static str],
    /// Words before the task's name; several spellings.
    verbs: &'static [&'static [&'static str]],
    files: &'static [&'static str],
    format: Format,
    /// Where the tasks stand, from the root; `%` is the part of the task's name before a colon (`default` without one).
    at: &'static [&'static [&'static str]],
    /// Options before the task's name that take a value; one of these names the task itself (`tox -e x`).
    value: &'static [&'static str],
    named: &'static [&'static str],
    /// Without a name every task runs.
    all: bool,
    /// The commands of a task are words for the tool itself (`cargo`).
    own: bool,
}

const PLAIN: Tasks = Tasks {
    names: &[],
    verbs: &[&[]],
    files: &[],
    format: Format::Toml,
    at: &[],
    value: &[],
    named: &[],
    all: false,
    own: false,
};

#[rustfmt::skip]
const TASKS: &[Tasks] = &[
    Tasks { names: &["composer"], verbs: &[&["run-script"], &["run"], &[]], files: &["composer.json"], format: Format::Json, at: &[&["scripts"]], value: &["-d", "--working-dir"], ..PLAIN },
    Tasks { names: &["deno"], verbs: &[&["task"]], files: &["deno.json", "deno.jsonc", "package.json"], format: Format::Json, at: &[&["tasks"], &["scripts"]], value: &["--cwd", "-c", "--config", "-f", "--filter"], ..PLAIN },
    Tasks { names: &["poe"], files: &["pyproject.toml", "poe_tasks.toml"], at: &[&["tool", "poe", "tasks"], &["tasks"]], value: &["-C", "--directory", "-e", "--executor"], ..PLAIN },
    Tasks { names: &["pdm"], verbs: &[&["run"], &[]], files: &["pyproject.toml"], at: &[&["tool", "pdm", "scripts"]], value: &["-p", "--project", "-s", "--site-packages"], ..PLAIN },
    Tasks { names: &["hatch"], verbs: &[&["run"]], files: &["pyproject.toml"], at: &[&["tool", "hatch", "envs", "%", "scripts"]], value: &["-e", "--env", "-p", "--project"], ..PLAIN },
    Tasks { names: &["hatch"], verbs: &[&["run"]], files: &["hatch.toml"], at: &[&["envs", "%", "scripts"]], value: &["-e", "--env", "-p", "--project"], ..PLAIN },
    Tasks { names: &["rye"], verbs: &[&["run"]], files: &["pyproject.toml"], at: &[&["tool", "rye", "scripts"]], ..PLAIN },
    Tasks { names: &["task", "taskipy"], files: &["pyproject.toml"], at: &[&["tool", "taskipy", "tasks"]], ..PLAIN },
    Tasks { names: &["pixi"], verbs: &[&["run"]], files: &["pixi.toml", "pyproject.toml"], at: &[&["tasks"], &["tool", "pixi", "tasks"]], value: &["-e", "--environment", "--manifest-path"], ..PLAIN },
    Tasks { names: &["mise", "rtx"], verbs: &[&["run"], &["r"], &["tasks", "run"], &[]], files: &["mise.toml", ".mise.toml", ".config/mise.toml"], at: &[&["tasks"]], value: &["-C", "--cd", "-j", "--jobs", "-E", "--env"], ..PLAIN },
    Tasks { names: &["pipenv"], verbs: &[&["run"]], files: &["Pipfile"], at: &[&["scripts"]], ..PLAIN },
    Tasks { names: &["cargo"], verbs: &[&[]], files: &[".cargo/config.toml", ".cargo/config"], at: &[&["alias"]], value: &["--config", "-C", "--color", "-Z"], own: true, ..PLAIN },
    Tasks { names: &["cargo"], verbs: &[&["make"]], files: &["Makefile.toml"], at: &[&["tasks"]], value: &["-p", "--profile", "-e", "--env", "--cwd"], ..PLAIN },
    Tasks { names: &["makers"], files: &["Makefile.toml"], at: &[&["tasks"]], value: &["-p", "--profile", "-e", "--env", "--cwd"], ..PLAIN },
    Tasks { names: &["tox"], verbs: &[&["run"], &["r"], &[]], files: &["tox.ini"], format: Format::Ini, at: &[&["testenv:@", "commands"]], value: &["-c", "--conf", "--workdir"], named: &["-e", "--env"], all: true, ..PLAIN },
    Tasks { names: &["foreman", "honcho", "overmind", "hivemind", "goreman", "forego"], verbs: &[&["start"], &["s"], &[]], files: &["Procfile", "Procfile.dev"], format: Format::Procfile, value: &["-f", "--procfile", "-e", "--env", "-m", "--formation", "-p", "--port", "-l", "-d"], all: true, ..PLAIN },
];

/// Commands of one task, with those of the tasks that it names.
const COMMANDS: usize = 200;

pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    let mut found = false;
    for tasks in TASKS.iter().filter(|tasks| tasks.names.iter().any(|name| name.as_bytes() == tool.as_slice())) {
        found |= of_table(walker, tasks, tool, call, scope);
        if found {
            break;
        }
    }
    found
}

fn of_table(walker: &mut Walker<'_>, tasks: &Tasks, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    let words = call.words.get(1..).unwrap_or_default();
    let Some(Asked { name, rest, folder, file }) = tasks.verbs.iter().find_map(|verb| asked(tasks, verb, words)) else {
        return false;
    };
    let folder = folder.unwrap_or_else(|| ".".into());
    let one = file.as_deref().map(|file| file.to_str_lossy());
    let files: Vec<&str> = one.as_deref().map_or_else(|| tasks.files.to_vec(), |file| vec![file]);
    let Some(file) = nearest(walker, &files, &folder, scope) else { return false };
    let Some(root) = parsed(tasks.format, &file.text) else { return false };
    let Some(list) = table(tasks, &root, name.as_ref()) else { return false };
    let goals: Vec<BString> = match &name {
        Some(name) => vec![name.rsplit(|byte| *byte == b':').next().filter(|_| has_part(tasks)).unwrap_or(name).into()],
        None if tasks.all => list.keys().map(|key| key.as_str().into()).collect(),
        None => return false,
    };
    let mut run = Run { tasks, tool, list, file: &file, call, left: COMMANDS, found: false, ran: Vec::new() };
    for goal in goals {
        inside(walker, format!("{}:{goal}", file.path).into(), Change::None, call, |walker| {
            run.task(walker, &goal, rest, scope, 0);
        });
    }
    run.found
}

fn has_part(tasks: &Tasks) -> bool {
    tasks.at.iter().any(|path| path.contains(&"%"))
}

struct Asked<'w> {
    name: Option<BString>,
    rest: &'w [Word],
    folder: Option<BString>,
    file: Option<BString>,
}

/// The task that the words ask for, behind the verb.
fn asked<'w>(tasks: &Tasks, verb: &[&str], words: &'w [Word]) -> Option<Asked<'w>> {
    let mut verb = verb.iter();
    let mut next = verb.next();
    let (mut at, mut folder, mut file, mut name) = (0, None, None, None);
    while let Some(text) = words.get(at).and_then(Word::text) {
        let is = |list: &[&str]| list.iter().any(|one| one.as_bytes() == text);
        if text == b"--" {
            break;
        }
        if is(tasks.value) || is(tasks.named) {
            let value = words.get(at + 1).and_then(Word::text).map(BString::from);
            match text {
                _ if is(tasks.named) => name = value,
                b"-C" | b"--cwd" | b"--cd" | b"-d" | b"--working-dir" | b"--directory" | b"-p" | b"--project" => {
                    folder = value;
                }
                b"-f" | b"--procfile" | b"-c" | b"--conf" | b"--manifest-path" => file = value,
                _ => {}
            }
            at += 2;
        } else if text.starts_with(b"-") || text.starts_with(b"+") {
            at += 1;
        } else if let Some(wanted) = next {
            if wanted.as_bytes() != text {
                return None;
            }
            next = verb.next();
            at += 1;
        } else {
            if tasks.named.is_empty() {
                name = Some(text.into());
                at += 1;
            }
            break;
        }
    }
    if next.is_some() || name.is_none() && !tasks.all {
        return None;
    }
    Some(Asked { name, rest: words.get(at..).unwrap_or_default(), folder, file })
}

fn parsed(format: Format, text: &BString) -> Option<Json> {
    match format {
        Format::Json => {
            serde_json::from_slice(text).ok().or_else(|| serde_json::from_slice(&without_comments(text)).ok())
        }
        Format::Toml => toml::from_str(text.to_str().ok()?).ok(),
        Format::Ini => Some(ini(text)),
        Format::Procfile => {
            let tasks = text.lines().filter_map(|line| {
                let (name, command) = line.split_once_str(b":")?;
                let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
                let named = !name.is_empty() && name.iter().all(plain);
                named.then(|| (name.to_str_lossy().into_owned(), command.trim().to_str_lossy().into()))
            });
            Some(Json::Object(tasks.collect()))
        }
    }
}

/// Lines that are comments alone, as `deno.jsonc` has them.
fn without_comments(text: &[u8]) -> Vec<u8> {
    bstr::join("\n", text.lines().map(|line| if line.trim().starts_with(b"//") { &b""[..] } else { line }))
}

fn ini(text: &[u8]) -> Json {
    let mut root = serde_json::Map::new();
    let (mut section, mut key) = (String::new(), None);
    for line in text.lines() {
        let plain = line.trim();
        if plain.starts_with(b"#") || plain.starts_with(b";") {
            continue;
        }
        if let Some(name) = line.strip_prefix(b"[").and_then(|rest| rest.split_str("]").next()) {
            section = name.to_str_lossy().into_owned();
            key = None;
            continue;
        }
        let Some(fields) = root.entry(&section).or_insert_with(|| Json::Object(serde_json::Map::new())).as_object_mut()
        else {
            continue;
        };
        if line.first().is_some_and(u8::is_ascii_whitespace) {
            if let Some(Json::String(value)) = key.as_ref().and_then(|key| fields.get_mut(key)) {
                value.push('\n');
                value.push_str(&plain.to_str_lossy());
            }
        } else if let Some((name, value)) = plain.split_once_str(b"=") {
            let name = name.trim().to_str_lossy().into_owned();
            fields.insert(name.clone(), Json::String(value.trim().to_str_lossy().into_owned()));
            key = Some(name);
        }
    }
    Json::Object(root)
}

/// The table of tasks in the file.
fn table(tasks: &Tasks, root: &Json, name: Option<&BString>) -> Option<serde_json::Map<String, Json>> {
    match tasks.format {
        Format::Procfile => return root.as_object().cloned(),
        // One section an environment; what it leaves out stands in `[testenv]`.
        Format::Ini => {
            let sections = root.as_object()?;
            let mut list = serde_json::Map::new();
            let usual = sections.get("testenv").and_then(|section| section.get("commands"));
            for one in name.map_or(&b"testenv"[..], |name| name.as_slice()).split_str(",") {
                let one = one.to_str_lossy();
                let own = sections.get(&format!("testenv:{one}")).and_then(|section| section.get("commands"));
                let commands = own.or(usual)?.as_str()?.replace("\\\n", " ");
                list.insert(
                    one.into_owned(),
                    commands.lines().map(|line| line.trim_start_matches('-').to_owned()).collect(),
                );
            }
            return Some(list);
        }
        Format::Json | Format::Toml => {}
    }
    let part = name.and_then(|name| name.split_once_str(b":")).map_or(&b"default"[..], |(part, _)| part).to_str_lossy();
    tasks.at.iter().find_map(|path| {
        let mut at = root;
        for step in *path {
            at = at.get(if *step == "%" { &part } else { *step })?;
        }
        at.as_object().cloned()
    })
}

struct Run<'r> {
    tasks: &'r Tasks,
    tool: &'r BString,
    list: serde_json::Map<String, Json>,
    file: &'r Found,
    call: &'r Call,
    left: usize,
    found: bool,
    /// Tasks that others named: each once.
    ran: Vec<String>,
}

impl Run<'_> {
    fn task(&mut self, walker: &mut Walker<'_>, name: &[u8], rest: &[Word], scope: &mut Scope, depth: usize) {
        let name = name.to_str_lossy();
        let Some(task) = self.list.get(name.as_ref()).cloned() else { return };
        if self.ran.iter().any(|one| *one == name) {
            return;
        }
        self.ran.push(name.to_string());
        if depth > 10 || self.left == 0 {
            return walker.unread(super::UnreadKind::Code, name.as_bytes(), &self.call.at);
        }
        self.found = true;
        let number = self.line_of(&name);
        // What must run before it.
        for key in ["depends", "deps", "dependencies", "depends-on", "depends_on", "sequence"] {
            let needs = task.get(key).map(all).unwrap_or_default();
            for need in needs.iter().filter_map(|need| need.as_str().or_else(|| need.get("task")?.as_str())) {
                self.task(walker, need.as_bytes(), &[], scope, depth + 1);
            }
        }
        let mut keys = ["cmd", "command", "run", "script", "shell", "cmds", "composite"].iter();
        let body = if task.is_object() {
            keys.find_map(|key| task.get(key)).cloned().unwrap_or(Json::Null)
        } else {
            task.clone()
        };
        // A program with its words by themselves (`command = "rm"`, `args = ["-rf", "x"]`).
        if let (Some(program), Some(words)) = (body.as_str(), task.get("args").and_then(Json::as_array)) {
            let words = words.iter().filter_map(Json::as_str).map(Word::known);
            return self.words(walker, std::iter::once(Word::known(program)).chain(words).collect(), number, scope);
        }
        if self.tasks.own {
            let words: Vec<Word> = match &body {
                Json::String(text) => text.split_whitespace().map(Word::known).collect(),
                other => all(other).iter().filter_map(|word| word.as_str()).map(Word::known).collect(),
            };
            let head = [Word::known(self.tool.clone())];
            let whole = head.into_iter().chain(words).chain(rest.iter().cloned()).collect();
            return self.words(walker, whole, number, scope);
        }
        let commands = all(&body);
        let last = commands.len().saturating_sub(1);
        for (index, command) in commands.iter().enumerate() {
            self.left = self.left.saturating_sub(1);
            let text = command.as_str().or_else(|| command.get("cmd").or_else(|| command.get("shell"))?.as_str());
            let Some(text) = text else { continue };
            self.command(walker, text, if index == last { rest } else { &[] }, number, scope, depth);
        }
    }

    /// A command, or `@task`, `@php x`, the name of another task.
    fn command(
        &mut self,
        walker: &mut Walker<'_>,
        text: &str,
        rest: &[Word],
        number: usize,
        scope: &mut Scope,
        depth: usize,
    ) {
        let (mark, bare) = text.strip_prefix('@').map_or((false, text), |bare| (true, bare));
        if self.list.contains_key(bare) && (mark || self.tasks.format != Format::Procfile && depth > 0) {
            return self.task(walker, bare.as_bytes(), rest, scope, depth + 1);
        }
        let mut value = Value::known(if mark { bare.strip_prefix("putenv").map_or(bare, |_| "") } else { text });
        if !rest.is_empty() {
            value = value.then(Value::known(" ")).then(follow::joined(rest));
        }
        let mut inner = in_folder(scope, &self.file.folder);
        line(walker, value, (&scope.shown(&self.file.path), number), self.call, &mut inner);
        back(scope, inner);
    }

    fn words(&mut self, walker: &mut Walker<'_>, words: Vec<Word>, number: usize, scope: &mut Scope) {
        let from = (&scope.shown(&self.file.path), number);
        start(walker, super::at_line(words, from, self.call), scope);
    }

    fn line_of(&self, name: &str) -> usize {
        let begins = |line: &[u8]| {
            let bare = line.trim_start_with(|c| matches!(c, '"' | '\'' | ' ' | '\t' | '['));
            bare.strip_prefix(name.as_bytes())
                .or_else(|| bare.find(format!(".{name}]")).map(|_| &b"]"[..]))
                .is_some_and(|rest| {
                    rest.trim_start_with(|c| matches!(c, '"' | '\'' | ' '))
                        .first()
                        .is_some_and(|byte| b"=:].".contains(byte))
                })
        };
        self.file.text.lines().position(begins).map_or(1, |at| at + 1)
    }
}

fn all(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(all) => all.clone(),
        Json::Null => Vec::new(),
        one => vec![one.clone()],
    }
}
