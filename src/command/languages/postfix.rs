//! What stands behind a value: members, calls with their arguments, indices.

use bstr::{BString, ByteSlice};

use super::calls::Caller;
use super::item::{Given, Item};
use super::reader::Reader;
use super::tokens::{Part, Token};

/// Arguments and elements.
const ITEMS: usize = 2000;

impl Reader<'_> {
    /// Members, calls and indices behind a value.
    pub fn followed(&mut self, mut item: Item) -> Item {
        loop {
            let mut ahead = 0;
            // A chain goes on in the next line: `fetch(x)⏎.then(…)`.
            while self.peek(ahead) == Some(&Token::Newline)
                && self.mark(ahead + 1).is_some_and(|mark| mark == "." || mark == "->")
                || (ahead > 0 && self.peek(ahead) == Some(&Token::Newline))
            {
                ahead += 1;
            }
            let member = match self.mark(ahead) {
                Some(".") => self.language.dotted,
                Some("?." | "->" | "::") => true,
                Some(_) | None => false,
            };
            if member {
                let Some(name) = self.name(ahead + 1).cloned() else {
                    if self.mark(ahead + 1).is_none() {
                        return item;
                    }
                    self.at += ahead + 1;
                    continue;
                };
                self.at += ahead + 2;
                item = self.reached(&item, &name);
                continue;
            }
            match self.mark(0) {
                Some("(") if matches!(item, Item::Name(_)) || !self.language.neighbours => {
                    self.at += 1;
                    let given = self.arguments(")");
                    item = self.call(&item, None, &given);
                }
                Some("[") if !self.language.bare || !matches!(item, Item::Name(ref name) if self.is_function(name)) => {
                    self.at += 1;
                    let index = self.arguments("]").items.into_iter().next().unwrap_or(Item::Unknown);
                    item = self.indexed(item, &index);
                }
                Some("{")
                    if self.language.quote_words && matches!(&item, Item::Name(name) if name.starts_with(b"$")) =>
                {
                    self.at += 1;
                    let given = self.arguments("}");
                    let index = match given.items.into_iter().next() {
                        Some(Item::Name(name)) => Item::known(name),
                        Some(other) => other,
                        None => Item::Unknown,
                    };
                    item = self.indexed(item, &index);
                }
                _ => match self.bare(&item) {
                    Some(made) => item = made,
                    None => return item,
                },
            }
        }
    }

    /// A member: a function's name, a property, or the method of a value, called at once.
    fn reached(&mut self, item: &Item, name: &BString) -> Item {
        let whole = self.member(item.clone(), name);
        if let Item::Name(path) = &whole
            && self.is_function(path)
        {
            return whole;
        }
        let method = BString::from([b".", name.as_slice()].concat());
        if self.mark(0) == Some("(") {
            self.at += 1;
            if matches!(self.function_of(&method), Some(super::functions::Function::Each)) {
                self.callback(item);
            }
            let given = self.arguments(")");
            return self.call(&Item::Name(method), Some(item), &given);
        }
        // Perl's methods need no brackets.
        if self.language.name == "perl"
            && matches!(self.function_of(&method), Some(super::functions::Function::Line(_)))
        {
            return self.call(&Item::Name(method), Some(item), &Given::default());
        }
        if self.language.bare && self.is_function(&method) && (self.begins_operand() || self.language.percent) {
            if self.name(0).is_some_and(|name| name == "do") || self.mark(0) == Some("{") {
                self.block(item);
                return Item::Unknown;
            }
            let given = self.bare_arguments();
            return self.call(&Item::Name(method), Some(item), &given);
        }
        whole
    }

    /// `x => …`, `(x) => …`, `function (x)`: what the callback's parameter is.
    fn callback(&mut self, list: &Item) {
        let ahead = (0..3).find(|ahead| {
            self.name(*ahead).is_some_and(|name| name != "function")
                && matches!(self.mark(ahead + 1), Some("=>" | ")" | ","))
        });
        if let Some(name) = ahead.and_then(|ahead| self.name(ahead)).cloned() {
            self.one_of(name, list);
        }
    }

    /// Ruby's `do |x|`, `{ |x|`.
    fn block(&mut self, list: &Item) {
        if self.mark(1) == Some("|")
            && let Some(name) = self.name(2).cloned()
        {
            self.at += 3;
            self.one_of(name, list);
        }
    }

    fn indexed(&mut self, item: Item, index: &Item) -> Item {
        let key = index.text().cloned();
        match (item, key) {
            (Item::List(items), Some(key)) => {
                let at: Option<usize> = key.to_str().ok().and_then(|key| key.parse().ok());
                at.and_then(|at| items.get(at).cloned()).unwrap_or(Item::Unknown)
            }
            (Item::Map(pairs), Some(key)) => {
                pairs.into_iter().find(|(name, _)| *name == key).map_or(Item::Unknown, |(_, item)| item)
            }
            (Item::Name(name), Some(key)) => {
                if matches!(
                    name.as_slice(),
                    b"os.environ" | b"process.env" | b"ENV" | b"$ENV" | b"$_ENV" | b"$_SERVER" | b"ENVIRON"
                ) {
                    return Item::Text(self.around.variable(&key));
                }
                if let Some(Item::List(items)) = self.variable(&array_of(&name)) {
                    return self.indexed(Item::List(items), index);
                }
                self.member(Item::Name(name), &key)
            }
            (_, _) => Item::Unknown,
        }
    }

    /// The property of a name or a map.
    pub fn member(&mut self, item: Item, name: &BString) -> Item {
        match item {
            Item::Name(path) => {
                if path == "process.env" {
                    return Item::Text(self.around.variable(name));
                }
                let whole = super::calls::module(&[path.as_slice(), b".", name].concat());
                self.variable(&whole).unwrap_or(Item::Name(whole))
            }
            Item::Map(pairs) => pairs.into_iter().find(|(key, _)| key == name).map_or(Item::Unknown, |(_, item)| item),
            Item::Text(_) | Item::List(_) | Item::Client(_) | Item::Unknown => Item::Unknown,
        }
    }

    /// Items up to the closing bracket. Statements inside (a callback's body) are read as such.
    pub fn arguments(&mut self, close: &'static str) -> Given {
        let mut given = Given::default();
        let mut fresh = true;
        while let Some(token) = self.peek(0) {
            match token {
                Token::Mark(mark) if *mark == close => {
                    self.at += 1;
                    break;
                }
                Token::Mark(",") => {
                    self.at += 1;
                    fresh = true;
                }
                Token::Newline => self.at += 1,
                Token::Mark(")" | "]" | "}") if close != "}" && self.depth > 1 && !fresh => {
                    // Somebody else's bracket: a body inside ends here.
                    self.at += 1;
                }
                _ => {
                    let before = self.at;
                    if fresh {
                        self.argument(&mut given);
                        fresh = false;
                    } else {
                        // Not an argument as we know them: whatever stands there may still call something.
                        if let Some(last) = given.items.last_mut() {
                            *last = Item::Unknown;
                        }
                        self.statement();
                    }
                    if self.at == before {
                        self.at += 1;
                    }
                }
            }
        }
        given
    }

    fn argument(&mut self, given: &mut Given) {
        let spread = matches!(self.mark(0), Some("*" | "..." | "@"));
        let key = match (self.peek(0), self.mark(1)) {
            (Some(Token::Name(name)), Some("=" | ":" | "=>")) => Some(name.clone()),
            (Some(Token::Text(parts)), Some(":" | "=>")) => match parts.as_slice() {
                [Part::Raw(text)] => Some(text.clone()),
                _ => None,
            },
            (_, _) => None,
        };
        // `x => …` is a function in JavaScript, a pair elsewhere.
        let arrow = self.mark(1) == Some("=>") && self.language.name == "javascript";
        if let Some(key) = key.filter(|_| !arrow) {
            self.at += 2;
            let item = self.expression();
            if given.named.len() < ITEMS {
                given.named.push((key, item));
            }
            return;
        }
        let item = self.expression();
        if given.items.len() >= ITEMS {
            self.unread = true;
            return;
        }
        match item {
            Item::List(items) if spread || self.language.quote_words && given.items.len() + items.len() < ITEMS => {
                given.items.extend(items);
            }
            item => given.items.push(item),
        }
    }

    /// A function of the table that is called without brackets.
    fn bare(&mut self, item: &Item) -> Option<Item> {
        let Item::Name(name) = item else {
            return None;
        };
        let template = self.language.name == "javascript" && matches!(name.as_slice(), b"$" | b"Bun.$");
        if template && let Some(Token::Text(parts)) = self.peek(0).cloned() {
            self.at += 1;
            let value = self.text(&parts);
            self.shell(&value, None);
            return Some(Item::Unknown);
        }
        if !self.language.bare || !self.begins_operand() || !self.is_function(name) {
            return None;
        }
        let given = self.bare_arguments();
        Some(self.call(item, None, &given))
    }

    fn bare_arguments(&mut self) -> Given {
        let mut given = Given::default();
        while self.begins_operand() || matches!(self.mark(0), Some("\\" | "*" | "@" | "-")) {
            self.argument(&mut given);
            if !self.take(",") {
                break;
            }
        }
        given
    }
}

/// `$ARGV[0]` is an element of `@ARGV`.
fn array_of(name: &BString) -> BString {
    match name.strip_prefix(b"$") {
        Some(rest) => [b"@", rest].concat().into(),
        None => name.clone(),
    }
}
