//! Reads generated scripts and runs them in the real shells: the nightly size of the property test of `tests/all`.
//!
//!     cargo run --release --example values -- [--scripts N] [--seed N] [--from N] [--show N] [--jobs N]
//!
//! Prints how many scripts have a known word that is wrong, some of them made as small as they go, and the share of
//! words that are unknown, by cause.

#![allow(clippy::disallowed_methods, reason = "a program of its own, outside the library")]

#[path = "../tests/all/generated/mod.rs"]
mod generated;

use generated::Report;

fn number(name: &str, otherwise: u64) -> u64 {
    let given: Vec<String> = std::env::args().collect();
    let value = given.iter().position(|one| one == name).and_then(|at| given.get(at + 1));
    value.map_or(otherwise, |value| value.parse().expect("a number"))
}

fn main() {
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
        let shrink = |(at, script, wrong): &(u64, generated::grammar::Script, Vec<generated::Wrong>)| {
            (*at, generated::shrunk(script, wrong[0].kind))
        };
        let parts = shown.chunks(show.div_ceil(4).max(1));
        let running: Vec<_> =
            parts.map(|some| scope.spawn(move || some.iter().map(shrink).collect::<Vec<_>>())).collect();
        running.into_iter().flat_map(|one| one.join().expect("a thread")).collect()
    });
    for (at, (small, wrong)) in small {
        println!("── {at} {:?}{}", small.shell, if small.straight { ", straight" } else { "" });
        if let Some(startup) = &small.startup {
            println!("BASH_ENV: {startup}");
        }
        println!("{}", small.text());
        for one in wrong.iter().take(2) {
            println!("   {}: {}", one.kind, one.what);
        }
    }
    let unknown: usize = report.tally.unknown.values().sum();
    println!(
        "seed {seed}: {} scripts, {} wrong, {} called incomplete",
        report.scripts,
        report.wrong.len(),
        report.tally.incomplete
    );
    println!("{} words, {unknown} unknown", report.tally.words);
    let mut causes: Vec<_> = report.tally.unknown.iter().collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (cause, count) in causes.iter().take(40) {
        println!("{count:7} {cause}");
    }
}
