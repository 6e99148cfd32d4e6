//! curl's command line: groups parted by `--next`, several URLs in each, every way to give method and body.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::{Draft, Inputs, append, behind, operands};
use crate::answer::Answer;
use crate::command::embedded::holes;
use crate::command::options::{Given, Split, Style, Table, split};
use crate::command::words::{Cause, Value, Word};

#[rustfmt::skip] // one option a line would be pages
pub const TABLE: Table<'static, &'static str> = Table {
    style: Style::Gnu,
    value: &[
        "-A", "-b", "-c", "-C", "-d", "-D", "-e", "-E", "-F", "-H", "-K", "-m", "-o", "-P", "-Q", "-r", "-t", "-T",
        "-u", "-U", "-w", "-x", "-X", "-y", "-Y", "-z", "--abstract-unix-socket", "--alt-svc", "--aws-sigv4",
        "--cacert", "--capath", "--cert", "--cert-type", "--ciphers", "--config", "--connect-timeout", "--connect-to",
        "--continue-at", "--cookie", "--cookie-jar", "--create-file-mode", "--crlfile", "--curves", "--data",
        "--data-ascii", "--data-binary", "--data-raw", "--data-urlencode", "--delegation", "--dns-interface",
        "--dns-ipv4-addr", "--dns-ipv6-addr", "--dns-servers", "--doh-url", "--dump-header", "--ech", "--egd-file",
        "--engine", "--etag-compare", "--etag-save", "--expect100-timeout", "--form", "--form-string",
        "--ftp-account", "--ftp-alternative-to-user", "--ftp-method", "--ftp-port", "--ftp-ssl-ccc-mode",
        "--happy-eyeballs-timeout-ms", "--haproxy-clientip", "--header", "--hostpubmd5", "--hostpubsha256", "--hsts",
        "--interface", "--ip-tos", "--ipfs-gateway", "--json", "--keepalive-cnt", "--keepalive-time", "--key",
        "--key-type", "--krb", "--libcurl", "--limit-rate", "--local-port", "--login-options", "--mail-auth",
        "--mail-from", "--mail-rcpt", "--max-filesize", "--max-redirs", "--max-time", "--netrc-file", "--noproxy",
        "--oauth2-bearer", "--output", "--output-dir", "--parallel-max", "--pass", "--pinnedpubkey", "--preproxy",
        "--proto", "--proto-default", "--proto-redir", "--proxy", "--proxy-cacert", "--proxy-capath", "--proxy-cert",
        "--proxy-cert-type", "--proxy-ciphers", "--proxy-crlfile", "--proxy-header", "--proxy-key",
        "--proxy-key-type", "--proxy-pass", "--proxy-pinnedpubkey", "--proxy-service-name", "--proxy-tls13-ciphers",
        "--proxy-tlsauthtype", "--proxy-tlspassword", "--proxy-tlsuser", "--proxy-user", "--proxy1.0", "--pubkey",
        "--quote", "--random-file", "--range", "--rate", "--referer", "--request", "--request-target", "--resolve",
        "--retry", "--retry-delay", "--retry-max-time", "--sasl-authzid", "--service-name", "--sigalgs", "--socks4",
        "--socks4a", "--socks5", "--socks5-gssapi-service", "--socks5-hostname", "--speed-limit", "--speed-time",
        "--stderr", "--telnet-option", "--tftp-blksize", "--time-cond", "--tls-max", "--tls13-ciphers",
        "--tlsauthtype", "--tlspassword", "--tlsuser", "--trace", "--trace-ascii", "--trace-config", "--unix-socket",
        "--upload-file", "--url", "--url-query", "--user", "--user-agent", "--variable", "--vlan-priority",
        "--write-out", "--expand-url", "--expand-data", "--expand-data-ascii", "--expand-data-binary", "--expand-data-raw",
        "--expand-data-urlencode", "--expand-form", "--expand-form-string", "--expand-header", "--expand-json",
        "--expand-output", "--expand-quote", "--expand-request", "--expand-unix-socket", "--expand-upload-file",
        "--expand-url-query", "--expand-user",
    ],
    flag: &[
        "--append", "--compressed", "--create-dirs", "--crlf", "--fail", "--fail-early", "--fail-with-body", "--get",
        "--globoff", "--head", "--include", "--insecure", "--ipv4", "--ipv6", "--list-only", "--location",
        "--location-trusted", "--manual", "--netrc", "--netrc-optional", "--next", "--no-buffer", "--parallel",
        "--path-as-is", "--post301", "--post302", "--post303", "--progress-bar", "--proxytunnel", "--raw",
        "--remote-header-name", "--remote-name", "--remote-name-all", "--remote-time", "--retry-all-errors",
        "--retry-connrefused", "--show-error", "--silent", "--ssl", "--ssl-reqd", "--tcp-nodelay", "--tlsv1.2",
        "--tlsv1.3", "--tr-encoding", "--use-ascii", "--verbose", "--version", "--http1.1", "--http2", "--http3",
        "-f", "-s", "-S", "-L", "-k", "-v", "-i", "-I", "-G", "-g", "-O", "-J", "-n", "-N", "-#", "-0", "-1", "-2",
        "-3", "-4", "-6", "-a", "-B", "-j", "-l", "-M", "-p", "-q", "-R", "-V", "-Z", "-:",
    ],
    optional: &["-h", "--help"],
    stop_at_operand: false,
};

