//! YAML as task files and manifests are written: mappings, lists and scalars in block and flow style, with the line of
//! each. It never fails; what it does not understand is a scalar.

use bstr::{BString, ByteSlice};

/// A node, and the line on which it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Yaml {
    pub line: usize,
    pub node: Node,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Node {
    #[default]
    Null,
    Scalar(BString),
    List(Vec<Yaml>),
    Map(Vec<(BString, Yaml)>),
}

impl Yaml {
    /// A field of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Yaml> {
        self.fields().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    #[must_use]
    pub fn text(&self) -> Option<&BString> {
        match &self.node {
            Node::Scalar(text) => Some(text),
            Node::Null | Node::List(_) | Node::Map(_) => None,
        }
    }

    #[must_use]
    pub fn fields(&self) -> &[(BString, Yaml)] {
        match &self.node {
            Node::Map(fields) => fields,
            Node::Null | Node::Scalar(_) | Node::List(_) => &[],
        }
    }

    /// The elements of a list; a single node counts as a list of one.
    #[must_use]
    pub fn items(&self) -> &[Yaml] {
        match &self.node {
            Node::List(items) => items,
            Node::Null => &[],
            Node::Scalar(_) | Node::Map(_) => std::slice::from_ref(self),
        }
    }
}

/// Nested collections, and nodes in all.
const DEPTH: usize = 40;
const NODES: usize = 20_000;

/// The documents of a text.
#[must_use]
pub fn read(text: &[u8]) -> Vec<Yaml> {
    let lines: Vec<Vec<u8>> = text.lines().map(<[u8]>::to_vec).collect();
    let mut reader = Reader { lines, at: 0, end: 0, nodes: 0 };
    let mut documents = Vec::new();
    while reader.at < reader.lines.len() && reader.nodes < NODES {
        if reader.lines[reader.at].starts_with(b"---") {
            reader.lines[reader.at].splice(..3, *b"   ");
        }
        let marks = |line: &Vec<u8>| line.starts_with(b"---") || line.starts_with(b"...");
        let rest = reader.lines.get(reader.at + 1..).unwrap_or_default();
        reader.end = rest.iter().position(marks).map_or(reader.lines.len(), |at| reader.at + 1 + at);
        let document = reader.block(0, 0);
        if document.node != Node::Null {
            documents.push(document);
        }
        reader.at = reader.end;
        if reader.lines.get(reader.at).is_some_and(|line| line.starts_with(b"...")) {
            reader.at += 1;
        }
    }
    documents
}

struct Reader {
    lines: Vec<Vec<u8>>,
    at: usize,
    /// Where the document ends.
    end: usize,
    nodes: usize,
}

impl Reader {
    /// The next line that says something: its indentation.
    fn peek(&mut self) -> Option<usize> {
        while self.at < self.end {
            let line = &self.lines[self.at];
            let indent = line.len() - line.trim_start_with(|c| c == ' ').len();
            match line.get(indent) {
                None | Some(b'#' | b'\r') => self.at += 1,
                Some(_) if line.trim().is_empty() => self.at += 1,
                Some(_) => return Some(indent),
            }
        }
        None
    }

