//! `guarded doctor` finds the ways past the guard, each with what closes it; and closed, it is silent about it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use guarded_sh::placement::{AGENTS, Means, Scope, bypasses, found, table};
use guarded_sh::store::private_directory;

use super::{Ground, init};

/// With the agent's program on PATH behind our launchers, and more variables.
fn means(ground: &Ground, more: &[(&str, &str)]) -> Means {
    let mut means = ground.means(Scope::User);
    let own = ground.home().join("agents").display().to_string();
    let path = format!("{}:{own}:/usr/bin:/bin", means.launchers);
    means.environment = vec![("PATH".to_owned(), path), ("SHELL".to_owned(), "/bin/bash".to_owned())];
    means.environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    means
}

fn program(ground: &Ground, name: &str, version: &str) {
    ground.write("agents/package.json", format!("{{\"version\": \"{version}\"}}").as_bytes());
    let path = ground.write(&format!("agents/{name}"), b"#!/bin/sh\n");
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("a mode");
}

/// What is found of one agent, as `text: what closes it`.
fn gaps(name: &str, means: &Means) -> Vec<String> {
    let found = found::look(means, found::Look { only: Some(name), trail: None, execs: true });
    found.iter().flat_map(|one| &one.gaps).map(|gap| format!("{}: {}", gap.says, gap.close)).collect()
}

#[test]
fn a_hook_that_is_switched_off_is_told() {
    for (agent, file, off, on) in [
        ("claude-code", ".claude/settings.json", "\"disableAllHooks\": true,", ""),
        ("qwen-code", ".qwen/settings.json", "\"disableAllHooks\": true,", "\"disableAllHooks\": false,"),
        (
            "gemini-cli",
            ".gemini/settings.json",
            "\"hooksConfig\": {\"enabled\": false},",
            "\"hooksConfig\": {\"enabled\": true},",
        ),
        ("gemini-cli", ".gemini/settings.json", "\"tools\": {\"enableHooks\": false},", ""),
        (
            "gemini-cli",
            ".gemini/settings.json",
            "\"hooksConfig\": {\"disabled\": [\"x\", \"/opt/guarded hook gemini-cli || exit 2\"]},",
            "\"hooksConfig\": {\"disabled\": [\"another\"]},",
        ),
    ] {
        let ground = Ground::new();
        program(&ground, table::agent(agent).expect("an agent").programs[0], "0.1.0");
        init(agent, &ground.means(Scope::User)).expect("a placement");
        let means = means(&ground, &[]);
        let path = ground.home().join(file);
        let text = std::fs::read_to_string(&path).expect("settings");
        assert_eq!(gaps(agent, &means), Vec::<String>::new());
        std::fs::write(&path, text.replacen('{', &format!("{{{off}"), 1)).expect("changed");
        let found = gaps(agent, &means);
        assert!(
            found.len() == 1 && found[0].contains("hook does not run") && found[0].contains(file),
            "{off}: {found:?}"
        );
        std::fs::write(&path, text.replacen('{', &format!("{{{on}"), 1)).expect("changed");
        assert_eq!(gaps(agent, &means), Vec::<String>::new(), "{on}");
    }
    let ground = Ground::new();
    program(&ground, "codex", "0.1.0");
    init("codex", &ground.means(Scope::User)).expect("a placement");
    for (text, told) in [("[features]\nhooks = false\n", 1), ("[features]\nhooks = true\n", 0), ("[features\n", 0)] {
        ground.write(".codex/config.toml", text.as_bytes());
        assert_eq!(gaps("codex", &means(&ground, &[])).len(), told, "{text}");
    }
    // A project's file switches it off as well.
    let ground = Ground::new();
    program(&ground, "claude", "0.1.0");
    init("claude-code", &ground.means(Scope::User)).expect("a placement");
    ground.write("project/.claude/settings.json", b"{\"disableAllHooks\": true}");
    assert_eq!(gaps("claude-code", &means(&ground, &[])).len(), 1);
}

#[test]
fn a_shell_that_the_agent_skips_in_silence_is_told() {
    let ground = Ground::new();
    program(&ground, "claude", "0.1.0");
    let shell = crate::programs::guarded_sh();
    // Its folder must not say bash either.
    std::os::unix::fs::symlink(&shell, ground.home().join("guarded-sh")).expect("a link");
    let named = ground.home().join("guarded-sh").display().to_string();
    if named.contains("bash") || named.contains("zsh") {
        return;
    }
    for name in ["CLAUDE_CODE_SHELL", "SHELL"] {
        let found = gaps("claude-code", &means(&ground, &[(name, &named)])).join("\n");
        assert!(found.contains(&format!("it skips {name}={named} in silence")), "{found}");
        assert!(found.contains(&format!("{name}={}", ground.means(Scope::User).link("bash"))), "{found}");
    }
    let gone = ground.home().join("guarded/bash").display().to_string();
    let found = gaps("claude-code", &means(&ground, &[("CLAUDE_CODE_SHELL", &gone)])).join("\n");
    assert!(found.contains("it leads nowhere"), "{found}");
    init("claude-code", &ground.means(Scope::User)).expect("a placement");
    let link = ground.means(Scope::User).link("bash");
    assert_eq!(gaps("claude-code", &means(&ground, &[("CLAUDE_CODE_SHELL", &link)])), Vec::<String>::new());
}

