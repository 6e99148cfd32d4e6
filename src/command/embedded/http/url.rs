//! A URL as clients take it (scheme optional, user and port allowed) → host, path and query for matching.

use bstr::{BString, ByteSlice};

use crate::command::embedded::holes;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub host: BString,
    /// With the query.
    pub path: BString,
    pub query: BString,
}

/// Takes a marked text apart. Never fails: what has no host has an empty one.
pub fn parts(text: &[u8]) -> Parts {
    let text = text.trim();
    let text = text.find_byte(b'#').map_or(text, |end| text.get(..end).unwrap_or_default());
    let (scheme, rest) = match text.find("://") {
        Some(at) if text.get(..at).is_some_and(is_scheme) => {
            (text.get(..at).unwrap_or_default(), text.get(at + 3..).unwrap_or_default())
        }
        Some(_) | None => (&b""[..], text),
    };
    let end = rest.find_byteset(b"/?").unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    if scheme.is_empty() && holes::is_hole(authority) {
        // "$BASE/v1": the hole holds a scheme, a host and perhaps the beginning of the path.
        return Parts { host: authority.into(), path: decoded(&holes::joined(&[authority, tail])), query: query(tail) };
    }
    let path = if tail.starts_with(b"/") { decoded(tail) } else { decoded(&holes::joined(&[b"/", tail])) };
    Parts { host: host(scheme, authority), path, query: query(tail) }
}

/// A path in which what is unknown stands for a name, except behind the `=` of a query. What only reads is no question
/// because nobody knows which thing it reads; `?query=$SQL` may be one.
pub fn with_plain_names(path: &[u8]) -> BString {
    let mut plain = Vec::with_capacity(path.len());
    for (index, part) in path.split_str(holes::MARK).enumerate() {
        if index > 0 {
            let value = plain.contains(&b'?') && plain.last() == Some(&b'=');
            plain.extend_from_slice(if value { holes::MARK.as_bytes() } else { b"x" });
        }
        plain.extend_from_slice(part);
    }
    plain.into()
}

fn is_scheme(text: &[u8]) -> bool {
    !text.is_empty()
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_'))
}

fn query(tail: &[u8]) -> BString {
    tail.find_byte(b'?').and_then(|at| tail.get(at + 1..)).unwrap_or_default().into()
}

/// Without user, password, trailing dot and the scheme's own port. Only marks keep their letters.
fn host(scheme: &[u8], authority: &[u8]) -> BString {
    let host = authority.rfind_byte(b'@').and_then(|at| authority.get(at + 1..)).unwrap_or(authority);
    let mut host = decoded(host).to_ascii_lowercase();
    let own: &[u8] = if scheme.eq_ignore_ascii_case(b"https") { b":443" } else { b":80" };
    if host.ends_with(own) || host.ends_with(b":") {
        host.truncate(host.rfind_byte(b':').unwrap_or(host.len()));
    }
    // httpie's shorthand for this machine
    if host.starts_with(b":") || host.is_empty() && authority.starts_with(b":") {
        return holes::joined(&[b"localhost", &host]);
    }
    host.trim_end_with(|byte| byte == '.').into()
}

/// Percent escapes of letters, digits and slashes undone: they change nothing for a server, and hide a word.
fn decoded(text: &[u8]) -> BString {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let escaped = text.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(hex);
        let letter =
            escaped.filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.' | b'*'));
        plain.push(letter.unwrap_or(byte));
        at += if letter.is_some() { 3 } else { 1 };
    }
    plain.into()
}

/// `%41`'s digits.
pub fn hex(digits: &[u8]) -> Option<u8> {
    let text =
        digits.to_str().ok().filter(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_paths_are_found_in_every_spelling() {
        for (text, host, path) in [
            ("https://API.Example.com/v1?a=b#c", "api.example.com", "/v1?a=b"),
            ("https://user:pa@ss@api.example.com:443/v1", "api.example.com", "/v1"),
            ("api.example.com.", "api.example.com", "/"),
            ("localhost:9200/_all", "localhost:9200", "/_all"),
            ("http://[::1]:8080/x", "[::1]:8080", "/x"),
            (":7700/indexes", "localhost:7700", "/indexes"),
            ("https://h/%64elete%2F", "h", "/delete/"),
            ("https://h?x=https://y", "h", "/?x=https://y"),
            ("guarded_hole/v1", "guarded_hole", "guarded_hole/v1"),
            ("https://guarded_hole.h/guarded_hole", "guarded_hole.h", "/guarded_hole"),
            ("", "", "/"),
        ] {
            let parts = parts(text.as_bytes());
            assert_eq!(
                (parts.host.to_str_lossy().as_ref(), parts.path.to_str_lossy().as_ref()),
                (host, path),
                "{text}"
            );
        }
    }
}
