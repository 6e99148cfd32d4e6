//! The globs of policy files: `*` any text, `?` one byte; in paths `*` and `?` stop at `/` and `**` does not.
//! All positions are followed at once, so no pattern is slow.

/// A host, a context's or a rule's name.
#[must_use]
pub fn matches_name(pattern: &[u8], text: &[u8]) -> bool {
    run(pattern, text, false)
}

/// An absolute path. `/a/**` is everything below `/a`, not `/a` itself.
#[must_use]
pub fn matches_path(pattern: &[u8], text: &[u8]) -> bool {
    run(pattern, text, true)
}

fn run(pattern: &[u8], text: &[u8], path: bool) -> bool {
    let mut live = vec![false; pattern.len() + 1];
    live[0] = true;
    skip_stars(pattern, &mut live);
    for &byte in text {
        let mut next = vec![false; pattern.len() + 1];
        for (at, token) in pattern.iter().enumerate() {
            if !live[at] {
                continue;
            }
            let crosses = !path || byte != b'/';
            match token {
                b'*' if crosses || double(pattern, at) => next[at] = true,
                b'*' => {}
                b'?' => next[at + 1] |= crosses,
                literal => next[at + 1] |= *literal == byte,
            }
        }
        live = next;
        skip_stars(pattern, &mut live);
    }
    live[pattern.len()]
}

/// A star may stand for nothing.
fn skip_stars(pattern: &[u8], live: &mut [bool]) {
    for (at, token) in pattern.iter().enumerate() {
        if live[at] && *token == b'*' {
            live[at + 1] = true;
        }
    }
}

fn double(pattern: &[u8], at: usize) -> bool {
    pattern.get(at + 1) == Some(&b'*') || (at > 0 && pattern[at - 1] == b'*')
}

#[cfg(test)]
mod tests {
    use super::{matches_name, matches_path};

    #[test]
    fn stars_stop_at_a_slash_in_paths_only() {
        assert!(matches_name(b"*.prod.example.com", b"db.eu.prod.example.com"));
        assert!(matches_name(b"prod-*", b"prod-"));
        assert!(!matches_name(b"prod-*", b"nonprod-eu"));
        assert!(matches_path(b"/home/me/*", b"/home/me/x"));
        assert!(!matches_path(b"/home/me/*", b"/home/me/x/y"));
        assert!(matches_path(b"/home/me/**", b"/home/me/x/y"));
        assert!(!matches_path(b"/home/me/**", b"/home/me"));
        assert!(matches_path(b"/srv/**/tmp", b"/srv/a/b/tmp"));
        assert!(matches_path(b"/a?c", b"/abc") && !matches_path(b"/a?c", b"/a/c"));
        assert!(matches_name(b"", b"") && !matches_name(b"", b"a"));
    }

    #[test]
    fn many_stars_are_not_slow() {
        let pattern = "*a".repeat(2_000);
        assert!(!matches_name(pattern.as_bytes(), "b".repeat(4_000).as_bytes()));
    }
}
