//! Secrets on their way: where one begins (a file by its name, an environment, what a keeper of secrets prints), what it
//! goes through (copies, filters, archives, variables, descriptors), and where it leaves the machine (`channels`). A
//! value that a secret went into is unknown because of it; nothing here reads what the secret says.

use bstr::{BString, ByteSlice};

use super::channels::{CHANNELS, CREDENTIAL_HEADERS, Channel, Elsewhere, Way};
use super::options::{Split, Style, Table, split};
use super::scope::Scope;
use super::secrets;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Cause, Piece, Secret, Shape, Value, Word};
use super::{Sent, Sight, Want};

/// A program whose output repeats what it reads.
struct Repeater {
    names: &'static [&'static str],
    /// Only a part of it.
    part: bool,
    /// So many operands come first that are no files.
    skip: usize,
    value: &'static [&'static str],
    /// These stand for the operands that are no files.
    instead: &'static [&'static str],
    /// With one of these it prints something else.
    spares: &'static [&'static str],
}

const WHOLE: Repeater = Repeater { names: &[], part: false, skip: 0, value: &[], instead: &[], spares: &[] };
const PART: Repeater = Repeater { part: true, ..WHOLE };

#[rustfmt::skip]
const REPEATERS: &[Repeater] = &[
    Repeater { names: &["cat", "gcat", "tac", "bat", "batcat", "nl", "rev", "less", "more", "most", "fold", "fmt", "pr", "paste", "column", "expand", "unexpand", "tee", "sponge", "pv", "mbuffer", "buffer", "sort", "shuf", "uniq", "cpio", "envsubst", "iconv", "unix2dos", "dos2unix", "busybox", "vis", "strings", "recode"], value: &["-w", "-k", "-t", "-f", "-d", "-c", "-n"], ..WHOLE },
    Repeater { names: &["base64", "base32", "base58", "basenc", "gbase64", "xxd", "od", "hexdump", "hd", "hexyl", "uuencode", "b64encode", "qrencode", "ascii85"], value: &["-w", "-c", "-g", "-l", "-s", "-e", "-n", "-A", "-t", "-j", "-N"], ..WHOLE },
    Repeater { names: &["gzip", "pigz", "zcat", "gunzip", "bzip2", "bzcat", "xz", "xzcat", "lzma", "zstd", "zstdcat", "lz4", "brotli", "compress", "zip", "7z", "7za", "7zz"], value: &["-S", "-T"], ..WHOLE },
    Repeater { names: &["gpg", "gpg2", "age", "ccrypt", "mcrypt"], value: &["-r", "-R", "-u", "-o", "--recipient", "--passphrase"], ..WHOLE },
    Repeater { names: &["python", "python3", "python2", "perl", "ruby", "node", "php", "lua", "jo", "xargs", "parallel"], skip: usize::MAX, ..WHOLE },
    Repeater { names: &["head", "tail", "cut", "split", "dd"], value: &["-n", "-c", "-d", "-f", "-b"], ..PART },
    Repeater { names: &["grep", "egrep", "fgrep", "rg", "ag", "ack"], skip: 1, value: &["-e", "-f", "-A", "-B", "-C", "-m"], instead: &["-e", "-f"], spares: &["-q", "-c", "-l", "-L", "--quiet", "--count"], ..PART },
    Repeater { names: &["sed", "gsed"], skip: 1, value: &["-e", "-f", "-l"], instead: &["-e", "-f"], spares: &["-i"], ..PART },
    Repeater { names: &["awk", "gawk", "mawk", "nawk"], skip: 1, value: &["-F", "-v", "-f"], instead: &["-f"], ..PART },
    Repeater { names: &["jq", "yq", "xq", "dasel"], skip: 1, value: &["-f", "--from-file", "--arg", "--indent"], instead: &["-f"], ..PART },
    Repeater { names: &["tr"], skip: usize::MAX, ..WHOLE },
];

