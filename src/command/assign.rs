//! Assignments: to names, elements and whole arrays, before a command or as an argument of a declaration builtin.

use bstr::{BString, ByteSlice};

use super::expand::{Chunk, Origin, whole};
use super::follow;
use super::leave::How;
use super::scope::{Content, Scope};
use super::simple::{Call, is_name};
use super::walk::{Input, Walker};
use super::words::{Cause, Value, Word};
use crate::parse::syntax::{self, Assigned, Assignment, Operation, Part};

impl Walker<'_> {
    /// `name=value` as an argument of a declaration builtin: not split.
    pub(super) fn declared(
        &mut self,
        word: &syntax::Word,
        before: &[Word],
        letters: &[u8],
        scope: &mut Scope,
    ) -> Option<Word> {
        let Some(Part::Literal(text)) = word.parts.first() else { return None };
        let equals = text.find_byte(b'=')?;
        let name = text[..equals].strip_suffix(b"+").unwrap_or(&text[..equals]);
        if !is_name(name) {
            return None;
        }
        if let Some(Part::Array(elements)) = word.parts.get(1) {
            let builtin = before.first().and_then(Word::text).unwrap_or_default();
            let locally = matches!(builtin, b"declare" | b"typeset") && !letters.contains(&b'g');
            let hides = builtin == b"local" || (locally && scope.in_function());
            let by_name = letters.contains(&b'A');
            // An array by numbers stays one, which is an error.
            let numbered = matches!(scope.content(name), Content::Indexed(_)) || scope.perhaps_array(name);
            if by_name && !hides && numbered {
                self.expand_elements(elements, scope);
                self.leave(How::Abandon, scope);
                scope.blur(name, Cause::Construct("an array that differs by branch"));
                return Some(Word::known(name));
            }
            let keyed = by_name || !hides && matches!(scope.content(name), Content::Keyed(_));
            let begin = |scope: &mut Scope| {
                if hides {
                    scope.hide(name);
                }
                if by_name && !matches!(scope.content(name), Content::Keyed(_)) {
                    scope.set(name, Content::Keyed(std::collections::BTreeMap::new()));
                }
            };
            let list = List { elements, keyed, append: text[..equals].ends_with(b"+") };
            self.assign_array(name, None, &list, begin, scope);
            return Some(Word::known(name));
        }
        let written = BString::from(word.span.of(&self.source.text));
        Some(Word { value: self.assignment_text(word, true, scope), glob: false, written })
    }

    /// A value on the right of `=`: tildes count after `:` too. `named`: the name stands before it.
    pub(super) fn assignment_text(&mut self, word: &syntax::Word, named: bool, scope: &mut Scope) -> Value {
        let tilde = |part: &Part| matches!(part, Part::Literal(text) if text.contains(&b'~'));
        // There it may count behind a colon as well.
        let behind = |part: &Part| matches!(part, Part::Literal(text) if text.contains_str(":~"));
        let inside = |part: &Part| match part {
            Part::Parameter(parameter) => {
                parameter.operation.iter().flat_map(Operation::words).any(|word| word.parts.iter().any(behind))
            }
            _ => false,
        };
        if word.parts.iter().any(inside) {
            self.single(word, scope);
            return Value::unknown(Cause::Construct("a tilde in an assignment's expansion"));
        }
        if !word.parts.iter().any(tilde) {
            return self.single(word, scope);
        }
        let mut chunks = Vec::new();
        for (index, part) in word.parts.iter().enumerate() {
            match part {
                Part::Literal(text) => {
                    let last = index + 1 == word.parts.len();
                    self.tildes(text, named && index == 0, index == 0, last, scope, &mut chunks);
                }
                part => self.gather(std::slice::from_ref(part), false, scope, &mut chunks),
            }
        }
        whole(chunks, scope)
    }

    /// Text of an assignment: a tilde counts at its start, behind the `=` of its name, and behind each `:`.
    pub(super) fn tildes(
        &mut self,
        text: &[u8],
        named: bool,
        first: bool,
        last: bool,
        scope: &Scope,
        chunks: &mut Vec<Chunk>,
    ) {
        let name = if named { text.find_byte(b'=') } else { None };
        let (mut from, mut at) = (0, 0);
        while let Some(found) = text[at..].find_byte(b'~').map(|found| found + at) {
            at = found + 1;
            let opens = if found == 0 { first } else { text[found - 1] == b':' || name == Some(found - 1) };
            let end = text[at..].find_byteset(b"/:").map_or(text.len(), |end| end + at);
            // Behind another `=` it depends on the tilde that the value begins with.
            let begun = |name: usize| name + 1 < found && text[name + 1] == b'~' && text[found - 1] == b'=';
            let home = if named && !opens && name.is_some_and(begun) {
                Some(Value::unknown(Cause::Construct("a tilde behind another =")))
            } else if !opens || (end == text.len() && !last) {
                None
            } else {
                self.home(&text[at..end], scope)
            };
            if let Some(home) = home {
                self.plain(&text[from..found], Origin::Literal, chunks);
                chunks.push(Chunk::Piece(home, Origin::Quoted));
                (from, at) = (end, end);
            }
        }
        self.plain(&text[from..], Origin::Literal, chunks);
    }

    pub(super) fn assigned_value(&mut self, assignment: &Assignment, scope: &mut Scope) -> Value {
        match &assignment.value {
            Assigned::Word(word) => {
                let value = self.assignment_text(word, false, scope);
                if assignment.append { appended(scope, &assignment.name, value) } else { value }
            }
            Assigned::Array(_) => Value::unknown(Cause::Construct("an array")),
        }
    }

    pub(super) fn assign_all(&mut self, assignments: &[Assignment], scope: &mut Scope) {
        for assignment in assignments {
            if scope.is_readonly(&assignment.name) {
                self.expand_only(&assignment.value, scope);
                self.fail(scope);
                continue;
            }
            if scope.perhaps_readonly(&assignment.name) {
                self.fail(scope);
            }
            match &assignment.value {
                Assigned::Array(elements) => {
                    begin_array(&assignment.name, scope);
                    let keyed = matches!(scope.content(&assignment.name), Content::Keyed(_));
                    let list = List { elements, keyed, append: assignment.append };
                    self.assign_array(&assignment.name, assignment.index.as_ref(), &list, |_| (), scope);
                }
                Assigned::Word(_) => match &assignment.index {
                    None => {
                        let value = self.assigned_value(assignment, scope);
                        self.prompt(assignment, &value, scope);
                        self.summed(&assignment.name, &value, assignment.span, scope);
                        scope.assign(&assignment.name, value);
                    }
                    Some(index) => self.assign_element(assignment, index, scope),
                },
            }
        }
    }

    /// A value that is expanded and then cannot be assigned.
    fn expand_only(&mut self, value: &Assigned, scope: &mut Scope) {
        match value {
            Assigned::Word(word) => drop(self.assignment_text(word, false, scope)),
            Assigned::Array(elements) => self.expand_elements(elements, scope),
        }
    }

    pub(super) fn expand_elements(&mut self, elements: &[syntax::Element], scope: &mut Scope) {
        for element in elements {
            if let Some(key) = &element.key {
                self.single(key, scope);
            }
            self.fields(&element_word(&element.value), scope);
        }
    }

    /// `PS4='$(cmd)'` and its like: bash expands or runs the value when it prompts or traces.
    fn prompt(&mut self, assignment: &Assignment, value: &Value, scope: &Scope) {
        let runs = assignment.name == b"PROMPT_COMMAND";
        let expands = matches!(assignment.name.as_slice(), b"PS0" | b"PS1" | b"PS2" | b"PS4");
        let Value::Known(text) = value else { return };
        if !runs && !(expands && (text.find(b"$(").is_some() || text.contains(&b'`'))) {
            return;
        }
        let text = if runs { text.clone() } else { [&b": \""[..], text, b"\""].concat().into() };
        let at = self.place(assignment.span);
        let call =
            Call { words: Vec::new(), assignments: Vec::new(), redirections: Vec::new(), input: Input::Inherited, at };
        let mut inner = scope.clone();
        follow::text(self, Value::Known(text), "a prompt", &call, &mut inner);
    }

    fn assign_element(&mut self, assignment: &Assignment, index: &syntax::Word, scope: &mut Scope) {
        let Assigned::Word(word) = &assignment.value else { return };
        let value = self.assignment_text(word, false, scope);
        let then = |old: Option<&Value>| match (assignment.append, old) {
            (true, Some(old)) => old.clone().then(value.clone()),
            (true | false, _) => value.clone(),
        };
        // A sum, where `declare -i` makes `+=` one.
        let sums = assignment.append && scope.attributes(&assignment.name).integer;
        if sums {
            return scope.blur(&assignment.name, Cause::Construct("declare -i"));
        }
        self.change_element(&assignment.name, index, then, scope);
    }

    pub(super) fn set_element(&mut self, name: &[u8], index: &syntax::Word, value: Value, scope: &mut Scope) {
        self.change_element(name, index, |_| value.clone(), scope);
    }

    /// `name[index]=…`, with the new value made from the old one.
    fn change_element(
        &mut self,
        name: &[u8],
        index: &syntax::Word,
        then: impl Fn(Option<&Value>) -> Value,
        scope: &mut Scope,
    ) {
        let content = match scope.content(name) {
            Content::Keyed(mut values) => match self.single(index, scope) {
                Value::Known(key) if key.is_empty() => return self.leave(How::Abandon, scope),
                Value::Known(key) => {
                    let value = then(values.get(&key));
                    values.insert(key, value);
                    Content::Keyed(values)
                }
                Value::OneOf(_) | Value::Unknown(_) => {
                    // It may be empty, which is an error.
                    self.leave(How::Abandon, scope);
                    return scope.blur(name, Cause::Construct("an unknown key"));
                }
            },
            Content::Scalar(value)
                if matches!(value, Value::Unknown(_)) || scope.perhaps_array(name) || scope.perhaps_unset(name) =>
            {
                // Before its first element is an error.
                if self.number(index, scope).is_none_or(|at| at < 0) {
                    self.leave(How::Abandon, scope);
                }
                return scope.blur(name, Cause::Construct("an array that differs by branch"));
            }
            other => {
                let number = self.number(index, scope);
                let mut values = match other {
                    Content::Indexed(values) => values,
                    Content::Scalar(value) => [(0, value)].into(),
                    Content::Unset | Content::Keyed(_) => [].into(),
                };
                let end = values.keys().next_back().map_or(0, |last| last + 1);
                match number.map(|at| if at < 0 { at + end } else { at }) {
                    Some(at) if at >= FARTHEST => return scope.blur(name, Cause::Construct("an unknown index")),
                    Some(at) if at >= 0 => {
                        let value = then(values.get(&at));
                        values.insert(at, value);
                        Content::Indexed(values)
                    }
                    Some(_) => return self.leave(How::Abandon, scope),
                    None => {
                        self.fail_expression(scope);
                        return scope.blur(name, Cause::Construct("an unknown index"));
                    }
                }
            }
        };
        scope.set(name, content);
    }

    /// `begin`: what makes the array what it is to be, which comes behind the expansion of what it will hold.
    fn assign_array(
        &mut self,
        name: &[u8],
        index: Option<&syntax::Word>,
        list: &List<'_>,
        begin: impl FnOnce(&mut Scope),
        scope: &mut Scope,
    ) {
        if index.is_some() {
            self.expand_elements(list.elements, scope);
            return scope.blur(name, Cause::Construct("an array inside an array"));
        }
        if list.keyed || list.elements.iter().any(|one| one.key.is_some()) {
            return self.assign_keyed(name, list, begin, scope);
        }
        // Expanding them may change what they are put behind.
        let mut words = Vec::new();
        for element in list.elements {
            words.extend(self.fields(&element_word(&element.value), scope));
        }
        begin(scope);
        let old = scope.content(name);
        // What it has is not known, so neither is where the new ones go.
        let differs = scope.perhaps_array(name) || scope.perhaps_unset(name);
        let blurred = list.append && (differs || matches!(old, Content::Scalar(Value::Unknown(_))));
        if blurred || words.iter().any(Word::is_open) {
            return scope.blur(name, Cause::Construct("an array of unknown length"));
        }
        let mut values = by_number(old, list.append);
        let next = values.keys().next_back().map_or(0, |last| last + 1);
        values.extend((next..).zip(words.into_iter().map(|word| word.value)));
        scope.set(name, Content::Indexed(values));
    }

    fn assign_keyed(&mut self, name: &[u8], list: &List<'_>, begin: impl FnOnce(&mut Scope), scope: &mut Scope) {
        let made: Vec<Expanded<'_>> =
            list.elements.iter().map(|element| self.expanded(element, list.keyed, scope)).collect();
        begin(scope);
        let mut by_name = match scope.content(name) {
            Content::Keyed(values) if list.append => values,
            _ => std::collections::BTreeMap::new(),
        };
        let mut by_number = by_number(scope.content(name), list.append);
        let mut next = by_number.keys().next_back().map_or(0, |last| last + 1);
        let mut unknown = (list.append && scope.perhaps_array(name)).then_some("an array of unknown length");
        for one in made {
            match one {
                Expanded::Named(Value::Known(key), value) => drop(by_name.insert(key, value)),
                Expanded::Named(..) => unknown = Some("an unknown key"),
                Expanded::Braced => unknown = Some("braces behind a key"),
                Expanded::At(key, value) => match self.number(key, scope) {
                    Some(at) if (0..FARTHEST).contains(&at) => {
                        by_number.insert(at, value);
                        next = at + 1;
                    }
                    Some(_) | None => unknown = Some("an unknown index"),
                },
                Expanded::Words(words) => {
                    // `[key]+=value` among them is no word.
                    let appends = words.iter().any(|word| word.written.starts_with(b"["));
                    if list.keyed || appends || words.iter().any(Word::is_open) {
                        unknown = Some("an array of unknown length");
                    }
                    for word in words {
                        by_number.insert(next, word.value);
                        next += 1;
                    }
                }
            }
        }
        if let Some(unknown) = unknown {
            return scope.blur(name, Cause::Construct(unknown));
        }
        scope.set(name, if list.keyed { Content::Keyed(by_name) } else { Content::Indexed(by_number) });
    }

    /// What an element is expanded to. Of an array by numbers all values are before the first number counts; a name is
    /// expanded before its value.
    fn expanded<'e>(&mut self, element: &'e syntax::Element, keyed: bool, scope: &mut Scope) -> Expanded<'e> {
        match &element.key {
            Some(key) if keyed => {
                let key = self.single(key, scope);
                Expanded::Named(key, self.assignment_text(&element.value, false, scope))
            }
            // Then bash takes no key for one.
            Some(_) if super::braces::expand(&element.value).is_none_or(|words| words.len() > 1) => {
                self.expand_elements(std::slice::from_ref(element), scope);
                Expanded::Braced
            }
            Some(key) => Expanded::At(key, self.assignment_text(&element.value, false, scope)),
            None => Expanded::Words(self.fields(&element_word(&element.value), scope)),
        }
    }
}

