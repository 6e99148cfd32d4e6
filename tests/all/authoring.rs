//! Whoever writes packs and policies: each mistake is named with its place and with what to write instead.

#![expect(clippy::disallowed_methods, reason = "tests start the program")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use guarded_sh::packs::lint::lint;
use guarded_sh::packs::skeleton::{Listed, listed, skeleton};
use guarded_sh::packs::{self, Packs};
use guarded_sh::policy::settings::Scope;
use guarded_sh::policy::{Layer, starter};
use guarded_sh::show::schema;
use serde_json::Value;
use tempfile::TempDir;

struct Ground {
    folder: TempDir,
}

impl Ground {
    fn new() -> Ground {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["home/.config/guarded/rules", "work"] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder");
        }
        Ground { folder }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("written");
    }

    fn given(&self, words: &[&str], input: &str) -> (i32, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_guarded"))
            .args(words)
            .current_dir(self.folder.path().join("work"))
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("guarded runs");
        // It may have ended without reading.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
    }

    fn run(&self, words: &[&str]) -> (i32, String) {
        self.given(words, "")
    }
}

const PACK: &str = r#"[tool]
name = "demo"
commands = ["demo"]
about = "a tool for tests"

[grammar]
verbs = { wipe = {}, show = "safe" }
verb_aliases = { rm = "wipe" }

[[rule]]
id = "demo.wipe"
says = "wipes"
why = "It is gone."
instead = ["demo show"]
effect = "delete"
target = "files"
severity = "high"
when = { verb = "wipe" }
stops = ["demo wipe a", "demo rm a"]
unsure = ["demo $X a"]
passes = ["demo show a"]
"#;

/// A second rule for the same tool.
fn with_rule(when: &str, stops: &str, passes: &str) -> String {
    format!(
        "{PACK}\n[[rule]]\nid = \"demo.other\"\nsays = \"does\"\nwhy = \"It is gone.\"\neffect = \"delete\"\n\
         target = \"files\"\nseverity = \"high\"\nwords = \"fixed\"\nwhen = {when}\nstops = {stops}\npasses = {passes}\n"
    )
}

#[test]
fn a_sound_pack_passes_and_each_mistake_is_named() {
    let ground = Ground::new();
    ground.write("work/demo.toml", PACK);
    let (code, said) = ground.run(&["rules", "test", "demo.toml"]);
    assert_eq!(code, 0, "{said}");
    let own = "[\"demo go a\", \"demo go b\"]";
    for (text, place, says, instead) in [
        (PACK.replace("effect", "efect"), "15:1", "no key `efect`", "did you mean `effect`?"),
        (PACK.replace("\"delete\"", "\"nonsense\""), "15:10", "`effect` can't be `nonsense`", "write one of: delete"),
        (PACK.replace("\"delete\"", "\"delte\""), "15:10", "`effect` can't be `delte`", "did you mean `delete`?"),
        (PACK.replace("\"files\"", "\"filez\""), "16:10", "`target` can't be `filez`", "did you mean `files`?"),
        (PACK.replace("verb = \"wipe\"", "verbs = \"wipe\""), "18:10", "no key `verbs`", "did you mean `verb`?"),
        (PACK.replace("[tool]", "[tol]"), "1:", "no key `tol`", "did you mean `tool`?"),
        (PACK.replace("name = \"demo\"", "name = demo"), "2:", "", ""),
        (
            format!("{PACK}{}", &PACK[PACK.find("[[rule]]").expect("a rule")..]),
            "22:1",
            "there are two rules `demo.wipe`",
            "",
        ),
        (PACK.replace("id = \"demo.wipe\"", "id = \"demo.Wipe\""), "11:6", "is no id of this pack", "demo.act"),
        (
            PACK.replace("\"demo show a\"", "\"demo wipe a\""),
            "19:10",
            "in `stops` of `demo.wipe` and in `passes`",
            "drop one",
        ),
        (PACK.replace("\"demo $X a\"", "\"demo rm a\""), "19:25", "in `stops` and in `unsure`", "drop one"),
        (PACK.replace("[\"demo show\"]", "[\"demo rm x\"]"), "14:12", "is itself stopped by demo.wipe", "milder"),
        (PACK.replace("wipe = {}", "wipe = \"safe\""), "11:6", "`wipe` is safe, and `demo.wipe` minds it", "wipe = {}"),
        (PACK.replace("\"demo rm a\"", "\"demo x a\""), "19:25", "is not stopped", "widen `when`"),
        (
            with_rule("{ verb = \"rm\" }", own, "[\"demo show\"]"),
            "24:6",
            "can't be reached: `rm` is read as",
            "name that verb",
        ),
        (
            with_rule("{ verb = \"go\", has = [\"-f\"], without = [\"-f\"] }", own, "[\"demo show\"]"),
            "24:6",
            "it wants -f and forbids it",
            "drop it",
        ),
        (
            with_rule("{ command = \"deno\" }", own, "[\"demo show\"]"),
            "24:6",
            "no command of the pack is called deno",
            "`commands`",
        ),
        (
            with_rule("{ verb = \"wipe\" }", own, "[\"demo show\"]"),
            "24:6",
            "minds exactly what `demo.wipe` minds",
            "join the two",
        ),
        (
            with_rule("{ verb = \"go\" }", "[\"demo go a\", \"demo wipe a\"]", "[\"demo show\"]"),
            "32:23",
            "is stopped by demo.wipe only, not by `demo.other`",
            "widen",
        ),
        (with_rule("{ verb = \"go\" }", own, "[\"demo wipe a\"]"), "19:10", "in `passes` of `demo.other`", "drop one"),
    ] {
        ground.write("work/demo.toml", &text);
        for verb in ["test", "lint"] {
            let (code, said) = ground.run(&["rules", verb, "demo.toml"]);
            if verb == "lint" && says == "is not stopped" {
                continue;
            }
            assert_eq!(code, 1, "{verb} {says}: {said}");
            assert!(said.contains(&format!("demo.toml:{place}")), "{verb} {place}: {said}");
            assert!(
                said.contains(says) && said.contains(instead) && said.contains('^'),
                "{verb} {says} {instead}: {said}"
            );
        }
    }
}

