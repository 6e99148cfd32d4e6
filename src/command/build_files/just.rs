//! `just`: recipes with their dependencies, parameters and variables.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::super::options::{Style, Table, split};
use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::{Input, Walker};
use super::super::words::{Cause, Value, Word};
use super::super::{Change, UnreadKind, follow};
use super::just_expressions::Expression;
use super::justfile::{Justfile, Need, RECIPES, Recipe};
use super::{Found, back, by_shell, file_in, in_folder, inside, nearest, script};

const NAMES: &[&str] = &["justfile", ".justfile", "Justfile", "JUSTFILE"];

#[rustfmt::skip]
const TABLE: Table<'static, &str> = Table {
    style: Style::Gnu,
    value: &["-f", "--justfile", "-d", "--working-directory", "--shell", "--shell-arg", "--color", "--dotenv-filename", "--dotenv-path", "-E", "--chooser", "--cygpath", "--tempdir", "--timestamp-format", "-s", "--show", "--usage", "--completions", "--group"],
    flag: &["-l", "--list", "-n", "--dry-run", "-q", "--quiet", "-v", "--verbose", "--summary", "--dump", "--fmt", "--init", "--edit", "-e", "--evaluate", "--variables", "--groups", "--man", "--changelog", "--json", "-g", "--yes", "--choose", "--no-deps", "--one", "--unstable", "-u", "--unsorted", "-V", "--version", "-h", "--help", "-c", "--command", "--set", "--highlight", "--no-highlight", "--clear-shell-args", "--no-dotenv", "--check", "--explain", "--timestamp", "--allow-missing", "--shell-command", "--alias-style", "--no-aliases"],
    optional: &[],
    stop_at_operand: true,
};

/// Options with which no recipe runs.
#[rustfmt::skip]
const QUIET: &[&str] = &["-l", "--list", "-n", "--dry-run", "--summary", "--dump", "--fmt", "--init", "--edit", "-e", "--variables", "--groups", "--man", "--changelog", "-s", "--show", "--usage", "--completions", "-V", "--version", "-h", "--help"];

struct Run<'r> {
    file: &'r Justfile,
    given: BTreeMap<BString, Value>,
    ran: Vec<(BString, Vec<Value>)>,
    here: BString,
}

pub(super) fn run(walker: &mut Walker<'_>, call: &Call, scope: &mut Scope) {
    let arguments = call.words.get(1..).unwrap_or_default();
    let mut arguments = arguments.to_vec();
    let mut given = BTreeMap::new();
    // `--set NAME VALUE`
    while let Some(at) = arguments.iter().position(|word| word.text() == Some(b"--set")) {
        let taken: Vec<Word> = arguments.drain(at..(at + 3).min(arguments.len())).collect();
        if let [_, name, value] = taken.as_slice() {
            given.insert(name.shown(), value.value.clone());
        }
    }
    let options = split(&arguments, &TABLE);
    if QUIET.iter().any(|option| options.has(option)) {
        return;
    }
    let mut operands = arguments.get(options.end..).unwrap_or_default();
    if options.has("-c") || options.has("--command") {
        super::words(walker, operands.to_vec(), (&BString::default(), 0), call, scope);
        return;
    }
    let option = |names: [&str; 2]| names.iter().find_map(|name| options.value_of(name)).and_then(Word::text);
    let found = match (option(["-f", "--justfile"]), operands.first().and_then(Word::text)) {
        (Some(path), _) => {
            let (folder, name) = path.rsplit_once_str(b"/").unwrap_or((b".", path));
            file_in(walker, &[&name.to_str_lossy()], folder, scope)
        }
        // `just folder/recipe`
        (None, Some(first)) if first.contains(&b'/') && !first.contains(&b'=') => {
            let end = first.rfind_byte(b'/').unwrap_or_default();
            nearest(walker, NAMES, &first[..end.max(1)], scope)
        }
        (None, _) => nearest(walker, NAMES, b".", scope),
    };
    let Some(found) = found else { return };
    let folder = match option(["-d", "--working-directory"]).map(|folder| scope.absolute(folder)) {
        Some(folder) => folder.unwrap_or_else(|| found.folder.clone()),
        None => found.folder.clone(),
    };
    let mut file = Justfile::default();
    file.read(walker, &found, &folder, &scope.shown(&found.path), scope);
    while let Some((name, value)) = operands.first().and_then(|word| word.value.starts_with().split_once_str(b"=")) {
        let known = operands[0].text().is_some();
        let value = if known { Value::known(value) } else { operands[0].value.clone() };
        given.insert(name.into(), value);
        operands = &operands[1..];
    }
    let call = Call { input: Input::Inherited, ..call.clone() };
    let mut inner = scope.clone();
    let here = match &scope.directory {
        Value::Known(here) => here.clone(),
        Value::OneOf(_) | Value::Unknown(_) => folder.clone(),
    };
    inside(
        walker,
        format!("{}:{}", found.path, follow::joined(operands).starts_with().as_bstr()).into(),
        Change::None,
        &call,
        |walker| {
            let mut run = Run { file: &file, given, ran: Vec::new(), here };
            run.back_ticks(walker, &found, &call, &mut inner);
            run.goals(walker, operands, &call, &mut inner);
        },
    );
    back(scope, inner);
}

