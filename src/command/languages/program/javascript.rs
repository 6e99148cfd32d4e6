//! tree-sitter-javascript's tree → our syntax.

use std::rc::Rc;

use bstr::{BString, ByteSlice};
use tree_sitter::Node;

use super::literals;
use super::lower::{Lowering, boxed, field, line, named};
use super::syntax::{
    Argument, Called, Class, Declared, Expression, Function, Import, Parameter, Rest, Statement, Target,
};

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

    fn js_target(&mut self, node: Node) -> Target {
        self.deeper(|lowering| match node.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => Target::Name(lowering.of(node)),
            "member_expression" => match (field(node, "object"), field(node, "property")) {
                (Some(object), Some(name)) => Target::Member(lowering.js(object), lowering.of(name)),
                (_, _) => Target::Other,
            },
            "subscript_expression" => match (field(node, "object"), field(node, "index")) {
                (Some(object), Some(index)) => Target::Index(lowering.js(object), lowering.js(index)),
                (_, _) => Target::Other,
            },
            "array_pattern" | "array" => {
                Target::List(named(node).into_iter().map(|child| lowering.js_target(child)).collect())
            }
            "object_pattern" | "object" => Target::Map(lowering.js_pairs(node)),
            "assignment_pattern" | "object_assignment_pattern" => match (field(node, "left"), field(node, "right")) {
                (Some(left), Some(right)) => Target::Default(Box::new(lowering.js_target(left)), lowering.js(right)),
                (_, _) => Target::Other,
            },
            "rest_pattern" => {
                let inner = named(node).into_iter().next();
                Target::Rest(Box::new(inner.map_or(Target::Other, |inner| lowering.js_target(inner))))
            }
            "parenthesized_expression" => {
                named(node).into_iter().next().map_or(Target::Other, |inner| lowering.js_target(inner))
            }
            _ => Target::Other,
        })
        .unwrap_or(Target::Other)
    }

    fn js_pairs(&mut self, node: Node) -> Vec<(BString, Target)> {
        let mut pairs = Vec::new();
        for child in named(node) {
            match child.kind() {
                "pair_pattern" | "pair" => {
                    let (Some(key), Some(value)) = (field(child, "key"), field(child, "value")) else { continue };
                    let key = self.js_key(key);
                    if let Expression::Text(key) = key {
                        let target = self.js_target(value);
                        pairs.push((key, target));
                    }
                }
                "object_assignment_pattern" => {
                    let name = field(child, "left").map(|left| self.of(left)).unwrap_or_default();
                    let target = self.js_target(child);
                    pairs.push((name, target));
                }
                "rest_pattern" => {
                    let target = self.js_target(child);
                    pairs.push((BString::default(), target));
                }
                _ => {
                    let name = self.of(child);
                    pairs.push((name.clone(), Target::Name(name)));
                }
            }
        }
        pairs
    }

    fn js_key(&mut self, node: Node) -> Expression {
        match node.kind() {
            "property_identifier" | "private_property_identifier" | "number" => Expression::Text(self.of(node)),
            "computed_property_name" => {
                named(node).into_iter().next().map_or(Expression::Nothing, |inner| self.js(inner))
            }
            _ => self.js(node),
        }
    }

    fn js_all(&mut self, nodes: Vec<Node>) -> Vec<Expression> {
        nodes.into_iter().map(|node| self.js(node)).collect()
    }

    fn js(&mut self, node: Node) -> Expression {
        self.deeper(|lowering| lowering.js_form(node)).unwrap_or(Expression::Parts(Vec::new()))
    }

    fn js_two(&mut self, node: Node, first: &str, second: &str) -> Option<(Expression, Expression)> {
        let (first, second) = (field(node, first)?, field(node, second)?);
        Some((self.js(first), self.js(second)))
    }

    fn js_form(&mut self, node: Node) -> Expression {
        let nothing = || Expression::Parts(Vec::new());
        match node.kind() {
            "identifier" | "this" | "super" | "import" => Expression::Name(self.of(node)),
            "string" => {
                let text = self.of(node);
                let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
                Expression::Text(literals::unescaped(inner, false, false))
            }
            "template_string" => self.js_template(node),
            "number" => literals::integer(&self.of(node)).map_or_else(nothing, Expression::Number),
            "true" => Expression::Flag(true),
            "false" => Expression::Flag(false),
            "null" | "undefined" => Expression::Nothing,
            "array" => Expression::List(self.js_all(named(node))),
            "object" => self.js_object(node),
            "spread_element" => {
                let inner = named(node).into_iter().next();
                Expression::Spread(boxed(inner.map_or(Expression::Nothing, |inner| self.js(inner))))
            }
            "parenthesized_expression" | "await_expression" => {
                named(node).into_iter().next().map_or(Expression::Nothing, |inner| self.js(inner))
            }
            "sequence_expression" => {
                // The last one is its value.
                let parts = self.js_all(named(node));
                match parts.len() {
                    0 => nothing(),
                    _ => Expression::Index(
                        boxed(Expression::List(parts.clone())),
                        boxed(Expression::Number(i64::try_from(parts.len()).unwrap_or(1) - 1)),
                    ),
                }
            }
            "call_expression" | "new_expression" => self.js_called(node),
            "member_expression" => match (field(node, "object"), field(node, "property")) {
                (Some(object), Some(name)) => Expression::Member(boxed(self.js(object)), self.of(name)),
                (_, _) => nothing(),
            },
            "subscript_expression" => match self.js_two(node, "object", "index") {
                Some((object, index)) => Expression::Index(boxed(object), boxed(index)),
                None => nothing(),
            },
            "assignment_expression" => match (field(node, "left"), field(node, "right")) {
                (Some(left), Some(right)) => {
                    let target = self.js_target(left);
                    Expression::Assign(Box::new(target), None, boxed(self.js(right)))
                }
                (_, _) => nothing(),
            },
            "augmented_assignment_expression" => match (field(node, "left"), field(node, "right")) {
                (Some(left), Some(right)) => {
                    let operator = field(node, "operator").map(|operator| self.of(operator)).unwrap_or_default();
                    let operator = js_binary(operator.trim_end_with(|c| c == '='));
                    let target = self.js_target(left);
                    Expression::Assign(Box::new(target), Some(operator), boxed(self.js(right)))
                }
                (_, _) => nothing(),
            },
            "update_expression" => match field(node, "argument") {
                Some(argument) => {
                    let target = self.js_target(argument);
                    Expression::Assign(Box::new(target), Some("other"), boxed(Expression::Number(1)))
                }
                None => nothing(),
            },
            "binary_expression" => self.js_operation(node),
            "unary_expression" => {
                let inner = field(node, "argument").map_or(Expression::Nothing, |argument| self.js(argument));
                match field(node, "operator").map(|operator| self.of(operator)) {
                    Some(operator) if operator == "!" => Expression::Not(boxed(inner)),
                    Some(operator) if operator == "-" && matches!(inner, Expression::Number(_)) => match inner {
                        Expression::Number(number) => Expression::Number(-number),
                        other => other,
                    },
                    Some(_) | None => Expression::Parts(vec![inner]),
                }
            }
            "ternary_expression" => {
                let condition = field(node, "condition").map_or(Expression::Nothing, |condition| self.js(condition));
                match self.js_two(node, "consequence", "alternative") {
                    Some((then, other)) => Expression::Choice(boxed(condition), boxed(then), boxed(other)),
                    None => nothing(),
                }
            }
            "arrow_function" | "function_expression" | "generator_function" => {
                Expression::Function(self.js_function(node))
            }
            "class" => Expression::Class(self.js_class(node)),
            "regex" => Expression::Name("RegExp()".into()),
            "comment" | "meta_property" | "property_identifier" => nothing(),
            _ => Expression::Parts(self.js_all(named(node))),
        }
    }

    /// `a + b + c` is nested to the left as often as there are signs: it is taken flat.
    fn js_operation(&mut self, node: Node) -> Expression {
        let mut steps = Vec::new();
        let mut at = node;
        while at.kind() == "binary_expression" {
            let (Some(left), Some(right)) = (field(at, "left"), field(at, "right")) else { break };
            let operator = field(at, "operator").map(|operator| self.of(operator)).unwrap_or_default();
            steps.push((js_binary(&operator), right));
            at = left;
        }
        let mut made = self.js(at);
        let mut depth = 0;
        for (operator, right) in steps.into_iter().rev() {
            let right = self.js(right);
            if let ("+", Expression::Sum(parts)) = (operator, &mut made) {
                parts.push(right);
                continue;
            }
            depth += 1;
            if depth > 60 {
                self.deep = true;
                return Expression::Parts(vec![made, right]);
            }
            made = match operator {
                "+" => Expression::Sum(vec![made, right]),
                "or" => Expression::Either(boxed(made), boxed(right)),
                operator => Expression::Binary(operator, boxed(made), boxed(right)),
            };
        }
        made
    }

    fn js_object(&mut self, node: Node) -> Expression {
        let mut pairs = Vec::new();
        for child in named(node) {
            match child.kind() {
                "pair" => {
                    let (Some(key), Some(value)) = (field(child, "key"), field(child, "value")) else { continue };
                    let key = self.js_key(key);
                    pairs.push((key, self.js(value)));
                }
                "shorthand_property_identifier" => {
                    let name = self.of(child);
                    pairs.push((Expression::Text(name.clone()), Expression::Name(name)));
                }
                "method_definition" => {
                    let function = self.js_function(child);
                    pairs.push((Expression::Text(function.name.clone()), Expression::Function(function)));
                }
                _ => pairs.push((self.js(child), Expression::Nothing)),
            }
        }
        Expression::Map(pairs)
    }

    fn js_called(&mut self, node: Node) -> Expression {
        let new = node.kind() == "new_expression";
        let callee = field(node, if new { "constructor" } else { "function" });
        let callee = callee.map_or(Expression::Nothing, |callee| self.js(callee));
        let mut arguments = Vec::new();
        let list = field(node, "arguments");
        let tagged = list.is_some_and(|list| list.kind() == "template_string");
        match list {
            Some(template) if tagged => arguments.push(Argument { name: None, value: self.js(template) }),
            Some(list) => {
                let values = self.js_all(named(list));
                arguments.extend(values.into_iter().map(|value| Argument { name: None, value }));
            }
            None => {}
        }
        Expression::Call(Box::new(Called { callee, arguments, tagged, line: line(node) }))
    }

    fn js_template(&mut self, node: Node) -> Expression {
        let mut parts = Vec::new();
        let mut at = node.start_byte() + 1;
        let mut cursor = node.walk();
        let literal = |lowering: &Self, from: usize, to: usize| {
            let text = lowering.text.get(from..to).unwrap_or_default();
            Expression::Text(literals::unescaped(text, false, false))
        };
        for child in node.named_children(&mut cursor).filter(|child| child.kind() == "template_substitution") {
            parts.push(literal(self, at, child.start_byte()));
            let inner = named(child).into_iter().next();
            parts.push(inner.map_or(Expression::Nothing, |inner| self.js(inner)));
            at = child.end_byte();
        }
        parts.push(literal(self, at, node.end_byte().saturating_sub(1)));
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                parts.extend(last);
                Expression::Template(parts)
            }
        }
    }
}

fn js_binary(operator: &[u8]) -> &'static str {
    match operator {
        b"+" => "+",
        b"||" | b"??" | b"&&" => "or",
        b"==" | b"===" => "==",
        b"!=" | b"!==" => "!=",
        b"-" => "-",
        b"*" => "*",
        _ => "other",
    }
}
