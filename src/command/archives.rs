//! Programs that make a file of other files: what goes into it, and where it lies afterwards. tar also takes options from
//! its environment, and writes to other machines.

use bstr::{BString, ByteSlice};

use super::options::{Split, Style, Table, split};
use super::redirection::numbered;
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Secret, Value, Word};

#[rustfmt::skip]
const TAR: Table<'static, &'static str> = Table {
    style: Style::Gnu,
    value: &[
        "-f", "--file", "-C", "--directory", "-X", "--exclude-from", "--exclude", "-T", "--files-from", "--transform", "--xform", "-I",
        "--use-compress-program", "--label", "-V", "--strip-components", "-g", "--listed-incremental", "-N", "-b", "-L",
        "--owner", "--group", "--mode", "--mtime", "--rsh-command", "--checkpoint-action", "--format", "-H", "-F", "-K",
    ],
    flag: &[
        "-c", "--create", "-r", "--append", "-u", "--update", "-x", "--extract", "-t", "--list", "-v", "-z", "-j", "-J", "-p", "-a", "-h", "-P",
        "--no-recursion", "--force-local", "--gzip", "--verbose", "--null", "--dereference", "--absolute-names",
    ],
    optional: &["--checkpoint"],
    stop_at_operand: false,
};

/// A compressor puts each file beside it, with an ending.
const ENDINGS: &[(&[&str], &str)] = &[
    (&["gzip", "pigz"], ".gz"),
    (&["bzip2", "pbzip2", "lbzip2"], ".bz2"),
    (&["xz", "pixz"], ".xz"),
    (&["lzma"], ".lzma"),
    (&["zstd", "pzstd"], ".zst"),
    (&["lz4"], ".lz4"),
    (&["brotli"], ".br"),
    (&["compress"], ".Z"),
    (&["gpg", "gpg2"], ".gpg"),
    (&["ccrypt", "ccencrypt"], ".cpt"),
];

/// The first file that they name is made of the others.
const ARCHIVERS: &[(&[&str], &[&str])] = &[
    (&["zip"], &[]),
    (&["7z", "7za", "7zr", "7zz"], &["a", "u"]),
    (&["rar"], &["a", "u"]),
    (&["ar"], &["r", "q", "rc", "rcs", "cr"]),
    (&["jar"], &["cf", "cvf", "-cf", "uf"]),
];

/// Where tar would write: the archive's name, and the secret in it.
pub(super) struct Archive {
    pub path: Option<Word>,
    pub secret: Secret,
    pub here: bool,
}

impl Walker<'_> {
    /// What `tar -c` would put together, where there is a secret in it.
    pub(super) fn archived(&mut self, call: &Call, scope: &mut Scope) -> Vec<Archive> {
        let mut found = Vec::new();
        for words in with_options_of_environment(call, scope) {
            let given = split(&words, &TAR);
            let bare = given.operands.first().and_then(|at| words.get(*at)?.text().map(BString::from));
            let bundle = bare.filter(|text| given.given.is_empty() && is_bundle(text) || is_bundle_first(&words, text));
            let makes = |letters: &[u8]| letters.iter().any(|letter| b"cru".contains(letter));
            let creates = ["-c", "--create", "-r", "--append", "-u", "--update"].iter().any(|name| given.has(name))
                || bundle.as_ref().is_some_and(|letters| makes(letters));
            if !creates {
                continue;
            }
            let mut operands: Vec<&Word> = all_operands(&given, &words);
            let mut path = given.value_of("-f").or_else(|| given.value_of("--file")).cloned();
            if let Some(letters) = bundle {
                operands.remove(0);
                if letters.contains(&b'f') && !operands.is_empty() {
                    path = Some(operands.remove(0).clone());
                }
            }
            let path = path.or_else(|| call_variable(call, scope, b"TAPE").map(word));
            let folder = given.value_of("-C").or_else(|| given.value_of("--directory")).cloned();
            let secret = operands.iter().find_map(|operand| {
                let inside = folder.as_ref().map(|folder| within(folder, operand));
                self.secret_in(operand, scope).or_else(|| self.secret_in(&inside?, scope))
            });
            if let Some(secret) = secret {
                let path = path.map(|path| Word { value: numbered(path.value), ..path });
                found.push(Archive { path, secret, here: given.has("--force-local") });
            }
        }
        found
    }

    /// Files that are made of secrets, wherever they lie afterwards.
    pub(super) fn packed(&mut self, tool: &BString, call: &Call, scope: &mut Scope) {
        let words = call.words.get(1..).unwrap_or_default();
        let named = |names: &[&str]| names.iter().any(|name| name.as_bytes() == tool.as_slice());
        let operands: Vec<&Word> = words.iter().filter(|word| !word.is_option()).collect();
        if let Some((_, ending)) = ENDINGS.iter().find(|(names, _)| named(names)) {
            let suffix = option_value(words, &["-S", "--suffix"]);
            let ending = suffix.as_ref().map_or(ending.as_bytes(), |suffix| suffix.as_slice());
            for operand in operands {
                let (Some(path), Some(secret)) = (operand.text(), self.secret_in(operand, scope)) else { continue };
                scope.write(&[path, ending].concat(), Value::of_secret(secret));
            }
            return;
        }
        if matches!(tool.as_slice(), b"split" | b"gsplit" | b"csplit") {
            let secret = operands.iter().find_map(|file| self.secret_in(file, scope));
            let last = operands.last().filter(|file| operands.len() > 1 && self.secret_in(file, scope).is_none());
            let prefix = last.and_then(|word| word.text()).unwrap_or(b"x").to_vec();
            for part in secret.iter().flat_map(|_| ["aa", "ab", "ac", "00", "01", "02"]) {
                let value = secret.clone().map(Value::of_secret);
                scope.write(&[&prefix, part.as_bytes()].concat(), value.unwrap_or_else(|| Value::known("")));
            }
            return;
        }
        if let Some((_, verbs)) = ARCHIVERS.iter().find(|(names, _)| named(names)) {
            let skip = usize::from(!verbs.is_empty());
            let fits = verbs.is_empty()
                || operands
                    .first()
                    .and_then(|word| word.text())
                    .is_some_and(|verb| verbs.iter().any(|one| one.as_bytes() == verb));
            let Some(archive) = operands.get(skip).filter(|_| fits).and_then(|word| word.text()) else { return };
            let secret = operands.iter().skip(skip + 1).find_map(|operand| self.secret_in(operand, scope));
            let Some(secret) = secret.or_else(|| self.secret_input(&call.input, scope)) else { return };
            scope.write(archive, Value::of_secret(secret.clone()));
            if *tool == "zip" && !archive.contains(&b'.') {
                scope.write(&[archive, b".zip"].concat(), Value::of_secret(secret));
            }
        }
    }
}