#[test]
fn a_pack_of_ten_megabytes_is_not_read_anywhere() {
    let ground = Ground::new();
    let text = format!("{PACK}{}", "# more\n".repeat(10 << 20 >> 3));
    ground.write("work/demo.toml", &text);
    let (code, said) = ground.run(&["rules", "test", "demo.toml"]);
    assert!(code == 1 && said.contains("larger than 1048576 bytes") && said.contains("one file a tool"), "{said}");
    ground.write("home/.config/guarded/rules/demo.toml", &text);
    let (code, said) = ground.run(&["check", "-c", "ls"]);
    assert!(code == 125 && said.contains("larger than 1048576 bytes"), "{said}");
}

#[test]
fn an_id_that_another_pack_has_is_refused_with_its_place() {
    let ground = Ground::new();
    ground.write("home/.config/guarded/rules/demo.toml", PACK);
    ground.write("home/.config/guarded/rules/git.toml", &PACK.replace("demo.wipe", "git.reset-hard"));
    let (code, said) = ground.run(&["check", "-c", "ls"]);
    assert_eq!(code, 125, "{said}");
    assert!(said.contains("git.toml:11:6: there is a rule `git.reset-hard` already; give it another name"), "{said}");
}

#[test]
fn what_looks_after_rules_works_where_they_are_broken() {
    let ground = Ground::new();
    ground.write("home/.config/guarded/rules/demo.toml", "[tol]\n");
    assert_eq!(ground.run(&["check", "-c", "ls"]).0, 125);
    for words in [&["policy", "show"][..], &["rules", "list", "git"], &["policy", "test"]] {
        let (code, said) = ground.run(words);
        assert_eq!(code, 0, "{words:?}: {said}");
        assert!(said.contains("going by the built-in rules alone") && said.contains("demo.toml:1:2"), "{said}");
    }
    let (code, said) = ground.run(&["rules", "lint"]);
    assert!(code == 1 && said.contains("did you mean `tool`?"), "{said}");
    ground.write("home/.config/guarded/rules/demo.toml", PACK);
    let (code, said) = ground.run(&["rules", "lint"]);
    assert!(code == 0 && said.contains("nothing to complain about"), "{said}");
}

const HELP: &str = "\
Usage: acme [OPTIONS] COMMAND

Available Commands:
  list         list what there is
  delete, del  delete a thing
  exec         run a command in it
  push         send it
  force-reset  begin anew

Flags:
  -o, --output FILE    where to write
      --region=REGION  the region
  -q, --quiet          say less
      --color[=WHEN]   colours
  -h, --help           help