/// `(…)` behind an array's name.
struct List<'e> {
    elements: &'e [syntax::Element],
    /// Of an array by names.
    keyed: bool,
    append: bool,
}

/// An element whose words were expanded.
enum Expanded<'e> {
    Named(Value, Value),
    At(&'e syntax::Word, Value),
    Words(Vec<Word>),
    Braced,
}

/// What new elements come behind.
fn by_number(old: Content, append: bool) -> std::collections::BTreeMap<i64, Value> {
    match old {
        Content::Indexed(values) if append => values,
        Content::Scalar(value) if append => [(0, value)].into(),
        Content::Indexed(_) | Content::Scalar(_) | Content::Keyed(_) | Content::Unset => [].into(),
    }
}

/// What lies farther is not followed, so that there is always a next one.
pub(super) const FARTHEST: i64 = 1 << 60;

/// It is an array before its words are expanded.
fn begin_array(name: &[u8], scope: &mut Scope) {
    match scope.content(name) {
        Content::Scalar(value @ (Value::Known(_) | Value::OneOf(_)))
            if !scope.perhaps_array(name) && !scope.perhaps_unset(name) =>
        {
            scope.set(name, Content::Indexed([(0, value)].into()));
        }
        Content::Unset => scope.set(name, Content::Indexed([].into())),
        Content::Scalar(_) | Content::Indexed(_) | Content::Keyed(_) => {}
    }
}

