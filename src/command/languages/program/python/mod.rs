//! tree-sitter-python's tree → our syntax: statements, definitions and imports.

mod expressions;

use std::rc::Rc;

use bstr::{BString, ByteSlice};
use tree_sitter::Node;

use super::lower::{Lowering, field, line, named};
use super::syntax::{
    Argument, Called, Class, Declared, Expression, Function, Import, Parameter, Rest, Statement, Target,
};
use expressions::binary;

pub(super) fn program(root: Node, lowering: &mut Lowering<'_>) -> Vec<Statement> {
    lowering.block(root)
}

impl Lowering<'_> {
    fn block(&mut self, node: Node) -> Vec<Statement> {
        let mut statements = Vec::new();
        for child in named(node) {
            self.deeper(|lowering| lowering.statement(child, &mut statements));
        }
        statements
    }

    fn block_of(&mut self, node: Node, name: &str) -> Vec<Statement> {
        field(node, name).map(|body| self.block(body)).unwrap_or_default()
    }

    fn statement(&mut self, node: Node, to: &mut Vec<Statement>) {
        match node.kind() {
            "expression_statement" => {
                for child in named(node) {
                    self.plain(child, to);
                }
            }
            "return_statement" => {
                let value = named(node).into_iter().next().map(|child| self.expression(child));
                to.push(Statement::Return(value));
            }
            "raise_statement" => {
                let value = named(node).into_iter().next().map(|child| self.expression(child));
                to.push(Statement::Leave(value));
            }
            "break_statement" | "continue_statement" => to.push(Statement::Leave(None)),
            "global_statement" | "nonlocal_statement" => {
                to.push(Statement::Outer(named(node).into_iter().map(|name| self.of(name)).collect()));
            }
            "import_statement" | "future_import_statement" => self.import(node, to),
            "import_from_statement" => self.import_from(node, to),
            "if_statement" => {
                let mut branches = vec![(self.maybe(field(node, "condition")), self.block_of(node, "consequence"))];
                for child in named(node) {
                    match child.kind() {
                        "elif_clause" => {
                            branches.push((self.maybe(field(child, "condition")), self.block_of(child, "consequence")));
                        }
                        "else_clause" => branches.push((None, self.block_of(child, "body"))),
                        _ => {}
                    }
                }
                to.push(Statement::If(branches));
            }
            "for_statement" => {
                let target = field(node, "left").map_or(Target::Other, |left| self.target(left));
                let list = self.maybe(field(node, "right")).unwrap_or(Expression::Parts(Vec::new()));
                let body = self.block_of(node, "body");
                to.push(Statement::Each { target, declared: Declared::Found, list, body });
                self.alternative(node, to);
            }
            "while_statement" => {
                let condition = self.maybe(field(node, "condition")).unwrap_or(Expression::Flag(true));
                to.push(Statement::While(condition, self.block_of(node, "body")));
                self.alternative(node, to);
            }
            "try_statement" => self.attempt(node, to),
            "with_statement" => {
                let items: Vec<Node> = named(node).into_iter().filter(|child| child.kind() == "with_clause").collect();
                for item in items.into_iter().flat_map(named) {
                    if let Some(value) = field(item, "value") {
                        self.plain(value, to);
                    }
                }
                to.extend(self.block_of(node, "body"));
            }
            "function_definition" => {
                let function = self.function(node, Vec::new());
                to.push(Statement::Function(function));
            }
            "class_definition" => self.class(node, Vec::new(), to),
            "decorated_definition" => {
                let mut decorators = Vec::new();
                for child in named(node) {
                    match child.kind() {
                        "decorator" => {
                            decorators.extend(named(child).into_iter().next().map(|inner| self.expression(inner)));
                        }
                        "function_definition" => {
                            let function = self.function(child, std::mem::take(&mut decorators));
                            to.push(Statement::Function(function));
                        }
                        "class_definition" => self.class(child, std::mem::take(&mut decorators), to),
                        _ => {}
                    }
                }
            }
            "match_statement" => {
                let subject = self.maybe(field(node, "subject")).unwrap_or(Expression::Nothing);
                let body = field(node, "body").map(named).unwrap_or_default();
                let cases = body.into_iter().map(|case| self.block_of(case, "consequence")).collect();
                to.push(Statement::Switch(subject, cases));
            }
            "block" => {
                let inner = self.block(node);
                to.extend(inner);
            }
            "exec_statement" => {
                // Python 2's `exec code`
                let value = named(node).into_iter().next().map(|code| self.expression(code));
                let arguments = value.into_iter().map(|value| Argument { name: None, value }).collect();
                let callee = Expression::Name("exec".into());
                let called = Called { callee, arguments, tagged: false, line: line(node) };
                to.push(Statement::Expression(Expression::Call(Box::new(called))));
            }
            "pass_statement" | "type_alias_statement" | "comment" => {}
            _ => {
                let parts = named(node).into_iter().map(|child| self.expression(child)).collect();
                to.push(Statement::Expression(Expression::Parts(parts)));
            }
        }
    }

    fn alternative(&mut self, node: Node, to: &mut Vec<Statement>) {
        if let Some(body) = field(node, "alternative") {
            let inner = self.block_of(body, "body");
            to.push(Statement::If(vec![(Some(Expression::Parts(Vec::new())), inner)]));
        }
    }

    /// An expression as a statement: assignments among them.
    fn plain(&mut self, node: Node, to: &mut Vec<Statement>) {
        match node.kind() {
            "assignment" => {
                // `a = b = value`
                let mut targets = Vec::new();
                let mut at = node;
                let value = loop {
                    targets.extend(field(at, "left").map(|left| self.target(left)));
                    match field(at, "right") {
                        Some(right) if right.kind() == "assignment" && targets.len() < 32 => at = right,
                        Some(right) => break self.expression(right),
                        None => return,
                    }
                };
                let several = targets.len() > 1;
                for target in targets {
                    let value = value.clone();
                    // What has an effect is to have it once.
                    let value = if several && !plain_value(&value) { Expression::Parts(vec![value]) } else { value };
                    to.push(Statement::Assign { target, declared: Declared::Found, operator: None, value });
                }
            }
            "augmented_assignment" => {
                let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return };
                let operator = field(node, "operator").map(|operator| self.of(operator)).unwrap_or_default();
                let (target, value) = (self.target(left), self.expression(right));
                let operator = Some(binary(operator.trim_end_with(|c| c == '=')));
                to.push(Statement::Assign { target, declared: Declared::Found, operator, value });
            }
            "as_pattern" => {
                let Some(value) = named(node).into_iter().next() else { return };
                let value = self.expression(value);
                let alias = field(node, "alias").and_then(|alias| named(alias).into_iter().next());
                let target = alias.map_or(Target::Other, |alias| self.target(alias));
                to.push(Statement::Assign { target, declared: Declared::Found, operator: None, value });
            }
            _ => {
                let expression = self.expression(node);
                to.push(Statement::Expression(expression));
            }
        }
    }

    fn attempt(&mut self, node: Node, to: &mut Vec<Statement>) {
        let mut body = self.block_of(node, "body");
        let (mut handlers, mut after) = (Vec::new(), Vec::new());
        for child in named(node) {
            let block = || named(child).into_iter().find(|inner| inner.kind() == "block");
            match child.kind() {
                "except_clause" | "except_group_clause" => {
                    handlers.push(block().map(|block| self.block(block)).unwrap_or_default());
                }
                "else_clause" => body.extend(self.block_of(child, "body")),
                "finally_clause" => after = block().map(|block| self.block(block)).unwrap_or_default(),
                _ => {}
            }
        }
        to.push(Statement::Try { body, handlers, after });
    }

    fn import(&mut self, node: Node, to: &mut Vec<Statement>) {
        let mut cursor = node.walk();
        for name in node.children_by_field_name("name", &mut cursor) {
            let (module, alias) = match name.kind() {
                "aliased_import" => (field(name, "name"), field(name, "alias")),
                _ => (Some(name), None),
            };
            let Some(module) = module.map(|module| self.of(module)) else { continue };
            let first: BString = module.split_str(".").next().unwrap_or_default().into();
            let alias = alias.map(|alias| self.of(alias));
            let (module, key) = match alias {
                Some(alias) => (module, alias),
                None => (first.clone(), first),
            };
            let names = vec![(None, key)];
            to.push(Statement::Import(Import { module, relative: false, names, all: false }));
        }
    }

    fn import_from(&mut self, node: Node, to: &mut Vec<Statement>) {
        let Some(module) = field(node, "module_name") else { return };
        let relative = module.kind() == "relative_import";
        let module: BString = self.of(module).trim_start_with(|c| c == '.').trim().into();
        let mut names = Vec::new();
        let mut cursor = node.walk();
        for name in node.children_by_field_name("name", &mut cursor) {
            let (name, alias) = match name.kind() {
                "aliased_import" => (field(name, "name"), field(name, "alias")),
                _ => (Some(name), None),
            };
            let Some(name) = name.map(|name| self.of(name)) else { continue };
            let key = alias.map_or_else(|| name.clone(), |alias| self.of(alias));
            names.push((Some(name), key));
        }
        let all = named(node).iter().any(|child| child.kind() == "wildcard_import");
        to.push(Statement::Import(Import { module, relative, names, all }));
    }

    fn function(&mut self, node: Node, decorators: Vec<Expression>) -> Rc<Function> {
        let id = self.next_function();
        let name = field(node, "name").map(|name| self.of(name)).unwrap_or_default();
        let parameters = field(node, "parameters").map(|list| self.parameters(list)).unwrap_or_default();
        let body = match field(node, "body") {
            Some(body) if node.kind() == "lambda" => vec![Statement::Return(Some(self.expression(body)))],
            Some(body) => self.block(body),
            None => Vec::new(),
        };
        Rc::new(Function { id, name, parameters, body, decorators })
    }

    fn parameters(&mut self, list: Node) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for node in named(list) {
            let (name, default) = match node.kind() {
                "default_parameter" | "typed_default_parameter" => {
                    (field(node, "name"), field(node, "value").map(|value| self.expression(value)))
                }
                "typed_parameter" => (named(node).into_iter().next(), None),
                "keyword_separator" | "positional_separator" => continue,
                _ => (Some(node), None),
            };
            let Some(name) = name else { continue };
            let rest = match name.kind() {
                "list_splat_pattern" => Rest::List,
                "dictionary_splat_pattern" => Rest::Map,
                _ => Rest::No,
            };
            let name = if rest == Rest::No { Some(name) } else { named(name).into_iter().next() };
            let target = name.map_or(Target::Other, |name| self.target(name));
            parameters.push(Parameter { target, default, rest });
        }
        parameters
    }

    fn class(&mut self, node: Node, decorators: Vec<Expression>, to: &mut Vec<Statement>) {
        let name = field(node, "name").map(|name| self.of(name)).unwrap_or_default();
        let bases = field(node, "superclasses").map(named).unwrap_or_default();
        let bases = bases.into_iter().map(|base| self.expression(base)).collect();
        let body = self.block_of(node, "body");
        to.push(Statement::Class(Rc::new(Class { name, bases, body }), decorators));
    }
}

/// May be evaluated twice.
fn plain_value(value: &Expression) -> bool {
    matches!(
        value,
        Expression::Text(_) | Expression::Number(_) | Expression::Flag(_) | Expression::Nothing | Expression::Name(_)
    )
}
