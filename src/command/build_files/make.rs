//! `make`: the recipes of the targets that would be made, prerequisites first.

use std::collections::{BTreeMap, BTreeSet};

use bstr::{BString, ByteSlice};

use super::super::options::{Style, Table, split};
use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::{Input, Walker};
use super::super::words::{Value, Word};
use super::super::{Change, Sight, UnreadKind};
use super::functions::Expansion;
use super::makefile::{Entry, entries};
use super::{by_shell, inside, line};

/// Included files, targets made, recipe lines run.
const FILES: usize = 20;
const TARGETS: usize = 2000;

#[rustfmt::skip]
const TABLE: Table<'static, &str> = Table {
    style: Style::Gnu,
    value: &["-f", "--file", "--makefile", "-C", "--directory", "-I", "--include-dir", "-o", "-W", "-E", "--eval"],
    flag: &["-n", "--dry-run", "--just-print", "--recon", "-q", "--question", "-k", "--keep-going", "-s", "--silent", "--quiet", "-B", "--always-make", "-e", "-i", "-p", "-r", "-R", "-t", "--touch", "-v", "--version", "-w", "-h", "--help", "--no-print-directory", "--debug", "-d"],
    optional: &["-j", "--jobs", "-l", "--load-average", "-O", "--output-sync"],
    stop_at_operand: false,
};

#[derive(Clone)]
struct Rule {
    prerequisites: BString,
    recipe: Vec<(BString, usize)>,
    file: BString,
}

#[derive(Default)]
struct Build {
    variables: BTreeMap<BString, BString>,
    given: BTreeMap<BString, Value>,
    rules: BTreeMap<BString, Vec<Rule>>,
    patterns: Vec<(BString, Rule)>,
    first: Option<BString>,
    files: usize,
    made: BTreeSet<BString>,
}

pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    let words = call.words.get(1..).unwrap_or_default();
    let options = split(words, &TABLE);
    if ["-v", "--version", "-h", "--help", "-t", "--touch"].iter().any(|flag| options.has(flag)) {
        return;
    }
    let dry = ["-n", "--dry-run", "--just-print", "--recon", "-q", "--question"].iter().any(|flag| options.has(flag));
    let mut inner = scope.clone();
    for given in options.given.iter().filter(|given| matches!(given.name.as_slice(), b"-C" | b"--directory")) {
        let to = given.value.as_ref().and_then(Word::text).and_then(|folder| inner.absolute(folder));
        inner.change_directory(
            to.map_or_else(|| Word::unknown(super::super::Cause::Construct("make -C")).value, Value::Known),
        );
    }
    let mut build = Build::default();
    let mut goals: Vec<BString> = Vec::new();
    for operand in options.operands.iter().filter_map(|at| words.get(*at)) {
        match (operand.text(), operand.value.starts_with().split_once_str(b"=")) {
            (Some(text), None) => goals.push(text.into()),
            (Some(_), Some((name, value))) => drop(build.given.insert(name.into(), Value::known(value))),
            (None, Some((name, _))) => drop(build.given.insert(name.into(), operand.value.clone())),
            (None, None) => walker.unread(UnreadKind::Code, operand.shown(), &call.at),
        }
    }
    for given in options.given.iter().filter(|given| matches!(given.name.as_slice(), b"--eval" | b"-E")) {
        if let Some(text) = given.value.as_ref().and_then(Word::text) {
            build.read(walker, text, &BString::from("make"), call, &mut inner);
        }
    }
    let files: Vec<&Word> = options
        .given
        .iter()
        .filter(|given| matches!(given.name.as_slice(), b"-f" | b"--file" | b"--makefile"))
        .filter_map(|given| given.value.as_ref())
        .collect();
    if files.is_empty() {
        for name in ["GNUmakefile", "makefile", "Makefile"] {
            if build.file(walker, name.as_bytes(), call, &mut inner) {
                break;
            }
        }
    }
    for file in files {
        match file.text() {
            Some(b"-" | b"/dev/stdin") => match walker.input_value(&call.input, &inner) {
                Some(Value::Known(text)) => build.read(walker, &text, &BString::from("make"), call, &mut inner),
                Some(_) => walker.unread(UnreadKind::Code, tool.clone(), &call.at),
                None => {}
            },
            Some(path) => drop(build.file(walker, path, call, &mut inner)),
            None => walker.unread(UnreadKind::Code, file.shown(), &call.at),
        }
    }
    if goals.is_empty() {
        let chosen = build.variables.get(b".DEFAULT_GOAL".as_bstr()).cloned();
        goals.extend(chosen.or(build.first.clone()));
    }
    let call = Call { input: Input::Inherited, ..call.clone() };
    for goal in goals {
        let folder = match &inner.directory {
            Value::Known(folder) => folder.clone(),
            Value::OneOf(_) | Value::Unknown(_) => "make".into(),
        };
        inside(walker, format!("{folder}:{goal}").into(), Change::None, &call, |walker| {
            build.make(walker, &goal, dry, &call, &mut inner, 0);
        });
    }
    scope.files = inner.files;
    scope.created = inner.created;
}

