//! A command's words by its tool's grammar: the verb, the options that were given, the operands.

use bstr::{BString, ByteSlice};

use crate::answer::Answer;
use crate::command::Word;
use crate::command::options::{self, Given, Split, Style, Table};
use crate::packs::schema::{self, Grammar, Options, Verbs};
use crate::packs::{Tool, glob};

/// A verb has at most so many words.
const VERB_WORDS: usize = 6;

/// A command line as its tool reads it.
#[derive(Debug, Default)]
pub struct Line {
    /// The words of the verb, aliases and abbreviations resolved.
    pub verb: Vec<BString>,
    /// So many of its first words are a listed verb; what follows may be operands.
    settled: usize,
    /// Shorter verbs that the rules tell of, where what follows fits only a pattern for any place: in `volume delete list`,
    /// `list` is a volume.
    shorter: Vec<Vec<BString>>,
    /// A word that is unknown stands where the verb goes on, or may stand before it.
    pub open: bool,
    /// The verb is one that the grammar lists.
    pub listed: Option<schema::Nature>,
    pub given: Vec<Given>,
    /// Indices of operands, in order.
    pub operands: Vec<usize>,
    /// Indices of words that are an option or an operand.
    pub hazy: Vec<usize>,
}

impl Line {
    /// Reads `words` (argv with the tool's name).
    #[must_use]
    pub fn read(words: &[Word], tool: &Tool) -> Self {
        let grammar = &tool.pack.grammar;
        let mut line = Line::default();
        let mut start = 1.min(words.len());
        if !grammar.verbs.is_empty() {
            start = line.read_verb(words, start, tool);
        }
        let tables = Tables::of(tool, &line.verb);
        if grammar.first_bundles {
            start += line.read_bundle(words.get(start..).unwrap_or_default(), start, tables.options());
        }
        let split = options::split(words.get(start..).unwrap_or_default(), &tables.table(grammar, false));
        line.take(split, start);
        for given in &mut line.given {
            if let Some(first) = spelling(grammar, &given.name) {
                given.name = first.into();
            }
        }
        line
    }

    /// Reads the words of a tool without a grammar, behind its verb: what begins with a dash is an option without a
    /// value.
    #[must_use]
    pub fn plain(words: &[Word], verb: Vec<BString>) -> Self {
        let start = words.len().min(verb.len() + 1);
        let mut line = Line { verb, ..Line::default() };
        let mut ended = false;
        for (at, word) in words.iter().enumerate().skip(start) {
            match word.text() {
                Some(b"--") if !ended => ended = true,
                Some(text) if !ended && text.len() > 1 && text.starts_with(b"-") => {
                    let (name, value) = match text.split_once_str("=") {
                        Some((name, value)) => (name, Some(Word::known(value))),
                        None => (text, None),
                    };
                    line.given.push(Given { name: name.into(), value, at, listed: false });
                }
                Some(_) => line.operands.push(at),
                None => line.hazy.push(at),
            }
        }
        line
    }

    /// Whether a literal `--help` makes the tool do nothing else. Behind an option that the grammar does not know it may
    /// be that option's value.
    #[must_use]
    pub fn asks_for_help(&self, grammar: &Grammar) -> bool {
        let obeys = match grammar.style {
            schema::Style::Gnu | schema::Style::SubcommandOnly => !grammar.ignores_help,
            schema::Style::Posix | schema::Style::SingleDash => false,
        };
        let is_value = |at: usize| self.given.iter().any(|one| one.at + 1 == at && !one.listed && one.value.is_none());
        obeys && self.given.iter().any(|one| one.name == "--help" && one.value.is_none() && !is_value(one.at))
    }

    /// Whether the verb's known words say what is done, whatever follows.
    #[must_use]
    pub fn act_is_known(&self, tool: &Tool) -> bool {
        !self.open || matches!(listed(tool, self.settled_verb()), Some(schema::Nature::Ruled))
    }

    fn settled_verb(&self) -> &[BString] {
        self.verb.get(..self.settled).unwrap_or_default()
    }

    fn take(&mut self, split: Split, start: usize) {
        self.given.extend(split.given.into_iter().map(|given| Given { at: given.at + start, ..given }));
        let shifted = |list: Vec<usize>| list.into_iter().map(move |at| at + start);
        self.operands.extend(shifted(split.operands));
        self.hazy.extend(shifted(split.hazy));
    }

    /// A first word of options without a dash, with the values behind it; returns how many words these are.
    fn read_bundle(&mut self, words: &[Word], start: usize, options: &Options) -> usize {
        let bundle = words.first().and_then(Word::text).filter(|text| text.is_ascii() && !text.starts_with(b"-"));
        let Some(bundle) = bundle else { return 0 };
        let mut taken = 1;
        for letter in bundle {
            let name = BString::from([b'-', *letter]);
            let value = if options.value.iter().any(|one| *one == name) {
                taken += 1;
                words.get(taken - 1).cloned()
            } else {
                None
            };
            let listed = value.is_some() || options.flag.iter().any(|one| *one == name);
            self.given.push(Given { name, value, at: start, listed });
        }
        taken.min(words.len())
    }

