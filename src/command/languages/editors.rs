//! Editors and stream editors that start programs: vi's `:!cmd`, ed's `!cmd`, sed's `e`, AppleScript's `do shell script`.

use bstr::{BString, ByteSlice};

use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::{Input, Walker};
use super::super::words::{Value, Word};
use super::super::{Change, Via};
use super::{Code, execute, grammar, start};

const VI: &[&str] = &["vim", "vi", "nvim", "ex", "view", "gvim", "rvim", "vimdiff"];

pub(super) fn run(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    let words = call.words.get(1..).unwrap_or_default();
    match tool.as_slice() {
        b"ed" | b"red" => ed(walker, tool, call, scope),
        b"sed" | b"gsed" => sed(walker, tool, words, call, scope),
        b"osascript" => {
            for (option, text) in words.iter().zip(words.iter().skip(1)) {
                if option.text() == Some(b"-e")
                    && let Some(text) = text.text()
                {
                    apple(walker, tool, text, call, scope);
                }
            }
        }
        name if VI.iter().any(|one| one.as_bytes() == name) => vi(walker, tool, words, call, scope),
        _ => {}
    }
    false
}

/// Text that the editor gives to a shell.
fn shell(walker: &mut Walker<'_>, tool: &BString, text: &[u8], call: &Call, scope: &mut Scope) {
    if text.trim().is_empty() {
        return;
    }
    walker.via.push(Via { name: tool.clone(), change: Change::None });
    let words = vec![Word::known("sh"), Word::known("-c"), Word::known(text)];
    start(walker, Call { input: Input::Inherited, ..call.with(words) }, scope);
    walker.via.pop();
}

fn ed(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    let Some(Value::Known(text)) = walker.input_value(&call.input, scope) else { return };
    let mut typing = false;
    for line in text.lines() {
        if typing {
            typing = line != b".";
            continue;
        }
        let command =
            line.trim_start().trim_start_with(|c| c.is_ascii_digit() || matches!(c, '.' | '$' | ',' | ';' | '%' | ' '));
        match command.first() {
            Some(b'!') => shell(walker, tool, &command[1..], call, scope),
            Some(b'r' | b'w' | b'e' | b'E') => {
                if let Some(text) = command[1..].trim_start().strip_prefix(b"!") {
                    shell(walker, tool, text, call, scope);
                }
            }
            Some(b'a' | b'i' | b'c') if command.len() == 1 => typing = true,
            Some(_) | None => {}
        }
    }
}

fn vi(walker: &mut Walker<'_>, tool: &BString, words: &[Word], call: &Call, scope: &mut Scope) {
    let mut commands: Vec<BString> = Vec::new();
    let mut silent = tool == "ex";
    for (index, word) in words.iter().enumerate() {
        let Some(text) = word.text() else { continue };
        match text {
            b"-c" | b"--cmd" => {
                commands.extend(words.get(index + 1).and_then(Word::text).map(BString::from));
            }
            _ if text.starts_with(b"-c") => commands.push(text[2..].into()),
            _ if text.starts_with(b"+") => commands.push(text[1..].into()),
            _ if text.starts_with(b"-") && !text.starts_with(b"--") => {
                silent |= text.contains(&b'e') || text.contains(&b's');
            }
            _ => {}
        }
    }
    if silent && let Some(Value::Known(text)) = walker.input_value(&call.input, scope) {
        commands.extend(text.lines().map(BString::from));
    }
    for command in commands {
        ex(walker, tool, &command, call, scope, 0);
    }
}

/// One command line of ex.
fn ex(walker: &mut Walker<'_>, tool: &BString, line: &[u8], call: &Call, scope: &mut Scope, depth: usize) {
    let line = line.trim_start_with(|c| matches!(c, ':' | ' ' | '\t'));
    let line = line.trim_start_with(|c| c.is_ascii_digit() || matches!(c, '%' | ',' | '.' | '$' | '\'' | '<' | '>'));
    if let Some(text) = line.strip_prefix(b"!") {
        return shell(walker, tool, text.strip_prefix(b"!").unwrap_or(text), call, scope);
    }
    let length = line.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (name, rest) = line.split_at(length);
    let bang = rest.strip_prefix(b"!").unwrap_or(rest).trim_start();
    match name {
        b"sil" | b"silent" | b"noautocmd" | b"verbose" | b"keepalt" | b"lockmarks" if depth < 8 => {
            ex(walker, tool, bang, call, scope, depth + 1);
        }
        b"r" | b"read" | b"w" | b"write" => {
            if let Some(text) = rest.trim_start().strip_prefix(b"!") {
                shell(walker, tool, text, call, scope);
            }
        }
        b"ter" | b"term" | b"terminal" => shell(walker, tool, bang, call, scope),
        b"exe" | b"exec" | b"execute" if depth < 8 => {
            let text = rest.trim();
            let quoted = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
            let quoted = quoted.or_else(|| text.strip_prefix(b"'").and_then(|text| text.strip_suffix(b"'")));
            if let Some(text) = quoted {
                ex(walker, tool, text, call, scope, depth + 1);
            }
        }
        _ => {
            let language = match name {
                b"lua" | b"luado" => &grammar::LUA,
                b"py" | b"py3" | b"python" | b"python3" | b"pythonx" | b"pyx" => &grammar::PYTHON,
                b"perl" => &grammar::PERL,
                b"ruby" => &grammar::RUBY,
                _ => &grammar::VIM,
            };
            let text = if language.name == "vim" { line } else { rest };
            let code = Code { text: text.into(), file: None, arguments: Vec::new(), said: false };
            execute(walker, language, tool, &code, call, scope);
        }
    }
}