    /// Whatever begins on the next line, if it is indented at least so far.
    fn block(&mut self, least: usize, depth: usize) -> Yaml {
        self.nodes += 1;
        let Some(indent) = self.peek().filter(|indent| *indent >= least) else { return Yaml::default() };
        if depth >= DEPTH || self.nodes > NODES {
            self.at = self.end;
            return Yaml::default();
        }
        let line = self.at + 1;
        let content = self.lines[self.at][indent..].to_vec();
        let node = if is_item(&content) {
            self.list(indent, depth)
        } else if key(&content).is_some() {
            self.map(indent, depth)
        } else {
            self.at += 1;
            return Yaml { line, ..self.value(&content, least.saturating_sub(1), least, depth) };
        };
        Yaml { line, node }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Node {
        let mut items = Vec::new();
        while self.peek() == Some(indent) && is_item(&self.lines[self.at][indent..]) && self.nodes < NODES {
            // Without its dash an item is a block that is indented further.
            self.lines[self.at][indent] = b' ';
            if uncommented(&self.lines[self.at]).trim().is_empty() {
                self.at += 1;
            }
            items.push(self.block(indent + 1, depth + 1));
        }
        Node::List(items)
    }

    fn map(&mut self, indent: usize, depth: usize) -> Node {
        let mut fields = Vec::new();
        while self.peek() == Some(indent) && self.nodes < NODES {
            let content = self.lines[self.at][indent..].to_vec();
            let Some((name, rest)) = key(&content) else { break };
            let line = self.at + 1;
            self.at += 1;
            let value = self.value(rest, indent, indent + 1, depth);
            fields.push((name, Yaml { line: if value.line == 0 { line } else { value.line }, node: value.node }));
        }
        if fields.is_empty() {
            self.at += 1;
        }
        Node::Map(fields)
    }

    /// What follows a key, or stands alone: `indent` is the parent's, what goes on is indented at least `least`.
    fn value(&mut self, rest: &[u8], indent: usize, least: usize, depth: usize) -> Yaml {
        self.nodes += 1;
        let line = self.at;
        let mut rest = uncommented(rest).trim();
        // Tags and anchors say nothing about what runs.
        while rest.starts_with(b"&") || rest.starts_with(b"!") {
            rest = rest.find_byteset(b" \t").map_or(&b""[..], |at| rest[at..].trim());
        }
        let node = match rest.first() {
            None => match self.peek() {
                Some(next) if next > indent => return self.block(indent + 1, depth + 1),
                Some(next) if next == indent && is_item(&self.lines[self.at][next..]) => {
                    return self.block(indent, depth + 1);
                }
                Some(_) | None => Node::Null,
            },
            Some(b'|' | b'>') => return self.scalar(rest[0] == b'>', rest.contains(&b'-'), indent),
            Some(b'{' | b'[') => {
                let mut text = rest.to_vec();
                while !balanced(&text) && self.at < self.end {
                    text.push(b' ');
                    text.extend_from_slice(uncommented(&self.lines[self.at]).trim());
                    self.at += 1;
                }
                let mut at = 0;
                flow(&text, &mut at, line, depth)
            }
            Some(quote @ (b'"' | b'\'')) => {
                let mut text = rest.to_vec();
                while quoted(&text, *quote).is_none() && self.at < self.end {
                    text.push(b' ');
                    text.extend_from_slice(self.lines[self.at].trim());
                    self.at += 1;
                }
                Node::Scalar(quoted(&text, *quote).map_or_else(|| text[1..].into(), |(text, _)| text))
            }
            Some(_) => {
                let mut text = BString::from(rest);
                while self.peek().is_some_and(|next| next >= least.max(1)) {
                    text.push(b' ');
                    text.extend_from_slice(uncommented(&self.lines[self.at]).trim());
                    self.at += 1;
                }
                Node::Scalar(text)
            }
        };
        Yaml { line, node }
    }

    /// `|` and `>`: the lines that are indented further; `-` leaves out the end of the last.
    fn scalar(&mut self, folded: bool, stripped: bool, indent: usize) -> Yaml {
        let line = self.at + 1;
        let mut base = None;
        let mut text = BString::default();
        while self.at < self.end {
            let whole = &self.lines[self.at];
            let deep = whole.len() - whole.trim_start_with(|c| c == ' ').len();
            let blank = whole.trim().is_empty();
            if !blank && deep <= indent && !(indent == 0 && deep > 0) {
                break;
            }
            let cut = if blank { deep } else { *base.get_or_insert(deep) };
            text.extend_from_slice(whole.get(cut.min(whole.len())..).unwrap_or_default());
            text.push(if folded && !blank { b' ' } else { b'\n' });
            self.at += 1;
        }
        if stripped {
            let kept = text.trim_end_with(|c| c == '\n').len();
            text.truncate(kept);
        }
        if folded && text.last() == Some(&b' ') {
            text.pop();
            text.extend((!stripped).then_some(b'\n'));
        }
        Yaml { line, node: Node::Scalar(text) }
    }
}

fn is_item(content: &[u8]) -> bool {
    content == b"-" || content.starts_with(b"- ") || content.starts_with(b"-\r")
}

/// `key: rest`, where the content begins with one.
fn key(content: &[u8]) -> Option<(BString, &[u8])> {
    let (name, after) = match content.first()? {
        quote @ (b'"' | b'\'') => {
            let (name, end) = quoted(content, *quote)?;
            (name, content[end..].trim_start())
        }
        b'{' | b'[' | b'|' | b'>' | b'#' => return None,
        _ => {
            let ends = |at: &usize| content.get(at + 1).is_none_or(u8::is_ascii_whitespace);
            let colon = content.find_iter(b":").find(ends)?;
            if content[..colon].find(b" #").is_some() {
                return None;
            }
            (content[..colon].trim_end().into(), &content[colon..])
        }
    };
    let rest = after.strip_prefix(b":")?;
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some((name, rest))
}

/// The text between quotes at the beginning, and where it ends.
fn quoted(text: &[u8], quote: u8) -> Option<(BString, usize)> {
    let mut plain = BString::default();
    let mut at = 1;
    loop {
        match *text.get(at)? {
            b'\\' if quote == b'"' => {
                match *text.get(at + 1)? {
                    b'n' => plain.push(b'\n'),
                    b't' => plain.push(b'\t'),
                    other => plain.push(other),
                }
                at += 2;
            }
            byte if byte == quote && quote == b'\'' && text.get(at + 1) == Some(&quote) => {
                plain.push(quote);
                at += 2;
            }
            byte if byte == quote => return Some((plain, at + 1)),
            byte => {
                plain.push(byte);
                at += 1;
            }
        }
    }
}

/// Without a comment: `#` behind a blank, outside quotes that begin a word.
fn uncommented(text: &[u8]) -> &[u8] {
    let mut quote = None;
    for (at, byte) in text.iter().enumerate() {
        let opens = at == 0 || matches!(text[at - 1], b' ' | b'\t' | b'[' | b'{' | b',');
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'"' | b'\'') if opens => quote = Some(*byte),
            (None, b'#') if opens => return &text[..at],
            (Some(_) | None, _) => {}
        }
    }
    text
}