    /// Finds the longest listed verb; returns where the rest begins.
    fn read_verb(&mut self, words: &[Word], start: usize, tool: &Tool) -> usize {
        let grammar = &tool.pack.grammar;
        let mut path: Vec<BString> = Vec::new();
        let mut given: Vec<Given> = Vec::new();
        // After the longest verb so far: how many options, the next word, the nature.
        let mut best = (0, 0, start, None);
        let mut at = start;
        while path.len() < VERB_WORDS {
            let tables = Tables::of(tool, &path);
            let split = options::split(words.get(at..).unwrap_or_default(), &tables.table(grammar, true));
            let next = at + split.end;
            let hazy = !split.hazy.is_empty();
            given.extend(split.given.into_iter().map(|one| Given { at: one.at + at, ..one }));
            let Some(word) = words.get(next) else {
                self.open = hazy && may_go_on(tool, &path);
                break;
            };
            let Some(text) = word.text().filter(|_| !hazy) else {
                self.open = may_go_on(tool, &path);
                break;
            };
            let Some(resolved) = resolve(tool, &path, text) else { break };
            path = resolved;
            at = next + 1;
            if let Some(verb) = listed_verb(tool, &path) {
                if best.3 == Some(schema::Nature::Ruled) && verb.words.iter().any(|word| word == "**") {
                    self.shorter.extend(path.get(..best.0).map(<[BString]>::to_vec));
                }
                best = (path.len(), given.len(), at, Some(verb.nature));
            }
        }
        let (length, options, rest, nature) = best;
        self.settled = length;
        given.truncate(options);
        self.given = given;
        // A verb that may go on in an unknown word is none of the listed ones yet.
        if !self.open || length == path.len() {
            path.truncate(length);
            self.listed = nature;
        }
        self.verb = path;
        rest
    }

    /// Whether the verb is this one.
    pub fn verb_is(&self, pattern: &Verbs, any_case: bool) -> Answer {
        if fits(pattern, &self.verb, any_case) {
            return if self.open && self.listed.is_none() { Answer::CannotTell } else { Answer::Yes };
        }
        if self.open && self.settled > 0 && fits(pattern, self.settled_verb(), any_case)
            || self.shorter.iter().any(|verb| fits(pattern, verb, any_case))
        {
            return Answer::Yes;
        }
        if self.open && begins(pattern, &self.verb, any_case) { Answer::CannotTell } else { Answer::No }
    }
}

/// Option tables of a verb, joined.
struct Tables<'a> {
    base: &'a Options,
    own: Option<Options>,
}

impl<'a> Tables<'a> {
    fn of(tool: &'a Tool, verb: &[BString]) -> Self {
        let base = if verb.is_empty() { &tool.base } else { &tool.behind };
        let mut own: Option<Options> = None;
        for (words, options) in &tool.pack.grammar.options {
            if words.is_empty() || verb.is_empty() || !fits(words, verb, tool.pack.grammar.ignores_case) {
                continue;
            }
            let own = own.get_or_insert_with(|| base.clone());
            // What the verb says of an option replaces what holds for all verbs.
            for list in [&mut own.value, &mut own.flag, &mut own.optional] {
                list.retain(|one| {
                    !options.value.contains(one) && !options.flag.contains(one) && !options.optional.contains(one)
                });
            }
            own.value.extend(options.value.iter().cloned());
            own.flag.extend(options.flag.iter().cloned());
            own.optional.extend(options.optional.iter().cloned());
        }
        Tables { base, own }
    }

    fn options(&self) -> &Options {
        self.own.as_ref().unwrap_or(self.base)
    }

    fn table(&self, grammar: &Grammar, stop_at_operand: bool) -> Table<'_, String> {
        let options = self.options();
        Table {
            style: match grammar.style {
                schema::Style::Gnu => Style::Gnu,
                schema::Style::Posix => Style::Posix,
                schema::Style::SingleDash => Style::SingleDash,
                schema::Style::SubcommandOnly => Style::Unabridged,
            },
            value: &options.value,
            flag: &options.flag,
            optional: &options.optional,
            stop_at_operand,
        }
    }
}

/// The first spelling of an option that has several.
pub fn spelling<'a>(grammar: &'a Grammar, name: &[u8]) -> Option<&'a str> {
    let same = grammar.same.iter().find(|same| same.iter().any(|one| one.as_bytes() == name))?;
    same.first().map(String::as_str)
}

