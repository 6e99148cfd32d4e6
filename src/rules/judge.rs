//! One command against the conditions of its tool's rules.

use std::cell::{Cell, OnceCell, RefCell};

use bstr::BString;

use super::destination::{Destination, destination};
use super::line::{self, Line};
use super::paths::Setting;
use super::texts::Texts;
use super::words::{after, any_choice, fits, meets};
use super::{Operand, OperandKind};
use crate::answer::Answer;
use crate::command::embedded::http::Request;
use crate::command::embedded::sql::Act;
use crate::command::{
    Cause, Change, Command, Later, Piece, Redirect, RedirectMode, Seen, Shape, Stdin, Value, Word, Write, WrittenBy,
};
use crate::packs::schema::{self, Direction, Hits, Http, Operands, Pred, When, Which, Writes};
use crate::packs::{Tool, glob};

/// Options that let a tool only tell what it would do, or how it is used.
const PASSIVE: [&str; 9] =
    ["--help", "-h", "-help", "--version", "-V", "--dry-run", "--dryrun", "--no-act", "--list-only"];

/// A command (or a statement that it carries) read by one tool's grammar.
pub struct Judge<'a> {
    pub command: &'a Command,
    /// The tool's name, and what follows.
    pub words: &'a [Word],
    pub tool: &'a Tool,
    pub line: Line,
    pub setting: Setting<'a>,
    pub seen: &'a Seen,
    pub texts: OnceCell<Texts>,
    /// What is unknown, told by the first condition that it stopped.
    pub because: RefCell<Option<Cause>>,
    /// A condition was stopped by a text that is not known at all: not even the act is.
    pub unread: Cell<bool>,
}

