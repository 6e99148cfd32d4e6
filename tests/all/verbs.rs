//! The packs know what the tools' own references list: `tests/cases/verbs` holds it, by tool and release.

use guarded_sh::answer::Answer;
use guarded_sh::packs::Packs;
use guarded_sh::rules;
use serde::Deserialize;

use super::examples::findings;
use super::model::model_of;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    tool: Vec<Tool>,
}

/// What one release of a tool lists of itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    name: String,
    version: String,
    from: String,
    verbs: Vec<String>,
    /// Whole lines, for each verb that destroys at least one.
    #[serde(default)]
    destroys: Vec<String>,
}

fn tools() -> Vec<Tool> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/verbs");
    let files = std::fs::read_dir(folder).expect("the tables").map(|file| file.expect("a table").path());
    let tables = files.map(|file| {
        let text = std::fs::read_to_string(&file).expect("a table");
        toml::from_str::<Table>(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    });
    tables.flat_map(|table| table.tool).collect()
}

#[test]
fn every_verb_of_a_tools_reference_is_listed() {
    let packs = Packs::embedded();
    let tools = tools();
    assert!(tools.len() >= 130, "{} tools", tools.len());
    let mut missing = Vec::new();
    for tool in &tools {
        let told = [&tool.name, &tool.version, &tool.from].iter().all(|text| !text.is_empty());
        assert!(told && tool.verbs.len() + tool.destroys.len() > 0, "{}", tool.name);
        let name = tool.name.split(' ').next().unwrap_or_default();
        if packs.tools_for(name.as_bytes()).next().is_none() {
            missing.push(format!("{name}: no pack knows it"));
        }
        for verb in &tool.verbs {
            let line = format!("{} {verb}", tool.name);
            if !rules::unlisted(&model_of(&line), &packs).is_empty() {
                missing.push(line);
            }
        }
    }
    assert!(missing.is_empty(), "{} verbs are not listed:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn what_destroys_by_a_tools_reference_is_found() {
    let packs = Packs::embedded();
    let lines: Vec<String> = tools().into_iter().flat_map(|tool| tool.destroys).collect();
    let found = |line: &&String| findings(line, &packs).iter().any(|one| one.answer == Answer::Yes);
    let missed: Vec<_> = lines.iter().filter(|line| !found(line)).map(String::as_str).collect();
    assert!(missed.is_empty(), "{} lines are not found:\n{}", missed.len(), missed.join("\n"));
}