/// Whether the words are those of the pattern.
pub fn fits<W: AsRef<[u8]>>(pattern: &[String], words: &[W], any_case: bool) -> bool {
    match (pattern.split_first(), words.split_first()) {
        (None, None) => true,
        (Some((first, rest)), Some(_)) if first == "**" => {
            (1..=words.len()).any(|taken| fits(rest, words.get(taken..).unwrap_or_default(), any_case))
        }
        (Some((first, rest)), Some((word, words))) => {
            one(first, word.as_ref(), any_case) && fits(rest, words, any_case)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// Whether words can follow so that the pattern fits.
fn begins<W: AsRef<[u8]>>(pattern: &[String], words: &[W], any_case: bool) -> bool {
    match (pattern.split_first(), words.split_first()) {
        (Some(_), None) => true,
        (Some((first, _)), Some(_)) if first == "**" => true,
        (Some((first, rest)), Some((word, words))) => {
            one(first, word.as_ref(), any_case) && begins(rest, words, any_case)
        }
        (None, _) => false,
    }
}

fn one(pattern: &str, word: &[u8], any_case: bool) -> bool {
    // A command of a large tool meets thousands of these, and most differ in the first byte.
    match (pattern.as_bytes().first(), word.first()) {
        (Some(b'*' | b'?' | b'[') | None, _) => {}
        (Some(wanted), Some(given)) if wanted == given || any_case && wanted.eq_ignore_ascii_case(given) => {}
        (Some(_), _) => return false,
    }
    if pattern == "*" {
        return true;
    }
    if !pattern.contains(['*', '?', '[']) {
        return if any_case { word.eq_ignore_ascii_case(pattern.as_bytes()) } else { word == pattern.as_bytes() };
    }
    if any_case { glob::matches_any_case(pattern.as_bytes(), word) } else { glob::matches(pattern.as_bytes(), word) }
}

/// What the grammar says of a verb; a literal listing wins over a glob.
fn listed(tool: &Tool, path: &[BString]) -> Option<schema::Nature> {
    listed_verb(tool, path).map(|verb| verb.nature)
}

fn listed_verb<'a>(tool: &'a Tool, path: &[BString]) -> Option<&'a schema::Verb> {
    let any_case = tool.pack.grammar.ignores_case;
    let mut found = tool.verbs_from(path).filter(|verb| fits(&verb.words, path, any_case));
    let literal = |verb: &&schema::Verb| !verb.words.iter().any(|word| word.contains('*'));
    let first = found.next()?;
    Some(if literal(&first) { first } else { found.find(literal).unwrap_or(first) })
}

fn may_go_on(tool: &Tool, path: &[BString]) -> bool {
    let any_case = tool.pack.grammar.ignores_case;
    tool.verbs_from(path).any(|verb| begins(&verb.words, path, any_case))
}

/// Whether a listed verb begins with these words or is them.
fn leads(tool: &Tool, path: &[BString]) -> bool {
    let any_case = tool.pack.grammar.ignores_case;
    tool.verbs_from(path).any(|verb| fits(&verb.words, path, any_case) || begins(&verb.words, path, any_case))
}

/// The verb's words with one more: as written, by an alias, or as an abbreviation.
fn resolve(tool: &Tool, path: &[BString], word: &[u8]) -> Option<Vec<BString>> {
    let grammar = &tool.pack.grammar;
    let with = |last: &[u8]| -> Vec<BString> { path.iter().cloned().chain([BString::from(last)]).collect() };
    let written = with(word);
    if let Some((_, target)) = grammar.aliases.iter().find(|(alias, _)| fits(alias, &written, grammar.ignores_case)) {
        return Some(target.iter().map(|word| BString::from(word.as_str())).collect());
    }
    if leads(tool, &written) {
        return Some(written);
    }
    let alias = |(alias, _): &&(Verbs, Verbs)| alias.len() == 1 && fits(alias, &[word], grammar.ignores_case);
    if let Some((_, target)) = grammar.aliases.iter().find(alias) {
        let aliased: Vec<BString> =
            path.iter().cloned().chain(target.iter().map(|word| BString::from(word.as_str()))).collect();
        if leads(tool, &aliased) {
            return Some(aliased);
        }
    }
    let full = abbreviated(grammar, path, word)?;
    Some(with(full.as_bytes()))
}

/// The only verb word at this depth that begins with `word`.
fn abbreviated<'a>(grammar: &'a Grammar, path: &[BString], word: &[u8]) -> Option<&'a str> {
    if !grammar.abbreviates || word.is_empty() {
        return None;
    }
    let mut hits = grammar
        .verbs
        .iter()
        .filter(|verb| begins(&verb.words, path, grammar.ignores_case))
        .filter_map(|verb| verb.words.get(path.len()))
        .filter(|next| next.as_bytes().starts_with_str(word))
        .map(String::as_str);
    let first = hits.next()?;
    hits.all(|other| other == first).then_some(first)
}
