//! What matching costs: a mix of everyday and destructive commands against the packs, once and with ten times as many.

#![allow(clippy::disallowed_methods, reason = "a benchmark is a program of its own")]

#[path = "../tests/all/model.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod model;

use divan::counter::ItemsCount;
use guarded_sh::command::{Model, Seen};
use guarded_sh::packs::{self, Packs};
use guarded_sh::rules::matching;

const LINES: [&str; 12] = [
    "ls -la src",
    "git status --short",
    "git commit -m 'rules: more of them'",
    "rm -rf target/debug build",
    "terraform -chdir=prod plan -out x.plan",
    "terraform -chdir=prod destroy -auto-approve",
    "systemctl --user restart app.service",
    "cargo test --all-targets -- --nocapture",
    "grep -rn pattern src tests > /tmp/found.txt",
    "systemctl stop $UNIT",
    "docker compose up -d",
    "kubectl -n web get pods -o wide",
];

/// Ten times the packs may cost so much more.
const MOST: f64 = 1.1;

fn main() {
    divan::main();
    let models = models();
    let (once, tenfold) = (synthetic(0), synthetic(9));
    let ratio = ratio(&|packs| matched(&models, packs), &once, &tenfold);
    println!("ten times the packs, matching: {ratio:.3} times the time (at most {MOST})");
    if ratio > MOST {
        std::process::exit(1);
    }
}

fn matched(models: &[Model], packs: &Packs) -> usize {
    let seen = Seen::default();
    models.iter().map(|model| matching(divan::black_box(model), packs, &seen).len()).sum()
}

/// The best of many rounds that take turns, so that a busy machine slows both.
fn ratio(work: &dyn Fn(&Packs) -> usize, once: &Packs, tenfold: &Packs) -> f64 {
    let mut best = [f64::MAX; 2];
    for _ in 0..200 {
        for (packs, best) in [once, tenfold].into_iter().zip(&mut best) {
            let begin = std::time::Instant::now();
            for _ in 0..20 {
                divan::black_box(work(packs));
            }
            *best = best.min(begin.elapsed().as_secs_f64());
        }
    }
    best[1] / best[0]
}

/// Packs of commands that no line names, `times` for each embedded one.
fn synthetic(times: usize) -> Packs {
    let base = include_str!("../rules/terraform.toml");
    let count = Packs::embedded().tools().count() * times;
    let mut read = Vec::new();
    for number in 0..count {
        let name = format!("synthetic{number}");
        let text = base
            .replace("\"terraform\", \"tofu\", \"terragrunt\"", &format!("\"{name}\""))
            .replace("\"terraform.", &format!("\"{name}."));
        read.push(packs::parse(&format!("{name}.toml"), &text).expect("a pack of the same kind"));
    }
    Packs::of(read)
}

fn models() -> Vec<Model> {
    LINES.iter().map(|line| model::model_of(line)).collect()
}

#[divan::bench(args = [0, 9])]
fn match_commands(bencher: divan::Bencher<'_, '_>, more: usize) {
    let packs = synthetic(more);
    let models = models();
    bencher.counter(ItemsCount::new(LINES.len())).bench(|| matched(&models, &packs));
}

#[divan::bench]
fn find_tools(bencher: divan::Bencher<'_, '_>) {
    let packs = synthetic(9);
    bencher.bench(|| packs.tools_for(divan::black_box(b"terraform")).count());
}
