//! `task` (go-task): the commands of a task of Taskfile.yml, with its dependencies and variables.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::super::options::{Style, Table, split};
use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::{Input, Walker};
use super::super::words::{Cause, Value, Word};
use super::super::{Change, follow};
use super::yaml::{Node, Yaml, read};
use super::{back, file_in, in_folder, inside, line, nearest};

#[rustfmt::skip]
const NAMES: &[&str] = &["Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml", "taskfile.dist.yml", "Taskfile.dist.yaml", "taskfile.dist.yaml"];

/// Included files, tasks that call tasks, tasks in all.
const FILES: usize = 10;
const TASKS: usize = 500;
const DEPTH: usize = 20;

#[rustfmt::skip]
const TABLE: Table<'static, &str> = Table {
    style: Style::Gnu,
    value: &["-t", "--taskfile", "-d", "--dir", "-C", "--concurrency", "-o", "--output", "-I", "--interval", "--sort"],
    flag: &["-l", "--list", "-a", "--list-all", "-n", "--dry", "--dry-run", "-i", "--init", "-f", "--force", "-p", "--parallel", "-s", "--silent", "-v", "--verbose", "-w", "--watch", "-x", "--exit-code", "-y", "--yes", "--summary", "--status", "--version", "-h", "--help", "-g", "--global", "--completion"],
    optional: &[],
    stop_at_operand: false,
};

#[rustfmt::skip]
const QUIET: &[&str] = &["-l", "--list", "-a", "--list-all", "-n", "--dry", "--dry-run", "-i", "--init", "--summary", "--version", "-h", "--help", "--completion"];

/// A task, the file that it stands in and that file's variables.
#[derive(Clone)]
struct Task {
    body: Yaml,
    file: BString,
    folder: BString,
    space: BString,
    variables: Vec<(BString, Yaml)>,
}

type Values = BTreeMap<BString, Value>;

struct Run<'r> {
    tasks: &'r BTreeMap<BString, Task>,
    call: &'r Call,
    given: Values,
    /// Tasks that ran, and with what: again with the same they do the same.
    ran: Vec<(BString, Values)>,
}

pub(super) fn run(walker: &mut Walker<'_>, call: &Call, scope: &mut Scope) {
    let words = call.words.get(1..).unwrap_or_default();
    let dashes = words.iter().position(|word| word.text() == Some(b"--")).unwrap_or(words.len());
    let (words, rest) = (&words[..dashes], words.get(dashes + 1..).unwrap_or_default());
    let options = split(words, &TABLE);
    if QUIET.iter().any(|option| options.has(option)) {
        return;
    }
    let option = |names: [&str; 2]| names.iter().find_map(|name| options.value_of(name)).and_then(Word::text);
    let found = match (option(["-t", "--taskfile"]), option(["-d", "--dir"])) {
        (Some(path), _) => {
            let (folder, name) = path.rsplit_once_str(b"/").unwrap_or((b".", path));
            file_in(walker, &[&name.to_str_lossy()], folder, scope)
        }
        (None, Some(folder)) => file_in(walker, NAMES, folder, scope),
        (None, None) => nearest(walker, NAMES, b".", scope),
    };
    let Some(found) = found else { return };
    let mut tasks = BTreeMap::new();
    collect(walker, &found, "", 0, scope, &mut tasks);
    let mut given: Values = [("CLI_ARGS".into(), follow::joined(rest))].into();
    let mut goals = Vec::new();
    for word in options.operands.iter().filter_map(|at| words.get(*at)) {
        match (word.text(), word.value.starts_with().split_once_str(b"=")) {
            (Some(_), Some((name, value))) => drop(given.insert(name.into(), Value::known(value))),
            (None, Some((name, _))) => drop(given.insert(name.into(), word.value.clone())),
            (Some(name), None) => goals.push(BString::from(name)),
            (None, None) => walker.unread(super::UnreadKind::Code, word.shown(), &call.at),
        }
    }
    if goals.is_empty() {
        goals.push("default".into());
    }
    let call = Call { input: Input::Inherited, ..call.clone() };
    let mut run = Run { tasks: &tasks, call: &call, given, ran: Vec::new() };
    for goal in goals {
        inside(walker, format!("{}:{goal}", found.path).into(), Change::None, &call, |walker| {
            run.task(walker, &goal, &Values::new(), scope, 0);
        });
    }
}

