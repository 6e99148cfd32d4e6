//! The model's commands against the rules of their tools.

use std::cell::{Cell, OnceCell, RefCell};

use bstr::BString;

use super::Finding;
use super::judge::Judge;
use super::line::Line;
use super::paths::Setting;
use super::texts;
use crate::answer::Answer;
use crate::command::{Cause, Command, Model, Seen, Value, Want, Word};
use crate::packs::schema::When;
use crate::packs::{Packs, Severity, Tool};

pub use crate::packs::schema::Nature;

/// A word with more choices than this is matched as a whole.
const CHOICES: usize = 4;
/// So many combinations of choices are matched one by one.
const VARIANTS: usize = 16;

/// Which rules mind which command. `seen`: files with statements that `wants` asked for.
#[must_use]
pub fn matching(model: &Model, packs: &Packs, seen: &Seen) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, command) in model.commands.iter().enumerate() {
        let variants = variants(&command.words);
        for tool in tools(command, packs) {
            judge_command(index, command, &variants, tool, seen, &mut findings);
        }
    }
    findings
}

/// Files whose statements the rules would read.
#[must_use]
pub fn wants(model: &Model, packs: &Packs) -> Vec<Want> {
    let seen = Seen::default();
    let mut wants = Vec::new();
    for command in &model.commands {
        for tool in
            tools(command, packs).filter(|tool| !tool.pack.grammar.carries.is_empty() || tool.pack.speaks.is_some())
        {
            wants.extend(texts::wanted(&judge(command, &command.words, tool, &seen)));
        }
    }
    wants.sort();
    wants.dedup();
    wants
}

/// Whether the tools' grammars say that it starts no other program.
#[must_use]
pub fn is_leaf(command: &Command, packs: &Packs) -> bool {
    let seen = Seen::default();
    tools(command, packs).filter(|tool| !tool.pack.any_command).any(|tool| {
        let judge = judge(command, &command.words, tool, &seen);
        tool.pack.grammar.leaf.iter().any(|when| judge.holds(when, true) == Answer::Yes)
    })
}

/// What the tools' grammars say of a command apart from rules; `None` where no pack knows it or its verb.
#[must_use]
pub fn nature(command: &Command, packs: &Packs) -> Option<Nature> {
    let seen = Seen::default();
    let mut found = None;
    for tool in tools(command, packs).filter(|tool| !tool.pack.any_command) {
        let judge = judge(command, &command.words, tool, &seen);
        if tool.pack.grammar.leaf.iter().any(|when| judge.holds(when, true) == Answer::Yes) {
            return Some(Nature::Safe);
        }
        let unlisted = (tool.pack.grammar.unlisted_safe && !judge.line.open).then_some(Nature::Safe);
        let ruled = tool.pack.grammar.verbs.is_empty().then_some(Nature::Ruled);
        found = found.or(judge.line.listed).or(ruled).or(unlisted);
    }
    found
}

/// Commands of tools whose verbs are all listed, with a verb that is not among them: `tool verb`.
#[must_use]
pub fn unlisted(model: &Model, packs: &Packs) -> Vec<BString> {
    let mut found: Vec<BString> = Vec::new();
    for command in &model.commands {
        if let (Some(tool), Some(verb)) = (command.tool(), unlisted_verb(command, packs)) {
            let both = BString::from([tool, verb].join(&b' '));
            if !found.contains(&both) {
                found.push(both);
            }
        }
    }
    found
}

/// `None` where one of the packs lists the verb, or does not list verbs.
fn unlisted_verb<'a>(command: &'a Command, packs: &'a Packs) -> Option<&'a [u8]> {
    let seen = Seen::default();
    let mut verb = None;
    for tool in tools(command, packs).filter(|tool| !tool.pack.any_command) {
        let grammar = &tool.pack.grammar;
        if grammar.verbs.is_empty() || grammar.unlisted_safe {
            return None;
        }
        let line = judge(command, &command.words, tool, &seen).line;
        if line.listed.is_some() || line.open || line.asks_for_help(grammar) {
            return None;
        }
        verb = Some(command.words.get(*line.operands.first()?)?.text()?);
    }
    verb
}

fn tools<'a>(command: &'a Command, packs: &'a Packs) -> Box<dyn Iterator<Item = &'a Tool> + 'a> {
    match command.tool() {
        Some(name) => Box::new(packs.tools_for(name)),
        None => Box::new(packs.tools_for_any()),
    }
}

fn judge<'a>(command: &'a Command, words: &'a [Word], tool: &'a Tool, seen: &'a Seen) -> Judge<'a> {
    let known = |value: &'a Value| match value {
        Value::Known(text) if text.starts_with(b"/") => Some(&text[..]),
        Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => None,
    };
    let home = command.environment.values.get(&b"HOME"[..]).and_then(known);
    Judge {
        command,
        words,
        tool,
        line: Line::read(words, tool),
        setting: Setting { directory: known(&command.directory), home },
        seen,
        texts: OnceCell::new(),
        because: RefCell::new(None),
        unread: Cell::new(false),
    }
}

