//! JavaScript's expressions, and what stands to the left of an assignment.

use bstr::{BString, ByteSlice};
use tree_sitter::Node;

use super::super::literals;
use super::super::lower::{Lowering, boxed, field, line, named};
use super::super::syntax::{Argument, Called, Expression, Target};

impl Lowering<'_> {
    pub fn js_target(&mut self, node: Node) -> Target {
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

    pub fn js_all(&mut self, nodes: Vec<Node>) -> Vec<Expression> {
        nodes.into_iter().map(|node| self.js(node)).collect()
    }

    pub fn js(&mut self, node: Node) -> Expression {
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
