//! A justfile's text → recipes, aliases and variables. Nothing is evaluated here.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::super::scope::Scope;
use super::super::walk::Walker;
use super::super::words::Word;
use super::{Found, file_in};

/// Recipes of one file, and files that it imports.
pub(super) const RECIPES: usize = 2_000;
const FILES: usize = 10;

#[derive(Clone, Default)]
pub(super) struct Recipe {
    pub parameters: Vec<Parameter>,
    pub before: Vec<Need>,
    pub after: Vec<Need>,
    pub body: Vec<(BString, usize)>,
    /// Runs where the caller stands.
    pub no_cd: bool,
    pub file: BString,
    pub folder: BString,
}

#[derive(Clone)]
pub(super) struct Parameter {
    pub name: BString,
    pub default: Option<BString>,
    pub rest: bool,
}

#[derive(Clone)]
pub(super) struct Need {
    pub name: BString,
    pub arguments: Vec<BString>,
}

#[derive(Default)]
pub(super) struct Justfile {
    pub recipes: BTreeMap<BString, Recipe>,
    pub aliases: BTreeMap<BString, BString>,
    pub variables: BTreeMap<BString, BString>,
    pub first: Option<BString>,
    pub shell: Option<Vec<Word>>,
    pub files: usize,
}

impl Justfile {
    pub fn read(&mut self, walker: &mut Walker<'_>, found: &Found, folder: &BString, shown: &BString, scope: &Scope) {
        self.files += 1;
        let lines: Vec<&[u8]> = found.text.lines().collect();
        let mut at = 0;
        let mut no_cd = false;
        while let Some(line) = lines.get(at).copied() {
            let number = at;
            at += 1;
            let mut text = BString::from(line.trim_end());
            while text.ends_with(b"\\") && at < lines.len() {
                text.pop();
                text.extend_from_slice(lines[at].trim());
                at += 1;
            }
            if text.is_empty() || text.starts_with(b"#") || text.starts_with(b" ") || text.starts_with(b"\t") {
                continue;
            }
            if text.starts_with(b"[") {
                no_cd |= text.find(b"no-cd").is_some();
                continue;
            }
            let first = text.fields().next().unwrap_or_default().to_vec();
            let rest = text[first.len()..].trim();
            match first.as_slice() {
                b"set" => {
                    if let Some(list) =
                        rest.strip_prefix(b"shell").and_then(|rest| rest.trim_start().strip_prefix(b":="))
                    {
                        let words = list.split(|byte| matches!(byte, b'"' | b'\'')).skip(1).step_by(2);
                        self.shell = Some(words.map(Word::known).collect());
                    }
                }
                b"import" | b"import?" if self.files < FILES => {
                    let name = rest.trim_with(|c| c == '"' || c == '\'');
                    let path = scope.absolute(&[folder.as_slice(), b"/", name].concat());
                    let (folder_of, name) =
                        path.as_deref().and_then(|path| path.rsplit_once_str(b"/")).unwrap_or_default();
                    if let Some(other) = file_in(walker, &[&name.to_str_lossy()], folder_of, scope) {
                        let shown = scope.shown(&other.path);
                        self.read(walker, &other, folder, &shown, scope);
                    }
                }
                b"mod" | b"mod?" | b"import" | b"import?" | b"unexport" => {}
                b"alias" => {
                    if let Some((name, target)) = rest.split_once_str(b":=") {
                        self.aliases.insert(name.trim().into(), target.trim().into());
                    }
                }
                _ => {
                    let text = if first == b"export" { rest } else { text.as_slice() };
                    if let Some((name, value)) = assignment(text) {
                        let mut value = BString::from(value);
                        // A string in three quotes may go on.
                        for mark in [&b"\"\"\""[..], b"'''", b"```"] {
                            while value.starts_with(mark) && value[3..].find(mark).is_none() && at < lines.len() {
                                value.push(b'\n');
                                value.extend_from_slice(lines[at]);
                                at += 1;
                            }
                        }
                        self.variables.insert(name.into(), value);
                        continue;
                    }
                    let Some((name, mut recipe)) = header(text) else { continue };
                    recipe.no_cd = std::mem::take(&mut no_cd);
                    recipe.file.clone_from(shown);
                    recipe.folder.clone_from(folder);
                    let begin = at;
                    let indented =
                        |line: &[u8]| line.starts_with(b" ") || line.starts_with(b"\t") || line.trim().is_empty();
                    while lines.get(at).is_some_and(|line| indented(line)) {
                        at += 1;
                    }
                    let body = &lines[begin..at];
                    let cut = body
                        .iter()
                        .find(|line| !line.trim().is_empty())
                        .map_or(0, |line| line.len() - line.trim_start().len());
                    recipe.body = (begin + 1..)
                        .zip(body)
                        .map(|(number, line)| (line.get(cut..).unwrap_or_default().into(), number))
                        .collect();
                    if self.recipes.len() < RECIPES {
                        self.first.get_or_insert_with(|| name.clone());
                        self.recipes.insert(name, recipe);
                    }
                }
            }
            if number + 1 == at {
                no_cd = false;
            }
        }
    }
}