/// Verbs of openssl that print no key.
const OPENSSL_SHOWS: &[&str] = &[
    "x509", "req", "verify", "dgst", "crl", "s_client", "s_server", "version", "rand", "ciphers", "sha256", "md5",
    "passwd",
];

/// Commands that print a secret: the tool, and words that follow it.
#[rustfmt::skip]
const KEEPERS: &[(&str, &[&str])] = &[
    ("pass", &["show"]), ("gopass", &["show"]), ("security", &["find-generic-password"]), ("security", &["find-internet-password"]),
    ("secret-tool", &["lookup"]), ("op", &["read"]), ("op", &["item", "get"]), ("bw", &["get"]), ("lpass", &["show"]),
    ("vault", &["kv", "get"]), ("vault", &["read"]), ("vault", &["print", "token"]), ("aws", &["configure", "get"]),
    ("aws", &["configure", "export-credentials"]), ("aws", &["secretsmanager", "get-secret-value"]), ("aws", &["sts", "assume-role"]),
    ("aws", &["sts", "get-session-token"]), ("aws", &["ssm", "get-parameter"]), ("gcloud", &["auth", "print-access-token"]),
    ("gcloud", &["auth", "print-identity-token"]), ("gcloud", &["secrets", "versions", "access"]), ("az", &["account", "get-access-token"]),
    ("az", &["keyvault", "secret", "show"]), ("gh", &["auth", "token"]), ("kubectl", &["get", "secret"]), ("kubectl", &["get", "secrets"]),
    ("kubectl", &["config", "view", "--raw"]), ("heroku", &["auth:token"]), ("heroku", &["config"]), ("doppler", &["secrets"]),
    ("sops", &["-d"]), ("sops", &["decrypt"]), ("sops", &["--decrypt"]), ("ansible-vault", &["view"]), ("git", &["credential", "fill"]),
    ("gpg", &["--export-secret-keys"]), ("gpg", &["--export-secret-subkeys"]), ("terraform", &["state", "pull"]),
    ("tofu", &["state", "pull"]), ("chamber", &["export"]),
];

impl Value {
    #[must_use]
    pub fn of_secret(secret: Secret) -> Value {
        Value::unknown(Cause::Secret(secret))
    }
}

/// What is made of these words: a secret among them stays in it.
pub(super) fn kept(words: &[Word], value: Value) -> Value {
    match (&value, words.iter().find_map(|word| word.value.secret())) {
        (Value::Unknown(shape), Some(secret)) if value.secret().is_none() => {
            Value::Unknown(Shape { because: Cause::Secret(secret.clone()), ..shape.clone() })
        }
        (_, _) => value,
    }
}

