//! Commands of clients that copy files (sftp, lftp, ftp, smbclient): one a line, or parted by `;` and `&&`.

use bstr::{BString, ByteSlice};

/// The commands, each in words. sftp's marks in front of a verb (`-rm`: go on where it fails, `@rm`: do not show it) are
/// taken off.
pub fn statements(text: &[u8]) -> Vec<Vec<BString>> {
    text.lines().filter(|line| !line.trim_start().starts_with(b"#")).flat_map(commands).map(unmarked).collect()
}

fn unmarked(mut words: Vec<BString>) -> Vec<BString> {
    if let Some(verb) = words.first_mut() {
        let plain = verb.trim_start_with(|letter| matches!(letter, '-' | '@' | '+' | '*' | '(')).to_ascii_lowercase();
        *verb = plain.into();
    }
    words
}

/// One line, parted outside of quotes.
fn commands(line: &[u8]) -> Vec<Vec<BString>> {
    let mut all = vec![Vec::new()];
    let mut word: Option<BString> = None;
    let mut quote = None;
    let mut bytes = line.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (None, b'\\') if bytes.peek().is_some_and(|next| matches!(next, b' ' | b'"' | b'\'')) => {
                word.get_or_insert_default().extend(bytes.next());
            }
            (None, b' ' | b'\t' | b'\r' | b';' | b'&' | b'|' | b')') => {
                if let (Some(word), Some(last)) = (word.take(), all.last_mut()) {
                    last.push(word);
                }
                if !matches!(byte, b' ' | b'\t' | b'\r') {
                    all.push(Vec::new());
                }
            }
            (_, byte) => word.get_or_insert_default().push(byte),
        }
    }
    if let (Some(word), Some(last)) = (word, all.last_mut()) {
        last.push(word);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        statements(text.as_bytes())
            .iter()
            .filter(|one| !one.is_empty())
            .map(|one| bstr::join("|", one).to_str_lossy().into_owned())
            .collect()
    }

    #[test]
    fn commands_are_parted_by_lines_and_semicolons() {
        assert_eq!(read("cd /srv\n-rm *.tgz\nRMDIR old"), ["cd|/srv", "rm|*.tgz", "rmdir|old"]);
        assert_eq!(read("open ftp://h; rm -r \"a; b\" && ls"), ["open|ftp://h", "rm|-r|a; b", "ls"]);
        assert_eq!(read("# rm a\nls -l"), ["ls|-l"]);
        assert_eq!(read("(cd a && rm b)"), ["cd|a", "rm|b"]);
    }
}