impl Run<'_> {
    /// Variables are evaluated before a recipe runs, whether or not it uses them.
    fn back_ticks(&self, walker: &mut Walker<'_>, found: &Found, call: &Call, scope: &mut Scope) {
        let recipe = Recipe { folder: found.folder.clone(), file: scope.shown(&found.path), ..Recipe::default() };
        let mut inner = in_folder(scope, &found.folder);
        for text in
            self.file.variables.values().filter(|text| text.find(b"`").is_some() || text.find(b"shell(").is_some())
        {
            self.value(walker, text, &self.given, &recipe, call, &mut inner);
        }
        back(scope, inner);
    }

    /// Recipes of the command line, each with as many words as it has parameters.
    fn goals(&mut self, walker: &mut Walker<'_>, operands: &[Word], call: &Call, scope: &mut Scope) {
        if operands.is_empty() {
            if let Some(first) = self.file.first.clone() {
                self.recipe(walker, &first, Vec::new(), call, scope, 0);
            }
            return;
        }
        let mut rest = operands;
        while let Some((goal, after)) = rest.split_first() {
            let Some(name) = goal.text() else {
                walker.unread(UnreadKind::Code, goal.shown(), &call.at);
                return;
            };
            let name = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
            if name.is_empty() {
                return self.goals(walker, after, call, scope);
            }
            let name = self.file.aliases.get(name.as_bstr()).cloned().unwrap_or_else(|| name.into());
            let Some(recipe) = self.file.recipes.get(&name) else { return };
            let many = recipe.parameters.last().is_some_and(|last| last.rest);
            let count = if many { after.len() } else { recipe.parameters.len().min(after.len()) };
            let arguments = after[..count].iter().map(|word| word.value.clone()).collect();
            self.recipe(walker, &name, arguments, call, scope, 0);
            rest = &after[count..];
        }
    }

    fn recipe(
        &mut self,
        walker: &mut Walker<'_>,
        name: &BString,
        arguments: Vec<Value>,
        call: &Call,
        scope: &mut Scope,
        depth: usize,
    ) {
        let name = self.file.aliases.get(name).unwrap_or(name);
        let Some(recipe) = self.file.recipes.get(name) else { return };
        let this = (name.clone(), arguments.clone());
        if depth > 20 || self.ran.len() > RECIPES || self.ran.contains(&this) {
            return;
        }
        self.ran.push(this);
        let mut known = self.given.clone();
        let mut arguments = arguments.into_iter();
        for parameter in &recipe.parameters {
            let value = if parameter.rest {
                let mut all: Option<Value> = None;
                for one in arguments.by_ref() {
                    all = Some(all.map_or(one.clone(), |all| all.then(Value::known(" ")).then(one)));
                }
                all
            } else {
                arguments.next()
            };
            let value = match (value, &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.value(walker, default, &known, recipe, call, scope),
                (None, None) => Value::unknown(Cause::Variable(parameter.name.clone())),
            };
            known.insert(parameter.name.clone(), value);
        }
        self.needs(walker, &recipe.before, &known, recipe, call, scope, depth);
        self.body(walker, recipe, &known, call, scope);
        self.needs(walker, &recipe.after, &known, recipe, call, scope, depth);
    }

    #[expect(clippy::too_many_arguments, reason = "what a recipe is run with")]
    fn needs(
        &mut self,
        walker: &mut Walker<'_>,
        needs: &[Need],
        known: &BTreeMap<BString, Value>,
        recipe: &Recipe,
        call: &Call,
        scope: &mut Scope,
        depth: usize,
    ) {
        for need in needs {
            let values =
                need.arguments.iter().map(|text| self.value(walker, text, known, recipe, call, scope)).collect();
            self.recipe(walker, &need.name, values, call, scope, depth + 1);
        }
    }

    fn body(
        &mut self,
        walker: &mut Walker<'_>,
        recipe: &Recipe,
        known: &BTreeMap<BString, Value>,
        call: &Call,
        scope: &mut Scope,
    ) {
        let mut inner = in_folder(scope, if recipe.no_cd { &self.here } else { &recipe.folder });
        let usual = [Word::known("sh"), Word::known("-cu")];
        let shell = self.file.shell.as_deref().unwrap_or(&usual);
        if recipe.body.first().is_some_and(|(line, _)| line.starts_with(b"#!")) {
            let whole: BString = bstr::join("\n", recipe.body.iter().map(|(line, _)| line)).into();
            let text = self.interpolated(walker, &whole, known, recipe, call, &mut inner);
            script(walker, text, (&recipe.file, recipe.body[0].1), call, &mut inner);
            return back(scope, inner);
        }
        let mut lines = recipe.body.iter();
        while let Some((line, number)) = lines.next() {
            let mut line = line.clone();
            while line.ends_with(b"\\") {
                line.pop();
                let Some((next, _)) = lines.next() else { break };
                line.extend_from_slice(next.trim_start());
            }
            let plain = line.trim_start_with(|c| matches!(c, '@' | '-' | ' ' | '\t'));
            let text = self.interpolated(walker, plain, known, recipe, call, &mut inner);
            by_shell(walker, shell, text, (&recipe.file, *number), call, &mut inner);
        }
        back(scope, inner);
    }

    /// `{{ expression }}`
    fn interpolated(
        &self,
        walker: &mut Walker<'_>,
        text: &[u8],
        known: &BTreeMap<BString, Value>,
        recipe: &Recipe,
        call: &Call,
        scope: &mut Scope,
    ) -> Value {
        let mut value = Value::known("");
        let mut rest = text;
        while let Some(at) = rest.find(b"{{") {
            value = value.then(Value::known(&rest[..at]));
            rest = &rest[at + 2..];
            if let Some(escaped) = rest.strip_prefix(b"{{") {
                value = value.then(Value::known("{{"));
                rest = escaped;
                continue;
            }
            let end = rest.find(b"}}").unwrap_or(rest.len());
            value = value.then(self.value(walker, &rest[..end], known, recipe, call, scope));
            rest = rest.get(end + 2..).unwrap_or_default();
        }
        value.then(Value::known(rest))
    }

    fn value(
        &self,
        walker: &mut Walker<'_>,
        text: &[u8],
        known: &BTreeMap<BString, Value>,
        recipe: &Recipe,
        call: &Call,
        scope: &mut Scope,
    ) -> Value {
        let around = scope.clone();
        let environment = |name: &[u8]| around.value(name);
        let mut expression = Expression {
            given: known,
            variables: &self.file.variables,
            folder: &recipe.folder,
            environment: &environment,
            shell: Vec::new(),
            steps: 0,
        };
        let value = expression.value(text, 0);
        for command in expression.shell {
            walker.capture(|walker| super::line(walker, command, (&recipe.file, 0), call, scope));
        }
        value
    }
}