/// `name+=value`: text after text, or a sum where `declare -i` says so.
pub(super) fn appended(scope: &Scope, name: &[u8], value: Value) -> Value {
    let before = scope.value(name).unwrap_or_else(|| Value::known(""));
    if scope.attributes(name).integer {
        let before = if before == Value::known("") { Value::known("0") } else { before };
        return before.then(Value::known("+(")).then(value).then(Value::known(")"));
    }
    before.then(value)
}

/// A word in an array that looks like an assignment is none: a tilde in it stays.
fn element_word(word: &syntax::Word) -> syntax::Word {
    parted(word, Part::Quoted)
}

/// A word in an expansion that looks like an assignment is none: a tilde behind its `=` stays.
pub(super) fn unnamed(word: &syntax::Word) -> syntax::Word {
    parted(word, Part::Literal)
}

/// With what looks like a name before a tilde as a part of its own.
fn parted(word: &syntax::Word, name: fn(Vec<u8>) -> Part) -> syntax::Word {
    let mut word = word.clone();
    if let Some(Part::Literal(text)) = word.parts.first_mut()
        && let Some(equals) = text.find_byte(b'=').filter(|equals| {
            // Braces make it something else first.
            text.contains(&b'~') && !text[..*equals].contains(&b'{')
        })
    {
        let rest = text.split_off(equals + 1);
        let begun = name(std::mem::take(text));
        word.parts.splice(..1, [begun, Part::Literal(rest)]);
    }
    word
}
