//! Generated scripts, run by the real shells and read by the command stage: no word that is said to be known may differ.

mod arithmetic;
pub mod grammar;
mod judge;
mod random;
mod shells;
mod shrink;
mod words;

use grammar::Script;
pub use judge::{Tally, Wrong};
use shells::Place;

/// How many scripts one process of a shell is given.
const BATCH: usize = 100;

#[derive(Default)]
pub struct Report {
    pub scripts: usize,
    pub tally: Tally,
    pub wrong: Vec<(u64, Script, Vec<Wrong>)>,
}

impl Report {
    pub fn add(&mut self, other: Report) {
        self.scripts += other.scripts;
        self.tally.add(other.tally);
        self.wrong.extend(other.wrong);
    }
}

/// Makes, runs and reads the scripts with these numbers.
pub fn run(seed: u64, numbers: &[u64]) -> Report {
    let made = |number: &u64| {
        let mut script = grammar::script(seed, *number);
        if let Some(startup) = &mut script.startup {
            startup.login &= shells::can_log_in();
        }
        (*number, script)
    };
    numbers.chunks(BATCH).map(|some| judged(&some.iter().map(made).collect::<Vec<_>>())).fold(
        Report::default(),
        |mut all, one| {
            all.add(one);
            all
        },
    )
}

/// Runs and reads these scripts.
pub fn judged(numbered: &[(u64, Script)]) -> Report {
    let root = tempfile::tempdir().expect("a folder");
    let place = Place::new(root.path());
    let mut report = Report { scripts: numbered.len(), ..Report::default() };
    let scripts: Vec<Script> = numbered.iter().map(|(_, script)| script.clone()).collect();
    let judged = judge_all(&place, &scripts, false, &mut report.tally);
    for ((number, script), wrong) in numbered.iter().zip(judged) {
        if !wrong.is_empty() {
            report.wrong.push((*number, script.clone(), wrong));
        }
    }
    report
}

fn judge_all(place: &Place, scripts: &[Script], limited: bool, tally: &mut Tally) -> Vec<Vec<Wrong>> {
    let models: Vec<_> =
        (0..).zip(scripts).map(|(index, script)| judge::read(script, &place.folder(index), &place.home())).collect();
    let ran = place.run(scripts, limited);
    let compared = scripts.iter().zip(&models).zip(&ran);
    compared.map(|((script, model), (given, ended))| judge::compare(script, model, given, *ended, tally)).collect()
}

/// The smallest script found that is still wrong in the same way.
pub fn shrunk(script: &Script, kind: &str) -> (Script, Vec<Wrong>) {
    let root = tempfile::tempdir().expect("a folder");
    let place = Place::new(root.path());
    let failing = |tried: &[Script]| {
        let judged = judge_all(&place, tried, true, &mut Tally::default());
        judged.into_iter().position(|wrong| wrong.iter().any(|one| one.kind == kind))
    };
    let small = shrink::smallest(script, failing);
    let wrong = judge_all(&place, std::slice::from_ref(&small), true, &mut Tally::default()).remove(0);
    (small, wrong)
}