fn balanced(text: &[u8]) -> bool {
    let mut depth = 0_i32;
    let mut quote = None;
    for byte in text {
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'{' | b'[') => depth += 1,
            (None, b'}' | b']') => depth -= 1,
            (Some(_) | None, _) => {}
        }
    }
    depth <= 0
}

/// `[a, {b: c}]`
fn flow(text: &[u8], at: &mut usize, line: usize, depth: usize) -> Node {
    let blank = |at: &mut usize| {
        while text.get(*at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b',') {
            *at += 1;
        }
    };
    blank(at);
    let open = text.get(*at).copied();
    match open {
        Some(b'[' | b'{') if depth < DEPTH => {
            *at += 1;
            let (mut items, mut fields) = (Vec::new(), Vec::new());
            loop {
                blank(at);
                match text.get(*at) {
                    None => break,
                    Some(b']' | b'}') => {
                        *at += 1;
                        break;
                    }
                    Some(_) => {}
                }
                let before = *at;
                let node = flow(text, at, line, depth + 1);
                if open == Some(b'{') || text.get(*at) == Some(&b':') {
                    let Node::Scalar(name) = node else { break };
                    if text.get(*at) == Some(&b':') {
                        *at += 1;
                    }
                    fields.push((name, Yaml { line, node: flow(text, at, line, depth + 1) }));
                } else {
                    items.push(Yaml { line, node });
                }
                if *at == before {
                    break;
                }
            }
            if open == Some(b'[') { Node::List(items) } else { Node::Map(fields) }
        }
        Some(quote @ (b'"' | b'\'')) => {
            let plain = text.get(*at..).and_then(|rest| quoted(rest, quote));
            *at = plain.as_ref().map_or(text.len(), |(_, end)| *at + end);
            plain.map_or(Node::Null, |(plain, _)| Node::Scalar(plain))
        }
        Some(_) => {
            let rest = &text[*at..];
            let ends = |(at, byte): (usize, &u8)| {
                matches!(byte, b',' | b']' | b'}')
                    || (*byte == b':' && rest.get(at + 1).is_none_or(|next| matches!(next, b' ' | b',' | b'}')))
            };
            let end = rest.iter().enumerate().position(ends).unwrap_or(rest.len());
            *at += end;
            Node::Scalar(rest[..end].trim().into())
        }
        None => Node::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(yaml: &Yaml) -> String {
        match &yaml.node {
            Node::Null => "~".into(),
            Node::Scalar(text) => format!("{text:?}"),
            Node::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" ")),
            Node::Map(fields) => {
                let all: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
                format!("{{{}}}", all.join(" "))
            }
        }
    }

    #[test]
    fn task_files_and_manifests_are_read() {
        for (text, expected) in [
            (
                "a: 1\nb:\n  - x # c\n  - y: 2\n    z: 3\nc:\n- q\nd:\n",
                "{a=\"1\" b=[\"x\" {y=\"2\" z=\"3\"}] c=[\"q\"] d=~}",
            ),
            ("a: |\n  rm x\n\n  y # z\nb: >-\n  p\n  q\n", "{a=\"rm x\\n\\ny # z\\n\" b=\"p q\"}"),
            ("'a b': \"x: y\"\nb: 'it''s'\n", "{a b=\"x: y\" b=\"it\\'s\"}"),
            ("a: {b: [x, 'y z'], c: d}\n", "{a={b=[\"x\" \"y z\"] c=\"d\"}}"),
            ("- - a\n  - b\n- c\n", "[[\"a\" \"b\"] \"c\"]"),
            ("a: one\n  two\nb: &x !t v\n", "{a=\"one two\" b=\"v\"}"),
            ("- a: b\n\n  c: http://x#y\n- d:e\n", "[{a=\"b\" c=\"http://x#y\"} \"d:e\"]"),
            ("{", "{}"),
            ("a: [b,\n  c]\nd: e", "{a=[\"b\" \"c\"] d=\"e\"}"),
        ] {
            assert_eq!(read(text.as_bytes()).iter().map(shown).collect::<String>(), expected, "{text}");
        }
        let documents = read(b"# c\n---\na: 1\n---\n- b\n...\n---\n");
        assert_eq!(documents.len(), 2);
        assert_eq!((documents[0].line, documents[1].line), (3, 5));
    }

    #[test]
    fn nothing_makes_it_panic_or_go_round() {
        for unit in ["- ", "a: ", "[", "{a: ", "\"", "'", "|\n", "---\n", "? ", "\n- a:\n ", ": ", "{:", "[:", "- |\n"]
        {
            for times in [1, 3, 5_000] {
                drop(read(unit.repeat(times).as_bytes()));
            }
        }
    }
}