/// What curl would send.
pub fn drafts(arguments: &[Word], inputs: &Inputs<'_>) -> Vec<Draft> {
    let (words, unread) = with_config(arguments, inputs);
    let split = split(&words, &TABLE);
    if split.has("-h") || split.has("--help") || split.has("-V") || split.has("--version") || split.has("--manual") {
        return Vec::new();
    }
    let (urls, hazy) = operands(&words, &split);
    let answer = if unread || !hazy.is_empty() { Answer::CannotTell } else { Answer::Yes };
    let mut ends: Vec<usize> =
        split.given.iter().filter(|given| given.name == "--next" || given.name == "-:").map(|given| given.at).collect();
    ends.truncate(super::REQUESTS);
    ends.push(usize::MAX);
    let variables = variables(&split, inputs);
    let mut start = 0;
    let mut drafts = Vec::new();
    for end in ends {
        let given: Vec<&Given> = split.given.iter().filter(|given| given.at >= start && given.at <= end).collect();
        let mut group = Group::read(&given, &variables, inputs);
        group.hazy = hazy.iter().any(|(at, _)| *at >= start && *at <= end);
        let operands = urls.iter().filter(|(at, _)| *at >= start && *at <= end).map(|(_, word)| word.value.clone());
        group.urls.extend(operands);
        if group.urls.is_empty() && (unread || group.hazy) {
            group.urls.push(Value::unknown(Cause::Input));
        }
        group.drafts(answer, &mut drafts);
        start = end;
    }
    drafts
}

/// Configuration files that name others, how deep and how many.
const NESTED: usize = 5;
const CONFIGURATIONS: usize = 32;
/// Longer texts are not made of variables.
const EXPANDED: usize = 1 << 20;

/// With what configuration files say. The second part: one of them was not read.
fn with_config(arguments: &[Word], inputs: &Inputs<'_>) -> (Vec<Word>, bool) {
    let mut words = arguments.to_vec();
    let (mut begin, mut files) = (0, 0);
    for _ in 0..NESTED {
        let found = split(&words[begin..], &TABLE);
        begin = words.len();
        for given in found.given.iter().filter(|given| given.name == "-K" || given.name == "--config") {
            files += 1;
            match given.value.as_ref().map(|word| inputs.file(&word.value)) {
                Some(Value::Known(text)) if files <= CONFIGURATIONS => words.extend(config(&text)),
                Some(Value::Known(_) | Value::OneOf(_) | Value::Unknown(_)) | None => return (words, true),
            }
        }
        if begin == words.len() {
            return (words, false);
        }
    }
    (words, true)
}

/// `--variable name=text`, `name@file`, `%NAME` of the environment.
fn variables(split: &Split, inputs: &Inputs<'_>) -> BTreeMap<BString, Value> {
    let mut all = BTreeMap::new();
    for given in split.given.iter().filter(|given| given.name == "--variable") {
        let Some(text) = given.value.as_ref().map(|word| word.value.starts_with()) else { continue };
        let end = text.find_byteset(b"=@").unwrap_or(text.len());
        let name = text[..end].strip_prefix(b"%").unwrap_or(&text[..end]);
        let value = match (text.get(end), given.value.as_ref().and_then(Word::text)) {
            (Some(b'='), Some(whole)) if !text.starts_with(b"%") => Value::known(&whole[end + 1..]),
            (Some(b'@'), Some(whole)) => inputs.file(&Value::known(&whole[end + 1..])),
            (_, _) => Value::unknown(Cause::Variable(name.into())),
        };
        all.insert(name.into(), value);
    }
    all
}

