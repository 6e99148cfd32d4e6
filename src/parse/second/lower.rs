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
    /// A redirected statement with something to redirect.
    has_body: bool,
    /// Targets of a redirection so far.
    targets: usize,
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
        lowering.visit(&cursor);
        let node = cursor.node();
        if cursor.goto_first_child() {
            lowering.around.push(Level { node, has_body: false, targets: 0 });
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
    fn mark(&mut self, node: Node, command: Option<Span>) {
        // It reads `$(( … ))` in a here-document as a subshell.
        if let Some(body) = self.around.iter().rposition(|level| level.node.kind() == "heredoc_body") {
            let inside = self.around.get(body + 1..).unwrap_or_default();
            let arithmetic = |level: &Level| span_of(level.node).of(self.text).starts_with(b"$((");
            if inside.iter().rfind(|level| level.node.kind() == "command_substitution").is_some_and(arithmetic) {
                return;
            }
        }
        self.marks.push(Mark { span: trimmed(span_of(node), self.text), command });
    }

    fn visit(&mut self, cursor: &TreeCursor<'t>) {
        let node = cursor.node();
        let Some(level) = self.around.last_mut() else { return };
        let parent = level.node;
        let field = cursor.field_name();
        level.has_body |= field == Some("body");
        match (node.kind(), parent.kind()) {
            ("command_name", _) | ("[", "test_command") => self.mark(node, Some(span_of(parent))),
            ("variable_assignment", "c_style_for_statement" | "binary_expression") => {}
            ("variable_assignment", _) => self.mark(node, None),
            (_, "command" | "heredoc_redirect") if field == Some("argument") => self.mark(node, None),
            (_, "for_statement") if field == Some("value") => self.mark(node, None),
            (_, "file_redirect") if field == Some("destination") => {
                level.targets += 1;
                let second = level.targets == 2;
                self.target(node, second);
            }
            (kind, "herestring_redirect") if kind != "file_descriptor" && kind != "<<<" => self.mark(node, None),
            (_, "declaration_command" | "unset_command") => {
                let keyword = node.start_byte() == parent.start_byte();
                self.mark(node, keyword.then(|| span_of(parent)));
            }
            _ => {}
        }
    }

    /// A redirection's target, or a word that follows it: the command's name where no other stands before.
    fn target(&mut self, node: Node, second: bool) {
        let statement = self.around.len().checked_sub(2).and_then(|index| self.around.get(index));
        let alone = statement.filter(|one| one.node.kind() == "redirected_statement" && !one.has_body);
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
