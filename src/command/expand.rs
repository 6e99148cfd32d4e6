//! Words of the syntax tree → words as a program gets them: bash's expansions in bash's order, each as far as its inputs
//! are known.

use bstr::{BString, ByteSlice};

use super::braces;
use super::pattern;
use super::scope::Scope;
use super::walk::Walker;
use super::words::{Cause, Piece, Shape, Value, Word};
use crate::parse::syntax::{self, Part};

/// Where a piece of a word comes from: it decides what happens to it next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// Unquoted text: not split, but globs in it are live.
    Literal,
    /// Quoted: neither split nor live.
    Quoted,
    /// The unquoted result of an expansion: split and live.
    Expanded,
}

#[derive(Clone, Debug)]
pub(super) enum Chunk {
    Piece(Value, Origin),
    /// `"$@"`: here one argument ends and the next begins.
    Boundary,
}

/// A word under construction.
#[derive(Default)]
struct Field {
    value: Option<Value>,
    glob: bool,
    splits: bool,
    /// Quotes were seen: even an empty word counts.
    quoted: bool,
}

impl Field {
    fn push(&mut self, value: Value, live: bool) {
        self.glob |= live && value.choices().is_some_and(|all| all.iter().any(|text| pattern::is_live(text)));
        self.value = Some(match self.value.take() {
            Some(before) => before.then(value),
            None => value,
        });
    }

    fn finish(self, written: &BString) -> Option<Word> {
        let value = match self.value {
            Some(Value::Known(text)) if text.is_empty() && !self.quoted => return None,
            None if !self.quoted => return None,
            None => Value::known(""),
            Some(value) if value.pattern().is_some() => {
                // Each of the entries in turn: for what happens to them, the pattern itself.
                let pattern = value.pattern().unwrap_or_default();
                return Some(Word { value: Value::Known(pattern), glob: true, written: written.clone() });
            }
            Some(Value::Unknown(shape)) => Value::Unknown(Shape { splits: self.splits, ..shape }),
            // An empty choice is no word at all; the others are what may be run.
            Some(Value::OneOf(texts)) if !self.quoted => {
                Value::one_of(texts.into_iter().filter(|text| !text.is_empty()).collect())
            }
            Some(value) => value,
        };
        Some(Word { value, glob: self.glob, written: written.clone() })
    }
}

