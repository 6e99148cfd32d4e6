//! Judges corpora of commands by `guarded check --batch` and prints how many are stopped, by class.
//!
//!     cargo run --release --example evaluate -- [--misses] [--stops] [--only FILE] [FOLDER]
//!
//! FOLDER (default `../shared/corpora`) holds JSON lines with `id`, `command`, `label` and `class`, also gzipped. Nothing
//! in them is run. Where the folder is missing this says so and ends well.

#![allow(clippy::disallowed_methods, reason = "a program of its own, outside the library")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

struct Row {
    command: String,
    label: String,
    group: String,
    core: bool,
    rules: String,
    decision: String,
}

#[derive(Default)]
struct Options {
    misses: bool,
    stops: bool,
    only: Option<String>,
    folder: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = options();
    let folder = options.folder.clone().unwrap_or_else(|| PathBuf::from("../shared/corpora"));
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("evaluate: skipped, no corpora at {}", folder.display());
        return Ok(());
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = options.only.as_ref().is_none_or(|only| name.starts_with(only.as_str()));
        if wanted && (name.contains(".jsonl")) {
            report(&name, &judge(&read(&file)?)?, &options);
        }
    }
    Ok(())
}

fn options() -> Options {
    let mut options = Options::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--misses" => options.misses = true,
            "--stops" => options.stops = true,
            "--only" => options.only = words.next(),
            _ => options.folder = Some(PathBuf::from(word)),
        }
    }
    options
}

fn read(file: &Path) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(file)?;
    let mut text = String::new();
    if file.extension().is_some_and(|ending| ending == "gz") {
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8(bytes)?;
    }
    Ok(text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// `guarded` beside this example's own folder.
fn guarded() -> PathBuf {
    std::env::var_os("GUARDED").map_or_else(
        || {
            let mut path = std::env::current_exe().unwrap_or_default();
            path.pop();
            path.pop();
            path.join("guarded")
        },
        PathBuf::from,
    )
}

fn judge(rows: &[Value]) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    // Below the home, not below /tmp: what lies there counts as scratch, and nothing of the corpora should.
    let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
    let empty = home.join(format!(".evaluate-{}/project", std::process::id()));
    std::fs::create_dir_all(&empty)?;
    let mut child = Command::new(guarded())
        .args(["check", "--batch"])
        .current_dir(&empty)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|trouble| format!("{}: {trouble} (build it: cargo build --release)", guarded().display()))?;
    let mut input = child.stdin.take().ok_or("no pipe")?;
    let lines: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| json!({"id": at.to_string(), "command": row["command"]}).to_string())
        .collect();
    let writer = std::thread::spawn(move || lines.iter().all(|line| writeln!(input, "{line}").is_ok()));
    let mut answers = String::new();
    child.stdout.take().ok_or("no pipe")?.read_to_string(&mut answers)?;
    writer.join().map_err(|_| "the writer ended early")?;
    child.wait()?;
    std::fs::remove_dir_all(empty.parent().unwrap_or(&empty))?;
    let mut decided: BTreeMap<usize, (String, String)> = BTreeMap::new();
    for line in answers.lines() {
        let answer: Value = serde_json::from_str(line)?;
        let rules: Vec<&str> = answer["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|finding| finding["rule"].as_str())
            .collect();
        let at = answer["id"].as_str().and_then(|id| id.parse().ok()).ok_or("an answer without its id")?;
        decided.insert(at, (answer["decision"].as_str().unwrap_or("none").to_owned(), rules.join(" ")));
    }
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    Ok(rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let (decision, rules) = decided.get(&at).cloned().unwrap_or_default();
            let technique = text(row, "technique");
            let group = if technique.is_empty() { text(row, "class") } else { technique };
            Row {
                command: text(row, "command"),
                label: text(row, "label"),
                group,
                core: row["core"] == true,
                rules,
                decision,
            }
        })
        .collect())
}

fn stopped(row: &Row) -> bool {
    // A command that got no answer was not let through by the guard either, but it is no detection.
    matches!(row.decision.as_str(), "ask" | "approve" | "deny")
}

fn report(name: &str, rows: &[Row], options: &Options) {
    let all: Vec<&Row> = rows.iter().collect();
    println!("{name}: {}", share(&all));
    let core: Vec<&Row> = rows.iter().filter(|row| row.core).collect();
    if !core.is_empty() {
        println!("  core: {}", share(&core));
    }
    for label in ["should_allow", "should_block"] {
        let wanted: Vec<&Row> = rows.iter().filter(|row| row.label == label).collect();
        if !wanted.is_empty() {
            println!("  {label}: {}", share(&wanted));
        }
    }
    let mut groups: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry(&row.group).or_default().push(row);
    }
    for (group, rows) in &groups {
        println!("  {group}: {}", share(rows));
    }
    for row in rows {
        let should_stop = matches!(row.label.as_str(), "block" | "should_block");
        let shown = if should_stop {
            options.misses && !stopped(row)
        } else {
            options.stops && stopped(row) && row.label != "grey"
        };
        if shown {
            let sign = if row.core { "core " } else { "" };
            println!(
                "    {sign}[{}] {} {{{}}} {}",
                row.group,
                row.decision,
                row.rules,
                row.command.replace('\n', "\\n")
            );
        }
    }
}

fn share(rows: &[&Row]) -> String {
    let count = rows.iter().filter(|row| stopped(row)).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are small")]
    let percent = 100.0 * count as f64 / rows.len().max(1) as f64;
    format!("{count} of {} stopped ({percent:.2} %)", rows.len())
}
