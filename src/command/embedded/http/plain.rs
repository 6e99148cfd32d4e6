//! Clients with one address, and options for the rest: benchmarks, small tools, callers of remote procedures.

use bstr::ByteSlice;

use super::{Draft, Inputs, append, behind, operands};
use crate::answer::Answer;
use crate::command::Stdin;
use crate::command::options::{Style, Table, split};
use crate::command::words::{Cause, Value, Word};

/// How a client's command line is read. Of each list of options any is meant.
#[derive(Clone, Copy)]
pub struct Client {
    pub names: &'static [&'static str],
    style: Style,
    method: &'static [&'static str],
    body: &'static [&'static str],
    file: &'static [&'static str],
    header: &'static [&'static str],
    /// Name addresses.
    url: &'static [&'static str],
    value: &'static [&'static str],
    flag: &'static [&'static str],
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `URL`
    Url,
    /// `METHOD URL`, as names of verbs.
    Verb,
    /// `ADDRESS SERVICE/METHOD`, which is a POST.
    Procedure,
    /// `URL`, and what standard input says is sent.
    Socket,
}

const PLAIN: Client = Client {
    names: &[],
    style: Style::SingleDash,
    method: &["-m", "--method"],
    body: &["-d", "--data", "--body"],
    file: &["-D"],
    header: &["-H", "--header", "--headers"],
    url: &[],
    value: &[],
    flag: &[],
    shape: Shape::Url,
};

#[rustfmt::skip] // a table
const CLIENTS: &[Client] = &[
    Client { names: &["ab"], body: &[], file: &["-p", "-u"], value: &["-n", "-c", "-t", "-s", "-b", "-B", "-v", "-T", "-C", "-A", "-P", "-X", "-x", "-y", "-z", "-g", "-e", "-E", "-f", "-Z", "-I"], flag: &["-i", "-k", "-l", "-q", "-r", "-S", "-w", "-d", "-V", "-h"], ..PLAIN },
    Client { names: &["hey"], value: &["-n", "-c", "-q", "-z", "-o", "-t", "-A", "-T", "-a", "-x", "-host", "-cpus", "-U"], flag: &["-h2", "-disable-compression", "-disable-keepalive", "-disable-redirects", "-more"], ..PLAIN },
    Client { names: &["oha"], style: Style::Gnu, file: &["-D", "-Z"], value: &["-n", "-c", "-q", "-z", "-t", "-A", "-T", "-a", "-x", "-r", "-w", "--connect-to", "--fps", "--host"], flag: &["-j", "--no-tui", "--http2", "--insecure", "--rand-regex-url", "--disable-keepalive"], ..PLAIN },
    Client { names: &["bombardier"], style: Style::Gnu, body: &["-b", "--body"], file: &["-f", "--body-file"], value: &["-n", "-c", "-d", "-t", "-r", "-o", "-p", "--requests", "--connections", "--duration", "--timeout", "--rate", "--cert", "--key"], flag: &["-l", "-k", "-a", "-q", "--http1", "--http2", "--fasthttp", "--latencies", "--insecure", "--no-print"], ..PLAIN },
    Client { names: &["httpx"], style: Style::Gnu, method: &["-m", "--method", "-x"], body: &["-c", "--content", "-d", "--data", "-j", "--json", "-body"], header: &["-h", "--headers", "-H"], url: &["-u", "-target"], value: &["-l", "-p", "--params", "-f", "--files", "--cookies", "--auth", "--proxy", "--timeout", "--download"], flag: &["-v", "--verbose", "--follow-redirects", "--no-verify", "--http2", "--help"], file: &[], ..PLAIN },
    Client { names: &["lwp-request"], body: &[], file: &[], value: &["-b", "-t", "-i", "-c", "-C", "-p", "-o"], flag: &["-f", "-P", "-u", "-U", "-s", "-S", "-e", "-E", "-d", "-x", "-v", "-h", "-a"], ..PLAIN },
    Client { names: &["restish"], style: Style::Gnu, method: &[], body: &[], file: &[], value: &["-f", "--rsh-filter", "-o", "--rsh-output-format", "-p", "--rsh-profile", "-q", "--rsh-query", "-s", "--rsh-server"], flag: &["-v", "-r", "--rsh-raw", "--rsh-insecure", "--rsh-no-cache"], shape: Shape::Verb, ..PLAIN },
    Client { names: &["grpcurl"], method: &[], body: &["-d"], file: &[], value: &["-authority", "-cacert", "-cert", "-key", "-connect-timeout", "-expand-headers", "-format", "-import-path", "-keepalive-time", "-max-msg-sz", "-max-time", "-proto", "-protoset", "-protoset-out", "-proto-out-dir", "-reflect-header", "-rpc-header", "-servername", "-user-agent"], flag: &["-plaintext", "-insecure", "-v", "-vv", "-emit-defaults", "-allow-unknown-fields", "-format-error", "-help", "-msg-template", "-unix", "-use-reflection", "-version", "-alts"], shape: Shape::Procedure, ..PLAIN },
    Client { names: &["websocat"], style: Style::Gnu, method: &[], body: &[], file: &[], value: &["--protocol", "--origin", "--basic-auth", "--ping-interval", "-B"], flag: &["-1", "-n", "-t", "-b", "-k", "-q", "-v", "-E", "-U", "-u", "--one-message", "--no-close", "--text", "--binary", "--insecure", "--jsonrpc"], shape: Shape::Socket, ..PLAIN },
];

