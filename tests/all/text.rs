//! Text that only looks like a command, and the tasks of every day, lead to no finding.

use std::io::Write;
use std::process::Stdio;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cases::Place;
use crate::programs::guarded_sh;

#[derive(Deserialize)]
struct Groups {
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    about: String,
    /// Run by plain bash in the project beforehand.
    #[serde(default)]
    before: String,
    /// Rules that may say in the trail what a line does beside the text it carries.
    #[serde(default)]
    may: Vec<String>,
    lines: Vec<String>,
}

/// What is judged of each line, in a project of its own; nothing runs.
fn judged(group: &Group) -> Vec<Value> {
    let place = Place::new();
    if !group.before.is_empty() {
        place.bash(&group.before);
    }
    let guarded = guarded_sh().with_file_name("guarded");
    let mut command = place.program(&guarded, &["check", "--batch"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a judge");
    let mut input = child.stdin.take().expect("a pipe");
    let lines: Vec<String> = group.lines.iter().map(|line| json!({"id": line, "command": line}).to_string()).collect();
    let writer = std::thread::spawn(move || lines.iter().for_each(|line| writeln!(input, "{line}").expect("a line")));
    let answers = child.wait_with_output().expect("answers");
    writer.join().expect("all was written");
    let text = String::from_utf8(answers.stdout).expect("JSON");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn text_is_not_code_and_everyday_tasks_are_quiet() {
    let groups: Groups = toml::from_str(include_str!("../cases/text.toml")).expect("the cases are TOML");
    let mut wrong = Vec::new();
    let mut count = 0;
    for group in &groups.group {
        let answers = judged(group);
        assert_eq!(answers.len(), group.lines.len(), "{}", group.about);
        count += answers.len();
        for answer in answers {
            let said = answer["findings"].as_array().expect("findings");
            let quiet = said.iter().all(|one| group.may.iter().any(|rule| one["rule"] == rule.as_str()));
            let runs = answer["decision"] == "allow" || answer["decision"] == "log";
            if !quiet || !runs {
                wrong.push(format!(
                    "{}: {}\n    {} {}",
                    group.about, answer["id"], answer["decision"], answer["findings"]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
