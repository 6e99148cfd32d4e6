//! What init writes is there, and uninit leaves each file as it was.

use guarded_sh::placement::wanted::of_agent;
use guarded_sh::placement::{AGENTS, Scope, Want, json, standing};

use super::{Ground, init, planned, uninit};
use crate::programs::guarded_sh;

const SETTINGS: &[&str] = &[
    "",
    "\n",
    "{}",
    "{ }\n",
    "{\n}\n",
    "{\"a\":1}",
    "{\"a\":1}\n\n",
    "\u{feff}{\n  \"a\": \"ü\"\n}\n",
    "{\r\n  \"a\": 1,\r\n  \"b\": [1, 2]\r\n}\r\n",
    "{\n\t\"a\": {\n\t\t\"b\": null\n\t}\n}",
    "// mine\n{\n  // first\n  \"a\": 1, // one\n  /* two */ \"b\": 2,\n}\n// last\n",
    "{\n    \"env\": {\n        \"FOO\": \"1\"\n    },\n    \"permissions\": {\"allow\": [\"Bash(ls:*)\"]}\n}\n",
    "{\"env\":{},\"hooks\":{}}",
    "{ \"hooks\": { \"PreToolUse\": [], \"BeforeTool\": [ ] } }\n",
    "{\n  \"hooks\": {\n    \"PreToolUse\": [\n      {\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \
     \"command\": \"mine\"}]}\n    ],\n    \"preToolUse\": [\n      // theirs\n      {\"type\": \"command\", \"bash\": \"x\"},\n\
     \x20   ]\n  }\n}\n",
    "{\n  \"terminal.integrated.profiles.linux\": {\n    \"zsh\": {\"path\": \"zsh\"}\n  },\n  \"editor.fontSize\": 1.5e1\n}\n",
    "{\"version\": 1, \"deep\": {\"a\": {\"b\": {\"c\": [[[{}]]]}}}, \"\\u0061\": \"\\n\\\"\"}",
];

const LINES: &[&str] = &["", "export A=1\n", "export A=1", "# é\r\nexport A=1\r\n\r\n"];

/// Every agent, over every sample in every file that it touches.
#[test]
fn every_byte_comes_back() {
    for agent in AGENTS {
        for scope in [Scope::User, Scope::Project].into_iter().filter(|scope| agent.scopes().contains(scope)) {
            for (at, sample) in SETTINGS.iter().enumerate() {
                let ground = Ground::new();
                let means = ground.means(scope);
                let wanted = of_agent(agent, &means, true).expect("it has such settings");
                for one in &wanted {
                    let text = match one.want {
                        Want::Settings(_) => sample,
                        Want::Lines(_) => LINES[at % LINES.len()],
                        Want::Program { .. } | Want::Link(_) => continue,
                    };
                    std::fs::create_dir_all(one.path.parent().expect("a folder")).expect("a folder");
                    std::fs::write(&one.path, text).expect("settings");
                }
                let before = ground.snapshot();
                let say = |what: &str| format!("{what}: {} {scope:?} over {sample:?}", agent.name);
                init(agent.name, &means).unwrap_or_else(|trouble| panic!("{}: {trouble:?}", say("init")));
                let there = standing(&wanted, &means);
                assert!(there.iter().all(|(_, holds)| *holds), "{}: {there:?}", say("init"));
                assert!(!planned(agent.name, &means).expect("a plan").changes(), "{}", say("again"));
                init(agent.name, &means).expect("it is there already");
                uninit(agent.name, &means).unwrap_or_else(|trouble| panic!("{}: {trouble:?}", say("uninit")));
                let after = ground.snapshot();
                let differs = after.iter().chain(&before).find(|(path, _)| before.get(*path) != after.get(*path));
                assert_eq!(differs, None, "{}", say("uninit"));
            }
        }
    }
}

/// Comments, order and what others wrote stay; the text means the same and ours beside it.
#[test]
fn what_others_wrote_since_stays() {
    let ground = Ground::new();
    let means = ground.means(Scope::User);
    let text = "{\n  // mine\n  \"model\": \"opus\",\n  \"env\": {\n    \"FOO\": \"1\"\n  }\n}\n";
    let path = ground.write(".claude/settings.json", text.as_bytes());
    init("claude-code", &means).expect("a placement");
    let placed = std::fs::read_to_string(&path).expect("settings");
    assert!(placed.contains("  // mine\n  \"model\": \"opus\",\n") && placed.contains("CLAUDE_CODE_SHELL"), "{placed}");
    std::fs::write(&path, placed.replace("opus", "haiku")).expect("changed");
    uninit("claude-code", &means).expect("taken back");
    assert_eq!(std::fs::read_to_string(&path).expect("settings"), text.replace("opus", "haiku"));
}

/// The same over every sample: what is left means the sample and what others wrote, with each comment.
#[test]
fn of_a_file_that_others_changed_only_ours_goes() {
    for name in ["claude-code", "gemini-cli", "pi", "vscode"] {
        let agent = guarded_sh::placement::table::agent(name).expect("an agent");
        for sample in SETTINGS.iter().filter(|sample| !sample.trim().is_empty()) {
            let ground = Ground::new();
            let means = ground.means(Scope::User);
            let wanted = of_agent(agent, &means, true).expect("user settings");
            let path = &wanted.iter().find(|one| matches!(one.want, Want::Settings(_))).expect("settings").path;
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, sample).expect("settings");
            init(name, &means).expect("a placement");
            let theirs = |text: &str| text.replacen('{', "{ /* theirs */ \"zz\": 1,", 1);
            let placed = std::fs::read_to_string(path).expect("settings");
            std::fs::write(path, theirs(&placed)).expect("changed");
            uninit(name, &means).unwrap_or_else(|trouble| panic!("{name} {sample:?}: {trouble:?}"));
            let left = std::fs::read_to_string(path).expect("it stays");
            let means_of = |text: &str| json::value(text.as_bytes(), &[]).expect("settings");
            let mut wanted = means_of(sample);
            wanted["zz"] = 1.into();
            assert_eq!(means_of(&left), wanted, "{name} {sample:?}: {left}");
            for comment in ["// mine", "// first", "// one", "/* two */", "// last", "// theirs"] {
                assert!(left.contains(comment) || !sample.contains(comment), "{name} {sample:?}: {left}");
            }
            assert!(left.contains("/* theirs */") && !left.contains("guarded"), "{name} {sample:?}: {left}");
        }
    }
}

