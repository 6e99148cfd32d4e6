//! docs/stopped.svg shows what a stopped agent really reads. `BLESS=1 cargo test picture` draws it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::programs::guarded_sh;

const CALL: &str = r#"curl -s https://backboard.railway.app/graphql/v2 -H "Authorization: Bearer $RAILWAY_TOKEN" --json '{"query": "mutation { volumeDelete(volumeId: \"3f6e\") }"}'"#;
const COLUMNS: usize = 104;
const LINE_HEIGHT: usize = 19;

/// What guarded-sh says of the call, with the two words that differ from run to run replaced.
fn refusal() -> String {
    let home = tempfile::tempdir().expect("a folder");
    let settings = home.path().join(".config/guarded");
    fs::create_dir_all(&settings).expect("a folder");
    fs::write(settings.join("policy.toml"), "[ask]\nwait = 0\n").expect("a policy");
    let output = Command::new(guarded_sh())
        .args(["-c", CALL])
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("CLAUDECODE", "1"), ("RAILWAY_TOKEN", "0000-not-a-real-token")])
        .env("HOME", home.path())
        .current_dir(home.path())
        .stdin(Stdio::null())
        .output()
        .expect("guarded-sh starts");
    assert_eq!(output.status.code(), Some(75), "a person is asked: {output:?}");
    assert!(output.stdout.is_empty(), "curl was started");
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(text.lines().count() <= 10, "{text}");
    let with = |text: &str, before: &str, after: &str, instead: &str| {
        let (head, rest) = text.split_once(before).expect("a request's id and end");
        let (_, tail) = rest.split_once(after).expect("a request's id and end");
        format!("{head}{before}{instead}{after}{tail}")
    };
    with(&with(&text, "guarded approve ", "  (", "7KQ2"), "(expires ", ")", "17:40")
}

/// Lines no longer than the picture, broken between words, each with whether it goes on from the one before.
fn wrapped(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_inclusive(' ') {
        let full = lines.last().is_some_and(|last| last.chars().count() + word.trim_end().chars().count() > COLUMNS);
        if full {
            lines.push(" ".repeat(11));
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(word);
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    text.trim_end().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn drawn() -> String {
    let said = refusal();
    let mut rows: Vec<(&str, String)> = Vec::new();
    rows.extend(wrapped(&format!("$ {CALL}")).into_iter().map(|line| ("typed", line)));
    for line in said.lines() {
        let class = if line.starts_with("guarded:") { "stopped" } else { "said" };
        rows.extend(wrapped(line).into_iter().map(|line| (class, line)));
    }
    let (width, height) = (COLUMNS * 8 + 72, rows.len() * LINE_HEIGHT + 44);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"guarded-sh \
         stops the call that deletes a volume\">\n<style>text {{ font: 13px ui-monospace, Menlo, Consolas, monospace; \
         white-space: pre }} .typed {{ fill: #9fb3c8 }} .stopped {{ fill: #ff8f73; font-weight: bold }} \
         .said {{ fill: #e6edf3 }}</style>\n<rect width=\"{width}\" height=\"{height}\" rx=\"10\" fill=\"#10161d\"/>\n"
    );
    for (at, (class, line)) in rows.iter().enumerate() {
        let y = 34 + at * LINE_HEIGHT;
        let line = escaped(line);
        let _ = writeln!(svg, "<text class=\"{class}\" x=\"24\" y=\"{y}\" xml:space=\"preserve\">{line}</text>");
    }
    svg + "</svg>\n"
}

#[test]
fn the_picture_shows_what_is_really_said() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/stopped.svg");
    let drawn = drawn();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &drawn).expect("written");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == drawn, "docs/stopped.svg shows another refusal; BLESS=1 cargo test picture draws it");
}
