//! PowerShell's own client in `pwsh -c '…'`: `Invoke-RestMethod`, `Invoke-WebRequest` and their short names.

use bstr::BString;

use super::{Draft, Inputs};
use crate::command::embedded::holes;
use crate::command::options::{Style, Table, split};
use crate::command::words::{Cause, Value, Word};

pub const NAMES: &[&str] = &["pwsh", "powershell", "pwsh-preview"];

const CLIENTS: &[&str] = &["invoke-restmethod", "invoke-webrequest", "irm", "iwr"];

/// Parameters that we read; others with a value, so that it is no address.
const READ: &[&str] = &["method", "custommethod", "uri", "body"];
const VALUED: &[&str] = &[
    "headers",
    "contenttype",
    "outfile",
    "infile",
    "timeoutsec",
    "useragent",
    "credential",
    "token",
    "authentication",
    "websession",
    "sessionvariable",
    "proxy",
    "maximumredirection",
    "certificate",
];

const TABLE: Table<'static, &'static str> = Table {
    style: Style::SingleDash,
    value: &["-c", "-Command", "-command", "-File", "-f", "-WorkingDirectory", "-wd", "-ExecutionPolicy", "-ep"],
    flag: &[
        "-NoProfile",
        "-nop",
        "-NoLogo",
        "-NonInteractive",
        "-noni",
        "-NoExit",
        "-Login",
        "-l",
        "-Interactive",
        "-i",
    ],
    optional: &[],
    stop_at_operand: true,
};

/// What the code would send.
pub fn drafts(arguments: &[Word], inputs: &Inputs<'_>) -> Vec<Draft> {
    let split = split(arguments, &TABLE);
    let code = ["-c", "-Command", "-command"].iter().find_map(|name| split.value_of(name)).map(|word| {
        // What follows belongs to the code as well.
        arguments
            .iter()
            .skip_while(|one| !std::ptr::eq(*one, word))
            .skip(1)
            .fold(word.value.clone(), |all, more| all.then(Value::known(" ")).then(more.value.clone()))
    });
    let Some(code) =
        code.or_else(|| split.value_of("-File").or_else(|| split.value_of("-f")).map(|file| inputs.file(&file.value)))
    else {
        return Vec::new();
    };
    let because = holes::cause(&code);
    let texts = holes::texts(&code).unwrap_or_default();
    texts.iter().flat_map(|text| statements(text)).filter_map(|words| draft(&words, &because)).collect()
}

/// One call of the client: parameters by name, which may be cut short, and the address.
fn draft(words: &[BString], because: &Cause) -> Option<Draft> {
    let at = words.iter().position(|word| CLIENTS.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes())))?;
    let mut named: [Option<&BString>; 4] = [None; 4];
    let mut rest = words.get(at + 1..)?.iter();
    while let Some(word) = rest.next() {
        let Some(name) = word.strip_prefix(b"-").map(<[u8]>::to_ascii_lowercase) else {
            named[2].get_or_insert(word);
            continue;
        };
        let is = |one: &&str| !name.is_empty() && one.as_bytes().starts_with(&name);
        if let Some(index) = READ.iter().position(&is) {
            named[index] = rest.next();
        } else if VALUED.iter().any(is) {
            rest.next();
        }
    }
    let [method, custom, url, body] = named.map(|word| word.map(|text| value(text, because)));
    let method = custom.or(method).unwrap_or_else(|| Value::known("GET"));
    let body = body.unwrap_or_else(|| Value::known(""));
    Some(Draft { body, form: true, ..Draft::new(method, url?) })
}

/// A word in which a variable stands is known around it.
fn value(text: &BString, because: &Cause) -> Value {
    if text.starts_with(b"$") || text.starts_with(b"(") {
        return Value::unknown(Cause::Variable(text.clone()));
    }
    holes::value(text, because)
}

/// Words of each statement; quotes are taken off, `;`, `|` and line ends part statements.
fn statements(text: &[u8]) -> Vec<Vec<BString>> {
    let mut all = vec![Vec::new()];
    let mut word: Option<BString> = None;
    let mut quote = None;
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        let end = |word: &mut Option<BString>, all: &mut Vec<Vec<BString>>| {
            if let (Some(word), Some(last)) = (word.take(), all.last_mut()) {
                last.push(word);
            }
        };
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None | Some(b'"'), b'`') => word.get_or_insert_default().extend(bytes.next()),
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (None, b' ' | b'\t') => end(&mut word, &mut all),
            (None, b';' | b'|' | b'\n' | b'\r' | b'{' | b'}') => {
                end(&mut word, &mut all);
                all.push(Vec::new());
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

    #[test]
    fn parameters_are_read_by_name_and_may_be_cut_short() {
        for text in [
            "Invoke-RestMethod -Method Delete -Uri 'https://h/x'",
            "$a = irm https://h/x -Meth DELETE; $a",
            "try { Invoke-WebRequest -Headers $h \"https://h/x\" -Method Delete } catch {}",
        ] {
            let drafts: Vec<Draft> =
                statements(text.as_bytes()).iter().filter_map(|words| draft(words, &Cause::Input)).collect();
            let [one] = drafts.as_slice() else { panic!("{text}: {drafts:?}") };
            assert_eq!(one.url, Value::known("https://h/x"), "{text}");
            assert!(matches!(&one.method, Value::Known(method) if method.eq_ignore_ascii_case(b"DELETE")), "{text}");
        }
    }
}
