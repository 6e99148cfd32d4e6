//! Reads generated scripts and runs them in the real shells: the nightly size of the property test of `tests/all`.
//!
//!     cargo run --release --example values -- [--scripts N] [--seed N] [--from N] [--show N] [--jobs N]
//!     cargo run --example values -- --text SCRIPT [--dash]
//!
//! Prints how many scripts have a known word that is wrong, some of them made as small as they go, and the share of
//! words that are unknown, by cause.

#![allow(clippy::disallowed_methods, reason = "a program of its own, outside the library")]

#[path = "../tests/all/generated/mod.rs"]
mod generated;

use std::collections::BTreeMap;

use generated::Report;
use generated::grammar::{Script, Shell};

fn number(name: &str, otherwise: u64) -> u64 {
    let given: Vec<String> = std::env::args().collect();
    let value = given.iter().position(|one| one == name).and_then(|at| given.get(at + 1));
    value.map_or(otherwise, |value| value.parse().expect("a number"))
}

/// One script from the command line.
fn one(text: &str, dash: bool) {
    let shell = if dash { Shell::Dash } else { Shell::Bash };
    let script = Script { shell, straight: true, statements: vec![text.into()], startup: None };
    let report = generated::judged(&[(0, script)]);
    for (_, _, wrong) in &report.wrong {
        for one in wrong {
            println!("{}: {}", one.kind, one.what);
        }
    }
    println!("{} wrong of {} words", report.wrong.len(), report.tally.words);
    by_cause(&report.tally.incomplete);
    by_cause(&report.tally.unknown);
}

fn main() {
    let given: Vec<String> = std::env::args().collect();
    if let Some(text) = given.iter().position(|one| one == "--text").and_then(|at| given.get(at + 1)) {
        return one(text, given.iter().any(|one| one == "--dash"));
    }
    let (scripts, seed, from) = (number("--scripts", 10_000), number("--seed", 1), number("--from", 0));
    let jobs = number("--jobs", 2).max(1);
    let all: Vec<u64> = (from..from + scripts).collect();
    let share = all.len().div_ceil(usize::try_from(jobs).expect("a few")).max(1);
    let mut report = Report::default();
    std::thread::scope(|scope| {
        let running: Vec<_> = all.chunks(share).map(|some| scope.spawn(move || generated::run(seed, some))).collect();
        for one in running {
            report.add(one.join().expect("a thread"));
        }
    });
    let show = usize::try_from(number("--show", 10)).expect("a few");
    let shown = &report.wrong[..show.min(report.wrong.len())];
    let small: Vec<_> = std::thread::scope(|scope| {
        let shrink = |(at, script, wrong): &(u64, Script, Vec<generated::Wrong>)| {
            let (small, still) = generated::shrunk(script, wrong[0].kind);
            // By itself, in another folder, it may be right.
            (*at, (small, if still.is_empty() { wrong.clone() } else { still }))
        };
        let parts = shown.chunks(show.div_ceil(4).max(1));
        let running: Vec<_> =
            parts.map(|some| scope.spawn(move || some.iter().map(shrink).collect::<Vec<_>>())).collect();
        running.into_iter().flat_map(|one| one.join().expect("a thread")).collect()
    });
    for (at, (small, wrong)) in small {
        println!("── {at} {:?}{}", small.shell, if small.straight { ", straight" } else { "" });
        if let Some(startup) = &small.startup {
            println!("{}: {}", if startup.login { "-l" } else { "BASH_ENV" }, startup.text);
        }
        println!("{}", small.text());
        for one in wrong.iter().take(2) {
            println!("   {}: {}", one.kind, one.what);
        }
    }
    let unknown: usize = report.tally.unknown.values().sum();
    let incomplete: usize = report.tally.incomplete.values().sum();
    println!("seed {seed}: {} scripts, {} wrong, {incomplete} called incomplete", report.scripts, report.wrong.len());
    by_cause(&report.tally.incomplete);
    println!("{} words, {unknown} unknown", report.tally.words);
    by_cause(&report.tally.unknown);
}

fn by_cause(counts: &BTreeMap<String, usize>) {
    let mut causes: Vec<_> = counts.iter().collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (cause, count) in causes.iter().take(40) {
        println!("{count:7} {cause}");
    }
}
