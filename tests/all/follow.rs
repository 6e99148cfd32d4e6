//! Files and texts that run because something names them: each is read, and what is in it says where it stands.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::languages::{lines, model};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    line: String,
    /// Files in the directory of the command.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Command lines that must be among what would run, perhaps with `@ FILE:LINE` behind them.
    #[serde(default)]
    runs: Vec<String>,
    /// How often what `runs` names is there in all.
    count: Option<usize>,
    /// Programs that must not be among them.
    #[serde(default)]
    never: Vec<String>,
    /// Why it does not hold yet, and what it would take.
    known: Option<String>,
}

impl Case {
    fn wrong(&self) -> Option<String> {
        let model = model(self.line.as_bytes(), &self.files);
        let found: Vec<String> = lines(&model)
            .into_iter()
            .zip(&model.commands)
            .map(|(line, command)| format!("{line} @ {}:{}", command.at.source, command.at.line))
            .collect();
        let names = |line: &str, wanted: &str| {
            if wanted.contains(" @") { line.starts_with(wanted) } else { line.split(" @ ").next() == Some(wanted) }
        };
        for wanted in &self.runs {
            if !found.iter().any(|line| names(line, wanted)) {
                return Some(format!("not `{wanted}` among {found:#?}, unread {:?}", model.unread));
            }
        }
        let all = found.iter().filter(|line| self.runs.iter().any(|wanted| names(line, wanted))).count();
        if self.count.is_some_and(|count| count != all) {
            return Some(format!("{all} times among {found:#?}"));
        }
        let called = |tool: &&String| model.commands.iter().any(|command| command.tool() == Some(tool.as_bytes()));
        self.never.iter().find(called).map(|tool| format!("`{tool}` among {found:#?}"))
    }
}

#[test]
fn what_a_file_runs_is_read_with_its_place() {
    let cases: Cases = toml::from_str(include_str!("../cases/follow.toml")).expect("the cases are TOML");
    let wrong: Vec<String> = cases
        .case
        .iter()
        .filter_map(|case| match (case.wrong(), &case.known) {
            (None, None) | (Some(_), Some(_)) => None,
            (Some(wrong), None) => Some(format!("{}: {wrong}", case.name)),
            (None, Some(_)) => Some(format!("{}: holds by now; `known` can go", case.name)),
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.case.len(), wrong.join("\n"));
}