#[test]
fn a_file_that_was_made_and_then_used_by_others_stays_for_them() {
    let ground = Ground::new();
    let means = ground.means(Scope::User);
    init("claude-code", &means).expect("a placement");
    let path = ground.home().join(".claude/settings.json");
    let text = std::fs::read_to_string(&path).expect("settings");
    std::fs::write(&path, text.replacen('{', "{\n  \"model\": \"opus\",", 1)).expect("changed");
    uninit("claude-code", &means).expect("taken back");
    let left = std::fs::read_to_string(&path).expect("it is there");
    assert!(left.contains("opus") && !left.contains("guarded"), "{left}");
}

/// In whichever order they go.
#[test]
fn two_agents_in_one_file_do_not_undo_each_other() {
    for (scope, pair, file) in [
        (Scope::Project, ["vscode", "cursor"], "project/.vscode/settings.json"),
        (Scope::User, ["codex", "aider"], ".bashrc"),
    ] {
        for [first, second] in [pair, [pair[1], pair[0]]] {
            let ground = Ground::new();
            let means = ground.means(scope);
            let text = if scope == Scope::Project { "{\"a\": 1}" } else { "alias x=y" };
            let path = ground.write(file, text.as_bytes());
            let before = ground.snapshot();
            init(pair[0], &means).expect("the first");
            init(pair[1], &means).expect("the second");
            uninit(first, &means).expect("one goes");
            let still = std::fs::read_to_string(&path).expect("a file");
            assert!(still.contains("guarded"), "{second} wants it still: {still}");
            uninit(second, &means).expect("the other goes");
            assert_eq!(ground.snapshot(), before, "{first} before {second}");
        }
    }
}

#[test]
fn settings_behind_a_link_are_written_where_they_lie() {
    let ground = Ground::new();
    let means = ground.means(Scope::User);
    let target = ground.write("dotfiles/claude.json", b"{}\n");
    std::fs::set_permissions(&target, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a mode");
    std::fs::create_dir_all(ground.home().join(".claude")).expect("a folder");
    let link = ground.home().join(".claude/settings.json");
    std::os::unix::fs::symlink("../dotfiles/claude.json", &link).expect("a link");
    let before = ground.snapshot();
    init("claude-code", &means).expect("a placement");
    assert!(link.is_symlink() && std::fs::read_to_string(&target).expect("settings").contains("CLAUDE_CODE_SHELL"));
    let mode = std::os::unix::fs::PermissionsExt::mode(&target.metadata().expect("a file").permissions());
    assert_eq!(mode & 0o777, 0o600);
    uninit("claude-code", &means).expect("taken back");
    assert_eq!(ground.snapshot(), before);
}

/// The guard moves: what it wrote before gives way, and the first bytes still come back.
#[test]
fn a_newer_guard_in_another_place_takes_over() {
    for name in ["claude-code", "codex", "opencode", "vscode"] {
        let ground = Ground::new();
        let first = ground.means(Scope::User);
        let file = if name == "vscode" { ".config/Code/User/settings.json" } else { ".claude/settings.json" };
        ground.write(file, b"{\n  // mine\n  \"a\": 1\n}\n");
        let before = ground.snapshot();
        init(name, &first).expect("a placement");
        let folder = tempfile::tempdir().expect("a folder");
        for program in ["guarded", "guarded-sh"] {
            std::fs::copy(guarded_sh().with_file_name(program), folder.path().join(program)).expect("a copy");
        }
        let second = super::means(&ground.home(), &ground.project(), &folder.path().join("guarded"), Scope::User);
        init(name, &second).expect("another placement");
        let agent = guarded_sh::placement::table::agent(name).expect("an agent");
        let wanted = of_agent(agent, &second, true).expect("files");
        assert!(standing(&wanted, &second).iter().all(|(_, holds)| *holds), "{name}");
        let built = guarded_sh().parent().expect("a folder").display().to_string();
        for (path, content) in ground.snapshot() {
            assert!(!String::from_utf8_lossy(&content).contains(&built), "{name}: {}", path.display());
        }
        uninit(name, &second).expect("taken back");
        assert_eq!(ground.snapshot(), before, "{name}");
    }
}

#[test]
fn two_names_of_one_start_up_file_are_one_file() {
    let ground = Ground::new();
    ground.write(".bashrc", b"alias x=y\n");
    std::os::unix::fs::symlink(".bashrc", ground.home().join(".profile")).expect("a link");
    let before = ground.snapshot();
    let means = ground.means(Scope::User);
    init("codex", &means).expect("a placement");
    let text = std::fs::read_to_string(ground.home().join(".bashrc")).expect("a file");
    assert_eq!(text.matches(">>> guarded-sh").count(), 1, "{text}");
    uninit("codex", &means).expect("taken back");
    assert_eq!(ground.snapshot(), before);
}