fn judge_command(
    index: usize,
    command: &Command,
    variants: &[Vec<Word>],
    tool: &Tool,
    seen: &Seen,
    findings: &mut Vec<Finding>,
) {
    let first = findings.len();
    let judges: Vec<Judge<'_>> = if variants.is_empty() {
        vec![judge(command, &command.words, tool, seen)]
    } else {
        variants.iter().map(|words| judge(command, words, tool, seen)).collect()
    };
    for one in &judges {
        find(index, one, first, findings);
        statements(index, one, first, findings);
    }
}

/// Statements of a data store's language are matched as command lines of its client.
fn statements(index: usize, judge_of: &Judge<'_>, first: usize, findings: &mut Vec<Finding>) {
    let carries_lines = |carried: &crate::packs::schema::Carried| {
        use crate::packs::schema::Carried;
        matches!(carried, Carried::Lines(_) | Carried::LinesFile(_))
    };
    if !judge_of.tool.pack.grammar.carries.iter().any(|(_, carried)| carries_lines(carried)) {
        return;
    }
    let name = judge_of.words.first().cloned().unwrap_or_else(|| Word::known(judge_of.tool.pack.name.as_str()));
    let statements = texts::Texts::read(judge_of).statements;
    for statement in &statements {
        let words = texts::as_words(&name, statement);
        let inner = judge(judge_of.command, &words, judge_of.tool, judge_of.seen);
        find(index, &inner, first, findings);
    }
}

/// Adds the findings of one reading to those that other readings of the same command made from `first` on.
fn find(index: usize, judge: &Judge<'_>, first: usize, findings: &mut Vec<Finding>) {
    if !judge.tool.pack.any_command && judge.line.asks_for_help(&judge.tool.pack.grammar) {
        return;
    }
    for (data, rule) in judge.tool.pack.rules.iter().zip(&judge.tool.rules) {
        judge.because.replace(None);
        judge.unread.set(false);
        let answer = match judge.holds(&data.when, false) {
            Answer::CannotTell if rule.severity >= Severity::Critical && is_sure(judge, &data.when) => Answer::Yes,
            answer => answer,
        };
        if answer == Answer::No {
            continue;
        }
        let because = (answer == Answer::CannotTell)
            .then(|| judge.because.take().unwrap_or(Cause::Construct("the command line")));
        let finding = Finding {
            rule: rule.clone(),
            answer,
            because,
            command: index,
            at: judge.command.at.clone(),
            operands: if answer == Answer::CannotTell && judge.unread.get() {
                Vec::new()
            } else {
                judge.hits(&data.hits, &data.when)
            },
        };
        let earlier = findings.iter_mut().skip(first).find(|one| one.rule.id == rule.id);
        match earlier {
            None => findings.push(finding),
            Some(one) => join(one, finding),
        }
    }
}

/// The worst acts do not hide behind a word that might be `--help`: `rm -rf $X /` hits the root whatever X is, unless it is
/// an option, so such a word is taken for an operand where another is known.
fn is_sure(of: &Judge<'_>, when: &When) -> bool {
    let known = |at: &usize| of.words.get(*at).is_some_and(|word| word.text().is_some());
    if of.line.hazy.is_empty() || of.line.open || !of.line.operands.iter().any(known) {
        return false;
    }
    let mut assumed = judge(of.command, of.words, of.tool, of.seen);
    assumed.assume_operands();
    assumed.holds(when, false) == Answer::Yes
}

/// The worse answer holds, and what either hits is hit.
fn join(one: &mut Finding, other: Finding) {
    if one.answer == Answer::CannotTell && other.answer == Answer::Yes {
        one.answer = Answer::Yes;
        one.because = None;
    }
    for operand in other.operands {
        if !one.operands.contains(&operand) {
            one.operands.push(operand);
        }
    }
}

/// The words with each combination of choices; none where no word has any.
fn variants(words: &[Word]) -> Vec<Vec<Word>> {
    let mut all: Vec<Vec<Word>> = Vec::new();
    for (at, word) in words.iter().enumerate().skip(1) {
        let Value::OneOf(choices) = &word.value else { continue };
        if choices.len() > CHOICES || choices.len() * all.len().max(1) > VARIANTS {
            continue;
        }
        if all.is_empty() {
            all.push(words.to_vec());
        }
        let before = std::mem::take(&mut all);
        for variant in before {
            for choice in choices {
                let mut variant = variant.clone();
                if let Some(word) = variant.get_mut(at) {
                    word.value = Value::Known(choice.clone());
                }
                all.push(variant);
            }
        }
    }
    all
}