impl Judge<'_> {
    fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| Texts::read(self))
    }

    fn word(&self, at: usize) -> Option<&Word> {
        self.words.get(at)
    }

    /// Remembers why an answer is open.
    fn told(&self, answer: Answer, word: Option<&Word>) -> Answer {
        if answer == Answer::CannotTell
            && let Some(Value::Unknown(shape)) = word.map(|word| &word.value)
        {
            self.because.borrow_mut().get_or_insert_with(|| shape.because.clone());
        }
        answer
    }

    /// Whether a condition holds. `firm`: a `Yes` lets something pass, so it must hold whatever is unknown.
    pub fn holds(&self, when: &When, firm: bool) -> Answer {
        match when {
            When::All(all) => {
                let mut so_far = Answer::Yes;
                for one in all {
                    so_far = so_far.and(self.holds(one, firm));
                    if so_far == Answer::No {
                        break;
                    }
                }
                so_far
            }
            When::Any(all) => all.iter().fold(Answer::No, |so_far, one| so_far.or(self.holds(one, firm))),
            When::Not(one) => !self.holds(one, !firm),
            When::Command(globs) => match self.command.tool() {
                Some(name) => globs.iter().any(|one| glob::matches(one.as_bytes(), name)).into(),
                None if self.words.is_empty() => Answer::No,
                None => self.told(Answer::CannotTell, self.words.first()),
            },
            When::Verb(verbs) => self.verb(verbs),
            When::Has(names) => self.has(names, firm),
            When::Option(name, pred) => self.option(name, pred, firm),
            When::Operand(which, pred) => self.operand(*which, pred, firm),
            When::AtLeast(count) => self.at_least(usize::from(*count)),
            When::Redirects(modes, target) => any_choice(
                self.command.redirections.iter().map(|redirect| self.redirect(redirect, modes, target.as_ref(), firm)),
            ),
            When::Writes(wanted) => any_choice(self.command.writes.iter().map(|write| self.write(write, wanted, firm))),
            When::SendsSecret => any_choice(
                self.command.sends.iter().map(|sent| if sent.sure { Answer::Yes } else { Answer::CannotTell }),
            ),
            When::Sql(acts) => self.sql(acts),
            When::Http(wanted) => {
                any_choice(self.texts().requests.iter().map(|request| self.request(request, wanted, firm)))
            }
            When::Env(name, globs) => self.environment(name, globs, firm),
            When::Remote => self.remote(),
            When::StdinRemote => self.stdin_remote(),
        }
    }

    fn verb(&self, verbs: &[Vec<String>]) -> Answer {
        let any_case = self.tool.pack.grammar.ignores_case;
        let answer = any_choice(verbs.iter().map(|verb| self.line.verb_is(verb, any_case)));
        let unknown = || self.words.iter().skip(1).find(|word| matches!(word.value, Value::Unknown(_)));
        if answer == Answer::CannotTell { self.told(answer, unknown()) } else { answer }
    }

    /// `firm`: the option would excuse. No unknown word is taken for one that makes the tool do nothing.
    fn has(&self, names: &[String], firm: bool) -> Answer {
        let grammar = &self.tool.pack.grammar;
        let spelled = |name: &String| line::spelling(grammar, name.as_bytes()).unwrap_or(name).as_bytes().to_vec();
        if self.line.given.iter().any(|given| names.iter().any(|name| given.name == spelled(name))) {
            return Answer::Yes;
        }
        for at in &self.line.hazy {
            let Some(word) = self.word(*at) else { continue };
            let may = match &word.value {
                Value::Unknown(_) => {
                    names.iter().any(|name| !(firm && PASSIVE.contains(&name.as_str())) && self.may_be(word, name))
                }
                Value::OneOf(all) => all.iter().any(|one| names.iter().any(|name| name.as_bytes() == **one)),
                Value::Known(_) => false,
            };
            if may {
                return self.told(Answer::CannotTell, Some(word));
            }
        }
        Answer::No
    }

    /// Whether an unknown word may be, or may hold, this option: what is known of its ends leaves room for it.
    fn may_be(&self, word: &Word, name: &str) -> bool {
        if is_number(word) {
            return false;
        }
        let (start, end) = (word.value.starts_with(), word.value.ends_with());
        let bundle = name.len() == 2 && end.iter().all(u8::is_ascii_alphanumeric) && !start.starts_with(b"--");
        let attached = self.tool.base.value.iter().chain(&self.tool.base.optional).any(|one| one == name);
        let begins = start.is_empty() || name.as_bytes().starts_with(start);
        bundle || begins && (attached || name.as_bytes().ends_with(end))
    }

    /// Takes unknown words for operands.
    pub fn assume_operands(&mut self) {
        self.line.operands.append(&mut self.line.hazy);
        self.line.operands.sort_unstable();
    }

    fn option(&self, name: &str, pred: &Pred, firm: bool) -> Answer {
        let spelled = line::spelling(&self.tool.pack.grammar, name.as_bytes()).unwrap_or(name);
        let mut answer = Answer::No;
        for given in self.line.given.iter().filter(|given| given.name == spelled.as_bytes()) {
            answer = answer.or(match (&given.value, pred) {
                (Some(word), _) => self.told(meets(pred, word, self.setting, firm), Some(word)),
                (None, Pred::Present) => Answer::Yes,
                (None, _) => Answer::No,
            });
        }
        if answer == Answer::No { self.has_hazily(spelled) } else { answer }
    }

    /// `CannotTell` where an unknown word may be this option.
    fn has_hazily(&self, name: &str) -> Answer {
        if self.line.given.iter().any(|given| given.name == name.as_bytes()) {
            return Answer::No;
        }
        self.has(std::slice::from_ref(&name.to_owned()), false)
    }

    /// Operands and what may be one, in order; `true` where it is one for sure.
    fn operands(&self) -> Vec<(usize, bool)> {
        let mut all: Vec<(usize, bool)> = self.line.operands.iter().map(|at| (*at, true)).collect();
        all.extend(self.line.hazy.iter().map(|at| (*at, false)));
        all.sort_unstable();
        all
    }

    /// The words of all that is or may be an operand.
    pub fn operand_words(&self) -> Vec<Word> {
        self.operands().iter().filter_map(|(at, _)| self.word(*at)).cloned().collect()
    }

    fn operand(&self, which: Which, pred: &Pred, firm: bool) -> Answer {
        let all = self.operands();
        let one = |(at, sure): &(usize, bool)| {
            let Some(word) = self.word(*at) else { return Answer::No };
            let answer = meets(pred, word, self.setting, firm);
            // It may be an option, no word at all, or several. (One with known text is taken for one word.)
            let splits = matches!(&word.value, Value::Unknown(shape) if shape.splits && shape.pieces.len() == 1);
            let open = answer == Answer::No && splits && !sure || answer == Answer::Yes && firm && !sure;
            self.told(if open { Answer::CannotTell } else { answer }, Some(word))
        };
        match which {
            Which::Any => any_choice(all.iter().map(one)),
            Which::All if all.is_empty() => Answer::No,
            Which::All => all.iter().map(one).fold(Answer::Yes, Answer::and),
            Which::First => all.first().map_or(Answer::No, one),
            Which::Last => {
                let itself = all.last().map_or(Answer::No, one);
                if !self.tool.pack.grammar.output_last || firm || itself == Answer::Yes {
                    return itself;
                }
                let landings = destination(self).map(Destination::landings).unwrap_or_default();
                itself.or(any_choice(landings.iter().map(|word| meets(pred, word, self.setting, firm))))
            }
            Which::Nth(number) => {
                let before = usize::from(number).saturating_sub(1);
                let Some(this) = all.get(before) else { return Answer::No };
                let shifts = all.iter().take(before).find(|(_, sure)| !sure);
                match shifts {
                    Some((at, _)) => self.told(Answer::CannotTell, self.word(*at)),
                    None => one(this),
                }
            }
        }
    }

    fn at_least(&self, count: usize) -> Answer {
        if self.line.operands.len() >= count {
            return Answer::Yes;
        }
        let unknown = self.line.operands.iter().chain(&self.line.hazy).filter_map(|at| self.word(*at));
        let mut several =
            unknown.filter(|word| word.glob || matches!(&word.value, Value::Unknown(shape) if shape.splits));
        let open = self.line.operands.len() + self.line.hazy.len() >= count;
        match several.next() {
            Some(word) => self.told(Answer::CannotTell, Some(word)),
            None if open => self.told(Answer::CannotTell, self.line.hazy.first().and_then(|at| self.word(*at))),
            None => Answer::No,
        }
    }

    fn redirect(&self, redirect: &Redirect, modes: &[Direction], target: Option<&Pred>, firm: bool) -> Answer {
        if !modes.iter().any(|mode| goes(redirect.mode, *mode)) {
            return Answer::No;
        }
        let word = &redirect.target;
        target.map_or(Answer::Yes, |pred| self.told(meets(pred, word, self.setting, firm), Some(word)))
    }

    fn write(&self, write: &Write, wanted: &Writes, firm: bool) -> Answer {
        let direction = if write.append { Direction::Append } else { Direction::Overwrite };
        let by = match write.by {
            WrittenBy::Redirection => schema::By::Redirection,
            WrittenBy::Output => schema::By::Output,
            WrittenBy::Purpose => schema::By::Purpose,
        };
        let later = write.later.map(|later| match later {
            Later::Read => schema::Later::Read,
            Later::Unread => schema::Later::Unread,
            Later::Door => schema::Later::Door,
        });
        let empties = matches!(&write.content, Value::Known(text) if text.is_empty());
        let fits = (wanted.modes.is_empty() || wanted.modes.contains(&direction))
            && (wanted.by.is_empty() || wanted.by.contains(&by))
            && (!wanted.empties || empties)
            && (wanted.later.is_empty() || later.is_some_and(|later| wanted.later.contains(&later)));
        if !fits {
            return Answer::No;
        }
        let meets = |pred| self.told(meets(pred, &write.path, self.setting, firm), Some(&write.path));
        wanted.target.as_ref().map_or(Answer::Yes, meets)
    }

    fn sql(&self, names: &[String]) -> Answer {
        let wanted: Vec<Act> = names.iter().filter_map(|name| Act::named(name)).collect();
        let texts = self.texts();
        any_choice(texts.acts.iter().map(|act| {
            if act.act == Act::Unread {
                self.unread.set(true);
                self.because.borrow_mut().get_or_insert_with(|| texts.because());
                Answer::CannotTell
            } else if wanted.contains(&act.act) {
                act.answer
            } else {
                Answer::No
            }
        }))
    }

    fn request(&self, request: &Request, wanted: &Http, firm: bool) -> Answer {
        let fit = |globs: &mut dyn Iterator<Item = &String>, value: &Value| {
            any_choice(globs.map(|one| fits(one.as_bytes(), value, true, firm)))
        };
        let field = |globs: &[String], word: &Word| match globs {
            [] => Answer::Yes,
            globs => self.told(fit(&mut globs.iter(), &word.value), Some(word)),
        };
        // What is unknown in an address names something; a query that nobody sees is not in it.
        let queried = request.path.value.hollow().is_none_or(|known| known.contains(&b'?'));
        let mut paths = wanted.path.iter().filter(|glob| queried || !glob.contains("[?"));
        let path = match wanted.path.as_slice() {
            [] => Answer::Yes,
            _ => self.told(fit(&mut paths, &request.path.value), Some(&request.path)),
        };
        let header = match wanted.header.as_slice() {
            [] => Answer::Yes,
            globs => any_choice(request.headers.iter().map(|header| fit(&mut globs.iter(), header))),
        };
        let body = Word { value: request.body.clone(), glob: false, written: BString::default() };
        let graphql = if wanted.graphql.is_empty() {
            Answer::Yes
        } else {
            any_choice(request.graphql.iter().map(|mutation| {
                let named = wanted.graphql.iter().any(|one| glob::matches(one.as_bytes(), &mutation.field));
                let unread = mutation.field.is_empty();
                if named || unread { mutation.answer } else { Answer::No }
            }))
        };
        let deed = wanted.deed.is_empty()
            || request.deeds.iter().any(|deed| wanted.deed.iter().any(|one| glob::matches(one.as_bytes(), deed)));
        field(&wanted.method, &request.method)
            .and(deed.into())
            .and(field(&wanted.host, &request.host))
            .and(path)
            .and(header)
            .and(field(&wanted.body, &body))
            .and(graphql)
            .and(request.answer)
    }

    fn environment(&self, name: &str, globs: &[String], firm: bool) -> Answer {
        let assigned = self.command.assignments.iter().rev().find(|(one, _)| one == name).map(|(_, value)| value);
        let value = assigned.or_else(|| self.command.environment.values.get(name.as_bytes()));
        match value {
            Some(value) => any_choice(globs.iter().map(|one| fits(one.as_bytes(), value, false, firm))),
            None if self.command.environment.partial => Answer::CannotTell,
            None => Answer::No,
        }
    }

    fn remote(&self) -> Answer {
        let elsewhere = |change: &Change| matches!(change, Change::Host(_) | Change::Container(_));
        self.command.via.iter().any(|via| elsewhere(&via.change)).into()
    }

    fn stdin_remote(&self) -> Answer {
        const CLIENTS: [&[u8]; 8] = [b"curl", b"wget", b"http", b"https", b"xh", b"fetch", b"nc", b"ncat"];
        match &self.command.stdin {
            Stdin::Text(Value::Unknown(shape)) => match shape.because.origin() {
                Cause::Output(from) => {
                    let name = from.split(|byte| *byte == b' ').next().unwrap_or_default();
                    CLIENTS.contains(&name).into()
                }
                _ => Answer::CannotTell,
            },
            Stdin::Text(Value::Known(_) | Value::OneOf(_)) | Stdin::Inherited | Stdin::File(_) => Answer::No,
        }
    }

    /// What a finding hits.
    pub fn hits(&self, hits: &[Hits], when: &When) -> Vec<Operand> {
        let mut list = Vec::new();
        for one in hits {
            match one {
                Hits::Operands if self.line.act_is_known(self.tool) => self.hit_operands(&mut list),
                Hits::Operands => {}
                Hits::Option(name) => {
                    let spelled = line::spelling(&self.tool.pack.grammar, name.as_bytes()).unwrap_or(name);
                    let given = self.line.given.iter().filter(|given| given.name == spelled.as_bytes());
                    list.extend(given.filter_map(|given| given.value.clone()).map(path));
                }
                Hits::After(prefix) => {
                    let words = self.operands().into_iter().filter_map(|(at, _)| self.word(at));
                    list.extend(words.filter_map(|word| after(word, prefix.as_bytes())).map(path));
                }
                Hits::Redirects => self.hit_redirects(when, &mut list),
                Hits::Database => list.extend(self.texts().objects()),
            }
        }
        list
    }

    fn hit_operands(&self, list: &mut Vec<Operand>) {
        let grammar = &self.tool.pack.grammar;
        let mut kinds =
            grammar.operands.iter().filter(|(verb, _)| line::fits(verb, &self.line.verb, grammar.ignores_case));
        let general = || grammar.operands.iter().find(|(verb, _)| verb.is_empty());
        let kind = match kinds.next().or_else(general).map(|(_, kind)| kind) {
            None | Some(Operands::Names) => OperandKind::Name,
            Some(Operands::Paths | Operands::OutputPaths) => OperandKind::Path,
            Some(Operands::Urls) => OperandKind::Url,
            Some(Operands::Sql) => OperandKind::Sql,
            Some(Operands::InputPaths | Operands::Code(_) | Operands::Command) => return,
        };
        if grammar.output_last {
            let to = destination(self);
            list.extend(to.map(|Destination { place, put }| Operand { put, ..Operand::new(kind, place) }));
        } else {
            list.extend(self.operand_words().into_iter().map(|word| Operand::new(kind, word)));
        }
    }

    fn hit_redirects(&self, when: &When, list: &mut Vec<Operand>) {
        match when {
            When::All(all) | When::Any(all) => all.iter().for_each(|one| self.hit_redirects(one, list)),
            When::Writes(wanted) => {
                for write in &self.command.writes {
                    if self.write(write, wanted, false) != Answer::No {
                        list.push(path(write.path.clone()));
                    }
                }
            }
            When::Redirects(modes, target) => {
                for redirect in &self.command.redirections {
                    if self.redirect(redirect, modes, target.as_ref(), false) != Answer::No {
                        list.push(path(redirect.target.clone()));
                    }
                }
            }
            _ => {}
        }
    }
}

/// A variable that the shell itself keeps a number in.
fn is_number(word: &Word) -> bool {
    const NUMBERS: [&[u8]; 8] =
        [b"PPID", b"BASHPID", b"UID", b"EUID", b"RANDOM", b"SECONDS", b"LINENO", b"EPOCHSECONDS"];
    match &word.value {
        Value::Unknown(Shape { pieces, because, .. }) if *pieces == [Piece::Hole] => match because.origin() {
            Cause::Variable(name) => NUMBERS.contains(&name.as_slice()),
            _ => false,
        },
        Value::Known(_) | Value::OneOf(_) | Value::Unknown(_) => false,
    }
}

fn path(word: Word) -> Operand {
    Operand::new(OperandKind::Path, word)
}

fn goes(mode: RedirectMode, direction: Direction) -> bool {
    match direction {
        Direction::Overwrite => matches!(mode, RedirectMode::Overwrite | RedirectMode::ReadWrite),
        Direction::Append => mode == RedirectMode::Append,
        Direction::Read => mode == RedirectMode::Read,
    }
}
