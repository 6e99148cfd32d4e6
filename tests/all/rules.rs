//! The rules hold what their examples say, bare and in disguise, and no pack minds another's harmless commands.

use guarded_sh::answer::Answer;
use guarded_sh::command::Seen;
use guarded_sh::packs::{self, Packs};
use guarded_sh::rules::{OperandKind, matching};
use guarded_sh::show;

use super::examples::{answer, findings, wrong};
use super::model::model_of;

fn packs_from(name: &str, text: &str) -> Packs {
    match packs::parse(name, text) {
        Ok(pack) => Packs::of(vec![pack]),
        Err(errors) => panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

#[test]
fn every_example_holds() {
    let packs = Packs::embedded();
    let examples = packs.examples();
    assert_eq!(examples.len(), packs.rules().count(), "each rule has examples");
    let wrong: Vec<String> = examples.iter().flat_map(|one| wrong(one, &packs)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A command line in disguise. A wrapper's redirections are its own, so only shells are put around those.
fn disguises(line: &str) -> Vec<String> {
    let quoted = format!("'{}'", line.replace('\'', "'\\''"));
    let mut all: Vec<String> = ["bash -c", "eval", "sudo bash -c", "timeout 5 bash -c", "su -c"]
        .iter()
        .map(|wrapper| format!("{wrapper} {quoted}"))
        .collect();
    all.push(format!("true && {line}"));
    all.push(format!("echo \"$( {line} )\""));
    all.push(format!("f() {{ {line}; }}; f"));
    all.push(format!("bash <<'EOF'\n{line}\nEOF"));
    all.push(format!("cat > x.sh <<'EOF'\n{line}\nEOF\nbash x.sh"));
    all.push(format!("echo {quoted} | bash"));
    all.push(format!("time {line}"));
    let name = line.split(' ').next().unwrap_or_default();
    let redirected = line.contains(['>', '<']);
    if !redirected && !name.contains('=') {
        let wrappers =
            ["sudo", "env A=1", "timeout 5", "nohup", "nice -n 5", "stdbuf -oL", "setsid", "xargs -0", "command"];
        all.extend(wrappers.iter().map(|wrapper| format!("{wrapper} {line}")));
        if !line.contains("{}") {
            all.push(format!("find src -exec {line} \\;"));
        }
    }
    all
}

/// For a quick look while packs are written, `GUARDED_TEST_SAMPLE=N` tries each Nth disguise only.
fn sample() -> usize {
    std::env::var("GUARDED_TEST_SAMPLE").ok().and_then(|number| number.parse().ok()).unwrap_or(1)
}

#[test]
fn a_rule_fires_in_every_wrapper() {
    let packs = Packs::embedded();
    let (mut missed, mut number, sample) = (Vec::new(), 0_usize, sample());
    for examples in packs.examples() {
        for line in examples.stops.iter().filter(|line| !line.contains(['|', ';', '&', '\n'])) {
            for disguise in disguises(line) {
                number += 1;
                if !number.is_multiple_of(sample) {
                    continue;
                }
                // Words that xargs appends may be anything.
                let open = disguise.starts_with("xargs ");
                let found = answer(&examples.id, &findings(&disguise, &packs));
                if found == Answer::No || (found == Answer::CannotTell && !open) {
                    missed.push(format!("{}: {disguise}", examples.id));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} disguises hide a rule:\n{}", missed.len(), missed.join("\n"));
}

/// On another machine or in a container the paths are others, but the act is the same.
#[test]
fn a_rule_fires_on_another_machine_and_in_a_container() {
    let packs = Packs::embedded();
    let lines = ["rm -rf src", "psql -c 'DROP DATABASE shop'", "kubectl delete namespace shop", "git push --force"];
    for line in lines {
        let bare: Vec<_> = findings(line, &packs).iter().map(|one| one.rule.id.clone()).collect();
        let quoted = line.replace('\'', "'\\''");
        for away in [
            format!("ssh host '{quoted}'"),
            format!("ssh -p 22 me@host {}", line.replace('\'', "\"'\"")),
            format!("docker exec web sh -c '{quoted}'"),
            format!("docker exec -it web {line}"),
        ] {
            let found = findings(&away, &packs);
            assert!(bare.iter().all(|id| answer(id, &found) == Answer::Yes), "{away}: {bare:?}");
        }
    }
}

#[test]
fn ids_are_unique_and_a_users_pack_cannot_take_one() {
    let packs = Packs::embedded();
    let mut ids: Vec<_> = packs.rules().map(|rule| rule.id.clone()).collect();
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);

    let text = PACK.replace("demo.wipe", "terraform.destroy");
    let errors = Packs::with_user(&[("terraform.toml", &text)]).expect_err("the id is taken");
    assert!(errors[0].to_string().contains("there is a rule `terraform.destroy` already"), "{}", errors[0]);
}

const PACK: &str = r#"
[tool]
name = "demo"
commands = ["demo", "demo-*"]
about = "a tool for tests"

[grammar]
style = "gnu"
global = { value = ["-C"], flag = ["-q"] }
verbs = { wipe = {}, show = "safe", "disk wipe" = {}, "disk *" = "safe" }
verb_aliases = { rm = "wipe" }
abbreviates = true
same = [["--force", "-f"]]
options = { wipe = { value = ["-o"], flag = ["--force", "--dry"] } }
operands = { "" = "paths" }

[[rule]]
id = "demo.wipe"
says = "wipes"
why = "It is gone."
effect = "delete"
target = "files"
severity = "high"
when = { verb = ["wipe", "disk wipe"], has = ["-f"], without = ["--dry"] }
lower = { when = "paths.missing", to = "low" }
stops = ["demo wipe --force a", "demo -C x wipe -f a"]
unsure = ["demo $X -f a"]
passes = ["demo show -f"]
"#;

#[test]
fn a_command_line_is_read_by_its_grammar() {
    let packs = packs_from("demo.toml", PACK);
    let table: [(&str, Answer); 22] = [
        ("demo wipe -f a", Answer::Yes),
        ("demo wipe --forc a", Answer::Yes),
        ("demo -q -C there wipe -f a", Answer::Yes),
        ("demo -Cthere wipe a -f", Answer::Yes),
        ("demo-7 rm -f", Answer::Yes),
        ("demo wi -f a", Answer::Yes),
        ("demo -q disk -q wipe -f", Answer::Yes),
        ("demo disk show -f", Answer::No),
        ("demo wipe a", Answer::No),
        ("demo wipe -f --dry a", Answer::No),
        ("demo wipe -o -f a", Answer::No),
        ("demo wipe -- -f", Answer::No),
        ("demo -C wipe show -f", Answer::No),
        ("demo other wipe -f", Answer::No),
        ("/usr/local/bin/demo wipe -f", Answer::Yes),
        ("demonstrate wipe -f", Answer::No),
        ("echo demo wipe -f", Answer::No),
        ("demo wipe $X a", Answer::CannotTell),
        ("demo wipe -f $X", Answer::CannotTell),
        ("demo wipe -f /srv/$X", Answer::Yes),
        ("demo $X -f", Answer::CannotTell),
        ("demo disk $X -f", Answer::CannotTell),
    ];
    for (line, expected) in table {
        assert_eq!(answer("demo.wipe", &findings(line, &packs)), expected, "{line}");
    }
}

/// A pack with one rule `demo.rule` for the command `demo` without verbs.
fn rule(when: &str) -> Packs {
    let text = format!(
        "[tool]\nname = \"demo\"\ncommands = [\"demo\"]\nabout = \"x\"\n[grammar]\noperands = {{ \"\" = \"paths\" }}\n\
         [[rule]]\nid = \"demo.rule\"\nsays = \"s\"\nwhy = \"w\"\neffect = \"delete\"\ntarget = \"files\"\n\
         severity = \"high\"\nwords = \"fixed\"\nstops = [\"a\", \"b\"]\npasses = [\"c\"]\nwhen = {when}\n"
    );
    packs_from("demo.toml", &text)
}

fn check(when: &str, table: &[(&str, Answer)]) {
    let packs = rule(when);
    for (line, expected) in table {
        assert_eq!(answer("demo.rule", &findings(line, &packs)), *expected, "{when}: {line}");
    }
}

#[test]
fn an_unset_variable_that_leaves_the_root_or_a_home_strikes() {
    use Answer::{CannotTell, No, Yes};
    check(
        "{ operand = { any = { is = [\"root\"] } } }",
        &[
            ("demo /", Yes),
            ("demo /*", Yes),
            ("demo //", Yes),
            ("demo /etc/..", Yes),
            ("demo ../../..", Yes),
            ("demo ../..", No),
            ("demo \"$X\"/", Yes),
            ("demo /$X", Yes),
            ("demo $X/*", Yes),
            ("demo $X", CannotTell),
            ("demo /tmp/$X", No),
            ("demo $X/build", No),
            ("demo a/", No),
        ],
    );
    check(
        "{ operand = { any = { is = [\"home\"] } } }",
        &[
            ("demo ~", Yes),
            ("demo ~/", Yes),
            ("demo ~/*", Yes),
            ("demo $HOME", Yes),
            ("demo ..", Yes),
            ("demo /home/other", Yes),
            ("demo /root", Yes),
            ("demo ~/$X", Yes),
            ("demo /home/$X", Yes),
            ("demo ~/project", No),
            ("demo ~/project/$X", No),
            ("demo $X/home", CannotTell),
            ("demo .", No),
        ],
    );
}

#[test]
fn kinds_of_paths_are_told_from_the_path() {
    use Answer::{CannotTell, No, Yes};
    check(
        "{ operand = { any = { is = [\"device\"] } } }",
        &[
            ("demo /dev/sda", Yes),
            ("demo /dev/nvme0n1p2", Yes),
            ("demo /dev/mapper/vg-root", Yes),
            ("demo /dev/sd$X", Yes),
            ("demo /dev/$X", CannotTell),
            ("demo /dev/null", No),
            ("demo /dev/loop0", No),
            ("demo x/dev/sda", No),
        ],
    );
    check(
        "{ operand = { any = { is = [\"everything\"] } } }",
        &[
            ("demo *", Yes),
            ("demo .", Yes),
            ("demo ./*", Yes),
            ("demo ..", Yes),
            ("demo .*", Yes),
            ("demo $PWD", Yes),
            ("demo /home/me/project/", Yes),
            ("demo *.o", No),
            ("demo src", No),
            ("demo main", No),
        ],
    );
    check(
        "{ operand = { any = { is = [\"top-level\"] } } }",
        &[("demo /etc", Yes), ("demo /usr/*", Yes), ("demo /usr/lib", Yes), ("demo /tmp/*", No), ("demo /etc/x", No)],
    );
    check(
        "{ operand = { any = { is = [\"secret\"] } } }",
        &[
            ("demo .env", Yes),
            ("demo ~/.ssh/id_rsa", Yes),
            ("demo .env.example", No),
            ("demo a.txt", No),
            ("demo $X", CannotTell),
        ],
    );
    check(
        "{ operand = { any = { under = [\"~/x\", \"/etc/guarded\"] } } }",
        &[
            ("demo ../x/y", Yes),
            ("demo ~/x", Yes),
            ("demo /etc/guarded/p", Yes),
            ("demo /etc/guardedx", No),
            ("demo ~/x/$X", Yes),
        ],
    );
}

#[test]
fn what_lets_pass_never_passes_on_unknown() {
    use Answer::{CannotTell, No, Yes};
    check(
        "{ operand = { any = { not = { under = [\"/tmp\"] } } } }",
        &[("demo /tmp/a", No), ("demo /srv/a", Yes), ("demo /tmp/$X", CannotTell), ("demo $X", CannotTell)],
    );
    check(
        "{ operands = { at_least = 1 }, operand = { none = \"*.tmp\" } }",
        &[("demo a.tmp", No), ("demo a.txt", Yes), ("demo a$X.tmp", CannotTell)],
    );
    check(
        "{ without = [\"--dry\"] }",
        &[("demo a", Yes), ("demo --dry", No), ("demo $X", CannotTell), ("demo -- $X", Yes)],
    );
}

#[test]
fn positions_options_redirections_and_environment_count() {
    use Answer::{CannotTell, No, Yes};
    check("{ operand = { nth = [2, \"x\"] } }", &[("demo a x", Yes), ("demo x a", No), ("demo $X x", CannotTell)]);
    check("{ operand = { all = \"x*\" } }", &[("demo x x1", Yes), ("demo x y", No), ("demo", No)]);
    check("{ count_over = 2 }", &[("demo a b c", Yes), ("demo a b", No), ("demo a b $X", CannotTell)]);
    check(
        "{ option = { \"--to\" = [\"a*\", \"b\"] } }",
        &[
            ("demo --to=abc", Yes),
            ("demo --to b", Yes),
            ("demo --to c", No),
            ("demo --to=$X", CannotTell),
            ("demo --to=c$X", No),
        ],
    );
    check(
        "{ operand = { any = { after = \"of=\", is = [\"device\"] } } }",
        &[("demo if=/dev/sda of=x", No), ("demo of=/dev/sda", Yes), ("demo of=$X", CannotTell)],
    );
    check(
        "{ redirects = { mode = \"overwrite\", target = { under = [\"/etc\"] } } }",
        &[
            ("demo > /etc/hosts", Yes),
            ("demo >> /etc/hosts", No),
            ("demo > $X", CannotTell),
            ("demo > /tmp/$X.log", No),
        ],
    );
    check(
        "{ env = { MODE = \"prod*\" } }",
        &[("MODE=production demo", Yes), ("MODE=dev demo", No), ("env -i demo", No)],
    );
    check(
        "{ any = [{ has = [\"-a\"] }, { not = { has = [\"-b\"] } }] }",
        &[("demo -b", No), ("demo -ab", Yes), ("demo", Yes)],
    );
}

/// Where verbs may stand anywhere, a word that is not known at the end does not hide the verb.
#[test]
fn an_unknown_word_behind_the_verb_hides_nothing() {
    let packs = Packs::embedded();
    for (id, line) in [
        ("gh.repo-delete", "gh repo delete acme/shop --yes \"$X\""),
        ("hcloud.delete-data", "hcloud server delete web $X"),
        ("fly.delete-data", "fly apps destroy shop --yes $X"),
    ] {
        assert_eq!(answer(id, &findings(line, &packs)), Answer::Yes, "{line}");
    }
}

/// Nor does what the tool would take for a name, though it is the word of another verb.
#[test]
fn an_operand_that_reads_like_a_verb_hides_nothing() {
    let packs = Packs::embedded();
    for (id, line) in [
        ("hcloud.delete-data", "hcloud server delete list"),
        ("gcloud.delete-data", "gcloud sql instances delete status"),
        ("yc.delete-data", "yc compute disk delete get"),
    ] {
        assert_eq!(answer(id, &findings(line, &packs)), Answer::Yes, "{line}");
    }
}

/// What excuses a command must be there in letters.
#[test]
fn an_unknown_word_is_no_help() {
    let packs = Packs::embedded();
    assert_eq!(answer("git.reset-hard", &findings("git reset --hard --help", &packs)), Answer::No);
    assert_eq!(answer("git.reset-hard", &findings("git reset --hard $X", &packs)), Answer::Yes);
    assert_eq!(answer("redis-cli.flush", &findings("redis-cli FLUSHALL --help", &packs)), Answer::Yes);
    assert_eq!(answer("git.push-force", &findings("git push --force -- --help", &packs)), Answer::Yes);
    assert_eq!(answer("git.reset-hard", &findings("git reset --hard --unlisted --help", &packs)), Answer::Yes);
}

/// `git $X` is one thing that can't be told, not forty.
#[test]
fn one_unknown_word_makes_one_finding() {
    let packs = Packs::embedded();
    for line in ["git $X", "psql -c \"$SQL\" \"$DB\"", "rm -rf \"$P\"", "echo $X | redis-cli"] {
        let all = findings(line, &packs);
        let folded = guarded_sh::rules::folded(all.clone());
        assert!(all.len() > folded.len() && folded.len() == 1, "{line}: {} of {}", folded.len(), all.len());
    }
    let folded = guarded_sh::rules::folded(findings("rm -rf a \"$P\"", &packs));
    assert!(folded.iter().any(|one| &*one.rule.id == "rm.recursive" && one.answer == Answer::Yes));
    assert!(folded.iter().any(|one| &*one.rule.id == "rm.root" && one.answer == Answer::CannotTell));
}

#[test]
fn a_word_with_choices_fires_when_one_of_them_destroys() {
    use guarded_sh::command::Value;
    let packs = packs_from("demo.toml", PACK);
    let mut model = model_of("demo show -f a");
    model.commands[0].words[1].value = Value::OneOf(vec!["show".into(), "wipe".into()]);
    let found = matching(&model, &packs, &Seen::default());
    assert_eq!(answer("demo.wipe", &found), Answer::Yes);
}

#[test]
fn a_finding_names_what_it_hits_and_what_is_unknown() {
    let packs = packs_from("demo.toml", PACK);
    let found = findings("demo wipe -f a /srv/$X", &packs);
    let hits: Vec<_> = found[0].operands.iter().map(|one| (one.kind, one.word.shown().to_string())).collect();
    assert_eq!(hits, [(OperandKind::Path, "a".to_owned()), (OperandKind::Path, "/srv/$X".to_owned())]);

    let found = findings("demo wipe $MODE a", &packs);
    let cause = guarded_sh::command::Cause::Variable("MODE".into());
    assert_eq!(found[0].because, Some(cause));
}

#[test]
fn a_wrong_pack_is_refused_with_its_place_and_what_to_write() {
    let table: [(&str, &str, &str); 12] = [
        ("about =", "abuot =", "demo.toml:5:1: [tool] has no key `abuot`; did you mean `about`?"),
        ("\"delete\"", "\"remove\"", "demo.toml:21:10: `effect` can't be `remove`"),
        ("\"files\"", "\"flies\"", "demo.toml:22:10: `target` can't be `flies`; did you mean `files`?"),
        ("\"high\"", "\"severe\"", "`severity` can't be `severe`"),
        ("paths.missing", "paths.misssing", "a fact can't be `paths.misssing`; did you mean `paths.missing`?"),
        ("to = \"low\"", "by = 0", "needs either `by` or `to`"),
        ("\"demo.wipe\"", "\"other.wipe\"", "`other.wipe` is no id of this pack; write \"demo.act\""),
        ("unsure = [\"demo $X -f a\"]", "", "lacks `unsure`; write unsure ="),
        (", \"demo -C x wipe -f a\"", "", "`demo.wipe` needs two commands that it stops"),
        ("without = [", "wihtout = [", "`when` has no key `wihtout`; did you mean `without`?"),
        ("has = [\"-f\"]", "has = [\"force\"]", "`force` is no option; options keep their dashes"),
        ("effect = ", "effect ", "demo.toml:21:"),
    ];
    for (from, to, says) in table {
        let text = PACK.replacen(from, to, 1);
        assert_ne!(text, PACK, "{from} is in the pack");
        let errors = packs::parse("demo.toml", &text).expect_err(to);
        let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(all.iter().any(|one| one.contains(says)), "{to}: {all:?} lacks {says}");
    }
}

/// `BLESS=1` writes the pages; without docs/rules there is nothing to compare.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test compares files")]
fn pages_of_rules_tell_what_the_packs_tell() {
    let packs = Packs::embedded();
    let examples = packs.examples();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let mut pages = vec![("README.md".to_owned(), show::rules::index(&packs))];
    pages.extend(packs.tools().map(|tool| (format!("{}.md", tool.pack.prefix), show::rules::page(tool, &examples))));
    for (name, text) in &pages {
        assert!(text.starts_with("# ") && !text.contains("\n\n\n"), "{name} has odd gaps");
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(&folder).expect("docs/rules");
        for (name, text) in &pages {
            std::fs::write(folder.join(name), text).expect("a page");
        }
    } else if folder.is_dir() {
        for (name, text) in &pages {
            let found = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert!(found == *text, "docs/rules/{name} is old: BLESS=1 cargo test writes it");
        }
    }
}

/// Examples with bytes and words changed at random: whatever stands on a command line, matching ends without a panic.
#[test]
fn matching_survives_any_words() {
    let packs = Packs::embedded();
    let lines: Vec<String> = packs.examples().into_iter().flat_map(|one| one.stops).collect();
    let mut seed = 0x5eed_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or_default() % below.max(1)
    };
    for _ in 0..2000 {
        let mut model = model_of(&lines[next(lines.len())]);
        for command in &mut model.commands {
            for _ in 0..3 {
                let at = next(command.words.len());
                let Some(word) = command.words.get_mut(at) else { continue };
                let mut text = word.shown();
                let odd: [&[u8]; 9] = [b"", b"-", b"--", b"=", b"--=", b"\xff\0", b"*[", b"/..//", b"-\xc3"];
                let cut = next(text.len() + 1);
                text.truncate(cut);
                text.extend_from_slice(odd[next(odd.len())]);
                word.value = match next(3) {
                    0 => guarded_sh::command::Value::OneOf(vec![text.clone(), "-x".into()]),
                    1 => guarded_sh::command::Value::Unknown(guarded_sh::command::Shape {
                        pieces: vec![
                            guarded_sh::command::Piece::Text(text.clone()),
                            guarded_sh::command::Piece::Hole,
                            guarded_sh::command::Piece::Text(text),
                        ],
                        because: guarded_sh::command::Cause::Input,
                        splits: next(2) == 0,
                    }),
                    _ => guarded_sh::command::Value::Known(text),
                };
            }
        }
        for finding in matching(&model, &packs, &Seen::default()) {
            assert_ne!(finding.answer, Answer::No);
            assert_eq!(finding.because.is_some(), finding.answer == Answer::CannotTell);
        }
    }
}

#[test]
fn a_verb_that_no_grammar_lists_is_named() {
    let packs = Packs::embedded();
    let unlisted = |line: &str| guarded_sh::rules::unlisted(&model_of(line), &packs);
    assert_eq!(unlisted("restic -r /srv/repo frobnicate now"), ["restic frobnicate"]);
    assert_eq!(unlisted("sudo restic frobnicate; borg frobnicate"), ["restic frobnicate", "borg frobnicate"]);
    // A listed verb, a call for help, no verb at all, a tool without verbs, no tool of any pack.
    for line in
        ["restic snapshots", "restic frobnicate --help", "restic --version", "rm frobnicate", "nosuch frobnicate"]
    {
        assert!(unlisted(line).is_empty(), "{line}");
    }
}
