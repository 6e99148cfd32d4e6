//! Rule packs → a static index from command names to packs, and each pack as bytes that are decoded when its tool is named.
//! A wrong pack does not build.

#![allow(dead_code, reason = "the crate uses the rest of the shared files")]
#![allow(clippy::disallowed_methods, reason = "a build script reads and writes files")]

#[path = "src/look/facts.rs"]
mod facts;
#[path = "src/packs/schema.rs"]
mod schema;
#[path = "src/packs/fields.rs"]
mod fields;
#[path = "src/packs/conditions.rs"]
mod conditions;
#[path = "src/packs/grammar.rs"]
mod grammar;
#[path = "src/packs/read.rs"]
mod read;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is written to the index, in the order of the packs.
#[derive(Default)]
struct Index {
    names: BTreeMap<String, Vec<usize>>,
    globs: Vec<(String, usize)>,
    any: Vec<usize>,
    packs: Vec<String>,
    ids: BTreeMap<String, String>,
}

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=rules");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    match embed(Path::new("rules"), &out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(errors) => {
            for error in errors {
                println!("cargo::error={error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn embed(rules: &Path, out: &Path) -> Result<(), Vec<String>> {
    let facts: Vec<&str> = facts::FACTS.iter().map(|(name, _)| *name).collect();
    let mut index = Index::default();
    let mut errors = Vec::new();
    for path in packs(rules).map_err(|error| vec![format!("{}: {error}", rules.display())])? {
        if let Err(more) = embed_one(&path, out, &facts, &mut index) {
            errors.extend(more);
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    std::fs::write(out.join("packs.rs"), index.source()).map_err(|error| vec![error.to_string()])
}

fn packs(rules: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(rules)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn embed_one(path: &Path, out: &Path, facts: &[&str], index: &mut Index) -> Result<(), Vec<String>> {
    let named = |error: &dyn std::fmt::Display| vec![format!("{}: {error}", path.display())];
    let prefix = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
    let (pack, examples) = read::pack(&path.display().to_string(), &prefix, &text, facts)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    for rule in &pack.rules {
        if let Some(other) = index.ids.insert(rule.id.clone(), prefix.clone()) {
            return Err(named(&format!("the rule `{}` is in {other} already", rule.id)));
        }
    }
    let number = index.packs.len();
    for command in &pack.commands {
        if command.contains('*') {
            index.globs.push((command.clone(), number));
        } else {
            index.names.entry(command.clone()).or_default().push(number);
        }
    }
    if pack.any_command {
        index.any.push(number);
    }
    let pack = postcard::to_allocvec(&pack).map_err(|error| named(&error))?;
    let examples = postcard::to_allocvec(&examples).map_err(|error| named(&error))?;
    std::fs::write(out.join(format!("{prefix}.pack")), pack).map_err(|error| named(&error))?;
    std::fs::write(out.join(format!("{prefix}.examples")), examples).map_err(|error| named(&error))?;
    index.packs.push(prefix);
    Ok(())
}

impl Index {
    fn source(&self) -> String {
        let mut text = String::new();
        let names: Vec<_> = self.names.iter().collect();
        let _ = writeln!(text, "static NAMES: &[(&str, &[usize])] = &{};", slices(&names));
        let _ = writeln!(text, "static GLOBS: &[(&str, usize)] = &{:?};", self.globs);
        let _ = writeln!(text, "static ANY: &[usize] = &{:?};", self.any);
        text.push_str("static PACKS: &[Embedded] = &[\n");
        for prefix in &self.packs {
            let bytes = |ending| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{prefix}.{ending}\"))");
            let _ = writeln!(
                text,
                "    Embedded {{ prefix: {prefix:?}, pack: {}, examples: {} }},",
                bytes("pack"),
                bytes("examples")
            );
        }
        text.push_str("];\n");
        text
    }
}

fn slices(names: &[(&String, &Vec<usize>)]) -> String {
    let rows: Vec<String> = names.iter().map(|(name, packs)| format!("({name:?}, &{packs:?})")).collect();
    format!("[{}]", rows.join(", "))
}
