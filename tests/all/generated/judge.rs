//! Compares what the command stage says of a script with what the real shell ran.

use std::collections::BTreeMap;
use std::path::Path;

use bstr::{BString, ByteSlice};
use guarded_sh::command::{self, Cause, Command, Environment, Known, Model, Piece, Seen, Sight, Value, Want, Word};
use guarded_sh::parse::{self, Dialect, Doubt, Mode};

use super::grammar::{Script, Shell, Startup};
use super::shells::{Given, login_home};

const STUBS: [&[u8]; 4] = [b"c1", b"c2", b"c3", b"c4"];

/// What a script would do, before it runs in its folder, and why its text itself is doubted.
///
/// `home`: the one of all that have none of their own.
pub fn read(script: &Script, folder: &Path, home: &Path) -> (Model, Option<&'static str>) {
    let dash = script.shell == Shell::Dash;
    let dialect = if dash { Dialect::Dash } else { Dialect::Bash };
    let mode = Mode { dialect, expand_aliases: dash, ..Mode::default() };
    let value = |text: &str| Value::Known(text.into());
    let bytes = |path: &Path| BString::from(path.to_str().expect("a path"));
    let login = script.startup.as_ref().is_some_and(|startup| startup.login);
    let home = &if login { login_home(folder) } else { home.to_owned() };
    let values = BTreeMap::from([
        ("PATH".into(), value("/usr/bin:/bin")),
        ("HOME".into(), value(home.to_str().expect("a path"))),
        ("GIVEN".into(), value("given value")),
        ("E".into(), value("env")),
    ]);
    let mut known = Known {
        environment: Environment { values, partial: false },
        directory: folder.to_str().expect("a path").into(),
        name: "zero".into(),
        positional: vec!["one".into(), "two words".into()],
        ..Known::default()
    };
    let mut seen = Seen::default();
    if let Some(Startup { login, text }) = &script.startup {
        let file = if *login { bytes(&home.join(".bash_profile")) } else { bytes(&folder.with_extension("env")) };
        if !login {
            known.environment.values.insert("BASH_ENV".into(), Value::Known(file.clone()));
        }
        known.startup.push(file.clone());
        seen.sights.insert(Want::File(file), Sight::Bytes(text.as_bytes().into()));
    }
    // As it runs: a here-document may take in the last line.
    let reading = parse::read(format!("{}\nc1 end", script.text()).as_bytes(), &mode);
    for _ in 0..20 {
        let model = command::commands(&"command".into(), &reading, &mode, &known, &seen);
        if model.wants.iter().all(|want| seen.sights.contains_key(want)) {
            let doubt = reading.doubts.first().map(|doubt| match doubt {
                Doubt::Syntax { .. } => "doubt: syntax",
                Doubt::Disagreement { .. } => "doubt: parsers disagree",
                Doubt::Limit { .. } => "doubt: limit",
            });
            return (model, doubt);
        }
        for want in model.wants {
            let sight = look(&want);
            seen.sights.insert(want, sight);
        }
    }
    panic!("its wants never settle");
}

fn look(want: &Want) -> Sight {
    let Want::File(path) = want else { return Sight::Missing };
    let path = path.to_path().expect("a path");
    match std::fs::metadata(path) {
        Ok(about) if about.is_file() => Sight::Bytes(std::fs::read(path).expect("its bytes").into()),
        Ok(_) => Sight::NotRegular,
        Err(_) => Sight::Missing,
    }
}

/// One claim that does not hold.
#[derive(Clone, Debug)]
pub struct Wrong {
    pub kind: &'static str,
    pub what: String,
}

#[derive(Default)]
pub struct Tally {
    pub words: usize,
    pub unknown: BTreeMap<String, usize>,
    /// Scripts that the model itself calls incomplete, by the first reason.
    pub incomplete: BTreeMap<String, usize>,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.words += other.words;
        for (reason, count) in other.incomplete {
            *self.incomplete.entry(reason).or_default() += count;
        }
        for (cause, count) in other.unknown {
            *self.unknown.entry(cause).or_default() += count;
        }
    }
}

/// Why the model does not claim to hold all that runs.
fn incomplete(model: &Model, doubt: Option<&str>, startup: bool) -> Option<String> {
    if let Some(doubt) = doubt {
        return Some(doubt.into());
    }
    if model.doubted {
        return Some("doubt: a text inside".into());
    }
    if model.holed {
        return Some("holes: a text inside".into());
    }
    if let Some(limit) = model.limits.first() {
        return Some(format!("limit: {limit}"));
    }
    if let Some(unread) = model.unread.first() {
        return Some(format!("unread: {:?} {}", unread.kind, unread.what));
    }
    // What a start-up file does may be anything where it is not read, and is no question.
    if startup && model.commands.iter().any(|command| command.environment.partial) {
        return Some("unread: a start-up file".into());
    }
    // A name that is not known may be anyone's.
    let nameless = |command: &Command| command.program == command::Program::Unknown;
    model.commands.iter().any(nameless).then(|| "a command's name is unknown".into())
}

