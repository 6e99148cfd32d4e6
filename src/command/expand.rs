//! Words of the syntax tree → words as a program gets them: bash's expansions in bash's order, each as far as its inputs
//! are known.

use bstr::{BString, ByteSlice};

use super::assign::unnamed;
use super::braces;
use super::evaluated::unsettled;
use super::fields::assemble;
use super::pattern;
use super::quirks::{
    assigned_in, bare_dollar, braces_by_quotes, braces_in_operand, colon_after_tilde, quoted_braces,
    splits_behind_a_list, tilde_before_operation, tilde_runs_on,
};
use super::scope::Scope;
use super::walk::Walker;
use super::words::{Cause, Piece, Shape, Value, Word};
use crate::parse::Dialect;
use crate::parse::syntax::{self, Operation, Part};

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
    /// `"$@"` without arguments: quotes around nothing else make no word.
    Nothing,
}

impl Walker<'_> {
    /// The arguments that one word of a command becomes.
    pub(super) fn fields(&mut self, word: &syntax::Word, scope: &mut Scope) -> Vec<Word> {
        let written = BString::from(word.span.of(&self.source.text));
        if let [Part::Literal(text)] = word.parts.as_slice()
            && self.holes.is_empty()
            && !text.iter().any(|byte| matches!(byte, b'~' | b'{'))
        {
            let glob = pattern::is_live(text, scope.mode.extglob) && scope.options.is_on("noglob") != Some(true);
            return vec![Word { value: Value::known(text.as_slice()), glob, written }];
        }
        let spreads = scope.mode.dialect != Dialect::Dash && scope.options.may_be_on("braceexpand");
        let alone = !word.parts.iter().any(|part| matches!(part, Part::Literal(text) if text.contains(&b'{')));
        let unsure = |part| braces_in_operand(part, alone, &self.source.text);
        if spreads && (word.parts.iter().any(unsure) || braces_by_quotes(word, &self.source.text)) {
            self.single(word, scope);
            let why = Cause::Construct("braces in the word of an expansion");
            // What it assigns it assigns, but nobody knows which text.
            for name in assigned_in(&word.parts) {
                scope.blur(&name, why.clone());
            }
            return vec![Word::several(why)];
        }
        if spreads && !alone && scope.options.is_on("braceexpand").is_none() {
            self.single(word, scope);
            return vec![Word::several(Cause::Construct("set -B"))];
        }
        // What stands in a hole may have braces, commas and blanks.
        let marked = |part: &Part| matches!(part, Part::Literal(text) if text.contains(&1));
        if spreads && !alone && !self.holes.is_empty() && word.parts.iter().any(marked) {
            self.single(word, scope);
            return vec![Word::several(Cause::Construct("braces beside a hole"))];
        }
        if scope.mode.dialect != Dialect::Dash && bare_dollar(word) {
            self.single(word, scope);
            return vec![Word::several(Cause::Construct("a dollar beside an expansion"))];
        }
        if spreads && quoted_braces(word) {
            self.single(word, scope);
            return vec![Word::several(Cause::Construct("quoted braces among others"))];
        }
        if scope.mode.dialect == Dialect::Dash && splits_behind_a_list(word) {
            self.single(word, scope);
            return vec![Word::several(Cause::Construct("dash's split behind a list"))];
        }
        let spread = if spreads { braces::expand(word) } else { Some(vec![word.clone()]) };
        let Some(words) = spread else {
            self.limit("words of a brace expansion");
            return vec![Word::several(Cause::Limit)];
        };
        if words.len() > 1 && scope.options.is_on("braceexpand").is_none() {
            self.single(word, scope);
            return vec![Word::several(Cause::Construct("braces that may not be expanded"))];
        }
        // A tilde behind the `=` of a word that braces made stays, or not: bash has forgotten that it looks like an
        // assignment.
        let tilde =
            |word: &syntax::Word| matches!(word.parts.first(), Some(Part::Literal(text)) if text.contains(&b'~'));
        if words.len() > 1 && words.iter().any(|word| tilde(word) && assigns(&word.parts)) {
            for word in &words {
                self.single(word, scope);
            }
            return named_only(&words, "a tilde beside braces");
        }
        let mut made = Vec::new();
        for word in words {
            let mut chunks = Vec::new();
            self.gather_argument(&word.parts, scope, &mut chunks);
            // What a pattern has named already it names without patterns as well.
            let named = |chunk: &Chunk| matches!(chunk, Chunk::Piece(value, _) if value.pattern().is_some());
            let keeps = scope.options.is_on("noglob") != Some(true) || chunks.iter().any(named);
            let from = made.len();
            assemble(chunks, scope, &written, &mut made);
            for word in made.iter_mut().skip(from) {
                word.glob &= keeps;
            }
        }
        made
    }

    /// The value of a word that is not split: assignments, redirection targets, `case` subjects, here-documents.
    pub(super) fn single(&mut self, word: &syntax::Word, scope: &mut Scope) -> Value {
        let mut chunks = Vec::new();
        self.gather(&word.parts, false, scope, &mut chunks);
        whole(chunks, scope)
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
        self.gather(&unnamed(word).parts, false, scope, &mut chunks);
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
                Chunk::Nothing => {}
                Chunk::Piece(Value::OneOf(_) | Value::Unknown(_), _) => return None,
            }
        }
        // Where such groups are none their parentheses stand for themselves.
        let group = |pair: &[u8]| matches!(pair, [b'?' | b'*' | b'+' | b'@' | b'!', b'(']);
        let none = !scope.mode.extglob && text.windows(2).any(group);
        (!none).then_some(text)
    }

    /// Of an argument that looks like an assignment a tilde counts behind each colon.
    fn gather_argument(&mut self, parts: &[Part], scope: &mut Scope, chunks: &mut Vec<Chunk>) {
        let behind = |part: &Part| matches!(part, Part::Literal(text) if text.contains_str(":~"));
        let again = parts.iter().skip(1).position(behind).filter(|_| assigns(parts));
        match again.filter(|_| scope.mode.dialect == Dialect::Bash).map(|at| at + 1) {
            None => self.gather(parts, false, scope, chunks),
            Some(_) if scope.options.is_on("posix").is_none() || tilde_runs_on(parts) => {
                self.not_followed(parts, false, "a tilde behind a colon", scope, chunks);
            }
            Some(at) => {
                self.gather(&parts[..at], false, scope, chunks);
                for (index, part) in parts.iter().enumerate().skip(at) {
                    match part {
                        Part::Literal(text) => {
                            self.tildes(text, false, false, parts.len() == index + 1, scope, chunks);
                        }
                        part => self.gather(std::slice::from_ref(part), false, scope, chunks),
                    }
                }
            }
        }
    }

    pub(super) fn gather(&mut self, parts: &[Part], quoted: bool, scope: &mut Scope, chunks: &mut Vec<Chunk>) {
        let origin = if quoted { Origin::Quoted } else { Origin::Expanded };
        for (index, part) in parts.iter().enumerate() {
            match part {
                Part::Literal(text) if quoted => self.plain(text, origin, chunks),
                // Where the name ends, and what of the word still counts, bash has two opinions on.
                Part::Literal(text) if index == 0 && colon_after_tilde(text) => {
                    return self.not_followed(&parts[1..], quoted, "a tilde before a colon", scope, chunks);
                }
                Part::Literal(_) if index == 0 && tilde_runs_on(parts) => {
                    return self.not_followed(&parts[1..], quoted, "a tilde before an expansion", scope, chunks);
                }
                Part::Parameter(parameter)
                    if scope.mode.dialect == Dialect::Dash && tilde_before_operation(parameter) =>
                {
                    return self.not_followed(&parts[index..], quoted, "a tilde in dash's operand", scope, chunks);
                }
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
                Part::Array(elements) => {
                    self.expand_elements(elements, scope);
                    chunks.push(Chunk::Piece(Value::unknown(Cause::Construct("an array")), origin));
                }
            }
        }
    }

    /// The rest of a word whose value is not known: what it runs may run.
    fn not_followed(
        &mut self,
        parts: &[Part],
        quoted: bool,
        why: &'static str,
        scope: &mut Scope,
        chunks: &mut Vec<Chunk>,
    ) {
        let before = self.way(scope);
        for part in parts {
            match part {
                Part::Parameter(parameter) if tilde_before_operation(parameter) => {
                    self.operands(parameter, scope);
                    if let Some(Operation::Assign { .. }) = parameter.operation {
                        scope.blur(&parameter.name, Cause::Construct(why));
                    }
                }
                part => self.gather(std::slice::from_ref(part), quoted, scope, &mut Vec::new()),
            }
        }
        self.meet(scope, before);
        chunks.push(Chunk::Piece(Value::unknown(Cause::Construct(why)), Origin::Expanded));
    }

    /// Text as it stands, except that markers in text with holes become what they stand for.
    pub(super) fn plain(&self, text: &[u8], origin: Origin, chunks: &mut Vec<Chunk>) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once_str(b"\x01").filter(|_| !self.holes.is_empty()) {
            let Some((number, after)) = after.split_once_str(b"\x02") else { break };
            let hole = number.to_str().ok().and_then(|number| self.holes.get(number.parse::<usize>().ok()?));
            let Some(hole) = hole else { break };
            chunks.push(Chunk::Piece(Value::known(before), origin));
            // Unquoted it may be any number of words.
            let origin = if origin == Origin::Literal { Origin::Expanded } else { origin };
            chunks.push(Chunk::Piece(hole.clone(), origin));
            rest = after;
        }
        chunks.push(Chunk::Piece(Value::known(rest), origin));
    }

    fn double(&mut self, inner: &[Part], scope: &mut Scope, chunks: &mut Vec<Chunk>) {
        let before = chunks.len();
        self.gather(inner, true, scope, chunks);
        // `"$@"` with no arguments and nothing else makes no word at all; any other pair of quotes makes one.
        let made = &chunks[before..];
        let empty = |chunk: &Chunk| {
            matches!(chunk, Chunk::Nothing) || matches!(chunk, Chunk::Piece(Value::Known(text), _) if text.is_empty())
        };
        if made.iter().any(|chunk| matches!(chunk, Chunk::Nothing)) && made.iter().all(empty) {
            chunks.truncate(before);
        } else if made.is_empty() {
            chunks.push(Chunk::Piece(Value::known(""), Origin::Quoted));
        }
    }

    pub(super) fn arithmetic(&mut self, inner: &syntax::Word, scope: &mut Scope) -> Value {
        let value = self.single(inner, scope);
        // Nothing is zero in bash, in dash an error.
        let empty = |text: &BString| scope.mode.dialect == Dialect::Dash && text.trim().is_empty();
        if let Value::Known(text) = &value
            && !empty(text)
            && let Some(number) = super::arithmetic::evaluate(text.trim(), scope)
        {
            return Value::known(number.to_string());
        }
        self.evaluated(&value, inner.span, scope);
        // It may be an error, and what it assigns may have been assigned or not.
        unsettled(&value, scope);
        if matches!(value, Value::Unknown(_)) {
            for name in super::arithmetic::names(inner) {
                scope.assign(&name, Value::unknown(Cause::Construct("arithmetic")));
            }
        }
        // In posix mode an error ends the shell.
        let ends = scope.options.is_on("posix") != Some(false);
        if ends || value.choices().is_none_or(|all| all.iter().any(|one| one.contains(&b'['))) {
            self.fail_expression(scope);
        } else {
            self.fail(scope);
        }
        match value {
            Value::Unknown(shape) => Value::unknown(shape.because),
            Value::Known(_) | Value::OneOf(_) => Value::unknown(Cause::Construct("arithmetic")),
        }
    }

    /// Handles a tilde prefix at the start of a word; returns the rest of the text.
    fn tilde<'t>(&mut self, text: &'t [u8], alone: bool, scope: &Scope, chunks: &mut Vec<Chunk>) -> &'t [u8] {
        // Outside posix mode bash expands `x=~` and `x=a:~/b` in arguments as it does in assignments.
        let posix = scope.options.is_on("posix");
        if (scope.mode.dialect == Dialect::Bash || posix.is_none())
            && text.contains(&b'~')
            && text.find_byte(b'=').is_some_and(|at| super::simple::is_name(&text[..at]))
        {
            if posix.is_none() {
                chunks.push(Chunk::Piece(Value::unknown(Cause::Construct("set -o posix")), Origin::Quoted));
                return b"";
            }
            self.tildes(text, true, false, alone, scope, chunks);
            return b"";
        }
        let Some(after) = text.strip_prefix(b"~") else { return text };
        let end = after.find_byte(b'/').unwrap_or(after.len());
        // `~"x"` and `~$x` are no tilde prefixes: something quoted or expanded belongs to the login name.
        if end == after.len() && !alone {
            return text;
        }
        let (user, rest) = after.split_at(end);
        let Some(value) = self.home(user, scope) else { return text };
        chunks.push(Chunk::Piece(value, Origin::Quoted));
        rest
    }

    /// What stands for `~user`; `None` where it stays as it is.
    pub(super) fn home(&mut self, user: &[u8], scope: &Scope) -> Option<Value> {
        let bash = scope.mode.dialect != Dialect::Dash;
        match user {
            b"" => Some(scope.value(b"HOME").unwrap_or_else(|| Value::unknown(Cause::Variable("HOME".into())))),
            b"+" if bash => Some(scope.value(b"PWD").unwrap_or_else(|| Value::unknown(Cause::Variable("PWD".into())))),
            b"-" if bash && scope.perhaps_unset(b"OLDPWD") => Some(Value::unknown(Cause::Variable("OLDPWD".into()))),
            b"-" if bash => scope.value(b"OLDPWD"),
            // A place of the directory stack.
            name if is_place(name) => Some(Value::unknown(Cause::Construct("a directory stack"))),
            name if name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) => {
                self.home_of(name).map(Value::Known)
            }
            _ => None,
        }
    }
}

