//! Stands in for the fuzz targets (`fuzz/`) where those are not run: the same entry points, with mutations of the cases
//! that are the same in each run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::entry_points;
use crate::languages::Dice;

type Entry = fn(&[u8]);

const ENTRIES: [(&str, Entry); 5] = [
    ("parse", entry_points::parse),
    ("command", entry_points::command),
    ("foreign", entry_points::foreign),
    ("sql", entry_points::sql),
    ("http", entry_points::http),
];

const MARKS: &[u8] = b"'\"$`\\(){}[]<>|&;\n\0\xff#*?~=!%:";

/// The lines of the files of cases, as their text has them.
fn seeds() -> Vec<Vec<u8>> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("a file of cases"));
    texts.flat_map(|text| text.lines().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>()).collect()
}

fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut text = seeds[dice.roll(seeds.len())].clone();
    for _ in 0..dice.roll(6) {
        let at = dice.roll(text.len() + 1);
        match dice.roll(4) {
            0 => text.insert(at, MARKS[dice.roll(MARKS.len())]),
            1 => text.truncate(at),
            2 => drop(text.drain(at..(at + dice.roll(8)).min(text.len()))),
            _ => {
                let other = &seeds[dice.roll(seeds.len())];
                let from = dice.roll(other.len() + 1);
                text.splice(at..at, other[from..].iter().copied());
            }
        }
    }
    text
}

/// How long this thread has run: a busy machine does not count.
fn on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|field| field.parse().ok()).unwrap_or(0))
}

#[test]
fn no_text_makes_an_entry_point_panic_or_take_long() {
    let seeds = seeds();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for round in 0..5_000 {
        let text = mutated(&seeds, &mut dice);
        let (name, entry) = ENTRIES[round % ENTRIES.len()];
        let begin = on_processor();
        entry(&text);
        let took = on_processor().saturating_sub(begin);
        // A debug build.
        assert!(took < Duration::from_secs(10), "{name} took {took:?}: {:?}", String::from_utf8_lossy(&text));
    }
}
