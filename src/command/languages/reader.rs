//! Tokens → what the code would start and destroy. Statements are read once, in the order in which they stand; a value
//! is known where literals and earlier assignments make it so.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::calls::Caller;
use super::grammar::Language;
use super::item::Item;
use super::tokens::{self, Placed, Token};
use crate::command::words::{Value, Word};

/// One thing that the code does, as a command line would do it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Act {
    pub words: Vec<Word>,
    pub input: Option<Value>,
    /// A file that is emptied; the input is then its new text.
    pub overwrites: Option<Value>,
    /// Where it happens, if not where the program was started.
    pub directory: Option<Value>,
    pub line: usize,
}

/// What the code can ask of its surroundings.
pub(super) trait Surroundings {
    fn variable(&self, name: &[u8]) -> Value;
    /// The text of a file beside the program.
    fn file(&self, path: &[u8]) -> Option<BString>;
}

/// Nested expressions and texts of code.
const DEPTH: usize = 40;
/// Acts of one text.
pub(super) const ACTS: usize = 2000;

/// What may be taken out of variables in all, by weight.
const COPIES: usize = 1 << 17;

pub(super) struct Reader<'a> {
    pub language: &'static Language,
    pub around: &'a dyn Surroundings,
    tokens: Vec<Placed>,
    pub at: usize,
    pub variables: BTreeMap<BString, Item>,
    pub acts: Vec<Act>,
    /// Something runs that is not known.
    pub unread: bool,
    pub depth: usize,
    /// How much of what variables hold was taken out of them so far.
    taken: usize,
    /// Where the text of a nested piece of code stands.
    base: usize,
    nested: bool,
}

/// Reads a whole text. `variables`: what is defined before it begins.
pub(super) fn read<'a>(
    language: &'static Language,
    text: &[u8],
    variables: BTreeMap<BString, Item>,
    around: &'a dyn Surroundings,
) -> Reader<'a> {
    let mut reader = Reader {
        language,
        around,
        tokens: Vec::new(),
        at: 0,
        variables,
        acts: Vec::new(),
        unread: false,
        depth: 0,
        taken: 0,
        base: 0,
        nested: false,
    };
    reader.code(text, false);
    reader
}

impl Caller for Reader<'_> {
    fn language(&self) -> &'static Language {
        self.language
    }

    fn variable(&self, name: &[u8]) -> Value {
        self.around.variable(name)
    }

    fn doubt(&mut self) {
        self.unread = true;
    }

    fn evaluate(&mut self, text: &BString) {
        self.code(text, false);
    }

    fn act(&mut self, words: Vec<Word>, input: Option<Value>) {
        if self.acts.len() >= ACTS {
            self.unread = true;
            return;
        }
        let line = self.line();
        self.acts.push(Act { words, input, overwrites: None, directory: None, line });
    }

    fn overwrite(&mut self, path: Value, text: Option<Value>) {
        let line = self.line();
        self.acts.push(Act { words: Vec::new(), input: text, overwrites: Some(path), directory: None, line });
    }

    // Languages that are read by their tokens are not followed from folder to folder.
    fn change_directory(&mut self, _path: Value) {}

    fn inside(&mut self, _directory: Option<Value>, _input: Option<Value>) {}
}

