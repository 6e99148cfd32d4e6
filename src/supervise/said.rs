//! What a held shell was given so far, as far as it sets what later lines mean: `X=/` and then `rm -rf "$X"`. The
//! judge walks it before each line.

/// More than this is not walked again for each line.
const MOST: usize = 64 * 1024;

/// Stands for text that is no longer kept: after it nothing is known to be unset.
const FORGOTTEN: &[u8] = b"eval \"$(cat)\"\n";

/// Builtins that leave something behind, as the first word of a plain line.
const SETTERS: &[&[u8]] = &[
    b".",
    b"alias",
    b"builtin",
    b"command",
    b"coproc",
    b"declare",
    b"enable",
    b"eval",
    b"exec",
    b"export",
    b"for",
    b"function",
    b"getopts",
    b"hash",
    b"if",
    b"let",
    b"local",
    b"mapfile",
    b"printf",
    b"read",
    b"readarray",
    b"readonly",
    b"select",
    b"set",
    b"shift",
    b"shopt",
    b"source",
    b"time",
    b"trap",
    b"typeset",
    b"unalias",
    b"unset",
];

#[derive(Default)]
pub(super) struct Said {
    text: Vec<u8>,
}

impl Said {
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// A whole command went to the shell. `surely`: nothing else than its parser can have taken it.
    pub(super) fn add(&mut self, command: &[u8], surely: bool) {
        // A name may be a function's, once there is one.
        if is_plain(command) && !self.text.contains(&b'(') && !self.text.windows(5).any(|word| word == b"alias") {
            return;
        }
        if self.text.len() + command.len() > MOST {
            self.text = FORGOTTEN.to_vec();
        }
        if command.len() > MOST {
            return;
        }
        let around: [&[u8]; 2] = if surely { [b"", b"\n"] } else { [b"if test $RANDOM -gt 9; then\n", b"\nfi\n"] };
        self.text.extend_from_slice(around[0]);
        self.text.extend_from_slice(command);
        self.text.extend_from_slice(around[1]);
    }
}

/// Words without any syntax, which start a program or a builtin that sets nothing.
fn is_plain(command: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" _./,:@%+-\n".contains(byte);
    let mut lines = command.split(|byte| *byte == b'\n');
    command.iter().all(plain)
        && lines.all(|line| {
            let first = line.split(|byte| *byte == b' ').find(|word| !word.is_empty());
            first.is_none_or(|first| !SETTERS.contains(&first))
        })
}

#[cfg(test)]
mod tests {
    use super::Said;

    #[test]
    fn what_sets_something_is_kept_and_what_is_unsure_is_one_way_of_two() {
        let mut said = Said::default();
        said.add(b"ls -la /usr\n", true);
        said.add(b": xxx\n", true);
        assert_eq!(said.text(), b"");
        said.add(b"x=1\n", true);
        said.add(b"unset y\n", false);
        assert_eq!(said.text(), b"x=1\n\nif test $RANDOM -gt 9; then\nunset y\n\nfi\n");
        for _ in 0..9000 {
            said.add(b"x=1234567890\n", true);
        }
        assert!(said.text().len() < 70_000 && said.text().starts_with(b"eval "));
    }
}
