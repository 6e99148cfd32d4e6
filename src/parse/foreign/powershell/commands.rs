//! PowerShell's commands by what bash has for them. What is not here keeps its name: a program of that name, or one of
//! the many that only read.

use super::Lower;
use super::words::Word;

/// A command and its parameters. A parameter may be cut short, and knows no case.
struct Cmdlet {
    /// Its name, then its aliases.
    names: &'static [&'static str],
    /// Parameters with a value, beside the common ones.
    values: &'static [&'static str],
    made: Made,
}

#[derive(Clone, Copy)]
enum Made {
    Remove,
    Clear,
    Move,
    Copy,
    Write,
    List,
    Show,
    Say,
    Go,
    Make,
    Web,
    Evaluate,
    Start,
    Each,
    Filter,
    Stop,
    Inside,
    Sql,
    /// Another name for a command.
    Alias,
    /// So it is in bash.
    As(&'static str),
}

/// Parameters of every command that take a value.
const COMMON: &[&str] = &[
    "erroraction",
    "ea",
    "warningaction",
    "wa",
    "informationaction",
    "errorvariable",
    "outvariable",
    "pipelinevariable",
];

#[rustfmt::skip]
const CMDLETS: &[Cmdlet] = &[
    Cmdlet { names: &["remove-item", "ri", "rm", "rmdir", "del", "erase", "rd", "remove-itemproperty"], values: &["path", "literalpath", "include", "exclude", "filter", "stream", "credential"], made: Made::Remove },
    Cmdlet { names: &["clear-content", "clc"], values: &["path", "literalpath", "include", "exclude", "filter"], made: Made::Clear },
    Cmdlet { names: &["move-item", "mi", "mv", "move", "rename-item", "rni", "ren"], values: &["path", "literalpath", "destination", "newname", "include", "exclude", "filter"], made: Made::Move },
    Cmdlet { names: &["copy-item", "cpi", "cp", "copy"], values: &["path", "literalpath", "destination", "include", "exclude", "filter"], made: Made::Copy },
    Cmdlet { names: &["set-content", "sc", "out-file", "tee-object", "tee", "add-content", "ac"], values: &["path", "literalpath", "filepath", "value", "encoding", "inputobject", "width"], made: Made::Write },
    Cmdlet { names: &["get-childitem", "gci", "ls", "dir", "get-item", "gi", "resolve-path"], values: &["path", "literalpath", "filter", "include", "exclude", "depth"], made: Made::List },
    Cmdlet { names: &["get-content", "gc", "cat", "type"], values: &["path", "literalpath", "totalcount", "tail", "head", "encoding", "delimiter"], made: Made::Show },
    Cmdlet { names: &["write-output", "write-host", "echo", "write", "write-information", "write-warning", "write-error", "write-verbose"], values: &["inputobject", "foregroundcolor", "backgroundcolor", "separator", "object", "message"], made: Made::Say },
    Cmdlet { names: &["set-location", "sl", "cd", "chdir", "push-location", "pushd"], values: &["path", "literalpath"], made: Made::Go },
    Cmdlet { names: &["new-item", "ni", "mkdir", "md"], values: &["path", "name", "itemtype", "type", "value", "target"], made: Made::Make },
    Cmdlet { names: &["invoke-webrequest", "iwr", "invoke-restmethod", "irm", "curl", "wget"], values: &["uri", "method", "custommethod", "body", "headers", "outfile", "infile", "contenttype", "token", "authentication", "credential", "timeoutsec", "useragent", "websession", "sessionvariable", "proxy", "form"], made: Made::Web },
    Cmdlet { names: &["invoke-expression", "iex"], values: &["command"], made: Made::Evaluate },
    Cmdlet { names: &["start-process", "saps", "start"], values: &["filepath", "argumentlist", "workingdirectory", "verb", "windowstyle", "credential", "redirectstandardoutput", "redirectstandarderror", "redirectstandardinput"], made: Made::Start },
    Cmdlet { names: &["foreach-object", "foreach", "%"], values: &["begin", "process", "end", "membername", "argumentlist", "throttlelimit", "parallel"], made: Made::Each },
    Cmdlet { names: &["where-object", "where", "?", "select-object", "select", "sort-object", "sort", "group-object", "measure-object"], values: &[], made: Made::Filter },
    Cmdlet { names: &["stop-process", "kill", "spps"], values: &["id", "name", "inputobject"], made: Made::Stop },
    Cmdlet { names: &["invoke-command", "icm", "start-job", "sajb", "measure-command", "start-threadjob"], values: &["scriptblock", "filepath", "computername", "session", "argumentlist", "credential", "name", "expression"], made: Made::Inside },
    Cmdlet { names: &["invoke-sqlcmd"], values: &["query", "inputfile", "serverinstance", "database", "username", "password", "connectionstring", "hostname"], made: Made::Sql },
    Cmdlet { names: &["set-alias", "sal", "new-alias", "nal"], values: &["name", "value", "description", "option", "scope"], made: Made::Alias },
    Cmdlet { names: &["stop-computer"], values: &["computername", "credential"], made: Made::As("shutdown -h now") },
    Cmdlet { names: &["restart-computer"], values: &["computername", "credential", "timeout"], made: Made::As("reboot") },
    Cmdlet { names: &["clear-recyclebin"], values: &["driveletter"], made: Made::As("gio trash --empty") },
];

/// What was given, by name and by place.
struct Given<'w> {
    named: Vec<(String, Option<Word>)>,
    operands: Vec<&'w Word>,
}

