//! The globs of rule packs: `*` any text (slashes too), `?` one byte, `[…]` one of a set. They compare bytes.

/// Whether all of `text` fits.
#[must_use]
pub fn matches(glob: &[u8], text: &[u8]) -> bool {
    run(glob, text, |byte| byte)
}

/// As `matches`, without regard to ASCII case.
#[must_use]
pub fn matches_any_case(glob: &[u8], text: &[u8]) -> bool {
    run(glob, text, |byte| byte.to_ascii_lowercase())
}

/// Both sides are folded byte by byte: a command meets hundreds of globs, so nothing is copied for one.
fn run(glob: &[u8], text: &[u8], fold: impl Fn(u8) -> u8 + Copy) -> bool {
    let (mut g, mut t) = (0, 0);
    // Where to go on when a literal does not fit: after the last `*`, with one byte more given to it.
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        if glob.get(g) == Some(&b'*') {
            back = Some((g + 1, t));
            g += 1;
        } else if let Some(next) = one(glob, g, fold(text.get(t).copied().unwrap_or_default()), fold) {
            g = next;
            t += 1;
        } else if let Some((star, from)) = back {
            g = star;
            t = from + 1;
            back = Some((star, t));
        } else {
            return false;
        }
    }
    glob.get(g..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

/// The position in the glob after it took `byte`.
fn one(glob: &[u8], at: usize, byte: u8, fold: impl Fn(u8) -> u8 + Copy) -> Option<usize> {
    match *glob.get(at)? {
        b'?' => Some(at + 1),
        b'[' => set(glob, at, byte, fold),
        literal => (fold(literal) == byte).then_some(at + 1),
    }
}

fn set(glob: &[u8], at: usize, byte: u8, fold: impl Fn(u8) -> u8) -> Option<usize> {
    let rest = glob.get(at + 1..)?;
    let Some(end) = rest.iter().skip(1).position(|one| *one == b']').map(|end| end + 1) else {
        return (byte == b'[').then_some(at + 1);
    };
    let (inside, negated) = match rest.get(..end)? {
        [b'!' | b'^', inside @ ..] => (inside, true),
        inside => (inside, false),
    };
    let mut hit = false;
    let mut i = 0;
    while let Some(low) = inside.get(i) {
        if let Some([b'-', high]) = inside.get(i + 1..i + 3) {
            hit |= (fold(*low)..=fold(*high)).contains(&byte);
            i += 3;
        } else {
            hit |= fold(*low) == byte;
            i += 1;
        }
    }
    (hit != negated).then_some(at + 1 + end + 1)
}

/// Whether some text fits that reads so; `None` in it stands for any text.
#[must_use]
pub fn may_match(glob: &[u8], text: &[Option<u8>], any_case: bool) -> bool {
    let fold = |byte: u8| if any_case { byte.to_ascii_lowercase() } else { byte };
    // Positions of the glob that have been reached.
    let mut reached = vec![false; glob.len() + 1];
    reached[0] = true;
    for byte in text {
        over_stars(glob, &mut reached);
        let mut next = vec![false; glob.len() + 1];
        for at in (0..=glob.len()).filter(|at| reached[*at]) {
            match byte {
                Some(_) if glob.get(at) == Some(&b'*') => next[at] = true,
                Some(byte) => one(glob, at, fold(*byte), fold).into_iter().for_each(|after| next[after] = true),
                None => {
                    let mut at = at;
                    next[at] = true;
                    while let Some(after) = behind(glob, at) {
                        at = after;
                        next[at] = true;
                    }
                }
            }
        }
        reached = next;
    }
    over_stars(glob, &mut reached);
    reached[glob.len()]
}

fn over_stars(glob: &[u8], reached: &mut [bool]) {
    for at in 0..glob.len() {
        if reached[at] && glob[at] == b'*' {
            reached[at + 1] = true;
        }
    }
}

/// The position behind what stands at `at`.
fn behind(glob: &[u8], at: usize) -> Option<usize> {
    let set = |rest: &[u8]| rest.iter().skip(1).position(|byte| *byte == b']').map(|end| at + 1 + end + 2);
    match *glob.get(at)? {
        b'[' => glob.get(at + 1..).and_then(set).or(Some(at + 1)),
        _ => Some(at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{matches, may_match};

    #[test]
    fn holes_leave_room_for_what_is_missing_and_no_more() {
        for (glob, text, fits) in [
            ("*/query[?]q=DROP*", "/query?q=\0", true),
            ("/query[?]q=DROP*", "/search?q=\0", false),
            ("/[?]*&query=DROP*", "/api?id=\0", false),
            ("/[?]*&query=DROP*", "/?id=\0", true),
            ("a[bc]d", "\0", true),
            ("a[bc]d", "\0d", true),
            ("a[bc]d", "\0e", false),
            ("a[bc]d", "a\0d", true),
            ("x*y", "x\0z", false),
            ("", "\0", true),
            ("abc", "a\0c\0", true),
        ] {
            let text: Vec<Option<u8>> = text.bytes().map(|byte| (byte != 0).then_some(byte)).collect();
            assert_eq!(may_match(glob.as_bytes(), &text, false), fits, "{glob} {text:?}");
        }
    }

    #[test]
    fn globs_fit_whole_texts() {
        let table: [(&str, &str, bool); 14] = [
            ("a", "a", true),
            ("a", "ab", false),
            ("delete-*", "delete-db-instance", true),
            ("*delete*", "volumedelete", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbY", false),
            ("*", "", true),
            ("?", "", false),
            ("/dev/sd[a-z]", "/dev/sdb", true),
            ("/dev/sd[!a-c]", "/dev/sdb", false),
            ("x[", "x[", true),
            ("[]]", "]", true),
            ("of=/dev/*", "of=/dev/mapper/a", true),
            ("**", "a/b", true),
        ];
        for (glob, text, fits) in table {
            assert_eq!(matches(glob.as_bytes(), text.as_bytes()), fits, "{glob} on {text}");
        }
    }
}
