//! Loops without end that start a background job in each round and hold nowhere: they fill the machine with processes.

use super::walk::Walker;
use crate::parse::syntax::{Item, Kind, Node, Part, Pipeline, Script, Word};

/// Commands that end at once. Any other one is taken to last, so that rounds cannot pile up.
const QUICK: &[&[u8]] = &[
    b"echo",
    b"printf",
    b"true",
    b":",
    b"false",
    b"let",
    b"export",
    b"local",
    b"declare",
    b"typeset",
    b"readonly",
    b"unset",
    b"set",
    b"shift",
    b"[",
    b"test",
    b"jobs",
    b"date",
    b"pwd",
    b"cd",
    b"trap",
    b"bg",
];
/// Commands that end the loop, or may.
const LEAVES: &[&[u8]] = &[b"break", b"exit", b"return", b"exec"];

impl Walker<'_> {
    /// `while …` and `until …`.
    pub(super) fn spawns(&mut self, until: bool, condition: &Script, body: &Script) {
        let Some((last, before)) = condition.items.split_last() else { return };
        let started = last.background && !until;
        if !started && constant(last) != Some(!until) {
            return;
        }
        let mut round = Round::default();
        round.items(if started { &condition.items } else { before });
        round.items(&body.items);
        self.note_spawning(&round);
    }

    /// `for (( … ))`
    pub(super) fn spawns_counted(&mut self, test: &Word, body: &Script) {
        if test.parts.iter().all(|part| literal(part).is_some_and(|text| text.trim_ascii().is_empty()))
            || number(test) == Some(true)
        {
            let mut round = Round::default();
            round.items(&body.items);
            self.note_spawning(&round);
        }
    }

    fn note_spawning(&mut self, round: &Round) {
        if (round.waited_for > 0 || round.orphans) && !round.holds {
            self.limit("a loop without end that starts jobs in the background");
        }
    }
}

/// What one round of a loop does.
#[derive(Default)]
struct Round {
    /// Jobs of this shell that no `wait` came behind yet.
    waited_for: usize,
    /// Jobs that no `wait` can see.
    orphans: bool,
    /// It takes its time, or may end the loop.
    holds: bool,
}

impl Round {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            if item.background {
                self.waited_for += 1;
                continue;
            }
            self.pipeline(&item.first);
            for (_, pipeline) in &item.rest {
                self.pipeline(pipeline);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        match pipeline.commands.as_slice() {
            [node] => self.node(node),
            nodes => nodes.iter().for_each(|node| self.apart(std::slice::from_ref(node))),
        }
    }

    fn node(&mut self, node: &Node) {
        match &node.kind {
            Kind::Simple { words, .. } => self.simple(words),
            Kind::Group(script) => self.items(&script.items),
            Kind::Subshell(script) => {
                let mut inner = Round::default();
                inner.items(&script.items);
                self.take(&inner);
            }
            Kind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    self.items(&condition.items);
                    self.items(&body.items);
                }
                if let Some(body) = otherwise {
                    self.items(&body.items);
                }
            }
            Kind::Case { arms, .. } => arms.iter().for_each(|arm| self.items(&arm.body.items)),
            Kind::For { body, .. } | Kind::ArithmeticFor { body, .. } => self.items(&body.items),
            Kind::While { condition, body, .. } => {
                self.items(&condition.items);
                self.items(&body.items);
            }
            Kind::Coproc { .. } => self.waited_for += 1,
            // It waits for a person.
            Kind::Select { .. } => self.holds = true,
            Kind::Function { .. } | Kind::Condition(_) | Kind::Arithmetic(_) => {}
        }
    }

    /// In a process of its own.
    fn apart(&mut self, nodes: &[Node]) {
        let mut inner = Round::default();
        for node in nodes {
            inner.node(node);
        }
        self.take(&inner);
    }

    /// What a process of its own did: its jobs are not this shell's, and its `exit` is only its own.
    fn take(&mut self, inner: &Round) {
        self.orphans |= inner.waited_for > 0 || inner.orphans;
        self.holds |= inner.holds;
    }

    fn simple(&mut self, words: &[Word]) {
        let Some(word) = words.first() else { return };
        let [Part::Literal(name)] = word.parts.as_slice() else {
            self.holds = true;
            return;
        };
        match name.as_slice() {
            b"wait" | b"fg" => self.waited_for = 0,
            b"disown" => self.orphans |= self.waited_for > 0,
            name if LEAVES.contains(&name) => self.holds = true,
            name => self.holds |= !QUICK.contains(&name),
        }
    }
}

/// The status of a command that is always the same.
fn constant(item: &Item) -> Option<bool> {
    let [node] = item.first.commands.as_slice() else { return None };
    if item.background || !item.rest.is_empty() {
        return None;
    }
    let truth = match &node.kind {
        Kind::Simple { words, assignments } if assignments.is_empty() => {
            let words: Vec<&[u8]> = words.iter().map(whole).collect::<Option<_>>()?;
            match words.as_slice() {
                [b":" | b"true" | b"/bin/true" | b"/usr/bin/true", ..] => Some(true),
                [b"false" | b"/bin/false" | b"/usr/bin/false", ..] | [b"[", b"]"] | [b"test"] => Some(false),
                [b"[", word, b"]"] | [b"test", word] => Some(!word.is_empty()),
                [b"[", one, b"=" | b"==" | b"-eq", other, b"]"] => Some(one == other),
                _ => None,
            }
        }
        Kind::Condition(words) => match words.iter().map(whole).collect::<Option<Vec<_>>>()?.as_slice() {
            [word] => Some(!word.is_empty()),
            [one, b"=" | b"==" | b"-eq", other] => Some(one == other),
            _ => None,
        },
        Kind::Arithmetic(word) => number(word),
        _ => None,
    }?;
    Some(truth != item.first.negated)
}

/// Whether a number is not zero.
fn number(word: &Word) -> Option<bool> {
    let text = whole(word)?.trim_ascii();
    (!text.is_empty() && text.iter().all(u8::is_ascii_digit)).then(|| text.iter().any(|digit| *digit != b'0'))
}

/// A word of one literal piece.
fn whole(word: &Word) -> Option<&[u8]> {
    match word.parts.as_slice() {
        [] => Some(b""),
        [Part::Double(parts)] => match parts.as_slice() {
            [] => Some(b""),
            [one] => literal(one),
            _ => None,
        },
        [one] => literal(one),
        _ => None,
    }
}

fn literal(part: &Part) -> Option<&[u8]> {
    match part {
        Part::Literal(text) | Part::Quoted(text) => Some(text),
        _ => None,
    }
}