impl Walker<'_> {
    /// The secret in a file, by its name or by what this text put into it.
    pub(super) fn secret_at(&mut self, path: &[u8], scope: &Scope) -> Option<Secret> {
        if scope.elsewhere || path.is_empty() {
            return None;
        }
        let path = scope.behind_descriptor(path).unwrap_or_else(|| path.into());
        let absolute = scope.absolute(&path);
        if let Some(absolute) = &absolute {
            let held = |(at, value): (&BString, &Value)| {
                let inside = |outer: &[u8], inner: &[u8]| {
                    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
                };
                let secret = value.secret().filter(|_| inside(at, absolute) || inside(absolute, at)).cloned();
                let named = || inside(absolute, at) && secrets::private(at) && !at.starts_with(b"/dev/fd/");
                secret.or_else(|| named().then(|| Secret { what: at.clone(), whole: true }))
            };
            if let Some(secret) = scope.files.iter().find_map(held) {
                return Some(secret);
            }
        }
        let named = secrets::private(&path) || absolute.as_ref().is_some_and(|path| secrets::kept_in(path));
        if named {
            return Some(Secret { what: absolute.unwrap_or_else(|| path.clone()), whole: true });
        }
        // Another name of what was made here.
        let made = scope.files.values().any(|value| value.secret().is_some());
        match self.sight(Want::Link(absolute.filter(|_| made)?)) {
            Some(Sight::Program(target)) if target != path => self.secret_at(&target, scope),
            Some(_) | None => None,
        }
    }

    /// The secret that a word holds, or whose file it names.
    pub(super) fn secret_in(&mut self, word: &Word, scope: &Scope) -> Option<Secret> {
        match &word.value {
            Value::Unknown(shape) => word.value.secret().cloned().or_else(|| {
                let pieces = shape.pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => text.as_slice(),
                    Piece::Hole => b"x",
                });
                let path: BString = pieces.collect::<Vec<_>>().concat().into();
                let named = !path.contains(&b'\n') && path != "x" && secrets::private(&path);
                (named && !scope.elsewhere).then(|| Secret { what: word.shown(), whole: true })
            }),
            Value::Known(path) => self.secret_at(path, scope),
            Value::OneOf(paths) => paths.iter().find_map(|path| self.secret_at(path, scope)),
        }
    }

    pub(super) fn secret_input(&mut self, input: &Input, scope: &Scope) -> Option<Secret> {
        match input {
            Input::Inherited => None,
            Input::Text(value) => value.borrow().secret().cloned(),
            Input::File(word) => self.secret_in(word, scope),
        }
    }

    /// What a program prints, where that is not computed.
    pub(super) fn printed_by(&mut self, tool: &BString, call: &Call, scope: &mut Scope) -> Value {
        match self.repeats(tool, call, scope) {
            Some(secret) => Value::of_secret(secret),
            None => Value::unknown(Cause::Output(tool.clone())),
        }
    }

    /// The secret in what a program prints.
    pub(super) fn repeats(&mut self, tool: &BString, call: &Call, scope: &mut Scope) -> Option<Secret> {
        let words = call.words.get(1..).unwrap_or_default();
        if let Some(secret) = kept_by(tool, words) {
            return Some(secret);
        }
        match tool.as_slice() {
            b"tar" | b"gtar" | b"bsdtar" => return self.archived(call, scope).pop().map(|archive| archive.secret),
            b"curl" | b"wget" => {
                let file = |word: &Word| Some(Word::known(word.text()?.strip_prefix(b"file://")?));
                return words.iter().filter_map(file).find_map(|file| self.secret_in(&file, scope));
            }
            b"openssl" => return self.repeated_by_openssl(words, call, scope),
            _ => {}
        }
        let row = REPEATERS.iter().find(|row| row.names.iter().any(|name| name.as_bytes() == tool.as_slice()))?;
        let table =
            Table { style: Style::Gnu, value: row.value, flag: row.spares, optional: &[], stop_at_operand: false };
        let given = split(words, &table);
        if row.spares.iter().any(|name| given.has(name)) {
            return None;
        }
        let skip = if row.instead.iter().any(|name| given.has(name)) { 0 } else { row.skip };
        let files = operands(&given, words).into_iter().skip(skip);
        let files = files.map(|word| match word.text().and_then(|text| text.strip_prefix(b"if=")) {
            Some(path) => Word::known(path),
            None => word.clone(),
        });
        let found = files.collect::<Vec<_>>().iter().find_map(|file| self.secret_in(file, scope));
        let secret = found.or_else(|| self.secret_input(&call.input, scope))?;
        Some(Secret { whole: secret.whole && !row.part, ..secret })
    }

    fn repeated_by_openssl(&mut self, words: &[Word], call: &Call, scope: &Scope) -> Option<Secret> {
        let verb = words.first()?.text()?;
        let shows = OPENSSL_SHOWS.iter().any(|one| one.as_bytes() == verb)
            || words.iter().any(|word| matches!(word.text(), Some(b"-pubout" | b"-noout" | b"-modulus" | b"-check")));
        let at = words.iter().position(|word| word.text() == Some(b"-in"));
        match at.and_then(|at| words.get(at + 1)) {
            _ if shows => None,
            Some(file) => self.secret_in(file, scope),
            None => self.secret_input(&call.input, scope),
        }
    }

    /// Writes down that a command sends a secret.
    pub(super) fn send(&mut self, noted: usize, secret: Secret, sure: bool) {
        let Some(command) = self.model.commands.get_mut(noted) else { return };
        if !command.sends.iter().any(|sent| sent.what == secret.what && sent.sure == sure) {
            command.sends.push(Sent { what: secret.what, sure });
        }
    }

    /// What a program sends to another machine.
    pub(super) fn sends(&mut self, tool: &BString, noted: usize, call: &Call, scope: &mut Scope) {
        if matches!(tool.as_slice(), b"tar" | b"gtar" | b"bsdtar") {
            for archive in self.archived(call, scope) {
                let Some(path) = archive.path else { continue };
                let there = path.text().is_some_and(|path| scope.is_socket(path));
                if there || !archive.here && is_elsewhere(&path, Elsewhere::Host) == Some(true) {
                    self.send(noted, archive.secret, true);
                }
            }
        }
        let words = call.words.get(1..).unwrap_or_default();
        match tool.as_slice() {
            b"socat" => self.joined_by_socat(noted, words, scope),
            b"git" => self.pushed(noted, words, scope),
            _ => {}
        }
        for channel in
            CHANNELS.iter().filter(|channel| channel.names.iter().any(|name| name.as_bytes() == tool.as_slice()))
        {
            let table = Table {
                style: Style::Gnu,
                value: &[channel.value, &ways_options(channel)].concat(),
                flag: channel.spares,
                optional: &[],
                stop_at_operand: false,
            };
            let given = split(words, &table);
            let verb = operands(&given, words).first().and_then(|word| word.text());
            let fits = channel.verbs.is_empty()
                || verb.is_some_and(|verb| channel.verbs.iter().any(|one| one.as_bytes() == verb));
            if fits && !channel.spares.iter().any(|name| given.has(name)) {
                for way in channel.ways {
                    self.sends_by(*way, channel, &given, words, (noted, call), scope);
                }
            }
        }
    }

    fn sends_by(
        &mut self,
        way: Way,
        channel: &Channel,
        given: &Split,
        words: &[Word],
        (noted, call): (usize, &Call),
        scope: &Scope,
    ) {
        let operands = operands(given, words);
        let sure = !operands.iter().any(|word| is_unknown(word) && word.value.secret().is_none());
        match way {
            Way::Input => self.sends_input(noted, call, scope),
            Way::Dash => {
                if operands.iter().any(|word| word.text() == Some(b"-")) {
                    self.sends_input(noted, call, scope);
                }
            }
            Way::Operands(skip) => {
                for word in operands.into_iter().skip(skip) {
                    self.sends_file(noted, word, sure, call, scope);
                }
            }
            Way::Sources(elsewhere) => {
                let Some((last, sources)) = operands.split_last() else { return };
                let Some(there) = is_elsewhere(last, elsewhere) else { return };
                let skip = usize::from(!channel.verbs.is_empty());
                for word in sources.iter().skip(skip) {
                    if is_elsewhere(word, Elsewhere::Host) != Some(true) {
                        self.sends_file(noted, word, there && !is_unknown(last), call, scope);
                    }
                }
            }
            Way::File(names) => {
                for value in values(given, names) {
                    self.sends_file(noted, &value, sure, call, scope);
                }
            }
            Way::At(names) => {
                for value in values(given, names) {
                    self.sends_at(noted, &value, sure, call, scope);
                }
            }
            Way::AtOperands => {
                for word in operands {
                    self.sends_at(noted, word, sure, call, scope);
                }
            }
            Way::Words => self.sends_words(noted, channel, given, &operands),
            Way::Puts(names) => {
                let said = self.input_value(&call.input, scope);
                let texts = values(given, names).into_iter().map(|word| word.value).chain(said);
                for text in texts.collect::<Vec<_>>() {
                    for path in put(&text) {
                        self.sends_file(noted, &path, true, call, scope);
                    }
                }
            }
        }
    }

    /// `git add .env`, and a push after it.
    fn pushed(&mut self, noted: usize, words: &[Word], scope: &Scope) {
        let mut said = words.iter().filter(|word| !word.is_option());
        match said.next().and_then(Word::text) {
            Some(b"add") => {
                let found = said.find_map(|word| self.secret_in(word, scope));
                self.staged = self.staged.take().or(found);
            }
            Some(b"push") => {
                if let Some(secret) = self.staged.clone() {
                    self.send(noted, secret, true);
                }
            }
            _ => {}
        }
    }

    fn sends_input(&mut self, noted: usize, call: &Call, scope: &Scope) {
        if let Some(secret) = self.secret_input(&call.input, scope) {
            self.send(noted, secret, true);
        }
    }

    fn sends_file(&mut self, noted: usize, path: &Word, sure: bool, call: &Call, scope: &Scope) {
        if matches!(path.text(), Some(b"-" | b"." | b"/dev/stdin" | b"/dev/fd/0")) {
            self.sends_input(noted, call, scope);
        } else if let Some(secret) = self.secret_in(path, scope) {
            // What a word holds no exec shows to be a secret; a file's name it does.
            let sure = sure || path.value.secret().is_some();
            self.send(noted, secret, sure);
        } else if self.forks > 0
            && let Some(path) = path.text().and_then(|path| scope.absolute(path))
        {
            self.uploads.push((noted, path));
        }
    }

    /// `@f`, `name@f`, `name=@f`, `name=<f`
    fn sends_at(&mut self, noted: usize, value: &Word, sure: bool, call: &Call, scope: &Scope) {
        let start = value.value.starts_with();
        let Some(at) = start.find_byteset(b"@<") else { return };
        // In a text (`a@b.example`) what follows is no file's name, and then there is no secret of that name.
        let path = match &value.value {
            Value::Known(text) => Word::known(text[at + 1..].split(|byte| *byte == b';').next().unwrap_or_default()),
            Value::OneOf(_) => return,
            Value::Unknown(shape) => {
                let mut shape = shape.clone();
                if let Some(Piece::Text(text)) = shape.pieces.first_mut() {
                    *text = text[at + 1..].into();
                }
                shape.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
                Word { value: Value::Unknown(shape), glob: false, written: value.written.clone() }
            }
        };
        self.sends_file(noted, &path, sure, call, scope);
    }

    fn sends_words(&mut self, noted: usize, channel: &Channel, given: &Split, operands: &[&Word]) {
        for one in &given.given {
            let Some(secret) = one.value.as_ref().and_then(|word| word.value.secret()) else { continue };
            let says_who = channel.credentials.iter().any(|name| one.name == name.as_bytes());
            let header = matches!(one.name.as_slice(), b"-H" | b"--header" | b"--proxy-header");
            let start =
                one.value.as_ref().map(|word| word.value.starts_with().to_ascii_lowercase()).unwrap_or_default();
            // A header for it is where a password or a token goes; a whole key or environment has no business there.
            let credential = header && !secret.whole && CREDENTIAL_HEADERS.iter().any(|name| start.contains_str(name));
            if !says_who && !credential {
                self.send(noted, secret.clone(), true);
            }
        }
        for word in operands {
            if let Some(secret) = word.value.secret() {
                self.send(noted, secret.clone(), true);
            }
        }
    }

    /// Files that were sent in the background before the text put a secret into them: a FIFO waits.
    pub(super) fn sent_meanwhile(&mut self, scope: &Scope) {
        for (noted, path) in std::mem::take(&mut self.uploads) {
            if let Some(secret) = scope.files.get(&path).and_then(Value::secret).cloned() {
                self.send(noted, secret, true);
            }
        }
    }
}

