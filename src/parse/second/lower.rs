//! tree-sitter's tree → marks, with its known slips made good: words it takes for further targets of a redirection
//! (#233), reserved words it takes for commands (`time`, `coproc`), words it splits in two (`$A/$B`).

use tree_sitter::{Node, Tree, TreeCursor};

use super::marks::{Mark, in_order, trimmed};
use crate::span::Span;

/// Words that the strict reader knows to be no command: what follows the first ones names the program.
const OPENING: [&[u8]; 13] =
    [b"time", b"!", b"coproc", b"{", b"if", b"elif", b"else", b"then", b"while", b"until", b"do", b"for", b"select"];
const CLOSING: [&[u8]; 4] = [b"}", b"done", b"fi", b"esac"];

/// A node that is being walked through. tree-sitter finds parents and siblings by walking from the root, so what is
/// needed of them is noted on the way.
struct Level<'t> {
    node: Node<'t>,
    kind: &'static str,
    /// A redirected statement with something to redirect.
    has_body: bool,
    /// Targets of a redirection so far.
    targets: usize,
    /// Inside what it takes for a subshell, which is `$(( … ))` in a here-document.
    arithmetic: bool,
}

struct Lowering<'a, 't> {
    marks: Vec<Mark>,
    text: &'a [u8],
    around: Vec<Level<'t>>,
}

pub(super) fn tree(tree: &Tree, text: &[u8], strict: &[Mark]) -> Vec<Mark> {
    let mut lowering = Lowering { marks: Vec::new(), text, around: Vec::new() };
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        lowering.visit(node, &cursor);
        if cursor.goto_first_child() {
            lowering.enter(node);
            continue;
        }
        while !cursor.goto_next_sibling() {
            lowering.around.pop();
            if !cursor.goto_parent() {
                return without_reserved(in_order(lowering.marks, text), strict, text);
            }
        }
    }
}

fn span_of(node: Node) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

impl<'t> Lowering<'_, 't> {
    fn enter(&mut self, node: Node<'t>) {
        let kind = node.kind();
        let outer = self.around.last();
        let mut arithmetic = outer.is_some_and(|level| level.arithmetic);
        if kind == "command_substitution" {
            let double = span_of(node).of(self.text).starts_with(b"$((");
            arithmetic = double && (arithmetic || outer.is_some_and(|level| level.kind == "heredoc_body"));
        }
        self.around.push(Level { node, kind, has_body: false, targets: 0, arithmetic });
    }

    fn mark(&mut self, node: Node, command: Option<Span>) {
        if self.around.last().is_some_and(|level| !level.arithmetic) {
            self.marks.push(Mark { span: trimmed(span_of(node), self.text), command });
        }
    }

    fn visit(&mut self, node: Node, cursor: &TreeCursor<'t>) {
        let Some(level) = self.around.last_mut() else { return };
        let parent = level.node;
        match level.kind {
            "command" if node.kind() == "command_name" => self.mark(node, Some(span_of(parent))),
            "command" | "heredoc_redirect" if cursor.field_name() == Some("argument") => self.mark(node, None),
            "for_statement" if cursor.field_name() == Some("value") => self.mark(node, None),
            "redirected_statement" if cursor.field_name() == Some("body") => {
                level.has_body = true;
                self.assignment(node);
            }
            "file_redirect" if cursor.field_name() == Some("destination") => {
                level.targets += 1;
                let second = level.targets == 2;
                self.target(node, second);
            }
            "herestring_redirect" if !matches!(node.kind(), "file_descriptor" | "<<<") => self.mark(node, None),
            "test_command" if node.kind() == "[" => self.mark(node, Some(span_of(parent))),
            "declaration_command" | "unset_command" => {
                let keyword = node.start_byte() == parent.start_byte();
                self.mark(node, keyword.then(|| span_of(parent)));
            }
            "c_style_for_statement" | "binary_expression" => {}
            _ => self.assignment(node),
        }
    }

    fn assignment(&mut self, node: Node) {
        if node.is_named() && node.kind() == "variable_assignment" {
            self.mark(node, None);
        }
    }

    /// A redirection's target, or a word that follows it: the command's name where no other stands before.
    fn target(&mut self, node: Node, second: bool) {
        let statement = self.around.len().checked_sub(2).and_then(|index| self.around.get(index));
        let alone = statement.filter(|one| one.kind == "redirected_statement" && !one.has_body);
        let command = alone.filter(|_| second).map(|one| span_of(one.node));
        self.mark(node, command);
    }
}

/// Drops words that the strict reader knows to be reserved, and what it knows to belong to them (`-p`, a coprocess's
/// name). The next word that it knows then names the program.
fn without_reserved(marks: Vec<Mark>, strict: &[Mark], text: &[u8]) -> Vec<Mark> {
    let known = |mark: &Mark| strict.binary_search_by_key(&mark.span.start, |one| one.span.start).is_ok();
    let mut kept = Vec::with_capacity(marks.len());
    let mut passed_on = None;
    for mut mark in marks {
        let word = mark.span.of(text);
        if !known(&mark) {
            let names = mark.command.is_some();
            if passed_on.is_some() && !names || names && OPENING.contains(&word) {
                passed_on = passed_on.or(mark.command);
                continue;
            }
            if CLOSING.contains(&word) {
                continue;
            }
        }
        if let Some(command) = passed_on.take() {
            mark.command = mark.command.or(Some(command));
        }
        kept.push(mark);
    }
    kept
}
