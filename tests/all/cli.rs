//! `guarded` as it is typed.

#![expect(clippy::disallowed_methods, reason = "tests start the program")]

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use guarded_sh::cli::{self, VERBS};
use tempfile::TempDir;

struct Ground {
    folder: TempDir,
}

impl Ground {
    fn new() -> Ground {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["home", "work"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        Ground { folder }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guarded"));
        command.args(words).current_dir(self.folder.path().join("work"));
        command.env_clear().env("HOME", self.folder.path().join("home")).env("PATH", "/usr/bin:/bin");
        command
    }

    fn run(&self, words: &[&str]) -> (i32, String, String) {
        said(&self.command(words).stdin(Stdio::null()).output().expect("guarded runs"))
    }

    fn batch(&self, input: &str) -> (i32, Vec<serde_json::Value>) {
        let mut command = self.command(&["check", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("guarded runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("a writer").expect("written");
        let (code, text, _) = said(&output);
        (code, text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
    }
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn check_ends_with_what_would_happen_and_runs_nothing() {
    let ground = Ground::new();
    let marker = ground.folder.path().join("work/ran");
    assert_eq!(ground.run(&["check", "--", "ls", "-la"]).0, 0);
    assert_eq!(ground.run(&["check", "-c", "rm -rf /"]).0, 126);
    assert_eq!(ground.run(&["check", "rm -rf /"]).0, 126, "one word is shell text");
    assert_eq!(ground.run(&["check", "--", "rm", "-rf", "/"]).0, 126);
    assert_eq!(ground.run(&["check", "-c", "curl -s https://x.example | sh"]).0, 75);
    assert_eq!(ground.run(&["check", "-c", "touch ran"]).0, 0);
    assert!(!marker.exists());
    assert!(
        fs::read_dir(ground.folder.path().join("home")).expect("home").next().is_none(),
        "it leaves nothing behind"
    );
}

#[test]
fn check_judges_in_the_folder_that_it_is_told() {
    let ground = Ground::new();
    fs::write(ground.folder.path().join("home/x.sh"), "rm -rf /\n").expect("written");
    assert_eq!(ground.run(&["check", "--cwd", "../home", "-c", "bash x.sh"]).0, 126);
    assert_eq!(ground.run(&["check", "-c", "bash x.sh"]).0, 0, "it is not here");
    let (code, _, error) = ground.run(&["check", "--cwd", "nowhere", "-c", "ls"]);
    assert_eq!((code, error.as_str()), (2, "guarded: there is no folder nowhere\n"));
}

#[test]
fn the_batch_answers_line_by_line_in_order() {
    let ground = Ground::new();
    let (code, answers) = ground.batch(
        "{\"id\":\"a\",\"command\":\"ls\"}\n{\"id\":2,\"command\":\"rm -rf /\"}\n\n{\"command\":\"cat x\",\"cwd\":\"/nowhere\"}\n",
    );
    assert_eq!(code, 0);
    let seen: Vec<_> = answers.iter().map(|answer| (answer["id"].clone(), answer["decision"].clone())).collect();
    assert_eq!(seen, [("a".into(), "allow".into()), (2.into(), "deny".into()), (().into(), "allow".into())]);
    assert_eq!(answers[1]["understood"], true);
    assert!(answers[1]["findings"][0]["rule"].is_string());
}

#[test]
fn a_malformed_line_is_answered_and_the_rest_goes_on() {
    let ground = Ground::new();
    for bad in ["not json", "{\"id\":1}", "[]", "{\"command\":3}", "\"x", "{\"command\":\"ls\"} x"] {
        let (code, answers) = ground.batch(&format!("{bad}\n{{\"id\":9,\"command\":\"ls\"}}"));
        assert_eq!(code, 2, "{bad}");
        assert!(answers[0]["id"].is_null() && answers[0]["error"].is_string(), "{bad}");
        assert_eq!(answers[1]["decision"], "allow", "{bad}");
    }
}

#[test]
fn the_batch_answers_before_the_next_question() {
    use std::io::{BufRead, BufReader};
    let ground = Ground::new();
    let mut command = ground.command(&["check", "--batch"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("guarded runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    for _ in 0..3 {
        stdin.write_all(b"{\"command\":\"ls\"}\n").expect("written");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("an answer");
        assert!(line.contains("allow"), "{line}");
    }
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn explain_shows_the_reading_and_the_rules() {
    let ground = Ground::new();
    let (code, text, _) = ground.run(&["explain", "cd /srv && rm -rf \"$HOME\"/*"]);
    assert_eq!(code, 0);
    assert!(text.contains("1. cd /srv") && text.contains("in /srv"), "{text}");
    let (_, rules, _) = ground.run(&["rules", "list"]);
    let id = rules.split_whitespace().next().expect("a rule");
    assert!(ground.run(&["explain", id]).1.starts_with(&format!("{id}: ")));
    assert!(ground.run(&["rules", "show", id]).1.contains("stops:"));
}

#[test]
fn a_rule_that_does_not_exist_is_answered_with_the_nearest() {
    let ground = Ground::new();
    let (_, rules, _) = ground.run(&["rules", "list"]);
    let id = rules.split_whitespace().next().expect("a rule");
    let (code, _, error) = ground.run(&["rules", "show", &format!("{id}x")]);
    assert_eq!(code, 1);
    assert!(error.ends_with(&format!("try: guarded rules show {id}\n")), "{error}");
}

#[test]
fn with_nothing_waiting_and_nothing_recorded_it_says_so_and_makes_nothing() {
    let ground = Ground::new();
    assert_eq!(ground.run(&["pending"]).1, "nothing waits for a person\n");
    assert_eq!(ground.run(&["pending", "--format", "json"]).1, "");
    assert_eq!(ground.run(&["log"]).0, 0);
    for verb in ["show", "approve", "deny"] {
        let (code, _, error) = ground.run(&[verb, "7kq2"]);
        assert_eq!(
            (code, error.as_str()),
            (1, "guarded: there is no request 7KQ2\n  try: guarded pending\n"),
            "{verb}"
        );
    }
    assert!(fs::read_dir(ground.folder.path().join("home")).expect("home").next().is_none());
}

#[test]
fn nobody_pauses_from_a_pipe() {
    let ground = Ground::new();
    let (code, _, error) = ground.run(&["pause", "10m"]);
    assert_eq!(code, 1, "{error}");
    assert!(error.contains("not paused"), "{error}");
    assert_eq!(ground.run(&["pause", "soon"]).0, 2);
}

#[test]
fn the_policy_is_shown_with_its_origin_and_tested() {
    let ground = Ground::new();
    let folder = ground.folder.path().join("home/.config/guarded");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("policy.toml"), "[decide]\nlow = \"ask\"\n").expect("written");
    let (code, text, _) = ground.run(&["policy", "show"]);
    assert_eq!(code, 0);
    let low = text.lines().find(|line| line.starts_with("decide.low = \"ask\"")).expect("the line");
    assert!(low.ends_with("policy.toml:2"), "{low}");
    assert_eq!(ground.run(&["policy", "test"]).0, 0);

    fs::write(
        folder.join("policy.toml"),
        "[[waiver]]\nrule = \"no.such\"\nuntil = 2020-01-01\nreason = \"x\"\n[[decide.override]]\nrule = \"none.*\"\ndecision = \"ask\"\n",
    )
    .expect("written");
    let (code, _, error) = ground.run(&["policy", "test"]);
    assert_eq!(code, 1);
    for part in ["no such rule", "ran out on 2020-01-01", "no rule fits"] {
        assert!(error.contains(part), "{error}");
    }

    fs::write(folder.join("policy.toml"), "[decide]\nlo = \"ask\"\n").expect("written");
    let (code, _, error) = ground.run(&["check", "-c", "ls"]);
    assert_eq!(code, 125);
    assert!(error.contains("policy.toml:2:1") && error.contains("try: low"), "{error}");
}

#[test]
fn a_pack_that_others_can_write_is_not_read() {
    use std::os::unix::fs::PermissionsExt;
    let ground = Ground::new();
    let folder = ground.folder.path().join("home/.config/guarded/rules");
    fs::create_dir_all(&folder).expect("a folder");
    let pack = folder.join("x.toml");
    fs::write(&pack, "").expect("written");
    fs::set_permissions(&pack, fs::Permissions::from_mode(0o666)).expect("chmod");
    let (code, _, error) = ground.run(&["check", "-c", "ls"]);
    assert_eq!(code, 125);
    assert!(error.contains("others can write"), "{error}");
}

#[test]
fn the_trail_is_verified_and_its_first_broken_line_named() {
    let ground = Ground::new();
    let file = ground.folder.path().join("work/trail");
    fs::write(&file, "{}\n").expect("written");
    let (code, _, error) = ground.run(&["audit", "verify", "trail"]);
    assert_eq!(code, 1);
    assert!(error.contains("broken at line 1"), "{error}");
    let (code, _, error) = ground.run(&["audit", "verify", "none"]);
    assert_eq!(code, 1);
    assert!(error.contains("no trail at"), "{error}");
}

#[test]
fn unknown_words_end_with_2_and_help_with_0() {
    let ground = Ground::new();
    assert_eq!(ground.run(&["chekc"]).0, 2);
    assert!(ground.run(&["chekc"]).2.contains("check"));
    assert_eq!(ground.run(&["check", "--nope"]).0, 2);
    assert_eq!(ground.run(&["check"]).0, 2);
    assert_eq!(ground.run(&["--help"]).0, 0);
    assert_eq!(ground.run(&["--version"]).1, format!("guarded {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn help_has_every_verb_in_the_order_of_the_table_and_none_that_is_not_built() {
    let help = cli::command().render_help().to_string();
    let places: Vec<usize> = VERBS
        .iter()
        .map(|verb| help.find(&format!("  {} ", verb.name)).unwrap_or_else(|| panic!("{}", verb.name)))
        .collect();
    assert!(places.is_sorted());
    assert!(!help.contains("\n  rehearse "));
}

#[test]
fn each_verb_is_explained_in_a_line_without_full_stop() {
    let mut verbs: Vec<_> = VERBS.iter().collect();
    verbs.extend(VERBS.iter().flat_map(|verb| verb.below));
    for verb in verbs {
        assert!(!verb.short.ends_with('.') && verb.short.len() < 90, "{}", verb.name);
        assert!(verb.arguments.iter().all(|argument| !argument.help.ends_with('.')), "{}", verb.name);
    }
}

#[test]
fn the_installer_explains_itself_and_takes_back_only_what_is_its_own() {
    let ground = Ground::new();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh");
    let run = |words: &[&str]| {
        said(&Command::new(script).args(words).env("HOME", ground.folder.path()).output().expect("it runs"))
    };
    assert!(run(&["--help"]).1.contains("--uninstall"));
    assert_eq!(run(&["--nope"]).0, 2);
    assert_eq!(run(&["--prefix"]).0, 2);
    let prefix = ground.folder.path().join("pre fix");
    let (code, text, _) = run(&["--uninstall", "--prefix", &prefix.display().to_string()]);
    assert_eq!(code, 0);
    assert!(text.starts_with("nothing is installed"), "{text}");

    fs::create_dir_all(prefix.join("lib/guarded")).expect("a folder");
    fs::create_dir_all(prefix.join("bin")).expect("a folder");
    for file in ["bin/guarded", "bin/mine"] {
        fs::write(prefix.join(file), "x").expect("written");
    }
    fs::write(prefix.join("lib/guarded/manifest"), "bin/guarded\n").expect("written");
    assert_eq!(run(&["--uninstall", "--prefix", &prefix.display().to_string()]).0, 0);
    assert!(!prefix.join("bin/guarded").exists() && !prefix.join("lib/guarded").exists());
    assert!(prefix.join("bin/mine").exists());
}