impl<'w> Given<'w> {
    fn of(words: &'w [Word], values: &[&str]) -> Given<'w> {
        let mut given = Given { named: Vec::new(), operands: Vec::new() };
        let mut rest = words.iter().peekable();
        while let Some(word) = rest.next() {
            let name = word.literal.as_ref().filter(|_| word.plain).and_then(|text| parameter(text));
            let Some(name) = name else {
                given.operands.push(word);
                continue;
            };
            // `-Path:x`, `-Confirm:$false`
            let (bare, attached) = match name.split_once(':') {
                Some((bare, value)) => (bare.to_owned(), Some(value.len())),
                None => (name.clone(), None),
            };
            let takes = || values.iter().chain(COMMON).any(|one| one.starts_with(bare.as_str()));
            let value = if let Some(length) = attached {
                Some(word.last(length))
            } else if takes() {
                rest.next().cloned()
            } else {
                None
            };
            given.named.push((bare, value));
        }
        given
    }

    /// A switch that is not told `:$false`.
    fn has(&self, name: &str) -> bool {
        let off = |value: &Option<Word>| value.as_ref().is_some_and(|word| word.literal.as_deref() == Some(b"false"));
        self.named.iter().any(|(one, value)| name.starts_with(one.as_str()) && !off(value))
    }

    fn value(&self, names: &[&str]) -> Option<&Word> {
        let fits = |one: &str| names.iter().any(|name| name.starts_with(one));
        self.named.iter().find(|(one, value)| value.is_some() && fits(one)).and_then(|(_, value)| value.as_ref())
    }

    /// The operands, the one of these names first.
    fn all(&self, names: &[&str]) -> Vec<&Word> {
        self.value(names).into_iter().chain(self.operands.iter().copied()).collect()
    }
}

/// `-Name`, in small letters.
fn parameter(text: &[u8]) -> Option<String> {
    let name = text.strip_prefix(b"-")?;
    let is_name = name.first().is_some_and(u8::is_ascii_alphabetic);
    is_name.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

const PATHS: &[&str] = &["path", "literalpath"];

/// A command with its words, in bash's. An empty text: what only lets through what comes down the pipe.
pub(super) fn told(name: &Word, words: &[Word], piped: bool, of: &Lower<'_>) -> Option<Vec<u8>> {
    let bare = name.literal.as_ref().map(|text| of.known.behind(&text.to_ascii_lowercase()));
    // `Microsoft.PowerShell.Management\Remove-Item`
    let plain = bare.as_deref().map(|text| text.rsplit(|byte| *byte == b'\\').next().unwrap_or(text));
    let found =
        plain.and_then(|plain| CMDLETS.iter().find(|one| one.names.iter().any(|name| name.as_bytes() == plain)));
    let Some(cmdlet) = found else {
        // A program, whose words are its own; or a command of PowerShell, whose name knows no case.
        let is_cmdlet = |text: &&[u8]| {
            text.contains(&b'-') && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        };
        let first = plain.filter(is_cmdlet).map_or_else(|| name.text.clone(), <[u8]>::to_vec);
        let of_cmdlet = plain.is_some_and(|plain| is_cmdlet(&plain));
        let argument = |word: &Word| if of_cmdlet { in_small_letters(word) } else { argument(word) };
        return Some(line(std::iter::once(first).chain(words.iter().map(argument))));
    };
    let given = Given::of(words, cmdlet.values);
    if given.has("whatif") {
        return Some(b":".to_vec());
    }
    let paths = || given.all(PATHS).into_iter().map(Word::path);
    let through = |command: &str, paths: Vec<Vec<u8>>| {
        let command = if piped && paths.is_empty() { format!("xargs {command}") } else { command.to_owned() };
        line(std::iter::once(command.into_bytes()).chain(paths))
    };
    Some(match cmdlet.made {
        Made::Remove => {
            // What a table holds that is not in sight may say so too.
            let splatted = words.iter().any(|word| word.splatted);
            let recurses = if splatted || given.has("recurse") { " -r" } else { "" };
            let forced = if splatted || given.has("force") { " -f" } else { "" };
            through(&format!("rm{recurses}{forced}"), paths().collect())
        }
        Made::Clear => through("truncate -s 0", paths().collect()),
        Made::Move => through("mv", paths().chain(given.value(&["destination", "newname"]).map(Word::path)).collect()),
        Made::Copy => through("cp -r", paths().chain(given.value(&["destination"]).map(Word::path)).collect()),
        Made::Write => {
            let appends = given.has("append") || plain.is_some_and(|name| name == b"add-content" || name == b"ac");
            let target = given.all(&["path", "literalpath", "filepath"]).first().map(|word| word.path())?;
            let from = if piped { b"cat ".to_vec() } else { line([b"printf %s".to_vec(), value_of(&given)]) };
            [from.as_slice(), if appends { b" >> " } else { b" > " }, &target].concat()
        }
        Made::List => {
            let filter = given.value(&["filter", "include"]);
            let mut from: Vec<Vec<u8>> = paths().collect();
            if let Some(pattern) = filter.and(given.operands.get(1)).filter(|_| given.value(PATHS).is_none()) {
                // The second by place is a filter as well.
                from.retain(|path| *path != pattern.path());
            }
            // Of a pattern what it fits, of a folder what lies in it.
            let fits = filter.is_none() && from.iter().any(|path| path.iter().any(|byte| b"*?".contains(byte)));
            let mut words = vec![if fits { b"ls".to_vec() } else { b"find".to_vec() }];
            words.extend(from);
            if let Some(filter) = filter {
                words.extend([b"-name".to_vec(), filter.text.clone()]);
            }
            line(words)
        }
        Made::Show => line(std::iter::once(b"cat".to_vec()).chain(paths())),
        Made::Say => line(
            std::iter::once(b"echo".to_vec())
                .chain(given.all(&["inputobject", "object", "message"]).into_iter().map(|word| word.text.clone())),
        ),
        Made::Go => line(std::iter::once(b"cd".to_vec()).chain(paths())),
        Made::Make => {
            let folder = plain.is_some_and(|name| name == b"mkdir" || name == b"md")
                || given.value(&["itemtype", "type"]).is_some_and(|kind| {
                    kind.literal.as_ref().is_some_and(|kind| kind.to_ascii_lowercase().starts_with(b"d"))
                });
            let with = if folder { "mkdir -p" } else { "touch" };
            line(std::iter::once(with.as_bytes().to_vec()).chain(paths()))
        }
        Made::Web => web(&given),
        Made::Evaluate => match given.all(&["command"]).first() {
            Some(text) => line([b"eval".to_vec(), text.text.clone()]),
            None => b"eval".to_vec(),
        },
        Made::Start => {
            let (program, rest) = match given.value(&["filepath"]) {
                Some(program) => (program, given.operands.as_slice()),
                None => given.operands.split_first().map(|(first, rest)| (*first, rest))?,
            };
            let more = given.value(&["argumentlist"]).into_iter().chain(rest.iter().copied());
            // One text may hold several words.
            line(
                std::iter::once(program.text.clone())
                    .chain(more.map(|word| word.literal.clone().unwrap_or_else(|| word.text.clone()))),
            )
        }
        Made::Each => {
            let blocks = blocks(words, of)?;
            [b"while read -r guarded_item; do :\n".as_slice(), &blocks, b"\ndone"].concat()
        }
        Made::Filter => {
            // What decides runs too; it rarely does anything.
            let blocks = blocks(words, of)?;
            if blocks.iter().all(u8::is_ascii_whitespace) || piped { Vec::new() } else { blocks }
        }
        Made::Stop => through("kill", given.operands.iter().map(|word| word.text.clone()).collect()),
        Made::Inside => {
            let blocks = blocks(words, of)?;
            [b"{ :\n".as_slice(), &blocks, b"\n}"].concat()
        }
        Made::Sql => {
            let mut words = vec![b"sqlcmd".to_vec()];
            for (option, name) in [("-S", "serverinstance"), ("-d", "database"), ("-Q", "query"), ("-i", "inputfile")] {
                if let Some(value) = given.value(&[name]) {
                    words.extend([option.as_bytes().to_vec(), value.text.clone()]);
                }
            }
            if given.value(&["query"]).is_none()
                && let Some(query) = given.operands.first()
            {
                words.extend([b"-Q".to_vec(), query.text.clone()]);
            }
            line(words)
        }
        Made::Alias => {
            let name = given.value(&["name"]).or(given.operands.first().copied())?;
            let command = given.value(&["value"]).or(given.operands.last().copied())?;
            if let (Some(name), Some(command)) = (&name.literal, &command.literal) {
                of.known.alias(name, command);
            }
            b":".to_vec()
        }
        Made::As(text) => text.as_bytes().to_vec(),
    })
}

/// A method of one of .NET's own types.
pub(super) fn called(kind: &[u8], method: &[u8], words: &[Word]) -> Vec<u8> {
    let kind = kind.strip_prefix(b"system.").unwrap_or(kind);
    let with = match (kind, method) {
        (b"io.file", b"delete") => "rm -f --",
        (b"io.directory", b"delete") => "rm -r --",
        (b"io.file", b"writealltext" | b"writeallbytes" | b"writealllines") => "tee",
        (b"io.file" | b"io.directory", b"move") => "mv --",
        (b"diagnostics.process", b"start") => "",
        _ => ":",
    };
    let most = match (with, method) {
        ("rm -f --" | "rm -r --" | "tee", _) => 1,
        _ => words.len(),
    };
    line(std::iter::once(with.as_bytes().to_vec()).chain(words.iter().take(most).map(|word| word.text.clone())))
}

fn web(given: &Given<'_>) -> Vec<u8> {
    let mut words = vec![b"curl".to_vec()];
    let mut add = |option: &str, value: Option<&Word>| {
        if let Some(value) = value {
            words.extend([option.as_bytes().to_vec(), value.text.clone()]);
        }
    };
    add("-X", given.value(&["method", "custommethod"]));
    add("--data-raw", given.value(&["body"]));
    add("-o", given.value(&["outfile"]));
    add("-T", given.value(&["infile"]));
    let address = given.all(&["uri"]).first().map(|word| word.text.clone());
    words.extend(address);
    line(words)
}

fn value_of(given: &Given<'_>) -> Vec<u8> {
    let value = given.value(&["value", "inputobject"]).or_else(|| given.operands.get(1).copied());
    value.map_or_else(|| b"''".to_vec(), |word| word.text.clone())
}

/// A program's word: what is not quoted may be a pattern.
fn argument(word: &Word) -> Vec<u8> {
    if word.plain && word.literal.as_ref().is_some_and(|text| text.iter().any(|byte| b"*?".contains(byte))) {
        return word.path();
    }
    word.text.clone()
}

/// Parameters know no case either.
fn in_small_letters(word: &Word) -> Vec<u8> {
    let name = word.literal.as_ref().filter(|text| word.plain && text.starts_with(b"-"));
    name.map_or_else(|| word.text.clone(), |name| name.to_ascii_lowercase())
}

/// The blocks among the words, one after the other.
fn blocks(words: &[Word], of: &Lower<'_>) -> Option<Vec<u8>> {
    let mut made = Vec::new();
    for block in words.iter().filter_map(|word| word.block.as_ref()) {
        made.extend(of.within(block).whole()?);
        made.push(b'\n');
    }
    Some(made)
}

fn line(words: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let words: Vec<Vec<u8>> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(&b' ')
}