fn sed(walker: &mut Walker<'_>, tool: &BString, words: &[Word], call: &Call, scope: &mut Scope) {
    let mut scripts: Vec<BString> = Vec::new();
    let mut operand = true;
    for (index, word) in words.iter().enumerate() {
        let Some(text) = word.text() else { continue };
        let next = words.get(index + 1).and_then(Word::text);
        match text {
            b"-e" | b"--expression" => scripts.extend(next.map(BString::from)),
            b"-f" | b"--file" => {
                if let Some(Ok(Value::Known(text))) = next.and_then(|path| walker.file(path, scope)) {
                    scripts.push(text);
                }
            }
            _ if text.starts_with(b"--expression=") => scripts.push(text[13..].into()),
            _ if text.starts_with(b"-")
                && !text.starts_with(b"--")
                && text.ends_with(b"e")
                && next.is_some()
                && !text.starts_with(b"-i") =>
            {
                scripts.extend(next.map(BString::from));
            }
            _ => continue,
        }
        operand = false;
    }
    if operand {
        let first = words.iter().find(|word| word.text().is_some_and(|text| !text.starts_with(b"-")));
        scripts.extend(first.and_then(Word::text).map(BString::from));
    }
    for script in scripts {
        for text in sed_commands(&script) {
            shell(walker, tool, &text, call, scope);
        }
    }
}

/// What `e` and `s///e` of a sed script run, as far as the script itself says.
fn sed_commands(script: &[u8]) -> Vec<BString> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = script.get(at).copied() {
        let rest = &script[at..];
        let line = rest.find_byte(b'\n').unwrap_or(rest.len());
        match byte {
            b'/' => at += 1 + delimited(&rest[1..], b'/'),
            b'\\' => at += 2 + rest.get(1).map_or(0, |mark| delimited(rest.get(2..).unwrap_or_default(), *mark)),
            b's' | b'y' => {
                let Some(mark) = rest.get(1).copied() else { break };
                let body = rest.get(2..).unwrap_or_default();
                let first = delimited(body, mark);
                let replacement = body.get(first..).unwrap_or_default();
                let second = delimited(replacement, mark);
                let flags = replacement.get(second..).unwrap_or_default();
                let count = flags.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let text = replacement.get(..second.saturating_sub(1)).unwrap_or_default();
                if byte == b's' && flags[..count].contains(&b'e') {
                    found.push(text.into());
                }
                at += 2 + first + second + count;
            }
            b'e' => {
                found.push(rest[1..line].trim().into());
                at += line;
            }
            // Text, labels and file names go to the end of the line.
            b'a' | b'i' | b'c' | b'r' | b'R' | b'w' | b'W' | b':' | b'#' => at += line,
            b'b' | b't' | b'T' => at += rest.find_byteset(b"\n;}").unwrap_or(rest.len()),
            _ => at += 1,
        }
    }
    found
}

/// The length up to and with the next unescaped mark.
fn delimited(text: &[u8], mark: u8) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        match byte {
            b'\\' => at += 2,
            _ if byte == mark => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// `do shell script "…"`
fn apple(walker: &mut Walker<'_>, tool: &BString, text: &[u8], call: &Call, scope: &mut Scope) {
    let mut rest = text;
    while let Some(at) = rest.find(b"do shell script \"") {
        rest = &rest[at + 17..];
        let length = delimited(rest, b'"');
        let body = rest.get(..length.saturating_sub(1)).unwrap_or_default();
        shell(walker, tool, &body.replace("\\\"", "\""), call, scope);
        rest = rest.get(length..).unwrap_or_default();
    }
}
