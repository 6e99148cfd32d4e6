//! tree-sitter-javascript's tree → our syntax: statements, definitions and imports.

mod expressions;

use std::rc::Rc;

use tree_sitter::Node;

use super::lower::{Lowering, field, named};
use super::syntax::{Class, Declared, Expression, Function, Import, Parameter, Rest, Statement, Target};

pub(super) fn program(root: Node, lowering: &mut Lowering<'_>) -> Vec<Statement> {
    lowering.js_block(root)
}

impl Lowering<'_> {
    fn js_block(&mut self, node: Node) -> Vec<Statement> {
        self.js_statements(named(node))
    }

    fn js_statements(&mut self, nodes: Vec<Node>) -> Vec<Statement> {
        let mut statements = Vec::new();
        for child in nodes {
            self.deeper(|lowering| lowering.js_statement(child, &mut statements));
        }
        statements
    }

    /// A statement that stands alone where a block may stand.
    fn js_body(&mut self, node: Option<Node>) -> Vec<Statement> {
        node.map(|node| self.js_statements(vec![node])).unwrap_or_default()
    }

    fn js_statement(&mut self, node: Node, to: &mut Vec<Statement>) {
        match node.kind() {
            "expression_statement" => {
                for child in named(node) {
                    let expression = self.js(child);
                    to.push(match expression {
                        Expression::Assign(target, operator, value) => {
                            Statement::Assign { target: *target, declared: Declared::Found, operator, value: *value }
                        }
                        other => Statement::Expression(other),
                    });
                }
            }
            "lexical_declaration" | "variable_declaration" => {
                let declared = if node.kind() == "variable_declaration" { Declared::Function } else { Declared::Block };
                for child in named(node) {
                    let Some(name) = field(child, "name") else { continue };
                    let value = field(child, "value").map_or(Expression::Nothing, |value| self.js(value));
                    let target = self.js_target(name);
                    to.push(Statement::Assign { target, declared, operator: None, value });
                }
            }
            "function_declaration" | "generator_function_declaration" => {
                let function = self.js_function(node);
                to.push(Statement::Function(function));
            }
            "class_declaration" => {
                let class = self.js_class(node);
                to.push(Statement::Class(class, Vec::new()));
            }
            "if_statement" => {
                let mut branches = Vec::new();
                let mut at = Some(node);
                while let Some(one) = at {
                    if one.kind() != "if_statement" {
                        branches.push((None, self.js_body(Some(one))));
                        break;
                    }
                    let condition = field(one, "condition").map(|condition| self.js(condition));
                    branches.push((condition, self.js_body(field(one, "consequence"))));
                    at = field(one, "alternative").and_then(|other| named(other).into_iter().next());
                }
                to.push(Statement::If(branches));
            }
            "for_statement" => {
                let mut inner = self.js_body(field(node, "initializer"));
                let condition = field(node, "condition").map_or(Expression::Nothing, |condition| self.js(condition));
                let mut body = self.js_body(field(node, "body"));
                let step = field(node, "increment").map(|increment| self.js(increment));
                body.extend(step.map(Statement::Expression));
                inner.push(Statement::While(condition, body));
                to.push(Statement::Block(inner));
            }
            "for_in_statement" => self.js_each(node, to),
            "while_statement" | "do_statement" => {
                let condition = field(node, "condition").map_or(Expression::Nothing, |condition| self.js(condition));
                let body = self.js_body(field(node, "body"));
                to.push(Statement::While(condition, body));
            }
            "try_statement" => {
                let body = self.js_body(field(node, "body"));
                let handler = field(node, "handler").map(|handler| self.js_body(field(handler, "body")));
                let after = field(node, "finalizer").map(|last| self.js_body(field(last, "body"))).unwrap_or_default();
                to.push(Statement::Try { body, handlers: handler.into_iter().collect(), after });
            }
            "switch_statement" => {
                let value = field(node, "value").map_or(Expression::Nothing, |value| self.js(value));
                let mut cases = Vec::new();
                for case in field(node, "body").map(named).unwrap_or_default() {
                    let value = field(case, "value").map(|value| value.id());
                    let inner = named(case).into_iter().filter(|child| Some(child.id()) != value).collect();
                    cases.push(self.js_statements(inner));
                }
                to.push(Statement::Switch(value, cases));
            }
            "return_statement" => {
                let value = named(node).into_iter().next().map(|child| self.js(child));
                to.push(Statement::Return(value));
            }
            "throw_statement" => {
                let value = named(node).into_iter().next().map(|child| self.js(child));
                to.push(Statement::Leave(value));
            }
            "break_statement" | "continue_statement" => to.push(Statement::Leave(None)),
            "import_statement" => self.js_import(node, to),
            "export_statement" => {
                for child in named(node) {
                    match child.kind() {
                        "export_clause" | "string" | "namespace_export" => {}
                        kind if kind.ends_with("declaration") => self.js_statement(child, to),
                        _ => {
                            let expression = self.js(child);
                            to.push(Statement::Expression(expression));
                        }
                    }
                }
            }
            "statement_block" => {
                let inner = self.js_block(node);
                to.push(Statement::Block(inner));
            }
            "labeled_statement" => {
                let inner = self.js_body(field(node, "body"));
                to.extend(inner);
            }
            "empty_statement" | "debugger_statement" | "comment" | "hash_bang_line" => {}
            _ => {
                let parts = self.js_all(named(node));
                to.push(Statement::Expression(Expression::Parts(parts)));
            }
        }
    }

    fn js_each(&mut self, node: Node, to: &mut Vec<Statement>) {
        let target = field(node, "left").map_or(Target::Other, |left| self.js_target(left));
        let list = field(node, "right").map_or(Expression::Nothing, |right| self.js(right));
        let keys = field(node, "operator").is_some_and(|operator| self.of(operator) == "in");
        // `for (k in object)` goes over the names of its members.
        let list = if keys { Expression::Parts(vec![list]) } else { list };
        let kind = field(node, "kind").map(|kind| self.of(kind));
        let declared = match kind.as_ref().map(|kind| kind.as_slice()) {
            None => Declared::Found,
            Some(b"var") => Declared::Function,
            Some(_) => Declared::Block,
        };
        let body = self.js_body(field(node, "body"));
        to.push(Statement::Each { target, declared, list, body });
    }

    fn js_import(&mut self, node: Node, to: &mut Vec<Statement>) {
        let Some(source) = field(node, "source") else { return };
        let Expression::Text(module) = self.js(source) else { return };
        let mut names = Vec::new();
        for part in named(node).into_iter().filter(|child| child.kind() == "import_clause").flat_map(named) {
            match part.kind() {
                "identifier" => names.push((None, self.of(part))),
                "namespace_import" => {
                    names.extend(named(part).into_iter().next().map(|name| (None, self.of(name))));
                }
                "named_imports" => {
                    for one in named(part) {
                        let Some(name) = field(one, "name").map(|name| self.of(name)) else { continue };
                        let key = field(one, "alias").map_or_else(|| name.clone(), |alias| self.of(alias));
                        names.push(((name != "default").then_some(name), key));
                    }
                }
                _ => {}
            }
        }
        let relative = module.starts_with(b".");
        to.push(Statement::Import(Import { module, relative, names, all: false }));
    }

    fn js_function(&mut self, node: Node) -> Rc<Function> {
        let id = self.next_function();
        let name = field(node, "name").map(|name| self.of(name)).unwrap_or_default();
        let mut parameters = Vec::new();
        let list = field(node, "parameters").map(named).unwrap_or_default();
        for parameter in list.into_iter().chain(field(node, "parameter")) {
            let rest = parameter.kind() == "rest_pattern";
            let (target, default) = match self.js_target(parameter) {
                Target::Rest(inner) => (*inner, None),
                Target::Default(inner, default) => (*inner, Some(default)),
                other => (other, None),
            };
            parameters.push(Parameter { target, default, rest: if rest { Rest::List } else { Rest::No } });
        }
        let body = match field(node, "body") {
            Some(body) if body.kind() == "statement_block" => self.js_block(body),
            Some(body) => vec![Statement::Return(Some(self.js(body)))],
            None => Vec::new(),
        };
        Rc::new(Function { id, name, parameters, body, decorators: Vec::new() })
    }

    fn js_class(&mut self, node: Node) -> Rc<Class> {
        let name = field(node, "name").map(|name| self.of(name)).unwrap_or_default();
        let mut bases = Vec::new();
        for heritage in named(node).into_iter().filter(|child| child.kind() == "class_heritage") {
            bases.extend(self.js_all(named(heritage)));
        }
        let mut body = Vec::new();
        for member in field(node, "body").map(named).unwrap_or_default() {
            match member.kind() {
                "method_definition" => body.push(Statement::Function(self.js_function(member))),
                "field_definition" => {
                    let Some(property) = field(member, "property") else { continue };
                    let value = field(member, "value").map_or(Expression::Nothing, |value| self.js(value));
                    let target = Target::Name(self.of(property));
                    body.push(Statement::Assign { target, declared: Declared::Block, operator: None, value });
                }
                _ => body.extend(self.js_body(field(member, "body"))),
            }
        }
        Rc::new(Class { name, bases, body })
    }
}
