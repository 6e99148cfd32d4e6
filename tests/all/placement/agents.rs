//! A stub of each agent that starts its shell the way the agent does: placed, what it destroys is stopped.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::SystemTime;

use guarded_sh::placement::{AGENTS, Agent, Scope, json, table};
use guarded_sh::store::{State, Store};

use super::{init, means};
use crate::cases::Place;
use crate::grants::{apart, approve};
use crate::programs::guarded_sh;

fn stub() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/placement/stub-agent.c");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("stub-agent-{}", std::process::id()));
        let built = Command::new("cc").args(["-O1", "-o"]).arg(&program).arg(source).status();
        assert!(built.is_ok_and(|status| status.success()), "cc");
        program
    })
}

/// The agent's program lies on PATH behind the launchers.
fn place(agent: &Agent, guarded: &Path) -> Place {
    let place = Place::new();
    for program in agent.programs {
        std::fs::copy(stub(), place.path("bin").join(program)).expect("a stub");
    }
    init(agent.name, &means(&place.home(), &place.project(), guarded, Scope::User)).expect("a placement");
    place
}

fn ours() -> PathBuf {
    guarded_sh().with_file_name("guarded")
}

/// Has the agent run these lines.
fn run(place: &Place, agent: &Agent, program: &str, lines: &str) -> Output {
    std::fs::write(place.path("lines"), lines).expect("lines");
    let launchers = place.home().join(".local/share/guarded/launchers");
    let path = format!("{}:{}:/usr/bin:/bin", launchers.display(), place.path("bin").display());
    let text = format!("exec {program} \"$1\"");
    let mut command = place.program(Path::new("/bin/sh"), &["-c", &text, "_"]);
    command.arg(place.path("lines")).env("PATH", path).env("SHELL", "/bin/bash");
    if let Some(setting) = setting(place, agent) {
        command.env("STUB_SETTING", setting);
    }
    command.output().expect("the agent")
}