impl Reader<'_> {
    /// Reads a text of the same language: all of it, or the expression that stands in another text.
    pub fn code(&mut self, text: &[u8], expression: bool) -> Item {
        if self.depth >= DEPTH {
            self.unread = true;
            return Item::Unknown;
        }
        let base = self.line().saturating_sub(1);
        let (tokens, whole) = tokens::tokens(text, self.language);
        self.unread |= !whole;
        let (before, at, old_base) =
            (std::mem::replace(&mut self.tokens, tokens), std::mem::take(&mut self.at), self.base);
        self.base = base;
        self.depth += 1;
        let item = if expression {
            self.expression()
        } else {
            self.statements();
            Item::Unknown
        };
        self.depth -= 1;
        (self.tokens, self.at, self.base) = (before, at, old_base);
        item
    }

    pub fn line(&self) -> usize {
        self.base + self.tokens.get(self.at.min(self.tokens.len().saturating_sub(1))).map_or(1, |placed| placed.line)
    }

    pub fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|placed| &placed.token)
    }

    pub fn mark(&self, ahead: usize) -> Option<&'static str> {
        match self.peek(ahead) {
            Some(Token::Mark(mark)) => Some(mark),
            Some(_) | None => None,
        }
    }

    pub fn name(&self, ahead: usize) -> Option<&BString> {
        match self.peek(ahead) {
            Some(Token::Name(name)) => Some(name),
            Some(_) | None => None,
        }
    }

    pub fn take(&mut self, mark: &str) -> bool {
        let found = self.mark(0) == Some(mark);
        self.at += usize::from(found);
        found
    }

    fn statements(&mut self) {
        while self.at < self.tokens.len() {
            let before = self.at;
            self.statement();
            if self.at == before {
                self.at += 1;
            }
        }
    }

    /// One statement, or a part of one; whatever it can't make out it leaves to the next.
    pub fn statement(&mut self) {
        self.nested = self.tokens.get(self.at).is_some_and(|placed| placed.nested);
        match self.name(0).map(|name| name.as_slice()) {
            Some(b"import") if self.mark(1) != Some("(") => return self.import(),
            Some(b"from") if self.language.triple => return self.import_names(),
            Some(b"def" | b"function" | b"sub" | b"fn") => return self.function(),
            Some(b"for" | b"foreach") => return self.each(),
            Some(b"const" | b"let" | b"var" | b"my" | b"our" | b"local") => {
                self.at += 1;
                if self.mark(0) == Some("{") {
                    return self.taken_apart();
                }
            }
            Some(b"class" | b"export" | b"default" | b"public" | b"static" | b"async") => {
                self.at += 1;
                return;
            }
            Some(b"print" | b"printf") if self.language.pipes => return self.print(),
            Some(_) | None => {}
        }
        if let Some((name, operator, end)) = self.assignment() {
            self.at = end;
            let mut item = self.expression();
            let old = self.variable(&name);
            item = match (operator, old) {
                ("+=" | ".=" | "..=", Some(old)) => old.join(&item),
                ("+=" | ".=" | "..=" | "||=" | "??=", None) => Item::Unknown,
                ("||=" | "??=", Some(old)) => old.or(item),
                // Where ways part, either may hold.
                (_, Some(old)) if self.nested => old.or(item),
                (_, _) => item,
            };
            self.variables.insert(name, item);
            return;
        }
        let item = self.expression();
        // What was read of it (`a, b = …`, `self.x[0] = …`) is no longer what it was.
        if let Item::Name(name) = item
            && self.mark(0) == Some("=")
        {
            self.variables.insert(name, Item::Unknown);
        }
    }

    /// `a.b = `, `$a = `, `a: str = `: the name, the operator, where the value begins.
    fn assignment(&self) -> Option<(BString, &'static str, usize)> {
        let mut name = self.name(0)?.clone();
        let mut ahead = 1;
        while self.language.dotted && self.mark(ahead) == Some(".") {
            name.push(b'.');
            name.extend_from_slice(self.name(ahead + 1)?);
            ahead += 2;
        }
        let typed = self.mark(ahead) == Some(":") && self.name(ahead + 1).is_some();
        let equals = if typed { ahead + 2 } else { ahead };
        let operator = self.mark(equals)?;
        matches!(operator, "=" | "+=" | ".=" | ":=" | "||=" | "??=").then_some((name, operator, self.at + equals + 1))
    }

    /// awk: `print x | "cmd"`
    fn print(&mut self) {
        self.at += 1;
        let printed = self.expression();
        if self.mark(0) != Some("|") {
            return;
        }
        self.at += 1;
        let command = self.expression();
        self.shell(&command.value(), Some(printed.value().then(Value::known("\n"))));
    }

    /// `import a.b as c, d`; JavaScript's `import x, {a as b} from "m"`.
    fn import(&mut self) {
        self.at += 1;
        if self.language.triple {
            while let Some(name) = self.dotted_name() {
                let alias = self.renamed();
                let first = name.split_str(".").next().unwrap_or_default().into();
                let (key, module) =
                    alias.map_or_else(|| (BString::clone(&first), first.clone()), |alias| (alias, name));
                self.variables.insert(key, Item::Name(module));
                if !self.take(",") {
                    break;
                }
            }
            return;
        }
        let mut names: Vec<(BString, Option<BString>)> = Vec::new();
        let mut braces = false;
        for _ in 0..200 {
            match self.peek(0).cloned() {
                Some(Token::Text(_)) | None => break,
                Some(Token::Name(name)) if name == "from" => {
                    self.at += 1;
                    break;
                }
                Some(Token::Name(name)) => {
                    self.at += 1;
                    let alias = self.renamed();
                    let key = alias.unwrap_or_else(|| name.clone());
                    names.push((key, (braces && name != "default").then_some(name)));
                }
                Some(Token::Mark("*")) => {
                    self.at += 1;
                    if let Some(alias) = self.renamed() {
                        names.push((alias, None));
                    }
                }
                Some(token) => {
                    braces = token == Token::Mark("{") || braces && token != Token::Mark("}");
                    self.at += 1;
                }
            }
        }
        let Item::Text(Value::Known(module)) = self.expression() else { return };
        let module = super::calls::module(&module);
        for (key, member) in names {
            let mut path = module.clone();
            if let Some(member) = member {
                path.push(b'.');
                path.extend_from_slice(&member);
            }
            self.variables.insert(key, Item::Name(path));
        }
    }

    fn renamed(&mut self) -> Option<BString> {
        if self.name(0).is_some_and(|name| name == "as") {
            let alias = self.name(1).cloned();
            self.at += 2;
            return alias;
        }
        None
    }

    fn dotted_name(&mut self) -> Option<BString> {
        let mut name = self.name(0)?.clone();
        self.at += 1;
        while self.mark(0) == Some(".") {
            let Some(next) = self.name(1) else { break };
            name.push(b'.');
            name.extend_from_slice(next);
            self.at += 2;
        }
        Some(name)
    }

    /// `from m import a as b, (c, d)`, `from m import *`.
    fn import_names(&mut self) {
        self.at += 1;
        let Some(module) = self.dotted_name() else { return };
        if self.name(0).is_none_or(|name| name != "import") {
            return;
        }
        self.at += 1;
        let bracket = self.take("(");
        if self.take("*") {
            let prefix = [module.as_slice(), b"."].concat();
            let known = self.language.functions.iter().filter_map(|(name, _)| {
                let short = name.as_bytes().strip_prefix(prefix.as_slice())?;
                Some((BString::from(short), Item::Name((*name).into())))
            });
            self.variables.extend(known);
            return;
        }
        while let Some(name) = self.name(0).cloned() {
            self.at += 1;
            let key = self.renamed().unwrap_or_else(|| name.clone());
            self.variables.insert(key, Item::Name([module.as_slice(), b".", &name].concat().into()));
            if !self.take(",") {
                break;
            }
        }
        if bracket {
            self.take(")");
        }
    }

    /// `const {a, b: c} = require("m")`
    fn taken_apart(&mut self) {
        self.at += 1;
        let mut names: Vec<(BString, BString)> = Vec::new();
        while let Some(token) = self.peek(0).cloned() {
            self.at += 1;
            match token {
                Token::Mark("}") => break,
                Token::Name(name) if self.mark(0) == Some(":") => {
                    if let Some(alias) = self.name(1).cloned() {
                        names.push((alias, name));
                        self.at += 2;
                    }
                }
                Token::Name(name) => names.push((name.clone(), name)),
                Token::Mark(_) | Token::Newline => {}
                _ => break,
            }
        }
        if !self.take("=") {
            return;
        }
        let item = self.expression();
        for (key, member) in names {
            let value = self.member(item.clone(), &member);
            self.variables.insert(key, value);
        }
    }

    /// A definition: its parameters hide what had their names.
    fn function(&mut self) {
        self.at += 1;
        if self.name(0).is_some() {
            self.at += 1;
        }
        if !self.take("(") {
            return;
        }
        while let Some(token) = self.peek(0).cloned() {
            match token {
                Token::Mark(")" | "{" | ";") => break,
                Token::Name(name) => {
                    self.variables.remove(&name);
                    self.at += 1;
                }
                Token::Mark("=") => {
                    self.at += 1;
                    self.expression();
                }
                _ => self.at += 1,
            }
        }
    }

    /// `for x in [..]:`, `for (const x of [..])`, `foreach my $x (..)`: each of the list's items.
    fn each(&mut self) {
        self.at += 1;
        let bracket = self.take("(");
        while self.name(0).is_some_and(|name| matches!(name.as_slice(), b"const" | b"let" | b"var" | b"my" | b"our")) {
            self.at += 1;
        }
        let Some(name) = self.name(0).cloned() else { return };
        self.at += 1;
        if self.name(0).is_some_and(|word| word == "in" || word == "of") {
            self.at += 1;
        } else if bracket || self.mark(0) != Some("(") {
            // `for (i = 0; …)`, `for a, b in …`: nothing is known of it.
            self.variables.remove(&name);
            self.at -= 1;
            return;
        }
        let list = self.expression();
        self.one_of(name, &list);
    }

    /// What a variable holds. Each use takes a copy, and what holds three of what it held grows without end: the copies
    /// are counted.
    pub fn variable(&mut self, name: &BString) -> Option<Item> {
        let item = self.variables.get(name)?;
        self.taken += item.weight();
        Some(if self.taken > COPIES { Item::Unknown } else { item.clone() })
    }

    pub fn one_of(&mut self, name: BString, list: &Item) {
        let each = match list {
            Item::List(items) => items.iter().cloned().reduce(Item::or).unwrap_or(Item::Unknown),
            Item::Text(_) | Item::Map(_) | Item::Name(_) | Item::Client(_) | Item::Unknown => Item::Unknown,
        };
        self.variables.insert(name, each);
    }
}
