//! What both lowerings share: the text, the depth, and the children of a node.

use bstr::BString;
use tree_sitter::Node;

use super::syntax::Expression;

/// Nodes inside nodes; deeper ones are left to the token reader.
const DEPTH: usize = 90;

pub(super) struct Lowering<'a> {
    pub text: &'a [u8],
    depth: usize,
    /// Functions so far, over all texts of a program.
    pub functions: usize,
    /// Something was nested too deep to be lowered.
    pub deep: bool,
}

impl<'a> Lowering<'a> {
    pub fn new(text: &'a [u8], functions: usize) -> Self {
        Lowering { text, depth: 0, functions, deep: false }
    }

    pub fn of(&self, node: Node) -> BString {
        self.text.get(node.byte_range()).unwrap_or_default().into()
    }

    /// Runs `inside` one level deeper; nothing where that is too deep.
    pub fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH {
            self.deep = true;
            return None;
        }
        self.depth += 1;
        let made = inside(self);
        self.depth -= 1;
        Some(made)
    }

    pub fn next_function(&mut self) -> usize {
        self.functions += 1;
        self.functions
    }
}

/// Named children, without comments.
pub(super) fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra() || child.is_error()).collect()
}

pub(super) fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

pub(super) fn line(node: Node) -> usize {
    node.start_position().row + 1
}

pub(super) fn boxed(expression: Expression) -> Box<Expression> {
    Box::new(expression)
}
