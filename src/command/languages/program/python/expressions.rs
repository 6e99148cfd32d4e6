//! Python's expressions, and what stands to the left of an assignment.

use bstr::{BString, ByteSlice};
use tree_sitter::Node;

use super::super::literals;
use super::super::lower::{Lowering, boxed, field, line, named};
use super::super::syntax::{Argument, Called, Each, Expression, Target};

impl Lowering<'_> {
    pub fn target(&mut self, node: Node) -> Target {
        self.deeper(|lowering| match node.kind() {
            "identifier" => Target::Name(lowering.of(node)),
            "attribute" => match (field(node, "object"), field(node, "attribute")) {
                (Some(object), Some(name)) => Target::Member(lowering.expression(object), lowering.of(name)),
                (_, _) => Target::Other,
            },
            "subscript" => match (field(node, "value"), field(node, "subscript")) {
                (Some(object), Some(index)) => Target::Index(lowering.expression(object), lowering.expression(index)),
                (_, _) => Target::Other,
            },
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                Target::List(named(node).into_iter().map(|child| lowering.target(child)).collect())
            }
            "list_splat_pattern" | "list_splat" => {
                let inner = named(node).into_iter().next();
                Target::Rest(Box::new(inner.map_or(Target::Other, |inner| lowering.target(inner))))
            }
            "parenthesized_expression" | "as_pattern_target" => {
                named(node).into_iter().next().map_or(Target::Other, |inner| lowering.target(inner))
            }
            _ => Target::Other,
        })
        .unwrap_or(Target::Other)
    }

    pub fn maybe(&mut self, node: Option<Node>) -> Option<Expression> {
        node.map(|node| self.expression(node))
    }

    pub fn expression(&mut self, node: Node) -> Expression {
        self.deeper(|lowering| lowering.form(node)).unwrap_or(Expression::Parts(Vec::new()))
    }

    fn all(&mut self, nodes: Vec<Node>) -> Vec<Expression> {
        nodes.into_iter().map(|node| self.expression(node)).collect()
    }

    fn form(&mut self, node: Node) -> Expression {
        match node.kind() {
            "identifier" => Expression::Name(self.of(node)),
            "string" => self.string(node),
            "concatenated_string" => {
                let mut parts = Vec::new();
                for string in named(node) {
                    parts.push(self.string(string));
                }
                Expression::Template(parts)
            }
            "integer" => literals::integer(&self.of(node)).map_or(Expression::Parts(Vec::new()), Expression::Number),
            "unary_operator" => match (field(node, "operator"), field(node, "argument")) {
                (Some(operator), Some(argument)) if operator.kind() == "-" => match self.expression(argument) {
                    Expression::Number(number) => Expression::Number(-number),
                    other => Expression::Parts(vec![other]),
                },
                (_, _) => Expression::Parts(self.all(named(node))),
            },
            "true" => Expression::Flag(true),
            "false" => Expression::Flag(false),
            "none" | "comment" => Expression::Nothing,
            "list" | "tuple" | "set" | "expression_list" => Expression::List(self.all(named(node))),
            "dictionary" => self.dictionary(node),
            "list_splat" | "dictionary_splat" => {
                let inner = named(node).into_iter().next();
                Expression::Spread(boxed(self.maybe(inner).unwrap_or(Expression::Nothing)))
            }
            "parenthesized_expression" | "await" | "type" => match named(node).into_iter().next() {
                Some(inner) => self.expression(inner),
                None => Expression::Nothing,
            },
            "call" => self.called(node),
            "attribute" => match (field(node, "object"), field(node, "attribute")) {
                (Some(object), Some(name)) => Expression::Member(boxed(self.expression(object)), self.of(name)),
                (_, _) => Expression::Parts(Vec::new()),
            },
            "subscript" => self.subscript(node),
            "binary_operator" => self.operation(node),
            "boolean_operator" => match (field(node, "left"), field(node, "right")) {
                (Some(left), Some(right)) => {
                    Expression::Either(boxed(self.expression(left)), boxed(self.expression(right)))
                }
                (_, _) => Expression::Parts(Vec::new()),
            },
            "not_operator" => Expression::Not(boxed(
                field(node, "argument").map_or(Expression::Nothing, |argument| self.expression(argument)),
            )),
            "comparison_operator" => self.comparison(node),
            "conditional_expression" => {
                let mut parts = self.all(named(node)).into_iter();
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(then), Some(condition), Some(other)) => {
                        Expression::Choice(boxed(condition), boxed(then), boxed(other))
                    }
                    (_, _, _) => Expression::Parts(Vec::new()),
                }
            }
            "lambda" => Expression::Function(self.function(node, Vec::new())),
            "named_expression" => match (field(node, "name"), field(node, "value")) {
                (Some(name), Some(value)) => {
                    Expression::Assign(Box::new(self.target(name)), None, boxed(self.expression(value)))
                }
                (_, _) => Expression::Parts(Vec::new()),
            },
            "list_comprehension" | "set_comprehension" | "generator_expression" | "dictionary_comprehension" => {
                self.comprehension(node)
            }
            _ => Expression::Parts(self.all(named(node))),
        }
    }

    fn comprehension(&mut self, node: Node) -> Expression {
        let (mut rounds, mut conditions) = (Vec::new(), Vec::new());
        for child in named(node) {
            match child.kind() {
                "for_in_clause" => {
                    let target = field(child, "left").map_or(Target::Other, |left| self.target(left));
                    let list = self.maybe(field(child, "right")).unwrap_or(Expression::Nothing);
                    rounds.push((target, list));
                }
                "if_clause" => {
                    let parts = self.all(named(child));
                    conditions.extend(parts);
                }
                _ => {}
            }
        }
        let body = field(node, "body");
        let (key, element) = match body {
            Some(pair) if pair.kind() == "pair" => (self.maybe(field(pair, "key")), self.maybe(field(pair, "value"))),
            body => (None, self.maybe(body)),
        };
        let element = element.unwrap_or(Expression::Nothing);
        Expression::Each(Box::new(Each { rounds, conditions, element, key }))
    }

    fn comparison(&mut self, node: Node) -> Expression {
        let mut operators = Vec::new();
        let mut cursor = node.walk();
        for operator in node.children_by_field_name("operators", &mut cursor) {
            operators.push(self.of(operator));
        }
        let mut parts = self.all(named(node));
        if let ([operator], 2) = (operators.as_slice(), parts.len()) {
            let (right, left) =
                (parts.pop().unwrap_or(Expression::Nothing), parts.pop().unwrap_or(Expression::Nothing));
            return Expression::Binary(binary(operator), boxed(left), boxed(right));
        }
        Expression::Parts(parts)
    }

    /// `a + b + c` is nested to the left as often as there are signs: it is taken flat.
    fn operation(&mut self, node: Node) -> Expression {
        let mut steps = Vec::new();
        let mut at = node;
        while at.kind() == "binary_operator" {
            let (Some(left), Some(right)) = (field(at, "left"), field(at, "right")) else { break };
            let operator = field(at, "operator").map(|operator| self.of(operator)).unwrap_or_default();
            steps.push((binary(&operator), right));
            at = left;
        }
        let mut made = self.expression(at);
        let mut depth = 0;
        for (operator, right) in steps.into_iter().rev() {
            let right = self.expression(right);
            made = match (operator, made) {
                ("+", Expression::Sum(mut parts)) => {
                    parts.push(right);
                    Expression::Sum(parts)
                }
                ("+", left) => Expression::Sum(vec![left, right]),
                (operator, left) => {
                    depth += 1;
                    if depth > 60 {
                        self.deep = true;
                        return Expression::Parts(vec![left, right]);
                    }
                    Expression::Binary(operator, boxed(left), boxed(right))
                }
            };
        }
        made
    }

    fn subscript(&mut self, node: Node) -> Expression {
        let (Some(value), Some(index)) = (field(node, "value"), field(node, "subscript")) else {
            return Expression::Parts(Vec::new());
        };
        let value = boxed(self.expression(value));
        if index.kind() != "slice" {
            return Expression::Index(value, boxed(self.expression(index)));
        }
        let mut cursor = index.walk();
        let mut ends: [Option<Expression>; 3] = [None, None, None];
        let mut place = 0;
        for child in index.children(&mut cursor) {
            if child.kind() == ":" {
                place += 1;
            } else if place < 3 {
                ends[place] = Some(self.expression(child));
            }
        }
        let [from, to, step] = ends;
        match step {
            // A step of -1 over the whole turns it round.
            Some(Expression::Number(-1)) if from.is_none() && to.is_none() => {
                Expression::Binary("reversed", value, boxed(Expression::Nothing))
            }
            Some(step) => Expression::Parts(vec![*value, step]),
            None => Expression::Slice(value, from.map(boxed), to.map(boxed)),
        }
    }

    fn dictionary(&mut self, node: Node) -> Expression {
        let mut pairs = Vec::new();
        for child in named(node) {
            match (field(child, "key"), field(child, "value")) {
                (Some(key), Some(value)) => pairs.push((self.expression(key), self.expression(value))),
                (_, _) => pairs.push((self.expression(child), Expression::Nothing)),
            }
        }
        Expression::Map(pairs)
    }

    fn called(&mut self, node: Node) -> Expression {
        let callee = self.maybe(field(node, "function")).unwrap_or(Expression::Nothing);
        let mut arguments = Vec::new();
        match field(node, "arguments") {
            Some(list) if list.kind() == "argument_list" => {
                for child in named(list) {
                    arguments.push(match (child.kind(), field(child, "name"), field(child, "value")) {
                        ("keyword_argument", Some(name), Some(value)) => {
                            Argument { name: Some(self.of(name)), value: self.expression(value) }
                        }
                        (_, _, _) => Argument { name: None, value: self.expression(child) },
                    });
                }
            }
            Some(other) => arguments.push(Argument { name: None, value: self.expression(other) }),
            None => {}
        }
        Expression::Call(Box::new(Called { callee, arguments, tagged: false, line: line(node) }))
    }

    /// `r'…'`, `b'…'`, `f'…{x}…'`
    fn string(&mut self, node: Node) -> Expression {
        if node.kind() != "string" {
            return self.expression(node);
        }
        let mut prefix = BString::default();
        let mut parts = Vec::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "string_start" => prefix = self.of(child).to_ascii_lowercase().into(),
                "string_content" => {
                    let raw = prefix.contains(&b'r');
                    let text = self.of(child);
                    let text = if raw { text } else { literals::unescaped(&text, true, prefix.contains(&b'b')) };
                    let text =
                        if prefix.contains(&b'f') { text.replace("{{", "{").replace("}}", "}").into() } else { text };
                    parts.push(Expression::Text(text));
                }
                "interpolation" => parts.push(self.interpolation(child)),
                _ => {}
            }
        }
        match (parts.len(), parts.pop()) {
            (_, None) => Expression::Text(BString::default()),
            (1, Some(Expression::Text(text))) => Expression::Text(text),
            (_, Some(last)) => {
                parts.push(last);
                Expression::Template(parts)
            }
        }
    }

    /// `{x}`, `{x!r}`, `{x:>10}`: a conversion or a format makes something else of it.
    fn interpolation(&mut self, node: Node) -> Expression {
        let inner = self.maybe(field(node, "expression")).unwrap_or(Expression::Nothing);
        let mut changed = false;
        for child in named(node) {
            changed |=
                child.kind() == "format_specifier" || child.kind() == "type_conversion" && self.of(child) != "!s";
        }
        // `{x=}` writes the name too.
        let end = self.of(node);
        changed |= end.trim_end_with(|c| c == '}' || c == ' ').ends_with(b"=");
        if changed { Expression::Parts(vec![inner]) } else { inner }
    }
}

pub(super) fn binary(operator: &[u8]) -> &'static str {
    match operator {
        b"+" => "+",
        b"-" => "-",
        b"*" => "*",
        b"/" => "/",
        b"//" => "//",
        b"%" => "mod",
        b"|" => "|",
        b"==" => "==",
        b"!=" => "!=",
        b"is" => "is",
        b"in" => "in",
        b"not in" => "not in",
        _ => "other",
    }
}