/// `{{name}}`, `{{name:trim}}` in the value of an `--expand-…` option.
fn expanded(value: &Value, variables: &BTreeMap<BString, Value>) -> Value {
    let Value::Known(text) = value else { return value.clone() };
    let mut made = Value::known("");
    let (mut rest, mut length) = (text.as_slice(), 0);
    while let Some(at) = rest.find("{{") {
        made = made.then(Value::known(&rest[..at]));
        let inner = &rest[at + 2..];
        let end = inner.find("}}").unwrap_or(inner.len());
        let mut parts = inner[..end].split_str(":");
        let known = parts.next().and_then(|name| variables.get(name.trim().as_bstr()));
        let plain = parts.all(|function| function == b"trim");
        let unknown = || Value::unknown(Cause::Variable(inner[..end].into()));
        let value = known.filter(|_| plain).cloned().unwrap_or_else(unknown);
        length += value.starts_with().len();
        if length > EXPANDED {
            return Value::unknown(Cause::Limit);
        }
        made = made.then(value);
        rest = inner.get(end + 2..).unwrap_or_default();
    }
    made.then(Value::known(rest))
}

/// Lines of `name = "value"`, `name value`, `-x value`.
fn config(text: &[u8]) -> Vec<Word> {
    let mut words = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let end = line.find_byteset(b" \t=:").unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        let value = rest.trim_start_with(|letter| matches!(letter, ' ' | '\t' | '=' | ':'));
        let name: BString = if name.starts_with(b"-") { name.into() } else { holes::joined(&[b"--", name]) };
        words.push(Word::known(name));
        if !value.is_empty() {
            let plain = value.strip_prefix(b"\"").map(|quoted| quoted.strip_suffix(b"\"").unwrap_or(quoted));
            words.push(Word::known(plain.map_or_else(|| value.into(), |plain| plain.replace("\\\"", "\""))));
        }
    }
    words
}

/// The options between two `--next`.
struct Group {
    urls: Vec<Value>,
    method: Option<Value>,
    head: bool,
    get: bool,
    upload: bool,
    data: Option<Value>,
    documents: Vec<Value>,
    socket: Option<Value>,
    quotes: Vec<Value>,
    instead: Option<Value>,
    headers: Vec<Value>,
    hazy: bool,
}

impl Group {
    fn read(given: &[&Given], variables: &BTreeMap<BString, Value>, inputs: &Inputs<'_>) -> Self {
        let mut group = Group {
            urls: Vec::new(),
            method: None,
            head: false,
            get: false,
            upload: false,
            data: None,
            documents: Vec::new(),
            socket: None,
            quotes: Vec::new(),
            instead: None,
            headers: Vec::new(),
            hazy: false,
        };
        for given in given {
            let value = given.value.as_ref().map_or_else(|| Value::known(""), |word| word.value.clone());
            match given.name.strip_prefix(b"--expand-") {
                Some(name) => {
                    let name = holes::joined(&[b"--", name]);
                    group.take(&name, &expanded(&value, variables), inputs);
                }
                None => group.take(&given.name, &value, inputs),
            }
        }
        group
    }

    fn take(&mut self, name: &BString, value: &Value, inputs: &Inputs<'_>) {
        match name.to_str().unwrap_or_default() {
            "-X" | "--request" => self.method = Some(value.clone()),
            "-I" | "--head" => self.head = true,
            "-G" | "--get" => self.get = true,
            "-T" | "--upload-file" => self.upload = true,
            "--url" => self.urls.push(value.clone()),
            "--unix-socket" | "--abstract-unix-socket" => self.socket = Some(value.clone()),
            "-Q" | "--quote" => self.quotes.push(value.clone()),
            "-d" | "--data" | "--data-ascii" | "--data-binary" | "--json" => {
                self.add(&file_or_text(value, inputs), if name.ends_with(b"json") { "" } else { "&" });
            }
            "-H" | "--header" => self.header(value, inputs),
            "--url-query" => {
                let query =
                    |text: &[u8]| text.strip_prefix(b"+").unwrap_or(text).strip_prefix(b"query=").map(BString::from);
                self.documents.extend(behind(value, query));
            }
            "--data-raw" => self.add(value, "&"),
            "--data-urlencode" => self.urlencoded(value, inputs),
            "-F" | "--form" | "--form-string" => {
                // A part of a form is no document, except that GraphQL's upload form has its JSON in `operations`.
                for field in [&b"operations="[..], b"query="] {
                    if let Some(part) = behind(value, |text| text.strip_prefix(field).map(BString::from)) {
                        let part = if name == "--form-string" { part } else { part_text(&part, inputs) };
                        if field == b"query=" { self.documents.push(part) } else { self.add(&part, "&") }
                    }
                }
                if let Some(method) = behind(value, |text| text.strip_prefix(b"_method=").map(BString::from)) {
                    self.instead = Some(method);
                }
                self.data.get_or_insert_with(|| Value::known(""));
            }
            _ => {}
        }
    }

