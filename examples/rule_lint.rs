//! Checks pack files: `cargo run --example rule_lint -- rules/*.toml`. The format first, then each example against all the
//! packs that were named and those that are built in (except where a named file replaces one).

#![allow(clippy::disallowed_methods, reason = "a program of its own reads its arguments and files")]

#[path = "../tests/all/model.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod model;
#[path = "../tests/all/examples.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod examples;

use std::process::ExitCode;

use guarded_sh::packs::{self, Packs};

fn main() -> ExitCode {
    let mut errors = Vec::new();
    let mut read = Vec::new();
    for path in std::env::args().skip(1) {
        match std::fs::read_to_string(&path) {
            Ok(text) => match packs::parse(&path, &text) {
                Ok(pack) => read.push(pack),
                Err(more) => errors.extend(more.iter().map(ToString::to_string)),
            },
            Err(error) => errors.push(format!("{path}: {error}")),
        }
    }
    let rules: usize = read.iter().map(|(pack, _)| pack.rules.len()).sum();
    let files = read.len();
    let checked: Vec<_> = read.iter().flat_map(|(_, examples)| examples.clone()).collect();
    let packs = Packs::of(read);
    for one in &checked {
        errors.extend(examples::wrong(one, &packs));
    }
    for error in &errors {
        eprintln!("{error}");
    }
    eprintln!("{files} packs, {rules} rules, {} errors", errors.len());
    if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