impl Client {
    pub fn named(name: &[u8]) -> Option<&'static Self> {
        CLIENTS.iter().find(|one| one.names.iter().any(|own| own.as_bytes() == name))
    }
}

/// What the client would send.
pub fn drafts(client: &Client, arguments: &[Word], inputs: &Inputs<'_>) -> Vec<Draft> {
    let value = [client.method, client.body, client.file, client.header, client.url, client.value].concat();
    let table = Table { style: client.style, value: &value, flag: client.flag, optional: &[], stop_at_operand: false };
    let split = split(arguments, &table);
    if ["--help", "-help", "--version", "-version"].iter().any(|name| split.has(name)) {
        return Vec::new();
    }
    let given = |names: &[&str]| {
        let all = split.given.iter().filter(|one| names.iter().any(|name| one.name == name.as_bytes()));
        all.filter_map(|one| one.value.as_ref()).map(|word| word.value.clone()).collect::<Vec<_>>()
    };
    let (words, hazy) = operands(arguments, &split);
    let words = words.into_iter().map(|(_, word)| word.value.clone()).collect();
    let Some((method, urls)) = addressed(client, words, given(client.url)) else { return Vec::new() };
    let named = given(client.method).pop();
    let sent = match client.shape {
        Shape::Socket => said(inputs),
        Shape::Url | Shape::Verb | Shape::Procedure => given(client.body)
            .pop()
            .map(|body| read(&body, inputs))
            .or_else(|| given(client.file).pop().map(|file| inputs.file(&file))),
    };
    let draft = |url: Value| Draft {
        body: sent.clone().unwrap_or_else(|| Value::known("")),
        form: true,
        headers: given(client.header),
        answer: if hazy.is_empty() { Answer::Yes } else { Answer::CannotTell },
        ..Draft::new(named.clone().or_else(|| method.clone()).unwrap_or_else(|| default(sent.is_some())), url)
    };
    urls.into_iter().map(draft).collect()
}

fn default(sends: bool) -> Value {
    Value::known(if sends { "POST" } else { "GET" })
}

/// The method, where operands tell it, and the addresses; `None` where nothing is sent.
fn addressed(client: &Client, mut words: Vec<Value>, mut urls: Vec<Value>) -> Option<(Option<Value>, Vec<Value>)> {
    match client.shape {
        Shape::Url | Shape::Socket => {
            urls.extend(words);
            let method = (client.shape == Shape::Socket).then(|| Value::known("POST"));
            Some((method, urls))
        }
        Shape::Verb => {
            let method = (words.len() > 1).then(|| words.remove(0))?;
            words.truncate(1);
            Some((Some(method), words))
        }
        Shape::Procedure => {
            let [address, symbol, ..] = words.as_slice() else { return None };
            // `grpcurl h list pkg.Service` only looks.
            let is_name = |text: &[u8]| text.contains(&b'/') || text.contains(&b'.');
            match symbol {
                Value::Known(symbol) if !is_name(symbol) => None,
                symbol => {
                    let symbol = behind(symbol, |text| Some(slashed(text).into())).unwrap_or_else(|| symbol.clone());
                    Some((Some(Value::known("POST")), vec![append(address, "/", &symbol)]))
                }
            }
        }
    }
}

/// `pkg.Service/Method`; the older spelling is `pkg.Service.Method`.
fn slashed(symbol: &[u8]) -> Vec<u8> {
    match symbol.rsplit_once_str(".") {
        Some((service, method)) if !symbol.contains(&b'/') => [service, b"/", method].concat(),
        Some(_) | None => symbol.to_vec(),
    }
}

/// `-d @file`, `-d @` for standard input, or the text itself.
fn read(body: &Value, inputs: &Inputs<'_>) -> Value {
    match behind(body, |text| text.strip_prefix(b"@").map(Into::into)) {
        Some(Value::Known(name)) if name.is_empty() => inputs.file(&Value::known("-")),
        Some(name) => inputs.file(&name),
        None => body.clone(),
    }
}

/// What is said into a socket.
fn said(inputs: &Inputs<'_>) -> Option<Value> {
    match inputs.stdin {
        Stdin::Inherited => None,
        Stdin::Text(text) => Some(text.clone()),
        Stdin::File(_) => Some(inputs.file(&Value::known("-"))),
    }
}

/// A request of which only the client is known.
pub fn unknown() -> Draft {
    Draft { answer: Answer::CannotTell, ..Draft::new(Value::unknown(Cause::Input), Value::unknown(Cause::Input)) }
}
