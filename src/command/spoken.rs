//! Text that is sent to a socket (`> /dev/tcp/host/port`, `| nc host port`, `curl telnet://host:port`), read as what its
//! protocol's own client would be given: Redis and memcached by their ports, HTTP by its first line.

use bstr::{BString, ByteSlice};

use super::languages::start;
use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Value, Word};
use crate::span::Place;

const REDIS: [&[u8]; 4] = [b"6379", b"6380", b"6378", b"redis"];
const MEMCACHED: [&[u8]; 3] = [b"11211", b"11212", b"memcached"];
/// socat's addresses that lead to another machine.
const NETWORK: [&str; 3] = ["TCP", "SSL", "OPENSSL"];
const METHODS: [&[u8]; 7] = [b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS"];

impl Walker<'_> {
    /// `/dev/tcp/HOST/PORT`: what is written there is said to whoever listens.
    pub(super) fn said_to_socket(&mut self, path: &[u8], text: &Value, at: &Place, scope: &mut Scope) {
        let Some(address) = path.strip_prefix(b"/dev/tcp/") else { return };
        let Some((host, port)) = address.split_once_str("/") else { return };
        self.said(host, port, text, at, scope);
    }

    /// `printf … | nc host port`
    pub(super) fn said_by_pipe(&mut self, call: &Call, scope: &mut Scope) {
        let words = call.words.get(1..).unwrap_or_default();
        let mut operands = words.iter().filter_map(Word::text).filter(|text| !text.starts_with(b"-")).rev();
        let (Some(port), Some(host)) = (operands.next(), operands.next()) else { return };
        let (host, port) = (host.to_vec(), port.to_vec());
        if let Some(text) = self.input_value(&call.input, scope) {
            self.said(&host, &port, &text, &call.at, scope);
        }
    }

    /// `openssl s_client -connect host:port`, `socat - TCP:host:port`
    pub(super) fn said_to_address(&mut self, call: &Call, scope: &mut Scope) {
        let words = call.words.get(1..).unwrap_or_default();
        let connects =
            |pair: &[Word]| pair[1].text().filter(|_| pair[0].text() == Some(b"-connect")).map(BString::from);
        let named = |word: &Word| {
            let text = word.text()?;
            let (keyword, address) = text.split_once_str(":")?;
            let network = NETWORK.iter().any(|name| keyword.to_ascii_uppercase().starts_with(name.as_bytes()));
            address.split(|byte| *byte == b',').next().filter(|_| network).map(BString::from)
        };
        let address = words.windows(2).find_map(connects).or_else(|| words.iter().find_map(named));
        let Some((host, port)) = address.as_ref().and_then(|address| address.rsplit_once_str(":")) else { return };
        if let Some(text) = self.input_value(&call.input, scope) {
            self.said(host, port, &text, &call.at, scope);
        }
    }

    /// `curl telnet://host:port` says its input, `curl gopher://host:port/_TEXT` and `dict://host:port/TEXT` their path.
    pub(super) fn said_by_curl(&mut self, call: &Call, scope: &mut Scope) {
        let words = call.words.get(1..).unwrap_or_default();
        let addresses: Vec<BString> = words
            .iter()
            .filter_map(Word::text)
            .filter(|text| {
                SCHEMES
                    .iter()
                    .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
            })
            .map(BString::from)
            .collect();
        for address in addresses {
            let Some((scheme, rest)) = address.split_once_str("://") else { continue };
            let (place, path) = rest.split_once_str("/").unwrap_or((rest, b""));
            let place = place.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
            let Some((host, port)) = place.rsplit_once_str(":") else { continue };
            let text = match scheme.to_ascii_lowercase().as_slice() {
                b"telnet" => self.input_value(&call.input, scope),
                // The first letter is the kind of the item.
                b"gopher" | b"gophers" => path.get(1..).map(|text| Value::known(unescaped(text))),
                _ => Some(Value::known(unescaped(path).replace(":", " "))),
            };
            if let Some(text) = text {
                self.said(host, port, &text, &call.at, scope);
            }
        }
    }

    fn said(&mut self, host: &[u8], port: &[u8], text: &Value, at: &Place, scope: &mut Scope) {
        let Value::Known(known) = text else { return };
        let (words, input) = match request(host, port, known) {
            Some(words) => (words, Input::Inherited),
            None if REDIS.contains(&port) => {
                let client = ["redis-cli", "-h"].map(Word::known).into_iter();
                let words = client.chain([Word::known(host), Word::known("-p"), Word::known(port)]).collect();
                (words, Input::text(Value::Known(unframed(known))))
            }
            None if MEMCACHED.contains(&port) && flushes(known) => {
                let servers = [b"--servers=", host, b":", port].concat();
                (vec![Word::known("memcflush"), Word::known(servers)], Input::Inherited)
            }
            None => return,
        };
        let call = Call { words, assignments: Vec::new(), redirections: Vec::new(), input, at: at.clone() };
        start(self, call, scope);
    }
}

