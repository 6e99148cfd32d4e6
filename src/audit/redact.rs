//! Replaces secrets by typed placeholders before anything is written: `<secret:aws-access-key>`.

use std::borrow::Cow;
use std::ops::Range;

use bstr::{BString, ByteSlice};

use crate::command::{Command, Value, Word};

use super::secrets::{KEY_BEGINS, KEY_ENDS, LEADS, NAMES, OPTIONS, TOKENS};

struct Hit {
    kind: &'static str,
    range: Range<usize>,
}

/// The text with its secrets replaced. Borrowed where there is none.
#[must_use]
pub fn redact(text: &[u8]) -> Cow<'_, [u8]> {
    let mut hits = Vec::new();
    keys(text, &mut hits);
    tokens(text, &mut hits);
    leads(text, &mut hits);
    assignments(text, &mut hits);
    urls(text, &mut hits);
    options(text, &mut hits);
    replaced(text, hits)
}

/// The words of a command as it would run, also where one is what a variable that names a secret holds.
#[must_use]
pub fn redact_command(command: &Command) -> Vec<BString> {
    let words: Vec<BString> = command.words.iter().map(Word::shown).collect();
    redact_words(&words).iter().map(|word| redact_held(command, word)).collect()
}

/// A text of a command without what its variables hold that name secrets.
#[must_use]
pub fn redact_held(command: &Command, text: &[u8]) -> BString {
    let names_one = |name: &BString| NAMES.iter().any(|end| name.to_ascii_uppercase().ends_with(end.as_bytes()));
    let mut clean = BString::from(text);
    for (name, value) in &command.environment.values {
        if let Value::Known(secret) = value
            && secret.len() >= SHORTEST
            && clean.find(secret.as_slice()).is_some()
            && names_one(name)
        {
            clean = clean.replace(secret.as_slice(), "<secret:variable>").into();
        }
    }
    clean
}

/// A shorter value is a word like any other.
const SHORTEST: usize = 8;

/// A command's words, where an option and its value are words of their own.
#[must_use]
pub fn redact_words(words: &[BString]) -> Vec<BString> {
    let tool = words.first().map(|word| base(word)).unwrap_or_default();
    let mut clean = Vec::with_capacity(words.len());
    let mut secret = None;
    for word in words {
        if let Some(kind) = secret.take().filter(|_| !word.starts_with(b"-")) {
            clean.push(placeholder(kind));
            continue;
        }
        secret = expects(tool, word);
        clean.push(match attached(tool, word) {
            Some(option) => [option.as_bytes(), placeholder("password").as_slice()].concat().into(),
            None => redact(word).into_owned().into(),
        });
    }
    clean
}

fn placeholder(kind: &str) -> BString {
    format!("<secret:{kind}>").into()
}

fn base(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// The kind of secret that the next word is.
fn expects(tool: &[u8], word: &[u8]) -> Option<&'static str> {
    let long = LEADS.iter().find(|lead| lead.text.strip_suffix(' ').is_some_and(|text| word == text.as_bytes()));
    // mysql's -p takes no separate word: there it is the database.
    let apart = OPTIONS.iter().any(|(name, option)| {
        name.as_bytes() == tool
            && option.as_bytes() == word
            && !tool.starts_with(b"mysql")
            && !tool.starts_with(b"maria")
    });
    long.map(|lead| lead.kind).or(apart.then_some("password"))
}

/// The option whose value is attached to it.
fn attached(tool: &[u8], word: &[u8]) -> Option<&'static str> {
    let (_, option) = OPTIONS.iter().find(|(name, option)| {
        name.as_bytes() == tool && word.len() > option.len() && word.starts_with(option.as_bytes())
    })?;
    (tool != b"docker" && tool != b"openssl").then_some(*option)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.~+/=".contains(&byte)
}

fn ends_word(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"'\"`;|&<>()\\".contains(&byte)
}

/// From `start` to the end of its word or quote.
fn word_end(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| ends_word(*byte)).unwrap_or(rest.len())
}

/// As `word_end`, but over an opening quote to its end.
fn value_range(text: &[u8], start: usize) -> Range<usize> {
    match text.get(start) {
        Some(quote @ (b'"' | b'\'')) => {
            let rest = text.get(start + 1..).unwrap_or_default();
            start + 1..start + 1 + rest.find_byte(*quote).unwrap_or(rest.len())
        }
        Some(_) | None => start..word_end(text, start),
    }
}

// In each of these, text that is already a hit is not looked at again: the time grows with the text, not its square.

