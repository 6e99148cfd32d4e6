//! Whether a text may read standard input by itself, so that the next line is not bash's parser's alone. Says yes in
//! doubt: then each line is judged by itself too, and handed on at once.

/// Builtins that read, or that run text which may.
const READS: [&[u8]; 14] = [
    b"read",
    b"mapfile",
    b"readarray",
    b"select",
    b"source",
    b".",
    b"eval",
    b"alias",
    b"builtin",
    b"command",
    b"enable",
    b"exec",
    b"trap",
    b"function",
];

pub(super) fn may_read_input(text: &[u8]) -> bool {
    let ends_command = |byte: &u8| b";&|(){}\n!`".contains(byte);
    text.split(ends_command).any(|command| {
        let mut words = command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let named_there = words.clone().any(|word| READS.contains(&word));
        // A name that is made up while it runs can be any of them.
        let first = words.find(|word| !KEYWORDS.contains(word) && !assigns(word));
        named_there || first.is_some_and(|name| name.iter().any(|byte| b"$'\"\\*?[".contains(byte)))
    })
}

const KEYWORDS: [&[u8]; 9] = [b"if", b"then", b"else", b"elif", b"do", b"while", b"until", b"time", b"coproc"];

fn assigns(word: &[u8]) -> bool {
    let name = word.split(|&byte| byte == b'=').next().unwrap_or(word);
    name.len() < word.len() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::may_read_input;

    #[test]
    fn text_that_may_take_the_next_line_is_noticed() {
        for text in [
            "read x\n",
            "if read -r a; then :; fi",
            "f() { read y; }",
            "eval x",
            ". /dev/stdin",
            "$cmd a",
            "r'e'ad x",
            "x=1 read y",
            "while \\read z; do :; done",
        ] {
            assert!(may_read_input(text.as_bytes()), "{text}");
        }
        for text in ["ls -l\n", "x=$(date)\n", "cat <<E\n", "echo \"$x\" >f", "for i in a b; do echo $i; done", "cd /"]
        {
            assert!(!may_read_input(text.as_bytes()), "{text}");
        }
    }
}