impl Walker<'_> {
    /// The arguments that one word of a command becomes.
    pub(super) fn fields(&mut self, word: &syntax::Word, scope: &mut Scope) -> Vec<Word> {
        let written = BString::from(word.span.of(&self.source.text));
        if let [Part::Literal(text)] = word.parts.as_slice()
            && self.holes.is_empty()
            && !text.iter().any(|byte| matches!(byte, b'~' | b'{'))
        {
            let glob = pattern::is_live(text);
            return vec![Word { value: Value::known(text.as_slice()), glob, written }];
        }
        let Some(words) = braces::expand(word) else {
            self.limit("words of a brace expansion");
            return vec![Word::unknown(Cause::Limit)];
        };
        let mut made = Vec::new();
        for word in words {
            let mut chunks = Vec::new();
            self.gather(&word.parts, false, scope, &mut chunks);
            assemble(chunks, scope, &written, &mut made);
        }
        made
    }

    /// The value of a word that is not split: assignments, redirection targets, `case` subjects, here-documents.
    pub(super) fn single(&mut self, word: &syntax::Word, scope: &mut Scope) -> Value {
        let mut chunks = Vec::new();
        self.gather(&word.parts, false, scope, &mut chunks);
        chunks.into_iter().fold(Value::known(""), |value, chunk| match chunk {
            Chunk::Piece(piece, _) => value.then(piece),
            Chunk::Boundary => value.then(Value::known(" ")),
        })
    }

    /// A word as one argument with its written text.
    pub(super) fn argument(&mut self, word: &syntax::Word, scope: &mut Scope) -> Word {
        let written = BString::from(word.span.of(&self.source.text));
        let mut made = self.fields(word, scope);
        if made.len() == 1 {
            made.swap_remove(0)
        } else {
            Word { value: self.single(word, scope), glob: false, written }
        }
    }

    /// A word as a pattern: what was quoted in it is escaped. `None` where it is not known.
    pub(super) fn pattern(&mut self, word: &syntax::Word, scope: &mut Scope) -> Option<BString> {
        let mut chunks = Vec::new();
        self.gather(&word.parts, false, scope, &mut chunks);
        let mut text = BString::default();
        for chunk in chunks {
            match chunk {
                Chunk::Piece(Value::Known(piece), Origin::Quoted) => {
                    for byte in piece.iter() {
                        text.extend([b'\\', *byte]);
                    }
                }
                Chunk::Piece(Value::Known(piece), Origin::Literal | Origin::Expanded) => text.extend_from_slice(&piece),
                Chunk::Boundary => text.push(b' '),
                Chunk::Piece(Value::OneOf(_) | Value::Unknown(_), _) => return None,
            }
        }
        Some(text)
    }

    pub(super) fn gather(&mut self, parts: &[Part], quoted: bool, scope: &mut Scope, chunks: &mut Vec<Chunk>) {
        let origin = if quoted { Origin::Quoted } else { Origin::Expanded };
        for (index, part) in parts.iter().enumerate() {
            match part {
                Part::Literal(text) if quoted => self.plain(text, origin, chunks),
                Part::Literal(text) => {
                    let alone = parts.len() == index + 1;
                    let rest = if index == 0 { self.tilde(text, alone, scope, chunks) } else { text };
                    self.plain(rest, Origin::Literal, chunks);
                }
                Part::Quoted(text) => self.plain(text, Origin::Quoted, chunks),
                Part::Double(inner) => self.double(inner, scope, chunks),
                Part::Parameter(parameter) => self.parameter(parameter, quoted, scope, chunks),
                Part::Arithmetic(inner) => {
                    let value = self.arithmetic(inner, scope);
                    chunks.push(Chunk::Piece(value, origin));
                }
                Part::Command(script) => {
                    let value = self.substitute(script, scope);
                    chunks.push(Chunk::Piece(value, origin));
                }
                Part::Process { output, script } => {
                    let value = self.process(*output, script, scope);
                    chunks.push(Chunk::Piece(value, Origin::Quoted));
                }
                Part::Array(_) => chunks.push(Chunk::Piece(Value::unknown(Cause::Construct("an array")), origin)),
            }
        }
    }

    /// Text as it stands, except that markers in text with holes become what they stand for.
    fn plain(&self, text: &[u8], origin: Origin, chunks: &mut Vec<Chunk>) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once_str(b"\x01").filter(|_| !self.holes.is_empty()) {
            let Some((number, after)) = after.split_once_str(b"\x02") else { break };
            let hole = number.to_str().ok().and_then(|number| self.holes.get(number.parse::<usize>().ok()?));
            let Some(hole) = hole else { break };
            chunks.push(Chunk::Piece(Value::known(before), origin));
            chunks.push(Chunk::Piece(hole.clone(), origin));
            rest = after;
        }
        chunks.push(Chunk::Piece(Value::known(rest), origin));
    }

    fn double(&mut self, inner: &[Part], scope: &mut Scope, chunks: &mut Vec<Chunk>) {
        let before = chunks.len();
        self.gather(inner, true, scope, chunks);
        // `"$@"` with no arguments makes no word at all; any other pair of quotes makes one.
        let only_all = matches!(inner, [Part::Parameter(parameter)] if parameter.name == b"@" || parameter.index == Some(syntax::Index::Each));
        if chunks.len() == before && !only_all {
            chunks.push(Chunk::Piece(Value::known(""), Origin::Quoted));
        }
    }

    pub(super) fn arithmetic(&mut self, inner: &syntax::Word, scope: &mut Scope) -> Value {
        match self.single(inner, scope) {
            Value::Known(text) => match super::arithmetic::evaluate(text.trim(), scope) {
                Some(number) => Value::known(number.to_string()),
                None => Value::unknown(Cause::Construct("arithmetic")),
            },
            Value::OneOf(_) => Value::unknown(Cause::Construct("arithmetic")),
            Value::Unknown(shape) => Value::unknown(shape.because),
        }
    }

    /// Handles a tilde prefix at the start of a word; returns the rest of the text.
    fn tilde<'t>(&mut self, text: &'t [u8], alone: bool, scope: &Scope, chunks: &mut Vec<Chunk>) -> &'t [u8] {
        // Outside posix mode bash expands `x=~` and `x=a:~` in arguments as it does in assignments.
        if let Some(at) = text.find(b"=~").filter(|at| super::simple::is_name(&text[..*at])) {
            chunks.push(Chunk::Piece(Value::known(&text[..=at]), Origin::Literal));
            return self.tilde(&text[at + 1..], alone, scope, chunks);
        }
        let Some(after) = text.strip_prefix(b"~") else { return text };
        let end = after.find_byteset(b"/:").unwrap_or(after.len());
        // `~"x"` and `~$x` are no tilde prefixes: something quoted or expanded belongs to the login name.
        if end == after.len() && !alone {
            return text;
        }
        let (user, rest) = after.split_at(end);
        let value = match user {
            b"" => scope.value(b"HOME").unwrap_or_else(|| Value::unknown(Cause::Variable("HOME".into()))),
            b"+" => scope.directory.clone(),
            b"-" => scope.value(b"OLDPWD").unwrap_or_else(|| Value::known("~-")),
            name => match self.home_of(name) {
                Some(home) => Value::Known(home),
                None => return text,
            },
        };
        chunks.push(Chunk::Piece(value, Origin::Quoted));
        rest
    }
}