/// `name := value`
fn assignment(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = text.split_once_str(b":=")?;
    let name = name.trim();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (!name.is_empty() && name.iter().all(plain)).then_some((name, value.trim()))
}

/// `@name a b='x' *c: d (e 'f') && g`
fn header(text: &[u8]) -> Option<(BString, Recipe)> {
    let pieces = pieces(text);
    let colon = pieces.iter().position(|piece| piece == ":")?;
    let (name, parameters) = pieces[..colon].split_first()?;
    let mut recipe = Recipe::default();
    let mut parameters = parameters.iter();
    while let Some(piece) = parameters.next() {
        if piece == "=" {
            if let (Some(last), Some(value)) = (recipe.parameters.last_mut(), parameters.next()) {
                last.default = Some(value.clone());
            }
            continue;
        }
        let rest = piece.starts_with(b"*") || piece.starts_with(b"+");
        let name = piece.trim_start_with(|c| matches!(c, '*' | '+' | '$')).into();
        let default = piece.starts_with(b"*").then(BString::default);
        recipe.parameters.push(Parameter { name, default, rest });
    }
    let mut later = false;
    for piece in &pieces[colon + 1..] {
        if piece == "&&" {
            later = true;
            continue;
        }
        let inner =
            piece.strip_prefix(b"(").map_or(piece.as_slice(), |inner| inner.strip_suffix(b")").unwrap_or(inner));
        let mut parts = self::pieces(inner).into_iter();
        let Some(name) = parts.next() else { continue };
        let need = Need { name, arguments: parts.collect() };
        if later { recipe.after.push(need) } else { recipe.before.push(need) }
    }
    Some((name.trim_start_with(|c| c == '@').into(), recipe))
}

/// Words, brackets and strings; `:`, `=` and `&&` by themselves.
fn pieces(text: &[u8]) -> Vec<BString> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let rest = &text[at..];
        let length = match byte {
            b' ' | b'\t' => {
                at += 1;
                continue;
            }
            b'#' => break,
            b':' | b'=' => 1,
            b'&' => 2,
            b'"' | b'\'' | b'`' => rest[1..].find_byte(*byte).map_or(rest.len(), |end| end + 2),
            b'(' => {
                let mut depth = 0_usize;
                let closes = |byte: &u8| {
                    depth = match byte {
                        b'(' => depth + 1,
                        b')' => depth - 1,
                        _ => depth,
                    };
                    depth == 0
                };
                rest.iter().position(closes).map_or(rest.len(), |end| end + 1)
            }
            _ => rest.find_byteset(b" \t:=(#\"'`").unwrap_or(rest.len()),
        };
        all.push(rest[..length.min(rest.len())].into());
        at += length;
    }
    all
}
