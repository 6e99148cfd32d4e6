//! A makefile's text → variables, rules and what else stands in it, in order. Nothing is expanded here.

use bstr::{BString, ByteSlice};

#[derive(Clone, Debug)]
pub(super) enum Entry {
    Assign {
        name: BString,
        operator: &'static str,
        value: BString,
    },
    Rule {
        targets: BString,
        prerequisites: BString,
        recipe: Vec<(BString, usize)>,
    },
    Include(BString),
    /// A line on its own: `$(shell …)`, `$(eval …)`
    Bare(BString),
}

/// Rules and assignments of one file.
const ENTRIES: usize = 20_000;

const OPERATORS: &[&str] = &[":::=", "::=", ":=", "?=", "+=", "!=", "="];

pub(super) fn entries(text: &[u8]) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    let mut lines = logical(text).into_iter();
    let mut in_rule = false;
    while let Some((line, number)) = lines.next() {
        if all.len() >= ENTRIES {
            break;
        }
        if in_rule && let Some(command) = line.strip_prefix(b"\t") {
            if let Some(Entry::Rule { recipe, .. }) = all.last_mut() {
                recipe.push((command.into(), number));
            }
            continue;
        }
        let plain = uncommented(&line).trim();
        if plain.is_empty() {
            continue;
        }
        let first = plain.fields().next().unwrap_or_default();
        let rest = plain[first.len()..].trim();
        match first {
            // Both sides of a condition are read.
            b"ifeq" | b"ifneq" | b"ifdef" | b"ifndef" | b"else" | b"endif" | b"export" | b"unexport" | b"override"
            | b"vpath" | b"undefine"
                if !assigns(rest) => {}
            b"export" | b"override" | b"private" => all.extend(assignment(rest)),
            b"include" | b"-include" | b"sinclude" => all.push(Entry::Include(rest.into())),
            b"define" => {
                let name = rest.trim_end_with(|c| matches!(c, '=' | ':' | ' ' | '+' | '?'));
                let mut body: Vec<BString> = Vec::new();
                for (line, _) in lines.by_ref() {
                    if line.trim().starts_with(b"endef") {
                        break;
                    }
                    body.push(line);
                }
                all.push(Entry::Assign { name: name.into(), operator: "=", value: bstr::join("\n", body).into() });
            }
            _ => {
                if let Some(entry) = assignment(plain) {
                    all.push(entry);
                    continue;
                }
                match rule(plain, number) {
                    Some(entry) => {
                        in_rule = true;
                        all.push(entry);
                    }
                    None => all.push(Entry::Bare(plain.into())),
                }
                continue;
            }
        }
        in_rule &= matches!(all.last(), Some(Entry::Rule { .. }));
    }
    all
}

/// Lines with their continuations, and the number of the first. A recipe keeps its backslash for the shell.
fn logical(text: &[u8]) -> Vec<(BString, usize)> {
    let mut all = Vec::new();
    let mut open: Option<(BString, usize)> = None;
    for (index, line) in text.lines().enumerate() {
        let (mut whole, number) = open.take().unwrap_or((BString::default(), index + 1));
        let continued = line.ends_with(b"\\") && !line.ends_with(b"\\\\");
        let recipe = if whole.is_empty() { line.starts_with(b"\t") } else { whole.starts_with(b"\t") };
        if recipe {
            // Make takes away the tab of a continued line.
            let line = if whole.is_empty() { line } else { line.strip_prefix(b"\t").unwrap_or(line) };
            whole.extend_from_slice(line);
            if continued {
                whole.push(b'\n');
            }
        } else {
            let fresh = whole.is_empty();
            whole.extend_from_slice(if fresh { line } else { line.trim_start() });
            if continued {
                whole.pop();
                whole.push(b' ');
            }
        }
        if continued {
            open = Some((whole, number));
        } else {
            all.push((whole, number));
        }
    }
    all.extend(open);
    all
}

fn uncommented(line: &[u8]) -> &[u8] {
    let end = line.iter().enumerate().position(|(at, byte)| *byte == b'#' && (at == 0 || line[at - 1] != b'\\'));
    &line[..end.unwrap_or(line.len())]
}

fn assigns(text: &[u8]) -> bool {
    assignment(text).is_some()
}

/// `NAME op value`, where the name has no blank (a target-specific one is the rule's business).
fn assignment(text: &[u8]) -> Option<Entry> {
    let end = text.find_byteset(b" \t:=?+!").filter(|end| *end > 0)?;
    let rest = text[end..].trim_start();
    let operator = OPERATORS.iter().find(|operator| rest.starts_with(operator.as_bytes()))?;
    let value = rest[operator.len()..].trim_start();
    Some(Entry::Assign { name: text[..end].into(), operator, value: value.into() })
}

/// `targets: prerequisites ; command`
fn rule(text: &[u8], number: usize) -> Option<Entry> {
    let colon = outside(text, b':')?;
    let targets = text[..colon].into();
    let rest = text[colon + 1..].trim_start_with(|c| c == ':' || c == '&').trim();
    if let Some(entry) = assignment(rest) {
        // `target: NAME = value`
        return Some(entry);
    }
    let (prerequisites, command) = match outside(rest, b';') {
        Some(at) => (&rest[..at], Some(rest[at + 1..].trim_start())),
        None => (rest, None),
    };
    let recipe = command.map(|command| (command.into(), number)).into_iter().collect();
    Some(Entry::Rule { targets, prerequisites: prerequisites.into(), recipe })
}

/// The first such byte that is in no `$( … )`.
fn outside(text: &[u8], mark: u8) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            _ if *byte == mark && depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}
