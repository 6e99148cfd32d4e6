//! Lines of ours in a start-up file, between marks. Pure: text in, text out.

use super::texts::END;

/// At the end, where nothing sets PATH again after them. What is between our marks already is replaced.
#[must_use]
pub fn put(text: &[u8], lines: &str) -> Vec<u8> {
    if find(text, lines.as_bytes()).is_some() {
        return text.to_vec();
    }
    let mut text = take(text, lines);
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(lines.as_bytes());
    text
}

/// Without the lines between the marks of these. Where the end mark is missing nothing is taken: what follows may be anybody's.
#[must_use]
pub fn take(text: &[u8], lines: &str) -> Vec<u8> {
    // Each kind has a first line of its own.
    let begin = lines.lines().next().and_then(|begin| find(text, begin.as_bytes()));
    let end = begin.and_then(|begin| find(&text[begin..], END.as_bytes()).map(|end| begin + end + END.len()));
    let Some((begin, end)) = begin.zip(end) else { return text.to_vec() };
    let end = if text.get(end) == Some(&b'\n') { end + 1 } else { end };
    [&text[..begin], &text[end..]].concat()
}

#[must_use]
pub fn holds(text: &[u8], lines: &str) -> bool {
    find(text, lines.as_bytes()).is_some()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    bstr::ByteSlice::find(text, wanted)
}

#[cfg(test)]
mod tests {
    use super::super::texts::BEGIN;
    use super::*;

    #[test]
    fn lines_come_and_go() {
        let ours = format!("{BEGIN}\nexport X=1\n{END}\n");
        for text in ["", "a\n", "a\n\n", "a"] {
            let there = put(text.as_bytes(), &ours);
            assert!(holds(&there, &ours));
            assert_eq!(put(&there, &ours), there);
            let after = take(&there, &ours);
            assert_eq!(after.strip_suffix(b"\n").unwrap_or(&after), text.strip_suffix('\n').unwrap_or(text).as_bytes());
        }
        let older = format!("a\n{BEGIN}\nexport X=0\n{END}\nb\n");
        assert_eq!(put(older.as_bytes(), &ours), format!("a\nb\n{ours}").into_bytes());
        let other = "# >>> another >>>\nY\n# <<< guarded-sh <<<\n";
        let both = put(&put(b"a\n", &ours), other);
        assert_eq!(take(&both, &ours), format!("a\n{other}").into_bytes());
        assert_eq!(take(&both, other), format!("a\n{ours}").into_bytes());
        let cut = format!("a\n{BEGIN}\nb\n");
        assert_eq!(take(cut.as_bytes(), &ours), cut.as_bytes(), "its end is missing");
    }
}
