//! tree-sitter-python's tree → our syntax.

use std::rc::Rc;

use bstr::{BString, ByteSlice};
use tree_sitter::Node;

use super::literals;
use super::lower::{Lowering, boxed, field, line, named};
use super::syntax::{
    Argument, Called, Class, Declared, Each, Expression, Function, Import, Parameter, Rest, Statement, Target,
};

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

    fn target(&mut self, node: Node) -> Target {
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

    fn maybe(&mut self, node: Option<Node>) -> Option<Expression> {
        node.map(|node| self.expression(node))
    }

    fn expression(&mut self, node: Node) -> Expression {
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

/// May be evaluated twice.
fn plain_value(value: &Expression) -> bool {
    matches!(
        value,
        Expression::Text(_) | Expression::Number(_) | Expression::Flag(_) | Expression::Nothing | Expression::Name(_)
    )
}

fn binary(operator: &[u8]) -> &'static str {
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