/// Chunks → fields: word splitting by IFS, and the mark for live globs.
fn assemble(chunks: Vec<Chunk>, scope: &Scope, written: &BString, made: &mut Vec<Word>) {
    let ifs = scope.text(b"IFS");
    let mut field = Field::default();
    for chunk in chunks {
        match chunk {
            Chunk::Boundary => made.extend(std::mem::take(&mut field).finish(written)),
            Chunk::Piece(value, Origin::Literal) => field.push(value, true),
            Chunk::Piece(value, Origin::Quoted) => {
                field.quoted = true;
                field.push(value, false);
            }
            Chunk::Piece(Value::Known(text), Origin::Expanded) => {
                if let Some(ifs) = &ifs {
                    split(&text, ifs, &mut field, written, made);
                } else {
                    field.splits = true;
                    field.push(Value::unknown(Cause::Variable("IFS".into())), true);
                }
            }
            Chunk::Piece(Value::OneOf(texts), Origin::Expanded) => {
                let splits = |text: &BString| ifs.as_ref().is_none_or(|ifs| text.find_byteset(ifs).is_some());
                if texts.iter().any(splits) {
                    field.splits = true;
                    field.push(Value::unknown(Cause::Construct("one of several values that split")), true);
                } else {
                    field.push(Value::OneOf(texts), true);
                }
            }
            Chunk::Piece(Value::Unknown(shape), Origin::Expanded) => {
                field.splits = true;
                field.push(Value::Unknown(shape), true);
            }
        }
    }
    made.extend(field.finish(written));
}

/// Word splitting (bash manual, "Word Splitting") of one expanded text.
fn split(text: &BString, ifs: &BString, field: &mut Field, written: &BString, made: &mut Vec<Word>) {
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        if !ifs.contains(&text[at]) {
            at += 1;
            continue;
        }
        if at > start {
            field.push(Value::known(&text[start..at]), true);
        }
        let mut hard = 0;
        while at < text.len() && ifs.contains(&text[at]) {
            if !matches!(text[at], b' ' | b'\t' | b'\n') {
                hard += 1;
                if hard > 1 {
                    break;
                }
            }
            at += 1;
        }
        let begun = field.value.is_some() || field.quoted;
        let mut done = std::mem::take(field);
        // A delimiter that is no white space ends a field even where that is empty.
        done.quoted |= hard > 0;
        if begun || hard > 0 {
            made.extend(done.finish(written));
        }
        start = at;
    }
    if at > start {
        field.push(Value::known(&text[start..at]), true);
    }
}

/// A value of text around one hole.
pub(super) fn around(before: &[u8], because: Cause) -> Value {
    let mut pieces = Vec::new();
    if !before.is_empty() {
        pieces.push(Piece::Text(before.into()));
    }
    pieces.push(Piece::Hole);
    Value::Unknown(Shape { pieces, because, splits: false })
}