fn collect(
    walker: &mut Walker<'_>,
    found: &super::Found,
    space: &str,
    depth: usize,
    scope: &Scope,
    tasks: &mut BTreeMap<BString, Task>,
) {
    let Some(root) = read(&found.text).into_iter().next() else { return };
    let variables: Vec<(BString, Yaml)> =
        ["env", "vars"].iter().filter_map(|key| root.get(key)).flat_map(Yaml::fields).cloned().collect();
    let space = if space.is_empty() { BString::default() } else { format!("{space}:").into() };
    for (name, body) in root.get("tasks").map(Yaml::fields).unwrap_or_default() {
        let task = Task {
            body: body.clone(),
            file: scope.shown(&found.path),
            folder: found.folder.clone(),
            space: space.clone(),
            variables: variables.clone(),
        };
        for alias in body.get("aliases").map(Yaml::items).unwrap_or_default().iter().filter_map(Yaml::text) {
            tasks.insert([space.as_slice(), alias].concat().into(), task.clone());
        }
        tasks.insert([space.as_slice(), name].concat().into(), task);
    }
    for (name, include) in root.get("includes").map(Yaml::fields).unwrap_or_default() {
        let Some(path) = include.text().or_else(|| include.get("taskfile")?.text()) else { continue };
        if depth > 3 || tasks.len() > 2_000 || walker.via.len() > FILES {
            return;
        }
        let whole = [found.folder.as_slice(), b"/", path].concat();
        let (folder, file) = whole.rsplit_once_str(b"/").unwrap_or((b".", &whole));
        let file =
            file_in(walker, &[&file.to_str_lossy()], folder, scope).or_else(|| file_in(walker, NAMES, &whole, scope));
        if let Some(file) = file {
            collect(walker, &file, &format!("{space}{name}"), depth + 1, scope, tasks);
        }
    }
}

