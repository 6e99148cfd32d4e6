//! `guarded doctor` about agents: what it says is what would happen.

use std::os::unix::fs::PermissionsExt;

use guarded_sh::placement::Scope;
use serde_json::Value;

use super::{init, means, uninit};
use crate::cases::Place;
use crate::programs::guarded_sh;

/// The whole and the exit status, with the launchers before or behind the agents on PATH.
fn told(place: &Place, words: &[&str], first: bool) -> (Value, Option<i32>) {
    let launchers = place.home().join(".local/share/guarded/launchers");
    let (own, ours) = (place.path("agents").display().to_string(), launchers.display().to_string());
    let path = if first { format!("{ours}:{own}") } else { format!("{own}:{ours}") };
    let words = [&["doctor", "--format", "json"], words].concat();
    let mut command = place.program(&guarded_sh().with_file_name("guarded"), &words);
    command.env("PATH", format!("{path}:/usr/bin:/bin")).env("SHELL", "/bin/bash");
    let output = command.output().expect("guarded");
    (serde_json::from_slice(&output.stdout).expect("JSON"), output.status.code())
}

fn agent<'v>(whole: &'v Value, name: &str) -> &'v Value {
    let agents = whole["agents"].as_array().expect("agents");
    agents.iter().find(|one| one["agent"] == name).unwrap_or(&Value::Null)
}

fn place(programs: &[&str]) -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("agents")).expect("a folder");
    for program in programs {
        let path = place.path("agents").join(program);
        std::fs::write(&path, "#!/bin/sh\n: started >> \"$HOME/started\"\n").expect("a stub");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a mode");
    }
    std::fs::write(place.path("agents/package.json"), "{\"version\": \"1.2.3\"}").expect("a package");
    place
}

#[test]
fn an_agent_is_guarded_when_it_is_and_not_before() {
    let place = place(&["claude", "codex", "gemini", "opencode", "copilot", "pi", "aider"]);
    let means = means(&place.home(), &place.project(), &guarded_sh().with_file_name("guarded"), Scope::User);
    let (whole, code) = told(&place, &[], true);
    assert_eq!(code, Some(0), "nobody wanted them guarded: {whole}");
    for name in ["claude-code", "codex", "gemini-cli", "opencode", "copilot", "pi", "aider"] {
        let one = agent(&whole, name);
        assert_eq!((&one["guarded"], &one["placed"]), (&false.into(), &false.into()), "{one}");
        assert_eq!(one["gaps"][0]["close"], format!("guarded init {name}"), "{one}");
        assert_eq!(one["version"], "1.2.3");
        assert_eq!(told(&place, &[name], true).1, Some(1), "{name} is asked about and not guarded");

        init(name, &means).expect("a placement");
        let (whole, code) = told(&place, &[name], true);
        let one = agent(&whole, name);
        assert_eq!((&one["guarded"], &one["proved"], code), (&true.into(), &true.into(), Some(0)), "{one}");
        assert_eq!(whole["agents"].as_array().map(Vec::len), Some(1));

        uninit(name, &means).expect("taken back");
        assert_eq!(told(&place, &[name], true).1, Some(1), "{name}");
    }
    assert!(!place.home().join("started").exists(), "no agent is run");
}

/// The attack: another program of that name before the launcher.
#[test]
fn a_launcher_that_is_not_first_is_told() {
    let place = place(&["codex", "gemini"]);
    let means = means(&place.home(), &place.project(), &guarded_sh().with_file_name("guarded"), Scope::User);
    for name in ["codex", "gemini-cli"] {
        init(name, &means).expect("a placement");
        let (whole, code) = told(&place, &[], false);
        let one = agent(&whole, name);
        assert_eq!((&one["guarded"], code), (&false.into(), Some(1)), "{one}");
        assert!(one["gaps"][0]["found"].as_str().is_some_and(|text| text.contains("comes before")), "{one}");
        // One that is first and was changed is no guard either.
        let program = one["program"].as_str().and_then(|path| path.rsplit('/').next()).expect("a program");
        let launcher = place.home().join(".local/share/guarded/launchers").join(program);
        let text = std::fs::read_to_string(&launcher).expect("a launcher");
        std::fs::write(&launcher, text.replace("run -- ", "").replace("$guard", "$found")).expect("changed");
        let (whole, code) = told(&place, &[], true);
        assert_eq!((&agent(&whole, name)["guarded"], code), (&false.into(), Some(1)), "{whole}");
        std::fs::write(&launcher, text).expect("back");
        uninit(name, &means).expect("taken back");
    }
}

#[test]
fn a_setting_that_was_changed_since_is_told() {
    let place = place(&["claude"]);
    let means = means(&place.home(), &place.project(), &guarded_sh().with_file_name("guarded"), Scope::User);
    init("claude-code", &means).expect("a placement");
    let file = place.home().join(".claude/settings.json");
    let text = std::fs::read_to_string(&file).expect("settings");
    for (from, to) in [("CLAUDE_CODE_SHELL", "CLAUDE_CODE_SHEL"), ("/bin/bash\"", "/bin/nowhere-bash\"")] {
        std::fs::write(&file, text.replacen(from, to, 1)).expect("changed");
        let (whole, code) = told(&place, &[], true);
        assert_eq!((&agent(&whole, "claude-code")["guarded"], code), (&false.into(), Some(1)), "{whole}");
    }
    // Without the hook its shell still holds, and the gap is named.
    std::fs::write(&file, text.replacen("hook claude-code", "hook nobody", 1)).expect("changed");
    let (whole, code) = told(&place, &[], true);
    let one = agent(&whole, "claude-code");
    assert_eq!((&one["guarded"], code), (&true.into(), Some(0)), "{one}");
    assert!(one["gaps"][0]["found"].as_str().is_some_and(|text| text.contains("settings.json")), "{one}");
    // A project's settings go before the user's.
    std::fs::write(&file, &text).expect("back");
    std::fs::create_dir(place.project().join(".claude")).expect("a folder");
    let project = place.project().join(".claude/settings.local.json");
    std::fs::write(project, "{\"env\": {\"CLAUDE_CODE_SHELL\": \"/bin/bash\"}}").expect("settings");
    let (whole, code) = told(&place, &[], true);
    assert_eq!((&agent(&whole, "claude-code")["guarded"], code), (&false.into(), Some(1)), "{whole}");
}

/// Where no record can be written there is no proof.
#[test]
fn a_probe_that_leaves_no_trace_is_no_proof() {
    let place = place(&["pi"]);
    let means = means(&place.home(), &place.project(), &guarded_sh().with_file_name("guarded"), Scope::User);
    init("pi", &means).expect("a placement");
    let fake = place.path("guarded-sh");
    std::fs::write(&fake, "#!/bin/bash\nexec /bin/bash \"$@\"\n").expect("a stub");
    std::fs::set_permissions(&fake, PermissionsExt::from_mode(0o755)).expect("a mode");
    let link = place.home().join(".local/share/guarded/bin/bash");
    std::fs::remove_file(&link).expect("removed");
    std::os::unix::fs::symlink(&fake, &link).expect("a link");
    let (whole, code) = told(&place, &[], true);
    let one = agent(&whole, "pi");
    assert_eq!((&one["guarded"], &one["proved"], code), (&false.into(), &false.into(), Some(1)), "{one}");
}