fn kept_by(tool: &[u8], words: &[Word]) -> Option<Secret> {
    let bare = words
        .iter()
        .all(|word| word.text().is_some_and(|text| matches!(text, b"-0" | b"--null" | b"-p" | b"-x" | b"-px")));
    let dumps = match tool {
        b"env" | b"printenv" => bare,
        b"set" => words.is_empty(),
        b"export" | b"declare" | b"typeset" => bare && !(words.is_empty() && tool != b"export"),
        _ => false,
    };
    if dumps {
        return Some(Secret { what: "the environment".into(), whole: true });
    }
    let said: Vec<&[u8]> = words.iter().filter_map(Word::text).collect();
    let row = |(name, verbs): &&(&str, &[&str])| {
        name.as_bytes() == tool && {
            let mut rest = said.iter();
            verbs.iter().all(|verb| rest.any(|word| *word == verb.as_bytes()))
        }
    };
    KEEPERS.iter().find(row)?;
    let what = std::iter::once(tool).chain(said.into_iter().take(2));
    Some(Secret { what: bstr::join(" ", what).into(), whole: tool == b"gpg" })
}

fn operands<'w>(given: &Split, words: &'w [Word]) -> Vec<&'w Word> {
    let mut all: Vec<usize> = given.operands.iter().chain(&given.hazy).copied().collect();
    all.sort_unstable();
    all.iter().filter_map(|at| words.get(*at)).collect()
}

