//! Secrets in text that is shown or kept: found by the shapes that issuers give them and by the words before them, and
//! replaced by what they are.

use std::ops::Range;

/// A token that can be known by its beginning.
struct Issued {
    begins: &'static [u8],
    /// How many token bytes must follow.
    least: usize,
    kind: &'static str,
}

const fn issued(begins: &'static str, least: usize, kind: &'static str) -> Issued {
    Issued { begins: begins.as_bytes(), least, kind }
}

const ISSUED: &[Issued] = &[
    issued("github_pat_", 20, "github-token"),
    issued("ghp_", 20, "github-token"),
    issued("gho_", 20, "github-token"),
    issued("ghu_", 20, "github-token"),
    issued("ghs_", 20, "github-token"),
    issued("ghr_", 20, "github-token"),
    issued("glpat-", 16, "gitlab-token"),
    issued("xoxb-", 10, "slack-token"),
    issued("xoxp-", 10, "slack-token"),
    issued("xapp-", 10, "slack-token"),
    issued("AKIA", 16, "aws-access-key"),
    issued("ASIA", 16, "aws-access-key"),
    issued("sk-ant-", 16, "anthropic-key"),
    issued("sk_live_", 16, "stripe-key"),
    issued("rk_live_", 16, "stripe-key"),
    issued("sk-", 20, "api-key"),
    issued("AIza", 30, "google-key"),
    issued("ya29.", 20, "google-token"),
    issued("npm_", 30, "npm-token"),
    issued("pypi-", 30, "pypi-token"),
    issued("dop_v1_", 30, "digitalocean-token"),
    issued("hvs.", 20, "vault-token"),
    issued("eyJ", 30, "jwt"),
];

/// What stands before a secret, in lower case; the secret reaches to the end of the value.
const ANNOUNCED: &[(&[u8], &str)] = &[
    (b"authorization: bearer ", "bearer-token"),
    (b"authorization: basic ", "basic-auth"),
    (b"authorization: token ", "token"),
    (b"authorization: ", "token"),
    (b"x-api-key: ", "api-key"),
    (b"private-token: ", "token"),
    (b"password=", "password"),
    (b"passwd=", "password"),
    (b"pgpassword=", "password"),
    (b"mysql_pwd=", "password"),
    (b"secret=", "secret"),
    (b"secret_key=", "secret"),
    (b"secret_access_key=", "secret"),
    (b"access_token=", "token"),
    (b"api_key=", "api-key"),
    (b"api-key=", "api-key"),
    (b"apikey=", "api-key"),
    (b"token=", "token"),
    (b"--password ", "password"),
    (b"--token ", "token"),
];

/// Where secrets stand, in order and without overlap, and of which kind.
#[must_use]
pub fn find(text: &[u8]) -> Vec<(Range<usize>, &'static str)> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match secret_at(text, &lower, at) {
            Some((range, kind)) => {
                at = range.end.max(at + 1);
                found.push((range, kind));
            }
            None => at += 1,
        }
    }
    found
}

/// The text with each secret replaced by `<secret:kind>`.
#[must_use]
pub fn elide(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut from = 0;
    for (range, kind) in find(text) {
        out.extend_from_slice(text.get(from..range.start).unwrap_or_default());
        out.extend_from_slice(b"<secret:");
        out.extend_from_slice(kind.as_bytes());
        out.push(b'>');
        from = range.end;
    }
    out.extend_from_slice(text.get(from..).unwrap_or_default());
    out
}

fn secret_at(text: &[u8], lower: &[u8], at: usize) -> Option<(Range<usize>, &'static str)> {
    let rest = text.get(at..)?;
    let begins_word = at == 0 || !is_token(*text.get(at - 1)?);
    if begins_word {
        if let Some(one) = ISSUED.iter().find(|one| rest.starts_with(one.begins)) {
            let length = rest.iter().take_while(|byte| is_token(**byte)).count();
            if length >= one.begins.len() + one.least {
                return Some((at..at + length, one.kind));
            }
        }
        if rest.starts_with(b"-----BEGIN ") && first_line(rest).windows(11).any(|part| part == b"PRIVATE KEY") {
            return Some((at..text.len(), "private-key"));
        }
    }
    if rest.starts_with(b"://") {
        return password_in_url(text, at + 3);
    }
    let (before, kind) = ANNOUNCED.iter().find(|(before, _)| lower.get(at..).is_some_and(|l| l.starts_with(before)))?;
    let start = at + before.len();
    let quote = text.get(start).copied().filter(|byte| matches!(byte, b'\'' | b'"'));
    let start = start + usize::from(quote.is_some());
    let ends = |byte: u8| quote.map_or_else(|| is_boundary(byte), |quote| byte == quote);
    let length = text.get(start..)?.iter().take_while(|byte| !ends(**byte)).count();
    // A variable is no secret, and reads better.
    let is_secret = length > 0 && text.get(start) != Some(&b'$') && !text.get(start..)?.starts_with(b"<secret:");
    is_secret.then_some((start..start + length, *kind))
}

fn password_in_url(text: &[u8], authority: usize) -> Option<(Range<usize>, &'static str)> {
    let rest = text.get(authority..)?;
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#') || is_boundary(*byte));
    let rest = rest.get(..end.unwrap_or(rest.len()))?;
    let sign = rest.iter().rposition(|byte| *byte == b'@')?;
    let colon = rest.get(..sign)?.iter().position(|byte| *byte == b':')?;
    let (start, end) = (authority + colon + 1, authority + sign);
    (start < end && text.get(start) != Some(&b'$')).then_some((start..end, "password"))
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_boundary(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'\'' | b'"' | b'&' | b';' | b'|' | b')' | b'`' | b',' | b'}')
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b'\n').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::elide;

    fn elided(text: &str) -> String {
        String::from_utf8(elide(text.as_bytes())).expect("text")
    }

    #[test]
    fn secrets_become_what_they_are() {
        let token = "a1".repeat(12);
        for (text, expected) in [
            (format!("GH=ghp_{token} gh repo delete"), "GH=<secret:github-token> gh repo delete".to_owned()),
            (
                format!("curl -H 'Authorization: Bearer {token}' https://x"),
                "curl -H 'Authorization: Bearer <secret:bearer-token>' https://x".to_owned(),
            ),
            (
                "psql postgres://me:hunter2@db/prod -c x".to_owned(),
                "psql postgres://me:<secret:password>@db/prod -c x".to_owned(),
            ),
            ("PGPASSWORD=hunter2 psql".to_owned(), "PGPASSWORD=<secret:password> psql".to_owned()),
            ("mysql --password='a b' x".to_owned(), "mysql --password='<secret:password>' x".to_owned()),
            ("aws AKIAABCDEFGHIJKLMNOP".to_owned(), "aws <secret:aws-access-key>".to_owned()),
            ("x?token=abc&y=1".to_owned(), "x?token=<secret:token>&y=1".to_owned()),
        ] {
            assert_eq!(elided(&text), expected);
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "rm -rf task-ghp_x",
            "echo password= ",
            "curl -H \"Authorization: Bearer $TOKEN\"",
            "https://host/a@b:c",
            "sk-1",
        ] {
            assert_eq!(elided(text), text);
        }
    }
}