/// What the agent reads in its settings.
fn setting(place: &Place, agent: &Agent) -> Option<String> {
    let (file, keys): (&str, &[&str]) = match agent.name {
        "claude-code" => (".claude/settings.json", &["env", "CLAUDE_CODE_SHELL"]),
        "pi" => (".pi/agent/settings.json", &["shellPath"]),
        _ => return None,
    };
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let text = std::fs::read(place.home().join(file)).expect("settings");
    json::value(&text, &keys)?.as_str().map(str::to_owned)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn is_safe(place: &Place) -> bool {
    place.project().join("uploads/face.png").exists()
}

fn terminals(agent: &Agent) -> bool {
    matches!(agent.name, "vscode" | "cursor")
}

#[test]
fn what_an_agent_destroys_is_stopped_and_the_rest_runs() {
    for agent in AGENTS.iter().filter(|agent| !terminals(agent)) {
        for program in agent.programs {
            let place = place(agent, &ours());
            let output = run(&place, agent, program, "echo one > one\nrm -rf uploads\necho two > two; cat two\n");
            let text = said(&output);
            assert!(is_safe(&place), "{program}: {text}");
            assert!(place.project().join("one").exists() && place.project().join("two").exists(), "{program}: {text}");
            assert!(
                text.contains("status 0\nstatus 75\ntwo\nstatus 0\n")
                    || text.contains("status 0\nstatus 126\ntwo\nstatus 0\n"),
                "{program}: {text}"
            );
            assert!(text.contains("Nothing was run.") && text.contains("guarded approve"), "{program}: {text}");
            let trail =
                std::fs::read_to_string(place.home().join(".local/state/guarded/audit.jsonl")).expect("a trail");
            assert!(trail.contains("echo one > one") && trail.contains("cat two"), "{program} {trail}");
        }
    }
}

/// Or the test above proves nothing.
#[test]
fn without_a_placement_it_is_deleted() {
    let agent = table::agent("copilot").expect("an agent");
    let place = place(agent, &ours());
    std::fs::remove_file(place.home().join(".local/share/guarded/launchers/copilot")).expect("no launcher");
    run(&place, agent, "copilot", "rm -rf uploads\n");
    assert!(!is_safe(&place));
}

#[test]
fn an_answer_holds_for_one_repeat() {
    for name in ["copilot", "codex", "gemini-cli", "aider"] {
        let agent = table::agent(name).expect("an agent");
        let program = agent.programs[0];
        let place = place(agent, &ours());
        run(&place, agent, program, "rm -rf uploads\n");
        let store = Store::open(&place.home().join(".local/state/guarded")).expect("a store");
        let pending = store.pending(SystemTime::now()).expect("requests");
        assert_eq!(pending.len(), 1, "{name}");
        approve(&place, &pending[0].id);
        let output = run(&place, agent, program, "rm -rf uploads; mkdir uploads; echo x > uploads/face.png\n");
        assert!(is_safe(&place), "another text is another question, {name}: {}", said(&output));
        let output =
            run(&place, agent, program, "rm -rf uploads\nmkdir uploads; echo x > uploads/face.png\nrm -rf uploads\n");
        assert!(said(&output).contains("status 0\nstatus 0\n"), "{name}: {}", said(&output));
        assert!(is_safe(&place), "it is used up, {name}: {}", said(&output));
        let states = [State::Used];
        assert!(
            store.request(&pending[0].id).expect("a store").is_some_and(|one| states.contains(&one.state)),
            "{name}"
        );
    }
}

/// The attack: the agent itself starts, without a shell, what was allowed to one call of its shell.
#[test]
fn an_answer_to_a_call_is_none_to_what_the_agent_starts_itself() {
    let agent = table::agent("copilot").expect("an agent");
    let place = place(agent, &ours());
    run(&place, agent, "copilot", "rm -rf uploads\n");
    let store = Store::open(&place.home().join(".local/state/guarded")).expect("a store");
    approve(&place, &store.pending(SystemTime::now()).expect("requests")[0].id);
    let lines = "rm -rf uploads\n!mkdir uploads\n!touch uploads/face.png\n!rm -rf uploads\n";
    let output = run(&place, agent, "copilot", lines);
    let text = said(&output);
    assert!(text.contains("status 0\nstatus 0\nstatus 0\nstatus 126\n") && is_safe(&place), "{text}");
}

#[test]
fn a_launcher_without_its_guard_starts_nothing() {
    for name in ["codex", "opencode"] {
        let agent = table::agent(name).expect("an agent");
        let place = Place::new();
        std::fs::create_dir(place.path("installed")).expect("a folder");
        for program in [guarded_sh(), ours()] {
            let copy = place.path("installed").join(program.file_name().expect("a name"));
            std::fs::copy(&program, copy).expect("a copy");
        }
        for program in agent.programs {
            std::fs::copy(stub(), place.path("bin").join(program)).expect("a stub");
        }
        let means = means(&place.home(), &place.project(), &place.path("installed/guarded"), Scope::User);
        init(name, &means).expect("a placement");
        std::fs::remove_dir_all(place.path("installed")).expect("removed");
        let output = run(&place, agent, agent.programs[0], "touch ran\n");
        assert_eq!(output.status.code(), Some(127), "{name}: {}", said(&output));
        assert!(!place.project().join("ran").exists() && said(&output).contains("unguarded"), "{}", said(&output));
    }
}

#[test]
fn a_launcher_finds_no_other_and_says_so() {
    let agent = table::agent("codex").expect("an agent");
    let place = place(agent, &ours());
    std::fs::remove_file(place.path("bin/codex")).expect("removed");
    let output = run(&place, agent, "codex", "");
    assert_eq!(output.status.code(), Some(127));
    // A folder or a file that can't be run is no program.
    std::fs::create_dir(place.path("bin/codex")).expect("a folder");
    assert_eq!(run(&place, agent, "codex", "").status.code(), Some(127));
}

/// Arguments and standard input are the agent's own.
#[test]
fn a_launcher_hands_on_what_it_is_given() {
    let place = Place::new();
    let agent = place.path("bin/my-agent");
    std::fs::write(&agent, "#!/bin/sh\nprintf '<%s>' \"$@\"\ncat\n").expect("a stub");
    std::fs::set_permissions(&agent, PermissionsExt::from_mode(0o755)).expect("a mode");
    let means = means(&place.home(), &place.project(), &ours(), Scope::User);
    let wanted = guarded_sh::placement::wanted::of_program("my-agent", &means, false).expect("a launcher");
    let plan = guarded_sh::placement::plan("generic my-agent", &wanted, &means).expect("a plan");
    guarded_sh::placement::carry_out(&plan, &means).expect("placed");
    let launcher = place.home().join(".local/share/guarded/launchers/my-agent");
    let input = std::fs::File::open(place.project().join("clean.txt")).expect("a file");
    let output = place.program(&launcher, &["a b", "", "*", "--x=$y"]).stdin(input).output().expect("the agent");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<a b><><*><--x=$y>as committed\n", "{}", said(&output));
}

/// The attack: what was set up is taken away from below the agent.
#[test]
fn an_agent_does_not_take_its_own_guard_away() {
    const LINES: &[&str] = &[
        "rm -f ~/.local/share/guarded/launchers/codex",
        "rm -rf ~/.local/share/guarded",
        "ln -sf /bin/bash ~/.local/share/guarded/bin/bash",
        "cp /bin/bash ~/.local/share/guarded/bin/bash",
        "chmod -x ~/.local/share/guarded/launchers/codex",
        "echo '#!/bin/sh' > ~/.local/share/guarded/launchers/codex",
        "sed -i s/guarded/true/ ~/.local/share/guarded/launchers/codex",
        "echo '{}' > ~/.codex/hooks.json",
        "echo '{}' > ~/.pi/agent/settings.json",
        "rm -rf ~/.local/state/guarded/placement",
        "\"$G\" uninit codex",
        "G uninit codex; $G uninit codex",
    ];
    let agent = table::agent("codex").expect("an agent");
    for line in LINES {
        let place = place(agent, &ours());
        init("pi", &means(&place.home(), &place.project(), &ours(), Scope::User)).expect("a placement");
        let before = place.snapshot();
        let line = line.replace("$G", &ours().display().to_string());
        let output = run(&place, agent, "codex", &format!("{line}\n"));
        let after = place.snapshot();
        let differs = before.iter().find(|(path, content)| after.get(*path) != Some(content));
        assert_eq!(differs.map(|(path, _)| path), None, "{line}: {}", said(&output));
        assert!(place.home().join(".local/state/guarded/placement/record.json").exists(), "{line}");
    }
}

/// As it is typed, away from every agent: what sets up needs no terminal, what takes away needs a person's.
#[test]
fn a_script_sets_up_and_only_a_person_takes_away() {
    let place = Place::new();
    let text = "\"$G\" init codex; echo init $?; \"$G\" uninit codex < /dev/null; echo uninit $?";
    let said = apart(&place, text, &[("SHELL", "/bin/bash")]);
    assert!(said.contains("init 0\n") && said.contains("uninit 1\n"), "{said}");
    assert!(place.home().join(".local/share/guarded/launchers/codex").exists(), "{said}");
    let lines = std::fs::read_to_string(place.home().join(".bashrc")).expect("a start-up file");
    assert!(lines.starts_with("alias ll='ls -l'\n") && lines.contains("launchers"), "{lines}");
    // Such lines put the launchers first, once.
    let mut shown = place.program(Path::new("/bin/bash"), &["-c", ". ~/.bashrc; . ~/.bashrc; echo \"$PATH\""]);
    let path = String::from_utf8_lossy(&shown.output().expect("bash").stdout).into_owned();
    let launchers = place.home().join(".local/share/guarded/launchers").display().to_string();
    assert!(path.starts_with(&format!("{launchers}:")) && path.matches(&launchers).count() == 1, "{path}");
}

/// Two guards at once are more than is needed, and no hole.
#[test]
fn a_guarded_shell_below_guarded_run_stops_and_runs_alike() {
    let agent = table::agent("opencode").expect("an agent");
    let place = place(agent, &ours());
    let around = format!("'{}' run -- opencode", ours().display());
    let output = run(&place, agent, &around, "echo one > one\nrm -rf uploads\ncat one\n");
    assert!(is_safe(&place), "{}", said(&output));
    assert!(said(&output).contains("status 0\nstatus 126\none\nstatus 0\n"), "{}", said(&output));
}