";

#[test]
fn a_help_text_gives_verbs_and_options_and_the_tool_is_not_run() {
    let found = listed(HELP);
    assert_eq!(found.verbs, ["list", "delete", "exec", "push", "force-reset"]);
    assert_eq!(found.value, ["-o", "--output", "--region"]);
    assert_eq!(found.flag, ["-q", "--quiet", "--color"]);
    assert_eq!(listed(""), Listed::default());
    let ground = Ground::new();
    let (code, said) = ground.given(&["rules", "new", "acme", "--help-text"], HELP);
    assert!(code == 0 && said.contains("guarded rules test acme.toml"), "{said}");
    let text = fs::read_to_string(ground.folder.path().join("work/acme.toml")).expect("a pack");
    for line in ["delete = {}", "force-reset = {}", "list = \"safe\"", "exec = \"runs\"", "push = \"writes\""] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let (code, said) = ground.run(&["rules", "test", "acme.toml"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = ground.run(&["rules", "new", "acme"]);
    assert!(code == 1 && said.contains("acme.toml is there already"), "{said}");
    let (code, said) = ground.run(&["rules", "new", "../x"]);
    assert!(code == 2 && said.contains("no name for a pack"), "{said}");
    let (_, said) = ground.run(&["rules", "new", "git"]);
    assert!(said.contains("the pack git knows this command too"), "{said}");
}

#[test]
fn a_skeleton_holds_whatever_the_help_says() {
    for help in ["", HELP, "Commands:\n  a-b  x\n  \"x  y\n  -  z\n", "Commands:\n  list\n", "  --x[=y] <z>\n"] {
        let text = skeleton("acme", &listed(help));
        let (pack, examples) = packs::parse("acme.toml", &text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        assert!(lint("acme.toml", &text, &pack, &examples).is_empty(), "{text}");
        let packs = Packs::of(vec![(pack, examples.clone())]);
        for one in &examples {
            assert_eq!(super::examples::wrong(one, &packs), Vec::<String>::new(), "{text}");
        }
    }
}

#[test]
fn no_built_in_pack_is_complained_about() {
    let mut wrong = Vec::new();
    for (name, text) in built_in() {
        let (pack, examples) = packs::parse(&name, &text).expect("a pack");
        wrong.extend(lint(&name, &text, &pack, &examples).iter().map(ToString::to_string));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn built_in() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("rules") {
        let path = entry.expect("an entry").path();
        let name = format!("rules/{}", path.file_name().expect("a name").to_string_lossy());
        all.push((name, fs::read_to_string(&path).expect("a pack")));
    }
    all
}

/// The part of JSON Schema that ours use. What is wrong, with its place.
fn invalid(schema: &Value, root: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.trim_start_matches('#')).expect("a definition");
        return invalid(target, root, value, at);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let all: Vec<String> = any.iter().filter_map(|one| invalid(one, root, value, at)).collect();
        return (all.len() == any.len()).then(|| all.join(" and "));
    }
    if let Some(words) = schema["enum"].as_array() {
        return (!words.contains(value)).then(|| format!("{at}: {value} is none of {words:?}"));
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    if !fits {
        return Some(format!("{at}: {value} is no {}", schema["type"]));
    }
    for key in schema["required"].as_array().into_iter().flatten() {
        let key = key.as_str().expect("a name");
        if value.get(key).is_none() {
            return Some(format!("{at} lacks {key}"));
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        if let Some(wrong) = invalid(&schema["items"], root, item, &format!("{at}[{index}]")) {
            return Some(wrong);
        }
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        let one = match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (Some(one), _) => one,
            (None, Value::Bool(false)) => return Some(format!("{at} has no {key}")),
            (None, other) => other,
        };
        if let Some(wrong) = invalid(one, root, item, &format!("{at}.{key}")) {
            return Some(wrong);
        }
    }
    None
}

fn json_of(toml: &str) -> Value {
    serde_json::to_value(toml.parse::<toml::Table>().expect("TOML")).expect("JSON")
}

fn date_as_text(text: &str) -> String {
    text.replace("until = 2030-01-31", "until = \"2030-01-31\"")
}

#[test]
fn every_pack_fits_the_schema_of_packs() {
    let schema: Value = serde_json::from_str(&schema::pack()).expect("JSON");
    for (name, text) in built_in() {
        assert_eq!(invalid(&schema, &schema, &json_of(&text), &name), None);
    }
    for (wrong, says) in [("effect = \"delete\"", "effect = \"x\""), ("when", "wen"), ("[tool]", "[tol]")] {
        assert!(invalid(&schema, &schema, &json_of(&PACK.replace(wrong, says)), "demo").is_some(), "{says}");
    }
}

fn uncommented(text: &str) -> String {
    let sign = |line: &str| {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let is_toml = bare.starts_with("[[") || bare.starts_with('[') || bare.split(' ').nth(1) == Some("=");
        if is_toml { bare.to_owned() } else { line.to_owned() }
    };
    text.lines().map(sign).collect::<Vec<_>>().join("\n")
}

/// As written, and with every comment sign taken out.
#[test]
fn the_starters_are_policies_and_fit_their_schemas() {
    let early = || jiff::civil::date(2029, 12, 1);
    let user = starter::user(jiff::civil::date(2030, 1, 31));
    for (text, scope) in [(user, Scope::User), (starter::project(), Scope::Project)] {
        let schema: Value = serde_json::from_str(&schema::policy(scope)).expect("JSON");
        for text in [text.clone(), uncommented(&text)] {
            let home = Some(Path::new("/home/me"));
            let layer =
                Layer::read("/home/me/p.toml", &text, scope, home, early).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert!(!layer.examples.is_empty());
            assert_eq!(invalid(&schema, &schema, &json_of(&date_as_text(&text)), "policy"), None, "{text}");
        }
    }
    let all = uncommented(&starter::user(jiff::civil::date(2030, 1, 31)));
    let layer = Layer::read("/p.toml", &all, Scope::User, Some(Path::new("/home/me")), early).expect("a policy");
    assert_eq!((layer.waivers.len(), layer.contexts.len(), layer.overrides.len(), layer.allow.len()), (1, 2, 2, 2));
    assert_eq!(layer.sections.len(), 2, "an agent's and a folder's");
    let project: Value = serde_json::from_str(&schema::policy(Scope::Project)).expect("JSON");
    for loosening in ["mode = \"observe\"", "[[waiver]]\nrule = \"a.b\"", "[[context]]\nname = \"x\"\nlower = 1"] {
        assert!(invalid(&project, &project, &json_of(loosening), "project").is_some(), "{loosening}");
    }
}

#[test]
fn a_policy_is_begun_tested_and_explained() {
    let ground = Ground::new();
    let (code, said) = ground.run(&["policy", "init"]);
    assert!(code == 0 && said.contains("guarded policy test"), "{said}");
    let (code, said) = ground.run(&["policy", "init"]);
    assert!(code == 1 && said.contains("is there already"), "{said}");
    let (code, said) = ground.run(&["policy", "test"]);
    assert!(code == 0 && said.contains("2 examples hold"), "{said}");
    ground.write(
        "home/.config/guarded/policy.toml",
        "[decide]\nhigh = \"deny\"\n[[decide.override]]\ntool = \"rm\"\ndecision = \"approve 2\"\n[[waiver]]\n\
         rule = \"rm.recursive\"\npath = \"~/scratch/**\"\nuntil = 2020-01-01\nreason = \"x\"\n\
         [[example]]\ncommand = \"rm -rf src\"\ndecision = \"log\"\n",
    );
    let (code, said) = ground.run(&["policy", "test"]);
    assert_eq!(code, 1);
    assert!(said.contains("policy.toml:11: \"rm -rf src\" leads to approve 2, not log"), "{said}");
    fs::create_dir(ground.folder.path().join("work/src")).expect("a folder");
    ground.write("work/src/x", "x");
    let (code, said) = ground.run(&["policy", "explain", "--", "rm", "-rf", "src"]);
    assert_eq!(code, 0);
    for part in [
        "rm.recursive",
        "policy.toml:3",
        "policy.toml:6, does not hold: it ran out on 2020-01-01",
        "decision: approve 2",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (_, said) = ground.run(&["policy", "explain", "-c", "git reset --hard"]);
    assert!(said.contains("decide.high = \"deny\"") && said.contains("policy.toml:2"), "{said}");
    let (_, said) = ground.run(&["policy", "explain", "-c", "ls"]);
    assert!(said.contains("no rule minds it") && said.contains("decision: allow"), "{said}");
}