/// Schemes of curl that carry plain text.
const SCHEMES: [&[u8]; 4] = [b"telnet://", b"gopher://", b"gophers://", b"dict://"];

/// memcached's `flush_all [delay]`
fn flushes(text: &[u8]) -> bool {
    text.lines().any(|line| line.fields().next().is_some_and(|verb| verb == b"flush_all"))
}

/// `%0d%0a` undone.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|digits| digits.to_str().ok());
        if let Some(letter) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            plain.push(letter);
            at += 3;
        } else {
            plain.push(*byte);
            at += 1;
        }
    }
    plain
}

/// `DELETE /x HTTP/1.1`, headers, a body
fn request(host: &[u8], port: &[u8], text: &[u8]) -> Option<Vec<Word>> {
    let mut lines = text.lines();
    let mut first = lines.next()?.split(|byte| *byte == b' ');
    let method = first.next().filter(|method| METHODS.contains(method))?;
    let target = first.next().filter(|target| target.starts_with(b"/"))?;
    first.next().filter(|version| version.starts_with(b"HTTP/"))?;
    let named = lines.find_map(|line| Some(line.strip_prefix(b"Host:")?.trim()));
    let scheme: &[u8] = if port == b"443" { b"https://" } else { b"http://" };
    let authority = named.map_or_else(|| [host, b":", port].concat(), <[u8]>::to_vec);
    let url = [scheme, &authority, target].concat();
    let mut words = vec![Word::known("curl"), Word::known("-X"), Word::known(method), Word::known(url)];
    let body = text.find(b"\r\n\r\n").map(|at| at + 4).or_else(|| text.find(b"\n\n").map(|at| at + 2));
    if let Some(body) = body.and_then(|at| text.get(at..)).filter(|body| !body.is_empty()) {
        words.extend([Word::known("--data-raw"), Word::known(body)]);
    }
    Some(words)
}

/// Redis' own framing (`*1`, `$8`, `FLUSHALL`) as one line a command; plain lines as they are.
fn unframed(text: &[u8]) -> BString {
    let mut made = BString::default();
    let mut framed = false;
    for line in text.lines() {
        match line.first() {
            Some(b'*') => {
                if !made.is_empty() {
                    made.push(b'\n');
                }
                framed = true;
            }
            Some(b'$') if framed => {}
            _ => {
                made.extend_from_slice(line);
                made.push(if framed { b' ' } else { b'\n' });
            }
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_redis_become_lines() {
        assert_eq!(unframed(b"*2\r\n$3\r\nDEL\r\n$1\r\nx\r\n*1\r\n$8\r\nFLUSHALL\r\n"), "DEL x \nFLUSHALL ");
        assert_eq!(unframed(b"FLUSHALL\r\nPING\r\n"), "FLUSHALL\nPING\n");
    }

    #[test]
    fn escapes_of_an_address_are_undone() {
        assert_eq!(unescaped(b"*1%0d%0a$8%0D%0AFLUSHALL%"), b"*1\r\n$8\r\nFLUSHALL%");
        assert!(flushes(b"flush_all 10\r\n") && !flushes(b"get flush_all\r\n"));
    }

    #[test]
    fn a_request_becomes_its_clients_words() {
        let text = b"DELETE /index HTTP/1.1\r\nHost: es:9200\r\n\r\n";
        let words = request(b"10.0.0.1", b"9200", text).expect("a request");
        assert_eq!(words.last().and_then(Word::text), Some(&b"http://es:9200/index"[..]));
        assert!(request(b"h", b"80", b"hello DELETE /x HTTP/1.1").is_none());
    }
}