fn keys(text: &[u8], hits: &mut Vec<Hit>) {
    // Words are short, and a search costs more to begin than to run.
    if text.len() < KEY_BEGINS.len() + "PRIVATE KEY".len() {
        return;
    }
    let mut done = 0;
    for start in text.find_iter(KEY_BEGINS) {
        let rest = text.get(start..).unwrap_or_default();
        let line = rest.get(..80.min(rest.len())).unwrap_or_default();
        if start >= done && line.contains_str("PRIVATE KEY") {
            let end = rest.find(KEY_ENDS).map_or(rest.len(), |at| {
                let tail = rest.get(at + KEY_ENDS.len()..).unwrap_or_default();
                let line = tail.get(..80.min(tail.len())).unwrap_or_default();
                at + KEY_ENDS.len() + line.find("-----").map_or(line.len(), |dashes| dashes + 5)
            });
            done = start + end;
            hits.push(Hit { kind: "private-key", range: start..done });
        }
    }
}

fn tokens(text: &[u8], hits: &mut Vec<Hit>) {
    let mut done = 0;
    let mut inside = false;
    for (start, byte) in text.iter().enumerate() {
        let begins = byte.is_ascii_alphanumeric() && !inside;
        inside = byte.is_ascii_alphanumeric();
        if !begins || start < done {
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        for token in TOKENS.iter().filter(|token| rest.starts_with(token.prefix.as_bytes())) {
            let value = rest.get(token.prefix.len()..).unwrap_or_default();
            let length = value.iter().position(|byte| !is_token(*byte)).unwrap_or(value.len());
            if length >= token.least {
                done = start + token.prefix.len() + length;
                hits.push(Hit { kind: token.kind, range: start..done });
                break;
            }
        }
    }
}

fn leads(text: &[u8], hits: &mut Vec<Hit>) {
    let mut done = 0;
    for at in (0..text.len()).filter(|at| matches!(text.get(*at..), Some([b':', ..] | [b'-', b'-', ..]))) {
        for lead in LEADS {
            let Some(start) = lead.end(text, at).filter(|start| *start >= done) else { continue };
            let value = text.get(start..).unwrap_or_default();
            // An option is no value, and a scheme has a lead of its own.
            let begins = |other: &[u8]| value.get(..other.len()).is_some_and(|value| value.eq_ignore_ascii_case(other));
            if [&b"-"[..], b"bearer ", b"basic ", b"token "].into_iter().any(begins) {
                continue;
            }
            let range = value_range(text, start);
            if !range.is_empty() {
                done = range.end;
                hits.push(Hit { kind: lead.kind, range });
            }
        }
    }
}

/// `NAME=value` where the name tells.
fn assignments(text: &[u8], hits: &mut Vec<Hit>) {
    let mut done = 0;
    for equals in (0..text.len()).filter(|at| text.get(*at) == Some(&b'=')) {
        let before = text.get(done..equals).unwrap_or_default();
        let start =
            before.iter().rposition(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_')).map_or(0, |at| at + 1);
        let name = before.get(start..).unwrap_or_default().to_ascii_uppercase();
        // `$TOKEN` is a reference, which names no secret.
        let reference = text.get(equals + 1) == Some(&b'$');
        if equals < done || reference || !NAMES.iter().any(|end| name.ends_with(end.as_bytes())) {
            continue;
        }
        let range = value_range(text, equals + 1);
        if !range.is_empty() {
            done = range.end;
            hits.push(Hit { kind: "variable", range });
        }
    }
}

/// `scheme://user:password@host`
fn urls(text: &[u8], hits: &mut Vec<Hit>) {
    if !text.contains(&b'@') {
        return;
    }
    for at in text.find_iter("://") {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'/' || ends_word(*byte)).unwrap_or(rest.len());
        let authority = rest.get(..length).unwrap_or_default();
        if let Some(sign) = authority.rfind_byte(b'@')
            && let Some(colon) = authority.get(..sign).and_then(|user| user.find_byte(b':'))
            && colon + 1 < sign
        {
            hits.push(Hit { kind: "password", range: start + colon + 1..start + sign });
        }
    }
}

/// `mysql -psecret`, `curl -u user:secret` in running text.
fn options(text: &[u8], hits: &mut Vec<Hit>) {
    if !text.contains(&b' ') {
        return;
    }
    for (tool, option) in OPTIONS {
        let (mut done, mut line_end) = (0, 0);
        for at in text.find_iter(tool) {
            if at < done {
                continue;
            }
            if at >= line_end {
                let rest = text.get(at..).unwrap_or_default();
                line_end = at + rest.find_byteset(b"\n;|&").unwrap_or(rest.len());
            }
            let line = text.get(at..line_end).unwrap_or_default();
            let Some(found) = line.find([b" ", option.as_bytes()].concat()) else {
                done = at + line.len();
                continue;
            };
            done = at + found + 1 + option.len();
            if let Some(range) = option_value(text, tool, done) {
                done = range.end;
                hits.push(Hit { kind: "password", range });
            }
        }
    }
}

/// The password after a tool's option, which ends at `start`.
fn option_value(text: &[u8], tool: &str, start: usize) -> Option<Range<usize>> {
    let apart = text.get(start) == Some(&b' ');
    if apart && (tool.starts_with("mysql") || tool.starts_with("maria")) {
        return None;
    }
    let range = value_range(text, start + usize::from(apart));
    let value = text.get(range.clone()).unwrap_or_default();
    let plain = !value.is_empty() && !value.starts_with(b"-") && !value.starts_with(b"$");
    let meant = plain && (tool != "curl" || value.contains(&b':')) && tool != "docker" && tool != "openssl";
    meant.then_some(range)
}

fn replaced(text: &[u8], mut hits: Vec<Hit>) -> Cow<'_, [u8]> {
    if hits.is_empty() {
        return Cow::Borrowed(text);
    }
    // The longer of two that begin together wins; what overlaps a hit before it is swallowed by it.
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
    let mut clean = Vec::with_capacity(text.len());
    let mut done = 0;
    for hit in hits {
        if hit.range.end <= done {
            continue;
        }
        if hit.range.start >= done {
            clean.extend_from_slice(text.get(done..hit.range.start).unwrap_or_default());
            clean.extend_from_slice(&placeholder(hit.kind));
        }
        done = hit.range.end;
    }
    clean.extend_from_slice(text.get(done..).unwrap_or_default());
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        String::from_utf8_lossy(&redact(text.as_bytes())).into_owned()
    }

    #[test]
    fn each_kind_of_secret_becomes_its_placeholder() {
        let secret = "q7Zr9Lk2Xw5Tn8Vb3Mc6";
        for (text, expected) in [
            (format!("aws x --key AKIA{}", "ABCD1234EFGH5678"), "aws x --key <secret:aws-access-key>".to_owned()),
            (
                format!("git clone https://u:{secret}@h.example/r"),
                "git clone https://u:<secret:password>@h.example/r".into(),
            ),
            (
                format!("curl -H 'Authorization: Bearer {secret}' https://h/x"),
                "curl -H 'Authorization: Bearer <secret:authorization>' https://h/x".into(),
            ),
            (format!("PGPASSWORD={secret} psql"), "PGPASSWORD=<secret:variable> psql".into()),
            (format!("export RAILWAY_TOKEN=\"{secret}\""), "export RAILWAY_TOKEN=\"<secret:variable>\"".into()),
            (format!("gh x ghp_{secret}{secret}; ls"), "gh x <secret:github-token>; ls".into()),
            (format!("mysql -uroot -p{secret} db"), "mysql -uroot -p<secret:password> db".into()),
            (format!("redis-cli -a {secret} flushall"), "redis-cli -a <secret:password> flushall".into()),
            (format!("curl -u me:{secret} h"), "curl -u <secret:password> h".into()),
            (format!("x --password {secret} y"), "x --password <secret:password> y".into()),
            (
                "echo '-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----' > k".into(),
                "echo '<secret:private-key>' > k".into(),
            ),
        ] {
            assert_eq!(clean(&text), expected);
            assert!(!clean(&text).contains(secret));
        }
    }

    #[test]
    fn what_is_no_secret_stays_byte_for_byte() {
        for text in [
            "ls -p",
            "mkdir -p a/b",
            "ssh -p 22 host",
            "echo $TOKEN",
            "TOKEN=$OTHER x",
            "mysql -p db",
            "task-runner sk-x",
            "curl -u $USER h",
            "git commit -m 'a: b'",
            "docker run -p 80:80 x",
            "http://host:80/x@y",
            "cp -u a b",
        ] {
            assert!(matches!(redact(text.as_bytes()), Cow::Borrowed(_)), "{text} → {}", clean(text));
        }
    }

    #[test]
    fn words_apart_are_known_by_the_word_before() {
        let words = |line: &str| line.split(' ').map(BString::from).collect::<Vec<_>>();
        assert_eq!(
            redact_words(&words("/usr/bin/redis-cli -a hunter2 flushall")),
            words("/usr/bin/redis-cli -a <secret:password> flushall")
        );
        assert_eq!(redact_words(&words("mysql -phunter2 db")), words("mysql -p<secret:password> db"));
        assert_eq!(redact_words(&words("x --token abc y")), words("x --token <secret:token> y"));
        assert_eq!(redact_words(&words("mkdir -p abc")), words("mkdir -p abc"));
    }

    // With time that grows with the square of the text, this would not end.
    #[test]
    fn text_made_to_be_slow_ends() {
        for part in [
            "curl ",
            "://",
            "a=",
            "TOKEN=",
            "-eyJ",
            "--password=",
            "-----BEGIN PRIVATE KEY",
            "TOKEN='",
            "mysql -p ",
            ":",
            "://a:",
        ] {
            let text = part.repeat(300_000 / part.len());
            assert!(redact(text.as_bytes()).len() <= 20 * text.len());
        }
    }

    #[test]
    fn a_key_without_an_end_and_bytes_that_are_no_text_do_not_panic() {
        for text in [
            &b"-----BEGIN PRIVATE KEY-----"[..],
            b"://:@",
            b"=",
            b"\xff=\xfe",
            b"PASSWORD='",
            b"mysql -p",
            b"--password=",
        ] {
            let _ = redact(text);
        }
    }
}