impl Build {
    /// Reads a file, where it is there.
    fn file(&mut self, walker: &mut Walker<'_>, path: &[u8], call: &Call, scope: &mut Scope) -> bool {
        self.files += 1;
        if self.files > FILES {
            walker.unread(UnreadKind::Code, path, &call.at);
            return false;
        }
        match walker.file(path, scope) {
            Some(Ok(Value::Known(text))) => {
                self.read(walker, &text, &path.into(), call, scope);
                true
            }
            Some(Err(Sight::Missing)) | None => false,
            Some(Ok(_) | Err(_)) => {
                walker.unread(UnreadKind::Code, path, &call.at);
                true
            }
        }
    }

    fn read(&mut self, walker: &mut Walker<'_>, text: &[u8], file: &BString, call: &Call, scope: &mut Scope) {
        for entry in entries(text) {
            match entry {
                Entry::Assign { name, operator, value } => self.assign(walker, name, operator, value, call, scope),
                Entry::Include(paths) => {
                    if let Value::Known(paths) = self.value(walker, &paths, &[], call, scope) {
                        for path in paths.fields().map(<[u8]>::to_vec) {
                            self.file(walker, &path, call, scope);
                        }
                    }
                }
                Entry::Bare(text) => drop(self.value(walker, &text, &[], call, scope)),
                Entry::Rule { targets, prerequisites, recipe } => {
                    let Value::Known(targets) = self.value(walker, &targets, &[], call, scope) else { continue };
                    // `targets: %.o: %.c`: a pattern for these targets alone.
                    if let Some((pattern, sources)) = prerequisites.split_once_str(b":") {
                        let prerequisites = BString::from(sources.trim());
                        let rule = Rule { prerequisites, recipe: recipe.clone(), file: file.clone() };
                        self.patterns.push((pattern.trim().into(), rule));
                        self.first.get_or_insert_with(|| targets.fields().next().unwrap_or_default().into());
                        continue;
                    }
                    for target in targets.fields() {
                        let rule =
                            Rule { prerequisites: prerequisites.clone(), recipe: recipe.clone(), file: file.clone() };
                        if target.contains(&b'%') {
                            self.patterns.push((target.into(), rule));
                            continue;
                        }
                        if self.first.is_none() && (!target.starts_with(b".") || target.contains(&b'/')) {
                            self.first = Some(target.into());
                        }
                        self.rules.entry(target.into()).or_default().push(rule);
                    }
                }
            }
        }
    }

    fn assign(
        &mut self,
        walker: &mut Walker<'_>,
        name: BString,
        operator: &str,
        value: BString,
        call: &Call,
        scope: &mut Scope,
    ) {
        let value = match operator {
            "!=" => [b"$(shell ", value.as_slice(), b")"].concat().into(),
            _ => value,
        };
        // What is assigned at once runs its `$(shell …)` at once; the rest when it is used.
        let value = if matches!(operator, ":=" | "::=" | ":::=" | "!=") {
            match self.value(walker, &value, &[], call, scope) {
                Value::Known(text) => text.replace("$", "$$").into(),
                unknown => {
                    self.given.insert(name, unknown);
                    return;
                }
            }
        } else {
            value
        };
        match (operator, self.variables.get_mut(&name)) {
            ("?=", Some(_)) => {}
            ("?=", None) if scope.value(&name).is_some_and(|value| matches!(value, Value::Known(_))) => {}
            ("+=", Some(old)) if old.len() + value.len() < 1 << 16 => {
                old.push(b' ');
                old.extend_from_slice(&value);
            }
            (_, _) => drop(self.variables.insert(name, value)),
        }
    }