/// The pieces of a word that is not split.
pub(super) fn whole(chunks: Vec<Chunk>, scope: &Scope) -> Value {
    // Between the words of a list dash puts what IFS begins with, as in `"$*"`; bash only where something is done to it.
    let between = match scope.ifs() {
        Some(ifs) if scope.mode.dialect != Dialect::Dash && !ifs.starts_with(b" ") => {
            Value::unknown(Cause::Construct("a list in one word"))
        }
        Some(ifs) => Value::known(ifs.get(..1).unwrap_or_default()),
        None => Value::unknown(Cause::Variable("IFS".into())),
    };
    chunks.into_iter().fold(Value::known(""), |value, chunk| match chunk {
        Chunk::Piece(piece, _) => value.then(piece),
        Chunk::Boundary => value.then(between.clone()),
        Chunk::Nothing => value,
    })
}

/// `name=…`
fn assigns(parts: &[Part]) -> bool {
    matches!(parts.first(), Some(Part::Literal(text))
        if text.find_byte(b'=').is_some_and(|at| super::simple::is_name(&text[..at])))
}

/// Words that braces made of one that looked like an assignment: of each only the name is known.
pub(super) fn named_only(words: &[syntax::Word], why: &'static str) -> Vec<Word> {
    let known = |word: &syntax::Word| match word.parts.first() {
        Some(Part::Literal(text)) => text[..=text.find_byte(b'=').unwrap_or(0)].to_vec(),
        _ => Vec::new(),
    };
    let shaped = |word: &syntax::Word| match around(&known(word), Cause::Construct(why)) {
        Value::Unknown(shape) => Value::Unknown(Shape { splits: true, ..shape }),
        value => value,
    };
    words.iter().map(|word| Word { value: shaped(word), ..Word::unknown(Cause::Construct(why)) }).collect()
}

/// `~1`, `~+1`, `~-1`
fn is_place(name: &[u8]) -> bool {
    let number = name.strip_prefix(b"-").or_else(|| name.strip_prefix(b"+")).unwrap_or(name);
    !number.is_empty() && number.iter().all(u8::is_ascii_digit)
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