pub fn compare(
    script: &Script,
    (model, doubt): &(Model, Option<&'static str>),
    given: &[Given],
    ended: bool,
    tally: &mut Tally,
) -> Vec<Wrong> {
    let read: Vec<&Command> =
        model.commands.iter().filter(|command| command.tool().is_some_and(|tool| STUBS.contains(&tool))).collect();
    for word in read.iter().flat_map(|command| &command.words) {
        tally.words += 1;
        if let Value::Unknown(shape) = &word.value {
            *tally.unknown.entry(cause(&shape.because)).or_default() += 1;
        }
    }
    if let Some(reason) = incomplete(model, *doubt, script.startup.is_some()) {
        *tally.incomplete.entry(reason).or_default() += 1;
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let numbered =
        |word: Option<&[u8]>| word.is_some_and(|site| !site.is_empty() && site.iter().all(u8::is_ascii_digit));
    for one in given.iter().filter(|one| numbered(one.words.get(1).map(Vec::as_slice))) {
        let site: Vec<&&Command> = read.iter().filter(|command| same_site(command, one)).collect();
        if !site.iter().any(|command| words_fit(command, one)) {
            let read: Vec<String> = site.iter().map(|command| shown(&command.words)).collect();
            wrong.push(Wrong { kind: "words", what: format!("{:?} ran; read: {read:#?}", texts(&one.words)) });
        } else if !site.iter().any(|command| words_fit(command, one) && directory_fits(command, one)) {
            let read: Vec<&Value> = site.iter().map(|command| &command.directory).collect();
            wrong.push(Wrong {
                kind: "directory",
                what: format!("{:?} in {}; read: {read:?}", texts(&one.words), one.directory.as_bstr()),
            });
        } else if !site.iter().any(|command| words_fit(command, one) && exports_fit(command, one)) {
            let read: Vec<_> = site
                .iter()
                .map(|command| ["E", "x"].map(|name| command.environment.values.get(name.as_bytes().as_bstr())))
                .collect();
            wrong.push(Wrong {
                kind: "exported",
                what: format!("{:?} with {:?}; read: {read:?}", texts(&one.words), one.exported),
            });
        }
    }
    // How often a loop runs may turn on what is not known.
    // Where a trap is set in a function of a substitution bash may leave without it.
    if script.straight
        && ended
        && !["do\n", "trap "]
            .iter()
            .any(|one| script.text().contains(one) || script.startup.iter().any(|startup| startup.text.contains(one)))
    {
        // What it reads may not be there.
        let opens = |command: &&&Command| {
            command
                .redirections
                .iter()
                .any(|one| one.mode == command::RedirectMode::Read || one.target.text().is_none())
        };
        // An expansion that has nothing to work on does not look at its operand.
        let silent = |command: &&&Command| command.tool() == Some(b"c1") && command.words.len() == 2;
        let sure = read.iter().filter(|command| numbered(command.words.get(1).and_then(Word::text)));
        let sure = sure.filter(|command| !silent(command));
        for command in sure.filter(|command| !opens(command)) {
            if !given.iter().any(|one| same_site(command, one) && words_fit(command, one)) {
                wrong.push(Wrong { kind: "idle", what: format!("{} was read and did not run", shown(&command.words)) });
            }
        }
    }
    wrong
}

fn texts(words: &[Vec<u8>]) -> Vec<&bstr::BStr> {
    words.iter().map(|word| word.as_bstr()).collect()
}

fn shown(words: &[Word]) -> String {
    let one = |word: &Word| match &word.value {
        Value::Known(text) if word.glob => format!("glob {text:?}"),
        Value::Known(text) => format!("{text:?}"),
        Value::OneOf(texts) => format!("{texts:?}"),
        Value::Unknown(shape) => {
            format!("<{:?} {:?}{}>", shape.because, shape.pieces, if shape.splits { " splits" } else { "" })
        }
    };
    words.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn cause(because: &Cause) -> String {
    match because {
        Cause::Variable(name) => format!("variable {name}"),
        Cause::Output(tool) => format!("output of {tool}"),
        Cause::Input | Cause::Entry(_) => "input".into(),
        Cause::StartupFile(_) => "start-up file".into(),
        Cause::Positional => "positional".into(),
        Cause::Limit => "limit".into(),
        Cause::Secret(secret) => format!("secret {}", secret.what),
        Cause::Descriptor(number) => format!("descriptor {number}"),
        Cause::Name(origin) => format!("name, {}", cause(origin)),
        Cause::Construct(what) => (*what).into(),
    }
}

/// The number behind the stub's name tells the calls of a script apart.
fn same_site(command: &Command, one: &Given) -> bool {
    let reader = command.tool() == Some(b"c4");
    let named = command.tool() == one.words.first().map(Vec::as_slice) || reader && one.words[0] == b"c3";
    let Some(site) = command.words.get(1).and_then(Word::text) else { return named };
    named && one.words.get(1).is_some_and(|word| word.as_slice() == site || site == b"0")
}

fn words_fit(command: &Command, one: &Given) -> bool {
    if command.tool() == Some(b"c4") {
        let Some((input, words)) = one.words.split_last() else { return false };
        return fits(&command.words[1..], &words[1..]) && input_fits(command, input);
    }
    fits(&command.words[1..], &one.words[1..])
}

fn input_fits(command: &Command, input: &[u8]) -> bool {
    match &command.stdin {
        // The stub can't hold a NUL.
        command::Stdin::Text(Value::Known(text)) => text.replace("\0", "") == input,
        command::Stdin::Text(Value::OneOf(texts)) => texts.iter().any(|text| text == input),
        command::Stdin::Inherited => input.is_empty(),
        command::Stdin::Text(Value::Unknown(_)) | command::Stdin::File(_) => true,
    }
}

fn directory_fits(command: &Command, one: &Given) -> bool {
    value_fits(&command.directory, &command::plain(&one.directory))
}

fn exports_fit(command: &Command, one: &Given) -> bool {
    ["E", "x"].iter().zip(&one.exported).all(|(name, held)| {
        match (command.environment.values.get(name.as_bytes().as_bstr()), held) {
            (Some(value), Some(held)) => value_fits(value, held),
            (None, None) => true,
            (None, Some(_)) => command.environment.partial,
            // An exported variable that is unset for sure on one way only is one of several texts.
            (Some(value), None) => !matches!(value, Value::Known(_)),
        }
    })
}

fn value_fits(value: &Value, held: &[u8]) -> bool {
    match value {
        Value::Known(text) => text == held,
        Value::OneOf(texts) => texts.iter().any(|text| text == held),
        Value::Unknown(shape) => pieces_fit(&shape.pieces, held, hole_of(&shape.because)),
    }
}

fn fits(words: &[Word], given: &[Vec<u8>]) -> bool {
    let Some((word, rest)) = words.split_first() else { return given.is_empty() };
    let several = |fit: &dyn Fn(&[u8]) -> bool| {
        (0..=given.len())
            .take_while(|taken| given[..*taken].iter().all(|one| fit(one)))
            .any(|taken| fits(rest, &given[taken..]))
    };
    match &word.value {
        Value::Known(_) if word.splits_names() => several(&|_| true),
        Value::Known(pattern) if word.glob => several(&|one| glob_fits(pattern, one)),
        Value::Unknown(shape) if shape.splits || word.glob => several(&|_| true),
        Value::OneOf(_) if word.glob => several(&|_| true),
        // The empty one of several is no word where it is not quoted.
        Value::OneOf(_) if word.is_open() && fits(rest, given) => true,
        value => given.first().is_some_and(|one| value_fits(value, one)) && fits(rest, &given[1..]),
    }
}

/// A name below what stands before the first live character, or the pattern itself.
fn glob_fits(pattern: &[u8], one: &[u8]) -> bool {
    let fixed = pattern.find_byteset(b"*?[\\+@!").unwrap_or(pattern.len());
    one.starts_with(&pattern[..fixed]) || one.to_ascii_lowercase().starts_with(&pattern[..fixed].to_ascii_lowercase())
}

/// What a hole may hold.
fn hole_of(because: &Cause) -> fn(&[u8]) -> bool {
    match because {
        Cause::Name(_) => |text| !text.is_empty() && text.find_byteset(b"/ \t\n").is_none(),
        _ => |_| true,
    }
}

fn pieces_fit(pieces: &[Piece], text: &[u8], hole: fn(&[u8]) -> bool) -> bool {
    let Some((piece, rest)) = pieces.split_first() else { return text.is_empty() };
    match piece {
        Piece::Text(known) => text.strip_prefix(known.as_slice()).is_some_and(|after| pieces_fit(rest, after, hole)),
        Piece::Hole => (0..=text.len()).any(|skip| hole(&text[..skip]) && pieces_fit(rest, &text[skip..], hole)),
    }
}
