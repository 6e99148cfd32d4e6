//! Commands of fish that bash has under another name, or with other words: `set`, `alias`, `source`.

use super::words::Word;

/// A simple command in bash's words.
pub(super) fn command(first: &Word, words: &[Word], out: &mut Vec<u8>) {
    let rest = words.get(1..).unwrap_or_default();
    match first.text.as_slice() {
        b"set" => set(rest, out),
        b"alias" => alias(rest, out),
        // Its own language, and told from bash's by the program that runs it.
        b"source" | b"." if rest.first().is_some_and(|file| file.text != b"-") => {
            out.extend_from_slice(b"fish");
            each(rest, out);
        }
        _ => {
            out.extend_from_slice(&first.text);
            each(rest, out);
        }
    }
}

fn each(words: &[Word], out: &mut Vec<u8>) {
    for word in words {
        out.push(b' ');
        out.extend_from_slice(&word.text);
    }
}

#[derive(Default)]
struct Options {
    exports: bool,
    erases: bool,
    queries: bool,
    appends: bool,
    prepends: bool,
}

impl Options {
    fn take(&mut self, option: &[u8]) {
        let long = option.strip_prefix(b"--");
        let has = |letter: u8, name: &[u8]| long.map_or_else(|| option.contains(&letter), |long| long == name);
        self.exports |= has(b'x', b"export");
        self.erases |= has(b'e', b"erase");
        self.queries |= has(b'q', b"query") || has(b'n', b"names") || has(b'S', b"show");
        self.appends |= has(b'a', b"append");
        self.prepends |= has(b'p', b"prepend");
    }
}

fn set(words: &[Word], out: &mut Vec<u8>) {
    let mut options = Options::default();
    let mut words = words;
    while let [first, rest @ ..] = words
        && first.text.starts_with(b"-")
    {
        options.take(&first.text);
        words = rest;
    }
    let Some((target, values)) = words.split_first().filter(|_| !options.queries) else {
        // It only tells; what runs in its words runs.
        out.extend_from_slice(b":");
        return each(words, out);
    };
    let length = target.text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let (name, rest) = target.text.split_at(length);
    if options.erases {
        out.extend_from_slice(&[b"unset ", target.text.as_slice()].concat());
        return each(values, out);
    }
    if name.is_empty() || !rest.is_empty() {
        // Some of its elements, or the name stands in a variable: nobody knows what it holds from then on.
        if !name.is_empty() {
            out.extend_from_slice(&[b"read -r ", name, b"; "].concat());
        }
        out.extend_from_slice(b":");
        return each(values, out);
    }
    let export: &[u8] = if options.exports { b"export " } else { b"" };
    match values {
        [only] if !only.list && !options.appends && !options.prepends => {
            out.extend_from_slice(&[export, name, b"=", &only.text].concat());
        }
        // A path is joined by colons for whoever gets it.
        _ if name.ends_with(b"PATH") && !values.iter().any(|word| word.runs) => {
            let own = [b"\"${", name, b"}\""].concat();
            let mut all: Vec<&[u8]> = values.iter().map(|word| word.text.as_slice()).collect();
            if options.appends {
                all.insert(0, &own);
            } else if options.prepends {
                all.push(&own);
            }
            out.extend_from_slice(&[export, name, b"=", bstr::join(":", all).as_slice()].concat());
        }
        _ => {
            if options.exports {
                out.extend_from_slice(&[b"export ", name, b"; "].concat());
            }
            let append: &[u8] = if options.appends { b"+" } else { b"" };
            out.extend_from_slice(&[name, append, b"=("].concat());
            each(values, out);
            if options.prepends {
                out.extend_from_slice(&[b" \"${", name, b"[@]}\""].concat());
            }
            out.extend_from_slice(b" )");
        }
    }
}

/// `alias name 'text'` and `alias name='text'` make a function.
fn alias(words: &[Word], out: &mut Vec<u8>) {
    out.extend_from_slice(b"alias");
    let words: Vec<&Word> = words.iter().filter(|word| !word.text.starts_with(b"-")).collect();
    match words.as_slice() {
        [name, text] if !name.text.contains(&b'=') => {
            out.extend_from_slice(&[b" ", name.text.as_slice(), b"=", &text.text].concat());
        }
        words => {
            for word in words {
                out.push(b' ');
                out.extend_from_slice(&word.text);
            }
        }
    }
}