    /// Expands a text, and runs what its `$(shell …)` run.
    fn value(
        &self,
        walker: &mut Walker<'_>,
        text: &[u8],
        automatic: &[(&'static str, Value)],
        call: &Call,
        scope: &mut Scope,
    ) -> Value {
        // A variable of the environment that is not known for sure is most likely unset.
        let outside = |name: &[u8]| match scope.value(name) {
            Some(Value::Unknown(_)) | None => None,
            some => some,
        };
        let mut expansion = Expansion {
            given: &self.given,
            variables: &self.variables,
            outside: &outside,
            automatic,
            shell: Vec::new(),
            steps: 0,
        };
        let value = expansion.expand(text, 0);
        let commands = expansion.shell;
        for command in commands {
            walker.capture(|walker| line(walker, command, (&BString::from("Makefile"), 0), call, scope));
        }
        value
    }

    fn make(
        &mut self,
        walker: &mut Walker<'_>,
        goal: &BString,
        dry: bool,
        call: &Call,
        scope: &mut Scope,
        depth: usize,
    ) {
        if depth > 40 || self.made.len() > TARGETS {
            return walker.unread(UnreadKind::Code, goal.clone(), &call.at);
        }
        if !self.made.insert(goal.clone()) {
            return;
        }
        let mut rules: Vec<(Rule, BString)> = Vec::new();
        for rule in self.rules.get(goal).into_iter().flatten() {
            rules.push((rule.clone(), BString::default()));
        }
        if rules.iter().all(|(rule, _)| rule.recipe.is_empty()) {
            let pattern = self.patterns.iter().find_map(|(pattern, rule)| Some((stem(pattern, goal)?, rule)));
            if let Some((stem, rule)) = pattern.filter(|(_, rule)| !rule.recipe.is_empty()) {
                let prerequisites = rule.prerequisites.replace("%", &stem).into();
                rules.push((Rule { prerequisites, ..rule.clone() }, stem));
            }
        }
        for (Rule { prerequisites, recipe, file }, stem) in rules {
            let needed = self.value(walker, &prerequisites, &[], call, scope);
            let list: Vec<BString> = match &needed {
                Value::Known(text) => text.fields().filter(|word| *word != b"|").map(BString::from).collect(),
                Value::OneOf(_) | Value::Unknown(_) => Vec::new(),
            };
            for one in &list {
                self.make(walker, one, dry, call, scope, depth + 1);
            }
            let first = list.first().cloned().unwrap_or_default();
            let automatic = [
                ("@", Value::Known(goal.clone())),
                ("<", Value::Known(first)),
                ("^", needed.clone()),
                ("+", needed.clone()),
                ("?", needed),
                ("*", Value::Known(stem)),
                ("@D", Value::known(folder(goal))),
                ("@F", Value::known(&goal[goal.rfind_byte(b'/').map_or(0, |at| at + 1)..])),
            ];
            let shell = self.shell(walker, call, scope);
            if self.rules.contains_key(b".ONESHELL".as_bstr()) && !dry {
                let number = recipe.first().map_or(0, |(_, number)| *number);
                let whole = bstr::join("\n", recipe.iter().map(|(line, _)| line.strip_prefix(b"@").unwrap_or(line)));
                let text = self.value(walker, &whole, &automatic, call, scope);
                by_shell(walker, &shell, text, (&file, number), call, scope);
                continue;
            }
            for (command, number) in recipe {
                let plain = command.trim_start_with(|c| matches!(c, '@' | '-' | '+' | ' ' | '\t'));
                let always = command[..command.len() - plain.len()].contains(&b'+') || plain.find(b"$(MAKE)").is_some();
                if dry && !always {
                    continue;
                }
                let text = self.value(walker, plain, &automatic, call, scope);
                let from = if file == "make" { 0 } else { number };
                for text in recipe_lines(text) {
                    by_shell(walker, &shell, text, (&file, from), call, scope);
                }
            }
        }
    }

    /// What recipes are handed to: `SHELL`, which make takes from its files only, and `.SHELLFLAGS`.
    fn shell(&self, walker: &mut Walker<'_>, call: &Call, scope: &mut Scope) -> Vec<Word> {
        let usual = || vec![Word::known("sh"), Word::known("-c")];
        let Some(shell) = self.variables.get(b"SHELL".as_bstr()) else { return usual() };
        let Value::Known(shell) = self.value(walker, shell, &[], call, scope) else { return usual() };
        let flags = self.variables.get(b".SHELLFLAGS".as_bstr()).map_or(&b"-c"[..], |flags| flags.as_slice());
        shell.fields().chain(flags.fields()).map(Word::known).collect()
    }
}

/// A defined text of several lines is as many commands.
fn recipe_lines(text: Value) -> Vec<Value> {
    match &text {
        Value::Known(whole) if whole.contains(&b'\n') && whole.find(b"\\\n").is_none() => whole
            .lines()
            .map(|line| Value::known(line.trim_start_with(|c| matches!(c, '@' | '-' | '+' | ' ' | '\t'))))
            .collect(),
        Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => vec![text],
    }
}

fn stem(pattern: &[u8], goal: &[u8]) -> Option<BString> {
    let (before, after) = pattern.split_once_str(b"%")?;
    let rest = goal.strip_prefix(before)?.strip_suffix(after)?;
    (!rest.is_empty()).then(|| rest.into())
}

fn folder(path: &[u8]) -> &[u8] {
    path.rfind_byte(b'/').map_or(b".", |at| &path[..at])
}