fn ways_options(channel: &Channel) -> Vec<&'static str> {
    let of = |way: &Way| match way {
        Way::File(names) | Way::At(names) | Way::Puts(names) => *names,
        Way::Input | Way::Dash | Way::Operands(_) | Way::Sources(_) | Way::AtOperands | Way::Words => &[],
    };
    channel.ways.iter().flat_map(of).chain(channel.credentials).copied().collect()
}

fn values(given: &Split, names: &[&str]) -> Vec<Word> {
    let of = given.given.iter().filter(|one| names.iter().any(|name| one.name == name.as_bytes()));
    of.filter_map(|one| one.value.clone()).collect()
}

fn is_unknown(word: &Word) -> bool {
    matches!(word.value, Value::Unknown(_))
}

/// Whether a place is on another machine; `None`: it is here. `Some(false)`: it may be.
fn is_elsewhere(word: &Word, by: Elsewhere) -> Option<bool> {
    let says = |text: &[u8]| match by {
        Elsewhere::Any => true,
        Elsewhere::Scheme => text.contains_str("://"),
        Elsewhere::Host => match text.find_byteset(b":/") {
            Some(at) => text[at] == b':' && at > 0,
            None => false,
        },
    };
    match &word.value {
        Value::Known(text) => says(text).then_some(true),
        Value::OneOf(texts) => texts.iter().any(|text| says(text)).then_some(true),
        Value::Unknown(shape) => match shape.pieces.as_slice() {
            [Piece::Text(text), ..] if says(text) => Some(true),
            [Piece::Text(text), ..] if text.contains(&b'/') => None,
            _ => Some(false),
        },
    }
}

/// Files that a script for a file-transfer program puts there.
fn put(text: &Value) -> Vec<Word> {
    let text = match text {
        Value::Known(text) => text.clone(),
        Value::OneOf(texts) => bstr::join("\n", texts).into(),
        Value::Unknown(shape) => {
            let known = shape.pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.as_slice(),
                Piece::Hole => b"x",
            });
            BString::from(known.collect::<Vec<_>>().concat())
        }
    };
    let commands = text.split(|byte| matches!(byte, b'\n' | b';'));
    let mut found = Vec::new();
    for command in commands {
        let mut words = command.fields_with(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        if words
            .next()
            .is_some_and(|verb| matches!(verb, b"put" | b"mput" | b"send" | b"reput" | b"mirror" | b"append"))
        {
            found.extend(words.filter(|word| !word.starts_with(b"-")).map(Word::known));
        }
    }
    found
}