    /// `Name: value`, or a file of such lines.
    fn header(&mut self, value: &Value, inputs: &Inputs<'_>) {
        let Some(file) = behind(value, |text| text.strip_prefix(b"@").map(BString::from)) else {
            self.instead = super::overriding(value).or(self.instead.take());
            self.headers.push(value.clone());
            return;
        };
        match inputs.file(&file) {
            Value::Known(text) => {
                let found = text.lines().find_map(|line| super::overriding(&Value::known(line)));
                self.instead = found.or(self.instead.take());
                self.headers.extend(text.lines().map(Value::known));
            }
            unread => self.headers.push(unread),
        }
    }

    fn add(&mut self, text: &Value, separator: &str) {
        self.data = Some(match &self.data {
            Some(before) => append(before, separator, text),
            None => text.clone(),
        });
    }

    /// `name=content`, `=content`, `content`, `@file`, `name@file`: encoded on the way, so the content is the value.
    fn urlencoded(&mut self, value: &Value, inputs: &Inputs<'_>) {
        if let Some(document) = behind(value, |text| text.strip_prefix(b"query=").map(BString::from)) {
            self.documents.push(document);
            self.add(&Value::known("query"), "&");
            return;
        }
        if let Some(file) = behind(value, |text| text.strip_prefix(b"query@").map(BString::from)) {
            self.documents.push(inputs.file(&file));
            self.add(&Value::known("query"), "&");
            return;
        }
        self.add(&file_or_text(value, inputs), "&");
    }

    /// `--get` puts the data behind the address.
    fn queried(&self, url: &Value) -> Value {
        let Some(data) = self.data.as_ref().filter(|_| self.get) else { return url.clone() };
        let more = holes::texts(url).is_some_and(|texts| texts.iter().all(|text| text.contains(&b'?')));
        append(url, if more { "&" } else { "?" }, data)
    }

    fn drafts(&self, answer: Answer, into: &mut Vec<Draft>) {
        let method = match &self.method {
            Some(method) => method.clone(),
            None if self.hazy => Value::unknown(Cause::Input),
            None if self.head => Value::known("HEAD"),
            None if self.upload => Value::known("PUT"),
            None if self.data.is_some() && !self.get => Value::known("POST"),
            None => Value::known("GET"),
        };
        for url in &self.urls {
            let mut draft = Draft::new(method.clone(), self.queried(url));
            draft.socket.clone_from(&self.socket);
            draft.documents.clone_from(&self.documents);
            draft.form = true;
            draft.instead.clone_from(&self.instead);
            draft.headers.clone_from(&self.headers);
            draft.answer = answer;
            if let Some(data) = self.data.as_ref().filter(|_| !self.get) {
                draft.body = data.clone();
            }
            for quote in &self.quotes {
                into.push(Draft { method: first_word(quote), body: quote.clone(), ..draft.clone() });
            }
            into.push(draft);
        }
    }
}

/// `@file`, or the text itself.
fn file_or_text(value: &Value, inputs: &Inputs<'_>) -> Value {
    match behind(value, |text| text.strip_prefix(b"@").map(BString::from)) {
        Some(name) => inputs.file(&name),
        None => value.clone(),
    }
}

/// A part's content: `<file` and `@file` send a file's text.
fn part_text(value: &Value, inputs: &Inputs<'_>) -> Value {
    let file = |text: &[u8]| {
        let name = text.strip_prefix(b"@").or_else(|| text.strip_prefix(b"<"))?;
        name.split_str(";").next().map(BString::from)
    };
    behind(value, file).map_or_else(|| value.clone(), |name| inputs.file(&name))
}

/// The command of an FTP or SFTP `--quote`: `DELE file`, `-rm file`.
fn first_word(quote: &Value) -> Value {
    behind(quote, |text| {
        let text = text.trim_start_with(|letter| matches!(letter, '-' | '+' | '*' | ' '));
        text.split_str(" ").next().map(BString::from)
    })
    .unwrap_or_else(|| quote.clone())
}