impl Run<'_> {
    fn task(&mut self, walker: &mut Walker<'_>, name: &[u8], arguments: &Values, scope: &mut Scope, depth: usize) {
        let Some(task) = self.tasks.get(name.as_bstr()).cloned() else { return };
        let this = (BString::from(name), arguments.clone());
        if self.ran.contains(&this) {
            return;
        }
        self.ran.push(this);
        if depth > DEPTH || self.ran.len() > TASKS {
            return walker.unread(super::UnreadKind::Code, name, &self.call.at);
        }
        let folder = match task.body.get("dir").and_then(Yaml::text) {
            Some(dir) if !dir.contains(&b'{') => {
                if dir.starts_with(b"/") {
                    dir.clone()
                } else {
                    [task.folder.as_slice(), b"/", dir].concat().into()
                }
            }
            Some(_) | None => task.folder.clone(),
        };
        let mut inner = in_folder(scope, &folder);
        let mut values = Values::new();
        let own = ["env", "vars"].iter().filter_map(|key| task.body.get(key)).flat_map(Yaml::fields);
        for (name, value) in task.variables.iter().chain(own) {
            let value = self.variable(walker, value, &values, &task, &mut inner);
            values.insert(name.clone(), value);
        }
        values.extend(arguments.iter().chain(&self.given).map(|(name, value)| (name.clone(), value.clone())));
        for need in task.body.get("deps").map(Yaml::items).unwrap_or_default() {
            self.step(walker, need, true, &values, &task, &mut inner, depth);
        }
        // What says whether it is up to date runs before it.
        for key in ["status", "preconditions"] {
            for step in task.body.get(key).map(Yaml::items).unwrap_or_default() {
                self.step(walker, step, false, &values, &task, &mut inner, depth);
            }
        }
        match &task.body.node {
            Node::Scalar(_) | Node::List(_) => {
                for step in task.body.items() {
                    self.step(walker, step, false, &values, &task, &mut inner, depth);
                }
            }
            Node::Map(_) => {
                for key in ["cmds", "cmd"] {
                    for step in task.body.get(key).map(Yaml::items).unwrap_or_default() {
                        self.step(walker, step, false, &values, &task, &mut inner, depth);
                    }
                }
            }
            Node::Null => {}
        }
        back(scope, inner);
    }

    /// A command, or a task where one is named (`needed`: by its bare name).
    #[expect(clippy::too_many_arguments, reason = "what a step is run with")]
    fn step(
        &mut self,
        walker: &mut Walker<'_>,
        step: &Yaml,
        needed: bool,
        values: &Values,
        task: &Task,
        scope: &mut Scope,
        depth: usize,
    ) {
        let step = step.get("defer").unwrap_or(step);
        let mut values = values.clone();
        if step.get("for").is_some() {
            values.insert("ITEM".into(), each(step.get("for")));
        }
        let other = if needed {
            step.text().or_else(|| step.get("task")?.text())
        } else {
            step.get("task").and_then(Yaml::text)
        };
        if let Some(name) = other {
            let name = match name.strip_prefix(b":") {
                Some(root) => BString::from(root),
                None => [task.space.as_slice(), name].concat().into(),
            };
            let mut arguments = Values::new();
            for (name, value) in step.get("vars").map(Yaml::fields).unwrap_or_default() {
                let value = self.variable(walker, value, &values, task, scope);
                arguments.insert(name.clone(), value);
            }
            return self.task(walker, &name, &arguments, scope, depth + 1);
        }
        let Some((text, number)) = command(step) else { return };
        line(walker, filled(text, &values), (&task.file, number), self.call, scope);
    }

    /// `NAME: text`, `NAME: {sh: command}`
    fn variable(
        &self,
        walker: &mut Walker<'_>,
        value: &Yaml,
        values: &Values,
        task: &Task,
        scope: &mut Scope,
    ) -> Value {
        if let Some(shell) = value.get("sh") {
            if let Some((text, number)) = command(shell) {
                walker.capture(|walker| line(walker, filled(text, values), (&task.file, number), self.call, scope));
            }
            return unknown();
        }
        value.text().map_or_else(unknown, |text| filled(text, values))
    }
}

fn command(step: &Yaml) -> Option<(&BString, usize)> {
    let step = ["cmd", "sh"].iter().find_map(|key| step.get(key)).unwrap_or(step);
    Some((step.text()?, step.line))
}

/// What `for:` goes through.
fn each(list: Option<&Yaml>) -> Value {
    let items: Option<Vec<BString>> = list.and_then(|list| match &list.node {
        Node::List(items) => items.iter().map(|item| item.text().cloned()).collect(),
        Node::Null | Node::Scalar(_) | Node::Map(_) => None,
    });
    match items {
        Some(items) if !items.is_empty() && items.len() <= 16 => Value::OneOf(items),
        Some(_) | None => unknown(),
    }
}

/// A template with its variables in place; what else stands in braces is not known.
fn filled(text: &[u8], values: &Values) -> Value {
    let mut value = Value::known("");
    let mut rest = text;
    while let Some(at) = rest.find(b"{{") {
        value = value.then(Value::known(&rest[..at]));
        rest = &rest[at + 2..];
        let end = rest.find(b"}}").unwrap_or(rest.len());
        let name = rest[..end].trim_with(|c| c.is_ascii_whitespace() || c == '-');
        let known = name.strip_prefix(b".").and_then(|name| values.get(name.as_bstr()).cloned());
        value = value.then(known.unwrap_or_else(unknown));
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    value.then(Value::known(rest))
}

fn unknown() -> Value {
    Value::unknown(Cause::Construct("a template of task"))
}