#[test]
fn another_bash_before_ours_on_path_is_told() {
    let ground = Ground::new();
    program(&ground, "gemini", "0.1.0");
    init("claude-code", &ground.means(Scope::User)).expect("links");
    let links = ground.means(Scope::User).links;
    let own = ground.home().join("agents").display().to_string();
    for (path, told) in
        [(format!("/usr/bin:/bin:{links}:{own}"), true), (format!("{links}:{own}:/usr/bin:/bin"), false)]
    {
        let found = gaps("gemini-cli", &means(&ground, &[("PATH", &path)])).join("\n");
        assert_eq!(found.contains("bash comes before "), told, "{path}: {found}");
        assert_eq!(found.contains(&format!("PATH={links}:$PATH")), told, "{path}: {found}");
    }
}

#[test]
fn a_session_from_before_is_told_by_its_snapshot() {
    let ground = Ground::new();
    program(&ground, "claude", "0.1.0");
    let old = ground.write(".claude/shell-snapshots/snapshot-bash-1-a.sh", b"# snapshot\n");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options().write(true).open(&old).expect("a file").set_modified(long_ago).expect("a time");
    assert!(!gaps("claude-code", &means(&ground, &[])).join("\n").contains("snapshot"), "nothing is set up");
    init("claude-code", &ground.means(Scope::User)).expect("a placement");
    let means = means(&ground, &[]);
    let found = gaps("claude-code", &means).join("\n");
    assert!(
        found.contains("snapshot-bash-1-a.sh is older than the guarded shell") && found.contains(": end its"),
        "{found}"
    );
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    let new = |name: &str| {
        let file = ground.write(&format!(".claude/shell-snapshots/{name}"), b"");
        std::fs::File::options().write(true).open(file).expect("a file").set_modified(later).expect("a time");
    };
    new("snapshot-bash-2-b.sh");
    assert_eq!(gaps("claude-code", &means), Vec::<String>::new(), "the newest is ours");
    new("snapshot-zsh-3-c.sh");
    let found = gaps("claude-code", &means).join("\n");
    assert!(found.contains("snapshot-zsh-3-c.sh was made by another shell"), "{found}");
}

#[test]
fn a_version_that_nobody_tried_is_a_hint() {
    for (version, told) in [("2.1.330", false), ("2.1.99", false), ("2.1.331", true), ("3.0.0", true)] {
        let ground = Ground::new();
        program(&ground, "claude", version);
        init("claude-code", &ground.means(Scope::User)).expect("a placement");
        let found = found::look(&means(&ground, &[]), found::Look { only: None, trail: None, execs: true });
        assert!(found[0].guarded, "a hint takes nothing away");
        let text = format!("{:?}", found[0].gaps);
        assert_eq!(text.contains("is newer than 2.1.330"), told, "{version}: {text}");
    }
}

/// The table says what docs/agents.md says.
#[test]
fn the_versions_that_were_tried_are_those_of_the_page() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/agents.md")).expect("the page");
    for agent in AGENTS {
        let row =
            page.lines().find(|line| line.starts_with('|') && line.contains(&format!("guarded init {}`", agent.name)));
        let Some(tried) = agent.tried else { continue };
        assert!(row.is_some_and(|row| row.contains(tried)), "{}: {row:?}", agent.name);
    }
}

/// Somebody asked for a guarded login shell, and the user database says another.
#[test]
fn another_login_shell_than_was_asked_for_is_told() {
    let ground = Ground::new();
    let means = ground.means(Scope::User);
    assert_eq!(bypasses::login(&means), None);
    private_directory(&means.record).expect("a folder");
    let plan =
        guarded_sh::placement::plan("shell", &guarded_sh::placement::wanted::links(&means), &means).expect("a plan");
    guarded_sh::placement::carry_out(&plan, &means).expect("links");
    // Whoever runs the tests has a login shell of his own.
    let gap = bypasses::login(&means).expect("a gap");
    assert!(gap.close.starts_with("chsh -s ") && gap.close.ends_with("/bin/bash"), "{gap:?}");
}