/// `TAR_OPTIONS`, as the environment of this call has it, stands before the words.
fn with_options_of_environment(call: &Call, scope: &mut Scope) -> Vec<Vec<Word>> {
    let own = call.words.get(1..).unwrap_or_default();
    let options = call_variable(call, scope, b"TAR_OPTIONS");
    let choices = options.as_ref().and_then(Value::choices).unwrap_or_default();
    if choices.is_empty() {
        return vec![own.to_vec()];
    }
    let with = |text: &BString| {
        let before = text.fields_with(char::is_whitespace).map(Word::known);
        before.chain(own.iter().cloned()).collect()
    };
    choices.iter().map(with).collect()
}

/// A variable as the program will see it.
fn call_variable(call: &Call, scope: &mut Scope, name: &[u8]) -> Option<Value> {
    let assigned = call.assignments.iter().rev().find(|(one, _)| one == name).map(|(_, value)| value.clone());
    assigned.or_else(|| scope.environment().values.get(name).cloned())
}

fn is_bundle(text: &[u8]) -> bool {
    !text.starts_with(b"-") && text.len() < 9 && text.iter().all(u8::is_ascii_alphabetic) && text.contains(&b'c')
}

fn is_bundle_first(words: &[Word], text: &[u8]) -> bool {
    is_bundle(text) && text.contains(&b'f') && words.first().and_then(Word::text) == Some(text)
}

fn all_operands<'w>(given: &Split, words: &'w [Word]) -> Vec<&'w Word> {
    let mut all: Vec<usize> = given.operands.iter().chain(&given.hazy).copied().collect();
    all.sort_unstable();
    all.iter().filter_map(|at| words.get(*at)).collect()
}

fn within(folder: &Word, operand: &Word) -> Word {
    if operand.text().is_some_and(|text| text.starts_with(b"/")) {
        return operand.clone();
    }
    let value = folder.value.clone().then(Value::known("/")).then(operand.value.clone());
    Word { value, glob: operand.glob, written: operand.written.clone() }
}

fn word(value: Value) -> Word {
    Word { value, glob: false, written: BString::default() }
}

/// The value of an option, beside it or attached.
fn option_value(words: &[Word], names: &[&str]) -> Option<BString> {
    words.iter().enumerate().find_map(|(at, word)| {
        let text = word.text()?;
        names.iter().find_map(|name| {
            let rest = text.strip_prefix(name.as_bytes())?;
            match rest.strip_prefix(b"=").unwrap_or(rest) {
                b"" => words.get(at + 1)?.text().map(BString::from),
                rest => Some(rest.into()),
            }
        })
    })
}
